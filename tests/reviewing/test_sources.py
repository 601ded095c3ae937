"""Labels of a person are reviewed without a model: those of a dataset, and those of videos."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

import pyside
from pyside.data.dataset import open_dataset
from pyside.errors import BadOption, BadReview, NotWritable
from pyside.jobs import commands
from pyside.reviewing.desk import Desk
from pyside.reviewing.page.pictures import Gallery, Pictures
from pyside.system.files import sha256_of
from tests.conftest import raises_with
from tests.curation.marking.conftest import frames_of
from tests.data.conftest import WriteVideo
from tests.reviewing.test_review import served

N = 60
TOUCHES = {"a.avi": [*range(10, 20), 30, *range(40, 45), *range(47, 52)], "b.avi": [*range(20, 30)]}


def vector(frames: list[int]) -> np.ndarray:
    found = np.zeros(N)
    found[frames] = 1
    return found


@pytest.fixture
def videos(tmp_path: Path, write_video: WriteVideo) -> Path:
    """Two videos of a bright stretch for each touch."""
    for name, frames in TOUCHES.items():
        write_video(f"videos/{name}", frames_of((60 + 140 * vector(frames)).astype(np.uint8)))
    return tmp_path / "videos"


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    """A table of the labels of a person: a touch of one frame, and a gap of two."""
    path = tmp_path / "labels.csv"
    with path.open("w", newline="") as file:
        rows = [(name, frame + 1, int(one)) for name in TOUCHES for frame, one in enumerate(vector(TOUCHES[name]))]
        csv.writer(file).writerows([("video", "frame", "label"), *rows])
    return path


@pytest.fixture
def dataset(videos: Path, labels: Path, tmp_path: Path) -> Path:
    """A dataset of the labels, with only frames 5 to 55 of each video."""
    path = tmp_path / "set"
    pyside.convert_videos(videos, labels, path, roi=20, centers=(20, 20), isolated=False)
    return path


def hashes(folder: Path) -> dict[str, str]:
    return {path.name: sha256_of(path) for path in folder.iterdir()}


def pictures(desk: Desk) -> Pictures:
    """The pictures of the first event."""
    one, gallery = desk.events[0], Gallery()
    frames = desk.source.frames.get(one.recording)
    made = gallery.prepare(desk.marks(one.recording), one.first, one.last, desk.stamp(one.recording), frames=frames)
    found = made.result(60)
    gallery.close()
    return found


def test_the_events_of_a_dataset_come_from_its_labels_and_corrections_go_beside_it(dataset: Path) -> None:
    before, desk = hashes(dataset), Desk(dataset)
    kinds = {(one.recording, one.first): one.reasons for one in desk.events}
    assert kinds == {("a", 10): (), ("a", 30): ("short",), ("a", 40): ("gap",), ("a", 47): (), ("b", 20): ()}
    first = desk.events[0]
    assert (first.first, first.last) == (30, 30) or first.reasons == ("gap",)
    desk.correct(next(place for place, one in enumerate(desk.events) if one.first == 30), "no", 0)
    assert desk.about(0)["trace"]["probability"] is None
    assert hashes(dataset) == before and (dataset.with_name("set_review") / "corrections.jsonl").exists()
    assert Desk(dataset).corrections == 1 and not Desk(dataset).labels("a")[30]


def test_the_frames_of_a_dataset_are_shown_and_that_there_is_no_whole_one_is_said(dataset: Path) -> None:
    found = pictures(Desk(dataset))
    assert found.strip and not found.whole and found.size == (20, 20) and "whole" in found.remark


def test_two_label_sets_are_compared(dataset: Path) -> None:
    other = {name: vector(frames) for name, frames in TOUCHES.items()}
    other["b.avi"][20:30] = 0
    found = served(dataset, labels=other)
    assert found["path"] == str(dataset.with_name("set_review")) and found["events"] == 5
    from pyside.reviewing.given import given_labels
    from pyside.reviewing.sources.opening import open_source

    source = open_source(dataset)
    given, _ = given_labels(source, other, None)
    assert Desk(source, given).events[0].reasons == ("disagrees",)


def test_labels_with_corrections_of_a_dataset_are_written_with_the_origin_given(dataset: Path, videos: Path) -> None:
    desk = Desk(dataset)
    desk.correct(next(place for place, one in enumerate(desk.events) if one.first == 30), "no", 0)
    report = pyside.corrected(dataset, isolated=False)
    assert report["path"] == str(dataset.with_name("set_corrected")) and not report["warnings"]
    assert pyside.corrected(desk.folder, isolated=False) == report, "the folder that a review names means the same"
    with (Path(report["path"]) / "a.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["origin_of_label"] for row in rows[29:32]] == ["given", "corrected by a person", "given"]
    found = pyside.convert_videos(
        videos / "a.avi", report["table"], dataset.with_name("again"), roi=20, centers=(20, 20), isolated=False
    )
    assert "nobody looked at" not in str(found["warnings"])
    assert open_dataset(dataset.with_name("again")).recordings[0].labels.sum() == len(TOUCHES["a.avi"]) - 1
    with raises_with(BadOption, dataset):
        pyside.corrected(dataset, formats=["contacts"], isolated=False)


def test_videos_are_reviewed_with_a_label_file_which_stays_as_it_is(videos: Path, labels: Path) -> None:
    before, folder = sha256_of(labels), videos.with_name("videos_review")
    found = served(videos, labels=str(labels))
    assert (found["path"], found["events"]) == (str(folder), 5)
    desk = Desk(videos)
    shown = pictures(desk)
    assert shown.strip and shown.whole and shown.box is None and not shown.remark
    desk.correct(0, "no", 0)
    assert sha256_of(labels) == before
    for thing in (videos, folder):
        out = folder.with_name(f"out_{thing.name}")
        assert pyside.corrected(thing, out, isolated=False)["names"] == [desk.events[0].recording]


def test_a_single_video_has_a_review_of_its_own(videos: Path, labels: Path) -> None:
    found = served(videos / "b.avi", labels=str(labels))
    assert (found["path"], found["events"]) == (str(videos / "b_review"), 1)
    assert Desk(videos / "b.avi").recordings() == ["b"] and not videos.with_name("videos_review").exists()


def test_files_of_others_where_corrections_would_go_are_left_alone(dataset: Path) -> None:
    folder = dataset.with_name("set_review")
    folder.mkdir()
    assert commands.by_name("review").request({"session": dataset}, {})["session"] == str(folder)
    (folder / "mine.txt").write_text("x")
    with raises_with(NotWritable, "mine.txt"):
        pyside.review(dataset)


def test_what_cannot_be_reviewed_is_said(videos: Path, labels: Path, tmp_path: Path) -> None:
    with raises_with(BadReview, videos, "labels"):
        pyside.review(videos, isolated=False)
    folder = videos.with_name("videos_review")
    folder.mkdir()
    (folder / "mine.txt").write_text("x")
    with raises_with(NotWritable, "mine.txt"):
        pyside.review(videos, str(labels), browser=False, isolated=False)
    (folder / "mine.txt").unlink()
    (folder / "review.json").write_text('{"format": "touchtrain review 1", "recordings": [{"name": ".."}]}')
    with raises_with(BadReview, folder / "review.json"):
        Desk(folder)
    assert commands.by_name("review").request({"session": folder}, {})["session"] == str(folder)
