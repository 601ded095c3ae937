"""Videos of more than 8 bits become 8 by a stated range, whatever the form of their pixels."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import av
import numpy as np
import pytest

from pyside.data.video.ffmpeg_frames import _LumaChunk
from pyside.data.video.reader import probe, read_regions, sample_frames
from pyside.data.video.region_chunks import Request
from pyside.errors import BadVideo, PixelRange
from tests.conftest import raises_with
from tests.data.conftest import WriteVideo

N, HEIGHT, WIDTH = 10, 32, 48
RANGE = (100.0, 865.0)
VALUES = np.random.default_rng(0).integers(100, 866, (N, HEIGHT, WIDTH), dtype=np.uint16)
VALUES[0, 0, :2] = 100, 865
EXPECTED = np.rint((VALUES.astype(float) - 100) / 3).astype(int)


def write_deep(path: Path, pixels: str, values: np.ndarray = VALUES, codec: str = "ffv1") -> Path:
    """Write numbers as the luma of a video, or as all of its colours."""
    form = av.VideoFormat(pixels, WIDTH, HEIGHT)
    order = ">u2" if form.is_big_endian else "<u2"
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=500)
        stream.height, stream.width, stream.pix_fmt = HEIGHT, WIDTH, pixels
        for image in values:
            frame = av.VideoFrame(WIDTH, HEIGHT, pixels)
            for number, plane in enumerate(frame.planes):
                rows = np.zeros((plane.height, plane.line_size // 2), order)
                if number == 0 or form.is_rgb:
                    each = 3 if pixels.startswith("rgb48") else 2 if pixels.startswith("ya") else 1
                    rows[:, : WIDTH * each] = image.repeat(each, axis=1)
                else:
                    rows[:] = 512
                plane.update(rows.tobytes())
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def read_all(path: Path, pixel_range: tuple[float, float] | None = RANGE, on_damage: str = "error") -> np.ndarray:
    corner, keep = np.zeros(N, int), np.ones(N, bool)
    chunks = read_regions(path, (HEIGHT, WIDTH), corner, corner, keep, on_damage=on_damage, pixel_range=pixel_range)
    return np.concatenate([frames for _, frames in chunks])[..., 0].astype(int)


@pytest.mark.parametrize(
    ("pixels", "bits"),
    [
        ("gray16le", 16),
        ("gray12le", 12),
        ("gray10le", 10),
        ("yuv420p10le", 10),
        ("yuv444p16le", 16),
        ("yuv422p12le", 12),
    ],
)
def test_the_luma_is_taken_as_it_is_stored(tmp_path: Path, pixels: str, bits: int) -> None:
    path = write_deep(tmp_path / "a.mkv", pixels)
    assert probe(path).bits == bits
    for on_damage in ("error", "skip"):
        assert np.array_equal(read_all(path, on_damage=on_damage), EXPECTED)
    sample = sample_frames(path, 3, RANGE)
    assert all((sample[number] == EXPECTED).all((1, 2)).any() for number in range(len(sample)))


@pytest.mark.parametrize("pixels", ["gray16be", "ya16be", "rgb48be"])
def test_the_order_of_the_bytes_does_not_matter(tmp_path: Path, pixels: str) -> None:
    path = write_deep(tmp_path / "a.avi", pixels, codec="png")
    assert probe(path).pixel_format == pixels and np.array_equal(read_all(path), EXPECTED)


def test_luma_in_the_upper_bits_is_read_as_such() -> None:
    frame = av.VideoFrame(WIDTH, HEIGHT, "p010le")
    for plane, rows in zip(frame.planes, (VALUES[0] << 6, np.full((HEIGHT // 2, WIDTH), 512 << 6)), strict=True):
        whole = np.zeros((plane.height, plane.line_size // 2), "<u2")
        whole[:, :WIDTH] = rows
        plane.update(whole.tobytes())
    chunk = chunk_of()
    chunk.add(frame, 0, 0, 0)
    assert np.array_equal(chunk.take()[1][0, ..., 0], EXPECTED[0])


def chunk_of() -> _LumaChunk:
    nothing = np.zeros(1, int)
    request = Request(Path("a.mov"), (HEIGHT, WIDTH), nothing, nothing, nothing == 0, "full-range", False, "error", 1)
    return _LumaChunk(dataclasses.replace(request, pixel_range=RANGE))


@pytest.mark.parametrize("pixels", ["grayf16le", "grayf32le", "gbrpf32le", "gray32le"])
def test_floats_and_32_bits_in_a_video_are_refused_by_name(pixels: str) -> None:
    with raises_with(BadVideo, "a.mov", pixels):
        chunk_of().add(av.VideoFrame(WIDTH, HEIGHT, pixels), 0, 0, 0)


@pytest.mark.parametrize(("pixels", "bits"), [("gbrp10le", 10), ("gbrp12le", 12), ("rgb48le", 16)])
def test_of_colours_the_luma_is_in_the_same_scale(tmp_path: Path, pixels: str, bits: int) -> None:
    path = write_deep(tmp_path / "a.mkv", pixels)
    assert probe(path).bits == bits
    assert np.abs(read_all(path) - EXPECTED).max() <= (0 if bits == 16 else 1)


def test_regions_are_cut_shifted_and_padded_with_black(tmp_path: Path) -> None:
    path = write_deep(tmp_path / "a.mkv", "gray12le")
    top, left, keep = np.full(N, -3), np.full(N, 40), np.arange(N) % 3 == 1
    options = {"pad": True, "pixel_range": RANGE}
    ((numbers, regions),) = read_regions(path, (9, 20), top, left, keep, **options)  # type: ignore[arg-type]
    assert numbers.tolist() == [1, 4, 7]
    assert not regions[:, :3].any() and not regions[:, :, 8:].any()
    assert np.array_equal(regions[:, 3:, :8, 0], EXPECTED[numbers, :6, 40:])


def test_values_outside_the_range_name_the_frame(tmp_path: Path) -> None:
    values = VALUES.copy()
    values[4, 3, 3] = 866
    path = write_deep(tmp_path / "a.mkv", "gray12le", values)
    for on_damage in ("error", "skip"):
        with raises_with(PixelRange, "a.mkv", "frame 4", 866, "[100 865]"):
            read_all(path, on_damage=on_damage)


def test_videos_of_8_bits_stay_as_they_are(write_video: WriteVideo) -> None:
    path = write_video()
    info = probe(path)
    corner, keep = np.zeros(info.n_frames, int), np.ones(info.n_frames, bool)
    found = [
        next(read_regions(path, (9, 9), corner, corner, keep, pixel_range=pixel_range))[1]
        for pixel_range in (None, (0.0, 100.0))
    ]
    assert info.bits == 8 and np.array_equal(*found)
