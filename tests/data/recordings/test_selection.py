"""Which frames are taken, and by which reason the others are counted."""

from __future__ import annotations

import numpy as np
import pytest

from pyside.data.recordings.selection import REASONS, check_span, select_frames
from pyside.errors import BadOption, LengthMismatch
from tests.conftest import raises_with


def labels_of(text: str) -> np.ndarray:
    """Read labels from a drawing: ``.`` is class 0, ``x`` class 1, ``2`` class 2, ``-`` a frame to leave out."""
    return np.array([".x2-".index(letter) if letter != "-" else -1 for letter in text], np.int16)


def drawn(keep: np.ndarray) -> str:
    return "".join("k" if kept else " " for kept in keep)


def left_out(**counts: int) -> dict[str, int]:
    return {reason: counts.get(reason, 0) for reason in REASONS}


def test_by_default_every_frame_is_taken_and_those_labelled_minus_one_are_counted() -> None:
    found = select_frames(labels_of("..xx-.-"))
    assert found.keep.all()
    assert found.left_out == left_out(by_label=2)
    assert list(found.left_out) == list(REASONS)


def test_a_span_begins_with_the_first_frame_that_there_is() -> None:
    for first in (0, 1):
        check_span((first, 5), first)
        check_span(None, first)
    with raises_with(BadOption, "frame_span", "0", "1"):
        check_span((0, 5), 1)


def test_frames_without_a_centre_or_whose_region_sticks_out_are_left_out() -> None:
    has_center, in_frame = np.ones(6, bool), np.ones(6, bool)
    has_center[1], in_frame[[1, 4]] = False, False
    found = select_frames(labels_of("......"), has_center=has_center, in_frame=in_frame)
    assert drawn(found.keep) == "k kk k"
    assert found.left_out == left_out(without_center=1, out_of_frame=1)


@pytest.mark.parametrize(
    ("span", "kept"), [((0, 5), "kkkkkk"), ((2, 3), "  kk  "), ((4, 99), "    kk"), ((9, 12), " " * 6)]
)
def test_a_span_includes_both_its_ends(span: tuple[int, int], kept: str) -> None:
    found = select_frames(labels_of("..xx.."), frame_span=span)
    assert drawn(found.keep) == kept
    assert found.left_out == left_out(outside_span=kept.count(" "))


def test_values_beyond_a_cut_off_are_left_out_but_not_the_cut_off_itself_nor_nan() -> None:
    values = np.array([1, 2, 3, 4, 5, np.nan])
    assert drawn(select_frames(labels_of("......"), values=values, exclude_above=4).keep) == "kkkk k"
    assert drawn(select_frames(labels_of("......"), values=values, exclude_below=2).keep) == " kkkkk"
    both = select_frames(labels_of("......"), values=values, exclude_above=4, exclude_below=2)
    assert drawn(both.keep) == " kkk k"
    assert both.left_out == left_out(by_value=2)


def test_values_of_another_length_are_an_error() -> None:
    with raises_with(LengthMismatch, "trial1", 5, 6):
        select_frames(labels_of("......"), values=np.zeros(5), what="trial1")


@pytest.mark.parametrize(
    ("window", "drawing", "kept"),
    [
        (2, "......xx......", "    kkkkkk    "),
        (0, "......xx......", "      kk      "),
        (99, "......xx......", "k" * 14),
        (1, "x.....2....x..", "kk   kkk  kkk "),
        (1, "..............", " " * 14),
        (1, "....-....x....", "    k   kkk   "),  # -1 is no touch, and stays
    ],
)
def test_negatives_are_taken_near_other_classes_only(window: int, drawing: str, kept: str) -> None:
    found = select_frames(labels_of(drawing), negative_window=window)
    assert drawn(found.keep) == kept
    assert found.left_out == left_out(by_label=drawing.count("-"), far_from_touch=kept.count(" "))


def test_a_touch_that_is_not_taken_itself_makes_its_neighbours_near_all_the_same() -> None:
    found = select_frames(labels_of("....x...."), negative_window=2, frame_span=(5, 8))
    assert drawn(found.keep) == "     kk  "


@pytest.mark.parametrize("share", [0, 0.1, 0.25, 0.5, 1])
def test_a_share_of_the_far_frames_is_taken_evenly_spread_and_always_the_same(share: float) -> None:
    labels = np.zeros(1001, np.int16)
    labels[500] = 1
    found = select_frames(labels, negative_window=0, negative_share=share)
    taken = np.setdiff1d(np.flatnonzero(found.keep), [500])
    assert len(taken) == round(1000 * share) == 1000 - found.left_out["far_from_touch"]
    if len(taken):
        gaps = np.diff(np.concatenate([[-1], taken, [1001]]))
        assert gaps.max() <= 1.5 / share + 2
    assert np.array_equal(found.keep, select_frames(labels, negative_window=0, negative_share=share).keep)


def test_each_frame_is_counted_once_by_the_first_reason_that_holds() -> None:
    rng = np.random.default_rng(0)
    for _ in range(50):
        n = int(rng.integers(1, 60))
        labels = rng.choice(np.array([-1, 0, 0, 0, 0, 1], np.int16), n)
        found = select_frames(
            labels,
            has_center=rng.random(n) < 0.9,
            in_frame=rng.random(n) < 0.9,
            frame_span=(3, n - 3),
            negative_window=2,
            negative_share=0.3,
            values=rng.random(n),
            exclude_above=0.9,
        )
        assert sum(found.left_out.values()) == n - np.count_nonzero(found.keep & (labels >= 0))
