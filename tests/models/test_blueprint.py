"""Models of older Kerases.

None of those can be installed beside Keras 3, so their files are written here by hand, as each version wrote them;
`tf_keras`, the last of Keras 2, writes its own.
"""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import h5py
import keras
import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from keras.layers import Conv2D, Dense, Dropout, Flatten, MaxPooling2D

from pyside.errors import BadModel, PathMissing
from pyside.models import blueprint, load, save
from pyside.models import files as model_files
from pyside.models import metadata as model_metadata
from pyside.models.formats.keras_files import save_keras
from pyside.training.input_pipeline.augment import for_training
from tests.conftest import raises_with

SHAPE = (18, 18, 1)
NAMES = ("NonTouch", "Touch")
FRAMES = np.random.default_rng(0).random((8, *SHAPE), np.float32)
LIST_CONFIG = ("2.0.5", "2.1.6")  # a Sequential model is a list of its layers
OF_TENSORFLOW = ("2.1.6-tf", "2.2.4-tf")
VERSIONS = ("2.0.5", "2.1.6", "2.1.6-tf", "2.2.4", "2.2.4-tf", "2.3.1")

Layer = tuple[str, str, dict[str, Any], list[np.ndarray]]


# --- files as old Kerases wrote them -------------------------------------------------------------------------------


def drawn(*shape: int) -> np.ndarray:
    return np.random.default_rng(sum(shape)).normal(0, 0.3, shape).astype(np.float32)


def initializer(version: str) -> dict[str, Any]:
    if version in OF_TENSORFLOW:
        return {"class_name": "GlorotUniform", "config": {"seed": None, "dtype": "float32"}}
    rule = {"scale": 1.0, "mode": "fan_avg", "distribution": "uniform", "seed": None}
    return {"class_name": "VarianceScaling", "config": rule}


def weighted(version: str, activation: str) -> dict[str, Any]:
    """The options that convolutions and dense layers have in common."""
    zeros: dict[str, Any] = {"dtype": "float32"} if version in OF_TENSORFLOW else {}
    nothing = "kernel_regularizer bias_regularizer activity_regularizer kernel_constraint bias_constraint".split()
    return {
        "activation": activation,
        "use_bias": True,
        "kernel_initializer": initializer(version),
        "bias_initializer": {"class_name": "Zeros", "config": zeros},
        **dict.fromkeys(nothing),
    }


def convolution(version: str, name: str, channels: int, filters: int, activation: str, **more: Any) -> Layer:
    options = {"filters": filters, "kernel_size": [3, 3], "strides": [1, 1], "padding": "same"}
    options |= {"data_format": "channels_last", "dilation_rate": [1, 1], **weighted(version, activation), **more}
    return "Conv2D", name, options, [drawn(3, 3, channels, filters), drawn(filters)]


def dense(version: str, name: str, inputs: int, units: int, activation: str, **more: Any) -> Layer:
    return (
        "Dense",
        name,
        {"units": units, **weighted(version, activation), **more},
        [drawn(inputs, units), drawn(units)],
    )


def chain(version: str, units: int = 2, activation: str = "softmax", **first: Any) -> list[Layer]:
    """A small whisker network; the activation of its convolution is a layer of its own."""
    dropout = {"rate": 0.4} | ({} if version == "2.0.5" else {"noise_shape": None, "seed": None})
    pooling = {"pool_size": [2, 2], "padding": "valid", "strides": [2, 2], "data_format": "channels_last"}
    flatten = {"data_format": "channels_last"} if version.startswith(("2.2", "2.3")) else {}
    return [
        convolution(version, "conv2d_1", 1, 4, "linear", batch_input_shape=[None, *SHAPE], dtype="float32", **first),
        ("Activation", "activation_1", {"activation": "relu"}, []),
        ("MaxPooling2D", "max_pooling2d_1", pooling, []),
        ("Dropout", "dropout_1", dropout, []),
        ("Flatten", "flatten_1", flatten, []),
        dense(version, "dense_1", 324, 8, "relu"),
        dense(version, "dense_2", 8, units, activation),
    ]


def configured(version: str, layers: list[Layer]) -> list[dict[str, Any]]:
    each = {"dtype": "float32"} if version in OF_TENSORFLOW else {}
    return [
        {"class_name": kind, "config": {"name": name, "trainable": True, **each, **options}}
        for kind, name, options, _ in layers
    ]


def sequential(version: str, layers: list[Layer]) -> dict[str, Any]:
    made = configured(version, layers)
    config = made if version in LIST_CONFIG else {"name": "sequential_1", "layers": made}
    return {"class_name": "Sequential", "config": config}


def branching(version: str) -> tuple[dict[str, Any], list[Layer]]:
    """A functional network of two branches of the same shapes, which are added and put side by side."""
    entry: Layer = ("InputLayer", "input_1", {"batch_input_shape": [None, *SHAPE], "dtype": "float32"}, [])
    left = convolution(version, "left", 1, 4, "relu")
    right = ("Conv2D", "right", left[2], [-left[3][0][::-1], left[3][1] + 0.5])
    pooled = "GlobalAveragePooling2D", "pooled", {"data_format": "channels_last"}, []
    layers = [entry, left, right, ("Add", "sum", {}, []), ("Concatenate", "both", {"axis": -1}, []), pooled]
    layers.append(dense(version, "out", 8, 2, "softmax"))
    inbound = [[], ["input_1"], ["input_1"], ["left", "right"], ["sum", "right"], ["both"], ["pooled"]]
    made = configured(version, layers)
    for layer, names in zip(made, inbound, strict=True):
        nodes = [[[name, 0, 0, {}] for name in names]] if names else []
        layer |= {"name": layer["config"]["name"], "inbound_nodes": nodes}
    ends = {"input_layers": [["input_1", 0, 0]], "output_layers": [["out", 0, 0]]}
    return {"class_name": "Model", "config": {"name": "model_1", "layers": made, **ends}}, layers


def write(path: Path, version: str, model: dict[str, Any], layers: list[Layer], chunk: int | None = None) -> Path:
    """Write a whole model, compiled with a loss of its maker's own and with the state of its optimizer."""

    def names(group: h5py.Group, attribute: str, values: list[bytes]) -> None:
        if chunk is None:
            group.attrs[attribute] = values
        for number in range(0, len(values) if chunk else 0, chunk or 1):
            group.attrs[f"{attribute}{number // (chunk or 1)}"] = values[number : number + (chunk or 1)]

    with h5py.File(path, "w") as file:
        file.attrs["keras_version"] = version.encode()
        file.attrs["backend"] = b"tensorflow"
        file.attrs["model_config"] = json.dumps(model).encode()
        optimizer = {"class_name": "Adadelta", "config": {"lr": 1.0, "rho": 0.95}}
        training = {"optimizer_config": optimizer, "loss": "their_own_loss", "metrics": ["their_own"]}
        file.attrs["training_config"] = json.dumps(training).encode()
        file.create_group("optimizer_weights").attrs["weight_names"] = [b"Adadelta/iterations:0"]
        group = file.create_group("model_weights")
        group.attrs["backend"], group.attrs["keras_version"] = b"tensorflow", version.encode()
        names(group, "layer_names", [name.encode() for _, name, _, _ in layers])
        for _, name, _, arrays in layers:
            called = [f"{name}/{what}:0" for what, _ in zip(("kernel", "bias"), arrays, strict=False)]
            names(group.create_group(name), "weight_names", [one.encode() for one in called])
            for one, array in zip(called, arrays, strict=True):
                group[name].create_dataset(one, data=array)
    return path


def old_chain(path: Path, version: str = "2.2.4", **how: Any) -> Path:
    layers = chain(version, **how)
    return write(path, version, sequential(version, layers), layers)


def predicted(model: keras.Model) -> np.ndarray:
    return np.asarray(model(FRAMES))


def expected_of_chain(units: int = 2, activation: str = "softmax") -> np.ndarray:
    model = keras.Sequential(
        [
            keras.Input(SHAPE), Conv2D(4, 3, padding="same", activation="relu"), MaxPooling2D(), Flatten(),
            Dense(8, activation="relu"), Dense(units, activation=activation),
        ]
    )  # fmt: skip
    model.set_weights([array for *_, arrays in chain("2.2.4", units) for array in arrays])
    return predicted(model)


# --- loading -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
def test_a_sequential_model_of_keras_2_predicts_as_it_did(version: str, tmp_path: Path) -> None:
    loaded = load.load_model(old_chain(tmp_path / "old.h5", version))
    assert isinstance(loaded, keras.Sequential)
    assert np.allclose(predicted(loaded), expected_of_chain(), atol=1e-6)
    found = load.describe_model(tmp_path / "old.h5")
    assert found["written_by"] == f"Keras {version}" and found["image_shape"] == [18, 18, 1]
    assert found["classes"] == 2 and found["layers"] == 7 and found["parameters"] == loaded.count_params()


@pytest.mark.parametrize("version", ["2.0.5", "2.2.4-tf"])
def test_a_functional_model_of_keras_2_predicts_as_it_did(version: str, tmp_path: Path) -> None:
    model, layers = branching(version)
    loaded = load.load_model(write(tmp_path / "old.h5", version, model, layers))
    entry = keras.Input(SHAPE)
    left, right = (Conv2D(4, 3, padding="same", activation="relu") for _ in range(2))
    a, b, out = left(entry), right(entry), Dense(2, activation="softmax")
    both = keras.layers.Concatenate()([keras.layers.Add()([a, b]), b])
    same = keras.Model(entry, out(keras.layers.GlobalAveragePooling2D()(both)))
    for layer, arrays in zip((left, right, out), (layers[1][3], layers[2][3], layers[6][3]), strict=True):
        layer.set_weights(arrays)
    assert np.allclose(predicted(loaded), predicted(same), atol=1e-6)
    assert load.describe_model(tmp_path / "old.h5")["classes"] == 2


def test_lists_of_names_that_were_cut_into_pieces_are_read_whole(tmp_path: Path) -> None:
    layers = chain("2.2.4")
    path = write(tmp_path / "old.h5", "2.2.4", sequential("2.2.4", layers), layers, chunk=1)
    with h5py.File(path) as file:
        assert "layer_names6" in file["model_weights"].attrs and "layer_names" not in file["model_weights"].attrs
    assert np.allclose(predicted(load.load_model(path)), expected_of_chain(), atol=1e-6)


def test_kernels_of_theano_are_turned(tmp_path: Path) -> None:
    layers = chain("2.0.5")
    layers[0][3][0] = layers[0][3][0][::-1, ::-1]
    path = write(tmp_path / "old.h5", "2.0.5", sequential("2.0.5", layers), layers)
    with h5py.File(path, "a") as file:
        file["model_weights"].attrs["backend"] = b"theano"
    assert np.allclose(predicted(load.load_model(path)), expected_of_chain(), atol=1e-6)


def test_a_fixed_size_of_batches_is_no_obstacle(tmp_path: Path) -> None:
    layers = chain("2.2.4")
    layers[0][2]["batch_input_shape"] = [32, *SHAPE]
    path = write(tmp_path / "old.h5", "2.2.4", sequential("2.2.4", layers), layers)
    assert np.allclose(predicted(load.load_model(path)), expected_of_chain(), atol=1e-6)


WITH_TF_KERAS = """
import sys, numpy, tf_keras
from tf_keras import layers as L, regularizers
tf_keras.utils.set_random_seed(0)
folder, frames = sys.argv[1], numpy.load(sys.argv[2])
def spread(model):
    for weight in model.weights:
        weight.assign(numpy.random.default_rng(weight.shape.rank).uniform(.1, .5, weight.shape))
    return model
entry = L.Input((18, 18, 1))
x = L.Conv2D(4, 3, use_bias=False, kernel_regularizer=regularizers.l2(0.01))(entry)
x = L.LeakyReLU(0.2)(L.BatchNormalization()(x))
y = L.SeparableConv2D(4, 3, padding="same", activation="swish")(x)
y = L.DepthwiseConv2D(3, padding="same", activation="elu")(y)
x = L.Concatenate()([L.Add()([x, y]), L.UpSampling2D()(L.AveragePooling2D()(y))])
x = L.Dropout(0.5)(L.PReLU(shared_axes=[1, 2])(x), training=False)
functional = tf_keras.Model(entry, L.Dense(3, activation="softmax")(L.GlobalMaxPooling2D()(x)))
base = tf_keras.Sequential([L.Conv2D(4, 3, input_shape=(18, 18, 1)), L.BatchNormalization(), L.ReLU(6.0)], name="base")
nested = tf_keras.Sequential([base, L.Flatten(), L.Dense(2), L.Softmax()])
frames_in = L.Input((18, 18, 1))
x = tf_keras.Sequential([L.RandomFlip("horizontal"), L.RandomRotation(0.1)])(frames_in) / 0.5 - 1.0
inner_in = L.Input((18, 18, 1))
y = L.BatchNormalization()(L.Conv2D(1, 3, padding="same", name="block/conv")(inner_in))
inner = tf_keras.Model(inner_in, L.Add()([y, inner_in]), name="inner")
x = inner(1.0 - inner(x, training=False))
x = L.Dense(2, activation="softmax")(L.GlobalAveragePooling2D()(L.Concatenate()([x, abs(x)])))
transfer = tf_keras.Model(frames_in, x)
for name, model in (("functional", functional), ("nested", nested), ("transfer", transfer)):
    spread(model).compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    model.save(f"{folder}/{name}.h5")
    numpy.save(f"{folder}/{name}.npy", model(frames, training=False))
functional.save_weights(f"{folder}/weights.h5")
small = tf_keras.Sequential([L.Flatten(input_shape=(18, 18, 1)), L.Dense(2, activation="softmax")])
small.save(f"{folder}/saved", save_format="tf")
numpy.save(f"{folder}/saved.npy", small(frames))
"""


@pytest.fixture(scope="module")
def by_tf_keras(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Models that the last Keras 2 made, .h5 and SavedModel, and what they predict."""
    pytest.importorskip("tf_keras")
    folder = tmp_path_factory.mktemp("tf_keras")
    np.save(folder / "frames.npy", FRAMES)
    command = [sys.executable, "-c", WITH_TF_KERAS, str(folder), str(folder / "frames.npy")]
    child = subprocess.run(command, capture_output=True, text=True, check=False)
    assert child.returncode == 0, child.stderr
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("name", ["functional", "nested", "transfer"])
def test_models_of_the_last_keras_2_predict_as_they_did(name: str, by_tf_keras: Path) -> None:
    loaded = load.load_model(by_tf_keras / f"{name}.h5")
    assert np.allclose(predicted(loaded), np.load(by_tf_keras / f"{name}.npy"), atol=1e-5)
    assert not any(type(layer) in (keras.Sequential, keras.Model) for layer in loaded.layers)


@pytest.mark.slow
def test_a_saved_model_folder_predicts_but_does_not_train(by_tf_keras: Path) -> None:
    loaded = load.load_model(by_tf_keras / "saved")
    assert np.allclose(loaded.predict(FRAMES, verbose=0), np.load(by_tf_keras / "saved.npy"), atol=1e-6)
    with raises_with(BadModel, by_tf_keras / "saved", "SavedModel"):
        load.load_core(by_tf_keras / "saved", "float32", SHAPE, NAMES, 0)


@pytest.mark.slow
def test_weights_alone_are_said(by_tf_keras: Path, tmp_path: Path) -> None:
    keras.Sequential([keras.Input((3,)), Dense(2)]).save_weights(tmp_path / "new.weights.h5")
    for path in (by_tf_keras / "weights.h5", tmp_path / "new.weights.h5"):
        with raises_with(BadModel, path, "weights"):
            load.load_model(path)


# --- what is refused -----------------------------------------------------------------------------------------------


def changed(number: int, kind: str | None = None, **options: Any) -> Callable[[], tuple[dict[str, Any], list[Layer]]]:
    """A chain with one layer that is otherwise."""
    layers = chain("2.2.4")
    old_kind, name, old, arrays = layers[number]
    layers[number] = (kind or old_kind, name, {**old, **options}, arrays)
    return sequential("2.2.4", layers), layers


REFUSED: dict[str, tuple[Any, tuple[str, ...]]] = {
    "lambda": (changed(1, "Lambda", function=["4wEAAAA=", None, None]), ("Lambda", "code")),
    "slicing": (changed(1, "TFOpLambda", function="math.multiply"), ("TFOpLambda", "activation_1")),
    "own layer": (changed(1, "WhiskerAttention"), ("WhiskerAttention",)),
    "own activation": (changed(1, activation="whisker_act"), ("activation", "whisker_act")),
    "code as activation": (changed(1, activation={"class_name": "__lambda__", "config": {}}), ("__lambda__",)),
    "channels first": (changed(0, data_format="channels_first"), ("channels_first",)),
    "another function": (changed(1, activation="hard_sigmoid"), ("hard_sigmoid", "Keras 3")),
    "unknown option": (changed(3, noise_kind="pink"), ("noise_kind", "'pink'")),
    "object as option": (changed(2, pool_size={"class_name": "Evil", "config": {}}), ("pool_size", "'Evil'")),
    "keras 1": (changed(0, "Convolution2D", nb_filter=4), ("Keras 1",)),
    "units": (changed(5, units=10**9), ("1000000000 units",)),
    "no shape": (changed(0, batch_input_shape=None), ("frames",)),
    "shape": (changed(0, batch_input_shape=[None, -1, 18, 1]), ("-1", "18")),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_not_plain_is_refused_and_named(what: str, tmp_path: Path) -> None:
    (model, layers), facts = REFUSED[what]
    path = write(tmp_path / "old.h5", "2.2.4", model, layers)
    with raises_with(BadModel, path, *facts):
        load.load_model(path)


def test_a_class_of_the_makers_own_and_layers_that_hang_loose_are_refused(tmp_path: Path) -> None:
    model, layers = branching("2.2.4")
    cases: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
        "own": ({**model, "class_name": "WhiskerNet"}, ("WhiskerNet",)),
        "nothing": ({"class_name": "Model", "config": {"name": "x"}}, ("layers",)),
        "loose": ({**model, "config": {**model["config"], "output_layers": [["gone", 0, 0]]}}, ("missing",)),
    }
    for name, (made, facts) in cases.items():
        with raises_with(BadModel, tmp_path / f"{name}.h5", *facts):
            load.load_model(write(tmp_path / f"{name}.h5", "2.2.4", made, layers))


def test_weights_in_another_file_are_not_followed(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "other.h5", "w") as other:
        other["kernel"] = drawn(324, 8)
    path = old_chain(tmp_path / "old.h5")
    with h5py.File(path, "a") as file:
        group = file["model_weights/dense_1/dense_1"]
        del group["kernel:0"]
        group["kernel:0"] = h5py.ExternalLink("other.h5", "kernel")
    with raises_with(BadModel, path, "dense_1/kernel:0", "'other.h5'"):
        load.load_model(path)


def test_weights_that_do_not_fit_are_said(tmp_path: Path) -> None:
    for name, array, facts in (
        ("shape", drawn(7, 8), ("(7, 8)", "(324, 8)")),
        ("nan", np.full((324, 8), np.nan), ("NaN",)),
        ("text", np.full((324, 8), b"x"), ("dense_1/kernel:0",)),
    ):
        path = old_chain(tmp_path / f"{name}.h5")
        with h5py.File(path, "a") as file:
            del file["model_weights/dense_1/dense_1/kernel:0"]
            file["model_weights/dense_1/dense_1/kernel:0"] = array
        with raises_with(BadModel, path, "dense_1", *facts):
            load.load_model(path)
    layers = chain("2.2.4")
    layers[6] = (*layers[6][:3], [])
    with raises_with(BadModel, "dense_2", "[]"):
        load.load_model(write(tmp_path / "none.h5", "2.2.4", sequential("2.2.4", layers), layers))


def rezipped(path: Path, change: Callable[[dict[str, Any]], None], part: str = "config.json") -> Path:
    """Write a .keras file anew, with another configuration."""
    with zipfile.ZipFile(path) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    config = json.loads(parts[part])
    change(config)
    parts[part] = json.dumps(config).encode()
    with zipfile.ZipFile(path, "w") as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return path


@pytest.fixture
def keras_file(tmp_path: Path) -> Path:
    model = keras.Sequential([keras.Input(SHAPE), Flatten(name="flat"), Dropout(0.5), Dense(2, activation="softmax")])
    model.save(tmp_path / "new.keras")
    return tmp_path / "new.keras"


def test_a_keras_file_imports_no_module_of_its_makers(
    keras_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "their_module.py").write_text("raise SystemExit('code of the file ran')")
    monkeypatch.syspath_prepend(tmp_path)

    def theirs(config: dict[str, Any]) -> None:
        config["config"]["layers"][1] |= {"module": "their_module", "registered_name": "theirs>Flatten"}

    with raises_with(BadModel, "flat", "Flatten"):
        load.load_model(rezipped(keras_file, theirs))
    assert "their_module" not in sys.modules


def test_a_keras_file_with_a_lambda_is_refused(keras_file: Path) -> None:
    def with_code(config: dict[str, Any]) -> None:
        config["config"]["layers"][1]["class_name"] = "Lambda"

    with raises_with(BadModel, "Lambda", "code"):
        load.load_model(rezipped(keras_file, with_code))


def test_a_keras_file_of_keras_2_has_the_functions_of_keras_2(keras_file: Path) -> None:
    rezipped(keras_file, lambda config: config["config"]["layers"][-1]["config"].update(activation="hard_sigmoid"))
    assert load.load_model(keras_file).layers[-1].activation.__name__ == "hard_sigmoid"
    rezipped(keras_file, lambda about: about.update(keras_version="2.15.0"), "metadata.json")
    with raises_with(BadModel, keras_file, "hard_sigmoid", "Keras 2"):
        load.load_model(keras_file)


def test_a_keras_file_that_blows_up_or_lacks_a_part_is_refused(keras_file: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bomb.keras", "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("metadata.json", "{}")
        file.writestr("config.json", "[" + " " * 70_000_000 + "]")
    with raises_with(BadModel, tmp_path / "bomb.keras", "larger"):
        load.load_model(tmp_path / "bomb.keras")
    with zipfile.ZipFile(tmp_path / "empty.keras", "w") as file:
        file.writestr("metadata.json", "{}")
    with raises_with(BadModel, tmp_path / "empty.keras", "config.json"):
        load.load_model(tmp_path / "empty.keras")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """A model of one layer as .h5 and as .keras."""
    folder = tmp_path_factory.mktemp("files")
    entry: Layer = ("Flatten", "flat", {"batch_input_shape": [None, *SHAPE]}, [])
    layers = [entry, dense("2.2.4", "out", 324, 2, "softmax")]
    write(folder / "old.h5", "2.2.4", sequential("2.2.4", layers), layers)
    model = keras.Sequential([keras.Input(SHAPE), Flatten(), Dense(2, activation="softmax")])
    model.save(folder / "new.keras")
    return {name: (folder / name).read_bytes() for name in ("old.h5", "new.keras")}


@pytest.mark.parametrize("bit", [2, 3])
def test_a_bit_that_sends_hdf5_round_in_circles_does_not_hang_us(
    files: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bit: int
) -> None:
    content = bytearray(files["old.h5"])
    content[content.index(b"GCOL") + 25] ^= 1 << bit  # size of a text in the heap
    (tmp_path / "old.h5").write_bytes(content)
    monkeypatch.setattr(model_files, "LONGEST_LOOK", 1.5)
    with raises_with(BadModel, tmp_path / "old.h5", "damaged"):
        load.describe_model(tmp_path / "old.h5")


@settings(max_examples=16, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.sampled_from(["old.h5", "new.keras"]),
    cut=st.floats(0, 1),
    flips=st.lists(st.floats(0, 0.9999), max_size=4),
    bit=st.integers(0, 7),
)
@example(name="old.h5", cut=0.0, flips=[], bit=0)
def test_damaged_files_are_bad_models_and_nothing_worse(
    files: dict[str, bytes], tmp_path: Path, name: str, cut: float, flips: list[float], bit: int
) -> None:
    content = bytearray(files[name])
    content = content[: int(len(content) * cut)] if cut < 0.5 else content  # half of the cases are whole
    for place in flips if content else []:
        content[int(place * len(content))] ^= 1 << bit
    (tmp_path / name).write_bytes(content)
    for read in (load.load_model, load.describe_model):
        try:
            read(tmp_path / name)
        except BadModel:
            continue
        assert cut >= 0.5, "half a file was taken for a whole one"


# --- going on training ---------------------------------------------------------------------------------------------


def test_training_goes_on_from_an_old_model_in_mixed_precision(tmp_path: Path) -> None:
    path = old_chain(tmp_path / "old.h5", "2.0.5")
    core, notes = load.load_core(path, "mixed_bfloat16", SHAPE, NAMES, 0)
    assert [layer.compute_dtype for layer in core.layers] == ["bfloat16"] * 6 + ["float32"]
    assert {layer.variable_dtype for layer in core.layers} == {"float32"}
    assert np.allclose(predicted(core), expected_of_chain(), atol=0.05)
    assert len(notes) == 1 and re.search(r"\b0 .*\b1\b", notes[0])
    save.check_saveable(core)
    core.compile("adam", "categorical_crossentropy")
    core.fit(FRAMES, np.eye(2)[[0, 1] * 4], verbose=0)
    save.save_model(core, tmp_path / "new.h5", {}, FRAMES)
    again = load.load_model(tmp_path / "new.h5")
    assert np.allclose(predicted(again), predicted(save.float32_copy(core)), atol=1e-5)
    assert not np.allclose(predicted(again), expected_of_chain(), atol=1e-5)


def test_the_same_seed_gives_the_same_training(tmp_path: Path) -> None:
    path = old_chain(tmp_path / "old.h5", units=3)
    found = []
    for seed in (1, 1, 2):
        core, _ = load.load_core(path, "float32", SHAPE, NAMES, seed)
        core.compile("sgd", "categorical_crossentropy")
        core.fit(FRAMES, np.eye(2)[[0, 1] * 4], shuffle=False, verbose=0)
        found.append(core.get_weights())
    same, other = (all(np.array_equal(*pair) for pair in zip(found[0], one, strict=True)) for one in found[1:])
    assert same and not other


def test_convolutions_can_stay_as_they_are_and_are_saved_as_trainable(tmp_path: Path) -> None:
    core, _ = load.load_core(old_chain(tmp_path / "old.h5"), "float32", SHAPE, NAMES, 0, True)
    before = [array.copy() for array in core.get_weights()]
    core.compile("adam", "categorical_crossentropy")
    trainer = for_training(core, SHAPE, (), 0)
    trainer.fit((FRAMES * 255).astype(np.uint8), np.eye(2)[[0, 1] * 4], verbose=0)
    stayed = [np.array_equal(*pair) for pair in zip(before, core.get_weights(), strict=True)]
    assert stayed == [True, True, False, False, False, False]
    save.save_model(core, tmp_path / "new.h5", {}, FRAMES)
    with h5py.File(tmp_path / "new.h5") as file:
        layers = json.loads(file.attrs["model_config"])["config"]["layers"]
    assert all(layer["config"].get("trainable", True) for layer in layers)


def test_one_sigmoid_output_becomes_two_that_predict_the_same(tmp_path: Path) -> None:
    path = old_chain(tmp_path / "old.h5", units=1, activation="sigmoid")
    core, notes = load.load_core(path, "float32", SHAPE, NAMES, 0)
    touch = expected_of_chain(1, "sigmoid")
    assert np.allclose(predicted(core), np.hstack([1 - touch, touch]), atol=1e-6)
    assert "sigmoid" in notes[0] and "Touch" in notes[0] and "NonTouch" not in notes[0]


def test_a_sigmoid_layer_apart_is_turned_as_well(tmp_path: Path) -> None:
    layers = [*chain("2.2.4", 1, "linear"), ("Activation", "act", {"activation": "sigmoid"}, [])]
    path = write(tmp_path / "old.h5", "2.2.4", sequential("2.2.4", layers), layers)
    core, _ = load.load_core(path, "mixed_bfloat16", SHAPE, NAMES, 0)
    assert np.allclose(predicted(core)[:, 1:], expected_of_chain(1, "sigmoid"), atol=0.05)
    assert [layer.compute_dtype for layer in core.layers[-2:]] == ["float32", "float32"]


def test_other_numbers_of_classes_get_a_new_last_layer(tmp_path: Path) -> None:
    core, notes = load.load_core(old_chain(tmp_path / "old.h5"), "float32", SHAPE, ("a", "b", "c"), 0)
    old = load.load_model(tmp_path / "old.h5")
    assert core.output_shape == (None, 3) and np.allclose(predicted(core).sum(1), 1, atol=1e-6)
    assert np.array_equal(core.layers[-2].get_weights()[0], old.layers[-2].get_weights()[0])
    assert all(fact in notes[0] for fact in ("2 outputs", "3", "a, b, c"))


def test_outputs_without_softmax_get_it(tmp_path: Path) -> None:
    path = old_chain(tmp_path / "old.h5", activation="linear")
    core, notes = load.load_core(path, "float32", SHAPE, NAMES, 0)
    assert np.allclose(predicted(core), expected_of_chain(), atol=1e-6)
    assert "linear" in notes[0]


def test_a_head_that_cannot_be_changed_is_said(tmp_path: Path) -> None:
    entry = keras.Input(SHAPE)
    pooled = keras.layers.GlobalAveragePooling2D()(Conv2D(2, 3)(entry))
    model = keras.Model(entry, keras.layers.Softmax()(pooled))
    model.save(tmp_path / "new.keras")
    core, _ = load.load_core(tmp_path / "new.keras", "float32", SHAPE, NAMES, 0)
    assert np.allclose(predicted(core), predicted(model), atol=1e-6)
    with raises_with(BadModel, 2, 3, "Conv2D"):
        load.load_core(tmp_path / "new.keras", "float32", SHAPE, ("a", "b", "c"), 0)


def test_frames_of_another_size_are_said_with_what_to_do(tmp_path: Path) -> None:
    path = old_chain(tmp_path / "old.h5")
    with raises_with(BadModel, "roi", "18 x 18 x 1", "20 x 18 x 1"):
        load.load_core(path, "float32", (20, 18, 1), NAMES, 0)
    with raises_with(BadModel, "18 x 18 x 1", "18 x 18 x 3"):
        load.load_core(path, "float32", (18, 18, 3), NAMES, 0)


def test_a_model_of_any_size_takes_the_one_of_the_dataset(tmp_path: Path) -> None:
    entry = keras.Input((None, None, 1))
    pooled = keras.layers.GlobalAveragePooling2D()(Conv2D(4, 3)(keras.layers.Rescaling(1 / 255, name="scale")(entry)))
    keras.Model(entry, Dense(2, activation="softmax")(pooled)).save(tmp_path / "any.keras")
    core, notes = load.load_core(tmp_path / "any.keras", "float32", SHAPE, NAMES, 0)
    assert core.input_shape == (None, *SHAPE)
    assert len(notes) == 1 and "(scale)" in notes[0]


def test_classes_in_another_order_are_an_error_that_names_both(tmp_path: Path) -> None:
    core = load.load_model(old_chain(tmp_path / "old.h5"))
    metadata = {"class_names": ["NonTouch", "Touch"], "versions": {"touchtrain": "9"}}
    save.save_model(core, tmp_path / "ours.h5", metadata, FRAMES)
    save_keras(core, tmp_path / "ours.keras", FRAMES, metadata)
    for name in ("ours.h5", "ours.keras"):
        _, notes = load.load_core(tmp_path / name, "float32", SHAPE, NAMES, 0)
        assert notes == []
        with raises_with(BadModel, "class_names", "NonTouch, Touch", "Touch, NonTouch"):
            load.load_core(tmp_path / name, "float32", SHAPE, NAMES[::-1], 0)


def test_what_cannot_be_a_source_is_said_without_reading_it(tmp_path: Path) -> None:
    with pytest.raises(PathMissing):
        model_files.check_source(tmp_path / "none.h5")
    (tmp_path / "text.h5").write_text("hello")
    with raises_with(BadModel, tmp_path / "text.h5", "HDF5"):
        model_files.check_source(tmp_path / "text.h5")
    (tmp_path / "saved").mkdir()
    (tmp_path / "saved" / "saved_model.pb").write_bytes(b"")
    with raises_with(BadModel, tmp_path / "saved", "SavedModel"):
        model_files.check_source(tmp_path / "saved")
    model_files.check_source(old_chain(tmp_path / "old.h5"))


def test_penalties_are_kept_and_other_rules_of_training_are_said(tmp_path: Path) -> None:
    layers = chain("2.2.4", kernel_regularizer={"class_name": "L1L2", "config": {"l1": 0.0, "l2": 0.01}})
    layers[5][2]["kernel_constraint"] = {"class_name": "TheirNorm", "config": {}}
    path = write(tmp_path / "old.h5", "2.2.4", sequential("2.2.4", layers), layers)
    core, notes = load.load_core(path, "float32", SHAPE, NAMES, 0)
    assert len(core.losses) == 1 and float(core.losses[0]) > 0
    assert "kernel_constraint" in notes[0] and "dense_1" in notes[0]


def test_reading_weights_stops_at_arrays_that_the_file_cannot_hold() -> None:
    memory = io.BytesIO()
    model = {"class_name": "Sequential", "config": [{"class_name": "Dense", "config": {"name": "a"}}]}
    with h5py.File(memory, "w") as file:
        file.attrs["layer_names"] = [b"a"]
        file.create_group("a").attrs["weight_names"] = [b"a/kernel:0"]
        file.create_dataset("a/a/kernel:0", (10**6, 10**6), "f4", chunks=(1000, 1000))
        with raises_with(BadModel, "a/kernel:0"):
            blueprint.read_weights(model, file, 5000)


# --- files that say more than is there ------------------------------------------------------------------------------


def test_layers_that_are_said_to_be_larger_than_their_file_are_not_made_room_for(tmp_path: Path) -> None:
    """Of 2**20 x 2**19 pixels, a dense layer of 2 has 10**12 weights."""
    for shape, units in (((2**20, 2**19, 1), 2), ((18, 18, 1), 10**9)):
        flat: Layer = ("Flatten", "flat", {"batch_input_shape": [None, *shape]}, [])
        layers = [flat, dense("2.2.4", "out", 4, 2, "softmax")]
        layers[1][2]["units"] = units
        path = write(tmp_path / "old.h5", "2.2.4", sequential("2.2.4", layers), layers)
        with pytest.raises(BadModel):
            load.load_model(path)
        with pytest.raises(BadModel):
            load.load_core(path, "float32", shape, ("a", "b", "c"), 0)


def test_a_keras_file_may_not_say_that_it_is_larger(keras_file: Path) -> None:
    def wide(config: dict[str, Any]) -> None:
        config["config"]["layers"][-1]["config"]["units"] = 10**9

    with raises_with(BadModel, "1000000000 units"):
        load.load_model(rezipped(keras_file, wide))

    def tall(config: dict[str, Any]) -> None:
        padding = {"class_name": "ZeroPadding2D", "module": "keras.layers", "registered_name": None}
        layers = config["config"]["layers"]
        layers[-1]["config"]["units"] = 2
        layers[1:1] = [{**padding, "config": {"name": "pad", "padding": [[10**5, 10**5], [10**5, 10**5]]}}]

    with pytest.raises(BadModel):
        load.load_model(rezipped(keras_file, tall))


def _inside(keras_file: Path, change: Any) -> Path:
    """Return a .keras file whose weights were changed."""
    parts = {}
    with zipfile.ZipFile(keras_file) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    memory = io.BytesIO(parts["model.weights.h5"])
    with h5py.File(memory, "a") as weights:
        change(weights)
    changed = keras_file.with_name("changed.keras")
    with zipfile.ZipFile(changed, "w") as file:
        for name, content in {**parts, "model.weights.h5": memory.getvalue()}.items():
            file.writestr(name, content)
    return changed


def test_weights_within_a_keras_file_are_looked_at_as_those_of_an_h5(keras_file: Path) -> None:
    def elsewhere(weights: Any) -> None:
        weights["more"] = h5py.ExternalLink("/etc/passwd", "/")

    def many(weights: Any) -> None:
        weights.create_dataset("more", data=np.zeros((4000, 5000), np.float32), compression="gzip")

    for change, facts in ((elsewhere, ("more", "'/etc/passwd'")), (many, ("larger",))):
        with raises_with(BadModel, keras_file.with_name("changed.keras"), *facts):
            load.load_model(_inside(keras_file, change))
    with raises_with(BadModel, keras_file.with_name("changed.keras"), "'/etc/passwd'"):
        load.describe_model(_inside(keras_file, elsewhere))


DEEP = "[" * 50_000 + "]" * 50_000
STRANGE = [
    DEEP, "[" * 300 + "]" * 300, "5", "[]", '"text"', "null", '{"class_names": 5}', '{"versions": []}', "{",
    '{"image_shape": ["a"]}', '{"settings": 3}', '{"context_frames": "1"}', '{"class_names": [[]]}',
]  # fmt: skip


@pytest.mark.parametrize("attribute", ["touchtrain", "model_config"])
def test_whatever_json_a_model_file_holds_it_is_understood_or_an_error_of_ours(attribute: str, tmp_path: Path) -> None:
    path = old_chain(tmp_path / "old.h5")
    for strange in STRANGE:
        with h5py.File(path, "a") as file:
            file.attrs[attribute] = strange
        for read in (load.describe_model, load.read_plan, model_metadata.read_metadata):
            with suppress(BadModel):
                read(path)


@pytest.mark.parametrize("part", ["config.json", "metadata.json"])
def test_whatever_json_a_keras_file_holds_it_is_understood_or_an_error_of_ours(part: str, keras_file: Path) -> None:
    with zipfile.ZipFile(keras_file) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    for strange in [*STRANGE, *(f'{{"touchtrain": {one}}}' for one in STRANGE)]:
        with zipfile.ZipFile(keras_file, "w") as file:
            for name, content in {**parts, part: strange.encode()}.items():
                file.writestr(name, content)
        with suppress(BadModel):
            load.describe_model(keras_file)


def test_a_python_file_beside_a_model_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = old_chain(tmp_path / "old.h5")
    for name in ("h5py.py", "sitecustomize.py", "resource.py", "os.py"):
        (tmp_path / name).write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    monkeypatch.chdir(tmp_path)
    assert load.describe_model("old.h5")["kind"] == "model"
    assert path.is_file() and not (tmp_path / "ran").exists()
