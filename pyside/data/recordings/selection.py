"""Which frames of a recording are taken, and why the others are not."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from pyside.aliases import Array
from pyside.data.dataset import LEAVE_OUT
from pyside.errors import LengthMismatch
from pyside.settings.core import named

REASONS = ("by_label", "without_center", "out_of_frame", "outside_span", "by_value", "far_from_touch")


@dataclasses.dataclass(frozen=True)
class Selection:
    """Which frames of a recording are taken.

    Attributes:
        keep: bool, (n,), True for a frame that goes into the dataset. Frames whose label is -1 are among them, since
            their neighbours may need them, unless something else speaks against them.
        left_out: how many frames no side will see, by reason: all of `REASONS` in this order, each frame counted once,
            by the first reason that holds for it.
    """

    keep: Array
    left_out: dict[str, int]


def places_of(ids: Sequence[str]) -> dict[str, Array]:
    """Return the places of each id among those of all frames, in the order in which the ids come first."""
    places: dict[str, list[int]] = {}
    for place, one in enumerate(ids):
        places.setdefault(one, []).append(place)
    return {one: np.array(where, np.int64) for one, where in places.items()}


def select_frames(
    labels: Array,
    *,
    has_center: Array | None = None,
    in_frame: Array | None = None,
    frame_span: tuple[int, int] | None = None,
    negative_window: int | None = None,
    negative_share: float = 0.0,
    values: Array | None = None,
    exclude_above: float | None = None,
    exclude_below: float | None = None,
    what: str = "this recording",
) -> Selection:
    """Choose the frames of one recording.

    Args:
        labels: int16, (n,), index of the class, -1 to leave the frame out.
        has_center: bool, (n,), False where there is no centre to lay a region around; None: all have one.
        in_frame: bool, (n,), False where the region sticks out of the frame and the frame is skipped; None: nowhere.
        frame_span: first and last frame that are taken, both counted from 0, both included; None: all.
        negative_window: frames of class 0 are taken only where a frame of another class (above 0; -1 is none) is at
            most so many frames away; None: all are. What is a touch is told by all labels, also of frames that are
            not taken themselves.
        negative_share: share of the frames farther away, 0 to 1, that are taken all the same: evenly spread over
            those for which nothing else speaks against taking them, the same ones each time.
        values: float, (n,), one number a frame, or None. NaN is neither above nor below anything.
        exclude_above: frames with a larger value are left out; the value itself is not.
        exclude_below: frames with a smaller value are left out, likewise.
        what: what to call the recording in an error.

    Raises:
        LengthMismatch: `values` has another length than `labels`.
    """
    n = len(labels)
    if values is not None and len(values) != n:
        raise LengthMismatch(
            f"{what}: {len(values)} frame values for {n} frames. Give one number a frame (option "
            f"{named('frame_values')}); NaN where there is none."
        )
    nowhere = np.zeros(n, bool)
    against = {
        "by_label": labels == LEAVE_OUT,
        "without_center": nowhere if has_center is None else ~has_center,
        "out_of_frame": nowhere if in_frame is None else ~in_frame,
        "outside_span": nowhere if frame_span is None else _outside(frame_span, n),
        "by_value": nowhere if values is None else _beyond(values, exclude_above, exclude_below),
    }
    counted, keep = nowhere.copy(), ~nowhere
    left_out = {}
    for reason, mask in against.items():
        left_out[reason] = int(np.count_nonzero(mask & ~counted))
        counted |= mask
        if reason != "by_label":
            keep &= ~mask
    far = ~counted & _far(labels, negative_window)
    far[_evenly_spread(np.flatnonzero(far), negative_share)] = False
    left_out["far_from_touch"] = int(np.count_nonzero(far))
    return Selection(keep & ~far, left_out)


def _outside(span: tuple[int, int], n: int) -> Array:
    numbers = np.arange(n)
    outside: Array = (numbers < span[0]) | (numbers > span[1])
    return outside


def _beyond(values: Array, above: float | None, below: float | None) -> Array:
    beyond: Array = np.zeros(len(values), bool)
    if above is not None:
        beyond |= values > above
    if below is not None:
        beyond |= values < below
    return beyond


def _far(labels: Array, window: int | None) -> Array:
    """Tell which frames of class 0 have no frame of another class within the window."""
    if window is None:
        return np.zeros(len(labels), bool)
    edges = np.cumsum(np.concatenate([[0], labels > 0]))
    numbers = np.arange(len(labels))
    window = min(window, len(labels))
    first, last = np.maximum(numbers - window, 0), np.minimum(numbers + window + 1, len(labels))
    far: Array = (labels == 0) & (edges[last] == edges[first])
    return far


def _evenly_spread(numbers: Array, share: float) -> Array:
    """Return a share of some numbers: the middle one of each of as many equal parts."""
    wanted = round(share * len(numbers))
    chosen: Array = numbers[(2 * np.arange(wanted) + 1) * len(numbers) // (2 * max(wanted, 1))]
    return chosen
