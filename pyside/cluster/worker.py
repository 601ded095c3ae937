"""What runs on a worker of a cluster: an attempt at some recordings, whose files wait in a folder of its own.

The exchange folder holds::

    token            says that the folder is the client's, and that the client has not ended
    NUMBER-N/        files of attempt N at a task
    NUMBER-N/who     the worker that made it
    NUMBER-N/answer  what came back, if it is complete
    NUMBER.ended     the client does not wait for this task any more

A worker writes in the folder of its attempt only, and the client moves from there what it takes. So a worker that was
thought to be dead and comes to life again changes nothing, and what a worker had completed when it died is not lost.
"""

from __future__ import annotations

import contextlib
import dataclasses
import pickle
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pyside.cluster.apart import results_apart
from pyside.cluster.preflight import TOKEN, FileFacts, Needs, lacking_files, lacks, who
from pyside.cluster.share import Share
from pyside.cluster.work import Turn, results_of
from pyside.system.files import written_beside
from pyside.system.records import from_json, to_json

_ANSWER = "answer"
_SECONDS_BETWEEN_SIGNS = 0.5  # to the client
_SECONDS_BETWEEN_LOOKS = 1.0  # at the exchange folder
_passed: set[str] = set()  # tokens of the clients whose needs this process meets


@dataclasses.dataclass(frozen=True)
class Order:
    """One task as a worker gets it.

    Attributes:
        number: of the task.
        payload: pickled function, what all recordings share, and the tasks.
        needs: what the worker must have; without the files of other tasks.
        files: that the function reads.
        before: attempts that other workers have made at the same recordings.
        most: number of attempts, with those, at which it is enough.
        anywhere: whether a worker that has failed may try again, because there is no other one.
        share: cores and memory of the task, which runs in a process of its own then; None for a thread of the worker.
    """

    number: int
    payload: bytes
    needs: Needs
    files: tuple[FileFacts, ...]
    before: int
    most: int
    anywhere: bool
    share: Share | None = None


@dataclasses.dataclass(frozen=True)
class Answer:
    """What comes back.

    Attributes:
        results: of the recordings that are complete, in their order.
        error: what ended the work, if anything did.
        lacks: what the worker lacks, so that it did not begin.
        again: whether it did not begin because an attempt of this task failed before, so the client decides.
        by: address of the worker that lacks something.
    """

    results: Sequence[Any] = ()
    error: Exception | None = None
    lacks: Sequence[str] = ()
    again: bool = False
    by: str = ""


class _Ended(Exception):
    """The client does not wait any more."""


def check(needs: Needs) -> list[str]:
    """Return what this worker lacks."""
    return lacks(needs)


def run(order: Order, topic: str) -> Answer:
    """Make an attempt at some recordings, in a thread of a worker.

    Args:
        order: the task.
        topic: under which the client hears of progress.
    """
    from distributed import get_worker
    from distributed.worker import thread_state

    worker, key = get_worker(), str(thread_state.key)
    if order.needs.token not in _passed:
        if found := lacks(order.needs):
            return Answer(lacks=found, by=worker.address)
        _passed.add(order.needs.token)
    if found := lacking_files(order.files):
        return Answer(lacks=found, by=worker.address)
    exchange = Path(order.needs.exchange)
    earlier = attempts(exchange, order.number)
    if (kept := complete(exchange, order.number)) is not None:
        return kept
    me = {"address": worker.address, "identity": worker.nanny or worker.address, **who()}
    is_mine = any(one.get("identity") == me["identity"] for one in earlier)
    if order.before + len(earlier) >= order.most or (is_mine and not order.anywhere):
        return Answer(again=True)
    turn = _AttemptTurn(worker, key, topic, exchange, order.number)
    try:
        turn.begin(len(earlier) + 1, me)
        if order.share is not None:
            answer = Answer(*results_apart(order.payload, order.share, turn))
        else:
            function, common, tasks = pickle.loads(order.payload)
            answer = Answer(*results_of(function, common, tasks, turn))
        if answer.error is None:
            turn.keep(answer)
        return answer
    except (OSError, MemoryError, _Ended) as error:  # if the folder is gone, so is the client
        return Answer(error=error)
    finally:
        turn.tell(force=True)


def attempts(exchange: Path, number: int) -> list[dict[str, Any]]:
    """Return the workers that have begun a task, in their order."""
    found: list[dict[str, Any]] = []
    while (folder := exchange / f"{number}-{len(found) + 1}").is_dir():
        try:
            found.append(dict(from_json((folder / "who").read_bytes())))
        except (OSError, ValueError):  # it died at once
            found.append({})
    return found


def complete(exchange: Path, number: int) -> Answer | None:
    """Return the answer of a task that a worker has completed, even if the worker ended then; None if none has."""
    for path in exchange.glob(f"{number}-*/{_ANSWER}"):
        with contextlib.suppress(OSError):
            found: Answer = pickle.loads(path.read_bytes())
            return found
    return None


class _AttemptTurn(Turn):
    """The turn of a function on a worker: tells the client of progress, and ends if the client does not wait."""

    def __init__(self, worker: Any, key: str, topic: str, exchange: Path, number: int):
        super().__init__(self._count)
        self._worker, self._key, self._topic = worker, key, topic
        self._exchange, self._number = exchange, number
        self._me: dict[str, Any] = {}
        self._frames: dict[str, int] = {}
        self._told = self._looked = time.monotonic()

    def begin(self, attempt: int, me: dict[str, Any]) -> None:
        """Make the folder of the attempt; raises OSError if another worker has made it, or the client has ended."""
        self.folder = self._exchange / f"{self._number}-{attempt}"
        self.folder.mkdir()
        (self.folder / "who").write_text(to_json(me), encoding="utf-8")
        self._me = me
        self.tell(force=True)

    def keep(self, answer: Answer) -> None:
        """Lay the answer into the folder of the attempt: dask has it in the memory of this process only."""
        assert self.folder is not None
        with written_beside(self.folder / _ANSWER) as path:
            path.write_bytes(pickle.dumps(answer))

    def _count(self, place: int, frames: int) -> None:
        self._frames[str(place)] = self._frames.get(str(place), 0) + frames
        self.tell()
        self.look()

    def look(self) -> None:
        """Look from time to time whether the client still waits; raises an exception if not."""
        if time.monotonic() - self._looked >= _SECONDS_BETWEEN_LOOKS:
            self._looked = time.monotonic()
            task = self._worker.state.tasks.get(self._key)
            is_wanted = task is not None and task.state != "cancelled"  # dask releases it if the client is killed
            if (
                not is_wanted
                or not (self._exchange / TOKEN).exists()
                or (self._exchange / f"{self._number}.ended").exists()
            ):
                raise _Ended

    def tell(self, force: bool = False) -> None:
        """Send a sign of life with the frames that are done, if it is time."""
        if self._me and (force or time.monotonic() - self._told >= _SECONDS_BETWEEN_SIGNS):
            self._told = time.monotonic()
            sign = {"number": self._number, "frames": dict(self._frames), **self._me}
            self._worker.log_event(self._topic, sign)
