"""Counts the frames of videos from their packets, and finds the frame number of each packet."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pyside.aliases import Array
from pyside.data.video.ffmpeg_files import avi_index, bits_of, opened, riff_bytes, top_boxes, use_threads, whole_up_to
from pyside.data.video.info import VideoInfo, how_to_skip
from pyside.errors import BadVideo

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.packet import Packet
    from av.video.stream import VideoStream

HELD = 16  # frames: no codec displays a frame more than this number before a frame that it is decoded from
_STORED_TIMES = {"mov", "matroska"}  # file formats that store the display time of each packet
_BELIEVED = 4  # a declared number of frames is used up to this multiple of what the rest of the file suggests
_MOST_FAILURES = 1000  # errors while reading packets of one file before reading stops


def probe(path: Path, on_damage: str) -> VideoInfo:
    """Read the properties of a video; see `pyside.data.video.reader.probe`."""
    from av.video.format import VideoFormat

    with opened(path) as (container, stream):
        n_frames = _count_frames(path, container, stream, on_damage)
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
        )
    if info.n_frames:
        return info
    n_frames = _count_decoded(path) if on_damage == "error" else len(read_packets(path).number)
    if not n_frames:
        raise BadVideo(f"{path} holds no frames. Copy it again, or leave it out.")
    return dataclasses.replace(info, n_frames=n_frames)


def seconds_of_decoding(path: Path, most: int) -> tuple[int, float]:
    """Decode the first frames; return their number, at most `most`, and the time in seconds."""
    with opened(path) as (container, stream):
        use_threads(stream, None)
        began, n = time.perf_counter(), 0
        for _ in container.decode(stream):
            n += 1
            if n == most:
                break
        return n, time.perf_counter() - began


def _count_frames(path: Path, container: InputContainer, stream: VideoStream, on_damage: str) -> int:
    """Count frames as `probe` describes; return 0 if tables and packets are not sufficient."""
    n_bytes, kinds = path.stat().st_size, container.format.name.split(",")
    table = stream.index_entries
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
        return sum(map(_is_frame, table)) if table[0].is_keyframe else 0
    if "avi" in kinds and (listed := avi_index(path, stream)):
        return len(listed)
    if on_damage == "skip":
        return 0
    n_frames, starts_whole = 0, False
    for packet in container.demux(stream):
        if packet.is_corrupt:
            raise BadVideo(
                f"{path} is cut short or damaged at frame {n_frames} (counted from 0). Copy it again. {how_to_skip()}"
            )
        if packet.size and not packet.is_discard:
            starts_whole |= packet.is_keyframe and not n_frames
            n_frames += 1
    return n_frames if starts_whole else 0


def _count_decoded(path: Path) -> int:
    with opened(path) as (container, stream):
        use_threads(stream, None)
        return sum(1 for _ in container.decode(stream))


def _is_frame(entry: Any) -> bool:
    return bool(entry.size) and not entry.is_discard


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
    """

    places: list[int]
    times: list[int | None]
    number: Array
    key: Array
    bad: Array

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
    """Yield the packets of a file, and continue after FFmpeg's errors."""
    import av

    for _ in range(_MOST_FAILURES):
        try:
            yield from (packet for packet in container.demux(stream) if packet.size)
            return
        except av.FFmpegError:
            continue


def read_packets(path: Path) -> PacketTable:
    """Read all packets of a video, however damaged, and find their frame numbers.

    If the file has a table of its packets (mp4, mov, avi), lost packets are known from it, and packets that it does not
    list are not frames.
    """
    with opened(path) as (container, stream):
        kinds = container.format.name.split(",")
        n_stated, n_streams = stream.frames, len(container.streams)
        listed = avi_index(path, stream) if "avi" in kinds else []
        found = [
            _Found(packet.pos, packet.size, packet.pts, packet.is_keyframe, packet.is_corrupt, not packet.is_discard)
            for packet in packets_of(container, stream)
        ]
        if "mov" in kinds:
            listed = [entry.pos for entry in stream.index_entries if _is_frame(entry)]
        begins_whole = bool(found) and (found[0].is_key or _is_key_by_index(found[0], stream))
        reordered = stream.codec_context.has_b_frames
    if not begins_whole:
        listed = []
        _leave_out_before_first_key(found)
    place_at = {position: place for place, position in enumerate(listed)}
    for one in found:
        one.is_frame &= not listed or one.position in place_at
    n = len(listed) or sum(one.is_frame for one in found)
    if "avi" in kinds and not listed:
        n = _leave_out_after_gap(path, found, n, n_stated, n_streams)
    frames = [one for one in found if one.is_frame]
    places = [place_at[one.position or 0] if listed else place for place, one in enumerate(frames)]
    following = iter(places)
    table = PacketTable(
        [next(following) if one.is_frame else -1 for one in found],
        [one.time for one in frames],
        np.full(n, -1, np.int64),
        np.zeros(n, bool),
        np.ones(n, bool),
    )
    table.key[places] = [one.is_key for one in frames]
    table.bad[places] = [one.is_corrupt for one in frames]
    _number(table, np.array(places, np.int64), reordered, bool(_STORED_TIMES & set(kinds)))
    return table


@dataclasses.dataclass
class _Found:
    """A packet: its position in the file, size in bytes, display time and properties."""

    position: int | None
    size: int
    time: int | None
    is_key: bool
    is_corrupt: bool
    is_frame: bool


def _is_key_by_index(first: _Found, stream: VideoStream) -> bool:
    """Return whether the index marks the first packet as a key frame; a damaged packet does not show it itself."""
    entry = next(iter(stream.index_entries), None)
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


def _leave_out_after_gap(path: Path, found: list[_Found], n: int, n_stated: int, n_streams: int) -> int:
    """Leave out packets after a gap in an avi without an index, since the number of lost frames is unknown.

    Returns:
        The number of frames before the damage: the number in the header, if it is plausible.
    """
    certain, whole = whole_up_to(path, ((one.position or 0, one.size) for one in found), n_streams)
    for one in found[certain:]:
        one.is_frame = False
    needed, n_bytes = riff_bytes(path), path.stat().st_size
    believable = _BELIEVED * (n + 1) * max(needed, n_bytes) / n_bytes
    return n_stated if (needed > n_bytes or not whole) and n < n_stated < believable else n


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
