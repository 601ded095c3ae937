"""What a person should look at in a recording: its touches and near-touches, each with the doubt that it is right.

The doubt of an event is the share, 0 to 1, by which something speaks for an error in counting touches:

- a touch whose frames are hardly above the threshold, or very few, may be no touch (a ghost);
- a dip of the probability within a touch may be a gap between two (merged);
- a short gap, or one with high probabilities, may belong to the touch (split);
- a run of frames below the threshold, or one that was dropped as too short, may be a touch (missed);
- a touch that lasts far longer than the others, or begins earlier in its recording, may be something else;
- labels that were given along may say otherwise.

These are joined as if they were independent: 1 - (1 - a)(1 - b) ... So the order in which a person looks follows the
number of count errors that a look may mend, those of `pyside.evaluation.events`.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Sequence

import numpy as np

from pyside.aliases import Array
from pyside.curation.marks import LEFT_OUT, Marks, no_touch_class
from pyside.evaluation.events import event_classes, runs

NEAR = 4  # a run of frames with this part of the threshold is a near-touch
LONGEST_GAP = 8  # frames between touches that may be one
_STRONGEST = 5  # frames of a touch that speak for it
_SHORT = {1: 0.5, 2: 0.25}  # doubt of a touch of so few frames
_SHORT_GAP = {1: 0.6, 2: 0.5, 3: 0.5, 4: 0.5}
_DROPPED, _NEAR_TOUCH, _DIP = 0.55, 0.2, 0.3  # shares of true errors among the events of rendered sessions
_UNUSUAL = 0.3
_LONG, _EARLY = 3.0, 1  # times the 95th percentile of durations; percentile of first onsets
_FEW = 20  # recordings or touches, too few to say what is usual
_TOLD = 0.05  # the least doubt that is a reason to tell
_EDGE = 3  # frames that labels may differ by at an edge


@dataclasses.dataclass(frozen=True)
class Event:
    """A touch, or what may be one.

    Attributes:
        recording: its name.
        kind: ``touch``; ``near-touch``, which the labels do not have; ``given``, which only the labels that were given
            along have.
        first: its first frame, counted from 0.
        last: its last frame, which belongs to it.
        label: index of its class.
        doubt: 0 to 1, see the module.
        reasons: of ``weak``, ``short``, ``dip``, ``gap``, ``dropped``, ``near``, ``long``, ``early``, ``disagrees``,
            the strongest first.
    """

    recording: str
    kind: str
    first: int
    last: int
    label: int
    doubt: float
    reasons: tuple[str, ...]


def events_of(marks: Marks, given: Array | None = None) -> list[Event]:
    """Return the events of a recording in order of their frames.

    Args:
        marks: what a model says of it.
        given: int, (n_frames,), labels of a person, -1 where there is none; None without.
    """
    touching, level, threshold, which = _as_touching(marks)
    starts, stops = runs(touching, marks.labels[1:] == marks.labels[:-1])
    doubts = _of_touches(level, threshold, starts, stops)
    _add_gaps(doubts, level, threshold, starts, stops, marks.labels)
    if given is not None:
        _add_disagreements(doubts, given, marks, starts, stops)
    found = [
        _event(marks.name, "touch", start, stop, int(marks.labels[start]), doubt)
        for start, stop, doubt in zip(starts.tolist(), stops.tolist(), doubts, strict=True)
    ]
    found += _near_touches(marks, touching, level, threshold, which)
    if given is not None:
        found += _only_given(marks, given, touching)
    return sorted(found, key=lambda one: (one.first, one.last))


def most_doubtful_first(recordings: Iterable[Sequence[Event]]) -> list[Event]:
    """Return the events of all recordings, the most doubtful first, after a look at what is usual among them.

    Args:
        recordings: what `events_of` returns for each.
    """
    lists = [list(one) for one in recordings]
    every = [event for one in lists for event in one]
    durations = np.array([event.last - event.first + 1 for event in every if event.kind == "touch"])
    onsets = np.array([first for one in lists for first in [_first_onset(one)] if first is not None])
    longest = _LONG * np.percentile(durations, 95) if len(durations) >= _FEW else np.inf
    earliest = np.percentile(onsets, _EARLY) if len(onsets) >= _FEW else -1.0
    every = [_with_unusual(event, longest, earliest) for event in every]
    return sorted(every, key=lambda event: (-event.doubt, event.recording, event.first))


def _first_onset(events: Sequence[Event]) -> int | None:
    return min((event.first for event in events if event.kind == "touch"), default=None)


def _with_unusual(event: Event, longest: float, earliest: float) -> Event:
    if event.kind != "touch":
        return event
    more = ["long"] * bool(event.last - event.first + 1 > longest) + ["early"] * bool(event.first < earliest)
    if not more:
        return event
    doubt = 1 - (1 - event.doubt) * (1 - _UNUSUAL) ** len(more)
    return dataclasses.replace(event, doubt=doubt, reasons=(*event.reasons, *more))


def _event(recording: str, kind: str, start: int, stop: int, label: int, doubts: dict[str, float]) -> Event:
    """Return an event with its doubts joined."""
    right = math.prod(1 - one for one in doubts.values())
    reasons = sorted((name for name, one in doubts.items() if one >= _TOLD), key=lambda name: -doubts[name])
    return Event(recording, kind, start, stop - 1, label, 1 - right, tuple(reasons))


def _as_touching(marks: Marks) -> tuple[Array, Array, float, Array]:
    """Return which frames are of a touch, how probable one is in each, from when on it is one, and its class."""
    n, names = marks.n_frames, marks.class_names
    indices = np.array([names.index(name) for name in event_classes(names)])
    probabilities = np.nan_to_num(marks.probabilities.astype(np.float64), nan=0.0)
    which = np.full(n, indices[0]) if len(indices) == 1 else indices[np.argmax(probabilities[:, indices], axis=1)]
    touching = np.zeros(len(names) + 1, bool)
    touching[indices] = True
    touching = touching[marks.labels]  # -1 takes the last one
    decision = marks.decision
    if decision.threshold is not None and decision.event_index is not None:
        return touching, probabilities[:, decision.event_index], max(decision.threshold, 1e-6), which
    # The likeliest class counts: it is a touch from where it is as likely as no touch.
    none = probabilities[:, no_touch_class(names)]
    own = probabilities[np.arange(n), which]
    return touching, own / np.maximum(own + none, 1e-12), 0.5, which


# --- touches -------------------------------------------------------------------------------------------------------


def _of_touches(level: Array, threshold: float, starts: Array, stops: Array) -> list[dict[str, float]]:
    """Return what speaks against each touch by itself."""
    found = []
    for start, stop in zip(starts.tolist(), stops.tolist(), strict=True):
        inside = level[start:stop]
        strongest = np.sort(inside)[-_STRONGEST:].mean()
        doubts = {"weak": _share(1 - (strongest - threshold) / (1 - threshold)) if threshold < 1 else 0.0}
        if stop - start in _SHORT:
            doubts["short"] = _SHORT[stop - start]
        if inside.max() - inside.min() > 0.05 and stop - start > 2:
            walls = np.minimum(np.maximum.accumulate(inside), np.maximum.accumulate(inside[::-1])[::-1])
            doubts["dip"] = _DIP * _share((walls - inside).max() / max(1 - threshold, 1e-6))
        found.append({name: one for name, one in doubts.items() if one > 0})
    return found


def _share(value: float) -> float:
    return float(min(1.0, max(0.0, value)))


def _add_gaps(
    doubts: list[dict[str, float]], level: Array, threshold: float, starts: Array, stops: Array, labels: Array
) -> None:
    """Add to each touch what speaks for its being one with the next."""
    for place in np.flatnonzero(starts[1:] - stops[:-1] <= LONGEST_GAP).tolist():
        gap = slice(int(stops[place]), int(starts[place + 1]))
        others = labels[gap.start - 1] != labels[gap.stop]
        if others or (labels[gap] == LEFT_OUT).any():
            continue
        short = _SHORT_GAP.get(gap.stop - gap.start, 0.0)
        doubts[place]["gap"] = max(short, _share(level[gap].min() / threshold))


# --- near-touches --------------------------------------------------------------------------------------------------


def _near_touches(marks: Marks, touching: Array, level: Array, threshold: float, which: Array) -> list[Event]:
    """Return the runs of frames that are no touch, and stand alone, though the model holds one for possible."""
    follows = np.ones(max(0, marks.n_frames - 1), bool)
    possible = (level >= threshold / NEAR) & (marks.why == 0)
    found = []
    for start, stop in zip(*(ends.tolist() for ends in runs(possible | touching, follows)), strict=True):
        if touching[start:stop].any():
            continue  # the slopes of a touch
        highest = float(level[start:stop].max())
        doubt = {"dropped": _DROPPED} if highest >= threshold else {"near": _NEAR_TOUCH * _share(highest / threshold)}
        best = start + int(np.argmax(level[start:stop]))
        found.append(_event(marks.name, "near-touch", start, stop, int(which[best]), doubt))
    return found


# --- labels that were given along ----------------------------------------------------------------------------------


def _add_disagreements(doubts: list[dict[str, float]], given: Array, marks: Marks, starts: Array, stops: Array) -> None:
    """Add to each touch what labels of a person say against it."""
    for place, (start, stop) in enumerate(zip(starts.tolist(), stops.tolist(), strict=True)):
        own, label = given[start:stop], marks.labels[start]
        judged = own != LEFT_OUT
        if not judged.any():
            continue
        if not (own == label).any():
            doubts[place]["disagrees"] = 1.0
        elif np.count_nonzero(judged & (own != label)) > _EDGE:
            doubts[place]["disagrees"] = 0.5


def _only_given(marks: Marks, given: Array, touching: Array) -> list[Event]:
    """Return the touches of a person that the model has nothing of."""
    follows = np.ones(max(0, len(given) - 1), bool)
    found = []
    for name in event_classes(marks.class_names):
        index = marks.class_names.index(name)
        for start, stop in zip(*(ends.tolist() for ends in runs(given == index, follows)), strict=True):
            if not touching[start:stop].any():
                found.append(_event(marks.name, "given", start, stop, index, {"disagrees": 1.0}))
    return found
