"""Where the centres of the regions of interest come from: options, and files of MATLAB's and NumPy's."""

from __future__ import annotations

import os
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from pyside.data import variables
from pyside.data.pairing import Beside
from pyside.data.roi import center_matrix
from pyside.errors import BadOption, Faults

_CENTER_FORMS = (
    "Expected a cell array with one T x 2 matrix a video (x and y of each frame; 1 x 2 for a fixed centre), or one "
    "such matrix."
)

Array = np.ndarray[Any, Any]


def center_entries(centers: Any, n_videos: int, first: int) -> tuple[Beside, int]:
    """Return centres, one entry for all videos or one a video, and what the first pixel is counted as.

    Args:
        centers: None; (x, y); one (x, y) a frame, where there is one video; one (x, y) a video; a list or dict with one
            of these a video; or a file.
        n_videos: how many videos there are.
        first: what the first pixel is counted as, but in a ``.mat`` file, where it is 1.

    Raises:
        PathMissing, BadOption: no such file, or nothing that could be centres.
    """
    if centers is None:
        return [("", None)], first
    if isinstance(centers, (str, PathLike)):
        path = Path(centers)
        found = read_centers_file(path)
        return [(path.name, matrix) for matrix in found], 1 if path.suffix.lower() == ".mat" else 0
    if isinstance(centers, Mapping):
        return {name: center_matrix(value, name) for name, value in centers.items()}, first
    if isinstance(centers, (list, tuple)) and any(_dimensions(item) == 2 for item in centers):
        return [("", center_matrix(value, f"video {number}")) for number, value in enumerate(centers, start=1)], first
    matrix = center_matrix(centers, "all videos")
    if len(matrix) == n_videos:
        return [("", row[np.newaxis]) for row in matrix], first
    return [("", matrix)], first


def _dimensions(value: Any) -> int:
    try:
        return np.ndim(value)
    except ValueError:  # ragged
        return 0


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
    values = variables.values(path)
    if variable is not None and variable not in values:
        raise BadOption(f"{path} has no variable {variable}. It holds {variables.held(values)}.")
    fitting = [name for name, value in values.items() if all(_centers(item) is not None for item in _items(value))]
    names = [variable] if variable is not None else variables.called(values, ("centers", "centres")) or fitting
    if len(names) > 1:
        raise BadOption(f"Several variables in {path} can be centres: {', '.join(names)}. Call the right one centers.")
    items = _items(values[names[0]]) if names else []
    if not any(isinstance(item, np.ndarray) for item in items):
        raise BadOption(variables.misfit(path, values, names, _CENTER_FORMS))
    found, faults = [], Faults()
    for number, item in enumerate(items, start=1):
        centers = _centers(item)
        if centers is not None:
            found.append(centers)
        else:
            faults.add(
                BadOption, f"{path}: the centres of video {number} are {variables.in_words(item)}. {_CENTER_FORMS}"
            )
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
