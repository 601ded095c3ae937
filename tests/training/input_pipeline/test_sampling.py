from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pyside.data import dataset
from pyside.data.dataset import FrameTable
from pyside.settings import TrainSettings
from pyside.training.input_pipeline.sampling import FAR, Plan, class_weights, distances_to_borders, negative_class, plan
from tests.training.frame_tables import table_of

NAMES = ("NonTouch", "Touch")


def drawn(*recordings: str, numbers: list[int] | None = None, loose: tuple[int, ...] = ()) -> FrameTable:
    """Recordings drawn as texts: ``.`` is class 0, ``x`` class 1, ``2`` class 2, ``-`` a frame left out."""
    labels = [{".": 0, "x": 1, "2": 2, "-": -1}[label] for one in recordings for label in one]
    owners = [number for number, one in enumerate(recordings) for _ in one]
    in_order = [-1 if number in loose else place for number, one in enumerate(recordings) for place in range(len(one))]
    return table_of(labels, n_classes=3, recordings=owners, frame_numbers=numbers or in_order)


def planned(labels: Any, distances: Any = None, names: tuple[str, ...] = NAMES, **options: Any) -> Plan:
    distances = np.full(len(labels), FAR) if distances is None else np.asarray(distances)
    return plan(np.asarray(labels, np.int16), names, TrainSettings.from_options(options), distances)


# --- distances to borders ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("labels", "numbers", "expected"),
    [
        ("..xx...", None, [2, 1, 1, 1, 1, 2, 3]),
        ("x", None, [FAR]),
        ("...", None, [FAR] * 3),
        ("", None, []),
        (".x2", None, [1, 1, 1]),
        ("x--..", None, [3, FAR, FAR, 3, 4]),  # the border is somewhere in the gap
        ("--.-.x-", None, [FAR, FAR, 3, FAR, 1, 1, FAR]),
        ("x..", [0, 10, 11], [10, 10, 11]),  # frames are missing, but time has passed
    ],
)
def test_the_distance_is_that_to_the_nearest_frame_of_another_class(
    labels: str, numbers: list[int] | None, expected: list[int]
) -> None:
    found = distances_to_borders(drawn(labels, numbers=numbers))
    assert found.dtype == np.int32
    assert found.tolist() == expected


def test_a_frame_of_another_recording_is_never_near() -> None:
    found = distances_to_borders(drawn("...", "xxx", "x."))
    assert found.tolist() == [FAR] * 6 + [1, 1]


def test_loose_images_have_no_borders() -> None:
    assert distances_to_borders(drawn(".x.x", ".x", loose=(0,))).tolist() == [FAR] * 4 + [1, 1]


def test_distances_are_those_of_a_search_through_all_pairs() -> None:
    rng = np.random.default_rng(0)
    for _ in range(20):
        n = int(rng.integers(1, 40))
        labels = np.repeat(rng.integers(-1, 3, n), rng.integers(1, 5, n))[:n]
        numbers = np.cumsum(rng.integers(1, 4, len(labels)))
        found = distances_to_borders(table_of(labels, frame_numbers=numbers))
        for frame, label in enumerate(labels):
            others = np.abs(numbers - numbers[frame])[(labels >= 0) & (labels != label)]
            assert found[frame] == (others.min() if label >= 0 and len(others) else FAR)


@pytest.mark.parametrize(
    ("names", "index"),
    [(("Touch", "NonTouch"), 1), (("Touch", "nothing"), 1), (("nothing", "Touch"), 0), (("a", "b", "c"), 0)],
)
def test_the_negative_class_is_found_by_its_name(names: tuple[str, ...], index: int) -> None:
    assert negative_class(names) == index


# --- without settings ----------------------------------------------------------------------------------------------


def test_an_epoch_is_each_frame_once_in_the_order_of_seed_and_epoch() -> None:
    made = planned([0, 1, 0, 0, 1, 0])
    assert len(made) == 6
    for epoch in range(3):
        assert np.array_equal(made.draw(epoch, 7), np.random.default_rng([7, epoch]).permutation(6))
    assert made.draw(0, None).tolist() == made.draw(5, None).tolist() == list(range(6))
    assert made.counts() == {
        "before": {"NonTouch": 4, "Touch": 2},
        "epoch": {"NonTouch": 4, "Touch": 2},
        "hard": None,
        "remarks": [],
    }


# --- oversampling --------------------------------------------------------------------------------------------------


def test_the_rarest_class_is_brought_to_its_share() -> None:
    labels = np.repeat([0, 1, 2], [60, 9, 15])
    made = planned(labels, names=("a", "b", "c"), oversample=0.25)
    drawn = labels[made.draw(3, 0)]
    assert np.bincount(drawn).tolist() == [60, 25, 15] == list(made.epoch)
    assert len(made) == 100
    assert made.counts()["before"] == {"a": 60, "b": 9, "c": 15}
    assert made.counts()["remarks"] == []


def test_frames_of_the_rarest_class_come_equally_often() -> None:
    labels = np.repeat([0, 1], [60, 8])
    made = planned(labels, oversample=0.25)
    epochs = [np.bincount(made.draw(epoch, 1), minlength=68) for epoch in range(4)]
    assert all((times[:60] == 1).all() and set(times[60:]) == {2, 3} for times in epochs)
    assert sum(epochs)[60:].tolist() == [10] * 8  # type: ignore[index]


def test_a_class_that_is_no_rarer_than_asked_for_stays() -> None:
    made = planned(np.repeat([0, 1], [60, 40]), oversample=0.3)
    assert list(made.epoch) == [60, 40]
    assert len(made.remarks) == 1 and all(fact in made.remarks[0] for fact in ("Touch", "0.4", "oversample"))


def test_a_class_without_frames_is_not_the_rarest() -> None:
    assert list(planned([0, 0, 0, 2], names=("a", "b", "c"), oversample=0.5).epoch) == [3, 0, 3]


@pytest.mark.parametrize("share", [0.5, 1.0])
def test_a_frame_is_repeated_twenty_times_at_most(share: float) -> None:
    made = planned(np.repeat([0, 1], [160, 2]), oversample=share)
    assert list(made.epoch) == [160, 40]
    assert len(made.remarks) == 1
    assert all(fact in made.remarks[0] for fact in ("oversample", "Touch", "2 frames", "20", "0.2"))


# --- hard negatives ------------------------------------------------------------------------------------------------


def with_distances(hard: int, easy: int, positives: int) -> dict[str, Any]:
    return {
        "labels": np.repeat([0, 0, 1], [hard, easy, positives]),
        "distances": np.repeat([20, 21, 1], [hard, easy, positives]),
    }


def test_negatives_are_mixed_as_asked_for() -> None:
    made = planned(**with_distances(10, 90, 50), hard_negatives=0.4)
    drawn = made.draw(0, 0)
    assert (drawn < 10).sum() == 40
    assert (drawn < 100).sum() == 100
    assert np.sort(drawn[drawn >= 100]).tolist() == list(range(100, 150))
    assert made.counts()["hard"] == {"before": 10, "epoch": 40}
    assert made.counts()["epoch"] == {"NonTouch": 100, "Touch": 50}


def test_the_window_says_what_is_hard() -> None:
    assert planned(**with_distances(10, 90, 50), hard_negatives=0.4, hard_negative_window=21).hard == (100, 100)
    assert planned(**with_distances(10, 90, 50), hard_negatives=0.4, hard_negative_window=20).hard == (10, 40)


def test_easy_ones_come_without_repetition_and_all_of_them_over_the_epochs() -> None:
    made = planned(**with_distances(10, 90, 50), hard_negatives=0.4)
    epochs = [np.bincount(made.draw(epoch, 3), minlength=150)[10:100] for epoch in range(3)]
    assert all(times.max() == 1 and times.sum() == 60 for times in epochs)
    assert sum(epochs).tolist() == [2] * 90  # type: ignore[attr-defined]
    assert not np.array_equal(epochs[0], epochs[1])


def test_a_mix_without_hard_ones_repeats_easy_ones() -> None:
    made = planned(**with_distances(50, 50, 50), hard_negatives=0)
    drawn = made.draw(0, 0)
    assert (drawn < 50).sum() == 0
    assert np.bincount(drawn)[50:100].tolist() == [2] * 50


@pytest.mark.parametrize(
    ("hard", "easy", "share", "reached", "facts"),
    [
        (2, 98, 0.9, 40, ("2 hard", "20")),
        (98, 2, 0.1, 60, ("2 easy", "20")),
        (0, 100, 0.5, 0, ("no frame", "hard_negative_window", "20 frames")),
        (100, 0, 0.5, 100, ("every frame", "hard_negative_window", "20 frames")),
    ],
)
def test_a_mix_that_cannot_be_had_is_remarked_upon(
    hard: int, easy: int, share: float, reached: int, facts: tuple[str, ...]
) -> None:
    made = planned(**with_distances(hard, easy, 5), hard_negatives=share)
    assert made.hard == (hard, reached)
    assert len(made) == 105
    assert (made.draw(0, 0) < hard).sum() == reached
    assert all(fact in made.remarks[0] for fact in ("hard_negatives", "NonTouch", *facts))


def test_oversampled_negatives_are_mixed_too() -> None:
    made = planned(**with_distances(5, 5, 90), hard_negatives=0.2, oversample=0.25)
    drawn = made.draw(0, 0)
    assert list(made.epoch) == [30, 90]
    assert ((drawn < 5).sum(), (drawn < 10).sum()) == (6, 30)


# --- draws ---------------------------------------------------------------------------------------------------------


def test_draws_follow_from_seed_and_epoch_only() -> None:
    one, same = (planned(**with_distances(10, 90, 9), hard_negatives=0.4, oversample=0.2) for _ in range(2))
    late = one.draw(5, 2)
    assert np.array_equal(same.draw(5, 2), late)
    assert not np.array_equal(one.draw(5, 3), late)
    assert not np.array_equal(one.draw(6, 2), late)


def test_draws_are_parts_of_a_ring_in_random_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dataset, "_ROWS_AT_ONCE", 7)  # parts of the work begin in the middle of everything
    made = planned(**with_distances(10, 90, 9), hard_negatives=0.4, oversample=0.2)
    positions = {0: np.arange(10), 1: np.arange(100, 109), 2: np.arange(10, 100)}
    n_drawn = {0: 40, 1: made.epoch[1], 2: 60}
    for epoch in range(5):
        expected = []
        for number, of_part in positions.items():
            ring = np.random.default_rng((3, number, 1)).permutation(len(of_part))
            turn = (epoch * n_drawn[number] + np.arange(n_drawn[number])) % len(of_part)
            expected.append(of_part[ring[turn]])
        in_order = np.sort(np.concatenate(expected))
        order = np.random.default_rng([3, epoch]).permutation(len(in_order))
        assert np.array_equal(made.draw(epoch, 3), in_order[order])


def test_without_a_seed_frames_are_drawn_in_the_order_of_the_training_side() -> None:
    made = planned(**with_distances(10, 90, 9), hard_negatives=0.4, oversample=0.2)
    drawn = made.draw(1, None)
    assert (np.diff(drawn) >= 0).all()
    assert np.array_equal(drawn, made.draw(1, None))


# --- class weights -------------------------------------------------------------------------------------------------


def test_balanced_weights_make_classes_weigh_alike() -> None:
    weights = class_weights("balanced", planned(np.repeat([0, 1], [90, 10])))
    assert weights is not None
    assert weights.tolist() == pytest.approx([100 / 180, 5.0])
    with_a_gap = class_weights("balanced", planned(np.repeat([0, 2], [30, 10]), names=("a", "b", "c")))
    assert with_a_gap is not None
    assert with_a_gap.tolist() == pytest.approx([40 / 60, 0, 2.0])


def test_balanced_weights_are_those_of_an_epoch() -> None:
    weights = class_weights("balanced", planned(np.repeat([0, 1], [90, 10]), oversample=0.5))
    assert weights is not None
    assert weights.tolist() == [1, 1]


def test_weights_are_taken_as_given() -> None:
    made = planned([0, 1])
    assert class_weights("none", made) is None
    given = class_weights((1.0, 3.0), made)
    assert given is not None
    assert given.tolist() == [1, 3]
