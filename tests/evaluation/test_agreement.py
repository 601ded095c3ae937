"""People are compared with each other and with the model, on the frames that both labelled."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score, f1_score

from pyside.errors import BadLabels, BadOption, LengthMismatch
from pyside.evaluation.agreement import agreement
from tests.conftest import holds, raises_with

TOUCH = ("NonTouch", "Touch")


def classes(text: str) -> np.ndarray:
    """Return the classes that are drawn: ``.`` is 0, ``T`` 1, ``U`` 2 and ``?`` not labelled."""
    return np.array([".TU?".index(frame) if frame != "?" else -1 for frame in text], np.int64)


def order(n: int) -> tuple[np.ndarray, np.ndarray]:
    return np.zeros(n, np.int64), np.arange(n)


def changed(labels: np.ndarray, share: float, seed: int) -> np.ndarray:
    return np.where(np.random.default_rng(seed).random(len(labels)) < share, 1 - labels, labels)


def test_people_and_the_model_are_compared_pair_by_pair() -> None:
    ann, ben, cem = classes(".TT..TT.."), classes(".TTTTTT.."), classes("..T..TT.T")
    model = classes(".TT......")
    found = agreement({"ann": ann, "ben": ben, "cem": cem}, model, TOUCH, *order(9), frame_rate=500)
    names = [(one["first"], one["second"]) for one in found["people"]]
    assert names == [("ann", "ben"), ("ann", "cem"), ("ben", "cem")]
    assert [(one["first"], one["second"]) for one in found["model"]] == [
        (who, "model") for who in ("ann", "ben", "cem")
    ]
    first = found["people"][0]
    assert first["frames"] == 9 and first["equal"] == pytest.approx(7 / 9)
    assert first["kappa"] == pytest.approx(cohen_kappa_score(ann, ben))
    assert first["f1"] == pytest.approx(f1_score(ann, ben)) == pytest.approx(8 / 10)
    # Ann is the truth: Ben joins her two touches.
    assert first["events"]["Touch"]["merged"] == 1 and first["errors_per_touch"] == 0.5
    with_cem = found["people"][1]
    assert with_cem["events"]["Touch"]["ghosts"] == 1 and with_cem["events"]["Touch"]["onset_error"]["ms"]["mean"] == 1
    assert found["model"][0]["events"]["Touch"]["missed"] == 1
    summary = found["summary"]
    assert summary["people"]["kappa"] == pytest.approx(np.mean([one["kappa"] for one in found["people"]]))
    assert summary["model"]["errors_per_touch"] == pytest.approx(
        np.mean([one["errors_per_touch"] for one in found["model"]])
    )
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_only_frames_that_both_labelled_count() -> None:
    labels = {"ann": classes(".TT.??TT"), "ben": classes(".TT.TT??")}
    found = agreement(labels, classes("..T.TTTT"), TOUCH, *order(8))
    assert found["people"][0]["frames"] == 4 and found["people"][0]["equal"] == 1
    assert [one["frames"] for one in found["model"]] == [6, 6]
    # What one of them left out is a cut: touches on both sides of it are two.
    split = agreement({"ann": classes("TT?TT."), "ben": classes("TTTTT.")}, classes("TTTTT."), TOUCH, *order(6))
    assert split["people"][0]["events"]["Touch"]["touches"] == 2 and split["people"][0]["errors_per_touch"] == 0


@pytest.mark.parametrize(
    ("share", "words"),
    [(0.05, "as well"), (0.4, "less well"), (0.0, "better")],
)
def test_the_summary_says_how_the_model_compares_with_people(share: float, words: str) -> None:
    truth = np.tile(classes(".......TTTTT......."), 200)
    people = {"ann": truth, "ben": changed(truth, 0.05, 1)} if share else {
        "ann": changed(truth, 0.05, 1), "ben": changed(truth, 0.05, 2)
    }  # fmt: skip
    model = changed(truth, share, 3) if share != 0.05 else changed(truth, 0.02, 3)
    found = agreement(people, model, TOUCH, *order(len(truth)))["summary"]
    figures = [f"{found[side]['kappa']:.3f}" for side in ("model", "people")]
    assert holds(found["sentence"], words, *figures, f"{found['model']['equal']:.2%}")


def test_classes_in_the_other_order_give_the_same() -> None:
    ann, ben, model = classes(".TT..TT.."), classes(".TTTTTT.."), classes(".TT...T..")
    usual = agreement({"ann": ann, "ben": ben}, model, TOUCH, *order(9))
    swapped = agreement({"ann": 1 - ann, "ben": 1 - ben}, 1 - model, ("Touch", "NonTouch"), *order(9))
    assert usual["people"][0]["f1"] == swapped["people"][0]["f1"] and usual["people"][0]["f1"] < 1
    assert usual["people"][0]["events"] == swapped["people"][0]["events"]


def test_three_classes_have_the_mean_over_the_events() -> None:
    ann, ben = classes(".TT.UU.."), classes(".TT.UTU.")
    found = agreement({"ann": ann, "ben": ben}, ann, ("NonTouch", "Touch", "pole"), *order(8))
    assert found["people"][0]["f1"] == pytest.approx((4 / 5 + 2 / 4) / 2)
    assert found["people"][0]["errors_per_touch"] == 1  # a ghost of each class, of two touches
    assert found["model"][0]["kappa"] == 1 and found["model"][0]["errors_per_touch"] == 0


def test_what_cannot_be_told_is_none() -> None:
    apart = agreement({"ann": classes("..TT????"), "ben": classes("????TT..")}, classes("..TTTT.."), TOUCH, *order(8))
    assert {apart["people"][0][key] for key in ("equal", "kappa", "f1", "errors_per_touch")} == {None}
    assert not re.search(r"\d", apart["summary"]["sentence"]) and apart["summary"]["model"]["equal"] == 1
    quiet = agreement({"ann": classes("...."), "ben": classes("....")}, classes("...."), TOUCH, *order(4))
    assert quiet["people"][0]["equal"] == 1 and quiet["people"][0]["kappa"] is None
    assert quiet["people"][0]["f1"] is None
    nobody = agreement({"ann": classes(""), "ben": classes("")}, classes(""), TOUCH, *order(0))
    for found in (apart, quiet, nobody):
        assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_one_person_has_nobody_to_agree_with() -> None:
    with raises_with(BadOption, "ann"):
        agreement({"ann": classes("..TT")}, classes("..TT"), TOUCH, *order(4))


def test_labels_that_do_not_fit_are_told_with_the_person() -> None:
    with raises_with(LengthMismatch, "ben", 4, 3):
        agreement({"ann": classes("..TT"), "ben": classes("..T")}, classes("..TT"), TOUCH, *order(4))
    with raises_with(BadLabels, "ben", 2, 1):
        agreement({"ann": classes("..TT"), "ben": classes(".U.T")}, classes("..TT"), TOUCH, *order(4))
