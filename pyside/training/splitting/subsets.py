"""The sides of a split, those that recordings were given, and the tags whose values should be on each side."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np

from pyside.data.dataset import FrameTable
from pyside.errors import some

SIDES = ("training", "validation", "test")
SIDE_TAG = "side"  # the tag of a recording that was given a side
OTHER_NAMES = {"train": "training", "valid": "validation", "val": "validation"}
MOST_NAMED = 5


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


def given_sides(labelled: FrameTable) -> tuple[np.ndarray | None, list[str]]:
    """Return the side of each frame that its recording was given, or None, and what is to be said of it."""
    recordings, tags = labelled.recordings, labelled.tags
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
    _, members = np.unique(labelled.groups, return_inverse=True)
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


def tags_missing(sides: np.ndarray, labelled: FrameTable) -> list[str]:
    """Say which values of tags are on no frame of training, or of validation.

    Args:
        sides: int, (n,), the side of each frame, -1 for none.
        labelled: of the same frames.

    Returns:
        A sentence for each tag and side that lacks values of it.
    """
    on_side = [set(labelled.recordings[sides == number].tolist()) for number in range(2)]
    of_labelled = set(labelled.recordings.tolist())
    sentences = []
    for tag, values in tag_values(labelled.tags).items():
        for side, there in zip(SIDES, on_side, strict=False):
            absent = [value for value, of in values.items() if of_labelled & set(of) and not there & set(of)]
            if absent:
                what = "so the model cannot learn it" if side == "training" else "so its figures do not tell of it"
                sentences.append(
                    f"No frame of the {side} side has the {tag} {some(absent, MOST_NAMED)}, {what}. All "
                    "objects and shapes must be represented in training and in validation: add recordings."
                )
    return sentences


def groups_of_values(labelled: FrameTable, members: np.ndarray, n_groups: int) -> np.ndarray:
    """Return which groups have frames of which value of a tag: bool, (groups, values)."""
    values = [numbers for of_tag in tag_values(labelled.tags).values() for numbers in of_tag.values()]
    tagged = np.zeros((n_groups, len(values)), bool)
    for column, numbers in enumerate(values):
        tagged[members[np.isin(labelled.recordings, numbers)], column] = True
    return tagged
