"""Parts of the process that answers Octave; the whole of it is tested over its pipes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pyside.bridge.octave.octave_server import (
    FOLDER_PREFIX,
    Interrupts,
    about,
    is_running,
    python_error,
    remove_stale_folders,
)
from pyside.bridge.octave.octave_wire import PROTOCOL

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals and processes are of another kind here")


@pytest.fixture
def interrupts() -> Iterator[Interrupts]:
    """What SIGINT does; as it was, after the test."""
    before = signal.getsignal(signal.SIGINT)
    yield Interrupts()
    signal.signal(signal.SIGINT, before)


def test_an_interrupt_ends_what_runs_and_nothing_after_it(interrupts: Interrupts) -> None:
    with pytest.raises(KeyboardInterrupt), interrupts:
        os.kill(os.getpid(), signal.SIGINT)
    with interrupts:
        pass


def test_an_interrupt_before_a_request_waits_for_it_unless_it_is_forgotten(interrupts: Interrupts) -> None:
    os.kill(os.getpid(), signal.SIGINT)
    with pytest.raises(KeyboardInterrupt), interrupts:
        pytest.fail("it ran")
    os.kill(os.getpid(), signal.SIGINT)
    interrupts.forget()
    with interrupts:
        pass


def test_an_error_is_told_as_matlab_tells_it() -> None:
    assert python_error(ValueError("no good")) == "Python Error: ValueError: no good"
    assert python_error(SystemExit()) == "Python Error: SystemExit"


def test_only_folders_of_processes_that_are_gone_are_removed(tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    kept = [f"{FOLDER_PREFIX}{os.getpid()}-a", f"{FOLDER_PREFIX}x-a", f"other-{gone.pid}-a"]
    for name in (*kept, f"{FOLDER_PREFIX}{gone.pid}-a"):
        (tmp_path / name / "inside").mkdir(parents=True)
    assert is_running(os.getpid()) and not is_running(gone.pid)
    remove_stale_folders(str(tmp_path))
    assert sorted(os.listdir(tmp_path)) == sorted(kept)


def test_what_pyenv_tells_is_of_this_python() -> None:
    protocol, version, executable, _, home = about()
    assert (protocol, executable, home) == (str(PROTOCOL), sys.executable, sys.prefix)
    assert version == ".".join(map(str, sys.version_info[:2]))
