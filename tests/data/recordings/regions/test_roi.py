"""Regions of interest lie where the centre says, within the frame."""

from __future__ import annotations

import numpy as np
import pytest

from pyside.data.recordings.regions.roi import Regions, center_matrix, place_regions
from pyside.errors import BadOption, LengthMismatch, OutOfFrame
from pyside.settings import speaking
from tests.conftest import raises_with

FRAME = (48, 64)  # rows, columns


def placed(
    centers: list[list[float]],
    size: tuple[int, int] = (5, 7),
    n: int = 3,
    first: int = 0,
    out_of_frame: str = "shift",
) -> Regions:
    return place_regions(np.array(centers, float), size, FRAME, n, "video1", first, out_of_frame)


def test_a_region_lies_around_its_centre() -> None:
    regions = placed([[20, 10]])
    assert regions.left.tolist() == [17] * 3 and regions.top.tolist() == [8] * 3
    assert regions.keep.all() and regions.shifted == 0


def test_matlab_counts_the_first_pixel_as_1() -> None:
    assert np.array_equal(placed([[21, 11]], first=1).left, placed([[20, 10]]).left)
    assert np.array_equal(placed([[21, 11]], first=1).top, placed([[20, 10]]).top)


@pytest.mark.parametrize(("x", "left"), [(19.4, 16), (19.5, 17), (20.49, 17), (-0.5, 0), (63.49, 57)])
def test_a_centre_between_pixels_belongs_to_the_nearest(x: float, left: int) -> None:
    assert placed([[x, 10]]).left[0] == left


def test_a_region_that_sticks_out_is_shifted_inside_and_counted() -> None:
    regions = placed([[1, 1], [20, 10], [63, 47]])
    assert regions.left.tolist() == [0, 17, 57] and regions.top.tolist() == [0, 8, 43]
    assert regions.shifted == 2


def test_a_frame_without_a_centre_is_left_out() -> None:
    regions = placed([[20, 10], [np.nan, np.nan], [np.nan, 10]])
    assert regions.keep.tolist() == [True, False, False]


def test_regions_that_stick_out_can_be_padded() -> None:
    regions = placed([[1, 1], [20, 10], [63, 47]], out_of_frame="pad")
    assert regions.left.tolist() == [-2, 17, 60] and regions.top.tolist() == [-1, 8, 45]
    assert regions.keep.all() and regions.counts() == {"shifted": 0, "padded": 2, "skipped": 0}


def test_a_centre_outside_is_padded_as_long_as_any_of_its_region_lies_inside() -> None:
    centers = [[-3, 10], [-4, 10], [66, 10], [67, 10], [20, -2], [20, -3], [20, 49], [20, 50], [np.inf, 10]]
    regions = placed(centers, n=9, out_of_frame="pad")
    assert regions.in_frame.tolist() == [True, False, True, False, True, False, True, False, False]
    assert regions.padded == 4 and regions.skipped == 5 and regions.without_center == 0


def test_a_region_larger_than_the_frame_can_be_padded() -> None:
    regions = placed([[31, 23]], (61, 81), out_of_frame="pad")
    assert (regions.top[0], regions.left[0], regions.padded) == (-7, -9, 3)


def test_frames_whose_region_sticks_out_can_be_skipped() -> None:
    regions = placed([[1, 1], [20, 10], [np.nan, 5], [-99, 9]], n=4, out_of_frame="skip")
    assert regions.keep.tolist() == [False, True, False, False]
    assert regions.skipped == 2 and regions.without_center == 1 and regions.shifted == regions.padded == 0
    assert regions.counts(np.array([True, True, True, False]))["skipped"] == 1


def test_a_region_that_sticks_out_can_be_an_error_with_all_there_is_to_know() -> None:
    with raises_with(OutOfFrame, "video1", 2, 3, "5 x 7", "(2, 3)", "48 x 64"):
        placed([[21, 11], [2, 3], [64, 48]], first=1, out_of_frame="error")
    assert placed([[20, 10]], out_of_frame="error").keep.all()


@pytest.mark.parametrize("size", [(61, 61), (81, 81), (60, 60), (1, 1), (40, 91)])
def test_a_region_of_any_size_has_its_centre_in_its_middle(size: tuple[int, int]) -> None:
    regions = place_regions(np.array([[100.0, 90.0]]), size, (200, 300), 1, "video1", 0, "error")
    assert (90 - regions.top[0], 100 - regions.left[0]) == (size[0] // 2, size[1] // 2)


def test_without_centres_the_region_is_in_the_middle() -> None:
    regions = place_regions(None, (47, 61), FRAME, 2, "video1", 1)
    assert (regions.top[0], regions.left[0]) == (1, 2)
    whole = place_regions(None, FRAME, FRAME, 2, "video1", 0)
    assert (whole.top[0], whole.left[0], whole.shifted) == (0, 0, 0)


@pytest.mark.parametrize("center", [[-1, 10], [64, 10], [20, 48], [20, -0.6], [np.inf, 10]])
def test_a_centre_outside_the_frame_is_named_with_its_frame(center: list[float]) -> None:
    with raises_with(OutOfFrame, "video1", 1, 3):
        placed([[20, 10], center, [20, 10]])


def test_a_centre_outside_is_told_in_matlabs_numbers() -> None:
    with speaking("matlab"), raises_with(OutOfFrame, 2, "(65, 11)"):
        placed([[21, 11], [65, 11], [21, 11]], first=1)


def test_a_region_larger_than_the_frame_is_a_fault() -> None:
    with raises_with(OutOfFrame, "61 x 61", "48 x 64"):
        placed([[20, 10]], (61, 61))


def test_one_centre_or_one_a_frame() -> None:
    with raises_with(LengthMismatch, 2, 3):
        placed([[20, 10], [20, 10]])


def test_centres_may_be_a_pair_rows_or_columns() -> None:
    rows = np.arange(10).reshape(5, 2)
    assert np.array_equal(center_matrix(rows, "x"), rows)
    assert np.array_equal(center_matrix(rows.T, "x"), rows)
    assert np.array_equal(center_matrix((3, 4), "x"), [[3, 4]])
    assert np.array_equal(center_matrix([[1, 2], [3, 4]], "x"), [[1, 2], [3, 4]])
    assert np.isnan(center_matrix([[None, None], [1, 2]], "x")[0]).all()


@pytest.mark.parametrize("value", [3, [1, 2, 3], np.zeros((3, 3)), "here", [], [[1, 2], [3]], np.zeros((2, 2, 2))])
def test_anything_else_is_no_centre(value: object) -> None:
    with raises_with(BadOption, "video1"):
        center_matrix(value, "video1")
