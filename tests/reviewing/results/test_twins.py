"""A video that was saved anew is known by its frames."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from pyside.data.dataset import Dataset
from pyside.data.dataset_writer import DatasetWriter
from pyside.reviewing.results.twins import twins


def movie(seed: int, n: int = 60) -> np.ndarray:
    """Frames of 20 x 20 pixels: a still background, a pole that comes in frame 20 of all, and a bar that moves."""
    rng = np.random.default_rng(seed)
    frames = np.full((n, 20, 20), 150.0) + np.linspace(0, 40, 20)
    frames[20:, 8:12, 8:12] = 40
    for number, place in enumerate(np.cumsum(rng.normal(0, 1.5, n)) + 10):
        frames[number, :, int(np.clip(place, 0, 18)) : int(np.clip(place, 0, 18)) + 2] = 20
    noisy: np.ndarray = np.clip(frames + rng.normal(0, 3, frames.shape), 0, 255).astype(np.uint8)
    return noisy[..., None]


def dataset(folder: Path, movies: Mapping[str, np.ndarray]) -> Dataset:
    target = DatasetWriter(folder, ("NonTouch", "Touch"), (20, 20, 1), {}, {"pixel_range": None})
    for number, (name, frames) in enumerate(movies.items()):
        recording = target.begin(name)
        recording.append(frames)
        recording.close(np.arange(len(frames)) % 2, np.full(len(frames), number), {"kind": "test"})
    return target.close()


def test_equal_frames_and_those_of_a_video_that_was_saved_anew_are_found_and_no_others(tmp_path: Path) -> None:
    there = {f"old{seed}": movie(seed) for seed in range(6)}
    anew = np.clip(there["old3"] // 6 * 6 + 9.0, 0, 255).astype(np.uint8)
    came = {"copied": there["old1"], "compressed": anew, "new": movie(9), "shorter": movie(3)[:50], "still": anew * 0}
    found = twins(dataset(tmp_path / "old", there).recordings, dataset(tmp_path / "new", came).recordings)
    assert found == [("copied", "old1", True), ("compressed", "old3", False)]
    one = dataset(tmp_path / "one", {"old3": there["old3"]}).recordings
    assert twins(one, dataset(tmp_path / "none", {"new": movie(9)}).recordings) == []
    assert twins([], one) == []
