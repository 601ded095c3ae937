"""The engine: a model in one process, ready for uint8 frames, in batches of one size."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pyside.aliases import Array
from pyside.compute import devices
from pyside.curation.model.facts import ModelFacts
from pyside.errors import BadFrames
from pyside.models.load import load_model
from pyside.settings.curation import ComputeSettings

if TYPE_CHECKING:
    import keras

WHITE = 255.0
Chunks = Iterator[tuple[Array, Array]]
_MOST_PIXELS = 1 << 22  # of a batch: what the layers of a network make of it takes about a GB
_FEWEST = 8  # frames in a batch, for a few frames from memory


class Engine:
    """A model that predicts. It is loaded once; scaling is part of its graph, so frames stay uint8 up to the device.

    Each batch has one size, and the last one is filled up with zeros. So nothing is traced or compiled twice, and the
    probabilities of a frame do not depend on the frames beside it.

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
            self._start: Callable[[Array], Any] = _STARTS[backend](model, self.device, self._shape)

    @classmethod
    def of(cls, facts: ModelFacts, settings: ComputeSettings) -> Engine:
        """Return the engine of a model, computing as the settings say."""
        height, width, channels = facts.image_shape
        return cls(
            facts.path,
            (height, width, channels * facts.context_frames),
            settings.batch_size,
            settings.backend,
            settings.execution_environment,
            settings.precision,
        )

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
        size = min(self.batch_size, max(_FEWEST, 1 << (len(frames) - 1).bit_length()))
        found = []
        for first in range(0, max(1, len(frames)), size):
            part = frames[first : first + size]
            batch = part
            if len(part) < size:
                batch = np.zeros((size, *self._shape), np.uint8)
                batch[: len(part)] = part
            found.append(self.finish(self.start(batch))[: len(part)])
        return np.concatenate(found)


# --- the step of each backend --------------------------------------------------------------------------------------


def _on_tensorflow(model: keras.Model, device: str, shape: Sequence[int]) -> Callable[[Array], Any]:
    tf = importlib.import_module("tensorflow")

    # XLA on the CPU makes it many times slower.
    @tf.function(autograph=False, jit_compile=False)
    def step(frames: Any) -> Any:
        return tf.cast(model(tf.cast(frames, tf.float32) / WHITE, training=False), tf.float32)

    # One trace, which takes a while, serves batches of any size. A call of `step` itself would trace again and warn.
    traced = step.get_concrete_function(tf.TensorSpec((None, *shape), tf.uint8))
    return lambda batch: traced(tf.convert_to_tensor(batch))


def _on_jax(model: keras.Model, device: str, shape: Sequence[int]) -> Callable[[Array], Any]:
    jax = importlib.import_module("jax")
    weights = [[variable.value for variable in model.trainable_variables]]
    weights.append([variable.value for variable in model.non_trainable_variables])

    @jax.jit
    def step(trainable: Any, others: Any, frames: Any) -> Any:
        found, _ = model.stateless_call(trainable, others, frames.astype("float32") / WHITE, training=False)
        return found.astype("float32")

    return lambda batch: step(*weights, batch)


def _on_torch(model: keras.Model, device: str, shape: Sequence[int]) -> Callable[[Array], Any]:
    torch = importlib.import_module("torch")
    place = "cuda" if device == "gpu" else "cpu"

    def start(batch: Array) -> Any:
        with torch.inference_mode():
            frames = torch.from_numpy(batch).to(place, non_blocking=True)
            return model(frames.to(torch.float32) / WHITE, training=False).to(torch.float32)

    return start


_STARTS: dict[str, Callable[[keras.Model, str, Sequence[int]], Callable[[Array], Any]]] = {
    "tensorflow": _on_tensorflow,
    "jax": _on_jax,
    "torch": _on_torch,
}


# --- frames with their neighbours ----------------------------------------------------------------------------------


def stacked(chunks: Chunks, look: Array, context: int) -> Chunks:
    """Put the frames before and after each frame beside it, as channels.

    If a neighbour is missing, because the video ends or a frame is left out there, the nearest frame on that side takes
    its place, as in the training.

    Args:
        chunks: int64, (m,), numbers of frames, ascending, and uint8, (m, height, width, 1), the frames.
        look: bool, (n,), the frames to return.
        context: odd, number of frames; with 1, chunks are returned as they are.

    Yields:
        int64, (m,), numbers, and uint8, (m, height, width, context).
    """
    if context == 1:
        yield from chunks
        return
    half = context // 2
    numbers, frames = np.empty(0, np.int64), None
    done = -1  # number of the last frame that was returned, or passed over
    for more, images in chunks:
        numbers = np.concatenate([numbers, more])
        frames = images if frames is None else np.concatenate([frames, images])
        ready = numbers[(numbers > done) & (numbers <= numbers[-1] - half)]
        if len(ready):
            yield from _stack(numbers, frames, ready[look[ready]], half)
            done = int(ready[-1])
            kept = numbers >= done + 1 - half
            numbers, frames = numbers[kept], frames[kept]
    if frames is not None:
        left = numbers[numbers > done]
        yield from _stack(numbers, frames, left[look[left]], half)


def _stack(numbers: Array, frames: Array, wanted: Array, half: int) -> Chunks:
    if not len(wanted):
        return
    begins = np.diff(numbers, prepend=numbers[0] - 2) != 1  # of runs without a gap
    run = np.cumsum(begins) - 1
    first = np.flatnonzero(begins)
    last = np.append(first[1:], len(numbers)) - 1
    places = np.searchsorted(numbers, wanted)
    out = np.empty((len(wanted), *frames.shape[1:3], 2 * half + 1), np.uint8)
    for channel in range(2 * half + 1):
        near = np.clip(places + channel - half, first[run[places]], last[run[places]])
        out[..., channel] = frames[near, :, :, 0]
    yield wanted, out
