"""Centres come from options, .mat, .npy and .bar files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import scipy.io

from pyside.data.recordings.regions.center_files import FrameCenters
from pyside.data.recordings.regions.centers import center_entries
from pyside.errors import BadOption, PathMissing
from tests.conftest import raises_with
from tests.data.recordings.regions.test_center_files import bar_file


def save_cell(path: Path, name: str, items: list[Any]) -> Path:
    cell = np.empty((1, len(items)), object)
    cell[0] = items
    scipy.io.savemat(path, {name: cell})
    return path


def test_a_folder_has_one_file_a_video_paired_by_name(tmp_path: Path) -> None:
    for name in ("trial2", "trial1"):
        bar_file(tmp_path / "bars" / f"{name}.bar")
    (tmp_path / "bars" / "notes.txt").touch()
    entries, first = center_entries(tmp_path / "bars", 2, 1)
    assert isinstance(entries, dict) and list(entries) == ["trial1", "trial2"] and first == 0
    assert all(isinstance(value, FrameCenters) for value in entries.values())


def test_a_list_or_dict_may_name_files(tmp_path: Path) -> None:
    paths = [bar_file(tmp_path / "one" / "a.bar"), bar_file(tmp_path / "two" / "a.bar", "0 1 2\n")]
    listed, first = center_entries([str(path) for path in paths], 2, 1)
    assert isinstance(listed, list) and [value.centers[0, 0] for _, value in listed] == [238.5, 1] and first == 0
    named, _ = center_entries({"x.mp4": paths[1], "y.mp4": str(paths[0])}, 2, 1)
    assert isinstance(named, dict) and [value.centers[0, 0] for value in named.values()] == [1, 238.5]


def test_mat_and_npy_files_count_in_their_own_way(tmp_path: Path) -> None:
    save_cell(tmp_path / "a.mat", "centers", [np.array([[3.0, 4.0]]), np.array([[5.0, 6.0]])])
    entries, first = center_entries(tmp_path / "a.mat", 2, 0)
    assert first == 1 and [value.tolist() for _, value in entries] == [[[3, 4]], [[5, 6]]]
    np.save(tmp_path / "a.npy", np.array([3, 4]))
    entries, first = center_entries(tmp_path / "a.npy", 1, 1)
    assert first == 0 and entries[0][1].tolist() == [[3, 4]]  # type: ignore[index]


def test_numbers_may_be_one_for_all_one_a_video_or_one_a_frame() -> None:
    assert center_entries(None, 3, 0) == ([("", None)], 0)
    assert [value.tolist() for _, value in center_entries((3, 4), 3, 1)[0]] == [[[3, 4]]]
    rows = center_entries(np.array([[1, 2], [3, 4], [5, 6]]), 3, 1)[0]
    assert [value.tolist() for _, value in rows] == [[[1, 2]], [[3, 4]], [[5, 6]]]
    frames = center_entries(np.zeros((50, 2)), 1, 1)[0]
    assert [value.shape for _, value in frames] == [(50, 2)]


def test_faults_of_several_files_are_told_at_once(tmp_path: Path) -> None:
    bar_file(tmp_path / "a.bar", "no")
    bar_file(tmp_path / "b.bar", "")
    save_cell(tmp_path / "c.mat", "centers", [np.array([[3.0, 4.0]])])
    with raises_with(BadOption, "a.bar", "b.bar", ".mat") as caught:
        center_entries(tmp_path, 3, 0)
    assert len(caught.value.faults) == 3


def test_a_folder_without_centres_or_with_two_for_one_video_is_told(tmp_path: Path) -> None:
    with raises_with(BadOption, tmp_path):
        center_entries(tmp_path, 1, 0)
    bar_file(tmp_path / "a.bar")
    np.save(tmp_path / "a.npy", np.array([3, 4]))
    with raises_with(BadOption, "a.bar", "a.npy"):
        center_entries(tmp_path, 1, 0)
    with raises_with(PathMissing, "nowhere.bar"):
        center_entries(tmp_path / "nowhere.bar", 1, 0)


def test_files_of_one_video_each_can_be_read_when_they_are_needed(tmp_path: Path) -> None:
    bar_file(tmp_path / "bars" / "a.bar")
    bar_file(tmp_path / "bars" / "b.bar", "no")
    entries, first = center_entries(tmp_path / "bars", 2, 1, lazy=True)
    assert isinstance(entries, dict) and first == 0
    assert entries["a"].read().frames.tolist() == [0, 1, 3]
    with raises_with(BadOption, "b.bar"):
        entries["b"].read()
