"""Several devices of one machine: each computes its share of every batch, by `keras.distribution` on JAX.

Every device holds all weights. A batch goes whole to each of them, as uint8, and the first layer of the trained model
cuts it: from there on XLA lets each device compute its share, and adds up what concerns all frames (the gradients, the
loss, a batch normalisation). So a step is that of one device up to rounding, random numbers included, and a batch need
not divide: XLA pads shares to equal sizes inside the computation. Batches that are cut before they come to the devices,
as Keras's own DataParallel does it, must divide, the last one of an epoch too.
"""

from __future__ import annotations

from collections.abc import Sequence

import keras


class SharedBatches(keras.distribution.DataParallel):
    """Keras's data parallelism, where every device gets the whole batch and `shared` layers cut it.

    Args:
        device: ``cpu`` or ``gpu``.
        number: the first devices of this kind that take part.
    """

    def __init__(self, device: str, number: int):
        super().__init__(devices=keras.distribution.list_devices(device)[:number])

    def get_data_layout(self, data_shape):
        """Return the layout of an array of the batch: whole on every device."""
        return keras.distribution.TensorLayout([None] * len(data_shape), self.device_mesh)


class LaidOut(keras.layers.Layer):
    """Passes a batch on, shared out among the devices or whole on each.

    Args:
        name: of the layer.
        dtype: of the batch.
        axis: the name of the devices' axis, to share the batch out; None for whole.
    """

    def __init__(self, name: str, dtype: str, axis: str | None):
        super().__init__(name=name, dtype=dtype, trainable=False)
        self.axis = axis

    def call(self, batch):
        """Return the batch in the layout."""
        mesh = keras.distribution.distribution().device_mesh
        layout = keras.distribution.TensorLayout([self.axis, *[None] * (len(batch.shape) - 1)], mesh)
        return keras.distribution.distribute_tensor(batch, layout)

    def compute_output_shape(self, input_shape):
        """Return the input shape."""
        return input_shape


def shared(layers: Sequence[keras.layers.Layer]) -> list[keras.layers.Layer]:
    """Let the devices share the work of layers, if there are several.

    Args:
        layers: of a model for uint8 frames that returns probabilities, float32.

    Returns:
        The same layers, between one that shares a batch out and one that brings its probabilities together.
    """
    several = keras.distribution.distribution()
    if several is None:
        return list(layers)
    share = LaidOut("training_share", "uint8", several.batch_dim_name)
    return [share, *layers, LaidOut("training_gather", "float32", None)]
