from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import keras
import numpy as np
import pytest

import pyside
from pyside.data.dataset import Dataset, open_dataset
from pyside.data.description import READING
from pyside.errors import (
    BadDataset,
    BadFrames,
    BadOption,
    NotFinite,
    NotWritable,
    OneClass,
    PathMissing,
)
from pyside.evaluation.result import TrainingResult
from pyside.jobs import commands, requests
from pyside.models import load, metadata, probes
from pyside.settings import TrainSettings
from pyside.training import model, train
from pyside.training.checks import preflight
from tests.conftest import holds, raises_with, weights
from tests.training.splitting.test_likeness import VIDEO

pytestmark = pytest.mark.trains

MakeSettings = Callable[..., TrainSettings]
HISTORY = ["loss", "accuracy", "val_loss", "val_accuracy", "learning_rate"]


def quiet(record: dict[str, Any]) -> None:
    """Take progress and say nothing."""


def run(
    dataset: Dataset,
    path: Path,
    settings: TrainSettings,
    progress: Callable[[dict[str, Any]], None] = quiet,
    should_stop: Callable[[], bool] = lambda: False,
) -> TrainingResult:
    return train.train(dataset, path, settings, progress, should_stop)


@pytest.fixture(scope="module")
def trained(
    dataset: Dataset, small: MakeSettings, tmp_path_factory: pytest.TempPathFactory
) -> tuple[TrainingResult, list[dict[str, Any]]]:
    """A training of a few epochs, long enough to learn, and all that it told."""
    told: list[dict[str, Any]] = []
    easy = {"learning_rate": 5e-3, "dropout_rates": (0, 0, 0, 0), "batch_size": 16}
    settings = small(epochs=12, patience=None, test_fraction=0.2, **easy)
    return run(dataset, tmp_path_factory.mktemp("models") / "touch", settings, told.append), told


def test_a_training_learns_and_says_all_about_itself(
    trained: tuple[TrainingResult, list[dict[str, Any]]], dataset: Dataset
) -> None:
    result, _ = trained
    assert list(result.history) == HISTORY
    assert all(len(curve) == 12 and {type(value) for value in curve} == {float} for curve in result.history.values())
    assert result.metrics["validation"]["accuracy"] > 0.9
    assert Path(result.model_path).name == "touch.h5" and Path(result.model_path).is_absolute()
    report = result.report
    assert set(report) >= {
        "dataset", "settings", "split", "best_epoch", "epochs_run", "stopped", "precision", "device", "seconds",
        "frames_per_second", "metrics", "versions", "warnings", "model_path",
    }  # fmt: skip
    assert json.loads(json.dumps(report, allow_nan=False)) == report
    assert report["metrics"] == result.metrics
    assert report["best_epoch"] == int(np.argmin(result.history["val_loss"])) + 1
    assert (report["epochs_run"], report["stopped"], report["precision"]) == (12, None, "float32")
    assert report["dataset"]["hash"] == dataset.hash
    sides = [report["split"][side] for side in ("training", "validation", "test")]
    assert [side["recordings"] for side in sides] == [3, 1, 1] == [side["groups"] for side in sides]
    assert sum(side["frames"] for side in sides) == 5 * 80 - 7  # seven are marked to be left out
    assert report["split"]["left_out"] == 7
    assert all(sum(side["counts"].values()) == side["frames"] for side in sides)


def test_the_saved_model_predicts_what_was_measured(
    trained: tuple[TrainingResult, list[dict[str, Any]]], dataset: Dataset
) -> None:
    result, _ = trained
    sides = preflight.check(dataset, Path(result.model_path), TrainSettings.from_options(result.report["settings"]))
    frames = np.concatenate([recording.frames for recording in dataset.recordings])[sides.validation]
    predicted = np.asarray(load.load_model(result.model_path)(frames / np.float32(255))).argmax(1)
    accuracy = float(np.mean(predicted == dataset.table.labels[sides.validation]))
    assert accuracy == result.metrics["validation"]["accuracy"]


def test_the_model_file_carries_what_curation_needs(
    trained: tuple[TrainingResult, list[dict[str, Any]]], dataset: Dataset
) -> None:
    result, _ = trained
    found = metadata.read_metadata(result.model_path)
    assert found is not None
    assert set(found) >= {
        "class_names", "image_shape", "input", "roi", "contrast", "conversion", "decision_threshold", "split", "seed",
        "versions", "dataset_hash", "metrics",
    }  # fmt: skip
    assert found["dataset_hash"] == dataset.hash
    assert found["conversion"] == {"pixel_range": [0, 255], "reading": READING}
    assert found["metrics"] == result.metrics
    assert found["split"]["test_fraction"] == 0.2 and found["split"]["validation"]["frames"] > 0


def test_progress_is_told_stage_by_stage(trained: tuple[TrainingResult, list[dict[str, Any]]]) -> None:
    _, told = trained
    stages = [record["stage"] for record in told]
    assert list(dict.fromkeys(stages)) == ["reading", "training", "evaluating", "saving"]
    ends = [record for record in told if "val_loss" in record]
    assert [record["epoch"] for record in ends] == list(range(1, 13))
    assert ends[0]["frames_per_second"] > 0 and ends[-1]["seconds_left"] == 0


@pytest.mark.parametrize("precision", ["float32", pytest.param("mixed_bfloat16", marks=pytest.mark.slow)])
def test_the_same_seed_gives_the_same_weights(
    precision: str, dataset: Dataset, quick: MakeSettings, tmp_path: Path
) -> None:
    first, again, other = (
        run(dataset, tmp_path / str(number), quick(precision=precision, seed=seed, epochs=2))
        for number, seed in enumerate((5, 5, 6))
    )
    assert weights(first.model_path) == weights(again.model_path)
    assert first.history == again.history
    assert weights(first.model_path) != weights(other.model_path)
    assert keras.config.dtype_policy().name == "float32"  # nothing leaks


def test_patience_ends_a_training_and_the_best_weights_are_saved(
    dataset: Dataset, quick: MakeSettings, tmp_path: Path
) -> None:
    # So long a step that the network never gets better than in its first epochs.
    result = run(dataset, tmp_path / "m", quick(epochs=40, patience=2, learning_rate=0.3))
    best = result.report["best_epoch"]
    assert result.report["stopped"] == "patience" and result.report["epochs_run"] == best + 2 < 40
    assert result.metrics["validation"]["accuracy"] == pytest.approx(result.history["val_accuracy"][best - 1], abs=1e-6)


def test_the_last_weights_are_saved_if_so_asked(dataset: Dataset, quick: MakeSettings, tmp_path: Path) -> None:
    options = {"epochs": 4, "learning_rate": 0.05, "shuffle": False, "augment": "none", "class_weight": "none"}
    last = run(dataset, tmp_path / "last", quick(**options, restore_best_weights=False))
    assert last.metrics["validation"]["accuracy"] == pytest.approx(last.history["val_accuracy"][-1], abs=1e-6)


def test_the_model_file_carries_frames_unless_they_are_confidential(
    dataset: Dataset, quick: MakeSettings, tmp_path: Path
) -> None:
    kept, without = (
        run(dataset, tmp_path / str(store), quick(store_probes=store)).model_path for store in (True, False)
    )
    groups = {probes.PROBES, probes.CALIBRATION}
    with h5py.File(kept) as file, h5py.File(without) as other:
        assert groups <= {*file} and not groups & {*other} and {*file} - {*other} == groups
    assert pyside.verify(kept, precision="float32")["proven"] and pyside.verify(without)["proven"] is None
    assert weights(kept) == weights(without)


@pytest.mark.parametrize("batches", [2, 14])
def test_a_wish_to_stop_keeps_and_saves_what_was_learnt(
    batches: int, dataset: Dataset, quick: MakeSettings, tmp_path: Path
) -> None:
    calls = []

    def should_stop() -> bool:
        calls.append(True)
        return len(calls) >= batches

    result = run(dataset, tmp_path / "m", quick(epochs=50, batch_size=32), should_stop=should_stop)
    assert result.report["stopped"] == "asked" and len(calls) == batches
    assert result.report["epochs_run"] == len(result.history["val_loss"]) == (1 if batches == 2 else 2)
    assert Path(result.model_path).is_file()
    assert result.metrics["validation"]["accuracy"] is not None


def test_ctrl_c_ends_a_training_gently_and_a_second_one_at_once(
    dataset: Dataset, quick: MakeSettings, tmp_path: Path
) -> None:
    presses = 1

    def press(record: dict[str, Any]) -> None:
        if record["stage"] == "training" and record["batch"] == 1:
            for _ in range(presses):
                signal.raise_signal(signal.SIGINT)

    before = signal.getsignal(signal.SIGINT)
    result = run(dataset, tmp_path / "m", quick(epochs=50), press)
    assert result.report["stopped"] == "asked" and Path(result.model_path).is_file()
    presses = 2
    with pytest.raises(KeyboardInterrupt):
        run(dataset, tmp_path / "n", quick(epochs=50), press)
    assert signal.getsignal(signal.SIGINT) is before
    assert [path.name for path in tmp_path.iterdir()] == ["m.h5"]


def test_a_loss_that_is_not_finite_begins_again_in_float32(
    dataset: Dataset, small: MakeSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build = model.build_model

    def build_badly(*args: Any) -> keras.Sequential:
        built = build(*args)
        if args[3] != "float32":
            built.get_layer("classes").bias.assign([np.nan, 0])
        return built

    monkeypatch.setattr(model, "build_model", build_badly)
    result = run(dataset, tmp_path / "m", small(precision="mixed_bfloat16", seed=3))
    assert result.report["precision"] == "float32"
    assert "mixed_bfloat16" in result.report["warnings"][0]
    assert len(result.history["loss"]) == 1 and np.isfinite(result.history["loss"][0])
    monkeypatch.undo()
    plain = run(dataset, tmp_path / "plain", small(seed=3))
    assert weights(plain.model_path) == weights(result.model_path)


def test_a_loss_that_is_not_finite_in_float32_is_an_error_with_advice(
    dataset: Dataset, quick: MakeSettings, tmp_path: Path
) -> None:
    with raises_with(NotFinite, "learning_rate", "float32"):
        run(dataset, tmp_path / "m", quick(learning_rate=1e30))
    assert list(tmp_path.iterdir()) == []


def test_weights_that_have_grown_beyond_use_are_an_error_with_advice(
    dataset: Dataset, quick: MakeSettings, tmp_path: Path
) -> None:
    with raises_with(NotFinite, "learning_rate", "0.001"):
        run(dataset, tmp_path / "m", quick(learning_rate=1e20))
    assert list(tmp_path.iterdir()) == []


def test_all_faults_are_told_at_once_before_any_work(
    dataset_of: Callable[..., Dataset], quick: MakeSettings, tmp_path: Path
) -> None:
    tiny = dataset_of([np.arange(30) % 2, np.arange(30) % 2], shape=(16, 30, 1))
    settings = quick(class_weight=(1, 2, 3), validation_fraction=0.5, test_fraction=0.5, execution_environment="cpu")
    with raises_with(PathMissing, 4, "nowhere", "16 x 30", 18, "class_weight", 3, 2, "0.5") as caught:
        run(tiny, tmp_path / "nowhere" / "m", settings)
    assert len(caught.value.faults) == 4


def test_frames_below_18_pixels_and_one_class_are_errors(
    dataset_of: Callable[..., Dataset], quick: MakeSettings, tmp_path: Path
) -> None:
    with raises_with(BadFrames, "17 x 17", 18):
        run(dataset_of([np.arange(30) % 2] * 2, shape=(17, 17, 1)), tmp_path / "m", quick())
    with raises_with(OneClass, 40, "NonTouch", 0, "Touch"):
        run(dataset_of([np.zeros(20, int)] * 2), tmp_path / "m", quick())
    with raises_with(OneClass, 0, 20, 30):
        run(dataset_of([np.zeros(20, int), np.ones(30, int)]), tmp_path / "m", quick())


def test_a_gpu_that_is_not_there_is_an_error(
    dataset: Dataset, quick: MakeSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pyside.compute.devices.gpu_count", lambda: 0)
    with raises_with(BadOption, "GPU"):
        run(dataset, tmp_path / "m", quick(execution_environment="gpu"))


def test_what_the_figures_cannot_show_is_warned_of(
    dataset_of: Callable[..., Dataset], quick: MakeSettings, tmp_path: Path
) -> None:
    names = ("a", "b", "class_c", "class_d")
    only_once = [np.arange(40) % 2, np.arange(40) % 2, np.arange(40) % 3]
    several = run(dataset_of(only_once, class_names=names, shape=(18, 22, 1)), tmp_path / "m", quick())
    turned, *others = sorted(several.report["warnings"], key=lambda warning: "'quarter-turns'" not in warning)
    assert ", ".join(names) in turned
    for facts in (("validation", "class_c"), ("class_d",), ("18 x 22",)):
        assert sum(all(fact in warning for fact in facts) for warning in others) == 1
    alone = run(dataset_of([np.arange(200) // 10 % 2]), tmp_path / "m", quick())
    assert alone.report["split"]["unit"] == "block"
    assert len([text for text in alone.report["warnings"] if "learnt nothing" not in text]) == 1


def test_pieces_of_one_video_on_both_sides_are_warned_of(quick: MakeSettings, tmp_path: Path) -> None:
    labels = np.arange(120) // 3 % 2
    pyside.convert_arrays(VIDEO[:120], labels, tmp_path / "set", recordings=np.arange(120) // 10, frame_order="NHW")
    done = run(open_dataset(tmp_path / "set"), tmp_path / "m", quick())
    assert sum(holds(text, "12 of 12", 20, "recordings") for text in done.report["warnings"]) == 1


def test_importing_fit_imports_nothing_heavy() -> None:
    program = (
        "import sys, pyside.training.train\n"
        "print(sorted({'keras', 'tensorflow', 'sklearn', 'h5py', 'scipy'} & set(sys.modules)))"
    )
    child = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert child.stdout.strip() == "[]"


@pytest.mark.parametrize("memory_limit", [None, 1e-9])
def test_damage_on_the_disk_stops_a_training_before_anything_is_saved(
    dataset_of: Callable[..., Dataset], quick: MakeSettings, tmp_path: Path, memory_limit: float | None
) -> None:
    labels = [np.arange(60) % 2, np.arange(60) % 2, np.arange(60) % 3 % 2]
    folder = dataset_of(labels).folder
    for name in ("day0", "day2"):
        path = folder / f"{name}.frames.npy"
        data = bytearray(path.read_bytes())
        data[-100] ^= 1
        path.write_bytes(data)
    checkpoint = tmp_path / "checkpoint.npz"
    settings = quick(epochs=2, memory_limit=memory_limit)
    with raises_with(BadDataset, "2 of 3", "day0", "day2"):
        train.train(open_dataset(folder), tmp_path / "model", settings, checkpoint=checkpoint)
    assert not list(tmp_path.glob("model*")) and not checkpoint.exists()


def test_a_model_whose_folder_goes_away_lies_in_the_job_s_and_resumed_is_as_unbroken(
    dataset: Dataset, quick: MakeSettings, tmp_path: Path
) -> None:
    unbroken = run(dataset, tmp_path / "unbroken", quick())
    request = requests.training(dataset.folder, tmp_path / "m.h5", {**quick().as_dict(), "report": True})
    request["model_path"] = str(tmp_path / "share" / "m.h5")
    (tmp_path / "share").mkdir()
    (tmp_path / "job").mkdir()
    (tmp_path / "job" / "settings.json").touch()

    def take_away(record: dict[str, Any]) -> None:
        if record["stage"] == "evaluating":
            shutil.rmtree(tmp_path / "share")

    with raises_with(NotWritable, tmp_path / "job" / "m.h5"):
        commands.run(request, take_away, lambda: False, tmp_path / "job")
    assert weights(tmp_path / "job" / "m.h5") == weights(unbroken.model_path)
    (tmp_path / "share").mkdir()
    epochs: list[int] = []
    resumed = commands.run(request, lambda record: epochs.append("epoch" in record), lambda: False, tmp_path / "job")
    assert not any(epochs) and resumed["history"] == unbroken.history and resumed["metrics"] == unbroken.metrics
    assert weights(tmp_path / "share" / "m.h5") == weights(unbroken.model_path)
    assert sorted(file.name for file in (tmp_path / "share").iterdir()) == ["m.h5", "m.report"]
    assert not (tmp_path / "job" / "m.h5").exists() and not (tmp_path / "job" / "checkpoint.npz").exists()
