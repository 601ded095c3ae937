"""A model goes to its place or elsewhere, and what lay there before is kept once."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from pathlib import Path

import keras
import numpy as np
import pytest
from keras.layers import Dense, Flatten

from pyside.errors import DiskFull, ModelNotSaved, NotFinite, NotWritable
from pyside.models import metadata, output_files, save
from pyside.models.formats import export
from pyside.settings import TrainSettings
from tests.conftest import raises_with

SHAPE = (18, 18, 1)
FRAMES = np.random.default_rng(0).random((4, *SHAPE), np.float32)
SETTINGS = TrainSettings()


def core(seed: int) -> keras.Sequential:
    keras.utils.set_random_seed(seed)
    return keras.Sequential([keras.Input(SHAPE), Flatten(), Dense(2, activation="softmax")])


def about(epoch: int) -> dict[str, object]:
    return {
        "dataset_hash": "ab12cd34ef",
        "best_epoch": epoch,
        "metrics": {"validation": {"accuracy": 0.5 + epoch / 100}},
    }


def write_report(folder: Path, text: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "report.html").write_text(text)
    (folder / "report.json").write_text(json.dumps({"dataset": {"path": "lab set", "hash": "ab12cd34ef"}}))


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


# --- before the training -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("letter", ["m", "触"])
def test_every_name_that_the_file_system_takes_works_and_a_longer_one_is_told_before(
    letter: str, tmp_path: Path
) -> None:
    stem = letter * (252 // len(letter.encode()))
    quiet = TrainSettings(report=False)
    path = tmp_path / f"{stem}.h5"
    assert len(os.fsencode(path.name)) == 255
    output_files.check_names(path, quiet)
    assert names(tmp_path) == []
    output_files.Place(path, quiet).save(core(0), {}, FRAMES)
    assert names(tmp_path) == [path.name]
    for options in ({}, {"report": False, "also_save": ("keras",)}, {"report": False, "also_save": ("tensorflow",)}):
        with raises_with(NotWritable, "bytes"):
            output_files.check_names(path, TrainSettings(keep_previous=False, **options))
    with raises_with(NotWritable, "keep_previous"):  # there is one to keep now
        output_files.check_names(path, quiet)
    with raises_with(NotWritable, 256):
        output_files.check_names(tmp_path / ("m" * 253 + ".h5"), quiet)


def test_a_model_that_has_no_room_is_told_before_the_first_epoch(small_disk: Path) -> None:
    place = output_files.Place(small_disk / "m.h5", SETTINGS)
    place.check_size(2**20)
    with raises_with(DiskFull, "4.19 MB"):
        place.check_size(2**22)


@pytest.mark.parametrize(("weight", "kind", "fact"), [(1.0, ModelNotSaved, "disk"), (1e9, NotFinite, "learning_rate")])
def test_a_model_that_predicts_otherwise_when_loaded_again_is_told_with_the_likely_cause(
    weight: float, kind: type[Exception], fact: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, load = core(0), save._load_plainly
    model.layers[-1].bias.assign([weight, 0])

    def load_badly(file: Path) -> keras.Model:
        loaded = load(file)
        loaded.layers[-1].bias.assign([0, weight])
        return loaded

    monkeypatch.setattr(save, "_load_plainly", load_badly)
    with raises_with(kind, fact):
        output_files.Place(tmp_path / "m.h5", SETTINGS).save(model, {}, FRAMES)
    assert names(tmp_path) == []


def test_what_killed_processes_left_is_cleared_and_nothing_else(tmp_path: Path) -> None:
    ours = [".m.0123abcd.h5", ".m.0123abcd.keras", ".m.previous.0123abcd.onnx", ".m.previous.0123abcd.h5"]
    theirs = [".m.notes.h5", ".other.0123abcd.h5", ".m.0123abcd.txt", "m.0123abcd.h5"]
    for name in ours + theirs:
        (tmp_path / name).touch()
    (tmp_path / ".m.savedmodel.0123abcd" / "replaced").mkdir(parents=True)
    (tmp_path / ".m.savedmodel.0123abcd" / "replaced" / "saved_model.pb").touch()
    for folder in ("m.report.unfinished", "other.report.unfinished"):
        write_report(tmp_path / folder, "half")
    (tmp_path / "m.report.unfinished" / "report.json.77.part").touch()
    output_files.clear_broken_off(tmp_path / "m.h5")
    assert names(tmp_path) == sorted([*theirs, "m.savedmodel", "other.report.unfinished"])
    assert names(tmp_path / "m.savedmodel") == ["saved_model.pb"]  # killed before another one had taken its place


# --- what lay there before -----------------------------------------------------------------------------------------


def test_a_model_that_is_replaced_is_told_of_and_kept_once_with_its_report_and_forms(tmp_path: Path) -> None:
    path, settings = tmp_path / "m.h5", TrainSettings(also_save=("keras", "tensorflow", "onnx"))
    for epoch in (1, 2, 3):
        place = output_files.Place(path, settings)
        told = place.replacement_notes("another")
        place.save(core(epoch), about(epoch), FRAMES)
        (tmp_path / "m.keras").unlink(missing_ok=True)  # what is kept may be a second name of it
        (tmp_path / "m.keras").write_text(f"keras {epoch}")
        (tmp_path / "m.onnx").unlink(missing_ok=True)
        (tmp_path / "m.onnx").write_text(f"onnx {epoch}")
        (tmp_path / "m.savedmodel").mkdir(exist_ok=True)
        (tmp_path / "m.savedmodel" / "saved_model.pb").write_text(f"tensorflow {epoch}")
        (tmp_path / "m.savedmodel" / "touchtrain.json").write_text("{}")
        write_report(tmp_path / "m.report", f"report {epoch}")
        assert place.warnings == [] and place.replacement_notes("another") == []
    assert len(told) == 1 and all(fact in told[0] for fact in ("lab set", "epoch 2", "52.00 %", "m.previous.h5"))
    assert names(tmp_path) == sorted(
        [f"m{kept}{end}" for kept in ("", ".previous") for end in (".h5", ".keras", ".onnx", ".savedmodel", ".report")]
    )
    epochs = [(metadata.read_metadata(tmp_path / f"m{kept}.h5") or {})["best_epoch"] for kept in ("", ".previous")]
    assert epochs == [3, 2]
    assert (tmp_path / "m.previous.keras").read_text() == "keras 2"
    assert (tmp_path / "m.previous.onnx").read_text() == "onnx 2"
    assert (tmp_path / "m.previous.savedmodel" / "saved_model.pb").read_text() == "tensorflow 2"
    assert (tmp_path / "m.previous.report" / "report.html").read_text() == "report 2"


def test_a_file_of_somebody_else_is_kept_and_none_where_so_asked(tmp_path: Path) -> None:
    path = tmp_path / "m.h5"
    path.write_text("measured on Tuesday")
    (told,) = output_files.Place(path, SETTINGS).replacement_notes("")
    assert "m.previous.h5" in told and "epoch" not in told
    output_files.Place(path, SETTINGS).save(core(0), about(0), FRAMES)
    assert (tmp_path / "m.previous.h5").read_text() == "measured on Tuesday"
    output_files.Place(path, TrainSettings(keep_previous=False)).save(core(1), about(1), FRAMES)
    assert (tmp_path / "m.previous.h5").read_text() == "measured on Tuesday"


def test_what_a_training_has_put_there_itself_before_a_break_is_not_the_previous_one(tmp_path: Path) -> None:
    path, note = tmp_path / "m.h5", tmp_path / "job.json"
    path.write_text("old")
    for seed in (0, 1):  # the second one goes on after a break
        place = output_files.Place(path, SETTINGS, note)
        assert bool(place.replacement_notes("")) == (seed == 0)
        place.save(core(seed), about(seed), FRAMES)
        assert (tmp_path / "m.previous.h5").read_text() == "old"
    path.write_text("by another one meanwhile")
    output_files.Place(path, SETTINGS, note).save(core(2), about(2), FRAMES)
    assert (tmp_path / "m.previous.h5").read_text() == "by another one meanwhile"


def test_a_copy_that_fails_stops_nothing_and_what_is_not_ours_stays(tmp_path: Path) -> None:
    path = tmp_path / "m.h5"
    path.write_text("old")
    (tmp_path / "m.previous.h5").mkdir()
    place = output_files.Place(path, SETTINGS)
    place.save(core(0), about(0), FRAMES)
    assert "m.previous.h5" in place.warnings[0] and metadata.read_metadata(path)
    (tmp_path / "m.previous.h5").rmdir()
    write_report(tmp_path / "m.report", "new")
    write_report(tmp_path / "m.previous.report", "old")
    for folder in ("m.report", "m.previous.report"):
        (tmp_path / folder / "thesis.txt").touch()
    output_files.Place(path, TrainSettings(report=False)).save(core(1), about(1), FRAMES)
    assert names(tmp_path / "m.report") == ["thesis.txt"]  # the report was of the model that is no longer there
    assert names(tmp_path / "m.previous.report") == ["report.html", "report.json", "thesis.txt"]
    assert (tmp_path / "m.previous.report" / "report.html").read_text() == "new"


def test_a_saved_model_folder_that_holds_something_else_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "m.savedmodel").mkdir()
    for name in ("saved_model.pb", "thesis.txt"):
        (tmp_path / "m.savedmodel" / name).touch()
    with raises_with(NotWritable, "thesis.txt"):
        export.check_besides(tmp_path / "m.h5", ["tensorflow"])


# --- elsewhere -----------------------------------------------------------------------------------------------------


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of temporary files."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.mark.parametrize("has_job", [True, False])
def test_a_model_whose_folder_went_away_lies_in_the_job_s_or_among_the_temporary_files(
    has_job: bool, temporary: Path, tmp_path: Path
) -> None:
    path, job = tmp_path / "share" / "m.h5", tmp_path / "job"
    job.mkdir()
    (job / "settings.json").touch()
    place = (
        output_files.Place(path, SETTINGS, job / output_files.NOTE, job)
        if has_job
        else output_files.Place(path, SETTINGS)
    )
    with pytest.raises(NotWritable) as caught:
        place.save(core(0), about(7), FRAMES)
    [file] = [*job.glob("*.h5"), *temporary.rglob("*.h5")]
    assert (file.parent == job) == has_job and str(file) in caught.value.text
    assert ("resume" in caught.value.text) == has_job
    assert (metadata.read_metadata(file) or {})["best_epoch"] == 7
    path.parent.mkdir()
    output_files.Place(path, SETTINGS, job / output_files.NOTE, job).save(
        core(0), about(7), FRAMES
    )  # as when the job is resumed
    assert path.is_file() and file.exists() != has_job


def test_a_full_disk_of_the_job_too_leaves_the_model_among_the_temporary_files(
    temporary: Path, small_disk: Path
) -> None:
    (small_disk / "job").mkdir()
    with raises_with(OSError, "space"), (small_disk / "filler").open("wb", buffering=0) as filler:
        while True:
            filler.write(bytes(4096))
    place = output_files.Place(small_disk / "m.h5", SETTINGS, None, small_disk / "job")
    with raises_with(DiskFull, small_disk / "m.h5") as caught:
        place.save(core(0), about(7), FRAMES)
    [file] = temporary.rglob("m.h5")
    assert str(file) in caught.value.text and names(small_disk / "job") == []
    shutil.rmtree(temporary)
    with raises_with(DiskFull, small_disk / "m.h5") as caught:
        place.save(core(0), about(7), FRAMES)
    assert str(temporary) not in caught.value.text


def test_a_network_that_cannot_be_evaluated_is_saved_all_the_same(temporary: Path, tmp_path: Path) -> None:
    place = output_files.Place(tmp_path / "m.h5", SETTINGS)
    lost = raises_with(ModelNotSaved, "OSError", "the share is gone")
    with lost as caught, place.rescuing(core(0), lambda: about(7)):
        raise OSError("the share is gone")
    [file] = temporary.rglob("m.h5")
    assert str(file) in caught.value.text and (metadata.read_metadata(file) or {})["best_epoch"] == 7
    with raises_with(DiskFull, temporary), place.rescuing(core(0), dict):
        raise DiskFull("Full.")
