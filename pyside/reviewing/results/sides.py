"""The sides of a split that a model was trained with, so that the next model is judged on the same recordings."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pyside.data.dataset import Dataset
from pyside.data.recordings.tags import SIDE_TAG, SIDES, names_sides, side_of
from pyside.errors import TouchTrainError, some
from pyside.settings.core import named
from pyside.system.files import sha256_of
from pyside.system.paths import is_file

_MOST_NAMED = 5


@dataclasses.dataclass(frozen=True)
class Sides:
    """The sides of the recordings of a dataset.

    Attributes:
        of: the side of each recording, in the order of the dataset: "" where it is left to a training.
        held_out: side of the recordings that the model was judged on, by name, as far as they are known and the
            dataset has none of that name.
        are_kept: whether recordings that are added have a side, too: training.
        warnings: what a person should know.
    """

    of: list[str]
    held_out: dict[str, str]
    are_kept: bool
    warnings: list[str]


def sides_of(dataset: Dataset, model: Mapping[str, str] | None, keep: bool) -> Sides:
    """Return the sides that the recordings of a dataset are to have.

    Sides that they have as tags stay. The others are those that the model was trained with, if it was trained on this
    dataset and its split did not cut recordings.

    Args:
        dataset: the dataset.
        model: ``path`` and ``sha256`` of the model, as in the record of a session; None without one, so that only
            sides that are there stay.
        keep: whether sides are wanted; if not, only those that are there stay.
    """
    tags = [one.info["tags"] for one in dataset.recordings]
    given = [side_of(one.get(SIDE_TAG, "")) for one in tags]
    if model is None:
        return Sides(given if names_sides(tags) else [""] * len(given), {}, False, [])
    judged_on, why = _held_out(dataset, model)
    there = {one.original for one in dataset.recordings}
    held_out = {name: side for name, side in judged_on.items() if name not in there}
    if not names_sides(tags):
        why = f"the dataset has a tag {SIDE_TAG} that means something else"
        given = [""] * len(given)
    elif all(given):
        return Sides(given, held_out, True, [])
    if not keep:
        at_stake = [one.original for one, side in zip(dataset.recordings, given, strict=True) if not side]
        return Sides(given, held_out, False, _about_splitting_anew(at_stake, judged_on, why))
    if why:
        return Sides(given, held_out, any(given), [_about_no_sides(why, any(given))])
    of_model = [judged_on.get(one.original, SIDES[0]) for one in dataset.recordings]
    return Sides([one or other for one, other in zip(given, of_model, strict=True)], held_out, True, [])


def _held_out(dataset: Dataset, model: Mapping[str, str]) -> tuple[dict[str, str], str]:
    """Return the sides of the recordings that a model did not learn, and why they do not tell those of the dataset."""
    from pyside.models.metadata import read_metadata
    from pyside.models.output_files import previous

    path = Path(model["path"])
    try:
        there = [one for one in (path, previous(path)) if is_file(one)]
        same = [one for one in there if sha256_of(one) == model["sha256"]]
        if not same:
            gone, replaced = f"its model {path} is not there any more", "another model has taken the place of"
            return {}, f"{replaced} {path} since" if path in there else gone
        about = read_metadata(same[0]) or {}
    except (TouchTrainError, OSError) as error:
        return {}, f"its model cannot be read ({error})"
    frames = _frames_held_out(about)
    held_out = {name: side for side, of_side in frames.items() for name in of_side}
    known = str(about.get("dataset_hash") or "unknown")
    if known != dataset.hash:
        return held_out, (
            f"its model was trained on another dataset (hash {known[:12]}) than {dataset.folder.name} (hash "
            f"{dataset.hash[:12]})"
        )
    if not held_out or _cuts(dataset, about, frames):
        return {}, "its model was trained with a split that cuts recordings, or that it does not tell"
    return held_out, ""


def _frames_held_out(about: Mapping[str, Any]) -> dict[str, dict[str, int]]:
    """Return the frames of each recording that a model was judged on, by side; nothing that is in another form."""
    found: dict[str, dict[str, int]] = {}
    for side in SIDES[1:]:
        rows = _in(_in(about.get("metrics"), side), "recordings")
        for one in rows if isinstance(rows, list) else ():
            name, frames = _in(one, "recording"), _in(one, "frames")
            if isinstance(name, str) and isinstance(frames, int):
                found.setdefault(side, {})[name] = frames
    return found


def _in(record: Any, key: str) -> Any:
    return record.get(key) if isinstance(record, Mapping) else None


def _cuts(dataset: Dataset, about: Mapping[str, Any], frames: Mapping[str, Mapping[str, int]]) -> bool:
    """Return whether a recording of the dataset has frames on two sides, or the sides do not fit the dataset."""
    labelled = {one.original: sum(one.info["counts"].values()) for one in dataset.recordings}
    whole = [labelled.get(name) == n for of_side in frames.values() for name, n in of_side.items()]
    return _in(about.get("split"), "unit") == "block" or not all(whole)


def _about_no_sides(why: str, are_some_given: bool) -> str:
    left = f"Recordings without the tag {SIDE_TAG} are left to the next training."
    return (
        f"The sides with which the model of the session was trained are not known: {why}. "
        f"{left if are_some_given else 'So the next training splits anew.'} Recordings that the older model learned "
        "may be held out then, which makes it look better than it is, and recordings that it was judged on may be "
        "learned. To compare two models on the same recordings, train both on the new dataset, or give its recordings "
        f"the tag {SIDE_TAG}."
    )


def _about_splitting_anew(recordings: list[str], judged_on: Mapping[str, str], why: str) -> list[str]:
    names = [name for name in recordings if name in judged_on and not why]
    if not names:
        return []
    return [
        f"The next training splits anew ({named('keep_sides')}), so it may learn from recordings that the older model "
        f"was judged on: {some(names, _MOST_NAMED)}."
    ]
