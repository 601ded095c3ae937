"""The results of a session that hold all of its recordings: written when all is marked, or decided anew.

The record of a session says in ``shared`` which contents of such a file it has written; any other is a person's.
"""

from __future__ import annotations

from pathlib import Path

from pyside.curation.marking.session import Session, stored_marks
from pyside.curation.writers.whacc import write_whacc
from pyside.errors import TouchTrainError
from pyside.system.files import sha256_of, write_errors, written_beside
from pyside.system.paths import is_there

WHACC = "whacc.h5"


def write_shared(session: Session, trial_pattern: str | None) -> list[str]:
    """Write the results that hold all recordings, if a recording has such a format; return what a person should know.

    Args:
        session: that is being written.
        trial_pattern: a regular expression for the trial number in names of videos, as in `trial_in`.

    """
    done = [one for one in session.in_order() if one["state"] == "done"]
    if not any("whacc" in one["formats"] for one in done):
        return []
    target = session.folder / WHACC
    if is_there(target) and sha256_of(target) not in session.shared.get(WHACC, ()):
        return [
            f"{target} was changed since it was written, and is kept as it is. Remove or rename it to have it written "
            "anew."
        ]
    videos, lengths = [Path(one["video"]) for one in done], [one["frames"] for one in done]
    marks = (stored_marks(session.folder, one) for one in done)
    try:
        with write_errors(target), written_beside(target) as beside:
            write_whacc(beside, videos, lengths, marks, trial_pattern)
            session.note_shared(WHACC, sha256_of(beside))
    except TouchTrainError as error:  # the files of the recordings are there all the same
        return [f"{target} cannot be written: {error.text}"]
    return []
