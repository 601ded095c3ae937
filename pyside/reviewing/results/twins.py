"""Recordings that a dataset has already under another name: the same frames, or the same video that was saved anew.

A video that was saved anew, such as in another format, has nearly the same frames. What differs from frame to frame
tells it from other videos of the same place: the frames at a few numbers, in blocks, less their mean over time and the
brightness of each. Two recordings are taken for one video if these correlate, and far better than with any other
recording of the dataset, since a pole that moves at the same time in all of them makes all alike.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pyside.aliases import Array
from pyside.data.dataset import Recording

_LOOKS, _BLOCKS = 24, 8  # frames of each recording; blocks in each direction
_LEAST = 0.9  # correlation
_CANDIDATES = 8  # that are compared in full
_CLOSER = 0.25  # share of the way to a perfect correlation that is left, at most, of that to the second best


def twins(there: Sequence[Recording], came: Sequence[Recording]) -> list[tuple[str, str, bool]]:
    """Return recordings that came into a dataset, each with the one that has its frames, and whether they are equal.

    Args:
        there: recordings of the dataset.
        came: those that came in, with frames of the same size.
    """
    exact = {one.info["source"].get("sha256"): one.original for one in there} | {None: ""}
    looks = [_look(one) for one in there]
    flat = np.array([_flat(look) for look in looks]).reshape(-1, _LOOKS * _BLOCKS**2)
    found = []
    for one in came:
        if name := exact.get(one.info["source"].get("sha256")):
            found.append((one.original, name, True))
        elif (place := _alike(_look(one), looks, flat)) is not None:
            found.append((one.original, there[place].original, False))
    return found


def _alike(look: Array, others: Sequence[Array], flat: Array) -> int | None:
    """Return the place of the one among others that is of the same video; None if none is."""
    likely = np.argsort(-(flat @ _flat(look)))[:_CANDIDATES].tolist()
    correlations = sorted(((_correlation(look, others[place]), place) for place in likely), reverse=True)
    if not correlations:
        return None
    (best, place), second = correlations[0], max([0.0, *(one for one, _ in correlations[1:])])
    return place if best >= _LEAST and 1 - best <= _CLOSER * (1 - second) else None


def _flat(look: Array) -> Array:
    """Return a look as a vector of length 1, from whose products the most likely twins follow."""
    found = np.zeros(_LOOKS * _BLOCKS**2)
    inside = np.nan_to_num(look - np.nanmean(look, axis=0)).ravel() if look.size else np.empty(0)
    found[: len(inside)] = inside / max(float(np.linalg.norm(inside)), 1e-9)
    return found


def _correlation(one: Array, other: Array) -> float:
    """Return how the looks at two recordings correlate in the frames that both have; 0 for too few."""
    if one.shape != other.shape:
        return 0.0
    both = ~np.isnan(one[:, 0]) & ~np.isnan(other[:, 0])
    if np.count_nonzero(both) < _LOOKS // 2:
        return 0.0
    a, b = (look[both] - look[both].mean(axis=0) for look in (one, other))
    scale = np.sqrt((a**2).sum() * (b**2).sum())
    return float((a * b).sum() / scale) if scale > 0 else 0.0


def _look(recording: Recording) -> Array:
    """Return a few frames in blocks, less their brightness: float64, (frames, blocks), NaN if absent.

    Only looks at recordings with the same number of frames in their sources have frames of the same numbers.
    """
    numbers = recording.frame_numbers
    if numbers is None or not len(numbers):
        return np.empty((0, 0))
    n_frames = int(recording.info["source"].get("frames") or numbers[-1] + 1)
    wanted = np.linspace(0, n_frames - 1, _LOOKS).round().astype(np.int64)
    there = np.flatnonzero(np.isin(wanted, numbers))
    if not len(there):
        return np.empty((0, 0))
    frames = np.empty((len(there), *recording.image_shape), np.uint8)
    recording.read_into(frames, np.searchsorted(numbers, wanted[there]))
    blocks = _in_blocks(frames.mean(axis=3))
    found = np.full((_LOOKS, blocks.shape[1]), np.nan)
    found[there] = blocks - blocks.mean(axis=1, keepdims=True)
    return found


def _in_blocks(frames: Array) -> Array:
    """Return sums over blocks: (n, height, width) to (n, blocks), each divided by its pixels."""
    for axis in (1, 2):
        edges = np.unique(np.linspace(0, frames.shape[axis], _BLOCKS + 1).astype(np.int64))
        sums = np.add.reduceat(frames, edges[:-1], axis=axis)
        frames = sums / np.diff(edges).reshape([-1 if one == axis else 1 for one in range(3)])
    return frames.reshape(len(frames), -1)
