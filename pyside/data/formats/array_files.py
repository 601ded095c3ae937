"""Array files (.npy, .npz and HDF5): lists what they hold, chooses an array by its name and form, and opens it.

Every fault of a file is a `TouchTrainError` that names it. Pickled objects are never read.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import io
import math
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from pyside.aliases import Array
from pyside.data.formats import hdf5_files
from pyside.data.formats.host_arrays import check_vector
from pyside.errors import BadFrames, BadLabels, LengthMismatch, TouchTrainError, some
from pyside.settings.core import named
from pyside.system.paths import not_readable

ArrayForm = tuple[tuple[int, ...], np.dtype[Any]]  # shape and dtype
MOST_NAMED = 10  # files or arrays in a message
_USUAL = {
    "frames": ("frames", "images", "image", "data", "x", "ximage", "ximages"),
    "labels": ("labels", "label", "y", "ylabel", "ylabels", "classes", "targets"),
    "recordings": ("recordings", "recording"),
}
_HDF5_SECONDS = 60.0  # after which a file counts as one that hangs HDF5
_HDF5_TRIED_BYTES = 64 << 20
_TEXTS_AT_ONCE = 256


@dataclasses.dataclass(frozen=True)
class HeldArray:
    """An array in a file; ``str`` gives its name for messages.

    Attributes:
        path: the .npy, .npz or HDF5 file.
        variable: its name there; "" in an .npy file.
        turned: whether its axes are in reverse order, as HDF5 stores arrays of MATLAB.
    """

    path: Path
    variable: str = ""
    turned: bool = False

    def __str__(self) -> str:
        return f"{self.path.name}: {self.variable}" if self.variable else self.path.name


# --- choosing arrays -------------------------------------------------------------------------------------------------


def list_arrays(path: Path, expected: str) -> dict[str, ArrayForm]:
    """Return shape and dtype of each array in an .npz or HDF5 file, without reading the arrays.

    An HDF5 file is first tried in another process, since a damaged one can hang or crash the process that reads it.

    Args:
        path: an .npz file; a file with any other suffix is read as HDF5.
        expected: a sentence about the expected content, for the error if there is no array.

    Returns:
        Shape and dtype by name; names of datasets in HDF5 groups have slashes, ``session/frames``.

    Raises:
        BadFrames: it is not such a file, it is damaged, or it holds no array.
    """
    found: dict[str, ArrayForm] = {}
    with _reading(path, BadFrames):
        if path.suffix.lower() == ".npz":
            with zipfile.ZipFile(path) as archive:
                for name in archive.namelist():
                    if name.endswith(".npy"):
                        with archive.open(name) as stream:
                            found[name.removesuffix(".npy")] = _header(stream)[:2]
        else:
            _try_in_another_process(path)
            import h5py

            with h5py.File(path, "r") as file:
                hdf5_files.check_contained(file, path, BadFrames)
                found = {name: (dataset.shape, dataset.dtype) for name, dataset in _datasets(file).items()}
    if not found:
        raise BadFrames(f"{path} holds no array. {expected}")
    return found


def _datasets(file: Any) -> dict[str, Any]:
    """Return the datasets of an HDF5 file by name."""
    import h5py

    found: dict[str, Any] = {}

    def note(name: Any, item: Any) -> None:
        is_text = isinstance(name, str)  # bytes in a damaged file
        if is_text and isinstance(item, h5py.Dataset) and item.shape is not None:
            found[name] = item

    file.visititems(note)
    return found


def program(code: str) -> str:
    """Return code for ``python -c`` that imports from the paths of this process, but not from the current folder."""
    paths = [path for path in sys.path if path] + [str(Path(__file__).resolve().parents[3])]
    return f"import sys; sys.path[:] = {paths!r}; {code}"


def _try_in_another_process(path: Path) -> None:
    """Check in another process that HDF5 can read a file: a damaged one can make it read for ever, or crash.

    Raises:
        BadFrames: it cannot.
    """
    code = program("from pyside.data.formats import array_files; array_files._try(sys.argv[1])")
    try:
        done = subprocess.run(
            [sys.executable, "-c", code, str(path)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_HDF5_SECONDS,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        what = "crashes the process that reads it" if done.returncode else ""
    except subprocess.TimeoutExpired:
        what = f"could not be read within {_HDF5_SECONDS:g} s"
    if what:
        raise BadFrames(f"{path} {what}: it is damaged, or the disk is too slow. Copy it again, or save it again.")


def _try(path: str) -> None:
    """Read the small arrays of an HDF5 file, and the first and last rows of the others; ignore errors for now."""
    import h5py

    left = _HDF5_TRIED_BYTES
    with contextlib.suppress(Exception), h5py.File(path, "r") as file:
        hdf5_files.check_contained(file, Path(path), BadFrames)
        for dataset in _datasets(file).values():
            with contextlib.suppress(Exception):
                size = dataset.size * dataset.dtype.itemsize
                if size <= left:
                    dataset[()]
                    left -= size
                elif size <= _HDF5_TRIED_BYTES * dataset.shape[0]:
                    dataset[0], dataset[-1]


def _header(stream: Any) -> tuple[tuple[int, ...], np.dtype[Any], bool]:
    """Return shape and dtype of the array whose .npy head a stream is at, and whether it is column-major."""
    version = np.lib.format.read_magic(stream)
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, fortran, dtype = read(stream)
    return shape, dtype, fortran


def choose_array(
    path: Path, there: Mapping[str, ArrayForm], what: str, wanted: str | None, fits: Callable[[ArrayForm], bool]
) -> str:
    """Return the name of the array of frames or labels: the one given, one with a usual name, or the only one to fit.

    Args:
        path: the file, for messages.
        there: shape and dtype by name of the arrays to choose from.
        what: ``frames`` or ``labels``.
        wanted: the name that the user gave, or None.
        fits: returns whether an array of a shape and dtype can be frames or labels.

    Returns:
        A name in `there`.

    Raises:
        BadFrames, BadLabels: no array fits, or several do; the message lists all arrays.
    """
    kind = BadFrames if what == "frames" else BadLabels
    option = named(f"{what}_variable")
    if wanted is not None:
        if wanted.strip("/") in there:
            return wanted.strip("/")
        raise kind(f"{path} holds no array {wanted} (option {option}). It holds {_shown(there)}.")
    for usual in (_USUAL[what][:1], _USUAL[what]):
        called = [name for name in there if _last(name) in usual]
        if len(called) == 1:
            return called[0]
    fitting = [name for name in called or there if fits(there[name]) and not has_usual_name(name, "recordings")]
    if len(fitting) == 1:
        return fitting[0]
    why = f"{' or '.join(fitting)} may be the {what}" if fitting else f"no array can be the {what}"
    raise kind(f"{path}: {why}. Name it by the option {option}. The file holds {_shown(there) or 'no other'}.")


def has_usual_name(name: str, what: str) -> bool:
    """Return whether an array has a usual name for ``frames``, ``labels`` or ``recordings``.

    Args:
        name: name of the array in its file; groups and case are ignored.
        what: ``frames``, ``labels`` or ``recordings``.
    """
    return _last(name) in _USUAL[what]


def _last(name: str) -> str:
    return name.rsplit("/", 1)[-1].lower()


def may_be_frames(form: ArrayForm) -> bool:
    """Return whether an array can be frames: three or four axes, of bool, integer or float."""
    return len(form[0]) in (3, 4) and form[1].kind in "biuf"


def may_be_labels(form: ArrayForm, lengths: set[int]) -> bool:
    """Return whether an array can be labels.

    Args:
        form: its shape and dtype; labels are a vector, row or column of bools, real numbers, texts or objects.
        lengths: possible numbers of labels, such as the shape of the frames.
    """
    shape, dtype = form
    longest = max(shape, default=1)
    return dtype.kind in "biufUSO" and len(shape) in (1, 2) and int(np.prod(shape)) == longest and longest in lengths


def _shown(there: Mapping[str, ArrayForm]) -> str:
    shown = [f"{name} ({'x'.join(map(str, shape)) or '1'} {dtype})" for name, (shape, dtype) in there.items()]
    return some(shown, MOST_NAMED)


# --- reading ---------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def _reading(path: Path, kind: type[TouchTrainError]) -> Iterator[None]:
    """Turn any error while a file is read into one of `kind` that names the file."""
    try:
        yield
    except (TouchTrainError, KeyboardInterrupt):
        raise
    except PermissionError:
        raise not_readable(path) from None
    except Exception as error:  # damaged files make NumPy, zipfile and HDF5 raise almost anything
        if isinstance(error, ValueError) and re.search("Python objects|Object arrays", str(error)):
            text = f"{path} holds pickled Python objects, which are not read. Save an array of numbers."
        elif isinstance(error, FileNotFoundError):
            text = f"{path} does not exist, or is a broken link."
        else:
            suffix = path.suffix.lower()
            text = f"{path} is not a {suffix} file, or it is damaged, empty or cut short ({error}). Save it again."
        raise kind(text, of=path) from None


_USUAL_MAGIC = b"\x93NUMPY\x01\x00"
_SMALL = 1 << 22  # bytes of an array that is read at once


@contextlib.contextmanager
def open_array(held: HeldArray, kind: type[TouchTrainError]) -> Iterator[Any]:
    """Open an array: a memory map of an .npy file, a dataset of an HDF5 file, or the whole array of an .npz file.

    Args:
        held: the array.
        kind: the class of error to raise.

    Yields:
        A NumPy array, or an h5py dataset that is valid within the context. Shape and dtype are those in the file, even
        if `held` is turned.

    Raises:
        TouchTrainError: of class `kind`, if there is no such array, or the file is damaged or holds pickled objects;
            errors raised within the context, too, become errors of this class.
    """
    with _reading(held.path, kind):
        if not held.variable:
            yield np.lib.format.open_memmap(held.path, mode="r")
        elif held.path.suffix.lower() == ".npz":
            yield _from_npz(held, kind)
        else:
            import h5py

            with h5py.File(held.path, "r") as file:
                dataset = file[held.variable]
                hdf5_files.check_item(dataset, held.path, kind)
                yield dataset


def arrays_in(path: Path, content: bytes, kind: type[TouchTrainError]) -> dict[str, Array]:
    """Return all arrays of a small .npz file, by name, from its content: as `open_array`, but the file is opened once.

    Args:
        path: the file, for messages.
        content: all of it.
        kind: the class of error to raise.

    Raises:
        TouchTrainError: as `open_array`.
    """
    with _reading(path, kind), zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = [name.removesuffix(".npy") for name in archive.namelist() if name.endswith(".npy")]
        return {name: _member(archive, HeldArray(path, name), len(content), kind) for name in names}


def _member(archive: zipfile.ZipFile, held: HeldArray, most: int, kind: type[TouchTrainError]) -> Array:
    info = archive.getinfo(f"{held.variable}.npy")
    if info.compress_type != zipfile.ZIP_STORED or info.file_size > most:
        return _from_npz(held, kind)
    raw = archive.read(info)  # the checksum is compared
    begin = 10 + int.from_bytes(raw[8:10], "little")
    if raw[:8] != _USUAL_MAGIC:
        return _from_npz(held, kind)
    shape, dtype, fortran = _form(raw[:begin])
    if dtype.hasobject or len(raw) != begin + math.prod(shape) * dtype.itemsize:
        raise ValueError(f"{info.filename} does not have the length that its head declares")
    return np.frombuffer(bytearray(memoryview(raw)[begin:]), dtype).reshape(shape, order="F" if fortran else "C")


@functools.lru_cache(64)
def _form(head: bytes) -> tuple[tuple[int, ...], np.dtype[Any], bool]:
    """Return what `_header` does, once for all arrays with the same head."""
    return _header(io.BytesIO(head))


def check_size(stack: Any, held: HeldArray, frames: tuple[int, ...] | None = None) -> None:
    """Check the declared number of labels before they are read into memory.

    Args:
        stack: the array, from `open_array`.
        held: the same array.
        frames: shape of the frames, one axis of which has as many entries as there are labels; None if unknown.

    Raises:
        LengthMismatch: there are more labels than frames.
        BadLabels: they are larger than the file could hold.
    """
    if frames is not None and stack.size > max(frames, default=0):
        check_vector(stack.shape, str(held))
        shown = "x".join(map(str, frames))
        raise LengthMismatch(
            f"{held}: there are {stack.size} labels, but no axis of the {shown} array has as many frames. Give one "
            "label per frame; -1 leaves a frame out."
        )
    if stack.size * stack.dtype.itemsize > hdf5_files.room(held.path.stat().st_size):
        raise BadLabels(f"{held}: the file declares {stack.size} values, more than it could hold.")


def read_texts(stack: Any, held: HeldArray) -> Array:
    """Read the texts in a dataset of an HDF5 file.

    Many texts may share one place in the file, so their size is added up while they are read.

    Raises:
        BadLabels: they are larger than the file could hold.
    """
    left = hdf5_files.room(held.path.stat().st_size)
    parts, longest, n = [], 1, 0
    axis = int(np.argmax(stack.shape))
    for start in range(0, stack.shape[axis], _TEXTS_AT_ONCE):
        rows = (*(slice(None),) * axis, slice(start, start + _TEXTS_AT_ONCE))
        part = np.asarray(stack.asstr()[rows], object)
        longest, n = max(longest, *map(len, part.flat)), n + part.size
        if n * longest * 4 > left:
            raise BadLabels(f"{held}: the texts are larger than the file could hold.")
        parts.append(part)
    return np.concatenate(parts, axis).astype(np.str_) if parts else np.empty(0, np.str_)


def half_of_memory() -> int:
    """Return half of this machine's memory, in bytes; if it is unknown, more than any machine has."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
    except (AttributeError, ValueError, OSError):  # Windows
        return 1 << 62


def _from_npz(held: HeldArray, kind: type[TouchTrainError]) -> Array:
    member = held.variable + ".npy"
    with zipfile.ZipFile(held.path) as archive:
        with archive.open(member) as stream:
            shape, dtype, fortran = _header(stream)
            size = int(np.prod(shape, dtype=object)) * dtype.itemsize
            expected = stream.tell() + size
            is_whole = expected == archive.getinfo(member).file_size
            if is_whole and 0 < size <= _SMALL and not dtype.hasobject:  # read at once, since there may be many
                data = bytearray(stream.read())  # the checksum is compared at the end of the stream
                return np.frombuffer(data, dtype).reshape(shape, order="F" if fortran else "C")
        if size > half_of_memory():
            raise kind(
                f"{held} has {size / 1e9:.1f} GB, more than half of this machine's memory, and arrays in .npz files "
                "are read at once. Save it as .npy or .h5, which are read in pieces."
            )
        if kind is BadLabels and size > hdf5_files.room(held.path.stat().st_size):
            raise BadLabels(f"{held}: the file declares more values than it could hold.")
        if not dtype.hasobject and not is_whole:
            raise ValueError(f"{member} does not have the length that its head declares")
        with archive.open(member) as stream:
            array = np.lib.format.read_array(stream, allow_pickle=False)
            if stream.read(1):  # the checksum is compared at the end of the stream
                raise ValueError(f"{member} is longer than its head declares")
            return array
