"""A search for good settings: trainings with different values, proposed by Optuna; the model of the best one is kept.

The results are kept beside the model in ``name.search.json``, which is always complete, and the checkpoint of the
running trial in, say, ``name.search.3.npz``. So an interrupted search continues when it is started again: finished
trials are not repeated. The values of a trial depend only on the seed, its number and the earlier trials, so a resumed
search proposes what it would have proposed without the interruption. Both files are removed at the end. (Optuna's own
files are not used: its journal becomes unreadable if its last line is cut short, and SQLite's locks fail on many
network drives.)

From the end of the first trial on, the best model so far is at its place.
"""

from __future__ import annotations

import contextlib
import dataclasses
import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pyside.aliases import Progress
from pyside.compute import devices
from pyside.errors import NotFinite
from pyside.evaluation.result import TrainingResult
from pyside.models import files, output_files
from pyside.settings.core import Spelling
from pyside.settings.training import TrainSettings, TuneSettings
from pyside.training.tuning.result import TuningResult, rank
from pyside.training.tuning.space import Dimension, in_words
from pyside.training.tuning.study import Kept, importance, propose

if TYPE_CHECKING:
    from pyside.data.dataset import Dataset
    from pyside.training.trainer import Fitted


def tune(
    dataset: Dataset,
    model_path: Path,
    dimensions: list[Dimension],
    settings: TuneSettings,
    progress: Progress = lambda record: None,
    should_stop: Callable[[], bool] = lambda: False,
    spelling: Spelling = "python",
    spare: Path | None = None,
) -> TuningResult:
    """Train with many settings, and keep the model of the best.

    Args:
        dataset: an opened dataset folder.
        model_path: where the model goes; an existing file is replaced at the end of the first trial.
        dimensions: the search space, as `space.parse` returns it.
        settings: number of trials, and the settings that are not searched. The first trial uses these settings, if
            their values are among those to try.
        progress: as in `train.train`; the records also have ``trial`` and ``trials``.
        should_stop: called after each batch. True ends the search gently, as Ctrl-C does: the running trial counts
            with its result so far, and the best model so far is kept.
        spelling: of the names of settings in messages.
        spare: the folder of the job, where a model is saved that cannot be written to its place.

    Returns:
        The trials, the best one, and its training.

    Raises:
        BadJob: the files kept beside the model belong to another search.
        NotFinite: no trial reached a finite figure.
        TouchTrainError: as `train.train`.
    """
    devices.use_backend(settings.backend)
    path = files.with_suffix(model_path).absolute()
    kept = Kept(path, dataset, dimensions, settings)
    total = min(settings.trials, math.prod(one.size for one in dimensions))
    from pyside.training.callbacks.progress import gentle_interrupt

    if not kept.rows:
        kept.remove()  # checkpoints of another search
    n = len(kept.done)
    notes = [f"The search continues after {n} finished trial{'s' if n > 1 else ''}."] if n else []
    if total < settings.trials:
        notes.append(f"There are only {total} combinations of values to try, so there are {total} trials.")
    progress({"stage": "reading", "said": notes})
    with gentle_interrupt() as interrupted:
        place = output_files.Place(path, settings, kept.note, spare)
        trials = _Trials(dataset, place, dimensions, settings, kept, total, spelling)
        stopped = trials.run(progress, lambda: interrupted() or should_stop())
    if kept.best is None:
        kept.remove()
        raise NotFinite(
            f"None of {len(kept.rows)} trials reached a finite figure ({settings.monitor}). The last one: "
            f"{kept.rows[max(kept.rows)]['failed']}"
        )
    if stopped:
        kept.write()
    else:
        kept.remove()
    rows = [kept.rows[number] for number in sorted(kept.rows) if "figure" in kept.rows[number]]
    return TuningResult(
        rows,
        kept.rows[kept.best["number"]],
        settings.monitor,
        importance(dimensions, [row for row in rows if not row["stopped"]], settings.seed),
        TrainingResult.from_record(kept.best["training"]),
        total,
        stopped,
    )


# --- trials --------------------------------------------------------------------------------------------------------


class _NotBetter(Exception):
    """Ends a trial before its network is evaluated and saved."""


@dataclasses.dataclass
class _Trials:
    """Runs the trials of one search."""

    dataset: Dataset
    place: output_files.Place
    dimensions: list[Dimension]
    settings: TuneSettings
    kept: Kept
    total: int
    spelling: Spelling

    def run(self, progress: Progress, asked: Callable[[], bool]) -> bool:
        """Run the trials that are not finished; return whether a request to stop ended the search."""
        rows = self.kept.rows
        for number in range(1, self.total + 1):
            if "figure" in rows.get(number, {}):
                continue
            if asked() and self.kept.best is not None:
                return True
            if number not in rows:
                before = [rows[one] for one in range(1, number)]
                rows[number] = {"number": number, "values": propose(self.dimensions, before, self.settings)}
                self.kept.write()
            if self._trial(rows[number], progress, asked):
                return True
        return False

    def _trial(self, row: dict[str, Any], progress: Progress, asked: Callable[[], bool]) -> bool:
        """Run one trial and add the result to its row; return whether a request to stop ended it."""
        from pyside.training import train

        began = time.perf_counter()
        number, checkpoint = row["number"], self.kept.checkpoint(row["number"])
        found: dict[str, Any] = {"figure": None, "best_epoch": None, "epochs": None, "failed": None, "stopped": False}

        def look(fitted: Fitted) -> None:
            found.update(_result(fitted, settings))
            best = self.kept.rows[self.kept.best["number"]]["figure"] if self.kept.best else None
            if rank(found["figure"], settings.monitor) >= rank(best, settings.monitor):
                raise _NotBetter

        settings, result = self.settings.training.changed(row["values"]), None
        try:
            report = self._with_time_left(number, progress)
            result = train.train(self.dataset, self.place.path, settings, report, asked, checkpoint, look, self.place)
        except NotFinite as error:
            found["failed"] = error.text
        except _NotBetter:
            pass
        row |= {**found, "seconds": round(time.perf_counter() - began, 1)}
        if result is not None:
            self.kept.note_best(number, result)
        self.kept.write()
        with contextlib.suppress(OSError):
            checkpoint.unlink(missing_ok=True)
        progress({"stage": "searching", "trial": number, "trials": self.total, "said": [self._line(row, result)]})
        return bool(row["stopped"])

    def _with_time_left(self, number: int, progress: Progress) -> Progress:
        """Return a progress function for a trial that reports the time left for the whole search."""
        took = [row["seconds"] for row in self.kept.done]
        began = time.perf_counter()

        def report(record: dict[str, Any]) -> None:
            shown = {name: record[name] for name in record if name not in ("milestone", "seconds_left")}
            if took and "seconds_left" in record:
                mean = sum(took) / len(took)
                left = max(0.0, mean - (time.perf_counter() - began)) + mean * (self.total - number)
                shown["seconds_left"] = round(left, 1)
            progress({**shown, "trial": number, "trials": self.total})

        return report

    def _line(self, row: dict[str, Any], result: TrainingResult | None) -> str:
        figure = "failed" if row["figure"] is None else f"{self.settings.monitor} {row['figure']:.4g}"
        best = ", the best so far" if result is not None else ""
        return f"trial {row['number']} of {self.total}: {figure}{best}; {in_words(row['values'], self.spelling)}"


def _result(fitted: Fitted, settings: TrainSettings) -> dict[str, Any]:
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
