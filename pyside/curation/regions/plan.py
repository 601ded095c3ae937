"""Plans a session: which videos, where to look in each, which of their frames, and what stands against it."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from pyside.aliases import Array, Progress
from pyside.curation.marks import WHY
from pyside.curation.model.facts import ModelFacts
from pyside.curation.model.remedy import describe_line
from pyside.curation.regions.way import Way, own_way
from pyside.data.description import READING
from pyside.data.labels.entry import LabelEntry
from pyside.data.recordings import empty_frames
from pyside.data.recordings.pairing import Beside, pair, pair_by_name, pair_labels
from pyside.data.recordings.regions.center_files import FrameCenters
from pyside.data.recordings.regions.centers import CentersToRead
from pyside.data.recordings.regions.plan import (
    Notes,
    beside,
    check_bits,
    check_content,
    probed,
    regions_of,
)
from pyside.data.recordings.regions.roi import Regions
from pyside.data.recordings.selection import beyond, outside
from pyside.data.video.info import VideoInfo
from pyside.data.video.sources import find_videos, recording_names, two_orders
from pyside.errors import BadOption, BadVideo, Faults, Interrupted, PathMissing, TouchTrainError, Unpaired, some
from pyside.settings.core import named, set_to
from pyside.settings.curation import CurateSettings
from pyside.system.files import legal_name
from pyside.system.parallel import usable_cores

_SECONDS_BETWEEN = 0.2  # progress records


@dataclasses.dataclass(frozen=True)
class VideoPlan:
    """The plan for one video.

    Attributes:
        name: of the recording, a legal file name, unique in the session.
        path: the video.
        fault: why it cannot be marked, in words; "" if it can. With a fault, what follows may be None.
        info: the video, its frames counted as wanted.
        regions: the region in each frame.
        look: bool, (n_frames,), True for a frame that the network looks at.
        why: uint8, (n_frames,), 0 for these; else the place in `pyside.curation.marks.WHY` of the reason.
        no_touch: bool, (n_frames,), True for a frame that is not looked at because it cannot be a touch; a frame that
            is in neither `look` nor this is left out.
        decode: bool, (n_frames,), True for a frame to decode: `look`, and for a network that sees several frames those
            of their neighbours that have a region. For another neighbour, the nearest frame on its side stands in.
        labels: labels of a person for this video, if any were given along.
        score: correlation at which the object was found that the region is centred on; None without a search.
        grey: ``full-range`` or ``raw-y``.
        contrast: ``none``, ``stretch`` or ``equalize``.
        pixel_range: the numbers that mean black and white in pixels of more than 8 bits; None for all bits.
        key: text that is equal only if everything is equal that decides about the probabilities, besides the bytes of
            video and model: regions, frames, contrast, grey and so on.
    """

    name: str
    path: Path
    fault: str = ""
    info: VideoInfo | None = None
    regions: Regions | None = None
    look: Array | None = None
    why: Array | None = None
    no_touch: Array | None = None
    decode: Array | None = None
    labels: LabelEntry | None = None
    score: float | None = None
    grey: str = "full-range"
    contrast: str = "none"
    pixel_range: tuple[float, float] | None = None
    key: str = ""

    def counts(self) -> dict[str, int]:
        """Return the number of frames that are not looked at, by reason; only reasons that occur."""
        if self.why is None:
            return {}
        found = np.bincount(self.why, minlength=len(WHY))
        return {reason: int(n) for reason, n in zip(WHY, found, strict=True) if reason and n}


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


@dataclasses.dataclass
class _Recording:
    """A video, and what is known of it so far."""

    name: str
    path: Path
    fault: TouchTrainError | None = None
    info: VideoInfo | None = None
    centers: Any = None
    values: Any = None
    labels: LabelEntry | None = None


def _find(videos: Any, settings: CurateSettings, notes: Notes) -> list[_Recording]:
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
    return [_Recording(name, path, broken.get(path)) for name, path in zip(names, every, strict=True)]


def spread_over(n: int, most: int) -> list[int]:
    """Return at most so many of the numbers from 0 to n - 1, evenly spread over them."""
    return list(range(n)) if n <= most else np.linspace(0, n - 1, most).round().astype(int).tolist()


def _add_labels(recordings: Sequence[_Recording], settings: CurateSettings, orders: str, notes: Notes) -> str:
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
        return paired.how
    return ""


def _add_beside(recordings: Sequence[_Recording], way: Way, first: int, notes: Notes, orders: str) -> int:
    """Pair centres and values of frames with the videos; return the index of the first pixel in centres."""
    paths = [one.path for one in recordings]

    def partner(given: Beside, what: str) -> list[Any]:
        if not isinstance(given, dict):
            return [value for _, value in pair(given, paths, what, notes.faults, orders)]
        pairs = pair_by_name(given, paths, what, notes.faults)
        for one, (key, _) in zip(recordings, pairs.found, strict=True):
            if key is None and one.fault is None:
                text = f"there are no {what} for this video. Expected its name among them: {some(list(given))}."
                one.fault = Unpaired(f"{one.name}: {text}", of=one.name, alike=text, what="videos")
        return [value for _, value in pairs.found]

    found = beside(len(paths), way.settings, first, notes.faults, partner, lazy=True)
    for one, centers, values in zip(recordings, found.centers, found.values, strict=True):
        one.centers, one.values = centers, values
    return found.counted_from


def _probe(recordings: Sequence[_Recording], way: Way, watcher: Watcher) -> None:
    """Read the properties of each video."""
    to_ask = {one.path: one for one in recordings if one.fault is None}
    for number, (path, ask) in enumerate(probed(list(to_ask), way.settings), start=1):
        try:
            to_ask[path].info = ask()
        except TouchTrainError as error:
            to_ask[path].fault = error
        watcher.look("checking", number, len(to_ask))


# --- the plan of each video ----------------------------------------------------------------------------------------


def _planned(
    recordings: Sequence[_Recording],
    way: Way,
    settings: CurateSettings,
    first: int,
    counted_from: int,
    notes: Notes,
    watcher: Watcher,
) -> list[VideoPlan]:
    """Plan each video; where an object is searched for, several at a time."""

    def plan(one: _Recording) -> tuple[VideoPlan, Notes]:
        own = Notes()
        if one.fault is None:
            try:
                return _plan(one, way, settings, first, counted_from, own), own
            except TouchTrainError as error:
                one.fault = error
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


def _plan(
    one: _Recording,
    way: Way,
    settings: CurateSettings,
    first: int,
    counted_from: int,
    notes: Notes,
) -> VideoPlan:
    """Plan one video; faults in `notes` are those of the options."""
    assert one.info is not None
    like = way.settings
    own = Notes()
    check_content(one.info, one.name, like, own)
    own.faults.raise_any()
    notes.include(own)
    centers = one.centers.read() if isinstance(one.centers, CentersToRead) else one.centers
    lengths = {"centres": _last(centers), "frame values": _last(one.values)}
    info, warning = empty_frames.counted(one.info, one.labels, settings.on_empty, 0, one.name, first, lengths)
    if warning:
        notes.warn(f"{one.name}: {warning}", of=one.name, alike=warning)
    _check_size(info, one.name, way)
    if way.fixed is not None:
        centers, counted_from = way.fixed, 0
    regions = regions_of(info, centers, like, one.name, counted_from, notes, way.template, way.training_score)
    look, no_touch, why = _looked_at(one, info, regions, settings, first, notes)
    decode = look if way.context_frames == 1 else _with_neighbours(look, regions.keep, way.context_frames)
    regions, look, no_touch, why, decode = _compact(regions), *map(_constant, (look, no_touch, why, decode))
    plan = VideoPlan(
        one.name,
        one.path,
        "",
        info,
        regions,
        look,
        why,
        no_touch,
        decode,
        _fitting_labels(one, info, notes),
        regions.score,
        like.grey,
        like.contrast,
        like.pixel_range,
    )
    return dataclasses.replace(plan, key=_key(plan, like.on_damage, way.input_size))


def _compact(regions: Regions) -> Regions:
    """Return regions that take little memory where they are equal in all frames: a session may have many videos."""
    return dataclasses.replace(
        regions,
        top=_constant(regions.top),
        left=_constant(regions.left),
        has_center=_constant(regions.has_center),
        in_frame=_constant(regions.in_frame),
        sticks_out=_constant(regions.sticks_out),
        centers=_constant(regions.centers),
    )


def _constant(rows: Array) -> Array:
    """Return equal values; if all rows are the same, in the memory of one."""
    if not len(rows) or not (rows == rows[:1]).all():
        return rows
    return np.broadcast_to(rows[:1].copy(), rows.shape)


def _last(values: Any) -> int:
    """Return how many frames centres or values count."""
    if values is None:
        return 0
    return int(values.frames.max(initial=-1)) + 1 if isinstance(values, FrameCenters) else len(values)


def _check_size(info: VideoInfo, name: str, way: Way) -> None:
    """Raise an error for frames that have not the size that they must have, where no region is cut out of them."""
    size = info.height, info.width
    if way.input_size is None or size == way.input_size:
        return
    (height, width), wanted = size, f"{way.input_size[0]} x {way.input_size[1]}"
    if way.only_whole:
        text = (
            f"the frames have {height} x {width} pixels (height x width). {way.model} was trained on frames of "
            f"{wanted} that were cut out before, so it is not known where to look: give {named('centers')} or "
            f"{named('template')}. Or say it once: "
            + describe_line(Path(way.model), {"roi": way.input_size, "center_kind": "none"}).replace("\n ", "")
        )
    elif way.is_whole:
        text = (
            f"the frames have {height} x {width} pixels (height x width), but {way.model} takes whole frames of "
            f"{wanted}. Cut out a region with {named('roi')} and {named('centers')}, or set "
            f"{set_to('image_size', way.input_size)} to resize the frames."
        )
    else:
        return
    raise BadVideo(f"{name}: {text}", of=name, alike=text)


def _looked_at(
    one: _Recording, info: VideoInfo, regions: Regions, settings: CurateSettings, first: int, notes: Notes
) -> tuple[Array, Array, Array]:
    """Return which frames the network looks at, which of the others are no touch, and why."""
    n = info.n_frames
    values = None if one.values is None else empty_frames.shown(info, one.values)
    span = settings.frame_span and (settings.frame_span[0] - first, settings.frame_span[1] - first)
    against = {  # the last reason that holds counts
        "out_of_frame": ~regions.in_frame,
        "without_center": ~regions.has_center,
        "outside_span": outside(span, n),
        "by_value": beyond(values, settings.exclude_above, settings.exclude_below, n, one.name),
    }
    why = np.zeros(n, np.uint8)
    for reason, mask in against.items():
        why[mask] = WHY.index(reason)
    no_touch = why == WHY.index("by_value")
    gaps = why == WHY.index("without_center")
    if settings.no_center == "non-touch":
        no_touch |= gaps
    elif settings.no_center is None and gaps.any():
        choices = (
            f"Set {set_to('no_center', 'non-touch')} if the object is away then, so that these frames are no touch, or "
            f"{set_to('no_center', 'leave-out')} to leave them out."
        )
        notes.faults.add(
            BadOption,
            f"{one.name}: {np.count_nonzero(gaps):,} of {n:,} frames have no centre. {choices}",
            of=one.name,
            alike=f"there are frames without a centre. {choices}",
            what="videos",
        )
    return why == 0, no_touch, why


def _with_neighbours(look: Array, there: Array, context: int) -> Array:
    """Return the frames to decode: those to look at, and those of their neighbours that have a region."""
    near = look.copy()
    for shift in range(1, min(context // 2, len(look) - 1) + 1):
        near[shift:] |= look[:-shift]
        near[:-shift] |= look[shift:]
    found: Array = look | (near & there)
    return found


def _fitting_labels(one: _Recording, info: VideoInfo, notes: Notes) -> LabelEntry | None:
    """Return the labels of a video; None, with a warning, if they cannot be those of this video."""
    if one.labels is None or one.labels.left_out:
        return None
    try:
        empty_frames.labels_of(info, one.labels, 0, one.name)
    except TouchTrainError as error:
        for fault in error.faults or [error]:
            text = "the labels are not compared: "
            notes.warn(f"{one.name}: {text}{fault.text}", of=one.name, alike=f"{text}{fault.alike or fault.text}")
        return None
    return one.labels


def _key(plan: VideoPlan, on_damage: str, input_size: tuple[int, int] | None) -> str:
    """Return the SHA-256 of everything that decides about the probabilities, besides the bytes of video and model."""
    info, regions = plan.info, plan.regions
    assert info is not None and regions is not None and plan.decode is not None
    assert plan.look is not None and plan.no_touch is not None and plan.why is not None
    about = {
        "size": regions.size,
        "input": input_size,
        "pad": regions.out_of_frame == "pad",
        "grey": plan.grey,
        "contrast": plan.contrast,
        "pixel_range": plan.pixel_range,
        "on_damage": on_damage,
        "stream": info.stream,
        "repeated": info.empty if info.repeats else (),
        "reading": READING,
    }
    digest = hashlib.sha256(json.dumps(about, sort_keys=True).encode())
    for corner in (regions.top, regions.left):
        digest.update(np.where(plan.decode, corner, 0).astype("<i8").tobytes())
    for frames in (plan.look, plan.decode, plan.no_touch, plan.why):
        digest.update(frames.astype(np.uint8).tobytes())
    return digest.hexdigest()
