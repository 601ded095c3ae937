"""The verdict: each fault of a model is found, told with its numbers, and has a remedy that can be set."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pyside.evaluation.verdict.judge import verdict, verdict_text
from pyside.evaluation.verdict.remedies import (
    against_ignoring,
    against_overfitting,
    against_underfitting,
    next_augment,
)
from pyside.evaluation.verdict.rules import KINDS, wilson
from pyside.settings import TrainSettings, named, speaking
from pyside.settings.checks import AUGMENTATIONS
from pyside.settings.core import in_words
from pyside.system.records import plain
from tests.conftest import holds

DEFAULTS = plain(TrainSettings().as_dict())
NAMES = ("NonTouch", "Touch")
FLAT = {"val_loss": [0.5] + [0.1] * 39, "loss": [0.4] * 40, "accuracy": [0.99] * 40}


def side(balanced: float, frames: int = 4000, recalls: tuple[float, ...] | None = None, **more: Any) -> dict[str, Any]:
    """Figures of a side with as many frames of each class."""
    recalls = recalls or (balanced,) * 2
    classes = {
        name: {"frames": frames // 2, "predicted": frames // 2, "precision": 0.9, "recall": recall, "f1": 0.9}
        for name, recall in zip(NAMES, recalls, strict=False)
    }
    return {"frames": frames, "accuracy": balanced, "balanced_accuracy": balanced, "classes": classes, **more}


def touches(number: int = 100, **errors: int) -> dict[str, Any]:
    """Figures of events of Touch."""
    parts = {"missed": 0, "ghosts": 0, "merged": 0, "split": 0, **errors}
    wrong = sum(parts.values())
    found = {"touches": number, "found": number - parts["missed"], **parts, "errors_per_touch": wrong / number}
    return {"events": {"Touch": found}}


def report(training: float = 0.995, validation: float = 0.992, **more: Any) -> dict[str, Any]:
    """A report of a training where nothing is wrong, but for what is given."""
    counts = {"NonTouch": 9000, "Touch": 3000}
    return {
        "dataset": {"class_names": list(NAMES), "recordings": 20, "frames": 16000},
        "settings": dict(DEFAULTS),
        "split": {
            "unit": "recording",
            "training": {"frames": 12000, "recordings": 16, "groups": 16, "counts": counts, "tags": {}},
            "validation": {"frames": 4000, "recordings": 4, "groups": 4, "tags": {}},
        },
        "best_epoch": 22,
        "epochs_run": 40,
        "stopped": "patience",
        "metrics": {"training": side(training), "validation": side(validation, **touches())},
        **more,
    }


def kinds(found: list[dict[str, Any]]) -> list[str]:
    return [one["kind"] for one in found]


def test_a_good_model_is_called_good_with_its_figures() -> None:
    (only,) = verdict(report(), FLAT)
    assert only["kind"] == "good" and only["settings"] == {}
    assert holds(only["text"], "99.20 %", 100)


def test_overfitting_is_told_with_both_figures_and_the_next_values() -> None:
    record = report(0.99, 0.62)
    record["split"]["training"].update(recordings=4, tags={"animal": {"m1": {"NonTouch": 9, "Touch": 3}}})
    first = verdict(record, FLAT)[0]
    assert first["kind"] == "overfitting"
    assert holds(first["text"], "99.00 %", "62.0 %")
    assert holds(first["remedy"], 4, "animal", "m1", "augment", "'standard'")
    assert holds(first["remedy"], "dropout_rates", 0.35, 0.5, "l2", 0.0001)
    assert first["settings"]["convolution_filters"] == [16, 16, 32, 32, 32, 32]
    record["split"]["unit"] = "given"
    record["split"]["training"]["tags"] = {"side": {"training": {"NonTouch": 9, "Touch": 3}}}
    assert "same side" not in verdict(record, FLAT)[0]["remedy"]  # of course they have


def test_a_gap_that_is_small_or_comes_from_hard_frames_is_no_overfitting() -> None:
    assert "overfitting" not in kinds(verdict(report(0.995, 0.975), FLAT))
    assert "overfitting" not in kinds(verdict(report(0.90, 0.82), FLAT))


def test_where_the_figures_of_training_are_missing_those_of_the_best_epoch_count() -> None:
    record = report(validation=0.8)
    del record["metrics"]["training"]
    history = {"accuracy": [0.5] * 21 + [0.99] + [0.5] * 18}
    first = verdict(record, history)[0]
    assert first["kind"] == "overfitting" and holds(first["text"], "99.00 %")
    record["settings"]["restore_best_weights"] = False
    assert "overfitting" not in kinds(verdict(record, history))


def test_training_frames_that_are_harder_than_new_ones_are_no_underfitting() -> None:
    (only,) = verdict(report(0.942, 1.0), FLAT)
    assert only["kind"] == "good" and holds(only["text"], "94.2 %", "100 %")
    assert kinds(verdict(report(0.942, 0.94), FLAT)) == ["underfitting"]


def test_a_perfect_model_of_few_recordings_is_praised_before_it_is_called_little_tried() -> None:
    record = report(1.0, 1.0, stopped=None, epochs_run=4, best_epoch=4)
    record["settings"]["epochs"] = 4
    record["split"]["training"].update(frames=700, recordings=3, groups=3)
    record["split"]["validation"].update(recordings=1, groups=1)
    record["metrics"]["validation"] = side(1.0, 180, **touches(5))
    found = verdict(record, {"val_loss": [0.8, 0.5, 0.3, 0.1]})
    assert kinds(found) == ["good", "too few frames", "validation too small"]
    assert holds(found[1]["text"], 700)


def test_underfitting_asks_for_more_of_everything() -> None:
    record = report(0.88, 0.87, stopped=None, epochs_run=100)
    record["settings"].update(network="legacy", dropout_rates=[0.5, 0.5, 0.5, 0.6], augment=AUGMENTATIONS["strong"])
    first = verdict(record, FLAT)[0]
    assert first["kind"] == "underfitting"
    assert holds(first["text"], "88.0 %", "87.0 %", "12,000", 16, 100)
    assert first["settings"] == {
        "epochs": 150,
        "augment": "standard",
        "dropout_rates": [0.4, 0.4, 0.4, 0.5],
        "network": "context",
        "convolution_filters": [64, 64, 128, 128, 128, 128],
        "dense_units": 1024,
    }


def test_a_network_of_the_users_own_is_changed_by_the_user() -> None:
    remedies = []
    for pair in ((0.88, 0.87), (0.99, 0.8)):
        record = report(*pair)
        record["settings"]["network"] = "mine.py:build"
        first = verdict(record, FLAT)[0]
        assert "convolution_filters" not in first["settings"]
        remedies.append(first["remedy"])
    more, fewer = remedies
    assert holds(more, "layers") and holds(fewer, "layers") and more != fewer


def test_nothing_learnt_comes_first_and_points_at_the_labels() -> None:
    record = report(0.5, 0.51)
    first = verdict(record, FLAT)[0]
    assert first["kind"] == "nothing learnt"
    assert holds(first["text"], "51.0 %", "50.0 %") and holds(first["remedy"], "labels")
    assert first["settings"]["learning_rate"] == 0.00033 and first["settings"]["seed"] == 1
    assert "underfitting" not in kinds(verdict(record, FLAT))


def test_a_guess_is_one_also_where_the_training_frames_are_known_by_heart() -> None:
    record = report(0.976, 0.52)
    first = verdict(record, FLAT)[0]
    assert first["kind"] == "nothing learnt" and "overfitting" not in kinds(verdict(record, FLAT))
    assert holds(first["text"], "97.6 %", "52.0 %", "50.0 %") and holds(first["remedy"], "labels")
    assert not {"learning_rate", "seed", "epochs"} & set(first["settings"])  # it has learnt, but nothing of use


def evidence(value: float, error: float, runs: int, figure: str = "roc_auc") -> dict[str, Any]:
    return {"figure": figure, "value": value, "guessing": 0.5, "error": error, "runs": runs}


@pytest.mark.parametrize(
    ("value", "error", "runs", "is_guess"),
    [
        (0.6, 0.04, 60, True),  # 60 % is what luck gives with so few touches ...
        (0.6, 0.01, 600, False),  # ... and not with ten times as many
        (0.5, 0.001, 4000, True),
        (0.9, 0.1, 2, False),  # far from a guess, though two touches prove nothing
        (0.99, 0.0, 1, False),
    ],
)
def test_the_limit_of_a_guess_knows_the_error_of_events(value: float, error: float, runs: int, is_guess: bool) -> None:
    record = report(0.97, 0.6)
    record["metrics"]["validation"]["evidence"] = evidence(value, error, runs)
    found = [one for one in verdict(record, FLAT) if one["kind"] == "nothing learnt"]
    assert bool(found) == is_guess
    if runs == 60:
        assert holds(found[0]["text"], 60, "0.60", "0.61")  # 0.5 + 2.66 * 0.04


def test_of_an_older_report_the_number_of_touches_gives_the_limit() -> None:
    record = report(0.976, 0.536)
    record["metrics"]["validation"] = side(0.536, 400, **touches(24, missed=12, ghosts=9))
    assert kinds(verdict(record, FLAT)) == ["nothing learnt"]
    record["metrics"]["validation"] = side(0.536, 40000, **touches(2400, missed=1200, ghosts=900))
    assert kinds(verdict(record, FLAT))[0] == "overfitting"


@pytest.mark.parametrize(("rate", "following"), [(1e-3, 0.00033), (3e-3, 1e-3), (1e5, 1e-3), (1e-8, 1e-3)])
def test_a_learning_rate_far_from_the_usual_one_is_set_to_that(rate: float, following: float) -> None:
    record = report(0.5, 0.5)
    record["settings"]["learning_rate"] = rate
    assert verdict(record, FLAT)[0]["settings"]["learning_rate"] == following


# --- labels the other way round ------------------------------------------------------------------------------------


def test_labels_the_other_way_round_are_said_first_and_once() -> None:
    record = report(1.0, 0.0)
    record["metrics"]["validation"] = side(0.0, recalls=(0.0, 0.0), **touches(100, missed=100, ghosts=100))
    found = verdict(record, FLAT)
    assert kinds(found) == ["labels swapped"]
    assert holds(found[0]["text"], "validation", "Touch", "NonTouch", "100 %", "0.0 %")
    assert holds(found[0]["remedy"], "label_values") and found[0]["settings"] == {}


def test_an_initial_model_with_its_classes_in_another_order_is_named() -> None:
    record = report(0.02, 0.03)
    record["settings"]["initial_model"] = "old.h5"
    found = verdict(record, FLAT)
    assert kinds(found) == ["labels swapped"] and holds(found[0]["remedy"], "initial_model", "class_names")


def test_the_best_epoch_of_labels_the_other_way_round_is_the_one_that_learnt_least() -> None:
    record = report(0.6, 0.48, best_epoch=1, epochs_run=11)
    history = {"accuracy": [0.6] + [0.99] * 10, "val_accuracy": [0.45] + [0.02] * 10}
    assert kinds(verdict(record, history)) == ["labels swapped"]
    assert holds(verdict(record, history)[0]["text"], 11, "98.0 %")
    assert kinds(verdict(record, {**history, "val_accuracy": [0.45] * 11})) == ["nothing learnt"]
    good = report(best_epoch=20)
    assert kinds(verdict(good, history)) == ["good"]  # the epoch that was kept is right


def test_recordings_the_other_way_round_are_named() -> None:
    def recording(name: str, recall: float, number: int = 8) -> dict[str, Any]:
        classes = {name: {"frames": 100, "recall": recall} for name in NAMES}
        return {"recording": name, "accuracy": recall, "classes": classes, **touches(number)}

    record = report(0.99, 0.75)
    rows = [recording("a", 0.99), recording("b<", 0.02), recording("c", 0.98), recording("d", 0.97)]
    record["metrics"]["validation"]["recordings"] = rows
    first, *others = verdict(record, FLAT)
    assert first["kind"] == "labels swapped" and "b<" in first["text"] and holds(first["text"], "98.0 %")
    assert "recording stands out" not in kinds(others)
    record["metrics"]["validation"]["recordings"] = [*rows[:1], recording("b<", 0.02, 1), *rows[2:]]
    assert "labels swapped" not in kinds(verdict(record, FLAT))  # one touch can be missed by chance


def test_of_many_classes_those_that_are_exchanged_are_named() -> None:
    names = ["rest", "lick", "groom", "rear"]
    record = report(0.99, 0.5)
    confusion = [[99, 0, 1, 0], [2, 0, 96, 2], [0, 4, 1, 95], [3, 92, 0, 5]]
    classes = {
        name: {"frames": 100, "recall": row[n] / 100}
        for n, (name, row) in enumerate(zip(names, confusion, strict=True))
    }
    record["dataset"]["class_names"] = names
    record["metrics"]["validation"] |= {"classes": classes, "confusion": confusion, "balanced_accuracy": 0.2625}
    first = verdict(record, FLAT)[0]
    assert first["kind"] == "labels swapped" and holds(first["text"], "lick", "groom", "rear", "94.3 %")
    assert not holds(first["text"], "rest")
    classes["groom"]["recall"], confusion[2] = 0.95, [0, 4, 95, 1]  # no circle: lick is only taken for groom
    assert "labels swapped" not in kinds(verdict(record, FLAT))


# --- frames without contrast ---------------------------------------------------------------------------------------


def test_frames_without_contrast_come_first_and_no_setting_is_blamed() -> None:
    levels = {"frames": 200, "limit": 8, "flat": 198, "recordings": ["a", "b<"]}
    record = report(0.5, 0.5, grey_levels=levels)
    found = verdict(record, FLAT)
    assert kinds(found) == ["frames without contrast"] and found[0]["settings"] == {}
    assert holds(found[0]["text"], 198, 200, 8) and "b<" in found[0]["text"]
    assert holds(found[0]["remedy"], "pixel_range")
    assert kinds(verdict(report(grey_levels=levels), FLAT)) == ["good"]  # two grey levels may be enough
    some = report(0.97, 0.9, grey_levels={**levels, "flat": 20, "recordings": ["a"]})
    assert kinds(verdict(some, FLAT))[:2] == ["frames without contrast", "overfitting"]


def test_an_ignored_class_gets_weight_then_frames_then_another_loss() -> None:
    record = report()
    record["metrics"]["validation"] = side(0.55, recalls=(1.0, 0.1))
    record["split"]["training"]["counts"] = {"NonTouch": 11400, "Touch": 600}
    record["settings"]["class_weight"] = "none"
    finding = next(one for one in verdict(record, FLAT) if one["kind"] == "class ignored")
    assert holds(finding["text"], "Touch", "10.0 %", "2,000", "5.0 %")
    assert finding["settings"] == {"class_weight": "balanced"}
    counts = record["split"]["training"]["counts"]
    settings = {**DEFAULTS, "class_weight": "balanced"}
    steps = []
    for _ in range(5):
        advice = against_ignoring(settings, counts, 2, "Touch")
        steps.append(advice.get("oversample"))
        settings = {**settings, **advice}
    assert steps == [0.3, 0.45, 0.5, None, None] and settings["loss"] == "focal"
    assert against_ignoring(settings, counts, 2, "Touch") == {}


def test_a_class_that_is_ignored_though_it_is_frequent_is_not_made_rarer() -> None:
    record = report(0.75, 0.75)
    record["metrics"]["validation"] = side(0.55, recalls=(0.1, 1.0))
    finding = next(one for one in verdict(record, FLAT) if one["kind"] == "class ignored")
    assert holds(finding["remedy"], "NonTouch")
    assert finding["settings"] == {"loss": "focal"}  # Oversample repeats the rarest class: Touch


def test_of_a_model_that_has_learnt_nothing_the_rest_is_not_told() -> None:
    record = report(0.5, 0.5, learning_curve=[{"share": s, "frames": 9, "accuracy": 0.5} for s in (0.5, 1)])
    record["metrics"]["validation"] = side(0.5, recalls=(1.0, 0.0), **touches(100, missed=100))
    assert kinds(verdict(record, FLAT)) == ["nothing learnt"]


def test_a_model_to_go_on_from_keeps_its_network() -> None:
    for pair in ((0.8, 0.79), (0.99, 0.7), (0.97, 0.96), (0.5, 0.5)):
        record = report(*pair)
        record["settings"]["initial_model"] = "old.h5"
        found = verdict(record, FLAT)
        set_ones = {name for one in found for name in one["settings"]}
        assert not set_ones & {"network", "convolution_filters", "dense_units", "dropout_rates"}, pair


def test_a_class_without_training_frames_needs_recordings_and_no_setting() -> None:
    record = report()
    record["metrics"]["validation"] = side(0.5, recalls=(1.0, 0.0))
    record["split"]["training"]["counts"] = {"NonTouch": 12000, "Touch": 0}
    finding = next(one for one in verdict(record, FLAT) if one["kind"] == "class ignored")
    assert finding["settings"] == {} and holds(finding["remedy"], "Touch")


@pytest.mark.parametrize(("frames", "touch", "fact"), [(999, 300, 999), (5000, 99, 99), (1000, 100, None)])
def test_too_few_frames_are_told_in_all_and_of_a_class(frames: int, touch: int, fact: int | None) -> None:
    record = report()
    record["split"]["training"].update(frames=frames, counts={"NonTouch": frames - touch, "Touch": touch})
    found = [one for one in verdict(record, FLAT) if one["kind"] == "too few frames"]
    assert [holds(one["text"], fact) for one in found] == ([] if fact is None else [True])


def test_still_improving_needs_a_better_figure_in_the_last_tenth() -> None:
    record = report(stopped=None, epochs_run=40, best_epoch=39)
    record["settings"]["epochs"] = 40
    falling = {"val_loss": [1 - 0.02 * epoch for epoch in range(40)]}
    good, improving = verdict(record, falling)
    assert kinds([good, improving]) == ["good", "still improving"] and improving["settings"] == {"epochs": 80}
    assert holds(improving["text"], 39, 40, 0.3, 0.22)
    assert holds(improving["remedy"], "epochs", 80)
    middling = report(0.97, 0.97, stopped=None, epochs_run=40, best_epoch=39)
    middling["settings"]["epochs"] = 40
    assert kinds(verdict(middling, falling)) == ["still improving"]
    flat = {"val_loss": [0.5] * 38 + [0.4999, 0.5]}
    assert kinds(verdict(record, flat)) == ["good"]
    near_nothing = {"val_loss": [0.0003] * 38 + [0.0001, 0.0001]}
    assert kinds(verdict(record, near_nothing)) == ["good"]
    record["settings"]["monitor"] = "event-error"
    falling = {"val_loss": [0.5] * 40, "val_event_error": [0.4] * 38 + [0.2, 0.3]}
    assert holds(verdict(record, falling)[1]["text"], "event error", 0.4, 0.2)
    assert kinds(verdict({**record, "stopped": "patience"}, falling)) == ["good"]
    record["settings"].update(monitor="loss", epochs=4)
    record.update(epochs_run=4, best_epoch=4)
    few = {"val_loss": [0.8, 0.6, 0.4, 0.2]}
    assert "last epoch" in verdict(record, few)[1]["text"]  # and not a tenth of four
    record["metrics"]["validation"]["accuracy"] = 1.0
    assert kinds(verdict(record, few)) == ["good"]  # there is nothing left to gain


def test_a_small_validation_side_is_told_with_its_interval() -> None:
    record = report()
    record["split"]["validation"].update(recordings=1, groups=1)
    record["metrics"]["validation"] = side(0.99, 150, **touches(6))
    found = next(one for one in verdict(record, FLAT) if one["kind"] == "validation too small")
    assert holds(found["text"], 150, 6)
    low, high = wilson(0.99, 150)
    assert holds(found["text"], f"{100 * low:.1f} %", f"{100 * high:.2f} %")
    assert found["settings"] == {"validation_fraction": 0.3, "folds": 5}
    record["dataset"]["recordings"] = 1
    found = next(one for one in verdict(record, FLAT) if one["kind"] == "validation too small")
    assert found["settings"] == {} and found["remedy"]


def test_loose_images_in_one_recording_are_no_small_validation_side() -> None:
    record = report()
    record["split"]["validation"].update(recordings=1, groups=4000)
    record["metrics"]["validation"] = side(0.99, events={})
    assert kinds(verdict(record, FLAT)) == ["good"]


def test_wilson_is_that_of_the_textbook() -> None:
    assert wilson(0.8, 20) == pytest.approx((0.5840, 0.9193), abs=2e-4)
    assert wilson(1.0, 10) == pytest.approx((0.7225, 1.0), abs=1e-4)
    assert wilson(0.0, 0) == (0.0, 1.0)


def test_miscounted_touches_are_told_by_kind_of_error() -> None:
    record = report()
    record["metrics"]["validation"] = side(0.992, **touches(100, ghosts=15, missed=3, split=2))
    (only,) = verdict(record, FLAT)
    assert only["kind"] == "touches miscounted"
    assert holds(only["text"], "3 missed", "15 ghosts", "0 merged", "2 split", "0.20")
    assert only["settings"] == {"network": "context", "hard_negatives": 0.5, "monitor": "event-error"}


def test_a_recording_unlike_the_others_is_named() -> None:
    record = report()
    each = {"a": 0.99, "b": 0.98, "Müller <3": 0.5, "d": 0.97}
    rows = [{"recording": name, "accuracy": value} for name, value in each.items()]
    record["metrics"]["validation"]["recordings"] = rows
    (only,) = verdict(record, FLAT)
    assert only["kind"] == "recording stands out" and "Müller <3 50.0 %" in only["text"]
    # The containers of loose images, one a class, are no recordings.
    record["metrics"]["validation"]["recordings"] = [{**one, "events": None} for one in rows]
    assert kinds(verdict(record, FLAT)) == ["good"]


@pytest.mark.parametrize(("last", "kind"), [(0.97, "more data would help"), (0.951, "more data would not help")])
def test_a_learning_curve_says_yes_or_no(last: float, kind: str) -> None:
    rows = [
        {"share": share, "frames": int(share * 12000), "recordings": 4, "accuracy": 0.9, "balanced_accuracy": value}
        for share, value in ((0.12, 0.8), (0.26, 0.9), (0.49, 0.95), (1.0, last))
    ]
    record = report(learning_curve=rows)
    finding = next(one for one in verdict(record, FLAT) if one["kind"] == kind)
    assert holds(finding["text"], "95.0 %", "5,880")
    spread = {"balanced_accuracy": {"mean": 0.95, "std": 0.05, "least": 0.9, "most": 0.99}}
    noisy = verdict({**record, "cross_validation": {"spread": spread}}, FLAT)
    assert "more data would not help" in kinds(noisy) and "folds differ" in kinds(noisy)


def test_what_is_neither_good_nor_faulty_is_told_as_such() -> None:
    (only,) = verdict(report(0.97, 0.96), FLAT)
    assert only["kind"] == "could be better"
    assert list(only["settings"]) == ["augment", "network", "learning_curve"]


def test_the_most_severe_finding_comes_first_and_all_are_plain() -> None:
    record = report(0.99, 0.6, stopped=None, best_epoch=40)
    record["settings"]["epochs"] = 40
    record["split"]["training"]["frames"] = 500
    found = verdict(record, {"val_loss": [1 - 0.02 * epoch for epoch in range(40)]})
    places = [KINDS.index(one["kind"]) for one in found]
    assert len(found) >= 3 and places == sorted(places)
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    text = verdict_text(found)
    assert text.startswith("1. Too few frames: ") and holds(text.splitlines()[0], 500) and "\n   -> " in text
    assert max(map(len, text.splitlines())) <= 100


@pytest.mark.parametrize(
    "record", [{}, {"metrics": {"validation": {}}}, {"metrics": {"validation": {"accuracy": 0.9}}}]
)
def test_reports_that_lack_much_are_judged_as_far_as_that_goes(record: dict[str, Any]) -> None:
    found = verdict(record, {})
    assert len(found) == ("accuracy" in str(record))
    assert verdict_text(found)


SETTINGS = [
    {},
    {"network": "small", "augment": "none", "class_weight": "none"},
    {"network": "context", "augment": "strong", "l2": 0.02, "dropout_rates": [0.6] * 4, "oversample": 0.5},
    {"network": "mine.py:build", "augment": ["noise", "turn=20"], "l2": 0.0001, "freeze_convolutions": True},
    {"augment": "standard", "convolution_filters": [4] * 6, "dense_units": 8, "hard_negatives": 0.5, "folds": 4},
    {"convolution_filters": [300] * 6, "dense_units": 4000, "validation_fraction": 0.5, "monitor": "event-error"},
]


@pytest.mark.parametrize("options", SETTINGS)
@pytest.mark.parametrize("pair", [(0.5, 0.5), (0.8, 0.79), (0.99, 0.7), (0.97, 0.96)])
def test_every_next_value_is_one_that_can_be_set(options: dict[str, Any], pair: tuple[float, float]) -> None:
    settings = TrainSettings.from_options(options)
    record = report(*pair, stopped=None, epochs_run=settings.epochs, best_epoch=settings.epochs)
    record["settings"] = plain(settings.as_dict())
    record["metrics"]["validation"] = side(pair[1], 150, (0.1, 0.9), **touches(12, ghosts=8))
    found = verdict(record, FLAT)
    for name, value in ((name, value) for one in found for name, value in one["settings"].items()):
        after = TrainSettings.from_options({name: value})
        with speaking("matlab"):
            in_matlab = named(name)
        assert getattr(after, name) != getattr(settings, name), name
        assert TrainSettings.from_options({in_matlab: value}, "matlab") == after or name in (
            "restore_best_weights",
            "shuffle",
        )


def test_values_are_written_as_in_matlab() -> None:
    assert in_words("learning_curve", True, "matlab") == "true"
    assert in_words("network", "it's", "matlab") == "'it''s'"


def test_frames_are_varied_more_step_by_step() -> None:
    assert [next_augment(name, 2) for name in AUGMENTATIONS] == ["legacy", "standard", "strong", None]
    assert next_augment(["noise=0.5"], 2)[-1] == "noise=0.5"  # never less than now
    upright = next_augment("none", 10)
    assert upright and not any("turn" in one or "flip" in one for one in upright)
    assert not any("turn" in one for one in next_augment(upright, 10))
    assert next_augment(next_augment(upright, 10), 10) is None


def test_advice_ends_at_its_bounds() -> None:
    settings = dict(DEFAULTS)
    for _ in range(12):
        settings |= against_overfitting(settings, 2)
    assert against_overfitting(settings, 2) == {}
    assert settings["dropout_rates"] == [0.6] * 4 and settings["l2"] == 0.01
    assert settings["convolution_filters"] == [8] * 6 and settings["dense_units"] == 64
    for _ in range(12):
        settings |= against_underfitting(settings, True, False)
    assert against_underfitting(settings, True, False) == {}
    assert settings["dropout_rates"] == DEFAULTS["dropout_rates"] and settings["network"] == "context"


def test_very_many_ignored_classes_are_one_finding_that_names_the_worst() -> None:
    names = [f"c{number}" for number in range(300)]
    record = report()
    record["dataset"]["class_names"] = names
    record["split"]["training"]["counts"] = dict.fromkeys(names, 40)
    record["metrics"]["validation"]["classes"] = {
        name: {"frames": 10, "recall": 0.1 if number % 2 else 0.9} for number, name in enumerate(names)
    }
    [found] = [one for one in verdict(record, FLAT) if one["kind"] == "class ignored"]
    assert holds(found["text"], 150, 300, "c1", "10.0 %")
    assert len(verdict_text(verdict(record, FLAT))) < 6000
