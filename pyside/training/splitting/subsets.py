"""The sides of a split, given sides of recordings, and tags whose values should be on each side."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np

from pyside.data.dataset import FrameTable
from pyside.data.recordings.tags import SIDE_TAG, SIDES, names_sides, side_of
from pyside.errors import some
from pyside.training.splitting.group_assignment import Runs

__all__ = ["SIDES", "SIDE_TAG", "Split", "given_sides", "groups_of_values", "tag_values", "tags_missing"]
MOST_NAMED = 5


@dataclasses.dataclass(frozen=True)
class Split:
    """The frames of each side.

    Attributes:
        training: int, (n,), ascending numbers of frames, of `pyside.data.dataset.number_type`.
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


def given_sides(runs: Runs, tags: Sequence[Mapping[str, str]]) -> tuple[np.ndarray | None, list[str]]:
    """Return the side of each run as its recording was given it, int, (runs,), or None; and warnings.

    Where recordings were given the test side and none the validation side, none is on it yet.

    Args:
        runs: those with labelled frames.
        tags: of each recording of the dataset.
    """
    words = [tag.get(SIDE_TAG) for tag in tags]
    if not any(words) or not names_sides(tags):
        return None, []
    there = set(runs.recordings.tolist())
    without_side = [number for number, word in enumerate(words) if not word and number in there]
    of_recordings = np.array([SIDES.index(side_of(word)) if word else 0 for word in words])
    sides = of_recordings[runs.recordings]
    anew = "The given sides of recordings were not kept, and all recordings were split anew: "
    lacking = [side for number, side in enumerate(SIDES[:2]) if not np.any(sides == number)]
    if lacking and (lacking != ["validation"] or not np.any(sides == SIDES.index("test"))):
        return None, [f"{anew}none of them is in {' or '.join(lacking)}."]
    _, members = np.unique(runs.groups, return_inverse=True)
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
        labelled: of the same frames; left-out ones count as not there.

    Returns:
        One warning for each tag and side with missing values.
    """
    on_side = [set(_recordings_in(labelled.recordings[sides == number])) for number in range(2)]
    of_labelled = set(_recordings_in(labelled.recordings[labelled.labels >= 0]))
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


def _recordings_in(ascending: np.ndarray) -> list[int]:
    """Return the recordings of frames, each once."""
    first = np.ones(len(ascending), bool)
    np.not_equal(ascending[1:], ascending[:-1], out=first[1:])
    found: list[int] = ascending[first].tolist()
    return found


def groups_of_values(runs: Runs, tags: Sequence[Mapping[str, str]], members: np.ndarray, n_groups: int) -> np.ndarray:
    """Return which groups have frames with which tag value: bool, (groups, values).

    Args:
        runs: of frames.
        tags: of each recording of the dataset.
        members: int, (runs,), the index of the group of each.
        n_groups: number of groups.
    """
    of_tags = list(tag_values(tags).values())
    tagged = np.zeros((n_groups, sum(map(len, of_tags))), bool)
    before = 0
    for values in of_tags:
        columns = np.full(len(tags), -1)
        for place, numbers in enumerate(values.values()):
            columns[numbers] = before + place
        before += len(values)
        there = columns[runs.recordings] >= 0
        tagged[members[there], columns[runs.recordings[there]]] = True
    return tagged
