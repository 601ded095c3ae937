from __future__ import annotations

import json

import numpy as np
import pytest

from pyside.evaluation.metrics import frame_metrics, metrics_by_tag


def test_figures_of_a_small_case_by_hand() -> None:
    labels = np.array([0, 0, 0, 0, 1, 1])
    touch = np.array([0.1, 0.2, 0.6, 0.3, 0.9, 0.4])
    found = frame_metrics(labels, np.stack([1 - touch, touch], axis=1), ("NonTouch", "Touch"))
    assert found["frames"] == 6
    assert found["accuracy"] == pytest.approx(4 / 6)
    assert found["balanced_accuracy"] == pytest.approx((3 / 4 + 1 / 2) / 2)
    assert found["confusion"] == [[3, 1], [1, 1]]
    assert found["classes"]["Touch"] == {
        "frames": 2, "predicted": 2, "precision": 0.5, "recall": 0.5, "f1": 0.5,
    }  # fmt: skip
    assert found["classes"]["NonTouch"]["precision"] == pytest.approx(3 / 4)


def test_figures_are_told_for_each_value_of_a_tag() -> None:
    labels = np.array([0, 1, 0, 1, 1])
    right = np.array([True, True, True, False, False])
    touch = np.where(right, labels, 1 - labels) * 0.8 + 0.1
    probabilities = np.stack([1 - touch, touch], axis=1)
    tags = [{"animal": "m1"}, {"animal": "m2", "camera": "left"}, {}, {"animal": "m3"}]
    found = metrics_by_tag(labels, probabilities, ("NonTouch", "Touch"), np.array([0, 0, 1, 1, 2]), tags)
    assert {value: one["accuracy"] for value, one in found["animal"].items()} == {"m1": 1.0, "m2": 0.5}
    assert found["camera"]["left"]["frames"] == 2


def test_what_has_no_frames_is_none_and_never_nan() -> None:
    probabilities = np.tile([0.8, 0.1, 0.1], (4, 1))
    found = frame_metrics(np.array([0, 0, 1, 1]), probabilities, ("a", "b", "c"))
    assert found["classes"]["b"]["precision"] is None and found["classes"]["b"]["recall"] == 0
    assert found["classes"]["c"] == {"frames": 0, "predicted": 0, "precision": None, "recall": None, "f1": None}
    assert found["balanced_accuracy"] == pytest.approx(0.5)
    nothing = frame_metrics(np.empty(0, np.int16), np.empty((0, 2)), ("a", "b"))
    assert nothing["accuracy"] is None and nothing["confusion"] == [[0, 0], [0, 0]]
    for figures in (found, nothing):
        assert json.loads(json.dumps(figures, allow_nan=False)) == figures  # plain numbers throughout
