"""All figures of one side: frames, events, recordings and tags, of the same decision."""

from __future__ import annotations

import json

import numpy as np
import pytest

from pyside.evaluation.metrics import frame_metrics, side_figures
from pyside.evaluation.predictions import Predictions

NAMES = ("NonTouch", "Touch")
LABELS = np.array([0, 1, 1, 0, 0, 1, 0, 0, 1])
PREDICTED = np.array([0, 1, 1, 0, 0, 0, 0, 1, 1])


def side(frame_numbers: list[int]) -> Predictions:
    probabilities = np.stack([1 - 0.8 * LABELS, 0.8 * LABELS], axis=1).astype(np.float32)
    recordings = np.array([0, 0, 0, 0, 0, 0, 2, 2, 2])
    names = ("a b-1", "elsewhere", "2nd")
    return Predictions(NAMES, LABELS, probabilities, recordings, names, np.array(frame_numbers), np.arange(9))


def test_all_figures_are_of_the_decision_that_is_given() -> None:
    tags = [{"animal": "m1"}, {"animal": "m2"}, {}]
    found = side_figures(side([0, 1, 2, 3, 4, 5, 0, 1, 2]), PREDICTED, tags, 500)
    assert found["accuracy"] == pytest.approx(7 / 9)
    assert found["confusion"] == frame_metrics(LABELS, np.eye(2)[PREDICTED], NAMES)["confusion"]
    assert found["classes"]["Touch"]["roc_auc"] == 1  # of the probabilities, whatever was decided
    events = found["events"]["Touch"]
    assert (events["touches"], events["found"], events["missed"], events["ghosts"]) == (3, 2, 1, 0)
    assert [one["recording"] for one in found["recordings"]] == ["a b-1", "2nd"]
    assert sum(one["events"]["Touch"]["touches"] for one in found["recordings"]) == 3
    assert found["tags"] == {"animal": {"m1": found["tags"]["animal"]["m1"]}}  # m2 has no frame on this side
    assert found["tags"]["animal"]["m1"]["accuracy"] == pytest.approx(5 / 6)
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_loose_images_have_no_events() -> None:
    found = side_figures(side([-1] * 9), PREDICTED, [{}, {}, {}])
    assert found["events"] == {} and all(one["events"] is None for one in found["recordings"])


def test_images_beside_a_video_count_as_frames_and_not_as_touches() -> None:
    found = side_figures(side([0, 1, 2, 3, 4, 5, -1, -1, -1]), PREDICTED, [{}, {}, {}])
    assert found["frames"] == 9 and found["events"]["Touch"]["touches"] == 2
    assert found["recordings"][1]["events"] is None and found["recordings"][0]["events"]["Touch"]["touches"] == 2
