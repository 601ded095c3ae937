"""Files and folders as they are found: what there is, whether it may be read, and where links lead."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple

from pyside.aliases import AnyPath
from pyside.errors import NotReadable, TouchTrainError, some

_MOST_NAMED = 5


# --- whether it may be read ----------------------------------------------------------------------------------------


def not_readable(path: AnyPath) -> NotReadable:
    """Return the error for a file or folder that may not be read."""
    return NotReadable(
        f"{path} may not be read: there is no permission. Ask whoever it belongs to for the right to read it and the "
        "folder that it lies in, or leave it out.",
        of=path,
    )


@contextlib.contextmanager
def reading(path: AnyPath) -> Iterator[None]:
    """Tell of a file or folder that may not be read as `NotReadable`; other errors pass."""
    try:
        yield
    except PermissionError as error:
        raise not_readable(error.filename or path) from error


@contextlib.contextmanager
def listing(folder: AnyPath) -> Iterator[None]:
    """Tell of a folder whose content cannot be told as `NotReadable`, whatever the reason."""
    try:
        with reading(folder):
            yield
    except OSError as error:  # damage, or a drive that went away
        raise NotReadable(
            f"{folder} cannot be read: {error.strerror or error}. Is its disk there?", of=folder
        ) from error


def _mode(path: AnyPath) -> int | None:
    """Return what kind a path is of, as the system's mode; None where there is nothing, or a link that leads nowhere.

    Raises:
        NotReadable: the system does not say, since a folder above may not be looked into.
    """
    try:
        return os.stat(path).st_mode
    except PermissionError:
        raise not_readable(_locked(Path(path))) from None
    except (OSError, ValueError):  # nothing, links in a circle, or no name at all
        return None


def _locked(path: Path) -> Path:
    """Return the folder above a path that may not be looked into, as far as the system tells."""
    for place in path.absolute().parents:
        with contextlib.suppress(OSError):
            os.stat(place)
            return place
    return path


def is_there(path: AnyPath) -> bool:
    """Tell whether there is such a file or folder; raises NotReadable where that may not be known."""
    return _mode(path) is not None


def is_file(path: AnyPath) -> bool:
    """Tell whether there is such a file; raises NotReadable where that may not be known."""
    mode = _mode(path)
    return mode is not None and stat.S_ISREG(mode)


def is_folder(path: AnyPath) -> bool:
    """Tell whether there is such a folder; raises NotReadable where that may not be known."""
    mode = _mode(path)
    return mode is not None and stat.S_ISDIR(mode)


def check_readable(path: AnyPath) -> None:
    """Raise NotReadable where a file may not be read, before somebody else says of it that it is damaged."""
    if is_file(path):  # a pipe would wait for a writer
        with reading(path), open(path, "rb"):
            pass


def inside(folder: Path) -> list[Path]:
    """Return what lies in a folder, but for what is hidden, by the character codes of the names.

    Raises:
        NotReadable: it may not be read, or cannot be.
    """
    with listing(folder):
        return sorted((one for one in folder.iterdir() if one.name[0] != "."), key=lambda one: one.name)


# --- links ---------------------------------------------------------------------------------------------------------


@dataclasses.dataclass
class Links:
    """Links that were met below a folder, to be named: labs share files by them, and a stranger's lead anywhere.

    Args:
        root: the folder that a person named.

    Attributes:
        nowhere: the names of those that lead nowhere.
        again: of those that lead to a folder which is read already, in a circle perhaps.
        outside: of those that lead out of the folder; each with where it leads.
        met: whether there was any.
    """

    root: Path
    nowhere: list[str] = dataclasses.field(default_factory=list)
    again: list[str] = dataclasses.field(default_factory=list)
    outside: list[str] = dataclasses.field(default_factory=list)
    met: bool = False

    def __post_init__(self) -> None:
        self._real = os.path.realpath(self.root)

    def see(self, entry: AnyPath | os.DirEntry[str]) -> bool:
        """Tell whether this is a link, and note where it leads."""
        if not is_link(entry):
            return False
        self.met = True
        path = os.fspath(entry)
        target = os.path.realpath(path)
        name = os.path.relpath(path, self.root).replace(os.sep, "/")
        if not is_there(path):
            self.nowhere.append(f"{name} -> {_leads_to(path)}")
        elif target != self._real and not target.startswith(os.path.join(self._real, "")):
            self.outside.append(f"{name} -> {target}")
        return True

    def leads_above(self, real: str) -> bool:
        """Tell whether a folder, by its real path, holds the one that was named: it would be read in a circle."""
        return real == self._real or self._real.startswith(os.path.join(real, ""))

    def see_again(self, path: AnyPath) -> None:
        """Note a folder that was read already."""
        self.again.append(os.path.relpath(path, self.root).replace(os.sep, "/"))

    def warnings(self) -> list[str]:
        """Return what should be known of them, in sentences."""
        said = []
        if self.outside:
            said.append(f"{_links(self.outside)} out of {self.root}, and what is there is used: {_some(self.outside)}.")
        if self.nowhere:
            said.append(f"{_links(self.nowhere)} nowhere: {_some(self.nowhere)}.")
        if self.again:
            said.append(
                f"{_some(self.again)}: by links, the same folder is met twice below {self.root}; it is read once."
            )
        return said


def is_link(entry: AnyPath | os.DirEntry[str]) -> bool:
    """Tell whether this is a link, or on Windows a junction."""
    if isinstance(entry, os.DirEntry):
        return entry.is_symlink() or (hasattr(entry, "is_junction") and entry.is_junction())
    return os.path.islink(entry) or (hasattr(os.path, "isjunction") and os.path.isjunction(entry))


def _leads_to(path: str) -> str:
    try:
        return os.readlink(path)
    except OSError:
        return "?"


def _links(names: Sequence[str]) -> str:
    return "1 link leads" if len(names) == 1 else f"{len(names)} links lead"


def _some(names: Sequence[str]) -> str:
    return some(names, _MOST_NAMED)


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
