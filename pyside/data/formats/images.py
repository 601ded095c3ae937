"""Reads images, one or several at a time: png, jpg, bmp and tif of any kind become uint8 frames.

Grey is luma. For a JPEG it is the luma stored in the file, for other colours Pillow's; both agree within 2 of 255
except for colours that RGB cannot represent. Greys of more than 8 bits are scaled to 8 by a pixel range, by default all
their bits (65535 is white); colours of 16 bits likewise. Transparency is dropped. Images are turned upright by their
EXIF orientation, as every viewer does; so are pages of TIFF stacks. Images of another size are resized bilinearly,
without keeping the aspect ratio.

Pillow returns other pixels, or black ones, for a PNG whose checksum is wrong, a JPEG that was cut short and filled up
with zeros, and a TIFF that lacks strips: these are damaged here.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import io
import math
import re
import struct
import threading
import warnings
import zlib
from collections.abc import Iterator, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from pyside.aliases import Array
from pyside.data.formats.frames import adjust_contrast, luma_of, to_uint8
from pyside.errors import BadImage, NotReadable, TouchTrainError
from pyside.settings.core import named
from pyside.system.paths import changed, not_readable

SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff")
_FORMATS = ("PNG", "JPEG", "BMP", "TIFF")
_EIGHT_BIT = ("1", "L", "LA", "P", "PA", "RGB", "RGBA", "RGBX", "RGBa", "CMYK", "YCbCr")
_SIXTEEN_BIT = ("I;16", "I;16B", "I;16L", "I;16N")
_ANY_NUMBERS = ("I", "F")  # of 32 bits; a pixel range defines what is white
_WHITE_IS_ZERO, _SIGNED = 0, 2  # values of the tags of a TIFF ...
_BITS, _PHOTOMETRIC, _PLANAR, _SAMPLE_FORMAT = 258, 262, 284, 339  # ... with these numbers
_DESCRIPTION, _SAMPLES = 270, 277
_WIDTH, _LENGTH, _COMPRESSION = 256, 257, 259
_STRIP_OFFSETS, _ROWS_PER_STRIP, _STRIP_BYTES = 273, 278, 279
_TILE_WIDTH, _TILE_LENGTH, _TILE_OFFSETS, _TILE_BYTES = 322, 323, 324, 325
_OF_IMAGEJ = re.compile(r"ImageJ=.*?^images=(\d{1,9})$", re.DOTALL | re.MULTILINE)
_TRUNCATED = re.compile(r'\{"shape": \[(\d{1,9}(?:, \d{1,9}){0,7})\].*"truncated": true', re.DOTALL)
_COLOURS_APART = 2  # a value of the tag _PLANAR
ORIENTATION = 0x0112  # EXIF and TIFF tag of the camera's orientation
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_PLAIN_PIXELS = 10_000_000  # far below Pillow's own limit
_ACROSS = (5, 6, 7, 8)  # orientations that exchange height and width
_JPEG_END = b"\xff\xd9"
_TIFF_HEADS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_DEFLATED = (8, 32946)  # values of the TIFF tag Compression


def read_image(
    path: str | PathLike[str],
    channels: int = 1,
    size: tuple[int, int] | None = None,
    pixel_range: tuple[float, float] | None = None,
) -> Array:
    """Read one image.

    Args:
        path: a png, jpg, bmp or tif that holds one image.
        channels: 1 for grey, 3 for colour.
        size: (height, width) to resize it to; by default it keeps its own.
        pixel_range: the numbers that mean black and white in an image of more than 8 bits.

    Returns:
        uint8, (height, width, channels).

    Raises:
        BadImage: it cannot be read, or it is of a kind that cannot be used.
        PixelRange: it has values outside `pixel_range`.
    """
    with quietly():
        return decode(path, read_bytes(path), channels, size, pixel_range)[0]


def image_size(path: str | PathLike[str], pixel_range: tuple[float, float] | None = None) -> tuple[int, int]:
    """Return (height, width) of an image when upright, from its head; `pixel_range` is that of `read_image`.

    Raises:
        BadImage: as `read_image`, for faults that the head shows.
    """
    with quietly():
        return size_of(path, read_bytes(path), pixel_range, whole=False)


def image_form(
    path: str | PathLike[str], pixel_range: tuple[float, float] | None = None
) -> tuple[tuple[int, int], int]:
    """Return (height, width) of an image when upright, and the bits of its grey or of each of its colours.

    Both are from its head. `pixel_range` is that of `read_image`.

    Raises:
        BadImage: as `read_image`, for faults that the head shows.
    """
    with quietly(), _opened(path, read_bytes(path), pixel_range, whole=False) as image:
        return _upright_size(image), _bits_of(image) if _is_deep(image) else 8


@contextlib.contextmanager
def quietly() -> Iterator[None]:
    """Silence Pillow's warnings, but turn that of a too large image into an error; for `size_of` and `decode`."""
    _quiet.enter()
    try:
        yield
    finally:
        _quiet.leave()


class _Quiet:
    """Filters of warnings while anyone reads images: they are those of all threads of the process.

    The first thread sets them, and the last one restores what was there.
    """

    def __init__(self) -> None:
        self._lock, self._inside, self._filters = threading.Lock(), 0, contextlib.ExitStack()

    def enter(self) -> None:
        with self._lock:
            if not self._inside:
                self._filters.enter_context(warnings.catch_warnings())
                warnings.simplefilter("ignore")
                warnings.simplefilter("error", Image.DecompressionBombWarning)
            self._inside += 1

    def leave(self) -> None:
        with self._lock:
            self._inside -= 1
            if not self._inside:
                self._filters.close()


_quiet = _Quiet()


def read_bytes(path: str | PathLike[str]) -> bytes:
    """Return the bytes of a file.

    Raises:
        NotReadable: access is denied.
        BadImage: it cannot be read for another reason.
    """
    try:
        with io.FileIO(path) as file:
            return file.readall()
    except PermissionError:
        raise not_readable(path) from None
    except OSError as error:
        raise BadImage(
            f"{path} cannot be read ({error.strerror or error}). Copy it again, or remove it.", of=path
        ) from None


def size_of(
    path: str | PathLike[str], data: bytes, pixel_range: tuple[float, float] | None = None, whole: bool = True
) -> tuple[int, int]:
    """Return (height, width) of an image from its bytes, as `image_size`; call it within `quietly`.

    Args:
        path: the file.
        data: its bytes.
        pixel_range: as for `read_image`.
        whole: whether an image that is damaged after its head is an error, too, as far as its format tells.
    """
    if (size := _size_of_plain_jpeg(data)) is not None:
        return size
    with _opened(path, data, pixel_range, whole) as image:
        return _upright_size(image)


def _upright_size(image: Image.Image) -> tuple[int, int]:
    width, height = image.size
    return upright_size(height, width, _orientation(image))


def _size_of_plain_jpeg(data: bytes) -> tuple[int, int] | None:
    """Return (height, width) of a JPEG of the commonest kind, ten times as fast as Pillow; None for other images.

    The commonest kind has 8 bits, one or three channels, no EXIF or XMP that might turn it, complete segments, and
    nothing after its end.
    """
    if data[:3] != b"\xff\xd8\xff" or not data.endswith(_JPEG_END):
        return None
    place, size = 2, None
    while place + 10 <= len(data) and data[place] == 0xFF:
        marker, length = data[place + 1], int.from_bytes(data[place + 2 : place + 4], "big")
        if marker in (0xC0, 0xC2):
            bits, height, width = data[place + 4], *struct.unpack_from(">HH", data, place + 5)
            if bits != 8 or data[place + 9] not in (1, 3) or size or not 0 < height * width < _PLAIN_PIXELS:
                return None
            size = height, width
        elif marker == 0xDA:
            return size
        elif length < 2 or marker not in (0xC4, 0xDB, 0xDD, 0xE0, 0xEE, 0xFE):
            return None
        place += 2 + length
    return None


def decode(
    path: str | PathLike[str],
    data: bytes,
    channels: int = 1,
    size: tuple[int, int] | None = None,
    pixel_range: tuple[float, float] | None = None,
) -> tuple[Array, int]:
    """Decode an image from its bytes, as `read_image`; call it within `quietly`.

    Returns:
        The frame, and for an image of more than 8 bits its greatest value, on the scale of 16 bits; else -1.
    """
    with _opened(path, data, pixel_range) as image:
        return _pixels(path, image, data, channels, size, pixel_range)


def _pixels(
    path: str | PathLike[str],
    image: Image.Image,
    data: bytes,
    channels: int,
    size: tuple[int, int] | None,
    pixel_range: tuple[float, float] | None,
) -> tuple[Array, int]:
    """Decode an open image, as `decode`."""
    mode, brightest = "L" if channels == 1 else "RGB", -1
    orientation, is_deep = _orientation(image), _is_deep(image)
    if mode == "L" and image.format == "JPEG" and image.mode == "RGB":
        image.draft("L", None)
    if is_deep and image.mode in _EIGHT_BIT and (pixel_range or _tag(image, _PLANAR, 1) == _COLOURS_APART):
        colours = _deep_colours(path, image, data)
        deep = colours if channels == 3 else luma_of(np.moveaxis(colours, 2, 0))
        eight = Image.fromarray(to_uint8(deep[np.newaxis], pixel_range, str(path), None)[0])
        orientation = int(_tag(image, ORIENTATION, orientation))
    elif image.mode in _EIGHT_BIT:
        eight = image if image.mode == mode else image.convert(mode)
    else:
        eight = Image.fromarray(grey_of(image, str(path), pixel_range)).convert(mode)
    if is_deep:
        brightest = 257 * int(np.asarray(eight).max())
    if orientation in _UPRIGHT:
        eight = eight.transpose(_UPRIGHT[orientation])
    if size is not None and eight.size != size[::-1]:
        eight = eight.resize(size[::-1], Image.Resampling.BILINEAR)
    return np.asarray(eight).reshape(eight.height, eight.width, channels), brightest


def upright(grey: Array, orientation: int) -> Array:
    """Turn grey, uint8 (height, width), by its EXIF orientation."""
    return np.asarray(Image.fromarray(grey).transpose(_UPRIGHT[orientation])) if orientation in _UPRIGHT else grey


def upright_size(height: int, width: int, orientation: int) -> tuple[int, int]:
    """Return (height, width) of an image after it is turned by its EXIF orientation."""
    return (width, height) if orientation in _ACROSS else (height, width)


def _deep_colours(path: str | PathLike[str], image: Image.Image, data: bytes) -> Array:
    """Return colours of 16 bits, uint16 (height, width, 3); Pillow returns their upper bits, or those of one colour."""
    import av

    try:
        with av.open(io.BytesIO(data), "r", format=f"{image.format}_pipe".lower()) as container:
            return next(container.decode(video=0)).to_ndarray(format="rgb48le")
    except (av.FFmpegError, StopIteration):
        raise _deep_in_vain(path) from None


def _is_deep(image: Image.Image) -> bool:
    """Return whether pixels have more than 8 bits, of an image that is not loaded yet."""
    if image.mode not in _EIGHT_BIT:
        return True
    if image.format == "TIFF":
        return image.mode not in ("1", "P") and int(_tag(image, _BITS, 1)) > 8
    return image.format == "PNG" and any(";16" in str(part[3]) for part in getattr(image, "tile", ()))


def grey_of(
    image: Image.Image, what: str, pixel_range: tuple[float, float] | None = None, number: int | None = None
) -> Array:
    """Return the grey of an open image of Pillow, uint8, (height, width).

    Args:
        image: the image.
        what: its name in errors.
        pixel_range: the numbers that mean black and white if it has more than 8 bits. Default: 0 and the largest number
            of its bits.
        number: its number among several in one file, for errors.

    Raises:
        BadImage: it is of a kind that cannot be used.
        PixelRange: it has values outside `pixel_range`.
        BadFrames: it holds NaN.
    """
    _check_kind(what, image, pixel_range)
    if image.mode in _EIGHT_BIT:
        return np.asarray(image.convert("L"))
    white = float((1 << _bits_of(image)) - 1)
    pixels = np.asarray(image)
    grey = to_uint8(pixels[np.newaxis], pixel_range or (0.0, white), what, number)[0]
    return 255 - grey if _tag(image, _PHOTOMETRIC, 1) == _WHITE_IS_ZERO else grey


def _bits_of(image: Image.Image) -> int:
    """Return the number of bits of a pixel's grey or of each of its colours, if it has more than 8."""
    return int(_tag(image, _BITS, 32 if image.mode in _ANY_NUMBERS else 16))


def _tag(image: Image.Image, number: int, default: int) -> Any:
    """Return a tag of a TIFF, or its first value; of another image the default. Pillow does not apply all tags."""
    found = getattr(image, "tag_v2", {}).get(number, default)
    return found[0] if isinstance(found, tuple) else found


@contextlib.contextmanager
def _opened(
    path: str | PathLike[str], data: bytes, pixel_range: tuple[float, float] | None = None, whole: bool = True
) -> Iterator[Image.Image]:
    """Open an image that can be used; any error while it is open becomes a `BadImage` that names the file."""
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            _check(path, image, len(data), pixel_range)
            if whole:
                _check_whole(image, data)
            yield image
    except TouchTrainError:
        raise
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise BadImage(
            f"{path} has more than {(Image.MAX_IMAGE_PIXELS or 0) / 1e6:.0f} million pixels, which no frame has. "
            "Make it smaller, or remove it.",
            of=path,
        ) from None
    except Image.UnidentifiedImageError:
        if data.startswith(_TIFF_HEADS):
            raise _unknown_tiff(path) from None
        raise BadImage(
            f"{path} is not an image (png, jpg, bmp, tif), or its head is damaged. Remove it.", of=path
        ) from None
    except Exception as error:  # damaged images make Pillow raise almost anything
        raise BadImage(
            f"{path} cannot be read ({error}). It is damaged or cut short; copy it again, or remove it.",
            of=path,
        ) from error


def check_pages(path: str | PathLike[str], pixel_range: tuple[float, float] | None = None) -> None:
    """Check from the first page of a TIFF that `grey_of` can be used for all.

    Raises:
        BadImage: it cannot.
    """
    with contextlib.suppress(OSError), quietly():
        try:
            with Image.open(path, formats=("TIFF",)) as image:
                if pixel_range is not None and image.mode in _EIGHT_BIT and _is_deep(image):
                    raise _deep_in_vain(path)
        except Image.UnidentifiedImageError:
            raise _unknown_tiff(path) from None


def _deep_in_vain(path: str | PathLike[str]) -> BadImage:
    """Return the error for colours of 16 bits of which only the upper bits can be read."""
    return BadImage(
        f"{path}: colours of 16 bits that are stored as these are cannot be read whole, which {named('pixel_range')} "
        "needs. Save it uncompressed and without transparency, or in grey.",
        of=path,
    )


def _unknown_tiff(path: str | PathLike[str]) -> BadImage:
    """Return the error for a TIFF whose kind Pillow does not know."""
    return BadImage(
        f"{path} is a TIFF whose kind of pixels cannot be read here, or its head is damaged. Save it with 8 or 16 bits "
        "a pixel, not packed, black as 0, without transparency; or remove it.",
        of=path,
    )


def _check_kind(path: str | PathLike[str], image: Image.Image, pixel_range: tuple[float, float] | None) -> None:
    is_known = image.mode in _EIGHT_BIT or image.mode in _SIXTEEN_BIT
    is_known = is_known or (pixel_range is not None and image.mode in _ANY_NUMBERS)
    is_signed = image.mode == "L" and image.format == "TIFF" and _tag(image, _SAMPLE_FORMAT, 1) == _SIGNED
    if not is_known or is_signed:
        raise BadImage(
            f"{path}: pixels of Pillow's mode {image.mode} do not define which number is white. Save it with 8 or 16 "
            f"bits without sign, or for 16 or 32 bits set the option {named('pixel_range')}.",
            of=path,
        )


def described_images(description: str, page_values: int) -> int:
    """Return how many images a TIFF of one page says that it holds: a large stack of ImageJ, or a truncated one.

    Args:
        description: its tag ImageDescription.
        page_values: number of values in a page.
    """
    if found := _OF_IMAGEJ.match(description):
        return int(found[1])
    found = _TRUNCATED.match(description)
    return math.prod(map(int, found[1].split(","))) // max(1, page_values) if found else 1


def _check(
    path: str | PathLike[str], image: Image.Image, n_bytes: int, pixel_range: tuple[float, float] | None
) -> None:
    _check_kind(path, image, pixel_range)
    if image.format != "TIFF":
        return
    pages = getattr(image, "n_frames", 1)
    description = image.tag_v2.get(_DESCRIPTION)  # type: ignore[attr-defined]
    if pages == 1 and isinstance(description, str):
        values = image.width * image.height * int(_tag(image, _SAMPLES, 1))
        described = described_images(description, values)
        pages = described if described * values * int(_tag(image, _BITS, 1)) <= 8 * n_bytes else 1
    if pages > 1:
        raise BadImage(f"{path} holds {pages} images. Save each to its own file.", of=path)


def _check_whole(image: Image.Image, data: bytes) -> None:
    """Check that an image is whole, as far as its format tells, where Pillow does not.

    Raises:
        ValueError: it is not.
    """
    if image.format == "PNG":
        _check_png(data)
    elif image.format == "JPEG" and not data.endswith(_JPEG_END) and not _has_end(data):
        raise ValueError("its end is missing")
    elif image.format == "TIFF":
        _check_strips(image, data)


def _check_png(data: bytes) -> None:
    """Check the checksums of all chunks of a PNG; Pillow checks only those before the pixels."""
    place, bytes_of = 8, memoryview(data)
    while place + 12 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, place)
        end = place + 8 + length
        if zlib.crc32(bytes_of[place + 4 : end]) != int.from_bytes(data[end : end + 4], "big"):
            raise ValueError(f"the checksum of its part {kind.decode('ascii', 'replace')} is wrong")
        if kind == b"IEND":
            return
        place = end + 4
    raise ValueError("its end is missing")


def _has_end(data: bytes) -> bool:
    """Return whether a JPEG has an end after its pixels, which themselves cannot contain one."""
    place = 2
    while place + 4 <= len(data) and data[place] == 0xFF:
        if data[place + 1] == 0xDA:
            return data.find(_JPEG_END, place) >= 0
        place += 1 if data[place + 1] == 0xFF else 2 + int.from_bytes(data[place + 2 : place + 4], "big")
    return True  # Pillow decides


def _check_strips(image: Image.Image, data: bytes) -> None:
    """Check that a TIFF has all strips or tiles of its pixels, and their checksums if they are deflated."""
    tags = image.tag_v2  # type: ignore[attr-defined]
    width, height, samples = int(tags[_WIDTH]), int(tags[_LENGTH]), int(tags.get(_SAMPLES, 1))
    if _TILE_OFFSETS in tags:
        offsets, sizes = tags[_TILE_OFFSETS], tags.get(_TILE_BYTES, ())
        columns, rows = int(tags[_TILE_WIDTH]), int(tags[_TILE_LENGTH])
    else:
        offsets, sizes = tags.get(_STRIP_OFFSETS, ()), tags.get(_STRIP_BYTES, ())
        columns, rows = width, min(height, int(tags.get(_ROWS_PER_STRIP, height)))
    planes = samples if tags.get(_PLANAR) == _COLOURS_APART else 1
    needed = -(-width // columns) * -(-height // rows) * planes
    if len(offsets) < needed or min(offsets) <= 0:
        raise ValueError(f"it has {sum(offset > 0 for offset in offsets)} of the {needed} parts of its pixels")
    if tags.get(_COMPRESSION) in _DEFLATED:
        for offset, size in zip(offsets, sizes, strict=False):
            unpacking = zlib.decompressobj()
            unpacking.decompress(data[offset : offset + size], 1024 + 4 * samples * columns * rows)
            if not unpacking.eof:
                raise ValueError("a part of its pixels is cut short")


def _orientation(image: Image.Image) -> int:
    """Return the EXIF orientation of an image that is not loaded yet; 1, upright, also if it cannot be read."""
    if image.format == "TIFF" or (image.format == "PNG" and "exif" not in image.info):
        return 1  # Pillow turns a TIFF itself; a PNG without EXIF before its pixels would be decoded to look for it
    if image.format == "JPEG" and not {"exif", "xmp"} & image.info.keys():
        return 1  # `getexif` is slow
    with contextlib.suppress(Exception):
        return int(image.getexif().get(ORIENTATION, 1))
    return 1


# --- many images, perhaps in another process ------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Task:
    """Images of one class to read as frames.

    Attributes:
        index: class index.
        paths: paths of the images.
        shape: (height, width, channels) of a frame.
        contrast: value of the option ``contrast``.
        files: SHA-256 of each file when it was first read; empty to skip the comparison.
        pixel_range: as for `read_image`.
    """

    index: int
    paths: list[str]
    shape: tuple[int, int, int]
    contrast: str
    files: Sequence[bytes] = ()
    pixel_range: tuple[float, float] | None = None


@dataclasses.dataclass(frozen=True)
class Chunk:
    """The frames of a task's images.

    Attributes:
        index: class index.
        frames: uint8, (n, height, width, channels), of the images that could be read.
        digests: SHA-256 of each frame.
        damaged: errors of the other images, by position in the task.
        brightest: greatest value of the images of more than 8 bits, on the scale of 16, or -1.
    """

    index: int
    frames: Array
    digests: list[bytes]
    damaged: dict[int, TouchTrainError]
    brightest: int


def read_chunk(task: Task) -> Chunk:
    """Read images as frames.

    Raises:
        BadImage: a file has changed since it was first read.
        PixelRange: an image has values outside the pixel range.
    """
    height, width, channels = task.shape
    frames = np.empty((len(task.paths), *task.shape), np.uint8)
    damaged: dict[int, TouchTrainError] = {}
    filled, brightest = 0, -1
    with quietly():
        for position, path in enumerate(task.paths):
            try:
                data = read_bytes(path)
                frame, most = decode(path, data, channels, (height, width), task.pixel_range)
            except (BadImage, NotReadable) as error:
                damaged[position] = error
                continue
            if task.files and hashlib.sha256(data).digest() != task.files[position]:
                raise changed(Path(path), BadImage)
            frames[filled] = frame
            filled, brightest = filled + 1, max(brightest, most)
    frames = frames[:filled]
    frames = adjust_contrast(frames, task.contrast)
    return Chunk(task.index, frames, digests_of(frames), damaged, brightest)


def digests_of(frames: Array) -> list[bytes]:
    """Return the SHA-256 of each frame."""
    return [hashlib.sha256(np.ascontiguousarray(frame)).digest() for frame in frames]


@dataclasses.dataclass(frozen=True)
class FirstTask:
    """Images to read for the first time, when it is not yet known which of them go into the dataset.

    Attributes:
        paths: paths of the images.
        shape: (height, width, channels) that the frames will probably have; None to decode no image.
        contrast: value of the option ``contrast``.
        resize: whether images of another size are decoded and resized; otherwise only images of this size are decoded.
        pixel_range: as for `read_image`.
    """

    paths: list[str]
    shape: tuple[int, int, int] | None
    contrast: str
    resize: bool
    pixel_range: tuple[float, float] | None = None


@dataclasses.dataclass(frozen=True)
class First:
    """What is found when images are read for the first time, by position in the task.

    Attributes:
        sizes: (height, width), upright, of the images whose head could be read.
        files: SHA-256 of their bytes.
        unread: errors of the others.
        frames: those that were decoded, uint8, (n, height, width, channels).
        decoded: for each of these, its position in the task, its SHA-256, and its greatest value as in `Chunk`.
        damaged: errors of images whose pixels are damaged.
    """

    sizes: dict[int, tuple[int, int]]
    files: dict[int, bytes]
    unread: dict[int, TouchTrainError]
    frames: Array | None
    decoded: list[tuple[int, bytes, int]]
    damaged: dict[int, TouchTrainError]


def read_first(task: FirstTask) -> First:
    """Read the heads of images, hash their files, and decode those that will probably become frames.

    Raises:
        PixelRange: an image has values outside the pixel range.
    """
    sizes: dict[int, tuple[int, int]] = {}
    files: dict[int, bytes] = {}
    unread: dict[int, TouchTrainError] = {}
    damaged: dict[int, TouchTrainError] = {}
    found: list[tuple[int, int]] = []
    frames = None if task.shape is None else np.empty((len(task.paths), *task.shape), np.uint8)
    with quietly():
        for position, path in enumerate(task.paths):
            try:
                data = read_bytes(path)
                if frames is None or task.shape is None:
                    sizes[position] = size_of(path, data, task.pixel_range)
                else:
                    with _opened(path, data, task.pixel_range) as image:
                        size = sizes[position] = _upright_size(image)
                        if task.resize or size == task.shape[:2]:
                            frame, brightest = _pixels(
                                path, image, data, task.shape[2], task.shape[:2], task.pixel_range
                            )
                            frames[len(found)] = frame
                            found.append((position, brightest))
            except (BadImage, NotReadable) as error:
                (damaged if position in sizes else unread)[position] = error
            if position in sizes:
                files[position] = hashlib.sha256(data).digest()
    if frames is not None:
        frames = adjust_contrast(frames[: len(found)], task.contrast)
    digests = [] if frames is None else digests_of(frames)
    decoded = [(position, digest, most) for (position, most), digest in zip(found, digests, strict=True)]
    return First(sizes, files, unread, frames, decoded, damaged)
