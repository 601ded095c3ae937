"""What augmentation costs: each operation and preset, a frame and beside a training step of the default network.

An operation and a step are measured in turn, round by round: other work on the machine slows both.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from pyside.settings import TrainSettings
from pyside.settings.checks import AUGMENT_AMOUNTS, AUGMENTATIONS

Row = tuple[str, float, float, str, str]
SHAPE = (61, 61, 1)
ROUNDS, REPEATS = 9, 6
GOAL = 5  # % of a step, for what is done by default


def measure() -> list[Row]:
    """Measure the time a frame of each operation, of one warp of all three kinds, and of the presets."""
    from pyside.compute import devices

    devices.import_keras()
    from pyside.training.input_pipeline.augment import for_training, variations
    from pyside.training.model import build_model

    settings = TrainSettings()
    precision = devices.choose_precision("auto", devices.choose_device("auto"))
    frames = np.random.default_rng(0).integers(0, 256, (settings.batch_size, *SHAPE), dtype=np.uint8)
    asked = {name: ((name, usual),) for name, (usual, _) in AUGMENT_AMOUNTS.items()}
    asked["turn + shift + zoom"] = asked["turn"] + asked["shift"] + asked["zoom"]
    asked["brightness + contrast + gamma"] = asked["brightness"] + asked["contrast"] + asked["gamma"]
    asked |= {f"preset {name}": AUGMENTATIONS[name] for name in ("legacy", "standard", "strong")}
    works = {name: augmenting(variations(augment, SHAPE, 0), frames) for name, augment in asked.items()}
    step = bare_step(for_training(build_model(SHAPE, 2, settings, precision), SHAPE, (), 0), frames)
    of_step: list[float] = []
    seconds: dict[str, list[float]] = {name: [] for name in works}
    shares: dict[str, list[float]] = {name: [] for name in works}
    for number in range(ROUNDS + 1):
        for name, work in list(works.items())[:: 1 if number % 2 else -1]:
            one_step, one = timed(step, 1), timed(work, REPEATS)
            if number:  # the first round compiles
                of_step.append(one_step)
                seconds[name].append(one)
                shares[name].append(100 * one / one_step)
    a_frame = 1e6 / settings.batch_size
    rows: list[Row] = [
        (f"augmentation: a step without, {precision}", 0, statistics.median(of_step) * a_frame, "us/frame", "told")
    ]
    for name in works:
        rows.append((f"augmentation: {name}", 0, statistics.median(seconds[name]) * a_frame, "us/frame", "told"))
        goal, bound = (GOAL, "at most") if name == "preset legacy" else (0, "told")
        rows.append((f"augmentation: {name} / step", goal, statistics.median(shares[name]), "%", bound))
    return rows


def timed(work: Callable[[], Any], times: int) -> float:
    """Return the seconds that `work` takes."""
    began = time.perf_counter()
    for _ in range(times):
        work()
    return (time.perf_counter() - began) / times


def augmenting(layers: list[Any], frames: np.ndarray) -> Callable[[], Any]:
    """Return a function that varies one batch, already on the device, as the layers do in training."""
    import tensorflow as tf

    batch = tf.constant(frames)

    def vary() -> Any:
        varied = batch
        for layer in layers:
            varied = layer(varied, training=True)
        return varied

    graph = tf.function(vary, jit_compile=False)
    return lambda: graph().numpy().shape


def bare_step(model: Any, frames: np.ndarray) -> Callable[[], Any]:
    """Return a function that trains on one batch, already on the device."""
    import tensorflow as tf

    batch = tf.constant(frames), tf.constant(np.eye(2, dtype=np.float32)[np.arange(len(frames)) % 2])
    step = tf.function(lambda: model.train_step(batch), jit_compile=False)
    return lambda: float(step()["loss"])


if __name__ == "__main__":
    for title, _, figure, unit, _ in measure():
        print(f"{title:<58} {figure:>8.1f} {unit}")
