"""The parser of the command line, made from the table of commands."""

from __future__ import annotations

import argparse
from typing import Any

import pyside
from pyside.cli.commands import run_cloud, run_command, run_doctor, run_inspect, run_job, run_submit, run_unlock
from pyside.cli.options import add_json, add_settings, count
from pyside.jobs import commands
from pyside.jobs.commands import Argument, Command
from pyside.settings.conversion import InspectSettings

# Commands of two words: what the first is about, and what the second is called.
_GROUPS = {
    "convert": ("make a dataset folder of labelled videos, images or arrays", "KIND"),
    "export": ("write a dataset in another form", "FORM"),
    "job": ("look at, stop, resume or remove jobs: conversions and trainings", "VERB"),
    "cloud": ("train on Google Cloud: submit, look, read the log, cancel, fetch", "VERB"),
}
_JOB_VERBS = {
    "list": "list the jobs at a place",
    "status": "show how a job is doing",
    "log": "print what the process of a job has printed",
    "wait": "wait for a job and print its result",
    "stop": "end a job gently: the best model so far is evaluated and saved",
    "cancel": "end a job at once; it can be resumed",
    "resume": "let a job that was killed, cancelled or failed go on from where it was",
    "remove": "remove the folder of a job that has ended; what it made stays",
    "run": "do in this process what a job folder says (started by the others)",
}
_CLOUD_VERBS = {
    "status": "show how a training is doing",
    "logs": "print what the service has logged of a training",
    "cancel": "end a training at once; it can be resumed",
    "fetch": "wait for a training and fetch its model",
}


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    parser = argparse.ArgumentParser("touchtrain", description="Train a touch detector from labelled video frames.")
    parser.add_argument("--version", action="version", version=f"TouchTrain {pyside.__version__}")
    top = parser.add_subparsers(required=True, metavar="COMMAND")
    groups: dict[str, Any] = {"": top}
    for command in commands.TABLE:
        group, _, name = command.name.rpartition(" ")
        _add_command(_group(groups, group).add_parser(name, help=command.help), command)
    _add_inspect(top.add_parser("inspect", help="show what a dataset, model, label file, video or job holds"))
    _add_unlock(top.add_parser("unlock", help="release a dataset, model or job that another computer holds"))
    _add_doctor(top.add_parser("doctor", help="examine this machine and say what is wrong with it"))
    _add_job(_group(groups, "job"))
    _add_cloud(_group(groups, "cloud"))
    return parser


def _group(groups: dict[str, Any], name: str) -> Any:
    """Return where the commands of a group are added; it is made when it is first asked for."""
    if name not in groups:
        text, second = _GROUPS[name]
        groups[name] = groups[""].add_parser(name, help=text).add_subparsers(required=True, metavar=second)
    return groups[name]


def _add_command(parser: argparse.ArgumentParser, command: Command) -> None:
    """Add a command of the table."""
    for argument in command.arguments:
        _add_argument(parser, argument)
    add_json(parser)
    add_settings(parser, command.settings)
    parser.set_defaults(run=run_submit if command.name == "cloud submit" else run_command, command=command)


def _add_argument(parser: argparse.ArgumentParser, argument: Argument) -> None:
    name = f"--{argument.name}" if argument.options else argument.name
    given: dict[str, Any] = {"nargs": argument.nargs, "metavar": argument.metavar, "help": argument.help}
    parser.add_argument(name, **{key: value for key, value in given.items() if value}, **argument.options)


def _add_inspect(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("path")
    add_json(parser)
    add_settings(parser, InspectSettings)
    parser.set_defaults(run=run_inspect)


def _add_unlock(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("path")
    add_json(parser)
    parser.set_defaults(run=run_unlock)


def _add_doctor(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--folder", default=".", help="where data and models are, or are to be. Default: this one")
    parser.add_argument("--bundle", metavar="JOB_FOLDER", help="write the logs of a job into a zip that can be sent")
    add_json(parser)
    parser.set_defaults(run=run_doctor)


def _add_job(verbs: Any) -> None:
    """Add the commands about jobs: processes of their own that convert or train."""
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


def _add_cloud(verbs: Any) -> None:
    """Add the commands about a training on Vertex AI of Google Cloud that was submitted."""
    source = "the folder of the job here, or that in the bucket, as gs://BUCKET/jobs/NAME"
    for verb, text in _CLOUD_VERBS.items():
        one = verbs.add_parser(verb, help=text)
        one.add_argument("source", help=source)
        if verb == "logs":
            one.add_argument("--lines", type=count, default=1000, help="only so many of the last lines. Default: 1000")
        elif verb == "fetch":
            one.add_argument("model_path", nargs="?", help="where the model goes. Default: where it was to go")
            one.add_argument("--no-wait", action="store_true", help="only begin, and print the folder of the job")
        add_json(one)
        one.set_defaults(run=run_cloud, verb=verb)
