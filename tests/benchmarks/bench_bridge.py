"""How long a call and a large array take from Octave to Python."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
FOLDERS = f"'{REPOSITORY}/matlab/resources/octave', '{REPOSITORY}/tests/matlab/resources/octave_py'"
Row = tuple[str, float, float, str, str]


def measure() -> list[Row]:
    """Time both in one Octave: medians, and the array in turns with a NumPy copy of it; nothing without Octave."""
    if not shutil.which("octave"):
        return []
    done = subprocess.run(
        ["octave", "--no-gui", "--norc", "--quiet", "--eval", f"addpath({FOLDERS}); measure_calls()"],
        env={**os.environ, "TOUCHTRAIN_PYTHON": sys.executable},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )
    figures = dict(line.split() for line in done.stdout.splitlines())
    return [
        ("74 MB of uint8 from Octave to Python", 6.0, float(figures["arrival"]), "times one np.copy", "at most"),
        ("a small call from Octave", 1.0, float(figures["call"]), "ms", "at most"),
    ]
