"""Writes a dataset folder as TFRecords with one Example per frame, and reads TFRecords.

Features of an Example::

    image       bytes, height * width * channels uint8 in C order
    height, width, channels     int64
    label       int64, index into the class names; -1 leaves the frame out
    class       bytes, the class name; missing if the frame is left out
    recording   bytes, the name of the recording
    group       int64, group id: frames of one group stay on one side of a split
    frame       int64, the position of the frame in its recording, from 0
    tags        bytes, JSON, the tags of the recording; missing if it has none

Files are named ``NAME-00000-of-00007.tfrecord``. The description of the dataset, ``NAME.json``, lies beside them; with
it, the records convert to a dataset of equal bytes. They can be read without it, too.

TensorFlow writes and reads the records one at a time. To read 2,000 records of 6.7 kB takes 0.07 s; tf.data takes 0.7 s
and reads ahead even in damaged files.
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
from typing import Any, BinaryIO

import numpy as np

from pyside.aliases import Progress
from pyside.data.dataset import DESCRIPTION, Dataset, open_dataset
from pyside.errors import BadFrames, BadOption, DiskFull, Interrupted, NotWritable, PathMissing, printable, some
from pyside.settings.conversion import ExportSettings
from pyside.settings.core import named
from pyside.system.files import check_room, left_behind, move, write_errors
from pyside.system.paths import Links, inside, is_file, is_folder, is_link, is_there, reading
from pyside.system.progress import ConversionProgress
from pyside.system.records import from_json, to_json

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # no notes about CPU flags and missing CUDA
SUFFIX = ".tfrecord"
_SHARD = re.compile(r"(.+)-(\d{5,})-of-(\d{5,})\.tfrecord")
_HEAD, _TAIL = 12, 4  # bytes before and after the data of a record: length and checksums
_GZIP = b"\x1f\x8b\x08"
_PIECE = 16 << 20  # bytes that are unpacked at a time
_KEPT_FREE = 1 << 30  # bytes that stay free on the disk where files are unpacked, or a twentieth of the disk
_WORTH_REPORTING = 1 << 28  # unpacked bytes


# --- writing -------------------------------------------------------------------------------------------------------


def export_tfrecords(
    dataset: str | PathLike[str],
    folder: str | PathLike[str],
    options: Mapping[str, Any] | None = None,
    progress: Progress = lambda record: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> dict[str, Any]:
    """Write a dataset folder as TFRecords, for training with other programs.

    Files are written to a temporary folder inside `folder`, and moved when all are complete. Existing records of the
    same name are replaced; other files stay.

    Args:
        dataset: a dataset folder.
        folder: target folder; it is created if need be.
        options: settings of the export, in Python's spelling.
        progress: called with records for a progress line, about five times a second.
        should_stop: called often; if it returns True, the export stops and leaves no files.

    Returns:
        ``kind`` ("tfrecords"), ``path`` (the folder), ``name``, ``files`` (their names), ``frames``, ``class_names``,
        ``counts`` and ``bytes``.

    Raises:
        PathMissing, BadDataset, BadOption, NotWritable, DiskFull: the export fails; existing files are unchanged.
        Interrupted: `should_stop` returned True.
    """
    settings = ExportSettings.from_options(options or {})
    progress({"stage": "checking"})
    opened = open_dataset(dataset)
    target = Path(folder).absolute()
    name = printable(settings.name or opened.folder.name)
    if re.search(r'[<>:"/\\|?*\x00-\x1f]', name) or name[0] == ".":
        raise BadOption(f"{named('name')} is {name!r}. Give the beginning of a file name, without a folder.")
    if not target.parent.is_dir():
        raise PathMissing(f"The folder {target.parent} does not exist, so {target} cannot be written. Create it first.")
    if target.exists() and not target.is_dir():
        raise NotWritable(f"{target} is a file. Choose a folder for the records.")
    with write_errors(target):
        _check_shards(target, name)
    n = sum(recording.n_frames for recording in opened.recordings)
    check_room(target, n * (int(np.prod(opened.image_shape)) + 300))
    made = not target.exists()
    with write_errors(target):
        target.mkdir(exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=f".{name}.", suffix=".unfinished", dir=target))
    try:
        progress({"stage": "converting", "said": [f"{n} frames of {opened.folder.name} go into {target}"]})
        files = _write_shards(opened, work, name, settings.shard_frames, progress, should_stop)
        with write_errors(target):
            (work / f"{name}.json").write_bytes((opened.folder / DESCRIPTION).read_bytes())
            _take_places(work, target, name, files)
    finally:
        shutil.rmtree(work, ignore_errors=True)
        if made:
            with contextlib.suppress(OSError):
                target.rmdir()  # fails unless it is empty
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
    """Check that the records to be replaced come from an export, and remove files of a killed export.

    Raises:
        NotWritable: records of this name exist without the description that an export writes beside them.
    """
    was_killed = _clear_killed(target, name)
    there = [] if was_killed or (target / f"{name}.json").is_file() else [one.name for one in _shards(target, name)]
    if there:
        raise NotWritable(
            f"{target} holds records named {name} that TouchTrain did not write ({some(there)}; {name}.json is "
            f"missing), so they are not replaced. Choose another {named('name')}, or another folder."
        )


def _shards(folder: Path, name: str) -> list[Path]:
    """Return the files of the records with a name in a folder."""
    if not folder.is_dir():
        return []
    found = [(one, _SHARD.fullmatch(one.name)) for one in sorted(folder.iterdir())]
    return [one for one, match in found if match and match[1] == name]


def _clear_killed(target: Path, name: str) -> bool:
    """Remove what an export of this name left when its process was killed; return whether there was anything.

    No other process may write records of this name at the same time.
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
    """Write all frames to files of at most `shard_frames` frames; return their names."""
    import tensorflow as tf

    n = sum(recording.n_frames for recording in dataset.recordings)
    n_shards = max(1, -(-n // shard_frames))
    files = [f"{name}-{number:05d}-of-{n_shards:05d}{SUFFIX}" for number in range(n_shards)]
    shown = ConversionProgress(progress, n, len(dataset.recordings))
    frames = _serialised(dataset)
    for number, file in enumerate(files):
        with write_errors(work / file):
            try:
                with tf.io.TFRecordWriter(os.fsencode(work / file)) as writer:
                    for recording, data in _first(frames, min(shard_frames, n - number * shard_frames)):
                        writer.write(data)
                        shown.add(recording + 1, dataset.recordings[recording].name, 1)
                        if should_stop():
                            raise Interrupted(f"The export was stopped; no files of it were left in {work.parent}.")
            except tf.errors.OpError as error:
                raise OSError(getattr(error, "errno", None), str(error)) from error
    return files


def _first(items: Iterator[Any], n: int) -> Iterator[Any]:
    for _, item in zip(range(n), items, strict=False):
        yield item


def _serialised(dataset: Dataset) -> Iterator[tuple[int, bytes]]:
    """Yield, for each frame, the number of its recording and its serialised Example."""
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
    """Move the files to the target and remove those of an earlier export; the description comes last."""
    (target / f"{name}.json").unlink(missing_ok=True)
    for old in _shards(target, name):
        if old.name not in files:
            old.unlink()
    for file in [*files, f"{name}.json"]:
        move(work / file, target / file)


# --- reading -------------------------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Record:
    """One record of a file.

    Attributes:
        number: its position in the file, from 1.
        offset: offset of its data, in bytes.
        data: a serialised Example.
    """

    number: int
    offset: int
    data: bytes


def read_records(path: Path, shown_as: Path) -> Iterator[Record]:
    """Yield the records of a file, and check their checksums.

    Args:
        path: the file, not compressed; see `uncompressed`.
        shown_as: its path in errors.

    Raises:
        BadFrames: it is not a TFRecord file, or it is damaged or cut short; the message names file and record.
    """
    import tensorflow as tf

    number, offset, size = 1, _HEAD, path.stat().st_size
    try:
        records = _one_by_one(path)
        with path.open("rb") as file:
            while True:
                length = _length_of_next(file, offset - _HEAD)
                if length > size:  # TensorFlow allocates this length before it reads, which can crash this process
                    reason = f"it declares {length} bytes, but the file has {size}"
                    raise BadFrames(_damaged(shown_as, number, reason))
                if (data := next(records, None)) is None:
                    break
                yield Record(number, offset, data)
                number, offset = number + 1, offset + len(data) + _TAIL + _HEAD
    except tf.errors.OpError as error:
        raise BadFrames(_damaged(shown_as, number, error.message)) from None
    except MemoryError:
        raise BadFrames(f"{shown_as}: record {number} is larger than the memory.") from None
    if offset - _HEAD != size:
        raise BadFrames(f"{shown_as} is cut short after record {number - 1}. Copy it again, or export it again.")


def _one_by_one(path: Path) -> Iterator[bytes]:
    """Return an iterator that reads each record on demand; tf.data would read ahead."""
    import tensorflow as tf

    logger = tf.get_logger()
    level = logger.level
    logger.setLevel("ERROR")  # silences the notice that this function is deprecated in favour of tf.data
    try:
        return iter(tf.compat.v1.io.tf_record_iterator(os.fsencode(path)))
    finally:
        logger.setLevel(level)


def _length_of_next(file: BinaryIO, start: int) -> int:
    """Return the declared length of the record that begins at `start`, in bytes; 0 at the end of the file."""
    file.seek(start)
    head = file.read(_HEAD)
    return int.from_bytes(head[:8], "little") if len(head) == _HEAD else 0


def _damaged(shown_as: Path, number: int, reason: str) -> str:
    what = "is not a TFRecord file, or its first record is damaged" if number == 1 else f"is damaged at record {number}"
    return f"{shown_as} {what} ({reason}). Copy it again, or export it again."


@contextlib.contextmanager
def uncompressed(paths: Sequence[Path], report: Callable[[str], Any] = lambda text: None) -> Iterator[list[Path]]:
    """Yield uncompressed files: those that are compressed with gzip are unpacked to a temporary folder.

    Args:
        paths: the files.
        report: called with a sentence about the place and size of the unpacked files.

    Raises:
        BadFrames: a compressed file is damaged.
        DiskFull: the unpacked files would fill the disk.
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
        if n_bytes >= _WORTH_REPORTING:
            report(
                f"Compressed records were unpacked to {n_bytes / 1e9:.1f} GB in {folder}, until the conversion is done."
            )
        yield plain


def _unpack(path: Path, copy: Path) -> None:
    """Unpack a file, but keep a part of the disk free."""
    try:
        with gzip.open(path) as source, copy.open("wb") as target:
            while piece := source.read(_PIECE):
                disk = shutil.disk_usage(copy.parent)
                if disk.free - len(piece) < min(_KEPT_FREE, disk.total // 20):
                    raise DiskFull(
                        f"{path} is too large to be unpacked in {copy.parent}: after {target.tell() / 1e9:.1f} GB the "
                        "disk is almost full. Unpack it elsewhere with gzip -d, or set the environment variable TMPDIR "
                        "to a folder on a larger disk."
                    )
                target.write(piece)
    except DiskFull:
        raise
    except Exception as error:  # zlib.error, EOFError, BadGzipFile, a full disk
        raise BadFrames(f"{path} cannot be unpacked ({error}). Copy it again.") from None


def find_files(files: Any, warnings: list[str] | None = None) -> list[Path]:
    """Return the files to read: one, several, or all ``.tfrecord`` files of a folder, sorted by name.

    Args:
        files: a file, a folder, or several of these.
        warnings: a list that receives a warning for links that lead out of a folder, with their targets.

    Raises:
        PathMissing: a file does not exist, or a file of a set (``-00001-of-00007``) is missing.
    """
    given = [files] if isinstance(files, (str, PathLike)) else list(files)
    if not given:
        raise PathMissing("Cannot find TFRecords: no file was given.")
    paths: list[Path] = []
    for one in given:
        path = Path(one).absolute()
        if is_folder(path):
            there = inside(path)
            records = [file for file in there if _is_tfrecord(file)]
            if not records:
                found = some([file.name for file in there], 10)
                raise PathMissing(
                    f"Cannot find TFRecords in {path}. Expected files that end in {SUFFIX} or {SUFFIX}s, perhaps with "
                    f".gz. Found: {found or 'nothing'}."
                )
            paths += records
            if warnings is not None:
                links = Links(path)
                for file in records:
                    links.see(file)
                warnings += links.warnings()
        elif is_file(path):
            paths.append(path)
        else:
            raise PathMissing(f"There is no file {path}.")
    paths = list(dict.fromkeys(paths))
    _check_complete(paths)
    return paths


def _is_tfrecord(path: Path) -> bool:
    name = path.name.lower().removesuffix(".gz")
    if not name.endswith((SUFFIX, f"{SUFFIX}s")):
        return False
    if is_link(path) and not is_there(path):
        raise PathMissing(f"{path} is a broken link. Copy the file there, or remove the link.")
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
            raise PathMissing(f"{shown} is missing in {folder}, so the records are incomplete. Copy it there.")


def description_beside(paths: Sequence[Path]) -> dict[str, Any] | None:
    """Return the description of the dataset that these files were exported from, if it lies beside them."""
    names = {(path.parent, match[1]) if (match := _SHARD.fullmatch(path.name)) else None for path in paths}
    beside = names.pop() if len(names) == 1 else None
    if beside is None:
        return None
    with contextlib.suppress(OSError, ValueError):
        found = from_json((beside[0] / f"{beside[1]}.json").read_bytes())
        return found if isinstance(found, dict) else None
    return None
