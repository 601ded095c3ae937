"""A session of MATLAB or Octave, the same for both: calls, workspace, output, errors."""

from __future__ import annotations

import collections
import contextlib
import re
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from pyside import errors
from pyside.bridge.engine import values
from pyside.errors import BadOption, EngineBusy, EngineFailed, EngineLost, TouchTrainError

MOST_OUTPUT = 1_000_000  # characters of printed output that are kept
_PACKAGE = Path(__file__).resolve().parents[2]
_VARIABLE = re.compile(r"[A-Za-z]\w{0,62}", re.ASCII)
_FUNCTION = re.compile(r"[A-Za-z]\w*(\.[A-Za-z]\w*)*", re.ASCII)
Show = Callable[[str], None]


class Engine(ABC):
    """A session of MATLAB or Octave. It runs one call at a time, and can be used in a ``with`` statement.

    Attributes:
        name: such as ``"MATLAB R2025a"`` or ``"GNU Octave 7.3.0"``.
        output: what the last call printed, at most its last million characters.
        workspace: the variables of the base workspace: ``engine.workspace["x"]`` gets and sets.
    """

    name: str
    loads_objects = True  # whether it loads objects of classes that MATLAB saved

    def __init__(self) -> None:
        self.output = ""
        self.workspace = Workspace(self)
        self._lock = threading.Lock()
        self._closed = False

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *of_error: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<{self.name}{', closed' if self._closed else ''}>"

    def call(
        self, name: str, *inputs: Any, nargout: int = 1, timeout: float | None = None, show: Show | None = None
    ) -> Any:
        """Call a function.

        Args:
            name: name of the function, with its package: ``"touchtrain.inspect"``.
            *inputs: its inputs, see `pyside.bridge.engine.values`. Write name-value pairs as two inputs.
            nargout: number of outputs.
            timeout: seconds for the whole call; None for no limit. A call that takes longer is ended: MATLAB is
                interrupted, Octave is terminated.
            show: called with each printed line, as it comes. An exception that it raises interrupts the call.

        Returns:
            The output; None if `nargout` is 0, a tuple if it is more than 1.

        Raises:
            BadValue: an input or output cannot be converted.
            EngineFailed: the function raised an error; an error of TouchTrain is raised as its own class instead.
            EngineBusy, EngineTimeout, EngineLost.
            KeyboardInterrupt: Ctrl-C, raised once the call is interrupted. The engine remains usable.
        """
        if not _FUNCTION.fullmatch(name):
            raise BadOption(f"{name!r} is not the name of a function.")
        sent = [values.outgoing(value, f"input {number}") for number, value in enumerate(inputs, start=1)]
        with self._mine():
            printed = Output(show)
            try:
                fault, outputs = self._ask(name, sent, nargout, timeout, printed)
                printed.finish()
            finally:
                self.output = printed.text()
        if fault[1]:
            raise error_of(*fault)
        found = [values.incoming(value, f"output {number}") for number, value in enumerate(outputs, start=1)]
        if nargout == 0:
            return None
        return found[0] if nargout == 1 else tuple(found)

    def eval(self, text: str, timeout: float | None = None, show: Show | None = None) -> None:
        """Run statements in the base workspace.

        Args:
            text: the statements.
            timeout: as in `call`.
            show: as in `call`.

        Raises:
            EngineFailed: a statement raised an error, or cannot be parsed.
            EngineBusy, EngineTimeout, EngineLost.
        """
        self.call("evalin", "base", text, nargout=0, timeout=timeout, show=show)

    def close(self) -> None:
        """End the session; a shared session continues. A second call does nothing."""
        if not self._closed:
            self._closed = True
            self._end()

    @contextlib.contextmanager
    def _mine(self) -> Iterator[None]:
        if self._closed:
            raise EngineLost(f"{self.name} is closed. Connect again.")
        if not self._lock.acquire(blocking=False):
            raise EngineBusy(
                f"{self.name} is busy with a call of another thread. Wait for it, or connect a second engine."
            )
        try:
            yield
        finally:
            self._lock.release()

    @abstractmethod
    def _ask(
        self, name: str, inputs: list[Any], nargout: int, timeout: float | None, printed: Output
    ) -> tuple[list[str], list[Any]]:
        """Call ``touchtrain.internal.engine.engineCall`` and return the fault and the outputs."""

    @abstractmethod
    def _end(self) -> None:
        """End the session."""


class Workspace:
    """The variables of the base workspace of an engine."""

    def __init__(self, engine: Engine):
        self._engine = engine

    def __getitem__(self, name: str) -> Any:
        """Return a variable; KeyError if there is none."""
        _check_variable(name)
        if self._engine.call("evalin", "base", f"exist('{name}', 'var')") != 1:
            raise KeyError(name)
        return self._engine.call("evalin", "base", name)

    def __setitem__(self, name: str, value: Any) -> None:
        _check_variable(name)
        self._engine.call("assignin", "base", name, value, nargout=0)


def _check_variable(name: str) -> None:
    if not isinstance(name, str) or not _VARIABLE.fullmatch(name):
        raise BadOption(f"{name!r} is not a valid name of a variable: a letter, then letters, digits and _.")


class Output:
    """Printed output: its end is kept, and lines are passed on as they come."""

    def __init__(self, show: Show | None):
        self._show = show
        self._parts: collections.deque[str] = collections.deque()
        self._kept = 0
        self._cut = False
        self._line = ""

    def __call__(self, text: str) -> None:
        """Take the next piece, of any length."""
        self._parts.append(text)
        self._kept += len(text)
        while self._kept - len(self._parts[0]) >= MOST_OUTPUT:
            self._kept -= len(self._parts.popleft())
            self._cut = True
        if self._show:
            *lines, self._line = (self._line + text).split("\n")
            for line in lines:
                self._pass_on(line)
            if len(self._line) > MOST_OUTPUT:
                self.finish()

    def finish(self) -> None:
        """Pass on the last line if it has no newline."""
        line, self._line = self._line, ""
        if line:
            self._pass_on(line)

    def _pass_on(self, line: str) -> None:
        try:
            if self._show:
                self._show(line)
        except Exception:  # it gets no output that comes while the call is interrupted
            self._show = None
            raise

    def text(self) -> str:
        """Return the output that was kept."""
        whole = "".join(self._parts).removesuffix("\n")
        if self._cut or len(whole) > MOST_OUTPUT:
            return f"[the beginning is left out]\n{whole[-MOST_OUTPUT:]}"
        return whole


def error_of(identifier: str, message: str, where: str = "") -> TouchTrainError:
    """Return the error that MATLAB or Octave raised: an error of TouchTrain as its own class, else `EngineFailed`."""
    product, _, kind = identifier.partition(":")
    if product == "TouchTrain" and isinstance(getattr(errors, kind, None), type):
        made: TouchTrainError = getattr(errors, kind)(message)
        return made
    places = f"\n{where}" if where else ""
    return EngineFailed(f"{identifier + ': ' if identifier else ''}{message}{places}", (), identifier, message)


def matlab_folder() -> Path:
    """Return the folder with the ``.m`` files: of a checkout, or of the installed package."""
    beside = _PACKAGE.parent / "matlab"
    return beside if beside.is_dir() else _PACKAGE / "_matlab"
