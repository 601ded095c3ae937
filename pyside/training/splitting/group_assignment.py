"""Assign whole groups to sides, so that each side has about its share of the frames and of each class."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator

import numpy as np

from pyside.data.dataset import FrameTable, blocks, number_type

# Costs of a side without a group, of training or a held-out side without a class, and of frames off the target.
# The first three are so large that no fraction is met at the expense of one of them.
NO_GROUP, NO_TRAINING_CLASS, NO_HELD_OUT_CLASS, OFF_TARGET, OFF_CLASS_TARGET = 1e6, 1e4, 1e2, 1.0, 0.25
AS_GOOD = 0.01  # assignments whose costs differ by less count as equal, and the seed chooses among them
MOST_TRIED = 60_000  # assignments; if there are no more, all are tried
MOST_BEGINNINGS, MOST_WORK = 20, 4_000_000  # else: starting points; groups x sides x columns in total
ENOUGH_FOR_CHANCE = 500  # groups; with more, one starting point is as good as many
FEW_ENOUGH_FOR_PAIRS = 100  # groups; up to this number, exchanges of two are tried


@dataclasses.dataclass(frozen=True)
class Aim:
    """The targets of the sides. The cost of an assignment is the sum of the costs of its sides.

    Attributes:
        wanted: float64, (sides, classes), frames of each class.
        totals: int64, (classes,), frames in total.
        no_group: float64, (sides,), the cost of a side without a group.
        no_class: float64, (sides,), the cost for each class that a side lacks.
        no_value: the cost for each tag value that a side lacks.
    """

    wanted: np.ndarray
    totals: np.ndarray
    no_group: np.ndarray
    no_class: np.ndarray
    no_value: float = 0.0

    def cost(self, amounts: np.ndarray, groups: np.ndarray, sides: np.ndarray | int) -> np.ndarray:
        """Return the costs of sides.

        Args:
            amounts: int, (..., classes + values): frames of each class, then groups with each tag value.
            groups: int, (...): number of groups on the side.
            sides: int, (...): index of the side.

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
    """Return the targets of training, validation (and test) from shares, float64, (sides,), and totals, (classes,)."""
    no_class = np.array([NO_TRAINING_CLASS] + [NO_HELD_OUT_CLASS] * (len(shares) - 1))
    return Aim(shares[:, None] * totals, totals, np.full(len(shares), NO_GROUP), no_class)


@dataclasses.dataclass(frozen=True)
class Runs:
    """Frames that follow each other in one recording and one group, a row for all of them: few, however many frames.

    Attributes:
        lengths: int64, (runs,), number of frames.
        recordings: int, (runs,), ascending.
        groups: int, (runs,), group ids.
        counts: int64, (runs, classes), labelled frames of each class.
    """

    lengths: np.ndarray
    recordings: np.ndarray
    groups: np.ndarray
    counts: np.ndarray

    @classmethod
    def of(cls, table: FrameTable) -> Runs:
        """Return the runs of all frames of a table, left-out ones too."""
        n, n_classes = len(table), len(table.class_names)
        begins = np.ones(n, bool)
        np.not_equal(table.groups[1:], table.groups[:-1], out=begins[1:])
        begins[1:] |= table.recordings[1:] != table.recordings[:-1]
        starts = np.flatnonzero(begins)
        counts = np.zeros((len(starts), n_classes), np.int64)
        run = -1
        for part in blocks(n):
            runs = np.cumsum(begins[part]) + run
            labelled = table.labels[part] >= 0
            first, run = max(run, 0), int(runs[-1])
            places = (runs[labelled] - first) * n_classes + table.labels[part][labelled]
            counts[first : run + 1] += np.bincount(places, minlength=(run + 1 - first) * n_classes).reshape(
                -1, n_classes
            )
        return cls(np.diff(starts, append=n), table.recordings[starts], table.groups[starts], counts)

    def __getitem__(self, chosen: np.ndarray) -> Runs:
        return Runs(self.lengths[chosen], self.recordings[chosen], self.groups[chosen], self.counts[chosen])

    def by_group(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the groups, ascending; int64, (runs,), the index of each run's; int64, (groups, classes), frames."""
        names, members = np.unique(self.groups, return_inverse=True)
        counts = np.zeros((len(names), self.counts.shape[1]), np.int64)
        np.add.at(counts, members, self.counts)
        return names, members, counts


def count_groups(labelled: FrameTable) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Count the frames of each class in each group.

    Args:
        labelled: of frames, none of them left out.

    Returns:
        The groups, ascending; int, (n,), the index of each frame's group among them; int64, (groups, classes).
    """
    runs = Runs.of(labelled)
    names, members, counts = runs.by_group()
    return names, np.repeat(members.astype(number_type(len(names))), runs.lengths), counts


def share_out(counts: np.ndarray, aim: Aim, rng: np.random.Generator, tagged: np.ndarray | None = None) -> np.ndarray:
    """Choose a side for each group.

    Args:
        counts: int64, (groups, classes), frames.
        aim: targets of the sides.
        rng: chooses among equal assignments.
        tagged: bool, (groups, values), which groups have frames with which tag value. Among equal assignments, one with
            the most values on the most sides is chosen.

    Returns:
        int64, (groups,).
    """
    n_groups, n_sides = len(counts), len(aim.wanted)
    tagged = np.zeros((n_groups, 0), bool) if tagged is None else tagged
    amounts = np.concatenate([counts, tagged.astype(np.int64)], axis=1) if aim.no_value else counts
    if n_sides**n_groups <= MOST_TRIED:
        candidates = np.array(list(itertools.product(range(n_sides), repeat=n_groups)))
    else:
        tries = 1
        if n_groups <= ENOUGH_FOR_CHANCE:
            tries = max(1, min(MOST_BEGINNINGS, MOST_WORK // ((counts.size + tagged.size) * n_sides)))
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
    """Fill the sides, big groups first; each goes to the side whose need of its classes is greatest."""
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
    """Move single groups, or exchange two if there are not too many, as long as that lowers the cost."""
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
    """Return the best move of one group to another side; None if no move lowers the cost."""
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
    """Return the best exchange of two groups; None if no exchange lowers the cost."""
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
