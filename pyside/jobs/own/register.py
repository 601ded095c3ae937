"""The register of the jobs that this user has started, wherever their folders are.

It is the folder ``jobs`` in this user's settings, with a file for each job whose name is the number of the job::

    12.json    {"folder": its job folder, "begun": when it was last started, in seconds since 1970}

A number is given once, and belongs to its job as long as the job is listed. Of two processes that start jobs at the
same time, each creates a file of its own, so none waits for the other. A job of which nothing can be noted starts all
the same. `MOST` jobs are kept, and each for `DAYS` days; those that still run stay. The folders of jobs are never
touched.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterable, Iterator
from os import PathLike
from pathlib import Path
from typing import NamedTuple

from pyside.errors import BadJob, TouchTrainError
from pyside.jobs import interpreter, job_files, job_records
from pyside.system.files import create_whole
from pyside.system.records import to_json, write_json

MOST = 100
DAYS = 30
_MOST_DIGITS = 9


class Entry(NamedTuple):
    """A job in the register; the folder is empty if the job was removed, or its file is damaged."""

    number: int
    folder: str
    begun: float


def add(folder: str | PathLike[str], again: bool = False) -> None:
    """Note that a job was started; if that is impossible, nothing happens.

    Args:
        folder: job folder, absolute.
        again: whether it was resumed. A job that has a number keeps it.
    """
    with contextlib.suppress(OSError, RuntimeError):  # RuntimeError: this user has no home folder
        place, folder = _place(), str(folder)
        place.mkdir(parents=True, exist_ok=True)
        before = entries()
        same = [entry.number for entry in before if _is_same(entry.folder, folder)]
        record = {"folder": folder, "begun": time.time()}
        if same and again:
            write_json(_file(same[-1]), record)
        else:
            number = max((entry.number for entry in before), default=0) + 1
            while not create_whole(_file(number), to_json(record).encode()):
                number += 1
            _drop(entry for entry in before if entry.number in same)
        _drop(_outdated(before))


def forget(folder: str | PathLike[str]) -> None:
    """Take a job whose folder was removed off the register. Its number stays used until a later job has one."""
    with contextlib.suppress(OSError, RuntimeError):
        for entry in entries():
            if _is_same(entry.folder, str(folder)):
                write_json(_file(entry.number), {"folder": "", "begun": entry.begun})


def entries() -> list[Entry]:
    """Return what the register holds, by number; empty if it cannot be read."""
    try:
        with os.scandir(_place()) as files:
            numbers = sorted(number for file in files if (number := _number(file.name)))
    except (OSError, RuntimeError):
        return []
    return [_read(number) for number in numbers]


def number_of(folder: str | PathLike[str]) -> int | None:
    """Return the number of a job; None if it is not in the register."""
    return next((one.number for one in reversed(entries()) if _is_same(one.folder, str(folder))), None)


def _place() -> Path:
    return interpreter.record_file().with_name("jobs")


def _file(number: int) -> Path:
    return _place() / f"{number}.json"


def _number(name: str) -> int:
    """Return the number that the name of a file says; 0 if it is no file of the register."""
    digits = name.removesuffix(".json")
    is_ours = name.endswith(".json") and digits.isascii() and digits.isdecimal() and len(digits) <= _MOST_DIGITS
    return int(digits) if is_ours else 0


def _read(number: int) -> Entry:
    file = _file(number)
    try:
        found = job_files.record(file) or {}
        folder, begun = found["folder"], found["begun"]
        if job_files.is_text(folder) and isinstance(begun, (int, float)):
            return Entry(number, folder, float(begun))
    except (TouchTrainError, KeyError):
        pass
    with contextlib.suppress(OSError):
        return Entry(number, "", file.stat().st_mtime)
    return Entry(number, "", 0.0)


def _is_same(folder: str, other: str) -> bool:
    return bool(folder) and os.path.normcase(folder) == os.path.normcase(other)


def _outdated(before: list[Entry]) -> Iterator[Entry]:
    """Yield those that need not be kept: of removed jobs, and old ones that have ended."""
    surplus, oldest = len(before) + 1 - MOST, time.time() - DAYS * 86400
    for entry in before:
        is_old = surplus > 0 or entry.begun < oldest
        if not entry.folder or is_old and _has_ended(Path(entry.folder)):
            surplus -= 1
            yield entry


def _has_ended(folder: Path) -> bool:
    try:
        return job_records.state_of(folder) in job_records.ENDED
    except BadJob:
        return True
    except (TouchTrainError, OSError):
        return False


def _drop(old: Iterable[Entry]) -> None:
    for entry in old:
        with contextlib.suppress(OSError):
            _file(entry.number).unlink(missing_ok=True)
