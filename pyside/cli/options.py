"""Settings as options of the command line."""

from __future__ import annotations

import argparse
import dataclasses
import json
import re
from collections.abc import Collection, Sequence
from typing import Any

from pyside.cli.text import MOST_LINES
from pyside.jobs import commands
from pyside.settings.cluster import SlurmSettings
from pyside.settings.conversion import InspectSettings
from pyside.settings.core import Settings, doc_of, written
from pyside.settings.curation import PredictSettings


def with_values(arguments: Sequence[str]) -> list[str]:
    """Return the arguments with ``true`` added after each flag without a value, such as ``--check``."""
    kinds = [*(command.settings for command in commands.TABLE), InspectSettings, PredictSettings, SlurmSettings]
    fields = [field for kind in kinds for field in dataclasses.fields(kind) if isinstance(field.default, bool)]
    flags = {name for field in fields for name in _names(field)}
    given: list[str] = []
    for place, argument in enumerate(arguments):
        given.append(argument)
        if argument in flags and [*arguments, ""][place + 1].lower() not in ("true", "false", "0", "1"):
            given.append("true")
    return given


def add_json(parser: argparse.ArgumentParser) -> None:
    """Give a command the option --json."""
    parser.add_argument("--json", action="store_true", help="print JSON, for programs")


def add_settings(parser: argparse.ArgumentParser, kind: type[Settings], but: Collection[str] = ()) -> None:
    """Give a command an option for each setting of `kind` except those in `but`.

    The help shows it in kebab case; in snake case it is understood, too.
    """
    for field in dataclasses.fields(kind):
        if field.name in but:
            continue
        shown = _help(field).replace("%", "%%")
        given: dict[str, Any] = {"dest": field.name, "default": argparse.SUPPRESS}
        for name in _names(field):
            parser.add_argument(name, type=parsed_value, metavar="VALUE", help=shown, **given)
            shown = argparse.SUPPRESS
        if isinstance(field.default, bool):
            no: dict[str, Any] = {"action": "store_const", "const": False, "help": argparse.SUPPRESS}
            parser.add_argument(*_names(field, "--no-"), **no, **given)


def _names(field: dataclasses.Field[Any], before: str = "--") -> list[str]:
    return list(dict.fromkeys((before + field.name.replace("_", "-"), before + field.name)))


def _help(field: dataclasses.Field[Any]) -> str:
    doc = doc_of(field, "python")
    return doc if " Default: " in doc else f"{doc} Default: {_shown(written(field, field.default))}."


def given_settings(options: argparse.Namespace, kind: type[Settings]) -> dict[str, Any]:
    """Return the settings of `kind` that were given on the command line."""
    names = {field.name for field in dataclasses.fields(kind)}
    return {name: value for name, value in vars(options).items() if name in names}


def count(text: str) -> int:
    """Read a number of lines."""
    number = int(text)
    if not 0 <= number <= MOST_LINES:
        raise argparse.ArgumentTypeError(f"it must be a whole number from 0 to {MOST_LINES}. It is {text}.")
    return number


def parsed_value(text: str) -> Any:
    """Read a value: a number, true or false, a text, or a list of these separated by commas, or ``[1 2]``."""
    if re.fullmatch(r"\[ *[-+.\de]+( +[-+.\de]+)+ *\]", text):
        text = ",".join(text.strip("[] ").split())
    if "," in text:
        return [parsed_value(part.strip()) for part in text.strip("[]").split(",")]
    try:
        return json.loads(text)
    except RecursionError:
        return text
    except ValueError:
        # Numbers that JSON does not know: .2, 5., +1.
        return float(text) if re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?", text, re.IGNORECASE) else text


def _shown(value: Any) -> str:
    if value is None:
        return "none"
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
