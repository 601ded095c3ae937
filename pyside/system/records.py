"""Records as JSON: plain values, null for what is no number, and files that are complete or absent."""

from __future__ import annotations

import codecs
import json
import math
import os
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pyside.errors import ODD, printable
from pyside.system.files import written_beside


def _for_a_console(error: UnicodeError) -> tuple[str | bytes, int]:
    """Write what the encoding of a console has no letter for: `printable`, or as Python writes it."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    letter = error.object[error.start]
    if "\udc80" <= letter <= "\udcff":
        return printable(letter), error.start + 1
    return codecs.backslashreplace_errors(UnicodeEncodeError(error.encoding, letter, 0, 1, ""))[0], error.start + 1


codecs.register_error("printable", _for_a_console)


def same_name(text: str) -> str:
    """Return what names are compared by, since one can be written in two ways: Macs write ``ä`` as ``a`` and two dots.

    Args:
        text: a name as it stands in a file or folder; it is stored as it stands, and only compared by this.
    """
    return text if text.isascii() else unicodedata.normalize("NFC", printable(text))


def first_forms(names: Iterable[str]) -> list[str]:
    """Return names, each as it was first written where one is written in several ways; see `same_name`."""
    known: dict[str, str] = {}
    written: dict[str, str] = {}  # most names come many times
    found = []
    for name in names:
        if name not in written:
            written[name] = known.setdefault(same_name(name), name)
        found.append(written[name])
    return found


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


def to_json(record: Any, indent: int | None = None) -> str:
    """Return `record` as JSON that every reader takes: null, never NaN; names of files come back as they are."""
    text = json.dumps(plain(record), allow_nan=False, ensure_ascii=False, indent=indent)
    return text if text.isascii() else ODD.sub(lambda odd: f"\\u{ord(odd[0]):04x}", text)


def printable_json(record: Any) -> str:
    """Return `record` as JSON for somebody who looks at names and opens no file by them, with each as `printable`."""
    return printable(json.dumps(plain(record), allow_nan=False, ensure_ascii=False))


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
        patient: as for `written_beside`.

    Raises:
        OSError: it cannot be written. What was there before still is.
    """
    with written_beside(path, patient=patient) as beside:
        beside.write_text(to_json(record, indent=1), encoding="utf-8", newline="\n")
