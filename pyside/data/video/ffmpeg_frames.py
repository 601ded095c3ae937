"""Reads frames of videos with FFmpeg: each with its exact number, cropped before it is converted."""

from __future__ import annotations

import bisect
import contextlib
import dataclasses
import itertools
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pyside.aliases import Array
from pyside.data.formats.frames import luma_of, to_uint8
from pyside.data.video.ffmpeg_files import (
    bits_of,
    frames_of,
    has_no_chroma,
    holds_nothing,
    lacks_palette,
    opened,
    use_threads,
)
from pyside.data.video.ffmpeg_packets import HELD, PacketTable, read_packets, with_places
from pyside.data.video.info import damaged
from pyside.data.video.region_chunks import Chunk, Request, check_regions
from pyside.errors import BadVideo
from pyside.settings.core import named

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.format import VideoFormat
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

Chunks = Iterator[tuple[Array, Array]]
_BATCH = 2  # frames that are decoded before regions are cut out of them; with more, the decoder's threads wait
_WORTH_SEEKING = 500  # frames before the first selected one; with more, it is faster to read all packets and seek ...
_PACKETS_PER_FRAME = 16  # ... since about this number of packets are read while one frame is decoded
_LONGEST_WAY = 600  # frames that are decoded from a key frame to a frame of a sample
_NO_RANGE, _FULL_RANGE = 0, 2  # AVCOL_RANGE_UNSPECIFIED, AVCOL_RANGE_JPEG
_LIMITED_BLACK = 16
_LIMITED_TO_FULL = np.rint((np.arange(256) - 16) * (255 / 219)).clip(0, 255).astype(np.uint8).tobytes()
_PREDICTED = (2, 3)  # AV_PICTURE_TYPE_P and _B
_FLOATS = re.compile("f(16|32)")  # in names of pixel formats


def read_regions(request: Request) -> Chunks:
    """Yield the numbers and regions of the selected frames."""
    wanted = np.flatnonzero(request.keep)
    if request.on_damage == "skip":
        yield from _read_past_damage(request)
        return
    done = 0  # frames before this one have been yielded
    if len(wanted) and wanted[0] >= max(_WORTH_SEEKING, len(request.keep) // _PACKETS_PER_FRAME):
        for numbers, regions in _read_after_seek(request, int(wanted[0])):
            yield numbers, regions
            done = int(numbers[-1]) + 1
    if not len(wanted) or done <= wanted[-1]:
        keep = request.keep.copy()
        keep[:done] = False
        yield from _read_from_start(dataclasses.replace(request, keep=keep))


# --- from the start ------------------------------------------------------------------------------------------------


def _read_from_start(request: Request) -> Chunks:
    with opened(request.path, request.stream) as (container, stream):
        _check(request, stream)
        use_threads(stream, request.threads)
        chunk = _LumaChunk(request, no_chroma=has_no_chroma(stream))
        rows, columns, wanted = request.top.tolist(), request.left.tolist(), request.keep.tolist()
        firsts, number = request.firsts(), 0
        for batch in _decoded(request.path, container, stream, firsts, _end(request, firsts)):
            for frame in _repeated(batch, firsts, number) if request.repeated else batch:
                if wanted[number] and chunk.add(frame, number, rows[number], columns[number]):
                    yield chunk.take()
                number += 1
            chunk.finish()
        if len(chunk):
            yield chunk.take()


def _end(request: Request, firsts: Sequence[int]) -> int:
    """Return the number of pictures up to the one that the last selected frame shows; 0 if no frame is selected."""
    if not request.keep.any():
        return 0
    return bisect.bisect_right(firsts, int(np.flatnonzero(request.keep)[-1]))


def _repeated(pictures: Sequence[VideoFrame], firsts: Sequence[int], number: int) -> Iterator[VideoFrame]:
    """Yield each picture for each frame that shows it, from frame `number` on."""
    for place, picture in enumerate(pictures, start=bisect.bisect_right(firsts, number) - 1):
        yield from itertools.repeat(picture, firsts[place + 1] - firsts[place])


def _decoded(
    path: Path, container: InputContainer, stream: VideoStream, firsts: Sequence[int], end: int
) -> Iterator[list[VideoFrame]]:
    """Decode a video up to the picture before `end`, and check each; if it is the last one, check for more.

    Frames come in small batches, in one list that is reused: data for processing them stay in the processor's cache,
    which decoding a frame flushes.
    """
    import av

    width, height = stream.codec_context.width, stream.codec_context.height
    frames, number, failure, n_frames = frames_of(container, stream), 0, None, len(firsts) - 1
    batch: list[VideoFrame] = []
    while failure is None and (number < end or end == n_frames):
        most = _BATCH if end == n_frames else min(_BATCH, end - number)
        try:
            batch.extend(itertools.islice(frames, most))  # includes frames before an error
        except av.FFmpegError as error:
            failure = error
        if number + len(batch) > n_frames:
            raise BadVideo(f"{path} has more than the {n_frames} frames that its index lists. Copy it again.")
        for frame in batch:
            if frame.is_corrupt:
                raise damaged(path, firsts[number], "it is marked as corrupt")
            if frame.width != width or frame.height != height:
                size = f"{frame.width} x {frame.height} pixels, not {width} x {height}"
                raise damaged(path, firsts[number], f"it has {size}")
            number += 1
        yield batch
        if len(batch) < most:
            break
        batch.clear()
    if failure is not None:
        raise damaged(path, firsts[number], str(failure.strerror)) from failure
    if number < end:
        raise BadVideo(
            f"{path} has {number} frames, but its index lists {n_frames}: it is cut short or damaged. Copy it again, "
            f"or set {named('on_damage')} to 'skip'."
        )


# --- from a key frame ----------------------------------------------------------------------------------------------


def _read_after_seek(request: Request, first: int) -> Chunks:
    """Yield frames from the key frame before the first selected one on; stop when a frame number is not certain.

    Each frame must have the time that follows from the packets of the file, and none may be missing after the key
    frame. Frames that are not yielded must be read from the start.
    """
    with opened(request.path, request.stream) as (_, stream):
        if stream.codec_context.name == "rawvideo":  # decoding takes no time
            return
    table, firsts = read_packets(request.path, request.stream), request.firsts()
    if len(table.number) != len(firsts) - 1 or table.bad.any() or None in table.times or (table.number < 0).any():
        return
    of_number = np.argsort(table.number)
    times = [table.times[place] for place in of_number]
    sought = bisect.bisect_right(firsts, first) - 1
    place = table.last_key(int(of_number[sought]))
    while place and table.number[place] > sought:
        place = table.last_key(place - 1)
    if not place:
        return
    last = _end(request, firsts) - 1
    with opened(request.path, request.stream) as (container, stream):
        _check(request, stream)
        use_threads(stream, request.threads)
        container.seek(table.times[place] or 0, stream=stream)
        chunk = _LumaChunk(request, no_chroma=has_no_chroma(stream))
        for picture, frame in _certain_frames(container, stream, times, table):
            for _ in chunk.add_shown(frame, picture):
                yield chunk.take()
            if picture == last:
                break
            if picture % _BATCH:
                chunk.finish()
        if len(chunk):
            yield chunk.take()


def _certain_frames(
    container: InputContainer, stream: VideoStream, times: list[int | None], table: PacketTable
) -> Iterator[tuple[int, VideoFrame]]:
    """Yield frames with their numbers after a seek, as long as they are certain."""
    import av

    width, height = stream.codec_context.width, stream.codec_context.height
    packets = container.demux(stream)
    try:
        begin = next(packets)
        if begin.pts is None or begin.pts not in times:
            return
        number = times.index(begin.pts)
        if not table.key[table.number == number].all():
            return
        every = (packet for packet in itertools.chain([begin], packets) if not holds_nothing(packet))
        frames = (frame for packet in every for frame in packet.decode())
        first = begin.pts
        shown = itertools.dropwhile(lambda frame: frame.pts is not None and frame.pts < first, frames)
        for place, frame in enumerate(shown):  # frames displayed before the key frame may be dropped or damaged
            if not place and (not frame.key_frame or frame.pict_type in _PREDICTED):
                return
            if number == len(times) or frame.pts != times[number] or frame.is_corrupt:
                return
            if frame.width != width or frame.height != height:
                return
            yield number, frame
            number += 1
    except (av.FFmpegError, StopIteration):
        return


def sample(
    path: Path, most: int, pixel_range: tuple[float, float] | None = None, wanted: int | None = None
) -> list[Array]:
    """Return whole frames, uint8 (height, width), from all over a video, at approximate positions.

    A damaged video gives fewer frames.
    """
    import av

    with opened(path, wanted) as (container, stream):
        use_threads(stream, None)
        size = stream.codec_context.height, stream.codec_context.width
        nothing = np.zeros(1, np.int64)
        request = Request(path, size, nothing, nothing, nothing == 0, "full-range", False, "skip", None, pixel_range)
        chunk = _LumaChunk(request, most, has_no_chroma(stream))
        begin, duration = stream.start_time or 0, stream.duration or _in_units(container.duration, stream)
        for number in range(most):
            place = begin + int(duration * number / most)
            with contextlib.suppress(av.FFmpegError, StopIteration):
                container.seek(place, stream=stream)
                frames = itertools.islice(frames_of(container, stream), _LONGEST_WAY)
                frame = next(one for one in frames if one.pts is None or one.pts >= place)
                if (frame.height, frame.width) == size:
                    chunk.add(frame, number, 0, 0)
        return list(chunk.take()[1][..., 0])


def _in_units(duration: int | None, stream: VideoStream) -> int:
    """Convert a duration from microseconds to the time base of a stream."""
    return int((duration or 0) / 1_000_000 / (stream.time_base or 1))


# --- past damage ---------------------------------------------------------------------------------------------------


def _read_past_damage(request: Request) -> Chunks:
    """Yield the selected frames that are undamaged, however damaged the file is.

    Each packet carries its position through the decoder, so that the packet of each frame is known, and the frames of
    packets that gave none are known to be lost. Frames that are decoded from a damaged one are damaged too. Damage may
    be found after frames that are displayed earlier, so some frames are held back.
    """
    table, firsts = read_packets(request.path, request.stream), request.firsts()
    if len(table.number) != len(firsts) - 1:
        raise BadVideo(
            f"{request.path} has {len(table.number)} frames, including damaged ones, but {len(firsts) - 1} were "
            "found before. Copy it again, or leave it out."
        )
    if (table.number[~table.bad] < 0).all() and len(table.number):
        _number_by_decoding(request, table)
    shown_by = np.repeat(np.arange(len(firsts) - 1), np.diff(firsts))  # the picture that each frame shows
    place_of = np.full(len(table.number), -1)
    known = table.number >= 0
    place_of[table.number[known]] = np.flatnonzero(known)

    def whole(held: int) -> Chunks:
        numbers, regions = chunk.take(held)
        good = ~table.broken()[place_of[shown_by[numbers]]]
        if not good.all():
            numbers, regions = numbers[good], regions[good]
        if len(numbers):
            yield numbers, regions

    with opened(request.path, request.stream) as (container, stream):
        _check(request, stream)
        held = int(np.convolve(np.diff(firsts), np.ones(HELD, int)).max()) if request.repeated else HELD
        chunk = _LumaChunk(request, held, has_no_chroma(stream))
        end = _end(request, firsts)
        for picture, frame in _numbered(container, stream, table, place_of, request.threads):
            if picture >= end + HELD:
                break
            for _ in chunk.add_shown(frame, picture):
                yield from whole(held)
        yield from whole(0)


def _numbered(
    container: InputContainer, stream: VideoStream, table: PacketTable, place_of: Array, threads: int | None
) -> Iterator[tuple[int, VideoFrame]]:
    """Yield the number and the picture of each packet whose number is certain; mark bad packets."""
    width, height = stream.codec_context.width, stream.codec_context.height
    last = -1
    for place, frame in with_places(container, stream, table.places, threads):
        number = int(table.number[place])
        if number < 0:
            continue
        if number <= last:  # the order of display differs from the times in the file: no number nearby is certain
            table.bad[max(0, min(place, int(place_of[last])) - HELD) :] = True
            return
        if frame.is_corrupt or (frame.width, frame.height) != (width, height):
            table.bad[place] = True
            continue
        if number > last + 1:
            lost = place_of[last + 1 : number]
            table.bad[lost[lost >= 0]] = True
        last = number
        if frame.pict_type in _PREDICTED:
            table.key[place] = False  # even if the file marks it as a key frame
        yield number, frame
    lost = place_of[last + 1 :]
    table.bad[lost[lost >= 0]] = True


def _number_by_decoding(request: Request, table: PacketTable) -> None:
    """Number the frames of a file whose display order differs from its packet order and is not given by times.

    Decoded frames are counted up to the key frame before the first damage, or up to `2 * HELD` packets before it: no
    encoder delays a frame by so many. After that, lost frames may be anywhere.
    """
    with opened(request.path, request.stream) as (container, stream):
        order, came = [], np.zeros(len(table.bad), bool)
        for place, frame in with_places(container, stream, table.places, request.threads):
            table.bad[place] |= frame.is_corrupt or came[place]
            came[place] = True
            order.append(place)
    table.bad |= ~came
    end = len(table.bad)
    if table.bad.any():
        first = int(np.argmax(table.bad))
        end = max(table.last_key(first), first - 2 * HELD)
    known = list(itertools.takewhile(lambda place: place < end, order))
    table.number[known] = np.arange(len(known))


# --- cutting -------------------------------------------------------------------------------------------------------


def _check(request: Request, stream: VideoStream) -> None:
    check_regions(request, (stream.codec_context.height, stream.codec_context.width))


class _LumaChunk(Chunk):
    """Collects regions of the luma of frames, and converts them to full range together."""

    def __init__(self, request: Request, held: int = 0, no_chroma: bool = False):
        from av.video.plane import VideoPlane
        from av.video.reformatter import VideoReformatter

        super().__init__(request.size, request.pad, held)
        self._plane, self._to_grey, self._grey = VideoPlane, VideoReformatter(), request.grey
        self._path, self._pixel_range = request.path, request.pixel_range
        self._pixels, self._range = "", 0  # pixel format and colour range of the last frame
        self._limited, self._black, self._finished = False, 0, 0
        self._no_chroma, self._firsts = no_chroma, request.firsts()
        self._rows, self._columns, self._wanted = request.top.tolist(), request.left.tolist(), request.keep.tolist()

    def add_shown(self, frame: VideoFrame, picture: int) -> Iterator[None]:
        """Cut a picture for each selected frame that shows it; yield whenever the chunk is full."""
        for number in range(self._firsts[picture], self._firsts[picture + 1]):
            if self._wanted[number] and self.add(frame, number, self._rows[number], self._columns[number]):
                yield

    def add(self, frame: VideoFrame, number: int, top: int, left: int) -> bool:
        """Cut a region out of a frame; return whether the chunk is full."""
        if frame.format.name != self._pixels or frame.color_range != self._range:
            self.finish()
            self._pixels, self._range = frame.format.name, frame.color_range
            self._has_luma = _has_luma_plane(frame.format)
            limited = self._range != _FULL_RANGE and not self._pixels.startswith(("yuvj", "gray"))  # FFmpeg's own rule
            self._taken_as = _FULL_RANGE if self._no_chroma and self._range == _NO_RANGE else None
            limited &= self._taken_as is None
            self._black = _LIMITED_BLACK if limited and self._has_luma else 0
            self._limited = self._black > 0 and self._grey == "full-range"
        if self._pixel_range is not None and (bits := bits_of(frame.format)) > 8:
            return self._add_deep(frame, bits, number, top, left)
        if not self._has_luma and not lacks_palette(frame):
            frame = self._to_grey.reformat(
                frame, format="gray", src_color_range=self._taken_as, dst_color_range=_FULL_RANGE
            )
        plane = self._plane(frame, 0)  # frame.planes would create objects for the colour planes too
        step, height = plane.line_size, frame.height
        first = 0 if step > 0 else (height - 1) * -step  # below 0: the last row is stored first
        image: Array = np.ndarray((height, frame.width), np.uint8, plane, first, (step, 1))
        return self.cut(image, number, top, left, self._black)

    def _add_deep(self, frame: VideoFrame, bits: int, number: int, top: int, left: int) -> bool:
        """Cut a region out of a frame of more than 8 bits, and convert it by the pixel range.

        Raises:
            PixelRange: it has values outside the range.
            BadVideo: its pixels are not whole numbers of up to 16 bits.
        """
        assert self._pixel_range is not None
        low, high = self._pixel_range
        form = frame.format
        if bits > 16 or _FLOATS.search(form.name):
            raise BadVideo(
                f"{self._path}: its pixels ({form.name}) are no whole numbers of up to 16 bits, to which "
                f"{named('pixel_range')} applies. Save it with 16 bits, such as gray16le."
            )
        channels, white = 1, (1 << bits) - 1
        if form.is_rgb:
            frame, channels = self._to_grey.reformat(frame, format="rgb48le"), 3
        elif form.name.startswith("ya"):  # grey and transparency
            frame = self._to_grey.reformat(frame, format="gray16le")
        elif _is_shifted(form) or any(other.plane == 0 for other in form.components[1:]):
            frame = self._to_grey.reformat(frame, format=f"yuv444p{bits}le")
        plane = self._plane(frame, 0)
        step, height = plane.line_size, frame.height
        first = 0 if step > 0 else (height - 1) * -step
        kind = np.dtype(">u2" if frame.format.is_big_endian else "<u2")
        image: Array = np.ndarray((height, frame.width, channels), kind, plane, first, (step, 2 * channels, 2))

        def to_8_bits(region: Array) -> Array:
            deep = region[..., 0]
            if channels == 3:
                deep = np.rint(luma_of(np.moveaxis(region, 2, 0)) * (white / 65535)).astype(np.uint16)
            return to_uint8(deep[np.newaxis], (low, high), str(self._path), number)[0]

        return self.cut(image, number, top, left, 0, to_8_bits)

    def finish(self) -> None:
        """Convert the regions added since the last call to full range."""
        if self._limited and len(self) > self._finished:
            regions = self.since(self._finished)
            regions.reshape(-1)[:] = np.frombuffer(regions.tobytes().translate(_LIMITED_TO_FULL), np.uint8)
        self._finished = len(self)

    def take(self, held: int = 0) -> tuple[Array, Array]:
        """Return the collected regions at full range; see `Chunk.take`."""
        self.finish()
        taken = super().take(held)
        self._finished = len(self)
        return taken


def _is_shifted(pixels: VideoFormat) -> bool:
    """Return whether luma is stored in the upper bits of 16, as in p010le and its relatives."""
    return pixels.name[0] == "p" and pixels.name[1].isdigit()


def _has_luma_plane(pixels: VideoFormat) -> bool:
    """Return whether the first plane holds luma of 8 bits per pixel, and nothing else."""
    luma, *others = pixels.components
    return (
        luma.bits == 8
        and not (pixels.is_rgb or pixels.has_palette or pixels.is_bit_stream or pixels.is_bayer)
        and all(other.plane != 0 for other in others)
    )
