"""Unusual videos without damage: frames without a picture, several streams, grey that the file does not describe."""

from __future__ import annotations

from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import av
import numpy as np
import pytest
from av.bitstream import BitStreamFilterContext

from pyside.data.video import ffmpeg_frames
from pyside.data.video.reader import describe_video, probe, read_regions, sample_frames
from pyside.errors import BadVideo
from tests.conftest import holds, raises_with
from tests.data.odd_videos import (
    EMPTY,
    FRAMES,
    HEIGHT,
    N_FRAMES,
    WIDTH,
    cut_between_key_frames,
    dropped_among_b_frames,
    dropped_avi,
    empty_samples,
    empty_samples_between_b_frames,
    encoded,
    never_shown,
    not_coded,
    pictures,
    showing,
    two_streams,
    without,
    write_avi,
)

Read = tuple[list[int], np.ndarray]


def read(path: Path, keep: np.ndarray, size: tuple[int, int] = (HEIGHT, WIDTH), **options: object) -> Read:
    """Read whole frames: their numbers, and int64 (m, height, width)."""
    corner = np.zeros(len(keep), int)
    chunks = list(read_regions(path, size, corner, corner, keep, **options))  # type: ignore[arg-type]
    numbers = [int(number) for several, _ in chunks for number in several]
    return numbers, np.concatenate([frames[..., 0] for _, frames in chunks]).astype(int)


# --- frames without a picture --------------------------------------------------------------------------------------


def reordered_mov(path: Path) -> list[int]:
    return empty_samples_between_b_frames(path)[1]


def of_avi(numbers: Collection[int], index: bool = True) -> Callable[[Path], list[int]]:
    def make(path: Path) -> list[int]:
        dropped_avi(path, numbers, index)
        return sorted(numbers)

    return make


def test_small_packets_are_frames_in_several_threads_too(tmp_path: Path) -> None:
    still = encoded(np.repeat(FRAMES[:1], N_FRAMES, axis=0), "mpeg4", options={"g": "20", "bf": "0"})
    path = write_avi(tmp_path / "a.avi", still, b"XVID", range(0, N_FRAMES, 20))
    with ThreadPoolExecutor(8) as pool:
        assert {one.empty for one in pool.map(lambda _: probe(path), range(200))} == {()}


def of(write: Callable[[Path], object]) -> Callable[[Path], list[int]]:
    def make(path: Path) -> list[int]:
        write(path)
        return list(EMPTY)

    return make


FILES: dict[str, tuple[str, Callable[[Path], list[int]]]] = {
    "avi with dropped frames": ("a.avi", of_avi(EMPTY)),
    "avi that begins and ends with dropped frames": ("a.avi", of_avi((0, 1, 30, 58, 59))),
    "avi with dropped frames and no index": ("a.avi", of_avi((5, 6, 59), index=False)),
    "avi of MPEG-4 with B-frames and dropped frames": ("a.avi", of(lambda path: dropped_among_b_frames(path, "mpeg4"))),
    "mov with empty samples": ("a.mov", of(empty_samples)),
    "mov with empty samples between B-frames": ("a.mov", reordered_mov),
    "avi of MPEG-4 with frames that are not coded": ("a.avi", of(not_coded)),
    "mp4 of MPEG-4 with frames that are not coded": ("a.mp4", of(not_coded)),
    "mkv of MPEG-4 with frames that are not coded": ("a.mkv", of(not_coded)),
    "avi of VP8 with alternate references": ("a.avi", lambda path: never_shown(path)[1]),
    "ivf of VP8 with alternate references": ("a.ivf", lambda path: never_shown(path)[1]),
    "ivf of VP9 with alternate references": ("a.ivf", lambda path: never_shown(path, "libvpx-vp9")[1]),
}


@pytest.fixture(params=FILES)
def odd(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, list[int]]:
    """A video of 60 frames by its container's count, and which of them hold no picture."""
    name, make = FILES[request.param]
    return tmp_path / name, make(tmp_path / name)


def test_pictures_are_counted_and_frames_without_one_are_known(
    odd: tuple[Path, list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, empty = odd
    monkeypatch.setattr(ffmpeg_frames, "_WORTH_SEEKING", 5)
    held = without(empty)
    for on_damage in ("error", "skip"):
        info = probe(path, on_damage)
        assert (info.n_frames, info.n_counted, list(info.empty)) == (len(held), N_FRAMES, empty)
        for keep in (np.ones(len(held), bool), np.arange(len(held)) >= 25, np.arange(len(held)) == 45):
            numbers, frames = read(path, keep, on_damage=on_damage)
            assert numbers == np.flatnonzero(keep).tolist()
            assert pictures(frames) == [held[number] for number in numbers]
        for keep in (np.ones(N_FRAMES, bool), np.arange(N_FRAMES) >= 31, np.isin(np.arange(N_FRAMES), [11, 12, 39])):
            numbers, frames = read(path, keep, on_damage=on_damage, repeated=info.empty)
            assert numbers == np.flatnonzero(keep).tolist()
            assert pictures(frames) == [showing(empty)[number] for number in numbers]
    assert 3 <= len(sample_frames(path, 4)) <= 4
    described = describe_video(path)
    assert (described["frames"], described["frames_of_container"]) == (len(held), N_FRAMES)
    assert described["empty_frames"] == len(empty) and holds(described["warnings"][0], N_FRAMES, empty[0] + 1)


@pytest.mark.parametrize("name", ["a.webm", "a.mkv"])
def test_alternate_references_in_a_container_without_a_count_are_no_frames(name: str, tmp_path: Path) -> None:
    path, hidden = never_shown(tmp_path / name)
    for on_damage in ("error", "skip"):
        info = probe(path, on_damage)
        assert (info.n_frames, info.hidden, info.empty) == (N_FRAMES - len(hidden), len(hidden), ())
        numbers, frames = read(path, np.ones(info.n_frames, bool), on_damage=on_damage)
        assert numbers == list(range(info.n_frames)) and pictures(frames) == without(hidden)


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("a.mkv", "mpeg2video"),
        ("a.mov", "mpeg2video"),
        ("a.ts", "mpeg2video"),
        ("a.mkv", "mpeg4"),
        ("a.mp4", "libx265"),
    ],
)
def test_what_is_shown_before_the_first_key_frame_is_counted_as_far_as_it_can_be_rebuilt(
    name: str, codec: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, leading = cut_between_key_frames(tmp_path / name, codec)
    with av.open(str(path)) as file:
        decoded = [frame.to_ndarray(format="gray") for frame in file.decode(video=0)]
    monkeypatch.setattr(ffmpeg_frames, "_WORTH_SEEKING", 5)
    assert leading == 2
    for on_damage in ("error", "skip"):
        info = probe(path, on_damage)
        assert info.n_frames == len(decoded)
        for first in (0, 30):
            numbers, frames = read(path, np.arange(len(decoded)) >= first, on_damage=on_damage)
            assert numbers == list(range(first, len(decoded))) and pictures(frames) == pictures(
                np.array(decoded[first:])
            )


def test_places_of_dropped_frames_that_an_avi_does_not_tell_are_not_certain(tmp_path: Path) -> None:
    path = dropped_among_b_frames(tmp_path / "a.avi", "libx264")
    for on_damage in ("error", "skip"):
        info = probe(path, on_damage)
        assert (info.n_frames, info.n_counted, info.is_placed) == (56, 60, False)
        numbers, frames = read(path, np.ones(56, bool), on_damage=on_damage)
        assert numbers == list(range(56)) and pictures(frames) == without(EMPTY)


def test_each_repeat_of_a_picture_is_cut_at_its_own_place(tmp_path: Path) -> None:
    path = dropped_avi(tmp_path / "a.avi")
    top, left = np.arange(N_FRAMES) % 7, np.arange(N_FRAMES) % 11
    ((_, regions),) = read_regions(path, (30, 40), top, left, np.ones(N_FRAMES, bool), repeated=EMPTY)
    _, whole = read(path, np.ones(N_FRAMES, bool), repeated=EMPTY)
    for number, region in enumerate(regions[..., 0]):
        row, column = top[number], left[number]
        assert np.array_equal(region, whole[number, row : row + 30, column : column + 40])


def test_many_repeats_pass_through_chunks_of_any_size(tmp_path: Path) -> None:
    packets = encoded(FRAMES[:3], "mjpeg", "yuvj420p")
    path = write_avi(tmp_path / "a.avi", [packets[0], *[b""] * 700, packets[1], packets[2], *[b""] * 300], b"MJPG")
    info = probe(path)
    assert (info.n_frames, info.n_counted) == (3, 1003)
    for on_damage in ("error", "skip"):
        numbers, frames = read(path, np.ones(1003, bool), on_damage=on_damage, repeated=info.empty)
        assert numbers == list(range(1003))
        assert pictures(frames) == [0] * 701 + [1] + [2] * 301


def test_packed_frames_of_mpeg4_are_not_taken_for_missing_ones(tmp_path: Path) -> None:
    packets = encoded(FRAMES, "mpeg4", options={"g": "300", "bf": "1", "qscale": "2"})
    # As DivX stores them: a frame with the B-frame before it, then a place holder.
    packed = [packets[0].replace(b"\0\0\1\xb6", b"\0\0\1\xb2DivX503b1393p\0\0\1\xb6")]
    for first, second in zip(packets[1::2], packets[2::2], strict=False):
        packed += [first + second, b"\0\0\1\xb6\x50\x0f\xff"]
    packed += packets[len(packed) :]
    path = write_avi(tmp_path / "a.avi", packed, b"DIVX", [0])
    with av.open(str(path)) as file:
        n_decoded = sum(1 for _ in file.decode(video=0))
    info = probe(path)
    assert n_decoded > 50 and (info.n_frames, info.n_counted) == (n_decoded, len(packed))


def test_damage_among_dropped_frames_is_left_out_and_all_numbers_are_right(tmp_path: Path) -> None:
    path = dropped_avi(tmp_path / "a.avi")
    data = bytearray(path.read_bytes())
    packet = encoded(FRAMES, "mjpeg", "yuvj420p")[20]
    place = data.index(packet)
    data[place : place + len(packet)] = b"\xff" * len(packet)
    path.write_bytes(data)
    numbers, frames = read(path, np.ones(N_FRAMES, bool), on_damage="skip", repeated=EMPTY)
    assert numbers == without([20]) and pictures(frames) == [showing(EMPTY)[number] for number in numbers]
    with raises_with(BadVideo, 20):
        read(path, np.ones(N_FRAMES, bool), repeated=EMPTY)


# --- several streams -----------------------------------------------------------------------------------------------

SMALL, LARGE = (32, 48), (64, 80)


@pytest.mark.parametrize(
    ("name", "default", "n", "stream", "is_certain"),
    [
        ("proxy.mkv", [1], (20, 20), 2, True),
        ("proxy.mkv", [0], (20, 20), 1, True),
        ("cameras.mkv", [], (20, 20), 1, False),
        ("cameras.mkv", [0, 1], (20, 20), 1, False),
    ],
)
def test_of_several_streams_the_default_one_is_read(
    name: str, default: list[int], n: tuple[int, int], stream: int, is_certain: bool, tmp_path: Path
) -> None:
    path = two_streams(tmp_path / name, default, (SMALL, LARGE), n)
    info = probe(path)
    assert (info.stream, info.is_certain, len(info.streams)) == (stream, is_certain, 2)
    assert all(holds(text, f"{h} x {w}") for text, (h, w) in zip(info.streams, (SMALL, LARGE), strict=True))
    described = describe_video(path)
    assert described["stream"] == stream and len(described["streams"]) == 2
    for wanted in (None, 1, 2):
        number, size = (wanted or stream), (SMALL, LARGE)[(wanted or stream) - 1]
        info = probe(path, stream=wanted)
        assert (info.n_frames, info.height, info.width, info.stream) == (20, *size, number)
        assert info.is_certain or wanted is None
        for on_damage in ("error", "skip"):
            _, frames = read(path, np.arange(20) > 3, size, stream=wanted, on_damage=on_damage)
            assert frames.shape == (16, *size) and abs(frames - (50 + 50 * number)).max() <= 3
        assert sample_frames(path, 2, stream=wanted).shape[1:] == size
    with raises_with(BadVideo, 2, 3):
        probe(path, stream=3)


def test_a_thumbnail_is_no_stream_to_choose(tmp_path: Path) -> None:
    path = two_streams(tmp_path / "thumb.mp4", [0, 1], (SMALL, LARGE), (1, 20))
    info = probe(path)
    assert (info.n_frames, info.height, info.stream, info.streams, info.is_certain) == (20, 64, 1, (), True)
    assert abs(read(path, np.ones(20, bool), LARGE)[1] - 150).max() <= 3


# --- grey ----------------------------------------------------------------------------------------------------------

LEVELS = np.linspace(0, 255, 16).astype(np.uint8)


def steps_of(levels: np.ndarray) -> np.ndarray:
    """Return six frames of 64 x 64 with these 16 levels of grey, in squares: uint8."""
    image = np.asarray(levels, np.uint8).reshape(4, 4).repeat(16, 0).repeat(16, 1)
    return np.repeat(image[np.newaxis], 6, 0)


def write_grey(
    path: Path, frames: np.ndarray, codec: str = "libx264", colour_range: int = 0, pixels: str = "gray"
) -> Path:
    options = {"libx264": {"qp": "1"}, "libx265": {"x265-params": "qp=1:log-level=none"}}.get(codec, {})
    file_format = "h264" if path.suffix == ".h264" else None
    with av.open(str(path), "w", format=file_format) as file:
        stream = file.add_stream(codec, rate=25, options=options)
        stream.height, stream.width, stream.pix_fmt = *frames.shape[1:], pixels
        stream.codec_context.color_range = colour_range
        for image in frames:
            frame = av.VideoFrame.from_ndarray(image, format="gray").reformat(format=pixels)
            frame.color_range = colour_range
            file.mux(stream.encode(frame))
        file.mux(stream.encode())
    return path


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.avi", "a.mov", "a.ts", "a.h264", "a.10bits.mp4"])
def test_h264_without_colour_has_the_grey_that_the_camera_wrote(name: str, tmp_path: Path) -> None:
    path = write_grey(tmp_path / name, steps_of(LEVELS), pixels="gray10le" if "10bits" in name else "gray")
    for options in ({}, {"on_damage": "skip"}, {"grey": "raw-y"}):
        assert abs(read(path, np.ones(6, bool), (64, 64), **options)[1] - steps_of(LEVELS)).max() <= 1
    assert abs(sample_frames(path, 1)[0].astype(int) - steps_of(LEVELS)[0]).max() <= 1
    assert not probe(path).remarks


def test_h264_without_colour_whose_levels_fit_both_ranges_is_remarked_on(tmp_path: Path) -> None:
    levels = np.linspace(40, 200, 16).astype(np.uint8)
    path = write_grey(tmp_path / "a.mp4", steps_of(levels))
    (remark,) = probe(path).remarks
    assert holds(remark, 0, 255, 16, 235, 40, 200)
    assert abs(read(path, np.ones(6, bool), (64, 64))[1] - steps_of(levels)).max() <= 1
    deep = write_grey(tmp_path / "b.mp4", steps_of(levels), pixels="gray10le")
    assert holds(probe(deep).remarks[0], 40, 200)
    limited = tmp_path / "c.mp4"
    with av.open(str(path)) as old, av.open(str(limited), "w") as new:  # as the remark advises
        stream = new.add_stream_from_template(old.streams.video[0])
        stating = BitStreamFilterContext("h264_metadata=video_full_range_flag=0", old.streams.video[0], stream)
        for packet in old.demux(video=0):
            for changed in stating.filter(packet if packet.size else None):
                changed.stream = stream
                new.mux(changed)
    assert not probe(limited).remarks
    expected = (steps_of(levels).astype(int) - 16) * 255 / 219
    assert abs(read(limited, np.ones(6, bool), (64, 64))[1] - expected).max() <= 2


def test_a_stated_range_and_other_codecs_of_grey_are_not_remarked_on(tmp_path: Path) -> None:
    full = write_grey(tmp_path / "full.mp4", steps_of(LEVELS), colour_range=2)
    assert not probe(full).remarks
    assert abs(read(full, np.ones(6, bool), (64, 64))[1] - steps_of(LEVELS)).max() <= 1
    for name, codec in (("a.mkv", "ffv1"), ("b.mp4", "libx265"), ("c.avi", "rawvideo")):
        path = write_grey(tmp_path / name, steps_of(LEVELS), codec)
        assert not probe(path).remarks
        assert abs(read(path, np.ones(6, bool), (64, 64))[1] - steps_of(LEVELS)).max() <= 1


def test_without_a_palette_grey_is_the_stored_numbers(tmp_path: Path) -> None:
    height, width = 47, 61  # rows are padded to 4 bytes, and stored from the bottom up
    image = np.random.default_rng(0).integers(0, 256, (height, width), dtype=np.uint8)
    rows = np.pad(image[::-1], ((0, 0), (0, -width % 4))).tobytes()
    palette = b"".join(bytes([255 - level] * 3 + [0]) for level in range(256))
    lacking = write_avi(tmp_path / "a.avi", [rows] * 6, b"DIB ", bits=8, size=(height, width))
    with_one = write_avi(tmp_path / "b.avi", [rows] * 6, b"DIB ", bits=8, palette=palette, size=(height, width))
    for grey in ("full-range", "raw-y"):
        assert np.array_equal(read(lacking, np.ones(6, bool), (height, width), grey=grey)[1], [image] * 6)
        found = read(with_one, np.ones(6, bool), (height, width), grey=grey)[1]
        assert abs(found - (255 - image.astype(int))).max() <= 1
    assert np.array_equal(sample_frames(lacking, 1)[0], image)
    assert holds(probe(lacking).remarks[0], "palette") and not probe(with_one).remarks


@pytest.mark.parametrize(("anticlockwise", "clockwise"), [(90, "270"), (180, "180"), (-90, "90"), (0, "")])
@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv"])
def test_that_a_video_asks_to_be_turned_is_told(
    tmp_path: Path, anticlockwise: int, clockwise: str, suffix: str
) -> None:
    path = tmp_path / f"one{suffix}"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=25, options={"qmin": "1", "qmax": "1"})
        stream.width, stream.height, stream.pix_fmt = 48, 32, "yuv420p"
        if anticlockwise:
            stream.set_display_rotation(anticlockwise)
        image = np.tile(np.arange(40, 200, 5, dtype=np.uint8)[:, np.newaxis], (1, 48))
        container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="gray").reformat(format="yuv420p")))
        container.mux(stream.encode(None))
    told = probe(path).remarks
    assert len(told) == bool(clockwise and suffix != ".mkv") and all(clockwise in one for one in told)
    assert np.abs(sample_frames(path, 1)[0] - image.astype(int)).max() <= 4  # as it is stored


def test_16_bits_of_an_avi_may_be_colours_or_grey(tmp_path: Path) -> None:
    packets = [np.arange(32 * 48, dtype="<u2").tobytes()] * 3
    told = probe(write_avi(tmp_path / "one.avi", packets, b"DIB ", bits=16, size=(32, 48))).remarks
    assert len(told) == 1 and holds(told[0], "5 bits", "16 bits of grey")
