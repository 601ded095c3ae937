"""The dataset folder: the only form that training reads, whatever the frames came from.

Each recording has three NumPy files, and the folder has one description::

    dataset.json
    NAME.frames.npy    uint8, (n, height, width, channels), C order, 0 to 255
    NAME.labels.npy    int16, (n,), index into the class names; -1 leaves the frame out
    NAME.groups.npy    int32, (n,), group ids: frames of one group stay on one side of a split

The description also says how the dataset was made, for people and for `data.conversion.made_by`: in ``made_by`` the
command and its options, in the source of each recording its ``region`` with the centre, or the ``names`` of its image
files. Datasets of earlier versions lack these.

Equal inputs give equal bytes: the files contain no times and no absolute paths, and do not depend on which recording
finished first. A dataset is written to ``<folder>.unfinished`` and renamed when it is complete. An interrupted
conversion leaves that folder, and the next one continues after the recordings that are complete in it.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from io import RawIOBase
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from pyside.aliases import Array
from pyside.data.description import read_description
from pyside.data.frame_file import BLOCK_BYTES, usual_head
from pyside.errors import BadDataset, PathMissing
from pyside.settings.conversion import FEW_CLASSES
from pyside.system.files import unfinished
from pyside.system.paths import absolute, is_file, is_folder, not_readable, reading

_WITHOUT_ORDER = ("images", "tfrecords")  # kinds of sources whose frames have no order in time

DESCRIPTION = "dataset.json"
LEAVE_OUT = -1  # a frame with this label is on no side of a split
ARRAYS = ("frames", "labels", "groups")
_ROWS_AT_ONCE = 1 << 17  # of a table
_TYPES: dict[str, type[np.generic]] = {"labels": np.int16, "groups": np.int32}
_HEAD_BYTES = 128  # of an .npy file as NumPy and we write it
_OPENERS = 8  # threads that check recordings: a network drive answers slowly, but many requests at a time
_FEW = 32  # recordings that take less time to check than threads take to start


# --- reading -------------------------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Recording:
    """One recording of a dataset; its frames stay on disk, and no file is kept open.

    Attributes:
        folder: the dataset folder.
        name: the name that its files begin with.
        n_frames: number of frames.
        info: its entry in ``dataset.json``: source, tags, frames of each class, frames left out.
        image_shape: (height, width, channels) of every frame.
        dataset_hash: SHA-256 of ``dataset.json``.
    """

    folder: Path
    name: str
    n_frames: int
    info: dict[str, Any]
    image_shape: tuple[int, int, int]
    dataset_hash: str = ""

    @property
    def frames(self) -> Array:
        """Frames as a read-only memory map: uint8, (n, height, width, channels).

        Each access makes a new map, which keeps a file open: with many recordings, hold one map at a time.

        Raises:
            BadDataset: the file cannot be read, is damaged, or has changed since it was first opened.
        """
        with self._opened() as file:
            return np.memmap(file, np.uint8, "r", self._offset(file), (self.n_frames, *self.image_shape))

    def read_into(self, rows: Array, places: Array) -> None:
        """Read frames; frames that follow each other are read in one call.

        The file is read, not mapped: for each mapped page the system may read megabytes around it, and if the drive
        disappears, a memory map ends the process instead of raising an error.

        Args:
            rows: uint8, (n, height, width, channels), filled with the frames.
            places: int64, (n,), positions of the frames in the recording, ascending and without duplicates.

        Raises:
            BadDataset: the file cannot be read, is damaged, or has changed since it was first opened.
        """
        if not len(places):
            return
        cuts = np.flatnonzero(np.diff(places) > 1) + 1
        with self._opened() as file:
            offset, size = self._offset(file), rows[0].nbytes
            for start, stop in zip([0, *cuts], [*cuts, len(places)], strict=True):
                file.seek(offset + int(places[start]) * size)
                _fill(memoryview(rows[start:stop]).cast("B"), file)

    def sha256(self, tick: Callable[[int], None] = lambda n_bytes: None) -> str:
        """Return the SHA-256 of the frames on disk; `tick` is called after each block with its length in bytes.

        Raises:
            BadDataset: as `read_into`.
        """
        digest, block = hashlib.sha256(), memoryview(bytearray(BLOCK_BYTES))
        left = self._n_bytes
        with self._opened() as file:
            file.seek(self._offset(file))
            while left:
                part = block[: min(left, len(block))]
                _fill(part, file)
                digest.update(part)
                left -= len(part)
                tick(len(part))
        return digest.hexdigest()

    @cached_property
    def labels(self) -> Array:
        """Class index of each frame: int16, (n,); -1 leaves the frame out."""
        return self._read_vector("labels")

    @cached_property
    def groups(self) -> Array:
        """Group id of each frame: int32, (n,)."""
        return self._read_vector("groups")

    @property
    def original(self) -> str:
        """The name that the user gave it; `name` may differ, since it is unique and legal as a file name."""
        return str(self.info.get("original", self.name))

    @property
    def files(self) -> list[str] | None:
        """The image file of each frame, within the folder of its class; None for other sources, and if not known."""
        names: list[str] | None = self.info.get("source", {}).get("names")
        return names

    @cached_property
    def frame_numbers(self) -> Array | None:
        """Number of each frame in its source, ascending from 0: int, (n,); None if frames have no order in time.

        Consecutive numbers are consecutive frames; a gap in the numbers is a gap in time.
        """
        source = self.info.get("source", {})
        if source.get("kind") in _WITHOUT_ORDER:
            return None
        runs = source.get("frames_kept")
        if runs is None:
            return np.arange(self.n_frames, dtype=np.int64)
        kept = [np.arange(first, last + 1, dtype=np.int64) for first, last in runs]
        numbers = np.concatenate([*kept, np.empty(0, np.int64)])
        damaged = source.get("damaged", [])
        return np.setdiff1d(numbers, damaged) if damaged else numbers

    def share(self, labels: Array, groups: Array) -> None:
        """Read labels and groups into vectors, int16 and int32, (n,), and keep these instead of vectors of its own.

        Raises:
            BadDataset: they cannot be read, or do not agree with the description.
        """
        for what, vector in (("labels", labels), ("groups", groups)):
            if what in self.__dict__:
                vector[...] = self.__dict__[what]
            else:
                self._read_vector(what, vector)
            vector.flags.writeable = False
            self.__dict__[what] = vector

    def check(self, n_classes: int) -> None:
        """Check that all three files exist and agree with the description; read labels and groups.

        Raises:
            BadDataset: a file is missing or does not agree.
        """
        labels, groups = self.labels, self.groups
        if len(labels) != len(groups) or (len(labels) and not -1 <= labels.min() <= labels.max() < n_classes):
            raise BadDataset(f"The labels of {self.name} in {self.folder} are damaged. Convert it again.")
        if self._stamp[0] != _HEAD_BYTES + self._n_bytes:  # otherwise the head is checked when frames are read
            with self._opened() as file:
                self._offset(file)

    @property
    def _n_bytes(self) -> int:
        height, width, channels = self.image_shape
        return self.n_frames * height * width * channels

    def _path(self, what: str) -> Path:
        return self.folder / f"{self.name}.{what}.npy"

    def _read_vector(self, what: str, vector: Array | None = None) -> Array:
        path, dtype = self._path(what), _TYPES[what]
        with _read_errors(path), open(path, "rb", buffering=0) as file:
            self._check_head(path, file, dtype, (self.n_frames,))
            vector = np.empty(self.n_frames, dtype) if vector is None else vector
            if self.n_frames:
                _fill(memoryview(vector).cast("B"), file)
        vector.flags.writeable = False
        return vector

    @cached_property
    def _stamp(self) -> tuple[int, int, int]:
        """Size, time of change and inode of the file of frames, by which a change is noticed."""
        path = self._path("frames")
        with _read_errors(path):
            return _stamp_of(path.stat())

    @contextlib.contextmanager
    def _opened(self) -> Iterator[RawIOBase]:
        """Open the file of frames; raise `BadDataset` if it has changed since it was first opened."""
        path, known = self._path("frames"), self._stamp
        with _read_errors(path), open(path, "rb", buffering=0) as file:
            found = _stamp_of(os.fstat(file.fileno()))
            if found != known and (found[:2] != known[:2] or not self._is_same_dataset()):
                raise BadDataset(
                    f"{path} has changed since this dataset was opened: it was converted again, or replaced. Open the "
                    "dataset again; a training must start from the beginning."
                )
            yield file

    def _is_same_dataset(self) -> bool:
        """Return whether the description is unchanged: some network drives give files new inode numbers."""
        return _hash_of(self.folder) == self.dataset_hash != ""

    def _offset(self, file: RawIOBase) -> int:
        """Return the offset of the first frame in the file, in bytes."""
        if "_begin" not in self.__dict__:
            self.__dict__["_begin"] = self._check_head(
                self._path("frames"), file, np.uint8, (self.n_frames, *self.image_shape)
            )
        return int(self.__dict__["_begin"])

    def _check_head(self, path: Path, file: Any, dtype: type[np.generic], shape: tuple[int, ...]) -> int:
        """Return the offset of the values in an .npy file; raise `BadDataset` if it does not hold what is expected."""
        if file.read(_HEAD_BYTES) == (usual := usual_head(np.dtype(dtype), shape)):
            return self._whole(path, file, len(usual), dtype, shape)
        file.seek(0)
        try:
            version = np.lib.format.read_magic(file)
            read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
            found, by_columns, of_type = read(file)
        except OSError:
            raise
        except Exception as error:  # a damaged head makes NumPy raise almost anything
            raise BadDataset(f"{path} cannot be read ({error}). Convert this dataset again.") from None
        if of_type != dtype or found != shape or (by_columns and len(shape) > 1):
            raise BadDataset(
                f"{path} holds {of_type} of shape {found}, but {DESCRIPTION} lists {self.n_frames} frames of "
                f"{self.image_shape}. Convert this dataset again."
            )
        return self._whole(path, file, file.tell(), dtype, shape)

    def _whole(self, path: Path, file: Any, begin: int, dtype: type[np.generic], shape: tuple[int, ...]) -> int:
        """Return `begin` if the file is long enough for all its values; raise `BadDataset` otherwise."""
        if os.fstat(file.fileno()).st_size < begin + int(np.prod(shape, dtype=object)) * np.dtype(dtype).itemsize:
            raise BadDataset(f"{path} is cut short. Convert this dataset again.")
        return begin


def _stamp_of(found: os.stat_result) -> tuple[int, int, int]:
    return found.st_size, found.st_mtime_ns, found.st_ino


@contextlib.contextmanager
def _read_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except PermissionError:
        raise not_readable(path) from None
    except OSError as error:
        missing = isinstance(error, FileNotFoundError)
        hint = "Convert this dataset again." if missing else "Check that its drive is connected."
        raise BadDataset(f"{path} cannot be read ({error.strerror or error}). {hint}") from error


def _fill(room: memoryview, file: RawIOBase) -> None:
    while room:
        n = file.readinto(room)
        if not n:
            raise OSError("the file has become shorter")
        room = room[n:]


def number_type(most: int) -> type[np.signedinteger[Any]]:
    """Return the type of numbers up to `most`: int32, or int64 if it is too small; of 10^8 frames, each byte counts."""
    return np.int32 if most <= np.iinfo(np.int32).max else np.int64


def blocks(n: int) -> Iterator[slice]:
    """Yield slices that cover n rows, for work whose intermediate values must not take the memory of all rows."""
    for start in range(0, n, _ROWS_AT_ONCE):
        yield slice(start, min(n, start + _ROWS_AT_ONCE))


def places_of(mask: Array) -> Array:
    """Return where a mask, bool, (n,), is true: of `number_type`, ascending."""
    found = np.empty(np.count_nonzero(mask), number_type(len(mask)))
    done = 0
    for part in blocks(len(mask)):
        places = np.flatnonzero(mask[part]) + part.start
        found[done : done + len(places)] = places
        done += len(places)
    return found


def taken(values: Array, places: Array) -> Array:
    """Return ``values[places]``, for which NumPy would make an int64 copy of all places at once."""
    found = np.empty((len(places), *values.shape[1:]), values.dtype)
    for part in blocks(len(places)):
        found[part] = values[places[part]]
    return found


@dataclasses.dataclass(frozen=True, eq=False)
class FrameTable:
    """What is known of frames, a row each, in the order of the dataset; their pixels stay on disk.

    ``table[chosen]`` is a table of some of them; `chosen` is what NumPy takes: numbers of frames, bool, or a slice, of
    which no copy is made.

    Attributes:
        labels: int16, (n,), read-only as the other vectors: index into `class_names`; -1 leaves the frame out.
        groups: int32, (n,), which frames belong together.
        recordings: int, (n,), ascending, the number of the frame's recording, from 0; of `number_type`.
        frame_numbers: int, (n,), number in the recording's source, see `Recording.frame_numbers`; -1 where there is
            no order in time; of `number_type`.
        class_names: in the order of their indices.
        tags: of each recording of the dataset, such as object, animal, camera.
    """

    labels: Array
    groups: Array
    recordings: Array
    frame_numbers: Array
    class_names: tuple[str, ...]
    tags: tuple[Mapping[str, str], ...] = ()

    def __post_init__(self) -> None:
        for column in self._columns:
            column.flags.writeable = False

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, chosen: Array | slice) -> FrameTable:
        if isinstance(chosen, np.ndarray) and chosen.dtype != bool:
            labels, groups, recordings, frame_numbers = (taken(column, chosen) for column in self._columns)
        else:
            labels, groups, recordings, frame_numbers = (column[chosen] for column in self._columns)
        return FrameTable(labels, groups, recordings, frame_numbers, self.class_names, self.tags)

    @property
    def _columns(self) -> tuple[Array, ...]:
        return self.labels, self.groups, self.recordings, self.frame_numbers


@dataclasses.dataclass(frozen=True)
class Dataset:
    """An open dataset folder.

    Attributes:
        folder: absolute path.
        class_names: class names in the order of their indices.
        image_shape: (height, width, channels) of every frame.
        recordings: in the order of ``dataset.json``.
        hash: SHA-256 of ``dataset.json``, which holds the hash of every recording.
        info: all of ``dataset.json``.
    """

    folder: Path
    class_names: tuple[str, ...]
    image_shape: tuple[int, int, int]
    recordings: tuple[Recording, ...]
    hash: str
    info: dict[str, Any]

    @cached_property
    def table(self) -> FrameTable:
        """What is known of all frames; labels and groups of the recordings are parts of it, not held twice."""
        labels, groups = self._vectors
        n_recordings = len(self.recordings)
        recordings = np.repeat(np.arange(n_recordings, dtype=number_type(n_recordings)), np.diff(self._starts))
        frame_numbers = np.empty(len(labels), number_type(max(map(_last_number, self.recordings), default=0)))
        for one, rows in zip(self.recordings, self._rows(), strict=True):
            numbers = one.frame_numbers
            frame_numbers[rows] = -1 if numbers is None else numbers
            if numbers is not None:
                one.__dict__["frame_numbers"] = frame_numbers[rows]
        tags = tuple(one.info["tags"] for one in self.recordings)
        return FrameTable(labels, groups, recordings, frame_numbers, self.class_names, tags)

    def check(self) -> None:
        """Check that the files of all recordings exist and agree with the description; read labels and groups.

        Raises:
            BadDataset: a file is missing or does not agree.
        """
        vectors: tuple[Array, Array] | None = None
        with contextlib.suppress(MemoryError, ValueError):  # a damaged description promises anything; files tell
            vectors = self._empty_vectors()

        def check(one: Recording, rows: slice) -> None:
            if vectors is not None:
                one.share(*(vector[rows] for vector in vectors))
            one.check(len(self.class_names))

        if len(self.recordings) <= _FEW:
            for recording, rows in zip(self.recordings, self._rows(), strict=True):
                check(recording, rows)
        else:
            with ThreadPoolExecutor(_OPENERS) as openers:
                for _ in openers.map(check, self.recordings, self._rows()):
                    pass
        if vectors is not None:
            self.__dict__["_vectors"] = vectors

    @cached_property
    def _vectors(self) -> tuple[Array, Array]:
        """Labels and groups of all frames, of which those of the recordings are parts."""
        vectors = self._empty_vectors()
        for one, rows in zip(self.recordings, self._rows(), strict=True):
            one.share(*(vector[rows] for vector in vectors))
        return vectors

    def _empty_vectors(self) -> tuple[Array, Array]:
        n = int(self._starts[-1])
        return np.empty(n, np.int16), np.empty(n, np.int32)

    def _rows(self) -> Iterator[slice]:
        """Yield the rows of each recording in the table."""
        starts = self._starts.tolist()
        return map(slice, starts[:-1], starts[1:])

    @cached_property
    def _starts(self) -> Array:
        """Number of the first frame of each recording, and at the end the number of all frames."""
        return np.cumsum([0, *(recording.n_frames for recording in self.recordings)])

    @property
    def files(self) -> list[str]:
        """The names of its files; other files in the folder do not belong to it."""
        return [*(f"{one.name}.{kind}.npy" for one in self.recordings for kind in ARRAYS), DESCRIPTION]

    def place(self, number: int) -> tuple[Recording, int]:
        """Return the recording that a frame of the dataset belongs to, and its position there; both count from 0."""
        owner = int(np.searchsorted(self._starts, number, side="right")) - 1
        return self.recordings[owner], int(number - self._starts[owner])

    def read(self, numbers: Array) -> Array:
        """Read frames by their number in the whole dataset: int64, (n,) to uint8, (n, height, width, channels)."""
        needed, places = np.unique(numbers, return_inverse=True)
        rows = np.empty((len(needed), *self.image_shape), np.uint8)
        if not len(needed):
            return rows
        owners = np.searchsorted(self._starts, needed, side="right") - 1
        found, firsts = np.unique(owners, return_index=True)
        for owner, first, end in zip(found.tolist(), firsts, [*firsts[1:], len(needed)], strict=True):
            self.recordings[owner].read_into(rows[first:end], needed[first:end] - self._starts[owner])
        return rows[places]

    def summary(self) -> dict[str, Any]:
        """Return a summary for a person, as plain values."""
        machine = [one.name for one in self.recordings if one.info.get("source", {}).get("labels_by") == "machine"]
        corrected = {one.name: one.info.get("source", {}).get("corrections") for one in self.recordings}
        corrections = [{"recording": name, **found} for name, found in corrected.items() if found]
        return {
            "kind": "dataset",
            "path": str(self.folder),
            "class_names": list(self.class_names),
            "image_shape": list(self.image_shape),
            "frames": sum(recording.n_frames for recording in self.recordings),
            "counts": added_counts((one.info["counts"] for one in self.recordings), self.class_names),
            "left_out": sum(recording.info["left_out"] for recording in self.recordings),
            "label_mapping": self.info["label_mapping"],
            **({"labels_by_machine": machine} if machine else {}),
            **({"corrections": corrections} if corrections else {}),
            "recordings": [
                {
                    "name": recording.name,
                    "frames": recording.n_frames,
                    "counts": recording.info["counts"],
                    "left_out": recording.info["left_out"],
                }
                for recording in self.recordings
            ],
            "hash": self.hash,
        }


def _last_number(recording: Recording) -> int:
    """Return a number that no frame number of a recording is above."""
    runs = recording.info.get("source", {}).get("frames_kept")
    return int(runs[-1][1]) if runs else recording.n_frames


def open_dataset(folder: str | PathLike[str]) -> Dataset:
    """Open a dataset folder.

    Args:
        folder: a folder that a conversion wrote.

    Returns:
        The dataset; its frames stay on disk.

    Raises:
        PathMissing: the folder does not exist.
        BadDataset: it is incomplete, damaged, of another version, or not a dataset.
    """
    dataset = described(folder)
    try:
        dataset.check()
    finally:
        if _hash_of(dataset.folder) not in ("", dataset.hash):
            raise BadDataset(f"The dataset {dataset.folder} was converted again while it was being opened. Try again.")
    return dataset


def described(folder: str | PathLike[str]) -> Dataset:
    """Open a dataset by its description alone: as `open_dataset`, but its other files are not checked."""
    folder = absolute(folder)
    path = folder / DESCRIPTION
    if not is_file(path):
        raise _no_dataset(folder)
    with reading(path):
        data = path.read_bytes()
    info, sha256 = read_description(data, path), hashlib.sha256(data).hexdigest()
    height, width, channels = shape = tuple(info["image_shape"])
    recordings = tuple(
        Recording(folder, entry["name"], entry["frames"], entry, shape, sha256) for entry in info["recordings"]
    )
    return Dataset(folder, tuple(info["class_names"]), (height, width, channels), recordings, sha256, info)


def _hash_of(folder: Path) -> str:
    """Return the SHA-256 of a dataset's description; an empty text if it cannot be read."""
    try:
        return hashlib.sha256((folder / DESCRIPTION).read_bytes()).hexdigest()
    except OSError:
        return ""


def _no_dataset(folder: Path) -> BadDataset | PathMissing:
    if is_folder(unfinished(folder)):
        return BadDataset(
            f"The dataset {folder} is incomplete: its conversion was interrupted. Convert it again; recordings that "
            "are complete are kept."
        )
    if not is_folder(folder):
        return PathMissing(f"There is no dataset folder {folder}. Convert frames and labels into it first.")
    return BadDataset(f"{folder} is not a dataset: it has no {DESCRIPTION}. Convert frames and labels into a dataset.")


# --- writing -------------------------------------------------------------------------------------------------------


def count_classes(labels: Array, class_names: Sequence[str], only_there: bool = False) -> dict[str, int]:
    """Return the number of frames of each class.

    Args:
        labels: int, (n,), class indices; -1 is not counted.
        class_names: names in index order.
        only_there: leave out classes without a frame if there are more than `FEW_CLASSES` classes.
    """
    numbers = np.zeros(len(class_names), np.int64)
    for some in blocks(len(labels)):
        known = labels[some][(labels[some] >= 0) & (labels[some] < len(class_names))]
        numbers += np.bincount(known.astype(np.int64), minlength=len(class_names))
    if only_there and len(class_names) > FEW_CLASSES:
        there = np.flatnonzero(numbers)
        return dict(zip((class_names[index] for index in there.tolist()), numbers[there].tolist(), strict=True))
    return dict(zip(class_names, numbers.tolist(), strict=True))


def added_counts(counts: Iterable[Mapping[str, int]], class_names: Sequence[str]) -> dict[str, int]:
    """Add up the counts of several recordings by `count_classes`; a class that is not listed has no frame there."""
    added = dict.fromkeys(class_names, 0)
    for one in counts:
        for name, number in one.items():
            added[name] += number
    return added
