"""Models within models, augmentation and arithmetic, as transfer learning makes them; and what outputs mean.

Files in the form of Keras 2 are written here by hand; Keras 3 writes its own.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import keras
import numpy as np
import pytest
from keras import layers as L
from keras import ops

from pyside.errors import BadModel
from pyside.models import blueprint, load, save
from tests.conftest import raises_with
from tests.models.test_blueprint import (
    NAMES,
    SHAPE,
    Layer,
    chain,
    convolution,
    dense,
    drawn,
    old_chain,
    predicted,
    sequential,
    write,
)

COLOUR = (8, 8, 3)
FRAMES = np.random.default_rng(1).random((6, *COLOUR), np.float32)
VERSION = "2.15.0"


def built(path: Path) -> keras.Model:
    """Load a file that was written here, so that no process need look at it first."""
    return blueprint.build(load.read_plan(path, from_here=True))


def answers(model: keras.Model) -> np.ndarray:
    return np.asarray(model(FRAMES, training=False))


# --- Keras 2 -------------------------------------------------------------------------------------------------------


def stored(kind: str, name: str, inbound: list[Any] | None = None, **config: Any) -> dict[str, Any]:
    """A layer of a functional model of Keras 2; `inbound` is the inputs of its only call."""
    made = {"class_name": kind, "name": name, "config": {"name": name, "trainable": True, **config}}
    return made | {"inbound_nodes": [] if inbound is None else [inbound]}


def end(layer: str, node: int = 0, /, **arguments: Any) -> list[Any]:
    return [layer, node, 0, arguments]


def operation(name: str, function: str, entry: list[Any]) -> dict[str, Any]:
    """An operation of TensorFlow, as Keras 2.15 writes it: the call is not in a list of its own."""
    return stored("TFOpLambda", name, entry, function=function)


def functional(name: str, layers: list[dict[str, Any]], last: str, first: str = "frames") -> dict[str, Any]:
    ends = {"input_layers": [[first, 0, 0]], "output_layers": [[last, 0, 0]]}
    return {"class_name": "Functional", "config": {"name": name, "layers": layers, **ends}}


def entry(name: str = "frames") -> dict[str, Any]:
    return stored("InputLayer", name, batch_input_shape=[None, *COLOUR], dtype="float32")


def of(layer: Layer, inbound: list[Any]) -> dict[str, Any]:
    kind, name, options, _ = layer
    return stored(kind, name, inbound, **options)


def write_old(path: Path, model: dict[str, Any], weights: dict[str, dict[str, np.ndarray]], loss: Any = None) -> Path:
    """Write an .h5 of Keras 2.15; weights by name, of each layer of the outermost model."""
    with h5py.File(path, "w") as file:
        file.attrs["keras_version"], file.attrs["backend"] = VERSION.encode(), b"tensorflow"
        file.attrs["model_config"] = json.dumps(model).encode()
        if loss:
            file.attrs["training_config"] = json.dumps({"loss": loss}).encode()
        group = file.create_group("model_weights")
        group.attrs["layer_names"] = [name.encode() for name in weights]
        for layer, arrays in weights.items():
            group.create_group(layer).attrs["weight_names"] = [name.encode() for name in arrays]
            for name, array in arrays.items():
                group[layer].create_dataset(name, data=array)
    return path


FIRST, SECOND = (convolution(VERSION, name, 3, 3, "relu") for name in ("block/conv", "second"))
LAST = dense(VERSION, "out", 3, 2, "softmax")
NORM = {what: drawn(3) ** 2 + n for n, what in enumerate(("gamma", "beta", "moving_mean", "moving_variance"), 1)}


def base(name: str = "base") -> dict[str, Any]:
    """A model that branches, with a slash in the name of a layer as in DenseNet."""
    inner = [
        entry("input_1"),
        of(FIRST, [end("input_1")]),
        stored("BatchNormalization", "bn", [end("block/conv")], axis=[3], epsilon=0.001, center=True, scale=True),
        of(SECOND, [end("bn")]),
        stored("Add", "sum", [end("bn"), end("second")]),
    ]
    return functional(name, inner, "sum", "input_1")


BASE_WEIGHTS = {
    "block/conv/kernel:0": FIRST[3][0], "block/conv/bias:0": FIRST[3][1], "bn/gamma:0": NORM["gamma"],
    "bn/beta:0": NORM["beta"], "second/kernel:0": SECOND[3][0], "second/bias:0": SECOND[3][1],
    "bn/moving_mean:0": NORM["moving_mean"], "bn/moving_variance:0": NORM["moving_variance"],
}  # fmt: skip
HEAD_WEIGHTS = {"out/kernel:0": LAST[3][0], "out/bias:0": LAST[3][1]}


def same_base() -> Callable[[Any], Any]:
    first, second = (L.Conv2D(3, 3, padding="same", activation="relu") for _ in range(2))
    norm = L.BatchNormalization(epsilon=0.001)

    def call(x: Any) -> Any:
        normed = norm(first(x))
        return L.Add()([normed, second(normed)])

    call(keras.Input(COLOUR))
    first.set_weights(FIRST[3])
    second.set_weights(SECOND[3])
    norm.set_weights(list(NORM.values()))
    return call


def same_head() -> L.Layer:
    head = L.Dense(2, activation="softmax")
    head.build((None, 3))
    head.set_weights(LAST[3])
    return head


def expected(make: Callable[[Any], Any]) -> np.ndarray:
    frames = keras.Input(COLOUR)
    return answers(keras.Model(frames, make(frames)))


@pytest.fixture(scope="module")
def transfer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Transfer learning as the guide of Keras makes it, with preprocess_input and augmentation."""
    flips = {"class_name": "Sequential", "name": "augment", "inbound_nodes": [[end("frames")]]} | {
        "config": {
            "name": "augment",
            "layers": [
                {"class_name": "RandomFlip", "config": {"name": "flip", "mode": "horizontal", "seed": None}},
                {"class_name": "RandomRotation", "config": {"name": "turn", "factor": 0.1, "fill_mode": "reflect"}},
            ],
        }
    }
    layers = [
        entry(),
        flips,
        operation("tf.math.truediv", "math.truediv", end("augment", 1, y=0.5, name=None)),
        operation("tf.math.subtract", "math.subtract", end("tf.math.truediv", y=1.0, name=None)),
        {**base(), "name": "base", "inbound_nodes": [[end("tf.math.subtract", training=False)]]},
        stored("GlobalAveragePooling2D", "pooled", [end("base", 1)]),
        of(LAST, [end("pooled")]),
    ]
    path = tmp_path_factory.mktemp("transfer") / "old.h5"
    return write_old(path, functional("whole", layers, "out"), {"base": BASE_WEIGHTS, "out": HEAD_WEIGHTS})


def test_transfer_learning_of_keras_2_predicts_as_it_did(transfer: Path) -> None:
    found = answers(load.load_model(transfer))
    base_, head = same_base(), same_head()
    assert np.allclose(found, expected(lambda x: head(L.GlobalAveragePooling2D()(base_(x / 0.5 - 1)))), atol=1e-6)
    about = load.describe_model(transfer)
    assert about["classes"] == 2 and about["image_shape"] == list(COLOUR) and about["layers"] == 12
    assert about["parameters"] == sum(array.size for array in (*BASE_WEIGHTS.values(), *HEAD_WEIGHTS.values()))


def test_it_is_trained_further_and_saved_as_plain_layers(transfer: Path, tmp_path: Path) -> None:
    core, notes = load.load_core(transfer, "float32", COLOUR, NAMES, 0)
    assert "RandomFlip" in notes[0] and "augment" in notes[0] and "tf.math.truediv" in notes[1]
    modes = [layer["inbound_nodes"] for layer in core.get_config()["layers"] if "Norm" in layer["class_name"]]
    assert "'training': False" in str(modes)
    save.save_model(core, tmp_path / "new.h5", {}, FRAMES)
    assert np.allclose(answers(load.load_model(tmp_path / "new.h5")), answers(load.load_model(transfer)), atol=1e-6)


@pytest.mark.parametrize("counts_making", [0, 1])
def test_a_model_that_is_called_twice_shares_its_weights(counts_making: int, tmp_path: Path) -> None:
    twice = {**base(), "name": "base", "inbound_nodes": [[end("frames")], [end("base", counts_making)]]}
    layers = [
        entry(),
        twice,
        stored("GlobalAveragePooling2D", "pooled", [end("base", counts_making + 1)]),
        of(LAST, [end("pooled")]),
    ]
    path = write_old(
        tmp_path / "old.h5", functional("whole", layers, "out"), {"base": BASE_WEIGHTS, "out": HEAD_WEIGHTS}
    )
    base_, head = same_base(), same_head()
    assert np.allclose(
        answers(load.load_model(path)),
        expected(lambda x: head(L.GlobalAveragePooling2D()(base_(base_(x))))),
        atol=1e-6,
    )


def test_layers_of_one_name_in_two_inner_models_are_told_apart(tmp_path: Path) -> None:
    layers = [
        {"class_name": "Functional", "config": {**base("left")["config"]}},
        {"class_name": "Functional", "config": {**base("right")["config"]}},
        {"class_name": "GlobalAveragePooling2D", "config": {"name": "pooled"}},
        {"class_name": "Dense", "config": {"name": "out", **LAST[2]}},
    ]
    layers[0]["config"]["layers"][0]["config"]["batch_input_shape"] = [None, *COLOUR]
    model = {"class_name": "Sequential", "config": {"name": "whole", "layers": layers}}
    right = {name: array * 0.5 for name, array in BASE_WEIGHTS.items()}
    path = write_old(tmp_path / "old.h5", model, {"left": BASE_WEIGHTS, "right": right, "out": HEAD_WEIGHTS})
    core = load.load_model(path)
    kernels = [layer.get_weights()[0] for layer in core.layers if "block" in layer.name]
    assert np.allclose(kernels[0], FIRST[3][0]) and np.allclose(kernels[1], FIRST[3][0] * 0.5)


W = drawn(12, 2)
GREY = np.array([0.2, 0.5, 0.9])
OPERATIONS: dict[str, tuple[str, list[Any], Callable[[np.ndarray], np.ndarray]]] = {
    "one minus": ("math.subtract", ["_CONSTANT_VALUE", -1, 1.0, {"y": ["frames", 0, 0]}], lambda x: 1 - x),
    "plus itself": ("__operators__.add", end("frames", y=["frames", 0, 0]), lambda x: 2 * x),
    "times each channel": ("math.multiply", end("frames", y=GREY.tolist()), lambda x: x * GREY),
    "bias": ("nn.bias_add", end("frames", bias=GREY.tolist(), data_format="NHWC"), lambda x: x + GREY),
    "negative": ("math.negative", end("frames"), lambda x: -x),
    "absolute": ("math.abs", end("frames"), np.abs),
    "square": ("math.square", end("frames"), np.square),
    "cube": ("math.pow", end("frames", y=3), lambda x: x**3),
    "clip": ("clip_by_value", end("frames", clip_value_min=0.3, clip_value_max=0.6), lambda x: np.clip(x, 0.3, 0.6)),
    "at least": ("math.maximum", end("frames", y=0.4), lambda x: np.maximum(x, 0.4)),
    "at most": ("math.minimum", end("frames", y=0.4), lambda x: np.minimum(x, 0.4)),
    "tanh": ("math.tanh", end("frames"), np.tanh),
    "leaky": ("nn.leaky_relu", end("frames", alpha=0.5), lambda x: x),
    "cast": ("cast", end("frames", dtype="float32"), lambda x: x),
}
REVERSED = [{"class_name": "__ellipsis__"}, {"start": None, "stop": None, "step": -1}]


def with_operation(path: Path, layer: dict[str, Any]) -> Path:
    """Write a model of an operation on frames and a dense layer."""
    whole = [entry(), layer, stored("Flatten", "flat", [end(layer["name"])])]
    whole.append(of(dense(VERSION, "out", 192, 2, "softmax"), [end("flat")]))
    out = {"out/kernel:0": drawn(192, 2), "out/bias:0": drawn(2)}
    return write_old(path, functional("whole", whole, "out"), {"out": out})


def softmax_of(x: np.ndarray) -> np.ndarray:
    values = np.exp(x.reshape(len(x), -1) @ drawn(192, 2) + drawn(2))
    return values / values.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("what", OPERATIONS)
def test_arithmetic_of_keras_2_is_computed_by_plain_layers(what: str, tmp_path: Path) -> None:
    function, call, same = OPERATIONS[what]
    path = with_operation(tmp_path / "old.h5", operation("arithmetic", function, call))
    assert np.allclose(answers(built(path)), softmax_of(same(FRAMES)), atol=1e-5)


def test_channels_in_reverse_order_are_taken_by_a_convolution(tmp_path: Path) -> None:
    layer = stored("SlicingOpLambda", "reversed", end("frames", slice_spec=REVERSED), function="__operators__.getitem")
    found = answers(built(with_operation(tmp_path / "old.h5", layer)))
    assert np.allclose(found, softmax_of(FRAMES[..., ::-1]), atol=1e-5)


@pytest.mark.parametrize("weighted", [False, True])
def test_a_normalization_scales_by_the_mean_and_variance_of_its_file(weighted: bool, tmp_path: Path) -> None:
    mean, variance = np.array([0.1, 0.2, 0.3], np.float32), np.array([1.0, 2.0, 0.5], np.float32)
    known = {} if weighted else {"mean": mean.tolist(), "variance": variance.tolist()}
    layer = stored("Normalization", "norm", [end("frames")], axis=[-1], **known)
    path = with_operation(tmp_path / "old.h5", layer)
    if weighted:
        with h5py.File(path, "a") as file:
            group = file["model_weights"]
            group.attrs["layer_names"] = [b"norm", b"out"]
            weights = {"norm/mean:0": mean, "norm/variance:0": variance, "norm/count:0": np.int64(9)}
            group.create_group("norm").attrs["weight_names"] = [name.encode() for name in weights]
            for name, array in weights.items():
                group["norm"][name] = array
    assert np.allclose(answers(built(path)), softmax_of((FRAMES - mean) / np.sqrt(variance)), atol=1e-5)


def nested_with(layer: dict[str, Any]) -> dict[str, Any]:
    inner = functional("inner", [entry("input_1"), layer], layer["name"], "input_1")
    return {**inner, "name": "inner", "inbound_nodes": [[end("frames")]]}


UNFIT: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "code": (nested_with(stored("Lambda", "own", [end("input_1")], function=["4wE", None, None])), ("own", "code")),
    "own layer": (nested_with(stored("Attention7", "own", [end("input_1")])), ("own", "Attention7")),
    "other operation": (operation("log", "math.log", end("frames")), ("log", "math.log", "plain")),
    "one over": (operation("one", "math.divide", ["_CONSTANT_VALUE", -1, 1.0, {"y": ["frames", 0, 0]}]), ("one",)),
    "hidden operation": (operation("read", "io.math.add", end("frames", y=1)), ("read", "io.math.add")),
    "to integers": (operation("int", "cast", end("frames", dtype="uint8")), ("int", "cast")),
    "always augments": (stored("RandomFlip", "flip", [end("frames", training=True)]), ("flip", "training=True")),
    "no mean": (stored("Normalization", "norm", [end("frames")], axis=[-1]), ("norm", "Normalization")),
}


@pytest.mark.parametrize("what", UNFIT)
def test_what_is_not_plain_is_named_for_what_it_is(what: str, tmp_path: Path) -> None:
    layer, facts = UNFIT[what]
    path = with_operation(tmp_path / "old.h5", layer)
    with raises_with(BadModel, path, *facts) as caught:
        load.read_plan(path, from_here=True)
    assert ("code" in str(caught.value)) == (what == "code")


def test_models_that_call_each_other_without_end_are_refused(tmp_path: Path) -> None:
    model = {**nested_with(stored("ReLU", "relu", [end("input_1")])), "name": "m0"}
    for depth in range(12):
        name = f"m{depth}"
        model["config"]["name"] = model["name"] = name
        model["inbound_nodes"] = [[end("input_1")], *([end(name, node)] for node in range(3))]
        outer = functional("outer", [entry("input_1"), model], name, "input_1")
        outer["config"]["output_layers"] = [[name, 3, 0]]
        model = {**outer, "name": "outer"}
    with raises_with(BadModel, 10000):
        load.load_model(write_old(tmp_path / "old.h5", model, {}))
    circle = [entry(), stored("RandomFlip", "a", [end("b")]), stored("RandomFlip", "b", [end("a")])]
    with raises_with(BadModel, tmp_path / "old.h5"):
        load.load_model(write_old(tmp_path / "old.h5", functional("circle", circle, "b"), {}))


# --- Keras 3 -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def by_keras_3(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, np.ndarray]]:
    """Models that this Keras wrote, in both formats, and what they predict."""
    keras.utils.set_random_seed(0)
    folder, predictions = tmp_path_factory.mktemp("keras_3"), {}

    def inner() -> keras.Model:
        frames = keras.Input(COLOUR)
        x = L.BatchNormalization()(L.Conv2D(3, 3, padding="same")(frames))
        x = keras.Model(frames, L.Add()([x, L.Conv2D(3, 3, padding="same")(x)]))
        x.layers[2].set_weights([drawn(3) + 1, drawn(3), drawn(3), drawn(3) ** 2 + 1])
        return x

    frames, shared, single = keras.Input(COLOUR), inner(), L.Conv2D(3, 1)
    x = shared(keras.Sequential([L.RandomFlip(), L.RandomZoom(0.1)])(frames) / 0.5 - 1, training=False)
    x = ops.relu(single(x)) + shared(single(1 - x))
    x = ops.mean(x, axis=[1, 2]) + ops.max(x, axis=[1, 2])
    adapted = L.Normalization()
    adapted.adapt(FRAMES)
    made = {
        "functional": keras.Model(frames, L.Dense(2, activation="softmax")(x)),
        "sequential": keras.Sequential(
            [keras.Input(COLOUR), L.RandomFlip(), adapted, inner(), L.Flatten(), L.Dense(2), L.Softmax()]
        ),
    }
    for name, model in made.items():
        predictions[name] = answers(model)
        for suffix in (".h5", ".keras"):
            model.save(folder / f"{name}{suffix}")
    return folder, predictions


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("suffix", [".h5", ".keras"])
@pytest.mark.parametrize("name", ["functional", "sequential"])
def test_nested_models_of_keras_3_predict_as_they_did(
    name: str, suffix: str, by_keras_3: tuple[Path, dict[str, np.ndarray]]
) -> None:
    folder, predictions = by_keras_3
    loaded = load.load_model(folder / f"{name}{suffix}")
    assert np.allclose(answers(loaded), predictions[name], atol=1e-6)
    assert not any(isinstance(layer, keras.Model) for layer in loaded.layers)


# --- what outputs mean ---------------------------------------------------------------------------------------------


def from_logits(kind: str) -> dict[str, Any]:
    return {"class_name": kind, "config": {"from_logits": True}}


def with_loss(path: Path, loss: Any, **how: Any) -> Path:
    old_chain(path, **how)
    with h5py.File(path, "a") as file:
        file.attrs["training_config"] = json.dumps({"loss": loss}).encode()
    return path


def raw_of_chain(units: int) -> np.ndarray:
    model = keras.Sequential([keras.Input(SHAPE), L.Conv2D(4, 3, padding="same", activation="relu"), L.MaxPooling2D()])
    model = keras.Sequential([*model.layers, L.Flatten(), L.Dense(8, activation="relu"), L.Dense(units)])
    model.build((None, *SHAPE))
    model.set_weights([array for *_, arrays in chain("2.2.4", units) for array in arrays])
    return predicted(model)


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def test_one_sigmoid_output_is_the_probability_of_the_second_class(tmp_path: Path) -> None:
    path = old_chain(tmp_path / "old.h5", units=1, activation="sigmoid")
    touch = sigmoid(raw_of_chain(1))
    assert np.allclose(predicted(load.load_model(path)), np.hstack([1 - touch, touch]), atol=1e-6)
    assert load.describe_model(path)["classes"] == 2


@pytest.mark.parametrize("names", [("NonTouch", "Touch"), ("Touch", "NonTouch"), ("rest", "lick")])
def test_one_output_is_touch_wherever_that_stands(names: tuple[str, str], tmp_path: Path) -> None:
    path = with_loss(tmp_path / "old.h5", from_logits("BinaryCrossentropy"), units=1, activation="linear")
    core, notes = load.load_core(path, "float32", SHAPE, names, 0)
    event = names.index("Touch") if "Touch" in names else 1
    assert np.allclose(predicted(core)[:, event], sigmoid(raw_of_chain(1))[:, 0], atol=1e-6)
    assert np.allclose(predicted(core).sum(axis=1), 1, atol=1e-6) and f"of {names[event]} " in notes[0]


def test_logits_become_probabilities_where_the_loss_says_what_they_are(tmp_path: Path) -> None:
    path = with_loss(tmp_path / "a.h5", from_logits("BinaryCrossentropy"), units=1, activation="linear")
    touch = sigmoid(raw_of_chain(1))
    assert np.allclose(predicted(load.load_model(path)), np.hstack([1 - touch, touch]), atol=1e-6)
    path = with_loss(tmp_path / "b.h5", [from_logits("SparseCategoricalCrossentropy")], activation="linear")
    raw = raw_of_chain(2)
    exact = np.exp(raw) / np.exp(raw).sum(axis=1, keepdims=True)
    assert np.allclose(predicted(load.load_model(path)), exact, atol=1e-6)
    core, notes = load.load_core(path, "float32", SHAPE, NAMES, 0)
    assert np.allclose(predicted(core), exact, atol=1e-6) and "logits" in notes[0]
    path = with_loss(tmp_path / "c.h5", from_logits("BinaryCrossentropy"), activation="linear")
    assert np.allclose(predicted(load.load_model(path)), sigmoid(raw), atol=1e-6)


@pytest.mark.parametrize("loss", ["binary_crossentropy", None, {"config": []}])
@pytest.mark.parametrize("units", [1, 2])
def test_outputs_that_may_be_logits_are_refused_with_both_readings(units: int, loss: Any, tmp_path: Path) -> None:
    path = with_loss(tmp_path / "old.h5", loss, units=units, activation="linear")
    with raises_with(BadModel, path, "logits", "sigmoid" if units == 1 else "softmax"):
        load.load_model(path)


def test_one_output_with_softmax_or_tanh_is_no_probability(tmp_path: Path) -> None:
    for activation in ("softmax", "tanh"):
        with raises_with(BadModel, activation):
            load.load_model(old_chain(tmp_path / "old.h5", units=1, activation=activation))


def test_a_sigmoid_that_is_not_at_the_end_of_a_dense_layer_is_understood(tmp_path: Path) -> None:
    one = convolution("2.2.4", "last", 4, 1, "sigmoid", kernel_size=[1, 1])
    one = (*one[:3], [drawn(1, 1, 4, 1), drawn(1)])
    pooled: Layer = ("GlobalAveragePooling2D", "pooled", {}, [])
    linear = (*one[:2], {**one[2], "activation": "linear"}, one[3])
    after: Layer = ("Activation", "act", {"activation": "sigmoid"}, [])
    for name, ends in {"pooled": [one, pooled], "after": [linear, pooled, after]}.items():
        layers = [chain("2.2.4")[0], *ends]
        path = write(tmp_path / f"{name}.h5", "2.2.4", sequential("2.2.4", layers), layers)
        loaded = load.load_model(path)
        assert loaded.output_shape == (None, 2) and np.allclose(predicted(loaded).sum(axis=1), 1, atol=1e-6)
        save.save_model(loaded, tmp_path / "again.h5", {}, np.zeros((1, *SHAPE), np.float32))
        assert np.allclose(predicted(load.load_model(tmp_path / "again.h5")), predicted(loaded), atol=1e-6)
    core, _ = load.load_core(tmp_path / "after.h5", "float32", SHAPE, NAMES[::-1], 0)
    assert np.allclose(predicted(core)[:, ::-1], predicted(load.load_model(tmp_path / "after.h5")), atol=1e-6)


def test_several_arrays_and_maps_are_no_probability_of_each_class(tmp_path: Path) -> None:
    one, other = keras.Input((8, 8, 1)), keras.Input((8, 8, 1))
    head = keras.layers.Dense(2, activation="softmax")(keras.layers.Flatten()(one))
    kinds = {
        "outputs": keras.Model(one, [head, keras.layers.Dense(2, activation="softmax")(head)]),
        "inputs": keras.Model(
            [one, other],
            keras.layers.Dense(2, activation="softmax")(keras.layers.Flatten()(keras.layers.Add()([one, other]))),
        ),
        "map": keras.Model(one, keras.layers.Conv2D(1, 1, activation="sigmoid")(one)),
    }
    for name, network in kinds.items():
        for suffix in ("h5", "keras"):
            network.save(tmp_path / f"{name}.{suffix}")
            with raises_with(BadModel, f"{name}.{suffix}", "one vector"):
                load.load_model(tmp_path / f"{name}.{suffix}")
