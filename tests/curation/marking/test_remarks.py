"""Warnings worth their name: they are said where something differs, and only there."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np

from pyside.curation.marking.remarks import Remarks, sampled, swapped
from pyside.curation.marks import Marks
from pyside.curation.model.facts import ModelFacts
from pyside.data.recordings.frame_statistics import frame_statistics, statistics_record
from pyside.evaluation.decision import Decision
from pyside.settings.core import speaking

DECISION = Decision("Touch", 1, 0.5, 4)


def remarks(**facts: Any) -> Remarks:
    about = {"frame_size": (48, 64), "frame_rate": 500.0, "decision": DECISION, **facts}
    return Remarks(ModelFacts(Path("model.h5"), "0", ("NonTouch", "Touch"), (20, 20, 1), **about), DECISION)


def test_another_frame_rate_is_said_in_frames_and_ms() -> None:
    (text,) = remarks().before((48, 64), 1000.0, True)
    assert all(fact in text for fact in ("1000", "500", "4 frames", "4 ms", "8 ms", "min_duration to 8"))
    assert "frame_rate" not in text
    (text,) = remarks().before((48, 64), 25.0, False)
    assert "by the file" in text and "frame_rate" in text


def test_the_advice_names_the_options_as_a_person_in_matlab_spells_them() -> None:
    with speaking("matlab"):
        (text,) = remarks().before((48, 64), 1000.0, False)
    assert "MinDuration to 8" in text and "FrameRate" in text


def test_what_is_alike_or_unknown_is_not_remarked_on() -> None:
    assert remarks().before((48, 64), 500.4, True) == remarks().before((48, 64), None, False) == []
    assert remarks(frame_size=None, frame_rate=None).before((9, 9), 30.0, False) == []


def test_another_image_size_is_said() -> None:
    (text,) = remarks().before((96, 128), 500.0, False)
    assert "96 x 128" in text and "48 x 64" in text


def frames(level: float, noise: float, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.clip(rng.normal(level, noise, (8, 20, 20, 1)), 0, 255).astype(np.uint8)


def test_darker_and_blurred_frames_are_said_and_ordinary_ones_are_not() -> None:
    training = [frame_statistics(frames(level, 12, seed)) for seed, level in enumerate((110, 120, 130))]
    known = remarks(statistics=statistics_record(["a", "b", "c"], training, 3))
    assert known.about_frames(frames(121, 11, 9)) == known.about_frames(None) == []
    (text,) = known.about_frames(frames(60, 12))
    assert "darker" in text
    (text,) = known.about_frames(frames(120, 3))
    assert "less sharp" in text
    assert len(known.about_frames(frames(220, 30))) == 2
    assert remarks().about_frames(frames(5, 1)) == []


def test_many_videos_with_one_remark_are_one_warning() -> None:
    found = remarks()
    for name in "abc":
        found.add(name, ["is odd."])
    assert found.texts() == ["a, b, c: is odd."]


def test_a_few_frames_are_sampled_of_those_that_are_looked_at() -> None:
    look = np.zeros(1000, bool)
    look[100:200] = True
    found = sampled(look, (20, 20))
    assert len(found) == 16 and look[found].all() and found[0] == 100 and found[-1] == 199
    assert len(sampled(look, (3000, 4000))) == 1 and len(sampled(np.zeros(5, bool), (2, 2))) == 0


def marks_of(labels: np.ndarray) -> Marks:
    certain = np.eye(2, dtype=np.float32)[labels]
    why = np.zeros(len(labels), np.uint8)
    return Marks(
        "a", Path("a.avi"), ("NonTouch", "Touch"), certain, labels.astype(np.int16), why, DECISION, None, "", ""
    )


def test_labels_that_say_the_opposite_look_swapped() -> None:
    labels = np.tile(np.repeat([0, 1], 15), 6)
    (text,) = swapped({"a": labels}, {"a": marks_of(1 - labels)})
    assert "100 %" in text
    assert swapped({"a": labels}, {"a": marks_of(labels)}) == []
    assert swapped({"a": np.full(180, -1)}, {"a": marks_of(labels)}) == swapped({}, {"a": marks_of(labels)}) == []


def test_a_model_without_a_threshold_has_no_duration_to_speak_of() -> None:
    several = Decision(None, None, None)
    facts = dataclasses.replace(remarks()._facts, decision=several)
    (text,) = Remarks(facts, several).before((48, 64), 1000.0, True)
    assert "ms" not in text
