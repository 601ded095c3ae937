"""Frames of any depth become uint8 by a stated range."""

from __future__ import annotations

import numpy as np
import pytest

from pyside.data.formats.frames import adjust_contrast, resize_frames, to_uint8
from pyside.errors import BadFrames, PixelRange
from tests.conftest import raises_with

EVERY_GREY = np.arange(256, dtype=np.uint8).reshape(1, 16, 16, 1)


def test_uint8_goes_through_untouched() -> None:
    assert to_uint8(EVERY_GREY, None, "frames") is EVERY_GREY


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("white", [1.0, 255.0])
def test_floats_with_a_range_give_the_greys_that_were_meant(dtype: type, white: float) -> None:
    frames = (EVERY_GREY / 255 * white).astype(dtype)
    assert np.array_equal(to_uint8(frames, (0.0, white), "frames"), EVERY_GREY)


def test_floats_without_a_range_are_an_error_that_names_both_ranges() -> None:
    with raises_with(PixelRange, "int16", "[0 255]", "[0 4095]") as caught:
        to_uint8(EVERY_GREY.astype(np.int16), None, "frames")
    assert "[0 1]" not in caught.value.text
    with raises_with(PixelRange, "double", "[0 1]", "[0 255]"):
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
    with raises_with(PixelRange, 13):
        to_uint8(frames, (0, 1), "frames", first_frame=10)


def test_nan_is_an_error_that_names_the_frame() -> None:
    frames = np.zeros((5, 4, 4, 1), np.float32)
    frames[2, 0, 0] = np.nan
    with raises_with(BadFrames, 2, "NaN"):
        to_uint8(frames, (0, 1), "frames")


@pytest.mark.parametrize("dtype", [np.int8, np.int16, np.int32, np.int64, np.uint32])
def test_other_integers_need_a_range(dtype: type) -> None:
    frames = np.full((1, 2, 2, 1), 100, dtype)
    with pytest.raises(PixelRange):
        to_uint8(frames, None, "frames")
    assert to_uint8(frames, (0, 100), "frames").min() == 255


# --- contrast ------------------------------------------------------------------------------------------------------


def stretched_by_the_book(image: np.ndarray) -> np.ndarray:
    """Do what MATLAB's documentation says of imadjust(I) and stretchlim(I), pixel by pixel."""
    pixels = image.ravel().tolist()
    counts = [pixels.count(level) for level in range(256)]
    shares = [sum(counts[: level + 1]) / len(pixels) for level in range(256)]
    low = next(level for level in range(256) if shares[level] > 0.01) / 255
    high = next(level for level in range(256) if shares[level] >= 0.99) / 255
    if low == high:
        low, high = 0.0, 1.0
    scaled = [min(max((pixel / 255 - low) / (high - low), 0), 1) for pixel in pixels]
    return np.array([round(255 * value) for value in scaled]).reshape(image.shape)


def greys(seed: int) -> np.ndarray:
    """Images of several kinds and sizes: noise, two levels, one level, a bright dot on black."""
    rng = np.random.default_rng(seed)
    height, width = rng.integers(1, 40, 2)
    noise = rng.normal(rng.integers(20, 230), rng.integers(1, 60), (height, width)).clip(0, 255)
    kinds = [noise, (noise > 128) * 200, np.full_like(noise, 33), (np.arange(noise.size) == 5).reshape(noise.shape) * 9]
    return kinds[seed % 4].astype(np.uint8)


@pytest.mark.parametrize("seed", range(40))
def test_stretch_agrees_with_the_definition_of_imadjust_to_one_level(seed: int) -> None:
    image = greys(seed)
    found = adjust_contrast(image[None, :, :, None], "stretch")[0, :, :, 0]
    assert np.abs(found.astype(int) - stretched_by_the_book(image)).max() <= 1


@pytest.mark.parametrize("seed", range(0, 40, 4))
def test_equalize_is_what_scikit_image_makes_of_each_frame(seed: int) -> None:
    from skimage.exposure import equalize_hist

    image = greys(seed)
    found = adjust_contrast(image[None, :, :, None], "equalize")[0, :, :, 0]
    expected = equalize_hist(image) * 255 if image.min() < image.max() else image
    assert np.abs(found - expected).max() <= 1


@pytest.mark.parametrize("contrast", ["stretch", "equalize"])
def test_each_frame_and_channel_is_changed_by_itself(contrast: str) -> None:
    frames = np.random.default_rng(0).integers(50, 150, (5, 12, 9, 3), dtype=np.uint8)
    frames[2] //= 2
    found = adjust_contrast(frames, contrast)
    assert found.shape == frames.shape and found.dtype == np.uint8 and found.flags.c_contiguous
    for number in range(5):
        for channel in range(3):
            alone = adjust_contrast(frames[number : number + 1, :, :, channel : channel + 1], contrast)
            assert np.array_equal(found[number, :, :, channel], alone[0, :, :, 0])


def test_no_contrast_leaves_the_frames_as_they_are() -> None:
    assert adjust_contrast(EVERY_GREY, "none") is EVERY_GREY
    empty = EVERY_GREY[:0]
    assert adjust_contrast(empty, "stretch") is empty
    with raises_with(ValueError, "none", "stretch", "equalize"):
        adjust_contrast(EVERY_GREY, "more")


# --- size ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("size", [(8, 30), (40, 20), (16, 16)])
def test_resizing_is_pillows_bilinear_filter(size: tuple[int, int], channels: int) -> None:
    from PIL import Image

    frames = np.random.default_rng(0).integers(0, 256, (3, 16, 20, channels), dtype=np.uint8)
    found = resize_frames(frames, size)
    assert found.shape == (3, *size, channels) and found.dtype == np.uint8
    expected = Image.fromarray(frames[1].squeeze()).resize(size[::-1], Image.Resampling.BILINEAR)
    assert np.array_equal(found[1].squeeze(), np.asarray(expected))


def test_frames_of_the_size_wanted_go_through_untouched() -> None:
    assert resize_frames(EVERY_GREY, (16, 16)) is EVERY_GREY
