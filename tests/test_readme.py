"""Every block of the README does what it says."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pyside.__main__ import main

pytestmark = pytest.mark.trains

ROOT = Path(__file__).parents[1]
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)


def blocks(language: str) -> list[str]:
    return [text for name, text in BLOCKS if name == language]


def test_every_picture_is_there() -> None:
    pictures = re.findall(r"!\[.*?\]\((.*?)\)", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert len(pictures) == 3
    assert all((ROOT / picture).stat().st_size > 10_000 for picture in pictures)


def test_every_block_is_of_a_language_that_is_tried_here() -> None:
    assert {name for name, _ in BLOCKS} == {"sh", "powershell", "matlab", "python"}


def lines(language: str, program: str) -> list[list[str]]:
    """Return the arguments of each line of such blocks that begins with `program`."""
    every = [line for text in blocks(language) for line in text.splitlines()]
    return [shlex.split(line, comments=True)[1:] for line in every if line.split()[:1] == [program]]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the example videos are rendered as the README says, but fewer of them, to save time."""
    folder = tmp_path_factory.mktemp("lab")
    for name in ("examples", "matlab"):
        (folder / name).symlink_to(ROOT / name)
    for arguments in lines("sh", "python"):
        arguments[arguments.index("--recordings") + 1] = "2"
        subprocess.run([sys.executable, *arguments], cwd=folder, capture_output=True, check=True)
    return folder


def test_the_python_block_and_then_the_commands_run(
    lab: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    program = "\n".join(blocks("python")).replace("epochs=15", "epochs=1")  # to save time
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    answer = subprocess.run(
        [sys.executable, "-c", program], cwd=lab, env=environment, capture_output=True, text=True, check=True
    )
    assert "best epoch" in answer.stdout
    assert (lab / "model.h5").is_file()
    monkeypatch.chdir(lab)
    commands = lines("sh", "touchtrain")
    assert len(commands) >= 3
    for arguments in commands:
        assert main(arguments) == 0 or arguments == ["doctor"]  # which tells what is wrong on this machine
    told = [line for line in capsys.readouterr().out.splitlines() if line.startswith("{")]
    assert json.loads(told[-1])["kind"] == "model"


def test_the_make_targets_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = {line.split()[1] for text in blocks("sh") for line in text.splitlines() if line.startswith("make ")}
    assert named == {"demo", "test"}
    for target in named:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE)


@pytest.mark.skipif(shutil.which("octave") is None, reason="there is no Octave here")
def test_the_matlab_blocks_run_in_octave(lab: Path) -> None:
    script = "\n".join(["more off", *blocks("matlab"), "assert(isstruct(report) && numel(history.loss) == 1)"])
    script = script.replace("plotHistory(history)", "plotHistory(history, 'File', 'curves.png')")
    script = re.sub("('MaxEpochs'|'Recordings'), [0-9]+", lambda found: f"{found[1]}, {1 + ('R' in found[1])}", script)
    environment = {**os.environ, "TOUCHTRAIN_PYTHON": sys.executable}
    line = ["octave", "--no-gui", "--norc", "--quiet", "--eval", script]
    answer = subprocess.run(line, cwd=lab, env=environment, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert (lab / "model.h5").is_file()
    assert (lab / "marked" / "session.csv").is_file()
