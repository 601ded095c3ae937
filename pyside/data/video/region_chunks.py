"""Requests for frames of a video, and chunks of the regions that are cut out of its frames."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from pyside.aliases import Array
from pyside.errors import BadVideo, OutOfFrame
from pyside.settings.core import frame_named

_CHUNK_FRAMES = 256
_CHUNK_BYTES = 16 << 20


@dataclasses.dataclass(frozen=True)
class Request:
    """The arguments of `pyside.data.video.reader.read_regions`, which describes them."""

    path: Path
    size: tuple[int, int]
    top: Array
    left: Array
    keep: Array
    grey: str
    pad: bool
    on_damage: str
    threads: int | None
    pixel_range: tuple[float, float] | None = None
    stream: int | None = None
    repeated: tuple[int, ...] = ()

    def firsts(self) -> Sequence[int]:
        """Return the number of the first frame that shows each picture of the file, and the number of all frames.

        A repeated frame shows the picture before it; before the first picture, the first one.
        """
        n = len(self.keep)
        if not self.repeated:
            return range(n + 1)
        shows = np.ones(n, bool)
        shows[list(self.repeated)] = False
        return [0, *np.flatnonzero(shows)[1:].tolist(), n]


class Chunk:
    """Collects about 256 regions, or at most 16 MB.

    Args:
        size: (height, width) of the regions.
        pad: whether a region may extend beyond its frame.
        held: number of regions that `take` can leave in the chunk.
    """

    def __init__(self, size: tuple[int, int], pad: bool, held: int = 0):
        self._size, self._pad = size, pad
        self._room = held + max(1, min(_CHUNK_FRAMES, _CHUNK_BYTES // (size[0] * size[1])))
        self._begin()

    def _begin(self) -> None:
        self._regions = np.empty((self._room, *self._size), np.uint8)
        self._numbers: list[int] = []

    def cut(
        self,
        image: Array,
        number: int,
        top: int,
        left: int,
        black: int = 0,
        to_uint8: Callable[[Array], Array] = lambda region: region,
    ) -> bool:
        """Cut a region out of a frame, (rows, columns, ...); return whether the chunk is full.

        Args:
            image: the frame, grey and uint8, or what `to_uint8` takes.
            number: its number.
            top: first row of the region.
            left: first column.
            black: grey of pixels outside the frame.
            to_uint8: converts the part of the region that is inside the frame.
        """
        (height, width), (rows, columns) = self._size, image.shape[:2]
        region = self._regions[len(self._numbers)]
        if self._pad and (top < 0 or left < 0 or top + height > rows or left + width > columns):
            region[:] = black
            first_row, first_column = max(top, 0), max(left, 0)
            inside = image[first_row : max(top + height, 0), first_column : max(left + width, 0)]
            if inside.size:
                region[first_row - top :, first_column - left :][: inside.shape[0], : inside.shape[1]] = to_uint8(
                    inside
                )
        else:
            region[:] = to_uint8(image[top : top + height, left : left + width])
        self._numbers.append(number)
        return len(self._numbers) == self._room

    def __len__(self) -> int:
        return len(self._numbers)

    def since(self, first: int) -> Array:
        """Return the regions from `first` on, to be changed in place."""
        return self._regions[first : len(self._numbers)]

    def take(self, held: int = 0) -> tuple[Array, Array]:
        """Return the collected regions except the last `held`, which stay.

        Returns:
            int64, (m,), the numbers of the regions, and uint8, (m, height, width, 1): new memory.
        """
        n = max(0, len(self._numbers) - held)
        regions, numbers = self._regions, self._numbers
        self._begin()
        for region, number in zip(regions[n : len(numbers)], numbers[n:], strict=True):
            self._regions[len(self._numbers)] = region
            self._numbers.append(number)
        return np.array(numbers[:n], np.int64), regions[:n, :, :, np.newaxis]


def check_regions(request: Request, frame_size: tuple[int, int]) -> None:
    """Check that the regions lie inside frames of (height, width), unless they are padded.

    Raises:
        OutOfFrame: a region extends beyond the frame.
    """
    (height, width), (rows, columns), top, left = request.size, frame_size, request.top, request.left
    outside = request.keep & ((top < 0) | (left < 0) | (top + height > rows) | (left + width > columns))
    if outside.any() and not request.pad:
        number = int(np.argmax(outside))
        raise OutOfFrame(
            f"Image out of frame: {request.path}: the region of {frame_named(number)}, {height} x {width} "
            f"pixels from row {top[number]} and column {left[number]}, does not lie inside the frame of {rows} x "
            f"{columns} (height x width)."
        )


def tried(read: Callable[..., Array], *arguments: Any) -> Array | BadVideo:
    """Return the result of a function, or the `BadVideo` that it raises."""
    try:
        return read(*arguments)
    except BadVideo as error:
        return error


def cut_images(
    request: Request, frame_size: tuple[int, int], images: Iterator[tuple[int, Array | BadVideo]]
) -> Iterator[tuple[Array, Array]]:
    """Yield the numbers and regions of images of one size, uint8 (height, width); raise or skip errors among them."""
    check_regions(request, frame_size)
    chunk = Chunk(request.size, request.pad)
    for number, image in images:
        if isinstance(image, BadVideo):
            if request.on_damage == "error":
                raise image
        elif chunk.cut(image, number, int(request.top[number]), int(request.left[number])):
            yield chunk.take()
    if len(chunk):
        yield chunk.take()
