from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras.layers import Conv2D, Dense, Dropout, Flatten

from pyside.errors import BadModel, DiskFull, ModelNotSaved, NotWritable
from pyside.models import load, save
from pyside.models import metadata as model_metadata
from pyside.models.formats import export, saved_model
from tests.conftest import raises_with

SHAPE = (18, 18, 1)
FRAMES = np.random.default_rng(0).random((8, *SHAPE), np.float32)
METADATA = {"class_names": ["NonTouch", "Touch"], "image_shape": list(SHAPE), "versions": {"touchtrain": "9.9"}}


@pytest.fixture(scope="module")
def core() -> keras.Sequential:
    """A network in mixed_bfloat16, with convolutions that were not trained."""
    policy = keras.DTypePolicy("mixed_bfloat16")
    model = keras.Sequential(
        [
            keras.Input(SHAPE), Conv2D(4, 3, activation="relu", name="conv", dtype=policy), Flatten(dtype=policy),
            Dropout(0.5, seed=1, dtype=policy), Dense(2, activation="softmax", name="classes"),
        ],
        name="network",
    )  # fmt: skip
    model.get_layer("conv").trainable = False
    return model


def expected(core: keras.Model) -> np.ndarray:
    return np.asarray(save.float32_copy(core)(FRAMES))


def contents(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def without_tf_keras(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where that package is not installed."""
    find = export.importlib.util.find_spec
    monkeypatch.setattr(export.importlib.util, "find_spec", lambda name: None if name == "tf_keras" else find(name))


def test_forms_go_beside_the_h5() -> None:
    assert export.beside(Path("a/model.v2.h5"), "keras") == Path("a/model.v2.keras")
    assert export.beside(Path("a/model.h5"), "tensorflow") == Path("a/model.savedmodel")


# --- .keras --------------------------------------------------------------------------------------------------------


def test_a_keras_file_predicts_the_same_in_keras_itself_and_explains_itself(
    core: keras.Sequential, tmp_path: Path
) -> None:
    export.save_keras(core, tmp_path / "model.keras", FRAMES, METADATA)
    assert contents(tmp_path) == ["model.keras"]
    for loaded in (keras.models.load_model(tmp_path / "model.keras"), load.load_model(tmp_path / "model.keras")):
        assert np.allclose(loaded(FRAMES), expected(core), atol=1e-6)
        assert {layer.compute_dtype for layer in loaded.layers} == {"float32"}
        assert all(layer.trainable for layer in loaded.layers)
    found = load.describe_model(tmp_path / "model.keras")
    assert found["class_names"] == ["NonTouch", "Touch"] and found["written_by"] == "TouchTrain 9.9"
    assert found["classes"] == 2 and found["layers"] == 5 and found["image_shape"] == list(SHAPE)
    assert found["parameters"] == core.count_params()
    assert json.loads(json.dumps(found)) == found
    assert model_metadata.read_metadata(tmp_path / "model.keras") == {"format": model_metadata.FORMAT, **METADATA}


def test_describing_a_keras_file_of_somebody_else_imports_no_keras(core: keras.Sequential, tmp_path: Path) -> None:
    copy = save.float32_copy(core)
    copy.compile("adam", "categorical_crossentropy")
    copy.fit(FRAMES, np.eye(2)[[0, 1] * 4], verbose=0)
    copy.save(tmp_path / "theirs.keras")
    program = (
        "import sys, json; from pyside.models.load import describe_model;"
        "print(json.dumps(describe_model(sys.argv[1])));"
        "assert not {'keras', 'tensorflow', 'sklearn'} & set(sys.modules)"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "theirs.keras")]
    child = subprocess.run(command, capture_output=True, text=True, check=True)
    found = json.loads(child.stdout)
    assert found["parameters"] == copy.count_params() and found["image_shape"] == list(SHAPE)
    assert found["written_by"] == f"Keras {keras.__version__}" and found["class_names"] is None


def test_equal_models_give_equal_keras_files(core: keras.Sequential, tmp_path: Path) -> None:
    for name in "ab":
        export.save_keras(core, tmp_path / f"{name}.keras", FRAMES, METADATA)
    assert (tmp_path / "a.keras").read_bytes() == (tmp_path / "b.keras").read_bytes()


def test_a_keras_file_that_predicts_otherwise_is_not_saved(
    core: keras.Sequential, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "model.keras").write_bytes(b"the one before")
    write = zipfile.ZipFile.writestr

    def spoilt(self: zipfile.ZipFile, name: zipfile.ZipInfo | str, content: bytes) -> None:
        write(self, name, content[:-200] if "weights" in str(name) else content)

    monkeypatch.setattr(zipfile.ZipFile, "writestr", spoilt)
    with raises_with(ModelNotSaved, "model.keras"):
        export.save_keras(core, tmp_path / "model.keras", FRAMES)
    assert contents(tmp_path) == ["model.keras"] and (tmp_path / "model.keras").read_bytes() == b"the one before"


# --- SavedModel ----------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_saved_model_of_keras_2_holds_what_matlab_reads(core: keras.Sequential, tmp_path: Path) -> None:
    pytest.importorskip("tf_keras")
    folder = tmp_path / "model.savedmodel"
    assert export.save_tensorflow(core, folder, FRAMES, METADATA) == []
    assert contents(tmp_path) == ["model.savedmodel"]
    assert {"saved_model.pb", "keras_metadata.pb", "variables", "touchtrain.json"} <= set(contents(folder))
    metadata = (folder / "keras_metadata.pb").read_bytes()
    assert b'"class_name": "Sequential"' in metadata and b'"Conv2D"' in metadata
    loaded = load.load_model(folder)
    assert np.allclose(loaded.predict(FRAMES, verbose=0), expected(core), atol=1e-5)
    assert json.loads((folder / "touchtrain.json").read_text())["class_names"] == ["NonTouch", "Touch"]


@pytest.mark.usefixtures("without_tf_keras")
def test_without_tf_keras_the_folder_predicts_and_a_note_says_what_is_missing(
    core: keras.Sequential, tmp_path: Path
) -> None:
    (note,) = export.save_tensorflow(core, tmp_path / "model.savedmodel", FRAMES)
    assert "importNetworkFromTensorFlow" in note and "pip install tf-keras" in note
    assert contents(tmp_path) == ["model.savedmodel"]
    assert np.allclose(load.load_model(tmp_path / "model.savedmodel")(FRAMES), expected(core), atol=1e-5)


@pytest.mark.usefixtures("without_tf_keras")
def test_an_older_folder_is_replaced_only_by_a_good_one(
    core: keras.Sequential, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "model.savedmodel"
    folder.mkdir()
    (folder / "saved_model.pb").write_bytes(b"the one before")
    (folder / export.METADATA).write_text("{}")
    before = contents(folder)
    predict = saved_model.predict
    monkeypatch.setattr(saved_model, "predict", lambda signature, frames: predict(signature, frames) + 0.01)
    with raises_with(ModelNotSaved, "model.savedmodel", "0.01"):
        export.save_tensorflow(core, folder, FRAMES)
    assert contents(tmp_path) == ["model.savedmodel"] and contents(folder) == before
    monkeypatch.setattr(saved_model, "predict", predict)
    export.save_tensorflow(core, folder, FRAMES)
    assert contents(tmp_path) == ["model.savedmodel"] and "variables" in contents(folder)


@pytest.mark.parametrize("name", ["notes.txt", "saved_model.pb"])  # the latter of somebody else's model
def test_a_folder_of_something_else_is_not_replaced(name: str, core: keras.Sequential, tmp_path: Path) -> None:
    (tmp_path / "model.savedmodel").mkdir()
    (tmp_path / "model.savedmodel" / name).write_text("mine")
    for attempt in (
        lambda: export.check_besides(tmp_path / "model.h5", ["keras", "tensorflow"]),
        lambda: export.save_tensorflow(core, tmp_path / "model.savedmodel", FRAMES),
    ):
        with raises_with(NotWritable, name):
            attempt()
    assert contents(tmp_path) == ["model.savedmodel"] and contents(tmp_path / "model.savedmodel") == [name]


def test_a_program_that_fails_says_why(core: keras.Sequential, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export.importlib.util, "find_spec", lambda name: True)
    monkeypatch.setattr(export, "_WITH_TF_KERAS", "raise ValueError('no such layer')")
    with raises_with(ModelNotSaved, "ValueError", "no such layer"):
        export.save_tensorflow(core, tmp_path / "model.savedmodel", FRAMES)
    assert contents(tmp_path) == []


def test_the_program_runs_no_python_file_of_the_current_folder(
    core: keras.Sequential, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "lies_here.py").write_text("raise SystemExit('it was run')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(export.importlib.util, "find_spec", lambda name: True)
    monkeypatch.setattr(export, "_WITH_TF_KERAS", "import lies_here")
    with raises_with(ModelNotSaved, "'lies_here'"):
        export.save_tensorflow(core, Path("model.savedmodel"), FRAMES)


@pytest.mark.usefixtures("without_tf_keras")
def test_a_full_disk_leaves_nothing_half_written(core: keras.Sequential, small_disk: Path) -> None:
    with (small_disk / "filler").open("wb") as filler, raises_with(OSError, "No space"):
        filler.write(bytes(3_000_000))
        filler.flush()
    with pytest.raises((DiskFull, ModelNotSaved)):
        export.save_tensorflow(core, small_disk / "model.savedmodel", FRAMES)
    with pytest.raises(DiskFull):
        export.save_keras(core, small_disk / "model.keras", FRAMES)
    assert contents(small_disk) == ["filler"]


def test_all_forms_at_once(core: keras.Sequential, tmp_path: Path, without_tf_keras: Any) -> None:
    export.check_besides(tmp_path / "model.h5", ["keras", "tensorflow"])
    assert contents(tmp_path) == []
    saved = export.save_besides(core, tmp_path / "model.h5", METADATA, FRAMES, ("keras", "tensorflow"))
    assert saved["keras"] == str(tmp_path / "model.keras") and saved["tensorflow"] == str(tmp_path / "model.savedmodel")
    assert len(saved["notes"]) == 1 and contents(tmp_path) == ["model.keras", "model.savedmodel"]
    assert export.save_besides(core, tmp_path / "model.h5", METADATA, FRAMES, ()) == {}


def test_a_saved_model_that_could_read_or_write_files_is_not_loaded(tmp_path: Path) -> None:
    import tensorflow as tf

    class Harmful(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec([None, *SHAPE], tf.float32)])
        def serve(self, frames):
            tf.io.write_file(str(tmp_path / "written"), "x")
            return tf.reduce_mean(frames, axis=(1, 2))

    module = Harmful()
    tf.saved_model.save(module, str(tmp_path / "bad"), signatures={"serving_default": module.serve})
    with raises_with(BadModel, "WriteFile"):
        load.load_model(tmp_path / "bad")
    assert not (tmp_path / "written").exists()


def test_a_damaged_saved_model_is_said(tmp_path: Path) -> None:
    (tmp_path / "saved_model.pb").write_bytes(b"\x08\x01\x99")
    with raises_with(BadModel, tmp_path):
        load.load_model(tmp_path)
