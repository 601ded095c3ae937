"""Builds the wheel; all that pyproject.toml can say stands there.

What it cannot say: the wheel carries the repository's matlab/ as pyside/_matlab/. An own top-level ``matlab`` would
overwrite the package of MATLAB's Python engine.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

LEFT_OUT = (".*", "*.cfg", "*.asv", "*~", "octave-workspace")
HERE = Path(__file__).resolve().parent


class BuildWithMatlab(build_py):
    """Copies matlab/ into the package, except in an editable install, where it is used in its place."""

    def run(self) -> None:
        """Copy the Python files, then the MATLAB files."""
        super().run()
        if self.editable_mode:
            return
        target = Path(self.build_lib) / "pyside" / "_matlab"
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(HERE / "matlab", target, ignore=shutil.ignore_patterns(*LEFT_OUT))


setup(cmdclass={"build_py": BuildWithMatlab})
