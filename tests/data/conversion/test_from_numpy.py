"""NumPy files become a dataset folder."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pyside
from pyside.__main__ import main
from pyside.data.conversion import from_numpy
from pyside.data.dataset import open_dataset
from pyside.data.formats.frames import adjust_contrast
from pyside.errors import (
    BadFrames,
    BadLabels,
    DiskFull,
    FrameOrder,
    Interrupted,
    LengthMismatch,
    NotReadable,
    PathMissing,
    PixelRange,
    TouchTrainError,
    Unpaired,
)
from pyside.system.files import unfinished
from tests.conftest import holds, locked, raises_with
from tests.data.conftest import COMPOSED, DECOMPOSED, ODD, with_links, with_odd_names

RNG = np.random.default_rng(0)
FRAMES = RNG.integers(0, 256, (30, 20, 24), dtype=np.uint8)
LABELS = (np.arange(30) % 3 == 0).astype(np.uint8)


def as_matlab(array: np.ndarray) -> np.ndarray:
    """Return an array as npy-matlab writes it: double, column-major, a vector as (n, 1)."""
    return np.asfortranarray(array.astype(np.float64) if array.ndim > 1 else array.astype(np.float64)[:, None])


@pytest.fixture
def put(tmp_path: Path) -> Callable[..., Path]:
    """A function that saves arrays by name in a folder ``in`` and returns that folder."""

    def save(**files: Any) -> Path:
        (tmp_path / "in").mkdir(exist_ok=True)
        for name, array in files.items():
            np.save(tmp_path / "in" / f"{name}.npy", array)
        return tmp_path / "in"

    return save


@pytest.fixture
def legacy(put: Callable[..., Path]) -> Path:
    """Pairs of the older tool: three for training, one for validation, of 30 frames each."""
    folder = put()
    for number, stem in enumerate(("Train_{}_1", "Train_{}_2", "Train_{}_10", "Valid_{}_1")):
        put(**{stem.format("Data") + "_Session_1": as_matlab(np.roll(FRAMES, number, axis=0))})
        put(**{stem.format("Labels") + "_Session_1": as_matlab(np.roll(LABELS, number))})
    return folder


def stored(folder: Path) -> np.ndarray:
    return np.concatenate([recording.frames for recording in open_dataset(folder).recordings])


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


# --- frames.npy and labels.npy -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("frames", "options"),
    [
        (FRAMES, {}),
        (np.asfortranarray(FRAMES), {}),
        (FRAMES.transpose(1, 2, 0), {}),
        (np.asfortranarray(FRAMES.transpose(1, 2, 0)), {}),
        (FRAMES[..., None], {"frame_order": "NHWC"}),
        (FRAMES / 255, {"pixel_range": (0, 1)}),
        (FRAMES.astype(">f4"), {"pixel_range": (0, 255)}),
        (FRAMES.astype(np.int64), {"pixel_range": (0, 255)}),
        (FRAMES.astype(np.uint16) * 257, {}),
        (FRAMES.astype(">u2") * 257, {}),
    ],
)
def test_the_same_frames_in_any_form_give_the_same_dataset(
    put: Callable[..., Path], tmp_path: Path, frames: np.ndarray, options: dict[str, Any]
) -> None:
    report = pyside.convert_numpy(put(frames=frames, labels=LABELS), tmp_path / "set", **options)
    dataset = open_dataset(tmp_path / "set")
    assert np.array_equal(stored(tmp_path / "set")[..., 0], FRAMES)
    assert dataset.table.labels.tolist() == LABELS.tolist()
    assert [recording.name for recording in dataset.recordings] == ["frames"]
    assert report["counts"] == {"NonTouch": 20, "Touch": 10}


@pytest.mark.parametrize(
    "labels",
    [
        LABELS.astype(bool),
        LABELS[None].astype(np.int64),
        LABELS[:, None].astype(">i4"),
        np.asfortranarray(LABELS[:, None].astype(float)),
        np.where(LABELS, "Touch", "NonTouch"),
    ],
)
def test_labels_may_be_rows_columns_numbers_or_names(
    put: Callable[..., Path], tmp_path: Path, labels: np.ndarray
) -> None:
    pyside.convert_numpy(put(frames=FRAMES, labels=labels), tmp_path / "set")
    assert open_dataset(tmp_path / "set").table.labels.tolist() == LABELS.tolist()


@pytest.mark.parametrize("check", [True, False])
def test_numbers_without_a_zero_are_refused_and_a_class_without_a_frame_is_warned_of(
    put: Callable[..., Path], tmp_path: Path, check: bool
) -> None:
    options = {"class_names": ["rest", "lick", "groom"], "check": check}
    report = from_numpy.convert_numpy(put(frames=FRAMES, labels=LABELS), tmp_path / "set", options)
    assert [row["frames"] for row in report["label_table"]] == [20, 10, 0]
    assert any(holds(text, "groom", "label_values") for text in report["warnings"])
    put(frames=FRAMES, labels=LABELS + 1)
    if check:
        report = from_numpy.convert_numpy(tmp_path / "in", tmp_path / "set", options)
        assert [fault["identifier"] for fault in report["faults"]] == ["TouchTrain:BadLabels"]
    else:
        with raises_with(BadLabels, "label_values", "[1, 2, 3]", "[0, 1, 2]", "1 (frames: 20", "2 (frames: 10"):
            from_numpy.convert_numpy(tmp_path / "in", tmp_path / "set", options)


def test_recordings_of_single_frames_are_warned_of(put: Callable[..., Path], tmp_path: Path) -> None:
    for ids, warned in ((np.arange(30), True), (np.arange(30) // 2, False)):
        report = from_numpy.convert_numpy(put(frames=FRAMES, labels=LABELS, recordings=ids), tmp_path / "set", {})
        assert any(holds(text, 30, "recordings.npy") for text in report["warnings"]) == warned


def test_bool_frames_are_black_and_white(put: Callable[..., Path], tmp_path: Path) -> None:
    pyside.convert_numpy(put(frames=FRAMES > 99, labels=LABELS), tmp_path / "set")
    assert np.array_equal(stored(tmp_path / "set")[..., 0], (FRAMES > 99) * 255)


def test_colour_frames_keep_their_channels(put: Callable[..., Path], tmp_path: Path) -> None:
    colour = RNG.integers(0, 256, (20, 24, 3, 7), dtype=np.uint8)
    pyside.convert_numpy(put(frames=colour, labels=LABELS[:7]), tmp_path / "set")
    assert np.array_equal(stored(tmp_path / "set"), colour.transpose(3, 0, 1, 2))


@pytest.mark.parametrize("ids", [np.arange(30) % 3 + 1_000_001, (np.arange(30) % 3 + 1_000_001.0)[:, None]])
def test_numbers_of_recordings_part_the_frames(put: Callable[..., Path], tmp_path: Path, ids: np.ndarray) -> None:
    pyside.convert_numpy(put(frames=FRAMES, labels=LABELS, recordings=ids), tmp_path / "set")
    recordings = open_dataset(tmp_path / "set").recordings
    assert [recording.name for recording in recordings] == [f"recording{n}" for n in (1000001, 1000002, 1000003)]
    for number, recording in enumerate(recordings):
        assert np.array_equal(recording.frames[..., 0], FRAMES[number::3])
        assert recording.labels.tolist() == LABELS[number::3].tolist()
        assert set(recording.groups.tolist()) == {number}


def test_names_of_recordings_are_kept(put: Callable[..., Path], tmp_path: Path) -> None:
    names = np.repeat(["mouse 7", "mouse 3"], 15)
    pyside.convert_numpy(put(frames=FRAMES, labels=LABELS, recordings=names), tmp_path / "set")
    assert [one.name for one in open_dataset(tmp_path / "set").recordings] == ["mouse 7", "mouse 3"]


def test_files_are_read_in_chunks_without_a_seam(
    put: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(from_numpy, "_CHUNK_BYTES", 7 * FRAMES[0].nbytes)
    ids = np.arange(30) % 2
    pyside.convert_numpy(put(frames=np.asfortranarray(FRAMES), labels=LABELS, recordings=ids), tmp_path / "set")
    assert np.array_equal(stored(tmp_path / "set")[..., 0], np.concatenate([FRAMES[0::2], FRAMES[1::2]]))


# --- pairs of the older tool ---------------------------------------------------------------------------------------


def test_each_pair_becomes_a_recording_that_carries_its_side(legacy: Path, tmp_path: Path) -> None:
    report = pyside.convert_numpy(legacy, tmp_path / "set", pixel_range=(0, 255))
    recordings = open_dataset(tmp_path / "set").recordings
    names = ["Train_1_Session_1", "Train_2_Session_1", "Train_10_Session_1", "Valid_1_Session_1"]
    assert [recording.name for recording in recordings] == names
    assert [recording.info["tags"] for recording in recordings] == [{"side": "training"}] * 3 + [{"side": "validation"}]
    for number, recording in enumerate(recordings):
        shift = (0, 1, 2, 3)[number]
        assert np.array_equal(recording.frames[..., 0], np.roll(FRAMES, shift, axis=0))
        assert recording.labels.tolist() == np.roll(LABELS, shift).tolist()
        assert set(recording.groups.tolist()) == {number}
    assert holds(report["warnings"][0], 3, "training", 1, "validation")


def test_a_pair_with_as_many_frames_as_rows_is_read_as_the_older_tool_wrote_it(
    put: Callable[..., Path], tmp_path: Path
) -> None:
    square = FRAMES[:20, :, :20]
    folder = put(Train_Data_1=as_matlab(square), Train_Labels_1=as_matlab(LABELS[:20]))
    pyside.convert_numpy(folder, tmp_path / "set", pixel_range=(0, 255))
    assert np.array_equal(stored(tmp_path / "set")[..., 0], square)


def test_other_files_beside_the_pairs_do_not_matter(legacy: Path, tmp_path: Path) -> None:
    (legacy / "notes.txt").write_text("of 2018")
    np.save(legacy / "Test_Data_1_Session_1.npy", FRAMES)
    assert pyside.convert_numpy(legacy, tmp_path / "set", pixel_range=(0, 255))["frames"] == 120


def test_doubles_of_whole_numbers_are_0_to_255_and_that_is_said(legacy: Path, tmp_path: Path) -> None:
    pyside.convert_numpy(legacy, tmp_path / "stated", pixel_range=(0, 255))
    for _ in range(2):  # the second time frames are kept
        report = pyside.convert_numpy(legacy, tmp_path / "set")
        assert bytes_of(tmp_path / "set") == bytes_of(tmp_path / "stated")
        (said,) = [text for text in report["warnings"] if "pixel_range" in text]
        assert holds(said, "Train_Data_1_Session_1.npy", 3, 255)


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.int64, ">f8", np.float16])
@pytest.mark.parametrize("order", ["C", "F"])
def test_whole_numbers_of_any_type_and_order_are_0_to_255(
    put: Callable[..., Path], tmp_path: Path, dtype: Any, order: Any
) -> None:
    frames = FRAMES.transpose(1, 2, 0) if order == "F" else FRAMES
    pyside.convert_numpy(put(frames=frames.astype(dtype, order=order), labels=LABELS), tmp_path / "set")
    assert np.array_equal(stored(tmp_path / "set")[..., 0], FRAMES)
    assert open_dataset(tmp_path / "set").info["pixel_range"] == [0, 255]


@pytest.mark.parametrize(
    ("value", "dtype"), [(256, float), (4080, np.int32), (0.5, float), (-1, float), (-1, np.int32)]
)
def test_one_file_that_has_another_number_makes_that_an_error_and_nothing_stays(
    legacy: Path, tmp_path: Path, value: float, dtype: type
) -> None:
    frames = FRAMES.astype(dtype)
    frames[29, 3, 3] = value
    np.save(legacy / "Valid_Data_1_Session_1.npy", as_matlab(frames) if dtype is float else frames)
    with raises_with(PixelRange, "Valid_Data_1_Session_1.npy", "frame 29", value, "[0 1]", "[0 255]"):
        from_numpy.convert_numpy(legacy, tmp_path / "set", {})
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


def test_whole_numbers_up_to_1_may_be_meant_as_0_to_1_so_they_are_refused(
    put: Callable[..., Path], tmp_path: Path
) -> None:
    masks = (FRAMES > 99).astype(float)
    folder = put(Train_Data_1=masks, Train_Labels_1=LABELS, Valid_Data_1=masks * 0, Valid_Labels_1=LABELS)
    with raises_with(PixelRange, "Train_Data_1.npy", 1, "[0 1]", "[0 255]"):
        from_numpy.convert_numpy(folder, tmp_path / "set", {"contrast": "stretch"})
    assert [path.name for path in tmp_path.iterdir()] == ["in"]
    report = from_numpy.convert_numpy(folder, tmp_path / "set", {"check": True})
    assert any(holds(text, "Train_Data_1.npy", "[0 1]", "[0 255]") for text in report["warnings"])
    put(Valid_Data_1=masks * 2)
    pyside.convert_numpy(folder, tmp_path / "set")
    assert stored(tmp_path / "set").max() == 2


def test_nan_among_doubles_without_a_range_is_named(put: Callable[..., Path], tmp_path: Path) -> None:
    with raises_with(BadFrames, "frames.npy", 17, "NaN"):
        holed = np.where(np.arange(30)[:, None, None] == 17, np.nan, FRAMES)
        pyside.convert_numpy(put(frames=holed, labels=LABELS), tmp_path / "set")


def test_float_pairs_without_a_range_are_a_fault_that_names_both_ranges(legacy: Path, tmp_path: Path) -> None:
    for path in legacy.glob("*_Data_*"):
        np.save(path, np.load(path) / 255)
    with raises_with(PixelRange, "Train_Data_1_Session_1.npy", "frame 0", "[0 1]", "[0 255]"):
        pyside.convert_numpy(legacy, tmp_path / "set")
    assert not (tmp_path / "set").exists()


def test_files_without_a_partner_are_all_named(legacy: Path, tmp_path: Path) -> None:
    (legacy / "Train_Labels_2_Session_1.npy").unlink()
    (legacy / "Valid_Data_1_Session_1.npy").unlink()
    with pytest.raises(Unpaired) as caught:
        pyside.convert_numpy(legacy, tmp_path / "set", pixel_range=(0, 255))
    first, second = caught.value.faults
    assert holds(first.text, "Train_Data_2_Session_1.npy", "Train_Labels_2_Session_1.npy")
    assert holds(second.text, "Valid_Labels_1_Session_1.npy", "Valid_Data_1_Session_1.npy")


def test_pairs_of_different_frame_sizes_are_a_fault_that_names_both(legacy: Path, tmp_path: Path) -> None:
    np.save(legacy / "Train_Data_2_Session_1.npy", as_matlab(FRAMES[:, :18]))
    with pytest.raises(FrameOrder) as caught:
        pyside.convert_numpy(legacy, tmp_path / "set", pixel_range=(0, 255))
    named = "Train_Data_1_Session_1.npy", "20x24x1", "Train_Data_2_Session_1.npy", "18x24x1"
    assert holds(caught.value.text, *named)


# --- .npz and HDF5 -------------------------------------------------------------------------------------------------


def write_hdf5(path: Path, track_times: bool = False, **arrays: Any) -> Path:
    """Write named datasets; h5py keeps no times, MATLAB does."""
    path.parent.mkdir(exist_ok=True)
    with h5py.File(path, "w") as file:
        for name, array in arrays.items():
            file.create_dataset(name.replace("__", "/"), data=array, track_times=track_times)
    return path


def write_archive(path: Path, **arrays: Any) -> Path:
    path.parent.mkdir(exist_ok=True)
    if path.suffix == ".npz":
        np.savez_compressed(path, **arrays)
    else:
        write_hdf5(path, **arrays)
    return path


@pytest.mark.parametrize("ending", [".npz", ".h5", ".hdf5"])
@pytest.mark.parametrize("order", ["NHW", "HWN"])
def test_one_file_with_frames_and_labels_is_read(tmp_path: Path, ending: str, order: str) -> None:
    frames = FRAMES if order == "NHW" else FRAMES.transpose(1, 2, 0)
    path = write_archive(tmp_path / "in" / f"mouse{ending}", frames=frames, labels=LABELS)
    report = from_numpy.convert_numpy(path, tmp_path / "set", {})
    assert np.array_equal(stored(tmp_path / "set")[..., 0], FRAMES)
    assert open_dataset(tmp_path / "set").table.labels.tolist() == LABELS.tolist()
    assert [one["name"] for one in report["recordings"]] == ["mouse"]


@pytest.mark.parametrize("ending", [".npz", ".h5"])
@pytest.mark.parametrize("names", [("images", "y"), ("x", "labels"), ("ximage", "ylabel"), ("a", "b")])
def test_arrays_are_found_by_usual_names_or_because_no_other_fits(
    tmp_path: Path, ending: str, names: tuple[str, str]
) -> None:
    more = {"note": np.arange(3), names[0]: FRAMES, names[1]: LABELS}
    from_numpy.convert_numpy(write_archive(tmp_path / f"m{ending}", **more), tmp_path / "set", {})
    assert np.array_equal(stored(tmp_path / "set")[..., 0], FRAMES)


def test_which_array_is_meant_can_be_said_and_must_be_where_several_fit(tmp_path: Path) -> None:
    path = write_archive(tmp_path / "m.npz", left=FRAMES, right=FRAMES[::-1], labels=LABELS)
    with pytest.raises(BadFrames) as caught:
        from_numpy.convert_numpy(path, tmp_path / "set", {})
    assert holds(caught.value.text, "left", "right", "frames_variable", "labels (30 uint8)")
    from_numpy.convert_numpy(path, tmp_path / "set", {"frames_variable": "right"})
    assert np.array_equal(stored(tmp_path / "set")[..., 0], FRAMES[::-1])
    with raises_with(BadLabels, "marks"):
        from_numpy.convert_numpy(path, tmp_path / "set", {"frames_variable": "left", "labels_variable": "marks"})


def test_a_folder_of_such_files_gives_a_recording_each_with_the_side_in_its_name(tmp_path: Path) -> None:
    write_archive(tmp_path / "in" / "train_10.npz", frames=FRAMES, labels=LABELS)
    write_archive(tmp_path / "in" / "train_2.h5", frames=FRAMES, labels=LABELS)
    write_archive(tmp_path / "in" / "valid.h5", session__frames=FRAMES, session__labels=LABELS)
    from_numpy.convert_numpy(tmp_path / "in", tmp_path / "set", {})
    recordings = open_dataset(tmp_path / "set").recordings
    assert [one.name for one in recordings] == ["train_2", "train_10", "valid"]
    assert [one.info["tags"]["side"] for one in recordings] == ["training", "training", "validation"]


def test_recordings_in_such_a_file_part_its_frames(tmp_path: Path) -> None:
    for ending in (".npz", ".h5"):
        path = write_archive(tmp_path / f"m{ending}", frames=FRAMES, labels=LABELS, recordings=np.arange(30) % 2)
        from_numpy.convert_numpy(path, tmp_path / "set", {})
        assert np.array_equal(stored(tmp_path / "set")[..., 0], np.concatenate([FRAMES[::2], FRAMES[1::2]]))


@pytest.mark.parametrize("labels", [LABELS[None], LABELS[:, None]])
@pytest.mark.parametrize("matlab_order", ["HWN", "NHW"])
def test_hdf5_files_that_matlab_wrote_have_their_axes_turned_back(
    tmp_path: Path, labels: np.ndarray, matlab_order: str
) -> None:
    in_matlab = FRAMES.transpose(1, 2, 0) if matlab_order == "HWN" else FRAMES
    path = write_hdf5(tmp_path / "m.h5", track_times=True, frames=in_matlab.T, labels=labels)
    report = from_numpy.convert_numpy(path, tmp_path / "set", {})
    assert np.array_equal(stored(tmp_path / "set")[..., 0], FRAMES)
    assert "MATLAB" in report["warnings"][0]


def test_where_it_is_not_clear_who_wrote_an_hdf5_file_it_is_asked(tmp_path: Path) -> None:
    path = write_hdf5(tmp_path / "m.h5", frames=FRAMES, labels=LABELS[:, None])
    with raises_with(FrameOrder, "NHW", "HWN", "frame_order"):
        from_numpy.convert_numpy(path, tmp_path / "set", {})
    from_numpy.convert_numpy(path, tmp_path / "set", {"frame_order": "NHW"})
    assert np.array_equal(stored(tmp_path / "set")[..., 0], FRAMES)
    from_numpy.convert_numpy(path, tmp_path / "set", {"frame_order": "HWN"})
    assert np.array_equal(stored(tmp_path / "set")[..., 0], FRAMES.transpose(0, 2, 1))


def test_who_wrote_an_hdf5_file_with_a_vector_of_labels_is_asked_where_it_notes_times(tmp_path: Path) -> None:
    for frames in (FRAMES, FRAMES[..., :22], np.stack([FRAMES] * 3, 1)):  # the last is HWCN for MATLAB
        path = write_hdf5(tmp_path / "m.h5", track_times=True, frames=frames, labels=LABELS)
        with raises_with(FrameOrder, "m.h5", "HWCN" if frames.ndim == 4 else "HWN", "frame_order"):
            from_numpy.convert_numpy(path, tmp_path / "set", {})
    path = write_hdf5(tmp_path / "m.h5", track_times=True, frames=FRAMES, labels=LABELS)
    for order, expected in (("NHW", FRAMES), ("HWN", FRAMES.transpose(0, 2, 1))):
        from_numpy.convert_numpy(path, tmp_path / "set", {"frame_order": order})
        assert np.array_equal(stored(tmp_path / "set")[..., 0], expected)


def test_as_many_frames_as_rows_and_columns_in_an_hdf5_file_that_notes_times_are_turned(tmp_path: Path) -> None:
    cube = np.random.default_rng(5).integers(0, 256, (20, 20, 20), dtype=np.uint8)
    path = write_hdf5(tmp_path / "m.h5", track_times=True, frames=cube, labels=np.arange(20) % 2)
    with raises_with(FrameOrder, "NHW", "HWN"):
        from_numpy.convert_numpy(path, tmp_path / "set", {})
    from_numpy.convert_numpy(path, tmp_path / "set", {"frame_order": "HWN"})
    assert np.array_equal(stored(tmp_path / "set")[..., 0], cube.transpose(0, 2, 1))


def test_an_hdf5_file_that_h5py_julia_or_r_may_have_written_is_warned_of_with_both_readings(tmp_path: Path) -> None:
    path = write_hdf5(tmp_path / "m.h5", frames=FRAMES, labels=LABELS)
    report = from_numpy.convert_numpy(path, tmp_path / "set", {})
    assert np.array_equal(stored(tmp_path / "set")[..., 0], FRAMES)
    assert any(holds(text, "m.h5", "NHW", "HWN", "frame_order") for text in report["warnings"])
    report = from_numpy.convert_numpy(path, tmp_path / "set", {"frame_order": "NHW"})
    assert not any("frame_order" in text for text in report["warnings"])


@pytest.mark.parametrize("writer", ["MATLAB", "R", "Julia"])
def test_an_hdf5_file_that_names_its_column_major_writer_is_turned(tmp_path: Path, writer: str) -> None:
    path = tmp_path / "m.h5"
    with h5py.File(path, "w", userblock_size=512) as file:
        file["frames"], file["labels"] = FRAMES.transpose(0, 2, 1), LABELS
        if writer != "Julia":
            file["frames"].attrs["MATLAB_class" if writer == "MATLAB" else "rhdf5-NA.OK"] = 1
    if writer == "Julia":
        with path.open("r+b") as stream:
            stream.write(b"HDF5-based Julia Data Format, version 0.1.1")
    from_numpy.convert_numpy(path, tmp_path / "set", {})
    assert np.array_equal(stored(tmp_path / "set")[..., 0], FRAMES)


def test_an_hdf5_file_of_pytables_is_read_as_numpy_wrote_it(tmp_path: Path) -> None:
    path = write_hdf5(tmp_path / "m.h5", track_times=True, frames=FRAMES, labels=LABELS)
    with h5py.File(path, "a") as file:
        file.attrs["PYTABLES_FORMAT_VERSION"] = np.bytes_("2.1")
    report = from_numpy.convert_numpy(path, tmp_path / "set", {})
    assert np.array_equal(stored(tmp_path / "set")[..., 0], FRAMES)
    assert not any("frame_order" in text for text in report["warnings"])


def test_hdf5_labels_may_be_texts(tmp_path: Path) -> None:
    texts = np.where(LABELS, "Touch", "NonTouch")
    for kind in (texts.astype(object), texts.astype("S")):
        from_numpy.convert_numpy(write_hdf5(tmp_path / "m.h5", frames=FRAMES, labels=kind), tmp_path / "set", {})
        assert open_dataset(tmp_path / "set").table.labels.tolist() == LABELS.tolist()


def test_pickles_in_an_npz_file_and_files_of_other_kinds_are_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "m.npz", frames=FRAMES, labels=np.array([{}] * 30, dtype=object))
    with raises_with(BadLabels, "m.npz"):
        from_numpy.convert_numpy(tmp_path / "m.npz", tmp_path / "set", {})
    for name in ("m.npz", "m.h5"):
        (tmp_path / name).write_bytes(b"nothing of the kind")
        with raises_with(BadFrames, name):
            from_numpy.convert_numpy(tmp_path / name, tmp_path / "set", {})


def test_what_systems_put_beside_arrays_is_not_read(tmp_path: Path) -> None:
    path = write_archive(tmp_path / "in" / "m.npz", frames=FRAMES, labels=LABELS)
    for name in ("._m.npz", "@eaDir/m.npz", "#recycle/m.npz"):
        (path.parent / name).parent.mkdir(exist_ok=True)
        (path.parent / name).write_bytes(b"no array")
    report = from_numpy.convert_numpy(tmp_path / "in", tmp_path / "set", {})
    assert [one["name"] for one in report["recordings"]] == ["m"]


def test_all_ten_types_in_both_memory_and_byte_orders_give_the_same(put: Callable[..., Path], tmp_path: Path) -> None:
    small = FRAMES // 2  # int8, too
    for name in "u1 i1 u2 i2 u4 i4 u8 i8 f4 f8".split():
        for array in (small.astype(f"<{name}"), small.astype(f">{name}", order="F")):
            from_numpy.convert_numpy(put(frames=array, labels=LABELS), tmp_path / "set", {"pixel_range": (0, 255)})
            assert np.array_equal(stored(tmp_path / "set")[..., 0], small), array.dtype


# --- faults --------------------------------------------------------------------------------------------------------


def test_cannot_find_numpy_arrays_says_folder_names_expected_and_what_was_found(
    put: Callable[..., Path], tmp_path: Path
) -> None:
    folder = put(spikes=LABELS)
    (folder / "contacts.mat").write_bytes(b"")
    with pytest.raises(PathMissing) as caught:
        pyside.convert_numpy(folder, tmp_path / "set")
    assert holds(caught.value.text, folder, "frames.npy", "labels.npy", "Train_Data_1_Session_1.npy")
    assert holds(caught.value.text, "contacts.mat", "spikes.npy")
    with raises_with(PathMissing, tmp_path / "nowhere"):
        from_numpy.convert_numpy(tmp_path / "nowhere", tmp_path / "set", {})
    with raises_with(PathMissing, folder / "spikes.npy"):
        pyside.convert_numpy(folder / "spikes.npy", tmp_path / "set")


def test_frames_without_labels_and_both_forms_at_once_are_faults(put: Callable[..., Path], tmp_path: Path) -> None:
    with raises_with(Unpaired, "frames.npy", "labels.npy"):
        pyside.convert_numpy(put(frames=FRAMES), tmp_path / "set")
    with raises_with(Unpaired, "labels.npy", "Train_Data_1.npy"):
        pyside.convert_numpy(put(labels=LABELS, Train_Data_1=FRAMES, Train_Labels_1=LABELS), tmp_path / "set")


def test_pickled_empty_cut_and_foreign_files_are_all_named(legacy: Path, tmp_path: Path) -> None:
    np.save(legacy / "Train_Data_1_Session_1.npy", np.array([{"a": 1}, None], dtype=object))
    (legacy / "Train_Data_2_Session_1.npy").write_bytes(b"")
    whole = (legacy / "Train_Data_10_Session_1.npy").read_bytes()
    (legacy / "Train_Data_10_Session_1.npy").write_bytes(whole[:-8])
    (legacy / "Valid_Labels_1_Session_1.npy").write_text("0, 1, 1")
    np.save(legacy / "Valid_Data_1_Session_1.npy", np.zeros((0, 20, 24)))
    with pytest.raises(BadFrames) as caught:
        pyside.convert_numpy(legacy, tmp_path / "set", pixel_range=(0, 255))
    assert len(caught.value.faults) == 5
    assert holds(caught.value.text, "Train_Data_1_Session_1.npy", "Valid_Data_1_Session_1.npy", "0x20x24")
    assert [type(fault) for fault in caught.value.faults].count(BadLabels) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in"]


def test_types_lengths_and_labels_are_told_together(put: Callable[..., Path], tmp_path: Path) -> None:
    folder = put(
        Train_Data_1=FRAMES * 1j,
        Train_Labels_1=LABELS,
        Train_Data_2=FRAMES,
        Train_Labels_2=LABELS[:29],
        Train_Data_3=FRAMES,
        Train_Labels_3=LABELS + 7,
    )
    with pytest.raises(TouchTrainError) as caught:
        pyside.convert_numpy(folder, tmp_path / "set")
    kinds = [type(fault) for fault in caught.value.faults]
    assert kinds == [BadFrames, LengthMismatch, BadLabels]
    for file in ("Train_Data_1.npy", "Train_Data_2.npy", "Train_Labels_3.npy"):
        assert file in caught.value.text


def test_recordings_of_another_length_or_nan_are_faults(put: Callable[..., Path], tmp_path: Path) -> None:
    with raises_with(LengthMismatch, "recordings.npy", 29):
        pyside.convert_numpy(put(frames=FRAMES, labels=LABELS, recordings=LABELS[:29]), tmp_path / "set")
    with raises_with(BadLabels, "recordings.npy", "NaN"):
        pyside.convert_numpy(put(recordings=np.full(30, np.nan)), tmp_path / "set")


def test_nan_among_the_frames_names_file_and_frame(put: Callable[..., Path], tmp_path: Path) -> None:
    holed = FRAMES / 255
    holed[17, 3, 3] = np.nan
    with raises_with(BadFrames, "frames.npy", 17, "NaN"):
        pyside.convert_numpy(put(frames=holed, labels=LABELS), tmp_path / "set", pixel_range=(0, 1))
    assert not (tmp_path / "set").exists()


def test_too_wide_a_range_is_warned_of(put: Callable[..., Path], tmp_path: Path) -> None:
    report = pyside.convert_numpy(put(frames=FRAMES / 255, labels=LABELS), tmp_path / "set", pixel_range=(0, 255))
    assert any(holds(text, "pixel_range", "1 of 255", "[0 255]") for text in report["warnings"])


def test_damaged_heads_give_an_error_of_ours_or_a_dataset(put: Callable[..., Path], tmp_path: Path) -> None:
    folder = put(frames=FRAMES, labels=LABELS)
    rng = np.random.default_rng(3)
    for name in ("frames.npy", "labels.npy"):
        whole = np.frombuffer((folder / name).read_bytes(), np.uint8)
        for _ in range(60):
            damaged = whole.copy()
            damaged[rng.integers(0, 90, 2)] = rng.integers(32, 127, 2)
            (folder / name).write_bytes(damaged.tobytes())
            with contextlib.suppress(TouchTrainError):
                from_numpy.convert_numpy(folder, tmp_path / "set", {})
        (folder / name).write_bytes(whole.tobytes())


@pytest.mark.parametrize("name", ["frames.npy", "labels.npy", "m.npz", "m.h5"])
def test_damaged_files_give_an_error_of_ours_or_a_dataset(put: Callable[..., Path], tmp_path: Path, name: str) -> None:
    folder = put(frames=FRAMES, labels=LABELS)
    if name[0] == "m":
        folder = write_archive(tmp_path / "archive" / name, frames=FRAMES, labels=LABELS).parent
    whole = (folder / name).read_bytes()

    @settings(max_examples=10 if name == "m.h5" else 60, deadline=None)  # each HDF5 file is tried in a process
    @given(cut=st.booleans(), place=st.floats(0, 1, exclude_max=True), bits=st.integers(1, 255), in_head=st.booleans())
    def damage(cut: bool, place: float, bits: int, in_head: bool) -> None:
        damaged = bytearray(whole)
        at = int(place * min(len(whole), 2048 if in_head else len(whole)))
        damaged[at] ^= bits
        (folder / name).write_bytes(bytes(damaged[:at] if cut else damaged))
        with contextlib.suppress(TouchTrainError):
            from_numpy.convert_numpy(folder, tmp_path / "set", {})

    damage()


@pytest.mark.parametrize("contrast", ["stretch", "equalize"])
def test_contrast_is_adjusted_and_told_in_the_dataset(put: Callable[..., Path], tmp_path: Path, contrast: str) -> None:
    from_numpy.convert_numpy(put(frames=FRAMES // 2, labels=LABELS), tmp_path / "set", {"contrast": contrast})
    assert np.array_equal(stored(tmp_path / "set"), adjust_contrast(FRAMES[..., None] // 2, contrast))
    assert open_dataset(tmp_path / "set").info["contrast"] == contrast


# --- again ---------------------------------------------------------------------------------------------------------


def test_equal_files_give_equal_bytes_wherever_they_lie(legacy: Path, tmp_path: Path) -> None:
    pyside.convert_numpy(legacy, tmp_path / "set", pixel_range=(0, 255))
    legacy.rename(tmp_path / "moved")
    pyside.convert_numpy(tmp_path / "moved", tmp_path / "again", pixel_range=(0, 255))
    assert bytes_of(tmp_path / "set") == bytes_of(tmp_path / "again")
    assert str(tmp_path) not in (tmp_path / "set" / "dataset.json").read_text()


def test_a_conversion_that_was_stopped_goes_on_and_gives_the_same(legacy: Path, tmp_path: Path) -> None:
    options = {"pixel_range": (0, 255)}
    pyside.convert_numpy(legacy, tmp_path / "set", **options)
    asked = iter([False, False, True])
    with pytest.raises(Interrupted):
        from_numpy.convert_numpy(legacy, tmp_path / "again", options, should_stop=lambda: next(asked))
    done = unfinished(tmp_path / "again") / "Train_2_Session_1.frames.npy"
    written = done.stat().st_mtime_ns
    from_numpy.convert_numpy(legacy, tmp_path / "again", options)
    assert (tmp_path / "again" / done.name).stat().st_mtime_ns == written
    assert bytes_of(tmp_path / "again") == bytes_of(tmp_path / "set")


def test_a_file_that_changed_is_converted_anew(legacy: Path, tmp_path: Path) -> None:
    options = {"pixel_range": (0, 255)}
    asked = iter([False, False, True])
    with pytest.raises(Interrupted):
        from_numpy.convert_numpy(legacy, tmp_path / "set", options, should_stop=lambda: next(asked))
    np.save(legacy / "Train_Data_1_Session_1.npy", as_matlab(FRAMES[::-1]))
    pyside.convert_numpy(legacy, tmp_path / "set", **options)
    assert np.array_equal(open_dataset(tmp_path / "set").recordings[0].frames[..., 0], FRAMES[::-1])


# --- what a person sees --------------------------------------------------------------------------------------------


def test_progress_names_the_recordings_and_ends_with_all_frames(legacy: Path, tmp_path: Path) -> None:
    records: list[dict[str, Any]] = []
    from_numpy.convert_numpy(legacy, tmp_path / "set", {"pixel_range": (0, 255)}, records.append)
    assert records[0] == {"stage": "checking"}
    said = records[1]["said"][0]
    assert holds(said, "Train_1_Session_1", "Train_Data_1_Session_1.npy", 30, "NonTouch", 20, "Touch", 10)
    last = records[-1]
    assert (last["recording"], last["recordings"], last["frames_done"], last["frames"]) == (4, 4, 120, 120)


def test_a_check_tells_what_will_come_of_it_and_writes_nothing(legacy: Path, tmp_path: Path) -> None:
    report = from_numpy.convert_numpy(legacy, tmp_path / "set", {"pixel_range": (0, 255), "check": True})
    assert (report["well"], report["frames"], report["image_shape"]) == (True, 120, [20, 24, 1])
    assert report["counts"] == {"NonTouch": 80, "Touch": 40}
    assert report["tags"] == {
        "side": {"training": {"NonTouch": 60, "Touch": 30}, "validation": {"NonTouch": 20, "Touch": 10}}
    }
    assert report["seconds"] > 0 and report["bytes"] == 120 * 480
    report = from_numpy.convert_numpy(legacy, tmp_path / "set", {"check": True})
    assert report["well"] and any(holds(text, "pixel_range", 255) for text in report["warnings"])
    np.save(legacy / "Valid_Data_1_Session_1.npy", FRAMES / 255)
    report = from_numpy.convert_numpy(legacy, tmp_path / "set", {"check": True})
    assert [fault["identifier"] for fault in report["faults"]] == ["TouchTrain:PixelRange"]
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


def test_frames_that_are_left_out_are_told_with_the_reason(put: Callable[..., Path], tmp_path: Path) -> None:
    labels = LABELS.astype(float)
    labels[4:7] = np.nan
    report = from_numpy.convert_numpy(put(frames=FRAMES, labels=labels), tmp_path / "set", {})
    assert report["left_out_why"] == {"by_label": 3}


def test_the_command_line_answers_in_json(legacy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["convert", "numpy", str(legacy), str(tmp_path / "set"), "--json"]
    whole = legacy / "Train_Data_1_Session_1.npy"
    np.save(whole, FRAMES / 255)
    assert main(arguments) == 1
    assert json.loads(capsys.readouterr().out)["error"]["identifier"] == "TouchTrain:PixelRange"
    np.save(whole, as_matlab(FRAMES))
    assert main([*arguments, "--pixel-range", "0,255"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["frames"], report["image_shape"]) == (120, [20, 24, 1])


# --- what may not be read, leads elsewhere, or is written in two ways -----------------------------------------------


def test_files_and_folders_that_may_not_be_read_are_told(
    legacy: Path, tmp_path: Path, bound_by_permissions: None
) -> None:
    files = [legacy / "Train_Data_1_Session_1.npy", legacy / "Train_Labels_2_Session_1.npy"]
    with locked(*files), pytest.raises(NotReadable) as caught:
        pyside.convert_numpy(legacy, tmp_path / "set")
    assert {Path(fault.of) for fault in caught.value.faults} == {*files}
    with locked(legacy), pytest.raises(NotReadable):
        pyside.convert_numpy(legacy, tmp_path / "set")


def test_the_same_fault_of_all_files_is_told_once(legacy: Path, tmp_path: Path) -> None:
    for file in legacy.glob("Train_Data*"):
        file.write_bytes(b"?")
    with raises_with(BadFrames, 3, 8) as caught:
        pyside.convert_numpy(legacy, tmp_path / "set")
    assert len(caught.value.faults) == 3


@with_links
def test_arrays_that_are_links_out_of_their_folder_are_named(legacy: Path, tmp_path: Path) -> None:
    name = "Train_Data_2_Session_1.npy"
    (legacy / name).rename(tmp_path / name)
    (legacy / name).symlink_to(tmp_path / name)
    report = pyside.convert_numpy(legacy, tmp_path / "set", pixel_range=(0, 255))
    assert any(f"{name} -> {tmp_path / name}" in text for text in report["warnings"])


@with_odd_names
def test_pairs_find_each_other_and_recordings_are_one_in_whichever_way_a_name_is_written(
    put: Callable[..., Path], tmp_path: Path
) -> None:
    folder = put(**{f"Train_Data_{COMPOSED}": FRAMES, f"Train_Labels_{DECOMPOSED}": LABELS})
    put(**{f"Train_Data_{ODD}": FRAMES[::-1], f"Train_Labels_{ODD}": LABELS})
    report = pyside.convert_numpy(folder, tmp_path / "set")
    assert {one["name"] for one in report["recordings"]} == {f"Train_{COMPOSED}", "Train_ma%DFe"}
    for file in folder.iterdir():
        file.unlink()
    put(frames=FRAMES, labels=LABELS, recordings=[COMPOSED, DECOMPOSED] * 15)
    assert len(pyside.convert_numpy(folder, tmp_path / "set2")["recordings"]) == 1


def test_after_a_full_disk_only_the_room_for_what_is_still_to_be_written_is_asked_for(
    put: Callable[..., Path], small_disk: Path
) -> None:
    frames = RNG.integers(0, 256, (900, 32, 32), dtype=np.uint8)  # 0.92 MB
    labels = np.arange(900) % 2
    data = {f"Train_{what}_{n}": array for n in (1, 2) for what, array in (("Data", frames + n), ("Labels", labels))}
    source, filler = put(**data), small_disk / "filler"

    def fill(record: dict[str, Any]) -> None:
        if record["stage"] == "converting" and not filler.exists():
            filler.write_bytes(bytes(2**19))

    with raises_with(DiskFull, "Train_2.frames.npy"):
        from_numpy.convert_numpy(source, small_disk / "set", {}, fill)
    with raises_with(DiskFull, small_disk / "set") as caught:
        from_numpy.convert_numpy(source, small_disk / "set", {})
    assert len(re.findall(r"\b0\.\d\d MB", caught.value.text)) == 2  # what is needed and what is free
    filler.unlink()
    from_numpy.convert_numpy(source, small_disk / "set", {})
    labels[:] = 1 - labels
    put(Train_Labels_2=labels)
    from_numpy.convert_numpy(source, small_disk / "set", {})  # 0.2 MB are free, but no frame is written anew
    opened = open_dataset(small_disk / "set")
    assert [int(one.labels[0]) for one in opened.recordings] == [0, 1]
    with pytest.raises(DiskFull):
        from_numpy.convert_numpy(source, small_disk / "set", {"contrast": "stretch"})
