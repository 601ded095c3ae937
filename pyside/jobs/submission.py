"""What a job has submitted to the cloud: its ``cloud.json``.

It has ``mark`` (a label of the job in the cloud, known before it is made, so that none is lost), ``name`` (the
resource, once it is made), ``project``, ``region`` and ``regions`` (those to try), ``folder`` (the job's folder in the
bucket), ``console`` (a page to look at), ``dataset`` and ``models`` (URLs), ``model`` (name of its file), ``package``,
``files`` (URL to path here of each file that settings name) and ``told`` (how many records were told on).
"""

from __future__ import annotations

import json
from os import PathLike
from pathlib import Path
from typing import Any

SUBMITTED = "cloud.json"


def submitted(folder: str | PathLike[str]) -> dict[str, Any] | None:
    """Return what the job in a folder has submitted, or is about to; None where it is not of the cloud."""
    try:
        found: dict[str, Any] = json.loads((Path(folder) / SUBMITTED).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found
