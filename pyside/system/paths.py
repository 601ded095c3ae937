"""Files and folders as they are found: what there is, whether it may be read, and where links lead."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import stat
from collections.abc import Iterator, Sequence
from os import PathLike
from pathlib import Path

from pyside.errors import NotReadable, some

_MOST_NAMED = 5

AnyPath = str | PathLike[str]


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
