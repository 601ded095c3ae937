"""Frames of any depth become uint8 by a stated range."""

from __future__ import annotations

import numpy as np
import pytest

from pyside.data.frames import to_uint8
from pyside.errors import BadFrames, PixelRange

EVERY_GREY = np.arange(256, dtype=np.uint8).reshape(1, 16, 16, 1)


def test_uint8_goes_through_untouched() -> None:
    assert to_uint8(EVERY_GREY, None, "frames") is EVERY_GREY


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("white", [1.0, 255.0])
def test_floats_with_a_range_give_the_greys_that_were_meant(dtype: type, white: float) -> None:
    frames = (EVERY_GREY / 255 * white).astype(dtype)
    assert np.array_equal(to_uint8(frames, (0.0, white), "frames"), EVERY_GREY)


def test_floats_without_a_range_are_an_error_that_names_both_ranges() -> None:
    with pytest.raises(PixelRange, match=r"double.*\[0 1\] or to \[0 255\]"):
        to_uint8(EVERY_GREY / 255, None, "frames")


def test_uint16_is_taken_by_its_declared_depth_not_by_its_extremes() -> None:
    frames = np.array([0, 257, 65535], np.uint16).reshape(1, 3, 1, 1)
    assert to_uint8(frames, None, "frames").ravel().tolist() == [0, 1, 255]
    assert to_uint8(frames[:, :2], (0, 1023), "frames").ravel().tolist() == [0, 64]


def test_logical_becomes_black_and_white() -> None:
    assert to_uint8(EVERY_GREY > 100, None, "frames").max() == 255


@pytest.mark.parametrize("value", [-0.01, 1.01])
def test_values_outside_the_range_are_an_error_that_names_the_frame(value: float) -> None:
    frames = np.zeros((5, 4, 4, 1))
    frames[3, 1, 1] = value
    with pytest.raises(PixelRange, match="frame 13 has values outside the pixel range"):
        to_uint8(frames, (0, 1), "frames", first_frame=10)


def test_nan_is_an_error_that_names_the_frame() -> None:
    frames = np.zeros((5, 4, 4, 1), np.float32)
    frames[2, 0, 0] = np.nan
    with pytest.raises(BadFrames, match="frame 2 holds NaN"):
        to_uint8(frames, (0, 1), "frames")


@pytest.mark.parametrize("dtype", [np.int8, np.int16, np.int32, np.int64, np.uint32])
def test_other_integers_need_a_range(dtype: type) -> None:
    frames = np.full((1, 2, 2, 1), 100, dtype)
    with pytest.raises(PixelRange):
        to_uint8(frames, None, "frames")
    assert to_uint8(frames, (0, 100), "frames").min() == 255
