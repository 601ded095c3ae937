from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import h5py
import keras
import numpy as np
import pytest

from pyside.errors import BadModel, DiskFull, ModelNotSaved, NotWritable, PathMissing
from pyside.models import files, load, metadata, save
from pyside.settings import TrainSettings
from pyside.training.model import build_model
from tests.conftest import raises_with

METADATA = {"class_names": ["NonTouch", "Touch"], "image_shape": [20, 20, 1], "versions": {"touchtrain": "9.9"}}
SAMPLE = np.random.default_rng(0).random((16, 20, 20, 1), np.float32)


@pytest.fixture(scope="module")
def core(small: Callable[..., TrainSettings]) -> keras.Sequential:
    """A network in mixed_bfloat16."""
    return build_model((20, 20, 1), 2, small(), "mixed_bfloat16")


@pytest.fixture
def saved(core: keras.Sequential, tmp_path: Path) -> Path:
    save.save_model(core, tmp_path / "model.h5", METADATA, SAMPLE)
    return tmp_path / "model.h5"


@pytest.fixture(scope="module")
def branching() -> keras.Model:
    """A functional network in mixed_bfloat16 with branches of the same shapes, a shared layer and plain arguments."""
    keras.utils.set_random_seed(0)
    with_policy = {"dtype": keras.DTypePolicy("mixed_bfloat16")}
    layers = keras.layers
    entry = keras.Input((20, 20, 1), name="frames")
    shared = layers.Conv2D(4, 3, padding="same", activation="silu", kernel_regularizer="l2", **with_policy)
    x = layers.Conv2D(4, 3, padding="same", use_bias=False, kernel_constraint="max_norm", **with_policy)(entry)
    x = layers.BatchNormalization(**with_policy)(x)
    a = shared(layers.LeakyReLU(0.1, **with_policy)(x))
    b = layers.Conv2D(4, 3, padding="same", kernel_initializer="orthogonal", groups=2, **with_policy)(shared(x))
    c = layers.Conv2D(4, 3, padding="same", activation="relu", **with_policy)(x)
    x = layers.Concatenate(**with_policy)([layers.Add(name="add", **with_policy)([a, b, c]), layers.Maximum()([c, b])])
    x = layers.Dropout(0.5, seed=1, **with_policy)(x, training=False)
    x = layers.GlobalAveragePooling2D(**with_policy)(layers.ReLU(6.0, **with_policy)(x))
    model = keras.Model(entry, layers.Dense(2, activation="softmax", dtype="float32")(x), name="branching")
    model.layers[2].set_weights([np.linspace(1, 2, 4) * sign for sign in (1, 0.1, 0.1, 1)])
    return model


def float32_predictions(core: keras.Model) -> np.ndarray:
    return np.asarray(save.float32_copy(core)(SAMPLE))


@pytest.mark.parametrize(
    ("given", "expected"),
    [("a", "a.h5"), ("a.h5", "a.h5"), ("a.H5", "a.H5"), ("m.v2", "m.v2.h5"), ("x/m.keras", "x/m.keras.h5")],
)
def test_name_and_name_h5_both_give_name_h5(given: str, expected: str) -> None:
    assert files.with_suffix(given) == Path(expected)


def test_a_model_saved_in_bfloat16_predicts_in_float32_when_loaded(core: keras.Sequential, saved: Path) -> None:
    loaded = load.load_model(saved)
    assert np.allclose(loaded.predict(SAMPLE, verbose=0), float32_predictions(core), atol=1e-5)
    assert {layer.compute_dtype for layer in loaded.layers} == {"float32"}
    assert [path.name for path in saved.parent.iterdir()] == ["model.h5"]


def test_keras_3_itself_loads_the_file(core: keras.Sequential, saved: Path) -> None:
    loaded = keras.models.load_model(saved)
    assert np.allclose(loaded.predict(SAMPLE, verbose=0), float32_predictions(core), atol=1e-5)


def test_tf_keras_predicts_the_same(core: keras.Sequential, branching: keras.Model, tmp_path: Path) -> None:
    """tf-keras is Keras 2; a process of its own, because it and Keras 3 share names."""
    pytest.importorskip("tf_keras")
    np.save(tmp_path / "sample.npy", SAMPLE)
    networks = {"sequential": core, "functional": branching}
    for name, network in networks.items():
        save.save_model(network, tmp_path / f"{name}.h5", METADATA, SAMPLE)
    program = (
        "import sys, numpy, tf_keras\n"
        "assert tf_keras.__version__.startswith('2.'), tf_keras.__version__\n"
        "for name in ('sequential', 'functional'):\n"
        "    model = tf_keras.models.load_model(f'{sys.argv[1]}/{name}.h5')\n"
        "    numpy.save(f'{sys.argv[1]}/{name}.npy', model(numpy.load(f'{sys.argv[1]}/sample.npy')))\n"
    )
    child = subprocess.run([sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=False)
    assert child.returncode == 0, child.stderr
    for name, network in networks.items():
        assert np.allclose(np.load(tmp_path / f"{name}.npy"), float32_predictions(network), atol=1e-5), name


def test_the_file_is_in_the_dialect_of_keras_2(saved: Path) -> None:
    with h5py.File(saved) as file:
        config = json.loads(file.attrs["model_config"])
        assert set(file) == {"model_weights"}
        assert "training_config" not in file.attrs
    text = json.dumps(config)
    for word in ("module", "registered_name", "DTypePolicy", '"batch_shape"', "bfloat16", "Uniform", "optional"):
        assert word not in text
    assert config["class_name"] == "Sequential"
    assert config["config"]["layers"][0]["config"]["batch_input_shape"] == [None, 20, 20, 1]
    drawn = [layer["config"].get("kernel_initializer", {}).get("config", {}) for layer in config["config"]["layers"]]
    rules = [(one["scale"], one["mode"], one["distribution"]) for one in drawn if one]
    assert rules == [(2.0, "fan_in", "uniform")] * 7 + [(1.0, "fan_avg", "uniform")]


def test_the_file_explains_itself(saved: Path) -> None:
    assert metadata.read_metadata(saved) == {"format": metadata.FORMAT, **METADATA}
    found = load.describe_model(saved)
    assert found["kind"] == "model" and found["written_by"] == "TouchTrain 9.9"
    assert found["image_shape"] == [20, 20, 1] and found["classes"] == 2
    assert found["class_names"] == ["NonTouch", "Touch"]
    assert found["parameters"] == build_parameters()
    assert json.loads(json.dumps(found)) == found


def build_parameters() -> int:
    filters = 6
    convolutions = (9 + 1) * filters + 3 * (9 * filters + 1) * filters + 2 * (4 * filters + 1) * filters
    return convolutions + (filters + 1) * 16 + (16 + 1) * 2


def test_metadata_longer_than_an_attribute_comes_back_whole(core: keras.Sequential, tmp_path: Path) -> None:
    long = {**METADATA, "warnings": [f"warning {number} \u00e9" for number in range(12_000)]}
    save.save_model(core, tmp_path / "long.h5", long, SAMPLE)
    found = metadata.read_metadata(tmp_path / "long.h5")
    assert found is not None and found["warnings"] == long["warnings"]


def test_equal_models_give_equal_bytes(core: keras.Sequential, saved: Path) -> None:
    save.save_model(core, saved.parent / "again.h5", METADATA, SAMPLE)
    assert (saved.parent / "again.h5").read_bytes() == saved.read_bytes()


def test_a_model_that_predicts_otherwise_is_not_saved(
    core: keras.Sequential, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = saved.read_bytes()
    load = save._load_what_was_written

    def spoilt(path: Path) -> keras.Model:
        model = load(path)
        model.set_weights([weight * 0.5 for weight in model.get_weights()])
        return model

    monkeypatch.setattr(save, "_load_what_was_written", spoilt)
    with raises_with(ModelNotSaved, f"{save.TOLERANCE:g}"):
        save.save_model(core, saved, METADATA, SAMPLE)
    assert saved.read_bytes() == before
    assert [path.name for path in saved.parent.iterdir()] == ["model.h5"]


def test_a_full_disk_keeps_what_was_there(core: keras.Sequential, saved: Path, small_disk: Path) -> None:
    target = small_disk / "model.h5"
    target.write_bytes(saved.read_bytes())
    files.check_target(target)
    with (small_disk / "filler").open("wb") as filler, raises_with(OSError, "No space"):
        filler.write(bytes(3_000_000))
        filler.flush()
    with raises_with(DiskFull, "model.h5"):
        save.save_model(core, target, METADATA, SAMPLE)
    with raises_with(DiskFull, "model.h5"):
        files.check_target(target)
    assert target.read_bytes() == saved.read_bytes()
    assert sorted(path.name for path in small_disk.iterdir()) == ["filler", "model.h5"]


def test_a_folder_that_cannot_be_written_is_said_before_and_while_saving(
    core: keras.Sequential, small_disk: Path
) -> None:
    remount = subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], capture_output=True, check=False)
    if remount.returncode:
        pytest.skip("a disk cannot be made read-only here")
    with raises_with(NotWritable, "Read-only"):
        files.check_target(small_disk / "model.h5")
    with raises_with(NotWritable, "Read-only"):
        save.save_model(core, small_disk / "model.h5", METADATA, SAMPLE)


def test_targets_that_cannot_be_are_said(tmp_path: Path) -> None:
    with raises_with(PathMissing, tmp_path / "nowhere"):
        files.check_target(tmp_path / "nowhere" / "model.h5")
    (tmp_path / "folder.h5").mkdir()
    with raises_with(NotWritable, tmp_path / "folder.h5"):
        files.check_target(tmp_path / "folder.h5")
    files.check_target(tmp_path / "model.h5")
    assert [path.name for path in tmp_path.iterdir()] == ["folder.h5"]


# --- functional networks -------------------------------------------------------------------------------------------


def test_a_functional_network_is_saved_in_the_dialect_of_keras_2(branching: keras.Model, tmp_path: Path) -> None:
    save.check_saveable(branching)
    path = tmp_path / "model.h5"
    save.save_model(branching, path, METADATA, SAMPLE)
    with h5py.File(path) as file:
        config = json.loads(file.attrs["model_config"])
    assert config["class_name"] == "Model" and config["config"]["input_layers"] == [["frames", 0, 0]]
    calls = {layer["name"]: layer["inbound_nodes"] for layer in config["config"]["layers"]}
    assert calls["frames"] == [] and calls["add"][0][0][1:] == [0, 0, {}] and len(calls["add"][0]) == 3
    assert [len(nodes) for nodes in calls.values()].count(2) == 1
    assert [node[0][3] for nodes in calls.values() for node in nodes if node[0][3]] == [{"training": False}]
    text = json.dumps(config)
    for word in ("module", "registered_name", "DTypePolicy", '"batch_shape"', "bfloat16", "__keras_tensor__", "silu"):
        assert word not in text
    found = load.describe_model(path)
    assert found["classes"] == 2 and found["image_shape"] == [20, 20, 1]
    assert found["parameters"] == branching.count_params()
    assert np.allclose(load.load_model(path)(SAMPLE), float32_predictions(branching), atol=1e-5)
    assert np.allclose(keras.models.load_model(path)(SAMPLE), float32_predictions(branching), atol=1e-5)


class Own(keras.layers.Dense):
    """A layer of somebody's own."""


class Subclassed(keras.Model):
    """A network that is no graph of layers."""

    def __init__(self) -> None:
        super().__init__()
        self.flat, self.out = keras.layers.Flatten(), keras.layers.Dense(2)

    def call(self, frames):
        return self.out(self.flat(frames))


def of_layers(*layers: keras.layers.Layer) -> keras.Model:
    return keras.Sequential([keras.Input((20, 20, 1)), *layers, keras.layers.Flatten(), keras.layers.Dense(2)])


def with_operation() -> keras.Model:
    entry = keras.Input((20, 20, 1))
    return keras.Model(entry, keras.layers.Dense(2)(keras.layers.Flatten()(entry * 2)))


def subclassed() -> keras.Model:
    model = Subclassed()
    model(SAMPLE)
    return model


@pytest.mark.parametrize(
    ("make", "facts"),
    [
        (lambda: of_layers(Own(3, name="mine")), ("mine", "Own")),
        (lambda: of_layers(keras.layers.Lambda(lambda x: x, name="mine")), ("mine", "Lambda", "code")),
        (lambda: of_layers(keras.layers.Activation("hard_sigmoid", name="mine")), ("mine", "hard_sigmoid", "Keras 3")),
        (lambda: of_layers(keras.layers.Activation(lambda x: x, name="mine")), ("mine", "activation")),
        (lambda: of_layers(keras.Sequential([keras.layers.ReLU()])), ("model", "layer")),
        (with_operation, ("Multiply",)),
        (subclassed, ("layers",)),
        (lambda: keras.Sequential([keras.Input((9,)), keras.layers.Dense(2)]), ("frames",)),
    ],
)
def test_networks_that_keras_2_does_not_know_are_said_before_the_training(
    make: Callable, facts: tuple[str, ...]
) -> None:
    with raises_with(ModelNotSaved, *facts):
        save.check_saveable(make())


@pytest.mark.parametrize("suffix", [".h5", ".keras"])
@pytest.mark.filterwarnings("ignore")
def test_a_model_that_keras_3_wrote_is_loaded(core: keras.Sequential, tmp_path: Path, suffix: str) -> None:
    copy = save.float32_copy(core)
    copy.save(tmp_path / f"theirs{suffix}")
    loaded = load.load_model(tmp_path / f"theirs{suffix}")
    assert np.allclose(loaded(SAMPLE), copy(SAMPLE), atol=1e-6)
    if suffix == ".h5":
        found = load.describe_model(tmp_path / "theirs.h5")
        assert found["written_by"] == f"Keras {keras.__version__}"
        assert found["image_shape"] == [20, 20, 1] and found["classes"] == 2 and found["metadata"] is None
        assert found["parameters"] == build_parameters()


def test_files_that_are_no_models_are_said(saved: Path, tmp_path: Path) -> None:
    (tmp_path / "text.h5").write_text("hello")
    (tmp_path / "empty.h5").write_bytes(b"")
    (tmp_path / "half.h5").write_bytes(saved.read_bytes()[: saved.stat().st_size // 2])
    with h5py.File(tmp_path / "data.h5", "w") as file:
        file["x"] = np.arange(3)
    with h5py.File(tmp_path / "weights.h5", "w") as file:
        file.attrs["layer_names"] = [b"dense"]
    with h5py.File(tmp_path / "odd.h5", "w") as file:
        file.attrs["model_config"] = b"{not json"
        file.create_group("model_weights")
    cases = {
        "text": "HDF5", "empty": "HDF5", "half": "damaged", "odd": "damaged", "data": "HDF5", "weights": "weights",
    }  # fmt: skip
    for name, fact in cases.items():
        for read in (load.describe_model, load.load_model):
            with raises_with(BadModel, tmp_path / f"{name}.h5", fact):
                read(tmp_path / f"{name}.h5")
    (tmp_path / "folder").mkdir()
    with raises_with(BadModel, tmp_path / "folder"):
        load.describe_model(tmp_path / "folder")
    with raises_with(PathMissing, "nothing.h5"):
        load.load_model(tmp_path / "nothing.h5")
    with raises_with(BadModel, tmp_path / "bad.keras", "Keras 3"):
        (tmp_path / "bad.keras").write_bytes(b"no zip")
        load.load_model(tmp_path / "bad.keras")


def test_describing_a_model_imports_no_keras(saved: Path) -> None:
    program = (
        "import sys; from pyside.models.load import describe_model; describe_model(sys.argv[1]);"
        "print({'keras', 'tensorflow', 'sklearn'} & set(sys.modules))"
    )
    child = subprocess.run([sys.executable, "-c", program, str(saved)], capture_output=True, text=True, check=True)
    assert child.stdout.strip() == "set()"
