"""Figures on frames are those of a small case by hand, and those of scikit-learn."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import (
    average_precision_score,
    balanced_accuracy_score,
    confusion_matrix,
    precision_recall_fscore_support,
    roc_auc_score,
)

from pyside.evaluation import metrics
from pyside.evaluation.metrics import (
    MOST_VALUES,
    evidence,
    frame_metrics,
    metrics_by_recording,
    metrics_by_tag,
    side_figures,
    values_left_out,
)
from pyside.evaluation.predictions import Predictions
from pyside.settings.conversion import FEW_CLASSES

TOUCH = ("NonTouch", "Touch")


def of_touch(touch: list[float] | np.ndarray) -> np.ndarray:
    return np.stack([1 - np.asarray(touch), np.asarray(touch)], axis=1)


def test_figures_of_a_small_case_by_hand() -> None:
    labels = np.array([0, 0, 0, 0, 1, 1])
    found = frame_metrics(labels, of_touch([0.1, 0.2, 0.6, 0.3, 0.9, 0.4]), TOUCH)
    assert found["frames"] == 6
    assert found["accuracy"] == pytest.approx(4 / 6)
    assert found["balanced_accuracy"] == pytest.approx((3 / 4 + 1 / 2) / 2)
    assert found["confusion"] == [[3, 1], [1, 1]]
    # From the top: touch, not, touch; of the eight pairs of a touch and another frame seven are in order.
    assert found["classes"]["Touch"] == {
        "frames": 2, "predicted": 2, "precision": 0.5, "recall": 0.5, "f1": 0.5,
        "average_precision": pytest.approx((1 / 1 + 2 / 3) / 2), "roc_auc": pytest.approx(7 / 8),
    }  # fmt: skip
    assert found["classes"]["NonTouch"]["precision"] == pytest.approx(3 / 4)


def test_figures_are_of_the_decision_that_is_given() -> None:
    labels, probabilities = np.array([0, 0, 1, 1]), of_touch([0.1, 0.4, 0.4, 0.9])
    found = frame_metrics(labels, probabilities, TOUCH, predicted=np.array([0, 1, 1, 1]))
    assert found["confusion"] == [[1, 1], [0, 2]] and found["classes"]["Touch"]["recall"] == 1
    usual = frame_metrics(labels, probabilities, TOUCH)
    assert usual["classes"]["Touch"]["recall"] == 0.5
    assert usual["classes"]["Touch"]["roc_auc"] == found["classes"]["Touch"]["roc_auc"] == pytest.approx(3.5 / 4)


def test_figures_of_three_classes_are_those_of_scikit_learn() -> None:
    rng = np.random.default_rng(3)
    labels, probabilities = rng.integers(0, 3, 400), rng.dirichlet((1, 1, 1), 400).astype(np.float32)
    predicted = probabilities.argmax(axis=1)
    found = frame_metrics(labels, probabilities, ("a", "b", "c"))
    assert found["confusion"] == confusion_matrix(labels, predicted).tolist()
    assert found["balanced_accuracy"] == pytest.approx(balanced_accuracy_score(labels, predicted))
    shares = precision_recall_fscore_support(labels, predicted)
    for index, one in enumerate(found["classes"].values()):
        expected = [shares[0][index], shares[1][index], shares[2][index]]
        assert [one["precision"], one["recall"], one["f1"]] == pytest.approx(expected)
        assert one["average_precision"] == pytest.approx(
            average_precision_score(labels == index, probabilities[:, index])
        )
        assert one["roc_auc"] == pytest.approx(roc_auc_score(labels == index, probabilities[:, index]))


def test_figures_are_told_for_each_value_of_a_tag() -> None:
    labels = np.array([0, 1, 0, 1, 1])
    right = np.array([True, True, True, False, False])
    probabilities = of_touch(np.where(right, labels, 1 - labels) * 0.8 + 0.1)
    tags = [{"animal": "m1"}, {"animal": "m2", "camera": "left"}, {}, {"animal": "m3"}]
    recordings = np.array([0, 0, 1, 1, 2])
    found = metrics_by_tag(labels, probabilities, TOUCH, recordings, tags)
    assert {value: one["accuracy"] for value, one in found["animal"].items()} == {"m1": 1.0, "m2": 0.5}
    assert found["camera"]["left"]["frames"] == 2
    decided = metrics_by_tag(labels, probabilities, TOUCH, recordings, tags, predicted=labels)
    assert decided["animal"]["m2"]["accuracy"] == 1


def test_what_has_no_frames_is_none_and_never_nan() -> None:
    probabilities = np.tile([0.8, 0.1, 0.1], (4, 1))
    found = frame_metrics(np.array([0, 0, 1, 1]), probabilities, ("a", "b", "c"))
    assert found["classes"]["b"]["precision"] is None
    assert found["classes"]["b"]["recall"] == found["classes"]["b"]["f1"] == 0
    assert found["classes"]["c"] == {
        "frames": 0, "predicted": 0, "precision": None, "recall": None, "f1": None,
        "average_precision": None, "roc_auc": None,
    }  # fmt: skip
    assert found["balanced_accuracy"] == pytest.approx(0.5)
    nothing = frame_metrics(np.empty(0, np.int16), np.empty((0, 2)), ("a", "b"))
    assert nothing["accuracy"] is None and nothing["confusion"] == [[0, 0], [0, 0]]
    alone = frame_metrics(np.ones(3, np.int16), of_touch([0.9, 0.8, 0.2]), TOUCH)
    assert alone["classes"]["Touch"]["roc_auc"] is None  # there is no rest
    for figures in (found, nothing, alone):
        assert json.loads(json.dumps(figures, allow_nan=False)) == figures  # plain numbers throughout


# --- evidence against guessing -------------------------------------------------------------------------------------


def in_order(labels: np.ndarray, probabilities: np.ndarray, names: tuple[str, ...] = TOUCH) -> Predictions:
    """Predictions of one recording; each frame follows the one before it."""
    n = len(labels)
    return Predictions(names, labels, probabilities, np.zeros(n, np.int64), ("a",), np.arange(n), np.arange(n))


def test_the_error_of_independent_frames_is_that_of_delong() -> None:
    rng = np.random.default_rng(7)
    labels = np.arange(80) % 2  # each frame is a run of its own
    touch = np.round(rng.normal(labels, 1.0), 1)  # with ties
    found = evidence(in_order(labels, of_touch(touch)), labels)
    assert found is not None and (found["figure"], found["guessing"], found["runs"]) == ("roc_auc", 0.5, 40)
    assert found["value"] == pytest.approx(roc_auc_score(labels, touch))
    before = touch[labels == 1][:, None] - touch[labels == 0]
    right = (before > 0) + 0.5 * (before == 0)
    variance = right.mean(axis=1).var(ddof=1) / 40 + right.mean(axis=0).var(ddof=1) / 40
    assert found["error"] == pytest.approx(variance**0.5)
    guesses = [roc_auc_score(labels, rng.random(80)) for _ in range(400)]
    assert found["guessing_error"] == pytest.approx(np.std(guesses), rel=0.15)


def test_frames_of_a_run_that_are_alike_say_no_more_than_one() -> None:
    rng = np.random.default_rng(7)
    labels = np.arange(60) % 2
    touch = rng.normal(labels, 1.0)
    once = evidence(in_order(labels, of_touch(touch)), labels)
    often = evidence(in_order(labels.repeat(10), of_touch(touch.repeat(10))), labels.repeat(10))
    assert once is not None and often == pytest.approx(once)
    frames = in_order(labels.repeat(10), of_touch(touch.repeat(10)))
    loose = evidence(dataclasses.replace(frames, frame_numbers=np.full(600, -1)), labels.repeat(10))
    assert loose is not None and loose["runs"] == 300 and loose["error"] < 0.4 * once["error"]


def test_the_error_of_many_classes_is_that_of_their_recalls() -> None:
    rng = np.random.default_rng(3)
    labels = np.arange(90) % 3
    predicted = np.where(rng.random(90) < 0.6, labels, 0)
    found = evidence(in_order(labels, np.eye(4)[predicted], ("a", "b", "c", "d")), predicted)
    assert found is not None and found["figure"] == "balanced_accuracy" and found["guessing"] == pytest.approx(1 / 3)
    recalls = [float(np.mean(predicted[labels == index] == index)) for index in range(3)]
    assert found["value"] == pytest.approx(np.mean(recalls))
    assert found["error"] == pytest.approx(np.sqrt(sum(one * (1 - one) / 29 for one in recalls)) / 3)
    assert found["guessing_error"] == pytest.approx(np.sqrt(3 * (1 / 3) * (2 / 3) / 30) / 3)
    assert evidence(in_order(np.zeros(9, np.int64), of_touch(np.zeros(9))), np.zeros(9, np.int64)) is None


# --- by recording --------------------------------------------------------------------------------------------------


def predictions(labels: list[int], recordings: list[int], frame_numbers: list[int], names: list[str]) -> Predictions:
    numbers = np.arange(len(labels))
    each = [np.array(one, np.int64) for one in (labels, recordings, frame_numbers)]
    return Predictions(TOUCH, each[0], of_touch(each[0]), each[1], tuple(names), each[2], numbers)


def test_figures_are_told_for_each_recording_with_frames_on_this_side() -> None:
    # The second recording is on another side; the third holds loose images.
    side = predictions([0, 1, 1, 0, 1, 0], [0, 0, 0, 0, 2, 2], [0, 1, 2, 3, -1, -1], ["a", "b", "c"])
    predicted = np.array([0, 0, 1, 1, 0, 0])
    found = metrics_by_recording(side, predicted, frame_rate=1000)
    assert [one["recording"] for one in found] == ["a", "c"]
    first, last = found
    assert first["frames"] == 4 and first["accuracy"] == 0.5
    assert first["classes"]["Touch"] == {"frames": 2, "predicted": 2, "precision": 0.5, "recall": 0.5, "f1": 0.5}
    assert first["events"]["Touch"]["found"] == 1
    assert first["events"]["Touch"]["onset_error"]["ms"]["mean"] == 1
    assert last["classes"]["Touch"]["precision"] is None and last["events"] is None
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_a_side_without_frames_has_no_recordings() -> None:
    assert metrics_by_recording(predictions([], [], [], ["a"]), np.empty(0, np.int64)) == []


def test_recordings_of_one_name_are_told_apart() -> None:
    side = predictions([0, 1, 1, 0], [0, 0, 1, 1], [0, 1, 0, 1], ["same", "same"])
    found = metrics_by_recording(side, np.array([0, 1, 0, 0]))
    assert [(one["recording"], one["accuracy"]) for one in found] == [("same", 1.0), ("same", 0.5)]


def test_of_a_thousand_recordings_each_frame_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    whole = metrics.event_metrics

    def watched(labels: np.ndarray, *rest: Any, **options: Any) -> Any:
        seen.append(len(labels))
        return whole(labels, *rest, **options)

    monkeypatch.setattr(metrics, "event_metrics", watched)
    labels = np.tile([0, 1, 1, 0, 0, 1, 0, 0], 100_000 // 8)
    recordings, numbers = np.divmod(np.arange(100_000), 100)
    side = predictions(labels.tolist(), recordings.tolist(), numbers.tolist(), [str(one) for one in range(1000)])
    found = metrics_by_recording(side, np.roll(labels, 1), 500)
    assert [one["frames"] for one in found] == seen == [100] * 1000


def test_ranking_figures_are_to_the_last_bit_those_of_scikit_learn_with_ties_too() -> None:
    rng = np.random.default_rng(8)
    for number in range(60):
        labels = np.append(rng.integers(0, 2, int(rng.integers(2, 300))), [0, 1])
        touch = rng.random(len(labels)).astype(np.float32)
        touch = np.round(touch, number % 4) if number % 2 else touch
        found = frame_metrics(labels, of_touch(touch), TOUCH)["classes"]["Touch"]
        assert found["average_precision"] == average_precision_score(labels == 1, touch)
        assert found["roc_auc"] == roc_auc_score(labels == 1, touch)


def many(n_classes: int, n_frames: int, in_order: bool = True) -> tuple[Predictions, np.ndarray]:
    """Predictions on ten frames of each recording, each of which shows a class or two."""
    rng = np.random.default_rng(9)
    labels = (np.arange(n_frames) // 10 + rng.integers(0, 2, n_frames)) % n_classes
    predicted = np.where(rng.random(n_frames) < 0.7, labels, rng.integers(0, n_classes, n_frames))
    probabilities = np.full((n_frames, n_classes), 0.1 / n_classes, np.float32)
    probabilities[np.arange(n_frames), predicted] += 0.9
    recordings, names = np.arange(n_frames) // 10, tuple(f"c{index}" for index in range(n_classes))
    numbers = np.arange(n_frames) % 10 if in_order else np.full(n_frames, -1)
    titles = tuple(f"r{number}" for number in range(n_frames // 10))
    return Predictions(names, labels, probabilities, recordings, titles, numbers, np.arange(n_frames)), predicted


@pytest.mark.parametrize("n_classes", [FEW_CLASSES, FEW_CLASSES + 1])
def test_confusion_is_whole_with_few_classes_and_the_same_in_pairs_with_many(n_classes: int) -> None:
    found, predicted = many(n_classes, 3000)
    figures = frame_metrics(found.labels, found.probabilities, found.class_names, predicted)
    wanted = confusion_matrix(found.labels, predicted, labels=range(n_classes))
    if n_classes <= FEW_CLASSES:
        assert figures["confusion"] == wanted.tolist() and "confusion_pairs" not in figures
        return
    pairs = figures["confusion_pairs"]
    again = np.zeros_like(wanted)
    again[pairs["true"], pairs["predicted"]] = pairs["frames"]
    assert figures["confusion"] == [] and np.array_equal(again, wanted) and min(pairs["frames"]) > 0


def test_a_recording_names_all_of_few_classes_and_those_that_occur_of_many() -> None:
    found, predicted = many(40, 400)
    assert all(len(one["classes"]) == 40 and len(one["events"]) == 39 for one in metrics_by_recording(found, predicted))
    found, predicted = many(400, 4000)
    rows = metrics_by_recording(found, predicted)
    for number in (0, 17, 399):
        here = slice(10 * number, 10 * number + 10)
        there = sorted({*found.labels[here].tolist(), *predicted[here].tolist()})
        assert list(rows[number]["classes"]) == [f"c{index}" for index in there]
        assert set(rows[number]["events"]) == {f"c{index}" for index in there if index}


def test_the_records_grow_with_the_frames_and_not_with_the_square_of_the_classes() -> None:
    tags = [{"day": str(number % 7)} for number in range(600)]

    def size(n_classes: int) -> int:
        figures = side_figures(*many(n_classes, 10 * n_classes), tags[:n_classes])
        return len(json.dumps(figures))

    assert size(600) < 2.5 * size(300)


def test_a_tag_with_very_many_values_tells_of_the_worst_and_how_many_are_left_out() -> None:
    rng = np.random.default_rng(10)
    recordings = np.repeat(np.arange(300), 5)
    labels, touch = rng.integers(0, 2, 1500), rng.random(1500)
    tags = [{"trial": f"t{number}", "animal": f"m{number % 3}"} for number in range(300)]
    found = metrics_by_tag(labels, of_touch(touch), TOUCH, recordings, tags)
    right = (touch > 0.5) == labels
    each = np.sort([right[recordings == number].mean() for number in range(300)])
    assert sorted(one["accuracy"] for one in found["trial"].values()) == pytest.approx(each[:MOST_VALUES])
    assert len(found["animal"]) == 3
    assert values_left_out(found, recordings, tags) == {"trial": 300 - MOST_VALUES}
