"""Converts arrays from MATLAB, Octave or Python to NumPy arrays, and finds the order of their axes.

The same MATLAB array arrives as ``array.array``, as a ``memoryview`` with column-major strides or as an ``ndarray``
of either order, mostly read-only, depending on MATLAB's release. A vector of one element arrives as a plain number, a
cell as a tuple. Through MATLAB's engine, arrays arrive as ``matlab.double`` and similar classes. No function here
changes its arguments, and none copies more than it must.
"""

from __future__ import annotations

import array
import numbers
import threading
from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from pyside.aliases import Array
from pyside.errors import BadFrames, BadLabels, Faults, FrameOrder, LengthMismatch, TouchTrainError
from pyside.settings.core import named

_ORDERS = ("HWN", "HWCN", "NHW", "NHWC")
_CHANNELS = (1, 3)
_ONE_LABEL = "Give one label per frame; -1 leaves a frame out."
_BYTES_AT_ONCE = 4 << 20  # large enough that two threads seldom wait for Python's lock, small enough to share evenly


def check_vector(shape: Sequence[int], what: str) -> None:
    """Raise `BadLabels` if labels of this shape are no vector."""
    if len(shape) < 2 or sum(side > 1 for side in shape) < 2:
        return
    cure = ""
    if len(shape) == 2:
        cure = (
            " For one column of 0 and 1 per class, give the number of the column, from 0: in MATLAB, [~, column] = "
            "max(labels, [], 2), and column - 1. For one column per recording, give a cell with one vector each: "
            "num2cell(labels, 1)."
        )
    size = "x".join(map(str, shape))
    raise BadLabels(f"{what}: expected a vector with one label per frame, received an array of {size}.{cure}")


def to_numpy(value: Any, what: str, error: type[TouchTrainError] = BadFrames) -> Array:
    """Return `value` as an array, without a copy if its memory can be used in place.

    Args:
        value: ndarray, memoryview, array.array, bytes, number, ``matlab.double`` or a similar class, or nested lists
            or tuples of numbers.
        what: name of the value in errors.
        error: the class of error to raise.

    Returns:
        An array of numbers or bool, with the shape that MATLAB's ``size`` shows (a number has shape ``()``).

    Raises:
        TouchTrainError: of class `error`, if it is text, None, ragged, complex or an object.
    """
    found = _as_array(value)
    if found is None or found.dtype.kind not in "biuf":
        got = type(value).__name__ if found is None or found.dtype.kind == "O" else f"{found.dtype} values"
        raise error(f"{what}: expected an array of real numbers, received {got}.")
    return found


def _as_array(value: Any) -> Array | None:
    if isinstance(value, np.ndarray):
        return value
    if isinstance(value, (bytes, bytearray)):
        return np.frombuffer(value, np.uint8)
    if isinstance(value, (memoryview, array.array, numbers.Number, np.generic)):
        return np.asarray(value)
    if is_matlab_array(value):
        return _from_matlab_array(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        if value and {type(item) for item in value} <= {bool, int, float}:
            return np.asarray(value)
        try:
            return np.asarray([_as_array(item) if is_array(item) else item for item in value])
        except ValueError:  # ragged
            return None
    return None


def is_matlab_array(value: Any) -> bool:
    """Return whether `value` is an array of MATLAB's engine, such as ``matlab.double``."""
    module = type(value).__module__.split(".")[0]
    return module.startswith("matlab") and isinstance(getattr(value, "size", None), tuple)


def _from_matlab_array(value: Any) -> Array:
    try:
        return np.asarray(memoryview(value))
    except TypeError:  # up to R2021b they have no buffer; their flat data are column-major, as always in MATLAB
        flat = value.noncomplex() if hasattr(value, "noncomplex") else None
        if flat is not None:
            return np.asarray(flat).reshape(value.size, order="F")
        return np.asarray([list(row) for row in value]).reshape(value.size)


def is_array(value: Any) -> bool:
    """Return whether `value` is one array, and not a number, a text or a list."""
    return isinstance(value, (np.ndarray, memoryview, array.array)) or is_matlab_array(value)


def as_cell(value: Any) -> list[Any] | None:
    """Return the items of a MATLAB cell or Python list of arrays; None for a single array."""
    if isinstance(value, np.ndarray) and value.dtype == object:
        return list(value.ravel())
    if isinstance(value, (list, tuple)) and value and all(is_array(item) for item in value):
        return list(value)
    return None


def as_texts(value: Any) -> list[str] | None:
    """Return a text, or a cell or array of texts, as a list; None for anything else."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, np.ndarray) and value.dtype.kind in "UO":
        value = value.ravel().tolist()
    if isinstance(value, (list, tuple)) and value and all(isinstance(item, str) for item in value):
        return list(value)
    return None


# --- plain values --------------------------------------------------------------------------------------------------


def in_memory(value: Any, what: str, error: type[TouchTrainError]) -> Any:
    """Return a value from memory as plain values, for a request; paths, also in a list, become absolute.

    Args:
        value: a path, number, text, array, list or dict of these, or None.
        what: name of the value in errors. In ``labels`` a list of texts is one of class names.
        error: the class of error to raise.

    Returns:
        Texts, numbers, lists and dicts.

    Raises:
        TouchTrainError: of class `error`, if something in it is no text, number or array of real numbers.
    """
    if isinstance(value, (str, PathLike)):
        return str(Path(value).absolute())
    found = _plain(value, what, error)
    if what != "labels" and isinstance(found, list) and found and all(isinstance(item, str) for item in found):
        return [str(Path(item).absolute()) for item in found]
    return found


def _plain(value: Any, what: str, error: type[TouchTrainError]) -> Any:
    """Turn a value from memory into texts, numbers, lists and dicts."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if type(value).__name__ in ("NAType", "NaTType"):  # of pandas
        return None
    if isinstance(value, PathLike):
        return str(value)
    if isinstance(value, Mapping):
        return {str(name): _plain(item, f"{what} of {name}", error) for name, item in value.items()}
    if (texts := as_texts(value)) is not None:
        return texts
    items = as_cell(value)
    if items is None and isinstance(value, (list, tuple)):
        items = list(value)
    if items is None:
        return to_numpy(value, what, error).tolist()
    return [_plain(item, f"{what} {{{number}}}", error) for number, item in enumerate(items, start=1)]


# --- axes ----------------------------------------------------------------------------------------------------------


def resolve_order(shapes: Sequence[Sequence[int]], n_labels: Sequence[int], order: str, what: Sequence[str]) -> str:
    """Find the order of axes that all arrays of frames have, and check that there is one label per frame.

    Args:
        shapes: shape of each array; MATLAB leaves out trailing axes of length 1.
        n_labels: number of labels of each array.
        order: ``HWN``, ``HWCN``, ``NHW``, ``NHWC``, or ``auto``: the order in which the axis of frames of every array
            is as long as its labels.
        what: name of each array in errors.

    Returns:
        One of the four orders.

    Raises:
        FrameOrder: with ``auto``, two orders fit; or an array does not have the axes of the given order.
        LengthMismatch: no order fits, or in the given order the number of frames differs. All faults at once.
    """
    faults = Faults()
    fitting = []
    for shape, n, name in zip(shapes, n_labels, what, strict=True):
        fitting.append(fitting_orders(shape, n))
        if order != "auto":
            _check_named(shape, n, order, name, fitting[-1], faults)
        elif not 2 <= len(shape) <= 4:
            axes = "HxWxN, HxWxCxN, NxHxW or NxHxWxC"
            faults.add(FrameOrder, f"{name}: expected frames as {axes}. This array is {_size(shape)}.")
        elif not fitting[-1]:
            if n in (shape[0], shape[-1]) and len(shape) == 4:
                axes = "HxWxCxN or NxHxWxC, where the channels C are 1 or 3"
                faults.add(FrameOrder, f"{name}: expected frames as {axes}. This array is {_size(shape)}.")
                continue
            text = f"{name}: there are {n} labels, but no axis of the {_size(shape)} array has that length."
            faults.add(LengthMismatch, f"{text} {_ONE_LABEL}")
    faults.raise_any()
    if order != "auto":
        return order
    common = [one for one in _ORDERS if all(one in orders for orders in fitting)]
    if len(common) == 1:
        return common[0]
    sizes = "; ".join(f"{_size(shape)} with {n} labels" for shape, n in zip(shapes, n_labels, strict=True))
    if common:
        raise FrameOrder(f"Frames of {sizes} may be {' or '.join(common)}. Set {named('frame_order')} to one of these.")
    raise FrameOrder(
        f"The axes of the frame arrays are in different orders: {sizes}. Bring them into one order, and name it by "
        f"{named('frame_order')} if need be."
    )


def fitting_orders(shape: Sequence[int], n_labels: int) -> list[str]:
    """Return the orders of axes in which an array has as many frames as there are labels."""
    return [one for one in _ORDERS if _fits(shape, one) == n_labels]


def _check_named(shape: Sequence[int], n: int, order: str, name: str, fitting: list[str], faults: Faults) -> None:
    n_frames = _fits(shape, order, exact=True)
    hint = f" {fitting[0]} would fit." if fitting else ""
    if n_frames is None:
        text = (
            f"{name}: an array of {_size(shape)} is not {order} (channels C are 1 or 3). Correct "
            f"{named('frame_order')}.{hint}"
        )
        faults.add(FrameOrder, text)
    elif n_frames != n:
        text = f"{name}: {n_frames} frames ({_size(shape)}, {order}) and {n} labels. {_ONE_LABEL}{hint}"
        faults.add(LengthMismatch, text)


def _size(shape: Sequence[int]) -> str:
    return "x".join(map(str, shape))


def _fits(shape: Sequence[int], order: str, *, exact: bool = False) -> int | None:
    """Return the number of frames of an array in `order`, or None if the array cannot have this order.

    `exact` is for an order that the user gave: then a missing axis of channels is one channel.
    """
    if not 2 <= len(shape) <= len(order):
        return None
    full = _padded(shape, order)
    if "C" in order and full[order.index("C")] not in _CHANNELS:
        return None
    if "C" in order and full[order.index("C")] == 1 and len(shape) < 4 and not exact:
        return None  # there is no axis of channels: HWN and NHW are the orders without one
    return full[order.index("N")]


def _padded(shape: Sequence[int], order: str) -> tuple[int, ...]:
    return (*shape, *(1,) * (len(order) - len(shape)))


def frame_shape(shape: Sequence[int], order: str) -> tuple[int, int, int]:
    """Return (height, width, channels) of the frames in an array of that shape and order."""
    full = dict(zip(order, _padded(shape, order), strict=True))
    return full["H"], full["W"], full.get("C", 1)


def to_nhwc(frames: Array, order: str) -> Array:
    """Return a view of frames as (n, height, width, channels).

    Args:
        frames: an array whose axes are in `order`; trailing axes of length 1 may be missing.
        order: ``HWN``, ``HWCN``, ``NHW`` or ``NHWC``.
    """
    full = frames[(..., *(np.newaxis,) * (len(order) - frames.ndim))]
    axes = [order.index(axis) for axis in "NHW"]
    if "C" in order:
        return full.transpose([*axes, order.index("C")])
    return full.transpose(axes)[..., np.newaxis]


def in_order(frames: Array) -> Array:
    """Return frames (n, height, width, channels) in C order: `frames` itself if it already is, otherwise a copy.

    Two threads copy, since transposing frames is limited by the processor, not by memory.
    """
    if frames.flags.c_contiguous:
        return frames
    ordered = np.empty(frames.shape, frames.dtype)
    step = max(1, _BYTES_AT_ONCE // max(1, frames[:1].nbytes))
    starts = iter(range(0, len(frames), step))  # each thread takes the next block

    def copy() -> None:
        for start in starts:
            np.copyto(ordered[start : start + step], frames[start : start + step])

    other = threading.Thread(target=copy)
    other.start()
    copy()
    other.join()
    return ordered
