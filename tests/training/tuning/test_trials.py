"""A search does each trial once, whatever breaks it off, and keeps the model of the best."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pyside
from pyside.data.dataset import Dataset
from pyside.errors import BadJob, BadOption, NotFinite, NotWritable, UnknownOption
from pyside.jobs import requests
from pyside.settings import TuneSettings
from pyside.training.tuning import study
from pyside.training.tuning import trials as tuning
from pyside.training.tuning.result import TuningResult
from pyside.training.tuning.space import parse
from tests.conftest import QUICK as ANY_EPOCHS
from tests.conftest import raises_with

pytestmark = pytest.mark.trains

QUICK = {**ANY_EPOCHS, "epochs": 1}
SEARCH = {"learning_rate": "1e-3..1e-1", "augment": ["none", "flips"]}


class Killed(BaseException):
    """Ends a search as a lost process would: nothing that catches errors catches it."""


def searched(
    dataset: Dataset, path: Path, search: dict[str, Any] = SEARCH, look: Any = None, stop: Any = None, **options: Any
) -> TuningResult:
    settings = TuneSettings.from_options({**QUICK, "trials": 3, **options})
    how = [look or (lambda record: None), stop or (lambda: False)]
    return tuning.tune(dataset, path, parse(search, settings), settings, *how)


@pytest.fixture(scope="module")
def told() -> list[dict[str, Any]]:
    """What the search `whole` told on its way."""
    return []


@pytest.fixture(scope="module")
def whole(dataset: Dataset, tmp_path_factory: pytest.TempPathFactory, told: list[dict[str, Any]]) -> TuningResult:
    """A search of three trials that nothing broke off."""
    return searched(dataset, tmp_path_factory.mktemp("whole") / "model", look=told.append)


def without_seconds(found: TuningResult) -> list[dict[str, Any]]:
    return [{name: value for name, value in row.items() if name != "seconds"} for row in found.trials]


def test_the_model_is_that_of_the_trial_with_the_least_loss(whole: TuningResult) -> None:
    assert [row["number"] for row in whole.trials] == [1, 2, 3]
    assert whole.figure == min(row["figure"] for row in whole.trials) == min(whole.training.history["val_loss"])
    assert (
        pyside.inspect(whole.model_path)["metadata"]["settings"]["learning_rate"]
        == (whole.best_settings["learning_rate"])
    )
    assert [file.name for file in Path(whole.model_path).parent.iterdir()] == ["model.h5"]
    assert not whole.stopped and whole.importance is None


@pytest.mark.slow
def test_the_best_settings_train_the_same_model_again(dataset: Dataset, whole: TuningResult, tmp_path: Path) -> None:
    again = pyside.train(dataset.folder, tmp_path / "again", **{**QUICK, **whole.best_settings})
    assert again.history == whole.training.history


@pytest.mark.slow
def test_a_search_that_was_killed_and_then_stopped_does_no_finished_trial_again_and_ends_alike(
    dataset: Dataset, whole: TuningResult, tmp_path: Path
) -> None:
    trials: list[int] = []
    said: list[str] = []

    def look(record: dict[str, Any]) -> None:
        trials.append(record.get("trial", 0))
        said.extend(record.get("said", []))

    def kill(record: dict[str, Any]) -> None:
        if record.get("trial") == 2 and record.get("epoch"):
            raise Killed

    (tmp_path / "model.h5").write_text("before")
    with pytest.raises(Killed):
        searched(dataset, tmp_path / "model", look=kill)
    stopped = searched(dataset, tmp_path / "model", look=look, stop=lambda: trials[-1] == 3)
    assert set(trials) == {0, 2, 3} and "1 finished trial" in said[0]
    assert stopped.stopped and stopped.record()["stopped"] is True
    assert [row["stopped"] for row in stopped.trials] == [False, False, True]
    assert Path(stopped.model_path).is_file() and "2 of 3 trials" in stopped.summary()
    trials.clear()
    again = searched(dataset, tmp_path / "model", look=look)
    assert set(trials) == {0, 3}
    assert without_seconds(again) == without_seconds(whole)
    assert again.training.history == whole.training.history
    assert sorted(file.name for file in tmp_path.iterdir()) == ["model.h5", "model.previous.h5"]
    assert (tmp_path / "model.previous.h5").read_text() == "before"


@pytest.mark.slow
def test_a_model_that_went_missing_meanwhile_is_trained_again(
    dataset: Dataset, whole: TuningResult, tmp_path: Path
) -> None:
    def kill(record: dict[str, Any]) -> None:
        if record.get("trial") == 3:
            raise Killed

    with pytest.raises(Killed):
        searched(dataset, tmp_path / "model", look=kill)
    (tmp_path / "model.h5").unlink()
    again = searched(dataset, tmp_path / "model")
    assert without_seconds(again) == without_seconds(whole)
    assert pyside.inspect(tmp_path / "model.h5")["metadata"]["metrics"] == again.training.metrics


def test_another_search_beside_the_same_model_is_refused(dataset: Dataset, tmp_path: Path) -> None:
    settings = TuneSettings.from_options(QUICK)
    kept = study.Kept(tmp_path / "model.h5", dataset, parse(SEARCH, settings), settings)
    kept.rows[1] = {"number": 1, "values": {"learning_rate": 0.01, "augment": "none"}}
    kept.write()
    requests.tuning(dataset.folder, tmp_path / "model", SEARCH, {**QUICK, "trials": 100})  # more trials of the same one
    with raises_with(BadJob, tmp_path / "model.search.json", "1 trials"):
        requests.tuning(dataset.folder, tmp_path / "model", {"batch_size": [16, 32]}, QUICK)
    (tmp_path / "model.search.json").write_text("damaged")
    requests.tuning(dataset.folder, tmp_path / "model", {"batch_size": [16, 32]}, QUICK)


def test_a_loss_that_is_not_finite_is_a_failed_trial(
    dataset: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pyside.training import train as fit

    train = fit.train

    def fails(dataset: Dataset, path: Path, settings: Any, *how: Any) -> Any:
        if settings.learning_rate >= 10:
            raise NotFinite("The loss became NaN.")
        return train(dataset, path, settings, *how)

    monkeypatch.setattr(fit, "train", fails)
    found = searched(dataset, tmp_path / "model", {"learning_rate": [1e-3, 10]})
    assert [row["figure"] is None for row in found.trials] == [False, True]  # of two values there are two trials
    assert found.trials[1]["failed"] == "The loss became NaN." and "failed" in found.summary()
    with raises_with(NotFinite, "2 trials"):
        searched(dataset, tmp_path / "other", {"learning_rate": [10, 20]})
    assert [file.name for file in tmp_path.iterdir()] == ["model.h5"]


def test_faults_of_search_settings_and_paths_are_told_at_once(tmp_path: Path) -> None:
    search = {
        "learning_rat": "1e-4..1e-2",
        "epochs": "5..1",
        "augment": ["legacy", "strange"],
        "batch_size": ["many", 0, 32],
        "seed": [1, 2],
        "network": "a..b",
        "dense_units": [16, 16.0],
        "context_frames": "3..9",
        "l2": (0.1, 0.2),
        "loss": ["focal", "cross-entropy"],
    }
    values = ("learning_rate", "'strange'", "'many'", 0, "(0.1, 0.2)")
    with raises_with(UnknownOption, *search, *values, "folds", "nowhere", "no folder") as told:
        requests.tuning(tmp_path / "nowhere", tmp_path / "no folder" / "m", search, {"folds": 5})
    assert sorted({type(fault).__name__ for fault in told.value.faults}) == [
        "BadOption",
        "PathMissing",
        "UnknownOption",
    ]
    assert len(told.value.faults) == 14


def test_values_that_do_not_fit_the_dataset_are_told_before_any_training(dataset: Dataset, tmp_path: Path) -> None:
    search = {"class_weight": ["balanced", [1, 2, 3]], "initial_model": [None, "nowhere.h5"]}
    with raises_with(BadOption, "class_weight", "3 numbers", "2 classes", "nowhere.h5"):
        requests.tuning(dataset.folder, tmp_path / "m", search, QUICK)


def test_proposals_stay_inside_differ_and_are_the_same_each_time() -> None:
    settings = TuneSettings.from_options({"monitor": "f1", "learning_rate": 0.01})
    dimensions = parse(
        {"learning_rate": "1e-4..1e-1", "dense_units": "4..6", "l2": "0..0.5", "shuffle": [True, False]}, settings
    )

    def proposed() -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        for number in range(1, 25):
            values = study.propose(dimensions, rows, settings)
            figure = None if number == 7 else -abs(np.log10(values["learning_rate"]) + 3)  # best at 1e-3
            rows.append({"number": number, "values": values, "figure": figure})
        return rows

    rows = proposed()
    assert rows == proposed() == json.loads(json.dumps(rows))
    assert len({json.dumps(row["values"]) for row in rows}) == 24
    for row in rows:
        assert 1e-4 <= row["values"]["learning_rate"] <= 1e-1 and row["values"]["dense_units"] in (4, 5, 6)
    late = [abs(np.log10(row["values"]["learning_rate"]) + 3) for row in rows[12:]]
    assert np.median(late) < 0.4  # of numbers drawn blindly it would be 0.75
    shares = study.importance(dimensions, rows, 0)
    assert shares is not None and shares["learning_rate"] > 0.8


def test_the_first_trial_is_the_settings_as_they_are_where_they_are_searched() -> None:
    settings = TuneSettings.from_options({"dense_units": 300})
    inside = parse({"dense_units": "100..1000", "augment": ["none", "legacy"]}, settings)
    assert study.propose(inside, [], settings) == {"dense_units": 300, "augment": "legacy"}
    with raises_with(BadOption, "dense_units", 300):
        parse({"dense_units": "10..100"}, settings)


def test_progress_tells_the_trial_and_how_long_all_of_them_take_still(
    whole: TuningResult, told: list[dict[str, Any]]
) -> None:
    of_epochs = [record for record in told if record.get("epoch")]
    assert {(record["trial"], record["trials"]) for record in of_epochs} == {(1, 3), (2, 3), (3, 3)}
    assert not any("milestone" in record for record in of_epochs)
    assert not any("seconds_left" in record for record in of_epochs if record["trial"] == 1)
    assert any(record.get("seconds_left", 0) > 0 for record in of_epochs if record["trial"] == 2)
    said = [text for record in told for text in record.get("said", [])]
    assert len(said) == 3 and "1 of 3" in said[0] and "learning_rate" in said[0]


@pytest.mark.slow
def test_a_job_that_was_killed_goes_on_by_resume(
    make_dataset: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import os
    import signal
    import sys

    from pyside.jobs import job, job_records
    from tests.conftest import until

    monkeypatch.setenv("TOUCHTRAIN_PYTHON", sys.executable)
    options = {**QUICK, "trials": 3, "epochs": 3}
    folder = job.start(requests.tuning(make_dataset(), tmp_path / "model", SEARCH, options), tmp_path / "job")
    until(lambda: job_records.status(folder)["progress"].get("trial") == 2)
    assert "2 of 3" in job_records.line(job_records.status(folder))
    os.kill(json.loads((tmp_path / "job" / "process.json").read_text())["pid"], signal.SIGKILL)
    until(lambda: job_records.status(folder)["state"] == "lost")
    job.resume(folder)
    found = TuningResult.from_record(job.wait(folder))
    assert [row["number"] for row in found.trials] == [1, 2, 3]
    told, _ = job_records.messages(folder, 0, live=True)
    assert sum("1 of 3" in text for text in told) == 1
    here = pyside.tune(tmp_path / "set", tmp_path / "here", SEARCH, **options)
    assert without_seconds(here) == without_seconds(found)


@pytest.mark.slow
def test_the_model_before_a_search_is_kept_and_none_of_its_own_trials(
    dataset: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "model.h5").write_text("before")
    said: list[str] = []

    def look(record: dict[str, Any]) -> None:
        said.extend(record.get("said", []))

    def kill_once_saved(kept: study.Kept, number: int, result: Any) -> None:
        if number == 2:
            raise Killed
        note_best(kept, number, result)

    note_best = study.Kept.note_best
    search = {"learning_rate": [0.5, 1e-30]}  # the second one is better, for the first one takes leaps
    options = {"learning_rate": 0.5, "trials": 2}
    monkeypatch.setattr(study.Kept, "note_best", kill_once_saved)
    with pytest.raises(Killed):
        searched(dataset, tmp_path / "model", search, look, **options)
    replaced = [text for text in said if "model.previous.h5" in text]
    assert len(replaced) == 1
    monkeypatch.undo()
    found = searched(dataset, tmp_path / "model", search, look, **options)
    assert found.best["number"] == 2 and [text for text in said if "model.previous.h5" in text] == replaced
    assert (tmp_path / "model.previous.h5").read_text() == "before"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["model.h5", "model.previous.h5"]


def test_a_name_that_a_search_cannot_keep_its_trials_by_is_told_before(dataset: Dataset, tmp_path: Path) -> None:
    requests.tuning(dataset.folder, tmp_path / ("m" * 230), {"batch_size": [16, 32]}, QUICK)
    with raises_with(NotWritable, 255):
        requests.tuning(dataset.folder, tmp_path / ("m" * 244), {"batch_size": [16, 32]}, QUICK)
    assert list(tmp_path.iterdir()) == []
