"""Python drives MATLAB, or GNU Octave if there is no MATLAB.

    with connect() as engine:
        engine.call("magic", 4.0)
        engine.workspace["x"] = 3.0
        engine.eval("y = x * 2;")

Some files can be read by MATLAB only, and some labs start from Python. MATLAB is driven through the package
matlabengine, which builds only next to an installed MATLAB of its own release; Octave is driven through oct2py.
`pyside.bridge.engine.values` describes how values are converted.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pyside.bridge.engine.matlab import MatlabEngine
from pyside.bridge.engine.octave import OctaveEngine
from pyside.bridge.engine.session import Engine, Show, Workspace
from pyside.errors import BadOption, BadValue, EngineLost, EngineMissing
from pyside.system.paths import absolute

if TYPE_CHECKING:
    from os import PathLike

    from pyside.data.recordings.trials.trial_arrays import TrialArray
    from pyside.evaluation.result import TrainingResult

PREFERRED = ("matlab", "octave")


def connect(
    prefer: str | None = None, *, session: str | None = None, timeout: float = 120, octave: str | None = None
) -> Engine:
    """Attach to a shared session of MATLAB, or start MATLAB or GNU Octave.

    Args:
        prefer: ``"matlab"`` or ``"octave"``. Default: MATLAB if it can be driven, else Octave.
        session: name of a shared session of MATLAB (shared by ``matlab.engine.shareEngine``). Default: the first
            shared session; if there is none, MATLAB is started.
        timeout: seconds that the start may take.
        octave: program of Octave. Default: ``octave-cli`` or ``octave`` on the path.

    Raises:
        EngineMissing: neither can be driven; the message says why, and what to install.
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
        return MatlabEngine(session, timeout)
    return OctaveEngine(octave, timeout)


# --- what the engines are for --------------------------------------------------------------------------------------


def unpack_trial_array(
    file: str | PathLike[str],
    variable: str | None = None,
    *,
    engine: Engine | None = None,
    class_folder: str | PathLike[str] | None = None,
) -> TrialArray:
    """Turn a saved array of trials (structs, or objects of a lab's class) into what `pyside.convert_videos` takes.

    The file is first read without an engine. This reads all stored properties of objects that MATLAB saved, but not
    properties that are computed on access (dependent) or not saved (transient). If video names, bar positions and pole
    times are all missing, MATLAB must load the file, with the lab's class on its path, and compute them. If `engine` is
    a MATLAB, it is used for anything that is missing, and for files that Python cannot read. GNU Octave cannot load
    objects of classes that MATLAB saved.

    Args:
        file: a ``.mat`` file.
        variable: name of the variable. Default: the only one that fits.
        engine: a connected MATLAB. Default: none; MATLAB is started if it is needed and `class_folder` is given.
        class_folder: folder of the lab's class files.

    Returns:
        Names of videos, bar positions and distances per frame, pole times, times of samples, trial numbers: see
        `pyside.data.recordings.trials.trial_arrays.TrialArray`.

    Raises:
        PathMissing, BadLabels: there is no such file, it holds no trials, or its bar positions are invalid.
        EngineMissing, EngineFailed: MATLAB is needed, but cannot be driven or cannot load the file.
    """
    from pyside.data.recordings.trials import trial_arrays

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
            raise EngineMissing(f"{reason.text} GNU Octave cannot load objects that MATLAB saved: use MATLAB.")
        if class_folder:
            engine.call("addpath", str(Path(class_folder).absolute()), nargout=0)
        names = [alias for aliases in trial_arrays.NAMES.values() for alias in aliases]
        where = str(Path(file).absolute()), variable or ""
        holders, parts = list(trial_arrays.HOLDERS), list(trial_arrays.PARTS)
        text = engine.call("touchtrain.internal.engine.trialsJson", *where, names, holders, parts)
        return trial_arrays.from_json(text, Path(file))


def train_new_model(
    engine: Engine | None = None, *, show: Show | None = print, timeout: float | None = None, **parameters: Any
) -> TrainingResult:
    """Run the control script ``train_new_model.m`` in MATLAB or Octave, with these parameters.

    Paths are relative to this Python's working folder. Ctrl-C acts as in MATLAB: a training that has started continues
    in its own process, and the output says how to watch it and how to stop it.

    Args:
        engine: a connected engine. Default: one is started, and closed at the end.
        show: called with each printed line; None to show nothing.
        timeout: seconds; None for no limit.
        **parameters: values at the top of the script, and options of MATLAB's functions, by their names there:
            ``dataPath="videos"``, ``MaxEpochs=20``. Numbers pass as double, lists of texts as cells.

    Returns:
        What `pyside.train` returns.

    Raises:
        TouchTrainError: the error that the script raised, of the same class.
        BadOption: the script trained nothing.
        EngineMissing, EngineLost, EngineTimeout.
    """
    from pyside.evaluation.result import TrainingResult
    from pyside.jobs import job_records

    folder = str(absolute(parameters.get("processDirectory", "training")))
    given = {name: _parameter(value) for name, value in parameters.items()} | {"processDirectory": folder}
    clears = given.pop("CLEAR_DIRECTORIES", None)  # only at the end, since the result is in these folders
    with contextlib.ExitStack() as kept:
        if engine is None:
            engine = kept.enter_context(connect())
        kept.enter_context(_prepared(engine))
        before = engine.call("touchtrain.internal.engine.lastTraining", folder)
        _run_script(engine, given, timeout, show)
        last = engine.call("touchtrain.internal.engine.lastTraining", folder)
        if not last or (last == before and not given.get("DOWNLOAD_MODEL")):
            raise BadOption("The script trained no model, so there is no result. Set TRAIN = 1.")
        result = TrainingResult.from_record(job_records.result(last))
        if clears:
            alone = {"CREATE_NUMPY": 0.0, "UPLOAD": 0.0, "TRAIN": 0.0, "DOWNLOAD_MODEL": 0.0}
            _run_script(engine, given | alone | {"CLEAR_DIRECTORIES": clears}, timeout, show)
    return result


@contextlib.contextmanager
def _prepared(engine: Engine) -> Iterator[None]:
    """Set up TouchTrain in this working folder; restore the engine's own folder after: a session may be shared."""
    stood = engine.call("pwd")
    try:
        engine.call("cd", os.getcwd(), nargout=0)
        engine.call("setenv", "TOUCHTRAIN_ENGINE", "1", nargout=0)  # prints whole lines, see progressLine.m
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
    """Return a parameter as one would write it in MATLAB: numbers are double, and several numbers are a row."""
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
