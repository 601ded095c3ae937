"""Writes a dataset folder: each recording whole or not at all; the next try goes on from what is complete."""

from __future__ import annotations

import contextlib
import math
import os
import re
import unicodedata
import uuid
from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from pyside.aliases import Array
from pyside.data.dataset import (
    ARRAYS,
    DESCRIPTION,
    LEAVE_OUT,
    Dataset,
    Recording,
    count_classes,
    open_dataset,
)
from pyside.data.description import FORMAT, NOT_IN_NAMES, fault_of_entry
from pyside.data.frame_file import FrameFile, usual_head
from pyside.errors import BadDataset, BadFrames, LengthMismatch, NotWritable, PathMissing, some
from pyside.system import files
from pyside.system.files import PART, fitting, link_or_copy, part_of, unfinished, write_errors, written_beside
from pyside.system.paths import is_file, is_folder, is_there
from pyside.system.records import from_json, plain, to_json, write_json

_STATE = "unfinished.jsonl"  # what a broken conversion needs to go on: the head, then a line a complete recording
_BEGUN = "begun"  # in a line of that file: the name of a recording that may have files
_OF_DESCRIPTION = re.compile(rf"{re.escape(DESCRIPTION)}\..*\.part")  # as `write_json` calls it at first
_OF_LABELS = ("class_names", "label_mapping")  # what of the head says nothing about frames
_NAME_BYTES = 255 - len(".frames.npy.part")  # file systems take 255 bytes, of UTF-8 at the most
_RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}


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
        with write_errors(self.work):
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
            with write_errors(path):
                link_or_copy(self.folder / path.name, path)
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
            with write_errors(self.work):
                if name in self._before:
                    path.unlink(missing_ok=True)  # it may be a link
                path.write_bytes(usual_head(np.dtype(dtype), vector.shape) + vector.astype(dtype).tobytes())
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
        kept = {f"{name}.{what}.npy" for name in before for what in ARRAYS} | {_STATE}
        part = part_of(self.work / _STATE)
        with write_errors(self.work):
            for name in written_in(self.work) - kept:
                (self.work / name).unlink(missing_ok=True)
            before = {name: entry for name, entry in before.items() if (self.work / f"{name}.frames.npy").is_file()}
            before = {**self._in_the_old_one(), **before}  # those of the old dataset have no file here yet
            lines = [to_json(record) for record in (self._head, *before.values())]
            with written_beside(self.work / _STATE, part) as beside:  # what no state names is not ours: never without
                beside.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
        return before

    def _in_the_old_one(self) -> dict[str, dict[str, Any]]:
        """Return the recordings of the dataset that will be replaced, if its frames were made alike."""
        with contextlib.suppress(OSError, ValueError, TypeError, KeyError, BadDataset, PathMissing):
            old = open_dataset(self.folder)
            alike = all(old.info.get(key) == value for key, value in plain(self._head).items() if key not in _OF_LABELS)
            return {one.name: one.info for one in old.recordings} if alike else {}
        return {}

    def _save_state(self, record: dict[str, Any]) -> None:
        with write_errors(self.work / _STATE), (self.work / _STATE).open("a", encoding="utf-8", newline="\n") as file:
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
        with write_errors(self.folder):
            write_json(self.work / DESCRIPTION, {**self._head, "recordings": entries})
            for name in set(self._before) - set(self._done):  # in this folder, or in the old dataset only
                for what in ARRAYS:
                    (self.work / f"{name}.{what}.npy").unlink(missing_ok=True)
            files.take_place(self.work, self.folder, written_in)
            (self.folder / _STATE).unlink()
        return open_dataset(self.folder)

    def abort(self) -> None:
        """Give up: remove what was written. A dataset of that name that was there before stays."""
        with contextlib.suppress(OSError):
            files.remove_ours(self.work, written_in)


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
            arrays = [f"{name}.{what}.npy" for what in ARRAYS]
            found |= {*arrays, f"{arrays[0]}{PART}"}
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
