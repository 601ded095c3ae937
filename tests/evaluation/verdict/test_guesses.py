"""Which models are called a guess, and which have their labels the other way round: predictions as from a training."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pyside.evaluation.decision import choose_decision, decide
from pyside.evaluation.metrics import side_figures
from pyside.evaluation.predictions import Predictions
from pyside.evaluation.verdict.judge import verdict
from pyside.system.records import plain

NAMES = ("NonTouch", "Touch")
SEEDS = 20


def labels_of(rng: np.random.Generator, frames: int, share: float = 0.3) -> np.ndarray:
    """Touches of 4 to 12 frames, and pauses between them."""
    labels = np.zeros(frames, np.int64)
    place = int(rng.integers(1, 10))
    while place < frames:
        length = int(rng.integers(4, 13))
        labels[place : place + length] = 1
        place += length + int(rng.integers(4, 12 / share))
    return labels


def smooth(rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    """Noise that lasts for some frames."""
    noise = rng.normal(0, 1, shape)
    return np.stack([np.convolve(row, np.ones(6) / 6**0.5, "same") for row in noise])


def report_of(seed: int, kind: str, recordings: int, frames: int) -> dict[str, Any]:
    """The report on a model that knows its training frames by heart; of new ones it knows what `kind` says."""
    rng = np.random.default_rng([seed, len(kind), recordings])
    shown = np.stack([labels_of(rng, frames) for _ in range(recordings)])
    evident = {"honest": 2.5, "swapped": -2.5}.get(kind, 0.0)
    logits = evident * (2 * shown - 1) + smooth(rng, shown.shape)
    labels = shown
    if kind == "shuffled":
        labels = np.stack([rng.permutation(row) for row in shown])
    if kind == "of other videos":
        labels = np.stack([labels_of(rng, frames) for _ in range(recordings)])
    touch = (1 / (1 + np.exp(-logits))).ravel()
    found = Predictions(
        NAMES,
        labels.ravel(),
        np.stack([1 - touch, touch], axis=1).astype(np.float32),
        np.repeat(np.arange(recordings), frames),
        tuple(f"day{number}" for number in range(recordings)),
        np.tile(np.arange(frames), recordings),
        np.arange(recordings * frames),
    )
    decision = choose_decision(found)
    decided = decide(found.probabilities, decision, found.recordings, found.frame_numbers)
    figures = plain(side_figures(found, decided, [{}] * recordings))
    known = {"accuracy": 0.99, "balanced_accuracy": 0.99}
    return {"dataset": {"class_names": list(NAMES)}, "metrics": {"validation": figures, "training": known}}


@pytest.mark.parametrize(("recordings", "frames"), [(1, 100), (2, 200), (3, 400)])
@pytest.mark.parametrize("kind", ["shuffled", "of other videos", "honest", "swapped"])
def test_guesses_and_swapped_labels_are_told_apart_from_honest_ones(kind: str, recordings: int, frames: int) -> None:
    said = [{one["kind"] for one in verdict(report_of(seed, kind, recordings, frames), {})} for seed in range(SEEDS)]
    guesses, swapped = (sum(name in one for one in said) for name in ("nothing learnt", "labels swapped"))
    if kind == "honest":
        assert (guesses, swapped) == (0, 0)
    elif kind == "swapped":
        assert (guesses, swapped) == (0, SEEDS)
    else:
        least = 0.95 if frames > 100 else 0.85  # 100 frames have three or four touches
        assert guesses >= least * SEEDS and swapped == 0
