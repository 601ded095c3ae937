"""How frames are counted where the container counts some that hold no picture."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.io
from PIL import Image

import pyside
from pyside.data.dataset import open_dataset
from pyside.data.labels.entry import FrameList, LabelEntry
from pyside.data.recordings import empty_frames
from pyside.data.video.reader import probe
from pyside.errors import BadOption, BadVideo, LengthMismatch
from pyside.training.checks.annotators import read_annotations
from tests.conftest import holds, raises_with
from tests.data.odd_videos import (
    EMPTY,
    HEIGHT,
    N_FRAMES,
    WIDTH,
    dropped_among_b_frames,
    dropped_avi,
    empty_samples,
    never_shown,
    not_coded,
    pictures,
    showing,
    two_streams,
    without,
)

TOUCHES = range(21, 30)  # frames with a touch, in the count of the container, from 0
LABELS = np.isin(np.arange(N_FRAMES), TOUCHES).astype(int)
HELD = without(EMPTY)
FITS_BOTH = {"video": "a", "frames": [1, 20, 30, 40], "labels": [0, 1, 1, 0]}


@pytest.fixture
def video(tmp_path: Path) -> Path:
    """An avi of 60 frames, four of which hold no picture."""
    return dropped_avi(tmp_path / "a.avi")


def rows(path: Path, numbers: list[int], labels: list[int]) -> Path:
    """Write labels as a table with frame numbers from 1."""
    lines = [f"a,{number},{label}" for number, label in zip(numbers, labels, strict=True)]
    path.write_text("\n".join(["video,frame,label", *lines]))
    return path


def converted(video: Path, labels: Any, **options: Any) -> tuple[list[int], list[int], dict[str, Any]]:
    """Convert a video: which picture each frame shows, the labels, and the report."""
    report = pyside.convert_videos(video, labels, video.parent / "set", **options)
    recording = open_dataset(video.parent / "set").recordings[0]
    return pictures(np.asarray(recording.frames)[..., 0]), np.asarray(recording.labels).tolist(), report


def about_empty(report: dict[str, Any]) -> list[str]:
    return [text for text in report["warnings"] if holds(text, N_FRAMES, len(EMPTY), EMPTY[0], len(HELD))]


@pytest.mark.parametrize("on_damage", ["error", "skip"])
def test_labels_in_either_count_belong_to_their_pictures(video: Path, on_damage: str) -> None:
    options = {"on_damage": on_damage}
    seen, labels, report = converted(video, LABELS, **options)
    assert seen == showing(EMPTY) and labels == LABELS.tolist() and len(about_empty(report)) == 1
    seen, labels, report = converted(video, LABELS[HELD], **options)
    assert seen == HELD and labels == LABELS[HELD].tolist() and len(about_empty(report)) == 1
    seen, labels, report = converted(video, LABELS, on_empty="leave-out", **options)
    assert seen == HELD and labels == LABELS[HELD].tolist() and len(about_empty(report)) == 1
    seen, labels, report = converted(video, LABELS[HELD], on_empty="repeat", **options)
    assert seen == showing(EMPTY) and labels == LABELS[showing(EMPTY)].tolist() and len(about_empty(report)) == 1


def test_labels_in_neither_count_are_refused_with_both(video: Path) -> None:
    for options in ({}, {"on_empty": "repeat"}, {"on_empty": "leave-out"}):
        with raises_with(LengthMismatch, 58, 56, 60):
            converted(video, LABELS[:58], **options)


def test_a_header_with_another_number_is_named_where_labels_do_not_fit(tmp_path: Path) -> None:
    path = dropped_avi(tmp_path / "a.avi", ())
    data = path.read_bytes()
    path.write_bytes(data.replace(struct.pack("<III", 25, 0, 60), struct.pack("<III", 25, 0, 71), 1))
    assert converted(path, LABELS)[0] == list(range(60))
    with raises_with(LengthMismatch, 60, 70, 71):
        converted(path, np.zeros(70, int))


def test_frame_numbers_that_fit_both_counts_are_asked_about(video: Path, tmp_path: Path) -> None:
    labels = rows(tmp_path / "labels.csv", [1, 20, 30, 40], [0, 1, 1, 0])
    with raises_with(BadVideo, "on_empty", 56, 60, 4, 10):
        converted(video, labels)
    report = pyside.convert_videos(video, labels, tmp_path / "none", check=True)
    assert not report["well"] and holds(report["faults"][0]["text"], "on_empty", 56, 60)
    seen, found, _ = converted(video, labels, on_empty="repeat")
    listed = [place for place, label in enumerate(found) if label >= 0]
    assert [seen[place] for place in listed] == [0, 19, 29, 38] and len(found) == 60
    seen, found, _ = converted(video, labels, on_empty="leave-out")
    assert [seen[place] for place, label in enumerate(found) if label >= 0] == [HELD[k] for k in (0, 19, 29, 39)]


@pytest.mark.parametrize(
    ("numbers", "n"), [(list(range(1, 61)), 60), ([1, 30, 60], 60), (list(range(1, 57)), 56), ([2, 5, 10], 56)]
)
def test_frame_numbers_that_fit_one_count_are_not_asked_about(
    numbers: list[int], n: int, video: Path, tmp_path: Path
) -> None:
    labels = rows(tmp_path / "labels.csv", numbers, [number % 2 for number in numbers])
    _, found, report = converted(video, labels)
    assert len(found) == n and len(about_empty(report)) == 1
    assert [place + 1 for place, label in enumerate(found) if label >= 0] == numbers


def test_a_check_tells_what_a_conversion_will_do(tmp_path: Path) -> None:
    for name, write in (("a.mov", empty_samples), ("b.avi", not_coded), ("c.mp4", not_coded)):
        path = write(tmp_path / name)
        for labels, n in ((LABELS, 60), (LABELS[HELD], 56)):
            report = pyside.convert_videos(path, labels, tmp_path / "set", check=True)  # type: ignore[arg-type]
            assert report["well"] and report["frames"] == n and len(about_empty(report)) == 1
        report = pyside.convert_videos(path, LABELS[:58], tmp_path / "set", check=True)  # type: ignore[arg-type]
        assert not report["well"] and holds(report["faults"][0]["text"], 58, 56, 60)


def test_spans_centres_and_values_follow_the_count_of_the_labels(video: Path) -> None:
    seen, labels, _ = converted(video, LABELS, frame_span=(9, 22))
    assert seen == showing(EMPTY)[9:23] and labels == LABELS[9:23].tolist()
    seen, labels, _ = converted(video, LABELS[HELD], frame_span=(9, 22))
    assert seen == HELD[9:23] and labels == LABELS[HELD][9:23].tolist()
    for labels_given, taken in ((LABELS, showing(EMPTY)), (LABELS[HELD], HELD)):
        for n, held in ((60, range(60)), (56, HELD)):
            values = np.array(held, float) if n == 60 else np.array(HELD, float)
            seen, _, _ = converted(video, labels_given, frame_values=values, exclude_above=30)
            assert seen == [one for one in taken if one <= 30]
            assert len(values) == n


def test_bouts_and_columns_of_behaviours_follow_either_count(video: Path, tmp_path: Path) -> None:
    path, held = tmp_path / "labels.csv", LABELS[HELD].tolist()
    path.write_text("start_s,stop_s,label,fps\n0.84,1.2,Touch,25\n")
    assert converted(video, path)[1] == LABELS.tolist()  # seconds run on in frames without a picture
    assert converted(video, path, on_empty="leave-out")[1] == held
    path.write_text("start_frame,end_frame,label\n22,30,Touch\n")
    with raises_with(BadVideo, "on_empty"):
        converted(video, path)
    assert converted(video, path, on_empty="repeat")[1] == LABELS.tolist()
    for labels, rest in ((LABELS, held), (LABELS[HELD], held)):
        path.write_text("touch,rest\n" + "".join(f"{label},{1 - label}\n" for label in labels.tolist()))
        assert converted(video, path)[1] == labels.tolist()
        assert converted(video, path, on_empty="leave-out")[1] == rest


def test_the_dataset_records_how_frames_were_counted_and_a_change_is_converted_anew(video: Path) -> None:
    converted(video, LABELS)
    before = (video.parent / "set" / "dataset.json").read_text()
    assert json.loads(before)["recordings"][0]["source"]["repeated"] == list(EMPTY)
    assert converted(video, LABELS)[0] == showing(EMPTY)
    assert (video.parent / "set" / "dataset.json").read_text() == before
    assert converted(video, LABELS, on_empty="leave-out")[0] == HELD
    source = open_dataset(video.parent / "set").recordings[0].info["source"]
    assert source["empty"] == list(EMPTY) and source["frames"] == 56


def test_annotators_may_count_either_way(video: Path, tmp_path: Path) -> None:
    for name, labels in (("sixty", LABELS), ("fiftysix", LABELS[HELD])):
        scipy.io.savemat(tmp_path / f"{name}.mat", {"labels": labels})
    for labels, expected in ((LABELS, LABELS[showing(EMPTY)]), (LABELS[HELD], LABELS[HELD])):
        converted(video, labels)
        dataset = open_dataset(video.parent / "set")
        for name in ("sixty", "fiftysix"):
            found = read_annotations(str(tmp_path / f"{name}.mat"), dataset)
            assert found[name].tolist() == expected.tolist()


def test_labels_that_count_alternate_references_are_refused_with_both_numbers(tmp_path: Path) -> None:
    path, hidden = never_shown(tmp_path / "a.webm")
    seen, _, report = converted(path, LABELS[without(hidden)])
    assert seen == without(hidden) and not any(holds(text, "packets") for text in report["warnings"])
    with raises_with(LengthMismatch, 60, 58):
        converted(path, LABELS)


def test_labels_in_a_count_whose_empty_frames_have_no_certain_place_are_refused(tmp_path: Path) -> None:
    path = dropped_among_b_frames(tmp_path / "a.avi", "libx264")
    for options in ({}, {"on_empty": "repeat"}, {"on_empty": "leave-out"}):
        with raises_with(BadVideo, 56, 60):
            converted(path, LABELS, **options)
    with raises_with(BadVideo, 56, 60):
        converted(path, LABELS[HELD], on_empty="repeat")
    for options in ({}, {"on_empty": "leave-out"}):
        assert converted(path, LABELS[HELD], **options)[:2] == (HELD, LABELS[HELD].tolist())


def test_a_choice_without_frames_to_apply_it_to_changes_nothing(tmp_path: Path) -> None:
    path = dropped_avi(tmp_path / "a.avi", ())
    plain = converted(path, LABELS)
    for on_empty in ("repeat", "leave-out"):
        chosen = converted(path, LABELS, on_empty=on_empty)
        assert chosen[:2] == plain[:2] and {**chosen[2], "hash": plain[2]["hash"]} == plain[2]  # it records the choice
    assert plain[0] == list(range(60))


# --- several streams -----------------------------------------------------------------------------------------------


def test_which_stream_is_meant_is_told_or_asked(tmp_path: Path) -> None:
    sizes, labels = ((HEIGHT, WIDTH), (64, 80)), np.tile([0, 1], 10)
    proxy = two_streams(tmp_path / "proxy.mkv", [1], sizes, (20, 20))
    report = pyside.convert_videos(proxy, labels, tmp_path / "set")  # type: ignore[arg-type]
    assert report["image_shape"] == [64, 80, 1]
    assert [text for text in report["warnings"] if holds(text, "stream", "48 x 64", "64 x 80")]
    cameras = two_streams(tmp_path / "cameras.mkv", [], sizes, (20, 20))
    with raises_with(BadVideo, "cameras.mkv", "stream", "48 x 64", "64 x 80"):
        pyside.convert_videos(cameras, labels, tmp_path / "set")  # type: ignore[arg-type]
    assert not pyside.convert_videos(cameras, labels, tmp_path / "set", check=True)["well"]  # type: ignore[arg-type]
    for stream, (height, width) in enumerate(sizes, start=1):
        report = pyside.convert_videos(cameras, labels, tmp_path / "set", stream=stream)  # type: ignore[arg-type]
        assert report["image_shape"] == [height, width, 1]
        assert not [text for text in report["warnings"] if holds(text, "streams")]
        frames = np.asarray(open_dataset(tmp_path / "set").recordings[0].frames)
        assert abs(frames.astype(int) - (50 + 50 * stream)).max() <= 3
    Image.fromarray(np.arange(60 * 70, dtype=np.uint8).reshape(60, 70)).save(tmp_path / "object.png")
    options: dict[str, Any] = {"template": str(tmp_path / "object.png"), "roi": 9}
    with raises_with(BadOption, "48 x 64"):
        pyside.convert_videos(cameras, labels, tmp_path / "set", stream=1, **options)  # type: ignore[arg-type]
    report = pyside.convert_videos(cameras, labels, tmp_path / "set", stream=2, **options)  # type: ignore[arg-type]
    assert report["frames"] == 20  # the object is searched in the chosen stream, which is large enough


# --- without labels ------------------------------------------------------------------------------------------------


def test_without_labels_what_else_has_one_value_per_frame_decides_and_else_pictures_count(video: Path) -> None:
    info = probe(video)
    for lengths, n_frames in (({}, len(HELD)), ({"centres": N_FRAMES}, N_FRAMES), ({"centres": len(HELD)}, len(HELD))):
        counted, warning = empty_frames.counted(info, None, None, 0, "a", 0, lengths)
        assert counted.n_frames == n_frames and holds(warning, "on_empty")
    counted, _ = empty_frames.counted(info, None, "repeat", 0, "a", 0, {})
    assert counted.n_frames == N_FRAMES
    both = LabelEntry("labels.csv", FrameList(np.array([1, 40]), np.array([0.0, 1.0]), np.nan))
    with pytest.raises(BadVideo):
        empty_frames.counted(info, both, None, 0, "a", 0)
    assert empty_frames.counted(info, both, None, 0, "a", 0, {})[0].n_frames == len(HELD)
