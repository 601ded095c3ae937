"""Reads the frames of disagreements: as the model saw them if a session tells, else whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from pyside.aliases import Array, Record
from pyside.curation.comparison.alignment import Labelled
from pyside.curation.regions.view import View
from pyside.data.video.info import VideoInfo
from pyside.errors import TouchTrainError

Frames = dict[tuple[str, int], Array]


def frames_of(
    pairs: Sequence[Record],
    labelled: Sequence[Labelled],
    infos: Mapping[str, VideoInfo],
    warnings: list[str],
    stop_if: Callable[[], None],
) -> Frames:
    """Return the frames of all disagreements whose videos are there.

    Args:
        pairs: the records of the pairs.
        labelled: the recordings.
        infos: the videos that are there, by name of the recording.
        warnings: a list that receives a warning for each video that cannot be read.
        stop_if: called between videos; it raises an error to stop.

    Returns:
        uint8, (height, width, 1), by recording and number from 0.
    """
    wanted: dict[str, set[int]] = {}
    for pair in pairs:
        for one in pair["disagreements"]:
            if one["recording"] in infos:
                wanted.setdefault(one["recording"], set()).add(one["frame"])
    seen = {one.paired.name: view for one in labelled if (view := _view(one)) is not None}
    found: Frames = {}
    for name, numbers in wanted.items():
        stop_if()
        try:
            whole = _whole(infos[name], sorted(numbers))
            cut = _as_seen(infos[name].path, seen[name], sorted(numbers)) if name in seen else []
            found |= {(name, number): frame for number, frame in [*whole, *cut]}
        except TouchTrainError as error:
            warnings.append(f"{name}: its frames cannot be shown. {error.text}")
    return found


def _view(one: Labelled) -> View | None:
    """Return what a model saw of the video of a recording; None if no source tells."""
    tracks = one.paired.tracks.values()
    return next((track.view for track in tracks if track.view is not None and track.video == one.paired.video), None)


def _as_seen(video: Path, view: View, numbers: Sequence[int]) -> Iterator[tuple[int, Array]]:
    """Yield frames as the network saw them; those without a region are left out."""
    keep = np.zeros(len(view.corners), bool)
    keep[[number for number in numbers if number < len(keep)]] = True
    return _each(view.frames(video, keep & view.there, "skip"))


def _whole(info: VideoInfo, numbers: Sequence[int]) -> Iterator[tuple[int, Array]]:
    from pyside.data.video.reader import read_regions

    keep, corner = np.zeros(info.n_frames, bool), np.zeros(info.n_frames, np.int64)
    keep[[number for number in numbers if number < info.n_frames]] = True
    repeated = info.empty if info.repeats else ()
    size = (info.height, info.width)
    return _each(
        read_regions(info.path, size, corner, corner, keep, on_damage="skip", stream=info.stream, repeated=repeated)
    )


def _each(chunks: Any) -> Iterator[tuple[int, Array]]:
    for numbers, frames in chunks:
        for number, frame in zip(numbers, frames, strict=True):
            yield int(number), frame
