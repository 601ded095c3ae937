"""The parser of the command line, made from the table of commands."""

from __future__ import annotations

import argparse
import re
import sys
from typing import Any

import pyside
from pyside.cli.commands import (
    run_attach,
    run_cloud,
    run_command,
    run_doctor,
    run_ending,
    run_inspect,
    run_job,
    run_jobs,
    run_matlab_path,
    run_predict,
    run_resume,
    run_slurm,
    run_submit,
    run_unlock,
)
from pyside.cli.options import add_json, add_settings, count, parsed_value, with_values
from pyside.jobs import commands
from pyside.jobs.commands import Argument, Command
from pyside.settings.cluster import SlurmSettings
from pyside.settings.conversion import InspectSettings
from pyside.settings.core import nearest
from pyside.settings.curation import PredictSettings

# Commands of two words: the help of the first word, and the placeholder for the second.
_GROUPS = {
    "convert": ("make a dataset folder of labelled videos, images or arrays", "KIND"),
    "export": ("write a dataset in another form", "FORM"),
    "job": ("show the status or log of a job, or remove it", "VERB"),
    "cluster": ("start workers for the option --scheduler of convert videos, train, tune and curate", "KIND"),
    "cloud": ("train on Google Cloud: submit, status, logs, cancel, fetch", "VERB"),
}
_OF_A_JOB = "the number, name or folder of the job, as touchtrain jobs shows it"
_JOBS_VERBS = {
    "attach": "watch a job and print its result; Ctrl-C leaves the job running",
    "stop": "end a job gently; what it has done so far is kept",
    "cancel": "end a job at once; most can be resumed",
    "resume": "resume a job that was killed, was cancelled or failed, and watch it",
}
_JOB_VERBS = {
    "status": "show the state and progress of a job",
    "log": "print the output of a job",
    "remove": "remove the folder of a job that has ended; its dataset or model stays",
    "run": "run the job in this process (used by the other commands)",
}
_CLOUD_VERBS = {
    "status": "show the state and progress of a training",
    "logs": "print the cloud's log of a training",
    "cancel": "end a training at once; it can be resumed",
    "fetch": "wait for a training and fetch its model",
}


class _Parser(argparse.ArgumentParser):
    """A parser that names similar options where there is none of a name; those of its commands are of its kind."""

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Return what was parsed; an option that does not exist, or may be several, is an error."""
        given = list(sys.argv[1:] if args is None else args)
        if self._subparsers is not None:
            self._check_command(given)
        else:
            last = [*given, "--"].index("--")  # what follows are no options
            given = [*with_values([self._in_full(one) for one in given[:last]]), *given[last:]]
            self._check_options(given[:last])
        found, rest = super().parse_known_args(given, namespace)
        self._check_options(rest)
        if rest and self._subparsers is None:
            self.error(
                f"{rest[0]} is more than {self.prog} takes. Several values of an option are one word, with commas: "
                '--formats "mat,csv". A name with spaces wants quotes, too.'
            )
        return found, rest

    def _check_options(self, given: list[str]) -> None:
        """End with an error that names similar options if there is none of a name."""
        names = [one.partition("=")[0] for one in given if one.startswith("--") and one != "--"]
        unknown = next((name for name in names if name not in self._option_string_actions), None)
        if unknown:
            self._refuse("option", unknown, sorted({*re.findall(r"--[a-z][\w-]*", self.format_usage())}))

    def _check_command(self, given: list[str]) -> None:
        """End with an error that names similar commands if there is none of a name."""
        name = next(iter(given), "-")
        choices = next((one.choices for one in self._actions if one.nargs == argparse.PARSER), None)
        commands = list(map(str, choices or ()))
        if not name.startswith("-") and name not in commands:
            self._refuse("command", f"{self.prog} {name}".partition(" ")[2], commands, name)

    def _refuse(self, what: str, name: str, known: list[str], word: str = "") -> None:
        near = nearest(word or name, known)
        hint = f"Did you mean {' or '.join(near)}?" if near else "See --help."
        self.error(f"there is no {what} {name}. {hint}")

    def _in_full(self, argument: str) -> str:
        """Return an argument with the full name of the option that it begins, which is spelled in two ways."""
        given, equals, value = argument.partition("=")
        known = self._option_string_actions
        if not given.startswith("--") or given == "--" or given in known:
            return argument
        begun = given.replace("_", "-")
        several = sorted({name.replace("_", "-") for name in known if name.replace("_", "-").startswith(begun)})
        if len(several) > 1:
            self.error(f"several options begin with {given}: {', '.join(several)}. Write more letters of the name.")
        return f"{several[0]}{equals}{value}" if several else argument


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    parser = _Parser("touchtrain", description="Train a touch detector from labelled video frames.")
    parser.add_argument("--version", action="version", version=f"TouchTrain {pyside.__version__}")
    top = parser.add_subparsers(required=True, metavar="COMMAND")
    groups: dict[str, Any] = {"": top}
    for command in commands.TABLE:
        group, _, name = command.name.rpartition(" ")
        _add_command(_group(groups, group).add_parser(name, help=command.help), command)
    _add_inspect(top.add_parser("inspect", help="show what a dataset, model, label file, video, session or job holds"))
    _add_predict(top.add_parser("predict", help="classify frames that are cut out, from arrays or images"))
    _add_unlock(top.add_parser("unlock", help="release a dataset, model or job that another computer has locked"))
    _add_matlab_path(top.add_parser("matlab-path", help="print the folder with the MATLAB functions, for addpath"))
    _add_doctor(top.add_parser("doctor", help="check this computer, with a remedy for each fault"))
    _add_jobs(top)
    _add_job(_group(groups, "job"))
    _add_slurm(_group(groups, "cluster"))
    _add_cloud(_group(groups, "cloud"))
    return parser


def _group(groups: dict[str, Any], name: str) -> Any:
    """Return the sub-parsers of a group of commands; they are made on the first call."""
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
    parser.add_argument("path", help="a dataset folder, model, label file, video, or the folder of a session or job")
    add_json(parser)
    add_settings(parser, InspectSettings)
    parser.set_defaults(run=run_inspect)


def _add_predict(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model_path", metavar="MODEL", help="a model, an .h5 or .keras file")
    frames = "files with frames that are cut out as in the training: .npy, .npz, .mat, .h5, or images, or their folder"
    parser.add_argument("frames", nargs="+", metavar="FRAMES", help=frames)
    add_json(parser)
    add_settings(parser, PredictSettings)
    parser.set_defaults(run=run_predict)


def _add_unlock(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("path", help="the dataset, model or folder of a job that is locked")
    add_json(parser)
    parser.set_defaults(run=run_unlock)


def _add_matlab_path(parser: argparse.ArgumentParser) -> None:
    add_json(parser)
    parser.set_defaults(run=run_matlab_path)


def _add_doctor(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--folder", default=".", help="the folder for data and models. Default: this one")
    parser.add_argument("--bundle", metavar="JOB_FOLDER", help="write the logs of a job into a zip that can be sent")
    add_json(parser)
    parser.set_defaults(run=run_doctor)


def _add_jobs(commands: Any) -> None:
    """Add the commands that people give about jobs: separate processes that convert, train, curate and so on."""
    text = "list your jobs in the background: all that MATLAB starts, and trainings in the cloud"
    _add_list(commands.add_parser("jobs", help=text), None)
    for verb, text in _JOBS_VERBS.items():
        _add_verb(commands.add_parser(verb, help=text), verb)


def _add_list(parser: argparse.ArgumentParser, default: str | None) -> None:
    parser.add_argument(
        "folder", nargs="?", default=default, help="list the jobs in this folder. Default: all that you started"
    )
    add_json(parser)
    parser.set_defaults(run=run_jobs, verb="jobs" if default is None else "list")


def _add_verb(parser: argparse.ArgumentParser, verb: str, waits: bool = True) -> None:
    latest = "that can be resumed" if verb == "resume" else "that runs"
    parser.add_argument("job", nargs="?", metavar="JOB", help=f"{_OF_A_JOB}. Default: the latest {latest}")
    add_json(parser)
    run = {"attach": run_attach, "resume": run_resume}.get(verb, run_ending)
    parser.set_defaults(run=run, verb=verb, no_wait=not waits)
    if verb == "resume":
        trusts = "run code that the job names, such as a network, even if you did not start it on this computer"
        parser.add_argument("--trust-code", "--trust_code", action="store_true", help=trusts)
        parser.add_argument("--no-wait", "--no_wait", action="store_true", default=not waits, help="only start it")
        other = "train on another number of devices, or 'all'. Default: as before"
        parser.add_argument("--devices", type=parsed_value, metavar="VALUE", help=other)
        other = "go on with the workers of another cluster, or 'none': without. Default: as before"
        parser.add_argument("--scheduler", metavar="ADDRESS", help=other)


def _add_job(verbs: Any) -> None:
    """Add the further commands about jobs, and those above in their older spelling, which the help does not show."""
    for verb, text in _JOB_VERBS.items():
        one = verbs.add_parser(verb, help=text)
        one.add_argument("job", metavar="JOB", help=_OF_A_JOB)
        if verb == "log":
            one.add_argument("--lines", type=count, help="the number of last lines to print. Default: all")
        if verb == "status":
            add_json(one)
        one.set_defaults(run=run_job, verb=verb)
    _add_list(verbs.add_parser("list"), ".")
    for older, verb in (("wait", "attach"), ("stop", "stop"), ("cancel", "cancel"), ("resume", "resume")):
        _add_verb(verbs.add_parser(older), verb, waits=False)


def _add_slurm(kinds: Any) -> None:
    """Add the command that starts workers by Slurm."""
    text = (
        "submit jobs to Slurm whose workers convert or mark recordings or train, and run their scheduler until Ctrl-C"
    )
    parser = kinds.add_parser("slurm", help=text)
    add_json(parser)
    add_settings(parser, SlurmSettings)
    parser.set_defaults(run=run_slurm)


def _add_cloud(verbs: Any) -> None:
    """Add the commands about a submitted training on Vertex AI of Google Cloud."""
    source = "the folder of the job, here or in the bucket, as gs://BUCKET/jobs/NAME"
    for verb, text in _CLOUD_VERBS.items():
        one = verbs.add_parser(verb, help=text)
        one.add_argument("source", help=source)
        if verb == "logs":
            help_of_lines = "the number of last lines to print. Default: 1000"
            one.add_argument("--lines", type=count, default=1000, help=help_of_lines)
        elif verb == "fetch":
            one.add_argument(
                "model_path", nargs="?", help="the model file to write. Default: the path of the submission"
            )
            one.add_argument("--no-wait", action="store_true", help="only start, and print the folder of the job")
        add_json(one)
        one.set_defaults(run=run_cloud, verb=verb)
