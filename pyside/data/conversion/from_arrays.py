"""Converts arrays from memory to a dataset folder: at once, or in parts if they are too large."""

from __future__ import annotations

import dataclasses
import weakref
from collections import Counter
from collections.abc import Sequence
from os import PathLike
from typing import Any

import numpy as np

from pyside.aliases import Array
from pyside.data.conversion.made_by import made_by
from pyside.data.conversion.preflight import about_single_frames
from pyside.data.dataset_writer import DatasetWriter, RecordingWriter, check_target, still_to_write
from pyside.data.formats import host_arrays
from pyside.data.formats.frames import adjust_contrast, noted_contrast, stated_range, to_uint8
from pyside.data.frame_file import hash_frames
from pyside.data.labels.class_indices import read_labels
from pyside.data.recordings.grey_levels import GreyLevels
from pyside.data.recordings.selection import places_of
from pyside.errors import BadFrames, BadLabels, BadOption, Faults, FrameOrder, LengthMismatch, printable
from pyside.settings.conversion import ArraySettings
from pyside.settings.core import named
from pyside.system import locks
from pyside.system.files import check_room
from pyside.system.paths import absolute
from pyside.system.records import first_forms, same_name


def convert_arrays(frames: Any, labels: Any, dataset: str | PathLike[str], **options: Any) -> dict[str, Any]:
    """Write frames and labels from memory as a dataset folder; see `pyside.convert_arrays`."""
    settings = ArraySettings.from_options(options)
    cell = host_arrays.as_cell(frames)
    stacks = [host_arrays.to_numpy(item, f"frames {{{number}}}") for number, item in enumerate(cell or [], start=1)]
    stacks = stacks or [host_arrays.to_numpy(frames, "frames")]
    shapes, dtypes = [stack.shape for stack in stacks], [stack.dtype.name for stack in stacks]
    conversion = ArrayConversion(dataset, settings, labels, shapes, dtypes, cell is not None)
    try:
        for number, stack in enumerate(stacks):
            conversion.append(number, stack)
        return conversion.close()
    except BaseException:
        conversion.abort()
        raise


@dataclasses.dataclass
class _Part:
    """The frames that form one recording: `where` is their positions in the array or the images, None for all."""

    recording: str
    labels: Array
    where: Array | None
    group: int
    writer: RecordingWriter | None = None
    kept: bool = False

    @property
    def groups(self) -> Array:
        """The group of each frame: int32, (n,)."""
        return np.full(len(self.labels), self.group, np.int32)


class ArrayConversion:
    """A conversion of arrays in progress.

    The constructor checks everything that can be checked without the frames. If each of several arrays is one image,
    they are the frames of one recording, unless `recordings` says otherwise: neighbouring frames are near copies.

    Args:
        dataset: the folder to write.
        settings: settings of the conversion.
        labels: one vector for one array; a list or tuple of vectors for several, or one vector if each is one image.
        shapes: shape of each array, or its ``size`` in MATLAB.
        dtypes: NumPy's name of the type of each array; if missing, types are checked when frames are appended.
        is_cell: whether several arrays (or a cell with one) are given, and therefore a list of label vectors.
            Default: True if there is more than one shape.

    Attributes:
        dataset: absolute path of the folder. It is locked until the conversion is closed or aborted.
        order: order of the axes of all arrays.
        n_frames: number of frames of each array.

    Raises:
        TouchTrainError: all faults at once.
    """

    def __init__(
        self,
        dataset: str | PathLike[str],
        settings: ArraySettings,
        labels: Any,
        shapes: Sequence[Sequence[int]],
        dtypes: Sequence[str] = (),
        is_cell: bool | None = None,
    ):
        self._settings = settings
        vectors = _label_vectors(labels, len(shapes), len(shapes) > 1 if is_cell is None else is_cell)
        self._what = _names_in_errors(len(shapes), settings.recordings)
        self.order, image_shape, self.n_frames = _check_shapes(shapes, vectors, settings.frame_order, self._what)
        self._are_images = len(shapes) > 1 and all(n == 1 for n in self.n_frames)
        if self._are_images:
            self._what = [f"image {number}" for number in range(1, len(shapes) + 1)]
        _check_types(dtypes, settings.pixel_range, self._what)
        label_set = read_labels(vectors, settings.class_names, settings.label_values, self._what)
        vectors = [np.concatenate(label_set.vectors)] if self._are_images else label_set.vectors
        self._image_shape = image_shape
        self._next = [0] * len(shapes)
        self._levels = GreyLevels(settings.pixel_range)
        self._n_written = 0
        names = _recordings(settings.recordings, [len(vector) for vector in vectors])
        self._table, self._remarks = label_set.table, label_set.remarks
        if self._are_images and isinstance(names[0], str):
            self._remarks = [*self._remarks, _about_images(len(shapes))]
        conversion = {
            "pixel_range": settings.pixel_range and list(settings.pixel_range),
            "contrast": noted_contrast(settings.contrast),
            "grey": settings.grey,
            **made_by(settings),
        }
        self.dataset = absolute(dataset)
        frames = Counter[str]()
        for one, vector in zip(names, vectors, strict=True):
            frames.update({one: len(vector)} if isinstance(one, str) else one)
        self._remarks = [*self._remarks, *about_single_frames(frames.values(), named("recordings"))]
        check_target(self.dataset)
        token = locks.take(self.dataset, "convert arrays")
        self._release = weakref.finalize(
            self, locks.release, self.dataset, token
        )  # also called when it is garbage-collected
        try:
            check_room(self.dataset, still_to_write(self.dataset, frames, image_shape, conversion))
            self._writer = DatasetWriter(self.dataset, settings.class_names, image_shape, label_set.mapping, conversion)
        except BaseException:
            self._release()
            raise
        self._parts = [self._plan(vector, name) for vector, name in zip(vectors, names, strict=True)]
        if self._are_images:
            self._parts = _part_of_each(self._parts[0], len(shapes))

    def _plan(self, labels: Array, name: str | list[str]) -> list[_Part]:
        """Return the recordings of one array, or of all images, with their frames."""
        if isinstance(name, str):
            return [_Part(name, labels, None, self._writer.new_group())]
        places = places_of(name)
        return [_Part(one, labels[where], where, self._writer.new_group()) for one, where in places.items()]

    def append(self, array: int, frames: Any) -> int:
        """Write the next frames of one array.

        Args:
            array: index of the array, from 0. Arrays that are single images come in their order.
            frames: the next frames, a part of the array along the axis of frames.

        Returns:
            The number of frames of all arrays written so far.

        Raises:
            BadFrames, PixelRange: NaN, or values outside the range.
            LengthMismatch: there are more frames than labels.
            DiskFull, NotWritable: the disk is full, or write access is denied.
        """
        what, start = self._what[array], self._next[array]
        stack = host_arrays.to_nhwc(host_arrays.to_numpy(frames, what), self.order)
        if stack.shape[1:] != self._image_shape or start + len(stack) > self.n_frames[array]:
            raise LengthMismatch(
                f"{what}: received {len(stack)} frames of {stack.shape[1:]} (height, width, channels) after {start} "
                f"frames, but expected {self.n_frames[array]} frames of {self._image_shape} in all."
            )
        if self._are_images and array != self._n_written:
            raise LengthMismatch(f"Expected image {self._n_written + 1}, received image {array + 1}.")
        is_deep = stack.dtype == np.uint16
        converted = to_uint8(stack, self._settings.pixel_range, what, start)
        converted = adjust_contrast(converted, self._settings.contrast)
        for part in self._parts[array]:
            inside = converted if self._are_images else _inside(part, converted, start)
            self._levels.of(part.recording, is_deep).add(inside)
            self._write(part, inside)
        self._next[array] = start + len(stack)
        self._n_written += len(stack)
        return self._n_written

    def _write(self, part: _Part, frames: Array) -> None:
        if part.writer is None and not part.kept:
            if len(frames) == len(part.labels) and self._writer.finished(part.recording) is not None:
                source = {"kind": "array", "sha256": hash_frames(frames)}
                part.kept = self._writer.keep(part.recording, part.labels, part.groups, source)
            if not part.kept:
                part.writer = self._writer.begin(part.recording)
        if part.writer is None or not len(frames):
            return
        part.writer.append(frames)
        if part.writer.n_frames == len(part.labels):
            part.writer.close(part.labels, part.groups, {"kind": "array"})

    def close(self) -> dict[str, Any]:
        """Complete the dataset.

        Returns:
            The summary of the dataset, with ``label_table`` and ``warnings``.

        Raises:
            LengthMismatch: frames are missing.
        """
        missing = [
            f"{what}: {done} of {n} frames"
            for what, done, n in zip(self._what, self._next, self.n_frames, strict=True)
            if done < n
        ]
        if missing:
            raise LengthMismatch("Frames are missing. " + "; ".join(missing) + ".")
        warnings = self._remarks + self._writer.remarks() + self._levels.remarks()
        summary = self._writer.close().summary()
        self._release()
        return {**summary, "label_table": self._table, "warnings": warnings}

    def abort(self) -> None:
        """Remove what was written; a dataset that existed before stays."""
        self._writer.abort()
        self._release()


def _inside(part: _Part, frames: Array, start: int) -> Array:
    """Return the frames that belong to a part, of those from `start` on."""
    if part.where is None:
        return frames
    found: Array = frames[part.where[(part.where >= start) & (part.where < start + len(frames))] - start]
    return found


def _label_vectors(labels: Any, n_arrays: int, is_cell: bool) -> list[Any]:
    """Return one label vector per array."""
    if host_arrays.as_texts(labels) is not None or host_arrays.is_array(labels):
        vectors = [labels]
    elif isinstance(labels, (list, tuple)):
        nested = is_cell or any(host_arrays.is_array(item) or isinstance(item, (list, tuple)) for item in labels)
        vectors = list(labels) if nested else [labels]
    else:
        vectors = [labels]
    n_labels = _length(vectors[0], "the arrays") if len(vectors) == 1 < n_arrays else 0
    if n_arrays == n_labels:  # one label for each array, which is an image
        texts = host_arrays.as_texts(vectors[0])
        vectors = [[text] for text in texts] if texts else np.ravel(host_arrays.to_numpy(vectors[0], "labels")).tolist()
    if len(vectors) != n_arrays:
        given = f"one vector of {n_labels} labels" if n_labels else f"{len(vectors)} label vectors"
        raise LengthMismatch(
            f"{n_arrays} arrays of frames and {given}. Give one label vector per recording, or if each array is a "
            "single image, one label per image."
        )
    return vectors


def _part_of_each(parts: Sequence[_Part], n_images: int) -> list[list[_Part]]:
    """Return for each image the recording that it belongs to."""
    owners: list[list[_Part]] = [[] for _ in range(n_images)]
    for part in parts:
        for place in range(n_images) if part.where is None else part.where.tolist():
            owners[place] = [part]
    return owners


def _about_images(n_images: int) -> str:
    return (
        f"The {n_images} arrays are single images, so they were taken as the frames of one recording, in this order: "
        "neighbouring frames of a video are nearly equal and must be on one side of a split. If the images come from "
        f"several videos, give the name or number of the video of each image by the option {named('recordings')}."
    )


def _names_in_errors(n_arrays: int, recordings: Any) -> list[str]:
    if n_arrays == 1:
        return ["frames"]
    names = host_arrays.as_texts(recordings) or []
    named = [f" ({name})" for name in names] if len(names) == n_arrays else [""] * n_arrays
    return [f"recording {number}{name}" for number, name in enumerate(named, start=1)]


def _check_types(dtypes: Sequence[str], pixel_range: tuple[float, float] | None, what: Sequence[str]) -> None:
    faults = Faults()
    for dtype, name in zip(dtypes, what, strict=False):
        with faults.noting():
            stated_range(dtype, pixel_range, name)
    faults.raise_any()


def _check_shapes(
    shapes: Sequence[Sequence[int]], vectors: Sequence[Any], frame_order: str, what: Sequence[str]
) -> tuple[str, tuple[int, int, int], list[int]]:
    """Return the order of the axes of all arrays, the shape of all frames, and the number of frames of each array."""
    faults = Faults()
    for shape, name in zip(shapes, what, strict=True):
        if 0 in shape or len(shape) < 2:
            faults.add(BadFrames, f"{name}: an array of {'x'.join(map(str, shape)) or 'one number'} holds no frames.")
    faults.raise_any()
    lengths = [_length(vector, name) for vector, name in zip(vectors, what, strict=True)]
    order = host_arrays.resolve_order(shapes, lengths, frame_order, what)
    sizes = [host_arrays.frame_shape(shape, order) for shape in shapes]
    if len(set(sizes)) > 1:
        shown = "; ".join(f"{name} {'x'.join(map(str, size))}" for name, size in zip(what, sizes, strict=True))
        raise FrameOrder(f"All frames must have one size (height x width x channels). Received {shown}.")
    return order, sizes[0], lengths


def _length(vector: Any, name: str) -> int:
    texts = host_arrays.as_texts(vector)
    if texts:
        return len(texts)
    numbers = host_arrays.to_numpy(vector, f"Labels of {name}", BadLabels)
    host_arrays.check_vector(numbers.shape, f"Labels of {name}")
    return int(numbers.size)


def _recordings(option: Any, n_frames: Sequence[int]) -> list[str | list[str]]:
    """Return for each array the name of its recording, or one name per frame."""
    if option is None or (isinstance(option, (list, tuple)) and not option):
        digits = max(3, len(str(len(n_frames))))
        return [f"recording{number:0{digits}d}" for number in range(1, len(n_frames) + 1)]
    names = host_arrays.as_texts(option)
    names = names and [*map(printable, names)]
    if names is None:
        ids = np.ravel(host_arrays.to_numpy(option, "Recordings", BadOption), order="F")
        lacking = np.flatnonzero(~np.isfinite(ids))
        if len(lacking):
            raise BadOption(
                f"Recordings: {len(lacking)} of {len(ids)} numbers are missing or infinite; the first is number "
                f"{lacking[0] + 1}. Give the name or number of the recording of each frame."
            )
        names = [f"recording{int(number) if number == int(number) else number}" for number in ids.tolist()]
    if len(n_frames) == 1 and len(names) == n_frames[0] and len(names) > 1:
        return [first_forms(names)]
    if len(names) != len(n_frames):
        expected = f"{len(n_frames)} names"
        if len(n_frames) == 1:
            expected = f"one name, or one id for each of the {n_frames[0]} frames"
        raise BadOption(f"Recordings: expected {expected}, received {len(names)}.")
    if len({*map(same_name, names)}) < len(names):
        raise BadOption("Recordings: two arrays have the same name. Give each recording a unique name.")
    return list(names)
