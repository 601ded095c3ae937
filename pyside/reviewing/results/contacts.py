"""The labels of a session with the corrections of a person, as a contact array.

The trials of recordings that a person looked at are marked as a person's: ``originOfLabel`` has for each sample whether
it is the machine's (0), confirmed (1) or corrected (2) by a person, ``manualAdd`` and ``manualDel`` list the touches
that only the person, or only the machine, found. So neither a conversion nor a later `write_contacts` takes them for
the machine's. All other trials are written as `write_contacts` does.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np

from pyside.aliases import Array, Record
from pyside.curation.contacts.changes import NOT_REVIEWED
from pyside.curation.contacts.output import class_of_contacts
from pyside.curation.contacts.write import write_touches
from pyside.curation.marking.session import stored_marks
from pyside.curation.marks import LEFT_OUT, Marks, ReviewedMarks
from pyside.errors import some
from pyside.reviewing.desk import Desk
from pyside.settings.curation import ContactSettings
from pyside.settings.review import CorrectedSettings


def write_reviewed_contacts(
    desk: Desk, target: Path, settings: CorrectedSettings, first: int, as_changes: bool, own: Record | None
) -> Record:
    """Write the labels of a session with corrections into a contact array.

    Args:
        desk: of the session.
        target: the file to write.
        settings: of `corrected`.
        first: number of the first frame in a frame map.
        as_changes: as in `write_contacts`.
        own: ``file`` and ``sha256`` of what an earlier call wrote, which may be replaced.

    Returns:
        As `write_contacts`.

    Raises:
        TouchTrainError: as `write_contacts`.
    """
    origins = {name: desk.origins(name) for name in desk.recordings()}
    seen = {name for name, one in origins.items() if one.any()}
    only = settings.frames == "reviewed"
    recordings = [
        {**one, "state": NOT_REVIEWED} if only and one["state"] == "done" and one["name"] not in seen else one
        for one in desk.source.records
    ]

    def marks_of(record: Record) -> Marks:
        name = record["name"]
        marks = desk.marks(name) if name in origins else stored_marks(desk.folder, record)
        return _reviewed(marks, desk.labels(name), origins[name], only) if name in seen else marks

    made = write_touches(
        desk.folder,
        recordings,
        marks_of,
        class_of_contacts(desk.class_names, settings.contact_class),
        None if settings.contact_array is None else Path(settings.contact_array),
        target,
        _of_contacts(settings),
        first,
        as_changes,
        own,
    )
    others = [name for name in origins if name not in seen]
    if others and not only:
        made["warnings"].append(f"Nobody reviewed these recordings, so their trials are the model's: {some(others)}.")
    return made


def _of_contacts(settings: CorrectedSettings) -> ContactSettings:
    names = {field.name for field in dataclasses.fields(ContactSettings)} - {"output"}
    return ContactSettings(**{name: getattr(settings, name) for name in names})


def _reviewed(marks: Marks, labels: Array, origins: Array, only: bool) -> ReviewedMarks:
    """Return marks with the labels that a person left; `only` those that a person looked at."""
    kept = np.where(origins > 0, labels, LEFT_OUT).astype(np.int16) if only else labels
    known = {field.name: getattr(marks, field.name) for field in dataclasses.fields(Marks)}
    return ReviewedMarks(**{**known, "labels": kept}, machine=marks.labels, origins=origins)
