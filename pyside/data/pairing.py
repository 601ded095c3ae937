"""Which labels and centres belong to which video: by name where there are names, else in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

from pyside.bridge import arrays
from pyside.data.label_files import read_label_file
from pyside.data.sources import recording_names
from pyside.errors import BadLabels, BadOption, Faults, Unpaired

Beside = list[tuple[str, Any]] | dict[str, Any]  # what stands beside the videos: (where it is from, value), or by name
_MOST_NAMED = 5


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
