"""The labels of a recording as states that follow each other."""

from __future__ import annotations

import numpy as np

from pyside.curation.marks import Marks
from pyside.data.labels.bouts.behaviours import LEFT_OUT
from pyside.data.labels.machine_made import origin_of_runs
from pyside.errors import printable


def states(marks: Marks) -> list[tuple[int, int, str]]:
    """Return the runs of frames with one label: the first frame of each, the first one after it, and its name.

    Frames count from 0. The name of frames that are left out is ``left out``.
    """
    labels, names = marks.labels, [*map(printable, marks.class_names), LEFT_OUT]
    starts = np.flatnonzero(np.append(True, labels[1:] != labels[:-1])[: len(labels)])
    stops = np.append(starts[1:], len(labels))[: len(starts)]
    found = zip(starts.tolist(), stops.tolist(), labels[starts].tolist(), strict=True)
    return [(start, stop, names[label]) for start, stop, label in found]


def origin_of(marks: Marks) -> str:
    """Return the mark by which `states` are known as those of a model; see `data.labels.machine_made`."""
    found = states(marks)
    firsts, stops = (np.array([one[place] for one in found], np.int64) for place in (0, 1))
    return origin_of_runs(firsts + 1, stops, [name for _, _, name in found])
