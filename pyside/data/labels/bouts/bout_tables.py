"""Reads tables that list bouts, events or one column per behaviour, and the label files of JAABA.

Four kinds are known by their columns:

- bouts: a start, and a stop or a duration, in frames or seconds, such as BORIS's aggregated events;
- events: ``START``, ``STOP`` and ``POINT`` with a time, such as BORIS's tabular events;
- behaviours: a column of 0 and 1 for each, and rows that are frames or samples, as of DeepEthogram or BORIS's binary
  table;
- onsets without ends, which are refused.
"""

from __future__ import annotations

import dataclasses
import itertools
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from pyside.aliases import Array
from pyside.data.dataset import LEAVE_OUT
from pyside.data.formats import csv_files
from pyside.data.formats.mat_files import Table
from pyside.data.labels import field_names
from pyside.data.labels.bouts.behaviours import Bouts
from pyside.data.labels.entry import LabelEntry, label_vector
from pyside.data.labels.tables import (
    THOUSANDS,
    RowsOfVideo,
    check_unnamed,
    column_texts,
    frame_column,
    has_row_per_video,
    place_of_row,
    tags_of_video,
    videos_in,
)
from pyside.errors import BadLabels, Faults, some
from pyside.system.records import same_name

BOUTS = "table with one row a bout"
EVENTS = "table with one row a start or stop"
BEHAVIOURS = "table with one column a behaviour"
_MOST_FAULTS = 10
_LARGEST = 10**8  # a frame number or time; a larger one is damage
_NEAR = 2  # frames by which the estimate of a player may differ from the time that it shows
_FIRST = 100  # rows by which a column is seen to hold something else
_UNITS = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1.0),
    **dict.fromkeys(("ms", "msec", "millisecond", "milliseconds"), 1e-3),
    **dict.fromkeys(("us", "usec", "microsecond", "microseconds"), 1e-6),
    **dict.fromkeys(("min", "minute", "minutes"), 60.0),
}
_STARTS = ("start", "begin", "beginning", "onset", "first", "from", "t0", "tstart")
_EDGE = re.compile(
    r"(?:bout|event|behaviou?r)?(?P<before>frame|imageindex|image|time)?"
    rf"(?P<edge>{'|'.join(_STARTS)}|stop|end|ending|offset|last|to|until|t1|tend)s?"
    r"(?P<after>frames?|framenumber|frameno|frameindex|times?|imageindex|image|index)?"
)
_DURATION = re.compile(r"(?:bout|event|behaviou?r)?(?:duration|dur|length|nframes|numframes)(?P<after>frames|time)?")
_TIMES = ("time", "times", "timestamp", "timestamps", "t", "eventtime", "trialtime", "timerelativesf")
_CLOCK = re.compile(r"(?:(\d+):)?(\d+):(\d+(?:[.,]\d+)?)")
_WITH_UNIT = re.compile(r"(\d+(?:[.,]\d+)?) *(ms|s|sec|seconds?|min|hr)")  # as MATLAB writes durations
_SECONDS = {"ms": 1e-3, "min": 60.0, "hr": 3600.0}
_OF_ELAN = re.compile(r"[ -]+(?:hh:mm:)?ss\.ms(?:ec)?$")  # seconds with milliseconds as decimals
_EVENTS = {
    **dict.fromkeys(("START", "BEGIN", "STATE START"), "start"),
    **dict.fromkeys(("STOP", "END", "STATE STOP"), "stop"),
    **dict.fromkeys(("POINT", "STATE POINT"), "point"),
}
_OF_BORIS = re.compile(
    r"observation|description|media|source|image|comment|total|modifier|behaviou?ral|fps|framerate|notes?$|remarks?$"
)
_OF_PEOPLE_AND_TIMES = re.compile(
    r"subject|animal|mouse|rat(id)?$|experimenter|observer|scorer|annotator|rater|date|time"
)


# --- the columns of a table ------------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class _Column:
    """A column with numbers or times.

    Attributes:
        name: its name.
        seconds: seconds per unit, if the name says so; else None.
        frames: whether the name says that it holds frame numbers.
    """

    name: str
    seconds: float | None = None
    frames: bool = False


@dataclasses.dataclass(frozen=True)
class _Columns:
    """The columns of a table by their roles."""

    starts: list[_Column]
    stops: list[_Column]
    duration: _Column | None
    time: _Column | None
    frame: str | None
    label: str | None
    events: str | None
    flags: list[str]

    @classmethod
    def of(cls, table: Table) -> _Columns:
        edges = {name: found for name in table.columns if (found := _edge(str(name)))}
        starts = [_as_written(column, table) for is_start, column in edges.values() if is_start]
        stops = [_as_written(column, table) for is_start, column in edges.values() if not is_start]
        others = [name for name in table.columns if name not in edges]
        may_be_events = [name for name in others if field_names.plain(name) not in field_names.LABELS]
        events = [name for name in may_be_events if _are_events(str(name), table.columns[name])]
        label = field_names.role([name for name in others if name not in events], field_names.LABELS_OF_TABLES)
        frame = field_names.role(others, field_names.FRAME)
        video = field_names.role(others, field_names.VIDEO)
        durations = [_as_written(column, table) for name in others if (column := _duration(str(name)))]
        times = [column for name in others if (column := _time(str(name)))]
        kept = (frame, video, "", *(column.name for column in (*times, *durations)))
        trial = field_names.role(others, field_names.TRIAL)
        flags = [name for name in others if name not in (*kept, trial) and _flags(table.columns[name]) is not None]
        flags = flags or _never_scored(table, others)
        return cls(
            starts,
            stops,
            durations[0] if durations else None,
            times[0] if times else None,
            frame,
            label,
            events[0] if events else None,
            flags,
        )


def _words(name: str) -> tuple[str, float | None]:
    """Return a name without its unit, in lower case and without blanks, and the seconds of its unit."""
    name = _OF_ELAN.sub(" s", name)
    words = re.findall("[a-z]+|[0-9]+", re.sub("(?<=[a-z0-9])(?=[A-Z])", " ", name).lower())
    unit = _UNITS.get(words[-1]) if len(words) > 1 else None
    return "".join(words[:-1] if unit else words), unit


def _edge(name: str) -> tuple[bool, _Column] | None:
    """Return whether a column holds starts (or else stops), and the column; None if it holds neither."""
    text, seconds = _words(name)
    found = _EDGE.fullmatch(text)
    if not found:
        return None
    about = (found["before"] or "") + (found["after"] or "")
    seconds = 1.0 if seconds is None and "time" in about else seconds
    return found["edge"] in _STARTS, _Column(name, seconds, seconds is None and about not in ("", "time"))


def _duration(name: str) -> _Column | None:
    text, seconds = _words(name)
    found = _DURATION.fullmatch(text)
    return found and _Column(name, seconds or (1.0 if found["after"] == "time" else None), "frames" in text)


def _time(name: str) -> _Column | None:
    text, seconds = _words(name)
    return _Column(name, seconds or 1.0) if text in _TIMES else None


def _as_written(column: _Column, table: Table) -> _Column:
    """Return a column as one of seconds if its cells are times, such as ``0:01:02.5`` or ``2 sec``."""
    values = table.columns[column.name]
    texts = [item.strip() for item in values[:_FIRST] if isinstance(item, str)]
    timed = any(_CLOCK.fullmatch(text) or _WITH_UNIT.fullmatch(text) for text in texts)
    timed = timed or (isinstance(values, np.ndarray) and values.dtype.kind == "m")
    return dataclasses.replace(column, seconds=1.0) if timed and not (column.seconds or column.frames) else column


def _are_events(name: str, column: Any) -> bool:
    if not isinstance(column, list) or not all(str(item).strip().upper() in _EVENTS for item in column[:_FIRST]):
        return False  # which few columns get past
    if not all(isinstance(item, str) for item in column):
        return False
    found = {item.strip().upper() for item in set(column)}
    only_points = field_names.plain(name) in ("behaviortype", "behaviourtype", "status")
    return found <= _EVENTS.keys() and (only_points or bool(found - {"POINT"}))


def _flags(column: Any) -> Array | None:
    """Return a column of 0 and 1, or true and false, as float64 with NaN for -1 and missing; None for any other."""
    if isinstance(column, np.ndarray):
        values = column.astype(np.float64) if column.dtype.kind in "biuf" and column.ndim == 1 else None
    elif any(isinstance(item, str) and _flag(item) is None for item in column[:_FIRST]):
        values = None
    elif all(isinstance(item, str) for item in column):
        known = {text: _flag(text) for text in set(column)}
        values = None if None in known.values() else np.array([known[text] for text in column], np.float64)
    else:
        values = None
    if values is None or not np.isin(values[~np.isnan(values)], (0, 1, LEAVE_OUT)).all():
        return None
    values = np.where(values == LEAVE_OUT, np.nan, values)
    return None if np.isnan(values).all() else values


def _never_scored(table: Table, names: Sequence[str]) -> list[str]:
    """Return the columns of behaviours of a file of DeepEthogram in which no frame has been scored: all are -1."""
    columns = [name for name in names if name != ""]
    values = [csv_files.numbers(text or "" for text in column_texts(table.columns[name])) for name in columns]
    never = all(column is not None and np.all(column == LEAVE_OUT) for column in values)
    return columns if never and "background" in columns else []


def _scores(column: Any) -> Array:
    """Return a column of a behaviour as `_flags` does, or NaN if it was never scored."""
    found = _flags(column)
    return np.full(len(column), np.nan) if found is None else found


def _flag(text: str) -> float | None:
    found = csv_files.truth(text)
    if found is None:
        try:
            found = csv_files.number(text)
        except ValueError:
            return None
    return found


def _numbers(column: Any) -> Array:
    """Return a column as float64: numbers, or times such as ``0:01:02.5`` or ``2 sec`` in seconds; else NaN."""
    if isinstance(column, np.ndarray) and column.dtype.kind in "biuf":
        return column.astype(np.float64)
    if isinstance(column, np.ndarray) and column.dtype.kind == "m":  # a duration
        return column / np.timedelta64(1, "s")
    return np.array([_number(text or "") for text in column_texts(column)], np.float64)


def _number(text: str) -> float:
    found = _CLOCK.fullmatch(text)
    if found:
        return 3600 * float(found[1] or 0) + 60 * float(found[2]) + float(found[3].replace(",", "."))
    found = _WITH_UNIT.fullmatch(text)
    if found:
        return csv_files.number(found[1]) * _SECONDS.get(found[2], 1.0)
    try:
        return csv_files.number(text)
    except ValueError:
        return float("nan")


# --- which kind it is ------------------------------------------------------------------------------------------------


def bout_table_reader(table: Table, loosely: bool) -> Callable[[str], tuple[str, list[LabelEntry], list[str]]] | None:
    """Return a function that reads a table of bouts, events or behaviours, given its name for messages; or None.

    The function returns the form, one entry per video, and remarks. It raises `BadLabels` with all faults at once.
    `loosely` is for a table that is known to be labels: it also accepts behaviours without frames, times or a full set
    of classes, and finds onsets without ends.
    """
    if not len(table) or (field_names.role(table.columns, field_names.LABELS) and has_row_per_video(table)):
        return None
    columns = _Columns.of(table)
    if columns.events is not None and (columns.time or columns.frame):
        return lambda where: _read(table, columns, where, _of_events, EVENTS)
    bouts = _as_bouts(table, columns)
    if bouts is not None:
        return lambda where: _read(table, bouts, where, _of_bouts, BOUTS)
    if _are_behaviours(columns) and (loosely or _say_so(table, columns)):
        return lambda where: _read(table, columns, where, _of_behaviours, BEHAVIOURS)
    if loosely and columns.starts and _only_onsets(table, columns):
        name = columns.starts[0].name
        return lambda where: _refuse_onsets(where, name)
    return None


def _as_bouts(table: Table, columns: _Columns) -> _Columns | None:
    """Return the columns of a table of bouts; None if it is none."""
    if columns.frame is None:
        last = columns.stops or ([columns.duration] if columns.duration else [])
        if not columns.starts or not last:
            return None
        several = [rows for rows in _rows_of_videos(table) if len(rows) > 1]
        ends = [_numbers(table.columns[one.name]) for one in (*columns.starts, *last)]
        as_tags = bool(several) and all(len(np.unique(end[rows])) == 1 for end in ends for rows in several)
        as_marks = len(table) > 1 and all(np.isin(end, (0, 1)).all() for end in ends)
        return None if as_tags or as_marks else columns
    if columns.starts or not (columns.stops or columns.duration):
        return None
    start = _Column(columns.frame, frames=True)
    frames = _numbers(table.columns[columns.frame])
    if len(columns.stops) == 1 and not columns.stops[0].seconds:
        stops = _numbers(table.columns[columns.stops[0].name])
        as_tag = all(len(np.unique(stops[rows])) == 1 for rows in _rows_of_videos(table))
        if np.all(stops >= frames) and np.any(stops > frames) and not as_tag:
            return dataclasses.replace(columns, starts=[start], frame=None)
    if columns.duration and not columns.stops:
        lengths = _numbers(table.columns[columns.duration.name])
        apart = all(
            np.all(np.diff(np.sort(frames[rows])) >= lengths[rows][np.argsort(frames[rows])][:-1])
            for rows in _rows_of_videos(table)
        )
        if apart and np.all(lengths >= 0) and np.any(lengths != 1) and np.all(np.isfinite(frames)):
            return dataclasses.replace(columns, starts=[start], frame=None)
    return None


def _rows_of_videos(table: Table) -> list[Array]:
    return [one.rows for one in videos_in(table, "", Faults())]


def _are_behaviours(columns: _Columns) -> bool:
    label = columns.label
    if not columns.flags or columns.starts:
        return False
    if label is None:
        return True
    about_touch = field_names.plain(label) in field_names.TOUCH
    return about_touch and label in columns.flags and (len(columns.flags) > 1 or columns.time is not None)


def _say_so(table: Table, columns: _Columns) -> bool:
    """Return whether behaviours are known by a column of frames or times, or since each row has just one."""
    values = [_scores(table.columns[name]) for name in columns.flags]
    return bool(columns.frame or columns.time) or (len(values) > 1 and bool(np.all(np.nansum(values, axis=0) == 1)))


def _only_onsets(table: Table, columns: _Columns) -> bool:
    """Return whether the starts are those of events: they increase, and there is no row per frame."""
    starts = _numbers(table.columns[columns.starts[0].name])
    if columns.frame is not None or not np.all(np.isfinite(starts)) or np.isin(starts, (0, 1)).all():
        return False
    return all(np.all(np.diff(starts[rows]) > 0) for rows in _rows_of_videos(table))


def _refuse_onsets(where: str, name: str) -> Any:
    raise BadLabels(
        f"{where}: the column {name} says where bouts start, but no column where they stop. Add a column stop, or "
        "duration; for events of one frame, a column stop with the same numbers."
    )


# --- reading ---------------------------------------------------------------------------------------------------------


def _read(
    table: Table, columns: _Columns, where: str, of_video: Callable[..., Bouts], form: str
) -> tuple[str, list[LabelEntry], list[str]]:
    faults, remarks = Faults(), list(table.remarks)
    reading = _Reading(table, columns, where, faults, remarks)
    videos = videos_in(table, where, faults)
    with faults.noting():
        reading.check_one_clock(videos)
    tag_columns = {name: column_texts(table.columns[name]) for name in reading.tag_columns()}
    entries = []
    if of_video is not _of_behaviours:
        with faults.noting():
            reading.check_behaviour(videos)
    for one in videos:
        with faults.noting():
            bouts = of_video(reading, dataclasses.replace(one, rows=one.rows[~reading.empty[one.rows]]))
            entries.append(
                LabelEntry(one.source, bouts, one.name, one.trial, "", tags_of_video(tag_columns, one.rows)[0])
            )
    faults.raise_any()
    return form, entries, [f"{where}: {remark}" for remark in dict.fromkeys(remarks)]


class _Reading:
    """What is read from one table.

    Args:
        table: the table.
        columns: its columns.
        where: its name in messages.
        faults: receives faults.
        remarks: receives messages about how the table was understood.
    """

    def __init__(self, table: Table, columns: _Columns, where: str, faults: Faults, remarks: list[str]):
        self.table, self.columns, self.where = table, columns, where
        self.faults, self.remarks = faults, remarks
        self.names: tuple[str, ...] = ()
        self.which = np.zeros(len(table), np.int64)
        self.empty = self._empty_rows()
        self.rates = self._rates()
        if columns.label is not None and not (columns.label in columns.flags and _are_behaviours(columns)):
            self._read_labels(columns.label)

    def _read_labels(self, label: str) -> None:
        texts = [same_name(text or "") for text in column_texts(self.table.columns[label])]
        told = (~self.empty).tolist()
        for row in [row for row, text in enumerate(texts) if csv_files.is_missing(text) and told[row]][:_MOST_FAULTS]:
            self.fault(row, f"there is no {label}.")
        numbered = {text: place for place, text in enumerate(dict.fromkeys(itertools.compress(texts, told)))}
        self.names, self.which = tuple(numbered), np.array([numbered.get(text, 0) for text in texts], np.int64)

    def _empty_rows(self) -> Array:
        """Return bool, (n,): the rows with no bout, which only name a video."""
        columns = self.columns
        names = [one.name for one in (*columns.starts, *columns.stops, columns.duration) if one]
        if not names or columns.events is not None or columns.flags:
            return np.zeros(len(self.table), bool)
        names += [columns.label] if columns.label is not None else []
        texts = [column_texts(self.table.columns[name]) for name in names]
        return np.array([all(csv_files.is_missing(text or "") for text in row) for row in zip(*texts, strict=True)])

    def _rates(self) -> Array | None:
        """Return the frames per second in each row; None if no column gives them."""
        named = [name for name in self.table.columns if re.match("fps|framerate|framespersec", _words(str(name))[0])]
        rates = _numbers(self.table.columns[named[0]]) if named else None
        return rates if rates is not None and np.all(rates > 0) and np.all(np.isfinite(rates)) else None

    def rate(self, one: RowsOfVideo) -> float | None:
        """Return the frames per second of a video; None if no column gives them."""
        if self.rates is None:
            return None
        found = np.unique(self.rates[one.rows])
        if len(found) > 1:
            raise BadLabels(f"{one.source}: the frame rate is both {found[0]:g} and {found[1]:g}. Give one per video.")
        return float(found[0])

    def fault(self, row: int, text: str) -> None:
        """Note a fault of one row."""
        place = place_of_row(self.table, self.where, row)
        self.faults.add(BadLabels, f"{place}: {text}", of=place, what="places")

    def column(self, column: _Column, rows: Array) -> Array:
        """Return the numbers of a column in some rows; note what is none."""
        found = _numbers(self.table.columns[column.name])[rows]
        for row in rows[~(np.abs(found) <= _LARGEST)][:_MOST_FAULTS].tolist():
            text = column_texts([self.table.columns[column.name][row]])[0] or "nothing"
            self.fault(row, f"expected a number or time in the column {column.name}, received {text!r}.")
        return found * (column.seconds or 1.0)

    def tag_columns(self) -> list[str]:
        """Return the columns that are no part of the bouts, and may hold tags."""
        columns = self.columns
        used = [one.name for one in (*columns.starts, *columns.stops, columns.duration, columns.time) if one]
        used += [name for name in (columns.frame, columns.label, columns.events, "") if name is not None]
        used += columns.flags if not self.names else []
        used += [field_names.role(self.table.columns, names) for names in (field_names.VIDEO, field_names.TRIAL)]
        others = [name for name in self.table.columns if name not in used]
        return [name for name in others if not _OF_BORIS.match(field_names.plain(name))]

    def check_one_clock(self, videos: Sequence[RowsOfVideo]) -> None:
        """Check that the times of an observation belong to one video: over several in a row they run on."""
        name = field_names.role(self.table.columns, ("observationid",))
        if name is None or len(videos) < 2:
            return
        observations = column_texts(self.table.columns[name])
        seen: dict[Any, RowsOfVideo] = {}
        for one in videos:
            for observation in {observations[row] for row in one.rows.tolist()} - {None}:
                if seen.setdefault(observation, one) is not one:
                    raise BadLabels(
                        f"{self.where}: the observation {observation} has several videos, {seen[observation].name} and "
                        f"{one.name}, whose times run on from one to the next. Observe each video by itself."
                    )

    def check_behaviour(self, videos: Sequence[RowsOfVideo]) -> None:
        """Check that no column may name the behaviours, if none is known to: one with texts that change in a video."""
        if self.names:
            return
        texts = {name: column_texts(self.table.columns[name]) for name in self.tag_columns()}
        texts = {
            name: column for name, column in texts.items() if csv_files.numbers(text or "" for text in column) is None
        }
        changing = sorted(set().union(*(tags_of_video(texts, one.rows)[1] for one in videos)))
        changing = [name for name in changing if not _OF_PEOPLE_AND_TIMES.match(field_names.plain(name))]
        if changing:
            raise BadLabels(
                f"{self.where}: no column is known to name the behaviour, and these may: {some(changing)}. Call the "
                "one that does label; if none does, take them out, and each bout counts as 1."
            )
        beside = f" ({some([*texts])} is not used)" if texts else ""
        self.remarks.append(f"no column names the behaviour{beside}; each bout counts as 1, as in a column label.")


def _of_events(reading: _Reading, one: RowsOfVideo) -> Bouts:
    """Pair the starts and stops of each behaviour, of each subject."""
    table, columns = reading.table, reading.columns
    column = columns.time or _Column(str(columns.frame), frames=True)
    at = reading.column(column, one.rows)
    events = [_EVENTS[str(text).strip().upper()] for text in table.columns[str(columns.events)]]
    subject = field_names.role(table.columns, ("subject", "animal", "id"))
    subjects = column_texts(table.columns[subject]) if subject is not None else [None] * len(table)
    _check_images(reading, one, column, at)
    begun: dict[tuple[int, str | None], int] = {}
    times, found = dict(zip(one.rows.tolist(), at.tolist(), strict=True)), []
    names = reading.names or ("1",)
    for row in one.rows[np.argsort(at, kind="stable")].tolist():
        key = int(reading.which[row]), subjects[row]
        if events[row] == "point":
            found.append((key[0], times[row], times[row]))
        elif events[row] == "start" and begun.setdefault(key, row) != row:
            reading.fault(row, f"{names[key[0]]} starts again, before it has stopped.")
        elif events[row] == "stop" and key not in begun:
            reading.fault(row, f"{names[key[0]]} stops, but has not started.")
        elif events[row] == "stop":
            found.append((key[0], times[begun.pop(key)], times[row]))
    for (place, _), row in begun.items():
        reading.fault(row, f"{names[place]} starts, but does not stop.")
    if "point" in events:
        reading.remarks.append("a POINT event is one frame.")
    which, starts, stops = (np.array(values) for values in zip(*found, strict=True)) if found else np.zeros((3, 0))
    if column.frames:
        stops = stops + (stops == starts)
        reading.remarks.append("a bout ends before the frame of its STOP. If that belongs to it, add 1 to that frame.")
    return Bouts(names, which.astype(np.int64), starts, stops, in_seconds=not column.frames, rate=reading.rate(one))


def _check_images(reading: _Reading, one: RowsOfVideo, time: _Column, at: Array) -> None:
    """Check that times and frame rate lead to the frames that BORIS counted: from 0, by an estimate of its player."""
    name = next((name for name in reading.table.columns if field_names.plain(name) == "imageindex"), None)
    rate = reading.rate(one)
    if name is None or not rate or time.frames:
        return
    images = _numbers(reading.table.columns[name])[one.rows]
    wrong = np.flatnonzero(np.abs(images - np.rint(at * rate)) > _NEAR)  # not those without a number
    for place in wrong[:_MOST_FAULTS].tolist():
        text = f"{time.name} {at[place]:g} s at {rate:g} frames/s is image {at[place] * rate:.0f}"
        reading.fault(
            one.rows[place], f"{text}, but {name} is {images[place]:g}. Correct the frame rate, or the times."
        )


def _of_bouts(reading: _Reading, one: RowsOfVideo) -> Bouts:
    columns = reading.columns
    start, stop = _matching(columns.starts, columns.stops)
    end = stop or columns.duration
    assert start and end
    starts, ends = reading.column(start, one.rows), reading.column(end, one.rows)
    if not np.all(np.abs([starts, ends]) <= _LARGEST):
        return Bouts((), *np.zeros((3, 0)))
    if start.frames and end.seconds:
        raise BadLabels(f"{reading.where}: {start.name} is a frame, and {end.name} a time. Give both in one unit.")
    in_seconds = _are_seconds(start, end, starts, ends)
    if not in_seconds and (np.any(starts != np.rint(starts)) or np.any(ends != np.rint(ends))):
        wrong = one.rows[(starts != np.rint(starts)) | (ends != np.rint(ends))]
        for row in wrong[:_MOST_FAULTS].tolist():
            reading.fault(row, f"{start.name} and {end.name} are not whole frame numbers.")
        return Bouts((), *np.zeros((3, 0)))
    if in_seconds and not (start.seconds or end.seconds) and _may_be_in_thousands(reading.table, start, end):
        reading.remarks.append(
            f"{start.name} and {end.name} have fractions, and are taken for seconds. If they are frame numbers, write "
            "them without a separator of thousands."
        )
    stops = ends if stop else starts + ends
    doubt = ""
    for row in one.rows[stops < starts][:_MOST_FAULTS].tolist():
        reading.fault(row, f"the bout stops before it starts ({start.name}, {end.name}).")
    if not in_seconds:
        if stop:
            stops = stops + _last_counts(reading, starts, stops, start, stop)
        if not start.frames and not end.frames and len(starts):
            doubt = "If they are seconds, name the columns start_s and stop_s."
            reading.remarks.append(
                f"{start.name} and {end.name} are whole numbers, and taken for frame numbers, of which the first is 1. "
                f"{doubt}"
            )
        starts, stops = _from_one(reading, one, start, starts, stops)
    return Bouts(
        reading.names or ("1",),
        reading.which[one.rows],
        starts,
        stops,
        in_seconds=in_seconds,
        rate=reading.rate(one),
        doubt=f" {start.name} and {end.name} were taken for frame numbers. {doubt}" if doubt else "",
    )


def _may_be_in_thousands(table: Table, *columns: _Column) -> bool:
    """Return whether all numbers that seem to have a fraction may have a separator of thousands instead."""
    texts = [text or "" for column in columns for text in column_texts(table.columns[column.name])]
    return all(text.isdecimal() or THOUSANDS.fullmatch(text) for text in texts)


def _matching(starts: Sequence[_Column], stops: Sequence[_Column]) -> tuple[_Column, _Column | None]:
    """Return a start and a stop in the same unit: frame numbers before seconds, but images of BORIS last."""

    def rank(column: _Column) -> tuple[bool, bool]:
        return "image" in column.name.lower(), not column.frames

    for start in sorted(starts, key=rank):
        for stop in sorted(stops, key=rank):
            if (start.seconds, start.frames) == (stop.seconds, stop.frames):
                return start, stop
    return min(starts, key=rank), min(stops, key=rank) if stops else None


def _are_seconds(start: _Column, end: _Column, starts: Array, ends: Array) -> bool:
    if start.seconds or end.seconds:
        return True
    if start.frames or end.frames:
        return False
    return bool(np.any(starts != np.rint(starts)) or np.any(ends != np.rint(ends)))


def _last_counts(reading: _Reading, starts: Array, stops: Array, start: _Column, stop: _Column) -> bool:
    """Return whether the frame in the column of stops belongs to its bout, by how bouts follow each other."""
    rows = _rows_of_videos(reading.table)
    all_starts, all_stops = (_numbers(reading.table.columns[column.name]) for column in (start, stop))
    gaps = np.concatenate(
        [np.sort(all_starts[video])[1:] - all_stops[video][np.argsort(all_starts[video])][:-1] for video in rows]
    )
    if reading.columns.duration and not reading.columns.duration.seconds:
        lasting = _numbers(reading.table.columns[reading.columns.duration.name])
        for counts in (True, False):
            if np.array_equal(lasting, all_stops - all_starts + counts):
                return counts
    shared, next_to, empty = np.any(gaps == 0), 2 * np.sum(gaps == 1) >= max(1, len(gaps)), np.any(stops == starts)
    if shared and (empty or np.any(gaps == 1)):
        return True  # frames with two bouts are noted, if they differ
    if shared:
        reading.remarks.append(f"bouts end before the frame in {stop.name}, in which the next bout starts.")
        return False
    if not empty and not next_to:
        reading.remarks.append(
            f"the frame in {stop.name} is taken for the last one of its bout. If it is the first one after it, "
            "subtract 1 from the column."
        )
    return True


def _from_one(reading: _Reading, one: RowsOfVideo, start: _Column, starts: Array, stops: Array) -> tuple[Array, Array]:
    """Count frames from 1: if there are seconds, too, these say whether the table counts from 0."""
    seconds = next((column for column in reading.columns.starts if column.seconds), None)
    if seconds is None or not start.frames or len(np.unique(starts)) < 2:
        return starts, stops
    times = reading.column(seconds, one.rows)
    if not np.all(np.abs(times) <= _LARGEST) or len(np.unique(times)) < 2:
        return starts, stops
    first = float(np.polyfit(times, starts, 1)[1])
    if abs(first) < 0.25:
        reading.remarks.append(f"{start.name} counts from 0, as {seconds.name} shows.")
        return starts + 1, stops + 1
    return starts, stops


def _of_behaviours(reading: _Reading, one: RowsOfVideo) -> Bouts:
    """Make a bout of each row and behaviour with a 1."""
    table, columns = reading.table, reading.columns
    values = {name: _scores(table.columns[name])[one.rows] for name in columns.flags}
    always = [name for name, column in values.items() if np.all(column == 1)]
    if len(always) < len(values) and np.any(sum(column == 1 for column in values.values()) > 1):
        for name in always:  # such as the number of a session
            del values[name]
    names = tuple(columns.flags)
    for name, column in values.items():
        cells = table.columns[name]
        if not np.any(column == 0) and isinstance(cells, list) and any(not cells[row] for row in one.rows.tolist()):
            reading.remarks.append(
                f"the column {name} has 1 and empty cells, but no 0; frames with an empty cell are left out. If it "
                "means 0, write 0."
            )
    scored = ~np.any([np.isnan(column) for column in values.values()], axis=0)
    n_rows, step, in_seconds = len(one.rows), None, False
    if columns.frame is not None:
        at = frame_column(table, columns.frame, reading.where)[one.rows].astype(np.float64)
        _check_once(reading, one, at, np.column_stack([*values.values()]))
        n_rows_or_none: int | None = None
    elif columns.time is not None:
        at = reading.column(columns.time, one.rows)
        step, at = _regular(at)
        in_seconds, n_rows_or_none = True, n_rows
    else:
        check_unnamed(table, reading.where, one.rows)
        at, n_rows_or_none = np.arange(1.0, n_rows + 1), n_rows
    length = 0.0 if in_seconds else 1.0
    shows = [np.flatnonzero((values[name] == 1) & scored) if name in values else np.zeros(0, int) for name in names]
    rows = np.concatenate(shows)
    which = np.repeat(np.arange(len(names)), [len(found) for found in shows])
    spans = None if scored.all() and n_rows_or_none and not in_seconds else np.column_stack([at, at + length])[scored]
    doubt = f" If each row is a frame, take the column {columns.time.name} out." if in_seconds and columns.time else ""
    starts, rate = at[rows], reading.rate(one)
    return Bouts(
        names, which, starts, starts + length, spans, in_seconds, rate, n_rows_or_none, step, columns=True, doubt=doubt
    )


def _check_once(reading: _Reading, one: RowsOfVideo, frames: Array, values: Array) -> None:
    order = np.argsort(frames, kind="stable")
    again = np.flatnonzero(np.diff(frames[order]) == 0)
    differ = np.any(values[order][again] != values[order][again + 1], axis=1)
    for place in again[differ][:_MOST_FAULTS].tolist():
        row, other = one.rows[order[place + 1]], one.rows[order[place]]
        reading.fault(row, f"frame {frames[order[place]]:g} differs from {place_of_row(reading.table, '', other)[2:]}.")


def _regular(times: Array) -> tuple[float | None, Array]:
    """Return the interval of regular samples, and their times, the first of which is that of the first frame."""
    if len(times) < 2 or not np.all(np.isfinite(times)):
        return None, times
    step = float(times[-1] - times[0]) / (len(times) - 1)
    if step <= 0 or np.abs(np.diff(times) - step).max() > max(0.1 * step, 1.1e-3):
        return None, times
    return step, times - times[0] if 0.5 * step < times[0] < 1.5 * step else times


# --- structs of columns, and JAABA -----------------------------------------------------------------------------------


def table_of_bouts(value: Any) -> Table | None:
    """Return structs as a table of bouts: one with a vector per column, or one struct per bout; None for others."""
    if isinstance(value, list) and value and all(isinstance(item, Mapping) for item in value):
        names = list(value[0])
        if any(item.keys() != value[0].keys() for item in value) or not _has_edges(names):
            return None
        columns = {name: _column(item[name] for item in value) for name in names}
        return Table(columns) if all(column is not None for column in columns.values()) else None
    if not isinstance(value, Mapping) or not _has_edges(value):
        return None
    vectors = {name: [item] if isinstance(item, str) else label_vector(item) for name, item in value.items()}
    edges = [vectors[name] for name in value if _edge(str(name))]
    if len({None if vector is None else len(vector) for vector in edges}) != 1 or edges[0] is None:
        return None
    n = len(edges[0])
    labels = vectors.get(field_names.role(value, field_names.LABELS))
    if labels is not None and len(labels) not in (1, n):  # one label per frame
        return None
    rows = {name: vector for name, vector in vectors.items() if vector is not None and len(vector) == n}
    broadcast = {name: [*vector] * n for name, vector in vectors.items() if vector is not None and len(vector) == 1}
    return Table({**broadcast, **rows}) if n else None


def _has_edges(names: Iterable[Any]) -> bool:
    edges = [found for name in names if (found := _edge(str(name)))]
    lasting = any(_duration(str(name)) for name in names)
    return any(is_start for is_start, _ in edges) and (lasting or not all(is_start for is_start, _ in edges))


def _column(items: Iterable[Any]) -> Any:
    """Return the values of one field of all structs, each a text or one number, as a column; None if they are more."""
    found = [item if isinstance(item, str) else label_vector(item) for item in items]
    if all(isinstance(item, str) for item in found):
        return found
    if all(isinstance(item, np.ndarray) and len(item) == 1 for item in found):
        return np.concatenate(found)
    return None


def is_jaaba(value: Any) -> bool:
    """Return whether a struct, or some struct in a list, lists bouts as JAABA does: ``t0s`` and ``t1s``."""
    items = value if isinstance(value, list) else [value]
    return any(isinstance(item, Mapping) and {"t0s", "t1s"} <= item.keys() for item in items)


def read_jaaba(value: Any, where: str) -> list[LabelEntry]:
    """Read the labels of JAABA: ``t0s``, the first frames of bouts, from 1, and ``t1s``, the first ones after them.

    Frames in no bout are not labelled, and left out.

    Args:
        value: a struct with the fields t0s, t1s and names, cells with one item per animal; or a list of such structs,
            one per video.
        where: its name in messages.

    Raises:
        BadLabels: there are several animals, no names, or other faults; all at once.
    """
    items = value if isinstance(value, list) else [value]
    entries, faults = [], Faults()
    for number, item in enumerate(items, start=1):
        source = f"{where}{{{number}}}" if isinstance(value, list) else where
        with faults.noting(of=source, what="places"):
            entries.append(LabelEntry(source, _of_jaaba(item, source)))
    faults.raise_any()
    return entries


def _of_jaaba(item: Mapping[str, Any], source: str) -> Bouts:
    if "names" not in item:
        raise BadLabels(
            f"{source}: t0s and t1s are the bouts of JAABA, but there are no names: these are scores, that is "
            "predictions, of one behaviour. Give a label file of JAABA, with t0s, t1s and names."
        )
    starts, stops, names = (_of_animal(item[name], source) for name in ("t0s", "t1s", "names"))
    first, after = (label_vector(one if isinstance(one, np.ndarray) else np.empty(0)) for one in (starts, stops))
    texts = [names] if isinstance(names, str) else list(names) if isinstance(names, list) else []
    if first is None or after is None or not len(first) == len(after) == len(texts):
        raise BadLabels(f"{source}: t0s, t1s and names of JAABA do not have the same number of bouts.")
    if not all(isinstance(text, str) for text in texts) or np.any(after <= first):
        raise BadLabels(f"{source}: expected a name of each bout of JAABA, and t1s greater than t0s.")
    numbered = {name: place for place, name in enumerate(dict.fromkeys(map(same_name, texts)))}
    which = np.array([numbered[same_name(text)] for text in texts], np.int64)
    first, after = first.astype(np.float64), after.astype(np.float64)
    return Bouts(tuple(numbered), which, first, after, np.column_stack([first, after]))


def _of_animal(value: Any, source: str) -> Any:
    """Return what a field of JAABA holds of its only animal."""
    if isinstance(value, list) and any(isinstance(one, (list, np.ndarray)) for one in value):
        filled = [one for one in value if len(one)]
        if len(filled) > 1:
            raise BadLabels(
                f"{source}: JAABA has labelled {len(filled)} animals, and a frame has one label only. Give the bouts "
                "of one animal, for example as a CSV file with the columns video, start_frame, end_frame, label."
            )
        return filled[0] if filled else []
    return value
