"""What fields and columns mean, by their names."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pyside.data.labels import field_names
from pyside.data.labels.field_names import LABELS, is_empty, is_set, plain, role, tags, trial, video_name


@pytest.mark.parametrize("name", ["video_name", "VideoName", "video name", "\ufeffVideo-Name", "VIDEO\tNAME"])
def test_a_name_is_one_however_it_is_written(name: str) -> None:
    assert plain(name) == "videoname" and role(["x", name], field_names.VIDEO) == name


def test_of_several_names_the_usual_one_is_taken_and_of_two_alike_the_first() -> None:
    assert role(["contacts", "touch", "Labels"], LABELS) == "Labels"
    assert role(["la_bels", "labels"], LABELS) == "la_bels"
    assert role(["animal"], LABELS) is None and role([], LABELS) is None


def test_every_name_is_written_as_names_are_compared() -> None:
    for names in (field_names.VIDEO, field_names.TRIAL, LABELS, field_names.FRAME):
        assert [plain(name) for name in names] == names and len(set(names)) == len(names)


def test_the_field_that_names_a_video_holds_a_text() -> None:
    assert video_name({"video": np.array([1.0]), "File": ["a.mp4"]}) == ("File", "a.mp4")
    assert video_name({"video": "", "name": "b"}) == ("name", "b")
    assert video_name({"video": 3.0}) is None and video_name({}) is None


def test_the_trial_is_a_number_in_one_of_its_fields() -> None:
    assert trial({"Trial_Num": np.array([[4.0]]), "trial": 5}) == 4
    assert trial({"trial": "a"}) is None and trial({"animal": 3}) is None


def test_what_is_left_over_are_tags() -> None:
    fields = {"labels": "A", "Camera": " left ", "animal": 3.0, "matrix": np.ones(3), "März": "März"}
    assert tags(fields, ["labels", None]) == {"Camera": "left", "animal": "3", "M\u00e4rz": "M\u00e4rz"}
    assert tags({"La_bels": "A"}, ["labels"]) == {}


@pytest.mark.parametrize("value", [[], "", np.empty((0, 3)), {}, {"a": []}, [[], ""], ({"a": ""},)])
def test_nothing_is_empty_and_no_flag(value: Any) -> None:
    assert is_empty(value) and not is_set(value)


@pytest.mark.parametrize(
    ("value", "flag"), [(np.zeros(2), False), (np.array([0, 1]), True), ("no", True), (1.0, True), (None, False)]
)
def test_a_flag_is_any_number_but_0_or_any_text(value: Any, flag: bool) -> None:
    assert not is_empty(value) and is_set(value) == flag
