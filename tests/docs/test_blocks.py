"""Every block of the guide does what it says, and what the text names is there."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import pyside
from pyside.__main__ import main
from pyside.cli.parser import make_parser
from pyside.settings.core import Settings
from pyside.tools.toolbox.m_files import functions
from pyside.tools.toolbox.signatures import signatures
from tests.curation.known_model import known_model
from tests.docs.guide import (
    BLOCKS,
    NOT_RUN,
    PAGES,
    ROOT,
    SHOWN,
    TRIED,
    Block,
    blocks_of,
    commands_in,
    prose_of,
    run_matlab,
    run_python,
    smaller,
)

CLASSES = {"Touch", "NonTouch"}
# What a person may run around TouchTrain; those that are not run here.
OTHER_PROGRAMS = {"python", "touchtrain"}


def at(block: Block) -> str:
    return f"{block.page}:{block.line}"


def of(language: str) -> list[Any]:
    """The blocks of a language, as parameters of a test."""
    return [pytest.param(one, id=at(one)) for one in BLOCKS if one.language == language]


def test_every_block_is_of_a_language_that_is_tried_or_only_shown() -> None:
    wrong = [at(one) for one in BLOCKS if one.language not in (*TRIED, *SHOWN)]
    assert not wrong


def test_a_block_that_is_not_run_says_why() -> None:
    marked = [one for one in BLOCKS if one.mark]
    assert marked
    for one in marked:
        assert one.mark == "slow" or len(one.mark.removeprefix(NOT_RUN).split()) >= 4, at(one)


def known_options() -> set[str]:
    """The names of all options in MATLAB."""
    return {row["name"] for one in signatures().values() for row in one["inputs"] if row["kind"] == "namevalue"}


@pytest.mark.parametrize("block", of("matlab"))
def test_a_matlab_block_names_functions_and_options_that_exist(block: Block) -> None:
    called = set(re.findall(r"\btouchtrain\.(\w+)", block.text))
    assert called <= {one.short.partition(".")[0] for one in functions()}
    outside = re.sub(r"\{[^{}]*\}", "", block.text)
    named = set(re.findall(r"'([A-Z][a-z][A-Za-z0-9]*)',", outside))
    assert named - CLASSES <= known_options()


@pytest.mark.parametrize("block", of("python"))
def test_a_python_block_names_functions_and_options_that_exist(block: Block) -> None:
    options = {name for kind in kinds(Settings) for name in kind.__dataclass_fields__}
    for node in ast.walk(ast.parse(block.text)):
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("pyside."):
            name = ast.unparse(node.func).removeprefix("pyside.")
            assert "." in name or name in pyside.__all__
            assert {one.arg for one in node.keywords if one.arg} <= options | {"isolated", "job_folder"}


def kinds(kind: type[Any]) -> Iterator[type[Any]]:
    """All classes below one."""
    for one in kind.__subclasses__():
        yield one
        yield from kinds(one)


@pytest.mark.parametrize("block", of("sh"))
def test_a_shell_block_holds_commands_that_the_command_line_takes(block: Block) -> None:
    for words in commands_in(block.text):
        if words[0] == "touchtrain":
            make_parser().parse_args(words[1:])
        elif block.is_run:
            assert words[0] == "python" and (ROOT / words[1]).is_file(), words


@pytest.mark.parametrize("page", [pytest.param(page, id=page.stem) for page in PAGES])
def test_what_the_text_names_exists(page: Path) -> None:
    prose = prose_of(page)
    quoted = set(re.findall(r"`'([A-Z][a-z][A-Za-z0-9]*)'", prose))
    assert quoted - CLASSES <= known_options()
    called = set(re.findall(r"`touchtrain\.(\w+)", prose))
    assert called <= {one.short.partition(".")[0] for one in functions()} | {"internal"}
    in_python = set(re.findall(r"`pyside\.(\w+)\(", prose))
    assert in_python <= set(pyside.__all__)
    files = re.findall(r"(?:examples|matlab|docs|tests|pyside)/[\w+./-]*[\w+-]", prose)
    assert [one for one in files if not (ROOT / one).exists()] == []


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the guide takes for granted: example and new videos, a dataset, a model, two sessions."""
    folder = tmp_path_factory.mktemp("lab")
    for name in ("examples", "matlab"):
        (folder / name).symlink_to(ROOT / name)
    for name, seed in (("example", "1"), ("new", "2")):
        line = ["examples/make_whisker_videos.py", name, "--recordings", "2", "--frames", "200", "--seed", seed]
        subprocess.run([sys.executable, *line], cwd=folder, capture_output=True, check=True)
    before = Path.cwd()
    os.chdir(folder)
    try:
        where = {"centers": "example/centers.mat", "isolated": False}
        pyside.convert_videos("example/videos", "example/labels.mat", "set", **where)
        known_model(folder / "model.h5", (61, 61, 1), roi=(61, 61), frame_rate=500.0)
        where = {"centers": "new/centers.mat", "no_center": "non-touch", "isolated": False}
        pyside.curate("model.h5", "new/videos", "marked", **where)
        shutil.copytree("marked", "curated")
    finally:
        os.chdir(before)
    return folder


def chapters(language: str, slow: bool) -> list[Any]:
    """Pages with blocks of a language to run: without the slow ones, or all of those pages that have slow ones."""
    found = []
    for page in PAGES:
        running = [one for one in blocks_of(page) if one.language == language and one.is_run]
        texts = [one.text for one in running if slow or one.mark != "slow"]
        if texts and (not slow or any(one.mark == "slow" for one in running)):
            chapter = SimpleNamespace(page=page.stem, texts=texts)
            found.append(pytest.param(chapter, id=page.stem, marks=[pytest.mark.slow] if slow else []))
    return found


def every(language: str) -> list[Any]:
    return [*chapters(language, slow=False), *chapters(language, slow=True)]


@pytest.fixture
def lab(made: Path, tmp_path: Path) -> Path:
    """A copy of that folder for one chapter."""
    return Path(shutil.copytree(made, tmp_path / "lab", symlinks=True))


@pytest.mark.trains
@pytest.mark.parametrize("chapter", every("python"))
def test_the_python_blocks_of_a_chapter_run(chapter: SimpleNamespace, lab: Path) -> None:
    answer = run_python("\n".join(chapter.texts), lab)
    assert answer.returncode == 0, answer.stdout + answer.stderr


@pytest.mark.trains
@pytest.mark.parametrize("chapter", every("sh"))
def test_the_commands_of_a_chapter_run(
    chapter: SimpleNamespace, lab: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(lab)
    for words in commands_in("\n".join(map(smaller, chapter.texts))):
        if words[0] == "python":
            subprocess.run([sys.executable, *words[1:]], capture_output=True, check=True)
        else:
            assert main(words[1:]) == 0 or words[1] == "doctor", capsys.readouterr()  # it tells of this machine


@pytest.mark.trains
@pytest.mark.skipif(shutil.which("octave") is None, reason="there is no Octave here")
@pytest.mark.parametrize("chapter", every("matlab"))
def test_the_matlab_blocks_of_a_chapter_run_in_octave(chapter: SimpleNamespace, lab: Path) -> None:
    answer = run_matlab("\n".join(chapter.texts), lab)
    assert answer.returncode == 0, answer.stdout + answer.stderr
