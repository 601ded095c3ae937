"""The figures of a comparison: how far two label vectors agree, frame by frame and touch by touch."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np

from pyside.aliases import Array, Record
from pyside.data.dataset import LEAVE_OUT
from pyside.evaluation.agreement import frame_agreement
from pyside.evaluation.events import errors_per_touch, event_metrics
from pyside.evaluation.metrics import class_figures, confusion_of
from pyside.evaluation.mistakes import worst_mistakes
from pyside.evaluation.predictions import Predictions

MOST_VALUES = 100  # of one tag that get figures


@dataclasses.dataclass(frozen=True)
class Aligned:
    """The labels of one recording from two sources, frame by frame.

    Attributes:
        name: of the recording.
        reference: int16, (n,), class index of each frame, -1 for a frame that is left out.
        predicted: int16, (n,), the same.
        probabilities: float32, (n, classes), of the predicted ones; None if there are none.
        frame_rate: frames per second; None if it is not known.
        tags: such as camera or animal.
    """

    name: str
    reference: Array
    predicted: Array
    probabilities: Array | None = None
    frame_rate: float | None = None
    tags: Mapping[str, str] = dataclasses.field(default_factory=dict)

    @property
    def compared(self) -> Array:
        """Bool, (n,): which frames have a label from both."""
        found: Array = (self.reference != LEAVE_OUT) & (self.predicted != LEAVE_OUT)
        return found


def pair_figures(recordings: Sequence[Aligned], class_names: Sequence[str], most: int) -> Record:
    """Compare the labels of two sources.

    Args:
        recordings: those that both have.
        class_names: names in index order.
        most: the most frames in ``disagreements``.

    Returns:
        What `figures` returns for all recordings together; ``recordings``, a list with the same for each, and its
        name as ``recording``, its ``frame_rate`` and ``tags``; ``tags``, by tag and value the same for the recordings
        that have it; ``disagreements``, see `disagreements`.
    """
    by_tag: dict[str, dict[str, Record]] = {}
    for tag in dict.fromkeys(tag for one in recordings for tag in one.tags):
        values = sorted({one.tags[tag] for one in recordings if tag in one.tags})
        by_tag[tag] = {
            value: figures([one for one in recordings if one.tags.get(tag) == value], class_names)
            for value in values[:MOST_VALUES]
        }
    return {
        **figures(recordings, class_names),
        "recordings": [
            {
                "recording": one.name,
                **figures([one], class_names),
                "frame_rate": one.frame_rate,
                "tags": dict(one.tags),
            }
            for one in recordings
        ],
        "tags": by_tag,
        "disagreements": disagreements(recordings, class_names, most),
    }


def figures(recordings: Sequence[Aligned], class_names: Sequence[str]) -> Record:
    """Compare the labels of two sources over some recordings.

    Only frames with a label from both are compared. A touch is a run of compared frames: a frame that is left out ends
    it on both sides.

    Args:
        recordings: the labels.
        class_names: names in index order.

    Returns:
        ``frames``, the number of frames that are compared; ``frames_left_out``, those that are not, of which
        ``left_out_predicted`` and ``left_out_reference`` have no label on that side; ``equal``, the share of equal
        labels; ``kappa``, Cohen's; ``f1`` of the event class (the mean over several); ``confusion``, rows are the
        reference; ``classes``, by name ``frames``, ``predicted``, ``precision``, ``recall`` and ``f1``; ``events``, by
        event class what `event_metrics` returns with the reference as the truth; ``errors_per_touch``, count errors of
        all event classes per touch of the reference. Figures without data are None. Errors in ms are None unless the
        frame rates of all recordings are known.
    """
    pieces = [(one.reference, one.predicted, one.compared) for one in recordings]
    true = _joined([reference[both] for reference, _, both in pieces])
    guessed = _joined([predicted[both] for _, predicted, both in pieces])
    lengths = [int(np.count_nonzero(both)) for _, _, both in pieces]
    places = np.repeat(np.arange(len(pieces)), lengths)
    numbers = _joined([np.flatnonzero(both) for _, _, both in pieces])
    events = event_metrics(true, guessed, places, numbers, class_names, _rates(recordings, lengths), only_there=True)
    return {
        **frame_agreement(true, guessed, class_names),
        "frames_left_out": sum(len(both) for _, _, both in pieces) - len(true),
        "left_out_predicted": sum(int(np.count_nonzero(one.predicted == LEAVE_OUT)) for one in recordings),
        "left_out_reference": sum(int(np.count_nonzero(one.reference == LEAVE_OUT)) for one in recordings),
        **confusion_of(true, guessed, len(class_names)),
        "classes": class_figures(true, guessed, np.arange(len(class_names)), class_names),
        "events": events,
        "errors_per_touch": errors_per_touch(events.values()),
    }


def _joined(vectors: Sequence[Array]) -> Array:
    return np.concatenate([np.empty(0, np.int64), *(vector.astype(np.int64) for vector in vectors)])


def _rates(recordings: Sequence[Aligned], lengths: Sequence[int]) -> float | Array | None:
    """Return the frame rate: one number if it is the same for all, else that of each frame; None if one is unknown."""
    rates = {one.frame_rate for one in recordings}
    if None in rates or not rates:
        return None
    if len(rates) == 1:
        return rates.pop()
    return np.repeat(np.array([one.frame_rate for one in recordings], np.float64), lengths)


def disagreements(recordings: Sequence[Aligned], class_names: Sequence[str], most: int) -> list[Record]:
    """Return the worst disagreements, worst first, at most three of a run of frames.

    With probabilities these are the frames whose reference label has the lowest probability; without, the frames in the
    middle of the longest runs.

    Args:
        recordings: the labels.
        class_names: names in index order.
        most: the most frames to return.

    Returns:
        One record per frame: ``recording``; ``frame``, its number from 0; ``reference`` and ``predicted``, class names;
        ``probability`` of the reference's class and ``predicted_probability``, None without probabilities.
    """
    pieces = [(one, np.flatnonzero(one.compared)) for one in recordings]
    has = [one.probabilities is not None for one, _ in pieces]
    predicted = _joined([one.predicted[frames] for one, frames in pieces])
    nothing = np.empty((0, len(class_names)), np.float32)
    found = Predictions(
        tuple(class_names),
        _joined([one.reference[frames] for one, frames in pieces]),
        np.concatenate([nothing, *(_certainty(one, frames, class_names) for one, frames in pieces)]),
        np.repeat(np.arange(len(pieces)), [len(frames) for _, frames in pieces]),
        tuple(str(place) for place in range(len(pieces))),
        _joined([frames for _, frames in pieces]),
        np.arange(len(predicted)),
    )
    rows: list[Record] = []
    for one in worst_mistakes(found, predicted, most):
        place = int(one["recording"])
        said = [one["probability"], one["predicted_probability"]] if has[place] else [None, None]
        rows.append(
            {
                "recording": recordings[place].name,
                "frame": one["frame"],
                "reference": one["label"],
                "predicted": one["predicted"],
                "probability": said[0],
                "predicted_probability": said[1],
            }
        )
    return rows


def _certainty(one: Aligned, frames: Array, class_names: Sequence[str]) -> Array:
    """Return the probabilities of frames; without any, the lower the more frames of a run disagree on both sides."""
    if one.probabilities is not None:
        return one.probabilities[frames]
    wrong = one.reference[frames] != one.predicted[frames]
    before, after = _run_so_far(wrong), _run_so_far(wrong[::-1])[::-1]
    run = np.cumsum(wrong & (before == 1))  # the first runs of all recordings before the second ones
    depth = np.minimum(before, after) - np.minimum(run, 1000) / 4000
    return np.repeat(1 / (1 + depth[:, np.newaxis]), len(class_names), axis=1).astype(np.float32)


def _run_so_far(inside: Array) -> Array:
    """Return for each frame the number of frames of its run up to it: int64, (n,); 0 outside."""
    counted = np.cumsum(inside)
    return counted - np.maximum.accumulate(np.where(inside, 0, counted))
