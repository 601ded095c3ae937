"""A lab with small videos whose brightness is known, and a model that calls bright frames a touch."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.curation.known_model import known_model
from tests.data.conftest import WriteVideo
from tests.data.conftest import write_video as write_video

Lab = Callable[..., Path]


def levels(n: int, seed: int = 0) -> np.ndarray:
    """Grey levels of frames, dark or bright, in runs of a few frames."""
    rng = np.random.default_rng(seed)
    runs = rng.integers(1, 6, n)
    bright = np.repeat(np.arange(n) % 2 == 1, runs)[:n]
    return np.where(bright, 190, 60).astype(np.uint8) + rng.integers(0, 20, n, dtype=np.uint8)


def frames_of(grey: np.ndarray) -> np.ndarray:
    """Frames of 48 x 64 pixels, each of one grey level."""
    return np.ascontiguousarray(np.broadcast_to(grey[:, None, None], (len(grey), 48, 64)))


@pytest.fixture
def lab(tmp_path: Path, write_video: WriteVideo) -> Lab:
    """A function that makes ``videos`` of these lengths and a model for them, and returns their folder."""

    def make(*lengths: int, **model: Any) -> Path:
        for number, n in enumerate(lengths):
            write_video(f"videos/clip{number}.avi", frames_of(levels(n, number)))
        known_model(tmp_path / "model.h5", roi=(20, 20), **model)
        return tmp_path

    return make
