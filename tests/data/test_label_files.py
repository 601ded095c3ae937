"""Label vectors and centres are found in .mat and .npy files, in every form that labs have."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import matio
import numpy as np
import pytest
from scipy.io import savemat

from pyside.data.centers import read_centers_file
from pyside.data.label_files import describe_label_file, read_label_file
from pyside.errors import BadLabels, BadOption, PathMissing

VECTOR = np.array([[0.0, 1, 1, 0, np.nan]])


def cell(*items: Any) -> np.ndarray:
    """Return a row cell array as SciPy and mat-io write one."""
    made = np.empty((1, len(items)), object)
    made[0, :] = items
    return made


def mat(folder: Path, **values: Any) -> Path:
    """Write a .mat file and return its path."""
    savemat(folder / "a.mat", values)
    return folder / "a.mat"


def npy(folder: Path, value: Any) -> Path:
    """Write an .npy file and return its path."""
    np.save(folder / "a.npy", value)
    return folder / "a.npy"


# --- labels --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["v7", "v7.3"])
def test_a_cell_holds_one_vector_a_video_whatever_their_types(tmp_path: Path, version: str) -> None:
    labels = cell(
        VECTOR, np.array([[True], [False]]), np.array([[0, 1]], np.uint8), np.zeros((0, 0)), np.float32([[1]])
    )
    matio.save_to_mat(tmp_path / "a.mat", {"labels": labels}, version=version)
    found = read_label_file(tmp_path / "a.mat")
    assert (found.form, found.variable, found.path) == ("one vector a video", "labels", tmp_path / "a.mat")
    np.testing.assert_array_equal(found.vectors[0], [0, 1, 1, 0, np.nan])
    assert [vector.tolist() for vector in found.vectors[1:]] == [[True, False], [0, 1], [], [1]]
    assert [vector.dtype.name for vector in found.vectors] == ["float64", "bool", "uint8", "float64", "float64"]


def test_a_cell_of_two_rows_is_read_column_by_column(tmp_path: Path) -> None:
    labels = np.empty((2, 2), object)
    for place, name in enumerate([[1, 0], [3, 0], [2, 0], [4, 0]]):
        labels.flat[place] = np.array([name])
    assert [int(vector[0]) for vector in read_label_file(mat(tmp_path, labels=labels)).vectors] == [1, 2, 3, 4]


@pytest.mark.parametrize("vector", [[[0, 1, 1]], [[0], [1], [1]], np.array([[False, True, True]])])
def test_a_vector_is_for_one_video(tmp_path: Path, vector: Any) -> None:
    found = read_label_file(mat(tmp_path, touches=vector))
    assert (found.form, found.variable) == ("one vector for one video", "touches")
    assert [one.tolist() for one in found.vectors] == [[0, 1, 1]]


def test_class_names_are_for_one_video_or_one_cell_a_video(tmp_path: Path) -> None:
    names = cell("Touch", "NonTouch", "Touch")
    assert read_label_file(mat(tmp_path, labels=names)).vectors == [["Touch", "NonTouch", "Touch"]]
    found = read_label_file(mat(tmp_path, labels=cell(names, cell("Touch"))))
    assert found.vectors == [["Touch", "NonTouch", "Touch"], ["Touch"]]
    assert found.form == "one vector a video"


def test_categorical_labels_are_class_names(tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas")
    matio.save_to_mat(tmp_path / "a.mat", {"labels": pandas.Categorical(["Touch", None, "NonTouch"])}, version="v7")
    assert read_label_file(tmp_path / "a.mat").vectors == [["Touch", "<undefined>", "NonTouch"]]


@pytest.mark.parametrize("vector", [[0, 1, 1], [[0], [1], [1]], ["NonTouch", "Touch", "Touch"]])
def test_an_npy_file_holds_one_vector(tmp_path: Path, vector: Any) -> None:
    found = read_label_file(npy(tmp_path, np.array(vector)))
    assert (found.form, found.variable) == ("one vector for one video", None)
    assert list(found.vectors[0]) == list(np.ravel(vector))


def test_of_several_variables_that_fit_the_one_called_labels_is_taken_or_the_one_that_is_named(tmp_path: Path) -> None:
    path = mat(tmp_path, touches=[[0, 1]], Labels=[[1, 1]], rate=500.0)
    assert read_label_file(path).variable == "Labels"
    assert read_label_file(path, "touches").vectors[0].tolist() == [0, 1]


def test_several_variables_that_fit_are_listed_with_the_option_that_decides(tmp_path: Path) -> None:
    with pytest.raises(BadLabels, match=r"can be labels: touches, licks\. .*LabelVariable \(label_variable"):
        read_label_file(mat(tmp_path, touches=[[0, 1]], licks=[[1, 1]], rate=500.0))


def test_an_unknown_variable_is_answered_with_those_that_are_there(tmp_path: Path) -> None:
    with pytest.raises(BadLabels, match=r"no variable lables\. It holds labels \(1x5 double\), note \(text of 2 char"):
        read_label_file(mat(tmp_path, labels=VECTOR, note="hi"), "lables")


def test_a_file_in_which_nothing_fits_is_described(tmp_path: Path) -> None:
    values = {"grid": np.ones((2, 3)), "rate": 500.0, "note": "Touch", "trial": {"n": 1.0}, "turned": [[1j, 2]]}
    with pytest.raises(BadLabels) as caught:
        read_label_file(mat(tmp_path, **values, mixed=cell(VECTOR, "x")))
    assert "cell array with one vector a video, or one numeric or logical vector" in caught.value.text
    held = "grid (2x3 double), rate (1x1 double), note (text of 5 characters), trial (struct), "
    assert held + "turned (1x2 complex double), mixed (cell of 2)." in caught.value.text


def test_a_variable_that_does_not_fit_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadLabels, match="labels in .*a.mat does not fit"):
        read_label_file(mat(tmp_path, labels=np.ones((2, 3)), rates=[[1, 2]]))


@pytest.mark.parametrize("name", ["a.mat", "a.npy", "a.npz", "a.csv"])
def test_what_is_no_label_file_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"no labels")
    with pytest.raises(BadLabels, match=name):
        read_label_file(tmp_path / name)
    with pytest.raises(PathMissing, match="nowhere"):
        read_label_file(tmp_path / "nowhere" / name)


def test_an_npy_file_cut_short_or_with_objects_is_an_error(tmp_path: Path) -> None:
    path = npy(tmp_path, np.arange(100))
    path.write_bytes(path.read_bytes()[:-8])
    for bad in (path, npy(tmp_path / "..", np.array([{}, None]))):
        with pytest.raises(BadLabels, match="a.npy is no .npy file"):
            read_label_file(bad)


def test_labels_that_octave_saved_are_read(tmp_path: Path) -> None:
    if not shutil.which("octave-cli"):
        pytest.skip("there is no Octave here")
    code = "labels = {[0 1 1], logical([0; 1])}; save('-v7', 'a.mat', 'labels')"
    line = ["octave-cli", "--norc", "--eval", code]
    subprocess.run(line, cwd=tmp_path, check=True, capture_output=True, stdin=subprocess.DEVNULL)
    assert [vector.tolist() for vector in read_label_file(tmp_path / "a.mat").vectors] == [[0, 1, 1], [False, True]]


def test_a_description_counts_labels_and_bouts(tmp_path: Path) -> None:
    labels = cell(np.array([[0, 1, 1, 0, 1, -1, np.nan, np.nan, 2, 1]]), np.array([[True, False]]), np.zeros((0, 0)))
    path = mat(tmp_path, labels=labels, rate=500.0)
    found = describe_label_file(path)
    assert json.loads(json.dumps(found)) == {
        "kind": "labels",
        "path": str(path),
        "form": "one vector a video",
        "variable": "labels",
        "recordings": [
            {"name": "1", "frames": 10, "counts": {"-1": 1, "0": 2, "1": 4, "2": 1, "NaN": 2}, "bouts": 4},
            {"name": "2", "frames": 2, "counts": {"0": 1, "1": 1}, "bouts": 1},
            {"name": "3", "frames": 0, "counts": {}, "bouts": 0},
        ],
        "frames": 12,
        "counts": {"-1": 1, "0": 3, "1": 5, "2": 1, "NaN": 2},
        "other_variables": {"rate": "1x1 double"},
    }


def test_a_description_counts_class_names(tmp_path: Path) -> None:
    found = describe_label_file(npy(tmp_path, ["Touch", "Touch", "NonTouch", "", "Touch", "Lick"]))
    assert found["counts"] == {"": 1, "Lick": 1, "NonTouch": 1, "Touch": 3}
    assert found["recordings"][0]["bouts"] == 3
    assert found["other_variables"] == {}


# --- centres -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["centers", "Centres", "pole"])
def test_centres_are_one_matrix_a_video_as_they_stand_in_the_file(tmp_path: Path, name: str) -> None:
    many = np.array([[10.5, 20], [np.nan, np.nan], [12, 22]])
    found = read_centers_file(mat(tmp_path, **{name: cell(many, many.T, np.array([[7, 8]], np.uint8))}, rate=500.0))
    np.testing.assert_array_equal(found[0], many)
    np.testing.assert_array_equal(found[1], many)
    np.testing.assert_array_equal(found[2], [[7, 8]])
    assert {one.dtype.name for one in found} == {"float64"}


@pytest.mark.parametrize("centers", [[[10, 20]], [[10], [20]], [[10, 20], [11, 21]]])
def test_a_single_matrix_of_centres_is_one(tmp_path: Path, centers: Any) -> None:
    expected = np.reshape(centers, (-1, 2))
    for path in (mat(tmp_path, centers=centers), npy(tmp_path, centers)):
        (found,) = read_centers_file(path)
        np.testing.assert_array_equal(found, expected)


def test_an_npy_file_holds_one_fixed_centre(tmp_path: Path) -> None:
    assert [one.tolist() for one in read_centers_file(npy(tmp_path, [10, 20.5]))] == [[[10, 20.5]]]


def test_all_centres_of_another_shape_are_told_with_the_number_of_the_video(tmp_path: Path) -> None:
    with pytest.raises(BadOption) as caught:
        read_centers_file(mat(tmp_path, centers=cell(np.ones((4, 2)), np.ones((4, 3)), np.zeros((0, 0)), "x")))
    assert "video 2 are 4x3 double" in caught.value.text
    assert "video 3 are 0x0 double" in caught.value.text
    assert "video 4 are text" in caught.value.text
    assert "video 1 " not in caught.value.text


def test_centres_that_cannot_be_found_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(BadOption, match=r"Nothing in .*a.mat fits\. .*T x 2.* holds labels \(1x5 double\)"):
        read_centers_file(mat(tmp_path, labels=VECTOR))
    with pytest.raises(BadOption, match="can be centres: pole, nose. Call the right one centers"):
        read_centers_file(mat(tmp_path, pole=[[1, 2]], nose=[[1, 2]]))
    with pytest.raises(BadOption, match=r"no variable pole\. It holds nose \(1x2"):
        read_centers_file(mat(tmp_path, nose=[[1, 2]]), "pole")
    with pytest.raises(BadOption, match="centers in .* does not fit"):
        read_centers_file(mat(tmp_path, centers={"x": 1.0}))
    assert read_centers_file(mat(tmp_path, pole=[[1, 2]], nose=[[3, 4]]), "nose")[0].tolist() == [[3, 4]]
