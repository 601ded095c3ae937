"""Which frame of its video each sample of a trial is, from vectors, files and arrays of trials."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.io import savemat

from pyside.data.formats import mat_files
from pyside.data.recordings.trials.frame_maps import NO_FRAME, FrameMaps, frame_maps
from pyside.errors import BadOption, PathMissing
from tests.conftest import raises_with

NAN = float("nan")


def cell(*items: Any) -> np.ndarray:
    made = np.empty((1, len(items)), object)
    made[0, :] = items
    return made


def frames(maps: FrameMaps, trial: int | None, cell_number: int = 0, rate: float | None = None) -> list[int] | None:
    found = maps.of(trial, cell_number, rate)
    assert found is None or found.dtype == np.int64
    return None if found is None else found.tolist()


@pytest.mark.parametrize("first", [0, 1])
def test_a_list_has_one_vector_per_cell(first: int) -> None:
    given = [np.array([[0, 1, 3]]) + first, None, np.zeros((0, 0)), np.array([[0], [5]], np.uint8) + first]
    maps = frame_maps(given, first)
    assert [frames(maps, 9, place) for place in range(5)] == [[0, 1, 3], None, None, [0, 5], None]


def test_a_dict_has_one_vector_per_trial_number() -> None:
    maps = frame_maps({12: [0, 2, 4], "300": np.array([7.0, NAN, 8])})
    assert frames(maps, 12) == [0, 2, 4]
    assert frames(maps, 300) == [7, NO_FRAME, 8]
    assert frames(maps, 13) is None and frames(maps, None) is None


def test_samples_without_a_frame_are_nan_or_minus_one() -> None:
    assert frames(frame_maps([np.array([NAN, 1, -1, 2])], 1), None) == [NO_FRAME, 0, NO_FRAME, 1]
    assert frames(frame_maps([np.array([NAN, 0, -1, 2])], 0), None) == [NO_FRAME, 0, NO_FRAME, 2]
    as_json = [{"trialNum": 7, "frames": [None, 1, 2]}]
    assert frames(frame_maps(as_json, 1), 7) == [NO_FRAME, 0, 1]


@given(st.lists(st.one_of(st.none(), st.integers(0, 5000)), min_size=1, max_size=40), st.sampled_from([90.5, 500, 1e3]))
@settings(deadline=None, max_examples=60)
def test_times_are_the_frames_that_they_were_made_of(numbers: list[int | None], rate: float) -> None:
    times = np.array([NAN if number is None else number / rate for number in numbers])
    maps = frame_maps({3: np.append(times, 1 / rate)})  # a fraction, by which times are known
    found = frames(maps, 3, 0, rate)
    assert found is not None
    assert found[:-1] == [NO_FRAME if number is None else number for number in numbers]


def test_times_need_the_frame_rate_and_fit_no_other() -> None:
    maps = frame_maps({3: np.arange(10) / 500})
    assert frames(maps, 3, 0, 500.0) == [*range(10)]
    with raises_with(BadOption, "trial 3", "frame_rate"):
        maps.of(3, 0, None)
    with raises_with(BadOption, "trial 3", 30, "frame_rate"):
        maps.of(3, 0, 30.0)


def test_structs_with_trial_numbers_are_maps_too() -> None:
    given = [{"trialNum": np.array([[4.0]]), "frames": np.array([[1.0, 3]])}, {"trialNum": 7, "frames": [2, 3]}]
    maps = frame_maps(given, 1)
    assert (frames(maps, 4), frames(maps, 7)) == ([0, 2], [1, 2])


@pytest.mark.parametrize("name", ["frameMap", "whatever"])
def test_a_file_counts_from_one(tmp_path: Path, name: str) -> None:
    savemat(tmp_path / "map.mat", {name: cell(np.array([[1.0, 2.0]]), np.zeros((0, 0))), "n": 3.0})
    maps = frame_maps(tmp_path / "map.mat", 0)
    assert (frames(maps, None, 0), frames(maps, None, 1)) == ([0, 1], None)


@pytest.mark.parametrize("nested", [True, False])
def test_the_times_of_an_array_of_trials_are_a_map(tmp_path: Path, nested: bool) -> None:
    def trial(number: float, times: Any) -> dict[str, Any]:
        timed = {"time": cell(times, times)}
        return {"trialNum": number, **({"whiskerTrial": timed} if nested else timed)}

    array = cell(trial(300, np.array([[0, 0.004, 0.006]])), np.zeros((0, 0)), trial(5, np.array([[0.002, NAN]])))
    savemat(tmp_path / "trials.mat", {"T": {"trials": array, "mouse": "an1"}})
    for path in (tmp_path / "trials.mat", str(tmp_path / "trials.mat")):
        maps = frame_maps(path)
        assert frames(maps, 300, 0, 500.0) == [0, 2, 3]
        assert frames(maps, 5, 0, 500.0) == [1, NO_FRAME]
        assert frames(maps, 6, 0, 500.0) is None


@pytest.mark.parametrize(
    ("given", "first", "facts"),
    [
        ([[0, 1]], 1, ("cell 1", 0)),
        ([[2, 1], [1, -2]], 1, ("cell 2", -2)),
        ([[1, 2], ["a", "b"]], 1, ("frame_map",)),
        ([[0.5, -1]], 0, ("cell 1", -1)),
        ([[1, float("inf")]], 1, ("cell 1", "inf")),
        ({"a": [1, 2]}, 1, ("frame_map",)),
        ({3: "text"}, 1, ("trial 3",)),
        ([], 1, ("frame_map",)),
        ([1, 2, 3], 1, ("frame_map",)),
        ([np.zeros((2, 2))], 1, ("frame_map",)),
        ([{"trialNum": 3, "frames": [1, 2]}] * 2, 1, ("trial 3",)),
        ([np.array([[True, False]])], 1, ("cell 1",)),
    ],
)
def test_what_is_no_map_is_told(given: Any, first: int, facts: tuple[Any, ...]) -> None:
    with raises_with(BadOption, *facts):
        frame_maps(given, first)


def test_times_that_only_matlab_can_compute_are_given_as_a_variable_there(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bare = [mat_files.Object("Lab.Trial", {"handle_": 3.0})]
    monkeypatch.setattr(mat_files, "read_mat", lambda path: {"array": bare})
    with raises_with(BadOption, "Lab.Trial", "MATLAB", "frame_map"):
        frame_maps(tmp_path / "a.mat")


def test_all_faults_are_told_at_once() -> None:
    with raises_with(BadOption, "cell 1", "cell 3") as caught:
        frame_maps([[0, 1], [1, 2], [-7, 1]], 1)
    assert len(caught.value.faults) == 2


def test_a_file_without_a_map_is_told(tmp_path: Path) -> None:
    with pytest.raises(PathMissing):
        frame_maps(tmp_path / "none.mat")
    savemat(tmp_path / "a.mat", {"x": 3.0})
    with raises_with(BadOption, "a.mat", "x"):
        frame_maps(tmp_path / "a.mat")
    savemat(tmp_path / "b.mat", {"x": cell(np.ones((1, 2))), "y": cell(np.ones((1, 2)))})
    with raises_with(BadOption, "b.mat", "x", "y"):
        frame_maps(tmp_path / "b.mat")
    savemat(tmp_path / "c.mat", {"T": cell({"video": "a.mp4", "time": np.array([[0, 0.1]])})})
    with raises_with(BadOption, "c.mat", "trial number"):
        frame_maps(tmp_path / "c.mat")
