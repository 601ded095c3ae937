"""Sides of a split: training, validation, test. Its unit is the group, and no group is on two sides.

Neighbouring frames of a video are near copies: held-out frames that lie between training frames say nothing about
the next video. So whole groups change sides; only where all frames are one group, it is cut into blocks of time. Sides
that recordings were given are kept.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from pyside.errors import BadDataset, BadOption, some

SIDES = ("training", "validation", "test")
SIDE_TAG = "side"  # the tag of a recording that was given a side
OTHER_NAMES = {"train": "training", "valid": "validation", "val": "validation"}
# What a side without a group, training or a held-out side without a class, and frames off the target cost.
# The first three are steps: no fraction is met at the expense of one of them.
NO_GROUP, NO_TRAINING_CLASS, NO_HELD_OUT_CLASS, OFF_TARGET, OFF_CLASS_TARGET = 1e6, 1e4, 1e2, 1.0, 0.25
AS_GOOD = 0.01  # splits whose cost differs by less are equals, and the seed chooses among them
MOST_TRIED = 60_000  # ways to share out few groups, which are all tried
FEW_ENOUGH_FOR_PAIRS = 100  # groups of which any two may be exchanged
FEWEST_TO_CUT = 10  # frames
MOST_NAMED = 5
GAP = 50  # most frames left out where one group is cut; fewer in a short one


@dataclasses.dataclass(frozen=True)
class Split:
    """Which frames are on which side.

    Attributes:
        training: int64, (n,), ascending numbers of frames.
        validation: likewise.
        test: likewise; empty where no test side was asked for.
        unit: ``group``, ``block`` where one group was cut, or ``given`` where the recordings' own sides were kept.
        warnings: what this split cannot show, in words.
    """

    training: np.ndarray
    validation: np.ndarray
    test: np.ndarray
    unit: str
    warnings: tuple[str, ...] = ()


def split(
    labels: np.ndarray,
    groups: np.ndarray,
    validation_fraction: float,
    test_fraction: float,
    seed: int,
    n_classes: int,
    recordings: np.ndarray | None = None,
    tags: Sequence[Mapping[str, str]] = (),
) -> Split:
    """Share the frames out to the sides, by whole groups.

    Where recordings carry the tag ``side`` (training, validation, test), with frames of training and of validation
    among them, these sides are kept, and the fractions do not count; recordings without the tag go to training. They
    are not kept where they would tear a group apart. Any other value of that tag, such as left, makes it a tag like any
    other. Among splits that are equally good otherwise, one is chosen that has each value of each tag on each side.

    Args:
        labels: int, (n,), a class index a frame; -1 leaves a frame out of every side.
        groups: int, (n,), which frames belong together.
        validation_fraction: share of the frames held out to validate on, met as nearly as whole groups allow.
        test_fraction: share of the frames held out for the end; 0 for no test side.
        seed: the same seed and data give the same split.
        n_classes: how many classes there are; each is on each side where groups allow it.
        recordings: int, (n,), the number of its recording a frame, if that has tags.
        tags: of each recording, such as object, animal, camera.

    Returns:
        The sides. Training and validation have at least one group each; so has the test side, if asked for.

    Raises:
        BadOption: nothing would be left to train on, or there are fewer groups than sides.
        BadDataset: too few frames.
    """
    if validation_fraction + test_fraction >= 1:
        raise BadOption(
            f"ValidationFraction {validation_fraction:g} and TestFraction {test_fraction:g} leave nothing to train on. "
            "Their sum must be below 1."
        )
    numbers = np.flatnonzero(labels >= 0)
    labels = labels[numbers].astype(np.int64)
    recordings = np.zeros(len(numbers), np.int64) if recordings is None else recordings[numbers].astype(np.int64)
    given, warnings = _given_sides(recordings, groups[numbers], tags)
    if given is not None:
        if test_fraction > 0:
            warnings.append(
                f"TestFraction {test_fraction:g} was not used: the recordings come with sides of their own, which are "
                "kept. Give recordings for the end the tag side with the value test."
            )
        sides, unit = given, "given"
    else:
        shares = np.array([1 - validation_fraction - test_fraction, validation_fraction, test_fraction])
        shares = shares[: 3 if test_fraction > 0 else 2]
        names, members = np.unique(groups[numbers], return_inverse=True)
        rng = np.random.default_rng([seed, len(SIDES)])
        unit = "block" if len(names) <= 1 else "group"
        if len(names) <= 1:
            sides, more = _cut_in_blocks(labels, shares, rng, n_classes)
            warnings += more
        elif len(names) < len(shares):
            raise BadOption(
                f"TestFraction is {test_fraction:g}, but the dataset has only {len(names)} groups of frames "
                "(recordings), and a test side needs one beside training and validation. Set TestFraction to 0 or add "
                "recordings."
            )
        else:
            counts = np.zeros((len(names), n_classes), np.int64)
            np.add.at(counts, (members, labels), 1)
            tagged = _groups_of_values(recordings, members, len(names), tags)
            sides = _share_out(counts, shares, rng, tagged)[members]
    warnings += tags_missing(sides, recordings, tags)
    training, validation, test = (numbers[sides == side] for side in range(len(SIDES)))
    return Split(training, validation, test, unit, tuple(warnings))


# --- tags ----------------------------------------------------------------------------------------------------------


def _given_sides(
    recordings: np.ndarray, groups: np.ndarray, tags: Sequence[Mapping[str, str]]
) -> tuple[np.ndarray | None, list[str]]:
    """Return the side of each frame that its recording was given, or None, and what is to be said of it."""
    words = [tag.get(SIDE_TAG) for tag in tags]
    if not any(words) or not _names_sides(tags):
        return None, []
    there = set(recordings.tolist())
    untold = [number for number, word in enumerate(words) if not word and number in there]
    of_recordings = np.array([SIDES.index(_side(word)) if word else 0 for word in words])
    sides = of_recordings[recordings]
    anew = "The sides that recordings come with were not kept, and all were shared out anew: "
    lacking = [side for number, side in enumerate(SIDES[:2]) if not np.any(sides == number)]
    if lacking:
        return None, [f"{anew}none of them is of {' or '.join(lacking)}."]
    _, members = np.unique(groups, return_inverse=True)
    least, most = np.full(members.max() + 1, len(SIDES)), np.full(members.max() + 1, -1)
    np.minimum.at(least, members, sides)
    np.maximum.at(most, members, sides)
    if np.any(least != most):
        return None, [f"{anew}frames that belong together (one group) would be on two sides."]
    if untold:
        return sides, [
            f"{len(untold)} of {len(there)} recordings do not say on which side they are, as the others do: they went "
            "to training."
        ]
    return sides, []


def _side(word: str) -> str:
    return OTHER_NAMES.get(word.strip().lower(), word.strip().lower())


def _names_sides(tags: Sequence[Mapping[str, str]]) -> bool:
    """Tell whether the tag ``side`` means the sides of a split, and not left and right."""
    return all(_side(tag[SIDE_TAG]) in SIDES for tag in tags if tag.get(SIDE_TAG))


def tag_values(tags: Sequence[Mapping[str, str]]) -> dict[str, dict[str, list[int]]]:
    """Return the numbers of the recordings that carry each value of each tag; sides of a split do not count."""
    values: dict[str, dict[str, list[int]]] = {}
    names_sides = _names_sides(tags)
    for number, of_recording in enumerate(tags):
        for tag, value in of_recording.items():
            if tag != SIDE_TAG or not names_sides:
                values.setdefault(tag, {}).setdefault(value, []).append(number)
    return values


def tags_missing(sides: np.ndarray, recordings: np.ndarray, tags: Sequence[Mapping[str, str]]) -> list[str]:
    """Say which values of tags are on no frame of training, or of validation.

    Args:
        sides: int, (n,), the side of each frame, -1 for none.
        recordings: int, (n,), the number of its recording.
        tags: of each recording.

    Returns:
        A sentence for each tag and side that lacks values of it.
    """
    on_side = [set(recordings[sides == number].tolist()) for number in range(2)]
    labelled = set(recordings.tolist())
    sentences = []
    for tag, values in tag_values(tags).items():
        for side, there in zip(SIDES, on_side, strict=False):
            absent = [value for value, of in values.items() if labelled & set(of) and not there & set(of)]
            if absent:
                what = "so the model cannot learn it" if side == "training" else "so its figures do not tell of it"
                sentences.append(
                    f"No frame of the {side} side has the {tag} {some(absent, MOST_NAMED)}, {what}. All "
                    "objects and shapes must be represented in training and in validation: add recordings."
                )
    return sentences


def _groups_of_values(
    recordings: np.ndarray, members: np.ndarray, n_groups: int, tags: Sequence[Mapping[str, str]]
) -> np.ndarray:
    """Return which groups have frames of which value of a tag: bool, (groups, values)."""
    values = [numbers for of_tag in tag_values(tags).values() for numbers in of_tag.values()]
    tagged = np.zeros((n_groups, len(values)), bool)
    for column, numbers in enumerate(values):
        tagged[members[np.isin(recordings, numbers)], column] = True
    return tagged


# --- many groups: each to a side -----------------------------------------------------------------------------------


def _cost(on_sides: np.ndarray, groups_on_sides: np.ndarray, shares: np.ndarray, totals: np.ndarray) -> np.ndarray:
    """Say how far splits are from what was asked for.

    Args:
        on_sides: (..., sides, classes), frames.
        groups_on_sides: (..., sides), groups.
        shares: (sides,), fractions asked for.
        totals: (classes,), frames of the dataset.

    Returns:
        float64, (...,).
    """
    wanted = shares[:, None] * totals
    off = np.abs(on_sides.sum(-1) - wanted.sum(-1)).sum(-1) / totals.sum()
    present = totals > 0
    off_class = np.abs(on_sides - wanted)[..., present] / totals[present]
    missing = (on_sides[..., present] == 0).sum(-1)
    return (
        NO_GROUP * (groups_on_sides == 0).sum(-1)
        + NO_TRAINING_CLASS * missing[..., 0]
        + NO_HELD_OUT_CLASS * missing[..., 1:].sum(-1)
        + OFF_TARGET * off
        + OFF_CLASS_TARGET * off_class.mean(-1).sum(-1)
    )


def _share_out(counts: np.ndarray, shares: np.ndarray, rng: np.random.Generator, tagged: np.ndarray) -> np.ndarray:
    """Choose a side for each group.

    Args:
        counts: (groups, classes), frames.
        shares: (sides,), fractions asked for.
        rng: chooses among equals.
        tagged: bool, (groups, values), which groups have frames of which value of a tag.

    Returns:
        int64, (groups,).
    """
    n_groups, n_sides = len(counts), len(shares)
    if n_sides**n_groups <= MOST_TRIED:
        candidates = np.array(list(itertools.product(range(n_sides), repeat=n_groups)))
    else:
        tries = 20 if n_groups <= 500 else 1
        candidates = np.array([_improved(_filled(counts, shares, rng), counts, shares) for _ in range(tries)])
    costs = np.concatenate(
        [
            _cost(np.einsum("ngs,gk->nsk", chosen, counts), chosen.sum(1), shares, counts.sum(0))
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
    return candidates[rng.choice(good)]


def _parts(rows: np.ndarray, length: int) -> Iterator[np.ndarray]:
    for start in range(0, len(rows), length):
        yield rows[start : start + length]


def _filled(counts: np.ndarray, shares: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Fill the sides, big groups first, each to where its classes are furthest from what is wanted."""
    totals = counts.sum(0)
    wanted = np.maximum(shares[:, None] * totals, 1e-9).tolist()
    weights = counts / np.maximum(totals, 1)  # a rare class counts for more
    order = rng.permutation(len(counts))
    order = order[np.argsort(-counts[order].sum(1), kind="stable")]
    on_sides = [[0.0] * counts.shape[1] for _ in shares]
    sides = np.zeros(len(counts), np.int64)
    by_share = sorted(range(len(shares)), key=lambda side: -shares[side])
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


def _improved(sides: np.ndarray, counts: np.ndarray, shares: np.ndarray, most_steps: int = 100) -> np.ndarray:
    """Move single groups, or exchange two where there are not too many, as long as that lowers the cost."""
    sides = sides.copy()
    n_sides, totals = len(shares), counts.sum(0)
    every = np.arange(len(counts))
    for _ in range(most_steps):
        at = (sides[:, None] == np.arange(n_sides)).astype(np.int64)
        on_sides, groups_on_sides = at.T @ counts, at.sum(0)
        best = float(_cost(on_sides, groups_on_sides, shares, totals)) - 1e-9
        step: tuple[int, int, int | None] | None = None  # group, side it goes to, group that goes the other way
        for side in range(n_sides):  # move each group to `side`
            change = np.zeros((len(counts), n_sides, counts.shape[1]), np.int64)
            change[every, sides] -= counts
            change[:, side] += counts
            moved = (np.arange(n_sides) == side).astype(np.int64) - at
            costs = _cost(on_sides + change, groups_on_sides + moved, shares, totals)
            if costs.min() < best:
                best, step = float(costs.min()), (int(costs.argmin()), side, None)
        if step is None and len(counts) <= FEW_ENOUGH_FOR_PAIRS:
            first, second = np.triu_indices(len(counts), 1)
            apart = sides[first] != sides[second]
            first, second = first[apart], second[apart]
            pairs = np.arange(len(first))
            change = np.zeros((len(first), n_sides, counts.shape[1]), np.int64)
            difference = counts[second] - counts[first]
            change[pairs, sides[first]] += difference
            change[pairs, sides[second]] -= difference
            costs = _cost(on_sides + change, groups_on_sides, shares, totals)
            if costs.min() < best:
                pair = int(costs.argmin())
                step = (int(first[pair]), int(sides[second[pair]]), int(second[pair]))
        if step is None:
            break
        group, side, other = step
        if other is not None:
            sides[other] = sides[group]
        sides[group] = side
    return sides


# --- one group: blocks of time -------------------------------------------------------------------------------------


def _cut_in_blocks(
    labels: np.ndarray, shares: np.ndarray, rng: np.random.Generator, n_classes: int
) -> tuple[np.ndarray, list[str]]:
    """Cut one group into blocks with a gap between sides.

    Args:
        labels: int64, (n,), of the frames in their order.
        shares: (sides,), fractions asked for.
        rng: draws where the first cut is.
        n_classes: how many classes there are.

    Returns:
        int64, (n,), the side of each frame, -1 for those in a gap, and the warning.
    """
    n = len(labels)
    n_sides = len(shares)
    if n < FEWEST_TO_CUT:
        raise BadDataset(
            f"The dataset has {n} labelled frames in one group: too few to hold some out. "
            f"Label more frames (at least {FEWEST_TO_CUT}), or add a recording."
        )
    shares = np.append(0, np.maximum(shares[1:], 2 / n))  # a block and its gap
    shares[0] = 1 - shares.sum()
    one_hot = np.eye(n_classes, dtype=np.int64)[labels]
    best: tuple[float, np.ndarray] | None = None
    for rounds in (1, 2, 3, 5, 8):  # rounds of training, validation (and test); more only where it pays
        gap = min(GAP, max(1, n // (50 * rounds)))
        if rounds > 1 and n < 20 * rounds * n_sides * gap:
            break
        for shift in np.append(0.0, rng.random(15)):
            sides = _blocks(n, shares, rounds, shift, gap)
            at = (sides[:, None] == np.arange(n_sides)).astype(np.int64)
            cost = float(_cost(at.T @ one_hot, at.sum(0), shares, one_hot.sum(0))) + 0.05 * rounds
            if best is None or cost < best[0] - 1e-9:
                best = cost, sides
    assert best is not None
    warning = (
        "All frames are of one group (one recording), so it was cut into blocks of time, with left-out frames between "
        "them. The figures show how the model does on other moments of this recording, not on another one: another "
        "animal, day or light may do worse. Label frames of a second recording to see that."
    )
    return best[1], [warning]


def _blocks(n: int, shares: np.ndarray, rounds: int, shift: float, gap: int) -> np.ndarray:
    """Lay rounds of blocks over n frames, begun `shift` (0 to 1) of a round late, with a gap where sides meet."""
    round_length = n / rounds
    position = ((np.arange(n) + 0.5) / round_length + shift) % 1.0
    sides = np.searchsorted(np.cumsum(shares)[:-1], position, side="right")
    after = np.flatnonzero(np.diff(sides)) + 1  # a side begins here
    for start in after:
        left_out = slice(max(start - (gap + 1) // 2, 0), start + gap // 2)
        sides[left_out] = -1
    return sides
