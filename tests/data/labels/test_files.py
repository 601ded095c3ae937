"""Label vectors and centres are found in .mat and .npy files, in every form that labs have."""

from __future__ import annotations

import array
import contextlib
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import h5py
import matio
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from matio.utils import matclass
from scipy.io import savemat

from pyside.data.formats import mat_files
from pyside.data.formats.mat_files import Object, Unreadable
from pyside.data.labels.class_indices import read_labels
from pyside.data.labels.files import LabelFile, describe_label_file, read_label_file
from pyside.data.labels.forms import read_label_values
from pyside.data.recordings.regions.center_files import read_centers_file
from pyside.errors import BadLabels, BadOption, LengthMismatch, PathMissing, TouchTrainError
from tests.conftest import holds, raises_with

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


@pytest.mark.parametrize("version", ["v7", "v7.3"])
def test_missing_values_of_matlab_are_counted_as_nan(tmp_path: Path, version: str) -> None:
    pandas = pytest.importorskip("pandas")
    strings = np.array([["Touch", np.nan, "NonTouch"]], np.dtypes.StringDType(na_object=np.nan))
    rows = {"video": ["a", "a", "a"], "frame": [1.0, 2.0, 3.0], "day": pandas.to_datetime([None] * 3)}
    labels = {
        "strings": strings,
        "categories": pandas.Categorical(["Touch", None, "NonTouch"]),
        "structs": {"video": "a.mp4", "labels": strings, "camera": strings[:, 1:2]},
        "table": pandas.DataFrame({**rows, "label": pandas.Categorical(["Touch", None, "NonTouch"])}),
        "timetable": pandas.DataFrame(
            {"label": pandas.Categorical(["Touch", None, "NonTouch"])},
            index=pandas.Index(pandas.to_timedelta([0, 2, 4], unit="ms"), name="Time"),
        ),
    }
    for name, value in labels.items():
        matio.save_to_mat(tmp_path / "a.mat", {name: value}, version=version)
        found = describe_label_file(tmp_path / "a.mat")
        assert found["counts"] == {"NaN": 1, "NonTouch": 1, "Touch": 1}, name
        assert found["recordings"][0]["tags"] == {}, name


@pytest.mark.skipif("TOUCHTRAIN_REAL_DATA" not in os.environ, reason="files saved by MATLAB are not here")
@pytest.mark.parametrize("version", ["v7", "v73"])
def test_tables_of_matlab_are_labels_or_are_told_in_our_words(version: str) -> None:
    path = Path(os.environ["TOUCHTRAIN_REAL_DATA"]) / "mat" / f"test_tables_{version}.mat"
    found = describe_label_file(path, "cat_missing")
    assert found["counts"] == {"cat": 1, "dog": 1, "mouse": 1, "NaN": 1}
    for name in (*found["other_variables"], "cat_missing"):
        with contextlib.suppress(TouchTrainError):
            describe_label_file(path, name)


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
    with raises_with(BadLabels, "touches", "licks", "label_variable"):
        read_label_file(mat(tmp_path, touches=[[0, 1]], licks=[[1, 1]], rate=500.0))


def test_an_unknown_variable_is_answered_with_those_that_are_there(tmp_path: Path) -> None:
    with raises_with(BadLabels, "lables", "labels (1x5 double)", "note"):
        read_label_file(mat(tmp_path, labels=VECTOR, note="hi"), "lables")


def test_a_file_in_which_nothing_fits_is_described(tmp_path: Path) -> None:
    values = {"grid": np.ones((2, 3)), "rate": 500.0, "note": "Touch", "trial": {"n": 1.0}, "turned": [[1j, 2]]}
    with pytest.raises(BadLabels) as caught:
        read_label_file(mat(tmp_path, **values, mixed=cell(VECTOR, "x")))
    held = "grid (2x3 double)", "rate (1x1 double)", "note", "trial (struct)", "turned (1x2 complex double)"
    assert holds(caught.value.text, *held, "mixed (cell of 2)")


def test_a_variable_that_does_not_fit_is_named(tmp_path: Path) -> None:
    with raises_with(BadLabels, "labels", "a.mat"):
        read_label_file(mat(tmp_path, labels=np.ones((2, 3)), rates=[[1, 2]]))


@pytest.mark.parametrize("name", ["a.mat", "a.npy", "a.npz", "a.csv"])
def test_what_is_no_label_file_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"no labels")
    with raises_with(BadLabels, name):
        read_label_file(tmp_path / name)
    with raises_with(PathMissing, tmp_path / "nowhere" / name):
        read_label_file(tmp_path / "nowhere" / name)


def test_an_npy_file_cut_short_or_with_objects_is_an_error(tmp_path: Path) -> None:
    path = npy(tmp_path, np.arange(100))
    path.write_bytes(path.read_bytes()[:-8])
    for bad in (path, npy(tmp_path / "..", np.array([{}, None]))):
        with raises_with(BadLabels, "a.npy"):
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
    plain = {"trial": None, "tags": {}, "left_out": "", "by": ""}
    assert json.loads(json.dumps(found)) == {
        "kind": "labels",
        "path": str(path),
        "form": "one vector a video",
        "variable": "labels",
        "recordings": [
            {**plain, "name": "1", "frames": 10, "counts": {"-1": 1, "0": 2, "1": 4, "2": 1, "NaN": 2}, "bouts": 4},
            {**plain, "name": "2", "frames": 2, "counts": {"0": 1, "1": 1}, "bouts": 1},
            {**plain, "name": "3", "frames": 0, "counts": {}, "bouts": 0},
        ],
        "frames": 12,
        "counts": {"-1": 1, "0": 3, "1": 5, "2": 1, "NaN": 2},
        "odd": [],
        "other_variables": {"rate": "1x1 double"},
    }


def test_a_description_counts_class_names(tmp_path: Path) -> None:
    found = describe_label_file(npy(tmp_path, ["Touch", "Touch", "NonTouch", "", "Touch", "Lick"]))
    assert found["counts"] == {"NaN": 1, "Lick": 1, "NonTouch": 1, "Touch": 3}
    assert found["recordings"][0]["bouts"] == 3
    assert found["other_variables"] == {}


# --- structs, tables, maps -----------------------------------------------------------------------------------------


def told(found: LabelFile) -> list[tuple[Any, ...]]:
    """Return (name, trial, labels, tags) of each recording."""
    return [(one.name, one.trial, list(one.as_vector()), one.tags) for one in found.entries]


def structs(**columns: list[Any]) -> np.ndarray:
    """Return a struct array as SciPy writes one."""
    rows = list(zip(*columns.values(), strict=True))
    made = np.empty((1, len(rows)), [(name, object) for name in columns])
    made[0, :] = rows
    return made


@pytest.mark.parametrize(
    "names", [("video", "labels"), ("fileName", "Touch"), ("video_name", "contacts"), ("Name", "label")]
)
def test_structs_name_their_videos_and_what_else_they_say_are_tags(tmp_path: Path, names: tuple[str, str]) -> None:
    columns = {
        names[0]: ["a.mp4", "b.mp4"],
        "trialNum": [np.uint8(7), np.uint16(300)],
        names[1]: [np.array([[0, 1]], np.uint8), np.array([[True], [False], [True]])],
        "camera": ["left", "right"],
        "animal": [12.0, 12.5],
        "notes": [np.ones((2, 2)), ""],
    }
    found = read_label_file(mat(tmp_path, marked=structs(**columns), rate=500.0))
    assert (found.form, found.variable) == ("one struct a video", "marked")
    assert told(found) == [
        ("a.mp4", 7, [0, 1], {"camera": "left", "animal": "12"}),
        ("b.mp4", 300, [True, False, True], {"camera": "right", "animal": "12.5"}),
    ]


def test_a_struct_may_stand_alone_or_in_a_cell_with_empties_between(tmp_path: Path) -> None:
    one = {"video": "a", "labels": [[0, 1, 1]]}
    assert told(read_label_file(mat(tmp_path, labels=one))) == [("a", None, [0, 1, 1], {})]
    found = read_label_file(
        mat(tmp_path, labels=cell(one, np.zeros((0, 0)), {**one, "video": "b", "uncuratable": True}))
    )
    assert [(entry.name, entry.left_out) for entry in found.entries] == [("a", ""), ("b", "uncuratable")]
    (remark,) = found.remarks
    assert holds(remark, "a.mat", "labels{2}", "0x0 double")
    found = read_label_file(mat(tmp_path, labels=cell({"video": "", "labels": np.zeros((0, 0))}, one)))
    (remark,) = found.remarks
    assert len(found.entries) == 1 and holds(remark, "a.mat", "labels{1}")


def test_a_struct_without_labels_among_others_is_named_with_its_fields(tmp_path: Path) -> None:
    labels = cell({"video": "a", "labels": [[0, 1]]}, {"video": "b", "labels": np.ones((2, 2))}, {"video": "c"})
    with raises_with(BadLabels, "labels{2}", "labels{3}", "video") as caught:
        read_label_file(mat(tmp_path, labels=labels))
    assert len(caught.value.faults) == 2


def test_a_struct_of_columns_is_a_table(tmp_path: Path) -> None:
    columns = {"files": 1.0, "video": cell("a", "b"), "labels": cell([[0, 1]], [[1.0]]), "camera": cell("l", "r")}
    found = read_label_file(mat(tmp_path, session=columns))
    assert found.form == "table with one row a video"
    assert told(found) == [
        ("a", None, [0, 1], {"files": "1", "camera": "l"}),
        ("b", None, [1], {"files": "1", "camera": "r"}),
    ]
    found = read_label_file(mat(tmp_path, marks={"frame": [[2, 5]], "label": [[1, 0]]}))
    assert found.entries[0].for_video(5, 0, "a", "a")[[1, 4]].tolist() == [1, 0]


def table(folder: Path, version: str, **columns: Any) -> Path:
    pandas = pytest.importorskip("pandas")
    matio.save_to_mat(folder / "a.mat", {"T": pandas.DataFrame(columns)}, version=version)
    return folder / "a.mat"


@pytest.mark.parametrize("version", ["v7", "v7.3"])
def test_a_table_has_one_row_a_frame(tmp_path: Path, version: str) -> None:
    path = table(
        tmp_path, version, Video=["b", "a", "b"], Frame=[3.0, 1, 2], Label=[1.0, 0, np.nan], Camera=["l", "r", "l"]
    )
    found = read_label_file(path)
    assert (found.form, found.variable) == ("table with one row a frame", "T")
    assert [(one.name, one.tags) for one in found.entries] == [("b", {"Camera": "l"}), ("a", {"Camera": "r"})]
    np.testing.assert_array_equal(found.entries[0].for_video(4, 0, "b", "b"), [np.nan, np.nan, 1, np.nan])


@pytest.mark.parametrize("version", ["v7", "v7.3"])
def test_a_table_has_one_row_a_video_with_a_cell_of_vectors(tmp_path: Path, version: str) -> None:
    items = np.empty(2, object)
    items[:] = [np.array([[0.0, 1]]), np.array([[1.0], [0], [1]])]
    found = read_label_file(table(tmp_path, version, trial=[3.0, 4], touch=list(items), animal=[1.0, 2]))
    assert found.form == "table with one row a video"
    assert told(found) == [(None, 3, [0, 1], {"animal": "1"}), (None, 4, [1, 0, 1], {"animal": "2"})]


def test_a_map_goes_by_name_and_so_does_a_struct_that_is_called_labels(tmp_path: Path) -> None:
    vectors = {"trial1": np.array([[0.0, 1]]), "trial2": np.array([[1.0, 0]])}
    matio.save_to_mat(
        tmp_path / "a.mat", {"m": matclass.MatlabContainerMap(vectors), "x": np.ones((1, 1))}, version="v7"
    )
    expected = [("trial1", None, [0, 1], {}), ("trial2", None, [1, 0], {})]
    found = read_label_file(tmp_path / "a.mat")
    assert (found.form, told(found)) == ("one vector a video, by name", expected)
    assert told(read_label_file(mat(tmp_path, labels=vectors))) == expected
    assert told(read_label_file(mat(tmp_path, session=vectors, other=vectors), "session")) == expected


def test_contacts_are_taken_where_nothing_is_called_labels(tmp_path: Path) -> None:
    contacts = cell({"contactInds": cell([[2]]), "trialNum": 1.0})
    path = mat(tmp_path, contacts=contacts, touches=[[0, 1]])
    assert read_label_file(path).form == "contact array"
    assert read_label_file(mat(tmp_path, contacts=3.0, touches=[[0, 1]])).variable == "touches"
    assert read_label_file(mat(tmp_path, contacts=contacts, labels=[[0, 1]])).variable == "labels"


def test_what_cannot_be_read_is_named_with_its_class(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    values = {"labels": {"inner": [np.ones(2), Unreadable("Tracker")]}, "rate": np.ones((1, 1))}
    monkeypatch.setattr(mat_files, "read_mat", lambda path: values)
    with raises_with(BadLabels, "labels.inner{2}", "Tracker"):
        read_label_file(tmp_path / "a.mat")
    monkeypatch.setattr(mat_files, "read_mat", lambda path: {"labels": np.ones((1, 2)), "t": Unreadable("Tracker")})
    (odd,) = describe_label_file(tmp_path / "a.mat")["odd"]
    assert holds(odd, "t", "Tracker")


def test_the_properties_of_an_object_are_read_like_fields() -> None:
    value = Object("Session", {"video": "a", "labels": np.array([[0, 1]])})
    assert [entry.name for entry in read_label_values([value]).entries] == ["a"]


# --- CSV -----------------------------------------------------------------------------------------------------------

ROWS = "video,frame,label,camera\na,2,Touch,left\nb,1,NonTouch,right\na,1,NonTouch,left\n"


def csv(folder: Path, text: str | bytes, name: str = "labels.csv") -> Path:
    (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder / name


@pytest.mark.parametrize(
    "text",
    [
        ROWS,
        ROWS.replace(",", ";"),
        ROWS.replace(",", "\t").replace("video", "Recording").replace("label", "class"),
        "\ufeff" + ROWS.replace("\n", "\r\n") + "\r\n\r\n",
        ROWS.encode("utf-16"),
        '"Label" , "camera", "File Name" , "Frame"\nTouch,left,a,2\n"NonTouch",right,b,1\nNonTouch,left,a,1.0\n',
        ROWS.replace("\n", ",,\n"),
    ],
)
def test_a_csv_file_has_one_row_a_frame_in_any_order(tmp_path: Path, text: str | bytes) -> None:
    found = read_label_file(csv(tmp_path, text))
    assert (found.form, found.variable) == ("table with one row a frame", None)
    assert told(found) == [
        ("a", None, ["NonTouch", "Touch"], {"camera": "left"}),
        ("b", None, ["NonTouch"], {"camera": "right"}),
    ]
    assert found.entries[0].source == "labels.csv, a"


def test_frames_that_are_not_in_a_csv_file_are_left_out(tmp_path: Path) -> None:
    path = csv(tmp_path, "video,frame,label\na,4,1\na,2,0\na,3,\n")
    (entry,) = read_label_file(path).entries
    np.testing.assert_array_equal(entry.for_video(5, 0, "a", "a"), [np.nan, 0, np.nan, 1, np.nan])
    with raises_with(LengthMismatch, "a.avi", 3, "labels.csv", 4):
        entry.for_video(3, 0, "a", "a.avi")


def test_rows_without_frame_numbers_are_the_frames_in_order(tmp_path: Path) -> None:
    assert told(read_label_file(csv(tmp_path, "video,label\na,1\nb,0\na,0\n"))) == [
        ("a", None, [1, 0], {}),
        ("b", None, [0], {}),
    ]
    assert told(read_label_file(csv(tmp_path, "label\nTouch\nNonTouch\n"))) == [(None, None, ["Touch", "NonTouch"], {})]
    found = read_label_file(csv(tmp_path, "trial,frame,label\n7,1,0\n8,1,1\n"))
    assert [(one.trial, one.source) for one in found.entries] == [
        (7, "labels.csv, trial 7"),
        (8, "labels.csv, trial 8"),
    ]


def test_videos_that_are_called_by_numbers_may_be_names_or_trials(tmp_path: Path) -> None:
    (entry,) = read_label_file(csv(tmp_path, "video,frame,label\n007,1,0\n")).entries
    assert (entry.name, entry.trial) == ("007", 7)


def test_all_faults_of_a_csv_file_are_told_with_their_lines(tmp_path: Path) -> None:
    text = "video,frame,label\na,1,0\n,2,0\n\na,1.5,0\na,x,0\na,,1\n"
    with pytest.raises(BadLabels) as caught:
        read_label_file(csv(tmp_path, text))
    assert holds(caught.value.text, "video", 3, 5, "'1.5'", 6, 7) and len(caught.value.faults) == 4
    with raises_with(BadLabels, 4, 1, 0, 2):
        read_label_file(csv(tmp_path, "video,frame,label\na,1,0\nb,1,0\na,1,1\na,2,1\na,2,1\n"))
    with raises_with(BadLabels, 3, 2, 4) as caught:
        read_label_file(csv(tmp_path, "video,frame,label\na,1,0\na,2\na,3,0,9\n"))
    assert len(caught.value.faults) == 2


@pytest.mark.parametrize(
    "text", ["", "\n\n", "a.avi,1,0\na.avi,2,1\n", "video,frame,label\n", "video,label,Label\na,0,0\n"]
)
def test_a_csv_file_without_a_header_or_rows_is_an_error(tmp_path: Path, text: str) -> None:
    with raises_with(BadLabels, "labels.csv"):
        read_label_file(csv(tmp_path, text))


def test_a_quotation_that_does_not_end_is_an_error(tmp_path: Path) -> None:
    with raises_with(BadLabels, "labels.csv", 4):
        read_label_file(csv(tmp_path, 'video,frame,label,note\na,1,0,"x\na,2,1,y\na,3,1,z\n'))


def test_a_column_that_changes_within_a_video_is_told(tmp_path: Path) -> None:
    found = read_label_file(csv(tmp_path, "video,frame,label,x\na,1,0,5\na,2,1,6\n"))
    (remark,) = found.remarks
    assert holds(remark, "labels.csv", "x")
    assert found.entries[0].tags == {}


@pytest.mark.parametrize("name", ["labels.csv", "labels.TSV", "labels.txt"])
def test_a_csv_file_is_described(tmp_path: Path, name: str) -> None:
    found = json.loads(json.dumps(describe_label_file(csv(tmp_path, ROWS, name))))
    assert found["counts"] == {"NonTouch": 2, "Touch": 1} and found["variable"] is None
    assert found["recordings"][0] == {
        "name": "a",
        "trial": None,
        "frames": 2,
        "counts": {"NonTouch": 1, "Touch": 1},
        "bouts": 1,
        "tags": {"camera": "left"},
        "left_out": "",
        "by": "",
    }


# --- from memory ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "form", "labels"),
    [
        ([0, 1, 1], "one vector for one video", [[0, 1, 1]]),
        (memoryview(np.array([[0.0], [1.0]])), "one vector for one video", [[0, 1]]),
        (1.0, "one vector for one video", [[1]]),
        (("A", "B"), "one vector for one video", [["A", "B"]]),
        (np.array(["A", None], object), "one vector for one video", [["A", ""]]),
        (([0, 1], np.array([[1]])), "one vector a video", [[0, 1], [1]]),
        ([array.array("d", [0, 1]), ("A", "B"), []], "one vector a video", [[0, 1], ["A", "B"], []]),
        ({"a": [0, 1], "touch": [1]}, "one vector a video, by name", [[0, 1], [1]]),
        ({"a": {"labels": [0, 1]}, "b": {"touch": [1]}}, "one vector a video, by name", [[0, 1], [1]]),
        ({"video": "a", "labels": [0, 1]}, "one struct a video", [[0, 1]]),
        ([{"video": "a", "labels": [0, 1]}, {"name": "b", "label": (1,)}], "one struct a video", [[0, 1], [1]]),
        ({"video": ["a", "b"], "labels": [[0, 1], [1]]}, "table with one row a video", [[0, 1], [1]]),
        ({"video": ["a", "a"], "frame": [1, 2], "label": [0, 1]}, "table with one row a frame", [[0, 1]]),
        ([{"contactInds": [[2]], "prepross": [0, 2], "trialNum": 1}], "contact array", [[0, 1]]),
    ],
)
def test_every_form_may_come_from_memory(value: Any, form: str, labels: list[Any]) -> None:
    found = read_label_values(value)
    assert found.form == form
    assert [list(entry.as_vector()) for entry in found.entries] == labels


def test_a_data_frame_is_a_table() -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"video": ["a", "a"], "frame": [1, 2], "label": pandas.Categorical(["Touch", "NonTouch"])})
    assert list(read_label_values(frame).entries[0].as_vector()) == ["Touch", "NonTouch"]


# --- damage --------------------------------------------------------------------------------------------------------

DAMAGE = st.tuples(
    st.floats(0, 1), st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 7)), max_size=4)
)
A_FEW = settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
TRIALS = cell({"contactInds": cell([[2, 3]]), "trialNum": 1.0, "prepross": [[0, 2, 2]]}, np.zeros((1, 0)))


def write_to_be_damaged(folder: Path, kind: str) -> Path:
    """Write a label file of one kind and return its path."""
    if kind == "csv":
        return csv(folder, ROWS)
    if kind == "npy":
        return npy(folder, np.array([0, 1, 1], np.int16))
    if kind == "v4":
        savemat(folder / "a.mat", {"labels": VECTOR}, format="4")
    elif kind == "v7.3":
        matio.save_to_mat(folder / "a.mat", {"contacts": TRIALS}, version="v7.3")
    elif kind == "h5py":
        write_v73(folder / "a.mat")
    else:
        savemat(folder / "a.mat", {"contacts": TRIALS}, do_compression=kind == "v7")
    return folder / "a.mat"


def write_v73(path: Path) -> None:
    """Write a cell of two vectors as MATLAB lays out version 7.3."""
    with h5py.File(path, "w", userblock_size=512) as file:
        for name, vector in (("#refs#/a", [0.0, 1]), ("#refs#/b", [1.0, 0, 1])):
            file.create_dataset(name, data=np.array(vector)[:, np.newaxis]).attrs["MATLAB_class"] = np.bytes_("double")
        items = np.array([[file["#refs#/a"].ref], [file["#refs#/b"].ref]], h5py.ref_dtype)
        file.create_dataset("labels", data=items, dtype=h5py.ref_dtype).attrs["MATLAB_class"] = np.bytes_("cell")
    with path.open("r+b") as stream:
        stream.write(b"MATLAB 7.3 MAT-file".ljust(124) + b"\0\2IM")


def test_version_73_in_the_layout_of_matlab_is_read(tmp_path: Path) -> None:
    write_v73(tmp_path / "a.mat")
    assert [vector.tolist() for vector in read_label_file(tmp_path / "a.mat").vectors] == [[0, 1], [1, 0, 1]]


@pytest.mark.parametrize("kind", ["csv", "npy", "v4", "v6", "v7", "v7.3", "h5py"])
def test_a_damaged_label_file_is_understood_or_an_error(tmp_path: Path, kind: str) -> None:
    check_damage(tmp_path, kind, A_FEW)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["csv", "npy", "v4", "v6", "v7", "v7.3", "h5py"])
def test_many_damaged_label_files_are_understood_or_an_error(tmp_path: Path, kind: str) -> None:
    check_damage(tmp_path, kind, settings(A_FEW, max_examples=600))


def check_damage(folder: Path, kind: str, how: settings) -> None:
    path = write_to_be_damaged(folder, kind)
    whole = path.read_bytes()

    @how
    @given(DAMAGE)
    def check(damage: tuple[float, list[tuple[float, int]]]) -> None:
        cut, flips = damage
        content = bytearray(whole[: max(1, int(cut * len(whole)))] if not flips else whole)
        for where, bit in flips:
            content[int(where * len(content))] ^= 1 << bit
        path.write_bytes(content)
        try:
            found = read_label_file(path)
            json.dumps(describe_label_file(path))
            vectors = [
                entry.for_video(len(one), 0, "a", "a") for entry, one in zip(found.entries, found.vectors, strict=True)
            ]
            read_labels(vectors, ("NonTouch", "Touch"), None, ["a"] * len(vectors))
        except TouchTrainError as error:
            assert len(error.text) < 5000

    check()


TEXTS = st.text(st.sampled_from('ab,;\t"\n\r 01.-né\0x'), max_size=40)


@given(TEXTS, st.booleans())
@settings(A_FEW, max_examples=200)
def test_any_text_is_understood_as_csv_or_an_error(
    tmp_path_factory: pytest.TempPathFactory, text: str, headed: bool
) -> None:
    path = csv(tmp_path_factory.getbasetemp(), ("video,frame,label\n" if headed else "") + text, "any.csv")
    with contextlib.suppress(TouchTrainError):
        for entry in read_label_file(path).entries:
            assert len(entry.for_video(10**5, 0, "a", "a")) == 10**5


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
    second, third, fourth = caught.value.faults
    assert holds(second.text, 2, "4x3 double") and holds(third.text, 3, "0x0 double") and holds(fourth.text, 4)


def test_centres_that_cannot_be_found_are_an_error(tmp_path: Path) -> None:
    with raises_with(BadOption, "a.mat", "T x 2", "labels (1x5 double)"):
        read_centers_file(mat(tmp_path, labels=VECTOR))
    with raises_with(BadOption, "pole", "nose", "centers"):
        read_centers_file(mat(tmp_path, pole=[[1, 2]], nose=[[1, 2]]))
    with raises_with(BadOption, "pole", "nose"):
        read_centers_file(mat(tmp_path, nose=[[1, 2]]), "pole")
    with raises_with(BadOption, "centers", "a.mat"):
        read_centers_file(mat(tmp_path, centers={"x": 1.0}))
    assert read_centers_file(mat(tmp_path, pole=[[1, 2]], nose=[[3, 4]]), "nose")[0].tolist() == [[3, 4]]


# --- files that say more than is there ------------------------------------------------------------------------------


def test_labels_of_frames_that_are_far_apart_are_described_without_all_between(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    path.write_text("video,frame,label\na.mp4,1,Touch\na.mp4,2,Touch\na.mp4,100000000,Touch\na.mp4,7,NonTouch\n")
    found = describe_label_file(path)["recordings"][0]
    assert (found["frames"], found["counts"], found["bouts"]) == (4, {"NonTouch": 1, "Touch": 3}, 2)


def test_a_line_without_end_is_no_header(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    for line in ("video,frame,label" + "," * 300_000, ",".join(map(str, range(300_000)))):
        path.write_text(f"{line}\na.mp4,1,Touch\n")
        try:
            assert describe_label_file(path)["frames"] == 1
        except BadLabels as error:
            assert len(error.text) < 5000


def test_an_npy_file_whose_head_says_more_than_is_there_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "labels.npy"
    with path.open("wb") as stream:
        np.lib.format.write_array_header_1_0(stream, {"descr": "<f8", "fortran_order": False, "shape": (10**10,)})
        stream.write(bytes(64))
    with pytest.raises(BadLabels):
        read_label_file(path)
