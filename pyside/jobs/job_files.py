"""Reads the files of a job folder with distrust: they may be damaged, or written by somebody else to do harm.

Only regular files are read, never links; their size is limited, and the types of their values are checked. A file that
fails a check is a `BadJob` that names it.
"""

from __future__ import annotations

import json
import math
import os
import stat
import sys
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any, BinaryIO

from pyside.errors import BadJob, NotReadable, of_system
from pyside.system.records import from_json

STATES = ("waiting", "running", "stopped", "done", "failed", "cancelled")  # in state.json
_MOST_BYTES = 1 << 28
_LOG_BYTES_READ = 1 << 16
_MOST_EPOCHS = 1 << 20  # more than any training has
_HUGE = 1e15
Check = Callable[[Any], bool]


# --- checks of values ----------------------------------------------------------------------------------------------


def is_text(value: Any) -> bool:
    """Return whether a value is a text that can be a path."""
    return isinstance(value, str) and "\0" not in value


def is_count(value: Any) -> bool:
    """Return whether a value is a whole number from 0 to 1e15."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _HUGE


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < _HUGE


def _is_figure(value: Any) -> bool:
    """Return whether a value is a number of a curve; a loss may be huge."""
    if not isinstance(value, float):
        return _is_number(value)
    return math.isfinite(value)


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(is_text, value))


def _or_none(check: Check) -> Check:
    return lambda value: value is None or value == [] or check(value)  # MATLAB writes [] for none


_COUNTS = (
    *("trial", "trials", "epoch", "epochs", "recording", "recordings", "batch", "batches"),
    *("frames", "frames_done", "bytes", "bytes_done"),
)
_FIGURES = ("loss", "accuracy", "val_loss", "val_accuracy", "learning_rate")
_OF_A_URL: Check = lambda value: is_text(value) and value.startswith("gs://")  # noqa: E731
# For each file: field to its check, and whether the field is required.
_FIELDS: dict[str, dict[str, tuple[Check, bool]]] = {
    "state.json": {"state": (lambda value: value in STATES, True)},
    "process.json": {
        "pid": (lambda value: is_count(value) and 0 < value < 1 << 32, True),
        "started": (_or_none(is_text), True),
        **dict.fromkeys(("host", "machine"), (is_text, False)),
    },
    "progress.json": {
        **dict.fromkeys(_COUNTS, (_or_none(is_count), False)),
        **dict.fromkeys(("seconds_left", "frames_per_second", "bytes_per_second"), (_or_none(_is_number), False)),
        **dict.fromkeys(_FIGURES, (_or_none(_is_figure), False)),
        "stage": (_or_none(is_text), False),
    },
    "told.jsonl": {"text": (is_text, True), "milestone": (lambda value: isinstance(value, bool), True)},
    "epochs.jsonl": {
        "epoch": (lambda value: is_count(value) and 0 < value <= _MOST_EPOCHS, True),
        **dict.fromkeys(_FIGURES, (_or_none(_is_figure), False)),
    },
    "error.json": {name: (is_text, True) for name in ("kind", "identifier", "text")},
    "cloud.json": {
        **dict.fromkeys(("mark", "project", "region", "console"), (_or_none(is_text), False)),
        "name": (_or_none(lambda value: is_text(value) and len(value.split("/")) > 3), False),
        **dict.fromkeys(("folder", "dataset", "models", "package"), (_OF_A_URL, False)),
        "model": (lambda value: is_text(value) and value not in ("", ".", "..") and not set(value) & {*"/\\:"}, False),
        "regions": (_is_texts, False),
        "files": (lambda value: isinstance(value, dict) and all(map(is_text, value.values())), False),
        "told": (is_count, False),
    },
}


# --- reading -------------------------------------------------------------------------------------------------------


def check_folder(folder: Path, names: Collection[str]) -> None:
    """Check that a folder holds a job, and that all of the job's files are regular files.

    Args:
        folder: job folder.
        names: names of the files that a job may have.

    Raises:
        BadJob: there is no job, or one of its files is a link or not a file.
        NotReadable: the folder cannot be read.
    """
    try:
        with os.scandir(folder) as entries:
            found = {one.name: one.is_file(follow_symlinks=False) for one in entries if _belongs(one.name, names)}
    except (FileNotFoundError, NotADirectoryError):
        found = {}
    except OSError as error:
        raise of_system(error) from error
    if "settings.json" not in found:
        raise BadJob(f"There is no job in {folder}.")
    if odd := [name for name, is_plain in found.items() if not is_plain]:
        raise BadJob(
            f"{folder / min(odd)} is a link or not a file. A job has regular files only. Remove it, if you know where "
            "it comes from."
        )


def _belongs(name: str, names: Collection[str]) -> bool:
    return name in names or (name.endswith(".part") and name.rsplit(".", 2)[0] in names)


def open_plain(path: Path) -> BinaryIO:
    """Open a regular file for reading.

    Raises:
        OSError: it cannot be opened, or is a link or not a file.
    """
    if path.is_symlink():
        raise OSError(f"{path} is a link")
    number = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | _BINARY)
    if not stat.S_ISREG(os.fstat(number).st_mode):
        os.close(number)
        raise OSError(f"{path} is not a file")
    return os.fdopen(number, "rb")


_BINARY = getattr(os, "O_BINARY", 0)


def record(path: Path) -> dict[str, Any] | None:
    """Return the record in a file; None if there is no such file.

    Raises:
        BadJob: the file holds no record, or an impossible value.
        NotReadable: this user may not read the file.
    """
    try:
        with open_plain(path) as file:
            text = file.read(_MOST_BYTES + 1)
    except PermissionError as error:
        if sys.platform == "win32":  # another process is writing it
            return None
        raise NotReadable(f"You may not read {path}. Ask its owner for permission.") from error
    except OSError:
        return None
    if len(text) > _MOST_BYTES:
        raise bad(path, f"is larger than {_MOST_BYTES >> 20} MiB")
    try:
        found = from_json(text.decode("utf-8"))
    except ValueError:
        raise bad(path, "is damaged: it is not JSON") from None
    return checked(path.name, path, found)


def appended(path: Path, start: int) -> tuple[list[dict[str, Any]], int]:
    """Return the records appended to a file after byte `start`, and the length of the file up to the last of them.

    A line that is not JSON, which a disk that was full for a while leaves behind, is skipped.

    Raises:
        BadJob: a record holds an impossible value.
    """
    try:
        with open_plain(path) as file:
            file.seek(start)
            complete, newline, _ = file.read(_MOST_BYTES).rpartition(b"\n")
    except OSError:
        return [], start
    records = []
    for line in complete.splitlines():
        try:
            found = from_json(line.decode("utf-8"))
        except ValueError:
            continue
        records.append(checked(path.name, path, found))
    return records, start + len(complete) + len(newline)


def end_of(path: Path, lines: int | None) -> str:
    """Return the text of a file, or its last `lines` lines; empty if there is no file."""
    try:
        with open_plain(path) as file:
            if lines is not None:
                file.seek(max(0, os.fstat(file.fileno()).st_size - _LOG_BYTES_READ))
            text = file.read().decode("utf-8", "replace")
    except OSError:
        return ""
    rows = text.splitlines()
    return "\n".join(rows if lines is None else rows[max(0, len(rows) - lines) :])


def checked(name: str, where: object, found: Any) -> dict[str, Any]:
    """Check a record that was read, and return it.

    Args:
        name: name of the job file that has these fields.
        where: the source of the record, for messages.
        found: the record.

    Raises:
        BadJob: it is no record, lacks a field, or holds an impossible value.
    """
    if not isinstance(found, dict):
        raise bad(where, "is damaged: it is not a record")
    for field, (check, is_needed) in _FIELDS.get(name, {}).items():
        if field in found:
            if not _holds(check, found[field]):
                raise bad(where, f"holds an impossible value: {field} is {_short(found[field])}")
        elif is_needed:
            raise bad(where, f"lacks {field}")
    return found


def _holds(check: Check, value: Any) -> bool:
    try:
        return check(value)
    except TypeError:  # a value of another type, such as a list
        return False


def _short(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def bad(where: object, what: str) -> BadJob:
    """Return the error for a damaged file of a job."""
    return BadJob(f"{where} {what}. TouchTrain did not write it, or the disk is damaged.")
