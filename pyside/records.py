"""Records as JSON: plain values, null for what is no number, and files that are complete or absent."""

from __future__ import annotations

import json
import math
import os
import re
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

# On Windows a file that somebody reads at this moment cannot be replaced.
_PAUSES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0) if sys.platform == "win32" else ()
_LONGEST_NAME = 255  # bytes of UTF-8 that most file systems take


def plain(value: Any) -> Any:
    """Turn NumPy scalars, arrays, tuples and paths into what JSON holds; NaN and infinities become None."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, (str, bool, int)) or value is None:
        return value
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return str(value)


def to_json(record: Any) -> str:
    """Return `record` as one line of JSON that every reader takes: null, never NaN."""
    return json.dumps(plain(record), allow_nan=False, ensure_ascii=False)


def moved(record: Any, places: Mapping[str, str]) -> Any:
    """Return a record in which every text that begins with one of the `places` begins with what stands for it instead.

    Args:
        record: plain values.
        places: beginning of a path or a URL to what takes its place. Separators behind it become those of the new one.
    """
    if isinstance(record, Mapping):
        return {key: moved(value, places) for key, value in record.items()}
    if isinstance(record, (list, tuple)):
        return [moved(item, places) for item in record]
    if isinstance(record, str):
        for old, new in places.items():
            if record.startswith(old):
                rest = record[len(old) :].replace(os.sep, "/")
                return new + (rest if "://" in new else rest.replace("/", os.sep))
    return record


def longest_name(folder: Path) -> int:
    """Return how many bytes of UTF-8 the name of a file in a folder may have."""
    try:
        return min(_LONGEST_NAME, os.pathconf(folder, "PC_NAME_MAX"))  # encrypted folders take fewer
    except (AttributeError, OSError, ValueError):  # Windows has no such call
        return _LONGEST_NAME


def fitting(folder: Path, start: str, end: str) -> Path:
    """Return a file in `folder` called `start` and `end`; `start` is cut where the name would be too long.

    So whatever has a name that the file system takes can have a temporary one, too.
    """
    longest = longest_name(folder)
    while start and len(os.fsencode(start + end)) > longest:
        start = start[:-1]
    return folder / (start + end)


def left_behind(folder: Path, start: str, end: str) -> list[Path]:
    """Return the files and folders that bear temporary names as `fitting` makes them.

    Args:
        folder: where they lie; it may be gone.
        start: as in `fitting`.
        end: a regular expression for the end of the name.
    """
    ending = re.compile(f"(?:{end})$")
    found = []
    try:
        for file in folder.iterdir():
            match = ending.search(file.name)
            if match and file == fitting(folder, start, match[0]):
                found.append(file)
    except OSError:
        return []
    return found


def write_json(path: Path, record: Any, patient: bool = True) -> None:
    """Write a JSON file beside its place and rename it, so that nobody reads half of it.

    Args:
        path: the file.
        record: what `to_json` takes.
        patient: whether to try again for two seconds where somebody reads the file just now (on Windows).

    Raises:
        OSError: it cannot be written. What was there before still is.
    """
    beside = fitting(path.parent, path.name, f".{os.getpid()}.part")
    text = json.dumps(plain(record), allow_nan=False, ensure_ascii=False, indent=1)
    beside.write_text(text, encoding="utf-8", newline="\n")
    for seconds in _PAUSES if patient else ():
        try:
            beside.replace(path)
            return
        except PermissionError:
            time.sleep(seconds)
    beside.replace(path)
