"""The model of the other tests: its answer is as stated, and its file is as a training writes it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pyside.curation.model.facts import Center, model_facts
from pyside.models.load import load_model
from tests.curation.known_model import known_model, known_probabilities


@pytest.mark.parametrize(
    "how",
    [
        {},
        {"class_names": ("Touch", "NonTouch"), "border": 90.0},
        {"class_names": ("a", "b", "c")},
        {"middle": 6},
        {"image_shape": (18, 24, 3), "steepness": 20.0},
    ],
)
def test_its_answer_is_known(tmp_path: Path, how: dict) -> None:
    path = known_model(tmp_path / "model.h5", **how)
    shape = how.get("image_shape", (20, 20, 1))
    frames = np.random.default_rng(0).integers(0, 256, (30, *shape), np.uint8)
    frames = (frames // 8 + np.linspace(0, 220, 30)[:, None, None, None]).astype(np.uint8)
    found = np.asarray(load_model(path)(frames.astype(np.float32) / 255))
    asked = {key: value for key, value in how.items() if key != "image_shape"}
    np.testing.assert_allclose(found, known_probabilities(frames, **asked), atol=1e-4)


def test_a_frame_before_may_decide(tmp_path: Path) -> None:
    path = known_model(tmp_path / "model.h5", context_frames=3, looks_at=-1)
    stack = np.zeros((1, 20, 20, 3), np.float32)
    stack[..., 0] = 1
    assert np.asarray(load_model(path)(stack))[0, 1] > 0.99
    assert np.asarray(load_model(path)(stack[..., ::-1]))[0, 1] < 0.01


def test_its_facts_are_read_again(tmp_path: Path) -> None:
    template = np.arange(12, dtype=np.uint8).reshape(3, 4)
    center = Center("template", None, template, (0.5, 0.9))
    path = known_model(tmp_path / "model.h5", roi=(20, 20), center=center, frame_rate=500.0, min_duration=3)
    facts = model_facts(path)
    assert (facts.roi, facts.image_shape, facts.class_names) == ((20, 20), (20, 20, 1), ("NonTouch", "Touch"))
    assert facts.center.kind == "template" and np.array_equal(facts.center.template, template)
    assert (facts.decision.threshold, facts.decision.min_duration, facts.frame_rate) == (0.5, 3, 500.0)
