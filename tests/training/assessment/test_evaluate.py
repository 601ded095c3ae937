"""What a training says of itself is the same wherever it says it, and the sample of training frames is a fair one."""

from __future__ import annotations

import dataclasses
import importlib.util
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pyside.data.dataset import Dataset, open_dataset
from pyside.errors import ExtraMissing
from pyside.evaluation.result import TrainingResult
from pyside.models import load, metadata
from pyside.settings import TrainSettings
from pyside.training import train
from pyside.training.assessment import provenance
from pyside.training.assessment.evaluate import FLAT, LOOKED_AT, grey_levels, nothing_learnt, sample_of
from pyside.training.assessment.provenance import describe
from pyside.training.splitting.subsets import Split
from pyside.training.trainer import Fitted
from tests.conftest import raises_with

pytestmark = pytest.mark.trains

MakeSettings = Callable[..., TrainSettings]
SWAPPED = ("Touch", "NonTouch")


@pytest.fixture(scope="module")
def swapped(dataset: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """The shared dataset with Touch as the first class."""
    from pyside.data.dataset_writer import DatasetWriter

    folder = tmp_path_factory.mktemp("swapped") / "dataset"
    writer = DatasetWriter(folder, SWAPPED, dataset.image_shape, {"1": "Touch"}, {})
    for number, one in enumerate(dataset.recordings):
        recording = writer.begin(one.name)
        recording.append(np.asarray(one.frames))
        labels = np.where(one.labels >= 0, 1 - one.labels, -1).astype(np.int16)
        recording.close(labels, np.full(one.n_frames, number, np.int32), {"kind": "test"})
    writer.close()
    return open_dataset(folder)


@pytest.fixture(scope="module")
def result(swapped: Dataset, quick: MakeSettings, tmp_path_factory: pytest.TempPathFactory) -> TrainingResult:
    settings = quick(
        epochs=8, learning_rate=5e-3, dropout_rates=(0, 0, 0, 0), batch_size=16, report=True, monitor="accuracy"
    )
    return train.train(swapped, tmp_path_factory.mktemp("models") / "m", settings)


def test_report_model_file_and_summary_tell_the_same(result: TrainingResult) -> None:
    written = json.loads(Path(result.report["report_folder"], "report.json").read_text(encoding="utf-8"))
    about = metadata.read_metadata(result.model_path)
    assert about is not None
    for other in (written, about, result.report):
        assert other["metrics"] == result.metrics
    assert written["decision"] == result.report["decision"]
    assert about["decision_threshold"] == written["decision"]["threshold"]
    assert f"{100 * result.metrics['validation']['accuracy']:.2f} %" in result.summary()
    page = Path(result.report["report_folder"], "report.html").read_text(encoding="utf-8")
    assert f"{100 * result.metrics['validation']['accuracy']:.2f} %" in page


def test_figures_on_validation_are_those_of_the_best_epoch_at_the_decision(
    result: TrainingResult, swapped: Dataset
) -> None:
    figures, decision = result.metrics["validation"], result.report["decision"]
    assert decision["event_class"] == "Touch" and decision["event_index"] == 0
    assert figures["accuracy"] > 0.9  # a threshold on the wrong class would turn it round
    if (decision["threshold"], decision["min_duration"]) == (0.5, 1):
        best = result.history["val_accuracy"][result.report["best_epoch"] - 1]
        assert figures["accuracy"] == pytest.approx(best, abs=1e-6)
    right = sum(round(one["accuracy"] * one["frames"]) for one in figures["recordings"])
    assert right == round(figures["accuracy"] * figures["frames"])
    chosen = next(row for row in decision["sweep"] if row["threshold"] == decision["threshold"])
    assert chosen["errors_per_touch"] == figures["events"]["Touch"]["errors_per_touch"]
    assert chosen["recall"] == pytest.approx(figures["classes"]["Touch"]["recall"])


def test_the_sample_of_training_frames_has_each_class_in_its_share() -> None:
    # Every fourth frame would hit none of touches that come at every eighth.
    labels = (np.arange(400) % 8 == 7).astype(int)
    numbers = np.arange(1000, 1400)
    found = sample_of(numbers, labels, 100, seed=0)
    assert np.all(np.diff(found) > 0) and np.isin(found, numbers).all()
    assert np.bincount(labels[found - 1000]).tolist() == [88, 13]
    assert sample_of(numbers, labels, 100, seed=0).tolist() == found.tolist()
    rare = np.arange(400) == 5
    assert 1005 in sample_of(numbers, rare.astype(int), 10, seed=0)
    assert sample_of(numbers, labels, 400, seed=0) is numbers


def test_frames_without_contrast_are_counted_by_recording(tmp_path: Path) -> None:
    from pyside.data.dataset_writer import DatasetWriter

    writer = DatasetWriter(tmp_path / "dataset", ("NonTouch", "Touch"), (20, 20, 1), {}, {})
    for number, darkest in enumerate((0, 0, 255 - FLAT)):  # the last one is nearly white
        frames = np.full((80, 20, 20, 1), 255 if number == 2 else 0, np.uint8)
        frames[:, 5:9, 5:9] = (1, FLAT, darkest + 1)[number]
        frames[40:, 5:9, 5:9] = (1, 0, darkest + 1)[number]  # half of the second recording is black
        recording = writer.begin(f"day{number}")
        recording.append(frames)
        recording.close(np.arange(80) % 2, np.full(80, number, np.int32), {"kind": "test"})
    dataset = writer.close()
    found = grey_levels(dataset, np.arange(240))
    assert found["frames"] == 198 and found["flat"] == 165 and found["limit"] == FLAT
    assert found["recordings"] == ["day0", "day2"]
    assert grey_levels(dataset, np.arange(100, 105)) == {"frames": 5, "limit": FLAT, "flat": 0, "recordings": []}
    assert found["frames"] <= LOOKED_AT and json.loads(json.dumps(found)) == found


@pytest.mark.parametrize(
    ("validation", "training", "frames", "told"),
    [(0.5, 0.5, 30, 1), (0.6, 0.5, 30, 0), (0.5, 0.9, 30, 0), (1, 1, 0, 0)],
)
def test_a_model_that_is_no_better_than_chance_on_both_sides_is_warned_of(
    validation: float, training: float, frames: int, told: int
) -> None:
    classes = {"NonTouch": {"frames": 50}, "Touch": {"frames": frames}}
    of_sides = {"validation": validation, "training": training}
    metrics = {side: {"balanced_accuracy": value, "classes": classes} for side, value in of_sides.items()}
    assert len(nothing_learnt(metrics)) == told


def test_what_could_not_be_sampled_as_asked_is_warned_of(
    dataset_of: Callable[..., Dataset], quick: MakeSettings, tmp_path: Path
) -> None:
    labels = [np.arange(60) // 5 % 2] * 3
    found = train.train(dataset_of(labels), tmp_path / "m", quick(oversample=0.2, hard_negatives=0.5))
    for option, value in (("oversample", "0.2"), ("hard_negatives", "0.5")):
        assert sum(option in text and value in text for text in found.report["warnings"]) == 1


def test_the_model_file_says_what_a_network_with_context_is_given(
    dataset: Dataset, quick: MakeSettings, tmp_path: Path
) -> None:
    first = train.train(dataset, tmp_path / "first", quick(network="context", context_frames=5))
    about = metadata.read_metadata(first.model_path)
    assert about is not None and about["context_frames"] == 5 and about["image_shape"] == [20, 20, 1]
    assert about["context"]["before"] == about["context"]["after"] == 2 and about["context"]["edges"] == "repeat"
    plain = quick(initial_model=first.model_path)
    with raises_with(load.BadModel, "network", "'context'", 5):
        train.train(dataset, tmp_path / "second", plain)
    options = {"network": "context", "context_frames": 7, "initial_model": first.model_path}
    with raises_with(load.BadModel, 5):
        train.train(dataset, tmp_path / "second", quick(**options))


def test_the_network_that_is_told_is_that_of_the_initial_model(
    dataset: Dataset, quick: MakeSettings, tmp_path: Path
) -> None:
    first = train.train(dataset, tmp_path / "first", quick(network="small"))
    second = train.train(dataset, tmp_path / "second", quick(initial_model=first.model_path))
    assert second.report["network"] == "small"
    assert (metadata.read_metadata(second.model_path) or {})["network"] == "small"


def test_a_disk_that_takes_the_model_and_no_more_leaves_the_model_and_says_so(
    dataset: Dataset, small: MakeSettings, small_disk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    options = {"convolution_filters": (4,) * 6, "dense_units": 4, "report": True, "also_save": ("keras",)}
    options["store_probes"] = False  # a small model
    (small_disk / "full").write_bytes(bytes(2**21 - 2**16))
    result = train.train(dataset, small_disk / "m", small(**options))
    assert Path(result.model_path).is_file() and not (small_disk / "m.keras").exists()
    told = "\n".join(result.report["warnings"])
    assert all(fact in told for fact in ("also_save", "'keras'", "disk"))
    (elsewhere,) = (tmp_path / "temporary").iterdir()
    assert str(elsewhere / "m.report") in told and str(elsewhere / "m.keras") in told
    assert result.report["report_folder"] == str(elsewhere / "m.report")
    assert (elsewhere / "m.report" / "report.html").is_file() and (elsewhere / "m.keras").is_file()


@pytest.mark.parametrize("runtime", ["openvino", "onnxruntime"])
def test_another_runtime_evaluates_alike_and_the_report_says_which(
    runtime: str, dataset: Dataset, quick: MakeSettings, tmp_path: Path
) -> None:
    kept: list[Fitted] = []
    settings = quick(epochs=1, precision="float32", runtime=runtime, test_fraction=0.2)
    report = train.train(dataset, tmp_path / "m", settings, look=kept.append).report
    assert report["evaluated_in"] == {"runtime": runtime, "precision": "float32", "said": ""}
    in_keras = dataclasses.replace(kept[0], settings=quick(precision="float32"))
    assert in_keras.evaluated_in() == {"runtime": "keras", "precision": "float32", "said": ""}
    numbers = np.flatnonzero(dataset.table.labels >= 0)[:70]
    np.testing.assert_allclose(kept[0].probabilities(numbers), in_keras.probabilities(numbers), atol=1e-4)


@pytest.mark.parametrize(
    ("package", "option"), [("openvino", {"runtime": "openvino"}), ("tf2onnx", {"also_save": ("keras", "onnx")})]
)
def test_what_is_not_installed_is_told_before_the_training(
    package: str,
    option: dict[str, Any],
    dataset: Dataset,
    quick: MakeSettings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == package else find(name))
    told: list[dict[str, Any]] = []
    with raises_with(ExtraMissing, next(iter(option)), package, "pip install"):
        train.train(dataset, tmp_path / "m", quick(**option), told.append)
    assert [one["stage"] for one in told] == ["reading"] and not [*tmp_path.iterdir()]


def test_frames_by_tag_are_counted_alike_and_a_tag_of_very_many_values_is_cut(dataset: Dataset) -> None:
    recordings = tuple(
        dataclasses.replace(one, info={**one.info, "tags": {"animal": f"m{number % 2}", "trial": str(number)}})
        for number, one in enumerate(dataset.recordings)
    )
    tagged = dataclasses.replace(dataset, recordings=recordings)
    labels, of_frames = dataset.table.labels, dataset.table.recordings
    every = np.flatnonzero(labels >= 0)
    found = describe(tagged, TrainSettings(), Split(every, every, every, "group", ()))["split"]["training"]
    for value in (0, 1):
        of_value = labels[every][of_frames[every] % 2 == value]
        wanted = {name: int(np.sum(of_value == index)) for index, name in enumerate(dataset.class_names)}
        assert found["tags"]["animal"][f"m{value}"] == wanted
    assert len(found["tags"]["trial"]) == len(recordings) and "tag_values_left_out" not in found
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(provenance, "MOST_VALUES", 2)
        found = describe(tagged, TrainSettings(), Split(every, every, every, "group", ()))["split"]["training"]
    assert len(found["tags"]["trial"]) == 2 and found["tag_values_left_out"] == {"trial": len(recordings) - 2}
