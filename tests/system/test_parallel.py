"""Work that is spread over processes gives what it gives in one, and leaves no process behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pyside.errors import BadVideo, WorkerLost
from pyside.system.parallel import one_ahead, spread
from tests.conftest import raises_with, until

ON_LINUX = pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks at processes in /proc")


@pytest.mark.parametrize("workers", [1, 2])
def test_results_come_in_the_order_of_the_tasks(workers: int) -> None:
    assert list(spread(abs, range(-30, 0), workers)) == list(range(30, 0, -1))


def test_there_are_other_processes_and_tasks_are_called_only_as_they_are_needed() -> None:
    taken = []

    def tasks():  # type: ignore[no-untyped-def]
        for number in range(100):
            taken.append(number)
            yield number

    results = spread(abs, tasks(), 2)
    assert next(results) == 0 and len(taken) < 20
    results.close()


@pytest.mark.parametrize("workers", [1, 2])
def test_an_error_of_ours_comes_through_as_it_is(workers: int) -> None:
    with raises_with(BadVideo, "three.mp4"):
        list(spread(fails_at_three, range(6), workers))


def test_work_can_be_ended_meanwhile(tmp_path: Path) -> None:
    def meanwhile() -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        list(spread(is_done_in_a_minute, [tmp_path / "one", tmp_path / "two"], 2, meanwhile))
    assert not list(tmp_path.iterdir())


def test_a_process_that_is_killed_is_an_error_that_says_so() -> None:
    with raises_with(WorkerLost, 1):
        list(spread(kills_itself, range(4), 2))


@ON_LINUX
def test_no_process_is_left_when_the_one_that_asked_is_killed() -> None:
    code = "from pyside.system.parallel import spread; import time; list(spread(time.sleep, [600, 600], 2))"
    asking = subprocess.Popen([sys.executable, "-c", code])
    try:
        workers = wait_until(lambda: [pid for pid in children(asking.pid) if b"LokyProcess" in command(pid)][1:])
    finally:
        asking.kill()
        asking.wait()
    assert wait_until(lambda: not any(b"LokyProcess" in command(pid) for pid in workers))


def fails_at_three(number: int) -> int:
    if number == 3:
        raise BadVideo("three.mp4 is empty.")
    return number


def is_done_in_a_minute(path: Path) -> None:
    time.sleep(60)
    path.touch()


def kills_itself(number: int) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return number


def children(pid: int) -> list[int]:
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:
        return []
    return [int(one) for one in text.split()]


def command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def wait_until(ask):  # type: ignore[no-untyped-def]
    until = time.monotonic() + 30
    while not (answer := ask()) and time.monotonic() < until:
        time.sleep(0.05)
    return answer


def test_items_are_made_one_ahead_and_errors_come_in_their_turn() -> None:
    made: list[int] = []

    def items() -> Iterator[int]:
        for number in (3, 2, 1, 0):
            made.append(6 // number)
            yield 6 // number

    before = threading.active_count()
    with one_ahead(items()) as found:
        assert next(found) == 2
        until(lambda: made == [2, 3])
        assert next(found) == 3 and next(found) == 6
        with pytest.raises(ZeroDivisionError):
            next(found)
    with one_ahead(iter([])) as found:
        assert not list(found)
    assert threading.active_count() == before
