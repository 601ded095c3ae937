"""The labels of one recording as read from a file, and their assignment to the frames of its video."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np

from pyside.aliases import Array
from pyside.data.labels.bouts.behaviours import NONE, Activity, Bouts
from pyside.errors import BadLabels, LengthMismatch
from pyside.settings.core import named

MISSING_TEXTS = ("", "<missing>", "<undefined>")  # of MATLAB, in texts, strings and categorical arrays
_MOST_SHOWN = 5
_LAST_FRAME = 10**8  # a day at 1,000 frames a second; a larger number is damage


@dataclasses.dataclass(frozen=True)
class FrameList:
    """Labels of single frames.

    Attributes:
        frames: int64, (n,), without duplicates; the first frame of a video is 1.
        labels: (n,) numbers, or list of n class names; NaN or "" leaves the frame out.
        elsewhere: label of all other frames: NaN or "" to leave them out.
    """

    frames: Array
    labels: Any
    elsewhere: Any


@dataclasses.dataclass(frozen=True)
class LabelEntry:
    """The labels of one recording.

    Attributes:
        source: where they come from, for messages, such as ``labels.mat: labels{3}``.
        labels: (n,) array of numbers or list of n class names, one per frame; or a `FrameList`; or `Bouts`.
        name: name of the video, or None.
        trial: trial number, or None.
        left_out: why the whole recording is left out, such as ``uncuratable``, or "".
        tags: such as camera or animal.
        machine: whether a model wrote the labels, and nobody has changed them since.
    """

    source: str
    labels: Any
    name: str | None = None
    trial: int | None = None
    left_out: str = ""
    tags: dict[str, str] = dataclasses.field(default_factory=dict)
    machine: bool = False

    def for_video(self, n_frames: int, frame_offset: int, what: str, video: str, rate: float = 0.0) -> Any:
        """Return a label for each frame of a video.

        Args:
            n_frames: number of frames of the video.
            frame_offset: number that is added to the frame number of each label.
            what: name of the recording, for messages.
            video: name of its file, for messages.
            rate: its frames per second, for bouts in seconds; 0 if unknown.

        Returns:
            (n_frames,) array of numbers, or list of class names; NaN or "" for a frame that is left out or has no
            label; or, for bouts, an `Activity`.

        Raises:
            BadLabels: bouts are in seconds, and the frame rate is unknown.
            LengthMismatch: the length of a vector is not the number of frames, or there are labels for frames that do
                not exist. Labels of a vector of the right length that the offset moves beyond an end are dropped.
        """
        if self.left_out:
            return np.full(n_frames, np.nan)
        if isinstance(self.labels, Bouts):
            return self._activity(self.labels, n_frames, frame_offset, what, video, rate)
        if isinstance(self.labels, FrameList):
            places = self.labels.frames - 1 + frame_offset
            labels, elsewhere = self.labels.labels, self.labels.elsewhere
        else:
            labels = self.labels
            if len(labels) != n_frames and not frame_offset:
                raise self._wrong_length(len(labels), n_frames, what, video)
            if not frame_offset:
                return labels
            places = np.arange(len(labels)) + frame_offset
            elsewhere = np.nan if isinstance(labels, np.ndarray) else ""
        inside = (places >= 0) & (places < n_frames)
        moved_out = not isinstance(self.labels, FrameList) and len(labels) == n_frames
        if not inside.all() and not moved_out:
            raise self._outside(places[~inside] + 1, n_frames, frame_offset, what, video)
        return _spread(places[inside], labels, inside, elsewhere, n_frames)

    def as_vector(self) -> Any:
        """Return the labels up to the last frame that has one, where the length of the video is unknown.

        Bouts become a list of their behaviours, ``a + b`` where two overlap, or ``none``.
        """
        if isinstance(self.labels, Bouts):
            if self.labels.in_seconds and not self.labels.rate:
                raise BadLabels(self._without_rate())
            found = self.labels.in_frames(self.labels.rate or 0)
            shown = found.over(int(found.stops.max(initial=1)) - 1)
            kinds, which = np.unique(shown.active, axis=0, return_inverse=True)
            texts = [" + ".join(np.array(found.names, object)[kind]) or NONE for kind in kinds]
            return np.where(shown.scored, np.array(texts or [""], object)[which.reshape(-1)], "").tolist()
        if not isinstance(self.labels, FrameList):
            return self.labels
        frames = self.labels.frames
        places = frames - frames.min(initial=1)
        known = np.ones(len(frames), bool)
        return _spread(places, self.labels.labels, known, self.labels.elsewhere, int(places.max(initial=-1)) + 1)

    def _activity(self, bouts: Bouts, n_frames: int, offset: int, what: str, video: str, rate: float) -> Activity:
        if bouts.in_seconds:
            rate = bouts.rate_for(n_frames, rate)
            if not rate:
                raise BadLabels(f"{what}: {self._without_rate()}")
            bouts = bouts.in_frames(rate).cut(n_frames - offset)
        elif bouts.n_rows is not None and bouts.n_rows != n_frames and not offset:
            raise self._wrong_length(bouts.n_rows, n_frames, what, video)
        outside = bouts.outside(n_frames, offset)
        if len(outside) and not (offset and bouts.n_rows == n_frames):  # an offset may move rows out
            by_one = outside.tolist() == [n_frames + 1]
            hint = " If the stop of a bout is the first frame after it, subtract 1 from the column." if by_one else ""
            hint += bouts.doubt
            raise self._outside(outside, n_frames, offset, what, video, hint)
        return bouts.over(n_frames, offset)

    def _without_rate(self) -> str:
        return (
            f"{self.source} gives times in seconds, and the frame rate of the video is unknown. Add a column fps with "
            "the frames per second, or give frame numbers."
        )

    def _wrong_length(self, n_labels: int, n_frames: int, what: str, video: str) -> LengthMismatch:
        more = n_labels - n_frames
        give = "Give one label per frame; -1 leaves a frame out."
        return LengthMismatch(
            f"{what}: {video} has {n_frames} frames, {self.source} has {n_labels} labels. {give}",
            of=what,
            alike=f"{abs(more)} {'more labels' if more > 0 else 'fewer labels'} than frames. {give}",
        )

    def _outside(
        self, frames: Array, n_frames: int, offset: int, what: str, video: str, hint: str = ""
    ) -> LengthMismatch:
        moved = f" (with a frame offset of {offset:+d})" if offset else ""
        return LengthMismatch(
            f"{what}: {video} has {n_frames} frames, but {self.source} has labels for {some_frames(frames)}{moved}. "
            f"{_first_frame()}{hint}",
            of=what,
            alike=f"there are labels for frames that the video does not have. {_first_frame()}{hint}",
        )


def _spread(places: Array, labels: Any, chosen: Array, elsewhere: Any, n_frames: int) -> Any:
    """Return `n_frames` labels: the chosen ones at their places, and `elsewhere` at all others."""
    if isinstance(labels, np.ndarray):
        spread = np.full(n_frames, elsewhere, np.float64)
        spread[places] = labels[chosen]
        return spread
    names = np.full(n_frames, elsewhere, object)
    names[places] = np.array(labels, object)[chosen]
    return names.tolist()


def some_frames(frames: Array) -> str:
    """Describe frames: ``frame 7``, or their number, the first few and the last."""
    shown = [str(frame) for frame in frames.tolist()]
    if len(shown) == 1:
        return f"frame {shown[0]}"
    if len(shown) > _MOST_SHOWN:
        shown = [*shown[: _MOST_SHOWN - 1], "...", shown[-1]]
    return f"{len(frames)} frames: {', '.join(shown)}"


# --- values of a field or cell -------------------------------------------------------------------------------------


def label_vector(value: Any) -> Any:
    """Return a value as an array (n,) of bool, integers or float64, or a list of class names; None if it is neither.

    A row, a column or (0, 0) is a vector, and so is a single number; a text is not.
    """
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


def frame_numbers(value: Any, source: str) -> Array:
    """Return frame numbers of any type of number as int64, (n,).

    Raises:
        BadLabels: they are not a vector of whole numbers.
    """
    vector = label_vector(value)
    if not isinstance(vector, np.ndarray):
        raise BadLabels(f"{source}: expected a vector of frame numbers.")
    numbers = vector.astype(np.float64)
    odd = numbers[~(np.abs(numbers) <= _LAST_FRAME) | (numbers != np.rint(numbers))]
    if len(odd):
        raise BadLabels(f"{source}: expected whole frame numbers up to {_LAST_FRAME}, received {_number(odd[0])}.")
    return numbers.astype(np.int64)


def trial_number(value: Any) -> int | None:
    """Return a trial number from a number of any type or a text; None for anything else."""
    text = tag_text(value)
    return int(text) if text is not None and text.isdecimal() and len(text) < 16 else None


def tag_text(value: Any) -> str | None:
    """Return a text, single number or time as the text of a tag: ``3`` for 3.0; None for other and missing values."""
    if isinstance(value, list) and len(value) == 1:  # a cell of one
        return tag_text(value[0])
    if isinstance(value, np.ndarray) and value.size == 1 and value.dtype.kind in "biufmM":
        value = value.reshape(-1)[0]
    if isinstance(value, (np.datetime64, np.timedelta64)):
        return None if np.isnat(value) else _time(value)
    if isinstance(value, str):
        return value.strip() if value.strip() not in MISSING_TEXTS else None
    if isinstance(value, (bool, np.bool_)):
        return "true" if value else "false"
    if isinstance(value, (int, float, np.integer, np.floating)):
        return None if isinstance(value, (float, np.floating)) and math.isnan(value) else _number(value)
    return None


def is_missing(item: Any) -> bool:
    """Return whether an item is a missing value other than a text: None, NaN, NaT or pandas.NA."""
    if item is None or type(item).__name__ in ("NAType", "NaTType"):
        return True
    return isinstance(item, (float, np.floating, np.datetime64, np.timedelta64)) and bool(item != item)


def has_no_label(item: Any) -> bool:
    """Return whether an item in place of a label leaves its frame out: a missing value or text, or an empty array."""
    if isinstance(item, np.ndarray) and item.size == 1:
        item = item.reshape(-1)[0]
    if isinstance(item, (list, np.ndarray)):
        return len(item) == 0 or (len(item) == 1 and has_no_label(item[0]))
    return item.strip() in MISSING_TEXTS if isinstance(item, str) else is_missing(item)


def _time(value: Any) -> str:
    """Return a time as a text: ``2026-11-29``, ``2026-11-29T21:30:00``, or a duration, ``2.5 s``."""
    if isinstance(value, np.timedelta64):
        return f"{value / np.timedelta64(1, 's'):.12g} s"
    whole = (unit for unit in ("D", "s", "ms", "us") if value.astype(f"M8[{unit}]") == value)
    return str(value.astype(f"M8[{next(whole, 'ns')}]"))


def _number(value: Any) -> str:
    return repr(value.item() if isinstance(value, np.generic) else value).removesuffix(".0")


def _first_frame() -> str:
    return f"The first frame is 1; if the labels count differently, set {named('frame_offset')}."
