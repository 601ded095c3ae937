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
import pickle
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pyside.aliases import Progress
from pyside.cluster.work import Item
from pyside.compute import devices
from pyside.errors import Interrupted, NotFinite, WorkerLost
from pyside.evaluation.result import TrainingResult
from pyside.models import files, output_files
from pyside.settings.core import Spelling, named
from pyside.settings.training import TuneSettings
from pyside.training.assessment.on_workers import Shown, Stopped
from pyside.training.checks import workers
from pyside.training.checks.workers import Shared
from pyside.training.tuning import on_workers
from pyside.training.tuning.on_workers import NO_RESULT, Tried, result_of
from pyside.training.tuning.result import TuningResult, rank
from pyside.training.tuning.space import Dimension, in_words
from pyside.training.tuning.study import Kept, importance, propose, unfinished

if TYPE_CHECKING:
    from pyside.cluster.cluster import Cluster
    from pyside.data.dataset import Dataset
    from pyside.training.trainer import Fitted

_SECONDS_TO_END = 60.0  # that trials on workers have to end gently


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
        should_stop: called after each batch. True ends the search gently, as Ctrl-C does: a running trial counts with
            its result so far, and the best model so far is kept.
        spelling: of the names of settings in messages.
        spare: the folder of the job, where a model is saved that cannot be written to its place.

    Returns:
        The trials, the best one, and its training.

    Raises:
        BadJob: the files kept beside the model belong to another search.
        NoCluster: the cluster of the setting `scheduler` does not answer, or has no worker that can be used. Finished
            trials are kept.
        Interrupted: it was stopped on a cluster before any trial had a result.
        NotFinite, WorkerLost: no trial reached a finite figure, or was completed by the workers of a cluster.
        TouchTrainError: as `train.train`.
    """
    devices.use_backend(settings.backend)
    devices.import_keras()  # without what TensorFlow prints
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
        run = trials.run if settings.scheduler is None else trials.run_on_workers
        stopped = run(progress, lambda: interrupted() or should_stop())
    if kept.best is None and stopped:
        kept.write()
        raise Interrupted("The search was stopped before any of its trials had a result.")
    if kept.best is None:
        kept.remove()
        raise (WorkerLost if trials.lost else NotFinite)(
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
    lost: bool = False

    def run(self, progress: Progress, asked: Callable[[], bool]) -> bool:
        """Run the trials that are not finished; return whether a request to stop ended the search."""
        rows = self.kept.rows
        for number in range(1, self.total + 1):
            if "figure" in rows.get(number, {}):
                continue
            if asked() and self.kept.best is not None:
                return True
            self._propose(number)
            if self._trial(rows[number], progress, asked):
                return True
        return False

    def _propose(self, number: int) -> None:
        """Choose the values of a trial by the results of those that may be known then, unless it has some."""
        rows, lag = self.kept.rows, self.settings.lag
        if number not in rows:
            before = [rows[one] if one <= number - lag else unfinished(rows[one]) for one in range(1, number)]
            rows[number] = {"number": number, "values": propose(self.dimensions, before, self.settings)}
            self.kept.write()

    def _trial(self, row: dict[str, Any], progress: Progress, asked: Callable[[], bool]) -> bool:
        """Run one trial and add the result to its row; return whether a request to stop ended it."""
        from pyside.training import train

        began = time.perf_counter()
        number, checkpoint = row["number"], self.kept.checkpoint(row["number"])
        found: dict[str, Any] = dict(NO_RESULT)

        def look(fitted: Fitted) -> None:
            found.update(result_of(fitted, settings))
            if not self._is_best(number, found["figure"]):
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
        self._end(row, result, progress)
        return bool(row["stopped"])

    def _is_best(self, number: int, figure: float | None) -> bool:
        """Return whether a figure is the best so far; of equal ones, that of the earlier trial is."""
        if self.kept.best is None:
            return figure is not None
        best, monitor = self.kept.rows[self.kept.best["number"]], self.settings.monitor
        return (rank(figure, monitor), number) < (rank(best["figure"], monitor), best["number"])

    def _end(self, row: dict[str, Any], result: TrainingResult | None, progress: Progress, host: str = "") -> None:
        """Keep what became of a trial, and say it."""
        if result is not None:
            self.kept.note_best(row["number"], result)
        self.kept.write()
        with contextlib.suppress(OSError):
            self.kept.checkpoint(row["number"]).unlink(missing_ok=True)
        line = self._line(row, result) + (f"; by {host}" if host else "")
        progress({"stage": "searching", "trial": row["number"], "trials": self.total, "said": [line]})

    # --- on the workers of a cluster ---------------------------------------------------------------------------------

    def run_on_workers(self, progress: Progress, asked: Callable[[], bool]) -> bool:
        """Do as `run`, with several trials at a time on workers; the best networks are evaluated and saved here."""
        from pyside.training import train

        begun: set[int] = set()
        wish: list[float] = []  # when the end was asked for

        def meanwhile() -> None:
            if asked() and not wish:
                wish.append(time.monotonic())
                common.stop.touch()
            if wish and time.monotonic() - wish[0] > _SECONDS_TO_END:
                raise Stopped

        def more() -> list[Item]:
            return [] if wish or asked() else [self._item(number, file) for number in self._ready(begun)]

        common = Shared(self.dataset.folder, self.settings.training, self.place.path)  # until the workers are known
        rows, to_do = self.kept.rows, self.total - len(self.kept.done)
        shown = Shown(progress, "trials", to_do * self._frames(self.settings.epochs), to_do)
        with contextlib.suppress(Stopped), self._asked(progress, asked) as cluster:
            common = dataclasses.replace(common, stop=cluster.exchange / "stop")
            file = cluster.exchange / "sides"
            sides, _, _ = train.settled_sides(self.dataset, self.place.path, self.settings.training)
            file.write_bytes(pickle.dumps(sides))
            for item, tried in cluster.each(on_workers.on_worker, common, [], meanwhile, shown.tick, more):
                shown.end(item)
                if tried is not None:
                    self._take(rows[int(item.name.split()[1])], tried, progress)
        return len(self.kept.done) < self.total

    @contextlib.contextmanager
    def _asked(self, progress: Progress, asked: Callable[[], bool]) -> Iterator[Cluster]:
        """Yield the workers, which have been asked whether they have what they need."""

        def end_if_asked() -> None:
            if asked():
                raise Interrupted("The search was stopped while the workers of its cluster were asked.")

        lag, settings = self.settings.lag, self.settings.training
        with workers.asked(self.dataset, settings, self.place.path, progress, end_if_asked) as cluster:
            if (n := cluster.at_a_time()) != lag:
                text = f"The workers have room for {n} trainings at a time, and {named('parallel_trials')} is {lag}."
                progress({"stage": "searching", "said": [text]})
            yield cluster

    def _ready(self, begun: set[int]) -> Iterator[int]:
        """Yield the trials that can begin: those before them, but for a few, are finished."""
        rows = self.kept.rows
        for number in range(1, self.total + 1):
            if number in begun or "figure" in rows.get(number, {}):
                continue
            if not all("figure" in rows.get(one, {}) for one in range(1, number - self.settings.lag + 1)):
                return
            begun.add(number)
            yield number

    def _item(self, number: int, sides: Path) -> Item:
        self._propose(number)
        values = self.kept.rows[number]["values"]
        frames = self._frames(self.settings.training.changed(values).epochs)
        return Item(f"trial {number}", frames, (values, sides))

    def _frames(self, epochs: int) -> int:
        return epochs * sum(one.n_frames for one in self.dataset.recordings)

    def _take(self, row: dict[str, Any], tried: Tried | WorkerLost, progress: Progress) -> None:
        """Take the result of a trial; the network of the best one is evaluated and saved from its checkpoint."""
        from pyside.training import train

        result, number = None, row["number"]
        if isinstance(tried, WorkerLost):
            self.lost = True
            row |= {**NO_RESULT, "failed": tried.text, "seconds": 0.0}
            self._end(row, None, progress)
            return
        found = dict(tried.found)
        if tried.checkpoint is not None and self._is_best(number, found["figure"]):
            settings, checkpoint = self.settings.training.changed(row["values"]), self.kept.checkpoint(number)
            shutil.move(tried.checkpoint, checkpoint)
            report = self._with_time_left(number, progress)
            try:
                result = train.train(
                    self.dataset, self.place.path, settings, report, checkpoint=checkpoint, place=self.place
                )
            except NotFinite as error:
                found |= {"figure": None, "failed": error.text}
        row |= {**found, "seconds": tried.seconds}
        self._end(row, result, progress, tried.host)

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
