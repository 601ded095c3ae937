"""Writes marks as a .mat file of version 7 for MATLAB and Octave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from pyside.aliases import Array
from pyside.curation.marks import REASONS, Marks, touches
from pyside.data.labels.machine_made import origin_of_runs
from pyside.errors import printable

_HEAD = b"MATLAB 5.0 MAT-file, written by TouchTrain".ljust(116)  # without a date: equal marks, equal bytes


def write_mat(path: Path, marks: Marks) -> None:
    """Write marks as the variables that `variables` returns.

    Raises:
        OSError: the file cannot be written.
    """
    save_variables(path, variables(marks))


def save_variables(path: Path, values: Mapping[str, Any]) -> None:
    """Write variables as a .mat file of version 7; equal values give equal bytes.

    Raises:
        OSError: the file cannot be written.
    """
    import matio  # unlike scipy.io, it writes letters beyond ASCII so that MATLAB can load them

    matio.save_to_mat(str(path), dict(values), version="v7")
    with path.open("rb+") as file:
        file.write(_HEAD)


def variables(marks: Marks) -> dict[str, Any]:
    """Return the variables of the .mat file, with n frames and c classes.

    - ``labels``, double, n x 1: index of the class in class_names, counted from 0; -1 for a frame that is left out.
      ``class_names``, cell, 1 x c. So ``class_names{labels(k) + 1}`` is the class of frame k, and
      ``categorical(labels, 0:numel(class_names) - 1, class_names)`` names all of them.
    - ``probabilities``, single, n x c: of each class; NaN for a frame that is left out.
    - ``frame`` and ``frame_from_0``, double, n x 1: its number, counted from 1 as MATLAB does, and from 0.
    - ``reason``, double, n x 1: why the network did not look at the frame, counted from 0 in ``reason_names``, cell; 0
      if it did.
    - ``touches``, a struct of columns, one row a touch: ``onset`` and ``offset``, its first and last frame, counted
      from 1; ``onset_from_0`` and ``offset_from_0``; ``duration`` in frames; ``duration_ms``, NaN if the frame rate is
      not known; ``label`` and ``class_name``. ``struct2table(touches)`` makes a table of it.
    - ``decision``, a struct: ``event_class`` ('' if each frame is of its likeliest class), ``threshold`` (NaN then; a
      frame is a touch at it and above), ``min_duration`` in frames, ``min_duration_ms``.
    - ``frame_rate``, double, in frames per second, NaN if it is not known.
    - ``recording``, ``video``, ``video_sha256``, ``model_sha256``, ``origin`` (see `data.labels.machine_made`), char.
    """
    names, found, rate = [printable(name) for name in marks.class_names], touches(marks), marks.frame_rate
    numbers = np.arange(1, marks.n_frames + 1)
    decision = marks.decision
    return {
        "recording": printable(marks.name),
        "video": printable(str(marks.video)),
        "frame_rate": rate or np.nan,
        "frame": column(numbers),
        "frame_from_0": column(numbers - 1),
        "labels": column(marks.labels),
        "class_names": cell(names),
        "probabilities": marks.probabilities.astype(np.float32),
        "reason": column(marks.why),
        "reason_names": cell(REASONS),
        "touches": {
            "onset": column(found.onset + 1),
            "offset": column(found.offset + 1),
            "onset_from_0": column(found.onset),
            "offset_from_0": column(found.offset),
            "duration": column(found.duration),
            "duration_ms": column(found.duration_ms),
            "label": column(found.label),
            "class_name": cell([names[label] for label in found.label.tolist()]).reshape(-1, 1),
        },
        "decision": {
            "event_class": printable(decision.event_class or ""),
            "threshold": np.nan if decision.threshold is None else decision.threshold,
            "min_duration": float(decision.min_duration),
            "min_duration_ms": 1000 * decision.min_duration / rate if rate else np.nan,
        },
        "video_sha256": marks.video_sha256,
        "model_sha256": marks.model_sha256,
        "origin": origin_of(marks),
    }


def origin_of(marks: Marks) -> str:
    """Return the mark by which the labels are known as those of a model; see `data.labels.machine_made`."""
    labels, names = marks.labels, [*map(printable, marks.class_names), ""]  # -1 takes the last one
    starts = np.flatnonzero(np.append(True, labels[1:] != labels[:-1])[: len(labels)])
    ends = np.append(starts[1:], len(labels))[: len(starts)]
    return origin_of_runs(starts + 1, ends, [names[label] for label in labels[starts].tolist()])


def column(values: Array) -> Array:
    """Return values as a column of doubles."""
    return values.astype(np.float64).reshape(-1, 1)


def cell(texts: Sequence[str]) -> Array:
    """Return texts as a cell of one row."""
    found = np.empty((1, len(texts)), object)
    found[0, :] = list(texts)
    return found
