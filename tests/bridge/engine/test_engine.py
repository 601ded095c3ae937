"""Python drives Octave, for real, and MATLAB, of which only matlabengine's own Python is real here."""

from __future__ import annotations

import _thread
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.io import savemat

from pyside.bridge.engine import Engine, connect, session
from pyside.bridge.engine import start as engines
from pyside.bridge.engine.octave import OctaveEngine
from pyside.data.formats import mat_files
from pyside.data.recordings.trials import trial_arrays
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
    UnknownOption,
)
from pyside.system import machine
from tests.bridge.engine import matlab_stand_in
from tests.conftest import raises_with, until

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
        ("char([97 0 98 0])", "a\0b\0"),
        ("['a'; 'b']", "ab"),
        ("{1, 'a', {true}}", [1.0, "a", [True]]),
        ("{1; 2}", [1.0, 2.0]),
        ("{}", []),
        ("struct('a', 1, 'b', struct('c', 'x'))", {"a": 1.0, "b": {"c": "x"}}),
        ("struct()", {}),
        ("struct('a', {{struct(), {}}})", {"a": [{}, []]}),
        ("eye(2)", np.eye(2)),
        ("complex(3, 0)", 3 + 0j),
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
        ({"a": [{}, []], "b": "\u00e9"}, "struct", [1, 1], {"a": [{}, []], "b": "\u00e9"}),
        ("a\0b", "char", [1, 3], "a\0b"),
        (np.arange(2, dtype=">f8"), "double", [1, 2], np.array([[0.0, 1.0]])),
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
    ("value", "facts"),
    [
        (None, (1, "None")),
        ([1.0, {"a": None}], ("1[1]['a']", "None")),
        (containing_itself(), (1,)),
        ({"a b": 1.0}, ("'a b'",)),
        ({1: 1.0}, (1,)),
        ({"a\u00e9": 1.0}, ("'a\u00e9'",)),
        (object(), ("object",)),
        (len, ("builtin_function_or_method",)),
        ({"p": Path("a")}, ("1['p']", "str()")),
        (["\ud800"], ("1[0]",)),
        (np.ma.array([1.0, 2.0], mask=[True, False]), ("masked",)),
        (2**70, ("int64",)),
        (np.array(["a"]), ("<U1",)),
        (np.broadcast_to(np.uint8(0), (3, 1 << 30)), ("2 GB",)),
    ],
)
def test_what_cannot_be_passed_is_told_with_its_place_and_never_sent(engine: Engine, value: Any, facts: tuple) -> None:
    with raises_with(BadValue, *facts):
        engine.call("class", value)


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("struct('a', {1, 2})", ("num2cell",)),
        ("sparse(1)", ("sparse",)),
        ("cell(2, 2)", ("2x2",)),
        ("['ab'; 'cd']", ("cellstr",)),
        ("@sin", ("function_handle",)),
        ("{1, struct('x', @sin)}", ("1{2}.x", "function_handle")),
        ("containers.Map()", ("containers.Map",)),
        ("{1:3e8}", ("1{1}", "2.4 GB")),
    ],
)
def test_what_python_has_no_value_for_is_told(engine: Engine, text: str, facts: tuple) -> None:
    with raises_with(BadValue, *facts):
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
    engine.eval("disp(1), printf('2'), printf('3')", show=shown.append)
    assert shown == ["1", "23"]
    assert engine.output == "1\n23"


def test_lines_are_shown_as_they_are_printed(engine: Engine, tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    engine.eval(
        f"disp('first'), while ~exist('{seen}', 'file'), pause(0.05), end, disp('last')",
        show=lambda line: seen.touch() if line == "first" else None,
        timeout=60,
    )
    assert engine.output == "first\nlast"


def test_errors_have_identifier_and_message(engine: Engine) -> None:
    with pytest.raises(EngineFailed) as found:
        engine.call("error", "Lab:Wrong", "There are %d whiskers.", 3.0, nargout=0)
    assert (found.value.matlab_identifier, found.value.matlab_message) == ("Lab:Wrong", "There are 3 whiskers.")
    with raises_with(EngineFailed, "nosuchfunction"):
        engine.call("nosuchfunction")
    with pytest.raises(EngineFailed, match="parse error|syntax"):
        engine.eval("x = (1 +")
    with raises_with(LengthMismatch, "TouchTrain:LengthMismatch: Not one label a frame."):
        engine.call("error", "TouchTrain:LengthMismatch", "Not one label a frame.", nargout=0)
    assert engine.call("plus", 1.0, 1.0) == 2.0


def test_megabytes_of_output_are_cut_with_a_note(octave: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "MOST_OUTPUT", 10_000)
    octave.eval("for k = 1:2000, printf('line %d of many\\n', k); end")
    assert len(octave.output) < 11_000
    assert "many" not in octave.output.splitlines()[0] and octave.output.endswith("line 2000 of many")
    shown: list[int] = []
    octave.eval("fputs(stdout, repmat('x', 1, 4e6));", show=lambda line: shown.append(len(line)))  # one line
    assert sum(shown) == 4_000_000 and len(octave.output) < 11_000


def test_what_is_printed_is_never_taken_for_the_end_of_a_call(octave: Engine) -> None:
    octave.eval("disp('PEXPECT_PROMPT>'), disp('__stdin_prompt>'), printf('octave:1> '), disp('TouchTrain-')")
    assert octave.output == "PEXPECT_PROMPT>\n__stdin_prompt>\noctave:1> TouchTrain-"
    octave.eval("fwrite(stdout, uint8([255 65 10]));")
    assert octave.output.endswith("A")
    assert octave.call("plus", 1.0, 2.0) == 3.0


def test_what_show_raises_breaks_a_call_off_and_the_next_gets_its_own_answer(octave: Engine) -> None:
    def refuse(line: str) -> None:
        raise ZeroDivisionError(line)

    with raises_with(ZeroDivisionError, "first"):
        octave.eval("disp('first'), pause(30), was_not_broken_off = 1;", show=refuse)
    assert octave.call("evalin", "base", "exist('was_not_broken_off', 'var')") == 0
    assert octave.call("plus", 1.0, 2.0) == 3.0


@pytest.mark.parametrize(("name", "inputs"), [("input", ("Which? ",)), ("evalin", ("base", "keyboard"))])
def test_a_question_that_nobody_can_answer_is_told(octave: Engine, name: str, inputs: tuple[str, ...]) -> None:
    with pytest.raises(EngineFailed):
        octave.call(name, *inputs, nargout=name == "input")
    assert octave.call("plus", 1.0, 2.0) == 3.0


def test_a_folder_with_an_apostrophe_is_no_matter(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = tmp_path / "the lab's \u00e9"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    with connect("octave") as engine:
        assert list(folder.iterdir())
        assert engine.call("plus", 1.0, 2.0) == 3.0
    assert not list(folder.glob("touchtrain-*"))


# --- what it is for ------------------------------------------------------------------------------------------------


def test_trials_that_only_an_engine_can_read_come_as_json(octave: Engine, tmp_path: Path) -> None:
    array = np.empty((1, 2), object)
    array[0, :] = [{"trackerFileName": f"v{number}.mp4", "barPos": np.ones((3, 2)), "other": 1.0} for number in (1, 2)]
    times = np.empty((1, 1), object)
    times[0, 0] = np.array([[0, 0.5]])
    array[0, 1]["whiskerTrial"] = {"time": times, "barPos": np.zeros((1, 2)), "other": 2.0}
    savemat(tmp_path / "a.mat", {"T": {"trials": array}})
    names = [alias for aliases in trial_arrays.NAMES.values() for alias in aliases]
    holders, parts = list(trial_arrays.HOLDERS), list(trial_arrays.PARTS)
    text = octave.call("touchtrain.internal.engine.trialsJson", str(tmp_path / "a.mat"), "", names, holders, parts)
    found = trial_arrays.from_json(text, tmp_path / "a.mat")
    assert found.videos == ["v1.mp4", "v2.mp4"] and "other" not in text
    assert [trial.times.tolist() for trial in found.trials if trial.times is not None] == [[0, 0.5]]
    assert np.array_equal(found.centers["v1.mp4"], np.zeros((3, 2)))


def test_octave_is_not_asked_for_objects_that_matlab_saved(
    octave: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bare = [mat_files.Object("Lab.Trial", {"handle_": 3.0})]
    monkeypatch.setattr(mat_files, "read_mat", lambda path: {"array": bare})
    with raises_with(EngineMissing, "Octave", "MATLAB"):
        engines.unpack_trial_array(tmp_path / "a.mat", engine=octave)


def test_a_matlab_that_is_given_computes_what_was_not_saved(
    matlab: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "a.mat"  # of structs, since what stands in for MATLAB loads no objects either
    savemat(file, {"T": {"trials": {"videoName": "v.mp4", "barPos": np.array([[1.0, 11.0, 21.0]])}}})
    partly = mat_files.Object("Lab.Trial", {"videoName": "v.mp4"})
    monkeypatch.setattr(mat_files, "read_mat", lambda path: {"T": [partly]})
    assert not engines.unpack_trial_array(file).centers
    found = engines.unpack_trial_array(file, engine=matlab, class_folder=tmp_path)
    assert found.videos == ["v.mp4"] and np.array_equal(found.centers["v.mp4"], [[10.0, 20.0]])


def test_the_control_script_raises_its_own_errors_and_says_when_it_trained_nothing(
    octave: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    stood = octave.call("pwd")
    with raises_with(UnknownOption, "MaxEpocs", "MaxEpochs"):
        engines.train_new_model(octave, dataPath="videos", MaxEpocs=3)
    with raises_with(BadOption, "TRAIN"):
        engines.train_new_model(octave, CREATE_NUMPY=False, TRAIN=0)
    assert octave.call("pwd") == stood
    assert octave.call("evalin", "base", "exist('trainingParameters', 'var')") == 0


@pytest.mark.parametrize(
    ("given", "passed"),
    [
        (3, 3.0),
        (True, True),
        ([61, 61], np.array([61.0, 61.0])),
        (["a", "b"], ["a", "b"]),
        ([True, False], [True, False]),
        (Path("videos"), "videos"),
        ({"nested": [1, "a"]}, {"nested": [1.0, "a"]}),
    ],
)
def test_parameters_are_what_a_lab_would_write(given: Any, passed: Any) -> None:
    assert alike(engines._parameter(given), passed)


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
    with raises_with(EngineTimeout, "1 s"):
        fresh.eval("while true, end", timeout=1)
    until(lambda: is_gone(fresh._pid), 10)
    with pytest.raises(EngineLost):
        fresh.call("version")


def test_a_timeout_counts_in_all_and_not_for_each_line(fresh: OctaveEngine) -> None:
    with raises_with(EngineTimeout, "1 s"):
        fresh.eval("while true, disp('still here'), pause(0.05), end", timeout=1)
    assert "still here" in fresh.output


@pytest.mark.skipif(threading.current_thread() is not threading.main_thread(), reason="Ctrl-C is for the main thread")
def test_ctrl_c_breaks_off_and_leaves_octave_usable(fresh: OctaveEngine) -> None:
    timer = threading.Timer(1, _thread.interrupt_main)
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        fresh.eval("x = 1; while true, end")
    assert fresh.workspace["x"] == 1.0


def test_an_engine_that_dies_or_is_closed_during_a_call_is_lost() -> None:
    for end in (lambda engine: os.kill(engine._pid, signal.SIGKILL), Engine.close):
        engine = connect("octave")
        assert isinstance(engine, OctaveEngine)
        threading.Timer(0.5, end, [engine]).start()
        with pytest.raises(EngineLost):
            engine.call("pause", 30.0, nargout=0)
        until(lambda pid=engine._pid: is_gone(pid), 10)
        engine.close()


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
    with pytest.raises(EngineBusy):
        fresh.call("version")
    thread.join()
    assert fresh.call("plus", 1.0, 1.0) == 2.0
    fresh.close()
    fresh.close()
    assert "closed" in repr(fresh)
    with pytest.raises(EngineLost):
        fresh.eval("1;")


@pytest.mark.skipif(sys.platform == "win32", reason="a process is killed")
@pytest.mark.parametrize(
    "deed", ["input()", "engine.eval('while true, end')", 'engine.eval("system(\\"sleep 100\\");")']
)
def test_no_octave_outlives_a_python_that_is_killed(deed: str) -> None:
    start = "from pyside.bridge.engine import connect\nengine = connect('octave')\nprint(engine._pid, flush=True)\n"
    program = start + deed
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[3])}
    streams: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", program], env=environment, **streams) as child:
        assert child.stdout
        pid = int(child.stdout.readline())
        time.sleep(1)
        child.kill()
    until(lambda: is_gone(pid), 10)


def test_an_engine_that_is_not_there_is_told_with_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with raises_with(BadOption, "prefer"):
        connect("mathematica")
    with raises_with(EngineMissing, "octave"):
        connect("octave", octave=str(tmp_path / "octave"))
    with raises_with(EngineMissing, "/bin/cat"):
        connect("octave", octave="/bin/cat")
    monkeypatch.setenv("PATH", str(tmp_path))
    with raises_with(EngineMissing, "MATLAB", "GNU Octave"):
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
    assert machine.requirement("R2019a").startswith("matlabengine==VERSION")


def test_a_matlab_that_does_not_start_says_why(source: Path) -> None:
    with matlab_stand_in.installed(source) as matlab:
        matlab.fault = "License checkout failed. License Manager Error -4."
        with raises_with(EngineMissing, -4):
            connect("matlab")
        matlab.fault = "MATLAB process cannot be started."
        with raises_with(EngineMissing, matlab.fault):
            connect("matlab")
        matlab.fault = "hangs"
        with raises_with(EngineTimeout, "0.5 s"):
            connect("matlab", timeout=0.5)
        matlab.fault = ""
        with raises_with(EngineMissing, "lab"):
            connect(session="lab")
        assert matlab.sessions == 0


def test_a_matlabengine_of_another_release_says_what_to_install(source: Path) -> None:
    with matlab_stand_in.installed(source) as matlab:
        sys.meta_path.remove(matlab)  # type: ignore[arg-type]
        with raises_with(EngineMissing, "--force-reinstall"):
            connect("matlab")


def test_a_shared_session_is_attached_to_and_goes_on(source: Path) -> None:
    with matlab_stand_in.installed(source) as matlab:
        matlab.shared = ("lab",)
        with connect("matlab", session="lab") as engine:
            assert engine.name == "MATLAB R2025a"
            assert engine.call("plus", 1.0, 1.0) == 2.0
            assert not engine._owned  # type: ignore[attr-defined]


def test_matlab_that_hangs_or_ends_is_told(source: Path) -> None:
    with matlab_stand_in.installed(source):
        with connect("matlab") as engine, pytest.raises(EngineTimeout):
            engine.eval("while true, end", timeout=1)
        with connect("matlab") as engine, pytest.raises(ZeroDivisionError):
            engine.eval("disp(0), while true, end", show=lambda line: 1 / int(line))  # type: ignore[arg-type,return-value]
        if threading.current_thread() is threading.main_thread():
            with connect("matlab") as engine, pytest.raises(KeyboardInterrupt):
                threading.Timer(1, _thread.interrupt_main).start()
                engine.eval("while true, end")
        engine = connect("matlab")
        os.kill(engine._engine._matlab._pid, signal.SIGKILL)  # type: ignore[attr-defined]
        with pytest.raises((EngineLost, TouchTrainError)):
            engine.call("version")
        engine.close()
