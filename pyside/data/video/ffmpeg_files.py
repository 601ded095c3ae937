"""Opens videos with FFmpeg, and reads the structure of mp4 and avi files without decoding."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from pyside.errors import BadVideo, PathMissing
from pyside.system.parallel import usable_cores

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.format import VideoFormat
    from av.video.stream import VideoStream

_CHUNK_HEAD = 8  # bytes in an avi: type and size of a chunk
_LIST_HEAD = 12
_CHUNKS = (b"RIFF", b"LIST", b"JUNK", b"idx1", b"indx")  # chunks that are not packets


@contextlib.contextmanager
def opened(path: Path) -> Iterator[tuple[InputContainer, VideoStream]]:
    """Open a video and find its video stream; FFmpeg's errors while it is open become `BadVideo`."""
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
        yield container, _find_pictures(path, container)
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


def _find_pictures(path: Path, container: InputContainer) -> VideoStream:
    from av.stream import Disposition

    streams = [one for one in container.streams.video if not one.disposition & Disposition.attached_pic]  # no covers
    if not streams:
        found = ", ".join(sorted({stream.type for stream in container.streams})) or "nothing"
        raise BadVideo(f"{path} has no video in it, only: {found}. Give a video file.")
    context = streams[0].codec_context
    if context is None or not (context.width and context.height and context.pix_fmt):
        raise BadVideo(
            f"{path} is damaged, or has a codec that cannot be decoded here. Copy it again, or convert it to H.264 "
            "(mp4)."
        )
    return streams[0]


def bits_of(pixels: VideoFormat) -> int:
    """Return the number of bits of a pixel's luma, or of each of its colours; 8 for palettes."""
    bits = [component.bits for component in pixels.components]
    return 8 if pixels.has_palette else sum(bits) if pixels.is_bayer else max(bits, default=8)


# --- the structure of files ----------------------------------------------------------------------------------------


def top_boxes(path: Path) -> set[bytes]:
    """Return the types of the top-level boxes of an mp4: moov is its index, moof is a fragment with its own index."""
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


def riff_bytes(path: Path) -> int:
    """Return the size of an avi that its first eight bytes declare; 0 if the recorder did not complete it."""
    with path.open("rb") as file:
        head = file.read(8)
    size = int.from_bytes(head[4:], "little")
    return size + 8 if head[:4] == b"RIFF" and size != 0xFFFFFFFF else 0


def avi_index(path: Path, stream: VideoStream) -> list[int]:
    """Return the positions of the packets of an avi from its index; an empty list if the index cannot be trusted.

    It can be trusted if it has as many entries as the header declares, begins with a key frame, and all its entries lie
    within the file. Call this before packets are read: FFmpeg adds them to the index.
    """
    table, n_bytes = list(stream.index_entries), path.stat().st_size
    if not 0 < len(table) == stream.frames or not table[0].is_keyframe or riff_bytes(path) > n_bytes:
        return []
    if not all(0 < entry.pos <= n_bytes - entry.size for entry in table):
        return []
    return [entry.pos + _CHUNK_HEAD for entry in table if entry.size]


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
