"""What a job has submitted to the cloud: its ``cloud.json``.

It has ``mark`` (a label of the job in the cloud, chosen before submission, so that no job is lost), ``name`` (the
resource, once it exists), ``project``, ``region``, ``regions`` (the regions to try), ``folder`` (the job folder in the
bucket), ``console`` (URL of the job in the console), ``dataset`` and ``models`` (URLs), ``model`` (file name),
``package``, ``files`` (for each file that the settings name, its URL and its path on this computer) and ``told``
(number of records that were passed on).
"""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import Any

from pyside.jobs import job_files

SUBMITTED = "cloud.json"


def submitted(folder: str | PathLike[str]) -> dict[str, Any] | None:
    """Return what a job has submitted, or is about to submit; None if it is not a job for the cloud.

    Raises:
        BadJob: the file is damaged.
    """
    return job_files.record(Path(folder) / SUBMITTED)


def whole(found: dict[str, Any], where: object) -> dict[str, Any]:
    """Check that the record of a submission is complete, and return it.

    Args:
        found: the record.
        where: its source, for messages.

    Raises:
        BadJob: a field is missing, or has an impossible value.
    """
    needed = ["project", "folder", "dataset", "models", "model", "package", "files"]
    needed += ["name", "regions"] if found.get("mark") else []
    needed += ["region", "console"] if found.get("name") else []
    if missing := [name for name in needed if name not in found]:
        raise job_files.bad(where, f"lacks {', '.join(missing)}")
    return job_files.checked(SUBMITTED, where, found)
