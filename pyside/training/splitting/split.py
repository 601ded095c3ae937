"""Sides of a split: training, validation, test. Its unit is the group, and no group is on two sides.

Neighbouring frames of a video are almost copies: held-out frames between training frames show nothing about the next
video. So whole groups go to a side. Only if all frames belong to one group, it is cut into blocks of time. Sides that
recordings were given are kept.
"""

from __future__ import annotations

import numpy as np

from pyside.data.dataset import FrameTable, places_of
from pyside.errors import BadOption
from pyside.settings.core import named
from pyside.training.splitting.cross_validation import folds
from pyside.training.splitting.group_assignment import ENOUGH_FOR_CHANCE, Runs, aim_of_sides, share_out
from pyside.training.splitting.learning_curve import portions
from pyside.training.splitting.subsets import SIDES, Split, given_sides, groups_of_values, tag_values, tags_missing
from pyside.training.splitting.time_blocks import cut_in_blocks

__all__ = ["SIDES", "Split", "folds", "portions", "split", "tag_values", "tags_missing"]


def split(table: FrameTable, validation_fraction: float, test_fraction: float, seed: int) -> Split:
    """Assign the frames to sides, by whole groups.

    If recordings have the tag ``side`` (training, validation, test), and both training and validation have frames, the
    given sides are kept, and the fractions are ignored; recordings without the tag go to training. If some are for the
    test and none for validation, validation is drawn from the others. Given sides are not kept if they would divide a
    group. With any other value, such as left, ``side`` is a tag like any other. Among equally good splits, one is
    chosen that has each value of each tag on each side.

    Args:
        table: of all frames; each class is on each side if the groups allow it.
        validation_fraction: share of the frames held out for validation, met as closely as whole groups allow.
        test_fraction: share of the frames held out for the final test; 0 for no test side.
        seed: the same seed and data give the same split.

    Returns:
        The sides. Training and validation have at least one group each; so does the test side, if asked for.

    Raises:
        BadOption: nothing would be left to train on, or there are fewer groups than sides.
        BadDataset: there are too few frames.
    """
    if validation_fraction + test_fraction >= 1:
        raise BadOption(
            f"{named('validation_fraction')} {validation_fraction:g} and {named('test_fraction')} {test_fraction:g} "
            "leave nothing to train on. Their sum must be below 1."
        )
    runs = Runs.of(table)
    labelled = np.asarray(runs.counts.any(axis=1))
    given, warnings = given_sides(runs[labelled], table.tags)
    if given is None:
        sides, unit, more = _shared_out(table, runs, labelled, validation_fraction, test_fraction, seed)
        warnings += more
    else:
        if test_fraction > 0:
            warnings.append(
                f"{named('test_fraction')} {test_fraction:g} was not used: the recordings come with sides of their "
                "own, which are kept. For a test side, give recordings the tag side with the value test."
            )
        of_runs, unit = np.full(len(labelled), -1, np.int8), "given"
        of_runs[labelled] = given
        rest = of_runs == 0
        sides = np.repeat(of_runs, runs.lengths)
        if rest.any() and not np.any(of_runs == 1):
            anew, _, more = _shared_out(table, runs, rest, validation_fraction, 0, seed)
            np.copyto(sides, anew, where=np.repeat(rest, runs.lengths))
            warnings += more
    sides[table.labels < 0] = -1
    warnings += tags_missing(sides, table)
    training, validation, test = (places_of(sides == side) for side in range(len(SIDES)))
    return Split(training, validation, test, unit, tuple(warnings))


def _shared_out(
    table: FrameTable, runs: Runs, chosen: np.ndarray, validation_fraction: float, test_fraction: float, seed: int
) -> tuple[np.ndarray, str, list[str]]:
    """Share out some runs by the fractions.

    Args:
        table: of all frames.
        runs: of this table.
        chosen: bool, (runs,), those to share out, each with a labelled frame.
        validation_fraction: as in `split`.
        test_fraction: likewise.
        seed: likewise.

    Returns:
        int8, (n,), the side of each frame, which means nothing where its run is not chosen or it is left out; the unit;
        warnings.
    """
    shares = np.array([1 - validation_fraction - test_fraction, validation_fraction, test_fraction])
    shares = shares[: 3 if test_fraction > 0 else 2]
    names, members, counts = runs[chosen].by_group()
    rng = np.random.default_rng([seed, len(SIDES)])
    if len(names) <= 1:
        rows = np.repeat(chosen, runs.lengths) & (table.labels >= 0)
        of_frames = np.full(len(table), -1, np.int8)
        of_frames[rows], warnings = cut_in_blocks(table[rows], shares, rng)
        return of_frames, "block", list(warnings)
    if len(names) < len(shares):
        raise BadOption(
            f"{named('test_fraction')} is {test_fraction:g}, but the dataset has only {len(names)} groups of frames "
            "(recordings), and a test side needs one in addition to training and validation. Set "
            f"{named('test_fraction')} to 0 or add recordings."
        )
    tagged = None
    if len(names) <= ENOUGH_FOR_CHANCE:  # with more there is one assignment, and nothing to choose from
        tagged = groups_of_values(runs[chosen], table.tags, members, len(names))
    of_runs = np.full(len(chosen), -1, np.int8)
    of_runs[chosen] = share_out(counts, aim_of_sides(shares, counts.sum(0)), rng, tagged)[members]
    return np.repeat(of_runs, runs.lengths), "group", []
