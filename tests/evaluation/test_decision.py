"""The threshold and the shortest touch are those that count touches best, and they are applied as they were chosen."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pyside.evaluation.decision import THRESHOLDS, Decision, choose_decision, decide, epoch_figures
from pyside.evaluation.events import errors_per_touch, event_metrics
from pyside.evaluation.metrics import frame_metrics
from pyside.evaluation.predictions import Predictions
from tests.conftest import holds, steps

TOUCH = ("NonTouch", "Touch")
SWAPPED = ("Touch", "NonTouch")


def side(labels: np.ndarray, touch: np.ndarray, recording: int = 100, names: tuple[str, ...] = TOUCH) -> Predictions:
    """Return predictions of recordings of so many frames each; `labels` and `touch` say 1 for touch."""
    recordings, numbers = np.divmod(np.arange(len(labels)), recording)
    touching = np.stack([1 - touch, touch], axis=1).astype(np.float32)
    if names == SWAPPED:
        labels, touching = 1 - labels, touching[:, ::-1]
    recording_names = tuple(f"r{number}" for number in range(recordings.max(initial=-1) + 1))
    return Predictions(
        names, labels.astype(np.int64), touching, recordings, recording_names, numbers, np.arange(len(labels))
    )


def touches(n: int, long: int = 8, every: int = 25) -> np.ndarray:
    """Return labels of `n` touches, each of `long` frames in `every` frames."""
    return np.tile(np.repeat([0, 1, 0], [5, long, every - 5 - long]), n)


def touch_threshold(threshold: float, min_duration: int, names: tuple[str, ...] = TOUCH) -> Decision:
    return Decision("Touch", names.index("Touch"), threshold, min_duration)


def decided(predictions: Predictions, decision: Decision) -> np.ndarray:
    return decide(predictions.probabilities, decision, predictions.recordings, predictions.frame_numbers)


# --- applying ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("names", [TOUCH, SWAPPED])
def test_short_touches_are_dropped_and_the_threshold_itself_is_a_touch(names: tuple[str, ...]) -> None:
    touch = np.array([0.1, 0.7, 0.75, 0.8, 0.1, 0.9, 0.9, 0.1, 0.75])
    found = decided(side(touch > 1, touch, names=names), touch_threshold(0.75, 2, names))
    assert (found == names.index("Touch")).tolist() == [False, False, True, True, False, True, True, False, False]
    assert found.dtype == np.int64


def test_a_touch_is_not_longer_than_its_recording_or_the_frames_that_follow_each_other() -> None:
    touch = np.full(8, 0.9)
    predictions = dataclasses.replace(
        side(touch > 1, touch, recording=4), frame_numbers=np.array([0, 1, 2, 3, 0, 1, 5, 6])
    )
    assert decided(predictions, touch_threshold(0.5, 3)).tolist() == [1, 1, 1, 1, 0, 0, 0, 0]


def test_loose_images_are_judged_by_the_threshold_alone() -> None:
    touch = np.array([0.9, 0.1, 0.9])
    loose = dataclasses.replace(side(touch > 1, touch), frame_numbers=np.full(3, -1))
    assert decided(loose, touch_threshold(0.5, 4)).tolist() == [1, 0, 1]


def test_no_frames_have_no_classes() -> None:
    for decision in (touch_threshold(0.5, 2), Decision(None, None, None)):
        assert decided(side(np.empty(0), np.empty(0)), decision).shape == (0,)


@given(
    st.lists(st.floats(0, 1, width=32), max_size=60),
    st.sampled_from(THRESHOLDS),
    st.integers(1, 5),
    st.integers(1, 30),
)
@settings(deadline=None)
def test_no_decided_touch_is_too_short_and_none_is_made_up(
    touch: list[float], threshold: float, duration: int, recording: int
) -> None:
    predictions = side(np.zeros(len(touch)), np.array(touch, np.float32), recording)
    found = decided(predictions, touch_threshold(threshold, duration))
    above = predictions.probabilities[:, 1].astype(float) >= threshold
    assert np.all(above[found == 1])
    for number in np.unique(predictions.recordings):
        here = predictions.recordings == number
        values, kept = above[here], found[here]
        for run in np.split(np.arange(len(values)), np.flatnonzero(np.diff(values)) + 1):
            assert set(kept[run]) == {int(values[run[0]] and len(run) >= duration)}


# --- choosing ------------------------------------------------------------------------------------------------------


def test_a_model_that_is_sure_and_right_keeps_a_half_and_one() -> None:
    labels = touches(12)
    found = choose_decision(side(labels, labels * 0.9 + 0.05))
    assert (found.event_class, found.threshold, found.min_duration) == ("Touch", 0.5, 1)
    assert holds(found.remark, 0.5, 12)


@pytest.mark.parametrize("names", [TOUCH, SWAPPED])
def test_a_model_that_says_touch_too_often_gets_a_higher_threshold(names: tuple[str, ...]) -> None:
    labels = touches(12)
    touch = np.where(labels == 1, 0.9, 0.2)
    for first in (3, 53, 103):  # as long as touches, so that no duration drops them
        touch[first + 12 : first + 20] = 0.71
    found = choose_decision(side(labels, touch, names=names))
    assert found.event_index == names.index("Touch")
    assert (found.threshold, found.min_duration) == (0.725, 1)
    assert found.at_half is not None and found.at_half["ghosts"] == 3


def test_ghosts_as_sure_as_touches_are_dropped_by_their_duration() -> None:
    labels = touches(12)
    touch = labels * 0.9
    touch[20::25] = 0.9
    touch[21::50] = 0.9
    found = choose_decision(side(labels, touch), frame_rate=500)
    assert (found.threshold, found.min_duration) == (0.5, 3)
    assert holds(found.remark, 3, "6 ms", "0.000", "1.000")


def test_real_short_touches_are_kept() -> None:
    labels = np.concatenate([touches(18), touches(2, long=2)])
    touch = labels * 0.9
    touch[20:200:25] = touch[21:200:25] = touch[22:200:25] = 0.9  # more ghosts, longer than the short touches
    found = choose_decision(side(labels, touch))
    assert found.min_duration <= 2
    assert decided(side(labels, touch), found)[labels == 1].all()


def test_marking_all_frames_or_none_is_no_choice() -> None:
    labels = touches(40)
    touch = np.full(len(labels), 0.4)
    touch[20::25] = touch[2::25] = 0.6  # ghosts alone
    found = choose_decision(side(labels, touch))
    errors = {one["threshold"]: one["errors_per_touch"] for one in found.sweep}
    assert errors[0.05] == 0.75 and errors[0.95] == 1 and errors[0.5] > 2  # a touch in each recording would do
    assert (found.threshold, found.min_duration) == (0.5, 1) and "class" in found.remark


def test_near_ties_in_touches_are_broken_by_frames() -> None:
    for n, threshold in ((399, 0.5), (400, 0.4)):
        labels = touches(n)
        touch = np.where(labels == 1, 0.9, 0.1)
        touch[5::25] = 0.41  # lower thresholds are right on the first frames of touches,
        touch[15:23] = touch[40:48] = 0.41  # and make two ghosts as long as touches
        assert choose_decision(side(labels, touch)).threshold == threshold, n


def test_among_equals_the_fewest_wrong_frames_win() -> None:
    labels = touches(12)
    touch = np.where(labels == 1, 0.9, 0.1)
    touch[5::25] = 0.4  # the first frame of each touch is unsure: 0.5 counts right, but begins late
    found = choose_decision(side(labels, touch))
    assert found.threshold == 0.4


def test_few_touches_choose_nothing() -> None:
    labels = touches(9)
    touch = np.where(labels == 1, 0.4, 0.1)  # 0.25 would be perfect
    found = choose_decision(side(labels, touch))
    assert (found.threshold, found.min_duration) == (0.5, 1)
    assert holds(found.remark, 9, 10)
    assert found.at_half is not None and found.at_half["missed"] == 9
    assert choose_decision(side(touches(10), np.where(touches(10) == 1, 0.4, 0.1))).threshold == 0.4


def test_loose_images_choose_nothing_but_show_their_sweep() -> None:
    labels = touches(12)
    predictions = side(labels, np.where(labels == 1, 0.4, 0.1))
    found = choose_decision(dataclasses.replace(predictions, frame_numbers=np.full(len(labels), -1)))
    assert (found.threshold, found.min_duration) == (0.5, 1) and "order" in found.remark
    assert "touch" not in found.remark  # which there are none of
    by_threshold = {one["threshold"]: one for one in found.sweep}
    assert by_threshold[0.25]["recall"] == by_threshold[0.25]["precision"] == 1
    assert by_threshold[0.5]["recall"] == 0 and by_threshold[0.5]["errors_per_touch"] is None


def test_loose_images_beside_recordings_count_as_frames_alone() -> None:
    labels = touches(12)
    touch = labels * 0.9
    touch[:2] = 0.9  # in the loose images, too, where it makes no ghost
    predictions = side(labels, touch, recording=25)
    loose = predictions.recordings == 0
    mixed = dataclasses.replace(predictions, frame_numbers=np.where(loose, -1, predictions.frame_numbers))
    found = choose_decision(mixed)
    assert holds(found.remark, 11) and found.at_half is not None
    assert found.at_half["ghosts"] == 0 and found.at_half["recall"] == 1
    assert found.at_half["precision"] == 96 / 98


def test_more_than_two_classes_are_the_likeliest_one() -> None:
    rng = np.random.default_rng(0)
    predictions = dataclasses.replace(
        side(touches(12), touches(12)), class_names=("a", "b", "c"), probabilities=rng.dirichlet((1, 1, 1), 300)
    )
    found = choose_decision(predictions)
    assert found.threshold is None and found.event_class is None and found.sweep == []
    assert np.array_equal(decided(predictions, found), predictions.probabilities.argmax(axis=1))


def test_a_side_without_frames_keeps_a_half() -> None:
    found = choose_decision(side(np.empty(0), np.empty(0)))
    assert (found.threshold, found.min_duration) == (0.5, 1)
    assert found.at_half is not None and found.at_half["recall"] is None


def noisy(seed: int, n: int = 60) -> Predictions:
    rng = np.random.default_rng(seed)
    labels = touches(n)
    return side(labels, 1 / (1 + np.exp(-rng.normal(4 * labels - 2.5, 1.6))), recording=150)


def test_the_sweep_is_what_deciding_with_each_threshold_gives() -> None:
    predictions = noisy(1)
    found = choose_decision(predictions)
    assert [one["threshold"] for one in found.sweep] == list(THRESHOLDS)
    for one in [found.sweep[3], found.sweep[20], found.sweep[-1], found.at_half]:
        assert one is not None
        predicted = decided(predictions, touch_threshold(one["threshold"], one["min_duration"]))
        order = predictions.recordings, predictions.frame_numbers
        events = event_metrics(predictions.labels, predicted, *order, TOUCH)["Touch"]
        frames = frame_metrics(predictions.labels, predictions.probabilities, TOUCH, predicted)["classes"]["Touch"]
        for key in ("errors_per_touch", "missed", "ghosts", "merged", "split"):
            assert one[key] == events[key], key
        assert [one["precision"], one["recall"]] == [frames["precision"], frames["recall"]]


def test_the_choice_holds_on_other_recordings() -> None:
    found, other = choose_decision(noisy(2)), noisy(3, 200)

    def errors(decision: Decision) -> float:
        order = other.recordings, other.frame_numbers
        return event_metrics(other.labels, decided(other, decision), *order, TOUCH)["Touch"]["errors_per_touch"]

    assert found.min_duration > 1
    assert errors(found) < 0.5 * errors(touch_threshold(0.5, 1))


def test_a_decision_goes_through_json_and_back() -> None:
    for found in (choose_decision(noisy(4)), choose_decision(side(np.empty(0), np.empty(0)))):
        record: dict[str, Any] = json.loads(json.dumps(found.as_dict(), allow_nan=False))
        assert Decision(**record) == found


# --- each epoch ----------------------------------------------------------------------------------------------------


def test_figures_of_an_epoch_are_those_of_the_likeliest_class() -> None:
    predictions = noisy(5)
    order = predictions.recordings, predictions.frame_numbers
    found = epoch_figures(predictions.labels, predictions.probabilities, *order, TOUCH)
    frames = frame_metrics(predictions.labels, predictions.probabilities, TOUCH)
    predicted = predictions.probabilities.argmax(axis=1)
    assert found == {
        "accuracy": frames["accuracy"],
        "balanced_accuracy": frames["balanced_accuracy"],
        "f1": frames["classes"]["Touch"]["f1"],
        "average_precision": frames["classes"]["Touch"]["average_precision"],
        "event_error": event_metrics(predictions.labels, predicted, *order, TOUCH)["Touch"]["errors_per_touch"],
    }


def test_figures_of_an_epoch_are_means_over_several_event_classes() -> None:
    labels = np.array([0, 1, 1, 0, 2, 2, 0, 2])
    predicted = np.array([0, 1, 1, 0, 2, 0, 0, 0])
    names = ("NonTouch", "a", "b", "never")
    found = epoch_figures(labels, np.eye(4)[predicted], np.zeros(8, int), np.arange(8), names)
    assert found["f1"] == pytest.approx(
        (1 + 2 * 1 * (1 / 3) / (1 + 1 / 3)) / 2
    )  # a class that never occurs is not in it
    assert found["event_error"] == pytest.approx(1 / 3)
    by_class = event_metrics(labels, predicted, np.zeros(8, int), np.arange(8), names)
    assert found["event_error"] == errors_per_touch(by_class.values())


def test_figures_of_an_epoch_are_none_where_there_is_nothing_to_tell_them_from() -> None:
    loose = epoch_figures(np.array([0, 1]), np.eye(2), np.zeros(2, int), np.full(2, -1), TOUCH)
    assert loose["event_error"] is None and loose["f1"] == 1
    nothing = np.empty(0, np.int64)
    assert set(epoch_figures(nothing, np.empty((0, 2)), nothing, nothing, TOUCH).values()) == {None}


def test_figures_of_an_epoch_are_cheap() -> None:
    def cost(n: int) -> int:
        one = noisy(6, n)
        where = one.recordings, one.frame_numbers
        return steps(lambda: epoch_figures(one.labels, one.probabilities, *where, TOUCH))

    cost(10)  # what is imported on the way
    assert cost(2400) < 1.5 * cost(24)  # no work for single touches or frames


# --- the figures of an epoch ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("says", [0, 1])
def test_a_network_that_guesses_has_no_event_error_to_be_best_by(says: int) -> None:
    labels = touches(20)
    numbers = np.arange(len(labels))
    where = labels, np.zeros(len(labels), np.int64), numbers
    always = np.tile(np.eye(2)[says], (len(labels), 1))
    assert epoch_figures(labels, always, where[1], numbers, TOUCH)["event_error"] is None
    learnt = np.eye(2)[np.where(numbers < 250, labels, 0)]
    assert epoch_figures(labels, learnt, where[1], numbers, TOUCH)["event_error"] == pytest.approx(0.5)
