from __future__ import annotations

import random
import textwrap
import zlib
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import pytest

from pyside.errors import BadOption
from pyside.models.load import load_model
from pyside.models.save import save_model
from pyside.settings import SMALLEST_SIDE, TrainSettings
from pyside.training.checks.networks import input_shape
from pyside.training.model import build_model, compile_model
from tests.conftest import raises_with

Small = Callable[..., TrainSettings]
Written = Callable[..., str]


def some_frames(shape: tuple[int, ...], n: int = 8) -> np.ndarray:
    """float32, (n, *shape), 0 to 1."""
    return np.random.default_rng(0).random((n, *shape), dtype=np.float32)


def of_class(labels: list[int], n_classes: int = 2) -> np.ndarray:
    return np.eye(n_classes, dtype=np.float32)[labels]


# --- the networks --------------------------------------------------------------------------------------------------


def test_the_default_network_is_the_legacy_one() -> None:
    model = build_model((61, 61, 1), 2, TrainSettings())
    rows = []
    for layer in model.layers:
        config = layer.get_config()
        if isinstance(layer, keras.layers.Conv2D):
            rows.append((config["filters"], tuple(config["kernel_size"]), config["padding"], config["activation"]))
        elif isinstance(layer, keras.layers.Dense):
            rows.append((config["units"], config["activation"]))
        elif isinstance(layer, keras.layers.Dropout):
            rows.append(config["rate"])
        else:
            rows.append(type(layer).__name__)
    assert rows == [
        (32, (3, 3), "same", "relu"), (32, (3, 3), "valid", "relu"), "MaxPooling2D", 0.25,
        (64, (3, 3), "same", "relu"), (64, (3, 3), "valid", "relu"), "MaxPooling2D", 0.25,
        (64, (2, 2), "same", "relu"), (64, (2, 2), "valid", "relu"), "MaxPooling2D", 0.25,
        "Flatten", (512, "relu"), 0.4, (2, "softmax"),
    ]  # fmt: skip
    assert isinstance(model.optimizer, keras.optimizers.Adam)
    assert model.loss == "categorical_crossentropy"
    assert model.jit_compile is False
    assert float(model.optimizer.learning_rate) == pytest.approx(1e-3)


def test_sizes_follow_from_the_data_down_to_18_pixels(small: Small) -> None:
    for shape, n_classes in (((SMALLEST_SIDE, SMALLEST_SIDE, 1), 2), ((18, 40, 3), 5)):
        model = build_model(shape, n_classes, small())
        assert model.input_shape == (None, *shape) and model.output_shape == (None, n_classes)
        assert model.get_layer("flatten").output.shape[1] > 0
    with pytest.raises(ValueError):
        build_model((17, 40, 1), 2, small())


def test_filters_units_and_dropout_are_settings() -> None:
    settings = TrainSettings.from_options(
        {"convolution_filters": (1, 2, 3, 4, 5, 6), "dense_units": 7, "dropout_rates": (0, 0.1, 0.2, 0.3)}
    )
    layers = build_model((18, 18, 1), 2, settings).layers
    assert [layer.filters for layer in layers if isinstance(layer, keras.layers.Conv2D)] == [1, 2, 3, 4, 5, 6]
    assert [layer.rate for layer in layers if isinstance(layer, keras.layers.Dropout)] == [0, 0.1, 0.2, 0.3]
    assert next(layer for layer in layers if isinstance(layer, keras.layers.Dense)).units == 7


def test_even_light_is_not_seen_by_an_untrained_network(small: Small) -> None:
    model = build_model((18, 18, 3), 2, small())
    first = keras.Model(model.inputs[0], model.get_layer("conv1a").output)
    frames = np.stack([np.full((18, 18, 3), brightness, np.float32) for brightness in (0, 0.3, 1)])
    inside = np.asarray(first(frames))[:, 1:-1, 1:-1]
    assert np.abs(inside).max() < 1e-6
    frames[:, 9, 9] += 0.1
    assert np.asarray(first(frames))[:, 1:-1, 1:-1].max() > 0.01


def test_values_keep_their_size_from_layer_to_layer(small: Small) -> None:
    model = build_model((61, 61, 1), 2, TrainSettings())
    frames = np.random.default_rng(0).random((4, 61, 61, 1)).astype(np.float32)
    layers = [layer for layer in model.layers if layer.weights and layer.name != "classes"]
    sizes = [float(np.std(out)) for out in keras.Model(model.inputs[0], [layer.output for layer in layers])(frames)]
    assert min(sizes) > 0.5 * np.std(frames) and max(sizes) < 5 * np.std(frames)


def test_the_weights_that_a_seed_gives_stay_those_that_it_gave() -> None:
    weights = build_model((61, 61, 1), 2, TrainSettings(seed=7)).get_weights()
    assert zlib.crc32(weights[0].tobytes()) == 0x20EBD075 and zlib.crc32(weights[2].tobytes()) == 0xA6FEBCD8


@pytest.mark.parametrize("network", ["legacy", "small", "context"])
def test_weights_follow_from_the_seed_and_not_from_a_global_state(network: str, small: Small) -> None:
    keras.utils.set_random_seed(1)
    first = build_model((18, 18, 1), 2, small(seed=3, network=network)).get_weights()
    keras.utils.set_random_seed(2)
    again = build_model((18, 18, 1), 2, small(seed=3, network=network)).get_weights()
    other = build_model((18, 18, 1), 2, small(seed=4, network=network)).get_weights()
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert not np.array_equal(first[0], other[0])


@pytest.mark.parametrize("network", ["legacy", "small"])
@pytest.mark.parametrize("precision", ["float32", "mixed_bfloat16", "mixed_float16"])
def test_precision_is_that_of_the_layers_and_the_softmax_is_float32(precision: str, network: str, small: Small) -> None:
    model = build_model((18, 18, 1), 2, small(network=network), precision)
    half = precision.replace("mixed_", "")
    assert model.get_layer("conv1a").compute_dtype == half and model.get_layer("dense").compute_dtype == half
    assert model.get_layer("classes").compute_dtype == "float32"
    assert all(weight.dtype == "float32" for weight in model.weights)
    assert keras.config.dtype_policy().name == "float32"  # nothing leaks
    assert isinstance(model.optimizer, keras.optimizers.LossScaleOptimizer) == (precision == "mixed_float16")


def test_small_uses_all_filters_and_units_and_half_of_the_dropout() -> None:
    options = {"convolution_filters": (1, 2, 3, 4, 5, 6), "dense_units": 7, "dropout_rates": (0, 0.1, 0.2, 0.4)}
    layers = build_model((61, 61, 1), 3, TrainSettings.from_options({**options, "network": "small"})).layers
    assert [layer.filters for layer in layers if isinstance(layer, keras.layers.Conv2D)] == [1, 2, 3, 4, 5, 6]
    assert [layer.rate for layer in layers if isinstance(layer, keras.layers.Dropout)] == [0, 0.05, 0.1, 0.2]
    assert [layer.units for layer in layers if isinstance(layer, keras.layers.Dense)] == [7, 3]


@pytest.mark.parametrize("shape", [(18, 18, 1), (18, 47, 3), (200, 200, 1), (19, 20, 7)])
def test_small_takes_frames_from_18_to_200_pixels(shape: tuple[int, int, int], small: Small) -> None:
    model = build_model(shape, 3, small(network="small"))
    assert np.asarray(model(some_frames(shape, 2))).sum(axis=1) == pytest.approx(1)


def test_small_multiplies_less_than_a_third_as_often_as_legacy() -> None:
    def products(network: str) -> int:
        layers = build_model((61, 61, 1), 2, TrainSettings(network=network)).layers
        return sum(
            layer.kernel.shape.num_elements() * int(np.prod(layer.output.shape[1:-1]))
            for layer in layers
            if layer.weights
        )

    assert products("small") < products("legacy") / 3


def test_context_is_legacy_with_all_of_its_frames_as_channels(small: Small) -> None:
    settings = small(network="context", context_frames=5)
    model = build_model(input_shape((20, 20, 1), settings), 2, settings)
    assert model.name == "context" and model.input_shape == (None, 20, 20, 5)
    legacy = build_model((20, 20, 1), 2, small()).layers
    assert [layer.name for layer in model.layers] == [layer.name for layer in legacy]
    frames = some_frames((20, 20, 5), 2)
    frames[1] = frames[0][..., ::-1]  # the same frames in another order
    first, second = np.asarray(model(frames))
    assert np.abs(first - second).max() > 1e-4


def test_old_curators_can_read_small(small: Small, tmp_path: Path) -> None:
    tf_keras = pytest.importorskip("tf_keras")
    shape = (20, 20, 1)
    frames = some_frames(shape)
    core = build_model(shape, 2, small(network="small"), "mixed_bfloat16")
    save_model(core, tmp_path / "model.h5", {"class_names": ["NonTouch", "Touch"], "image_shape": list(shape)}, frames)
    old = tf_keras.models.load_model(tmp_path / "model.h5")
    expected = np.asarray(load_model(tmp_path / "model.h5")(frames))
    assert np.asarray(old(frames)) == pytest.approx(expected, abs=1e-5)


def test_small_learns(small: Small) -> None:
    labels = [0, 1] * 32
    frames = some_frames((18, 18, 1), 64) / 2
    frames[1::2, 6:12, 6:12] += 0.5
    model = build_model((18, 18, 1), 2, small(network="small", learning_rate=3e-3))
    for _ in range(40):
        model.train_on_batch(frames, of_class(labels))
    assert np.mean(np.asarray(model(frames)).argmax(axis=1) == labels) > 0.95


# --- optimizer and loss --------------------------------------------------------------------------------------------


def dense(weight: float = 2.0) -> keras.Sequential:
    """A network of one layer, all of whose weights are `weight`: it finds all classes equally likely."""
    start = keras.initializers.Constant(weight)
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2, "softmax", kernel_initializer=start)])
    return model


@pytest.mark.parametrize(
    ("method", "argument"),
    [("l2norm", "clipnorm"), ("global-l2norm", "global_clipnorm"), ("absolute-value", "clipvalue")],
)
@pytest.mark.parametrize("precision", ["float32", "mixed_float16"])
def test_gradients_are_clipped_as_asked_for(method: str, argument: str, precision: str, small: Small) -> None:
    model = dense()
    compile_model(model, small(gradient_threshold=0.5, gradient_threshold_method=method), precision)
    adam = model.optimizer.inner_optimizer if precision == "mixed_float16" else model.optimizer
    assert {name: getattr(adam, name) for name in ("clipnorm", "global_clipnorm", "clipvalue")} == {
        "clipnorm": None, "global_clipnorm": None, "clipvalue": None, argument: 0.5
    }  # fmt: skip


def test_gradients_are_clipped_after_the_loss_scale_is_taken_out(small: Small) -> None:
    model = dense()
    compile_model(model, small(gradient_threshold=0.5, gradient_threshold_method="absolute-value"), "mixed_float16")
    optimizer = model.optimizer
    optimizer.build(model.trainable_variables)
    scale = float(optimizer.scale_loss(keras.ops.ones(())))
    gradients = [keras.ops.full(variable.shape, 0.2 * scale) for variable in model.trainable_variables]
    optimizer.apply(gradients)
    momentum = np.asarray(optimizer.inner_optimizer._momentums[0])
    assert momentum == pytest.approx(0.1 * 0.2)  # (1 - beta_1) times the gradient, below the threshold as it is


def test_without_a_threshold_nothing_is_clipped(small: Small) -> None:
    model = dense()
    compile_model(model, small(), "float32")
    assert model.optimizer.clipnorm is model.optimizer.global_clipnorm is model.optimizer.clipvalue is None


def test_l2_adds_its_factor_times_the_weight_to_the_gradient_of_kernels_only(small: Small) -> None:
    x, y = np.ones((4, 2), np.float32), of_class([0, 1, 0, 1])  # gradients of the loss itself are zero
    model = dense(2.0)
    compile_model(model, small(l2=0.1), "float32")
    before = [np.array(weight) for weight in model.get_weights()]
    loss = model.train_on_batch(x, y)[0]
    assert loss == pytest.approx(np.log(2) + 0.1 / 2 * 4 * 2.0**2, rel=1e-4)
    kernel, bias = (np.asarray(momentum) for momentum in model.optimizer._momentums)
    assert kernel == pytest.approx(0.1 * 0.1 * before[0], rel=1e-4)  # (1 - beta_1) times the gradient
    assert bias == pytest.approx(0, abs=1e-7)


def test_l2_leaves_the_configuration_alone_and_what_a_user_regularised_himself(small: Small) -> None:
    model = build_model((18, 18, 1), 2, small(l2=1e-3))
    kernels = [layer.kernel for layer in model.layers if layer.weights]
    assert [float(kernel.regularizer.l2) for kernel in kernels] == pytest.approx([5e-4] * 8)
    assert model.get_config() == build_model((18, 18, 1), 2, small()).get_config()
    theirs = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2, "softmax", kernel_regularizer="l1")])
    compile_model(theirs, small(l2=1e-3), "float32")
    assert isinstance(theirs.layers[0].kernel.regularizer, keras.regularizers.L1)


def test_focal_loss_is_cross_entropy_at_gamma_0_and_looks_past_what_is_right_above(small: Small) -> None:
    truth, found = of_class([0, 1]), np.array([[0.9, 0.1], [0.7, 0.3]], np.float32)
    model = dense()
    cross_entropy = -np.log([0.9, 0.3])
    for gamma in (0, 2):
        compile_model(model, small(loss="focal", focal_gamma=gamma), "float32")
        loss = [float(model.loss(truth[[row]], found[[row]])) for row in (0, 1)]
        assert loss == pytest.approx(cross_entropy * np.array([0.1, 0.7]) ** gamma, rel=1e-4)


# --- a network of the user's own -----------------------------------------------------------------------------------

SEQUENTIAL = """
    import keras
    from keras import layers

    def build(image_shape, n_classes, settings):
        return keras.Sequential([
            layers.Conv2D(settings.convolution_filters[0], 3, activation="relu"),
            layers.GlobalAveragePooling2D(),
            layers.Dropout(0.5),
            layers.Dense(n_classes, activation="softmax"),
        ])
"""
FUNCTIONAL = """
    import keras
    from keras import layers

    def build(image_shape, n_classes, settings):
        frames = keras.Input(image_shape)
        found = layers.Conv2D(4, 3, padding="same", activation="relu")(frames)
        found = layers.Add()([found, layers.Conv2D(4, 1)(found)])
        found = layers.Dense(n_classes)(layers.Flatten()(found))
        model = keras.Model(frames, layers.Softmax()(found))
        model.compile("sgd", "mse")
        return model
"""


@pytest.fixture
def written(tmp_path: Path) -> Written:
    """A function that writes a user's file and returns what the setting `network` then is."""

    def write(text: str) -> str:
        (tmp_path / "mine.py").write_text(textwrap.dedent(text), encoding="utf-8")
        return f"{tmp_path / 'mine.py'}:build"

    return write


def ending(lines: str) -> str:
    """A user's file whose function is these lines."""
    begin = "import keras\nfrom keras import layers\ndef build(image_shape, n_classes, settings):\n"
    return begin + textwrap.indent(textwrap.dedent(lines), "    ")


@pytest.mark.parametrize("text", [SEQUENTIAL, FUNCTIONAL])
@pytest.mark.parametrize("precision", ["float32", "mixed_bfloat16"])
def test_a_function_of_the_users_own_builds_the_network(
    text: str, precision: str, written: Written, small: Small
) -> None:
    model = build_model((20, 24, 1), 3, small(network=written(text)), precision)
    assert model.input_shape == (None, 20, 24, 1) and model.output_shape == (None, 3)
    assert isinstance(model.optimizer, keras.optimizers.Adam) and model.loss == "categorical_crossentropy"
    convolution = next(layer for layer in model.layers if isinstance(layer, keras.layers.Conv2D))
    assert convolution.compute_dtype == precision.replace("mixed_", "")
    assert model.layers[-1].compute_dtype == "float32"
    found = np.asarray(model.predict(some_frames((20, 24, 1)), verbose=0))
    assert found.dtype == np.float32 and found.sum(axis=1) == pytest.approx(1, abs=1e-5)
    assert keras.config.dtype_policy().name == "float32"  # nothing leaks


def test_the_example_of_a_network_of_ones_own_works(small: Small) -> None:
    example = Path(__file__).parents[2] / "examples" / "my_network.py"
    model = build_model((18, 18, 1), 2, small(network=f"{example}:build"))
    assert model.count_params() > 0


def test_the_weights_of_a_users_network_follow_from_the_seed_and_global_states_stay(
    written: Written, small: Small
) -> None:
    network = written(SEQUENTIAL)
    random.seed(5), np.random.seed(5)
    expected = random.random(), np.random.random()
    random.seed(5), np.random.seed(5)
    first = build_model((18, 18, 1), 2, small(network=network, seed=3))
    assert (random.random(), np.random.random()) == expected
    again = build_model((18, 18, 1), 2, small(network=network, seed=3))
    other = build_model((18, 18, 1), 2, small(network=network, seed=4))
    assert all(np.array_equal(a, b) for a, b in zip(first.get_weights(), again.get_weights(), strict=True))
    assert not np.array_equal(first.get_weights()[0], other.get_weights()[0])


def test_dropouts_without_a_seed_get_one_that_copies_share(written: Written, small: Small) -> None:
    network = written(SEQUENTIAL)
    seeds = [build_model((18, 18, 1), 2, small(network=network, seed=seed)).layers[2].seed for seed in (3, 3, 4)]
    assert seeds[0] == seeds[1] != seeds[2]
    model = build_model((18, 18, 1), 2, small(network=network, seed=3))
    copy = keras.Sequential.from_config(model.get_config())
    state, copied = (np.asarray(one.layers[2].seed_generator.state) for one in (model, copy))
    assert np.array_equal(state, copied)


@pytest.mark.parametrize(
    ("lines", "facts"),
    [
        ("return 'legacy'", ("str",)),
        ("return keras.Input(image_shape)", ("KerasTensor",)),
        ("return layers.no_such_layer", ("line 4", "AttributeError")),
        ("class Mine(keras.Model): ...\nreturn Mine()", ("Mine",)),
        (
            "return keras.Sequential([keras.Input((9, 9, 1)), layers.Flatten(), layers.Dense(n_classes, 'softmax')])",
            ("(None, 9, 9, 1)", "(None, 18, 18, 1)"),
        ),
        (
            "return keras.Sequential([keras.Input(image_shape), layers.Flatten(), layers.Dense(1, 'sigmoid')])",
            ("(None, 1)", "(None, 2)"),
        ),
        (
            "return keras.Sequential([keras.Input(image_shape), layers.Flatten(), layers.Dense(n_classes)])",
            ("probabilities", "softmax"),
        ),
        (
            "a, b = keras.Input(image_shape), keras.Input(image_shape)\n"
            "both = layers.Flatten()(layers.Add()([a, b]))\n"
            "return keras.Model([a, b], layers.Dense(n_classes, 'softmax')(both))",
            ("(None, 18, 18, 1)",),
        ),
    ],
)  # fmt: skip
def test_what_a_users_function_must_not_return(
    lines: str, facts: tuple[str, ...], written: Written, small: Small
) -> None:
    with raises_with(BadOption, "mine.py", *facts):
        build_model((18, 18, 1), 2, small(network=written(ending(lines))))
