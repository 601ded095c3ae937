"""What a file is known by, so that one that changes while it is read is noticed, and never half of two is taken."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple

from pyside.errors import TouchTrainError


class Stamp(NamedTuple):
    """What a file is known by.

    Attributes:
        content: size and time; with another one it is another file.
        place: what the system knows it by; with another one it may be, or it was only linked, moved or handed over.
    """

    content: object
    place: object


def stamp_of(path: str | PathLike[str]) -> Stamp | None:
    """Return what a file is known by, or a folder by all files in it; None where there is none."""
    try:
        if not os.path.isdir(path):
            return _of_file(os.stat(path))
        content, place = hashlib.sha256(), hashlib.sha256()
        with os.scandir(path) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                if entry.name[0] != "." and not entry.is_dir():
                    found = _of_file(entry.stat())
                    content.update(f"{entry.name} {found.content}\n".encode("utf-8", "surrogatepass"))
                    place.update(f"{found.place}\n".encode())
        return Stamp(content.digest(), place.digest())
    except OSError:
        return None


def _of_file(found: os.stat_result) -> Stamp:
    changed = found.st_ctime_ns if os.name == "posix" else 0
    return Stamp((found.st_size, found.st_mtime_ns), (found.st_ino, changed))


class Watched:
    """Files that are read more than once, or in parts.

    Args:
        paths: of the files.
    """

    def __init__(self, paths: Iterable[str | PathLike[str]]):
        self._stamps = {Path(path): stamp_of(path) for path in paths}

    def begin(self, path: Path, kind: type[TouchTrainError]) -> None:
        """Begin to read a file.

        Raises:
            TouchTrainError: of that kind; it is not what it was at first.
        """
        found, known = stamp_of(path), self._stamps[path]
        if found is None or known is None or found.content != known.content:
            raise changed(path, kind)
        self._stamps[path] = found

    def end(self, path: Path, kind: type[TouchTrainError]) -> None:
        """Tell that a file was read.

        Raises:
            TouchTrainError: of that kind; it has changed since `begin`, or since this was made.
        """
        if stamp_of(path) != self._stamps[path]:
            raise changed(path, kind)

    def end_all(self, kind: type[TouchTrainError]) -> None:
        """Tell that all files were read; as `end`."""
        for path in self._stamps:
            self.end(path, kind)

    def warnings(self) -> list[str]:
        """Return what is to be said of files that have changed since they were read."""
        names = [path.name for path, known in self._stamps.items() if stamp_of(path) != known]
        return [
            f"{name} was saved anew during the conversion. The dataset has what it held before: convert again to take "
            "over what it holds now."
            for name in names
        ]


def files_among(*values: Any) -> list[Path]:
    """Return the files that are named by options, each of which may be a path, a list of paths, or anything else."""
    named = [one for value in values for one in (value if isinstance(value, (list, tuple)) else [value])]
    paths = [Path(one) for one in named if isinstance(one, (str, PathLike))]
    return list(dict.fromkeys(path for path in paths if _is_file(path)))


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a text that is no path
        return False


def changed(path: Path, kind: type[TouchTrainError]) -> TouchTrainError:
    """Return the error for a file that has changed while it was read."""
    return kind(
        f"{path} has changed while it was read: it was written to, or replaced. Wait until it is complete, and convert "
        "again; what is complete is not done twice."
    )
