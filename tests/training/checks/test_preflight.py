"""What can be known to be wrong is told before any work, all at once, in the words of MATLAB and of Python."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import pyside
from pyside.data.dataset import Dataset, open_dataset
from pyside.data.dataset_writer import DatasetWriter
from pyside.errors import BadOption, OneClass, PathMissing, TouchTrainError
from pyside.settings import TrainSettings
from pyside.training.checks.preflight import check, warnings_of
from pyside.training.splitting.split import split
from tests.conftest import raises_with

MakeSettings = Callable[..., TrainSettings]


@pytest.mark.parametrize(
    ("options", "kind", "facts"),
    [
        ({"folds": 6}, BadOption, ("folds", 6, 5)),
        ({"folds": 5, "test_fraction": 0.2}, BadOption, ("folds", 5, 4, "test")),
        ({"freeze_convolutions": True}, BadOption, ("freeze_convolutions", "initial_model")),
        ({"devices": 2}, BadOption, ("devices is 2", "JAX", "'tensorflow'", "'jax'", "devices to 1")),
        ({"devices": 3, "backend": "jax", "batch_size": 2}, BadOption, ("devices is 3", "batch_size is 2")),
        ({"devices": "all", "backend": "torch"}, BadOption, ("'all'", "JAX", "'torch'", "'jax'")),
        ({"annotations": 3}, BadOption, ("annotations", "dict")),
        ({"annotations": ["a.mat", "b.csv"]}, PathMissing, ("a.mat", "b.csv")),
        ({"class_weight": [1]}, BadOption, ("class_weight", 1, 2)),
        ({"network": "nowhere.py:build"}, PathMissing, ("nowhere.py",)),
        ({"initial_model": "nowhere.h5"}, PathMissing, ("nowhere.h5",)),
    ],
)
def test_what_no_training_can_do_is_refused_before_it(
    options: dict[str, Any],
    kind: type[TouchTrainError],
    facts: tuple[object, ...],
    dataset: Dataset,
    small: MakeSettings,
    tmp_path: Path,
) -> None:
    with raises_with(kind, *facts):
        check(dataset, tmp_path / "m.h5", small(**options))


def test_class_folders_with_one_group_a_class_are_refused_with_the_right_remedy(
    small: MakeSettings, tmp_path: Path
) -> None:
    for number, pixels in enumerate(np.random.default_rng(0).integers(0, 255, (24, 20, 20), dtype=np.uint8)):
        folder = tmp_path / "images" / ("Free" if number % 2 else "Held") / "all"
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(folder / f"{number}.png")
    pyside.convert_folders(tmp_path / "images", tmp_path / "own")
    assert len(check(open_dataset(tmp_path / "own"), tmp_path / "m.h5", small()).validation)
    writer = DatasetWriter(tmp_path / "two", ("Free", "Held"), (20, 20, 1), {}, {})
    for number, recording in enumerate(open_dataset(tmp_path / "own").recordings):
        to = writer.begin(recording.name)
        to.append(recording.frames)
        to.close(recording.labels, np.full(12, number, np.int32), {"kind": "images"})
    with raises_with(OneClass, "group_pattern"):
        check(writer.close(), tmp_path / "m.h5", small())


def test_all_of_it_is_told_at_once(dataset: Dataset, small: MakeSettings, tmp_path: Path) -> None:
    settings = small(folds=6, freeze_convolutions=True, annotations=["a.mat", "b.csv"])
    with pytest.raises(BadOption) as raised:
        check(dataset, tmp_path / "m.h5", settings)
    kinds = [type(fault) for fault in raised.value.faults]
    assert kinds == [BadOption, PathMissing, PathMissing, BadOption]


def test_as_many_folds_as_recordings_are_no_fault(dataset: Dataset, small: MakeSettings, tmp_path: Path) -> None:
    assert len(check(dataset, tmp_path / "m.h5", small(folds=5)).training)


def test_settings_of_a_new_network_beside_an_initial_model_are_told_as_unused(
    dataset: Dataset, small: MakeSettings, tmp_path: Path
) -> None:
    sides = check(dataset, tmp_path / "m.h5", small())
    (told,) = warnings_of(dataset, sides, small(initial_model="old.h5", network="small"))
    named = {field.name for field in dataclasses.fields(TrainSettings) if re.search(rf"\b{field.name}\b", told)}
    assert named == {"network", "convolution_filters", "dense_units", "initial_model"}
    context = TrainSettings.from_options({"initial_model": "old.h5", "network": "context"})
    assert warnings_of(dataset, sides, context) == []  # it says what the model sees
    assert warnings_of(dataset, sides, small(network="small")) == []


def test_frames_are_numbered_by_recording_and_in_time(dataset: Dataset) -> None:
    recordings, numbers = dataset.table.recordings, dataset.table.frame_numbers
    assert recordings.tolist() == np.repeat(np.arange(5), 80).tolist()
    assert len(numbers) == 400


def test_very_many_classes_that_a_side_lacks_are_one_warning(dataset: Dataset, small: MakeSettings) -> None:
    names = (*dataset.class_names, *(f"c{number}" for number in range(500)))
    of_many = dataclasses.replace(dataset, class_names=names)
    found = warnings_of(of_many, split(dataset.table, 0.2, 0.0, 0), small())
    assert len([text for text in found if "500" in text]) == 1 and len(found) < 10
