"""The desk of a blind look: the windows of a sample, what a person said of each, and the figures that follow."""

from __future__ import annotations

import dataclasses
import hashlib
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from pyside.aliases import Array, Record
from pyside.curation.marks import LEFT_OUT, Marks, no_touch_class
from pyside.errors import BadReview, BadSession, some
from pyside.evaluation.events import event_classes
from pyside.reviewing.blind.estimate import estimate
from pyside.reviewing.blind.sample import Sample, check_same, draw, keep, kinds_of, read, sample_file
from pyside.reviewing.blind.table import write_table
from pyside.reviewing.corrections import Correction, Corrections
from pyside.reviewing.desk import Desk, next_open, seconds_left, touches_in, with_now
from pyside.system.paths import is_there

_ANSWERS = ("no", "yes", "uncuratable")


class BlindDesk:
    """What a blind look works on. All methods may be called from several threads.

    What `row`, `about`, `progress` and `warnings` tell holds nothing of what the model, labels given along, or
    corrections of an open review say.

    Args:
        folder: of the session.
        asked: number of windows.
        seed: of the sample; the same number and seed go on with the same sample.
        given: labels of a person by recording: int, (n_frames,), -1 where there is none; only for `figures`.

    Attributes:
        source: what is looked at.
        sample: what was drawn.
        events: the windows, in the order in which they are shown.
        warnings: what a person should know first.

    Raises:
        PathMissing, BadSession: there is no such session, or it, the sample or the answers are damaged.
        BadReview: no recording of it is done, or one in the sample has another video now.
        DiskFull, NotWritable: the sample cannot be written.
    """

    def __init__(self, folder: Path, asked: int, seed: int, given: Mapping[str, Array] | None = None):
        self._open, self._given = Desk(folder), dict(given or {})
        self.folder, self.session, self.class_names = folder, self._open.session, self._open.class_names
        self.source = self._open.source
        self._touch = [self.class_names.index(name) for name in event_classes(self.class_names)]
        self.path = sample_file(folder, asked, seed)
        if not is_there(self.path):
            keep(self.path, self._drawn(asked, seed))
        self.sample = read(self.path)
        self.events = self.sample.windows
        every = [self.marks(name) for name in self._open.recordings()]
        check_same(self.sample, {one.name: (one.n_frames, one.video_sha256) for one in every})
        lengths = {one.name: one.n_frames for one in every}
        videos = {one.name: one.video_sha256 for one in every}
        self._answers = Corrections(folder, self.class_names, lengths, videos, self.path.with_suffix(".jsonl").name)
        self.warnings = [*self._open.warnings, *self._answers.warnings]
        self._lock, self._times = threading.Lock(), list[float]()
        self._said: dict[int, Correction] = {}
        for place in range(len(self.events)):
            self._note(place)

    def _drawn(self, asked: int, seed: int) -> Sample:
        near: dict[str, list[tuple[int, int]]] = {}
        for event in self._open.events:
            if event.kind == "near-touch":
                near.setdefault(event.recording, []).append((event.first, event.last))
        every = [self.marks(name) for name in self._open.recordings()]
        kinds = {one.name: kinds_of(one.labels, self._is_touch(one.labels), near.get(one.name, [])) for one in every}
        return dataclasses.replace(draw(kinds, asked, seed), recordings=[_about(one) for one in every])

    def _is_touch(self, labels: Array) -> Array:
        return np.isin(labels, self._touch)

    # --- what there is ---------------------------------------------------------------------------------------------

    @property
    def corrections(self) -> int:
        """The number of answers that were ever written, with those that were undone."""
        return len(self._answers.all)

    def marks(self, recording: str) -> Marks:
        """Return the marks of a recording."""
        return self._open.marks(recording)

    def stamp(self, recording: str) -> str:
        """Return the stamp of the video of a recording when it was marked."""
        return self._open.stamp(recording)

    def next_place(self, after: int = -1) -> int | None:
        """Return the place of the first window after one that has no answer, else of the first at all; None if none."""
        with self._lock:
            return next_open([place in self._said for place in range(len(self.events))], after)

    def progress(self) -> Record:
        """Return ``events`` (windows), ``done`` (with an answer), and ``seconds_left`` or None."""
        with self._lock:
            left = len(self.events) - len(self._said)
            return {
                "events": len(self.events),
                "done": len(self._said),
                "seconds_left": seconds_left(self._times, left),
            }

    def check(self, place: int) -> None:
        """Raise BadReview if there is no window at a place."""
        if not isinstance(place, int) or not 0 <= place < len(self.events):
            raise BadReview(f"There is no window {place}. There are {len(self.events)}.")

    def row(self, place: int) -> Record:
        """Return a window in short: ``place``, ``recording``, ``first`` and ``last`` (from 1), ``done``."""
        window = self.events[place]
        return {
            "place": place,
            "recording": window.recording,
            "first": window.first + 1,
            "last": window.last + 1,
            "done": place in self._said,
        }

    def about(self, place: int) -> Record:
        """Describe a window for the page; frames are counted from 1.

        Returns:
            What `row` says, ``frames`` (of the recording), ``seen`` (number of the last answer), ``answer`` (the kind
            of the answer, None without) and ``touches``, what the person said: each first, last and class.
        """
        with self._lock:
            said, window = self._said.get(place), self.events[place]
            touches = [] if said is None else touches_in(said.labels, said.first, self.class_names)
            return {
                **self.row(place),
                "frames": self.marks(window.recording).n_frames,
                "seen": len(self._answers.all),
                "answer": None if said is None else said.kind,
                "touches": touches,
            }

    # --- what a person says ----------------------------------------------------------------------------------------

    def correct(self, place: int, kind: str, seen: int, touches: Any = None, **_: Any) -> Record:
        """Take what a person says of a window, and write it down.

        Args:
            place: of the window.
            kind: ``no`` (no touch in the frames that are shown), ``yes`` (touches, as given) or ``uncuratable``.
            seen: number of the last answer that the person had seen.
            touches: each first and last frame, counted from 1, and the name of the class.

        Returns:
            What `about` says of it now.

        Raises:
            BadReview: there is no such window, kind, frame or class.
            Outdated: another page gave an answer to these frames meanwhile.
            DiskFull, NotWritable: nothing was written.
        """
        self.check(place)
        with self._lock:
            window, said = self.events[place], self._said.get(place)
            labels = self._labels(place, kind, touches)
            was = np.full(len(labels), LEFT_OUT, np.int16) if said is None else said.labels
            self._answers.add(window.recording, kind, window.first, was, labels, seen)
            self._note(place)
            self._times = with_now(self._times)
        return self.about(place)

    def _labels(self, place: int, kind: str, touches: Any) -> Array:
        window = self.events[place]
        n = window.last + 1 - window.first
        if kind not in _ANSWERS:
            raise BadReview(f"There is no answer of the kind {kind!r}.")
        if kind == "uncuratable":
            return np.full(n, LEFT_OUT, np.int16)
        labels = np.full(n, no_touch_class(self.class_names), np.int16)
        if kind == "yes":
            for first, last, index in self._given_touches(place, touches):
                labels[first - window.first : last + 1 - window.first] = index
        return labels

    def _given_touches(self, place: int, touches: Any) -> list[tuple[int, int, int]]:
        window, classes = self.events[place], event_classes(self.class_names)
        if not isinstance(touches, list) or not touches:
            raise BadReview("Mark the touches first, or say that there is none.")
        found = []
        for one in touches:
            if not isinstance(one, list) or len(one) != 3 or not all(type(number) is int for number in one[:2]):
                raise BadReview("A touch is its first frame, its last frame, and its class.")
            first, last, name = one
            if not window.first < first <= last <= window.last + 1:
                raise BadReview(f"A touch lies in the frames {window.first + 1} to {window.last + 1}.")
            if not isinstance(name, str) or name not in classes:
                raise BadReview(f"{name!r} is no class of touches. There are {some([*classes])}.")
            found.append((first - 1, last - 1, self.class_names.index(name)))
        return found

    def undo(self) -> int | None:
        """Take back the last answer; returns the place of its window, None without one to take back."""
        with self._lock:
            taken = self._answers.undo()
            if taken is None:
                return None
            found = [place for place in range(len(self.events)) if self._is_of(taken, place)]
            for place in found:
                self._note(place)
            return found[0] if found else None

    def _is_of(self, one: Correction, place: int) -> bool:
        window = self.events[place]
        return (one.recording, one.first, one.stop) == (window.recording, window.first, window.last + 1)

    def _note(self, place: int) -> None:
        """Find anew what was said of a window."""
        standing = [one for one in self._answers.standing(self.events[place].recording) if self._is_of(one, place)]
        self._said.pop(place, None)
        if standing:
            self._said[place] = standing[-1]

    # --- what follows ----------------------------------------------------------------------------------------------

    def result(self) -> Record:
        """Return what is known now.

        Returns:
            ``sample``, ``answers`` and ``labels`` (paths; see `write_labels`), ``seed``, ``windows``, ``left`` (without
            an answer), ``figures``, none as long as windows are left, ``remarks`` about these, and ``summary``, both in
            lines for a person. Each of the figures is what `estimate` returns, with ``of``: the labels of the
            ``session``; ``corrected``, these with corrections, if there are any; ``given``, if labels were given along.
        """
        left = self.progress()["events"] - self.progress()["done"]
        found: Record = {
            "sample": str(self.path),
            "answers": str(self.path.with_suffix(".jsonl")),
            "labels": "" if left else str(self.path.with_suffix(".csv")),
            "seed": self.sample.seed,
            "windows": len(self.events),
            "left": left,
            "figures": [] if left else self._figures(),
            "remarks": [] if left else self._remarks(),
        }
        return {**found, "summary": _summary(found)}

    def write_labels(self) -> None:
        """Write the answers as a table of labels, once all windows have one; a table that a person changed stays.

        Raises:
            DiskFull, NotWritable: it could not be written.
        """
        if len(self._said) == len(self.events):
            said = [(self.marks(one.recording).video, one.first, one.labels) for _, one in sorted(self._said.items())]
            if remark := write_table(self.path.with_suffix(".csv"), said, self.class_names):
                self.warnings.append(remark)

    def _figures(self) -> list[Record]:
        sources = {"session": {name: self.marks(name).labels for name in self._open.recordings()}}
        if any(self._open.origins(name).any() for name in self._open.recordings()):
            sources["corrected"] = {name: self._open.labels(name) for name in self._open.recordings()}
        if self._given:
            sources["given"] = self._given
        truths = [self._said[place].labels for place in range(len(self.events))]
        return [
            {"of": name, **estimate(self.sample, truths, self._cut(of), self._touch)} for name, of in sources.items()
        ]

    def _cut(self, labels: Mapping[str, Array]) -> list[Array]:
        """Return labels in the frames that were shown, window by window."""
        none = np.empty(0, np.int16)
        found = []
        for window in self.events:
            cut = labels.get(window.recording, none)[window.shown]
            missing = window.last + 1 - window.first - len(cut)
            found.append(np.append(cut, np.full(missing, LEFT_OUT, np.int16)))
        return found

    def _remarks(self) -> list[str]:
        found = []
        labels = {one["name"]: one["labels_sha256"] for one in self.sample.recordings}
        there = self._open.recordings()
        now = {name: _about(self.marks(name))["labels_sha256"] for name in there}
        if changed := [name for name in there if labels.get(name, now[name]) != now[name]]:
            found.append(
                f"The labels of {some(changed)} have changed since the sample was drawn. The figures are those of the "
                "labels now, for which the sample is as good."
            )
        if more := [name for name in there if name not in labels]:
            found.append(f"The figures say nothing of {some(more)}, which came after the sample was drawn.")
        open_before = sum(self._open.origins(one.recording)[one.shown].any() for one in self.events)
        if open_before:
            found.append(
                f"Frames of {open_before} of {len(self.events)} windows were also looked at in an open review. Who did "
                "so first knew the answer of the model."
            )
        unclear = sum(one.kind == "uncuratable" for one in self._said.values())
        if unclear:
            found.append(
                f"{unclear} of {len(self.events)} windows cannot be judged. The figures hold for frames that can."
            )
        return found


def _summary(result: Record) -> list[str]:
    if result["left"]:
        return [f"Windows left: {result['left']} of {result['windows']}. The figures come once all have an answer."]
    figures = result["figures"]
    seen = (
        f"{result['windows']} windows drawn at random, {figures[0]['frames']} frames, {figures[0]['touches']} "
        f"touch{'' if figures[0]['touches'] == 1 else 'es'}"
    )
    lines = [f"{_NAMES[one['of']]}: {_right(one)}; {_errors(one)}." for one in figures]
    return [f"Blind look: {seen}. In brackets: the 95 % interval.", *lines, *result["remarks"]]


_NAMES = {"session": "Labels of the session", "corrected": "Labels with corrections", "given": "Labels given along"}


def _right(one: Record) -> str:
    if one["frames_right"] is None:
        return "no frame can be judged"
    low, high = one["frames_right_interval"]
    return f"{100 * one['frames_right']:.1f} % ({100 * low:.1f} to {100 * high:.1f}) of the frames are right"


def _errors(one: Record) -> str:
    if one["count_errors_per_touch"] is None:
        return "no touch was marked, so there are no count errors per touch"
    low, high = one["count_errors_per_touch_interval"]
    return f"{one['count_errors_per_touch']:.3f} ({low:.3f} to {high:.3f}) count errors per touch"


def _about(marks: Marks) -> Record:
    labels = hashlib.sha256(np.ascontiguousarray(marks.labels, "<i2").tobytes()).hexdigest()
    known = {"name": marks.name, "frames": marks.n_frames, "video_sha256": marks.video_sha256}
    return {**known, "labels_sha256": labels}


def open_blind(folder: Path, asked: int, seed: int, given: Mapping[str, Array] | None = None) -> BlindDesk:
    """Return the desk of a blind look; damage that shows only in what the session holds is an error in words."""
    try:
        return BlindDesk(folder, asked, seed, given)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadSession(f"The session {folder} is damaged ({error}). Curate again into another folder.") from error
