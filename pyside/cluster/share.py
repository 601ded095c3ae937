"""The share of a worker that each training gets: cores and memory, and how many trainings a worker has room for."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

from pyside.settings.core import named


@dataclasses.dataclass(frozen=True)
class Share:
    """Cores and memory of one task.

    Attributes:
        cores: their number; None for as many as the smallest worker has.
        memory: bytes; None for the part of a worker's memory that belongs to these cores, or where that is not limited.
    """

    cores: int | None = None
    memory: int | None = None

    def settled(self, workers: Iterable[Mapping[str, Any]]) -> Share:
        """Return the share with its number of cores, which is the same on all workers, so that results are."""
        return dataclasses.replace(self, cores=self.cores or min(one["nthreads"] for one in workers))

    def on(self, one: Mapping[str, Any]) -> Share:
        """Return the settled share on a worker, with its memory.

        Args:
            one: what the scheduler knows of the worker: ``nthreads``, and ``memory_limit`` in bytes.
        """
        limit = one.get("memory_limit") or 0
        return self if self.memory or not limit else Share(self.cores, limit * (self.cores or 1) // one["nthreads"])

    def room(self, one: Mapping[str, Any]) -> int:
        """Return how many tasks with this share a worker can do at a time."""
        cores, limit = self.cores or 1, one.get("memory_limit") or 0
        by_cores = int(one["nthreads"]) // cores
        return min(by_cores, limit // self.memory) if self.memory and limit else by_cores

    def lacking(self, one: Mapping[str, Any]) -> list[str]:
        """Return what a worker has too little of, one sentence part each."""
        cores, limit, found = self.cores or 1, one.get("memory_limit") or 0, []
        if one["nthreads"] < cores:
            number = f"{one['nthreads']} core{'s' if one['nthreads'] > 1 else ''} (threads of the worker)"
            found.append(f"it has {number}, and {named('cores_per_training')} is {cores}")
        if self.memory and limit and limit < self.memory:
            asked = f"{named('memory_per_training')} is {self.memory / 1e9:g} GB"
            found.append(f"it has {limit / 1e9:.3g} GB of memory, and {asked}")
        return found
