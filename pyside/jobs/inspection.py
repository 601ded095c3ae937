"""What a path holds, whatever it is: a dataset folder, a model, a label file, a video or a job."""

from __future__ import annotations

import os
from os import PathLike
from pathlib import Path
from typing import Any

from pyside.data.dataset import DESCRIPTION, open_dataset, unfinished
from pyside.errors import BadModel, BadOption, PathMissing, of_system
from pyside.jobs import interpreter, job
from pyside.jobs.interpreter import inside_host

_OF_LABELS = (".mat", ".npy", ".csv", ".tsv", ".txt")


def inspect(path: str | PathLike[str], label_variable: str | None = None) -> dict[str, Any]:
    """Tell what a path holds; `pyside.inspect` is documented there."""
    try:
        return _inspect(Path(path).absolute(), label_variable)
    except OSError as error:
        raise of_system(error) from error


def _inspect(path: Path, label_variable: str | None) -> dict[str, Any]:
    if label_variable is not None and path.exists() and path.suffix.lower() not in _OF_LABELS:
        raise BadOption(f"LabelVariable (label_variable) names a variable of a label file, and {path} is none.")
    if path.is_dir() and os.path.lexists(path / "settings.json") and not (path / DESCRIPTION).is_file():
        return {"kind": "job", "path": str(path), **job.status(path)}
    if path.is_file():
        if inside_host():
            answer: dict[str, Any] = interpreter.ask(
                "inspect", str(path), *(["--label-variable", label_variable] if label_variable else [])
            )
            return answer
        return _describe_file(path, label_variable)
    if not path.exists() and not unfinished(path).exists():
        raise PathMissing(f"There is no file or folder {path}.")
    return open_dataset(path).summary()


def _describe_file(path: Path, label_variable: str | None) -> dict[str, Any]:
    suffix = path.suffix.lower()
    if suffix in _OF_LABELS:
        from pyside.data.label_files import describe_label_file

        return describe_label_file(path, label_variable)
    if suffix in (".h5", ".hdf5", ".keras"):
        from pyside.training.model_files import describe_model

        return describe_model(path)
    from pyside.data.video import VIDEO_SUFFIXES, describe_video

    if suffix not in VIDEO_SUFFIXES:
        endings = ", ".join((".h5", ".keras", ".mat", ".npy", ".csv", *VIDEO_SUFFIXES))
        raise BadModel(f"{path} is no model, label file or video: their names end in {endings}.")
    return describe_video(path)
