"""Centres are read from .bar files, whole or damaged."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pyside.data.recordings.regions.center_files import read_bar_file
from pyside.errors import BadOption, LengthMismatch, TouchTrainError
from tests.conftest import raises_with

BAR = "0 238.5 120.25\n1 238.4 120.3\n3 237.9 121\n"  # as whisk writes it: "%d %g %g\n"


def bar_file(path: Path, text: str = BAR) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_a_bar_file_counts_frames_and_pixels_from_zero(tmp_path: Path) -> None:
    found = read_bar_file(bar_file(tmp_path / "a.bar"))
    assert found.frames.tolist() == [0, 1, 3]
    assert found.centers.tolist() == [[238.5, 120.25], [238.4, 120.3], [237.9, 121]]


def test_frames_that_a_bar_file_does_not_name_have_no_centre(tmp_path: Path) -> None:
    matrix = read_bar_file(bar_file(tmp_path / "a.bar")).matrix(5, "trial1")
    assert np.isnan(matrix).all(axis=1).tolist() == [False, False, True, False, True]
    assert matrix[3].tolist() == [237.9, 121]


def test_rows_of_a_bar_file_may_be_in_any_order_and_parted_in_any_way(tmp_path: Path) -> None:
    text = "\ufeff3\t237.9\t121\r\n\r\n1,238.4,1.203e2\n  0   238.5 120.25"
    found = read_bar_file(bar_file(tmp_path / "a.bar", text))
    assert found.frames.tolist() == [0, 1, 3] and found.centers[1].tolist() == [238.4, 120.3]


def test_a_bar_file_of_another_video_is_told(tmp_path: Path) -> None:
    with raises_with(LengthMismatch, "trial1", 3):
        read_bar_file(bar_file(tmp_path / "a.bar")).matrix(3, "trial1")


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("0 1 2\n1 2\n2 3 4\nx 1 2\n", (2, "'1 2'", 4, "'x 1 2'")),
        ("0 1 2\n0 1 2\n", (2, "'0 1 2'")),
        ("1.5 1 2\n", (1, "'1.5 1 2'")),
        ("-1 1 2\n", (1, "'-1 1 2'")),
        ("inf 1 2\n", (1, "'inf 1 2'")),
        ("\n".join(["no"] * 9), ("'no'", 4)),
        ("", ()),
    ],
)
def test_damaged_rows_are_told_with_their_numbers(text: str, facts: tuple[Any, ...], tmp_path: Path) -> None:
    with raises_with(BadOption, "a.bar", *facts):
        read_bar_file(bar_file(tmp_path / "a.bar", text))


@given(data=st.binary(max_size=60) | st.text("0123456789 .,-e\n\t", max_size=60).map(str.encode))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_centres_or_a_clear_error(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.bar"
    path.write_bytes(data)
    try:
        found = read_bar_file(path)
        assert found.centers.shape == (len(found.frames), 2)
    except TouchTrainError as error:
        assert "a.bar" in error.text
