"""Counts the frames of videos from their packets, and finds the frame number of each packet."""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pyside.aliases import Array
from pyside.data.video.ffmpeg_files import (
    avi_index,
    bits_of,
    empty_chunks,
    frames_of,
    has_no_chroma,
    holds_nothing,
    is_never_shown,
    lacks_palette,
    opened,
    riff_bytes,
    rotation,
    top_boxes,
    use_threads,
    video_streams,
    whole_up_to,
)
from pyside.data.video.info import VideoInfo, how_to_skip
from pyside.errors import BadVideo
from pyside.settings.core import frame_named

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.packet import Packet
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

_HIDING = ("vp8", "vp9")  # codecs that store frames that are never shown
HELD = 16  # frames: no codec displays a frame more than this number before a frame that it is decoded from
_STORED_TIMES = {"mov", "matroska"}  # file formats that store the display time of each packet
_LIMITED = (16, 235)  # luma of black and white in limited range
_OVERSHOOT = 8  # levels by which lossy compression goes beyond these
_LOOKED_AT = 32  # frames
_BELIEVED = 4  # a declared number of frames is used up to this multiple of what the rest of the file suggests
_LEAST_BYTES = {"mpeg4": 20}  # smaller packets may be frames that are marked as not coded; FFmpeg's own limit
_MOST_FAILURES = 1000  # errors while reading packets of one file before reading stops


def probe(path: Path, on_damage: str, wanted: int | None = None) -> VideoInfo:
    """Read the properties of a video; see `pyside.data.video.reader.probe`."""
    from av.video.format import VideoFormat

    with opened(path, wanted) as (container, stream):
        streams, default = video_streams(container)
        n_frames, look = _count_frames(path, container, stream, on_damage)
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
            bits=bits_of(VideoFormat(str(context.pix_fmt))),
            stated=stream.frames,
            stream=streams.index(stream) + 1,
            streams=_described(streams) if len(streams) > 1 else (),
            is_certain=wanted is not None or default is not None or len(streams) == 1,
        )
        has_luma_only = has_no_chroma(stream)
    info = dataclasses.replace(info, remarks=tuple(_remarks(info, wanted, has_luma_only)))
    if n_frames and not look:
        return info
    if not n_frames and on_damage == "error":
        info = dataclasses.replace(info, n_frames=_count_decoded(path, wanted))
    else:
        table = read_packets(path, wanted)
        if table.is_whole or on_damage == "skip":
            info = dataclasses.replace(
                info,
                n_frames=len(table.number),
                empty=table.empty,
                is_placed=table.is_placed,
                hidden=table.hidden,
            )
    if not info.n_frames:
        raise BadVideo(f"{path} holds no frames. Copy it again, or leave it out.")
    return info


def _remarks(info: VideoInfo, wanted: int | None, has_luma_only: bool) -> Iterator[str]:
    """Yield what a person should know about the pixels of a video."""
    if has_luma_only or info.pixel_format == "pal8":
        yield from _of_unstated_grey(info, wanted)
    elif info.codec == "rawvideo" and info.pixel_format.startswith("rgb555"):
        yield (
            "its pixels of 16 bits are taken as 5 bits of red, green and blue each, which is what 16 bits mean in this "
            "kind of file. Some programs store 16 bits of grey there, which no reader can know: the frames then look "
            "like noise. If so, save the video as mkv (ffv1, gray16le) or as a TIFF stack"
        )
    if turned := rotation(info.path):
        yield (
            f"it asks players to turn its frames by {turned} degrees clockwise. They are read as they are stored, not "
            "turned, so regions and centers count in the stored frames"
        )


def _of_unstated_grey(info: VideoInfo, wanted: int | None) -> tuple[str, ...]:
    """Return what the grey levels of H.264 without chroma, or of a palette, may mean if the file does not state it."""
    import av
    from av.video.reformatter import ColorRange

    with opened(info.path, wanted) as (container, stream), contextlib.suppress(av.FFmpegError):
        frames = list(itertools.islice(frames_of(container, stream), _LOOKED_AT))
        if any(map(lacks_palette, frames)):
            return ("there is no palette in it; grey is the stored numbers, 0 is black and 255 is white",)
        if info.pixel_format == "pal8" or any(frame.color_range for frame in frames):
            return ()
        full = ColorRange.JPEG
        rows = [one.reformat(format="gray", src_color_range=full, dst_color_range=full).to_ndarray() for one in frames]
        darkest, brightest = min(one.min() for one in rows), max(one.max() for one in rows)
        if darkest >= _LIMITED[0] - _OVERSHOOT and brightest <= _LIMITED[1] + _OVERSHOOT:
            return (
                f"it is H.264 without colour that does not state whether black and white are 0 and 255, or 16 and 235. "
                f"The stored grey is taken as it is, 0 to 255; in the first {len(frames)} frames it spans {darkest} to "
                f"{brightest}. If it should be scaled from 16 to 235, state that in the file "
                "(ffmpeg -i old.mp4 -c copy -bsf:v h264_metadata=video_full_range_flag=0 new.mp4)",
            )
    return ()


def _described(streams: Sequence[VideoStream]) -> tuple[str, ...]:
    from av.stream import Disposition

    texts = []
    for number, one in enumerate(streams, start=1):
        context = one.codec_context
        size = f"{context.height} x {context.width}" if context else "unknown size"
        frames = f", {one.frames} frames" if one.frames else ""
        default = ", default" if one.disposition & Disposition.default else ""
        texts.append(f"{number}: {size}{frames}{default}")
    return tuple(texts)


def seconds_of_decoding(path: Path, most: int, wanted: int | None = None) -> tuple[int, float]:
    """Decode the first frames; return their number, at most `most`, and the time in seconds."""
    with opened(path, wanted) as (container, stream):
        use_threads(stream, None)
        began, n = time.perf_counter(), 0
        for _ in frames_of(container, stream):
            n += 1
            if n == most:
                break
        return n, time.perf_counter() - began


def _count_frames(path: Path, container: InputContainer, stream: VideoStream, on_damage: str) -> tuple[int, bool]:
    """Count frames as `probe` describes.

    Returns:
        Their number, 0 if tables and packets are not sufficient; and whether some seem to hold no picture, which
        `read_packets` finds out.
    """
    n_bytes, kinds, codec = path.stat().st_size, container.format.name.split(","), stream.codec_context.name
    table, least = stream.index_entries, _LEAST_BYTES.get(codec, 1)
    needed = 0
    if "mov" in kinds:
        needed = max((entry.pos + entry.size for entry in table), default=0)
    elif "avi" in kinds:
        needed = riff_bytes(path)
    if needed > n_bytes and on_damage == "error":
        raise BadVideo(
            f"{path} is cut short: it has {n_bytes:,} bytes, but its index requires {needed:,}. Copy it again. "
            f"{how_to_skip()}"
        )
    if "mov" in kinds and len(table) and b"moof" not in top_boxes(path):
        sizes = [size for _, size in _samples(stream)]
        starts_whole = next((entry.is_keyframe for entry in table if entry.size), False)
        look = min(sizes, default=least) < least or _leads(container, stream)
        return (len(sizes) - sizes.count(0) if starts_whole else 0), look
    if "avi" in kinds and codec not in _HIDING and (listed := avi_index(path, stream)):
        gaps = listed[-1][1] >= len(listed) or listed[0][1] > 0
        return len(listed), gaps or min(size for _, _, size in listed) < least or _leads(container, stream)
    if on_damage == "skip":
        return 0, True
    n_frames, look = _count_packets(path, container, stream, least)
    return n_frames, look or ("avi" in kinds and 0 < n_frames < stream.frames)


def _count_packets(path: Path, container: InputContainer, stream: VideoStream, least: int) -> tuple[int, bool]:
    """Count the packets of a video, as `_count_frames` does; those of less than `least` bytes are looked into."""
    codec, n_frames, starts_whole, look, first = stream.codec_context.name, 0, False, False, None
    for packet in container.demux(stream):
        if packet.is_corrupt:
            raise BadVideo(f"{path} is cut short or damaged at {frame_named(n_frames)}. Copy it again. {how_to_skip()}")
        if packet.size and not packet.is_discard:
            starts_whole |= packet.is_keyframe and not n_frames
            n_frames += 1
            look |= packet.size < least or (codec in _HIDING and is_never_shown(codec, packet))
            if n_frames <= HELD:
                first = packet.pts if n_frames == 1 else first
                look |= _is_before(packet.pts, first)
        else:
            look |= holds_nothing(packet)
    return n_frames if starts_whole else 0, look


def _leads(container: InputContainer, stream: VideoStream) -> bool:
    """Return whether a video begins with frames that are displayed before its first key frame."""
    if not stream.codec_context.has_b_frames:
        return False
    times = [packet.pts for packet in itertools.islice(container.demux(stream), HELD) if not packet.is_discard]
    return any(_is_before(time, times[0]) for time in times)


def _is_before(time: int | None, first: int | None) -> bool:
    return time is not None and first is not None and time < first


def _count_decoded(path: Path, wanted: int | None) -> int:
    with opened(path, wanted) as (container, stream):
        use_threads(stream, None)
        return sum(1 for _ in frames_of(container, stream))


def _samples(stream: VideoStream) -> list[tuple[int, int]]:
    """Return position and size of each packet that a mov lists and does not discard; entries die with their file."""
    return [(entry.pos, entry.size) for entry in stream.index_entries if not entry.is_discard]


# --- frame numbers of packets --------------------------------------------------------------------------------------


@dataclasses.dataclass
class PacketTable:
    """The packets of a video that are frames, by position: in the order of the file, which is the order of decoding.

    Attributes:
        places: position of each packet that `packets_of` yields, or -1 if it is not a frame.
        times: display times of the packets that were found, in the order of positions; None if not given.
        number: int64, (n,), frame number of each packet in the order of display; -1 if it is not certain.
        key: bool, (n,), whether decoding can begin there.
        bad: bool, (n,), whether the packet is known to be damaged or lost.
        empty: numbers, in the count of the container, of the frames that it counts but that hold no picture.
        is_placed: whether `empty` is certain, not only its length.
        hidden: number of packets that are never shown, in a container that counts no frames.
        is_whole: False for an avi without a trusted index that is cut short, or has gaps between its chunks.
    """

    places: list[int]
    times: list[int | None]
    number: Array
    key: Array
    bad: Array
    empty: tuple[int, ...] = ()
    is_placed: bool = True
    hidden: int = 0
    is_whole: bool = True

    def broken(self) -> Array:
        """bool, (n,): True for packets that are bad, or are decoded from a bad one: up to the next key frame.

        Frames that follow a key frame in the file, but are displayed before it, depend on earlier packets too.
        """
        if not self.bad.any():
            return self.bad
        places = np.arange(len(self.bad))
        key = np.maximum.accumulate(np.where(self.key, places, 0))
        leading = (self.number >= 0) & (self.number < self.number[key])
        key = np.where(leading, key[np.maximum(key - 1, 0)], key)
        upto = np.concatenate([[0], np.cumsum(self.bad)])
        broken: Array = upto[places + 1] > upto[key]
        return broken

    def last_key(self, place: int) -> int:
        """Return the position of the last key frame up to a position; 0 if there is none."""
        found = np.flatnonzero(self.key[: place + 1])
        return int(found[-1]) if len(found) else 0


def packets_of(container: InputContainer, stream: VideoStream) -> Iterator[Packet[VideoStream]]:
    """Yield the packets of a file, without the one that ends the decoding, and continue after FFmpeg's errors."""
    import av

    for _ in range(_MOST_FAILURES):
        try:
            yield from (packet for packet in container.demux(stream) if packet.size or holds_nothing(packet))
            return
        except av.FFmpegError:
            continue


def with_places(
    container: InputContainer, stream: VideoStream, places: Iterable[int], threads: int | None
) -> Iterator[tuple[int, VideoFrame]]:
    """Decode all packets, past errors, and yield each frame with the position of its packet.

    ``places`` are the positions of the packets that `packets_of` yields, -1 for a packet that is not a frame.
    """
    import av

    use_threads(stream, threads)
    stream.codec_context.copy_opaque = True
    packets: Iterable[Packet[VideoStream] | None] = itertools.chain(packets_of(container, stream), [None])
    for packet, place in itertools.zip_longest(packets, places, fillvalue=-1):
        if isinstance(packet, int):
            break  # there were more packets when the positions were found
        if packet is not None:
            if holds_nothing(packet):
                continue
            if place >= 0:
                packet.opaque = (place,)  # an object of its own: PyAV finds it by its address
        try:
            frames = stream.codec_context.decode(packet)
        except av.FFmpegError:
            continue  # the lost frame is noticed by its missing number
        for frame in frames:
            if isinstance(frame.opaque, tuple):
                yield frame.opaque[0], frame


def read_packets(path: Path, wanted: int | None = None) -> PacketTable:
    """Read all packets of a video, however damaged, and find their frame numbers.

    If the file has a table of its packets (mp4, mov, avi), lost packets are known from it, and packets that it does not
    list are not frames.
    """
    with opened(path, wanted) as (container, stream):
        kinds, codec = container.format.name.split(","), stream.codec_context.name
        n_stated, n_streams = stream.frames, len(container.streams)
        index = avi_index(path, stream) if "avi" in kinds else []
        found = [_found(packet, codec) for packet in packets_of(container, stream)]
        samples = _samples(stream) if "mov" in kinds else []
        begins_whole = any(one.size for one in found) and _begins_whole(found, stream)
        reordered = stream.codec_context.has_b_frames
    _mark_not_coded(path, wanted, found, _LEAST_BYTES.get(codec, 0))
    if begins_whole:
        _mark_leading(path, wanted, found)
    silent = {one.position for one in found if one.size and not one.is_frame}  # packets that give no picture
    listed = [position for position, _, _ in index if position not in silent]
    listed += [position for position, size in samples if size and position not in silent]
    if not begins_whole:
        listed = []
        _leave_out_before_first_key(found)
    place_at = {position: place for place, position in enumerate(listed)}
    for one in found:
        one.is_frame &= not listed or one.position in place_at
    n = len(listed) or sum(one.is_frame for one in found)
    is_whole, is_placed = True, True
    empty: list[int] = []
    if "avi" in kinds and not listed:
        certain, is_whole = whole_up_to(path, [(one.position or 0, one.size) for one in found if one.size], n_streams)
        is_whole &= riff_bytes(path) <= path.stat().st_size
        if not is_whole:
            n = _leave_out_after_gap(path, found, certain, n, n_stated)
        elif begins_whole:
            empty, is_placed = _empty_of_avi(path, found, [], n_stated, reordered)
    elif begins_whole and index:
        taken = [slot for position, slot, _ in index if position not in silent]
        empty, is_placed = _empty_of_avi(path, found, taken, n_stated, reordered)
    elif begins_whole and samples:
        empty, is_placed = _empty_of_mov(found, samples, reordered)
    elif begins_whole:
        empty = _empty_by_time(found, bool(n_stated), bool(reordered and _STORED_TIMES & set(kinds)))
    frames = [one for one in found if one.is_frame]
    places = [place_at[one.position or 0] if listed else place for place, one in enumerate(frames)]
    following = iter(places)
    table = PacketTable(
        [next(following) if one.is_frame else -1 for one in found],
        [one.time for one in frames],
        np.full(n, -1, np.int64),
        np.zeros(n, bool),
        np.ones(n, bool),
        tuple(empty),
        is_placed,
        0 if n_stated else sum(one.is_hidden for one in found),
        is_whole,
    )
    table.key[places] = [one.is_key for one in frames]
    table.bad[places] = [one.is_corrupt for one in frames]
    _number(table, np.array(places, np.int64), reordered, bool(_STORED_TIMES & set(kinds)))
    return table


@dataclasses.dataclass
class _Found:
    """A packet: its position in the file, size in bytes, display time, place in an avi's count, and properties."""

    position: int | None
    size: int
    time: int | None
    slot: int | None
    is_key: bool
    is_corrupt: bool
    is_discard: bool
    is_hidden: bool
    is_frame: bool


def _found(packet: Packet[VideoStream], codec: str) -> _Found:
    is_hidden = packet.size > 0 and is_never_shown(codec, packet)
    return _Found(
        packet.pos,
        packet.size,
        packet.pts,
        packet.dts,
        packet.is_keyframe,
        packet.is_corrupt,
        packet.is_discard,
        is_hidden,
        packet.size > 0 and not packet.is_discard and not is_hidden,
    )


def _mark_not_coded(path: Path, wanted: int | None, found: Sequence[_Found], least: int) -> None:
    """Mark packets of MPEG-4 that are not frames since they only say that the picture stays (vop_coded is 0).

    A small packet of a packed bitstream may look like this, but gives a picture that an earlier packet holds.
    """
    if not any(0 < one.size < least for one in found):
        return
    with opened(path, wanted) as (container, stream):
        came = {place for place, _ in with_places(container, stream, itertools.count(), None)}
    for place, one in enumerate(found):
        one.is_frame &= one.size >= least or place in came


def _mark_leading(path: Path, wanted: int | None, found: Sequence[_Found]) -> None:
    """Mark packets that are displayed before the first key frame, and that a decoder drops: it lacks what they need.

    A video begins with such packets if it was cut out of a longer one. Some codecs do rebuild them.
    """
    first = next(one for one in found if one.size)
    leading = [place for place, one in enumerate(found) if one.is_frame and _is_before(one.time, first.time)]
    if not leading:
        return
    with opened(path, wanted) as (container, stream):
        decoded = with_places(container, stream, itertools.count(), None)
        came = {place for place, _ in itertools.islice(decoded, leading[-1] + HELD)}
    for place in leading:
        found[place].is_hidden = place not in came
        found[place].is_frame = place in came


def _empty_of_avi(
    path: Path, found: Sequence[_Found], taken: Sequence[int | None], n_stated: int, reordered: bool
) -> tuple[list[int], bool]:
    """Return the numbers of an avi's empty frames on display, and whether they are certain.

    An avi numbers frames in the order of decoding. If that is another one, FFmpeg finds the times of display for
    MPEG-4; with other codecs it gives all frames times in the order of the file.

    Args:
        path: the file.
        found: its packets.
        taken: the numbers, in the count of the container, of the frames that hold pictures, if an index gives them.
        n_stated: number of frames in the header.
        reordered: whether frames are displayed in another order.
    """
    numbers = taken or [one.slot for one in found if one.is_frame]
    known = [number for number in numbers if number is not None]
    if not known or len(set(known)) < len(numbers):
        return [], True
    end = 1 + max(known + [one.slot for one in found if one.slot is not None])
    start = min(known) if end > n_stated > 0 else 0  # a video that begins later than its sound
    if end - start < n_stated:
        last = [one for one in found if one.size][-1]
        end += min(n_stated - (end - start), empty_chunks(path, last.position or 0, last.size))
    empty = sorted(number - start for number in set(range(start, end)) - set(known))
    if not empty or not reordered:
        return empty, True
    times = [one.time - start for one in found if one.is_frame and one.time is not None]
    delay = (found[0].time or 0) - (found[0].slot or 0)
    shown = sorted(set(range(end - start)) - {time - delay for time in times})
    is_certain = len(shown) == len(empty) and times != sorted(times)
    return (shown if is_certain else empty), is_certain


def _empty_of_mov(
    found: Sequence[_Found], samples: Sequence[tuple[int, int]], reordered: bool
) -> tuple[list[int], bool]:
    """Return the numbers of a mov's frames that hold no picture, on display, and whether they are certain.

    FFmpeg tells the times of empty samples for some codecs only. Of others, they are the gaps between the times of the
    packets, if these are regular.

    Args:
        found: the packets.
        samples: position and size of each packet, in the order of the file.
        reordered: whether frames are displayed in another order.
    """
    silent = {one.position for one in found if one.size and not one.is_frame}
    in_file = [place for place, (position, size) in enumerate(samples) if not size or position in silent]
    counted = [one for one in found if not one.is_discard and one.time is not None]
    unseen = len(samples) - len(counted)
    if not reordered or not in_file or not counted:
        return in_file, True
    counted.sort(key=lambda one: one.time or 0)
    times = np.array([one.time for one in counted])
    step = max(1, int(np.diff(times).min(initial=times.max())))
    slots = np.rint((times - times[0]) / step).astype(int)
    gaps = int(slots[-1]) + 1 - len(slots)
    if gaps > unseen:
        return in_file, False
    begin = next((place for place, (_, size) in enumerate(samples) if size), 0)
    slots += min(begin, unseen - gaps)
    held = {int(slot) for slot, one in zip(slots, counted, strict=True) if one.is_frame}
    return [place for place in range(len(samples)) if place not in held], True


def _empty_by_time(found: Sequence[_Found], counts_hidden: bool, by_time: bool) -> list[int]:
    """Return the numbers of the frames that hold no picture, in the order of the file or of their times."""
    counted = [one for one in found if not one.is_discard and (counts_hidden or not one.is_hidden)]
    times = [one.time for one in counted if one.time is not None]
    if by_time and len(times) == len(counted):
        counted = [counted[place] for place in np.argsort(times, kind="stable")]
    return [place for place, one in enumerate(counted) if not one.is_frame]


def _begins_whole(found: Sequence[_Found], stream: VideoStream) -> bool:
    first = next(one for one in found if one.size)
    return first.is_key or _is_key_by_index(first, stream)


def _is_key_by_index(first: _Found, stream: VideoStream) -> bool:
    """Return whether the index marks the first packet as a key frame; a damaged packet does not show it itself."""
    entry = next((entry for entry in stream.index_entries if entry.size or not stream.frames), None)  # mkv: no sizes
    return entry is not None and entry.is_keyframe and (entry.pos == first.position or entry.timestamp == first.time)


def _leave_out_before_first_key(found: list[_Found]) -> None:
    """Leave out packets that cannot be decoded: those before the first key frame, in the file or on display."""
    first = next((one for one in found if one.is_key), None)
    for one in found:
        if one is first:
            break
        one.is_frame = False
    for one in found:
        if first and first.time is not None and one.time is not None and one.time < first.time:
            one.is_frame = False


def _leave_out_after_gap(path: Path, found: list[_Found], certain: int, n: int, n_stated: int) -> int:
    """Leave out packets after a gap in an avi without an index, since the number of lost frames is unknown.

    Returns:
        The number of frames before the damage: the number in the header, if it is plausible.
    """
    for one in [one for one in found if one.size][certain:]:
        one.is_frame = False
    needed, n_bytes = riff_bytes(path), path.stat().st_size
    believable = _BELIEVED * (n + 1) * max(needed, n_bytes) / n_bytes
    return n_stated if n < n_stated < believable else n


def _number(table: PacketTable, places: Array, reordered: bool, has_times: bool) -> None:
    """Number the packets that were found, as far as this is certain: by their times, if the file stores any.

    An avi stores none; FFmpeg guesses them from the packets. Times must be complete, all different, and close to the
    order of the file.
    """
    times = [time for time in table.times if time is not None]
    if not reordered and (not has_times or times == sorted(times)):
        table.number[places] = places
        return
    if not has_times or len(set(times)) < len(table.times):
        return
    ranks = np.argsort(np.argsort(times))
    if np.abs(ranks - np.arange(len(ranks))).max(initial=0) <= HELD:  # otherwise a time is wrong
        lost = np.setdiff1d(np.arange(len(table.number)), places)
        known = places < (table.last_key(int(lost[0])) if len(lost) else len(table.number))
        table.number[places[known]] = ranks[known]
