"""Files and folders that we write: what went wrong is said, and of an old folder only what we wrote is removed."""

from __future__ import annotations

import contextlib
import math
import os
import shutil
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from pyside.errors import NO_ROOM, DiskFull, NotWritable, some

Ours = Callable[[Path], Collection[str]]  # of a folder, the paths within it that we wrote, with slashes
_LITTER = {".ds_store", "thumbs.db", "desktop.ini"}  # what file managers leave in a folder that is looked at


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


PART = ".part"  # behind the name of a file of frames while it is being written


def unfinished(folder: Path) -> Path:
    """Return where a dataset is while it is being written."""
    return folder.with_name(folder.name + ".unfinished")


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


def part_of(path: Path) -> Path:
    """Return what a file of frames is called while it is being written."""
    return path.with_name(path.name + PART)


def link_or_copy(there: Path, here: Path) -> None:
    """Have the same file here: a second name for it where the disk can do that, else a copy."""
    try:
        here.hardlink_to(there)
    except OSError:
        shutil.copyfile(there, here)
