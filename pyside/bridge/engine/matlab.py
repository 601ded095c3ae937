"""MATLAB as an engine, through the package matlabengine.

The package builds only next to an installed MATLAB of exactly its release, so it is not a dependency, and nothing
installs it automatically. This file is tested with the package's own future and error classes over a stand-in for its
compiled module; it has not been tested in a real MATLAB. Output is read whenever MATLAB delivers it, at the latest at
the end of the call.
"""

from __future__ import annotations

import importlib
import io
import re
import shutil
import time
from typing import Any

import numpy as np

from pyside.bridge.engine.session import Engine, Output, matlab_folder
from pyside.errors import BadValue, EngineFailed, EngineLost, EngineMissing, EngineTimeout, by_pip
from pyside.system.machine import requirement

_SLICE = 0.25  # seconds between reads of the output


class MatlabEngine(Engine):
    """A session of MATLAB.

    Args:
        session: name of a shared session; None for the first shared session, or a new one if none is shared.
        timeout: seconds that the start may take.

    Raises:
        EngineMissing: there is no MATLAB, no matlabengine, a matlabengine of another release, or no licence.
        EngineTimeout: it did not start in time.
    """

    def __init__(self, session: str | None, timeout: float):
        super().__init__()
        self._library = _library()
        self._arrays = importlib.import_module("matlab")
        self._engine: Any = None
        self.name = "MATLAB"
        self._engine = self._connected(session, timeout)
        try:
            self._engine.addpath(str(matlab_folder()), nargout=0)
            self.name = f"MATLAB R{self._engine.version('-release')}"
        except BaseException:
            self.close()
            raise

    def _connected(self, session: str | None, timeout: float) -> Any:
        future = None
        try:
            shared = self._library.find_matlab()
            if session and session not in shared:
                named = ", ".join(shared) or "none"
                raise EngineMissing(f"MATLAB: no session is shared as {session!r}. Shared sessions: {named}.")
            self._owned = not shared
            if shared:
                future = self._library.connect_matlab(session or shared[0], background=True)
            else:
                future = self._library.start_matlab(background=True)
            engine = future.result(timeout)
        except EngineMissing:
            raise
        except Exception as error:
            if future is not None:
                future.cancel()
            raise _not_started(error, timeout) from error
        if engine is None:  # Ctrl-C, after which matlabengine returns None
            raise KeyboardInterrupt
        return engine

    def _ask(
        self, name: str, inputs: list[Any], nargout: int, timeout: float | None, printed: Output
    ) -> tuple[list[str], list[Any]]:
        out, err = io.StringIO(), io.StringIO()
        sent = [_sent(value, self._arrays) for value in inputs]
        try:
            future = self._engine.feval(
                "touchtrain.internal.engine.engineCall",
                name,
                *sent,
                nargout=nargout + 1,
                background=True,
                stdout=out,
                stderr=err,
            )
            found = self._result(future, timeout, out, printed)
            printed(err.getvalue())
        except TypeError as error:
            raise BadValue(f"{self.name} does not accept this value: {error}") from error
        except Exception as error:
            return self._fault(error, timeout), []
        outputs = list(found) if isinstance(found, tuple) else [found]
        got = [_got(value, f"output {number}") for number, value in enumerate(outputs[1:], start=1)]
        return [str(one) for one in outputs[0]], got

    def _result(self, future: Any, timeout: float | None, out: io.StringIO, printed: Output) -> Any:
        """Wait for a result, and pass on what is printed meanwhile."""
        end = None if timeout is None else time.monotonic() + timeout
        seen = 0
        try:
            while True:
                left = _SLICE if end is None else max(0.0, min(_SLICE, end - time.monotonic()))
                try:
                    found = future.result(left)
                except self._library.TimeoutError:
                    if end is not None and time.monotonic() >= end:
                        raise
                    found = future
                text = out.getvalue()
                printed(text[seen:])
                seen = len(text)
                if found is None:  # Ctrl-C, which matlabengine swallows
                    raise KeyboardInterrupt
                if found is not future:
                    return found
        except BaseException as error:
            if type(error).__name__ not in ("RejectedExecutionError", "CancelledError"):
                future.cancel()  # it may still be running
            raise

    def _fault(self, error: Exception, timeout: float | None) -> list[str]:
        kind = type(error).__name__
        if kind == "TimeoutError":
            raise EngineTimeout(f"{self.name} did not answer within {timeout:g} s; the call was interrupted.")
        if kind == "RejectedExecutionError":
            self._closed = True
            raise EngineLost(f"{self.name} has ended. Connect again.")
        if kind in ("CancelledError", "InterruptedError"):
            raise EngineFailed(f"The call in {self.name} was interrupted.")
        if kind == "MatlabExecutionError":
            return ["", str(error), ""]
        raise error

    def _end(self) -> None:
        try:
            if self._owned:
                self._engine.quit()
        except Exception as error:
            if type(error).__name__ != "RejectedExecutionError":  # it had already ended
                raise
        self._engine = None


def _library() -> Any:
    """Import ``matlab.engine``; if that fails, the error says what is missing."""
    program = shutil.which("matlab")
    from pyside.system import machine

    release = machine.matlab_release(program) if program else None
    try:
        return importlib.import_module("matlab.engine")
    except ModuleNotFoundError as error:
        if program is None:
            raise EngineMissing(
                "MATLAB: there is no matlab on the path, and no matlabengine. PyPI's matlabengine builds only next to "
                "an installed MATLAB."
            ) from error
        raise EngineMissing(
            f"MATLAB: matlabengine is not installed in this Python. For {program}: "
            f"{by_pip(f'install {requirement(release)}')}"
        ) from error
    except (OSError, RuntimeError, ImportError) as error:
        words = " ".join(str(error).split())
        raise EngineMissing(
            f"MATLAB: matlabengine is installed, but does not fit this MATLAB or this Python ({words}). Install the "
            f"version of its release: {by_pip(f'install --force-reinstall {requirement(release)}')}"
        ) from error


def _not_started(error: Exception, timeout: float) -> Exception:
    words = " ".join(str(error).split())
    if type(error).__name__ == "TimeoutError":
        return EngineTimeout(f"MATLAB did not start within {timeout:g} s.")
    if re.search(r"licen[cs]e", words, re.IGNORECASE):
        return EngineMissing(f"MATLAB could not start, because it has no licence: {words}")
    return EngineMissing(f"MATLAB could not be started or attached to: {words}")


def _sent(value: Any, arrays: Any) -> Any:
    """Return a value from `values.outgoing` in the form that matlabengine takes; `arrays` has its array classes."""
    if isinstance(value, list):
        return [_sent(item, arrays) for item in value]
    if isinstance(value, dict):
        return {name: _sent(item, arrays) for name, item in value.items()}
    if not isinstance(value, np.ndarray):
        return value
    if value.size == 1 and value.ndim == 2 and value.dtype.name in ("float64", "int64", "bool", "complex128"):
        return value.item()
    kinds = {"float64": "double", "float32": "single", "bool": "logical", "complex128": "double", "complex64": "single"}
    make = getattr(arrays, kinds.get(value.dtype.name, value.dtype.name))
    if value.dtype.kind == "c":
        size = {"size": value.shape} if value.size == 0 else {}
        return make(value.tolist(), is_complex=True, **size)
    if value.size == 0:
        return make([], size=value.shape)
    return make(np.ascontiguousarray(value))


def _got(value: Any, place: str) -> Any:
    """Return a value from matlabengine in the form that `values.incoming` takes."""
    if isinstance(value, (list, tuple)):
        return [_got(item, f"{place}{{{number}}}") for number, item in enumerate(value, start=1)]
    if isinstance(value, dict):
        return {name: _got(item, f"{place}.{name}") for name, item in value.items()}
    if isinstance(value, (np.ndarray, np.generic)):  # dates
        return value
    if hasattr(value, "size") and hasattr(value, "itemsize"):
        return np.array(value).reshape(tuple(value.size))
    if type(value).__module__.startswith("matlab") and type(value).__name__ != "dictionary":
        raise BadValue(f"{place} is a {type(value).__name__} of MATLAB, for which Python has no value.")
    return value
