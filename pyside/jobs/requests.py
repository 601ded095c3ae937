"""Requests: for each command of the table, the function that checks and makes its request, and the one that runs it.

A request consists of plain values, so that it can be written into a job folder; inputs from memory (labels, centres)
are in its ``inputs``. Requests are made with NumPy alone, in MATLAB's own Python, and run in the Python for jobs.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

from pyside.aliases import Progress
from pyside.data.dataset import DESCRIPTION, Dataset, described, open_dataset
from pyside.data.dataset_writer import check_target
from pyside.data.formats import host_arrays
from pyside.data.recordings.selection import check_span
from pyside.errors import BadJob, BadLabels, BadModel, BadOption, Faults, NotWritable, PathMissing
from pyside.jobs import commands
from pyside.jobs.commands import Request
from pyside.settings.cloud import BucketSettings, CloudSettings
from pyside.settings.cluster import SchedulerSettings
from pyside.settings.core import Settings, Spelling, doc_of, named, part_options, set_to, spoken
from pyside.settings.curation import VerifySettings
from pyside.settings.training import PreviewSettings, TrainSettings, TuneSettings, with_files
from pyside.system import locks
from pyside.system.paths import is_file, is_there, listed, no_file
from pyside.system.pictures import picture_path

Record = dict[str, Any]
Stop = Callable[[], bool]
_PATHS = ("dataset", "model_path", "folder", "path", "session", "output")
_RECORDS = ("settings", "search", "cloud", "submitted", "inputs")
_BESIDE = ("centers", "frame_values", "tags")  # settings that hold values from memory, or name files


def training(
    dataset: str | PathLike[str], model_path: str | PathLike[str], options: Mapping[str, Any], here: bool = True
) -> Request:
    """Return the request for a training; all faults are reported together.

    Args:
        dataset: dataset folder.
        model_path: model file to write.
        options: settings of a training, in Python's spelling.
        here: whether the training will run on this computer, so that its memory is checked.

    Raises:
        TouchTrainError: what is wrong with dataset, path or options.
    """
    from pyside.models import files
    from pyside.training.checks import memory

    faults = Faults()
    target = files.with_suffix(model_path).absolute()
    settings = None
    with faults.noting():
        settings = TrainSettings.from_options(options)
    if settings is not None and settings.scheduler is not None:
        _check_further(settings, here, faults)
    opened = _checked(dataset, target, settings or TrainSettings(), faults)
    if here and opened is not None and settings is not None and not len(faults):
        memory.check(opened, settings)
    faults.raise_any()
    assert settings is not None
    return {
        "command": "train",
        "dataset": str(Path(dataset).absolute()),
        "model_path": str(target),
        "settings": _with_absolute_paths(settings.as_dict()),
    }


def _check_further(settings: TrainSettings, here: bool, faults: Faults) -> None:
    """Make sure that a cluster has something to do."""
    if not here:
        faults.add(
            BadOption,
            f"{named('scheduler')}: a training in the cloud does everything on its own machine. Leave it out.",
        )
    elif not settings.folds and not settings.learning_curve:
        further = f"{named('folds')} and {named('learning_curve')}"
        faults.add(
            BadOption,
            f"{named('scheduler')} is set, but the training that makes the model runs on this computer; workers of a "
            f"cluster run the further trainings of {further}. Set one of these, or leave out {named('scheduler')}.",
        )


def going_on_elsewhere(request: Request, devices: Any = None, scheduler: Any = None) -> Request:
    """Return the request of a job that goes on with another number of devices, or on another cluster.

    Args:
        request: of the job.
        devices: a number of devices, or ``"all"``, for a training or search; None for as before.
        scheduler: address of a scheduler, or ``"none"`` for this computer alone; None for as before.

    Raises:
        BadOption: a value is not one of these, or does not suit the job.
    """
    changed: dict[str, Any] = {}
    is_here, command = not request.get("cloud"), commands.of(request)
    if devices is not None:
        if request["command"] not in ("train", "tune") or not is_here:
            raise BadOption(f"{named('devices')} is only for a training or search that runs on this computer.")
        changed["devices"] = TrainSettings.from_options({named("devices"): devices}, spoken()).devices
    if scheduler is not None:
        names = {field.name for field in dataclasses.fields(command.settings)} if command else set()
        if "scheduler" not in names or not is_here:
            raise BadOption(f"{named('scheduler')} is only for a job whose work a cluster can do.")
        changed["scheduler"] = SchedulerSettings.from_options({named("scheduler"): scheduler}, spoken()).scheduler
        if changed["scheduler"] is None:
            changed |= {name: None for name in ("cores_per_training", "memory_per_training") if name in names}
    return {**request, "settings": {**request["settings"], **changed}}


def _checked(dataset: str | PathLike[str], target: Path, settings: TrainSettings, faults: Faults) -> Dataset | None:
    """Open a dataset and collect the faults of a training on it; return None if it cannot be opened."""
    from pyside.models import files
    from pyside.training.checks import preflight

    opened = None
    with faults.noting():
        opened = open_dataset(dataset)
    with faults.noting():
        locks.check_free(target)
    with faults.noting():
        if opened is None:
            files.check_target(target)
        else:
            preflight.check(opened, target, settings)
    return opened


def _with_absolute_paths(settings: dict[str, Any]) -> dict[str, Any]:
    """Return the settings of a training with absolute paths: a job has another working folder."""
    return with_files(settings, lambda file: str(Path(file).absolute()))


def tuning(
    dataset: str | PathLike[str],
    model_path: str | PathLike[str],
    search: Any,
    options: Mapping[str, Any],
    spelling: Spelling = "python",
) -> Request:
    """Return the request for a search for good settings; all faults are reported together.

    Args:
        dataset: dataset folder.
        model_path: model file to write, with the model of the best trial.
        search: settings to search, and their values, see `pyside.tune`.
        options: settings, in Python's spelling.
        spelling: spelling of the names in `search`, and in messages about them.

    Raises:
        TouchTrainError: what is wrong with dataset, path, search and options.
    """
    from pyside.models import files
    from pyside.training.checks import memory, preflight
    from pyside.training.tuning.space import one_by_one, parse
    from pyside.training.tuning.study import Kept

    faults = Faults()
    target = files.with_suffix(model_path).absolute()
    settings = dimensions = None
    with faults.noting():
        settings = TuneSettings.from_options(options)
    with faults.noting():
        dimensions = parse(search, settings or TuneSettings(), spelling)
    opened = _checked(dataset, target, settings or TuneSettings(), faults)
    faults.raise_any()
    assert settings is not None and dimensions is not None and opened is not None
    for alternative in one_by_one(dimensions, settings):
        with faults.noting():
            preflight.check(opened, target, alternative)
            memory.check(opened, alternative)
    faults.raise_any()
    searched = {one.name: one.record for one in dimensions}
    for name in searched.keys() & {"network", "initial_model"}:
        given = [{**settings.as_dict(), name: value} for value in searched[name]]
        searched[name] = [_with_absolute_paths(one)[name] for one in given]
    request: Request = {
        "command": "tune",
        "dataset": str(Path(dataset).absolute()),
        "model_path": str(target),
        "settings": _with_absolute_paths(settings.as_dict()),
        "search": searched,
        "spelling": spelling,
    }
    Kept(target, opened, *_searched(request))
    return request


def _searched(request: Request) -> tuple[Any, TuneSettings]:
    """Return the dimensions and the settings of the request for a search."""
    from pyside.training.tuning.space import parse

    settings = TuneSettings.from_options(request["settings"])
    return parse(request["search"], settings), settings


def cloud_training(
    dataset: str | PathLike[str], model_path: str | PathLike[str], options: Mapping[str, Any]
) -> Request:
    """Return the request for a training in the cloud; everything that can be checked here is.

    With JAX, all accelerators of the machine share the work, unless `options` has another number of ``devices``.

    Args:
        dataset: dataset folder.
        model_path: model file to write on this computer.
        options: settings of a training and `CloudSettings`, in Python's spelling.

    Raises:
        TouchTrainError: what is wrong with dataset, path or options.
    """
    faults = Faults()
    cloud: CloudSettings | None = None
    given: dict[str, Any] = {}
    with faults.noting():
        of_cloud, given = part_options(options, CloudSettings, TrainSettings)
        with faults.noting():
            cloud = CloudSettings.from_options(of_cloud)
            _check_named(cloud, ("project", "bucket"), faults)
    request: Request = {}
    with faults.noting():
        request = training(dataset, model_path, given, here=False)
    if request and cloud is not None:
        settings = request["settings"]
        if settings["backend"] == "jax" and settings["execution_environment"] != "cpu" and "devices" not in given:
            settings["devices"] = max(1, min(cloud.n_accelerators, settings["batch_size"]))
        _check_machine(cloud, TrainSettings.from_options(settings), faults)
    faults.raise_any()
    assert cloud is not None
    return {**request, "cloud": cloud.as_dict()}


def _check_machine(cloud: CloudSettings, settings: TrainSettings, faults: Faults) -> None:
    """Make sure that the machine in the cloud has what the settings of a training ask for."""
    from pyside.compute import devices

    if cloud.run_version and settings.backend != "tensorflow":
        faults.add(
            BadOption,
            f"{named('run_version')} is a version of TensorFlow, but {named('backend')} is '{settings.backend}'. "
            f"Leave out {named('run_version')}, or set {set_to('backend', 'tensorflow')}.",
        )
    on_cpu = settings.execution_environment == "cpu"
    there = 1 if on_cpu else max(1, cloud.n_accelerators)
    wanted = there if settings.devices == "all" else int(settings.devices)
    if wanted > there:
        has, advice = "no accelerator, and its CPU counts as one device", f"Set {named('accelerator')}, and "
        if cloud.accelerator and on_cpu:
            has = f"only its CPU to train on ({named('execution_environment')} is 'cpu')"
            advice = f"Leave out {named('execution_environment')}, and set "
        elif cloud.accelerator:
            has, advice = f"{there} ({named('accelerator_count')} of {cloud.accelerator})", "Set "
        faults.add(
            BadOption,
            f"{named('devices')} is {wanted}, but the machine in the cloud has {has}. {advice}"
            f"{set_to('accelerator_count', wanted)}, or set {set_to('devices', there)}.",
        )
    else:
        with faults.noting():
            devices.check_batch(wanted, settings.devices, settings.batch_size)


def cloud_fetch(
    dataset: str | PathLike[str],
    model_path: str | PathLike[str],
    options: Mapping[str, Any],
    submitted: Mapping[str, Any],
) -> Request:
    """Return the request to watch a training that was submitted before, and to fetch its model.

    Args:
        dataset: the dataset of the training, as far as it is known on this computer.
        model_path: model file to write on this computer.
        options: the `CloudSettings` of the training, in Python's spelling.
        submitted: the record of what was submitted, see `jobs.cloud.submission`.

    Raises:
        TouchTrainError: the model file cannot be written.
    """
    from pyside.models import files, output_files

    target = files.with_suffix(model_path).absolute()
    output_files.check_names(target, TrainSettings())
    locks.check_free(target)
    cloud = CloudSettings.from_options({**options, "fetch": True})
    return {
        "command": "train",
        "dataset": str(dataset),
        "model_path": str(target),
        "settings": {},
        "cloud": cloud.as_dict(),
        "submitted": dict(submitted),
    }


def upload(dataset: str | PathLike[str], options: Mapping[str, Any]) -> Request:
    """Return the request to upload a dataset to the cloud.

    Args:
        dataset: dataset folder.
        options: `BucketSettings`, in Python's spelling.

    Raises:
        TouchTrainError: what is wrong with the dataset and the options.
    """
    faults = Faults()
    cloud: BucketSettings | None = None
    with faults.noting():
        cloud = BucketSettings.from_options(options)
        if not cloud.data_bucket:
            _check_named(cloud, ("bucket",), faults)
    with faults.noting():
        open_dataset(dataset)
    faults.raise_any()
    assert cloud is not None
    return {"command": "upload", "dataset": str(Path(dataset).absolute()), "settings": {}, "cloud": cloud.as_dict()}


def _check_named(settings: BucketSettings, names: Sequence[str], faults: Faults) -> None:
    for field in dataclasses.fields(settings):
        if field.name in names and not getattr(settings, field.name):
            faults.add(BadOption, f"{named(field.name)} is required. {doc_of(field, spoken())}")


def preview(dataset: str | PathLike[str], path: str | PathLike[str], options: Mapping[str, Any]) -> Request:
    """Return the request for a sheet of augmented frames.

    Raises:
        TouchTrainError: what is wrong with dataset, path and options.
    """
    faults = Faults()
    settings: Settings | None = None
    with faults.noting():
        settings = PreviewSettings.from_options(options)
    with faults.noting():
        open_dataset(dataset)
    target = picture_path(Path(path))
    if not target.parent.is_dir():
        faults.add(PathMissing, f"The folder {target.parent} for the sheet does not exist. Create it first.")
    with faults.noting():
        locks.check_free(target)
    faults.raise_any()
    assert settings is not None
    return {
        "command": "preview",
        "dataset": str(Path(dataset).absolute()),
        "path": str(target),
        "settings": settings.as_dict(),
    }


def verification(path: str | PathLike[str], options: Mapping[str, Any]) -> Request:
    """Return the request to verify a dataset or a model.

    Args:
        path: a dataset folder, a model file, or a SavedModel folder.
        options: of a model, settings of how it computes; a dataset has none.

    Raises:
        PathMissing, BadDataset, BadModel: there is no such dataset or model.
        BadOption, UnknownOption: an option cannot take its value, or it is given for a dataset.
    """
    from pyside.data.conversion.verification import check_kind

    path = Path(path).absolute()
    settings = VerifySettings.from_options(options)
    if not is_there(path):
        raise PathMissing(f"There is no dataset or model {path}.")
    if _may_be_model(path):
        _check_is_model(path)
    else:
        check_kind(path)
        described(path)
        usual = VerifySettings()  # MATLAB gives all options
        given = [named(name) for name in options if getattr(settings, name) != getattr(usual, name)]
        if given:
            raise BadOption(
                f"{' and '.join(given)} {'is' if len(given) == 1 else 'are'} for models, and {path} is a dataset. Its "
                "files are read and compared with their hashes. Give only its folder."
            )
    return {"command": "verify", "path": str(path), "settings": settings.as_dict()}


def _may_be_model(path: Path) -> bool:
    return (is_file(path) and path.name != DESCRIPTION) or is_file(path / "saved_model.pb")


def _check_is_model(path: Path) -> None:
    from pyside.models import files

    try:
        files.form(path)
    except BadModel as error:
        raise BadModel(f"Only dataset folders and models can be verified. {error.text}") from None


def conversion(
    kind: str,
    source: Any,
    labels: Any,
    dataset: str | PathLike[str],
    options: Mapping[str, Any],
    first: int = 0,
) -> Request:
    """Return the request for a conversion; everything that can be checked without reading the source is.

    Args:
        kind: ``videos``, ``folders``, ``numpy`` or ``tfrecords``.
        source: folder or file, or a list of files.
        labels: for videos, a label file or its content; else None.
        dataset: the dataset folder to write.
        options: settings of that conversion, in Python's spelling.
        first: number of the first pixel in centres and of the first frame in messages: 0, or 1 for MATLAB.

    Raises:
        TouchTrainError: all faults in paths and options.
    """
    faults = Faults()
    target = Path(dataset).absolute()
    settings: Settings | None = None
    paths, of_options = listed(source, "videos" if kind == "videos" else "source"), Faults()
    with of_options.noting():
        settings = commands.by_name(f"convert {kind}").settings.from_options(options)
        check_span(getattr(settings, "frame_span", None), first)
    if settings is not None and settings.as_dict()["check"]:  # a dry run: all other faults are part of its report
        return _request(kind, source, labels, target, settings, first)
    for path in paths:
        if not is_there(path):
            faults.add(PathMissing, f"There is no file or folder {Path(path).absolute()}.")
        elif kind == "folders" and target.is_relative_to(Path(path).absolute()):
            text = f"The dataset {target} would lie inside the folder of the classes. Choose a folder outside {path}."
            faults.add(NotWritable, text)
    if isinstance(labels, (str, PathLike)) and not is_file(labels):
        faults.include(no_file(Path(labels).absolute(), "label file"))
    for fault in of_options:
        faults.include(fault)
    with faults.noting():
        check_target(target, [*paths, labels])
    with faults.noting():
        locks.check_free(target)
    faults.raise_any()
    assert settings is not None
    return _request(kind, source, labels, target, settings, first)


def on_dataset(
    command: str, dataset: str | PathLike[str], options: Mapping[str, Any], **targets: str | PathLike[str]
) -> Request:
    """Return the request for a command that needs only a dataset, its settings, and paths to write to.

    Args:
        command: its name in the table.
        dataset: dataset folder.
        options: settings of that command, in Python's spelling.
        **targets: the paths that it writes, by their key in the request.

    Raises:
        TouchTrainError: what is wrong with the dataset and the options, or another process writes a target.
    """
    faults = Faults()
    settings: Settings | None = None
    with faults.noting():
        settings = commands.by_name(command).settings.from_options(options)
    with faults.noting():
        open_dataset(dataset)
    for target in targets.values():
        with faults.noting():
            locks.check_free(target)
    faults.raise_any()
    assert settings is not None
    return {
        "command": command,
        "dataset": str(Path(dataset).absolute()),
        **{name: str(Path(target).absolute()) for name, target in targets.items()},
        "settings": settings.as_dict(),
    }


def _request(kind: str, source: Any, labels: Any, target: Path, settings: Settings, first: int) -> Request:
    given = settings.as_dict()
    inputs = {"labels": host_arrays.in_memory(labels, "labels", BadLabels)}
    for name in _BESIDE:
        if name in given:
            inputs[name] = host_arrays.in_memory(given.pop(name), name, BadOption)
    if given.get("template"):
        given["template"] = str(Path(given["template"]).absolute())
    paths = [source] if isinstance(source, (str, PathLike)) else list(source)
    absolute = [str(Path(path).absolute()) for path in paths]
    return {
        "command": f"convert {kind}",
        "source": absolute[0] if isinstance(source, (str, PathLike)) else absolute,
        "dataset": str(target),
        "first": first,
        "settings": given,
        "inputs": inputs,
    }


# --- requests that are read from a job folder ------------------------------------------------------------------------


def checked(request: Mapping[str, Any], where: Path, whole: bool = False) -> Request:
    """Check the values of a request that was read from a file, and return it.

    Args:
        request: the record that was read.
        where: the file, for messages.
        whole: whether the request is to be run; it must be complete then, and all its paths absolute.

    Raises:
        BadJob: it is no valid request.
    """
    row = commands.of(request)
    if row is None:
        raise BadJob(f"{where} names no command of TouchTrain: {commands.short(request.get('command'))}.")
    parts = (row.makes, *row.parts)
    found = {"settings": {}, **request}
    needed = parts if whole else parts[:1]
    for name in dict.fromkeys((*needed, *_PATHS, *_RECORDS, "source", "first", "spelling")):
        if name not in found and name not in needed:
            continue
        if name == row.makes and row.is_passing and found.get(name) == "":
            continue
        if not _is_part(name, found.get(name)):
            raise BadJob(f"{where} holds an impossible value: {name} is {commands.short(found.get(name))}.")
        if whole and not _is_absolute(name, found[name]):
            raise BadJob(f"{where}: {name} must be an absolute path. It is {commands.short(found[name])}.")
    if whole and row.name == "convert videos" and "labels" not in found["inputs"]:
        raise BadJob(f"{where.with_name('inputs.json')} has no labels.")
    return found


def _is_part(name: str, value: Any) -> bool:
    if name in _RECORDS:
        return isinstance(value, dict)
    if name == "first":
        return value in (0, 1) and not isinstance(value, (bool, float))
    if name == "spelling":
        return value in ("python", "matlab")
    several = value if isinstance(value, list) and value and name == "source" else [value]
    return all(isinstance(one, str) and one and "\0" not in one for one in several)


def _is_absolute(name: str, value: Any) -> bool:
    if name not in (*_PATHS, "source"):
        return True
    several = value if isinstance(value, list) else [value]
    return all(Path(one).is_absolute() or one.startswith("gs://") for one in several)


# --- running a request -----------------------------------------------------------------------------------------------
# Each function takes the request, `Progress`, a function that returns whether to stop, and the job folder or None, and
# returns its record as plain values; `commands.run` calls it.


def train(request: Request, progress: Progress, should_stop: Stop, folder: Path | None) -> Record:
    """Train a model."""
    from pyside.models import output_files
    from pyside.training.train import train

    settings = TrainSettings.from_options(request["settings"])
    path = Path(request["model_path"])
    checkpoint = folder / "checkpoint.npz" if folder else None
    place = output_files.Place(path, settings, folder / output_files.NOTE if folder else None, folder)
    dataset = open_dataset(request["dataset"])
    return dataclasses.asdict(train(dataset, path, settings, progress, should_stop, checkpoint, place=place))


def tune(request: Request, progress: Progress, should_stop: Stop, folder: Path | None) -> Record:
    """Search for good settings."""
    from pyside.training.tuning.trials import tune

    dataset, (dimensions, settings) = open_dataset(request["dataset"]), _searched(request)
    path, spelling = Path(request["model_path"]), request["spelling"]
    return tune(dataset, path, dimensions, settings, progress, should_stop, spelling, folder).record()


def train_in_cloud(request: Request, progress: Progress, should_stop: Stop, folder: Path | None) -> Record:
    """Upload the dataset, submit and watch the training, and fetch the model."""
    from pyside.jobs.cloud import training

    assert folder is not None
    return training.train(request, progress, should_stop, folder)


def send_dataset(request: Request, progress: Progress, should_stop: Stop, folder: Path | None) -> Record:
    """Upload a dataset to the cloud."""
    from pyside.jobs.cloud import training

    where = BucketSettings.from_options(request["cloud"])
    return training.upload_dataset(open_dataset(request["dataset"]), where, progress, should_stop)


def export_tfrecords(request: Request, progress: Progress, should_stop: Stop, folder: Path | None) -> Record:
    """Write a dataset as TFRecords."""
    from pyside.data.formats.tfrecords import export_tfrecords

    return export_tfrecords(request["dataset"], request["folder"], request["settings"], progress, should_stop)


def write_preview(request: Request, progress: Progress, should_stop: Stop, folder: Path | None) -> Record:
    """Write a sheet of augmented frames."""
    from pyside.training.input_pipeline.preview import write_preview

    settings = PreviewSettings.from_options(request["settings"])
    return write_preview(open_dataset(request["dataset"]), Path(request["path"]), settings)


def verify(request: Request, progress: Progress, should_stop: Stop, folder: Path | None) -> Record:
    """Compare a dataset with its hashes, or a model with its answers to the probes that it carries."""
    path = Path(request["path"])
    if _may_be_model(path):
        from pyside.runtimes.verification import verify as verify_model

        return dict(verify_model(path, VerifySettings.from_options(request["settings"]), progress))
    from pyside.data.conversion.verification import verify as verify_dataset

    return verify_dataset(path, progress, should_stop)


def convert_videos(request: Request, progress: Progress, should_stop: Stop, folder: Path | None) -> Record:
    """Convert videos."""
    from pyside.data.conversion.from_videos import convert_videos

    given = dict(request["inputs"])
    labels = given.pop("labels")
    options = {**request["settings"], **given}
    source, target, first = request["source"], request["dataset"], request["first"]
    return _fits_memory(convert_videos(source, labels, target, options, first, progress, should_stop))


def convert_folders(request: Request, progress: Progress, should_stop: Stop, folder: Path | None) -> Record:
    """Convert class folders of images."""
    from pyside.data.conversion.from_folders import convert_folders

    return _files_converted(convert_folders, request, progress, should_stop)


def convert_numpy(request: Request, progress: Progress, should_stop: Stop, folder: Path | None) -> Record:
    """Convert NumPy files."""
    from pyside.data.conversion.from_numpy import convert_numpy

    return _files_converted(convert_numpy, request, progress, should_stop)


def convert_tfrecords(request: Request, progress: Progress, should_stop: Stop, folder: Path | None) -> Record:
    """Convert TFRecord files."""
    from pyside.data.conversion.from_tfrecords import convert_tfrecords

    return _files_converted(convert_tfrecords, request, progress, should_stop)


def _files_converted(convert: Callable[..., Record], request: Request, progress: Progress, should_stop: Stop) -> Record:
    source, target = request["source"], request["dataset"]
    return _fits_memory(convert(source, target, request["settings"], progress, should_stop))


def _fits_memory(record: Record) -> Record:
    """Add a warning to the report of a conversion if no training on the dataset would fit into memory."""
    from pyside.training.checks import memory

    if record.get("image_shape"):
        shape, n_classes = record["image_shape"], len(record["class_names"])
        record["warnings"] = [*record.get("warnings", []), *memory.warnings_of_conversion(tuple(shape), n_classes)]
    return record
