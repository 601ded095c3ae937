"""Which videos are meant, and which labels and centres belong to them: by name where there are names, else in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from pyside.bridge import arrays
from pyside.data.label_files import read_centers_file, read_label_file
from pyside.data.roi import center_matrix
from pyside.data.video import VIDEO_SUFFIXES
from pyside.errors import BadLabels, BadOption, BadVideo, Faults, PathMissing, Unpaired

Beside = list[tuple[str, Any]] | dict[str, Any]  # what stands beside the videos: (where it is from, value), or by name
_MOST_NAMED = 5


def find_videos(videos: Any, faults: Faults) -> list[Path]:
    """Return the videos meant: a file, several, or those of a folder in the order of MATLAB's ``dir``.

    That is the order of the character codes of their names. Hidden files do not count.
    """
    given = [videos] if isinstance(videos, (str, PathLike)) else videos
    if not isinstance(given, Sequence) or not given or not all(isinstance(one, (str, PathLike)) for one in given):
        faults.add(BadVideo, "videos must be a folder, a video file, or a list of video files.")
        return []
    paths: list[Path] = []
    for one in given:
        path = Path(one).absolute()
        if path.is_dir():
            inside = [file for file in path.iterdir() if file.suffix.lower() in VIDEO_SUFFIXES and file.name[0] != "."]
            if not inside:
                endings = ", ".join(VIDEO_SUFFIXES)
                faults.add(BadVideo, f"There is no video in the folder {path}. Videos end in {endings}.")
            paths += sorted(inside, key=lambda file: file.name)
        elif path.exists():
            paths.append(path)
        else:
            faults.add(PathMissing, f"There is no video {path}.")
    twice = sorted({str(path) for path in paths if paths.count(path) > 1})
    if twice:
        faults.add(BadVideo, f"Named twice: {', '.join(twice)}. A video may stand on one side of a split only.")
    return paths


def recording_names(paths: Sequence[Path]) -> list[str]:
    """Return the shortest names that tell the videos apart: the stem, the name, or with folders before it."""
    names = [path.stem for path in paths]
    for depth in range(1, max((len(path.parts) for path in paths), default=0) + 1):
        doubled = {name for name in names if names.count(name) > 1}
        if not doubled:
            break
        names = [
            "/".join(path.parts[-depth:]) if name in doubled else name for path, name in zip(paths, names, strict=True)
        ]
    return names


def label_entries(labels: Any, variable: str | None) -> Beside:
    """Return the label vectors that were handed over or that a file holds, each with words for where it is from.

    Raises:
        PathMissing, BadLabels, BadOption: as `read_label_file`, or nothing that could be labels.
    """
    if isinstance(labels, (str, PathLike)):
        found = read_label_file(labels, variable)
        source = f"{found.path.name}: {found.variable}" if found.variable else found.path.name
        if found.form == "one vector for one video":
            return [(source, found.vectors[0])]
        return [(f"{source}{{{number}}}", vector) for number, vector in enumerate(found.vectors, start=1)]
    if variable is not None:
        raise BadOption("LabelVariable (label_variable) names a variable of a label file, but labels are no file.")
    if isinstance(labels, Mapping):
        return dict(labels)
    if arrays.as_texts(labels) is not None or arrays.is_array(labels):
        return [("labels", labels)]
    if isinstance(labels, (list, tuple)) and labels:
        if all(isinstance(item, (bool, int, float)) for item in labels):
            return [("labels", labels)]
        return [(f"labels{{{number}}}", vector) for number, vector in enumerate(labels, start=1)]
    raise BadLabels(
        "labels must be a label file, one vector for one video, a list (in MATLAB a cell) with one vector a video, or "
        f"a dict from video name to vector. It is a {type(labels).__name__}."
    )


def center_entries(centers: Any, n_videos: int, first: int) -> tuple[Beside, int]:
    """Return centres, one entry for all videos or one a video, and what the first pixel is counted as.

    Args:
        centers: None; (x, y); one (x, y) a frame, where there is one video; one (x, y) a video; a list or dict with one
            of these a video; or a file.
        n_videos: how many videos there are.
        first: what the first pixel is counted as, but in a ``.mat`` file, where it is 1.

    Raises:
        PathMissing, BadOption: no such file, or nothing that could be centres.
    """
    if centers is None:
        return [("", None)], first
    if isinstance(centers, (str, PathLike)):
        path = Path(centers)
        found = read_centers_file(path)
        return [(path.name, matrix) for matrix in found], 1 if path.suffix.lower() == ".mat" else 0
    if isinstance(centers, Mapping):
        return {name: center_matrix(value, name) for name, value in centers.items()}, first
    if isinstance(centers, (list, tuple)) and any(_dimensions(item) == 2 for item in centers):
        return [("", center_matrix(value, f"video {number}")) for number, value in enumerate(centers, start=1)], first
    matrix = center_matrix(centers, "all videos")
    if len(matrix) == n_videos:
        return [("", row[np.newaxis]) for row in matrix], first
    return [("", matrix)], first


def _dimensions(value: Any) -> int:
    try:
        return np.ndim(value)
    except ValueError:  # ragged
        return 0


def pair(beside: Beside, paths: Sequence[Path], what: str, faults: Faults) -> list[tuple[str, Any]]:
    """Give each video what belongs to it: by name where names were given, else by order; one centre suits all.

    What is left over on either side is a fault. ``what`` is ``labels`` or ``centres``.
    """
    names = recording_names(paths)
    if isinstance(beside, dict):
        found = [_by_name(beside, path, name, paths) for path, name in zip(paths, names, strict=True)]
        used = {key for key, _ in found if key is not None}
        lacking = [path.name for path, (key, _) in zip(paths, found, strict=True) if key is None]
        left = [str(key) for key in beside if key not in used]
        if lacking:
            faults.add(Unpaired, f"There are no {what} for {_some(lacking)}. Expected the names of the videos.")
        if left:
            faults.add(Unpaired, f"There are {what} for {_some(left)}, but no such video.")
        return [(str(key), value) for key, value in found]
    if what == "centres" and len(beside) == 1 and (beside[0][1] is None or len(beside[0][1]) == 1):
        return beside * len(paths)
    if len(beside) != len(paths):
        shown = _some([path.name for path in paths])
        faults.add(
            Unpaired,
            f"There {'is 1 video' if len(paths) == 1 else f'are {len(paths)} videos'} ({shown}) and {what} for "
            f"{len(beside)}. They are paired in order, so give one a video; videos of a folder are in the order of "
            "MATLAB's dir.",
        )
        return []
    return beside


def _by_name(beside: Mapping[str, Any], path: Path, name: str, paths: Sequence[Path]) -> tuple[str | None, Any]:
    """Return the key of a video and what stands there; a file name counts where only one video bears it."""
    keys = [name, str(path)] + ([path.name] if [one.name for one in paths].count(path.name) == 1 else [])
    key = next((key for key in keys if key in beside), None)
    return key, beside.get(key or "")


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return ", ".join(names[:_MOST_NAMED]) + more
