"""A trial on a worker of a cluster, in a process of its own: its training, and the figure that it reached."""

from __future__ import annotations

import dataclasses
import math
import pickle
import platform
import time
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pyside.cluster.work import Turn
from pyside.errors import NotFinite
from pyside.settings.training import TrainSettings
from pyside.training.checks.workers import Shared, opened
from pyside.training.splitting.subsets import Split

if TYPE_CHECKING:
    from pyside.training.trainer import Fitted

CHECKPOINT = "checkpoint.npz"  # in the folder of the attempt
_SECONDS_BETWEEN_LOOKS = 1.0  # for the file that asks for a gentle end


@dataclasses.dataclass(frozen=True)
class Tried:
    """The result of a trial.

    Attributes:
        found: `result_of`, or NO_RESULT with the reason.
        seconds: that it took.
        checkpoint: the file from which its network can be evaluated and saved; None if it failed.
        host: the computer that made it.
    """

    found: dict[str, Any]
    seconds: float
    checkpoint: Path | None
    host: str


NO_RESULT = {"figure": None, "best_epoch": None, "epochs": None, "failed": None, "stopped": False}


def on_worker(common: Shared, tasks: Sequence[tuple[dict[str, Any], Path]], turn: Turn) -> Iterator[Tried | None]:
    """Run trials; the result of one that had not begun when a gentle end was asked for is None.

    Args:
        common: dataset, and the settings that are not searched.
        tasks: values of the searched settings, and the file that holds the sides.
        turn: hears of progress; its folder receives the checkpoint.
    """
    looked = 0.0

    def should_stop() -> bool:
        nonlocal looked
        if time.monotonic() - looked < _SECONDS_BETWEEN_LOOKS:
            return False
        looked = time.monotonic()
        return common.stop.exists()

    assert turn.folder is not None
    for place, (values, file) in enumerate(tasks):
        if common.stop.exists():
            yield None
            continue
        began, checkpoint = time.perf_counter(), turn.folder / CHECKPOINT
        settings = common.settings.changed(values)
        sides: Split = pickle.loads(file.read_bytes())
        found: dict[str, Any] = dict(NO_RESULT)
        failed = False
        with opened(common.dataset, settings, partial(turn.tick, place), should_stop) as work:
            try:
                found |= result_of(work.run(sides, checkpoint), settings)
            except NotFinite as error:
                found["failed"], failed = error.text, True
        seconds = round(time.perf_counter() - began, 1)
        yield Tried(found, seconds, None if failed else checkpoint, platform.node())


def result_of(fitted: Fitted, settings: TrainSettings) -> dict[str, Any]:
    """Return the result of a trial: the figure of the epoch whose weights its model has."""
    from pyside.training.callbacks.validation_metrics import monitored

    history = fitted.progress.history[monitored(settings.monitor)[0]]
    epoch = fitted.best_epoch if settings.restore_best_weights else len(history)
    figure = history[epoch - 1]
    return {
        "figure": float(figure) if math.isfinite(figure) else None,
        "failed": None if math.isfinite(figure) else f"No epoch had a finite figure ({settings.monitor}).",
        "best_epoch": epoch,
        "epochs": len(history),
        "stopped": fitted.progress.asked,
    }
