"""Label vectors, in whatever way a person wrote them, become one int16 class index a frame."""

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

_NO_NAME = ("", "<undefined>", "<missing>")  # how MATLAB's categorical and string say that there is none
_MOST_SHOWN = 8


@dataclasses.dataclass(frozen=True)
class LabelSet:
    """Labels of several recordings, understood alike.

    Attributes:
        vectors: int16, one a recording, one value a frame: index into the class names, or -1 for a frame that
            is left out.
        mapping: what stood in the labels to the class name that it was taken for, for the report.
    """

    vectors: list[Array]
    mapping: dict[str, str]


def read_labels(
    labels: Sequence[Any], class_names: Sequence[str], label_values: Sequence[Any] | None, what: Sequence[str]
) -> LabelSet:
    """Turn the labels of all recordings into class indices.

    They are read together, because one number must mean one class everywhere. NaN and -1 leave a frame out. Texts
    are class names, in any case, or numbers; an empty, undefined or missing one leaves the frame out. 0 and 1 with two
    classes, one of them ``Touch``, are taken by their meaning: 1 is touch, wherever it stands in the class names. Other
    numbers are 0-based indices.

    Args:
        labels: one vector a recording: row, column or (n, 1); bool, integers, floats, or texts; also categorical.
        class_names: the classes in the order of their indices.
        label_values: what stands for each class, a number or text, or a tuple of several; None for the usual.
        what: what to call each recording in an error.

    Returns:
        The class indices, and what was taken for what.

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
    """Return labels that are texts as a list, with "" for what is missing; None where they are numbers."""
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
        raise BadLabels(f"Labels of {name}: expected a vector with one label a frame, received an array of {size}.")
    return np.atleast_1d(np.ravel(numbers, order="F")).astype(np.float64)


def _alike(vectors: list[Array]) -> list[Array]:
    """Return vectors all of numbers or all of texts; one in which all frames are left out goes with either."""
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
    """Return texts as the numbers that they are, as in MATLAB's categorical([0 1 1]), where no class is called so."""
    if not vectors or vectors[0].dtype.kind != "U":
        return vectors
    found = {text for vector in vectors for text in np.unique(vector).tolist()} - {*_NO_NAME}
    if not found or not all(map(is_number, found)) or found & {*map(same_name, class_names)}:
        return vectors
    return [np.where(np.isin(vector, _NO_NAME), "nan", vector).astype(np.float64) for vector in vectors]


def is_number(text: str) -> bool:
    """Tell whether a text is a number, such as ``1`` or ``2e3``."""
    try:
        float(text)
    except ValueError:
        return False
    return True


# --- what they mean ------------------------------------------------------------------------------------------------


def _meaning(vectors: list[Array], class_names: tuple[str, ...], label_values: Sequence[Any] | None) -> dict[Any, int]:
    """Return which value stands for which class index."""
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
            f"The labels run from {values.min():g} to {values.max():g} and there is no 0 among them, but class indices "
            f"run from 0 to {len(class_names) - 1}. Say what stands for each class by the option "
            f"{named('label_values')}, for example {list(range(1, len(class_names) + 1))}."
        )
    lower = [name.lower() for name in class_names]
    if len(class_names) == 2 and "touch" in lower:
        touch = lower.index("touch")
        return {0.0: 1 - touch, 1.0: touch}
    return {float(index): index for index in range(len(class_names))}


def _like(value: Any, as_names: bool) -> Any:
    """Return a label value as the labels have it: ``1`` may stand for the name "1", and "1" for the number."""
    if as_names:
        return same_name(value.strip()) if isinstance(value, str) else _shown(float(value))
    try:
        return float(value)
    except ValueError:
        return value


def _meaning_of_names(vectors: list[Array], class_names: tuple[str, ...]) -> dict[Any, int]:
    """Return which text stands for which class: its name, also in other letters where that is clear."""
    meaning = {same_name(name.strip()): index for index, name in enumerate(class_names)}
    lower = {name.lower(): index for name, index in meaning.items()}
    if len(lower) == len(meaning):
        found = {str(text) for vector in vectors for text in np.unique(vector).tolist()}
        meaning.update({text: lower[text.lower()] for text in sorted(found - meaning.keys()) if text.lower() in lower})
    return meaning


def _outside(name: str, values: Array, class_names: Sequence[str], meaning: dict[Any, int]) -> tuple[str, str]:
    """Return what to tell of labels outside the classes, of one recording, and of several that have the same."""
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
