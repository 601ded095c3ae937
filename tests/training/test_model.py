from __future__ import annotations

from collections.abc import Callable

import keras
import numpy as np
import pytest

from pyside.settings import SMALLEST_SIDE, TrainSettings
from pyside.training.model import build_model


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


def test_sizes_follow_from_the_data_down_to_18_pixels(small: Callable[..., TrainSettings]) -> None:
    for shape, n_classes in (((SMALLEST_SIDE, SMALLEST_SIDE, 1), 2), ((18, 40, 3), 5)):
        model = build_model(shape, n_classes, small())
        assert model.input_shape == (None, *shape) and model.output_shape == (None, n_classes)
        assert model.get_layer("flatten").output.shape[1] > 0
    with pytest.raises(ValueError, match="."):
        build_model((17, 40, 1), 2, small())


def test_filters_units_and_dropout_are_settings() -> None:
    settings = TrainSettings.from_options(
        {"convolution_filters": (1, 2, 3, 4, 5, 6), "dense_units": 7, "dropout_rates": (0, 0.1, 0.2, 0.3)}
    )
    layers = build_model((18, 18, 1), 2, settings).layers
    assert [layer.filters for layer in layers if isinstance(layer, keras.layers.Conv2D)] == [1, 2, 3, 4, 5, 6]
    assert [layer.rate for layer in layers if isinstance(layer, keras.layers.Dropout)] == [0, 0.1, 0.2, 0.3]
    assert next(layer for layer in layers if isinstance(layer, keras.layers.Dense)).units == 7


def test_even_light_is_not_seen_by_an_untrained_network(small: Callable[..., TrainSettings]) -> None:
    model = build_model((18, 18, 3), 2, small())
    first = keras.Model(model.inputs[0], model.get_layer("conv1a").output)
    frames = np.stack([np.full((18, 18, 3), brightness, np.float32) for brightness in (0, 0.3, 1)])
    inside = np.asarray(first(frames))[:, 1:-1, 1:-1]
    assert np.abs(inside).max() < 1e-6
    frames[:, 9, 9] += 0.1
    assert np.asarray(first(frames))[:, 1:-1, 1:-1].max() > 0.01


def test_values_keep_their_size_from_layer_to_layer(small: Callable[..., TrainSettings]) -> None:
    model = build_model((61, 61, 1), 2, TrainSettings())
    frames = np.random.default_rng(0).random((4, 61, 61, 1)).astype(np.float32)
    layers = [layer for layer in model.layers if layer.weights and layer.name != "classes"]
    sizes = [float(np.std(out)) for out in keras.Model(model.inputs[0], [layer.output for layer in layers])(frames)]
    assert min(sizes) > 0.5 * np.std(frames) and max(sizes) < 5 * np.std(frames)


def test_weights_follow_from_the_seed_and_not_from_a_global_state(small: Callable[..., TrainSettings]) -> None:
    keras.utils.set_random_seed(1)
    first = build_model((18, 18, 1), 2, small(seed=3)).get_weights()
    keras.utils.set_random_seed(2)
    again = build_model((18, 18, 1), 2, small(seed=3)).get_weights()
    other = build_model((18, 18, 1), 2, small(seed=4)).get_weights()
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert not np.array_equal(first[0], other[0])


@pytest.mark.parametrize("precision", ["float32", "mixed_bfloat16", "mixed_float16"])
def test_precision_is_that_of_the_layers_and_the_softmax_is_float32(
    precision: str, small: Callable[..., TrainSettings]
) -> None:
    model = build_model((18, 18, 1), 2, small(), precision)
    half = precision.replace("mixed_", "")
    assert model.get_layer("conv1a").compute_dtype == half and model.get_layer("dense").compute_dtype == half
    assert model.get_layer("classes").compute_dtype == "float32"
    assert all(weight.dtype == "float32" for weight in model.weights)
    assert keras.config.dtype_policy().name == "float32"  # nothing leaks
    assert isinstance(model.optimizer, keras.optimizers.LossScaleOptimizer) == (precision == "mixed_float16")
