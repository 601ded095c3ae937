"""The labels of one recording as they stand in a file, and how they are laid over the frames of its video."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np

from pyside.aliases import Array
from pyside.errors import BadLabels, LengthMismatch
from pyside.settings.core import named

_MOST_SHOWN = 5
_LAST_FRAME = 10**8  # a day at 1,000 frames a second; what lies beyond is damage


@dataclasses.dataclass(frozen=True)
class FrameList:
    """Labels of single frames.

    Attributes:
        frames: int64, (n,), no two alike; the first frame of a video is 1.
        labels: (n,) numbers, or list of n class names; NaN or "" leaves the frame out.
        elsewhere: label of all frames that are not in the list: NaN or "" to leave them out.
    """

    frames: Array
    labels: Any
    elsewhere: Any


@dataclasses.dataclass(frozen=True)
class LabelEntry:
    """The labels of one recording.

    Attributes:
        source: where they stand, for messages, such as ``labels.mat: labels{3}``.
        labels: (n,) array of numbers or list of n class names, one a frame; or a `FrameList`.
        name: of the video, if the labels say.
        trial: its number, if the labels say.
        left_out: why the whole recording is left out, such as ``uncuratable``, or "".
        tags: such as camera or animal.
    """

    source: str
    labels: Any
    name: str | None = None
    trial: int | None = None
    left_out: str = ""
    tags: dict[str, str] = dataclasses.field(default_factory=dict)

    def for_video(self, n_frames: int, frame_offset: int, what: str, video: str) -> Any:
        """Return a label for each frame of a video.

        Args:
            n_frames: how many frames the video has.
            frame_offset: what is added to the frame of each label.
            what: the recording, for messages.
            video: its file, for messages.

        Returns:
            (n_frames,) array of numbers, or list of class names; NaN or "" where a frame is left out, which it is if
            no label stands for it.

        Raises:
            LengthMismatch: a vector has not one label a frame, or labels stand for frames that the video has not. Where
                a vector has one label a frame, those which the offset moves over an end are dropped.
        """
        if self.left_out:
            return np.full(n_frames, np.nan)
        if isinstance(self.labels, FrameList):
            places = self.labels.frames - 1 + frame_offset
            labels, elsewhere = self.labels.labels, self.labels.elsewhere
        else:
            labels = self.labels
            if len(labels) != n_frames and not frame_offset:
                more = len(labels) - n_frames
                give = "Give one label a frame; -1 leaves a frame out."
                raise LengthMismatch(
                    f"{what}: {video} has {n_frames} frames, {self.source} has {len(labels)} labels. {give}",
                    of=what,
                    alike=f"{abs(more)} {'more labels' if more > 0 else 'fewer labels'} than frames. {give}",
                )
            if not frame_offset:
                return labels
            places = np.arange(len(labels)) + frame_offset
            elsewhere = np.nan if isinstance(labels, np.ndarray) else ""
        inside = (places >= 0) & (places < n_frames)
        moved_out = not isinstance(self.labels, FrameList) and len(labels) == n_frames
        if not inside.all() and not moved_out:
            raise LengthMismatch(
                self._outside(places[~inside] + 1, n_frames, frame_offset, what, video),
                of=what,
                alike=f"there are labels for frames that the video has not. {_first_frame()}",
            )
        return _spread(places[inside], labels, inside, elsewhere, n_frames)

    def as_vector(self) -> Any:
        """Return the labels up to the last frame that has one, without a video."""
        if not isinstance(self.labels, FrameList):
            return self.labels
        frames = self.labels.frames
        places = frames - frames.min(initial=1)
        known = np.ones(len(frames), bool)
        return _spread(places, self.labels.labels, known, self.labels.elsewhere, int(places.max(initial=-1)) + 1)

    def _outside(self, frames: Array, n_frames: int, offset: int, what: str, video: str) -> str:
        moved = f" (with a frame offset of {offset:+d})" if offset else ""
        return (
            f"{what}: {video} has {n_frames} frames, but {self.source} has labels for {some_frames(frames)}{moved}. "
            f"{_first_frame()}"
        )


def _spread(places: Array, labels: Any, chosen: Array, elsewhere: Any, n_frames: int) -> Any:
    """Return `elsewhere` n_frames times, with the chosen labels at their places."""
    if isinstance(labels, np.ndarray):
        spread = np.full(n_frames, elsewhere, np.float64)
        spread[places] = labels[chosen]
        return spread
    names = np.full(n_frames, elsewhere, object)
    names[places] = np.array(labels, object)[chosen]
    return names.tolist()


def some_frames(frames: Array) -> str:
    """Say which frames: ``frame 7``, or the number of them, the first few and the last."""
    shown = [str(frame) for frame in frames.tolist()]
    if len(shown) == 1:
        return f"frame {shown[0]}"
    if len(shown) > _MOST_SHOWN:
        shown = [*shown[: _MOST_SHOWN - 1], "...", shown[-1]]
    return f"{len(frames)} frames: {', '.join(shown)}"


# --- what stands in a field or cell --------------------------------------------------------------------------------


def label_vector(value: Any) -> Any:
    """Return a value as an array (n,) of bool, integers or float64, or a list of class names; None where it is neither.

    A row, a column or (0, 0) is a vector, and so is a single number; a text is no vector.
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
        BadLabels: they are no vector of whole numbers.
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
    """Return the number of a trial of any type, also as a text; None where there is none."""
    text = tag_text(value)
    return int(text) if text is not None and text.isdecimal() and len(text) < 16 else None


def tag_text(value: Any) -> str | None:
    """Return a text or a single number as the text of a tag: ``3`` for 3.0; None for anything else, and for none."""
    if isinstance(value, list) and len(value) == 1:  # a cell of one
        return tag_text(value[0])
    if isinstance(value, np.ndarray) and value.size == 1 and value.dtype.kind in "biuf":
        value = value.reshape(-1)[0]
    if isinstance(value, str):
        return value.strip() if value.strip() not in ("", "<missing>", "<undefined>") else None
    if isinstance(value, (bool, np.bool_)):
        return "true" if value else "false"
    if isinstance(value, (int, float, np.integer, np.floating)):
        return None if isinstance(value, (float, np.floating)) and math.isnan(value) else _number(value)
    return None


def is_missing(item: Any) -> bool:
    """Tell whether an item among texts stands for none: None, NaN or pandas.NA."""
    return item is None or type(item).__name__ == "NAType" or (isinstance(item, float) and item != item)


def _number(value: Any) -> str:
    return repr(value.item() if isinstance(value, np.generic) else value).removesuffix(".0")


def _first_frame() -> str:
    return f"The first frame is 1; if the labels count otherwise, say so by {named('frame_offset')}."
