"""A search for good settings: trainings with other values each, proposed by Optuna; the model of the best one stays.

What has been found is kept beside the model in ``name.search.json``, whole or absent, and the checkpoint of the trial
under way in ``name.search.3.npz``, so that a search that was broken off goes on when it is begun again: finished trials
are not done again. The values of a trial depend on the seed, its number and the trials before it alone, so that a
search that goes on proposes what it would have proposed unbroken. Both files are removed at the end. (Optuna's own
files are not used: its journal cannot be read any more once its last line was cut short, and SQLite's locks fail on
many network drives.)

From the end of the first trial on the best model so far lies at its place.
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
        model_path: where the model goes; what lies there is replaced when the first trial is over.
        dimensions: what to search, as `space.parse` returns it.
        settings: how many trials, and how to train where nothing is searched. The first trial is done with them, if
            they are among what is searched.
        progress: as in `train.train`; the records tell ``trial`` and ``trials``, too.
        should_stop: asked after each batch. True ends the search gently, as Ctrl-C does: the trial under way counts
            with what it has come to, and the best model so far is kept.
        spelling: by which names the settings are told of.
        spare: the folder of the job, where a model is saved that cannot be at its place.

    Returns:
        The trials, the best one, and its training.

    Raises:
        BadJob: what is kept beside the model is of another search.
        NotFinite: no trial came to a figure.
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
    said = [f"The search goes on after {n} finished trial{'s' if n > 1 else ''}."] if n else []
    if total < settings.trials:
        said.append(f"There are {total} combinations of values to try, so there are {total} trials.")
    progress({"stage": "reading", "said": said})
    with gentle_interrupt() as interrupted:
        place = output_files.Place(path, settings, kept.note, spare)
        trials = _Trials(dataset, place, dimensions, settings, kept, total, spelling)
        stopped = trials.run(progress, lambda: interrupted() or should_stop())
    if kept.best is None:
        kept.remove()
        raise NotFinite(
            f"None of {len(kept.rows)} trials came to a figure ({settings.monitor}). The last one: "
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
    """Ends a trial before its network is judged and saved."""


@dataclasses.dataclass
class _Trials:
    """Does the trials of one search."""

    dataset: Dataset
    place: output_files.Place
    dimensions: list[Dimension]
    settings: TuneSettings
    kept: Kept
    total: int
    spelling: Spelling

    def run(self, progress: Progress, asked: Callable[[], bool]) -> bool:
        """Do the trials that are not done yet; returns whether a wish to stop ended it."""
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
        """Do one trial and note in its row what came of it; returns whether a wish to stop ended it."""
        from pyside.training import train

        began = time.perf_counter()
        number, checkpoint = row["number"], self.kept.checkpoint(row["number"])
        found: dict[str, Any] = {"figure": None, "best_epoch": None, "epochs": None, "failed": None, "stopped": False}

        def look(fitted: Fitted) -> None:
            found.update(_came_to(fitted, settings))
            best = self.kept.rows[self.kept.best["number"]]["figure"] if self.kept.best else None
            if rank(found["figure"], settings.monitor) >= rank(best, settings.monitor):
                raise _NotBetter

        settings, result = self.settings.training.changed(row["values"]), None
        try:
            tell = self._telling(number, progress)
            result = train.train(self.dataset, self.place.path, settings, tell, asked, checkpoint, look, self.place)
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

    def _telling(self, number: int, progress: Progress) -> Progress:
        """Return what takes the progress of a trial: it is told how long the whole search takes still."""
        took = [row["seconds"] for row in self.kept.done]
        began = time.perf_counter()

        def tell(record: dict[str, Any]) -> None:
            told = {name: record[name] for name in record if name not in ("milestone", "seconds_left")}
            if took and "seconds_left" in record:
                mean = sum(took) / len(took)
                left = max(0.0, mean - (time.perf_counter() - began)) + mean * (self.total - number)
                told["seconds_left"] = round(left, 1)
            progress({**told, "trial": number, "trials": self.total})

        return tell

    def _line(self, row: dict[str, Any], result: TrainingResult | None) -> str:
        figure = "failed" if row["figure"] is None else f"{self.settings.monitor} {row['figure']:.4g}"
        best = ", the best so far" if result is not None else ""
        return f"trial {row['number']} of {self.total}: {figure}{best}; {in_words(row['values'], self.spelling)}"


def _came_to(fitted: Fitted, settings: TrainSettings) -> dict[str, Any]:
    """Return what the model of a training is worth: the figure of the epoch whose weights it has."""
    from pyside.training.callbacks.validation_metrics import monitored

    history = fitted.progress.history[monitored(settings.monitor)[0]]
    epoch = fitted.best_epoch if settings.restore_best_weights else len(history)
    figure = history[epoch - 1]
    return {
        "figure": float(figure) if math.isfinite(figure) else None,
        "failed": None if math.isfinite(figure) else f"No epoch came to a figure ({settings.monitor}).",
        "best_epoch": epoch,
        "epochs": len(history),
        "stopped": fitted.progress.asked,
    }
