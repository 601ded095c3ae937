"""Centres and values of frames come from options, .mat, .npy, .bar and CSV files, or an image of the object."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.io
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from pyside.data.recordings.centers import FrameCenters, center_entries, frame_values, read_bar_file, template_centers
from pyside.data.video.reader import probe, sample_frames
from pyside.errors import BadImage, BadOption, LengthMismatch, PathMissing, TouchTrainError
from tests.conftest import raises_with
from tests.data.conftest import WriteVideo

BAR = "0 238.5 120.25\n1 238.4 120.3\n3 237.9 121\n"  # as whisk writes it: "%d %g %g\n"


def save_cell(path: Path, name: str, items: list[Any]) -> Path:
    cell = np.empty((1, len(items)), object)
    cell[0] = items
    scipy.io.savemat(path, {name: cell})
    return path


def bar_file(path: Path, text: str = BAR) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


# --- .bar files ----------------------------------------------------------------------------------------------------


def test_a_bar_file_counts_frames_and_pixels_from_zero(tmp_path: Path) -> None:
    found = read_bar_file(bar_file(tmp_path / "a.bar"))
    assert found.frames.tolist() == [0, 1, 3]
    assert found.centers.tolist() == [[238.5, 120.25], [238.4, 120.3], [237.9, 121]]


def test_frames_that_a_bar_file_does_not_name_have_no_centre(tmp_path: Path) -> None:
    matrix = read_bar_file(bar_file(tmp_path / "a.bar")).matrix(5, "trial1")
    assert np.isnan(matrix).all(axis=1).tolist() == [False, False, True, False, True]
    assert matrix[3].tolist() == [237.9, 121]


def test_rows_of_a_bar_file_may_be_in_any_order_and_parted_in_any_way(tmp_path: Path) -> None:
    text = "\ufeff3\t237.9\t121\r\n\r\n1,238.4,1.203e2\n  0   238.5 120.25"
    found = read_bar_file(bar_file(tmp_path / "a.bar", text))
    assert found.frames.tolist() == [0, 1, 3] and found.centers[1].tolist() == [238.4, 120.3]


def test_a_bar_file_of_another_video_is_told(tmp_path: Path) -> None:
    with raises_with(LengthMismatch, "trial1", 3):
        read_bar_file(bar_file(tmp_path / "a.bar")).matrix(3, "trial1")


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("0 1 2\n1 2\n2 3 4\nx 1 2\n", (2, "'1 2'", 4, "'x 1 2'")),
        ("0 1 2\n0 1 2\n", (2, "'0 1 2'")),
        ("1.5 1 2\n", (1, "'1.5 1 2'")),
        ("-1 1 2\n", (1, "'-1 1 2'")),
        ("inf 1 2\n", (1, "'inf 1 2'")),
        ("\n".join(["no"] * 9), ("'no'", 4)),
        ("", ()),
    ],
)
def test_damaged_rows_are_told_with_their_numbers(text: str, facts: tuple[Any, ...], tmp_path: Path) -> None:
    with raises_with(BadOption, "a.bar", *facts):
        read_bar_file(bar_file(tmp_path / "a.bar", text))


@given(data=st.binary(max_size=60) | st.text("0123456789 .,-e\n\t", max_size=60).map(str.encode))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_centres_or_a_clear_error(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.bar"
    path.write_bytes(data)
    try:
        found = read_bar_file(path)
        assert found.centers.shape == (len(found.frames), 2)
    except TouchTrainError as error:
        assert "a.bar" in error.text


# --- where centres come from ---------------------------------------------------------------------------------------


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


# --- an image of the object ----------------------------------------------------------------------------------------


def pole_video(write_video: WriteVideo, n: int = 30, name: str = "pole.avi") -> Path:
    """A noisy video in which a round pole of 9 pixels stands at x = 40, y = 17 from frame 10 on."""
    rng = np.random.default_rng(0)
    frames = rng.integers(60, 120, (n, 48, 64))
    frames[10:, 13:22, 36:45] += pole()
    return write_video(name, frames.astype(np.uint8))


def pole() -> np.ndarray:
    rows, columns = np.mgrid[-4:5, -4:5]
    return np.where(rows**2 + columns**2 <= 17, 100, 0)


def save_pole(path: Path) -> Path:
    Image.fromarray((90 + pole()).astype(np.uint8)).save(path)
    return path


def test_the_middle_of_the_object_is_found(write_video: WriteVideo, tmp_path: Path) -> None:
    path = pole_video(write_video)
    center, score = template_centers(path, probe(path), save_pole(tmp_path / "pole.png"))
    assert center.shape == (1, 2) and center.tolist() == [[40, 17]]
    assert 0.8 < score <= 1


def test_an_object_that_is_not_there_scores_low(write_video: WriteVideo, tmp_path: Path) -> None:
    path = write_video("noise.avi", np.random.default_rng(1).integers(0, 255, (5, 48, 64), dtype=np.uint8))
    assert template_centers(path, probe(path), save_pole(tmp_path / "pole.png"))[1] < 0.5


def test_a_template_that_cannot_be_looked_for_is_told(write_video: WriteVideo, tmp_path: Path) -> None:
    path = pole_video(write_video, 12)
    Image.fromarray(np.zeros((9, 9), np.uint8)).save(tmp_path / "black.png")
    Image.fromarray(np.eye(60, dtype=np.uint8)).save(tmp_path / "big.png")
    (tmp_path / "no.png").write_bytes(b"no image")
    told = [("nowhere.png", PathMissing), ("black.png", BadOption), ("big.png", BadOption), ("no.png", BadImage)]
    for name, kind in told:
        with raises_with(kind, name):
            template_centers(path, probe(path), tmp_path / name)


def test_the_frames_that_are_looked_at_are_spread_over_the_video(write_video: WriteVideo) -> None:
    frames = np.repeat(np.arange(0, 240, 4, dtype=np.uint8), 48 * 64).reshape(60, 48, 64)
    for name, codec in (("a.avi", "ffv1"), ("a.mp4", "libx264"), ("a.mkv", "libx264")):
        found = sample_frames(write_video(name, frames, codec), 6)
        assert found.shape == (6, 48, 64)
        assert np.abs(found.mean(axis=(1, 2)) - np.arange(6) * 40).max() < 12


# --- values --------------------------------------------------------------------------------------------------------


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
