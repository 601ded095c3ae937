from __future__ import annotations

import types
from collections.abc import Callable

import keras
import numpy as np
import pytest

from pyside.settings import TrainSettings
from pyside.training.callbacks.schedule import restore, schedule_callbacks, state_of

MakeSettings = Callable[..., TrainSettings]


def rates(settings: TrainSettings, losses: list[float]) -> list[float]:
    """The learning rate of each epoch, when the validation loss of each is this."""
    schedule = schedule_callbacks(settings)
    model = types.SimpleNamespace(optimizer=types.SimpleNamespace(learning_rate=np.float64(settings.learning_rate)))
    found = []
    for callback in schedule:
        callback.set_model(model)
        callback.on_train_begin()
    for epoch, loss in enumerate(losses):
        for callback in schedule:
            callback.on_epoch_begin(epoch)
        found.append(float(model.optimizer.learning_rate))
        for callback in schedule:
            callback.on_epoch_end(epoch, {"val_loss": loss})
    return found


def test_without_a_schedule_nothing_changes(small: MakeSettings) -> None:
    assert schedule_callbacks(small()) == []


def test_piecewise_multiplies_after_each_period(small: MakeSettings) -> None:
    settings = small(
        learning_rate=1.0,
        learning_rate_schedule="piecewise",
        learning_rate_drop_factor=0.1,
        learning_rate_drop_period=2,
    )
    assert rates(settings, [1.0] * 5) == pytest.approx([1, 1, 0.1, 0.1, 0.01])


def test_cosine_falls_from_the_rate_towards_zero(small: MakeSettings) -> None:
    found = rates(small(learning_rate=2.0, epochs=4, learning_rate_schedule="cosine"), [1.0] * 4)
    assert found == pytest.approx([2, 1 + np.sqrt(0.5), 1, 1 - np.sqrt(0.5)])


def test_plateau_multiplies_where_the_loss_gets_no_better(small: MakeSettings) -> None:
    settings = small(
        learning_rate=1.0,
        learning_rate_schedule="plateau",
        learning_rate_drop_factor=0.5,
        learning_rate_drop_period=2,
    )
    assert rates(settings, [3, 2, 2, 2, 1, 1, 1, 1]) == pytest.approx([1, 1, 1, 1, 0.5, 0.5, 0.5, 0.25])


def test_what_a_plateau_remembers_can_be_told_and_restored(small: MakeSettings) -> None:
    settings = small(learning_rate_schedule="plateau")
    [plateau] = schedule_callbacks(settings)
    assert isinstance(plateau, keras.callbacks.ReduceLROnPlateau)
    plateau.best, plateau.wait = 0.25, 3
    [again] = schedule_callbacks(settings)
    restore([again], state_of([plateau]))
    assert (again.best, again.wait, again.cooldown_counter) == (0.25, 3, 0)
    assert state_of(schedule_callbacks(small(learning_rate_schedule="cosine"))) == {}
