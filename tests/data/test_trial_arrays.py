"""Saved arrays of trials: plain structs, objects, and what they give to a conversion."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.io import savemat

from pyside.bridge.engine import unpack_trial_array
from pyside.data import mat_files, trial_arrays
from pyside.data.trial_arrays import NeedsMatlab
from pyside.errors import BadLabels, EngineMissing, PathMissing

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "mat"


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


def test_files_without_trials_and_with_several_are_told(tmp_path: Path) -> None:
    savemat(tmp_path / "a.mat", {"x": np.arange(3.0), "text": "word"})
    with pytest.raises(BadLabels, match=r"no array of trials.*x \(numbers\), text \(text\)"):
        unpack_trial_array(tmp_path / "a.mat")
    savemat(tmp_path / "b.mat", {"A": cell([trial(1)]), "B": cell([trial(2)])})
    with pytest.raises(BadLabels, match="several arrays of trials: A, B"):
        unpack_trial_array(tmp_path / "b.mat")
    assert unpack_trial_array(tmp_path / "b.mat", "B").videos == ["whisker002.mp4"]
    with pytest.raises(BadLabels, match="no variable C. It has: A, B"):
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
    with pytest.raises(NeedsMatlab, match="objects of the class Lab.Trial.*class_folder"):
        trial_arrays.read(tmp_path / "a.mat")


@pytest.mark.skipif(not SHARED.is_dir(), reason="there are no files saved by MATLAB here")
@pytest.mark.parametrize("name", ["test_user_defined_v7.mat", "test_user_defined_v73.mat"])
def test_objects_that_matlab_saved_without_a_trial_in_them_need_matlab(name: str) -> None:
    held = mat_files.read_mat(SHARED / name)
    variable = next(one for one, value in held.items() if isinstance(value, mat_files.Object))
    with pytest.raises(NeedsMatlab, match=held[variable].class_name):
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
