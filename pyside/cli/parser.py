"""The parser of the command line."""

from __future__ import annotations

import argparse
from typing import Any

import pyside
from pyside.cli.commands import (
    run_cloud,
    run_convert,
    run_doctor,
    run_export,
    run_inspect,
    run_job,
    run_preview,
    run_train,
    run_tune,
    run_unlock,
    run_verify,
)
from pyside.cli.options import CONVERSIONS, add_json, add_settings, count
from pyside.settings.cloud import BucketSettings, CloudTrainSettings
from pyside.settings.conversion import ExportSettings, InspectSettings
from pyside.settings.training import PreviewSettings, TrainSettings, TuneSettings

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


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    parser = argparse.ArgumentParser("touchtrain", description="Train a touch detector from labelled video frames.")
    parser.add_argument("--version", action="version", version=f"TouchTrain {pyside.__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    convert = commands.add_parser("convert", help="make a dataset folder of labelled videos, images or arrays")
    kinds = convert.add_subparsers(required=True, metavar="KIND")
    for kind, (settings, source, text) in CONVERSIONS.items():
        one = kinds.add_parser(kind, help=text)
        one.add_argument("source", metavar=source[0], nargs=source[1], help=source[2])
        if kind == "videos":
            one.add_argument("labels", metavar="LABELS", help="a .mat, .npy or .csv file with the labels")
        one.add_argument("dataset", metavar="DATASET", help="the folder to write")
        add_json(one)
        add_settings(one, settings)
        one.set_defaults(run=run_convert, kind=kind, kind_settings=settings)

    export = commands.add_parser("export", help="write a dataset in another form")
    forms = export.add_subparsers(required=True, metavar="FORM")
    records = forms.add_parser("tfrecords", help="TFRecord files, one Example a frame")
    records.add_argument("dataset")
    records.add_argument("folder", help="where the files go")
    add_json(records)
    add_settings(records, ExportSettings)
    records.set_defaults(run=run_export)

    inspect = commands.add_parser("inspect", help="tell what a dataset, a model, a label file, a video or a job holds")
    inspect.add_argument("path")
    add_json(inspect)
    add_settings(inspect, InspectSettings)
    inspect.set_defaults(run=run_inspect)

    verify = commands.add_parser("verify", help="compare a dataset with its hashes: has it changed on the disk?")
    verify.add_argument("dataset")
    add_json(verify)
    verify.set_defaults(run=run_verify)

    train = commands.add_parser("train", help="train a model on a dataset folder")
    train.add_argument("dataset")
    train.add_argument("model_path")
    add_json(train)
    add_settings(train, TrainSettings)
    train.set_defaults(run=run_train)

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
    add_json(tune)
    add_settings(tune, TuneSettings)
    tune.set_defaults(run=run_tune)

    preview = commands.add_parser("preview", help="write a sheet of frames as a training varies them")
    preview.add_argument("dataset")
    preview.add_argument("path", help="the picture to write, a .png")
    add_json(preview)
    add_settings(preview, PreviewSettings)
    preview.set_defaults(run=run_preview)

    unlock = commands.add_parser("unlock", help="release a dataset, model or job that another computer holds")
    unlock.add_argument("path")
    add_json(unlock)
    unlock.set_defaults(run=run_unlock)

    doctor = commands.add_parser("doctor", help="tell what is on this machine and what is wrong with it")
    doctor.add_argument("--folder", default=".", help="where data and models are, or are to be. Default: this one")
    doctor.add_argument("--bundle", metavar="JOB_FOLDER", help="write the logs of a job into a zip that can be sent")
    add_json(doctor)
    doctor.set_defaults(run=run_doctor)

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
            one.add_argument("--lines", type=count, help="only so many of the last lines")
        if verb == "resume":
            one.add_argument(
                "--trust-code",
                "--trust_code",
                action="store_true",
                help="run the code that it names, such as a network, though you did not start it on this computer",
            )
        if verb in ("list", "status", "wait"):
            add_json(one)
        one.set_defaults(run=run_job, verb=verb)


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
            one.add_argument("--lines", type=count, default=1000, help="only so many of the last lines. Default: 1000")
        elif verb == "fetch":
            one.add_argument("model_path", nargs="?", help="where the model goes. Default: where it was to go")
            one.add_argument("--no-wait", action="store_true", help="only begin, and tell the folder of the job")
        add_json(one)
        one.set_defaults(run=run_cloud, verb=verb)
