"""Folds, learning curves and search trials on the workers of a cluster: the same as on this computer."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from pyside.cluster import apart
from pyside.cluster.share import Share
from pyside.data.dataset import Dataset
from pyside.errors import BadOption, NoCluster, NotEnoughMemory, WorkerLost
from pyside.settings import TrainSettings, TuneSettings
from pyside.training import train
from pyside.training.tuning.result import TuningResult
from pyside.training.tuning.space import parse
from pyside.training.tuning.trials import tune
from tests.cluster.conftest import ROOT, Lab
from tests.conftest import QUICK, raises_with, until
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


SEARCH = {"learning_rate": "1e-3..1e-1", "augment": ["none", "flips"]}


def searched(dataset: Dataset, path: Path, **options: Any) -> TuningResult:
    found = TuneSettings.from_options({**QUICK, "epochs": 1, "trials": 3, "parallel_trials": 2, **options})
    look = options.pop("look", None) or (lambda record: None)
    return tune(dataset, path, parse(SEARCH, found), found, look)


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
