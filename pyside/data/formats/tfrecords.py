"""The form of our TFRecords: one Example a frame; a dataset folder is written as such files, and they are read.

Features of an Example::

    image       bytes, height * width * channels uint8 in C order
    height, width, channels     int64
    label       int64, index into the class names; -1 leaves the frame out
    class       bytes, the name of the class; not there where the frame is left out
    recording   bytes, the name of the recording
    group       int64, which frames belong together
    frame       int64, the place of the frame in its recording, from 0
    tags        bytes, JSON, the tags of the recording; not there where it has none

Files are called ``NAME-00000-of-00007.tfrecord``. Beside them ``NAME.json`` is the description of the dataset, by
which reading them gives a dataset of equal bytes; without it they can be read, too.
"""

from __future__ import annotations

import contextlib
import dataclasses
import gzip
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from pyside.aliases import Progress
from pyside.data.dataset import DESCRIPTION, Dataset, open_dataset
from pyside.errors import BadFrames, BadOption, DiskFull, Interrupted, NotWritable, PathMissing, printable, some
from pyside.settings.conversion import ExportSettings
from pyside.settings.core import named
from pyside.system.files import check_room, told_by_errors
from pyside.system.paths import Links, is_file, is_folder, is_link, is_there, listing, reading
from pyside.system.progress import ConversionProgress
from pyside.system.records import from_json, left_behind, to_json

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # no notes about CPU flags and missing CUDA
SUFFIX = ".tfrecord"
_SHARD = re.compile(r"(.+)-(\d{5,})-of-(\d{5,})\.tfrecord")
_HEAD, _TAIL = 12, 4  # bytes before and after the data of a record: its length, and checksums
_GZIP = b"\x1f\x8b\x08"
_PIECE = 16 << 20  # that is unpacked at a time
_KEPT_FREE = 1 << 30  # of the disk where files are unpacked, or a twentieth of it
_WORTH_SAYING = 1 << 28  # bytes that were unpacked


# --- writing -------------------------------------------------------------------------------------------------------


def export_tfrecords(
    dataset: str | PathLike[str],
    folder: str | PathLike[str],
    options: Mapping[str, Any] | None = None,
    progress: Progress = lambda record: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> dict[str, Any]:
    """Write a dataset folder as TFRecords, for trainings elsewhere.

    They are written in a folder of another name beside their place and get their names when all are complete. Records
    of the same name that were there are replaced; other files stay.

    Args:
        dataset: a dataset folder.
        folder: where the files go; it is made if need be.
        options: settings of an export, in Python's spelling.
        progress: called with records for a progress line, some five times a second.
        should_stop: asked now and then; True ends it, and nothing is left behind.

    Returns:
        ``kind`` ("tfrecords"), ``path`` (the folder), ``name``, ``files`` (their names), ``frames``, ``class_names``,
        ``counts`` and ``bytes``.

    Raises:
        PathMissing, BadDataset, BadOption, NotWritable, DiskFull: what is wrong. What was there before still is.
        Interrupted: it was asked to stop.
    """
    settings = ExportSettings.from_options(options or {})
    progress({"stage": "checking"})
    opened = open_dataset(dataset)
    target = Path(folder).absolute()
    name = printable(settings.name or opened.folder.name)
    if re.search(r'[<>:"/\\|?*\x00-\x1f]', name) or name[0] == ".":
        raise BadOption(f"{named('name')} is {name!r}. Give the beginning of a file's name, without a folder.")
    if not target.parent.is_dir():
        raise PathMissing(f"The folder {target.parent} does not exist, so {target} cannot be written. Make it first.")
    if target.exists() and not target.is_dir():
        raise NotWritable(f"{target} is a file. Choose a folder for the records.")
    with told_by_errors(target):
        _check_shards(target, name)
    n = sum(recording.n_frames for recording in opened.recordings)
    check_room(target, n * (int(np.prod(opened.image_shape)) + 300))
    made = not target.exists()
    with told_by_errors(target):
        target.mkdir(exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=f".{name}.", suffix=".unfinished", dir=target))
    try:
        progress({"stage": "converting", "said": [f"{n} frames of {opened.folder.name} go into {target}"]})
        files = _write_shards(opened, work, name, settings.shard_frames, progress, should_stop)
        with told_by_errors(target):
            (work / f"{name}.json").write_bytes((opened.folder / DESCRIPTION).read_bytes())
            _take_places(work, target, name, files)
    finally:
        shutil.rmtree(work, ignore_errors=True)
        if made:
            with contextlib.suppress(OSError):
                target.rmdir()  # where nothing came into it
    summary = opened.summary()
    return {
        "kind": "tfrecords",
        "path": str(target),
        "name": name,
        "files": files,
        "frames": n,
        "class_names": summary["class_names"],
        "counts": summary["counts"],
        "bytes": sum((target / file).stat().st_size for file in files),
    }


def _check_shards(target: Path, name: str) -> None:
    """Make sure that the records which an export will replace are of an export, and clear what a killed one left.

    Raises:
        NotWritable: there are records of this name without the description that an export puts beside them.
    """
    was_broken_off = _clear_broken_off(target, name)
    there = [] if was_broken_off or (target / f"{name}.json").is_file() else [one.name for one in _shards(target, name)]
    if there:
        raise NotWritable(
            f"{target} holds records called {name} that TouchTrain has not written ({some(there)}; there is no "
            f"{name}.json beside them), so they are not replaced. Choose another {named('name')}, or another folder."
        )


def _shards(folder: Path, name: str) -> list[Path]:
    """Return the files of records of a name in a folder."""
    if not folder.is_dir():
        return []
    found = [(one, _SHARD.fullmatch(one.name)) for one in sorted(folder.iterdir())]
    return [one for one, match in found if match and match[1] == name]


def _clear_broken_off(target: Path, name: str) -> bool:
    """Remove what an export of this name left when its process was killed; returns whether there was anything.

    Whoever calls this is the only one to write here.
    """
    left = left_behind(target, f".{name}", r"\.[a-z0-9_]{8}\.unfinished")
    for work in left:
        with contextlib.suppress(OSError):
            for file in (work / f"{name}.json", *_shards(work, name)):
                file.unlink(missing_ok=True)
            work.rmdir()
    return bool(left)


def _write_shards(
    dataset: Dataset,
    work: Path,
    name: str,
    shard_frames: int,
    progress: Progress,
    should_stop: Callable[[], bool],
) -> list[str]:
    """Write all frames into files of at most so many; return their names."""
    import tensorflow as tf

    n = sum(recording.n_frames for recording in dataset.recordings)
    n_shards = max(1, -(-n // shard_frames))
    files = [f"{name}-{number:05d}-of-{n_shards:05d}{SUFFIX}" for number in range(n_shards)]
    shown = ConversionProgress(progress, n, len(dataset.recordings))
    frames = _serialised(dataset)
    for number, file in enumerate(files):
        with told_by_errors(work / file):
            try:
                with tf.io.TFRecordWriter(os.fsencode(work / file)) as writer:
                    for recording, data in _first(frames, min(shard_frames, n - number * shard_frames)):
                        writer.write(data)
                        shown.add(recording + 1, dataset.recordings[recording].name, 1)
                        if should_stop():
                            raise Interrupted(f"The export was stopped; nothing was left in {work.parent}.")
            except tf.errors.OpError as error:
                raise OSError(getattr(error, "errno", None), str(error)) from error
    return files


def _first(items: Iterator[Any], n: int) -> Iterator[Any]:
    for _, item in zip(range(n), items, strict=False):
        yield item


def _serialised(dataset: Dataset) -> Iterator[tuple[int, bytes]]:
    """Yield the number of its recording, and the Example of each frame."""
    from tensorflow.core.example.example_pb2 import Example

    height, width, channels = dataset.image_shape
    for number, recording in enumerate(dataset.recordings):
        original, tags = recording.original.encode("utf-8", "replace"), recording.info["tags"]
        frames = recording.frames  # one file at a time is open
        labels, groups = recording.labels.tolist(), recording.groups.tolist()
        for place in range(recording.n_frames):
            example = Example()
            features = example.features.feature
            features["image"].bytes_list.value.append(frames[place].tobytes())
            numbers = {"height": height, "width": width, "channels": channels, "label": labels[place]}
            for key, value in {**numbers, "group": groups[place], "frame": place}.items():
                features[key].int64_list.value.append(value)
            features["recording"].bytes_list.value.append(original)
            if labels[place] >= 0:
                features["class"].bytes_list.value.append(dataset.class_names[labels[place]].encode())
            if tags:
                features["tags"].bytes_list.value.append(to_json(tags).encode())
            yield number, example.SerializeToString(deterministic=True)


def _take_places(work: Path, target: Path, name: str, files: Sequence[str]) -> None:
    """Give the files their names, and remove those of an export before; the description is the last to come."""
    (target / f"{name}.json").unlink(missing_ok=True)
    for old in _shards(target, name):
        if old.name not in files:
            old.unlink()
    for file in [*files, f"{name}.json"]:
        (work / file).replace(target / file)


# --- reading -------------------------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Record:
    """One record of a file.

    Attributes:
        number: its place in the file, from 1.
        offset: where its data begin, in bytes.
        data: a serialised Example.
    """

    number: int
    offset: int
    data: bytes


def read_records(path: Path, shown_as: Path) -> Iterator[Record]:
    """Yield the records of a file, checked by their checksums.

    Args:
        path: the file, not compressed; see `uncompressed`.
        shown_as: what to call it in an error.

    Raises:
        BadFrames: it is no TFRecord file, or it is damaged or cut short; file and number of the record are named.
    """
    import tensorflow as tf

    _check_lengths(path, shown_as)
    number, offset = 1, _HEAD
    try:
        for data in tf.data.TFRecordDataset(os.fsencode(path)).as_numpy_iterator():
            yield Record(number, offset, data)
            number, offset = number + 1, offset + len(data) + _TAIL + _HEAD
    except tf.errors.OpError as error:
        what = (
            "is no TFRecord file, or its first record is damaged" if number == 1 else f"is damaged at record {number}"
        )
        text = f"{shown_as} {what} ({error.message}). Copy it again, or export it again."
        raise BadFrames(text) from None
    except MemoryError:
        raise BadFrames(f"{shown_as}: record {number} is larger than the memory.") from None
    if offset - _HEAD != path.stat().st_size:
        raise BadFrames(f"{shown_as} is cut short after record {number - 1}. Copy it again, or export it again.")


def _check_lengths(path: Path, shown_as: Path) -> None:
    """Compare what records say of their length with the file, before TensorFlow makes room for them: that can end us.

    Raises:
        BadFrames: one is longer than the file; up to the first whose length is damaged, of which TensorFlow tells.
    """
    size, start, number = path.stat().st_size, 0, 1
    with path.open("rb") as file:
        while len(head := file.read(_HEAD)) == _HEAD:
            length = int.from_bytes(head[:8], "little")
            if _checksum(head[:8]) != int.from_bytes(head[8:], "little"):
                return
            if length > size:
                first = "is no TFRecord file, or its first record is damaged"
                raise BadFrames(
                    f"{shown_as} {first if number == 1 else f'is damaged at record {number}'} (it says that it has "
                    f"{length} bytes, and the file has {size}). Copy it again, or export it again."
                )
            start, number = start + _HEAD + length + _TAIL, number + 1
            file.seek(start)


def _checksum(data: bytes) -> int:
    """Return the checksum of TFRecords: CRC-32C, turned by 15 bits, and a number added."""
    value = 0xFFFFFFFF
    for byte in data:
        value = value >> 8 ^ _CRC[(value ^ byte) & 0xFF]
    value ^= 0xFFFFFFFF
    return ((value >> 15 | value << 17) + 0xA282EAD8) & 0xFFFFFFFF


def _crc_of(value: int) -> int:
    for _ in range(8):
        value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
    return value


_CRC = [_crc_of(byte) for byte in range(256)]


@contextlib.contextmanager
def uncompressed(paths: Sequence[Path], say: Callable[[str], Any] = lambda text: None) -> Iterator[list[Path]]:
    """Give files that are not compressed with gzip: those that are, are unpacked elsewhere for the time being.

    Args:
        paths: the files.
        say: called with a sentence on where what was unpacked lies, and how large it is.

    Raises:
        BadFrames: a compressed file is damaged.
        DiskFull: what is unpacked would fill the disk.
    """
    with tempfile.TemporaryDirectory(prefix="touchtrain-", ignore_cleanup_errors=True) as folder:
        plain = []
        for number, path in enumerate(paths):
            with reading(path), path.open("rb") as file:
                compressed = file.read(len(_GZIP)) == _GZIP
            plain.append(Path(folder) / str(number) if compressed else path)
            if compressed:
                _unpack(path, plain[-1])
        n_bytes = sum(file.stat().st_size for file in plain if file.parent == Path(folder))
        if n_bytes >= _WORTH_SAYING:
            say(
                f"Compressed records were unpacked to {n_bytes / 1e9:.1f} GB in {folder}, until the conversion is done."
            )
        yield plain


def _unpack(path: Path, copy: Path) -> None:
    """Unpack a file, as long as a part of the disk stays free."""
    try:
        with gzip.open(path) as source, copy.open("wb") as target:
            while piece := source.read(_PIECE):
                disk = shutil.disk_usage(copy.parent)
                if disk.free - len(piece) < min(_KEPT_FREE, disk.total // 20):
                    raise DiskFull(
                        f"{path} is too large to be unpacked in {copy.parent}: after {target.tell() / 1e9:.1f} GB the "
                        "disk is almost full. Unpack it elsewhere with gzip -d, or name a larger folder in the "
                        "environment variable TMPDIR."
                    )
                target.write(piece)
    except DiskFull:
        raise
    except Exception as error:  # zlib.error, EOFError, BadGzipFile, a full disk
        raise BadFrames(f"{path} cannot be unpacked ({error}). Copy it again.") from None


def find_files(files: Any, warnings: list[str] | None = None) -> list[Path]:
    """Return the files meant: one, several, or all ``.tfrecord`` files of a folder, in the order of their names.

    Args:
        files: a file, a folder, or several of these.
        warnings: takes which files of a folder are links that lead out of it, and where to.

    Raises:
        PathMissing: there is no such file, or a file of a set (``-00001-of-00007``) is not among them.
    """
    given = [files] if isinstance(files, (str, PathLike)) else list(files)
    if not given:
        raise PathMissing("Cannot find TFRecords: no file was named.")
    paths: list[Path] = []
    for one in given:
        path = Path(one).absolute()
        if is_folder(path):
            with listing(path):
                names = sorted(file.name for file in path.iterdir())
            inside = [path / name for name in names if _is_named_so(path / name)]
            if not inside:
                found = some(names, 10)
                raise PathMissing(
                    f"Cannot find TFRecords in {path}. Expected files that end in {SUFFIX} or {SUFFIX}s, or .gz after "
                    f"that. Found: {found or 'nothing'}."
                )
            paths += inside
            if warnings is not None:
                links = Links(path)
                for file in inside:
                    links.see(file)
                warnings += links.warnings()
        elif is_file(path):
            paths.append(path)
        else:
            raise PathMissing(f"There is no file {path}.")
    paths = list(dict.fromkeys(paths))
    _check_complete(paths)
    return paths


def _is_named_so(path: Path) -> bool:
    name = path.name.lower().removesuffix(".gz")
    if not name.endswith((SUFFIX, f"{SUFFIX}s")) or path.name[0] == ".":
        return False
    if is_link(path) and not is_there(path):
        raise PathMissing(f"{path} is a link that leads nowhere. Copy the file there, or remove the link.")
    return is_file(path)


def _check_complete(paths: Sequence[Path]) -> None:
    sets: dict[tuple[Path, str, str], set[int]] = {}
    for path in paths:
        if match := _SHARD.fullmatch(path.name):
            sets.setdefault((path.parent, match[1], match[3]), set()).add(int(match[2]))
    for (folder, name, n), there in sets.items():
        lacking = [number for number in range(int(n)) if number not in there] if int(n) < 10**6 else []
        if lacking:
            shown = some([f"{name}-{number:05d}-of-{n}{SUFFIX}" for number in lacking])
            raise PathMissing(f"{shown} is missing in {folder}, so the records are not complete. Put it there.")


def description_beside(paths: Sequence[Path]) -> dict[str, Any] | None:
    """Return the description of the dataset that these files are an export of, if it lies beside them."""
    names = {(path.parent, match[1]) if (match := _SHARD.fullmatch(path.name)) else None for path in paths}
    beside = names.pop() if len(names) == 1 else None
    if beside is None:
        return None
    with contextlib.suppress(OSError, ValueError):
        found = from_json((beside[0] / f"{beside[1]}.json").read_bytes())
        return found if isinstance(found, dict) else None
    return None
