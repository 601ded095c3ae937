"""The next values to try for the settings that help against each fault of a model."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from pyside.settings.checks import AUGMENTATIONS, augmentation
from pyside.settings.training import USUAL_RATE, TrainSettings

Advice = dict[str, Any]  # next value by Python name, in the order in which to try them

MOST_DROPOUT, DROPOUT_STEP = 0.6, 0.1
FIRST_L2, L2_FACTOR, MOST_L2 = 1e-4, 3.0, 1e-2
FEWEST_FILTERS, MOST_FILTERS = 8, 256
FEWEST_UNITS, MOST_UNITS = 64, 2048
FIRST_OVERSAMPLE, OVERSAMPLE_FACTOR = 0.6, 1.5  # the first is a part of an equal share
FIRST_HARD, MOST_HARD = 0.5, 0.7  # share of hard negatives
FAR_RATE = 10  # a learning rate that is more than this many times larger or smaller than the usual one is far from it
MANY_EPOCHS = 50  # from here on the next try has 1.5 times as many epochs, below it twice as many

_DEFAULTS = TrainSettings()
_OF_NEW_NETWORKS = ("network", "convolution_filters", "dense_units", "dropout_rates")
_TURNS = ("quarter-turns", "flips", "turn")


# --- next values ---------------------------------------------------------------------------------------------------


def against_overfitting(settings: Mapping[str, Any], n_classes: int) -> Advice:
    """Augment more, drop out more, penalize large weights, and finally make the network smaller."""
    advice: Advice = {
        "augment": next_augment(settings["augment"], n_classes),
        "dropout_rates": _more_dropout(settings["dropout_rates"]),
        "l2": _more_l2(settings["l2"]),
    }
    if not own_network(settings):
        advice["convolution_filters"] = _scaled(settings["convolution_filters"], 0.5, FEWEST_FILTERS, MOST_FILTERS)
        advice["dense_units"] = _one(_scaled([settings["dense_units"]], 0.5, FEWEST_UNITS, MOST_UNITS))
    return _settable(settings, advice)


def against_underfitting(settings: Mapping[str, Any], in_time: bool, ran_to_the_end: bool) -> Advice:
    """Remove what hinders learning, train longer, and make the network larger.

    Args:
        settings: those of the training.
        in_time: whether frames have neighbours in time, which the network ``context`` needs.
        ran_to_the_end: whether the training ended because it reached its number of epochs.
    """
    advice: Advice = {
        "freeze_convolutions": False if settings["freeze_convolutions"] else None,
        "epochs": more_epochs(settings["epochs"]) if ran_to_the_end else None,
        "augment": _less_augment(settings["augment"]),
        "l2": _rounded(settings["l2"] / L2_FACTOR) if settings["l2"] > FIRST_L2 else None,
        "dropout_rates": _less_dropout(settings["dropout_rates"]),
    }
    if settings["network"] == "small":
        advice["network"] = "legacy"
    elif not own_network(settings):
        advice["network"] = "context" if settings["network"] == "legacy" and in_time else None
        advice["convolution_filters"] = _scaled(settings["convolution_filters"], 2, FEWEST_FILTERS, MOST_FILTERS)
        advice["dense_units"] = _one(_scaled([settings["dense_units"]], 2, FEWEST_UNITS, MOST_UNITS))
    return _settable(settings, advice)


def against_ignoring(settings: Mapping[str, Any], counts: Mapping[str, int], n_classes: int, name: str) -> Advice:
    """Give the class more weight, then more frames if it is the rarest, then use a loss that stresses mistakes.

    Args:
        settings: those of the training.
        counts: training frames of each class.
        n_classes: number of classes.
        name: the ignored class.
    """
    if settings["class_weight"] != "balanced":
        return {"class_weight": "balanced"}
    there = [number for number in counts.values() if number]
    rarest = not there or counts.get(name) == min(there)  # only the rarest class is oversampled
    share = min(there) / sum(there) if there else 0.0
    equal, now = 1 / max(2, n_classes), settings["oversample"]
    wanted = max(FIRST_OVERSAMPLE * equal, 2 * share) if now is None else OVERSAMPLE_FACTOR * now
    wanted = min(math.floor(100 * equal) / 100, round(wanted, 2))
    advice: Advice = {}
    if rarest and wanted > max(share, now or 0):
        advice["oversample"] = wanted
    if settings["loss"] != "focal":
        advice["loss"] = "focal"
    return advice


def against_miscounting(settings: Mapping[str, Any], too_many: bool) -> Advice:
    """Show the network neighbours in time and, if it predicts `too_many` touches, more frames that look like one."""
    hard = settings["hard_negatives"]
    advice: Advice = {"network": "context" if settings["network"] in ("legacy", "small") else None}
    if too_many and (hard is None or hard < MOST_HARD):
        advice["hard_negatives"] = FIRST_HARD if hard is None or hard < FIRST_HARD else MOST_HARD
    advice["monitor"] = "event-error" if settings["monitor"] != "event-error" else None
    return _settable(settings, advice)


def against_chance(settings: Mapping[str, Any], in_time: bool, ran_to_the_end: bool) -> Advice:
    """Take smaller steps, start from another seed, then as against underfitting.

    A learning rate that is far from the usual one is set to that.
    """
    rate = USUAL_RATE if has_far_rate(settings) else _rounded(settings["learning_rate"] / 3)
    begin = {"learning_rate": rate, "seed": settings["seed"] + 1}
    return begin | against_underfitting(settings, in_time, ran_to_the_end)


def for_a_larger_validation(settings: Mapping[str, Any], recordings: int) -> Advice:
    """Hold out more of the recordings, or hold out each once."""
    fraction = settings["validation_fraction"]
    advice: Advice = {}
    if recordings >= 4 and fraction < 0.4:
        advice["validation_fraction"] = round(min(0.4, 1.5 * fraction), 2)
    if recordings >= 3 and not settings["folds"]:
        advice["folds"] = min(5, recordings)
    return advice


def for_a_better_one(settings: Mapping[str, Any], n_classes: int, in_time: bool) -> Advice:
    """Augment more, show neighbours in time, and find out whether more data would help."""
    advice: Advice = {"augment": next_augment(settings["augment"], n_classes)}
    if in_time and settings["network"] in ("legacy", "small"):
        advice["network"] = "context"
    advice["learning_curve"] = None if settings["learning_curve"] else True
    return _settable(settings, advice)


def more_epochs(epochs: int) -> int:
    """Return the next number of epochs: 1.5 times as many, or twice as many below `MANY_EPOCHS`."""
    return math.ceil(epochs * (1.5 if epochs >= MANY_EPOCHS else 2))


def next_augment(augment: Any, n_classes: int) -> Any:
    """Return the next, stronger augmentation, or None if the strongest is in use.

    Args:
        augment: as `TrainSettings.augment` takes it.
        n_classes: with more than two classes, turns are proposed only if they are in use: the orientation may matter.
    """
    current = _operations(augment)
    upright = n_classes > 2 and "quarter-turns" not in current
    names = list(AUGMENTATIONS)
    if not upright:
        for name, after in zip(names, names[1:], strict=False):
            if current == dict(AUGMENTATIONS[name]):
                return after
    for name in names[2:]:
        wanted = {op: amount for op, amount in AUGMENTATIONS[name] if not upright or op not in _TURNS}
        if any(current.get(op, 0) < 0.999 * amount for op, amount in wanted.items()):
            whole = wanted | {op: max(amount, wanted.get(op, 0)) for op, amount in current.items()}
            return name if whole == dict(AUGMENTATIONS[name]) else [f"{op}={amount:g}" for op, amount in whole.items()]
    return None


def _settable(settings: Mapping[str, Any], advice: Advice) -> Advice:
    """Leave out values of None, and settings of a new network if the training started from a model."""
    fixed = _OF_NEW_NETWORKS if settings.get("initial_model") else ()
    return {name: value for name, value in advice.items() if value is not None and name not in fixed}


def has_far_rate(settings: Mapping[str, Any]) -> bool:
    """Return whether the learning rate is far from the usual one."""
    return not USUAL_RATE / FAR_RATE < settings["learning_rate"] <= USUAL_RATE * FAR_RATE


def own_network(settings: Mapping[str, Any]) -> bool:
    """Return whether the network is the user's own function, which our settings do not change."""
    return ":" in str(settings["network"])


def _operations(augment: Any) -> dict[str, float]:
    return dict(augmentation(augment)) if augment else {}


def _less_augment(augment: Any) -> str | None:
    current = _operations(augment)
    less = {"strong": "standard", "standard": "legacy"}
    return next((after for name, after in less.items() if current == dict(AUGMENTATIONS[name])), None)


def _more_dropout(rates: Sequence[float]) -> list[float] | None:
    after = [round(max(rate, min(MOST_DROPOUT, rate + DROPOUT_STEP)), 4) for rate in rates]
    return after if after != [round(rate, 4) for rate in rates] else None


def _less_dropout(rates: Sequence[float]) -> list[float] | None:
    """Lower the rates towards the default."""
    pairs = list(zip(rates, _DEFAULTS.dropout_rates, strict=False))
    after = [round(min(rate, max(usual, rate - DROPOUT_STEP)), 4) for rate, usual in pairs]
    return after if after != [round(rate, 4) for rate in rates] else None


def _more_l2(l2: float) -> float | None:
    return FIRST_L2 if not l2 else _rounded(min(MOST_L2, L2_FACTOR * l2)) if l2 < MOST_L2 else None


def _scaled(values: Sequence[int], factor: float, fewest: int, most: int) -> list[int] | None:
    """Scale filters or units; numbers already beyond a bound stay."""
    after = [max(min(value, fewest), min(max(value, most), round(value * factor))) for value in values]
    return after if after != list(values) else None


def _rounded(value: float) -> float:
    return float(f"{value:.2g}")


def _one(values: list[int] | None) -> int | None:
    return values[0] if values else None
