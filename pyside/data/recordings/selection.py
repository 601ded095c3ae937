"""Selects the frames of a recording, and counts the others by reason."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from pyside.aliases import Array
from pyside.data.dataset import LEAVE_OUT
from pyside.errors import BadOption, LengthMismatch
from pyside.settings.core import named

REASONS = ("by_label", "without_center", "out_of_frame", "outside_span", "by_value", "far_from_touch")


@dataclasses.dataclass(frozen=True)
class Selection:
    """The selected frames of a recording.

    Attributes:
        keep: bool, (n,), True for a frame that goes into the dataset. Frames with label -1 do too, since their
            neighbours may need them, unless another reason excludes them.
        left_out: number of frames that are on no side of a split, by reason: all of `REASONS` in this order; each frame
            counts once, for the first reason that holds.
    """

    keep: Array
    left_out: dict[str, int]


def places_of(ids: Sequence[str]) -> dict[str, Array]:
    """Return the positions of each id in `ids`, in order of first appearance."""
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
        labels: int16, (n,), class index, -1 to leave the frame out.
        has_center: bool, (n,), False for a frame without a centre; None: all have one.
        in_frame: bool, (n,), False for a frame that is skipped because its region extends beyond it; None: no frame is.
        frame_span: first and last frame to take, both counted from 0 and included; None: all.
        negative_window: frames of class 0 are taken only if a frame of another class (above 0; -1 is no class) is at
            most this number of frames away; None: all are taken. All labels count for this, even those of frames that
            are not taken.
        negative_share: share of the frames farther away, 0 to 1, that are still taken: evenly spread over those that
            no other reason excludes, and the same ones each time.
        values: float, (n,), one number per frame, or None. NaN is neither above nor below any limit.
        exclude_above: frames with a value above this are left out; an equal value stays.
        exclude_below: frames with a value below this are left out; an equal value stays.
        what: name of the recording in errors.

    Raises:
        LengthMismatch: `values` has another length than `labels`.
    """
    n = len(labels)
    nowhere = np.zeros(n, bool)
    against = {
        "by_label": labels == LEAVE_OUT,
        "without_center": nowhere if has_center is None else ~has_center,
        "out_of_frame": nowhere if in_frame is None else ~in_frame,
        "outside_span": outside(frame_span, n),
        "by_value": beyond(values, exclude_above, exclude_below, n, what),
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


def outside(span: tuple[int, int] | None, n: int) -> Array:
    """Return which of `n` frames lie outside a span: bool, (n,). Arguments are those of `select_frames`."""
    if span is None:
        return np.zeros(n, bool)
    numbers = np.arange(n)
    found: Array = (numbers < span[0]) | (numbers > span[1])
    return found


def check_span(span: tuple[int, int] | None, first: int) -> None:
    """Check that a span of frames begins with a frame that there can be.

    Args:
        span: first and last frame, or None.
        first: the number of the first frame of a video: 0, or 1 for MATLAB.

    Raises:
        BadOption: it begins before.
    """
    if span is not None and span[0] < first:
        raise BadOption(
            f"{named('frame_span')} must begin with {first} or more: the first frame is {first}. It begins "
            f"with {span[0]}."
        )


def beyond(values: Array | None, above: float | None, below: float | None, n: int, what: str) -> Array:
    """Return which of `n` frames have a value beyond a limit: bool, (n,). Arguments are those of `select_frames`.

    Raises:
        LengthMismatch: there are more or fewer values.
    """
    found: Array = np.zeros(n, bool)
    if values is None:
        return found
    if len(values) != n:
        raise LengthMismatch(
            f"{what}: {len(values)} frame values for {n} frames. Give one number per frame (option "
            f"{named('frame_values')}); NaN for none."
        )
    if above is not None:
        found |= values > above
    if below is not None:
        found |= values < below
    return found


def _far(labels: Array, window: int | None) -> Array:
    """Return which frames of class 0 have no frame of another class within the window."""
    if window is None:
        return np.zeros(len(labels), bool)
    edges = np.cumsum(np.concatenate([[0], labels > 0]))
    numbers = np.arange(len(labels))
    window = min(window, len(labels))
    first, last = np.maximum(numbers - window, 0), np.minimum(numbers + window + 1, len(labels))
    far: Array = (labels == 0) & (edges[last] == edges[first])
    return far


def _evenly_spread(numbers: Array, share: float) -> Array:
    """Return a share of the numbers: the middle one of each of as many equal parts."""
    wanted = round(share * len(numbers))
    chosen: Array = numbers[(2 * np.arange(wanted) + 1) * len(numbers) // (2 * max(wanted, 1))]
    return chosen
