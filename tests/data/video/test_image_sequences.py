"""A folder of numbered images is a video; gaps and odd names are told."""

from __future__ import annotations

import gc
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from pyside.data.formats import images
from pyside.data.video import region_chunks
from pyside.data.video.image_sequences import images_of, is_sequence
from pyside.data.video.reader import decoding_rate, describe_video, file_sha256, probe, read_regions, sample_frames
from pyside.errors import BadVideo
from tests.conftest import raises_with, until
from tests.data.conftest import numbered_frames

FRAMES = numbered_frames(12, 24, 32)


def write_images(folder: Path, names: list[str], frames: np.ndarray = FRAMES) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in zip(names, frames, strict=False):
        Image.fromarray(frame).save(folder / name)
    return folder


@pytest.fixture
def sequence(tmp_path: Path) -> Path:
    """A folder of 12 images, img8.png to img19.png."""
    return write_images(tmp_path / "trial1", [f"img{number}.png" for number in range(8, 20)])


def read_all(folder: Path, on_damage: str = "error") -> tuple[list[int], np.ndarray]:
    """Read whole frames: their numbers, and uint8 (m, height, width)."""
    info = probe(folder, on_damage)
    corner, size = np.zeros(info.n_frames, int), (info.height, info.width)
    chunks = list(read_regions(folder, size, corner, corner, np.ones(info.n_frames, bool), on_damage=on_damage))
    return np.concatenate([n for n, _ in chunks]).tolist(), np.concatenate([f for _, f in chunks])[..., 0]


def test_images_are_frames_in_the_order_of_their_numbers(sequence: Path) -> None:
    (sequence / "notes.txt").write_text("no image")
    (sequence / ".hidden.png").write_text("no image either")
    info = probe(sequence)
    assert (info.n_frames, info.height, info.width, info.codec, info.pixel_format) == (12, 24, 32, "images", "png")
    numbers, frames = read_all(sequence)
    assert numbers == list(range(12)) and np.array_equal(frames, FRAMES)
    assert [path.name for path in images_of(sequence)][:3] == ["img8.png", "img9.png", "img10.png"]


@pytest.mark.parametrize("names", ["{:04}.tif", "trial2_frame{}.bmp", "cam1 {:03} left.PNG", "x-{}.jpg"])
def test_names_are_numbered_as_cameras_do(names: str, tmp_path: Path) -> None:
    folder = write_images(tmp_path / "a", [names.format(number) for number in range(12)])
    assert is_sequence(folder)
    numbers, frames = read_all(folder)
    assert numbers == list(range(12))
    assert np.abs(frames.astype(int) - FRAMES).mean() < (6 if names.endswith("jpg") else 1e-9)


def test_16_bits_become_8_by_their_full_depth(tmp_path: Path) -> None:
    folder = write_images(tmp_path / "a", [f"{n}.png" for n in range(12)], FRAMES.astype(np.uint16) * 257)
    assert np.array_equal(read_all(folder)[1], FRAMES)


def test_only_the_wanted_images_are_read_and_several_at_a_time(sequence: Path) -> None:
    (sequence / "img8.png").write_bytes((sequence / "img8.png").read_bytes()[:60])
    keep, corner = np.zeros(12, bool), np.zeros(12, int)
    keep[[1, 5, 9]] = True
    for threads in (1, 3):
        ((numbers, frames),) = read_regions(sequence, (9, 9), corner, corner, keep, threads=threads)
        assert numbers.tolist() == [1, 5, 9] and np.array_equal(frames[..., 0], FRAMES[[1, 5, 9], :9, :9])


@pytest.mark.filterwarnings("error::pytest.PytestUnraisableExceptionWarning")
def test_a_reader_that_is_collected_as_garbage_in_one_of_its_threads_ends_quietly(
    sequence: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = threading.active_count()
    is_left, is_collected = threading.Event(), threading.Event()
    read = images.read_image

    def read_later(path: Path, **options: Any) -> np.ndarray:
        if path.name != "img8.png":
            assert is_left.wait(10)
            gc.collect()
            is_collected.set()
        return read(path, **options)

    monkeypatch.setattr(images, "read_image", read_later)
    monkeypatch.setattr(region_chunks, "_CHUNK_FRAMES", 1)
    corner = np.zeros(12, int)
    frames: Any = read_regions(sequence, (9, 9), corner, corner, np.ones(12, bool), threads=2)
    next(frames)
    circle: list[Any] = [frames]
    circle.append(circle)
    del frames, circle
    is_left.set()
    assert is_collected.wait(10)
    until(lambda: threading.active_count() <= before)


def test_a_sequence_is_described_sampled_timed_and_hashed(sequence: Path) -> None:
    assert describe_video(sequence)["frames"] == 12
    assert np.array_equal(sample_frames(sequence, 2), FRAMES[[0, 11]])
    assert decoding_rate(sequence) > 1
    before = file_sha256(sequence)
    (sequence / "notes.txt").write_text("no image")
    assert file_sha256(sequence) == before
    (sequence / "img9.png").write_bytes((sequence / "img8.png").read_bytes())
    assert file_sha256(sequence) != before


def test_a_gap_is_named_or_its_frames_are_left_out(sequence: Path) -> None:
    for number in (10, 14, 15, 16):
        (sequence / f"img{number}.png").unlink()
    with raises_with(BadVideo, 8, 19, 4, 10, 14, 16):
        probe(sequence)
    assert probe(sequence, "skip").n_frames == 12
    numbers, frames = read_all(sequence, "skip")
    assert numbers == [0, 1, 3, 4, 5, 9, 10, 11] and np.array_equal(frames, FRAMES[numbers])


def test_a_sequence_of_gaps_is_an_error_all_the_same(tmp_path: Path) -> None:
    folder = write_images(tmp_path / "a", ["1.png", "2.png", "900000000.png"])
    with raises_with(BadVideo, 899999997):
        probe(folder, "skip")


def test_a_damaged_image_is_named_or_left_out(sequence: Path) -> None:
    (sequence / "img12.png").write_bytes((sequence / "img12.png").read_bytes()[:90])
    Image.fromarray(FRAMES[0, :5]).save(sequence / "img15.png")
    with raises_with(BadVideo, 4, "img12.png"):
        read_all(sequence)
    numbers, frames = read_all(sequence, "skip")
    assert numbers == [0, 1, 2, 3, 5, 6, 8, 9, 10, 11] and np.array_equal(frames, FRAMES[numbers])


def test_an_image_whose_checksum_is_wrong_is_named_or_left_out(sequence: Path) -> None:
    data = bytearray((sequence / "img12.png").read_bytes())
    data[data.index(b"IDAT") + 60] ^= 1
    (sequence / "img12.png").write_bytes(data)
    with raises_with(BadVideo, 4, "img12.png"):
        read_all(sequence)
    numbers, frames = read_all(sequence, "skip")
    assert 4 not in numbers and np.array_equal(frames, FRAMES[numbers])


@pytest.mark.parametrize(
    ("names", "facts"),
    [
        (["a1.png", "mean.png"], ("mean.png",)),
        (["a1.png", "b2.png"], ("a1.png", "b2.png")),
        (["a1.png", "a01.png"], ("a01.png", "a1.png")),
        ([], ()),
    ],
)
def test_images_that_are_no_sequence_are_told(names: list[str], facts: tuple[str, ...], tmp_path: Path) -> None:
    folder = write_images(tmp_path / "a", names)
    with raises_with(BadVideo, *facts):
        probe(folder)


def test_stacks_and_lone_images_are_no_sequence(tmp_path: Path) -> None:
    import tifffile

    stacks = tmp_path / "stacks"
    stacks.mkdir()
    for number in range(3):
        tifffile.imwrite(stacks / f"trial{number}.tif", FRAMES, photometric="minisblack")
    assert not is_sequence(stacks)
    assert not is_sequence(write_images(tmp_path / "one", ["1.png"]))
    assert not is_sequence(write_images(tmp_path / "two", ["a1.png", "b1.png"]))
