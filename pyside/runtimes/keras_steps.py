"""The steps of Keras, on each backend."""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pyside.aliases import Array
from pyside.compute import devices
from pyside.compute.proof import Proof
from pyside.models.load import load_unproven
from pyside.system.machine import cores

if TYPE_CHECKING:
    import keras

WHITE = 255.0
# On the CPU, TensorFlow takes a quarter less time in parts of 64 frames of 61 x 61 than in a batch of 512 (two cores).
_PIXELS_A_CORE = 1 << 17


class KerasStep:
    """Keras computes, on one of its backends; a `Step`.

    Args:
        path: the model file.
        image_shape: (height, width, channels) of what the network takes.
        backend: ``tensorflow``, ``jax`` or ``torch``.
        execution_environment: ``auto``, ``cpu`` or ``gpu``.
        precision: ``auto``, ``float32``, ``mixed_bfloat16`` or ``mixed_float16``.

    Raises:
        BadOption: the backend is not installed, or there is no GPU.
        PathMissing, BadModel: as `pyside.load_model`.
    """

    runtime = "keras"
    proof: Proof | None = None
    remark = ""
    quantizer: str | None = None

    def __init__(
        self, path: Path, image_shape: Sequence[int], backend: str, execution_environment: str, precision: str
    ):
        devices.use_backend(backend)
        self.device = devices.choose_device(execution_environment)
        self.precision = devices.choose_precision(precision, self.device)
        with devices.device_scope(self.device):
            self._start = _STARTS[backend](load_unproven(path, self.precision), self.device, image_shape)

    def start(self, batch: Array) -> Any:
        """Begin to compute a batch; see `Step`."""
        is_rounded = self.device == "gpu" and self.precision == "float32"
        with devices.device_scope(self.device), devices.exact_float32() if is_rounded else contextlib.nullcontext():
            return self._start(batch)

    def finish(self, started: Any) -> Array:
        """Wait for a batch; see `Step`."""
        found: Array = np.asarray(devices.import_keras().ops.convert_to_numpy(started), np.float32)
        return found


def _on_tensorflow(model: keras.Model, device: str, shape: Sequence[int]) -> Callable[[Array], Any]:
    tf = importlib.import_module("tensorflow")

    # XLA on the CPU makes it many times slower.
    @tf.function(autograph=False, jit_compile=False)
    def step(frames: Any) -> Any:
        return tf.cast(model(tf.cast(frames, tf.float32) / WHITE, training=False), tf.float32)

    # One trace, which takes a while, serves batches of any size. A call of `step` itself would trace again and warn.
    traced = step.get_concrete_function(tf.TensorSpec((None, *shape), tf.uint8))
    most = max(1, _PIXELS_A_CORE * cores()[1] // (shape[0] * shape[1]))

    def start(batch: Array) -> Any:
        size = _part_of(len(batch), most) if device == "cpu" else len(batch)
        if size == len(batch):
            return traced(tf.convert_to_tensor(batch))
        return tf.concat([traced(tf.convert_to_tensor(part)) for part in np.split(batch, len(batch) // size)], axis=0)

    return start


def _part_of(n: int, most: int) -> int:
    """Return the size of equal parts of a batch of `n` frames, a power of two and at most `most`; `n` if none fits.

    In other sizes, and in fewer than 16, rounding depends on where a frame stands.
    """
    size = 1 << (most.bit_length() - 1)
    return size if 16 <= size < n and n % size == 0 else n


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
