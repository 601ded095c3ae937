"""TouchTrain: from labelled high-speed video frames to a Keras model, driven from MATLAB or from Python.

Nothing heavy is imported here: each function imports what it needs when it is called, so that ``import pyside``
costs what NumPy costs. (The name has nothing to do with the Qt binding.)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from os import PathLike

    from pyside.evaluation.report import TrainingResult

__version__ = "0.1.0"
__all__ = ["convert_arrays", "inspect", "load_model", "train", "train_arrays"]


def convert_arrays(frames: Any, labels: Any, dataset: str | PathLike[str], **options: Any) -> dict[str, Any]:
    """Write frames and labels from memory as a dataset folder.

    Args:
        frames: one array of frames, or a list or tuple with one array a recording. Order of the axes as
            `frame_order` says; uint8, or uint16, bool, or floats with a `pixel_range`.
        labels: one label a frame, or one vector a recording: class indices, 0/1, class names; -1 or NaN
            leaves a frame out.
        dataset: the folder to write. A dataset that is there already is replaced once the new one is complete.
        **options: `class_names`, `label_values`, `recordings`, `frame_order`, `pixel_range`: see
            `pyside.settings.ConvertSettings`.

    Returns:
        What was written: recordings, frames, frames of each class, label mapping, warnings.

    Raises:
        TouchTrainError: naming all that is wrong with the input, before anything is written.
    """
    from pyside.data.from_arrays import convert_arrays as convert

    return convert(frames, labels, dataset, **options)


def train(
    dataset: str | PathLike[str],
    model_path: str | PathLike[str],
    *,
    isolated: bool | None = None,
    job_folder: str | PathLike[str] | None = None,
    **settings: Any,
) -> TrainingResult:
    """Train a model on a dataset folder and save it as ``.h5``.

    Args:
        dataset: a dataset folder, as `convert_arrays` writes it.
        model_path: where the model goes; ``name`` and ``name.h5`` both give ``name.h5``.
        isolated: True trains in a process of its own, False in this one. Default: a process of its own
            inside MATLAB or Octave, else this one.
        job_folder: where the job keeps its files, if there is one. Default: beside the model.
        **settings: `epochs`, `batch_size`, `learning_rate` and more: see `pyside.settings.TrainSettings`.

    Returns:
        History, model path, metrics and report. Ctrl-C ends a training gently: the best weights so far are
        evaluated and saved.

    Raises:
        TouchTrainError: what is wrong with dataset, path or settings, before any long work.
    """
    from pyside.jobs import job

    if isolated is None:
        isolated = job.inside_host()
    if isolated:
        return job.wait(job.start_training(dataset, model_path, settings, job_folder))
    return job.train_here(dataset, model_path, settings)


def train_arrays(
    frames: Any, labels: Any, model_path: str | PathLike[str], *, isolated: bool | None = None, **options: Any
) -> TrainingResult:
    """Train on frames and labels from memory: `convert_arrays` and `train` in one call, for small sets.

    Args:
        frames: as in `convert_arrays`.
        labels: as in `convert_arrays`.
        model_path: as in `train`.
        isolated: as in `train`.
        **options: those of `convert_arrays` and of `train`.

    Returns:
        As `train`.

    Raises:
        TouchTrainError: as `convert_arrays` and `train`.
    """
    import tempfile
    from pathlib import Path

    from pyside.settings import ConvertSettings, TrainSettings, part_options

    converting, training = part_options(options, ConvertSettings, TrainSettings)
    TrainSettings.from_options(training)
    with tempfile.TemporaryDirectory(prefix="touchtrain-") as folder:
        convert_arrays(frames, labels, Path(folder) / "dataset", **converting)
        return train(Path(folder) / "dataset", model_path, isolated=isolated, **training)


def inspect(path: str | PathLike[str]) -> dict[str, Any]:
    """Tell what a dataset folder, a model file or a job folder holds.

    Args:
        path: a dataset folder, an ``.h5`` model, or the folder of a job.

    Returns:
        A plain dict; ``kind`` says which of them it is.

    Raises:
        PathMissing: nothing is there.
        BadDataset, BadModel: it is damaged, half-written, or none of them.
    """
    from pyside.jobs import job

    return job.inspect(path)


def load_model(path: str | PathLike[str]) -> Any:
    """Load a model, ready to predict.

    Args:
        path: an ``.h5`` file written by `train`.

    Returns:
        A Keras model that takes float frames in [0, 1], shape (n, height, width, channels), and gives the
        probability of each class, shape (n, classes).

    Raises:
        PathMissing, BadModel: no such file, or one that is not understood.
    """
    from pyside.training.model_files import load_model as load

    return load(path)
