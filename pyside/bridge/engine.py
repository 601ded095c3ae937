"""The other direction: Python drives MATLAB, or GNU Octave where there is no MATLAB.

    with connect() as engine:
        engine.call("magic", 4.0)
        engine.workspace["x"] = 3.0
        engine.eval("y = x * 2;")

Some files only MATLAB can read, and some labs start from Python. MATLAB is driven through the package matlabengine,
which builds only beside an installed MATLAB of its own release; Octave through oct2py. What becomes of values is said
in `pyside.bridge.engine_values`.
"""

from __future__ import annotations

import collections
import contextlib
import os
import re
import sys
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pyside import errors
from pyside.bridge import engine_values
from pyside.errors import BadOption, BadValue, EngineBusy, EngineFailed, EngineLost, EngineMissing, TouchTrainError

if TYPE_CHECKING:
    from os import PathLike

    from pyside.data.trial_arrays import TrialArray
    from pyside.evaluation.report import TrainingResult

PREFERRED = ("matlab", "octave")
MOST_OUTPUT = 1_000_000  # characters that are kept of what was printed
_PACKAGE = Path(__file__).resolve().parents[1]
_VARIABLE = re.compile(r"[A-Za-z]\w{0,62}", re.ASCII)
_FUNCTION = re.compile(r"[A-Za-z]\w*(\.[A-Za-z]\w*)*", re.ASCII)
Show = Callable[[str], None]


class Engine(ABC):
    """A session of MATLAB or Octave. One call at a time; it can be used in a ``with``.

    Attributes:
        name: such as ``"MATLAB R2025a"`` or ``"GNU Octave 7.3.0"``.
        output: what the last call printed; of more than a million characters the end.
        workspace: the variables of the base workspace: ``engine.workspace["x"]`` gets and sets.
    """

    name: str
    loads_objects = True  # of classes, that MATLAB saved

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
            name: of the function, with its package: ``"touchtrain.inspect"``.
            *inputs: its inputs, see `pyside.bridge.engine_values`. Write name-value pairs as two inputs.
            nargout: how many outputs are asked for.
            timeout: seconds in all; None for as long as it takes. What takes longer is broken off: MATLAB is
                interrupted, Octave is ended.
            show: called with each line that is printed, as it comes. What it raises breaks the call off.

        Returns:
            The output; None with `nargout` 0, a tuple with more than one.

        Raises:
            BadValue: an input or output that cannot pass.
            EngineFailed: the function raised an error; one of TouchTrain's own is raised as its own kind.
            EngineBusy, EngineTimeout, EngineLost.
            KeyboardInterrupt: Ctrl-C, once what was at work is broken off. The engine can be used further.
        """
        if not _FUNCTION.fullmatch(name):
            raise BadOption(f"{name!r} is no name of a function.")
        sent = [engine_values.outgoing(value, f"input {number}") for number, value in enumerate(inputs, start=1)]
        with self._mine():
            printed = _Output(show)
            try:
                fault, outputs = self._ask(name, sent, nargout, timeout, printed)
                printed.finish()
            finally:
                self.output = printed.text()
        if fault[1]:
            raise error_of(*fault)
        found = [engine_values.incoming(value, f"output {number}") for number, value in enumerate(outputs, start=1)]
        if nargout == 0:
            return None
        return found[0] if nargout == 1 else tuple(found)

    def eval(self, text: str, timeout: float | None = None, show: Show | None = None) -> None:
        """Run a text in the base workspace.

        Args:
            text: statements.
            timeout: as in `call`.
            show: as in `call`.

        Raises:
            EngineFailed: it raised an error, or cannot be parsed.
            EngineBusy, EngineTimeout, EngineLost.
        """
        self.call("evalin", "base", text, nargout=0, timeout=timeout, show=show)

    def close(self) -> None:
        """End the session; a shared one that was attached to goes on. Closed again, nothing happens."""
        if not self._closed:
            self._closed = True
            self._end()

    @contextlib.contextmanager
    def _mine(self) -> Iterator[None]:
        if self._closed:
            raise EngineLost(f"{self.name} is closed. Connect anew.")
        if not self._lock.acquire(blocking=False):
            raise EngineBusy(f"{self.name} is at work for another thread. Wait for it, or connect a second engine.")
        try:
            yield
        finally:
            self._lock.release()

    @abstractmethod
    def _ask(
        self, name: str, inputs: list[Any], nargout: int, timeout: float | None, printed: _Output
    ) -> tuple[list[str], list[Any]]:
        """Call ``touchtrain.internal.engineCall`` and return its fault and the outputs."""

    @abstractmethod
    def _end(self) -> None:
        """End the session."""


class Workspace:
    """The variables of the base workspace of an engine."""

    def __init__(self, engine: Engine):
        self._engine = engine

    def __getitem__(self, name: str) -> Any:
        """Return a variable; KeyError where there is none."""
        _check_variable(name)
        if self._engine.call("evalin", "base", f"exist('{name}', 'var')") != 1:
            raise KeyError(name)
        return self._engine.call("evalin", "base", name)

    def __setitem__(self, name: str, value: Any) -> None:
        _check_variable(name)
        self._engine.call("assignin", "base", name, value, nargout=0)


def _check_variable(name: str) -> None:
    if not isinstance(name, str) or not _VARIABLE.fullmatch(name):
        raise BadOption(f"{name!r} cannot be the name of a variable: a letter, then letters, digits and _.")


class _Output:
    """What is printed: its end is kept, and lines are handed on as they come."""

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
                self._hand_on(line)
            if len(self._line) > MOST_OUTPUT:
                self.finish()

    def finish(self) -> None:
        """Hand on the last line, where nothing ended it."""
        line, self._line = self._line, ""
        if line:
            self._hand_on(line)

    def _hand_on(self, line: str) -> None:
        try:
            if self._show:
                self._show(line)
        except Exception:  # what comes while the call is broken off is not for it
            self._show = None
            raise

    def text(self) -> str:
        """Return what was kept."""
        whole = "".join(self._parts).removesuffix("\n")
        if self._cut or len(whole) > MOST_OUTPUT:
            return f"[the beginning is left out]\n{whole[-MOST_OUTPUT:]}"
        return whole


def error_of(identifier: str, message: str, where: str = "") -> TouchTrainError:
    """Return the error that MATLAB or Octave raised: one of TouchTrain's as its own kind, else `EngineFailed`."""
    product, _, kind = identifier.partition(":")
    if product == "TouchTrain" and isinstance(getattr(errors, kind, None), type):
        made: TouchTrainError = getattr(errors, kind)(message)
        return made
    places = f"\n{where}" if where else ""
    return EngineFailed(f"{identifier + ': ' if identifier else ''}{message}{places}", (), identifier, message)


def connect(
    prefer: str | None = None, *, session: str | None = None, timeout: float = 120, octave: str | None = None
) -> Engine:
    """Attach to MATLAB, or start it, or start GNU Octave.

    Args:
        prefer: ``"matlab"`` or ``"octave"``. Default: MATLAB where it can be driven, else Octave.
        session: name of a shared session of MATLAB (``matlab.engine.shareEngine`` there). Default: the first one
            that is shared; where there is none, MATLAB is started.
        timeout: seconds that it may take to start.
        octave: program of Octave. Default: ``octave-cli`` or ``octave`` on the path.

    Raises:
        EngineMissing: none can be driven from here; the message says why, and what to install.
        EngineTimeout: it did not start in time.
    """
    if prefer is not None and prefer not in PREFERRED:
        raise BadOption(f"prefer must be 'matlab', 'octave' or None. It is {prefer!r}.")
    refused = []
    wanted = prefer or ("matlab" if session else None)
    for kind in (wanted,) if wanted else PREFERRED:
        try:
            engine = _started(kind, session, timeout, octave)
        except EngineMissing as error:
            refused.append(error.text)
            continue
        try:
            engine.call("setenv", "TOUCHTRAIN_PYTHON", sys.executable, nargout=0)
        except BaseException:
            engine.close()
            raise
        return engine
    raise EngineMissing("\n".join(refused))


def _started(kind: str, session: str | None, timeout: float, octave: str | None) -> Engine:
    if kind == "matlab":
        from pyside.bridge.engine_matlab import MatlabEngine

        return MatlabEngine(session, timeout)
    from pyside.bridge.engine_octave import OctaveEngine

    return OctaveEngine(octave, timeout)


def matlab_folder() -> Path:
    """Return the folder with the ``.m`` files: of a checkout, or of the installed package."""
    beside = _PACKAGE.parent / "matlab"
    return beside if beside.is_dir() else _PACKAGE / "_matlab"


# --- what it is for ------------------------------------------------------------------------------------------------


def unpack_trial_array(
    file: str | PathLike[str],
    variable: str | None = None,
    *,
    engine: Engine | None = None,
    class_folder: str | PathLike[str] | None = None,
) -> TrialArray:
    """Turn a saved array of trials, objects of a lab's own class or structs, into what `pyside.convert_videos` takes.

    The file is read without any engine first: of objects that MATLAB saved all stored properties can be read so; those
    that are computed when asked for (dependent) or not saved (transient) cannot. Where video names, bar positions and
    pole times are all missing so, MATLAB has to load the file, with the lab's class on its path, and computes them; a
    MATLAB that is given is asked for anything that is missing, and for files that cannot be read here. GNU Octave
    cannot load objects of classes that MATLAB saved.

    Args:
        file: a ``.mat`` file.
        variable: the variable. Default: the only one that fits.
        engine: a connected MATLAB. Default: none; one is started where `class_folder` is given and cannot be done
            without.
        class_folder: folder of the lab's class files.

    Returns:
        Names of videos, bar positions and distances a frame, pole times, trial numbers: see
        `pyside.data.trial_arrays.TrialArray`.

    Raises:
        PathMissing, BadLabels: no such file, no trials in it, or bar positions that are none.
        EngineMissing, EngineFailed: MATLAB is needed, and cannot be driven or cannot load it.
    """
    from pyside.data import trial_arrays

    try:
        return trial_arrays.read(Path(file), variable, wholly=engine is not None and engine.loads_objects)
    except trial_arrays.NeedsMatlab as error:
        if engine is None and class_folder is None:
            raise
        reason = error
    with contextlib.ExitStack() as kept:
        if engine is None:
            engine = kept.enter_context(connect("matlab"))
        if not engine.loads_objects:
            raise EngineMissing(f"{reason.text} GNU Octave cannot load objects that MATLAB saved; it takes MATLAB.")
        if class_folder:
            engine.call("addpath", str(Path(class_folder).absolute()), nargout=0)
        names = [alias for aliases in trial_arrays.NAMES.values() for alias in aliases]
        where = str(Path(file).absolute()), variable or ""
        text = engine.call("touchtrain.internal.trialsJson", *where, names, list(trial_arrays.HOLDERS))
        return trial_arrays.from_json(text, Path(file))


def train_new_model(
    engine: Engine | None = None, *, show: Show | None = print, timeout: float | None = None, **parameters: Any
) -> TrainingResult:
    """Run the control script ``train_new_model.m`` in MATLAB or Octave, with these parameters.

    Paths are seen from where this Python stands. Ctrl-C does what it does in MATLAB: a training that has begun goes on
    in a process of its own, and it is shown how to look at it and how to stop it.

    Args:
        engine: a connected one. Default: one is started, and closed at the end.
        show: called with each line that is printed; None for nobody.
        timeout: seconds; None for as long as it takes.
        **parameters: values on top of the script, and options of MATLAB's functions, by their names there:
            ``dataPath="videos"``, ``MaxEpochs=20``. Numbers pass as double, lists of texts as cells.

    Returns:
        What `pyside.train` returns.

    Raises:
        TouchTrainError: what the script raises, of the same kind.
        BadOption: the script trained nothing.
        EngineMissing, EngineLost, EngineTimeout.
    """
    from pyside.evaluation.report import TrainingResult
    from pyside.jobs import job

    folder = str(Path(parameters.get("processDirectory", "training")).absolute())
    given = {name: _parameter(value) for name, value in parameters.items()} | {"processDirectory": folder}
    clears = given.pop("CLEAR_DIRECTORIES", None)  # in the end, since the result lies there
    with contextlib.ExitStack() as kept:
        if engine is None:
            engine = kept.enter_context(connect())
        kept.enter_context(_prepared(engine))
        before = engine.call("touchtrain.internal.lastTraining", folder)
        _run_script(engine, given, timeout, show)
        last = engine.call("touchtrain.internal.lastTraining", folder)
        if not last or (last == before and not given.get("DOWNLOAD_MODEL")):
            raise BadOption("The script trained nothing, so there is no result: set TRAIN = 1.")
        result = TrainingResult.from_record(job.result(last))
        if clears:
            alone = {"CREATE_NUMPY": 0.0, "UPLOAD": 0.0, "TRAIN": 0.0, "DOWNLOAD_MODEL": 0.0}
            _run_script(engine, given | alone | {"CLEAR_DIRECTORIES": clears}, timeout, show)
    return result


@contextlib.contextmanager
def _prepared(engine: Engine) -> Iterator[None]:
    """Let an engine stand where this Python stands, with TouchTrain set up; it may be a session that somebody uses."""
    stood = engine.call("pwd")
    try:
        engine.call("cd", os.getcwd(), nargout=0)
        engine.call("setenv", "TOUCHTRAIN_ENGINE", "1", nargout=0)  # for whole lines, see progressLine.m
        engine.eval("touchtrain.setup;")
        yield
    finally:
        with contextlib.suppress(EngineLost):
            engine.eval("clear trainingParameters")
            engine.call("setenv", "TOUCHTRAIN_ENGINE", "", nargout=0)
            engine.call("cd", stood, nargout=0)


def _run_script(engine: Engine, parameters: dict[str, Any], timeout: float | None, show: Show | None) -> None:
    engine.workspace["trainingParameters"] = parameters
    engine.eval("train_new_model", timeout, show)


def _parameter(value: Any) -> Any:
    """Return a parameter as a lab would write it: numbers are double in MATLAB, several of them a row."""
    if isinstance(value, bool):
        return value
    if isinstance(value, (int, np.integer)):
        return float(value)
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if isinstance(value, dict):
        return {name: _parameter(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        items = [_parameter(item) for item in value]
        return np.array(items) if items and all(isinstance(item, float) for item in items) else items
    return value


__all__ = ["BadValue", "Engine", "Workspace", "connect", "train_new_model", "unpack_trial_array"]
