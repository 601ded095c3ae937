"""Reads TIFF stacks as videos: each page is a frame, grey or in colour; with a pixel range also of floats."""

from __future__ import annotations

import contextlib
import logging
import math
import struct
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from pyside.aliases import Array
from pyside.data.formats.frames import luma_of, to_uint8
from pyside.data.video.info import VideoInfo, damaged, how_to_skip
from pyside.data.video.region_chunks import Request, cut_images, tried
from pyside.errors import BadImage, BadVideo, PixelRange, TouchTrainError
from pyside.settings.core import named
from pyside.system.paths import reading

STACK_SUFFIXES = (".tif", ".tiff")
_READ_BY_TIFFFILE = (1, 8, 32946, 50013)  # uncompressed or deflated; Pillow reads the other compressions
# Values of PhotometricInterpretation; Pillow reads those above 3.
_MIN_IS_WHITE, _MIN_IS_BLACK, _RGB, _PALETTE = 0, 1, 2, 3
_PREMULTIPLIED = 1  # a value of ExtraSamples
_WHOLE_BYTES = (1, 8, 16, 32, 64)  # bits of pixels that tifffile reads without further packages
_MOST_PIXELS = 1 << 28  # of a page; more are damage
_SILENT = logging.NullHandler()


def probe_stack(path: Path, on_damage: str, pixel_range: tuple[float, float] | None = None) -> VideoInfo:
    """Read the properties of a TIFF stack; see `pyside.data.video.reader.probe`."""
    with _Stack(path, on_damage, pixel_range) as stack:
        return VideoInfo(
            path,
            stack.n_frames,
            *stack.frame_size,
            0.0,
            "tiff",
            stack.pixel_format,
            path.stat().st_size,
            bits=stack.bits,
        )


def read_stack(request: Request) -> Iterator[tuple[Array, Array]]:
    """Yield the numbers and regions of the selected pages."""
    with _Stack(request.path, request.on_damage, request.pixel_range) as stack:
        n_frames = len(request.keep)
        if stack.n_frames != n_frames:
            raise BadVideo(f"{request.path} has {stack.n_frames} pages, not {n_frames}. Check whether it has changed.")
        numbers = np.flatnonzero(request.keep).tolist()
        yield from cut_images(request, stack.frame_size, ((number, tried(stack.frame, number)) for number in numbers))


def holds_one_image(path: Path) -> bool:
    """Return whether a TIFF file holds one image; also True if it cannot be read."""
    try:
        if len(_directories(path, 2)[0]) > 1:
            return False
        with _Stack(path, "skip", (0.0, 1.0)) as stack:
            return stack.n_frames == 1
    except BadVideo:
        return True


class _Stack:
    """An open TIFF file, one frame per page.

    Attributes:
        n_frames: number of pages.
        frame_size: (height, width) of the first page.
        pixel_format: such as ``gray16``.
        bits: number of bits of a pixel's grey, or of each of its colours; 8 for palettes.
    """

    def __init__(self, path: Path, on_damage: str, pixel_range: tuple[float, float] | None = None):
        self._path, self._range = path, pixel_range
        places, broken = _directories(path)
        if broken and on_damage == "error":
            raise BadVideo(
                f"{path} is cut short or damaged after page {len(places)}: the next page lies outside the file. Copy "
                f"it again. {how_to_skip()}"
            )
        self._open()
        try:
            self.n_frames = self._n_hidden() or len(places)
            self._hidden = self.n_frames > len(places)
            shape, self.pixel_format = self._form(self._page(0))
            self.frame_size = shape[0], shape[1]
            self.bits = _bits_of(self._page(0))
            if not (self._hidden or _is_plain(self._page(0))):
                self._check_pillow()
            if on_damage == "error":
                self._check_size(self.n_frames - 1)
        except BaseException:
            self._file.close()
            raise

    def _open(self) -> None:
        import tifffile

        logging.getLogger("tifffile").addHandler(_SILENT)
        logging.getLogger("tifffile").propagate = False
        try:
            self._file = tifffile.TiffFile(self._path)
        except Exception as error:  # damaged files make it raise almost anything
            raise BadVideo(f"{self._path} cannot be read as a TIFF stack ({error}). Copy it again.") from error

    def __enter__(self) -> _Stack:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def _check_pillow(self) -> None:
        from pyside.data.formats.images import check_pages

        try:
            check_pages(self._path, self._range)
        except BadImage as error:
            raise BadVideo(error.text) from None

    def _n_hidden(self) -> int:
        """Return how many frames a file holds at its only page, which ImageJ and tifffile can write; 0 for others."""
        from pyside.data.formats.images import described_images

        with contextlib.suppress(Exception):
            if len(self._file.pages) == 1:
                page = self._page(0)
                images = described_images(page.description, page.size)
                if images > 1 and page.compression == 1 and images * page.nbytes <= self._path.stat().st_size:
                    return images
        return 0

    def _page(self, number: int) -> Any:
        try:
            return self._file.pages[number]
        except Exception as error:
            raise damaged(self._path, number, f"its page cannot be read ({error})") from error

    def _form(self, page: Any) -> tuple[tuple[int, int, int], str]:
        """Return (height, width, channels) of a page that is turned upright, and the name of its pixel format."""
        from pyside.data.formats.images import upright_size

        try:
            height, width, channels = int(page.imagelength), int(page.imagewidth), int(page.samplesperpixel)
            bits, kind, depth = int(page.bitspersample), int(page.sampleformat), int(page.imagedepth)
            dtype = page.dtype
        except Exception as error:
            raise BadVideo(f"{self._path}: the description of a page is damaged ({error}). Copy it again.") from error
        is_whole = kind == 1 and bits <= 16
        if not is_whole and (self._range is None or bits <= 8 or dtype is None or dtype.kind not in "iuf"):
            raise BadVideo(
                f"{self._path}: its pixels are {channels} x {dtype} ({bits} bits), which do not define which number is "
                f"white. Save it with 8 or 16 bits, or for more than 8 bits set the option {named('pixel_range')}."
            )
        if dtype is None or channels not in (1, 2, 3, 4) or depth != 1:
            raise BadVideo(
                f"{self._path}: its pixels are {channels} x {dtype} ({bits} bits). Save it with 8 or 16 bits, grey or "
                "RGB."
            )
        if channels > 2 and page.photometric in (_MIN_IS_WHITE, _MIN_IS_BLACK):
            raise BadVideo(
                f"{self._path}: its pages have {channels} channels that are no colours. Save the one that was labelled "
                "in grey, or three as RGB."
            )
        if not height or not width:
            raise BadVideo(f"{self._path}: its pages are empty, {height} x {width} pixels. Copy it again.")
        if height * width > _MOST_PIXELS:
            raise BadVideo(
                f"{self._path}: a page claims to have {height} x {width} pixels, which no frame has. Copy it again."
            )
        size = upright_size(height, width, _orientation(page))
        return (*size, channels), f"{'gray' if channels < 3 else 'rgb'}{bits * (1 if channels < 3 else 3)}"

    def _check_size(self, number: int) -> Any:
        page = self._page(0 if self._hidden else number)
        height, width, _ = self._form(page)[0]
        if (height, width) != self.frame_size:
            rows, columns = self.frame_size
            raise damaged(self._path, number, f"it has {width} x {height} pixels, not {columns} x {rows}")
        return page

    def frame(self, number: int) -> Array:
        """Return one page in grey, uint8 (height, width).

        Raises:
            BadVideo: it is damaged, or of another size.
            PixelRange: it has values outside the pixel range.
        """
        from pyside.data.formats.images import upright

        page = self._check_size(number)
        try:
            if self._hidden:
                pixels = self._read_hidden(page, number)
            elif _is_plain(page):
                self._check_parts(page)
                self._check_extent(page)
                pixels = page.asarray()
            else:
                self._check_parts(page)
                return self._read_by_pillow(number)
            return upright(self._grey(pixels, page, number), _orientation(page))
        except PixelRange:
            raise
        except TouchTrainError as error:
            raise damaged(self._path, number, error.text) from None
        except Exception as error:  # damaged pages make tifffile raise almost anything
            raise damaged(self._path, number, f"its pixels cannot be read ({error})") from error

    def _check_parts(self, page: Any) -> None:
        """Check that a compressed page has all of its strips or tiles: readers leave the others black."""
        needed = math.prod(page.chunked)
        if page.compression != 1 and (len(page.dataoffsets) < needed or not all(page.dataoffsets)):
            raise BadVideo(f"it has {sum(map(bool, page.dataoffsets))} of the {needed} parts of its pixels")

    def _check_extent(self, page: Any) -> None:
        n_bytes = self._path.stat().st_size
        for start, length in zip(page.dataoffsets, page.databytecounts, strict=True):
            if min(start, length) <= 0 or start + length > n_bytes:
                raise BadVideo("the file is cut short")
        if page.compression == 1 and sum(page.databytecounts) * 8 < page.imagelength * page.imagewidth * (
            page.bitspersample * page.samplesperpixel
        ):
            raise BadVideo("some of its pixels are missing")

    def _read_hidden(self, page: Any, number: int) -> Array:
        with self._path.open("rb") as file:
            file.seek(page.dataoffsets[0] + number * page.nbytes)
            data = file.read(page.nbytes)
        return np.frombuffer(data, page.dtype.newbyteorder(self._file.byteorder)).reshape(page.shape)

    def _read_by_pillow(self, number: int) -> Array:
        from PIL import Image

        from pyside.data.formats.images import grey_of

        with Image.open(self._path, formats=("TIFF",)) as image:
            image.seek(number)
            return grey_of(image, str(self._path), self._range, number)

    def _grey(self, pixels: Array, page: Any, number: int) -> Array:
        """Convert the pixels of a page to grey, uint8 (height, width), as they are stored."""
        height, width, channels = int(page.imagelength), int(page.imagewidth), int(page.samplesperpixel)
        white = (1 << int(page.bitspersample)) - 1
        if channels > 1:
            is_apart = int(page.planarconfig) == 2
            pixels = pixels.reshape(channels, height, width) if is_apart else np.moveaxis(pixels, -1, 0)
        pixels = pixels.reshape(channels, height, width)
        if page.photometric == _PALETTE:
            pixels, white = page.colormap[:, pixels[0]], 65535
        one = luma_of(pixels[:3]) if len(pixels) >= 3 else pixels[0]
        stated = (0.0, float(white)) if self._range is None or _bits_of(page) <= 8 else self._range
        grey = to_uint8(one[np.newaxis], stated, str(self._path), number)[0]
        return 255 - grey if page.photometric == _MIN_IS_WHITE else grey


def _directories(path: Path, most: int | None = None) -> tuple[list[int], bool]:
    """Follow the chain of pages of a TIFF file.

    Returns:
        Offsets of the pages' directories, at most `most` of them, and whether the chain is broken.

    Raises:
        BadVideo: it is not a TIFF file.
    """
    with reading(path):
        n_bytes = path.stat().st_size
    with reading(path), path.open("rb") as file:
        head = file.read(16)
        order = {b"II": "<", b"MM": ">"}.get(head[:2], "")
        version = struct.unpack(order + "H", head[2:4])[0] if order and len(head) >= 8 else 0
        if version not in (42, 43):
            raise BadVideo(
                f"{path} is not a TIFF file{'' if n_bytes else ': it is empty'}. Copy it again, or leave it out."
            )
        big = version == 43
        count, entry, offset = (order + "Q", 20, order + "Q") if big else (order + "H", 12, order + "I")
        place = struct.unpack(offset, head[8:16] if big else head[4:8])[0] if len(head) == 16 or not big else 0
        found: dict[int, None] = {}
        while place and len(found) != most:
            if place in found or place + struct.calcsize(count) > n_bytes:
                return _some(path, found), True
            file.seek(place)
            n_entries = struct.unpack(count, file.read(struct.calcsize(count)))[0]
            following = place + struct.calcsize(count) + entry * n_entries
            if not n_entries or following + struct.calcsize(offset) > n_bytes:
                return _some(path, found), True
            found[place] = None
            file.seek(following)
            place = struct.unpack(offset, file.read(struct.calcsize(offset)))[0]
    return _some(path, found), False


def _some(path: Path, found: dict[int, None]) -> list[int]:
    if not found:
        raise BadVideo(f"{path} holds no pages: it is cut short or damaged. Copy it again, or leave it out.")
    return list(found)


def _bits_of(page: Any) -> int:
    return 8 if page.photometric == _PALETTE else int(page.bitspersample)


def _orientation(page: Any) -> int:
    """Return the orientation of a page as EXIF counts it; 1 is upright."""
    from pyside.data.formats.images import ORIENTATION

    tag = page.tags.get(ORIENTATION)
    return tag.value if tag is not None and isinstance(tag.value, int) else 1


def _is_plain(page: Any) -> bool:
    """Return whether tifffile reads a page as it is meant; Pillow reads the others."""
    is_known = page.photometric in (_MIN_IS_WHITE, _MIN_IS_BLACK, _RGB, _PALETTE) and page.bitspersample in _WHOLE_BYTES
    is_premultiplied = page.photometric == _RGB and _PREMULTIPLIED in (page.extrasamples or ())
    return page.compression in _READ_BY_TIFFFILE and is_known and not is_premultiplied


def seconds_of_decoding(path: Path, most: int, pixel_range: tuple[float, float] | None = None) -> tuple[int, float]:
    """Read the first frames; return their number, at most `most`, and the time in seconds."""
    with _Stack(path, "skip", pixel_range) as stack:
        n, began = min(most, stack.n_frames), time.perf_counter()
        for number in range(n):
            tried(stack.frame, number)
        return n, time.perf_counter() - began
