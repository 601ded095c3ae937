"""The labels of a session with corrections, as files that a conversion takes."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
import scipy.io

import pyside
from pyside.errors import BadReview, NotWritable
from pyside.reviewing.desk import Desk
from tests.conftest import raises_with


@pytest.fixture
def reviewed(session: Path) -> Path:
    """A session in which a person removed the weak touch of one, and looked at nothing in two."""
    desk = Desk(session)
    desk.correct(0, "no", 0)
    return session


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_only_recordings_that_a_person_looked_at_are_written_with_the_origin_of_each_label(reviewed: Path) -> None:
    found = pyside.corrected(reviewed, isolated=False)
    folder = reviewed.with_name("session_corrected")
    assert (found["path"], found["names"], found["not_reviewed"]) == (str(folder), ["one"], ["two"])
    assert sorted(path.name for path in folder.iterdir()) == ["corrected.json", "one.csv", "one.mat"]
    table = rows(folder / "one.csv")
    assert len(table) == 80 and [row["frame"] for row in table[:2]] == ["1", "2"]
    assert [row["label"] for row in table[10:20]] == ["Touch"] * 10 and {row["label"] for row in table[40:45]} == {
        "NonTouch"
    }
    assert table[40]["origin_of_label"] == "corrected by a person" and table[10]["origin_of_label"] == "machine"
    saved = scipy.io.loadmat(folder / "one.mat")
    assert saved["labels"].ravel().tolist() == Desk(reviewed).labels("one").tolist()
    assert saved["origin_of_label"].ravel()[40] == 2 and found["corrected"] == 5


def test_frames_that_nobody_looked_at_can_be_left_out(reviewed: Path, tmp_path: Path) -> None:
    pyside.corrected(reviewed, tmp_path / "out", frames="reviewed", isolated=False)
    labels = [row["label"] for row in rows(tmp_path / "out" / "one.csv")]
    assert labels == [""] * 40 + ["NonTouch"] * 5 + [""] * 35


def test_a_conversion_takes_them_as_labels_of_a_person(reviewed: Path, tmp_path: Path) -> None:
    for kind in ("csv", "mat"):
        pyside.corrected(reviewed, tmp_path / kind, formats=[kind], isolated=False)
        video = Path(Desk(reviewed).marks("one").video)
        found = pyside.convert_videos(
            [video], tmp_path / kind / f"one.{kind}", tmp_path / f"set_{kind}", isolated=False
        )
        assert found["frames"] == 80


def test_a_later_call_replaces_what_an_earlier_one_wrote_but_nothing_else(reviewed: Path) -> None:
    pyside.corrected(reviewed, isolated=False)
    desk = Desk(reviewed)
    desk.correct(1, "yes", desk.corrections)
    assert pyside.corrected(reviewed, isolated=False)["names"] == ["one", "two"]
    folder = reviewed.with_name("session_corrected")
    (folder / "one.csv").write_text("mine", encoding="utf-8")
    with raises_with(NotWritable, "one.csv"):
        pyside.corrected(reviewed, isolated=False)
    assert (folder / "one.csv").read_text(encoding="utf-8") == "mine"


def test_a_folder_of_others_and_a_session_that_nobody_reviewed_are_refused(session: Path, tmp_path: Path) -> None:
    with raises_with(BadReview, session):
        pyside.corrected(session, isolated=False)
    assert not session.with_name("session_corrected").exists()
    Desk(session).correct(0, "no", 0)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("x", encoding="utf-8")
    with raises_with(NotWritable, "notes.txt"):
        pyside.corrected(session, tmp_path / "mine", isolated=False)
