from __future__ import annotations

import json

import numpy as np

from pyside.evaluation.mistakes import worst_mistakes
from pyside.evaluation.predictions import Predictions


def made(labels: list[int], touch: list[float], recordings: list[int], frames: list[int]) -> Predictions:
    """Predictions of NonTouch and Touch from the probabilities of Touch."""
    of_touch = np.array(touch, np.float32)
    return Predictions(
        ("NonTouch", "Touch"),
        np.array(labels, np.int64),
        np.stack([1 - of_touch, of_touch], axis=1),
        np.array(recordings, np.int64),
        ("first", "sec<nd"),
        np.array(frames, np.int64),
        np.arange(100, 100 + len(labels), dtype=np.int64),
    )


def test_the_least_probable_label_is_the_worst_mistake() -> None:
    predictions = made([0, 1, 1, 0], [0.9, 0.05, 0.8, 0.6], [0, 0, 1, 1], [7, 9, 0, 4])
    found = worst_mistakes(predictions, np.array([1, 0, 1, 1]))
    assert [(one["recording"], one["frame"], one["number"]) for one in found] == [
        ("first", 9, 101),
        ("first", 7, 100),
        ("sec<nd", 4, 103),
    ]
    assert found[0]["label"] == "Touch" and found[0]["predicted"] == "NonTouch"
    assert abs(found[0]["probability"] - 0.05) < 1e-6 and abs(found[0]["predicted_probability"] - 0.95) < 1e-6
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_the_decision_counts_and_not_the_likeliest_class() -> None:
    predictions = made([0, 1], [0.3, 0.3], [0, 0], [0, 1])
    assert [one["number"] for one in worst_mistakes(predictions, np.array([1, 1]))] == [100]


def test_at_most_three_are_of_one_run_of_wrong_frames() -> None:
    frames = list(range(10)) + [20, 21]  # a cut begins a new run
    predictions = made([1] * 12, [0.01 * number for number in range(12)], [0] * 12, frames)
    found = worst_mistakes(predictions, np.zeros(12, np.int64))
    assert [one["frame"] for one in found] == [0, 1, 2, 20, 21]


def test_a_run_ends_where_a_frame_is_right_or_another_recording_begins() -> None:
    predictions = made([1] * 10, [0.1] * 10, [0] * 5 + [1] * 5, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    predicted = np.zeros(10, np.int64)
    predicted[7] = 1
    assert [one["frame"] for one in worst_mistakes(predictions, predicted)] == [0, 1, 2, 5, 6, 8, 9]


def test_frames_without_order_are_each_on_their_own_and_have_no_number() -> None:
    predictions = made([1] * 6, [0.1] * 6, [0] * 6, [-1] * 6)
    found = worst_mistakes(predictions, np.zeros(6, np.int64), most=5)
    assert [one["frame"] for one in found] == [None] * 5


def test_where_all_is_right_there_are_none() -> None:
    predictions = made([1, 0], [0.9, 0.2], [0, 0], [0, 1])
    assert worst_mistakes(predictions, predictions.labels) == []
    nothing = predictions.of(np.empty(0, np.int64))
    assert worst_mistakes(nothing, nothing.labels) == []
