"""The parts of the guide that are made from the code: settings, errors, files, functions, and figures of benchmarks.

A page with one of these names has its own introduction; what is made follows it when Sphinx reads the page.
"""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyside
from docs import scale_plan
from pyside import errors
from pyside.jobs import commands
from pyside.settings.core import Settings, doc_of, spelled, written
from pyside.tools.toolbox.m_files import MATLAB, NAMESPACE, functions
from pyside.tools.toolbox.signatures import signatures

RESULTS = ("TrainingResult", "TuningResult", "Prediction")  # what functions of `pyside` return
# The files that TouchTrain writes, and the room of the package whose docstring describes each.
FORMATS = {
    "The dataset": "data.dataset",
    "The model": "models.metadata",
    "Probe frames in the model": "models.probes",
    "The report of a cross-validation": "training.assessment.out_of_fold",
    "The session": "curation.marking.session",
    "Corrections of a person": "reviewing.corrections",
    "The job": "jobs.job",
    "TFRecords": "data.formats.tfrecords",
    "Labels for BORIS": "curation.writers.boris",
    "Labels for DeepEthogram": "curation.writers.deepethogram",
    "Labels for WhACC": "curation.writers.whacc",
    "Labels in NWB": "curation.writers.nwb",
}
PARTNERS = {"list_jobs": "jobs"}  # that are not called alike
ONLY_PYTHON = {
    "export_tfrecords": "for programs that read TFRecords; on the command line `touchtrain export tfrecords`",
    "load_model": "returns a Keras model, which MATLAB cannot hold; `touchtrain.predict` asks it",
    "train_arrays": "in MATLAB `touchtrain.convertArrays`, then `touchtrain.train`",
}
ONLY_MATLAB = {
    "TrainingJob": "in Python, `attach`, `stop`, `cancel` and `resume` take the number or the name of a job",
    "curateInBackground": "in Python, run `curate` in a thread or a process",
    "doctor": "on the command line `touchtrain doctor`",
    "fetchModel": "on the command line `touchtrain cloud fetch`",
    "help": "in Python `help(pyside)`",
    "options": "in Python, the settings classes of `pyside.settings`; on the command line `--help`",
    "plotHistory": "`TrainingResult.history` has the curves",
    "setup": "finds the Python that MATLAB starts",
    "showMistakes": "`TrainingResult.report` has the mistakes, and the report shows them",
    "trainInBackground": "in Python, run `train` in a thread or a process",
    "uploadDataset": "on the command line `touchtrain cloud upload`",
}
_COMMAND_LINE = {"convertArrays": "", "inspect": "inspect", "predict": "predict"}  # of functions that are no command


def settings() -> str:
    """Return every option of every function: its names, its default and what it does."""
    rows = [(one.matlab, one.name, one.settings) for one in commands.TABLE]
    rows += [(name, _COMMAND_LINE[name], kind) for name, kind in commands.WITHOUT_JOB.items()]
    listed = signatures()
    parts = []
    for matlab, command, kind in rows:
        own = {spelled(field, "matlab") for field in dataclasses.fields(kind)}
        more = [row for row in _options(listed, matlab) if row["name"] not in own]
        parts += _section(matlab, command, [*_of_settings(kind, matlab, command), *map(_only_matlab, more)])
    with_page = {matlab for matlab, _, _ in rows}
    for name in listed:
        short = name.removeprefix(f"{NAMESPACE}.")
        if short not in with_page:
            parts += _section(short, "", list(map(_only_matlab, _options(listed, short))))
    return "\n".join(parts)


def _options(listed: dict[str, Any], matlab: str) -> list[dict[str, Any]]:
    inputs = listed.get(f"{NAMESPACE}.{matlab}", {"inputs": []})["inputs"]
    return [one for one in inputs if one["kind"] == "namevalue"]


def python_name(matlab: str, command: str) -> str:
    """Return the name of a function in Python; "" if it has none there."""
    name = re.sub(r"(?<=[a-z])[A-Z]", lambda letter: f"_{letter[0].lower()}", matlab) or command.replace(" ", "_")
    return name if hasattr(pyside, name) else ""


def _section(matlab: str, command: str, entries: list[str]) -> list[str]:
    python = python_name(matlab, command)
    faces = [f"`touchtrain.{matlab}`"] * bool(matlab) + [f"`pyside.{python}`"] * bool(python)
    faces += [f"`touchtrain {command}`"] * bool(command)
    return ["", f"## Options of {matlab or command}", "", ", ".join(faces), "", *entries] if entries else []


def _of_settings(kind: type[Settings], matlab: str, command: str) -> Iterator[str]:
    matlab_kind = commands.settings_in_matlab(matlab) or kind
    defaults = {row["name"]: row["default"] for row in matlab_kind.help("matlab")}
    for field in dataclasses.fields(kind):
        names = [f"`{spelled(field, 'matlab')}`"] * bool(matlab) + [f"`{field.name}`"]
        names += [f"`--{field.name.replace('_', '-')}`"] * bool(command)
        default = written(field, field.default)
        text = "none" if default is None else f"`{default}`"
        in_matlab = defaults.get(spelled(field, "matlab"), default)
        text += f", in MATLAB `{in_matlab}`" if in_matlab != default else ""
        doc = doc_of(field, "python").replace(" counted from 0", " counted from 0 (in MATLAB from 1)")
        yield _entry(" · ".join(names), f"{doc}" + ("" if " Default: " in doc else f" Default: {text}."))


def _only_matlab(row: dict[str, Any]) -> str:
    return _entry(f"`{row['name']}` (MATLAB only)", row["purpose"])


def _entry(term: str, text: str) -> str:
    return f"{term}\n: {_plain(text)}\n"


def _plain(text: str) -> str:
    """Return a text of the code as Markdown: what would be taken for mark-up stands for itself, outside of code."""
    parts = re.split(r"(`+[^`]*`+)", text)
    return "".join(part if part.startswith("`") else re.sub(r"([\\*_\[\]<>{}$#|])", r"\\\1", part) for part in parts)


def error_classes() -> list[type[errors.TouchTrainError]]:
    """Return the errors that a person may meet, by name."""
    found = [one for one in vars(errors).values() if inspect.isclass(one) and issubclass(one, errors.TouchTrainError)]
    return sorted((one for one in found if one is not errors.TouchTrainError), key=lambda one: one.__name__)


def _in_both(text: str) -> str:
    """Return a text with the name in MATLAB behind the name of each setting, and of each function of the package."""
    known = {
        field.name: spelled(field, "matlab") for one in commands.TABLE for field in dataclasses.fields(one.settings)
    }
    known |= {python_name(one.matlab, ""): f"touchtrain.{one.matlab}" for one in commands.TABLE if one.matlab}
    text = re.sub(
        r"(?<!`)`(\w+)`", lambda one: f"{one[0]} (MATLAB: `{known[one[1]]}`)" if one[1] in known else one[0], text
    )
    return text[0].upper() + text[1:]


def errors_page() -> str:
    """Return every error: its identifier, its cause and what to do."""
    parts = []
    for one in error_classes():
        cause, _, rest = inspect.cleandoc(one.__doc__ or "").partition("\n\n")
        remedy = re.search(r"^Remedy: (.*?)(?:\n\n|\Z)", rest, re.MULTILINE | re.DOTALL)
        parts += ["", f"## TouchTrain:{one.__name__}", "", _plain(cause)]
        parts += ["", f"**What to do:** {_plain(_in_both(remedy[1]))}"] if remedy else []
    return "\n".join(parts)


def partner(python: str) -> str:
    """Return the name that a function of the package has in MATLAB, whether or not it exists."""
    return PARTNERS.get(python) or re.sub("_([a-z])", lambda letter: letter[1].upper(), python)


def _table(title: str, rows: list[tuple[str, str]]) -> list[str]:
    return ["", f"## {title}", "", "| function | |", "|---|---|", *(f"| `{name}` | {text} |" for name, text in rows)]


def python_page() -> str:
    """Return the functions of the package and what they return, as directives of Sphinx, and their names in MATLAB."""
    names = [name for name in pyside.__all__ if name != "__version__"]
    lines = [f".. autofunction:: pyside.{name}" for name in names]
    classes = [f".. autoclass:: pyside.{name}\n   :members:" for name in RESULTS]
    parts = ["## Functions", "", "```{eval-rst}", *lines, "```", "", "## Results", "", "```{eval-rst}", *classes, "```"]
    rows = [(f"pyside.{one}", ONLY_PYTHON.get(one) or f"`{NAMESPACE}.{partner(one)}`") for one in names]
    return "\n".join([*parts, *_table("Names in MATLAB", rows)])


def help_of(file: Path) -> str:
    """Return the help of a .m file, as MATLAB prints it."""
    found = re.search(r"^(?:%.*\n)+", re.sub(r"^(function|classdef) .*\n", "", file.read_text(encoding="ascii")))
    return "" if found is None else re.sub(r"^% ?", "", found[0], flags=re.MULTILINE).rstrip()


def matlab_page() -> str:
    """Return the help of each script and function in MATLAB."""
    scripts = [file for file in sorted(MATLAB.glob("*.m")) if file.name != "Contents.m"]
    parts = ["## Scripts"]
    for file in scripts:
        parts += ["", f"### {file.stem}", "", "```text", help_of(file), "```"]
    parts += ["", "## Functions"]
    for one in functions():
        if "." not in one.short:
            file = MATLAB / f"+{NAMESPACE}" / f"{one.short}.m"
            parts += ["", f"### {one.name}", "", "```text", help_of(file), "```"]
    python = {partner(name): f"`pyside.{name}`" for name in pyside.__all__} | ONLY_MATLAB
    rows = [(one.name, python[one.short]) for one in functions() if "." not in one.short]
    return "\n".join([*parts, *_table("Names in Python", rows)])


def formats_page() -> str:
    """Return the description of each file that TouchTrain writes: that of the room that writes it."""
    parts = []
    for title, room in FORMATS.items():
        doc = inspect.cleandoc(importlib.import_module(f"pyside.{room}").__doc__ or "")
        parts += ["", f"## {title}", "", *(_as_markdown(one) for one in re.split(r"\n\s*\n", doc) if one != "::")]
    return "\n".join(parts)


def _as_markdown(paragraph: str) -> str:
    """Return a paragraph of a docstring as Markdown; an indented one, such as a table of keys, as it stands."""
    if all(line.startswith("    ") for line in paragraph.splitlines()):
        return f"```text\n{inspect.cleandoc(paragraph)}\n```\n"
    return _plain(re.sub(r":$", ":", paragraph.replace("``", "`")).replace("::", ":")) + "\n"


MADE = {
    "file-formats": formats_page,
    "settings": settings,
    "errors": errors_page,
    "python-reference": python_page,
    "matlab-reference": matlab_page,
    "scale": scale_plan.page,
}


def add(app: object, name: str, source: list[str]) -> None:
    """Add what is made to the source of a page, when Sphinx has read it."""
    if name in MADE:
        source[0] = f"{source[0].rstrip()}\n\n{MADE[name]()}\n"


def setup(app: Any) -> dict[str, bool]:
    """Connect to Sphinx."""
    app.connect("source-read", add)
    return {"parallel_read_safe": True}
