"""Sharing whole groups out to sides, so that each has about its share of the frames and of each class."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator

import numpy as np

from pyside.data.dataset import FrameTable

# What a side without a group, training or a held-out side without a class, and frames off the target cost.
# The first three are steps: no fraction is met at the expense of one of them.
NO_GROUP, NO_TRAINING_CLASS, NO_HELD_OUT_CLASS, OFF_TARGET, OFF_CLASS_TARGET = 1e6, 1e4, 1e2, 1.0, 0.25
AS_GOOD = 0.01  # ways whose cost differs by less are equals, and the seed chooses among them
MOST_TRIED = 60_000  # ways to share out few groups, which are all tried
MOST_BEGINNINGS, MOST_WORK = 20, 4_000_000  # of more groups, ways to begin with; groups x sides x columns in all
ENOUGH_FOR_CHANCE = 500  # groups; of more, one way is as good as many
FEW_ENOUGH_FOR_PAIRS = 100  # groups of which any two may be exchanged


@dataclasses.dataclass(frozen=True)
class Aim:
    """What is asked of each side. What a way to share out costs is the sum of what its sides cost.

    Attributes:
        wanted: float64, (sides, classes), frames of each class.
        totals: int64, (classes,), frames that there are.
        no_group: float64, (sides,), what a side without a group costs.
        no_class: float64, (sides,), what it costs for each class that it lacks.
        no_value: what a side costs for each value of a tag that it lacks.
    """

    wanted: np.ndarray
    totals: np.ndarray
    no_group: np.ndarray
    no_class: np.ndarray
    no_value: float = 0.0

    def cost(self, amounts: np.ndarray, groups: np.ndarray, sides: np.ndarray | int) -> np.ndarray:
        """Say how far sides are from what was asked for.

        Args:
            amounts: int, (..., classes + values): frames of each class, then groups with each value of a tag.
            groups: int, (...): groups on the side.
            sides: int, (...): which side it is.

        Returns:
            float64, (...).
        """
        n_classes = len(self.totals)
        present = self.totals > 0
        there = amounts[..., :n_classes]
        wanted = self.wanted[sides]
        off = np.abs(there.sum(-1) - wanted.sum(-1)) / self.totals.sum()
        off_class = np.abs(there - wanted)[..., present] / self.totals[present]
        cost = (
            self.no_group[sides] * (groups == 0)
            + self.no_class[sides] * (there[..., present] == 0).sum(-1)
            + OFF_TARGET * off
            + OFF_CLASS_TARGET * off_class.mean(-1)
        )
        if self.no_value:
            cost = cost + self.no_value * (amounts[..., n_classes:] == 0).sum(-1)
        return np.asarray(cost)


def aim_of_sides(shares: np.ndarray, totals: np.ndarray) -> Aim:
    """Return what is asked of training, validation (and test): float64, (sides,); int, (classes,)."""
    no_class = np.array([NO_TRAINING_CLASS] + [NO_HELD_OUT_CLASS] * (len(shares) - 1))
    return Aim(shares[:, None] * totals, totals, np.full(len(shares), NO_GROUP), no_class)


def count_groups(labelled: FrameTable) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Count the frames of each class in each group.

    Args:
        labelled: of frames none of which is left out.

    Returns:
        The groups, ascending; int64, (n,), the place of each frame's group among them; int64, (groups, classes).
    """
    n_classes = len(labelled.class_names)
    names, members = np.unique(labelled.groups, return_inverse=True)
    counts = np.bincount(members * n_classes + labelled.labels, minlength=len(names) * n_classes)
    return names, members, counts.reshape(len(names), n_classes)


def share_out(counts: np.ndarray, aim: Aim, rng: np.random.Generator, tagged: np.ndarray | None = None) -> np.ndarray:
    """Choose a side for each group.

    Args:
        counts: int64, (groups, classes), frames.
        aim: what is asked of the sides.
        rng: chooses among equals.
        tagged: bool, (groups, values), which groups have frames of which value of a tag. Among equals, one is chosen
            that has the most values on the most sides.

    Returns:
        int64, (groups,).
    """
    n_groups, n_sides = len(counts), len(aim.wanted)
    tagged = np.zeros((n_groups, 0), bool) if tagged is None else tagged
    amounts = np.concatenate([counts, tagged.astype(np.int64)], axis=1)
    if n_sides**n_groups <= MOST_TRIED:
        candidates = np.array(list(itertools.product(range(n_sides), repeat=n_groups)))
    else:
        tries = 1
        if n_groups <= ENOUGH_FOR_CHANCE:
            tries = max(1, min(MOST_BEGINNINGS, MOST_WORK // (amounts.size * n_sides)))
        candidates = np.array([_improved(_filled(counts, aim, rng), amounts, aim) for _ in range(tries)])
    costs = np.concatenate(
        [
            aim.cost(np.einsum("ngs,gk->nsk", chosen, amounts), chosen.sum(1), np.arange(n_sides)).sum(-1)
            for part in _parts(candidates, 4096)
            for chosen in [(part[:, :, None] == np.arange(n_sides)).astype(np.int64)]
        ]
    )
    good = np.flatnonzero(costs <= costs.min() + AS_GOOD)
    if tagged.any():
        absent = [
            sum(int(np.sum(~tagged[sides == side].any(axis=0))) for side in range(n_sides))
            for sides in candidates[good]
        ]
        good = good[np.array(absent) == min(absent)]
    return np.asarray(candidates[rng.choice(good)])


def _parts(rows: np.ndarray, length: int) -> Iterator[np.ndarray]:
    for start in range(0, len(rows), length):
        yield rows[start : start + length]


def _filled(counts: np.ndarray, aim: Aim, rng: np.random.Generator) -> np.ndarray:
    """Fill the sides, big groups first, each to where its classes are furthest from what is wanted."""
    wanted = np.maximum(aim.wanted, 1e-9).tolist()
    weights = counts / np.maximum(aim.totals, 1)  # a rare class counts for more
    order = rng.permutation(len(counts))
    order = order[np.argsort(-counts[order].sum(1), kind="stable")]
    on_sides = [[0.0] * counts.shape[1] for _ in wanted]
    sides = np.zeros(len(counts), np.int64)
    by_share = np.argsort(-aim.wanted.sum(1), kind="stable").tolist()
    rows, row_weights = counts.tolist(), weights.tolist()
    for group in order.tolist():
        row, weight = rows[group], row_weights[group]
        classes = [label for label, count in enumerate(row) if count]
        side = min(
            by_share,
            key=lambda side: sum(weight[label] * on_sides[side][label] / wanted[side][label] for label in classes),
        )
        for label in classes:
            on_sides[side][label] += row[label]
        sides[group] = side
    return sides


def _improved(sides: np.ndarray, amounts: np.ndarray, aim: Aim, most_steps: int = 100) -> np.ndarray:
    """Move single groups, or exchange two where there are not too many, as long as that lowers the cost."""
    sides = sides.copy()
    n_sides = len(aim.wanted)
    for _ in range(most_steps):
        at = (sides[:, None] == np.arange(n_sides)).astype(np.int64)
        on_sides, groups_on = at.T @ amounts, at.sum(0)
        now = aim.cost(on_sides, groups_on, np.arange(n_sides))
        step = _best_move(sides, amounts, aim, on_sides, groups_on, now)
        if step is None and len(amounts) <= FEW_ENOUGH_FOR_PAIRS:
            step = _best_exchange(sides, amounts, aim, on_sides, groups_on, now)
        if step is None:
            break
        for group, side in step:
            sides[group] = side
    return sides


_Step = list[tuple[int, int]]  # groups, and the sides they go to
_LEAST_GAIN = 1e-9


def _best_move(
    sides: np.ndarray, amounts: np.ndarray, aim: Aim, on_sides: np.ndarray, groups_on: np.ndarray, now: np.ndarray
) -> _Step | None:
    """Return which group is best moved, and where to; None where that gains nothing."""
    left = aim.cost(on_sides[sides] - amounts, groups_on[sides] - 1, sides) - now[sides]
    best, step = -_LEAST_GAIN, None
    for side in range(len(now)):
        joined = aim.cost(on_sides[side] + amounts, np.full(len(amounts), groups_on[side] + 1), side) - now[side]
        change = np.where(sides == side, 0.0, left + joined)
        if change.min() < best:
            best, step = float(change.min()), [(int(change.argmin()), side)]
    return step


def _best_exchange(
    sides: np.ndarray, amounts: np.ndarray, aim: Aim, on_sides: np.ndarray, groups_on: np.ndarray, now: np.ndarray
) -> _Step | None:
    """Return which two groups are best exchanged; None where that gains nothing."""
    first, second = np.triu_indices(len(amounts), 1)
    apart = sides[first] != sides[second]
    first, second = first[apart], second[apart]
    if not len(first):
        return None
    here, there = sides[first], sides[second]
    difference = amounts[second] - amounts[first]
    change = aim.cost(on_sides[here] + difference, groups_on[here], here) - now[here]
    change += aim.cost(on_sides[there] - difference, groups_on[there], there) - now[there]
    pair = int(change.argmin())
    if change[pair] >= -_LEAST_GAIN:
        return None
    return [(int(first[pair]), int(there[pair])), (int(second[pair]), int(here[pair]))]
