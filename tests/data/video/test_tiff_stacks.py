"""TIFF stacks are videos, a frame a page; bad files are told as such."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from pyside.data.video.reader import decoding_rate, describe_video, probe, read_regions, sample_frames
from pyside.errors import BadVideo, OutOfFrame, TouchTrainError
from tests.conftest import raises_with
from tests.data.conftest import numbered_frames

tifffile = pytest.importorskip("tifffile")

FRAMES = numbered_frames(12, 24, 32)


def write_stack(path: Path, frames: np.ndarray, **options: Any) -> Path:
    """Write frames as pages, as a camera does: one page after the other."""
    with tifffile.TiffWriter(path, bigtiff=options.pop("bigtiff", False), byteorder=options.pop("order", None)) as file:
        for frame in frames:
            file.write(frame, contiguous=False, **options)
    return path


def read_all(path: Path, on_damage: str = "error") -> tuple[list[int], np.ndarray]:
    """Read whole frames: their numbers, and int64 (m, height, width)."""
    info = probe(path, on_damage)
    corner = np.zeros(info.n_frames, int)
    size = (info.height, info.width)
    chunks = list(read_regions(path, size, corner, corner, np.ones(info.n_frames, bool), on_damage=on_damage))
    numbers = [int(number) for several, _ in chunks for number in several]
    frames = [frames for _, frames in chunks] or [np.empty((0, *size, 1), np.uint8)]
    return numbers, np.concatenate(frames)[..., 0].astype(int)


FORMS: dict[str, dict[str, Any]] = {
    "as it is": {},
    "deflated": {"compression": "zlib"},
    "in strips": {"rowsperstrip": 5},
    "in tiles": {"tile": (16, 16)},
    "BigTIFF": {"bigtiff": True},
    "big-endian": {"order": ">"},
    "white is 0": {"photometric": "miniswhite"},
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("depth", [8, 16])
def test_each_page_is_a_frame(form: str, depth: int, tmp_path: Path) -> None:
    stored = FRAMES if depth == 8 else FRAMES.astype(np.uint16) * 257
    path = write_stack(tmp_path / "a.tif", stored, **FORMS[form])
    info = probe(path)
    assert (info.n_frames, info.height, info.width) == (12, 24, 32)
    assert (info.codec, info.pixel_format, info.frames_per_second) == ("tiff", f"gray{depth}", 0.0)
    numbers, frames = read_all(path)
    assert numbers == list(range(12))
    assert np.array_equal(frames, 255 - FRAMES if form == "white is 0" else FRAMES)


def test_16_bits_become_8_by_their_declared_depth_not_by_their_extremes(tmp_path: Path) -> None:
    dark = np.full((2, 6, 8), 4095, np.uint16)
    dark[1] = 0
    _, frames = read_all(write_stack(tmp_path / "a.tif", dark))
    assert frames[0].max() == 16 and frames[1].max() == 0


@pytest.mark.parametrize("compression", ["tiff_lzw", "packbits", "jpeg"])
def test_compressions_that_pillow_reads_are_read(compression: str, tmp_path: Path) -> None:
    from PIL import Image

    first, *others = [Image.fromarray(frame) for frame in FRAMES]
    first.save(tmp_path / "a.tif", save_all=True, append_images=others, compression=compression)
    numbers, frames = read_all(tmp_path / "a.tif")
    assert numbers == list(range(12))
    assert np.abs(frames - FRAMES).mean() < (8 if compression == "jpeg" else 1e-9)


def test_colours_become_their_luma(tmp_path: Path) -> None:
    from PIL import Image

    colours = np.random.default_rng(0).integers(0, 256, (3, 24, 32, 3), dtype=np.uint8)
    expected = np.stack([np.asarray(Image.fromarray(one).convert("L")) for one in colours])
    together = write_stack(tmp_path / "a.tif", colours, photometric="rgb")
    apart = write_stack(tmp_path / "b.tif", np.moveaxis(colours, 3, 1), photometric="rgb", planarconfig="separate")
    assert probe(together).pixel_format == "rgb24"
    assert np.abs(read_all(together)[1] - expected).max() <= 1
    assert np.abs(read_all(apart)[1] - expected).max() <= 1


def test_a_palette_becomes_its_luma(tmp_path: Path) -> None:
    palette = np.stack([np.arange(255, -1, -1, dtype=np.uint16) * 257] * 3)
    path = write_stack(tmp_path / "a.tif", FRAMES, photometric="palette", colormap=palette)
    assert np.array_equal(read_all(path)[1], 255 - FRAMES)


def test_a_stack_of_imagej_with_one_page_only_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, FRAMES.astype(">u2") * 257, imagej=True, metadata={"axes": "TYX"})
    data = path.read_bytes()
    place = int.from_bytes(data[4:8], "big")
    n_entries = int.from_bytes(data[place : place + 2], "big")
    following = place + 2 + 12 * n_entries
    path.write_bytes(data[:following] + bytes(4) + data[following + 4 :])  # as ImageJ does beyond 4 GB
    assert probe(path).n_frames == 12
    assert np.array_equal(read_all(path)[1], FRAMES)


def test_regions_are_cut_shifted_and_padded_as_in_any_video(tmp_path: Path) -> None:
    path = write_stack(tmp_path / "a.tif", FRAMES)
    keep = np.zeros(12, bool)
    keep[[2, 3, 11]] = True
    top, left = np.full(12, -3), np.full(12, 28)
    ((numbers, regions),) = read_regions(path, (7, 9), top, left, keep, pad=True)
    assert numbers.tolist() == [2, 3, 11] and regions.shape == (3, 7, 9, 1)
    assert not regions[:, :3].any() and not regions[:, :, 4:].any()
    assert np.array_equal(regions[:, 3:, :4, 0], FRAMES[[2, 3, 11], :4, 28:])
    with raises_with(OutOfFrame, 2):
        next(read_regions(path, (7, 9), top, left, keep))


def test_a_stack_is_described_sampled_and_timed(tmp_path: Path) -> None:
    path = write_stack(tmp_path / "a.TIFF", FRAMES)
    described = describe_video(path)
    assert described["frames"] == 12 and described["frames_per_second"] is None
    assert np.array_equal(sample_frames(path, 3), FRAMES[[0, 5, 11]])
    assert decoding_rate(path) > 1


# --- bad files -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float32, np.int16, np.uint32])
def test_pixels_that_do_not_say_which_number_is_white_are_refused(dtype: type, tmp_path: Path) -> None:
    path = write_stack(tmp_path / "a.tif", FRAMES.astype(dtype))
    with raises_with(BadVideo, "pixel_range"):
        probe(path)


def test_files_that_are_no_tiff_are_told(tmp_path: Path) -> None:
    (tmp_path / "empty.tif").touch()
    (tmp_path / "text.tif").write_text("frame 1")
    (tmp_path / "head.tif").write_bytes(b"II*\0\0\0\0\0")
    for name in ("empty.tif", "text.tif", "head.tif"):
        with raises_with(BadVideo, name):
            probe(tmp_path / name)


def test_a_page_of_another_size_is_named(tmp_path: Path) -> None:
    frames = [*FRAMES[:3], FRAMES[3, :20], *FRAMES[4:]]
    path = write_stack(tmp_path / "a.tif", frames)  # type: ignore[arg-type]
    with raises_with(BadVideo, 3, "32 x 20", "32 x 24"):
        read_all(path)
    numbers, kept = read_all(path, "skip")
    assert numbers == [0, 1, 2, 4, 5, 6, 7, 8, 9, 10, 11]
    assert np.array_equal(kept, FRAMES[numbers])


def test_a_stack_that_is_cut_short_is_an_error_or_gives_the_pages_that_are_there(tmp_path: Path) -> None:
    path = write_stack(tmp_path / "a.tif", FRAMES)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    with raises_with(BadVideo, 8):
        probe(path)
    assert probe(path, "skip").n_frames == 8
    numbers, frames = read_all(path, "skip")
    assert numbers == list(range(7)) and np.array_equal(frames, FRAMES[:7])  # the pixels of the eighth are cut off


def test_a_damaged_page_is_named_or_left_out(tmp_path: Path) -> None:
    path = write_stack(tmp_path / "a.tif", FRAMES, compression="zlib")
    with tifffile.TiffFile(path) as file:
        place = file.pages[5].dataoffsets[0]
    data = bytearray(path.read_bytes())
    data[place : place + 20] = bytes(20)
    path.write_bytes(data)
    with raises_with(BadVideo, 5, "on_damage"):
        read_all(path)
    numbers, frames = read_all(path, "skip")
    assert numbers == [0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11] and np.array_equal(frames, FRAMES[numbers])


@pytest.mark.parametrize("compression", ["tiff_lzw", "tiff_adobe_deflate"])
def test_a_page_that_lacks_a_strip_is_named_or_left_out(compression: str, tmp_path: Path) -> None:
    pages = [Image.fromarray(frame) for frame in FRAMES]
    path = tmp_path / "a.tif"
    pages[0].save(path, save_all=True, append_images=pages[1:], compression=compression, tiffinfo={278: 5})
    assert np.array_equal(read_all(path)[1], FRAMES)
    with tifffile.TiffFile(path, mode="r+") as file:
        offsets = file.pages[2].tags["StripOffsets"]
        offsets.overwrite(offsets.value[:-1])
    with raises_with(BadVideo, 2):
        read_all(path)
    assert read_all(path, "skip")[0] == [number for number in range(len(FRAMES)) if number != 2]


@given(seed=st.integers(0, 1 << 30), cut=st.booleans(), skip=st.booleans(), deflated=st.booleans())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_spoilt_stacks_give_frames_or_a_clear_error(
    seed: int, cut: bool, skip: bool, deflated: bool, tmp_path: Path
) -> None:
    path = write_stack(tmp_path / "a.tif", FRAMES[:4, :8, :8], **({"compression": "zlib"} if deflated else {}))
    rng, data = np.random.default_rng(seed), bytearray(path.read_bytes())
    if cut:
        del data[rng.integers(1, len(data)) :]
    for place in rng.integers(0, len(data), 0 if cut else rng.integers(1, 6)):
        data[place] ^= 1 << rng.integers(8)
    path.write_bytes(data)
    try:
        numbers, frames = read_all(path, "skip" if skip else "error")
        assert len(frames) == len(numbers) and np.all(np.diff(numbers) > 0)
    except TouchTrainError as error:
        assert "a.tif" in error.text


@pytest.mark.parametrize("on_damage", ["error", "skip"])
def test_a_page_that_claims_more_pixels_than_any_frame_has_is_refused(on_damage: str, tmp_path: Path) -> None:
    path = write_stack(tmp_path / "a.tif", FRAMES[:4, :8, :8], compression="zlib")
    with tifffile.TiffFile(path) as file:
        place = file.pages[0].tags["ImageLength"].valueoffset
    data = bytearray(path.read_bytes())
    data[place + 3] = 0x40
    path.write_bytes(data)
    with raises_with(BadVideo, "a.tif"):
        read_all(path, on_damage)


def test_tifffile_keeps_silent(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = write_stack(tmp_path / "a.tif", FRAMES)
    data = path.read_bytes()
    for length in range(20, len(data), 997):
        path.write_bytes(data[:length])
        try:
            read_all(path, "skip")
        except BadVideo:
            continue
    assert capfd.readouterr().err == ""
    assert logging.getLogger("tifffile").handlers
