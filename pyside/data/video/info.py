"""The properties of a video that are known before its frames are read, for all kinds of files."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from pyside.errors import BadVideo
from pyside.settings.core import named
from pyside.system.paths import Stamp


@dataclasses.dataclass(frozen=True)
class VideoInfo:
    """The properties of a video, from its headers and packets.

    Attributes:
        path: the file, or the folder of an image sequence.
        n_frames: number of frames that decoding gives; if damage is skipped, including the damaged ones.
        height: height of a frame, in pixels.
        width: width of a frame, in pixels.
        frames_per_second: rate in the file, which for high-speed video is often not the rate of recording; 0.0 if the
            file has none.
        codec: FFmpeg's name of the codec, such as ``h264``; ``tiff`` for a stack, ``images`` for an image sequence.
        pixel_format: FFmpeg's name, such as ``yuv420p``; for a stack ``gray8``, ``gray12``, ``gray16``, ``rgb24`` or
            similar; for an image sequence the suffixes of its files.
        bytes: size of the file, or of all files of an image sequence.
        stamp: identity of the file before it was read, by which a change is noticed.
        bits: number of bits of a pixel's grey or of its colours; of an image sequence, those of the first image.
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
    bits: int = 8


def damaged(path: Path, number: int, why: str) -> BadVideo:
    """Return the error for a damaged frame."""
    return BadVideo(f"{path}: frame {number} (counted from 0) is damaged: {why}. Copy the file again. {how_to_skip()}")


def how_to_skip() -> str:
    """Return the sentence of messages about how to leave damaged frames out."""
    return f"To leave such frames out, set {named('on_damage')} to 'skip'."
