"""Check this computer: findings, each with a remedy if something is wrong. Nothing is ever changed.

The doctor runs in any Python, also inside MATLAB. Checks that need more than NumPy run in the Python of jobs, in a
separate process (see `probe`), so a package that crashes or hangs does not stop the doctor.
"""

from __future__ import annotations

import os
import re
import textwrap
from collections.abc import Callable, Iterable, Mapping
from os import PathLike
from typing import Any

from pyside.diagnostics.finding import Finding, broken_check, platform
from pyside.diagnostics.machine_findings import (
    cores_of_machine,
    decoders,
    judge_cloud,
    judge_environment,
    judge_gpu,
    judge_runtimes,
    matlab_and_octave,
    memory_of_machine,
    operating_system,
    precision_of_cpu,
    room_on_disk,
    touchtrain_itself,
    write_access,
)
from pyside.diagnostics.python_findings import Probe, asked, packages_of_jobs, python_of_jobs, recorded_python
from pyside.system import machine
from pyside.system.paths import absolute
from pyside.version import __version__

_PAGE_WIDTH, _TOPIC_WIDTH = 112, 18
_COMMAND = re.compile(r"(\"[^\"]*\"|'.*?'|\S+) -m pip |gcloud ")  # at the start of a remedy


def examine(folder: str | PathLike[str] = ".") -> dict[str, Any]:
    """Check this computer; it takes some seconds.

    Args:
        folder: the folder for data and models: its disk and write access are checked.

    Returns:
        ``version`` of TouchTrain, ``folder``, ``findings``: a list of records ``topic``, ``state`` (ok, note or
        wrong), ``text`` and ``remedy`` (empty if none is needed), and ``well``: whether nothing is wrong.
    """
    place = absolute(folder)
    findings: list[Finding] = []
    probe = Probe(fault="It was not asked.")
    try:
        probe = asked()
    except Exception as error:
        findings.append(broken_check("Python of jobs", error))
    checks: list[tuple[str, Callable[[], Iterable[Finding]]]] = [
        ("TouchTrain", touchtrain_itself),
        ("system", operating_system),
        ("MATLAB", matlab_and_octave),
        ("Python of jobs", lambda: python_of_jobs(probe)),
        ("record", recorded_python),
        ("packages", lambda: packages_of_jobs(probe)),
        ("GPU", lambda: judge_gpu(machine.nvidia_cards(), probe, platform())),
        ("precision", lambda: precision_of_cpu(probe)),
        ("runtimes", lambda: judge_runtimes(probe)),
        ("cores", cores_of_machine),
        ("memory", memory_of_machine),
        ("disk", lambda: room_on_disk(place)),
        ("write access", lambda: write_access(place)),
        ("video", lambda: decoders(probe)),
        ("Google Cloud", lambda: judge_cloud(probe)),
        ("environment", lambda: judge_environment(os.environ)),
    ]
    for topic, check in checks:
        try:
            for finding in check():
                findings.append(finding)
        except Exception as error:
            findings.append(broken_check(topic, error))
    well = all(finding["state"] != "wrong" for finding in findings)
    return {"version": __version__, "folder": str(place), "findings": findings, "well": well}


def page(report: Mapping[str, Any]) -> str:
    """Return the findings of `examine` as one page of text."""
    rows = [f"TouchTrain {report['version']}: check of this computer", ""]
    findings = list(report["findings"])
    while findings:
        first = findings.pop(0)
        text = first["text"]
        while first["state"] == "ok" and findings and _kind(findings[0]) == _kind(first):
            text += f", {findings.pop(0)['text']}"
        mark = {"ok": "ok", "note": "note", "wrong": "WRONG"}[first["state"]]
        rows += _wrapped(f"{mark:6}{first['topic']:{_TOPIC_WIDTH}}", text)
        if first["remedy"]:
            rows += _wrapped(" " * (6 + _TOPIC_WIDTH) + "-> ", first["remedy"])
    return "\n".join([*rows, "", _summary(report["findings"])])


def _kind(finding: Finding) -> tuple[str, str]:
    return finding["topic"], finding["state"]


def _wrapped(lead: str, text: str) -> list[str]:
    indent = " " * len(lead)
    if _COMMAND.match(text):  # on one line, to be copied
        return [lead + text]
    return textwrap.wrap(text, _PAGE_WIDTH, initial_indent=lead, subsequent_indent=indent, break_on_hyphens=False)


def _summary(findings: Iterable[Finding]) -> str:
    states = [finding["state"] for finding in findings]
    wrong, notes = states.count("wrong"), states.count("note")
    if not wrong:
        return f"Nothing is wrong{f'; {notes} to note' if notes else ''}."
    rest = f", {notes} to note" if notes else ""
    return f"{wrong} {'thing is' if wrong == 1 else 'things are'} wrong{rest}. The remedies follow the arrows."
