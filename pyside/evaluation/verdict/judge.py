"""Judge a trained model: what is wrong with it, by which numbers, and which setting to change next."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

from pyside.aliases import Record
from pyside.evaluation.verdict.case import Case
from pyside.evaluation.verdict.rules import FAVOURABLE, KINDS, NOTES, RULES, Finding, well


def verdict(report: Record, history: Mapping[str, Sequence[float | None]]) -> list[Finding]:
    """Judge a training.

    Args:
        report: the report of the training, as plain values; what it lacks is not judged.
        history: one list per curve, one value per epoch.

    Returns:
        Findings, most severe first, but "good" before all: ``kind`` (one of `KINDS`), ``text`` with the numbers,
        ``remedy``, and ``settings``: the next values by their Python names, in the order in which to try them. There
        is at least one finding, unless the report has no validation figures.
    """
    case = Case(report, history)
    found = [finding for rule in RULES for finding in rule(case)]
    other = {finding["kind"] for finding in found} - set(FAVOURABLE)
    if not other or (case.is_good and other <= set(NOTES)):
        found += well(case)
    return sorted(found, key=lambda finding: KINDS.index(finding["kind"]))


def verdict_text(findings: Sequence[Finding], width: int = 100) -> str:
    """Return findings as numbered paragraphs, wrapped at `width` characters."""
    rows = []
    for number, finding in enumerate(findings, start=1):
        indent = " " * len(f"{number}. ")
        kind = finding["kind"][:1].upper() + finding["kind"][1:]
        for lead, text in ((f"{number}. {kind}: ", finding["text"]), (f"{indent}-> ", finding["remedy"])):
            if text:
                rows += textwrap.wrap(lead + text, width, subsequent_indent=indent, break_on_hyphens=False)
    return "\n".join(rows) or "There are no validation figures, so the model cannot be judged."
