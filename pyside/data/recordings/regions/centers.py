"""Reads the centres of regions of interest, from options and files."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from pyside.data.recordings.pairing import Beside
from pyside.data.recordings.regions.center_files import read_bar_file, read_centers_file
from pyside.data.recordings.regions.roi import center_matrix, dimensions
from pyside.errors import BadOption, Faults, printable
from pyside.settings.core import named
from pyside.system.paths import inside, is_folder
from pyside.system.records import same_name

_CENTER_SUFFIXES = (".bar", ".mat", ".npy")


@dataclasses.dataclass(frozen=True)
class CentersToRead:
    """A file of the centres of one video that is read when they are needed."""

    path: Path

    def __len__(self) -> int:
        return 2  # never 1, which means one centre for all frames

    def read(self) -> Any:
        """Return the centres, as `center_entries` returns them; raises what it raises."""
        return _of_one_video(self.path)


def center_entries(centers: Any, n_videos: int, first: int, lazy: bool = False) -> tuple[Beside, int]:
    """Return centres, one entry for all videos or one per video, and the index of the first pixel.

    Args:
        centers: None; (x, y); one (x, y) per frame of a single video; one (x, y) per video; a list or dict with one
            of these per video; a ``.mat``, ``.npy`` or ``.bar`` file; a list or dict of such files, or a folder with
            one such file of the same name for each video.
        n_videos: number of videos.
        first: index of the first pixel, 0 or 1, for values that are not from files. It is always 1 in a ``.mat`` file,
            and always 0 in ``.bar`` and ``.npy`` files.
        lazy: whether files are not read yet where there is one per video, in a folder, list or dict.

    Returns:
        Entries and index. The values are float64, (1, 2) or (n, 2), None, `FrameCenters`, or `CentersToRead`.

    Raises:
        PathMissing, BadOption: a file does not exist, or the values cannot be centres.
    """
    if centers is None:
        return [("", None)], first
    if isinstance(centers, (str, PathLike)):
        path = Path(centers)
        if is_folder(path):
            return _of_files(_files_in(path, _CENTER_SUFFIXES), lazy)
        found = _of_file(path)
        return [(path.name, matrix) for matrix in found], _counted_from(path)
    if isinstance(centers, Mapping):
        if centers and all(isinstance(value, (str, PathLike)) for value in centers.values()):
            return _of_files({name: Path(value) for name, value in centers.items()}, lazy)
        return {name: center_matrix(value, name) for name, value in centers.items()}, first
    if isinstance(centers, (list, tuple)) and centers and all(isinstance(item, (str, PathLike)) for item in centers):
        paths = {str(number): Path(item) for number, item in enumerate(centers)}
        entries, counted_from = _of_files(paths, lazy and len(paths) > 1)
        assert isinstance(entries, dict)
        return [(paths[number].name, value) for number, value in entries.items()], counted_from
    if isinstance(centers, (list, tuple)) and any(dimensions(item) == 2 for item in centers):
        return [("", center_matrix(value, f"video {number}")) for number, value in enumerate(centers, start=1)], first
    matrix = center_matrix(centers, "all videos")
    if len(matrix) == n_videos:
        return [("", row[np.newaxis]) for row in matrix], first
    return [("", matrix)], first


def _of_file(path: Path) -> list[Any]:
    return [read_bar_file(path)] if path.suffix.lower() == ".bar" else list(read_centers_file(path))


def _counted_from(path: Path) -> int:
    return 1 if path.suffix.lower() == ".mat" else 0


def _of_one_video(path: Path) -> Any:
    found = _of_file(path)
    if len(found) != 1:
        raise BadOption(f"{path} holds centres for {len(found)} videos; each file must be for one video.")
    return found[0]


def _of_files(files: Mapping[str, Path], lazy: bool) -> tuple[Beside, int]:
    """Read one file of centres per video, or note which is to be read."""
    faults, entries = Faults(), {}
    for name, path in files.items():
        with faults.noting():
            entries[name] = CentersToRead(path) if lazy else _of_one_video(path)
    counted = {_counted_from(path) for path in files.values()}
    if len(counted) > 1:
        faults.add(
            BadOption, f"{named('centers')}: .mat files count from 1, others from 0. Give files of one kind only."
        )
    faults.raise_any()
    return entries, counted.pop() if counted else 0


def _files_in(folder: Path, suffixes: tuple[str, ...]) -> dict[str, Path]:
    """Return the files with these suffixes by stem."""
    found: dict[str, Path] = {}
    for path in inside(folder):
        if path.suffix.lower() in suffixes:
            other = found.setdefault(same_name(path.stem), path)
            if other is not path:
                raise BadOption(f"{named('centers')}: {folder} holds both {other.name} and {path.name}. Keep one.")
    if not found:
        raise BadOption(f"{named('centers')}: {folder} holds no file with centres ({', '.join(suffixes)}).")
    return {printable(path.stem): path for path in found.values()}
