"""A conversion of a model in a Python process of its own, by libraries that cannot share one with this Keras."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from pyside.system.processes import NO_WINDOW

_QUIET = {"CUDA_VISIBLE_DEVICES": "-1", "TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONIOENCODING": "utf-8"}


def fault_of(
    program: str, arguments: Sequence[str], environment: Mapping[str, str], made: Path, folder: str | None = None
) -> str | None:
    """Run a conversion in another process, on the CPU, and return why it failed, in words; None if it did not.

    Args:
        program: code for ``python -c``.
        arguments: of it.
        environment: variables beside those of this process.
        made: the file that the conversion writes.
        folder: where the process works. Default: where this one does.
    """
    child = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        env={**os.environ, **_QUIET, **environment},
        cwd=folder,
        stdin=subprocess.DEVNULL,
        creationflags=NO_WINDOW,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if not child.returncode and made.is_file():
        return None
    lines = child.stderr.strip().splitlines()
    return lines[-1] if lines else f"its process ended with code {child.returncode}"
