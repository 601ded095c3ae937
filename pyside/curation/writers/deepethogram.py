"""Writes the labels of a recording as a label file of DeepEthogram: one row a frame, one column a behaviour.

The first column has no name and counts frames from 0. ``background`` is the class without touch; the other classes
follow, in their order. A frame has 1 in the column of its label and 0 in the others, or -1 in all if it is left out.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np

from pyside.curation.marks import Marks, none_first
from pyside.errors import printable

BACKGROUND = "background"


def write_deepethogram(path: Path, marks: Marks) -> None:
    """Write the labels of a recording.

    Raises:
        OSError: the file cannot be written.
    """
    order = none_first(marks.class_names)
    flags = (marks.labels[:, np.newaxis] == order).astype(np.int8)
    flags[marks.labels < 0] = -1
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(["", BACKGROUND, *(printable(marks.class_names[index]) for index in order[1:])])
    table.writerows([frame, *row] for frame, row in enumerate(flags.tolist()))
    path.write_bytes(text.getvalue().encode())
