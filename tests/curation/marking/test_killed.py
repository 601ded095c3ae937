"""Sessions that are killed at random moments: after resuming, all files equal those of an unbroken run."""

from __future__ import annotations

import csv
import json
import os
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pyside
from pyside.curation.marking.session import MARKS, SHEET, TABLE
from pyside.jobs import commands, job, job_records
from tests.conftest import until
from tests.curation.marking.conftest import Lab

OPTIONS: dict[str, Any] = {"batch_size": 16, "precision": "float32", "formats": ["mat", "csv", "npy"]}
TIMES = ("seconds", "frames_per_second")


def content(folder: Path) -> dict[str, Any]:
    """All files of a session, without times."""
    found: dict[str, Any] = {}
    for file in sorted(file for file in folder.rglob("*") if file.is_file()):
        name = file.relative_to(folder).as_posix()
        if name == TABLE:
            session = json.loads(file.read_text(encoding="utf-8"))
            found[name] = {
                **session,
                "videos": [{key: value for key, value in one.items() if key not in TIMES} for one in session["videos"]],
            }
        elif name == SHEET:
            rows = list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))
            found[name] = [{key: value for key, value in row.items() if key not in TIMES} for row in rows]
        else:
            found[name] = file.read_bytes()
    return found


def kill_some(root: Path, times: int, seed: int) -> int:
    """Mark videos in a job, kill it with -9 at random moments, and resume it; returns how often that succeeded."""
    rng = random.Random(seed)
    n_videos = len(list((root / "videos").iterdir()))
    arguments = {"model_path": root / "model.h5", "source": root / "videos", "output": root / "killed"}
    folder = job.start(commands.by_name("curate").request(arguments, OPTIONS))
    for number in range(times):
        wanted = max(done(root) + 1, (number * n_videos + rng.randrange(n_videos)) // times)
        child = job_records.children[folder]
        until(lambda n=wanted, one=child: done(root) >= n or one.poll() is not None, 300)
        time.sleep(0.02 * rng.random())
        if child.poll() is not None:  # it was done before
            return number
        os.kill(child.pid, signal.SIGKILL)
        until(lambda: job_records.status(folder)["state"] in job_records.ENDED)
        if number + 1 < times:
            job.resume(folder)
    return times


def done(root: Path) -> int:
    """Number of videos with marks."""
    return len(list((root / "killed" / MARKS).glob("*.npz")))


def check(root: Path, times: int, seed: int) -> None:
    """Compare a session that was killed and resumed with an unbroken one."""
    unbroken = pyside.curate(root / "model.h5", root / "videos", root / "unbroken", **OPTIONS)
    assert unbroken["well"]
    assert kill_some(root, times, seed) > 0
    resumed = pyside.curate(root / "model.h5", root / "videos", root / "killed", **OPTIONS)
    assert resumed["done"] == unbroken["done"]
    expected, found = content(root / "unbroken"), content(root / "killed")
    assert sorted(found) == sorted(expected)
    assert [name for name in expected if found[name] != expected[name]] == []


@pytest.fixture
def many(lab: Lab) -> Callable[[int], Path]:
    """A function that makes a lab with so many short videos."""
    return lambda n: lab(*np.random.default_rng(0).integers(1, 60, n).tolist())


def test_a_session_that_is_killed_three_times_ends_as_an_unbroken_one(many: Callable[[int], Path]) -> None:
    check(many(24), 3, seed=int(time.time()))


@pytest.mark.slow
@pytest.mark.parametrize("part", range(5))
def test_a_session_that_is_killed_twenty_times_ends_as_an_unbroken_one(many: Callable[[int], Path], part: int) -> None:
    check(many(60), 4, seed=part)
