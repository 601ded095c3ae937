"""Who started a job: a job that this user starts on this computer gets a mark, a signature of its settings.

A job may come from anybody, on a shared drive or in a zip file, and its settings may name code to run: a network from
a file, or a whole training in the cloud, which runs in this user's name. Such a job is resumed only if the mark proves
that this user started it here, or if the user trusts its code. The mark signs the settings. For a network from a file
it covers the path, not the content, so that the file may be corrected before the job is resumed. A folder that is moved
keeps its mark.
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
    """Mark a job as started or trusted by this user; if the mark cannot be written, the job stays unmarked."""
    with contextlib.suppress(OSError):
        write_json(folder / ORIGIN, {"mark": _mark_of(folder, _secret(make=True))})


def is_ours(folder: Path) -> bool:
    """Return whether this user started or trusted a job on this computer, with the settings that it has now."""
    try:
        found = job_files.record(folder / ORIGIN) or {}
        given = str(found.get("mark"))
        return hmac.compare_digest(given.encode(), _mark_of(folder, _secret(make=False)).encode())
    except (OSError, BadJob, UnicodeError):
        return False


def check(folder: Path, request: Mapping[str, Any], trust_code: bool) -> None:
    """Check that a job may be resumed. A job that is trusted gets a mark, so that it need not be trusted again.

    Args:
        folder: job folder.
        request: its request.
        trust_code: whether this user trusts the code that it would run.

    Raises:
        BadJob: it would run code that is not trusted, and this user did not start it here.
    """
    what = code_of(request)
    if not what or is_ours(folder):
        return
    if not trust_code:
        raise BadJob(
            f"The job {folder} would run {what}, and there is no proof that you started it on this computer. Look at "
            "that first. If you trust it, resume with trust_code=True in Python, --trust-code on the command line, "
            "'TrustCode', true in MATLAB."
        )
    mark(folder)


def code_of(request: Mapping[str, Any]) -> str:
    """Return a description of the code that a request would run besides TouchTrain's; empty if there is none."""
    given = [*(request.get("settings") or {}).items(), *(request.get("search") or {}).items()]
    networks = [one for name, value in given if _is_network(name) for one in _listed(value)]
    files = sorted({json.dumps(one) for one in networks if str(one).lower() not in (*NETWORKS, "none")})
    found = [f"code from a file ({', '.join(files)})"] if files else []
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
    """Return this user's secret key, from a file next to the recorded Python.

    Raises:
        OSError: there is no key, and it may not or cannot be made.
    """
    file = interpreter.record_file().with_name("secret")
    if make and not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        create_whole(file, secrets.token_bytes(_BYTES), 0o600)
    found = file.read_bytes()
    if len(found) != _BYTES:
        raise OSError(f"{file} is damaged")
    return found
