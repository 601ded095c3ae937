"""Arrays as a MATLAB release passes them to Python."""

from __future__ import annotations

import array
from typing import Any

import numpy as np
import pytest

from pyside.bridge.octave import octave_arrays
from pyside.bridge.octave.octave_arrays import complex_ndarray, real_array, row_major
from pyside.bridge.octave.octave_calls import MatlabError

SHAPES = [(1, 5), (5, 1), (1, 1), (2, 3), (3, 1, 2), (2, 3, 4)]


def by_columns(shape: tuple[int, ...], code: str = "d") -> tuple[np.ndarray, memoryview]:
    """Return an array, and its bytes in column-major order."""
    elements = np.random.default_rng(0).integers(0, 2 if code == "?" else 100, shape).astype(code)
    return elements, memoryview(bytearray(elements.tobytes(order="F")))


@pytest.fixture
def without_numpy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(octave_arrays, "has_numpy", lambda: False)


@pytest.mark.parametrize("code", "d?Bq")
@pytest.mark.parametrize("shape", SHAPES)
def test_since_r2025a_arrays_are_numpy_s_over_the_bytes(shape: tuple[int, ...], code: str) -> None:
    elements, data = by_columns(shape, code)
    found = real_array(data, code, shape, "R2025a")
    assert isinstance(found, np.ndarray) and found.dtype == elements.dtype
    assert np.array_equal(found, elements[0] if len(shape) == 2 and shape[0] == 1 else elements)
    assert np.shares_memory(found, np.frombuffer(data, np.uint8)) and found.flags.writeable


@pytest.mark.parametrize("code", "d?B")
@pytest.mark.parametrize("shape", SHAPES)
def test_before_they_are_views_and_rows_are_arrays_of_the_standard_library(shape: tuple[int, ...], code: str) -> None:
    elements, data = by_columns(shape, code)
    found = real_array(data, code, shape, "R2024b")
    is_row = len(shape) == 2 and shape[0] == 1 and code != "?"
    assert isinstance(found, array.array if is_row else memoryview)
    is_vector = len(shape) == 2 and 1 in shape
    assert np.asarray(found).tolist() == (elements.ravel() if is_vector else elements).tolist()
    assert is_row or found.readonly


@pytest.mark.parametrize("code", "d?B")
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.usefixtures("without_numpy")
def test_without_numpy_they_are_views_with_the_same_elements(shape: tuple[int, ...], code: str) -> None:
    elements, data = by_columns(shape, code)
    found = real_array(data, code, shape, "R2025a")
    is_vector = len(shape) == 2 and 1 in shape
    assert isinstance(found, memoryview)
    assert found.tolist() == (elements.ravel() if is_vector else elements).tolist()


@pytest.mark.parametrize("release", ["R2024b", "R2025a"])
@pytest.mark.parametrize("shape", [(0, 0), (1, 0), (0, 1), (0, 3)])
def test_an_empty_array_has_its_type_and_no_element(shape: tuple[int, ...], release: str) -> None:
    found = np.asarray(real_array(memoryview(b""), "d", shape, release))
    assert found.size == 0 and found.dtype == np.float64


@pytest.mark.usefixtures("without_numpy")
def test_what_takes_numpy_says_so() -> None:
    for read, arguments in ((real_array, ((0, 3), "R2025a")), (complex_ndarray, ((2, 2),))):
        with pytest.raises(MatlabError, match="needs NumPy in that Python"):
            read(memoryview(b""), "d", *arguments)  # type: ignore[operator]


@pytest.mark.parametrize(("code", "dtype"), [("f", "F"), ("d", "D")])
def test_complex_numbers_come_as_pairs(code: str, dtype: str) -> None:
    elements = (np.arange(6).reshape(2, 3) + 1j).astype(dtype)
    found = complex_ndarray(memoryview(bytearray(elements.tobytes(order="F"))), code, (2, 3))
    assert found.dtype == elements.dtype and np.array_equal(found, elements)


@pytest.mark.parametrize("shape", [(4,), *SHAPES])
def test_columns_are_turned_into_rows(shape: tuple[int, ...]) -> None:
    elements = np.arange(np.prod(shape)).reshape(shape)
    turned: Any = row_major(array.array("q", elements.ravel(order="F").tolist()), shape)
    assert turned.tolist() == elements.ravel().tolist()
