"""Labels in tables."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from pyside.data.formats.mat_files import Table
from pyside.data.labels.class_indices import read_labels
from pyside.data.labels.entry import FrameList
from pyside.data.labels.tables import has_row_per_video, is_label_table, read_label_table
from pyside.errors import BadLabels
from tests.conftest import raises_with


def read(lines: range | tuple[int, ...] = (), **columns: Any) -> tuple[list[tuple[Any, ...]], list[str]]:
    """Return name, trial and labels of each entry, and the remarks; labels as a dict where they are a `FrameList`."""
    entries, remarks = read_label_table(Table(columns, lines), "a.csv")
    return [(one.name, one.trial, plain(one.labels)) for one in entries], remarks


def plain(labels: Any) -> Any:
    if isinstance(labels, FrameList):
        return dict(zip(labels.frames.tolist(), plain(labels.labels), strict=True))
    return [None if one != one else one for one in (labels if isinstance(labels, list) else labels.tolist())]


def test_a_table_has_a_column_of_labels_and_a_row() -> None:
    assert is_label_table(Table({"touch": [1.0]})) and not is_label_table(Table({"x": [1.0]}))
    assert not is_label_table(Table({"label": []})) and not is_label_table(Table({}))


def test_a_cell_of_vectors_is_a_row_a_video_but_not_in_a_csv_file() -> None:
    columns = {"labels": [np.array([0, 1]), np.array([1])], "video": ["a", "b"]}
    assert has_row_per_video(Table(columns)) and not has_row_per_video(Table(columns, range(2, 4)))
    assert not has_row_per_video(Table({"labels": ["A", "B"]}))


def test_each_row_is_a_video() -> None:
    found, _ = read(labels=[np.array([0, 1]), []], video=["a", "7"], trial=np.array([3.0, math.nan]))
    assert found == [("a", 3, [0, 1]), ("7", 7, [])]
    with raises_with(BadLabels, "a.csv", "row 2", "labels"):
        read(labels=[np.array([0, 1]), np.ones((2, 2))], video=["a", "b"])


def test_rows_are_the_frames_of_their_video_in_order_of_appearance() -> None:
    found, _ = read(video=["b", "a", "b"], label=["x", "y", ""])
    assert found == [("b", None, ["x", ""]), ("a", None, ["y"])]
    assert read(label=np.array([0.0, 1.0]))[0] == [(None, None, [0, 1])]
    assert read(trial=["2", "1", "2"], label=["0", "1", "<missing>"])[0] == [(None, 2, [0, None]), (None, 1, [1])]


def test_numbered_frames_come_in_any_order_and_may_come_twice_with_one_label() -> None:
    found, _ = read(frame=["3", "1", "3"], label=["x", "y", "x"])
    assert found == [(None, None, {1: "y", 3: "x"})]
    with raises_with(BadLabels, "line 4", "frame 3", "y", "x", "line 2"):
        read(range(2, 5), frame=["3", "1", "3"], label=["x", "z", "y"])


def test_one_video_written_in_two_ways_is_one() -> None:
    found, _ = read(video=["Ma\u0308rz", "M\u00e4rz"], label=["x", "y"])
    assert found == [("Ma\u0308rz", None, ["x", "y"])]


def test_all_rows_that_are_wrong_are_told_up_to_ten() -> None:
    with raises_with(BadLabels, "line 2", "'x'", "'1.5'", 5):
        read(range(2, 17), frame=["x", "", *["1.5"] * 13], label=["A"] * 15)
    with raises_with(BadLabels, "row 2", "video"):
        read(video=["a", ""], label=["A", "B"])


def test_missing_values_of_r_are_no_videos_frames_or_tags() -> None:
    with raises_with(BadLabels, "row 2", "video"):
        read(video=["a", "NA"], label=["A", "B"])
    with raises_with(BadLabels, "row 2", "'NA'"):
        read(frame=["1", "NA"], label=["A", "B"])
    entries, remarks = read_label_table(Table({"video": ["a"], "label": ["0"], "animal": ["NA"]}), "a.csv")
    assert entries[0].tags == {} and remarks == []


def test_thousands_with_a_separator_are_asked_about() -> None:
    for text in ("1.000", "1,000"):
        with raises_with(BadLabels, "row 2", repr(text)):
            read(frame=["999", text], label=["0", "1"])
    assert read(frame=["1.000", "2.000"], label=["0", "1"])[0] == [(None, None, {1: 0, 2: 1})]
    assert read(frame=["1,0", "2,0"], label=["0,0", "1,0"])[0] == [(None, None, {1: 0, 2: 1})]


def test_what_stays_the_same_within_a_video_is_a_tag_and_what_changes_is_told() -> None:
    entries, remarks = read_label_table(
        Table({"video": ["a", "a", "b"], "label": [0.0, 1.0, 1.0], "camera": ["l", "l", "r"], "who": ["x", "y", "x"]}),
        "a.csv",
    )
    assert [one.tags for one in entries] == [{"camera": "l"}, {"camera": "r", "who": "x"}]
    assert len(remarks) == 1 and "a.csv" in remarks[0] and "who" in remarks[0]


def test_a_missing_label_is_left_out_however_it_is_written() -> None:
    for missing in ("<missing>", "<undefined>", "", np.array([math.nan]), None):
        found, _ = read(frame=np.array([1.0, 2.0]), label=["x", missing])
        assert found == [(None, None, {1: "x", 2: ""})]
    times = np.array(["NaT", "NaT"], "M8[ns]")
    assert read(label=times)[0] == [(None, None, [None, None])]


@pytest.mark.parametrize("label", [{"a": 1}, {}])
def test_a_label_that_is_neither_text_nor_number_is_named_and_not_left_out(label: Any) -> None:
    with raises_with(BadLabels, "a.csv, row 2", "label"):
        read(frame=np.array([1.0, 2.0]), label=["x", label])


def test_times_are_tags_and_no_labels_or_frame_numbers() -> None:
    days, lengths = np.array(["2026-11-29"] * 2, "M8[ns]"), np.array([1500, 1500], "m8[ms]")
    entries, _ = read_label_table(Table({"label": np.array([0.0, 1.0]), "day": days, "lasts": lengths}), "a.mat")
    assert entries[0].tags == {"day": "2026-11-29", "lasts": "1.5 s"}
    entries, _ = read_label_table(
        Table({"label": np.array([0.0, 1.0]), "day": np.array(["NaT"] * 2, "M8[s]")}), "a.mat"
    )
    assert entries[0].tags == {}
    with raises_with(BadLabels, "row 1", "2026-11-29"):
        read(frame=days, label=np.array([0.0, 1.0]))
    with raises_with(BadLabels, "1.5 s"):
        read_labels([read(label=lengths)[0][0][2]], ("NonTouch", "Touch"), None, ["a"])
