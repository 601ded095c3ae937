from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pyside.errors import BadOption
from pyside.training.splitting import group_assignment
from pyside.training.splitting.cross_validation import folds
from pyside.training.splitting.subsets import Split
from tests.conftest import raises_with
from tests.training.frame_tables import table_of


def groups_of(sizes: list[int]) -> np.ndarray:
    return np.repeat(np.arange(len(sizes)), sizes)


def counts_in(parts: list[Split], labels: np.ndarray, n_classes: int) -> np.ndarray:
    """Frames of each class that each fold holds out: (folds, classes)."""
    return np.array([np.bincount(labels[part.validation], minlength=n_classes) for part in parts])


@settings(max_examples=40, deadline=None)
@given(
    sizes=st.lists(st.integers(1, 30), min_size=2, max_size=12),
    k=st.integers(2, 12),
    n_classes=st.integers(1, 3),
    seed=st.integers(0, 1000),
    n_without=st.integers(0, 3),
)
def test_each_group_is_held_out_exactly_once_and_no_group_is_on_two_sides(
    sizes: list[int], k: int, n_classes: int, seed: int, n_without: int
) -> None:
    groups = groups_of(sizes)
    labels = np.random.default_rng(seed).integers(-1, n_classes, len(groups))
    without = np.flatnonzero(groups < n_without)
    wanted = np.setdiff1d(np.flatnonzero(labels >= 0), without)
    n_groups = len(np.unique(groups[wanted]))
    if n_groups < k:
        with pytest.raises(BadOption):
            folds(table_of(labels, groups, n_classes), k, seed, without)
        return
    parts = folds(table_of(labels, groups, n_classes), k, seed, without)
    assert len(parts) == k
    assert np.sort(np.concatenate([part.validation for part in parts])).tolist() == wanted.tolist()
    for part in parts:
        assert len(part.training) and len(part.validation) and not len(part.test)
        assert not set(groups[part.training]) & set(groups[part.validation])
        assert sorted([*part.training, *part.validation]) == wanted.tolist()


def test_folds_are_balanced_in_frames_and_in_classes() -> None:
    rng = np.random.default_rng(0)
    groups = groups_of(rng.integers(80, 120, 40).tolist())
    labels = (rng.random(len(groups)) < rng.random(40)[groups] * 0.4).astype(int)
    counts = counts_in(folds(table_of(labels, groups, 2), 5, 0), labels, 2)
    assert np.abs(counts.sum(1) / len(labels) - 0.2).max() < 0.01
    assert np.abs(counts[:, 1] / counts[:, 1].sum() - 0.2).max() < 0.02


@pytest.mark.parametrize("seed", range(4))
def test_folds_are_no_worse_than_scikit_learns(seed: int) -> None:
    from sklearn.model_selection import StratifiedGroupKFold

    rng = np.random.default_rng(seed)
    groups = groups_of(rng.integers(20, 300, 30).tolist())
    shares = rng.dirichlet(np.full(3, 0.3), 30).cumsum(1)
    labels = (rng.random(len(groups))[:, None] > shares[groups]).sum(1).clip(max=2)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pairs = list(StratifiedGroupKFold(5, shuffle=True, random_state=seed).split(labels, labels, groups))
    theirs = [Split(*pair, np.empty(0, np.int64), "group") for pair in pairs]

    def off(parts: list[Split]) -> float:
        counts = counts_in(parts, labels, 3)
        return float(100 * (counts == 0).sum() + np.abs(counts / counts.sum(0) - 0.2).sum())

    assert off(folds(table_of(labels, groups, 3), 5, seed)) <= off(theirs) + 0.02


def test_each_class_is_in_each_fold_where_groups_allow_it() -> None:
    for seed in range(5):
        rng = np.random.default_rng(seed)
        groups = groups_of([50] * 20)
        labels = rng.integers(0, 2, 1000)
        for group, n in zip(rng.choice(20, 5, replace=False), (40, 1, 1, 1, 1), strict=True):
            labels[np.flatnonzero(groups == group)[:n]] = 2
        parts = folds(table_of(labels, groups, 3), 5, seed)
        assert (counts_in(parts, labels, 3) > 0).all()
        assert not any(part.warnings for part in parts)


def test_a_class_that_a_side_of_a_fold_lacks_is_warned_of() -> None:
    groups = groups_of([20] * 6)
    labels = np.where(groups == 3, 1, 0)
    parts = folds(table_of(labels, groups, 2), 3, 0)
    with_it = [bool(np.any(labels[part.validation] == 1)) for part in parts]
    assert sum(with_it) == 1
    for part, has in zip(parts, with_it, strict=True):
        side = "training" if has else "validation"
        (warning,) = part.warnings
        assert side in warning and "1" in warning


def test_values_of_tags_are_spread_over_the_folds() -> None:
    for seed in range(5):
        rng = np.random.default_rng(seed)
        groups = groups_of(rng.integers(20, 40, 60).tolist())
        labels = rng.integers(0, 2, len(groups))
        walls = rng.choice(60, 5, replace=False)
        tags = [{"object": "wall" if number in walls else "pole"} for number in range(60)]
        parts = folds(table_of(labels, groups, 2, groups, tags), 5, seed)
        assert all({tags[n]["object"] for n in set(groups[part.validation])} == {"wall", "pole"} for part in parts)
        assert max(len(part.validation) for part in parts) / len(labels) == pytest.approx(0.2, abs=0.01)


def test_a_value_of_a_tag_that_a_fold_lacks_is_warned_of() -> None:
    groups = groups_of([30] * 4)
    tags = [{"object": name} for name in ("pole", "pole", "pole", "wall")]
    parts = folds(table_of(np.arange(120) % 2, groups, 2, groups, tags), 2, 0)
    for part in parts:
        side = "validation" if np.any(groups[part.training] == 3) else "training"
        (warning,) = part.warnings
        assert f"{side} side" in warning and "wall" in warning


def test_the_same_seed_gives_the_same_folds_and_another_one_others() -> None:
    rng = np.random.default_rng(0)
    groups = groups_of(rng.integers(5, 60, 25).tolist())
    labels = rng.integers(0, 2, len(groups))
    table = table_of(labels, groups)
    first, again, other = ([part.validation.tolist() for part in folds(table, 4, seed)] for seed in (1, 1, 2))
    assert first == again != other


def test_too_few_groups_are_told_with_numbers() -> None:
    labels = np.arange(40) % 2
    with raises_with(BadOption, "folds", 5, 4):
        folds(table_of(labels, groups_of([10] * 4), 2), 5, 0)
    with raises_with(BadOption, "folds", 4, 3, "test"):
        folds(table_of(labels, groups_of([10] * 4), 2), 4, 0, np.arange(10))
    with raises_with(BadOption, "folds", 2, "group"):
        folds(table_of(labels, np.zeros(40, int), 2), 2, 0)


@pytest.mark.parametrize(("n_groups", "k"), [(150, 150), (500, 10), (30_000, 5)])
def test_the_work_is_bounded(n_groups: int, k: int, monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[int] = []
    fill = group_assignment._filled
    monkeypatch.setattr(group_assignment, "_filled", lambda *of: tries.append(1) or fill(*of))
    groups = np.arange(30_000) % n_groups
    labels = np.random.default_rng(0).integers(0, 2, 30_000)
    assert len(folds(table_of(labels, groups, 2), k, 0)) == k
    columns = 2  # counts of the classes
    assert len(tries) <= max(1, group_assignment.MOST_WORK // (n_groups * columns * k))
