"""One finding of the doctor: topic, state, text and remedy."""

from __future__ import annotations

import re
import sys

from pyside.system import machine

Finding = dict[str, str]


def ok(topic: str, text: str) -> Finding:
    """Return a finding that nothing is wrong."""
    return {"topic": topic, "state": "ok", "text": text, "remedy": ""}


def note(topic: str, text: str, remedy: str = "") -> Finding:
    """Return a finding that is worth knowing and prevents nothing."""
    return {"topic": topic, "state": "note", "text": text, "remedy": remedy}


def wrong(topic: str, text: str, remedy: str) -> Finding:
    """Return a finding that something is wrong."""
    return {"topic": topic, "state": "wrong", "text": text, "remedy": remedy}


def broken_check(topic: str, error: Exception) -> Finding:
    """Return the finding that a check itself failed."""
    return note(topic, f"The check failed ({type(error).__name__}: {error}).")


def platform() -> str:
    """Return `sys.platform`, or ``wsl`` for Linux inside Windows."""
    return "wsl" if machine.is_wsl() else sys.platform


def numbers(version: str) -> tuple[int, ...]:
    """Return the first two numbers of a version."""
    return tuple(int(part) for part in re.findall(r"\d+", version)[:2])


def gigabytes(n: float) -> str:
    """Return a number of bytes as text."""
    return f"{n / 1e9:.1f} GB"
