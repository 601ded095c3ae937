"""Files that tell something about videos, .mat or .npy: their labels, and the centres of their regions of interest."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path
from typing import Any

import numpy as np

from pyside.data import mat_files
from pyside.errors import BadLabels, BadOption, Faults, PathMissing

ONE_A_VIDEO = "one vector a video"
ONE_VIDEO = "one vector for one video"
_LABEL_FORMS = (
    "Expected a cell array with one vector a video, or one numeric or logical vector (or a cell array of class names) "
    "for one video."
)
_CENTER_FORMS = (
    "Expected a cell array with one T x 2 matrix a video (x and y of each frame; 1 x 2 for a fixed centre), or one "
    "such matrix."
)
_NO_BOUT = ("0", "-1", "NaN", "NonTouch", "", "<undefined>", "<missing>")
_MATLAB_CLASSES = {"float64": "double", "float32": "single", "bool": "logical", "complex128": "complex double"}
_MOST_SHOWN = 20

Array = np.ndarray[Any, Any]


@dataclasses.dataclass(frozen=True)
class LabelFile:
    """What a label file holds.

    Attributes:
        path: the file.
        form: ``one vector a video``, or ``one vector for one video``.
        variable: which variable of a .mat file it was; None for .npy.
        vectors: one a video: bool, integer or float64 array, (n,), NaN kept; or n class names. An empty cell is an
            empty vector.
    """

    path: Path
    form: str
    variable: str | None
    vectors: list[Any]


# --- labels --------------------------------------------------------------------------------------------------------


def read_label_file(path: str | os.PathLike[str], variable: str | None = None) -> LabelFile:
    """Read the label vectors of one or several videos.

    A .mat file holds a cell array with one vector a video (row or column; logical, integers, floats, or class names as
    a cell array of texts, string or categorical array), or one such vector with at least two labels for one video. An
    .npy file holds one vector.

    Args:
        path: the .mat or .npy file.
        variable: which variable of a .mat file to take; None for the one that is called labels, or else the only one
            that fits.

    Raises:
        PathMissing: there is no such file.
        BadLabels: the file is damaged or of another kind; nothing in it fits, or several variables do.
    """
    path = Path(path)
    return _labels_in(path, _values(path), variable)


def describe_label_file(path: str | os.PathLike[str], variable: str | None = None) -> dict[str, Any]:
    """Describe a label file in plain values.

    Args:
        path: the .mat or .npy file.
        variable: which variable of a .mat file to take.

    Returns:
        ``kind``, ``path``, ``form``, ``variable``, ``recordings`` (of each ``name``: its number from "1", ``frames``,
        ``counts``: frames by label, and ``bouts``: runs of one label other than 0, -1, NaN and NonTouch), ``frames``
        and ``counts`` of all, ``other_variables`` (what they hold, by name).

    Raises:
        TouchTrainError: as `read_label_file`.
    """
    path = Path(path)
    values = _values(path)
    found = _labels_in(path, values, variable)
    recordings = []
    counts: dict[str, int] = {}
    for number, vector in enumerate(found.vectors, start=1):
        recording = {"name": str(number), "frames": len(vector), **_counts_and_bouts(np.asarray(vector))}
        recordings.append(recording)
        for label, count in recording["counts"].items():
            counts[label] = counts.get(label, 0) + count
    return {
        "kind": "labels",
        "path": str(path),
        "form": found.form,
        "variable": found.variable,
        "recordings": recordings,
        "frames": sum(counts.values()),
        "counts": counts,
        "other_variables": {name: _in_words(value) for name, value in values.items() if name != (found.variable or "")},
    }


def _labels_in(path: Path, values: dict[str, Any], variable: str | None) -> LabelFile:
    if variable is not None and variable not in values:
        raise BadLabels(f"{path} has no variable {variable}. It holds {_held(values)}.")
    fitting = [name for name, value in values.items() if _label_vectors(value)]
    names = [variable] if variable is not None else _called(values, ("labels",)) or fitting
    if len(names) > 1:
        option = "LabelVariable (label_variable in Python)"
        raise BadLabels(
            f"Several variables in {path} can be labels: {', '.join(names)}. Say which by the option {option}."
        )
    found = _label_vectors(values[names[0]]) if names else None
    if found is None:
        raise BadLabels(_misfit(path, values, names, _LABEL_FORMS))
    return LabelFile(path, found[0], names[0] or None, found[1])


def _label_vectors(value: Any) -> tuple[str, list[Any]] | None:
    """Return (form, vectors) of a value that can be labels, or None."""
    vector = _vector(value)
    if vector is not None and len(vector) >= 2:
        return ONE_VIDEO, [vector]
    if isinstance(value, list) and value:
        vectors = [_vector(item) for item in value]
        if all(vector is not None for vector in vectors):
            return ONE_A_VIDEO, vectors
    return None


def _vector(value: Any) -> Array | list[str] | None:
    """Return a value as an array (n,) or a list of class names, or None where it is neither."""
    if isinstance(value, list):
        if not value:
            return np.empty(0)
        return value if all(isinstance(item, str) for item in value) else None
    if not isinstance(value, np.ndarray) or value.dtype.kind not in "biuf":
        return None
    if value.size and sum(side > 1 for side in value.shape) > 1:
        return None
    vector = value.ravel()
    return vector.astype(np.float64) if vector.dtype.kind == "f" else vector


def _counts_and_bouts(vector: Array) -> dict[str, Any]:
    labels, codes = np.unique(vector, return_inverse=True)
    names = [_shown(label) for label in labels.tolist()]
    counts = np.bincount(codes, minlength=len(names)).tolist()
    starts = codes[np.flatnonzero(np.diff(codes, prepend=-1))]
    return {
        "counts": dict(zip(names, counts, strict=True)),
        "bouts": sum(names[code] not in _NO_BOUT for code in starts.tolist()),
    }


def _shown(label: Any) -> str:
    if isinstance(label, str):
        return label
    return "NaN" if label != label else repr(label + 0).removesuffix(".0")  # + 0 makes 0 of False and of -0.0


# --- centres -------------------------------------------------------------------------------------------------------


def read_centers_file(path: str | os.PathLike[str], variable: str | None = None) -> list[Array]:
    """Read the centres of the region of interest, for each video one a frame or a fixed one.

    A .mat file holds a cell array with one matrix a video, or one matrix: T x 2 (or 2 x T) with x and y, or 1 x 2 for a
    fixed centre. An .npy file holds one array, (T, 2) or (2,).

    Args:
        path: the .mat or .npy file.
        variable: which variable of a .mat file to take; None for the one that is called centers or centres, or else
            the only one that fits.

    Returns:
        For each video float64, (T, 2) or (1, 2): x and y in pixels as they stand in the file, that is 1-based in a
        .mat file and 0-based in .npy; NaN kept. One array where the file has a single matrix, for one video or for
        all.

    Raises:
        PathMissing: there is no such file.
        BadLabels: the file is damaged, or of another kind.
        BadOption: nothing in it fits, several variables do, or the centres of a video are of another shape.
    """
    path = Path(path)
    values = _values(path)
    if variable is not None and variable not in values:
        raise BadOption(f"{path} has no variable {variable}. It holds {_held(values)}.")
    fitting = [name for name, value in values.items() if all(_centers(item) is not None for item in _items(value))]
    names = [variable] if variable is not None else _called(values, ("centers", "centres")) or fitting
    if len(names) > 1:
        raise BadOption(f"Several variables in {path} can be centres: {', '.join(names)}. Call the right one centers.")
    items = _items(values[names[0]]) if names else []
    if not any(isinstance(item, np.ndarray) for item in items):
        raise BadOption(_misfit(path, values, names, _CENTER_FORMS))
    found, faults = [], Faults()
    for number, item in enumerate(items, start=1):
        centers = _centers(item)
        if centers is not None:
            found.append(centers)
        else:
            faults.add(BadOption, f"{path}: the centres of video {number} are {_in_words(item)}. {_CENTER_FORMS}")
    faults.raise_any()
    return found


def _items(value: Any) -> list[Any]:
    """Return what stands for each video: the items of a cell that holds any, else the value itself."""
    return value if isinstance(value, list) and value else [value]


def _centers(value: Any) -> Array | None:
    """Return a T x 2, 2 x T or (2,) array as float64, (T, 2); None for anything else."""
    if not isinstance(value, np.ndarray) or value.dtype.kind not in "iuf" or value.ndim > 2 or not value.size:
        return None
    rows = np.atleast_2d(value)
    if rows.shape[1] != 2:
        rows = rows.T
    return rows.astype(np.float64, order="C") if rows.shape[1] == 2 else None


# --- files and their variables -------------------------------------------------------------------------------------


def _values(path: Path) -> dict[str, Any]:
    """Return what is in a file by name of variable; the array of an .npy file has the name ""."""
    if path.suffix.lower() == ".mat":
        return mat_files.read_mat(path)
    if not path.is_file():
        raise PathMissing(f"There is no file {path}.")
    if path.suffix.lower() != ".npy":
        raise BadLabels(f"{path}: expected a .mat or an .npy file.")
    try:
        with path.open("rb") as stream:
            array = np.lib.format.read_array(stream, allow_pickle=False)
    except Exception as error:  # a damaged header makes NumPy raise almost anything
        text = f"{path} is no .npy file of numbers or texts, or it is empty, damaged or cut short."
        raise BadLabels(text) from error
    return {"": array.tolist() if array.dtype.kind == "U" and array.ndim == 1 else array}


def _called(values: dict[str, Any], usual: tuple[str, ...]) -> list[str]:
    """Return the variable that bears one of the usual names, in any case; none where several do."""
    names = [name for name in values if name.lower() in usual]
    return names if len(names) == 1 else []


def _misfit(path: Path, values: dict[str, Any], names: list[str], forms: str) -> str:
    what = f"{names[0]} in {path} does not fit" if names and names[0] else f"Nothing in {path} fits"
    return f"{what}. {forms} The file holds {_held(values)}."


def _held(values: dict[str, Any]) -> str:
    held = [f"{name} ({_in_words(value)})" if name else _in_words(value) for name, value in values.items()]
    more = [f"{len(held) - _MOST_SHOWN} more"] if len(held) > _MOST_SHOWN else []
    return ", ".join(held[:_MOST_SHOWN] + more) or "nothing"


def _in_words(value: Any) -> str:
    """Say what a value is, in the manner of MATLAB's whos."""
    if isinstance(value, np.ndarray):
        size = "x".join(map(str, value.shape if value.ndim > 1 else (1, value.size)))
        return f"{size} {_MATLAB_CLASSES.get(value.dtype.name, value.dtype.name)}"
    if isinstance(value, mat_files.Unreadable):
        return f"object of class {value.class_name}"
    if isinstance(value, dict):
        return "struct"
    if isinstance(value, str):
        return f"text of {len(value)} characters"
    if value and all(isinstance(item, str) for item in value):
        return f"{len(value)} texts"
    if value and all(isinstance(item, dict) for item in value):
        return f"{len(value)} structs"
    return f"cell of {len(value)}" if value else "empty cell"
