"""The house: wings of few rooms, imports that go down only, and no circle between files."""

from __future__ import annotations

import ast
import functools
import re
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import pyside

HOUSE = Path(pyside.__file__).resolve().parent
MOST_ROOMS = 9
# From top to bottom; a room is in the wing with the longest name that fits. Each imports from its own line and below.
WINGS = [
    ["pyside.__main__", "pyside.matlab", "pyside.train_model_local", "pyside.train_model_cloud", "pyside.tools"],
    ["pyside.cli"],
    ["pyside"],
    ["pyside.bridge"],
    ["pyside.diagnostics"],
    ["pyside.jobs"],
    ["pyside.training"],
    ["pyside.reviewing"],
    ["pyside.curation"],
    ["pyside.runtimes"],
    ["pyside.models"],
    ["pyside.data.conversion"],
    ["pyside.data.recordings"],
    ["pyside.data.labels", "pyside.data.video"],
    ["pyside.data.formats"],
    ["pyside.data"],
    ["pyside.evaluation"],
    ["pyside.compute"],
    ["pyside.cluster"],
    ["pyside.settings"],
    ["pyside.system"],
    ["pyside.errors"],
    ["pyside.version", "pyside.aliases"],
]


def rooms() -> dict[str, Path]:
    """Every module by its dotted name."""
    found = {}
    for path in sorted(HOUSE.rglob("*.py")):
        parts = ("pyside", *path.relative_to(HOUSE).with_suffix("").parts)
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports_of(path: Path, known: set[str]) -> set[str]:
    """The rooms that a file imports, at its top, in functions or for types only."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            one_each = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name if name in known else node.module for name in one_each}
    return found & known


ROOMS = rooms()


@functools.cache
def imports() -> dict[str, set[str]]:
    """What each room imports."""
    return {name: imports_of(path, set(ROOMS)) for name, path in ROOMS.items()}


def height(room: str) -> int:
    """The line of the wing that a room is in; 0 is the top."""
    fits = [
        (len(wing), line) for line, wings in enumerate(WINGS) for wing in wings if f"{room}.".startswith(f"{wing}.")
    ]
    return max(fits)[1]


def test_the_rooms_are_found() -> None:
    assert {"pyside", "pyside.matlab", "pyside.training.model"} <= set(ROOMS)
    assert "pyside.errors" in imports()["pyside.settings.core"]


def test_imports_go_down_only() -> None:
    up = [f"{room} -> {other}" for room in ROOMS for other in imports()[room] if height(other) < height(room)]
    assert not up, "\n".join(sorted(up))


def test_there_is_no_circle_between_files() -> None:
    try:
        TopologicalSorter(imports()).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


def test_no_folder_has_more_rooms_than_one_can_look_at() -> None:
    folders = [folder for folder in HOUSE.rglob("*") if folder.is_dir() and (folder / "__init__.py").exists()]
    counts = {
        folder.relative_to(HOUSE).as_posix(): sum(
            one.suffix == ".py" and one.stem != "__init__" or (one / "__init__.py").exists() for one in folder.iterdir()
        )
        for folder in folders
    }
    assert "training" in counts
    assert {folder: count for folder, count in counts.items() if count > MOST_ROOMS} == {}


def outside(path: Path) -> set[str]:
    """The packages of others that a file imports, anywhere in it."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names - sys.stdlib_module_names - {"pyside"}


@pytest.mark.parametrize("wing", ["pyside.training.splitting", "pyside.training.checks"])
def test_splits_and_checks_need_numpy_and_scipy_only(wing: str) -> None:
    found = {room: outside(path) for room, path in ROOMS.items() if room.startswith(f"{wing}.")}
    assert any("numpy" in names for names in found.values())
    assert {room: names - {"numpy", "scipy"} for room, names in found.items() if names - {"numpy", "scipy"}} == {}


def test_the_map_for_contributors_names_files_that_exist() -> None:
    root = HOUSE.parent
    text = (root / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = {name for name in re.findall(r"`([\w./+-]+/[\w./+-]*|\w+\.(?:py|m|md))`", text) if not name.startswith("-")}
    places = [
        root,
        HOUSE,
        *(folder for folder in HOUSE.rglob("*") if folder.is_dir()),
        root / "matlab",
        root / "matlab" / "+touchtrain",
    ]
    assert len(named) > 40
    assert {name for name in named if not any((place / name).exists() for place in places)} == set()


def test_libraries_that_send_messages_are_imported_quietly() -> None:
    loud = re.compile(r"^\s*(?:import|from) (?:onnxruntime|openvino)\b|import_module\(\"(?:onnxruntime|openvino)", re.M)
    found = {room for room, path in ROOMS.items() if loud.search(path.read_text(encoding="utf-8"))}
    assert found == {"pyside.compute.quiet_imports"}
