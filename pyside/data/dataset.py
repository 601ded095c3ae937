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
import errno
import hashlib
import json
import queue
import re
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from pyside.data.labels import LEAVE_OUT
from pyside.errors import BadDataset, BadFrames, DiskFull, LengthMismatch, NotWritable, PathMissing
from pyside.records import plain, to_json, write_json

FEW_CLASSES = 100  # with more, a record for each recording names only the classes that occur in it
_WITHOUT_ORDER = ("images", "tfrecords")  # kinds of sources whose frames are loose

Array = np.ndarray[Any, Any]
FORMAT = "touchtrain dataset 1"
DESCRIPTION = "dataset.json"
_STATE = "unfinished.jsonl"  # what a broken conversion needs to go on: the head, then a line a complete recording
_ARRAYS = ("frames", "labels", "groups")
_OF_LABELS = ("class_names", "label_mapping")  # what of the head says nothing about frames
_BLOCK_BYTES = 1 << 20  # frames are put in order, written and hashed in blocks that stay in the processor's cache
_BLOCKS_UNDER_WAY = 8
_RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}


# --- reading -------------------------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Recording:
    """One recording of a dataset; its arrays stay on disk until they are looked at.

    Attributes:
        folder: the dataset folder.
        name: name of its files.
        n_frames: number of frames.
        info: its entry in ``dataset.json``: source, tags, frames of each class, frames left out.
    """

    folder: Path
    name: str
    n_frames: int
    info: dict[str, Any]

    @cached_property
    def frames(self) -> Array:
        """Frames as a read-only memory map: uint8, (n, height, width, channels)."""
        return self._read("frames", np.uint8)

    @cached_property
    def labels(self) -> Array:
        """Class index a frame: int16, (n,); -1 leaves the frame out."""
        return self._read("labels", np.int16)

    @cached_property
    def groups(self) -> Array:
        """Group id a frame: int32, (n,)."""
        return self._read("groups", np.int32)

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

    def _read(self, what: str, dtype: type[np.generic]) -> Array:
        path = self.folder / f"{self.name}.{what}.npy"
        try:
            array: Array = np.load(path, mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError, EOFError) as error:
            raise BadDataset(f"{path} cannot be read ({error}). Convert this dataset again.") from None
        if array.dtype != dtype or len(array) != self.n_frames or array.ndim != (4 if what == "frames" else 1):
            raise BadDataset(
                f"{path} holds {array.dtype} of shape {array.shape} where {DESCRIPTION} says {self.n_frames} frames. "
                "Convert this dataset again."
            )
        return array


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

    def place(self, number: int) -> tuple[Recording, int]:
        """Return the recording that a frame of the dataset is of, and its place there; frames are counted from 0."""
        ends = np.cumsum([recording.n_frames for recording in self.recordings])
        owner = int(np.searchsorted(ends, number, side="right"))
        return self.recordings[owner], int(number - ends[owner] + self.recordings[owner].n_frames)

    def read(self, numbers: Array) -> Array:
        """Read some frames, counted through all recordings: int64, (n,) to uint8, (n, height, width, channels)."""
        frames = np.empty((len(numbers), *self.image_shape), np.uint8)
        starts = np.cumsum([0, *(recording.n_frames for recording in self.recordings)])
        owners = np.searchsorted(starts, numbers, side="right") - 1
        for owner in np.unique(owners).tolist():
            there = owners == owner
            frames[there] = self.recordings[owner].frames[numbers[there] - starts[owner]]
        return frames

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
    folder = Path(folder).absolute()
    path = folder / DESCRIPTION
    if not path.is_file():
        raise _no_dataset(folder)
    text = path.read_bytes()
    try:
        info = json.loads(text)
        if not isinstance(info, dict) or info.get("format") != FORMAT:
            raise BadDataset(f"{path} is not of the form '{FORMAT}'. Convert this dataset again with this version.")
        recordings = tuple(
            Recording(folder, entry["name"], int(entry["frames"]), entry) for entry in info["recordings"]
        )
        height, width, channels = (int(length) for length in info["image_shape"])
        dataset = Dataset(
            folder,
            tuple(info["class_names"]),
            (height, width, channels),
            recordings,
            hashlib.sha256(text).hexdigest(),
            info,
        )
        _check_arrays(dataset)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadDataset(f"{path} is damaged ({error!r}). Convert this dataset again.") from None
    return dataset


def _no_dataset(folder: Path) -> BadDataset | PathMissing:
    if unfinished(folder).is_dir():
        return BadDataset(
            f"The dataset {folder} is half-written: its conversion was broken off. Convert it again; "
            "what is complete is not done twice."
        )
    if not folder.is_dir():
        return PathMissing(f"There is no dataset folder {folder}. Convert frames and labels into it first.")
    return BadDataset(f"{folder} is no dataset: it has no {DESCRIPTION}. Convert frames and labels into a dataset.")


def _check_arrays(dataset: Dataset) -> None:
    n_classes = len(dataset.class_names)
    for recording in dataset.recordings:
        if recording.frames.shape[1:] != dataset.image_shape:
            raise BadDataset(
                f"The frames of {recording.name} have the shape {recording.frames.shape[1:]}, those of the dataset "
                f"{dataset.image_shape}. Convert {dataset.folder} again."
            )
        labels, groups = recording.labels, recording.groups
        if len(labels) != len(groups) or (len(labels) and not -1 <= labels.min() <= labels.max() < n_classes):
            raise BadDataset(f"The labels of {recording.name} in {dataset.folder} are damaged. Convert it again.")


# --- writing -------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def told_by_errors(path: Path) -> Iterator[None]:
    """Turn the operating system's errors while writing `path` into ours."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull(
                f"The disk is full: {path} could not be written. Make room and try again; nothing that was there "
                "before has changed."
            ) from error
        raise NotWritable(f"{path} cannot be written: {error.strerror or error}. Choose another folder.") from error


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
        self.work = unfinished(self.folder)
        self._head = {
            "format": FORMAT,
            "class_names": list(class_names),
            "image_shape": list(image_shape),
            "label_mapping": label_mapping,
            **conversion,
        }
        self._names: dict[str, str] = {}  # original name to file name
        self._done: dict[str, dict[str, Any]] = {}  # file name to its entry
        self._groups = 0
        check_target(self.folder)
        with told_by_errors(self.work):
            self.work.mkdir(exist_ok=True)
        self._before = self._left_from_before()
        for record in (self._head, *self._before.values()):  # those of the old dataset have no file here yet
            self._save_state(record)

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """(height, width, channels) of every frame."""
        height, width, channels = self._head["image_shape"]
        return height, width, channels

    def name(self, original: str) -> str:
        """Return a file name for a recording: legal on every system, and unique in this dataset."""
        if original not in self._names:
            taken = {name.lower() for name in self._names.values()}
            self._names[original] = _legal(original, taken)
        return self._names[original]

    def frames_path(self, original: str) -> Path:
        """Return where the frames of a recording go, for a `FrameFile`."""
        return self.work / f"{self.name(original)}.frames.npy"

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
        """Take over the frames that are there from before, if they came from the same source.

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
        if before is None or before["original"] != original or before["frames"] != len(labels):
            return False
        if any(before["source"].get(key) != value for key, value in plain(source).items()):
            return False
        path = self.frames_path(original)
        if not path.is_file():  # it is in the dataset that will be replaced
            with told_by_errors(path):
                _link_or_copy(self.folder / path.name, path)
        self.add(original, labels, groups, before["source"], tags)
        return True

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
            with told_by_errors(self.work):
                np.save(self.work / f"{name}.{what}.npy", vector.astype(dtype, copy=False))
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
        """Return what a broken conversion of the same kind completed; remove all else that lies in its folder."""
        before: dict[str, dict[str, Any]] = {}
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):  # no state, or a last line cut short
            head, *lines = (self.work / _STATE).read_text(encoding="utf-8").splitlines()
            for line in lines if head == to_json(self._head) else ():
                entry = json.loads(line)
                before[entry["name"]] = entry
        kept = {f"{name}.{what}.npy" for name in before for what in _ARRAYS}
        with told_by_errors(self.work):
            for path in self.work.iterdir():
                if path.name not in kept:
                    path.unlink()
        before = {name: entry for name, entry in before.items() if (self.work / f"{name}.frames.npy").is_file()}
        return {**self._in_the_old_one(), **before}

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
            take_place(self.work, self.folder)
            (self.folder / _STATE).unlink()
        return open_dataset(self.folder)

    def abort(self) -> None:
        """Give up: remove what was written. A dataset of that name that was there before stays."""
        shutil.rmtree(self.work, ignore_errors=True)


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


def check_target(folder: Path) -> None:
    """Check that a dataset may be written at `folder`.

    Raises:
        PathMissing: the folder that it is to be in does not exist.
        NotWritable: there is something else of that name.
    """
    if not folder.parent.is_dir():
        raise PathMissing(f"The folder {folder.parent} does not exist, so {folder} cannot be written. Make it first.")
    if folder.exists() and not (folder / DESCRIPTION).is_file() and (not folder.is_dir() or any(folder.iterdir())):
        raise NotWritable(
            f"{folder} exists and is no dataset, so it is not overwritten. Choose another name, or remove it."
        )


def check_room(folder: Path, needed: int) -> None:
    """Check that `needed` bytes of frames fit on the disk of `folder`.

    Raises:
        DiskFull: they do not.
    """
    free = shutil.disk_usage(folder.parent).free
    if needed > free:
        raise DiskFull(
            f"{folder} takes {needed / 1e9:.1f} GB, and there are {free / 1e9:.1f} GB free. Make room, choose another "
            "disk, or cut out smaller frames."
        )


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


def _legal(original: str, taken: set[str]) -> str:
    """Return a name that Windows takes as a file name, in any case unlike those `taken` (in lower case)."""
    name = re.sub(r'[<>:"/\\|?*\x00-\x1f]', "_", original).strip(". ")[:120] or "recording"
    if name.split(".")[0].lower() in _RESERVED:
        name = "_" + name
    candidate, number = name, 2
    while candidate.lower() in taken:
        candidate, number = f"{name}-{number}", number + 1
    return candidate


def part_of(path: Path) -> Path:
    """Return what a file of frames is called while it is being written."""
    return path.with_name(path.name + ".part")


def _link_or_copy(there: Path, here: Path) -> None:
    """Have the same file here: a second name for it where the disk can do that, else a copy."""
    try:
        here.hardlink_to(there)
    except OSError:
        shutil.copyfile(there, here)


def take_place(new: Path, place: Path) -> None:
    """Rename the folder `new` to `place`; a folder that was there is removed after that."""
    old = place.with_name(place.name + ".replaced")
    shutil.rmtree(old, ignore_errors=True)
    if place.exists():
        place.rename(old)
    try:
        new.rename(place)
    except OSError:
        if old.exists():
            old.rename(place)
        raise
    shutil.rmtree(old, ignore_errors=True)
