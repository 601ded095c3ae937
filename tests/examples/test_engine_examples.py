"""The examples of the engine run, in Octave where there is no MATLAB."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import pyside

pytestmark = pytest.mark.trains

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def run(name: str, *arguments: str, folder: Path) -> str:
    line = [sys.executable, str(EXAMPLES / name), *arguments]
    done = subprocess.run(line, cwd=folder, capture_output=True, text=True, timeout=200, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.skipif(shutil.which("octave") is None, reason="there is no Octave here")
def test_an_array_of_trials_is_unpacked_and_the_control_script_trains(tmp_path: Path) -> None:
    text = run("unpack_trial_array.py", folder=tmp_path)
    assert any(all(fact in line for fact in ("6", "whisker006.mp4", "0.1", "0.3")) for line in text.splitlines())
    assert pyside.inspect(tmp_path / "example" / "set")["frames"] > 800  # those with a pole
    text = run("train_from_python_through_the_engine.py", "--engine", "octave", "--epochs", "1", folder=tmp_path)
    assert "GNU Octave" in text.splitlines()[0]
    assert "\nepoch 1/1 " in text  # whole lines, as they come
    assert text.count("best epoch") == 2  # as the script prints it, and as Python does
    table = text[text.rindex("\nside ") :]
    assert "training" in table and str(tmp_path / "example" / "lab" / "whiskers.h5") in table
    assert pyside.inspect(tmp_path / "example" / "lab" / "whiskers.h5")["kind"] == "model"
