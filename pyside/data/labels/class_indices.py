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
from pyside.errors import BadLabels, Faults, some
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
        remarks: messages about numbers that may mean other classes.
        table: for each value, ``label`` (as text), ``class_name`` ("" if such frames are left out) and ``frames``.
    """

    vectors: list[Array]
    mapping: dict[str, str]
    remarks: list[str] = dataclasses.field(default_factory=list)
    table: list[dict[str, Any]] = dataclasses.field(default_factory=list)


def read_labels(
    labels: Sequence[Any], class_names: Sequence[str], label_values: Sequence[Any] | None, what: Sequence[str]
) -> LabelSet:
    """Turn the labels of all recordings into class indices.

    They are read together, because a number must mean the same class in all recordings. NaN and -1 leave a frame out.
    Texts are class names, in any case, or numbers; an empty, undefined or missing text leaves the frame out. With two
    classes, one of them ``Touch``, 1 is touch and 0 is the other class, in any order of the class names. Other numbers
    are 0-based indices, if 0 is among them: without a 0 they may count from 1, even if the last class does not occur.

    Args:
        labels: one vector per recording: row, column or (n, 1); bool, integers, floats, or texts; also categorical.
        class_names: class names in the order of their indices.
        label_values: the value of each class, a number or text, or a tuple of several; None for the usual values.
        what: name of each recording in errors.

    Returns:
        The class indices, and the class name of each value.

    Raises:
        BadLabels: labels outside the classes, fractions, or class indices without a 0; all at once.
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
    hint, remarks = _other_meaning(vectors, class_names, meaning) if label_values is None else ("", [])
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
            faults.add(BadLabels, text + hint, of=name, alike=alike + hint, what="recordings")
        indices.append(known)
    faults.raise_any()
    mapping = {_shown(value): class_names[index] for value, index in meaning.items()}
    return LabelSet(indices, mapping, remarks, _table(vectors, class_names, meaning))


def _table(vectors: list[Array], class_names: Sequence[str], meaning: dict[Any, int]) -> list[dict[str, Any]]:
    """Count the frames of each label that has a meaning or occurs."""
    counts = dict.fromkeys(meaning, 0)
    for vector in vectors:
        for value, n in zip(*(part.tolist() for part in np.unique(vector, return_counts=True)), strict=True):
            key = value if value == value else "NaN"
            counts[key] = counts.get(key, 0) + n
    return [
        label_row(_shown(value), class_names[meaning[value]] if value in meaning else "", n)
        for value, n in counts.items()
    ]


def label_row(label: str, class_name: str, frames: int) -> dict[str, Any]:
    """Return a row of the table of labels; see `LabelSet`."""
    return {"label": label, "class_name": class_name, "frames": frames}


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
    _check_zero(vectors, class_names)
    if _of_touch(class_names):
        touch = [name.lower() for name in class_names].index("touch")
        return {0.0: 1 - touch, 1.0: touch}
    return {float(index): index for index in range(len(class_names))}


def _check_zero(vectors: list[Array], class_names: Sequence[str]) -> None:
    """Raise `BadLabels` if the numbers may count the classes from 1: no label is 0, except with 1 for Touch."""
    values, n = _values(vectors), len(class_names)
    if n < 2 or not len(values) or values.min() < 1 or values.max() > n or np.any(values != np.rint(values)):
        return  # no class indices from 1
    if _of_touch(class_names) and values.max() == 1:
        return
    counts = [int(np.count_nonzero(np.concatenate(vectors) == value)) for value in values]
    found = [f"{value:g} (frames: {count})" for value, count in zip(values.tolist(), counts, strict=True)]
    known = [f"{index} = {name}" for index, name in enumerate(class_names)]
    raise BadLabels(
        f"No label is 0, so the numbers may count the classes from 1: labels are {some(found, _MOST_SHOWN)}, and class "
        f"indices run from 0 to {n - 1} ({some(known, _MOST_SHOWN)}). Give the value of each class by the option "
        f"{named('label_values')}: {_range(1, n)} if 1 is {class_names[0]}, {_range(0, n - 1)} if 0 is."
    )


def _values(vectors: list[Array]) -> Array:
    """Return the different numbers in the labels, without those that leave a frame out."""
    values = np.unique(np.concatenate(vectors)) if vectors else np.empty(0)
    return values[~np.isnan(values) & (values != LEAVE_OUT)]


def _other_meaning(vectors: list[Array], class_names: Sequence[str], meaning: dict[Any, int]) -> tuple[str, list[str]]:
    """Return a hint for labels outside the classes, and remarks, if 0 may mean that a frame has no label.

    That is so if the number of classes is among the labels, or if a class has no frame. 0 and 1 of Touch are clear.
    """
    values = _values(vectors) if vectors and vectors[0].dtype.kind == "f" else np.empty(0)
    if 0 not in values or (_of_touch(class_names) and values.max() <= 1):
        return "", []
    n = len(class_names)
    cure = (
        "If the classes count from 1 and 0 means unlabelled, set the labels of those frames to -1, and "
        f"{named('label_values')} to {_range(1, n)}."
    )
    lacking = [class_names[index] for value, index in meaning.items() if value not in values]
    known = [f"{_shown(value)} = {class_names[index]}" for value, index in meaning.items()]
    remark = (
        f"The labels were read as class indices that count from 0 ({some(known, _MOST_SHOWN)}), and no frame is "
        f"labelled {some(lacking)}. {cure}"
    )
    return f" {cure}" if n in values else "", [remark] if lacking else []


def _of_touch(class_names: Sequence[str]) -> bool:
    """Return whether 0 and 1 have a meaning of their own: there are two classes, and one is Touch."""
    return len(class_names) == 2 and "touch" in [name.lower() for name in class_names]


def _range(first: int, last: int) -> str:
    """Return whole numbers as a list in MATLAB and Python: ``[1, 2, 3]``."""
    numbers = [str(number) for number in range(first, last + 1)]
    return f"[{', '.join(numbers if len(numbers) <= _MOST_SHOWN else [*numbers[:2], '...', numbers[-1]])}]"


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
