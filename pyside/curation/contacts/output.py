"""Where a contact array is written, and which class of the model becomes contacts; with NumPy alone."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pyside.curation.marking.session import is_session, read_session
from pyside.errors import BadOption, NotWritable, PathMissing
from pyside.evaluation.events import EVENT, event_classes
from pyside.settings.core import named, nearest
from pyside.system.paths import is_file, is_folder

_ENDING = "_contacts.mat"


def default_file(session: Path) -> Path:
    """Return the file for the contact array of a session: beside its folder, with ``_contacts.mat`` after its name."""
    return session.with_name(session.name + _ENDING)


def mat_name(path: Path) -> Path:
    """Return a path with the suffix ``.mat``, which is added if it is missing."""
    return path if path.suffix.lower() == ".mat" else path.with_name(path.name + ".mat")


def is_own(target: Path, record: Mapping[str, Any]) -> bool:
    """Return whether a file is as a session wrote it, by what its record says of its contact array."""
    is_named = record.get("file") == str(target) and target.is_file() and not target.is_symlink()
    return is_named and hashlib.sha256(target.read_bytes()).hexdigest() == record["sha256"]


def check_new(target: Path, own: Mapping[str, Any] | None = None) -> None:
    """Check that a file can be written as a new one.

    Args:
        target: the file.
        own: what a session says of its contact array, which it may replace.

    Raises:
        NotWritable: something of that name exists, whatever it is; also a link that leads nowhere.
        PathMissing: its folder does not exist.
    """
    if own and is_own(target, own):
        return
    if os.path.lexists(target):
        raise NotWritable(
            f"{target} exists already. A contact array is always written as a new file: give another name as "
            f"{named('output')}, or rename that one."
        )
    if not is_folder(target.parent):
        raise PathMissing(f"The folder {target.parent} for the contact array does not exist. Make it first.")


def check_for_session(session: Path, source: Path) -> None:
    """Check, before a session is marked, that its contact array can be written, and made from that of a file.

    Raises:
        NotWritable: there is a file of its name that the session has not written; or that is the given file.
        OnlyMatlab, BadLabels: as `mat5.read_parts`.
    """
    from pyside.curation.contacts.mat5 import read_parts  # loads much that most commands do not need

    target = default_file(session)
    if is_file(target) and is_file(source) and target.samefile(source):
        raise NotWritable(
            f"{target} is what this session writes, and cannot be made from itself. Give a copy of another name as "
            f"{named('contact_array')}, or the contact array that it was made from."
        )
    known = read_session(session).get("contacts") if is_session(session) else None
    if not known or known.get("file") != str(target):
        check_new(target)
    read_parts(source)


def class_of_contacts(class_names: Sequence[str], wanted: str | None) -> str:
    """Return the class whose frames become contacts.

    Args:
        class_names: of the model.
        wanted: the option; None for ``Touch`` or the only other class than ``NonTouch``.

    Raises:
        BadOption: the model has no such class, or more than two, and none is named.
    """
    names = [*class_names]
    if wanted is None:
        if len(names) > 2:
            raise BadOption(
                f"The model has {len(names)} classes: {', '.join(names)}. Name the one that goes into the contact "
                f"array as {named('contact_class')}."
            )
        return EVENT if EVENT in names else event_classes(names)[0]
    if wanted in names:
        return wanted
    near = nearest(wanted, names)
    hint = f"Did you mean {' or '.join(near)}?" if near else f"It has {', '.join(names)}."
    raise BadOption(f"{named('contact_class')}: the model has no class {wanted}. {hint}")
