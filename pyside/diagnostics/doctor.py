"""What is on this machine, and what is wrong with it: each finding with its remedy. Nothing is ever changed.

It runs in any Python, inside MATLAB too, since what needs more than NumPy is asked of the Python of jobs in a process
of its own (see `probe`): a package that takes its process down, or hangs, does not take the doctor along.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import Any

import pyside
from pyside.compute import devices
from pyside.errors import PythonNotFound
from pyside.jobs import interpreter
from pyside.system import machine

Finding = dict[str, str]
# The least that jobs need; pyproject.toml says the same.
_OLDEST_PACKAGES = {
    "numpy": "1.26",
    "h5py": "3.13",
    "tensorflow": "2.20",
    "keras": "3.15",
    "scikit-learn": "1.5",
    "scipy": "1.15",
    "av": "18",
    "mat-io": "1.0",
    "pillow": "11",
    "scikit-image": "0.25",
    "tifffile": "2025.1",
    "loky": "3.5",
    "matplotlib": "3.8",
    "jinja2": "3.1",
    "optuna": "4",
}
_OLDEST_MATLAB = "2022b"
_DECODERS = ("h264", "mpeg4", "mjpeg")
# Variables that jobs do see, and what they do there.
_FELT = {
    "KERAS_BACKEND": "chooses what Keras computes with",
    "KERAS_MAX_EPOCHS": "ends every training after so many epochs",
    "KERAS_MAX_STEPS_PER_EPOCH": "cuts every epoch short",
}
_PROBE_SECONDS = 180
_LITTLE_MEMORY, _LITTLE_DISK, _NO_DISK = 4e9, 5e9, 0.5e9
_PAGE_WIDTH, _TOPIC_WIDTH = 112, 18
_BACKEND_PLANNED = "A backend torch, which could use it, is planned and not in this version."


@dataclass
class Probe:
    """What the Python of jobs told about itself.

    Attributes:
        python: its path; empty where there is none.
        fault: why there is none, or why it did not answer.
        version: such as ``3.12.4``; empty if it did not answer.
        bits: 64 or 32.
        versions: the version of each package that could be imported.
        errors: why each of the others could not.
        ended_in: the package in which the process ended, with how it ended.
        gpus: how many TensorFlow sees; None if it could not be asked.
        with_cuda: whether TensorFlow is built for NVIDIA's cards.
        backend: of Keras.
        codecs: of PyAV.
        trouble: what else went wrong.
        cloud: the version of each package of the extra ``cloud``, None where it is not installed; empty if not asked.
        credentials: whether there is a file of credentials for Google Cloud.
    """

    python: str = ""
    fault: str = ""
    version: str = ""
    bits: int = 64
    versions: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    ended_in: tuple[str, str] | None = None
    gpus: int | None = None
    with_cuda: bool = False
    backend: str = ""
    codecs: list[str] | None = None
    trouble: list[str] = field(default_factory=list)
    cloud: dict[str, str | None] = field(default_factory=dict)
    credentials: bool = False


def examine(folder: str | PathLike[str] = ".") -> dict[str, Any]:
    """Find out what is on this machine and what is wrong with it; it takes some seconds.

    Args:
        folder: where data and models are, or are to be: its disk and whether it can be written are looked at.

    Returns:
        ``version`` of TouchTrain, ``folder``, ``findings``: a list of records ``topic``, ``state`` (ok, note or
        wrong), ``text`` and ``remedy`` (empty where none is needed), and ``well``: whether nothing is wrong.
    """
    place = Path(folder).absolute()
    findings: list[Finding] = []
    probe = Probe(fault="It was not asked.")
    try:
        probe = _asked()
    except Exception as error:
        findings.append(_broken_check("Python of jobs", error))
    checks: list[tuple[str, Callable[[], Iterable[Finding]]]] = [
        ("TouchTrain", _touchtrain),
        ("system", _system),
        ("MATLAB", _matlab),
        ("Python of jobs", lambda: _python(probe)),
        ("record", _record),
        ("packages", lambda: _packages(probe)),
        ("GPU", lambda: judge_gpu(machine.nvidia_cards(), probe, _platform())),
        ("precision", lambda: _precision(probe)),
        ("cores", _cores),
        ("memory", _memory),
        ("disk", lambda: _disk(place)),
        ("write access", lambda: _write_access(place)),
        ("video", lambda: _video(probe)),
        ("Google Cloud", lambda: judge_cloud(probe)),
        ("environment", lambda: judge_environment(os.environ)),
    ]
    for topic, check in checks:
        try:
            for finding in check():
                findings.append(finding)
        except Exception as error:
            findings.append(_broken_check(topic, error))
    well = all(finding["state"] != "wrong" for finding in findings)
    return {"version": pyside.__version__, "folder": str(place), "findings": findings, "well": well}


def page(report: Mapping[str, Any]) -> str:
    """Return what `examine` found as one page for a person."""
    rows = [f"TouchTrain {report['version']}: what is found on this machine", ""]
    findings = list(report["findings"])
    while findings:
        first = findings.pop(0)
        text = first["text"]
        while first["state"] == "ok" and findings and _kind(findings[0]) == _kind(first):
            text += f", {findings.pop(0)['text']}"
        mark = {"ok": "ok", "note": "note", "wrong": "WRONG"}[first["state"]]
        rows += _wrapped(f"{mark:6}{first['topic']:{_TOPIC_WIDTH}}", text)
        if first["remedy"]:
            rows += _wrapped(" " * (6 + _TOPIC_WIDTH) + "-> ", first["remedy"])
    return "\n".join([*rows, "", _summary(report["findings"])])


def _kind(finding: Finding) -> tuple[str, str]:
    return finding["topic"], finding["state"]


def _wrapped(lead: str, text: str) -> list[str]:
    indent = " " * len(lead)
    return textwrap.wrap(text, _PAGE_WIDTH, initial_indent=lead, subsequent_indent=indent, break_on_hyphens=False)


def _summary(findings: Iterable[Finding]) -> str:
    states = [finding["state"] for finding in findings]
    wrong, notes = states.count("wrong"), states.count("note")
    if not wrong:
        return f"Nothing is wrong{f'; {notes} to note' if notes else ''}."
    rest = f", {notes} to note" if notes else ""
    return f"{wrong} {'thing is' if wrong == 1 else 'things are'} wrong{rest}. What to do stands behind each arrow."


def _ok(topic: str, text: str) -> Finding:
    return {"topic": topic, "state": "ok", "text": text, "remedy": ""}


def _note(topic: str, text: str, remedy: str = "") -> Finding:
    return {"topic": topic, "state": "note", "text": text, "remedy": remedy}


def _wrong(topic: str, text: str, remedy: str) -> Finding:
    return {"topic": topic, "state": "wrong", "text": text, "remedy": remedy}


def _broken_check(topic: str, error: Exception) -> Finding:
    return _note(topic, f"This could not be found out ({type(error).__name__}: {error}).")


def _platform() -> str:
    return "wsl" if machine.is_wsl() else sys.platform


# --- the Python of jobs --------------------------------------------------------------------------------------------


def _asked() -> Probe:
    """Let the Python of jobs tell about itself."""
    try:
        line, environment = interpreter.command()
    except PythonNotFound as error:
        return Probe(fault=error.text)
    needed = [(module, name) for name in _OLDEST_PACKAGES for module, one in interpreter.NEEDED.items() if one == name]
    program = Path(__file__).with_name("probe.py").read_text(encoding="utf-8")
    probe = Probe(python=line[0])
    try:
        with tempfile.TemporaryDirectory() as scratch:  # matplotlib makes folders when it is imported
            done = subprocess.run(
                [line[0], "-c", program, json.dumps(needed)],
                env={**environment, "PYTHONDONTWRITEBYTECODE": "1", "MPLCONFIGDIR": scratch},
                cwd=scratch,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_PROBE_SECONDS,
                check=False,
                creationflags=interpreter.NO_WINDOW,
            )
        told, errors, code = done.stdout, done.stderr.decode("utf-8", "replace"), done.returncode
    except subprocess.TimeoutExpired as error:
        told, errors, code = error.stdout or b"", f"no answer within {_PROBE_SECONDS} s", None
    except OSError as error:
        probe.fault = f"{line[0]} does not run ({error})."
        return probe
    read_probe(probe, told.decode("utf-8", "replace"), errors, code)
    return probe


def read_probe(probe: Probe, told: str, errors: str, code: int | None) -> None:
    """Read what the Python of jobs told, and how its process ended.

    Args:
        probe: what is completed.
        told: its standard output.
        errors: its standard error.
        code: its exit code; None if it was ended because it did not answer.
    """
    from pyside.diagnostics.probe import MARK

    begun = ""
    for line in told.splitlines():
        if not line.startswith(MARK):
            continue
        record = json.loads(line[len(MARK) :])
        begun = record.get("begun", "" if "package" in record else begun)
        if "python" in record:
            probe.version, probe.bits = record["python"], record["bits"]
        elif "package" in record:
            known = probe.versions if record["error"] is None else probe.errors
            known[record["package"]] = record["version"] or record["error"]
        else:
            probe.gpus = record.get("gpus", probe.gpus)
            probe.with_cuda = record.get("cuda", probe.with_cuda)
            probe.backend = record.get("backend", probe.backend)
            probe.codecs = record.get("codecs", probe.codecs)
            probe.cloud = record.get("cloud", probe.cloud)
            probe.credentials = record.get("credentials", probe.credentials)
            probe.trouble += [record["trouble"]] if "trouble" in record else []
    last = (errors.strip().splitlines() or ["without a word"])[-1]
    if not probe.version:
        probe.fault = f"{probe.python} does not run as a Python: {last}."
    elif begun:
        probe.ended_in = (begun, _ending(code, last))


def _ending(code: int | None, last: str) -> str:
    if code is None:
        return f"it did not come to an end: {last}"
    if code < 0:
        with contextlib.suppress(ValueError):
            return f"it ended the process ({signal.Signals(-code).name})"
    return f"it ended the process with code {code}: {last}"


def explain(message: str, package: str, system: str, python: str = "python") -> str:
    """Return what to do about an error of importing a package.

    Args:
        message: of the error.
        package: name of the distribution.
        system: ``sys.platform``, or ``wsl``.
        python: the interpreter, for the command.
    """
    python = f'"{python}"' if " " in python else python
    again = f"{python} -m pip install --force-reinstall --no-cache-dir {package}"
    rows = [
        (
            r"GLIBCXX_|CXXABI_|libstdc\+\+",
            "The compiler library libstdc++ that is found is missing or too old. In conda: conda install -c "
            "conda-forge libstdcxx-ng. Else: update the system's (Debian, Ubuntu: sudo apt install libstdc++6), and "
            "let LD_LIBRARY_PATH not point at another one.",
        ),
        (
            r"\bGLIBC_\d",
            "This Linux is older than the package needs (its C library, glibc). Use a newer system, or an older "
            f"version of the package; {python} -m pip --version should be a new pip, which picks one that fits.",
        ),
        (
            r"DLL load failed|msvcp140|vcruntime140|native TensorFlow runtime.*DLL",
            "The compiler library of Microsoft Visual C++ is missing or old. Install it from "
            "https://aka.ms/vs/17/release/vc_redist.x64.exe, start MATLAB again, and if that does not help: " + again,
        ),
        (
            r"libffi|_ctypes",
            "This Python lacks the library libffi. Install it (Debian, Ubuntu: sudo apt install libffi8) or take a "
            "Python from python.org.",
        ),
        (
            r"SIGILL|[Ii]llegal instruction|AVX instructions",
            "This processor lacks instructions (AVX) that TensorFlow is built with. Train on another machine.",
        ),
        (
            r"undefined symbol|Symbol not found|dtype size changed|compiled using NumPy|multiarray failed",
            f"Packages that do not fit each other are mixed. Install it again: {again}",
        ),
        (
            r"lib[\w+.-]+\.so[\w.]*: cannot open shared object",
            "A library of the system is missing; its name stands in the message. Install the package of your system "
            "that has it.",
        ),
        (r"incompatible architecture|wrong ELF class|not a valid Win32", f"It is built for another processor: {again}"),
        (r"No module named '?pyside", f"{python} -m pip install touchtrain"),
        (r"No module named", f"{python} -m pip install {package}"),
    ]
    if package == "tensorflow" and system == "win32" and "native TensorFlow runtime" in message:
        return rows[2][1]
    for pattern, remedy in rows:
        if re.search(pattern, message, re.DOTALL):
            return remedy
    return again


def _python(probe: Probe) -> Iterator[Finding]:
    topic = "Python of jobs"
    if probe.fault:
        remedy = "In MATLAB call touchtrain.setup, which finds one or says how to make one."
        yield _wrong(topic, probe.fault, remedy)
        return
    rule = "the one that this page is made with"
    if os.environ.get("TOUCHTRAIN_PYTHON"):
        rule = "named by TOUCHTRAIN_PYTHON"
    elif interpreter.inside_host():
        rule = "recorded by touchtrain.setup"
    text = f"Python {probe.version}, {probe.python} ({rule})"
    if _numbers(probe.version) < interpreter.OLDEST:
        yield _wrong(topic, text, "Jobs need Python 3.11 to 3.13. Install one, and call touchtrain.setup.")
    elif probe.bits != 64:
        yield _wrong(topic, f"{text}, of 32 bits", "TensorFlow needs a Python of 64 bits. Install one from python.org.")
    else:
        yield _ok(topic, text)


def _record() -> Iterator[Finding]:
    topic, file = "record", interpreter.record_file()
    try:
        recorded = str(json.loads(file.read_text(encoding="utf-8"))["python"])
    except FileNotFoundError:
        text = f"No Python is recorded for MATLAB's jobs ({file} is not there)."
        yield _note(topic, text, "Before MATLAB is used, call touchtrain.setup there.")
        return
    except (OSError, ValueError, KeyError, TypeError) as error:
        text = f"{file} cannot be read ({type(error).__name__}: {error})."
        yield _wrong(topic, text, "Remove it, and call touchtrain.setup in MATLAB.")
        return
    if not Path(recorded).is_file():
        yield _wrong(topic, f"The Python that is recorded, {recorded}, is not there.", "Call touchtrain.setup again.")
    else:
        yield _ok(topic, f"{recorded} is recorded for MATLAB's jobs, in {file}")


def _packages(probe: Probe) -> Iterator[Finding]:
    if probe.fault:
        return
    modules = {name: module for module, name in interpreter.NEEDED.items()}
    missing = [name for name, text in probe.errors.items() if text.endswith(f"No module named '{modules.get(name)}'")]
    if missing:
        remedy = f"{probe.python} -m pip install {' '.join(missing)}"
        yield _wrong("packages", f"{', '.join(missing)}: not installed", remedy)
    for name in _OLDEST_PACKAGES:
        if name not in missing:
            yield _package(probe, name)
    if "touchtrain" in probe.errors:
        remedy = explain(probe.errors["touchtrain"], "touchtrain", _platform(), probe.python)
        yield _wrong("packages", f"TouchTrain itself cannot be loaded there: {probe.errors['touchtrain']}", remedy)
    if probe.backend and probe.backend != "tensorflow":
        text = f"Keras computes with {probe.backend}, and this version of TouchTrain with TensorFlow alone."
        yield _wrong("packages", text, "Unset the environment variable KERAS_BACKEND, or set it to tensorflow.")
    for text in probe.trouble:
        yield _note("packages", text)


def _package(probe: Probe, name: str) -> Finding:
    oldest, error = _OLDEST_PACKAGES[name], " ".join(probe.errors.get(name, "").split())
    if probe.ended_in and probe.ended_in[0] == name:
        error = probe.ended_in[1]
    if error:
        text = f"{name} cannot be loaded: {textwrap.shorten(error, 300, placeholder=' ...')}"
        return _wrong("packages", text, explain(error, name, _platform(), probe.python))
    if name not in probe.versions:
        return _note("packages", f"{name} was not looked at, because the process had ended.")
    if _numbers(probe.versions[name]) < _numbers(oldest):
        text = f"{name} {probe.versions[name]} is too old; {oldest} is needed"
        return _wrong("packages", text, f'{probe.python} -m pip install "{name}>={oldest}"')
    return _ok("packages", f"{name} {probe.versions[name]}")


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:2])


# --- what it computes on -------------------------------------------------------------------------------------------


def judge_gpu(cards: machine.Cards, probe: Probe, system: str) -> Iterator[Finding]:
    """Tell of the graphics cards, and whether TensorFlow can use them.

    Args:
        cards: NVIDIA's.
        probe: of the Python of jobs.
        system: ``sys.platform``, or ``wsl``.
    """
    names = ", ".join(cards.names)
    if probe.gpus:
        seen = "it" if probe.gpus == 1 else f"{probe.gpus} of them"
        yield _ok("GPU", f"{names}; TensorFlow sees {seen}" if names else f"TensorFlow sees {probe.gpus}")
    elif system == "darwin":
        yield _note("GPU", f"On a Mac TensorFlow computes on the processor, not on its GPU. {_BACKEND_PLANNED}")
    elif cards.fault:
        remedy = "Restart the machine; if that does not help, install NVIDIA's driver again."
        yield _wrong("GPU", f"NVIDIA's driver does not answer: {cards.fault}", remedy)
    elif not names:
        yield _ok("GPU", "no NVIDIA card is found; trainings run on the processor")
    elif system == "win32":
        yield _note(
            "GPU",
            f"{names}, which TensorFlow cannot use: in Windows itself it has had no GPU since 2.11. Trainings run on "
            "the processor.",
            "Install TouchTrain in WSL2 (wsl --install, then a Python there with tensorflow[and-cuda]) and train from "
            f"there. {_BACKEND_PLANNED}",
        )
    elif probe.gpus is None:
        yield _note("GPU", f"{names}; TensorFlow could not be asked whether it sees it.")
    elif os.environ.get("CUDA_VISIBLE_DEVICES") in ("", "-1"):
        yield _note("GPU", f"{names}, hidden by CUDA_VISIBLE_DEVICES.", "Unset CUDA_VISIBLE_DEVICES to use it.")
    else:
        why = "" if probe.with_cuda else " (this TensorFlow is built without it)"
        yield _wrong(
            "GPU",
            f"{names}, and TensorFlow does not see it{why}. Trainings run on the processor.",
            f'{probe.python} -m pip install "tensorflow[and-cuda]", and a driver of NVIDIA that is new enough for it.',
        )


def _precision(probe: Probe) -> Iterator[Finding]:
    device = "gpu" if probe.gpus else "cpu"
    precision = devices.choose_precision("auto", device)
    why = "fast on a GPU"
    if device == "cpu":
        why = "fast on this processor" if precision != "float32" else "this processor is not faster in bfloat16"
    yield _ok("precision", f"{precision} on the {device.upper()} with 'auto': {why}")


def _cores() -> Iterator[Finding]:
    there, usable = machine.cores()
    limited = "" if usable == there else f", of which {usable} may be used here"
    name = machine.processor_name(machine.read("/proc/cpuinfo"))
    yield _ok("cores", f"{there}{limited}{f' ({name})' if name else ''}")


def _memory() -> Iterator[Finding]:
    there, free = machine.memory()
    if there is None:
        yield _note("memory", "The system does not tell how much memory there is.")
        return
    text = f"{_gigabytes(there)}" + ("" if free is None else f", {_gigabytes(free)} free")
    if (there if free is None else free) < _LITTLE_MEMORY:
        remedy = "A training needs about 2 GB and more for larger frames: close other programs, or lower MiniBatchSize."
        yield _note("memory", text, remedy)
    else:
        yield _ok("memory", text)


def _gigabytes(n: float) -> str:
    return f"{n / 1e9:.1f} GB"


# --- what is round it ----------------------------------------------------------------------------------------------


def _touchtrain() -> Iterator[Finding]:
    root = interpreter.PACKAGE_ROOT
    form = "a checkout" if (root / "pyproject.toml").is_file() else "installed"
    yield _ok("TouchTrain", f"{pyside.__version__}, {form} in {root}")


def _system() -> Iterator[Finding]:
    yield _ok("system", machine.system_name())


def _matlab() -> Iterator[Finding]:
    """Tell which MATLAB and Octave can be started; inside one of them it tells itself."""
    if interpreter.inside_host():
        return
    programs = {name: shutil.which(name) for name in ("matlab", "octave")}
    if program := programs["matlab"]:
        release = machine.matlab_release(program)
        if release is None:
            yield _ok("MATLAB", program)
        elif release < _OLDEST_MATLAB:
            remedy = f"TouchTrain needs MATLAB R{_OLDEST_MATLAB} or later, or GNU Octave, or the command line alone."
            yield _wrong("MATLAB", f"R{release}, {program}: too old", remedy)
        else:
            from pyside.bridge.engine.matlab import requirement

            engine = f"; to drive it from Python: pip install {requirement(release)}"
            yield _ok("MATLAB", f"R{release}, {program}{engine}")
    if program := programs["octave"]:
        found = re.search(r"version (\S+)", machine.run(program, "--version")[1])
        yield _ok("Octave", f"GNU Octave {found[1] if found else 'of unknown version'}, {program}")
    if not any(programs.values()):
        yield _note("MATLAB", "Neither matlab nor octave is on the path; started from a menu they need not be.")


def _disk(place: Path) -> Iterator[Finding]:
    there = _existing(place)
    free = shutil.disk_usage(there).free
    text = f"{_gigabytes(free)} free in {there}"
    remedy = "Make room, or work in a folder on another disk."
    if free < _NO_DISK:
        yield _wrong("disk", text, remedy)
    elif free < _LITTLE_DISK:
        yield _note("disk", text, remedy)
    else:
        yield _ok("disk", text)


def _write_access(place: Path) -> Iterator[Finding]:
    topic = "write access"
    if not place.is_dir():
        yield _wrong(topic, f"There is no folder {place}.", "Make it, or name another one.")
        return
    unsure = ""
    if sys.platform == "win32":
        unsure = ", as far as Windows tells without trying"
    elif os.geteuid() == 0:
        unsure = ", as root may write everywhere; nothing was tried"
    if os.access(place, os.W_OK | os.X_OK):
        yield _ok(topic, f"{place} can be written{unsure}")
    else:
        remedy = "Work in a folder of your own, or ask for the right to write there."
        yield _wrong(topic, f"{place} cannot be written.", remedy)


def _existing(place: Path) -> Path:
    return next((one for one in (place, *place.parents) if one.exists()), Path.cwd())


def _video(probe: Probe) -> Iterator[Finding]:
    if probe.codecs is None:  # what is wrong with PyAV stands among the packages
        return
    missing = [name for name in _DECODERS if name not in probe.codecs]
    if missing:
        remedy = f"{probe.python} -m pip install --force-reinstall --no-cache-dir av"
        yield _wrong("video", f"PyAV cannot decode {', '.join(missing)}.", remedy)
    else:
        yield _ok("video", f"PyAV decodes {', '.join(_DECODERS)} and {len(probe.codecs) - len(_DECODERS)} more")


def judge_cloud(probe: Probe) -> Iterator[Finding]:
    """Tell whether trainings on Google Cloud can be started from here; nobody has to."""
    if not probe.cloud:
        return
    missing = [name for name, version in probe.cloud.items() if version is None]
    if missing:
        text = f"{', '.join(missing)}: not installed; needed only for trainings on Google Cloud."
        yield _note("Google Cloud", text, f"{probe.python} -m pip install 'touchtrain[cloud]'")
        return
    yield _ok("Google Cloud", ", ".join(f"{name} {version}" for name, version in probe.cloud.items()))
    if not probe.credentials:
        text = "There is no file of credentials, which trainings on Google Cloud need outside of it."
        yield _note("Google Cloud", text, "gcloud auth application-default login")


def judge_environment(variables: Mapping[str, str]) -> Iterator[Finding]:
    """Tell of the environment variables that mislead a Python, or change what jobs do."""
    misleading = [name for name in variables if name in interpreter.MISLEADING or name.startswith("DYLD_")]
    misleading = [name for name in misleading if name != "TOUCHTRAIN_HOST" and variables[name]]
    if misleading:
        names = ", ".join(sorted(misleading))
        yield _note("environment", f"{names}: set here; jobs do without.")
    felt = [f"{name}={variables[name]} {what}" for name, what in _FELT.items() if variables.get(name)]
    felt = [text for text in felt if not text.startswith("KERAS_BACKEND=tensorflow ")]
    if felt:
        yield _note("environment", f"{'; '.join(felt)}, in jobs too.", "Unset what is not meant so.")
    if not misleading and not felt:
        yield _ok("environment", "no variable that misleads")
