"""Describe what a path holds (a dataset, model, label file, video, session or job), and show the description."""

from __future__ import annotations

import os
import re
import statistics
from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

from pyside.curation.marking.session import SHEET, TABLE, describe_session, is_session
from pyside.data.conversion.made_by import made_with
from pyside.data.dataset import DESCRIPTION, open_dataset
from pyside.data.formats.variables import HDF5_SUFFIXES, values
from pyside.data.labels.contacts.whacc_files import is_whacc
from pyside.errors import BadDataset, BadLabels, BadModel, BadOption, ModelNotDescribed, PathMissing, of_system, some
from pyside.jobs import interpreter, job_records
from pyside.settings.core import named
from pyside.system.files import unfinished
from pyside.system.paths import absolute, check_readable, is_file, is_folder, is_there
from pyside.system.processes import inside_host

_OF_LABELS = (".mat", ".npy", ".csv", ".tsv", ".txt", ".nwb")
_FIRST, _LAST = 8, 2  # rows shown of a list that is too long
_MOST_VALUES = 12  # shown of a list or a record within the record
_MOST_DEEP = 2
_MOST_LETTERS = 300  # of a record in one line
_TITLES = {"odd": "warnings"}  # names that are shown as another word
_LONG_TEXT = 60  # characters; in a list with longer texts each has a line of its own


def inspect(path: str | PathLike[str], label_variable: str | None = None) -> dict[str, Any]:
    """Describe what a path holds, as documented in `pyside.inspect`."""
    try:
        return _inspect(absolute(path), label_variable)
    except OSError as error:
        raise of_system(error) from error


def _inspect(path: Path, label_variable: str | None) -> dict[str, Any]:
    if label_variable is not None and is_there(path) and path.suffix.lower() not in _OF_LABELS:
        raise BadOption(f"{named('label_variable')} names a variable of a label file, and {path} is not a label file.")
    check_readable(path)
    if is_folder(path) and os.path.lexists(path / "settings.json") and not is_file(path / DESCRIPTION):
        return {"kind": "job", "path": str(path), **job_records.status(path)}
    if is_folder(path) and is_session(path):
        return {**describe_session(path)}
    if path.name in (TABLE, SHEET) and is_file(path) and is_session(path.parent):
        return {**describe_session(path.parent)}
    if is_file(path):
        if inside_host():
            answer: dict[str, Any] = interpreter.ask(
                "inspect", str(path), *(["--label-variable", label_variable] if label_variable else [])
            )
            return answer
        return _describe_file(path, label_variable)
    if not is_there(path) and not is_there(unfinished(path)):
        raise PathMissing(f"There is no file or folder {path}.")
    if is_file(path / "saved_model.pb"):
        raise BadModel(
            f"{path} is a SavedModel folder of TensorFlow, which load_model loads to predict. It cannot be described: "
            "use the .h5 or .keras file of that model."
        )
    _check_no_videos(path)
    dataset = open_dataset(path)
    return {**dataset.summary(), "made_with": made_with(dataset)}


def _check_no_videos(folder: Path) -> None:
    """Raise `BadDataset` for a folder of videos, of which each can be described."""
    if is_file(folder / DESCRIPTION) or not is_folder(folder):
        return
    from pyside.data.video.reader import VIDEO_SUFFIXES

    names = sorted(one.name for one in folder.iterdir() if not one.name.startswith("."))
    videos = [name for name in names if Path(name).suffix.lower() in VIDEO_SUFFIXES]
    if videos:
        raise BadDataset(
            f"{folder} is not a dataset: it holds {len(videos)} videos. Give one of them, such as {folder / videos[0]}."
            " A check of the conversion of videos describes all, with their labels."
        )


def _describe_file(path: Path, label_variable: str | None) -> dict[str, Any]:
    suffix = path.suffix.lower()
    if suffix in _OF_LABELS:
        from pyside.data.labels.files import describe_label_file

        return describe_label_file(path, label_variable)
    if suffix in HDF5_SUFFIXES and is_whacc(_labels_in(path)):
        from pyside.data.labels.files import describe_label_file

        return describe_label_file(path)
    if suffix in (".h5", ".hdf5", ".keras"):
        return _describe_model(path)
    if suffix == ".onnx":
        return _describe_onnx(path)
    from pyside.data.video.reader import VIDEO_SUFFIXES, describe_video

    if suffix not in VIDEO_SUFFIXES:
        endings = ", ".join((".h5", ".keras", ".onnx", ".mat", ".npy", ".csv", *VIDEO_SUFFIXES))
        raise BadModel(f"{path} is not a model, label file or video; their names end in {endings}.")
    return describe_video(path)


def _labels_in(path: Path) -> dict[str, Any]:
    try:
        return values(path)
    except BadLabels:  # it is something else
        return {}


def _describe_model(path: Path) -> dict[str, Any]:
    """Describe a model, with what it says of its frames, and the call that adds what it does not say."""
    from pyside.curation.model.facts import model_facts
    from pyside.curation.model.words import facts_in_words
    from pyside.models.load import describe_model, input_range

    found, remedy, facts = describe_model(path), "", {}
    about = found["metadata"] or {}
    try:
        described = (about.get("described") or {}).get("facts") or {}
        facts = facts_in_words(model_facts(path), input_range(about), described)
    except ModelNotDescribed as error:
        remedy = error.text
    metadata = found.pop("metadata")
    return {**found, "facts": facts, "not_described": remedy, "metadata": metadata}


def _describe_onnx(path: Path) -> dict[str, Any]:
    from pyside.curation.model.facts import facts_from
    from pyside.curation.model.words import facts_in_words
    from pyside.models.formats.onnx_files import describe_onnx
    from pyside.models.load import input_range

    found = describe_onnx(path)
    metadata = found.pop("metadata")
    facts = facts_in_words(facts_from(metadata, path), input_range(metadata), {}) if metadata else {}
    return {**found, "facts": facts, "not_described": "", "metadata": metadata}


# --- on one screen -------------------------------------------------------------------------------------------------


def screen(record: Mapping[str, Any], hint: str = "--all") -> str:
    """Return a record as lines of text that fit on a screen, with the number of values left out.

    Args:
        record: what `inspect` returned, or the report of a conversion.
        hint: the option or command that shows the rest.
    """
    if record.get("kind") == "model":
        record = _model_screen(record)
    elif record.get("kind") == "description":
        shown = {key: record[key] for key in ("path", "model")}
        record = {**shown, **record["facts"], **({"warnings": record["warnings"]} if record["warnings"] else {})}
    rows = _lines(record, "", 0)
    if record.get("kind") == "dataset" and record.get("recordings"):
        rows += _about_recordings(record["recordings"], record["class_names"])
    if any("..." in row or re.search(r" and [\d,]+ more$", row) for row in rows):
        rows.append(f"Parts are left out. To see everything: {hint}")
    return "\n".join(rows)


def _model_screen(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is shown of a model: its facts line by line, and the main figures of its training."""
    about = record.get("metadata") or {}
    shown = {
        key: value
        for key, value in record.items()
        if key not in ("scales", "input_shape", "class_names", "metadata", "facts")
    }
    if not record.get("not_described"):
        shown.pop("not_described", None)
    if facts := record.get("facts"):
        shown.pop("image_shape", None)  # the facts say it, too
        shown |= facts
    for side, found in {"trained on": _inside(about, "split", "training"), **_inside(about, "metrics")}.items():
        frames, recordings, accuracy = (_inside(found).get(key) for key in ("frames", "recordings", "accuracy"))
        if side == "trained on" and type(frames) is type(recordings) is int:
            shown[side] = f"{frames:,} frames of {recordings:,} recordings"
        elif isinstance(accuracy, float) and type(frames) is int:
            shown[side] = f"accuracy {accuracy:.3f} on {frames:,} frames"
    return {**shown, "more": "..."} if about else shown


def _inside(record: Any, *way: str) -> Mapping[str, Any]:
    """Return a record within a record of a stranger; empty if it is not there."""
    for key in way:
        record = record.get(key) if isinstance(record, Mapping) else None
    return record if isinstance(record, Mapping) else {}


def _lines(record: Mapping[str, Any], indent: str, depth: int) -> list[str]:
    rows = []
    for name, value in record.items():
        title = f"{indent}{_TITLES.get(name, name).replace('_', ' ')}: "
        if isinstance(value, Mapping):
            nested = any(isinstance(item, Mapping) or _is_table(item) for item in value.values())
            if nested and depth < _MOST_DEEP:
                rows += [title.rstrip(), *_lines(value, indent + "  ", depth + 1)]
            else:
                rows.append(title + (_values(value) or "-"))
        elif isinstance(value, list):
            texts = [_values(one) if isinstance(one, Mapping) else str(one) for one in value]
            if _is_table(value) or any(len(text) > _LONG_TEXT for text in texts):
                rows += [f"{title}{len(value):,}", *(f"{indent}  {one}" for one in _cut(texts))]
            else:
                rows.append(title + (some(texts, _MOST_VALUES) or "-"))
        else:
            rows.append(title + str(value))
    return rows


def _is_table(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], Mapping)


def _values(record: Mapping[str, Any]) -> str:
    """Return a record in one line, without empty values and at most one level deep."""
    texts = []
    for name, value in record.items():
        if isinstance(value, Mapping) and not any(isinstance(item, (Mapping, list)) for item in value.values()):
            value = "{" + some([f"{key} {item}" for key, item in value.items()], _MOST_VALUES) + "}" if value else ""
        elif isinstance(value, list) and not any(isinstance(item, (Mapping, list)) for item in value):
            value = some(list(map(str, value)))
        elif isinstance(value, (Mapping, list)):
            value = f"({len(value):,})"
        if value not in (None, ""):
            texts.append(f"{name} {value}")
    text = some(texts, _MOST_VALUES)
    return text if len(text) <= _MOST_LETTERS else f"{text[: _MOST_LETTERS - 4]} ..."


def _cut(rows: Sequence[str]) -> list[str]:
    left = len(rows) - _FIRST - _LAST
    return list(rows) if left <= 1 else [*rows[:_FIRST], f"... and {left:,} more ...", *rows[-_LAST:]]


def _about_recordings(recordings: Sequence[Mapping[str, Any]], class_names: Sequence[str]) -> list[str]:
    """Return the lengths of recordings, and those that stand out: without a class, or left out completely."""
    frames = [one["frames"] for one in recordings]
    rows = [f"frames per recording: {min(frames):,} to {max(frames):,}, median {statistics.median_low(frames):,}"]
    unused = [one["name"] for one in recordings if one["left_out"] == one["frames"]]
    if unused:
        rows.append(f"left out completely: {len(unused):,} ({some(unused)})")
    for name in class_names if len(class_names) <= _MOST_VALUES else ():
        without = [one["name"] for one in recordings if not one["counts"].get(name)]
        if 0 < len(without) <= len(recordings) / 2:
            rows.append(f"without a frame of {name}: {len(without):,} ({some(without)})")
    return rows
