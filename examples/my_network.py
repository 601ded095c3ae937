"""A network of your own: train with ``network="examples/my_network.py:build"``, in MATLAB ``'Network', '...'``.

TouchTrain calls the function after the colon, checks the model that it returns, compiles it with optimizer, learning
rate and loss from the settings, and trains, saves and reports it like its own networks. You need not compile it or set
seed and precision: the setting ``seed`` determines the weights, and the layers compute in the precision that is fast on
the machine, the last layer always in float32.
"""

from keras import Input, Sequential
from keras.layers import Conv2D, Dense, Dropout, GlobalAveragePooling2D, MaxPooling2D


def build(image_shape, n_classes, settings):
    """Build a short network that averages over the frame before it decides.

    Args:
        image_shape: (height, width, channels) of a frame.
        n_classes: number of classes.
        settings: all settings of the training; use those that you want to change without editing this file.

    Returns:
        A Sequential or functional Keras model, from frames (0 to 1) to the probability of each class. Use only Keras's
        own layers, without Lambda: a model file holds layers, but no Python code.
    """
    filters = settings.convolution_filters
    return Sequential(
        [
            Input(image_shape),
            # A whisker is thin, so the first layer works at full resolution.
            Conv2D(filters[0], 3, padding="same", activation="relu", kernel_initializer="he_uniform"),
            MaxPooling2D(2),
            Conv2D(filters[1], 3, padding="same", activation="relu", kernel_initializer="he_uniform"),
            MaxPooling2D(2),
            Conv2D(filters[2], 3, padding="same", activation="relu", kernel_initializer="he_uniform"),
            # One number per filter, wherever in the frame: the network accepts frames of any size.
            GlobalAveragePooling2D(),
            Dropout(settings.dropout_rates[-1]),
            # One probability per class: TouchTrain requires softmax here.
            Dense(n_classes, activation="softmax"),
        ]
    )
