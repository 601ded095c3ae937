"""Notices frames that are stored almost black, almost white, or with few grey levels, whatever they come from.

Nearly all such frames come from a wrong scale: 12 bits in files of 16, values from 0 to 1 stored as whole numbers, a
scale applied twice. They are legal, so a conversion remarks on them and goes on.
"""

from __future__ import annotations

import dataclasses
import math

import numpy as np

from pyside.aliases import Array
from pyside.errors import some
from pyside.settings.core import named

FRAMES_LOOKED_AT = 3  # of each recording, by a check
MOST_LOOKED_AT = 50  # recordings
_FEW_LEVELS = 32  # 12 bits in 16 become 17 levels
_FEWEST_PIXELS = 4096  # fewer may well have few levels
_DARK = 32  # recordings with all pixels below this are almost black ...
_DARK_OF_DEEP = 65  # ... if their pixels have more than 8 bits, below this: 14 bits in 16 become 0 to 64
_WHITE = 223  # recordings with all pixels above this are almost white
_SAMPLE_FRAMES, _SAMPLE_PIXELS = 8, 4096  # of each chunk, and of each of these frames, looked at first
_BLOCK_BYTES = 1 << 20


@dataclasses.dataclass
class Levels:
    """The grey levels of the frames of one recording.

    Attributes:
        is_deep: whether its pixels had more than 8 bits.
        brightest: greatest level of its images of more than 8 bits, for a recording that may also have others.
        frames: number of frames.
        pixels: number of pixels.
        seen: levels that occur; if the recording is ordinary, some of them.
    """

    is_deep: bool = False
    brightest: int | None = None
    frames: int = 0
    pixels: int = 0
    seen: set[int] = dataclasses.field(default_factory=set)

    def add(self, frames: Array) -> None:
        """Add frames as they are stored: uint8, (n, height, width, channels).

        A few pixels nearly always show that a recording is ordinary. Only if they do not, all are looked at.
        """
        self.frames += len(frames)
        self.pixels += frames.size
        if not frames.size or self._is_ordinary:
            return
        step = max(1, len(frames) // _SAMPLE_FRAMES)
        side = max(1, math.isqrt(frames[0].size // _SAMPLE_PIXELS))
        self._see(frames[::step, ::side, ::side])
        step = max(1, _BLOCK_BYTES // frames[0].size)
        for start in range(0, len(frames), step):
            if self._is_ordinary:
                return
            self._see(frames[start : start + step])

    def _see(self, frames: Array) -> None:
        new = frames.tobytes().translate(None, bytes(self.seen))  # ten times as fast as to count all pixels
        self.seen |= set(np.flatnonzero(np.bincount(np.frombuffer(new, np.uint8))).tolist())

    @property
    def _is_ordinary(self) -> bool:
        """Whether many levels occur, bright and not so bright ones, so that nothing can be remarked on."""
        return len(self.seen) >= _FEW_LEVELS and max(self.seen) >= self._dark and min(self.seen) <= _WHITE

    @property
    def _dark(self) -> int:
        return _DARK_OF_DEEP if self.is_deep else _DARK

    @property
    def most(self) -> int:
        """The brightest level."""
        return max(self.seen) if self.brightest is None else self.brightest

    @property
    def is_black(self) -> bool:
        """Whether the frames are almost black."""
        return bool(self.seen) and self.most < self._dark

    @property
    def is_white(self) -> bool:
        """Whether the frames are almost white."""
        return bool(self.seen) and min(self.seen) > _WHITE

    @property
    def is_coarse(self) -> bool:
        """Whether the frames have few levels."""
        return self.pixels >= _FEWEST_PIXELS and len(self.seen) < _FEW_LEVELS


class GreyLevels:
    """The grey levels of all recordings of a conversion.

    Args:
        pixel_range: the option of that name.
        has_range: whether the conversion has this option.
        cuts_out: whether regions are cut out of the frames.

    Attributes:
        is_sample: whether only a few frames are looked at, by a check.
    """

    def __init__(self, pixel_range: tuple[float, float] | None = None, has_range: bool = True, cuts_out: bool = False):
        self._range, self._has_range, self._cuts_out = pixel_range, has_range, cuts_out
        self._of: dict[str, Levels] = {}
        self.is_sample = False

    def of(self, recording: str, is_deep: bool = False) -> Levels:
        """Return the levels of a recording, to which frames can be added."""
        return self._of.setdefault(recording, Levels(is_deep))

    def put(self, recording: str, levels: Levels) -> None:
        """Set the levels of a recording that were counted elsewhere."""
        self._of[recording] = levels

    def remarks(self) -> list[str]:
        """Return at most three messages: on recordings that are almost black, almost white, or have few levels."""
        black = {name: one for name, one in self._of.items() if one.is_black}
        white = {name: one for name, one in self._of.items() if one.is_white and name not in black}
        coarse = {name: one for name, one in self._of.items() if one.is_coarse and name not in black | white}
        rows = []
        if black:
            most = max(one.most for one in black.values())
            rows.append(self._remark(black, f"almost black: the brightest pixel is {most} of 255."))
        if white:
            least = min(min(one.seen) for one in white.values())
            rows.append(self._remark(white, f"almost white: the darkest pixel is {least} of 255."))
        if coarse:
            most = max(len(one.seen) for one in coarse.values())
            count = f"{'at most ' if len(coarse) > 1 else ''}{most} grey level{'' if most == 1 else 's'}"
            text = f"{count} of 256. Masks and drawings have so few."
            rows.append(self._remark(coarse, f"with {text}"))
        return rows

    def _remark(self, found: dict[str, Levels], what: str) -> str:
        frames = f"{sum(one.frames for one in found.values()):,} frames"
        frames = f"All {frames} looked at" if self.is_sample else frames
        which = f" in {len(found)} of {len(self._of)} recordings" if len(self._of) > 1 else ""
        return f"{frames}{which} ({some(list(found))}) are stored {what} {self._advice(found)}"

    def _advice(self, found: dict[str, Levels]) -> str:
        option = named("pixel_range")
        if self._range is not None:
            low, high = self._range
            return f"Check the option {option}, the numbers that mean black and white: it is [{low:g} {high:g}]."
        if self._has_range and any(one.is_deep for one in found.values()):
            return (
                "Their pixels have more than 8 bits, and the camera may use only some of them: set the option "
                f"{option} to [0 1023] for a camera of 10 bits, [0 4095] for 12, [0 16383] for 14."
            )
        region = f" Check the place of the region, too: {named('centers')}." if self._cuts_out else ""
        is_black = any(one.is_black for one in found.values())
        example = ": in MATLAB, uint8(im2double(x)) is black, im2uint8(x) is not" if is_black else ""
        return f"If they were scaled before, give the frames as the camera recorded them{example}.{region}"
