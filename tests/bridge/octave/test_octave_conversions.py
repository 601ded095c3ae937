"""What MATLAB's functions make of Python objects."""

from __future__ import annotations

import array
from typing import Any

import numpy as np
import pytest

from pyside.bridge.octave.octave_calls import MatlabError
from pyside.bridge.octave.octave_conversions import (
    INTEGER_RANGES,
    SHOWN_CHARACTERS,
    end_of,
    is_equal,
    matlab_shape,
    shown,
    size_of,
    to_cell,
    to_char,
    to_number,
    to_string,
    to_struct,
)
from pyside.bridge.octave.octave_wire import Cell, Integer, Matrix, Struct, Text, Vector


def content(value: Any) -> Any:
    """Return what a wire value holds, through and through, as plain values."""
    if isinstance(value, Cell):
        return [content(one) for one in value.content]
    if isinstance(value, Struct):
        return {name: content(one) for name, one in value.content.items()}
    if isinstance(value, (Vector, Matrix)):
        return value.content.tolist()
    return value.content if isinstance(value, (Text, Integer)) else value


def test_texts_are_what_str_says() -> None:
    assert content(to_char("a")) == "a" and content(to_char(1.5)) == "1.5"
    assert content(to_string(["a", 2])) == ["a", "2"] and content(to_string("a")) == "a"


def test_the_elements_of_a_sequence_are_a_cell() -> None:
    assert content(to_cell((1.0, "a"))) == [1.0, "a"] and content(to_cell(range(2))) == [0, 1]
    for value, advice in (("abc", "py.list"), ({1}, "py.list"), (1.0, "not possible")):
        with pytest.raises(MatlabError, match=advice):
            to_cell(value)


def test_a_mapping_is_a_struct_with_its_texts_converted() -> None:
    found = to_struct({"a": "x", "b": [1]})
    assert isinstance(found, Struct) and isinstance(found.content["a"], Text) and found.content["b"] == [1]
    for value in ([1], {"1a": 0}, {"_a": 0}, {"ä": 0}, {1: 0}, {"a b": 0}):
        with pytest.raises(MatlabError, match="Conversion to struct"):
            to_struct(value)


@pytest.mark.parametrize(("target", "limits"), INTEGER_RANGES.items())
def test_whole_numbers_are_clipped_to_the_class_and_keep_all_their_digits(target: str, limits: tuple[int, int]) -> None:
    for value, expected in zip((-(10**30), 10**30, 0, limits[1] - 1), (*limits, 0, limits[1] - 1), strict=True):
        assert content(to_number(value, target)) == expected
    assert content(to_number([limits[0], limits[1], 10**30], target)) == [limits[0], limits[1], limits[1]]


@pytest.mark.parametrize(
    ("value", "target", "expected"),
    [
        (3, "double", 3.0),
        (True, "double", True),
        (0.0, "logical", False),
        (1 + 2j, "double", 1 + 2j),
        (b"ab", "uint8", [97, 98]),
        ([1, 2.5, True], "double", [1.0, 2.5, 1.0]),
        ([], "double", []),
        ([1, 2j], "double", [1, 2j]),
        ([np.int8(3)], "int8", [3]),
        (array.array("h", [1, 2]), "double", [1, 2]),
        (memoryview(array.array("d", [1, 2])), "double", [1, 2]),
        (memoryview(np.arange(6.0).reshape(2, 3)), "double", [[0, 1, 2], [3, 4, 5]]),
        (np.arange(6).reshape(2, 3).T, "double", [[0, 3], [1, 4], [2, 5]]),
        (np.float32(1.5), "double", 1.5),
        (np.array([True]), "logical", [True]),
    ],
)
def test_numbers_come_from_whatever_holds_them(value: Any, target: str, expected: Any) -> None:
    found = content(to_number(value, target))
    assert found == expected and type(found) is type(expected)


@pytest.mark.parametrize(
    ("value", "target", "error", "text"),
    [
        ("1", "double", MatlabError, "from py.str is not possible"),
        (b"ab", "double", MatlabError, "from py.bytes"),
        ([1, "a"], "double", MatlabError, "position 2"),
        (array.array("d", [1]), "logical", MatlabError, "logical"),
        (np.array([1]), "logical", MatlabError, "dtype"),
        (np.array(["a"]), "double", MatlabError, "dtype"),
        (np.float16(1), "double", MatlabError, "float16"),
        (memoryview(b"ab").cast("c"), "double", MatlabError, "format"),
        (np.arange(9).reshape(3, 3)[:, ::2], "double", ValueError, "not contiguous"),
        (memoryview(np.arange(9))[::2], "double", ValueError, "not contiguous"),
    ],
)
def test_what_holds_no_numbers_is_told(value: Any, target: str, error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        to_number(value, target)


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        (5, (1, 1)),
        ("abc", (1, 3)),
        ({}, (1, 0)),
        (np.zeros(3), (1, 3)),
        (np.float64(1), (1, 1)),
        (np.zeros((2, 3, 4)), (2, 3, 4)),
        (memoryview(b"abcd"), (1, 4)),
    ],
)
def test_everything_has_two_sizes_at_least(value: Any, shape: tuple[int, ...]) -> None:
    assert matlab_shape(value) == shape and content(size_of(value)) == list(shape)


def test_end_is_the_last_position_of_its_index() -> None:
    elements = np.zeros((2, 3, 4))
    assert [end_of(elements, place, 3) for place in (1, 2, 3)] == [2, 3, 4]
    assert [end_of(elements, place, 2) for place in (1, 2)] == [2, 12]
    assert end_of([1, 2, 3], 1, 1) == 3 and end_of(np.zeros(5), 1, 1) == 5 and end_of("", 1, 1) == 0


def test_a_long_text_is_shown_in_part() -> None:
    assert content(shown("a")) == "a" and content(shown(["a"])) == "['a']"
    text = content(shown("x" * (SHOWN_CHARACTERS + 1)))
    assert text == "x" * SHOWN_CHARACTERS + f" ... ({SHOWN_CHARACTERS + 1} characters)"


def test_arrays_are_equal_as_a_whole() -> None:
    assert is_equal(np.arange(3), [0, 1, 2], array.array("d", [0, 1, 2])) and is_equal("a", "a", "a")
    assert not is_equal(np.arange(3), np.arange(4)) and not is_equal("a", "a", "b")
    assert is_equal(np.float64(2), 2) and not is_equal(np.zeros((2, 1)), np.zeros((1, 2)))
