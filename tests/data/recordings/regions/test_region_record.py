"""A dataset says where its regions were, for the models that are trained on it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pyside
from pyside.data.dataset import open_dataset
from pyside.data.recordings.regions.template_search import image_from
from pyside.models.metadata import checked_metadata
from tests.data.conftest import WriteVideo, label_vectors, numbered_frames
from tests.data.recordings.regions.test_template_search import pole_video, save_pole

SIZES = [30, 24]


@pytest.fixture
def videos(write_video: WriteVideo) -> list[Path]:
    """Two videos of 48 x 64 pixels."""
    return [write_video(f"v{n}.avi", numbered_frames(size, seed=n)) for n, size in enumerate(SIZES)]


def region_of(videos: list[Path], tmp_path: Path, **options: Any) -> dict[str, Any]:
    """Convert, and return what the dataset says of its regions."""
    folder = tmp_path / "set"
    labels = label_vectors([30, 24][: len(videos)])
    pyside.convert_videos([str(video) for video in videos], labels, folder, isolated=False, **options)
    found: dict[str, Any] = open_dataset(folder).info["region"]
    assert checked_metadata({"region": found}), "a model may say the same"
    return found


@pytest.mark.parametrize(
    ("centers", "kind", "at"),
    [
        (None, "none", None),
        ((30, 20), "fixed", [30, 20]),
        ([(30, 20), (30, 20)], "fixed", [30, 20]),
        ([(30, 20), (28, 20)], "video", None),
        ([(np.nan, np.nan), (28, 20)], "fixed", [28, 20]),
        ([np.full((30, 2), 25.0), (28, 20)], "frame", None),
    ],
)
def test_the_kind_of_centre_is_written(
    videos: list[Path], tmp_path: Path, centers: Any, kind: str, at: list[float] | None
) -> None:
    found = region_of(videos, tmp_path, centers=centers, roi=9)
    assert (found["center"], found["at"], found["template"], found["scores"]) == (kind, at, None, None)


def test_centres_of_bar_files_are_known_as_such(videos: list[Path], tmp_path: Path) -> None:
    for video, size in zip(videos, SIZES, strict=True):
        video.with_suffix(".bar").write_text("\n".join(f"{n} 30 20" for n in range(size)))
    found = region_of(videos, tmp_path, centers=str(tmp_path), roi=9, out_of_frame="skip", image_size=(18, 27))
    assert (found["center"], found["out_of_frame"], found["image_size"]) == ("bar", "skip", [18, 27])


def test_an_object_that_was_searched_is_kept_with_its_scores(write_video: WriteVideo, tmp_path: Path) -> None:
    videos = [pole_video(write_video), pole_video(write_video, 24, "second.avi")]
    found = region_of(videos, tmp_path, template=str(save_pole(tmp_path / "pole.png")), roi=9)
    assert (found["center"], image_from(found["template"]).shape) == ("template", (9, 9))
    assert image_from(found["template"])[4, 4] == 190
    assert 0.8 < found["scores"][0] <= found["scores"][1] <= 1


def test_each_recording_says_the_size_and_the_rate_of_its_frames(videos: list[Path], tmp_path: Path) -> None:
    region_of(videos, tmp_path)
    sources = [one.info["source"] for one in open_dataset(tmp_path / "set").recordings]
    assert [(one["frame_size"], one["frames_per_second"]) for one in sources] == [([48, 64], 500), ([48, 64], 500)]


def test_frames_of_a_dataset_that_does_not_say_it_yet_are_kept(videos: list[Path], tmp_path: Path) -> None:
    region_of(videos, tmp_path)
    path = tmp_path / "set" / "dataset.json"
    new = path.read_bytes()
    info = json.loads(new)
    del info["region"]
    for entry in info["recordings"]:
        del entry["source"]["frame_size"], entry["source"]["frames_per_second"]
    path.write_text(json.dumps(info), encoding="utf-8")
    frames = tmp_path / "set" / "v0.frames.npy"
    was = frames.stat().st_ino
    region_of(videos, tmp_path)
    assert path.read_bytes() == new, "equal inputs give equal bytes, whatever was there before"
    assert frames.stat().st_ino == was, "the frames were not read again"


def test_arrays_say_how_their_grey_levels_were_made(tmp_path: Path) -> None:
    frames, labels = numbered_frames(20), label_vectors([20])[0]
    pyside.convert_arrays(frames, labels, tmp_path / "set", frame_order="NHW")
    new = (tmp_path / "set" / "dataset.json").read_bytes()
    info = json.loads(new)
    assert (info.pop("grey"), "region" in info) == ("full-range", False)
    (tmp_path / "set" / "dataset.json").write_text(json.dumps(info), encoding="utf-8")
    pyside.convert_arrays(frames, labels, tmp_path / "set", frame_order="NHW")
    assert (tmp_path / "set" / "dataset.json").read_bytes() == new
    pyside.convert_arrays(frames, labels, tmp_path / "raw", frame_order="NHW", grey="raw-y")
    assert open_dataset(tmp_path / "raw").info["grey"] == "raw-y"
    (tmp_path / "arrays").mkdir()
    np.save(tmp_path / "arrays" / "frames.npy", frames)
    np.save(tmp_path / "arrays" / "labels.npy", labels)
    pyside.convert_numpy(tmp_path / "arrays", tmp_path / "numpy", grey="raw-y", isolated=False)
    assert open_dataset(tmp_path / "numpy").info["grey"] == "raw-y"
