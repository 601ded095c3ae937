"""Fills batches for the network with frames of one or several videos."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from pyside.aliases import Array
from pyside.curation.marking.network.one_video import Job
from pyside.runtimes.engine import Engine


class Batches:
    """Fills batches with frames of several videos, and puts the probabilities where they belong.

    While a GPU computes one batch, the next one is filled.

    Args:
        engine: computes.
    """

    def __init__(self, engine: Engine):
        self._engine = engine
        self._memory = [engine.empty_batch(), engine.empty_batch()]
        self._owners: list[tuple[Job, Array]] = []
        self._filled = 0
        self._started: tuple[Any, list[tuple[Job, Array]]] | None = None
        self._since = time.perf_counter()

    def add(self, job: Job, numbers: Array, frames: Array) -> Iterator[int]:
        """Add frames of a video; yields the number of frames of each batch that has come back."""
        job.under_way += len(numbers)
        while len(numbers):
            n = min(len(numbers), len(self._memory[0]) - self._filled)
            self._memory[0][self._filled : self._filled + n] = frames[:n]
            self._owners.append((job, numbers[:n]))
            self._filled += n
            numbers, frames = numbers[n:], frames[n:]
            if self._filled == len(self._memory[0]):
                yield self._launch()

    def flush(self) -> Iterator[int]:
        """Compute what is left."""
        if self._filled:
            self._memory[0][self._filled :] = 0
            yield self._launch()
        yield self._collect()

    def _launch(self) -> int:
        started = self._engine.start(self._memory[0]), self._owners
        back = self._collect()
        self._started = started
        self._memory.reverse()
        self._owners, self._filled = [], 0
        return back

    def _collect(self) -> int:
        if self._started is None:
            return 0
        started, owners = self._started
        self._started = None
        found, place = self._engine.finish(started), 0
        now = time.perf_counter()
        seconds, self._since = now - self._since, now
        frames = sum(len(numbers) for _, numbers in owners)
        for job, numbers in owners:
            job.seconds += seconds * len(numbers) / frames
            job.probabilities[numbers] = found[place : place + len(numbers)]
            job.seen[numbers] = True
            job.under_way -= len(numbers)
            place += len(numbers)
        return place
