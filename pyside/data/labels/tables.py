"""Reads labels from tables: MATLAB tables, CSV files, and structs whose fields are columns."""

from __future__ import annotations

import dataclasses
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from pyside.aliases import Array
from pyside.data.formats import csv_files
from pyside.data.formats.csv_files import numbers
from pyside.data.formats.mat_files import Table
from pyside.data.formats.variables import in_words
from pyside.data.labels import field_names
from pyside.data.labels.entry import (
    MISSING_TEXTS,
    FrameList,
    LabelEntry,
    frame_numbers,
    has_no_label,
    label_vector,
    tag_text,
    trial_number,
)
from pyside.errors import BadLabels, Faults
from pyside.system.records import first_forms, same_name

_MOST_FAULTS = 10
THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:[.,]\d{3})+")


def is_label_table(table: Table) -> bool:
    """Return whether a table has a column of labels."""
    return field_names.role(table.columns, field_names.LABELS_OF_TABLES) is not None and len(table) > 0


def has_row_per_video(table: Table) -> bool:
    """Return whether each row holds all labels of a video."""
    items = table.columns[field_names.role(table.columns, field_names.LABELS_OF_TABLES)]
    return isinstance(items, list) and not table.lines and any(_is_vector(item) for item in items)


def _is_vector(item: Any) -> bool:
    return (isinstance(item, np.ndarray) and item.size != 1) or (isinstance(item, list) and len(item) != 1)


def read_label_table(table: Table, where: str) -> tuple[list[LabelEntry], list[str]]:
    """Read a table with labels.

    Args:
        table: a table with a column of labels; with columns of videos, trial numbers or both if there are several
            videos; perhaps with a column of frame numbers, counted from 1. Without it, the rows of a video are its
            frames from the first on.
        where: its name in messages.

    Returns:
        One entry per video, in order of first appearance, and messages about columns that are not used.

    Raises:
        BadLabels: a row without a video, an invalid frame number, or a frame with two labels; all at once.
    """
    entries, remarks = _row_per_video(table, where) if has_row_per_video(table) else _row_per_frame(table, where)
    return entries, [f"{where}: {remark}" for remark in (*table.remarks, *remarks)]


def _row_per_video(table: Table, where: str) -> tuple[list[LabelEntry], list[str]]:
    label_column = field_names.role(table.columns, field_names.LABELS_OF_TABLES)
    entries, faults = [], Faults()
    for row in range(len(table)):
        values = {name: column[row] for name, column in table.columns.items()}
        source = f"{where}, row {row + 1}"
        vector = label_vector(values[label_column])
        if vector is None:
            text = f"{source}: {label_column} is not a vector with one label per frame."
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
class RowsOfVideo:
    """The rows of one video in a table.

    Attributes:
        source: where they are, for messages.
        name: name of the video, or None.
        trial: trial number, or None.
        rows: int64, (n,): numbers of the rows, from 0.
    """

    source: str
    name: str | None
    trial: int | None
    rows: Array


def videos_in(table: Table, where: str, faults: Faults) -> list[RowsOfVideo]:
    """Return the rows of each video, in order of first appearance; note rows that do not say of which they are."""
    columns = _Columns.of(table)
    videos = None
    if columns.videos is not None:
        videos = [
            None if csv_files.is_missing(name or "") else name for name in column_texts(table.columns[columns.videos])
        ]
    trials = None if columns.trials is None else [trial_number(item) for item in table.columns[columns.trials]]
    keys: Sequence[Any] = videos or trials or [None] * len(table)
    if columns.videos is not None or columns.trials is not None:
        _note_missing(faults, keys, str(columns.videos or columns.trials), table, where)
    told = np.array([place for place, key in enumerate(keys) if key is not None or not (videos or trials)], np.int64)
    found = []
    for key, places in _groups([keys[place] for place in told.tolist()]):
        rows = told[places]
        name = str(key) if videos and key is not None else None
        source = where if key is None else f"{where}, {'' if videos else 'trial '}{key}"
        found.append(RowsOfVideo(source, name, _trial(trials[rows[0]] if trials else None, name), rows))
    return found


@dataclasses.dataclass(frozen=True)
class _Columns:
    """Names of the columns of a table with one row per frame; None for those that it lacks.

    Attributes:
        tags: all columns that are none of the others.
    """

    labels: str | None
    frames: str | None
    videos: str | None
    trials: str | None
    tags: list[str]

    @classmethod
    def of(cls, table: Table) -> _Columns:
        labels: str | None = field_names.role(table.columns, field_names.LABELS_OF_TABLES)
        others = [name for name in table.columns if name != labels]
        frames, videos, trials = (
            field_names.role(others, names) for names in (field_names.FRAME, field_names.VIDEO, field_names.TRIAL)
        )
        used = (frames, videos, trials, "")  # a column without a name numbers the rows
        return cls(labels, frames, videos, trials, [name for name in others if name not in used])


def _row_per_frame(table: Table, where: str) -> tuple[list[LabelEntry], list[str]]:
    columns = _Columns.of(table)
    faults = Faults()
    _note_no_labels(faults, table, str(columns.labels), where)
    labels = _labels(table.columns[str(columns.labels)])
    frames = None
    with faults.noting():
        frames = None if columns.frames is None else frame_column(table, columns.frames, where)
    videos = videos_in(table, where, faults)
    faults.raise_any()
    tag_columns = {name: column_texts(table.columns[name]) for name in columns.tags}
    varying: set[str] = set()
    entries = []
    for one in videos:
        found: Any = None
        with faults.noting():
            found = _labels_of_video(table, where, one.rows, frames, labels)
        tags, changing = tags_of_video(tag_columns, one.rows)
        varying |= changing
        entries.append(LabelEntry(one.source, found, one.name, one.trial, "", tags))
    faults.raise_any()
    return entries, [f"the column {name} changes within a video and is not used." for name in sorted(varying)]


def with_only_column(table: Table) -> Table | None:
    """Return a table that has one column beside those for videos, trials and frames, with this one called label."""
    columns = _Columns.of(table)
    if columns.labels is not None or len(columns.tags) != 1 or not len(table):
        return None
    (name,) = columns.tags
    renamed = {"label" if column == name else column: values for column, values in table.columns.items()}
    return Table(renamed, table.lines, (*table.remarks, f"the column {name} is taken for the labels."))


def check_unnamed(table: Table, where: str, rows: Array) -> None:
    """Check that a column without a name counts the rows of a video, where no column gives frame numbers.

    Raises:
        BadLabels: it does not, so that it may hold the frame numbers.
    """
    found = numbers(text or "" for text in column_texts(table.columns.get("", ())))
    if found is None or not len(found) or not np.all(np.isfinite(found[rows])):
        return
    steps = np.diff(found[rows])
    if np.any(steps != 1) and len(np.unique(found[rows])) == len(rows):
        before, row = rows[int(np.argmax(steps != 1)) :][:2].tolist()
        raise BadLabels(
            f"{place_of_row(table, where, row)}: the column without a name is {found[row]:g} after {found[before]:g}. "
            "If it holds frame numbers, name it frame and count from 1; else take it out."
        )


def _note_missing(faults: Faults, keys: Sequence[Any], column: str, table: Table, where: str) -> None:
    """Note the rows that do not say of which video they are."""
    missing = [row for row, key in enumerate(keys) if key is None]
    for row in missing[:_MOST_FAULTS]:
        place = place_of_row(table, where, row)
        faults.add(BadLabels, f"{place}: there is no {column}.", of=place, what="places")
    _note_more(faults, where, len(missing))


def _note_no_labels(faults: Faults, table: Table, name: str, where: str) -> None:
    """Note the rows whose label is neither a text nor a number, and not missing either: a time, or a struct."""
    column = table.columns[name]
    if isinstance(column, np.ndarray) and column.dtype.kind in "biuf":
        return
    wrong = [row for row, text in enumerate(column_texts(column)) if text is None and not has_no_label(column[row])]
    for row in wrong[:_MOST_FAULTS]:
        place = place_of_row(table, where, row)
        message = f"{place}: {name} is {in_words(column[row])}. Expected a number or a class name."
        faults.add(BadLabels, message, of=place, what="places")
    _note_more(faults, where, len(wrong))


def _labels_of_video(table: Table, where: str, rows: Array, frames: Array | None, labels: Array) -> Any:
    """Return the labels in the rows of one video: with frame numbers, of its first frames on, or as class names."""
    if frames is None:
        check_unnamed(table, where, rows)
    if frames is not None:
        return _frame_list(table, where, rows, frames[rows], labels[rows])
    found = labels[rows]
    return found.tolist() if found.dtype == object else found


def tags_of_video(columns: Mapping[str, Sequence[str | None]], rows: Array) -> tuple[dict[str, str], set[str]]:
    """Return the tags in the rows of one video, and the columns that change within it."""
    tags, changing = {}, set()
    for column, texts in columns.items():
        text, *more = {texts[row] for row in rows.tolist()}
        if {same_name(one or "") for one in more} - {same_name(text or "")}:
            changing.add(column)
        elif text is not None and not csv_files.is_missing(text):
            tags[same_name(str(column))] = same_name(text)
    return tags, changing


def column_texts(column: Any) -> list[str | None]:
    """Return each item of a column, converted by `tag_text`."""
    if isinstance(column, list) and all(type(item) is str for item in column):
        known = {item: tag_text(item) for item in set(column)}
        return [known[item] for item in column]
    return [tag_text(item) for item in column]


def _labels(column: Any) -> Array:
    """Return labels as float64 if all of them are numbers or missing, otherwise as an object array of texts."""
    if isinstance(column, np.ndarray) and column.dtype.kind in "biuf":
        return column.astype(np.float64)
    texts = [text or "" for text in column_texts(column)]
    numbers = _numbers(texts)
    if numbers is not None:
        return numbers
    named = np.empty(len(texts), object)
    named[:] = texts
    return named


def _numbers(texts: Sequence[str]) -> Array | None:
    """Return texts as numbers; None if one is something else, or a word for a missing value, which may be a class."""
    try:
        return np.array([text if text not in MISSING_TEXTS else "nan" for text in texts]).astype(np.float64)
    except ValueError:
        if any(csv_files.is_missing(text) and text not in MISSING_TEXTS for text in texts):
            return None
        return numbers(texts)


def frame_column(table: Table, name: str, where: str) -> Array:
    """Return a column of frame numbers as int64, (n,).

    Raises:
        BadLabels: some are no whole numbers; all at once.
    """
    column = table.columns[name]
    texts = [] if isinstance(column, np.ndarray) else [text or "" for text in column_texts(column)]
    found = column if isinstance(column, np.ndarray) else _numbers(texts)
    try:
        if found is not None and not _in_thousands(texts):
            return frame_numbers(found, where)
    except BadLabels:
        pass
    faults, n_wrong = Faults(), 0
    for row in range(len(table)):
        text = tag_text(column[row]) or ""
        number = None if THOUSANDS.fullmatch(text) else numbers([text])
        try:
            frame_numbers(np.array([]) if number is None else number, where)
            wrong = number is None
        except BadLabels:
            wrong = True
        n_wrong += wrong
        if wrong and len(faults) < _MOST_FAULTS:
            place = place_of_row(table, where, row)
            message = f"{place}: expected a frame number, received {text or 'nothing'!r}."
            if THOUSANDS.fullmatch(text):
                message += " Write thousands without a separator."
            faults.add(BadLabels, message, of=place, what="places")
    _note_more(faults, where, n_wrong)
    faults.raise_any()
    raise BadLabels(f"{where}: {name} holds no frame numbers.")


def _in_thousands(texts: Sequence[str]) -> bool:
    """Return whether some numbers have three digits after a point or comma, and others neither point nor comma."""
    together = "".join(texts)
    if "." not in together and "," not in together:
        return False
    grouped = [THOUSANDS.fullmatch(text) is not None for text in texts]
    return any(grouped) and any(text.isdecimal() for text in texts)


def _groups(keys: Sequence[Any]) -> Iterator[tuple[Any, Array]]:
    """Yield each key, in order of first appearance, with its positions."""
    numbered: dict[Any, int] = {}
    if keys and isinstance(keys[0], str):
        keys = first_forms(keys)
    codes = np.array([numbered.setdefault(key, len(numbered)) for key in keys], np.int64)
    order = np.argsort(codes, kind="stable")
    ends = np.cumsum(np.bincount(codes)).tolist()
    for key, (start, end) in zip(numbered, itertools.pairwise([0, *ends]), strict=True):
        yield key, order[start:end]


def _frame_list(table: Table, where: str, rows: Array, frames: Array, labels: Array) -> FrameList:
    """Return the labels of one video, without duplicate frames."""
    order = np.argsort(frames, kind="stable")
    frames, labels, rows = frames[order], labels[order], rows[order]
    again = np.flatnonzero(frames[1:] == frames[:-1])
    faults, n_wrong = Faults(), 0
    for place in again.tolist():
        first, second = (tag_text(one) or "left out" for one in labels[[place, place + 1]])
        n_wrong += first != second
        if first != second and len(faults) < _MOST_FAULTS:
            here, there = place_of_row(table, where, rows[place + 1]), _row(table, rows[place])
            faults.add(BadLabels, f"{here}: frame {frames[place]} is {second} here, but {first} in {there}.")
    _note_more(faults, where, n_wrong)
    faults.raise_any()
    once = np.ones(len(frames), bool)
    once[again + 1] = False
    kept = labels[once]
    return FrameList(
        frames[once], kept if kept.dtype != object else kept.tolist(), np.nan if kept.dtype != object else ""
    )


def _note_more(faults: Faults, where: str, n: int) -> None:
    """Note how many more rows have the same fault."""
    if n > _MOST_FAULTS:
        faults.add(BadLabels, f"{where}: the same is wrong in {n - _MOST_FAULTS} more rows.")


def place_of_row(table: Table, where: str, row: int) -> str:
    """Return where a row is, for messages: its line in a CSV file, or its number."""
    return f"{where}, {_row(table, row)}"


def _row(table: Table, row: int) -> str:
    return f"line {table.lines[row]}" if table.lines else f"row {row + 1}"
