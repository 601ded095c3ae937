"""The MATLAB toolbox, laid out as MATLAB installs it: all that it needs is inside, and it runs from there."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pyside import __version__
from tests.matlab.test_matlab_face import REPOSITORY, environment, needs_octave, run, script

pytestmark = needs_octave
OCTAVE = ["octave", "--no-gui", "--norc", "--quiet", "--eval"]


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The toolbox, as it is packed."""
    folder = tmp_path_factory.mktemp("toolbox") / "TouchTrain"
    code = f"addpath('{REPOSITORY / '.ci'}'); stageToolbox('{REPOSITORY}', '{folder}')"
    subprocess.run([*OCTAVE, code], stdin=subprocess.DEVNULL, capture_output=True, check=True)
    return folder


@pytest.fixture
def toolbox(staged: Path, tmp_path: Path) -> Path:
    """The toolbox where MATLAB installs it, a path with blanks."""
    folder = tmp_path / "MATLAB Add-Ons" / "Toolboxes" / "TouchTrain"
    shutil.copytree(staged, folder)
    return folder


def files_below(folder: Path) -> set[str]:
    """The files of a folder that belong to the code, by their paths."""
    left_out = {".pyc", ".cfg"}
    found = (file.relative_to(folder) for file in folder.rglob("*") if file.is_file() and file.suffix not in left_out)
    return {file.as_posix() for file in found}


def test_the_toolbox_has_both_halves_whole_and_nothing_else(staged: Path) -> None:
    names = {file.name for file in staged.iterdir()}
    assert names == {"matlab", "pyside", "examples", "setup.py", "pyproject.toml", "README.md", "LICENSE"}
    for name in ("matlab", "pyside", "examples"):
        assert files_below(staged / name) == files_below(REPOSITORY / name)
    assert not [path for path in staged.rglob("*") if path.name in ("__pycache__", "miss_hit.cfg", ".gitignore")]


def test_setup_help_and_doctor_run_from_the_installed_toolbox(toolbox: Path, tmp_path: Path) -> None:
    code = (
        f"addpath('{toolbox / 'matlab'}'); touchtrain.setup; touchtrain.help; touchtrain.doctor;"
        "disp(char(py.getattr(py.pyside.matlab, '__file__')));"
        "[root, canInstall] = touchtrain.internal.python.packageRoot(); printf('<%s %d>', root, canInstall);"
    )
    text = run([*OCTAVE, code], "R2024b", tmp_path)
    assert f"TouchTrain {__version__} in GNU Octave" in text
    assert "touchtrain.convertVideos" in text
    assert "Python of jobs" in text
    assert str(toolbox / "pyside" / "matlab.py") in text
    assert f"<{toolbox} 1>" in text


def test_install_makes_an_environment_that_updates_of_the_toolbox_leave(toolbox: Path, tmp_path: Path) -> None:
    inside = f'[ "$2" = pip ] && {{ shift 4; printf "%s\\n" "$@" >"$0.log"; exit 0; }}; exec "{sys.executable}" "$@"'
    script(tmp_path / "inside", inside)
    venv = f'[ "$2" = venv ] && {{ mkdir -p "$3/bin"; cp "{tmp_path}/inside" "$3/bin/python"; exit 0; }}'
    script(tmp_path / "bin" / "python3.12", f'{venv}; echo "touchtrain|3|12|keras|$0"')
    for name in ("python3", "python", "python3.11", "python3.13"):
        script(tmp_path / "bin" / name, "exit 1")
    alone = {"TOUCHTRAIN_PYTHON": "", "HOME": str(tmp_path / "home"), "TOUCHTRAIN_CONFIG": str(tmp_path / "config")}
    alone |= dict.fromkeys(("VIRTUAL_ENV", "CONDA_PREFIX", "UV_PYTHON_INSTALL_DIR", "PYENV_ROOT", "XDG_DATA_HOME"), "")
    alone["PATH"] = f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}"
    code = f"addpath('{toolbox / 'matlab'}'); found = touchtrain.setup('Install', true); disp(jsonencode(found));"
    done = subprocess.run([*OCTAVE, code], env={**environment(), **alone}, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(next(line for line in done.stdout.splitlines() if line.startswith("{")))
    made = tmp_path / "home" / ".local" / "share" / "touchtrain" / "env" / "bin"
    assert Path(found["job_python"]).parent in (made, Path(sys.executable).parent)
    log = made / "python.log"
    assert log.read_text(encoding="utf-8").splitlines() == ["-e", str(toolbox)]


def test_pip_can_install_the_python_half_of_the_toolbox(toolbox: Path, tmp_path: Path) -> None:
    code = f"from setuptools import build_meta; print(build_meta.build_editable({str(tmp_path)!r}))"
    done = subprocess.run([sys.executable, "-c", code], cwd=toolbox, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert [file.name for file in tmp_path.glob("*.whl")] == [f"touchtrain-{__version__}-0.editable-py3-none-any.whl"]
