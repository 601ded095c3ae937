from __future__ import annotations

import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pyside.data.dataset import Dataset, open_dataset
from pyside.errors import BadOption, NotFinite
from pyside.settings import TrainSettings
from pyside.training import train
from pyside.training.assessment.resampling import spread
from pyside.training.trainer import Fit
from tests.conftest import raises_with

pytestmark = pytest.mark.trains

MakeSettings = Callable[..., TrainSettings]


@pytest.fixture
def labels() -> list[np.ndarray]:
    rng = np.random.default_rng(5)
    return [np.repeat(rng.random(12) < 0.4, 5).astype(np.int16) for _ in range(6)]


def test_cross_validation_holds_out_each_recording_once_and_tells_the_spread(
    dataset_of: Callable[..., Dataset], labels: list[np.ndarray], quick: MakeSettings, tmp_path: Path
) -> None:
    told: list[str] = []
    said: list[str] = []

    def look(record: dict[str, Any]) -> None:
        told.append(record["stage"])
        said.extend(record.get("said", []))

    dataset = dataset_of(labels)
    result = train.train(dataset, tmp_path / "m", quick(folds=3, report=True), look)
    check_folds(tmp_path / "m.report" / "folds.npz", dataset, result.report["cross_validation"])
    found = result.report["cross_validation"]
    assert [fold["validation_frames"] for fold in found["folds"]] == [120, 120, 120]
    assert all(fold["frames"] == 240 and fold["recordings"] == 4 for fold in found["folds"])
    accuracies = [fold["accuracy"] for fold in found["folds"]]
    assert found["spread"]["accuracy"]["mean"] == pytest.approx(np.mean(accuracies))
    assert {"fold 1 of 3", "fold 2 of 3", "fold 3 of 3"} <= set(told)
    assert len(result.history["loss"]) == 1  # those of the model alone
    assert len(said) == 3 and all(f"{fold} of 3" in line for fold, line in enumerate(said, start=1))
    assert "120" in said[0] and "240" in said[0]


def check_folds(path: Path, dataset: Dataset, report: dict[str, Any]) -> None:
    """Check that what is kept of the folds gives the figures of the report, and has all that is promised."""
    with np.load(path) as file:
        kept = {name: file[name] for name in file.files}
    assert str(kept["dataset_hash"]) == dataset.hash
    assert kept["recording_names"].tolist() == [one.original for one in dataset.recordings]
    assert kept["probabilities"].shape == (360, 2) and not np.isnan(kept["probabilities"]).any()
    right = kept["probabilities"].argmax(axis=1) == kept["labels"]
    for number, fold in enumerate(report["folds"]):
        own = kept["folds"] == number
        assert right[own].mean() == pytest.approx(fold["accuracy"])
        assert len(np.unique(kept["recordings"][own])) == 2
    units = kept["kernels"].shape[1]
    assert kept["kernels"].shape == (3, units, 2) and kept["biases"].shape == (3, 2)
    for name in ("features", "fold_features"):
        assert kept[name].shape == (6, units) and np.isfinite(kept[name]).all()
    assert not np.allclose(kept["features"], kept["fold_features"])


def test_a_learning_curve_ends_with_the_model_itself(
    dataset_of: Callable[..., Dataset], labels: list[np.ndarray], quick: MakeSettings, tmp_path: Path
) -> None:
    result = train.train(dataset_of(labels), tmp_path / "m", quick(learning_curve=True))
    rows = result.report["learning_curve"]
    assert [row["share"] for row in rows] == sorted(row["share"] for row in rows) and rows[-1]["share"] == 1
    assert rows[-1]["accuracy"] == result.metrics["validation"]["accuracy"]
    assert len(rows) >= 2 and rows[0]["frames"] < rows[-1]["frames"]


def test_folds_that_were_done_before_a_break_are_not_done_again(
    dataset_of: Callable[..., Dataset], labels: list[np.ndarray], quick: MakeSettings, tmp_path: Path
) -> None:
    dataset, settings, file = dataset_of(labels), quick(folds=2, epochs=2), tmp_path / "checkpoint.npz"

    class Killed(BaseException):
        pass

    def kill(record: dict[str, Any]) -> None:
        if record["stage"] == "fold 2 of 2" and record.get("epoch") == 2:
            raise Killed

    with pytest.raises(Killed):
        train.train(dataset, tmp_path / "m", settings, kill, checkpoint=file)
    stages: list[str] = []
    assert [path.name for path in tmp_path.glob("*.kept.npz")] == ["checkpoint.fold-1-of-2.kept.npz"]
    again = train.train(
        dataset, tmp_path / "m", settings, lambda record: stages.append(record["stage"]), checkpoint=file
    )
    assert "fold 1 of 2" not in stages and "training" not in stages
    whole = train.train(dataset, tmp_path / "other", settings)
    assert again.report["cross_validation"] == whole.report["cross_validation"]
    assert sorted(path.name for path in tmp_path.glob("*.npz")) == [] == sorted(tmp_path.glob("*.json"))


def test_a_wish_to_stop_ends_the_further_trainings_and_keeps_the_model(
    dataset_of: Callable[..., Dataset], labels: list[np.ndarray], quick: MakeSettings, tmp_path: Path
) -> None:
    stage = ""

    def look(record: dict[str, Any]) -> None:
        nonlocal stage
        stage = record["stage"]

    settings = quick(folds=3, learning_curve=True)
    result = train.train(dataset_of(labels), tmp_path / "m", settings, look, lambda: stage.startswith("fold"))
    assert result.report["cross_validation"] is None and Path(result.model_path).is_file()
    told = "\n".join(result.report["warnings"])
    assert "folds" in told and "0 of 3" in told and "learning_curve" in told


def test_where_the_training_itself_is_asked_to_stop_no_further_one_begins(
    dataset_of: Callable[..., Dataset], labels: list[np.ndarray], quick: MakeSettings, tmp_path: Path
) -> None:
    stages: list[str] = []
    asked = iter([True])
    result = train.train(
        dataset_of(labels),
        tmp_path / "m",
        quick(folds=3),
        lambda record: stages.append(record["stage"]),
        lambda: next(asked, False),
    )
    assert result.report["stopped"] == "asked" and not any("fold" in stage for stage in stages)


@pytest.mark.slow
def test_ctrl_c_between_two_of_them_ends_them_gently_and_a_second_one_at_once(
    dataset_of: Callable[..., Dataset], labels: list[np.ndarray], quick: MakeSettings, tmp_path: Path
) -> None:
    presses = 1

    def press(record: dict[str, Any]) -> None:
        if record.get("said"):
            for _ in range(presses):
                signal.raise_signal(signal.SIGINT)

    before = signal.getsignal(signal.SIGINT)
    result = train.train(dataset_of(labels), tmp_path / "m", quick(folds=3), press)
    assert "1 of 3" in result.report["warnings"][-1]
    presses = 2
    with pytest.raises(KeyboardInterrupt):
        train.train(dataset_of(labels), tmp_path / "n", quick(folds=3), press)
    assert signal.getsignal(signal.SIGINT) is before


def test_one_whose_loss_is_not_finite_leaves_the_model_and_is_told(
    dataset_of: Callable[..., Dataset],
    labels: list[np.ndarray],
    quick: MakeSettings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run, calls = Fit.run, iter([False, True])

    def run_badly(self: Fit, *args: Any) -> Any:
        if next(calls):
            raise NotFinite("The loss became NaN.")
        return run(self, *args)

    monkeypatch.setattr(Fit, "run", run_badly)
    result = train.train(dataset_of(labels), tmp_path / "m", quick(folds=3))
    assert Path(result.model_path).is_file() and result.report["cross_validation"] is None
    assert "fold 1 of 3" in result.report["warnings"][-1] and "NaN" in result.report["warnings"][-1]


def test_copies_that_leave_too_few_groups_for_the_folds_are_told_before_the_training(
    dataset_of: Callable[..., Dataset], labels: list[np.ndarray], quick: MakeSettings, tmp_path: Path
) -> None:
    twice = dataset_of(labels[:4])
    first, second = (recording.name for recording in twice.recordings[:2])
    shutil.copy(twice.folder / f"{first}.frames.npy", twice.folder / f"{second}.frames.npy")
    stages: list[str] = []
    with raises_with(BadOption, "folds", 4, 3):
        settings = quick(folds=4, on_duplicates="together")
        train.train(open_dataset(twice.folder), tmp_path / "m", settings, lambda record: stages.append(record["stage"]))
    assert "training" not in stages


def test_the_spread_leaves_out_what_a_fold_cannot_tell() -> None:
    rows = [{"accuracy": 0.5, "f1": None}, {"accuracy": 0.7, "f1": 0.4}]
    for row in rows:
        row.update({"balanced_accuracy": None, "errors_per_touch": None})
    found = spread(rows)
    assert found["accuracy"] == pytest.approx({"mean": 0.6, "std": np.sqrt(0.02), "least": 0.5, "most": 0.7})
    assert found["f1"]["std"] == 0 and "errors_per_touch" not in found
