"""Python drives Octave, for real, and MATLAB, of which only matlabengine's own Python is real here."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.io import savemat

from pyside.bridge import engine as engines
from pyside.bridge import engine_matlab
from pyside.bridge.engine import Engine, connect
from pyside.bridge.engine_octave import OctaveEngine
from pyside.data import mat_files, trial_arrays
from pyside.errors import (
    BadOption,
    BadValue,
    EngineBusy,
    EngineFailed,
    EngineLost,
    EngineMissing,
    EngineTimeout,
    LengthMismatch,
    TouchTrainError,
)
from tests.bridge import matlab_stand_in
from tests.conftest import until

pytestmark = pytest.mark.skipif(shutil.which("octave") is None, reason="there is no Octave here")


@pytest.fixture(scope="module")
def octave() -> Iterator[Engine]:
    with connect("octave") as found:
        yield found


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = matlab_stand_in.fetch(tmp_path_factory.mktemp("matlabengine"))
    if found is None:
        pytest.skip("matlabengine's sources cannot be fetched here")
    return found


@pytest.fixture(scope="module")
def matlab(source: Path) -> Iterator[Engine]:
    with matlab_stand_in.installed(source):
        found = connect("matlab")
    yield found  # what is installed is seen no more, so that other tests find none
    found.close()


@pytest.fixture(params=["octave", "matlab"])
def engine(request: pytest.FixtureRequest) -> Engine:
    return request.getfixturevalue(request.param)  # type: ignore[no-any-return]


def alike(found: Any, expected: Any) -> bool:
    if isinstance(expected, np.ndarray):
        same = isinstance(found, np.ndarray) and found.dtype == expected.dtype and found.shape == expected.shape
        return bool(same and np.array_equal(found, expected))
    if isinstance(expected, list):
        return type(found) is list and len(found) == len(expected) and all(map(alike, found, expected))
    if isinstance(expected, dict):
        return found.keys() == expected.keys() and all(alike(found[name], expected[name]) for name in expected)
    return type(found) is type(expected) and bool(found == expected)


# --- conversions: a row of the engine tables each ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2.5", 2.5),
        ("single(2.5)", 2.5),
        *((f"{name}(7)", 7) for name in ("int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64")),
        ("bitshift(int64(1), 53) + int64(1)", 2**53 + 1),
        ("true", True),
        ("3 + 4i", 3 + 4j),
        ("[1 2; 3 4]", np.array([[1.0, 2.0], [3.0, 4.0]])),
        ("single([1 2])", np.array([[1, 2]], np.float32)),
        ("int16([1; -2])", np.array([[1], [-2]], np.int16)),
        ("uint8(reshape(1:24, 2, 3, 4))", np.arange(1, 25, dtype=np.uint8).reshape((2, 3, 4), order="F")),
        ("[true false]", np.array([[True, False]])),
        ("[1+2i 3]", np.array([[1 + 2j, 3]])),
        ("zeros(0, 3)", np.zeros((0, 3))),
        ("int8([])", np.zeros((0, 0), np.int8)),
        ("'text'", "text"),
        ("'Gr\u00f6\u00dfe'", "Gr\u00f6\u00dfe"),
        ("''", ""),
        ("['a'; 'b']", "ab"),
        ("{1, 'a', {true}}", [1.0, "a", [True]]),
        ("{1; 2}", [1.0, 2.0]),
        ("{}", []),
        ("struct('a', 1, 'b', struct('c', 'x'))", {"a": 1.0, "b": {"c": "x"}}),
        ("struct()", {}),
        ("NaN", float("nan")),
        ("[Inf NaN]", np.array([[np.inf, np.nan]])),
    ],
)
def test_what_python_gets_of_a_value_of_matlab(engine: Engine, text: str, expected: Any) -> None:
    found = engine.call("evalin", "base", text)
    if isinstance(expected, float) and np.isnan(expected):
        assert isinstance(found, float) and np.isnan(found)
    elif isinstance(expected, np.ndarray) and expected.dtype == float and np.isnan(expected).any():
        assert np.array_equal(found, expected, equal_nan=True)
    else:
        assert alike(found, expected), repr(found)


@pytest.mark.parametrize(
    ("value", "kind", "size", "back"),
    [
        (2.5, "double", [1, 1], 2.5),
        (3, "int64", [1, 1], 3),
        (2**53 + 1, "int64", [1, 1], 2**53 + 1),
        (True, "logical", [1, 1], True),
        (1 + 2j, "double", [1, 1], 1 + 2j),
        ("text", "char", [1, 4], "text"),
        ("", "char", [0, 0], ""),
        ({"a": 1.0, "b": "x"}, "struct", [1, 1], {"a": 1.0, "b": "x"}),
        ({}, "struct", [1, 1], {}),
        ([1.0, "a", [True]], "cell", [1, 3], [1.0, "a", [True]]),
        ((1.0, 2.0), "cell", [1, 2], [1.0, 2.0]),
        (range(2), "cell", [1, 2], [0, 1]),
        ({"b", "a"}, "cell", [1, 2], ["a", "b"]),
        ([[1.0], [2.0]], "cell", [1, 2], [[1.0], [2.0]]),
        (b"\x01\xff", "uint8", [1, 2], np.array([[1, 255]], np.uint8)),
        (np.arange(6.0).reshape(2, 3), "double", [2, 3], np.arange(6.0).reshape(2, 3)),
        (np.asfortranarray(np.arange(6.0).reshape(2, 3)), "double", [2, 3], np.arange(6.0).reshape(2, 3)),
        (np.arange(3, dtype=np.int16), "int16", [1, 3], np.arange(3, dtype=np.int16).reshape(1, 3)),
        (np.float32(2.5), "single", [1, 1], 2.5),
        (np.uint64(2**63), "uint64", [1, 1], 2**63),
        (np.array([True, False]), "logical", [1, 2], np.array([[True, False]])),
        (np.array([[1 + 2j, 3]]), "double", [1, 2], np.array([[1 + 2j, 3]])),
        (np.zeros((0, 3)), "double", [0, 3], np.zeros((0, 3))),
        (memoryview(np.arange(4, dtype=np.int32).reshape(2, 2)), "int32", [2, 2], np.array([[0, 1], [2, 3]], np.int32)),
    ],
)
def test_what_matlab_gets_of_a_value_of_python(
    engine: Engine, value: Any, kind: str, size: list[int], back: Any
) -> None:
    assert engine.call("class", value) == kind
    assert engine.call("size", value).ravel().tolist() == size
    assert alike(engine.call("deal", value), back)
    engine.workspace["passed"] = value
    assert alike(engine.workspace["passed"], back)


def containing_itself() -> list[Any]:
    value: list[Any] = []
    value.append(value)
    return value


@pytest.mark.parametrize(
    ("value", "part"),
    [
        (None, "input 1 is None"),
        ([1.0, {"a": None}], r"input 1\[1\]\['a'\] is None"),
        (containing_itself(), "contains itself"),
        ({"a b": 1.0}, "'a b', which cannot be the name of a field"),
        ({1: 1.0}, "cannot be the name of a field"),
        (object(), "is a object"),
        (len, "is a builtin_function_or_method"),
        (2**70, "too large for int64"),
        (np.array(["a"]), "array of <U1"),
        (np.broadcast_to(np.uint8(0), (3, 1 << 30)), "at most 2 GB"),
    ],
)
def test_what_cannot_be_passed_is_told_with_its_place_and_never_sent(engine: Engine, value: Any, part: str) -> None:
    with pytest.raises(BadValue, match=part):
        engine.call("class", value)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("struct('a', {1, 2})", "num2cell"),
        ("sparse(1)", "full makes"),
        ("cell(2, 2)", "2x2"),
        ("['ab'; 'cd']", "cellstr"),
        ("@sin", "function_handle"),
        ("{1, struct('x', @sin)}", r"\{2\}\.x"),
    ],
)
def test_what_python_has_no_value_for_is_told(engine: Engine, text: str, part: str) -> None:
    with pytest.raises(BadValue, match=part):
        engine.call("evalin", "base", text)
    assert engine.call("plus", 1.0, 1.0) == 2.0


# --- calls ---------------------------------------------------------------------------------------------------------


def test_calls_outputs_and_the_workspace(engine: Engine) -> None:
    assert engine.call("max", np.array([[3.0, 9.0, 4.0]]), nargout=2) == (9.0, 2.0)
    assert engine.call("disp", "hello", nargout=0) is None
    assert engine.output == "hello"
    engine.workspace["x"] = 3.0
    engine.eval("y = x * 2;")
    assert engine.workspace["y"] == 6.0
    with pytest.raises(KeyError):
        engine.workspace["nothing_here"]
    with pytest.raises(BadOption):
        engine.workspace["not a name"]
    with pytest.raises(BadOption):
        engine.call("system('ls')")
    shown: list[str] = []
    engine.eval("disp(1), disp(2)", show=shown.append)
    assert shown == ["1", "2"]


def test_errors_have_identifier_and_message(engine: Engine) -> None:
    with pytest.raises(EngineFailed) as found:
        engine.call("error", "Lab:Wrong", "There are %d whiskers.", 3.0, nargout=0)
    assert (found.value.matlab_identifier, found.value.matlab_message) == ("Lab:Wrong", "There are 3 whiskers.")
    with pytest.raises(EngineFailed, match="nosuchfunction"):
        engine.call("nosuchfunction")
    with pytest.raises(EngineFailed, match="parse error|syntax"):
        engine.eval("x = (1 +")
    with pytest.raises(LengthMismatch, match="^TouchTrain:LengthMismatch: Not one label a frame"):
        engine.call("error", "TouchTrain:LengthMismatch", "Not one label a frame.", nargout=0)
    assert engine.call("plus", 1.0, 1.0) == 2.0


def test_megabytes_of_output_are_cut_with_a_note(octave: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "MOST_OUTPUT", 10_000)
    octave.eval("for k = 1:2000, printf('line %d of many\\n', k); end")
    assert len(octave.output) < 11_000
    assert octave.output.startswith("[the beginning is left out]") and octave.output.endswith("line 2000 of many")


# --- what it is for ------------------------------------------------------------------------------------------------


def test_trials_that_only_an_engine_can_read_come_as_json(octave: Engine, tmp_path: Path) -> None:
    array = np.empty((1, 2), object)
    array[0, :] = [{"trackerFileName": f"v{number}.mp4", "barPos": np.ones((3, 2)), "other": 1.0} for number in (1, 2)]
    savemat(tmp_path / "a.mat", {"T": {"trials": array}})
    names = [alias for aliases in trial_arrays.NAMES.values() for alias in aliases]
    text = octave.call("touchtrain.internal.trialsJson", str(tmp_path / "a.mat"), "", names, list(trial_arrays.HOLDERS))
    found = trial_arrays.from_json(text, tmp_path / "a.mat")
    assert found.videos == ["v1.mp4", "v2.mp4"] and "other" not in text
    assert np.array_equal(found.centers["v1.mp4"], np.zeros((3, 2)))


def test_octave_is_not_asked_for_objects_that_matlab_saved(
    octave: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bare = [mat_files.Object("Lab.Trial", {"handle_": 3.0})]
    monkeypatch.setattr(mat_files, "read_mat", lambda path: {"array": bare})
    with pytest.raises(EngineMissing, match="Octave cannot load objects that MATLAB saved"):
        engines.unpack_trial_array(tmp_path / "a.mat", engine=octave)


# --- faults --------------------------------------------------------------------------------------------------------


def is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"


@pytest.fixture
def fresh() -> Iterator[OctaveEngine]:
    engine = connect("octave")
    assert isinstance(engine, OctaveEngine)
    yield engine
    engine.close()
    until(lambda: is_gone(engine._pid), 10)


def test_an_engine_that_hangs_is_ended_in_time(fresh: OctaveEngine) -> None:
    began = time.monotonic()
    with pytest.raises(EngineTimeout, match="within 1 s"):
        fresh.eval("while true, end", timeout=1)
    assert time.monotonic() - began < 10
    until(lambda: is_gone(fresh._pid), 10)
    with pytest.raises(EngineLost, match="Connect anew"):
        fresh.call("version")


def test_an_engine_that_dies_is_lost(fresh: OctaveEngine) -> None:
    os.kill(fresh._pid, signal.SIGKILL)
    with pytest.raises(EngineLost):
        fresh.call("version")
    with pytest.raises(EngineLost):
        fresh.call("version")


def test_a_busy_engine_says_so_and_closing_twice_is_fine(fresh: OctaveEngine) -> None:
    thread = threading.Thread(target=lambda: fresh.call("pause", 1.5, nargout=0))
    thread.start()
    until(fresh._lock.locked)
    with pytest.raises(EngineBusy, match="another thread"):
        fresh.call("version")
    thread.join()
    assert fresh.call("plus", 1.0, 1.0) == 2.0
    fresh.close()
    fresh.close()
    assert "closed" in repr(fresh)
    with pytest.raises(EngineLost):
        fresh.eval("1;")


@pytest.mark.skipif(sys.platform == "win32", reason="a process is killed")
@pytest.mark.parametrize("deed", ["input()", "engine.eval('while true, end')"])
def test_no_octave_outlives_a_python_that_is_killed(deed: str) -> None:
    start = "from pyside.bridge.engine import connect\nengine = connect('octave')\nprint(engine._pid, flush=True)\n"
    program = start + deed
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    streams: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", program], env=environment, **streams) as child:
        assert child.stdout
        pid = int(child.stdout.readline())
        time.sleep(1)
        child.kill()
    until(lambda: is_gone(pid), 10)


def test_an_engine_that_is_not_there_is_told_with_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(BadOption, match="prefer"):
        connect("mathematica")
    with pytest.raises(EngineMissing, match="no octave on the path"):
        connect("octave", octave=str(tmp_path / "octave"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EngineMissing, match="(?s)MATLAB: there is none.*GNU Octave: there is no octave"):
        connect()


# --- MATLAB --------------------------------------------------------------------------------------------------------


def test_without_matlab_octave_is_taken() -> None:
    with connect() as engine:
        assert engine.name.startswith("GNU Octave")


def test_matlabengine_that_is_not_installed_names_the_version_that_fits(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = tmp_path / "MATLAB" / "R2024b" / "bin" / "matlab"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(EngineMissing) as found:
        connect("matlab")
    assert 'pip install "matlabengine==24.2.*"' in found.value.text
    assert engine_matlab.requirement("R2019a").startswith("matlabengine==VERSION")


def test_a_matlab_that_does_not_start_says_why(source: Path) -> None:
    with matlab_stand_in.installed(source) as matlab:
        matlab.fault = "License checkout failed. License Manager Error -4."
        with pytest.raises(EngineMissing, match="no licence here.*Error -4"):
            connect("matlab")
        matlab.fault = "MATLAB process cannot be started."
        with pytest.raises(EngineMissing, match="could not be started"):
            connect("matlab")
        matlab.fault = "hangs"
        with pytest.raises(EngineTimeout, match="within 0.5 s"):
            connect("matlab", timeout=0.5)
        matlab.fault = ""
        with pytest.raises(EngineMissing, match="no session is shared as 'lab'. Shared are: none"):
            connect("matlab", session="lab")
        assert matlab.sessions == 0


def test_a_matlabengine_of_another_release_says_what_to_install(source: Path) -> None:
    with matlab_stand_in.installed(source) as matlab:
        sys.meta_path.remove(matlab)  # type: ignore[arg-type]
        with pytest.raises(EngineMissing, match="does not fit this MATLAB.*--force-reinstall matlabengine=="):
            connect("matlab")


def test_a_shared_session_is_attached_to_and_goes_on(source: Path) -> None:
    with matlab_stand_in.installed(source) as matlab:
        matlab.shared = ("lab",)
        with connect("matlab", session="lab") as engine:
            assert engine.call("plus", 1.0, 1.0) == 2.0
            assert not engine._owned  # type: ignore[attr-defined]


def test_matlab_that_hangs_or_ends_is_told(source: Path) -> None:
    with matlab_stand_in.installed(source):
        with connect("matlab") as engine, pytest.raises(EngineTimeout, match="broken off"):
            engine.eval("while true, end", timeout=1)
        engine = connect("matlab")
        os.kill(engine._engine._matlab._pid, signal.SIGKILL)  # type: ignore[attr-defined]
        with pytest.raises((EngineLost, TouchTrainError)):
            engine.call("version")
        engine.close()
