"""Examples can be published, and the getting-started guide is a live script, by the rules that MathWorks document."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = [
    file
    for file in sorted((ROOT / "examples").glob("*.m"))
    if not re.search(r"^(function|classdef)\b", file.read_text(encoding="ascii"), re.MULTILINE)
]
LIVE = ROOT / "matlab" / "doc" / "GettingStarted.m"
APPENDIX = '\n\n%[appendix]{"version":"1.0"}\n%---\n%[metadata:view]\n%   data: {"layout":"inline"}\n%---\n'
DRAWS = re.compile(r"\b(figure|plot|image|imagesc|imshow|plotHistory|showMistakes)\((?!.*'File')")


def sections(text: str) -> list[tuple[str, list[str], list[str]]]:
    """The sections of a script as publish reads it: title, lines of text, lines of code."""
    found = []
    for part in re.split(r"^%%", text, flags=re.MULTILINE)[1:]:
        title, *lines = part.split("\n")
        at = next((place for place, line in enumerate(lines) if not line.startswith("%")), len(lines))
        found.append((title, [line[1:] for line in lines[:at]], [line for line in lines[at:] if line]))
    return found


def loops(code: list[str]) -> Iterator[str]:
    """The bodies of the loops at the margin of a script."""
    yield from re.findall(r"^(?:for|while)\b.*?^end", "\n".join(code), re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("file", SCRIPTS, ids=lambda file: file.name)
def test_an_example_is_published_with_title_introduction_and_headings(file: Path) -> None:
    text = file.read_text(encoding="ascii")
    assert text.startswith("%% ")
    (_, introduction, code), *others = parts = sections(text)
    assert introduction and not code and len(others) >= 3
    for title, lines, _ in parts:
        assert re.fullmatch(r" [A-Z].{3,70}[^.]", title), title
        assert all(line == "" or line.startswith(" ") for line in lines), title
    assert all(code for _, _, code in others)
    assert len({title for title, _, _ in parts}) == len(parts)


@pytest.mark.parametrize("file", SCRIPTS, ids=lambda file: file.name)
def test_markup_of_an_example_is_what_publish_knows(file: Path) -> None:
    for _, lines, _ in sections(file.read_text(encoding="ascii")):
        for before, line in zip(["", *lines], lines, strict=False):
            begins_block = line.startswith(("   ", " * "))
            assert not begins_block or before == "" or before.startswith(line[:3]), line  # after an empty line only
        for paragraph in "\n".join(lines).split("\n\n"):
            assert paragraph.count("|") % 2 == 0, paragraph
            assert not re.search(r"(?<!\w)[_*]\w[^_*]*[_*](?!\w)|<<|\$", re.sub(r"\|[^|]*\|", "", paragraph)), paragraph


@pytest.mark.parametrize("file", [*SCRIPTS, LIVE], ids=lambda file: file.name)
def test_a_figure_in_a_loop_is_kept_by_snapnow(file: Path) -> None:
    for _, _, code in sections(file.read_text(encoding="ascii")):
        assert all("snapnow" in body for body in loops(code) if DRAWS.search(body))


@pytest.mark.parametrize("file", [*SCRIPTS, LIVE], ids=lambda file: file.name)
def test_no_section_draws_into_the_figure_of_another(file: Path) -> None:
    """MATLAB's plot draws into the current figure, which may be that of the curves."""
    for _, _, code in sections(file.read_text(encoding="ascii")):
        text = "\n".join(code)
        if drawn := re.search(r"^ *(plot|image|imagesc|imshow)\(", text, re.MULTILINE):
            assert re.search(r"^ *figure\(", text[: drawn.start()], re.MULTILINE)


def test_figures_in_loops_would_be_noticed() -> None:
    code = ["for k = 1:2", "    plot(k)", "end"]
    assert [bool(DRAWS.search(body)) for body in loops(code)] == [True]
    assert not DRAWS.search("touchtrain.plotHistory(history, 'File', file)")


def test_the_examples_are_found() -> None:
    assert {file.name for file in SCRIPTS} >= {"run_demo.m", "frames_in_the_workspace.m"}


def test_the_guide_is_a_live_script_in_plain_text() -> None:
    text = LIVE.read_text(encoding="ascii")
    assert text.startswith("%[text] # ") and text.endswith(APPENDIX)
    lines = text.removesuffix(APPENDIX).split("\n")
    assert all(lines) and "%[appendix]" not in "".join(lines)
    for line, following in zip(lines, lines[1:], strict=False):
        if line.startswith("%"):
            assert line == "%%" or re.match(r"%\[text\] \S", line), line
        if line == "%%":
            assert following.startswith("%[text] ## ")
        if line.startswith("%[text] - "):
            assert line.endswith(" \\") != following.startswith("%[text] - ")
        assert line.count("`") % 2 == 0
    assert not re.search(r"^ *(close|clear|clc)\b", text, re.MULTILINE)
    assert sum(line == "%%" for line in lines) >= 8


def test_every_example_is_in_the_table() -> None:
    table = (ROOT / "examples" / "README.md").read_text(encoding="utf-8")
    for file in [*(ROOT / "examples").glob("*.m"), *(ROOT / "examples").glob("*.py")]:
        assert f"]({file.name})" in table
    for name in re.findall(r"\]\(([^)]+)\)", table):
        assert (ROOT / "examples" / name).is_file(), name


def test_the_getting_started_guide_is_named_in_the_readme() -> None:
    assert f"]({LIVE.relative_to(ROOT).as_posix()})" in (ROOT / "README.md").read_text(encoding="utf-8")
