"""Whose job it is: settings that this user has begun a job with, on this computer, carry a mark of this user.

A job may come from anybody, on a shared drive or in a zip, and its settings may name code that is run: a network of
one's own, or all of a training in the cloud, which runs in this user's name. Such a job goes on only where the mark
shows that this user began it here, or where it is said that its code is trusted. The mark is of the settings: of a
file of a network it tells where it lies, not what stands in it, so that a fault in it can be mended before the job goes
on. A folder may be moved, and keeps its mark.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pyside.errors import BadJob
from pyside.jobs import interpreter, job_files
from pyside.settings.checks import NETWORKS
from pyside.system.files import create_whole
from pyside.system.records import write_json

ORIGIN = "origin.json"
_BYTES = 32


def mark(folder: Path) -> None:
    """Note that this user has begun the job in a folder, or trusts it; where that cannot be noted, nothing is."""
    with contextlib.suppress(OSError):
        write_json(folder / ORIGIN, {"mark": _mark_of(folder, _secret(make=True))})


def is_ours(folder: Path) -> bool:
    """Tell whether this user has begun the job in a folder on this computer, with the settings that it has now."""
    try:
        found = job_files.record(folder / ORIGIN) or {}
        given = str(found.get("mark"))
        return hmac.compare_digest(given.encode(), _mark_of(folder, _secret(make=False)).encode())
    except (OSError, BadJob, UnicodeError):
        return False


def check(folder: Path, request: Mapping[str, Any], trust_code: bool) -> None:
    """See whether a job may go on, and note that it may, so that it is not asked again.

    Args:
        folder: of the job.
        request: its settings.
        trust_code: whether this user trusts what it would run.

    Raises:
        BadJob: it would run code, this user has not begun it here, and it is not trusted.
    """
    what = code_of(request)
    if not what or is_ours(folder):
        return
    if not trust_code:
        raise BadJob(
            f"The job {folder} would run {what}, and it is not known to have been started by you on this computer. "
            "Look at that first. If you trust it, say so: trust_code=True in Python, --trust-code on the command line, "
            "'TrustCode', true in MATLAB."
        )
    mark(folder)


def code_of(request: Mapping[str, Any]) -> str:
    """Return what a request would run that is not TouchTrain's, in words; empty where there is nothing."""
    given = [*(request.get("settings") or {}).items(), *(request.get("search") or {}).items()]
    networks = [one for name, value in given if _is_network(name) for one in _listed(value)]
    files = sorted({json.dumps(one) for one in networks if str(one).lower() not in (*NETWORKS, "none")})
    found = [f"code of yours or of somebody's ({', '.join(files)})"] if files else []
    if request.get("cloud"):
        image = dict(request["cloud"]).get("container_image")
        found.append(f"on Google Cloud in your name{f' ({json.dumps(image)})' if image else ''}")
    return " ".join(found)


def _is_network(name: str) -> bool:
    return name.lower().replace("-", "_") == "network"


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _mark_of(folder: Path, secret: bytes) -> str:
    with job_files.open_plain(folder / "settings.json") as file:
        return hmac.new(secret, file.read(), hashlib.sha256).hexdigest()


def _secret(make: bool) -> bytes:
    """Return what only this user knows, from a file beside that of the recorded Python.

    Raises:
        OSError: there is none, and none is to be made, or can be.
    """
    file = interpreter.record_file().with_name("secret")
    if make and not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        create_whole(file, secrets.token_bytes(_BYTES), 0o600)
    found = file.read_bytes()
    if len(found) != _BYTES:
        raise OSError(f"{file} is damaged")
    return found
