"""Frames of a video: exact to the frame, in grey, cut out where they were asked for; a bad file is told as such."""

from __future__ import annotations

import hashlib
import json
import os
import re
import struct
import wave
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pyside.data.video import ffmpeg_frames
from pyside.data.video.reader import (
    VIDEO_SUFFIXES,
    decoding_rate,
    describe_video,
    file_sha256,
    probe,
    read_regions,
    sample_frames,
)
from pyside.data.video.region_chunks import Chunk, Request
from pyside.errors import BadVideo, OutOfFrame, PathMissing, TouchTrainError
from tests.conftest import raises_with

av = pytest.importorskip("av")

LIMITED, FULL = 1, 2  # FFmpeg's numbers of the two colour ranges
HEIGHT, WIDTH = 96, 128


def moving_texture(n: int, height: int = HEIGHT, width: int = WIDTH) -> np.ndarray:
    """Frames of blocks in every grey that move to and fro: uint8, (n, height, width)."""
    blocks = np.random.default_rng(0).integers(0, 256, (height // 4 + 1, width // 4 + 9), dtype=np.uint8)
    texture = blocks.repeat(4, 0).repeat(4, 1)
    return np.stack([texture[:height, 3 * k % 31 : 3 * k % 31 + width] for k in range(n)])


def write_video(
    path: Path,
    frames: np.ndarray,
    codec: str = "libx264",
    pixels: str = "yuv420p",
    colour_range: int = 0,
    options: dict[str, str] | None = None,
    container_options: dict[str, str] | None = None,
    numbers: list[int] | None = None,
    file_format: str | None = None,
) -> Path:
    """Write grey frames as a video; `numbers` are their places in time."""
    with av.open(str(path), "w", format=file_format, options=container_options or {}) as container:
        stream = container.add_stream(codec, rate=25, options=options or {})
        stream.height, stream.width = frames.shape[1:]
        stream.pix_fmt = pixels
        stream.codec_context.color_range = colour_range
        for number, image in zip(numbers or range(len(frames)), frames, strict=True):
            frame = av.VideoFrame.from_ndarray(image, format="gray")
            if pixels != "gray":
                frame = frame.reformat(format=pixels, dst_color_range=colour_range or None)
            frame.color_range = colour_range
            frame.pts, frame.time_base = number, Fraction(1, 25)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def copy_packets(source: Path, target: Path, first: int = 0, earlier: int = 0) -> Path:
    """Copy a video without decoding it, from packet `first` on, its times moved back by some frames."""
    with av.open(str(source)) as old, av.open(str(target), "w", options={"avoid_negative_ts": "disabled"}) as new:
        stream = new.add_stream_from_template(old.streams.video[0])
        for number, packet in enumerate(old.demux(video=0)):
            if number >= first and packet.dts is not None:
                back = round(earlier / 25 / packet.time_base)
                packet.pts, packet.dts, packet.stream = packet.pts - back, packet.dts - back, stream
                new.mux(packet)
    return target


def grey_by_pyav(path: Path) -> np.ndarray:
    """Decode all frames in one thread and convert them whole: int64, (n, height, width)."""
    with av.open(str(path)) as container:
        container.streams.video[0].thread_type = "NONE"
        return np.stack([frame.to_ndarray(format="gray") for frame in container.decode(video=0)]).astype(int)


def frames_of(chunks: Iterator[tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
    """Put chunks together: int64, (n, height, width)."""
    return np.concatenate([frames for _, frames in chunks])[..., 0].astype(int)


def read_all(path: Path, size: tuple[int, int] = (HEIGHT, WIDTH), **options: str) -> np.ndarray:
    """Read the same region of all frames, from the top left corner: int64, (n, height, width)."""
    n = probe(path).n_frames
    corner = np.zeros(n, int)
    return frames_of(read_regions(path, size, corner, corner, np.ones(n, bool), **options))


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """60 frames of 96 x 128 in H.264 with B-frames, a key frame every 20."""
    path = tmp_path_factory.mktemp("video") / "clip.mp4"
    return write_video(path, moving_texture(60), options={"x264-params": "bframes=3:keyint=20"})


@pytest.fixture(scope="module")
def avi(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """60 frames of 96 x 128 in MPEG-4."""
    return write_video(tmp_path_factory.mktemp("video") / "clip.avi", moving_texture(60), "mpeg4")


# --- grey ----------------------------------------------------------------------------------------------------------

FORMS = {
    "limited yuv420p": ("a.mp4", "libx264", "yuv420p", LIMITED, "yuv420p"),
    "yuv420p of no stated range": ("a.mp4", "libx264", "yuv420p", 0, "yuv420p"),
    "limited yuv420p that says so in each frame": ("a.mpg", "mpeg2video", "yuv420p", 0, "yuv420p"),
    "full-range yuv420p": ("a.mp4", "libx264", "yuv420p", FULL, "yuvj420p"),
    "yuvj420p": ("a.mov", "libx264", "yuvj420p", FULL, "yuvj420p"),
    "yuv422p": ("a.mp4", "libx264", "yuv422p", 0, "yuv422p"),
    "yuv444p": ("a.mp4", "libx264", "yuv444p", 0, "yuv444p"),
    "nv12": ("a.avi", "rawvideo", "nv12", 0, "nv12"),
    "gray": ("a.avi", "rawvideo", "gray", 0, "gray"),
    "mjpeg": ("a.avi", "mjpeg", "yuvj422p", FULL, "yuvj422p"),
    "mpeg4": ("a.avi", "mpeg4", "yuv420p", 0, "yuv420p"),
    "wmv": ("a.wmv", "wmv2", "yuv420p", 0, "yuv420p"),
    "rgb24": ("a.mkv", "ffv1", "bgr0", 0, "bgr0"),
    "bgr24": ("a.avi", "rawvideo", "bgr24", 0, "bgr24"),
    "packed yuv": ("a.avi", "rawvideo", "yuyv422", 0, "yuyv422"),
    "a palette": ("a.mov", "rawvideo", "gray", 0, "pal8"),
    "yuv420p10": ("a.mp4", "libx264", "yuv420p10le", 0, "yuv420p10le"),
    "full-range yuv420p10": ("a.mp4", "libx264", "yuv420p10le", FULL, "yuv420p10le"),
    "gray10": ("a.mkv", "ffv1", "gray10le", 0, "gray10le"),
    "gray16": ("a.mkv", "ffv1", "gray16le", 0, "gray16le"),
}


@pytest.mark.parametrize("form", FORMS)
def test_grey_is_what_pyav_makes_of_whole_frames(form: str, tmp_path: Path) -> None:
    name, codec, pixels, colour_range, stored = FORMS[form]
    path = write_video(tmp_path / name, moving_texture(12), codec, pixels, colour_range)
    whole = grey_by_pyav(path)
    n = len(whole)
    info = probe(path)
    assert (info.n_frames, info.height, info.width, info.pixel_format) == (n, HEIGHT, WIDTH, stored)
    assert (info.empty, info.hidden, info.streams, info.remarks) == ((), 0, (), ())
    top, left = np.arange(n), 2 * np.arange(n)
    ((numbers, regions),) = read_regions(path, (61, 45), top, left, np.ones(n, bool))
    assert numbers.dtype == np.int64 and numbers.tolist() == list(range(n))
    assert regions.dtype == np.uint8 and regions.flags.c_contiguous and regions.shape == (n, 61, 45, 1)
    for number, region in enumerate(regions[..., 0].astype(int)):
        expected = whole[number, number : number + 61, 2 * number : 2 * number + 45]
        assert abs(region - expected).max() <= 1


@pytest.mark.parametrize(("pixels", "depth"), [("gray10le", 10), ("gray16le", 16), ("gray", 8)])
def test_deeper_greys_become_8_bits_by_their_declared_depth(pixels: str, depth: int, tmp_path: Path) -> None:
    image = np.linspace(0, 255, 256, dtype=np.uint8).reshape(1, 16, 16).repeat(3, 0)
    path = write_video(tmp_path / "deep.mkv", image, "ffv1", pixels)
    assert pixels in probe(path).pixel_format
    assert abs(read_all(path, (16, 16)) - image).max() <= 1


def test_raw_y_is_the_luma_plane_as_it_is_stored(avi: Path) -> None:
    stored, full = read_all(avi, grey="raw-y"), read_all(avi)
    with av.open(str(avi)) as container:
        frame = next(container.decode(video=0))
        plane = np.frombuffer(frame.planes[0], np.uint8).reshape(HEIGHT, frame.planes[0].line_size)[:, :WIDTH]
    assert np.array_equal(stored[0], plane)
    assert abs(np.clip((stored - 16) * 255 / 219, 0, 255) - full).max() <= 0.5


def test_raw_y_of_a_video_without_luma_is_its_grey(tmp_path: Path) -> None:
    path = write_video(tmp_path / "colour.avi", moving_texture(3), "rawvideo", "bgr24")
    assert np.array_equal(read_all(path, grey="raw-y"), read_all(path))


def test_another_grey_is_refused(clip: Path) -> None:
    with raises_with(ValueError, "full-range", "raw-y"):
        read_all(clip, grey="red")


def test_an_avi_that_is_stored_bottom_up_is_read_top_down(tmp_path: Path) -> None:
    path = write_video(tmp_path / "up.avi", moving_texture(3), "rawvideo", "bgr24")
    data = bytearray(path.read_bytes())
    place = data.index(b"strf") + 16  # biHeight; negative means top-down
    (height,) = struct.unpack_from("<i", data, place)
    struct.pack_into("<i", data, place, -height)
    path.write_bytes(data)
    assert np.array_equal(read_all(path), moving_texture(3)[:, ::-1])
    assert np.array_equal(read_all(path), grey_by_pyav(path))


def test_a_luma_plane_whose_rows_run_backwards_is_cut_right() -> None:
    texture = moving_texture(1)[0]
    graph = av.filter.Graph()
    graph.link_nodes(
        graph.add_buffer(width=WIDTH, height=HEIGHT, format="gray", time_base=Fraction(1, 25)),
        graph.add("vflip"),
        graph.add("buffersink"),
    ).configure()
    frame = av.VideoFrame.from_ndarray(texture, format="gray")
    frame.pts, frame.time_base = 0, Fraction(1, 25)
    graph.push(frame)
    flipped = graph.pull()
    assert flipped.planes[0].line_size < 0
    corner, every = np.zeros(1, int), np.ones(1, bool)
    request = Request(Path(), (30, 40), corner, corner, every, "full-range", False, "error", None)
    chunk = ffmpeg_frames._LumaChunk(request)
    chunk.add(flipped, 0, 7, 11)
    assert np.array_equal(chunk.take()[1][0, :, :, 0], texture[::-1][7:37, 11:51])


def raw_h264(folder: Path, *parts: tuple[np.ndarray, int]) -> Path:
    """Write clips of H.264 one after the other into one stream; each is (frames, colour range)."""
    data = b""
    for frames, colour_range in parts:
        part = write_video(folder / "part.264", frames, colour_range=colour_range, file_format="h264")
        data += part.read_bytes()
    (folder / "joined.mpg").write_bytes(data)
    return folder / "joined.mpg"


def test_a_colour_range_that_changes_within_a_video_is_followed(tmp_path: Path) -> None:
    texture = moving_texture(20)
    path = raw_h264(tmp_path, (texture, LIMITED), (texture, FULL), (texture, LIMITED))
    assert abs(read_all(path) - grey_by_pyav(path)).max() <= 1
    assert abs(read_all(path) - np.concatenate([texture] * 3)).mean() < 6


def test_a_frame_size_that_changes_within_a_video_is_an_error(tmp_path: Path) -> None:
    path = raw_h264(tmp_path, (moving_texture(20), 0), (moving_texture(20, 64, 64), 0))
    with raises_with(BadVideo, 20, "64 x 64", "128 x 96"):
        read_all(path)


# --- exact to the frame --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["clip", "avi"])
def test_only_the_wanted_frames_come_each_with_its_own_region(name: str, request: pytest.FixtureRequest) -> None:
    path = request.getfixturevalue(name)
    rng = np.random.default_rng(0)
    keep, top, left = rng.random(60) < 0.5, rng.integers(0, 60, 60), rng.integers(0, 90, 60)
    top[~keep] = -1000  # not looked at
    numbers, regions = next(read_regions(path, (36, 38), top, left, keep))
    assert np.array_equal(numbers, np.flatnonzero(keep))
    whole = grey_by_pyav(path)
    expected = [whole[k, top[k] : top[k] + 36, left[k] : left[k] + 38] for k in np.flatnonzero(keep)]
    assert abs(regions[..., 0].astype(int) - np.stack(expected)).max() <= 1


def test_no_frame_wanted_gives_no_chunk(clip: Path) -> None:
    nothing = np.zeros(60, int)
    assert not list(read_regions(clip, (10, 10), nothing, nothing, nothing.astype(bool)))


def test_chunks_are_small_however_long_the_video_and_large_the_region(tmp_path: Path) -> None:
    path = write_video(tmp_path / "long.avi", moving_texture(600, 16, 16), "mpeg4")
    corner = np.zeros(600, int)
    chunks = [frames for _, frames in read_regions(path, (16, 16), corner, corner, np.ones(600, bool))]
    assert [len(chunk) for chunk in chunks] == [256, 256, 88]
    assert len({chunk.ctypes.data for chunk in chunks}) == 3
    assert Chunk((2000, 2000), pad=False)._room == 4
    assert Chunk((5000, 5000), pad=False)._room == 1


WRITTEN = {
    "an mp4 with its index in front": ("a.mp4", "libx264", {"movflags": "+faststart"}),
    "a fragmented mp4": ("a.mp4", "libx264", {"movflags": "+frag_keyframe+empty_moov"}),
    "a fragmented mp4 with frames in its first index": ("a.mp4", "libx264", {"movflags": "+frag_keyframe"}),
    "a mkv": ("a.mkv", "libx264", {}),
    "a vp9": ("a.mkv", "libvpx-vp9", {}),
    "an avi with B-frames": ("a.avi", "mpeg4", {}),
    "a mpg with B-frames": ("a.mpg", "mpeg2video", {}),
}


@pytest.mark.parametrize("form", WRITTEN)
def test_the_number_of_frames_is_what_decoding_gives(form: str, tmp_path: Path) -> None:
    name, codec, container_options = WRITTEN[form]
    options = {"bf": "2", "g": "10"}
    path = write_video(tmp_path / name, moving_texture(45), codec, options=options, container_options=container_options)
    assert probe(path).n_frames == len(grey_by_pyav(path)) == len(read_all(path)) == 45


@pytest.mark.parametrize("earlier", [5, 25])
def test_frames_that_an_edit_list_discards_are_not_counted(clip: Path, earlier: int, tmp_path: Path) -> None:
    path = copy_packets(clip, tmp_path / "later.mp4", earlier=earlier)
    assert probe(path).n_frames == len(grey_by_pyav(path)) == 60 - earlier
    assert abs(read_all(path) - grey_by_pyav(clip)[earlier:]).max() <= 1


def test_a_count_in_the_header_is_not_trusted(tmp_path: Path) -> None:
    numbers = [*range(10), *range(15, 25)]  # a recorder that dropped 5 frames
    path = write_video(tmp_path / "holes.avi", moving_texture(20), "mpeg4", numbers=numbers)
    with av.open(str(path)) as container:
        assert container.streams.video[0].frames == 25
    assert probe(path).n_frames == len(grey_by_pyav(path)) == len(read_all(path)) == 20
    assert probe(path).empty == tuple(range(10, 15))


@pytest.mark.parametrize("name", ["middle.mp4", "middle.mkv"])
def test_a_video_that_begins_between_key_frames_counts_what_can_be_rebuilt(
    clip: Path, name: str, tmp_path: Path
) -> None:
    path = copy_packets(clip, tmp_path / name, first=5)
    n_packets = 55
    assert 0 < probe(path).n_frames == len(grey_by_pyav(path)) == len(read_all(path)) < n_packets


@pytest.mark.parametrize(
    "name", ["it's my clip.mp4", 'quote " here.avi', "Mäuse Übung.mp4", "a:b %03d [1].avi", "鼠.mp4"]
)
def test_odd_names_are_read(name: str, tmp_path: Path) -> None:
    if os.name == "nt" and set(name) & set('":'):
        pytest.skip("Windows has no such names")
    folder = tmp_path / "a folder with blanks & ümlauts"
    folder.mkdir()
    path = folder / name
    write_video(folder / f"plain{path.suffix}", moving_texture(5), "mpeg4").rename(path)
    assert probe(path).n_frames == len(read_all(path)) == 5
    assert describe_video(path)["path"] == str(path)


def test_a_relative_name_that_looks_like_an_address_is_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if os.name == "nt":
        pytest.skip("Windows has no such names")
    monkeypatch.chdir(tmp_path)
    write_video(Path("plain.mp4"), moving_texture(5)).rename("http:clip.mp4")
    assert probe("http:clip.mp4").n_frames == 5


# --- bad files -----------------------------------------------------------------------------------------------------


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with raises_with(PathMissing, "none.mp4"):
        probe(tmp_path / "none.mp4")
    with pytest.raises(PathMissing):
        next(read_regions(tmp_path / "none.mp4", (1, 1), np.zeros(1, int), np.zeros(1, int), np.ones(1, bool)))


def write_sound(path: Path) -> Path:
    with wave.open(str(path), "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(bytes(4000))
    return path


def test_files_that_are_no_video_are_told(clip: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "text.mp4").write_text("frame,label\n1,0\n" * 100)
    (tmp_path / "noise.avi").write_bytes(np.random.default_rng(0).bytes(5000))
    (tmp_path / "folder.mp4").mkdir()
    write_sound(tmp_path / "sound.avi")
    for name in ("empty.mp4", "text.mp4", "noise.avi", "folder.mp4"):
        with raises_with(BadVideo, name):
            probe(tmp_path / name)
    with raises_with(BadVideo, "sound.avi", "audio"):
        probe(tmp_path / "sound.avi")


def test_a_picture_in_a_sound_file_is_no_video(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "song.mp4"), "w") as song:
        sound, cover = song.add_stream("aac", rate=8000), song.add_stream("mjpeg")
        cover.width, cover.height, cover.pix_fmt = 32, 32, "yuvj420p"
        cover.disposition = av.stream.Disposition.attached_pic
        song.mux(cover.encode(av.VideoFrame(32, 32, "yuvj420p")))
        noise = av.AudioFrame.from_ndarray(np.zeros((1, 4096), np.float32), format="fltp", layout="mono")
        noise.rate = 8000
        song.mux(sound.encode(noise))
        song.mux(sound.encode())
    with raises_with(BadVideo, "song.mp4"):
        probe(tmp_path / "song.mp4")


def test_a_video_that_is_cut_short_is_found_before_anything_is_decoded(clip: Path, avi: Path, tmp_path: Path) -> None:
    front = write_video(tmp_path / "front.mp4", moving_texture(60), container_options={"movflags": "+faststart"})
    pieces = write_video(
        tmp_path / "pieces.mp4", moving_texture(60), container_options={"movflags": "+frag_keyframe+empty_moov"}
    )
    mkv = copy_packets(clip, tmp_path / "clip.mkv")
    for path in (clip, front, pieces, avi):
        cut = tmp_path / f"cut{path.suffix}"
        cut.write_bytes(path.read_bytes()[: path.stat().st_size * 3 // 4])
        with raises_with(BadVideo, cut.name):
            probe(cut)
    cut = tmp_path / "cut.mkv"  # has no size in it that could tell: a shorter video, or one with a damaged end
    cut.write_bytes(mkv.read_bytes()[: mkv.stat().st_size * 3 // 4])
    try:
        assert len(read_all(cut)) < 60
    except BadVideo as error:
        assert cut.name in str(error)


def damaged(path: Path, folder: Path, packet_number: int) -> Path:
    """Copy a video with one packet overwritten."""
    with av.open(str(path)) as container:
        packets = [(packet.pos, packet.size) for packet in container.demux(video=0) if packet.size]
    place, size = packets[packet_number]
    data = bytearray(path.read_bytes())
    start = data.index(b"00dc", place) + 8 if path.suffix == ".avi" else place
    data[start : start + size] = b"\xff" * size
    (folder / path.name).write_bytes(data)
    return folder / path.name


@pytest.mark.parametrize("name", ["clip", "avi"])
def test_a_damaged_frame_is_named(name: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    path = damaged(request.getfixturevalue(name), tmp_path, 30)
    assert probe(path).n_frames == 60
    with raises_with(BadVideo, path.name) as caught:
        read_all(path)
    assert re.search(r"\b[23]\d\b", caught.value.text.partition(path.name)[2])


@pytest.mark.parametrize(("n", "numbers"), [(59, (59,)), (61, (60, 61))])
def test_fewer_or_more_frames_than_promised_are_an_error(clip: Path, n: int, numbers: tuple[int, ...]) -> None:
    with raises_with(BadVideo, "clip.mp4", *numbers):
        list(read_regions(clip, (9, 9), np.zeros(n, int), np.zeros(n, int), np.ones(n, bool)))


@pytest.mark.parametrize(("top", "left"), [(-1, 0), (0, -1), (37, 0), (0, 69)])
def test_a_region_that_sticks_out_is_an_error_that_names_the_frame(clip: Path, top: int, left: int) -> None:
    tops, lefts = np.zeros(60, int), np.zeros(60, int)
    tops[17], lefts[17] = top, left
    with raises_with(OutOfFrame, 17):
        next(read_regions(clip, (60, 60), tops, lefts, np.ones(60, bool)))


def test_vectors_of_different_lengths_are_refused(clip: Path) -> None:
    with raises_with(ValueError, 60, 59):
        next(read_regions(clip, (9, 9), np.zeros(60, int), np.zeros(59, int), np.ones(60, bool)))


def spoilt(data: bytes, rng: np.random.Generator, way: int) -> bytes:
    """Cut a file short, flip bits in it, overwrite its ends, or take a piece out."""
    if way == 0:
        return data[: rng.integers(1, len(data))]
    copy = bytearray(data)
    if way == 1:
        for place in rng.integers(0, len(data), rng.integers(1, 9)):
            copy[place] ^= 1 << rng.integers(8)
    elif way == 2:
        for place in rng.integers(-500, 300, 4):
            copy[place] = rng.integers(256)
    else:
        place = rng.integers(len(data))
        del copy[place : place + rng.integers(1, 300)]
    return bytes(copy)


@pytest.mark.parametrize(("name", "codec"), [("a.mp4", "libx264"), ("a.avi", "mpeg4"), ("b.avi", "rawvideo")])
def test_spoilt_files_give_frames_or_a_clear_error(
    name: str, codec: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = write_video(tmp_path / name, moving_texture(20, 48, 64), codec)
    data, rng, refused = path.read_bytes(), np.random.default_rng(0), 0
    capfd.readouterr()
    for number in range(60):
        path.write_bytes(spoilt(data, rng, number % 4))
        try:
            assert len(read_all(path, (1, 1))) <= 20
        except BadVideo as error:
            assert name in error.text
            refused += 1
    assert 20 <= refused <= 60
    assert capfd.readouterr().err == ""  # FFmpeg keeps silent


# --- beginning and ending in the middle ----------------------------------------------------------------------------

KEYS = "keyint=20"
MIDDLE: dict[str, tuple[str, str, str, dict[str, str], dict[str, str]]] = {
    "B-frames": ("a.mp4", "libx264", "yuv420p", {"x264-params": f"bframes=3:{KEYS}"}, {}),
    "open groups of pictures": ("a.mp4", "libx264", "yuv420p", {"x264-params": f"bframes=3:{KEYS}:open-gop=1"}, {}),
    "intra refresh": ("a.mp4", "libx264", "yuv420p", {"x264-params": f"intra-refresh=1:{KEYS}"}, {}),
    "fragments": ("a.mp4", "libx264", "yuv420p", {"x264-params": KEYS}, {"movflags": "+frag_keyframe+empty_moov"}),
    "mkv": ("a.mkv", "libx264", "yuv420p", {"x264-params": f"bframes=3:{KEYS}"}, {}),
    "10 bits": ("a.mov", "libx264", "yuv420p10le", {"x264-params": f"bframes=2:{KEYS}"}, {}),
    "vp9": ("a.mkv", "libvpx-vp9", "yuv420p", {"g": "20"}, {}),
    "mpeg4 mp4 with B-frames": ("a.mp4", "mpeg4", "yuv420p", {"g": "12", "bf": "2"}, {}),
    "mpeg4 avi": ("a.avi", "mpeg4", "yuv420p", {"g": "12"}, {}),
    "mpeg4 avi with B-frames": ("a.avi", "mpeg4", "yuv420p", {"g": "12", "bf": "2"}, {}),
    "h264 avi, whose times do not tell the order": ("a.avi", "libx264", "yuv420p", {"x264-params": "bframes=3"}, {}),
    "mjpeg avi": ("a.avi", "mjpeg", "yuvj422p", {}, {}),
    "raw avi": ("a.avi", "rawvideo", "gray", {}, {}),
    "mpg": ("a.mpg", "mpeg2video", "yuv420p", {"g": "12", "bf": "2"}, {}),
    "wmv": ("a.wmv", "wmv2", "yuv420p", {}, {}),
}
RANDOM = np.random.default_rng(3).integers(30, 230, (60, 6, 8), dtype=np.uint8).repeat(8, 1).repeat(8, 2)
Middle = tuple[Path, np.ndarray]


@pytest.fixture(scope="module", params=MIDDLE)
def middle(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Middle:
    """60 frames of 48 x 64, each quite unlike all others, in a form of `MIDDLE`; and what decoding all gives."""
    name, codec, pixels, options, container_options = MIDDLE[request.param]
    path = tmp_path_factory.mktemp("middle") / name
    write_video(path, RANDOM, codec, pixels, options=options, container_options=container_options)
    return path, grey_by_pyav(path)


def read_some(path: Path, keep: np.ndarray, **options: object) -> tuple[list[int], np.ndarray]:
    """Read the whole of some frames of 48 x 64: their numbers, and int64 (m, height, width)."""
    corner = np.zeros(len(keep), int)
    chunks = list(read_regions(path, (48, 64), corner, corner, keep, **options))  # type: ignore[arg-type]
    numbers = [int(number) for several, _ in chunks for number in several]
    return numbers, frames_of(iter(chunks)) if chunks else np.empty((0, 48, 64), int)


def test_nothing_is_said_about_an_ordinary_video(middle: Middle) -> None:
    for on_damage in ("error", "skip"):
        info = probe(middle[0], on_damage)
        assert (info.n_frames, info.empty, info.hidden, info.streams, info.remarks) == (60, (), 0, (), ())
        assert info.is_certain


def wanted(*numbers: int) -> np.ndarray:
    keep = np.zeros(60, bool)
    keep[list(numbers)] = True
    return keep


@pytest.mark.parametrize(
    "numbers", [(59,), (20,), (19,), (21, 22), (40, 45, 58), (25, 26, 27, 28, 59), tuple(range(7, 60))]
)
def test_frames_after_a_seek_are_those_of_decoding_from_the_start(
    middle: Middle, numbers: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, whole = middle
    monkeypatch.setattr(ffmpeg_frames, "_WORTH_SEEKING", 5)
    for on_damage in ("error", "skip"):
        found, frames = read_some(path, wanted(*numbers), on_damage=on_damage)
        assert found == list(numbers)
        assert np.abs(frames - whole[list(numbers)]).max() <= 1


@pytest.mark.parametrize(("form", "sought"), [("B-frames", True), ("mkv", True), ("mpeg4 avi", True), ("wmv", True)])
def test_decoding_begins_near_the_first_wanted_frame(
    form: str, sought: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, codec, pixels, options, container_options = MIDDLE[form]
    path = write_video(tmp_path / name, RANDOM, codec, pixels, options=options, container_options=container_options)
    monkeypatch.setattr(ffmpeg_frames, "_WORTH_SEEKING", 5)
    monkeypatch.setattr(ffmpeg_frames, "_read_from_start", lambda request: pytest.fail("decoded from the start"))
    assert read_some(path, wanted(50, 55))[0] == [50, 55]


def test_decoding_ends_with_the_last_wanted_frame(clip: Path, tmp_path: Path) -> None:
    path = damaged(clip, tmp_path, 50)
    corner, keep = np.zeros(60, int), wanted(*range(40))
    assert sum(len(numbers) for numbers, _ in read_regions(path, (9, 9), corner, corner, keep)) == 40
    with pytest.raises(BadVideo):
        list(read_regions(path, (9, 9), corner, corner, wanted(*range(60))))


def test_frames_are_counted_as_they_come_whatever_their_times(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = np.cumsum(np.random.default_rng(0).integers(1, 9, 60)).tolist()  # a variable frame rate
    monkeypatch.setattr(ffmpeg_frames, "_WORTH_SEEKING", 5)
    for name in ("a.mp4", "a.mkv"):
        path = write_video(tmp_path / name, RANDOM, options={"x264-params": f"bframes=3:{KEYS}"}, numbers=numbers)
        assert probe(path).n_frames == 60
        found, frames = read_some(path, wanted(*range(33, 60)))
        assert found == list(range(33, 60)) and np.abs(frames - grey_by_pyav(path)[33:]).max() <= 1


def test_rotation_is_not_applied(clip: Path, tmp_path: Path) -> None:
    data = clip.read_bytes()
    upright, quarter = (
        struct.pack(">9i", 1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30),
        struct.pack(">9i", 0, 1 << 16, 0, -1 << 16, 0, 0, 0, 0, 1 << 30),
    )
    place = data.index(upright, data.index(b"tkhd"))
    path = tmp_path / "turned.mp4"
    path.write_bytes(data[:place] + quarter + data[place + len(quarter) :])
    with av.open(str(path)) as container:
        assert next(container.decode(video=0)).rotation in (90, -90)
    assert (probe(path).height, probe(path).width) == (HEIGHT, WIDTH)
    assert np.array_equal(read_all(path), read_all(clip))


def without_index(path: Path, folder: Path) -> Path:
    """Copy an avi without its index, as a recorder leaves it that was switched off."""
    data = bytearray(path.read_bytes())
    del data[data.rindex(b"idx1") :]
    data[4:8] = struct.pack("<I", len(data) - 8)
    (folder / "noindex.avi").write_bytes(data)
    return folder / "noindex.avi"


@pytest.mark.parametrize("on_damage", ["error", "skip"])
def test_an_avi_without_an_index_is_read_all_the_same(avi: Path, on_damage: str, tmp_path: Path) -> None:
    path = without_index(avi, tmp_path)
    assert probe(path, on_damage).n_frames == 60
    corner = np.zeros(60, int)
    found = frames_of(read_regions(path, (96, 128), corner, corner, wanted(*range(60)), on_damage=on_damage))
    assert np.array_equal(found, read_all(avi))


def test_a_sample_is_spread_over_the_video(middle: Middle) -> None:
    path, whole = middle
    sample = sample_frames(path, 6).astype(int)
    assert 4 <= len(sample) <= 6 and sample.shape[1:] == (48, 64)
    alike = [int(np.argmin(np.abs(whole - frame).max((1, 2)))) for frame in sample]
    assert np.abs(sample - whole[alike]).max() <= 1
    assert alike == sorted(alike) and len(set(alike)) >= 4 and alike[-1] >= 30


def test_the_number_of_threads_changes_nothing(middle: Middle) -> None:
    path, whole = middle
    for threads in (1, 2, 5):
        for on_damage in ("error", "skip"):
            numbers, frames = read_some(path, wanted(*range(60)), threads=threads, on_damage=on_damage)
            assert numbers == list(range(60)) and np.abs(frames - whole).max() <= 1


# --- padding -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("top", "left"), [(-7, -9), (90, 120), (-2, 40), (0, 125), (-99, 0), (96, 0), (0, 128)])
def test_what_lies_outside_the_frame_is_black(avi: Path, top: int, left: int) -> None:
    corner = np.zeros(60, int)
    ((_, regions),) = read_regions(avi, (30, 40), corner + top, corner + left, wanted(4, 9), pad=True)
    around = np.pad(read_all(avi)[[4, 9]], ((0, 0), (100, 130), (100, 170)))
    assert np.array_equal(regions[..., 0], around[:, top + 100 : top + 130, left + 100 : left + 140])


def test_a_region_larger_than_the_frame_can_be_padded(avi: Path) -> None:
    corner = np.zeros(60, int)
    ((_, regions),) = read_regions(avi, (100, 140), corner - 2, corner - 6, wanted(4), pad=True)
    assert np.array_equal(regions[0, :, :, 0], np.pad(read_all(avi)[4], ((2, 2), (6, 6))))


def test_black_in_raw_luma_of_limited_range_is_16(avi: Path, tmp_path: Path) -> None:
    corner = np.zeros(60, int)
    ((_, regions),) = read_regions(avi, (9, 9), corner - 20, corner, wanted(4), "raw-y", pad=True)
    assert (regions == 16).all()
    full = write_video(tmp_path / "a.avi", RANDOM[:3], "rawvideo", "gray")
    ((_, regions),) = read_regions(full, (9, 9), corner[:3] - 20, corner[:3], wanted(1)[:3], "raw-y", pad=True)
    assert (regions == 0).all()


# --- past damage ---------------------------------------------------------------------------------------------------


def spoil_packets(path: Path, target: Path, packets: list[int]) -> Path:
    """Copy a video with some packets, counted in the order of the file, overwritten."""
    with av.open(str(path)) as container:
        found = [bytes(packet) for packet in container.demux(video=0) if packet.size]
    data = bytearray(path.read_bytes())
    for number in packets:
        place = data.index(found[number])
        data[place : place + len(found[number])] = b"\xff" * len(found[number])
    target.write_bytes(data)
    return target


def test_damaged_frames_are_left_out_and_all_others_have_their_right_numbers(middle: Middle, tmp_path: Path) -> None:
    path, whole = middle
    if path.suffix in (".mpg", ".wmv") or "rawvideo" in probe(path).codec:
        pytest.skip("packets of these are in pieces, or cannot be damaged")
    for packets in ([30], [7, 41], [59], [0]):
        spoilt_path = spoil_packets(path, tmp_path / path.name, packets)
        try:
            assert probe(spoilt_path, "skip").n_frames == 60
        except BadVideo as error:
            assert packets == [0] and path.name in error.text  # what the decoder must know stood there
            continue
        numbers, frames = read_some(spoilt_path, wanted(*range(60)), on_damage="skip")
        assert len(numbers) < 60 and np.all(np.diff(numbers) > 0)
        assert np.abs(frames - whole[numbers]).max(initial=0) <= 1
        assert numbers or packets == [0] or path.suffix == ".avi"


def test_what_comes_before_damage_and_after_the_next_key_frame_is_kept(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4", RANDOM, options={"x264-params": "bframes=3:keyint=20:scenecut=0"})
    numbers, _ = read_some(spoil_packets(path, tmp_path / "b.mp4", [30]), wanted(*range(60)), on_damage="skip")
    assert set(range(20)) | set(range(40, 60)) <= set(numbers) < set(range(60))


def test_frames_of_mjpeg_are_damaged_each_for_itself(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.avi", RANDOM, "mjpeg", "yuvj422p")
    numbers, _ = read_some(spoil_packets(path, tmp_path / "b.avi", [30, 33]), wanted(*range(60)), on_damage="skip")
    assert numbers == [number for number in range(60) if number not in (30, 33)]


def test_a_damaged_frame_that_is_not_wanted_does_no_harm(clip: Path, tmp_path: Path) -> None:
    path = damaged(clip, tmp_path, 50)
    corner = np.zeros(60, int)
    chunks = list(read_regions(path, (9, 9), corner, corner, wanted(1, 5, 19), on_damage="skip"))
    assert [number for numbers, _ in chunks for number in numbers] == [1, 5, 19]


def test_a_file_that_is_cut_short_gives_what_is_there(tmp_path: Path) -> None:
    forms = {
        "front.mp4": ("libx264", {"movflags": "+faststart"}, True),
        "a.avi": ("mpeg4", {}, True),
        "b.avi": ("rawvideo", {}, True),
        "pieces.mp4": ("libx264", {"movflags": "+frag_keyframe+empty_moov"}, False),
        "a.mkv": ("libx264", {}, False),
    }
    for name, (codec, container_options, tells_length) in forms.items():
        options = {"x264-params": "bframes=2:keyint=10"} if codec == "libx264" else {}
        path = write_video(tmp_path / name, RANDOM, codec, options=options, container_options=container_options)
        whole = grey_by_pyav(path)
        path.write_bytes(path.read_bytes()[: path.stat().st_size * 3 // 4])
        n = probe(path, "skip").n_frames
        assert n == 60 if tells_length else 20 < n < 60
        numbers, frames = read_some(path, np.ones(n, bool), on_damage="skip")
        assert 20 < len(numbers) < 60 and np.abs(frames - whole[numbers]).max() <= 1


def test_a_piece_that_is_missing_from_an_avi_makes_all_that_follows_uncertain(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.avi", RANDOM, "rawvideo", "gray")
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2] + data[len(data) // 2 + 4000 :])
    with raises_with(BadVideo, "a.avi"):
        probe(path)
    n = probe(path, "skip").n_frames
    numbers, frames = read_some(path, np.ones(n, bool), on_damage="skip")
    assert n == 60 and 20 < len(numbers) <= 30
    assert np.array_equal(frames[:-1], RANDOM[numbers[:-1]])


def test_the_rate_of_decoding_is_measured(clip: Path) -> None:
    assert 10 < decoding_rate(clip) < 1e6


def check_spoilt(path: Path, on_damage: str, first: int) -> None:
    """Read a spoilt file from a frame on: a clear error, or frames in order."""
    try:
        info = probe(path, on_damage)
        size, n = (min(8, info.height), min(8, info.width)), info.n_frames
        corner, keep = np.zeros(n, int), np.arange(n) >= first
        chunks = list(read_regions(path, size, corner, corner, keep, on_damage=on_damage))
        numbers = [int(number) for several, _ in chunks for number in several]
        assert numbers == sorted(set(numbers)) and all(frames.shape[1:] == (*size, 1) for _, frames in chunks)
        if on_damage == "error":
            assert numbers == list(range(first, n))
    except TouchTrainError as error:
        assert path.name in error.text


@given(seed=st.integers(0, 1 << 30), on_damage=st.sampled_from(["error", "skip"]), first=st.sampled_from([0, 30]))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_damage_gives_frames_or_a_clear_error(
    middle: Middle, seed: int, on_damage: str, first: int, tmp_path: Path
) -> None:
    rng = np.random.default_rng(seed)
    path = tmp_path / middle[0].name
    path.write_bytes(spoilt(middle[0].read_bytes(), rng, int(rng.integers(4))))
    check_spoilt(path, on_damage, first)


@pytest.mark.slow
def test_much_damage_gives_frames_or_a_clear_error(middle: Middle, tmp_path: Path) -> None:
    rng, data = np.random.default_rng(0), middle[0].read_bytes()
    path = tmp_path / middle[0].name
    for number in range(400):
        path.write_bytes(spoilt(data, rng, number % 4))
        for on_damage in ("error", "skip"):
            check_spoilt(path, on_damage, 0)


REAL = Path(os.environ.get("TOUCHTRAIN_REAL_DATA", "nowhere")) / "whisker_video" / "test_video_10s.mp4"


@pytest.mark.skipif(not REAL.exists(), reason="the real video is not on this machine")
def test_a_real_video_is_read_as_pyav_reads_it(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = grey_by_pyav(REAL)[:, 100:161, 100:161]
    assert probe(REAL).n_frames == len(whole) == 300
    monkeypatch.setattr(ffmpeg_frames, "_WORTH_SEEKING", 5)
    corner = np.full(300, 100)
    for first in (0, 149, 299):
        for on_damage in ("error", "skip"):
            keep = np.arange(300) >= first
            found = frames_of(read_regions(REAL, (61, 61), corner, corner, keep, on_damage=on_damage))
            assert np.abs(found - whole[first:]).max() <= 1


# --- leaving early, and the rest -----------------------------------------------------------------------------------


def open_files() -> Iterator[str]:
    for link in Path("/proc/self/fd").iterdir():
        try:
            yield str(link.readlink())
        except OSError:
            continue


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="only Linux tells which files are open")
def test_the_file_is_closed_after_an_error_and_when_reading_is_left_early(tmp_path: Path) -> None:
    path = write_video(tmp_path / "long.avi", moving_texture(600, 16, 16), "mpeg4")
    corner = np.zeros(600, int)
    chunks = read_regions(path, (16, 16), corner, corner, np.ones(600, bool))
    next(chunks)
    assert str(path) in open_files()
    chunks.close()
    assert str(path) not in open_files()
    with pytest.raises(BadVideo):
        list(read_regions(path, (16, 16), corner[1:], corner[1:], np.ones(599, bool)))
    assert str(path) not in open_files()
    probe(path)
    assert str(path) not in open_files()


def test_a_video_is_described_in_plain_values(clip: Path) -> None:
    described = json.loads(json.dumps(describe_video(clip)))
    assert described == {
        "kind": "video",
        "path": str(clip),
        "frames": 60,
        "height": 96,
        "width": 128,
        "frames_per_second": 25.0,
        "seconds": 2.4,
        "codec": "h264",
        "pixel_format": "yuv420p",
        "bytes": clip.stat().st_size,
    }


def test_the_hash_of_a_file_is_its_sha256(tmp_path: Path) -> None:
    path = tmp_path / "big.bin"
    path.write_bytes(np.random.default_rng(0).bytes(3_000_001))
    assert file_sha256(path) == hashlib.sha256(path.read_bytes()).hexdigest()


def test_suffixes_are_lower_case() -> None:
    assert all(suffix == suffix.lower() and suffix.startswith(".") for suffix in VIDEO_SUFFIXES)
