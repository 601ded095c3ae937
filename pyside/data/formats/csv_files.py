"""Reads CSV files as they come from spreadsheets, R, Python and MATLAB; finds the delimiter, encoding and header."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from pyside.aliases import Array
from pyside.data.formats.mat_files import Table
from pyside.errors import BadLabels, Faults, some
from pyside.system.paths import check_readable, is_file, no_file

CSV_SUFFIXES = (".csv", ".tsv", ".txt")
EXPECTED = "Expected a header such as video,frame,label, then one row per frame."
_DELIMITERS = ",;\t|"
_MOST_FAULTS = 10
_MOST_COLUMNS = 10_000
_SAMPLE = 50  # lines by which the form of a file is found
_COMMENTS = ("#", "%")
_SEP_LINE = re.compile(r'\s*"?sep=(.)"?[,;\t ]*', re.IGNORECASE | re.DOTALL)  # tells a spreadsheet the delimiter
_QUOTED = re.compile(r'"(?:[^"]|"")*"')
_BLANKS = re.compile(r'("(?:[^"]|"")*")|[ \t]+')
_DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+(?:[eE][+-]?\d+)?")
_SECONDS, _FREQUENCIES = re.compile(r"\d+[.,]\d+"), "\\"  # in the labels of Audacity
_MISSING = frozenset(("", "na", "nan", "n/a", "#n/a", "<na>", "null", "<missing>", "<undefined>"))
_USUAL = "label labels class category contact contacts touch touches annotation".split()  # names of a single column
_TRUTHS = {  # as spreadsheets write them in English, German, French, Spanish, Italian, Portuguese and Dutch
    **dict.fromkeys(("true", "wahr", "vrai", "verdadero", "vero", "verdadeiro", "waar"), 1.0),
    **dict.fromkeys(("false", "falsch", "faux", "falso", "onwaar"), 0.0),
}
_OF_UNITS = frozenset("s sec ms cm mm m px pixel pixels frames cm/s mm/s deg ° %".split())
_TIME_OF_DAY = re.compile(r"\d+:\d\d:\d\d(?:[.,]\d+)?")


def read_csv(path: Path) -> Table | Array | list[str]:
    """Read a CSV file: a table whose first line names its columns, or a single row or column without a header.

    The delimiter is a comma, a semicolon, a tab, a vertical bar or blanks: the one that a line such as ``sep=;`` names,
    or else the most frequent in the first line. Empty lines, lines of comments (``#`` or ``%``), and lines with fewer
    cells before the header are skipped. The encoding is UTF-8, UTF-16 or otherwise that of Windows (cp1252).

    These files without a header are tables, too: rows of a frame number and a label, and the labels of Audacity, rows
    of two times in seconds and a text.

    Args:
        path: the file.

    Returns:
        A table of texts, without surrounding blanks; or, without a header, float64 (n,), or n texts.

    Raises:
        PathMissing: the file does not exist.
        BadLabels: it is not a CSV file, has no rows, or has rows of another length than the header; all faults at once.
    """
    if not is_file(path):
        raise no_file(path)
    check_readable(path)
    try:
        text = _decoded(path.read_bytes())
        lines = _unquoted(re.split("\r\n|\r|\n", text.rstrip("\r\n\x1a")))
        blank = [place for place, line in enumerate(lines, start=1) if not line.strip()]
        delimiter, comment = _prepared(lines)
        if not any(delimiter in line for line in lines):  # a single column, in which an empty text is a missing label
            lines = ["NaN" if line.strip() == '""' else line for line in lines]
        rows = _rows(lines, delimiter)
        if comment and rows and any(is_value(cell) for cell in rows[0][1]):  # as numpy.savetxt writes its header
            names = _rows([comment[1]], delimiter)
            if names and len(names[0][1]) == len(rows[0][1]):
                rows.insert(0, (comment[0], names[0][1]))
    except (OSError, ValueError, csv.Error) as error:
        raise BadLabels(f"{path} is not a CSV file, or it is damaged: {error}.") from error
    if not rows:
        raise BadLabels(f"{path} is empty. {EXPECTED}")
    _check_blank(path, rows, blank)
    if _is_audacity(rows, delimiter):
        return _audacity(rows)
    first = _filled(rows[0][1])
    if all(map(is_value, first)) or _repeats(path, rows):
        return _without_header(path, [(line, _filled(cells)) for line, cells in rows])
    return _table(path, _from_header_on(rows), '"' in text, delimiter)


# --- texts ---------------------------------------------------------------------------------------------------------


def is_missing(text: str) -> bool:
    """Return whether a text stands for a missing value: empty, ``NA``, ``NaN``, ``<missing>`` and the like."""
    return text.strip().lower() in _MISSING


def truth(text: str) -> float | None:
    """Return 1 for ``TRUE``, 0 for ``FALSE``, in any case; None for any other text."""
    return _TRUTHS.get(text.strip().lower())


def number(text: str) -> float:
    """Return the number in a text, with a decimal point or comma; NaN for a missing value.

    Raises:
        ValueError: it is something else.
    """
    try:
        return float(text)
    except ValueError:
        if is_missing(text):
            return float("nan")
        if not _DECIMAL_COMMA.fullmatch(text.strip()):
            raise
        return float(text.strip().replace(",", "."))


def numbers(texts: Iterable[str]) -> Array | None:
    """Return texts as float64, converted by `number`; None if one of them is something else."""
    try:
        return np.array([*map(number, texts)], np.float64)
    except ValueError:
        return None


def is_value(text: str) -> bool:
    """Return whether a text is a number, a missing value other than the empty text, or a truth value."""
    if not text.strip():
        return False
    try:
        number(text)
    except ValueError:
        return truth(text) is not None
    return True


# --- encoding and delimiter ----------------------------------------------------------------------------------------


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        return content.decode("utf-32")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16")
    start = content[:4096]
    zeros = [start[place::2].count(0) for place in (0, 1)]
    if start and max(zeros) > len(start) / 3 and not min(zeros):  # UTF-16 without a byte order mark
        return content.decode("utf-16-le" if zeros[1] else "utf-16-be")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="strict")
    if "\0" in text:
        raise ValueError("it holds bytes that are not text")
    return text


def _prepared(lines: list[str]) -> tuple[str, tuple[int, str] | None]:
    """Return the delimiter, and the last comment before the first row with its line number.

    Lines that are no rows become empty, so that the others keep their numbers; blanks as delimiters become tabs.
    """
    place = next((place for place, line in enumerate(lines) if line.strip()), 0)
    told = _SEP_LINE.fullmatch(lines[place])
    if told:
        lines[place] = ""
    comment = None
    for place, line in enumerate(lines):
        if line.strip() and not line.lstrip().startswith(_COMMENTS):
            break
        if line.strip():
            comment = place + 1, line.strip().lstrip("#% ")
            lines[place] = ""
    sample = [_QUOTED.sub("q", line) for line in lines[place : place + _SAMPLE] if line.strip()]
    delimiter = told[1] if told else _delimiter(sample)
    if delimiter == " ":
        lines[:] = [_with_tabs(line) for line in lines]
        delimiter, comment = "\t", comment and (comment[0], _with_tabs(comment[1]))
    n = lines[place].count(delimiter)
    for row, line in enumerate(lines):
        if line.startswith(_COMMENTS) and (not n or line.count(delimiter) != n):
            lines[row] = ""
    return delimiter, comment


def _unquoted(lines: list[str]) -> list[str]:
    """Return lines without quotation marks around all cells together, as if they were one, if all lines have them."""
    filled = [line.strip() for line in lines if line.strip()]
    if not filled or filled[0] in filled[1:] or not all(map(_QUOTED.fullmatch, filled)):
        return lines  # a first line that occurs again is a label
    if not any(len({line.count(one) for line in filled}) == 1 and one in filled[0] for one in _DELIMITERS):
        return lines
    return [line.strip()[1:-1].replace('""', '"') for line in lines]


def _check_blank(path: Path, rows: Sequence[tuple[int, list[str]]], blank: Sequence[int]) -> None:
    """Raise `BadLabels` if a line between the values of a single column is empty, and not every second one is."""
    if len(rows) < 3 or any(len(_filled(cells)) != 1 for _, cells in rows):
        return
    inside = [line for line in blank if rows[1][0] < line < rows[-1][0]]
    if inside and len({*np.diff([line for line, _ in rows[1:]]).tolist()}) > 1:
        raise BadLabels(
            f"{path}, line {inside[0]}: an empty line ({len(inside)} in all) may be a frame without a label. Write NaN "
            "there, or take the line out."
        )


def _with_tabs(line: str) -> str:
    return _BLANKS.sub(lambda found: found[1] or "\t", line.strip())


def _delimiter(sample: Sequence[str]) -> str:
    """Return the delimiter of lines whose quoted parts are cut out."""
    first = sample[0] if sample else ""
    for delimiter in ";\t":  # beside which commas are decimal ones
        if delimiter in first and all(is_value(cell) for cell in first.split(delimiter)):
            return delimiter
    there = [delimiter for delimiter in _DELIMITERS if delimiter in first]
    if there:
        alike = {one: sum(line.count(one) == first.count(one) for line in sample) for one in there}
        return max(there, key=lambda one: (first.count(one), alike[one]))
    words = [len(line.split()) for line in sample]
    if words and min(words) > 1 and len({*words[1:]}) < 2 and words[-1] - words[0] in (0, 1):  # 1: R names its rows
        return " "
    return max(_DELIMITERS, key=lambda one: sum(one in line for line in sample))


def _rows(lines: Sequence[str], delimiter: str) -> list[tuple[int, list[str]]]:
    """Return the cells of each line that has any, with its number."""
    ends = (f"{line}\n" for line in lines)
    reader = csv.reader(ends, delimiter=delimiter, skipinitialspace=True)
    return [(reader.line_num, [cell.strip() for cell in row]) for row in reader if any(map(str.strip, row))]


# --- files without a header ----------------------------------------------------------------------------------------


def _is_audacity(rows: Sequence[tuple[int, list[str]]], delimiter: str) -> bool:
    """Return whether all rows are two times in seconds and a text, as Audacity writes its labels."""
    labels = [cells for _, cells in rows if cells[0] != _FREQUENCIES]
    return (
        delimiter == "\t"
        and bool(labels)
        and all(len(cells) in (2, 3) and all(map(_SECONDS.fullmatch, cells[:2])) for cells in labels)
        and all(number(cells[0]) <= number(cells[1]) for cells in labels)
    )


def _audacity(rows: Sequence[tuple[int, list[str]]]) -> Table:
    labels = [(line, [*cells, ""]) for line, cells in rows if cells[0] != _FREQUENCIES]
    columns = {name: [cells[place] for _, cells in labels] for place, name in enumerate(("start_s", "stop_s", "label"))}
    return Table(columns, [line for line, _ in labels])


def _repeats(path: Path, rows: Sequence[tuple[int, list[str]]]) -> bool:
    """Return whether the texts of a single row or column are values, since its first one, or any, occurs again."""
    line, first = rows[0]
    if len(rows) == 1:
        return len(first) > 1 and len({*first}) < len([cell for cell in first if cell])
    again = next((line for line, cells in rows[1:] if cells == first), None) if len(first) == 1 else None
    if again and first[0].lower() in _USUAL:
        raise BadLabels(
            f"{path}, line {line}: {first[0]!r} may be the name of the column or the first label, since it is also in "
            f"line {again}. If it is a label, write a line 'label' above it; if it is the name, call it 'label'."
        )
    return again is not None


def _without_header(path: Path, rows: Sequence[tuple[int, list[str]]]) -> Table | Array | list[str]:
    cells = [row for _, row in rows]
    lines = [line for line, _ in rows]
    if len(rows) == 1 or all(len(row) == 1 for row in cells):
        return _vector([cell for row in cells for cell in row])
    if all(len(row) == 2 for row in cells):
        found = [numbers(row[place] for row in cells) for place in (0, 1)]
        counting = [values is not None and bool(np.all(np.diff(values) == 1)) for values in found]
        if sum(counting) == 1 and len(rows) > 1:
            frame = counting.index(True)
            which = ("first", "second")[frame]
            return Table(
                {"frame": [row[frame] for row in cells], "label": [row[1 - frame] for row in cells]},
                lines,
                (f"there is no header; the {which} column, which counts on by 1, is taken for frame numbers.",),
            )
    raise _no_header(path, *rows[0])


def _no_header(path: Path, line: int, cells: Sequence[str]) -> BadLabels:
    return BadLabels(
        f"{path}, line {line}: {','.join(cells[:8])!r:.60} are values, not names of columns. {EXPECTED} A file without "
        "a header may hold one row or one column."
    )


def _filled(cells: Sequence[str]) -> list[str]:
    """Return cells without the empty ones at the end: spreadsheets leave delimiters at the ends of lines."""
    n = len(cells)
    while n and not cells[n - 1]:
        n -= 1
    return list(cells[:n])


def _vector(cells: list[str]) -> Array | list[str]:
    found = numbers(cells)
    return cells if found is None else found


# --- files with a header -------------------------------------------------------------------------------------------


def _from_header_on(rows: list[tuple[int, list[str]]]) -> list[tuple[int, list[str]]]:
    """Return the rows without those above the header: titles and other facts, with fewer cells than the table."""
    rows_below = rows[:_SAMPLE]
    usual = len(rows_below[-1][1])
    if len(rows[0][1]) == usual or usual < 3:
        return rows
    for place, (_, cells) in enumerate(rows_below[:-1]):
        filled = [cell for cell in cells if cell]
        if len(cells) == usual and len({*filled}) == len(filled) > usual / 2 and not any(map(is_value, cells)):
            narrower = all(sum(map(bool, above)) < len(filled) for _, above in rows[:place])
            alike = all(len(below) == usual for _, below in rows_below[place:])
            return rows[place:] if narrower and alike else rows
    return rows


def _table(path: Path, rows: list[tuple[int, list[str]]], quoted: bool, delimiter: str) -> Table:
    names = _filled(rows[0][1])
    if len(names) > _MOST_COLUMNS:
        raise BadLabels(f"{path}: its first line has {len(names)} cells. Expected a header such as video,frame,label.")
    numbered = ["", *map(str, range(len(names) - 1))]  # as pandas writes columns without names
    if (any(map(is_value, names)) and names != numbered) or any(map(_TIME_OF_DAY.fullmatch, names)):
        raise _no_header(path, *rows[0])
    names = ["", "label"] if names == ["", "0"] else names
    further = {len(cells) for _, cells in rows[1:]}
    if delimiter == "\t" and further == {len(names) + 1} and any(cells[-1] for _, cells in rows[1:]):
        names.insert(0, "")  # R names its rows, but not their column
    units = _are_units([cells for _, cells in rows[1:]])
    remarks = (f"line {rows[1][0]} holds units, and is no row.",) if units else ()
    if units:
        rows = [rows[0], *rows[2:]]
    faults = Faults()
    broken = [line for line, cells in rows if any("\n" in cell or "\r" in cell for cell in cells)] if quoted else []
    for line in broken[:_MOST_FAULTS]:  # a cell has a line break; an unclosed quotation swallows all further lines
        faults.add(BadLabels, f"{path}, up to line {line}: a quotation mark that is not closed on its line.")
    if len({name.lower() for name in names if name}) < sum(map(bool, names)):
        faults.add(BadLabels, f"{path}, line {rows[0][0]}: two columns have the same name: {some(names, 20)}.")
    _note_lengths(path, names, rows, faults)
    faults.raise_any()
    columns = {name: [cells[place] for _, cells in rows[1:]] for place, name in enumerate(names)}
    return Table(columns, [line for line, _ in rows[1:]], remarks)


def _are_units(rows: Sequence[Sequence[str]]) -> bool:
    """Return whether the first row below the header holds the units of the numbers below it."""
    places = [place for place, cell in enumerate(rows[0]) if cell] if len(rows) > 1 else []
    below = [cells[place] for cells in rows[1:_SAMPLE] for place in places if place < len(cells)]
    units = {rows[0][place].lower() for place in places}
    return bool(places) and units <= _OF_UNITS and all(is_value(cell) or cell in ("", "-") for cell in below)


def _note_lengths(path: Path, names: Sequence[str], rows: Sequence[tuple[int, list[str]]], faults: Faults) -> None:
    """Note the rows of another length than the header; if most have one other length, the header is at fault."""
    n = len(names)
    wrong = [(line, cells) for line, cells in rows[1:] if len(cells) != n and (len(cells) < n or any(cells[n:]))]
    widths = {len(cells) for _, cells in wrong}
    if len(widths) == 1 and len(wrong) > 1 and len(wrong) > (len(rows) - 1) / 2:
        line, head = rows[0][0], f"{','.join(map(str, names))!r:.60}"
        faults.add(
            BadLabels,
            f"{path}, line {line}: {head} names {n} column{'s' * (n != 1)}, but the lines from {wrong[0][0]} on have "
            f"{widths.pop()} cells. {EXPECTED}",
        )
        return
    for line, cells in wrong[:_MOST_FAULTS]:
        faults.add(BadLabels, f"{path}, line {line}: {len(cells)} cells, but the header names {n} columns.")
    if len(wrong) > _MOST_FAULTS:
        faults.add(BadLabels, f"{path}: the same is wrong in {len(wrong) - _MOST_FAULTS} more lines.")
