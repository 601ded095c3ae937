"""What a network sees of a video: the region of each frame, and how it is made ready."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from pyside.aliases import Array

NOWHERE = np.iinfo(np.int32).min  # row and column of a frame without a region


@dataclasses.dataclass(frozen=True, eq=False)
class View:
    """What a network sees of the frames of one video.

    Attributes:
        corners: int32, (n_frames, 2), first row and column of the region in each frame, from 0; `NOWHERE` for a frame
            without one.
        size: (height, width) of the region, in pixels.
        input_size: (height, width) to which it is resized, as the network takes it.
        grey: ``full-range`` or ``raw-y``.
        contrast: ``none``, ``stretch`` or ``equalize``.
        pad: whether the region may extend beyond the frame, padded with black.
        pixel_range: the numbers that mean black and white in pixels of more than 8 bits; None for all bits.
        stream: number of the video stream, counted from 1; None for the default.
        repeated: numbers of the frames that hold no picture and repeat the one before.
    """

    corners: Array
    size: tuple[int, int]
    input_size: tuple[int, int]
    grey: str = "full-range"
    contrast: str = "none"
    pad: bool = False
    pixel_range: tuple[float, float] | None = None
    stream: int | None = None
    repeated: tuple[int, ...] = ()

    @property
    def there(self) -> Array:
        """bool, (n_frames,), True for a frame with a region."""
        found: Array = self.corners[:, 0] != NOWHERE
        return found

    def box(self, number: int) -> tuple[int, int, int, int] | None:
        """Return left, top, width and height of the region in a frame, in pixels; None if it has none."""
        top, left = self.corners[number].tolist()
        return None if top == NOWHERE else (left, top, self.size[1], self.size[0])

    def frames(
        self, video: Path, keep: Array, on_damage: str, threads: int | None = None
    ) -> Iterator[tuple[Array, Array]]:
        """Decode frames as the network sees them; see `ready_frames`.

        Args:
            video: the video.
            keep: bool, (n_frames,), True for a frame to decode, which must have a region.
            on_damage: ``error`` or ``skip``.
            threads: of the decoder.
        """
        from pyside.data.recordings.ready_frames import ready_frames

        top, left = self.corners.T
        return ready_frames(
            video,
            self.size,
            top,
            left,
            keep,
            self.input_size,
            grey=self.grey,
            contrast=self.contrast,
            pad=self.pad,
            on_damage=on_damage,
            threads=threads,
            pixel_range=self.pixel_range,
            stream=self.stream,
            repeated=self.repeated,
        )

    def as_dict(self) -> dict[str, Any]:
        """Return all but the corners as plain values; ``View(corners, **values)`` restores it."""
        return {field.name: getattr(self, field.name) for field in dataclasses.fields(self) if field.name != "corners"}
