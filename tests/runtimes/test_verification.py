"""`verify` says of a model whether it computes what it was trained to, and by what figures."""

from __future__ import annotations

import json
from pathlib import Path

import h5py
import numpy as np
import pytest

import pyside
from pyside.__main__ import main
from pyside.errors import BadModel, BadOption, ModelNotProven, PathMissing, UnknownOption
from pyside.models.probes import check_weights
from tests.conftest import holds, raises_with
from tests.curation.known_model import flip_a_bit, known_model, proven_model

FLOAT32 = {"precision": "float32"}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pyside.models.files._look_from_outside", lambda *args: None)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return proven_model(tmp_path / "model.h5")


@pytest.mark.parametrize("runtime", ["keras", "onnxruntime"])
def test_a_sound_model_is_proven_with_its_figures(path: Path, runtime: str) -> None:
    found = pyside.verify(path, runtime=runtime, precision="float32", execution_environment="cpu")
    assert (found["kind"], found["path"], found["well"], found["proven"]) == ("proof", str(path), True, True)
    assert (found["probes"], found["doubtful"], found["differing"], found["beyond"]) == (64, 16, 0, 0)
    assert found["compared"] > 60 and found["difference"] < found["bound"] == 1e-4 and found["weights_kept"]
    assert (found["runtime"], found["device"], found["precision"]) == (runtime, "cpu", "float32")
    assert found["backend"] == ("tensorflow" if runtime == "keras" else None)


def test_in_a_coarser_precision_it_is_said_what_is_not_noticed(path: Path) -> None:
    found = pyside.verify(path, precision="mixed_bfloat16")
    assert found["bound"] == 0.05 and holds(found["verdict"], 0.05, "mixed_bfloat16", "float32")
    assert "float32" not in pyside.verify(path, **FLOAT32)["verdict"]


def test_a_changed_weight_is_not_proven_and_the_command_line_says_so(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", str(path), "--precision", "float32"]) == 0
    assert holds(capsys.readouterr().out, path, 64, 16, "float32")
    flip_a_bit(path)
    with raises_with(ModelNotProven, path, 64, "float32"):
        pyside.verify(path, **FLOAT32)
    assert main(["verify", str(path), "--precision", "float32"]) == 1
    shown = capsys.readouterr().out
    assert holds(shown, path, 64) and "Weights:             not" in shown
    assert main(["verify", str(path), "--precision", "float32", "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert not found["well"] and found["proven"] is False and not found["weights_kept"]
    assert found["beyond"] == 0 and found["difference"] < 1e-4, "a single bit, which the answers do not show"


def test_changed_answers_are_not_proven_either(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with h5py.File(path, "r+") as file:
        answers = file["touchtrain_probes/probabilities"]
        answers[...] = answers[()][:, ::-1]
    assert main(["verify", str(path), "--precision", "float32", "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["weights_kept"] and found["differing"] > 50 and found["beyond"] > 50
    check_weights(path)


def test_a_model_without_probes_is_said_to_carry_none_and_is_no_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = known_model(tmp_path / "old.h5")
    found = pyside.verify(path, precision="int8")
    assert found["well"] and found["proven"] is None and found["probes"] == 0 and found["runtime"] is None
    assert main(["verify", str(path)]) == 0
    assert holds(capsys.readouterr().out, path, "store_probes")
    check_weights(path)


def test_what_is_no_model_and_options_of_a_dataset_are_errors(tmp_path: Path, make_dataset: object, path: Path) -> None:
    with h5py.File(tmp_path / "labels.h5", "w") as file:
        file["labels"] = np.zeros(3)
    (tmp_path / "video.avi").write_bytes(b"x")
    for name in ("labels.h5", "video.avi"):
        with raises_with(BadModel, name):
            pyside.verify(tmp_path / name)
    with raises_with(PathMissing, "nothing.h5"):
        pyside.verify(tmp_path / "nothing.h5")
    dataset = make_dataset(1)  # type: ignore[operator]
    with raises_with(BadOption, "runtime", "precision", dataset):
        pyside.verify(dataset, runtime="openvino", precision="float32")
    with raises_with(BadOption, "runtime"):
        pyside.verify(path, runtime="openvno")
    with raises_with(UnknownOption, "runtme"):
        pyside.verify(path, runtme="keras")
