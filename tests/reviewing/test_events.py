"""What a person should look at: which touches are doubtful, and why."""

from __future__ import annotations

import numpy as np
import pytest

from pyside.reviewing.events import Event, events_of, most_doubtful_first
from tests.curation.test_marks import TOUCH, marked

SURE = [0.0] * 10 + [1.0] * 10 + [0.0] * 10


def only(probabilities: list[float], given: list[int] | None = None, **decision: object) -> Event:
    """The one event of a recording."""
    import dataclasses

    marks = marked(probabilities, dataclasses.replace(TOUCH, **decision))
    (found,) = events_of(marks, None if given is None else np.array(given))
    return found


def test_a_touch_that_is_sure_is_listed_without_doubt() -> None:
    found = only(SURE)
    assert (found.kind, found.first, found.last, found.label, found.doubt, found.reasons) == (
        "touch",
        10,
        19,
        1,
        0.0,
        (),
    )


@pytest.mark.parametrize(
    ("probabilities", "reason"),
    [
        ([0.0] * 10 + [0.55] * 10 + [0.0] * 10, "weak"),
        ([0.0] * 10 + [1.0] + [0.0] * 10, "short"),
        ([0.0] * 10 + [1.0] * 6 + [0.52] + [1.0] * 6 + [0.0] * 10, "dip"),
    ],
)
def test_a_doubtful_touch_says_why(probabilities: list[float], reason: str) -> None:
    found = only(probabilities)
    assert found.kind == "touch" and found.reasons[0] == reason and found.doubt > 0.25


def test_what_hardly_speaks_against_a_touch_is_no_reason() -> None:
    found = only([0.0] * 10 + [0.99] * 10 + [0.0] * 10)
    assert 0 < found.doubt < 0.05 and found.reasons == ()


def test_a_small_gap_between_two_touches_is_a_doubt_of_the_first() -> None:
    first, second = events_of(marked([0.0] * 5 + [1.0] * 6 + [0.4] * 2 + [1.0] * 6 + [0.0] * 5))
    assert first.reasons == ("gap",) and first.doubt == pytest.approx(0.8) and second.doubt == 0
    first, second = events_of(marked([0.0] * 5 + [1.0] * 6 + [0.0] * 9 + [1.0] * 6 + [0.0] * 5))
    assert first.doubt == second.doubt == 0


def test_what_stays_below_the_threshold_or_was_dropped_is_a_near_touch() -> None:
    near = only([0.0] * 5 + [0.2, 0.4, 0.2] + [0.0] * 5)
    assert (near.kind, near.first, near.last, near.reasons) == ("near-touch", 5, 7, ("near",))
    assert near.doubt == pytest.approx(0.16)
    dropped = only([0.0] * 5 + [0.9] * 2 + [0.0] * 5, min_duration=3)
    assert dropped.kind == "near-touch" and dropped.reasons == ("dropped",) and dropped.doubt > near.doubt


def test_the_slopes_of_a_touch_and_frames_that_were_left_out_are_no_near_touches() -> None:
    assert only([0.0] * 5 + [0.3] + [1.0] * 8 + [0.3] + [0.0] * 5).kind == "touch"
    assert events_of(marked([0.0] * 5 + [np.nan] * 5)) == [] and events_of(marked([])) == []


def test_labels_of_a_person_that_say_otherwise_come_first() -> None:
    assert only(SURE, [0] * 30).reasons == ("disagrees",)
    assert only(SURE, [-1] * 30).doubt == 0
    assert only(SURE, [0] * 10 + [1] * 10 + [0] * 10).doubt == 0
    assert only(SURE, [0] * 15 + [1] * 5 + [0] * 10).doubt == pytest.approx(0.5)
    missed, touch = events_of(marked(SURE), np.array([0, 1, 1] + [0] * 7 + [1] * 10 + [0] * 10))
    assert (missed.kind, missed.first, missed.last, missed.doubt) == ("given", 1, 2, 1.0) and touch.doubt == 0


def test_with_several_classes_the_likeliest_counts() -> None:
    import dataclasses

    from pyside.evaluation.decision import Decision

    probabilities = np.array([[0.1, 0.2, 0.7]] * 3 + [[0.9, 0.05, 0.05]] * 3 + [[0.6, 0.4, 0.0]] * 3, np.float32)
    labels = np.array([2] * 3 + [0] * 6, np.int16)
    marks = marked([0.0] * 9)
    marks = dataclasses.replace(
        marks,
        class_names=("NonTouch", "left", "right"),
        probabilities=probabilities,
        labels=labels,
        decision=Decision(None, None, None),
    )
    touch, near = events_of(marks)
    assert (touch.kind, touch.label, near.kind, near.label) == ("touch", 2, "near-touch", 1)
    assert near.doubt == pytest.approx(0.16)


def test_the_most_doubtful_event_of_all_recordings_comes_first_and_unusual_ones_rise() -> None:
    usual = [events_of(marked([0.0] * 20 + [1.0] * 5 + [0.0] * 80, name=f"r{number:02}")) for number in range(25)]
    odd = events_of(marked([0.0] * 2 + [1.0] * 60 + [0.0] * 43, name="odd"))
    weak = events_of(marked([0.0] * 20 + [0.55] * 5 + [0.0] * 80, name="weak"))
    found = most_doubtful_first([*usual, odd, weak])
    assert [one.recording for one in found[:3]] == ["weak", "odd", "r00"]
    assert set(found[1].reasons) == {"long", "early"} and found[1].doubt == pytest.approx(0.51)
    assert len(found) == 27
