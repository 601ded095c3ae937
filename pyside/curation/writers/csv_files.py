"""Writes marks as CSV files that MATLAB, Octave, R, pandas and spreadsheets read.

They have commas, decimal points, a header of legal MATLAB names and no other lines on top, so ``readtable('x.csv')``
gives one row a frame or a touch. A value that is not known is empty. With letters beyond ASCII a byte order mark stands
in front, by which Excel knows UTF-8. Where commas are decimal ones, as in a German Excel, open a file by Data > From
Text/CSV; what it saves, with semicolons and decimal commas, can be read as labels again.
"""

from __future__ import annotations

import codecs
import csv
import io
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from pyside.aliases import Array
from pyside.curation.marks import LEFT_OUT, REASONS, Marks, touches
from pyside.data.labels.machine_made import origin_of_frames, origin_of_runs
from pyside.errors import printable

_ROWS_AT_ONCE = 20_000
_LONGEST_NAME = 63  # letters of a name in MATLAB


def frame_rows(marks: Marks) -> Iterator[bytes]:
    """Yield a CSV file with one row for every frame, in pieces.

    Columns: ``video``, the name of its file; ``frame``, counted from 1; ``label``, the name of the class, empty for a
    frame that is left out; ``probability_CLASS`` of each class, with nine digits, so that none crosses the threshold;
    ``reason``, why the network did not look at the frame, empty if it did; ``origin``, see `data.labels.machine_made`.
    """
    columns = _legal([f"probability_{name}" for name in marks.class_names])
    names = [*map(printable, marks.class_names), ""]
    labels = [names[label] for label in marks.labels.tolist()]
    origin = origin_of_frames(np.arange(1, marks.n_frames + 1), labels)
    reasons = ["", *REASONS[1:]]
    one_each = itertools.repeat(printable(marks.video.name)), range(1, marks.n_frames + 1), labels
    probabilities = (
        [f"{value:.9g}" if value == value else "" for value in row.tolist()] for row in marks.probabilities
    )
    why = (reasons[code] for code in marks.why.tolist())
    rows = (
        (video, frame, label, *row, reason, origin)
        for video, frame, label, row, reason in zip(*one_each, probabilities, why, strict=False)
    )
    return _pieces(["video", "frame", "label", *columns, "reason", "origin"], rows, _is_ascii(marks))


def touch_rows(marks: Marks) -> Iterator[bytes]:
    """Yield a CSV file with one row for every touch.

    Columns: ``video``; ``label``, the name of the class; ``onset_frame`` and ``offset_frame``, its first and last
    frame, counted from 1; ``duration_frames``; ``duration_ms``, empty if the frame rate is not known;
    ``left_out_frames``, the number of frames of the video that were left out, which may hide touches; ``origin``.
    """
    found = touches(marks)
    onset, offset = found.onset + 1, found.offset + 1
    labels = [printable(marks.class_names[label]) for label in found.label.tolist()]
    origin = origin_of_runs(onset, offset, labels)
    left_out = int(np.count_nonzero(marks.labels == LEFT_OUT))
    durations = _numbers(found.duration_ms)
    video = printable(marks.video.name)
    rows = (
        (video, *row, left_out, origin)
        for row in zip(labels, onset.tolist(), offset.tolist(), found.duration.tolist(), durations, strict=True)
    )
    head = "video label onset_frame offset_frame duration_frames duration_ms left_out_frames origin"
    return _pieces(head.split(), rows, _is_ascii(marks))


def whole_table(rows: Iterable[Sequence[Any]]) -> bytes:
    """Return a CSV file that fits into memory; the first row is its header."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode("utf-8" if text.getvalue().isascii() else "utf-8-sig")


def names_of_videos(videos: Sequence[Path]) -> list[str]:
    """Return the names of the files of videos; their paths if two have one name."""
    alike = len({video.name for video in videos}) < len(videos)
    return [printable(str(video) if alike else video.name) for video in videos]


def _numbers(values: Array) -> list[str]:
    return [f"{value:.9g}" if value == value else "" for value in values.tolist()]


def _is_ascii(marks: Marks) -> bool:
    return "".join([*marks.class_names, marks.video.name]).isascii()


def _legal(names: Sequence[str]) -> list[str]:
    """Return names as MATLAB allows them, all different."""
    found: list[str] = []
    for name in names:
        legal = re.sub("[^A-Za-z0-9_]", "_", name)[:_LONGEST_NAME]
        taken = {one.lower() for one in found}
        ends = ["", *(f"_{number}" for number in range(2, 2 + len(names)))]
        tried = (legal[: _LONGEST_NAME - len(end)] + end for end in ends)
        found.append(next(one for one in tried if one.lower() not in taken))
    return found


def _pieces(head: Sequence[str], rows: Iterable[Sequence[Any]], is_ascii: bool) -> Iterator[bytes]:
    rows, first = iter(rows), [head]
    if not is_ascii:
        yield codecs.BOM_UTF8
    while several := [*first, *itertools.islice(rows, _ROWS_AT_ONCE)]:
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(several)
        yield text.getvalue().encode()
        first = []
