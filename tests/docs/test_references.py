"""What Python and MATLAB offer is the same, function by function and option by option, or the guide says why not."""

from __future__ import annotations

import dataclasses
import importlib.util
import inspect
import re
from typing import Any

import pytest

import pyside
from pyside.jobs import commands
from pyside.settings.core import spelled
from pyside.tools.toolbox.m_files import MATLAB, functions
from pyside.tools.toolbox.signatures import signatures
from tests.docs.guide import ROOT

_SPEC = importlib.util.spec_from_file_location("made_pages", ROOT / "docs" / "made_pages.py")
pages: Any = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(pages)

IN_PYTHON = {name for name in pyside.__all__ if name != "__version__"}
IN_MATLAB = {one.short for one in functions() if "." not in one.short}
# Options in MATLAB that are arguments of the function in Python, or say what a person sees.
ARGUMENTS = {
    *("JobFolder", "Output", "Plots", "Verbose", "Timeout", "TrustCode", "Devices", "Scheduler", "Bundle", "File"),
    "Labels",
}
PAIRS = sorted((name, pages.partner(name)) for name in IN_PYTHON - set(pages.ONLY_PYTHON))


def options_of(matlab: str) -> set[str]:
    return {row["name"] for row in signatures()[f"touchtrain.{matlab}"]["inputs"] if row["kind"] == "namevalue"}


def test_each_function_has_a_partner_or_a_reason_why_not() -> None:
    assert {matlab for _, matlab in PAIRS} == IN_MATLAB - set(pages.ONLY_MATLAB)
    assert set(pages.ONLY_PYTHON) <= IN_PYTHON
    assert set(pages.ONLY_MATLAB) <= IN_MATLAB


@pytest.mark.parametrize(("python", "matlab"), PAIRS)
def test_a_function_and_its_partner_have_the_same_options(python: str, matlab: str) -> None:
    rows = [one.settings for one in commands.TABLE if one.matlab == matlab]
    settings = rows[0] if rows else commands.WITHOUT_JOB.get(matlab)
    if settings is None:
        assert options_of(matlab) <= ARGUMENTS
    else:
        in_python = {spelled(field, "matlab") for field in dataclasses.fields(settings)}
        assert in_python - options_of(matlab) == set()
        assert options_of(matlab) - in_python <= ARGUMENTS


@pytest.mark.parametrize(("python", "matlab"), PAIRS)
def test_a_help_names_only_options_that_its_function_has(python: str, matlab: str) -> None:
    told = pages.help_of(MATLAB / "+touchtrain" / f"{matlab}.m")
    assert told.startswith(f"{matlab.upper()}  ")
    named = set(re.findall(r"^ +'([A-Z][A-Za-z]+)' ", told, re.MULTILINE))  # where a line explains it
    assert named <= options_of(matlab)
    document = getattr(pyside, python).__doc__
    assert document and document.partition("\n")[0].strip()
    for kind in re.findall(r"`pyside\.settings\.(\w+)`", document):
        assert hasattr(pyside.settings, kind)


@pytest.mark.parametrize("name", sorted(IN_PYTHON))
def test_a_docstring_says_what_goes_in_what_comes_out_and_what_may_fail(name: str) -> None:
    function = getattr(pyside, name)
    parts = function.__doc__.split("\n    ")
    of_function = inspect.signature(function).parameters.values()
    arguments = [one.name for one in of_function if one.kind is not one.VAR_KEYWORD]
    assert not arguments or "Args:" in parts
    for argument in arguments:
        assert re.search(rf"^        {argument}(, \w+)*: ", function.__doc__, re.MULTILINE), argument
    returns = function.__annotations__.get("return")
    assert returns in (None, "None") or "Returns:" in parts
