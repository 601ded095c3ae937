"""Writing of files and folders: completely or not at all. From an old folder, only files that we wrote are removed.

A file is written under a temporary name in its folder and renamed when it is complete. This module has these names,
translates errors of the disk, and checks its free space.
"""

from __future__ import annotations

import contextlib
import errno
import functools
import hashlib
import math
import os
import re
import shutil
import sys
import time
import unicodedata
import uuid
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from pyside.errors import NO_ROOM, DiskFull, NotWritable, if_too_long, some

Ours = Callable[[Path], Collection[str]]  # returns the paths within a folder that we wrote, with slashes
PART = ".part"  # suffix of a file while it is being written
LEFT_PART = r"\.\d+\.part"  # end of the names of incomplete files of killed processes, see `left_parts`
_LITTER = {".ds_store", "thumbs.db", "desktop.ini"}  # files that file managers create in folders that they show
# On Windows a file cannot be replaced while another process reads it.
_PAUSES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0) if sys.platform == "win32" else ()
_LONGEST_NAME = 255  # bytes of UTF-8 that most file systems take
NOT_IN_NAMES = r'[<>:"/\\|?*\x00-\x1f\ud800-\udfff]'  # not allowed in file names on Windows, or not text
_NAME_BYTES = 255 - len(".frames.npy.part")  # file systems allow at most 255 bytes of UTF-8
_RESERVED = {
    "con",
    "prn",
    "aux",
    "nul",
    "conin$",
    "conout$",
    *(port + n for port in ("com", "lpt") for n in "123456789¹²³"),
}


@contextlib.contextmanager
def write_errors(path: Path) -> Iterator[None]:
    """Translate errors of the operating system while `path` is written.

    Raises:
        DiskFull: the disk is full.
        NotWritable: any other error of the system.
    """
    try:
        yield
    except OSError as error:
        if error.errno in NO_ROOM:
            raise DiskFull(
                f"The disk is full: {path} could not be written. Make room and try again; existing files have not "
                "changed."
            ) from error
        raise NotWritable(
            f"{path} cannot be written: {error.strerror or error}. Choose another folder.{if_too_long(path)}"
        ) from error


# --- a file -------------------------------------------------------------------------------------------------------


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of the content of a file; raises OSError if it cannot be read."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


@contextlib.contextmanager
def written_beside(
    path: Path, beside: Path | None = None, durable: bool = False, patient: bool = True
) -> Iterator[Path]:
    """Yield a temporary name in the folder of a file; the file is renamed at the end, or removed after an error.

    Args:
        path: the file. An existing one stays as it is until it is replaced.
        beside: the temporary name. Default: the file's name, the number of this process and ``.part``; see
            `left_parts`.
        durable: whether to flush the file to the disk before it is renamed.
        patient: whether to retry for two seconds while another process reads the old file (on Windows).

    Raises:
        OSError: it cannot be flushed or renamed.
    """
    beside = beside or fitting(path.parent, path.name, f".{os.getpid()}{PART}")
    try:
        yield beside
        if durable:
            _flush(beside)
        move(beside, path, patient)
    finally:
        with contextlib.suppress(OSError):  # it still exists after an error, or if both names mean one file
            beside.unlink(missing_ok=True)


def _flush(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def move(new: Path, path: Path, patient: bool = True) -> None:
    """Rename a file or folder; a file of the new name is replaced.

    Args:
        new: its name until now.
        path: its new name, on the same disk.
        patient: whether to retry for two seconds while another process reads it, or the file of that name (on Windows).

    Raises:
        OSError: it cannot be renamed.
    """
    for seconds in _PAUSES if patient else ():
        try:
            os.replace(new, path)
            return
        except PermissionError:
            time.sleep(seconds)
    os.replace(new, path)


def create_whole(path: Path, data: bytes, mode: int = 0o666) -> bool:
    """Create a file with its content; if several processes do so at once, one succeeds.

    Args:
        path: the file.
        data: its content.
        mode: its permissions, before the process's umask.

    Returns:
        False if the file exists already.

    Raises:
        OSError: it cannot be written.
    """
    beside = fitting(path.parent, path.name, f".{uuid.uuid4().hex[:8]}{PART}")
    opener = functools.partial(os.open, mode=mode)
    try:
        with open(beside, "xb", opener=opener) as file:
            file.write(data)
        os.link(beside, path)
    except FileExistsError:
        return False
    except OSError as error:  # a disk without hard links: the file is empty for a moment
        if error.errno in (errno.ENOENT, errno.EACCES, errno.ENOSPC, errno.EROFS):
            raise
        try:
            with open(path, "xb", opener=opener) as file:
                file.write(data)
        except FileExistsError:
            return False
    finally:
        with contextlib.suppress(OSError):
            beside.unlink()
    return True


def link_or_copy(there: Path, here: Path) -> None:
    """Make a hard link `here` to the file `there`, or on a disk without hard links a copy with the same times."""
    try:
        here.hardlink_to(there)
    except OSError:
        shutil.copyfile(there, here)
        with contextlib.suppress(OSError):  # not every disk keeps permissions
            shutil.copystat(there, here)


# --- names of recordings -----------------------------------------------------------------------------------------


def legal_name(original: str, taken: dict[str, int]) -> str:
    """Return a file name that is legal on every system, and that no system confuses with an earlier one.

    Args:
        original: any text.
        taken: earlier names as `_alike` gives them, each to the next number to append to it; is added to.
    """
    name = re.sub(NOT_IN_NAMES, "_", original).strip(". ")[:120] or "recording"
    if name.split(".")[0].rstrip().lower() in _RESERVED:
        name = "_" + name
    candidate = name = _cut(name, _NAME_BYTES)
    number = taken.get(_alike(name), 2)
    while _alike(candidate) in taken:
        candidate, number = f"{_cut(name, _NAME_BYTES - len(f'-{number}'))}-{number}", number + 1
    taken[_alike(name)] = number
    taken.setdefault(_alike(candidate), 2)
    return candidate


def _cut(name: str, n_bytes: int) -> str:
    """Return a name, cut to a number of bytes."""
    data = name.encode("utf-8")
    return name if len(data) <= n_bytes else data[:n_bytes].decode("utf-8", "ignore").rstrip(". ")


def _alike(name: str) -> str:
    """Return a form that is equal for names that Windows or macOS confuses: by case, or composed and decomposed."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


# --- temporary names ----------------------------------------------------------------------------------------------


def longest_name(folder: Path) -> int:
    """Return how many bytes of UTF-8 a file name in a folder may have."""
    try:
        return min(_LONGEST_NAME, os.pathconf(folder, "PC_NAME_MAX"))  # encrypted folders allow fewer
    except (AttributeError, OSError, ValueError):  # Windows has no such call
        return _LONGEST_NAME


def fitting(folder: Path, start: str, end: str) -> Path:
    """Return the path in `folder` of the name `start` + `end`; `start` is cut if the name would be too long.

    So every file whose name the file system allows can have a temporary name, too.
    """
    longest = longest_name(folder)
    while start and len(os.fsencode(start + end)) > longest:
        start = start[:-1]
    return folder / (start + end)


def left_behind(folder: Path, start: str, end: str) -> list[Path]:
    """Return the files and folders with temporary names as `fitting` makes them.

    Args:
        folder: where to look; it need not exist.
        start: as in `fitting`.
        end: a regular expression for the end of the name.
    """
    ending = re.compile(f"(?:{end})$")
    found = []
    try:
        for file in folder.iterdir():
            match = ending.search(file.name)
            if match and file == fitting(folder, start, match[0]):
                found.append(file)
    except OSError:
        return []
    return found


def left_parts(path: Path) -> list[Path]:
    """Return the incomplete files that killed processes left beside a file, with the names of `written_beside`."""
    return left_behind(path.parent, path.name, LEFT_PART)


def part_of(path: Path) -> Path:
    """Return the name of a file of frames while it is being written."""
    return path.with_name(path.name + PART)


def unfinished(folder: Path) -> Path:
    """Return the folder of a dataset while it is being written."""
    return folder.with_name(folder.name + ".unfinished")


# --- a folder ------------------------------------------------------------------------------------------------------


def take_place(new: Path, place: Path, ours: Ours, aside: Path | None = None) -> None:
    """Rename the folder `new` to `place`, and then remove the old folder with the files that we wrote.

    Args:
        new: the folder.
        place: its final name.
        ours: returns what we wrote in a folder.
        aside: temporary name of the old folder. Default: `replaced`.

    Raises:
        NotWritable: the old folder, or a remainder of an interrupted replacement, holds other files.
        OSError: it cannot be renamed. The old folder is unchanged.
    """
    old = aside or replaced(place)
    clear(old, ours)
    if place.exists():
        check_ours(place, ours)
        move(place, old)
    try:
        move(new, place)
    except OSError:
        if old.exists():
            move(old, place)
        raise
    with contextlib.suppress(OSError, NotWritable):  # in use, on Windows: it is removed the next time
        clear(old, ours)


def replaced(place: Path) -> Path:
    """Return the temporary name of a folder while another one takes its place."""
    return place.with_name(place.name + ".replaced")


def check_ours(folder: Path, ours: Ours) -> None:
    """Check that a folder, if it exists, holds only what we wrote.

    Raises:
        NotWritable: it holds other files, or it is a file.
    """
    if not folder.is_dir():
        if folder.exists():
            raise NotWritable(f"{folder} is a file, so it is not replaced. Rename it, or choose another name.")
        return
    if others := strangers(folder, ours):
        raise NotWritable(
            f"{folder} is not replaced, because it holds files that TouchTrain did not write: {some(others)}. Move "
            "them elsewhere, or choose another name."
        )


def strangers(folder: Path, ours: Ours) -> list[str]:
    """Return the paths within a folder that we did not write."""
    known = set(ours(folder))
    above = {name.rpartition("/")[0] for name in known}
    found = []
    for name, is_folder in _entries(folder):
        if is_folder:
            inside = [
                f"{name}/{one.relative_to(folder / name).as_posix()}" for one in sorted((folder / name).rglob("*"))
            ]
            found += [one for one in inside if one not in known] or ([] if name in above else [name + "/"])
        elif name not in known and not _is_litter(name):
            found.append(name)
    return found


def _entries(folder: Path) -> list[tuple[str, bool]]:
    """Return the names in a folder and whether each is a folder, from one listing, without a call per file."""
    with os.scandir(folder) as entries:
        return sorted((one.name, one.is_dir(follow_symlinks=False)) for one in entries)


def clear(folder: Path, ours: Ours) -> None:
    """Remove a folder, if it exists, that holds only what we wrote.

    Raises:
        NotWritable: it holds other files; nothing is removed.
        OSError: it cannot be removed.
    """
    check_ours(folder, ours)
    remove_ours(folder, ours)


def remove_ours(folder: Path, ours: Ours) -> bool:
    """Remove what we wrote in a folder, and the folder if it is then empty; returns whether the folder is gone."""
    if not folder.is_dir():
        return True
    known = sorted(ours(folder))
    litter = [name for name, is_folder in _entries(folder) if _is_litter(name) and not is_folder]
    for name in [*known, *litter]:
        with contextlib.suppress(FileNotFoundError, IsADirectoryError, PermissionError):
            (folder / name).unlink()
    for name in sorted({name.rpartition("/")[0] for name in known} - {""}, reverse=True):
        with contextlib.suppress(OSError):
            (folder / name).rmdir()
    with contextlib.suppress(OSError):
        folder.rmdir()
    return not folder.exists()


def _is_litter(name: str) -> bool:
    return name.lower() in _LITTER or name.startswith("._")


# --- room ----------------------------------------------------------------------------------------------------------


def check_room(folder: Path, needed: int) -> None:
    """Check that `needed` bytes fit on the disk of `folder`.

    Raises:
        DiskFull: they do not.
        NotWritable: the disk cannot be reached.
    """
    with write_errors(folder):
        free = shutil.disk_usage(folder.parent).free
    if needed > free:
        scale, unit, digits = (1e9, "GB", 2) if needed >= 1e9 else (1e6, "MB", 2) if needed >= 1e5 else (1, "bytes", 0)
        step = 10.0**digits / scale  # need is rounded up and free space down, so that the text shows need > free
        wanted, there = math.ceil(needed * step) / 10**digits, math.floor(free * step) / 10**digits
        raise DiskFull(
            f"{folder} needs another {wanted:,.{digits}f} {unit}, and its disk has {there:,.{digits}f} {unit} free. "
            "Make room, choose another disk, or cut out smaller frames. Complete files are not written again."
        )
