"""Makes a contact array for a session whose lab has none yet."""

from __future__ import annotations

import collections
import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from pyside.aliases import Record
from pyside.curation.contacts.changes import not_done
from pyside.curation.contacts.trial import judged, new_fields
from pyside.curation.marks import Marks
from pyside.data.recordings.pairing import trial_in
from pyside.errors import Faults, some
from pyside.settings.core import named

_MOST_CELLS = 100_000  # a larger number is a date, a time or a serial number, and no place in a list
_NOTHING = np.empty((0, 0))
# What the older tool leaves behind the trials: a struct in which nothing is filled in.
_TEMPLATE = {"contactInds": [_NOTHING], "confidence": _NOTHING, "trialNum": _NOTHING}


@dataclasses.dataclass(frozen=True)
class NewArray:
    """A new contact array.

    Attributes:
        variables: ``contacts`` and ``params``, as `mat5.new_file` takes them.
        trials: number of its trials.
        remarks: messages that a person should read.
    """

    variables: dict[str, Any]
    trials: int
    remarks: list[str]


def new_array(
    recordings: Sequence[Record], marks_of: Callable[[Record], Marks], class_name: str, trial_pattern: str | None
) -> NewArray:
    """Make the contact array of a session.

    Trial n is in cell n, and 0x0 double in a cell without a trial; a template follows. Where the names of the videos do
    not say so, the trials are in the order of the session: where there are no numbers, or one twice, the number of a
    trial is that of its cell, too; too large ones are kept. ``params`` has ``trialList``, a cell with a text for each
    cell but the template, such as ``3: trialNum=3``, and ``framesUsed``, the frames of the longest video.

    Args:
        recordings: the records of the session, in its order.
        marks_of: returns the marks of a recording.
        class_name: the class whose frames are contacts.
        trial_pattern: as in `trial_in`.

    Raises:
        BadSession: marks are damaged, or not there; all at once.
    """
    found = [trial_in(Path(one["video"]), trial_pattern) for one in recordings]
    places, numbers, remarks = _places(recordings, found)
    cells: list[Any] = [_NOTHING] * (max(places) + 1)
    trial_numbers = [*range(1, len(cells) + 1)]
    longest, faults = 0, Faults("recordings", len(recordings))
    for place, number, record in zip(places, numbers, recordings, strict=True):
        trial_numbers[place] = number
        with faults.noting():
            if record["state"] == "done":
                marks = marks_of(record)
                longest = max(longest, marks.n_frames)
                cells[place] = new_fields(judged(marks, class_name, np.arange(marks.n_frames)), number)
    faults.raise_any()
    texts = [f"{cell}: trialNum={number}" for cell, number in enumerate(trial_numbers, start=1)]
    params = {"trialList": texts, "framesUsed": np.arange(1.0, longest + 1).reshape(1, -1)}
    lacking = collections.defaultdict(list)
    for one in recordings:
        if one["state"] != "done":
            lacking[not_done(one)].append(one["name"])
    remarks += [
        f"These recordings are {why}, so their cells are empty: {some(names)}." for why, names in lacking.items()
    ]
    trials = len(recordings) - sum(map(len, lacking.values()))
    return NewArray({"contacts": [*cells, _TEMPLATE], "params": params}, trials, remarks)


def _places(recordings: Sequence[Record], found: Sequence[int | None]) -> tuple[list[int], list[int], list[str]]:
    """Return the cell of each recording, counted from 0, the numbers of the trials, and what a person should know."""
    doubled = {number for number, n in collections.Counter(found).items() if number is not None and n > 1}
    without = [one["name"] for one, number in zip(recordings, found, strict=True) if number is None]
    twice = [one["name"] for one, number in zip(recordings, found, strict=True) if number in doubled]
    known = [number for number in found if number is not None]
    outside = [str(number) for number in known if not 1 <= number <= _MOST_CELLS]
    if not (without or twice or outside):
        return [number - 1 for number in known], known, []
    if without:
        why = f"there is no trial number in the names of these videos: {some(without)}"
    elif twice:
        why = f"several videos have the same trial number: {some(twice)}"
    else:
        why = f"trial numbers such as {some(outside, 2)} are no places in a list"
    keeps = not (without or twice)
    text = (
        f"The trials are in the order of the session, because {why}. "
        f"{'Their numbers are kept' if keeps else 'They are numbered by their cells'}. If the number is elsewhere in "
        f"the names, set {named('trial_pattern')}."
    )
    order = [*range(len(recordings))]
    return order, known if keeps else [place + 1 for place in order], [text]
