"""The engine: a model in one process, ready for uint8 frames, in batches of one size."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from pyside.aliases import Array
from pyside.compute import devices
from pyside.errors import BadFrames
from pyside.models.load import load_model
from pyside.runtimes.keras_steps import STARTS

_MOST_PIXELS = 1 << 22  # of a batch: what the layers of a network make of it takes about a GB
_FEWEST = 8  # frames in a batch, for a few frames from memory; a single frame is computed alone


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
        precision: ``auto``, ``float32``, ``mixed_bfloat16`` or ``mixed_float16``; the outputs are float32 in any case.

    Attributes:
        batch_size: frames in a batch.
        device: ``cpu`` or ``gpu``.
        precision: the one that was chosen.
        backend: as above.

    Raises:
        BadOption: the backend is not installed, or there is no GPU.
        PathMissing, BadModel: as `pyside.load_model`.
    """

    def __init__(
        self,
        path: Path,
        image_shape: Sequence[int],
        batch_size: int = 512,
        backend: str = "tensorflow",
        execution_environment: str = "auto",
        precision: str = "auto",
    ):
        devices.use_backend(backend)
        self.batch_size = max(1, min(batch_size, _MOST_PIXELS // (image_shape[0] * image_shape[1])))
        self.backend = backend
        self.device = devices.choose_device(execution_environment)
        self.precision = devices.choose_precision(precision, self.device)
        self._shape = tuple(image_shape)
        with devices.device_scope(self.device):
            model = load_model(path, self.precision)
            self._start: Callable[[Array], Any] = STARTS[backend](model, self.device, self._shape)

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
        with devices.device_scope(self.device):
            return self._start(batch)

    def finish(self, started: Any) -> Array:
        """Wait for a batch; returns float32, (n, classes), the probabilities."""
        ops = devices.import_keras().ops
        found: Array = np.asarray(ops.convert_to_numpy(started), np.float32)
        return found

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
        size = 1 if len(frames) == 1 else min(self.batch_size, max(_FEWEST, 1 << (len(frames) - 1).bit_length()))
        found = []
        for first in range(0, max(1, len(frames)), size):
            part = frames[first : first + size]
            batch = part
            if len(part) < size:
                batch = np.zeros((size, *self._shape), np.uint8)
                batch[: len(part)] = part
            found.append(self.finish(self.start(batch))[: len(part)])
        return np.concatenate(found)
