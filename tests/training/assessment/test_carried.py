"""Which frames a model file carries: the doubtful ones, others over the whole range, and a fair choice of training."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from pyside.data.dataset import Dataset
from pyside.evaluation.decision import Decision
from pyside.training.assessment.carried import choose_calibration, choose_probes, spread

TOUCH = Decision("Touch", 1, 0.4)


def two_classes(logits: np.ndarray) -> np.ndarray:
    p = 1 / (1 + np.exp(-logits))
    return np.stack([1 - p, p], axis=1).astype(np.float32)


@pytest.fixture
def logits() -> np.ndarray:
    """Of many frames: nearly all are clear cases."""
    rng = np.random.default_rng(0)
    return np.concatenate([rng.normal(-6, 1, 3000), rng.normal(5, 1, 1000), rng.uniform(-3, 3, 100)])


def test_sixteen_probes_are_nearest_the_threshold(logits: np.ndarray) -> None:
    p = two_classes(logits)
    chosen, doubtful = choose_probes(p, TOUCH)
    assert len({*chosen.tolist()}) == 64 and doubtful.sum() == 16
    nearest = np.sort(np.abs(p[:, 1] - 0.4))[:16]
    np.testing.assert_array_equal(np.sort(np.abs(p[chosen[doubtful], 1] - 0.4)), nearest)


def test_the_others_are_spread_over_the_logits_with_both_ends(logits: np.ndarray) -> None:
    chosen, doubtful = choose_probes(two_classes(logits), TOUCH)
    found = np.sort(logits[chosen[~doubtful]])
    assert found[0] == logits.min() and found[-1] == logits.max()
    assert np.diff(found).max() < 4 * np.ptp(logits) / 48


@pytest.mark.parametrize("n", [4, 8, 20, 63])
def test_fewer_probes_are_the_first_ones_in_the_same_proportion(logits: np.ndarray, n: int) -> None:
    chosen, doubtful = choose_probes(two_classes(logits), TOUCH)
    assert doubtful[:n].sum() == -(-n // 4)
    others = logits[chosen[:n][~doubtful[:n]]]
    assert {logits.min(), logits.max()} <= {*others.tolist()}
    assert np.diff(np.sort(others)).max() <= 3 * np.ptp(logits) / len(others)


def test_few_frames_are_all_probes() -> None:
    chosen, doubtful = choose_probes(two_classes(np.linspace(-5, 5, 10)), TOUCH)
    assert sorted(chosen.tolist()) == [*range(10)] and doubtful.sum() == 3
    chosen, doubtful = choose_probes(two_classes(np.zeros(1)), TOUCH)
    assert chosen.tolist() == [0] and doubtful.tolist() == [True]


def test_with_three_classes_each_is_spread_over_and_near_ties_are_doubtful() -> None:
    rng = np.random.default_rng(1)
    powers = np.exp(rng.normal(0, 3, (2000, 3)))
    p = (powers / powers.sum(axis=1, keepdims=True)).astype(np.float32)
    chosen, doubtful = choose_probes(p, Decision(None, None, None))
    two = np.sort(p, axis=1)
    margins = two[:, 2] - two[:, 1]
    np.testing.assert_array_equal(np.sort(margins[chosen[doubtful]]), np.sort(margins)[:16])
    for column in p[chosen[~doubtful]].T:
        assert column.min() < 0.01 and column.max() > 0.99


def test_calibration_takes_classes_and_recordings_in_turn(dataset_of: Callable[..., Dataset]) -> None:
    rare = np.zeros(400, np.int16)
    rare[100:120] = 1
    table = dataset_of([rare, np.zeros(30, np.int16), np.zeros(200, np.int16)]).table
    chosen = choose_calibration(table)
    assert len(chosen) == len({*chosen.tolist()}) == 256
    assert (table.labels[chosen] == 1).sum() == 20, "all that there are"
    others = table.recordings[chosen[table.labels[chosen] == 0]]
    assert np.bincount(others).tolist() == [103, 30, 103]
    assert np.bincount(table.labels[chosen[:20]]).tolist() == [10, 10]


def test_places_are_spread_from_the_first_on() -> None:
    assert spread(9) == [0, 8, 4, 2, 6, 1, 3, 5, 7]
    assert spread(1) == [0] and spread(10**6, 3) == [0, 999999, 500000]
    assert all(sorted(spread(n)) == [*range(n)] for n in range(1, 70))
