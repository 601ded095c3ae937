"""The one way to read the frames of a video, through PyAV: exact to the frame, cropped before anything is converted."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import itertools
import os
import sys
from collections.abc import Iterator
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pyside.errors import BadVideo, OutOfFrame, PathMissing

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.format import VideoFormat
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

Array = np.ndarray[Any, Any]
VIDEO_SUFFIXES = (".mp4", ".avi", ".mov", ".mkv", ".m4v", ".mpg", ".mpeg", ".wmv")
GREYS = ("full-range", "raw-y")
_CHUNK_FRAMES = 256
_CHUNK_BYTES = 16 << 20
_BATCH = 2  # frames that are decoded before regions are cut out of them; with more, the decoder's threads wait
_FULL_RANGE = 2  # AVCOL_RANGE_JPEG
_LIMITED_TO_FULL = np.rint((np.arange(256) - 16) * (255 / 219)).clip(0, 255).astype(np.uint8).tobytes()


@dataclasses.dataclass(frozen=True)
class VideoInfo:
    """What the headers and packets of a video say.

    Attributes:
        path: the file.
        n_frames: number of frames that decoding gives.
        height: of a frame, in pixels.
        width: of a frame, in pixels.
        frames_per_second: as the file states it, which for high-speed video is often not the rate of recording; 0.0
            where it does not say.
        codec: FFmpeg's name of the codec, such as ``h264``.
        pixel_format: FFmpeg's name, such as ``yuv420p``.
        bytes: size of the file.
    """

    path: Path
    n_frames: int
    height: int
    width: int
    frames_per_second: float
    codec: str
    pixel_format: str
    bytes: int


def probe(path: str | PathLike[str]) -> VideoInfo:
    """Read what there is to know of a video without decoding it.

    The number of frames never comes from a header alone, since headers are often wrong. Where the file has a table of
    its samples (mp4, mov), it is the number of its entries, less those that an edit list discards. For everything else
    (avi, mkv, mpg, wmv, fragmented mp4) all packets are read, at the speed of the disk, and counted. One packet is one
    frame with every codec that cameras write; only a video that does not begin with a key frame, where decoders drop
    what they cannot rebuild, is decoded to count its frames. Should decoding give another number all the same,
    `read_regions` tells.

    Args:
        path: the video file.

    Raises:
        PathMissing: there is no such file.
        BadVideo: it is empty, cut short, cannot be read, or has no video in it.
    """
    path = Path(path)
    with _opened(path) as (container, stream):
        n_frames = _count_frames(path, container, stream)
        rate = stream.average_rate or stream.guessed_rate or stream.base_rate
        context = stream.codec_context
        info = VideoInfo(
            path,
            n_frames,
            context.height,
            context.width,
            float(rate or 0),
            context.name,
            str(context.pix_fmt),
            path.stat().st_size,
        )
    return info if n_frames else dataclasses.replace(info, n_frames=_count_decoded(path))


def read_regions(
    path: str | PathLike[str],
    size: tuple[int, int],
    top: Array,
    left: Array,
    keep: Array,
    grey: str = "full-range",
) -> Iterator[Array]:
    """Decode a whole video and give a region of each wanted frame, in grey.

    Grey is what PyAV's ``frame.reformat(format="gray")`` gives: luma from 0 (black) to 255 (white). It is cut out of
    the luma plane as that is stored; where the plane spans 16 to 235 (limited range: every ``yuv`` format that does not
    say otherwise), only the region is brought to full range. Frames without a luma plane of 8 bits (RGB, palettes,
    packed YUV, and 10 to 16 bits, which become 8 by their declared depth) are converted whole, which is slower.

    Args:
        path: the video file.
        size: (height, width) of the region, in pixels.
        top: int, (n_frames,), first row of the region in each frame, from 0; not looked at where `keep` is False.
        left: int, (n_frames,), first column, likewise.
        keep: bool, (n_frames,), which frames are wanted; its length is what `probe` says.
        grey: "full-range", or "raw-y" for the luma plane as it is stored (without one of 8 bits: full range).

    Yields:
        uint8, (m, height, width, 1), C order: the wanted frames in their order, some 256 at a time or at most 16 MB.
        Each chunk is new memory.

    Raises:
        PathMissing: there is no such file.
        BadVideo: it cannot be read, a frame is damaged or of another size, or there are fewer or more than
            ``len(keep)`` frames.
        OutOfFrame: a region does not lie inside the frame.
        ValueError: another `grey`, or vectors of different lengths.
    """
    if grey not in GREYS:
        raise ValueError(f"grey is {grey!r}; it can be {' or '.join(map(repr, GREYS))}.")
    if not len(top) == len(left) == len(keep):
        raise ValueError(f"top, left and keep have {len(top)}, {len(left)} and {len(keep)} elements.")
    path = Path(path)
    with _opened(path) as (container, stream):
        _check_regions(path, stream, size, top, left, keep)
        chunk = _Chunk(size, grey)
        rows, columns, wanted, number = top.tolist(), left.tolist(), keep.tolist(), 0
        for batch in _decoded(path, container, stream, len(wanted)):
            for frame in batch:
                if wanted[number] and chunk.add(frame, rows[number], columns[number]):
                    yield chunk.take()
                number += 1
            chunk.finish()
        if chunk.filled:
            yield chunk.take()


def describe_video(path: str | PathLike[str]) -> dict[str, Any]:
    """Return what a person wants to know of a video, as plain values.

    Raises:
        PathMissing, BadVideo: as in `probe`.
    """
    info = probe(path)
    rate = info.frames_per_second
    return {
        "kind": "video",
        "path": str(info.path),
        "frames": info.n_frames,
        "height": info.height,
        "width": info.width,
        "frames_per_second": rate or None,
        "seconds": info.n_frames / rate if rate else None,
        "codec": info.codec,
        "pixel_format": info.pixel_format,
        "bytes": info.bytes,
    }


def file_sha256(path: str | PathLike[str]) -> str:
    """Return the SHA-256 of a file as hexadecimal digits; it is read in blocks."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


# --- opening and counting ------------------------------------------------------------------------------------------


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[tuple[InputContainer, VideoStream]]:
    """Open a video and find its pictures; an error of FFmpeg's while it is open is a BadVideo."""
    import av

    if not path.exists():
        raise PathMissing(f"There is no file {path}. Check its name and folder.")
    if path.is_dir():
        raise BadVideo(f"{path} is a folder, not a video. Name the file.")
    if not path.stat().st_size:
        raise BadVideo(f"{path} is empty (0 bytes). Copy it again, or leave it out.")
    container = None
    try:
        # An absolute path, lest a colon in a name passes for a protocol. No file may send FFmpeg to the network.
        only_files = {"protocol_whitelist": "file"}
        container = av.open(str(path.absolute()), container_options=only_files, **_lenient_metadata())
        yield container, _find_pictures(path, container)
    except av.FFmpegError as error:
        boxes = _top_boxes(path)
        if b"ftyp" in boxes and b"moov" not in boxes:
            raise BadVideo(
                f"{path} has no index (moov): it was cut short, or its recording was broken off. Copy it again."
            ) from error
        raise BadVideo(
            f"{path} cannot be read as a video: {error.strerror}. It may be cut short, damaged, or no video. "
            "Copy it again, or see whether a video player opens it."
        ) from error
    finally:
        if container is not None:
            container.close()


def _lenient_metadata() -> dict[str, Any]:
    """Return how PyAV is told to bear titles in any encoding; from version 19 on it always does."""
    import av

    return {"metadata_errors": "replace"} if int(av.__version__.split(".")[0]) < 19 else {}


def _find_pictures(path: Path, container: InputContainer) -> VideoStream:
    from av.stream import Disposition

    streams = [one for one in container.streams.video if not one.disposition & Disposition.attached_pic]  # no covers
    if not streams:
        found = ", ".join(sorted({stream.type for stream in container.streams})) or "nothing"
        raise BadVideo(f"{path} has no moving pictures in it, only: {found}. Name a video file.")
    context = streams[0].codec_context
    if context is None or not (context.width and context.height and context.pix_fmt):
        raise BadVideo(
            f"{path} is damaged, or in a codec that cannot be decoded here. Copy it again, or make it H.264 (mp4)."
        )
    return streams[0]


def _count_frames(path: Path, container: InputContainer, stream: VideoStream) -> int:
    """Count as `probe` says; return 0 where only decoding can tell."""
    n_bytes, kinds = path.stat().st_size, container.format.name.split(",")
    table = stream.index_entries
    if "mov" in kinds:
        needed = max((entry.pos + entry.size for entry in table), default=0)
        if needed > n_bytes:
            raise _cut_short(path, n_bytes, needed)
        if len(table) and b"moof" not in _top_boxes(path):
            return sum(not entry.is_discard for entry in table) if table[0].is_keyframe else 0
    if "avi" in kinds and (needed := _riff_bytes(path)) > n_bytes:
        raise _cut_short(path, n_bytes, needed)
    n_frames, starts_whole = 0, False
    for packet in container.demux(stream):
        if packet.is_corrupt:
            raise BadVideo(f"{path} is cut short or damaged at frame {n_frames} (counted from 0). Copy it again.")
        if packet.size and not packet.is_discard:
            starts_whole |= packet.is_keyframe and not n_frames
            n_frames += 1
    return n_frames if starts_whole else 0


def _count_decoded(path: Path) -> int:
    with _opened(path) as (container, stream):
        _use_all_cores(stream)
        n_frames = sum(1 for _ in container.decode(stream))
    if not n_frames:
        raise BadVideo(f"{path} holds no frame. Copy it again, or leave it out.")
    return n_frames


def _cut_short(path: Path, n_bytes: int, needed: int) -> BadVideo:
    return BadVideo(
        f"{path} is cut short: it has {n_bytes:,} bytes, and its index speaks of {needed:,}. Copy it again."
    )


def _top_boxes(path: Path) -> set[bytes]:
    """Return the kinds of boxes that an mp4 consists of: moov is its index, moof one of several further ones."""
    kinds, place, n_bytes = set(), 0, path.stat().st_size
    with path.open("rb") as file:
        while place + 8 <= n_bytes:
            file.seek(place)
            head = file.read(16)
            kinds.add(head[4:8])
            size = int.from_bytes(head[:4], "big")
            if size == 1:
                size = int.from_bytes(head[8:], "big")
            if size < 8:  # 0 is a box up to the end
                break
            place += size
    return kinds


def _riff_bytes(path: Path) -> int:
    """Return the size of an avi by its first eight bytes; 0 where a recorder left it open."""
    with path.open("rb") as file:
        head = file.read(8)
    size = int.from_bytes(head[4:], "little")
    return size + 8 if head[:4] == b"RIFF" and size != 0xFFFFFFFF else 0


# --- decoding and cutting ------------------------------------------------------------------------------------------


def _decoded(path: Path, container: InputContainer, stream: VideoStream, n_frames: int) -> Iterator[list[VideoFrame]]:
    """Decode a whole video, the frames that the decoder holds back included, and check each frame.

    Frames come in small batches, in one list that is used again: what is done to them stays in the processor's cache
    then, where decoding a frame drives it out.
    """
    import av

    _use_all_cores(stream)
    width, height = stream.codec_context.width, stream.codec_context.height
    frames, number, failure = container.decode(stream), 0, None
    batch: list[VideoFrame] = []
    while failure is None:
        try:
            batch.extend(itertools.islice(frames, _BATCH))  # frames before an error are in it
        except av.FFmpegError as error:
            failure = error
        if number + len(batch) > n_frames:
            raise BadVideo(f"{path} has more than the {n_frames} frames that its index speaks of. Copy it again.")
        for frame in batch:
            if frame.is_corrupt:
                raise _damaged(path, number, "it is marked as corrupt")
            if frame.width != width or frame.height != height:
                raise _damaged(path, number, f"it has {frame.width} x {frame.height} pixels, not {width} x {height}")
            number += 1
        yield batch
        if len(batch) < _BATCH:
            break
        batch.clear()
    if failure is not None:
        raise _damaged(path, number, str(failure.strerror)) from failure
    if number < n_frames:
        raise BadVideo(
            f"{path} gives {number} frames where its index speaks of {n_frames}: it is cut short or damaged. "
            "Copy it again, or leave it out."
        )


def _use_all_cores(stream: VideoStream) -> None:
    """Decode with a thread a core: FFmpeg by itself takes one more, which costs up to a tenth on few cores."""
    stream.thread_type = "AUTO"
    stream.codec_context.thread_count = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def _damaged(path: Path, number: int, why: str) -> BadVideo:
    return BadVideo(f"{path}: frame {number} (counted from 0) is damaged: {why}. Copy the file again, or leave it out.")


def _check_regions(
    path: Path, stream: VideoStream, size: tuple[int, int], top: Array, left: Array, keep: Array
) -> None:
    (height, width), rows, columns = size, stream.codec_context.height, stream.codec_context.width
    outside = keep & ((top < 0) | (left < 0) | (top + height > rows) | (left + width > columns))
    if outside.any():
        number = int(np.argmax(outside))
        raise OutOfFrame(
            f"{path}: the region of frame {number} (counted from 0), {height} x {width} pixels from row {top[number]} "
            f"and column {left[number]}, does not lie inside the frame of {rows} x {columns} (height x width)."
        )


class _Chunk:
    """Collects regions of frames, and brings them to full range together."""

    def __init__(self, size: tuple[int, int], grey: str):
        from av.video.plane import VideoPlane
        from av.video.reformatter import VideoReformatter

        self._plane, self._to_grey = VideoPlane, VideoReformatter()
        self._size, self._grey = size, grey
        self._room = max(1, min(_CHUNK_FRAMES, _CHUNK_BYTES // (size[0] * size[1])))
        self._pixels, self._range = "", 0  # pixel format and colour range of the last frame
        self._limited = False
        self._begin()

    def _begin(self) -> None:
        self._regions = np.empty((self._room, *self._size), np.uint8)
        self.filled, self._finished = 0, 0

    def add(self, frame: VideoFrame, top: int, left: int) -> bool:
        """Cut a region out of a frame; return whether the chunk is full."""
        if frame.format.name != self._pixels or frame.color_range != self._range:
            self.finish()
            self._pixels, self._range = frame.format.name, frame.color_range
            self._has_luma = _has_luma_plane(frame.format)
            limited = self._range != _FULL_RANGE and not self._pixels.startswith(("yuvj", "gray"))  # as FFmpeg takes it
            self._limited = limited and self._has_luma and self._grey == "full-range"
        if not self._has_luma:
            frame = self._to_grey.reformat(frame, format="gray", dst_color_range=_FULL_RANGE)
        plane = self._plane(frame, 0)  # frame.planes would make objects of the colours too
        step = plane.line_size
        first = (top if step > 0 else frame.height - 1 - top) * abs(step) + left  # below 0: the last row comes first
        self._regions[self.filled] = np.ndarray(self._size, np.uint8, plane, first, (step, 1))
        self.filled += 1
        return self.filled == self._room

    def finish(self) -> None:
        """Bring what was added since the last time to full range."""
        if self._limited and self.filled > self._finished:
            regions = self._regions[self._finished : self.filled]
            regions.reshape(-1)[:] = np.frombuffer(regions.tobytes().translate(_LIMITED_TO_FULL), np.uint8)
        self._finished = self.filled

    def take(self) -> Array:
        """Return the regions, uint8, (n, height, width, 1), and begin anew."""
        self.finish()
        regions = self._regions[: self.filled, :, :, np.newaxis]
        self._begin()
        return regions


def _has_luma_plane(pixels: VideoFormat) -> bool:
    """Tell whether the first plane holds luma, 8 bits a pixel, and nothing else."""
    luma, *others = pixels.components
    return (
        luma.bits == 8
        and not (pixels.is_rgb or pixels.has_palette or pixels.is_bit_stream or pixels.is_bayer)
        and all(other.plane != 0 for other in others)
    )
