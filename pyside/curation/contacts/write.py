"""Writes the touches of a session into a copy of a contact array, or into a new one."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from pyside.aliases import Progress, Record
from pyside.curation.contacts import mat5
from pyside.curation.contacts.changes import Change, Changes, find_changes, remarks
from pyside.curation.contacts.merge import Merged
from pyside.curation.contacts.new_array import new_array
from pyside.curation.contacts.output import check_new, class_of_contacts, is_own
from pyside.curation.marking.session import CORRECTIONS, read_session, stored_marks
from pyside.curation.marks import Marks
from pyside.data.formats import mat_files, variables
from pyside.data.labels.contacts.contact_arrays import is_contact_array
from pyside.errors import BadLabels, BadSession
from pyside.settings.core import named
from pyside.settings.curation import ContactSettings
from pyside.system.files import write_errors, written_beside
from pyside.system.paths import is_there

_USUAL = ("contacts",)
_ENDING = "_changes.mat"  # of the file for MATLAB, after the name of that with its contact array


def write_contacts(
    session: Path,
    source: Path | None,
    target: Path,
    settings: ContactSettings,
    first: int = 0,
    as_changes: bool = False,
    progress: Progress = lambda record: None,
    own: Record | None = None,
) -> Record:
    """Write the touches of a session into a contact array; see `pyside.write_contacts`.

    Args:
        session: its folder.
        source: the ``.mat`` file with the contact array, which stays as it is; None for a new contact array.
        target: the file to write, a new one.
        settings: of the command.
        first: number of the first frame in a frame map that is not from a file.
        as_changes: whether MATLAB applies the changes, and writes `target`: then they are written beside `source`.
        progress: called with records for a progress line.
        own: what the session says of its contact array, which may be replaced if it is as it was written.

    Returns:
        ``kind`` ("contacts"), ``path`` (the file), ``sha256`` (of its content; "" if MATLAB writes it), ``session``,
        ``source`` ("" for a new contact array), ``changes`` (the file with them for MATLAB, or ""), ``variable``,
        ``contact_class``, ``pairing``, ``n_trials``, ``written`` (those that follow the session now),
        ``changed`` (of these, those that were otherwise before), ``left`` (``cell``, counted from 1, ``trial``,
        ``recording`` and ``why`` of each that was left as it is), ``removed`` (``cell``, ``trial`` and ``fields``) and
        ``warnings``.

    Raises:
        TouchTrainError: what is wrong with session, contact array or options; nothing is written then.
    """
    check_new(target, own)
    found = read_session(session)
    recordings = found["videos"]
    done = [one for one in recordings if one["state"] == "done"]
    if not done:
        raise BadSession(f"{session} has no recording that is marked. Curate again to complete it.")
    class_name = class_of_contacts(found["model"]["class_names"], settings.contact_class)

    def marks_of(record: Record) -> Marks:
        progress({"stage": "writing contacts", "name": record["name"]})
        return stored_marks(session, record)

    made = write_touches(
        session, recordings, marks_of, class_name, source, target, settings, first, as_changes=as_changes, own=own
    )
    if is_there(session / CORRECTIONS):
        made["warnings"].append(
            f"These are the touches of the model. {CORRECTIONS} in {session.name} holds corrections of a person, which "
            "corrected writes into a contact array."
        )
    return made


def write_touches(
    session: Path,
    recordings: Sequence[Record],
    marks_of: Callable[[Record], Marks],
    class_name: str,
    source: Path | None,
    target: Path,
    settings: ContactSettings,
    first: int = 0,
    as_changes: bool = False,
    own: Record | None = None,
) -> Record:
    """Write the touches of recordings into a contact array, as `write_contacts`.

    Args:
        session: its folder, for the report.
        recordings: records with ``name``, ``video`` and ``state``.
        marks_of: returns the marks of a recording; `ReviewedMarks` for labels that a person left.
        class_name: the class whose frames are contacts.
        source: as in `write_contacts`, as all that follow.
        target: likewise.
        settings: likewise.
        first: likewise.
        as_changes: likewise.
        own: likewise.
    """
    about: dict[str, Any] = {"kind": "contacts", "path": str(target), "sha256": "", "session": str(session)}
    about |= {"source": str(source or ""), "changes": "", "contact_class": class_name}
    if source is None:
        made = new_array(recordings, marks_of, class_name, settings.trial_pattern)
        sha256 = _written(target, mat5.new_file(made.variables), None, own)
        rows = {"n_trials": made.trials, "written": made.trials, "changed": made.trials, "left": [], "removed": []}
        return {**about, "sha256": sha256, "variable": "contacts", "pairing": "", **rows, "warnings": made.remarks}
    parts = None if as_changes else mat5.read_parts(source)
    name, contacts = _contact_array(source, settings.label_variable, parts)
    where = name if as_changes else f"{source.name}: {name}"
    maps = _frame_maps(settings, first)
    changes = find_changes(contacts, where, recordings, marks_of, class_name, settings, maps)
    about |= {"variable": name, "pairing": changes.how, **_rows(changes), "warnings": remarks(changes)}
    if parts is None:
        file = source.with_name(source.stem + _ENDING)
        with write_errors(file), written_beside(file) as beside:
            beside.write_bytes(mat5.new_file(_for_matlab(changes, len(contacts))))
        return {**about, "changes": str(file)}
    merged = Merged(parts, parts.names.index(name), contacts, changes.changed)
    return {**about, "sha256": _written(target, merged.content(), merged, own)}


def preview_contacts(
    source: Path,
    recordings: Sequence[Record],
    marks_of: Callable[[Record], Marks],
    class_names: Sequence[str],
    settings: ContactSettings,
    first: int,
) -> list[str]:
    """Check that the touches of a session could be written into a contact array; return what to know of it.

    Args:
        source: as in `write_contacts`.
        recordings: records of the session with ``name``, ``video`` and ``state``.
        marks_of: returns the marks of a recording, perhaps without probabilities yet.
        class_names: of the model.
        settings: as in `write_contacts`.
        first: likewise.

    Raises:
        TouchTrainError: as `write_contacts`.
    """
    class_name = class_of_contacts(class_names, settings.contact_class)
    name, contacts = _contact_array(source, settings.label_variable, mat5.read_parts(source))
    where, maps = f"{source.name}: {name}", _frame_maps(settings, first)
    changes = find_changes(contacts, where, recordings, marks_of, class_name, settings, maps)
    unknown = [dataclasses.replace(one, removed=()) for one in changes.trials]  # it depends on the marks
    return remarks(dataclasses.replace(changes, trials=unknown))


def _rows(changes: Changes) -> Record:
    left = [one for one in changes.trials if one.left]
    return {
        "n_trials": len(changes.trials),
        "written": len(changes.trials) - len(left),
        "changed": len(changes.changed),
        "left": [{**_place(one), "recording": one.recording, "why": one.left} for one in left],
        "removed": [{**_place(one), "fields": [*one.removed]} for one in changes.trials if one.removed],
    }


def _place(change: Change) -> Record:
    return {"cell": change.cell + 1, "trial": change.trial}


def _frame_maps(settings: ContactSettings, first: int) -> Any:
    if settings.frame_map is None:
        return lambda cell, trial, rate: None
    from pyside.data.recordings.trials.frame_maps import frame_maps

    found = frame_maps(settings.frame_map, first)
    return lambda cell, trial, rate: found.of(trial, cell, rate)


def _contact_array(source: Path, wanted: str | None, parts: mat5.MatFile | None) -> tuple[str, list[Any]]:
    """Return the name of the contact array in a file, and the array as `read_mat` returns it.

    Raises:
        BadLabels: there is none, or there are several, or it is no cell.
    """
    held = mat_files.read_mat(source)
    forms = "Expected a contact array: a cell with one struct per trial, with contactInds or trialNum and prepross."
    if wanted is not None and wanted not in held:
        raise BadLabels(f"{source} has no variable {wanted}. It has: {', '.join(held)}.")
    fitting = [name for name in ([wanted] if wanted else held) if is_contact_array(held[name])]
    names = variables.called({name: held[name] for name in fitting}, _USUAL) or fitting
    if len(names) > 1:
        raise BadLabels(
            f"Several variables in {source} are contact arrays: {', '.join(names)}. Name one as "
            f"{named('label_variable')}."
        )
    if not names:
        raise BadLabels(variables.misfit(source, held, [wanted] if wanted else [], forms))
    is_cell = isinstance(held[names[0]], list) if parts is None else parts.variable(names[0]).is_cell
    if not is_cell:
        raise BadLabels(
            f"{source}: {names[0]} is a struct. Expected a cell with one struct per trial, as num2cell gives."
        )
    return names[0], held[names[0]]


def _for_matlab(changes: Changes, n_cells: int) -> dict[str, Any]:
    """Return the variables by which MATLAB changes its own cell.

    ``cells`` is a cell of 1xN, with a struct of the fields to set, or [] for none; ``removed``, likewise, has cells
    with the names of the fields to take out, or {} for none.
    """
    cells: list[Any] = [np.empty((0, 0))] * n_cells
    removed: list[Any] = [[]] * n_cells
    for change in changes.changed:
        if change.fields:
            cells[change.cell] = change.fields
        removed[change.cell] = [*change.removed]
    return {"cells": cells, "removed": removed}


def _written(target: Path, content: bytes, merged: Merged | None, own: Record | None) -> str:
    """Write a new file, checked before it gets its name; return the SHA-256 of its content."""
    sha256 = hashlib.sha256(content).hexdigest()
    if own and own["sha256"] == sha256 and is_own(target, own):
        return sha256
    with write_errors(target), written_beside(target, durable=True) as beside:
        beside.write_bytes(content)
        if merged is None:
            mat_files.read_mat(beside)
        else:
            merged.check(beside)
        check_new(target, own)
    return sha256
