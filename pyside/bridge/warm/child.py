"""The process that predicts, seen from its host: it is started when it is needed, and asked over its pipes."""

from __future__ import annotations

import contextlib
import subprocess
import tempfile
import threading
from collections.abc import Sequence
from typing import Any

from pyside.aliases import Array
from pyside.bridge.warm import wire
from pyside.errors import Interrupted, PythonNotFound, WorkerLost, error_from
from pyside.jobs import interpreter
from pyside.system.processes import own_group

# A process that stays alive must not hold the whole memory of a GPU, as TensorFlow and JAX do otherwise.
_SHARING = {"TF_FORCE_GPU_ALLOW_GROWTH": "true", "XLA_PYTHON_CLIENT_PREALLOCATE": "false"}
IDLE_SECONDS = 1800.0  # after which it ends by itself
_SECONDS_TO_END = 5.0
_LAST_CHARACTERS = 500  # of what it printed, in an error
_TRIALS = 2


class Question:
    """A request on its way: a thread sends it and waits for the answer, so that the host can look for Ctrl-C.

    Attributes:
        warnings: messages for a person, such as that a new process was started.
    """

    def __init__(self, child: Child, record: dict[str, Any], arrays: Sequence[Array]):
        self.warnings: list[str] = []
        self._child = child
        self._given_up = threading.Event()
        self._done = threading.Event()
        self._answer: wire.Message | None = None
        self._error: BaseException | None = None
        threading.Thread(target=self._run, args=(record, arrays), daemon=True).start()

    def _run(self, record: dict[str, Any], arrays: Sequence[Array]) -> None:
        try:
            self._answer = self._child.exchange(record, arrays, self._given_up.is_set, self.warnings)
        except BaseException as error:
            self._error = error
        finally:
            self._done.set()

    def wait(self, seconds: float) -> bool:
        """Wait at most so long; returns whether there is an answer, or an error."""
        return self._done.wait(seconds)

    def answer(self) -> wire.Message:
        """Return the answer; call it once `wait` has returned True.

        Raises:
            TouchTrainError: what went wrong.
        """
        if self._error is not None:
            raise self._error
        assert self._answer is not None
        if error := self._answer[0].get("error"):
            raise error_from(error)
        return self._answer

    def give_up(self) -> None:
        """Stop waiting, and end the process, which would otherwise compute on; the next question starts a new one."""
        self._given_up.set()
        if not self._done.is_set():
            self._child.end(at_once=True)


class Child:
    """The process, which is started with the first question, and again whenever it has ended.

    Args:
        idle_seconds: without a question, after which it ends.
    """

    def __init__(self, idle_seconds: float = IDLE_SECONDS):
        self._idle_seconds = idle_seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._printed: Any = None
        self._lock = threading.Lock()

    @property
    def pid(self) -> int | None:
        """The number of the process; None before the first question."""
        return None if self._process is None else self._process.pid

    def ask(self, record: dict[str, Any], arrays: Sequence[Array]) -> Question:
        """Send a request; returns at once."""
        return Question(self, record, arrays)

    def exchange(
        self, record: dict[str, Any], arrays: Sequence[Array], is_given_up: Any, warnings: list[str]
    ) -> wire.Message:
        """Send a request and return the answer; a process that has ended is replaced.

        Args:
            record: plain values.
            arrays: what goes with it.
            is_given_up: returns whether nobody waits for the answer any more.
            warnings: receives a message if a process was lost.

        Raises:
            PythonNotFound: it cannot be started.
            WorkerLost: it ended twice while it computed.
            Interrupted: nobody waits any more.
        """
        with self._lock:
            for trial in range(_TRIALS):
                if is_given_up():
                    break
                process = self._running(warnings)
                try:
                    wire.send(process.stdin, record, arrays)
                    return wire.receive(process.stdout)
                except (OSError, EOFError, ValueError):  # its pipes are closed
                    if is_given_up():
                        break
                    lost = self._why_lost(process)  # waits for its end, which comes after that of its pipes
                    if trial == _TRIALS - 1:
                        raise WorkerLost(_lost_twice(lost)) from None
            raise Interrupted("The prediction was interrupted.")

    def _running(self, warnings: list[str]) -> subprocess.Popen[bytes]:
        """Return the process; it is started if there is none."""
        if self._process is not None and self._process.poll() is None:
            return self._process
        if self._process is not None:
            lost = self._why_lost(self._process)
            if lost:
                warnings.append(f"The process that predicts {lost}, so a new one was started.")
        self._process = self._started()
        return self._process

    def _started(self) -> subprocess.Popen[bytes]:
        self._close_pipes()
        line, environment = interpreter.command(str(self._idle_seconds), module="pyside.bridge.warm.serve")
        self._printed = tempfile.TemporaryFile()  # noqa: SIM115  (as long as the process)
        try:
            return subprocess.Popen(
                line,
                env={**environment, **_SHARING},
                cwd=interpreter.empty_folder_of_jobs(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._printed,
                **own_group(),
            )
        except OSError as error:
            raise PythonNotFound(f"{line[0]} did not start ({error}). Run touchtrain.setup again.") from None

    def _why_lost(self, process: subprocess.Popen[bytes]) -> str:
        """Return how a process ended, in words; empty if it ended by itself because nothing was asked for long."""
        try:
            code = process.wait(_SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            process.kill()
            code = process.wait()
        if code < 0:
            return f"was ended by the signal {-code}{_signal_name(-code)}"
        return f"ended with the exit code {code}{self._last_words()}" if code else ""

    def _last_words(self) -> str:
        with contextlib.suppress(OSError, ValueError):
            self._printed.seek(0)
            text = self._printed.read().decode("utf-8", "replace").strip()
            return f" ({text[-_LAST_CHARACTERS:]})" if text else ""
        return ""

    def end(self, at_once: bool = False) -> None:
        """End the process: by the end of its pipe, or `at_once` by a signal."""
        process, self._process = self._process, None
        if process is None:
            return
        if at_once:
            process.kill()
        self._close_pipes(process)
        try:
            process.wait(_SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _close_pipes(self, process: subprocess.Popen[bytes] | None = None) -> None:
        process = process or self._process
        streams: list[Any] = [process.stdin, process.stdout, self._printed] if process else []
        for stream in streams:
            with contextlib.suppress(OSError, ValueError):
                stream.close()


def _lost_twice(how: str) -> str:
    text = f"The process that predicts {how or 'ended'}, twice."
    if "signal" not in how:
        return text
    return f"{text} Systems end a process when memory runs out: give fewer frames at a time, or end other programs."


def _signal_name(number: int) -> str:
    import signal

    with contextlib.suppress(ValueError):
        return f" ({signal.Signals(number).name})"
    return ""
