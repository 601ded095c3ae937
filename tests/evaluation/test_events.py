"""Touches are counted, and their errors, as by hand."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pyside.evaluation.events import Overlaps, bouts, errors_per_touch, event_classes, event_metrics, following
from tests.conftest import steps

TOUCH = ("NonTouch", "Touch")
COUNTS = ("touches", "predicted", "found", "missed", "ghosts", "merged", "split", "count_errors")


def drawn(*recordings: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return classes, recordings and frame numbers: a text a recording; ``.`` is class 0, ``T`` 1, ``U`` 2."""
    labels = np.array([".TU".index(frame) for text in recordings for frame in text], np.int64)
    lengths = [len(text) for text in recordings]
    numbers = [np.arange(length) for length in lengths]
    return labels, np.repeat(np.arange(len(lengths)), lengths), np.concatenate(numbers)


def figures(true: str, predicted: str, **options: Any) -> dict[str, Any]:
    labels, recordings, numbers = drawn(*true.split())
    return event_metrics(labels, drawn(*predicted.split())[0], recordings, numbers, TOUCH, **options)["Touch"]


def counts(found: dict[str, Any]) -> dict[str, int]:
    return {key: found[key] for key in COUNTS if found[key]}


# --- which classes, which frames -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("names", "events"),
    [
        (("NonTouch", "Touch"), ("Touch",)),
        (("Touch", "NonTouch"), ("Touch",)),
        (("pole", "NonTouch", "Touch"), ("pole", "Touch")),
        (("out", "Touch", "in"), ("Touch",)),
        (("rest", "run"), ("run",)),
        (("0", "1", "2"), ("1", "2")),
    ],
)
def test_events_are_runs_of_all_classes_but_the_one_without_touch(
    names: tuple[str, ...], events: tuple[str, ...]
) -> None:
    assert event_classes(names) == events


def test_a_bout_reaches_from_its_first_frame_to_the_first_after_it() -> None:
    starts, ends = bouts(*drawn("TT..T.TTT"), 1)
    assert starts.tolist() == [0, 4, 6] and ends.tolist() == [2, 5, 9]


def test_bouts_are_cut_where_a_recording_ends() -> None:
    starts, ends = bouts(*drawn("..TT", "T..T"), 1)
    assert starts.tolist() == [2, 4, 7] and ends.tolist() == [4, 5, 8]
    labels = np.ones(4, np.int64)  # the numbers go on, the recording does not
    assert bouts(labels, np.array([0, 0, 1, 1]), np.arange(4), 1)[0].tolist() == [0, 2]


def test_bouts_are_cut_where_frame_numbers_are_missing() -> None:
    labels, recordings, _ = drawn("TTTTT")
    starts, ends = bouts(labels, recordings, np.array([3, 4, 7, 8, 9]), 1)
    assert starts.tolist() == [0, 2] and ends.tolist() == [2, 5]


def test_loose_images_give_no_events() -> None:
    labels, recordings, numbers = drawn("TTT", "TT.")
    numbers[:3] = -1
    starts, ends = bouts(labels, recordings, numbers, 1)
    assert starts.tolist() == [3] and ends.tolist() == [5]


# --- counts, by hand -----------------------------------------------------------------------------------------------


def test_a_perfect_prediction_has_no_errors() -> None:
    found = figures(".TT..TTT. T.T", ".TT..TTT. T.T", frame_rate=500)
    assert counts(found) == {"touches": 4, "predicted": 4, "found": 4}
    assert found["errors_per_touch"] == 0 and found["matched"] == 4
    nothing = {"median": 0, "mean": 0, "percentile_95": 0}
    assert found["onset_error"] == {"frames": nothing, "ms": nothing} == found["offset_error"]


@pytest.mark.parametrize(
    ("true", "predicted", "errors"),
    [
        (".TT..TT.", ".TT.....", {"touches": 2, "predicted": 1, "found": 1, "missed": 1, "count_errors": 1}),
        (".TT.....", ".TT..TT.", {"touches": 1, "predicted": 2, "found": 1, "ghosts": 1, "count_errors": 1}),
        # A touch beside a predicted one is missed, and that one a ghost: they share no frame.
        ("..TT....", "....TT..", {"touches": 1, "predicted": 1, "missed": 1, "ghosts": 1, "count_errors": 2}),
        (".TT.TT.T", ".TTTTTTT", {"touches": 3, "predicted": 1, "found": 3, "merged": 2, "count_errors": 2}),
        (".TTTTTTT", ".T.TTT.T", {"touches": 1, "predicted": 3, "found": 1, "split": 2, "count_errors": 2}),
        # The first predicted one joins both touches, and the second touch is cut in two.
        (
            "TTT.TTTT",
            "TTTTT.TT",
            {"touches": 2, "predicted": 2, "found": 2, "merged": 1, "split": 1, "count_errors": 2},
        ),
        # A run over the end of a recording joins nothing.
        ("..TT TT..", "..TT TT..", {"touches": 2, "predicted": 2, "found": 2}),
        ("........", "..T.....", {"predicted": 1, "ghosts": 1, "count_errors": 1}),
        ("........", "........", {}),
    ],
)
def test_each_error_is_counted_as_by_hand(true: str, predicted: str, errors: dict[str, int]) -> None:
    found = figures(true, predicted)
    assert counts(found) == errors
    if not errors.get("touches"):
        assert found["errors_per_touch"] is None
    else:
        assert found["errors_per_touch"] == errors.get("count_errors", 0) / errors["touches"]


def test_the_order_of_the_classes_changes_nothing() -> None:
    labels, recordings, numbers = drawn(".TT.TT.T....")
    predicted = drawn(".TTTTT...TT.")[0]
    usual = event_metrics(labels, predicted, recordings, numbers, TOUCH)
    swapped = event_metrics(1 - labels, 1 - predicted, recordings, numbers, ("Touch", "NonTouch"))
    assert usual == swapped and usual["Touch"]["merged"] == 1


def test_of_three_classes_each_event_class_has_figures_of_its_own() -> None:
    labels, recordings, numbers = drawn(".TT.UUTT.")
    predicted = drawn(".UU.UUUU.")[0]
    found = event_metrics(labels, predicted, recordings, numbers, ("NonTouch", "Touch", "pole"))
    assert counts(found["Touch"]) == {"touches": 2, "missed": 2, "count_errors": 2}
    assert counts(found["pole"]) == {"touches": 1, "predicted": 2, "found": 1, "ghosts": 1, "count_errors": 1}
    assert errors_per_touch(found.values()) == pytest.approx(3 / 3)


def test_short_predicted_events_can_be_left_out() -> None:
    labels, recordings, numbers = drawn("..TTTT..TTTT..TTTT")
    predicted = drawn("T...TT.TTTTT..T.TT")[0]
    every = Overlaps.between(labels == 1, predicted == 1, following(recordings, numbers))
    long = every.at_least(2)
    assert every.counts()["ghosts"] == every.counts()["split"] == 1 and long.counts()["count_errors"] == 0
    assert long.predicted[0][long.of_predicted].tolist() == [4, 7, 16] and long.shared.tolist() == [2, 4, 2]


# --- onsets and offsets --------------------------------------------------------------------------------------------


def test_onset_and_offset_errors_are_signed_and_in_frames_and_ms() -> None:
    #               late by 1       early by 2      exact
    true = "..TTTT......TTTT......TTTT.."
    said = "...TTT....TTTTT.......TTTT.."
    found = figures(true, said, frame_rate=500)
    assert found["onset_error"]["frames"] == pytest.approx({"median": 1, "mean": -1 / 3, "percentile_95": 1.9})
    assert found["offset_error"]["frames"] == pytest.approx({"median": 0, "mean": -1 / 3, "percentile_95": 0.9})
    assert found["onset_error"]["ms"] == pytest.approx({"median": 2, "mean": -2 / 3, "percentile_95": 3.8})
    assert figures(true, said)["onset_error"]["ms"] is None


def test_a_split_touch_is_matched_with_the_longer_part_alone() -> None:
    found = figures(".TTTTTTTT.", ".TT.TTTTT.")
    assert found["matched"] == 1
    assert found["onset_error"]["frames"]["mean"] == 3 and found["offset_error"]["frames"]["mean"] == 0


def test_of_merged_touches_one_is_matched() -> None:
    found = figures(".TT.TTTTT.", ".TTTTTTTT.")
    assert found["found"] == 2 and found["matched"] == 1
    assert found["onset_error"]["frames"]["mean"] == -3
    equal = figures(".TT.TT.", ".TTTTT.")  # of equals the earlier
    assert equal["onset_error"]["frames"]["mean"] == 0 and equal["offset_error"]["frames"]["mean"] == 3


def test_what_cannot_be_told_is_none_and_never_nan() -> None:
    nothing = {"median": None, "mean": None, "percentile_95": None}
    found = figures("....", "....", frame_rate=500)
    assert found["onset_error"] == {"frames": nothing, "ms": nothing} and found["errors_per_touch"] is None
    no_frames = np.empty(0, np.int64)
    empty = event_metrics(no_frames, no_frames, no_frames, no_frames, TOUCH)
    assert counts(empty["Touch"]) == {} and errors_per_touch(empty.values()) is None
    assert json.loads(json.dumps(found, allow_nan=False)) == found


# --- whatever the frames -------------------------------------------------------------------------------------------

ANY_RECORDINGS = st.lists(st.lists(st.tuples(*[st.integers(0, 2)] * 2, st.booleans()), max_size=25), max_size=5)


def made(recordings: list[list[tuple[int, int, bool]]]) -> tuple[np.ndarray, ...]:
    """Return classes, predicted classes, recordings and frame numbers; true in the third place is a cut before."""
    rows = [
        (true, said, number, step)
        for number, recording in enumerate(recordings)
        for (true, said, _), step in zip(recording, np.cumsum([1 + cut for *_, cut in recording]), strict=True)
    ]
    table = np.array(rows, np.int64).reshape(-1, 4)
    return tuple(table.T)


@given(ANY_RECORDINGS)
@settings(deadline=None)
def test_counts_add_up_whatever_the_frames(recordings: list[list[tuple[int, int, bool]]]) -> None:
    labels, predicted, *order = made(recordings)
    for index, one in enumerate(event_metrics(labels, predicted, *order, ("NonTouch", "a", "b")).values(), start=1):
        assert one["found"] + one["missed"] == one["touches"] == len(bouts(labels, *order, index)[0])
        assert one["predicted"] == len(bouts(predicted, *order, index)[0])
        # Pairs that overlap, counted from either side.
        assert one["found"] + one["split"] == one["predicted"] - one["ghosts"] + one["merged"]
        assert one["matched"] <= one["found"] and bool(one["matched"]) == bool(one["found"])
        assert one["count_errors"] == one["missed"] + one["ghosts"] + one["merged"] + one["split"]


@given(ANY_RECORDINGS)
@settings(deadline=None)
def test_counts_are_those_of_looking_at_each_pair(recordings: list[list[tuple[int, int, bool]]]) -> None:
    labels, predicted, *order = made(recordings)
    found = event_metrics(labels, predicted, *order, ("NonTouch", "a", "b"))["a"]
    true = [set(range(*ends)) for ends in zip(*bouts(labels, *order, 1), strict=True)]
    said = [set(range(*ends)) for ends in zip(*bouts(predicted, *order, 1), strict=True)]
    of_true = [sum(bool(one & other) for other in said) for one in true]
    of_said = [sum(bool(one & other) for other in true) for one in said]
    assert (found["missed"], found["ghosts"]) == (of_true.count(0), of_said.count(0))
    assert found["merged"] == sum(max(0, number - 1) for number in of_said)
    assert found["split"] == sum(max(0, number - 1) for number in of_true)


@given(ANY_RECORDINGS, st.randoms(use_true_random=False))
@settings(deadline=None)
def test_the_order_of_recordings_changes_nothing(recordings: list[list[tuple[int, int, bool]]], random: Any) -> None:
    shuffled = random.sample(recordings, len(recordings))
    found, again = (event_metrics(*made(each), ("NonTouch", "a", "b")) for each in (recordings, shuffled))
    for name in found:
        for end in ("onset_error", "offset_error"):
            assert found[name].pop(end)["frames"] == pytest.approx(again[name].pop(end)["frames"])
    assert found == again


@given(ANY_RECORDINGS)
@settings(deadline=None)
def test_a_perfect_prediction_has_no_errors_whatever_the_frames(recordings: list[list[tuple[int, int, bool]]]) -> None:
    labels, _, *order = made(recordings)
    for one in event_metrics(labels, labels, *order, ("NonTouch", "a", "b")).values():
        assert one["count_errors"] == 0 and one["matched"] == one["touches"]
        assert set(one["onset_error"]["frames"].values()) <= {0, None}


def test_a_million_frames_take_no_more_steps_than_ten_thousand() -> None:
    def cost(n: int) -> int:
        rng = np.random.default_rng(0)
        labels = np.repeat(rng.integers(0, 2, n // 20), 20)
        predicted = np.where(rng.random(n) < 0.02, 1 - labels, labels)
        recordings, numbers = np.divmod(np.arange(n), 1000)
        return steps(lambda: event_metrics(labels, predicted, recordings, numbers, TOUCH, 500))

    cost(1000)  # what is imported on the way
    assert cost(1_000_000) < 1.5 * cost(10_000)
