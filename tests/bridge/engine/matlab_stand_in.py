"""Stands in for MATLAB under matlabengine: the compiled modules that only an installed MATLAB has, of our own.

matlabengine's sources on PyPI are pure Python but for two compiled modules inside MATLAB. Here are modules by their
names that do what that Python asks of them, by what it says there and in MATLAB's documentation; what MATLAB would
compute, a real GNU Octave computes. Nothing of it proves how MATLAB itself behaves. The sources are fetched by pip for
a test and are no part of this project.
"""

from __future__ import annotations

import contextlib
import importlib.machinery
import re
import subprocess
import sys
import tarfile
import threading
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from pyside.bridge.engine.octave import OctaveEngine
from pyside.errors import TouchTrainError

VERSION = "25.1.2"
COMPILED = "matlabengineforpython_abi3"
_KINDS = {"double": "float64", "single": "float32", "logical": "bool"}
_INTEGERS = ("int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64")
_FETCH = (
    "download",
    "--quiet",
    "--retries",
    "1",
    "--timeout",
    "10",
    "--no-deps",
    "--no-build-isolation",
    "--no-binary",
    ":all:",
)


def fetch(folder: Path) -> Path | None:
    """Fetch matlabengine's sources; None where they cannot be had."""
    line = [sys.executable, "-m", "pip", *_FETCH, f"matlabengine=={VERSION}", "-d", str(folder)]
    try:
        subprocess.run(line, capture_output=True, check=True, timeout=60)
    except subprocess.SubprocessError:
        return None
    [archive] = folder.glob("*.tar.gz")
    with tarfile.open(archive) as opened:
        opened.extractall(folder, filter="data")
    source = folder / f"matlabengine-{VERSION}" / "src"
    (source / "matlab" / "engine" / "_arch.txt").write_text("\n".join(["glnxa64", *[str(folder)] * 3]))
    return source


class Array:
    """One of MATLAB's array classes, such as ``matlab.double``: a buffer with a size."""

    dtype = "float64"

    def __init__(self, initializer: Any = None, size: Any = None, is_complex: bool = False):
        kind = "complex128" if is_complex else self.dtype
        data = np.asarray([] if initializer is None else initializer).astype(kind)
        if size is not None:
            data = data.reshape(tuple(size), order="F")
        self._data = data.reshape(1, -1) if data.ndim < 2 else data
        self.itemsize = self._data.itemsize

    @property
    def size(self) -> tuple[int, ...]:
        """The size, of two axes or more."""
        return tuple(self._data.shape)

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        return self._data


def _arrays() -> types.ModuleType:
    module = types.ModuleType("matlabmultidimarrayforpython")
    for name in (*_KINDS, *_INTEGERS):
        setattr(module, name, type(name, (Array,), {"dtype": _KINDS.get(name, name)}))
    module.ShapeError = module.SizeError = ValueError  # type: ignore[attr-defined]
    return module


ARRAYS = _arrays()


class Matlab:
    """What stands in for the program: its faults, and the Octave that computes for it.

    Attributes:
        fault: text of the error with which it does not start; empty where it does.
        shared: names of shared sessions.
        sessions: how many run.
        path: folders that were put on MATLAB's path: what is in none of them is not found.
    """

    def __init__(self) -> None:
        self.fault, self.shared, self.sessions = "", (), 0  # type: ignore[var-annotated]
        self.path: list[str] = []
        self.engine: Any = None

    # --- how it is imported ---

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        """Find what stands in for the compiled module."""
        return importlib.machinery.ModuleSpec(name, self) if name == COMPILED else None  # type: ignore[arg-type]

    def create_module(self, spec: Any) -> None:
        """Let Python make the module."""

    def exec_module(self, module: types.ModuleType) -> None:
        """Fill it; the real one gives ``matlab.engine`` its exceptions when it is loaded."""
        for name in dir(self):
            if name.startswith("_do_"):
                setattr(module, name.removeprefix("_do_"), getattr(self, name))
        self.engine = engine = sys.modules["matlab.engine"]
        for name in ("MatlabExecutionError", "TimeoutError", "CancelledError", "InterruptedError", "EngineError"):
            setattr(engine, name, type(name, (Exception,), {}))

    # --- what matlabengine's Python calls; the names are its own ---

    def _do_createProcess(self) -> None:
        """Nothing to do."""

    def _do_closeProcess(self) -> None:
        """Nothing to do."""

    def _do_getMessage(self, key: str, *parts: Any) -> str:
        return " ".join([key, *map(str, parts)])

    def _do_findMATLAB(self) -> tuple[str, ...]:
        return tuple(self.shared)

    def _do_createMATLABAsync(self, options: list[str]) -> list[Any]:
        return [None]

    def _do_attachMATLABAsync(self, name: str) -> list[Any]:
        return [name]

    def _do_waitForMATLAB(self, future: list[Any], seconds: float) -> bool:
        return self.fault != "hangs"

    def _do_isDoneMATLAB(self, future: list[Any]) -> bool:
        return False

    def _do_cancelMATLAB(self, future: list[Any]) -> None:
        """Nothing to do."""

    def _do_destroyMATLAB(self, future: list[Any]) -> None:
        """Nothing to do."""

    def _do_getMATLAB(self, future: list[Any]) -> OctaveEngine:
        if self.fault:
            raise self.engine.EngineError(self.fault)
        self.sessions += 1
        return OctaveEngine(None, 60)

    def _do_closeMATLAB(self, octave: OctaveEngine) -> None:
        self.sessions -= 1
        octave.close()

    def _do_validateIdentity(self, name: str) -> bool:
        return bool(re.fullmatch(r"[A-Za-z]\w*", name))

    def _do_evaluateFunction(
        self, octave: OctaveEngine, name: str, nargout: int, inputs: Any, out: Any = None, err: Any = None
    ) -> _Evaluation:
        if name == "feval":
            name, inputs = inputs[0], inputs[1:]
        if name == "addpath":
            self.path += inputs
        if name == "version":
            name, inputs = "deal", ("2025a",)
        if name.startswith("touchtrain.") and not any((Path(folder) / "+touchtrain").is_dir() for folder in self.path):
            name, inputs = "error", (f"Unable to resolve the name '{name}'.",)
        return _Evaluation(octave, name, nargout, [_plain(value) for value in inputs], out, self.engine)

    def _do_waitForFEval(self, future: _Evaluation, seconds: float) -> bool:
        future.thread.join(seconds)
        return not future.thread.is_alive()

    def _do_isDoneFEval(self, future: _Evaluation) -> bool:
        return not future.thread.is_alive()

    def _do_isCancelledFEval(self, future: _Evaluation) -> bool:
        return future.cancelled

    def _do_cancelFEval(self, future: _Evaluation) -> bool:
        future.cancelled = True
        future.octave.close()
        return True

    def _do_destroyFEvalResult(self, future: _Evaluation) -> None:
        """Nothing to do."""

    def _do_getFEvalResult(self, future: _Evaluation, nargout: int, _: Any, out: Any = None, err: Any = None) -> Any:
        if future.error is not None:
            raise future.error
        found = [_of_matlab(value) for value in future.found]
        return None if nargout == 0 else found[0] if nargout == 1 else tuple(found)


class _Evaluation:
    """A call under way."""

    def __init__(self, octave: OctaveEngine, name: str, nargout: int, inputs: list[Any], out: Any, engine: Any):
        self.octave, self.cancelled, self.found, self.error = octave, False, (), None  # type: ignore[var-annotated]

        def run() -> None:
            try:
                found = octave.call(name, *inputs, nargout=nargout, show=lambda line: out.write(line + "\n"))
                self.found = () if nargout == 0 else (found,) if nargout == 1 else found
            except TouchTrainError as error:
                kind = type(error).__name__
                self.error = {
                    "BadValue": TypeError(error.text),
                    "EngineLost": engine.RejectedExecutionError(error.text),
                }.get(kind, engine.MatlabExecutionError(error.text))

        self.thread = threading.Thread(target=run, daemon=True)
        self.thread.start()


def _plain(value: Any) -> Any:
    """Return an input as MATLAB takes it from matlabengine: what it documents as unsupported is a TypeError."""
    if isinstance(value, Array):
        return value._data
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if value is None or not isinstance(value, (bool, int, float, complex, str, bytes, bytearray)):
        raise TypeError(f"unsupported Python data type: {type(value).__name__}")
    return value


def _of_matlab(value: Any) -> Any:
    """Return a result as matlabengine gives it: arrays as its own classes."""
    if isinstance(value, np.ndarray):
        names = {"float64": "double", "float32": "single", "bool": "logical", "complex128": "double"}
        return getattr(ARRAYS, names.get(value.dtype.name, value.dtype.name))(value, is_complex=value.dtype.kind == "c")
    if isinstance(value, list):
        return [_of_matlab(item) for item in value]
    if isinstance(value, dict):
        return {name: _of_matlab(item) for name, item in value.items()}
    return value


@contextlib.contextmanager
def installed(source: Path) -> Iterator[Matlab]:
    """Let matlabengine's sources be imported, over what stands in for MATLAB."""
    matlab = Matlab()
    sys.modules.pop("matlab", None)  # the folder of that name, where somebody has looked for matlabengine in vain
    before, path = dict(sys.modules), list(sys.path)
    sys.modules[ARRAYS.__name__] = ARRAYS
    sys.meta_path.insert(0, matlab)  # type: ignore[arg-type]
    sys.path.insert(0, str(source))
    try:
        yield matlab
    finally:
        sys.path[:] = path
        if matlab in sys.meta_path:
            sys.meta_path.remove(matlab)  # type: ignore[arg-type]
        for name in set(sys.modules) - set(before):
            if name.startswith("matlab"):
                del sys.modules[name]
