"""Arrays from memory become a dataset folder."""

from __future__ import annotations

import array
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pyside
from pyside.data.conversion.from_arrays import ArrayConversion
from pyside.data.dataset import open_dataset
from pyside.data.labels.forms import read_label_values
from pyside.errors import (
    BadDataset,
    BadFrames,
    BadLabels,
    BadOption,
    DiskFull,
    FrameOrder,
    LengthMismatch,
    NotWritable,
    PathMissing,
    PixelRange,
    TouchTrainError,
    UnknownOption,
)
from pyside.settings import ArraySettings
from tests.conftest import holds, raises_with
from tests.data.conftest import COMPOSED, DECOMPOSED

RNG = np.random.default_rng(0)
FRAMES = np.asfortranarray(RNG.integers(0, 255, (20, 24, 30), dtype=np.uint8))  # as MATLAB has them: HWN
LABELS = (np.arange(30) % 3 == 0).astype(float)


def stored(folder: Path) -> np.ndarray:
    return np.concatenate([recording.frames for recording in open_dataset(folder).recordings])


@pytest.mark.parametrize(
    ("frames", "options"),
    [
        (FRAMES, {}),
        (memoryview(FRAMES), {}),
        (FRAMES.transpose(2, 0, 1), {}),
        (FRAMES.transpose(2, 0, 1)[..., None], {"frame_order": "NHWC"}),
        (FRAMES / 255, {"pixel_range": (0, 1)}),
        (FRAMES.astype(np.float32), {"pixel_range": (0, 255)}),
        (FRAMES.astype(np.uint16) * 257, {}),
        ((memoryview(FRAMES),), {}),
    ],
)
def test_the_same_frames_in_any_form_give_the_same_dataset(tmp_path: Path, frames: Any, options: dict) -> None:
    report = pyside.convert_arrays(frames, LABELS, tmp_path / "set", **options)
    assert np.array_equal(stored(tmp_path / "set")[..., 0], FRAMES.transpose(2, 0, 1))
    assert open_dataset(tmp_path / "set").table.labels.tolist() == LABELS.tolist()
    assert report["counts"] == {"NonTouch": 20, "Touch": 10}


def test_colour_frames_keep_their_channels(tmp_path: Path) -> None:
    colour = RNG.integers(0, 255, (20, 24, 3, 7), dtype=np.uint8)
    pyside.convert_arrays(colour, np.arange(7) % 2, tmp_path / "set")
    assert np.array_equal(stored(tmp_path / "set"), colour.transpose(3, 0, 1, 2))


def test_a_cell_of_arrays_is_one_recording_each_and_each_its_own_group(tmp_path: Path) -> None:
    frames = (FRAMES, FRAMES[:, :, :5], FRAMES[:, :, :1])
    labels = (array.array("d", LABELS), LABELS[:5], 1.0)  # a vector of one comes as a plain number
    report = pyside.convert_arrays(frames, labels, tmp_path / "set", recordings=("a", "b", "c"))
    dataset = open_dataset(tmp_path / "set")
    assert [(one["name"], one["frames"]) for one in report["recordings"]] == [("a", 30), ("b", 5), ("c", 1)]
    assert [set(recording.groups.tolist()) for recording in dataset.recordings] == [{0}, {1}, {2}]


@pytest.mark.parametrize("ids", [np.repeat([7, 3], 15), ["y"] * 10 + ["x"] * 20, np.arange(30) % 4])
def test_an_id_a_frame_parts_one_array_into_recordings(tmp_path: Path, ids: Any) -> None:
    pyside.convert_arrays(FRAMES, LABELS, tmp_path / "set", recordings=ids)
    dataset = open_dataset(tmp_path / "set")
    ids = np.asarray(ids)
    for recording, one in zip(dataset.recordings, dict.fromkeys(ids.tolist()), strict=True):
        assert np.array_equal(recording.frames[..., 0], FRAMES.transpose(2, 0, 1)[ids == one])
        assert recording.labels.tolist() == LABELS[ids == one].tolist()
    assert len(set(dataset.table.groups.tolist())) == len(dataset.recordings)


IMAGES = list(FRAMES.transpose(2, 0, 1))


@pytest.mark.parametrize(
    "labels",
    [
        LABELS.tolist(),
        LABELS,
        memoryview(LABELS),
        [np.array([label]) for label in LABELS],
        tuple("Touch" if label else "NonTouch" for label in LABELS),
        [["Touch" if label else "NonTouch"] for label in LABELS],
    ],
)
def test_a_cell_of_single_images_is_one_recording_and_it_is_said(tmp_path: Path, labels: Any) -> None:
    report = pyside.convert_arrays(IMAGES, labels, tmp_path / "set")
    dataset = open_dataset(tmp_path / "set")
    (recording,) = dataset.recordings
    assert np.array_equal(recording.frames[..., 0], FRAMES.transpose(2, 0, 1))
    assert recording.labels.tolist() == LABELS.tolist() and set(recording.groups.tolist()) == {0}
    (warning,) = report["warnings"]
    assert holds(warning, 30, "recordings")
    pyside.convert_arrays(FRAMES, LABELS, tmp_path / "whole")
    assert {**dataset.info, "label_mapping": 0} == {**open_dataset(tmp_path / "whole").info, "label_mapping": 0}


def test_single_images_in_colour_or_with_one_page_are_one_recording_too(tmp_path: Path) -> None:
    colour = RNG.integers(0, 255, (5, 20, 24, 3), dtype=np.uint8)
    for images, expected in ((list(colour), colour), ([one[..., None] for one in IMAGES[:5]], FRAMES[..., :5])):
        report = pyside.convert_arrays(images, [0, 1, 0, 1, 0], tmp_path / "set")
        assert [one["frames"] for one in report["recordings"]] == [5]
        assert np.array_equal(stored(tmp_path / "set").sum(), expected.sum())


@pytest.mark.parametrize(
    ("ids", "frames"),
    [(["b"] * 10 + ["a"] * 20, [10, 20]), (np.arange(30) % 4, [8, 8, 7, 7]), (np.arange(30), [1] * 30), ("one", [30])],
)
def test_recordings_that_are_given_for_single_images_win(tmp_path: Path, ids: Any, frames: list[int]) -> None:
    report = pyside.convert_arrays(IMAGES, LABELS, tmp_path / "set", recordings=ids)
    assert [one["frames"] for one in report["recordings"]] == frames
    names = np.asarray(ids if len(ids) == 30 else ["one"] * 30)
    dataset = open_dataset(tmp_path / "set")
    for recording, one in zip(dataset.recordings, dict.fromkeys(names.tolist()), strict=True):
        assert np.array_equal(recording.frames[..., 0], FRAMES.transpose(2, 0, 1)[names == one])
        assert recording.labels.tolist() == LABELS[names == one].tolist()
    assert len(set(dataset.table.groups.tolist())) == len(frames)
    about = {30: "single", 1: "single images"}.get(len(frames))  # each on its own, or all together
    assert [holds(text, 30, about, "recordings") for text in report["warnings"]] == [True] * bool(about)


def test_recordings_of_single_images_must_be_one_a_image_and_images_come_in_order(tmp_path: Path) -> None:
    with raises_with(BadOption, 30, 7):
        pyside.convert_arrays(IMAGES, LABELS, tmp_path / "set", recordings=np.arange(7))
    with raises_with(LengthMismatch, 30, 29):
        pyside.convert_arrays(IMAGES, LABELS[:29], tmp_path / "set")
    shapes = [image.shape for image in IMAGES]
    conversion = ArrayConversion(tmp_path / "set", ArraySettings(), LABELS, shapes)
    conversion.append(0, IMAGES[0])
    with raises_with(LengthMismatch, "image 2", "image 3"):
        conversion.append(2, IMAGES[2])
    conversion.abort()


def test_cells_of_a_few_frames_stay_recordings(tmp_path: Path) -> None:
    pieces = [FRAMES[:, :, start : start + 10] for start in (0, 10, 20)]
    report = pyside.convert_arrays(pieces, [LABELS[:10], LABELS[10:20], LABELS[20:]], tmp_path / "set")
    assert ([one["frames"] for one in report["recordings"]], report["warnings"]) == ([10, 10, 10], [])


def test_each_label_is_told_with_its_class_and_a_class_without_a_frame_is_warned_of(tmp_path: Path) -> None:
    report = pyside.convert_arrays(FRAMES, LABELS, tmp_path / "set", class_names=("rest", "lick", "groom"))
    assert [tuple(row.values()) for row in report["label_table"]] == [
        ("0", "rest", 20),
        ("1", "lick", 10),
        ("2", "groom", 0),
    ]
    (warning,) = report["warnings"]
    assert holds(warning, "groom", "label_values")


@pytest.mark.parametrize("ids", [None, np.arange(30) % 4])
@pytest.mark.parametrize("chunk", [1, 7, 30])
def test_a_conversion_in_chunks_equals_one_at_once(tmp_path: Path, ids: Any, chunk: int) -> None:
    pyside.convert_arrays(FRAMES, LABELS, tmp_path / "whole", recordings=ids)
    settings = ArraySettings.from_options({"recordings": ids})
    conversion = ArrayConversion(tmp_path / "parts", settings, LABELS, [FRAMES.shape])
    for start in range(0, 30, chunk):
        written = conversion.append(0, FRAMES[:, :, start : start + chunk])
        assert written == min(30, start + chunk)
    conversion.close()
    assert open_dataset(tmp_path / "parts").hash == open_dataset(tmp_path / "whole").hash


def test_a_conversion_that_was_killed_goes_on(tmp_path: Path) -> None:
    pieces, labels = [FRAMES[:, :, :10], FRAMES[:, :, 10:]], [LABELS[:10], LABELS[10:]]
    settings = ArraySettings.from_options({})
    ArrayConversion(tmp_path / "set", settings, labels, [piece.shape for piece in pieces]).append(0, pieces[0])
    file = tmp_path / "set.unfinished" / "recording001.frames.npy"
    written = file.stat().st_mtime_ns
    with raises_with(BadDataset, tmp_path / "set"):
        pyside.inspect(tmp_path / "set")
    pyside.convert_arrays(pieces, [1 - labels[0], labels[1]], tmp_path / "set")
    assert (tmp_path / "set" / file.name).stat().st_mtime_ns == written
    assert open_dataset(tmp_path / "set").table.labels.tolist() == [*(1 - labels[0]), *labels[1]]


def test_dark_16_bit_frames_are_warned_of(tmp_path: Path) -> None:
    report = pyside.convert_arrays(FRAMES.astype(np.uint16) * 4, LABELS, tmp_path / "set")
    assert "[0 1023]" in report["warnings"][0]


@pytest.mark.parametrize(
    ("frames", "labels", "options", "error"),
    [
        (FRAMES, LABELS[:-1], {}, LengthMismatch),
        (FRAMES, LABELS * 2, {}, BadLabels),
        (FRAMES, ["Touch"] * 29 + ["Tuch"], {}, BadLabels),
        (np.zeros((20, 24, 0), np.uint8), [], {}, BadFrames),
        (np.zeros(0), [], {}, BadFrames),
        (5.0, 1.0, {}, BadFrames),
        ("frames", LABELS, {}, BadFrames),
        (FRAMES / 255, LABELS, {}, PixelRange),
        (FRAMES.astype(float), LABELS, {"pixel_range": (0, 1)}, PixelRange),
        (np.where(FRAMES == 7, np.nan, FRAMES / 255), LABELS, {"pixel_range": (0, 1)}, BadFrames),
        (FRAMES, LABELS, {"frame_order": "NHW"}, LengthMismatch),
        (FRAMES, LABELS, {"frame_order": "HWCN"}, FrameOrder),
        (np.zeros((30, 24, 30), np.uint8), LABELS, {}, FrameOrder),
        ([FRAMES, FRAMES[:18]], [LABELS, LABELS], {}, FrameOrder),
        ([FRAMES, FRAMES], [LABELS], {}, LengthMismatch),
        ([FRAMES, FRAMES], [LABELS, LABELS], {"recordings": ["a", "a"]}, BadOption),
        ([FRAMES, FRAMES], [LABELS, LABELS], {"recordings": ["a"]}, BadOption),
        (FRAMES, LABELS, {"recordings": [1, 2]}, BadOption),
        (FRAMES, LABELS, {"frame_oder": "HWN"}, UnknownOption),
        (FRAMES, LABELS, {"label_values": (0, 1, 2)}, BadLabels),
    ],
)
def test_bad_input_is_an_error_and_nothing_is_written(
    tmp_path: Path, frames: Any, labels: Any, options: dict, error: type[TouchTrainError]
) -> None:
    with pytest.raises(error):
        pyside.convert_arrays(frames, labels, tmp_path / "set", **options)
    assert list(tmp_path.iterdir()) == []


def test_the_faults_of_several_recordings_are_told_at_once(tmp_path: Path) -> None:
    with raises_with(LengthMismatch, "recording 1", "recording 3") as caught:
        pyside.convert_arrays([FRAMES] * 3, [LABELS[:3], LABELS, LABELS[:4]], tmp_path / "set")
    assert len(caught.value.faults) == 2


def test_missing_frames_are_told_when_a_conversion_is_closed(tmp_path: Path) -> None:
    conversion = ArrayConversion(tmp_path / "set", ArraySettings(), LABELS, [FRAMES.shape])
    conversion.append(0, FRAMES[:, :, :10])
    with raises_with(LengthMismatch, 10, 30):
        conversion.close()
    with raises_with(LengthMismatch, 10, 30):
        conversion.append(0, FRAMES)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with raises_with(PathMissing, tmp_path / "nowhere"):
        pyside.convert_arrays(FRAMES, LABELS, tmp_path / "nowhere" / "set")


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "set").write_text("a file in the way")
    with raises_with(NotWritable, tmp_path / "set"):
        pyside.convert_arrays(FRAMES, LABELS, tmp_path / "set")


def test_a_full_disk_leaves_the_old_dataset(small_disk: Path) -> None:
    pyside.convert_arrays(FRAMES, LABELS, small_disk / "set")
    before = open_dataset(small_disk / "set").hash
    many = np.asfortranarray(np.zeros((64, 64, 2000), np.uint8))
    with raises_with(DiskFull, "8.20 MB"):
        pyside.convert_arrays(many, np.arange(2000) % 2, small_disk / "set")
    conversion = ArrayConversion(small_disk / "set", ArraySettings(), np.arange(200) % 2, [(64, 64, 200)])
    (small_disk / "filler").write_bytes(bytes(3 * 2**19))
    with raises_with(DiskFull, "recording001.frames.npy"):
        conversion.append(0, many[..., :200])
    conversion.abort()
    (small_disk / "filler").unlink()
    assert open_dataset(small_disk / "set").hash == before
    assert [file.name for file in small_disk.iterdir()] == ["set"]


def test_large_ids_of_recordings_stay_apart(tmp_path: Path) -> None:
    ids = np.where(np.arange(FRAMES.shape[-1]) < 4, 1000001, 1000002)
    pyside.convert_arrays(FRAMES, LABELS, tmp_path / "set", recordings=ids)
    names = [recording.name for recording in open_dataset(tmp_path / "set").recordings]
    assert names == ["recording1000001", "recording1000002"]


def test_recordings_are_one_in_whichever_way_a_name_is_written(tmp_path: Path) -> None:
    frames, labels = np.zeros((4, 20, 20), np.uint8), [0, 1, 0, 1]
    ids = [COMPOSED, DECOMPOSED, COMPOSED, "b"]
    report = pyside.convert_arrays(frames, labels, tmp_path / "set", recordings=ids, frame_order="NHW")
    assert [one["frames"] for one in report["recordings"]] == [3, 1]
    with pytest.raises(BadOption):
        pyside.convert_arrays(
            [frames, frames], [labels, labels], tmp_path / "set2", recordings=[COMPOSED, DECOMPOSED], frame_order="NHW"
        )


def test_a_recording_without_a_number_is_an_error(tmp_path: Path) -> None:
    with raises_with(BadOption, "1 of 3", "number 2"):
        pyside.convert_arrays(np.zeros((3, 20, 20), np.uint8), [0, 1, 1], tmp_path / "set", recordings=[1, np.nan, 2])


def test_a_column_of_labels_per_class_has_a_remedy(tmp_path: Path) -> None:
    with raises_with(BadLabels, "30x2", "column - 1"):
        pyside.convert_arrays(np.zeros((30, 20, 20), np.uint8), np.eye(2)[[0, 1] * 15], tmp_path / "set")
    with raises_with(BadLabels, "30x2", "column - 1"):
        read_label_values(np.eye(2)[[0, 1] * 15])
