"""The figures of a blind look are right on average, and their intervals hold the truth."""

from __future__ import annotations

import numpy as np
import pytest

from pyside.evaluation.events import Overlaps
from pyside.reviewing.blind.estimate import estimate
from pyside.reviewing.blind.sample import Sample, draw, kinds_of

RECORDINGS, FRAMES = 60, 600
Labels = dict[str, np.ndarray]


def made(seed: int, missed: float, ghosts: float = 0.0, edges: float = 0.0) -> tuple[Labels, Labels, Labels]:
    """The truth of a session, its labels with errors, and what its windows are drawn by.

    Args:
        seed: of all that is random.
        missed: share of touches that the labels do not have; half of them are near-touches.
        ghosts: touches that only the labels have, for each true one.
        edges: share of touches with an onset that is three frames late, and that are split.
    """
    rng, truth, labels, kinds = np.random.default_rng(seed), {}, {}, {}
    for number in range(RECORDINGS):
        true, claimed, near = np.zeros(FRAMES, np.int16), np.zeros(FRAMES, np.int16), []
        frame = int(rng.integers(5, 60))
        while frame < FRAMES - 20:
            last = frame + int(rng.integers(3, 20))
            true[frame : last + 1] = claimed[frame : last + 1] = 1
            if rng.random() < missed:
                claimed[frame : last + 1] = 0
                near += [(frame, last)] * int(rng.integers(0, 2))
            elif rng.random() < edges:
                claimed[frame : frame + 3] = 0
                claimed[last - 3 : last - 1] = 0
            if rng.random() < ghosts:
                claimed[last + 8 : last + 12] = 1
            frame = last + int(rng.integers(20, 120))
        name = f"r{number}"
        truth[name], labels[name] = true, claimed
        kinds[name] = kinds_of(claimed, claimed == 1, near)
    return truth, labels, kinds


def whole(truth: Labels, labels: Labels) -> tuple[float, float]:
    """The share of frames that are right, and the count errors per touch, of all labels."""
    follows = np.ones(FRAMES - 1, bool)
    counts = [Overlaps.between(truth[name] == 1, labels[name] == 1, follows).counts() for name in truth]
    right = np.mean([truth[name] == labels[name] for name in truth])
    return float(right), sum(one["count_errors"] for one in counts) / sum(one["touches"] for one in counts)


def looked_at(sample: Sample, truth: Labels, labels: Labels) -> dict[str, object]:
    cut = [[of[one.recording][one.shown] for one in sample.windows] for of in (truth, labels)]
    return estimate(sample, *cut, [1])


def test_a_sample_of_all_windows_gives_the_figures_of_all_frames() -> None:
    truth, labels, kinds = made(0, missed=0.2, ghosts=0.2, edges=0.3)
    found = looked_at(draw(kinds, 10**5, 0), truth, labels)
    right, errors = whole(truth, labels)
    assert found["frames"] == RECORDINGS * FRAMES
    assert found["frames_right"] == pytest.approx(right) and found["count_errors_per_touch"] == pytest.approx(errors)
    assert found["frames_right_interval"] == pytest.approx([right] * 2), "nothing is left to chance"
    assert found["count_errors_per_touch_interval"] == pytest.approx([errors] * 2)


@pytest.mark.parametrize(("missed", "ghosts", "edges"), [(0.15, 0.1, 0.2), (0.02, 0.0, 0.0), (0.0, 0.0, 0.05)])
def test_figures_are_right_on_average_and_intervals_hold_the_truth(missed: float, ghosts: float, edges: float) -> None:
    truth, labels, kinds = made(1, missed, ghosts, edges)
    right, errors = whole(truth, labels)
    found = [looked_at(draw(kinds, 80, seed), truth, labels) for seed in range(60)]
    for name, true in (("frames_right", right), ("count_errors_per_touch", errors)):
        values = np.array([one[name] for one in found])
        assert abs(values.mean() - true) < 3 * values.std() / len(found) ** 0.5
        inside = [low <= true <= high for low, high in (one[f"{name}_interval"] for one in found)]
        assert np.mean(inside) >= 0.93


def test_a_touch_that_the_model_missed_far_from_any_threshold_is_seen() -> None:
    truth, labels, kinds = made(2, missed=1.0)
    assert not any(one.any() for one in labels.values())
    right, _ = whole(truth, labels)
    found = looked_at(draw(kinds, 200, 0), truth, labels)
    assert found["count_errors_per_touch"] == pytest.approx(1, abs=0.05)
    assert found["frames_right"] == pytest.approx(right, abs=0.05)


def test_without_any_error_in_the_sample_the_interval_does_not_say_that_there_is_none() -> None:
    truth, _, kinds = made(3, missed=0.0)
    found = looked_at(draw(kinds, 80, 0), truth, truth)
    low, high = found["frames_right_interval"]
    assert found["frames_right"] == 1 == high and low < 0.99
    low, high = found["count_errors_per_touch_interval"]
    assert found["count_errors_per_touch"] == 0 == low and high > 0.05


def test_frames_that_cannot_be_judged_count_nowhere() -> None:
    truth, labels, kinds = made(4, missed=0.2)
    sample = draw(kinds, 80, 0)
    nothing = [np.full(one.last + 1 - one.first, -1) for one in sample.windows]
    found = estimate(sample, nothing, [labels[one.recording][one.shown] for one in sample.windows], [1])
    assert found["frames"] == found["touches"] == 0
    assert found["frames_right"] is found["count_errors_per_touch"] is found["frames_right_interval"] is None
