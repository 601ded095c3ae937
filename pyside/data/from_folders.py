"""Class folders to a dataset folder: each sub-folder is a class, each image in it a frame."""

from __future__ import annotations

import collections
import contextlib
import dataclasses
import hashlib
import io
import math
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from pyside.data.dataset import DatasetWriter, check_room, check_target
from pyside.data.frames import to_uint8
from pyside.data.progress import ConversionProgress, Progress, end_if_asked
from pyside.errors import BadImage, BadOption, Faults, OneClass, PathMissing
from pyside.settings import FolderSettings

Array = np.ndarray[Any, Any]
IMAGE_SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff")
_FORMATS = ("PNG", "JPEG", "BMP", "TIFF")
_EIGHT_BIT = ("1", "L", "LA", "P", "PA", "RGB", "RGBA", "RGBX", "RGBa", "CMYK", "YCbCr")
_SIXTEEN_BIT = ("I;16", "I;16B", "I;16L", "I;16N")
_ALMOST_BLACK = 4096  # 16-bit images that stay below it come from a camera of 10 or 12 bits
_ORIENTATION = 0x0112  # tag of EXIF: how the camera was held
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_ACROSS = (5, 6, 7, 8)  # orientations that exchange height and width
_CHUNK_FRAMES = 256
_CHUNK_BYTES = 16 << 20
_MOST_NAMED = 20
_NEIGHBOURS = (
    "Each image is a group of its own. If images are neighbouring frames of one video, near copies of training images "
    "are validated on, and the figures promise too much: convert the videos themselves instead."
)


@dataclasses.dataclass(frozen=True)
class _ClassFolder:
    """One class: its images in the order of the character codes of their names, and their (height, width)."""

    name: str
    images: list[Path]
    sizes: list[tuple[int, int]]


def convert_folders(
    root: str | PathLike[str],
    dataset: str | PathLike[str],
    options: Mapping[str, Any],
    progress: Progress = lambda record: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> dict[str, Any]:
    """Write a folder with one sub-folder of images a class as a dataset folder.

    Images are png, jpg, jpeg, bmp, tif or tiff in any letter case. Grey is Pillow's luma; 16 bits become 8 by their
    full depth (65535 is white); transparency is dropped; photographs are turned upright as their EXIF orientation says,
    as every viewer shows them. Images of another size than the dataset's are resized, bilinear, their aspect not kept.
    Classes are in the order of `class_names`; else folders that are all numbers in the order of the numbers, others in
    that of their character codes. Hidden files and folders do not count. Each class becomes one recording, each image
    a group.

    Args:
        root: the folder; a sub-folder's name is a class name.
        dataset: the folder to write.
        options: settings of a conversion of folders, in Python's spelling.
        progress: called with records for a progress line, some five times a second.
        should_stop: asked after each image; True ends the conversion, what is complete is kept.

    Returns:
        The summary of the dataset, with ``ignored`` (what in the folders is no image, the first few), ``resized`` (how
        many images were) and ``warnings``.

    Raises:
        TouchTrainError: all that is wrong with folders, images and options, before anything is written.
        BadImage: a damaged image, found while reading it. What is complete is kept for the next try.
        Interrupted: it was asked to stop.
    """
    settings = FolderSettings.from_options(options)
    target = Path(dataset).absolute()
    progress({"stage": "checking"})
    classes, ignored, told = _plan(Path(root).absolute(), target, settings)
    size = settings.image_size or _usual_size(classes)
    names = [one.name for one in classes]
    progress({"stage": "converting", "said": _classes_told(classes)})
    conversion = {"pixel_range": None, "roi": None, "grey": None if settings.color else "luma"}
    shape = (*size, 3 if settings.color else 1)
    images = sum(len(one.images) for one in classes)
    check_room(target, images * math.prod(shape))
    writer = DatasetWriter(target, names, shape, {name: name for name in names}, conversion)
    shown = ConversionProgress(progress, images, len(classes))
    brightest = -1
    for index, one in enumerate(classes):
        brightest = max(brightest, _write(writer, index, one, shape, shown, should_stop))
    resized = [found for one in classes for found in one.sizes if found != size]
    told += _warnings(resized, size, brightest)
    return {**writer.close().summary(), "ignored": ignored, "resized": len(resized), "warnings": told}


# --- before anything is written ------------------------------------------------------------------------------------


def _plan(root: Path, target: Path, settings: FolderSettings) -> tuple[list[_ClassFolder], list[str], list[str]]:
    """Find the classes and their images, what is ignored, and all that is wrong."""
    faults = Faults()
    with faults.noting():
        check_target(target)
    folders, ignored = _class_folders(root, faults)
    faults.raise_any()
    names = _class_order(root, list(folders), settings.class_names, faults)
    classes, told = [], [_NEIGHBOURS]
    unread: list[BadImage] = []
    for name in names:
        one, others = _class_folder(folders[name], faults, unread)
        classes.append(one)
        ignored += [f"{name}/{path.name}" for path in others]
        if inner := [path.name for path in others if path.is_dir()]:
            text = f"Folders inside the class {name} were ignored: {_some(inner)}."
            told.append(f"{text} Move their images into {folders[name]} if they belong to the class.")
    for fault in unread[:_MOST_NAMED]:
        faults.include(fault)
    if len(unread) > _MOST_NAMED:
        faults.add(BadImage, f"{len(unread) - _MOST_NAMED} more images cannot be used either.")
    faults.raise_any()
    more = [f"and {len(ignored) - _MOST_NAMED} more"] if len(ignored) > _MOST_NAMED else []
    return classes, ignored[:_MOST_NAMED] + more, told


def _class_folders(root: Path, faults: Faults) -> tuple[dict[str, Path], list[str]]:
    """Return the sub-folders by name, and the names of what else lies there."""
    if not root.is_dir():
        faults.add(PathMissing, f"There is no folder {root}.")
        return {}, []
    inside = _visible(root)
    folders = {path.name: path for path in inside if path.is_dir()}
    if not folders:
        text = f"There is no folder in {root}. Expected one sub-folder of images a class, named after the class."
        faults.add(BadImage, text)
    elif len(folders) == 1:
        faults.add(
            OneClass,
            f"There is one class folder in {root}, {next(iter(folders))}. Expected one for each of two or more.",
        )
    return folders, [path.name for path in inside if path.name not in folders]


def _visible(folder: Path) -> list[Path]:
    """Return what lies in a folder and is not hidden, in the order of the character codes of the names."""
    return sorted((path for path in folder.iterdir() if path.name[0] != "."), key=lambda path: path.name)


def _class_order(root: Path, found: list[str], wanted: Sequence[str] | None, faults: Faults) -> list[str]:
    """Return the class names in the order of their indices; only those that there are folders of."""
    if wanted is None:
        if all(name.isascii() and name.isdigit() for name in found):
            return sorted(found, key=lambda name: (int(name), name))
        return found
    lacking = [name for name in wanted if name not in found]
    extra = [name for name in found if name not in wanted]
    if lacking or extra:
        said = [f"there is no folder {_some(lacking)}"] * bool(lacking)
        said += [f"the folder {_some(extra)} is not among the class names"] * bool(extra)
        faults.add(
            BadOption,
            f"ClassNames (class_names in Python): in {root} {' and '.join(said)}. Class names are {_some(wanted)}; "
            f"folders are {_some(found)}. They must be the same, upper and lower case alike.",
        )
    return [name for name in wanted if name in found]


def _class_folder(folder: Path, faults: Faults, unread: list[BadImage]) -> tuple[_ClassFolder, list[Path]]:
    """Return the images of a class and what else lies in its folder; images that cannot be used go to `unread`."""
    images: list[Path] = []
    others: list[Path] = []
    for path in _visible(folder):
        (images if path.suffix.lower() in IMAGE_SUFFIXES and path.is_file() else others).append(path)
    if not images:
        kinds = ", ".join(suffix[1:] for suffix in IMAGE_SUFFIXES)
        faults.add(BadImage, f"There is no image in {folder}. Put images ({kinds}) there, or remove the folder.")
    sizes = []
    for path in images:
        try:
            sizes.append(_size(path))
        except BadImage as error:
            unread.append(error)
    return _ClassFolder(folder.name, images, sizes), others


def _size(path: Path) -> tuple[int, int]:
    """Return (height, width) of an image, upright, from its head.

    Raises:
        BadImage: it cannot be read, or is of a kind that cannot be used.
    """
    with _opened(path, path) as image:
        if image.mode not in (*_EIGHT_BIT, *_SIXTEEN_BIT):
            raise BadImage(
                f"{path}: pixels of Pillow's mode {image.mode} do not say which number is white. Save it with 8 or 16 "
                "bits, or hand the frames over as arrays with the option PixelRange (pixel_range in Python)."
            )
        if image.format == "TIFF" and getattr(image, "n_frames", 1) > 1:
            raise BadImage(f"{path} holds {image.n_frames} images. Save each as a file of its own.")  # type: ignore[attr-defined]
        width, height = image.size
        return (width, height) if _orientation(image) in _ACROSS else (height, width)


@contextlib.contextmanager
def _opened(path: Path, file: Path | io.BytesIO) -> Iterator[Image.Image]:
    """Open an image; whatever goes wrong while it is open is a BadImage that names the file."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with Image.open(file, formats=_FORMATS) as image:
                yield image
        except BadImage:
            raise
        except (Image.DecompressionBombWarning, Image.DecompressionBombError):
            raise BadImage(
                f"{path} has more than {(Image.MAX_IMAGE_PIXELS or 0) / 1e6:.0f} million pixels, which no frame has. "
                "Make it smaller, or remove it."
            ) from None
        except Image.UnidentifiedImageError:
            raise BadImage(f"{path} is no image (png, jpg, bmp, tif), or its head is damaged. Remove it.") from None
        except Exception as error:  # damaged images make Pillow raise almost anything
            raise BadImage(
                f"{path} cannot be read ({error}). It is damaged or cut short; copy it again, or remove it."
            ) from error


def _orientation(image: Image.Image) -> int:
    """Return the EXIF orientation of an image that is not loaded yet; 1 is upright, and what cannot be read too."""
    if image.format == "TIFF" or (image.format == "PNG" and "exif" not in image.info):
        return 1  # Pillow itself turns a TIFF; of a PNG without EXIF before the pixels it would read the pixels
    with contextlib.suppress(Exception):
        return int(image.getexif().get(_ORIENTATION, 1))
    return 1


def _usual_size(classes: Sequence[_ClassFolder]) -> tuple[int, int]:
    """Return the size that most images have; of equals the larger."""
    counts = collections.Counter(size for one in classes for size in one.sizes)
    return max(counts, key=lambda size: (counts[size], size[0] * size[1], size))


# --- the work ------------------------------------------------------------------------------------------------------


def _write(
    writer: DatasetWriter,
    index: int,
    one: _ClassFolder,
    shape: tuple[int, int, int],
    shown: ConversionProgress,
    should_stop: Callable[[], bool],
) -> int:
    """Write one class; return the brightest value of its 16-bit images, or -1."""
    n = len(one.images)
    labels = np.full(n, index, np.int16)
    groups = np.array([writer.new_group() for _ in one.images], np.int32)
    source: dict[str, Any] = {"kind": "images", "folder": one.name, "images": n}
    if writer.finished(one.name) is not None:
        digest = _Digest()
        for path in one.images:
            digest.add(path, _bytes(path))
        if writer.keep(one.name, labels, groups, {**source, "files_sha256": digest.hexdigest()}):
            shown.add(index + 1, one.name, n)
            return -1
    recording, digest, brightest = writer.begin(one.name), _Digest(), -1
    chunk = np.empty((min(n, _CHUNK_FRAMES, max(1, _CHUNK_BYTES // int(np.prod(shape)))), *shape), np.uint8)
    filled = 0
    for path in one.images:
        data = _bytes(path)
        digest.add(path, data)
        brightest = max(brightest, _read(path, data, chunk[filled]))
        filled += 1
        if filled == len(chunk):
            recording.append(chunk)
            filled = 0
        shown.add(index + 1, one.name, 1)
        end_if_asked(should_stop, writer.folder)
    recording.append(chunk[:filled])
    recording.close(labels, groups, {**source, "files_sha256": digest.hexdigest()})
    return brightest


class _Digest:
    """The SHA-256 of names and bytes of files."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()

    def add(self, path: Path, data: bytes) -> None:
        """Add one file."""
        self._hash.update(path.name.encode("utf-8", "surrogateescape") + b"\0" + hashlib.sha256(data).digest())

    def hexdigest(self) -> str:
        """Return what it is of all added so far."""
        return self._hash.hexdigest()


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadImage(f"{path} cannot be read ({error.strerror or error}). Copy it again, or remove it.") from None


def _read(path: Path, data: bytes, frame: Array) -> int:
    """Read an image into `frame`, uint8, (height, width, channels); return its brightest value of 16 bits, or -1."""
    height, width, channels = frame.shape
    mode = "L" if channels == 1 else "RGB"
    brightest = -1
    with _opened(path, io.BytesIO(data)) as image:
        orientation = _orientation(image)
        if image.mode in _SIXTEEN_BIT:
            deep = np.asarray(image).astype(np.uint16)
            brightest = int(deep.max())
            eight = Image.fromarray(to_uint8(deep, None, str(path))).convert(mode)
        else:
            eight = image.convert(mode)
        if orientation in _UPRIGHT:
            eight = eight.transpose(_UPRIGHT[orientation])
        if eight.size != (width, height):
            eight = eight.resize((width, height), Image.Resampling.BILINEAR)
        frame[:] = np.asarray(eight).reshape(frame.shape)
    return brightest


# --- what is told about it -----------------------------------------------------------------------------------------


def _classes_told(classes: Sequence[_ClassFolder]) -> list[str]:
    """Return a line a class: ``class 0 = NonTouch: 240 images``."""
    rows = [f"class {index} = {one.name}: {len(one.images)} images" for index, one in enumerate(classes[:_MOST_NAMED])]
    return rows + ([f"... and {len(classes) - _MOST_NAMED} more"] if len(classes) > _MOST_NAMED else [])


def _warnings(resized: Sequence[tuple[int, int]], size: tuple[int, int], brightest: int) -> list[str]:
    told = []
    if resized:
        counts = collections.Counter(resized).most_common()
        shown = _some([f"{count} of {height} x {width}" for (height, width), count in counts])
        told.append(
            f"Not all images have one size: {shown} (height x width) resized to {size[0]} x {size[1]}. Another size: "
            "option ImageSize (image_size in Python)."
        )
    if 0 <= brightest < _ALMOST_BLACK:
        told.append(
            f"The brightest value of the 16-bit images is {brightest} of 65535: they are stored almost black. Save "
            "them with their full depth, or hand the frames over as arrays with PixelRange (pixel_range in Python)."
        )
    return told


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return ", ".join(names[:_MOST_NAMED]) + more
