"""One step of a Keras model, on each backend: uint8 frames in, float32 probabilities out."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from pyside.aliases import Array

if TYPE_CHECKING:
    import keras

WHITE = 255.0


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


STARTS: dict[str, Callable[[keras.Model, str, Sequence[int]], Callable[[Array], Any]]] = {
    "tensorflow": _on_tensorflow,
    "jax": _on_jax,
    "torch": _on_torch,
}
