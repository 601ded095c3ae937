"""The table of commands: names, settings, arguments, checks, what runs each command, and what it makes.

The command line, MATLAB's entry points and the jobs are built from this table. A new command is a row here, a settings
class and the function that runs it; if it needs a check of its own, also a function that makes its request.
"""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Callable, Iterator, Mapping, ValuesView
from dataclasses import dataclass, field
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import Any

from pyside.aliases import Progress
from pyside.errors import BadJob, Faults
from pyside.settings.cloud import BucketSettings, CloudTrainSettings
from pyside.settings.conversion import (
    ArraySettings,
    ExportSettings,
    FolderSettings,
    InspectSettings,
    NumpySettings,
    TfrecordSettings,
    VideoSettings,
)
from pyside.settings.core import Settings, naming_files
from pyside.settings.curation import (
    CompareSettings,
    ContactSettings,
    CurateSettings,
    DescribeSettings,
    PredictSettings,
    RedecideSettings,
    RegionSettings,
    VerifySettings,
)
from pyside.settings.matlab import MatlabCloudTrainSettings, MatlabCurateSettings, MatlabTrainSettings, shown
from pyside.settings.review import AdditionSettings, CorrectedSettings, ReviewSettings
from pyside.settings.training import PreviewSettings, TrainSettings, TuneSettings
from pyside.system import locks
from pyside.system.paths import check_native

Request = dict[str, Any]


@dataclass(frozen=True)
class Argument:
    """An argument of a command, in addition to its settings.

    Attributes:
        name: name of the parameter in the function that makes the request.
        help: help text on the command line.
        nargs: ``nargs`` of argparse.
        metavar: ``metavar`` of argparse. Default: the name.
        options: further keywords of argparse, for an argument that is an option there; empty if it is positional.
        is_json: whether MATLAB passes it as JSON text.
    """

    name: str
    help: str = ""
    nargs: str | None = None
    metavar: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    is_json: bool = False


@dataclass(frozen=True)
class Words:
    """What people read of the jobs of a command.

    Attributes:
        kind: what such a job is.
        product: what it makes, or works on.
        stopped: what becomes of it after a request to end gently.
        cancelled: what is kept after it was ended at once.
        interrupted: what is kept after Ctrl-C on the command line, and how to go on; "" if there is nothing to say.
    """

    kind: str = "job"
    product: str = "result"
    stopped: str = "It does not end before its work is done; cancel it to end it at once."
    cancelled: str = "It leaves nothing half-written."
    interrupted: str = ""


@dataclass(frozen=True)
class Command:
    """One row of the table.

    Attributes:
        name: the words on the command line.
        settings: its settings class.
        check: dotted name of the function that checks arguments and options and makes a request from them.
        run: dotted name of the function that runs a request. It is called with the request, `Progress`, a function
            that returns whether to stop, and the job folder or None.
        makes: key of the request that holds the path of what the command makes; "" there if it makes nothing, which
            only a passing one may.
        parts: further keys of its requests, without the settings.
        arguments: its arguments, in order.
        help: one line of help.
        stored: the command name in stored requests. Default: `name`.
        fixed: further arguments of `check`.
        matlab: name of the function in ``touchtrain.`` in MATLAB; empty if there is none.
        in_matlab: its settings class in MATLAB. Default: `settings` and those of `ShownJob`.
        from_matlab: further arguments of `check` when MATLAB calls.
        is_passing: whether it makes nothing lasting, so that its job folder is not kept.
        writes: whether it writes what it makes on this computer, and locks that path meanwhile.
        words: what people read of its jobs.
    """

    name: str
    settings: type[Settings]
    check: str
    run: str
    makes: str
    help: str
    parts: tuple[str, ...] = ()
    arguments: tuple[Argument, ...] = ()
    stored: str = ""
    fixed: Mapping[str, Any] = field(default_factory=dict)
    matlab: str = ""
    in_matlab: type[Settings] | None = None
    from_matlab: Mapping[str, Any] = field(default_factory=dict)
    is_passing: bool = False
    writes: bool = True
    words: Words = Words()

    def request(self, arguments: Mapping[str, Any], options: Mapping[str, Any], from_matlab: bool = False) -> Request:
        """Return the checked request for this command.

        Args:
            arguments: by name.
            options: settings in Python's spelling.
            from_matlab: whether MATLAB calls, which counts from 1.

        Raises:
            TouchTrainError: all faults in arguments and options that can be found before any long work.
        """
        faults = Faults()
        files = {name: options.get(name) for name in naming_files(self.settings)}
        for path in [*_paths_among(arguments), *_paths_among(files)]:
            with faults.noting():
                check_native(path)
        faults.raise_any()
        more = self.from_matlab if from_matlab else {}
        request: Request = _function(self.check)(**arguments, **self.fixed, **more, options=options)
        return request

    @cached_property
    def matlab_settings(self) -> type[Settings]:
        """The settings class in MATLAB."""
        return self.in_matlab or shown(self.settings)


def _paths_among(values: Mapping[str, Any]) -> Iterator[str | PathLike[str]]:
    """Yield the paths in arguments and options; labels in a list are values."""
    for name, value in values.items():
        inside = value.values() if isinstance(value, Mapping) else value
        several = isinstance(inside, (list, tuple, ValuesView)) and name not in ("labels", "search")
        yield from (one for one in (inside if several else [inside]) if isinstance(one, (str, PathLike)))


_DATASET = Argument("dataset", "a dataset folder, as convert writes it")
_MODEL = Argument("model_path", "the model file to write; .h5 is added if it is missing")
_SESSION = Argument("session", "the folder of a session, as curate writes it", metavar="SESSION")
_REVIEWED = Argument("session", "a session, a dataset, or a folder of videos with labels", metavar="SESSION")
_TARGET = Argument("dataset", "the folder to write", metavar="DATASET")

_NO_RESULT = "It ends without a result."
_COMPLETE = "Complete recordings are kept and not converted again."
_MARKED = "Videos that are marked stay marked."
_SENT = "What has been sent stays in the bucket and is not sent again."
_CORRECTIONS, _AGAIN = "All corrections are kept.", "The same command goes on."
_GO_ON = f"{_COMPLETE} {_AGAIN}"
_CONVERSION = Words("conversion", "dataset", _COMPLETE, _COMPLETE, _GO_ON)
_TRAINING = Words(
    "training",
    "model",
    "It finishes its batch, then evaluates and saves the best model so far.",
    "It writes no model. Its last checkpoint is kept.",
)
_SEARCH = Words(
    "search",
    "model",
    "The trial that runs counts with its result so far, and the best model so far is kept.",
    "Completed trials and the best model so far are kept.",
)
_PREVIEW = Words("preview", "picture")

TABLE = (
    Command(
        "convert videos",
        VideoSettings,
        check="pyside.jobs.requests.conversion",
        run="pyside.jobs.requests.convert_videos",
        makes="dataset",
        help="videos and a file with one label per frame",
        parts=("source", "first", "inputs"),
        arguments=(
            Argument("source", "a folder of videos, or video files", "+", "VIDEOS", is_json=True),
            Argument("labels", "a .mat, .npy or .csv file with the labels", metavar="LABELS"),
            _TARGET,
        ),
        fixed={"kind": "videos"},
        matlab="convertVideos",
        from_matlab={"first": 1},
        words=_CONVERSION,
    ),
    Command(
        "convert folders",
        FolderSettings,
        check="pyside.jobs.requests.conversion",
        run="pyside.jobs.requests.convert_folders",
        makes="dataset",
        help="one folder of images per class",
        parts=("source",),
        arguments=(Argument("source", "a folder with one sub-folder per class", metavar="ROOT", is_json=True), _TARGET),
        fixed={"kind": "folders", "labels": None},
        matlab="convertFolders",
        from_matlab={"first": 1},
        words=_CONVERSION,
    ),
    Command(
        "convert numpy",
        NumpySettings,
        check="pyside.jobs.requests.conversion",
        run="pyside.jobs.requests.convert_numpy",
        makes="dataset",
        help="frames and labels in NumPy or HDF5 files",
        parts=("source",),
        arguments=(
            Argument("source", "a folder of .npy, .npz or .h5 files, or one of them", metavar="FOLDER", is_json=True),
            _TARGET,
        ),
        fixed={"kind": "numpy", "labels": None},
        matlab="convertNumpy",
        from_matlab={"first": 1},
        words=_CONVERSION,
    ),
    Command(
        "convert tfrecords",
        TfrecordSettings,
        check="pyside.jobs.requests.conversion",
        run="pyside.jobs.requests.convert_tfrecords",
        makes="dataset",
        help="TFRecord files",
        parts=("source",),
        arguments=(Argument("source", "TFRecord files, or a folder of them", "+", "FILES", is_json=True), _TARGET),
        fixed={"kind": "tfrecords", "labels": None},
        matlab="convertTfrecords",
        from_matlab={"first": 1},
        words=_CONVERSION,
    ),
    Command(
        "export tfrecords",
        ExportSettings,
        check="pyside.jobs.requests.on_dataset",
        run="pyside.jobs.requests.export_tfrecords",
        makes="folder",
        help="TFRecord files, one Example per frame",
        parts=("dataset",),
        arguments=(_DATASET, Argument("folder", "the folder for the files; it is made if it does not exist")),
        fixed={"command": "export tfrecords"},
        words=Words("export", "files", "It leaves no files.", "It leaves no files."),
    ),
    Command(
        "verify",
        VerifySettings,
        check="pyside.jobs.requests.verification",
        run="pyside.jobs.requests.verify",
        makes="path",
        help="see whether a dataset has changed on disk, or whether a model computes what it was trained to",
        arguments=(Argument("path", "a dataset folder, or a model file"),),
        matlab="verify",
        is_passing=True,
        writes=False,
        words=Words("verification", "dataset or model", _NO_RESULT, _NO_RESULT),
    ),
    Command(
        "train",
        TrainSettings,
        check="pyside.jobs.requests.training",
        run="pyside.jobs.requests.train",
        makes="model_path",
        help="train a model on a dataset folder",
        parts=("dataset",),
        arguments=(_DATASET, _MODEL),
        matlab="train",
        in_matlab=MatlabTrainSettings,
        words=_TRAINING,
    ),
    Command(
        "tune",
        TuneSettings,
        check="pyside.jobs.requests.tuning",
        run="pyside.jobs.requests.tune",
        makes="model_path",
        help="train with many settings and keep the best model",
        parts=("dataset", "search", "spelling"),
        arguments=(
            _DATASET,
            _MODEL,
            Argument(
                "search",
                "a setting and the values to try, such as learning-rate=1e-4..1e-2 or augment=legacy,standard; repeat "
                "it for each setting. Put lists in brackets: dropout-rates=[.2,.2,.2,.4],[0,0,0,.2]",
                metavar="NAME=VALUES",
                options={"action": "append", "required": True},
                is_json=True,
            ),
        ),
        matlab="tune",
        from_matlab={"spelling": "matlab"},
        words=_SEARCH,
    ),
    Command(
        "curate",
        CurateSettings,
        check="pyside.curation.requests.curation",
        run="pyside.curation.requests.curate",
        makes="output",
        help="mark videos with a trained model",
        parts=("model_path", "source", "first", "inputs"),
        arguments=(
            Argument("model_path", "a model file, as train writes it", metavar="MODEL"),
            Argument("source", "a folder of videos, or video files", "+", "VIDEOS", is_json=True),
            Argument(
                "output",
                "the folder for the labels; an earlier session in it is continued. Default: beside the folder of the "
                "videos, with _curated after its name",
                options={"default": None},
            ),
        ),
        matlab="curate",
        in_matlab=MatlabCurateSettings,
        from_matlab={"first": 1},
        words=Words("curation", "results", _MARKED, _MARKED),
    ),
    Command(
        "describe",
        DescribeSettings,
        check="pyside.curation.requests.description",
        run="pyside.curation.requests.describe",
        makes="output",
        help="write facts that the file of an older model does not hold into a copy",
        parts=("model_path", "first"),
        arguments=(
            Argument("model_path", "a model file of Keras or of an earlier version", metavar="MODEL"),
            Argument("output", "the copy to write", metavar="OUTPUT"),
        ),
        matlab="describe",
        in_matlab=shown(DescribeSettings, job=False),
        from_matlab={"first": 1},
        is_passing=True,
        words=Words("description", "model"),
    ),
    Command(
        "redecide",
        RedecideSettings,
        check="pyside.curation.requests.redecision",
        run="pyside.curation.requests.redecide",
        makes="output",
        help="decide anew which frames of a session are touches, without the network",
        parts=("session",),
        arguments=(_SESSION,),
        matlab="redecide",
        in_matlab=shown(RedecideSettings, job=False),
        is_passing=True,
        words=Words("new decision", "results", "It ends between two recordings; the others stay as they were."),
    ),
    Command(
        "contacts",
        ContactSettings,
        check="pyside.curation.requests.contact_writing",
        run="pyside.curation.requests.write_contacts",
        makes="output",
        help="write the touches of a session into a copy of a contact array, or into a new one",
        parts=("session", "first", "inputs"),
        arguments=(
            Argument("session", "the folder of a session, as curate writes it", metavar="SESSION"),
            Argument(
                "contacts",
                "a .mat file with a contact array; it is not changed. Default: none, a new contact array is written",
                "?",
                "FILE",
            ),
        ),
        matlab="writeContacts",
        in_matlab=shown(ContactSettings, job=False),
        from_matlab={"first": 1, "as_changes": True},
        is_passing=True,
        words=Words("writing of contacts", "file"),
    ),
    Command(
        "review",
        ReviewSettings,
        check="pyside.reviewing.requests.review",
        run="pyside.reviewing.requests.serve",
        makes="session",
        help="look at touches that may be wrong, of a session, a dataset or videos with labels, and correct them",
        parts=("source", "inputs"),
        arguments=(_REVIEWED,),
        matlab="review",
        is_passing=True,
        words=Words("review", "session", f"Its page closes. {_CORRECTIONS}", _CORRECTIONS, f"{_CORRECTIONS} {_AGAIN}"),
    ),
    Command(
        "corrected",
        CorrectedSettings,
        check="pyside.reviewing.requests.correction",
        run="pyside.reviewing.requests.write",
        makes="output",
        help="write the labels of a session, or what else was reviewed, with the corrections of a review",
        parts=("session", "first", "inputs"),
        arguments=(_REVIEWED,),
        matlab="corrected",
        in_matlab=shown(CorrectedSettings, job=False),
        from_matlab={"first": 1, "as_changes": True},
        is_passing=True,
        words=Words("writing of labels", "files"),
    ),
    Command(
        "add-corrections",
        AdditionSettings,
        check="pyside.reviewing.requests.addition",
        run="pyside.reviewing.requests.add",
        makes="output",
        help="write a dataset with the recordings that a person corrected, beside those of another dataset",
        parts=("dataset", "session"),
        arguments=(
            Argument("dataset", "a dataset folder; it is not changed", metavar="DATASET"),
            _SESSION,
            Argument("output", "the dataset to write", metavar="NEW"),
        ),
        matlab="addCorrections",
        words=Words("addition of corrections", "dataset", _COMPLETE, _COMPLETE, _GO_ON),
    ),
    Command(
        "preview",
        PreviewSettings,
        check="pyside.jobs.requests.preview",
        run="pyside.jobs.requests.write_preview",
        makes="path",
        help="write a sheet of augmented frames, as a training sees them",
        parts=("dataset",),
        arguments=(_DATASET, Argument("path", "the .png file to write")),
        matlab="previewAugmentation",
        in_matlab=shown(PreviewSettings, job=False),
        is_passing=True,
        words=_PREVIEW,
    ),
    Command(
        "compare",
        CompareSettings,
        check="pyside.curation.requests.comparison",
        run="pyside.curation.requests.compare",
        makes="output",
        help="compare marks or labels with labels: frames, touches, onsets and offsets",
        parts=("inputs",),
        arguments=(
            Argument(
                "predicted",
                "a session folder of curate, a label file, a dataset, or several as NAME=PATH,NAME=PATH",
                metavar="PREDICTED",
                is_json=True,
            ),
            Argument(
                "reference",
                "the labels that count as the truth, likewise",
                metavar="REFERENCE",
                is_json=True,
            ),
        ),
        matlab="compare",
        in_matlab=shown(CompareSettings, job=False),
        is_passing=True,
        words=Words("comparison", "page", _NO_RESULT, _NO_RESULT),
    ),
    Command(
        "preview-region",
        RegionSettings,
        check="pyside.curation.requests.region_preview",
        run="pyside.curation.requests.preview_region",
        makes="path",
        help="write a picture of where the ROI lies in a frame of each of a few videos",
        parts=("source", "first", "inputs"),
        arguments=(
            Argument("source", "a folder of videos, or video files", "+", "VIDEOS", is_json=True),
            Argument(
                "path",
                "the .png file to write. Default: region.png in the current folder",
                metavar="PICTURE",
                options={"default": None},
            ),
        ),
        matlab="previewRegion",
        in_matlab=shown(RegionSettings, job=False),
        from_matlab={"first": 1},
        is_passing=True,
        words=_PREVIEW,
    ),
    Command(
        "cloud submit",
        CloudTrainSettings,
        check="pyside.jobs.requests.cloud_training",
        run="pyside.jobs.requests.train_in_cloud",
        makes="model_path",
        help="upload the dataset, start the training, and watch it in the background",
        parts=("dataset",),
        arguments=(_DATASET, _MODEL),
        stored="train",
        matlab="trainOnCloud",
        in_matlab=MatlabCloudTrainSettings,
        words=_TRAINING,
    ),
    Command(
        "cloud upload",
        BucketSettings,
        check="pyside.jobs.requests.upload",
        run="pyside.jobs.requests.send_dataset",
        makes="dataset",
        help="upload a dataset, or what has changed in it",
        parts=("cloud",),
        arguments=(_DATASET,),
        stored="upload",
        matlab="uploadDataset",
        writes=False,
        words=Words("upload", "dataset", _SENT, _SENT),
    ),
)

MatlabArraySettings = shown(ArraySettings, job=False)
# Functions in MATLAB that are no command, and their settings there.
WITHOUT_JOB: dict[str, type[Settings]] = {
    "convertArrays": MatlabArraySettings,
    "inspect": InspectSettings,
    "predict": PredictSettings,
}


def by_name(name: str) -> Command:
    """Return the row of a command, by its name on the command line or in MATLAB."""
    return next(one for one in TABLE if name in (one.name, one.matlab))


def settings_in_matlab(name: str) -> type[Settings] | None:
    """Return the settings class of a function in MATLAB, whether or not it is a command; None if it has none."""
    rows = [one.matlab_settings for one in TABLE if one.matlab == name]
    return rows[0] if rows else WITHOUT_JOB.get(name)


def of(request: Mapping[str, Any]) -> Command | None:
    """Return the row of the command that a request names; None if no command fits."""
    rows = [one for one in TABLE if (one.stored or one.name) == request.get("command")]
    in_cloud = [one for one in rows if issubclass(one.settings, BucketSettings)]
    return next(iter(("cloud" in request and in_cloud) or rows), None)


def run(
    request: Request, progress: Progress, should_stop: Callable[[], bool], folder: Path | None = None
) -> dict[str, Any]:
    """Run a request in this process.

    Args:
        request: as returned by `Command.request`.
        progress: called with progress records, at most about five times a second. ``said`` in a record holds messages
            for the user; ``milestone`` marks records that belong in a log.
        should_stop: called regularly; if it returns True, the run ends gently.
        folder: job folder, where a training keeps its checkpoint; with None it keeps none.

    Returns:
        The result as plain values: for a training what `TrainingResult` holds, for a search `TuningResult.record`, for
        a conversion the report.

    Raises:
        InUse: another process writes the same path.
        TouchTrainError: what went wrong; NotEnoughMemory if memory ran out.
    """
    from pyside.training.checks import memory

    path = locked_by(request)
    lock = contextlib.nullcontext() if path is None else locks.held(path, request["command"], folder)
    with memory.explained(request["command"]), lock:
        record: dict[str, Any] = _function(_row(request).run)(request, progress, should_stop, folder)
    return record


def is_check(request: Request) -> bool:
    """Return whether a request is a dry run that only reports what would happen."""
    return bool(request["settings"].get("check"))


def is_passing(request: Request) -> bool:
    """Return whether a request makes nothing lasting, so that its job folder is not kept."""
    return is_check(request) or _row(request).is_passing


def words_of(request: Request) -> Words:
    """Return what people read of the job of a request."""
    words = _row(request).words
    return Words("check", words.product, _NO_RESULT, _NO_RESULT) if is_check(request) else words


def made_by(request: Request) -> str:
    """Return the path of what a request makes: a model, a dataset, an image, or a folder; "" if it makes nothing."""
    return str(request[_row(request).makes])


def locked_by(request: Request) -> str | None:
    """Return the path to lock while a request runs; None if it writes nothing on this computer."""
    stays_away = not (request.get("cloud") or {}).get("fetch", True)
    return None if is_check(request) or stays_away or not _row(request).writes else made_by(request) or None


def _row(request: Mapping[str, Any]) -> Command:
    row = of(request)
    if row is None:
        raise BadJob(f"There is no command {short(request.get('command'))}.")
    return row


def short(value: Any) -> str:
    """Return a value as shown in messages, at most 60 characters."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _function(dotted: str) -> Callable[..., Any]:
    module, _, name = dotted.rpartition(".")
    found: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return found
