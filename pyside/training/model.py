"""The network: the only place where it changes."""

from __future__ import annotations

import keras
import numpy as np
from keras.initializers import GlorotUniform, HeUniform
from keras.layers import Conv2D, Dense, Dropout, Flatten, MaxPooling2D

from pyside.settings import TrainSettings


def build_model(
    image_shape: tuple[int, int, int], n_classes: int, settings: TrainSettings, precision: str = "float32"
) -> keras.Sequential:
    """Build and compile the network, its weights drawn from the seed.

    Weights before a ReLU are drawn by He's rule (He et al. 2015, arXiv:1502.01852), which keeps the size of the values
    from layer to layer. The filters of the first layer sum to zero: a frame is mostly even light, and a whisker in it a
    faint difference, which would be lost in what the light alone adds up to. Without the two, some trainings never
    leave the state of guessing.

    Args:
        image_shape: (height, width, channels) of a frame; at least `settings.SMALLEST_SIDE` pixels a side.
        n_classes: how many classes it tells apart.
        settings: filters, units, dropout, learning rate and seed.
        precision: ``float32``, ``mixed_bfloat16`` or ``mixed_float16``. The softmax is float32 in all of them.

    Returns:
        A compiled model from frames, float, (n, height, width, channels), 0 to 1, to the probability of each
        class, float32, (n, n_classes).
    """
    filters = settings.convolution_filters
    dropout = settings.dropout_rates
    policy = keras.DTypePolicy(precision)
    # A seed of its own for each layer that draws numbers: nothing depends on a global state.
    seeds = iter((np.random.SeedSequence(settings.seed).generate_state(12) >> 1).tolist())

    def drawn() -> HeUniform:
        return HeUniform(next(seeds))

    relu = {"activation": "relu", "dtype": policy}
    image = {"data_format": "channels_last"}
    model = keras.Sequential(
        [
            keras.Input(image_shape, name="frames"),
            Conv2D(filters[0], 3, padding="same", kernel_initializer=drawn(), name="conv1a", **relu, **image),
            Conv2D(filters[1], 3, padding="valid", kernel_initializer=drawn(), name="conv1b", **relu, **image),
            MaxPooling2D(2, name="pool1", dtype=policy, **image),
            Dropout(dropout[0], seed=next(seeds), name="dropout1", dtype=policy),
            Conv2D(filters[2], 3, padding="same", kernel_initializer=drawn(), name="conv2a", **relu, **image),
            Conv2D(filters[3], 3, padding="valid", kernel_initializer=drawn(), name="conv2b", **relu, **image),
            MaxPooling2D(2, name="pool2", dtype=policy, **image),
            Dropout(dropout[1], seed=next(seeds), name="dropout2", dtype=policy),
            Conv2D(filters[4], 2, padding="same", kernel_initializer=drawn(), name="conv3a", **relu, **image),
            Conv2D(filters[5], 2, padding="valid", kernel_initializer=drawn(), name="conv3b", **relu, **image),
            MaxPooling2D(2, name="pool3", dtype=policy, **image),
            Dropout(dropout[2], seed=next(seeds), name="dropout3", dtype=policy),
            Flatten(name="flatten", dtype=policy, **image),
            Dense(settings.dense_units, kernel_initializer=drawn(), name="dense", **relu),
            Dropout(dropout[3], seed=next(seeds), name="dropout4", dtype=policy),
            Dense(
                n_classes,
                activation="softmax",
                kernel_initializer=GlorotUniform(next(seeds)),
                name="classes",
                dtype="float32",
            ),
        ],
        name="legacy",
    )
    first = model.get_layer("conv1a").kernel
    first.assign(first - keras.ops.mean(first, axis=(0, 1), keepdims=True))
    optimizer = keras.optimizers.Adam(settings.learning_rate)
    if precision == "mixed_float16":  # its small gradients would underflow
        optimizer = keras.optimizers.LossScaleOptimizer(optimizer)
    # XLA makes this network several times slower on CPUs, and on GPUs it only saves launches.
    model.compile(optimizer, loss="categorical_crossentropy", metrics=["accuracy"], jit_compile=False)
    return model
