"""What workers do in tests: functions that take time, die, hang or eat memory."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from pyside.cluster.work import Turn
from pyside.system.machine import usable_memory


def writes(seconds: float, tasks: Sequence[str], turn: Turn) -> Iterator[tuple[str, int]]:
    """Write a file for each task, slowly; yields its path and the process."""
    assert turn.folder is not None
    for place, task in enumerate(tasks):
        path = turn.folder / f"{place}.txt"
        with path.open("w") as file:
            for letter in task:
                file.write(letter)
                time.sleep(seconds / len(task))
                turn.tick(place, 1)
        yield str(path), os.getpid()


def dies_of(poison: str, tasks: Sequence[str], turn: Turn) -> Iterator[str]:
    """Return each task, but kill this process at one."""
    for task in tasks:
        if task == poison:
            os.kill(os.getpid(), signal.SIGKILL)
        yield task


def dies_when_complete(common: object, tasks: Sequence[str], turn: Turn) -> Iterator[str]:
    """Return each task, but kill this process as soon as its answer is kept."""
    yield from tasks
    folder = turn.folder
    assert folder is not None

    def die() -> None:
        while not (folder / "answer").exists():
            time.sleep(1e-4)
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=die).start()


def hangs_once(mark: Path, tasks: Sequence[str], turn: Turn) -> Iterator[str]:
    """Return each task, but stop this process, or wait for ever, at the first one that is called so."""
    for place, task in enumerate(tasks):
        if task in ("stops", "waits"):
            try:
                (mark / task).touch(exist_ok=False)
            except FileExistsError:
                pass
            else:
                (mark / task).write_text(str(os.getpid()))
                turn.tick(place, 1)
                os.kill(os.getpid(), signal.SIGSTOP) if task == "stops" else time.sleep(300)
        yield task


def takes_memory(megabytes: int, tasks: Sequence[str], turn: Turn) -> Iterator[tuple[str, int]]:
    """Return each task and the process, after this much memory was in use for a while."""
    for place, task in enumerate(tasks):
        taken = [np.ones(1 << 20, np.uint8) for _ in range(megabytes)]
        for _ in range(8):
            time.sleep(0.1)
            turn.tick(place, 1)
        yield task, os.getpid() + 0 * len(taken)


def fails(kind: str, tasks: Sequence[str], turn: Turn) -> Iterator[Any]:
    """Raise an error of the system in every process that is not this one's second attempt."""
    for task in tasks:
        if turn.folder is not None and not turn.folder.name.endswith("-2") and task == kind:
            raise OSError(5, "Input/output error", task)
        yield task


def tells_of_itself(common: object, tasks: Sequence[str], turn: Turn) -> Iterator[dict[str, Any]]:
    """Return for each task what its process is: its id, its threads by the environment, and its memory."""
    for place, task in enumerate(tasks):
        begun = time.time()
        for _ in range(5):
            time.sleep(0.1)
            turn.tick(place, 1)
        yield {
            "task": task,
            "process": os.getpid(),
            "parent": os.getppid(),
            "threads": os.environ["TF_NUM_INTRAOP_THREADS"],
            "memory": usable_memory().there,
            "from": begun,
            "to": time.time(),
        }


def takes_more_than_its_share(megabytes: int, tasks: Sequence[str], turn: Turn) -> Iterator[str]:
    """Return each task, after so much memory was in use until somebody ends the process, or ten seconds."""
    for task in tasks:
        taken = np.ones((megabytes if task == "large" else 1, 1 << 20), np.uint8)
        time.sleep(10 if task == "large" else 0)
        yield task + "" * len(taken)


def kills_its_parent_once(mark: Path, tasks: Sequence[str], turn: Turn) -> Iterator[tuple[str, int]]:
    """Kill the process of the worker, or with "own" this one, at the first attempt at a task of that name."""
    for task in tasks:
        if task in ("worker", "own") and not (mark / task).exists():
            (mark / task).write_text(str(os.getpid()))
            os.kill(os.getppid() if task == "worker" else os.getpid(), signal.SIGKILL)
            time.sleep(30)
        yield task, os.getpid()


def works_for_minutes(folder: Path, tasks: Sequence[str], turn: Turn) -> Iterator[str]:
    """Say in a folder which process this is, and work on."""
    for place, task in enumerate(tasks):
        (folder / f"process-{os.getpid()}").touch()
        for _ in range(1800):
            turn.tick(place, 1)
            time.sleep(0.1)
        yield task
