"""Records as JSON: plain values, null for what is no number, and files that are complete or absent."""

from __future__ import annotations

import json
import math
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

# On Windows a file that somebody reads at this moment cannot be replaced.
_PAUSES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0) if sys.platform == "win32" else ()

_DEEPEST = 100  # brackets within each other; a model's configuration has some ten
_TOO_DEEP = f"its brackets are nested more than {_DEEPEST} deep"


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


def from_json(text: str | bytes) -> Any:
    """Return what a JSON text of anybody's holds.

    Raises:
        ValueError: it is no JSON, or its brackets are nested so deeply that nothing of ours wrote it.
    """
    try:
        found = json.loads(text)
    except RecursionError:
        raise ValueError(_TOO_DEEP) from None
    level = [found]
    for _ in range(_DEEPEST):
        level = [item for one in level if isinstance(one, (dict, list)) for item in _items(one)]
        if not level:
            return found
    raise ValueError(_TOO_DEEP)


def _items(value: dict[str, Any] | list[Any]) -> Any:
    return value.values() if isinstance(value, dict) else value


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


def write_json(path: Path, record: Any, patient: bool = True) -> None:
    """Write a JSON file beside its place and rename it, so that nobody reads half of it.

    Args:
        path: the file.
        record: what `to_json` takes.
        patient: whether to try again for two seconds where somebody reads the file just now (on Windows).

    Raises:
        OSError: it cannot be written. What was there before still is.
    """
    beside = path.with_name(f"{path.name}.{os.getpid()}.part")
    text = json.dumps(plain(record), allow_nan=False, ensure_ascii=False, indent=1)
    beside.write_text(text, encoding="utf-8", newline="\n")
    for seconds in _PAUSES if patient else ():
        try:
            beside.replace(path)
            return
        except PermissionError:
            time.sleep(seconds)
    beside.replace(path)
