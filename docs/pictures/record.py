"""What each picture is made of, and whether one that is checked in still shows it.

A picture is a function with `picture` above it; its file has the name of the function. ``pictures.json`` holds for each
picture its alternative text, the hash of the file, and the hash of what made it: the source of its function, of
everything in this folder that this calls, and of the files of the repository that one of these names in a text, such as
``"pyside/evaluation/report/plots.py"``. Docstrings and comments do not count, and neither does anything else: a commit
that changes none of these leaves the record as it is.
"""

from __future__ import annotations

import ast
import functools
import hashlib
import itertools
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent
ROOT = FOLDER.parents[1]
RECORD = FOLDER / "pictures.json"
MADE_BY = ("browser.py", "files.py", "lab.py", "models.py")  # of this folder
ADVICE = "Run: make pictures"

Definitions = dict[str, list[tuple[str, list[str], list[str]]]]  # name: source, names in it, files in it
Draw = Callable[[Any, Path], None]
PICTURES: dict[str, tuple[Draw, str]] = {}


def picture(alt: str, of: str = "") -> Callable[[Draw], Draw]:
    """Make a function a picture.

    Args:
        alt: its alternative text.
        of: files of the package that draw what it shows, separated by spaces; they count for the hash. Of
            ``file.py:function``, the function and what it needs in that file count.
    """

    def register(draw: Draw) -> Draw:
        PICTURES[f"{draw.__name__.replace('_', '-')}.png"] = draw, alt
        return draw

    return register


def read() -> dict[str, dict[str, str]]:
    """Return the record: by picture ``alt``, ``sha256`` of the file and ``made_of``."""
    found: dict[str, dict[str, str]] = json.loads(RECORD.read_text(encoding="utf-8"))
    return found


def faults(name: str, record: dict[str, str] | None, path: Path | None = None) -> str:
    """Return in a few words what is wrong with a picture that is checked in, or an empty text."""
    path = path or FOLDER / name
    if record is None or not path.is_file():
        return "is missing"
    if record["sha256"] != sha256(path):
        return "was changed by hand"
    return "" if record["made_of"] == made_of(name) else "is older than what makes it"


def sha256(path: Path) -> str:
    """Return the hash of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def made_of(name: str) -> str:
    """Return the hash of what makes a picture."""
    hashed = hashlib.sha256()
    for part in sorted(_parts(Path(name).stem.replace("-", "_"))):
        hashed.update(part.encode())
    return hashed.hexdigest()[:16]


def _parts(function: str) -> Iterator[str]:
    """Yield the sources that a function stands on, each once."""
    modules = [_definitions(text_of(FOLDER.relative_to(ROOT) / module)) for module in MADE_BY]
    for text, files in _closure(modules, function):
        yield text
        for file, _, name in (file.partition(":") for file in files):
            of_file = text_of(Path(file))
            if name:
                yield from (part for part, _ in _closure([_definitions(of_file)], name))
            else:
                yield _plain_module(of_file) if file.endswith(".py") else of_file


def _closure(modules: list[Definitions], function: str) -> Iterator[tuple[str, list[str]]]:
    """Yield the sources of a function and of all that it needs in these modules, with the files that they name."""
    waiting, seen = [function], set()
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            for text, names, files in itertools.chain.from_iterable(module.get(name, ()) for module in modules):
                yield text, files
                waiting += names


def text_of(path: Path) -> str:
    """Return the text of a file of the repository."""
    return (ROOT / path).read_text(encoding="utf-8")


@functools.cache
def _definitions(text: str) -> Definitions:
    """Return what a module defines: by name the source, the names and the files of the repository in it."""
    found: Definitions = {}
    for node in _defined(ast.parse(text).body):
        targets = node.targets if isinstance(node, ast.Assign) else [node]
        names, files = set(), set()
        for one in ast.walk(node):
            if isinstance(one, (ast.Name, ast.Attribute)):
                names.add(one.id if isinstance(one, ast.Name) else one.attr)
            elif isinstance(one, ast.Constant) and isinstance(one.value, str):
                files |= {
                    word for word in one.value.split() if "/" in word and (ROOT / word.partition(":")[0]).is_file()
                }
        for target in targets:
            name = getattr(target, "name", getattr(target, "id", ""))
            found.setdefault(name, []).append((_plain(text, node), sorted(names), sorted(files)))
    return found


def _defined(body: list[ast.stmt]) -> Iterator[Any]:
    """Yield functions, methods and constants."""
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield from _defined(node.body)
        elif isinstance(node, (ast.FunctionDef, ast.Assign)):
            yield node


@functools.cache
def _plain_module(text: str) -> str:
    """Return a whole module as `_plain` does."""
    return _plain(text, ast.parse(text))


def _plain(text: str, tree: ast.AST) -> str:
    """Return the source of a part of a text without decorators, docstrings, lines of comments and empty lines."""
    lines = text.splitlines()
    left_out = set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(node) is not None:
            left_out |= set(range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1))
    first, last = getattr(tree, "lineno", 1), getattr(tree, "end_lineno", len(lines))
    kept = [lines[number - 1] for number in range(first, last + 1) if number not in left_out]
    return "\n".join(line for line in kept if line.strip() and not line.strip().startswith("#"))
