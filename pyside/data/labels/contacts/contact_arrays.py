"""Reads the contact arrays of the older tool: a cell with one struct per trial that lists the frames with touch.

A trial in MATLAB, where all numbers are double::

    contacts{12}.trialNum        = 300             % in the name of its video: whisker_300.mp4
    contacts{12}.contactInds     = {[41 42 43]}    % frames with touch, counted from 1; {zeros(1, 0)} if none
    contacts{12}.prepross        = [0 0 ... 2 2]   % per frame: 0 surely no touch; 2 left to the network
    contacts{12}.touchConfidence = [0 0 ... 0.93]  % per frame: confidence of the network

`contactInds` is what people corrected last, so it is the truth. The length of `prepross`, or else of `touchConfidence`,
is the number of frames that were judged; later frames are left out. The code -1 in `prepross` leaves a frame out.
Frames with 3 or any other code are decided by `contactInds` like the rest, but reported. In some arrays the codes are
-1, 0 and 1 alone, and 1 means left to the network. An `uncuratable` trial is left out, and so is one with the text
Skipped in place of the frames of `contactInds`. Without `contactInds`, the field `labels` with one label per frame
counts. A trial that a person reviewed has in `originOfLabel` a number for each frame: 0 for one that nobody looked at.
Other fields may be missing, and so may whole trials: an empty array or a template with all fields empty may
stand in their place.

A file stores whole numbers in a smaller type; see `trial_fields`. Which trials a program wrote is found in
`contact_rules`.
"""

from __future__ import annotations

import collections
import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np

from pyside.aliases import Array
from pyside.data.formats.variables import in_words
from pyside.data.labels import field_names, machine_made
from pyside.data.labels.contacts import trial_fields
from pyside.data.labels.contacts.contact_rules import ORIGIN
from pyside.data.labels.contacts.trial_fields import LEFT_OUT, LOOK, LOOK_OF_OTHERS, SURELY_NONE
from pyside.data.labels.entry import FrameList, LabelEntry, label_vector, some_frames
from pyside.errors import Faults, some

_OF_THE_TOOL = (
    "contactinds prepross touchconfidence trialnum uncuratable labels segmentinds manualadd manualdel inferredinds "
    "contactlength confidence passivetouch originoflabel"
).split()
_USUAL_CODES = (LEFT_OUT, SURELY_NONE, LOOK)
_LIKELY = 0.5  # confidence above which the network meant touch


@dataclasses.dataclass(frozen=True)
class ContactArray:
    """Labels from a contact array.

    Attributes:
        entries: one per trial.
        remarks: messages that a person should read before using the labels.
        odd: further messages about differences between trials.
    """

    entries: list[LabelEntry]
    remarks: list[str]
    odd: list[str]


def is_contact_array(value: Any) -> bool:
    """Return whether a struct, or some struct in a cell or struct array, has the fields of a contact array."""
    items = value if isinstance(value, list) else [value]
    keys = [field_names.plain_names(item) for item in items if isinstance(item, Mapping)]
    return any("contactinds" in one or {"trialnum", "prepross"} <= one.keys() for one in keys)


def read_contact_array(value: Any, where: str) -> ContactArray:
    """Read a contact array.

    Args:
        value: a list of structs (dicts), perhaps with other values among them, or one struct.
        where: its name in messages, such as ``contacts.mat: contacts``.

    Raises:
        BadLabels: frame numbers, codes or labels of trials are not valid; all faults at once.
    """
    items = value if isinstance(value, list) else [value]
    seen = _Seen()
    entries, faults = [], Faults()
    for number, item in enumerate(items, start=1):
        source = f"{where}{{{number}}}" if isinstance(value, list) else where
        if not isinstance(item, Mapping):
            seen.no_structs.append((number, in_words(item)))
        elif field_names.is_empty(item):
            seen.templates.append(number)
        else:
            with faults.noting(of=source, what="places"):
                entries.append(_trial(item, source, seen))
    faults.raise_any()
    return ContactArray(entries, seen.remarks(where, len(items)), seen.odd(len(entries)))


@dataclasses.dataclass
class _Seen:
    """Collects what is to be reported about the trials."""

    no_structs: list[tuple[int, str]] = dataclasses.field(default_factory=list)
    templates: list[int] = dataclasses.field(default_factory=list)
    uncuratable: list[str] = dataclasses.field(default_factory=list)
    skipped: list[str] = dataclasses.field(default_factory=list)
    beyond: list[str] = dataclasses.field(default_factory=list)
    lengths: list[str] = dataclasses.field(default_factory=list)
    codes: collections.Counter[float] = dataclasses.field(default_factory=collections.Counter)
    strange: collections.Counter[float] = dataclasses.field(default_factory=collections.Counter)  # of these codes
    names: collections.Counter[str] = dataclasses.field(default_factory=collections.Counter)
    orders: set[tuple[str, ...]] = dataclasses.field(default_factory=set)
    corrected: list[int] = dataclasses.field(default_factory=list)  # number of corrected frames of each such trial
    labels_differ: list[int] = dataclasses.field(default_factory=list)
    other_codes: int = 0
    without_span: int = 0
    unseen: int = 0  # labelled frames of reviewed trials that nobody looked at
    in_reviewed: int = 0  # labelled frames of reviewed trials

    def remarks(self, where: str, n_items: int) -> list[str]:
        messages = []
        if self.no_structs:
            kinds = ", ".join(sorted({words for _, words in self.no_structs}))
            cells = some([str(number) for number, _ in self.no_structs])
            messages.append(f"{where}: {len(self.no_structs)} of {n_items} cells hold no struct but {kinds}: {cells}.")
        if self.templates:
            cells = some([*map(str, self.templates)])
            messages.append(f"{where}: cell {cells} is a template, all its fields are empty.")
        if self.uncuratable:
            messages.append(f"Uncuratable trials, left out: {some(self.uncuratable)}.")
        if self.skipped:
            messages.append(f"Skipped trials, left out: {some(self.skipped)}.")
        if self.strange:
            shown = ", ".join(f"{code:g} in {n} frames" for code, n in sorted(self.strange.items()))
            messages.append(f"{where}: prepross has the codes {shown}; contactInds decides these frames.")
        if self.without_span:
            messages.append(
                f"{where}: {self.without_span} trials have neither prepross nor touchConfidence, so all frames of "
                "their videos count."
            )
        if self.beyond:
            messages.append(f"Touches after the last frame that was judged are left out: {some(self.beyond)}.")
        return messages + [f"{where}: {text}" for text in machine_made.about_unseen(self.unseen, self.in_reviewed)]

    def odd(self, n_trials: int) -> list[str]:
        messages = []
        rare = {name: n for name, n in self.names.items() if n < n_trials}
        if rare:
            shown = ", ".join(f"{name} in {n}" for name, n in sorted(rare.items()))
            messages.append(f"Fields that not all of {n_trials} trials have: {shown}.")
        if len(self.orders) > 1:
            messages.append(f"The fields of the trials differ, or are in {len(self.orders)} different orders.")
        if self.codes:
            shown = ", ".join(f"{code:g} in {n} frames" for code, n in sorted(self.codes.items()))
            messages.append(f"prepross: code {shown}.")
        if self.other_codes:
            messages.append(
                f"prepross has the codes -1, 0 and 1 alone in {self.other_codes} trials, where 1 means left to the "
                "network."
            )
        for name, differing in (("touchConfidence > 0.5", self.corrected), ("labels", self.labels_differ)):
            if differing:
                messages.append(
                    f"contactInds differs from {name} in {sum(differing)} frames of {len(differing)} trials; "
                    "contactInds is used."
                )
        if self.lengths:
            messages.append(f"prepross and touchConfidence have different lengths: {some(self.lengths)}.")
        if self.names.get("segmentInds"):
            messages.append(f"segmentInds, in {self.names['segmentInds']} trials, is not used.")
        return messages


def _trial(item: Mapping[str, Any], source: str, seen: _Seen) -> LabelEntry:
    value = trial_fields.values(item)
    seen.names.update(item.keys())
    seen.orders.add(tuple(item))
    name = field_names.video_name(value)
    tags = field_names.tags(item, [*_OF_THE_TOOL, *([name[0]] if name else [])])
    labels, left_out = None, "skipped"
    if trial_fields.is_skipped(value):
        seen.skipped.append(source)
    else:
        labels = _labels(value, source, seen)
        left_out = "" if labels else "has neither contactInds nor labels"
    if field_names.is_set(value.get("uncuratable")):
        left_out = "uncuratable"
        seen.uncuratable.append(source)
    trial = field_names.trial(value)
    empty = FrameList(np.empty(0, np.int64), np.empty(0), np.nan)
    return LabelEntry(source, labels or empty, name[1] if name else None, trial, left_out, tags)


def _labels(value: Mapping[str, Any], source: str, seen: _Seen) -> FrameList | None:
    codes = trial_fields.codes(value, source)
    confidence = trial_fields.confidence(value, source)
    given = _given(value, source)
    if codes is not None and confidence is not None and len(codes) != len(confidence):
        seen.lengths.append(f"{source} ({len(codes)} and {len(confidence)})")
    if codes is not None:
        _count_codes(codes, seen)
    touches = trial_fields.touches(value, source)
    touches = None if touches is None else np.unique(touches)
    if touches is None and given is None:
        return None
    if touches is None:
        return _of_labels(given, codes)
    span = codes if codes is not None else confidence
    if span is None:
        seen.without_span += 1
        return FrameList(touches, np.ones(len(touches)), 0.0)
    origins = trial_fields.per_frame(value, ORIGIN, source)
    return _of_touches(touches, len(span), codes, confidence, given, origins, source, seen)


def _count_codes(codes: Array, seen: _Seen) -> None:
    values, counts = np.unique(codes[~np.isnan(codes)], return_counts=True)
    counted = dict(zip(values.tolist(), counts.tolist(), strict=True))
    usual = {*_USUAL_CODES}
    if trial_fields.has_other_codes(codes):
        seen.other_codes += 1
        usual.add(LOOK_OF_OTHERS)
    seen.codes.update(counted)
    seen.strange.update({code: n for code, n in counted.items() if code not in usual})


def _of_labels(given: Any, codes: Array | None) -> FrameList:
    frames = np.arange(1, len(given) + 1)
    if not isinstance(given, np.ndarray):
        return FrameList(frames, given, "")
    if codes is not None and len(codes) == len(given):
        given = np.where((codes == LEFT_OUT) | np.isnan(codes), np.nan, given)
    return FrameList(frames, given, np.nan)


def _of_touches(
    touches: Array,
    n: int,
    codes: Array | None,
    confidence: Array | None,
    given: Any,
    origins: Array | None,
    source: str,
    seen: _Seen,
) -> FrameList:
    inside = (touches >= 1) & (touches <= n)
    outside = touches[~inside]
    labels = np.zeros(n)
    labels[touches[inside] - 1] = 1
    if len(outside):
        seen.beyond.append(f"{source} (of {n} frames), {some_frames(outside)}")
    if confidence is not None and confidence.shape == (n, 1):
        _note(seen.corrected, (confidence[:, 0] > _LIKELY) != (labels == 1))
    if isinstance(given, np.ndarray) and len(given) == n:
        doubtful = np.isnan(given) | (given == LEFT_OUT)
        _note(seen.labels_differ, ~doubtful & ((given == 1) != (labels == 1)))
        labels[doubtful] = np.nan
    if codes is not None:
        labels[(codes == LEFT_OUT) | np.isnan(codes)] = np.nan
    if origins is not None and len(origins) == n and origins.any():
        seen.unseen += int(np.count_nonzero((origins == 0) & ~np.isnan(labels)))
        seen.in_reviewed += int(np.count_nonzero(~np.isnan(labels)))
    frames = np.concatenate([np.arange(1, n + 1), outside])
    return FrameList(frames, np.concatenate([labels, np.full(len(outside), np.nan)]), np.nan)


def _note(trials: list[int], frames: Array) -> None:
    if frames.any():
        trials.append(int(np.count_nonzero(frames)))


def _given(value: Mapping[str, Any], source: str) -> Any:
    """Return the field `labels`: float64 numbers or class names, one per frame; None if missing or empty."""
    found = value.get("labels")
    names = label_vector(found)
    return names if isinstance(names, list) else trial_fields.per_frame(value, "labels", source)
