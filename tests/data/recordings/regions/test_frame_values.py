"""Values of frames come from options, .mat, .npy and CSV files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pyside.data.recordings.regions.frame_values import frame_values
from pyside.errors import BadOption, TouchTrainError
from tests.conftest import raises_with
from tests.data.recordings.regions.test_centers import save_cell


def values_of(value: Any, n_videos: int = 2) -> Any:
    entries = frame_values(value, n_videos)
    if isinstance(entries, dict):
        return {name: vector.tolist() for name, vector in entries.items()}
    return [vector.tolist() for _, vector in entries]


def test_values_are_one_vector_a_video(tmp_path: Path) -> None:
    assert values_of([1, 2, 3], 1) == [[1, 2, 3]]
    assert values_of([[1, 2, 3]], 1) == [[1, 2, 3]]
    assert values_of([[1, 2], np.array([[3.0], [4.0]])]) == [[1, 2], [3, 4]]
    assert values_of({"a": [1, 2], "b": np.array([[3, 4]])}) == {"a": [1, 2], "b": [3, 4]}
    save_cell(tmp_path / "a.mat", "distance", [np.array([[1.0, 2.0]]), np.array([[3.0], [4.0]])])
    assert values_of(tmp_path / "a.mat") == [[1, 2], [3, 4]]
    np.save(tmp_path / "a.npy", np.arange(3))
    assert values_of(tmp_path / "a.npy", 1) == [[0, 1, 2]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("video,frame,value\na,1,5\na,2,6\nb,1,7\n", {"a": [5, 6], "b": [7]}),
        ("video;frame;value\nb;1;6\nb;0;5\n", {"b": [5, 6]}),
        ("video,distance\na,5\na,6\n", {"a": [5, 6]}),
        ("value\n5\n6\n", [[5, 6]]),
        ("5\n6.5\n", [[5, 6.5]]),
        ("sep=;\nvideo;frame;value\na;1;5,5\na;2;6\n", {"a": [5.5, 6]}),
        ('"","frame","distance"\n"1",1,5\n"2",2,6\n', [[5, 6]]),
    ],
)
def test_values_may_stand_in_a_csv_file(text: str, expected: Any, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(text)
    assert values_of(tmp_path / "a.csv") == expected


def test_a_frame_without_a_value_in_a_csv_file_is_nan(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("frame,value\n1,5\n2,\n3,NA\n")
    assert np.isnan(values_of(tmp_path / "a.csv", 1)[0]).tolist() == [False, True, True]


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("video,frame,value\na,1,5\na,3,6\n", (2, 3)),
        ("video,frame,value\na,2,5\na,3,6\n", (1, 2)),
        ("video,frame,value\na,1,5\na,2,far\n", (3, "'far'")),
        ("video,frame,left,right\na,1,5,6\n", ("left", "right")),
        ("video,frame,value\n", ()),
    ],
)
def test_a_csv_file_that_is_not_understood_is_told(text: str, facts: tuple[Any, ...], tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(text)
    with raises_with(BadOption, "a.csv", *facts):
        values_of(tmp_path / "a.csv")


@pytest.mark.parametrize("value", ["far", 5, [["far"], [1]], [np.zeros((2, 2)), [1]], {"a": "far"}])
def test_what_is_no_value_is_told(value: Any) -> None:
    with pytest.raises(TouchTrainError):
        values_of(value)
