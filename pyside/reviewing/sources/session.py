"""A session of `curate` as what a review looks at."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pyside.aliases import Record
from pyside.curation.marking.session import marks_in, read_session
from pyside.errors import BadReview, some
from pyside.reviewing.sources.source import Source


def of_session(folder: Path) -> Source:
    """Return a session as what a review looks at.

    Args:
        folder: of the session.

    Raises:
        PathMissing, BadSession: there is no such session, or it is damaged.
        BadReview: no recording of it is done.
    """
    session = read_session(folder)
    done = [one for one in session["videos"] if one["state"] == "done"]
    marks = {one["name"]: found for one in done if (found := marks_in(folder, one)) is not None}
    if not marks:
        raise BadReview(f"No recording of the session {folder} is done, so there is nothing to review.")
    return Source(
        folder,
        folder,
        tuple(session["model"]["class_names"]),
        session["videos"],
        marks,
        {one["name"]: str(one.get("stamp", "")) for one in done},
        session,
        warnings=_about_missing(session["videos"], [one["name"] for one in done if one["name"] not in marks]),
    )


def _about_missing(videos: Sequence[Record], lost: Sequence[str]) -> list[str]:
    found = []
    if lost:
        found.append(
            f"{some(lost)}: the marks are not there, or not as they were written, so they cannot be reviewed. Curate "
            "again to have them."
        )
    failed = [one["name"] for one in videos if one["state"] == "failed"]
    if failed:
        found.append(f"{some(failed)}: could not be marked, so there is nothing to review.")
    return found
