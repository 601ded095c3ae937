"""TouchTrain: from labelled high-speed video frames to a Keras model, driven from MATLAB or from Python.

Nothing heavy is imported here: each function imports what it needs when it is called, so ``import pyside`` takes no
longer than ``import numpy``. (The name has nothing to do with the Qt binding.)

Frames and pixels are counted from 0, in options and results; the functions in MATLAB count from 1. Names of options are
written in full; the functions in MATLAB and the command line take a unique beginning, too.
"""

from __future__ import annotations

import os
import sys

# `python -m` puts the current folder first, where a file of the user's may shadow a module that is needed.
if sys.argv[:1] == ["-m"] and sys.path and not getattr(sys.flags, "safe_path", False):
    try:
        _first, _here = os.path.realpath(sys.path[0]), os.path.realpath(os.curdir)
        if _first == _here != os.path.dirname(os.path.dirname(os.path.realpath(__file__))):
            del sys.path[0]
    except OSError:  # the current folder no longer exists
        pass

# This file must be readable for older Pythons, which MATLAB may have loaded.
if sys.version_info < (3, 10):  # noqa: UP036
    _form = "TouchTrain:PythonNotFound: TouchTrain requires Python 3.10 or later. This is Python {}.{} ({})."
    raise ImportError(_form.format(sys.version_info[0], sys.version_info[1], sys.executable))

# MATLAB reads the type hints of functions, so their names are imported for real.
from os import PathLike  # noqa: E402
from typing import Any  # noqa: E402

from pyside.curation.in_memory.prediction import Prediction  # noqa: E402
from pyside.evaluation.result import TrainingResult  # noqa: E402
from pyside.training.tuning.result import TuningResult  # noqa: E402
from pyside.version import __version__  # noqa: E402

__all__ = [
    "__version__",
    "add_corrections",
    "attach",
    "cancel",
    "compare",
    "convert_arrays",
    "convert_folders",
    "convert_numpy",
    "convert_tfrecords",
    "convert_videos",
    "corrected",
    "curate",
    "describe",
    "export_tfrecords",
    "inspect",
    "list_jobs",
    "load_model",
    "predict",
    "preview_augmentation",
    "preview_region",
    "redecide",
    "resume",
    "review",
    "stop",
    "train",
    "train_arrays",
    "train_on_cloud",
    "tune",
    "unlock",
    "verify",
    "write_contacts",
]


def convert_arrays(frames: Any, labels: Any, dataset: str | PathLike[str], **options: Any) -> dict[str, Any]:
    """Write frames and labels from memory as a dataset folder.

    Args:
        frames: one array of frames, or a list or tuple with one array per recording. `frame_order` gives the order of
            the axes; uint8, or uint16, bool, or floats with a `pixel_range`. A list of single images is one recording,
            unless `recordings` gives a name or number for each image.
        labels: one label per frame, or one vector per recording: class indices from 0, 0/1, or class names; -1, NaN,
            None or an empty text leaves a frame out.
        dataset: the folder to write. An existing dataset is replaced once the new one is complete.
        **options: `class_names`, `label_values`, `recordings`, `frame_order`, `pixel_range`, `contrast`,
            `grey`: see `pyside.settings.ArraySettings`.

    Returns:
        What was written: recordings, frames, frames of each class, label mapping, warnings; ``label_table`` has for
        each label its class and its frames.

    Raises:
        TouchTrainError: everything that is wrong with the input, before anything is written.
    """
    from pyside.data.conversion.from_arrays import convert_arrays as convert

    return convert(frames, labels, dataset, **options)


def convert_videos(
    videos: str | PathLike[str] | list[str | PathLike[str]],
    labels: Any,
    dataset: str | PathLike[str],
    *,
    isolated: bool | None = None,
    job_folder: str | PathLike[str] | None = None,
    **options: Any,
) -> dict[str, Any]:
    """Write videos and their labels as a dataset folder: a region around a centre in each frame, or whole frames.

    Args:
        videos: a folder (its videos are sorted by the character codes of their names, as by MATLAB's ``dir``, or with
            `pairing` ``natural`` by the numbers in them), one file, or a list of files: mp4, avi and other formats of
            FFmpeg, TIFF stacks, and folders of numbered images.
        labels: a label file (``.mat``, ``.npy``, ``.csv``, ``.h5``, ``.nwb``; the forms are listed in
            `pyside.data.labels.files`), an array for one video, a list with one array per video, or a dict from video
            name to array. One label per frame: class indices from 0, 0/1, or class names; -1, NaN, None or an empty
            text leaves a frame out. A list is paired in the order of the videos; if a folder has two usual ones
            (trial10 before trial2, or after), `pairing` must say which: ``order`` is that of ``dir``, ``natural`` that
            of the numbers.
        dataset: the folder to write. An existing dataset is replaced once the new one is complete.
        isolated: as in `train`.
        job_folder: as in `train`. Default: beside the dataset.
        **options: `pyside.settings.VideoSettings` lists them all. Centres are (x, y) in pixels counted from 0 (in a
            ``.mat`` file from 1): one centre, one per frame as (n, 2), a list with one of these per video, a dict by
            video name, or a file (``.mat``, ``.npy``, ``.bar``). `frame_span` is counted from 0, both ends included.
            With `check` nothing is written, and faults are returned instead of raised.

    Returns:
        What was written, ``pairs`` (which labels each video was paired with), ``label_table`` (the class and the frames
        of each label), and what was left out and why; with `check`, what would be written:
        `pyside.data.conversion.preflight.Preflight.report`. Frames are uint8 grey, 0 to 255.

    Raises:
        TouchTrainError: everything that is wrong with videos, labels and centres, before anything is written.
        Interrupted: it was stopped. The same call continues where it stopped, also after a damaged video.
    """
    return _do("convert videos", options, isolated, job_folder, source=videos, labels=labels, dataset=dataset)


def convert_folders(
    root: str | PathLike[str],
    dataset: str | PathLike[str],
    *,
    isolated: bool | None = None,
    job_folder: str | PathLike[str] | None = None,
    **options: Any,
) -> dict[str, Any]:
    """Write a folder that has one sub-folder of images per class as a dataset folder.

    Args:
        root: the folder; the names of its sub-folders are the class names. Images in a folder within a class folder
            stay on one side of a split, if a class has several such folders.
        dataset: as in `convert_videos`.
        isolated: as in `train`.
        job_folder: as in `convert_videos`.
        **options: `class_names`, `image_size`, `color`, `group_pattern` and more: see
            `pyside.settings.FolderSettings`.

    Returns:
        What was written: images of each class, warnings.

    Raises:
        TouchTrainError: everything that is wrong, before anything is written.
    """
    return _do("convert folders", options, isolated, job_folder, source=root, dataset=dataset)


def convert_numpy(
    folder: str | PathLike[str],
    dataset: str | PathLike[str],
    *,
    isolated: bool | None = None,
    job_folder: str | PathLike[str] | None = None,
    **options: Any,
) -> dict[str, Any]:
    """Write NumPy files as a dataset folder.

    Args:
        folder: a folder with ``frames.npy`` and ``labels.npy``, or with legacy pairs ``Train_Data_*.npy`` and
            ``Train_Labels_*.npy``, ``Valid_Data_*.npy`` and ``Valid_Labels_*.npy``; or an ``.npz`` or ``.h5`` file
            with named arrays, or a folder with such files.
        dataset: as in `convert_videos`.
        isolated: as in `train`.
        job_folder: as in `convert_videos`.
        **options: `class_names`, `label_values`, `frame_order`, `pixel_range` and more: see
            `pyside.settings.NumpySettings`. Frames of a type without a range, such as float64, need a `pixel_range`,
            unless all of them are whole numbers up to 255, the largest at least 2: then 255 is white.

    Returns:
        What was written.

    Raises:
        TouchTrainError: everything that is wrong, before anything is written.
    """
    return _do("convert numpy", options, isolated, job_folder, source=folder, dataset=dataset)


def convert_tfrecords(
    files: str | PathLike[str] | list[str | PathLike[str]],
    dataset: str | PathLike[str],
    *,
    isolated: bool | None = None,
    job_folder: str | PathLike[str] | None = None,
    **options: Any,
) -> dict[str, Any]:
    """Write TFRecord files as a dataset folder.

    Args:
        files: a file, a list of files, or a folder with ``.tfrecord`` files, written by `export_tfrecords` or by the
            older tool.
        dataset: as in `convert_videos`.
        isolated: as in `train`.
        job_folder: as in `convert_videos`.
        **options: see `pyside.settings.TfrecordSettings`.

    Returns:
        What was written.

    Raises:
        TouchTrainError: everything that is wrong, before anything is written.
    """
    return _do("convert tfrecords", options, isolated, job_folder, source=files, dataset=dataset)


def export_tfrecords(
    dataset: str | PathLike[str],
    folder: str | PathLike[str],
    *,
    isolated: bool | None = None,
    job_folder: str | PathLike[str] | None = None,
    **options: Any,
) -> dict[str, Any]:
    """Write a dataset folder as TFRecord files, one Example per frame.

    Args:
        dataset: a dataset folder.
        folder: the folder for the files; it is made if it does not exist.
        isolated: as in `train`.
        job_folder: as in `train`. Default: beside the folder.
        **options: `shard_frames`, `name`: see `pyside.settings.ExportSettings`.

    Returns:
        The files that were written, and how many frames they hold.

    Raises:
        TouchTrainError: `dataset` is no dataset, or the folder cannot be written.
    """
    return _do("export tfrecords", options, isolated, job_folder, dataset=dataset, folder=folder)


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
        model_path: the model file to write; ``name`` and ``name.h5`` both give ``name.h5``.
        isolated: True trains in a separate process, a job; False trains in this process. Default: a separate process
            inside MATLAB or Octave, else this one.
        job_folder: the folder for the files of the job. Default: beside the model.
        **settings: `epochs`, `batch_size`, `learning_rate` and more: see `pyside.settings.TrainSettings`.

    Returns:
        History, model path, metrics, verdict and report. Ctrl-C stops a training gently: the best weights so far are
        evaluated and saved.

    Raises:
        TouchTrainError: everything that is wrong with dataset, path or settings, before any long work.
    """
    record = _do("train", settings, isolated, job_folder, dataset=dataset, model_path=model_path)
    return TrainingResult.from_record(record)


def train_on_cloud(
    dataset: str | PathLike[str],
    model_path: str | PathLike[str],
    *,
    job_folder: str | PathLike[str] | None = None,
    **settings: Any,
) -> TrainingResult:
    """Train on Vertex AI of Google Cloud: send the dataset, train there with the same code, fetch the model.

    Args:
        dataset: as in `train`.
        model_path: the model file to write on this computer.
        job_folder: as in `train`; there is always a job here, which watches the training.
        **settings: those of `train`, and where and on what to train: `project`, `bucket`, `region`, `machine_type`,
            `accelerator`, `spot` and more: see `pyside.settings.CloudSettings`. Google's libraries find the
            credentials in the usual places, for instance after ``gcloud auth application-default login``.

    Returns:
        As `train`. With ``fetch=False`` the model stays in the bucket, and paths in the result are URLs. Ctrl-C stops
        the training in the cloud gently.

    Raises:
        NoCredentials, ProjectNotFound, NoPermission, ApiDisabled, BucketNotFound, NoNetwork: before any long work.
        QuotaExceeded, NoCapacity, NeverStarted: no machine; NoCapacity only after all of `fallback_regions`.
        TouchTrainError: as `train`, and errors of the training in the cloud.
    """
    from pyside.jobs import commands, job

    arguments = {"dataset": dataset, "model_path": model_path}
    request = commands.by_name("cloud submit").request(arguments, settings)
    return TrainingResult.from_record(job.wait(job.start(request, job_folder)))


def tune(
    dataset: str | PathLike[str],
    model_path: str | PathLike[str],
    search: dict[str, Any],
    *,
    trials: int = 20,
    isolated: bool | None = None,
    job_folder: str | PathLike[str] | None = None,
    **settings: Any,
) -> TuningResult:
    """Search for good settings: train with many, and keep the model that does best on the validation side.

    Args:
        dataset: as in `train`.
        model_path: as in `train`. After the first trial it always holds the best model so far.
        search: name of each setting to search to a list of values, or to a range of numbers as a text:
            ``{"learning_rate": "1e-4..1e-2", "augment": ["legacy", "standard"]}``. A range that starts above 0 and
            ends at ten times its start or more is searched on a logarithmic scale. Settings that are whole numbers
            get whole numbers.
        trials: number of trainings.
        isolated: as in `train`.
        job_folder: as in `train`.
        **settings: the settings of `train` that are not searched. `monitor` is the figure that trials are compared
            by. The first trial uses the current settings, if the search includes them.

    Returns:
        The trials, the best settings, the training that made the model, and how much each setting mattered. Ctrl-C
        stops a search gently, with the best model so far. The same call continues an interrupted search without
        repeating finished trials; these are kept beside the model, in ``name.search.json``.

    Raises:
        TouchTrainError: everything that is wrong with dataset, path, search and settings, before any long work.
    """
    options = {**settings, "trials": trials}
    record = _do("tune", options, isolated, job_folder, dataset=dataset, model_path=model_path, search=search)
    return TuningResult.from_record(record)


def describe(
    model_path: str | PathLike[str],
    output: str | PathLike[str],
    *,
    isolated: bool | None = None,
    **facts: Any,
) -> dict[str, Any]:
    """Write facts that a model file does not hold into a checked copy of it, so that `curate` can use it.

    The network of the copy is that of the model, to the byte. What the file says already need not be said again, and
    what contradicts it is an error. A model of Keras alone needs `class_names`, `input_range` (unless its first layer
    scales the frames) and `roi`, or `center_kind` ``none`` for the whole frame.

    Args:
        model_path: an ``.h5`` or ``.keras`` file. It is not changed.
        output: the copy, in the same format. An earlier copy of this name is replaced, no other file.
        isolated: as in `train`.
        **facts: `pyside.settings.DescribeSettings` lists them: `class_names` in the order of the outputs (one sigmoid
            output is the probability of the second), `input_range`, `roi`, `center_kind`, `centers` (x, y) in pixels
            from 0, `template`, `image_size`, `out_of_frame`, `contrast`, `grey`, `pixel_range`, `frame_size`,
            `context_frames`, `threshold`, `min_duration`, `frame_rate`.

    Returns:
        ``kind`` ("description"), ``path`` of the copy, ``model``, ``facts`` (all that the copy says, as texts by name)
        and ``warnings``.

    Raises:
        BadOption: facts are missing, contradict each other, or contradict the file; all of them at once.
        BadModel: the file cannot be interpreted, or its outputs are no probabilities (logits, if the loss in the file
            does not say so).
        ModelNotSaved: the copy does not predict the same as the model, to 1e-5.
        NotWritable, DiskFull: it could not be written.

    Example:
        ``pyside.describe("old.h5", "new.h5", class_names=["NonTouch", "Touch"], input_range=(0, 1), roi=61)``
    """
    return _do("describe", facts, isolated, None, model_path=model_path, output=output)


def preview_augmentation(
    dataset: str | PathLike[str], path: str | PathLike[str], *, isolated: bool | None = None, **options: Any
) -> dict[str, Any]:
    """Write a picture of frames as a training sees them: one row per frame, first unchanged, then augmented.

    Args:
        dataset: a dataset folder.
        path: the picture to write, a ``.png``.
        isolated: as in `train`.
        **options: `augment`, `examples`, `variants`, `seed`: see `pyside.settings.PreviewSettings`.

    Returns:
        ``path``, ``rows``, ``augment``.

    Raises:
        TouchTrainError: everything that is wrong with dataset, path or options.
    """
    return _do("preview", options, isolated, None, dataset=dataset, path=path)


def preview_region(
    videos: str | PathLike[str] | list[str | PathLike[str]],
    path: str | PathLike[str] | None = None,
    *,
    isolated: bool | None = None,
    **options: Any,
) -> dict[str, Any]:
    """Write a picture of where the ROI lies: a frame of each of a few videos, with the box drawn on it.

    With an object to search for (`template`, or that of the model), a chart shows how well it is found in frames from
    all over the video.

    Args:
        videos: as in `convert_videos`. They are only read.
        path: the picture to write, a ``.png``. Default: ``region.png`` in the current folder.
        isolated: as in `train`.
        **options: where to look, as in `curate` (`centers`, `roi`, `template` and others); `model`, the model whose own
            way is shown; `frame`, its number from 0; `examples`, the number of videos: see
            `pyside.settings.RegionSettings`. Without a model, options are as in `convert_videos`.

    Returns:
        ``path``; ``videos`` (number of all); ``warnings``; ``rows``, one per video that is shown: ``recording``,
        ``video``, ``fault``, ``frame``, ``box`` (first column and row from 0, width, height; None if there is none),
        ``score`` (correlation of the object, or None), ``scores`` in the frames ``scored``, and the place of the frame
        in the picture: ``left``, ``top``, ``scale``, ``width``, ``height``.

    Raises:
        TouchTrainError: everything that is wrong with videos, model and options.
    """
    return _do("preview-region", options, isolated, None, source=videos, path=path)


def train_arrays(
    frames: Any, labels: Any, model_path: str | PathLike[str], *, isolated: bool | None = None, **options: Any
) -> TrainingResult:
    """Train on frames and labels from memory: `convert_arrays` and `train` in one call, for small data.

    Args:
        frames: as in `convert_arrays`.
        labels: as in `convert_arrays`.
        model_path: as in `train`.
        isolated: as in `train`.
        **options: those of `convert_arrays` and of `train`.

    Returns:
        As `train`, with the warnings of both.

    Raises:
        TouchTrainError: as `convert_arrays` and `train`.
    """
    import dataclasses
    import tempfile
    from pathlib import Path

    from pyside.settings.conversion import ArraySettings
    from pyside.settings.core import part_options
    from pyside.settings.training import TrainSettings

    converting, training = part_options(options, ArraySettings, TrainSettings)
    TrainSettings.from_options(training)
    where = Path(model_path).absolute().parent if training.get("scheduler") else None  # which workers see
    with tempfile.TemporaryDirectory(prefix="touchtrain-", dir=where, ignore_cleanup_errors=True) as folder:
        converted = convert_arrays(frames, labels, Path(folder) / "dataset", **converting)
        result = train(Path(folder) / "dataset", model_path, isolated=isolated, **training)
    warnings = [*converted["warnings"], *result.report["warnings"]]
    return dataclasses.replace(result, report={**result.report, "warnings": warnings})


def curate(
    model_path: str | PathLike[str],
    videos: str | PathLike[str] | list[str | PathLike[str]],
    output: str | PathLike[str] | None = None,
    *,
    isolated: bool | None = None,
    job_folder: str | PathLike[str] | None = None,
    **options: Any,
) -> dict[str, Any]:
    """Mark videos with a trained model: a label, the probability of each class, and a reason, for every frame.

    A frame that cannot be a touch (`exclude_above`, `no_center` and others) is of the class without touch, with
    probability 0 for the event. A frame that could not be looked at (no centre, damaged) has label -1 and probability
    NaN. At the threshold, a frame is a touch.

    Args:
        model_path: a model that `train` wrote, or a copy of an older one by `describe`.
        videos: as in `convert_videos`. They are only read.
        output: folder of the session, new, empty or of an earlier session with this model. Then videos are not marked
            again if they, the model and the settings have not changed; with another decision or further formats, only
            the results are written anew. A result that a person changed is kept as it is. Default: beside the folder
            of the videos, with ``_curated`` after its name.
        isolated: as in `train`.
        job_folder: as in `train`. Default: beside the session.
        **options: `pyside.settings.CurateSettings` lists them all. Without them, all is as in the training. With
            `contact_array`, once all is marked, a copy of that contact array is written beside the session, with
            ``_contacts.mat`` after its name, as `write_contacts` does. The same call again, and `redecide`, make it
            anew, unless a person has changed it.

    Returns:
        ``path`` of the session, ``videos`` (their number), ``done``, ``kept`` (of these, those finished before),
        ``failed``, ``failures`` (``name``, ``video``, ``why`` of each), ``frames``, ``looked_at``, ``left_out``,
        ``touches``, ``frames_per_second``, ``warnings``, ``stopped``, ``well`` (nothing failed), and ``contacts`` (what
        `write_contacts` returns of the contact array, or None). The folder holds
        ``session.csv`` with a row per video, ``session.json``, a results file per video and format, and
        ``marks/NAME.npz``.

    Raises:
        TouchTrainError: everything that is wrong with model, options and output, before the first frame. A video that
            cannot be marked is no error: it is in ``failures``, and all others are marked.
    """
    return _do("curate", options, isolated, job_folder, model_path=model_path, source=videos, output=output)


def inspect(path: str | PathLike[str], label_variable: str | None = None) -> dict[str, Any]:
    """Describe what a dataset folder, a model, a label file, a video, a session or a job folder holds.

    Args:
        path: a dataset folder, an ``.h5`` model, a label file (``.mat``, ``.npy``, ``.csv``), a video, a TIFF stack, or
            the folder of a session that `curate` wrote, or a job folder.
        label_variable: the variable to read from a label file. Default: the one called labels, else the only one that
            fits.

    Returns:
        A plain dict; ``kind`` is what it is. Of a model, ``facts`` says in words what happens to frames before the
        network sees them; if the file does not say it, ``not_described`` has the call of `describe` that adds it.

    Raises:
        PathMissing: there is nothing at `path`.
        BadDataset, BadModel, BadLabels, BadVideo: it is damaged, half-written, or none of these.
        BadOption: `label_variable` is given for something other than a label file.
    """
    from pyside.diagnostics import inspection

    return inspection.inspect(path, label_variable)


def redecide(
    session: str | PathLike[str],
    output: str | PathLike[str] | None = None,
    *,
    isolated: bool | None = None,
    job_folder: str | PathLike[str] | None = None,
    **options: Any,
) -> dict[str, Any]:
    """Decide anew which frames of a session are touches, from the stored probabilities; no network is needed.

    Labels, touches, results and tables of the session are written anew. A result that a person changed is kept as it
    is, and named in ``changed`` and ``warnings``. If it is interrupted, each recording is whole, with the old or the
    new decision, which the table says; the same call completes it.

    Args:
        session: the folder of a session, as `curate` writes it.
        output: folder for a copy of the session with the new decision, new, empty, or of a session with the same model.
            Default: the session itself is changed.
        isolated: as in `train`.
        job_folder: as in `train`.
        **options: `threshold` (0 to 1; at it and above, a frame is a touch), `min_duration` (of a touch, in frames),
            `frame_rate` (for durations in ms), `formats` (further ones) and `recordings` (names of some): see
            `pyside.settings.RedecideSettings`. Without a value, all is as before.

    Returns:
        What `curate` returns, as far as it applies, about these recordings, and ``touches_before``, ``changed``, and
        ``decision``: ``event_class``, ``threshold``, ``min_duration`` in frames, ``min_duration_ms``; None for what is
        not known, or differs between recordings.

    Raises:
        TouchTrainError: there is no session, or it is damaged; a value is out of range; a recording is not in it; the
            model has more than two classes. All faults at once, before anything is written.
    """
    more = {} if output is None else {"output": output}
    return _do("redecide", {**options, **more}, isolated, job_folder, session=session)


def review(
    session: str | PathLike[str],
    labels: Any = None,
    *,
    isolated: bool | None = None,
    job_folder: str | PathLike[str] | None = None,
    **options: Any,
) -> dict[str, Any]:
    """Look at the touches of a session that may be wrong, and correct them, on a page in the browser of this computer.

    The page shows touches and near-touches, the most doubtful first: some frames around each edge as the model saw
    them, a whole frame, and the probabilities. Each correction is written to ``corrections.jsonl`` in the folder of the
    session at once; what the model said stays. Reviewing again goes on where the last review ended.

    Labels of a person are reviewed in the same way, without a model: very short or long touches, and small gaps between
    touches, come first. Of a dataset, frames are shown as a network sees them, and no whole frames. Corrections go to a
    folder beside that of the dataset or of the videos, or beside a single video, with ``_review`` after its name;
    dataset and label file stay as they are.

    With ``blind=True`` it shows windows of 30 frames, with up to 10 before them, drawn at random with known
    probabilities, without anything that the model says. A person marks each touch, or says that there is none. Once all
    windows have an answer, it says how right the labels of the whole session are. Sample and answers are kept in the
    folder of the session, see `pyside.reviewing.blind.sample`. Answers are no corrections: `corrected` does not use
    them, so that they can judge later models. To train on them all the same, convert the videos with the table
    ``labels`` of the result.

    Args:
        session: the folder of a session, as `curate` writes it; a dataset folder; or a folder of videos, or a video.
        labels: labels of a person for some or all of its recordings, in every form that `compare` takes: where they
            disagree with the model, or with the labels of a dataset, the event comes first. Of videos, these are the
            labels to review.
        isolated: as in `train`.
        job_folder: as in `train`.
        **options: `label_variable`, `browser`, `idle_minutes`, `blind`, `sample` (windows; default 100) and `seed`
            (default 0; the same seed and number of windows go on with the same sample): see
            `pyside.settings.ReviewSettings`.

    Returns:
        After the review: ``kind`` ("review"), ``path``, ``ended`` ("ended" by the person, "idle" or "stopped"),
        ``events``, ``done`` (events that need no further look), ``corrections`` (those of this review) and
        ``warnings``.
        After a blind look, events are windows, corrections are answers, and ``blind`` holds ``sample``, ``answers`` and
        ``labels`` (paths; the last is a table of the answers as labels, "" while windows are left), ``seed``,
        ``windows``, ``left`` (without an answer), ``remarks``, ``summary`` (lines for a person, also shown on the page
        and by the command line) and ``figures``: empty while windows are left, then one record for the labels of the
        ``session``, for these ``corrected`` if they were, and for those ``given`` along if there are some, each with
        ``of``, ``frames``, ``touches``, ``frames_right`` (0 to 1), ``count_errors_per_touch`` and their 95 % intervals,
        ``frames_right_interval`` and ``count_errors_per_touch_interval``: see `pyside.reviewing.blind.estimate`.

    Raises:
        TouchTrainError: there is no session, or it is damaged, or nothing in it is done; the labels do not fit; the
            sample of a blind look is damaged, or no longer stands for the session.
        InUse: somebody else reviews it.
        Interrupted: Ctrl-C; it says what is kept, and after the last window of a blind look, what was found.
    """
    more = {} if labels is None else {"labels": labels}
    return _do("review", {**options, **more}, isolated, job_folder, session=session)


def corrected(
    session: str | PathLike[str],
    output: str | PathLike[str] | None = None,
    *,
    isolated: bool | None = None,
    job_folder: str | PathLike[str] | None = None,
    **options: Any,
) -> dict[str, Any]:
    """Write the labels of a session with the corrections of its reviews.

    For each recording that a person looked at there are ``NAME.csv``, with the columns ``video``, ``frame`` (counted
    from 1), ``label`` and ``origin_of_label`` (machine, confirmed by a person, corrected by a person; given, of labels
    that were reviewed without a model), and ``NAME.mat`` with the same as variables; ``corrected.csv`` is the table of
    all recordings. `convert_videos` takes them as labels of a person. Frames that nobody looked at have the label of
    the model: warnings say how many, here and there.

    With `contact_array`, or "contacts" among the `formats`, the labels of all recordings are also written into a copy
    of that contact array, or into a new one, beside the folder, with ``_contacts`` after its name; see
    `write_contacts`, whose guards hold. The trials of recordings that a person looked at are marked as a person's, so
    that neither a later `write_contacts` nor a conversion takes them for the machine's: ``originOfLabel`` has for each
    sample 0 (machine), 1 (confirmed) or 2 (corrected), ``manualAdd`` and ``manualDel`` hold the touches that only the
    person, or only the machine, found.

    Args:
        session: the folder of a session, or what else was reviewed.
        output: the folder to write: a new or empty one, or that of an earlier call. Default: beside the session, with
            ``_corrected`` after its name.
        isolated: as in `train`.
        job_folder: as in `train`.
        **options: `frames` ("all", or "reviewed": frames that nobody looked at are left out), `formats`,
            `contact_array`, and for this those of `write_contacts`: see `pyside.settings.CorrectedSettings`.

    Returns:
        ``kind`` ("corrected"), ``path`` (the folder), ``table`` (``corrected.csv``; "" without csv), ``session``,
        ``class_names``, ``names`` (of the recordings), ``videos`` (of these), ``files`` (name -> SHA-256), ``frames``,
        ``confirmed`` and ``corrected`` (numbers of frames), ``not_reviewed`` (recordings that nobody looked at),
        ``contacts`` (what `write_contacts` returns of the contact array, or None) and ``warnings``.

    Raises:
        TouchTrainError: there is no session, or nobody has reviewed it; the output holds other files, or one that was
            changed since; the contact array cannot be written, and nothing is then.
    """
    more = {} if output is None else {"output": output}
    return _do("corrected", {**options, **more}, isolated, job_folder, session=session)


def add_corrections(
    dataset: str | PathLike[str],
    session: str | PathLike[str],
    new_dataset: str | PathLike[str],
    *,
    isolated: bool | None = None,
    job_folder: str | PathLike[str] | None = None,
    **options: Any,
) -> dict[str, Any]:
    """Write a dataset with the recordings of a session that a person corrected, beside those of another dataset.

    `train` with the setting `initial_model` goes on with it. The frames of the new recordings are those that the model
    of the session saw, which must be of the size, contrast and grey of the dataset; classes are found by their names.
    ``dataset.json`` says where each comes from. The recordings keep the sides, as the tag ``side``, that the model of
    the session was trained with, so that the old and the new model are judged on the same recordings; new ones are for
    training.

    Args:
        dataset: a dataset folder, as a rule that on which the model of the session was trained. It stays as it is; its
            frames are linked into the new one, or copied.
        session: the folder of a session, as `curate` writes it, after a `review`; or the dataset again, if its own
            labels were reviewed: these recordings get the labels of the review.
        new_dataset: the folder to write. An existing dataset is replaced once the new one is complete.
        isolated: as in `train`.
        job_folder: as in `train`. Default: beside the new dataset.
        **options: `frames` ("reviewed", frames that nobody looked at are left out; or "all"), `on_known` ("error",
            "replace" or "skip": what to do with a video that is in the dataset already; where nobody looked, it keeps
            the labels that a person gave it there) and `keep_sides` (True): see
            `pyside.settings.AdditionSettings`.

    Returns:
        What was written, as from `convert_videos`, with ``session``, ``added``, ``replaced`` and ``skipped`` (names of
        recordings), ``corrections`` (a record for each corrected recording of the dataset: ``recording``, ``session``,
        ``model``, ``confirmed``, ``corrected`` and others), ``confirmed``, ``corrected``, ``machine`` and ``given``
        (numbers of frames by the origin of their label: of a person in the review, of the model, or as they were), and
        ``sides`` (number of recordings by side; empty if they are left to `train`).

    Raises:
        KnownVideo: videos are in the dataset already, and `on_known` does not say what to do.
        TouchTrainError: everything else that is wrong: nobody has reviewed the session, the dataset lacks a class, the
            model saw other frames, a video is gone or has changed; all before anything is written.
        Interrupted: it was stopped. The same call continues where it stopped.
    """
    return _do("add-corrections", options, isolated, job_folder, dataset=dataset, session=session, output=new_dataset)


def write_contacts(
    session: str | PathLike[str],
    contacts: str | PathLike[str] | None = None,
    output: str | PathLike[str] | None = None,
    *,
    isolated: bool | None = None,
    job_folder: str | PathLike[str] | None = None,
    **options: Any,
) -> dict[str, Any]:
    """Write the touches of a session into a copy of a contact array, or into a new one.

    Of a trial that is the machine's to write, these fields are set: ``contactInds`` (a cell of 1x1 with a row of
    frames counted from 1), ``prepross`` (2 where the network looked, 0 where there is surely no touch, -1 where it
    could not look), ``touchConfidence`` (the probability; 0 where it did not look); and, where they stand already,
    ``segmentInds`` (first and last frame of each touch, joined where contacts are up to 4 frames apart),
    ``inferredInds`` and ``contactLength``. Forces that were computed from other contacts are taken out, with a warning.
    All else stays: empty cells, the template, other variables and fields, and their order.

    A trial is the machine's if nobody noted an edit in it (manualAdd, manualDel, passiveTouch, uncuratable, or
    originOfLabel, see `corrected`), and nothing in it was judged yet, or its contactInds follow from its
    touchConfidence by a threshold, also if single frames were dropped. All others are left as they are, and listed.

    Args:
        session: the folder of a session, as `curate` writes it.
        contacts: a ``.mat`` file of version 5 or 7 with a contact array; it is not changed. Default: none, a new
            contact array is written: trial n in cell n.
        output: the ``.mat`` file to write, which must not exist. Default: beside the folder of the session, with
            ``_contacts`` after its name.
        isolated: as in `train`.
        job_folder: as in `train`.
        **options: `contact_class` (needed if the model has more than two classes), `overwrite_manual` (numbers of
            trials that are written although they may hold a person's work), `frame_map` (the frame of the video of
            each sample of a trial, counted from 0), `pairing`, `trial_pattern`, `label_variable` and `frame_rate`: see
            `pyside.settings.ContactSettings`.

    Returns:
        ``path``, ``n_trials``, ``written`` (trials that follow the session now), ``changed``, ``left`` (``cell``
        counted from 1, ``trial``, ``recording`` and ``why`` of each other), ``removed``, ``pairing``,
        ``contact_class``, ``warnings``, and what else `pyside.curation.contacts.write.write_contacts` lists.

    Raises:
        OnlyMatlab: only MATLAB can write the file again unchanged: it is of version 7.3, or holds objects, function
            handles, complex numbers or sparse arrays. ``touchtrain.writeContacts`` in MATLAB does so.
        LengthMismatch: a trial is longer than its video, and no frame map says where its samples belong.
        NotWritable: the output exists already.
        TouchTrainError: other faults of session, contact array or options; nothing is written then.
    """
    more = {} if output is None else {"output": output}
    return _do("contacts", {**options, **more}, isolated, job_folder, session=session, contacts=contacts)


def compare(
    predicted: Any,
    reference: Any,
    *,
    isolated: bool | None = None,
    job_folder: str | PathLike[str] | None = None,
    **options: Any,
) -> dict[str, Any]:
    """Compare marks of a model or labels of people with labels, frame by frame and touch by touch.

    Args:
        predicted: the labels to judge: the folder of a session of `curate`, or the marks of one of its recordings
            (``.npz``); a label file or a value from memory in a form of `convert_videos`; a dataset; or a folder with
            one label file for each recording. Several of these are a list of paths, or a dict from name to source:
            then every two sources are compared.
        reference: the labels that count as the truth, such as those of a person, likewise.
        isolated: as in `train`.
        job_folder: as in `train`.
        **options: `output` (a folder for a page, pictures and the figures as JSON), `videos`, `pairing`, `class_names`,
            `label_values`, `frame_rate`, `tags` and more: see `pyside.settings.CompareSettings`.

    Returns:
        ``pairs``: one record for each two sources, with ``predicted`` and ``reference`` (their names), ``frames`` (the
        number compared; only frames with a label from both are), ``equal`` (share), ``kappa`` (Cohen's), ``f1``,
        ``confusion`` (rows are the reference), ``events`` (by class: ``touches``, ``found``, ``missed``, ``ghosts``,
        ``merged``, ``split``, and ``onset_error`` and ``offset_error`` in frames and ms), ``errors_per_touch``; the
        same by recording in ``recordings`` and by tag in ``tags``; ``disagreements``, the worst frames; and ``alone``,
        the recordings that only one of the two has. The figures of the first pair are at the top, too. Further
        ``means``, ``sources`` and ``warnings``. Touches are matched by overlap in time; an error above 0 means that the
        predicted touch begins or ends late.

    Raises:
        TouchTrainError: everything that is wrong with sources and options; Unpaired if no recording has a partner;
            LengthMismatch if the sources have different numbers of frames of a recording.
    """
    return _do("compare", options, isolated, job_folder, predicted=predicted, reference=reference)


def list_jobs(folder: str | PathLike[str] | None = None) -> list[dict[str, Any]]:
    """Return the jobs that this user has started on this computer, or all jobs in a folder, the latest first.

    A job is a separate process: everything that MATLAB starts, and what is started here with ``isolated=True`` or on
    the cloud.

    Args:
        folder: a folder that holds job folders, itself or in its subfolder ``touchtrain-jobs`` or ``jobs``. Default:
            the jobs of the last 30 days, at most 100, wherever their folders are; not those whose folder was removed.

    Returns:
        For each job ``number`` (given once; None if it is not one of those), ``name`` (of what it makes, without its
        folder), ``kind`` (such as ``training``), ``state`` (``waiting``, ``running``, ``stopping``, ``stopped``,
        ``cancelled``, ``done``, ``failed``; ``lost`` if its process was killed; ``unreadable`` if it is damaged),
        ``progress`` (a line; the reason if it failed, empty if it has ended otherwise), ``age`` (seconds since it was
        started, or resumed; None if unknown), ``makes`` (the path), ``folder`` (of the job), ``host`` (another computer
        that runs it, else None) and ``passing`` (whether it makes nothing lasting).

    Raises:
        PathMissing, NotReadable: there is no such folder, or it cannot be read.
    """
    from pyside.jobs.own import at_hand

    return at_hand.jobs(folder)


def stop(job: int | str | PathLike[str] | None = None) -> dict[str, Any]:
    """Ask a job to end gently: a training saves its best model so far, a conversion keeps complete recordings.

    Args:
        job: its number, its name or its folder, as `list_jobs` returns them. Default: the latest that runs on this
            computer.

    Returns:
        ``job``: the job as `list_jobs` returns it, or None if none runs; ``said``: what has happened, and what is kept,
        in lines; ``ended``: True if it had ended before, which is no error.

    Raises:
        BadJob: there is no such job, or several of that name.
        NotWritable, DiskFull: the request cannot be written.
    """
    from pyside.jobs.own import ending

    return ending.stop(job)


def cancel(job: int | str | PathLike[str] | None = None) -> dict[str, Any]:
    """End a job at once, also in the cloud.

    Args:
        job: as in `stop`.

    Returns:
        As `stop`.

    Raises:
        BadJob: as `stop`; or it cannot be ended from here, for example because another computer runs it.
        NoNetwork, NoPermission, CloudError: it could not be cancelled in the cloud, so nothing was changed.
    """
    from pyside.jobs.own import ending

    return ending.cancel(job)


def attach(job: int | str | PathLike[str] | None = None) -> TrainingResult | TuningResult | dict[str, Any]:
    """Wait for a job that was started before, and return its result.

    Args:
        job: as in `stop`. Default: the latest that runs, or if none runs, the latest.

    Returns:
        What the function returns that starts such a job, such as `train` or `convert_videos`.

    Raises:
        BadJob: as `stop`; or the job was cancelled.
        Interrupted: Ctrl-C was pressed; the job continues.
        TouchTrainError: the error that ended the job.
    """
    from pyside.jobs.job import wait
    from pyside.jobs.own import ending

    return _result(wait(ending.to_attach(job)["job"]["folder"], leave=True))


def resume(
    job: int | str | PathLike[str] | None = None,
    *,
    trust_code: bool = False,
    devices: int | str | None = None,
    scheduler: str | None = None,
) -> TrainingResult | TuningResult | dict[str, Any]:
    """Resume a job that was cancelled, failed or was killed, in a separate process, and wait for its result.

    A training resumes from its last checkpoint and gives the same result as without the interruption; a conversion or
    curation skips what is complete.

    Args:
        job: as in `stop`. Default: the latest that can be resumed.
        trust_code: whether to run code that is not TouchTrain's, such as a network from a file. It is needed only for a
            job that this user did not start on this computer.
        devices: another number of devices for a training or search, or ``"all"``. Default: as before.
        scheduler: address of the scheduler of another cluster, or ``"none"`` for this computer alone. Default: as
            before.

    Returns:
        As `attach`.

    Raises:
        BadJob: as `stop`; or it runs or has ended well, or would run untrusted code.
        BadOption: `devices` or `scheduler` does not suit the job.
        Interrupted, TouchTrainError: as `attach`.
    """
    from pyside.jobs.job import resume as start_again
    from pyside.jobs.job import wait
    from pyside.jobs.own import ending

    folder = start_again(ending.to_resume(job)["job"]["folder"], trust_code, devices, scheduler)
    return _result(wait(folder, leave=True))


def unlock(path: str | PathLike[str]) -> dict[str, Any]:
    """Release a lock held by a process of another computer, which may have gone away.

    A dataset, model or job folder is locked while it is written. A lock of this computer ends with its process. Whether
    a process of another computer still runs is unknown here, so its lock stays until this is called.

    Args:
        path: a dataset, a model, or a job folder. The job is then lost, and can be resumed.

    Returns:
        What is known of the process: ``host``, ``pid``, ``user``, ``command``, ``job``; None where unknown.

    Raises:
        PathMissing: there is no lock.
        InUse: a process of this computer holds the lock.
        NotWritable: the lock cannot be removed.
    """
    from pathlib import Path

    from pyside.jobs import job
    from pyside.system import locks

    is_job = (Path(path) / "settings.json").is_file()
    found = job.unlock(path) if is_job else locks.unlock(path)
    return {name: found.get(name) for name in ("host", "pid", "user", "command", "job")}


def verify(path: str | PathLike[str], *, isolated: bool | None = None, **options: Any) -> dict[str, Any]:
    """See whether a dataset has changed since it was written, or whether a model computes what it was trained to.

    A dataset is read completely and compared with the hashes recorded when it was written. A model answers the probe
    frames that its file carries, and the answers are compared with those of the training.

    Args:
        path: a dataset folder, a model file, or a SavedModel folder.
        isolated: as in `train`.
        options: for a model, how it computes: ``runtime``, ``backend``, ``execution_environment`` and ``precision``, as
            in `curate`.

    Returns:
        Of a dataset: ``kind`` ("verification"), ``path``, ``well`` (True), and what was checked: ``recordings``,
        ``frames``, ``bytes``; ``without_hash``, the recordings whose frames have no hash to compare with.

        Of a model: ``kind`` ("proof"), ``path``, ``well`` (True), ``proven`` (True, or None if it carries no probes,
        as a SavedModel, a ``.keras`` file, and an ``.h5`` of an earlier version or without ``store_probes``);
        ``probes``, their number, and ``doubtful``, how many of them are nearest the threshold; ``verdict``, a sentence;
        ``summary``, lines of text; ``about_runtime``, what the runtime or the precision ``auto`` found out, or "".
        Then, None without probes: ``runtime``, ``backend`` (None in runtimes other than Keras), ``device``,
        ``precision``, ``bound`` (largest difference of a probability that is allowed), ``difference`` (largest that was
        found), ``beyond`` (number of frames beyond the bound), ``compared`` (number of labels, where the
        probability is further from the threshold than the bound), ``differing`` (of them) and ``weights_kept``
        (whether the weights are those that were saved).

    Raises:
        PathMissing: there is nothing at `path`.
        BadDataset: the dataset is damaged, with everything that is damaged.
        ModelNotProven: the model does not compute what it was trained to, with the figures.
        BadModel: the model cannot be read; or the file is no model.
        BadOption, UnknownOption: an option cannot take its value, or it is given for a dataset.
        ExtraMissing: the runtime is not installed.
    """
    from pyside.errors import ModelNotProven

    record = _do("verify", options, isolated, None, path=path)
    if not record["well"]:
        raise ModelNotProven(record["verdict"])
    return record


def load_model(path: str | PathLike[str]) -> Any:
    """Load a model, ready to predict.

    Args:
        path: an ``.h5`` or ``.keras`` file of TouchTrain or of Keras 2.0 or later, or a SavedModel folder.

    Returns:
        A Keras model that takes float frames in [0, 1], shape (n, height, width, channels), and returns the
        probability of each class, shape (n, classes). A model that was trained with one output has two classes: the
        output is the probability of the second one, such as Touch. Models within a model are taken apart.

    Raises:
        PathMissing, BadModel: there is no such file, it cannot be read as a model, or its outputs are no probabilities.
    """
    from pyside.models.load import load_model as load

    return load(path)


def predict(model: str | PathLike[str], frames: Any, *, isolated: bool | None = None, **options: Any) -> Prediction:
    """Predict frames that are cut out as in the training of the model; `curate` cuts them out of videos.

    The model stays loaded, so that a second call is fast. A model file that has changed is loaded again.

    Args:
        model: the model file, an ``.h5`` or ``.keras`` file that knows its frames, as trainings write it.
        frames: an array of frames or a single frame, in the height, width and channels that the model takes; or a list
            of arrays, one for each sequence of frames (a list of single frames is one sequence). uint8, or uint16,
            bool, or floats with a `pixel_range`. `frame_order` gives the order of the axes; by default it is the one
            in which the frames have the size of the model. Or a path or a list of paths: ``.npy``, ``.npz``, ``.mat``
            and ``.h5`` files, images, folders of images.
        isolated: True predicts in a separate process, which stays alive for half an hour after the last call and ends
            with this process; False in this process. Default: a separate process inside MATLAB or Octave, else this
            one.
        **options: `threshold`, `min_duration`, `frame_order`, `pixel_range`, `contrast`, `precision` and more: see
            `pyside.settings.PredictSettings`.

    Returns:
        Probabilities, float32, (n, classes); labels, int16, (n,), the index of the class of each frame, by the
        decision of the model; class names; and the decision. Frames of several arrays follow each other.

    Raises:
        PathMissing, BadModel: there is no such model, or it does not know its frames.
        BadFrames, FrameOrder, PixelRange: frames of another size than the model's, in an unclear order, or of an
            unknown range; before the first frame.
        WorkerLost: the separate process was killed twice while it computed.
    """
    from pyside.bridge.warm import asking

    return asking.predict(model, frames, isolated, options)


def _do(
    command: str,
    options: dict[str, Any],
    isolated: bool | None,
    job_folder: str | PathLike[str] | None,
    **arguments: Any,
) -> dict[str, Any]:
    """Check a command of the table, run it, and return its record."""
    from pyside.jobs import commands, job

    return job.do(commands.by_name(command).request(arguments, options), isolated, job_folder)


def _result(record: dict[str, Any]) -> TrainingResult | TuningResult | dict[str, Any]:
    """Return the result of a job in the form of the function that starts such jobs."""
    if "trials" in record:
        return TuningResult.from_record(record)
    return TrainingResult.from_record(record) if "history" in record else record
