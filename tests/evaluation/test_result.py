"""The summary of a training is a table that a person can read."""

from __future__ import annotations

import copy

import pytest

from pyside.evaluation.result import TrainingResult
from tests.conftest import holds

REPORT = {
    "dataset": {"class_names": ["NonTouch", "Touch"]},
    "settings": {"restore_best_weights": True},
    "split": {
        "left_out": 12,
        "training": {"frames": 12345, "recordings": 6, "counts": {"NonTouch": 11000, "Touch": 1345}},
        "validation": {"frames": 800, "recordings": 2, "counts": {"NonTouch": 700, "Touch": 100}},
        "test": {"frames": 0, "recordings": 0, "counts": {"NonTouch": 0, "Touch": 0}},
    },
    "best_epoch": 7,
    "epochs_run": 17,
    "stopped": "patience",
    "precision": "float32",
    "frames_per_second": 812.4,
    "seconds": 61.8,
    "warnings": ["Look at this."],
}
FIGURES = {
    "accuracy": 0.98765,
    "events": {
        "Touch": {"touches": 40, "found": 38, "ghosts": 1, "merged": 0, "split": 2, "errors_per_touch": 0.125},
    },
    "classes": {
        "NonTouch": {"precision": 0.99, "recall": 1.0, "f1": 0.995},
        "Touch": {"precision": None, "recall": 0.5, "f1": None},
    },
}
TABLE = """\
side        recordings  frames  NonTouch  Touch
training             6  12,345    11,000  1,345
validation           2     800       700    100
left out                    12
"""
FIGURES_SHOWN = [
    ("best epoch", 7, 17),
    ("validation", "98.77 %"),
    ("NonTouch", "0.990", "1.000", "0.995"),
    ("Touch", "0.500"),
    ("touches", 38, 40, 1, 2, "0.125"),
    ("seconds", 62),
    ("frames/s", 812, "float32"),
    ("model", "/lab/model.h5"),
    ("warning", "Look at this."),
]


@pytest.fixture
def result() -> TrainingResult:
    return TrainingResult(
        {"loss": [0.5]}, "/lab/model.h5", {"validation": FIGURES}, "All is well.", copy.deepcopy(REPORT)
    )


def test_the_summary_tells_sides_figures_path_and_speed(result: TrainingResult) -> None:
    table, figures, verdict = result.summary().split("\n\n")
    assert (table + "\n", verdict) == (TABLE, "All is well.")
    for line, facts in zip(figures.splitlines(), FIGURES_SHOWN, strict=True):
        assert holds(line, *facts)


def test_the_summary_tells_groups_where_they_are_not_the_recordings(result: TrainingResult) -> None:
    for side, groups in (("training", 6), ("validation", 2), ("test", 0)):
        result.report["split"][side]["groups"] = groups
    assert "groups" not in result.summary()
    result.report["split"]["validation"]["groups"] = 345
    lines = result.summary().splitlines()
    assert lines[0].split()[:4] == ["side", "recordings", "groups", "frames"]
    assert lines[2].split()[:4] == ["validation", "2", "345", "800"] and len(set(map(len, lines[:3]))) == 1


def test_the_summary_says_when_the_model_is_not_that_of_the_best_epoch(result: TrainingResult) -> None:
    result.report["settings"]["restore_best_weights"] = False
    assert any(line.endswith(" 17") for line in result.summary().splitlines())


def test_the_summary_names_the_figure_that_got_no_better(result: TrainingResult) -> None:
    result.report["settings"]["monitor"] = "event-error"
    assert holds(result.summary(), "event error")


def test_the_summary_tells_the_spread_over_folds(result: TrainingResult) -> None:
    spread = {"accuracy": {"mean": 0.98, "std": 0.01, "least": 0.97, "most": 0.9912}}
    result.report["cross_validation"] = {"folds": [{}, {}, {}], "spread": spread}
    assert any(holds(line, 3, "98.00 %", "97.00", "99.12 %") for line in result.summary().splitlines())


def test_the_summary_has_a_test_side_where_there_is_one(result: TrainingResult) -> None:
    result.report["split"]["test"] = result.report["split"]["validation"]
    result.metrics["test"] = FIGURES
    lines = result.summary().splitlines()
    assert lines[3].split() == ["test", "2", "800", "700", "100"]
    assert ["test", "98.77", "%"] in [line.split()[:3] for line in lines]


def test_the_summary_of_very_many_classes_is_one_screen() -> None:
    report, figures = copy.deepcopy(REPORT), copy.deepcopy(FIGURES)
    names = [f"class_{number}" for number in range(1000)]
    report["dataset"]["class_names"] = names
    report["warnings"] = [f"Look at {name}." for name in names]
    for side in ("training", "validation", "test"):
        report["split"][side]["counts"] = dict.fromkeys(names, 1)
    figures["classes"] = {
        name: {"precision": 0.5, "recall": 0.5, "f1": 1 - number / 1000} for number, name in enumerate(names)
    }
    figures["events"] = {name: figures["events"]["Touch"] for name in names}
    text = TrainingResult({}, "m.h5", {"validation": figures}, "Good.", report).summary()
    assert len(text.splitlines()) < 50 and max(map(len, text.splitlines())) < 120
    assert holds(text, "class_999", 995)


def test_a_result_is_short_where_an_interactive_session_shows_it() -> None:
    result = TrainingResult({"loss": [0.5] * 1000}, "/lab/model.h5", FIGURES, "The model is good.", REPORT)
    assert repr(result) == "TrainingResult(model_path='/lab/model.h5', verdict='The model is good.')"
