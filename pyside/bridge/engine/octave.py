"""GNU Octave as an engine: oct2py keeps its process, and values go through files in MATLAB's own format."""

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
from pyside.errors import EngineFailed, EngineLost, EngineMissing, EngineTimeout

# What engine_answer.m packs, because SciPy does not read or write it as it is.
_REAL, _IMAGINARY, _TEXT, _EMPTY = "TouchTrainReal", "TouchTrainImaginary", "TouchTrainText", "TouchTrainEmpty"
_INSTALL = "python -m pip install 'touchtrain[octave]'"
_QUESTIONS = (
    "__stdin_prompt>",
    "keyboard> ",
    "debug> ",
)  # how `input`, as oct2py has it, and `keyboard` end what they print
_SLICE = 0.2  # seconds after which it is looked whether Octave still lives
_PATIENCE = 10  # seconds that Octave may take to ask for a statement, when started and after Ctrl-C
_CHUNK = 1 << 16
# Ends Octave, and what it has started, when the pipe from this Python breaks: what is busy does not mind that its
# terminal is gone.
_GUARD = """
import os, signal, sys
sys.stdin.buffer.read()
getattr(os, "killpg", os.kill)(int(sys.argv[1]), getattr(signal, "SIGKILL", signal.SIGTERM))
"""


class OctaveEngine(Engine):
    """A process of GNU Octave.

    Args:
        program: Octave's. Default: the one on the path.
        timeout: seconds that it may take to start.

    Raises:
        EngineMissing: no oct2py, or no Octave.
    """

    loads_objects = False

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
        from pyside.system import processes

        quiet = logging.getLogger("touchtrain.octave")
        quiet.setLevel(logging.CRITICAL)
        try:
            self._session = Oct2Py(logger=quiet, executable=shlex.quote(program), timeout=timeout, backend="disable")
        except Exception as error:
            words = str(error).partition("\n")[0]
            raise EngineMissing(f"GNU Octave: {program} cannot be started, or is another program: {words}") from error
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
            folders = f"{_quoted(matlab_folder())}, {_quoted(matlab_folder() / 'octave')}"
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
        self._run(f"engine_answer({_quoted(request)}, {_quoted(answer)})", timeout, printed)
        if not answer.is_file():
            raise EngineLost(f"{self.name} gave no answer. What it printed: {printed.text()[-500:] or '(nothing)'}")
        found = loadmat(answer, mat_dtype=True, chars_as_strings=True, struct_as_record=True)
        return [str(_read(one)) for one in found["fault"].ravel()], [_read(one) for one in found["outputs"].ravel()]

    # oct2py's own way of reading what Octave prints counts a timeout anew with each line, lets nothing out of Ctrl-C,
    # answers questions from this Python's own keyboard, and takes a time that grows as the square of a line's length.

    def _run(self, text: str, timeout: float | None, printed: Output) -> None:
        """Run a statement and hand on what it prints; what does not come back is broken off."""
        try:
            self._send(text)
            self._hear(timeout, printed)
        except TimeoutError:
            self._break_off()
            raise EngineTimeout(
                f"{self.name} did not answer within {timeout:g} s, and was ended. Connect anew, and wait longer."
            ) from None
        except EngineLost:
            self._break_off()
            raise
        except BaseException:  # Ctrl-C, what `show` raised, or a question: Octave is still at work
            self._interrupt(printed)
            raise

    def _send(self, text: str) -> None:
        try:
            self._child.sendline(text)
        except (OSError, ValueError):
            raise self._lost() from None

    def _hear(self, timeout: float | None, printed: Show) -> None:
        """Hand on what Octave prints, until it asks for the next statement."""
        end = None if timeout is None else time.monotonic() + timeout
        held = tail = ""
        while True:
            left = _SLICE if end is None else min(_SLICE, end - time.monotonic())
            if left <= 0:
                raise TimeoutError
            chunk = self._chunk(left)
            if not chunk and tail.endswith(_QUESTIONS):
                raise EngineFailed(
                    f"What {self.name} was told to do asks for an answer from a keyboard (input or keyboard), where "
                    "there is none. It was broken off."
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
        """Return the next piece of what Octave prints, or nothing."""
        from metakernel.pexpect import EOF, TIMEOUT

        try:
            chunk = str(self._child.read_nonblocking(_CHUNK, seconds))
        except TIMEOUT:
            return ""
        except (EOF, OSError, ValueError):
            raise self._lost() from None
        if not chunk:
            time.sleep(0.01)  # where there are pipes instead of a terminal, it does not wait
        return chunk

    def _unsure(self, text: str) -> int:
        """Return how many letters at the end of a text can be the beginning of the prompt, or of an end of line."""
        most = min(len(text), len(self._prompt) - 1)
        return next((n for n in range(most, 0, -1) if self._prompt.startswith(text[-n:])), int(text.endswith("\r")))

    def _ask_for_new_prompt(self, seconds: float, printed: Show) -> None:
        """Let Octave ask for statements in words that it has not used before, and wait until it does."""
        old, new = self._prompt, uuid.uuid4().hex
        self._prompt = f"TouchTrain-{new}>"
        self._send(f"PS1(['TouchTrain-' '{new}>']);")
        self._hear(seconds, lambda text: printed(text.replace(old, "") if old else text))

    def _interrupt(self, printed: Show) -> None:
        """Do what Ctrl-C does, and wait until Octave asks for the next statement; where it does not, end it."""
        try:
            self._child.sendintr()
            self._send("")  # where a question was asked, this is taken for the answer
            self._ask_for_new_prompt(_PATIENCE, printed)
        except BaseException:  # Windows has no such way; or a second Ctrl-C
            self._break_off()

    def _lost(self) -> EngineLost:
        return EngineLost(f"The process of {self.name} has ended. Connect anew.")

    def _break_off(self) -> None:
        """End the process at once: what it does may never end."""
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


def _quoted(path: Path) -> str:
    """Return a path as a text of Octave's."""
    return "'" + str(path).replace("'", "''") + "'"


def _stored(value: Any) -> Any:
    """Return a value of `engine_values.outgoing` as SciPy writes it."""
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
