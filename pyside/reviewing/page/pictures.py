"""Pictures of an event: frames around its edges as the model saw them, and one whole frame with the box of the ROI."""

from __future__ import annotations

import dataclasses
import io
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from pyside.aliases import Array
from pyside.curation.marks import Marks
from pyside.curation.regions.view import View
from pyside.data.video.info import VideoInfo
from pyside.data.video.reader import file_sha256, probe
from pyside.errors import BadVideo, TouchTrainError
from pyside.reviewing.sources.source import Frames
from pyside.system.paths import stamp_of, stamp_text

AROUND = 5  # frames before and after each edge
_MOST_KEPT = 48  # pictures of events in memory
_MOST_INFOS = 256
_OTHER = "The video was changed since it was marked, so these frames need not be those that the model saw."
_OF_DATASET = "A dataset holds what a network sees, and no whole frames."
_LARGEST_WHOLE = 1280  # pixels, likewise
_LARGEST = 128  # pixels: a larger frame of the strip is shown by every n-th pixel


@dataclasses.dataclass(frozen=True)
class Pictures:
    """The pictures of one event.

    Attributes:
        numbers: the frames of the strip, counted from 0, ascending.
        strip: PNG of these frames, side by side; b"" without.
        size: (height, width) of each in the strip, in pixels.
        whole: PNG of the whole frame, of a large one every n-th pixel; b"" without.
        shown: number of the whole frame.
        frame_size: its (height, width) in the video.
        box: left, top, width and height of the ROI in it, in pixels; None if it is the whole frame or not known.
        remark: why something cannot be shown, in words; "" if nothing is missing.
    """

    numbers: tuple[int, ...]
    strip: bytes = b""
    size: tuple[int, int] = (0, 0)
    whole: bytes = b""
    shown: int = 0
    frame_size: tuple[int, int] = (0, 0)
    box: tuple[int, int, int, int] | None = None
    remark: str = ""


def frames_to_show(first: int, last: int, n_frames: int) -> tuple[int, ...]:
    """Return the frames around both edges of an event, counted from 0, as long as the recording has them."""
    near = {*range(first - AROUND, first + AROUND + 1), *range(last - AROUND, last + AROUND + 1)}
    return tuple(sorted(number for number in near if 0 <= number < n_frames))


class Gallery:
    """Makes the pictures of events, keeps the latest of them, and makes those that come next in the background."""

    def __init__(self) -> None:
        self._made, self._infos = _Kept(_MOST_KEPT), _Kept(_MOST_INFOS)
        self._pool = ThreadPoolExecutor(2, "pictures")

    def prepare(
        self,
        marks: Marks,
        first: int,
        last: int,
        stamp: str = "",
        every: bool = False,
        frames: Frames | None = None,
    ) -> Future[Pictures]:
        """Begin to make the pictures of an event, unless they are there or under way.

        Args:
            marks: of its recording.
            first: its first frame, counted from 0.
            last: its last frame.
            stamp: of the video when it was marked; with another one, its content is compared.
            every: whether the strip has all of its frames, and no others.
            frames: of a recording whose frames are not read from its video, see `Source`.
        """
        numbers = (*range(first, last + 1),) if every else frames_to_show(first, last, marks.n_frames)
        middle = (first + last) // 2
        made: Future[Pictures] = self._made.get(
            (marks.name, numbers), lambda: self._pool.submit(self._pictures, marks, numbers, middle, stamp, frames)
        )
        return made

    def close(self) -> None:
        """Let go of the threads."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _pictures(
        self, marks: Marks, numbers: tuple[int, ...], middle: int, stamp: str, frames: Frames | None
    ) -> Pictures:
        view = marks.view
        try:
            if frames is not None:
                return Pictures(numbers, *_strip(numbers, frames(numbers)), remark=_OF_DATASET)
            tiles = {} if view is None else _tiles(marks.video, view, numbers)
            strip, size = _strip(numbers, tiles)
            stream = None if view is None else view.stream
            info = self._infos.get(marks.video, lambda: probe(marks.video, "skip", stream=stream))
            whole = _png(_whole(info, view, middle))
            other = self._infos.get(("other", marks.video), lambda: _is_other(marks, stamp))
        except Exception as error:  # whatever lies there now, its event can be answered by the probabilities
            text = error.text if isinstance(error, TouchTrainError) else str(error) or "the video is cut short."
            return Pictures(numbers, remark=f"The frames cannot be shown: {text}")
        remark = _OTHER if other else ""
        if view is None:
            remark = "An earlier version marked this video, and did not keep what the model saw."
        box = None if view is None or view.size == (info.height, info.width) else view.box(middle)
        return Pictures(numbers, strip, size, whole, middle, (info.height, info.width), box, remark)


def _is_other(marks: Marks, stamp: str) -> bool:
    """Return whether a video was changed since it was marked."""
    return stamp_text(stamp_of(marks.video)) != stamp and file_sha256(marks.video) != marks.video_sha256


class _Kept:
    """The latest values by key, each made once, also if several threads ask for it."""

    def __init__(self, most: int):
        self._most, self._values, self._lock = most, OrderedDict[Hashable, Any](), threading.Lock()

    def get(self, key: Hashable, make: Callable[[], Any]) -> Any:
        with self._lock:
            if key not in self._values:
                self._values[key] = make()
            self._values.move_to_end(key)
            while len(self._values) > self._most:
                self._values.popitem(last=False)
            return self._values[key]


def _tiles(video: Path, view: View, numbers: Sequence[int]) -> dict[int, Array]:
    """Return frames as the model saw them, by number; those without a region are left out."""
    keep = np.zeros(len(view.corners), bool)
    keep[list(numbers)] = True
    return _read(view, video, keep & view.there)


def _read(view: View, video: Path, keep: Array) -> dict[int, Array]:
    """Return some frames by number: from the key frame before them, and from the beginning if the video has damage."""
    try:
        chunks = [*view.frames(video, keep, "error", threads=1)]
    except BadVideo:
        chunks = [*view.frames(video, keep, "skip", threads=1)]
    return {int(number): frame for found, frames in chunks for number, frame in zip(found, frames, strict=True)}


def _strip(numbers: Sequence[int], tiles: dict[int, Array]) -> tuple[bytes, tuple[int, int]]:
    """Return the frames side by side, black where there is none."""
    if not tiles:
        return b"", (0, 0)
    height, width = next(iter(tiles.values())).shape[:2]
    step = -(-max(height, width) // _LARGEST)
    height, width = -(-height // step), -(-width // step)
    strip = np.zeros((height, width * len(numbers)), np.uint8)
    for place, number in enumerate(numbers):
        if number in tiles:
            strip[:, place * width : (place + 1) * width] = tiles[number][::step, ::step, 0]
    return _png(strip), (height, width)


def _whole(info: VideoInfo, view: View | None, number: int) -> Array:
    """Return a whole frame, of a large one every n-th pixel: uint8, (height, width)."""
    corners = np.zeros((info.n_frames if view is None else len(view.corners), 2), np.int32)
    size = info.height, info.width
    whole = (
        View(corners, size, size)
        if view is None
        else dataclasses.replace(view, corners=corners, size=size, input_size=size, contrast="none", pad=False)
    )
    keep = np.zeros(len(corners), bool)
    keep[number] = True
    found = _read(whole, info.path, keep).get(number)
    if found is None:
        raise BadVideo(f"frame {number + 1} is damaged.")
    step = -(-max(size) // _LARGEST_WHOLE)
    return found[::step, ::step, 0]


def _png(grey: Array) -> bytes:
    from PIL import Image

    data = io.BytesIO()
    Image.fromarray(grey).save(data, "PNG", compress_level=1)
    return data.getvalue()
