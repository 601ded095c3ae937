"""Frames that are equal, pixel for pixel: on two sides of a split they are an error.

If a dataset contains a recording twice, under two names, a model may learn it by heart on one side and score well on
the other. Finding that out takes reading all frames, so a job does it before it builds the network; a host that waits
for the answer does not. Needs only NumPy, except `with_merged_groups`, which needs SciPy.

Frames without any contrast (such as black ones) and left-out frames count as equal to no other.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable

import numpy as np

from pyside.data.dataset import Dataset, FrameTable
from pyside.errors import BadDataset
from pyside.settings.core import first_number, named
from pyside.settings.training import TrainSettings
from pyside.training.splitting.subsets import SIDES, Split

NO_CONTRAST = 0  # the key of frames that count as equal to no other
MOST_NAMED = 5
_FRAMES_AT_ONCE = 1024
_PIXELS_LOOKED_AT = 16  # first, to see whether a frame may be without contrast
_NEIGHBOURS = 16  # of the recordings that share a frame, how many are paired with each


def settled(
    dataset: Dataset,
    sides: Split,
    split_again: Callable[[FrameTable], Split],
    settings: TrainSettings,
    equal: np.ndarray | None = None,
) -> tuple[Split, list[str]]:
    """Handle equal frames on different sides as the setting `on_duplicates` says.

    Args:
        dataset: an opened dataset.
        sides: of its split.
        split_again: splits again, given the table of all frames with merged groups.
        settings: of the training; `on_duplicates` is used.
        equal: as `equal_frames` returns it, which is the default.

    Returns:
        The sides, and warnings about equal frames.

    Raises:
        BadDataset: equal frames are on two sides, and that is an error.
        BadOption: after merging, there are too few groups to split.
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
        uint64, (n,); 0 for frames whose pixels are all equal.
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
    """Find equal frames; equal keys are confirmed by comparing the frames themselves.

    Args:
        dataset: an opened dataset.
        keys: as `frame_keys` returns them, which is the default.

    Returns:
        int64, (n,), for each frame the number of the first frame that is equal to it, which may be itself.
    """
    keys = frame_keys(dataset) if keys is None else keys
    first_equal = np.arange(len(keys))
    open_ones = np.flatnonzero((keys != NO_CONTRAST) & (dataset.table.labels >= 0))
    while True:  # repeats only if different frames have the same key
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
    """Compare pairs of frames, given by number: bool, (pairs,), whether they are equal."""
    equal = np.zeros(len(others), bool)
    for start in range(0, len(others), _FRAMES_AT_ONCE):
        part = slice(start, start + _FRAMES_AT_ONCE)
        one, other = (dataset.read(numbers[part]) for numbers in (some_frames, others))
        equal[part] = np.all(one == other, axis=(1, 2, 3))
    return equal


# --- groups --------------------------------------------------------------------------------------------------------


def equal_groups(groups: np.ndarray, equal: np.ndarray) -> np.ndarray:
    """Return the pairs of groups that share equal frames.

    Args:
        groups: int, (n,), the group of each frame.
        equal: as `equal_frames` returns it.

    Returns:
        int64, (pairs, 2), of groups, without repeats. If more than two groups share a frame, their pairs form a chain.
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
        The table of all frames with the new groups, int64 (merged ones get the lowest number); and one warning that
        names them, or none.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    table = dataset.table
    equal = equal_frames(dataset) if equal is None else equal
    names, members = np.unique(table.groups, return_inverse=True)
    pairs = np.searchsorted(names, equal_groups(table.groups, equal))
    links = coo_array((np.ones(len(pairs), bool), (pairs[:, 0], pairs[:, 1])), shape=(len(names), len(names)))
    _, parts = connected_components(links, directed=False)
    _, first = np.unique(parts, return_index=True)  # names ascend, so the first of a part is its lowest
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
        f"pixel. They were merged into {len(several)}, each of which stays on one side of the split, because "
        f"{named('on_duplicates')} is 'together': {'; '.join(shown)}{more}."
    ]


# --- sides ---------------------------------------------------------------------------------------------------------


def check_duplicates(dataset: Dataset, sides: Split, on_duplicates: str, equal: np.ndarray | None = None) -> list[str]:
    """Look for equal frames on different sides.

    If one group was cut into blocks, they give a warning, but no error: a camera that films something at rest, or a
    codec that repeats a frame, makes equal frames within one recording without any copying; and such a split warns
    anyway that it only shows other moments of this recording. But if the blocks come from several groups that were
    merged, one recording is a copy of another, and no split is of use. Given sides are kept with ``together``.

    Args:
        dataset: an opened dataset.
        sides: of its split.
        on_duplicates: ``error`` or ``together``.
        equal: as `equal_frames` returns it, which is the default.

    Returns:
        One warning about equal frames, or none.

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
        return [f"{what}. They belong to one recording, in which little moves: the figures look better than they are."]
    if sides.unit == "given" and on_duplicates == "together":
        return [f"The given sides were kept, though {what}: {_pairs(dataset, side_of, equal, numbers, '; ')}."]
    or_else = (
        "All groups (recordings) share frames, so none can be held out."
        if sides.unit == "block"
        else f"Or keep them on one side with the option {named('on_duplicates')} 'together'."
    )
    raise BadDataset(
        f"{what}, so they would not show how the model does on new recordings:\n  "
        + _pairs(dataset, side_of, equal, numbers, "\n  ")
        + f"\n(Frames are counted from {first_number()}.) Remove one of the two from the dataset. {or_else}"
    )


def _pairs(dataset: Dataset, side_of: np.ndarray, equal: np.ndarray, numbers: np.ndarray, between: str) -> str:
    """List the recordings that share frames across sides, those with the most first.

    Args:
        dataset: an opened dataset.
        side_of: int64, (n,), side of each frame of the dataset.
        equal: int64, (n,), as `equal_frames` returns it.
        numbers: int64, the frames that are equal to one on another side.
        between: separator of two pairs.
    """
    owner_of = dataset.table.recordings
    numbers = numbers[np.lexsort((numbers, owner_of[numbers], side_of[numbers], equal[numbers]))]
    rows = np.stack([equal[numbers], side_of[numbers], owner_of[numbers]], axis=1)
    begins = np.flatnonzero(np.append(True, np.any(np.diff(rows, axis=0) != 0, axis=1)))
    counts = np.diff(np.append(begins, len(numbers)))  # copies of a frame in one recording on one side
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
    texts = [
        _in_words(dataset, pair, n, int(numbers[begins[a]]), int(numbers[begins[b]]))
        for pair, (n, a, b) in worst[:MOST_NAMED]
    ]
    return between.join(texts) + (f" and {len(worst) - len(texts)} more" if len(worst) > len(texts) else "")


def _in_words(dataset: Dataset, pair: tuple[int, int, int, int], n: int, first: int, other: int) -> str:
    owner, side, held_out, its_side = pair
    frames = "1 frame" if n == 1 else f"{n} frames"
    are = "is" if n == 1 else "are"
    there, here = _frame_of(dataset, first), _frame_of(dataset, other)
    what = f"{frames} of {dataset.recordings[held_out].original} ({SIDES[its_side]}) {are} also "
    if owner == held_out:
        return f"{what}on the {SIDES[side]} side, such as {here}, which equals {there}"
    return f"{what}in {dataset.recordings[owner].original} ({SIDES[side]}), such as {here}, there {there}"


def _frame_of(dataset: Dataset, number: int) -> str:
    """Return a frame in words, by its number in its source or its file."""
    recording, place = dataset.place(number)
    if recording.files is not None:
        return recording.files[place]
    number = place if recording.frame_numbers is None else int(recording.frame_numbers[place])
    return f"frame {number + first_number()}"
