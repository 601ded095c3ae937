"""Asks for a prediction: checks the request at the door, and has it done here or in the process that stays alive."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pyside.aliases import Array
from pyside.bridge.warm.child import Child, Question
from pyside.curation.in_memory.prediction import Prediction
from pyside.data.formats import host_arrays
from pyside.errors import BadFrames, Faults, PathMissing
from pyside.settings.core import spoken
from pyside.settings.curation import PredictSettings
from pyside.system.paths import absolute, check_native, is_there
from pyside.system.processes import inside_host

_SECONDS = 0.1  # between looks whether the person pressed Ctrl-C
_children: dict[str, Child] = {}
_here: list[Any] = []  # the models that are loaded in this process


@dataclasses.dataclass(frozen=True)
class Request:
    """What is asked for.

    Attributes:
        model: absolute path of the model file.
        arrays: frames.
        paths: absolute, of files and folders with frames; there are either arrays or paths.
        settings: checked.
    """

    model: Path
    arrays: Sequence[Array]
    paths: Sequence[Path]
    settings: PredictSettings

    def packed(self) -> tuple[dict[str, Any], list[Array]]:
        """Return this as a record of plain values and a list of arrays; `unpacked` restores it."""
        record = {"model": os.fspath(self.model), "paths": [os.fspath(path) for path in self.paths]}
        return {**record, "settings": self.settings.as_dict(), "spelling": spoken()}, list(self.arrays)

    @classmethod
    def unpacked(cls, record: Mapping[str, Any], arrays: Sequence[Array]) -> Request:
        """Return the request that `packed` took apart."""
        paths = [Path(path) for path in record["paths"]]
        return cls(Path(record["model"]), arrays, paths, PredictSettings.from_options(record["settings"]))


def request(model: Any, frames: Any, settings: PredictSettings) -> Request:
    """Check a request at the door.

    Args:
        model: path of the model file.
        frames: an array, a list of arrays, a path, or a list of paths.
        settings: checked.

    Raises:
        BadFrames: `frames` is none of these.
        PathMissing: there is no such file. All faults at once.
    """
    faults = Faults()
    paths = _paths(frames)
    for path in [model, *paths]:
        with faults.noting():
            check_native(path)
            if not is_there(absolute(path)):
                raise PathMissing(f"There is no file {absolute(path)}.")
    arrays: list[Array] = []
    with faults.noting():
        arrays = [] if paths else _arrays(frames)
    faults.raise_any()
    return Request(absolute(model), arrays, [absolute(path) for path in paths], settings)


def _paths(frames: Any) -> list[str | os.PathLike[str]]:
    if isinstance(frames, (str, os.PathLike)):
        return [frames]
    if isinstance(frames, (list, tuple)) and frames and all(isinstance(one, (str, os.PathLike)) for one in frames):
        return list(frames)
    return []


def _arrays(frames: Any) -> list[Array]:
    cell = host_arrays.as_cell(frames)
    if cell is None and isinstance(frames, (list, tuple)) and not frames:
        raise BadFrames("frames is empty. Give an array of frames, or a list of arrays.")
    if cell is None:
        return [host_arrays.to_numpy(frames, "frames")]
    return [host_arrays.to_numpy(one, f"frames {{{number}}}") for number, one in enumerate(cell, start=1)]


def predict(model: Any, frames: Any, isolated: bool | None, options: Mapping[str, Any]) -> Prediction:
    """Predict frames, as documented in `pyside.predict`."""
    asked = request(model, frames, PredictSettings.from_options(options))
    if not (inside_host() if isolated is None else isolated):
        return _predicted_here(asked)
    question = ask(asked)
    try:
        while not question.wait(_SECONDS):
            pass
    except BaseException:
        question.give_up()
        raise
    return answer(question)


def _predicted_here(asked: Request) -> Prediction:
    from pyside.curation.in_memory import predict as in_memory
    from pyside.training.checks import memory

    if not _here:
        _here.append(in_memory.Models())
    with memory.explained("predict"):
        return in_memory.predict(_here[0], asked.model, asked.arrays, asked.paths, asked.settings)


def ask(asked: Request) -> Question:
    """Send a request to the process that stays alive; one process for each backend, since Keras cannot switch."""
    child = _children.setdefault(asked.settings.backend, Child())
    return child.ask(*asked.packed())


def answer(question: Question) -> Prediction:
    """Return the answer to a question that is ready.

    Raises:
        TouchTrainError: what went wrong.
    """
    record, arrays = question.answer()
    found = Prediction.unpacked(record["prediction"], arrays)
    return dataclasses.replace(found, warnings=(*question.warnings, *found.warnings))


def close() -> None:
    """End the processes that stay alive; the next question starts one again."""
    while _children:
        _children.popitem()[1].end()
