"""The files by which MATLAB lists the toolbox: fresh, complete, and in the forms that MathWorks document."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from pyside import matlab, settings
from pyside.jobs import commands
from pyside.settings.core import Settings
from pyside.tools.toolbox import arguments, contents, m_files, signatures
from pyside.version import __date__, __version__

FOLDER = m_files.MATLAB / "+touchtrain"
MADE = {signatures.FILE: signatures.text, **dict.fromkeys(contents.FILES, contents.text)}
SIGNATURES: dict[str, Any] = json.loads(signatures.FILE.read_text(encoding="ascii"))
FUNCTIONS = {name: one for name, one in SIGNATURES.items() if name != "_schemaVersion"}


def of_kind(name: str, *kinds: str) -> dict[str, dict[str, Any]]:
    """The inputs of a function that are of these kinds, by name."""
    return {one["name"]: one for one in FUNCTIONS[name]["inputs"] if one["kind"] in kinds}


def code_of(name: str) -> str:
    """The file of a function or class."""
    return (FOLDER / f"{name.split('.')[1]}.m").read_text(encoding="ascii")


@pytest.mark.parametrize("file", MADE, ids=lambda file: file.parent.name + "/" + file.name)
def test_the_files_are_as_they_would_be_made_now(file: Path) -> None:
    assert file.read_text(encoding="ascii") == MADE[file](), "Make them anew: python -m pyside.tools.toolbox"


# --- the form, as MathWorks document it -----------------------------------------------------------------------------

KEYS = {"name", "kind", "type", "purpose", "repeating", "display", "mutuallyExclusiveGroup"}
KINDS = ["required", "ordered", "flag", "namevalue", "properties"]  # in the order in which they may follow each other
CLASSES = "logical char string cell struct table categorical duration touchtrain.TrainingJob".split()
ATTRIBUTES = "numeric scalar vector positive nonnegative integer folder".split()
PATTERNS = [r"choices=\{'[^']+'(,'[^']+')*\}", r"file=\*(\.\w+)?(,\*\.\w+)*"]


def faults_of(every: Any) -> list[str]:
    """What MATLAB would find wrong with a file of signatures."""
    faults = [] if re.fullmatch(r"\d+\.\d+\.\d+", every.get("_schemaVersion", "1.0.0")) else ["_schemaVersion"]
    for name, signature in every.items():
        if name == "_schemaVersion":
            continue
        if not re.fullmatch(r"[A-Za-z]\w*(\.[A-Za-z]\w*)*", name) or set(signature) - {
            "inputs",
            "outputs",
            "platforms",
        }:
            faults.append(f"{name}: name or parts")
        rows = [(part, row) for part in ("inputs", "outputs") for row in signature.get(part, [])]
        faults += [f"{name}: {fault}" for part, row in rows for fault in faults_of_argument(row, part)]
        places = [KINDS.index(row["kind"]) for part, row in rows if part == "inputs" and row.get("kind") in KINDS]
        names = [row.get("name", "").lower() for part, row in rows if part == "inputs"]
        faults += [f"{name}: order"] * (places != sorted(places)) + [f"{name}: twice"] * (len(set(names)) < len(names))
    return faults


def faults_of_argument(row: dict[str, Any], part: str) -> Iterator[str]:
    """What is wrong with one argument."""
    if set(row) - KEYS or not re.fullmatch(r"[A-Za-z]\w*", row.get("name", "")):
        yield f"{row}: keys or name"
    if part == "inputs" and row.get("kind") not in KINDS:
        yield f"{row}: kind"
    given = row.get("type", [])
    alternatives = given if given and isinstance(given[0], list) else [given if isinstance(given, list) else [given]]
    for one in (item for alternative in alternatives for item in alternative):
        if one not in CLASSES + ATTRIBUTES and not any(re.fullmatch(pattern, one) for pattern in PATTERNS):
            yield f"{row}: type {one}"


def test_the_form_is_that_of_mathworks() -> None:
    assert faults_of(SIGNATURES) == []


@pytest.mark.parametrize(
    ("inputs", "fault"),
    [
        ([{"argument": "a", "kind": "required"}], "keys or name"),
        ([{"name": "a", "kind": "optional"}], "kind"),
        ([{"name": "A", "kind": "namevalue"}, {"name": "b", "kind": "required"}], "order"),
        ([{"name": "A", "kind": "namevalue"}, {"name": "a", "kind": "namevalue"}], "twice"),
        ([{"name": "a", "kind": "required", "type": [["numeric"], ["choices={'a','b}"]]}], "type"),
    ],
)
def test_another_form_would_be_noticed(inputs: list[dict[str, Any]], fault: str) -> None:
    (found,) = faults_of({"f": {"inputs": inputs}})
    assert fault in found


def test_every_line_has_its_argument() -> None:
    lines = signatures.FILE.read_text(encoding="ascii").splitlines()
    assert sum('{"name": ' in line for line in lines) == sum(
        len(part) for signature in FUNCTIONS.values() for part in signature.values()
    )


# --- what is completed: all there is, and nothing else --------------------------------------------------------------


def test_every_function_and_method_is_completed() -> None:
    files = {f"touchtrain.{file.stem}" for file in FOLDER.glob("*.m")} - {"touchtrain.Contents"}
    classes = {name for name in files if code_of(name).startswith("classdef")}
    for name in classes:
        text = code_of(name).split("methods (Access = private)")[0]
        methods = re.findall(r"^        function (?:\w+ = )?(\w+)\(", text, re.MULTILINE)
        files |= {f"{name}.{method}" for method in methods} - {
            f"{name}.{method}" for method in ("saveobj", "eq", "ne", "isequal")
        }
    assert len(classes) == 1 and len(files) > 35
    assert set(FUNCTIONS) == files


def test_scripts_take_no_inputs_so_there_is_nothing_to_complete() -> None:
    for script in ("train_new_model", "curate_videos"):
        assert not re.search(r"^function|^classdef", (m_files.MATLAB / f"{script}.m").read_text(), re.MULTILINE)
        assert script not in FUNCTIONS


@pytest.mark.parametrize("name", FUNCTIONS)
def test_positional_inputs_are_those_of_the_call_and_of_the_help(name: str) -> None:
    text = code_of(name)
    inputs = of_kind(name, "required", "ordered")
    if name.count(".") == 1 and "TrainingJob" not in name:
        (line,) = re.findall(r"^function (.*)$", text, re.MULTILINE)[:1]
        given = [one for one in re.findall(r"\w+", line.partition("(")[2]) if one != "varargin"]
        assert list(inputs)[: len(given)] == given
    assert all(re.search(rf"\b{one.upper()}\b", text) for one in inputs)
    assert all(one["purpose"].endswith(".") for one in inputs.values())


def options_in_code(name: str) -> set[str]:
    """The options that the file of a function names as its own."""
    text = code_of(name)
    found = set(re.findall(r"optionValue\(pairs, '(\w+)'", text))
    for structure in re.findall(r"(?:ownOptions|watchOptions)\(varargin,[\s.]*struct\((.*?)\)\)", text, re.DOTALL):
        found |= set(re.findall(r"'([A-Z]\w+)', ", structure))
    return found | ({"Verbose", "Plots"} if "watchOptions(varargin" in text else set())


def options_in_help(text: str) -> set[str]:
    """The options that a help explains: names in quotes, followed by a value or an explanation."""
    explained = re.findall(r"^%     ((?:'[A-Z]\w+'(?:, | and )?)+)", text, re.MULTILINE)
    in_calls = re.findall(r"\(\.\.\., '([A-Z]\w+)', |\([A-Z]+, '([A-Z]\w+)', ", text)
    found = {name for line in explained for name in re.findall(r"\w+", line) if name != "and"}
    return found | {name for pair in in_calls for name in pair if name}


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if "TrainingJob" not in name])
def test_every_option_is_completed_and_no_other(name: str) -> None:
    named = of_kind(name, "namevalue")
    short = name.split(".")[1]
    expected = options_in_code(name) if "varargin" in code_of(name).split("\n")[0] else set()
    if commands.settings_in_matlab(short.removesuffix("InBackground")):
        expected |= {row["name"] for row in json.loads(matlab.options(short.removesuffix("InBackground")))}
    if short in ("trainInBackground", "curateInBackground", "trainOnCloud"):
        expected -= {"Verbose", "Plots"}  # accepted and ignored
    assert set(named) == expected
    help_text = code_of(name).partition("\ntouchtrain.")[0]
    assert options_in_help(help_text) - set(named) - {"Name", "NonTouch"} == set()
    assert all(one["purpose"].endswith(".") for one in named.values())


def test_options_of_methods_are_those_of_the_functions_that_they_call() -> None:
    named = {name.rpartition(".")[2]: set(of_kind(name, "namevalue")) for name in FUNCTIONS if "TrainingJob." in name}
    assert {name: found for name, found in named.items() if found} == {
        "wait": {"Verbose", "Plots", "Timeout"},
        "fetchOutputs": {"Verbose", "Plots"},
        "plot": set(of_kind("touchtrain.plotHistory", "namevalue")),
        "resume": {"Devices", "Scheduler", "TrustCode"},
    }


def test_the_functions_whose_options_can_be_listed_are_completed() -> None:
    (listed,) = re.findall(r"choices=\{(.*)\}", of_kind("touchtrain.options", "ordered")["command"]["type"][1])
    names = re.findall(
        r"'(\w+)'", " ".join(re.findall(r"commands = (\{.*?\}|\[.*?\]);", code_of("touchtrain.options"), re.DOTALL))
    )
    assert sorted(re.findall(r"\w+", listed)) == sorted(names)


def examples_of(types: Any) -> Iterator[Any]:
    """A list of values for each type: one of them should be taken."""
    for one in types if isinstance(types, list) and isinstance(types[0], list) else [types]:
        words = one if isinstance(one, list) else [one]
        last = words[-1]
        if last.startswith("choices="):
            yield from ([name] for name in re.findall(r"'([^']+)'", last))
        elif words[0] == "logical" and "scalar" in words:
            yield from ([True], [False])
        elif "scalar" in words and words[0] == "numeric":
            yield [0.5, 1, 3, 5]
        elif "vector" in words:
            yield [[0, 1], [1, 2], [0.1] * 4, [8] * 6]


@pytest.mark.parametrize("name", [one for one in signatures.with_settings() if "Background" not in one])
def test_what_is_offered_is_taken(name: str) -> None:
    kind = commands.settings_in_matlab(name)
    assert kind is not None
    own = {row["name"] for row in kind.help("matlab")}
    for option, argument in of_kind(f"touchtrain.{name}", "namevalue").items():
        for values in examples_of(argument["type"]) if option in own else ():
            assert any(takes(kind, option, value) for value in values), (option, values)


def takes(kind: type[Settings], option: str, value: Any) -> bool:
    """Whether an option takes a value."""
    try:
        kind.from_options({option: value}, "matlab")
    except settings.core.BadOption:
        return False
    return True


def kinds_of(kind: type[Settings]) -> Iterator[type[Settings]]:
    for one in kind.__subclasses__():
        yield one
        yield from kinds_of(one)


def test_a_setting_that_names_a_file_says_of_which_kind() -> None:
    made_by_tests = {kind for kind in kinds_of(Settings) if any(one.__module__[:6] == "tests." for one in kind.__mro__)}
    ours = set(kinds_of(Settings)) - made_by_tests
    assert len(ours) > 20
    fields = [field for kind in ours for field in dataclasses.fields(kind)]
    assert {field.name for field in fields if field.metadata["names_file"] and not field.metadata["kind"]} == set()
    assert {field.metadata["kind"] for field in fields} - {""} <= set(arguments.KINDS)


def test_no_description_is_left_over() -> None:
    every = m_files.functions()
    inputs = {name for one in every for name in one.inputs} | {
        f"{one.short}.{name}" for one in every for name in one.inputs
    }
    assert set(arguments.INPUTS) - inputs == set()
    assert set(arguments.OWN_OPTIONS) - {name for one in every for name in one.options} == set()


def test_an_option_that_is_not_described_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(arguments.OWN_OPTIONS, "Most")
    with pytest.raises(KeyError, match="Most"):
        signatures.signatures()


# --- contents -------------------------------------------------------------------------------------------------------


def test_the_contents_begin_as_ver_reads_them() -> None:
    for file in contents.FILES:
        first, second, third = file.read_text(encoding="ascii").split("\n")[:3]
        assert (first, third) == ("% TouchTrain", "%")
        assert second == f"% Version {__version__} {__date__}" and re.fullmatch(
            r"% Version \S+ \d\d-\w{3}-\d{4}", second
        )
    datetime.strptime(__date__, "%d-%b-%Y")


def test_a_new_function_comes_last_in_the_contents(monkeypatch: pytest.MonkeyPatch) -> None:
    new = dataclasses.replace(m_files.functions()[-1], name="touchtrain.added", sentence="Do more.")
    monkeypatch.setattr(contents, "functions", lambda: [*m_files.functions(), new])
    assert re.search(r"\n%   touchtrain.added +- Do more\.\n\Z", contents.text())
