"""Checks that an HDF5 file contains all of its data itself, before it is read.

External links, external storage and virtual datasets refer to other files, and HDF5 would read any file that they name.
Arrays, .mat files of version 7.3 and models may come from anybody, so all such references are refused.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from pyside.errors import TouchTrainError

MOST_EXPANSION = 64  # bytes in memory per byte of the file
_SMALL_FILE = 1_000_000  # bytes; smaller files are allowed as much as one of this size


def room(file_bytes: int) -> int:
    """Return how many bytes in memory the contents of a file of `file_bytes` bytes may take."""
    return MOST_EXPANSION * max(file_bytes, _SMALL_FILE)


def check_contained(file: Any, path: Path, kind: type[TouchTrainError]) -> None:
    """Check that an HDF5 file contains all of its data itself.

    Args:
        file: an open `h5py.File`.
        path: its path, for messages.
        kind: the class of error to raise.

    Raises:
        TouchTrainError: of class `kind`, if a part of it lies in another file.
    """
    # The error is returned, not raised: HDF5 stops at a returned value, but loses errors raised within its callbacks.
    found = file.visititems_links(lambda name, link: _link_fault(name, link, path, kind))
    found = found or file.visititems(lambda _, item: _storage_fault(item, path, kind))
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
    shown = repr(str(name))[1:-1]  # whose control characters a terminal would obey
    return kind(
        f"{path} keeps {shown} in another file, {os.fsdecode(other)!r}. Only files that contain all of their data are "
        "read: save everything to one file."
    )
