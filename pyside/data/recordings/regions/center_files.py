"""Reads files of centres: one ``.bar`` file per video, or a ``.mat`` or ``.npy`` file."""

from __future__ import annotations

import dataclasses
import os
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from pyside.aliases import Array
from pyside.data.formats import variables
from pyside.errors import BadOption, Faults, LengthMismatch, some
from pyside.settings.core import frame_named
from pyside.system.paths import check_readable, is_file, no_file

_CENTER_FORMS = (
    "Expected a cell array with one T x 2 matrix per video (x and y of each frame; 1 x 2 for a fixed centre), or one "
    "such matrix."
)


@dataclasses.dataclass(frozen=True)
class FrameCenters:
    """Centres by frame number, as a ``.bar`` file holds them.

    Attributes:
        frames: int64, (m,), counted from 0, ascending.
        centers: float64, (m, 2), x and y in pixels counted from 0.
    """

    frames: Array
    centers: Array

    def __len__(self) -> int:
        return len(self.frames) + 1  # never 1, which means one centre for all frames

    def matrix(self, n_frames: int, what: str) -> Array:
        """Return float64, (n_frames, 2): NaN for a frame without a centre.

        Raises:
            LengthMismatch: there are centres for frames that do not exist; `what` names the recording.
        """
        if len(self.frames) and self.frames[-1] >= n_frames:
            raise LengthMismatch(
                f"{what}: there is a centre for {frame_named(self.frames[-1])}, but the video has {n_frames} frames. "
                "Check that the file belongs to this video."
            )
        found = np.full((n_frames, 2), np.nan)
        found[self.frames] = self.centers
        return found


def read_bar_file(path: str | PathLike[str]) -> FrameCenters:
    """Read a ``.bar`` file: text, one row per frame with the frame number and the x and y of the bar (the pole).

    The whisker tracker *whisk* writes these files. Frames and pixels are counted from 0, which is the middle of the
    first pixel. Empty rows are skipped; a frame without a row has no centre.

    Raises:
        PathMissing: the file does not exist.
        BadOption: rows that are not three numbers, or two rows for one frame; the message lists them.
    """
    path = Path(path)
    if not is_file(path):
        raise no_file(path.absolute())
    check_readable(path)
    found: dict[int, tuple[float, float]] = {}
    wrong = []
    for number, row in enumerate(path.read_text(encoding="utf-8-sig", errors="replace").splitlines(), start=1):
        words = row.replace(",", " ").split()
        if not words:
            continue
        try:
            frame, x, y = (float(word) for word in words)
            if frame < 0 or frame > 1e9 or not frame.is_integer() or frame in found:
                raise ValueError
            found[int(frame)] = (x, y)
        except (ValueError, OverflowError):
            wrong.append(f"row {number}: {row.strip()[:40]!r}")
    if wrong or not found:
        what = some(wrong, between="; ") or "no row"
        raise BadOption(
            f"{path}: expected rows of three numbers: frame (counted from 0, each once), x and y. Found {what}."
        )
    frames = sorted(found)
    return FrameCenters(np.array(frames, np.int64), np.array([found[frame] for frame in frames], np.float64))


def read_centers_file(path: str | os.PathLike[str], variable: str | None = None) -> list[Array]:
    """Read the centres of the region of interest: for each video one per frame, or a fixed one.

    A .mat file holds a cell array with one matrix per video, or one matrix: T x 2 (or 2 x T) with x and y, or 1 x 2 for
    a fixed centre. An .npy file holds one array, (T, 2) or (2,).

    Args:
        path: the .mat or .npy file.
        variable: name of a variable in a .mat file; None for the one named centers or centres, or else the only one
            that fits.

    Returns:
        For each video float64, (T, 2) or (1, 2): x and y in pixels as in the file, that is 1-based in a .mat file and
        0-based in an .npy file; NaN stays. One array if the file has a single matrix, for one video or for all.

    Raises:
        PathMissing: the file does not exist.
        BadLabels: the file is damaged, or of another kind.
        BadOption: nothing in it fits, several variables do, or the centres of a video have another shape.
    """
    path = Path(path)
    values = variables.values(path)
    if variable is not None and variable not in values:
        raise BadOption(f"{path} has no variable {variable}. It holds {variables.held(values)}.")
    fitting = [name for name, value in values.items() if all(_centers(item) is not None for item in _items(value))]
    names = [variable] if variable is not None else variables.called(values, ("centers", "centres")) or fitting
    if len(names) > 1:
        raise BadOption(f"Several variables in {path} can be centres: {', '.join(names)}. Name the right one centers.")
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
    """Return one value per video: the items of a cell, or else the value itself."""
    return value if isinstance(value, list) and value else [value]


def _centers(value: Any) -> Array | None:
    """Return a T x 2, 2 x T or (2,) array as float64, (T, 2); None for anything else."""
    if not isinstance(value, np.ndarray) or value.dtype.kind not in "iuf" or value.ndim > 2 or not value.size:
        return None
    rows = np.atleast_2d(value)
    if rows.shape[1] != 2:
        rows = rows.T
    return rows.astype(np.float64, order="C") if rows.shape[1] == 2 else None
