"""Values between Python and MATLAB or Octave, the same from either engine.

========================================  =================================================================
MATLAB                                    Python gets
========================================  =================================================================
double or single, 1x1                     float
an integer type, 1x1                      int
logical, 1x1                              bool
complex, 1x1                              complex
numeric or logical array, empty too       ndarray of MATLAB's size and type, in column-major order
char row or column, '' too; string, 1x1   str
string row or column                      list of str
cell row or column, {} too                list
struct, 1x1                               dict
datetime, table, dictionary               as matlabengine converts them
all else, and values above 2 GB           BadValue: cell and char matrices, struct arrays, sparse, handles, objects
========================================  =================================================================

========================================  =================================================================
Python                                    MATLAB gets
========================================  =================================================================
float, NumPy's floats                     double (single of a float32)
int, NumPy's integers                     int64 (NumPy's: their own type). 5 / 2 is 3 in MATLAB then, so pass 5.0
bool                                      logical
complex                                   complex double
str                                       char row
bytes, bytearray                          uint8 row
list, tuple, range, set                   cell row
dict with texts as keys                   struct
ndarray, other buffers                    array of its type, of two axes or more; one axis becomes a row
None, all else, and values above 2 GB     BadValue
========================================  =================================================================

Octave has no string arrays, datetime, table or dictionary. Its texts are bytes in UTF-8, so ``length`` counts bytes,
where MATLAB counts letters. Otherwise both engines convert values alike.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Set
from typing import Any

import numpy as np

from pyside.errors import BadValue

MOST_BYTES = 2**31 - 1  # of one array, by the documentation of MATLAB's engine
_DEEPEST = 60
_NAME = re.compile(r"[A-Za-z]\w{0,62}", re.ASCII)
TYPES = ("float64", "float32", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "bool")


def outgoing(value: Any, place: str = "the value", depth: int = 0) -> Any:
    """Return a value as ndarray of two axes or more, str, list or dict.

    Args:
        value: the caller's value.
        place: its name in messages.
        depth: number of containers around it.

    Raises:
        BadValue: the value cannot be converted to MATLAB.
    """
    if depth > _DEEPEST:
        raise BadValue(
            f"{place} contains itself, or is nested deeper than {_DEEPEST} levels, which MATLAB cannot hold."
        )
    if isinstance(value, str):
        return _text(value, place)
    if isinstance(value, Mapping):
        _check_names(value, place)
        return {name: outgoing(item, f"{place}[{name!r}]", depth + 1) for name, item in value.items()}
    if isinstance(value, (list, tuple, range, Set)):
        items = sorted(value, key=str) if isinstance(value, Set) else value
        return [outgoing(item, f"{place}[{number}]", depth + 1) for number, item in enumerate(items)]
    return _array(value, place) if isinstance(value, np.ndarray) else _scalar_or_buffer(value, place)


def _text(value: str, place: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError:
        raise BadValue(
            f"{place} is a text with a lone surrogate, half of a letter: {ascii(value[:40])}. Correct it."
        ) from None
    return value


def _check_names(value: Mapping[Any, Any], place: str) -> None:
    for name in value:
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise BadValue(
                f"{place} has the key {name!r}, which is not a valid field name: a letter, then letters, digits, _."
            )


def _scalar_or_buffer(value: Any, place: str) -> np.ndarray:
    if value is None:
        raise BadValue(f"{place} is None, for which MATLAB has no value. Pass numpy.empty((0, 0)) for [], or ''.")
    if isinstance(value, (bool, int, float, complex, np.generic)):
        return _number(value, place)
    if isinstance(value, (bytes, bytearray)):
        return np.frombuffer(bytes(value), np.uint8).reshape(1, -1)
    try:
        array = np.asarray(memoryview(value))
    except TypeError:
        kind = type(value).__name__
        raise BadValue(f"{place} is of type {kind}, for which MATLAB has no value. {_instead(value)}") from None
    return _array(array, place)


def _instead(value: Any) -> str:
    """Return a sentence on what to pass instead of a value that cannot be converted."""
    if isinstance(value, os.PathLike):
        return "Pass str() of it."
    if hasattr(value, "toarray"):
        return "Pass its .toarray()."
    if hasattr(value, "to_dict"):
        return "Pass its .to_dict('list')."
    if callable(value):
        return "Pass the name of a MATLAB function."
    return "Pass numbers, texts, arrays, or lists and dicts of them."


def _number(value: Any, place: str) -> np.ndarray:
    if isinstance(value, int) and not isinstance(value, bool) and not -(2**63) <= value < 2**63:
        raise BadValue(f"{place} is {value}, too large for int64. Pass it as float or numpy.uint64.")
    return _array(np.asarray(value), place)


def _array(array: np.ndarray, place: str) -> np.ndarray:
    if array.dtype.name not in (*TYPES, "complex128", "complex64"):
        raise BadValue(f"{place} is an array of {array.dtype}. MATLAB has {', '.join(TYPES)} and complex arrays.")
    if isinstance(array, np.ma.MaskedArray):
        raise BadValue(f"{place} is a masked array, and MATLAB has no masks. Pass its .filled(numpy.nan).")
    if array.size * array.itemsize > MOST_BYTES:
        gigabytes = array.size * array.itemsize / 1e9
        raise BadValue(
            f"{place} has {gigabytes:.1f} GB; at most 2 GB can pass at once. Write a file and pass its path."
        )
    array = array.astype(array.dtype.newbyteorder("="), copy=False)
    return array.reshape(1, -1) if array.ndim < 2 else array


def incoming(value: Any, place: str = "the result") -> Any:
    """Return a value from an engine, converted as in the table above.

    Args:
        value: ndarrays of MATLAB's size, str, list, dict, and Python scalars.
        place: its name in messages.
    """
    if isinstance(value, np.ndarray):
        if value.size == 1:
            return value.item()
        return np.asfortranarray(value)
    if isinstance(value, (list, tuple)):
        return [incoming(item, f"{place}[{number}]") for number, item in enumerate(value)]
    if isinstance(value, dict):
        return {name: incoming(item, f"{place}[{name!r}]") for name, item in value.items()}
    return value
