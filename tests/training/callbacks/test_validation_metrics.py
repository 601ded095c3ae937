from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from pyside.data.dataset import Dataset
from pyside.errors import BadOption
from pyside.settings import TrainSettings
from pyside.training import train
from pyside.training.callbacks.validation_metrics import loss_of, monitored
from tests.conftest import raises_with

pytestmark = pytest.mark.trains

MakeSettings = Callable[..., TrainSettings]


def test_the_loss_is_that_of_keras(quick: MakeSettings) -> None:
    rng = np.random.default_rng(0)
    probabilities = rng.dirichlet([1, 1, 1], 50).astype(np.float32)
    labels = rng.integers(0, 3, 50)
    one_hot = np.eye(3, dtype=np.float32)[labels]
    plain = float(np.mean(keras.losses.categorical_crossentropy(one_hot, probabilities)))
    assert loss_of(labels, probabilities, quick()) == pytest.approx(plain, rel=1e-5)
    focal = keras.losses.CategoricalFocalCrossentropy(alpha=1, gamma=3)(one_hot, probabilities)
    assert loss_of(labels, probabilities, quick(loss="focal", focal_gamma=3)) == pytest.approx(float(focal), rel=1e-5)


def test_a_probability_that_is_no_number_makes_the_loss_none(quick: MakeSettings) -> None:
    assert np.isnan(loss_of(np.array([0, 1]), np.array([[np.nan, 0.5], [0.5, 0.5]]), quick()))


def test_each_figure_is_watched_in_its_direction() -> None:
    assert monitored("loss") == ("val_loss", "min")
    assert monitored("event-error") == ("val_event_error", "min")
    assert monitored("balanced-accuracy") == ("val_balanced_accuracy", "max")


SLOWLY = [pytest.param(name, marks=pytest.mark.slow) for name in ("accuracy", "balanced-accuracy", "average-precision")]


@pytest.mark.parametrize("monitor", ["f1", "event-error", *SLOWLY])
def test_the_best_epoch_is_that_of_the_figure_that_is_watched(
    monitor: str, dataset: Dataset, quick: MakeSettings, tmp_path: Path
) -> None:
    settings = quick(epochs=4, monitor=monitor, learning_rate=0.01, batch_size=64)
    result = train.train(dataset, tmp_path / "m", settings)
    name, mode = monitored(monitor)
    curve = result.history[name]
    assert len(curve) == 4
    best = np.nanargmin(curve) if mode == "min" else np.nanargmax(curve)
    assert result.report["best_epoch"] == 1 + int(best)
    assert result.report["monitor"] == monitor


def test_a_figure_of_touches_needs_touches_on_the_validation_side(
    dataset_of: Callable[..., Dataset], quick: MakeSettings, tmp_path: Path
) -> None:
    only_one_touches = dataset_of([np.arange(40) // 20 % 2, np.zeros(40, int), np.zeros(40, int)])
    with raises_with(BadOption, "validation", "Touch", "'f1'"):
        train.train(only_one_touches, tmp_path / "m", quick(monitor="f1"))


@pytest.mark.parametrize("monitor", ["event-error", "f1"])
def test_a_figure_that_the_first_epochs_do_not_have_is_still_won_by_a_later_one(
    monitor: str, dataset: Dataset, quick: MakeSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    figures = iter([None, None, 0.5, 0.7, None])
    name = monitor.replace("-", "_")
    monkeypatch.setattr("pyside.training.callbacks.validation_metrics.epoch_figures", lambda *_: {name: next(figures)})
    result = train.train(dataset, tmp_path / "m", quick(epochs=5, monitor=monitor, learning_rate_schedule="plateau"))
    assert result.report["best_epoch"] == (3 if monitor == "event-error" else 4)
    np.testing.assert_equal(result.history[f"val_{name}"], [np.nan, np.nan, 0.5, 0.7, np.nan])


@pytest.mark.slow
def test_a_training_without_its_figure_so_far_goes_on_as_it_would_have(
    dataset: Dataset, quick: MakeSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def kill(record: dict[str, Any]) -> None:
        if record["stage"] == "training" and record["epoch"] == 3 and record["batch"] == 1:
            raise Killed

    def figures_from(epoch: int) -> None:
        figures = iter([None, None, None, 0.6, 0.5][epoch:])
        monkeypatch.setattr(
            "pyside.training.callbacks.validation_metrics.epoch_figures", lambda *_: {"event_error": next(figures)}
        )

    monkeypatch.setattr("pyside.training.callbacks.checkpoint.SECONDS_BETWEEN", 0)
    settings = quick(
        epochs=5, monitor="event-error", learning_rate_schedule="plateau", learning_rate_drop_period=2, patience=4
    )
    figures_from(0)
    whole = train.train(dataset, tmp_path / "whole", settings)
    figures_from(0)
    with pytest.raises(Killed):
        train.train(dataset, tmp_path / "m", settings, kill, checkpoint=tmp_path / "c.npz")
    figures_from(2)
    again = train.train(dataset, tmp_path / "m", settings, checkpoint=tmp_path / "c.npz")
    assert again.report["best_epoch"] == whole.report["best_epoch"] == 5
    np.testing.assert_equal(again.history, whole.history)
