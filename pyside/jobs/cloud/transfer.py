"""Transfers files between this computer and any place that fsspec reaches.

That is ``gs://``, ``s3://``, ``file://``, ``memory://`` and local folders. Transfers are verified by CRC-32C, which
Cloud Storage keeps for every object (https://cloud.google.com/storage/docs/data-validation); if a service keeps no
checksums, content is read back. Only files that differ are sent or fetched. A file gets its final name only once it is
complete: in a bucket an object appears when it is complete, on a disk the file is written under a temporary name and
renamed. Interrupted transfers are resumed: large files are uploaded in parts that are joined in the bucket, and the
fetched part of a file is kept next to its target until the rest has arrived.
"""

from __future__ import annotations

import base64
import dataclasses
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from pathlib import Path
from typing import Any

from pyside.aliases import Progress
from pyside.errors import Interrupted, PathMissing, TransferFailed, some
from pyside.jobs.cloud import errors as cloud_errors
from pyside.jobs.cloud.place import (
    CHUNK_BYTES,
    IN_PARTS,
    PART_MARK,
    WHOLE_AT_ONCE,
    Place,
    Stored,
    check_name,
    checksum,
    checksum_of,
    is_unfinished,
    new_checksum,
    pipe,
    remove_file,
)
from pyside.system.files import check_room, fitting, move, write_errors, written_beside

_PART_BYTES = 32 * 2**20  # size of the parts of an upload; smaller files are sent whole
_JOINED_AT_MOST = 32  # objects, the limit of Cloud Storage
_THREADS = 6
_REPORT_SECONDS = 0.2


@dataclasses.dataclass(frozen=True)
class Transfer:
    """What was transferred, and what was already there.

    Attributes:
        files: number of files sent or fetched.
        bytes: bytes transferred; parts that an interrupted try had transferred are not counted.
        same_files: number of files that were already there.
        same_bytes: size of these files.
        seconds: duration.
    """

    files: int
    bytes: int
    same_files: int
    same_bytes: int
    seconds: float


# --- sending -------------------------------------------------------------------------------------------------------


def upload(
    source: Path,
    target: Place,
    names: Sequence[str] | None = None,
    last: Sequence[str] = (),
    progress: Progress = lambda record: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Transfer:
    """Send the files of a folder; files that are already there and identical are skipped.

    Args:
        source: local folder.
        target: target folder.
        names: relative names of the files, with ``/``. Default: all files in the folder and its subfolders.
        last: names of files that mark the folder as complete, such as its table of contents. If any file is sent,
            these are removed from the target first and sent last.
        progress: called with ``stage``, ``bytes_done``, ``bytes``, ``bytes_per_second``, ``seconds_left``, at most
            about five times a second.
        should_stop: called regularly; if it returns True, the transfer ends, and the same call resumes it.

    Raises:
        Interrupted: `should_stop` returned True.
        TransferFailed: what arrived differed from what was sent, twice.
        PathMissing, BucketNotFound, NoPermission, NoCredentials, NoNetwork, DiskFull, NotWritable, ExtraMissing.
    """
    began = time.monotonic()
    names = files_below(source) if names is None else list(names)
    _check_here(source, names)
    there = target._everything()
    with write_errors(source):
        sizes = {name: (source / name).stat().st_size for name in names}
        alike = _each(names, lambda name: _is_same(source / name, target / name, there.get(name)))
    same = {name for name, is_it in zip(names, alike, strict=True) if is_it}
    _clear_parts(target, [name for name in there if name.partition(PART_MARK)[0] in same])
    moving = [name for name in names if name not in same]
    if moving:
        for name in last:
            if name in there:
                (target / name).remove()
        moving = [name for name in names if name not in same or name in last]
    counter = _Counter("uploading", sum(sizes[name] for name in moving), progress, should_stop)

    def send(name: str) -> None:
        _put(source / name, target / name, there, name, counter)

    first = [name for name in moving if name not in last]
    in_parts = [name for name in first if target.protocol in IN_PARTS and sizes[name] > _PART_BYTES]
    _each([name for name in first if name not in in_parts], send, counter)
    with ThreadPoolExecutor(1) as beside:  # computes checksums during the upload
        sums = {}
        for name in in_parts:  # one file at a time: several parts of it are in memory
            sums[name] = beside.submit(checksum, source / name)
            send(name)
    _check_sent(target, {name: source / name for name in first}, send, sums)
    moving_last = [name for name in last if name in moving]
    for name in moving_last:
        send(name)
    _check_sent(target, {name: source / name for name in moving_last}, send)
    counter.report_end()
    kept = [name for name in names if name not in moving]
    seconds = time.monotonic() - began
    return Transfer(len(moving), counter.done, len(kept), sum(sizes[name] for name in kept), seconds)


def upload_file(source: Path, target: Place) -> None:
    """Send one file, unless an identical one is already there.

    Raises:
        PathMissing: there is no such local file.
        TouchTrainError: as `upload`.
    """
    _check_here(source.parent, [source.name])
    known = target.stored()
    if _is_same(source, target, known):
        return
    there = target.parent._everything() if source.stat().st_size > _PART_BYTES else {}
    counter = _Counter("uploading", source.stat().st_size)

    def send(name: str) -> None:
        _put(source, target, there, name, counter)

    send(target.name)
    _check_sent(target.parent, {target.name: source}, send)


def _check_here(folder: Path, names: Sequence[str]) -> None:
    missing = [name for name in names if not (folder / name).is_file()]
    if missing:
        raise PathMissing(f"There is no file {some(missing)} in {folder}.")


def _clear_parts(target: Place, names: Sequence[str]) -> None:
    """Remove parts that an interrupted try had joined, but not deleted; other files are left alone."""
    with cloud_errors.translated(place=target.url):
        for name in names:
            if PART_MARK in name:
                remove_file(target._system(), f"{target._path()}/{name}")


def files_below(folder: Path) -> list[str]:
    """Return the sorted relative names, with ``/``, of all complete files in a folder and its subfolders."""
    found = [file.relative_to(folder).as_posix() for file in sorted(folder.rglob("*")) if file.is_file()]
    return [name for name in found if not is_unfinished(name)]


def _is_same(here: Path, there: Place, known: Stored | None, of_here: Future[str] | None = None) -> bool:
    """Return whether a local file equals a stored one, of which the size and perhaps the checksum are known."""
    if known is None or here.stat().st_size != known.size:
        return False
    return there.content_checksum(known) == (of_here.result() if of_here else checksum(here))


def _put(source: Path, target: Place, there: dict[str, Stored], name: str, counter: _Counter) -> None:
    """Send one file."""
    size = source.stat().st_size
    with write_errors(Path(target.url) if target.is_local else source), cloud_errors.translated(place=target.url):
        if target.is_local:
            _copy(source, Path(target.url), counter)
        elif target.protocol in IN_PARTS and size > _PART_BYTES:
            _put_in_parts(source, target, there, name, counter)
        elif target.protocol in (*IN_PARTS, "memory"):
            data = source.read_bytes()
            pipe(target._system(), target._path(), data)
            counter.add(len(data))
        else:
            is_whole = target.protocol in WHOLE_AT_ONCE
            beside = target._path() if is_whole else f"{target._path()}.part"
            target._system().put_file(str(source), beside)
            if not is_whole:
                target._system().mv(beside, target._path())
            counter.add(size)


def _put_in_parts(source: Path, target: Place, there: dict[str, Stored], name: str, counter: _Counter) -> None:
    """Send a large file in parts and have them joined; parts left by an interrupted try are not sent again.

    Checksums show which parts are still valid. If the file has changed since, its parts are overwritten.
    """
    system, path, size = target._system(), target._path(), source.stat().st_size
    names = [f"{PART_MARK}{number:04d}" for number in range((size + _PART_BYTES - 1) // _PART_BYTES)]

    def send(part: str) -> None:
        with source.open("rb") as file:
            file.seek(names.index(part) * _PART_BYTES)
            data = file.read(_PART_BYTES)
        known = there.get(name + part)
        if known is None or known != Stored(len(data), checksum_of(data)):
            pipe(system, path + part, data)
            counter.add(len(data))
        else:
            counter.skip(len(data))

    _each(names, send, counter)
    joined, made, round_ = names, list(names), 0
    while len(joined) > _JOINED_AT_MOST:
        groups = [joined[at : at + _JOINED_AT_MOST] for at in range(0, len(joined), _JOINED_AT_MOST)]
        joined = [f"{PART_MARK}j{round_}{number:04d}" for number in range(len(groups))]
        for whole, group in zip(joined, groups, strict=True):
            system.merge(path + whole, [path + part for part in group])
        made, round_ = made + joined, round_ + 1
    system.merge(path, [path + part for part in joined])
    left = {old.removeprefix(name) for old in there if old.startswith(name + PART_MARK)}
    _each(left.union(made), lambda part: remove_file(system, path + part))
    for part in left:
        there.pop(name + part, None)


def _check_sent(
    target: Place, sent: dict[str, Path], send: Callable[[str], None], sums: Mapping[str, Future[str]] | None = None
) -> None:
    """Compare what arrived with what was sent; files that differ are sent once more.

    Args:
        target: target folder.
        sent: for each name in the target folder, the local file.
        send: sends the file with a name.
        sums: checksums of local files, as far as they are computed elsewhere.
    """
    names, known = list(sent), sums or {}
    for is_last in (False, True):
        if not names:
            return
        there = target._everything() if len(names) > 1 else {name: (target / name).stored() for name in names}
        names = [name for name in names if not _is_same(sent[name], target / name, there.get(name), known.get(name))]
        known = {}
        if is_last and names:
            raise TransferFailed(
                f"{len(names)} of the files sent to {target.url} differ from the local ones: {some(names)}. Check "
                "whether they change during the upload. The same command resumes it."
            )
        for name in names:
            send(name)


# --- fetching ------------------------------------------------------------------------------------------------------


def download(
    source: Place,
    target: Path,
    names: Sequence[str] | None = None,
    progress: Progress = lambda record: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Transfer:
    """Fetch the files of a folder; files that are already here and identical are skipped.

    Args:
        source: source folder.
        target: local folder; it is created if necessary.
        names: relative names of the files. Default: all files in the folder and its subfolders.
        progress: as in `upload`.
        should_stop: as in `upload`.

    Raises:
        PathMissing: one of the files does not exist, or the folder is empty.
        TouchTrainError: as `upload`.
    """
    began = time.monotonic()
    there = source.files()
    names = sorted(there) if names is None else list(names)
    missing = [name for name in names if name not in there]
    if missing or not names:
        raise PathMissing(f"There is no file {some(missing) or 'at all'} in {source.url}.")
    for name in names:
        check_name(name, name)
    with write_errors(target):
        target.mkdir(parents=True, exist_ok=True)
        here = [name for name in names if (target / name).is_file()]
        alike = _each(here, lambda name: _is_same(target / name, source / name, there[name]))
    same = {name for name, is_it in zip(here, alike, strict=True) if is_it}
    moving = [name for name in names if name not in same]
    counter = _Counter("fetching", sum(there[name].size for name in moving), progress, should_stop)
    with write_errors(target):
        there_in_part = _in_part(target, moving)
    check_room(target, counter.total - there_in_part)
    _each(moving, lambda name: _get(source / name, target / name, there[name], counter), counter)
    counter.report_end()
    kept = [name for name in names if name in same]
    seconds = time.monotonic() - began
    return Transfer(len(moving), counter.done, len(kept), sum(there[name].size for name in kept), seconds)


def _in_part(folder: Path, names: Sequence[str]) -> int:
    """Return how many bytes of these files an earlier, interrupted try has fetched."""
    wanted, found = set(names), 0
    for part in folder.rglob("*.part"):
        if part.relative_to(folder).as_posix().rsplit(".", 2)[0] in wanted:
            found += part.stat().st_size
    return found


def download_file(source: Place, target: Path) -> None:
    """Fetch one file, unless an identical one is already here.

    Raises:
        PathMissing: there is no such file.
        TouchTrainError: as `upload`.
    """
    known = source.stored()
    if known is None:
        raise PathMissing(f"There is no file {source.url}.")
    if not (target.is_file() and _is_same(target, source, known)):
        _get(source, target, known, _Counter("fetching", known.size))


def _get(source: Place, target: Path, known: Stored, counter: _Counter) -> None:
    """Fetch one file, or the rest of it after an interrupted try."""
    with write_errors(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        for _ in range(2):
            wanted = source.content_checksum(known)
            part = fitting(target.parent, target.name, f".{base64.b64decode(wanted).hex()}.part")
            if _fetch_into(part, source, known.size, counter) == wanted:
                move(part, target)
                return
            part.unlink(missing_ok=True)
            known = source.stored() or known
    raise TransferFailed(
        f"What was fetched from {source.url} differed from the original, twice. Check whether it is changing."
    )


def _fetch_into(part: Path, source: Place, size: int, counter: _Counter) -> str:
    """Fetch the rest of a file into its partial file, and return the checksum of the whole file."""
    found = new_checksum()
    with part.open("a+b") as file:
        file.seek(0)
        while data := file.read(CHUNK_BYTES):
            found.update(data)
            counter.skip(len(data))
        at = file.tell()

        def piece(start: int) -> bytes:
            if start >= size:
                return b""
            with cloud_errors.translated(place=source.url):
                end = min(start + CHUNK_BYTES, size)
                return bytes(source._system().cat_file(source._path(), start=start, end=end))

        with ThreadPoolExecutor(1) as ahead:  # fetches the next piece while this one is written
            coming = ahead.submit(piece, at)
            while data := coming.result():
                coming = ahead.submit(piece, at + len(data))
                file.write(data)
                found.update(data)
                at += len(data)
                counter.add(len(data))
    return base64.b64encode(found.digest()).decode()


def _copy(source: Path, target: Path, counter: _Counter) -> None:
    """Copy a local file under a temporary name, then rename it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with written_beside(target) as beside, source.open("rb") as file, beside.open("wb") as copy:
        while data := file.read(CHUNK_BYTES):
            copy.write(data)
            counter.add(len(data))


# --- small things --------------------------------------------------------------------------------------------------


class _Counter:
    """Counts bytes across threads, reports progress, and ends all threads when one has to end.

    Attributes:
        done: bytes transferred so far.
        total: upper limit of the bytes to transfer.
    """

    def __init__(
        self,
        stage: str,
        total: int,
        progress: Progress = lambda record: None,
        should_stop: Callable[[], bool] = lambda: False,
    ):
        self.done, self.total = 0, total
        self._stage, self._progress, self._should_stop = stage, progress, should_stop
        self._skipped, self._began, self._reported, self._reported_bytes = 0, time.monotonic(), 0.0, 0
        self._lock, self._ended = threading.Lock(), False

    def add(self, n_bytes: int) -> None:
        """Count transferred bytes."""
        with self._lock:
            self.done += n_bytes
            self._check_and_report()

    def skip(self, n_bytes: int) -> None:
        """Count bytes that were already there."""
        with self._lock:
            self._skipped += n_bytes
            self._check_and_report()

    def end(self) -> None:
        """Make the other threads end at their next bytes."""
        self._ended = True

    def report_end(self) -> None:
        """Report the last bytes, if they followed the previous report too closely to be included."""
        if self.done + self._skipped > self._reported_bytes:
            self._report(time.monotonic())

    def _check_and_report(self) -> None:
        now = time.monotonic()
        if self._ended or (now - self._reported > _REPORT_SECONDS and self._should_stop()):
            self._ended = True
            raise Interrupted(f"{self._stage.capitalize()} was stopped. The same command resumes it.")
        if now - self._reported > _REPORT_SECONDS:
            self._report(now)

    def _report(self, now: float) -> None:
        self._reported, self._reported_bytes = now, self.done + self._skipped
        speed = self.done / max(now - self._began, 1e-3)
        self._progress(
            {
                "stage": self._stage,
                "bytes_done": self._reported_bytes,
                "bytes": self.total,
                "bytes_per_second": speed,
                "seconds_left": (self.total - self._reported_bytes) / speed if speed else None,
            }
        )


def _each(items: Iterable[Any], do: Callable[[Any], Any], counter: _Counter | None = None) -> list[Any]:
    """Call a function for each item, several at a time; the first error ends the other calls and is raised.

    Calls that end because of it raise Interrupted, which is never raised in place of that error.
    """
    with ThreadPoolExecutor(_THREADS) as pool:
        futures = [pool.submit(do, item) for item in items]
        try:
            failed = any(future.exception() for future in wait_for(futures, return_when=FIRST_EXCEPTION).done)
        except BaseException:  # Ctrl-C
            failed = True
            raise
        finally:
            if failed and counter:
                counter.end()
            pool.shutdown(wait=True, cancel_futures=failed)
    errors = [error for future in futures if not future.cancelled() and (error := future.exception())]
    if errors:
        raise min(errors, key=lambda error: isinstance(error, Interrupted))
    return [future.result() for future in futures]
