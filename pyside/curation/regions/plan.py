"""Plans a session: which videos, where to look in each, which of their frames, and what stands against it."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from pyside.aliases import Progress
from pyside.curation.model.facts import ModelFacts
from pyside.curation.regions.video_plan import Recording, VideoPlan, plan_video
from pyside.curation.regions.way import Way, own_way
from pyside.data.recordings.pairing import Beside, pair, pair_by_name, pair_labels
from pyside.data.recordings.regions.centers import CentersToRead
from pyside.data.recordings.regions.plan import (
    Notes,
    beside,
    check_bits,
    probed,
)
from pyside.data.video.sources import find_videos, recording_names, two_orders
from pyside.errors import (
    BadVideo,
    Faults,
    Interrupted,
    PathMissing,
    TouchTrainError,
    Unpaired,
    of_system,
    some,
)
from pyside.settings.curation import CurateSettings
from pyside.system.files import legal_name
from pyside.system.parallel import usable_cores

__all__ = ["SessionPlan", "VideoPlan", "Watcher", "plan_by", "plan_session", "spread_over"]

_SECONDS_BETWEEN = 0.2  # progress records


@dataclasses.dataclass(frozen=True)
class SessionPlan:
    """The plan for all videos.

    Attributes:
        videos: one plan per video, in the order in which they are marked.
        warnings: messages for a person.
        pairing: how labels were paired: ``name``, ``order``, ``natural`` or ``trial number``; "" without labels.
        found: number of videos that were found; more than there are plans if only some were to be planned.
    """

    videos: list[VideoPlan]
    warnings: list[str]
    pairing: str = ""
    found: int = 0


class Watcher:
    """Tells how far a plan is, and ends it if that is asked for.

    Args:
        progress: receives the records, at most about five times a second.
        should_stop: returns True to end the plan.
    """

    def __init__(
        self, progress: Progress = lambda record: None, should_stop: Callable[[], bool] = lambda: False
    ) -> None:
        self._progress, self._should_stop, self._told = progress, should_stop, 0.0

    def look(self, stage: str, number: int, total: int) -> None:
        """Tell that video `number`, from 1, is done; raises Interrupted if the plan is to end."""
        if self._should_stop():
            raise Interrupted("The session was stopped while its videos were looked at. Nothing was marked.")
        if time.monotonic() - self._told >= _SECONDS_BETWEEN:
            self._told = time.monotonic()
            self._progress({"stage": stage, "recording": number, "recordings": total})


def plan_session(
    videos: Any, facts: ModelFacts, settings: CurateSettings, first: int = 0, watcher: Watcher | None = None
) -> SessionPlan:
    """Plan a session; nothing is written, and few frames are read.

    A fault of one video (a damaged header, no centres, too few values) is in its plan, and the others go on. If every
    video has a fault, they are raised.

    By default the region lies as in the training: the whole frame, its middle, one fixed centre, or around the object
    that was searched for then, which is searched for in each video.

    Why a frame is not looked at is, in this order: its value lies beyond a limit, so it is no touch; it lies outside
    the span, and is left out; it has no centre, and is no touch or left out by `no_center`; its region extends beyond
    the frame, and it is left out.

    Args:
        videos: a folder, a file, or a list, as in `find_videos`; a recording in two formats is two videos.
        facts: what the model knows of its frames.
        settings: the options.
        first: index of the first pixel and frame in options from memory: 0, or 1 for MATLAB.
        watcher: tells how far the plan is.

    Raises:
        TouchTrainError: all faults of options and of what they name; or those of the videos, if all have one.
        Interrupted: the watcher ended it.
    """
    notes = Notes()
    return plan_by(own_way(facts, settings, notes.faults), videos, settings, first, notes, watcher=watcher)


def plan_by(
    way: Way,
    videos: Any,
    settings: CurateSettings,
    first: int,
    notes: Notes,
    most: int | None = None,
    watcher: Watcher | None = None,
) -> SessionPlan:
    """Plan videos as `plan_session` does.

    Args:
        way: where to look.
        videos: as in `plan_session`.
        settings: likewise.
        first: likewise.
        notes: the faults of `way`.
        most: number of videos to plan, from all over the list; None for all.
        watcher: likewise.
    """
    recordings = _find(videos, settings, notes)
    paths = [one.path for one in recordings]
    orders = two_orders(videos, paths) if paths and settings.pairing not in ("order", "natural") else ""
    pairing = _add_labels(recordings, settings, orders, notes)
    counted_from = _add_beside(recordings, way, first, notes, orders)
    n_found = len(recordings)
    recordings = [recordings[place] for place in spread_over(len(recordings), most or len(recordings))]
    watcher = watcher or Watcher()
    _probe(recordings, way, watcher)
    if settings.pixel_range is not None:
        check_bits([one.info for one in recordings if one.info], way.settings, notes.faults)
    notes.faults.raise_any()
    plans = _planned(recordings, way, settings, first, counted_from, notes, watcher)
    notes.faults.raise_any()
    of_videos = Faults("videos", len(recordings))
    for one in recordings:
        if one.fault is not None:
            with of_videos.noting(of=one.path if isinstance(one.fault, BadVideo) else one.name):
                raise one.fault
    if len(of_videos) and all(one.fault for one in recordings):
        of_videos.raise_any()
    empty = [plan.name for plan in plans if plan.look is not None and not plan.look.any()]
    if empty:
        notes.warnings.append(f"The network looks at no frame of {some(empty)}.")
    return SessionPlan(plans, notes.all_warnings(), pairing, n_found)


# --- what belongs to each video ------------------------------------------------------------------------------------


def _find(videos: Any, settings: CurateSettings, notes: Notes) -> list[Recording]:
    """Find the videos; a broken link in a folder is a fault of that video."""
    faults, broken = Faults(), dict[Path, TouchTrainError]()
    paths = find_videos(videos, faults, notes.warnings, by_number=settings.pairing == "natural", once=False)
    for fault in faults:
        if isinstance(fault, PathMissing) and fault.of:
            broken[Path(fault.of)] = fault
        else:
            notes.faults.include(fault)
    notes.faults.what, notes.faults.total = "videos", len(paths) + len(broken)
    taken: dict[str, int] = {}
    every = [*paths, *broken]
    names = [legal_name(name, taken) for name in recording_names(every)]
    return [Recording(name, path, broken.get(path)) for name, path in zip(names, every, strict=True)]


def spread_over(n: int, most: int) -> list[int]:
    """Return at most so many of the numbers from 0 to n - 1, evenly spread over them."""
    return list(range(n)) if n <= most else np.linspace(0, n - 1, most).round().astype(int).tolist()


def _add_labels(recordings: Sequence[Recording], settings: CurateSettings, orders: str, notes: Notes) -> str:
    """Pair labels with the videos, if any are given; return how."""
    if settings.labels is None or not recordings:
        return ""
    paths = [one.path for one in recordings]
    with notes.faults.noting():
        paired = pair_labels(
            settings.labels, settings.label_variable, paths, settings.pairing, settings.trial_pattern, orders
        )
        notes.warnings += paired.remarks
        for one, entry in zip(recordings, paired.entries, strict=True):
            one.labels = entry
        if by_a_model := [entry.source for entry in paired.entries if entry is not None and entry.machine]:
            notes.warnings.append(
                f"A model wrote the labels in {some(by_a_model)}, and nobody has changed them since. A comparison with "
                "them says how alike two models are, not how right one is."
            )
        return paired.how
    return ""


def _add_beside(recordings: Sequence[Recording], way: Way, first: int, notes: Notes, orders: str) -> int:
    """Pair centres and values of frames with the videos; return the index of the first pixel in centres."""
    paths = [one.path for one in recordings]

    def partner(given: Beside, what: str) -> list[Any]:
        if not isinstance(given, dict):
            return note(pair(given, paths, what, notes.faults, orders), what)
        pairs = pair_by_name(given, paths, what, notes.faults)
        for one, (key, _) in zip(recordings, pairs.found, strict=True):
            if key is None and one.fault is None:
                text = f"there are no {what} for this video. Expected its name among them: {some(list(given))}."
                one.fault = Unpaired(f"{one.name}: {text}", of=one.name, alike=text, what="videos")
        return note(pairs.found, what)

    def note(found: Sequence[tuple[str | None, Any]], what: str) -> list[Any]:
        for one, (source, value) in zip(recordings, found, strict=False):
            if what == "centres" and value is not None:
                one.centers_from = value.path.name if isinstance(value, CentersToRead) else source or ""
        return [value for _, value in found]

    found = beside(len(paths), way.settings, first, notes.faults, partner, lazy=True)
    for one, centers, values in zip(recordings, found.centers, found.values, strict=True):
        one.centers, one.values = centers, values
    return found.counted_from


def _probe(recordings: Sequence[Recording], way: Way, watcher: Watcher) -> None:
    """Read the properties of each video."""
    to_ask = {one.path: one for one in recordings if one.fault is None}
    for number, (path, ask) in enumerate(probed(list(to_ask), way.settings), start=1):
        try:
            to_ask[path].info = ask()
        except TouchTrainError as error:
            to_ask[path].fault = error
        except OSError as error:
            to_ask[path].fault = of_system(error)
        watcher.look("checking", number, len(to_ask))


# --- the plan of each video ----------------------------------------------------------------------------------------


def _planned(
    recordings: Sequence[Recording],
    way: Way,
    settings: CurateSettings,
    first: int,
    counted_from: int,
    notes: Notes,
    watcher: Watcher,
) -> list[VideoPlan]:
    """Plan each video; where an object is searched for, several at a time."""

    def plan(one: Recording) -> tuple[VideoPlan, Notes]:
        own = Notes()
        if one.fault is None:
            try:
                return plan_video(one, way, settings, first, counted_from, own), own
            except TouchTrainError as error:
                one.fault = error
            except OSError as error:
                one.fault = of_system(error)
        return VideoPlan(one.name, one.path, one.fault.text, one.info, labels=one.labels), own

    found, stage = [], "searching the object" if way.template else "checking"
    with ThreadPoolExecutor(usable_cores() if way.template else 1) as pool:
        try:
            for number, one in enumerate(pool.map(plan, recordings), start=1):
                found.append(one)
                watcher.look(stage, number, len(recordings))
        except Interrupted:
            pool.shutdown(cancel_futures=True)
            raise
    for _, own in found:
        notes.include(own)
    return [plan for plan, _ in found]
