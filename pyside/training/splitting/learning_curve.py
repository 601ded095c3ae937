"""Portions of the training side, for a learning curve: would more recordings help?"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from pyside.data.dataset import FrameTable
from pyside.training.splitting.group_assignment import NO_GROUP, NO_TRAINING_CLASS, Aim, count_groups, share_out
from pyside.training.splitting.subsets import Split

MOST_PLACES = 64  # where a part of one group may begin


def portions(
    sides: Split, table: FrameTable, seed: int, shares: Sequence[float] = (1 / 8, 1 / 4, 1 / 2)
) -> list[Split]:
    """Cut the training side to about these shares of its frames; validation and test stay as they are.

    Each portion lies within the next larger one. It is of whole groups, at least one, with each class of the training
    side where that is possible. Where the training side is of one group, it is a stretch of frames that follow each
    other there.

    Args:
        sides: of the split.
        table: of all frames.
        seed: the same seed and data give the same portions.
        shares: fractions of the training frames, above 0 and below 1.

    Returns:
        A split a share, the smallest first; a share that would give the same frames as a larger one, or all, is left
        out. There may be none.
    """
    rng = np.random.default_rng([seed, len(sides.training)])
    on_training = table[sides.training]
    names, members, counts = count_groups(on_training)
    if len(names) > 1:
        parts = [np.isin(members, chosen) for chosen in _nested_groups(counts, sorted(shares), rng)]
    else:
        parts = _nested_stretches(on_training, sorted(shares), rng)
    found: list[Split] = []
    smallest = len(on_training)
    for part in sorted(parts, key=np.count_nonzero, reverse=True):
        if np.count_nonzero(part) < smallest:
            smallest = int(np.count_nonzero(part))
            found.append(dataclasses.replace(sides, training=sides.training[part], warnings=()))
    return found[::-1]


def _aim(wanted: np.ndarray, totals: np.ndarray, needs_all: bool) -> Aim:
    """Return what is asked of a portion, and of the rest: nothing.

    Args:
        wanted: float64, (classes,), frames of the portion.
        totals: int64, (classes,), frames that there are.
        needs_all: whether the portion needs a group and each class.
    """
    both = np.maximum(np.stack([wanted, totals - wanted]), 0.0)
    needed = np.array([1.0, 0.0]) * needs_all
    return Aim(both, totals, NO_GROUP * needed, NO_TRAINING_CLASS * needed)


def _nested_groups(counts: np.ndarray, shares: Sequence[float], rng: np.random.Generator) -> list[np.ndarray]:
    """Choose the groups of each portion: those of the one before, and further ones.

    Args:
        counts: int64, (groups, classes), frames.
        shares: ascending.
        rng: chooses among equals.

    Returns:
        The chosen groups of each: int64.
    """
    totals = counts.sum(0)
    chosen, found = np.empty(0, np.int64), []
    for share in shares:
        others = np.setdiff1d(np.arange(len(counts)), chosen)
        wanted = share * totals - counts[chosen].sum(0)
        if len(others) and wanted.sum() > 0:
            aim = _aim(wanted, counts[others].sum(0), needs_all=not len(chosen))
            chosen = np.append(chosen, others[share_out(counts[others], aim, rng) == 0])
        found.append(chosen)
    return found


def _nested_stretches(training: FrameTable, shares: Sequence[float], rng: np.random.Generator) -> list[np.ndarray]:
    """Choose a stretch for each share, each around the one before: bool, (n,).

    Args:
        training: of the frames in their order.
        shares: ascending.
        rng: chooses among equals.
    """
    n, n_classes = len(training), len(training.class_names)
    one_hot = np.eye(n_classes, dtype=int)[training.labels]
    before = np.concatenate([np.zeros((1, n_classes), np.int64), np.cumsum(one_hot, 0)])
    found: list[np.ndarray] = []
    start = end = 0
    for share in shares:
        length = min(n, max(1, round(share * n)))
        first, last = (max(0, end - length), min(start, n - length)) if found else (0, n - length)
        starts = np.unique(np.linspace(first, last, MOST_PLACES).round().astype(np.int64))
        counts = before[starts + length] - before[starts]
        costs = _aim(length / n * before[-1], before[-1], True).cost(counts, np.ones(len(starts)), 0)
        start = int(rng.choice(starts[costs <= costs.min() + 1e-9]))
        end = start + length
        found.append((np.arange(n) >= start) & (np.arange(n) < end))
    return found
