from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import keras
import numpy as np
import pytest

from pyside.errors import ModelNotSaved
from pyside.models import load, save
from pyside.models import metadata as model_metadata
from pyside.models.formats.keras_files import save_keras
from tests.conftest import raises_with
from tests.models.formats.network import FRAMES, METADATA, SHAPE, contents, expected


def test_a_keras_file_predicts_the_same_in_keras_itself_and_explains_itself(
    core: keras.Sequential, tmp_path: Path
) -> None:
    save_keras(core, tmp_path / "model.keras", FRAMES, METADATA)
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
        save_keras(core, tmp_path / f"{name}.keras", FRAMES, METADATA)
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
        save_keras(core, tmp_path / "model.keras", FRAMES)
    assert contents(tmp_path) == ["model.keras"] and (tmp_path / "model.keras").read_bytes() == b"the one before"
