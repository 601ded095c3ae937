"""What is being made belongs to one process until it is made."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import pyside
from pyside.errors import InUse, PathMissing, TouchTrainError
from pyside.system import locks, processes
from tests.conftest import raises_with

HOLD = (
    "import sys\nfrom pyside.system import locks\nlocks.take(sys.argv[1], 'train')\nprint('held', flush=True)\ninput()"
)
RACE = """
import sys
from pyside import errors
from pyside.system import locks
sys.stdin.readline()
try:
    locks.take(sys.argv[1], 'train')
    print('held', flush=True)
except errors.InUse:
    print('refused', flush=True)
sys.stdin.readline()
"""


def python(program: str, *arguments: object, **environment: str) -> subprocess.Popen[str]:
    given = {**os.environ, "PYTHONPATH": str(Path(pyside.__file__).parents[1]), **environment}
    line = [sys.executable, "-c", program, *map(str, arguments)]
    return subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=given)


def said(child: subprocess.Popen[str]) -> str:
    assert child.stdout
    return child.stdout.readline().strip()


@pytest.fixture
def forged(tmp_path: Path) -> Callable[..., Path]:
    """A function that puts a lock of this process, with some things changed, beside ``model.h5``."""

    def forge(**changed: Any) -> Path:
        about = {"format": locks.FORMAT, **processes.identity(os.getpid()), "command": "train", "job": None}
        record = {**about, "user": "x", "token": "0" * 16, **changed}
        (tmp_path / "model.h5.lock").write_text(json.dumps(record))
        return tmp_path / "model.h5"

    return forge


def test_a_lock_is_there_while_it_is_held(tmp_path: Path) -> None:
    with locks.held(tmp_path / "model.h5", "train"):
        assert [path.name for path in tmp_path.iterdir()] == ["model.h5.lock"]
        with pytest.raises(InUse):
            locks.check_free(tmp_path / "model.h5")
    assert list(tmp_path.iterdir()) == []
    locks.check_free(tmp_path / "model.h5")


def test_a_second_process_is_refused_at_once_and_told_who_has_it(tmp_path: Path) -> None:
    child = python(HOLD, tmp_path / "set")
    assert said(child) == "held"
    with raises_with(InUse, child.pid):
        locks.take(tmp_path / "set", "convert videos")
    child.communicate("\n")


def test_what_a_killed_process_held_is_free(tmp_path: Path) -> None:
    child = python(HOLD, tmp_path / "set")
    assert said(child) == "held"
    child.send_signal(getattr(signal, "SIGKILL", signal.SIGTERM))
    child.wait()
    locks.check_free(tmp_path / "set")
    with locks.held(tmp_path / "set", "train"):
        assert [path.name for path in tmp_path.iterdir()] == ["set.lock"]


def test_of_many_that_see_a_lock_of_a_dead_process_one_gets_it(forged: Callable[..., Path], tmp_path: Path) -> None:
    model = forged(pid=2**22 - 3)
    children = [python(RACE, model) for _ in range(6)]
    for child in children:
        assert child.stdin
        child.stdin.write("\n")
        child.stdin.flush()
    found = sorted(said(child) for child in children)
    for child in children:
        child.communicate("\n")
    assert found == ["held", *["refused"] * 5]
    assert [path.name for path in tmp_path.iterdir()] == ["model.h5.lock"]  # no claim is left


def test_another_thread_of_this_process_is_refused_too(tmp_path: Path) -> None:
    found: list[Exception] = []

    def take() -> None:
        try:
            locks.take(tmp_path / "model.h5", "train")
        except TouchTrainError as error:
            found.append(error)

    with locks.held(tmp_path / "model.h5", "train"):
        thread = threading.Thread(target=take)
        thread.start()
        thread.join()
    assert [type(error) for error in found] == [InUse]


def test_a_child_goes_on_with_a_lock(tmp_path: Path) -> None:
    token = locks.new_token()
    locks.take(tmp_path / "set", "train", tmp_path / "job", token)
    child = python(HOLD, tmp_path / "set", **locks.environment(token))
    locks.hand_on(tmp_path / "set", token, child.pid)
    assert said(child) == "held"
    with raises_with(InUse, child.pid):
        locks.check_free(tmp_path / "set")
    child.communicate("\n")
    locks.check_free(tmp_path / "set")


@pytest.mark.parametrize("changed", [{"host": "rig2"}, {"machine": "another of the same name"}])
def test_a_lock_of_another_computer_stays_until_it_is_released(
    changed: dict[str, str], forged: Callable[..., Path], tmp_path: Path
) -> None:
    model = forged(pid=2**22 - 3, **changed)
    with raises_with(InUse, "touchtrain.unlock") as refused:
        locks.take(model, "train")
    assert changed.get("host", "") in refused.value.text
    assert pyside.unlock(model)["pid"] == 2**22 - 3
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(PathMissing):
        pyside.unlock(model)


def test_what_a_process_of_this_computer_holds_cannot_be_released(tmp_path: Path) -> None:
    with locks.held(tmp_path / "set", "train"), pytest.raises(InUse):
        pyside.unlock(tmp_path / "set")


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"pid": "x"}', '{"token": "../../../victim"}', "[" * 5000])
def test_a_lock_that_says_nothing_is_somebodys_until_it_is_released(
    content: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "_SECONDS_TO_WRITE", 0.0)
    (tmp_path / "set.lock").write_text(content)
    with raises_with(InUse, "touchtrain.unlock"):
        locks.take(tmp_path / "set", "train")
    pyside.unlock(tmp_path / "set")
    with locks.held(tmp_path / "set", "train"):
        pass


def test_a_tampered_token_leads_nowhere(forged: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InUse):
        locks.take(forged(pid=2**22 - 3, token="/../../victim"), "train")


def test_a_disk_without_hard_links_has_locks_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(os, "link", refuse)
    with locks.held(tmp_path / "set", "train"), pytest.raises(InUse):
        locks.check_free(tmp_path / "set")
    assert list(tmp_path.iterdir()) == []


def test_the_longest_names_have_locks_of_their_own(tmp_path: Path) -> None:
    first, second = (tmp_path / ("漢" * 84 + end) for end in ("a.h", "b.h"))  # 255 bytes
    with locks.held(first, "train"), locks.held(second, "train"):
        assert len(list(tmp_path.iterdir())) == 2


def test_a_dataset_behind_a_link_is_one_dataset(tmp_path: Path) -> None:
    (tmp_path / "disk" / "set").mkdir(parents=True)
    (tmp_path / "set").symlink_to(tmp_path / "disk" / "set")
    with locks.held(tmp_path / "set", "train"), pytest.raises(InUse):
        locks.check_free(tmp_path / "disk" / "set")


def test_a_lock_that_was_released_and_taken_by_another_is_not_removed(tmp_path: Path) -> None:
    token = locks.take(tmp_path / "set", "train")
    (tmp_path / "set.lock").write_text("{}")
    locks.release(tmp_path / "set", token)
    assert (tmp_path / "set.lock").exists()


def test_only_who_took_a_lock_releases_it(tmp_path: Path) -> None:
    with locks.held(tmp_path / "set", "train"):
        locks.release(tmp_path / "set", locks.new_token())
        with pytest.raises(InUse):
            locks.check_free(tmp_path / "set")


def test_commands_in_a_message_can_be_run_for_a_path_with_an_apostrophe_and_spaces(tmp_path: Path) -> None:
    path = tmp_path / "Anna's set"
    locks.lock_file(path).write_text("{}", encoding="ascii")
    with pytest.raises(InUse) as caught:
        locks.check_free(path)
    assert f"touchtrain.unlock('{tmp_path}/Anna''s set')" in str(caught.value).replace("\\", "/")
    if os.name == "posix":
        (command,) = re.findall(r"touchtrain unlock (.*) in a shell", str(caught.value))
        assert shlex.split(command) == [str(path)]
