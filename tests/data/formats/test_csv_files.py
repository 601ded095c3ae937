"""CSV files are read as spreadsheets, R, Python, MATLAB and others write them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pyside.data.formats.csv_files import is_missing, is_value, number, numbers, read_csv, truth
from pyside.data.formats.mat_files import Table
from pyside.errors import BadLabels, TouchTrainError
from tests.conftest import holds, raises_with

ROWS = [("video", "frame", "label"), *(("a.mp4", frame, int(frame > 7)) for frame in range(1, 13))]


def text_of(rows: Any, delimiter: str = ",", end: str = "\n") -> str:
    return "".join(delimiter.join(map(str, row)) + end for row in rows)


def read(folder: Path, text: str | bytes, name: str = "labels.csv") -> Any:
    """Write and read a file; a table as its columns."""
    (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    found = read_csv(folder / name)
    return found.columns if isinstance(found, Table) else found


EXPECTED = {name: [str(row[place]) for row in ROWS[1:]] for place, name in enumerate(ROWS[0])}


@pytest.mark.parametrize(
    "content",
    [
        "sep=;\r\n" + text_of(ROWS, ";", "\r\n"),
        '"sep=,"\r\n' + text_of(ROWS),
        "\ufeffSEP=|\n" + text_of(ROWS, "|"),
        ("sep=\t\r\n" + text_of(ROWS, "\t")).encode("utf-16"),
        text_of(ROWS).encode("utf-16-le"),
        text_of(ROWS).encode("utf-32"),
        text_of(ROWS) + "\x1a",
        "".join(f'"{line}"\n' for line in text_of(ROWS).splitlines()),  # each line in one cell
        text_of(ROWS).encode("utf-16-be"),
        text_of(ROWS, "|"),
        text_of(ROWS, " "),
        text_of(ROWS, "   ").replace("a.mp4", "  a.mp4  "),
        "# scored by AB on 2024-03-01\n# 0 none, 1 touch, 2 lick\n" + text_of(ROWS),
        "% of MATLAB\n\n" + text_of(ROWS[:5]) + "# checked up to here\n" + text_of(ROWS[5:]),
        "#TYPE System.Management.Automation.PSCustomObject\n" + text_of(ROWS),
        "# " + text_of(ROWS),
        "# " + text_of(ROWS, " "),
        "Scores of March\nby,AB\n\n" + text_of(ROWS),
        "\n\n" + text_of(ROWS, "\t"),
    ],
)
def test_what_programs_write_around_a_table_is_no_part_of_it(tmp_path: Path, content: str | bytes) -> None:
    assert read(tmp_path, content) == EXPECTED


def test_names_of_rows_of_r_have_no_column_or_one_without_a_name(tmp_path: Path) -> None:
    rows = [[f'"{place}"', '"my a.mp4"', *row[1:]] for place, row in enumerate(ROWS[1:], start=1)]
    expected = {**EXPECTED, "video": ["my a.mp4"] * 12, "": [str(place) for place in range(1, 13)]}
    head = ['"video"', '"frame"', '"label"']
    assert read(tmp_path, text_of([['""', *head], *rows])) == expected
    assert read(tmp_path, text_of([head, *rows], " ")) == expected
    assert read(tmp_path, text_of([head, *rows], "\t")) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0\n0\n1\n", [0, 0, 1]),
        ("0,0,1\r\n", [0, 0, 1]),
        ("0;0;1", [0, 0, 1]),
        ("0\t0\t1\t\n", [0, 0, 1]),
        ("   0.0000000e+00\n   0.0000000e+00\n   1.0000000e+00\n", [0, 0, 1]),
        ("0;\n0;\n1;\n", [0, 0, 1]),
        ("# by AB, in March\n0\n0\n1\n", [0, 0, 1]),
        ("0,5\n3,7\n", None),
        ("0,0;1,5\n", [0, 1.5]),
        ("NaN\n1\nNA\n0\n", [np.nan, 1, np.nan, 0]),
        ("1\n", [1]),
    ],
)
def test_a_row_or_column_of_numbers_needs_no_header(tmp_path: Path, text: str, expected: list[float] | None) -> None:
    if expected is None:
        with raises_with(BadLabels, "line 1"):
            read(tmp_path, text)
        return
    found = read(tmp_path, text)
    assert found.dtype == np.float64
    np.testing.assert_array_equal(found, expected)


def test_a_row_or_column_of_texts_needs_none_if_its_first_is_repeated(tmp_path: Path) -> None:
    assert read(tmp_path, "NonTouch\nTouch\nNonTouch\n") == ["NonTouch", "Touch", "NonTouch"]
    assert read(tmp_path, "FALSE\nTRUE\n") == ["FALSE", "TRUE"]
    assert read(tmp_path, "Touch,NonTouch,NonTouch\n") == ["Touch", "NonTouch", "NonTouch"]
    assert read(tmp_path, "label\nTouch\nNonTouch\n") == {"label": ["Touch", "NonTouch"]}
    with raises_with(BadLabels, "line 1", "'Touch'", "line 3", "label"):
        read(tmp_path, "Touch\nNonTouch\nTouch\n")


def test_frame_numbers_and_labels_need_no_header(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    path.write_text("5,0\n6,1\n7,1\n")
    found = read_csv(path)
    assert isinstance(found, Table) and found.columns == {"frame": ["5", "6", "7"], "label": ["0", "1", "1"]}
    assert len(found.remarks) == 1 and holds(found.remarks[0], "first")
    for text in ("0,0\n1,1\n", "5,0,1\n6,1,1\n", "a.avi,1,0\na.avi,2,1\n"):
        path.write_text(text)
        with raises_with(BadLabels, "labels.csv, line 1", "video,frame,label"):
            read_csv(path)


def test_the_header_is_told_where_it_is_at_fault(tmp_path: Path) -> None:
    with pytest.raises(BadLabels) as caught:
        read(tmp_path, "my labels\n" + text_of(row[:2] for row in ROWS[1:]))
    assert holds(caught.value.text, "line 1", "'my labels'", 1, 2) and not caught.value.faults
    with raises_with(BadLabels, "line 3", 2, 4):
        read(tmp_path, "# of AB\nvideo,frame,label,note\na.mp4,1\na.mp4,2,0,x\na.mp4,3,1,y\n")
    with raises_with(BadLabels, "line 2", "label"):
        read(tmp_path, "# of AB\nvideo,label,Label\na.mp4,1,1\n")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("1.5", 1.5), ("1,5", 1.5), ("-0,25", -0.25), ("1,5e3", 1500), (" 2 ", 2), ("NA", np.nan), ("", np.nan)],
)
def test_numbers_may_have_a_decimal_comma(text: str, expected: float) -> None:
    np.testing.assert_equal(number(text), expected)


def test_what_is_no_number() -> None:
    for text in ("x", "1,5,5", "1.5.5", ","):
        with pytest.raises(ValueError):
            number(text)
    assert numbers(["1", "x"]) is None
    assert [*map(truth, ("TRUE", "false", "1"))] == [1, 0, None]
    assert [*map(is_missing, ("NA", "#N/A", "null", " ", "none", "0"))] == [True] * 4 + [False] * 2
    assert [*map(is_value, ("1", "NA", "TRUE", "", "label"))] == [True, True, True, False, False]


@given(st.binary(max_size=60) | st.text('a0,;\t|"# =sep\n\r\u00e9', max_size=60).map(str.encode))
@example(b"sep=")
@example(b"#\n#\n")
@example(b"\xff\xfe")
@example(b'"')
@settings(max_examples=200, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_any_file_is_understood_or_an_error(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(content)
    try:
        found = read_csv(path)
    except TouchTrainError as error:
        assert len(error.text) < 5000
        return
    if isinstance(found, Table):
        assert {len(column) for column in found.columns.values()} <= {len(found)} and len(found.lines) == len(found)


def test_an_empty_line_in_a_single_column_is_asked_about_and_an_empty_text_is_missing(tmp_path: Path) -> None:
    for head, line in (("label\n", 4), ("", 3)):
        with raises_with(BadLabels, f"line {line}", "NaN"):
            read(tmp_path, f"{head}0\n0\n\n1\n1\n")
    assert read(tmp_path, 'label\n0\n""\n1\n') == {"label": ["0", "NaN", "1"]}
    assert np.array_equal(read(tmp_path, "label\n\n0\n\n1\n\n0\n\n")["label"], ["0", "1", "0"])


def test_times_in_the_first_line_are_values(tmp_path: Path) -> None:
    with raises_with(BadLabels, "line 1", "not names of columns"):
        read(tmp_path, "groom\t\t00:00:00.500\t00:00:01.000\t00:00:00.500\tx\n" * 2)


def test_labels_that_look_like_units_or_whole_rows_stay_labels(tmp_path: Path) -> None:
    assert read(tmp_path, "label,animal\ns,m\nm,m\ns,m\n") == {"label": ["s", "m", "s"], "animal": ["m", "m", "m"]}
    assert read(tmp_path, '"a, b"\n"c, d"\n"a, b"\n') == ["a, b", "c, d", "a, b"]
