"""Frames of FFmpeg's: where their luma is, and samples of them."""

from __future__ import annotations

import av
import numpy as np
import pytest

from pyside.data.video.ffmpeg_frames import _has_luma_plane, sample
from tests.data.conftest import WriteVideo, numbered_frames


@pytest.mark.parametrize("pixels", ["gray", "yuv420p", "yuvj420p", "yuv444p", "nv12", "yuva420p"])
def test_a_plane_of_luma_is_cut_as_it_is(pixels: str) -> None:
    assert _has_luma_plane(av.VideoFormat(pixels))


@pytest.mark.parametrize(
    "pixels", ["rgb24", "gbrp", "pal8", "yuyv422", "yuv420p10le", "gray16le", "gray10le", "monow", "bayer_rggb8", "ya8"]
)
def test_frames_without_one_of_8_bits_are_converted(pixels: str) -> None:
    assert not _has_luma_plane(av.VideoFormat(pixels))


@pytest.mark.parametrize("most", [1, 4, 30])
def test_a_sample_is_of_frames_in_order(most: int, write_video: WriteVideo) -> None:
    frames = numbered_frames()
    found = sample(write_video(), most)
    numbers = [int(np.argmax((frames == one).all(axis=(1, 2)))) for one in found]
    assert len(found) == most and numbers == sorted(set(numbers))
    assert all(np.array_equal(one, frames[number]) for one, number in zip(found, numbers, strict=True))
