"""Work that falls apart by recording, and who does it: this process, or several processes of this machine.

A cluster, see `pyside.cluster.cluster`, is called in the same way.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

from pyside.system.parallel import AHEAD, spread

TOGETHER = 16  # short recordings that one task holds at most
TASKS_PER_WORKER = 8  # at least, so that all workers are busy to the end
_SECONDS_BETWEEN_LOOKS = 0.2


@dataclasses.dataclass(frozen=True)
class Item:
    """One recording to work on.

    Attributes:
        name: its name.
        frames: how much work it is.
        task: what the function gets; it can be pickled.
        files: what the function reads.
        so_far: tells the number of its frames that another process has done; None if that cannot be seen.
    """

    name: str
    frames: int
    task: Any
    files: tuple[Path, ...] = ()
    so_far: Callable[[], int] | None = None


class Turn:
    """One attempt at some recordings: the function tells it how far they are.

    Args:
        told: called with the place of a recording among the tasks, and the number of its further frames.

    Attributes:
        folder: where the files of this attempt go, so that those of another one are never touched; None if there is
            only one attempt, and files go where they belong.
    """

    folder: Path | None = None

    def __init__(self, told: Callable[[int, int], None] = lambda place, frames: None):
        self.tick = told

    def look(self) -> None:
        """Look whether somebody waits for the result; whatever this raises ends the attempt."""


# Called with what all recordings share, the tasks of some, and the turn; yields a result for each, in their order.
Function = Callable[[Any, Sequence[Any], Turn], Iterator[Any]]
Tick = Callable[[Item, int], None]  # called with a recording, and the number of its frames that are done


class Crew(Protocol):
    """Who does the work."""

    def each(
        self, function: Function, common: Any, items: Sequence[Item], meanwhile: Callable[[], None], tick: Tick
    ) -> Iterator[tuple[Item, Any]]:
        """Call a function for recordings, and yield each with its result, as they are complete.

        Args:
            function: at the top level of a module.
            common: what all recordings share; it can be pickled.
            items: the recordings.
            meanwhile: called often; what it raises ends the work.
            tick: receives the progress.

        Raises:
            Exception: whatever the function raises. What was complete before has been yielded.
        """
        ...


class Here:
    """This process does the work, all recordings in one call."""

    def each(
        self, function: Function, common: Any, items: Sequence[Item], meanwhile: Callable[[], None], tick: Tick
    ) -> Iterator[tuple[Item, Any]]:
        """See `Crew.each`."""
        done = [0] * len(items)

        def told(place: int, frames: int) -> None:
            done[place] += frames
            tick(items[place], done[place])
            meanwhile()

        yield from zip(items, function(common, [item.task for item in items], Turn(told)), strict=False)


class Pool:
    """Several processes of this machine do the work.

    Args:
        workers: their number.
        most_frames: of short recordings that are one task.
    """

    def __init__(self, workers: int, most_frames: int):
        self._workers, self._most_frames = workers, most_frames

    def each(
        self, function: Function, common: Any, items: Sequence[Item], meanwhile: Callable[[], None], tick: Tick
    ) -> Iterator[tuple[Item, Any]]:
        """See `Crew.each`; raises WorkerLost if a process was killed."""
        bundles = together(items, self._workers, self._most_frames)
        back, looked = 0, 0.0

        def look() -> None:
            nonlocal looked
            meanwhile()
            if time.monotonic() - looked >= _SECONDS_BETWEEN_LOOKS:
                for bundle in bundles[back : back + AHEAD * self._workers]:
                    if len(bundle) == 1 and bundle[0].so_far is not None:
                        tick(bundle[0], bundle[0].so_far())
                looked = time.monotonic()

        tasks = [(function, common, [item.task for item in bundle]) for bundle in bundles]
        for bundle, (results, error) in zip(bundles, spread(_call, tasks, self._workers, look), strict=False):
            yield from zip(bundle, results, strict=False)
            if error is not None:
                raise error
            back += 1


def together(
    items: Iterable[Item], workers: int, most_frames: int, least_frames: int = 0, most: int = TOGETHER
) -> list[list[Item]]:
    """Combine short recordings to tasks, since to start a task takes about as long as to work on a short recording.

    Args:
        items: the recordings; the tasks are in their order.
        workers: number of workers, each of which is to have several tasks.
        most_frames: of a task of several recordings.
        least_frames: of a task, if there are enough short recordings for all workers.
        most: number of recordings of a task.
    """
    items = list(items)
    share = sum(item.frames for item in items) // max(1, workers)
    limit = min(most_frames, max(share // TASKS_PER_WORKER, min(share, least_frames)))
    bundles: list[list[Item]] = []
    frames = 0
    for item in items:
        frames += item.frames
        if not bundles or len(bundles[-1]) == most or frames > limit:
            bundles.append([])
            frames = item.frames
        bundles[-1].append(item)
    return bundles


def results_of(function: Function, common: Any, tasks: Sequence[Any], turn: Turn) -> tuple[list[Any], Exception | None]:
    """Return the results of a function, and the error that ended it, if any: what is complete before it is kept."""
    results: list[Any] = []
    try:
        for result in function(common, tasks, turn):
            results.append(result)
    except Exception as error:
        return results, error
    return results, None


def _call(task: tuple[Function, Any, Sequence[Any]]) -> tuple[list[Any], Exception | None]:
    return results_of(*task, Turn())
