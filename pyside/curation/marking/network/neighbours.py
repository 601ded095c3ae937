"""Frames with their neighbours in time, for networks that look at several at once."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from pyside.aliases import Array

Chunks = Iterator[tuple[Array, Array]]


def stacked(chunks: Chunks, look: Array, context: int) -> Chunks:
    """Put the frames before and after each frame beside it, as channels.

    If a neighbour is missing, because the video ends or a frame is left out there, the nearest frame on that side takes
    its place, as in the training.

    Args:
        chunks: int64, (m,), numbers of frames, ascending, and uint8, (m, height, width, 1), the frames.
        look: bool, (n,), the frames to return.
        context: odd, number of frames; with 1, chunks are returned as they are.

    Yields:
        int64, (m,), numbers, and uint8, (m, height, width, context).
    """
    if context == 1:
        yield from chunks
        return
    half = context // 2
    numbers, frames = np.empty(0, np.int64), None
    done = -1  # number of the last frame that was returned, or passed over
    for more, images in chunks:
        numbers = np.concatenate([numbers, more])
        frames = images if frames is None else np.concatenate([frames, images])
        ready = numbers[(numbers > done) & (numbers <= numbers[-1] - half)]
        if len(ready):
            yield from _stack(numbers, frames, ready[look[ready]], half)
            done = int(ready[-1])
            kept = numbers >= done + 1 - half
            numbers, frames = numbers[kept], frames[kept]
    if frames is not None:
        left = numbers[numbers > done]
        yield from _stack(numbers, frames, left[look[left]], half)


def _stack(numbers: Array, frames: Array, wanted: Array, half: int) -> Chunks:
    if not len(wanted):
        return
    begins = np.diff(numbers, prepend=numbers[0] - 2) != 1  # of runs without a gap
    run = np.cumsum(begins) - 1
    first = np.flatnonzero(begins)
    last = np.append(first[1:], len(numbers)) - 1
    places = np.searchsorted(numbers, wanted)
    out = np.empty((len(wanted), *frames.shape[1:3], 2 * half + 1), np.uint8)
    for channel in range(2 * half + 1):
        near = np.clip(places + channel - half, first[run[places]], last[run[places]])
        out[..., channel] = frames[near, :, :, 0]
    yield wanted, out
