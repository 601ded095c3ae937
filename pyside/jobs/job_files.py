"""What lies in the folder of a job, read as what it may be: a stranger's, damaged, or made to mislead.

Only plain files of a job are read, never what a link names; they are of bounded size, and what they say is of the types
that the rest counts on. What is not is a `BadJob` that names the file.
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

STATES = ("waiting", "running", "stopped", "done", "failed", "cancelled")  # that state.json may tell
_MOST_BYTES = 1 << 28
_LOG_BYTES_READ = 1 << 16
_MOST_EPOCHS = 1 << 20  # no training lasts so long
_HUGE = 1e15
Check = Callable[[Any], bool]


# --- what is meant by a value --------------------------------------------------------------------------------------


def is_text(value: Any) -> bool:
    """Tell whether a value is a text that can be a path."""
    return isinstance(value, str) and "\0" not in value


def is_count(value: Any) -> bool:
    """Tell whether a value is a whole number, 0 or more, of a size that can be meant."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _HUGE


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < _HUGE


def _is_figure(value: Any) -> bool:
    """Tell whether a value is a number of a curve: a loss may be huge."""
    if not isinstance(value, float):
        return _is_number(value)
    return math.isfinite(value)


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(is_text, value))


def _or_none(check: Check) -> Check:
    return lambda value: value is None or value == [] or check(value)  # MATLAB's none is []


_COUNTS = (
    *("trial", "trials", "epoch", "epochs", "recording", "recordings", "batch", "batches"),
    *("frames", "frames_done", "bytes", "bytes_done"),
)
_FIGURES = ("loss", "accuracy", "val_loss", "val_accuracy", "learning_rate")
_OF_A_URL: Check = lambda value: is_text(value) and value.startswith("gs://")  # noqa: E731
# file: field to its check, and whether it has to be there
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
    """See whether a job lies in a folder, with plain files alone.

    Args:
        folder: of the job.
        names: of the files that a job may have.

    Raises:
        BadJob: there is none, or one of its files is a link or no file.
        NotReadable: it may not be looked into.
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
            f"{folder / min(odd)} is a link or no file, and a job has plain files only. Remove it, if you know whose "
            "it is."
        )


def _belongs(name: str, names: Collection[str]) -> bool:
    return name in names or (name.endswith(".part") and name.rsplit(".", 2)[0] in names)


def open_plain(path: Path) -> BinaryIO:
    """Open a plain file to read it.

    Raises:
        OSError: it cannot be opened, or is a link or no file.
    """
    if path.is_symlink():
        raise OSError(f"{path} is a link")
    number = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | _BINARY)
    if not stat.S_ISREG(os.fstat(number).st_mode):
        os.close(number)
        raise OSError(f"{path} is no file")
    return os.fdopen(number, "rb")


_BINARY = getattr(os, "O_BINARY", 0)


def record(path: Path) -> dict[str, Any] | None:
    """Return the record that a file holds; None where there is no such file.

    Raises:
        BadJob: it is no record, or says what cannot be.
        NotReadable: it may not be read.
    """
    try:
        with open_plain(path) as file:
            text = file.read(_MOST_BYTES + 1)
    except PermissionError as error:
        if sys.platform == "win32":  # somebody writes it at this moment
            return None
        raise NotReadable(f"{path} may not be read. Ask whoever owns it for the right to read it.") from error
    except OSError:
        return None
    if len(text) > _MOST_BYTES:
        raise bad(path, "is larger than any that is written")
    try:
        found = from_json(text.decode("utf-8"))
    except ValueError:
        raise bad(path, "is damaged: it is no JSON") from None
    return checked(path.name, path, found)


def appended(path: Path, start: int) -> tuple[list[dict[str, Any]], int]:
    """Return the records that a file has got since it was `start` bytes long, and its length up to the last of them.

    A line that is no JSON, as a disk leaves it that was full for a while, is passed over.

    Raises:
        BadJob: a record says what cannot be.
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
    """Return the text of a file, or its last `lines`; empty where there is none."""
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
    """Return what was read, once it is seen that it says what it can say.

    Args:
        name: of the file of a job that it is.
        where: from what it was read, for messages.
        found: what was read.

    Raises:
        BadJob: it cannot be.
    """
    if not isinstance(found, dict):
        raise bad(where, "is damaged: it is no record")
    for field, (check, is_needed) in _FIELDS.get(name, {}).items():
        if field in found:
            if not _holds(check, found[field]):
                raise bad(where, f"says what cannot be: {field} is {_short(found[field])}")
        elif is_needed:
            raise bad(where, f"does not say {field}")
    return found


def _holds(check: Check, value: Any) -> bool:
    try:
        return check(value)
    except TypeError:  # a list, where one of several texts is looked for
        return False


def _short(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def bad(where: object, what: str) -> BadJob:
    """Return the error that a file of a job is not what it should be."""
    return BadJob(f"{where} {what}. Something other than TouchTrain has written it, or the disk is damaged.")
