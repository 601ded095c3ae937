"""The completion of functions and options in MATLAB: ``matlab/resources/functionSignatures.json``.

The format is MathWorks': https://www.mathworks.com/help/matlab/matlab_prog/customize-code-suggestions-and-completions.html
"""

from __future__ import annotations

import dataclasses
import json
import math
import typing
from collections.abc import Iterator
from typing import Any

from pyside.jobs import commands
from pyside.settings.checks import Check
from pyside.settings.core import Settings, choices_of, doc_of, spelled
from pyside.tools.toolbox.arguments import INPUTS, KINDS, OWN_OPTIONS, Types, choices, described
from pyside.tools.toolbox.m_files import MATLAB, NAMESPACE, MFunction, functions

FILE = MATLAB / "resources" / "functionSignatures.json"
IN_BACKGROUND = "InBackground"
# What a function that returns at once accepts and ignores is not offered.
IGNORED = {"trainInBackground", "curateInBackground", "trainOnCloud"}, {"Verbose", "Plots"}
_OF_TEXT: Types = (("char",), ("string", "scalar"))
_OF_TEXTS: Types = (("cell",), ("string",))


def text() -> str:
    """Return the file, one argument a line.

    Raises:
        KeyError: an input or an option of a function is not described in ``arguments.py``.
    """
    blocks = ['  "_schemaVersion": "1.0.0"']
    for name, signature in signatures().items():
        parts = [
            f'    "{part}": [{"".join(f"{separator}{json.dumps(one)}" for separator, one in _separated(rows))}\n    ]'
            if rows
            else f'    "{part}": []'
            for part, rows in signature.items()
        ]
        blocks.append(f"  {json.dumps(name)}: {{\n" + ",\n".join(parts) + "\n  }")
    return "{\n" + ",\n".join(blocks) + "\n}\n"


def _separated(rows: list[Any]) -> Iterator[tuple[str, Any]]:
    return ((f"{',' if number else ''}\n      ", row) for number, row in enumerate(rows))


def signatures() -> dict[str, dict[str, list[dict[str, Any]]]]:
    """Return the inputs and outputs of each function, by its name."""
    every = {one.name: one for one in functions()}
    found = {}
    for name, function in every.items():
        outputs: list[dict[str, Any]] = [{"name": output} for output in function.outputs]
        for output in outputs:
            if output["name"] == "job":
                output["type"] = f"{NAMESPACE}.TrainingJob"
        found[name] = {"inputs": [*_positional(function), *_named(function, every)], "outputs": outputs}
        if name[len(NAMESPACE) + 1].isupper() and name.count(".") == 1:  # files of MathWorks call a constructor so, too
            found[f"{name}.{function.short}"] = found[name]
    return found


def _positional(function: MFunction) -> Iterator[dict[str, Any]]:
    for place, name in enumerate(function.inputs):
        kind = "required" if place < function.required else "ordered"
        if (function.short, name) == ("options", "command"):
            types: Types = (choices(*with_settings()),)
            purpose = "Function whose options to list."
        else:
            types, purpose = described(INPUTS, function.short, name)
        yield {"name": name, "kind": kind, "type": _written(types), "purpose": purpose}


def _named(function: MFunction, every: dict[str, MFunction]) -> list[dict[str, Any]]:
    """Return the options of a function: those of its settings, then those that its own code reads."""
    owner = every[function.passes_to] if function.passes_to and not function.options else function
    settings = settings_of(function)
    rows = {} if settings is None else {name: row for name, row in _of_settings(settings)}
    for name in owner.options:
        if name not in rows:
            types, purpose = described(OWN_OPTIONS, function.short, name)
            rows[name] = {"type": _written(types), "purpose": purpose}
    ignoring, ignored = IGNORED
    left_out = ignored if function.short in ignoring else set()
    return [{"name": name, "kind": "namevalue", **row} for name, row in rows.items() if name not in left_out]


def settings_of(function: MFunction) -> type[Settings] | None:
    """Return the settings class of a function in MATLAB; None if its options never reach Python."""
    if not function.takes_options:
        return None
    return commands.settings_in_matlab(function.short.removesuffix(IN_BACKGROUND))


def with_settings() -> list[str]:
    """Return the functions whose options ``touchtrain.options`` lists."""
    return [one.short for one in functions() if settings_of(one)]


def _of_settings(kind: type[Settings]) -> Iterator[tuple[str, dict[str, Any]]]:
    hints = typing.get_type_hints(kind)
    for field in dataclasses.fields(kind):
        types = _types(field, str(hints[field.name]))
        yield spelled(field, "matlab"), {"type": _written(types), "purpose": doc_of(field, "matlab")}


def _types(field: dataclasses.Field[Any], hint: str) -> Types:
    """Return what a setting takes, from its texts, its kind, its class and its check."""
    names = choices_of(field, "matlab")
    is_list = "tuple" in hint
    are_texts = "tuple[str" in hint or "tuple[tuple" in hint
    found: Types = (choices(*names),) if names else ()
    if field.metadata["kind"]:
        return (*found, *KINDS[field.metadata["kind"]])
    if names:
        if are_texts:
            return (*found, ("cell",))
        shape = "vector" if is_list else "scalar" if "int" in hint else ""
        return (*found, ("numeric", shape)) if shape else found
    if "bool" in hint:
        return (("logical", "scalar"),)
    if is_list:
        return _OF_TEXTS if are_texts else (("numeric",), ("cell",)) if "Any" in hint else (("numeric", "vector"),)
    if "int" in hint or "float" in hint:
        return (("numeric", "scalar", *_attributes(field.metadata["check"])),)
    return _OF_TEXT


def _attributes(check: Check) -> Iterator[str]:
    """Yield what all numbers that a check takes have in common."""

    def takes(value: float) -> bool:
        try:
            check(value)
        except ValueError:
            return False
        return True

    if not any(map(takes, (0.5, 1.5, 2.5, math.inf))):
        yield "integer"
    if not takes(-1):
        yield "nonnegative" if takes(0) else "positive"


def _written(types: Types) -> Any:
    """Return types in the shortest form of the file."""
    if len(types) > 1:
        return [list(one) for one in types]
    return types[0][0] if len(types[0]) == 1 else list(types[0])
