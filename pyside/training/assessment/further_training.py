"""One further training, of a cross-validation or a learning curve: here, or on a worker of a cluster."""

from __future__ import annotations

import dataclasses
import pickle
import platform
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pyside.cluster.work import Turn
from pyside.errors import NotFinite
from pyside.evaluation.events import event_classes
from pyside.evaluation.metrics import mean_of_known, side_figures
from pyside.evaluation.predictions import Predictions
from pyside.system.records import plain
from pyside.training.checks.workers import Shared, opened
from pyside.training.splitting.subsets import Split

if TYPE_CHECKING:
    from pyside.training.trainer import Fit, Fitted

FOLD = "fold"  # titles of the trainings of a cross-validation begin so


@dataclasses.dataclass(frozen=True)
class Further:
    """The result of a further training.

    Attributes:
        row: of the report.
        kept: arrays for ``folds.npz``, see `out_of_fold`; empty if it is no fold.
        host: the computer that made it; "" for this one.
    """

    row: dict[str, Any]
    kept: dict[str, np.ndarray]
    host: str = ""


def train_further(work: Fit, title: str, sides: Split, checkpoint: Path | None) -> tuple[Fitted, Further | None]:
    """Run one further training; its result is None if it was asked to stop.

    Raises:
        NotFinite: as `Fit.run`.
    """
    from pyside.training.assessment import out_of_fold
    from pyside.training.assessment.evaluate import predict

    fitted = work.run(sides, checkpoint)
    if fitted.progress.asked:
        return fitted, None
    predictions = predict(fitted, work.dataset, sides.validation)
    kept = out_of_fold.of_fold(fitted, work.dataset, predictions) if title.startswith(FOLD) else {}
    return fitted, Further(plain(row_of(work, sides, _figures(work, predictions))), kept)


def on_worker(common: Shared, tasks: Sequence[tuple[str, Path]], turn: Turn) -> Iterator[Further | NotFinite]:
    """Run further trainings, in a process of their own on a worker.

    Args:
        common: dataset and settings.
        tasks: title of each, and the file that holds its sides.
        turn: hears of progress.
    """
    for place, (title, file) in enumerate(tasks):
        with opened(common.dataset, common.settings, partial(turn.tick, place)) as work:
            sides: Split = pickle.loads(file.read_bytes())
            try:
                _, found = train_further(work, title, sides, None)
            except NotFinite as error:
                yield error
                continue
            assert found is not None
            yield dataclasses.replace(found, host=platform.node())


def _figures(work: Fit, found: Predictions) -> dict[str, Any]:
    """Return the figures of the validation side, where each frame gets its likeliest class."""
    likeliest = found.probabilities.argmax(axis=1)
    return side_figures(found, likeliest, work.dataset.table.tags, work.settings.frame_rate)


def row_of(work: Fit, sides: Split, figures: dict[str, Any]) -> dict[str, Any]:
    """Return the row of one training: what it was trained on, and the figures to compare."""
    names = event_classes(work.dataset.class_names)
    events = [figures["events"][name]["errors_per_touch"] for name in names if name in figures["events"]]
    f1 = [figures["classes"][name]["f1"] for name in names]
    return {
        "frames": len(sides.training),
        "recordings": len(np.unique(work.dataset.table.recordings[sides.training])),
        "validation_frames": len(sides.validation),
        "accuracy": figures["accuracy"],
        "balanced_accuracy": figures["balanced_accuracy"],
        "f1": mean_of_known(f1),
        "errors_per_touch": mean_of_known(events),
    }
