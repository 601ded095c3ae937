"""Figures of the validation side at the end of each epoch, for early stopping and schedules to go by."""

from __future__ import annotations

import math
import time

import keras
import numpy as np

from pyside.data.dataset import FrameTable
from pyside.evaluation.decision import epoch_figures
from pyside.settings.training import LOWER_IS_BETTER, TrainSettings
from pyside.training.callbacks.progress import TrainingProgress
from pyside.training.input_pipeline.batches import Batches

_LEAST = 1e-7  # the probability below which a loss grows no more, as in Keras


def monitored(monitor: str) -> tuple[str, str]:
    """Return what Keras's callbacks take as `monitor` and `mode`: ``("val_loss", "min")``."""
    return "val_" + monitor.replace("-", "_"), "min" if monitor in LOWER_IS_BETTER else "max"


class Validation(keras.callbacks.Callback):
    """Predicts the validation side at each epoch's end and adds its figures to what callbacks after it see.

    ``val_loss`` and ``val_accuracy`` are those of Keras's ``evaluate`` without what regularizers add; beside them is
    the figure of `settings.monitor`; where that cannot be told, it is the worst that there is. It stands first among
    the callbacks.

    Args:
        batches: of the validation side, in order.
        side: of its frames.
        settings: the loss, and the figure to watch.
        told: is told how long it took.
    """

    def __init__(
        self,
        batches: Batches,
        side: FrameTable,
        settings: TrainSettings,
        told: TrainingProgress,
    ):
        super().__init__()
        self._batches, self._side, self._settings, self._told = batches, side, settings, told

    def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:
        """Add the figures to `logs`."""
        began = time.perf_counter()
        labels, side = self._side.labels, self._side
        probabilities = self.model.predict(self._batches, verbose=0)
        logs["val_loss"] = loss_of(labels, probabilities, self._settings)
        logs["val_accuracy"] = float(np.mean(probabilities.argmax(axis=1) == labels))
        if self._settings.monitor not in ("loss", "accuracy"):
            name, mode = monitored(self._settings.monitor)
            figures = epoch_figures(labels, probabilities, side.recordings, side.frame_numbers, side.class_names)
            figure = figures[name.removeprefix("val_")]
            # Not NaN: Keras takes the first value for the best one, and nothing is better than NaN.
            worst = math.inf if mode == "min" else -math.inf
            logs[name] = worst if figure is None else figure
        self._told.validation_seconds = time.perf_counter() - began


def loss_of(labels: np.ndarray, probabilities: np.ndarray, settings: TrainSettings) -> float:
    """Return the mean loss of frames, without class weights.

    Args:
        labels: int, (n,), class indices.
        probabilities: float, (n, classes).
        settings: which loss.

    Returns:
        The mean of -log(p) of the true class's probability p; of the focal loss (Lin et al. 2017, arXiv:1708.02002)
        that of -(1 - p)^gamma log(p). NaN where a probability is.
    """
    found = probabilities[np.arange(len(labels)), labels].astype(np.float64)
    found = np.clip(found, _LEAST, 1 - _LEAST)
    losses = -np.log(found)
    if settings.loss == "focal":
        losses *= (1 - found) ** settings.focal_gamma
    return float(losses.mean())
