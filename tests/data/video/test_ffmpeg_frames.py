"""Frames of FFmpeg's: where their luma is, and samples of them."""

from __future__ import annotations

import struct
from pathlib import Path

import av
import numpy as np
import pytest

from pyside.data.video.ffmpeg_frames import _has_luma_plane, sample
from pyside.data.video.reader import read_regions
from tests.data.conftest import HEIGHT, WIDTH, WriteVideo, numbered_frames


@pytest.mark.parametrize("pixels", ["gray", "yuv420p", "yuvj420p", "yuv444p", "nv12", "yuva420p"])
def test_a_plane_of_luma_is_cut_as_it_is(pixels: str) -> None:
    assert _has_luma_plane(av.VideoFormat(pixels))


@pytest.mark.parametrize(
    "pixels", ["rgb24", "gbrp", "pal8", "yuyv422", "yuv420p10le", "gray16le", "gray10le", "monow", "bayer_rggb8", "ya8"]
)
def test_frames_without_one_of_8_bits_are_converted(pixels: str) -> None:
    assert not _has_luma_plane(av.VideoFormat(pixels))


def write_raw_avi(path: Path, frames: np.ndarray, palette: bytes) -> Path:
    """Write an uncompressed AVI of 8 bits, bottom up, with or without its palette."""
    n, height, width = frames.shape
    size = width * height

    def chunk(name: bytes, data: bytes, kind: bytes = b"") -> bytes:
        return name + struct.pack("<I", len(kind + data)) + kind + data

    form = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 8, 0, size, 0, 0, len(palette) // 4, 0) + palette
    stream = struct.pack("<4s4sIHHIIIIIIIIhhhh", b"vids", b"DIB ", 0, 0, 0, 0, 1, 500, 0, n, size, 0, 0, 0, 0, 0, 0)
    head = struct.pack("<IIIIIIIIII16x", 2000, 0, 0, 0, n, 0, 1, size, width, height)
    header = chunk(b"avih", head) + chunk(b"LIST", chunk(b"strh", stream) + chunk(b"strf", form), b"strl")
    pictures = b"".join(chunk(b"00db", frame[::-1].tobytes()) for frame in frames)
    data = chunk(b"LIST", header, b"hdrl") + chunk(b"LIST", pictures, b"movi")
    path.write_bytes(chunk(b"RIFF", data, b"AVI "))
    return path


def test_an_avi_whose_palette_was_left_out_holds_greys(tmp_path: Path) -> None:
    frames = numbered_frames(4)
    greys = b"".join(bytes([level, level, level, 0]) for level in range(256))
    for name, palette, expected in (
        ("none", b"", frames),
        ("greys", greys, frames),
        ("turned", greys[::-1][1:] + b"\0", 255 - frames),
    ):
        path = write_raw_avi(tmp_path / f"{name}.avi", frames, palette)
        corner, keep = np.zeros(4, int), np.ones(4, bool)
        ((numbers, found),) = read_regions(path, (HEIGHT, WIDTH), corner, corner, keep)
        assert numbers.tolist() == [0, 1, 2, 3]
        assert np.abs(found[..., 0].astype(int) - expected).max() <= (1 if palette else 0)


@pytest.mark.parametrize("most", [1, 4, 30])
def test_a_sample_is_of_frames_in_order(most: int, write_video: WriteVideo) -> None:
    frames = numbered_frames()
    found = sample(write_video(), most)
    numbers = [int(np.argmax((frames == one).all(axis=(1, 2)))) for one in found]
    assert len(found) == most and numbers == sorted(set(numbers))
    assert all(np.array_equal(one, frames[number]) for one, number in zip(found, numbers, strict=True))
