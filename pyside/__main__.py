"""The command line: ``touchtrain``, or ``python -m pyside``."""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import io
import json
import os
import re
import sys
from collections.abc import Callable, Collection, Sequence
from typing import Any, TextIO

import pyside
from pyside.errors import Interrupted, NotWritable, TouchTrainError, of_system, visible
from pyside.settings.core import (
    BucketSettings,
    CloudTrainSettings,
    ExportSettings,
    FolderSettings,
    InspectSettings,
    NumpySettings,
    PreviewSettings,
    Settings,
    TfrecordSettings,
    TrainSettings,
    TuneSettings,
    VideoSettings,
    written,
)
from pyside.system.records import to_json

# kind of conversion: its settings, its source (name, how many, what it is), what it does
_CONVERSIONS: dict[str, tuple[type[Settings], tuple[str, Any, str], str]] = {
    "videos": (
        VideoSettings,
        ("VIDEOS", "+", "a folder of videos, or video files"),
        "videos and a file with one label a frame",
    ),
    "folders": (FolderSettings, ("ROOT", None, "a folder with one sub-folder a class"), "one folder of images a class"),
    "numpy": (
        NumpySettings,
        ("FOLDER", None, "a folder of .npy, .npz or .h5 files, or one of them"),
        "frames and labels in NumPy or HDF5 files",
    ),
    "tfrecords": (TfrecordSettings, ("FILES", "+", "TFRecord files, or a folder of them"), "TFRecord files"),
}
_MOST_LINES = 1_000_000
_JOB_VERBS = {
    "list": "list the jobs at a place",
    "status": "tell how a job is doing",
    "log": "print what the process of a job has printed",
    "wait": "wait for a job and tell what it made",
    "stop": "end a job gently: the best model so far is evaluated and saved",
    "cancel": "end a job at once; it can be resumed",
    "resume": "let a job that was killed, cancelled or failed go on from where it was",
    "remove": "remove the folder of a job that has ended; what it made stays",
    "run": "do in this process what a job folder says (started by the others)",
}
_CLOUD_VERBS = {
    "submit": "send the dataset, start the training, and watch it in the background",
    "upload": "send a dataset, or what has changed of it",
    "status": "tell how a training is doing",
    "logs": "print what the service has logged of a training",
    "cancel": "end a training at once; it can be resumed",
    "fetch": "wait for a training and fetch its model",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0, 1 after an error, 130 after Ctrl-C."""
    if arguments is None:
        os.environ.setdefault("PYTHONSAFEPATH", "1")  # a Python that is started from here takes no file for a module
    _prepare_streams()
    try:
        options = _parser().parse_args(_with_values(sys.argv[1:] if arguments is None else arguments))
    except SystemExit:  # after --help, or what it does not understand
        if guarded(lambda: 0):
            return 1
        raise
    return guarded(lambda: int(options.run(options)), getattr(options, "json", False))


def guarded(run: Callable[[], int], as_json: bool = False) -> int:
    """Run a command and return its exit code; what ends it is told in a line, and what it printed has been written.

    Args:
        run: the command.
        as_json: whether an error is printed in JSON, too.
    """
    try:
        _prepare_streams()
        code = run()
        if sys.stdout is not None:
            with _printing():
                sys.stdout.flush()
        return code
    except _OutputLost as error:
        _give_up(sys.stdout)
        if not isinstance(error.reason, BrokenPipeError):  # else whoever read our output has seen enough
            _complain(NotWritable(f"What was to be printed could not be written: {error.reason.strerror}."))
        return 1
    except TouchTrainError as error:
        return _failed(error, as_json)
    except OSError as error:
        return _failed(of_system(error), as_json)
    except KeyboardInterrupt:
        return 130


class _OutputLost(Exception):
    """What was printed cannot be written: a full disk, or nobody who reads it."""

    def __init__(self, reason: OSError):
        super().__init__(str(reason))
        self.reason = reason


@contextlib.contextmanager
def _printing() -> Any:
    try:
        yield
    except OSError as error:
        raise _OutputLost(error) from error


def show(text: str) -> None:
    """Print for a person: names that come from files may hold what a terminal obeys."""
    with _printing():
        print(visible(text))


def _print_json(record: Any) -> None:
    with _printing():
        print(re.sub("[\x7f-\x9f\ud800-\udfff]", lambda found: f"\\u{ord(found[0]):04x}", to_json(record)))


def _failed(error: TouchTrainError, as_json: bool) -> int:
    """Tell of an error; returns the exit code."""
    from pyside.jobs.interpreter import error_record

    if as_json:
        try:
            _print_json({"error": error_record(error)})
            with _printing():
                sys.stdout.flush()
        except _OutputLost:
            _give_up(sys.stdout)
    _complain(error)
    return 130 if isinstance(error, Interrupted) else 1


def _complain(error: TouchTrainError) -> None:
    if sys.stderr is None:
        return
    try:
        print(visible(str(error)), file=sys.stderr, flush=True)
    except OSError:
        _give_up(sys.stderr)


def _give_up(stream: TextIO) -> None:
    """Let a stream that cannot be written lead nowhere, or Python would complain at its end of what is left in it."""
    with contextlib.suppress(AttributeError, OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _prepare_streams() -> None:
    for number in range(3):  # into the place of a closed one the next file would come, and be printed into
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.errors != "printable":
            stream.reconfigure(errors="printable")  # where the console cannot show every character


def _with_values(arguments: Sequence[str]) -> list[str]:
    """Return the arguments with ``true`` behind each flag that stands alone, such as ``--check``."""
    kinds = [*(kind for kind, _, _ in _CONVERSIONS.values()), CloudTrainSettings, InspectSettings]
    fields = [field for kind in kinds for field in dataclasses.fields(kind) if isinstance(field.default, bool)]
    flags = {"--" + name for field in fields for name in (field.name, field.name.replace("_", "-"))}
    given: list[str] = []
    for place, argument in enumerate(arguments):
        given.append(argument)
        if argument in flags and [*arguments, ""][place + 1].lower() not in ("true", "false", "0", "1"):
            given.append("true")
    return given


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("touchtrain", description="Train a touch detector from labelled video frames.")
    parser.add_argument("--version", action="version", version=f"TouchTrain {pyside.__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    convert = commands.add_parser("convert", help="make a dataset folder of labelled videos, images or arrays")
    kinds = convert.add_subparsers(required=True, metavar="KIND")
    for kind, (settings, source, text) in _CONVERSIONS.items():
        one = kinds.add_parser(kind, help=text)
        one.add_argument("source", metavar=source[0], nargs=source[1], help=source[2])
        if kind == "videos":
            one.add_argument("labels", metavar="LABELS", help="a .mat, .npy or .csv file with the labels")
        one.add_argument("dataset", metavar="DATASET", help="the folder to write")
        _add_json(one)
        add_settings(one, settings)
        one.set_defaults(run=_convert, kind=kind, kind_settings=settings)

    export = commands.add_parser("export", help="write a dataset in another form")
    forms = export.add_subparsers(required=True, metavar="FORM")
    records = forms.add_parser("tfrecords", help="TFRecord files, one Example a frame")
    records.add_argument("dataset")
    records.add_argument("folder", help="where the files go")
    _add_json(records)
    add_settings(records, ExportSettings)
    records.set_defaults(run=_export)

    inspect = commands.add_parser("inspect", help="tell what a dataset, a model, a label file, a video or a job holds")
    inspect.add_argument("path")
    _add_json(inspect)
    add_settings(inspect, InspectSettings)
    inspect.set_defaults(run=_inspect)

    verify = commands.add_parser("verify", help="compare a dataset with its hashes: has it changed on the disk?")
    verify.add_argument("dataset")
    _add_json(verify)
    verify.set_defaults(run=_verify)

    train = commands.add_parser("train", help="train a model on a dataset folder")
    train.add_argument("dataset")
    train.add_argument("model_path")
    _add_json(train)
    add_settings(train, TrainSettings)
    train.set_defaults(run=_train)

    tune = commands.add_parser("tune", help="train with many settings, and keep the model of the best")
    tune.add_argument("dataset")
    tune.add_argument("model_path")
    tune.add_argument(
        "--search",
        action="append",
        required=True,
        metavar="NAME=VALUES",
        help="a setting and the values to try, as learning-rate=1e-4..1e-2 or augment=legacy,standard; give it once "
        "a setting. Lists within are put in brackets: dropout-rates=[.2,.2,.2,.4],[0,0,0,.2]",
    )
    _add_json(tune)
    add_settings(tune, TuneSettings)
    tune.set_defaults(run=_tune)

    preview = commands.add_parser("preview", help="write a sheet of frames as a training varies them")
    preview.add_argument("dataset")
    preview.add_argument("path", help="the picture to write, a .png")
    _add_json(preview)
    add_settings(preview, PreviewSettings)
    preview.set_defaults(run=_preview)

    unlock = commands.add_parser("unlock", help="release a dataset, model or job that another computer holds")
    unlock.add_argument("path")
    _add_json(unlock)
    unlock.set_defaults(run=_unlock)

    doctor = commands.add_parser("doctor", help="tell what is on this machine and what is wrong with it")
    doctor.add_argument("--folder", default=".", help="where data and models are, or are to be. Default: this one")
    doctor.add_argument("--bundle", metavar="JOB_FOLDER", help="write the logs of a job into a zip that can be sent")
    _add_json(doctor)
    doctor.set_defaults(run=_doctor)

    _add_job(commands)
    _add_cloud(commands)
    return parser


def _add_job(commands: Any) -> None:
    """Add the commands about jobs: processes of their own that convert or train."""
    verbs = commands.add_parser("job", help="look at, stop, resume or remove jobs: conversions and trainings")
    verbs = verbs.add_subparsers(required=True, metavar="VERB")
    for verb, text in _JOB_VERBS.items():
        one = verbs.add_parser(verb, help=text)
        if verb == "list":
            one.add_argument("folder", nargs="?", default=".", help="a folder with jobs in it. Default: this one")
        else:
            one.add_argument("folder", help="the folder of the job")
        if verb == "log":
            one.add_argument("--lines", type=_count, help="only so many of the last lines")
        if verb == "resume":
            one.add_argument(
                "--trust-code",
                "--trust_code",
                action="store_true",
                help="run the code that it names, such as a network, though you did not start it on this computer",
            )
        if verb in ("list", "status", "wait"):
            _add_json(one)
        one.set_defaults(run=_job, verb=verb)


def _add_cloud(commands: Any) -> None:
    """Add the commands about trainings on Vertex AI of Google Cloud."""
    verbs = commands.add_parser("cloud", help="train on Google Cloud: submit, look, read the log, cancel, fetch")
    verbs = verbs.add_subparsers(required=True, metavar="VERB")
    source = "the folder of the job here, or that in the bucket, as gs://BUCKET/jobs/NAME"
    for verb, text in _CLOUD_VERBS.items():
        one = verbs.add_parser(verb, help=text)
        if verb in ("submit", "upload"):
            one.add_argument("dataset")
        else:
            one.add_argument("source", help=source)
        if verb == "submit":
            one.add_argument("model_path")
            add_settings(one, CloudTrainSettings)
        elif verb == "upload":
            add_settings(one, BucketSettings)
        elif verb == "logs":
            one.add_argument("--lines", type=_count, default=1000, help="only so many of the last lines. Default: 1000")
        elif verb == "fetch":
            one.add_argument("model_path", nargs="?", help="where the model goes. Default: where it was to go")
            one.add_argument("--no-wait", action="store_true", help="only begin, and tell the folder of the job")
        _add_json(one)
        one.set_defaults(run=_cloud, verb=verb)


def _add_json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="answer in JSON, for machines")


def add_settings(parser: argparse.ArgumentParser, kind: type[Settings], but: Collection[str] = ()) -> None:
    """Give a command an option for each setting of `kind`, in kebab case, but for those that it has no use for."""
    for field in dataclasses.fields(kind):
        if field.name in but:
            continue
        parser.add_argument(
            "--" + field.name.replace("_", "-"),
            "--" + field.name,
            dest=field.name,
            type=_value,
            default=argparse.SUPPRESS,
            metavar="VALUE",
            help=f"{field.metadata['doc']} Default: {_shown(written(field, field.default))}.".replace("%", "%%"),
        )


def given_settings(options: argparse.Namespace, kind: type[Settings]) -> dict[str, Any]:
    """Return those settings of `kind` that were given on the command line."""
    names = {field.name for field in dataclasses.fields(kind)}
    return {name: value for name, value in vars(options).items() if name in names}


def _count(text: str) -> int:
    """Read how many lines are meant."""
    number = int(text)
    if not 0 <= number <= _MOST_LINES:
        raise argparse.ArgumentTypeError(f"it must be a whole number from 0 to {_MOST_LINES}. It is {text}.")
    return number


def _value(text: str) -> Any:
    """Read a value: a number, true or false, a text, or several of them with commas between."""
    if "," in text:
        return [_value(part.strip()) for part in text.strip("[]").split(",")]
    try:
        return json.loads(text)
    except RecursionError:
        return text
    except ValueError:
        # As people write numbers, and JSON does not: .2, 5., +1.
        return float(text) if re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?", text, re.IGNORECASE) else text


def _shown(value: Any) -> str:
    if value is None:
        return "none"
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _inspect(options: argparse.Namespace) -> int:
    settings = InspectSettings.from_options(given_settings(options, InspectSettings))
    record = pyside.inspect(options.path, settings.label_variable)
    from pyside.diagnostics import inspection

    shown = readable if settings.all else inspection.screen
    _print_json(record) if options.json else show(shown(record))
    return 0


def _unlock(options: argparse.Namespace) -> int:
    record = pyside.unlock(options.path)
    if options.json:
        _print_json(record)
    else:
        show(f"Released. It was held by process {record['pid']} on {record['host']}.")
    return 0


def _verify(options: argparse.Namespace) -> int:
    from pyside.jobs import job, requests

    _print_result(job.do(requests.verification(options.dataset), log=False), options.json)
    return 0


def _doctor(options: argparse.Namespace) -> int:
    from pyside.diagnostics import bundle, doctor

    if options.bundle:
        made = bundle.write(options.bundle)
        _print_json({"bundle": made}) if options.json else show(bundle.notice(made))
        return 0
    report = doctor.examine(options.folder)
    _print_json(report) if options.json else show(doctor.page(report))
    return 0 if report["well"] else 1


def _convert(options: argparse.Namespace) -> int:
    from pyside.jobs import job, requests

    source = options.source
    if isinstance(source, list) and len(source) == 1:
        source = source[0]
    settings = given_settings(options, options.kind_settings)
    request = requests.conversion(options.kind, source, getattr(options, "labels", None), options.dataset, settings)
    record = job.do(request, log=not options.json and not requests.is_check(request))
    _print_result(record, options.json)
    return 0 if record.get("well", True) else 1


def _export(options: argparse.Namespace) -> int:
    from pyside.jobs import job, requests

    request = requests.export(options.dataset, options.folder, given_settings(options, ExportSettings))
    _print_result(job.do(request, log=not options.json), options.json)
    return 0


def _shortened(report: dict[str, Any]) -> dict[str, Any]:
    """Return the report on a dataset without what was said before or is long."""
    return {key: value for key, value in report.items() if key not in ("kind", "pairs", "recordings", "hash") and value}


def _train(options: argparse.Namespace) -> int:
    from pyside.jobs import job, requests

    request = requests.training(options.dataset, options.model_path, given_settings(options, TrainSettings))
    _print_result(job.do(request, log=not options.json), options.json)
    return 0


def _tune(options: argparse.Namespace) -> int:
    from pyside.jobs import job, requests

    search = dict(_searched(text) for text in options.search)
    given = given_settings(options, TuneSettings)
    request = requests.tuning(options.dataset, options.model_path, search, given)
    _print_result(job.do(request, log=not options.json), options.json)
    return 0


def _searched(text: str) -> tuple[str, Any]:
    """Read a setting that is searched: ``NAME=LOW..HIGH``, or ``NAME=VALUE,VALUE``."""
    name, _, values = text.partition("=")
    name = name.strip().replace("-", "_")
    if re.fullmatch(r"[-+.\deE]+\.\.[-+.\deE]+", values.strip()):
        return name, values
    parts = re.split(r",(?![^\[]*\])", values)  # at commas outside of brackets
    return name, [_value(part.strip()) for part in parts]


def _preview(options: argparse.Namespace) -> int:
    from pyside.jobs import job, requests

    request = requests.preview(options.dataset, options.path, given_settings(options, PreviewSettings))
    _print_result(job.do(request, log=False), options.json)
    return 0


def _job(options: argparse.Namespace) -> int:
    from pyside.jobs import job

    folder = options.folder
    if options.verb == "run":
        from pyside.jobs import worker
        from pyside.system import processes

        processes.ignore_interrupts()
        processes.leave(worker.run(folder))
    if options.verb == "list":
        found = job.jobs(folder)
        rows = [f"{one['folder']}  {job.line(one)}".replace("\n", "\\x0a") for one in found]
        _print_json(found) if options.json else show("\n".join(rows))
    elif options.verb == "status":
        status = job.status(folder)
        _show(status, options.json)
    elif options.verb == "log":
        show(job.log(folder, options.lines))
    elif options.verb == "wait":
        _print_result(job.wait(folder), options.json)
    elif options.verb == "cancel":
        show(job.cancel(folder))
    elif options.verb == "resume":
        job.resume(folder, options.trust_code)
    elif options.verb == "stop":
        job.stop(folder)
    else:
        job.remove(folder)
    return 0


def _cloud(options: argparse.Namespace) -> int:
    from pyside.jobs import job, requests
    from pyside.jobs.cloud import jobs

    if options.verb == "submit":
        settings = given_settings(options, CloudTrainSettings)
        if settings.get("dry_run"):
            found = jobs.plan(options.dataset, options.model_path, settings)
            _print_json(found) if options.json else show("\n".join(found["page"]))
            return 0
        found = jobs.submit(options.dataset, options.model_path, settings, log=not options.json)
        _print_json(found) if options.json else show(f"The job here that watches it: {found['folder']}")
    elif options.verb == "upload":
        request = requests.upload(options.dataset, given_settings(options, BucketSettings))
        _print_result(job.do(request, isolated=False, log=not options.json), options.json)
    elif options.verb == "logs":
        rows = jobs.logs(options.source, options.lines)
        lines = [f"{one['time']} {one['severity']:<8} {one['text']}" for one in rows]
        _print_json(rows) if options.json else show("\n".join(lines))
    elif options.verb == "fetch":
        folder = jobs.fetch(options.source, options.model_path or None)
        if options.no_wait:
            _print_json({"folder": folder}) if options.json else show(folder)
        else:
            _print_result(job.wait(folder), options.json)
    else:
        record = {"status": jobs.status, "cancel": jobs.cancel}[options.verb](options.source)
        _show(record, options.json)
    return 0


def _print_result(record: dict[str, Any], as_json: bool) -> None:
    """Print what a job made."""
    from pyside.data.conversion import preflight
    from pyside.evaluation.result import TrainingResult
    from pyside.training.tuning.result import TuningResult

    if as_json:
        _print_json(record)
    elif "trials" in record:
        show(TuningResult.from_record(record).summary())
    elif "history" in record:
        show(TrainingResult.from_record(record).summary())
    elif record.get("kind") == "preflight":
        show("\n".join(preflight.page(record)))
    else:
        from pyside.diagnostics import inspection

        show(inspection.screen(_shortened(record), "--json, or touchtrain inspect"))


def _show(record: dict[str, Any], as_json: bool) -> None:
    _print_json(record) if as_json else show(readable(record))


def readable(record: dict[str, Any], indent: str = "") -> str:
    """Return a record as lines for a person."""
    rows = []
    for name, value in record.items():
        title = f"{indent}{name.replace('_', ' ')}: "
        if isinstance(value, dict):
            rows += [title.rstrip(), readable(value, indent + "  ")] if value else [title + "-"]
        elif isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
            rows.append(title.rstrip())
            known = [{key: item for key, item in one.items() if item not in (None, "", {}, [])} for one in value]
            rows += [f"{indent}  " + ", ".join(f"{key} {item}" for key, item in one.items()) for one in known]
        else:
            rows.append(title + ((", ".join(map(str, value)) or "-") if isinstance(value, list) else str(value)))
    return "\n".join(rows)


if __name__ == "__main__":
    sys.exit(main())
