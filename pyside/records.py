"""Records as JSON: plain values, null for what is no number, and files that are complete or absent."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any


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


def write_json(path: Path, record: Any) -> None:
    """Write a JSON file beside its place and rename it, so that nobody reads half of it."""
    beside = path.with_name(path.name + ".part")
    beside.write_text(json.dumps(plain(record), allow_nan=False, ensure_ascii=False, indent=1), encoding="utf-8")
    beside.replace(path)
