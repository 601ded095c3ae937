"""The guide, built once for all tests that look at it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.guide import ROOT

BUILD = (sys.executable, "-m", "sphinx", "--quiet", "--fresh-env", "--fail-on-warning")


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the built pages."""
    pytest.importorskip("sphinx", reason="the guide is built with the extra docs")
    folder = tmp_path_factory.mktemp("guide")
    line = [*BUILD, "-d", str(folder / "doctrees"), str(ROOT / "docs"), str(folder / "site")]
    ended = subprocess.run(line, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return folder / "site"
