"""Recordings whose frames are stored almost black, almost white or with few levels are noticed, and no others."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from pyside.data.recordings.grey_levels import GreyLevels, Levels
from tests.conftest import holds, steps

RNG = np.random.default_rng(0)


def noise(low: int, high: int, n: int = 40, side: int = 61) -> np.ndarray:
    """Return frames with all levels from `low` up to `high`."""
    frames = RNG.integers(low, high + 1, (n, side, side, 1), dtype=np.uint8)
    frames[0, 0, 0], frames[0, 0, 1] = low, high
    return frames


def remarks(levels: GreyLevels | None = None, is_deep: bool = False, **frames: np.ndarray) -> list[str]:
    levels = levels or GreyLevels()
    for name, array in frames.items():
        for start in range(0, len(array), 16):
            levels.of(name, is_deep).add(array[start : start + 16])
    return levels.remarks()


@pytest.mark.parametrize(
    ("low", "high", "facts"),
    [
        (0, 16, ("16 of 255", "black")),
        (0, 31, ("31 of 255", "black")),
        (0, 0, ("0 of 255", "black")),
        (224, 255, ("224 of 255", "white")),
        (255, 255, ("255 of 255", "white")),
        (100, 116, (17, 256)),
    ],
)
def test_frames_with_a_part_of_the_levels_are_remarked_on_once(low: int, high: int, facts: tuple[object, ...]) -> None:
    (said,) = remarks(one=noise(low, high))
    assert holds(said, 40, "one", *facts)


@pytest.mark.parametrize(("low", "high"), [(0, 255), (0, 40), (200, 240), (20, 120)])
def test_ordinary_frames_are_not(low: int, high: int) -> None:
    assert remarks(one=noise(low, high)) == []


def test_one_bright_pixel_in_a_dark_video_is_found_wherever_it_is() -> None:
    for place in RNG.integers(0, 200 * 61 * 61, 20):
        frames = RNG.integers(0, 32, (200, 61, 61, 1), dtype=np.uint8)
        frames.reshape(-1)[place] = 200
        assert remarks(one=frames) == []


def test_masks_are_remarked_on_once_however_many_there_are() -> None:
    masks = {f"mask{number:02}": (noise(0, 255) > 127) * np.uint8(255) for number in range(30)}
    (said,) = remarks(**masks)
    assert holds(said, "1,200", "30 of 30", "mask00", "mask04", 2) and "mask05" not in said


def test_each_recording_is_in_one_remark_only() -> None:
    said = remarks(dark=noise(0, 16), light=noise(230, 255), coarse=noise(90, 99), fine=noise(0, 255))
    assert [[name for name in ("dark", "light", "coarse", "fine") if holds(one, f"({name})")] for one in said] == [
        ["dark"],
        ["light"],
        ["coarse"],
    ]
    assert all("1 of 4" in one for one in said)


def test_of_more_than_8_bits_a_quarter_of_the_range_is_dark_and_the_range_is_advised() -> None:
    (said,) = remarks(is_deep=True, one=noise(0, 64))
    assert holds(said, "64 of 255", "pixel_range", "[0 4095]", "[0 16383]")
    assert remarks(is_deep=True, one=noise(0, 65)) == []
    (said,) = remarks(GreyLevels((0.0, 65535.0)), one=noise(0, 16))
    assert holds(said, "pixel_range", "[0 65535]")
    (said,) = remarks(GreyLevels(has_range=False), one=noise(0, 1))
    assert "pixel_range" not in said


def test_a_range_that_is_two_bits_too_wide_is_remarked_on() -> None:
    (said,) = remarks(GreyLevels((0.0, 4095.0)), is_deep=True, one=noise(0, 63))
    assert holds(said, "63 of 255", "pixel_range", "[0 4095]") and "1023" not in said


def test_white_frames_have_no_advice_for_black_ones() -> None:
    (said,) = remarks(one=noise(230, 255))
    assert "black" not in said


def test_the_brightest_of_the_deep_images_counts_where_there_are_others() -> None:
    levels = GreyLevels()
    levels.put("mixed", Levels(True, 16))
    (said,) = remarks(levels, mixed=noise(0, 255))
    assert holds(said, "16 of 255")


def test_a_few_pixels_may_have_few_levels() -> None:
    assert remarks(tiny=noise(90, 99, n=10, side=20)) == []


def test_frames_may_lie_in_any_order_and_have_colours() -> None:
    turned = np.asfortranarray(noise(0, 16)[..., 0]).transpose(2, 0, 1)[..., np.newaxis]
    assert len(remarks(one=turned)) == 1
    assert remarks(one=noise(0, 255).repeat(3, axis=3)[:, :, ::-1]) == []
    assert remarks(one=noise(0, 255)[:0]) == []


def test_of_an_ordinary_recording_a_few_pixels_are_looked_at() -> None:
    levels, frames = Levels(), noise(0, 255, 256)
    levels.add(frames)
    assert steps(lambda: levels.add(frames)) < 10
    assert levels.frames == 512 and len(pickle.dumps(levels)) < 4000
