"""What a training writes into the model file about its frames, told from the dataset alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pyside.data.dataset import DESCRIPTION, Dataset, open_dataset
from pyside.models.metadata import checked_metadata
from pyside.settings import TrainSettings
from pyside.system.records import plain
from pyside.training.assessment.provenance import metadata
from pyside.training.splitting.subsets import Split

REPORT = {
    "decision": {"event_class": "Touch", "threshold": 0.4, "min_duration": 2},
    **dict.fromkeys(("network", "versions", "metrics", "best_epoch", "precision", "warnings")),
    "split": {},
}


def about(dataset: Dataset, training: np.ndarray | None = None, **settings: Any) -> dict[str, Any]:
    """The metadata of a training on these frames; all by default."""
    numbers = np.arange(len(dataset.table)) if training is None else training
    none = np.empty(0, np.int64)
    found = plain(metadata(dataset, TrainSettings(**settings), REPORT, Split(numbers, none, none, "group")))
    assert checked_metadata(json.loads(json.dumps(found))) == found, "what is written is what is read"
    return found


def with_changes(dataset: Dataset, head: dict[str, Any], sources: list[dict[str, Any]]) -> Dataset:
    """The dataset with a changed description."""
    path = dataset.folder / DESCRIPTION
    info = json.loads(path.read_text(encoding="utf-8"))
    info |= head
    for entry, source in zip(info["recordings"], sources, strict=True):
        entry["source"] |= source
    path.write_text(json.dumps(info), encoding="utf-8")
    return open_dataset(dataset.folder)


@pytest.fixture
def small(dataset_of: Callable[..., Dataset]) -> Dataset:
    """Two recordings of 20 frames; in the second all are brighter."""
    return dataset_of([np.zeros(20, np.int16), np.ones(20, np.int16)])


def test_what_a_dataset_does_not_say_is_not_known(small: Dataset) -> None:
    found = about(small)
    assert found["region"]["center"] == "unknown"
    assert found["region"]["frame_size"] is found["region"]["out_of_frame"] is found["decision"]["frame_rate"] is None


@pytest.mark.parametrize(
    ("options", "center", "at"),
    [
        ({}, "none", None),
        ({"centers": [12, 7.5]}, "fixed", [12, 7.5]),
        ({"centers": {"folder": "bars", "sha256": "00"}}, "unknown", None),
        ({"template": {"file": "pole.png", "sha256": "00"}}, "template", None),
    ],
)
def test_an_older_dataset_says_what_its_options_were(small: Dataset, options: Any, center: str, at: Any) -> None:
    head = {"made_by": {"command": "convert videos", "options": {**options, "out_of_frame": "pad"}}}
    region = about(with_changes(small, head, [{}, {}]))["region"]
    assert (region["center"], region["at"], region["out_of_frame"], region["template"]) == (center, at, "pad", None)


def test_what_the_videos_share_is_known(small: Dataset) -> None:
    of_video = {"frame_size": [48, 64], "frames_per_second": 29.97}
    found = about(with_changes(small, {}, [of_video, {**of_video, "frames_per_second": 30.0}]))
    assert (found["region"]["frame_size"], found["decision"]["frame_rate"]) == ([48, 64], 29.97)
    found = about(with_changes(small, {}, [of_video, {"frame_size": [48, 65], "frames_per_second": 500.0}]))
    assert found["region"]["frame_size"] is found["decision"]["frame_rate"] is None


def test_the_frame_rate_of_the_settings_comes_first(small: Dataset) -> None:
    assert about(small, frame_rate=1000.0)["decision"]["frame_rate"] == 1000


def test_statistics_are_those_of_the_training_side(small: Dataset) -> None:
    found = about(small)["statistics"]
    assert (found["names"], found["recordings"]) == (["day0", "day1"], 2)
    dark, bright = found["brightness"]
    assert 40 < dark < 50 < bright and found["ranges"]["brightness"] == [dark, bright]
    assert about(small, np.arange(20))["statistics"]["names"] == ["day0"]


def test_statistics_of_many_recordings_stay_small(dataset_of: Callable[..., Dataset]) -> None:
    many = dataset_of([np.zeros(2, np.int16)] * 400, shape=(4, 4, 1))
    found = about(many)["statistics"]
    assert found["recordings"] == 400 and len(found["names"]) == len(found["sharpness"]) == 300
    assert (found["names"][0], found["names"][-1]) == ("day0", "day399")


def test_frames_that_cannot_be_read_any_more_cost_the_statistics_only(small: Dataset) -> None:
    (Path(small.folder) / "day0.frames.npy").unlink()
    assert about(open_dataset_without_checks(small))["statistics"] is None


def open_dataset_without_checks(dataset: Dataset) -> Dataset:
    from pyside.data.dataset import described

    found = described(dataset.folder)
    assert len(found.table)
    return found
