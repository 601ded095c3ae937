"""Progress of a running training, and how to ask it to stop."""

from __future__ import annotations

import contextlib
import math
import signal
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import keras

SECONDS_BETWEEN_REPORTS = 0.2


class TrainingProgress(keras.callbacks.Callback):
    """Reports progress, keeps the history, and ends the training on request or when the loss is not finite.

    Args:
        progress: receives records, which the command line and MATLAB show.
        should_stop: called after each batch; True ends the training after that batch.
        frames: training frames per epoch.
        batch_size: frames of a full batch.

    Attributes:
        history: one list of floats per curve, one value per epoch; NaN if there is none.
        asked: whether a stop was requested.
        finite: whether all losses were finite.
        frames_per_second: training frames per second over the whole run, without validation and without the first
            batch, for which the network is compiled.
        validation_seconds: duration of the last validation.
    """

    def __init__(
        self, progress: Callable[[dict[str, Any]], None], should_stop: Callable[[], bool], frames: int, batch_size: int
    ):
        super().__init__()
        self.history: dict[str, list[float]] = {
            name: [] for name in ("loss", "accuracy", "val_loss", "val_accuracy", "learning_rate")
        }
        self.asked = False
        self.finite = True
        self.frames_per_second = 0.0
        self._progress = progress
        self._should_stop = should_stop
        self._frames = frames
        self._batch_size = batch_size
        self.validation_seconds = 0.0
        self._timed_frames = self._timed_seconds = 0.0
        self._batches_seen = 0
        self._epoch = 0
        self._reported = -math.inf

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Note the number of the epoch."""
        self._epoch = epoch

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Start the clock."""
        self._began = time.perf_counter()

    def on_train_batch_end(self, batch: int, logs: dict[str, float]) -> None:
        """Report, and check whether to stop."""
        now = time.perf_counter()
        done = min((batch + 1) * self._batch_size, self._frames)
        self._batches_seen += 1
        if self._batches_seen == 2:  # the first batch compiles the network: its speed counts only until the second
            self._timed_frames = self._timed_seconds = 0.0
        self._timed_frames += done - batch * self._batch_size
        self._timed_seconds += now - self._began
        self.frames_per_second = self._timed_frames / max(self._timed_seconds, 1e-9)
        self._check(logs["loss"])
        if self._should_stop():
            self.asked = True
            self.model.stop_training = True
        if now - self._reported >= SECONDS_BETWEEN_REPORTS:
            self._reported = now
            self._report(batch + 1, done, {name: logs[name] for name in ("loss", "accuracy")})

    def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:
        """Add the figures of the epoch to the history and report them."""
        figures = {name: float(value) for name, value in logs.items() if name != "learning_rate"}
        figures = {name: value if math.isfinite(value) else math.nan for name, value in figures.items()}
        for name, value in figures.items():
            self.history.setdefault(name, []).append(value)
        self.history["learning_rate"].append(float(self.model.optimizer.learning_rate))
        self._check(figures["val_loss"])
        figures["learning_rate"] = self.history["learning_rate"][-1]
        self._report(self.params["steps"], self._frames, figures, milestone=True)

    def _check(self, loss: float) -> None:
        if not math.isfinite(loss):
            self.finite = False
            self.model.stop_training = True

    def _report(self, batch: int, done: int, figures: dict[str, float], milestone: bool = False) -> None:
        epochs = self.params["epochs"]
        left = (self._frames - done) + self._frames * (epochs - self._epoch - 1)
        seconds_left = left / max(self.frames_per_second, 1e-9)
        seconds_left += self.validation_seconds * (epochs - self._epoch - (done == self._frames))
        self._progress(
            {
                "stage": "training",
                "epoch": self._epoch + 1,
                "epochs": epochs,
                "batch": batch,
                "batches": self.params["steps"],
                "frames_per_second": round(self.frames_per_second, 1),
                # The first batch compiles the network, so its speed predicts nothing.
                **({"seconds_left": round(seconds_left, 1)} if self._batches_seen > 1 else {}),
                **{name: float(value) for name, value in figures.items()},
                **({"milestone": True} if milestone else {}),
            }
        )


@contextlib.contextmanager
def gentle_interrupt() -> Iterator[Callable[[], bool]]:
    """Turn a first Ctrl-C into a request to stop; a second one interrupts as usual.

    Yields:
        A function that returns whether Ctrl-C was pressed. Ctrl-C is not changed outside the main thread, or if it is
        ignored or handled outside Python. A nested call shares the function of the outer one.
    """
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(before):
        yield lambda: False
        return
    around = getattr(before, "asked", None)
    if around is not None:
        yield around
        return
    asked = threading.Event()

    def ask(number: int, frame: Any) -> None:
        asked.set()
        signal.signal(signal.SIGINT, before)

    ask.asked = asked.is_set  # type: ignore[attr-defined]
    signal.signal(signal.SIGINT, ask)
    try:
        yield asked.is_set
    finally:
        signal.signal(signal.SIGINT, before)
