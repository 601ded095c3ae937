"""A dask cluster of real processes on this computer, which end with the test."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import until

ROOT = Path(__file__).parents[2]
OPTIONS = ["--no-dashboard", "--host", "127.0.0.1"]


class Lab:
    """A scheduler and its workers, each with one thread, in processes of their own."""

    def __init__(self, folder: Path):
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.address = f"tcp://127.0.0.1:{self.port}"
        self.workers: list[subprocess.Popen[bytes]] = []
        self.scheduler = self.start_scheduler()

    def start_scheduler(self) -> subprocess.Popen[bytes]:
        self.scheduler = self._start("scheduler", "--port", str(self.port))
        until(self._answers)
        return self.scheduler

    def start(self, n: int, *options: str, core: int | None = None, **environment: str) -> None:
        """Start workers, without a nanny unless options say otherwise, perhaps pinned to one core."""
        options = options or ("--no-nanny",)
        for _ in range(n):
            line = ("worker", self.address, "--nthreads", "1", *options)
            self.workers.append(self._start(*line, core=core, **environment))

    def _start(self, *words: str, core: int | None = None, **environment: str) -> subprocess.Popen[bytes]:
        line = [sys.executable, "-m", f"distributed.cli.dask_{words[0]}", *words[1:], *OPTIONS]
        around = {**os.environ, "PYTHONPATH": str(ROOT), "DASK_TEMPORARY_DIRECTORY": str(self._folder), **environment}
        pinned = ["taskset", "-c", str(core)] if core is not None else []
        with (self._folder / f"{words[0]}-{time.monotonic_ns()}.log").open("wb") as log:
            return subprocess.Popen(
                [*pinned, *line], env=around, stdout=log, stderr=log, cwd=self._folder, start_new_session=True
            )

    def _answers(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
            return True
        return False

    def close(self) -> None:
        for process in [*self.workers, self.scheduler]:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)  # a nanny and its worker
            process.wait()


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A cluster with two workers, for the tests of a file."""
    made = Lab(tmp_path_factory.mktemp("lab"))
    try:
        made.start(2)
        yield made
    finally:
        made.close()


@pytest.fixture
def new_lab(tmp_path: Path) -> Iterator[Callable[[], Lab]]:
    """A function that starts a scheduler of the test's own."""
    made: list[Lab] = []

    def start() -> Lab:
        made.append(Lab(tmp_path / f"lab{len(made)}"))
        return made[-1]

    try:
        yield start
    finally:
        for one in made:
            one.close()
