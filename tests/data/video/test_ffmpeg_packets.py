"""Which packet of a video is which frame."""

from __future__ import annotations

import numpy as np
import pytest

from pyside.data.video.ffmpeg_packets import PacketTable, probe, read_packets, seconds_of_decoding
from tests.data.conftest import FRAMES, WriteVideo


def table(key: str, bad: str, number: list[int] | None = None) -> PacketTable:
    """Return packets of which those with an x are key frames, or bad."""
    n = len(key)
    return PacketTable(
        list(range(n)),
        [None] * n,
        np.array(number if number is not None else range(n)),
        np.array([letter == "x" for letter in key]),
        np.array([letter == "x" for letter in bad]),
    )


def marked(which: np.ndarray) -> str:
    return "".join("x" if one else "." for one in which)


@pytest.mark.parametrize(
    ("key", "bad", "broken"),
    [
        ("x...x...", "........", "........"),
        ("x...x...", ".x......", ".xxx...."),
        ("x...x...", "x.......", "xxxx...."),
        ("x...x...", "...xx...", "...xxxxx"),
        ("xxxx", ".x..", ".x.."),
        ("....", "..x.", "..xx"),
    ],
)
def test_damage_goes_on_to_the_next_key_frame(key: str, bad: str, broken: str) -> None:
    assert marked(table(key, bad).broken()) == broken


def test_frames_shown_before_their_key_frame_hang_on_what_was_before_it_too() -> None:
    number = [0, 1, 4, 2, 3, 5]
    assert marked(table("x.x...", ".x....", number).broken()) == ".x.xx."


def test_the_key_frame_before_a_packet_is_found() -> None:
    found = table("x..x.", ".....")
    assert [found.last_key(place) for place in range(5)] == [0, 0, 0, 3, 3] and table("...", "...").last_key(2) == 0


@pytest.mark.parametrize(("name", "codec"), [("a.avi", "ffv1"), ("a.mkv", "ffv1"), ("a.mp4", "mpeg4")])
def test_the_packets_of_a_whole_video_are_its_frames(name: str, codec: str, write_video: WriteVideo) -> None:
    path = write_video(name, codec=codec)
    found = read_packets(path)
    assert found.number.tolist() == found.places == list(range(FRAMES))
    assert found.key[0] and not found.bad.any() and not found.broken().any()
    info = probe(path, "error")
    assert (info.n_frames, info.height, info.width, info.codec) == (FRAMES, 48, 64, codec)


def test_of_an_avi_that_is_cut_short_the_lost_packets_are_known_by_its_index(write_video: WriteVideo) -> None:
    path = write_video()
    whole = path.read_bytes()
    places = read_packets(path)
    index = whole.rindex(b"idx1")
    middle = index // 2
    path.write_bytes(whole[:middle] + bytes(index - middle) + whole[index:])
    found = read_packets(path)
    assert len(found.number) == len(places.number) and found.bad.any() and not found.bad[:5].any()


@pytest.mark.parametrize(("most", "n"), [(1, 1), (10, 10), (1000, FRAMES)])
def test_so_many_frames_are_decoded_to_measure_the_time(most: int, n: int, write_video: WriteVideo) -> None:
    found, seconds = seconds_of_decoding(write_video(), most)
    assert found == n and 0 < seconds < 60
