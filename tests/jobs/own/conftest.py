"""Folders of jobs as their processes leave them, in the register of this user."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from pyside.jobs.own import register
from pyside.system import processes
from pyside.system.records import write_json

KEYS = {"train": "model_path", "verify": "path", "convert videos": "dataset", "curate": "output"}
MakeJob = Callable[..., Path]


@pytest.fixture
def make_job(tmp_path: Path) -> MakeJob:
    """A function that writes the folder of a job, of which this process seems to be the process, and registers it."""

    def make(name: str, state: str = "done", command: str = "train", makes: str = "", known: bool = True) -> Path:
        folder = tmp_path / "touchtrain-jobs" / name
        folder.mkdir(parents=True)
        made = str(tmp_path / (makes or f"{name}.h5"))
        write_json(folder / "settings.json", {"command": command, KEYS[command]: made, "settings": {}})
        write_json(folder / "state.json", {"state": state})
        write_json(folder / "process.json", processes.identity(os.getpid()))
        if known:
            register.add(folder)
        return folder

    return make
