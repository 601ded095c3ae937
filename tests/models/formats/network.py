"""A small network, for tests of formats."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
from keras.layers import Conv2D, Dense, Dropout, Flatten

from pyside.models import save

SHAPE = (18, 18, 1)
FRAMES = np.random.default_rng(0).random((8, *SHAPE), np.float32)
METADATA = {"class_names": ["NonTouch", "Touch"], "image_shape": list(SHAPE), "versions": {"touchtrain": "9.9"}}


def network() -> keras.Sequential:
    """A network in mixed_bfloat16, with convolutions that were not trained."""
    policy = keras.DTypePolicy("mixed_bfloat16")
    model = keras.Sequential(
        [
            keras.Input(SHAPE), Conv2D(4, 3, activation="relu", name="conv", dtype=policy), Flatten(dtype=policy),
            Dropout(0.5, seed=1, dtype=policy), Dense(2, activation="softmax", name="classes"),
        ],
        name="network",
    )  # fmt: skip
    model.get_layer("conv").trainable = False
    for layer in ("conv", "classes"):
        model.get_layer(layer).bias.assign(0.1 * np.arange(model.get_layer(layer).bias.shape[0]))
    return model


def expected(core: keras.Model) -> np.ndarray:
    return np.asarray(save.float32_copy(core)(FRAMES))


def contents(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())
