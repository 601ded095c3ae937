"""Saved arrays of trials: plain structs, objects, and what they give to a conversion."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from scipy.io import savemat

import pyside
from pyside.bridge.engine import unpack_trial_array
from pyside.data.formats import mat_files
from pyside.data.recordings.trials import trial_arrays
from pyside.data.recordings.trials.trial_arrays import NeedsMatlab
from pyside.errors import BadLabels, EngineMissing, PathMissing
from tests.conftest import raises_with
from tests.data.conftest import WriteVideo, numbered_frames

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data" / "mat"


def trial(number: int, frames: int = 5) -> dict[str, Any]:
    """One trial as a lab's class has it, counted from 1."""
    rng = np.random.default_rng(number)
    positions = np.column_stack([np.arange(1, frames + 1), rng.uniform(100, 200, (frames, 2))])
    return {
        "trialNum": float(number),
        "trackerFileName": f"/videos/whisker{number:03d}.mp4",
        "barPos": positions,
        "distanceToPoleCenter": rng.uniform(0, 30, frames),
        "pinDescentOnsetTime": 0.5,
        "pinAscentOnsetTime": 2.0 + number,
    }


def cell(items: list[Any]) -> np.ndarray:
    made = np.empty((1, len(items)), object)
    made[0, :] = items
    return made


@pytest.mark.parametrize("form", ["cell", "struct array", "in a struct"])
def test_plain_structs_are_unpacked(tmp_path: Path, form: str) -> None:
    trials = [trial(number) for number in (1, 2, 3)]
    array = cell(trials)
    if form == "struct array":
        array = np.array([tuple(one.values()) for one in trials], dtype=[(name, object) for name in trials[0]])
    savemat(
        tmp_path / "array.mat", {"T": {"trials": array, "mouse": "an1"} if form == "in a struct" else array, "n": 3.0}
    )
    found = unpack_trial_array(tmp_path / "array.mat")
    assert found.videos == ["whisker001.mp4", "whisker002.mp4", "whisker003.mp4"]
    assert [one.trial_number for one in found.trials] == [1, 2, 3]
    assert [(one.pole_up, one.pole_down) for one in found.trials] == [(0.5, 3.0), (0.5, 4.0), (0.5, 5.0)]
    second = found.centers["whisker002.mp4"]
    assert np.allclose(second, trials[1]["barPos"][:, 1:] - 1)  # MATLAB counts pixels from 1
    assert np.allclose(found.frame_values["whisker003.mp4"], trials[2]["distanceToPoleCenter"])


def test_a_file_of_version_73_is_unpacked(tmp_path: Path) -> None:
    write_v73(tmp_path / "a.mat", {"T": trial(1)})
    found = unpack_trial_array(tmp_path / "a.mat")
    assert found.videos == ["whisker001.mp4"] and found.trials[0].pole_down == 3.0
    assert np.allclose(found.centers["whisker001.mp4"], trial(1)["barPos"][:, 1:] - 1)


def write_v73(path: Path, structs: dict[str, dict[str, Any]]) -> None:
    """Write structs of numbers and texts as MATLAB's version 7.3 does, which is HDF5 behind a header."""
    with h5py.File(path, "w", userblock_size=512) as file:
        for name, struct in structs.items():
            group = file.create_group(name)
            group.attrs["MATLAB_class"] = np.bytes_("struct")
            for field, value in struct.items():
                is_text = isinstance(value, str)
                data = np.array([[ord(letter)] for letter in value], np.uint16) if is_text else np.atleast_2d(value).T
                group[field] = data
                group[field].attrs["MATLAB_class"] = np.bytes_("char" if is_text else "double")
                if is_text:
                    group[field].attrs["MATLAB_int_decode"] = np.int32(2)
    header = b"MATLAB 7.3 MAT-file, Platform: GLNXA64, HDF5 schema 1.00 .".ljust(124) + b"\x00\x02IM"
    with path.open("r+b") as opened:
        opened.write(header)


@pytest.mark.parametrize("first", [0, 1])
def test_rows_that_begin_with_frame_0_count_pixels_from_0_too(tmp_path: Path, first: int) -> None:
    rows = np.array([[0.0, 10, 20], [1, 11, 21]]) + first
    savemat(tmp_path / "a.mat", {"T": cell([{"videoName": "v.mp4", "barPos": rows}])})
    assert np.array_equal(unpack_trial_array(tmp_path / "a.mat").centers["v.mp4"], [[10, 20], [11, 21]])


@pytest.mark.parametrize("rows", [np.ones((3, 4)), [[0.5, 1, 1]], [[np.nan, 1, 1]], [[-1.0, 1, 1]], [[1e12, 1, 1]]])
def test_bar_positions_that_are_none_are_told_with_their_trial(tmp_path: Path, rows: Any) -> None:
    savemat(tmp_path / "a.mat", {"T": cell([trial(1), {**trial(2), "barPos": rows}])})
    with raises_with(BadLabels, "T", 2):
        unpack_trial_array(tmp_path / "a.mat")


def test_a_text_where_bar_positions_may_be_is_left_out(tmp_path: Path) -> None:
    savemat(tmp_path / "a.mat", {"T": cell([{"videoName": "v.mp4", "bar": "v.bar"}])})
    assert unpack_trial_array(tmp_path / "a.mat").centers == {}


def test_rows_of_some_frames_leave_the_others_without_a_centre(tmp_path: Path) -> None:
    savemat(tmp_path / "a.mat", {"T": cell([{"videoName": "v.mp4", "bar": np.array([[2.0, 10, 20], [4, 30, 40]])}])})
    found = unpack_trial_array(tmp_path / "a.mat").centers["v.mp4"]
    assert np.array_equal(found, [[np.nan, np.nan], [9, 19], [np.nan, np.nan], [29, 39]], equal_nan=True)


def test_what_is_left_empty_is_none(tmp_path: Path) -> None:
    empty = {"videoName": "", "barPos": np.zeros((0, 3)), "trialNum": np.zeros((0, 0)), "poleUpTime": 1.0}
    savemat(tmp_path / "a.mat", {"T": cell([empty, trial(2)])})
    found = unpack_trial_array(tmp_path / "a.mat")
    assert found.trials[0] == trial_arrays.Trial(pole_up=1.0)
    assert found.videos == ["whisker002.mp4"]


def test_missing_strings_and_times_are_none(tmp_path: Path) -> None:
    matio = pytest.importorskip("matio")
    absent = np.array([[np.nan]], np.dtypes.StringDType(na_object=np.nan))
    lacking = {"videoName": absent, "trialNum": np.nan, "poleUpTime": np.array([[2]], "m8[s]")}
    matio.save_to_mat(tmp_path / "a.mat", {"T": cell([lacking, trial(2)])}, version="v7")
    found = unpack_trial_array(tmp_path / "a.mat")
    assert found.trials[0] == trial_arrays.Trial() and found.videos == ["whisker002.mp4"]


def test_files_without_trials_and_with_several_are_told(tmp_path: Path) -> None:
    savemat(tmp_path / "a.mat", {"x": np.arange(3.0), "text": "word"})
    with raises_with(BadLabels, "x", "text"):
        unpack_trial_array(tmp_path / "a.mat")
    savemat(tmp_path / "b.mat", {"A": cell([trial(1)]), "B": cell([trial(2)])})
    with raises_with(BadLabels, "A", "B"):
        unpack_trial_array(tmp_path / "b.mat")
    assert unpack_trial_array(tmp_path / "b.mat", "B").videos == ["whisker002.mp4"]
    with raises_with(BadLabels, "C", "A", "B"):
        unpack_trial_array(tmp_path / "b.mat", "C")
    with pytest.raises(PathMissing):
        unpack_trial_array(tmp_path / "c.mat")


def test_objects_are_read_by_what_is_stored_of_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A stand-in for the reader: what it gives of objects that MATLAB saved is tried in test_mat_files.py."""
    objects = [mat_files.Object("Lab.Trial", trial(number)) for number in (1, 2)]
    monkeypatch.setattr(
        mat_files, "read_mat", lambda path: {"array": mat_files.Object("Lab.Array", {"trials": objects})}
    )
    assert trial_arrays.read(tmp_path / "a.mat").videos == ["whisker001.mp4", "whisker002.mp4"]
    bare = [mat_files.Object("Lab.Trial", {"handle_": 3.0})]
    monkeypatch.setattr(mat_files, "read_mat", lambda path: {"array": bare})
    with raises_with(NeedsMatlab, "Lab.Trial", "class_folder"):
        trial_arrays.read(tmp_path / "a.mat")
    monkeypatch.setattr(mat_files, "read_mat", lambda path: {"array": mat_files.Unreadable("Lab.Trial"), "n": 1})
    with raises_with(NeedsMatlab, "array", "Lab.Trial", "class_folder"):
        trial_arrays.read(tmp_path / "a.mat")
    monkeypatch.setattr(mat_files, "read_mat", lambda path: {"f": mat_files.Unreadable("function_handle")})
    with raises_with(BadLabels, "a.mat"):
        trial_arrays.read(tmp_path / "a.mat")


def test_a_file_that_cannot_be_read_here_is_for_a_matlab_that_is_at_hand(tmp_path: Path) -> None:
    (tmp_path / "a.mat").write_bytes(b"none of ours")
    with raises_with(BadLabels, "a.mat"):
        trial_arrays.read(tmp_path / "a.mat")
    with pytest.raises(NeedsMatlab):
        trial_arrays.read(tmp_path / "a.mat", wholly=True)


def test_what_is_unpacked_is_what_a_conversion_takes(tmp_path: Path, write_video: WriteVideo) -> None:
    write_video("whisker001.mp4", numbered_frames(5, 60, 80))
    one = trial(1)
    one["barPos"][:, 1:] = 31
    one["distanceToPoleCenter"] = np.arange(5.0)
    savemat(tmp_path / "a.mat", {"T": cell([one])})
    found = unpack_trial_array(tmp_path / "a.mat")
    report = pyside.convert_videos(
        tmp_path,
        [0, 1, 0, 1, 1],
        tmp_path / "set",
        centers=found.centers,
        roi=21,
        frame_values=found.frame_values,
        exclude_above=2,
    )
    assert report["frames"] == 3


@pytest.mark.skipif(not SHARED.is_dir(), reason="there are no files saved by MATLAB here")
@pytest.mark.parametrize("name", ["test_user_defined_v7.mat", "test_user_defined_v73.mat"])
def test_objects_that_matlab_saved_without_a_trial_in_them_need_matlab(name: str) -> None:
    held = mat_files.read_mat(SHARED / name)
    variable = next(one for one, value in held.items() if isinstance(value, mat_files.Object))
    with raises_with(NeedsMatlab, held[variable].class_name):
        unpack_trial_array(SHARED / name, variable)
    with pytest.raises(EngineMissing):  # there is no MATLAB here
        unpack_trial_array(SHARED / name, variable, class_folder=SHARED)


def test_what_matlab_wrote_as_json_is_taken() -> None:
    items = [{**trial(1), "barPos": trial(1)["barPos"].tolist(), "distanceToPoleCenter": [1.0, None]}]
    found = trial_arrays.from_json(json.dumps(items), Path("a.mat"))
    assert found.videos == ["whisker001.mp4"]
    assert np.array_equal(found.frame_values["whisker001.mp4"], [1.0, np.nan], equal_nan=True)
    with pytest.raises(BadLabels):
        trial_arrays.from_json("[]", Path("a.mat"))
