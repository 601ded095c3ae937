"""Removes private data and secrets from texts and records before they are sent."""

from __future__ import annotations

import contextlib
import getpass
import json
import os
import platform
import re
import socket
from collections.abc import Iterable
from pathlib import Path
from typing import Any

REMOVED = "[removed]"
_SECRET_WORD = (
    r"(?:token|secret|passw(?:or)?d|passphrase|pwd|credential|authorization|cookie|signature|(?<![a-z])sig(?![a-z])|"
    r"(?:api|access|private|account|encryption|auth|secret)[_-]?key|(?<![a-z])key(?:_?id)?(?![a-z]))"
)
_SECRET_NAME = re.compile(_SECRET_WORD, re.IGNORECASE)
_SECRETS = [
    # a name that suggests a secret, and its value: name=value, "name": "value", --name value
    (
        re.compile(
            rf"""({_SECRET_WORD}[\w.-]*\\?["']?[ \t]*(?:[:=]|=>)[ \t]*)"""
            r"""(?:(?:Bearer|Basic|Token)\s+\S+|\\"[^"\n]*"|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|[^\s"',;&})\]]+)""",
            re.IGNORECASE,
        ),
        rf"\1{REMOVED}",
    ),
    (re.compile(rf"(--?[\w-]*{_SECRET_WORD}[\w-]*\s+)(?![-\s])\S+", re.IGNORECASE), rf"\1{REMOVED}"),
    (re.compile(r"\b(Bearer|Basic)\s+[\w.~+/=-]{8,}", re.IGNORECASE), rf"\1 {REMOVED}"),
    (re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL), REMOVED),
    # known formats of providers' keys, and JSON web tokens
    (re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bAIza[\w-]{30,}|\bya29\.[\w.-]+|\bGOCSPX-[\w-]+"), REMOVED),
    (re.compile(r"\b(?:gh[opsur]_|github_pat_|glpat-|hf_|sk-|xox[a-z]-|pypi-|wandb_)[\w-]{8,}"), REMOVED),
    (re.compile(r"\beyJ[\w-]{8,}\.[\w-]+\.?[\w-]*"), REMOVED),
    # long, with lower case, upper case and digits: neither a hash nor a word
    (re.compile(r"(?<![\w+/=-])(?=[\w+-]*[a-z])(?=[\w+-]*[A-Z])(?=[\w+-]*\d)[A-Za-z0-9+=-]{40,}(?![\w/])"), REMOVED),
    (re.compile(r"((?<![\w+.-])[a-z][\w+.-]*://)[^/\s@\"']+@", re.IGNORECASE), rf"\1{REMOVED}@"),
    (re.compile(r"(?<![\w.+-])[\w.+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"), "[e-mail]"),
]
# Home folders of other users too: a job may be another user's, or from another computer.
_HOMES = [
    re.compile(
        r"""\b[A-Z]:(?:\\{1,2}|/)(?:Users|Documents and Settings)(?:\\{1,2}|/)[^\\/"'\n:,;<>|]+""", re.IGNORECASE
    ),
    re.compile(r"""(?:/mnt/[a-z])?/(?:home|users)/[^/\s"':,;<>|)]+""", re.IGNORECASE),
]
_TOO_COMMON = {"root", "user", "localhost", "home", "admin", "administrator"}
_SHORTEST_NAME = 2


class Scrubber:
    """Removes secrets, e-mail addresses, home folders, and the names of user and computer.

    Args:
        homes: home folders, which become ``~``.
        users: names of the user.
        hosts: names of the computer.
    """

    def __init__(self, homes: Iterable[str], users: Iterable[str], hosts: Iterable[str]):
        spelled = {one.replace("\\", form) for one in homes if len(Path(one).parts) > 1 for form in ("\\", "\\\\", "/")}
        rows = [(rf"(?<![\w.-]){re.escape(one)}(?![\w-])", "~") for one in sorted(spelled, key=len, reverse=True)]
        self._homes = [(re.compile(pattern, re.IGNORECASE), by) for pattern, by in rows]
        self._names = [*_named(users, "[user]"), *_named(hosts, "[computer]")]

    @classmethod
    def of_this_user(cls) -> Scrubber:
        """Return a scrubber for this user and this computer."""
        home = os.path.expanduser("~")
        homes = {home, os.environ.get("HOME", ""), os.environ.get("USERPROFILE", "")} - {""}
        users = {os.environ.get(name, "") for name in ("USER", "USERNAME", "LOGNAME")} | {Path(home).name}
        with contextlib.suppress(OSError, KeyError, ImportError):  # the user has no name
            users.add(getpass.getuser())
        hosts = {socket.gethostname(), platform.node(), os.environ.get("COMPUTERNAME", "")}
        return cls(homes, users, hosts | {one.split(".")[0] for one in hosts})

    def text(self, text: str) -> str:
        """Return a text without private data."""
        for pattern, by in _SECRETS:
            text = pattern.sub(by, text)
        for pattern, by in self._homes:
            text = pattern.sub(by, text)
        for pattern in _HOMES:
            text = pattern.sub("~", text)
        for pattern, by in self._names:
            text = pattern.sub(by, text)
        return text

    def record(self, value: Any, most: int = 500) -> Any:
        """Return plain values without private data and without lists of more than `most` items, which are data."""
        if isinstance(value, dict):
            return {
                self.text(str(name)): REMOVED if _holds_secret(str(name), item) else self.record(item, most)
                for name, item in value.items()
            }
        if isinstance(value, (list, tuple)):
            if len(value) > most:
                return f"[{len(value)} items left out]"
            return [self.record(item, most) for item in value]
        return self.text(value) if isinstance(value, str) else value

    def json(self, text: str, indent: int | None = 1) -> str:
        """Return JSON text without private data; anything else is treated as plain text."""
        try:
            return json.dumps(self.record(json.loads(text)), ensure_ascii=False, indent=indent)
        except (ValueError, RecursionError):
            return self.text(text)


def _holds_secret(name: str, value: Any) -> bool:
    return bool(_SECRET_NAME.search(name)) and value is not None and not isinstance(value, bool)


def _named(names: Iterable[str], by: str) -> list[tuple[re.Pattern[str], str]]:
    known = {name for name in names if len(name) >= _SHORTEST_NAME and name.lower() not in _TOO_COMMON}
    patterns = [rf"(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9])" for name in sorted(known, key=len, reverse=True)]
    return [(re.compile(pattern, re.IGNORECASE), by) for pattern in patterns]
