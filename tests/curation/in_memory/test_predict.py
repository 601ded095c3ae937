"""Frames are predicted with models that stay loaded, and labelled by the decision of the model."""

from __future__ import annotations

import array
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pyside
from pyside.__main__ import main
from pyside.curation.in_memory.predict import Models, predict
from pyside.curation.in_memory.prediction import Prediction
from pyside.data.video import reader
from pyside.data.video.reader import file_sha256 as digest
from pyside.errors import BadOption, PathMissing
from pyside.runtimes import choice
from pyside.settings import PredictSettings
from pyside.system import paths
from tests.conftest import holds, raises_with
from tests.curation.known_model import known_model, known_probabilities

LEVELS = np.array([20, 220, 30, 210, 200, 215, 20, 126, 129, 10], np.uint8)  # touches of 1, 3 and 1 frames
EXACT: dict[str, Any] = {"precision": "float32"}


def shown(levels: np.ndarray = LEVELS, channels: int = 1) -> np.ndarray:
    """Frames of 20 x 20 pixels of these grey levels."""
    return np.broadcast_to(levels[:, None, None, None], (len(levels), 20, 20, channels)).copy()


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model whose touches have at least two frames."""
    return known_model(tmp_path_factory.mktemp("model") / "modèle 1.h5", min_duration=2)


def test_probabilities_labels_and_names(model: Path) -> None:
    found = pyside.predict(model, shown(), **EXACT)
    np.testing.assert_allclose(found.probabilities, known_probabilities(shown()), atol=2e-4)
    assert (found.probabilities.dtype, found.labels.dtype) == (np.float32, np.int16)
    assert found.labels.tolist() == [0, 0, 0, 1, 1, 1, 0, 0, 0, 0]
    assert found.label_names[3] == "Touch" and found.class_names == ("NonTouch", "Touch")
    assert (found.event_class, found.threshold, found.min_duration) == ("Touch", 0.5, 2)
    assert found.sources.tolist() == [0] * 10
    assert holds(found.summary(), "10 frames", "Touch 3", "3 to 5", "counted from 0")


def test_what_the_memory_is_makes_no_difference(model: Path) -> None:
    expected = pyside.predict(model, shown(), **EXACT).probabilities
    as_matlab = np.asfortranarray(shown()[..., 0].transpose(1, 2, 0))
    for given in (shown()[..., 0], as_matlab, memoryview(as_matlab), list(shown()[..., 0])):
        np.testing.assert_array_equal(pyside.predict(model, given, **EXACT).probabilities, expected)
    flat = array.array("d", [0.9] * 400)
    one = pyside.predict(model, np.asarray(flat).reshape(20, 20), pixel_range=(0, 1), **EXACT)
    assert one.probabilities.shape == (1, 2)
    assert one.probabilities[0, 1] > 0.99


def test_frames_that_do_not_follow_each_other_have_no_minimum_duration(model: Path) -> None:
    found = pyside.predict(model, shown(), sequence=False, **EXACT)
    assert found.labels.tolist() == [0, 1, 0, 1, 1, 1, 0, 0, 1, 0]
    assert found.min_duration == 1


def test_each_array_is_a_sequence_of_its_own(model: Path) -> None:
    found = pyside.predict(model, [shown()[:4], shown()[4:]], **EXACT)
    assert found.labels.tolist() == [0, 0, 0, 0, 1, 1, 0, 0, 0, 0]
    assert found.sources.tolist() == [0] * 4 + [1] * 6


def test_the_decision_can_be_changed(model: Path) -> None:
    found = pyside.predict(
        model, shown(), threshold=float(known_probabilities(shown())[7, 1]) - 1e-4, min_duration=1, **EXACT
    )
    assert found.labels.tolist() == [0, 1, 0, 1, 1, 1, 0, 1, 1, 0]
    assert pyside.predict(model, shown(), threshold=0, **EXACT).labels.all()


def test_of_more_than_two_classes_the_likeliest_counts(tmp_path: Path) -> None:
    names = ("NonTouch", "Touch", "Shadow")
    path = known_model(tmp_path / "three.h5", class_names=names)
    found = pyside.predict(path, shown(), **EXACT)
    np.testing.assert_array_equal(found.labels, known_probabilities(shown(), names).argmax(axis=1))
    assert found.threshold is None
    with raises_with(BadOption, "threshold", "three.h5"):
        pyside.predict(path, shown(), threshold=0.5, **EXACT)


def test_a_model_with_context_sees_the_neighbours_and_edges_repeat(tmp_path: Path) -> None:
    path = known_model(tmp_path / "context.h5", context_frames=3, looks_at=-1)
    before = np.concatenate([LEVELS[:1], LEVELS[:-1]])
    expected = known_probabilities(shown(before))
    np.testing.assert_allclose(pyside.predict(path, shown(), **EXACT).probabilities, expected, atol=2e-4)
    two = pyside.predict(path, [shown()[:5], shown()[5:]], **EXACT).probabilities
    expected[5] = known_probabilities(shown(LEVELS[5:6]))[0]
    np.testing.assert_allclose(two, expected, atol=2e-4)
    alone = pyside.predict(path, shown(), sequence=False, **EXACT).probabilities
    np.testing.assert_allclose(alone, known_probabilities(shown()), atol=2e-4)


def test_a_few_models_stay_loaded_and_a_changed_file_is_loaded_anew(tmp_path: Path) -> None:
    models, how = Models(most=2), PredictSettings()
    paths = [known_model(tmp_path / f"{number}.h5", border=90.0 + number) for number in range(3)]
    first, second = (models.engine(models.facts(path), how) for path in paths[:2])
    assert models.engine(models.facts(paths[0]), how) is first
    assert models.engine(models.facts(paths[1]), how) is second
    models.engine(models.facts(paths[2]), how)
    assert models.engine(models.facts(paths[0]), how) is not first  # the one that was not used for longest
    known_model(paths[2], min_duration=4, border=77.0)
    assert models.facts(paths[2]).decision.min_duration == 4


def test_a_model_file_is_read_again_only_after_a_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reads = []
    monkeypatch.setattr(reader, "file_sha256", lambda path: reads.append(path) or digest(path))
    monkeypatch.setattr(paths, "_COARSEST_CLOCK", 600.0)
    path, models = known_model(tmp_path / "model.h5"), Models()
    assert [models.facts(path).decision.min_duration for _ in range(3)] == [1, 1, 1]
    assert len(reads) == 3  # a second change within the coarsest clock could bear the same time
    monkeypatch.setattr(paths, "_COARSEST_CLOCK", -1.0)
    assert [models.facts(path).decision.min_duration for _ in range(3)] == [1, 1, 1] and len(reads) == 4
    known_model(path, min_duration=4)
    assert [models.facts(path).decision.min_duration for _ in range(3)] == [4, 4, 4] and len(reads) == 5
    path.unlink()
    with raises_with(PathMissing, path):
        models.facts(path)


def test_a_loaded_model_is_asked_without_looking_for_packages(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = pyside.predict(model, shown(), runtime="onnxruntime").probabilities
    monkeypatch.setattr(choice.importlib.util, "find_spec", lambda name: pytest.fail(f"looked for {name}"))
    np.testing.assert_array_equal(pyside.predict(model, shown(), runtime="onnxruntime").probabilities, first)


# --- auto ----------------------------------------------------------------------------------------------------------


def asked(models: Models, model: Path, n: int = 10, **options: Any) -> Prediction:
    """Ask for some frames."""
    settings = PredictSettings.from_options({**EXACT, **options})
    return predict(models, model, [shown(np.resize(LEVELS, n))], [], settings)


@pytest.fixture
def timed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The runtimes that are timed from now on; ONNX Runtime is the fastest."""
    seen: list[str] = []

    def rate(step: Any, *given: Any) -> float:
        seen.append(step.runtime)
        return {"onnxruntime": 9000.0}.get(step.runtime, 1000.0)

    monkeypatch.setattr(choice, "_rate", rate)
    return seen


def test_auto_times_no_runtime_for_few_frames_and_says_which_it_takes_and_why(model: Path, timed: list[str]) -> None:
    models, fewer = Models(), choice.TIMED_FROM - 1
    found = asked(models, model, fewer, runtime="auto")
    assert found.runtime == "keras" and not timed
    assert holds(found.said, "Keras", "not yet converted", "1,000", "runtime")
    assert asked(models, model, runtime="auto").said == found.said
    found = asked(models, model, choice.TIMED_FROM, runtime="auto")
    assert found.runtime == "onnxruntime" and timed == ["keras", "openvino", "onnxruntime"]
    assert asked(models, model, runtime="auto").said == found.said  # few frames keep what was timed
    found = asked(Models(), model, runtime="auto")
    assert found.runtime == "openvino" and holds(found.said, "OpenVINO", "converted")  # by the timing


def test_auto_takes_for_few_frames_what_is_loaded(model: Path, timed: list[str]) -> None:
    models = Models()
    assert asked(models, model, runtime="onnxruntime").said == ""
    found = asked(models, model, runtime="auto")
    assert found.runtime == "onnxruntime" and holds(found.said, "ONNX Runtime", "loaded")
    assert asked(models, model, runtime="onnxruntime").said == "" and not timed


def test_auto_takes_the_next_runtime_where_one_cannot_be_used(
    model: Path, timed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*given: Any) -> Any:
        raise RuntimeError("an operation is not known")

    monkeypatch.setattr(choice, "KerasStep", fail)
    found = asked(Models(), model, runtime="auto")
    assert found.runtime == "openvino" and holds(found.said, "Left out", "Keras", "an operation is not known")


def test_the_command_line(model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    np.save(tmp_path / "frames.npy", shown())
    line = ["predict", str(model), str(tmp_path / "frames.npy"), "--min-duration", "1", "--precision", "float32"]
    assert main([*line, "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["labels"] == [0, 1, 0, 1, 1, 1, 0, 0, 1, 0]
    np.testing.assert_allclose(record["probabilities"], known_probabilities(shown()), atol=2e-4)
    assert main(line) == 0
    assert holds(capsys.readouterr().out, "10 frames", "Touch 5", "1, 3 to 5, 8")
    assert main([*line, "--frame-order", "NHW"]) == 1
