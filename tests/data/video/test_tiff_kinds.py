"""A TIFF of any kind has one grey: as an image of a class folder, in a sequence, and as a page of a stack."""

from __future__ import annotations

import struct
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from pyside.data.formats.images import image_form, read_image
from pyside.data.video.image_sequences import is_sequence
from pyside.data.video.reader import probe, read_regions
from pyside.errors import BadImage, BadVideo, PixelRange, TouchTrainError
from tests.conftest import raises_with

tifffile = pytest.importorskip("tifffile")

N, HEIGHT, WIDTH = 3, 12, 17
RNG = np.random.default_rng(0)


def write_tiff(path: Path, pages: list[bytes], bits: tuple[int, ...], photometric: int, **tags: Any) -> Path:
    """Write pages as a plain TIFF, with any tags that a microscope or camera may write."""
    data, places = bytearray(b"II*\0\0\0\0\0"), [4]
    for page in pages:
        data += bytes(len(data) % 2)
        entries: dict[int, tuple[int, tuple[int, ...]]] = {
            256: (3, (WIDTH,)),
            257: (3, (HEIGHT,)),
            258: (3, bits),
            259: (3, (tags.get("compression", 1),)),
            262: (3, (photometric,)),
            273: (4, (len(data),)),
            277: (3, (len(bits),)),
            278: (3, (HEIGHT,)),
            279: (4, (len(page),)),
            339: (3, (tags.get("kind", 1),) * len(bits)),
        }
        if "extra" in tags:
            entries[338] = 3, (tags["extra"],)
        if "colours" in tags:
            entries[320] = 3, tuple(tags["colours"])
        data += page + bytes(len(page) % 2)
        rows = b""
        for tag, (form, values) in sorted(entries.items()):
            packed = struct.pack(f"<{len(values)}{'H' if form == 3 else 'I'}", *values)
            if len(packed) > 4:
                packed, place = struct.pack("<I", len(data)), packed
                data += place + bytes(len(place) % 2)
            rows += struct.pack("<HHI", tag, form, len(values)) + packed.ljust(4, b"\0")
        data[places[-1] : places[-1] + 4] = struct.pack("<I", len(data))
        data += struct.pack("<H", len(entries)) + rows
        places.append(len(data))
        data += bytes(4)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def packed(pixels: np.ndarray, bits: int) -> bytes:
    """Return whole numbers as a TIFF stores them: 16 bits in the byte order of the file, fewer bit by bit."""
    if bits == 16:
        return pixels.astype("<u2").tobytes()
    ones = (pixels.reshape(HEIGHT, -1)[..., np.newaxis] >> np.arange(bits - 1, -1, -1)) & 1
    return np.packbits(ones.reshape(HEIGHT, -1).astype(np.uint8), axis=1).tobytes()


def run_lengths(data: bytes) -> bytes:
    """Return bytes in the form of PackBits, which Pillow reads."""
    return b"".join(bytes([len(data[at : at + 99]) - 1]) + data[at : at + 99] for at in range(0, len(data), 99))


def greys(
    folder: Path, pages: list[bytes], *form: Any, pixel_range: tuple[float, float] | None = None, **tags: Any
) -> list[Any]:
    """Return the frames, int (N, HEIGHT, WIDTH), of single images, of a sequence and of a stack, or their errors."""
    single = [write_tiff(folder / "seq" / f"{number}.tif", [page], *form, **tags) for number, page in enumerate(pages)]
    stack = write_tiff(folder / "stack.tif", pages, *form, **tags)
    corner, keep = np.zeros(N, int), np.ones(N, bool)

    def images() -> np.ndarray:
        return np.stack([read_image(path, pixel_range=pixel_range) for path in single])

    def video(path: Path) -> np.ndarray:
        assert probe(path, pixel_range=pixel_range).n_frames == N
        size = HEIGHT, WIDTH
        return next(read_regions(path, size, corner, corner, keep, pixel_range=pixel_range))[1]

    found: list[Any] = []
    for read in (images, lambda: video(folder / "seq"), lambda: video(stack)):
        try:
            found.append(read()[..., 0].astype(int))
        except TouchTrainError as error:
            found.append(error)
    return found


def whole_numbers(bits: int, *shape: int) -> np.ndarray:
    pixels = RNG.integers(0, 1 << bits, (N, HEIGHT, WIDTH, *shape))
    pixels[:, 0, 0], pixels[:, 0, 1] = 0, (1 << bits) - 1
    return pixels


@pytest.mark.parametrize("is_packed", [False, True])
@pytest.mark.parametrize("white_is_zero", [False, True])
@pytest.mark.parametrize("bits", [1, 2, 4, 8, 12, 16])
def test_grey_of_any_depth(tmp_path: Path, bits: int, white_is_zero: bool, is_packed: bool) -> None:
    pixels = whole_numbers(bits)
    expected = np.rint(pixels * (255 / ((1 << bits) - 1))).astype(int)
    expected = 255 - expected if white_is_zero else expected
    pages = [packed(page, bits) for page in pixels]
    pages = [run_lengths(page) for page in pages] if is_packed else pages
    found = greys(tmp_path, pages, (bits,), 0 if white_is_zero else 1, compression=32773 if is_packed else 1)
    if bits == 12 and white_is_zero:  # which Pillow does not know
        assert all(isinstance(one, TouchTrainError) for one in found)
        return
    for one in found:
        assert np.array_equal(one, expected), one


KINDS: dict[str, tuple[int, tuple[int, ...], int, dict[str, Any]]] = {
    "RGB": (8, (3,), 2, {}),
    "RGB of 16 bits": (16, (3,), 2, {}),
    "RGB and transparency": (8, (4,), 2, {"extra": 2}),
    "RGB times transparency": (8, (4,), 2, {"extra": 1}),
    "grey and transparency": (8, (2,), 1, {"extra": 2}),
    "CMYK": (8, (4,), 5, {}),
    "YCbCr": (8, (3,), 6, {}),
    "a palette": (8, (), 3, {"colours": RNG.integers(0, 256, 768) * 257}),
    "a palette of 16": (4, (), 3, {"colours": RNG.integers(0, 256, 48) * 257}),
}


@pytest.mark.parametrize("kind", KINDS)
def test_colours_of_any_kind_have_one_grey(tmp_path: Path, kind: str) -> None:
    bits, shape, photometric, tags = KINDS[kind]
    pixels = whole_numbers(bits, *shape)
    form = (bits,) * (shape[0] if shape else 1)
    images, sequence, stack = greys(tmp_path, [packed(page, bits) for page in pixels], form, photometric, **tags)
    assert np.array_equal(images, sequence)
    assert np.abs(images - stack).max() <= 1
    assert images.max() - images.min() > 100
    if kind == "CMYK":  # ink is dark
        brightness = 255 - pixels[..., :3].mean(3) - pixels[..., 3]
        assert np.corrcoef(images.ravel(), brightness.ravel())[0, 1] > 0.8


@pytest.mark.parametrize(("bits", "kind"), [(8, 2), (16, 2), (32, 3)])
def test_signed_numbers_and_floats_are_refused_everywhere(tmp_path: Path, bits: int, kind: int) -> None:
    pages = [bytes(HEIGHT * WIDTH * bits // 8)] * N
    for one, error in zip(greys(tmp_path, pages, (bits,), 1, kind=kind), (BadImage, BadVideo, BadVideo), strict=True):
        assert isinstance(one, error) and "pixel_range" in one.text


@pytest.mark.parametrize(("dtype", "kind"), [("<f4", 3), ("<i2", 2), ("<u2", 1), ("<i4", 2)])
@pytest.mark.parametrize("white_is_zero", [False, True])
def test_a_pixel_range_makes_them_grey(tmp_path: Path, dtype: str, kind: int, white_is_zero: bool) -> None:
    if kind == 2 and white_is_zero:
        return
    values = RNG.integers(0, 1001, (N, HEIGHT, WIDTH)).astype(dtype)
    form = [page.tobytes() for page in values], (values.itemsize * 8,), 0 if white_is_zero else 1
    expected = np.rint(values * 0.255).astype(int)
    for one in greys(tmp_path, *form, kind=kind, pixel_range=(0, 1000)):
        assert np.abs(one - (255 - expected if white_is_zero else expected)).max() == 0
    for one in greys(tmp_path / "short", *form, kind=kind, pixel_range=(0, 900)):
        assert isinstance(one, PixelRange)


def seen(folder: Path, pixels: list[np.ndarray], pixel_range: tuple[float, float] | None = None, **how: Any) -> Any:
    """Write pixels by tifffile; return their grey as images, as a sequence and as a stack."""
    folder.mkdir()
    for number, page in enumerate(pixels):
        tifffile.imwrite(folder / f"{number}.tif", page, metadata=None, **how)
    stack = folder.with_suffix(".tif")
    with tifffile.TiffWriter(stack) as writer:
        for page in pixels:
            writer.write(page, metadata=None, **how)
    found = [[read_image(one, pixel_range=pixel_range)[..., 0] for one in sorted(folder.glob("*.tif"))]]
    for path in (folder, stack):
        info = probe(path, pixel_range=pixel_range)
        corner = np.zeros(info.n_frames, int)
        size = info.height, info.width
        found.append(next(read_regions(path, size, corner, corner, corner == 0, pixel_range=pixel_range))[1][..., 0])
    return [np.array(one).astype(int) for one in found]


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("dtype", ["u1", "u2"])
def test_pages_are_turned_upright_as_images_are(tmp_path: Path, orientation: int, dtype: str) -> None:
    scale = 257 if dtype == "u2" else 1
    pixels = [RNG.integers(0, 256, (HEIGHT, WIDTH)) for _ in range(N)]
    turned = {
        1: lambda one: one,
        2: np.fliplr,
        3: lambda one: np.rot90(one, 2),
        4: np.flipud,
        5: np.transpose,
        6: lambda one: np.rot90(one, 3),
        7: lambda one: np.rot90(one, 2).T,
        8: np.rot90,
    }[orientation]
    tags = [(274, "H", 1, orientation, True)]
    stored = [(one * scale).astype(dtype) for one in pixels]
    for one in seen(tmp_path / "all", stored, photometric="minisblack", extratags=tags):
        assert np.array_equal(one, [turned(page) for page in pixels])


@pytest.mark.parametrize("apart", [False, True])
@pytest.mark.parametrize("channels", [3, 4])
def test_a_pixel_range_applies_to_16_bit_colours_wherever_they_are(tmp_path: Path, apart: bool, channels: int) -> None:
    pixels = [RNG.integers(0, 4096, (HEIGHT, WIDTH, channels)) for _ in range(N)]
    how = {"photometric": "rgb", "planarconfig": "separate" if apart else "contig"}
    how |= {"extrasamples": ["unassalpha"]} if channels == 4 else {}
    stored = [(np.moveaxis(one, 2, 0) if apart else one).astype("u2") for one in pixels]
    expected = np.array(pixels)[..., :3] @ (0.299, 0.587, 0.114)
    for one in seen(tmp_path / "range", stored, (0, 4095), **how):
        assert np.abs(one - expected * (255 / 4095)).max() <= 1
    for one in seen(tmp_path / "all", [page * 16 for page in stored], **how):
        assert np.abs(one - expected * (255 / 4095)).max() <= 1.5
    with pytest.raises(PixelRange):
        read_image(tmp_path / "range" / "0.tif", pixel_range=(0, 2000))


def test_a_pixel_range_applies_to_16_bit_colours_and_transparency_of_png(tmp_path: Path) -> None:
    colours = RNG.integers(0, 4096, (HEIGHT, WIDTH, 3)).astype("<u2")
    kinds = {"rgb48be": (colours, "rgb48le"), "gray16be": (colours[..., 0], "gray16le")}
    kinds |= {"ya16be": kinds["gray16be"], "rgba64be": kinds["rgb48be"]}
    for pixels, (values, form) in kinds.items():
        path = tmp_path / f"{pixels}.png"
        encoder = av.CodecContext.create("png", "w")
        encoder.height, encoder.width, encoder.pix_fmt, encoder.time_base = HEIGHT, WIDTH, pixels, Fraction(1)
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(values), format=form).reformat(format=pixels)
        path.write_bytes(bytes(encoder.encode(frame)[0]))
        grey = values if values.ndim == 2 else values @ (0.299, 0.587, 0.114)
        assert image_form(path)[1] == 16
        assert np.abs(read_image(path, pixel_range=(0, 4095))[..., 0] - grey * (255 / 4095)).max() <= 1
        assert 14 <= read_image(path).max() <= read_image(path, 3).max() <= 16
        in_colour = read_image(path, 3, pixel_range=(0, 4095)) - values.reshape(HEIGHT, WIDTH, -1) * (255 / 4095)
        assert np.abs(in_colour).max() <= 0.5


def test_pages_of_one_stack_may_have_different_depths(tmp_path: Path) -> None:
    grey = RNG.integers(0, 256, (HEIGHT, WIDTH))
    for name, dtypes in (("one", ["u1", "u2"]), ("two", ["u2", "u1"])):
        with tifffile.TiffWriter(tmp_path / f"{name}.tif") as writer:
            for dtype in dtypes:
                writer.write((grey * (16 if dtype == "u2" else 1)).astype(dtype), metadata=None)
        corner = np.zeros(2, int)
        size = HEIGHT, WIDTH
        (chunk,) = read_regions(tmp_path / f"{name}.tif", size, corner, corner, corner == 0, pixel_range=(0, 255 * 16))
        assert np.array_equal(chunk[1][..., 0], [grey, grey])


def test_kinds_that_cannot_be_read_are_no_damage(tmp_path: Path) -> None:
    pages = [packed(page, 12) for page in whole_numbers(12)]
    for one in greys(tmp_path, pages, (12,), 0):
        assert "8 or 16 bits" in one.text
    with pytest.raises(BadVideo) as caught:
        probe(tmp_path / "stack.tif")
    assert "opy" not in caught.value.text


def test_the_bits_of_an_image_are_those_of_its_grey(tmp_path: Path) -> None:
    for bits, photometric, expected in (((16,), 1, 16), ((12,), 1, 12), ((8,), 1, 8), ((16, 16, 16), 2, 16)):
        page = packed(whole_numbers(bits[0], *([3] if len(bits) > 1 else []))[0], bits[0])
        assert image_form(write_tiff(tmp_path / "one.tif", [page], bits, photometric))[1] == expected
    with raises_with(BadImage, "none.tif"):
        image_form(tmp_path / "none.tif")


@pytest.mark.parametrize("how", ["ImageJ", "truncated"])
def test_a_stack_of_one_page_is_no_image(tmp_path: Path, how: str) -> None:
    pixels = RNG.integers(0, 256, (N, HEIGHT, WIDTH)).astype("u1")
    folder = tmp_path / "videos"
    folder.mkdir()
    for number in range(3):
        path = folder / f"trial{number}.tif"
        if how == "truncated":
            tifffile.imwrite(path, pixels, photometric="minisblack", truncate=True)
        else:  # as ImageJ writes stacks that are too large for pages
            said = f"ImageJ=1.53t\nimages={N}\nslices={N}\nloop=false\n"
            tifffile.imwrite(path, pixels[0], description=said, metadata=None)
            path.write_bytes(path.read_bytes() + pixels[1:].tobytes())
    corner = np.zeros(N, int)
    (chunk,) = read_regions(path, (HEIGHT, WIDTH), corner, corner, corner == 0)
    assert np.array_equal(chunk[1][..., 0], pixels)
    assert not is_sequence(folder)
    with raises_with(BadImage, path, f"holds {N} images"):
        read_image(path)
    tifffile.imwrite(path, pixels[0], description=f"ImageJ=1.53t\nimages={N}\n", metadata=None)  # one page of a stack
    assert np.array_equal(read_image(path)[..., 0], pixels[0]) and probe(path).n_frames == 1


@pytest.mark.parametrize("config", ["contig", "separate"])
def test_three_channels_of_grey_are_not_mixed(tmp_path: Path, config: str) -> None:
    shape = (HEIGHT, WIDTH, 3) if config == "contig" else (3, HEIGHT, WIDTH)
    pixels = RNG.integers(0, 256, shape).astype("u1")
    tifffile.imwrite(tmp_path / "one.tif", pixels, photometric="minisblack", planarconfig=config, metadata=None)
    with raises_with(BadVideo, "one.tif", "3 channels"):
        probe(tmp_path / "one.tif")
    with raises_with(BadImage, "one.tif"):
        read_image(tmp_path / "one.tif")
