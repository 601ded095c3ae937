"""The region of interest (ROI) that is cut out of each frame: where it lies, and which frames have one."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from pyside.errors import BadOption, Faults, LengthMismatch, OutOfFrame

Array = np.ndarray[Any, Any]


@dataclasses.dataclass(frozen=True)
class Regions:
    """Where the regions of one recording lie.

    Attributes:
        size: (height, width) of each.
        top: int64, (n,), first row in each frame.
        left: int64, (n,), first column.
        keep: bool, (n,), False for a frame that has no centre and is left out.
        shifted: in how many frames the region stuck out and was shifted inside.
    """

    size: tuple[int, int]
    top: Array
    left: Array
    keep: Array
    shifted: int


def place_regions(
    centers: Array | None, size: tuple[int, int], frame_size: tuple[int, int], n_frames: int, what: str, first: int
) -> Regions:
    """Lay a region around each centre; one that sticks out of the frame is shifted inside.

    Around the centre (x, y) the region begins at column ``floor(x + 0.5) - width // 2`` and row
    ``floor(y + 0.5) - height // 2``.

    Args:
        centers: float64, (1, 2) for all frames or (n_frames, 2), (x, y) in pixels counted from `first`, the middle of
            the first pixel being exactly `first`; NaN where there is none. None for the middle of the frame.
        size: (height, width) of the region.
        frame_size: (height, width) of the frames.
        n_frames: number of frames.
        what: what to call the recording in an error.
        first: what the first pixel and frame are counted as: 0, or 1 for MATLAB.

    Raises:
        OutOfFrame: the region is larger than the frame, or centres lie outside the frame. All faults at once.
        LengthMismatch: not one centre, or one a frame.
    """
    (height, width), (rows, columns) = size, frame_size
    faults = Faults()
    if height > rows or width > columns:
        faults.add(
            OutOfFrame,
            f"{what}: Image out of frame: the region of {height} x {width} pixels (height x width) is larger than the "
            f"frame of {rows} x {columns}. Choose a smaller Roi.",
        )
    if centers is None:
        centers = np.array([[(columns - 1) / 2, (rows - 1) / 2]]) + first
    if len(centers) not in (1, n_frames):
        faults.add(
            LengthMismatch,
            f"{what}: {len(centers)} centres for {n_frames} frames. Give one (x, y), or one a frame; NaN for none.",
        )
    faults.raise_any()
    x, y = np.broadcast_to(centers - first, (n_frames, 2)).T
    keep = ~(np.isnan(x) | np.isnan(y))
    outside = keep & ~((x >= -0.5) & (x < columns - 0.5) & (y >= -0.5) & (y < rows - 0.5))
    if outside.any():
        frame = int(np.argmax(outside))
        raise OutOfFrame(
            f"{what}: Image out of frame: {np.count_nonzero(outside)} of {n_frames} centres lie outside the frame of "
            f"{columns} x {rows} pixels (width x height), the first at frame {frame + first}: "
            f"({x[frame] + first:g}, {y[frame] + first:g}). Centres are (x, y), counted from {first}; NaN leaves a "
            "frame out."
        )
    wanted_left = np.floor(np.where(keep, x, 0) + 0.5).astype(np.int64) - width // 2
    wanted_top = np.floor(np.where(keep, y, 0) + 0.5).astype(np.int64) - height // 2
    left, top = np.clip(wanted_left, 0, columns - width), np.clip(wanted_top, 0, rows - height)
    shifted = keep & ((left != wanted_left) | (top != wanted_top))
    return Regions(size, top, left, keep, int(np.count_nonzero(shifted)))


def center_matrix(value: Any, what: str) -> Array:
    """Return centres as float64, (1, 2) or (n, 2).

    Args:
        value: (x, y), or a matrix (n, 2) or (2, n).
        what: what to call them in an error.

    Raises:
        BadOption: anything else.
    """
    try:
        found = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        found = np.empty(0)
    if found.shape == (2,):
        return found[np.newaxis]
    if found.ndim == 2 and found.shape[1] == 2:
        return found
    if found.ndim == 2 and found.shape[0] == 2:
        return found.T
    shape = " x ".join(map(str, found.shape))
    raise BadOption(f"Centers of {what}: expected (x, y), or one (x, y) a frame in an n x 2 matrix. Received {shape}.")
