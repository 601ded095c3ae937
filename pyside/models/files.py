"""Model files: names, and what kind of file is there, found out without trusting it."""

from __future__ import annotations

import errno
import functools
import os
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from pyside.data.formats import hdf5_files
from pyside.errors import BadModel, NotWritable, PathMissing
from pyside.system.files import fitting, longest_name, write_errors
from pyside.system.paths import is_file, is_there, not_readable

if TYPE_CHECKING:
    import h5py

ATTRIBUTE = "touchtrain"
HDF5_START = b"\x89HDF\r\n\x1a\n"
LONGEST_LOOK = 60.0  # seconds for a process that walks through an .h5
_WALK = """
import os, sys
try:
    import resource
    half = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
    resource.setrlimit(resource.RLIMIT_AS, (half, half))
except (ImportError, ValueError, OSError):
    pass
import h5py
def look(name, item):
    list(item.attrs.values())
    if isinstance(item, h5py.Dataset):
        item.shape, item.dtype, item.chunks, item.external, item.id.get_storage_size()
try:
    with h5py.File(sys.argv[1], "r") as file:
        look("/", file)
        file.visititems(look)
except MemoryError:
    sys.exit(3)
"""


def with_suffix(path: str | os.PathLike[str]) -> Path:
    """Return the path of a model file: ``name`` and ``name.h5`` both give ``name.h5``."""
    path = Path(path)
    return path if path.suffix.lower() == ".h5" else path.with_name(path.name + ".h5")


def check_target(path: Path) -> None:
    """Make sure, before any long work, that a model can be written to `path`.

    Raises:
        PathMissing: its folder does not exist.
        NotWritable: it is a folder, or its folder cannot be written, or does not take a file of that name.
        DiskFull: not even a small file can be written.
    """
    path = path.absolute()
    with write_errors(path):
        if not path.parent.is_dir():
            raise PathMissing(f"The folder {path.parent}, where the model is to go, does not exist. Make it first.")
    check_name(path)
    with write_errors(path):
        if path.is_dir():
            raise NotWritable(f"{path} is a folder. Give the model file another name.")


def check_name(path: Path) -> None:
    """Make sure that a file or folder of this very name can be made, and one of the name that it has while it is made.

    Really tried, for permission bits do not tell it: not to administrators, and not on network drives. It is tried
    with a name of as many bytes and of the same letters, for whoever waits for a model must not see an empty one.

    Raises:
        NotWritable, DiskFull: it cannot be.
    """
    start = 0
    while start < len(path.name) and len(os.fsencode(path.name[:start])) < 9:
        start += 1
    mark = f".{uuid.uuid4().hex}"
    alike = path.with_name(mark[: max(9, len(os.fsencode(path.name[:start])))] + path.name[start:])
    try:
        with suppress(FileNotFoundError):
            path.lstat()
        for trial in (alike, temporary(path)):
            try:
                with trial.open("xb") as file:
                    file.write(b"touchtrain")
            finally:
                with suppress(OSError):
                    trial.unlink()
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            raise NotWritable(
                f"The name {path.name} is too long: it has {len(os.fsencode(path.name))} bytes, and {path.parent} "
                f"takes {longest_name(path.parent)}. Give the model a shorter name."
            ) from error
        with write_errors(path):
            raise


def temporary(path: Path) -> Path:
    """Return a name beside a file for it while it is written: ``.model.1a2b3c4d.h5``, cut where it is too long."""
    return fitting(path.parent, f".{path.stem}", f".{uuid.uuid4().hex[:8]}{path.suffix}")


def check_source(path: str | os.PathLike[str]) -> None:
    """Look, without reading it, whether a file may be a model to go on training from.

    Raises:
        PathMissing: no such file.
        BadModel: a folder, or no model file.
    """
    if form(path) == "folder":
        raise BadModel(
            f"{path} is a folder (a SavedModel): it can predict, but Keras 3 cannot go on training from it. Take the "
            ".h5 or .keras file of that model, or save one with the Keras that made it."
        )


def existing_file(path: str | os.PathLike[str]) -> Path:
    """Return the absolute path of a model file; raises PathMissing or BadModel where there is none."""
    path = Path(path).absolute()
    if not is_there(path):
        raise PathMissing(f"There is no model file {path}.")
    if path.is_dir():
        raise BadModel(f"{path} is a folder, not a model file.")
    return path


def form(path: str | os.PathLike[str]) -> str:
    """Tell by its first bytes what a path is: ``h5``, ``keras``, or ``folder`` for a SavedModel."""
    path = Path(path).absolute()
    if is_file(path / "saved_model.pb"):
        return "folder"
    path = existing_file(path)
    try:
        with path.open("rb") as file:
            start = file.read(8)
    except PermissionError:
        raise not_readable(path) from None
    except OSError as error:
        raise BadModel(f"{path} cannot be read: {error.strerror}.") from None
    if start[:4] == b"PK\x03\x04":
        return "keras"
    if start != HDF5_START:
        more = "of Keras 3, which is a zip file: Keras cannot load it" if path.suffix == ".keras" else ""
        raise BadModel(
            f"{path} {'is no model ' + more if more else 'is not an HDF5 file'}. A model file is what touchtrain.train "
            "writes, name.h5, or a .h5 or .keras file of Keras."
        )
    return "h5"


@contextmanager
def opened(path: Path, inner: Path | None = None, from_here: bool = False) -> Iterator[h5py.File]:
    """Open a file, or that which was found in it, and tell its faults in our words."""
    import h5py

    file_path = inner or path
    if not from_here:
        with file_path.open("rb") as opened:
            about = os.fstat(opened.fileno())
        try:
            _look_from_outside(file_path, about.st_mtime_ns, about.st_size)
        except BadModel as error:
            raise BadModel(error.text.replace(str(file_path), str(path))) from None
    try:
        with h5py.File(file_path, "r") as file:
            hdf5_files.check_contained(file, path, BadModel)
            yield file
    except BadModel:
        raise
    except PermissionError as error:
        raise BadModel(f"{path} cannot be read: {error.strerror}.") from None
    except Exception as error:  # HDF5 and h5py have many for damaged files
        raise BadModel(
            f"{path} is damaged: perhaps it was not copied completely ({error}). A model file is what "
            "touchtrain.train writes, name.h5."
        ) from None


@functools.lru_cache(maxsize=8)
def _look_from_outside(path: Path, changed: int, size: int) -> None:
    """Let a process of its own walk through a file first: single wrong bits make HDF5 go round in circles or crash.

    Args:
        path: the file.
        changed: when it was last written.
        size: in bytes.

    Raises:
        BadModel: that process hung or crashed. What it says of other faults is left to who reads the file.
    """
    if not sys.executable:
        return
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as empty:  # no Python file of anybody's lies there
        try:
            child = subprocess.run(
                [sys.executable, "-c", _WALK, str(path)],
                env={**os.environ, "PYTHONSAFEPATH": "1"},
                cwd=empty,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=LONGEST_LOOK,
            )
            ended = child.returncode in (0, 1)
        except subprocess.TimeoutExpired:
            ended = False
    if not ended:
        raise BadModel(f"{path} is damaged: HDF5 cannot read it. Copy it again from where it came from.")
