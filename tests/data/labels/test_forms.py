"""The forms of labels are told apart by their shape."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from pyside.data.formats.mat_files import Map, Object, Table
from pyside.data.labels import forms
from pyside.data.labels.forms import label_reader, read_label_values
from pyside.errors import BadLabels
from tests.conftest import raises_with

VECTOR = np.array([0, 1, 1])


def form_of(value: Any, loosely: bool = False) -> str | None:
    read = label_reader(value, loosely)
    return None if read is None else read("labels.mat: x").form


@pytest.mark.parametrize(
    ("value", "form"),
    [
        (VECTOR, forms.ONE_VIDEO),
        ([VECTOR, ["A"]], forms.VECTOR_PER_VIDEO),
        ({"labels": VECTOR}, forms.STRUCTS),
        ([np.empty(0), {"touch": VECTOR}], forms.STRUCTS),
        (Object("Trial", {"labels": VECTOR}), forms.STRUCTS),
        (Map({"a": VECTOR}), forms.BY_NAME),
        (Table({"label": [0.0, 1.0], "frame": [1.0, 2.0]}), forms.ROW_PER_FRAME),
        (Table({"labels": [VECTOR, VECTOR], "video": ["a", "b"]}), forms.ROW_PER_VIDEO),
        ({"labels": [VECTOR, VECTOR], "video": ["a", "b"]}, forms.ROW_PER_VIDEO),
        ({"label": VECTOR, "frame": VECTOR + 1}, forms.ROW_PER_FRAME),
        ([{"contactInds": np.array([2.0])}], forms.CONTACTS),
        ({"labels": [{"contactInds": np.array([2.0])}]}, forms.CONTACTS),
    ],
)
def test_a_value_is_of_one_form(value: Any, form: str) -> None:
    assert form_of(value) == form


@pytest.mark.parametrize(
    "value", [np.ones((3, 3)), "text", [VECTOR, np.ones((2, 2))], {"a": np.ones((2, 2))}, Table({"x": [1, 2]}), [], {}]
)
def test_anything_else_is_of_none(value: Any) -> None:
    assert form_of(value) is None and form_of(value, loosely=True) is None


@pytest.mark.parametrize(("value", "form"), [(np.array([1]), forms.ONE_VIDEO), ({"a": VECTOR}, forms.BY_NAME)])
def test_what_could_be_many_things_is_labels_only_where_labels_are_expected(value: Any, form: str) -> None:
    assert form_of(value) is None and form_of(value, loosely=True) == form


def test_a_field_of_labels_is_no_video_of_that_name() -> None:
    assert form_of({"labels": VECTOR, "b": VECTOR}, loosely=True) == forms.STRUCTS
    assert form_of({"video": "a", "b": VECTOR}, loosely=True) is None
    assert form_of({"video": VECTOR, "b": VECTOR}, loosely=True) == forms.BY_NAME


def test_entries_say_where_they_stand_and_whose_they_are() -> None:
    structs = [{"video": "a.mp4", "trial": 3.0, "labels": VECTOR, "camera": "left", "uncuratable": 1.0}, {"labels": []}]
    read = label_reader([*structs, 5.0])
    assert read is not None
    found = read("x")
    (entry,) = found.entries
    assert (entry.source, entry.name, entry.trial, entry.left_out) == ("x{1}", "a.mp4", 3, "uncuratable")
    assert entry.tags == {"camera": "left"}
    assert len(found.remarks) == 2 and "x{3}" in found.remarks[0] and "x{2}" in found.remarks[1]


def test_all_structs_without_labels_are_told_at_once() -> None:
    read = label_reader([{"labels": VECTOR}, {"animal": 1.0}, {"labels": "A"}])
    assert read is not None
    with raises_with(BadLabels, "x{2", "animal", "x{3"):
        read("x")


def test_labels_by_name_are_read_in_any_form_below() -> None:
    found = read_label_values({"a": [0, 1], "b": {"labels": [1], "camera": "left"}, "c": []})
    assert [(one.name, list(one.labels), one.source) for one in found.entries] == [
        ("a", [0, 1], "labels: a"),
        ("b", [1], "labels: b"),
        ("c", [], "labels: c"),
    ]
    assert found.entries[1].tags == {"camera": "left"}


@pytest.mark.parametrize(
    ("value", "facts"),
    [("A", ["str"]), ([[0, 1], "A"], ["list", "2"]), ({"a": "b"}, ["dict", "a"])],
)
def test_what_is_no_labels_is_told_with_its_place(value: Any, facts: list[str]) -> None:
    with raises_with(BadLabels, *facts):
        read_label_values(value)


@pytest.mark.parametrize(
    ("value", "labels"),
    [
        ([0, None, 1], [[0, math.nan, 1]]),
        (["A", None, "B"], [["A", "", "B"]]),
        (["A", math.nan], [["A", ""]]),
        ([None, None], [[math.nan, math.nan]]),
        ([[0, None], ["A", None]], [[0, math.nan], ["A", ""]]),
        ({"a.mp4": [0, None, 1]}, [[0, math.nan, 1]]),
        ([{"video": "a.mp4", "labels": ["A", None], "day": np.array(["NaT"], "M8[s]")}], [["A", ""]]),
    ],
)
def test_missing_values_in_memory_leave_frames_out(value: Any, labels: list[Any]) -> None:
    for entry, wanted in zip(read_label_values(value).entries, labels, strict=True):
        np.testing.assert_array_equal(entry.labels, wanted)
        assert entry.tags == {}


def test_whole_numbers_stay_such_and_a_missing_vector_is_named() -> None:
    assert read_label_values([0, 1]).entries[0].labels.dtype.kind == "i"
    with raises_with(BadLabels, "item 2"):
        read_label_values([[0, 1], None])


def test_dates_in_a_data_frame_are_read() -> None:
    pandas = pytest.importorskip("pandas")
    days = pandas.to_datetime(["2026-11-29", None])
    found = read_label_values(pandas.DataFrame({"frame": [1, 2], "label": ["A", None], "day": days}))
    assert found.entries[0].labels.labels == ["A", ""] and found.remarks  # the day changes
