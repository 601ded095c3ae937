"""Finds fields of structs and columns of tables by their usual names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from pyside.data.labels.entry import tag_text, trial_number
from pyside.system.records import same_name

# In order of preference; lower case, without underscores, blanks and hyphens.
VIDEO = (
    "video videoname videofile videofilename videopath recording recordingname movie moviename file filename filepath "
    "name clip path row mediafilename mediafile mediafilepath observationid"
).split()
TRIAL = "trialnum trialnumber trial trialno".split()
LABELS = (
    "labels label contacts contact touches touch class classes category classname labelvector touchlabels "
    "contactlabels annotation annotations"
).split()
BEHAVIOUR = (
    "behavior behaviour behaviors behaviours behaviorname behaviourname classifier event state code trialtype".split()
)
LABELS_OF_TABLES = [*LABELS, *BEHAVIOUR]
TOUCH = "contacts contact touches touch touchlabels contactlabels".split()  # perhaps one behaviour of several
FRAME = "frame frames framenumber framenum frameindex frameno frameid".split()


def plain(name: Any) -> str:
    """Return a name without differences of spelling: equal for ``video_name``, ``VideoName`` and ``video name``."""
    return "".join(letter for letter in same_name(str(name)).lower() if letter not in "_- \t\ufeff")


def plain_names(fields: Iterable[Any]) -> dict[str, Any]:
    """Return names by their plain form; the first of several with the same form."""
    found: dict[str, Any] = {}
    for name in fields:
        found.setdefault(plain(name), name)
    return found


def role(fields: Iterable[Any], names: Iterable[str]) -> Any:
    """Return the field with one of the plain names, the first of them that there is; None if there is none."""
    found = plain_names(fields)
    return next((found[name] for name in names if name in found), None)


def video_name(fields: Mapping[Any, Any]) -> tuple[Any, str] | None:
    """Return the field with the name of the video, and that name; None if there is none."""
    found = plain_names(fields)
    for name in VIDEO:
        if name in found and isinstance(fields[found[name]], (str, list)):
            text = tag_text(fields[found[name]])
            if text is not None:
                return found[name], text
    return None


def trial(fields: Mapping[Any, Any]) -> int | None:
    """Return the trial number in a field of a struct; None if there is none."""
    name = role(fields, TRIAL)
    return None if name is None else trial_number(fields[name])


def tags(fields: Mapping[Any, Any], used: Iterable[Any]) -> dict[str, str]:
    """Return the texts and single numbers of all fields except the used ones, in normalized Unicode (`same_name`)."""
    taken = {plain(name) for name in used if name is not None}
    others = {name: tag_text(value) for name, value in fields.items() if plain(name) not in taken}
    return {same_name(str(name)): same_name(text) for name, text in others.items() if text is not None}


def is_set(value: Any) -> bool:
    """Return whether a flag is set: any number but 0, or any text."""
    if value is None or is_empty(value):
        return False
    return bool(np.any(value)) if isinstance(value, np.ndarray) else True


def is_empty(value: Any) -> bool:
    """Return whether a value is empty: an empty array, cell or text, or a struct or cell of empty values."""
    if isinstance(value, np.ndarray):
        return value.size == 0
    if isinstance(value, str):
        return not value
    if isinstance(value, Mapping):
        return all(is_empty(item) for item in value.values())
    if isinstance(value, (list, tuple)):
        return all(is_empty(item) for item in value)
    return False
