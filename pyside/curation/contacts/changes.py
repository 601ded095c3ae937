"""Decides what changes in a contact array, from the marks of a session: one place, whoever applies it to the array."""

from __future__ import annotations

import collections
import dataclasses
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from pyside.aliases import Array, Record
from pyside.curation.contacts.trial import changed_fields, judged, length, of_a_person, unit_of_lengths
from pyside.curation.marks import Marks
from pyside.data.labels import field_names
from pyside.data.labels.contacts import contact_rules, trial_fields
from pyside.data.labels.entry import LabelEntry, some_frames
from pyside.data.recordings.pairing import pair_entries
from pyside.data.video.sources import two_orders
from pyside.errors import BadLabels, BadOption, Faults, LengthMismatch, some
from pyside.settings.core import named
from pyside.settings.curation import ContactSettings
from pyside.system.paths import natural

# From the cell, the trial number and the frame rate to the frame of each sample, or None.
FrameMap = Callable[[int, int | None, float | None], Array | None]

NOT_REVIEWED = "not reviewed"  # state of a recording of which only what a person looked at would be written
_MOST_LISTED = 20  # trials in a message; the report has all


@dataclasses.dataclass(frozen=True)
class Change:
    """What changes in one trial.

    Attributes:
        cell: place of the trial in the contact array, counted from 0.
        trial: its number; None if it has none.
        fields: values by name, of what differs from what stands: float64 arrays with two axes, and lists as cells.
        removed: names of fields that are taken out, since they no longer fit.
        left: why the trial is left as it is; "" if it is the machine's to write.
        recording: name of the recording that it belongs to; "" if there is none.
        later_frames: number of frames of its video after its last sample, which stay unjudged.
        narrowed: whether touchConfidence, which had two columns or rows, has one number per sample now.
        rules: those by which its contacts follow from its confidences, if it was taken for the machine's by these.
    """

    cell: int
    trial: int | None
    fields: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    removed: Sequence[str] = ()
    left: str = ""
    recording: str = ""
    later_frames: int = 0
    narrowed: bool = False
    rules: Sequence[contact_rules.Rule] = ()

    def __str__(self) -> str:
        return f"cell {self.cell + 1}" if self.trial is None else f"trial {self.trial}"


@dataclasses.dataclass(frozen=True)
class Changes:
    """What changes in a contact array.

    Attributes:
        trials: one per trial, in the order of the array; templates and empty cells are none.
        how: how the trials were paired with recordings: ``name``, ``order``, ``natural`` or ``trial number``.
        alone: names of the recordings of the session that no trial belongs to.
    """

    trials: list[Change]
    how: str
    alone: list[str]

    @property
    def changed(self) -> list[Change]:
        """The trials that change."""
        return [one for one in self.trials if one.fields or one.removed]


def find_changes(
    contacts: Sequence[Any],
    where: str,
    recordings: Sequence[Record],
    marks_of: Callable[[Record], Marks],
    class_name: str,
    settings: ContactSettings,
    frame_map: FrameMap,
) -> Changes:
    """Find what changes in a contact array.

    Args:
        contacts: the array, as `mat_files.read_mat` returns a cell.
        where: its name in messages, such as ``contacts.mat: contacts``.
        recordings: the records of the session, see `marking.session`.
        marks_of: returns the marks of a recording.
        class_name: the class whose frames are contacts.
        settings: of the command.
        frame_map: returns the frame of the video of each sample of a trial, counted from 0, -1 for none; None if sample
            n is frame n. It is called with the cell, the trial number and the frame rate of the video.

    Raises:
        BadLabels: there is no trial, or fields of trials are not valid.
        BadOption: an option names a trial that there is not.
        Unpaired: trials and recordings cannot be paired.
        BadSession: marks are damaged, or not there.
        LengthMismatch: a trial is longer than its video, or than its frame map, or the map has frames that the video
            has not. All faults at once.
    """
    places = [
        place for place, item in enumerate(contacts) if isinstance(item, Mapping) and not field_names.is_empty(item)
    ]
    if not places:
        raise BadLabels(f"{where} holds no trial. Expected a cell with one struct per trial.")
    entries = [_entry(contacts[place], f"{where}{{{place + 1}}}") for place in places]
    overwritten = _overwritten(entries, settings)
    if settings.pairing == "natural":
        recordings = sorted(recordings, key=lambda one: natural(Path(one["video"]).name))
    paths = [Path(one["video"]) for one in recordings]
    orders = two_orders([*dict.fromkeys(path.parent for path in paths)], paths)
    paired = pair_entries(entries, paths, settings.pairing, settings.trial_pattern, orders)
    partners = {id(entry): one for entry, one in zip(paired.entries, recordings, strict=True) if entry is not None}
    alone = [one["name"] for entry, one in zip(paired.entries, recordings, strict=True) if entry is None]
    unit = unit_of_lengths([contacts[place] for place in places])
    unlike = _unlike_the_rest(contacts, places)
    of_session = _Session(marks_of, class_name, frame_map, settings.frame_rate, unit, overwritten, unlike)
    found, faults = [], Faults("trials", len(places))
    for place, entry in zip(places, entries, strict=True):
        with faults.noting(of=entry.source, what="trials"):
            found.append(of_session.change(Change(place, entry.trial), contacts[place], entry, partners.get(id(entry))))
    faults.raise_any()
    return Changes(found, paired.how, alone)


def _unlike_the_rest(contacts: Sequence[Any], places: Sequence[int]) -> dict[int, str]:
    """Return why trials may be a person's although a rule gives their contacts, by cell."""
    return {
        places[number]: f"its contactInds do not follow from the rule of most other trials ({rule}), so a person may "
        "have corrected them"
        for number, rule in contact_rules.unlike_the_rest([contacts[place] for place in places]).items()
    }


def _entry(trial: Mapping[str, Any], source: str) -> LabelEntry:
    name = field_names.video_name(trial)
    return LabelEntry(source, None, name[1] if name else None, field_names.trial(trial))


def _overwritten(entries: Sequence[LabelEntry], settings: ContactSettings) -> set[int]:
    """Return the numbers of the trials that are written although they may hold a person's work."""
    wanted = {*(settings.overwrite_manual or ())}
    missing = sorted(wanted - {entry.trial for entry in entries if entry.trial is not None})
    if missing:
        raise BadOption(f"{named('overwrite_manual')}: there is no trial {some([str(one) for one in missing])}.")
    return wanted


@dataclasses.dataclass(frozen=True)
class _Session:
    """What is the same for all trials; see `find_changes`.

    Attributes:
        unit: of contactLength, see `unit_of_lengths`.
        overwritten: numbers of the trials that are written although they may hold a person's work.
        unlike: why trials may be a person's although a rule gives their contacts, by cell.
    """

    marks_of: Callable[[Record], Marks]
    class_name: str
    frame_map: FrameMap
    frame_rate: float | None
    unit: float | None
    overwritten: set[int]
    unlike: Mapping[int, str]

    def change(self, change: Change, trial: Mapping[str, Any], entry: LabelEntry, record: Record | None) -> Change:
        """Return what changes in a trial, from what stands in it and the record of its recording."""
        if record is None:
            return dataclasses.replace(change, left="the session has no recording of it")
        change = dataclasses.replace(change, recording=record["name"])
        if record["state"] != "done":
            return dataclasses.replace(change, left=f"its video is {not_done(record)}")
        marks = self.marks_of(record)
        is_overwritten = entry.trial in self.overwritten
        why = of_a_person(trial, marks.decision.min_duration) or self.unlike.get(change.cell, "")
        why = "" if is_overwritten else why
        if why:
            return dataclasses.replace(change, left=why)
        frames = self._frames(change, entry.source, length(trial, entry.source), marks)
        later = max(0, marks.n_frames - 1 - int(frames.max(initial=-1)))
        fields, removed = changed_fields(trial, judged(marks, self.class_name, frames), self.unit, entry.source)
        before = trial_fields.confidence(trial, entry.source)
        return dataclasses.replace(
            change,
            fields=fields,
            removed=removed,
            later_frames=later,
            narrowed=before is not None and before.shape[1] > 1,
            rules=() if is_overwritten else contact_rules.rules_of(trial),
        )

    def _frames(self, change: Change, source: str, n_samples: int | None, marks: Marks) -> Array:
        """Return the frame of each sample of a trial, counted from 0, -1 for none.

        Raises:
            LengthMismatch: the samples do not fit the video, or their frame map.
            BadOption: as `frame_map`.
        """
        given = self.frame_map(change.cell, change.trial, self.frame_rate or marks.frame_rate)
        video = marks.video.name
        if given is None:
            n = marks.n_frames if n_samples is None else n_samples
            if n > marks.n_frames:
                text = (
                    "the trial is longer than its video, and nothing is cut to fit. If its samples are those of a "
                    f"tracker, say by {named('frame_map')} to which frames they belong."
                )
                raise _misfit(f"{source}: {n} samples, but {video} has {marks.n_frames} frames", text)
            return np.arange(n)
        if n_samples is not None and len(given) != n_samples:
            text = f"the vector in {named('frame_map')} must have as many values as the trial has samples."
            raise _misfit(f"{source}: {n_samples} samples, but {len(given)} values", text)
        beyond = given[given >= marks.n_frames]
        if len(beyond):
            text = f"{named('frame_map')} has frames that the video does not have."
            shown = some_frames(beyond + 1)
            raise _misfit(f"{source}: {video} has {marks.n_frames} frames, not {shown} (counted from 1)", text)
        return given


def not_done(record: Record) -> str:
    """Return what a recording without labels is: ``not marked``, or ``not reviewed``."""
    return NOT_REVIEWED if record["state"] == NOT_REVIEWED else "not marked"


def _misfit(what: str, text: str) -> LengthMismatch:
    return LengthMismatch(f"{what}: {text}", alike=text)


# --- in words --------------------------------------------------------------------------------------------------------


def remarks(changes: Changes) -> list[str]:
    """Return what a person should know of what changes, and what does not."""
    found = _of_other_rules(changes.changed)
    shorter = [one for one in changes.trials if one.later_frames]
    if shorter:
        shown = some([f"{one} ({one.later_frames:,} frames)" for one in shorter])
        found.append(f"These trials end before their videos, and the later frames stay unjudged: {shown}.")
    narrowed = [str(one) for one in changes.trials if one.narrowed]
    if narrowed:
        found.append(
            "touchConfidence had two numbers per sample, and has one now, the probability of the class that goes into "
            f"the contact array: {some(narrowed, _MOST_LISTED)}."
        )
    removed = collections.Counter(name for one in changes.trials for name in one.removed)
    if removed:
        places = some([str(one) for one in changes.trials if one.removed])
        names = ", ".join(f"{name} ({n})" for name, n in removed.items())
        found.append(
            f"Fields that no longer fit the contacts are taken out of {places}: {names}. Compute them again, with the "
            "scripts that made them."
        )
    left = collections.defaultdict(list)
    for one in changes.trials:
        if one.left:
            left[one.left].append(str(one))
    for why, trials in left.items():
        number = "1 trial is left as it is" if len(trials) == 1 else f"{len(trials):,} trials are left as they are"
        found.append(f"{number}, because {why}: {some(trials, _MOST_LISTED)}.")
    if changes.alone:
        found.append(f"No trial of the contact array belongs to these recordings: {some(changes.alone)}.")
    return found


def _of_other_rules(changed: Sequence[Change]) -> list[str]:
    """Return which trials change that follow another rule than most, as corrections of a person may happen to do."""
    judged = [one for one in changed if one.rules]
    fits = contact_rules.common_rules(one.rules for one in judged)
    if len(fits) < 2:
        return []
    usual, *others = fits
    shown = [f"{judged[place]} ({fit.rule})" for fit in others for place in fit.trials]
    number = "1 trial was" if len(shown) == 1 else f"{len(shown):,} trials were"
    return [
        f"{number} taken for the machine's, although the contacts follow another rule than those of most trials "
        f"({usual.rule}, in {len(usual.trials):,}): {some(shown, _MOST_LISTED)}. If a person corrected them, fill in "
        "manualAdd or manualDel in the contact array that was given, which still has them, and write again."
    ]
