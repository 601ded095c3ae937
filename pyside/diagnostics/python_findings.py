"""Checks of the Python of jobs and its packages."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import tempfile
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pyside.diagnostics.finding import Finding, note, numbers, ok, platform, wrong
from pyside.errors import PythonNotFound, by_pip, to_install
from pyside.jobs import interpreter
from pyside.system import processes

# The oldest versions that jobs accept; pyproject.toml has the same.
_OLDEST_PACKAGES = {
    "numpy": "1.26",
    "h5py": "3.13",
    "tensorflow": "2.20",
    "keras": "3.15",
    "scikit-learn": "1.5",
    "scipy": "1.15",
    "av": "18",
    "mat-io": "1.0.2",
    "pillow": "11",
    "scikit-image": "0.25",
    "tifffile": "2025.1",
    "loky": "3.5",
    "matplotlib": "3.8",
    "jinja2": "3.1",
    "optuna": "4",
}
_PROBE_SECONDS = 180


@dataclass
class Probe:
    """The report of the Python of jobs about itself.

    Attributes:
        python: its path; empty if there is none.
        fault: why there is none, or why it did not answer.
        version: such as ``3.12.4``; empty if it did not answer.
        bits: 64 or 32.
        versions: the version of each package that could be imported.
        errors: the error of each package that could not.
        ended_in: the package whose import ended the process, and how it ended.
        gpus: number of GPUs that TensorFlow sees; None if that is unknown.
        with_cuda: whether TensorFlow is built for NVIDIA's cards.
        backend: backend of Keras.
        codecs: codecs of PyAV.
        trouble: other errors.
        runtimes: the version of each package of the extras ``openvino`` and ``onnx``, None if it is not installed;
            empty if unknown.
        cloud: the version of each package of the extra ``cloud``, None if it is not installed; empty if unknown.
        credentials: whether there is a credentials file for Google Cloud.
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
    runtimes: dict[str, str | None] = field(default_factory=dict)
    cloud: dict[str, str | None] = field(default_factory=dict)
    credentials: bool = False


def asked() -> Probe:
    """Run the probe in the Python of jobs."""
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
                creationflags=processes.NO_WINDOW,
            )
        output, errors, code = done.stdout, done.stderr.decode("utf-8", "replace"), done.returncode
    except subprocess.TimeoutExpired as error:
        output, errors, code = error.stdout or b"", f"no answer within {_PROBE_SECONDS} s", None
    except OSError as error:
        probe.fault = f"{line[0]} does not run ({error})."
        return probe
    read_probe(probe, output.decode("utf-8", "replace"), errors, code)
    return probe


def read_probe(probe: Probe, output: str, errors: str, code: int | None) -> None:
    """Read the output of the probe, and how its process ended.

    Args:
        probe: the record to complete.
        output: standard output of the process.
        errors: standard error of the process.
        code: its exit code; None if it was ended because it did not answer.
    """
    from pyside.diagnostics.probe import MARK

    begun = ""
    for line in output.splitlines():
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
            probe.runtimes = record.get("runtimes", probe.runtimes)
            probe.cloud = record.get("cloud", probe.cloud)
            probe.credentials = record.get("credentials", probe.credentials)
            probe.trouble += [record["trouble"]] if "trouble" in record else []
    last = (errors.strip().splitlines() or ["without a message"])[-1]
    if not probe.version:
        probe.fault = f"{probe.python} does not run as a Python: {last}."
    elif begun:
        probe.ended_in = (begun, _ending(code, last))


def _ending(code: int | None, last: str) -> str:
    if code is None:
        return f"it did not finish: {last}"
    if code < 0:
        with contextlib.suppress(ValueError):
            return f"it ended the process ({signal.Signals(-code).name})"
    return f"it ended the process with code {code}: {last}"


def explain(message: str, package: str, system: str, python: str = "python") -> str:
    """Return the remedy for an error when importing a package.

    Args:
        message: the error message.
        package: name of the distribution.
        system: ``sys.platform``, or ``wsl``.
        python: the interpreter, for the command.
    """
    again = by_pip(f"install --force-reinstall --no-cache-dir {package}", python)
    rows = [
        (
            r"GLIBCXX_|CXXABI_|libstdc\+\+",
            "The compiler library libstdc++ is missing or too old. In conda: conda install -c conda-forge "
            "libstdcxx-ng. Otherwise update the library of the system (Debian, Ubuntu: sudo apt install libstdc++6), "
            "and check that LD_LIBRARY_PATH does not lead to another one.",
        ),
        (
            r"\bGLIBC_\d",
            "The C library (glibc) of this Linux is older than the package needs. Use a newer system, or an older "
            f"version of the package, which a recent pip picks by itself: {by_pip('install --upgrade pip', python)}",
        ),
        (
            r"DLL load failed|msvcp140|vcruntime140|native TensorFlow runtime.*DLL",
            "The runtime library of Microsoft Visual C++ is missing or too old. Install it from "
            "https://aka.ms/vs/17/release/vc_redist.x64.exe and restart MATLAB. If that does not help: " + again,
        ),
        (
            r"libffi|_ctypes",
            "This Python lacks the library libffi. Install it (Debian, Ubuntu: sudo apt install libffi8), or use a "
            "Python from python.org.",
        ),
        (
            r"SIGILL|[Ii]llegal instruction|AVX instructions",
            "This processor lacks instructions (AVX) that TensorFlow needs. Train on another computer.",
        ),
        (
            r"undefined symbol|Symbol not found|dtype size changed|compiled using NumPy|multiarray failed",
            f"Some packages do not fit each other. Reinstall this one: {again}",
        ),
        (
            r"lib[\w+.-]+\.so[\w.]*: cannot open shared object",
            "The library of the system that the message names is missing. Install the system package that contains it.",
        ),
        (
            r"incompatible architecture|wrong ELF class|not a valid Win32",
            f"The package is built for another processor. Reinstall it: {again}",
        ),
        (r"No module named '?pyside", to_install(python=python)),
        (r"No module named", by_pip(f"install {package}", python)),
    ]
    if package == "tensorflow" and system == "win32" and "native TensorFlow runtime" in message:
        return rows[2][1]
    for pattern, remedy in rows:
        if re.search(pattern, message, re.DOTALL):
            return remedy
    return again


def python_of_jobs(probe: Probe) -> Iterator[Finding]:
    """Check the Python that runs jobs."""
    topic = "Python of jobs"
    if probe.fault:
        remedy = "In MATLAB, call touchtrain.setup, which finds a Python or explains how to make one."
        yield wrong(topic, probe.fault, remedy)
        return
    rule = "the Python that runs this check"
    if os.environ.get("TOUCHTRAIN_PYTHON"):
        rule = "named by TOUCHTRAIN_PYTHON"
    elif processes.inside_host():
        rule = "recorded by touchtrain.setup"
    text = f"Python {probe.version}, {probe.python} ({rule})"
    if numbers(probe.version) < interpreter.OLDEST:
        yield wrong(topic, text, "Jobs need Python 3.11 to 3.13. Install one, and call touchtrain.setup.")
    elif probe.bits != 64:
        yield wrong(topic, f"{text}, 32-bit", "TensorFlow needs a 64-bit Python. Install one from python.org.")
    else:
        yield ok(topic, text)


def recorded_python() -> Iterator[Finding]:
    """Check the Python that `touchtrain.setup` has recorded."""
    topic, file = "record", interpreter.record_file()
    try:
        recorded = str(json.loads(file.read_text(encoding="utf-8"))["python"])
    except FileNotFoundError:
        text = f"No Python is recorded for MATLAB's jobs (there is no file {file})."
        yield note(topic, text, "Call touchtrain.setup in MATLAB before you use TouchTrain there.")
        return
    except (OSError, ValueError, KeyError, TypeError) as error:
        text = f"{file} cannot be read ({type(error).__name__}: {error})."
        yield wrong(topic, text, "Remove the file, and call touchtrain.setup in MATLAB.")
        return
    if not Path(recorded).is_file():
        yield wrong(topic, f"The recorded Python, {recorded}, does not exist.", "Call touchtrain.setup again.")
    else:
        yield ok(topic, f"{recorded} is recorded for MATLAB's jobs, in {file}")


def packages_of_jobs(probe: Probe) -> Iterator[Finding]:
    """Check the packages of jobs: which are missing, broken or too old."""
    if probe.fault:
        return
    modules = {name: module for module, name in interpreter.NEEDED.items()}
    missing = [name for name, text in probe.errors.items() if text.endswith(f"No module named '{modules.get(name)}'")]
    if missing:
        remedy = by_pip(f"install {' '.join(missing)}", probe.python)
        yield wrong("packages", f"{', '.join(missing)}: not installed", remedy)
    for name in _OLDEST_PACKAGES:
        if name not in missing:
            yield _package(probe, name)
    if "touchtrain" in probe.errors:
        remedy = explain(probe.errors["touchtrain"], "touchtrain", platform(), probe.python)
        yield wrong("packages", f"TouchTrain itself cannot be loaded there: {probe.errors['touchtrain']}", remedy)
    if probe.backend and probe.backend != "tensorflow":
        text = f"Keras uses the backend {probe.backend}, but this version of TouchTrain needs TensorFlow."
        yield wrong("packages", text, "Unset the environment variable KERAS_BACKEND, or set it to tensorflow.")
    for text in probe.trouble:
        yield note("packages", text)


def _package(probe: Probe, name: str) -> Finding:
    oldest, error = _OLDEST_PACKAGES[name], " ".join(probe.errors.get(name, "").split())
    if probe.ended_in and probe.ended_in[0] == name:
        error = probe.ended_in[1]
    if error:
        text = f"{name} cannot be loaded: {textwrap.shorten(error, 300, placeholder=' ...')}"
        return wrong("packages", text, explain(error, name, platform(), probe.python))
    if name not in probe.versions:
        return note("packages", f"{name} was not checked, because the process had ended.")
    if numbers(probe.versions[name]) < numbers(oldest):
        text = f"{name} {probe.versions[name]} is too old; {oldest} or later is needed"
        return wrong("packages", text, by_pip(f'install "{name}>={oldest}"', probe.python))
    return ok("packages", f"{name} {probe.versions[name]}")
