"""Checks arrays of frames against what a model takes, and brings them into the form that it was trained on."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import numpy as np

from pyside.aliases import Array
from pyside.curation.model.facts import ModelFacts
from pyside.data.formats import host_arrays
from pyside.data.formats.frames import adjust_contrast, to_uint8
from pyside.errors import BadFrames, Faults, FrameOrder
from pyside.settings.conversion import FRAME_ORDERS
from pyside.settings.core import named
from pyside.settings.curation import PredictSettings

_ORDERS = FRAME_ORDERS[1:]
_AT_ONCE = 1024  # frames; floats take up to 16 times their size as uint8 meanwhile


def ready(arrays: Sequence[Array], what: Sequence[str], facts: ModelFacts, settings: PredictSettings) -> list[Array]:
    """Return frames as the network saw them in the training.

    Args:
        arrays: frames, already cut out; the axes of all are in one order.
        what: name of each array in errors.
        facts: of the model.
        settings: `frame_order`, `pixel_range` and `contrast` count.

    Returns:
        uint8, (n, height, width, channels) for each array, in C order: the same memory where nothing is to be done.

    Raises:
        BadFrames: they have another size than those of the training; NaN.
        FrameOrder: the order of the axes is ambiguous, or not the stated one.
        PixelRange: floats without a range, or values outside it. All faults at once.
    """
    order = _order([array.shape for array in arrays], what, facts, settings.frame_order)
    contrast = settings.contrast or facts.contrast
    faults, found = Faults(), []
    for array, name in zip(arrays, what, strict=True):
        with faults.noting():
            found.append(_converted(host_arrays.to_nhwc(array, order), name, _range(array, facts, settings), contrast))
    faults.raise_any()
    return found


def _range(array: Array, facts: ModelFacts, settings: PredictSettings) -> tuple[float, float] | None:
    """Return the numbers that mean black and white; None for those of the type.

    Numbers of 8 bits are used as they are. A range of the training holds for other whole numbers, but not for floats:
    those from 0 to 1 would all be black.
    """
    if settings.pixel_range or array.dtype.kind not in "iu" or array.dtype.itemsize == 1:
        return settings.pixel_range
    return facts.pixel_range


def _converted(frames: Array, name: str, pixel_range: tuple[float, float] | None, contrast: str) -> Array:
    if frames.dtype == np.uint8 and contrast == "none" and pixel_range in (None, (0, 255)):
        return host_arrays.in_order(frames)
    converted = np.empty(frames.shape, np.uint8)
    for start in range(0, len(frames), _AT_ONCE):
        block = slice(start, start + _AT_ONCE)
        converted[block] = adjust_contrast(to_uint8(frames[block], pixel_range, name, start), contrast)
    return converted


def _order(shapes: Sequence[tuple[int, ...]], what: Sequence[str], facts: ModelFacts, wanted: str) -> str:
    """Return the order of axes in which all arrays hold frames of the model's size."""
    faults = Faults()
    for shape, name in zip(shapes, what, strict=True):
        if 0 in shape or len(shape) < 2:
            faults.add(BadFrames, f"{name}: {_array(shape)} holds no frames.")
        elif wanted != "auto" and not _can_be(shape, wanted):
            faults.add(FrameOrder, f"{name}: {_array(shape)} is not {wanted}. Correct {named('frame_order')}.")
        elif not _fitting(shape, facts.image_shape, wanted):
            faults.add(BadFrames, f"{name}: {_misfit(shape, facts, wanted)}")
    faults.raise_any()
    common = [one for one in _ORDERS if all(one in _fitting(shape, facts.image_shape, wanted) for shape in shapes)]
    if len(common) == 1:
        return common[0]
    shown = "; ".join(dict.fromkeys(map(_size, shapes)))
    if common:
        raise FrameOrder(f"Frames of {shown} may be {' or '.join(common)}. Set {named('frame_order')} to one of these.")
    raise FrameOrder(f"The axes of the frame arrays are in different orders: {shown}. Bring them into one order.")


def _can_be(shape: tuple[int, ...], order: str) -> bool:
    return 2 <= len(shape) <= len(order)


@functools.lru_cache(maxsize=64)
def _fitting(shape: tuple[int, ...], image_shape: tuple[int, int, int], wanted: str) -> list[str]:
    """Return the orders of axes in which an array holds frames that the model takes."""
    orders = _ORDERS if wanted == "auto" else [wanted]
    found = [one for one in orders if _can_be(shape, one) and host_arrays.frame_shape(shape, one) == image_shape]
    plain = [one for one in found if len(one) == 3]  # an array without an axis of channels
    return plain if plain and len(shape) < 4 else found


def _misfit(shape: tuple[int, ...], facts: ModelFacts, wanted: str) -> str:
    """Return a message that an array holds frames of another size than the model's."""
    orders = [wanted] if wanted != "auto" else (["HWCN", "NHWC"] if len(shape) == 4 else ["HWN", "NHW"])
    sizes = [(one, host_arrays.frame_shape(shape, one)) for one in orders if _can_be(shape, one)]
    held = " or ".join(f"{_frame(size)} ({one})" for one, size in sizes)
    if len(shape) > 4 or not held:
        held = "none"
    cut = f"a ROI of {_size(facts.roi)} pixels" if facts.roi else "the whole frame"
    return (
        f"{_array(shape)} holds frames of {held}, but the model takes frames of {_frame(facts.image_shape)} (height x "
        f"width). predict takes frames that are cut out as in the training: {cut}. curate cuts them out of videos: its "
        f"options {named('roi')} and {named('centers')} say where."
    )


def _frame(shape: tuple[int, int, int]) -> str:
    return _size(shape[:2]) if shape[2] == 1 else f"{_size(shape[:2])} with {shape[2]} channels"


def _array(shape: Sequence[int]) -> str:
    return f"an array of {_size(shape)}" if shape else "one number"


def _size(shape: Sequence[int]) -> str:
    return " x ".join(map(str, shape))
