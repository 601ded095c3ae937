"""Speed of the network ``small`` beside ``legacy``, each in training and in predicting.

The two take turns, round by round, for other work on the machine slows both of them.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from pyside.settings import TrainSettings

Row = tuple[str, float, float, str, str]
SHAPE = (61, 61, 1)
ROUNDS, TRAINING, PREDICTING = 5, 64, 256  # frames in one batch
BATCHES = {"legacy": 4, "small": 12}  # about as long a time for each


def measure() -> list[Row]:
    """Compare the networks in the precision that is chosen on this machine."""
    from pyside.compute import devices

    devices.import_keras()
    from pyside.training.model import build_model

    precision = devices.choose_precision("auto", devices.choose_device("auto"))
    models = {name: build_model(SHAPE, 2, TrainSettings(network=name), precision) for name in BATCHES}
    frames = np.random.default_rng(0).random((PREDICTING, *SHAPE), dtype=np.float32)
    truth = np.eye(2, dtype=np.float32)[np.arange(TRAINING) % 2]

    def train(model: Any) -> int:
        model.train_on_batch(frames[:TRAINING], truth)
        return TRAINING

    def predict(model: Any) -> int:
        model.predict_on_batch(frames)
        return PREDICTING

    rows: list[Row] = []
    for word, work in (("training", train), ("predicting", predict)):
        speeds = np.array([[speed(work, models[name], BATCHES[name]) for name in BATCHES] for _ in range(ROUNDS + 1)])[
            1:
        ]  # the first round compiles
        legacy, small = np.median(speeds, axis=0)
        rows += [
            (f"networks: frames/s in {word}, legacy, {precision}", 0, float(legacy), "1/s", "told"),
            (f"networks: frames/s in {word}, small", 0, float(small), "1/s", "told"),
            (f"networks: {word}, small / legacy", 3, float(np.median(speeds[:, 1] / speeds[:, 0])), "x", "at least"),
        ]
    return rows


def speed(work: Any, model: Any, batches: int) -> float:
    """Return the frames/s of some batches."""
    began = time.perf_counter()
    frames = sum(work(model) for _ in range(batches))
    return frames / (time.perf_counter() - began)


if __name__ == "__main__":
    for title, goal, figure, unit, _ in measure():
        print(f"{title:<58} {goal or '-':>6} {figure:>10.4g} {unit}")
