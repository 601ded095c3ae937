"""Finds the rule by which a program made the touches of a trial from the confidence of a network.

The older tool wrote `contactInds` by a threshold on `touchConfidence`, within the frames that `prepross` left to the
network. Its versions cut at other thresholds, on the confidence of the other class, and dropped touches of a single
frame or filled gaps of a single frame. If such a rule reproduces `contactInds` exactly, a program wrote it, unless a
person noted an edit; if none does, people corrected it.

The thresholds that fit are found without trying any. For a vector c, dropping single frames from ``c > t`` gives what
``min(c, max(left, right)) > t`` gives, for every t, with the confidence of the two neighbours; filling single gaps
gives ``max(c, min(left, right)) > t``. So of every rule it only remains to compare the largest value among the other
frames with the smallest among the touches: filters of minima and maxima commute with thresholds (Maragos, Schafer:
Morphological filters, IEEE Trans. ASSP 35, 1987).

>>> import numpy as np
>>> trial = {"contactInds": [np.array([[2, 3]])], "touchConfidence": np.array([[0.1, 0.8, 0.7, 0.2, 0.9]])}
>>> rule = rule_of(trial)
>>> str(rule), rule.low, rule.high
('touchConfidence > 0.5, single frames dropped', 0.2, 0.7)
>>> has_edits(trial | {"manualAdd": np.array([[4]])}), is_of_machine(trial)
(True, True)
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from pyside.aliases import Array
from pyside.data.labels import field_names
from pyside.data.labels.contacts import trial_fields
from pyside.errors import BadLabels

ORIGIN = "originOfLabel"  # of each sample: 0 a machine, 1 confirmed by a person, 2 corrected by a person
EDITS = ("manualAdd", "manualDel", "passiveTouch", "uncuratable", ORIGIN)
DROPPED, FILLED = "single frames dropped", "single gaps filled"
# What a program did after the threshold, from the simplest; each with both columns before the next.
_STEPS: tuple[tuple[str, ...], ...] = ((), (DROPPED,), (FILLED,), (DROPPED, FILLED), (FILLED, DROPPED))
_USUAL = 0.5
_USUAL_TRIALS = 10  # trials by which a rule is known as that of a file
_SHARED = 3  # trials that follow another rule together are of another session


@dataclasses.dataclass(frozen=True)
class Rule:
    """A rule that reproduces the touches of a trial: ``confidence > t`` for any t with ``low <= t < high``.

    ``confidence >= t`` does so for any t with ``low < t <= high``.

    Attributes:
        column: which numbers are compared: 1, those of touchConfidence, or of its first column; 2, those of its second
            column, or 1 minus touchConfidence if it has one only.
        steps: what was done after that, in this order: none, or of `DROPPED` and `FILLED`.
        low: smallest threshold, or -inf.
        high: upper limit of the thresholds, or inf.
        columns: of touchConfidence, 1 or 2.
    """

    column: int
    steps: tuple[str, ...]
    low: float
    high: float
    columns: int = 1

    @property
    def threshold(self) -> float:
        """A threshold that fits: 0.5 if possible, or else one with few digits."""
        return _simple_number(self.low, self.high)

    @property
    def kind(self) -> tuple[int, int, tuple[str, ...]]:
        """What rules of the same kind have in common; they differ in the threshold only."""
        return self.columns, self.column, self.steps

    def __str__(self) -> str:
        names = {1: "touchConfidence", 2: "1 - touchConfidence"}
        if self.columns == 2:
            names = {number: f"touchConfidence, column {number}," for number in (1, 2)}
        then = ", then " if len(self.steps) > 1 else ", "
        return then.join([f"{names[self.column]} > {self.threshold:.15g}", *self.steps])


# --- one trial -----------------------------------------------------------------------------------------------------


def edits(trial: Mapping[str, Any]) -> list[str]:
    """Return the fields in which people noted that they edited a trial: those of `EDITS` that are filled.

    A field is filled if it has a number that is not 0, any text, or a cell that is not empty.
    """
    filled = [name for name, value in trial.items() if field_names.is_set(trial_fields.as_lists(value))]
    noted = {*map(field_names.plain, filled)}  # of two spellings, either
    return [name for name in EDITS if field_names.plain(name) in noted]


def has_edits(trial: Mapping[str, Any]) -> bool:
    """Return whether people noted that they edited a trial; see `edits`."""
    return bool(edits(trial))


def rules_of(trial: Mapping[str, Any]) -> list[Rule]:
    """Return all rules that reproduce the touches of a trial, from the simplest; see `rule_of`."""
    try:
        found = trial_fields.touches(trial, "the trial")
        codes = trial_fields.codes(trial, "the trial")
        confidence = trial_fields.confidence(trial, "the trial")
    except BadLabels:
        return []
    if found is None or confidence is None:
        return []
    looked = trial_fields.looked_at(codes) if codes is not None else np.ones(len(confidence), bool)
    in_order = bool(np.all(np.diff(found) > 0)) and bool(np.all((found >= 1) & (found <= len(looked))))
    if len(looked) != len(confidence) or not in_order:
        return []
    touch = np.zeros(len(looked), bool)
    touch[found - 1] = True
    return _rules(touch, confidence, looked)


def rule_of(trial: Mapping[str, Any]) -> Rule | None:
    """Return the simplest rule that reproduces the touches of a trial exactly, frame by frame.

    A frame can only be a touch if `prepross` left it to the network (all frames, if there is no `prepross`). A trial
    without touches has a rule with a threshold at or above all confidences. NaN is above no threshold. Of confidences
    from 0 to 1, 1 is above every threshold and 0 above none.

    Args:
        trial: its fields by name, see `trial_fields`.

    Returns:
        The rule; None if no rule fits; also if contactInds or touchConfidence is missing, contactInds is the text
        Skipped, has frames twice or not in ascending order or outside the trial, prepross and touchConfidence have
        different lengths, or a field is not valid.
    """
    return next(iter(rules_of(trial)), None)


def is_of_machine(trial: Mapping[str, Any]) -> bool:
    """Return whether a program wrote the touches of a trial, and nobody has changed them since.

    That is so if people noted no edit, and a threshold, with or without dropping single frames, reproduces the touches.
    A rule that fills gaps is no evidence, since people fill gaps, too.
    """
    return bool(_rules_of_machine(trial))


def _rules_of_machine(trial: Mapping[str, Any]) -> list[Rule]:
    """Return the rules of a trial that is a machine's; none for others."""
    rules = [] if has_edits(trial) else rules_of(trial)
    return rules if rules and FILLED not in rules[0].steps else []


def is_unjudged(trial: Mapping[str, Any]) -> bool:
    """Return whether neither a person nor a program has judged the frames of a trial.

    That contactInds hold no frame says so if they are empty as they were made, 0x0; if they are a row of no frames, as
    after a search, only beside prepross, which a program writes before the network looks.
    """
    fields = trial_fields.values(trial)
    if trial_fields.is_skipped(trial):
        return True
    if not all(field_names.is_empty(fields.get(name, "")) for name in ("touchconfidence", "labels")):
        return False
    found: Any = fields.get("contactinds")
    if "contactinds" not in fields or isinstance(found, list) and not found:
        return True
    found = found[0] if isinstance(found, list) and len(found) == 1 else found
    if not field_names.is_empty(found):
        return False
    return np.shape(found) == (0, 0) or not field_names.is_empty(fields.get("prepross", ""))


def _rules(touch: Array, confidence: Array, looked: Array) -> list[Rule]:
    """Return all rules that give (n_frames,) touches from (n_frames, 1 or 2) confidences of the frames looked at."""
    if np.any(touch & ~looked):
        return []
    n_columns = confidence.shape[1]
    pairs = confidence if n_columns == 2 else np.hstack([confidence, 1 - confidence])
    pairs = np.where(looked[:, None] & ~np.isnan(pairs), pairs, -np.inf)
    found = []
    for steps in _STEPS:
        for column in (1, 2):
            level = _filtered(pairs[:, column - 1], steps, looked)
            low = float(np.max(level[~touch], initial=-np.inf))
            high = float(np.min(level[touch], initial=np.inf))
            if is_some_threshold(low, high, pairs[:, column - 1]):
                found.append(Rule(column, steps, low, high, n_columns))
    return found


def is_some_threshold(low: float, high: float, confidence: Array) -> bool:
    """Return whether a threshold t that a program may have had is at least `low` and below `high`.

    Args:
        low: largest confidence that is not above it.
        high: smallest confidence that is above it.
        confidence: all of them, -inf where there is none. From 0 to 1, they are above some threshold but not above
            others; so a threshold that not even 1 is above, or that 0 is above, is none.
    """
    known = confidence[~np.isneginf(confidence)]
    are_shares = bool(np.all((known >= 0) & (known <= 1)))
    return low < high and not (are_shares and (low >= 1 or high <= 0))


def _filtered(level: Array, steps: tuple[str, ...], looked: Array) -> Array:
    """Return the values of which a threshold gives the same as that threshold, and the steps after it."""
    for step in steps:
        around = np.concatenate([[-np.inf], level, [-np.inf]])
        left, right = around[:-2], around[2:]
        if step == DROPPED:
            level = np.minimum(level, np.maximum(left, right))
        else:
            level = np.where(looked, np.maximum(level, np.minimum(left, right)), -np.inf)
    return level


# --- all trials ----------------------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Fit:
    """A rule with one threshold that fits several trials.

    Attributes:
        rule: the rule; its limits are the thresholds that fit all of these trials.
        trials: places of the trials in the list of `common_rules`.
    """

    rule: Rule
    trials: tuple[int, ...]


def common_rules(of_trials: Iterable[Iterable[Rule]]) -> list[Fit]:
    """Return few rules, each with one threshold, that fit all trials of which any rule fits.

    The first is that which fits most trials (among equals the simplest), the next that which fits most of the rest.

    Args:
        of_trials: of each trial, the rules that `rules_of` has found.
    """
    left = {place: list(rules) for place, rules in enumerate(of_trials)}
    left = {place: rules for place, rules in left.items() if rules}
    found = []
    while left:
        kinds = sorted({rule.kind for rules in left.values() for rule in rules}, key=_simplicity)
        fits = [_best_fit(kind, left) for kind in kinds]
        best = max(fits, key=lambda fit: len(fit.trials))  # the first of equals
        found.append(best)
        left = {place: rules for place, rules in left.items() if place not in best.trials}
    return found


def unlike_the_rest(trials: Sequence[Mapping[str, Any]]) -> dict[int, Rule]:
    """Return the trials that follow from a rule which hardly any other follows: a person may have corrected them.

    Programs write all trials of a session by one rule. A trial in which a person deleted the weakest touch, or all
    touches, still follows from a threshold, but from one of its own.

    Args:
        trials: the fields of each by name, see `trial_fields`.

    Returns:
        By place of such a trial, the rule that most trials follow; nothing if fewer than 10 trials follow one.
    """
    rules = [_rules_of_machine(trial) for trial in trials]
    fits = common_rules(rules)
    if not fits or len(fits[0].trials) < _USUAL_TRIALS:
        return {}
    return {
        place: fits[0].rule
        for fit in fits[1:]
        if len(fit.trials) < _SHARED or not any(_has_touches(trials[place]) for place in fit.trials)
        for place in fit.trials
    }


def _has_touches(trial: Mapping[str, Any]) -> bool:
    found = trial_fields.touches(trial, "the trial")
    return found is not None and len(found) > 0


def _simplicity(kind: tuple[int, int, tuple[str, ...]]) -> tuple[int, int, int]:
    columns, column, steps = kind
    return _STEPS.index(steps), column, columns


def _best_fit(kind: tuple[int, int, tuple[str, ...]], of_trials: Mapping[int, Iterable[Rule]]) -> Fit:
    """Return the rule of a kind whose threshold fits most trials; of several thresholds 0.5, or else a low one."""
    ranges = {place: rule for place, rules in of_trials.items() for rule in rules if rule.kind == kind}
    lows = np.array([rule.low for rule in ranges.values()])
    highs = np.array([rule.high for rule in ranges.values()])
    candidates = np.concatenate([[_USUAL], np.unique(lows)])  # the number that fit grows at the lower limits only
    counts = np.searchsorted(np.sort(lows), candidates, "right") - np.searchsorted(np.sort(highs), candidates, "right")
    chosen = candidates[int(np.argmax(counts))]
    fitting = {place: rule for place, rule in ranges.items() if rule.low <= chosen < rule.high}
    low = max(rule.low for rule in fitting.values())
    high = min(rule.high for rule in fitting.values())
    columns, column, steps = kind
    return Fit(Rule(column, steps, low, high, columns), tuple(fitting))


def _simple_number(low: float, high: float) -> float:
    """Return a number t with low <= t < high that has few digits; 0.5 if possible."""
    if low <= _USUAL < high:
        return _USUAL
    if np.isinf(low):
        low = 0.0 if high > 0 else float(np.nextafter(high, -np.inf))
    if np.isinf(high):
        high = max(1.0, float(np.nextafter(low, np.inf)))
    for digits in range(1, 17):
        rounded = round((low + high) / 2, digits)
        if low <= rounded < high:
            return rounded
    return low
