"""The files that arrays are in, .npy, .npz and HDF5: what they hold, which array is meant, and opening it.

Whatever is wrong with a file is a `TouchTrainError` that names it. Pickled objects are never read.
"""

from __future__ import annotations

import contextlib
import dataclasses
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
_HDF5_SECONDS = 60.0  # after which looking through a file counts as hanging
_HDF5_TRIED_BYTES = 64 << 20
_TEXTS_AT_ONCE = 256


@dataclasses.dataclass(frozen=True)
class HeldArray:
    """An array in a file; as a text, what to call it in a message.

    Attributes:
        path: the .npy, .npz or HDF5 file.
        variable: its name there; "" in an .npy file.
        turned: whether its axes are the other way round than its writer shows them: MATLAB's, as HDF5 keeps them.
    """

    path: Path
    variable: str = ""
    turned: bool = False

    def __str__(self) -> str:
        return f"{self.path.name}: {self.variable}" if self.variable else self.path.name


# --- which of the arrays are meant -----------------------------------------------------------------------------------


def list_arrays(path: Path, expected: str) -> dict[str, ArrayForm]:
    """Return shape and type of each array in an .npz or HDF5 file, without reading the arrays.

    An HDF5 file is tried in another process first, since a damaged one can hang or end the process that reads it.

    Args:
        path: an .npz file; one of any other ending is taken for HDF5.
        expected: what to tell of the files that are expected, where there is no array.

    Returns:
        Shape and dtype by name; that of a dataset in an HDF5 group is with slashes, ``session/frames``.

    Raises:
        BadFrames: it is not such a file, is damaged or holds no array.
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
        is_text = isinstance(name, str)  # bytes where it is damaged
        if is_text and isinstance(item, h5py.Dataset) and item.shape is not None:
            found[name] = item

    file.visititems(note)
    return found


def program(code: str) -> str:
    """Return code for ``python -c`` that finds what this process does, but no Python file of the current folder."""
    paths = [path for path in sys.path if path] + [str(Path(__file__).resolve().parents[3])]
    return f"import sys; sys.path[:] = {paths!r}; {code}"


def _try_in_another_process(path: Path) -> None:
    """See whether HDF5 comes through a file: a damaged one can have it read for ever, or end the process.

    Raises:
        BadFrames: it does not.
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
        what = "ends the process that reads it" if done.returncode else ""
    except subprocess.TimeoutExpired:
        what = f"could not be looked through within {_HDF5_SECONDS:g} s"
    if what:
        raise BadFrames(f"{path} {what}: it is damaged, or the disk is too slow. Copy it again, or save it again.")


def _try(path: str) -> None:
    """Read what is small in an HDF5 file, and of the rest the first and the last; errors are met again later."""
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
    """Return shape, type and whether column-major of the array in a stream that is at the head of an .npy file."""
    version = np.lib.format.read_magic(stream)
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, fortran, dtype = read(stream)
    return shape, dtype, fortran


def choose_array(
    path: Path, there: Mapping[str, ArrayForm], what: str, wanted: str | None, fits: Callable[[ArrayForm], bool]
) -> str:
    """Return the name of the array of frames, or of labels: the wanted, that of a usual name, or the only one to fit.

    Args:
        path: the file, for messages.
        there: shape and dtype by name of the arrays to choose from.
        what: ``frames`` or ``labels``.
        wanted: the name that the user gave, or None.
        fits: tells of a shape and dtype whether it can be that of such an array.

    Returns:
        A name in `there`.

    Raises:
        BadFrames, BadLabels: there is none, or it is not clear which; what there is is listed.
    """
    kind = BadFrames if what == "frames" else BadLabels
    option = named(f"{what}_variable")
    if wanted is not None:
        if wanted.strip("/") in there:
            return wanted.strip("/")
        raise kind(f"{path} holds no array {wanted}, which the option {option} names. It holds {_shown(there)}.")
    for usual in (_USUAL[what][:1], _USUAL[what]):
        called = [name for name in there if _last(name) in usual]
        if len(called) == 1:
            return called[0]
    fitting = [name for name in called or there if fits(there[name]) and not has_usual_name(name, "recordings")]
    if len(fitting) == 1:
        return fitting[0]
    why = f"{' or '.join(fitting)} may be the {what}" if fitting else f"no array can be the {what}"
    raise kind(f"{path}: {why}. Say which by the option {option}. The file holds {_shown(there) or 'no other'}.")


def has_usual_name(name: str, what: str) -> bool:
    """Tell whether an array is called as arrays of ``frames``, ``labels`` or ``recordings`` usually are.

    Args:
        name: of the array in its file; its groups and its case do not matter.
        what: ``frames``, ``labels`` or ``recordings``.
    """
    return _last(name) in _USUAL[what]


def _last(name: str) -> str:
    return name.rsplit("/", 1)[-1].lower()


def may_be_frames(form: ArrayForm) -> bool:
    """Tell whether an array can be frames: three or four axes, of bool, integer or float."""
    return len(form[0]) in (3, 4) and form[1].kind in "biuf"


def may_be_labels(form: ArrayForm, lengths: set[int]) -> bool:
    """Tell whether an array can be labels.

    Args:
        form: its shape and dtype; labels are a vector, row or column of bools, real numbers, texts or objects.
        lengths: the numbers of labels that there can be, such as the shape of the frames.
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
    """Turn whatever goes wrong while a file is read into an error that names it."""
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
            text = f"{path} is not there, or a link that leads nowhere."
        else:
            ending = path.suffix.lower()
            text = f"{path} is no {ending} file, or it is damaged, empty or cut short ({error}). Save it again."
        raise kind(text, of=path) from None


@contextlib.contextmanager
def open_array(held: HeldArray, kind: type[TouchTrainError]) -> Iterator[Any]:
    """Open an array: a memory map of an .npy file, a dataset of an HDF5 file, all of it from an .npz file.

    Args:
        held: which array.
        kind: the class of error to raise.

    Yields:
        An array of NumPy, or a dataset of h5py, which ends with the context; shape and dtype are those of the file,
        also where `held` is turned.

    Raises:
        TouchTrainError: of that kind, where there is no such array, or the file is damaged or holds pickled objects;
            also where what is done within the context fails.
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


def check_size(stack: Any, held: HeldArray, frames: tuple[int, ...] | None = None) -> None:
    """Compare how many labels there are said to be with what there can be, before they are read into memory.

    Args:
        stack: the array, as `open_array` gives it.
        held: which it is.
        frames: shape of the frames, of which an axis is as long; None where it is not known.

    Raises:
        LengthMismatch: there are more than frames.
        BadLabels: they are larger than the file could hold.
    """
    if frames is not None and stack.size > max(frames, default=0):
        shown = "x".join(map(str, frames))
        raise LengthMismatch(
            f"{held}: there are {stack.size} labels for an array of {shown}, of which no axis has as many frames. Give "
            "one label a frame; -1 leaves a frame out."
        )
    if stack.size * stack.dtype.itemsize > hdf5_files.room(held.path.stat().st_size):
        raise BadLabels(f"{held}: {stack.size} values are said to be there, more than the file could hold.")


def read_texts(stack: Any, held: HeldArray) -> Array:
    """Read the texts in a dataset of an HDF5 file.

    Many may be one text in the file, so they are counted while they are read.

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
    """Return half of the bytes of memory that this machine has; more than any has, where it cannot be told."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
    except (AttributeError, ValueError, OSError):  # Windows
        return 1 << 62


def _from_npz(held: HeldArray, kind: type[TouchTrainError]) -> Array:
    member = held.variable + ".npy"
    with zipfile.ZipFile(held.path) as archive:
        with archive.open(member) as stream:
            shape, dtype, _ = _header(stream)
            size = int(np.prod(shape, dtype=object)) * dtype.itemsize
            expected = stream.tell() + size
        if size > half_of_memory():
            raise kind(
                f"{held} has {size / 1e9:.1f} GB, more than half of this machine's memory, and .npz files are read "
                "whole. Save it as .npy or .h5, which are read piece by piece."
            )
        if kind is BadLabels and size > hdf5_files.room(held.path.stat().st_size):
            raise BadLabels(f"{held}: the values are said to be larger than the file could hold.")
        if not dtype.hasobject and expected != archive.getinfo(member).file_size:
            raise ValueError(f"{member} has not the length that its head tells")
        with archive.open(member) as stream:
            array = np.lib.format.read_array(stream, allow_pickle=False)
            if stream.read(1):  # reading to the end has the checksum compared
                raise ValueError(f"{member} is longer than its head tells")
            return array
