"""The networks: every change to their layers is made here."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Iterator

import keras
import numpy as np
from keras.initializers import GlorotUniform, HeUniform
from keras.layers import Conv2D, Dense, Dropout, Flatten, MaxPooling2D

from pyside.errors import BadOption
from pyside.settings.core import named
from pyside.settings.training import TrainSettings
from pyside.training.checks.networks import load_builder

CLIPPING = {"l2norm": "clipnorm", "global-l2norm": "global_clipnorm", "absolute-value": "clipvalue"}


def build_model(
    image_shape: tuple[int, int, int], n_classes: int, settings: TrainSettings, precision: str = "float32"
) -> keras.Model:
    """Build and compile the network, with weights drawn from the seed.

    Args:
        image_shape: (height, width, channels) of the input, as `networks.input_shape` returns it; the networks here
            need at least `settings.SMALLEST_SIDE` pixels per side.
        n_classes: number of classes.
        settings: network, filters, units, dropout, everything that `compile_model` uses, and seed.
        precision: ``float32``, ``mixed_bfloat16`` or ``mixed_float16``. The softmax is float32 in all of them.

    Returns:
        A compiled model. Input: frames, float, (n, height, width, channels), 0 to 1. Output: the probability of each
        class, float32, (n, n_classes).

    Raises:
        PathMissing, BadOption: the user's own function cannot be found, or returns no such model.
    """
    builders = {"legacy": legacy, "context": legacy, "small": small}
    model = builders.get(settings.network, users_own)(image_shape, n_classes, settings, precision)
    compile_model(model, settings, precision)
    return model


def legacy(
    image_shape: tuple[int, int, int], n_classes: int, settings: TrainSettings, precision: str
) -> keras.Sequential:
    """Build the network of the old tool; ``context`` is the same network with several frames as input channels.

    Weights before a ReLU are drawn by He's rule (He et al. 2015, arXiv:1502.01852), which keeps the scale of the values
    from layer to layer. The filters of the first layer sum to zero: a frame is mostly uniform light, and a whisker is a
    faint difference that the sum over the light would drown. Without both measures, some trainings never get beyond
    guessing.
    """
    filters = settings.convolution_filters
    dropout = settings.dropout_rates
    policy = keras.DTypePolicy(precision)
    # One seed for each layer that draws numbers: nothing depends on a global state.
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
            _probabilities(n_classes, next(seeds)),
        ],
        name=settings.network,
    )
    _subtract_kernel_means(model.get_layer("conv1a"))
    return model


def small(
    image_shape: tuple[int, int, int], n_classes: int, settings: TrainSettings, precision: str
) -> keras.Sequential:
    """Build a network that costs less than a third of `legacy`.

    `legacy` spends most of its computation at the full size of the frame. Here the first convolution has stride 2 and,
    in return, a kernel of 5 x 5 pixels. The rest is as in `legacy`, with the same filters and units. Since the network
    has less capacity to spare, it uses half of the dropout rates. It needs more epochs than `legacy`, which still take
    less time.
    """
    filters, rates = settings.convolution_filters, [rate / 2 for rate in settings.dropout_rates]
    policy = keras.DTypePolicy(precision)
    seeds = iter((np.random.SeedSequence(settings.seed).generate_state(12) >> 1).tolist())

    def convolution(name: str, number: int, size: int, padding: str, strides: int = 1) -> Conv2D:
        drawn = HeUniform(next(seeds))
        kernel = {"strides": strides, "padding": padding, "kernel_initializer": drawn}
        return Conv2D(filters[number], size, activation="relu", name=name, dtype=policy, **kernel, **image)

    def pool(name: str, padding: str) -> MaxPooling2D:
        return MaxPooling2D(2, padding=padding, name=name, dtype=policy, **image)

    def dropout(name: str, rate: float) -> Dropout:
        return Dropout(rate, seed=next(seeds), name=name, dtype=policy)

    image = {"data_format": "channels_last"}
    model = keras.Sequential(
        [
            keras.Input(image_shape, name="frames"),
            convolution("conv1a", 0, 5, "same", strides=2),
            convolution("conv1b", 1, 3, "valid"),
            pool("pool1", "valid"),
            dropout("dropout1", rates[0]),
            convolution("conv2a", 2, 3, "same"),
            convolution("conv2b", 3, 3, "valid"),
            pool("pool2", "same"),  # leaves one pixel of the smallest frames
            dropout("dropout2", rates[1]),
            convolution("conv3a", 4, 2, "same"),
            convolution("conv3b", 5, 2, "same"),
            pool("pool3", "same"),
            dropout("dropout3", rates[2]),
            Flatten(name="flatten", dtype=policy, **image),
            Dense(
                settings.dense_units,
                activation="relu",
                kernel_initializer=HeUniform(next(seeds)),
                name="dense",
                dtype=policy,
            ),
            dropout("dropout4", rates[3]),
            _probabilities(n_classes, next(seeds)),
        ],
        name="small",
    )
    _subtract_kernel_means(model.get_layer("conv1a"))
    return model


def _probabilities(n_classes: int, seed: int) -> Dense:
    drawn = GlorotUniform(seed)
    return Dense(n_classes, activation="softmax", kernel_initializer=drawn, name="classes", dtype="float32")


def _subtract_kernel_means(layer: keras.layers.Layer) -> None:
    layer.kernel.assign(layer.kernel - keras.ops.mean(layer.kernel, axis=(0, 1), keepdims=True))


def compile_model(model: keras.Model, settings: TrainSettings, precision: str) -> None:
    """Compile a network with the optimizer and loss of the settings.

    L2 adds ``l2 / 2`` times the sum of the squares of all kernels (of convolutions and dense layers, not biases) to
    the loss. So ``l2`` times the weight is added to each gradient before the gradients are clipped, as MATLAB's
    L2Regularization does. The loss of the validation side includes it too. It is set on the variables, not on the
    layers, so the model file does not contain it. A kernel that a user's own function regularises is left as it is.
    (Keras's ``weight_decay`` is another rule: AdamW's.)

    Gradients are clipped by their true values: in mixed_float16, after the loss scale has been divided out.

    Args:
        model: any model whose output is the probability of each class.
        settings: learning rate, L2, gradient threshold and its method, loss.
        precision: of the model.
    """
    if settings.l2:
        for variable in model.trainable_weights:
            if variable.name.endswith("kernel") and variable.regularizer is None:
                variable.regularizer = keras.regularizers.L2(settings.l2 / 2)
    threshold = settings.gradient_threshold
    clipping = {} if threshold is None else {CLIPPING[settings.gradient_threshold_method]: threshold}
    optimizer = keras.optimizers.Adam(settings.learning_rate, **clipping)
    if precision == "mixed_float16":  # its small gradients would underflow
        optimizer = keras.optimizers.LossScaleOptimizer(optimizer)
    loss = "categorical_crossentropy"
    if settings.loss == "focal":  # the weights of the classes come with the frames
        loss = keras.losses.CategoricalFocalCrossentropy(alpha=1.0, gamma=settings.focal_gamma)
    # XLA makes these networks several times slower on CPUs, and on GPUs it only saves launches. JAX is built on it.
    compiled = keras.config.backend() == "jax"
    model.compile(optimizer, loss=loss, metrics=["accuracy"], jit_compile=compiled)


# --- a network of the user's own -----------------------------------------------------------------------------------


def users_own(
    image_shape: tuple[int, int, int], n_classes: int, settings: TrainSettings, precision: str
) -> keras.Model:
    """Build a network with the user's function that `settings.network` names.

    The function runs with the precision as Keras's dtype policy, so its layers compute in it unless the function sets
    another one; the last layer, which gives the probabilities, always computes in float32. What its layers draw from a
    global state follows from the seed.

    Raises:
        PathMissing: there is no such file.
        BadOption: the function cannot be loaded, raises, or does not return a model for these frames and classes.
            (`models.save.check_saveable` checks whether its layers can be saved.)
    """
    build = load_builder(settings.network)
    with _drawing_from(settings.seed, precision):
        model = build(image_shape, n_classes, settings)
        _check_kind(model, settings.network)
        if isinstance(model, keras.Sequential) and not model.built:
            model.build((None, *image_shape))
    _check_shapes(model, image_shape, n_classes, settings.network)
    for layer in _all_layers(model):
        if getattr(layer, "seed", 0) is None:  # drawn above; stored, so that a copy draws the same numbers
            layer.seed = int(keras.ops.convert_to_numpy(layer.seed_generator.state)[0])
    model.layers[-1].dtype_policy = "float32"
    _check_probabilities(model, image_shape, settings.network)
    return model


@contextlib.contextmanager
def _drawing_from(seed: int, precision: str) -> Iterator[None]:
    """Set the global seeds and Keras's dtype policy; afterwards restore the policy and Python's and NumPy's states."""
    policy, of_python, of_numpy = keras.config.dtype_policy(), random.getstate(), np.random.get_state()
    keras.utils.set_random_seed(int(np.random.SeedSequence(seed).generate_state(1)[0]))
    keras.config.set_dtype_policy(precision)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(policy)
        random.setstate(of_python)
        np.random.set_state(of_numpy)


def _all_layers(model: keras.Model) -> Iterator[keras.layers.Layer]:
    for layer in model.layers:
        yield layer
        if isinstance(layer, keras.Model):
            yield from _all_layers(layer)


def _refuse(network: str, made: str, expected: str) -> BadOption:
    return BadOption(f"{named('network')} is {network!r}, and this function returns {made}. Expected {expected}.")


def _check_kind(model: object, network: str) -> None:
    kind = f"{type(model).__module__}.{type(model).__qualname__}".removeprefix("builtins.")
    if not isinstance(model, keras.Model):
        raise _refuse(network, f"a {kind}", f"a model of Keras {keras.__version__}, made with 'import keras'")
    if not kind.startswith("keras."):
        raise _refuse(
            network,
            f"a model of a custom class ({kind})",
            "keras.Sequential or keras.Model(inputs, outputs): a model file holds layers, but no Python code",
        )


def _check_shapes(model: keras.Model, image_shape: tuple[int, int, int], n_classes: int, network: str) -> None:
    def fits(shape: object, wanted: tuple[int | None, ...]) -> bool:
        return (
            isinstance(shape, tuple)
            and len(shape) == len(wanted)
            and all(one in (None, other) for one, other in zip(shape, wanted, strict=True))
        )

    wanted, given = (None, *image_shape), (None, n_classes)
    if not fits(model.input_shape, wanted):
        raise _refuse(network, f"a model whose input shape is {model.input_shape}", f"one input, {wanted}")
    if not fits(model.output_shape, given) or model.output_shape[1] is None:
        raise _refuse(
            network,
            f"a model whose output shape is {model.output_shape}",
            f"one output, {given}: the probability of each of the {n_classes} classes",
        )


def _check_probabilities(model: keras.Model, image_shape: tuple[int, int, int], network: str) -> None:
    frames = np.random.default_rng(0).random((4, *image_shape), dtype=np.float32)
    found = keras.ops.convert_to_numpy(model(frames, training=False)).astype(np.float64)
    if not (np.all(found >= 0) and np.allclose(found.sum(axis=1), 1, atol=1e-3)):
        row = ", ".join(f"{value:.3g}" for value in found[0])
        raise _refuse(
            network,
            f"a model whose outputs are not probabilities (for a random frame: {row})",
            "numbers from 0 to 1 that sum to 1: end the model with keras.layers.Dense(n_classes, activation='softmax')",
        )
