"""The workers of a dask cluster do the work: what one of them does not complete is done by another one.

Dask chooses the worker of each task, and notices workers that end. What becomes of a recording then is decided here: at
most three workers try it. A worker that is silent, or shows no progress for much longer than recordings take, gets no
further tasks.
"""

from __future__ import annotations

import collections
import contextlib
import dataclasses
import pickle
import queue
import re
import shutil
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from pyside.cluster import worker
from pyside.cluster.connection import Connection
from pyside.cluster.preflight import TOKEN, Needs, facts_of, needs_like_here
from pyside.cluster.share import Share
from pyside.cluster.work import Function, Item, Tick, together
from pyside.errors import Faults, NoCluster, NotReadable, NotWritable, PathMissing, TouchTrainError, WorkerLost, some
from pyside.system.files import left_behind, write_errors
from pyside.system.parallel import AHEAD

MOST_ATTEMPTS = 3  # at a recording
SILENCE = 60.0  # seconds without a sign of a worker, after which it hangs
PATIENCE = 5.0  # times as long as the longest task took may a task show no progress ...
LEAST_PATIENCE = 120.0  # ... but at least so many seconds,
FIRST_PATIENCE = 900.0  # and so many before the first task is complete
WAIT_FOR_WORKERS = 900.0  # seconds without any worker that can be used
_SECONDS_BETWEEN_LOOKS = 2.0  # at the workers
_TOGETHER = 64  # short recordings that one task holds at most
_SECONDS_TO_WAIT = 0.2  # for an event
_GONE = ".gone"  # end of the name of an exchange folder that is being removed
_EXCHANGE = rf"\.workers-[0-9a-f]{{8}}({re.escape(_GONE)})?"  # end of the name of an exchange folder
_ELSEWHERE = (OSError, MemoryError, NotReadable, NotWritable, PathMissing)  # errors that another worker may not have


@dataclasses.dataclass(eq=False)
class _Bundle:
    """Recordings that are one task.

    Attributes:
        items: the recordings.
        whys: what became of earlier attempts, one text each.
        failed_on: the identities of their workers.
    """

    items: list[Item]
    whys: list[str] = dataclasses.field(default_factory=list)
    failed_on: set[str] = dataclasses.field(default_factory=set)


@dataclasses.dataclass
class _UnderWay:
    """A task that was submitted: to which workers, when `who` began it, and when that worker told of progress."""

    bundle: _Bundle
    future: Any
    restricted: frozenset[str] | None
    began: float | None = None
    sign: float = 0.0
    who: dict[str, Any] = dataclasses.field(default_factory=dict)


class Cluster:
    """The workers of a dask cluster, as a context.

    Args:
        address: of the scheduler, such as ``tcp://host:8786``.
        target: the file or folder that is written; the workers lay their files into a folder beside it, ``.workers-``
            and a number after its name, which goes at the end.
        say: called with messages for a person.
        meanwhile: called while it waits; what it raises ends the wait.
        most_frames: of short recordings that are one task.
        least_frames: of a task, if there are enough short recordings for all workers.
        what: what the work is made of, for messages.

    Attributes:
        exchange: the folder beside the target.
        share: cores and memory of each task, as `check` settled them; None for a thread of a worker.

    Raises:
        ExtraMissing: dask.distributed is not installed.
        NoCluster: the scheduler does not answer.
        NotWritable, DiskFull: nothing can be written beside the target.
    """

    def __init__(
        self,
        address: str,
        target: Path,
        say: Callable[[str], None] = lambda text: None,
        meanwhile: Callable[[], None] = lambda: None,
        most_frames: int = 2_000,
        least_frames: int = 0,
        what: str = "recordings",
    ):
        self._scheduler, self._say, self._meanwhile = address, say, meanwhile
        self._most_frames, self._least_frames, self._what = most_frames, least_frames, what
        self.share: Share | None = None
        self._token = uuid.uuid4().hex
        self._target = target.resolve() if target.is_symlink() else target
        self.exchange = self._target.with_name(f"{self._target.name}.workers-{self._token[:8]}")
        self._events: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()
        self._topic = f"touchtrain-{self._token[:8]}"
        self._needs: Needs | None = None
        self._avoided: dict[str, str] = {}  # identity of a worker: why
        self._out_of_memory: dict[str, float] = {}  # address: bytes
        self._number = 0
        self._under_way: dict[int, _UnderWay] = {}
        self._bundles: collections.deque[_Bundle] = collections.deque()
        self._workers: dict[str, dict[str, Any]] = {}
        self._last_seen: dict[str, tuple[Any, float]] = {}
        self._longest = 0.0
        self._looked = 0.0
        self._alone_since: float | None = None
        self._connection = Connection(address, self._topic, lambda sign: self._events.put(("sign", sign)))

    def __enter__(self) -> Cluster:
        try:
            with write_errors(self.exchange):
                for left in left_behind(self._target.parent, self._target.name, _EXCHANGE):
                    shutil.rmtree(left, ignore_errors=True)  # of a client that was killed
                self.exchange.mkdir()
                (self.exchange / TOKEN).write_text(self._token, encoding="ascii")
        except BaseException:
            self._connection.close()
            raise
        return self

    def __exit__(self, *exception: object) -> None:
        gone = self.exchange.with_name(self.exchange.name + _GONE)
        with contextlib.suppress(OSError):
            self.exchange.rename(gone)  # so that workers end what they do, and none of them writes into it any more
        for folder in (gone, self.exchange):
            shutil.rmtree(folder, ignore_errors=True)
        self._connection.close()

    # --- before work begins ------------------------------------------------------------------------------------------

    def check(
        self,
        packages: Sequence[str],
        files: Sequence[Path],
        hashes: dict[str, str] | None = None,
        backend: str = "",
        room: int = 0,
        share: Share | None = None,
    ) -> None:
        """Ask all workers at once what they lack; a worker that lacks something is left out, and that is said.

        Args:
            packages: that must have the version that they have here.
            files: that they must see.
            hashes: SHA-256 by path of files whose content matters.
            backend: library of Keras that they must be able to use; "" for none.
            room: bytes that must be free on the disk of the target.
            share: cores and memory that each task gets, in a process of its own; None for a thread of a worker.

        Raises:
            NoCluster: no worker comes within 15 minutes, or all of them lack something. All faults are listed.
        """
        self._needs = needs_like_here(self.exchange, packages, files, hashes or {}, backend, room)
        self.share = share
        try:
            self._check()
        except OSError:  # TimeoutError among them
            self._connect_again()

    def _check(self) -> None:
        assert self._needs is not None
        self._look_at_workers()
        self._wait_for_workers()
        if self.share is not None:
            self.share = self.share.settled(self._workers.values())
        found: dict[str, list[str]] = {}  # what is lacking: by which workers
        too_small: set[str] = set()  # what of it is cores or memory
        answers = self._connection.ask(worker.check, self._needs)
        self._look_at_workers()
        for address, answer in answers.items():
            one = self._workers.get(address)
            lacking = [_in_words(answer)] if isinstance(answer, BaseException) else answer
            if one is not None and self.share is not None:
                too_small.update(self.share.lacking(one))
                lacking = [*self.share.lacking(one), *lacking]
            if one is None or not lacking:
                continue
            self._avoided[_identity(address, one)] = "; ".join(lacking)
            for text in lacking:
                found.setdefault(text, []).append(f"{address} on {one['host']}")
        texts = [f"{some(names)}: {text}." for text, names in found.items()]
        if texts and not self._usable():
            faults = Faults()
            for text in texts:
                faults.add(NoCluster, f"Worker {text}")
            advice = "Ask for less, or start workers that have more threads and memory."
            if not too_small.issuperset(found):
                advice = (
                    "Workers must see the files under the same paths as this computer, and have the same packages: "
                    "give them the same environment."
                )
            faults.add(NoCluster, f"So no worker of {self._scheduler} can be used. {advice}")
            faults.raise_any()
        for text in texts:
            self._say(f"Left out is worker {text} The others go on.")

    def _wait_for_workers(self) -> None:
        end, said = time.monotonic() + WAIT_FOR_WORKERS, False
        while not self._workers:
            if not said:
                self._say(f"Waiting for workers of {self._scheduler}, at most {WAIT_FOR_WORKERS / 60:g} minutes.")
                said = True
            if time.monotonic() > end:
                raise NoCluster(
                    f"The scheduler {self._scheduler} has no workers. Start some, for example: dask worker "
                    f"{self._scheduler} --nthreads 1"
                )
            self._meanwhile()
            time.sleep(_SECONDS_TO_WAIT)
            self._look_at_workers()

    def at_a_time(self) -> int:
        """Return how many tasks the workers can do at a time."""
        usable = self._usable().values()
        return sum(one["nthreads"] if self.share is None else self.share.room(one) for one in usable)

    def least_memory(self) -> int | None:
        """Return the bytes of the smallest share on a worker; None if there is no limit."""
        assert self.share is not None
        found = [memory for one in self._usable().values() if (memory := self.share.on(one).memory)]
        return min(found, default=None)

    # --- the work ----------------------------------------------------------------------------------------------------

    def each(
        self,
        function: Function,
        common: Any,
        items: Sequence[Item],
        meanwhile: Callable[[], None],
        tick: Tick,
        more: Callable[[], Sequence[Item]] = lambda: (),
    ) -> Iterator[tuple[Item, Any]]:
        """See `Crew.each`. Of a recording that three workers did not complete the result is a WorkerLost.

        Args:
            function: as there, and so are the next four.
            common: what all share.
            items: the recordings.
            meanwhile: called often.
            tick: receives the progress.
            more: called often; returns further items, if results so far have led to some.

        Raises:
            NoCluster: the scheduler does not come back within five minutes, or no worker within 15.
        """
        assert self._needs is not None, "check first"
        self._meanwhile = meanwhile
        light = dataclasses.replace(self._needs, files=())
        tasks = together(items, self.at_a_time(), self._most_frames, self._least_frames, _TOGETHER)
        self._bundles.extend(map(_Bundle, tasks))
        try:
            while True:
                self._bundles.extend(_Bundle([item]) for item in more())
                if not self._bundles and not self._under_way:
                    break
                meanwhile()
                try:
                    if not self._connection.is_up():
                        raise ConnectionError
                    self._look()
                    self._fill(function, common, light)
                    for found in self._next(tick):
                        began = time.monotonic()
                        yield found
                        self._waited(time.monotonic() - began)
                except OSError:  # TimeoutError among them
                    self._connect_again()
        finally:
            for number in list(self._under_way):
                self._forget(number)
            self._bundles.clear()

    def _fill(self, function: Function, common: Any, needs: Needs) -> None:
        """Submit tasks, a few for each worker."""
        usable = self._usable()
        if not usable:
            self._wait_for_usable()
            return
        self._alone_since = None
        while (placed := self._next_placed(usable)) is not None:
            bundle, address, restricted, anywhere = placed
            self._number += 1
            order = worker.Order(
                self._number,
                pickle.dumps((function, common, [item.task for item in bundle.items])),
                needs,
                facts_of([file for item in bundle.items for file in item.files]),
                len(bundle.whys),
                MOST_ATTEMPTS if len(bundle.items) == 1 else len(bundle.whys) + 1,
                anywhere,
                self.share and self.share.on(usable[address]),
            )
            future = self._connection.client.submit(
                worker.run,
                order,
                self._topic,
                key=f"{self._topic}-{self._number}",
                pure=False,
                workers=restricted and sorted(restricted),
            )
            self._under_way[self._number] = _UnderWay(bundle, future, restricted)
            future.add_done_callback(lambda _, number=self._number: self._events.put(("done", number)))

    def _next_placed(
        self, usable: dict[str, dict[str, Any]]
    ) -> tuple[_Bundle, str, frozenset[str] | None, bool] | None:
        """Take the next task for which there is a place.

        Returns:
            The task; a worker; those that may do it, None for all; and whether one that has failed is among them.
        """
        for bundle in self._bundles:
            others = {
                address for address, one in usable.items() if _identity(address, one) not in bundle.failed_on
            } or {*usable}
            anywhere = bool(bundle.failed_on) and len(others) == len(usable)
            if self.share is None:
                if len(self._under_way) >= AHEAD * sum(one["nthreads"] for one in usable.values()):
                    return None
                address, restricted = (
                    next(iter(others)),
                    None if len(others) == len(self._workers) else frozenset(others),
                )
            else:  # dask counts threads, not cores and memory, so the worker is chosen here
                free = {one: self.share.room(usable[one]) - self._n_under_way(one) for one in sorted(others)}
                address = max(free, key=lambda one: free[one])
                if free[address] <= 0:
                    continue
                restricted = frozenset([address])
            self._bundles.remove(bundle)
            return bundle, address, restricted, anywhere
        return None

    def _n_under_way(self, address: str) -> int:
        return sum(task.restricted == {address} for task in self._under_way.values())

    def _waited(self, seconds: float) -> None:
        """Allow for a time in which the caller was busy with a result, and no sign of workers was heard."""
        for task in self._under_way.values():
            task.sign += seconds
            task.began = None if task.began is None else task.began + seconds
        self._last_seen = {address: (seen, when + seconds) for address, (seen, when) in self._last_seen.items()}

    def _wait_for_usable(self) -> None:
        now = time.monotonic()
        if self._alone_since is None:
            self._alone_since = now
            self._say(f"{self._scheduler} has no worker that can be used. Waiting for one.")
        elif now - self._alone_since > WAIT_FOR_WORKERS:
            reasons = some([f"{identity}: {why}" for identity, why in self._avoided.items()])
            raise NoCluster(
                f"{self._scheduler} has had no worker that can be used for {WAIT_FOR_WORKERS / 60:g} minutes."
                f"{f' Left out: {reasons}.' if reasons else ''} What is complete is kept; repeat the call."
            )

    def _next(self, tick: Tick) -> Iterator[tuple[Item, Any]]:
        """Take the events that there are, or wait a moment for one."""
        with contextlib.suppress(queue.Empty):
            event = self._events.get(timeout=_SECONDS_TO_WAIT)
            for _ in range(1000):
                kind, about = event
                if kind == "sign":
                    self._hear(about, tick)
                elif kind == "done":
                    yield from self._back(about)
                elif about in self._under_way:
                    yield from self._lost(about, kind)
                event = self._events.get_nowait()

    def _hear(self, sign: dict[str, Any], tick: Tick) -> None:
        """Take a sign of life of a worker, or that its memory ran out."""
        if "rss" in sign:
            self._out_of_memory[sign["worker"]] = sign["rss"]
            return
        task = self._under_way.get(sign["number"])
        if task is None:
            return
        now = time.monotonic()
        if task.began is None or task.who["address"] != sign["address"]:
            if task.who:  # dask has given it to another worker
                self._say(f"{_names(task.bundle)}: {self._ended(task.who)}. Another worker has begun it.")
            task.began, task.who = now, sign
        task.sign = now
        for place, frames in sign["frames"].items():
            tick(task.bundle.items[int(place)], frames)

    def _back(self, number: int) -> Iterator[tuple[Item, Any]]:
        """Take what came back of a task."""
        task = self._under_way.get(number)
        if task is None:
            return
        if task.future.status == "cancelled":
            raise ConnectionError("the scheduler has forgotten a task")
        answer = _fetched(task.future)
        if isinstance(answer, str):
            yield from self._lost(number, answer)
        elif answer.lacks:
            self._requeue(number)
            self._avoid(answer.by, "; ".join(answer.lacks))
        elif answer.again:
            yield from self._lost(number)
        else:
            yield from self._take(number, task, answer)

    def _take(self, number: int, task: _UnderWay, answer: worker.Answer) -> Iterator[tuple[Item, Any]]:
        """Take the results of a task; what another worker may complete is tried again."""
        if task.began is not None:
            self._longest = max(self._longest, time.monotonic() - task.began)
        yield from zip(task.bundle.items, answer.results, strict=False)
        if answer.error is None:
            self._forget(number)
            return
        if not isinstance(answer.error, _ELSEWHERE):
            raise answer.error
        task.bundle.items = task.bundle.items[len(answer.results) :]
        yield from self._lost(number, _in_words(answer.error))

    # --- what goes wrong ---------------------------------------------------------------------------------------------

    def _lost(self, number: int, why: str = "") -> Iterator[tuple[Item, Any]]:
        """Give a task to another worker, or its recording up, unless a worker had completed it when it was lost.

        Args:
            number: of the task.
            why: what happened in its last attempt. Default: its worker ended.
        """
        task = self._under_way[number]
        if (answer := worker.complete(self.exchange, number)) is not None:
            yield from self._take(number, task, answer)
            return
        bundle, made = task.bundle, worker.attempts(self.exchange, number)
        self._forget(number)
        whys = [self._ended(one) for one in made]
        if why:
            whys = [*whys[:-1], f"{_named(made[-1]) if made else 'a worker'}: {why}"]
        failed_on = bundle.failed_on | {str(one["identity"]) for one in made if "identity" in one}
        if whys:
            more = "" if len(bundle.items) == 1 and len(bundle.whys + whys) >= MOST_ATTEMPTS else " It is tried again."
            self._say(f"{_names(bundle)}: {whys[-1]}.{more}")
        whys = [*bundle.whys, *whys]
        if len(bundle.items) == 1 and len(whys) >= MOST_ATTEMPTS:
            texts = " ".join(f"{number}. {why}." for number, why in enumerate(whys, start=1))
            yield bundle.items[0], WorkerLost(f"{len(whys)} workers have not completed it: {texts}")
            return
        self._bundles.extendleft(_Bundle([item], [*whys], {*failed_on}) for item in reversed(bundle.items))

    def _ended(self, one: dict[str, Any]) -> str:
        memory = self._out_of_memory.get(one.get("address", ""))
        return f"{_named(one)} ran out of memory at {memory / 1e9:.2f} GB" if memory else f"{_named(one)} ended"

    def _requeue(self, number: int) -> None:
        """Take back a task that has not begun."""
        self._bundles.appendleft(self._under_way[number].bundle)
        self._forget(number)

    def _forget(self, number: int) -> None:
        """Cancel a task, if it is not complete; a worker that still works at it notices."""
        task = self._under_way.pop(number)
        if task.future.status not in ("finished", "error"):
            with contextlib.suppress(OSError):
                (self.exchange / f"{number}.ended").touch()
        with contextlib.suppress(Exception):  # the connection may have broken
            task.future.cancel()

    def _avoid(self, address: str, why: str) -> None:
        """Give no further tasks to a worker."""
        identity = _identity(address, self._workers.get(address, {}))
        if identity not in self._avoided:
            self._avoided[identity] = why
            self._say(f"Worker {address} gets no further {self._what}: {why}.")

    def _usable(self) -> dict[str, dict[str, Any]]:
        return {
            address: one
            for address, one in self._workers.items()
            if _identity(address, one) not in self._avoided and (self.share is None or self.share.room(one))
        }

    def _look_at_workers(self) -> None:
        self._workers, now = self._connection.workers(), time.monotonic()
        for address, one in self._workers.items():
            if self._last_seen.get(address, (None, 0.0))[0] != one["last_seen"]:
                self._last_seen[address] = one["last_seen"], now

    def _look(self) -> None:
        """Look from time to time which workers are there, and whether they get on."""
        now = time.monotonic()
        if now - self._looked < _SECONDS_BETWEEN_LOOKS and self._workers:
            return
        self._looked = now
        self._look_at_workers()
        for address in self._usable():
            if (silent := now - self._last_seen[address][1]) > SILENCE:
                self._hangs(address, f"it has been silent for {silent:.0f} s")
        limit = max(LEAST_PATIENCE, PATIENCE * self._longest) if self._longest else FIRST_PATIENCE
        for number, task in list(self._under_way.items()):
            if number not in self._under_way:
                continue
            if task.restricted is not None and not task.restricted & {*self._workers}:
                self._gone(number, task)  # dask would wait for ever
            elif task.began is not None and task.who["address"] not in self._workers:
                task.began = None  # dask gives it to another one
            elif task.began is not None and now - task.sign > limit:
                self._hangs(
                    task.who["address"], f"a {self._what[:-1]} has made no progress for {now - task.sign:.0f} s"
                )

    def _gone(self, number: int, task: _UnderWay) -> None:
        """Take back a task all of whose workers are gone; whether one had begun it, its folder says."""
        if worker.attempts(self.exchange, number):
            self._events.put(("", number))
        else:
            self._requeue(number)

    def _hangs(self, address: str, why: str) -> None:
        """Take all tasks from a worker that hangs; tasks that have not begun may wait for it, so they are taken."""
        self._avoid(address, why)
        for number, task in list(self._under_way.items()):
            if task.began is None:
                self._gone(number, task)
            elif task.who["address"] == address:
                self._events.put((why, number))

    def _connect_again(self) -> None:
        """Connect again, ask the workers again, and submit what has not come back."""
        self._say(f"The connection to the scheduler {self._scheduler} broke. Connecting again.")
        bundles = [task.bundle for task in self._under_way.values()]
        for number in list(self._under_way):
            self._forget(number)
        self._bundles.extendleft(reversed(bundles))
        self._workers, self._last_seen, self._avoided = {}, {}, {}
        while True:
            self._connection.again(self._meanwhile)
            with contextlib.suppress(OSError):
                self._check()
                break
        self._say(f"Connected again. {sum(len(one.items) for one in self._bundles)} {self._what} are left.")


def _fetched(future: Any) -> worker.Answer | str:
    """Return the result of a task that has ended, or what happened in words; "" if its workers ended."""
    from distributed import KilledWorker

    try:
        found: worker.Answer = future.result(timeout=SILENCE)
        return found
    except KilledWorker:  # dask gives up a task, also if it only waited on workers that ended
        return ""
    except OSError:  # TimeoutError among them: the worker that has the result does not give it
        return "its result could not be fetched"
    except Exception as error:  # of dask, or of an import on the worker
        return _in_words(error)


def _names(bundle: _Bundle) -> str:
    return some([item.name for item in bundle.items])


def _identity(address: str, one: dict[str, Any]) -> str:
    """Return what stays of a worker when its nanny starts it again."""
    return str(one.get("nanny") or address)


def _named(one: dict[str, Any]) -> str:
    return f"worker {one['address']} ({one['host']}, process {one['pid']})" if "address" in one else "a worker"


def _in_words(error: BaseException) -> str:
    if isinstance(error, TimeoutError):
        return "it does not answer"
    if isinstance(error, TouchTrainError):
        return error.text
    if isinstance(error, ModuleNotFoundError) and (error.name or "").startswith("pyside"):
        return "TouchTrain is not installed there, or an older version"
    return " ".join(str(error).split())[:200] or type(error).__name__
