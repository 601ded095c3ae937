"""The pages of the guide as tests read them: their blocks of code, how these are run, and the site that is built."""

from __future__ import annotations

import dataclasses
import os
import re
import shlex
import subprocess
import sys
import textwrap
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted((ROOT / "docs").glob("*.md"))
TRIED = ("sh", "powershell", "matlab", "python")
SHOWN = ("text", "csv", "json")  # what a file or an answer looks like
NOT_RUN = "not run: "
_BLOCK = re.compile(r"(?:^ *<!-- (.*?) -->\n)?^( *)```([\w{}-]*).*?\n(.*?)^\2```$", re.MULTILINE | re.DOTALL)


@dataclasses.dataclass(frozen=True)
class Block:
    """A block of code of a page.

    Attributes:
        page: name of the page, such as ``install``.
        line: its first line there.
        language: ``sh``, ``matlab``, ``python``, another that is only shown, or a directive in braces.
        text: the code.
        mark: the comment in front of it: ``slow``, ``not run: REASON``, or "".
    """

    page: str
    line: int
    language: str
    text: str
    mark: str

    @property
    def is_run(self) -> bool:
        """Whether it runs in some test."""
        return not self.mark.startswith(NOT_RUN)


def blocks_of(page: Path) -> list[Block]:
    """Return the blocks of a page, in order."""
    text = page.read_text(encoding="utf-8")
    return [
        Block(page.stem, text.count("\n", 0, one.start()) + 1, one[3], textwrap.dedent(one[4]), one[1] or "")
        for one in _BLOCK.finditer(text)
    ]


BLOCKS = [block for page in PAGES for block in blocks_of(page) if not block.language.startswith("{")]


def prose_of(page: Path) -> str:
    """Return a page without its blocks."""
    return _BLOCK.sub("", page.read_text(encoding="utf-8"))


def smaller(text: str) -> str:
    """Return code that trains for one epoch and renders two recordings where it says more, to save time."""
    text = re.sub(r"(MaxEpochs(?:',| =)|\bepochs=|--epochs) ?\d+", lambda found: f"{found[1]} 1", text)
    text = re.sub(
        r"(touchtrain\.train(?:InBackground)?\('[^']*', '[^']*')(?![^;]*MaxEpochs)", r"\1, 'MaxEpochs', 1", text
    )
    text = re.sub(r'(pyside\.train\("[^"]*", "[^"]*")(?![^\n]*epochs)', r"\1, epochs=1", text)
    text = re.sub(r"^(touchtrain train (?!.*--epochs).*)$", r"\1 --epochs 1", text, flags=re.MULTILINE)
    return re.sub(r"(--recordings |'Recordings', )\d+", r"\g<1>2", text)


def commands_in(text: str) -> list[list[str]]:
    """Return the words of each line of a shell block; a line that ends in a backslash goes on in the next."""
    return [words for line in text.replace("\\\n", " ").splitlines() if (words := shlex.split(line, comments=True))]


def run_python(text: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run Python code in a folder."""
    return _run([sys.executable, "-c", smaller(text)], folder)


def run_matlab(text: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run MATLAB code in Octave, in a folder; figures become files."""
    drawing = re.compile(r"(touchtrain\.(plotHistory|showMistakes|previewRegion)\((?![^;\n]*'File')[^;\n]*)\)")
    script = drawing.sub(r"\1, 'File', '\2.png')", smaller(text))
    line = ["octave", "--no-gui", "--norc", "--quiet", "--eval", f"more off\naddpath('{ROOT / 'matlab'}')\n{script}"]
    return _run(line, folder, TOUCHTRAIN_PYTHON=sys.executable)


def _run(line: list[str], folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    known = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    return subprocess.run(line, cwd=folder, env=known, capture_output=True, text=True, check=False)
