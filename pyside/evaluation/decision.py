"""From probabilities to classes: the threshold and minimum duration with the fewest errors in counting touches."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from pyside.evaluation.events import EVENT, Overlaps, errors_per_touch, event_classes, event_metrics, following, runs
from pyside.evaluation.metrics import frame_metrics, mean_of_known
from pyside.evaluation.predictions import Predictions
from pyside.system.records import plain

HALF = 0.5
THRESHOLDS = tuple(thousandths / 1000 for thousandths in range(50, 951, 25))
LONGEST_FILTER = 8  # frames
SHORT_PERCENTILE = 5  # of the true durations: a longer filter would drop real touches
FEWEST_TOUCHES = 10  # needed for a choice
BY_CHANCE = 0.02  # of balanced accuracy: guessing may be this much better than chance
TOUCHES_AN_ERROR = 200  # per this many true touches, one more error than the fewest is a tie


@dataclasses.dataclass(frozen=True)
class Decision:
    """How the probabilities of a frame become its class.

    Attributes:
        event_class: name of the class whose probability counts; None with more than two classes.
        event_index: its index.
        threshold: a frame is of the event class where the probability of that class is at least this, 0 to 1; None
            with more than two classes, where each frame is of its likeliest class.
        min_duration: frames; shorter runs of the event class are dropped.
        sweep: figures at `min_duration`, one record per threshold in ascending order: ``threshold``,
            ``min_duration``, ``errors_per_touch``, ``missed``, ``ghosts``, ``merged``, ``split``, and ``precision``
            and ``recall`` of the frames of the event class. Figures without data are None.
        at_half: the same record at threshold 0.5 and duration 1; None with more than two classes.
        remark: the reason for the choice, in words.
    """

    event_class: str | None
    event_index: int | None
    threshold: float | None
    min_duration: int = 1
    sweep: list[dict[str, Any]] = dataclasses.field(default_factory=list)
    at_half: dict[str, Any] | None = None
    remark: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return the decision as plain values for JSON; ``Decision(**values)`` restores it."""
        return plain(dataclasses.asdict(self))


def decide(
    probabilities: np.ndarray, decision: Decision, recordings: np.ndarray, frame_numbers: np.ndarray
) -> np.ndarray:
    """Return the class of each frame.

    Args:
        probabilities: float, (n, classes).
        decision: what `choose_decision` returned for the model.
        recordings: int, (n,), the recording of each frame; the frames of a recording are contiguous.
        frame_numbers: int, (n,), ascending within a recording; a missing number ends a touch. Frames with number -1
            have no order in time: only the threshold applies to them.

    Returns:
        int64, (n,). The frames of a touch that is too short are of the other class.
    """
    if decision.threshold is None or decision.event_index is None:
        return np.argmax(probabilities, axis=1).astype(np.int64)
    touching = _touching(probabilities, decision.event_index, decision.threshold)
    starts, ends = runs(touching & (frame_numbers >= 0), following(recordings, frame_numbers))
    short = ends - starts < decision.min_duration
    steps = np.zeros(len(touching) + 1, np.int64)
    steps[starts[short]] += 1
    steps[ends[short]] -= 1
    dropped = np.cumsum(steps[:-1]) > 0
    return np.where(touching & ~dropped, decision.event_index, 1 - decision.event_index).astype(np.int64)


def choose_decision(predictions: Predictions, frame_rate: float | None = None) -> Decision:
    """Choose the threshold and the minimum duration of a touch for a model of two classes, on its validation side.

    It tries the thresholds 0.05, 0.075 ... 0.95, each with minimum durations of 1 to 8 frames, up to the 5th
    percentile of the true durations. A pair with at least as many wrong frames as predicting one class throughout is
    left out. The pair with the fewest count errors (missed + ghosts + merged + split) wins; pairs with at most one
    more error per 200 true touches are tied with it. Of the tied pairs it takes the one with the fewest wrong frames,
    then the threshold nearest to 0.5, then the shortest duration. Gaps in touches are not filled: they may be real.

    Threshold 0.5 and duration 1 are kept if there are fewer than 10 true touches (loose images have none, because they
    have no order in time), and if every pair was left out. With more than two classes each frame is of its likeliest
    class.

    Args:
        predictions: those of the validation side. Because the decision is chosen on this side, its figures there are
            slightly optimistic.
        frame_rate: frames per second, for durations in ms.

    Returns:
        The decision, with its reason.
    """
    if len(predictions.class_names) > 2:
        return Decision(None, None, None, remark="More than two classes: each frame is of its likeliest class.")
    (name,) = event_classes(predictions.class_names)
    index = predictions.class_names.index(name)
    trial = _Trial(predictions, index)
    event, events = ("touch", "touches") if name == EVENT else ("event", "events")
    (threshold, duration), why_not = _choice(trial, events)
    sweep = [trial.record(one, duration) for one in THRESHOLDS]
    at_half = trial.record(HALF, 1)
    remark = f"The threshold is 0.5, and no {event} is dropped as too short: {why_not}."
    if not trial.ordered.any():
        remark = f"The threshold is 0.5, because {why_not}."
    elif not why_not:
        remark = _reason(
            sweep[THRESHOLDS.index(threshold)], at_half, f"{trial.touches} true {events}", event, frame_rate
        )
    return Decision(name, index, threshold, duration, sweep, at_half, remark)


def epoch_figures(
    labels: np.ndarray,
    probabilities: np.ndarray,
    recordings: np.ndarray,
    frame_numbers: np.ndarray,
    class_names: Sequence[str],
) -> dict[str, float | None]:
    """Return the figures that can decide which epoch is best, with each frame in its likeliest class.

    Args:
        labels: int, (n,), the true class of each frame.
        probabilities: float, (n, classes).
        recordings: as in `decide`.
        frame_numbers: as in `decide`.
        class_names: names in index order.

    Returns:
        ``accuracy``, ``balanced_accuracy``; ``f1`` and ``average_precision``, means over the event classes (see
        `event_classes`) that have one; ``event_error``, count errors of all event classes per true touch. A figure
        without data is None. So is the event error of a network that guesses: predicting touch all the time merges
        touches but misses and invents none, and would seem the best for many epochs.
    """
    predicted = np.argmax(probabilities, axis=1)
    figures = frame_metrics(labels, probabilities, class_names, predicted)
    of_events = [figures["classes"][name] for name in event_classes(class_names)]
    events = event_metrics(labels, predicted, recordings, frame_numbers, class_names)
    return {
        "accuracy": figures["accuracy"],
        "balanced_accuracy": figures["balanced_accuracy"],
        **{key: mean_of_known([one[key] for one in of_events]) for key in ("f1", "average_precision")},
        "event_error": None if at_chance(figures) else errors_per_touch(events.values()),
    }


def at_chance(figures: Mapping[str, Any]) -> bool:
    """Return whether classes are distinguished no better than by chance; False if only one class occurs.

    Args:
        figures: what `frame_metrics` returned.
    """
    present = sum(one["frames"] > 0 for one in figures["classes"].values())
    return bool(present > 1 and figures["balanced_accuracy"] <= 1 / present + BY_CHANCE)


class _Trial:
    """Figures of one side at any threshold and duration; the overlaps at a threshold are computed once."""

    def __init__(self, predictions: Predictions, index: int):
        self.probabilities = predictions.probabilities
        self.index = index
        self.true = predictions.labels == index
        self.positives = int(np.count_nonzero(self.true))
        self.ordered = predictions.frame_numbers >= 0
        self.follows = following(predictions.recordings, predictions.frame_numbers)
        starts, ends = runs(self.true & self.ordered, self.follows)
        self.durations = ends - starts
        self.touches = len(starts)
        self._of_threshold: dict[float, tuple[Overlaps, int, int]] = {}

    def errors(self, threshold: float, duration: int) -> dict[str, int]:
        """Count errors, and frames: of the event class ``right`` and ``predicted_frames``, of both ``wrong``."""
        if threshold not in self._of_threshold:
            touching = _touching(self.probabilities, self.index, threshold)
            loose = touching & ~self.ordered
            self._of_threshold[threshold] = (
                Overlaps.between(self.true & self.ordered, touching & self.ordered, self.follows),
                int(np.count_nonzero(loose & self.true)),
                int(np.count_nonzero(loose)),
            )
        overlaps, right, predicted = self._of_threshold[threshold]
        kept = overlaps.at_least(duration)
        right += int(kept.shared.sum())
        predicted += int((kept.predicted[1] - kept.predicted[0]).sum())
        wrong = self.positives + predicted - 2 * right
        return {**kept.counts(), "right": right, "predicted_frames": predicted, "wrong": wrong}

    def record(self, threshold: float, duration: int) -> dict[str, Any]:
        """Return the figures as `Decision.sweep` has them."""
        found = self.errors(threshold, duration)
        counted = self.ordered.any()
        return {
            "threshold": threshold,
            "min_duration": duration,
            "errors_per_touch": found["count_errors"] / self.touches if self.touches else None,
            **{key: found[key] if counted else None for key in ("missed", "ghosts", "merged", "split")},
            "precision": found["right"] / found["predicted_frames"] if found["predicted_frames"] else None,
            "recall": found["right"] / self.positives if self.positives else None,
        }


def _choice(trial: _Trial, events: str) -> tuple[tuple[float, int], str]:
    """Return threshold and duration, and the reason (which names the `events`) if they are the usual ones."""
    kept = HALF, 1
    if not trial.ordered.any():
        return kept, "the frames have no order in time"
    if trial.touches < FEWEST_TOUCHES:
        return kept, (
            f"the validation side has {trial.touches} true {events}, and a choice needs at least {FEWEST_TOUCHES}"
        )
    longest = int(np.clip(np.percentile(trial.durations, SHORT_PERCENTILE), 1, LONGEST_FILTER))
    tried = [(threshold, duration) for threshold in THRESHOLDS for duration in range(1, longest + 1)]
    found = [trial.errors(*one) for one in tried]
    count_errors = np.array([one["count_errors"] for one in found])
    wrong = np.array([one["wrong"] for one in found])
    # Predicting one class throughout has few count errors too: each touch is missed, or merged with the next.
    good = np.flatnonzero(wrong < min(trial.positives, len(trial.true) - trial.positives))
    if len(good) == 0:
        return kept, "no other choice has fewer wrong frames than predicting one class throughout"
    good = good[count_errors[good] <= count_errors[good].min() + trial.touches // TOUCHES_AN_ERROR]
    good = good[wrong[good] == wrong[good].min()]
    best = min((tried[place] for place in good), key=lambda one: (round(abs(one[0] - HALF), 6), one[1], one[0]))
    return best, ""


def _reason(chosen: dict[str, Any], half: dict[str, Any], events: str, event: str, frame_rate: float | None) -> str:
    threshold, duration = chosen["threshold"], chosen["min_duration"]
    dropped = ""
    if duration > 1:
        in_ms = f" ({1000 * duration / frame_rate:g} ms)" if frame_rate else ""
        dropped = f", and each {event} shorter than {duration} frames{in_ms} is dropped"
    text = (
        f"The threshold is {threshold:g}{dropped}. On the {events} of the validation side this makes "
        f"{chosen['errors_per_touch']:.3f} count errors per {event}"
    )
    if (threshold, duration) == (HALF, 1):
        return f"{text}; no other threshold was clearly better."
    return f"{text}, instead of {half['errors_per_touch']:.3f} at threshold 0.5 with no {event} dropped."


def _touching(probabilities: np.ndarray, index: int, threshold: float) -> np.ndarray:
    return probabilities[:, index].astype(np.float64) >= threshold  # float32 would round the threshold
