"""The answers of a blind look as a table of labels, as conversions and comparisons take it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from pyside.aliases import Array
from pyside.curation.marks import LEFT_OUT
from pyside.curation.writers.csv_files import names_of_videos, whole_table
from pyside.errors import printable
from pyside.system.files import write_errors, written_beside
from pyside.system.paths import is_there


def write_table(path: Path, answers: Iterable[tuple[Path, int, Array]], class_names: tuple[str, ...]) -> str:
    """Write answers, a row a frame: ``video``, ``frame`` (counted from 1) and ``label``.

    Args:
        path: the file. One with another content is a person's, and stays.
        answers: of each window its video, its first frame (counted from 0) and int, (n,), its labels. Frames that
            cannot be judged are left out; of two answers for a frame, the later one counts.
        class_names: in the order of the indices.

    Returns:
        In words why nothing was written; "" if the file is there.

    Raises:
        DiskFull, NotWritable: it could not be written.
    """
    rows: dict[tuple[Path, int], int] = {}
    for video, first, labels in answers:
        rows |= {
            (video, first + 1 + place): int(labels[place]) for place in np.flatnonzero(labels != LEFT_OUT).tolist()
        }
    videos = [*{video for video, _ in rows}]
    names = dict(zip(videos, names_of_videos(videos), strict=True))
    table = [[names[video], frame, printable(class_names[label])] for (video, frame), label in sorted(rows.items())]
    data = whole_table([["video", "frame", "label"], *table])
    with write_errors(path):
        if is_there(path):
            if path.read_bytes() == data:
                return ""
            return f"{path} has other labels than the answers, and stays as it is. Remove it to have it anew."
        with written_beside(path) as beside:
            beside.write_bytes(data)
    return ""
