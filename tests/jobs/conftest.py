"""What several tests of jobs share."""

from __future__ import annotations

import pytest


@pytest.fixture
def no_python(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no Python for jobs."""
    monkeypatch.setenv("TOUCHTRAIN_PYTHON", "/nowhere/python")
