"""What the two processes send each other: a record as JSON, and arrays as raw bytes.

A message is four bytes with the length of its head (little-endian), the head, and the bytes of the arrays. The head is
JSON: ``record``, and for each array its ``shape``, ``dtype`` and ``order``, C or F.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Sequence
from typing import Any

import numpy as np

from pyside.aliases import Array
from pyside.system.records import plain

_AT_ONCE = 1 << 20  # bytes
Message = tuple[dict[str, Any], list[Array]]


def send(target: Any, record: dict[str, Any], arrays: Sequence[Array] = ()) -> None:
    """Write a message.

    Args:
        target: the pipe.
        record: plain values.
        arrays: of bools, integers or floats; an array that is contiguous in C or Fortran order is not copied.

    Raises:
        OSError: the reader has gone.
    """
    arrays = [one if one.flags.c_contiguous or one.flags.f_contiguous else np.ascontiguousarray(one) for one in arrays]
    orders = ["C" if one.flags.c_contiguous else "F" for one in arrays]
    about = [
        {"shape": one.shape, "dtype": one.dtype.str, "order": order} for one, order in zip(arrays, orders, strict=True)
    ]
    head = json.dumps(plain({"record": record, "arrays": about})).encode("ascii")
    target.write(struct.pack("<I", len(head)) + head)
    for one, order in zip(arrays, orders, strict=True):
        values = memoryview((one if order == "C" else one.T).reshape(-1).view(np.uint8))
        for start in range(0, len(values), _AT_ONCE):
            target.write(values[start : start + _AT_ONCE])
    target.flush()


def receive(source: Any) -> Message:
    """Read a message.

    Raises:
        EOFError: the writer has gone.
    """
    (length,) = struct.unpack("<I", _exactly(source, 4))
    head = json.loads(bytes(_exactly(source, length)))
    return head["record"], [_array(source, **about) for about in head["arrays"]]


def _array(source: Any, shape: Sequence[int], dtype: str, order: Any) -> Array:
    kind = np.dtype(dtype)
    values = np.frombuffer(_exactly(source, math.prod(shape) * kind.itemsize), kind)
    found: Array = values.reshape(shape, order=order)
    return found


def _exactly(source: Any, n: int) -> bytearray:
    found = bytearray(n)
    view, read = memoryview(found), 0
    while read < n:
        more = source.readinto(view[read : read + _AT_ONCE])
        if not more:
            raise EOFError
        read += more
    return found
