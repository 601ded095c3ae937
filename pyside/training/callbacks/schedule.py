"""How the learning rate falls during a training."""

from __future__ import annotations

import math
from typing import Any

import keras

from pyside.settings.training import TrainSettings
from pyside.training.callbacks.validation_metrics import monitored


def schedule_callbacks(settings: TrainSettings) -> list[keras.callbacks.Callback]:
    """Return the Keras callbacks of the schedule: none or one.

    With rate r, factor f, period p and epochs counted from 0, ``piecewise`` is r f^(epoch // p), as MATLAB's, and
    ``cosine`` r (1 + cos(pi epoch / epochs)) / 2 (Loshchilov and Hutter 2017, arXiv:1608.03983, without restarts);
    ``plateau`` multiplies by f after p epochs in which the monitored figure did not improve.
    """
    rate, factor, period = (
        settings.learning_rate,
        settings.learning_rate_drop_factor,
        settings.learning_rate_drop_period,
    )
    if settings.learning_rate_schedule == "piecewise":
        return [keras.callbacks.LearningRateScheduler(lambda epoch, _: rate * factor ** (epoch // period))]
    if settings.learning_rate_schedule == "cosine":
        epochs = settings.epochs
        return [
            keras.callbacks.LearningRateScheduler(lambda epoch, _: rate * (1 + math.cos(math.pi * epoch / epochs)) / 2)
        ]
    if settings.learning_rate_schedule == "plateau":
        name, mode = monitored(settings.monitor)
        return [keras.callbacks.ReduceLROnPlateau(name, factor, period, mode=mode, min_delta=0)]
    return []


def state_of(schedule: list[keras.callbacks.Callback]) -> dict[str, Any]:
    """Return the state that a schedule keeps from epoch to epoch, as plain values."""
    return {
        name: repr(float(getattr(callback, name)))  # a text, because JSON has no infinity
        for callback in schedule
        if isinstance(callback, keras.callbacks.ReduceLROnPlateau)
        for name in ("best", "wait", "cooldown_counter")
    }


def restore(schedule: list[keras.callbacks.Callback], state: dict[str, Any]) -> None:
    """Restore what `state_of` returned."""
    for callback in schedule:
        for name, value in state.items():
            setattr(callback, name, float(value))
