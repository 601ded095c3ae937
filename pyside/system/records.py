"""Records as JSON: plain values, null for NaN and infinities, and files that are complete or absent."""

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
    """Encode a character that a console cannot show: as `printable`, or as an escape of Python."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    letter = error.object[error.start]
    if "\udc80" <= letter <= "\udcff":
        return printable(letter), error.start + 1
    return codecs.backslashreplace_errors(UnicodeEncodeError(error.encoding, letter, 0, 1, ""))[0], error.start + 1


codecs.register_error("printable", _for_a_console)


def same_name(text: str) -> str:
    """Return the form of a name for comparisons: Unicode allows two for some, and Macs write ``ä`` as ``a`` and dots.

    Args:
        text: a name as it is in a file or folder. Names are stored unchanged, and only compared in this form.
    """
    return text if text.isascii() else unicodedata.normalize("NFC", printable(text))


def first_forms(names: Iterable[str]) -> list[str]:
    """Return names; if one occurs in several Unicode forms, each time in the first of them; see `same_name`."""
    first: dict[str, str] = {}
    known: dict[str, str] = {}  # most names occur many times
    found = []
    for name in names:
        if name not in known:
            known[name] = first.setdefault(same_name(name), name)
        found.append(known[name])
    return found


_DEEPEST = 100  # nested brackets; a model's configuration has about ten
_TOO_DEEP = f"its brackets are nested more than {_DEEPEST} deep"


def plain(value: Any) -> Any:
    """Convert NumPy scalars, arrays, tuples and paths to values that JSON can hold; NaN and infinities become None."""
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
    """Return `record` as JSON that every parser reads (null, never NaN) and that preserves all file names."""
    text = json.dumps(plain(record), allow_nan=False, ensure_ascii=False, indent=indent)
    return text if text.isascii() else ODD.sub(lambda odd: f"\\u{ord(odd[0]):04x}", text)


def printable_json(record: Any) -> str:
    """Return `record` as JSON to be shown, with all names `printable`: they may not open their files."""
    return printable(json.dumps(plain(record), allow_nan=False, ensure_ascii=False))


def from_json(text: str | bytes) -> Any:
    """Parse a JSON text that need not be ours.

    Raises:
        ValueError: it is not JSON, or its brackets are nested more than 100 deep, as in no file of ours.
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


# Objects in records whose keys people chose: names of classes, tags, recordings and variables, values of labels.
_NAMED_BY_PEOPLE = frozenset(
    "before classes counts damaged epoch events label_mapping left_out left_out_why other_variables out_of_frame "
    "tag_values_left_out tags".split()
)


def with_lists(record: Any) -> Any:
    """Return a record with a list ``NAME_list`` beside each object NAME whose keys are names that people chose.

    A MATLAB struct cannot hold such keys: ``A-B`` and ``A+B`` become one field. The list has one record per name, in
    the same order: ``name``, and the content of the object, or ``value`` if that is not an object. For figures by tag
    and value of the tag, it is ``name`` and ``values``, a list of such records; frames by class are in their
    ``counts_list``.

    Args:
        record: plain values; unchanged.
    """
    if isinstance(record, list):
        return [with_lists(item) for item in record]
    if not isinstance(record, Mapping):
        return record
    made: dict[str, Any] = {}
    for key, value in record.items():
        if key not in _NAMED_BY_PEOPLE or not isinstance(value, Mapping):
            made[key] = with_lists(value)
        elif key == "tags" and any(isinstance(item, Mapping) for item in value.values()):
            made[key] = {tag: {name: _within(one) for name, one in values.items()} for tag, values in value.items()}
            made[f"{key}_list"] = [
                {"name": tag, "values": [_named(name, one) for name, one in values.items()]}
                for tag, values in value.items()
            ]
        else:
            made[key] = {name: _within(one) for name, one in value.items()}
            made[f"{key}_list"] = [_named(name, one) for name, one in value.items()]
    return made


def _within(value: Any) -> Any:
    return value if _is_counts(value) else with_lists(value)


def _named(name: str, value: Any) -> dict[str, Any]:
    if _is_counts(value):
        return {"name": name, "counts_list": [_named(*one) for one in value.items()]}
    return {"name": name, **with_lists(value)} if isinstance(value, Mapping) else {"name": name, "value": value}


def _is_counts(value: Any) -> bool:
    """Return whether an object holds the frames of each class: its keys are names, too."""
    return isinstance(value, Mapping) and all(isinstance(number, int) for number in value.values())


def moved(record: Any, places: Mapping[str, str]) -> Any:
    """Return a record in which each text that begins with one of the `places` begins with its replacement.

    Args:
        record: plain values.
        places: beginning of a path or URL -> its replacement. Separators after it become those of the replacement.
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
    """Write a JSON file under a temporary name and rename it, so that nobody reads half of it.

    Args:
        path: the file.
        record: plain values, as for `to_json`.
        patient: as for `written_beside`.

    Raises:
        OSError: it cannot be written. An existing file is unchanged.
    """
    with written_beside(path, patient=patient) as beside:
        beside.write_text(to_json(record, indent=1), encoding="utf-8", newline="\n")
