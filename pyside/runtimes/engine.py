"""The engine: a model in one process, ready for uint8 frames, in batches of one size."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from pyside.aliases import Array
from pyside.errors import BadFrames
from pyside.runtimes.choice import (
    MOST_PIXELS,
    Timing,
    Wanted,
    fastest,
    first_at_hand,
    in_words,
    is_chosen,
    step_of,
)

_GREY = 127  # level of frames to time on, where there are no others
_FEWEST = 8  # frames in a batch, for a few frames from memory; a single frame is computed alone
_SMALLEST_HALF = 64  # frames: smaller batches would compute more slowly


class Engine:
    """A model that predicts. It is loaded once; scaling is part of its graph, so frames stay uint8 up to the device.

    Each batch has one size, and the last one is filled up with zeros. So nothing is traced or compiled twice, and the
    probabilities of a frame do not depend on the frames beside it. Those of a single frame, for which nothing else is
    computed, may differ by rounding.

    Args:
        path: the model file.
        image_shape: (height, width, channels) of what the network takes; with context frames, channels are frames.
        batch_size: frames in a batch; of large frames, as many as have 4 million pixels.
        backend: ``tensorflow``, ``jax`` or ``torch``.
        execution_environment: ``auto``, ``cpu`` or ``gpu``.
        precision: ``auto``, ``float32``, ``mixed_bfloat16``, ``mixed_float16`` or, on the CPU and
            in runtimes other than Keras, ``int8``; the outputs are float32 in any case.
        runtime: ``keras``, ``openvino`` or ``onnxruntime``; or ``auto``, which loads and times all that are installed,
            and keeps the fastest; so does ``keras`` in int8, which Keras does not have.
        sample: uint8, (n, height, width, channels), frames to time the runtimes on, repeated if they are
            fewer than a batch. Default, and if there are none: grey.
        alone: whether no more frames than those of the sample are computed at a time, such as one.
        timed: whether ``auto`` times; otherwise it takes the runtime that is ready soonest, for few frames.

    Attributes:
        batch_size: frames in a batch.
        runtime: the one that computes.
        timings: what ``auto`` found out about each runtime; empty if one was named, or none was timed.
        said: which runtime ``auto`` took and why, in words, and that it computes in float32 because ``auto`` means a
            precision that is too coarse for the model; or "".
        proof: how its answers to the probes of the file differ; None if the file carries none.
        device: ``cpu`` or ``gpu``.
        precision: the one that was chosen.
        quantizer: what made the int8 of the model, with its version; None in other precisions.
        backend: as above; None if another runtime than Keras computes.

    Raises:
        ExtraMissing: the runtime is not installed.
        BadOption: the backend is not installed, there is no GPU, the runtime does not have the precision, or
            the model carries no frames to calibrate int8 on.
        PathMissing, BadModel: as `pyside.load_model`.
        ModelNotProven: it does not give the answers to the probes that the file carries.
        ModelNotSaved: the model cannot be converted for the runtime.
    """

    def __init__(
        self,
        path: Path,
        image_shape: Sequence[int],
        batch_size: int = 512,
        backend: str = "tensorflow",
        execution_environment: str = "auto",
        precision: str = "auto",
        runtime: str = "keras",
        sample: Array | None = None,
        alone: bool = False,
        timed: bool = True,
    ):
        self.batch_size = max(1, min(batch_size, MOST_PIXELS // (image_shape[0] * image_shape[1])))
        self._shape = tuple(image_shape)
        wanted = Wanted(path, self._shape, backend, execution_environment, precision)
        self.timings: list[Timing] = []
        self.said = ""
        if is_chosen(runtime, precision) and not timed:
            self._step, self.said = first_at_hand(wanted)
        elif is_chosen(runtime, precision):
            frames = np.full((1, *self._shape), _GREY, np.uint8) if sample is None or not len(sample) else sample
            n = self._size(len(frames)) if alone else self.batch_size
            self._step, self.timings = fastest(wanted, np.resize(frames, (n, *self._shape)))
            self.said = in_words(self._step, self.timings)
        else:
            self._step = step_of(runtime, wanted)
        self.runtime, self.device, self.precision = self._step.runtime, self._step.device, self._step.precision
        self.proof = self._step.proof
        self._say(self.said)
        self.quantizer = self._step.quantizer
        self.backend = backend if self.runtime == "keras" else None

    def _say(self, why: str) -> None:
        self.said = " ".join(filter(None, (why, self._step.remark)))

    def taken_because(self, why: str) -> Engine:
        """Return this engine, for callers to whom it says why this runtime computes."""
        found = copy.copy(self)
        found._say(why)
        return found

    def empty_batch(self) -> Array:
        """Return memory for one batch: uint8, (batch_size, height, width, channels), uninitialised."""
        return np.empty((self.batch_size, *self._shape), np.uint8)

    def start(self, batch: Array) -> Any:
        """Begin to compute a batch; a GPU goes on while this returns.

        Args:
            batch: uint8, (n, height, width, channels); it must not change before `finish` has returned.

        Returns:
            What `finish` takes.
        """
        return self._step.start(batch)

    def finish(self, started: Any) -> Array:
        """Wait for a batch; returns float32, (n, classes), the probabilities."""
        return self._step.finish(started)

    def predict(self, frames: Array) -> Array:
        """Return the probabilities of frames.

        Args:
            frames: uint8, (n, height, width, channels).

        Returns:
            float32, (n, classes).

        Raises:
            BadFrames: they have another type or shape.
        """
        if frames.dtype != np.uint8 or frames.shape[1:] != self._shape:
            sides = " x ".join(map(str, self._shape))
            raise BadFrames(
                f"The model takes uint8 frames of {sides} (height x width x channels). These are "
                f"{frames.dtype} of {' x '.join(map(str, frames.shape[1:]))}."
            )
        size = self._size(len(frames))
        found = []
        for first in range(0, max(1, len(frames)), size):
            part = frames[first : first + size]
            batch = part
            if len(part) < size:
                batch = np.zeros((size, *self._shape), np.uint8)
                batch[: len(part)] = part
            found.append(self.finish(self.start(batch))[: len(part)])
        return np.concatenate(found)

    def _size(self, n: int) -> int:
        """Return how many frames are computed at a time, of `n` from memory."""
        if n == 1:
            return 1
        sizes = [min(self.batch_size, max(_FEWEST, 1 << (n - 1).bit_length()))]
        while sizes[-1] >= 2 * _SMALLEST_HALF:
            sizes.append(sizes[-1] // 2)
        return min(sizes, key=lambda size: (-(-n // size) * size, -size))  # the fewest zeros, else the largest
