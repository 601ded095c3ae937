"""Decides how the frames of a video are counted if its container counts frames that hold no picture.

Such frames are described in `pyside.data.video.reader.probe`. There are two counts: frame k is the k-th picture that
decoding gives (``leave-out``), or the k-th frame of the container, where a frame without a picture repeats the one
before it (``repeat``). Labels decide which one is meant, if they fit only one. Without labels, what else has one value
per frame decides.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from pyside.aliases import Array
from pyside.data.labels.bouts.behaviours import Bouts
from pyside.data.labels.entry import FrameList, LabelEntry
from pyside.data.video.info import VideoInfo
from pyside.errors import BadVideo
from pyside.settings.core import named, set_to

REPEAT, LEAVE_OUT = "repeat", "leave-out"
_WHAT_HAPPENS = {
    REPEAT: "Frames are numbered as the container counts them; one without a picture repeats the picture before it",
    LEAVE_OUT: "Frames without a picture are left out, and have no number",
}


def counted(
    info: VideoInfo,
    entry: LabelEntry | None,
    on_empty: str | None,
    frame_offset: int,
    name: str,
    first: int,
    lengths: Mapping[str, int] | None = None,
) -> tuple[VideoInfo, str]:
    """Return a video with its frames counted as wanted, or else as its labels, or others, count them.

    Args:
        info: the video, as `probe` describes it.
        entry: its labels; None if it has none.
        on_empty: ``repeat``, ``leave-out``, or None to find out.
        frame_offset: number that is added to the frame number of each label.
        name: name of the recording in errors.
        first: number of the first frame in messages: 0, or 1 for MATLAB.
        lengths: number of frames that other things count, by what they are, such as ``centres``; they decide if labels
            do not, and if they do not either, it is ``leave-out``. None if labels must decide.

    Returns:
        The video, and a warning; "" if it has no frames without a picture.

    Raises:
        BadVideo: `on_empty` and `lengths` are None, and the labels fit both counts; or the labels or `on_empty` need
            the places of the frames without a picture, and these are not certain.
    """
    if not info.empty:
        return info, ""
    how, whose = on_empty, "labels"
    if how is None and entry is not None:
        how = _count_of(info, entry, frame_offset)
    if how is None and lengths is not None:
        whose = next((what for what, n in lengths.items() if info.n_frames < n <= info.n_counted), "")
        how = REPEAT if whose else LEAVE_OUT
    about = info.about_empty(first)
    if how is None:
        assert entry is not None
        choices = (
            f"Set {set_to('on_empty', REPEAT)} if the labels count such frames, too (each then repeats the picture "
            f"before it), or {set_to('on_empty', LEAVE_OUT)} if they do not"
        )
        raise BadVideo(
            f"{name}: {info.path.name}: {about[0].lower()}{about[1:]}. The labels in {entry.source} fit both "
            f"counts. {choices}.",
            of=name,
            alike=f"the container counts frames that hold no picture, and the labels fit both counts. {choices}.",
        )
    n_labels = None if entry is None or isinstance(entry.labels, FrameList) else len(entry.labels)
    if not info.is_placed and (how == REPEAT or n_labels == info.n_counted):
        text = (
            "frames are stored in another order than they are shown in, and the file does not say where the frames "
            "without a picture belong. Label the frames that decoding gives"
        )
        raise BadVideo(f"{name}: {info.path.name}: {about[0].lower()}{about[1:]}; {text}.", of=name, alike=f"{text}.")
    other = LEAVE_OUT if how == REPEAT else REPEAT
    counts = f"as the {whose} count; " if whose else ""
    hint = "" if on_empty else f" ({counts}for the other count set {set_to('on_empty', other)})"
    if how == REPEAT:
        info = dataclasses.replace(info, n_frames=info.n_counted, repeats=True)
    return info, f"{about[0].lower()}{about[1:]}. {_WHAT_HAPPENS[how]}{hint}."


def shown(info: VideoInfo, values: Any) -> Any:
    """Return one value per frame, from one per frame in the other count of a video; other values as they are."""
    return in_count(values, info.n_counted, info.empty, info.repeats)


def in_count(values: Any, n_counted: int, empty: Sequence[int], repeats: bool) -> Any:
    """Return one value per frame, from one per frame in the other count; other values, and frame lists, as they are.

    In the count of pictures, a frame has the value of the container's frame that holds the picture.

    Args:
        values: (n,) array or list.
        n_counted: number of frames in the count of the container.
        empty: numbers of those that hold no picture.
        repeats: whether the count of the container is wanted, or that of pictures.
    """
    if not empty or isinstance(values, (FrameList, Bouts)) or len(values) != _other(n_counted, empty, repeats):
        return values
    places = _places(n_counted, empty, repeats)
    return values[places] if isinstance(values, np.ndarray) else [values[place] for place in places]


def _other(n_counted: int, empty: Sequence[int], repeats: bool) -> int:
    """Return the number of frames in the other count."""
    return n_counted - len(empty) if repeats else n_counted


def _places(n_counted: int, empty: Sequence[int], repeats: bool) -> Array:
    """Return for each frame of one count its place in the other."""
    holds = np.ones(n_counted, bool)
    holds[list(empty)] = False
    return np.maximum(np.cumsum(holds) - 1, 0) if repeats else np.flatnonzero(holds)


def labels_of(info: VideoInfo, entry: LabelEntry, frame_offset: int, name: str) -> Any:
    """Return what `LabelEntry.for_video` does for the frames of a video, from labels in either count.

    Seconds run on while a frame without a picture is shown, so they are in the count of the container.
    """
    labels, file, rate = entry.labels, described(info), info.frames_per_second
    if not isinstance(labels, Bouts) or not info.empty:
        one = dataclasses.replace(entry, labels=shown(info, labels))
        return one.for_video(info.n_frames, frame_offset, name, file, rate)
    counts = info.n_counted, info.empty, info.repeats
    if len(labels) != _other(*counts) and (not labels.in_seconds or info.repeats):
        return entry.for_video(info.n_frames, frame_offset, name, file, rate)
    found, places = entry.for_video(_other(*counts), frame_offset, name, file, rate), _places(*counts)
    return dataclasses.replace(found, active=found.active[places], scored=found.scored[places])


def count_meant(info: VideoInfo, frames: Array) -> int:
    """Return the number of frames in the count that a list of frame numbers from 0 has: the other one if it is all."""
    other = _other(info.n_counted, info.empty, info.repeats)
    return other if np.array_equal(frames, np.arange(other)) else info.n_frames


def described(info: VideoInfo) -> str:
    """Return the file name of a video for messages about its number of frames, with its other counts."""
    n_counted, name = info.n_counted, info.path.name
    if info.empty and info.repeats:
        return f"{name} ({n_counted - len(info.empty)} frames with a picture; {named('on_empty')} is {REPEAT!r})"
    if info.empty:
        return f"{name} (of which the container counts {n_counted} frames, {len(info.empty)} of them without a picture)"
    if info.hidden:
        return f"{name} (of whose {info.n_frames + info.hidden} packets {info.hidden} are never shown)"
    return f"{name} (whose header says {info.stated})" if info.stated not in (0, info.n_frames) else name


def _count_of(info: VideoInfo, entry: LabelEntry, frame_offset: int) -> str | None:
    """Return how labels count the frames; None if they fit both counts."""
    labels = entry.labels
    if isinstance(labels, Bouts) and labels.in_seconds:
        return REPEAT
    named = isinstance(labels, Bouts) and not len(labels)
    if not isinstance(labels, FrameList) and not named:
        if len(labels) == info.n_counted:
            return REPEAT
        return LEAVE_OUT if len(labels) == info.n_frames or not frame_offset else None
    frames = np.concatenate([labels.starts, labels.stops - 1]) if isinstance(labels, Bouts) else labels.frames
    places = frames.astype(np.int64) - 1 + frame_offset
    last = int(places.max(initial=-1))
    if info.n_frames <= last < info.n_counted:
        return REPEAT
    lists_all_pictures = not named and len(places) == info.n_frames == last + 1 and places.min() == 0
    return LEAVE_OUT if lists_all_pictures or last < info.empty[0] else None
