"""Frames that are equal, pixel for pixel: on two sides of a split they are a fault.

A recording that is in a dataset twice, under two names, may be learnt by heart on one side and shine on the other. All
frames have to be read to find that out, so this is for a job, before its network is built, and not for a host that
waits for the answer. NumPy is all that it needs, but for `with_merged_groups`.

Frames without any contrast (black ones, say) and frames that are left out are equal to nothing.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable

import numpy as np

from pyside.data.dataset import Dataset, FrameTable
from pyside.errors import BadDataset
from pyside.settings.core import named
from pyside.settings.training import TrainSettings
from pyside.training.splitting.subsets import SIDES, Split

NO_CONTRAST = 0  # the key of frames that are equal to nothing
MOST_NAMED = 5
_FRAMES_AT_ONCE = 1024
_PIXELS_LOOKED_AT = 16  # first, to see whether a frame may be without contrast
_NEIGHBOURS = 16  # of recordings with an equal frame, how many are told as pairs with each


def settled(
    dataset: Dataset,
    sides: Split,
    split_again: Callable[[FrameTable], Split],
    settings: TrainSettings,
    equal: np.ndarray | None = None,
) -> tuple[Split, list[str]]:
    """Return sides that no two equal frames in different groups are on, as the settings want it.

    Args:
        dataset: an opened dataset.
        sides: of its split.
        split_again: splits it anew, given the table of all frames with other groups.
        settings: of the training; `on_duplicates` counts.
        equal: as `equal_frames` returns it, which is the default.

    Returns:
        The sides, and what is to be said of equal frames.

    Raises:
        BadDataset: equal frames are on two sides, and that is an error.
        BadOption: with groups kept together, there are too few left to split.
    """
    equal = equal_frames(dataset) if equal is None else equal
    warnings: list[str] = []
    if settings.on_duplicates == "together" and sides.unit != "given":
        merged, warnings = with_merged_groups(dataset, equal)
        sides = split_again(merged) if warnings else sides
    return sides, warnings + check_duplicates(dataset, sides, settings.on_duplicates, equal)


# --- which frames are equal ----------------------------------------------------------------------------------------


def frame_keys(dataset: Dataset) -> np.ndarray:
    """Return a hash of each frame's pixels.

    Args:
        dataset: an opened dataset; its frames are read once, in order, and not held in memory.

    Returns:
        uint64, (n,); 0 for frames all of whose pixels are equal.
    """
    found = []
    for recording in dataset.recordings:
        for start in range(0, recording.n_frames, _FRAMES_AT_ONCE):
            places = np.arange(start, min(start + _FRAMES_AT_ONCE, recording.n_frames))
            frames = np.empty((len(places), *dataset.image_shape), np.uint8)
            recording.read_into(frames, places)
            flat = frames.reshape(len(frames), -1)
            keys = _hashes(flat)
            keys[keys == NO_CONTRAST] = 1
            keys[_without_contrast(flat)] = NO_CONTRAST
            found.append(keys)
    return np.concatenate(found) if found else np.empty(0, np.uint64)


def _hashes(flat: np.ndarray) -> np.ndarray:
    """Return the BLAKE2 hash of each row of uint8, (n, bytes), as uint64, (n,)."""
    length, data = flat.shape[1], memoryview(flat).cast("B")
    digests = [
        hashlib.blake2b(data[start : start + length], digest_size=8).digest() for start in range(0, flat.size, length)
    ]
    return np.frombuffer(b"".join(digests), "<u8").astype(np.uint64)


def _without_contrast(flat: np.ndarray) -> np.ndarray:
    step = max(1, flat.shape[1] // _PIXELS_LOOKED_AT)
    without = np.all(flat[:, ::step] == flat[:, :1], axis=1)
    without[without] = np.all(flat[without] == flat[without, :1], axis=1)
    return without


def equal_frames(dataset: Dataset, keys: np.ndarray | None = None) -> np.ndarray:
    """Find the frames that are equal; equal keys are confirmed by comparing the frames themselves.

    Args:
        dataset: an opened dataset.
        keys: as `frame_keys` returns them, which is the default.

    Returns:
        int64, (n,), for each frame the number of the first one that is equal to it, which may be itself.
    """
    keys = frame_keys(dataset) if keys is None else keys
    first_equal = np.arange(len(keys))
    open_ones = np.flatnonzero((keys != NO_CONTRAST) & (dataset.table.labels >= 0))
    while True:  # again only where different frames have one key
        _, first, members, counts = np.unique(
            keys[open_ones], return_index=True, return_inverse=True, return_counts=True
        )
        twice = counts[members] > 1
        open_ones, first = open_ones[twice], open_ones[first[members[twice]]]
        if not len(open_ones):
            return first_equal
        equal = _same(dataset, first, open_ones)
        first_equal[open_ones[equal]] = first[equal]
        open_ones = open_ones[~equal]


def _same(dataset: Dataset, some_frames: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Tell of pairs of frames, by their numbers, whether they are equal: bool, (pairs,)."""
    equal = np.zeros(len(others), bool)
    for start in range(0, len(others), _FRAMES_AT_ONCE):
        part = slice(start, start + _FRAMES_AT_ONCE)
        one, other = (dataset.read(numbers[part]) for numbers in (some_frames, others))
        equal[part] = np.all(one == other, axis=(1, 2, 3))
    return equal


# --- groups --------------------------------------------------------------------------------------------------------


def equal_groups(groups: np.ndarray, equal: np.ndarray) -> np.ndarray:
    """Return which groups share equal frames.

    Args:
        groups: int, (n,), which frames belong together.
        equal: as `equal_frames` returns it.

    Returns:
        int64, (pairs, 2), of groups, no pair twice. Where more than two groups share one frame, they are linked by
        pairs, as in a chain.
    """
    order = np.argsort(equal, kind="stable")
    linked = (np.diff(equal[order]) == 0) & (np.diff(groups[order]) != 0)
    pairs = np.stack([groups[order[:-1]][linked], groups[order[1:]][linked]], axis=1).astype(np.int64)
    return np.unique(np.sort(pairs, axis=1), axis=0)


def with_merged_groups(dataset: Dataset, equal: np.ndarray | None = None) -> tuple[FrameTable, list[str]]:
    """Merge groups that share equal frames, so that a split keeps them on one side.

    Args:
        dataset: an opened dataset.
        equal: as `equal_frames` returns it, which is the default.

    Returns:
        The table of all frames with these groups, int64, of merged ones the least; and a sentence that says which, if
        any were.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    table = dataset.table
    equal = equal_frames(dataset) if equal is None else equal
    names, members = np.unique(table.groups, return_inverse=True)
    pairs = np.searchsorted(names, equal_groups(table.groups, equal))
    links = coo_array((np.ones(len(pairs), bool), (pairs[:, 0], pairs[:, 1])), shape=(len(names), len(names)))
    _, parts = connected_components(links, directed=False)
    _, first = np.unique(parts, return_index=True)  # names ascend, so the first of a part is its least
    merged = dataclasses.replace(table, groups=names[first].astype(np.int64)[parts][members])
    if not len(pairs):
        return merged, []
    sizes = np.bincount(parts)
    several = np.flatnonzero(sizes > 1)
    shown = []
    for part in several[:MOST_NAMED].tolist():
        there = np.unique(table.recordings[parts[members] == part]).tolist()
        shown.append(" = ".join(dataset.recordings[owner].original for owner in there[:MOST_NAMED]))
    more = f" and {len(several) - len(shown)} more" if len(several) > len(shown) else ""
    return merged, [
        f"{sizes[several].sum()} groups of frames (recordings, or loose images) share frames that are equal, pixel for "
        f"pixel. They were merged into {len(several)}, each of which stays on one side of the split, as "
        f"{named('on_duplicates')} is 'together': {'; '.join(shown)}{more}."
    ]


# --- sides ---------------------------------------------------------------------------------------------------------


def check_duplicates(dataset: Dataset, sides: Split, on_duplicates: str, equal: np.ndarray | None = None) -> list[str]:
    """Look for equal frames on different sides.

    Where one group was cut into blocks, they are told, but are no fault: a camera that films something at rest, or a
    codec that repeats a frame, gives equal frames within one recording, without anybody's copying; and such a split
    says already that it shows other moments of this recording only. Where the blocks are of several groups that were
    merged, though, one recording is a copy of another, and no split is of use. Given sides are kept with ``together``.

    Args:
        dataset: an opened dataset.
        sides: of its split.
        on_duplicates: ``error`` or ``together``.
        equal: as `equal_frames` returns it, which is the default.

    Returns:
        What is to be said of equal frames, if there are any.

    Raises:
        BadDataset: equal frames are on different sides, and that is an error.
    """
    equal = equal_frames(dataset) if equal is None else equal
    side_of = np.full(len(equal), -1)
    for number, side in enumerate(SIDES):
        side_of[getattr(sides, side)] = number
    numbers = np.flatnonzero(side_of >= 0)
    sets, members = np.unique(equal[numbers], return_inverse=True)
    first_side = np.full(len(sets), len(SIDES))
    np.minimum.at(first_side, members, side_of[numbers])
    n_twice = int(np.count_nonzero(side_of[numbers] > first_side[members]))
    if not n_twice:
        return []
    are = "1 held-out frame is" if n_twice == 1 else f"{n_twice} held-out frames are"
    what = f"{are} equal, pixel for pixel, to frames on another side of the split"
    on_two = np.zeros(len(sets), bool)
    on_two[members[side_of[numbers] > first_side[members]]] = True
    numbers = numbers[on_two[members]]
    copied = len(equal_groups(dataset.table.groups[numbers], equal[numbers])) > 0
    if sides.unit == "block" and not copied:
        return [f"{what}. They are of one recording, in which little moves: the figures look better than they are."]
    if sides.unit == "given" and on_duplicates == "together":
        return [f"The given sides were kept, though {what}: {_pairs(dataset, side_of, equal, numbers, '; ')}."]
    or_else = (
        "All groups (recordings) share frames, so none can be held out."
        if sides.unit == "block"
        else f"Or keep them on one side by the option {named('on_duplicates')} 'together'."
    )
    raise BadDataset(
        f"{what}, so they would not tell how the model does on new recordings:\n  "
        + _pairs(dataset, side_of, equal, numbers, "\n  ")
        + f"\n(The first frame is 1.) Remove one of the two from the dataset. {or_else}"
    )


def _pairs(dataset: Dataset, side_of: np.ndarray, equal: np.ndarray, numbers: np.ndarray, between: str) -> str:
    """Put into words which recordings share how many frames across sides, those with the most first.

    Args:
        dataset: an opened dataset.
        side_of: int64, (n,), side of each frame of the dataset.
        equal: int64, (n,), as `equal_frames` returns it.
        numbers: int64, of the frames that are equal to one on another side.
        between: what stands between two pairs.
    """
    owner_of = dataset.table.recordings
    numbers = numbers[np.lexsort((numbers, owner_of[numbers], side_of[numbers], equal[numbers]))]
    rows = np.stack([equal[numbers], side_of[numbers], owner_of[numbers]], axis=1)
    begins = np.flatnonzero(np.append(True, np.any(np.diff(rows, axis=0) != 0, axis=1)))
    counts = np.diff(np.append(begins, len(numbers)))  # of a frame in one recording on one side
    sets, sides, owners = rows[begins].T
    found: dict[tuple[int, int, int, int], list[int]] = {}
    for apart in range(1, _NEIGHBOURS):
        one, other = np.arange(len(begins))[:-apart], np.arange(len(begins))[apart:]
        across = (sets[one] == sets[other]) & (sides[one] != sides[other])
        for a, b in zip(one[across].tolist(), other[across].tolist(), strict=True):
            pair = int(owners[a]), int(sides[a]), int(owners[b]), int(sides[b])
            known = found.setdefault(pair, [0, a, b])
            known[0] += int(counts[b])
            known[1:] = min(known[1:], [a, b])
    worst = sorted(found.items(), key=lambda item: (-item[1][0], item[0]))
    told = [
        _in_words(dataset, pair, n, int(numbers[begins[a]]), int(numbers[begins[b]]))
        for pair, (n, a, b) in worst[:MOST_NAMED]
    ]
    return between.join(told) + (f" and {len(worst) - len(told)} more" if len(worst) > len(told) else "")


def _in_words(dataset: Dataset, pair: tuple[int, int, int, int], n: int, first: int, other: int) -> str:
    owner, side, held_out, its_side = pair
    frames = "1 frame" if n == 1 else f"{n} frames"
    are = "is" if n == 1 else "are"
    there, here = _frame_number(dataset, first), _frame_number(dataset, other)
    what = f"{frames} of {dataset.recordings[held_out].original} ({SIDES[its_side]}) {are} also "
    if owner == held_out:
        return f"{what}on the {SIDES[side]} side, such as frame {here}, which is frame {there} again"
    return f"{what}in {dataset.recordings[owner].original} ({SIDES[side]}), such as frame {here}, there frame {there}"


def _frame_number(dataset: Dataset, number: int) -> int:
    """Return the number of a frame in its source, from 1."""
    recording, place = dataset.place(number)
    return 1 + (place if recording.frame_numbers is None else int(recording.frame_numbers[place]))
