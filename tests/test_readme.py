"""Every block of the README does what it says."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pyside.__main__ import main

ROOT = Path(__file__).parents[1]
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)


def blocks(language: str) -> list[str]:
    return [text for name, text in BLOCKS if name == language]


def test_every_block_is_of_a_language_that_is_tried_here() -> None:
    assert {name for name, _ in BLOCKS} == {"sh", "matlab", "python"}


def test_the_python_block_and_then_the_commands_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    [program] = blocks("python")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    answer = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    accuracy, model_path = answer.stdout.split()
    assert 0 <= float(accuracy) <= 1
    assert Path(model_path) == tmp_path / "model.h5"
    monkeypatch.chdir(tmp_path)
    for command in [line for text in blocks("sh") for line in text.splitlines() if line.startswith("touchtrain")]:
        assert main(shlex.split(command)[1:]) == 0


def test_the_make_targets_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = {line.split()[1] for text in blocks("sh") for line in text.splitlines() if line.startswith("make ")}
    assert named == {"demo", "test"}
    for target in named:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE)


@pytest.mark.skipif(shutil.which("octave") is None, reason="there is no Octave here")
def test_the_matlab_blocks_run_in_octave(tmp_path: Path) -> None:
    (tmp_path / "matlab").symlink_to(ROOT / "matlab")
    script = "\n".join(["more off", *blocks("matlab"), "assert(isstruct(report) && numel(history.loss) == 3)"])
    script = script.replace(
        "touchtrain.plotHistory(history);", "touchtrain.plotHistory(history, 'File', 'curves.png');"
    )
    environment = {**os.environ, "TOUCHTRAIN_PYTHON": sys.executable}
    line = ["octave", "--no-gui", "--norc", "--quiet", "--eval", script]
    answer = subprocess.run(line, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert (tmp_path / "model.h5").is_file()
    assert (tmp_path / "lab" / "whiskers.h5").is_file()
