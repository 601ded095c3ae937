"""Converts label vectors of numbers or texts to one int16 class index per frame."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np

from pyside.aliases import Array
from pyside.data.dataset import LEAVE_OUT
from pyside.data.formats import host_arrays
from pyside.data.labels.entry import is_missing
from pyside.errors import BadLabels, Faults
from pyside.settings.core import named
from pyside.system.records import same_name

_NO_NAME = ("", "<undefined>", "<missing>")  # how MATLAB's categorical and string show a missing value
_MOST_SHOWN = 8


@dataclasses.dataclass(frozen=True)
class LabelSet:
    """Labels of several recordings, with one mapping for all.

    Attributes:
        vectors: int16, one vector per recording, one value per frame: index into the class names, or -1 for a frame
            that is left out.
        mapping: each value in the labels to its class name, for the report.
    """

    vectors: list[Array]
    mapping: dict[str, str]


def read_labels(
    labels: Sequence[Any], class_names: Sequence[str], label_values: Sequence[Any] | None, what: Sequence[str]
) -> LabelSet:
    """Turn the labels of all recordings into class indices.

    They are read together, because a number must mean the same class in all recordings. NaN and -1 leave a frame out.
    Texts are class names, in any case, or numbers; an empty, undefined or missing text leaves the frame out. With two
    classes, one of them ``Touch``, 1 is touch and 0 is the other class, in any order of the class names. Other numbers
    are 0-based indices.

    Args:
        labels: one vector per recording: row, column or (n, 1); bool, integers, floats, or texts; also categorical.
        class_names: class names in the order of their indices.
        label_values: the value of each class, a number or text, or a tuple of several; None for the usual values.
        what: name of each recording in errors.

    Returns:
        The class indices, and the class name of each value.

    Raises:
        BadLabels: labels outside the classes, fractions, or 1 ... n where 0 ... n-1 was expected; all at once.
    """
    vectors, faults = [], Faults()
    for vector, name in zip(labels, what, strict=True):
        texts = _texts(vector)
        try:
            vectors.append(_flat(vector, name) if texts is None else _named(texts))
        except BadLabels as error:
            faults.include(error)
    faults.raise_any()
    vectors = _alike(vectors)
    if label_values is None:
        vectors = _numbers_meant(vectors, class_names)
    meaning = _meaning(vectors, tuple(class_names), label_values)
    indices = []
    for vector, name in zip(vectors, what, strict=True):
        known = np.full(len(vector), LEAVE_OUT, np.int16)
        left = np.isnan(vector) | (vector == LEAVE_OUT) if vector.dtype.kind == "f" else np.isin(vector, _NO_NAME)
        for value, index in meaning.items():
            hit = vector == value
            known[hit] = index
            left |= hit
        if not left.all():
            text, alike = _outside(name, vector[~left], class_names, meaning)
            faults.add(BadLabels, text, of=name, alike=alike, what="recordings")
        indices.append(known)
    faults.raise_any()
    mapping = {_shown(value): class_names[index] for value, index in meaning.items()}
    return LabelSet(indices, mapping)


# --- vectors -------------------------------------------------------------------------------------------------------


def _texts(vector: Any) -> list[str] | None:
    """Return labels that are texts as a list, with "" for missing ones; None if they are numbers."""
    if hasattr(vector, "__array__") and not isinstance(vector, (np.ndarray, np.generic)):
        vector = np.asarray(vector)  # a Series or Categorical
    if isinstance(vector, np.ndarray) and vector.dtype.kind in "OSTU":
        vector = vector.ravel(order="F").tolist()
    if isinstance(vector, str):
        return [vector]
    if not isinstance(vector, (list, tuple)) or not any(isinstance(item, (str, bytes)) for item in vector):
        return None
    texts = [item.decode("utf-8", "replace") if isinstance(item, bytes) else item for item in vector]
    if not all(isinstance(item, str) or is_missing(item) for item in texts):
        return None
    return [same_name(item.strip()) if isinstance(item, str) else "" for item in texts]


def _named(texts: list[str]) -> Array:
    return np.asarray(texts) if texts else np.empty(0, "U1")


def _flat(vector: Any, name: str) -> Array:
    """Return a numeric vector as float64, (n,)."""
    numbers = host_arrays.to_numpy(vector, f"Labels of {name}", BadLabels)
    if numbers.ndim > 2 or (numbers.ndim == 2 and min(numbers.shape) > 1):
        size = "x".join(map(str, numbers.shape))
        raise BadLabels(f"Labels of {name}: expected a vector with one label per frame, received an array of {size}.")
    return np.atleast_1d(np.ravel(numbers, order="F")).astype(np.float64)


def _alike(vectors: list[Array]) -> list[Array]:
    """Return vectors all of numbers or all of texts; a vector in which all frames are left out fits both."""
    empty = [not len(vector) or (vector.dtype.kind == "f" and bool(np.isnan(vector).all())) for vector in vectors]
    kinds = {vector.dtype.kind for vector, nothing in zip(vectors, empty, strict=True) if not nothing}
    if len(kinds) > 1:
        raise BadLabels("Some recordings are labelled with class names, others with numbers. Use one of them.")
    kind = kinds.pop() if kinds else "f"
    return [
        (np.full(len(vector), "") if kind == "U" else np.full(len(vector), np.nan)) if nothing else vector
        for vector, nothing in zip(vectors, empty, strict=True)
    ]


def _numbers_meant(vectors: list[Array], class_names: Sequence[str]) -> list[Array]:
    """Convert texts to numbers if all are numbers, as in MATLAB's categorical([0 1 1]), and no class is named so."""
    if not vectors or vectors[0].dtype.kind != "U":
        return vectors
    found = {text for vector in vectors for text in np.unique(vector).tolist()} - {*_NO_NAME}
    if not found or not all(map(is_number, found)) or found & {*map(same_name, class_names)}:
        return vectors
    return [np.where(np.isin(vector, _NO_NAME), "nan", vector).astype(np.float64) for vector in vectors]


def is_number(text: str) -> bool:
    """Return whether a text is a number, such as ``1`` or ``2e3``."""
    try:
        float(text)
    except ValueError:
        return False
    return True


# --- values to classes ---------------------------------------------------------------------------------------------


def _meaning(vectors: list[Array], class_names: tuple[str, ...], label_values: Sequence[Any] | None) -> dict[Any, int]:
    """Return the class index of each value."""
    as_names = bool(vectors) and vectors[0].dtype.kind == "U"
    if label_values is not None:
        if len(label_values) != len(class_names):
            raise BadLabels(f"{named('label_values')} has {len(label_values)} values for {len(class_names)} classes.")
        return {
            _like(value, as_names): index
            for index, item in enumerate(label_values)
            for value in (item if isinstance(item, (tuple, list)) else (item,))
        }
    if as_names:
        return _meaning_of_names(vectors, class_names)
    values = np.unique(np.concatenate(vectors)) if vectors else np.empty(0)
    values = values[~np.isnan(values) & (values != LEAVE_OUT)]
    counted_from_one = bool(len(values)) and values.min() >= 1 and values.max() == len(class_names)
    if counted_from_one and np.all(values == np.rint(values)):
        raise BadLabels(
            f"The labels run from {values.min():g} to {values.max():g} without a 0, but class indices run from 0 to "
            f"{len(class_names) - 1}. Give the value of each class by the option {named('label_values')}, for example "
            f"{list(range(1, len(class_names) + 1))}."
        )
    lower = [name.lower() for name in class_names]
    if len(class_names) == 2 and "touch" in lower:
        touch = lower.index("touch")
        return {0.0: 1 - touch, 1.0: touch}
    return {float(index): index for index in range(len(class_names))}


def _like(value: Any, as_names: bool) -> Any:
    """Convert a label value to the type of the labels: ``1`` may mean the name "1", and "1" the number."""
    if as_names:
        return same_name(value.strip()) if isinstance(value, str) else _shown(float(value))
    try:
        return float(value)
    except ValueError:
        return value


def _meaning_of_names(vectors: list[Array], class_names: tuple[str, ...]) -> dict[Any, int]:
    """Return the class index of each text: its class name, in any case if that is unique."""
    meaning = {same_name(name.strip()): index for index, name in enumerate(class_names)}
    lower = {name.lower(): index for name, index in meaning.items()}
    if len(lower) == len(meaning):
        found = {str(text) for vector in vectors for text in np.unique(vector).tolist()}
        meaning.update({text: lower[text.lower()] for text in sorted(found - meaning.keys()) if text.lower() in lower})
    return meaning


def _outside(name: str, values: Array, class_names: Sequence[str], meaning: dict[Any, int]) -> tuple[str, str]:
    """Return the message about labels outside the classes, for one recording and for several alike."""
    found = sorted({_shown(value) for value in values.tolist()})
    shown = ", ".join(found[:_MOST_SHOWN]) + (", ..." if len(found) > _MOST_SHOWN else "")
    known = ", ".join(f"{_shown(value)} = {class_names[index]}" for value, index in meaning.items())
    text = (
        f"labels outside the classes: {shown}. Expected {known}, or -1 to leave a frame out. Other numbers or names: "
        f"option {named('label_values')}."
    )
    return f"Labels of {name}: {len(values)} frames have {text}", f"frames have {text}"


def _shown(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
