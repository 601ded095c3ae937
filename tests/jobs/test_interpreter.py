"""The Python of jobs, and the environment that it starts in."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

import h5py
import numpy as np
import pytest
from scipy.io import savemat

import pyside
from pyside import errors, matlab, version
from pyside.data.formats import array_files
from pyside.diagnostics import python_findings
from pyside.errors import BadModel, PythonNotFound
from pyside.jobs import interpreter, job, job_records, requests
from pyside.system import parallel, processes
from pyside.system.records import to_json
from tests.conftest import raises_with

POISON = {
    "LD_LIBRARY_PATH": "/nowhere",
    "LD_PRELOAD": "",
    "DYLD_INSERT_LIBRARIES": "x",
    "PYTHONHOME": "/nowhere",
    "PYTHONPATH": "/nowhere",
    "TOUCHTRAIN_HOST": "matlab",
}


def test_a_python_of_its_own_runs_its_own_jobs() -> None:
    assert interpreter.job_python() == Path(sys.executable)


def test_inside_a_host_the_recorded_python_is_taken_and_never_the_hosts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOUCHTRAIN_HOST", "matlab")
    with raises_with(PythonNotFound, "touchtrain.setup"):
        interpreter.job_python()
    interpreter.record(sys.executable)
    assert interpreter.job_python() == Path(sys.executable)
    interpreter.record("/nowhere/python")
    with raises_with(PythonNotFound, "/nowhere/python"):
        interpreter.job_python()


def test_inside_matlab_a_child_gets_neither_its_folders_nor_a_word_of_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(processes, "_hosts", [])
    places = [tmp_path / "MATLAB" / "bin" / "win64", tmp_path / "MATLAB", tmp_path / "MATLAB tools", tmp_path / "bin"]
    monkeypatch.setenv("PATH", os.pathsep.join(map(str, places)))
    before = dict(os.environ)
    assert processes.clean_environment()["PATH"] == os.environ["PATH"]
    matlab.enter(str(tmp_path / "MATLAB"))
    assert processes.inside_host() and dict(os.environ) == before
    assert processes.clean_environment()["PATH"] == os.pathsep.join(map(str, places[2:]))


@pytest.mark.parametrize("program", ["/opt/MATLAB/bin/glnxa64/MATLAB", "C:/MATLAB/bin/MATLABPyHost.exe", "matlab"])
def test_matlab_is_known_by_its_name(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    monkeypatch.setattr(sys, "executable", program)
    assert processes.inside_host()
    with pytest.raises(PythonNotFound):
        interpreter.job_python()


def test_a_python_is_not_a_host() -> None:
    assert not processes.inside_host()


def test_the_environment_variable_comes_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    other = tmp_path / "python"
    other.touch()
    interpreter.record(sys.executable)
    monkeypatch.setenv("TOUCHTRAIN_PYTHON", str(other))
    assert interpreter.job_python() == other


def test_a_damaged_record_counts_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    interpreter.record(sys.executable)
    (Path(os.environ["TOUCHTRAIN_CONFIG"]) / "python.json").write_text("{")
    monkeypatch.setenv("TOUCHTRAIN_HOST", "octave")
    with pytest.raises(PythonNotFound):
        interpreter.job_python()


def test_the_environment_of_a_child_is_cleaned() -> None:
    cleaned = processes.clean_environment({**POISON, "HOME": "/home/a", "CUDA_VISIBLE_DEVICES": "1"})
    assert not set(POISON) & set(cleaned)
    assert cleaned["PYTHONSAFEPATH"] == "1"
    assert (cleaned["HOME"], cleaned["CUDA_VISIBLE_DEVICES"]) == ("/home/a", "1")


def test_a_poisoned_environment_does_not_stop_a_child(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in POISON.items():
        monkeypatch.setenv(name, value)
    interpreter.record(sys.executable)
    line, environment = interpreter.command("--version")
    assert subprocess.run(line, env=environment, capture_output=True, check=True).stdout.startswith(b"TouchTrain")


def test_a_python_that_can_run_jobs_is_described() -> None:
    found = interpreter.check(sys.executable)
    assert found["python"] == sys.executable
    assert all(found[name] for name in ("numpy", "keras", "tensorflow", "h5py"))


def test_a_python_without_the_packages_is_refused_with_the_remedy(tmp_path: Path) -> None:
    venv.create(tmp_path / "bare", with_pip=False)
    python = tmp_path / "bare" / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    with raises_with(PythonNotFound, python, "numpy", "keras", f"pip install -e {version.ROOT}"):
        interpreter.check(python)


@pytest.fixture
def gift(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of a stranger's in which this process stands; each file in it notes that it was run."""
    folder = tmp_path / "gift"
    folder.mkdir()
    for name in ("json", "argparse", "numpy", "h5py", "queue", "random", "importlib", "keras", "platform", "selectors"):
        (folder / f"{name}.py").write_text(f"open({str(tmp_path / 'RUN')!r}, 'a').write('{name} ')\n")
    monkeypatch.chdir(folder)
    return folder


def test_no_child_runs_a_file_that_lies_where_it_is_started(gift: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    interpreter.check(sys.executable)
    with pytest.raises(BadModel):
        (gift / "old.h5").write_bytes(b"rubbish")
        interpreter.ask("inspect", str(gift / "old.h5"))
    monkeypatch.setattr(python_findings, "_OLDEST_PACKAGES", {"numpy": "1.26"})
    assert "numpy" in python_findings.asked().versions
    savemat(gift.parent / "labels.mat", {"labels": np.array([0.0, 1.0])})
    with h5py.File(gift.parent / "frames.h5", "w") as file:
        file["frames"] = np.zeros((3, 4, 4), np.uint8)
    assert pyside.inspect(gift.parent / "labels.mat")["frames"] == 2
    assert list(array_files.list_arrays(gift.parent / "frames.h5", "frames")) == ["frames"]
    assert list(parallel.spread(os.path.basename, ["a/b", "c/d"], workers=2)) == ["b", "d"]
    assert not (gift.parent / "RUN").exists()


def test_a_user_in_a_folder_with_odd_files_is_served_by_each_way_to_call(gift: Path) -> None:
    (gift / "set").mkdir()
    script = Path(sys.executable).with_name("touchtrain")
    plain = {**os.environ, "PYTHONPATH": str(version.ROOT)}
    for line in ([sys.executable, "-m", "pyside"], *([[str(script)]] if script.exists() else [])):
        done = subprocess.run([*line, "inspect", "set", "--json"], env=plain, capture_output=True, check=False)
        assert json.loads(done.stdout)["error"]["identifier"] == "TouchTrain:BadDataset"
    assert not (gift.parent / "RUN").exists()


def test_the_process_of_a_job_stands_in_an_empty_folder_and_leaves_nothing_there(gift: Path) -> None:
    np.save("frames.npy", np.zeros((20, 20, 4), np.uint8))
    np.save("labels.npy", np.array([0, 1, 0, 1], np.uint8))
    folder = job.start(requests.conversion("numpy", ".", None, "../set", {"frame_order": "HWN"}), "job")
    where = Path(interpreter.empty_folder_of_jobs())
    if sys.platform == "linux":
        assert os.readlink(f"/proc/{job_records.children[folder].pid}/cwd") == str(where)
    job.wait(folder)
    assert pyside.inspect("../set")["frames"] == 4
    assert list(where.iterdir()) == []
    assert not (gift.parent / "RUN").exists()


def test_a_folder_in_which_something_lies_is_none_for_jobs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    usual = Path(interpreter.empty_folder_of_jobs())
    assert usual.parent == Path(os.environ["TOUCHTRAIN_CONFIG"])
    (usual / "json.py").touch()
    assert Path(interpreter.empty_folder_of_jobs()).parent == tmp_path
    monkeypatch.setenv("TOUCHTRAIN_CONFIG", str(usual / "json.py"))
    assert list(Path(interpreter.empty_folder_of_jobs()).iterdir()) == []


@pytest.mark.parametrize("content", ["#!/bin/sh\nexit 3\n", "#!/bin/sh\necho hello\n", "rubbish"])
def test_what_is_no_python_is_refused(tmp_path: Path, content: str) -> None:
    program = tmp_path / "python"
    program.write_text(content)
    program.chmod(0o755)
    with raises_with(PythonNotFound, program):
        interpreter.check(program)


@pytest.mark.skipif(os.name != "posix", reason="its stand-in for a Python is a program of the shell")
def test_an_old_python_is_refused(tmp_path: Path) -> None:
    answer = json.dumps({"version": [3, 8, 1], "packages": {}})
    program = tmp_path / "python"
    program.write_text(f"#!/bin/sh\necho '{answer}'\n")
    program.chmod(0o755)
    with raises_with(PythonNotFound, program, "3.8.1", "3.11"):
        interpreter.check(program)


def test_a_short_question_is_answered_by_the_python_of_jobs_and_its_errors_come_back(tmp_path: Path) -> None:
    (tmp_path / "old.h5").write_bytes(b"rubbish")
    with raises_with(BadModel, "old.h5"):
        interpreter.ask("inspect", str(tmp_path / "old.h5"))


def test_an_error_crosses_to_another_process_with_all_its_faults() -> None:
    faults = errors.Faults("videos", 2)
    for name in ("a", "b"):
        faults.add(errors.BadVideo, f"{name} is empty.", of=name)
    with pytest.raises(errors.BadVideo) as caught:
        faults.raise_any()
    came = errors.error_from(json.loads(to_json(errors.error_record(caught.value))))
    assert type(came) is errors.BadVideo and came.text == caught.value.text
    assert [fault.text for fault in came.faults] == ["a is empty.", "b is empty."]
