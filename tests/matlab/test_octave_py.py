"""MATLAB's ``py.`` for GNU Octave, in real Octave processes.

The checks of values, calls, conversions and errors stand in ``octave_py/*.m``; one Octave runs them all for each manner
of passing arrays, and each line ``check: name: ok`` that it prints is one test here. What needs an Octave of its own
(interrupts, sudden ends, other environments) follows below.
"""

from __future__ import annotations

import functools
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

pty = pytest.importorskip("pty", reason="Windows has no such terminals")
REPOSITORY = Path(__file__).resolve().parents[2]
CHECKS = Path(__file__).parent / "octave_py"
SHIM = REPOSITORY / "matlab" / "resources" / "octave"
RELEASES = ("R2024b", "R2025a")
OCTAVE = ["octave", "--no-gui", "--norc", "--no-history", "--quiet"]

pytestmark = [
    pytest.mark.skipif(not shutil.which("octave"), reason="GNU Octave is not installed"),
    pytest.mark.skipif(os.name != "posix", reason="these tests end processes by signals"),
]


def environment(**changes: str | None) -> dict[str, str]:
    """The environment of an Octave whose Python is the one that runs these tests; None takes a name away."""
    ours = ("TOUCHTRAIN_MATLAB_RELEASE", "TOUCHTRAIN_TRACEBACK")
    names = {name: value for name, value in os.environ.items() if name not in ours}
    names |= {"TOUCHTRAIN_PYTHON": sys.executable, "PYTHONDONTWRITEBYTECODE": "1"}
    return {name: value for name, value in {**names, **changes}.items() if value is not None}


def run_octave(code: str, shim: Path = SHIM, **changes: str | None) -> subprocess.CompletedProcess[str]:
    """Run a program in Octave, with ``py.`` on its path."""
    return subprocess.run(
        [*OCTAVE, "--eval", f"addpath('{shim}', '{CHECKS}'); {code}"],
        env=environment(**changes),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


# --- the checks in octave_py/ ---------------------------------------------------------------------------------------


def names_of_checks(release: str) -> list[str]:
    """Names of all checks that one manner must pass, read from their files; a name may be made in a loop."""
    files = [file for file in sorted(CHECKS.glob("*.m")) if "_R20" not in file.name or release in file.name]
    classes = ("double", "single", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64")
    names = []
    for file in files:
        for line in file.read_text().splitlines():
            if found := re.match(r"\s*check\('((?:''|[^'])*)'", line):
                names.append(found[1].replace("''", "'"))
            elif found := re.match(r"\s*check\(\[('[^']*' )?.*?( '[^']*')\]|\s*check\(\[('[^']*') ", line):
                before, after = (found[1] or found[3] or "").strip(" '\n"), (found[2] or "").strip(" '")
                integers = classes[2:] if "scalar" in before else classes
                names += [" ".join(filter(None, [before, name, after])) for name in integers]
    return names


@functools.cache
def results(release: str) -> tuple[dict[str, str], str]:
    """What each check said in one Octave, and all that Octave printed."""
    done = run_octave(f"run_checks('{release}')", TOUCHTRAIN_MATLAB_RELEASE=release)
    said = dict(re.findall(r"^check: (.*?): (ok|FAILED.*)$", done.stdout, re.MULTILINE))
    return said, done.stdout + done.stderr


@pytest.mark.parametrize(("release", "name"), [(r, name) for r in RELEASES for name in names_of_checks(r)])
def test_py_does_as_matlab(release: str, name: str) -> None:
    said, output = results(release)
    assert said.get(name, f"did not run: {output[-2000:]}") == "ok"


@pytest.mark.parametrize("release", RELEASES)
def test_no_check_is_overlooked(release: str) -> None:
    said, output = results(release)
    assert "broke off" not in output
    assert sorted(said) == sorted(set(names_of_checks(release)))
    assert len(said) > 200


# --- starting and choosing Python -----------------------------------------------------------------------------------


def test_an_unknown_release_is_a_clear_error() -> None:
    done = run_octave("py.len({});", TOUCHTRAIN_MATLAB_RELEASE="R1999a")
    assert all(fact in done.stderr for fact in ("TOUCHTRAIN_MATLAB_RELEASE", "'R1999a'", "R2024b", "R2025a"))


def test_without_a_release_arrays_are_numpy_arrays() -> None:
    assert run_octave("disp(python_type([1 2]))").stdout == "ndarray\n"


def test_a_poisoned_environment_does_not_stop_python(tmp_path: Path) -> None:
    (tmp_path / "os.py").write_text("raise SystemExit('poisoned')")
    (tmp_path / "libc.so.6").write_text("no library")
    code = (
        f"setenv('LD_LIBRARY_PATH', '{tmp_path}'); setenv('LD_PRELOAD', '{tmp_path}/libc.so.6');"
        f"setenv('PYTHONHOME', '{tmp_path}'); setenv('PYTHONPATH', '{tmp_path}');"
        "disp(py.math.sqrt(16)); disp(getenv('PYTHONHOME')); disp(isempty(char(py.os.environ.get('PYTHONPATH', ''))))"
    )
    assert run_octave(code).stdout.split() == ["4", str(tmp_path), "1"]


@pytest.fixture
def copied_shim(tmp_path: Path) -> Path:
    """The Octave half and the Python half in a folder of their own, laid out as in the repository."""
    shutil.copytree(SHIM, tmp_path / "matlab" / "resources" / "octave")
    half = Path("pyside") / "bridge" / "octave"
    (tmp_path / half).mkdir(parents=True)
    for file in (REPOSITORY / half).glob("octave_*.py"):
        shutil.copy(file, tmp_path / half)
    return tmp_path / "matlab" / "resources" / "octave"


def python_named(path: Path) -> Path:
    """A second name of this Python."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'#!/bin/sh\nWHICH_PYTHON="{path.parent.name}-{path.name}" exec "{sys.executable}" "$@"\n')
    path.chmod(0o755)
    return path


SAY_WHICH = "disp(char(py.os.environ.get('WHICH_PYTHON', 'none')))"


def test_python_is_looked_for_in_the_stated_order(copied_shim: Path, tmp_path: Path) -> None:
    on_path = python_named(tmp_path / "path" / "python3")
    changes = {"PATH": f"{on_path.parent}:{os.environ['PATH']}", "TOUCHTRAIN_PYTHON": None}
    assert run_octave(SAY_WHICH, copied_shim, **changes).stdout == "path-python3\n"
    python_named(tmp_path / ".venv" / "bin" / "python")
    assert run_octave(SAY_WHICH, copied_shim, **changes).stdout == "bin-python\n"
    changes["TOUCHTRAIN_PYTHON"] = str(python_named(tmp_path / "variable" / "python"))
    assert run_octave(SAY_WHICH, copied_shim, **changes).stdout == "variable-python\n"
    chosen = python_named(tmp_path / "chosen one" / "python")
    code = f"pyenv('Version', '{chosen}'); {SAY_WHICH}"
    assert run_octave(code, copied_shim, **changes).stdout == "chosen one-python\n"


def test_the_layout_of_an_installed_package_works(copied_shim: Path, tmp_path: Path) -> None:
    site = tmp_path / "site" / "pyside"
    shutil.copytree(tmp_path / "pyside", site)
    shutil.copytree(copied_shim, site / "_matlab" / "resources" / "octave")
    assert run_octave("disp(py.abs(-3))", site / "_matlab" / "resources" / "octave").stdout == "3\n"


def test_a_python_that_is_not_there_is_a_clear_error() -> None:
    done = run_octave("py.len({});", TOUCHTRAIN_PYTHON="/no/such/python")
    assert "'/no/such/python'" in done.stderr
    assert "TOUCHTRAIN_PYTHON" in done.stderr


def test_a_python_that_does_not_start_is_a_clear_error(tmp_path: Path) -> None:
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\necho no library here >&2\nexit 3\n")
    broken.chmod(0o755)
    done = run_octave("py.len({});", TOUCHTRAIN_PYTHON=str(broken))
    assert "no library here" in done.stderr
    assert str(broken) in done.stderr


def test_pyenv_tells_of_python_before_it_is_loaded() -> None:
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    done = run_octave("e = pyenv; disp(e.Status), disp(e.Version), disp(e.Executable), disp(e.ProcessID), pyenv")
    assert done.stdout.split()[:3] == ["NotLoaded", version, sys.executable]
    assert "Status: 'NotLoaded'" in done.stdout


@pytest.mark.parametrize("name", ['it\'s $HOME `id` "lab"', "Müller"])
def test_pyenv_tells_of_a_python_in_any_folder(name: str, tmp_path: Path) -> None:
    python = python_named(tmp_path / name / "python")
    said = run_octave("e = pyenv; disp(e.Version)", TOUCHTRAIN_PYTHON=str(python), PYTHONIOENCODING="cp1252")
    assert said.stdout.strip() == f"{sys.version_info[0]}.{sys.version_info[1]}", said.stderr


def test_python_can_be_changed_after_terminate(tmp_path: Path) -> None:
    other = python_named(tmp_path / "other" / "python")
    code = (
        "list = py.list({1}); e = pyenv; before = e.ProcessID; terminate(pyenv); disp(e.Status);"
        f"pyenv('Version', '{other}'); {SAY_WHICH}; e = pyenv; disp(e.Status); disp(e.ProcessID ~= before);"
        "try, list{1}, catch err\n disp(err.identifier), end\n disp(list)"
    )
    said = run_octave(code).stdout.split("\n")
    assert said[:5] == ["Terminated", "other-python", "Loaded", "1", "MATLAB:Python:ObjectGone"]
    assert "Python list" in said[5]


# --- output ---------------------------------------------------------------------------------------------------------


def test_everything_that_is_printed_is_shown_in_order() -> None:
    code = (
        "py.print('one'); py.print('two', pyargs('end', '')); py.os.system('echo three');"
        "py.os.write(int32(1), py.str('four').encode()); fprintf('|five\\n');"
        "try, py.exec('print(\"six\"); 1/0'), catch\n disp('seven'), end"
    )
    assert run_octave(code).stdout == "one\ntwothree\nfour|five\nsix\nseven\n"


def test_what_a_thread_prints_between_calls_is_shown_at_the_next_call() -> None:
    code = (
        "t = py.threading.Timer(0.05, py.getattr(py.builtins, 'print'), {'late'}); t.start(); pause(0.5);"
        "disp('idle'); py.abs(1); disp('end')"
    )
    assert run_octave(code).stdout == "idle\nlate\nend\n"


def test_much_output_arrives_whole() -> None:
    done = run_octave("py.exec('for i in range(20000): print(i, \"x\" * 50)'); disp('end')")
    assert done.stdout.splitlines() == [f"{i} {'x' * 50}" for i in range(20000)] + ["end"]


class Session:
    """An interactive Octave in a terminal."""

    def __init__(self) -> None:
        self.pid, self._terminal = pty.fork()
        if self.pid == 0:
            os.execvpe(OCTAVE[0], [*OCTAVE, "--no-line-editing"], environment())
        self._seen = ""
        self.say(f"addpath('{SHIM}');")

    def say(self, line: str) -> None:
        """Type a line."""
        os.write(self._terminal, line.encode() + b"\n")

    def wait_for(self, text: str, seconds: float = 20, line_end: str = "\r\n") -> None:
        """Wait until the terminal shows a line that ends with the text."""
        end = time.monotonic() + seconds
        while text + line_end not in self._seen:
            assert time.monotonic() < end, f"no {text!r} in {self._seen!r}"
            if select.select([self._terminal], [], [], 0.05)[0]:
                self._seen += os.read(self._terminal, 65536).decode(errors="replace")
        self._seen = self._seen.split(text + line_end, 1)[1]

    def shows(self, text: str) -> bool:
        """Tell whether the terminal shows a text already, behind what was waited for."""
        while select.select([self._terminal], [], [], 0.05)[0]:
            self._seen += os.read(self._terminal, 65536).decode(errors="replace")
        return text in self._seen

    def ask(self, expression: str, answer: str) -> None:
        """Have a value shown, and wait for it."""
        self.say(f"disp({expression})")
        self.wait_for(answer)

    def control_c(self) -> None:
        """Press Ctrl-C, then return: an Octave that is at its prompt already drops one line."""
        os.write(self._terminal, b"\x03")
        time.sleep(0.05)
        self.say("")
        time.sleep(0.2)

    def end(self) -> None:
        """End Octave, if it runs yet."""
        os.close(self._terminal)
        try:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        except (ProcessLookupError, ChildProcessError):
            pass


@pytest.fixture
def session() -> Iterator[Session]:
    session = Session()
    session.say(f"py.sys.path.insert(int32(0), '{CHECKS}'); helpers = py.importlib.import_module('octave_py_helpers');")
    session.say("list = py.list({1, 2}); child = double(py.os.getpid());")
    yield session
    session.end()


def test_output_is_shown_while_the_call_runs(session: Session) -> None:
    session.say("helpers.print_slowly()")
    session.wait_for("begun")
    session.wait_for("half", line_end="\r")
    assert not session.shows("over")
    session.wait_for("over")


# --- Ctrl-C ---------------------------------------------------------------------------------------------------------


def test_ctrl_c_returns_the_prompt_and_python_goes_on(session: Session) -> None:
    for code in ("py.time.sleep(60)", "py.exec('while True: pass')"):
        session.say(f"disp(['go' 'ing']), {code}")
        session.wait_for("going")
        time.sleep(0.3)
        session.control_c()
        session.ask("7 * 11", "77")
        session.ask("1000 * length(list)", "2000")
        session.ask("isequal(child, double(py.os.getpid())) + 70", "71")


def test_ctrl_c_is_a_keyboard_interrupt_in_python(session: Session) -> None:
    session.say("d = py.dict(pyargs('seen', 0));")
    session.say("disp(['go' 'ing']), helpers.sleep_until_interrupted(d)")
    session.wait_for("going")
    time.sleep(0.3)
    session.control_c()
    session.ask("100 * double(d{'seen'})", "500")


def test_ctrl_c_that_octave_lets_pass_while_an_object_is_cleared_ends_the_next_call(session: Session) -> None:
    session.say("disp(['go' 'ing']), guard = onCleanup(@() pause(5)); clear guard")
    session.wait_for("going")
    time.sleep(0.3)
    session.control_c()
    session.say("try, py.abs(-1); catch err\n disp(err.identifier), end")
    session.wait_for("MATLAB:Python:Interrupted")
    session.ask("1000 * length(list)", "2000")


def test_python_that_does_not_stop_is_told_and_can_be_given_up(session: Session) -> None:
    session.say("disp(['go' 'ing']), helpers.sleep_whatever_comes()")
    session.wait_for("going")
    time.sleep(0.3)
    session.control_c()
    session.ask("7 * 11", "77")
    session.say("try, length(list), catch err\n disp(err.identifier), end")
    session.wait_for("MATLAB:Python:Busy")
    session.say("terminate(pyenv)")
    session.ask("py.abs(-1212)", "1212")


@pytest.mark.parametrize("value", ["zeros(1, 2^26, 'uint8')", "repmat({zeros(1, 9e5, 'uint8')}, 1, 40)", "0:2^23"])
def test_ctrl_c_while_a_large_request_is_written_loses_nothing(session: Session, value: str) -> None:
    session.say(f"large = {value};")
    for delay in (0.0, 0.01, 0.03, 0.08):
        session.say("disp(['go' 'ing']), py.len(large);")
        session.wait_for("going")
        time.sleep(delay)
        session.control_c()
        session.ask("1000 * length(list)", "2000")
    session.ask("isequal(child, double(py.os.getpid())) + 70", "71")
    session.ask("double(py.len(large)) == numel(large)", "1")
    session.ask("numel(dir(char(py.glob.glob(['/*/*/touchtrain-py-' num2str(child) '-*']).pop()))) - 2 + 30", "30")


def test_ctrl_c_while_an_answer_is_read_loses_nothing(session: Session) -> None:
    session.say("b = py.bytes(repmat('a', 1, 9e5), 'ascii');")
    for delay in (0.0, 0.005, 0.01, 0.02, 0.05):
        session.say("disp(['go' 'ing']), for k = 1:300, x = uint8(b); end")
        session.wait_for("going")
        time.sleep(delay)
        session.control_c()
        session.ask("sum(uint8(b)) / 97", "900000")
    session.ask("isequal(child, double(py.os.getpid())) + 70", "71")


def test_a_stray_interrupt_of_an_idle_python_ends_one_call_at_most(session: Session) -> None:
    session.ask("py.abs(-33)", "33")
    session.say("system(sprintf('kill -INT %d', child));")
    session.say("try, py.abs(-1); catch err\n disp(err.message), end")
    session.wait_for("Python Error: KeyboardInterrupt")
    session.ask("1000 * length(list)", "2000")


# --- ends -----------------------------------------------------------------------------------------------------------


def is_running(pid: int) -> bool:
    """Whether a process runs; a zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def wait_for_end(pid: int, seconds: float = 10) -> bool:
    """Whether a process ends in time."""
    end = time.monotonic() + seconds
    while is_running(pid) and time.monotonic() < end:
        time.sleep(0.05)
    return not is_running(pid)


def leftovers(pid: int) -> list[str]:
    """Folders for files of a Python process."""
    return [str(path) for base in ("/dev/shm", "/tmp") for path in Path(base).glob(f"touchtrain-py-{pid}-*")]


def start_octave(code: str) -> tuple[subprocess.Popen[str], int]:
    """An Octave that prints the number of its Python first, and then runs the code."""
    octave = subprocess.Popen(
        [*OCTAVE, "--eval", f"addpath('{SHIM}'); py.print(py.os.getpid()); {code}"],
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert octave.stdout
    return octave, int(octave.stdout.readline())


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes in /proc")
@pytest.mark.parametrize("busy", ["pause(60)", "py.time.sleep(60)", "py.exec('while True: pass')"])
def test_python_ends_when_octave_is_killed(busy: str) -> None:
    octave, pid = start_octave(busy)
    time.sleep(0.3)
    octave.kill()
    octave.wait()
    assert wait_for_end(pid)
    assert leftovers(pid) == []


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes in /proc")
@pytest.mark.parametrize("code", ["exit(0)", "error('broken')", "kill(getpid(), 11)", "x = py.list({1});"])
def test_python_ends_when_octave_ends(code: str) -> None:
    octave, pid = start_octave(code)
    octave.wait(20)
    assert wait_for_end(pid)
    assert leftovers(pid) == []


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes in /proc")
def test_the_end_runs_what_python_registered_for_it(tmp_path: Path) -> None:
    octave, pid = start_octave(f'py.exec(\'import atexit; atexit.register(open, "{tmp_path}/ended", "w")\')')
    octave.wait(20)
    assert wait_for_end(pid)
    assert (tmp_path / "ended").exists()


def test_a_python_that_dies_is_an_error_and_the_next_call_starts_another() -> None:
    code = (
        "signal_in = @(text) disp(regexp(text, '\\d+', 'match', 'once'));"
        "list = py.list({1}); pid = double(py.os.getpid());"
        "try, py.os.abort(), catch err\n disp(err.identifier), signal_in(err.message), end\n"
        "disp(py.abs(-5)); try, length(list), catch err\n disp(err.identifier), end\n"
        "disp(double(py.os.getpid()) ~= pid)\n"
        "kill(double(py.os.getpid()), 9); pause(0.2); disp(py.abs(-6))\n"
        "try, large = zeros(1, 2^22); py.os.kill(py.os.getpid(), int32(9)), catch err\n signal_in(err.message), end\n"
        "disp(isempty(glob(sprintf('/dev/shm/touchtrain-py-%d-*', pid))))"
    )
    said = run_octave(code).stdout.splitlines()
    assert len(said) == 8
    assert [*said[:1], *said[2:6], said[7]] == [
        "MATLAB:Python:ProcessDied",
        "5",
        "MATLAB:Python:ObjectGone",
        "1",
        "6",
        "1",
    ]
    assert (said[1], said[6]) == ("6", "9")  # the signals


def test_an_answer_to_another_request_is_refused(copied_shim: Path) -> None:
    server = copied_shim.parents[2] / "pyside" / "bridge" / "octave" / "octave_server.py"
    text = server.read_text()
    assert "sequence = content.uint32()" in text
    server.write_text(text.replace("sequence = content.uint32()", "sequence = content.uint32() - 1"))
    done = run_octave("try, py.abs(1), catch err\n disp(err.identifier), disp(err.message), end", copied_shim)
    identifier, message = done.stdout.strip().split("\n", 1)
    assert identifier == "MATLAB:Python:ProcessDied" and "signal" not in message


def test_large_arrays_leave_no_file(tmp_path: Path) -> None:
    code = (
        "x = py.numpy.array(zeros(1, 2^20)); y = double(x); folder = dir('/dev/shm/touchtrain-py-*');"
        "pid = sprintf('%d', double(py.os.getpid()));"
        "folder = folder(strncmp({folder.name}, ['touchtrain-py-' pid '-'], 15 + numel(pid)));"
        "disp(numel(dir(fullfile('/dev/shm', folder.name))) - 2)"
    )
    if not os.access("/dev/shm", os.W_OK):
        pytest.skip("there is no /dev/shm")
    assert run_octave(code).stdout == "0\n"


def test_a_full_disk_is_a_clear_error(small_disk: Path, copied_shim: Path) -> None:
    start = copied_shim / "private" / "pystart.m"
    text = start.read_text()
    assert "'/dev/shm'" in text
    start.write_text(text.replace("'/dev/shm'", f"'{small_disk}'"))
    code = (
        "for x = {zeros(1, 2^20), zeros(1, 2^23, 'uint8')}, try, py.len(x{1}), catch err\n disp(err.identifier), end\n"
        "end, disp(py.abs(-8))"
    )
    assert run_octave(code, copied_shim).stdout.split() == ["MATLAB:Python:NoSpace"] * 2 + ["8"]
