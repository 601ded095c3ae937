"""What is looked at in every HDF5 file before it is read: that all of it is in this one file.

A file may say that a part of it is in another one, by an external link, by external storage or as a virtual dataset,
and HDF5 would read whatever is there. Arrays, .mat files of version 7.3 and models come from anybody, so such parts are
refused wherever they point.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from pyside.errors import TouchTrainError

MOST_EXPANSION = 64  # of what is read into memory, over the bytes of its file
_SMALL_FILE = 1_000_000  # bytes; as much is granted to every smaller file


def room(file_bytes: int) -> int:
    """Return how many bytes the contents of a file of so many bytes may have, where they are read into memory."""
    return MOST_EXPANSION * max(file_bytes, _SMALL_FILE)


def check_contained(file: Any, path: Path, kind: type[TouchTrainError]) -> None:
    """Make sure that an HDF5 file holds all of its contents itself.

    Args:
        file: open in h5py.
        path: its path, for messages.
        kind: the class of error to raise.

    Raises:
        TouchTrainError: of that kind, where a part of it lies in another file.
    """
    # What is found is returned, not raised: HDF5 stops the walk at it, and loses errors on the way.
    found = file.visititems_links(lambda name, link: _link_fault(name, link, path, kind))
    found = found or file.visititems(lambda _, item: _storage_fault(item, path, kind))
    if found:
        raise found


def check_item(item: Any, path: Path, kind: type[TouchTrainError]) -> None:
    """Do what `check_contained` does, for one dataset, or for what is directly in one group."""
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
        f"{path} keeps {shown} in another file, {os.fsdecode(other)!r}. Only files that hold all of their "
        "contents are read: save everything into one."
    )
