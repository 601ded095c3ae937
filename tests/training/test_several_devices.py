"""Training on several devices of one machine, which XLA simulates on the host: it counts the CPU as four devices."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pyside.data.dataset import Dataset
from pyside.errors import BadOption
from pyside.jobs import requests
from pyside.models.load import load_model
from pyside.models.metadata import read_metadata
from pyside.system.records import from_json
from tests.conftest import QUICK, holds, raises_with

pytestmark = [
    pytest.mark.trains,
    pytest.mark.skipif(importlib.util.find_spec("jax") is None, reason="JAX is not installed"),
]

PROGRAM = Path(__file__).with_name("on_several_devices.py")


def trained(dataset: Dataset, folder: Path, simulated: int, *trainings: dict[str, Any]) -> list[dict[str, Any]]:
    """Run trainings one after the other in a process that has simulated devices; return what it tells of each."""
    child = subprocess.run(
        [sys.executable, str(PROGRAM), str(dataset.folder), str(folder), json.dumps(trainings)],
        env={
            **os.environ,
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "XLA_FLAGS": f"--xla_force_host_platform_device_count={simulated}",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert child.returncode == 0, child.stderr
    return from_json(child.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def told(dataset: Dataset, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, dict[str, Any]]]:
    """What one process with three devices told of its trainings by name, and the folder with their models.

    An epoch has 3 batches of 80 frames, and one of 73, which neither 2 nor 3 divide.
    """
    folder = tmp_path_factory.mktemp("devices")
    how = {"batch_size": 80, "epochs": 5, "dropout_rates": [0.2] * 4, "patience": 4}
    trainings = [
        {"name": "one", **how},
        {"name": "two", "devices": 2, **how},
        {"name": "resumed on one", "devices": 1, "resumed": "two", **how},
        {"name": "four", "devices": 4, **how},
        {"name": "few frames", "devices": "all", **how, "batch_size": 2},
    ]
    return folder, {one["name"]: one for one in trained(dataset, folder, 3, *trainings)}


def as_on_one(folder: Path, one: dict[str, Any], other: dict[str, Any], last: int) -> None:
    """Check that the last steps of a training, and its model file, are those of a training on one device."""
    steps, of_other = (np.load(folder / f"{which['name']}.steps.npy") for which in (one, other))
    assert len(of_other) == last and np.abs(steps[-1] - steps[0]).max() > 1e-3
    assert np.abs(of_other - steps[-last:]).max() < 1e-5
    assert other["losses"] == pytest.approx(one["losses"][-last:], abs=1e-5)
    assert other["best_epoch"] == one["best_epoch"]
    for name, curve in one["history"].items():
        assert other["history"][name] == pytest.approx(curve, abs=1e-5), name
    models = [load_model(folder / f"{which['name']}.h5") for which in (one, other)]
    frames = np.random.default_rng(0).random((9, *models[0].input_shape[1:]), np.float32)
    found, of_other = (np.asarray(model(frames)) for model in models)
    assert of_other == pytest.approx(found, abs=1e-5)


def test_the_first_steps_on_two_devices_are_those_on_one(told: tuple[Path, dict[str, dict[str, Any]]]) -> None:
    folder, of = told
    assert (of["one"]["devices"], of["two"]["devices"]) == (1, 2)
    as_on_one(folder, of["one"], of["two"], 20)


def test_each_device_computes_its_share_of_a_batch(told: tuple[Path, dict[str, dict[str, Any]]]) -> None:
    _, of = told
    assert (of["one"]["shares"][0], of["two"]["shares"][0]) == (80, 40)


def test_a_training_on_two_devices_is_resumed_on_one(told: tuple[Path, dict[str, dict[str, Any]]]) -> None:
    folder, of = told
    as_on_one(folder, of["one"], of["resumed on one"], 12)


def test_the_model_file_names_the_devices_that_were_asked_for(told: tuple[Path, dict[str, dict[str, Any]]]) -> None:
    folder, _ = told
    about = read_metadata(folder / "two.h5")
    assert about is not None and about["settings"]["devices"] == 2 and about["versions"]["backend"] == "jax"


@pytest.mark.parametrize(
    ("name", "facts"), [("four", ("devices", "is 4", "3 CPUs")), ("few frames", ("devices", "batch_size is 2", "3"))]
)
def test_devices_that_are_not_there_are_refused_with_their_number(
    told: tuple[Path, dict[str, dict[str, Any]]], name: str, facts: tuple[str, ...]
) -> None:
    folder, of = told
    assert all(fact in of[name]["refused"] for fact in facts)
    assert not list(folder.glob(f"{name}*"))


@pytest.mark.slow
@pytest.mark.parametrize(
    "how",
    [
        {"augment": "strong", "batch_size": 71, "class_weight": [1, 3], "l2": 1e-3, "gradient_threshold": 0.1},
        {"network": "legacy", "convolution_filters": [4] * 6, "dense_units": 8, "loss": "focal", "shuffle": False},
        {"learning_rate": 0.03, "patience": 2, "monitor": "f1", "epochs": 12},
        {"memory_limit": 1e-5, "augment": "none", "oversample": 0.5},
    ],
    ids=["augmented", "legacy", "stopped early", "from disk"],
)
def test_all_kinds_of_trainings_come_to_the_same(how: dict[str, Any], dataset: Dataset, tmp_path: Path) -> None:
    how = {"epochs": 5, "batch_size": 64, **how}
    on_one, on_all, resumed = trained(
        dataset,
        tmp_path,
        3,
        {"name": "one", **how},
        {"name": "all", "devices": "all", **how},
        {"name": "resumed on three", "devices": 3, "resumed": "one", **how},
    )
    assert on_all["devices"] == 3
    steps = len(on_one["losses"])
    as_on_one(tmp_path, on_one, on_all, steps)
    as_on_one(tmp_path, on_one, resumed, steps - 2 * steps // on_one["epochs_run"])


@pytest.mark.slow
def test_low_precision_folds_and_an_initial_model_train_on_two_devices(dataset: Dataset, tmp_path: Path) -> None:
    how = {"devices": 2, "batch_size": 64, "epochs": 2}
    low, folds, further = trained(
        dataset,
        tmp_path,
        2,
        {"name": "low", "precision": "mixed_bfloat16", **how},
        {"name": "folds", "folds": 2, "learning_curve": True, "also_save": ["keras"], **how},
        {"name": "further", **how, "test_fraction": 0.2, "initial_model": str(tmp_path / "folds.h5")},
    )
    assert low["warnings"] == folds["warnings"] == []
    assert len(further["warnings"]) == 1 and holds(further["warnings"][0], "network", "initial_model")
    for one in (low, folds, further):
        assert one["devices"] == 2
        assert np.isfinite(one["history"]["val_loss"]).all()


def test_a_search_that_would_come_to_a_batch_with_fewer_frames_than_devices_is_refused(
    dataset: Dataset, tmp_path: Path
) -> None:
    how = {"network": QUICK["network"], "backend": "jax", "devices": 2}
    with raises_with(BadOption, "devices is 2", "batch_size is 1"):
        requests.tuning(dataset.folder, tmp_path / "m.h5", {"batch_size": [1, 64]}, how)
