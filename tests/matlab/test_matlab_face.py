"""The MATLAB face, run for real: in GNU Octave in both manners of handing arrays over, in MATLAB where there is one."""

from __future__ import annotations

import contextlib
import json
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

from pyside.errors import for_shell
from pyside.jobs import job, job_records
from tests.conftest import until
from tests.curation.known_model import known_model

pty = pytest.importorskip("pty", reason="Windows has no such terminals")
HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]
RUN_ALL = f"addpath('{HERE}'); run_all()"
TESTS = sorted([*HERE.glob("test_*.m"), *HERE.glob("marks/test_*.m")])
# A test says itself that it trains: such tests run apart from the others, so that never two trainings run at once; and
# that it takes long.
TEXTS = {file.stem: file.read_text(encoding="ascii") for file in TESTS}
LONG = [name for name, text in TEXTS.items() if "% Takes long." in text]
TRAINING = [name for name, text in TEXTS.items() if "% Trains a network." in text and name not in LONG]
THE_REST = [name for name in TEXTS if name not in TRAINING + LONG]
HALVES = THE_REST[::2], THE_REST[1::2]  # two sessions, so that they can be shared out between processes


def run_these(names: list[str]) -> str:
    """Return MATLAB code that runs these tests."""
    return f"addpath('{HERE}'); run_all({', '.join(repr(f'^{name}$') for name in names)})"


# What hands arrays over, which is what the two manners do differently; in the second one the rest runs as a slow test.
OF_ARRAYS = re.compile(r"convert_(faults|labels|orders)$|predict|string|mark")
ARRAYS = [file.stem for file in TESTS if OF_ARRAYS.search(file.stem)]
SECONDS = 600

needs_octave = pytest.mark.skipif(shutil.which("octave") is None, reason="there is no Octave here")


def environment(release: str = "R2024b") -> dict[str, str]:
    """The environment of a session that has this Python."""
    return {**os.environ, "TOUCHTRAIN_PYTHON": sys.executable, "TOUCHTRAIN_MATLAB_RELEASE": release}


def run(command: list[str], release: str, folder: Path) -> str:
    """Run a session to its end and return what it printed; a code other than 0 fails the test."""
    done = subprocess.run(
        command,
        env=environment(release),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=SECONDS,
        check=False,
    )
    text = done.stdout.decode("utf-8", "replace")
    assert done.returncode == 0, text
    return text


@needs_octave
@pytest.mark.parametrize(
    ("release", "tests"),
    [
        pytest.param("R2025a", run_these(TRAINING), marks=pytest.mark.trains, id="trainings"),
        pytest.param("R2025a", run_these(LONG), marks=[pytest.mark.slow, pytest.mark.trains], id="long trainings"),
        *(pytest.param("R2025a", run_these(half), id=f"rest {number}") for number, half in enumerate(HALVES, 1)),
        pytest.param("R2024b", run_these(ARRAYS), id="arrays"),
        pytest.param("R2024b", RUN_ALL, marks=[pytest.mark.slow, pytest.mark.trains], id="all in the older manner"),
    ],
)
def test_all_m_tests_pass_in_octave(release: str, tests: str, tmp_path: Path) -> None:
    text = run(["octave", "--no-gui", "--norc", "--quiet", "--eval", tests], release, tmp_path)
    assert re.search(r"^\d+ passed, 0 failed$", text, re.MULTILINE), text


@pytest.mark.skipif(shutil.which("matlab") is None, reason="there is no MATLAB here")
@pytest.mark.trains
def test_all_m_tests_pass_in_matlab(tmp_path: Path) -> None:
    text = run(["matlab", "-batch", RUN_ALL], "", tmp_path)
    assert re.search(r"^\d+ passed, 0 failed$", text, re.MULTILINE), text


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the repository's code without an environment, where every python3 is one that does not run."""
    for name in ("matlab", "pyside"):
        shutil.copytree(REPOSITORY / name, tmp_path / "repo" / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("python3", "python", "python3.11", "python3.12", "python3.13"):
        script(tmp_path / "bin" / name, "exit 1")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in ("VIRTUAL_ENV", "CONDA_PREFIX", "UV_PYTHON_INSTALL_DIR", "PYENV_ROOT"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "repo"


def script(path: Path, text: str) -> None:
    """Write a program of the shell."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)


def set_up(checkout: Path, call: str) -> str:
    """Call setup in a checkout, without a Python that is named, and return what was printed."""
    code = f"addpath('matlab'); try, {call}; catch err\n disp(err.identifier); disp(err.message); end"
    line = ["octave", "--no-gui", "--norc", "--quiet", "--eval", code]
    named = {**environment(), "TOUCHTRAIN_PYTHON": ""}
    done = subprocess.run(line, env=named, cwd=checkout, capture_output=True, timeout=60, check=True)
    return done.stdout.decode("utf-8", "replace")


@needs_octave
@pytest.mark.parametrize("code", ["addpath('{}')", "cd('{}'); touchtrain.internal.setup.addOctaveFolder()"])
def test_octave_keeps_a_folder_that_was_added_by_a_relative_path(code: str, tmp_path: Path) -> None:
    code = code.format(os.path.relpath(REPOSITORY / "matlab", tmp_path))
    code += f"; cd('{tmp_path}'); fprintf('<%d>', touchtrain.internal.values.isOctave());"
    done = subprocess.run(
        ["octave", "--no-gui", "--norc", "--quiet", "--eval", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert "<1>" in done.stdout and "load" not in done.stderr, done.stdout + done.stderr


@needs_octave
def test_matlab_takes_the_folder_for_octave_off_its_path(tmp_path: Path) -> None:
    folders = [REPOSITORY / "matlab" / "resources" / "octave", tmp_path / "older version"]
    shutil.copytree(*folders)
    names = ", ".join(f"'{folder}'" for folder in folders)
    code = f"addpath('{REPOSITORY / 'matlab'}', {names}); touchtrain.internal.setup.removeOctaveFolder();"
    code += f"folders = strsplit(path(), pathsep()); printf('<%d>', any(ismember({{{names}}}, folders)));"
    text = run(["octave", "--no-gui", "--norc", "--quiet", "--eval", code], "", tmp_path)
    assert "<0>" in text
    assert all(re.search(f"warning: The folder {folder} .*savepath", text) for folder in folders)
    text = run(["octave", "--no-gui", "--norc", "--quiet", "--eval", f"cd('{folders[1]}'); {code}"], "", tmp_path)
    assert re.search(f"warning: The folder {folders[1]} .*cd", text)


def test_adding_the_folder_with_subfolders_shadows_nothing_of_matlab() -> None:
    skipped = re.compile(r"private|resources|[@+].*")  # by genpath, "Add with Subfolders" and the path of a toolbox
    folders = [folder for folder in (REPOSITORY / "matlab").rglob("*") if folder.is_dir()]
    parts = [folder.relative_to(REPOSITORY / "matlab").parts for folder in folders]
    assert [names for names in parts if not any(skipped.fullmatch(name) for name in names)] == [("doc",)]
    assert [file.stem for file in (REPOSITORY / "matlab" / "doc").glob("*.m")] == ["GettingStarted"]  # not of MATLAB


def test_adding_the_whole_repository_shadows_no_class_or_tool_of_matlab() -> None:
    of_matlab = {"py", "pyargs", "pyenv", "buildplan", "codeIssues"}
    for place in ("matlab", "examples", "tests", ".ci"):
        for file in (REPOSITORY / place).rglob("*.m"):
            parts = file.relative_to(REPOSITORY).parts[:-1]
            if not any(name in ("private", "resources") for name in parts):
                assert "+matlab" not in parts and (file.stem not in of_matlab or parts[-1].startswith("+")), file


@needs_octave
def test_setup_without_a_python_says_the_command_that_makes_one(checkout: Path) -> None:
    text = set_up(checkout, "touchtrain.setup")
    assert "TouchTrain:PythonNotFound" in text
    assert "touchtrain.setup('Install', true)" in text
    assert f"cd {for_shell(checkout)}" in text
    assert "-m venv .venv" in text
    assert "-m pip install -e ." in text
    assert not (checkout / ".venv").exists()


@needs_octave
@pytest.mark.parametrize(
    "place", ["bin/python3.12", "home/.local/share/uv/python/cpython-3.12.9-linux-x86_64-gnu/bin/python3"]
)
def test_setup_makes_the_environment_when_asked(checkout: Path, place: str) -> None:
    inside = f'[ "$2" = pip ] && {{ echo "$@" >"$0.log"; exit 0; }}; exec "{sys.executable}" "$@"'
    script(checkout.parent / "inside", inside)
    venv = f'[ "$2" = venv ] && {{ mkdir -p "$3/bin"; cp "{checkout.parent}/inside" "$3/bin/python"; exit 0; }}'
    script(checkout.parent / place, f'{venv}; echo "touchtrain|3|12|keras|$0"')
    text = set_up(checkout, "touchtrain.setup('Install', true)")
    assert str(checkout / ".venv") in text and sys.executable in text and "TouchTrain:" not in text, text
    log = (checkout / ".venv" / "bin" / "python.log").read_text(encoding="utf-8")
    assert log.split() == ["-m", "pip", "install", "--quiet", "-e", str(checkout)]


@needs_octave
def test_the_installed_package_finds_itself(tmp_path: Path) -> None:
    site = tmp_path / "lib" / "python3" / "site-packages"
    shutil.copytree(REPOSITORY / "pyside", site / "pyside", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(REPOSITORY / "matlab", site / "pyside" / "_matlab")
    (site / "numpy.py").write_text("raise ImportError('of another version of Python')", encoding="ascii")
    code = f"addpath('{site / 'pyside' / '_matlab'}'); touchtrain.setup; touchtrain.options;"
    code += "disp(char(py.getattr(py.pyside.matlab, '__file__')));"
    code += f"printf('<%d>', double(py.sys.path.count('{site}')));"
    text = run(["octave", "--no-gui", "--norc", "--quiet", "--eval", code], "R2024b", tmp_path)
    assert "MaxEpochs" in text
    assert str(site / "pyside" / "matlab.py") in text and "<0>" in text


@needs_octave
@pytest.mark.slow
@pytest.mark.trains
def test_the_demo_learns(tmp_path: Path) -> None:
    examples = REPOSITORY / "examples"
    rendered = re.findall(
        r"examples/(make_whisker_videos\.py .*)", (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    )
    assert len(rendered) == 2
    for line in rendered:
        name, *arguments = line.split()
        run([sys.executable, str(examples / name), *arguments], "", tmp_path)
    code = f"addpath('{REPOSITORY / 'matlab'}'); addpath('{examples}'); run_demo"
    text = run(["octave", "--no-gui", "--norc", "--quiet", "--eval", code], "R2024b", tmp_path)
    right = re.findall(r"^validation +([\d.]+) %", text, re.MULTILINE)
    assert len(right) == 2 and min(map(float, right)) > 93, text
    for source in ("from_videos", "from_arrays"):
        assert (tmp_path / "demo" / source / "history.png").stat().st_size > 10_000
        assert (tmp_path / "demo" / source / "whisker.h5").is_file()
    [marked] = re.findall(r"new videos marked .*: ([\d.]+) % of", text)
    assert float(marked) > 96, text
    [picture] = tmp_path.glob("demo/marked-*/comparison/traces.png")
    assert picture.stat().st_size > 10_000


@needs_octave
def test_the_demo_says_how_to_render_its_videos(tmp_path: Path) -> None:
    code = f"addpath('{REPOSITORY / 'matlab'}', '{REPOSITORY / 'examples'}'); run_demo"
    line = ["octave", "--no-gui", "--norc", "--quiet", "--eval", code]
    done = subprocess.run(line, env=environment(), cwd=tmp_path, capture_output=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "python examples/make_whisker_videos.py" in done.stderr.decode("utf-8", "replace")


def session(code: str, folder: Path) -> str:
    """Run lines in an Octave of their own, set up, and return what they print."""
    begin = f"addpath('{REPOSITORY / 'matlab'}', '{HERE}'); touchtrain.setup;"
    return run(["octave", "--no-gui", "--norc", "--quiet", "--eval", f"{begin} {code}"], "R2024b", folder)


@needs_octave
@pytest.mark.slow
@pytest.mark.trains
def test_trainings_outlive_their_session_and_one_that_was_killed_goes_on(tmp_path: Path) -> None:
    starting = "touchtrain.trainInBackground('set', '{0}', t{{:}}, 'JobFolder', '{0}-job');"
    starts = " ".join(starting.format(name) for name in ("alive", "killed"))
    session(f"tiny_set('set'); t = tiny_network(); {starts}", tmp_path)
    os.kill(json.loads((tmp_path / "killed-job" / "process.json").read_text(encoding="utf-8"))["pid"], signal.SIGKILL)
    attaching = "job = touchtrain.TrainingJob('alive-job'); history = fetchOutputs(job); disp(size(history.loss));"
    going_on = "touchtrain.TrainingJob('killed-job'), touchtrain.resume('killed-job')"
    text = session(f"{attaching} {going_on}", tmp_path)
    assert re.search(r"^ +1 +2$", text, re.MULTILINE), text
    assert re.search(r"state +lost\n", text), text
    assert f"touchtrain.resume('{tmp_path / 'killed-job'}')" in text
    assert re.search(rf"^model +{tmp_path / 'killed.h5'}$", text, re.MULTILINE), text
    assert (tmp_path / "alive.h5").is_file()
    assert (tmp_path / "killed.h5").is_file()


class Prompt:
    """An Octave at a terminal, with a person who types and reads."""

    def __init__(self, folder: Path):
        self.pid, self._terminal = pty.fork()
        if self.pid == 0:
            os.chdir(folder)
            line = ["octave", "--no-gui", "--norc", "--quiet", "--no-line-editing", "--no-history"]
            os.execvpe(line[0], line, {**environment(), "TERM": "dumb"})
        self.text = ""

    def type(self, text: str) -> None:
        """Type a line, or a control character."""
        os.write(self._terminal, text.encode())

    def interrupt(self) -> None:
        """Press Ctrl-C until the prompt is back; Octave loses one that comes at the very end of a clean-up."""
        for _ in range(4):
            self.type("\x03")
            self.type("x = 40 + 2\n")
            with contextlib.suppress(AssertionError):
                self.wait_for("x = 42", seconds=5)
                return
        raise AssertionError(f"Ctrl-C did not help:\n{self.text}")

    def wait_for(self, pattern: str, seconds: float = 60) -> str:
        """Read on until what was read since the last call matches, and return the match."""
        end = time.monotonic() + seconds
        while (found := re.search(pattern, self.text)) is None:
            assert time.monotonic() < end, f"No {pattern!r} in:\n{self.text}"
            if select.select([self._terminal], [], [], 0.1)[0]:
                self.text += os.read(self._terminal, 65536).decode("utf-8", "replace")
        self.text = self.text[found.end() :]
        return found.group()

    def close(self) -> None:
        """End it."""
        os.close(self._terminal)  # end of input
        end = time.monotonic() + 10
        while os.waitpid(self.pid, os.WNOHANG) == (0, 0):
            if time.monotonic() > end:
                os.kill(self.pid, 9)
                os.waitpid(self.pid, 0)
                return
            time.sleep(0.05)


@pytest.fixture
def prompt(tmp_path: Path) -> Iterator[Prompt]:
    """An Octave prompt in a folder of its own, set up."""
    session = Prompt(tmp_path)
    try:
        session.type(f"addpath('{REPOSITORY / 'matlab'}'); addpath('{HERE}'); touchtrain.setup\n")
        session.type("disp(['re' 'ady'])\n")
        session.wait_for("ready")
        yield session
    finally:
        session.close()


def controls(prompt: Prompt) -> tuple[str, str, str]:
    """Read the lines that are printed after Ctrl-C: how to stop the job, to cancel it, and to attach to it."""
    prompt.wait_for(r"continues in the background as job 1\.", seconds=20)
    stopping = prompt.wait_for(r"touchtrain\.stop\(1\)  % [^\r\n]*")
    cancelling = prompt.wait_for(r"touchtrain\.cancel\(1\)")
    return stopping, cancelling, prompt.wait_for(r"job = touchtrain\.attach\(1\)")


@needs_octave
@pytest.mark.trains
def test_ctrl_c_gives_the_prompt_back_and_the_training_goes_on(prompt: Prompt, tmp_path: Path) -> None:
    prompt.type("tiny_set('set'); t = tiny_network();\n")
    prompt.type("touchtrain.train('set', 'model.h5', t{:}, 'MaxEpochs', 5000, 'ValidationPatience', Inf)\n")
    shown = prompt.wait_for(r"\x08+epoch \d+/5000")
    assert "\n" not in shown.strip()
    prompt.type("\x03")
    stopping, cancelling, attaching = controls(prompt)
    prompt.type("x = 40 + 2\n")
    prompt.wait_for("x = 42", seconds=20)

    prompt.type("touchtrain.jobs\n")
    prompt.wait_for(r"1 +model\.h5 +training +running")
    prompt.type(f"{attaching}; wait(job)\n")
    prompt.wait_for(r"\x08+epoch \d+/5000")
    prompt.type("\x03")
    assert controls(prompt) == (stopping, cancelling, attaching)
    prompt.type("disp(['it is ' job.State])\n")
    prompt.wait_for("it is running", seconds=20)
    prompt.type(stopping + "\n")
    prompt.wait_for(r"Job 1 \(training, model\.h5\) was asked to stop\. .*the best model so far")
    prompt.type("wait(job)\n")
    prompt.type(cancelling + "\n")
    prompt.wait_for("has ended already: it is stopped")
    assert (tmp_path / "model.h5").is_file()
    assert not list(tmp_path.glob("*.part"))


@needs_octave
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="only /proc tells whether a process is left")
@pytest.mark.trains
def test_octave_killed_while_it_waits_leaves_the_training_and_no_other_process(prompt: Prompt, tmp_path: Path) -> None:
    prompt.type("tiny_set('set'); t = tiny_network(); disp(sprintf('pid %d', double(py.os.getpid())))\n")
    python = Path("/proc") / prompt.wait_for(r"pid \d+\s").split()[1]
    prompt.type(
        "touchtrain.train('set', 'm.h5', t{:}, 'MaxEpochs', 5000, 'ValidationPatience', Inf, 'JobFolder', 'j')\n"
    )
    prompt.wait_for(r"\x08+epoch \d+/5000")
    os.kill(prompt.pid, signal.SIGKILL)
    end = time.monotonic() + 20
    while python.exists():
        assert time.monotonic() < end
        time.sleep(0.1)
    seen = job_records.status(tmp_path / "j")
    assert seen["state"] == "running"
    while job_records.status(tmp_path / "j")["progress"]["epoch"] <= seen["progress"]["epoch"]:
        assert time.monotonic() < end
        time.sleep(0.1)
    job.stop(tmp_path / "j")
    assert job.wait(tmp_path / "j")["report"]["stopped"] == "asked"


@needs_octave
def test_ctrl_c_gives_the_prompt_back_and_the_conversion_goes_on(prompt: Prompt, tmp_path: Path) -> None:
    many = 1000
    prompt.type(f"tiny_videos('videos'); l = load('videos-labels.mat'); labels = repmat(l.labels(1), 1, {many});\n")
    prompt.type("disp(['re' 'ady'])\n")
    prompt.wait_for("ready")
    for number in range(many):
        shutil.copyfile(tmp_path / "videos" / "first.avi", tmp_path / "videos" / f"v{number:04d}.avi")
    for name in ("first.avi", "second.mp4", "third.mp4"):
        (tmp_path / "videos" / name).unlink()
    prompt.type("touchtrain.convertVideos('videos', labels, 'set', 'Roi', 20)\n")
    prompt.wait_for(r"v0000\.avi.*labels\{1\}.*48 frames.*NonTouch 24, Touch 24\s+v0001\.avi")
    prompt.wait_for(rf"\x08+recording \d+/{many}")
    prompt.type("\x03")
    stopping, cancelling, attaching = controls(prompt)
    prompt.type("touchtrain.jobs\n")
    prompt.wait_for(r"1 +set +conversion +running +\d+ s +recording \d+/1000")
    prompt.type(f"{attaching}; wait(job)\n")
    prompt.wait_for(rf"\x08+recording \d+/{many}")
    prompt.type("\x03")
    assert controls(prompt) == (stopping, cancelling, attaching)
    prompt.type(f"{stopping}\n")
    prompt.wait_for(r"Job 1 \(conversion, set\) was asked to stop\. Complete recordings are kept")
    prompt.type("wait(job)\n")
    prompt.type(f"{cancelling}\n")
    prompt.wait_for(r"Job 1 \(conversion, set\) has ended already: it is failed")
    assert not (tmp_path / "set").exists()
    assert list(tmp_path.glob("set.unfinished/*.frames.npy"))


@needs_octave
def test_ctrl_c_gives_the_prompt_back_and_the_curation_goes_on(prompt: Prompt, tmp_path: Path) -> None:
    many = 1000
    prompt.type("tiny_videos('videos'); tiny_files('model', 'model'); disp(['re' 'ady'])\n")
    prompt.wait_for("ready")
    for number in range(many - 3):
        shutil.copyfile(tmp_path / "videos" / "first.avi", tmp_path / "videos" / f"v{number:04d}.avi")
    prompt.type("[marks, session] = touchtrain.curate('model/known.h5', 'videos', 'Output', 'marked');\n")
    prompt.wait_for(rf"\x08+video \d+/{many} +(?!checking)\S", seconds=120)
    prompt.type("\x03")
    stopping, _, attaching = controls(prompt)
    prompt.type(f"{stopping}\n")
    prompt.wait_for(r"Job 1 \(curation, marked\) was asked to stop\. Videos that are marked")
    prompt.type(f"{attaching}; [marks, session] = fetchOutputs(job);\n")
    prompt.type("disp(['it is ' job.State ', ' num2str(numel(marks) == session.done)])\n")
    prompt.wait_for("it is stopped, 1")
    videos = json.loads((tmp_path / "marked" / "session.json").read_text(encoding="utf-8"))["videos"]
    assert 0 < len(videos) < many and {one["state"] for one in videos} == {"done"}


@needs_octave
def test_ctrl_c_while_arrays_are_converted_leaves_nothing_half_written(prompt: Prompt, tmp_path: Path) -> None:
    prompt.type("[f, l] = tiny_arrays(8, 1); many = repmat({f}, 1, 3000); labels = repmat({l}, 1, 3000);\n")
    prompt.type("disp(['be' 'gun']); touchtrain.convertArrays(many, labels, 'set')\n")
    prompt.wait_for("begun")
    end = time.monotonic() + 60
    while not list(tmp_path.glob("set.unfinished/*.frames.npy")):
        assert time.monotonic() < end
        time.sleep(0.05)
    prompt.interrupt()
    assert not list(tmp_path.glob("set*"))
    prompt.type("touchtrain.convertArrays(f, l, 'set')\n")
    prompt.wait_for("8 frames")


@needs_octave
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="only /proc tells the children of a process")
def test_ctrl_c_and_the_end_of_octave_end_a_prediction(prompt: Prompt, tmp_path: Path) -> None:
    known_model(tmp_path / "bare.h5", bare=True)
    with (tmp_path / "endless.h5").open("wb") as file:
        file.truncate(200 << 30)  # takes minutes to read
    prompt.type("frame = zeros(20, 20, 'uint8'); disp(sprintf('pid %d', double(py.os.getpid())))\n")
    host = prompt.wait_for(r"pid \d+\s").split()[1]

    def predicting() -> list[str]:
        found = []
        for file in Path(f"/proc/{host}/task").glob("*/children"):
            with contextlib.suppress(OSError):  # the thread has ended
                found += file.read_text(encoding="ascii").split()
        return found

    prompt.type("touchtrain.predict('endless.h5', frame)\n")
    until(predicting)
    prompt.interrupt()
    until(lambda: not predicting())
    prompt.type("touchtrain.predict('bare.h5', frame)\n")
    prompt.wait_for(r"bare\.h5 does not say")
    [worker] = predicting()
    prompt.type("touchtrain.predict('endless.h5', frame)\n")
    prompt.wait_for("endless")
    time.sleep(0.5)
    os.kill(prompt.pid, signal.SIGKILL)
    until(lambda: not Path("/proc", worker).exists())
