"""The dataset folder: the one form that training sees, whatever the frames came from.

For each recording there are three NumPy files and for the whole one description::

    dataset.json
    NAME.frames.npy    uint8, (n, height, width, channels), C order, 0 to 255
    NAME.labels.npy    int16, (n,), index into the class names; -1 leaves the frame out
    NAME.groups.npy    int32, (n,), which frames belong together and so stay on one side of a split

Equal inputs give equal bytes: there is no time, absolute path or order of finishing in them. A dataset is written in
``<folder>.unfinished`` and bears its own name only when it is complete; a broken conversion leaves that folder, and the
next one goes on from the recordings that are complete in it.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import hashlib
import io
import math
import os
import queue
import re
import shutil
import threading
import unicodedata
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, partial
from io import RawIOBase
from os import PathLike
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from pyside.data.description import FORMAT, NOT_IN_NAMES, fault_of_entry, read_description
from pyside.data.labels.class_indices import LEAVE_OUT
from pyside.errors import BadDataset, BadFrames, DiskFull, LengthMismatch, NotWritable, PathMissing, some
from pyside.system import files
from pyside.system.files import told_by_errors
from pyside.system.paths import is_file, is_folder, is_there, not_readable, reading
from pyside.system.records import fitting, from_json, plain, to_json, write_json

FEW_CLASSES = 100  # with more, a record for each recording names only the classes that occur in it
_WITHOUT_ORDER = ("images", "tfrecords")  # kinds of sources whose frames are loose

__all__ = [
    "DESCRIPTION",
    "FEW_CLASSES",
    "FORMAT",
    "Dataset",
    "DatasetWriter",
    "FrameFile",
    "Recording",
    "RecordingWriter",
    "added_counts",
    "check_room",
    "check_target",
    "count_classes",
    "described",
    "hash_frames",
    "open_dataset",
    "part_of",
    "told_by_errors",
    "unfinished",
]

Array = np.ndarray[Any, Any]
DESCRIPTION = "dataset.json"
_STATE = "unfinished.jsonl"  # what a broken conversion needs to go on: the head, then a line a complete recording
_BEGUN = "begun"  # in a line of that file: the name of a recording that may have files
_ARRAYS = ("frames", "labels", "groups")
_PART = ".part"  # behind the name of a file of frames while it is being written
_OF_DESCRIPTION = re.compile(rf"{re.escape(DESCRIPTION)}\..*\.part")  # as `write_json` calls it at first
_OF_LABELS = ("class_names", "label_mapping")  # what of the head says nothing about frames
_BLOCK_BYTES = 1 << 20  # frames are put in order, written and hashed in blocks that stay in the processor's cache
_BLOCKS_UNDER_WAY = 8
_HEAD_BYTES = 128  # of an .npy file as NumPy and we write it
_OPENERS = 8  # threads that look at recordings: a drive over the network answers late, but many at a time
_FEW = 32  # recordings that are looked at sooner than threads are started
_NAME_BYTES = 255 - len(".frames.npy.part")  # file systems take 255 bytes, of UTF-8 at the most
_RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}


# --- reading -------------------------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Recording:
    """One recording of a dataset; its frames stay on disk, and no file is kept open.

    Attributes:
        folder: the dataset folder.
        name: name of its files.
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

        It is made anew whenever it is asked for, and holds a file open: for many recordings, hold one at a time.

        Raises:
            BadDataset: the file cannot be read, is damaged, or is another one than at first.
        """
        with self._opened() as file:
            return np.memmap(file, np.uint8, "r", self._offset(file), (self.n_frames, *self.image_shape))

    def read_into(self, rows: Array, places: Array) -> None:
        """Read frames, those that follow each other in one go.

        The file is read rather than its memory map looked at: where the system maps a page it reads up to megabytes
        around it, and a drive that goes away would end the process instead of raising an error.

        Args:
            rows: uint8, (n, height, width, channels), where they go.
            places: int64, (n,), ascending, each once.

        Raises:
            BadDataset: the file cannot be read, is damaged, or is another one than at first.
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
        """Return the SHA-256 of the frames as they are on disk; `tick` is told after each block how long it was.

        Raises:
            BadDataset: as `read_into`.
        """
        digest, block = hashlib.sha256(), memoryview(bytearray(_BLOCK_BYTES))
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
        """Class index a frame: int16, (n,); -1 leaves the frame out."""
        return self._vector("labels", np.int16)

    @cached_property
    def groups(self) -> Array:
        """Group id a frame: int32, (n,)."""
        return self._vector("groups", np.int32)

    @property
    def original(self) -> str:
        """The name that its user knows it by, where `name` had to be made unique and legal."""
        return str(self.info.get("original", self.name))

    @cached_property
    def frame_numbers(self) -> Array | None:
        """Number of each frame in its source, ascending from 0: int64, (n,); None where frames have no order in time.

        Frames whose numbers follow each other are neighbours in time; where numbers are missing there is a cut.
        """
        source = self.info.get("source", {})
        if source.get("kind") in _WITHOUT_ORDER:
            return None
        runs = source.get("frames_kept")
        if runs is None:
            return np.arange(self.n_frames, dtype=np.int64)
        numbers = [np.arange(first, last + 1, dtype=np.int64) for first, last in runs]
        return np.setdiff1d(np.concatenate([*numbers, np.empty(0, np.int64)]), source.get("damaged", []))

    def check(self, n_classes: int) -> None:
        """See that all three files are there and can be what the description says; read labels and groups.

        Raises:
            BadDataset: they are not.
        """
        labels, groups = self.labels, self.groups
        if len(labels) != len(groups) or (len(labels) and not -1 <= labels.min() <= labels.max() < n_classes):
            raise BadDataset(f"The labels of {self.name} in {self.folder} are damaged. Convert it again.")
        if self._stamp[0] != _HEAD_BYTES + self._n_bytes:  # else it is looked at when it is read
            with self._opened() as file:
                self._offset(file)

    @property
    def _n_bytes(self) -> int:
        height, width, channels = self.image_shape
        return self.n_frames * height * width * channels

    def _path(self, what: str) -> Path:
        return self.folder / f"{self.name}.{what}.npy"

    def _vector(self, what: str, dtype: type[np.generic]) -> Array:
        path = self._path(what)
        with _read_errors(path), open(path, "rb") as file:
            self._check_head(path, file, dtype, (self.n_frames,))
            return np.frombuffer(file.read(self.n_frames * np.dtype(dtype).itemsize), dtype)

    @cached_property
    def _stamp(self) -> tuple[int, int, int]:
        """What the file of frames is known by."""
        path = self._path("frames")
        with _read_errors(path):
            return _stamp_of(path.stat())

    @contextlib.contextmanager
    def _opened(self) -> Iterator[RawIOBase]:
        """Open the file of frames, if it still is the one that it was."""
        path, known = self._path("frames"), self._stamp
        with _read_errors(path), open(path, "rb", buffering=0) as file:
            found = _stamp_of(os.fstat(file.fileno()))
            if found != known and (found[:2] != known[:2] or not self._is_same_dataset()):
                raise BadDataset(
                    f"{path} has changed since this dataset was opened: it was converted again, or replaced. Open it "
                    "again; a training begins anew."
                )
            yield file

    def _is_same_dataset(self) -> bool:
        """Tell whether the dataset is the same at least: some drives over the network number their files anew."""
        return _hash_of(self.folder) == self.dataset_hash != ""

    def _offset(self, file: RawIOBase) -> int:
        """Return where in their file the frames begin."""
        if "_begin" not in self.__dict__:
            self.__dict__["_begin"] = self._check_head(
                self._path("frames"), file, np.uint8, (self.n_frames, *self.image_shape)
            )
        return int(self.__dict__["_begin"])

    def _check_head(self, path: Path, file: Any, dtype: type[np.generic], shape: tuple[int, ...]) -> int:
        """Return where an .npy file's values begin; it must hold what is expected."""
        if file.read(_HEAD_BYTES) == (usual := _usual_head(np.dtype(dtype), shape)):
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
                f"{path} holds {of_type} of shape {found} where {DESCRIPTION} says {self.n_frames} frames of "
                f"{self.image_shape}. Convert this dataset again."
            )
        return self._whole(path, file, file.tell(), dtype, shape)

    def _whole(self, path: Path, file: Any, begin: int, dtype: type[np.generic], shape: tuple[int, ...]) -> int:
        """Return where values begin that are all there."""
        if os.fstat(file.fileno()).st_size < begin + int(np.prod(shape, dtype=object)) * np.dtype(dtype).itemsize:
            raise BadDataset(f"{path} is cut short. Convert this dataset again.")
        return begin


@functools.lru_cache(256)
def _usual_head(dtype: np.dtype[Any], shape: tuple[int, ...]) -> bytes:
    """Return the head of an .npy file as NumPy writes it."""
    head = io.BytesIO()
    described_so = {"descr": np.lib.format.dtype_to_descr(dtype), "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(head, described_so)
    return head.getvalue()


def _stamp_of(found: os.stat_result) -> tuple[int, int, int]:
    return found.st_size, found.st_mtime_ns, found.st_ino


@contextlib.contextmanager
def _read_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except PermissionError:
        raise not_readable(path) from None
    except OSError as error:
        hint = "Convert this dataset again." if isinstance(error, FileNotFoundError) else "See that its drive is there."
        raise BadDataset(f"{path} cannot be read ({error.strerror or error}). {hint}") from error


def _fill(room: memoryview, file: RawIOBase) -> None:
    while room:
        n = file.readinto(room)
        if not n:
            raise OSError("it is shorter than it was")
        room = room[n:]


@dataclasses.dataclass(frozen=True)
class Dataset:
    """An open dataset folder.

    Attributes:
        folder: where it is.
        class_names: the classes in the order of their indices.
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

    def labels(self) -> Array:
        """Return the labels of all recordings, one after the other: int16, (all frames,)."""
        return np.concatenate([np.asarray(recording.labels) for recording in self.recordings])

    def groups(self) -> Array:
        """Return the group ids of all recordings, one after the other: int32, (all frames,)."""
        return np.concatenate([np.asarray(recording.groups) for recording in self.recordings])

    def recording_numbers(self) -> Array:
        """Return the number of its recording for each frame, from 0: int64, (all frames,)."""
        return np.repeat(np.arange(len(self.recordings)), [recording.n_frames for recording in self.recordings])

    def frame_numbers(self) -> Array:
        """Return the number of each frame in its recording's source: int64, (all frames,), -1 where there is no order.

        See `Recording.frame_numbers`.
        """
        each = [
            np.full(one.n_frames, -1, np.int64) if one.frame_numbers is None else one.frame_numbers
            for one in self.recordings
        ]
        return np.concatenate([np.empty(0, np.int64), *each])

    def tags(self) -> list[dict[str, str]]:
        """Return the tags of each recording."""
        return [recording.info["tags"] for recording in self.recordings]

    @cached_property
    def _starts(self) -> Array:
        """Number of the first frame of each recording, and of the one behind the last."""
        return np.cumsum([0, *(recording.n_frames for recording in self.recordings)])

    def place(self, number: int) -> tuple[Recording, int]:
        """Return the recording that a frame of the dataset is of, and its place there; frames are counted from 0."""
        owner = int(np.searchsorted(self._starts, number, side="right")) - 1
        return self.recordings[owner], int(number - self._starts[owner])

    def read(self, numbers: Array) -> Array:
        """Read some frames, counted through all recordings: int64, (n,) to uint8, (n, height, width, channels)."""
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
        """Return what a person wants to know of it, as plain values."""
        return {
            "kind": "dataset",
            "path": str(self.folder),
            "class_names": list(self.class_names),
            "image_shape": list(self.image_shape),
            "frames": sum(recording.n_frames for recording in self.recordings),
            "counts": added_counts((one.info["counts"] for one in self.recordings), self.class_names),
            "left_out": sum(recording.info["left_out"] for recording in self.recordings),
            "label_mapping": self.info["label_mapping"],
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


def open_dataset(folder: str | PathLike[str]) -> Dataset:
    """Open a dataset folder.

    Args:
        folder: as a conversion wrote it.

    Returns:
        The dataset; its frames stay on disk.

    Raises:
        PathMissing: there is no such folder.
        BadDataset: it is half-written, damaged, of another version, or no dataset.
    """
    dataset = described(folder)
    check = partial(Recording.check, n_classes=len(dataset.class_names))
    try:
        if len(dataset.recordings) <= _FEW:
            for recording in dataset.recordings:
                check(recording)
        else:
            with ThreadPoolExecutor(_OPENERS) as openers:
                for _ in openers.map(check, dataset.recordings):
                    pass
    finally:
        if _hash_of(dataset.folder) not in ("", dataset.hash):
            raise BadDataset(f"The dataset {dataset.folder} was converted again while it was opened. Try again.")
    return dataset


def described(folder: str | PathLike[str]) -> Dataset:
    """Return what a dataset folder's description says of it, without a look at its other files; else `open_dataset`."""
    folder = Path(folder).absolute()
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
    """Return the SHA-256 of a dataset's description, empty where it cannot be read."""
    try:
        return hashlib.sha256((folder / DESCRIPTION).read_bytes()).hexdigest()
    except OSError:
        return ""


def _no_dataset(folder: Path) -> BadDataset | PathMissing:
    if is_folder(unfinished(folder)):
        return BadDataset(
            f"The dataset {folder} is half-written: its conversion was broken off. Convert it again; "
            "what is complete is not done twice."
        )
    if not is_folder(folder):
        return PathMissing(f"There is no dataset folder {folder}. Convert frames and labels into it first.")
    return BadDataset(f"{folder} is no dataset: it has no {DESCRIPTION}. Convert frames and labels into a dataset.")


# --- writing -------------------------------------------------------------------------------------------------------


def unfinished(folder: Path) -> Path:
    """Return where a dataset is while it is being written."""
    return folder.with_name(folder.name + ".unfinished")


class DatasetWriter:
    """Writes a dataset folder, recording by recording.

    Args:
        folder: the dataset folder; a dataset that is there is replaced when the new one is complete.
        class_names: the classes in the order of their indices.
        image_shape: (height, width, channels) of every frame.
        label_mapping: what stood in the labels to the class name it was taken for.
        conversion: what was done to the frames, such as ``{"pixel_range": [0, 255]}``; plain values.

    Raises:
        PathMissing: the folder that `folder` is to be in does not exist.
        NotWritable: it cannot be written, or `folder` is something other than a dataset.
    """

    def __init__(
        self,
        folder: str | PathLike[str],
        class_names: Sequence[str],
        image_shape: tuple[int, int, int],
        label_mapping: dict[str, str],
        conversion: dict[str, Any],
    ):
        self.folder = Path(folder).absolute()
        if self.folder.is_symlink():  # to where there is room for it
            self.folder = self.folder.resolve()
        self.work = unfinished(self.folder)
        self._head = {
            "format": FORMAT,
            "class_names": list(class_names),
            "image_shape": list(image_shape),
            "label_mapping": label_mapping,
            **conversion,
        }
        self._names: dict[str, str] = {}  # original name to file name
        self._taken: dict[str, int] = {}  # see `_legal`
        self._damaged: list[str] = []
        self._done: dict[str, dict[str, Any]] = {}  # file name to its entry
        self._begun: set[str] = set()  # file names of which there may be files
        self._groups = 0
        check_target(self.folder)
        with told_by_errors(self.work):
            self.work.mkdir(exist_ok=True)
        self._before = self._left_from_before()

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """(height, width, channels) of every frame."""
        height, width, channels = self._head["image_shape"]
        return height, width, channels

    def name(self, original: str) -> str:
        """Return a file name for a recording: legal on every system, and unique in this dataset."""
        if original not in self._names:
            self._names[original] = _legal(original, self._taken)
        return self._names[original]

    def frames_path(self, original: str) -> Path:
        """Return where the frames of a recording go, for a `FrameFile`."""
        name = self.name(original)
        if name not in self._begun:  # so that the next conversion knows whose the file is
            self._begun.add(name)
            self._save_state({_BEGUN: name})
        return self.work / f"{name}.frames.npy"

    def finished(self, original: str) -> dict[str, Any] | None:
        """Return the source of a recording of this name whose frames are there from before, or None.

        They are there where a broken conversion finished it, or where the dataset that is being replaced has it and was
        converted alike.
        """
        before = self._before.get(self.name(original))
        return None if before is None else dict(before["source"])

    def keep(
        self,
        original: str,
        labels: Array,
        groups: Array,
        source: dict[str, Any],
        tags: dict[str, str] | None = None,
    ) -> bool:
        """Take over the frames that are there from before, if they came from the same source and are undamaged.

        Args:
            original: the name of the recording.
            labels: as in `add`.
            groups: likewise.
            source: likewise; its ``sha256`` is that of the frames, where that is known beforehand.
            tags: likewise.

        Returns:
            Whether they did; if not, the recording is to be written again.
        """
        before = self._before.get(self.name(original))
        if before is None or before.get("original") != original or before["frames"] != len(labels):
            return False
        if any(before["source"].get(key) != value for key, value in plain(source).items()):
            return False
        path = self.frames_path(original)
        kept = self._from_before(before)
        try:
            whole = kept.sha256() == before["source"].get("sha256")
        except BadDataset:
            whole = False
        if not whole:
            self._damaged.append(original)
            return False
        if not path.is_file():  # it is in the dataset that will be replaced
            with told_by_errors(path):
                _link_or_copy(self.folder / path.name, path)
        self.add(original, labels, groups, before["source"], tags)
        return True

    def frames_before(self, original: str) -> Array | None:
        """Return the frames that are there from before, of a recording that is `finished`; None where they are damaged.

        Whether they are what was once written only `keep` finds out.
        """
        try:
            return self._from_before(self._before[self.name(original)]).frames
        except BadDataset:
            self._damaged.append(original)
            return None

    def remarks(self) -> list[str]:
        """Return what is to be said of frames that were to be taken over."""
        if not self._damaged:
            return []
        return [
            f"Frames that were there from before are damaged, so they were converted again: {some(self._damaged)}. "
            "They had changed on the disk since they were written. See that the disk is sound."
        ]

    def _from_before(self, entry: dict[str, Any]) -> Recording:
        there = self.work if (self.work / f"{entry['name']}.frames.npy").is_file() else self.folder
        return Recording(there, entry["name"], entry["frames"], entry, self.image_shape)

    def begin(self, original: str) -> RecordingWriter:
        """Begin a recording; several may be open at a time."""
        return RecordingWriter(self, original)

    def add(
        self,
        original: str,
        labels: Array,
        groups: Array,
        source: dict[str, Any],
        tags: dict[str, str] | None = None,
    ) -> None:
        """Note as complete a recording whose frames a `FrameFile` has written.

        Args:
            original: the name of the recording.
            labels: int16, (n,), one a frame.
            groups: int32, (n,), likewise.
            source: what it came from, and the SHA-256 of its frames as ``sha256``.
            tags: such as camera, object, animal.

        Raises:
            DiskFull, NotWritable: the recording is left unfinished.
        """
        name = self.name(original)
        for what, vector, dtype in (("labels", labels, np.int16), ("groups", groups, np.int32)):
            path = self.work / f"{name}.{what}.npy"
            with told_by_errors(self.work):
                if name in self._before:
                    path.unlink(missing_ok=True)  # it may be a link
                path.write_bytes(_usual_head(np.dtype(dtype), vector.shape) + vector.astype(dtype).tobytes())
        self._done[name] = {
            "name": name,
            "original": original,
            "frames": len(labels),
            "source": source,
            "tags": tags or {},
            "counts": count_classes(labels, self._head["class_names"], only_there=True),
            "left_out": int(np.count_nonzero(labels == LEAVE_OUT)),
        }
        self._save_state(self._done[name])

    def new_group(self) -> int:
        """Return a group id that no frame of this dataset has yet."""
        self._groups += 1
        return self._groups - 1

    def _left_from_before(self) -> dict[str, dict[str, Any]]:
        """Return what a broken conversion of the same kind completed; remove all else that it wrote."""
        before: dict[str, dict[str, Any]] = {}
        with contextlib.suppress(OSError, ValueError):  # no state, or a last line cut short
            head, *lines = (self.work / _STATE).read_text(encoding="utf-8").splitlines()
            for line in lines if head == to_json(self._head) else ():
                entry = from_json(line)
                if fault_of_entry(entry, self._head["class_names"]) is None:
                    before[entry["name"]] = entry
        kept = {f"{name}.{what}.npy" for name in before for what in _ARRAYS} | {_STATE}
        part = part_of(self.work / _STATE)
        with told_by_errors(self.work):
            for name in written_in(self.work) - kept:
                (self.work / name).unlink(missing_ok=True)
            before = {name: entry for name, entry in before.items() if (self.work / f"{name}.frames.npy").is_file()}
            before = {**self._in_the_old_one(), **before}  # those of the old dataset have no file here yet
            lines = [to_json(record) for record in (self._head, *before.values())]
            part.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
            part.replace(self.work / _STATE)  # not a moment without: what it does not name is not ours
        return before

    def _in_the_old_one(self) -> dict[str, dict[str, Any]]:
        """Return the recordings of the dataset that will be replaced, if its frames were made alike."""
        with contextlib.suppress(OSError, ValueError, TypeError, KeyError, BadDataset, PathMissing):
            old = open_dataset(self.folder)
            alike = all(old.info.get(key) == value for key, value in plain(self._head).items() if key not in _OF_LABELS)
            return {one.name: one.info for one in old.recordings} if alike else {}
        return {}

    def _save_state(self, record: dict[str, Any]) -> None:
        with told_by_errors(self.work / _STATE), (self.work / _STATE).open("a", encoding="utf-8", newline="\n") as file:
            file.write(to_json(record) + "\n")

    def close(self) -> Dataset:
        """Complete the dataset: describe it, and give it its name.

        Returns:
            The dataset, opened.

        Raises:
            BadFrames: there is no recording in it.
            DiskFull, NotWritable: nothing has changed under its name then.
        """
        if not self._done:
            raise BadFrames("There is no frame to write. Hand over at least one recording with frames.")
        entries = [self._done[name] for name in self._names.values() if name in self._done]
        with told_by_errors(self.folder):
            write_json(self.work / DESCRIPTION, {**self._head, "recordings": entries})
            for name in set(self._before) - set(self._done):  # in this folder, or in the old dataset only
                for what in _ARRAYS:
                    (self.work / f"{name}.{what}.npy").unlink(missing_ok=True)
            files.take_place(self.work, self.folder, written_in)
            (self.folder / _STATE).unlink()
        return open_dataset(self.folder)

    def abort(self) -> None:
        """Give up: remove what was written. A dataset of that name that was there before stays."""
        with contextlib.suppress(OSError):
            files.remove_ours(self.work, written_in)


class FrameFile:
    """Writes the frames of one recording, in chunks; the process may be another than that of the dataset.

    The file bears a temporary name until `close`. Frames are hashed in a thread beside the writing.

    Args:
        path: as `DatasetWriter.frames_path` gives it.
        shape: (height, width, channels) of every frame.

    Raises:
        DiskFull, NotWritable: so do `append` and `close`; the file is left unfinished.
    """

    def __init__(self, path: Path, shape: tuple[int, int, int]):
        self._path, self._shape = path, shape
        self._part = part_of(path)
        self._hash = hashlib.sha256()
        self.n_frames = 0
        with told_by_errors(self._part), self._part.open("wb") as file:
            file.write(_header(0, shape))

    def append(self, frames: Array) -> None:
        """Write further frames: uint8, (n, height, width, channels), of any memory order.

        Raises:
            BadFrames: they are of another shape or type.
        """
        if frames.shape[1:] != self._shape or frames.dtype != np.uint8:
            raise BadFrames(
                f"{self._path.name}: expected uint8 frames of {self._shape} (height, width, channels), "
                f"received {frames.dtype} of {frames.shape[1:]}."
            )
        with told_by_errors(self._part), self._part.open("ab", buffering=0) as file:
            self.n_frames += _write_hashed(frames, file, self._hash)

    def close(self) -> str:
        """Complete the file and give it its name; returns the SHA-256 of its frames."""
        with told_by_errors(self._part):
            with self._part.open("r+b") as file:
                file.write(_header(self.n_frames, self._shape))
            self._part.replace(self._path)
        return self._hash.hexdigest()


class RecordingWriter:
    """Writes one recording: frames in chunks, labels and groups at the end."""

    def __init__(self, dataset: DatasetWriter, original: str):
        self._dataset, self._original = dataset, original
        self._file = FrameFile(dataset.frames_path(original), dataset.image_shape)

    @property
    def n_frames(self) -> int:
        """How many frames were written so far."""
        return self._file.n_frames

    def append(self, frames: Array) -> None:
        """Write further frames; as `FrameFile.append`."""
        self._file.append(frames)

    def close(self, labels: Array, groups: Array, source: dict[str, Any], tags: dict[str, str] | None = None) -> None:
        """Complete the recording; arguments and errors as of `DatasetWriter.add`."""
        if not len(labels) == len(groups) == self.n_frames:
            raise LengthMismatch(f"{self._original}: {self.n_frames} frames and {len(labels)} labels were written.")
        self._dataset.add(self._original, labels, groups, {**source, "sha256": self._file.close()}, tags)


def count_classes(labels: Array, class_names: Sequence[str], only_there: bool = False) -> dict[str, int]:
    """Return the number of frames of each class.

    Args:
        labels: int, (n,), class indices; -1 counts for nothing.
        class_names: names in index order.
        only_there: whether, of more than `FEW_CLASSES` classes, those without a frame are left out.
    """
    known = labels[(labels >= 0) & (labels < len(class_names))]
    numbers = np.bincount(known.astype(np.int64), minlength=len(class_names))
    if only_there and len(class_names) > FEW_CLASSES:
        there = np.flatnonzero(numbers)
        return dict(zip((class_names[index] for index in there.tolist()), numbers[there].tolist(), strict=True))
    return dict(zip(class_names, numbers.tolist(), strict=True))


def added_counts(counts: Iterable[Mapping[str, int]], class_names: Sequence[str]) -> dict[str, int]:
    """Add up what `count_classes` returned for several recordings; a class that is not named has no frame there."""
    added = dict.fromkeys(class_names, 0)
    for one in counts:
        for name, number in one.items():
            added[name] += number
    return added


def check_target(folder: Path, sources: Sequence[Any] = ()) -> None:
    """Check that a dataset may be written at `folder`.

    Args:
        folder: the dataset folder.
        sources: what it is made of; those that are paths must lie elsewhere.

    Raises:
        PathMissing: the folder that it is to be in does not exist.
        NotWritable: there is something else of that name, or in the dataset that is replaced; or a source lies in it.
    """
    if not is_folder(folder.parent):
        raise PathMissing(f"The folder {folder.parent} does not exist, so {folder} cannot be written. Make it first.")
    if is_there(folder) and not is_file(folder / DESCRIPTION) and (not folder.is_dir() or any(folder.iterdir())):
        raise NotWritable(
            f"{folder} exists and is no dataset, so it is not overwritten. Choose another name, or remove it."
        )
    places = [folder.resolve(), unfinished(folder).resolve()]
    for source in sources:
        if isinstance(source, (str, PathLike)):
            path = Path(source).resolve()
            if any(path.is_relative_to(place) for place in places):
                raise NotWritable(f"{source} lies in the dataset {folder} that is to be written. Choose another name.")
    for place in (folder, unfinished(folder), files.replaced(folder)):
        files.check_ours(place, written_in)


def written_in(folder: Path) -> set[str]:
    """Return the names of the files in a dataset folder, or an unfinished one, that a conversion wrote."""
    names = set()
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        names |= {entry["name"] for entry in from_json((folder / DESCRIPTION).read_bytes())["recordings"]}
    with contextlib.suppress(OSError):
        for line in (folder / _STATE).read_bytes().splitlines():
            with contextlib.suppress(ValueError, KeyError, TypeError):  # the last one is cut short
                entry = from_json(line)
                names.add(entry[_BEGUN] if _BEGUN in entry else entry["name"])
    found = {DESCRIPTION, _STATE, part_of(folder / _STATE).name}
    for name in names:
        if isinstance(name, str) and "/" not in name and "\\" not in name:
            arrays = [f"{name}.{what}.npy" for what in _ARRAYS]
            found |= {*arrays, f"{arrays[0]}{_PART}"}
    try:
        there = set(os.listdir(folder))  # one question, however many files there are
    except OSError:
        return set()
    return {name for name in there if name in found or _OF_DESCRIPTION.fullmatch(name)}


def remove_dataset(folder: Path) -> bool:
    """Remove what a conversion wrote in a dataset folder, and what a broken one left; returns whether all is gone."""
    for place in (unfinished(folder), files.replaced(folder), folder):
        files.remove_ours(place, written_in)
    return not folder.exists()


def check_room(folder: Path, needed: int) -> None:
    """Check that `needed` bytes that are still to be written fit on the disk of `folder`.

    Raises:
        DiskFull: they do not.
        NotWritable: the disk is not there.
    """
    with told_by_errors(folder):
        free = shutil.disk_usage(folder.parent).free
    if needed > free:
        scale, unit, digits = (1e9, "GB", 2) if needed >= 1e9 else (1e6, "MB", 2) if needed >= 1e5 else (1, "bytes", 0)
        step = 10.0**digits / scale  # what is needed is rounded up and what is free down, so that they tell one story
        wanted, there = math.ceil(needed * step) / 10**digits, math.floor(free * step) / 10**digits
        raise DiskFull(
            f"{wanted:,.{digits}f} {unit} are still to be written into {folder}, and there are {there:,.{digits}f} "
            f"{unit} free. Make room, choose another disk, or cut out smaller frames. What is complete is not written "
            "twice."
        )


def still_to_write(
    folder: Path, frames: Mapping[str, int], image_shape: tuple[int, int, int], conversion: Mapping[str, Any]
) -> int:
    """Return how many bytes of frames a conversion will write that are not there already.

    What a broken conversion has completed is not written again, and what it left half-written is removed before; the
    recordings of the dataset that is replaced are taken over without taking room, where its disk can do that.

    Args:
        folder: the dataset.
        frames: of each recording, by its original name.
        image_shape: (height, width, channels) of every frame.
        conversion: as for a `DatasetWriter`.
    """
    before: dict[str, int] = {}
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
        old = from_json((folder / DESCRIPTION).read_bytes())
        head = plain({"format": FORMAT, "image_shape": list(image_shape), **conversion})
        if all(old.get(key) == value for key, value in head.items()) and _can_link(folder / DESCRIPTION):
            before = {str(one["original"]): int(one["frames"]) for one in old["recordings"]}
    taken = sum(n for name, n in before.items() if n <= frames.get(name, 0))
    there = 0
    with contextlib.suppress(OSError):
        found = [file.stat() for file in unfinished(folder).iterdir()]
        there = sum(one.st_size for one in found if one.st_nlink == 1)  # others are those of the old dataset
    return max(0, (sum(frames.values()) - taken) * math.prod(image_shape) - there)


def _can_link(file: Path) -> bool:
    """Tell whether the disk of a file can give it a second name."""
    trial = fitting(file.parent.parent, f".{file.parent.name}", f".{uuid.uuid4().hex[:8]}")
    try:
        trial.hardlink_to(file)
        trial.unlink()
    except OSError:
        return False
    return True


def hash_frames(frames: Array) -> str:
    """Return the SHA-256 of frames as they are stored."""
    digest = hashlib.sha256()
    step = _frames_a_block(frames)
    for start in range(0, len(frames), step):
        digest.update(np.ascontiguousarray(frames[start : start + step]))
    return digest.hexdigest()


def _frames_a_block(frames: Array) -> int:
    return max(1, min(len(frames), _BLOCK_BYTES // max(1, frames[:1].nbytes)))


def _write_hashed(frames: Array, file: BinaryIO, digest: Any) -> int:
    """Write frames in C order and hash them; return how many.

    Putting a block in order, writing it and hashing it each take about as long, and all three leave Python's lock: so
    one thread writes, another hashes, while this one puts the next block in order. A few blocks go round among them.
    """
    step = _frames_a_block(frames)
    if 0 < len(frames) <= step and frames.flags.c_contiguous:  # done sooner than threads are started
        data = memoryview(frames).cast("B")
        _write_all(file, data)
        digest.update(data)
        return len(frames)
    free: queue.SimpleQueue[Array] = queue.SimpleQueue()
    for _ in range(_BLOCKS_UNDER_WAY):
        free.put(np.empty((step, *frames.shape[1:]), np.uint8))
    users = [_BlockUser(lambda data: _write_all(file, data)), _BlockUser(digest.update)]
    for start in range(0, len(frames), step):
        n = min(step, len(frames) - start)
        block = free.get()
        np.copyto(block[:n], frames[start : start + n])
        left = iter(range(len(users) - 1))  # the last of the users to finish gives the block back
        for user in users:
            user.blocks.put((block, n, left, free))
    for user in users:
        user.finish()
    return len(frames)


class _BlockUser(threading.Thread):
    """A thread that does one thing with each block it is given, in their order."""

    def __init__(self, use: Callable[[memoryview], None]):
        super().__init__(daemon=True)
        self.blocks: queue.SimpleQueue[tuple[Array, int, Iterator[int], queue.SimpleQueue[Array]] | None]
        self.blocks = queue.SimpleQueue()
        self._use = use
        self._error: Exception | None = None
        self.start()

    def run(self) -> None:
        """Work until there is None to work on; after an error, pass blocks on unused."""
        while (item := self.blocks.get()) is not None:
            block, n, left, free = item
            try:
                if self._error is None:
                    self._use(memoryview(block[:n]).cast("B"))
            except Exception as error:
                self._error = error
            if next(left, None) is None:
                free.put(block)

    def finish(self) -> None:
        """Wait until all is done, and raise what went wrong."""
        self.blocks.put(None)
        self.join()
        if self._error is not None:
            raise self._error


def _write_all(file: BinaryIO, data: memoryview) -> None:
    while data:
        data = data[file.write(data) :]


def _header(n: int, shape: tuple[int, ...]) -> bytes:
    """Return the head of an .npy file of `n` frames; its length does not depend on `n`."""
    description = f"{{'descr': '|u1', 'fortran_order': False, 'shape': ({', '.join(map(str, (n, *shape)))}), }}"
    return b"\x93NUMPY\x01\x00" + (118).to_bytes(2, "little") + description.ljust(117).encode("ascii") + b"\n"


def _legal(original: str, taken: dict[str, int]) -> str:
    """Return a name that every system takes as that of a file, and takes for another one than all before.

    Args:
        original: any text.
        taken: names so far, `_alike`, each to the first number that has not been tried behind it; is added to.
    """
    name = re.sub(NOT_IN_NAMES, "_", original).strip(". ")[:120] or "recording"
    if name.split(".")[0].lower() in _RESERVED:
        name = "_" + name
    candidate = name = _cut(name, _NAME_BYTES)
    number = taken.get(_alike(name), 2)
    while _alike(candidate) in taken:
        candidate, number = f"{_cut(name, _NAME_BYTES - len(f'-{number}'))}-{number}", number + 1
    taken[_alike(name)] = number
    taken.setdefault(_alike(candidate), 2)
    return candidate


def _cut(name: str, n_bytes: int) -> str:
    """Return what of a name file systems have room for."""
    data = name.encode("utf-8")
    return name if len(data) <= n_bytes else data[:n_bytes].decode("utf-8", "ignore").rstrip(". ")


def _alike(name: str) -> str:
    """Return what is equal for names that Windows or a Mac takes for one: in any case, composed or decomposed."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def part_of(path: Path) -> Path:
    """Return what a file of frames is called while it is being written."""
    return path.with_name(path.name + _PART)


def _link_or_copy(there: Path, here: Path) -> None:
    """Have the same file here: a second name for it where the disk can do that, else a copy."""
    try:
        here.hardlink_to(there)
    except OSError:
        shutil.copyfile(there, here)
