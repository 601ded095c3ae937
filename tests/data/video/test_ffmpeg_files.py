"""What the bytes of video files say before anything is decoded."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from pyside.data.video.ffmpeg_files import avi_index, opened, riff_bytes, top_boxes, use_threads, whole_up_to
from tests.data.conftest import WriteVideo

Write = Callable[[bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """A function that writes bytes as a file."""

    def made(data: bytes) -> Path:
        (tmp_path / "a.bin").write_bytes(data)
        return tmp_path / "a.bin"

    return made


def box(kind: bytes, content: bytes = b"") -> bytes:
    return struct.pack(">I", 8 + len(content)) + kind + content


def chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def avi(*chunks: bytes) -> tuple[bytes, int]:
    """Return an avi of these chunks, and where the first of them begins."""
    head = b"RIFF" + struct.pack("<I", 0) + b"AVI " + chunk(b"JUNK", b"abc") + b"LIST" + struct.pack("<I", 0) + b"movi"
    return head + b"".join(chunks), len(head)


# --- boxes ---------------------------------------------------------------------------------------------------------


def test_the_boxes_of_an_mp4_are_found_whatever_the_size_of_each(write: Write) -> None:
    large = struct.pack(">I", 1) + b"mdat" + struct.pack(">Q", 20) + b"1234"
    to_the_end = struct.pack(">I", 0) + b"moof" + b"12345678"
    assert top_boxes(write(box(b"ftyp", b"isom") + large + box(b"moov") + to_the_end)) == {
        *(b"ftyp", b"mdat", b"moov", b"moof")
    }
    assert top_boxes(write(box(b"ftyp")[:-1])) == set() == top_boxes(write(b""))


def test_a_box_that_is_cut_short_is_named_and_nothing_after_it(write: Write) -> None:
    assert top_boxes(write(box(b"ftyp") + box(b"mdat", bytes(100))[:30])) == {b"ftyp", b"mdat"}


# --- avi -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "size"),
    [(b"RIFF\x10\0\0\0AVI ", 24), (b"RIFF\xff\xff\xff\xffAVI ", 0), (b"ftyp\x10\0\0\0", 0), (b"RI", 0), (b"", 0)],
)
def test_the_size_of_an_avi_is_what_it_says_of_itself(head: bytes, size: int, write: Write) -> None:
    assert riff_bytes(write(head)) == size


def followed(write: Write, *chunks: bytes, n_streams: int = 1, own: bytes = b"00dc") -> tuple[int, bool]:
    data, place = avi(*chunks)
    packets = []
    for one in chunks:
        if one[:4] == own and len(one) > 8:
            packets.append((place + 8, struct.unpack("<I", one[4:8])[0]))
        place += len(one)
    return whole_up_to(write(data), packets, n_streams)


FRAME = chunk(b"00dc", b"picture")


def test_packets_that_follow_each_other_are_whole_to_the_end(write: Write) -> None:
    assert followed(write, FRAME, FRAME, FRAME) == (3, True)
    assert followed(write, FRAME, chunk(b"JUNK", b"x"), chunk(b"ix00", b"12"), FRAME, chunk(b"idx1", b"1234")) == (
        2,
        True,
    )


def test_dropped_frames_and_other_streams_are_passed(write: Write) -> None:
    assert followed(write, FRAME, chunk(b"00dc", b""), FRAME) == (2, True)
    assert followed(write, FRAME, chunk(b"01wb", b"sound"), FRAME, n_streams=2) == (2, True)
    assert followed(write, FRAME, chunk(b"01wb", b"sound"), FRAME, n_streams=1) == (1, False)


def test_what_does_not_belong_between_packets_ends_what_is_certain(write: Write) -> None:
    assert followed(write, FRAME, FRAME, b"12345678", FRAME) == (2, False)
    assert followed(write, FRAME, FRAME, b"12345678") == (2, False)
    assert followed(write, b"12345678", FRAME) == (0, False)
    assert followed(write) == (0, False)


def test_an_index_is_believed_where_it_names_every_packet(write_video: WriteVideo) -> None:
    path = write_video()
    with opened(path) as (container, stream):
        index = avi_index(path, stream)
        packets = [packet.pos for packet in container.demux(stream) if packet.size]
    assert [one[:2] for one in index] == list(zip(packets, range(30), strict=True))
    path.write_bytes(path.read_bytes()[:-2000])
    with opened(path) as (_, stream):
        assert avi_index(path, stream) == []


@pytest.mark.parametrize("threads", [1, 3])
def test_a_decoder_uses_as_many_threads_as_it_is_told(threads: int, write_video: WriteVideo) -> None:
    with opened(write_video()) as (_, stream):
        use_threads(stream, threads)
        assert stream.codec_context.thread_count == threads
