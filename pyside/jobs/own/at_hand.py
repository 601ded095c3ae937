"""The jobs at hand: the list of them, and which one a person means by a number, a name or a folder."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

from pyside.errors import BadJob, TouchTrainError, for_matlab, for_shell, some
from pyside.jobs import job_records
from pyside.jobs.own import register
from pyside.settings.core import nearest, spoken
from pyside.system.paths import absolute
from pyside.system.records import same_name

Record = dict[str, Any]
Job = int | str | PathLike[str]
_MOST_ENDED = 20  # lines of the table
_LONGEST_LINE = 48  # of progress in it
_TITLES = {
    "number": "job",
    "name": "name",
    "kind": "kind",
    "state": "state",
    "age": "age",
    "progress": "progress",
    "makes": "makes",
}
_UNITS = ((86400, "day"), (3600, "h"), (60, "min"), (1, "s"))


# --- the list ------------------------------------------------------------------------------------------------------


def jobs(place: str | PathLike[str] | None = None) -> list[Record]:
    """Return the jobs that this user has started on this computer, or all jobs in a folder, the latest first.

    Args:
        place: a folder that holds job folders, itself or in its subfolder ``touchtrain-jobs`` or ``jobs``. Default: the
            jobs of the last 30 days, at most 100, wherever their folders are; not those whose folder was removed.

    Returns:
        For each job ``number`` (None if it is not one of those), ``name`` (of what it makes, without its folder),
        ``kind`` (such as ``training``), ``state`` (see `job_records.status`), ``progress`` (a line; the reason if it
        failed, empty if it has ended otherwise), ``age`` (seconds since it was started, or resumed; None if unknown),
        ``makes`` (the path), ``folder`` (of the job), ``host`` (another computer that runs it, else None) and
        ``passing`` (whether it makes nothing lasting).

    Raises:
        PathMissing, NotReadable: there is no such folder, or it cannot be read.
    """
    if place is None:
        begun = sorted(register.entries(), key=lambda one: (one.begun, one.number), reverse=True)
        known = [(one, _status(one.folder)) for one in begun if one.folder]
        return [_record(status, one.number, one.begun) for one, status in known if status]
    numbers = {one.folder: one.number for one in register.entries()}
    return [_record(one, numbers.get(one["folder"]), one["begun"]) for one in job_records.jobs(place)]


def record_of(folder: str | PathLike[str]) -> Record:
    """Return what `jobs` returns of the job in a folder.

    Raises:
        BadJob: the folder holds no job.
    """
    status = job_records.status_or_why_not(folder)
    entry = next((one for one in register.entries() if one.folder == status["folder"]), None)
    return _record(status, *((entry.number, entry.begun) if entry else (None, None)))


def _status(folder: str) -> Record | None:
    """Return the status of a job; None if its folder is gone, or cannot be reached."""
    try:
        return job_records.status_or_why_not(folder)
    except TouchTrainError:
        return None


def _record(status: Record, number: int | None, begun: float | None) -> Record:
    return {
        "number": number,
        "name": Path(status["makes"]).name,
        "kind": status["noun"],
        "state": status["state"],
        "progress": _progress(status),
        "age": None if begun is None else max(0.0, time.time() - begun),
        "makes": status["makes"],
        "folder": status["folder"],
        "host": status["host"],
        "passing": status["passing"],
    }


def _progress(status: Record) -> str:
    if status["error"]:
        return str(status["error"]["text"]).splitlines()[0]
    line = "" if status["state"] in job_records.ENDED else job_records.line(status)
    return f"on {status['host']}  {line}" if status["host"] else line


def page(records: Sequence[Record]) -> list[str]:
    """Return jobs as lines: a table of all that run and the latest 20 that have ended, and why some are unreadable."""
    ended = [one for one in records if one["state"] in job_records.ENDED]
    left_out = {one["folder"] for one in ended[_MOST_ENDED:]}
    shown = [_cells(one) for one in records if one["folder"] not in left_out]
    used = {name: title for name, title in _TITLES.items() if any(row[name] for row in shown)}
    rows = [list(used.values()), *([row[name] for name in used] for row in shown)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    more = [f"... and {len(left_out)} more that have ended."] if left_out else []
    more += [f"{one['folder']}: {one['progress']}" for one in records if one["state"] == "unreadable"]
    return [line.replace("\n", "\\x0a") for line in [*lines, *more]] if shown else ["There are no jobs."]


def _cells(record: Record) -> dict[str, str]:
    texts = {name: "" if record[name] is None else str(record[name]) for name in _TITLES}
    if record["number"] is None:
        texts["makes"] += f" (job folder {record['folder']})"
    line = "" if record["state"] == "unreadable" else record["progress"]
    return {**texts, "age": age_text(record["age"]), "progress": _cut(line), "makes": texts["makes"].strip()}


def age_text(seconds: float | None) -> str:
    """Return an age in words, such as ``3 min``; empty if it is not known."""
    if seconds is None:
        return ""
    size, unit = next(((size, unit) for size, unit in _UNITS if seconds >= size), _UNITS[-1])
    number = int(seconds // size)
    return f"{number} {unit}{'s' if unit == 'day' and number > 1 else ''}"


def _cut(line: str) -> str:
    """Return a line of progress, cut between its parts, or between words, so that the table stays narrow."""
    if len(line) <= _LONGEST_LINE:
        return line
    short = line[:_LONGEST_LINE]
    return (short.rpartition("  " if "  " in short.strip() else " ")[0].rstrip() or short) + " ..."


# --- which one is meant --------------------------------------------------------------------------------------------


def named(record: Record) -> str:
    """Return a job as the subject of a sentence, such as ``Job 12 (training, model.h5)``."""
    if record["number"] is None:
        return f"The {record['kind']} in {record['folder']}"
    return f"Job {record['number']} ({', '.join(filter(None, (record['kind'], record['name'])))})"


def call(verb: str, record: Record) -> str:
    """Return the command that does something with a job, to be typed in MATLAB or in a shell."""
    if spoken() == "matlab":
        return f"touchtrain.{verb}({record['number'] or for_matlab(record['folder'])})"
    return f"touchtrain {verb} {record['number'] or for_shell(record['folder'])}"


def meant(job: Job, suits: Callable[[Record], bool], folder: str | PathLike[str] | None = None) -> Record:
    """Return the job that a person means.

    Args:
        job: its number; or its name, with or without the suffix of a model; or its folder.
        suits: says of a job whether it is one for which the person can have asked. Among jobs of the same name, such
            ones go first.
        folder: the folder that `job` may be, absolute. Default: that of `job` in the current folder.

    Returns:
        What `jobs` returns of it. Of several that make the same thing, it is the latest.

    Raises:
        BadJob: there is no such job, or several of that name; all of them are named. Or it is damaged.
    """
    found = _meant(job, suits, folder)
    if found["state"] == "unreadable":
        raise BadJob(found["progress"])
    return found


def _meant(job: Job, suits: Callable[[Record], bool], folder: str | PathLike[str] | None) -> Record:
    text = str(job).strip()
    if not isinstance(job, PathLike) and text.isascii() and text.removesuffix(".0").isdecimal():
        number = int(text.removesuffix(".0"))
        if found := [one for one in jobs() if one["number"] == number]:
            return found[0]
    path = folder or (job if isinstance(job, (str, PathLike)) else None)
    where = None if path is None else absolute(path)
    if where is not None and (where / "settings.json").exists():
        return record_of(job_records.absolute_folder(where))
    every = jobs()
    alike = (_that_make(every, where) if Path(text).name != text else []) or _of_name(every, text)
    alike = list(filter(suits, alike)) or alike
    if len({one["makes"] for one in alike}) > 1:
        raise BadJob(f"Several jobs have the name {text}: {_listed(alike)}. Give the number.")
    if alike:
        return alike[0]
    raise _unknown(text, where, every)


def _that_make(records: list[Record], path: Path | None) -> list[Record]:
    """Return the jobs that make what has this path, with or without the suffix of a model."""
    made = {str(path), f"{path}.h5"}
    return [one for one in records if one["makes"] in made]


def _of_name(records: list[Record], text: str) -> list[Record]:
    exact = [one for one in records if same_name(one["name"]) == same_name(text)]
    return exact or [one for one in records if one["name"] and same_name(Path(one["name"]).stem) == same_name(text)]


def _unknown(text: str, where: Path | None, every: list[Record]) -> BadJob:
    near = nearest(text, sorted({one["name"] for one in every if one["name"]}))
    hint = f" Did you mean {' or '.join(near)}?" if near else ""
    known = f" The jobs at hand: {_listed(every)}." if every else " There are no jobs."
    places = ([text] if str(where) != text else []) + ([f"in {where}"] if where is not None else [])
    return BadJob(f"There is no job {', and none '.join(places)}.{hint}{known}")


def _listed(records: list[Record]) -> str:
    return some([f"{one['number']} ({one['kind']}, {one['makes'] or '-'}, {one['state']})" for one in records])
