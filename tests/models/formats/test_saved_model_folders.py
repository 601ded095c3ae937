from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import keras
import numpy as np
import pytest

from pyside.errors import ModelNotSaved, NotWritable
from pyside.models import load
from pyside.models.formats import export, saved_model, saved_model_folders
from tests.conftest import raises_with
from tests.models.formats.network import FRAMES, METADATA, contents, expected


@pytest.mark.slow
def test_a_saved_model_of_keras_2_holds_what_matlab_reads(core: keras.Sequential, tmp_path: Path) -> None:
    pytest.importorskip("tf_keras")
    folder = tmp_path / "model.savedmodel"
    assert saved_model_folders.save_tensorflow(core, folder, FRAMES, METADATA) == []
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
    (note,) = saved_model_folders.save_tensorflow(core, tmp_path / "model.savedmodel", FRAMES)
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
    (folder / saved_model_folders.METADATA).write_text("{}")
    before = contents(folder)
    predict = saved_model.predict
    monkeypatch.setattr(saved_model, "predict", lambda signature, frames: predict(signature, frames) + 0.01)
    with raises_with(ModelNotSaved, "model.savedmodel", "0.01"):
        saved_model_folders.save_tensorflow(core, folder, FRAMES)
    assert contents(tmp_path) == ["model.savedmodel"] and contents(folder) == before
    monkeypatch.setattr(saved_model, "predict", predict)
    saved_model_folders.save_tensorflow(core, folder, FRAMES)
    assert contents(tmp_path) == ["model.savedmodel"] and "variables" in contents(folder)


@pytest.mark.parametrize("name", ["notes.txt", "saved_model.pb"])  # the latter of somebody else's model
def test_a_folder_of_something_else_is_not_replaced(name: str, core: keras.Sequential, tmp_path: Path) -> None:
    (tmp_path / "model.savedmodel").mkdir()
    (tmp_path / "model.savedmodel" / name).write_text("mine")
    for attempt in (
        lambda: export.check_besides(tmp_path / "model.h5", ["keras", "tensorflow"]),
        lambda: saved_model_folders.save_tensorflow(core, tmp_path / "model.savedmodel", FRAMES),
    ):
        with raises_with(NotWritable, name):
            attempt()
    assert contents(tmp_path) == ["model.savedmodel"] and contents(tmp_path / "model.savedmodel") == [name]


def test_a_program_that_fails_says_why(core: keras.Sequential, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: True)
    monkeypatch.setattr(saved_model_folders, "_WITH_TF_KERAS", "raise ValueError('no such layer')")
    with raises_with(ModelNotSaved, "ValueError", "no such layer"):
        saved_model_folders.save_tensorflow(core, tmp_path / "model.savedmodel", FRAMES)
    assert contents(tmp_path) == []


def test_the_program_runs_no_python_file_of_the_current_folder(
    core: keras.Sequential, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "lies_here.py").write_text("raise SystemExit('it was run')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: True)
    monkeypatch.setattr(saved_model_folders, "_WITH_TF_KERAS", "import lies_here")
    with raises_with(ModelNotSaved, "'lies_here'"):
        saved_model_folders.save_tensorflow(core, Path("model.savedmodel"), FRAMES)
