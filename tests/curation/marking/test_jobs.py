"""Marking as a job: it runs in a process of its own, tells its progress, is killed and resumed."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pyside
from pyside.curation.marking.session import read_session
from pyside.jobs import commands, job, job_records
from tests.conftest import until
from tests.curation.marking.conftest import Lab


def test_a_killed_job_is_resumed_where_it_was(lab: Lab) -> None:
    root = lab(*[40] * 12)
    options = {"batch_size": 8, "precision": "float32", "formats": ["csv"]}
    arguments = {"model_path": root / "model.h5", "source": root / "videos", "output": None}
    folder = job.start(commands.by_name("curate").request(arguments, options))
    out = root / "videos_curated"
    assert Path(folder).parent == root / "touchtrain-jobs"
    until(lambda: list(out.glob("marks/*.npz")) or job_records.status(folder)["state"] in job_records.ENDED, 300)
    os.kill(job_records.children[folder].pid, signal.SIGKILL)
    until(lambda: job_records.status(folder)["state"] in job_records.ENDED)
    before = len(list(out.glob("marks/*.npz")))
    if job_records.status(folder)["state"] == "lost":  # else it was done before
        found = job.wait(job.resume(folder))
        assert found["done"] == 12 and found["kept"] >= before - 1
    assert [one["state"] for one in read_session(out)["videos"]] == ["done"] * 12
    assert pyside.curate(root / "model.h5", root / "videos", **options)["kept"] == 12
