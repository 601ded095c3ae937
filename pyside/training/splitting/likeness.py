"""Likeness of frames on two sides of a split, if groups are so small that they may be pieces of one video.

Neighbouring frames of a video are almost copies. Groups of a few frames that were cut out of one video have their
neighbours in other groups, perhaps on another side. So frames that are beside each other in the dataset, in two groups,
are compared, relative to frames a little farther away: frames of one camera are always somewhat alike. On a real video
of 30 frames a second and on rendered ones this is 0.1 to 0.5 for single frames and pieces of one video, and about 1 for
recordings of their own. Frames that are not in the order of time show nothing.

Frames are compared by the means of blocks of their pixels, because noise is no likeness.
"""

from __future__ import annotations

import numpy as np

from pyside.data.dataset import Dataset
from pyside.settings.core import named
from pyside.training.splitting.subsets import Split

FEW_FRAMES = 20  # groups with so many frames are long enough to be recordings
_KINDS = ("array", "numpy")  # of sources where only the user knows which frames come from one video
_FEWEST, _MOST = 6, 200  # pairs of groups to compare
_APART = (20, 60)  # frames from a frame to those that are not beside it
_N_APART = 8
_ALIKE = 0.6
_BLOCKS = 16  # at most, per side of a frame; of two pixels at least
_BYTES_AT_ONCE = 16 << 20


def warnings_of_likeness(dataset: Dataset, sides: Split) -> list[str]:
    """Return a warning if groups of fewer than `FEW_FRAMES` frames from arrays seem to be pieces of one video.

    Args:
        dataset: an opened dataset.
        sides: of its split. Held-out groups must be beside training groups, at least half of them.
    """
    table = dataset.table
    of_kind = np.array([one.info["source"].get("kind") in _KINDS for one in dataset.recordings], bool)
    if not of_kind.any():
        return []
    _, groups, sizes = np.unique(table.groups, return_inverse=True, return_counts=True)
    small = of_kind[table.recordings] & (sizes < FEW_FRAMES)[groups]
    trains, held_out = np.zeros((2, len(table)), bool)
    trains[sides.training], held_out[sides.validation], held_out[sides.test] = True, True, True
    pairs = np.flatnonzero((groups[1:] != groups[:-1]) & small[1:] & small[:-1])  # with the frame after each
    across = np.concatenate(
        [pairs[held_out[pairs] & trains[pairs + 1]], pairs[trains[pairs] & held_out[pairs + 1]] + 1]
    )
    n_held_out = len(np.unique(groups[held_out & small]))
    if not len(across) or 2 * len(np.unique(groups[across])) < n_held_out or len(pairs) < _FEWEST:
        return []
    alike = _relative_difference(dataset, groups, pairs)
    if alike > _ALIKE:
        return []
    n_small = f"{len(np.unique(groups[small])):,} of {len(sizes):,} groups (recordings)"
    return [
        f"{n_small} have fewer than {FEW_FRAMES} frames, and seem to be pieces of one video: frames that are beside "
        f"each other in the dataset, in two groups, differ only {100 * alike:.0f} % as much as frames {_APART[0]} to "
        f"{_APART[1]} places apart. So near copies of training frames are held out, and the figures show what the "
        "model remembers, not how it does on another video. Convert again with one recording per video: one array, or "
        f"one name in {named('recordings')} for all its frames."
    ]


def _relative_difference(dataset: Dataset, groups: np.ndarray, pairs: np.ndarray) -> float:
    """Return how much frames differ from the next one, in another group, relative to others; infinity if unknown."""
    rng = np.random.default_rng(len(groups))
    lags = np.arange(_APART[0], _APART[1] + 1)
    rows: list[tuple[int, list[int]]] = []
    for number in _some(pairs, _MOST, rng).tolist():
        apart = number + np.concatenate([-lags, lags])
        apart = apart[(apart >= 0) & (apart < len(groups))]
        apart = apart[groups[apart] != groups[number]]
        if len(apart):
            rows.append((number, _some(apart, _N_APART, rng).tolist()))
    if len(rows) < _FEWEST:
        return np.inf
    needed = np.unique([place for number, apart in rows for place in (number, number + 1, *apart)])
    blocks = dict(zip(needed.tolist(), _blocks(dataset, needed), strict=True))

    def difference(number: int, others: list[int]) -> float:
        return float(np.median([np.abs(blocks[number] - blocks[other]).mean() for other in others]))

    found = [(difference(number, [number + 1]), difference(number, apart)) for number, apart in rows]
    return float(np.median([beside / apart if apart else 1.0 for beside, apart in found]))  # equal frames show nothing


def _some(numbers: np.ndarray, most: int, rng: np.random.Generator) -> np.ndarray:
    return numbers if len(numbers) <= most else rng.choice(numbers, most, replace=False)


def _blocks(dataset: Dataset, numbers: np.ndarray) -> np.ndarray:
    """Return the mean of each block of pixels of frames: float32, (n, blocks)."""
    height, width, _ = dataset.image_shape
    tall, wide = (max(2, side // _BLOCKS) for side in (height, width))
    rows, columns = height // tall, width // wide
    step = max(1, _BYTES_AT_ONCE // int(np.prod(dataset.image_shape)))
    means = []
    for start in range(0, len(numbers), step):
        frames = dataset.read(numbers[start : start + step])[:, : rows * tall, : columns * wide]
        parts = frames.reshape(len(frames), rows, tall, columns, wide, -1)
        means.append(parts.mean(axis=(2, 4, 5), dtype=np.float32).reshape(len(frames), -1))
    return np.concatenate(means)
