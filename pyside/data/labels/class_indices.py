"""Converts label vectors of numbers or texts to one int16 class index per frame."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from pyside.aliases import Array
from pyside.data.dataset import LEAVE_OUT
from pyside.data.formats import csv_files, host_arrays
from pyside.data.labels.bouts.behaviours import LEFT_OUT, NONE, Activity
from pyside.data.labels.entry import MISSING_TEXTS, is_missing, some_frames
from pyside.errors import BadLabels, Faults, some
from pyside.settings.core import named
from pyside.system.records import same_name

_TOUCH = ("touch", "touches", "contact", "contacts")  # behaviours that are the class Touch
_ABSENT = "none nothing background baseline rest other negative".split()  # names of classes without behaviour
_MOST_SHOWN = 8


@dataclasses.dataclass(frozen=True)
class LabelSet:
    """Labels of several recordings, with one mapping for all.

    Attributes:
        vectors: int16, one vector per recording, one value per frame: index into the class names, or -1 for a frame
            that is left out.
        mapping: each value in the labels to its class name, for the report.
        remarks: messages about numbers that may mean other classes, and columns that are not used.
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
    Texts are class names, in any case, or numbers, or ``TRUE`` and ``FALSE``, which mean 1 and 0; an empty, undefined
    or missing text (``NA``, if no class is named so) leaves the frame out. With two classes, one of them ``Touch``, 1
    is touch and 0 is the other class, in any order of the class names. Numbers that are names of classes are these
    classes. Other numbers are 0-based indices, if 0 is among them: without a 0 they may count from 1, even if the last
    class does not occur.

    A frame in no bout is of the only class that has no behaviour. If each class has one, it is left out; if several
    have none, ``none`` must be among the label values. Behaviours in columns that are no classes are not used.

    Args:
        labels: one vector per recording: row, column or (n, 1); bool, integers, floats, or texts; also categorical; or
            an `Activity`.
        class_names: class names in the order of their indices.
        label_values: the value of each class, a number or text, or a tuple of several; None for the usual values.
        what: name of each recording in errors.

    Returns:
        The class indices, and the class name of each value.

    Raises:
        BadLabels: labels outside the classes, fractions, class indices without a 0, or frames with two behaviours; all
            at once.
    """
    if any(isinstance(vector, Activity) for vector in labels):
        return _with_behaviours(labels, class_names, label_values, what)
    vectors, faults = [], Faults()
    for vector, name in zip(labels, what, strict=True):
        texts = _texts(vector)
        try:
            vectors.append(_flat(vector, name) if texts is None else _named(texts))
        except BadLabels as error:
            faults.include(error)
    faults.raise_any()
    vectors = _truths_meant(_alike(vectors), class_names)
    if label_values is None:
        vectors = _numbers_meant(vectors, class_names)
    meaning = _meaning(vectors, tuple(class_names), label_values)
    hint, remarks = _other_meaning(vectors, class_names, meaning) if label_values is None else ("", [])
    indices = []
    for vector, name in zip(vectors, what, strict=True):
        known = np.full(len(vector), LEAVE_OUT, np.int16)
        left = np.isnan(vector) | (vector == LEAVE_OUT) if vector.dtype.kind == "f" else _missing(vector)
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
            key = value if value == value and value != "" else "NaN"
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
    """Return labels that are texts as a list, with "" for `MISSING_TEXTS` and others; None if they are numbers."""
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
    stripped = [item.strip() if isinstance(item, str) else "" for item in texts]
    return ["" if item in MISSING_TEXTS else same_name(item) for item in stripped]


def _named(texts: list[str]) -> Array:
    return np.asarray(texts) if texts else np.empty(0, "U1")


def _flat(vector: Any, name: str) -> Array:
    """Return a numeric vector as float64, (n,)."""
    numbers = host_arrays.to_numpy(vector, f"Labels of {name}", BadLabels)
    host_arrays.check_vector(numbers.shape, f"Labels of {name}")
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
    found = _written(vectors)
    if not found or not all(map(is_number, found)) or found & {*map(same_name, class_names)}:
        return vectors
    return [np.array([*map(csv_files.number, vector.tolist())], np.float64) for vector in vectors]


def _truths_meant(vectors: list[Array], class_names: Sequence[str]) -> list[Array]:
    """Convert texts to 1 and 0 if all are ``TRUE`` or ``FALSE``, as R and Python write, and no class is named so."""
    if not vectors or vectors[0].dtype.kind != "U":
        return vectors
    values = {text: csv_files.truth(text) for text in _written(vectors)}
    if not values or None in values.values() or any(csv_files.truth(name) is not None for name in class_names):
        return vectors
    return [np.array([values.get(text, np.nan) for text in vector.tolist()], np.float64) for vector in vectors]


def _written(vectors: Sequence[Array]) -> set[str]:
    """Return the texts in vectors, without those for missing values."""
    found = {str(text) for vector in vectors for text in np.unique(vector).tolist()}
    return {text for text in found if not csv_files.is_missing(text)}


def _missing(vector: Array) -> Array:
    """Return bool: which texts stand for a missing value."""
    found = np.unique(vector)
    return np.isin(vector, found[[csv_files.is_missing(text) for text in found.tolist()]])


def is_number(text: str) -> bool:
    """Return whether a text is a number, such as ``1``, ``2e3`` or ``0,5``."""
    return not csv_files.is_missing(text) and csv_files.numbers([text]) is not None


# --- values to classes ---------------------------------------------------------------------------------------------


def _meaning(vectors: list[Array], class_names: tuple[str, ...], label_values: Sequence[Any] | None) -> dict[Any, int]:
    """Return the class index of each value."""
    as_names = bool(vectors) and vectors[0].dtype.kind == "U"
    if label_values is not None:
        if len(label_values) != len(class_names):
            raise BadLabels(f"{named('label_values')} has {len(label_values)} values for {len(class_names)} classes.")
        meaning = {
            _like(value, as_names): index
            for index, item in enumerate(label_values)
            for value in (item if isinstance(item, (tuple, list)) else (item,))
        }
        if any(value != value for value in meaning):
            raise BadLabels(
                f"{named('label_values')} holds NaN, which always leaves a frame out. Set these labels to a number."
            )
        return meaning
    if as_names:
        return _meaning_of_names(vectors, class_names)
    by_number = {float(name): index for index, name in enumerate(class_names) if is_number(name)}
    if len(by_number) == len(class_names) and {*_values(vectors).tolist()} <= by_number.keys():
        return by_number
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
        f"{_signed(vectors, class_names)}"
    )


def _signed(vectors: list[Array], class_names: Sequence[str]) -> str:
    """Return a hint if labels such as -1 and 1 may be those of all classes, of which -1 is the first."""
    values = _values(vectors).tolist()
    if not any(np.any(vector == LEAVE_OUT) for vector in vectors) or values not in ([1], [0, 1]):
        return ""
    if len(class_names) != len(values) + 1:
        return ""
    return (
        f" Frames with -1 are left out; if -1 is {class_names[0]}, set {named('label_values')} to "
        f"{[LEAVE_OUT, *map(int, values)]}."
    )


def _other_way_round(class_names: Sequence[str]) -> str:
    """Return a remark if 0 and 1 are two classes of which the second one seems to be the absence of the first."""
    first, second = (re.sub("[^a-z]", "", name.lower()) for name in class_names)
    if second not in (*_ABSENT, *(f"{word}{first}" for word in ("no", "non", "not", "without"))) or first in _ABSENT:
        return ""
    return (
        f"The labels were read as class indices, so 0 is {class_names[0]}, and 1 is {class_names[1]}. If 1 is "
        f"{class_names[0]}, set {named('label_values')} to [1, 0]."
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
    n, signed = len(class_names), _signed(vectors, class_names) if len(values) else ""
    if _of_touch(class_names) and len(values) and values.max() <= 1:
        return "", [f"No label is 0.{signed}"] if signed else []
    if 0 not in values or [*meaning] != [*range(n)]:
        return "", []
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
    remarks = [f"{remark}{signed}"] if lacking else []
    if n == 2 and values.max() <= 1 and _other_way_round(class_names):
        remarks.append(_other_way_round(class_names))
    return f" {cure}" if n in values else "", remarks


def _of_touch(class_names: Sequence[str]) -> bool:
    """Return whether 0 and 1 have a meaning of their own: there are two classes, and one is Touch."""
    return len(class_names) == 2 and "touch" in [name.lower() for name in class_names]


def _range(first: int, last: int) -> str:
    """Return whole numbers as a list in MATLAB and Python: ``[1, 2, 3]``."""
    numbers = [str(number) for number in range(first, last + 1)]
    return f"[{', '.join(numbers if len(numbers) <= _MOST_SHOWN else [*numbers[:2], '...', numbers[-1]])}]"


def _like(value: Any, as_names: bool) -> Any:
    """Convert a label value to the type of the labels: ``1`` may mean the name "1", and "1" or "TRUE" the number."""
    if as_names:
        return same_name(value.strip()) if isinstance(value, str) else _shown(float(value))
    if isinstance(value, str) and (known := csv_files.truth(value)) is not None:
        return known
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
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return repr(value) if text.isdecimal() and float(text) != float(value) else text  # 1.0000000001 is not 1


# --- behaviours ----------------------------------------------------------------------------------------------------


def _with_behaviours(
    labels: Sequence[Any], class_names: Sequence[str], label_values: Sequence[Any] | None, what: Sequence[str]
) -> LabelSet:
    """Do what `read_labels` does where the labels of some recordings, or all, are behaviours."""
    shown = [place for place, vector in enumerate(labels) if isinstance(vector, Activity)]
    others = [place for place in range(len(labels)) if place not in {*shown}]
    rest = read_labels([labels[n] for n in others], class_names, label_values, [what[n] for n in others])
    meaning = _Behaviours.of([labels[place] for place in shown], tuple(class_names), label_values)
    vectors, faults = dict(zip(others, rest.vectors, strict=True)), Faults()
    for place in shown:
        with faults.noting(of=what[place], what="recordings"):
            vectors[place] = meaning.indices(labels[place], what[place])
    faults.raise_any()
    mapping = {**(rest.mapping if others else {}), **meaning.mapping()}
    return LabelSet(
        [vectors[place] for place in range(len(labels))],
        mapping,
        [*rest.remarks, *meaning.remarks()],
        [*rest.table, *meaning.table()] if others else meaning.table(),
    )


def _with_gaps(values: Array, names: Sequence[str], activities: Sequence[Activity], none: Any) -> Array:
    """Return the labels of behaviours, and `none` if frames may have none of them.

    Numbers without gaps occur as often as frames show them, since an error about them tells the frames.
    """
    if any(one.columns or bool((one.scored & ~one.active.any(axis=1)).any()) for one in activities):
        return np.append(values, none)
    if values.dtype.kind == "U":
        return values
    shown = dict.fromkeys(names, 0)
    for one in activities:
        for place, name in enumerate(one.names):
            shown[name] += int(np.count_nonzero(one.active[:, place]))
    return np.repeat(values, [max(1, n) for n in shown.values()])


@dataclasses.dataclass
class _Behaviours:
    """The classes of the behaviours of all recordings.

    Attributes:
        class_names: the class names.
        known: class index of each behaviour that is a class; of the number -1 `LEAVE_OUT`.
        unknown: the other behaviours, in the order of their appearance.
        as_numbers: the only behaviour, whose 0 and 1 are numbers of classes, since its name is none; or "".
        elsewhere: class index of a frame without a behaviour, or `LEAVE_OUT`; None if it may be one of several.
        frames: number of frames by behaviour so far; of `NONE`, those without one.
    """

    class_names: tuple[str, ...]
    known: dict[str, int]
    unknown: list[str]
    elsewhere: int | None
    frames: dict[str, int]
    as_numbers: str = ""

    @classmethod
    def of(
        cls, activities: Sequence[Activity], class_names: tuple[str, ...], label_values: Sequence[Any] | None
    ) -> _Behaviours:
        names = list(dict.fromkeys(name for one in activities for name in one.names))
        (values,) = _truths_meant([_named([same_name(name) for name in names])], class_names)
        if label_values is None:
            (values,) = _numbers_meant([values], class_names)
        none: Any = NONE if values.dtype.kind == "U" else 0.0
        meaning = _meaning([_with_gaps(values, names, activities, none)], class_names, label_values)
        lower = {str(value).lower(): index for value, index in meaning.items()}
        touch = {one.lower(): index for index, one in enumerate(class_names)}.get("touch") if not label_values else None
        known = {}
        for name, value in zip(names, values.tolist(), strict=True):
            left_out = value == LEAVE_OUT or name.strip().lower() == LEFT_OUT
            other = LEAVE_OUT if left_out else touch if name.strip().lower() in _TOUCH else None
            index = meaning.get(value, lower.get(str(value).lower(), other))
            if index is not None:
                known[name] = index
        unknown = [name for name in names if name not in known]
        if unknown and not known and all(one.columns for one in activities):
            return cls._of_numbers(names, class_names, label_values)
        without = [index for index in range(len(class_names)) if index not in known.values()]
        elsewhere = lower.get(str(none), lower.get(NONE))
        if none in values.tolist() and none in meaning:
            elsewhere = LEAVE_OUT
        elif elsewhere is None and len(without) < 2:
            elsewhere = without[0] if without else LEAVE_OUT
        said = [name for name in unknown if name.strip().lower() == NONE]
        if said and elsewhere not in (None, LEAVE_OUT):  # what is called none is no gap
            known |= dict.fromkeys(said, elsewhere)
            unknown, elsewhere = [name for name in unknown if name not in said], LEAVE_OUT
        return cls(class_names, known, unknown, elsewhere, dict.fromkeys([*names, NONE], 0))

    @classmethod
    def _of_numbers(
        cls, names: Sequence[str], class_names: tuple[str, ...], label_values: Sequence[Any] | None
    ) -> _Behaviours:
        """Return the classes where no column is called like one: 0 and 1 of a single column are numbers of classes."""
        of_touch = [name for name in names if name.strip().lower() in _TOUCH and label_values is not None]
        only = names if len(names) == 1 else of_touch
        numbers = _meaning([np.array([0.0, 1.0])], class_names, label_values)
        if len(only) == 1 and {0.0, 1.0} <= numbers.keys():
            frames, others = dict.fromkeys([*names, NONE], 0), [name for name in names if name not in only]
            return cls(class_names, {only[0]: numbers[1.0]}, others, numbers[0.0], frames, only[0])
        raise BadLabels(
            f"None of the columns {some(names, _MOST_SHOWN)} is a class: the classes are "
            f"{some(class_names, _MOST_SHOWN)}. Set {named('class_names')} to the names of columns, or "
            f"{named('label_values')} to the column of each class; '{NONE}' stands for frames without any."
        )

    def indices(self, activity: Activity, what: str) -> Array:
        """Return the class index of each frame of the recording `what`, int16, (n,)."""
        left_out = [self.known.get(name) == LEAVE_OUT for name in activity.names]
        scored = activity.scored & ~activity.active[:, left_out].any(axis=1)
        faults, used = Faults(), activity.active & scored[:, np.newaxis]
        classes = np.zeros((len(activity), len(self.class_names)), bool)
        for place, name in enumerate(activity.names):
            self.frames[name] += int(np.count_nonzero(used[:, place]))
            if self.known.get(name, LEAVE_OUT) != LEAVE_OUT:
                classes[:, self.known[name]] |= used[:, place]
        strange = [place for place, name in enumerate(activity.names) if name in self.unknown]
        if not activity.columns and used[:, strange].any():
            values = np.concatenate([np.full(used[:, place].sum(), activity.names[place]) for place in strange])
            text, alike = _outside(what, values, self.class_names, dict(self.known))
            faults.add(BadLabels, text, of=what, alike=alike)
        several = np.flatnonzero(classes.sum(axis=1) > 1)
        if len(several):
            both = [activity.names[place] for place in np.flatnonzero(used[several[0]])]
            both = [name for name in both if name in self.known]
            text = f"have several behaviours, such as {' and '.join(both)}. Give each frame one of them."
            where = some_frames(several + 1)
            faults.add(BadLabels, f"Labels of {what}: {where} {text}", of=what, alike=f"frames {text}")
        none = scored & ~classes.any(axis=1)
        self.frames[NONE] += int(np.count_nonzero(none))
        if none.any() and self.elsewhere is None:
            without = [name for index, name in enumerate(self.class_names) if index not in self.known.values()]
            example = [NONE if name == without[0] else name for name in self.class_names]
            text = (
                f"frames are in no bout of {some([*self.known], _MOST_SHOWN)}, and may be "
                f"{' or '.join(without[:_MOST_SHOWN])}. Put '{NONE}' in the place of one of them in "
                f"{named('label_values')}, for example {some(example, _MOST_SHOWN)}."
            )
            faults.add(BadLabels, f"Labels of {what}: {np.count_nonzero(none)} {text}", of=what, alike=text)
        faults.raise_any()
        found = np.where(classes.any(axis=1), classes.argmax(axis=1), LEAVE_OUT).astype(np.int16)
        found[none] = LEAVE_OUT if self.elsewhere is None else self.elsewhere
        return found

    def mapping(self) -> dict[str, str]:
        """Return the class name of each behaviour, and of frames without one."""
        found = {name: self.class_names[index] for name, index in self.known.items() if index != LEAVE_OUT}
        if self.frames[NONE] and self.elsewhere is not None and self.elsewhere != LEAVE_OUT:
            found[NONE] = self.class_names[self.elsewhere]
        return found

    def table(self) -> list[dict[str, Any]]:
        """Return the rows of the table of labels."""
        classes = {name: "" if index == LEAVE_OUT else self.class_names[index] for name, index in self.known.items()}
        rows = [label_row(name, class_name, self.frames[name]) for name, class_name in classes.items()]
        if self.frames[NONE] and NONE not in self.known:
            rows.append(label_row(NONE, self.mapping().get(NONE, ""), self.frames[NONE]))
        return rows

    def remarks(self) -> list[str]:
        """Return a message about columns that are not used, since they are no classes."""
        found = []
        if self.unknown:
            found.append(f"These columns are no classes, and are not used: {some(self.unknown, _MOST_SHOWN)}.")
        if self.as_numbers:
            one, none = (self.class_names[index] for index in (self.known[self.as_numbers], self.elsewhere or 0))
            found.append(f"The column {self.as_numbers} is no class, so 1 in it was read as {one}, and 0 as {none}.")
        return found
