"""The labels of one recording, laid over the frames of its video."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from pyside.data.labels.entry import (
    FrameList,
    LabelEntry,
    frame_numbers,
    has_no_label,
    is_missing,
    label_vector,
    some_frames,
    tag_text,
    trial_number,
)
from pyside.errors import BadLabels, LengthMismatch
from tests.conftest import raises_with

NAN = math.nan


def laid(labels: Any, n_frames: int, offset: int = 0, **further: Any) -> list[Any]:
    """Return a label for each frame of a video, with None where it is left out."""
    found = LabelEntry("labels{1}", labels, **further).for_video(n_frames, offset, "trial 1", "a.mp4")
    return [None if one == "" or one != one else one for one in found]


def listed(frames: list[int], labels: Any, elsewhere: Any = NAN) -> FrameList:
    return FrameList(np.array(frames), labels if isinstance(labels[0], str) else np.array(labels), elsewhere)


# --- laid over a video ---------------------------------------------------------------------------------------------


def test_a_vector_is_one_label_a_frame() -> None:
    assert laid(np.array([0, 1, 1]), 3) == [0, 1, 1] and laid(["A", "", "B"], 3) == ["A", None, "B"]


@pytest.mark.parametrize(("n", "text"), [(2, "1 more"), (5, "2 fewer")])
def test_a_vector_of_another_length_is_told_with_both_lengths(n: int, text: str) -> None:
    with raises_with(LengthMismatch, "a.mp4", f"{n} frames", "labels{1", "3 labels") as caught:
        laid(np.array([0, 1, 1]), n)
    assert text in caught.value.alike


@pytest.mark.parametrize(
    ("offset", "expected"), [(1, [None, 0, 1]), (-1, [1, 2, None]), (3, [None] * 3), (-9, [None] * 3)]
)
def test_an_offset_moves_a_vector_and_what_it_moves_over_an_end_is_dropped(offset: int, expected: list[Any]) -> None:
    assert laid(np.array([0, 1, 2]), 3, offset) == expected
    assert laid(["0", "1", "2"], 3, offset) == [one if one is None else str(one) for one in expected]


def test_a_vector_of_another_length_must_fit_when_it_is_moved() -> None:
    assert laid(np.array([1, 2]), 4, 1) == [None, 1, 2, None]
    with raises_with(LengthMismatch, "frame 5", "+3"):
        laid(np.array([1, 2]), 4, 3)


def test_single_frames_are_counted_from_one_and_the_others_have_the_label_of_elsewhere() -> None:
    assert laid(listed([4, 1], [2, 3]), 4) == [3, None, None, 2]
    assert laid(listed([4, 1], [2, 3], 0), 4) == [3, 0, 0, 2]
    assert laid(listed([2], ["A"], "B"), 3) == ["B", "A", "B"]
    assert laid(listed([2], [1], 0), 3, -1) == [1, 0, 0]
    with raises_with(LengthMismatch, "2 frames", "0, 9", "1"):
        laid(listed([0, 2, 9], [1, 1, 1]), 4)


def test_a_recording_that_is_left_out_has_no_label_whatever_its_length() -> None:
    assert laid(np.array([0, 1]), 3, left_out="uncuratable") == [None] * 3


def test_without_a_video_labels_reach_from_the_first_frame_to_the_last_that_has_one() -> None:
    assert LabelEntry("a", listed([3, 5], [1, 2], 0)).as_vector().tolist() == [0, 0, 1, 0, 2]
    assert LabelEntry("a", listed([-1, 1], [1, 2], 0)).as_vector().tolist() == [1, 0, 2]
    assert LabelEntry("a", FrameList(np.empty(0, int), np.empty(0), 0.0)).as_vector().tolist() == []
    assert LabelEntry("a", ["A"]).as_vector() == ["A"]


def test_of_many_frames_the_first_few_and_the_last_are_named() -> None:
    assert some_frames(np.array([7])) == "frame 7" and some_frames(np.array([1, 2])) == "2 frames: 1, 2"
    assert some_frames(np.arange(1, 6)) == "5 frames: 1, 2, 3, 4, 5"
    assert some_frames(np.arange(1, 101)) == "100 frames: 1, 2, 3, 4, ..., 100"


# --- what stands in a cell -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(3,), (1, 3), (3, 1), (1, 1, 3)])
def test_a_row_or_column_is_a_vector(shape: tuple[int, ...]) -> None:
    for dtype in ("uint8", "bool", "float32"):
        found = label_vector(np.array([0, 1, 1], dtype).reshape(shape))
        assert found.tolist() == [0, 1, 1] and found.dtype == ("float64" if dtype == "float32" else dtype)


@pytest.mark.parametrize("value", [np.ones((2, 2)), np.array(["a"]), np.array([1j]), "A", ["A", 1], None, 1.0])
def test_a_matrix_a_text_and_mixed_things_are_no_vector(value: Any) -> None:
    assert label_vector(value) is None


def test_nothing_at_all_is_a_vector_of_no_label() -> None:
    for value in ([], np.empty((0, 0)), np.empty((1, 0))):
        assert label_vector(value).tolist() == []


def test_frame_numbers_are_whole() -> None:
    assert frame_numbers(np.array([[1.0, 3.0]]), "a").tolist() == [1, 3]
    for odd, shown in ((1.5, "1.5"), (NAN, "nan"), (math.inf, "inf"), (1e9, "1000000000")):
        with raises_with(BadLabels, "a", "100000000", shown):
            frame_numbers(np.array([1, odd]), "a")
    with raises_with(BadLabels, "a", "vector"):
        frame_numbers(["1"], "a")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (" left ", "left"),
        (["left"], "left"),
        (3.0, "3"),
        (2.5, "2.5"),
        (np.array([[7]], np.uint8), "7"),
        (np.array([True]), "true"),
        (False, "false"),
        (NAN, None),
        (np.array([NAN]), None),
        ("", None),
        ("<missing>", None),
        (["a", "b"], None),
        (np.array([1, 2]), None),
        (None, None),
        (np.datetime64("2026-11-29", "ns"), "2026-11-29"),
        (np.array(["2026-11-29T21:30:00.25"], "M8[ms]"), "2026-11-29T21:30:00.250"),
        (np.timedelta64(1500, "ms"), "1.5 s"),
        (np.array(["NaT"], "m8[s]"), None),
        (np.datetime64("NaT", "s"), None),
    ],
)
def test_a_tag_is_a_text_or_a_single_number(value: Any, text: str | None) -> None:
    assert tag_text(value) == text


def test_a_trial_is_a_whole_number_of_any_type() -> None:
    assert [trial_number(one) for one in (12.0, "012", np.array([[12]]))] == [12, 12, 12]
    assert [trial_number(one) for one in (1.5, -1, "a", "9" * 16, "", None)] == [None] * 6


def test_none_nan_nat_and_pandas_na_are_missing() -> None:
    na, nat = (type(name, (), {})() for name in ("NAType", "NaTType"))
    missing = (None, NAN, np.float32("nan"), na, nat, np.datetime64("NaT", "s"), np.timedelta64("NaT", "s"))
    assert all(map(is_missing, missing))
    assert not any(map(is_missing, ("", 0, 0.0, "nan", "<missing>", np.timedelta64(1, "s"), [NAN], {})))


def test_a_missing_value_or_text_is_no_label_and_anything_else_is() -> None:
    none = (None, NAN, "", " ", "<missing>", "<undefined>", np.array([[NAN]]), np.empty((0, 0)), [], ["<missing>"])
    assert all(map(has_no_label, none))
    assert not any(map(has_no_label, ("NA", 0.0, {}, np.array([1, NAN]), ["a"], np.array(["2026"], "M8[D]"))))
