"""Regions of interest lie where the centre says, within the frame."""

from __future__ import annotations

import numpy as np
import pytest

from pyside.data.roi import center_matrix, place_regions
from pyside.errors import BadOption, LengthMismatch, OutOfFrame

FRAME = (48, 64)  # rows, columns


def placed(centers: list[list[float]], size: tuple[int, int] = (5, 7), n: int = 3, first: int = 0):  # type: ignore[no-untyped-def]
    return place_regions(np.array(centers, float), size, FRAME, n, "video1", first)


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


def test_without_centres_the_region_is_in_the_middle() -> None:
    regions = place_regions(None, (47, 61), FRAME, 2, "video1", 1)
    assert (regions.top[0], regions.left[0]) == (1, 2)
    whole = place_regions(None, FRAME, FRAME, 2, "video1", 0)
    assert (whole.top[0], whole.left[0], whole.shifted) == (0, 0, 0)


@pytest.mark.parametrize("center", [[-1, 10], [64, 10], [20, 48], [20, -0.6], [np.inf, 10]])
def test_a_centre_outside_the_frame_is_named_with_its_frame(center: list[float]) -> None:
    with pytest.raises(OutOfFrame, match="video1: Image out of frame: 1 of 3 centres .* first at frame 1:"):
        placed([[20, 10], center, [20, 10]])


def test_a_centre_outside_is_told_in_matlabs_numbers() -> None:
    with pytest.raises(OutOfFrame, match=r"first at frame 2: \(65, 11\).*counted from 1"):
        placed([[21, 11], [65, 11], [21, 11]], first=1)


def test_a_region_larger_than_the_frame_is_a_fault() -> None:
    with pytest.raises(OutOfFrame, match="61 x 61 .* larger than the frame of 48 x 64"):
        placed([[20, 10]], (61, 61))


def test_one_centre_or_one_a_frame() -> None:
    with pytest.raises(LengthMismatch, match="2 centres for 3 frames"):
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
    with pytest.raises(BadOption, match="Centers of video1"):
        center_matrix(value, "video1")
