"""Reads CSV files as tables; finds the delimiter and the encoding."""

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

    The delimiter is a comma, a semicolon or a tab: the most frequent of them in the first line. Empty lines are
    skipped. The encoding is UTF-8, UTF-16 with a byte order mark, or otherwise that of Windows (cp1252).

    Args:
        path: the file.

    Returns:
        A table of texts, without surrounding blanks.

    Raises:
        PathMissing: the file does not exist.
        BadLabels: it is not a CSV file, has no rows, or has rows of another length than the header; all faults at once.
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
        raise BadLabels(f"{path} is not a CSV file, or it is damaged: {error}.") from error
    if not rows:
        raise BadLabels(f"{path} is empty. Expected a header such as video,frame,label, then one row per frame.")
    return _table(path, rows, '"' in text)


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="strict")
    if "\0" in text:
        raise ValueError("it holds bytes that are not text")
    return text


def _table(path: Path, rows: list[tuple[int, list[str]]], quoted: bool) -> Table:
    names = list(rows[0][1])
    while names and not names[-1]:  # spreadsheets leave delimiters at the ends of lines
        names.pop()
    if len(names) > _MOST_COLUMNS:
        raise BadLabels(f"{path}: its first line has {len(names)} cells. Expected a header such as video,frame,label.")
    faults = Faults()
    broken = [line for line, cells in rows if any("\n" in cell or "\r" in cell for cell in cells)] if quoted else []
    for line in broken[:_MOST_FAULTS]:  # a cell has a line break; an unclosed quotation swallows all further lines
        faults.add(BadLabels, f"{path}, up to line {line}: a quotation mark that is not closed on its line.")
    if len({name.lower() for name in names}) < len(names):
        faults.add(BadLabels, f"{path}: two columns have the same name: {some(names, 20)}.")
    n = len(names)
    wrong = [(line, cells) for line, cells in rows[1:] if len(cells) != n and (len(cells) < n or any(cells[n:]))]
    for line, cells in wrong[:_MOST_FAULTS]:
        faults.add(BadLabels, f"{path}, line {line}: {len(cells)} cells, but the header names {n} columns.")
    if len(wrong) > _MOST_FAULTS:
        faults.add(BadLabels, f"{path}: the same is wrong in {len(wrong) - _MOST_FAULTS} more lines.")
    faults.raise_any()
    columns = {name: [cells[place] for _, cells in rows[1:]] for place, name in enumerate(names)}
    return Table(columns, [line for line, _ in rows[1:]])
