"""Single images of every kind become uint8 frames."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from PIL import Image, PngImagePlugin

from pyside.data.formats import images
from pyside.errors import BadImage
from tests.conftest import raises_with

HEIGHT, WIDTH = 20, 24
COLOUR = np.random.default_rng(1).integers(0, 256, (HEIGHT, WIDTH, 3), dtype=np.uint8)
GREY = COLOUR[..., 0]


def saved(path: Path, image: Image.Image, **options: Any) -> Path:
    image.save(path, **options)
    return path


def test_a_grey_image_is_read_as_it_is(tmp_path: Path) -> None:
    path = saved(tmp_path / "one.png", Image.fromarray(GREY))
    frame = images.read_image(path)
    assert frame.dtype == np.uint8 and np.array_equal(frame, GREY[..., None])
    assert images.image_size(path) == images.image_size(str(path)) == (HEIGHT, WIDTH)


def test_colours_stay_where_three_channels_are_asked_for(tmp_path: Path) -> None:
    path = saved(tmp_path / "one.tif", Image.fromarray(COLOUR))
    assert np.array_equal(images.read_image(path, channels=3), COLOUR)
    assert images.read_image(path).shape == (HEIGHT, WIDTH, 1)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16"])
@pytest.mark.parametrize("channels", [1, 3])
def test_every_kind_of_pixels_becomes_uint8(tmp_path: Path, mode: str, channels: int) -> None:
    picture = Image.fromarray(GREY.astype(np.uint16) * 257) if mode == "I;16" else Image.fromarray(COLOUR).convert(mode)
    path = saved(tmp_path / ("one.png" if mode != "CMYK" else "one.tif"), picture)
    frame = images.read_image(path, channels)
    expected = GREY if mode == "I;16" else np.asarray(picture.convert("L" if channels == 1 else "RGB"))
    assert np.array_equal(frame, np.broadcast_to(expected.reshape(HEIGHT, WIDTH, -1), (HEIGHT, WIDTH, channels)))


def test_a_cmyk_jpeg_has_the_colours_that_it_shows(tmp_path: Path) -> None:
    path = saved(tmp_path / "one.jpg", Image.new("CMYK", (WIDTH, HEIGHT), (0, 255, 255, 0)), quality=95)
    red = images.read_image(path, channels=3).astype(int)
    assert np.abs(red - (255, 0, 0)).max() <= 6


def test_another_size_is_reached_by_resizing(tmp_path: Path) -> None:
    path = saved(tmp_path / "one.bmp", Image.new("L", (60, 40), 77))
    frame = images.read_image(path, size=(10, 20))
    assert frame.shape == (10, 20, 1) and (frame == 77).all()


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"quality": 30}, {"comment": b"of a mouse"}])
@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
@pytest.mark.parametrize("orientation", [None, 1, 6])
def test_the_size_of_a_jpeg_is_that_of_its_frame(
    tmp_path: Path, mode: str, options: dict[str, Any], orientation: int | None
) -> None:
    exif = Image.Exif()
    if orientation:
        exif[0x0112] = orientation
    path = saved(tmp_path / "one.jpg", Image.fromarray(COLOUR).convert(mode), exif=exif, **options)
    assert images.image_size(path) == images.read_image(path).shape[:2]
    assert images.image_size(path) == ((WIDTH, HEIGHT) if orientation == 6 else (HEIGHT, WIDTH))


def test_every_beginning_of_a_jpeg_has_a_size_or_is_refused(tmp_path: Path) -> None:
    whole = saved(tmp_path / "one.jpg", Image.fromarray(COLOUR)).read_bytes()
    path = tmp_path / "short.jpg"
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        try:
            assert images.image_size(path) == (HEIGHT, WIDTH)
        except BadImage as error:
            assert "short.jpg" in error.text


@pytest.mark.parametrize("read", [images.read_image, images.image_size])
def test_what_is_no_image_is_named(tmp_path: Path, read: Any) -> None:
    (tmp_path / "text.png").write_text("no image")
    for name in ("text.png", "nowhere.png"):
        with raises_with(BadImage, name):
            read(tmp_path / name)


# --- damage that Pillow does not notice ------------------------------------------------------------------------------


def test_a_png_with_any_changed_byte_is_damaged(tmp_path: Path) -> None:
    path = saved(tmp_path / "one.png", Image.fromarray(COLOUR), pnginfo=_note())
    whole = path.read_bytes()
    rng = np.random.default_rng(0)
    for place in (8, 30, whole.index(b"tEXt") + 9, *rng.integers(33, len(whole), 100)):
        data = bytearray(whole)
        data[place] ^= 1 << rng.integers(8)
        path.write_bytes(data)
        for read in (images.read_image, _whole_size):
            with raises_with(BadImage, "one.png"):
                read(path)


def _whole_size(path: Path) -> tuple[int, int]:
    with images.quietly():
        return images.size_of(path, path.read_bytes())


def test_threads_that_read_at_once_leave_the_filters_of_warnings_as_they_were() -> None:
    before = list(warnings.filters)
    first, second = images.quietly(), images.quietly()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    with pytest.raises(Image.DecompressionBombWarning):
        warnings.warn("too large", Image.DecompressionBombWarning, stacklevel=1)
    second.__exit__(None, None, None)
    assert warnings.filters == before


def _note() -> PngImagePlugin.PngInfo:
    note = PngImagePlugin.PngInfo()
    note.add_text("Comment", "a mouse")
    return note


def test_a_png_without_its_end_is_damaged_and_one_with_more_after_it_is_not(tmp_path: Path) -> None:
    path = saved(tmp_path / "one.png", Image.fromarray(GREY))
    whole = path.read_bytes()
    path.write_bytes(whole[:-12])
    with raises_with(BadImage, "one.png"):
        images.read_image(path)
    path.write_bytes(whole + b"and more")
    assert np.array_equal(images.read_image(path)[..., 0], GREY)


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"exif": b"Exif\0\0\xff\xd8\xff\xd9"}])
def test_a_jpeg_whose_end_is_filled_with_zeros_is_damaged(tmp_path: Path, options: dict[str, Any]) -> None:
    path = saved(tmp_path / "one.jpg", Image.fromarray(COLOUR), quality=95, **options)
    whole = path.read_bytes()
    expected = images.read_image(path)
    for kept in (len(whole) // 2, len(whole) * 9 // 10, len(whole) - 2):
        path.write_bytes(whole[:kept].ljust(len(whole), b"\0"))
        for read in (images.read_image, _whole_size):
            with raises_with(BadImage, "one.jpg"):
                read(path)
    path.write_bytes(whole + b"\0 a film of a phone")
    assert np.array_equal(images.read_image(path), expected) and images.image_size(path) == (HEIGHT, WIDTH)


@pytest.mark.parametrize("compression", ["zlib", None])
@pytest.mark.parametrize("lack", ["missing", "nowhere"])
def test_a_tiff_that_lacks_strips_is_damaged(tmp_path: Path, compression: str | None, lack: str) -> None:
    path = tmp_path / "one.tif"
    tifffile.imwrite(path, GREY, rowsperstrip=5, compression=compression)
    assert np.array_equal(images.read_image(path)[..., 0], GREY)
    with tifffile.TiffFile(path, mode="r+") as file:
        offsets = file.pages[0].tags["StripOffsets"]
        offsets.overwrite(offsets.value[:2] if lack == "missing" else (*offsets.value[:3], 0))
    with raises_with(BadImage, "one.tif", 4):
        images.read_image(path)


@pytest.mark.parametrize("options", [{"rowsperstrip": 5}, {"tile": (16, 16)}])
def test_no_changed_byte_gives_a_deflated_tiff_other_pixels(tmp_path: Path, options: dict[str, Any]) -> None:
    path = tmp_path / "one.tif"
    tifffile.imwrite(path, GREY, compression="zlib", **options)
    whole = path.read_bytes()
    with tifffile.TiffFile(path) as file:
        start, size = file.pages[0].dataoffsets[1], file.pages[0].databytecounts[1]
    damaged = 0
    for place in range(start, start + size):
        data = bytearray(whole)
        data[place] ^= 4
        path.write_bytes(data)
        try:
            assert np.array_equal(images.read_image(path)[..., 0], GREY)  # a bit without meaning
        except BadImage:
            damaged += 1
    assert damaged > 0.9 * size


def test_floats_do_not_say_which_number_is_white(tmp_path: Path) -> None:
    path = saved(tmp_path / "floats.tif", Image.fromarray(GREY.astype(np.float32)))
    with raises_with(BadImage, "pixel_range"):
        images.image_size(path)


def test_what_pillow_warns_of_is_not_shown(tmp_path: Path) -> None:
    palette = Image.fromarray(COLOUR).quantize(4)
    path = saved(tmp_path / "one.png", palette, transparency=b"\x00\x80\xff\xff")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        images.read_image(path)
