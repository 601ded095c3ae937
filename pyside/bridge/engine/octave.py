"""GNU Octave as an engine: oct2py runs its process, and values pass through files in MATLAB's own format."""

from __future__ import annotations

import contextlib
import logging
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path
from typing import Any

import numpy as np

from pyside.bridge.engine.session import Engine, Output, Show, matlab_folder
from pyside.errors import EngineFailed, EngineLost, EngineMissing, EngineTimeout, for_matlab, to_install

# Fields in which engine_answer.m packs values that SciPy cannot read or write directly.
_REAL, _IMAGINARY, _TEXT, _EMPTY = "TouchTrainReal", "TouchTrainImaginary", "TouchTrainText", "TouchTrainEmpty"
# Prompts of `input` (as oct2py sets it) and of `keyboard`.
_QUESTIONS = ("__stdin_prompt>", "keyboard> ", "debug> ")
_SLICE = 0.2  # seconds between checks whether Octave is still alive
_PATIENCE = 10  # seconds until Octave must show its prompt, after the start and after Ctrl-C
_CHUNK = 1 << 16
# Ends Octave, and what it has started, when the pipe from this Python breaks: a busy Octave ignores that its terminal
# is gone.
_GUARD = """
import os, signal, sys
sys.stdin.buffer.read()
getattr(os, "killpg", os.kill)(int(sys.argv[1]), getattr(signal, "SIGKILL", signal.SIGTERM))
"""


class OctaveEngine(Engine):
    """A process of GNU Octave.

    Args:
        program: the program of Octave. Default: the one on the path.
        timeout: seconds that the start may take.

    Raises:
        EngineMissing: oct2py or Octave is missing, or the program cannot be started.
        EngineTimeout: Octave did not answer in time.
    """

    loads_objects = False

    def __init__(self, program: str | None, timeout: float):
        super().__init__()
        program = program or shutil.which("octave-cli") or shutil.which("octave")
        if not program or not shutil.which(program):
            raise EngineMissing(
                "GNU Octave: there is no octave on the path. Install it, or give the path of the program."
            )
        try:
            from oct2py import Oct2Py
        except ImportError as error:
            raise EngineMissing(
                f"GNU Octave needs the package oct2py, which is not installed. Install it: {to_install('octave')}"
            ) from error
        from pyside.system import processes

        quiet = logging.getLogger("touchtrain.octave")
        quiet.setLevel(logging.CRITICAL)
        try:
            self._session = Oct2Py(logger=quiet, executable=shlex.quote(program), timeout=timeout, backend="disable")
        except Exception as error:
            words = str(error).partition("\n")[0]
            raise EngineMissing(f"GNU Octave: {program} cannot be started, or is not Octave: {words}") from error
        self._child = self._session._engine.repl.child
        self._pid = int(self._child.pid)
        self._prompt = ""
        self._files = tempfile.TemporaryDirectory(prefix="touchtrain-engine-", ignore_cleanup_errors=True)
        self._guard = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _GUARD, str(self._pid)],
            stdin=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            **processes.own_group(),
        )
        self.name = "GNU Octave"
        try:
            self._ask_for_new_prompt(_PATIENCE, Output(None))
            folders = f"{for_matlab(matlab_folder())}, {for_matlab(matlab_folder() / 'resources' / 'octave')}"
            self._run(f"addpath({folders});", timeout, Output(None))
            self.name = f"GNU Octave {self.call('version', timeout=timeout)}"
        except TimeoutError:
            self.close()
            raise EngineTimeout(f"{program} was started, but does not answer.") from None
        except BaseException:
            self.close()
            raise

    def _ask(
        self, name: str, inputs: list[Any], nargout: int, timeout: float | None, printed: Output
    ) -> tuple[list[str], list[Any]]:
        from scipy.io import loadmat, savemat

        request, answer = Path(self._files.name) / "request.mat", Path(self._files.name) / "answer.mat"
        answer.unlink(missing_ok=True)
        record = {"name": name, "inputs": _cell([_stored(value) for value in inputs]), "n_outputs": float(nargout)}
        savemat(request, record, oned_as="row", long_field_names=True)
        self._run(f"engine_answer({for_matlab(request)}, {for_matlab(answer)})", timeout, printed)
        if not answer.is_file():
            raise EngineLost(f"{self.name} gave no answer. It printed: {printed.text()[-500:] or '(nothing)'}")
        found = loadmat(answer, mat_dtype=True, chars_as_strings=True, struct_as_record=True)
        return [str(_read(one)) for one in found["fault"].ravel()], [_read(one) for one in found["outputs"].ravel()]

    # oct2py's own reading of Octave's output restarts the timeout with each line, loses the output at Ctrl-C, answers
    # questions from this Python's keyboard, and takes time that grows with the square of a line's length.

    def _run(self, text: str, timeout: float | None, printed: Output) -> None:
        """Run a statement and pass on what it prints; end Octave at a timeout, interrupt it at any other exception."""
        try:
            self._send(text)
            self._hear(timeout, printed)
        except TimeoutError:
            self._break_off()
            raise EngineTimeout(
                f"{self.name} did not answer within {timeout:g} s and was ended. Connect again, with a longer timeout."
            ) from None
        except EngineLost:
            self._break_off()
            raise
        except BaseException:  # Ctrl-C, an exception of `show`, or a question: Octave is still busy
            self._interrupt(printed)
            raise

    def _send(self, text: str) -> None:
        try:
            self._child.sendline(text)
        except (OSError, ValueError):
            raise self._lost() from None

    def _hear(self, timeout: float | None, printed: Show) -> None:
        """Pass on what Octave prints, until it shows its prompt."""
        end = None if timeout is None else time.monotonic() + timeout
        held = tail = ""
        while True:
            left = _SLICE if end is None else min(_SLICE, end - time.monotonic())
            if left <= 0:
                raise TimeoutError
            chunk = self._chunk(left)
            if not chunk and tail.endswith(_QUESTIONS):
                raise EngineFailed(
                    f"The code in {self.name} waits for a keyboard (input or keyboard), and there is none. It was "
                    "interrupted."
                )
            tail = (tail + chunk)[-20:]
            held += chunk
            before, asked, _ = held.partition(self._prompt)
            ready = len(before) if asked else len(held) - self._unsure(held)
            printed(held[:ready].replace("\r\n", "\n"))
            if asked:
                return
            held = held[ready:]

    def _chunk(self, seconds: float) -> str:
        """Return the next piece of Octave's output, or an empty text."""
        from metakernel.pexpect import EOF, TIMEOUT

        try:
            chunk = str(self._child.read_nonblocking(_CHUNK, seconds))
        except TIMEOUT:
            return ""
        except (EOF, OSError, ValueError):
            raise self._lost() from None
        if not chunk:
            time.sleep(0.01)  # with pipes instead of a terminal, reading does not wait
        return chunk

    def _unsure(self, text: str) -> int:
        """Return how many letters at the end of a text may be the start of the prompt, or of a line end."""
        most = min(len(text), len(self._prompt) - 1)
        return next((n for n in range(most, 0, -1) if self._prompt.startswith(text[-n:])), int(text.endswith("\r")))

    def _ask_for_new_prompt(self, seconds: float, printed: Show) -> None:
        """Set a new, unique prompt, and wait until Octave shows it."""
        old, new = self._prompt, uuid.uuid4().hex
        self._prompt = f"TouchTrain-{new}>"
        self._send(f"PS1(['TouchTrain-' '{new}>']);")
        self._hear(seconds, lambda text: printed(text.replace(old, "") if old else text))

    def _interrupt(self, printed: Show) -> None:
        """Send Ctrl-C and wait until Octave shows its prompt; if it does not, end it."""
        try:
            self._child.sendintr()
            self._send("")  # answers a question, if one was asked
            self._ask_for_new_prompt(_PATIENCE, printed)
        except BaseException:  # no Ctrl-C on Windows, or a second one
            self._break_off()

    def _lost(self) -> EngineLost:
        return EngineLost(f"The process of {self.name} has ended. Connect again.")

    def _break_off(self) -> None:
        """End the process at once: its call may never return."""
        self._closed = True
        self._end()

    def _end(self) -> None:
        self._guard.kill()
        self._guard.communicate()
        with contextlib.suppress(OSError):
            if sys.platform == "win32":
                os.kill(self._pid, signal.SIGTERM)
            else:
                os.killpg(self._pid, signal.SIGKILL)  # with what it has started, such as the Python behind `py.`
        with contextlib.suppress(Exception):
            self._child.wait()
        with contextlib.suppress(Exception):
            self._session.exit()
        self._files.cleanup()


def _stored(value: Any) -> Any:
    """Return a value from `values.outgoing` in a form that SciPy writes correctly."""
    if isinstance(value, list):
        return _cell([_stored(item) for item in value])
    if isinstance(value, dict):
        return {name: _stored(item) for name, item in value.items()}
    if isinstance(value, str) and (not value.isascii() or "\0" in value):
        return {_TEXT: np.frombuffer(value.encode(), np.uint8).reshape(1, -1)}
    return np.zeros((0, 0), "U1") if isinstance(value, str) and not value else value


def _cell(items: list[Any]) -> np.ndarray:
    made = np.empty((1, len(items)), object)
    for number, item in enumerate(items):
        made[0, number] = item
    return made


def _read(value: Any) -> Any:
    """Return a value that SciPy has read in the form that `values.incoming` takes."""
    if isinstance(value, np.ndarray) and value.dtype.names is not None:
        fields = {name: _read(value[name].ravel()[0]) for name in value.dtype.names}
        return _unpacked(fields)
    if isinstance(value, np.ndarray) and value.dtype.kind == "U":
        return "".join(value.ravel().tolist())
    if isinstance(value, np.ndarray) and value.dtype == object:
        return [_read(item) for item in value.ravel()]
    return value


def _unpacked(fields: dict[str, Any]) -> Any:
    """Return the value that engine_answer.m has packed into a struct; other structs are returned unchanged."""
    if fields.keys() == {_REAL, _IMAGINARY}:
        return fields[_REAL] + 1j * fields[_IMAGINARY]
    if fields.keys() == {_TEXT}:
        return bytes(fields[_TEXT].ravel()).decode("utf-8", "replace")
    return {} if fields.keys() == {_EMPTY} else fields
