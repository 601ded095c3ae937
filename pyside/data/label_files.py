"""Files with the labels of videos, .mat or .npy."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path
from typing import Any

import numpy as np

from pyside.data import variables
from pyside.errors import BadLabels

ONE_A_VIDEO = "one vector a video"
ONE_VIDEO = "one vector for one video"
_LABEL_FORMS = (
    "Expected a cell array with one vector a video, or one numeric or logical vector (or a cell array of class names) "
    "for one video."
)
_NO_BOUT = ("0", "-1", "NaN", "NonTouch", "", "<undefined>", "<missing>")

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
    return _labels_in(path, variables.values(path), variable)


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
    values = variables.values(path)
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
        "other_variables": {
            name: variables.in_words(value) for name, value in values.items() if name != (found.variable or "")
        },
    }


def _labels_in(path: Path, values: dict[str, Any], variable: str | None) -> LabelFile:
    if variable is not None and variable not in values:
        raise BadLabels(f"{path} has no variable {variable}. It holds {variables.held(values)}.")
    fitting = [name for name, value in values.items() if _label_vectors(value)]
    names = [variable] if variable is not None else variables.called(values, ("labels",)) or fitting
    if len(names) > 1:
        option = "LabelVariable (label_variable in Python)"
        raise BadLabels(
            f"Several variables in {path} can be labels: {', '.join(names)}. Say which by the option {option}."
        )
    found = _label_vectors(values[names[0]]) if names else None
    if found is None:
        raise BadLabels(variables.misfit(path, values, names, _LABEL_FORMS))
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
