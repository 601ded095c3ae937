"""Opens videos with FFmpeg, and reads the structure of mp4 and avi files without decoding."""

from __future__ import annotations

import contextlib
import itertools
import math
import operator
import re
import struct
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from pyside.errors import BadVideo, PathMissing
from pyside.settings.core import named
from pyside.system.parallel import usable_cores

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.packet import Packet
    from av.video.format import VideoFormat
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

_SPS = re.compile(rb"\0\0\x01[\x07\x27\x47\x67](.{8})", re.DOTALL)  # the head of a sequence parameter set of H.264
_HIGH_PROFILES = (44, 83, 86, 100, 110, 118, 122, 128, 134, 135, 138, 139, 244)  # those that state the chroma format
_CHUNK_HEAD = 8  # bytes in an avi: type and size of a chunk
_LIST_HEAD = 12
_INDEX_BYTES = 1 << 16  # of the index of an mp4, in which the heads of tracks are
_FIRST_BOXES = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip")  # that an mp4 or mov begins with
_CHUNKS = (b"RIFF", b"LIST", b"JUNK", b"idx1", b"indx")  # chunks that are not packets


@contextlib.contextmanager
def opened(path: Path, wanted: int | None = None) -> Iterator[tuple[InputContainer, VideoStream]]:
    """Open a video and find its video stream; FFmpeg's errors while it is open become `BadVideo`.

    Args:
        path: the file.
        wanted: number of the stream among `video_streams`, counted from 1; None for the default.
    """
    import av

    if not path.exists():
        raise PathMissing(f"There is no file {path}. Check its name and its folder.")
    if not path.stat().st_size:
        raise BadVideo(f"{path} is empty (0 bytes). Copy it again, or leave it out.")
    container = None
    try:
        # An absolute path, so that FFmpeg takes no colon in a name for a protocol. No file may open a network address.
        only_files = {"protocol_whitelist": "file"}
        container = av.open(str(path.absolute()), container_options=only_files, **_lenient_metadata())
        yield container, _find_pictures(path, container, wanted)
    except av.FFmpegError as error:
        boxes = top_boxes(path)
        if b"ftyp" in boxes and b"moov" not in boxes:
            raise BadVideo(
                f"{path} has no index (moov): it was cut short, or its recording was interrupted. Copy it again."
            ) from error
        raise BadVideo(
            f"{path} cannot be read as a video: {error.strerror}. It may be cut short, damaged, or not a video. "
            "Copy it again, or check whether a video player opens it."
        ) from error
    finally:
        if container is not None:
            container.close()


def use_threads(stream: VideoStream, threads: int | None) -> None:
    """Set the number of threads, by default one per core: FFmpeg's own default, one more, is up to a tenth slower."""
    stream.thread_type = "AUTO"
    stream.codec_context.thread_count = threads or usable_cores()


def _lenient_metadata() -> dict[str, Any]:
    """Return options that let PyAV accept titles in any encoding; from version 19 on it always does."""
    import av

    return {"metadata_errors": "replace"} if int(av.__version__.split(".")[0]) < 19 else {}


def video_streams(container: InputContainer) -> tuple[list[VideoStream], VideoStream | None]:
    """Return the streams of moving pictures, and the one that is marked as default; None if none or several are."""
    from av.stream import Disposition

    pictures = Disposition.attached_pic | Disposition.timed_thumbnails | Disposition.still_image
    streams = [one for one in container.streams.video if not one.disposition & pictures]  # no covers
    streams = [one for one in streams if _can_be_decoded(one)] or streams
    streams = [one for one in streams if one.frames != 1] or streams  # no thumbnails
    default = [one for one in streams if one.disposition & Disposition.default]
    return streams, default[0] if len(default) == 1 else None


def _can_be_decoded(stream: VideoStream) -> bool:
    context = stream.codec_context
    return context is not None and bool(context.width and context.height and context.pix_fmt)


def _find_pictures(path: Path, container: InputContainer, wanted: int | None) -> VideoStream:
    streams, default = video_streams(container)
    if not streams:
        found = ", ".join(sorted({stream.type for stream in container.streams})) or "nothing"
        raise BadVideo(f"{path} has no video in it, only: {found}. Give a video file.")
    if wanted is not None and wanted > len(streams):
        there = f"{len(streams)} video stream{'' if len(streams) == 1 else 's'}"
        raise BadVideo(f"{path} has {there}, but {named('stream')} is {wanted}.")
    stream = streams[wanted - 1] if wanted else default or streams[0]
    if not _can_be_decoded(stream):
        raise BadVideo(
            f"{path} is damaged, or has a codec that cannot be decoded here. Copy it again, or convert it to H.264 "
            "(mp4)."
        )
    return stream


def frames_of(container: InputContainer, stream: VideoStream) -> Iterator[VideoFrame]:
    """Decode a stream. PyAV's own loop takes a frame without data (of avi and mov) for the end of the stream."""
    with_data = filter(operator.attrgetter("size"), container.demux(stream))
    last = (stream.decode(None) for _ in range(1))
    return itertools.chain.from_iterable(itertools.chain(map(operator.methodcaller("decode"), with_data), last))


def holds_nothing(packet: Packet[VideoStream]) -> bool:
    """Return whether a packet is an empty frame; the last packet, which ends the decoding, has no time."""
    return not packet.size and packet.dts is not None


def is_never_shown(codec: str, packet: Packet[VideoStream]) -> bool:
    """Return whether a packet is a frame of VP8 or VP9 from which others are decoded, but which is not shown itself."""
    data = memoryview(packet)
    if codec == "vp8":
        return not data[0] & 0b1_0000
    if codec != "vp9" or data[-1] & 0b1110_0000 == 0b1100_0000:  # several frames in one packet, of which one is shown
        return False
    rest = data[0] << 1 if data[0] & 0b11_0000 == 0b11_0000 else data[0]  # profile 3 has a bit more in front
    return not rest & 0b1000 and not rest & 0b10  # neither shows an earlier frame nor this one


def has_no_chroma(stream: VideoStream) -> bool:
    """Return whether a stream is H.264 that holds luma only, as its sequence parameter set says; FFmpeg adds chroma."""
    data = bytes(stream.codec_context.extradata or b"")
    if stream.codec_context.name != "h264" or not data:
        return False
    found = None if data[0] == 1 else _SPS.search(data)
    head = data[9:17] if data[0] == 1 else found[1] if found else b""
    if not head or head[0] not in _HIGH_PROFILES:
        return False
    bits = "".join(f"{byte:08b}" for byte in head[3:])
    for _ in range(2):  # two Exp-Golomb codes: the number of the set, and the format of the chroma, 0 for none
        zeros = len(bits) - len(bits.lstrip("0"))
        code, bits = bits[zeros : 2 * zeros + 1], bits[2 * zeros + 1 :]
    return code == "1"


def lacks_palette(frame: VideoFrame) -> bool:
    """Return whether a frame of palette indices has no palette, which FFmpeg fills with one colour."""
    if frame.format.name != "pal8":
        return False
    colours = np.frombuffer(frame.planes[1], np.uint32)[:256]
    return bool((colours == colours[0]).all())


def bits_of(pixels: VideoFormat) -> int:
    """Return the number of bits of a pixel's luma, or of each of its colours; 8 for palettes."""
    bits = [component.bits for component in pixels.components]
    return 8 if pixels.has_palette else sum(bits) if pixels.is_bayer else max(bits, default=8)


# --- the structure of files ----------------------------------------------------------------------------------------


def top_boxes(path: Path) -> set[bytes]:
    """Return the types of the top-level boxes of an mp4: moov is its index, moof is a fragment with its own index."""
    with path.open("rb") as file:
        return {kind for kind, _ in _boxes(path, file)}


def _boxes(path: Path, file: BinaryIO) -> Iterator[tuple[bytes, int]]:
    """Yield the type and the place of each top-level box of an mp4."""
    place, n_bytes = 0, path.stat().st_size
    while place + 8 <= n_bytes:
        file.seek(place)
        head = file.read(16)
        yield head[4:8], place
        size = int.from_bytes(head[:4], "big")
        size = int.from_bytes(head[8:], "big") if size == 1 else size
        if size < 8:  # 0 is a box up to the end
            return
        place += size


def rotation(path: Path) -> int:
    """Return by how many degrees an mp4 or mov is to be shown clockwise: the first track that is turned; 0 for none."""
    with path.open("rb") as file:
        for kind, place in _boxes(path, file):
            if not place and kind not in _FIRST_BOXES:
                return 0
            if kind == b"moov":
                file.seek(place)
                index = file.read(_INDEX_BYTES)
                return next((found for found in map(_turn, index.split(b"tkhd")[1:]) if found), 0)
    return 0


def _turn(head: bytes) -> int:
    """Return by how many degrees a track is turned, from the content of its head."""
    start = 52 if head[:1] == b"\1" else 40
    matrix = head[start : start + 20]
    if len(matrix) < 20:
        return 0
    across, down = struct.unpack(">ii", matrix[:8])
    return round(math.degrees(math.atan2(down, across))) % 360


def riff_bytes(path: Path) -> int:
    """Return the size of an avi that its first eight bytes declare; 0 if the recorder did not complete it."""
    with path.open("rb") as file:
        head = file.read(8)
    size = int.from_bytes(head[4:], "little")
    return size + 8 if head[:4] == b"RIFF" and size != 0xFFFFFFFF else 0


def avi_index(path: Path, stream: VideoStream) -> list[tuple[int, int, int]]:
    """Return the packets of an avi from its index; an empty list if the index cannot be trusted.

    It can be trusted if it ends with the last frame that the header declares, begins with a key frame, and all its
    entries lie within the file. Call this before packets are read: FFmpeg adds them to the index.

    Returns:
        Position in the file, number of the frame in the count of the container, and size in bytes. FFmpeg leaves out
        empty frames, but counts them.
    """
    entries, n_bytes = stream.index_entries, path.stat().st_size
    table = [(entry.pos + _CHUNK_HEAD, entry.timestamp, entry.size) for entry in entries if entry.size]
    if not table or not next(iter(entries)).is_keyframe or riff_bytes(path) > n_bytes:
        return []
    if stream.frames not in (len(table), table[-1][1] + 1):
        return []
    whole = all(_CHUNK_HEAD < position <= n_bytes + _CHUNK_HEAD - size for position, _, size in table)
    return table if whole else []


def empty_chunks(path: Path, last: int, size: int) -> int:
    """Count the empty frames at the end of an avi: the chunks without data after the last packet of the same stream.

    Args:
        path: the file.
        last: position of the last packet in the file.
        size: its size in bytes.
    """
    n, place = 0, last + size + size % 2
    with path.open("rb") as file:
        file.seek(max(0, last - _CHUNK_HEAD))
        own = file.read(2)
        while True:
            file.seek(place)
            head = file.read(_CHUNK_HEAD)
            name, length = head[:4], int.from_bytes(head[4:8], "little")
            if len(head) < _CHUNK_HEAD or not (name[:2].isdigit() or name[:2] == b"ix" or name in (b"JUNK", b"LIST")):
                return n
            n += name[:2] == own and not length
            place += _LIST_HEAD if name == b"LIST" else _CHUNK_HEAD + length + length % 2


def whole_up_to(path: Path, packets: Iterable[tuple[int, int]], n_streams: int) -> tuple[int, bool]:
    """Follow the chunks of an avi from one packet to the next.

    Args:
        path: the file.
        packets: position in the file and size in bytes of each packet.
        n_streams: number of streams of the file.

    Returns:
        The number of packets before the first gap, such as a damaged frame, and whether there is no gap up to the end
        of the file.
    """
    n_bytes, n, place = path.stat().st_size, 0, 0
    with path.open("rb") as file:
        passed = {}
        for start, size in packets:
            if not n:
                file.seek(max(0, start - _CHUNK_HEAD))
                own = file.read(2)
                passed = {b"%02d" % number: number != int(own) for number in range(n_streams) if own.isdigit()}
            place = _next_chunk(file, place, start - _CHUNK_HEAD, passed)
            if place != start - _CHUNK_HEAD:
                return n, False
            place, n = start + size + size % 2, n + 1
        return n, n > 0 and _next_chunk(file, place, n_bytes, passed) >= n_bytes


def _next_chunk(file: BinaryIO, place: int, end: int, passed: dict[bytes, bool]) -> int:
    """Follow chunks until `end` or beyond, or until a place where no chunk begins.

    Chunks of a stream are passed if `passed` is True for its number, or if they are empty: a dropped frame.
    """
    while place < end:
        file.seek(place)
        head = file.read(_LIST_HEAD)
        if len(head) < _CHUNK_HEAD:
            break
        name, size = head[:4], int.from_bytes(head[4:8], "little")
        known = name in _CHUNKS or name[:2] == b"ix"
        if not (known or passed.get(name[:2], False) or (name[:2] in passed and not size)):
            break
        goes_in = name == b"RIFF" or (name == b"LIST" and head[8:] in (b"movi", b"rec "))
        place += _LIST_HEAD if goes_in else _CHUNK_HEAD + size + size % 2
    return place
