"""The labels of a session with corrections, as files that a conversion takes."""

from __future__ import annotations

import csv
import dataclasses
from pathlib import Path

import h5py
import numpy as np
import pytest
import scipy.io

import pyside
from pyside.__main__ import main
from pyside.data.dataset import open_dataset
from pyside.data.labels.class_indices import read_labels
from pyside.data.labels.files import read_label_file
from pyside.errors import BadReview, NotWritable
from pyside.reviewing.blind.desk import BlindDesk
from pyside.reviewing.desk import Desk
from tests.conftest import holds, raises_with
from tests.curation.contacts.arrays import session as write_session
from tests.curation.marking.conftest import frames_of
from tests.data.conftest import WriteVideo
from tests.reviewing.conftest import marked, probabilities


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
    assert sorted(path.name for path in folder.iterdir()) == ["corrected.csv", "corrected.json", "one.csv", "one.mat"]
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


def test_the_command_line_says_it_in_a_few_lines(reviewed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["corrected", str(reviewed), "--formats", "csv,contacts"]) == 0
    shown = capsys.readouterr().out
    assert holds(shown.splitlines()[0], "1 recording", reviewed.with_name("session_corrected"), 5, 80)
    assert holds(shown, "corrected.csv", "two", 75, "Contact array") and "{" not in shown and "sha256" not in shown


def test_a_video_that_was_changed_since_it_was_marked_is_named(reviewed: Path, write_video: WriteVideo) -> None:
    def remarks() -> list[str]:
        return [text for text in pyside.corrected(reviewed, isolated=False)["warnings"] if "changed" in text]

    video = Desk(reviewed).marks("one").video
    data = video.read_bytes()
    video.write_bytes(data)
    assert remarks() == [], "it was only copied"
    write_video("videos/one.avi", frames_of(np.full(80, 90, np.uint8)))
    assert holds(remarks()[0], "one")
    video.unlink()
    assert remarks() == [], "videos may have been moved"


def test_what_may_be_why_nothing_was_reviewed_is_told(session: Path) -> None:
    desk = BlindDesk(session, 3, 0)
    desk.correct(0, "no", 0)
    with raises_with(BadReview, "blind_3_seed_0.jsonl"):
        pyside.corrected(session, isolated=False)
    Desk(session).correct(0, "no", 0)
    (session / "marks" / "one.npz").unlink()
    with raises_with(BadReview, "one", "marks"):
        pyside.corrected(session, isolated=False)


@pytest.fixture
def touch_first(tmp_path: Path, write_video: WriteVideo) -> Desk:
    """A session of two videos of one name, whose model has the class Touch first; a person looked at some of each."""
    of_videos = []
    for name in ("a", "b"):
        touch = probabilities((10, 19, 1.0), (40, 44, 0.8))
        video = write_video(f"{name}/one.avi", frames_of((60 + 140 * touch).astype(np.uint8)))
        one = marked(video, name, touch)
        columns, labels = one.probabilities[:, ::-1].copy(), (1 - one.labels).astype(np.int16)
        decision = dataclasses.replace(one.decision, event_index=0)
        of_videos.append(
            dataclasses.replace(
                one, class_names=("Touch", "NonTouch"), probabilities=columns, labels=labels, decision=decision
            )
        )
    desk = Desk(write_session(tmp_path / "session", of_videos))
    for place, kind in enumerate(("no", "yes", "uncuratable", "yes")):
        desk.correct(place, kind, desk.corrections)
    return desk


@pytest.mark.parametrize("frames", ["all", "reviewed"])
@pytest.mark.parametrize("kind", ["csv", "mat", "structs"])
def test_a_conversion_gives_each_frame_the_label_that_the_person_left(
    touch_first: Desk, tmp_path: Path, kind: str, frames: str
) -> None:
    desk, out = touch_first, tmp_path / "out"
    report = pyside.corrected(desk.folder, out, frames=frames, isolated=False)
    assert any("of the model" in text for text in report["warnings"]) == (frames == "all")
    if kind == "csv":
        given = [(["a", "b"], Path(report["table"]))]
    elif kind == "mat":
        given = [([name], out / f"{name}.mat") for name in ("a", "b")]
    else:
        given = [(["a", "b"], [scipy.io.loadmat(out / f"{name}.mat", simplify_cells=True) for name in ("a", "b")])]
    for number, (names, labels) in enumerate(given):
        videos = [desk.marks(name).video for name in names]
        found = pyside.convert_videos(videos, labels, tmp_path / f"set{number}", isolated=False)
        assert ("nobody looked at" in str(found["warnings"])) == (frames == "all"), found["warnings"]
        dataset = open_dataset(tmp_path / f"set{number}")
        for name, recording in zip(names, dataset.recordings, strict=True):
            expected = desk.labels(name)
            if frames == "reviewed":
                expected = np.where(desk.origins(name) > 0, expected, -1)
            there = [(*dataset.class_names, "")[label] for label in recording.labels]
            assert there == [(*desk.class_names, "")[label] for label in expected]


def test_what_was_taken_back_since_is_no_longer_there(reviewed: Path) -> None:
    desk = Desk(reviewed)
    desk.correct(1, "yes", desk.corrections)
    folder = Path(pyside.corrected(reviewed, isolated=False)["path"])
    assert (folder / "two.csv").exists()
    desk.undo()
    found = pyside.corrected(reviewed, formats=["csv"], isolated=False)
    assert sorted(path.name for path in folder.iterdir()) == ["corrected.csv", "corrected.json", "one.csv"]
    assert sorted(found["files"]) == ["corrected.csv", "one.csv"]


def test_labels_for_other_programs_are_a_persons(reviewed: Path, tmp_path: Path) -> None:
    found = pyside.corrected(reviewed, tmp_path / "out", formats=["boris", "deepethogram"], isolated=False)
    assert sorted(found["files"]) == ["one_boris.csv", "one_labels.csv"]
    for name in found["files"]:
        (entry,) = read_label_file(tmp_path / "out" / name).entries
        labels = read_labels([entry.for_video(80, 0, "one", "one.avi")], ("NonTouch", "Touch"), None, ["one"])
        assert np.array_equal(labels.vectors[0], Desk(reviewed).labels("one")) and not entry.machine


@pytest.mark.parametrize("frames", ["all", "reviewed"])
def test_a_file_of_whacc_has_labels_only_where_a_person_looked(reviewed: Path, tmp_path: Path, frames: str) -> None:
    pyside.corrected(reviewed, tmp_path / "out", formats=["whacc"], frames=frames, isolated=False)
    with h5py.File(tmp_path / "out" / "whacc.h5") as file:
        assert np.flatnonzero(file["labels"][()] >= 0).tolist() == [*range(40, 45)] and file["yhat"][40] == 1
    found = read_label_file(tmp_path / "out" / "whacc.h5")
    labels = read_labels([found.entries[0].labels], ("NonTouch", "Touch"), None, ["one"]).vectors[0]
    corrected = Desk(reviewed).labels("one")
    expected = corrected if frames == "all" else np.where(Desk(reviewed).origins("one") > 0, corrected, -1)
    assert np.array_equal(labels, expected) and len(found.remarks) == 1
    assert ("75" in found.remarks[0]) == (frames == "all")
