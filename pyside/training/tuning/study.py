"""The trials of a search and the choice of the next one: Optuna's study, and the file that keeps the trials."""

from __future__ import annotations

import contextlib
import dataclasses
import math
import re
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pyside.errors import BadJob
from pyside.evaluation.result import TrainingResult
from pyside.models import files, output_files
from pyside.settings.training import LOWER_IS_BETTER, TuneSettings
from pyside.system.files import LEFT_PART, left_parts
from pyside.system.records import from_json, plain, to_json, write_json
from pyside.training.tuning.space import Dimension

if TYPE_CHECKING:
    from pyside.data.dataset import Dataset

FORMAT = "touchtrain search 1"
_DRAWN_AT_FIRST = 5  # trials before Optuna's sampler uses the results
_LEAST_FOR_IMPORTANCE = 4  # trials
Values = dict[str, Any]
OF_TRIAL = r"\.\d+(?:\.(?:fold|learning-curve)-\d+-of-\d+)?\.npz|\.\d+\.further\.json"  # see `resampling`


def propose(dimensions: list[Dimension], before: list[dict[str, Any]], settings: TuneSettings) -> Values:
    """Return the values of the next trial.

    Args:
        dimensions: of the search.
        before: the records of the earlier trials; of those that run meanwhile, without results.
        settings: seed, monitored figure, and the values to begin with.

    Returns:
        Values that no earlier trial had. The same earlier trials give the same values.
    """
    tried = {to_json(row["values"]) for row in before}
    start = {one.name: settings.record[one.name] for one in dimensions}
    if not before and all(one.holds(start[one.name]) for one in dimensions):
        return start
    optuna = _optuna()
    attempt = 0
    while True:
        seed = int(np.random.SeedSequence([settings.seed, len(before), attempt]).generate_state(1)[0])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Optuna calls the avoidance of running trials experimental
            sampler = optuna.samplers.TPESampler(
                n_startup_trials=_DRAWN_AT_FIRST,
                seed=seed,
                constant_liar=any("figure" not in row for row in before),
            )
        if attempt:  # the first sampler proposed values that were tried already
            sampler = optuna.samplers.RandomSampler(seed)
        study = _study(dimensions, before, settings.monitor, sampler)
        drawn = study.ask({one.name: _distribution(one) for one in dimensions}).params
        values = {
            one.name: one.choices[drawn[one.name]] if one.choices else one.tidied(drawn[one.name]) for one in dimensions
        }
        if to_json(values) not in tried:  # ends, because there are more combinations than trials
            return values
        attempt += 1


def importance(dimensions: list[Dimension], rows: list[dict[str, Any]], seed: int) -> dict[str, float] | None:
    """Return how much of the figure's variation over the trials each setting explains (fANOVA), 0 to 1.

    None if there are too few finished trials, or all have the same figure.
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
    """Return a study in memory with these trials; a failed one counts as the worst possible, others run still."""
    optuna = _optuna()
    sign = 1 if monitor in LOWER_IS_BETTER else -1
    study = optuna.create_study(sampler=sampler)
    distributions = {one.name: _distribution(one) for one in dimensions}
    for row in rows:
        params = {
            one.name: one.choices.index(row["values"][one.name]) if one.choices else row["values"][one.name]
            for one in dimensions
        }
        if "figure" not in row:
            running = optuna.trial.TrialState.RUNNING
            study.add_trial(optuna.trial.create_trial(state=running, params=params, distributions=distributions))
            continue
        value = math.inf if row["figure"] is None else sign * row["figure"]
        study.add_trial(optuna.trial.create_trial(params=params, distributions=distributions, value=value))
    return study


class Kept:
    """The state of a search, kept in files beside the model.

    Args:
        model_path: of the ``.h5`` file.
        dataset: the training data.
        dimensions: of the search.
        settings: of the search; with another number of trials it is still the same search.

    Attributes:
        note: the file that records which model this search has written to its place.
        rows: trials by number: finished ones, and unfinished ones, which have ``number`` and ``values`` only.
        best: ``number`` of the best one, its ``training`` as plain values, and ``file``, size and time of its model
            file; None if there is none.

    Raises:
        BadJob: the existing files belong to another search.
        NotWritable, DiskFull: files cannot be written there.
    """

    def __init__(self, model_path: Path, dataset: Dataset, dimensions: list[Dimension], settings: TuneSettings):
        self._model = model_path
        self._path = model_path.with_name(f"{model_path.stem}.search.json")
        self.note = model_path.with_name(f"{model_path.stem}.search.{output_files.NOTE}")
        for file in (self._path, self.note, self._longest(settings)):
            files.check_name(file)
        searched = plain({one.name: one.record for one in dimensions})
        of_trainings = settings.training.identity
        self._search = {"format": FORMAT, "dataset": dataset.hash, "settings": of_trainings, "search": searched}
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
                f"{self._path} keeps {len(rows)} trials of another, interrupted search (other "
                f"{', '.join(changed)}). Remove that file to begin anew, or name another model file."
            )
        if best is not None and (best["file"] != self._file() or "figure" not in rows[best["number"]]):
            # Its model is missing: removed, or replaced, perhaps by a better trial that was interrupted. Repeat it.
            rows[best["number"]] = unfinished(rows[best["number"]])
            best = None
        self.rows, self.best = rows, best

    @property
    def done(self) -> list[dict[str, Any]]:
        """The finished trials."""
        return [row for row in self.rows.values() if "figure" in row and not row["stopped"]]

    def checkpoint(self, number: int) -> Path:
        """Return the checkpoint file of a trial."""
        return self._path.with_name(f"{self._model.stem}.search.{number}.npz")

    def _longest(self, settings: TuneSettings) -> Path:
        """Return the file with the longest name that a search writes."""
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
        """Write the state; a failure costs no more than repeating trials after an interruption."""
        rows = [unfinished(row) if row.get("stopped") else row for row in self.rows.values()]
        with contextlib.suppress(OSError):
            write_json(self._path, {"search": self._search, "trials": rows, "best": self.best})

    def remove(self) -> None:
        """Remove the files of the search, and unfinished ones that killed processes left."""
        ours = re.compile(f"({re.escape(self._model.stem)}\\.search(?:{OF_TRIAL}))(?:{LEFT_PART})?")
        with contextlib.suppress(OSError):
            names = [file.name for file in self._path.parent.iterdir()]
            trials = [self._path.with_name(match[1]) for name in names if (match := ours.fullmatch(name))]
            for file in {self._path, self.note, *trials}:
                for one in (file, *left_parts(file)):
                    one.unlink(missing_ok=True)

    def _file(self) -> list[int] | None:
        try:
            found = self._model.stat()
        except OSError:
            return None
        return [found.st_size, found.st_mtime_ns]


def unfinished(row: dict[str, Any]) -> dict[str, Any]:
    """Return the record of a trial that will be repeated with the same values."""
    return {"number": row["number"], "values": row["values"]}
