"""What a job can do: train, or convert videos, class folders or NumPy files. A request in, a record out.

A request is plain values, so that it can be written into a job's folder; what came from memory (labels, centres) is
in its ``inputs``. Requests are checked with NumPy alone, in MATLAB's own Python; they are done in the job's Python.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from os import PathLike
from pathlib import Path
from typing import Any

from pyside.bridge import arrays
from pyside.data.dataset import check_target, open_dataset
from pyside.errors import BadLabels, BadOption, Faults, NotWritable, PathMissing, TouchTrainError
from pyside.settings import FolderSettings, NumpySettings, Settings, TrainSettings, VideoSettings

Request = dict[str, Any]
Progress = Callable[[dict[str, Any]], None]
CONVERSIONS: dict[str, type[Settings]] = {
    "videos": VideoSettings,
    "folders": FolderSettings,
    "numpy": NumpySettings,
}


def training(dataset: str | PathLike[str], model_path: str | PathLike[str], options: Mapping[str, Any]) -> Request:
    """Return the request for a training; all that is wrong with the three is told at once.

    Raises:
        TouchTrainError: what is wrong with dataset, path or options.
    """
    from pyside.training import fit, model_files

    faults = Faults()
    target = model_files.with_suffix(model_path).absolute()
    settings = opened = None
    with faults.noting():
        settings = TrainSettings.from_options(options)
    with faults.noting():
        opened = open_dataset(dataset)
    with faults.noting():
        if opened is None:
            model_files.check_target(target)
        else:
            fit.check(opened, target, settings or TrainSettings())
    faults.raise_any()
    assert settings is not None
    return {
        "command": "train",
        "dataset": str(Path(dataset).absolute()),
        "model_path": str(target),
        "settings": settings.as_dict(),
    }


def conversion(
    kind: str,
    source: Any,
    labels: Any,
    dataset: str | PathLike[str],
    options: Mapping[str, Any],
    first: int = 0,
) -> Request:
    """Return the request for a conversion; what can be known without reading the source is checked.

    Args:
        kind: one of `CONVERSIONS`.
        source: folder or file, or a list of files.
        labels: of videos: a label file, vectors, or a dict of vectors; else None.
        dataset: the folder to write.
        options: settings of that conversion, in Python's spelling.
        first: what the first pixel is counted as in centres, and the first frame in messages: 0, or 1 for MATLAB.

    Raises:
        TouchTrainError: all that is wrong with paths and options.
    """
    faults = Faults()
    target = Path(dataset).absolute()
    paths = [source] if isinstance(source, (str, PathLike)) else list(source)
    for path in paths:
        if not Path(path).exists():
            faults.add(PathMissing, f"There is no file or folder {Path(path).absolute()}.")
        elif kind == "folders" and target.is_relative_to(Path(path).absolute()):
            text = f"The dataset {target} would lie inside the folder of the classes. Choose a place outside {path}."
            faults.add(NotWritable, text)
    if isinstance(labels, (str, PathLike)) and not Path(labels).is_file():
        faults.add(PathMissing, f"There is no label file {Path(labels).absolute()}.")
    settings: Settings | None = None
    with faults.noting():
        settings = CONVERSIONS[kind].from_options(options)
    with faults.noting():
        check_target(target)
    faults.raise_any()
    assert settings is not None
    given = settings.as_dict()
    inputs = {"labels": _plain(labels, "labels", BadLabels)}
    if "centers" in given:
        inputs["centers"] = _plain(given.pop("centers"), "Centers", BadOption)
    absolute = [str(Path(path).absolute()) for path in paths]
    return {
        "command": f"convert {kind}",
        "source": absolute[0] if isinstance(source, (str, PathLike)) else absolute,
        "dataset": str(target),
        "first": first,
        "settings": given,
        "inputs": inputs,
    }


def _plain(value: Any, what: str, error: type[TouchTrainError]) -> Any:
    """Turn what came from memory into texts, numbers, lists and dicts; a path becomes absolute."""
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, (str, PathLike)):
        return str(Path(value).absolute())
    if isinstance(value, Mapping):
        return {str(name): _plain(item, f"{what} of {name}", error) for name, item in value.items()}
    if (texts := arrays.as_texts(value)) is not None:
        return texts
    items = arrays.as_cell(value)
    if items is None and isinstance(value, (list, tuple)):
        items = list(value)
    if items is None:
        return arrays.to_numpy(value, what, error).tolist()
    return [_plain(item, f"{what} {{{number}}}", error) for number, item in enumerate(items, start=1)]


def run(
    request: Request, progress: Progress, should_stop: Callable[[], bool], folder: Path | None = None
) -> dict[str, Any]:
    """Do what a request says, in this process.

    Args:
        request: as `training` or `conversion` returned it.
        progress: called with records at most some five times a second. ``said`` in one is lines for the person;
            ``milestone`` marks those that belong in a log.
        should_stop: asked every now and then; True ends it gently.
        folder: of the job, where a training keeps its checkpoint; without one it keeps none.

    Returns:
        What came of it, as plain values: of a training what `TrainingResult` holds, of a conversion the report.

    Raises:
        TouchTrainError: what went wrong.
    """
    if request["command"] == "train":
        from pyside.training.fit import train

        settings = TrainSettings.from_options(request["settings"])
        dataset = open_dataset(request["dataset"])
        checkpoint = folder / "checkpoint.npz" if folder else None
        result = train(dataset, Path(request["model_path"]), settings, progress, should_stop, checkpoint)
        return dataclasses.asdict(result)
    kind = request["command"].removeprefix("convert ")
    source, target, options = request["source"], request["dataset"], request["settings"]
    if kind == "videos":
        from pyside.data.from_videos import convert_videos

        inputs = request["inputs"]
        options = {**options, "centers": inputs["centers"]}
        labels = inputs["labels"]
        return convert_videos(source, labels, target, options, request["first"], progress, should_stop)
    if kind == "folders":
        from pyside.data.from_folders import convert_folders

        return convert_folders(source, target, options, progress, should_stop)
    from pyside.data.from_numpy import convert_numpy

    return convert_numpy(source, target, options, progress, should_stop)


def made_by(request: Request) -> str:
    """Return the path of what a request makes: a model, or a dataset."""
    return str(request["model_path"] if request["command"] == "train" else request["dataset"])
