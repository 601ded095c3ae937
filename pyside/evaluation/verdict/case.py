"""What the rules look at: the report of a training, read once."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, TypeGuard

from pyside.aliases import Record
from pyside.settings.training import TrainSettings

AT_CHANCE = 0.05  # of the way from guessing to all right: a model below that has learnt nothing
HALFWAY = 0.5  # of that way: above it a model is no guess, however few events there are
SURE = 0.995  # probability with which a guess stays below the limit of a guess
GOOD = 0.98  # balanced accuracy on validation that is called good
MOSTLY_FLAT = 0.5  # share of frames without contrast
LEARNT = 0.95  # balanced accuracy on training frames; below it the network has not learnt them
GAP = 0.03  # between training and validation: a model with a larger gap does not generalize ...
TIMES_WRONG = 2.0  # ... if its share of errors on validation is also at least this many times larger


class Case:
    """A report, with defaults for what it lacks."""

    def __init__(self, report: Record, history: Mapping[str, Sequence[float | None]]):
        self.report, self.history = report, history
        self.settings: dict[str, Any] = {**TrainSettings().record, **(report.get("settings") or {})}
        dataset = report.get("dataset") or {}
        self.names: list[str] = list(dataset.get("class_names") or [])
        self.recordings: int = dataset.get("recordings") or 0
        self.split: Record = report.get("split") or {}
        metrics = report.get("metrics") or {}
        self.validation: Record = metrics.get("validation") or {}
        self.measured: Record = metrics.get("training") or {}
        self.test: Record = metrics.get("test") or {}
        self.evidence: Record = self.validation.get("evidence") or self._from_classes()

    def side(self, side: str) -> Record:
        """What the split records of one side."""
        return self.split.get(side) or {}

    @property
    def training_counts(self) -> dict[str, int]:
        """Frames of each class on the training side."""
        return dict(self.side("training").get("counts") or {})

    @property
    def n_classes(self) -> int:
        """How many classes there are."""
        return len(self.names) or len(self.validation.get("classes") or {}) or 2

    @property
    def chance(self) -> float:
        """Balanced accuracy of guessing."""
        found = [one for one in (self.validation.get("classes") or {}).values() if one.get("frames")]
        return 1 / max(2, len(found))

    def _from_classes(self) -> Record:
        """Return the evidence against guessing in an older report; its error is that of guessing event by event."""
        value = self.validation.get("balanced_accuracy")
        if value is None:
            return {}
        counts = [one.get("touches") or 0 for one in (self.validation.get("events") or {}).values()]
        runs = min((number for number in counts if number), default=0)
        error = 0.5 * math.sqrt(self.chance / runs) if runs else 0.0
        return {
            "figure": "balanced_accuracy",
            "value": value,
            "guessing": self.chance,
            "error": error,
            "runs": runs,
        }

    @property
    def grey(self) -> Record:
        """How many of some frames have no contrast, see `training.assessment.evaluate.grey_levels`."""
        return self.report.get("grey_levels") or {"frames": 0, "flat": 0, "recordings": []}

    @property
    def is_good(self) -> bool:
        """Whether the model is good on the validation side."""
        balanced, accuracy = (self.validation.get(name) for name in ("balanced_accuracy", "accuracy"))
        judged = accuracy if balanced is None else balanced
        return judged is not None and judged >= GOOD

    @property
    def is_blind(self) -> bool:
        """Whether there is nothing to see on most frames."""
        return not self.is_good and self.grey["flat"] > MOSTLY_FLAT * self.grey["frames"]

    @property
    def luck(self) -> float:
        """How much better than guessing luck alone makes the figure of `evidence`; 0 if that is not known."""
        return luck(self.evidence)

    @property
    def limit(self) -> float:
        """The highest figure of `evidence` at which a model may be guessing."""
        guessing = self.evidence["guessing"]
        way = 1 - guessing
        return float(guessing + min(HALFWAY * way, max(AT_CHANCE * way, self.luck)))

    @property
    def pair(self) -> tuple[float, float, str] | None:
        """One figure on training and on validation, and its name: balanced accuracy if both sides have it."""
        for figure, name in (("balanced_accuracy", "balanced accuracy"), ("accuracy", "accuracy")):
            training, validation = self.measured.get(figure), self.validation.get(figure)
            if training is not None and validation is not None:
                return training, validation, name
        # Augmentation and dropout lower the training curve, so it is used only if nothing else was measured.
        curve, validation = self.history.get("accuracy") or [], self.validation.get("accuracy")
        kept = self.report.get("best_epoch") if self.settings["restore_best_weights"] else len(curve)
        if validation is None or not kept or kept > len(curve):
            return None
        training = curve[kept - 1]
        return None if training is None or not is_number(training) else (training, validation, "accuracy")

    @property
    def events(self) -> dict[str, Record]:
        """Event figures of each class, on validation."""
        return dict(self.validation.get("events") or {})

    @property
    def ran_to_the_end(self) -> bool:
        """Whether the training ended only because it reached its number of epochs."""
        run = self.report.get("epochs_run")
        return bool(run) and not self.report.get("stopped") and run >= self.settings["epochs"]


def luck(evidence: Record) -> float:
    """Return how far from guessing luck alone takes a figure, see `metrics.evidence`; 0 if that is not known.

    The error of a lucky guess is smaller than that of guesses in general, so the larger of both counts.
    """
    if evidence["runs"] < 2:
        return 0.0
    from scipy.special import stdtrit  # not scipy.stats, which takes long to import

    return float(stdtrit(evidence["runs"] - 1, SURE)) * max(evidence["error"], evidence.get("guessing_error", 0.0))


def is_number(value: Any) -> TypeGuard[float]:
    """Tell whether a value is a finite number."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def percent(share: float) -> str:
    """Return a share as text; only a share of exactly 1 is shown as 100 %."""
    text = f"{100 * share:.1f}" if share < 0.99 else f"{100 * share:.2f}"
    if share < 1 and float(text) == 100:
        return "more than 99.99 %"
    return f"{100 if share == 1 else text} %"


def points(difference: float) -> str:
    """Return a difference of shares as text."""
    return f"{100 * difference:.1f} points"


def compared(pair: tuple[float, float, str]) -> str:
    """Return a figure of training and validation as text."""
    training, validation, figure = pair
    return f"{figure} {percent(training)} on training, {percent(validation)} on validation"


def several(number: int, one: str, many: str = "") -> str:
    """Return a number of things as text."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def touches(number: int, name: str) -> str:
    """Return a number of events of a class as text."""
    return several(number, "touch", "touches") if name == "Touch" else f"{several(number, 'event')} of {name}"


def amount(case: Case) -> str:
    """Return in words how much the model was trained on."""
    training = case.side("training")
    frames, recordings = training.get("frames"), training.get("recordings")
    epochs = case.report.get("epochs_run")
    words = [] if frames is None else [several(frames, "frame")]
    words += [f"from {several(recordings, 'recording')}"] if recordings else []
    words += [f"for {several(epochs, 'epoch')}"] if epochs else []
    return f"It was trained on {' '.join(words)}." if words else ""


def learnt_nothing(case: Case) -> bool:
    """Whether the model does no better than guessing on new frames; it may know its training frames by heart."""
    there = [name for name, one in (case.validation.get("classes") or {}).items() if one.get("frames")]
    if any(case.training_counts.get(name) == 0 for name in there):  # what the model never saw says nothing of the rest
        return False
    return is_guess(case) or all(
        is_number(figures.get("balanced_accuracy"))
        and figures["balanced_accuracy"] <= case.chance + AT_CHANCE * (1 - case.chance)
        for figures in (case.validation, case.measured)
    )


def is_guess(case: Case) -> bool:
    """Whether luck alone explains the figure of `evidence`."""
    value = case.evidence.get("value")
    return is_number(value) and is_number(case.evidence["error"]) and bool(value <= case.limit)


def by_heart(case: Case) -> bool:
    """Whether the model does better than guessing on its training frames."""
    if case.pair is None:
        return False
    training, _, figure = case.pair
    guess = case.chance
    if figure != "balanced accuracy":
        counts = list(case.training_counts.values())
        guess = max(counts) / sum(counts) if sum(counts) else 1.0
    return training > guess + HALFWAY * (1 - guess)


def overfits(case: Case) -> bool:
    """Whether training is far better than validation."""
    if case.pair is None:
        return False
    training, validation, _ = case.pair
    return training - validation > GAP and 1 - validation >= TIMES_WRONG * (1 - training)
