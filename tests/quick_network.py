"""A network that costs next to nothing, for tests of all that happens around a network."""

import keras
from keras.initializers import HeUniform
from keras.layers import Conv2D, Dense, Dropout, Flatten, MaxPooling2D


def build(image_shape, n_classes, settings):
    """Build one convolution, pooling, dropout and a dense layer; named, so that one process builds equal copies."""
    return keras.Sequential(
        [
            keras.Input(image_shape, name="frames"),
            Conv2D(6, 3, strides=2, activation="relu", kernel_initializer=HeUniform(settings.seed), name="conv"),
            MaxPooling2D(2, name="pool"),
            Dropout(settings.dropout_rates[-1], seed=settings.seed, name="dropout"),
            Flatten(name="flatten"),
            Dense(n_classes, activation="softmax", name="classes"),
        ],
        name="quick",
    )
