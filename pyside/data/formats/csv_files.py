"""CSV files as tables, with the delimiter and the encoding that they happen to have."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from pyside.data.formats.mat_files import Table
from pyside.errors import BadLabels, Faults, PathMissing, some
from pyside.system.paths import check_readable, is_file

CSV_SUFFIXES = (".csv", ".tsv", ".txt")
_DELIMITERS = ",;\t"
_MOST_FAULTS = 10
_MOST_COLUMNS = 10_000


def read_csv(path: Path) -> Table:
    """Read a CSV file whose first line names its columns.

    The delimiter is a comma, a semicolon or a tab: whichever parts the first line most often. Empty lines do not count.
    The encoding is UTF-8, UTF-16 with its mark, or else Windows's (cp1252).

    Args:
        path: the file.

    Returns:
        A table of texts, without blanks around them.

    Raises:
        PathMissing: there is no such file.
        BadLabels: it is no CSV file, has no rows, or rows of another number of cells than the header; all at once.
    """
    if not is_file(path):
        raise PathMissing(f"There is no file {path}.")
    check_readable(path)
    try:
        text = _decoded(path.read_bytes())
        lines = text.splitlines()
        header = next((line for line in lines if line.strip()), "")
        delimiter = max(_DELIMITERS, key=header.count)
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)
        rows = [(reader.line_num, [cell.strip() for cell in row]) for row in reader if any(map(str.strip, row))]
    except (OSError, ValueError, csv.Error) as error:
        raise BadLabels(f"{path} is no CSV file, or it is damaged: {error}.") from error
    if not rows:
        raise BadLabels(f"{path} is empty. Expected a header such as video,frame,label, then one row a frame.")
    return _table(path, rows, '"' in text)


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="strict")
    if "\0" in text:
        raise ValueError("it holds bytes that are no text")
    return text


def _table(path: Path, rows: list[tuple[int, list[str]]], quoted: bool) -> Table:
    names = list(rows[0][1])
    while names and not names[-1]:  # delimiters at the ends of lines, as spreadsheets leave them
        names.pop()
    if len(names) > _MOST_COLUMNS:
        raise BadLabels(f"{path}: its first line has {len(names)} cells. Expected a header such as video,frame,label.")
    faults = Faults()
    broken = [line for line, cells in rows if any("\n" in cell or "\r" in cell for cell in cells)] if quoted else []
    for line in broken[
        :_MOST_FAULTS
    ]:  # line breaks in a cell, that is; without its end, a quotation swallows all lines
        faults.add(BadLabels, f"{path}, up to line {line}: a quotation mark that is not closed on its line.")
    if len({name.lower() for name in names}) < len(names):
        faults.add(BadLabels, f"{path}: two columns have the same name: {some(names, 20)}.")
    n = len(names)
    wrong = [(line, cells) for line, cells in rows[1:] if len(cells) != n and (len(cells) < n or any(cells[n:]))]
    for line, cells in wrong[:_MOST_FAULTS]:
        faults.add(BadLabels, f"{path}, line {line}: {len(cells)} cells, but the header names {n} columns.")
    if len(wrong) > _MOST_FAULTS:
        faults.add(BadLabels, f"{path}: so have {len(wrong) - _MOST_FAULTS} more lines.")
    faults.raise_any()
    columns = {name: [cells[place] for _, cells in rows[1:]] for place, name in enumerate(names)}
    return Table(columns, [line for line, _ in rows[1:]])
