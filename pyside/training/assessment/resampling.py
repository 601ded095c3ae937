"""Further trainings after the one that makes the model: cross-validation, and a learning curve.

They show how much the figures depend on the recordings that were held out, and whether more recordings would help. The
results of each are kept beside the checkpoint, so that a resumed job does not repeat finished trainings.
"""

from __future__ import annotations

import dataclasses
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pyside.errors import NoCluster, NotFinite, WorkerLost
from pyside.settings.core import named
from pyside.system.files import part_of, written_beside
from pyside.system.records import from_json, write_json
from pyside.training.assessment import on_workers, out_of_fold
from pyside.training.assessment.evaluate import Judged
from pyside.training.assessment.further_training import FOLD, Further, row_of, train_further
from pyside.training.callbacks.progress import gentle_interrupt
from pyside.training.splitting.cross_validation import folds
from pyside.training.splitting.duplicates import with_merged_groups
from pyside.training.splitting.learning_curve import portions
from pyside.training.splitting.subsets import SIDES, Split
from pyside.training.trainer import Fit, Fitted

if TYPE_CHECKING:
    from pyside.data.dataset import Dataset
    from pyside.settings.training import TrainSettings

SHARES = (1 / 8, 1 / 4, 1 / 2)  # of the training side, for the learning curve


@dataclasses.dataclass(frozen=True)
class FurtherSides:
    """The splits of the further trainings; None for those that the settings do not ask for.

    Attributes:
        folds: of the cross-validation.
        portions: of the learning curve, the smallest first.
    """

    folds: list[Split] | None = None
    portions: list[Split] | None = None


def further_sides(dataset: Dataset, sides: Split, settings: TrainSettings, equal: np.ndarray) -> FurtherSides:
    """Split for the further trainings; called before the first training, so that errors come before it.

    Args:
        dataset: the training data.
        sides: of the training that makes the model.
        settings: `folds`, `learning_curve` and `seed` are used.
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


@dataclasses.dataclass(frozen=True)
class Resampled:
    """What the further trainings came to.

    Attributes:
        report: ``cross_validation`` and ``learning_curve``, None if not asked for or unfinished.
        warnings: sentences, on what is unfinished.
        folds: with a complete cross-validation the content of ``folds.npz``, else None.
        lost: what the workers of a cluster have not completed, in words; empty if nothing.
    """

    report: dict[str, Any]
    warnings: list[str]
    folds: dict[str, np.ndarray] | None
    lost: str


def further_trainings(
    work: Fit,
    fitted: Fitted,
    sides: Split,
    further: FurtherSides,
    judged: Judged,
    checkpoint: Path | None,
    model_path: Path,
) -> Resampled:
    """Run the further trainings that the settings ask for, here or on the workers of a cluster.

    Args:
        work: what all trainings share.
        fitted: the training that made the model. If it was asked to stop, no further one begins.
        sides: of that training.
        further: splits of the further trainings.
        judged: the evaluation of the model.
        checkpoint: of the training that made the model; the checkpoints of the others are written beside it, and stay
            if workers of a cluster have lost a training.
        model_path: of the model; files of workers go beside it.
    """
    found: dict[str, Any] = {"cross_validation": None, "learning_curve": None}
    kept: dict[str, np.ndarray] | None = None
    unfinished: list[str] = []
    of_folds, of_curve = _titled(FOLD, further.folds), _titled("learning curve", further.portions)
    with gentle_interrupt() as interrupted:
        runs = _Runs(work, checkpoint, lambda: fitted.progress.asked or interrupted())
        runs.all({**of_folds, **of_curve}, model_path)
    if further.folds is not None:
        n, rows = len(of_folds), runs.rows(of_folds)
        if len(rows) == n:
            found["cross_validation"] = {"folds": rows, "spread": spread(rows)}
            used = np.concatenate([getattr(sides, side) for side in SIDES])
            own = out_of_fold.features_of_model(fitted, work.dataset, used)
            kept = out_of_fold.collected(work.dataset, runs.kept(of_folds), own)
        else:
            unfinished.append(f"cross-validation ({named('folds')}: {len(rows)} of {n} done)")
    if further.portions is not None:
        n, rows = len(of_curve), runs.rows(of_curve)
        if len(rows) == n:
            rows.append(row_of(work, sides, judged.metrics["validation"]))
            found["learning_curve"] = [{"share": one["frames"] / rows[-1]["frames"], **one} for one in rows]
        else:
            unfinished.append(f"learning curve ({named('learning_curve')}: {len(rows)} of {n} done)")
    lost = " ".join(f"{title} was lost: {why}" for title, why in runs.lost.items())
    if not lost or checkpoint is None:
        runs.forget()
    why = f"The loss of {runs.failed} became NaN or infinite" if runs.failed else "The training was asked to stop"
    why = lost.rstrip(".") if lost else why
    return Resampled(found, [f"{why}, so the report has no {one}." for one in unfinished], kept, lost)


class _Runs:
    """Runs further trainings, here one after the other; keeps their results in a file until all are done.

    Args:
        work: what all trainings share.
        checkpoint: of the training that made the model; files of the others are written beside it. None to keep none.
        asked: whether a stop was requested; then no further training begins.

    Attributes:
        failed: title of the training whose loss was not finite, after which no further one begins; empty if none. This
            raises no error, because the model is saved already.
        lost: titles of the trainings that the workers of a cluster have not completed, and why.
    """

    def __init__(self, work: Fit, checkpoint: Path | None, asked: Callable[[], bool]):
        self.failed = ""
        self.lost: dict[str, str] = {}
        self._work, self._checkpoint, self._asked = work, checkpoint, asked
        self._was_asked = False
        self._path = self._beside("further.json")
        self._identity = {"dataset": work.dataset.hash, "settings": work.settings.identity}
        self._done = self._read()
        self._kept: dict[str, dict[str, np.ndarray]] = {}

    def all(self, titled: Mapping[str, Split], model_path: Path) -> None:
        """Run these trainings, except those finished before an interruption."""
        to_do = {title: sides for title, sides in titled.items() if not self._is_done(title)}
        if not to_do or self._is_over():
            return
        if self._work.settings.scheduler is not None:
            self._on_workers(to_do, model_path)
            return
        for title, sides in to_do.items():
            if not self._is_over():
                self._run(title, sides)

    def rows(self, titles: Iterable[str]) -> list[dict[str, Any]]:
        """Return the rows of the finished ones among these trainings."""
        return [self._done[title] for title in titles if self._is_done(title)]

    def kept(self, titles: Iterable[str]) -> list[dict[str, np.ndarray]]:
        """Return what is kept of finished trainings beside their rows; see `out_of_fold.of_fold`."""
        return [self._kept_of(title) or {} for title in titles]

    def forget(self) -> None:
        """Remove the files."""
        for path in filter(None, (self._path, *map(self._kept_path, self._done))):
            with suppress(OSError):
                path.unlink(missing_ok=True)

    def _is_done(self, title: str) -> bool:
        return title in self._done and self._kept_of(title) is not None

    def _is_over(self) -> bool:
        self._was_asked = self._was_asked or self._asked()
        return self._was_asked or bool(self.failed)

    def _run(self, title: str, sides: Split) -> None:
        work = dataclasses.replace(self._work, progress=_as_part(self._work.progress, title))
        try:
            fitted, found = train_further(work, title, sides, self._beside(f"{title.replace(' ', '-')}.npz"))
        except NotFinite:
            self.failed = title
            return
        self._was_asked = found is None
        if found is not None:
            self._take(title, sides, found)
        fitted.checkpoints.remove()

    def _on_workers(self, titled: Mapping[str, Split], model_path: Path) -> None:
        def is_over() -> bool:
            self._was_asked = self._was_asked or self._work.should_stop()
            return self._is_over()

        try:
            for title, found in on_workers.run_on_workers(self._work, model_path, titled, is_over):
                if isinstance(found, NotFinite):
                    self.failed = title
                elif isinstance(found, WorkerLost):
                    self.lost[title] = found.text
                    self._work.progress({"stage": title, "said": [f"{title} was lost: {found.text}"]})
                else:
                    self._take(title, titled[title], found)
        except NoCluster as error:
            self.lost |= {title: error.text for title in titled if not self._is_done(title)}

    def _take(self, title: str, sides: Split, found: Further) -> None:
        if title.startswith(FOLD):
            self._keep(title, found.kept)
        self._done[title] = found.row
        accuracy = f"{100 * found.row['accuracy']:.2f} % of {len(sides.validation):,} frames right"
        text = f"{title}: {accuracy}, trained on {len(sides.training):,}{f' by {found.host}' if found.host else ''}"
        self._work.progress({"stage": title, "said": [text], "milestone": True})
        self._write()

    def _kept_path(self, title: str) -> Path | None:
        return self._beside(f"{title.replace(' ', '-')}.kept.npz")

    def _keep(self, title: str, arrays: dict[str, np.ndarray]) -> None:
        self._kept[title] = arrays
        if path := self._kept_path(title):
            with suppress(OSError), written_beside(path, part_of(path)) as beside, beside.open("wb") as file:
                np.savez(file, **arrays)  # type: ignore[arg-type]

    def _kept_of(self, title: str) -> dict[str, np.ndarray] | None:
        """Return what is kept of a training; None if it cannot be read, so that it must run again."""
        path = self._kept_path(title)
        if title not in self._kept and title.startswith(FOLD) and path is not None:
            with suppress(OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile), np.load(path) as file:
                self._kept[title] = {name: file[name] for name in file.files}
        return self._kept.get(title) if title.startswith(FOLD) else {}

    def _beside(self, ending: str) -> Path | None:
        checkpoint = self._checkpoint
        return checkpoint.with_name(f"{checkpoint.stem}.{ending}") if checkpoint else None

    def _read(self) -> dict[str, Any]:
        """Return the rows that were kept, if they belong to this training."""
        if self._path is not None:
            with suppress(OSError, ValueError, KeyError, TypeError):
                kept = from_json(self._path.read_text(encoding="utf-8"))
                return dict(kept["done"]) if kept["training"] == self._identity else {}
        return {}

    def _write(self) -> None:
        if self._path is not None:
            with suppress(OSError):  # costs no more than repeating the training after an interruption
                write_json(self._path, {"training": self._identity, "done": self._done})


def _as_part(progress: Callable[[dict[str, Any]], None], title: str) -> Callable[[dict[str, Any]], None]:
    """Return a progress function for one further training; its epochs are not shown as epochs of the model."""
    shown = ("epoch", "epochs", "batch", "batches", "frames_per_second")
    return lambda record: progress({"stage": title, **{key: record[key] for key in shown if key in record}})


def _titled(title: str, parts: Sequence[Split] | None) -> dict[str, Split]:
    return {f"{title} {number} of {len(parts or [])}": part for number, part in enumerate(parts or [], start=1)}


def spread(rows: list[dict[str, Any]]) -> dict[str, dict[str, float]]:
    """Return mean, sample standard deviation, minimum and maximum of each figure over the folds."""
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
