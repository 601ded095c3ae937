"""Converts frames to uint8, adjusts their contrast and resizes them, before they are stored."""

from __future__ import annotations

from typing import Any

import numpy as np

from pyside.aliases import Array
from pyside.errors import BadFrames, PixelRange
from pyside.settings.conversion import CONTRASTS
from pyside.settings.core import frame_named, named

_MATLAB_TYPES = {"float32": "single", "float64": "double"}
_DECLARED = {"uint8": (0.0, 255.0), "bool": (0.0, 1.0), "uint16": (0.0, 65535.0)}


def to_uint8(frames: Array, pixel_range: tuple[float, float] | None, what: str, first_frame: int | None = 0) -> Array:
    """Convert frames to uint8, where 0 is black and 255 is white.

    The value is ``round(255 * (x - black) / (white - black))``. The range is `pixel_range`, or that of the type. It is
    never the least and greatest value of the frames, which differ from file to file.

    Args:
        frames: (n, ...) of uint8, uint16, bool, or with a `pixel_range` any real numbers.
        pixel_range: the values of black and white, or None for the range of the type.
        what: name of the frames in errors.
        first_frame: number of the first of these frames in its source, from 0, for errors; None if `what` is a single
            image.

    Returns:
        uint8, same shape; `frames` itself if it needs no conversion.

    Raises:
        PixelRange: floats or signed integers without a range, or values outside the range.
        BadFrames: the frames contain NaN.
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
    """Return the values of black and white: `pixel_range`, or the range of the type of the frames.

    Args:
        dtype: NumPy's name of the type.
        pixel_range: the range that the user gave, or None.
        what: name of the frames in errors.

    Raises:
        PixelRange: no range was given, and the type has none.
    """
    found = pixel_range or _DECLARED.get(dtype)
    if found is None:
        raise undefined_range(dtype, what)
    return found


def has_range(dtype: str) -> bool:
    """Return whether the type of frames, NumPy's name, says which numbers mean black and white."""
    return dtype in _DECLARED


def undefined_range(dtype: str, what: str, why: str = "") -> PixelRange:
    """Return the error for frames of a type that has no range; `why` is a further sentence."""
    ranges = "[0 255], to [0 4095] for a camera of 12 bits" if "int" in dtype and not why else "[0 1] or to [0 255]"
    return PixelRange(
        f"{what}: frames of type {_MATLAB_TYPES.get(dtype, dtype)} do not define which number is white. "
        f"{why + ' ' if why else ''}Set the option {named('pixel_range')} to {ranges}, or give uint8."
    )


def _check_values(frames: Array, low: float, high: float, what: str, first_frame: int | None) -> None:
    if frames.dtype.kind == "f" and (bad := np.isnan(frames)).any():
        raise BadFrames(
            f"{what}:{_place(bad, first_frame)} holds NaN; there are {int(bad.sum())} in these frames. "
            "Replace them, or leave these frames out."
        )
    outside = (frames < low) | (frames > high)
    if outside.any():
        raise PixelRange(
            f"{what}:{_place(outside, first_frame)} has values outside the pixel range [{low:g} {high:g}]: "
            f"values run from {frames.min():g} to {frames.max():g}. Correct the option {named('pixel_range')}."
        )


def _place(mask: Array, first_frame: int | None) -> str:
    """Return the number of the first frame with a True value in `mask`, in words; nothing for a single image."""
    if first_frame is None:
        return ""
    return f" {frame_named(int(np.argmax(mask.reshape(len(mask), -1).any(axis=1))) + first_frame)}"


def luma_of(colours: Array) -> Array:
    """Return the luma of red, green and blue, (3, ...), as Pillow computes it."""
    if colours.dtype.kind != "u":
        weighted: Array = np.tensordot([0.299, 0.587, 0.114], colours.astype(np.float64), 1)
        return weighted
    red, green, blue = colours.astype(np.uint64)
    luma: Array = ((red * 19595 + green * 38470 + blue * 7471 + 32768) >> np.uint64(16)).astype(colours.dtype)
    return luma


def adjust_contrast(frames: Array, contrast: str) -> Array:
    """Change the contrast of each channel of each frame separately.

    ``stretch`` follows MATLAB's documentation of ``imadjust(I)`` with the limits of ``stretchlim(I)``: the darkest and
    the brightest 1 % of the pixels are saturated. The lower limit is the first level whose cumulative share of the
    pixels is above 0.01, the upper one the first whose share is at least 0.99, and ``(x - low) / (high - low)`` is
    clipped, multiplied by 255 and rounded. A frame whose limits are equal stays as it is.

    ``equalize`` makes all levels about equally frequent, as MATLAB's ``histeq(I, 256)`` does: ``x`` becomes 255 times
    the share of the pixels that are at most as bright, rounded, as in `skimage.exposure.equalize_hist`. A frame of one
    level stays as it is.

    Args:
        frames: uint8, (n, height, width, channels).
        contrast: ``none``, ``stretch`` or ``equalize``.

    Returns:
        uint8, same shape; `frames` itself if nothing changes.

    Raises:
        ValueError: `contrast` is none of these.
    """
    if contrast not in CONTRASTS:
        raise ValueError(f"contrast is {contrast!r}; it can be {', '.join(CONTRASTS)}.")
    if contrast == "none" or not frames.size:
        return frames
    n, height, width, channels = frames.shape
    planes = np.ascontiguousarray(np.moveaxis(frames, 3, 1)).reshape(n * channels, height * width)
    upto = np.cumsum([np.bincount(plane, minlength=256) for plane in planes], axis=1)  # pixels up to each level
    tables = _stretching(upto) if contrast == "stretch" else _equalizing(upto)
    changed = np.empty_like(planes)
    for target, plane, table in zip(changed, planes, tables, strict=True):
        target[:] = np.frombuffer(plane.tobytes().translate(table.tobytes()), np.uint8)
    return np.ascontiguousarray(np.moveaxis(changed.reshape(n, channels, height, width), 1, 3))


def _stretching(upto: Array) -> Array:
    """Return the new value of each level in each image, uint8, (n, 256)."""
    levels, n_pixels = np.arange(256), upto[0, -1]
    low = np.argmax(100 * upto > n_pixels, axis=1)[:, np.newaxis]
    high = np.argmax(100 * upto >= 99 * n_pixels, axis=1)[:, np.newaxis]
    stretched = np.floor((levels - low) * (255 / np.maximum(high - low, 1)) + 0.5).clip(0, 255)
    tables: Array = np.where(high > low, stretched, levels).astype(np.uint8)
    return tables


def _equalizing(upto: Array) -> Array:
    """Return the new value of each level in each image, uint8, (n, 256)."""
    n_pixels = upto[0, -1]
    one_level = ((upto == 0) | (upto == n_pixels)).all(axis=1)[:, np.newaxis]
    tables: Array = np.where(one_level, np.arange(256), np.floor(255 * upto / n_pixels + 0.5)).astype(np.uint8)
    return tables


RESIZED_BY = "bilinear with antialiasing, after the contrast"  # as `resize_frames` does


def noted_contrast(contrast: str) -> str | None:
    """Return the value for the descriptions of datasets and models: None if the contrast is unchanged."""
    return None if contrast == "none" else contrast


def resize_frames(frames: Array, size: tuple[int, int]) -> Array:
    """Resize frames by Pillow's bilinear filter, which uses all pixels when a frame becomes smaller.

    Args:
        frames: uint8, (n, height, width, channels), 1 or 3 channels.
        size: new (height, width).

    Returns:
        uint8, (n, height, width, channels); `frames` itself if it has that size.
    """
    if frames.shape[1:3] == tuple(size):
        return frames
    from PIL import Image

    resized = np.empty((len(frames), *size, frames.shape[3]), np.uint8)
    for number, frame in enumerate(frames):
        image = Image.fromarray(frame[..., 0] if frame.shape[2] == 1 else frame)
        resized[number] = np.asarray(image.resize((size[1], size[0]), Image.Resampling.BILINEAR)).reshape(
            resized.shape[1:]
        )
    return resized
