"""The desk of a review: the events of a session, what a person said of each, and the labels that follow."""

from __future__ import annotations

import re
import statistics
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from pyside.aliases import Array, Record
from pyside.curation.marks import LEFT_OUT, Marks, no_touch_class
from pyside.errors import BadReview, BadSession, some
from pyside.evaluation.events import event_classes, runs
from pyside.reviewing.corrections import Correction, Corrections
from pyside.reviewing.events import Event, events_of, most_doubtful_first
from pyside.reviewing.sources.opening import open_source
from pyside.reviewing.sources.source import Source
from pyside.system.paths import inside

BLIND_ANSWERS = re.compile(r"blind_\d+_seed_\d+\.jsonl")
_ENDS = ("yes", "no", "uncuratable")  # kinds of corrections after which an event needs no further look
_TRACE = 60  # frames on each side of an event
_PAUSE = 60.0  # seconds: a longer time between two corrections was a break
_SPEED = 25  # corrections that tell how fast a person is


class Desk:
    """What a review works on. All methods may be called from several threads.

    Args:
        source: what is reviewed; or its path, see `open_source`.
        given: labels of a person by recording: int, (n_frames,), -1 where there is none.

    Attributes:
        events: the most doubtful first.
        source: what is reviewed.
        folder: that the corrections lie in.
        session: as `read_session` returns it; empty for labels of a person.
        warnings: what a person should know first.

    Raises:
        TouchTrainError: as `open_source`.
        BadSession: the corrections are damaged.
    """

    def __init__(self, source: Source | Path, given: Mapping[str, Array] | None = None):
        self.source = open_source(source) if isinstance(source, Path) else source
        self.folder, self.session = self.source.folder, self.source.session
        self.class_names = self.source.class_names
        self._touch = [self.class_names.index(name) for name in event_classes(self.class_names)]
        self._none = no_touch_class(self.class_names)
        self._marks = self.source.marks
        self._given = dict(given or {})
        lengths = {name: marks.n_frames for name, marks in self._marks.items()}
        videos = {name: marks.video_sha256 for name, marks in self._marks.items()}
        self._corrections = Corrections(self.folder, self.class_names, lengths, videos)
        self.warnings: list[str] = [*self.source.warnings, *self._corrections.warnings]
        self.events = most_doubtful_first(
            events_of(marks, self._given.get(name)) for name, marks in self._marks.items()
        )
        self._lock = threading.Lock()
        self._done = [False] * len(self.events)
        self._by_recording: dict[str, list[int]] = {}
        for place, event in enumerate(self.events):
            self._by_recording.setdefault(event.recording, []).append(place)
        for name in self._by_recording:
            self._note(name)
        self._times: list[float] = []

    @property
    def corrections(self) -> int:
        """The number of corrections that were ever written, with those that were undone."""
        return len(self._corrections.all)

    # --- what there is ---------------------------------------------------------------------------------------------

    def recordings(self) -> list[str]:
        """Return the names of the recordings that can be reviewed, in the order of the session."""
        return list(self._marks)

    def marks(self, recording: str) -> Marks:
        """Return the marks of a recording, as the model left them."""
        return self._marks[recording]

    def stamp(self, recording: str) -> str:
        """Return the stamp of the video of a recording when it was marked, see `pyside.system.paths.stamp_text`."""
        return self.source.stamps.get(recording, "")

    def labels(self, recording: str) -> Array:
        """Return the labels with corrections: int16, (n_frames,), -1 for a frame that is left out."""
        return self._corrections.labels(recording, self._marks[recording].labels)

    def origins(self, recording: str) -> Array:
        """Return where each label comes from: uint8, (n_frames,), the place in `corrections.ORIGINS`."""
        return self._corrections.origins(recording, self._marks[recording].labels)

    def next_place(self, after: int = -1) -> int | None:
        """Return the place of the first event after one that needs a look, else of the first at all; None if none."""
        with self._lock:
            return next_open(self._done, after)

    def progress(self) -> Record:
        """Return ``events``, ``done``, ``errors_left`` (expected, by the doubts), and ``seconds_left`` or None."""
        with self._lock:
            left = [event.doubt for event, done in zip(self.events, self._done, strict=True) if not done]
            return {
                "events": len(self.events),
                "done": len(self.events) - len(left),
                "errors_left": round(float(sum(left)), 1),
                "seconds_left": seconds_left(self._times, len(left)),
            }

    def check(self, place: int) -> None:
        """Raise BadReview if there is no event at a place."""
        if not isinstance(place, int) or not 0 <= place < len(self.events):
            raise BadReview(f"There is no event {place}. There are {len(self.events)}.")

    def row(self, place: int) -> Record:
        """Return an event in short: ``place``, ``recording``, ``first`` and ``last`` (from 1), ``doubt``, ``done``."""
        event = self.events[place]
        return {
            "place": place,
            "recording": event.recording,
            "first": event.first + 1,
            "last": event.last + 1,
            "doubt": round(event.doubt, 3),
            "done": self._done[place],
        }

    def about(self, place: int) -> Record:
        """Describe an event for the page; frames are counted from 1.

        Returns:
            ``place``, ``recording``, ``kind``, ``first`` and ``last`` (of the event as it was found), ``label``,
            ``doubt``, ``reasons``, ``done``, ``seen`` (number of the last correction), ``touches`` (those of the labels
            with corrections near it, each first, last and class), and ``trace``: ``start``, ``probability`` (of a
            touch; None without a model), ``threshold`` (None where the likeliest class counts), ``model``, ``labels``
            and ``given`` (classes by frame, -1 where there is none).
        """
        with self._lock:
            event, marks = self.events[place], self._marks[self.events[place].recording]
            labels = self.labels(event.recording)
            start, stop = max(0, event.first - _TRACE), min(marks.n_frames, event.last + 1 + _TRACE)
            window = slice(start, stop)
            trace: dict[str, Any] = {
                "start": start + 1,
                "probability": self._probability(marks, window),
                "threshold": self._threshold(marks),
                "model": marks.labels[window].tolist(),
                "labels": labels[window].tolist(),
            }
            if event.recording in self._given:
                trace["given"] = self._given[event.recording][window].tolist()
            return {
                **self.row(place),
                "kind": event.kind,
                "frames": marks.n_frames,
                "label": self.class_names[event.label],
                "reasons": list(event.reasons),
                "seen": len(self._corrections.all),
                "touches": self._touches(labels, event),
                "trace": trace,
            }

    def _probability(self, marks: Marks, window: slice) -> list[float | None] | None:
        """Return the probability of a touch in some frames, None where there is none; None without a model."""
        if not self.source.has_model:
            return None
        found = marks.probabilities[window][:, self._touch].sum(axis=1)
        return [None if np.isnan(p) else round(float(p), 3) for p in found]

    def _threshold(self, marks: Marks) -> float | None:
        """Return the probability from which on a frame is of a touch; None where the likeliest class counts."""
        of_touch = self._touch == [marks.decision.event_index] and marks.decision.threshold is not None
        return round(marks.decision.threshold or 0.0, 4) if of_touch else None

    def _touches(self, labels: Array, event: Event) -> list[list[Any]]:
        """Return the touches that lie in or next to an event: first and last frame, counted from 1, and class."""
        start = max(0, event.first - _TRACE)
        return touches_in(labels[start : event.last + 1 + _TRACE], start, self.class_names)

    # --- what a person says ----------------------------------------------------------------------------------------

    def correct(self, place: int, kind: str, seen: int, **how: Any) -> Record:
        """Take what a person says of an event, and write it down.

        Args:
            place: of the event.
            kind: ``yes`` (there is a touch, as shown with corrections), ``no`` (there is none), ``onset`` and
                ``offset`` (that of the touch at ``frame`` is moved to ``to``), ``split`` (no touch at ``frame``),
                ``merge`` (the touch at ``frame`` and the next are one, which settles the next one, too),
                ``uncuratable`` (the frames cannot be judged).
            seen: number of the last correction that the person had seen.
            how: ``frame`` and ``to``, counted from 1, as the kind needs them; ``label``, the class of a touch that
                ``yes`` makes.

        Returns:
            What `about` says of it now.

        Raises:
            BadReview: there is no such event, kind, or touch.
            Outdated: another window changed these frames meanwhile.
            DiskFull, NotWritable: nothing was written.
        """
        self.check(place)
        with self._lock:
            event = self.events[place]
            labels = self.labels(event.recording)
            first, new = self._corrected(event, kind, labels, how)
            if not len(new):
                raise BadReview("The edge of the touch is there already.")
            was = labels[first : first + len(new)]
            self._corrections.add(event.recording, kind, first, was, new, seen)
            self._note(event.recording)
            self._times = with_now(self._times)
        return self.about(place)

    def undo(self) -> int | None:
        """Take back the last correction; returns the place of the event next to it, None without one to take back."""
        with self._lock:
            taken = self._corrections.undo()
            if taken is None:
                return None
            self._note(taken.recording)
            places = self._by_recording.get(taken.recording, [])
            return min(places, key=lambda place: _distance(taken, self.events[place]), default=None)

    def _corrected(self, event: Event, kind: str, labels: Array, how: Mapping[str, Any]) -> tuple[int, Array]:
        """Return the first frame of a correction and the labels from there on."""
        first, stop = event.first, event.last + 1
        if kind in ("yes", "no"):
            first, stop = _grown(labels, self._is_touch(labels), first, stop)
        if kind == "yes":
            return first, self._confirmed(event, labels[first:stop], how)
        if kind == "no":
            inside = labels[first:stop]
            return first, np.where(self._is_touch(inside), self._none, inside).astype(np.int16)
        if kind == "uncuratable":
            return first, np.full(stop - first, LEFT_OUT, np.int16)
        if kind not in ("split", "merge", "onset", "offset"):
            raise BadReview(f"There is no correction of the kind {kind!r}.")
        frame = self._frame(how.get("frame"), labels)
        start, end = self._run_at(labels, frame)
        if kind == "split":
            if not start < frame < end - 1:
                raise BadReview("A touch is split at a frame inside it. This one is its onset or offset.")
            return frame, np.array([self._none], np.int16)
        if kind == "merge":
            return end, self._joined(event, labels, end)
        to = self._frame(how.get("to"), labels)
        return _moved(labels, kind, start, end, to, self._none)

    def _confirmed(self, event: Event, inside: Array, how: Mapping[str, Any]) -> Array:
        """Return the labels of an event that a person says is a touch."""
        label, touching = self._class(how, event), self._is_touch(inside)
        if not touching.any():
            return np.full(len(inside), label, np.int16)
        return np.where(touching, label, inside).astype(np.int16) if how.get("label") is not None else inside

    def _joined(self, event: Event, labels: Array, end: int) -> Array:
        """Return the labels between the touch that ends before a frame and the next one, which are to be one."""
        after = np.flatnonzero(self._is_touch(labels[end:]))
        if not len(after):
            raise BadReview("No touch follows this one, so there is nothing to join it with.")
        gap = int(after[0])
        if labels[end + gap] != labels[end - 1]:
            raise BadReview(f"The next touch, in frame {end + gap + 1}, is of another class.")
        if end + gap > event.last + _TRACE:
            raise BadReview(f"The next touch begins in frame {end + gap + 1}, out of sight.")
        if (labels[end : end + gap] == LEFT_OUT).any():
            raise BadReview("Frames between the two touches are left out, so nobody knows whether they are one.")
        return np.full(gap, labels[end - 1], np.int16)

    def _is_touch(self, labels: Array) -> Array:
        return np.isin(labels, self._touch)

    def _run_at(self, labels: Array, frame: int) -> tuple[int, int]:
        """Return start and stop of the touch at a frame."""
        if not self._is_touch(labels[frame : frame + 1]).any():
            raise BadReview(f"There is no touch in frame {frame + 1}.")
        other = np.flatnonzero(labels != labels[frame])
        before, after = other[other < frame], other[other > frame]
        return int(before[-1]) + 1 if len(before) else 0, int(after[0]) if len(after) else len(labels)

    def _class(self, how: Mapping[str, Any], event: Event) -> int:
        name = how.get("label")
        if name is None:
            return event.label
        if not isinstance(name, str) or name not in event_classes(self.class_names):
            raise BadReview(f"{name!r} is no class of touches. There are {some([*event_classes(self.class_names)])}.")
        return self.class_names.index(name)

    def _frame(self, number: Any, labels: Array) -> int:
        if not isinstance(number, int) or isinstance(number, bool) or not 1 <= number <= len(labels):
            raise BadReview(f"There is no frame {number}. The recording has frames 1 to {len(labels)}.")
        return number - 1

    def _note(self, recording: str) -> None:
        """Find anew which events of a recording need no further look."""
        standing = self._corrections.standing(recording)
        settled = [(one.first, one.stop) for one in standing if one.kind in _ENDS]
        settled += [self._joined_with(recording, one) for one in standing if one.kind == "merge"]
        for place in self._by_recording.get(recording, ()):
            self._done[place] = any(_meets(stretch, self.events[place]) for stretch in settled)

    def _joined_with(self, recording: str, one: Correction) -> tuple[int, int]:
        """Return the frames of the gap that a person closed, and of the touch behind it: first and stop."""
        labels = self.labels(recording)
        return one.first, _grown(labels, self._is_touch(labels), one.first, one.stop)[1]


def next_open(done: Sequence[bool], after: int) -> int | None:
    """Return the first place after one that is not done, else the first at all; None if all are."""
    order = [*range(after + 1, len(done)), *range(min(after + 1, len(done)))]
    return next((place for place in order if not done[place]), None)


def touches_in(labels: Array, start: int, class_names: Sequence[str]) -> list[list[Any]]:
    """Return the touches in the labels of frames from `start` on: first and last frame, counted from 1, and class."""
    touching = np.isin(labels, [class_names.index(name) for name in event_classes(class_names)])
    found = runs(touching, labels[1:] == labels[:-1])
    return [
        [start + first + 1, start + stop, class_names[labels[first]]]
        for first, stop in zip(*(ends.tolist() for ends in found), strict=True)
    ]


def with_now(times: Sequence[float]) -> list[float]:
    """Return the times in s of the latest answers with that of one that was given now."""
    return [*times[-_SPEED:], time.monotonic()]


def seconds_left(times: Sequence[float], left: int) -> int | None:
    """Return how long a person will take for what is left, by the times in s of the latest answers; None if unknown."""
    pauses = [b - a for a, b in zip(times, times[1:], strict=False) if b - a < _PAUSE]
    return round(statistics.median(pauses) * left) if len(pauses) >= 3 else None


def _meets(stretch: tuple[int, int], event: Event) -> bool:
    first, stop = stretch
    return first <= event.last and event.first < stop


def _distance(one: Correction, event: Event) -> int:
    """Return the number of frames between a correction and an event, 0 if they meet."""
    return max(0, one.first - event.last, event.first - one.stop + 1)


def _grown(labels: Array, touching: Array, first: int, stop: int) -> tuple[int, int]:
    """Return a stretch together with the touches that reach into it, such as one whose onset was moved."""
    while first > 0 and touching[first] and labels[first] == labels[first - 1]:
        first -= 1
    while stop < len(labels) and touching[stop] and labels[stop] == labels[stop - 1]:
        stop += 1
    return first, stop


def _moved(labels: Array, kind: str, start: int, end: int, to: int, none: int) -> tuple[int, Array]:
    """Return the correction by which the onset or the offset of the touch from start to end lies at a frame."""
    label = labels[start]
    if kind == "onset":
        if to >= end:
            raise BadReview("The onset cannot lie after the offset. To remove the touch, say no.")
        return (
            (to, np.full(start - to, label, np.int16)) if to < start else (start, np.full(to - start, none, np.int16))
        )
    if to < start:
        raise BadReview("The offset cannot lie before the onset. To remove the touch, say no.")
    if to >= end:
        return end, np.full(to + 1 - end, label, np.int16)
    return to + 1, np.full(end - to - 1, none, np.int16)


def not_reviewed(desk: Desk) -> BadReview:
    """Return the error that there are no corrections, with what may be the reason."""
    text = f"Nobody has reviewed a recording of {desk.source.path} yet. Run review first."
    blind = [one.name for one in inside(desk.folder) if BLIND_ANSWERS.fullmatch(one.name)] if desk.session else []
    if blind:
        text += f" The answers of a blind look ({some(blind)}) are no corrections."
    return BadReview(" ".join([text, *desk.warnings]))


def open_desk(source: Source | Path, **how: Any) -> Desk:
    """Return the desk of what is reviewed; damage that shows only in what it holds is an error in words."""
    try:
        return Desk(source, **how)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        path = source if isinstance(source, Path) else source.path
        raise BadSession(f"The session {path} is damaged ({error}). Curate again into another folder.") from error
