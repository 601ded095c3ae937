"""What is known of a video before its frames are read, whatever kind of file it is."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from pyside.errors import BadVideo
from pyside.settings.core import named
from pyside.system.paths import Stamp


@dataclasses.dataclass(frozen=True)
class VideoInfo:
    """What the headers and packets of a video say.

    Attributes:
        path: the file, or the folder of an image sequence.
        n_frames: number of frames that decoding gives; where damage is skipped, the damaged ones among them.
        height: of a frame, in pixels.
        width: of a frame, in pixels.
        frames_per_second: as the file states it, which for high-speed video is often not the rate of recording; 0.0
            where it does not say.
        codec: FFmpeg's name of the codec, such as ``h264``; ``tiff`` for a stack, ``images`` for an image sequence.
        pixel_format: FFmpeg's name, such as ``yuv420p``; of a stack ``gray8``, ``gray12``, ``gray16`` or ``rgb24`` and
            the like, of an image sequence the endings of its files.
        bytes: size of the file, or of all files of an image sequence.
        stamp: what the file was known by before it was looked at.
    """

    path: Path
    n_frames: int
    height: int
    width: int
    frames_per_second: float
    codec: str
    pixel_format: str
    bytes: int
    stamp: Stamp | None = dataclasses.field(default=None, compare=False)


def damaged(path: Path, number: int, why: str) -> BadVideo:
    """Return the error for a frame that is damaged."""
    return BadVideo(f"{path}: frame {number} (counted from 0) is damaged: {why}. Copy the file again. {how_to_skip()}")


def how_to_skip() -> str:
    """Return how damaged frames are left out, for a message."""
    return f"To leave such frames out, set {named('on_damage')} to 'skip'."
