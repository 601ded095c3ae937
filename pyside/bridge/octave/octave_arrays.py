"""Arrays as a MATLAB release passes them to Python: bytes in column-major order become array, memoryview or ndarray."""

from __future__ import annotations

import array
import math
from typing import Any

from .octave_calls import MatlabError


def real_array(data: memoryview, code: str, shape: tuple[int, ...], release: str) -> Any:
    """An array as the MATLAB release passes it.

    Args:
        data: the elements, in column-major order.
        code: typecode, as in the array module; ``?`` is bool.
        shape: at least two sizes.
        release: ``R2024b``: array.array for a row of numbers, otherwise a read-only memoryview; ``R2025a``: ndarray
            if there is NumPy. A memoryview of a vector has one dimension, so that Python code can iterate over it.
    """
    if release == "R2024b" and len(shape) == 2 and shape[0] == 1 and code != "?":
        row = array.array(code)
        row.frombytes(data)
        return row
    if release == "R2024b" or not has_numpy():
        is_vector = len(shape) == 2 and 1 in shape
        return buffer(data, code, (math.prod(shape),) if is_vector else shape).toreadonly()
    return ndarray(data, code, shape)


def ndarray(data: memoryview, code: str, shape: tuple[int, ...]) -> Any:
    """A column-major ndarray over the bytes; a row has one dimension."""
    import numpy

    if len(shape) == 2 and shape[0] == 1:
        shape = shape[1:]
    return numpy.ndarray(shape, code, data if len(data) else None, order="F")


def complex_ndarray(data: memoryview, code: str, shape: tuple[int, ...]) -> Any:
    """complex64 or complex128 over pairs of numbers; only since R2025a, so Octave refuses it before."""
    if not has_numpy():
        raise MatlabError(
            "MATLAB:Python:UnsupportedInputTypeError",
            "Conversion of a complex array to Python needs NumPy in that Python.",
        )
    return ndarray(data, {"f": "F", "d": "D"}[code], shape)


def buffer(data: memoryview, code: str, shape: tuple[int, ...]) -> memoryview:
    """A memoryview of any shape: in place with NumPy, in row-major order without."""
    if len(shape) == 1:
        return data.cast(code) if len(data) else memoryview(b"").cast(code)  # type: ignore[call-overload]
    if has_numpy():
        return memoryview(ndarray(data, code, shape))
    if not len(data):
        raise MatlabError(
            "MATLAB:Python:UnsupportedInputArraySizeError",
            "Conversion of an empty matrix to Python needs NumPy in that Python.",
        )
    elements = array.array("B" if code == "?" else code)
    elements.frombytes(data)
    rows = memoryview(row_major(elements, shape).tobytes())
    return rows.cast(code, shape)  # type: ignore[call-overload]


def row_major(elements: array.array[Any], shape: tuple[int, ...]) -> array.array[Any]:
    """Column-major elements in row-major order."""
    if len(shape) == 1:
        return elements
    rows = array.array(elements.typecode)
    for first in range(shape[0]):
        rows.extend(row_major(elements[first :: shape[0]], shape[1:]))
    return rows


def has_numpy() -> bool:
    """Whether NumPy can be imported; if so, it is imported."""
    try:
        import numpy  # noqa: F401
    except ImportError:
        return False
    return True
