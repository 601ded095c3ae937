"""The file of frames of one recording."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import numpy as np
import pytest

from pyside.data import frame_file
from pyside.data.frame_file import BLOCK_BYTES, FrameFile, hash_frames, usual_head
from pyside.errors import BadFrames, DiskFull
from pyside.system import files
from tests.conftest import raises_with

SHAPE = (20, 30, 1)


def frames_of(n: int, shape: tuple[int, int, int] = SHAPE, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (n, *shape), dtype=np.uint8)


@pytest.mark.parametrize("shape", [SHAPE, (61, 61, 1), (2048, 1088, 3), (1, 1, 1)])
@pytest.mark.parametrize("n", [0, 1, 99, 10**9])
def test_the_head_is_128_bytes_that_every_dataset_began_with(n: int, shape: tuple[int, int, int]) -> None:
    height, width, channels = shape
    text = f"{{'descr': '|u1', 'fortran_order': False, 'shape': ({n}, {height}, {width}, {channels}), }}"
    expected = b"\x93NUMPY\x01\x00" + (118).to_bytes(2, "little") + text.ljust(117).encode() + b"\n"
    assert usual_head(np.dtype(np.uint8), (n, *shape)) == expected and len(expected) == 128
    assert usual_head(np.dtype(np.uint8), (np.int64(n), *map(np.int32, shape))) == expected


@pytest.mark.parametrize("chunks", [[], [0], [5], [1, 0, 7], [4000, 3]])
@pytest.mark.parametrize("order", ["C", "F"])
def test_frames_in_chunks_of_any_order_are_one_array(chunks: list[int], order: str, tmp_path: Path) -> None:
    parts = [frames_of(n, seed=number) for number, n in enumerate(chunks)]
    expected = np.concatenate([frames_of(0), *parts])
    assert not expected.size or sum(chunks) < 100 or expected.nbytes > BLOCK_BYTES
    file = FrameFile(tmp_path / "a.frames.npy", SHAPE)
    for part in parts:
        file.append(np.asarray(part, order=order))
    assert [path.name for path in tmp_path.iterdir()] == ["a.frames.npy.part"]
    sha256 = file.close()
    assert np.array_equal(np.load(tmp_path / "a.frames.npy"), expected) and file.n_frames == len(expected)
    assert sha256 == hash_frames(expected) == hashlib.sha256(expected.tobytes()).hexdigest()


def test_frames_of_another_shape_or_type_are_refused(tmp_path: Path) -> None:
    file = FrameFile(tmp_path / "a.frames.npy", SHAPE)
    for frames in (frames_of(1, (20, 30, 3)), frames_of(1).astype(np.float32)):
        with raises_with(BadFrames, "a.frames.npy", "uint8", "20, 30, 1"):
            file.append(frames)


def test_a_disk_that_fills_up_between_blocks_is_told(small_disk: Path) -> None:
    file = FrameFile(small_disk / "a.frames.npy", SHAPE)
    with raises_with(DiskFull, "a.frames.npy.part"):
        file.append(frames_of(8000))
    assert [path.name for path in small_disk.iterdir()] == ["a.frames.npy.part"]


def test_a_file_that_takes_a_part_of_what_it_is_given_gets_the_rest() -> None:
    class Slow:
        def __init__(self) -> None:
            self.written = b""

        def write(self, data: memoryview) -> int:
            self.written += bytes(data[:1000])
            return min(1000, len(data))

    slow, digest, frames = Slow(), hashlib.sha256(), frames_of(3000)
    assert frame_file._write_hashed(frames, slow, digest) == 3000  # type: ignore[arg-type]
    assert slow.written == frames.tobytes() and digest.digest() == hashlib.sha256(slow.written).digest()


def test_a_file_that_a_virus_scanner_looks_at_is_completed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    replace, refused = os.replace, []

    def refuse_once(*paths: Path) -> None:
        if not refused:
            refused.append(paths)
            raise PermissionError("somebody reads it")
        replace(*paths)

    monkeypatch.setattr(files, "_PAUSES", (0.0,))  # as on Windows
    monkeypatch.setattr(os, "replace", refuse_once)
    file = FrameFile(tmp_path / "a.frames.npy", SHAPE)
    file.append(frames_of(2))
    file.close()
    assert len(refused) == 1 and np.load(tmp_path / "a.frames.npy").shape == (2, *SHAPE)
