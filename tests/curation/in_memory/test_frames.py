"""Frames from memory have the size of the model, in any order of axes, and become what the network was trained on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pyside.curation.in_memory.frames import ready
from pyside.curation.model.facts import ModelFacts
from pyside.data.formats.frames import adjust_contrast
from pyside.errors import BadFrames, FrameOrder, PixelRange, TouchTrainError
from pyside.settings import PredictSettings, speaking
from tests.conftest import raises_with

FRAMES = np.random.default_rng(0).integers(0, 256, (5, 6, 8, 1), np.uint8)


def facts(shape: tuple[int, int, int] = (6, 8, 1), **more: Any) -> ModelFacts:
    """Facts of a model that takes 6 x 8 pixels."""
    return ModelFacts(Path("model.h5"), "", ("NonTouch", "Touch"), shape, **more)


def readied(array: Any, of: ModelFacts | None = None, **options: Any) -> np.ndarray:
    """One array, as the network gets it."""
    (found,) = ready([np.asarray(array)], ["frames"], of or facts(), PredictSettings.from_options(options))
    return found


@pytest.mark.parametrize(
    "given",
    [
        FRAMES,
        FRAMES[..., 0],
        FRAMES[..., 0].transpose(1, 2, 0),
        np.asfortranarray(FRAMES.transpose(1, 2, 3, 0)),
    ],
)
def test_the_order_of_axes_is_that_in_which_the_size_fits(given: np.ndarray) -> None:
    np.testing.assert_array_equal(readied(given), FRAMES)


def test_a_single_frame_is_one_frame() -> None:
    np.testing.assert_array_equal(readied(FRAMES[2, ..., 0]), FRAMES[2:3])
    colours = np.repeat(FRAMES[2], 3, axis=2)
    np.testing.assert_array_equal(readied(colours, facts((6, 8, 3))), colours[np.newaxis])


def test_frames_that_are_as_they_should_be_are_not_copied() -> None:
    assert np.shares_memory(readied(FRAMES), FRAMES)


def test_two_orders_that_fit_are_an_error_unless_one_is_named() -> None:
    cube = np.arange(27, dtype=np.uint8).reshape(3, 3, 3)
    with raises_with(FrameOrder, "HWN", "NHW", "frame_order"):
        readied(cube, facts((3, 3, 1)))
    np.testing.assert_array_equal(readied(cube, facts((3, 3, 1)), frame_order="NHW")[..., 0], cube)


@pytest.mark.parametrize(
    ("shape", "options", "sizes"),
    [
        ((6, 9, 40), {}, ["6 x 9", "9 x 40", "6 x 8"]),
        ((40, 8, 6), {}, ["8 x 6", "6 x 8"]),  # on its side
        ((40, 6, 8, 3), {}, ["6 x 8 with 3 channels", "6 x 8"]),
        ((6, 9, 40), {"frame_order": "HWN"}, ["6 x 9", "6 x 8"]),
        ((6, 8, 2, 2, 2), {}, ["6 x 8"]),
    ],
)
def test_another_size_is_an_error_with_both_sizes_that_names_the_way_out(
    shape: tuple[int, ...], options: dict[str, Any], sizes: list[str]
) -> None:
    with raises_with(BadFrames, "curate", "roi", "centers", *sizes):
        readied(np.zeros(shape, np.uint8), **options)
    with speaking("matlab"), raises_with(BadFrames, "Roi", "Centers"):
        readied(np.zeros(shape, np.uint8), **options)


def test_an_order_that_an_array_cannot_have_is_an_error() -> None:
    with raises_with(FrameOrder, "HWN", "6 x 8 x 1 x 5"):
        readied(np.zeros((6, 8, 1, 5), np.uint8), frame_order="HWN")


@pytest.mark.parametrize("shape", [(), (5,), (0, 6, 8)])
def test_no_frames_are_an_error(shape: tuple[int, ...]) -> None:
    with raises_with(BadFrames, "no frames"):
        readied(np.zeros(shape, np.uint8))


def test_all_arrays_are_checked_before_one_is_used() -> None:
    arrays = [np.zeros(shape, np.uint8) for shape in ((2, 6, 8), (2, 7, 8), (2, 6, 9))]
    with raises_with(TouchTrainError, "7 x 8", "6 x 9"):
        ready(arrays, ["first", "second", "third"], facts(), PredictSettings())
    mixed = [np.zeros(shape, np.uint8) for shape in ((2, 6, 8), (6, 8, 2))]
    with raises_with(FrameOrder, "different orders"):
        ready(mixed, ["first", "second"], facts(), PredictSettings())


def test_floats_need_a_range_and_become_grey_levels() -> None:
    with raises_with(PixelRange, "pixel_range"):
        readied(FRAMES / 255.0)
    np.testing.assert_array_equal(readied(FRAMES / 255.0, pixel_range=(0, 1)), FRAMES)
    with raises_with(BadFrames, "NaN", "frame 3"):
        readied(
            np.where(np.arange(5)[:, None, None, None] == 3, np.nan, 0.5) * np.ones(FRAMES.shape), pixel_range=(0, 1)
        )


def test_whole_numbers_of_more_bits_have_the_range_of_the_training() -> None:
    deep = FRAMES.astype(np.uint16) * 16
    trained = facts(pixel_range=(0.0, 4095.0))
    np.testing.assert_array_equal(readied(deep, trained), np.rint(deep * (255 / 4095)).astype(np.uint8))
    np.testing.assert_array_equal(readied(FRAMES, trained), FRAMES)  # 8 bits already
    assert readied(deep).max() < 17  # without one, all 16 bits count
    np.testing.assert_array_equal(readied(FRAMES > 99), np.where(FRAMES > 99, 255, 0))


def test_contrast_is_that_of_the_training_unless_it_is_set() -> None:
    stretched = adjust_contrast(FRAMES, "stretch")
    assert not np.array_equal(stretched, FRAMES)
    np.testing.assert_array_equal(readied(FRAMES, facts(contrast="stretch")), stretched)
    np.testing.assert_array_equal(readied(FRAMES, facts(contrast="stretch"), contrast="none"), FRAMES)
