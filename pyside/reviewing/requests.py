"""Requests of `review` and `corrected`: made with NumPy alone, run in the Python of jobs."""

from __future__ import annotations

import contextlib
import webbrowser
from collections.abc import Callable, Mapping
from os import PathLike
from pathlib import Path
from typing import Any

from pyside.aliases import Array, Progress, Record
from pyside.curation.marking.session import read_session, session_folder
from pyside.data.formats import host_arrays
from pyside.errors import BadLabels, Faults
from pyside.settings.review import CorrectedSettings, ReviewSettings
from pyside.system import locks


def review(session: str | PathLike[str], options: Mapping[str, Any]) -> Record:
    """Return the request to review a session.

    Args:
        session: its folder.
        options: settings of `review`, in Python's spelling.

    Raises:
        TouchTrainError: all faults in session and options.
    """
    faults, folder = Faults(), session_folder(Path(session).absolute())
    settings: ReviewSettings | None = None
    labels: Any = None
    with faults.noting():
        settings = ReviewSettings.from_options(options)
        labels = host_arrays.in_memory(settings.labels, "labels", BadLabels)
    with faults.noting():
        read_session(folder)
        locks.check_free(folder)
    faults.raise_any()
    assert settings is not None
    given = settings.as_dict()
    del given["labels"]
    return {"command": "review", "session": str(folder), "settings": given, "inputs": {"labels": labels}}


def serve(request: Record, progress: Progress, should_stop: Callable[[], bool], folder: Path | None) -> Record:
    """Serve the page of a review until it is ended: run a request of `review`.

    Returns:
        ``kind`` ("review"), ``path`` (of the session), ``ended`` ("ended", "idle" or "stopped"), ``events``, ``done``,
        ``corrections`` (lines that were written) and ``warnings``.
    """
    from pyside.reviewing.desk import open_desk
    from pyside.reviewing.page.server import ReviewServer

    settings = ReviewSettings.from_options(request["settings"])
    session, labels = Path(request["session"]), request["inputs"]["labels"]
    progress({"stage": "reading the session"})
    given: dict[str, Array] = {}
    warnings: list[str] = []
    if labels is not None:
        from pyside.reviewing.given import given_labels  # loads much that a review without labels does not need

        given, warnings = given_labels(session, labels, settings.label_variable)
    desk = open_desk(session, given=given)
    desk.warnings += warnings
    before = desk.corrections
    server = ReviewServer(desk, 60 * settings.idle_minutes)
    there = {"stage": "reviewing", "address": server.address}
    progress({**there, "said": [f"Review {session.name} at {server.address}"]})
    if settings.browser:
        with contextlib.suppress(webbrowser.Error, OSError):
            webbrowser.open(server.invitation())
    ended = server.serve(should_stop, lambda record: progress(dict(there)))
    return {
        "kind": "review",
        "path": str(session),
        "ended": ended,
        **{name: desk.progress()[name] for name in ("events", "done")},
        "corrections": desk.corrections - before,
        "warnings": desk.warnings,
    }


def correction(session: str | PathLike[str], options: Mapping[str, Any]) -> Record:
    """Return the request to write the labels of a session with corrections.

    Args:
        session: its folder.
        options: settings of `corrected`, in Python's spelling.

    Raises:
        TouchTrainError: all faults in session and options.
    """
    faults, folder = Faults(), session_folder(Path(session).absolute())
    settings: CorrectedSettings | None = None
    with faults.noting():
        settings = CorrectedSettings.from_options(options)
    with faults.noting():
        read_session(folder)
    target = folder.with_name(f"{folder.name}_corrected")
    if settings is not None and settings.output:
        target = Path(settings.output).absolute()
    with faults.noting():
        locks.check_free(target)
    faults.raise_any()
    assert settings is not None
    given = {**settings.as_dict(), "output": str(target)}
    return {"command": "corrected", "session": str(folder), "output": str(target), "settings": given}


def write(request: Record, progress: Progress, should_stop: Callable[[], bool], folder: Path | None) -> Record:
    """Write labels with corrections: run a request of `correction`."""
    from pyside.reviewing.results.corrected import write_corrected

    progress({"stage": "writing labels"})
    settings = CorrectedSettings.from_options(request["settings"])
    return write_corrected(Path(request["session"]), Path(request["output"]), settings.frames, settings.formats)
