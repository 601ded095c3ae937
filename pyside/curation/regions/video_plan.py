"""Plans one video: its regions, the frames that the network looks at, and why it does not look at the others."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np

from pyside.aliases import Array
from pyside.curation.marks import WHY
from pyside.curation.model.remedy import describe_line
from pyside.curation.regions.view import NOWHERE, View
from pyside.curation.regions.way import Way
from pyside.data.description import READING
from pyside.data.labels.entry import LabelEntry
from pyside.data.recordings import empty_frames
from pyside.data.recordings.regions.center_files import FrameCenters
from pyside.data.recordings.regions.centers import CentersToRead
from pyside.data.recordings.regions.plan import (
    Notes,
    check_content,
    regions_of,
)
from pyside.data.recordings.regions.roi import Regions
from pyside.data.recordings.selection import beyond, outside
from pyside.data.video.info import VideoInfo
from pyside.errors import BadOption, BadVideo, TouchTrainError
from pyside.settings.core import named, set_to
from pyside.settings.curation import CurateSettings


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
        centers_from: file or name that its centres come from; "" if they have none.
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
    centers_from: str = ""
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

    def view(self, input_size: tuple[int, int]) -> View:
        """Return what a network sees of a video without a fault.

        Args:
            input_size: (height, width) of the frames that the network takes.
        """
        assert self.info is not None and self.regions is not None
        regions, info = self.regions, self.info
        corners = np.stack([regions.top, regions.left], axis=1).astype(np.int32)
        corners[~regions.keep] = NOWHERE
        repeated = tuple(info.empty) if info.repeats else ()
        pad = regions.out_of_frame == "pad"
        return View(
            corners, regions.size, input_size, self.grey, self.contrast, pad, self.pixel_range, info.stream, repeated
        )


@dataclasses.dataclass
class Recording:
    """A video, and what is known of it so far."""

    name: str
    path: Path
    fault: TouchTrainError | None = None
    info: VideoInfo | None = None
    centers: Any = None
    centers_from: str = ""
    values: Any = None
    labels: LabelEntry | None = None


def plan_video(
    one: Recording,
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
        one.centers_from,
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
            f"{named('template')}. "
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
    one: Recording, info: VideoInfo, regions: Regions, settings: CurateSettings, first: int, notes: Notes
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


def _fitting_labels(one: Recording, info: VideoInfo, notes: Notes) -> LabelEntry | None:
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
