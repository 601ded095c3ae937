"""Trainings beside the one that makes the model: cross-validation, and a learning curve.

They tell how far the figures depend on the recordings that were held out, and whether more recordings would help. What
each came to is kept beside the checkpoint, so that one that was broken off is not done again from the beginning.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pyside.errors import NotFinite
from pyside.evaluation.events import event_classes
from pyside.evaluation.metrics import mean_of_known, side_figures
from pyside.system.records import from_json, plain, write_json
from pyside.training.assessment.evaluate import Judged, predict
from pyside.training.callbacks.progress import gentle_interrupt
from pyside.training.splitting.cross_validation import folds
from pyside.training.splitting.duplicates import with_merged_groups
from pyside.training.splitting.learning_curve import portions
from pyside.training.splitting.subsets import Split
from pyside.training.trainer import Fit, Fitted

if TYPE_CHECKING:
    from pyside.data.dataset import Dataset
    from pyside.settings.training import TrainSettings

SHARES = (1 / 8, 1 / 4, 1 / 2)  # of the training side, for the learning curve


@dataclasses.dataclass(frozen=True)
class FurtherSides:
    """The sides of the trainings that are asked for besides; None where they are not.

    Attributes:
        folds: of the cross-validation.
        portions: of the learning curve, the smallest first.
    """

    folds: list[Split] | None = None
    portions: list[Split] | None = None


def further_sides(dataset: Dataset, sides: Split, settings: TrainSettings, equal: np.ndarray) -> FurtherSides:
    """Split for the trainings that the settings ask for besides; done before the first one, to fail before it.

    Args:
        dataset: what is learnt from.
        sides: of the split of the training that makes the model.
        settings: `folds`, `learning_curve` and `seed` are looked at.
        equal: int64, (n,), which frames are equal, see `duplicates.equal_frames`.

    Raises:
        BadOption: there are fewer groups than folds.
    """
    if not settings.folds and not settings.learning_curve:
        return FurtherSides()
    table, _ = with_merged_groups(dataset, equal)  # a copy must not be in another fold
    return FurtherSides(
        folds(table, settings.folds, settings.seed, sides.test) if settings.folds else None,
        portions(sides, table, settings.seed, SHARES) if settings.learning_curve else None,
    )


def further_trainings(
    work: Fit, fitted: Fitted, sides: Split, further: FurtherSides, judged: Judged, checkpoint: Path | None
) -> tuple[dict[str, Any], list[str]]:
    """Do the trainings that the settings ask for besides.

    Args:
        work: what all trainings share.
        fitted: the training that made the model. Where that was asked to stop, no further one begins.
        sides: of its split.
        further: those of the others.
        judged: what it came to.
        checkpoint: its checkpoint; theirs lie beside it.

    Returns:
        ``cross_validation`` and ``learning_curve`` for the report, None where not asked for, or where a wish to stop
        left them unfinished; and warnings.
    """
    found: dict[str, Any] = {"cross_validation": None, "learning_curve": None}
    unfinished: list[str] = []
    failed: list[str] = []
    with (
        gentle_interrupt() as interrupted,
        _kept(checkpoint, work, fitted.progress.asked, interrupted, failed) as runs,
    ):
        if further.folds is not None:
            n = len(further.folds)
            done = [runs(f"fold {number} of {n}", part) for number, part in enumerate(further.folds, start=1)]
            rows = [one for one in done if one is not None]
            if len(rows) == n:
                found["cross_validation"] = {"folds": rows, "spread": spread(rows)}
            else:
                unfinished.append(f"cross-validation (Folds, folds: {len(rows)} of {n} done)")
        if further.portions is not None:
            n = len(further.portions)
            done = [
                runs(f"learning curve {number} of {n}", part) for number, part in enumerate(further.portions, start=1)
            ]
            rows = [one for one in done if one is not None]
            whole = _told(work, sides, judged.metrics["validation"])
            if len(rows) == n:
                found["learning_curve"] = [{"share": one["frames"] / whole["frames"], **one} for one in [*rows, whole]]
            else:
                unfinished.append(f"learning curve (LearningCurve, learning_curve: {len(rows)} of {n} done)")
    why = f"The loss of {failed[0]} became NaN or infinite" if failed else "It was asked to stop"
    return found, [f"{why}, so the report has no {one}." for one in unfinished]


@contextmanager
def _kept(
    checkpoint: Path | None, work: Fit, asked: bool, interrupted: Callable[[], bool], failed: list[str]
) -> Iterator[Callable[[str, Split], dict[str, Any] | None]]:
    """Yield a function that does one training, or returns what it came to before a break.

    It returns None once asked to stop, or once the loss of one was not finite. The title of that one is put in
    `failed`: it must not take the model with it, which is saved already.
    """
    path = checkpoint.with_name(f"{checkpoint.stem}.further.json") if checkpoint else None
    identity = plain({"dataset": work.dataset.hash, "settings": work.settings.as_dict()})
    done: dict[str, Any] = {}
    if path is not None:
        with suppress(OSError, ValueError, KeyError, TypeError):
            kept = from_json(path.read_text(encoding="utf-8"))
            done = kept["done"] if kept["training"] == identity else {}

    def run(title: str, sides: Split) -> dict[str, Any] | None:
        nonlocal asked
        asked = asked or interrupted()
        if title not in done and not asked and not failed:
            own = checkpoint.with_name(f"{checkpoint.stem}.{title.replace(' ', '-')}.npz") if checkpoint else None
            try:
                fitted = dataclasses.replace(work, progress=_as_part(work.progress, title)).run(sides, own)
            except NotFinite:
                failed.append(title)
                return None
            asked = fitted.progress.asked
            if not asked:
                done[title] = plain(_told(work, sides, _figures(work, fitted, sides)))
                accuracy = f"{100 * done[title]['accuracy']:.2f} % of {len(sides.validation):,} frames right"
                frames = f"trained on {len(sides.training):,}"
                work.progress({"stage": title, "said": [f"{title}: {accuracy}, {frames}"], "milestone": True})
                if path is not None:
                    with suppress(OSError):  # it would have to be done again after a break, no more
                        write_json(path, {"training": identity, "done": done})
            fitted.checkpoints.remove()
        return done.get(title)

    yield run
    if path is not None:
        with suppress(OSError):
            path.unlink(missing_ok=True)


def _as_part(progress: Callable[[dict[str, Any]], None], title: str) -> Callable[[dict[str, Any]], None]:
    """Return what takes the progress of one such training: it is no epoch of the model's own."""
    of_it = ("epoch", "epochs", "batch", "batches", "frames_per_second")
    return lambda record: progress({"stage": title, **{key: record[key] for key in of_it if key in record}})


def _figures(work: Fit, fitted: Any, sides: Split) -> dict[str, Any]:
    """Return the figures of the validation side, each frame of its likeliest class."""
    found = predict(fitted, work.dataset, sides.validation)
    likeliest = found.probabilities.argmax(axis=1)
    return side_figures(found, likeliest, work.dataset.table.tags, work.settings.frame_rate)


def _told(work: Fit, sides: Split, figures: dict[str, Any]) -> dict[str, Any]:
    """Return one training's row: what it was trained on, and the figures that one compares."""
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


def spread(rows: list[dict[str, Any]]) -> dict[str, dict[str, float]]:
    """Return mean, standard deviation (of a sample), least and most of each figure over the folds."""
    found = {}
    for name in ("accuracy", "balanced_accuracy", "f1", "errors_per_touch"):
        values = [row[name] for row in rows if row[name] is not None]
        if values:
            found[name] = {
                "mean": float(np.mean(values)),
                "std": float(np.std(values, ddof=1)) if len(values) > 1 else 0.0,
                "least": float(np.min(values)),
                "most": float(np.max(values)),
            }
    return found
