"""Reads the fields of one trial of a contact array, whatever type of number a file stores.

In MATLAB every number of a contact array is double; a file stores whole numbers in the smallest type that holds them,
and some readers return that type. So all numbers become float64 or int64 before anything is computed from them: uint16
20 minus 21 is 65535.

A trial is a mapping from field names to values: arrays, texts, structs as mappings, and cells as lists or as arrays of
objects (of SciPy). Names count in any case, with or without ``_``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from pyside.aliases import Array
from pyside.data.formats.variables import in_words
from pyside.data.labels import field_names
from pyside.data.labels.entry import frame_numbers, label_vector
from pyside.errors import BadLabels

LEFT_OUT, SURELY_NONE, LOOK = -1, 0, 2  # codes in prepross
LOOK_OF_OTHERS = 1  # code of the frames left to the network in arrays that have -1, 0 and 1 only
SKIPPED = "skipped"  # text in place of the frames of contactInds, in lower case


def values(trial: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a trial by their plain names, with cells as lists."""
    return {plain: as_lists(trial[name]) for plain, name in field_names.plain_names(trial).items()}


def as_lists(value: Any) -> Any:
    """Return a cell, which SciPy reads as an array of objects, as a list; and a char, one of SciPy's, as text."""
    if isinstance(value, (list, tuple)):
        return [as_lists(item) for item in value]
    if not isinstance(value, np.ndarray):
        return value
    if value.dtype.kind == "O":
        return [as_lists(item) for item in value.ravel(order="F")]
    return str(value.ravel()[0]) if value.dtype.kind == "U" and value.size == 1 else value


def is_skipped(trial: Mapping[str, Any]) -> bool:
    """Return whether contactInds holds the text Skipped in place of frames."""
    found = _only(values(trial).get("contactinds"))
    return isinstance(found, str) and found.strip().lower() == SKIPPED


def touches(trial: Mapping[str, Any], source: str) -> Array | None:
    """Return the frames of contactInds as they stand: int64, (n,), counted from 1; None if there is no such field.

    Raises:
        BadLabels: they are not whole numbers from 1, or not one row of them.
    """
    fields = values(trial)
    if "contactinds" not in fields:
        return None
    found = fields["contactinds"]
    if isinstance(found, list) and len(found) > 1:
        raise BadLabels(
            f"{source}: contactInds is a cell of {len(found)}. Expected a 1x1 cell with a row of frame numbers."
        )
    found = _only(found)
    is_mask = isinstance(found, np.ndarray) and found.dtype.kind == "b" and found.size > 0
    frames = frame_numbers(found, f"{source}: contactInds")  # of {}, too
    if is_mask or np.any(frames < 1):
        received = "logicals" if is_mask else f"{frames.min()}"
        raise BadLabels(
            f"{source}: contactInds must be frame numbers from 1, such as find gives of a mask. Received {received}."
        )
    return frames


def codes(trial: Mapping[str, Any], source: str) -> Array | None:
    """Return prepross as float64, (n_frames,); None if it is missing or empty.

    Raises:
        BadLabels: it is not one number per frame.
    """
    return per_frame(trial, "prepross", source)


def looked_at(found: Array) -> Array:
    """Return which frames were left to the network: bool, (n_frames,).

    Args:
        found: the codes of a trial. Either 2 means look (with -1, 0 and 3), or 1 (with -1 and 0 alone).
    """
    return found == (LOOK_OF_OTHERS if has_other_codes(found) else LOOK)


def has_other_codes(found: Array) -> bool:
    """Return whether the codes of a trial are those of which 1 means look: 1, and else -1 and 0 alone."""
    known = found[~np.isnan(found)]
    return bool(np.any(known == LOOK_OF_OTHERS) and np.isin(known, (LEFT_OUT, SURELY_NONE, LOOK_OF_OTHERS)).all())


def confidence(trial: Mapping[str, Any], source: str) -> Array | None:
    """Return touchConfidence as float64, (n_frames, 1), or (n_frames, 2) with one column per class.

    Two numbers a frame may also stand in rows; None if the field is missing or empty.

    Raises:
        BadLabels: it is neither one number nor two numbers per frame.
    """
    found = _only(values(trial).get("touchconfidence"))
    if isinstance(found, np.ndarray) and found.ndim == 2 and 2 in found.shape and found.size > 2:
        pairs = found if found.shape[1] == 2 else found.T
        if pairs.dtype.kind in "biuf":
            return pairs.astype(np.float64)
    vector = per_frame(trial, "touchConfidence", source)
    return None if vector is None else vector[:, None]


def per_frame(trial: Mapping[str, Any], name: str, source: str) -> Array | None:
    """Return a field with one number per frame as float64, (n_frames,); None if it is missing or empty.

    Raises:
        BadLabels: it is something else.
    """
    found = _only(values(trial).get(field_names.plain(name)))
    if found is None or field_names.is_empty(found):
        return None
    vector = label_vector(found)
    if not isinstance(vector, np.ndarray):
        raise BadLabels(f"{source}: {name} is {in_words(found)}. Expected one number per frame.")
    return vector.astype(np.float64)


def _only(value: Any) -> Any:
    """Return the item of a cell of one, or else the value itself."""
    return value[0] if isinstance(value, list) and len(value) == 1 else value
