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
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pyside.compute import devices
from pyside.errors import BadJob, NotFinite
from pyside.evaluation.result import TrainingResult
from pyside.models import load, output_files
from pyside.settings.core import LOWER_IS_BETTER, Spelling, TrainSettings, TuneSettings
from pyside.system.records import from_json, left_behind, plain, to_json, write_json
from pyside.training.tuning.result import TuningResult, rank
from pyside.training.tuning.space import Dimension, in_words

if TYPE_CHECKING:
    from pyside.data.dataset import Dataset
    from pyside.training.trainer import Fitted

FORMAT = "touchtrain search 1"
_DRAWN_AT_FIRST = 5  # trials before Optuna's sampler learns from those done
_LEAST_FOR_IMPORTANCE = 4  # trials
_PART = r"\.\d+\.part"  # what a killed process leaves of a file
_OF_TRIAL = r"\.\d+(?:\.(?:fold|learning-curve)-\d+-of-\d+)?\.npz|\.\d+\.further\.json"  # see `further`

Progress = Callable[[dict[str, Any]], None]
Values = dict[str, Any]


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
        dimensions: what to search, as `search.parse` returns it.
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
    path = load.with_suffix(model_path).absolute()
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

        settings, result = self._settings(row), None
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

    def _settings(self, row: dict[str, Any]) -> TrainSettings:
        given = {**self.settings.as_dict(), **row["values"]}
        return TrainSettings.from_options({name: value for name, value in given.items() if name != "trials"})

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


# --- Optuna --------------------------------------------------------------------------------------------------------


def propose(dimensions: list[Dimension], before: list[dict[str, Any]], settings: TuneSettings) -> Values:
    """Return the values of the next trial.

    Args:
        dimensions: what is searched.
        before: the records of the trials before.
        settings: the seed, the figure, and where to begin.

    Returns:
        Values that none of the trials before had. The same trials before give the same values.
    """
    tried = {to_json(row["values"]) for row in before}
    as_set = settings.as_dict()
    start = {one.name: plain(as_set[one.name]) for one in dimensions}
    if not before and all(one.holds(start[one.name]) for one in dimensions):
        return start
    optuna = _optuna()
    attempt = 0
    while True:
        seed = int(np.random.SeedSequence([settings.seed, len(before), attempt]).generate_state(1)[0])
        sampler = optuna.samplers.TPESampler(n_startup_trials=_DRAWN_AT_FIRST, seed=seed)
        if attempt:  # what it learnt led to values that were tried already
            sampler = optuna.samplers.RandomSampler(seed)
        study = _study(dimensions, before, settings.monitor, sampler)
        drawn = study.ask({one.name: _distribution(one) for one in dimensions}).params
        values = {
            one.name: one.choices[drawn[one.name]] if one.choices else one.tidied(drawn[one.name]) for one in dimensions
        }
        if to_json(values) not in tried:  # there are more combinations than trials
            return values
        attempt += 1


def importance(dimensions: list[Dimension], rows: list[dict[str, Any]], seed: int) -> dict[str, float] | None:
    """Return how much of the figure's spread over the trials each setting accounts for (fANOVA), 0 to 1.

    None where the finished trials are too few, or all alike.
    """
    there = [row for row in rows if row["figure"] is not None]
    if len(there) < _LEAST_FOR_IMPORTANCE or len({row["figure"] for row in there}) < 2:
        return None
    optuna = _optuna()
    study = _study(dimensions, there, "loss", optuna.samplers.RandomSampler(seed))
    evaluator = optuna.importance.FanovaImportanceEvaluator(seed=seed)
    try:
        found = optuna.importance.get_param_importances(study, evaluator=evaluator)
    except RuntimeError:  # its trees found no difference
        return None
    return {name: round(float(share), 4) for name, share in found.items()}


def _optuna() -> Any:
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    return optuna


def _distribution(dimension: Dimension) -> Any:
    of = _optuna().distributions
    if dimension.choices:
        return of.CategoricalDistribution(tuple(range(len(dimension.choices))))
    kind = of.IntDistribution if dimension.is_whole else of.FloatDistribution
    return kind(dimension.low, dimension.high, log=dimension.is_log)


def _study(dimensions: list[Dimension], rows: list[dict[str, Any]], monitor: str, sampler: Any) -> Any:
    """Return a study in memory that holds these trials; one that failed was the worst there can be."""
    optuna = _optuna()
    sign = 1 if monitor in LOWER_IS_BETTER else -1
    study = optuna.create_study(sampler=sampler)
    distributions = {one.name: _distribution(one) for one in dimensions}
    for row in rows:
        params = {
            one.name: one.choices.index(row["values"][one.name]) if one.choices else row["values"][one.name]
            for one in dimensions
        }
        value = math.inf if row["figure"] is None else sign * row["figure"]
        study.add_trial(optuna.trial.create_trial(params=params, distributions=distributions, value=value))
    return study


# --- what is kept --------------------------------------------------------------------------------------------------


class Kept:
    """What has been found so far, beside the model.

    Args:
        model_path: of the ``.h5`` file.
        dataset: what is learnt from.
        dimensions: what is searched.
        settings: of the search; another number of trials is no other search.

    Attributes:
        note: the file that remembers which model this search has put at its place.
        rows: trials by number: those that are finished, and those under way, which have ``number`` and ``values`` only.
        best: ``number`` of the best one, its ``training`` as plain values, and ``file``, what its model file is known
            by; None where there is none.

    Raises:
        BadJob: what is there is of another search.
        NotWritable, DiskFull: it cannot be kept there.
    """

    def __init__(self, model_path: Path, dataset: Dataset, dimensions: list[Dimension], settings: TuneSettings):
        self._model = model_path
        self._path = model_path.with_name(f"{model_path.stem}.search.json")
        self.note = model_path.with_name(f"{model_path.stem}.search.{output_files.NOTE}")
        for file in (self._path, self.note, self._longest(settings)):
            load.check_name(file)
        of_trainings = {name: value for name, value in settings.as_dict().items() if name != "trials"}
        searched = {one.name: one.record for one in dimensions}
        self._search = plain({"format": FORMAT, "dataset": dataset.hash, "settings": of_trainings, "search": searched})
        self.rows: dict[int, dict[str, Any]] = {}
        self.best: dict[str, Any] | None = None
        try:
            record = from_json(self._path.read_text(encoding="utf-8"))
            search, rows, best = record["search"], {row["number"]: row for row in record["trials"]}, record["best"]
        except (OSError, ValueError, KeyError, TypeError):
            return
        if search != self._search:
            changed = [name for name in self._search if search.get(name) != self._search[name]]
            raise BadJob(
                f"{self._path} keeps {len(rows)} trials of another search that was broken off (other "
                f"{', '.join(changed)}). Remove that file to begin anew, or name another model file."
            )
        if best is not None and (best["file"] != self._file() or "figure" not in rows[best["number"]]):
            # Its model is not there: removed, replaced, or of a better trial that was broken off. It is done again.
            rows[best["number"]] = _unfinished(rows[best["number"]])
            best = None
        self.rows, self.best = rows, best

    @property
    def done(self) -> list[dict[str, Any]]:
        """The finished trials."""
        return [row for row in self.rows.values() if "figure" in row and not row["stopped"]]

    def checkpoint(self, number: int) -> Path:
        """Return the file in which a trial keeps what it goes on from."""
        return self._path.with_name(f"{self._model.stem}.search.{number}.npz")

    def _longest(self, settings: TuneSettings) -> Path:
        """Return the file with the longest name that a search keeps."""
        ends = [".npz"]
        if settings.folds:
            ends += [".further.json", f".fold-{settings.folds}-of-{settings.folds}.npz"]
        if settings.learning_curve:
            ends.append(".learning-curve-1-of-3.npz")
        return self._path.with_name(f"{self._model.stem}.search.{settings.trials}{max(ends, key=len)}")

    def note_best(self, number: int, result: TrainingResult) -> None:
        """Note which trial made the model."""
        self.best = {"number": number, "training": plain(dataclasses.asdict(result)), "file": self._file()}

    def write(self) -> None:
        """Write it down; where that cannot be, a search that is broken off does it again, no more."""
        rows = [_unfinished(row) if row.get("stopped") else row for row in self.rows.values()]
        with contextlib.suppress(OSError):
            write_json(self._path, {"search": self._search, "trials": rows, "best": self.best})

    def remove(self) -> None:
        """Remove it, and what processes that were killed left."""
        ours = re.compile(f"({re.escape(self._model.stem)}\\.search(?:{_OF_TRIAL}))(?:{_PART})?")
        with contextlib.suppress(OSError):
            names = [file.name for file in self._path.parent.iterdir()]
            trials = [self._path.with_name(match[1]) for name in names if (match := ours.fullmatch(name))]
            for file in {self._path, self.note, *trials}:
                for one in (file, *left_behind(file.parent, file.name, _PART)):
                    one.unlink(missing_ok=True)

    def _file(self) -> list[int] | None:
        try:
            found = self._model.stat()
        except OSError:
            return None
        return [found.st_size, found.st_mtime_ns]


def _unfinished(row: dict[str, Any]) -> dict[str, Any]:
    """Return the record of a trial that is to be done again, with the same values."""
    return {"number": row["number"], "values": row["values"]}
