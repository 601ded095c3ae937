"""The sides of a split, given sides of recordings, and tags whose values should be on each side."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np

from pyside.data.dataset import FrameTable
from pyside.data.recordings.tags import SIDE_TAG, SIDES, names_sides, side_of
from pyside.errors import some

__all__ = ["SIDES", "SIDE_TAG", "Split", "given_sides", "groups_of_values", "tag_values", "tags_missing"]
MOST_NAMED = 5


@dataclasses.dataclass(frozen=True)
class Split:
    """The frames of each side.

    Attributes:
        training: int64, (n,), ascending numbers of frames.
        validation: likewise.
        test: likewise; empty if no test side was asked for.
        unit: ``group``; ``block`` if one group was cut; ``given`` if sides that recordings were given were kept.
        warnings: sentences on what this split cannot show.
    """

    training: np.ndarray
    validation: np.ndarray
    test: np.ndarray
    unit: str
    warnings: tuple[str, ...] = ()


def given_sides(labelled: FrameTable) -> tuple[np.ndarray | None, list[str]]:
    """Return the side of each frame as its recording was given it, or None; and warnings.

    Where recordings were given the test side and none the validation side, none is on it yet.
    """
    recordings, tags = labelled.recordings, labelled.tags
    words = [tag.get(SIDE_TAG) for tag in tags]
    if not any(words) or not names_sides(tags):
        return None, []
    there = set(recordings.tolist())
    without_side = [number for number, word in enumerate(words) if not word and number in there]
    of_recordings = np.array([SIDES.index(side_of(word)) if word else 0 for word in words])
    sides = of_recordings[recordings]
    anew = "The given sides of recordings were not kept, and all recordings were split anew: "
    lacking = [side for number, side in enumerate(SIDES[:2]) if not np.any(sides == number)]
    if lacking and (lacking != ["validation"] or not np.any(sides == SIDES.index("test"))):
        return None, [f"{anew}none of them is in {' or '.join(lacking)}."]
    _, members = np.unique(labelled.groups, return_inverse=True)
    least, most = np.full(members.max() + 1, len(SIDES)), np.full(members.max() + 1, -1)
    np.minimum.at(least, members, sides)
    np.maximum.at(most, members, sides)
    if np.any(least != most):
        return None, [f"{anew}frames that belong together (one group) would be on two sides."]
    if without_side and not lacking:
        return sides, [
            f"{len(without_side)} of {len(there)} recordings have no tag side, unlike the others: they went to "
            "training."
        ]
    return sides, []


def tag_values(tags: Sequence[Mapping[str, str]]) -> dict[str, dict[str, list[int]]]:
    """Return the numbers of the recordings with each value of each tag; sides of a split do not count as a tag."""
    values: dict[str, dict[str, list[int]]] = {}
    are_sides = names_sides(tags)
    for number, of_recording in enumerate(tags):
        for tag, value in of_recording.items():
            if tag != SIDE_TAG or not are_sides:
                values.setdefault(tag, {}).setdefault(value, []).append(number)
    return values


def tags_missing(sides: np.ndarray, labelled: FrameTable) -> list[str]:
    """Warn about tag values that no frame of training, or of validation, has.

    Args:
        sides: int, (n,), the side of each frame, -1 for none.
        labelled: of the same frames.

    Returns:
        One warning for each tag and side with missing values.
    """
    on_side = [set(labelled.recordings[sides == number].tolist()) for number in range(2)]
    of_labelled = set(labelled.recordings.tolist())
    sentences = []
    for tag, values in tag_values(labelled.tags).items():
        for side, there in zip(SIDES, on_side, strict=False):
            absent = [value for value, of in values.items() if of_labelled & set(of) and not there & set(of)]
            if absent:
                what = "so the model cannot learn it" if side == "training" else "so its figures do not cover it"
                sentences.append(
                    f"No frame of the {side} side has the {tag} {some(absent, MOST_NAMED)}, {what}. All "
                    "objects and shapes must be represented in training and in validation: add recordings."
                )
    return sentences


def groups_of_values(labelled: FrameTable, members: np.ndarray, n_groups: int) -> np.ndarray:
    """Return which groups have frames with which tag value: bool, (groups, values)."""
    values = [numbers for of_tag in tag_values(labelled.tags).values() for numbers in of_tag.values()]
    tagged = np.zeros((n_groups, len(values)), bool)
    for column, numbers in enumerate(values):
        tagged[members[np.isin(labelled.recordings, numbers)], column] = True
    return tagged
