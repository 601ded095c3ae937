"""What is done to every frame before it is stored: whatever depth it had, it becomes uint8."""

from __future__ import annotations

from typing import Any

import numpy as np

from pyside.errors import BadFrames, PixelRange

Array = np.ndarray[Any, Any]
_MATLAB_TYPES = {"float32": "single", "float64": "double"}
_DECLARED = {"uint8": (0.0, 255.0), "bool": (0.0, 1.0), "uint16": (0.0, 65535.0)}


def to_uint8(frames: Array, pixel_range: tuple[float, float] | None, what: str, first_frame: int = 0) -> Array:
    """Bring frames to uint8, where 0 is black and 255 is white.

    The value is ``round(255 * (x - black) / (white - black))``. The range is the stated one, or the depth that
    the type declares; never the least and greatest of the values at hand, which differ from file to file.

    Args:
        frames: (n, ...) of uint8, uint16, bool, or with a `pixel_range` any real numbers.
        pixel_range: the values that mean black and white, or None for the declared depth.
        what: what to call the frames in an error.
        first_frame: number of the first of these frames, for errors.

    Returns:
        uint8, same shape; `frames` itself where nothing is to do.

    Raises:
        PixelRange: floats or signed integers without a range, or values outside the range.
        BadFrames: NaN among the frames.
    """
    low, high = stated_range(frames.dtype.name, pixel_range, what)
    if frames.dtype == np.uint8 and (low, high) == (0.0, 255.0):
        return frames
    if frames.dtype == np.bool_ and (low, high) == (0.0, 1.0):
        return frames.view(np.uint8) * np.uint8(255)
    _check_values(frames, low, high, what, first_frame)
    precise = np.float32 if frames.dtype.itemsize <= 2 else np.float64
    scaled: Any = frames.astype(precise)
    scaled = (scaled - low) * (255.0 / (high - low))
    stored: Array = np.rint(scaled).astype(np.uint8)
    return stored


def stated_range(dtype: str, pixel_range: tuple[float, float] | None, what: str) -> tuple[float, float]:
    """Return the values that mean black and white: the stated ones, or those that the type of the frames declares.

    Args:
        dtype: NumPy's name of the type.
        pixel_range: what was stated, or None.
        what: what to call the frames in an error.

    Raises:
        PixelRange: nothing was stated, and the type does not say.
    """
    found = pixel_range or _DECLARED.get(dtype)
    if found is None:
        raise PixelRange(
            f"{what}: frames of type {_MATLAB_TYPES.get(dtype, dtype)} do not say which number is white. Set the "
            "option PixelRange (pixel_range in Python) to [0 1] or to [0 255], or hand over uint8."
        )
    return found


def _check_values(frames: Array, low: float, high: float, what: str, first_frame: int) -> None:
    if frames.dtype.kind == "f" and (bad := np.isnan(frames)).any():
        raise BadFrames(
            f"{what}: frame {_first(bad) + first_frame} holds NaN, {int(bad.sum())} of them in these frames. "
            "Replace them, or leave such frames out."
        )
    outside = (frames < low) | (frames > high)
    if outside.any():
        raise PixelRange(
            f"{what}: frame {_first(outside) + first_frame} has values outside the pixel range "
            f"[{low:g} {high:g}]: they run from {frames.min():g} to {frames.max():g}. "
            "Correct the option PixelRange (pixel_range in Python)."
        )


def _first(mask: Array) -> int:
    """Return the number of the first frame that has anything set in `mask`."""
    return int(np.argmax(mask.reshape(len(mask), -1).any(axis=1)))
