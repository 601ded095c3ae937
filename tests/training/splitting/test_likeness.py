"""Groups that are pieces of one video are found by the likeness of their frames across the sides of a split."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pyside
from pyside.data.dataset import open_dataset
from pyside.data.dataset_writer import DatasetWriter
from pyside.training.splitting.likeness import warnings_of_likeness
from pyside.training.splitting.split import split
from tests.conftest import holds

N, SIDE = 400, 32


def scene(n: int, seed: int, smooth: int = 12) -> np.ndarray:
    """Frames of one camera, (n, side, side): two blobs that wander, a background that stays, and noise."""
    rng = np.random.default_rng(seed)
    steps = rng.normal(0, 1, (2, 2, n + 4 * smooth))
    kernel = np.hanning(2 * smooth + 1) / np.hanning(2 * smooth + 1).sum()
    paths = np.array([[np.convolve(one, kernel, "valid")[:n] for one in blob] for blob in steps]) * 18 + SIDE / 2
    rows, columns = np.mgrid[:SIDE, :SIDE]
    frames = np.random.default_rng(99).integers(40, 90, (SIDE, SIDE)) + rng.normal(0, 4, (n, SIDE, SIDE))
    for row, column in paths:
        frames += 110 * np.exp(-((rows - row[:, None, None]) ** 2 + (columns - column[:, None, None]) ** 2) / 24)
    return frames.clip(0, 255).astype(np.uint8)


VIDEO = scene(N, 0)


@pytest.fixture
def warned(tmp_path: Path) -> Callable[..., list[str]]:
    """A function that writes frames with these groups as one file, splits three times, and returns the warnings."""
    numbers = itertools.count()

    def warnings(frames: np.ndarray, groups: Any, kind: str = "array", test_fraction: float = 0.0) -> list[str]:
        writer = DatasetWriter(tmp_path / f"set{next(numbers)}", ("A", "B"), (SIDE, SIDE, 1), {}, {})
        recording = writer.begin("all")
        recording.append(frames[..., None])
        labels = (np.arange(len(frames)) // 3 % 2).astype(np.int16)
        recording.close(labels, np.asarray(groups, np.int32), {"kind": kind})
        dataset = writer.close()
        splits = [split(dataset.table, 0.2, test_fraction, seed) for seed in range(3)]
        return [text for sides in splits for text in warnings_of_likeness(dataset, sides)]

    return warnings


@pytest.mark.parametrize("length", [1, 2, 10, 19])
@pytest.mark.parametrize("smooth", [6, 12, 40])
def test_one_video_in_small_groups_is_warned_of(warned: Callable[..., list[str]], length: int, smooth: int) -> None:
    groups = np.arange(N) // length
    found = warned(VIDEO if smooth == 12 else scene(N, 0, smooth), groups)
    n = len(set(groups.tolist()))
    assert [holds(text, f"{n} of {n}", 20, "recordings") for text in found] == [True] * 3


@pytest.mark.parametrize("smooth", [6, 12, 40])
@pytest.mark.parametrize("length", [1, 10])
def test_short_recordings_of_their_own_are_not(warned: Callable[..., list[str]], length: int, smooth: int) -> None:
    frames = np.concatenate([scene(length, seed, smooth) for seed in range(1, 1 + 200 // length)])
    assert warned(frames, np.arange(200) // length) == []


def test_frames_without_likeness_or_contrast_are_not(warned: Callable[..., list[str]]) -> None:
    noise = np.random.default_rng(0).integers(0, 255, VIDEO.shape, dtype=np.uint8)
    assert warned(noise, np.arange(N)) == []
    assert warned(np.zeros_like(VIDEO), np.arange(N)) == []


@pytest.mark.parametrize("length", [20, 50, N])
def test_ordinary_recordings_are_not_looked_at(warned: Callable[..., list[str]], length: int) -> None:
    assert warned(VIDEO, np.arange(N) // length) == []


def test_only_arrays_and_numpy_files_leave_it_to_the_user_what_a_recording_is(
    warned: Callable[..., list[str]],
) -> None:
    groups = np.arange(N) // 10
    assert [len(warned(VIDEO, groups, kind)) for kind in ("array", "numpy", "video", "images")] == [3, 3, 0, 0]
    assert len(warned(VIDEO, groups, test_fraction=0.2)) == 3


def test_a_few_pieces_among_long_recordings_are_counted(warned: Callable[..., list[str]]) -> None:
    found = warned(VIDEO, np.concatenate([np.arange(200) // 10, 20 + np.arange(200) // 50]))
    assert found and all(holds(text, "20 of 24") for text in found)


@pytest.mark.parametrize("in_cells", [True, False])
def test_recordings_that_were_given_for_each_frame_win_and_are_warned_of(tmp_path: Path, in_cells: bool) -> None:
    frames: Any = list(VIDEO[:120]) if in_cells else VIDEO[:120]
    order = {} if in_cells else {"frame_order": "NHW"}
    pyside.convert_arrays(frames, np.arange(120) // 3 % 2, tmp_path / "set", recordings=np.arange(120) // 2, **order)
    dataset = open_dataset(tmp_path / "set")
    assert len(warnings_of_likeness(dataset, split(dataset.table, 0.2, 0.0, 0))) == 1
