"""What MATLAB may hand over becomes the array that was meant."""

from __future__ import annotations

import array
import ctypes
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyside.data.formats import host_arrays
from pyside.errors import BadFrames, BadLabels, FrameOrder, LengthMismatch, TouchTrainError
from tests.conftest import holds, raises_with

STACK = np.arange(4 * 5 * 6, dtype=np.uint8).reshape(4, 5, 6)


class StandInWithBuffer(ctypes.c_double * 3 * 2):  # type: ignore[misc]
    """A stand-in for matlab.double since R2022a: it offers its memory, here of 2 x 3."""

    __module__ = "matlab"
    size = (2, 3)


class StandInWithFlatData:
    """A stand-in for matlab.double with public attributes only: size, and flat data in column-major order."""

    __module__ = "matlab"

    def __init__(self, values: np.ndarray) -> None:
        self._flat = array.array("d", values.ravel(order="F").tolist())
        self.size = values.shape

    def noncomplex(self) -> array.array:
        return self._flat


class StandInOfRows:
    """A stand-in for mlarray of R2021b and before: size, and rows to iterate over."""

    __module__ = "matlab._internal.mlarray_sequence"

    def __init__(self, values: np.ndarray) -> None:
        self._rows = values.tolist()
        self.size = values.shape

    def __iter__(self) -> Any:
        return iter(self._rows)


def read_only(values: np.ndarray) -> np.ndarray:
    values = values.copy(order="K")
    values.flags.writeable = False
    return values


@pytest.mark.parametrize(
    "handed_over",
    [
        memoryview(np.asfortranarray(STACK)),
        memoryview(read_only(np.asfortranarray(STACK))),
        np.asfortranarray(STACK),
        np.ascontiguousarray(STACK),
        read_only(STACK),
        STACK[::1, ::1, ::-1][:, :, ::-1],
        STACK.tolist(),
        tuple(tuple(map(tuple, plane)) for plane in STACK.tolist()),
    ],
    ids=["memoryview", "read-only memoryview", "F order", "C order", "read-only", "strided", "lists", "tuples"],
)
def test_every_form_of_a_stack_is_the_same_stack(handed_over: Any) -> None:
    assert np.array_equal(host_arrays.to_numpy(handed_over, "frames"), STACK)


@pytest.mark.parametrize("code", "dfbBhHiIqQ")
def test_a_row_comes_as_array_array_of_any_type(code: str) -> None:
    row = array.array(code, [1, 0, 3])
    found = host_arrays.to_numpy(row, "labels")
    assert found.dtype == np.dtype(code)
    assert found.tolist() == [1, 0, 3]


@pytest.mark.parametrize("number", [3, 3.0, np.float64(3), np.int16(3), True])
def test_a_vector_of_one_comes_as_a_plain_number(number: Any) -> None:
    assert np.atleast_1d(host_arrays.to_numpy(number, "labels")).tolist() == [number]


def test_memory_is_not_copied() -> None:
    stack = np.asfortranarray(STACK)
    assert np.shares_memory(host_arrays.to_numpy(memoryview(stack), "frames"), stack)
    assert np.shares_memory(host_arrays.to_nhwc(stack, "HWN"), stack)


def test_an_engine_array_that_offers_its_buffer_is_read_in_place() -> None:
    handed_over = StandInWithBuffer((1, 2, 3), (4, 5, 6))
    found = host_arrays.to_numpy(handed_over, "frames")
    assert found.tolist() == [[1, 2, 3], [4, 5, 6]]
    handed_over[1][2] = 7
    assert found[1, 2] == 7


@pytest.mark.parametrize("values", [STACK.astype(float), np.array([[1.0, 2.0, 3.0]])])
def test_an_engine_array_without_a_buffer_is_read_through_its_public_attributes(values: np.ndarray) -> None:
    assert np.array_equal(host_arrays.to_numpy(StandInWithFlatData(values), "frames"), values)
    assert np.array_equal(host_arrays.to_numpy(StandInOfRows(values), "frames"), values)


@pytest.mark.parametrize("nothing", ["text", None, [[1, 2], [3]], 1 + 2j, {"a": 1}, ["a"], np.array(["a"]), object()])
def test_what_is_no_array_of_real_numbers_is_an_error_that_names_it(nothing: Any) -> None:
    with raises_with(BadLabels, "labels of x"):
        host_arrays.to_numpy(nothing, "labels of x", BadLabels)
    with pytest.raises(BadFrames):
        host_arrays.to_numpy(nothing, "frames")


def test_a_cell_of_arrays_is_told_from_one_array() -> None:
    row = array.array("d", [1, 2])
    assert host_arrays.as_cell((STACK, STACK)) is not None
    assert host_arrays.as_cell((memoryview(STACK),)) is not None
    assert host_arrays.as_cell([row, row]) is not None
    assert host_arrays.as_cell(STACK) is None
    assert host_arrays.as_cell(STACK.tolist()) is None
    assert host_arrays.as_cell(()) is None
    objects = np.empty(2, object)
    objects[:] = [STACK, STACK[..., :2]]
    assert host_arrays.as_cell(objects) is not None


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("a", "b"), ["a", "b"]),
        ("a", ["a"]),
        (np.array(["a", "b"]), ["a", "b"]),
        (np.array([["a"], ["b"]], dtype=object), ["a", "b"]),
        ((1, 2), None),
        ((), None),
        (("a", 1), None),
    ],
)
def test_class_names_come_as_a_cell_or_array_of_texts(texts: Any, expected: list[str] | None) -> None:
    assert host_arrays.as_texts(texts) == expected


# --- axes


def resolve(size: Any, n: int, order: str, name: str) -> str:
    return host_arrays.resolve_order([size], [n], order, [name])


@pytest.mark.parametrize(
    ("order", "channels"), [("HWN", 1), ("NHW", 1), ("HWCN", 1), ("NHWC", 1), ("HWCN", 3), ("NHWC", 3)]
)
def test_every_order_gives_the_same_frames(order: str, channels: int) -> None:
    frames = np.random.default_rng(0).integers(0, 255, (7, 20, 24, channels), dtype=np.uint8)
    named = frames if "C" in order else frames[..., 0]
    letters = "NHWC" if "C" in order else "NHW"
    handed_over = np.asfortranarray(named.transpose([letters.index(axis) for axis in order]))
    assert resolve(handed_over.shape, 7, order, "frames") == order
    assert resolve(handed_over.shape, 7, "auto", "frames") == order
    assert host_arrays.frame_shape(handed_over.shape, order) == (20, 24, channels)
    assert np.array_equal(host_arrays.to_nhwc(handed_over, order), frames)


@pytest.mark.parametrize(
    ("size", "n", "order", "frame"),
    [
        ((20, 24), 1, "HWN", (20, 24, 1)),  # MATLAB leaves out trailing axes of length 1
        ((20, 24, 3), 1, "HWCN", (20, 24, 3)),
        ((20, 24, 1), 1, "HWN", (20, 24, 1)),
        ((20, 24, 3), 3, "HWN", (20, 24, 1)),
        ((1, 20, 24), 1, "NHW", (20, 24, 1)),
    ],
)
def test_axes_that_matlab_leaves_out_are_put_back(size: tuple, n: int, order: str, frame: tuple) -> None:
    assert resolve(size, n, "auto", "frames") == order
    assert host_arrays.frame_shape(size, order) == frame
    assert host_arrays.to_nhwc(np.zeros(size, np.uint8), order).shape == (n, *frame)


@pytest.mark.parametrize("size", [(61, 61, 61), (30, 61, 30), (3, 61, 3, 3)])
def test_an_ambiguous_order_is_an_error_that_names_the_option(size: tuple) -> None:
    with raises_with(FrameOrder, "frame_order"):
        resolve(size, size[0], "auto", "frames")


@pytest.mark.parametrize(
    ("size", "n", "order", "error"),
    [
        ((61, 61, 200), 199, "auto", LengthMismatch),
        ((61, 61, 200), 200, "NHW", LengthMismatch),
        ((61, 61, 200), 200, "HWCN", FrameOrder),
        ((5, 61, 61, 4), 5, "NHWC", FrameOrder),
        ((61, 61, 1, 200), 200, "HWN", FrameOrder),
        ((2, 3, 4, 5, 6), 6, "auto", FrameOrder),
    ],
)
def test_a_wrong_order_or_length_is_an_error(size: tuple, n: int, order: str, error: type[TouchTrainError]) -> None:
    with pytest.raises(error):
        resolve(size, n, order, "frames")


def test_an_error_of_order_names_the_order_that_would_fit() -> None:
    with raises_with(LengthMismatch, "NHW", "HWN"):
        resolve((61, 61, 200), 200, "NHW", "frames")


def test_recordings_settle_together_what_one_of_them_leaves_open() -> None:
    sizes, lengths = [(20, 24, 20), (20, 24, 31)], [20, 31]
    assert host_arrays.resolve_order(sizes, lengths, "auto", ["a", "b"]) == "HWN"
    with raises_with(FrameOrder, "frame_order"):
        host_arrays.resolve_order([(20, 24, 31), (31, 20, 24)], [31, 31], "auto", ["a", "b"])


def test_the_faults_of_all_arrays_are_told_at_once() -> None:
    with pytest.raises(LengthMismatch) as caught:
        host_arrays.resolve_order([(20, 24, 31)] * 3, [30, 31, 29], "auto", ["one", "two", "three"])
    first, second = caught.value.faults
    assert holds(first.text, "one", 30) and holds(second.text, "three", 29)


@given(
    st.lists(st.integers(1, 70), min_size=0, max_size=6), st.integers(1, 70), st.sampled_from(["auto", "HWN", "NHWC"])
)
def test_any_size_gives_an_order_that_fits_or_an_error_of_ours(size: list[int], n: int, order: str) -> None:
    try:
        found = resolve(size, n, order, "frames")
    except (FrameOrder, LengthMismatch):
        return
    assert host_arrays.to_nhwc(np.zeros(size, np.uint8), found).shape == (n, *host_arrays.frame_shape(size, found))


@pytest.mark.parametrize("n", [1, 2, 5, 3000])
def test_frames_in_order_are_the_same_frames(n: int) -> None:
    frames = host_arrays.to_nhwc(
        np.asfortranarray(np.random.default_rng(1).integers(0, 9, (8, 9, n), dtype=np.uint8)), "HWN"
    )
    ordered = host_arrays.in_order(frames)
    assert ordered.flags.c_contiguous
    assert np.array_equal(ordered, frames)
    assert host_arrays.in_order(ordered) is ordered


def test_strides_of_a_matlab_memoryview_are_column_major() -> None:
    view = memoryview(np.asfortranarray(STACK))
    assert all(a < b for a, b in pairwise(view.strides))


@pytest.mark.parametrize("shape", [(40, 20, 24, 4), (40, 20, 24, 2), (40, 3, 20, 24), (20, 24, 4, 40)])
def test_axes_that_are_no_channels_are_told_apart_from_a_wrong_number_of_labels(shape: tuple[int, ...]) -> None:
    with raises_with(FrameOrder, "x".join(map(str, shape)), "channels"):
        host_arrays.resolve_order([shape], [40], "auto", ["frames"])
    with raises_with(LengthMismatch, 41):
        host_arrays.resolve_order([shape], [41], "auto", ["frames"])


def test_missing_values_of_pandas_are_none_in_a_request() -> None:
    pandas = pytest.importorskip("pandas")
    assert host_arrays.in_memory(["A", pandas.NA, pandas.NaT], "labels", BadLabels) == ["A", None, None]
    assert host_arrays.in_memory([[0, pandas.NA], [1, None]], "labels", BadLabels) == [[0, None], [1, None]]
