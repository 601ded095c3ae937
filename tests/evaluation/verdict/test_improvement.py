"""Whether a model is better than the one it began from, beyond noise: by hand-made errors, without a network."""

from __future__ import annotations

import dataclasses
import itertools
import json

import numpy as np
import pytest

from pyside.evaluation.predictions import Predictions
from pyside.evaluation.verdict.improvement import FEWEST, chance, improvement, row_texts, sentence
from pyside.evaluation.verdict.judge import verdict
from tests.conftest import holds

TOUCH = slice(10, 15)  # and two others, in each recording of 60 frames
NAMES = ("NonTouch", "Touch")


def frames_of(n_recordings: int, in_order: bool = True) -> Predictions:
    """Recordings of 60 frames with three touches each; their probabilities are beside the point."""
    labels = np.zeros((n_recordings, 60), np.int64)
    labels[:, [*range(10, 15), *range(30, 35), *range(50, 55)]] = 1
    n = labels.size
    numbers = np.tile(np.arange(60), n_recordings) if in_order else np.full(n, -1)
    names = tuple(f"day{number}" for number in range(n_recordings))
    return Predictions(
        NAMES, labels.ravel(), np.zeros((n, 2), np.float32), np.repeat(np.arange(n_recordings), 60), names, numbers,
        np.arange(n),
    )  # fmt: skip


def missing(found: Predictions, recordings: list[int]) -> np.ndarray:
    """The labels, with the first touch missed in some recordings."""
    decided = found.labels.copy().reshape(-1, 60)
    decided[recordings, TOUCH] = 0
    return decided.ravel()


def rows_of(found: dict[str, object]) -> dict[str, tuple[str, str, str]]:
    return {text[0]: text[1:] for text in map(row_texts, found["rows"])}  # type: ignore[call-overload]


@pytest.mark.parametrize("differences", [[-1, -2, -1, -3, -1, -1], [4, -1, 2, 2, 0, 3, 1], [1, -1, 1, -1]])
def test_the_chance_is_the_share_of_all_exchanges_of_signs(differences: list[int]) -> None:
    sums = [sum(map(int.__mul__, signs, differences)) for signs in itertools.product((1, -1), repeat=len(differences))]
    wanted = np.mean(np.abs(sums) >= abs(sum(differences)))
    assert chance(np.array(differences)) == pytest.approx(min(1, wanted))


def test_the_chance_of_very_many_pairs_is_drawn_with_the_seed() -> None:
    rng = np.random.default_rng(3)
    alike, better = rng.integers(-2, 3, 150), rng.integers(-4, 3, 150)
    assert chance(alike, 1) == chance(alike, 1) > 0.05
    assert 0 < chance(better, 1) < 0.001
    assert chance(np.zeros(20)) == 1


def test_equal_models_are_seldom_called_better() -> None:
    rng = np.random.default_rng(0)
    draws = [rng.integers(0, 4, (2, 8)) for _ in range(100)]
    low = [chance(new - old) <= 0.05 and new.sum() < old.sum() for old, new in draws]
    assert np.mean(low) <= 0.05


def test_six_recordings_in_which_the_new_model_errs_less_are_beyond_noise() -> None:
    found = frames_of(FEWEST)
    result = improvement(found, missing(found, [*range(FEWEST)]), found.labels, found.recordings)
    assert (result["outcome"], result["recordings"], result["frames"], result["touches"]) == ("better", 6, 360, 18)
    assert result["count_errors"] == {"old": 6, "new": 0, "differ": 6, "p": 2 / 64, "outcome": "better"}
    assert result["frame_errors"]["old"] == 6 * 5
    rows = rows_of(result)
    assert rows["frames right"] == ("91.67 %", "100.00 %", "+8.33 points")
    assert rows["count errors per touch"] == ("0.333", "0.000", "-0.333")
    assert rows["missed"] == ("6", "0", "-6") and rows["split"] == ("0", "0", "0")
    assert rows["onset error, median frames"] == ("0", "0", "0")
    assert holds(sentence(result, "old.h5"), "is better than old.h5 beyond noise", 6, "0.000", "0.333", "p = 0.031")
    assert json.loads(json.dumps(result)) == result


def test_a_worse_model_is_called_worse_and_an_equal_one_neither() -> None:
    found = frames_of(8)
    bad = missing(found, [*range(8)])
    assert improvement(found, found.labels, bad, found.recordings)["outcome"] == "worse"
    same = improvement(found, bad, bad, found.recordings)
    assert same["outcome"] == "no difference" and same["count_errors"]["p"] == 1
    few = improvement(found, missing(found, [1, 2, 3]), found.labels, found.recordings)
    assert few["outcome"] == "no difference" and few["count_errors"]["p"] == 0.25
    assert holds(sentence(few, "old.h5"), "is not better than old.h5 beyond noise")


def test_more_touches_at_the_price_of_frames_are_told_as_both() -> None:
    found = frames_of(8)
    new = found.labels.copy().reshape(-1, 60)
    new[:, 16:25] = 1  # longer than the touch that the old model misses, and near to it
    new[:, 15] = 1
    result = improvement(found, missing(found, [*range(8)]), new.ravel(), found.recordings)
    assert (result["count_errors"]["outcome"], result["frame_errors"]["outcome"]) == ("better", "worse")
    assert result["outcome"] == "mixed" and holds(sentence(result, "old.h5"), "better", "worse")


def test_with_fewer_than_six_groups_it_cannot_be_known() -> None:
    found = frames_of(8)
    bad = missing(found, [*range(8)])
    for of_groups, n_groups in ((found.recordings // 2, 4), (np.where(found.recordings < 5, found.recordings, 5), 6)):
        result = improvement(found, bad, found.labels, of_groups)
        assert result["groups"] == n_groups
        assert result["outcome"] == ("unknown" if n_groups < FEWEST else "better")
        assert holds(sentence(result, "old.h5"), 8, f"{n_groups} groups")
    unknown = improvement(frames_of(5), missing(frames_of(5), [0]), frames_of(5).labels, frames_of(5).recordings)
    assert unknown["frame_errors"]["p"] is None and len(unknown["rows"]) == 10
    assert holds(sentence(unknown, "old.h5"), "cannot be known", 5, 6)


def test_groups_within_one_recording_count_as_many() -> None:
    found = frames_of(1)
    groups = np.arange(60) // 10
    new, old = found.labels, 1 - found.labels
    result = improvement(found, old, new, groups)
    assert (result["recordings"], result["groups"], result["frame_errors"]["p"]) == (1, 6, 2 / 64)


def test_loose_images_are_compared_by_frames_alone() -> None:
    found = frames_of(FEWEST, in_order=False)
    result = improvement(found, missing(found, [*range(FEWEST)]), found.labels, found.recordings)
    assert result["count_errors"] is None and result["outcome"] == "better"
    assert [row["figure"] for row in result["rows"]] == ["accuracy"]
    assert "count errors" not in sentence(result, "old.h5")


def test_several_classes_have_their_sum_and_rows_of_their_own() -> None:
    found = frames_of(FEWEST)
    three = dataclasses.replace(found, class_names=("NonTouch", "pole", "wall"), probabilities=np.zeros((360, 3)))
    old = found.labels.copy()
    old[found.frame_numbers == 20] = 2
    rows = rows_of(improvement(three, old, found.labels, found.recordings))
    assert rows["ghosts"] == ("6", "0", "-6")
    assert rows["pole: count errors per touch"] == ("0.000", "0.000", "+0.000")
    assert rows["wall: count errors per touch"] == ("\u2013", "\u2013", "\u2013")


@pytest.mark.parametrize(
    ("outcome", "kind"),
    [
        ("better", "better than the initial model"),
        ("no difference", "not better than the initial model"),
        ("worse", "not better than the initial model"),
        ("unknown", "initial model not compared"),
        ("not compared", "initial model not compared"),
    ],
)
def test_the_verdict_tells_it_beside_the_rest(outcome: str, kind: str) -> None:
    told = {"outcome": outcome, "sentence": "So it is.", "remarks": ["Left out: a."], "advice": "Do this."}
    figures = {"accuracy": 0.999, "balanced_accuracy": 0.999, "frames": 9000, "classes": {}, "events": {}}
    sides = {"training": {"frames": 9000, "recordings": 30}, "validation": {"frames": 9000, "recordings": 9}}
    found = verdict({"improvement": told, "metrics": {"validation": figures}, "split": sides}, {})
    assert [one["kind"] for one in found] == ["good", kind]
    assert (found[1]["text"], found[1]["remedy"]) == ("So it is. Left out: a.", "Do this.")
