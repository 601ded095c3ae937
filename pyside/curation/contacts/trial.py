"""The fields of one trial of a contact array: what a session says of them, and whether a person's are at stake.

All frames of a trial are counted from 1, as in MATLAB, and all its numbers are float64, MATLAB's double.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from pyside.aliases import Array
from pyside.curation.marks import LEFT_OUT, Marks, ReviewedMarks
from pyside.data.labels import field_names
from pyside.data.labels.contacts import contact_rules, trial_fields
from pyside.data.labels.contacts.contact_rules import ORIGIN
from pyside.errors import BadLabels, some

# The lab's own scripts join contacts into one touch where `diff(contactInds)` is at most this.
_JOINED = 4
# Fields that are computed from contactInds or segmentInds, and the forces at these frames.
FORCES = (
    "M0combo M0comboAdj Faxial FaxialAdj meanM0 meanM0adj peakM0 peakM0adj meanFaxial meanFaxialAdj peakFaxial "
    "peakFaxialAdj preConCurve"
).split()


@dataclasses.dataclass(frozen=True)
class Judged:
    """What a session says of the samples of a trial.

    Attributes:
        touch: bool, (n,).
        codes: float64, (n,), as in prepross: 2 looked at, 0 surely no touch, -1 could not be looked at.
        confidence: float64, (n,), probability of a touch; 0 where the network did not look.
        origins: float64, (n,), 0 for a sample of the machine, 1 for one that a person confirmed, 2 for one that a
            person corrected.
        was_touch: bool, (n,), the touches of the machine.
    """

    touch: Array
    codes: Array
    confidence: Array
    origins: Array
    was_touch: Array

    def __len__(self) -> int:
        return len(self.touch)

    @property
    def contacts(self) -> Array:
        """Samples with touch, counted from 1: float64, (k,)."""
        return np.flatnonzero(self.touch) + 1.0

    @property
    def added(self) -> Array:
        """Samples in which only a person found a touch, counted from 1: float64, (k,)."""
        return np.flatnonzero(self.touch & ~self.was_touch & (self.origins > 0)) + 1.0

    @property
    def deleted(self) -> Array:
        """Samples in which only the machine found a touch, counted from 1: float64, (k,)."""
        return np.flatnonzero(self.was_touch & ~self.touch & (self.origins > 0)) + 1.0


def judged(marks: Marks, class_name: str, frames: Array) -> Judged:
    """Return what a session says of the samples of a trial.

    Args:
        marks: of its video.
        class_name: the class whose frames are contacts.
        frames: int64, (n,), the frame of each sample, counted from 0; -1 for a sample without a frame.
    """
    index = marks.class_names.index(class_name)
    left_out, there = marks.labels == LEFT_OUT, frames >= 0
    origins, machine = np.zeros(marks.n_frames), marks.labels
    if isinstance(marks, ReviewedMarks):
        origins, machine = marks.origins.astype(np.float64), marks.machine
    touch = (marks.labels == index) & ((marks.why == 0) | (origins > 0))
    looked = ((marks.why == 0) | touch) & ~left_out
    codes = np.where(left_out, trial_fields.LEFT_OUT, np.where(looked, trial_fields.LOOK, 0)).astype(np.float64)
    confidence = np.where((marks.why == 0) & ~left_out, marks.probabilities[:, index].astype(np.float64), 0.0)
    was_touch = (machine == index) & (marks.why == 0)
    places = np.where(there, frames, 0)
    return Judged(
        touch[places] & there,
        np.where(there, codes[places], float(trial_fields.LEFT_OUT)),
        np.where(there, confidence[places], 0.0),
        np.where(there, origins[places], 0.0),
        was_touch[places] & there,
    )


def segments(contacts: Array) -> Array:
    """Return the first and last frame of each touch: float64, (k, 2).

    Frames up to 4 apart are of one touch, so that up to 3 frames between them are bridged, as in the lab's own scripts
    (``diff(contactInds) > 4`` begins a new one).
    """
    if not len(contacts):
        return np.empty((0, 2))
    ends = np.flatnonzero(np.diff(contacts) > _JOINED)
    return np.stack([contacts[np.append(0, ends + 1)], contacts[np.append(ends, len(contacts) - 1)]], axis=1)


def inferred(contacts: Array, found: Array) -> Array:
    """Return the frames within touches that are no contacts themselves: float64, (k,)."""
    inside = [np.arange(first, last + 1) for first, last in found]
    return np.setdiff1d(np.concatenate(inside) if inside else np.empty(0), contacts)


# --- what stands in a trial ------------------------------------------------------------------------------------------


def length(trial: Mapping[str, Any], source: str) -> int | None:
    """Return the number of samples of a trial, that of prepross or else of touchConfidence; None if it has neither.

    Raises:
        BadLabels: one of them is not one number per frame, or they have different lengths.
    """
    codes, confidence = trial_fields.codes(trial, source), trial_fields.confidence(trial, source)
    found = [len(one) for one in (codes, confidence) if one is not None]
    if len({*found}) > 1:
        raise BadLabels(
            f"{source}: prepross has {found[0]} frames and touchConfidence {found[1]}. Expected as many of both."
        )
    return found[0] if found else None


def of_a_person(trial: Mapping[str, Any], min_duration: int) -> str:
    """Return why a trial may hold a person's work and is left as it is; "" if it is the machine's to write.

    It is the machine's if nobody noted an edit, and if either nothing in it has been judged yet, or its contactInds
    follow from touchConfidence by a rule of `contact_rules`, or by a threshold and this shortest duration.
    """
    edits = contact_rules.edits(trial)
    if edits:
        return f"a person edited it ({some(edits)})"
    if contact_rules.is_unjudged(trial) or contact_rules.is_of_machine(trial) or _is_decided(trial, min_duration):
        return ""
    if trial_fields.values(trial).get("touchconfidence") is None:
        return "it has contactInds without touchConfidence, so a person may have given them"
    return "no threshold on its touchConfidence gives its contactInds, so a person may have corrected them"


def _is_decided(trial: Mapping[str, Any], min_duration: int) -> bool:
    """Return whether a threshold, and dropping shorter touches than a number of frames, gives the contactInds."""
    try:
        contacts = trial_fields.touches(trial, "")
        codes, confidence = trial_fields.codes(trial, ""), trial_fields.confidence(trial, "")
    except BadLabels:
        return False
    if min_duration < 3 or contacts is None or codes is None or confidence is None:
        return False  # shorter durations are rules of `contact_rules`
    if len(codes) != len(confidence) or confidence.shape[1] > 1 or not np.all(np.diff(contacts) > 0):
        return False
    if len(contacts) and not 1 <= contacts[0] <= contacts[-1] <= len(codes):
        return False
    touch = np.zeros(len(codes), bool)
    touch[contacts - 1] = True
    looked = trial_fields.looked_at(codes)
    known = np.where(looked, confidence[:, 0], -np.inf)
    level = _opened(known, min_duration)
    low, high = (float(one) for one in (np.max(level[~touch], initial=-np.inf), np.min(level[touch], initial=np.inf)))
    return contact_rules.is_some_threshold(low, high, known)


def _opened(level: Array, width: int) -> Array:
    """Return the values of which a threshold gives the runs of at least `width` frames above that threshold."""

    def windows(values: Array) -> Array:
        around = np.full(width - 1, -np.inf)
        return np.lib.stride_tricks.sliding_window_view(np.concatenate([around, values, around]), width)

    lowest: Array = windows(level).min(axis=1)  # of each window that overlaps the frames
    found: Array = np.lib.stride_tricks.sliding_window_view(lowest, width).max(axis=1)
    return found


# --- what changes ----------------------------------------------------------------------------------------------------


def new_fields(said: Judged, number: int) -> dict[str, Any]:
    """Return the fields of a trial of a new contact array, in their order."""
    contacts = said.contacts
    return {
        "contactInds": [_row(contacts)],
        "prepross": _row(said.codes),
        "touchConfidence": _row(said.confidence),
        "trialNum": _row(np.array([number])),
        "segmentInds": segments(contacts),
        **_of_a_person(said),
    }


def _of_a_person(said: Judged, codes: Any = None) -> dict[str, Any]:
    """Return the fields that tell what a person said of a trial, as the codes in it stand; none if that is nothing."""
    if not said.origins.any():
        return {}
    origins = _like(said.origins, codes)
    return {"manualAdd": [_row(said.added)], "manualDel": [_row(said.deleted)], ORIGIN: origins}


def changed_fields(
    trial: Mapping[str, Any], said: Judged, per_frame: float | None, source: str
) -> tuple[dict[str, Any], list[str]]:
    """Return the fields of a trial that change, with their values, and the fields to take out.

    Args:
        trial: as it stands.
        said: what the session says of its samples.
        per_frame: the unit of contactLength, see `unit_of_lengths`; None if it is not known.
        source: name of the trial in messages.

    Returns:
        Values by name, of what differs from what stands: arrays with two axes, float64, and lists as cells. And the
        names of fields that no longer fit: those of `FORCES` that hold something, if a contact or a touch changed; and
        contactLength in a unit that is not known.

    Raises:
        BadLabels: what stands in place of a derived value is something else than numbers, or than pairs of them.
    """
    names, contacts = field_names.plain_names(trial), said.contacts
    found, removed = segments(contacts), []
    values: dict[str, Any] = {"contactInds": [_row(contacts)]}
    for name, vector in (("prepross", said.codes), ("touchConfidence", said.confidence)):
        standing = trial.get(names.get(name.lower(), ""))
        vector = _like(vector, standing)
        values[name] = [vector] if isinstance(standing, list) and len(standing) == 1 else vector
    values |= _of_a_person(said, trial.get(names.get("prepross", "")))
    if ORIGIN not in values and ORIGIN.lower() in names:
        values[ORIGIN] = _like(said.origins, trial[names[ORIGIN.lower()]])  # that of a person is no longer there
    derived = {"segmentInds": found, "inferredInds": inferred(contacts, found)}
    if per_frame is not None:
        derived["contactLength"] = (found[:, 1] - found[:, 0]) * per_frame
    for name, value in derived.items():
        if name.lower() in names:
            standing = trial[names[name.lower()]]
            as_column = name == "contactLength" and not isinstance(standing, list)
            value = value if name == "segmentInds" else _like(value, standing, as_column)
            values[name] = _per_whisker(value, standing, name == "segmentInds", f"{source}: {name}")
    by_name = {names.get(name.lower(), name): value for name, value in values.items()}
    own = names.get("contactinds", "contactInds")
    changed = {
        name: value
        for name, value in by_name.items()
        if name not in trial or not _same(value, trial[name], in_size=name == own)
    }
    if (own in changed and not _same(by_name[own], trial.get(own))) or names.get("segmentinds") in changed:
        gone = [*FORCES, *(["contactLength"] if per_frame is None else [])]
        plain = {field_names.plain(name) for name in gone}
        removed = [name for name in trial if field_names.plain(name) in plain and not field_names.is_empty(trial[name])]
    return changed, removed


def unit_of_lengths(trials: Sequence[Mapping[str, Any]]) -> float | None:
    """Return what contactLength counts one frame as: 1, or for example the period of a frame in seconds.

    Args:
        trials: of a contact array, as they stand.

    Returns:
        The quotient that all standing lengths have with the frames from the first to the last one of their touches; 1
        if none stands to be compared with; None if there is no single one.
    """
    frames, lengths = [], []
    for trial in trials:
        fields = trial_fields.values(trial)
        found, standing = (_only(fields.get(name)) for name in ("segmentinds", "contactlength"))
        if not (isinstance(found, np.ndarray) and isinstance(standing, np.ndarray) and found.ndim == 2):
            continue
        if found.shape[1] != 2 or standing.size != len(found) or {found.dtype.kind, standing.dtype.kind} - {*"biuf"}:
            continue
        frames.append(found[:, 1].astype(np.float64) - found[:, 0].astype(np.float64))
        lengths.append(standing.ravel().astype(np.float64))
    of_frames, of_lengths = (np.concatenate(one) if one else np.empty(0) for one in (frames, lengths))
    longer = of_frames > 0
    if not longer.any():
        return 1.0
    per_frame = float(np.median(of_lengths[longer] / of_frames[longer]))
    return per_frame if np.allclose(of_lengths, of_frames * per_frame, rtol=1e-6, atol=1e-9) else None


def _row(values: Array) -> Array:
    return np.asarray(values, np.float64).reshape(1, -1)


def _like(values: Array, standing: Any, as_column: bool = False) -> Array:
    """Return a vector as a row or column, as what stands in its place is, perhaps in a cell; else as is said."""
    inner = _only(standing)
    if isinstance(inner, np.ndarray) and inner.ndim == 2 and inner.size > 1 and 1 in inner.shape:
        as_column = inner.shape[1] == 1
    return _row(values).T if as_column else _row(values)


def _per_whisker(value: Array, standing: Any, pairs: bool, source: str) -> Any:
    """Return a value as it stands, or as the first item of a cell if one with an item per whisker stands there."""
    first, *others = standing if isinstance(standing, list) and standing else [standing]
    fits = field_names.is_empty(first) or _is_numbers(first) and (not pairs or first.shape[1:] == (2,))
    if not fits or not all(map(_is_numbers, others)):
        kind = "numbers in two columns" if pairs else "numbers"
        raise BadLabels(f"{source}: expected {kind}, or a cell with those of each whisker.")
    if not isinstance(standing, list):
        return value
    return [value, *(one.astype(np.float64) for one in standing[1:])]


def _is_numbers(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.dtype.kind in "biuf"


def _only(value: Any) -> Any:
    return value[0] if isinstance(value, list) and value else value


def _same(value: Any, standing: Any, in_size: bool = False) -> bool:
    """Return whether the numbers of a value are those that stand there; without numbers, in any size or in its own."""
    if isinstance(value, list):
        alike = isinstance(standing, list) and len(standing) == len(value)
        return alike and all(_same(*both, in_size) for both in zip(value, standing, strict=True))
    if not isinstance(standing, np.ndarray) or standing.dtype.kind not in "biuf":
        return False
    if not value.size and not standing.size and not in_size:
        return True
    return value.shape == standing.shape and bool(np.array_equal(value, standing.astype(np.float64), equal_nan=True))
