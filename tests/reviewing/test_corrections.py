"""Corrections are written at once, survive a crash, and can be taken back."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pyside.errors import BadSession, DiskFull, NotWritable, Outdated
from pyside.reviewing.corrections import CONFIRMED, CORRECTED, FILE, MACHINE, Corrections, reviewed
from tests.conftest import raises_with

NAMES = ("NonTouch", "Touch")
MODEL = np.array([0, 0, 1, 1, 1, 0, 0, 1, 0, 0], np.int16)


def opened(folder: Path) -> Corrections:
    return Corrections(folder, NAMES, {"a": 10, "b": 10})


def said(corrections: Corrections, kind: str, first: int, labels: list[int], **how: Any) -> None:
    corrections.add("a", kind, first, MODEL[first : first + len(labels)], np.array(labels), **how)


def test_a_correction_is_on_the_disk_at_once_with_who_when_and_what(tmp_path: Path) -> None:
    said(opened(tmp_path), "no", 7, [0])
    (line,) = (tmp_path / FILE).read_text(encoding="utf-8").splitlines()
    record = json.loads(line)
    assert record["number"] == 1 and record["kind"] == "no" and record["recording"] == "a" and record["first"] == 7
    assert record["was"] == [["Touch", 1]] and record["is"] == [["NonTouch", 1]]
    assert record["when"].endswith("Z") and isinstance(record["who"], str)


def test_labels_with_corrections_are_the_same_after_reading_them_again(tmp_path: Path) -> None:
    corrections = opened(tmp_path)
    said(corrections, "yes", 2, [1, 1, 1])
    said(corrections, "no", 7, [0])
    said(corrections, "uncuratable", 8, [-1, -1])
    for one in (corrections, opened(tmp_path)):
        assert one.labels("a", MODEL).tolist() == [0, 0, 1, 1, 1, 0, 0, 0, -1, -1]
        assert one.origins("a", MODEL).tolist() == [MACHINE] * 2 + [CONFIRMED] * 3 + [MACHINE] * 2 + [CORRECTED] * 3
        assert one.labels("b", MODEL).tolist() == MODEL.tolist()
        assert reviewed(one.standing("a")) == [(2, 5), (7, 10)]


def test_what_a_person_said_outlasts_another_decision_of_the_model(tmp_path: Path) -> None:
    corrections = opened(tmp_path)
    said(corrections, "yes", 2, [1, 1, 1])
    assert corrections.labels("a", np.zeros(10, np.int16)).tolist() == [0, 0, 1, 1, 1, 0, 0, 0, 0, 0]


def test_undo_takes_back_one_after_the_other_and_loses_no_line(tmp_path: Path) -> None:
    corrections = opened(tmp_path)
    said(corrections, "no", 7, [0])
    said(corrections, "no", 2, [0, 0, 0])
    assert corrections.undo().number == 2 and corrections.undo().number == 1 and corrections.undo() is None
    assert corrections.labels("a", MODEL).tolist() == MODEL.tolist()
    again = opened(tmp_path)
    assert len(again.all) == 4 and again.labels("a", MODEL).tolist() == MODEL.tolist()


def test_frames_that_another_window_changed_meanwhile_are_not_changed_unseen(tmp_path: Path) -> None:
    corrections = opened(tmp_path)
    said(corrections, "no", 7, [0], seen=0)
    with pytest.raises(Outdated):
        said(corrections, "yes", 6, [0, 1], seen=0)
    said(corrections, "yes", 2, [1, 1], seen=0)
    said(corrections, "yes", 6, [0, 0], seen=2)
    assert len(opened(tmp_path).all) == 3


@pytest.mark.parametrize("cut", [1, 10, 60])
def test_a_line_that_a_crash_cut_is_left_out_and_written_over(tmp_path: Path, cut: int) -> None:
    corrections = opened(tmp_path)
    said(corrections, "no", 7, [0])
    said(corrections, "yes", 2, [1, 1, 1])
    whole = (tmp_path / FILE).read_bytes()
    (tmp_path / FILE).write_bytes(whole[:-cut])
    again = opened(tmp_path)
    assert len(again.all) == 1 and len(again.warnings) == 1
    said(again, "uncuratable", 0, [-1])
    assert [one.kind for one in opened(tmp_path).all] == ["no", "uncuratable"]


@pytest.mark.parametrize(
    "line",
    [
        b"{",
        b"[]",
        b'{"number": 1}',
        b'{"number": 2, "recording": "a", "kind": "no", "first": 0, "was": [], "is": []}',
        b'{"number": 1, "recording": "a", "kind": "odd", "first": 0, "was": [], "is": []}',
        b'{"number": 1, "recording": "a", "kind": "no", "first": 9, "was": [["Touch", 2]], "is": [["Touch", 2]]}',
        b'{"number": 1, "recording": "a", "kind": "no", "first": 0, "was": [["lick", 2]], "is": [["Touch", 2]]}',
        b'{"number": 1, "recording": "a", "kind": "no", "first": -1, "was": [["Touch", 1]], "is": [["Touch", 1]]}',
        b'{"number": 1, "recording": "a", "kind": "undo", "first": 0, "was": [], "is": [], "undoes": 5}',
        b'{"number": 1, "recording": "a", "kind": "no", "first": 0, "was": [["Touch", -3]], "is": [["Touch", -3]]}',
        b"\xff\xfe",
    ],
)
def test_a_file_of_corrections_that_was_tampered_with_is_named_with_its_line(tmp_path: Path, line: bytes) -> None:
    (tmp_path / FILE).write_bytes(line + b"\n")
    with raises_with(BadSession, "1", tmp_path / FILE):
        opened(tmp_path)


def test_on_a_full_disk_nothing_of_a_correction_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    corrections = opened(tmp_path)
    said(corrections, "no", 7, [0])
    before = (tmp_path / FILE).read_bytes()

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(DiskFull):
            said(corrections, "yes", 2, [1, 1, 1])
    assert (tmp_path / FILE).read_bytes() == before and len(corrections.all) == 1
    said(corrections, "yes", 2, [1, 1, 1])
    assert len(opened(tmp_path).all) == 2


def test_corrections_of_another_video_of_that_name_are_kept_but_not_used(tmp_path: Path) -> None:
    before = Corrections(tmp_path, NAMES, {"a": 10, "b": 10}, {"a": "old", "b": "same"})
    said(before, "no", 7, [0])
    before.add("b", "no", 2, MODEL[2:5], np.zeros(3))
    for lengths in ({"a": 10, "b": 10}, {"a": 3, "b": 10}, {"b": 10}):
        again = Corrections(tmp_path, NAMES, lengths, {"a": "new", "b": "same"})
        assert [one.recording for one in again.all] == ["a", "b"] and not again.standing("a")
        assert again.labels("b", MODEL).tolist() == [0] * 7 + [1, 0, 0]
        (warning,) = again.warnings
        assert " a " in warning
    assert again.undo().recording == "b" and again.undo() is None, "what is not used is not taken back"
    assert Corrections(tmp_path, NAMES, {"a": 10, "b": 10}, {"a": "old", "b": "same"}).standing("a")


def test_a_file_that_another_program_changes_meanwhile_is_left_as_it_is(tmp_path: Path) -> None:
    corrections = opened(tmp_path)
    said(corrections, "no", 7, [0])
    whole = (tmp_path / FILE).read_bytes()
    for other in (b"", whole[:-4], whole + whole.replace(b'"number": 1', b'"number": 2'), None):
        (tmp_path / FILE).unlink()
        if other is not None:
            (tmp_path / FILE).write_bytes(other)
        with raises_with(NotWritable, tmp_path / FILE):
            said(corrections, "yes", 2, [1, 1, 1])
        assert not (tmp_path / FILE).exists() or (tmp_path / FILE).read_bytes() == (other or b"")
        (tmp_path / FILE).write_bytes(whole)
    said(corrections, "yes", 2, [1, 1, 1])
    assert len(opened(tmp_path).all) == 2


@pytest.mark.parametrize("count", ["1e400", "1000000000000", "1" + "0" * 30, "true", "1.5", '"2"', "null"])
def test_a_tampered_number_of_frames_takes_no_memory(tmp_path: Path, count: str) -> None:
    runs = f'[["Touch", {count}]]'
    line = f'{{"number": 1, "recording": "a", "kind": "no", "first": 0, "was": {runs}, "is": {runs}}}\n'
    (tmp_path / FILE).write_text(line, encoding="utf-8")
    with raises_with(BadSession, "1", tmp_path / FILE):
        opened(tmp_path)
