"""Sides of a split: training, validation, test. Its unit is the group, and no group is on two sides.

Neighbouring frames of a video are near copies: held-out frames that lie between training frames say nothing about
the next video. So whole groups change sides; only where all frames are one group, it is cut into blocks of time. Sides
that recordings were given are kept.
"""

from __future__ import annotations

import numpy as np

from pyside.data.dataset import FrameTable
from pyside.errors import BadOption
from pyside.settings.core import named
from pyside.training.splitting.cross_validation import folds
from pyside.training.splitting.group_assignment import aim_of_sides, count_groups, share_out
from pyside.training.splitting.learning_curve import portions
from pyside.training.splitting.subsets import SIDES, Split, given_sides, groups_of_values, tag_values, tags_missing
from pyside.training.splitting.time_blocks import cut_in_blocks

__all__ = ["SIDES", "Split", "folds", "portions", "split", "tag_values", "tags_missing"]


def split(table: FrameTable, validation_fraction: float, test_fraction: float, seed: int) -> Split:
    """Share the frames out to the sides, by whole groups.

    Where recordings carry the tag ``side`` (training, validation, test), with frames of training and of validation
    among them, these sides are kept, and the fractions do not count; recordings without the tag go to training. They
    are not kept where they would tear a group apart. Any other value of that tag, such as left, makes it a tag like any
    other. Among splits that are equally good otherwise, one is chosen that has each value of each tag on each side.

    Args:
        table: of all frames; each class is on each side where groups allow it.
        validation_fraction: share of the frames held out to validate on, met as nearly as whole groups allow.
        test_fraction: share of the frames held out for the end; 0 for no test side.
        seed: the same seed and data give the same split.

    Returns:
        The sides. Training and validation have at least one group each; so has the test side, if asked for.

    Raises:
        BadOption: nothing would be left to train on, or there are fewer groups than sides.
        BadDataset: too few frames.
    """
    if validation_fraction + test_fraction >= 1:
        raise BadOption(
            f"{named('validation_fraction')} {validation_fraction:g} and {named('test_fraction')} {test_fraction:g} "
            "leave nothing to train on. Their sum must be below 1."
        )
    numbers = np.flatnonzero(table.labels >= 0)
    labelled = table[numbers]
    given, warnings = given_sides(labelled)
    if given is not None:
        if test_fraction > 0:
            warnings.append(
                f"{named('test_fraction')} {test_fraction:g} was not used: the recordings come with sides of their "
                "own, which are kept. Give recordings for the end the tag side with the value test."
            )
        sides, unit = given, "given"
    else:
        shares = np.array([1 - validation_fraction - test_fraction, validation_fraction, test_fraction])
        shares = shares[: 3 if test_fraction > 0 else 2]
        names, members, counts = count_groups(labelled)
        rng = np.random.default_rng([seed, len(SIDES)])
        unit = "block" if len(names) <= 1 else "group"
        if len(names) <= 1:
            sides, more = cut_in_blocks(labelled, shares, rng)
            warnings += more
        elif len(names) < len(shares):
            raise BadOption(
                f"{named('test_fraction')} is {test_fraction:g}, but the dataset has only {len(names)} groups of "
                "frames (recordings), and a test side needs one beside training and validation. Set "
                f"{named('test_fraction')} to 0 or add recordings."
            )
        else:
            tagged = groups_of_values(labelled, members, len(names))
            sides = share_out(counts, aim_of_sides(shares, counts.sum(0)), rng, tagged)[members]
    warnings += tags_missing(sides, labelled)
    training, validation, test = (numbers[sides == side] for side in range(len(SIDES)))
    return Split(training, validation, test, unit, tuple(warnings))
