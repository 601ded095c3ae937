"""A network of your own: train with ``network="examples/my_network.py:build"``, in MATLAB ``'Network', '...'``.

TouchTrain calls the function that you name behind the colon, checks what it returns, compiles it with the optimizer,
the learning rate and the loss of the settings, and trains, saves and reports it as its own networks. You need not
compile it, nor think of the seed or of the precision: weights follow from the setting ``seed``, and the layers compute
in the precision that is fast on the machine, the last one always in float32.
"""

from keras import Input, Sequential
from keras.layers import Conv2D, Dense, Dropout, GlobalAveragePooling2D, MaxPooling2D


def build(image_shape, n_classes, settings):
    """Build a short network that averages over the frame before it decides.

    Args:
        image_shape: (height, width, channels) of a frame.
        n_classes: how many classes it tells apart.
        settings: all settings of the training; use the ones that you like to change from outside.

    Returns:
        A Sequential or functional Keras model, from frames, 0 to 1, to the probability of each class. Take Keras's own
        layers only, and no Lambda: a model file holds layers, but no Python code.
    """
    filters = settings.convolution_filters
    return Sequential(
        [
            Input(image_shape),
            # The first layer sees the whole frame, and a whisker is thin: look closely before you make it smaller.
            Conv2D(filters[0], 3, padding="same", activation="relu", kernel_initializer="he_uniform"),
            MaxPooling2D(2),
            Conv2D(filters[1], 3, padding="same", activation="relu", kernel_initializer="he_uniform"),
            MaxPooling2D(2),
            Conv2D(filters[2], 3, padding="same", activation="relu", kernel_initializer="he_uniform"),
            # One number a filter, wherever in the frame it was: this network does not care how large frames are.
            GlobalAveragePooling2D(),
            Dropout(settings.dropout_rates[-1]),
            # One probability a class: TouchTrain needs softmax here.
            Dense(n_classes, activation="softmax"),
        ]
    )
