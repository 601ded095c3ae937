"""The table of commands: one row is all that the command line, the door and the jobs need of a command."""

from __future__ import annotations

import importlib
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import pyside
from pyside import matlab
from pyside.__main__ import main
from pyside.data.dataset import open_dataset
from pyside.errors import BadJob, BadOption, PathMissing
from pyside.jobs import commands, job, requests
from pyside.jobs.commands import TABLE, Argument, Command, Words
from pyside.settings.checks import optional, text, whole
from pyside.settings.core import Settings, setting

NAMESPACE = Path(pyside.__file__).resolve().parents[1] / "matlab" / "+touchtrain"


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
def test_what_a_row_names_is_there(row: Command) -> None:
    for dotted in (row.check, row.run):
        module, _, name = dotted.rpartition(".")
        assert callable(getattr(importlib.import_module(module), name))
    assert not row.matlab or (NAMESPACE / f"{row.matlab}.m").is_file()
    assert row.help and issubclass(row.settings, Settings)
    assert row.words.kind != Words().kind  # people read it in the list of jobs


def test_names_are_of_one_row_each() -> None:
    names = [name for row in TABLE for name in {row.name, row.matlab} - {""}]
    assert len(names) == len(set(names))


def test_a_training_in_the_cloud_is_told_from_one_here() -> None:
    here, there = commands.of({"command": "train"}), commands.of({"command": "train", "cloud": {}})
    assert (here and here.name, there and there.name) == ("train", "cloud submit")


def test_a_part_that_a_command_does_not_use_changes_nothing() -> None:
    row = commands.of({"command": "convert numpy", "cloud": {}})
    assert row and row.name == "convert numpy"


def test_a_request_of_no_command_is_refused() -> None:
    with pytest.raises(BadJob):
        commands.run({"command": "rm", "settings": {}}, lambda record: None, lambda: False)


# --- a new command is a row, a settings class, and a function --------------------------------------------------------


@dataclass(frozen=True, repr=False, eq=False)
class CountSettings(Settings):
    """Settings of the command below."""

    at_least: int = setting(0, whole(0), "Only recordings with so many frames are counted.")
    names: str | None = setting(None, optional(text), "File with the names of these recordings.", names_file=True)


def count_frames(request: dict[str, Any], *_: Any) -> dict[str, Any]:
    frames = [one.n_frames for one in open_dataset(request["dataset"]).recordings]
    return {"frames": sum(n for n in frames if n >= request["settings"]["at_least"])}


COUNT = Command(
    "count frames",
    CountSettings,
    check="pyside.jobs.requests.on_dataset",
    run="tests.jobs.test_commands.count_frames",
    makes="dataset",
    help="count the frames of a dataset",
    arguments=(Argument("dataset"),),
    fixed={"command": "count frames"},
    matlab="countFrames",
    is_passing=True,
    writes=False,
)


@pytest.fixture
def with_a_new_command(monkeypatch: pytest.MonkeyPatch) -> None:
    from pyside.cli import parser

    monkeypatch.setattr(commands, "TABLE", (*TABLE, COUNT))
    monkeypatch.setitem(parser._GROUPS, "count", ("count what is there", "WHAT"))


@pytest.mark.usefixtures("with_a_new_command")
def test_a_row_gives_the_command_line_the_door_and_the_jobs_a_command(
    make_dataset: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(make_dataset(2))
    assert main(["count", "frames", folder, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"frames": 96}
    assert main(["count", "frames", folder, "--at-least", "49", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"frames": 0}
    assert json.loads(matlab.do_job("countFrames", folder, json.dumps({"AtLeast": 48}))) == {"frames": 96}
    assert "AtLeast" in {one["name"] for one in json.loads(matlab.options("countFrames"))}
    request = commands.by_name("count frames").request({"dataset": folder}, {})
    assert job.run_here(request) == {"frames": 96}
    assert requests.checked(request, Path(folder), whole=True) == request


@pytest.mark.usefixtures("with_a_new_command")
def test_its_options_are_checked_like_all_others(make_dataset: Callable[..., Path]) -> None:
    with pytest.raises(BadOption):
        commands.by_name("count frames").request({"dataset": make_dataset(1)}, {"at_least": -1})


@pytest.mark.skipif(os.name == "nt", reason="there it is a path like any other")
@pytest.mark.usefixtures("with_a_new_command")
def test_an_option_that_names_a_file_is_checked_like_a_path(make_dataset: Callable[..., Path]) -> None:
    with pytest.raises(PathMissing):
        commands.by_name("count frames").request({"dataset": make_dataset(1)}, {"names": r"C:\lab\names.txt"})
