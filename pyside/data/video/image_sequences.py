"""Reads image sequences as videos: a folder of numbered images, each of which is a frame."""

from __future__ import annotations

import collections
import itertools
import re
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from pyside.aliases import Array
from pyside.data.video.info import VideoInfo, damaged, how_to_skip
from pyside.data.video.region_chunks import Request, cut_images, tried
from pyside.data.video.tiff_stacks import STACK_SUFFIXES, holds_one_image
from pyside.errors import BadImage, BadVideo, NotReadable
from pyside.system.parallel import usable_cores
from pyside.system.paths import inside, reading

IMAGE_SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", *STACK_SUFFIXES)
_NUMBERED = re.compile(r"(.*?)([0-9]+)([^0-9]*)", re.DOTALL)
_MOST_GAPS_SHOWN = 5
_AHEAD = 4  # images that are read ahead, per thread


def is_sequence(folder: Path) -> bool:
    """Return whether a folder holds several images whose names differ in one number, and no other image.

    TIFF files with several pages are not images of a sequence.
    """
    images = _images_in(folder)
    parts = [_NUMBERED.fullmatch(image.stem) for image in images]
    if len(images) < 2 or len({(part and part[1], part and part[3]) for part in parts}) > 1 or parts[0] is None:
        return False
    stacks = [image for image in (images[0], images[-1]) if image.suffix.lower() in STACK_SUFFIXES]
    return all(holds_one_image(stack) for stack in stacks)


def images_of(folder: Path) -> list[Path]:
    """Return the images of a sequence in the order of their numbers; missing ones are skipped.

    Raises:
        BadVideo: there are no images; names have no number, or the same number, or differ in more than the number.
    """
    return [image for _, image in sorted(_by_number(folder).items())]


def probe_sequence(folder: Path, on_damage: str, pixel_range: tuple[float, float] | None = None) -> VideoInfo:
    """Read the properties of an image sequence; see `pyside.data.video.reader.probe`."""
    images = _by_number(folder)
    _check_gaps(folder, images, on_damage)
    (height, width), bits = _first(folder, images, on_damage, pixel_range)
    endings = " ".join(sorted({image.suffix.lower()[1:] for image in images.values()}))
    with reading(folder):
        n_bytes = sum(image.stat().st_size for image in images.values())
    n_frames = max(images) - min(images) + 1
    return VideoInfo(folder, n_frames, height, width, 0.0, "images", endings, n_bytes, bits=bits)


def read_sequence(request: Request) -> Iterator[tuple[Array, Array]]:
    """Yield the numbers and regions of the selected images, read by several threads."""
    images = _by_number(request.path)
    _check_gaps(request.path, images, request.on_damage)
    first, n_frames = min(images), len(request.keep)
    if max(images) - first + 1 != n_frames:
        raise BadVideo(
            f"{request.path} has {max(images) - first + 1} images, not {n_frames}. Check whether it has changed."
        )
    frame_size, _ = _first(request.path, images, request.on_damage, request.pixel_range)

    def read(number: int) -> Array | BadVideo:
        return tried(_read_image, request.path, number, images.get(first + number), frame_size, request.pixel_range)

    threads = request.threads or usable_cores()
    pool = ThreadPoolExecutor(threads)
    under_way: collections.deque[tuple[int, Future[Any]]] = collections.deque()

    def frames() -> Iterator[tuple[int, Any]]:
        left = iter(np.flatnonzero(request.keep).tolist())
        while True:
            for number in itertools.islice(left, _AHEAD * threads - len(under_way)):
                under_way.append((number, pool.submit(read, number)))
            if not under_way:
                return
            number, future = under_way.popleft()
            yield number, future.result()

    try:
        yield from cut_images(request, frame_size, frames())
    finally:  # does not wait: the garbage collection may end this in one of the pool's own threads
        pool.shutdown(wait=False, cancel_futures=True)


def _images_in(folder: Path) -> list[Path]:
    return [one for one in inside(folder) if one.suffix.lower() in IMAGE_SUFFIXES]


def _by_number(folder: Path) -> dict[int, Path]:
    images = _images_in(folder)
    if not images:
        endings = ", ".join(IMAGE_SUFFIXES)
        raise BadVideo(f"{folder} is a folder without images, not a video. Give a file; images end in {endings}.")
    found: dict[int, Path] = {}
    alike: tuple[str, str] | None = None
    for image in images:
        parts = _NUMBERED.fullmatch(image.stem)
        if parts is None:
            raise BadVideo(
                f"{folder}: the image {image.name} has no number in its name. The numbers give the order of a "
                "sequence: remove the image, or number it."
            )
        if alike not in (None, (parts[1], parts[3])):
            raise BadVideo(
                f"{folder}: {images[0].name} and {image.name} differ in more than their number, so they are not images "
                "of one sequence. Give each sequence its own folder."
            )
        alike = parts[1], parts[3]
        number = int(parts[2])
        if number in found:
            raise BadVideo(f"{folder}: {found[number].name} and {image.name} have the same number. Remove one.")
        found[number] = image
    return found


def _check_gaps(folder: Path, images: dict[int, Path], on_damage: str) -> None:
    first, last = min(images), max(images)
    n_missing = last - first + 1 - len(images)
    if not n_missing:
        return
    if on_damage == "skip" and n_missing <= len(images):
        return
    present = sorted(images)
    gaps = [(one + 1, other - 1) for one, other in itertools.pairwise(present) if other > one + 1]
    shown = ", ".join(str(one) if one == other else f"{one} to {other}" for one, other in gaps[:_MOST_GAPS_SHOWN])
    more = " and more" if len(gaps) > _MOST_GAPS_SHOWN else ""
    raise BadVideo(
        f"{folder}: of the images {first} to {last}, {n_missing} are missing: {shown}{more}. Copy them again"
        + ("." if on_damage == "skip" else f". {how_to_skip()}")
    )


def _first(
    folder: Path, images: dict[int, Path], on_damage: str, pixel_range: tuple[float, float] | None
) -> tuple[tuple[int, int], int]:
    """Return (height, width) and bits of the first image; if damage is skipped, of the first that can be read."""
    from pyside.data.formats.images import image_form

    first = min(images)
    for number in sorted(images):
        try:
            return image_form(images[number], pixel_range)
        except (BadImage, NotReadable) as error:
            if on_damage == "error":
                raise damaged(folder, number - first, error.text) from None
    raise BadVideo(f"{folder}: none of its images can be read. Copy them again.")


def _read_image(
    folder: Path,
    number: int,
    image: Path | None,
    frame_size: tuple[int, int],
    pixel_range: tuple[float, float] | None,
) -> Array:
    from pyside.data.formats.images import read_image

    if image is None:
        raise damaged(folder, number, "its image is missing")
    try:
        found = read_image(image, pixel_range=pixel_range)[..., 0]
    except (BadImage, NotReadable) as error:
        raise damaged(folder, number, error.text) from None
    if found.shape != frame_size:
        (height, width), (rows, columns) = found.shape, frame_size
        raise damaged(folder, number, f"{image.name} has {width} x {height} pixels, not {columns} x {rows}")
    return found


def seconds_of_decoding(folder: Path, most: int, pixel_range: tuple[float, float] | None = None) -> tuple[int, float]:
    """Read the first images; return their number, at most `most`, and the time in seconds."""
    images = dict(enumerate(images_of(folder)[:most]))
    began = time.perf_counter()
    size, _ = _first(folder, images, "skip", pixel_range)
    with ThreadPoolExecutor(usable_cores()) as pool:
        list(pool.map(lambda one: tried(_read_image, folder, *one, size, pixel_range), images.items()))
    return len(images), time.perf_counter() - began
