"""Places the region of interest (ROI) that is cut out of each frame, and finds the frames that have one."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from pyside.aliases import Array
from pyside.errors import BadOption, Faults, LengthMismatch, OutOfFrame
from pyside.settings.core import frame_named, named

_FAR = 1e12  # pixels: beyond any frame, and within the range of int64


@dataclasses.dataclass(frozen=True)
class Regions:
    """The regions of one recording.

    Attributes:
        size: (height, width) of each.
        top: int64, (n,), first row in each frame, from 0; may lie outside the frame if regions are padded.
        left: int64, (n,), first column, likewise.
        has_center: bool, (n,), False for a frame without a centre.
        in_frame: bool, (n,), False for a frame that is left out because its region extends beyond it.
        sticks_out: bool, (n,), True if the region, placed exactly around its centre, extends beyond the frame.
        out_of_frame: what was done then: ``shift``, ``pad``, ``skip`` or ``error``.
        centers: float64, (n, 2), x and y in pixels from 0, as they were given.
        kind: where the centres came from: ``none`` (the middle of the frame), ``one`` point for all frames, one a
            ``frame``, ``bar`` (a .bar file) or ``template``.
        score: for ``template``, the correlation at which the object was found, -1 to 1; else None.
    """

    size: tuple[int, int]
    top: Array
    left: Array
    has_center: Array
    in_frame: Array
    sticks_out: Array
    out_of_frame: str
    centers: Array
    kind: str = "none"
    score: float | None = None

    @property
    def keep(self) -> Array:
        """bool, (n,): True for frames with a region."""
        kept: Array = self.has_center & self.in_frame
        return kept

    @property
    def shifted(self) -> int:
        """Number of frames whose region was shifted into the frame."""
        return self.counts()["shifted"]

    @property
    def padded(self) -> int:
        """Number of frames whose region is padded with black."""
        return self.counts()["padded"]

    @property
    def skipped(self) -> int:
        """Number of frames that are left out because their region extends beyond the frame."""
        return self.counts()["skipped"]

    @property
    def without_center(self) -> int:
        """Number of frames that are left out because they have no centre."""
        return int(np.count_nonzero(~self.has_center))

    def counts(self, among: Array | None = None) -> dict[str, int]:
        """Count the regions that extend beyond the frame, by what was done.

        Args:
            among: bool, (n,), the frames to count; None for all.

        Returns:
            ``shifted``, ``padded`` and ``skipped``; the sum is the number of regions that extend beyond the frame.
        """
        out = self.sticks_out if among is None else self.sticks_out & among
        kept, left_out = int(np.count_nonzero(out & self.in_frame)), int(np.count_nonzero(out & ~self.in_frame))
        return {
            "shifted": kept if self.out_of_frame == "shift" else 0,
            "padded": kept if self.out_of_frame == "pad" else 0,
            "skipped": left_out,
        }


def place_regions(
    centers: Array | None,
    size: tuple[int, int],
    frame_size: tuple[int, int],
    n_frames: int,
    what: str,
    first: int,
    out_of_frame: str = "shift",
) -> Regions:
    """Place a region around each centre.

    Around the centre (x, y), the region begins at column ``floor(x + 0.5) - width // 2`` and row
    ``floor(y + 0.5) - height // 2``. If it extends beyond the frame:

    - ``shift``: it is shifted into the frame; a centre outside the frame is an error.
    - ``pad``: it stays, and pixels outside the frame are black; a frame is left out if the whole region lies outside.
    - ``skip``: the frame is left out.
    - ``error``: an error is raised.

    Args:
        centers: float64, (1, 2) for all frames or (n_frames, 2), (x, y) in pixels counted from `first`, which is
            exactly the middle of the first pixel; NaN for no centre. None for the middle of the frame.
        size: (height, width) of the region.
        frame_size: (height, width) of the frames.
        n_frames: number of frames.
        what: name of the recording in errors.
        first: index of the first pixel: 0, or 1 for MATLAB.
        out_of_frame: ``shift``, ``pad``, ``skip`` or ``error``.

    Raises:
        OutOfFrame: the region is larger than the frame (except with ``pad``), centres lie outside the frame
            (``shift``), or regions extend beyond the frame (``error``). All faults at once.
        LengthMismatch: there is neither one centre nor one per frame.
    """
    (height, width), (rows, columns) = size, frame_size
    faults = Faults()
    if (height > rows or width > columns) and out_of_frame != "pad":
        faults.add(
            OutOfFrame,
            f"Image out of frame: {what}: the region of {height} x {width} pixels (height x width) is larger than the "
            f"frame of {rows} x {columns}. Choose a smaller {named('roi')}, or set {named('out_of_frame')} to 'pad'.",
        )
    if centers is None:
        centers = np.array([[(columns - 1) / 2, (rows - 1) / 2]]) + first
    if len(centers) not in (1, n_frames):
        faults.add(
            LengthMismatch,
            f"{what}: {len(centers)} centres for {n_frames} frames. Give one (x, y), or one per frame; NaN for none.",
        )
    faults.raise_any()
    centers = np.broadcast_to(centers - first, (n_frames, 2))
    x, y = centers.T
    has_center = ~(np.isnan(x) | np.isnan(y))
    outside = has_center & ~((x >= -0.5) & (x < columns - 0.5) & (y >= -0.5) & (y < rows - 0.5))
    if outside.any() and out_of_frame == "shift":
        raise _center_outside(centers, outside, frame_size, what, first)
    left, top = _corner(x, has_center, width), _corner(y, has_center, height)
    inside = (left >= 0) & (top >= 0) & (left + width <= columns) & (top + height <= rows)
    sticks_out = has_center & ~inside
    in_frame = np.ones(n_frames, bool)
    if out_of_frame == "error" and sticks_out.any():
        raise _sticks_out(centers, sticks_out, size, frame_size, what, first)
    if out_of_frame == "skip":
        in_frame = ~sticks_out
    elif out_of_frame == "pad":
        in_frame = ~has_center | ((left + width > 0) & (top + height > 0) & (left < columns) & (top < rows))
    elif out_of_frame == "shift":
        left, top = np.clip(left, 0, columns - width), np.clip(top, 0, rows - height)
    return Regions(size, top, left, has_center, in_frame, sticks_out, out_of_frame, centers)


def _corner(middle: Array, has_center: Array, side: int) -> Array:
    """Return the first row or column, int64, of regions around `middle`; infinite values are limited to `_FAR`."""
    near = np.clip(np.where(has_center, middle, 0), -_FAR, _FAR)
    corner: Array = np.floor(near + 0.5).astype(np.int64) - side // 2
    return corner


def _center_outside(centers: Array, outside: Array, frame_size: tuple[int, int], what: str, first: int) -> OutOfFrame:
    (rows, columns), frame = frame_size, int(np.argmax(outside))
    x, y = centers[frame] + first
    return OutOfFrame(
        f"Image out of frame: {what}: {np.count_nonzero(outside)} of {len(outside)} centres lie outside the frame "
        f"of {columns} x {rows} pixels (width x height), the first at {frame_named(frame)}: ({x:g}, {y:g}). Centres "
        f"are (x, y), counted from {first}. To leave such frames out, use NaN, or set {named('out_of_frame')} to "
        "'skip'."
    )


def _sticks_out(
    centers: Array, sticks_out: Array, size: tuple[int, int], frame_size: tuple[int, int], what: str, first: int
) -> OutOfFrame:
    frame = int(np.argmax(sticks_out))
    (height, width), (rows, columns), (x, y) = size, frame_size, centers[frame] + first
    return OutOfFrame(
        f"Image out of frame: {what}: in {np.count_nonzero(sticks_out)} of {len(sticks_out)} frames the region of "
        f"{height} x {width} pixels (height x width) extends beyond the frame of {rows} x {columns}, first around "
        f"({x:g}, {y:g}) in {frame_named(frame)}. Move the centres, choose a smaller {named('roi')}, or set "
        f"{named('out_of_frame')} to 'shift', 'pad' or 'skip'."
    )


def center_matrix(value: Any, what: str) -> Array:
    """Return centres as float64, (1, 2) or (n, 2).

    Args:
        value: (x, y), or a matrix (n, 2) or (2, n).
        what: what they belong to, for errors.

    Raises:
        BadOption: `value` is anything else.
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
    raise BadOption(
        f"{named('centers')} of {what}: expected (x, y), or one (x, y) per frame in an n x 2 matrix. Received {shape}."
    )


def dimensions(value: Any) -> int:
    """Return the number of dimensions of a value; 0 for a list whose items differ in theirs."""
    try:
        return np.ndim(value)
    except ValueError:
        return 0
