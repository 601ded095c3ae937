"""Further trainings on the workers of a cluster: handed out, and taken back."""

from __future__ import annotations

import pickle
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pyside.aliases import Progress
from pyside.cluster.work import Item
from pyside.errors import NotFinite, WorkerLost
from pyside.training.assessment.further_training import Further, on_worker
from pyside.training.checks.workers import Shared, asked
from pyside.training.splitting.subsets import Split

if TYPE_CHECKING:
    from pyside.training.trainer import Fit

_SECONDS_BETWEEN_REPORTS = 0.5


class Stopped(Exception):
    """Somebody asked for an end, so what has not come back is given up."""


def run_on_workers(
    work: Fit, target: Path, titled: Mapping[str, Split], is_over: Callable[[], bool]
) -> Iterator[tuple[str, Further | NotFinite | WorkerLost]]:
    """Let the workers of the setting `scheduler` run further trainings; yield title and result as they come.

    Args:
        work: what all trainings share here.
        target: the model file.
        titled: the sides of each training, by its title.
        is_over: called often; True ends the work, also that under way.

    Raises:
        NoCluster, NotEnoughMemory: as `workers.asked`; NoCluster also if the cluster does not come back.
    """
    settings = work.settings

    def meanwhile() -> None:
        if is_over():
            raise Stopped

    frames = {title: settings.epochs * (len(sides.training) + len(sides.validation)) for title, sides in titled.items()}
    shown = Shown(work.progress, "further trainings", sum(frames.values()), len(titled))
    try:
        with asked(work.dataset, settings, target, work.progress, meanwhile) as cluster:
            items = []
            for number, (title, sides) in enumerate(titled.items()):
                file = cluster.exchange / f"{number}.sides"
                file.write_bytes(pickle.dumps(sides))
                items.append(Item(title, frames[title], (title, file)))
            common = Shared(work.dataset.folder, settings, cluster.exchange / "stop")
            for item, found in cluster.each(on_worker, common, items, meanwhile, shown.tick):
                shown.end(item)
                yield item.name, found
    except Stopped:
        return


class Shown:
    """Reports the progress of several trainings at a time.

    Args:
        progress: receives the records.
        what: the trainings are, in the plural.
        frames: number of frames of all of them, at most.
        total: number of trainings.
    """

    def __init__(self, progress: Progress, what: str, frames: int, total: int):
        self._progress, self._what, self._frames, self._total = progress, what, max(frames, 1), total
        self._done: dict[str, int] = {}
        self._ended: set[str] = set()
        self._reported = 0.0

    def tick(self, item: Item, frames: int) -> None:
        """Take the number of frames that a training has seen."""
        if item.name not in self._ended:
            self._done[item.name] = min(frames, item.frames)
            self._report()

    def end(self, item: Item) -> None:
        """Note that a training has ended."""
        self._ended.add(item.name)
        self._done[item.name] = item.frames
        self._report(force=True)

    def _report(self, force: bool = False) -> None:
        now = time.monotonic()
        if not force and now - self._reported < _SECONDS_BETWEEN_REPORTS:
            return
        self._reported = now
        n_ended, share = len(self._ended), 100 * sum(self._done.values()) // self._frames
        under_way = len(self._done) - n_ended
        text = f"{n_ended} of {self._total} {self._what} done, {under_way} under way on workers, {share} % of epochs"
        self._progress({"stage": text})
