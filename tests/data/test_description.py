"""What a stranger's ``dataset.json`` says is checked: it is BadDataset, or it works; never a traceback."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pyside
from pyside.curation.model.facts import facts_from
from pyside.data.dataset import open_dataset
from pyside.data.description import FORMAT, fault_of_entry
from pyside.data.recordings.regions.template_search import image_record
from pyside.errors import BadDataset, TouchTrainError
from pyside.models.metadata import checked_metadata
from pyside.settings import TrainSettings
from pyside.system.records import plain
from pyside.training.assessment import provenance
from pyside.training.checks import preflight
from pyside.training.input_pipeline import sampling
from tests.conftest import raises_with
from tests.training.assessment.test_model_facts import REPORT

MakeDataset = Callable[..., Path]
ODD: list[Any] = [
    None, True, 0, -1, 7, 2.5, 10**30, float("nan"), "", "x", "../victim", "a/b", "..", "\ud800", "NonTouch",
    [], {}, [[]], [1], ["a"], {"a": 1}, [[0, 10**12]], "1" * 5000,
]  # fmt: skip


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield where there is anything in a record."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inner:
        yield (*at, key)
        yield from places(item, (*at, key))


def changed(whole: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    """Return a record in which one thing is missing, called otherwise, or another."""
    record = json.loads(json.dumps(whole))
    *way, last = rng.choice(list(places(record)))
    there = record
    for key in way:
        there = there[key]
    if rng.random() < 0.2:
        del there[last]
    else:
        there[last] = rng.choice(ODD)
    return record


def test_a_description_with_anything_wrong_in_it_is_an_error_of_ours_or_works(make_dataset: MakeDataset) -> None:
    folder, rng = make_dataset(3), random.Random(5)
    path = folder / "dataset.json"
    whole = json.loads(path.read_text())
    kept = {
        "kind": "video",
        "file": "a.mp4",
        "bytes": 9,
        "frames": 90,
        "frames_kept": [[0, 9], [40, 78]],
        "damaged": [3],
    }
    whole["recordings"][1]["source"] |= kept
    whole["recordings"][0]["source"] |= {"frame_size": [48, 64], "frames_per_second": 500.0}
    whole["region"] = {"center": "template", "template": image_record(np.eye(4, dtype=np.uint8)), "scores": [0.5, 1]}
    whole |= {"roi": [20, 20], "grey": "raw-y", "contrast": "stretch"}
    refused = 0
    for _ in range(400):
        path.write_text(json.dumps(changed(whole, rng)))
        try:
            dataset = open_dataset(folder)
            sides = preflight.check(dataset, folder.parent / "model.h5", TrainSettings(validation_fraction=0.3))
        except TouchTrainError:
            refused += 1
            continue
        sampling.distances_to_borders(dataset.table)
        provenance.describe(dataset, TrainSettings(), sides)
        about = plain(provenance.metadata(dataset, TrainSettings(), REPORT, sides))
        assert facts_from(checked_metadata(about) or {}, path), "a model says nothing that its own checks refuse"
        assert pyside.inspect(folder)["frames"] in (96, 144)  # without a recording, or with all
    assert 200 < refused < 400


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0" * 100,
        b"[" * 100_000,
        b'{"format": "touchtrain dataset 1", "further": ' + b"[" * 500 + b"]" * 500 + b"}",
        b'{"format": "touchtrain dataset 1\xff"}',
        FORMAT.encode("utf-16"),
        b'{"format": ' + b"1" * 5000 + b"}",
    ],
)
def test_bytes_that_are_no_description_are_an_error_that_names_the_file(make_dataset: MakeDataset, data: bytes) -> None:
    folder = make_dataset(1)
    (folder / "dataset.json").write_bytes(data)
    with raises_with(BadDataset, "dataset.json"):
        open_dataset(folder)


@pytest.mark.parametrize("name", ["../victim", "a/b", "a\\b", "C:x", "..", ".", "", "a\0b", "\udcff", 3, None])
def test_a_name_that_leads_out_of_the_folder_is_refused(make_dataset: MakeDataset, name: Any) -> None:
    folder = make_dataset(2)
    record = json.loads((folder / "dataset.json").read_text())
    entry = record["recordings"][1] | {"name": name}
    assert "name" in str(fault_of_entry(entry, record["class_names"]))
    assert fault_of_entry(record["recordings"][1], record["class_names"]) is None
    record["recordings"][1] = entry
    (folder / "dataset.json").write_text(json.dumps(record))
    with raises_with(BadDataset, "name", 2):
        open_dataset(folder)


def test_frame_numbers_are_of_as_many_frames_as_there_are(make_dataset: MakeDataset) -> None:
    folder = make_dataset(1)
    record = json.loads((folder / "dataset.json").read_text())
    for runs in ([[0, 10**9]], [[0, 30], [20, 36]], [[47, 0]]):
        record["recordings"][0]["source"]["frames_kept"] = runs
        (folder / "dataset.json").write_text(json.dumps(record))
        with raises_with(BadDataset, "frames_kept"):
            open_dataset(folder)
