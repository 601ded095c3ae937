"""Which Python runs a job, and in what environment.

Inside MATLAB, ``sys.executable`` may be MATLAB itself, the environment points at MATLAB's libraries, and the ``python``
on the path may be any Python. So a job gets the interpreter that ``touchtrain.setup`` recorded, and an environment
without the variables that would misdirect it.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pyside import version
from pyside.errors import PythonNotFound, error_from, to_install
from pyside.settings.core import SPELLING, spoken
from pyside.system.processes import EMPTY, NO_WINDOW, clean_environment, empty_folder, inside_host
from pyside.system.records import write_json

# Import name of each package that jobs need, and its distribution.
NEEDED = {
    "numpy": "numpy",
    "keras": "keras",
    "tensorflow": "tensorflow",
    "h5py": "h5py",
    "sklearn": "scikit-learn",
    "scipy": "scipy",
    "av": "av",
    "matio": "mat-io",
    "PIL": "pillow",
    "skimage": "scikit-image",
    "tifffile": "tifffile",
    "loky": "loky",
    "matplotlib": "matplotlib",
    "jinja2": "jinja2",
    "optuna": "optuna",
}
OLDEST = (3, 11)
_SECONDS = 60


def job_python() -> Path:
    """Return the interpreter for jobs.

    The environment variable ``TOUCHTRAIN_PYTHON`` names it. Without that variable it is, inside MATLAB or Octave, the
    one that ``touchtrain.setup`` recorded for this user, and anywhere else this interpreter.

    Raises:
        PythonNotFound: no interpreter is recorded, or it no longer exists.
    """
    named = os.environ.get("TOUCHTRAIN_PYTHON")
    if not named and not inside_host():
        return Path(sys.executable)
    if not named:
        try:
            named = json.loads(record_file().read_text(encoding="utf-8"))["python"]
        except (OSError, ValueError, KeyError, TypeError):
            raise PythonNotFound("No Python is recorded for jobs. Run touchtrain.setup once.") from None
    if not Path(named).is_file():
        raise PythonNotFound(f"The Python for jobs, {named}, does not exist. Run touchtrain.setup again.")
    return Path(named).absolute()


def record(python: str | os.PathLike[str]) -> None:
    """Record an interpreter for this user's jobs."""
    file = record_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    write_json(file, {"python": str(python)})


def record_file() -> Path:
    """Return the per-user file with the interpreter; the environment variable ``TOUCHTRAIN_CONFIG`` sets its folder."""
    if named := os.environ.get("TOUCHTRAIN_CONFIG"):
        return Path(named) / "python.json"
    if sys.platform == "win32":
        base = Path(os.environ.get("APPDATA") or Path.home() / "AppData" / "Roaming")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    return base / "touchtrain" / "python.json"


def check(python: str | os.PathLike[str]) -> dict[str, Any]:
    """Check that an interpreter can run jobs, by starting it.

    Returns:
        ``python``, ``python_version``, and the version of each package that jobs need.

    Raises:
        PythonNotFound: it does not run, is too old, or lacks a package.
    """
    program = (
        "import json, sys, importlib.util, importlib.metadata as m\n"
        f"needed = {NEEDED!r}\n"
        "found = {n: importlib.util.find_spec(n) is not None for n in needed}\n"
        "print(json.dumps({'version': list(sys.version_info[:3]), 'packages': {d: m.version(d) "
        "if found[n] else None for n, d in needed.items()}}))"
    )
    file = str(Path(python).absolute()) if os.path.dirname(python) else str(python)
    try:
        found = json.loads(_output([file, "-c", program], clean_environment(), check=True))
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise PythonNotFound(f"{python} does not run as Python ({error}). Choose another one.") from error
    version = ".".join(map(str, found["version"]))
    if tuple(found["version"]) < OLDEST:
        raise PythonNotFound(f"{python} is Python {version}; jobs need {'.'.join(map(str, OLDEST))} or later.")
    missing = [name for name, one in found["packages"].items() if one is None]
    if missing:
        raise PythonNotFound(
            f"{python} lacks {', '.join(missing)}. Install TouchTrain into it: {to_install(python=python)}"
        )
    return {"python": str(python), "python_version": version, **found["packages"]}


def empty_folder_of_jobs() -> str:
    """Return an empty working folder for the process of a job; it outlives the process that starts the job.

    It lies next to the user's file with the recorded Python. If it cannot be made there, or is not empty, it is a new
    temporary folder.
    """
    folder = record_file().with_name("empty")
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        if not folder.is_symlink() and not any(folder.iterdir()):
            return str(folder)
    return tempfile.mkdtemp(prefix=EMPTY)


def command(*arguments: str, module: str = "pyside") -> tuple[list[str], dict[str, str]]:
    """Return command line and environment to run ``python -m MODULE ARGUMENTS`` in the Python for jobs.

    A checkout is put on that Python's path. An installed package is left to that Python's own site-packages, since
    those of this interpreter need not suit it.
    """
    environment = {**clean_environment(), SPELLING: spoken()}
    if version.IS_CHECKOUT:
        environment["PYTHONPATH"] = str(version.ROOT)
    return [str(job_python()), "-m", module, *arguments], environment


def ask(*arguments: str) -> Any:
    """Run a short TouchTrain command in the Python for jobs and return its answer.

    Args:
        *arguments: arguments of ``python -m pyside``; ``--json`` is added. Paths must be absolute.

    Raises:
        TouchTrainError: the error that the command raised, or PythonNotFound if it could not run.
    """
    line, environment = command(*arguments, "--json")
    try:
        record = json.loads(_output(line, environment, check=False))
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise PythonNotFound(f"{line[0]} did not answer ({error}). Run touchtrain.setup again.") from None
    if "error" in record:
        raise error_from(record["error"])
    return record


def _output(line: list[str], environment: Mapping[str, str], check: bool) -> bytes:
    """Run a short program in an empty folder and return its standard output; with `check` it must exit with 0."""
    with empty_folder() as folder:
        return subprocess.run(
            line,
            env=environment,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            check=check,
            creationflags=NO_WINDOW,
        ).stdout
