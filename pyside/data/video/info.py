"""The properties of a video that are known before its frames are read, for all kinds of files."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from pyside.errors import BadVideo
from pyside.settings.core import frame_named, named
from pyside.system.paths import Stamp


@dataclasses.dataclass(frozen=True)
class VideoInfo:
    """The properties of a video, from its headers and packets.

    Attributes:
        path: the file, or the folder of an image sequence.
        n_frames: number of frames that decoding gives; if damage is skipped, including the damaged ones. With
            `repeats`, number of frames that the container counts.
        height: height of a frame, in pixels.
        width: width of a frame, in pixels.
        frames_per_second: rate in the file, which for high-speed video is often not the rate of recording; 0.0 if the
            file has none.
        codec: FFmpeg's name of the codec, such as ``h264``; ``tiff`` for a stack, ``images`` for an image sequence.
        pixel_format: FFmpeg's name, such as ``yuv420p``; for a stack ``gray8``, ``gray12``, ``gray16``, ``rgb24`` or
            similar; for an image sequence the suffixes of its files.
        bytes: size of the file, or of all files of an image sequence.
        empty: numbers, in the count of the container and from 0, of the frames that the container counts but that hold
            no picture; see `pyside.data.video.reader.probe`.
        is_placed: whether `empty` is certain; if not, only its length is.
        repeats: whether frames are numbered as the container counts them, so that empty frames repeat pictures.
        hidden: number of packets that are never shown, in a container that counts no frames: alternate references, and
            frames at the beginning that cannot be rebuilt.
        stated: number of frames in the header of the file; 0 if there is none.
        stream: number of the video stream that is read, counted from 1.
        streams: a description of each video stream of the file; empty if there is only one.
        is_certain: whether it is clear which of several streams is meant: it was chosen, or is the only default one.
        remarks: what a person should know about the grey levels.
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
    empty: tuple[int, ...] = ()
    is_placed: bool = True
    repeats: bool = False
    hidden: int = 0
    stated: int = 0
    stream: int = 1
    streams: tuple[str, ...] = ()
    is_certain: bool = True
    remarks: tuple[str, ...] = ()
    stamp: Stamp | None = dataclasses.field(default=None, compare=False)
    bits: int = 8

    @property
    def n_counted(self) -> int:
        """Number of frames in the count of the container: those with a picture and the empty ones."""
        return self.n_frames if self.repeats else self.n_frames + len(self.empty)

    def about_empty(self, first: int) -> str:
        """Return a sentence about the empty frames, without its full stop; `first` is the number of the first frame."""
        n = len(self.empty)
        about = "" if self.is_placed else "about "
        return (
            f"The container counts {self.n_counted} frames, {n} of which hold{'s' if n == 1 else ''} no picture; the "
            f"first of them is {about}frame {self.empty[0] + first} (counted from {first}). Decoding gives "
            f"{self.n_counted - n} frames"
        )


def damaged(path: Path, number: int, why: str) -> BadVideo:
    """Return the error for a damaged frame."""
    return BadVideo(
        f"{path}: {frame_named(number)} is damaged: {why.rstrip('.')}. Copy the file again. {how_to_skip()}"
    )


def how_to_skip() -> str:
    """Return the sentence of messages about how to leave damaged frames out."""
    return f"To leave such frames out, set {named('on_damage')} to 'skip'."
