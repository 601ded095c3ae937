"""Decides anew which frames are touches, from the stored probabilities of a session; no network is needed."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

from pyside.aliases import Progress, Record
from pyside.curation.marking.network.marked import COMPUTED
from pyside.curation.marking.session import Session, read_session, stored_marks
from pyside.curation.marks import Marks, labels_of, touches
from pyside.curation.model.decision import decision_with
from pyside.curation.writers.of_session import write_shared
from pyside.curation.writers.results import check_formats, write_results
from pyside.errors import BadOption, Faults, some
from pyside.settings.core import named, nearest
from pyside.settings.curation import RedecideSettings
from pyside.system.records import same_name
from pyside.version import __version__

_KEPT = ("seconds", "frames_per_second", "stamp", "key", *COMPUTED, "warnings")


def redecide(
    session: str | PathLike[str],
    options: Mapping[str, Any],
    progress: Progress = lambda record: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Record:
    """Decide anew in a session; see `pyside.redecide`.

    Args:
        session: its folder.
        options: settings of `redecide`, in Python's spelling.
        progress: called with a record per recording.
        should_stop: called between recordings; if it returns True, those before are decided anew, the others are not.

    Raises:
        PathMissing, BadSession: there is no session, or it or the marks of a recording are damaged: all faults at once,
            before anything is written.
        BadOption: an option does not fit the session.
        NotWritable, DiskFull: a file cannot be written. The recordings before it are decided anew, and the session is
            whole.
    """
    from pyside.curation.contacts.of_session import follow

    settings, folder = RedecideSettings.from_options(options), Path(session).absolute()
    before = read_session(folder)
    records = chosen(before, settings)
    rates = {one["name"]: settings.frame_rate or one["frame_rate"] for one in records}
    check_formats([*(settings.formats or ()), *(name for one in records for name in one["formats"])], rates)
    read_all(folder, records)
    target = Path(settings.output).absolute() if settings.output else folder
    new = _session(target, before, settings)
    rows, stopped = [], False
    new.begin([one["name"] for one in before["videos"]], before["warnings"], before.get("planned"))
    try:
        if target != folder:
            _copy_failures(new, before["videos"])
        for number, record in enumerate(records, 1):
            stopped = should_stop()
            if stopped:
                break
            shown = {"stage": "deciding", "recording": number, "recordings": len(records), "name": record["name"]}
            progress({**shown, "milestone": number == len(records)})
            rows.append(_decided(new, folder, record, settings))
        contacts = [] if stopped else follow(new, progress)
        shared = [] if stopped else write_shared(new, before["settings"].get("trial_pattern"))
    finally:
        new.close()
    return _report(target, before, rows, len(records), stopped, [*contacts, *shared])


def chosen(session: Record, settings: RedecideSettings) -> list[Record]:
    """Return the records of the recordings to decide about, in the order of the session.

    Args:
        session: what `read_session` returned.
        settings: of the command.

    Raises:
        BadOption: a recording is not in the session or not marked, nothing is to be changed, or the model has more than
            two classes.
    """
    faults = Faults()
    done = [one for one in session["videos"] if one["state"] == "done"]
    wanted = settings.recordings or [one["name"] for one in done]
    found = [_record(name, session["videos"], faults) for name in wanted]
    changing = ("threshold", "min_duration", "frame_rate", "formats", "output")
    if all(getattr(settings, name) is None for name in changing):
        faults.add(
            BadOption,
            f"There is nothing to change. Set {named('threshold')}, {named('min_duration')}, or another option.",
        )
    if not done:
        faults.add(BadOption, "The session has no recording that is marked. Curate again to complete it.")
    with faults.noting():
        names = session["model"]["class_names"]
        decision_with(names, None, settings.threshold, settings.min_duration, "The model of this session")
    faults.raise_any()
    names = {one["name"] for one in found if one}
    return [one for one in done if one["name"] in names]


def _record(name: str, videos: Sequence[Record], faults: Faults) -> Record | None:
    """Return the record of a recording by its name, or that of its video; note a fault if there is none."""
    wanted = same_name(name)
    for one in videos:
        path = Path(one["video"])
        if wanted in map(same_name, (one["name"], path.name, str(path))):
            if one["state"] != "done":
                why = one.get("why") or "its marking was interrupted"
                faults.add(BadOption, f"{named('recordings')}: {name} is not marked: {why}")
            return one
    near = nearest(name, [one["name"] for one in videos])
    hint = f"Did you mean {' or '.join(near)}?" if near else f"It has {some([one['name'] for one in videos])}."
    faults.add(BadOption, f"{named('recordings')}: there is no recording {name} in the session. {hint}")
    return None


def read_all(folder: Path, records: Sequence[Record]) -> None:
    """Check that the marks of recordings are as they were written.

    Raises:
        BadSession: some are damaged, or not there; all at once.
    """
    faults = Faults()
    for record in records:
        with faults.noting():
            stored_marks(folder, record)
    faults.raise_any()


def _session(target: Path, before: Record, settings: RedecideSettings) -> Session:
    given = {name: value for name, value in settings.as_dict().items() if value is not None}
    shared = {name: given[name] for name in ("threshold", "min_duration", "frame_rate", "formats") if name in given}
    about = {**before["settings"], **shared}
    return Session(target, before["model"], about, {**before["versions"], "touchtrain": __version__}, write_results)


def _copy_failures(new: Session, videos: Sequence[Record]) -> None:
    for one in videos:
        if one["state"] == "failed" and one["name"] not in new.videos:
            new.fail(one["name"], Path(one["video"]), one["why"])


def _decided(new: Session, folder: Path, record: Record, settings: RedecideSettings) -> Record:
    """Decide about one recording, and return its new record with ``touches_before``."""
    marks = stored_marks(folder, record)
    anew = decided(marks, settings)
    about = {name: record[name] for name in _KEPT if name in record}
    row = new.finish(anew, settings.formats or record["formats"], about)
    return {**row, "touches_before": len(touches(marks))}


def decided(marks: Marks, settings: RedecideSettings) -> Marks:
    """Return marks by another decision, or with another frame rate."""
    own = marks.decision
    decision = decision_with(marks.class_names, own, settings.threshold, settings.min_duration, marks.name)
    labels = labels_of(marks.probabilities, marks.why, decision)
    rate = settings.frame_rate or marks.frame_rate
    return dataclasses.replace(marks, labels=labels, decision=decision, frame_rate=rate)


def _report(
    target: Path, before: Record, rows: Sequence[Record], n_wanted: int, stopped: bool, contacts: Sequence[str]
) -> Record:
    others = [one for one in before["videos"] if one["state"] not in ("done", "failed")]
    changed = [file for row in rows for file in row["changed"]]
    warnings = []
    if changed:
        warnings.append(
            f"A person changed these results, so they are kept, and do not follow the new decision: {some(changed)}."
        )
    if others:
        warnings.append(f"The marking of {some([one['name'] for one in others])} was interrupted. Curate again.")
    return {
        "kind": "session",
        "path": str(target),
        "model_path": before["model"]["path"],
        "videos": n_wanted,
        "done": len(rows),
        "kept": 0,
        "failed": 0,
        "failures": [],
        **{key: sum(row[key] for row in rows) for key in ("frames", "looked_at", "left_out", "touches")},
        "touches_before": sum(row["touches_before"] for row in rows),
        "decision": _in_all(rows),
        "names": [row["name"] for row in rows],
        "changed": changed,
        "warnings": [*warnings, *contacts],
        "stopped": stopped,
        "well": True,
    }


def _in_all(rows: Sequence[Record]) -> Record:
    """Return the decision as all recordings have it; None for what differs."""
    found: list[Record] = []
    for row in rows:
        duration, rate = row["decision"]["min_duration"], row["frame_rate"]
        found.append({**row["decision"], "min_duration_ms": 1000 * duration / rate if rate else None})
    keys = ("event_class", "threshold", "min_duration", "min_duration_ms")
    return {key: found[0][key] if len({one[key] for one in found}) == 1 else None for key in keys}
