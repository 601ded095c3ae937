"""Reads frames that are already cut out from files: arrays, and images."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from pyside.aliases import Array
from pyside.curation.model.facts import ModelFacts
from pyside.data.formats import array_files, hdf5_files, host_arrays, mat_files
from pyside.data.formats.array_files import HeldArray
from pyside.errors import BadFrames, BadImage, Faults
from pyside.settings.curation import PredictSettings
from pyside.system.paths import check_readable, inside, is_folder, is_there, natural, no_file

IMAGES = (".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff")
_HDF5 = (".h5", ".hdf5")
ARRAYS = (".npy", ".npz", ".mat", *_HDF5)
_EXPECTED = "Expected an array of frames."


@dataclasses.dataclass(frozen=True)
class Source:
    """Frames of one or several files.

    Attributes:
        arrays: in the order of `names`.
        names: what each array is called in messages.
        sequence: whether the frames of each array follow each other in time.
    """

    arrays: list[Array]
    names: list[str]
    sequence: bool


def read(paths: Sequence[Path], facts: ModelFacts, settings: PredictSettings) -> Source:
    """Read frames from files.

    Args:
        paths: files with an array (.npy, .npz, .mat, .h5), images, or folders of images. Images whose names differ in
            one number are a sequence if they are a whole folder; other images do not follow each other.
        facts: of the model, which says whether images are read in colour.
        settings: `frames_variable` and `pixel_range` count.

    Raises:
        PathMissing, NotReadable: a file does not exist or may not be read.
        BadFrames, BadImage, PixelRange: a file holds no frames, several arrays may be the frames, or it is damaged.
            All faults at once.
    """
    faults = Faults(total=len(paths))
    for path in paths:
        with faults.noting(of=path):
            _check(path)
    faults.raise_any()
    found: list[Source] = []
    for path in paths:
        with faults.noting(of=path):
            found.append(_read(path, facts, settings))
    faults.raise_any()
    return Source(
        [array for one in found for array in one.arrays],
        [name for one in found for name in one.names],
        all(one.sequence for one in found),
    )


def _check(path: Path) -> None:
    if not is_there(path):
        raise no_file(path, "file or folder")
    check_readable(path)
    if is_folder(path) or path.suffix.lower() in (*IMAGES, *ARRAYS):
        return
    raise BadFrames(
        f"{path}: predict reads frames that are cut out, from files that end in {', '.join((*ARRAYS, *IMAGES))}. To "
        "mark the frames of a video, use curate.",
        of=path,
    )


def _read(path: Path, facts: ModelFacts, settings: PredictSettings) -> Source:
    if is_folder(path):
        return _of_folder(path, facts, settings)
    if path.suffix.lower() in IMAGES:
        return Source([_image(path, facts, settings)], [str(path)], False)
    value = _of_mat(path, settings) if path.suffix.lower() == ".mat" else _of_array_file(path, facts, settings)
    cell = host_arrays.as_cell(value)
    if cell is None:
        return Source([value], [str(path)], True)
    return Source(cell, [f"{path}: array {number}" for number in range(1, len(cell) + 1)], True)


def _of_folder(folder: Path, facts: ModelFacts, settings: PredictSettings) -> Source:
    from pyside.data.video.image_sequences import images_of, is_sequence

    if is_sequence(folder):
        images = [_image(path, facts, settings) for path in images_of(folder)]
        if len({image.shape for image in images}) == 1:
            return Source([np.concatenate(images)], [str(folder)], True)
    found = [path for path in inside(folder) if path.suffix.lower() in IMAGES and path.parent == folder]
    if not found:
        raise BadImage(f"{folder} holds no images ({', '.join(IMAGES)}).", of=folder)
    found.sort(key=lambda path: natural(path.name))
    return Source([_image(path, facts, settings) for path in found], list(map(str, found)), False)


def _image(path: Path, facts: ModelFacts, settings: PredictSettings) -> Array:
    """Return an image as (1, height, width, channels)."""
    from pyside.data.formats.images import read_image

    return read_image(path, facts.image_shape[2], None, settings.pixel_range or facts.pixel_range)[np.newaxis]


def _of_mat(path: Path, settings: PredictSettings) -> Any:
    there = {name: value for name, value in mat_files.read_mat(path).items() if _are_frames(value)}
    forms = {name: _form(value) for name, value in there.items()}
    if not there:
        raise BadFrames(f"{path} holds no array. {_EXPECTED}", of=path)
    return there[array_files.choose_array(path, forms, "frames", settings.frames_variable, _may_be_frames)]


def _are_frames(value: Any) -> bool:
    return host_arrays.as_cell(value) is not None or isinstance(value, np.ndarray) and value.dtype.kind in "biuf"


def _form(value: Any) -> array_files.ArrayForm:
    cell = host_arrays.as_cell(value)
    first: Array = value if cell is None else cell[0]
    return first.shape, first.dtype


def _may_be_frames(form: array_files.ArrayForm) -> bool:
    """Return whether an array can be frames; a single one has two axes, of more than one row and column."""
    shape, dtype = form
    return array_files.may_be_frames(form) or (len(shape) == 2 and min(shape) > 1 and dtype.kind in "biuf")


def _of_array_file(path: Path, facts: ModelFacts, settings: PredictSettings) -> Array:
    held = HeldArray(path)
    if path.suffix.lower() != ".npy":
        there = array_files.list_arrays(path, _EXPECTED)
        name = array_files.choose_array(path, there, "frames", settings.frames_variable, _may_be_frames)
        held = HeldArray(path, name)
    with array_files.open_array(held, BadFrames) as stack:
        turned = False
        if path.suffix.lower() in _HDF5:
            hdf5_files.check_whole(stack, path, BadFrames)
            turned = _is_turned(stack, path, facts)
        array = np.asarray(stack[()]) if path.suffix.lower() in _HDF5 else np.asarray(stack)
    if array.dtype.kind not in "biuf":
        raise BadFrames(f"{held}: expected an array of real numbers, received {array.dtype} values.", of=path)
    return array.T if turned else array


def _is_turned(stack: Any, path: Path, facts: ModelFacts) -> bool:
    """Return whether the axes of an HDF5 file are in reverse order, because MATLAB, Julia or R wrote it."""
    writer = hdf5_files.written_by(stack, path)
    if writer:
        return writer != "NumPy"
    return hdf5_files.has_time(stack)
