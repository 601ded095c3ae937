"""How processes of jobs are started, told from others and ended; on Windows and macOS by stand-ins for their rules."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from pyside.system import processes

ROOT = Path(__file__).resolve().parents[2]
GROUP, NO_WINDOW, BREAKAWAY = 0x200, 0x08000000, 0x01000000
# ps of macOS prints lstart in the locale and the time zone of its caller.
PS_OF_MACOS = """#!/bin/sh
case "$TZ" in UTC) hour=10 ;; *) hour=12 ;; esac
case "$LC_ALL" in C) day='Sun Nov 29' ;; *) day='So 29 Nov' ;; esac
echo "Ss   $day $hour:00:00 2026    "
"""


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Windows, as far as processes are started and ended there; a list of what they were started with."""
    started: list[dict[str, Any]] = []

    def note(line: list[str], **how: Any) -> subprocess.CompletedProcess[bytes]:
        started.append({"line": line, **how})
        return subprocess.CompletedProcess(line, 0, b"", b"")

    monkeypatch.setattr(sys, "platform", "win32")
    for name, flag in (("NEW_PROCESS_GROUP", GROUP), ("NO_WINDOW", NO_WINDOW), ("BREAKAWAY_FROM_JOB", BREAKAWAY)):
        monkeypatch.setattr(subprocess, f"CREATE_{name}", flag, raising=False)
    monkeypatch.setattr(processes, "NO_WINDOW", NO_WINDOW)
    monkeypatch.setattr(subprocess, "run", note)
    monkeypatch.setattr(subprocess, "Popen", note)
    return started


def test_a_job_on_windows_outlives_the_program_that_started_matlab(windows: list[dict[str, Any]]) -> None:
    processes.start(["python"], stdin=subprocess.DEVNULL)
    assert [one["creationflags"] for one in windows] == [GROUP | NO_WINDOW | BREAKAWAY]


def test_a_job_starts_where_no_process_may_leave_its_job_object(
    windows: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    allowed = subprocess.Popen

    def deny(line: list[str], **how: Any) -> Any:
        if how["creationflags"] & BREAKAWAY:
            raise PermissionError(13, "Access is denied", None, 5)
        return allowed(line, **how)

    monkeypatch.setattr(subprocess, "Popen", deny)
    processes.start(["python"])
    assert [one["creationflags"] for one in windows] == [GROUP | NO_WINDOW]
    monkeypatch.setattr(subprocess, "Popen", lambda line, **how: (_ for _ in ()).throw(PermissionError(13, "No")))
    with pytest.raises(PermissionError):
        processes.start(["python"])


def test_a_job_on_windows_is_ended_without_a_console_window_and_without_standard_input(
    windows: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    alive = iter([True, False])
    monkeypatch.setattr(processes, "is_alive", lambda process: next(alive))
    assert processes.end({"pid": 7, "started": "1"})
    (ended,) = windows
    assert ended["line"][:3] == ["taskkill", "/PID", "7"]
    assert (ended["stdin"], ended["creationflags"]) == (subprocess.DEVNULL, NO_WINDOW)


@pytest.mark.skipif(os.name != "posix", reason="a program of the shell stands in for ps")
def test_a_process_on_macos_has_the_same_start_in_each_locale_and_time_zone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ps").write_text(PS_OF_MACOS, encoding="ascii")
    (tmp_path / "ps").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setattr(sys, "platform", "darwin")
    process = {"pid": 1, "started": processes._start_mark(1)}
    for locale, zone in (("de_DE.UTF-8", "Europe/Berlin"), ("C", "America/New_York"), ("ja_JP.UTF-8", "")):
        monkeypatch.setenv("LC_ALL", locale)
        monkeypatch.setenv("TZ", zone)
        assert processes.is_alive(process)


@pytest.mark.skipif(os.name != "posix", reason="there is ps on Unix only")
def test_ps_tells_a_process_that_runs_from_one_that_has_ended() -> None:
    child = subprocess.Popen(["sleep", "60"])
    try:
        mark = processes._start_mark_of_ps(child.pid)
        assert mark and mark == processes._start_mark_of_ps(child.pid)
        assert time.strptime(mark.split(" ", 1)[1], "%b %d %H:%M:%S %Y")
        child.kill()
        time.sleep(0.1)
        assert processes._start_mark_of_ps(child.pid) is None  # not waited for yet
    finally:
        child.kill()
        child.wait()
    assert processes._start_mark_of_ps(child.pid) is None


def test_a_started_process_runs_on_in_a_group_of_its_own() -> None:
    child = processes.start([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    process = processes.identity(child.pid)
    assert processes.is_alive(process)
    assert os.name != "posix" or os.getpgid(child.pid) == child.pid
    child.communicate(b"\n")
    assert not processes.is_alive(process)


@pytest.mark.skipif(sys.platform == "win32", reason="starts a shell of Unix")
def test_a_job_is_known_by_its_command_from_the_moment_it_is_started(tmp_path: Path) -> None:
    line = ["sh", "-c", "read x", "-m", "pyside", "job", "run", str(tmp_path)]
    for _ in range(500):
        child = processes.start(line, stdin=subprocess.PIPE)
        assert processes.does_job(processes.identity(child.pid), tmp_path)
        assert child.stdin
        child.stdin.close()
        child.wait()


def test_every_process_is_started_with_standard_input_and_without_a_console_window() -> None:
    """Inside a program with windows, Windows may have no standard input to hand on, and would show a console."""
    faults = []
    for file in sorted((ROOT / "pyside").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("subprocess.run", "subprocess.Popen"):
                given = {word.arg or ast.unparse(word.value) for word in node.keywords}
                hidden = {"creationflags", "own_group()", "processes.own_group()"} & given
                passed_on = any("options" in name for name in given)  # by processes.start
                if not (passed_on or hidden and {"stdin", "input"} & given):
                    faults.append(f"{file.relative_to(ROOT)}:{node.lineno}")
    assert faults == []
