"""The wheel, the sdist and what importing costs."""

from __future__ import annotations

import ast
import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import numpy as np
import pytest
import tomllib
from packaging.requirements import Requirement
from packaging.version import Version

import pyside
from pyside.__main__ import main
from tests.conftest import NUMPY_ALONE

ROOT = Path(__file__).resolve().parents[1]
# where they are not called as they are imported
DISTRIBUTIONS = {
    "google": "google-cloud-aiplatform",  # and what it needs: google-auth, google-api-core, protobuf
    "dask_jobqueue": "dask-jobqueue",
    "google_crc32c": "google-crc32c",
    "sklearn": "scikit-learn",
    "PIL": "pillow",
    "matio": "mat-io",
    "skimage": "scikit-image",
}
HEAVY = {"tensorflow", "keras", "h5py", "av", "scipy", "sklearn", "matplotlib", "typer", "rich"}
MOST_MODULES = 300  # beyond NumPy's


pytestmark = pytest.mark.xdist_group("package")  # two builds at once would disturb each other in this folder


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist, and the wheel that was built from it."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--outdir", str(folder), str(ROOT)]
    if Version(importlib.metadata.version("setuptools")) >= Version("77"):
        command.insert(3, "--no-isolation")
    ended = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert ended.returncode == 0, ended.stdout[-2000:] + ended.stderr[-2000:]
    return folder


@pytest.fixture(scope="module")
def wheel(built: Path) -> set[str]:
    """The names of the files in the wheel."""
    (file,) = built.glob("touchtrain-*.whl")
    return set(zipfile.ZipFile(file).namelist())


@pytest.fixture(scope="module")
def sdist(built: Path) -> set[str]:
    """The names of the files in the sdist, without its top folder."""
    (file,) = built.glob("touchtrain-*.tar.gz")
    with tarfile.open(file) as archive:
        return {name.partition("/")[2] for name in archive.getnames()}


def files_below(folder: str, pattern: str) -> set[str]:
    """The files of the repository in a folder, by their paths from the top."""
    found = (file for file in (ROOT / folder).rglob(pattern) if file.is_file())
    return {file.relative_to(ROOT).as_posix() for file in found if "__pycache__" not in file.parts}


def test_wheel_carries_every_matlab_file_inside_the_package(wheel: set[str]) -> None:
    carried = {name.removeprefix("pyside/_") for name in wheel if name.startswith("pyside/_matlab/")}
    assert files_below("matlab", "*.m") <= carried
    assert {"pyside/_matlab/+touchtrain/train.m", "pyside/_matlab/resources/octave/py.m"} <= wheel
    assert {"pyside/_matlab/train_new_model.m", "pyside/_matlab/Contents.m", "pyside/_matlab/PKG_ADD"} <= wheel
    assert "pyside/_matlab/resources/functionSignatures.json" in wheel


def test_wheel_carries_every_python_file_and_nothing_else_at_its_top(wheel: set[str]) -> None:
    for ending in ("py", "html", "css", "js"):
        assert files_below("pyside", f"*.{ending}") <= wheel
    tops = {name.split("/")[0] for name in wheel}
    assert {top for top in tops if not top.startswith("touchtrain-")} == {"pyside"}
    assert not [name for name in wheel if re.search(r"(^|/)(tests?|examples)/|\.asv$|~$|\.pyc$", name)]


def test_sdist_holds_what_the_wheel_is_built_from(sdist: set[str]) -> None:
    wanted = {"setup.py", "pyproject.toml", "LICENSE", "README.md", "Makefile", ".ci/run", ".ci/setup", "miss_hit.cfg"}
    wanted |= {
        "buildfile.m",
        "toolboxOptions.m",
        ".ci/stageToolbox.m",
        "CONTRIBUTING.md",
        "CITATION.cff",
        "CHANGELOG.md",
        "SECURITY.md",
        "docs/conf.py",
        ".github/workflows/release.yml",
    }
    assert wanted | files_below("matlab", "*.m") | files_below("pyside", "*.*") <= sdist


def test_version_is_said_in_one_place(built: Path) -> None:
    import pyside

    assert [file.name.split("-")[1] for file in built.glob("*.whl")] == [pyside.__version__]
    assert pyside.__version__ not in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def test_the_newest_changes_are_those_of_this_version() -> None:
    told = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (\S+)$", told, re.MULTILINE)[0] == pyside.__version__


def test_it_can_be_cited() -> None:
    about = pytest.importorskip("yaml").safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert {"cff-version", "message", "title", "authors", "type", "license"} <= set(about)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert about["license"] == project["license"]
    assert about["authors"] == project["authors"]
    assert "version" not in about  # which is said in one place


def test_matlab_says_the_same_version() -> None:
    import pyside

    for file in (ROOT / "matlab" / "Contents.m", ROOT / "matlab" / "+touchtrain" / "Contents.m"):
        second = file.read_text(encoding="ascii").splitlines()[1]  # which ver reads
        assert re.fullmatch(rf"% Version {re.escape(pyside.__version__)}( .*)?", second), second


def test_users_with_a_type_checker_see_the_types(wheel: set[str]) -> None:
    assert "pyside/py.typed" in wheel


def test_the_public_face_is_checked_by_every_flag_of_the_strict_mode() -> None:
    told = subprocess.run([sys.executable, "-m", "mypy", "--help"], capture_output=True, text=True, check=True).stdout
    listed = re.search(r"enables the following flags:(.*?)--disable-error-code", told, re.DOTALL)
    strict = {flag[2:].replace("-", "_") for flag in re.sub(r"-\n\s+", "-", listed[1]).replace(",", " ").split()}
    assert len(strict) > 10
    about = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mypy"]
    face = next(one for one in about["overrides"] if "pyside" in one["module"])
    assert {flag for flag in strict if not (face.get(flag) or about.get(flag))} == set()
    results = {f"{one.__module__}" for one in vars(pyside).values() if isinstance(one, type)}
    assert results - {"os", "typing"} <= set(face["module"])


def run_alone(line: list[object], folder: Path) -> str:
    """What a program prints, in a folder, without what this process has in its variables of Python and TouchTrain."""
    known = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "TOUCHTRAIN"))}
    ended = subprocess.run(list(map(str, line)), cwd=folder, env=known, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout.strip()


@pytest.fixture(scope="module")
def programs(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of a new environment with the wheel in it; what that needs is found in this one."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False)
    made = folder / ("Scripts" if sys.platform == "win32" else "bin")
    (file,) = built.glob("touchtrain-*.whl")
    pip = [sys.executable, "-m", "pip", "--python", made / "python", "install", "--quiet", "--ignore-installed"]
    run_alone([*pip, "--no-deps", "--no-index", file], folder)
    site = Path(run_alone([made / "python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], folder))
    (site / "needed.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")  # .pth files there are not read
    return made


def test_the_wheel_works_in_an_empty_environment_without_the_repository(programs: Path, tmp_path: Path) -> None:
    assert run_alone([programs / "touchtrain", "--version"], tmp_path) == f"TouchTrain {pyside.__version__}"
    place = run_alone([programs / "python", "-c", "import pyside; print(pyside.__file__)"], tmp_path)
    assert Path(place).is_relative_to(programs.parent)
    np.savez(tmp_path / "frames.npz", frames=np.zeros((30, 24, 24), np.uint8), labels=np.arange(30) % 2)
    run_alone([programs / "touchtrain", "convert", "numpy", "frames.npz", "set"], tmp_path)
    assert json.loads(run_alone([programs / "touchtrain", "inspect", "set", "--json"], tmp_path))["kind"] == "dataset"


def test_matlab_finds_its_functions_in_the_folder_that_the_command_prints(programs: Path, tmp_path: Path) -> None:
    folder = Path(run_alone([programs / "touchtrain", "matlab-path"], tmp_path))
    assert folder.is_relative_to(programs.parent)
    assert (folder / "+touchtrain" / "train.m").is_file()
    if shutil.which("octave"):
        python = programs / "python"
        script = (
            f"setenv('TOUCHTRAIN_PYTHON', '{python}'); addpath('{folder}'); "
            "touchtrain.convertArrays(randi(255, 24, 24, 30, 'uint8'), mod(1:30, 2), 'set');"
        )
        run_alone(["octave", "--no-gui", "--norc", "--quiet", "--eval", script], tmp_path)
        assert (tmp_path / "set" / "dataset.json").is_file()


def test_the_command_prints_the_folder_of_the_repository_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["matlab-path"]) == 0
    assert Path(capsys.readouterr().out.strip()) == ROOT / "matlab"


def metadata(built: Path) -> str:
    """What the wheel says of itself."""
    (file,) = built.glob("*.whl")
    archive = zipfile.ZipFile(file)
    return archive.read(next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))).decode()


def requirements(built: Path) -> list[Requirement]:
    """All that the wheel requires, extras included."""
    return [Requirement(text) for text in re.findall(r"^Requires-Dist: (.*)$", metadata(built), re.MULTILINE)]


def test_every_extra_parses_and_every_requirement_has_a_lower_bound(built: Path) -> None:
    extras = re.findall(r"^Provides-Extra: (.*)$", metadata(built), re.MULTILINE)
    assert "dev" in extras
    for extra in extras:
        assert [item for item in requirements(built) if item.marker and item.marker.evaluate({"extra": extra})]
    assert all(">=" in str(item.specifier) for item in requirements(built) if item.name != "touchtrain")


def imported_packages() -> set[str]:
    """The distributions that pyside imports, in whichever function."""
    nodes = [
        node
        for file in (ROOT / "pyside").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
    ]
    modules = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    modules += [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom) and not node.level]
    names = {module.partition(".")[0] for module in modules}
    return {DISTRIBUTIONS.get(name, name) for name in names - set(sys.stdlib_module_names) - {"pyside"}}


def test_what_is_imported_is_required_and_the_other_way_round(built: Path) -> None:
    required = {item.name for item in requirements(built) if "extra" not in str(item.marker)}
    named = re.compile("['\"](cloud|cluster|nwb|octave)['\"]")
    of_extras = {item.name for item in requirements(built) if named.search(str(item.marker))}
    assert imported_packages() - required - of_extras == set()
    assert required - imported_packages() - {"tensorflow"} == set()  # that one Keras imports


def imports(statement: str) -> set[str]:
    """Import NumPy, then what is asked for, in a fresh interpreter, and return the names of all modules that came."""
    code = f"import json, sys, numpy\nbefore = set(sys.modules)\n{statement}\n"
    code += "print(json.dumps(sorted(set(sys.modules) - before)))"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert ended.returncode == 0, ended.stderr
    return set(json.loads(ended.stdout))


@pytest.mark.parametrize("module", ["pyside", "pyside.matlab", "pyside.jobs.job", "pyside.settings"])
def test_import_loads_little_and_nothing_heavy(module: str) -> None:
    modules = imports(f"import {module}")
    assert {name.partition(".")[0] for name in modules} & HEAVY == set()
    assert len(modules) < MOST_MODULES


def test_import_needs_no_installed_metadata() -> None:
    """MATLAB's Python may know the package by ``py.sys.path`` alone."""
    imports("sys.modules['importlib.metadata'] = None; import pyside, pyside.matlab; pyside.__version__")


def test_an_older_python_that_reads_the_package_says_what_it_needs() -> None:
    """MATLAB may have loaded it: then these files are the first that it reads."""
    for file in ("pyside/__init__.py", "pyside/version.py"):
        ast.parse((ROOT / file).read_text(encoding="utf-8"), feature_version=(3, 8))
    code = "import sys\nsys.version_info = (3, 9, 7)\nimport pyside.matlab"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert "ImportError: TouchTrain:PythonNotFound: " in ended.stderr
    assert all(part in ended.stderr for part in ("3.10", "Python 3.9", sys.executable))


def test_matlab_can_read_the_type_hints_of_all_public_functions() -> None:
    """From R2024b on, MATLAB converts arguments by them. Its Python need not have more than NumPy."""
    code = (
        NUMPY_ALONE
        + """
import typing
import pyside, pyside.matlab

public = [getattr(pyside, name) for name in pyside.__all__ if name != "__version__"]
door = [value for name, value in vars(pyside.matlab).items() if callable(value) and not name.startswith("_")]
for function in public + door:
    typing.get_type_hints(function)
for function in public:
    result = typing.get_type_hints(function).get("return")
    if getattr(result, "__module__", "").startswith("pyside"):
        typing.get_type_hints(result)
print(len(public))
"""
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert ended.returncode == 0, ended.stderr
    assert int(ended.stdout) > 15
