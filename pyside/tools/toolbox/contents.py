"""What ``help`` and ``ver`` print of the toolbox: ``Contents.m``, at the top of the folder and in the namespace."""

from __future__ import annotations

import re

from pyside.tools.toolbox.m_files import MATLAB, NAMESPACE, functions, sentence_of
from pyside.version import __date__, __version__

FILES = (MATLAB / "Contents.m", MATLAB / f"+{NAMESPACE}" / "Contents.m")
_ROW = re.compile(r"^%   (\S+) +- .*$", re.MULTILINE)


def text() -> str:
    """Return the file: version, scripts and functions, in the order that the file has, new ones last."""
    sentences = {
        script.stem: sentence_of(script.read_text(encoding="ascii"))
        for script in sorted(MATLAB.glob("*.m"))
        if script.name != "Contents.m"
    }
    scripts = list(sentences)
    sentences |= {one.name: one.sentence for one in functions() if one.name.count(".") == 1}
    before = [name for name in _ROW.findall(FILES[0].read_text(encoding="ascii")) if name in sentences]
    order = [*before, *(name for name in sentences if name not in before)]
    width = max(map(len, order))
    lines = ["TouchTrain", f"Version {__version__} {__date__}"]
    for title, are_scripts in (("Control scripts", True), ("Functions", False)):
        names = [name for name in order if (name in scripts) == are_scripts]
        lines += ["", title, *(f"  {name:{width}} - {sentences[name]}" for name in names)]
    return "".join(f"% {line}".rstrip() + "\n" for line in lines)
