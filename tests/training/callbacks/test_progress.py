from __future__ import annotations

import signal
import threading
import types
from collections.abc import Iterator
from typing import Any

import pytest

from pyside.training.callbacks import progress
from pyside.training.callbacks.progress import TrainingProgress, gentle_interrupt


class Clock:
    """A clock that goes on by `step` seconds at each look."""

    def __init__(self, step: float):
        self.now, self.step = 0.0, step

    def perf_counter(self) -> float:
        self.now += self.step
        return self.now


def run(told: TrainingProgress, epochs: int, batches: int, loss: float = 0.5) -> None:
    told.set_params({"epochs": epochs, "steps": batches})
    told.set_model(types.SimpleNamespace(stop_training=False, optimizer=types.SimpleNamespace(learning_rate=0.01)))
    for epoch in range(epochs):
        told.on_epoch_begin(epoch)
        for batch in range(batches):
            told.on_train_batch_begin(batch)
            told.on_train_batch_end(batch, {"loss": loss, "accuracy": 0.9})
            if told.model.stop_training:
                break
        told.on_test_begin()
        told.on_test_end()
        told.on_epoch_end(epoch, {"loss": loss, "accuracy": 0.9, "val_loss": 0.7, "val_accuracy": 0.8})
        if told.model.stop_training:
            break


def test_progress_is_told_with_speed_and_time_left(monkeypatch: pytest.MonkeyPatch) -> None:
    records: list[dict[str, Any]] = []
    monkeypatch.setattr(progress, "time", Clock(0.5))
    told = TrainingProgress(records.append, lambda: False, frames=90, batch_size=40)
    run(told, epochs=2, batches=3)
    assert [(record["epoch"], record["batch"]) for record in records] == [
        (1, 1), (1, 2), (1, 3), (1, 3), (2, 1), (2, 2), (2, 3), (2, 3),
    ]  # fmt: skip
    assert records[1] == {
        "stage": "training", "epoch": 1, "epochs": 2, "batch": 2, "batches": 3, "frames_per_second": 80.0,
        "seconds_left": round(100 / 80, 1), "loss": 0.5, "accuracy": 0.9,
    }  # fmt: skip
    assert records[3]["val_loss"] == 0.7 and records[3]["val_accuracy"] == 0.8
    assert records[-1]["seconds_left"] == 0
    assert told.history == {
        "loss": [0.5, 0.5], "accuracy": [0.9, 0.9], "val_loss": [0.7, 0.7], "val_accuracy": [0.8, 0.8],
        "learning_rate": [0.01, 0.01],
    }  # fmt: skip


def test_progress_is_told_five_times_a_second_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    records: list[dict[str, Any]] = []
    monkeypatch.setattr(progress, "time", Clock(0.005))  # a batch takes 10 ms
    run(TrainingProgress(records.append, lambda: False, frames=20_000, batch_size=10), epochs=1, batches=2000)
    assert 90 <= len(records) <= 101 + 1


def test_a_wish_to_stop_is_heard_after_each_batch() -> None:
    asked = iter([False, False, True])
    told = TrainingProgress(lambda record: None, lambda: next(asked), frames=1000, batch_size=10)
    run(told, epochs=5, batches=100)
    assert told.asked and told.finite and len(told.history["loss"]) == 1


def test_a_loss_that_is_no_number_ends_the_training() -> None:
    told = TrainingProgress(lambda record: None, lambda: False, frames=1000, batch_size=10)
    run(told, epochs=5, batches=100, loss=float("nan"))
    assert not told.finite and not told.asked and len(told.history["loss"]) == 1


@pytest.fixture
def usual_ctrl_c() -> Iterator[None]:
    """Ctrl-C raises KeyboardInterrupt here, whatever libraries that other tests loaded have made of it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    if before is not None:  # None: it was set outside Python
        signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("usual_ctrl_c")
def test_a_first_ctrl_c_asks_and_a_second_one_interrupts() -> None:
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt), gentle_interrupt() as asked:
        assert not asked()
        signal.raise_signal(signal.SIGINT)
        assert asked()
        signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


def test_ctrl_c_is_left_alone_outside_the_main_thread_and_where_it_is_ignored() -> None:
    found = []

    def look() -> None:
        with gentle_interrupt() as asked:
            found.append((signal.getsignal(signal.SIGINT), asked()))

    before = signal.getsignal(signal.SIGINT)
    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        look()
    finally:
        signal.signal(signal.SIGINT, before)
    assert found == [(before, False), (signal.SIG_IGN, False)]
