"""Conversions and sessions over a cluster of real processes: the same bytes as on one computer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pyside.cluster import connection
from pyside.curation.marking.curate import curate
from pyside.data.conversion.from_videos import convert_videos
from pyside.errors import BadOption, BadVideo, Interrupted
from tests.cluster.conftest import Lab
from tests.conftest import raises_with
from tests.curation.known_model import known_model
from tests.curation.marking.conftest import frames_of, levels
from tests.curation.marking.test_killed import content
from tests.data.conftest import WriteVideo, label_vectors
from tests.data.conftest import write_video as write_video

LENGTHS = [30, 24, 36, 28, 40, 22, 33, 26]
ROI: dict[str, Any] = {"roi": 21, "centers": (30, 20)}
MARKED: dict[str, Any] = {"batch_size": 16, "precision": "float32", "formats": ["mat", "csv", "npy"]}


@pytest.fixture
def root(tmp_path: Path, write_video: WriteVideo) -> Path:
    """A folder with eight short videos and a model for them."""
    for number, n in enumerate(LENGTHS):
        write_video(f"videos/clip{number}.avi", frames_of(levels(n, number)))
    known_model(tmp_path / "model.h5", roi=(20, 20))
    return tmp_path


def convert(root: Path, name: str, **more: Any) -> dict[str, bytes]:
    """Convert the videos; returns all files of the dataset."""
    record = more.pop("record", lambda one: None)
    should_stop = more.pop("should_stop", lambda: False)
    options = {**ROI, **more}
    convert_videos(
        root / "videos", label_vectors(LENGTHS), root / name, options, progress=record, should_stop=should_stop
    )
    return {path.name: path.read_bytes() for path in (root / name).iterdir()}


def left(root: Path) -> list[str]:
    """What is left beside the results."""
    return [one.name for one in root.iterdir() if ".workers-" in one.name]


def test_a_dataset_is_the_same_byte_for_byte(lab: Lab, root: Path) -> None:
    told: list[dict[str, Any]] = []
    assert convert(root, "there", scheduler=lab.address, record=told.append) == convert(root, "here")
    assert told[-1]["frames_done"] == told[-1]["frames"] == sum(LENGTHS)
    assert told[-1]["recording"] == told[-1]["recordings"] == len(LENGTHS)
    assert left(root) == []


def test_a_session_is_the_same_but_for_times(lab: Lab, root: Path) -> None:
    found = curate(root / "model.h5", root / "videos", root / "there", {**MARKED, "scheduler": lab.address})
    assert found["well"] and found["done"] == len(LENGTHS)
    curate(root / "model.h5", root / "videos", root / "here", MARKED)
    assert content(root / "there") == content(root / "here")
    assert left(root) == []


def test_a_check_asks_the_workers_and_leaves_nothing(lab: Lab, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "_SECONDS_TO_CONNECT", 1.0)
    labels, before = label_vectors(LENGTHS), sorted(root.iterdir())
    options = {**ROI, "check": True, "scheduler": lab.address}
    assert convert_videos(root / "videos", labels, root / "set", options)["well"]
    options["scheduler"] = "tcp://127.0.0.1:1"
    found = convert_videos(root / "videos", labels, root / "set", options)
    assert not found["well"] and [one["identifier"] for one in found["faults"]] == ["TouchTrain:NoCluster"]
    assert sorted(root.iterdir()) == before
    with raises_with(BadOption, "workers", "scheduler"):
        convert_videos(root / "videos", labels, root / "set", {**options, "workers": 2})


def test_what_a_killed_call_left_goes_with_the_next_one(lab: Lab, root: Path) -> None:
    (root / "set.workers-0123abcd" / "1-1").mkdir(parents=True)
    (root / "set.workers-0123abcd" / "token").write_text("old")
    convert(root, "set", scheduler=lab.address)
    assert left(root) == []


def test_a_damaged_video_fails_alone_or_ends_a_conversion_as_ever(lab: Lab, root: Path) -> None:
    (root / "videos" / "clip3.avi").write_bytes((root / "videos" / "clip3.avi").read_bytes()[:-2000])
    with pytest.raises(BadVideo) as there:
        convert(root, "set", scheduler=lab.address)
    with pytest.raises(BadVideo) as here:
        convert(root, "set")
    assert there.value.text == here.value.text and left(root) == []
    found = curate(root / "model.h5", root / "videos", root / "there", {**MARKED, "scheduler": lab.address})
    alone = curate(root / "model.h5", root / "videos", root / "here", MARKED)
    assert found["failures"] == alone["failures"]


def test_a_conversion_that_is_stopped_goes_on_where_it_was(lab: Lab, root: Path) -> None:
    told: list[dict[str, Any]] = []
    with pytest.raises(Interrupted):
        convert(
            root, "set", scheduler=lab.address, record=told.append, should_stop=lambda: any("frames" in t for t in told)
        )
    assert not (root / "set").exists() and left(root) == []
    assert convert(root, "set", scheduler=lab.address) == convert(root, "here")
