"""Trainings beside the one that makes the model: cross-validation, and a learning curve.

They tell how far the figures depend on the recordings that were held out, and whether more recordings would help. What
each came to is kept beside the checkpoint, so that one that was broken off is not done again from the beginning.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pyside.errors import NotFinite
from pyside.evaluation.events import event_classes
from pyside.evaluation.metrics import mean_of_known, side_figures
from pyside.settings.core import named
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
    with gentle_interrupt() as interrupted:
        runs = _Runs(work, checkpoint, lambda: fitted.progress.asked or interrupted())
        if further.folds is not None:
            n, rows = len(further.folds), runs.rows("fold", further.folds)
            if len(rows) == n:
                found["cross_validation"] = {"folds": rows, "spread": spread(rows)}
            else:
                unfinished.append(f"cross-validation ({named('folds')}: {len(rows)} of {n} done)")
        if further.portions is not None:
            n, rows = len(further.portions), runs.rows("learning curve", further.portions)
            if len(rows) == n:
                rows.append(_row(work, sides, judged.metrics["validation"]))
                found["learning_curve"] = [{"share": one["frames"] / rows[-1]["frames"], **one} for one in rows]
            else:
                unfinished.append(f"learning curve ({named('learning_curve')}: {len(rows)} of {n} done)")
        runs.forget()
    why = f"The loss of {runs.failed} became NaN or infinite" if runs.failed else "It was asked to stop"
    return found, [f"{why}, so the report has no {one}." for one in unfinished]


class _Runs:
    """Does such trainings one after the other; what each came to is kept in a file until all are done.

    Args:
        work: what all trainings share.
        checkpoint: of the training that made the model; files of the others lie beside it. None to keep nothing.
        asked: whether it was asked to stop; then no further training begins.

    Attributes:
        failed: title of the training whose loss was not finite, after which none begins; empty where there is none. It
            must not take the model with it, which is saved already.
    """

    def __init__(self, work: Fit, checkpoint: Path | None, asked: Callable[[], bool]):
        self.failed = ""
        self._work, self._checkpoint, self._asked = work, checkpoint, asked
        self._was_asked = False
        self._path = self._beside("further.json")
        self._identity = {"dataset": work.dataset.hash, "settings": work.settings.record}
        self._done = self._read()

    def rows(self, title: str, parts: Sequence[Split]) -> list[dict[str, Any]]:
        """Do these trainings, unless they were done before a break; return the row of each that was done."""
        titles = [f"{title} {number} of {len(parts)}" for number in range(1, len(parts) + 1)]
        for one, part in zip(titles, parts, strict=True):
            if one not in self._done and not self._is_over():
                self._run(one, part)
        return [self._done[one] for one in titles if one in self._done]

    def forget(self) -> None:
        """Remove the file."""
        if self._path is not None:
            with suppress(OSError):
                self._path.unlink(missing_ok=True)

    def _is_over(self) -> bool:
        self._was_asked = self._was_asked or self._asked()
        return self._was_asked or bool(self.failed)

    def _run(self, title: str, sides: Split) -> None:
        work = dataclasses.replace(self._work, progress=_as_part(self._work.progress, title))
        try:
            fitted = work.run(sides, self._beside(f"{title.replace(' ', '-')}.npz"))
        except NotFinite:
            self.failed = title
            return
        self._was_asked = fitted.progress.asked
        if not self._was_asked:
            self._done[title] = plain(_row(self._work, sides, _figures(self._work, fitted, sides)))
            self._say(title, sides)
            self._write()
        fitted.checkpoints.remove()

    def _say(self, title: str, sides: Split) -> None:
        accuracy = f"{100 * self._done[title]['accuracy']:.2f} % of {len(sides.validation):,} frames right"
        text = f"{title}: {accuracy}, trained on {len(sides.training):,}"
        self._work.progress({"stage": title, "said": [text], "milestone": True})

    def _beside(self, ending: str) -> Path | None:
        checkpoint = self._checkpoint
        return checkpoint.with_name(f"{checkpoint.stem}.{ending}") if checkpoint else None

    def _read(self) -> dict[str, Any]:
        """Return the rows that were kept, if they are of this training."""
        if self._path is not None:
            with suppress(OSError, ValueError, KeyError, TypeError):
                kept = from_json(self._path.read_text(encoding="utf-8"))
                return dict(kept["done"]) if kept["training"] == self._identity else {}
        return {}

    def _write(self) -> None:
        if self._path is not None:
            with suppress(OSError):  # it would have to be done again after a break, no more
                write_json(self._path, {"training": self._identity, "done": self._done})


def _as_part(progress: Callable[[dict[str, Any]], None], title: str) -> Callable[[dict[str, Any]], None]:
    """Return what takes the progress of one such training: it is no epoch of the model's own."""
    of_it = ("epoch", "epochs", "batch", "batches", "frames_per_second")
    return lambda record: progress({"stage": title, **{key: record[key] for key in of_it if key in record}})


def _figures(work: Fit, fitted: Any, sides: Split) -> dict[str, Any]:
    """Return the figures of the validation side, each frame of its likeliest class."""
    found = predict(fitted, work.dataset, sides.validation)
    likeliest = found.probabilities.argmax(axis=1)
    return side_figures(found, likeliest, work.dataset.table.tags, work.settings.frame_rate)


def _row(work: Fit, sides: Split, figures: dict[str, Any]) -> dict[str, Any]:
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
