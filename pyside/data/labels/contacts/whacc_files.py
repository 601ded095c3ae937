"""Reads the labels in an HDF5 file of WhACC, which holds the frames of several videos one after the other.

Its keys are those of `pyside.curation.writers.whacc`; WhACC itself writes no ``class_names`` and ``origin_of_label``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from pyside.aliases import Array
from pyside.data.labels import machine_made
from pyside.data.labels.entry import LabelEntry
from pyside.errors import BadLabels

WHACC = "labels of WhACC"


def is_whacc(values: Any) -> bool:
    """Return whether the variables of a file are those of WhACC."""
    numbers = {"frame_nums", "trial_nums_and_frame_nums"}
    return isinstance(values, Mapping) and "labels" in values and bool(numbers & values.keys())


def read_whacc(values: Mapping[str, Any], where: str) -> tuple[list[LabelEntry], list[str]]:
    """Read the labels of a person, or, if nobody has labelled a frame, those of the model.

    Args:
        values: arrays and lists of texts by key.
        where: its name in messages.

    Returns:
        One entry per video, and remarks.

    Raises:
        BadLabels: the keys do not fit each other, or there are no labels.
    """
    labels = np.ravel(values["labels"]).astype(np.float64)
    lengths, trials = _lengths(values, where)
    if sum(lengths) != len(labels):
        raise BadLabels(f"{where}: the videos have {sum(lengths)} frames, and there are {len(labels)} labels.")
    machine = _of_frames(values, "yhat", len(labels), where)
    origins = _of_frames(values, machine_made.ORIGINS, len(labels), where)
    given, remarks = np.where(labels >= 0, labels, np.nan), list[str]()
    by_model = machine is not None and not np.any(labels >= 0)
    if not by_model and not np.any(labels >= 0):
        raise BadLabels(f"{where}: all labels are -1, so nobody has labelled a frame, and there is no yhat of a model.")
    if machine is not None and (by_model or origins is not None):
        of_machine = np.where(machine >= 0, machine, np.nan)
        given = of_machine if by_model or origins is None else np.where(origins == 0, of_machine, given)
    if origins is not None and not by_model:
        remarks = machine_made.remarks_on(origins, given)
    elif np.isnan(given).any() and not by_model:
        remarks = [f"a person has labelled {np.sum(labels >= 0)} of {len(labels)} frames; the others are left out."]
    names = values.get("full_file_names")
    names = names if isinstance(names, list) and len(names) == len(lengths) else [None] * len(lengths)
    ends, entries = np.cumsum([0, *lengths]).tolist(), []
    for place, (name, trial) in enumerate(zip(names, trials, strict=True)):
        vector = _named(given[ends[place] : ends[place + 1]], values.get("class_names"), where)
        source = f"{where}, {name or f'video {place + 1}'}"
        entries.append(LabelEntry(source, vector, name, trial, machine=by_model))
    return entries, [f"{where}: {remark}" for remark in remarks]


def _lengths(values: Mapping[str, Any], where: str) -> tuple[list[int], list[int | None]]:
    """Return the number of frames of each video, and its trial number or None."""
    both = values.get("trial_nums_and_frame_nums")
    if both is None:
        rows = np.ravel(values["frame_nums"])[np.newaxis]
    else:
        rows = np.asarray(both, np.float64)
        if rows.ndim != 2 or len(rows) != 2:
            raise BadLabels(f"{where}: expected trial_nums_and_frame_nums of 2 rows, and a column for each video.")
    rows = rows.astype(np.float64)
    if not np.all(np.isfinite(rows)) or np.any(rows != np.rint(rows)) or np.any(rows < 0):
        raise BadLabels(f"{where}: the numbers of trials and frames are not whole numbers.")
    numbers = rows.astype(np.int64).tolist()
    return numbers[-1], numbers[0] if both is not None else [None] * len(numbers[-1])


def _of_frames(values: Mapping[str, Any], key: str, n: int, where: str) -> Array | None:
    found = None if values.get(key) is None else np.ravel(values[key]).astype(np.float64)
    if found is not None and len(found) != n:
        raise BadLabels(f"{where}: {key} has {len(found)} values, and labels {n}.")
    return found


def _named(numbers: Array, names: Sequence[str] | None, where: str) -> Any:
    """Return labels as class names, "" for a frame that is left out, if the names are known; else as numbers."""
    if not names:
        return numbers
    codes = np.where(np.isnan(numbers), -1, numbers)  # -1 takes the last one
    if not np.isin(codes, range(-1, len(names))).all():
        raise BadLabels(f"{where}: labels must be indices of the {len(names)} class_names that count from 0, or -1.")
    return [[*names, ""][code] for code in codes.astype(np.int64).tolist()]
