"""A training that is broken off and goes on must end as if it had never been."""

from __future__ import annotations

import functools
import json
import os
import re
import shutil
import signal
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from pyside.data.dataset import Dataset, open_dataset
from pyside.errors import BadJob
from pyside.evaluation.result import TrainingResult
from pyside.jobs import job, job_records
from pyside.settings import TrainSettings
from pyside.training import model
from pyside.training import train as fit
from pyside.training.callbacks import checkpoint, progress
from tests.conftest import TINY, raises_with, until

pytestmark = pytest.mark.trains

MakeSettings = Callable[..., TrainSettings]
Record = dict[str, Any]
Expected = tuple[TrainingResult, bytes]
Unbroken = Callable[[TrainSettings], Expected]
MakeTraining = Callable[..., "Training"]
# Steps so long that the validation loss goes up and down: the best epoch is in the middle, and patience ends it.
RESTLESS = {"epochs": 9, "patience": 2, "learning_rate": 0.05, "seed": 3}


class Killed(BaseException):
    """What a kill looks like from within one process."""


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """A checkpoint after each epoch, a progress record after each batch."""
    monkeypatch.setattr(checkpoint, "SECONDS_BETWEEN", 0)
    monkeypatch.setattr(progress, "SECONDS_BETWEEN_REPORTS", 0)


class Training:
    """One training that may be broken off again and again."""

    def __init__(self, dataset: Dataset, folder: Path, settings: TrainSettings):
        self.dataset, self.settings = dataset, settings
        self.file, self.model = folder / "checkpoint.npz", folder / "model.h5"
        self.told: list[Record] = []
        folder.mkdir(exist_ok=True)

    def run(
        self, kill_at: Callable[[Record], bool] = lambda record: False, should_stop: Callable[[], bool] = lambda: False
    ) -> TrainingResult | None:
        """Train; None if it was killed at the first record for which `kill_at` is true."""
        self.told = []

        def look(record: Record) -> None:
            self.told.append(record)
            if kill_at(record):
                raise Killed

        try:
            return fit.train(self.dataset, self.model, self.settings, look, should_stop, self.file)
        except Killed:
            return None

    def epochs_begun(self) -> list[int]:
        return sorted({record["epoch"] for record in self.told if record["stage"] == "training"})

    def said(self) -> list[str]:
        return [text for record in self.told for text in record.get("said", [])]


@pytest.fixture
def training(dataset: Dataset, tmp_path: Path) -> MakeTraining:
    """A function that prepares a training in a folder of its own."""
    return lambda name, settings: Training(dataset, tmp_path / name, settings)


@pytest.fixture(scope="module")
def unbroken(dataset: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Unbroken:
    """A function that trains without checkpoints; the same settings give what they gave the last time."""
    path = tmp_path_factory.mktemp("unbroken") / "model.h5"

    @functools.cache
    def train(settings: TrainSettings) -> Expected:
        return fit.train(dataset, path, settings), path.read_bytes()

    return train


def warnings_on_the_way(result: TrainingResult) -> list[str]:
    return [text for text in result.report["warnings"] if "learnt nothing" not in text]


def assert_same(found: TrainingResult | None, training: Training, expected: Expected) -> None:
    """The same history, figures and report but for the clock, the same model file, and no checkpoint left."""
    assert found is not None
    result, model_bytes = expected
    assert found.history == result.history and list(found.history) == list(result.history)
    assert found.metrics == result.metrics
    of_clock = ("seconds", "frames_per_second", "model_path")
    reports = [{key: report[key] for key in report if key not in of_clock} for report in (found.report, result.report)]
    assert reports[0] == reports[1]
    assert training.model.read_bytes() == model_bytes
    assert found.report["frames_per_second"] > 0
    assert os.listdir(training.file.parent) == [training.model.name]


def within_epoch_after(done: int) -> Callable[[Record], bool]:
    """Kill when the third batch is over of the epoch that follows epoch `done`, 1-based."""
    return lambda record: record.get("epoch") == done + 1 and record.get("batch") == 3


def test_a_training_that_is_broken_off_again_and_again_ends_as_an_unbroken_one(
    training: MakeTraining, unbroken: Unbroken, small: MakeSettings
) -> None:
    settings = small(**RESTLESS)
    expected = unbroken(settings)
    report = expected[0].report
    assert report["stopped"] == "patience" and 1 < report["best_epoch"] < report["epochs_run"] < 9
    broken = training("broken", settings)
    done = 0
    for epoch in sorted({1, 2, report["epochs_run"] - 1}):
        assert broken.run(within_epoch_after(epoch)) is None
        assert broken.epochs_begun() == [*range(done + 1, epoch + 2)]
        done = epoch
    assert_same(broken.run(), broken, expected)
    assert broken.epochs_begun() == [report["epochs_run"]]
    (said,) = broken.said()
    assert "checkpoint" in said and re.search(rf"\bepoch {report['epochs_run'] - 1}\b", said)


@pytest.mark.slow
@pytest.mark.parametrize("precision", ["mixed_bfloat16", "mixed_float16"])
def test_so_does_one_in_a_mixed_precision(
    precision: str, training: MakeTraining, unbroken: Unbroken, quick: MakeSettings
) -> None:
    settings = quick(**RESTLESS, precision=precision)
    expected = unbroken(settings)
    broken = training("broken", settings)
    assert broken.run(within_epoch_after(2)) is None
    assert_same(broken.run(), broken, expected)
    assert broken.epochs_begun() == list(range(3, expected[0].report["epochs_run"] + 1))


@pytest.mark.slow
def test_each_single_checkpoint_leads_to_the_same_end(
    training: MakeTraining, unbroken: Unbroken, quick: MakeSettings, tmp_path: Path
) -> None:
    one, kept = training("one", quick(**RESTLESS, test_fraction=0.2)), tmp_path / "kept"
    kept.mkdir()

    def keep(record: Record) -> bool:
        if one.file.is_file():
            shutil.copy(one.file, kept / f"{checkpoint.read(one.file)[0]['epoch']}.npz")
        return False

    result = one.run(keep)
    assert result is not None
    expected = result, one.model.read_bytes()
    assert_same(result, one, expected)
    epochs_run = result.report["epochs_run"]
    assert len(list(kept.iterdir())) == epochs_run
    for epoch in range(1, epochs_run + 1):
        shutil.copy(kept / f"{epoch}.npz", one.file)
        assert_same(one.run(), one, expected)
        assert one.epochs_begun() == list(range(epoch + 1, epochs_run + 1))


@pytest.mark.parametrize("stage", ["evaluating", "saving"])
@pytest.mark.parametrize(
    "options", [RESTLESS, pytest.param({"epochs": 3, "learning_rate": 0.02}, marks=pytest.mark.slow)]
)
def test_a_training_that_has_ended_is_evaluated_and_saved_without_another_epoch(
    stage: str, options: dict[str, Any], training: MakeTraining, unbroken: Unbroken, quick: MakeSettings
) -> None:
    expected = unbroken(quick(**options))
    broken = training("broken", quick(**options))
    assert broken.run(lambda record: record["stage"] == stage) is None
    assert not broken.model.exists()
    assert_same(broken.run(), broken, expected)
    assert broken.epochs_begun() == []


@pytest.mark.slow
def test_the_last_weights_go_on_too_where_they_are_asked_for(
    training: MakeTraining, unbroken: Unbroken, quick: MakeSettings
) -> None:
    settings = quick(**RESTLESS, restore_best_weights=False)
    expected = unbroken(settings)
    broken = training("broken", settings)
    assert broken.run(within_epoch_after(4)) is None
    assert checkpoint.read(broken.file)[1]["best"] == []
    assert broken.run(lambda record: record["stage"] == "evaluating") is None
    assert_same(broken.run(), broken, expected)


def test_after_a_gentle_stop_what_was_left_to_do_is_done_and_no_epoch_more(
    training: MakeTraining, unbroken: Unbroken, quick: MakeSettings
) -> None:
    def after(batches: int) -> Callable[[], bool]:
        calls: list[bool] = []
        return lambda: calls.append(True) is None and len(calls) >= batches

    whole, broken = (training(name, quick(epochs=50)) for name in ("whole", "broken"))
    result = whole.run(should_stop=after(12))
    assert result is not None and result.report["stopped"] == "asked"
    assert_same(result, whole, (result, whole.model.read_bytes()))
    assert broken.run(lambda record: record["stage"] == "evaluating", after(12)) is None
    assert_same(broken.run(), broken, (result, whole.model.read_bytes()))
    assert broken.epochs_begun() == []


@pytest.mark.slow
def test_the_fall_back_to_float32_is_remembered(
    training: MakeTraining, unbroken: Unbroken, quick: MakeSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    build, built = model.build_model, []

    def build_badly(*args: Any) -> keras.Sequential:
        network = build(*args)
        built.append(args[3])
        if args[3] != "float32":
            network.get_layer("classes").bias.assign([np.nan, 0])
        return network

    monkeypatch.setattr(model, "build_model", build_badly)
    settings = quick(epochs=2, precision="mixed_bfloat16")
    expected = unbroken(settings)
    assert "mixed_bfloat16" in expected[0].report["warnings"][0]
    broken = training("broken", settings)
    built.clear()
    assert broken.run(lambda record: built[1:] == ["float32"]) is None
    assert not broken.file.exists()  # of an epoch whose loss was not finite there is none
    assert broken.run(within_epoch_after(1)) is None
    built.clear()
    assert_same(broken.run(), broken, expected)
    assert built == ["float32"] and broken.epochs_begun() == [2]


@pytest.mark.slow
def test_a_loss_that_is_not_finite_after_a_break_begins_again_from_the_first_epoch(
    training: MakeTraining, unbroken: Unbroken, quick: MakeSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = unbroken(quick(epochs=2))
    broken = training("broken", quick(epochs=2, precision="mixed_bfloat16"))
    assert broken.run(within_epoch_after(1)) is None
    record, arrays = checkpoint.read(broken.file)
    arrays["variables"][-1] = np.full_like(arrays["variables"][-1], np.nan)
    checkpoint.write(broken.file, record, arrays)
    result = broken.run()
    assert result is not None and result.history == expected[0].history
    assert result.report["precision"] == "float32" and len(warnings_on_the_way(result)) == 1


def test_a_kill_while_a_checkpoint_is_written_leaves_the_one_before(
    training: MakeTraining, unbroken: Unbroken, quick: MakeSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = unbroken(quick(epochs=4))
    broken = training("broken", quick(epochs=4))
    replace, calls = os.replace, []

    def kill_at_third(*paths: Path) -> None:
        calls.append(paths)
        if len(calls) == 3:
            shutil.copyfile(paths[0], paths[1].with_name("checkpoint.npz.1.part"))  # as a killed process leaves it
            raise Killed
        replace(*paths)

    monkeypatch.setattr("os.replace", kill_at_third)
    assert broken.run() is None
    monkeypatch.undo()
    assert_same(broken.run(), broken, expected)
    assert broken.epochs_begun() == [3, 4]


@pytest.mark.parametrize(
    "damage", ["cut", *(pytest.param(how, marks=pytest.mark.slow) for how in ("flipped", "emptied", "other"))]
)
def test_a_damaged_checkpoint_means_the_first_epoch_again_and_a_warning(
    damage: str, training: MakeTraining, unbroken: Unbroken, quick: MakeSettings
) -> None:
    broken = training("broken", quick(epochs=2))
    assert broken.run(lambda record: record["stage"] == "evaluating") is None
    image = bytearray(broken.file.read_bytes())
    if damage == "cut":
        del image[len(image) // 2 :]
    elif damage == "flipped":
        image[len(image) // 2] ^= 1
    elif damage == "emptied":
        image.clear()
    broken.file.write_bytes(image)
    if damage == "other":
        np.savez(broken.file, weights=np.zeros(3))
    result = broken.run()
    assert result is not None and broken.epochs_begun() == [1, 2]
    (warning,) = warnings_on_the_way(result)
    assert "checkpoint" in warning and broken.said() == [warning]
    plain, _ = unbroken(quick(epochs=2))
    assert result.history == plain.history
    assert os.listdir(broken.file.parent) == ["model.h5"]


def test_a_checkpoint_of_another_training_is_refused_and_left_alone(
    training: MakeTraining, unbroken: Unbroken, quick: MakeSettings, dataset_of: Callable[..., Dataset]
) -> None:
    broken = training("broken", quick(epochs=2))
    assert broken.run(lambda record: record["stage"] == "evaluating") is None
    image = broken.file.read_bytes()
    broken.settings = quick(epochs=3)
    with raises_with(BadJob, broken.file, "settings"):
        broken.run()
    broken.settings, broken.dataset = quick(epochs=2), dataset_of([np.arange(60) % 2] * 3)
    with raises_with(BadJob, broken.file, "dataset"):
        broken.run()
    record, arrays = checkpoint.read(broken.file)
    assert broken.file.read_bytes() == image
    checkpoint.write(broken.file, {**record, "format": "touchtrain checkpoint 0"}, arrays)
    with raises_with(BadJob, broken.file, "TouchTrain"):
        broken.run()


def test_a_checkpoint_of_a_version_without_a_setting_goes_on_with_its_default(
    training: MakeTraining, unbroken: Unbroken, quick: MakeSettings
) -> None:
    broken = training("broken", quick(epochs=2))
    assert broken.run(lambda record: record["stage"] == "evaluating") is None
    record, arrays = checkpoint.read(broken.file)
    assert record["settings"].pop("store_probes") is True
    checkpoint.write(broken.file, record, arrays)
    assert_same(broken.run(), broken, unbroken(broken.settings))
    assert broken.epochs_begun() == []


def test_a_checkpoint_of_another_network_is_refused(
    training: MakeTraining, unbroken: Unbroken, quick: MakeSettings
) -> None:
    broken = training("broken", quick(epochs=2))
    assert broken.run(within_epoch_after(1)) is None
    record, arrays = checkpoint.read(broken.file)
    checkpoint.write(broken.file, record, {**arrays, "variables": arrays["variables"][1:]})
    with raises_with(BadJob, "network"):
        broken.run()


def test_a_full_disk_ends_no_training_and_is_said_once(
    training: MakeTraining, unbroken: Unbroken, quick: MakeSettings, small_disk: Path
) -> None:
    settings = quick(epochs=3)
    expected, _ = unbroken(settings)
    full = training("full", settings)
    full.file = small_disk / "checkpoint.npz"
    with (small_disk / "filler").open("wb") as file, pytest.raises(OSError):
        for _ in range(3000):
            os.write(file.fileno(), bytes(1024))
    result = full.run()
    assert result is not None and result.history == expected.history
    (warning,) = warnings_on_the_way(result)
    assert "No space left on device" in warning and str(full.file) in warning
    assert os.listdir(small_disk) == ["filler"]


@pytest.mark.slow
def test_a_disk_that_fills_up_keeps_the_checkpoint_that_was_written_before(
    training: MakeTraining, unbroken: Unbroken, quick: MakeSettings, small_disk: Path
) -> None:
    broken = training("broken", quick(epochs=4))
    broken.file = small_disk / "checkpoint.npz"

    def fill_up_and_kill(record: Record) -> bool:
        if record.get("epoch") == 3 and record.get("batch") == 1:
            with (small_disk / "filler").open("wb") as file, pytest.raises(OSError):
                for _ in range(3000):
                    os.write(file.fileno(), bytes(1024))
        return record.get("epoch") == 4

    assert broken.run(fill_up_and_kill) is None
    assert checkpoint.read(broken.file)[0]["epoch"] == 2
    (small_disk / "filler").unlink()
    result = broken.run()
    assert result is not None and broken.epochs_begun() == [3, 4] and warnings_on_the_way(result) == []


def test_checkpoints_are_written_at_the_first_and_last_epoch_and_in_between_only_when_it_is_time(
    training: MakeTraining, unbroken: Unbroken, quick: MakeSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, written = checkpoint.write, []

    def note(path: Path, record: Record, arrays: checkpoint.Arrays) -> None:
        written.append((record["epoch"], record["ended"]))
        write(path, record, arrays)

    monkeypatch.setattr(checkpoint, "write", note)
    monkeypatch.setattr(checkpoint, "SECONDS_BETWEEN", 1000)
    training("rare", quick(epochs=4)).run()
    assert written == [(1, False), (4, True)]


def test_a_training_in_place_writes_nothing_but_its_model(
    dataset: Dataset, quick: MakeSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(checkpoint, "write", lambda *arguments: pytest.fail("a checkpoint was written"))
    fit.train(dataset, tmp_path / "model", quick(epochs=2))
    assert os.listdir(tmp_path) == ["model.h5"]


def test_the_time_that_is_left_counts_the_epochs_that_are_left(
    training: MakeTraining, unbroken: Unbroken, quick: MakeSettings
) -> None:
    broken = training("broken", quick(epochs=4))
    assert broken.run(within_epoch_after(3)) is None
    assert broken.run() is not None
    (end,) = [record for record in broken.told if "val_loss" in record]
    assert end["epoch"] == 4 and end["seconds_left"] == 0
    frames = end["batches"] * broken.settings.batch_size  # of one epoch, at most
    within = [record for record in broken.told if record.get("batch", 0) > 1 and "val_loss" not in record]
    assert within
    assert all(record["seconds_left"] <= frames / record["frames_per_second"] + 0.1 for record in within)


def test_a_checkpoint_is_plain_arrays_and_one_json_text(
    training: MakeTraining, unbroken: Unbroken, quick: MakeSettings
) -> None:
    broken = training("broken", quick(epochs=3))
    assert broken.run(within_epoch_after(2)) is None
    with np.load(broken.file, allow_pickle=False) as file:
        record = json.loads(str(file["record"]))
        kinds = {file[name].dtype.kind for name in file.files if name != "record"}
    assert kinds <= set("fiu")
    assert record["dataset"] == broken.dataset.hash and record["settings"]["epochs"] == 3
    assert (record["precision"], record["epoch"], record["ended"], record["order"]) == ("float32", 2, False, 1)
    assert [len(curve) for curve in record["history"].values()] == [2] * 5


def test_a_checkpoint_is_not_compressed_so_that_it_is_written_in_a_moment(tmp_path: Path) -> None:
    checkpoint.write(tmp_path / "c.npz", {"epoch": 1}, {name: [np.zeros(1000)] for name in checkpoint.GROUPS})
    with zipfile.ZipFile(tmp_path / "c.npz") as file:
        assert {one.compress_type for one in file.infolist()} == {zipfile.ZIP_STORED}


@pytest.mark.slow
def test_a_job_that_was_killed_and_resumed_ends_as_an_unbroken_training(
    make_dataset: Callable[..., Path], tmp_path: Path
) -> None:
    options = {**TINY, "epochs": 40, "patience": None, "seed": 4}
    folder = Path(job.start_training(make_dataset(), tmp_path / "broken.h5", options, tmp_path / "job"))
    until((folder / "checkpoint.npz").exists, 120)
    pid = json.loads((folder / "process.json").read_text())["pid"]
    os.kill(pid, getattr(signal, "SIGKILL", signal.SIGTERM))  # Windows has one way only
    until(lambda: job_records.status(folder)["state"] == "lost", 120)
    assert checkpoint.read(folder / "checkpoint.npz")[0]["epoch"] == 1
    broken = TrainingResult.from_record(job.wait(job.resume(folder)))
    assert re.search(r"checkpoint.*epoch 1\b", job_records.log(folder))
    assert not list(folder.glob("checkpoint*"))
    whole = fit.train(open_dataset(tmp_path / "set"), tmp_path / "whole.h5", TrainSettings.from_options(options))
    assert broken.history == whole.history and broken.metrics == whole.metrics
    assert (tmp_path / "broken.h5").read_bytes() == (tmp_path / "whole.h5").read_bytes()
    of_clock = ("seconds", "frames_per_second", "model_path")
    assert all(broken.report[key] == whole.report[key] for key in whole.report if key not in of_clock)
