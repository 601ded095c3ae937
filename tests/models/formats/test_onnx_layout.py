"""Networks come into MATLAB's layout: they predict the same, of operators that MATLAB has built-in layers for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import onnx
import pytest
from keras import layers

from pyside.models.formats.onnx_files import to_onnx
from pyside.models.formats.onnx_layout import in_matlab_layout, session_of
from pyside.settings.checks import NETWORKS
from pyside.settings.training import TrainSettings
from pyside.training.model import build_model

# Operators of which MATLAB makes built-in layers, by its documentation of importNetworkFromONNX and importONNXNetwork.
BUILT_IN = frozenset(
    "Add AveragePool BatchNormalization Clip Concat Constant Conv ConvTranspose Div Dropout Elu Flatten Gemm "
    "GlobalAveragePool GlobalMaxPool LeakyRelu MatMul MaxPool Mul PRelu Relu Sigmoid Softmax Sub Sum Tanh".split()
)
SIDES = (20, 22)  # height and width differ, so that they cannot be mistaken for each other


def of_layers(*parts: Any, channels: int = 3) -> keras.Model:
    return keras.Sequential([keras.Input((*SIDES, channels)), *parts])


def with_branches() -> keras.Model:
    given = keras.Input((*SIDES, 1))
    found = layers.Conv2D(4, 3, padding="same", activation="elu")(layers.Rescaling(2.0, -1.0)(given))
    found = layers.Concatenate()([layers.Add()([found, layers.Conv2D(4, 3, padding="same")(found)]), found])
    found = layers.BatchNormalization()(layers.GlobalMaxPooling2D()(found))
    return keras.Model(given, layers.Dense(3, activation="softmax")(found))


MADE_OF: dict[str, Callable[[], keras.Model]] = {
    "maps that become a vector": lambda: of_layers(
        layers.Conv2D(4, 3, padding="same", activation="relu"), layers.MaxPooling2D(), layers.Flatten(),
        layers.Dense(5, activation="relu"), layers.Dense(2, activation="softmax"),
    ),
    "a vector that is normalised": lambda: of_layers(
        layers.Conv2D(4, 3), layers.Flatten(), layers.BatchNormalization(), layers.LeakyReLU(),
        layers.Dense(2, activation="softmax"), channels=1,
    ),
    "means of maps, in grey": lambda: of_layers(
        layers.Conv2D(4, 3, use_bias=False), layers.BatchNormalization(), layers.ReLU(), layers.SeparableConv2D(6, 3),
        layers.GlobalAveragePooling2D(), layers.Dense(1, activation="sigmoid"), channels=1,
    ),
    "no convolution": lambda: of_layers(layers.Flatten(), layers.Dense(4), layers.Dense(2, activation="softmax")),
    "branches": with_branches,
}  # fmt: skip


def with_weights(model: keras.Model) -> keras.Model:
    """Give a network weights that make it say different things, variances that are positive, and biases."""
    rng = np.random.default_rng(0)
    model.set_weights([rng.uniform(0.2, 0.6, one.shape) * rng.choice([1, -1, 1], one.shape) if one.ndim > 1 else
                       rng.uniform(0.5, 1.0, one.shape) for one in model.get_weights()])  # fmt: skip
    return model


def in_layout(model: keras.Model) -> Any:
    return in_matlab_layout(onnx.load_from_string(to_onnx(model)))


def check_predictions(model: keras.Model, converted: Any) -> None:
    frames = np.random.default_rng(1).random((6, *model.input_shape[1:]), np.float32)
    expected = np.asarray(model(frames))
    (found,) = session_of(converted.SerializeToString()).run(None, {"frames": frames.transpose(0, 3, 1, 2).copy()})
    np.testing.assert_allclose(found, expected, atol=1e-4)


@pytest.mark.parametrize("name", MADE_OF)
def test_a_network_of_usual_layers_predicts_the_same_with_built_in_layers_only(name: str) -> None:
    model = with_weights(MADE_OF[name]())
    found = in_layout(model)
    assert {node.op_type for node in found.graph.node} <= BUILT_IN
    check_predictions(model, found)


@pytest.mark.parametrize("network", NETWORKS)
def test_the_networks_of_touchtrain_have_built_in_layers_only(network: str) -> None:
    model = build_model((24, 24, 1), 2, TrainSettings(network=network))
    found = in_layout(model)
    assert {node.op_type for node in found.graph.node} <= BUILT_IN
    check_predictions(model, found)


@pytest.mark.parametrize(
    "parts",
    [
        (layers.Conv2D(4, 3), layers.Reshape((360, 4)), layers.GlobalAveragePooling1D()),
        (layers.GlobalAveragePooling2D(),),
        (layers.Conv2D(2, 3), layers.Permute((2, 1, 3)), layers.Flatten()),
    ],
    ids=["reshaped", "means of the frame", "turned"],
)
def test_what_cannot_be_put_so_still_predicts_the_same(parts: tuple[Any, ...]) -> None:
    model = with_weights(of_layers(*parts, layers.Dense(2, activation="softmax")))
    check_predictions(model, in_layout(model))


def test_names_of_nodes_do_not_tell_of_their_making() -> None:
    found = in_layout(MADE_OF["maps that become a vector"]())
    names = ["conv_1", "relu_1", "maxpool_1", "flatten_1", "gemm_1", "relu_2", "gemm_2", "softmax_1"]
    assert [node.name for node in found.graph.node] == names
    assert found.graph.input[0].name == "frames" and found.graph.output[0].name == "probabilities"
