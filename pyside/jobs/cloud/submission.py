"""What a job has submitted to the cloud: its ``cloud.json``.

It has ``mark`` (a label of the job in the cloud, known before it is made, so that none is lost), ``name`` (the
resource, once it is made), ``project``, ``region`` and ``regions`` (those to try), ``folder`` (the job's folder in the
bucket), ``console`` (a page to look at), ``dataset`` and ``models`` (URLs), ``model`` (name of its file), ``package``,
``files`` (URL to path here of each file that settings name) and ``told`` (how many records were told on).
"""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import Any

from pyside.jobs import job_files

SUBMITTED = "cloud.json"


def submitted(folder: str | PathLike[str]) -> dict[str, Any] | None:
    """Return what the job in a folder has submitted, or is about to; None where it is not of the cloud.

    Raises:
        BadJob: the file says what cannot be.
    """
    return job_files.record(Path(folder) / SUBMITTED)


def whole(found: dict[str, Any], where: object) -> dict[str, Any]:
    """Return what was submitted, once it is seen that all of it is there.

    Args:
        found: what was read.
        where: from what, for messages.

    Raises:
        BadJob: something is missing, or cannot be.
    """
    needed = ["project", "folder", "dataset", "models", "model", "package", "files"]
    needed += ["name", "regions"] if found.get("mark") else []
    needed += ["region", "console"] if found.get("name") else []
    if missing := [name for name in needed if name not in found]:
        raise job_files.bad(where, f"does not say {', '.join(missing)}")
    return job_files.checked(SUBMITTED, where, found)
