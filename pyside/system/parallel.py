"""Parallel work in processes or threads: the same results in the same order, whatever their number."""

from __future__ import annotations

import collections
import contextlib
import itertools
import os
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any, TypeVar

from pyside.errors import WorkerLost

Task = TypeVar("Task")
Result = TypeVar("Result")
_SECONDS_BETWEEN_LOOKS = 0.2
AHEAD = 3  # tasks per process that are submitted at a time
_SAFE_PATH = "PYTHONSAFEPATH"  # keeps Python from importing files of the current folder as modules


def usable_cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def spread(
    function: Callable[[Task], Result],
    tasks: Iterable[Task],
    workers: int,
    meanwhile: Callable[[], None] = lambda: None,
) -> Iterator[Result]:
    """Call a function for each task, in several processes, and yield the results in the order of the tasks.

    The processes end with this generator, and with this process, however it ends. At most 3 tasks per process are
    submitted at a time, so that results do not pile up.

    Args:
        function: at the top level of a module, so that another process can import it; it takes one argument, and its
            result can be pickled.
        tasks: the arguments.
        workers: number of processes; with 1 the work is done in this process.
        meanwhile: called about five times a second while waiting for results; an exception that it raises ends the
            work.

    Raises:
        WorkerLost: a process was killed.
        Exception: whatever the function raises, when the turn of its task comes.
    """
    if workers == 1:
        for task in tasks:
            meanwhile()
            yield function(task)
        return
    from loky import ProcessPoolExecutor
    from loky.process_executor import BrokenProcessPool

    before = os.environ.get(_SAFE_PATH)
    os.environ[_SAFE_PATH] = "1"  # for loky's own processes too
    executor = ProcessPoolExecutor(workers, initializer=end_with_parent, initargs=(os.getpid(),))
    under_way: collections.deque[Future[Result]] = collections.deque()
    left = iter(tasks)
    try:
        while True:
            for task in itertools.islice(left, AHEAD * workers - len(under_way)):
                under_way.append(executor.submit(function, task))
            if not under_way:
                return
            while not wait([under_way[0]], timeout=_SECONDS_BETWEEN_LOOKS).done:
                meanwhile()
            meanwhile()
            yield under_way.popleft().result()
    except BrokenProcessPool as error:
        raise WorkerLost(
            "A worker process was killed: the machine may have run out of memory. Try again with fewer workers, for "
            "example 1."
        ) from error
    finally:
        executor.shutdown(wait=True, kill_workers=True)
        os.environ.pop(_SAFE_PATH, None)
        os.environ |= {} if before is None else {_SAFE_PATH: before}


@contextlib.contextmanager
def one_ahead(items: Iterator[Result]) -> Iterator[Iterator[Result]]:
    """Within the context, give the items of an iterator while another thread makes the next one.

    The thread ends with the context: as part of an iterator, it might be ended by the garbage collection in another
    thread, which can wait for itself.

    Raises:
        Exception: whatever the iterator raises, when the turn of its item comes.
    """
    end = object()

    def results() -> Iterator[Result]:
        coming: Future[Any] = pool.submit(next, items, end)
        while (item := coming.result()) is not end:
            coming = pool.submit(next, items, end)
            yield item

    with ThreadPoolExecutor(1) as pool:
        yield results()


def end_with_parent(parent: int) -> None:
    """End this process when its parent has ended, even if that was killed."""
    if sys.platform != "win32":  # there a killed job takes its children along
        threading.Thread(target=_watch, args=(parent,), daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)
