"""Centres come from an image of the object."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from pyside.data.recordings.regions.template_search import template_centers
from pyside.data.video.reader import probe, sample_frames
from pyside.errors import BadImage, BadOption, PathMissing
from tests.conftest import raises_with
from tests.data.conftest import WriteVideo


def pole_video(write_video: WriteVideo, n: int = 30, name: str = "pole.avi") -> Path:
    """A noisy video in which a round pole of 9 pixels stands at x = 40, y = 17 from frame 10 on."""
    rng = np.random.default_rng(0)
    frames = rng.integers(60, 120, (n, 48, 64))
    frames[10:, 13:22, 36:45] += pole()
    return write_video(name, frames.astype(np.uint8))


def pole() -> np.ndarray:
    rows, columns = np.mgrid[-4:5, -4:5]
    return np.where(rows**2 + columns**2 <= 17, 100, 0)


def save_pole(path: Path) -> Path:
    Image.fromarray((90 + pole()).astype(np.uint8)).save(path)
    return path


def test_the_middle_of_the_object_is_found(write_video: WriteVideo, tmp_path: Path) -> None:
    path = pole_video(write_video)
    center, score = template_centers(path, probe(path), save_pole(tmp_path / "pole.png"))
    assert center.shape == (1, 2) and center.tolist() == [[40, 17]]
    assert 0.8 < score <= 1


def test_an_object_that_is_not_there_scores_low(write_video: WriteVideo, tmp_path: Path) -> None:
    path = write_video("noise.avi", np.random.default_rng(1).integers(0, 255, (5, 48, 64), dtype=np.uint8))
    assert template_centers(path, probe(path), save_pole(tmp_path / "pole.png"))[1] < 0.5


def test_a_template_that_cannot_be_looked_for_is_told(write_video: WriteVideo, tmp_path: Path) -> None:
    path = pole_video(write_video, 12)
    Image.fromarray(np.zeros((9, 9), np.uint8)).save(tmp_path / "black.png")
    Image.fromarray(np.eye(60, dtype=np.uint8)).save(tmp_path / "big.png")
    (tmp_path / "no.png").write_bytes(b"no image")
    told = [("nowhere.png", PathMissing), ("black.png", BadOption), ("big.png", BadOption), ("no.png", BadImage)]
    for name, kind in told:
        with raises_with(kind, name):
            template_centers(path, probe(path), tmp_path / name)


def test_the_frames_that_are_looked_at_are_spread_over_the_video(write_video: WriteVideo) -> None:
    frames = np.repeat(np.arange(0, 240, 4, dtype=np.uint8), 48 * 64).reshape(60, 48, 64)
    for name, codec in (("a.avi", "ffv1"), ("a.mp4", "libx264"), ("a.mkv", "libx264")):
        found = sample_frames(write_video(name, frames, codec), 6)
        assert found.shape == (6, 48, 64)
        assert np.abs(found.mean(axis=(1, 2)) - np.arange(6) * 40).max() < 12
