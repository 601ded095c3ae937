"""Files and folders that are read: whether they exist and may be read, where links lead, and whether they change."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import os
import re
import stat
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple

from pyside.aliases import AnyPath
from pyside.errors import BadOption, NotReadable, PathMissing, TouchTrainError, some

_MOST_NAMED = 5
_COARSEST_CLOCK = 2.0  # seconds between two times of modification, in FAT
# Names, in lower case, that network storage, systems and archives give to files and folders of their own.
_FOREIGN = frozenset(
    "@eadir|@tmp|#recycle|#snapshot|@recycle|@recently-snapshot|~snapshot|lost+found|$recycle.bin|found.000|"
    "system volume information|thumbs.db|ehthumbs.db|ehthumbs_vista.db|desktop.ini|__macosx|icon\r|"
    "network trash folder|temporary items|__pycache__".split("|")
)
_DRIVE = re.compile(r"[A-Za-z]:([\\/]|$)")


# --- what the user gives -------------------------------------------------------------------------------------------


def absolute(path: AnyPath) -> Path:
    """Return the absolute form of a path that the user gave; errors are those of `check_native`."""
    check_native(path)
    return Path(path).absolute()


def listed(paths: Any, what: str) -> list[AnyPath]:
    """Return what the user gave, a path or several, as a list.

    Args:
        paths: a text or path, or a list of these.
        what: what they are, for messages.

    Raises:
        BadOption: it is anything else.
    """
    several = [paths] if isinstance(paths, (str, PathLike)) else paths
    if not isinstance(several, Sequence) or not all(isinstance(one, (str, PathLike)) for one in several):
        shown = repr(paths)
        raise BadOption(f"{what} must be a path, or a list of paths. It is {shown[:60]}.")
    return list(several)


def check_native(path: AnyPath) -> None:
    r"""Check that a path is none of Windows on another system, where ``C:\data`` would be the name of a file.

    Raises:
        PathMissing: it is one, and there is nothing of that name.
    """
    text = os.fspath(path)
    if os.name == "nt" or "\\" not in text and not _DRIVE.match(text) or os.path.lexists(text):
        return
    here = {"darwin": "macOS", "linux": "Linux"}.get(sys.platform, sys.platform)
    if _DRIVE.match(text) or text.startswith("\\\\"):
        advice = "Give the path by which this computer reaches that folder"
    else:
        advice = f"Write {text.replace(chr(92), '/')}"
    raise PathMissing(f"{text} is a path of Windows, and this computer runs {here}. {advice}.")


# --- whether it may be read ----------------------------------------------------------------------------------------


def not_readable(path: AnyPath) -> NotReadable:
    """Return the error for a file or folder without read permission."""
    return NotReadable(
        f"{path} cannot be read: permission denied. Ask its owner for read permission for it and its folder, or leave "
        "it out.",
        of=path,
    )


@contextlib.contextmanager
def reading(path: AnyPath) -> Iterator[None]:
    """Raise `NotReadable` for a file or folder without read permission; other errors pass."""
    try:
        yield
    except PermissionError as error:
        raise not_readable(error.filename or path) from error


@contextlib.contextmanager
def listing(folder: AnyPath) -> Iterator[None]:
    """Raise `NotReadable` for a folder that cannot be listed, whatever the reason."""
    try:
        with reading(folder):
            yield
    except OSError as error:  # damaged, or on a drive that was disconnected
        raise NotReadable(
            f"{folder} cannot be read: {error.strerror or error}. Is its disk connected?", of=folder
        ) from error


def _mode(path: AnyPath) -> int | None:
    """Return the system's mode of a path; None if it does not exist, or is a broken link.

    Raises:
        NotReadable: this cannot be known, because a folder above may not be searched.
    """
    try:
        return os.stat(path).st_mode
    except PermissionError:
        raise not_readable(_locked(Path(path))) from None
    except (OSError, ValueError):  # no such file, links in a circle, or not a valid name
        return None


def _locked(path: Path) -> Path:
    """Return the folder above a path that may not be searched, as far as the system reports it."""
    for place in path.absolute().parents:
        with contextlib.suppress(OSError):
            os.stat(place)
            return place
    return path


def is_there(path: AnyPath) -> bool:
    """Return whether a file or folder exists; raises NotReadable if that cannot be known."""
    return _mode(path) is not None


def is_file(path: AnyPath) -> bool:
    """Return whether a path is a file; raises NotReadable if that cannot be known."""
    mode = _mode(path)
    return mode is not None and stat.S_ISREG(mode)


def is_folder(path: AnyPath) -> bool:
    """Return whether a path is a folder; raises NotReadable if that cannot be known."""
    mode = _mode(path)
    return mode is not None and stat.S_ISDIR(mode)


def check_readable(path: AnyPath) -> None:
    """Raise NotReadable if a file may not be read, before a reader reports it as damaged."""
    if is_file(path):  # a pipe would wait for a writer
        with reading(path), open(path, "rb"):
            pass


def is_foreign(name: str) -> bool:
    """Return whether a file or folder of this name is hidden, or made by a system, such as ``@eaDir``."""
    return name.startswith(".") or name.lower() in _FOREIGN


def inside(folder: Path, left_out: list[Path] | None = None) -> list[Path]:
    """Return the files and folders in a folder, sorted by the character codes of their names.

    Hidden ones and those that systems make are left out.

    Args:
        folder: the folder.
        left_out: a list that receives the folders among them, for `about_left_out`.

    Raises:
        NotReadable: it cannot be read.
    """
    found = []
    with listing(folder), os.scandir(folder) as entries:
        for entry in entries:
            if not is_foreign(entry.name):
                found.append(folder / entry.name)
            elif left_out is not None and entry.is_dir(follow_symlinks=False):
                left_out.append(folder / entry.name)
    return sorted(found, key=lambda one: one.name)


def about_left_out(root: AnyPath, left_out: Iterable[AnyPath]) -> list[str]:
    """Return a warning that names folders below `root` that are not read, hidden or made by a system; or none."""
    names = sorted(os.path.relpath(one, root).replace(os.sep, "/") for one in left_out)
    return names and [
        f"Folders in {root} that are hidden or made by the system were not read: {_some(names)}. Rename one to use it."
    ]


def natural(name: str) -> tuple[list[str | int], str]:
    """Return a key that sorts names as people count: numbers by value, letters in any case (``a2`` before ``A10``)."""
    parts = re.split("([0-9]+)", name.lower())  # texts and numbers in turn
    return [int(part) if place % 2 else part for place, part in enumerate(parts)], name


# --- links ---------------------------------------------------------------------------------------------------------


@dataclasses.dataclass
class Links:
    """Links found below a folder, to be reported: labs share files by links, and a foreign link may lead anywhere.

    Args:
        root: the folder that the user named.

    Attributes:
        nowhere: broken links, each with its target.
        again: links to a folder that was read already, perhaps in a circle.
        outside: links that lead out of the folder, each with its target.
        met: whether there was any link.
    """

    root: Path
    nowhere: list[str] = dataclasses.field(default_factory=list)
    again: list[str] = dataclasses.field(default_factory=list)
    outside: list[str] = dataclasses.field(default_factory=list)
    met: bool = False

    def __post_init__(self) -> None:
        self._real = os.path.realpath(self.root)

    def see(self, entry: AnyPath | os.DirEntry[str]) -> bool:
        """Return whether this is a link, and note where it leads."""
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
        """Return whether the folder with this real path contains the root: it would be read in a circle."""
        return real == self._real or self._real.startswith(os.path.join(real, ""))

    def see_again(self, path: AnyPath) -> None:
        """Note a link to a folder that was read already."""
        self.again.append(os.path.relpath(path, self.root).replace(os.sep, "/"))

    def warnings(self) -> list[str]:
        """Return one warning for each kind of link."""
        texts = []
        if self.outside:
            texts.append(f"{_links(self.outside)} out of {self.root}; the targets are used: {_some(self.outside)}.")
        if self.nowhere:
            texts.append(f"{_links(self.nowhere)} nowhere: {_some(self.nowhere)}.")
        if self.again:
            texts.append(
                f"{_some(self.again)}: through links, the same folder occurs twice below {self.root}; it is read once."
            )
        return texts


def is_link(entry: AnyPath | os.DirEntry[str]) -> bool:
    """Return whether this is a link, or on Windows a junction."""
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
    """What identifies a file.

    Attributes:
        content: size and time of modification; if they differ, the file has changed.
        place: the system's number for the file; if it differs, the file may have changed, or was only linked, moved or
            given to another owner.
    """

    content: object
    place: object


def stamp_of(path: str | PathLike[str]) -> Stamp | None:
    """Return the stamp of a file, or of all files in a folder; None if it does not exist."""
    try:
        if not os.path.isdir(path):
            return _of_file(os.stat(path))
        content, place = hashlib.sha256(), hashlib.sha256()
        with os.scandir(path) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                if not is_foreign(entry.name) and not entry.is_dir():
                    found = _of_file(entry.stat())
                    content.update(f"{entry.name} {found.content}\n".encode("utf-8", "surrogatepass"))
                    place.update(f"{found.place}\n".encode())
        return Stamp(content.digest(), place.digest())
    except OSError:
        return None


def is_settled(path: str | PathLike[str]) -> bool:
    """Return whether a file was changed so long ago that a further change would give it another stamp."""
    try:
        found = os.stat(path)
    except OSError:
        return False
    changed = max(found.st_mtime, found.st_ctime if os.name == "posix" else 0)
    return time.time() - changed > _COARSEST_CLOCK


def stamp_text(stamp: Stamp | None) -> str:
    """Return a stamp as a short text for a record."""
    return hashlib.sha256(repr(stamp).encode()).hexdigest()[:16]


def _of_file(found: os.stat_result) -> Stamp:
    changed = found.st_ctime_ns if os.name == "posix" else 0
    return Stamp((found.st_size, found.st_mtime_ns), (found.st_ino, changed))


class Watched:
    """Files that are read more than once, or in parts, and must not change meanwhile.

    Args:
        paths: paths of the files.
    """

    def __init__(self, paths: Iterable[str | PathLike[str]]):
        self._stamps = {Path(path): stamp_of(path) for path in paths}

    def begin(self, path: Path, kind: type[TouchTrainError]) -> None:
        """Check a file before it is read.

        Raises:
            TouchTrainError: of class `kind`; the file has changed since this object was made.
        """
        found, known = stamp_of(path), self._stamps[path]
        if found is None or known is None or found.content != known.content:
            raise changed(path, kind)
        self._stamps[path] = found

    def end(self, path: Path, kind: type[TouchTrainError]) -> None:
        """Check a file after it was read.

        Raises:
            TouchTrainError: of class `kind`; the file has changed since `begin`, or since this object was made.
        """
        if stamp_of(path) != self._stamps[path]:
            raise changed(path, kind)

    def end_all(self, kind: type[TouchTrainError]) -> None:
        """Check all files after they were read, like `end`."""
        for path in self._stamps:
            self.end(path, kind)

    def warnings(self) -> list[str]:
        """Return a warning for each file that has changed since it was read."""
        names = [path.name for path, known in self._stamps.items() if stamp_of(path) != known]
        return [
            f"{name} was saved again during the conversion. The dataset has its old content: convert again to use the "
            "new one."
            for name in names
        ]


def no_file(path: Path, kind: str = "file") -> PathMissing:
    """Return the error for a path that is no file: nothing is there, or a folder. `kind` says what was expected."""
    if is_folder(path):
        return PathMissing(f"{path} is a folder. Expected one {kind}.")
    return PathMissing(f"There is no {kind} {path}.")


def files_among(*values: Any) -> list[Path]:
    """Return the existing files that options name; each option may be a path, a list of paths, or anything else."""
    named = [one for value in values for one in (value if isinstance(value, (list, tuple)) else [value])]
    paths = [Path(one) for one in named if isinstance(one, (str, PathLike))]
    return list(dict.fromkeys(path for path in paths if _is_file(path)))


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a text that is not a path
        return False


def changed(path: Path, kind: type[TouchTrainError]) -> TouchTrainError:
    """Return the error for a file that changed while it was read."""
    return kind(
        f"{path} changed while it was read: it was written to, or replaced. Wait until it is complete, and convert "
        "again; complete recordings are not converted twice."
    )
