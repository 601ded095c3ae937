"""Touch figures: touches found, missed, invented (ghosts), merged and split, and errors of their onsets and offsets.

A touch (an event, a bout) is a run of frames of one class with consecutive frame numbers in one recording. A true and
a predicted touch overlap if they share any frame; a touch without an overlap is a count error.
The kinds of errors are those of Ward, Lukowicz and Gellersen, "Performance metrics for activity recognition" (ACM
Transactions on Intelligent Systems and Technology 2:6, 2011): deletions (missed), insertions (ghosts), merges and
fragmentation (split). Their sum per true touch is the touch-count error of Maire et al., "WhACC: Whisker Automatic
Contact Classifier with Expert Human-Level Performance" (arXiv:2501.06219).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from pyside.settings.conversion import FEW_CLASSES

NO_EVENT, EVENT = "NonTouch", "Touch"
Runs = tuple[np.ndarray, np.ndarray]  # starts and ends
_NO_RUNS: Runs = (np.empty(0, np.int64), np.empty(0, np.int64))


def event_classes(class_names: Sequence[str]) -> tuple[str, ...]:
    """Return the classes whose runs are events, in index order.

    All but ``NonTouch`` if there is one; else ``Touch`` alone if there is one; else all but the first.
    """
    if NO_EVENT in class_names:
        return tuple(name for name in class_names if name != NO_EVENT)
    return (EVENT,) if EVENT in class_names else tuple(class_names[1:])


def following(recordings: np.ndarray, frame_numbers: np.ndarray) -> np.ndarray:
    """Return whether each frame but the first directly follows the one before it in time: bool, (n - 1,)."""
    same = recordings[1:] == recordings[:-1]
    return same & (np.diff(frame_numbers) == 1) & (frame_numbers[:-1] >= 0)


def runs(inside: np.ndarray, follows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Find the runs of frames that are inside, cut where frames do not follow each other.

    Args:
        inside: bool, (n,).
        follows: what `following` returns.

    Returns:
        (starts, ends), int64, positions; an end is the position after the last frame of its run.
    """
    joined = inside[1:] & inside[:-1] & follows
    begins, stops = inside.copy(), inside.copy()
    begins[1:] &= ~joined
    stops[:-1] &= ~joined
    return np.flatnonzero(begins), np.flatnonzero(stops) + 1


def bouts(
    labels: np.ndarray, recordings: np.ndarray, frame_numbers: np.ndarray, class_index: int
) -> tuple[np.ndarray, np.ndarray]:
    """Find the events of one class.

    Args:
        labels: int, (n,), the class of each frame.
        recordings: int, (n,), the recording of each frame; the frames of a recording are contiguous.
        frame_numbers: int, (n,), ascending within a recording; a missing number ends a run. Frames with number -1
            have no order in time and belong to no event.
        class_index: the class.

    Returns:
        (starts, ends), int64, positions among the frames; an end is the position after the last frame of its event.
    """
    return runs((labels == class_index) & (frame_numbers >= 0), following(recordings, frame_numbers))


@dataclasses.dataclass(frozen=True)
class Overlaps:
    """True and predicted events of one class, and their overlaps: all int64.

    Attributes:
        true: (starts, ends) of the true events, as `runs` returns them.
        predicted: (starts, ends) of the predicted events.
        of_true: (pairs,), the index of the true event of each overlapping pair, ascending.
        of_predicted: (pairs,), the index of the predicted event of each pair.
        shared: (pairs,), the number of frames that both share.
    """

    true: tuple[np.ndarray, np.ndarray]
    predicted: tuple[np.ndarray, np.ndarray]
    of_true: np.ndarray
    of_predicted: np.ndarray
    shared: np.ndarray

    @classmethod
    def between(cls, true: np.ndarray, predicted: np.ndarray, follows: np.ndarray) -> Overlaps:
        """Find the events of both and their overlaps.

        Args:
            true: bool, (n,), whether each frame is labelled as the class and has an order in time.
            predicted: bool, (n,), whether each frame is predicted as the class and has an order in time.
            follows: what `following` returns.
        """
        return cls.of_runs(runs(true, follows), runs(predicted, follows), runs(true & predicted, follows))

    @classmethod
    def of_runs(cls, true: Runs, predicted: Runs, shared: Runs) -> Overlaps:
        """Find the overlaps of events, given the runs of frames that are in both.

        True and predicted events are cut at the same places, so each shared run belongs to exactly one pair.
        """
        starts, ends = shared
        of_true = np.searchsorted(true[0], starts, side="right") - 1
        of_predicted = np.searchsorted(predicted[0], starts, side="right") - 1
        return cls(true, predicted, of_true, of_predicted, ends - starts)

    def at_least(self, duration: int) -> Overlaps:
        """Return the overlaps without the predicted events shorter than `duration` frames."""
        starts, ends = self.predicted
        kept = ends - starts >= duration
        pairs = kept[self.of_predicted]
        places = np.cumsum(kept) - 1
        return Overlaps(
            self.true,
            (starts[kept], ends[kept]),
            self.of_true[pairs],
            places[self.of_predicted[pairs]],
            self.shared[pairs],
        )

    def counts(self) -> dict[str, int]:
        """Count the events and the errors, as `event_metrics` names them."""
        touches, predicted = len(self.true[0]), len(self.predicted[0])
        of_each_true = np.bincount(self.of_true, minlength=touches)
        of_each_predicted = np.bincount(self.of_predicted, minlength=predicted)
        found, real = int(np.count_nonzero(of_each_true)), int(np.count_nonzero(of_each_predicted))
        errors = {
            "missed": touches - found,
            "ghosts": predicted - real,
            "merged": len(self.shared) - real,
            "split": len(self.shared) - found,
        }
        return {
            "touches": touches,
            "predicted": predicted,
            "found": found,
            **errors,
            "count_errors": sum(errors.values()),
        }

    def matched(self) -> np.ndarray:
        """Return which pairs are matched one to one: bool, (pairs,).

        A pair matches if each shares more frames with the other than with any other event; ties go to the earlier one.
        """
        longest = np.lexsort((np.arange(len(self.shared)), -self.shared))
        matched = np.ones(len(self.shared), bool)
        for events in (self.of_true, self.of_predicted):
            _, first = np.unique(events[longest], return_index=True)
            best = np.zeros(len(self.shared), bool)
            best[longest[first]] = True
            matched &= best
        return matched


def event_metrics(
    labels: np.ndarray,
    predicted: np.ndarray,
    recordings: np.ndarray,
    frame_numbers: np.ndarray,
    class_names: Sequence[str],
    frame_rate: float | np.ndarray | None = None,
    only_there: bool = False,
) -> dict[str, dict[str, Any]]:
    """Compare predicted events with true ones, for each class whose runs are events.

    Onset and offset errors are measured on matched pairs: a true and a predicted event that each share more frames
    with the other than with any other event (ties go to the earlier one). An error is the start, or end, of the
    predicted event minus that of the true one: positive if the prediction is late.

    Args:
        labels: int, (n,), the true class of each frame.
        predicted: int, (n,), the predicted class of each frame.
        recordings: as in `bouts`.
        frame_numbers: as in `bouts`; frames with number -1 are ignored.
        class_names: names in index order.
        frame_rate: frames per second, for errors in ms as well: a number, or float64, (n,), that of each frame.
        only_there: whether to leave out classes without an event, if there are more than `FEW_CLASSES` classes.

    Returns:
        By class: ``touches``, the number of true events; ``predicted``, the number of predicted events; ``found``,
        true events that overlap a predicted one; ``missed``, true events that overlap none; ``ghosts``, predicted
        events that overlap no true one; ``merged``, k - 1 for each predicted event that overlaps k true ones;
        ``split``, k - 1 for each true event that k predicted ones overlap; ``count_errors``, missed + ghosts + merged
        + split; ``errors_per_touch``, count errors per true event, None if there is none; ``matched``, the number of
        matched pairs; ``onset_error`` and ``offset_error``, each ``frames`` and ``ms`` (None without a frame rate)
        with ``median`` (of absolute errors), ``mean`` (signed) and ``percentile_95`` (of absolute errors), None if
        nothing is matched. Plain numbers throughout.
    """
    ordered, follows = frame_numbers >= 0, following(recordings, frame_numbers)
    true, guessed = _runs_by_class(labels, ordered, follows), _runs_by_class(predicted, ordered, follows)
    shared = _runs_by_class(labels, ordered & (labels == predicted), follows)
    indices = {name: index for index, name in enumerate(class_names)}
    shortened = only_there and len(class_names) > FEW_CLASSES
    figures = {}
    for name in event_classes(class_names):
        index = indices[name]
        if not shortened or index in true or index in guessed:
            overlaps = Overlaps.of_runs(*(each.get(index, _NO_RUNS) for each in (true, guessed, shared)))
            counts = overlaps.counts()
            figures[name] = {
                **counts,
                "errors_per_touch": counts["count_errors"] / counts["touches"] if counts["touches"] else None,
                **_errors_at_ends(overlaps, frame_rate),
            }
    return figures


def _runs_by_class(classes: np.ndarray, inside: np.ndarray, follows: np.ndarray) -> dict[int, Runs]:
    """Return the runs of every class that occurs, found in one pass: class index to (starts, ends)."""
    joined = inside[1:] & inside[:-1] & follows & (classes[1:] == classes[:-1])
    begins, stops = inside.copy(), inside.copy()
    begins[1:] &= ~joined
    stops[:-1] &= ~joined
    starts, ends = np.flatnonzero(begins), np.flatnonzero(stops) + 1
    order = np.argsort(classes[starts], kind="stable")
    there, firsts = np.unique(classes[starts][order], return_index=True)
    parts = [np.split(one[order], firsts[1:]) for one in (starts, ends)]
    return dict(zip(there.tolist(), zip(*parts, strict=True), strict=False))


def errors_per_touch(figures: Iterable[Mapping[str, Any]]) -> float | None:
    """Return the count errors per true event over several classes or recordings; None without true events."""
    figures = list(figures)
    touches = sum(one["touches"] for one in figures)
    return sum(one["count_errors"] for one in figures) / touches if touches else None


def _errors_at_ends(overlaps: Overlaps, frame_rate: float | np.ndarray | None) -> dict[str, Any]:
    matched = overlaps.matched()
    of_true, of_predicted = overlaps.of_true[matched], overlaps.of_predicted[matched]
    pairs = zip(overlaps.true, overlaps.predicted, strict=True)
    errors = np.stack([predicted[of_predicted] - true[of_true] for true, predicted in pairs])  # onsets, offsets
    in_frames = _statistics(errors)
    in_ms: list[Any] = [None, None]
    if isinstance(frame_rate, np.ndarray):
        in_ms = _statistics(1000 * errors / frame_rate[overlaps.true[0][of_true]])
    elif frame_rate is not None:
        in_ms = [
            {key: None if value is None else 1000 * value / frame_rate for key, value in one.items()}
            for one in in_frames
        ]
    ends = zip(("onset_error", "offset_error"), in_frames, in_ms, strict=True)
    return {"matched": len(of_true), **{end: {"frames": frames, "ms": ms} for end, frames, ms in ends}}


def _statistics(errors: np.ndarray) -> list[dict[str, float | None]]:
    """Return median, mean and 95th percentile of each row; None if it has no values."""
    if errors.shape[1]:
        medians, percentiles = np.quantile(np.abs(errors), (0.5, 0.95), axis=1).tolist()
        rows: Any = zip(medians, errors.mean(axis=1).tolist(), percentiles, strict=True)
    else:
        rows = [(None, None, None)] * 2
    return [dict(zip(("median", "mean", "percentile_95"), row, strict=True)) for row in rows]
