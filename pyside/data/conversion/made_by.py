"""Records how a dataset was made, in readable form, and compares that with options that are given later."""

from __future__ import annotations

import dataclasses
import hashlib
import math
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from pyside.aliases import Array
from pyside.data.dataset import Dataset
from pyside.errors import BadOption, Faults
from pyside.settings.conversion import (
    ArraySettings,
    FolderSettings,
    NumpySettings,
    TfrecordSettings,
    VideoSettings,
)
from pyside.settings.core import Settings, Spelling, first_number, in_words, named, spelled, spoken, written
from pyside.system.paths import inside, is_file, is_folder
from pyside.system.records import to_json

KEY = "made_by"  # in the description of a dataset
_CHANGES_NOTHING = ("check", "workers", "scheduler")
_IN_DESCRIPTION = ("roi", "grey", "contrast", "pixel_range")
_ELSEWHERE = ("class_names", *_IN_DESCRIPTION)  # in the description of a dataset, or in its classes
_OF_THE_FRAMES = ("class_names", "image_size", "roi")  # without a value they are as the source is
_COUNTED = ("centers", "frame_span")  # pixels and frames; recorded as counted from 0
_MOST_NUMBERS = 16  # that are recorded one by one
_HEAD_OF_MAT = 128  # bytes, with the time of saving
_KINDS: dict[str, type[Settings]] = {
    "convert arrays": ArraySettings,
    "convert folders": FolderSettings,
    "convert numpy": NumpySettings,
    "convert tfrecords": TfrecordSettings,
    "convert videos": VideoSettings,
}
# In datasets that do not record it, the command by the kind of their sources.
_BY_SOURCE = {
    "array": "convert arrays",
    "images": "convert folders",
    "numpy": "convert numpy",
    "tfrecords": "convert tfrecords",
    "video": "convert videos",
}


def made_by(settings: Settings, first: int = 0) -> dict[str, Any]:
    """Return how a dataset is made, for its description: the command, and the options that are not the default.

    Options that the description holds anyway, such as `roi`, are left out.
    A file is recorded by its name and the SHA-256 of its bytes (in a ``.mat`` file without the head, which holds the
    time of saving), many numbers by the SHA-256 of their values. Pixels and frames are counted from 0.

    Args:
        settings: settings of a conversion.
        first: number of the first pixel and frame in them: 0, or 1 for MATLAB.
    """
    command = next(name for name, kind in _KINDS.items() if isinstance(settings, kind))
    options = {}
    for field in dataclasses.fields(_KINDS[command]):
        value = getattr(settings, field.name)
        if field.name in (*_CHANGES_NOTHING, *_ELSEWHERE) or value is field.default:
            continue
        found = _readable(field, written(field, value), first)
        if found != _readable(field, written(field, field.default), first):
            options[field.name] = found
    return {KEY: {"command": command, "options": options}}


def _readable(field: dataclasses.Field[Any], value: Any, first: int) -> Any:
    if isinstance(value, (str, PathLike)):
        return _of_file(Path(value)) if field.metadata["names_file"] else str(value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, Mapping):
        return _short({str(key): _readable(field, item, first) for key, item in value.items()})
    numbers = _numbers(value)
    if numbers is None:
        return _short([_readable(field, item, first) for item in value])
    numbers = np.squeeze(numbers) - (first if field.name in _COUNTED else 0)
    if numbers.size > _MOST_NUMBERS:
        digest = hashlib.sha256(np.ascontiguousarray(numbers).tobytes()).hexdigest()
        return {"numbers": list(numbers.shape), "sha256": digest}
    return _rounded(numbers.tolist())


def _numbers(value: Any) -> Array | None:
    """Return numbers as float64; None if they are texts, or rows of several lengths."""
    try:
        found = np.asarray([] if value is None else value)
    except ValueError:
        return None
    return found.astype(np.float64) if found.dtype.kind in "biuf" else None


def _rounded(value: Any) -> Any:
    """Return numbers as JSON has them: whole ones without a point, None for NaN."""
    if isinstance(value, list):
        return [_rounded(one) for one in value]
    return None if not math.isfinite(value) else int(value) if value == int(value) else value


def _short(items: Any) -> Any:
    """Return a list or record, or its number of items and hash if it is long."""
    if len(items) <= _MOST_NUMBERS:
        return items
    return {"items": len(items), "sha256": hashlib.sha256(to_json(items).encode()).hexdigest()}


def _of_file(path: Path) -> dict[str, Any]:
    digest = hashlib.sha256()
    if is_folder(path):
        for one in filter(is_file, inside(path)):
            digest.update(f"{one.name} {_of_file(one)['sha256']}\n".encode("utf-8", "surrogatepass"))
        return {"folder": path.name, "sha256": digest.hexdigest()}
    if not is_file(path):
        return {"file": path.name, "sha256": None}
    data = path.read_bytes()
    digest.update(data[_HEAD_OF_MAT:] if path.suffix.lower() == ".mat" else data)
    return {"file": path.name, "sha256": digest.hexdigest()}


def command_of(dataset: Dataset) -> str:
    """Return the command that made a dataset, such as ``convert videos``; empty if that is not known."""
    recorded = dataset.info.get(KEY)
    found = recorded["command"] if recorded else _BY_SOURCE.get(dataset.recordings[0].info["source"].get("kind"))
    return str(found) if found in _KINDS else ""


def made_with(dataset: Dataset) -> dict[str, str]:
    """Return the options that a dataset was made with, as text, by their names for the person who asks."""
    recorded, kind = dataset.info.get(KEY), _KINDS.get(command_of(dataset))
    if recorded is None or kind is None:
        return {}
    found = {name: dataset.info[name] for name in _IN_DESCRIPTION if dataset.info.get(name) is not None}
    found |= recorded["options"]
    fields = {field.name: field for field in dataclasses.fields(kind)}
    shown = [name for name in found if name in fields and found[name] != fields[name].default]
    return {named(name): _shown(name, found[name]) for name in shown}


def compare(dataset: Dataset, options: Mapping[str, Any], spelling: Spelling = "python") -> list[str]:
    """Compare options with those that a dataset was made with; the errors name both values.

    Args:
        dataset: the dataset.
        options: options of conversions, as the user gave them. Those that the conversion of this dataset does not have
            are left out.
        spelling: spelling of the names.

    Returns:
        Names of the options that cannot be compared, since an earlier version that made the dataset did not record
        them.

    Raises:
        BadOption: the dataset was made with other values.
    """
    recorded, kind = dataset.info.get(KEY), _KINDS.get(command_of(dataset))
    fields = {spelled(field, spelling).lower(): field for field in dataclasses.fields(kind)} if kind else {}
    given = {name: value for name, value in options.items() if name.lower() in fields}
    settings = kind.from_options(given, spelling) if kind else None
    faults, unknown = Faults(), []
    for field in (fields[name.lower()] for name in given):
        name = field.name
        if name in _CHANGES_NOTHING:
            continue
        wanted = _readable(field, written(field, getattr(settings, name)), first_number())
        found, is_known = _found(dataset, name, recorded and recorded["options"], field)
        if not is_known:
            unknown.append(named(name))
        elif (wanted is not None or name not in _OF_THE_FRAMES) and not _equal(wanted, found):
            faults.add(
                BadOption,
                f"{named(name)} is {_shown(name, wanted)}, but the dataset {dataset.folder} was made with "
                f"{_shown(name, found)}.",
            )
    faults.raise_any()
    return unknown


def _found(
    dataset: Dataset, name: str, recorded: Mapping[str, Any] | None, field: dataclasses.Field[Any]
) -> tuple[Any, bool]:
    """Return the value that a dataset was made with, in readable form, and whether it is known."""
    if name == "class_names":
        return list(dataset.class_names), True
    if name == "image_size" and (recorded is None or name not in recorded):
        return list(dataset.image_shape[:2]), True
    if name in _IN_DESCRIPTION and dataset.info.get(name) is not None:
        return dataset.info[name], True
    if recorded is not None:
        return recorded.get(name, _readable(field, written(field, field.default), 0)), True
    is_known = name in _IN_DESCRIPTION
    return (_readable(field, written(field, field.default), 0) if is_known else None), is_known


def _equal(wanted: Any, found: Any) -> bool:
    if isinstance(wanted, Mapping) and isinstance(found, Mapping) and "sha256" in wanted:
        return wanted["sha256"] == found.get("sha256")  # a file may have another name
    return bool(to_json(wanted) == to_json(found) or wanted == found)


def _shown(name: str, value: Any) -> str:
    """Return a value in readable form, as the user would write it or in words."""
    if isinstance(value, Mapping):
        what = value.get("file") or value.get("folder")
        if not what:
            sizes = value.get("numbers", value.get("items", len(value)))
            what = f"{' x '.join(map(str, sizes)) if isinstance(sizes, list) else sizes} values"
        return f"{what} (hash {str(value.get('sha256'))[:8]})"
    if isinstance(value, (list, tuple)):
        between = " " if spoken() == "matlab" else ", "
        return f"[{between.join(_shown(name, item) for item in value)}]"
    if value is None:
        return "none"
    if name in _COUNTED and type(value) in (int, float):
        value += first_number()
    return in_words(name, value)
