"""Frames get their neighbours as channels, whichever chunks they come in."""

from __future__ import annotations

import numpy as np
import pytest

from pyside.curation.marking.network.neighbours import stacked


def by_hand(numbers: np.ndarray, wanted: np.ndarray, context: int) -> np.ndarray:
    """For each wanted frame the numbers around it, where a gap repeats the nearest one."""
    rows = []
    for frame in wanted.tolist():
        first = last = frame
        while first - 1 in numbers:
            first -= 1
        while last + 1 in numbers:
            last += 1
        rows.append(np.clip(np.arange(frame - context // 2, frame + context // 2 + 1), first, last))
    return np.array(rows)


@pytest.mark.parametrize("context", [1, 3, 7])
@pytest.mark.parametrize("chunk", [1, 2, 5, 100])
def test_neighbours_are_beside_each_frame_and_gaps_repeat_the_nearest(context: int, chunk: int) -> None:
    there = np.setdiff1d(np.arange(60), [7, 8, 20, 41, 43])
    look = np.zeros(60, bool)
    look[there[::2]] = True
    if context == 1:
        there = np.flatnonzero(look)
    images = there.astype(np.uint8)[:, None, None, None] * np.ones((1, 2, 2, 1), np.uint8)
    parts = [(there[start : start + chunk], images[start : start + chunk]) for start in range(0, len(there), chunk)]
    found = list(stacked(iter(parts), look, context))
    numbers = np.concatenate([one for one, _ in found])
    frames = np.concatenate([one for _, one in found])
    assert np.array_equal(numbers, np.flatnonzero(look))
    assert np.array_equal(frames[:, 1, 1], by_hand(there, numbers, context))
