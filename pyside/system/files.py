"""Files and folders that we write: whole or not at all, and of an old folder only what we wrote is removed.

A file is written under another name in its folder and gets its own when it is complete. Here are these names, the
errors of the disk in our words, and the room that is left on it.
"""

from __future__ import annotations

import contextlib
import errno
import functools
import math
import os
import re
import shutil
import sys
import time
import uuid
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from pyside.errors import NO_ROOM, DiskFull, NotWritable, some

Ours = Callable[[Path], Collection[str]]  # of a folder, the paths within it that we wrote, with slashes
PART = ".part"  # behind the name of a file while it is being written
LEFT_PART = r"\.\d+\.part"  # how the names of what killed processes left of a file end, see `left_parts`
_LITTER = {".ds_store", "thumbs.db", "desktop.ini"}  # what file managers leave in a folder that is looked at
# On Windows a file that somebody reads at this moment cannot be replaced.
_PAUSES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0) if sys.platform == "win32" else ()
_LONGEST_NAME = 255  # bytes of UTF-8 that most file systems take


@contextlib.contextmanager
def write_errors(path: Path) -> Iterator[None]:
    """Turn the operating system's errors while writing `path` into ours."""
    try:
        yield
    except OSError as error:
        if error.errno in NO_ROOM:
            raise DiskFull(
                f"The disk is full: {path} could not be written. Make room and try again; nothing that was there "
                "before has changed."
            ) from error
        raise NotWritable(f"{path} cannot be written: {error.strerror or error}. Choose another folder.") from error


# --- a file -------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def written_beside(
    path: Path, beside: Path | None = None, durable: bool = False, patient: bool = True
) -> Iterator[Path]:
    """Give another name in the folder of a file to write it under; at the end it is renamed, after an error removed.

    Args:
        path: the file. One that is there is replaced, and stays as it is until then.
        beside: the other name. Default: that of the file, the number of this process and ``.part``; see `left_parts`.
        durable: whether the file is to be safely on the disk before it is renamed.
        patient: whether to try again for two seconds where somebody reads the old file just now (on Windows).

    Raises:
        OSError: it cannot be flushed or renamed.
    """
    beside = beside or fitting(path.parent, path.name, f".{os.getpid()}{PART}")
    try:
        yield beside
        if durable:
            _flush(beside)
        _rename(beside, path, patient)
    finally:
        with contextlib.suppress(OSError):  # it is still there after an error, or where both names are of one file
            beside.unlink(missing_ok=True)


def _flush(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _rename(new: Path, path: Path, patient: bool) -> None:
    for seconds in _PAUSES if patient else ():
        try:
            os.replace(new, path)
            return
        except PermissionError:
            time.sleep(seconds)
    os.replace(new, path)


def create_whole(path: Path, data: bytes, mode: int = 0o666) -> bool:
    """Write a file that is not there yet; of several processes that do so at once, one does.

    Args:
        path: the file.
        data: what is to be in it.
        mode: its permissions, less what the system withholds.

    Returns:
        False where there is such a file already.

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
    except OSError as error:  # a disk without hard links: the file has no content for a moment
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
    """Have the same file here: a second name for it where the disk can do that, else a copy with the same times."""
    try:
        here.hardlink_to(there)
    except OSError:
        shutil.copyfile(there, here)
        with contextlib.suppress(OSError):  # not every disk keeps permissions
            shutil.copystat(there, here)


# --- temporary names ----------------------------------------------------------------------------------------------


def longest_name(folder: Path) -> int:
    """Return how many bytes of UTF-8 the name of a file in a folder may have."""
    try:
        return min(_LONGEST_NAME, os.pathconf(folder, "PC_NAME_MAX"))  # encrypted folders take fewer
    except (AttributeError, OSError, ValueError):  # Windows has no such call
        return _LONGEST_NAME


def fitting(folder: Path, start: str, end: str) -> Path:
    """Return a file in `folder` called `start` and `end`; `start` is cut where the name would be too long.

    So whatever has a name that the file system takes can have a temporary one, too.
    """
    longest = longest_name(folder)
    while start and len(os.fsencode(start + end)) > longest:
        start = start[:-1]
    return folder / (start + end)


def left_behind(folder: Path, start: str, end: str) -> list[Path]:
    """Return the files and folders that bear temporary names as `fitting` makes them.

    Args:
        folder: where they lie; it may be gone.
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
    """Return what processes that were killed left of a file, under the names that `written_beside` gives."""
    return left_behind(path.parent, path.name, LEFT_PART)


def part_of(path: Path) -> Path:
    """Return what a file of frames is called while it is being written."""
    return path.with_name(path.name + PART)


def unfinished(folder: Path) -> Path:
    """Return where a dataset is while it is being written."""
    return folder.with_name(folder.name + ".unfinished")


# --- a folder ------------------------------------------------------------------------------------------------------


def take_place(new: Path, place: Path, ours: Ours, aside: Path | None = None) -> None:
    """Rename the folder `new` to `place`; of a folder that was there what we wrote is removed after that.

    Args:
        new: the folder.
        place: its name to be.
        ours: what we wrote of a folder.
        aside: where the old folder is for a moment. Default: `replaced`.

    Raises:
        NotWritable: the old folder, or what a broken replacement left of it, holds what is not ours.
        OSError: it cannot be renamed. What was there before still is.
    """
    old = aside or replaced(place)
    clear(old, ours)
    if place.exists():
        check_ours(place, ours)
        place.rename(old)
    try:
        new.rename(place)
    except OSError:
        if old.exists():
            old.rename(place)
        raise
    with contextlib.suppress(OSError, NotWritable):  # one that somebody uses on Windows; the next time
        clear(old, ours)


def replaced(place: Path) -> Path:
    """Return where a folder is for a moment when another one takes its place."""
    return place.with_name(place.name + ".replaced")


def check_ours(folder: Path, ours: Ours) -> None:
    """Make sure that a folder, if there is one, holds nothing but what we wrote.

    Raises:
        NotWritable: it does, or it is a file.
    """
    if not folder.is_dir():
        if folder.exists():
            raise NotWritable(f"{folder} is a file, so it is not replaced. Rename it, or choose another name.")
        return
    if others := strangers(folder, ours):
        raise NotWritable(
            f"{folder} is not replaced, because it holds what TouchTrain has not written there: {some(others)}. Move "
            "that elsewhere, or choose another name."
        )


def strangers(folder: Path, ours: Ours) -> list[str]:
    """Return what lies in a folder that we have not written, as paths within it."""
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
    """Return the names in a folder and whether each is a folder, as the system lists them: nothing is asked twice."""
    with os.scandir(folder) as entries:
        return sorted((one.name, one.is_dir(follow_symlinks=False)) for one in entries)


def clear(folder: Path, ours: Ours) -> None:
    """Remove a folder, if there is one, that holds nothing but what we wrote.

    Raises:
        NotWritable: it holds something else; nothing is removed then.
        OSError: it cannot be removed.
    """
    check_ours(folder, ours)
    remove_ours(folder, ours)


def remove_ours(folder: Path, ours: Ours) -> bool:
    """Remove what we wrote in a folder, and the folder if nothing else is in it; returns whether it is gone."""
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
    """Check that `needed` bytes that are still to be written fit on the disk of `folder`.

    Raises:
        DiskFull: they do not.
        NotWritable: the disk is not there.
    """
    with write_errors(folder):
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
