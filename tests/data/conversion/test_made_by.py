"""A dataset says how it was made, in a form that a person can read, and other options are compared with that."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.io
from PIL import Image

import pyside
from pyside.data.conversion.from_folders import convert_folders
from pyside.data.conversion.from_videos import convert_videos
from pyside.data.conversion.made_by import compare, made_with
from pyside.data.dataset import open_dataset
from pyside.errors import BadDataset, BadOption
from pyside.settings.core import speaking
from tests.conftest import raises_with, touch_frames
from tests.data.conftest import WriteVideo, numbered_frames

N = 12


@pytest.fixture
def videos(write_video: WriteVideo, tmp_path: Path) -> Path:
    """Two videos of 32 x 40 pixels, and their labels."""
    for number in (1, 2):
        write_video(f"videos/trial{number}.avi", numbered_frames(N, seed=number))
    return tmp_path / "videos"


def convert(videos: Path, name: str = "set", first: int = 0, **options: Any) -> Path:
    target = videos.parent / name
    convert_videos(videos, [[0, 1] * (N // 2)] * 2, target, options, first)
    return target


def description(dataset: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((dataset / "dataset.json").read_text(encoding="utf-8"))
    return found


def test_centres_and_region_can_be_read(videos: Path) -> None:
    size = open_dataset(convert(videos, "whole")).image_shape[:2]
    middle = [size[1] // 2, size[0] // 2]
    path = np.tile(np.array(middle, float), (N, 1)) + np.linspace(0, 2, N)[:, None]
    found = description(convert(videos, roi=9, centers=[middle, path]))
    assert found["made_by"]["command"] == "convert videos"
    fixed, moving = (one["source"]["region"] for one in found["recordings"])
    assert fixed == {"size": [9, 9], "center": middle}
    assert moving == {"size": [9, 9], "x": [middle[0], middle[0] + 2], "y": [middle[1], middle[1] + 2]}
    assert "region" not in description(videos.parent / "whole")["recordings"][0]["source"]


def test_pixels_are_recorded_from_0_whoever_counted_them(videos: Path) -> None:
    here = convert(videos, roi=9, centers=[14, 12], frame_span=[1, 8])
    matlab = convert(videos, "matlab", first=1, roi=9, centers=[15, 13], frame_span=[2, 9])
    assert (here / "dataset.json").read_bytes() == (matlab / "dataset.json").read_bytes()
    assert description(here)["made_by"]["options"] == {"centers": [14, 12], "frame_span": [1, 8]}
    dataset = open_dataset(here)
    assert made_with(dataset) == {"roi": "[9, 9]", "centers": "[14, 12]", "frame_span": "[1, 8]"}
    with speaking("matlab"):
        assert made_with(dataset)["Centers"] == "[15 13]"
        assert compare(dataset, {"ROI": 9, "centers": [15, 13], "FrameSpan": [2, 9]}, "matlab") == []
        with raises_with(BadOption, "Centers", "[15 13]", "[14 12]"):
            compare(dataset, {"Centers": [14, 12]}, "matlab")


def test_what_differs_is_told_with_both_values_and_all_at_once(videos: Path) -> None:
    dataset = open_dataset(convert(videos, roi=9, centers=[14, 12], negative_window=3))
    assert compare(dataset, {"roi": [9, 9], "workers": 2, "check": True, "frame_order": "HWN"}) == []
    changed = {
        "roi": ([11, 9], "[11, 9]", "[9, 9]"),
        "centers": ([14.5, 12], "[14.5, 12]", "[14, 12]"),
        "negative_window": (5, "5", "3"),
        "contrast": ("stretch", "'stretch'", "'none'"),
        "grey": ("raw-y", "'raw-y'", "'full-range'"),
        "class_names": (["Touch", "NonTouch"], "['Touch', 'NonTouch']"),
        "image_size": (20, "[20, 20]", "[9, 9]"),
        "out_of_frame": ("pad", "'pad'", "'shift'"),
        "label_values": ([1, 2], "[1, 2]", "none"),
    }
    for name, (value, *facts) in changed.items():
        with pytest.raises(BadOption) as caught:
            compare(dataset, {name: value})
        assert all(fact in str(caught.value) for fact in (name, *facts)), caught.value
    with pytest.raises(BadOption) as caught:
        compare(dataset, {name: value for name, (value, *_) in changed.items()})
    assert len(caught.value.faults) == len(changed)
    with raises_with(BadOption, "centers", "none"):
        compare(dataset, {"centers": None})


def test_a_file_is_compared_by_its_content(videos: Path) -> None:
    folder = videos.parent

    def save(name: str, x: float, stamp: bytes) -> str:
        centers = np.empty((1, 2), object)
        centers[0, :] = [np.array([[x, 13.0]])] * 2
        scipy.io.savemat(folder / name, {"centers": centers})
        with (folder / name).open("r+b") as file:  # as if it was saved at another time
            file.seek(60)
            file.write(stamp)
        return str(folder / name)

    dataset = open_dataset(convert(videos, roi=9, centers=save("centers.mat", 15, b"Mon")))
    assert str(folder) not in json.dumps(dataset.info)
    assert compare(dataset, {"centers": save("centers.mat", 15, b"Tue")}) == []
    assert compare(dataset, {"centers": save("moved.mat", 15, b"Wed")}) == []
    with raises_with(BadOption, "centers", "centers.mat"):
        compare(dataset, {"centers": save("centers.mat", 16, b"Thu")})
    with raises_with(BadOption, "centers", "[14, 12]", "centers.mat"):
        compare(dataset, {"centers": [14, 12]})


def test_what_a_system_puts_beside_files_of_centres_does_not_count(videos: Path) -> None:
    folder = videos.parent / "bars"
    folder.mkdir()
    for number in (1, 2):
        rows = "".join(f"{frame} 14 12\n" for frame in range(N))
        (folder / f"trial{number}.bar").write_text(rows, encoding="ascii")
    dataset = open_dataset(convert(videos, roi=9, centers=str(folder)))
    (folder / "Thumbs.db").touch()
    assert compare(dataset, {"centers": str(folder)}) == []
    (folder / "trial1.bar").write_text("1 15 12\n", encoding="ascii")
    with raises_with(BadOption, "centers", "bars"):
        compare(dataset, {"centers": str(folder)})


def test_many_values_are_compared_by_their_hash(videos: Path) -> None:
    many = np.tile([14.0, 12.0], (N, 1)), np.tile([13.0, 12.0], (N, 1))
    dataset = open_dataset(convert(videos, roi=9, centers=list(many)))
    assert len(json.dumps(dataset.info["made_by"])) < 600
    assert compare(dataset, {"centers": [one.tolist() for one in many]}) == []
    many[1][3, 0] += 1
    with raises_with(BadOption, "centers"):
        compare(dataset, {"centers": list(many)})


def test_an_option_that_the_conversion_does_not_have_is_no_difference(tmp_path: Path) -> None:
    (a, first), (b, second) = touch_frames(8, 0), touch_frames(8, 1)
    pyside.convert_arrays([a, b], [first, second], tmp_path / "set", recordings=["a", "b"])
    dataset = open_dataset(tmp_path / "set")
    assert compare(dataset, {"roi": 71, "centers": [3, 4], "recordings": ["a", "b"]}) == []
    with raises_with(BadOption, "recordings", "['a', 'c']", "['a', 'b']"):
        compare(dataset, {"recordings": ["a", "c"]})


def older(dataset: Path) -> Path:
    """A dataset as an earlier version wrote it."""
    info = description(dataset)
    del info["made_by"]
    for entry in info["recordings"]:
        for name in ("region", "names"):
            entry["source"].pop(name, None)
    (dataset / "dataset.json").write_text(json.dumps(info), encoding="utf-8")
    return dataset


def test_an_older_dataset_opens_and_what_it_does_not_record_is_named(videos: Path) -> None:
    dataset = open_dataset(older(convert(videos, roi=9, centers=[14, 12], negative_window=3)))
    given = {
        "centers": [1, 1],
        "negative_window": 5,
        "roi": 9,
        "contrast": "none",
        "class_names": ["NonTouch", "Touch"],
    }
    assert compare(dataset, given) == ["centers", "negative_window"]
    assert made_with(dataset) == {}
    with raises_with(BadOption, "roi"):
        compare(dataset, {"roi": 11})


def test_a_description_that_somebody_else_wrote_is_shown_as_it_is(videos: Path) -> None:
    dataset = convert(videos, roi=9, centers=[14, 12])
    info = description(dataset)
    for value in ("x", [["x", None], True], {"file": 3}, {"sha256": []}, {}, [], None, [{"numbers": 4}]):
        info["made_by"]["options"] = {"centers": value, "frame_span": value, "other": value}
        (dataset / "dataset.json").write_text(json.dumps(info), encoding="utf-8")
        with speaking("matlab"):
            made_with(open_dataset(dataset))
            with raises_with(BadOption, "Centers", "[15 13]"):
                compare(open_dataset(dataset), {"Centers": [15, 13]}, "matlab")


def test_an_older_dataset_is_not_converted_twice(videos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dataset = convert(videos, roi=9, centers=[14, 12])
    new = description(dataset)
    older(dataset)
    monkeypatch.setattr("pyside.data.conversion.from_videos._read_and_hashed", None)  # nothing is read
    assert description(convert(videos, roi=9, centers=[14, 12])) == new


def test_the_files_of_loose_images_are_recorded(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for name in ("NonTouch/a.png", "NonTouch/mon/b.png", "Touch/c.png", "Touch/d.png"):
        (tmp_path / "root" / name).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(rng.integers(0, 255, (20, 20), np.uint8)).save(tmp_path / "root" / name)
    (tmp_path / "root/Touch/c.png").write_bytes(b"nothing")
    convert_folders(tmp_path / "root", tmp_path / "set", {"on_damage": "skip"})
    first = description(tmp_path / "set")
    assert [one.files for one in open_dataset(tmp_path / "set").recordings] == [["a.png", "mon/b.png"], ["d.png"]]
    older(tmp_path / "set")
    assert [one.files for one in open_dataset(tmp_path / "set").recordings] == [None, None]
    convert_folders(tmp_path / "root", tmp_path / "set", {"on_damage": "skip"})
    assert description(tmp_path / "set") == first
    first["recordings"][0]["source"]["names"].pop()
    (tmp_path / "set/dataset.json").write_text(json.dumps(first), encoding="utf-8")
    with raises_with(BadDataset, "names"):
        open_dataset(tmp_path / "set")


def test_every_conversion_records_its_command(tmp_path: Path) -> None:
    frames, labels = touch_frames(8, 0)
    np.save(tmp_path / "frames.npy", frames / 255)
    np.save(tmp_path / "labels.npy", labels)
    pyside.convert_numpy(tmp_path, tmp_path / "set", pixel_range=[0, 1])
    made = description(tmp_path / "set")["made_by"]
    assert made == {"command": "convert numpy", "options": {}}
    assert made_with(open_dataset(tmp_path / "set")) == {"pixel_range": "[0.0, 1.0]"}
    pyside.convert_arrays(frames, labels, tmp_path / "arrays", contrast="stretch")
    assert description(tmp_path / "arrays")["made_by"]["command"] == "convert arrays"
    with raises_with(BadOption, "contrast", "equalize", "stretch"):
        compare(open_dataset(tmp_path / "arrays"), {"contrast": "equalize"})
