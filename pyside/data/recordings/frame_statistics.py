"""Brightness, contrast and sharpness of frames, by which videos are compared with those of a training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from pyside.aliases import Array

STATISTICS = ("brightness", "contrast", "sharpness")
MOST_RECORDINGS = 300  # listed one by one; the ranges are of these too
_FRAMES = 2_000  # looked at in all, shared among the recordings
_FEWEST, _MOST = 8, 64  # frames of one recording


def frame_statistics(frames: Array) -> dict[str, float]:
    """Return means over frames, in grey levels.

    Args:
        frames: uint8, (n, height, width, channels), n at least 1, as the network sees them before they are scaled.

    Returns:
        ``brightness``, the mean of a frame, 0 to 255; ``contrast``, the standard deviation within it; ``sharpness``,
        the standard deviation of its Laplacian (4 times a pixel less its 4 neighbours; 0 for less than 3 x 3 pixels),
        which falls when the image is out of focus.
    """
    grey = frames.astype(np.float32).mean(axis=3)
    inner = grey[:, 1:-1, 1:-1]
    edges = 4 * inner - grey[:, :-2, 1:-1] - grey[:, 2:, 1:-1] - grey[:, 1:-1, :-2] - grey[:, 1:-1, 2:]
    sharpness = float(edges.std(axis=(1, 2)).mean()) if edges.size else 0.0
    return {"brightness": float(grey.mean()), "contrast": float(grey.std(axis=(1, 2)).mean()), "sharpness": sharpness}


def evenly(n: int, most: int) -> Array:
    """Return up to `most` of the numbers 0 to n - 1, evenly spaced, the first and last among them: int64."""
    return np.unique(np.linspace(0, n - 1, min(n, most)).round().astype(np.int64))


def frames_of_each(n_recordings: int) -> int:
    """Return how many frames of each recording are looked at."""
    return min(max(_FRAMES // max(1, n_recordings), _FEWEST), _MOST)


def statistics_record(names: Sequence[str], found: Sequence[Mapping[str, float]], n_recordings: int) -> dict[str, Any]:
    """Return the statistics of recordings as a model file holds them.

    Args:
        names: of the recordings that were looked at.
        found: what `frame_statistics` returned for each.
        n_recordings: number of all recordings.

    Returns:
        ``recordings``, the number of all; ``names`` of those looked at; for each of `STATISTICS` a list with a number
        for each of these; and ``ranges``, the least and the greatest by statistic.
    """
    lists = {key: [round(one[key], 3) for one in found] for key in STATISTICS}
    ranges = {key: [min(values), max(values)] for key, values in lists.items() if values}
    return {"recordings": n_recordings, "names": list(names), **lists, "ranges": ranges}
