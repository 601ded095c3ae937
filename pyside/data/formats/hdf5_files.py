"""Checks that an HDF5 file contains all of its data itself and that they can be read, and tells who wrote it.

External links, external storage and virtual datasets refer to other files, and HDF5 would read any file that they name.
Arrays, .mat files of version 7.3 and models may come from anybody, so all such references are refused. Where data are
missing, HDF5 returns zeros; so what was never written is refused, too.
"""

from __future__ import annotations

import collections
import contextlib
import importlib
import math
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from pyside.errors import TouchTrainError, by_pip

MOST_EXPANSION = 64  # bytes in memory per byte of the file
_SMALL_FILE = 1_000_000  # bytes; smaller files are allowed as much as one of this size
_MOST_DEEP = 8  # levels of virtual datasets within virtual datasets


def room(file_bytes: int) -> int:
    """Return how many bytes in memory the contents of a file of `file_bytes` bytes may take."""
    return MOST_EXPANSION * max(file_bytes, _SMALL_FILE)


def check_contained(file: Any, path: Path, kind: type[TouchTrainError], whole: bool = False) -> None:
    """Check that an HDF5 file contains all of its data itself.

    Args:
        file: an open `h5py.File`.
        path: its path, for messages.
        kind: the class of error to raise.
        whole: whether to check each dataset as `check_whole` does, too.

    Raises:
        TouchTrainError: of class `kind`, if a part of it lies in another file, or is missing.
    """
    # The error is returned, not raised: HDF5 stops at a returned value, but loses errors raised within its callbacks.
    found = file.visititems_links(lambda name, link: _link_fault(name, link, path, kind))
    found = found or file.visititems(lambda _, item: _storage_fault(item, path, kind))
    if not found and whole:
        found = file.visititems(lambda _, item: _fault_of_data(item, path, kind))
    if found:
        raise found


def check_item(item: Any, path: Path, kind: type[TouchTrainError]) -> None:
    """Do what `check_contained` does, for one dataset, or for the direct members of one group."""
    import h5py

    faults = [_storage_fault(item, path, kind)]
    for name in item if isinstance(item, h5py.Group) else ():
        link = item.get(name, getlink=True)
        faults.append(_link_fault(f"{item.name}/{name}", link, path, kind))
        faults.append(_storage_fault(item[name], path, kind) if isinstance(link, h5py.HardLink) else None)
    for fault in filter(None, faults):
        raise fault


def check_whole(item: Any, path: Path, kind: type[TouchTrainError], all_written: bool = True) -> None:
    """Check that all values of a dataset are in the file, and that they can be unpacked.

    Args:
        item: the dataset; anything else is not checked.
        path: path of the file, for messages.
        kind: the class of error to raise.
        all_written: whether values that were never written are an error; if not, they are 0 for HDF5 and for MATLAB.

    Raises:
        TouchTrainError: of class `kind`, if not.
    """
    if fault := _fault_of_data(item, path, kind, all_written):
        raise fault


def small_datasets(path: Path, names: Sequence[str], kind: type[TouchTrainError]) -> dict[str, Any]:
    """Read some datasets of an HDF5 file: arrays of numbers, and texts as lists; those that are not there are left out.

    Args:
        path: of the file.
        names: of the datasets.
        kind: the class of error to raise.

    Raises:
        TouchTrainError: of class `kind`, if the file is damaged, or of another kind, or keeps them in other files.
    """
    import h5py

    try:
        with h5py.File(path, "r") as file:
            check_item(file, path, kind)
            found = {name: file[name] for name in names if name in file}
            for dataset in found.values():
                check_item(dataset, path, kind)
                check_whole(dataset, path, kind, all_written=False)
            return {name: _plain(dataset, path, kind) for name, dataset in found.items()}
    except (OSError, RuntimeError, KeyError, ValueError) as error:
        raise kind(f"{path} is not an HDF5 file, or it is damaged or cut short: {error}.", of=path) from error


def _plain(dataset: Any, path: Path, kind: type[TouchTrainError]) -> Any:
    import h5py

    if not isinstance(dataset, h5py.Dataset) or dataset.nbytes > room(path.stat().st_size):
        raise kind(f"{path}: {dataset.name} is no array, or larger than the file can hold.", of=path)
    values = np.asarray(dataset[()])
    if values.dtype.kind in "biuf":
        return values
    if values.dtype.kind not in "SO":
        raise kind(f"{path}: {dataset.name} holds neither numbers nor texts.", of=path)
    return [item.decode("utf-8", "replace") if isinstance(item, bytes) else str(item) for item in values.ravel()]


def written_by(dataset: Any, path: Path) -> str:
    """Return which language's package wrote a dataset, ``MATLAB``, ``Julia``, ``R`` or ``NumPy``; "" if it is unknown.

    All but NumPy store the axes of an array in reverse order.
    """
    if "MATLAB_class" in dataset.attrs:  # written by MATLAB's `save`
        return "MATLAB"
    if "PYTABLES_FORMAT_VERSION" in dataset.file.attrs:
        return "NumPy"
    if "rhdf5-NA.OK" in dataset.attrs:
        return "R"
    with path.open("rb") as file:
        return "Julia" if b"Julia" in file.read(64) else ""


def has_time(dataset: Any) -> bool:
    """Return whether a dataset stores the time when it was written: with MATLAB it does, with h5py usually not."""
    import h5py

    return bool(h5py.h5o.get_info(dataset.id).ctime)


def _fault_of_data(
    item: Any, path: Path, kind: type[TouchTrainError], all_written: bool = True, depth: int = 0
) -> TouchTrainError | None:
    import h5py

    if not isinstance(item, h5py.Dataset) or not item.size:
        return None
    name, about = _shown(item.name), item.id.get_create_plist()
    for number in range(about.get_nfilters()):
        code, _, _, described = about.get_filter(number)
        if not _is_there(code):
            shown = _shown(described.decode("utf-8", "replace")).split(":")[0].split(";")[0].strip()
            return kind(
                f"{path}: {name} is compressed by the filter {shown or 'without a name'} (number {code}), which the "
                "Python that reads it lacks. Save the array without this filter, for example with gzip, or install "
                f"the package hdf5plugin: {by_pip('install hdf5plugin')}",
                of=path,
            )
    if about.get_layout() == h5py.h5d.VIRTUAL:
        return _fault_of_parts(item, path, kind, all_written, depth)
    parts, there = 1, 1
    if about.get_layout() == h5py.h5d.CHUNKED:
        parts = math.prod(-(-side // chunk) for side, chunk in zip(item.shape, item.chunks, strict=True))
        there = item.id.get_num_chunks()
    elif about.get_layout() == h5py.h5d.CONTIGUOUS:
        there = int(item.id.get_storage_size() > 0)
    if there >= parts or not all_written:
        return None
    return kind(
        f"{path}: {parts - there} of {parts} parts of {name} were never written, the first at index "
        f"{_first_unwritten(item) if there else 0} of its first axis as the file stores it. HDF5 reads them as zeros. "
        "Writing was broken off: write the file again, with all values.",
        of=path,
    )


def _is_there(code: int) -> bool:
    """Return whether HDF5 has a filter; hdf5plugin, if it is installed, registers its filters when imported."""
    import h5py

    if not h5py.h5z.filter_avail(code):
        with contextlib.suppress(ImportError):
            importlib.import_module("hdf5plugin")
    return bool(h5py.h5z.filter_avail(code))


def _first_unwritten(dataset: Any) -> int:
    """Return the first index along the first axis at which a chunk was never written."""
    written = collections.Counter[int]()
    dataset.id.chunk_iter(lambda chunk: written.update([chunk.chunk_offset[0]]))
    step = dataset.chunks[0]
    of_each = math.prod(-(-side // chunk) for side, chunk in zip(dataset.shape[1:], dataset.chunks[1:], strict=True))
    return next((start for start in range(0, dataset.shape[0], step) if written[start] < of_each), 0)


def _fault_of_parts(
    virtual: Any, path: Path, kind: type[TouchTrainError], all_written: bool, depth: int
) -> TouchTrainError | None:
    """Return the fault of a virtual dataset with parts that are missing, or None."""
    import h5py

    n_values = 0
    for source in virtual.virtual_sources():
        part = virtual.file.get(source.dset_name) if depth < _MOST_DEEP else None
        if not isinstance(part, h5py.Dataset) or part.file.filename != virtual.file.filename:
            return _no_part(virtual, path, kind, f"{_shown(source.dset_name)}, which is not there")
        n_wanted, chosen = source.vspace.get_select_npoints(), source.src_space
        if chosen.get_select_type() == h5py.h5s.SEL_ALL:
            is_short = part.size < n_wanted
        else:
            ends = chosen.get_select_bounds()[1]
            is_short = len(ends) != part.ndim or bool(np.any(np.asarray(ends) >= part.shape))
        if is_short:
            return _no_part(virtual, path, kind, f"{_shown(source.dset_name)}, which is smaller than that")
        if fault := _fault_of_data(part, path, kind, all_written, depth + 1):
            return fault
        n_values += n_wanted
    if n_values < virtual.size:
        return _no_part(virtual, path, kind, f"{n_values} values of others")
    return None


def _no_part(virtual: Any, path: Path, kind: type[TouchTrainError], what: str) -> TouchTrainError:
    return kind(
        f"{path}: {_shown(virtual.name)} is a virtual dataset of {virtual.size} values, made of {what}. HDF5 reads "
        "what is missing as zeros. Save all values as one dataset.",
        of=path,
    )


def _shown(name: Any) -> str:
    return repr(str(name))[1:-1]  # a terminal would obey its control characters


def _link_fault(name: Any, link: Any, path: Path, kind: type[TouchTrainError]) -> TouchTrainError | None:
    import h5py

    if isinstance(link, (h5py.HardLink, h5py.SoftLink)):
        return None
    return _elsewhere(name, getattr(link, "filename", "?"), path, kind)


def _storage_fault(item: Any, path: Path, kind: type[TouchTrainError]) -> TouchTrainError | None:
    import h5py

    if not isinstance(item, h5py.Dataset):
        return None
    about = item.id.get_create_plist()
    files = [about.get_external(number)[0] for number in range(about.get_external_count())]
    if about.get_layout() == h5py.h5d.VIRTUAL:
        files += [source.file_name for source in item.virtual_sources() if source.file_name != "."]
    return _elsewhere(item.name, files[0], path, kind) if files else None


def _elsewhere(name: Any, other: Any, path: Path, kind: type[TouchTrainError]) -> TouchTrainError:
    return kind(
        f"{path} keeps {_shown(name)} in another file, {os.fsdecode(other)!r}. Only files that contain all of their "
        "data are read: save everything to one file."
    )
