"""The folder of a session: the marks of each video, the results, and the table of what was done.

::

    session.json     the session, see below
    session.csv      the same as a table, one row per video
    session.jsonl    what happened since session.json was written, one record per line
    session.part     files that are being written
    marks/NAME.npz   the marks of each video, see `pyside.curation.marks`
    NAME.mat, ...    the results, as `pyside.curation.writers` names them

``session.json`` is an object of:

    format           "touchtrain session 1"
    model            path, sha256, class_names
    settings         those of the last run · planned   number of its videos
    versions         of touchtrain, python and so on, of the last run
    videos           one record per video, see below
    warnings         of the last run
    shared           its results of all videos: file name -> SHA-256 of each content as written
    timings          what the runtime `auto` found out in the last run that chose: runtime, precision,
                     frames_per_second and why of each
    contacts         its contact array, if it has one: see `pyside.curation.contacts.of_session`

A record of a video holds:

    name             of the recording; its files have this name
    video            path of the video
    state            "done" or "failed" · why    in words, if it failed
    frames           of the video · looked_at    those that the network looked at · left_out    those without a label
    touches          runs of frames with a class other than that without touch
    seconds, frames_per_second                   of decoding and predicting it, within the session
    video_sha256, model_sha256
    stamp            that tells without reading whether the video may have changed
    key              equal only if all settings are equal that decide about the probabilities
    decision         event_class, threshold, min_duration · frame_rate   frames per second, null if not known
    runtime, precision, quantizer, backend, device   with which it was predicted; no runtime means keras
    marks_sha256     of its .npz file
    formats          of its results
    files            the results: file name -> SHA-256 of its content as written by the machine
    changed          names of results that a person changed, and that were kept as they are
    placing          as files; only between two steps of writing them
    warnings         about its frames

A result whose content has none of these hashes is a person's, and is never overwritten.
"""

from __future__ import annotations

import contextlib
import csv
import dataclasses
import hashlib
import io
import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from pyside.aliases import Record
from pyside.curation.marks import LEFT_OUT, Marks, load_marks, save_marks, touches
from pyside.errors import BadSession, NotWritable, PathMissing, TouchTrainError, printable, some
from pyside.evaluation.decision import Decision
from pyside.settings.core import named
from pyside.settings.curation import FORMATS
from pyside.system.files import LEFT_PART, left_behind, sha256_of, write_errors, written_beside
from pyside.system.paths import inside, is_folder, is_there
from pyside.system.records import from_json, to_json, write_json

FORMAT = "touchtrain session 1"
TABLE, SHEET, JOURNAL, STAGING, MARKS = "session.json", "session.csv", "session.jsonl", "session.part", "marks"
COLUMNS = (
    "name video state why frames looked_at left_out touches seconds frames_per_second threshold min_duration "
    "frame_rate video_sha256 model_sha256 key"
).split()
CORRECTIONS = "corrections.jsonl"  # of a person, see `pyside.reviewing`
_SECONDS_BETWEEN_TABLES = 5.0
_SHARE_OF_TABLES = 20  # writing tables takes at most one of so many seconds
Write = Callable[[Marks, Path, Sequence[str]], dict[str, str]]


@dataclasses.dataclass(frozen=True)
class Waiting:
    """Marks and results of a video, written into a folder where they wait for their place in the session.

    Attributes:
        name: of the recording.
        folder: where the files are: NAME.npz, and the results.
        marks_sha256: of NAME.npz.
        results: SHA-256 of each result by its file name.
        formats: of the results.
        about: the first entries of the record of the video.
        decided: further ones, which say what was marked how.
    """

    name: str
    folder: Path
    marks_sha256: str
    results: dict[str, str]
    formats: tuple[str, ...]
    about: Record
    decided: Record


def write_waiting(marks: Marks, folder: Path, formats: Sequence[str], write: Write) -> Waiting:
    """Write marks and results of a video into a folder; nothing of the session is touched.

    Raises:
        NotWritable, DiskFull: a file cannot be written.
    """
    with write_errors(folder):
        save_marks(folder / f"{marks.name}.npz", marks)
        marks_sha256 = sha256_of(folder / f"{marks.name}.npz")
        results = write(marks, folder, formats)
    about = {
        "name": marks.name,
        "video": str(marks.video),
        "state": "done",
        "why": "",
        "frames": marks.n_frames,
        "looked_at": int(np.count_nonzero(marks.why == 0)),
        "left_out": int(np.count_nonzero(marks.labels == LEFT_OUT)),
        "touches": len(touches(marks)),
    }
    decided = {
        "video_sha256": marks.video_sha256,
        "model_sha256": marks.model_sha256,
        "decision": told(marks.decision),
        "frame_rate": marks.frame_rate,
    }
    return Waiting(marks.name, folder, marks_sha256, results, tuple(formats), about, decided)


class Session:
    """A session that is being written. Only one process may do so, see `pyside.system.locks`.

    Each video is recorded with one line in a journal; the tables are written from time to time and by `close`, so the
    work per video does not grow with their number.

    Args:
        folder: of the session; it is made, or continued.
        model: ``path``, ``sha256`` and ``class_names``.
        settings: of this run, plain values.
        versions: of the packages.
        write: writes the results of a video into a folder in some formats, and returns their SHA-256 by name.

    Attributes:
        videos: the records, by name.
        warnings: of this run.
        contacts: its contact array, as in its record; None if it has none.
        shared: its results of all videos, as in its record.
        timings: of runtimes, as in its record; None if none was chosen.

    Raises:
        BadSession: it is a session of another model, or it is damaged.
        NotWritable: the folder holds other files.
        PathMissing: the folder around it does not exist.
    """

    def __init__(
        self,
        folder: Path,
        model: Mapping[str, Any],
        settings: Mapping[str, Any],
        versions: Mapping[str, str],
        write: Write,
    ):
        self.folder, self._write = folder, write
        check_output(folder)
        before = read_session(folder) if is_there(folder / TABLE) else {"videos": []}
        self._check_model(before.get("model"), model)
        self.videos: dict[str, Record] = {one["name"]: one for one in before["videos"]}
        self.warnings: list[str] = []
        self.contacts: Record | None = before.get("contacts")
        self.shared: dict[str, list[str]] = before.get("shared", {})
        self.timings: list[Record] | None = before.get("timings")
        self._order: dict[str, int] = {}
        self._about: dict[str, Any] = {
            "format": FORMAT,
            "model": dict(model),
            "settings": dict(settings),
            "versions": dict(versions),
        }

    def begin(self, names: Sequence[str], warnings: Sequence[str], planned: int | None = None) -> None:
        """Begin to write.

        Args:
            names: of the recordings of this run, which come first in the tables.
            warnings: of this run.
            planned: number of videos of the run. Default: that of the names.

        Raises:
            NotWritable, DiskFull: the folder cannot be written.
        """
        self._order = {name: place for place, name in enumerate(names)}
        self._about["planned"] = len(names) if planned is None else planned
        self.warnings += warnings
        with write_errors(self.folder):
            self.folder.mkdir(exist_ok=True)
            for name in (TABLE, SHEET):
                for part in left_behind(self.folder, name, LEFT_PART):
                    part.unlink(missing_ok=True)
            self._write_tables()
            shutil.rmtree(self.folder / STAGING, ignore_errors=True)
            (self.folder / STAGING).mkdir(exist_ok=True)
            (self.folder / MARKS).mkdir(exist_ok=True)
            self._journal = (self.folder / JOURNAL).open("w", encoding="utf-8", newline="\n")

    def _check_model(self, before: Mapping[str, Any] | None, model: Mapping[str, Any]) -> None:
        if before is not None and before["sha256"] != model["sha256"]:
            raise BadSession(
                f"{self.folder} holds the marks of another model: {before['path']} (SHA-256 "
                f"{before['sha256'][:12]}...). This one is {model['path']} ({model['sha256'][:12]}...). Give another "
                f"folder as {named('output')}, or remove that one."
            )

    def in_order(self) -> list[Record]:
        """Return the records of the videos: those of this run first, in their order."""
        return sorted(
            self.videos.values(), key=lambda one: (self._order.get(one["name"], len(self._order)), one["name"])
        )

    def note_shared(self, name: str, sha256: str) -> None:
        """Note the content of a result of all videos, before it takes the place of an earlier one."""
        self.shared[name] = [*self.shared.get(name, [])[-1:], sha256]
        self._write_tables()

    def path_of(self, name: str) -> Path:
        """Return the path of the marks of a recording."""
        return self.folder / MARKS / f"{name}.npz"

    def marks(self, name: str) -> Marks | None:
        """Return the stored marks of a recording; None if there are none, or they are not as they were written."""
        return marks_in(self.folder, {"name": name, **self.videos.get(name, {})})

    def is_complete(self, name: str, decision: Decision, formats: Sequence[str], frame_rate: float | None) -> bool:
        """Return whether all results of a finished recording are there, by this decision."""
        record = self.videos[name]
        return (
            "placing" not in record
            and record["decision"] == told(decision)
            and record["frame_rate"] == frame_rate
            and set(formats) <= set(record["formats"])
            and all((self.folder / file).exists() for file in (*record["files"], *record["changed"]))
        )

    def finish(self, marks: Marks, formats: Sequence[str], about: Mapping[str, Any]) -> Record:
        """Write marks and results of a video, and record that it is done.

        Args:
            marks: of the video.
            formats: of the results; those of an earlier run are written again, too.
            about: further entries of its record.

        Returns:
            Its record.

        Raises:
            NotWritable, DiskFull: a file cannot be written.
        """
        formats = self.formats_of(marks.name, formats)
        return self.place(write_waiting(marks, self.staging, formats, self._write), about)

    @property
    def staging(self) -> Path:
        """Folder in which files wait for their place."""
        return self.folder / STAGING

    def formats_of(self, name: str, formats: Sequence[str]) -> tuple[str, ...]:
        """Return the formats of the results of a recording: these, and those of an earlier run."""
        return tuple(dict.fromkeys([*formats, *self.videos.get(name, {}).get("formats", [])]))

    def place(self, waiting: Waiting, about: Mapping[str, Any]) -> Record:
        """Put marks and results of a video that wait into their place, and record that it is done.

        Args:
            waiting: what `write_waiting` returned.
            about: further entries of its record.

        Returns:
            Its record.

        Raises:
            NotWritable, DiskFull: a file cannot be written.
        """
        name, results, staging = waiting.name, waiting.results, waiting.folder
        before, stored = self.videos.get(name, {}), f"{MARKS}/{name}.npz"
        with write_errors(self.folder):
            changed = [file for file in results if self._is_of_a_person(before, file)]
            self._append({"name": name, "placing": {stored: waiting.marks_sha256, **results}})
            for file in results:
                if file not in changed:
                    _move(staging / file, self.folder / file)
            _move(staging / f"{name}.npz", self.folder / stored)
            record = {
                **waiting.about,
                **about,
                **waiting.decided,
                "marks_sha256": waiting.marks_sha256,
                "formats": list(waiting.formats),
                "files": {file: sha256 for file, sha256 in results.items() if file not in changed},
                "changed": changed,
            }
            self._append(record)
        return record

    def fail(self, name: str, video: Path, why: str) -> None:
        """Record that a video cannot be marked. What an earlier run wrote for it stays, and is still known."""
        before = self.videos.get(name, {})
        kept = {key: before[key] for key in ("formats", "files", "changed", "placing") if key in before}
        self._append({"name": name, "video": str(video), "state": "failed", "why": printable(why), **kept})

    def close(self) -> None:
        """Write the tables, and remove the files that served only until then."""
        with contextlib.suppress(OSError):  # on a full disk; the tables tell the same
            self._journal.close()
        with write_errors(self.folder):
            self._write_tables()
            shutil.rmtree(self.folder / STAGING, ignore_errors=True)
            (self.folder / JOURNAL).unlink(missing_ok=True)

    def _is_of_a_person(self, before: Mapping[str, Any], file: str) -> bool:
        path = self.folder / file
        if not path.exists():
            return False
        ours = {one.get(file) for one in (before.get("files", {}), before.get("placing", {}))}
        return sha256_of(path) not in ours

    def _append(self, line: Record) -> None:
        """Add a line to the journal, and write the tables if that is due."""
        with write_errors(self.folder):
            self._journal.write(to_json(line) + "\n")
            self._journal.flush()
        _apply(self.videos, line)
        if "placing" not in line and time.monotonic() >= self._next:
            self._write_tables()
            self._journal.truncate(0)
            self._journal.seek(0)

    def _write_tables(self) -> None:
        began, videos = time.monotonic(), self.in_order()
        also: dict[str, Any] = {"contacts": self.contacts, "shared": self.shared or None, "timings": self.timings}
        more = {name: value for name, value in also.items() if value is not None}
        write_json(self.folder / TABLE, {**self._about, "videos": videos, "warnings": self.warnings, **more})
        with written_beside(self.folder / SHEET) as beside:
            beside.write_text(sheet(videos), encoding="utf-8", errors="surrogateescape", newline="")
        now = time.monotonic()
        self._next = now + max(_SECONDS_BETWEEN_TABLES, _SHARE_OF_TABLES * (now - began))


def told(decision: Decision) -> Record:
    """Return what a record says of a decision."""
    found = {name: getattr(decision, name) for name in ("event_class", "threshold", "min_duration")}
    return found


def sheet(videos: Any) -> str:
    """Return the records of videos as a table of comma-separated values."""
    text = io.StringIO()
    table = csv.DictWriter(text, COLUMNS, extrasaction="ignore")
    table.writeheader()
    for one in videos:
        row = {**one, **one.get("decision", {}), "why": " ".join(one["why"].split())}
        table.writerow({key: printable(value) if isinstance(value, str) else value for key, value in row.items()})
    return text.getvalue()


def _apply(videos: dict[str, Record], line: Record) -> None:
    """Take a line of the journal into the records."""
    name = line["name"]
    if set(line) == {"name", "placing"}:
        videos[name] = {"state": "begun", "why": "", **videos.get(name, {}), **line}
    else:
        videos[name] = line


def _move(there: Path, here: Path) -> None:
    with written_beside(here, there):
        pass


# --- sessions that exist -------------------------------------------------------------------------------------------


def is_session(folder: Path) -> bool:
    """Return whether a folder holds a session."""
    return is_there(folder / TABLE) and from_head(folder / TABLE)


def session_folder(path: Path) -> Path:
    """Return the folder of the session that a path means: of its table or its sheet, the folder; else the path."""
    return path.parent if path.name in (TABLE, SHEET) and is_session(path.parent) else path


def from_head(path: Path) -> bool:
    """Return whether the beginning of a file says that it is the table of a session."""
    try:
        with path.open("rb") as file:
            return FORMAT.encode() in file.read(200)
    except OSError:
        return False


def read_session(folder: Path) -> Record:
    """Read a session: ``session.json`` and what happened since.

    Raises:
        PathMissing: there is none.
        BadSession: it is damaged, or of another version.
    """
    path = folder / TABLE
    try:
        found: Any = from_json(path.read_bytes())
        if not isinstance(found, dict) or found.get("format") != FORMAT:
            raise BadSession(f"{path} is not a session that this version of TouchTrain can read.")
        videos = {one["name"]: one for one in found["videos"]}
        for line in _lines(folder / JOURNAL):
            _apply(videos, line)
        _check(found, videos.values())
    except (FileNotFoundError, NotADirectoryError):
        raise PathMissing(f"There is no session in {folder}: it has no {TABLE}.") from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadSession(f"{path} is damaged ({error}). Curate again into another folder.") from error
    return {**found, "videos": list(videos.values())}


def _check(session: Record, videos: Iterable[Record]) -> None:
    """Raise KeyError, TypeError, AttributeError or ValueError if a session, or a record of a video, cannot be ours."""
    kinds = {"model": dict, "settings": dict, "versions": dict, "warnings": list}
    texts = [session["model"][name] for name in ("path", "sha256")] + session["model"]["class_names"]
    right = all(isinstance(session[name], kind) for name, kind in kinds.items())
    if (contacts := session.get("contacts")) is not None:
        texts += [contacts[name] for name in ("file", "sha256", "source", "source_sha256")]
        right = right and isinstance(contacts["settings"], dict) and contacts["first"] in (0, 1, None)
    for name, known in session.get("shared", {}).items():
        texts += [name, *known]
    for one in videos:
        texts += [one[name] for name in ("name", "video", "state", "why") if name in one or one["state"] != "begun"]
        right = right and one["name"] not in ("", ".", "..") and not {*"/\\\0:"} & {*one["name"]}
        if one["state"] == "done":
            texts += [*one["formats"], *one["files"], *one["files"].values(), *one["changed"], one["marks_sha256"]]
            right = right and {*one["formats"]} <= {*FORMATS} and isinstance(one["decision"], dict)
            right = right and all(isinstance(one[name], int) for name in ("frames", "looked_at", "left_out", "touches"))
    if not right or not all(isinstance(text, str) for text in texts):
        raise ValueError("it holds values that no session has")


def marks_in(folder: Path, record: Record) -> Marks | None:
    """Return the stored marks of a recording of a session; None if they are not there, or not as they were written.

    Args:
        folder: of the session.
        record: of the recording.
    """
    name = record["name"]
    path = folder / MARKS / f"{name}.npz"
    known = {record.get("marks_sha256"), record.get("placing", {}).get(f"{MARKS}/{name}.npz")}
    try:
        content = path.read_bytes()
        return load_marks(path, content) if hashlib.sha256(content).hexdigest() in known else None
    except (OSError, TouchTrainError):
        return None


def stored_marks(folder: Path, record: Record) -> Marks:
    """Return the stored marks of a recording of a session.

    Args:
        folder: of the session.
        record: of the recording.

    Raises:
        BadSession: they are not there, or not as they were written.
    """
    marks = marks_in(folder, record)
    if marks is None:
        name, text = record["name"], "its marks are not there, or not as they were written. Curate again."
        raise BadSession(f"{name}: {text}", of=name, alike=text, what="recordings")
    return marks


def _lines(path: Path) -> Iterator[Record]:
    """Yield the complete lines of a journal."""
    with contextlib.suppress(FileNotFoundError):
        for line in path.read_bytes().split(b"\n")[:-1]:
            if line:
                yield from_json(line)


def describe_session(folder: Path) -> Record:
    """Describe a session for a person, in plain values.

    Returns:
        ``kind`` ("session"), ``path``, ``model`` (its file), ``class_names``, ``ended`` (whether the last run came to
        its end, or was stopped), ``planned`` (number of its videos), ``done``, ``failed``, ``frames``, ``looked_at``,
        ``left_out``, ``touches``, ``seconds``, ``frames_per_second``, ``decisions`` (those of its videos), ``formats``,
        ``changed`` (results that a person changed), ``contacts`` (file of its contact array, or ""), ``failures``,
        ``warnings``, ``settings`` and ``videos`` (a record each).

    Raises:
        PathMissing, BadSession: as `read_session`.
    """
    found = read_session(folder)
    videos = found["videos"]
    done, failed = ([one for one in videos if one["state"] == state] for state in ("done", "failed"))
    sums = {name: sum(one[name] for one in done) for name in ("frames", "looked_at", "left_out", "touches", "seconds")}
    decisions = {to_json(one["decision"]): one["decision"] for one in done}
    shown = ("name", "state", "frames", "touches", "left_out", "frames_per_second", "video_sha256", "why")
    return {
        "kind": "session",
        "path": str(folder),
        "model": found["model"]["path"],
        "model_sha256": found["model"]["sha256"],
        "class_names": found["model"]["class_names"],
        "ended": not (folder / JOURNAL).exists(),
        "planned": found.get("planned"),
        "done": len(done),
        "failed": len(failed),
        **sums,
        "frames_per_second": round(sums["looked_at"] / sums["seconds"], 1) if sums["seconds"] else None,
        "decisions": list(decisions.values()),
        "formats": sorted({name for one in done for name in one["formats"]}),
        "changed": [file for one in videos for file in one.get("changed", ())],
        "contacts": (found.get("contacts") or {}).get("file", ""),
        "failures": [{"name": one["name"], "why": one["why"]} for one in failed],
        "warnings": found.get("warnings", []),
        "settings": found.get("settings", {}),
        "videos": [{name: one[name] for name in shown if one.get(name) not in (None, "")} for one in videos],
    }


def check_output(folder: Path) -> None:
    """Check that a session can be written into a folder: a new or empty one, or one that holds a session.

    Raises:
        PathMissing: the folder around it does not exist.
        NotWritable: it is a file, or it holds files of others.
        BadSession: it holds something else of TouchTrain.
    """
    if not is_folder(folder.parent):
        raise PathMissing(f"The folder {folder.parent} for the session does not exist. Make it first.")
    if not is_there(folder):
        return
    if not is_folder(folder):
        raise NotWritable(f"{folder} is a file. Give a folder as {named_output()}.")
    if is_session(folder):
        return
    own = {part.name for name in (TABLE, SHEET) for part in left_behind(folder, name, LEFT_PART)}
    others = [one.name for one in inside(folder) if one.name not in own]
    if others:
        raise NotWritable(
            f"{folder} holds files that belong to no session: {some(others)}. Give a new or an empty folder as "
            f"{named_output()}."
        )


def named_output() -> str:
    """Return how messages call the folder of a session."""
    return named("output")


def default_output(videos: Any) -> Path:
    """Return the folder of a session for videos: beside their folder, with ``_curated`` after its name.

    Args:
        videos: a folder, a video, or a list of them.
    """
    given = [videos] if isinstance(videos, (str, os.PathLike)) else videos
    paths = [Path(os.path.abspath(one)) for one in given]
    folders = [path if is_folder(path) and len(paths) == 1 else path.parent for path in paths]
    common = Path(os.path.commonpath(folders))
    if not common.name:
        raise NotWritable(f"The videos have no folder in common but {common}. Give a folder as {named_output()}.")
    return common.with_name(f"{common.name}_curated")
