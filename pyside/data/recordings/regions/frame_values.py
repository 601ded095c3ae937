"""Reads the values of frames, such as the distance to the pole, from options and files."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from pyside.aliases import Array
from pyside.data.formats import variables
from pyside.data.formats.csv_files import CSV_SUFFIXES, read_csv
from pyside.data.formats.csv_files import number as number_in
from pyside.data.formats.mat_files import Table
from pyside.data.labels import field_names
from pyside.data.recordings.pairing import Beside
from pyside.data.recordings.regions.roi import dimensions
from pyside.errors import BadOption, Faults
from pyside.settings.core import named
from pyside.system.records import first_forms

_VALUE_NAMES = ("value", "values", "framevalues", "frame_values", "distance", "distancetopole")


def frame_values(values: Any, n_videos: int) -> Beside:
    """Return one number per frame, such as the distance to the pole: one vector per video.

    Args:
        values: a vector for one video; a list (in MATLAB a cell) or dict with one vector per video; a ``.mat`` or
            ``.npy`` file: a cell with one vector per video, or one vector; or a CSV file: one vector without a header,
            or the columns video (may be missing for one video), frame (counted from 0 or from 1; if missing, rows are
            in order) and value.
        n_videos: number of videos.

    Returns:
        Entries as those of `center_entries`; the values are float64, (n,).

    Raises:
        PathMissing, BadOption: a file does not exist, or the values are not numbers.
    """
    if isinstance(values, (str, PathLike)):
        path = Path(values)
        if path.suffix.lower() in CSV_SUFFIXES:
            return _values_in_csv(path)
        held = variables.values(path)
        fitting = {name: found for name, value in held.items() if (found := _vectors(value)) is not None}
        names_given = [name for name in fitting if name.lower() in _VALUE_NAMES]
        chosen = names_given if len(names_given) == 1 else list(fitting)
        if len(chosen) != 1:
            forms = "Expected one variable: a cell array with one vector of numbers per video, or one vector."
            raise BadOption(f"{named('frame_values')}: {variables.misfit(path, held, [], forms)}")
        return [(path.name, vector) for vector in fitting[chosen[0]]]
    if isinstance(values, Mapping):
        return {str(name): _vector(value, str(name)) for name, value in values.items()}
    if n_videos > 1 or (isinstance(values, (list, tuple)) and any(dimensions(item) for item in values)):
        if not isinstance(values, (list, tuple)):
            raise BadOption(f"{named('frame_values')}: expected a list (in MATLAB a cell) with one vector per video.")
        return [("", _vector(value, f"video {number}")) for number, value in enumerate(values, start=1)]
    return [("", _vector(values, "the video"))]


def _values_in_csv(path: Path) -> Beside:
    table = read_csv(path)
    if isinstance(table, np.ndarray):
        return [(path.name, table)]
    if not isinstance(table, Table):
        raise BadOption(
            f"{named('frame_values')}: {path} holds texts. Expected numbers, or a header video,frame,value."
        )
    video, frame = (
        field_names.role(table.columns, field_names.VIDEO),
        field_names.role(table.columns, field_names.FRAME),
    )
    others = [name for name in table.columns if name not in (video, frame, "")]  # "" numbers the rows
    column = field_names.role(others, map(field_names.plain, _VALUE_NAMES)) or (others[0] if len(others) == 1 else None)
    if column is None:
        raise BadOption(
            f"{named('frame_values')}: {path} has the columns {', '.join(map(str, table.columns))}. Expected video, "
            "frame, value."
        )
    if not len(table):
        raise BadOption(f"{named('frame_values')}: {path} has a header, but no rows.")
    rows: dict[str, list[int]] = {}
    names = first_forms(table.columns[video]) if video is not None else [""] * len(table)
    for row, name in enumerate(names):
        rows.setdefault(name, []).append(row)
    found, faults = {}, Faults()
    for name, its_rows in rows.items():
        what = f"{named('frame_values')}: {path}{', ' if name else ''}{name}"
        with faults.noting():
            numbers = [_number(table.columns[column][row], what, table.lines[row]) for row in its_rows]
            if frame is not None:
                frames = [_number(table.columns[frame][row], what, table.lines[row]) for row in its_rows]
                numbers = _in_order(frames, numbers, what)
            found[name] = np.array(numbers)
    faults.raise_any()
    return found if video is not None else [(path.name, found[""])]


def _number(text: str, what: str, line: int) -> float:
    try:
        return number_in(text)
    except ValueError:
        raise BadOption(f"{what}, line {line}: {text[:40]!r} is not a number.") from None


def _in_order(frames: list[float], numbers: list[float], what: str) -> list[float]:
    """Sort numbers by their frames, which must be consecutive from 0 or 1."""
    order = np.argsort(frames, kind="stable")
    in_order = np.array(frames)[order]
    wrong = in_order != in_order[0] + np.arange(len(order))
    if in_order[0] not in (0, 1) or wrong.any():
        place = int(np.argmax(wrong)) if wrong.any() else 0
        raise BadOption(
            f"{what}: expected each frame once, counted from 0 or from 1. After sorting, row {place + 1} is frame "
            f"{in_order[place]:g}. Leave the value empty for a frame that has none."
        )
    return [numbers[place] for place in order]


def _vectors(value: Any) -> list[Array] | None:
    """Return the vectors of numbers in a variable, or None."""
    items = value if isinstance(value, list) else [value]
    if not items or not all(isinstance(item, np.ndarray) and item.dtype.kind in "biuf" for item in items):
        return None
    if any(item.size < 1 or sum(side > 1 for side in item.shape) > 1 for item in items):
        return None
    return [item.ravel().astype(np.float64) for item in items]


def _vector(value: Any, what: str) -> Array:
    try:
        found = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        found = np.empty((2, 2))
    if sum(side > 1 for side in found.shape) > 1:
        raise BadOption(f"{named('frame_values')} of {what}: expected a vector with one number per frame.")
    return found.reshape(-1)
