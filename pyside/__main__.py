"""The command line: ``touchtrain``, or ``python -m pyside``."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from collections.abc import Sequence
from typing import Any

import pyside
from pyside.errors import Interrupted, TouchTrainError
from pyside.records import to_json
from pyside.settings import Settings, TrainSettings


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0, 1 after an error, 130 after Ctrl-C."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except TouchTrainError as error:
        from pyside.jobs.interpreter import error_record

        if getattr(options, "json", False):
            print(to_json({"error": error_record(error)}))
        print(error, file=sys.stderr)
        return 130 if isinstance(error, Interrupted) else 1
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("touchtrain", description="Train a touch detector from labelled video frames.")
    parser.add_argument("--version", action="version", version=f"TouchTrain {pyside.__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    inspect = commands.add_parser("inspect", help="tell what a dataset folder, a model or a job folder holds")
    inspect.add_argument("path")
    inspect.add_argument("--json", action="store_true", help="answer in JSON, for machines")
    inspect.set_defaults(run=_inspect)

    train = commands.add_parser("train", help="train a model on a dataset folder")
    train.add_argument("dataset")
    train.add_argument("model_path")
    train.add_argument("--json", action="store_true", help="answer in JSON, for machines")
    add_settings(train, TrainSettings)
    train.set_defaults(run=_train)

    job = commands.add_parser("job", help="do what a job folder says (started by the others)")
    job.add_argument("folder")
    job.set_defaults(run=_job)
    return parser


def add_settings(parser: argparse.ArgumentParser, kind: type[Settings]) -> None:
    """Give a command an option for each setting of `kind`, in kebab case."""
    for field in dataclasses.fields(kind):
        parser.add_argument(
            "--" + field.name.replace("_", "-"),
            "--" + field.name,
            dest=field.name,
            type=_value,
            default=argparse.SUPPRESS,
            metavar="VALUE",
            help=f"{field.metadata['doc']} Default: {_shown(field.default)}.".replace("%", "%%"),
        )


def given_settings(options: argparse.Namespace, kind: type[Settings]) -> dict[str, Any]:
    """Return those settings of `kind` that were given on the command line."""
    names = {field.name for field in dataclasses.fields(kind)}
    return {name: value for name, value in vars(options).items() if name in names}


def _value(text: str) -> Any:
    """Read a value: a number, true or false, a text, or several of them with commas between."""
    if "," in text:
        return [_value(part.strip()) for part in text.strip("[]").split(",")]
    try:
        return json.loads(text)
    except ValueError:
        return text


def _shown(value: Any) -> str:
    if value is None:
        return "none"
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _inspect(options: argparse.Namespace) -> int:
    record = pyside.inspect(options.path)
    print(to_json(record) if options.json else readable(record))
    return 0


def _train(options: argparse.Namespace) -> int:
    outcome = pyside.train(options.dataset, options.model_path, **given_settings(options, TrainSettings))
    print(to_json(dataclasses.asdict(outcome)) if options.json else summary(outcome))
    return 0


def _job(options: argparse.Namespace) -> int:
    from pyside.jobs import job

    job.ignore_interrupts()
    return job.run(options.folder)


def readable(record: dict[str, Any], indent: str = "") -> str:
    """Return a record as lines for a person."""
    rows = []
    for name, value in record.items():
        title = f"{indent}{name.replace('_', ' ')}: "
        if isinstance(value, dict):
            rows += [title.rstrip(), readable(value, indent + "  ")] if value else [title + "-"]
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            rows.append(title.rstrip())
            rows += [f"{indent}  " + ", ".join(f"{key} {item}" for key, item in one.items()) for one in value]
        else:
            rows.append(title + (", ".join(map(str, value)) if isinstance(value, list) else str(value)))
    return "\n".join(rows)


def summary(outcome: Any) -> str:
    """Return what came of a training as lines for a person."""
    report = outcome.report
    sides = {side: report["split"].get(side) or {} for side in ("training", "validation", "test")}
    rows = [f"{side}: {one['frames']} frames" for side, one in sides.items() if one.get("frames")]
    rows.append(f"best epoch: {report['best_epoch']} of {report['epochs_run']}")
    rows += [f"{side} accuracy: {one['accuracy']:.4f}" for side, one in outcome.metrics.items() if "accuracy" in one]
    rows += [f"warning: {text}" for text in report["warnings"]]
    rows.append(f"model: {outcome.model_path}")
    return "\n".join(rows)


if __name__ == "__main__":
    sys.exit(main())
