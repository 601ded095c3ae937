from __future__ import annotations

import numpy as np
import pytest

from pyside.data import dataset
from pyside.errors import BadDataset, BadOption
from pyside.training.splitting import group_assignment
from pyside.training.splitting.split import split
from pyside.training.splitting.subsets import Split
from tests.conftest import raises_with
from tests.training.frame_tables import table_of


def sides_of(found: Split) -> list[np.ndarray]:
    return [found.training, found.validation, found.test]


def random_groups(n_groups: int, n_classes: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    groups = np.repeat(np.arange(n_groups), rng.integers(5, 200, n_groups))
    labels = rng.integers(0, n_classes, len(groups))
    return labels, groups


@pytest.mark.parametrize("n_groups", [3, 5, 8, 20, 150, 2000])
@pytest.mark.parametrize("seed", [0, 1])
def test_no_group_is_on_two_sides_and_no_frame_is_lost(n_groups: int, seed: int) -> None:
    labels, groups = random_groups(n_groups, 3, seed)
    labels[::17] = -1
    found = split(table_of(labels, groups, 3), 0.2, 0.15, seed)
    together = np.concatenate(sides_of(found))
    assert sorted(together) == np.flatnonzero(labels >= 0).tolist()
    owners = [set(groups[side]) for side in sides_of(found)]
    assert all(owners)
    assert not owners[0] & owners[1] and not owners[0] & owners[2] and not owners[1] & owners[2]


def test_a_group_that_is_spread_over_recordings_stays_together() -> None:
    groups = np.tile(np.arange(6), 50)
    labels = np.arange(300) % 2
    found = split(table_of(labels, groups, 2), 0.3, 0.0, 4)
    assert not set(groups[found.training]) & set(groups[found.validation])


def test_two_groups_give_one_to_each_side() -> None:
    found = split(table_of(np.arange(100) % 2, np.repeat([7, 9], [90, 10]), 2), 0.2, 0.0, 0)
    assert len(found.training) == 90 and len(found.validation) == 10


def test_fractions_are_met_as_nearly_as_whole_groups_allow() -> None:
    groups = np.repeat(np.arange(6), [500, 210, 300, 90, 400, 500])
    labels = np.arange(2000) % 2
    found = split(table_of(labels, groups, 2), 0.2, 0.0, 0)
    assert len(found.validation) in (390, 400)  # 300 + 90 is as good as 400: the seed chooses
    labels, groups = random_groups(60, 2, 5)
    found = split(table_of(labels, groups, 2), 0.25, 0.1, 0)
    assert [len(side) / len(labels) for side in sides_of(found)] == pytest.approx([0.65, 0.25, 0.1], abs=0.005)


def test_fractions_are_met_by_many_groups_of_very_unequal_sizes() -> None:
    for seed in range(6):
        rng = np.random.default_rng(seed)
        groups = np.repeat(np.arange(120), np.maximum(5, rng.lognormal(3, 1.2, 120)).astype(int))
        labels = (rng.random(len(groups)) < rng.random(120)[groups] * 0.6).astype(int)
        found = split(table_of(labels, groups, 2), 0.2, 0.1, seed)
        assert [len(side) / len(labels) for side in sides_of(found)] == pytest.approx([0.7, 0.2, 0.1], abs=0.0008)


def test_each_class_is_on_each_side_where_groups_allow_it() -> None:
    # Class 2 is in three small groups of twenty, so that chance would hardly put one on each side.
    for seed in range(5):
        rng = np.random.default_rng(seed)
        groups = np.repeat(np.arange(20), 50)
        labels = rng.integers(0, 2, 1000)
        for group in rng.choice(20, 3, replace=False):
            labels[np.flatnonzero(groups == group)[:10]] = 2
        found = split(table_of(labels, groups, 3), 0.15, 0.15, seed)
        assert all(set(labels[side]) == {0, 1, 2} for side in sides_of(found))


def test_a_class_of_few_among_very_many_groups_is_on_each_side() -> None:
    for seed in range(5):
        rng = np.random.default_rng(seed)
        groups = np.repeat(np.arange(600), rng.integers(5, 50, 600))
        labels = rng.integers(0, 2, len(groups))
        for group, n in zip(rng.choice(600, 3, replace=False), (5, 1, 1), strict=True):
            labels[np.flatnonzero(groups == group)[:n]] = 2
        found = split(table_of(labels, groups, 3), 0.2, 0.1, seed)
        assert all(set(labels[side]) == {0, 1, 2} for side in sides_of(found))


def test_a_class_of_one_group_goes_to_training() -> None:
    groups = np.repeat(np.arange(6), 40)
    labels = np.where(groups == 2, 1, 0)
    found = split(table_of(labels, groups, 2), 0.2, 0.0, 3)
    assert 1 in labels[found.training]


def test_classes_are_shared_out_like_frames() -> None:
    rng = np.random.default_rng(0)
    groups = np.repeat(np.arange(40), 100)
    labels = (rng.random(4000) < np.repeat(rng.random(40) * 0.3, 100)).astype(int)
    found = split(table_of(labels, groups, 2), 0.25, 0.0, 0)
    assert labels[found.validation].mean() == pytest.approx(labels.mean(), abs=0.02)


def test_the_same_seed_gives_the_same_split_and_another_one_another() -> None:
    for n_groups in (10, 100, 3000):
        labels, groups = random_groups(n_groups, 2, 0)
        first, again, other = (split(table_of(labels, groups, 2), 0.2, 0.1, seed) for seed in (1, 1, 2))
        assert all(np.array_equal(a, b) for a, b in zip(sides_of(first), sides_of(again), strict=True))
        assert not np.array_equal(first.validation, other.validation)


def test_a_hundred_thousand_loose_images_are_shared_out_in_one_try(monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[int] = []
    fill = group_assignment._filled
    monkeypatch.setattr(group_assignment, "_filled", lambda *of: tries.append(1) or fill(*of))
    labels = np.random.default_rng(0).integers(0, 2, 100_000)
    found = split(table_of(labels, np.arange(100_000), 2), 0.2, 0.1, 0)
    assert len(tries) == 1
    assert [len(side) for side in sides_of(found)] == pytest.approx([70_000, 20_000, 10_000], abs=5)


@pytest.mark.parametrize("n", [10, 37, 400, 20_000])
def test_one_group_is_cut_into_blocks_with_a_gap(n: int) -> None:
    labels = np.arange(n) % 2
    found = split(table_of(labels, np.full(n, 3), 2), 0.2, 0.0, 5)
    side = np.full(n, -1)
    side[found.training], side[found.validation] = 0, 1
    assert found.unit == "block"
    assert set(labels[found.training]) == set(labels[found.validation]) == {0, 1}
    assert not np.any((side[:-1] >= 0) & (side[1:] >= 0) & (side[:-1] != side[1:]))  # no neighbours on two sides
    if n >= 400:
        assert len(found.validation) / n == pytest.approx(0.2, abs=0.06)
        assert np.sum(side == -1) <= 0.15 * n
    assert len(found.warnings) == 1


def test_blocks_are_chosen_so_that_classes_are_on_both_sides() -> None:
    labels = np.zeros(2000, int)
    labels[300:420] = 1  # touches in two stretches only, 15 % of the recording
    labels[1500:1680] = 1
    for seed in range(5):
        found = split(table_of(labels, np.zeros(2000, int), 2), 0.2, 0.0, seed)
        assert set(labels[found.training]) == set(labels[found.validation]) == {0, 1}
        gap = np.diff(np.sort(np.concatenate([found.training, found.validation]))).max()
        assert gap >= 5


def test_one_group_gives_a_test_side_too() -> None:
    found = split(table_of(np.arange(3000) % 2, np.zeros(3000, int), 2), 0.2, 0.1, 0)
    assert [len(side) / 3000 for side in sides_of(found)] == pytest.approx([0.7, 0.2, 0.1], abs=0.06)


def test_what_cannot_be_split_is_said() -> None:
    with raises_with(BadOption, 0.6, 0.4):
        split(table_of(np.arange(10) % 2, np.arange(10), 2), 0.6, 0.4, 0)
    with raises_with(BadOption, 0.1, 2):
        split(table_of(np.arange(10) % 2, np.arange(10) // 5, 2), 0.2, 0.1, 0)
    with raises_with(BadDataset, 9):
        split(table_of(np.arange(9) % 2, np.zeros(9, int), 2), 0.2, 0.0, 0)


# --- sides that were given, and tags -------------------------------------------------------------------------------


def recordings_of_20(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Return labels of two classes and the recording of each frame, which is its group, too."""
    return np.arange(20 * n) % 2, np.repeat(np.arange(n), 20)


def split_tagged(tags: list[dict[str, str]], test_fraction: float = 0.0, groups: np.ndarray | None = None) -> Split:
    labels, recordings = recordings_of_20(len(tags))
    return split(table_of(labels, recordings if groups is None else groups, 2, recordings, tags), 0.2, test_fraction, 0)


def recordings_on(found: Split) -> list[set[int]]:
    return [set((side // 20).tolist()) for side in sides_of(found)]


def test_given_sides_are_kept_whatever_the_fractions() -> None:
    words = ["validation", "training", "val", "Train", "valid", "test"]
    found = split_tagged([{"side": word} for word in words])
    assert recordings_on(found) == [{1, 3}, {0, 2, 4}, {5}]
    assert (found.unit, found.warnings) == ("given", ())


def test_one_group_a_side_is_not_cut_in_blocks_where_sides_were_given() -> None:
    found = split_tagged([{"side": "training"}, {"side": "validation"}])
    assert (found.unit, recordings_on(found)) == ("given", [{0}, {1}, set()])


def test_recordings_without_a_side_among_others_go_to_training_with_a_warning() -> None:
    found = split_tagged([{}, {"side": "validation"}, {}, {"side": "training"}])
    assert recordings_on(found)[:2] == [{0, 2, 3}, {1}]
    assert len(found.warnings) == 1 and "2 of 4" in found.warnings[0]


@pytest.mark.parametrize("others", [{}, {"side": "training"}])
def test_recordings_for_the_test_stay_there_and_validation_is_drawn_from_the_others(others: dict[str, str]) -> None:
    found = split_tagged([{"side": "test"}, *[others] * 5, {"side": "test"}])
    training, validation, test = recordings_on(found)
    assert (found.unit, found.warnings, test, len(training), len(validation)) == ("given", (), {0, 6}, 4, 1)
    assert not training & validation


def test_sides_without_validation_are_shared_out_anew_with_a_warning() -> None:
    found = split_tagged([{"side": "training"}] * 5)
    assert (found.unit, [len(side) for side in recordings_on(found)]) == ("group", [4, 1, 0])
    assert len(found.warnings) == 1 and "validation" in found.warnings[0]


def test_given_sides_that_would_tear_a_group_are_not_kept() -> None:
    groups = np.repeat([0, 0, 1, 2, 3], 20)
    found = split_tagged([{"side": side} for side in ["training", "validation"] + ["training"] * 3], groups=groups)
    assert not set(groups[found.training]) & set(groups[found.validation])
    assert len(found.warnings) == 1 and "group" in found.warnings[0]


def test_a_test_fraction_beside_given_sides_is_said_to_have_no_effect() -> None:
    found = split_tagged([{"side": "training"}, {"side": "validation"}], test_fraction=0.1)
    assert len(found.warnings) == 1 and "0.1" in found.warnings[0]


def test_left_and_right_are_no_sides_of_a_split() -> None:
    found = split_tagged([{"side": side} for side in ["left", "right"] * 5])
    assert found.unit == "group"
    assert all({number % 2 for number in side} == {0, 1} for side in recordings_on(found)[:2])


def test_values_of_tags_are_on_both_sides_where_that_costs_nothing() -> None:
    tags = [
        {"object": name} for name in ["pole", "wall", "pole", "wall", "pole", "pole", "pole", "pole", "pole", "pole"]
    ]
    for seed in range(8):
        labels, recordings = recordings_of_20(10)
        found = split(table_of(labels, recordings, 2, recordings, tags), 0.2, 0.0, seed)
        assert all({tags[number]["object"] for number in side} == {"pole", "wall"} for side in recordings_on(found)[:2])
        assert found.warnings == ()


def test_a_value_of_a_tag_that_a_side_lacks_is_warned_of() -> None:
    found = split_tagged([{"side": "training", "object": "pole"}, {"side": "validation", "object": "wall"}])
    assert len(found.warnings) == 2
    for warning, side, value in zip(found.warnings, ("training", "validation"), ("wall", "pole"), strict=True):
        assert side in warning and f"object {value}" in warning


# --- runs ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["long", "spread", "single"])
def test_runs_count_the_labelled_frames_of_each_group(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dataset, "_ROWS_AT_ONCE", 7)
    rng = np.random.default_rng(1)
    recordings = np.repeat(np.arange(6), [30, 1, 20, 40, 9, 50])
    groups = {"long": 5 - recordings // 2, "spread": rng.integers(3, 6, 150), "single": rng.permutation(150)}[kind]
    labels = rng.integers(-1, 3, 150)
    table = table_of(labels, groups, 3, recordings)
    runs = group_assignment.Runs.of(table)
    names, members, counts = runs.by_group()
    assert np.array_equal(np.repeat(names[members], runs.lengths), groups)
    assert np.array_equal(np.repeat(runs.recordings, runs.lengths), recordings)
    expected = [[np.sum((groups == name) & (labels == label)) for label in range(3)] for name in np.unique(groups)]
    assert counts.tolist() == np.array(expected).tolist()
    assert all(len(runs) == len(np.unique(groups)) for runs in (names, counts))


def test_a_split_does_not_depend_on_how_many_rows_are_counted_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    labels, groups = random_groups(90, 3, 2)
    labels[::13] = -1
    tags = [{"animal": str(number % 4)} for number in range(90)]
    table = table_of(labels, groups, 3, groups, tags)
    at_once = split(table, 0.2, 0.1, 3)
    monkeypatch.setattr(dataset, "_ROWS_AT_ONCE", 11)
    for one, other in zip(sides_of(at_once), sides_of(split(table, 0.2, 0.1, 3)), strict=True):
        assert np.array_equal(one, other) and one.dtype == other.dtype == np.int32
