"""A prediction whose frames arrive in parts, as MATLAB passes large arrays."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from pyside.aliases import Array
from pyside.bridge.warm import asking
from pyside.bridge.warm.child import Question
from pyside.curation.in_memory import prediction
from pyside.data.formats import host_arrays
from pyside.errors import LengthMismatch
from pyside.settings.curation import PredictSettings


class Prediction:
    """One call of MATLAB.

    Args:
        model: path of the model file.
        settings: checked.
        sizes: MATLAB's ``size`` of each array.
        paths: files and folders with frames, in place of arrays.

    Raises:
        PathMissing: there is no such file.
    """

    def __init__(self, model: str, settings: PredictSettings, sizes: Sequence[Sequence[int]], paths: Sequence[str]):
        self._asked = asking.request(model, list(paths) or np.empty((1, 1), np.uint8), settings)
        self._sizes = [tuple(map(int, size)) for size in sizes]
        self._parts: list[list[Array]] = [[] for _ in sizes]
        self._question: Question | None = None

    def append(self, array: int, frames: Any) -> None:
        """Take the next part of an array, column-major; it is copied, because it is MATLAB's memory."""
        part = host_arrays.to_numpy(frames, f"frames {{{array + 1}}}")
        self._parts[array].append(np.array(part.ravel(order="F")))

    def wait(self, seconds: float) -> prediction.Prediction | None:
        """Wait at most so long for the result; None if it is not there. The first call sends the request.

        Raises:
            TouchTrainError: what went wrong.
        """
        if self._question is None:
            arrays = [] if self._asked.paths else self._arrays()
            self._question = asking.ask(dataclasses.replace(self._asked, arrays=arrays))
            self._parts = []
        return asking.answer(self._question) if self._question.wait(seconds) else None

    def _arrays(self) -> list[Array]:
        found = []
        for number, (size, parts) in enumerate(zip(self._sizes, self._parts, strict=True), start=1):
            values = parts[0] if len(parts) == 1 else np.concatenate(parts or [np.empty(0, np.uint8)])
            if values.size != math.prod(size):
                raise LengthMismatch(f"frames {{{number}}}: received {values.size} of {math.prod(size)} values.")
            found.append(values.reshape(size, order="F"))
        return found

    def abort(self) -> None:
        """End it, and the process that computes for it."""
        self._parts = []
        if self._question is not None:
            self._question.give_up()
