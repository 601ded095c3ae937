"""The contact array of a session: written when all is marked, and made anew when the session decides anew.

The record of a session says in ``contacts`` which file that is: ``file``, ``sha256`` (of its content as written, or ""
before), ``source`` and ``source_sha256`` (of the contact array that it was made from), ``settings`` and ``first`` (None
if it cannot be made again without the values that a person gave from memory). What has another content is a person's.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from pyside.aliases import Progress, Record
from pyside.curation.contacts.output import default_file, is_own
from pyside.curation.contacts.write import preview_contacts, write_contacts
from pyside.curation.marking.session import Session
from pyside.curation.marks import LEFT_OUT, WHY, Marks
from pyside.curation.regions.plan import VideoPlan
from pyside.errors import TouchTrainError
from pyside.evaluation.decision import Decision
from pyside.settings.curation import ContactSettings, CurateSettings
from pyside.system.files import sha256_of
from pyside.system.paths import is_file, is_there

_SHARED = "contact_class overwrite_manual frame_map pairing trial_pattern frame_rate".split()


def check_contacts(
    plans: Sequence[VideoPlan], settings: CurateSettings, class_names: Sequence[str], decision: Decision, first: int
) -> list[str]:
    """Check, before a video is marked, that the contact array of the options will fit; return what to know of it.

    Args:
        plans: of the videos.
        settings: of `curate`; those of contact arrays may have no value.
        class_names: of the model.
        decision: how labels will be made.
        first: number of the first frame in a frame map.

    Raises:
        TouchTrainError: as `write_contacts`.
    """
    if settings.contact_array is None:
        return []
    by_name = {plan.name: plan for plan in plans}
    recordings = [
        {"name": plan.name, "video": str(plan.path), "state": "failed" if plan.fault else "done"} for plan in plans
    ]

    def blank(record: Record) -> Marks:
        return _blank(by_name[record["name"]], class_names, decision, settings)

    chosen = _settings(settings)
    return preview_contacts(Path(settings.contact_array), recordings, blank, class_names, chosen, first)


def _blank(plan: VideoPlan, class_names: Sequence[str], decision: Decision, settings: CurateSettings) -> Marks:
    """Return the marks of a video of which no frame is known yet."""
    assert plan.look is not None
    n = len(plan.look)
    rate = settings.frame_rate or (plan.info.frames_per_second if plan.info else None) or None
    nothing = np.full((n, len(class_names)), np.nan, np.float32)
    labels, why = np.full(n, LEFT_OUT, np.int16), np.full(n, WHY.index("damaged"), np.uint8)
    return Marks(plan.name, plan.path, tuple(class_names), nothing, labels, why, decision, rate, "", "")


def claim(session: Session, settings: CurateSettings, first: int) -> None:
    """Note in a session, before anything is written, that it will have a contact array."""
    if settings.contact_array is None:
        return
    source, target = Path(settings.contact_array), default_file(session.folder)
    before = session.contacts or {}
    given = _settings(settings).as_dict()
    session.contacts = {
        "file": str(target),
        "sha256": before.get("sha256", "") if before.get("file") == str(target) else "",
        "source": str(source),
        "source_sha256": sha256_of(source),
        "settings": {**given, "frame_map": given["frame_map"] if _is_path(given["frame_map"]) else None},
        "first": first if given["frame_map"] is None or _is_path(given["frame_map"]) else None,
    }


def write_for(session: Session, settings: CurateSettings, first: int, progress: Progress) -> Record | None:
    """Write the contact array of a session that has been marked; what cannot be done becomes a warning of the session.

    Args:
        session: that is being written.
        settings: of `curate`. Without a contact array, that of an earlier run is made anew.
        first: number of the first frame in a frame map.
        progress: called with records for a progress line.

    Returns:
        What `write_contacts` returns; None if nothing was written.
    """
    if settings.contact_array is None:
        session.warnings += follow(session, progress)
        return None
    assert session.contacts is not None
    return _write(session, _settings(settings), first, progress)


def follow(session: Session, progress: Progress) -> list[str]:
    """Make the contact array of a session anew, if it is as it was written, and return what a person should know.

    Args:
        session: that is being written, after its marks.
        progress: called with records for a progress line.
    """
    record = session.contacts
    target = default_file(session.folder)  # another than its record says, if the session was moved or copied
    if not record or not is_there(target):
        return []
    session.contacts = record = {**record, "file": str(target)}
    source, warnings = Path(record["source"]), session.warnings
    session.warnings = []
    try:
        if record["first"] is None or not is_file(source) or sha256_of(source) != record["source_sha256"]:
            return [
                f"{record['file']} follows an earlier decision, because what it was made from has changed or was in "
                "memory. Write it again, as another file."
            ]
        _write(session, ContactSettings.from_options(record["settings"]), record["first"], progress)
        return session.warnings
    finally:
        session.warnings = warnings


def _write(session: Session, settings: ContactSettings, first: int, progress: Progress) -> Record | None:
    record = session.contacts
    assert record is not None
    target = Path(record["file"])
    if is_there(target) and not is_own(target, record):
        session.warnings.append(
            f"{target} was changed since it was written, and is kept as it is. Remove or rename it to have it written "
            "anew."
        )
        return None
    try:
        made = write_contacts(
            session.folder, Path(record["source"]), target, settings, first, progress=progress, own=record
        )
    except TouchTrainError as error:
        session.warnings.append(f"{target} cannot be written: {error.text}")
        return None
    session.contacts = {**record, "sha256": made["sha256"]}
    session.warnings += [f"{target.name}: {text}" for text in made["warnings"]]
    return made


def _settings(settings: CurateSettings) -> ContactSettings:
    return ContactSettings(**{name: getattr(settings, name) for name in _SHARED})


def _is_path(value: Any) -> bool:
    return isinstance(value, str)
