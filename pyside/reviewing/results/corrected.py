"""The labels of a session with the corrections of a person, as files."""

from __future__ import annotations

import dataclasses
import functools
import itertools
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from pyside.aliases import Array, Record
from pyside.curation.contacts.output import check_new, default_file
from pyside.curation.marks import LEFT_OUT, Marks, ReviewedMarks
from pyside.curation.writers.boris import write_boris
from pyside.curation.writers.csv_files import names_of_videos, whole_table
from pyside.curation.writers.deepethogram import write_deepethogram
from pyside.curation.writers.nwb import write_nwb
from pyside.curation.writers.of_session import WHACC
from pyside.curation.writers.results import check_formats
from pyside.curation.writers.whacc import write_whacc
from pyside.data.labels.machine_made import CORRECTED
from pyside.errors import NotWritable, printable, some
from pyside.reviewing.corrections import GIVEN, MACHINE, ORIGINS
from pyside.reviewing.desk import Desk, not_reviewed, open_desk
from pyside.settings.core import named, set_to
from pyside.settings.review import CONTACTS, CorrectedSettings
from pyside.system.files import sha256_of, write_errors, written_beside
from pyside.system.paths import is_file, is_folder, is_there, stamp_of, stamp_text
from pyside.system.records import from_json, write_json

RECORD = CORRECTED


def write_corrected(
    session: Path, folder: Path, settings: CorrectedSettings, first: int = 0, as_changes: bool = False
) -> Record:
    """Write the labels of the recordings that a person looked at, with corrections.

    For each recording there are ``NAME.csv``, with a row for each frame: ``video``, ``frame`` (counted from 1),
    ``label`` (the class name; empty for a frame that is left out) and ``origin_of_label``; and ``NAME.mat`` with the
    same as variables: ``labels`` (double, n x 1, counted from 0 in ``class_names``, -1 for a frame that is left out),
    ``class_names``, ``frame``, ``origin_of_label`` (double, n x 1, counted from 0 in ``origin_names``), ``recording``
    and ``video``. ``corrected.csv`` holds the rows of all recordings, as `convert_videos` takes the labels of several
    videos; where videos have one name, its column ``video`` holds their paths. They are the labels of a person, but for
    frames that nobody looked at, which both this function and a conversion tell. Files for other programs are those of
    `pyside.curation.writers`. A contact array, if there is to be one, lies beside the folder, see
    `pyside.reviewing.results.contacts`.

    Args:
        session: its folder.
        folder: to write to; files that an earlier call wrote are replaced, or removed if they are no longer written.
        settings: of the command.
        first: number of the first frame in a frame map.
        as_changes: whether MATLAB changes and writes a contact array that is there, see `write_contacts`.

    Returns:
        ``kind`` ("corrected"), ``path`` (the folder), ``table`` (of all recordings; "" without csv), ``session``,
        ``class_names``, ``names`` (of the recordings), ``videos`` (of these), ``files`` (name -> SHA-256), ``frames``,
        ``confirmed`` and ``corrected`` (frames that a person looked at), ``not_reviewed`` (recordings without any
        correction), ``contacts`` (what `write_contacts` returns of the contact array, or None) and ``warnings``.

    Raises:
        PathMissing, BadSession, BadReview: there is no session, it is damaged, or nobody has corrected anything.
        NotWritable, DiskFull: the folder holds other files, or one that was changed since.
        TouchTrainError: the contact array cannot be written, see `write_contacts`; nothing else is written then.
    """
    desk = open_desk(session)
    origins = {name: desk.origins(name) for name in desk.recordings()}
    looked_at = [name for name, origin in origins.items() if origin.any()]
    if not looked_at:
        raise not_reviewed(desk)
    known, own = _check(folder)
    rates = {name: settings.frame_rate or desk.marks(name).frame_rate for name in looked_at}
    check_formats(settings.formats, rates)
    labels = {name: _labels(desk, name, origins[name], settings.frames) for name in looked_at}
    files: dict[str, str] = {}
    formats = [one for one in settings.formats if one != CONTACTS]
    table = _table_name(looked_at) if "csv" in formats else ""
    contacts = _write_contacts(desk, default_file(folder), settings, first, as_changes, own)
    about: dict[str, Any] = {"session": str(session)}
    if contacts and contacts["sha256"]:
        own = {"file": contacts["path"], "sha256": contacts["sha256"]}
    if own:
        about["contacts"] = own
    with write_errors(folder):
        folder.mkdir(exist_ok=True)
        write_json(folder / RECORD, {**about, "files": known})
        for name in looked_at:
            for one in (one for one in formats if one != "whacc"):  # which holds all recordings
                path = folder / f"{name}{_ENDINGS.get(one, f'.{one}')}"
                with written_beside(path) as beside:
                    if one in _FOR_OTHERS:
                        marks = dataclasses.replace(desk.marks(name), labels=labels[name], frame_rate=rates[name])
                        _FOR_OTHERS[one](beside, marks)
                    else:
                        _WRITERS[one](beside, desk, name, labels[name], _told(desk, origins[name]))
                    files[path.name] = sha256_of(beside)
                write_json(folder / RECORD, {**about, "files": {**known, **files}})
        if table:
            with written_beside(folder / table) as beside:
                _write_csv(beside, desk, {name: (labels[name], _told(desk, origins[name])) for name in looked_at})
                files[table] = sha256_of(beside)
            write_json(folder / RECORD, {**about, "files": {**known, **files}})
        if "whacc" in formats:
            with written_beside(folder / WHACC) as beside:
                _write_whacc(beside, desk, labels, {name: _told(desk, origins[name]) for name in looked_at}, settings)
                files[WHACC] = sha256_of(beside)
            write_json(folder / RECORD, {**about, "files": {**known, **files}})
        for name in known.keys() - files.keys():  # of a correction that was taken back, or another format
            (folder / name).unlink(missing_ok=True)
        write_json(folder / RECORD, {**about, "files": files})
    counts = np.sum([np.bincount(origins[name], minlength=len(ORIGINS)) for name in looked_at], axis=0)
    pairs = [(origins[name], labels[name]) for name in looked_at]
    unseen = sum(int(np.count_nonzero((origin == 0) & (label != LEFT_OUT))) for origin, label in pairs)
    unseen *= desk.source.has_model
    return {
        "kind": "corrected",
        "path": str(folder),
        "table": str(folder / table) if table else "",
        "session": str(session),
        "class_names": list(desk.class_names),
        "names": looked_at,
        "videos": [str(desk.marks(name).video) for name in looked_at],
        "files": files,
        "frames": int(counts.sum()),
        "confirmed": int(counts[1]),
        "corrected": int(counts[2]),
        "not_reviewed": [name for name in origins if name not in looked_at],
        "contacts": contacts,
        "warnings": [
            *desk.warnings,
            *_about_changed(desk, looked_at),
            *([about_unseen(unseen, sum(map(len, labels.values())))] if unseen else []),
        ],
    }


def page(record: Record) -> list[str]:
    """Return what was written, as lines for a person.

    Args:
        record: what `write_corrected` returns.
    """
    from pyside.curation.contacts import report

    number = len(record["names"])
    rows = [
        f"{number:,} recording{'' if number == 1 else 's'} in {record['path']}: a person confirmed "
        f"{record['confirmed']:,} and corrected {record['corrected']:,} of {record['frames']:,} frames."
    ]
    rows += [f"  {'table of all':<12} {record['table']}"] if record["table"] else []
    rows += [f"  {'not reviewed':<12} {some(record['not_reviewed'])}"] if record["not_reviewed"] else []
    rows += [f"Warning: {text}" for text in record["warnings"]]
    return rows + (report.page(record["contacts"]) if record["contacts"] else [])


def _about_changed(desk: Desk, names: Sequence[str]) -> list[str]:
    """Return a warning about videos that are others than those that were marked: they may be paired with the labels."""
    changed = [name for name in names if _is_changed(desk.marks(name), desk.stamp(name))] if desk.session else []
    if not changed:
        return []
    return [
        f"{some(changed)}: the video was changed since it was marked, so these labels need not fit its frames. Put the "
        "former one back, or curate it again and review it anew."
    ]


def _is_changed(marks: Marks, stamp: str) -> bool:
    from pyside.data.video.reader import file_sha256  # loads PyAV

    if not is_there(marks.video) or stamp_text(stamp_of(marks.video)) == stamp:
        return False
    return bool(marks.video_sha256) and file_sha256(marks.video) != marks.video_sha256


def _write_contacts(
    desk: Desk, target: Path, settings: CorrectedSettings, first: int, as_changes: bool, own: Record | None
) -> Record | None:
    """Write the contact array, if there is to be one."""
    if CONTACTS not in settings.formats and settings.contact_array is None:
        return None
    from pyside.reviewing.results.contacts import write_reviewed_contacts

    own = None if as_changes and settings.contact_array is not None else own  # MATLAB writes a new file only
    check_new(target, own)
    return write_reviewed_contacts(desk, target, settings, first, as_changes, own)


def _check(folder: Path) -> tuple[dict[str, str], Record | None]:
    """Return the files that an earlier call wrote, and what it noted of its contact array, or None.

    Raises:
        NotWritable: others are in the way.
    """
    if not is_folder(folder.parent):
        raise NotWritable(f"The folder {folder.parent} does not exist. Make it first.")
    if not is_there(folder):
        return {}, None
    if not is_folder(folder):
        raise NotWritable(f"{folder} is a file. Give a folder as {named('output')}.")
    known: dict[str, str] = {}
    contacts: Record | None = None
    if is_file(folder / RECORD):
        try:
            found = from_json((folder / RECORD).read_bytes())
            known = {str(name): str(sha256) for name, sha256 in found["files"].items()}
            if (noted := found.get("contacts")) is not None:
                contacts = {name: str(noted[name]) for name in ("file", "sha256")}
        except (ValueError, KeyError, TypeError, AttributeError):
            raise NotWritable(f"{folder / RECORD} is damaged. Give another folder as {named('output')}.") from None
    others = [one.name for one in folder.iterdir() if one.name not in {RECORD, *known}]
    if others:
        raise NotWritable(
            f"{folder} holds other files: {some(others)}. Give a new or an empty folder as {named('output')}."
        )
    changed = [name for name in known if is_file(folder / name) and sha256_of(folder / name) != known[name]]
    if changed:
        raise NotWritable(
            f"{some(changed)} in {folder} was changed since it was written, and is not overwritten. Give another "
            f"folder as {named('output')}."
        )
    return known, contacts


def _labels(desk: Desk, name: str, origins: Array, frames: str) -> Array:
    labels = desk.labels(name)
    return labels if frames == "all" else np.where(origins > 0, labels, LEFT_OUT)


def _told(desk: Desk, origins: Array) -> Array:
    """Return the origins as they are written: without a model, what nobody looked at is as it was given."""
    return origins if desk.source.has_model else np.where(origins == MACHINE, GIVEN, origins)


def about_unseen(unseen: int, frames: int) -> str:
    """Return a warning about frames that nobody looked at, of which there are `unseen` among `frames`."""
    return (
        f"Nobody looked at {unseen} of {frames} frames: their labels are those of the model. To leave them out, set "
        f"{set_to('frames', 'reviewed')}."
    )


def _table_name(names: Sequence[str]) -> str:
    """Return the name of the table of all recordings, which none of them has."""
    taken, found = {name.casefold() for name in names}, "corrected"
    while found in taken:
        found += "_"
    return f"{found}.csv"


def _write_one_csv(path: Path, desk: Desk, name: str, labels: Array, origins: Array) -> None:
    _write_csv(path, desk, {name: (labels, origins)})


def _write_csv(path: Path, desk: Desk, recordings: Mapping[str, tuple[Array, Array]]) -> None:
    names = [*map(printable, desk.class_names), ""]  # -1 takes the last one
    videos = names_of_videos([desk.marks(name).video for name in recordings])
    rows = (
        [video, frame, names[label], ORIGINS[origin]]
        for video, (labels, origins) in zip(videos, recordings.values(), strict=True)
        for frame, (label, origin) in enumerate(zip(labels.tolist(), origins.tolist(), strict=True), start=1)
    )
    path.write_bytes(whole_table(itertools.chain([["video", "frame", "label", "origin_of_label"]], rows)))


def _write_mat(path: Path, desk: Desk, name: str, labels: Array, origins: Array) -> None:
    from pyside.curation.writers.mat_file import cell, column, save_variables

    marks = desk.marks(name)
    variables: dict[str, Any] = {
        "recording": printable(name),
        "video": printable(str(marks.video)),
        "frame": column(np.arange(1, marks.n_frames + 1)),
        "labels": column(labels),
        "class_names": cell([*map(printable, desk.class_names)]),
        "origin_of_label": column(origins),
        "origin_names": cell(ORIGINS),
    }
    save_variables(path, variables)


def _write_whacc(
    path: Path, desk: Desk, labels: Mapping[str, Array], origins: Mapping[str, Array], settings: CorrectedSettings
) -> None:
    marks = [desk.marks(name) for name in labels]
    reviewed = (
        ReviewedMarks(**{**vars(one), "labels": labels[name]}, machine=one.labels, origins=origins[name])
        for name, one in zip(labels, marks, strict=True)
    )
    videos = [one.video if one.video.name else Path(name) for name, one in zip(labels, marks, strict=True)]
    lengths = [one.n_frames for one in marks]
    every = settings.frames == "all"
    write_whacc(path, videos, lengths, reviewed, settings.trial_pattern, desk.source.has_model, every)


_WRITERS = {"csv": _write_one_csv, "mat": _write_mat}
_FOR_OTHERS: dict[str, Callable[[Path, Marks], None]] = {
    "boris": functools.partial(write_boris, of_model=False),
    "deepethogram": write_deepethogram,
    "nwb": functools.partial(write_nwb, of_model=False),
}
_ENDINGS = {"boris": "_boris.csv", "deepethogram": "_labels.csv"}
