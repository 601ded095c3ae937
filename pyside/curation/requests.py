"""Requests to mark videos: made with NumPy alone, in MATLAB's own Python, and run in the Python for jobs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from os import PathLike
from pathlib import Path
from typing import Any

from pyside.aliases import Progress, Record
from pyside.curation.marking.session import check_output, default_output
from pyside.data.formats import host_arrays
from pyside.errors import BadLabels, BadOption, Faults, PathMissing
from pyside.models import files
from pyside.settings.core import naming_files
from pyside.settings.curation import CurateSettings
from pyside.system import locks
from pyside.system.paths import is_there

_FROM_MEMORY = {"labels": BadLabels, "centers": BadOption, "frame_values": BadOption}  # or names of files


def curation(
    model_path: str | PathLike[str],
    source: Any,
    output: str | PathLike[str] | None,
    options: Mapping[str, Any],
    first: int = 0,
) -> Record:
    """Return the request to mark videos; everything that can be checked without reading model and videos is.

    Args:
        model_path: the model file.
        source: a folder of videos, a video, or a list of videos.
        output: the folder of the session; None or "" for one beside the folder of the videos.
        options: settings of `curate`, in Python's spelling.
        first: number of the first pixel in centres and of the first frame in messages: 0, or 1 for MATLAB.

    Raises:
        TouchTrainError: all faults in paths and options.
    """
    faults = Faults()
    settings: CurateSettings | None = None
    with faults.noting():
        settings = CurateSettings.from_options(options)
    with faults.noting():
        files.form(model_path)
    paths = [source] if isinstance(source, (str, PathLike)) else list(source)
    if not paths:
        faults.add(PathMissing, "There are no videos. Give a folder of videos, a video, or a list of videos.")
    for path in paths:
        if not is_there(path):
            faults.add(PathMissing, f"There is no file or folder {Path(path).absolute()}.")
    target = None
    with faults.noting():
        target = Path(output).absolute() if output else default_output(paths)
        if not (settings is not None and settings.check):
            check_output(target)
            locks.check_free(target)
    faults.raise_any()
    assert settings is not None and target is not None
    given = settings.as_dict()
    inputs = {name: host_arrays.in_memory(given.pop(name), name, error) for name, error in _FROM_MEMORY.items()}
    for name in naming_files(CurateSettings) - inputs.keys():
        given[name] = str(Path(given[name]).absolute()) if given[name] else given[name]
    absolute = [str(Path(path).absolute()) for path in paths]
    return {
        "command": "curate",
        "model_path": str(Path(model_path).absolute()),
        "source": absolute[0] if isinstance(source, (str, PathLike)) else absolute,
        "output": str(target),
        "first": first,
        "settings": given,
        "inputs": inputs,
    }


def curate(request: Record, progress: Progress, should_stop: Callable[[], bool], folder: Path | None) -> Record:
    """Mark videos: run a request of `curation`."""
    from pyside.curation.marking.curate import curate

    options = {**request["settings"], **request["inputs"]}
    model, source, output = request["model_path"], request["source"], request["output"]
    return curate(model, source, output, options, request["first"], progress, should_stop)
