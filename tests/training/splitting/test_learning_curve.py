from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pyside.training.splitting.learning_curve import portions
from pyside.training.splitting.split import split
from pyside.training.splitting.subsets import Split
from tests.training.frame_tables import table_of


def groups_of(sizes: list[int]) -> np.ndarray:
    return np.repeat(np.arange(len(sizes)), sizes)


@settings(max_examples=50, deadline=None)
@given(
    sizes=st.lists(st.integers(5, 40), min_size=1, max_size=20),
    n_classes=st.integers(1, 3),
    seed=st.integers(0, 1000),
)
def test_portions_are_nested_parts_of_training_and_the_other_sides_stay(
    sizes: list[int], n_classes: int, seed: int
) -> None:
    groups = groups_of(sizes)
    labels = np.random.default_rng(seed).integers(0, n_classes, len(groups))
    if len(groups) < 10:
        return
    sides = split(table_of(labels, groups, n_classes), 0.2, 0.0, seed)
    found = portions(sides, table_of(labels, groups, n_classes), seed)
    larger = [*(part.training for part in found[1:]), sides.training]
    for part, next_one in zip(found, larger, strict=True):
        assert 0 < len(part.training) < len(next_one)
        assert set(part.training) < set(next_one)
        assert np.all(np.diff(part.training) > 0)
        assert part.validation is sides.validation and part.test is sides.test and part.unit == sides.unit
        if len(np.unique(groups[sides.training])) > 1:
            rest = np.setdiff1d(sides.training, part.training)
            assert not set(groups[part.training]) & set(groups[rest])


def test_portions_have_about_the_wanted_share_of_the_frames() -> None:
    rng = np.random.default_rng(0)
    groups = groups_of(rng.integers(80, 120, 64).tolist())
    labels = rng.integers(0, 2, len(groups))
    sides = split(table_of(labels, groups, 2), 0.2, 0.1, 0)
    shares = [len(part.training) / len(sides.training) for part in portions(sides, table_of(labels, groups, 2), 0)]
    assert shares == pytest.approx([1 / 8, 1 / 4, 1 / 2], abs=0.01)


def test_each_class_of_training_is_in_each_portion_where_groups_allow_it() -> None:
    for seed in range(5):
        groups = groups_of([50] * 24)
        labels = np.zeros(1200, int)
        for group in np.random.default_rng(seed).choice(24, 4, replace=False):
            labels[np.flatnonzero(groups == group)[:10]] = 1
        sides = split(table_of(labels, groups, 2), 0.2, 0.0, seed)
        found = portions(sides, table_of(labels, groups, 2), seed)
        assert [set(labels[part.training]) for part in found] == [{0, 1}] * 3


def test_shares_that_would_give_the_same_groups_are_left_out() -> None:
    groups = groups_of([40] * 3)
    labels = np.arange(120) % 2
    sides = Split(np.arange(80), np.arange(80, 120), np.empty(0, np.int64), "group")
    [half] = portions(sides, table_of(labels, groups, 2), 0)
    assert len(half.training) == 40
    assert [len(part.training) for part in portions(sides, table_of(labels, groups_of([76, 4, 40]), 2), 0)] == [4]


def test_small_groups_make_the_small_portions_whatever_the_seed() -> None:
    groups = groups_of([100, 60, 20, 10, 10, 40])
    labels = np.arange(240) % 2
    sides = Split(np.arange(200), np.arange(200, 240), np.empty(0, np.int64), "group")
    for seed in range(6):
        found = portions(sides, table_of(labels, groups, 2), seed)
        assert [len(part.training) for part in found] == pytest.approx([25, 50, 100], abs=10)


@pytest.mark.parametrize("seed", range(4))
def test_one_group_gives_stretches_with_each_class(seed: int) -> None:
    labels = np.zeros(2000, int)
    labels[700:760] = 1  # one short bout of touches on the training side
    sides = Split(np.arange(1600), np.arange(1650, 2000), np.empty(0, np.int64), "block", ("cut in blocks",))
    found = portions(sides, table_of(labels, np.zeros(2000, int), 2), seed)
    assert [len(part.training) for part in found] == [200, 400, 800]
    assert all(np.all(np.diff(part.training) == 1) for part in found)
    assert all(set(labels[part.training]) == {0, 1} for part in found)


def test_the_same_seed_gives_the_same_portions() -> None:
    groups = groups_of([30] * 25)
    labels = np.arange(750) % 2
    sides = split(table_of(labels, groups, 2), 0.2, 0.0, 0)
    first, again, other = (
        [part.training.tolist() for part in portions(sides, table_of(labels, groups, 2), seed)] for seed in (1, 1, 2)
    )
    assert first == again != other
