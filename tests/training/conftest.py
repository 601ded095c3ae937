"""Small datasets and networks to train with: 20 x 20 pixels, a bright square is a touch."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from pyside.data.dataset import Dataset
from pyside.data.dataset_writer import DatasetWriter


def noisy_frames(labels: np.ndarray, shape: tuple[int, int, int], seed: int) -> np.ndarray:
    """uint8 frames, (n, height, width, channels): noise, and where the label is 1 a bright square somewhere."""
    rng = np.random.default_rng(seed)
    frames = rng.integers(0, 90, (len(labels), *shape), dtype=np.uint8)
    for number in np.flatnonzero(labels == 1):
        row, column = rng.integers(0, shape[0] - 6), rng.integers(0, shape[1] - 6)
        frames[number, row : row + 6, column : column + 6] += 140
    return frames


def write_dataset(
    folder: Path,
    labels: list[np.ndarray],
    shape: tuple[int, int, int] = (20, 20, 1),
    groups: list[np.ndarray] | None = None,
    class_names: tuple[str, ...] = ("NonTouch", "Touch"),
) -> Dataset:
    writer = DatasetWriter(folder, class_names, shape, {"0": "NonTouch"}, {"pixel_range": [0, 255]})
    for number, vector in enumerate(labels):
        recording = writer.begin(f"day{number}")
        recording.append(noisy_frames(vector, shape, number))
        ids = groups[number] if groups else np.full(len(vector), number)
        recording.close(np.asarray(vector, np.int16), np.asarray(ids, np.int32), {"kind": "test"})
    return writer.close()


@pytest.fixture
def dataset_of(tmp_path: Path) -> Callable[..., Dataset]:
    """A function that writes a dataset with these label vectors, one a recording, and opens it.

    Each has a folder of its own, because Windows renames none that is open.
    """
    numbers = itertools.count()
    return lambda labels, **how: write_dataset(tmp_path / f"dataset{next(numbers)}", labels, **how)


@pytest.fixture(scope="session")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """Five recordings of 80 frames; in about 40 % there is a touch, and some are left out."""
    rng = np.random.default_rng(1)
    labels = [(rng.random(80) < 0.4).astype(np.int16) for _ in range(5)]
    labels[0][:7] = -1
    return write_dataset(tmp_path_factory.mktemp("shared") / "dataset", labels)
