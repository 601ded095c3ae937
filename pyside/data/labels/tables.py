"""Labels in tables: MATLAB's, CSV files, and structs whose fields are columns."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from pyside.aliases import Array
from pyside.data.formats.mat_files import Table
from pyside.data.labels import field_names
from pyside.data.labels.entry import FrameList, LabelEntry, frame_numbers, label_vector, tag_text, trial_number
from pyside.errors import BadLabels, Faults
from pyside.system.records import first_forms, same_name

_MOST_FAULTS = 10
_NONE = ("", "<missing>", "<undefined>")


def is_label_table(table: Table) -> bool:
    """Tell whether a table has a column of labels."""
    return field_names.role(table.columns, field_names.LABELS) is not None and len(table) > 0


def one_row_a_video(table: Table) -> bool:
    """Tell whether a cell of the labels holds all labels of a video."""
    items = table.columns[field_names.role(table.columns, field_names.LABELS)]
    return isinstance(items, list) and not table.lines and any(_is_vector(item) for item in items)


def _is_vector(item: Any) -> bool:
    return (isinstance(item, np.ndarray) and item.size != 1) or (isinstance(item, list) and len(item) != 1)


def read_label_table(table: Table, where: str) -> tuple[list[LabelEntry], list[str]]:
    """Read a table with labels.

    Args:
        table: with a column of labels; one of videos, of trial numbers or of both, where there are several; one of
            frame numbers, counted from 1, or else the rows of a video are its frames from the first on.
        where: what to call it in messages.

    Returns:
        One entry a video, in the order in which they first appear, and sentences about columns that are not used.

    Raises:
        BadLabels: a row without a video, what is no frame number, or a frame with two labels; all at once.
    """
    entries, remarks = _row_a_video(table, where) if one_row_a_video(table) else _row_a_frame(table, where)
    return entries, [f"{where}: {remark}" for remark in remarks]


def _row_a_video(table: Table, where: str) -> tuple[list[LabelEntry], list[str]]:
    label_column = field_names.role(table.columns, field_names.LABELS)
    entries, faults = [], Faults()
    for row in range(len(table)):
        values = {name: column[row] for name, column in table.columns.items()}
        source = f"{where}, row {row + 1}"
        vector = label_vector(values[label_column])
        if vector is None:
            text = f"{source}: {label_column} is no vector with one label a frame."
            faults.add(BadLabels, text, of=source, what="places")
            continue
        name_column = field_names.role(table.columns, field_names.VIDEO)
        name = tag_text(values.get(name_column))
        tags = field_names.tags(values, [label_column, name_column, *field_names.TRIAL])
        entries.append(LabelEntry(source, vector, name, _trial(field_names.trial(values), name), "", tags))
    faults.raise_any()
    return entries, []


def _trial(trial: int | None, name: str | None) -> int | None:
    return trial if trial is not None else trial_number(name)


@dataclasses.dataclass(frozen=True)
class _Columns:
    """Names of the columns of a table with a row a frame; None for those that it lacks.

    Attributes:
        tags: all columns that are none of the others.
    """

    labels: str
    frames: str | None
    videos: str | None
    trials: str | None
    tags: list[str]

    @classmethod
    def of(cls, table: Table) -> _Columns:
        labels = field_names.role(table.columns, field_names.LABELS)
        others = [name for name in table.columns if name != labels]
        frames, videos, trials = (
            field_names.role(others, names) for names in (field_names.FRAME, field_names.VIDEO, field_names.TRIAL)
        )
        return cls(labels, frames, videos, trials, [name for name in others if name not in (frames, videos, trials)])


def _row_a_frame(table: Table, where: str) -> tuple[list[LabelEntry], list[str]]:
    columns = _Columns.of(table)
    labels = _labels(table.columns[columns.labels])
    faults = Faults()
    frames = None
    with faults.noting():
        frames = None if columns.frames is None else _frames(table, columns.frames, where)
    videos = None if columns.videos is None else _texts(table.columns[columns.videos])
    trials = None if columns.trials is None else [trial_number(item) for item in table.columns[columns.trials]]
    keys = videos or trials or [None] * len(table)
    if columns.videos is not None or columns.trials is not None:
        _note_missing(faults, keys, str(columns.videos or columns.trials), table, where)
    faults.raise_any()
    tag_columns = {name: _texts(table.columns[name]) for name in columns.tags}
    varying: set[str] = set()
    entries = []
    for key, rows in _groups(keys):
        name = str(key) if videos else None
        source = where if key is None else f"{where}, {'' if videos else 'trial '}{key}"
        found: Any = None
        with faults.noting():
            found = _labels_of_video(table, where, rows, frames, labels)
        tags, changing = _tags_of_video(tag_columns, rows)
        varying |= changing
        entries.append(LabelEntry(source, found, name, _trial(trials[rows[0]] if trials else None, name), "", tags))
    faults.raise_any()
    return entries, [f"the column {name} changes within a video and is not used." for name in sorted(varying)]


def _note_missing(faults: Faults, keys: Sequence[Any], column: str, table: Table, where: str) -> None:
    """Note the rows that do not say of which video they are."""
    missing = [row for row, key in enumerate(keys) if key is None]
    for row in missing[:_MOST_FAULTS]:
        place = _place(table, where, row)
        faults.add(BadLabels, f"{place}: there is no {column}.", of=place, what="places")
    _tell_more(faults, where, len(missing))


def _labels_of_video(table: Table, where: str, rows: Array, frames: Array | None, labels: Array) -> Any:
    """Return the labels in the rows of one video: with frame numbers, of its first frames on, or as class names."""
    if frames is not None:
        return _frame_list(table, where, rows, frames[rows], labels[rows])
    found = labels[rows]
    return found.tolist() if found.dtype == object else found


def _tags_of_video(columns: Mapping[str, Sequence[str | None]], rows: Array) -> tuple[dict[str, str], set[str]]:
    """Return the tags in the rows of one video, and the columns that change within it."""
    tags, changing = {}, set()
    for column, texts in columns.items():
        text, *more = {texts[row] for row in rows.tolist()}
        if {same_name(one or "") for one in more} - {same_name(text or "")}:
            changing.add(column)
        elif text is not None:
            tags[same_name(str(column))] = same_name(text)
    return tags, changing


def _texts(column: Any) -> list[str | None]:
    """Return each item of a column as `tag_text` does."""
    if isinstance(column, list) and all(type(item) is str for item in column):
        known = {item: tag_text(item) for item in set(column)}
        return [known[item] for item in column]
    return [tag_text(item) for item in column]


def _labels(column: Any) -> Array:
    """Return labels as float64 where all of them are numbers or missing, else as an object array of texts."""
    if isinstance(column, np.ndarray) and column.dtype.kind in "biuf":
        return column.astype(np.float64)
    texts = [text or "" for text in _texts(column)]
    numbers = _numbers(texts)
    if numbers is not None:
        return numbers
    named = np.empty(len(texts), object)
    named[:] = texts
    return named


def _numbers(texts: Sequence[str]) -> Array | None:
    try:
        return np.array([text if text not in _NONE else "nan" for text in texts]).astype(np.float64)
    except ValueError:
        return None


def _frames(table: Table, name: str, where: str) -> Array:
    column = table.columns[name]
    numbers = column if isinstance(column, np.ndarray) else _numbers([text or "" for text in _texts(column)])
    try:
        if numbers is not None:
            return frame_numbers(numbers, where)
    except BadLabels:
        pass
    faults, n_wrong = Faults(), 0
    for row in range(len(table)):
        text = tag_text(column[row]) or ""
        number = _numbers([text])
        try:
            frame_numbers(np.array([]) if number is None else number, where)
            wrong = number is None
        except BadLabels:
            wrong = True
        n_wrong += wrong
        if wrong and len(faults) < _MOST_FAULTS:
            place = _place(table, where, row)
            said = f"{place}: expected a frame number, received {text or 'nothing'!r}."
            faults.add(BadLabels, said, of=place, what="places")
    _tell_more(faults, where, n_wrong)
    faults.raise_any()
    raise BadLabels(f"{where}: {name} holds no frame numbers.")


def _groups(keys: Sequence[Any]) -> Iterator[tuple[Any, Array]]:
    """Give each key, in the order of their first appearance, with the places where it stands."""
    numbered: dict[Any, int] = {}
    if keys and isinstance(keys[0], str):
        keys = first_forms(keys)
    codes = np.array([numbered.setdefault(key, len(numbered)) for key in keys])
    order = np.argsort(codes, kind="stable")
    ends = np.cumsum(np.bincount(codes)).tolist()
    for key, (start, end) in zip(numbered, itertools.pairwise([0, *ends]), strict=True):
        yield key, order[start:end]


def _frame_list(table: Table, where: str, rows: Array, frames: Array, labels: Array) -> FrameList:
    """Return the labels of one video, each frame once."""
    order = np.argsort(frames, kind="stable")
    frames, labels, rows = frames[order], labels[order], rows[order]
    again = np.flatnonzero(frames[1:] == frames[:-1])
    faults, n_wrong = Faults(), 0
    for place in again.tolist():
        first, second = (tag_text(one) or "left out" for one in labels[[place, place + 1]])
        n_wrong += first != second
        if first != second and len(faults) < _MOST_FAULTS:
            here, there = _place(table, where, rows[place + 1]), _row(table, rows[place])
            faults.add(BadLabels, f"{here}: frame {frames[place]} is {second} here, but {first} in {there}.")
    _tell_more(faults, where, n_wrong)
    faults.raise_any()
    once = np.ones(len(frames), bool)
    once[again + 1] = False
    kept = labels[once]
    return FrameList(
        frames[once], kept if kept.dtype != object else kept.tolist(), np.nan if kept.dtype != object else ""
    )


def _tell_more(faults: Faults, where: str, n: int) -> None:
    """Note how many more rows there are than those that are named."""
    if n > _MOST_FAULTS:
        faults.add(BadLabels, f"{where}: so it is with {n - _MOST_FAULTS} more rows.")


def _place(table: Table, where: str, row: int) -> str:
    return f"{where}, {_row(table, row)}"


def _row(table: Table, row: int) -> str:
    return f"line {table.lines[row]}" if table.lines else f"row {row + 1}"
