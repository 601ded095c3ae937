"""Folds, learning curves and search trials on the workers of a cluster: the same as on this computer."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from pyside.cluster.apart import environment
from pyside.cluster.share import Share
from pyside.data.dataset import Dataset
from pyside.errors import BadOption, Interrupted, NoCluster, NotEnoughMemory, WorkerLost
from pyside.jobs import requests
from pyside.settings import TrainSettings, TuneSettings
from pyside.system.records import to_json
from pyside.training import train
from pyside.training.tuning.result import TuningResult
from pyside.training.tuning.space import parse
from pyside.training.tuning.trials import tune
from tests.cluster.conftest import ROOT, Lab
from tests.conftest import QUICK, holds, raises_with
from tests.training.conftest import dataset_of as dataset_of

pytestmark = pytest.mark.trains


@pytest.fixture
def days(dataset_of: Callable[..., Dataset]) -> Dataset:
    """Six recordings of 60 frames."""
    rng = np.random.default_rng(5)
    return dataset_of([np.repeat(rng.random(12) < 0.4, 5).astype(np.int16) for _ in range(6)])


def settings(**options: Any) -> TrainSettings:
    return TrainSettings.from_options({**QUICK, "epochs": 2, "report": True, **options})


def folds_in(report: Path) -> dict[str, np.ndarray]:
    with np.load(report / "folds.npz") as file:
        return {name: file[name] for name in file.files}


def left(folder: Path) -> list[str]:
    """What is left beside the model of workers and checkpoints."""
    return [one.name for one in folder.iterdir() if ".workers-" in one.name or one.suffix in (".npz", ".json")]


def test_folds_on_workers_are_those_of_this_computer(lab: Lab, days: Dataset, tmp_path: Path) -> None:
    told: list[str] = []

    def look(record: dict[str, Any]) -> None:
        told.extend([record["stage"], *record.get("said", [])])

    there = train.train(days, tmp_path / "there", settings(folds=2, scheduler=lab.address), look)
    here = train.train(days, tmp_path / "here", settings(folds=2))
    assert there.history == here.history and there.report["settings"] == here.report["settings"]
    for fold, other in zip(*(one.report["cross_validation"]["folds"] for one in (there, here)), strict=True):
        assert fold == pytest.approx(other, abs=1e-5)
    found, expected = folds_in(tmp_path / "there.report"), folds_in(tmp_path / "here.report")
    assert found.keys() == expected.keys()
    for name, array in expected.items():
        if array.dtype.kind == "f":
            np.testing.assert_allclose(found[name], array, atol=1e-5)
        else:
            np.testing.assert_array_equal(found[name], array)
    assert any("2 of 2 further trainings done" in text for text in told)
    assert sum(f"trained on 180 by {os.uname().nodename}" in text for text in told) == 2
    assert left(tmp_path) == []


@pytest.mark.slow
def test_a_fold_that_workers_lose_is_named_and_only_it_is_trained_when_the_job_goes_on(
    lab: Lab, days: Dataset, tmp_path: Path
) -> None:
    file = tmp_path / "checkpoint.npz"
    little = settings(folds=2, scheduler=lab.address, memory_per_training=0.15)
    with raises_with(WorkerLost, "fold 1 of 2", "fold 2 of 2", "0.15 GB", tmp_path / "m.h5", "resume"):
        train.train(days, tmp_path / "m", little, checkpoint=file)
    assert (tmp_path / "m.h5").is_file() and file.is_file()
    stages: list[str] = []
    found = train.train(
        days, tmp_path / "m", settings(folds=2), lambda one: stages.append(one["stage"]), checkpoint=file
    )
    assert "training" not in stages and len(found.report["cross_validation"]["folds"]) == 2
    assert left(tmp_path) == []
    alone = train.train(days, tmp_path / "alone", little)
    assert alone.report["cross_validation"] is None and holds(alone.report["warnings"][-1], "fold 1 of 2", "0 of 2")


def test_too_much_is_refused_before_work_begins(lab: Lab, days: Dataset, tmp_path: Path) -> None:
    stages: list[str] = []

    def trained(**options: Any) -> None:
        given = settings(folds=2, scheduler=lab.address, **options)
        train.train(days, tmp_path / "m", given, lambda record: stages.append(record["stage"]))

    with raises_with(NoCluster, "1 core (threads of the worker), and cores_per_training is 64"):
        trained(cores_per_training=64)
    with raises_with(NoCluster, "of memory, and memory_per_training is 90000 GB"):
        trained(memory_per_training=90000)
    with raises_with(NotEnoughMemory, "0.3 GB", "memory_per_training", "network"):
        trained(memory_per_training=0.3, network="legacy")
    assert "training" not in stages and left(tmp_path) == []


def test_a_cluster_without_something_to_do_is_told_and_so_are_shares_without_one(days: Dataset, tmp_path: Path) -> None:
    where = {"scheduler": "tcp://lab-server:8786"}
    with raises_with(BadOption, "scheduler", "folds", "learning_curve"):
        requests.training(days.folder, tmp_path / "m", {**QUICK, **where})
    with raises_with(BadOption, "scheduler", "cloud"):
        requests.training(days.folder, tmp_path / "m", {**QUICK, **where}, here=False)
    with raises_with(BadOption, "cores_per_training", "memory_per_training", "scheduler"):
        few = {"cores_per_training": 2, "memory_per_training": 1}
        requests.training(days.folder, tmp_path / "m", {**QUICK, "folds": 2, **few})


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL on Windows")
def test_a_worker_that_is_killed_during_a_fold_changes_nothing(
    new_lab: Callable[[], Lab], days: Dataset, tmp_path: Path
) -> None:
    lab = new_lab()
    lab.start(3)
    said: list[str] = []

    def look(record: dict[str, Any]) -> None:
        said.extend(record.get("said", []))
        begun = [path for path in tmp_path.glob("m.h5.workers-*/*-1/who") if (path.parent / "log.txt").exists()]
        if begun and not any(one.poll() is not None for one in lab.workers):
            os.kill(json.loads(begun[0].read_text())["pid"], signal.SIGKILL)

    found = train.train(days, tmp_path / "m", settings(folds=3, epochs=40, scheduler=lab.address), look)
    assert len(found.report["cross_validation"]["folds"]) == 3 and found.report["warnings"] == []
    assert any("ended" in text for text in said), said
    assert left(tmp_path) == []


@pytest.mark.slow
def test_with_as_many_cores_they_are_equal_byte_for_byte(lab: Lab, days: Dataset, tmp_path: Path) -> None:
    program = f"""
from pathlib import Path
from pyside.data.dataset import open_dataset
from tests.cluster.test_trainings import searched, settings
from pyside.system.records import to_json
from pyside.training import train
days = open_dataset({str(days.folder)!r})
found = train.train(days, Path("here.h5"), settings(folds=2, learning_curve=True))
Path("here.json").write_text(to_json(found.report))
searched(days, Path("searched.h5"), trials=4)
"""
    around = {**os.environ, **environment(Share(1)), "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", program], env=around, cwd=tmp_path, check=True)
    result = train.train(days, tmp_path / "there.h5", settings(folds=2, learning_curve=True, scheduler=lab.address))
    here, there = json.loads((tmp_path / "here.json").read_text()), json.loads(to_json(result.report))
    assert here["cross_validation"] == there["cross_validation"]
    assert here["learning_curve"][:-1] == there["learning_curve"][:-1]  # the last is the model itself, with more cores
    found, expected = folds_in(tmp_path / "there.report"), folds_in(tmp_path / "here.report")
    for name in ("probabilities", "kernels", "biases", "fold_features", "folds"):
        np.testing.assert_array_equal(found[name], expected[name])
    searched(days, tmp_path / "there-searched.h5", trials=4, scheduler=lab.address)
    assert weights(tmp_path / "there-searched.h5") == weights(tmp_path / "searched.h5")


def weights(path: Path) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    with h5py.File(path) as file:
        file["model_weights"].visititems(
            lambda name, one: found.update({name: one[()].tobytes()}) if isinstance(one, h5py.Dataset) else None
        )
    assert found
    return found


SEARCH = {"learning_rate": "1e-3..1e-1", "augment": ["none", "flips"]}


def searched(dataset: Dataset, path: Path, look: Any = None, stop: Any = None, **options: Any) -> TuningResult:
    found = TuneSettings.from_options({**QUICK, "epochs": 1, "trials": 3, "parallel_trials": 2, **options})
    how = [look or (lambda record: None), stop or (lambda: False)]
    return tune(dataset, path, parse(SEARCH, found), found, *how)


@pytest.mark.slow
def test_a_search_on_workers_is_that_of_this_computer(lab: Lab, days: Dataset, tmp_path: Path) -> None:
    there = searched(days, tmp_path / "there", scheduler=lab.address)
    here = searched(days, tmp_path / "here")
    assert [row["number"] for row in there.trials] == [1, 2, 3]
    for row, other in zip(there.trials, here.trials, strict=True):
        assert row["values"] == other["values"]
        assert row["figure"] == pytest.approx(other["figure"], abs=1e-5)
    assert there.best["number"] == here.best["number"]
    assert there.training.history["val_loss"] == pytest.approx(here.training.history["val_loss"], abs=1e-5)
    assert Path(there.model_path).is_file() and left(tmp_path) == []


@pytest.mark.slow
def test_a_search_that_is_stopped_on_workers_goes_on_and_ends_alike(lab: Lab, days: Dataset, tmp_path: Path) -> None:
    whole = searched(days, tmp_path / "whole", trials=4, scheduler=lab.address)
    asked = False

    def look(record: dict[str, Any]) -> None:
        nonlocal asked
        asked = asked or record.get("trial") == 1

    broken = searched(days, tmp_path / "m", look, lambda: asked, trials=4, scheduler=lab.address)
    assert broken.stopped and Path(broken.model_path).is_file() and (tmp_path / "m.search.json").is_file()
    again = searched(days, tmp_path / "m", trials=4, scheduler=lab.address)
    assert [row["values"] for row in again.trials] == [row["values"] for row in whole.trials]
    assert [row["figure"] for row in again.trials] == [row["figure"] for row in whole.trials]
    assert weights(tmp_path / "m.h5") == weights(tmp_path / "whole.h5") and left(tmp_path) == []
    with raises_with(Interrupted, "stopped"):
        searched(days, tmp_path / "never", stop=lambda: True, scheduler=lab.address)


@pytest.mark.slow
def test_a_trial_that_workers_lose_counts_as_failed_and_is_named(lab: Lab, days: Dataset, tmp_path: Path) -> None:
    with raises_with(WorkerLost, "0.15 GB", "3 workers"):
        searched(days, tmp_path / "m", trials=2, scheduler=lab.address, memory_per_training=0.15)
    assert left(tmp_path) == []
