"""What the .m files say of the functions that people call: inputs, outputs, options of their own, line of help."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path

import pyside

MATLAB = Path(pyside.__file__).resolve().parents[1] / "matlab"
NAMESPACE = "touchtrain"
NOT_TYPED = ("saveobj", "loadobj", "eq", "ne", "isequal")  # methods that MATLAB calls, and those of its own functions
_FUNCTION = re.compile(r"^ *function (?:(\[[^\]]*\]|\w+) = )?([\w.]+)\(([^)]*)\)$", re.MULTILINE)
_USAGE = re.compile(r"requireInputs\(nargin, (\d+), (?:\.\.\.\s*)?'[\w.]+\(((?:[^']|'')*)\)'\)")


@dataclasses.dataclass(frozen=True)
class MFunction:
    """A function of the toolbox, or a method.

    Attributes:
        name: as it is called, such as ``touchtrain.train`` or ``touchtrain.TrainingJob.wait``.
        inputs: names of the positional inputs, in order.
        required: number of those without which it is an error.
        outputs: names of the outputs.
        options: names of the options that it reads itself, whether or not Python has them, too.
        passes_to: name of the function that gets its options; "" if none does.
        takes_options: whether more inputs may follow.
        sentence: the first line of its help.
    """

    name: str
    inputs: tuple[str, ...]
    required: int
    outputs: tuple[str, ...]
    options: tuple[str, ...]
    passes_to: str
    takes_options: bool
    sentence: str

    @property
    def short(self) -> str:
        """The name without the namespace."""
        return self.name.removeprefix(f"{NAMESPACE}.")


def functions() -> list[MFunction]:
    """Return every function and method that people call, sorted by name."""
    found: list[MFunction] = []
    for file in sorted((MATLAB / f"+{NAMESPACE}").glob("*.m")):
        text = file.read_text(encoding="ascii")
        if text.startswith("classdef"):
            found += _methods(text, f"{NAMESPACE}.{file.stem}")
        elif text.startswith("function"):
            found.append(_function(text, f"{NAMESPACE}.{file.stem}", sentence_of(text)))
    return found


def sentence_of(text: str) -> str:
    """Return the first line of help in a .m file, without the name in capitals."""
    return re.findall(r"^% [A-Z_]+  (.*)$", text, re.MULTILINE)[0]


def _methods(text: str, name: str) -> Iterator[MFunction]:
    """Yield the methods of a class that people call; the constructor, which has the name of the class, first."""
    kind = name.rpartition(".")[2]
    for block in re.findall(
        r"^    methods(?! \(Access = private\))[^\n]*\n(.*?)^    end$", text, re.MULTILINE | re.DOTALL
    ):
        for body in re.split(r"^(?=        function )", block, flags=re.MULTILINE)[1:]:
            method = _FUNCTION.findall(body)[0][1]
            if method == kind:
                yield _function(body, name, sentence_of(text))
            elif "." not in method and method not in NOT_TYPED:
                yield _function(body, f"{name}.{method}", sentence_of(body.replace("            %", "%")))


def _function(text: str, name: str, sentence: str) -> MFunction:
    outputs, _, inputs = _FUNCTION.findall(text)[0]
    given = re.findall(r"\w+", inputs)
    positional = [one for one in given if one != "varargin"]
    needed = len(positional)
    if usage := _USAGE.search(text):
        needed = int(usage[1])
        named = re.findall(r"\w+", usage[2].partition("''")[0])
        positional = named if len(named) > len(positional) else positional  # an optional one may be in varargin
    elif not re.search(r"^        function", text) or "nargin == 0" in text:
        needed = 0
    if first := re.search(r"^ +(\w+) = varargin\{1\};$", text, re.MULTILINE):
        positional.append(first[1])
    passes = re.search(r"(touchtrain|job)\.(\w+)\([^()]*varargin\{:\}", text)
    owner = "" if passes is None else NAMESPACE if passes[1] == NAMESPACE else name.rpartition(".")[0]
    return MFunction(
        name=name,
        inputs=tuple(positional),
        required=needed,
        outputs=tuple(one for one in re.findall(r"\w+", outputs) if one != "varargout"),
        options=tuple(_options(text)),
        passes_to=f"{owner}.{passes[2]}" if passes else "",
        takes_options="varargin" in given,
        sentence=sentence,
    )


def _options(text: str) -> list[str]:
    """Return the names of the options that the code of a function reads."""
    read = re.findall(r"optionValue\(pairs, '(\w+)'", text)
    own = r"(ownOptions|watchOptions)\(varargin(?:,[\s.]*struct\((.*?)\)\))?"
    for called, more in re.findall(own, text, re.DOTALL):
        read += ["Verbose", "Plots"] if called == "watchOptions" else []
        read += re.findall(r"'(\w+)', [^,]+", more)
    return list(dict.fromkeys(read))
