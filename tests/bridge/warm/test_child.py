"""The process that predicts is started when it is needed, and ends when it is not."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pyside.bridge.warm.asking import Request
from pyside.bridge.warm.child import Child, Question
from pyside.errors import Interrupted, PathMissing, PythonNotFound, WorkerLost
from pyside.settings import PredictSettings
from tests.conftest import raises_with, until

SECONDS = 60


@pytest.fixture
def child() -> Iterator[Child]:
    """One that has not been asked yet."""
    made = Child()
    yield made
    made.end(at_once=True)


@pytest.fixture
def endless(tmp_path: Path) -> Path:
    """A file that takes a minute to read, in place of a model: its process computes."""
    path = tmp_path / "endless.h5"
    with path.open("wb") as file:
        file.truncate(200 << 30)
    return path


def asked(child: Child, model: Path) -> Question:
    """A question, asked."""
    return child.ask(*Request(model, [], [], PredictSettings()).packed())


def answer(question: Question) -> None:
    """Wait for the answer; here it is always that there is no such model."""
    assert question.wait(SECONDS)
    with raises_with(PathMissing, "nothing.h5"):
        question.answer()


def pid_of(child: Child) -> int:
    """The number of its process, once it runs."""
    until(lambda: child.pid is not None)
    assert child.pid is not None
    return child.pid


def is_running(pid: int) -> bool:
    """Whether there is a process of that number."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


NOTHING = Path("/nowhere/nothing.h5")


def test_one_process_answers_all_questions_and_a_killed_one_is_replaced_with_a_word(child: Child) -> None:
    answer(asked(child, NOTHING))
    pid = pid_of(child)
    answer(asked(child, NOTHING))
    assert child.pid == pid
    os.kill(pid, signal.SIGKILL)
    question = asked(child, NOTHING)
    answer(question)
    assert child.pid != pid
    (word,) = question.warnings
    assert "SIGKILL" in word
    child.end()
    until(lambda: not is_running(pid))


def test_it_ends_when_nothing_is_asked_and_is_started_again_without_a_word() -> None:
    child = Child(idle_seconds=0.05)
    answer(asked(child, NOTHING))
    first = child._process
    assert first is not None and first.wait(SECONDS) == 0
    question = asked(child, NOTHING)
    answer(question)
    assert question.warnings == []
    child.end()


def test_giving_up_ends_the_process_that_computes_and_the_next_question_is_answered(
    child: Child, endless: Path
) -> None:
    answer(asked(child, NOTHING))
    pid, question = pid_of(child), asked(child, endless)
    assert not question.wait(0.1)
    question.give_up()
    assert not is_running(pid)
    assert question.wait(SECONDS)
    with pytest.raises(Interrupted):
        question.answer()
    answer(asked(child, NOTHING))


def test_a_process_that_is_killed_while_it_computes_twice_is_an_error_that_names_the_signal(
    child: Child, endless: Path
) -> None:
    question = asked(child, endless)
    first = pid_of(child)
    os.kill(first, signal.SIGKILL)
    until(lambda: child.pid not in (first, None))
    os.kill(pid_of(child), signal.SIGKILL)
    assert question.wait(SECONDS)
    with raises_with(WorkerLost, "SIGKILL", "memory"):
        question.answer()


HOST = """
import sys, time
from pathlib import Path
from pyside.bridge.warm.asking import Request
from pyside.bridge.warm.child import Child
from pyside.settings import PredictSettings
child = Child()
child.ask(*Request(Path("/nowhere/nothing.h5"), [], [], PredictSettings()).packed()).wait(60)
child.ask(*Request(Path(sys.argv[1]), [], [], PredictSettings()).packed())
print(child.pid, flush=True)
time.sleep(60)
"""


def test_it_ends_with_its_host_even_if_that_is_killed_and_it_computes(endless: Path) -> None:
    line = [sys.executable, "-c", HOST, str(endless)]
    with subprocess.Popen(line, stdout=subprocess.PIPE, cwd=Path(__file__).parents[3]) as host:
        assert host.stdout is not None
        pid = int(host.stdout.readline())
        assert is_running(pid)
        host.kill()
    until(lambda: not is_running(pid))


def test_without_a_python_it_says_so(child: Child, no_python: None) -> None:
    question = asked(child, NOTHING)
    assert question.wait(SECONDS)
    with raises_with(PythonNotFound, "/nowhere/python"):
        question.answer()
