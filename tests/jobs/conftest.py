"""What several tests of jobs share."""

from __future__ import annotations

import os

import pytest

os.environ.setdefault("GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT", "false")  # read when gcsfs is imported; no emulator has it


@pytest.fixture
def no_python(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no Python for jobs."""
    monkeypatch.setenv("TOUCHTRAIN_PYTHON", "/nowhere/python")
