"""Cross-validation: k parts of whole groups, each of which is held out once."""

from __future__ import annotations

import numpy as np

from pyside.data.dataset import FrameTable, places_of
from pyside.errors import BadOption
from pyside.settings.core import named
from pyside.training.splitting.group_assignment import NO_GROUP, NO_HELD_OUT_CLASS, Aim, Runs, share_out
from pyside.training.splitting.subsets import SIDES, Split, groups_of_values, tags_missing

NO_VALUE = 0.5  # cost of each tag value that a fold lacks: the same as for half of all frames off the target


def folds(table: FrameTable, k: int, seed: int, without: np.ndarray | None = None) -> list[Split]:
    """Make k splits, so that each group is held out for validation exactly once.

    The k parts are about equal in frames and in frames of each class, and each value of each tag is in as many parts as
    the groups allow.

    Args:
        table: of all frames; each class is on both sides of each split if the groups allow it.
        k: number of splits, at least 2.
        seed: the same seed and data give the same splits.
        without: int, numbers of frames to leave out, such as the test side.

    Returns:
        The splits, without a test side. The warnings of each name the classes, by index from 0, and the tag values
        that one of its sides lacks.

    Raises:
        BadOption: there are fewer groups than k.
    """
    chosen = table.labels >= 0
    if without is not None:
        chosen[without] = False
    numbers = places_of(chosen)
    labelled = table[numbers]
    runs = Runs.of(labelled)
    names, members, counts = runs.by_group()
    check_number(len(names), k, without is not None and len(without) > 0)
    totals = counts.sum(0)
    aim = Aim(np.tile(totals / k, (k, 1)), totals, np.full(k, NO_GROUP), np.full(k, NO_HELD_OUT_CLASS), NO_VALUE)
    tagged = groups_of_values(runs, table.tags, members, len(names))
    tagged = tagged[:, tagged.any(axis=0)]
    rng = np.random.default_rng([seed, len(SIDES), k])
    parts = np.repeat(share_out(counts, aim, rng, tagged)[members], runs.lengths)
    found = []
    for part in range(k):
        held_out = parts == part
        on_sides = [np.bincount(labelled.labels[where], minlength=len(totals)) for where in (~held_out, held_out)]
        warnings = [
            f"The {side} side has no frame of the class with the index {label}."
            for side, there in zip(SIDES, on_sides, strict=False)
            for label in np.flatnonzero((totals > 0) & (there == 0)).tolist()
        ]
        warnings += tags_missing(held_out.astype(np.int8), labelled)
        nothing = np.empty(0, numbers.dtype)
        found.append(Split(numbers[~held_out], numbers[held_out], nothing, "group", tuple(warnings)))
    return found


def check_number(n_groups: int, k: int, has_test_side: bool) -> None:
    """Make sure that there are at least as many groups as folds.

    Args:
        n_groups: number of groups of labelled frames that are not on the test side.
        k: number of folds.
        has_test_side: whether there is a test side.

    Raises:
        BadOption: there are fewer groups than k.
    """
    beside = " outside the test side" if has_test_side else ""
    if n_groups <= 1:
        raise BadOption(
            f"{named('folds')} is {k}, but all frames{beside} belong to one group (one recording). Cross-validation "
            f"holds out whole recordings in turn: add recordings, or leave out {named('folds')}."
        )
    if n_groups < k:
        raise BadOption(
            f"{named('folds')} is {k}, but there are only {n_groups} groups of frames (recordings){beside}. Set it to "
            f"{n_groups} or less, or add recordings."
        )
