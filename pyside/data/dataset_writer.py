"""Writes a dataset folder: each recording complete or not at all; the next conversion keeps what is complete."""

from __future__ import annotations

import contextlib
import math
import os
import re
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
from pyside.data.description import FORMAT, READING, fault_of_entry
from pyside.data.frame_file import FrameFile, usual_head
from pyside.errors import BadDataset, BadFrames, LengthMismatch, NotWritable, PathMissing, some
from pyside.system import files
from pyside.system.files import (
    PART,
    fitting,
    legal_name,
    link_or_copy,
    part_of,
    unfinished,
    write_errors,
    written_beside,
)
from pyside.system.paths import is_file, is_folder, is_there
from pyside.system.records import from_json, plain, to_json, write_json

_STATE = "unfinished.jsonl"  # lets a conversion be continued: the head, then one line per complete recording
_BEGUN = "begun"  # in a line of that file: the name of a recording that may have files
_OF_DESCRIPTION = re.compile(rf"{re.escape(DESCRIPTION)}\..*\.part")  # temporary names that `write_json` uses
_OF_LABELS = ("class_names", "label_mapping")  # keys of the head that do not concern frames
# Keys that tell what others hold, too, or what does not concern the frames; older datasets lack them.
_TO_BE_READ = ("made_by", "names", "region", "frame_size", "frames_per_second", "labels_by", "corrections")
_OF_THE_LABELS = ("labels_by", "corrections")  # of these, those that change with the labels


class DatasetWriter:
    """Writes a dataset folder, recording by recording.

    Args:
        folder: the dataset folder; an existing dataset is replaced when the new one is complete.
        class_names: class names in the order of their indices.
        image_shape: (height, width, channels) of every frame.
        label_mapping: each value in the labels to its class name.
        conversion: how the frames were converted, such as ``{"pixel_range": [0, 255]}``; plain values.

    Raises:
        PathMissing: the parent folder of `folder` does not exist.
        NotWritable: it cannot be written, or `folder` exists and is not a dataset.
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
        if self.folder.is_symlink():  # perhaps to a larger disk
            self.folder = self.folder.resolve()
        self.work = unfinished(self.folder)
        self._head = {
            "format": FORMAT,
            "reading": READING,
            "class_names": list(class_names),
            "image_shape": list(image_shape),
            "label_mapping": label_mapping,
            **conversion,
        }
        self._names: dict[str, str] = {}  # original name to file name
        self._taken: dict[str, int] = {}  # see `legal_name`
        self._damaged: list[str] = []
        self._done: dict[str, dict[str, Any]] = {}  # file name to its entry
        self._begun: set[str] = set()  # names that may have files
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
            self._names[original] = legal_name(original, self._taken)
        return self._names[original]

    def frames_path(self, original: str) -> Path:
        """Return where the frames of a recording go, for a `FrameFile`."""
        name = self.name(original)
        if name not in self._begun:  # so that the next conversion knows that the file is ours
            self._begun.add(name)
            self._save_state({_BEGUN: name})
        return self.work / f"{name}.frames.npy"

    def finished(self, original: str) -> dict[str, Any] | None:
        """Return the source of a recording of this name whose frames were written before, or None.

        They come from an interrupted conversion, or from the dataset that is being replaced if it was converted in the
        same way.
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
        """Keep frames that were written before, if they came from the same source and are undamaged.

        Args:
            original: the name of the recording.
            labels: as in `add`.
            groups: likewise.
            source: likewise; its ``sha256`` is the hash of the frames, if that is known beforehand.
            tags: likewise.

        Returns:
            Whether the frames were kept; if not, the recording must be written again.
        """
        before = self._before.get(self.name(original))
        if before is None or before.get("original") != original or before["frames"] != len(labels):
            return False
        found = plain(source)
        of_frames = {key: value for key, value in found.items() if key not in _TO_BE_READ}
        if any(before["source"].get(key) != value for key, value in of_frames.items()):
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
        if not path.is_file():  # the file is in the dataset that will be replaced
            with write_errors(path):
                link_or_copy(self.folder / path.name, path)
        known = {key: value for key, value in before["source"].items() if key not in _OF_THE_LABELS}
        self.add(original, labels, groups, {**found, **known, **found}, tags)
        return True

    def take_over(
        self,
        recording: Recording,
        tags: dict[str, str],
        labels: Array | None = None,
        corrections: dict[str, Any] | None = None,
    ) -> None:
        """Take over a recording of another dataset with frames of the same kind; its frames are linked, or copied.

        Groups of the two datasets keep their ids, so `new_group` returns one that neither has.

        Args:
            recording: of that dataset.
            tags: as in `add`.
            labels: likewise, if they are others now.
            corrections: then, by whom they were changed, for the source of the recording.

        Raises:
            DiskFull, NotWritable: as `add`.
        """
        path = self.frames_path(recording.original)
        with write_errors(path):
            path.unlink(missing_ok=True)  # of an interrupted conversion
            link_or_copy(recording.folder / f"{recording.name}.frames.npy", path)
        self.avoid_groups(recording.groups)
        source = dict(recording.info["source"])
        if labels is None:
            labels = recording.labels
        else:
            of_machine = source.get("labels_by") if (corrections or {}).get("machine") else None
            source = {key: value for key, value in source.items() if key not in _OF_THE_LABELS}
            source |= {"corrections": corrections} if corrections else {}
            source |= {"labels_by": of_machine} if of_machine else {}
        self.add(recording.original, labels, recording.groups, source, tags)

    def frames_before(self, original: str) -> Array | None:
        """Return the frames written before, of a recording that is `finished`; None if they are damaged.

        Only `keep` compares them with the hash of what was written.
        """
        try:
            return self._from_before(self._before[self.name(original)]).frames
        except BadDataset:
            self._damaged.append(original)
            return None

    def remarks(self) -> list[str]:
        """Return messages about earlier frames that could not be kept."""
        if not self._damaged:
            return []
        return [
            f"Frames of an earlier conversion are damaged, so they were converted again: {some(self._damaged)}. "
            "They have changed on the disk since they were written. Check the disk for errors."
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
        """Complete a recording whose frames a `FrameFile` has written.

        Args:
            original: the name of the recording.
            labels: int16, (n,), one per frame.
            groups: int32, (n,), likewise.
            source: what it came from, with the SHA-256 of its frames as ``sha256``.
            tags: such as camera, object, animal.

        Raises:
            DiskFull, NotWritable: the recording stays incomplete.
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

    def avoid_groups(self, groups: Array) -> None:
        """Let `new_group` return none of these ids, nor a smaller one."""
        self._groups = max(self._groups, int(groups.max(initial=-1)) + 1)

    def _left_from_before(self) -> dict[str, dict[str, Any]]:
        """Return the recordings that an interrupted conversion of the same kind completed; remove its other files."""
        before: dict[str, dict[str, Any]] = {}
        with contextlib.suppress(OSError, ValueError):  # no state, or a last line cut short
            head, *lines = (self.work / _STATE).read_text(encoding="utf-8").splitlines()
            for line in lines if _without(from_json(head)) == _without(plain(self._head)) else ():
                entry = from_json(line)
                if fault_of_entry(entry, self._head["class_names"]) is None:
                    before[entry["name"]] = entry
        kept = {f"{name}.{what}.npy" for name in before for what in ARRAYS} | {_STATE}
        part = part_of(self.work / _STATE)
        with write_errors(self.work):
            for name in written_in(self.work) - kept:
                (self.work / name).unlink(missing_ok=True)
            before = {name: entry for name, entry in before.items() if (self.work / f"{name}.frames.npy").is_file()}
            before = {**self._in_old_dataset(), **before}  # recordings of the old dataset have no file here yet
            lines = [to_json(record) for record in (self._head, *before.values())]
            with written_beside(self.work / _STATE, part) as beside:  # without a state no file counts as ours
                beside.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
        return before

    def _in_old_dataset(self) -> dict[str, dict[str, Any]]:
        """Return the recordings of the dataset that will be replaced, if its frames were converted in the same way."""
        with contextlib.suppress(OSError, ValueError, TypeError, KeyError, BadDataset, PathMissing):
            old = open_dataset(self.folder)
            head = _without(plain(self._head)).items()
            was = _without(old.info)
            alike = all(was.get(key) == value for key, value in head if key not in _OF_LABELS)
            return {one.name: one.info for one in old.recordings} if alike else {}
        return {}

    def _save_state(self, record: dict[str, Any]) -> None:
        with write_errors(self.work / _STATE), (self.work / _STATE).open("a", encoding="utf-8", newline="\n") as file:
            file.write(to_json(record) + "\n")

    def close(self) -> Dataset:
        """Complete the dataset: write its description, and rename the folder.

        Returns:
            The dataset, opened.

        Raises:
            BadFrames: it has no recording.
            DiskFull, NotWritable: a dataset that existed before is unchanged.
        """
        if not self._done:
            raise BadFrames("There are no frames to write. Give at least one recording with frames.")
        entries = [self._done[name] for name in self._names.values() if name in self._done]
        with write_errors(self.folder):
            write_json(self.work / DESCRIPTION, {**self._head, "recordings": entries})
            for name in set(self._before) - set(self._done):  # in this folder, or only in the old dataset
                for what in ARRAYS:
                    (self.work / f"{name}.{what}.npy").unlink(missing_ok=True)
            files.take_place(self.work, self.folder, written_in)
            (self.folder / _STATE).unlink()
        return open_dataset(self.folder)

    def abort(self) -> None:
        """Remove what was written. A dataset that existed before stays."""
        with contextlib.suppress(OSError):
            files.remove_ours(self.work, written_in)


class RecordingWriter:
    """Writes one recording: frames in chunks, labels and groups at the end."""

    def __init__(self, dataset: DatasetWriter, original: str):
        self._dataset, self._original = dataset, original
        self._file = FrameFile(dataset.frames_path(original), dataset.image_shape)

    @property
    def n_frames(self) -> int:
        """Number of frames written so far."""
        return self._file.n_frames

    def append(self, frames: Array) -> None:
        """Write more frames, as `FrameFile.append` does."""
        self._file.append(frames)

    def close(self, labels: Array, groups: Array, source: dict[str, Any], tags: dict[str, str] | None = None) -> None:
        """Complete the recording; arguments and errors are those of `DatasetWriter.add`."""
        if not len(labels) == len(groups) == self.n_frames:
            raise LengthMismatch(f"{self._original}: {self.n_frames} frames and {len(labels)} labels were written.")
        self._dataset.add(self._original, labels, groups, {**source, "sha256": self._file.close()}, tags)


def _without(head: Mapping[str, Any]) -> dict[str, Any]:
    usual = {"grey": "full-range"}  # datasets of arrays did not record it before
    return {**usual, **{key: value for key, value in head.items() if key not in _TO_BE_READ}}


def check_target(folder: Path, sources: Sequence[Any] = ()) -> None:
    """Check that a dataset may be written at `folder`.

    Args:
        folder: the dataset folder.
        sources: what it is made from; paths among them must lie outside `folder`.

    Raises:
        PathMissing: the parent folder does not exist.
        NotWritable: `folder` is something else, or holds files of others; or a source lies in it.
    """
    if not is_folder(folder.parent):
        raise PathMissing(f"The folder {folder.parent} does not exist, so {folder} cannot be written. Create it first.")
    if is_there(folder) and not is_file(folder / DESCRIPTION) and (not folder.is_dir() or any(folder.iterdir())):
        raise NotWritable(
            f"{folder} exists and is not a dataset, so it is not overwritten. Choose another name, or remove it."
        )
    places = [folder.resolve(), unfinished(folder).resolve()]
    for source in sources:
        if isinstance(source, (str, PathLike)):
            path = Path(source).resolve()
            if any(path.is_relative_to(place) for place in places):
                raise NotWritable(
                    f"{source} lies in {folder}, where the dataset is to be written. Choose another folder."
                )
    for place in (folder, unfinished(folder), files.replaced(folder)):
        files.check_ours(place, written_in)


def written_in(folder: Path) -> set[str]:
    """Return the names of the files that a conversion wrote in a dataset folder, complete or not."""
    names = set()
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        names |= {entry["name"] for entry in from_json((folder / DESCRIPTION).read_bytes())["recordings"]}
    with contextlib.suppress(OSError):
        for line in (folder / _STATE).read_bytes().splitlines():
            with contextlib.suppress(ValueError, KeyError, TypeError):  # the last line may be cut short
                entry = from_json(line)
                names.add(entry[_BEGUN] if _BEGUN in entry else entry["name"])
    found = {DESCRIPTION, _STATE, part_of(folder / _STATE).name}
    for name in names:
        if isinstance(name, str) and "/" not in name and "\\" not in name:
            arrays = [f"{name}.{what}.npy" for what in ARRAYS]
            found |= {*arrays, f"{arrays[0]}{PART}"}
    try:
        there = set(os.listdir(folder))  # one request to a network drive, however many files there are
    except OSError:
        return set()
    return {name for name in there if name in found or _OF_DESCRIPTION.fullmatch(name)}


def remove_dataset(folder: Path) -> bool:
    """Remove the files of a dataset, and those of an interrupted conversion; return whether the folder is gone."""
    for place in (unfinished(folder), files.replaced(folder), folder):
        files.remove_ours(place, written_in)
    return not folder.exists()


def still_to_write(
    folder: Path, frames: Mapping[str, int], image_shape: tuple[int, int, int], conversion: Mapping[str, Any]
) -> int:
    """Return how many bytes of frames a conversion must still write.

    Recordings that an interrupted conversion completed are not written again, and its incomplete ones are removed
    first. Recordings of the dataset that is replaced take no room if the disk supports hard links.

    Args:
        folder: the dataset.
        frames: number of frames by original name of the recording.
        image_shape: (height, width, channels) of every frame.
        conversion: as for a `DatasetWriter`.
    """
    before: dict[str, int] = {}
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
        old = from_json((folder / DESCRIPTION).read_bytes())
        head = _without(plain({"format": FORMAT, "reading": READING, "image_shape": list(image_shape), **conversion}))
        was = _without(old)
        if all(was.get(key) == value for key, value in head.items()) and can_link(folder / DESCRIPTION, folder.parent):
            before = {str(one["original"]): int(one["frames"]) for one in old["recordings"]}
    taken = sum(n for name, n in before.items() if n <= frames.get(name, 0))
    there = 0
    with contextlib.suppress(OSError):
        found = [file.stat() for file in unfinished(folder).iterdir()]
        there = sum(one.st_size for one in found if one.st_nlink == 1)  # the others belong to the old dataset
    return max(0, (sum(frames.values()) - taken) * math.prod(image_shape) - there)


def can_link(file: Path, folder: Path) -> bool:
    """Return whether a hard link to a file can be made in a folder."""
    trial = fitting(folder, f".{file.parent.name}", f".{uuid.uuid4().hex[:8]}")
    try:
        trial.hardlink_to(file)
        trial.unlink()
    except OSError:
        return False
    return True
