"""What a person is told to type in a terminal works in those of all systems that it is for.

Each line is typed into bash, sh and zsh, with programs that print what they were given, if the shell is here; into that
of macOS as at its prompt, where ``#`` begins no comment. PowerShell's own grammar, or else a free one, and the rules of
``cmd`` stand in for the terminals of Windows.
"""

from __future__ import annotations

import dataclasses
import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from pyside import errors
from pyside.diagnostics import machine_findings, python_findings
from pyside.diagnostics.python_findings import Probe
from pyside.system import machine
from pyside.system.machine import Cards
from tests.docs.guide import PAGES, ROOT, blocks_of

UNIX, WINDOWS = "Linux, macOS", "Windows"
PROGRAMS = ("touchtrain", "python", "python3", "pip", "make", "gcloud", "dask", "sbatch", "source", "cd", "pushd", "py")
ODD = {UNIX: "/my lab/it's [1] & $HOME/python", WINDOWS: r"C:\my lab\it's [1] & (2)\python.exe"}
PLAIN = {UNIX: "/lab/.venv/bin/python", WINDOWS: r"C:\lab\.venv\Scripts\python.exe"}
OF_UNIX_ONLY = ("make", "sbatch", "dask", "python3", "source", ".venv/")


@dataclasses.dataclass(frozen=True)
class Line:
    """A line that a person is told to type.

    Attributes:
        where: the page and line, or the function, that says so.
        system: the system that it is for; "" for all.
        text: the line.
    """

    where: str
    system: str
    text: str


def is_command(text: str) -> bool:
    first = text.split(" ")[0].strip("\"'")
    return first in PROGRAMS or first.startswith((".venv/", ".venv\\")) or first.endswith(("/python", "python.exe"))


def of_pages() -> Iterator[Line]:
    for page in [*PAGES, ROOT / "README.md", ROOT / "SECURITY.md", ROOT / "examples" / "README.md"]:
        for block in blocks_of(page):
            if block.language in ("sh", "powershell"):
                for number, text in enumerate(block.text.splitlines()):
                    system = WINDOWS if block.language == "powershell" else ""
                    if block.language == "sh" and text.startswith(OF_UNIX_ONLY):
                        system = UNIX
                    yield Line(f"{page.stem}:{block.line + number + 1}", system, text)
        prose = re.sub(r"^( *)```.*?^\1```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
        for text in re.findall(r"(?<!`)`([^`\n]+)`(?!`)", prose):
            if " " in text and is_command(text) and not re.search(r"[A-Z]{4}|\.\.\.", text.replace("NAME", "")):
                system = WINDOWS if text.startswith(("py ", ".venv\\")) else ""
                yield Line(page.stem, UNIX if text.startswith(OF_UNIX_ONLY) else system, text)


def of_messages() -> Iterator[Line]:
    """Commands in messages, as they are on each system; remarks for a person follow in parentheses."""
    before = errors.os.name
    for system, name in ((UNIX, "posix"), (WINDOWS, "nt")):
        texts: list[str] = []
        for python in (PLAIN[system], ODD[system]):
            errors.os.name = name  # no path is made meanwhile, which would be of the other system
            try:
                texts += [errors.to_install(extra, python) for extra in ("", "nwb")]
                texts += [
                    python_findings.explain(message, "tensorflow", "win32" if name == "nt" else "linux", python)
                    for message in ("No module named 'tensorflow'", "No module named 'pyside'", "something else")
                ]
                texts.append(errors.by_pip(f"install {machine.requirement('2024b')}", python))
                probe = Probe(python=python, version="3.12.4", errors={"h5py": "No module named 'h5py'"}, gpus=0)
                probe.codecs, probe.cloud = [], {"gcsfs": None}
                probe.runtimes, probe.versions = {"openvino": None}, {"keras": "3.15", "numpy": "1.2"}
                found = [
                    *machine_findings.judge_gpu(Cards(["a card"]), probe, "linux" if name == "posix" else "win32"),
                    *machine_findings.decoders(probe),
                    *machine_findings.judge_cloud(probe),
                    *machine_findings.judge_runtimes(probe),
                    *python_findings.packages_of_jobs(probe),
                ]
                texts += [one["remedy"] for one in found]
            finally:
                errors.os.name = before
        for text in texts:
            if re.match(r"(\"C:|C:|'/|/)[^.]*?(\.venv[^.]*)?(\.exe)?[\"']? -m pip |gcloud ", text):
                yield Line("message", system, re.sub(r" \([^()]*\)$", "", text))


def of_matlab() -> Iterator[Line]:
    """Commands of installHint.m, which writes the folder in front of them."""
    text = (ROOT / "matlab/+touchtrain/+internal/+setup/installHint.m").read_text(encoding="utf-8")
    for system, commands in zip((UNIX, WINDOWS), re.findall(r"commands = \{(.*?)\};", text), strict=True):
        for one in re.findall(r"'(.*?)'", commands):
            folder = {UNIX: "'/my lab/TouchTrain'", WINDOWS: r'"D:\my lab\TouchTrain"'}[system]
            yield Line("installHint", system, one.replace("%s", folder).replace("\\\\", "\\"))


LINES = list(dict.fromkeys([*of_pages(), *of_messages(), *of_matlab()]))


def test_there_are_lines_of_every_kind() -> None:
    assert len(LINES) > 60
    assert {line.system for line in LINES} == {UNIX, WINDOWS, ""}
    assert {"install", "README", "message", "installHint"} <= {line.where.partition(":")[0] for line in LINES}
    assert len([line for line in LINES if line.text.startswith(('"C:', "'/my"))]) > 10


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with programs of all those names, each of which prints what it was given."""
    folder = tmp_path_factory.mktemp("programs")
    paths = [folder / name for name in PROGRAMS if name not in ("source", "cd")]
    for path in [*paths, folder / ".venv/bin/python", folder / PLAIN[UNIX][1:], folder / ODD[UNIX][1:]]:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text('#!/bin/sh\nprintf "%s\\0" "$@"\n')
        path.chmod(0o755)
    (folder / ".venv/bin/activate").touch()
    return folder


# As at the prompt, but without what a person has set there.
SHELLS = {"sh": [], "bash": ["--norc", "--noprofile"], "zsh": ["-f", "-o", "NO_INTERACTIVE_COMMENTS"]}


@pytest.mark.parametrize("shell", SHELLS)
def test_a_line_means_what_it_says_in_the_shells_of_unix(shell: str, programs: Path) -> None:
    if os.name != "posix" or shutil.which(shell) is None:
        pytest.skip(f"there is no {shell} here")
    prompt = {"PATH": f"{programs}:/usr/bin:/bin", "HOME": str(programs)}
    for line in LINES:
        words = shlex.split(line.text)
        if line.system == WINDOWS or words[0] in ("cd", "source") or "#" in words:
            continue
        text = line.text
        if words[0].startswith("/"):
            text = text.replace(words[0][:4], f"{programs}{words[0][:4]}", 1)  # where that program is
        done = subprocess.run(
            [shell, *SHELLS[shell], "-c", text], cwd=programs, env=prompt, capture_output=True, text=True
        )
        assert (done.stdout.split("\0")[:-1], done.stderr) == (words[1:], ""), line


def test_no_line_ends_in_a_comment_or_goes_on_in_the_next() -> None:
    assert [line for line in LINES if re.search(r"\s#|\\$|`$|\^$", line.text)] == []


def unquoted(text: str) -> str:
    """A line of Windows without what is in quotes."""
    return re.sub(r'"[^"]*"', "quoted", text)


@pytest.mark.parametrize("line", [line for line in LINES if line.system != UNIX], ids=lambda line: line.where)
def test_a_line_for_windows_means_what_it_says_in_cmd(line: Line) -> None:
    if line.text.startswith("Set-"):  # of PowerShell
        return
    assert line.text.count('"') % 2 == 0
    assert not re.search(r"[';$`#%^&|<>~]|\\ ", unquoted(line.text))
    assert not line.text.startswith(("./", "~", "python3", "source"))
    assert "%" not in line.text


def grammar(texts: list[str]) -> list[str]:
    """The lines that PowerShell does not read as commands: by PowerShell itself, or by a grammar of it."""
    program = shutil.which("pwsh") or shutil.which("powershell")
    if program:
        code = (
            "$input | ForEach-Object { $t = $null; $e = $null; "
            "[void][System.Management.Automation.Language.Parser]::ParseInput($_, [ref]$t, [ref]$e); $e.Count }"
        )
        line = [program, "-NoProfile", "-NonInteractive", "-Command", code]
        done = subprocess.run(line, input="\n".join(texts), capture_output=True, text=True, check=True)
        return [text for text, faults in zip(texts, done.stdout.split(), strict=True) if faults != "0"]
    powershell = pytest.importorskip("tree_sitter_powershell")
    from tree_sitter import Language, Parser

    parser = Parser(Language(powershell.language()))
    return [text for text in texts if parser.parse(text.encode()).root_node.has_error]


def test_a_line_for_windows_means_what_it_says_in_powershell() -> None:
    texts = [line.text for line in LINES if line.system != UNIX]
    texts = [f"& {text}" if text.startswith('"') else text for text in texts]  # as the message says
    assert grammar(texts) == []
    for text in texts:
        outside = unquoted(text.removeprefix("& "))
        assert not re.search(r"[@$`{}()]|&&|\|\||\w,\w", outside), text  # a comma would make two arguments of one


def test_what_powershell_does_not_take_is_known() -> None:
    wrong = ['"C:\\my lab\\python.exe" -m pip install av', "touchtrain predict x --a 'b", "echo (1"]
    assert grammar([*wrong, "touchtrain jobs"]) == wrong
