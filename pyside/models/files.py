"""Model files: their names, checks before writing, and opening of files that may be damaged or hostile."""

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
from pyside.system.paths import absolute, is_file, is_there, not_readable
from pyside.system.processes import NO_WINDOW

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
    """Return the path of a model file: ``name.h5`` for ``name`` and for ``name.h5``."""
    path = Path(path)
    return path if path.suffix.lower() == ".h5" else path.with_name(path.name + ".h5")


def check_target(path: Path) -> None:
    """Check, before any long work, that a model can be written to `path`.

    Raises:
        PathMissing: its folder does not exist.
        NotWritable: it is a folder, or its folder is not writable or cannot hold a file of that name.
        DiskFull: not even a small file can be written.
    """
    path = path.absolute()
    with write_errors(path):
        if not path.parent.is_dir():
            raise PathMissing(f"The folder {path.parent} for the model does not exist. Make it first.")
    check_name(path)
    with write_errors(path):
        if path.is_dir():
            raise NotWritable(f"{path} is a folder. Give the model file another name.")


def check_name(path: Path) -> None:
    """Check that a file or folder of this name, and one of its temporary name, can be made.

    Small files are written, since permission bits prove nothing for administrators and on network drives. Their names
    have as many bytes and mostly the same letters, since a program that waits for the model must not see an empty one.

    Raises:
        NotWritable, DiskFull: it cannot be made.
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
                f"allows {longest_name(path.parent)}. Give the model a shorter name."
            ) from error
        with write_errors(path):
            raise


def temporary(path: Path) -> Path:
    """Return a temporary name in the folder of a file, such as ``.model.1a2b3c4d.h5``, cut if it is too long."""
    return fitting(path.parent, f".{path.stem}", f".{uuid.uuid4().hex[:8]}{path.suffix}")


def check_source(path: str | os.PathLike[str]) -> None:
    """Check by its first bytes whether a file may be an initial model.

    Raises:
        PathMissing: no such file.
        BadModel: it is a folder, or not a model file.
    """
    if form(path) == "folder":
        raise BadModel(
            f"{path} is a folder (a SavedModel): it can predict, but Keras 3 cannot train it further. Use the .h5 or "
            ".keras file of that model, or save one with the Keras that made it."
        )


def existing_file(path: str | os.PathLike[str]) -> Path:
    """Return the absolute path of a model file; raises PathMissing if it does not exist, BadModel for a folder."""
    path = Path(path).absolute()
    if not is_there(path):
        raise PathMissing(f"There is no model file {path}.")
    if path.is_dir():
        raise BadModel(f"{path} is a folder, not a model file.")
    return path


def form(path: str | os.PathLike[str]) -> str:
    """Return the format of a model by its first bytes: ``h5``, ``keras``, or ``folder`` for a SavedModel.

    Raises:
        PathMissing: no such file.
        NotReadable: no permission to read it.
        BadModel: it is not a model file.
    """
    path = absolute(path)
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
    if path.suffix.lower() == ".onnx":
        raise BadModel(
            f"{path} is an ONNX file, which TouchTrain writes for other programs. Use the .h5 or .keras file of that "
            "model."
        )
    if start != HDF5_START:
        what = "a .keras file of Keras 3 (a zip file), so Keras cannot load it" if path.suffix == ".keras" else ""
        raise BadModel(
            f"{path} is not {what or 'an HDF5 file'}. A model file is the name.h5 that touchtrain.train writes, or an "
            ".h5 or .keras file of Keras."
        )
    return "h5"


@contextmanager
def opened(path: Path, inner: Path | None = None, from_here: bool = False) -> Iterator[h5py.File]:
    """Open an HDF5 file after checks, and translate its errors.

    Args:
        path: the model file, which errors name.
        inner: the HDF5 file to open, if it was extracted from `path`.
        from_here: whether this process wrote the file, so that it need not be checked in a separate process.

    Raises:
        BadModel: it cannot be read, is damaged, or refers to other files.
    """
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
            hdf5_files.check_contained(file, path, BadModel, whole=True)
            yield file
    except BadModel as error:
        if str(path) in error.text:
            raise
        raise BadModel(f"{path} cannot be used. {error.text}") from None
    except PermissionError as error:
        raise BadModel(f"{path} cannot be read: {error.strerror}.") from None
    except Exception as error:  # HDF5 and h5py raise many kinds for damaged files
        raise BadModel(
            f"{path} is damaged: perhaps it was not copied completely ({error}). A model file is the name.h5 that "
            "touchtrain.train writes."
        ) from None


@functools.lru_cache(maxsize=8)
def _look_from_outside(path: Path, changed: int, size: int) -> None:
    """Read a file in a separate process first: a single wrong bit can make HDF5 loop forever or crash.

    Args:
        path: the file.
        changed: its time of modification, in ns, for the cache.
        size: its size in bytes, for the cache.

    Raises:
        BadModel: that process hung or crashed. Other errors are left to the caller, who reads the file next.
    """
    if not sys.executable:
        return
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as empty:  # no stray Python file is imported there
        try:
            child = subprocess.run(
                [sys.executable, "-c", _WALK, str(path)],
                env={**os.environ, "PYTHONSAFEPATH": "1"},
                cwd=empty,
                stdin=subprocess.DEVNULL,
                creationflags=NO_WINDOW,
                capture_output=True,
                timeout=LONGEST_LOOK,
            )
            ended = child.returncode in (0, 1)
        except subprocess.TimeoutExpired:
            ended = False
    if not ended:
        raise BadModel(f"{path} is damaged: HDF5 cannot read it. Copy it again from its source.")
