"""What several tests of jobs share."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

import pyside
from pyside.jobs import job_records
from tests.conftest import touch_frames

os.environ.setdefault("GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT", "false")  # read when gcsfs is imported; no emulator has it


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset of four recordings of 48 frames, for the tests of one file."""
    made = [touch_frames(48, seed) for seed in range(4)]
    folder = tmp_path_factory.mktemp("lab") / "set"
    pyside.convert_arrays([frames for frames, _ in made], [labels for _, labels in made], folder)
    return folder


@pytest.fixture
def no_orphans() -> Iterator[None]:
    """No process of a job is left after the test; one that is left is ended, so that only this test fails of it."""
    yield
    left = []
    for folder, child in job_records.children.items():
        try:
            child.wait(timeout=30)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
            left.append(folder)
    assert not left, f"jobs were left running: {left}"
