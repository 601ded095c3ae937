"""GNU Octave as an engine: oct2py keeps its process, and values go through files in MATLAB's own format."""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from pyside.bridge.engine import Engine, _Output, matlab_folder
from pyside.errors import BadValue, EngineLost, EngineMissing, EngineTimeout

# What engine_answer.m packs, because SciPy does not read or write it as it is.
_REAL, _IMAGINARY, _TEXT, _EMPTY = "TouchTrainReal", "TouchTrainImaginary", "TouchTrainText", "TouchTrainEmpty"
# Ends Octave when the pipe from this Python breaks: what is busy does not mind that its terminal is gone.
_GUARD = "import os, signal, sys; sys.stdin.buffer.read(); os.kill(int(sys.argv[1]), 15 if os.name == 'nt' else 9)"
_INSTALL = "python -m pip install 'touchtrain[octave]'"
_FOR_EVER = 1e9  # seconds; None and -1 mean half a minute to pexpect


class OctaveEngine(Engine):
    """A process of GNU Octave.

    Args:
        program: Octave's. Default: the one on the path.
        timeout: seconds that it may take to start.

    Raises:
        EngineMissing: no oct2py, or no Octave.
    """

    def __init__(self, program: str | None, timeout: float):
        super().__init__()
        program = program or shutil.which("octave-cli") or shutil.which("octave")
        if not program or not shutil.which(program):
            raise EngineMissing("GNU Octave: there is no octave on the path. Install it, or name the program.")
        try:
            from oct2py import Oct2Py
        except ImportError as error:
            raise EngineMissing(
                f"GNU Octave is driven by oct2py, which is missing here. Install it: {_INSTALL}"
            ) from error
        from pyside.jobs import processes

        self._files = tempfile.TemporaryDirectory(prefix="touchtrain-engine-", ignore_cleanup_errors=True)
        quiet = logging.getLogger("touchtrain.octave")
        quiet.setLevel(logging.CRITICAL)
        self._session = Oct2Py(logger=quiet, executable=program, timeout=timeout, backend="disable")
        self._pid = int(self._session._engine.repl.child.pid)
        line = [sys.executable, "-I", "-S", "-c", _GUARD, str(self._pid)]
        self._guard = subprocess.Popen(line, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, **processes.own_group())
        self.name = "GNU Octave"
        octave_files = matlab_folder() / "octave"
        self._run(f"addpath('{matlab_folder()}', '{octave_files}');", timeout, _Output(None))
        self.name = f"GNU Octave {self.call('version', timeout=timeout)}"

    def _ask(
        self, name: str, inputs: list[Any], nargout: int, timeout: float | None, printed: _Output
    ) -> tuple[list[str], list[Any]]:
        from scipy.io import loadmat, savemat

        request, answer = Path(self._files.name) / "request.mat", Path(self._files.name) / "answer.mat"
        answer.unlink(missing_ok=True)
        record = {"name": name, "inputs": _cell([_stored(value) for value in inputs]), "n_outputs": float(nargout)}
        savemat(request, record, oned_as="row", long_field_names=True)
        self._run(f"engine_answer('{request}', '{answer}')", timeout, printed)
        if not answer.is_file():
            raise EngineLost(f"{self.name} gave no answer. What it printed: {printed.text()[-500:] or '(nothing)'}")
        found = loadmat(answer, mat_dtype=True, chars_as_strings=True, struct_as_record=True)
        fault = [str(_read(one)) for one in found["fault"].ravel()]
        if fault[0] == "TouchTrain:BadValue":
            raise BadValue(fault[1])
        return fault, [_read(one) for one in found["outputs"].ravel()]

    def _run(self, text: str, timeout: float | None, printed: _Output) -> None:
        """Run a statement, with what it prints, and end Octave where it does not come back."""
        from oct2py import Oct2PyError

        try:
            engine = self._session._engine
            engine.line_handler = printed
            engine.eval(text, timeout=_FOR_EVER if timeout is None else timeout)
        except KeyboardInterrupt:
            self._break_off()
            raise
        except Exception as error:
            kind = type(error).__name__
            if kind == "TIMEOUT":
                self._break_off()
                raise EngineTimeout(
                    f"{self.name} did not answer within {timeout:g} s, and was ended. Connect anew, and wait longer."
                ) from None
            if kind in ("EOF", "ExceptionPexpect") or not self._is_alive():
                self._break_off()
                raise EngineLost(f"The process of {self.name} has ended. Connect anew.") from None
            if isinstance(error, Oct2PyError):
                raise EngineLost(f"{self.name}: {error}") from error
            raise

    def _is_alive(self) -> bool:
        return bool(self._session._engine and self._session._engine.repl.child.isalive())

    def _break_off(self) -> None:
        """End the process at once: what it does may never end."""
        self._closed = True
        self._end()

    def _end(self) -> None:
        self._guard.kill()
        self._guard.communicate()
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if sys.platform == "win32":
                os.kill(self._pid, signal.SIGTERM)
            else:
                os.kill(self._pid, signal.SIGKILL)
        with contextlib.suppress(Exception):
            self._session._engine.repl.child.wait()
        with contextlib.suppress(Exception):
            self._session.exit()
        self._files.cleanup()


def _stored(value: Any) -> Any:
    """Return a value of `engine_values.outgoing` as SciPy writes it."""
    if isinstance(value, list):
        return _cell([_stored(item) for item in value])
    if isinstance(value, dict):
        return {name: _stored(item) for name, item in value.items()}
    if isinstance(value, str) and not value.isascii():
        return {_TEXT: np.frombuffer(value.encode(), np.uint8).reshape(1, -1)}
    return np.zeros((0, 0), "U1") if isinstance(value, str) and not value else value


def _cell(items: list[Any]) -> np.ndarray:
    made = np.empty((1, len(items)), object)
    for number, item in enumerate(items):
        made[0, number] = item
    return made


def _read(value: Any) -> Any:
    """Return a value that SciPy read as `engine_values.incoming` takes it."""
    if isinstance(value, np.ndarray) and value.dtype.names is not None:
        fields = {name: _read(value[name].ravel()[0]) for name in value.dtype.names}
        return _unpacked(fields)
    if isinstance(value, np.ndarray) and value.dtype.kind == "U":
        return "".join(value.ravel().tolist())
    if isinstance(value, np.ndarray) and value.dtype == object:
        return [_read(item) for item in value.ravel()]
    return value


def _unpacked(fields: dict[str, Any]) -> Any:
    """Return what a struct stands for that engine_answer.m has packed; any other as it is."""
    if fields.keys() == {_REAL, _IMAGINARY}:
        return fields[_REAL] + 1j * fields[_IMAGINARY]
    if fields.keys() == {_TEXT}:
        return bytes(fields[_TEXT].ravel()).decode("utf-8", "replace")
    return {} if fields.keys() == {_EMPTY} else fields
