"""ONNX files for other programs: checked before they get their name, and they explain themselves."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import keras
import numpy as np
import onnx
import pytest

import pyside
from pyside.compute.quiet_imports import import_onnxruntime
from pyside.errors import BadModel, ExtraMissing, ModelNotSaved
from pyside.models import save
from pyside.models.formats import onnx_files
from pyside.models.formats.onnx_files import save_onnx
from tests.conftest import raises_with
from tests.models.formats.network import FRAMES, METADATA, SHAPE, contents, expected


@pytest.fixture(scope="module")
def saved(core: keras.Sequential, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("onnx")
    save_onnx(core, folder / "model.onnx", FRAMES, METADATA)
    assert contents(folder) == ["model.onnx"]
    return folder / "model.onnx"


def test_it_predicts_the_same_in_onnx_runtime_for_any_number_of_frames(core: keras.Sequential, saved: Path) -> None:
    session = import_onnxruntime().InferenceSession(saved, providers=["CPUExecutionProvider"])
    (given,), (returned,) = session.get_inputs(), session.get_outputs()
    assert (given.name, given.type, given.shape) == ("frames", "tensor(float)", ["n", 1, 18, 18])
    assert (returned.name, returned.type, returned.shape) == ("probabilities", "tensor(float)", ["n", 2])
    for n in (1, 8):
        (found,) = session.run(None, {"frames": FRAMES[:n].transpose(0, 3, 1, 2)})
        np.testing.assert_allclose(found, expected(core)[:n], atol=1e-5)


def test_matlab_can_read_its_version_and_it_explains_itself(saved: Path) -> None:
    model = onnx.load(saved)
    assert model.ir_version <= 7 and [one.version for one in model.opset_import] == [13]
    about = {one.key: json.loads(one.value) for one in model.metadata_props}["touchtrain"]
    assert about == {"format": "touchtrain model 1", **METADATA}
    assert all(word in model.doc_string for word in ("NonTouch, Touch", "'BCSS'", "0 to 1"))


def test_inspect_says_what_it_is(core: keras.Sequential, saved: Path) -> None:
    found = pyside.inspect(saved)
    assert found["kind"] == "model" and found["written_by"] == "TouchTrain 9.9" and found["classes"] == 2
    assert found["input_shape"] == [1, 18, 18] and found["image_shape"] == list(SHAPE)
    assert found["parameters"] == core.count_params() and found["class_names"] == ["NonTouch", "Touch"]
    assert found["facts"]


@pytest.mark.parametrize("content", [b"", b"no model", b"\x08\x07\x12\x03abc"])
def test_a_damaged_file_is_named(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(content)
    with raises_with(BadModel, tmp_path / "model.onnx"):
        pyside.inspect(tmp_path / "model.onnx")


def test_where_a_model_is_asked_for_the_h5_is_named(saved: Path) -> None:
    for ask in (pyside.load_model, lambda path: pyside.predict(path, np.zeros((18, 18), np.uint8))):
        with raises_with(BadModel, saved, "ONNX", ".h5"):
            ask(saved)


def test_equal_models_give_equal_files(core: keras.Sequential, saved: Path, tmp_path: Path) -> None:
    save_onnx(save.float32_copy(core), tmp_path / "again.onnx", FRAMES, METADATA)
    assert (tmp_path / "again.onnx").read_bytes() == saved.read_bytes()


def test_a_file_that_predicts_otherwise_is_not_saved(
    core: keras.Sequential, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "model.onnx").write_bytes(b"the one before")
    other = keras.models.clone_model(core)
    other.set_weights([weights + 0.1 for weights in core.get_weights()])
    monkeypatch.setattr(onnx_files, "to_onnx", lambda core, convert=onnx_files.to_onnx: convert(other))
    with raises_with(ModelNotSaved, "model.onnx", "1e-05"):
        save_onnx(core, tmp_path / "model.onnx", FRAMES, METADATA)
    assert contents(tmp_path) == ["model.onnx"] and (tmp_path / "model.onnx").read_bytes() == b"the one before"


def test_without_the_packages_it_is_refused_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "onnxruntime" else find(name))
    with raises_with(ExtraMissing, "also_save", "onnxruntime", "pip install"):
        onnx_files.check_can_save()
