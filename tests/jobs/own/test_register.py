"""Each job of this user has a number, also if several start at the same time, and whatever is wrong with the disk."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pyside.jobs import job
from pyside.jobs.own import at_hand, register
from pyside.system.records import write_json

MakeJob = Callable[..., Path]
ROOT = Path(__file__).resolve().parents[3]


def numbers() -> list[int]:
    """The numbers of the jobs that are listed, the latest first."""
    return [int(one["number"]) for one in at_hand.jobs()]


def test_a_number_is_given_once_and_stays_when_other_jobs_go(make_job: MakeJob) -> None:
    first, second, third = (make_job(name) for name in ("a", "b", "c"))
    assert numbers() == [3, 2, 1]
    job.remove(third)
    shutil.rmtree(first)
    assert numbers() == [2] and register.number_of(second) == 2
    make_job("d")
    assert numbers() == [4, 2]


def test_a_folder_that_is_used_again_is_another_job(make_job: MakeJob) -> None:
    shutil.rmtree(make_job("a"))
    make_job("a")
    assert numbers() == [2]


def test_a_job_that_is_resumed_keeps_its_number_and_is_the_latest(make_job: MakeJob) -> None:
    first, _ = make_job("a"), make_job("b")
    register.add(first, again=True)
    assert numbers() == [1, 2]
    register.add(make_job("c", known=False), again=True)  # of another computer, or of an earlier version
    assert numbers() == [3, 1, 2]


def test_processes_that_start_jobs_at_once_do_not_lose_one(tmp_path: Path) -> None:
    program = "import sys\nfrom pyside.jobs.own import register\nsys.stdin.readline()\n"
    program += "for number in range(15): register.add(f'{sys.argv[1]}-{number}')"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    several = [
        subprocess.Popen([sys.executable, "-c", program, str(tmp_path / name)], env=environment, stdin=subprocess.PIPE)
        for name in ("one", "other")
    ]
    for one in several:
        one.communicate(b"\n", timeout=60)
    found = register.entries()
    assert len({one.folder for one in found}) == len(found) == 30
    assert [one.number for one in found] == list(range(1, 31))


def test_old_jobs_leave_the_register_but_not_those_that_run_and_never_a_folder(
    make_job: MakeJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(register, "MOST", 3)
    running = make_job("a", "running")
    ended = [make_job(name) for name in ("b", "c", "d")]
    assert numbers() == [4, 3, 1]
    write_json(register._file(3), {"folder": str(ended[1]), "begun": time.time() - 86400 * (register.DAYS + 1)})
    make_job("e")
    assert numbers() == [5, 4, 1]
    assert running.is_dir() and all(folder.is_dir() for folder in ended)


def test_a_damaged_register_hides_only_what_is_damaged(make_job: MakeJob) -> None:
    place = register._place()
    make_job("a"), make_job("b")
    for name, text in (("2.json", "{"), ("7.json", '{"folder": 3, "begun": "now"}'), ("x.json", ""), ("8", "")):
        (place / name).write_text(text, encoding="ascii")
    assert numbers() == [1]
    make_job("c")
    assert numbers() == [8, 1]


def test_without_a_register_jobs_are_called_by_their_folders(
    make_job: MakeJob, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("TOUCHTRAIN_CONFIG", str(tmp_path / "file" / "config"))
    folder = make_job("a", "running")
    register.forget(folder)
    assert at_hand.jobs() == []
    assert at_hand.meant(folder, bool)["number"] is None
    [found] = at_hand.jobs(tmp_path)
    assert at_hand.call("stop", found) == f"touchtrain stop {folder}"


@pytest.mark.usefixtures("bound_by_permissions")
def test_in_a_folder_that_may_not_be_written_nothing_is_noted(make_job: MakeJob) -> None:
    make_job("a")
    place = register._place()
    place.chmod(0o555)
    try:
        make_job("b")
        assert numbers() == [1]
    finally:
        place.chmod(0o755)
