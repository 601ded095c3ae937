"""Reads frames of videos with FFmpeg: each with its exact number, cropped before it is converted."""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pyside.aliases import Array
from pyside.data.formats.frames import luma_of, to_uint8
from pyside.data.video.ffmpeg_files import bits_of, opened, use_threads
from pyside.data.video.ffmpeg_packets import HELD, PacketTable, packets_of, read_packets
from pyside.data.video.info import damaged
from pyside.data.video.region_chunks import Chunk, Request, check_regions
from pyside.errors import BadVideo
from pyside.settings.core import named

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.packet import Packet
    from av.video.format import VideoFormat
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

Chunks = Iterator[tuple[Array, Array]]
_BATCH = 2  # frames that are decoded before regions are cut out of them; with more, the decoder's threads wait
_WORTH_SEEKING = 500  # frames before the first selected one; with more, it is faster to read all packets and seek ...
_PACKETS_PER_FRAME = 16  # ... since about this number of packets are read while one frame is decoded
_LONGEST_WAY = 600  # frames that are decoded from a key frame to a frame of a sample
_FULL_RANGE = 2  # AVCOL_RANGE_JPEG
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
    path, n_frames = request.path, len(request.keep)
    with opened(path) as (container, stream):
        _check(request, stream)
        use_threads(stream, request.threads)
        chunk = _LumaChunk(request)
        rows, columns, wanted, number = request.top.tolist(), request.left.tolist(), request.keep.tolist(), 0
        end = int(np.flatnonzero(request.keep)[-1]) + 1 if request.keep.any() else 0
        for batch in _decoded(path, container, stream, n_frames, end):
            for frame in batch:
                if wanted[number] and chunk.add(frame, number, rows[number], columns[number]):
                    yield chunk.take()
                number += 1
            chunk.finish()
        if len(chunk):
            yield chunk.take()


def _decoded(
    path: Path, container: InputContainer, stream: VideoStream, n_frames: int, end: int
) -> Iterator[list[VideoFrame]]:
    """Decode a video up to the frame before `end`, and check each frame; if it is the last one, check for more.

    Frames come in small batches, in one list that is reused: data for processing them stay in the processor's cache,
    which decoding a frame flushes.
    """
    import av

    width, height = stream.codec_context.width, stream.codec_context.height
    frames, number, failure = container.decode(stream), 0, None
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
                raise damaged(path, number, "it is marked as corrupt")
            if frame.width != width or frame.height != height:
                raise damaged(path, number, f"it has {frame.width} x {frame.height} pixels, not {width} x {height}")
            number += 1
        yield batch
        if len(batch) < most:
            break
        batch.clear()
    if failure is not None:
        raise damaged(path, number, str(failure.strerror)) from failure
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
    with opened(request.path) as (_, stream):
        if stream.codec_context.name == "rawvideo":  # decoding takes no time
            return
    table, n_frames = read_packets(request.path), len(request.keep)
    if len(table.number) != n_frames or table.bad.any() or None in table.times or (table.number < 0).any():
        return
    of_number = np.argsort(table.number)
    times = [table.times[place] for place in of_number]
    place = table.last_key(int(of_number[first]))
    while place and table.number[place] > first:
        place = table.last_key(place - 1)
    if not place:
        return
    last = int(np.flatnonzero(request.keep)[-1])
    rows, columns, wanted = request.top.tolist(), request.left.tolist(), request.keep.tolist()
    with opened(request.path) as (container, stream):
        _check(request, stream)
        use_threads(stream, request.threads)
        container.seek(table.times[place] or 0, stream=stream)
        chunk = _LumaChunk(request)
        for number, frame in _certain_frames(container, stream, times, table):
            if wanted[number] and chunk.add(frame, number, rows[number], columns[number]):
                yield chunk.take()
            if number == last:
                break
            if number % _BATCH:
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
        frames = (frame for packet in itertools.chain([begin], packets) for frame in packet.decode())
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


def sample(path: Path, most: int, pixel_range: tuple[float, float] | None = None) -> list[Array]:
    """Return whole frames, uint8 (height, width), from all over a video, at approximate positions.

    A damaged video gives fewer frames.
    """
    import av

    with opened(path) as (container, stream):
        use_threads(stream, None)
        size = stream.codec_context.height, stream.codec_context.width
        nothing = np.zeros(1, np.int64)
        request = Request(path, size, nothing, nothing, nothing == 0, "full-range", False, "skip", None, pixel_range)
        chunk = _LumaChunk(request, most)
        begin, duration = stream.start_time or 0, stream.duration or _in_units(container.duration, stream)
        for number in range(most):
            place = begin + int(duration * number / most)
            with contextlib.suppress(av.FFmpegError, StopIteration):
                container.seek(place, stream=stream)
                frames = itertools.islice(container.decode(stream), _LONGEST_WAY)
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
    table = read_packets(request.path)
    if len(table.number) != len(request.keep):
        raise BadVideo(
            f"{request.path} has {len(table.number)} frames, including damaged ones, but {len(request.keep)} were "
            "found before. Copy it again, or leave it out."
        )
    if (table.number[~table.bad] < 0).all() and len(table.number):
        _number_by_decoding(request, table)
    with opened(request.path) as (container, stream):
        _check(request, stream)
        chunk = _LumaChunk(request, HELD)
        rows, columns, wanted = request.top.tolist(), request.left.tolist(), request.keep.tolist()
        end = int(np.flatnonzero(request.keep)[-1]) + 1 if request.keep.any() else 0
        for number, place, frame in _numbered(container, stream, table, request.threads):
            if number >= end + HELD:
                break
            if wanted[number] and chunk.add(frame, place, rows[number], columns[number]):
                yield from _whole(chunk, table, HELD)
        yield from _whole(chunk, table, 0)


def _whole(chunk: _LumaChunk, table: PacketTable, held: int) -> Chunks:
    places, regions = chunk.take(held)
    good = ~table.broken()[places]
    if not good.all():
        places, regions = places[good], regions[good]
    if len(places):
        yield table.number[places], regions


def _numbered(
    container: InputContainer, stream: VideoStream, table: PacketTable, threads: int | None
) -> Iterator[tuple[int, int, VideoFrame]]:
    """Yield the number, packet position and frame of each frame whose number is certain; mark bad packets."""
    width, height = stream.codec_context.width, stream.codec_context.height
    place_of = np.full(len(table.number), -1)
    known = table.number >= 0
    place_of[table.number[known]] = np.flatnonzero(known)
    last = -1
    for place, frame in _with_places(container, stream, table, threads):
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
        yield number, place, frame
    lost = place_of[last + 1 :]
    table.bad[lost[lost >= 0]] = True


def _with_places(
    container: InputContainer, stream: VideoStream, table: PacketTable, threads: int | None
) -> Iterator[tuple[int, VideoFrame]]:
    """Decode all packets, past errors, and yield the packet position and the frame of each."""
    import av

    use_threads(stream, threads)
    stream.codec_context.copy_opaque = True
    packets: Iterable[Packet[VideoStream] | None] = itertools.chain(packets_of(container, stream), [None])
    for packet, place in itertools.zip_longest(packets, table.places, fillvalue=-1):
        if isinstance(packet, int):
            break  # there were more packets when the table was made
        if packet is not None and place >= 0:
            packet.opaque = place
        try:
            frames = stream.codec_context.decode(packet)
        except av.FFmpegError:
            continue  # the lost frame is noticed by its missing number
        for frame in frames:
            if isinstance(frame.opaque, int):
                yield frame.opaque, frame


def _number_by_decoding(request: Request, table: PacketTable) -> None:
    """Number the frames of a file whose display order differs from its packet order and is not given by times.

    Decoded frames are counted up to the key frame before the first damage, or up to `2 * HELD` packets before it: no
    encoder delays a frame by so many. After that, lost frames may be anywhere.
    """
    with opened(request.path) as (container, stream):
        order, came = [], np.zeros(len(table.bad), bool)
        for place, frame in _with_places(container, stream, table, request.threads):
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

    def __init__(self, request: Request, held: int = 0):
        from av.video.plane import VideoPlane
        from av.video.reformatter import VideoReformatter

        super().__init__(request.size, request.pad, held)
        self._plane, self._to_grey, self._grey = VideoPlane, VideoReformatter(), request.grey
        self._path, self._pixel_range = request.path, request.pixel_range
        self._pixels, self._range = "", 0  # pixel format and colour range of the last frame
        self._limited, self._black, self._finished = False, 0, 0

    def add(self, frame: VideoFrame, number: int, top: int, left: int) -> bool:
        """Cut a region out of a frame; return whether the chunk is full."""
        if frame.format.name != self._pixels or frame.color_range != self._range:
            self.finish()
            self._pixels, self._range = frame.format.name, frame.color_range
            self._has_luma = _has_luma_plane(frame.format)
            limited = self._range != _FULL_RANGE and not self._pixels.startswith(("yuvj", "gray"))  # FFmpeg's own rule
            self._black = _LIMITED_BLACK if limited and self._has_luma else 0
            self._limited = self._black > 0 and self._grey == "full-range"
        if self._pixel_range is not None and (bits := bits_of(frame.format)) > 8:
            return self._add_deep(frame, bits, number, top, left)
        if not self._has_luma and not _lacks_palette(frame):
            frame = self._to_grey.reformat(frame, format="gray", dst_color_range=_FULL_RANGE)
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


def _lacks_palette(frame: VideoFrame) -> bool:
    """Return whether a frame has a palette of one colour: the writer left it out, and the numbers are greys."""
    if not frame.format.has_palette:
        return False
    colours = bytes(frame.planes[1])
    return colours == colours[:4] * (len(colours) // 4)


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
