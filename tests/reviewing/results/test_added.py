"""Corrected recordings come into a dataset, beside those that it has."""

from __future__ import annotations

import dataclasses
import itertools
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import pyside
from pyside.curation.marks import WHY, Marks, labels_of
from pyside.curation.regions.plan import plan_by
from pyside.curation.regions.view import NOWHERE
from pyside.curation.regions.way import given_way
from pyside.data.dataset import ARRAYS, Dataset, Recording, open_dataset
from pyside.data.recordings import ready_frames
from pyside.data.recordings.regions.plan import Notes
from pyside.data.video.reader import file_sha256
from pyside.errors import (
    BadFrames,
    BadLabels,
    BadReview,
    BadSession,
    BadVideo,
    DiskFull,
    Interrupted,
    KnownVideo,
    NotWritable,
    PathMissing,
)
from pyside.reviewing.corrections import Corrections
from pyside.reviewing.desk import Desk
from pyside.reviewing.results.added import add_corrections
from pyside.settings.curation import CurateSettings
from pyside.settings.review import AdditionSettings
from tests.conftest import NUMPY_ALONE, holds, raises_with, touch_frames
from tests.curation.contacts.arrays import session as write_session
from tests.curation.known_model import known_model
from tests.data.conftest import WriteVideo, numbered_frames
from tests.reviewing.conftest import N, marked, probabilities

ROI = {"roi": 20, "isolated": False}


def told(session: Path, **labels: np.ndarray) -> None:
    """A person looks at the first frames of some recordings, and says what they are."""
    desk = Desk(session)
    lengths = {name: desk.marks(name).n_frames for name in desk.recordings()}
    corrections = Corrections(session, desk.class_names, lengths)
    for name, given in labels.items():
        corrections.add(name, "yes", 0, desk.labels(name)[: len(given)], given)


@pytest.fixture
def old(tmp_path: Path, write_video: WriteVideo) -> Path:
    """A dataset of two videos, of which one is held out."""
    videos = [write_video(f"labelled/{name}.avi", numbered_frames(30, seed=seed)) for seed, name in enumerate("ab")]
    labels = {name: np.arange(30) % 3 == 0 for name in "ab"}
    pyside.convert_videos(videos, labels, tmp_path / "old", **ROI)
    return tmp_path / "old"


@pytest.fixture
def reviewed(session: Path) -> Path:
    """A session in which a person removed the weak touch of one, and looked at nothing in two."""
    Desk(session).correct(0, "no", 0)
    return session


def added(old: Path, session: Path, new: str = "new", **options: Any) -> tuple[dict[str, Any], Dataset]:
    """What adding says, and the dataset that it makes, beside the old one; of all frames, if not told otherwise."""
    target = old.with_name(new)
    report = pyside.add_corrections(old, session, target, isolated=False, **{"frames": "all", **options})
    return report, open_dataset(target)


def written(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def of_model(session: Path, dataset: Path, frames: dict[str, dict[str, int]], unit: str = "group", **more: Any) -> Path:
    """Let the model of a session be a file that was judged on these frames of recordings, by side; return the file."""
    rows = {
        side: {"recordings": [{"recording": name, "frames": n} for name, n in found.items()]}
        for side, found in frames.items()
    }
    about = {"metrics": rows, "split": {"unit": unit}, "dataset_hash": open_dataset(dataset).hash, **more}
    model = known_model(session.with_name("model.h5"), roi=(20, 20), metadata=about)
    record = json.loads((session / "session.json").read_text(encoding="utf-8"))
    record["model"] |= {"path": str(model), "sha256": file_sha256(model)}
    (session / "session.json").write_text(json.dumps(record), encoding="utf-8")
    return model


# --- what is added -------------------------------------------------------------------------------------------------


def test_corrected_recordings_stand_beside_those_of_the_dataset_which_stays_as_it_is(old: Path, reviewed: Path) -> None:
    before = written(old)
    report, new = added(old, reviewed)
    assert written(old) == before
    assert [one.name for one in new.recordings] == ["a", "b", "one"]
    assert (report["added"], report["replaced"], report["skipped"]) == (["one"], [], [])
    there = written(new.folder)
    assert all(there[name] == data for name, data in before.items() if name != "dataset.json")
    one, desk = new.recordings[2], Desk(reviewed)
    assert one.labels.tolist() == desk.labels("one").tolist() and (one.labels[40:45] == 0).all()
    groups = [set(recording.groups.tolist()) for recording in new.recordings]
    assert all(not one & other for one, other in itertools.combinations(groups, 2))
    origin = one.info["source"]["corrections"]
    assert (origin["session"], origin["model"], origin["corrected"], origin["machine"]) == ("session", "m.h5", 5, 75)
    assert one.info["source"]["file_sha256"] == desk.marks("one").video_sha256
    assert origin["corrections_sha256"] == file_sha256(reviewed / "corrections.jsonl")
    assert any(holds(text, 75, 80) for text in report["warnings"]), "nobody looked at these"
    assert pyside.inspect(new.folder)["corrections"] == [{"recording": "one", **origin}]
    assert pyside.verify(new.folder, isolated=False)["recordings"]


def test_frames_that_nobody_looked_at_can_be_left_out(old: Path, reviewed: Path) -> None:
    report, new = added(old, reviewed, frames=AdditionSettings().frames)
    assert new.recordings[2].labels.tolist() == [-1] * 40 + [0] * 5 + [-1] * 35
    assert not any(holds(text, 75, 80) for text in report["warnings"])


def test_frames_that_cannot_be_judged_are_left_out_whoever_said_so(old: Path, session: Path) -> None:
    desk = Desk(session)
    place = next(place for place, event in enumerate(desk.events) if event.recording == "one" and event.first == 10)
    desk.correct(place, "uncuratable", 0)
    _, new = added(old, session)
    assert np.flatnonzero(new.recordings[2].labels == -1).tolist() == [*range(10, 20)]


def test_classes_are_found_by_their_names(tmp_path: Path, old: Path, reviewed: Path, write_video: WriteVideo) -> None:
    video = write_video("labelled/c.avi", numbered_frames(30, seed=5))
    names = ["Touch", "Sneeze", "NonTouch"]
    labels = [[names[number % 3] for number in range(30)]]
    pyside.convert_videos([video], labels, tmp_path / "three", class_names=names, **ROI)
    _, new = added(tmp_path / "three", reviewed)
    of_session = [("NonTouch", "Touch")[label] for label in Desk(reviewed).labels("one")]
    assert [names[label] for label in new.recordings[1].labels] == of_session
    pyside.convert_videos([video], labels, tmp_path / "other", class_names=names, **ROI)
    about = json.loads((tmp_path / "other" / "dataset.json").read_text(encoding="utf-8").replace("NonTouch", "None"))
    (tmp_path / "other" / "dataset.json").write_text(json.dumps(about), encoding="utf-8")
    with raises_with(BadLabels, "NonTouch", "Touch", "Sneeze", "None"):
        added(tmp_path / "other", reviewed)


WAYS: list[dict[str, Any]] = [
    {"roi": (20, 24), "centers": (30, 20)},
    {"roi": 20, "centers": [np.stack([np.linspace(12, 50, 30), np.linspace(12, 34, 30)], 1)], "contrast": "stretch"},
    {"roi": 20, "centers": (3, 3), "out_of_frame": "pad", "grey": "raw-y"},
    {"roi": 30, "image_size": 20, "contrast": "equalize"},
    {},
]


def conversion_and_addition(first: Path, video: Path, **way: Any) -> tuple[Recording, Recording]:
    """A video as a recording of a conversion, and as one that is added to a dataset of another video."""
    folder, labels = first.parent, (np.arange(30) % 4 == 0).astype(np.int16)
    pyside.convert_videos([first], [labels], folder / "old", isolated=False, **way)
    pyside.convert_videos([video], [labels], folder / "expected", isolated=False, **way)
    expected = open_dataset(folder / "expected").recordings[0]
    notes, settings = Notes(), CurateSettings.from_options(way)
    plan = plan_by(given_way(settings, notes.faults), [video], settings, 0, notes).videos[0]
    one = marked_by(video, plan.view(expected.image_shape[:2]), labels)
    one.why[np.setdiff1d(np.arange(30), expected.frame_numbers)] = WHY.index("damaged")
    told(write_session(folder / "session", [one]), b=labels)
    return expected, added(folder / "old", folder / "session")[1].recordings[1]


def assert_same(expected: Recording, found: Recording) -> None:
    for what in ("frames", "labels"):
        there, here = (one.folder / f"b.{what}.npy" for one in (expected, found))
        assert here.read_bytes() == there.read_bytes(), what
    assert np.array_equal(found.frame_numbers, expected.frame_numbers)


@pytest.mark.parametrize("way", WAYS, ids=["one", "moving", "padded", "resized", "whole"])
@pytest.mark.parametrize("codec", ["ffv1", "mpeg4"])
def test_its_frames_are_those_of_a_conversion_with_the_same_options(
    write_video: WriteVideo, way: dict[str, Any], codec: str
) -> None:
    first, video = (write_video(f"{name}.avi", numbered_frames(30, seed=n), codec) for n, name in enumerate("ab"))
    expected, found = conversion_and_addition(first, video, **way)
    assert_same(expected, found)
    sources = [{**one.info["source"], "region": None, "corrections": None} for one in (expected, found)]
    assert sources[0] == sources[1]


def test_so_are_those_of_a_damaged_video_and_of_a_sequence_of_images(tmp_path: Path, write_video: WriteVideo) -> None:
    first, video = (write_video(f"{name}.avi", numbered_frames(30, seed=n)) for n, name in enumerate("ab"))
    data = bytearray(video.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 40] = b"\xff" * 40
    video.write_bytes(data)
    expected, found = conversion_and_addition(first, video, roi=20, on_damage="skip")
    assert 0 < found.n_frames < 30
    assert_same(expected, found)
    (tmp_path / "images" / "b").mkdir(parents=True)
    for number, frame in enumerate(numbered_frames(30, seed=3)):
        Image.fromarray(frame).save(tmp_path / "images" / "b" / f"{number:03}.png")
    shutil.copy(first, tmp_path / "images")
    assert_same(*conversion_and_addition(tmp_path / "images" / "a.avi", tmp_path / "images" / "b", roi=20))


def marked_by(video: Path, view: Any, labels: np.ndarray) -> Marks:
    touch = labels.astype(float)
    found = dataclasses.replace(
        marked(video, video.stem, np.zeros(N)),
        view=view,
        probabilities=np.stack([1 - touch, touch], 1).astype(np.float32),
        why=np.zeros(len(labels), np.uint8),
    )
    return dataclasses.replace(found, labels=labels_of(found.probabilities, found.why, found.decision))


def test_frames_that_the_model_could_not_look_at_are_not_added(tmp_path: Path, old: Path, session: Path) -> None:
    marks = Desk(session).marks("one")
    assert marks.view is not None
    corners, why = marks.view.corners.copy(), marks.why.copy()
    corners[:3], why[:3], why[3:6] = NOWHERE, 2, 4  # no centre; excluded by a value
    one = dataclasses.replace(marks, view=dataclasses.replace(marks.view, corners=corners), why=why)
    told(write_session(tmp_path / "other", [one]), one=marks.labels[:5])
    _, new = added(old, tmp_path / "other")
    assert new.recordings[2].frame_numbers is not None
    assert new.recordings[2].frame_numbers.tolist() == [3, 4, *range(6, 80)], "3 and 4 a person looked at"


# --- videos that are there already ---------------------------------------------------------------------------------


@pytest.fixture
def twice(old: Path, reviewed: Path) -> Path:
    """A dataset with the corrected recording one, which then was corrected further."""
    added(old, reviewed, "first")
    desk = Desk(reviewed)
    desk.correct(1, "yes", desk.corrections)
    return old.with_name("first")


def test_a_video_that_is_in_the_dataset_is_asked_for(twice: Path, reviewed: Path) -> None:
    with raises_with(KnownVideo, "one", "on_known", "replace", "skip"):
        added(twice, reviewed)
    assert not twice.with_name("new").exists()


def test_where_the_content_of_videos_is_not_recorded_their_names_count(tmp_path: Path, reviewed: Path) -> None:
    frames, labels = zip(*(touch_frames(48, seed) for seed in range(2)), strict=True)
    pyside.convert_arrays(frames, labels, tmp_path / "arrays", recordings=["one", "x"])
    with raises_with(KnownVideo, "one", tmp_path / "arrays"):
        added(tmp_path / "arrays", reviewed)
    report, new = added(tmp_path / "arrays", reviewed, on_known="replace")
    assert report["replaced"] == ["one"] and [one.n_frames for one in new.recordings] == [80, 48]


def test_labels_of_a_later_review_take_the_place_of_the_former_ones(twice: Path, reviewed: Path) -> None:
    desk = Desk(reviewed)
    desk.correct(1, "uncuratable", desk.corrections)
    report, new = added(twice, reviewed, on_known="replace")
    assert (report["added"], report["replaced"]) == (["two"], ["one"])
    assert not any(holds(text, "earlier review") for text in report["warnings"])
    assert [one.name for one in new.recordings] == ["a", "b", "one", "two"]
    assert new.recordings[2].labels.tolist() == desk.labels("one").tolist()
    assert new.recordings[2].groups.tolist() == open_dataset(twice).recordings[2].groups.tolist()


def test_where_nobody_looked_a_video_of_the_dataset_keeps_the_labels_of_a_person(old: Path, tmp_path: Path) -> None:
    video = tmp_path / "labelled" / "b.avi"
    view = marked(video, "b", np.zeros(N)).view
    assert view is not None
    one = marked_by(video, dataclasses.replace(view, corners=view.corners[:30]), np.zeros(30, np.int16))
    session = write_session(tmp_path / "session", [one])
    told(session, b=np.array([0, 1, 1]))
    labels = np.where(np.arange(30) == 20, -1, np.arange(30) % 3 == 0)
    pyside.convert_videos([video.with_name("a.avi"), video], [labels] * 2, tmp_path / "labels", **ROI)
    expected = [0, 1, 1, *labels[3:].tolist()]
    for frames in ("all", "reviewed"):
        report, new = added(tmp_path / "labels", session, frames, on_known="replace", frames=frames)
        assert new.recordings[1].labels.tolist() == expected
        assert (report["given"], report["machine"]) == (27, 0) and not report["warnings"][1:]
    told(session, b=np.array([1, 1, 1, 1]))
    _, again = added(new.folder, session, "again", on_known="replace")
    assert again.recordings[1].labels.tolist() == [1, 1, 1, 1, *expected[4:]], "those of the conversion are kept still"


def test_labels_of_the_review_of_another_model_that_go_are_told(twice: Path, reviewed: Path) -> None:
    of_model(reviewed, twice, {})
    report, _ = added(twice, reviewed, on_known="replace")
    assert any(holds(text, "earlier review", "one") for text in report["warnings"])


def test_or_they_stay(twice: Path, reviewed: Path) -> None:
    report, new = added(twice, reviewed, on_known="skip")
    assert (report["added"], report["skipped"]) == (["two"], ["one"])
    assert new.recordings[2].info["source"] == open_dataset(twice).recordings[2].info["source"]
    with raises_with(BadReview, new.folder):
        added(new.folder, reviewed, "third", on_known="skip")


def test_the_same_call_again_writes_the_dataset_anew(old: Path, reviewed: Path) -> None:
    added(old, reviewed)
    desk = Desk(reviewed)
    desk.correct(1, "yes", desk.corrections)
    report, new = added(old, reviewed)
    assert report["added"] == ["one", "two"] and len(new.recordings) == 4


def test_another_video_of_the_same_name_is_another_recording(
    tmp_path: Path, old: Path, write_video: WriteVideo
) -> None:
    video = write_video("other/a.avi", numbered_frames(N, seed=7))
    told(write_session(tmp_path / "session", [marked(video, "a", probabilities((10, 12, 1.0)))]), a=np.ones(3))
    report, new = added(old, tmp_path / "session")
    assert report["added"] == ["a (2)"] and [one.name for one in new.recordings] == ["a", "b", "a (2)"]
    assert any(holds(text, "a (2") for text in report["warnings"])


def test_frames_that_the_dataset_has_under_another_name_are_told(tmp_path: Path, reviewed: Path) -> None:
    grey = (60 + 140 * probabilities((10, 19, 1.0), (40, 44, 0.55))).astype(np.uint8)
    frames = np.broadcast_to(grey[:, None, None], (N, 20, 20)).copy()
    pyside.convert_arrays([frames, frames[::-1]], [np.arange(N) % 2] * 2, tmp_path / "arrays")
    report, _ = added(tmp_path / "arrays", reviewed)
    assert report["added"] == ["one"] and any(holds(text, "one", "recording001") for text in report["warnings"])


def test_of_a_video_that_a_session_has_twice_the_recording_with_the_longer_review_is_added(
    tmp_path: Path, old: Path, write_video: WriteVideo
) -> None:
    video = write_video("videos/c.avi", numbered_frames(N, seed=7))
    twins = [marked(video, name, probabilities((10, 12, 1.0))) for name in ("c", "d")]
    told(write_session(tmp_path / "session", twins), c=np.ones(3), d=np.ones(4))
    report, _ = added(old, tmp_path / "session")
    assert report["added"] == ["d"] and any(holds(text, "c", "d") for text in report["warnings"])


# --- labels of the dataset itself ---------------------------------------------------------------------------------


def test_labels_of_a_model_stay_so_until_a_person_has_looked_at_all_frames(old: Path, reviewed: Path) -> None:
    _, first = added(old, reviewed, "first")
    about = json.loads((first.folder / "dataset.json").read_text(encoding="utf-8"))
    about["recordings"][0]["source"]["labels_by"] = "machine"
    (first.folder / "dataset.json").write_text(json.dumps(about), encoding="utf-8")
    desk = Desk(first.folder)
    for name in ("a", "one"):
        place = next(place for place, event in enumerate(desk.events) if event.recording == name)
        desk.correct(place, "no", desk.corrections)
    report, new = added(first.folder, first.folder)
    a, _, one = new.recordings
    assert a.info["source"]["labels_by"] == "machine" and one.info["source"]["corrections"]["machine"] > 0
    assert (report["machine"], report["given"]) == (110 - report["corrected"], 0)


def test_labels_of_the_dataset_itself_that_were_reviewed_take_the_place_of_the_former_ones(
    old: Path, reviewed: Path
) -> None:
    with raises_with(BadReview, old):
        added(old, old)
    desk = Desk(old)
    place = next(place for place, event in enumerate(desk.events) if event.recording == "a")
    desk.correct(place, "no", 0)
    before = written(old)
    report, new = added(old, old)
    assert written(old) == before and report["replaced"] == ["a"] and report["added"] == []
    assert (
        new.recordings[0].labels.tolist()
        == desk.labels("a").tolist()
        != open_dataset(old).recordings[0].labels.tolist()
    )
    assert (new.folder / "a.frames.npy").read_bytes() == before["a.frames.npy"]
    (origin,) = report["corrections"]
    assert (origin["session"], origin["model"], origin["corrected"], origin["given"]) == ("old_review", "", 1, 29)
    assert report["warnings"] == []
    _, few = added(old, old, "few", frames="reviewed")
    assert few.recordings[0].info["left_out"] == 29
    with raises_with(BadReview, new.folder):
        added(new.folder, old, "other")
    _, both = added(new.folder, reviewed, "both")
    assert [one.name for one in both.recordings] == ["a", "b", "one"]


# --- sides ---------------------------------------------------------------------------------------------------------


def sides(dataset: Dataset) -> list[str]:
    return [one.info["tags"].get("side", "") for one in dataset.recordings]


def test_recordings_keep_the_side_that_the_model_had_them_on_and_new_ones_are_for_training(
    old: Path, reviewed: Path
) -> None:
    of_model(reviewed, old, {"validation": {"b": 30}})
    report, new = added(old, reviewed)
    assert sides(new) == ["training", "validation", "training"]
    assert report["sides"] == {"training": 2, "validation": 1, "test": 0}
    assert not any("side" in text for text in report["warnings"])


def test_the_model_may_have_been_trained_anew_since_if_the_previous_one_was_kept(old: Path, reviewed: Path) -> None:
    model = of_model(reviewed, old, {"validation": {"b": 30}})
    model.rename(model.with_name("model.previous.h5"))
    model.write_bytes(b"another")
    _, new = added(old, reviewed)
    assert sides(new) == ["training", "validation", "training"]


LEFT: dict[str, tuple[Callable[[Path, Path], Any], str]] = {
    "gone": (lambda session, old: of_model(session, old, {"validation": {"b": 30}}).unlink(), "model.h5"),
    "other": (lambda session, old: of_model(session, old, {}).write_bytes(b"x"), "model.h5"),
    "trained elsewhere": (
        lambda session, old: of_model(session, old, {"validation": {"b": 30}}, dataset_hash="ef" * 32),
        "ef" * 6,
    ),
    "cut": (lambda session, old: of_model(session, old, {"validation": {"b": 12}}), "side"),
    "blocks": (lambda session, old: of_model(session, old, {"validation": {"b": 30}}, "block"), "side"),
    "odd": (lambda session, old: of_model(session, old, {}, metrics={"validation": [1, {"recordings": 3}]}), "side"),
}


@pytest.mark.parametrize("how", LEFT)
def test_sides_that_are_not_known_are_left_to_the_training_and_a_warning_says_why(
    old: Path, reviewed: Path, how: str
) -> None:
    make, fact = LEFT[how]
    make(reviewed, old)
    report, new = added(old, reviewed)
    assert sides(new) == ["", "", ""] and report["sides"] == {}
    assert any(holds(text, fact) for text in report["warnings"])


def test_of_sides_that_some_recordings_were_given_it_says_what_becomes_of_the_others(
    old: Path, reviewed: Path, tmp_path: Path
) -> None:
    videos = [tmp_path / "labelled" / f"{name}.avi" for name in "ab"]
    pyside.convert_videos(videos, [np.arange(30) % 2] * 2, tmp_path / "some", tags={"a": {"side": "test"}}, **ROI)
    report, new = added(tmp_path / "some", reviewed)
    assert sides(new) == ["test", "", "training"]
    (remark,) = [text for text in report["warnings"] if "not known" in text]
    assert holds(remark, "without the tag side") and "anew" not in remark


def test_sides_that_recordings_were_given_stay(old: Path, reviewed: Path, tmp_path: Path) -> None:
    of_model(reviewed, old, {"validation": {"b": 30}})
    _, first = added(old, reviewed)
    desk = Desk(reviewed)
    desk.correct(1, "yes", desk.corrections)
    report, second = added(first.folder, reviewed, "second", on_known="skip")
    assert sides(second) == ["training", "validation", "training", "training"]
    assert not any("side" in text for text in report["warnings"]), "though the model was trained on another dataset"


def test_a_corrected_recording_that_was_held_out_stays_held_out(
    tmp_path: Path, old: Path, write_video: WriteVideo
) -> None:
    video = tmp_path / "labelled" / "b.avi"
    view = marked(video, "b", np.zeros(N)).view
    assert view is not None
    one = marked_by(video, dataclasses.replace(view, corners=view.corners[:30]), np.zeros(30, np.int16))
    session = write_session(tmp_path / "session", [one])
    told(session, b=np.ones(4))
    of_model(session, old, {"test": {"b": 30}})
    report, new = added(old, session, on_known="replace")
    assert sides(new) == ["training", "test"] and any(holds(text, "b") for text in report["warnings"])
    report, new = added(old, session, "free", on_known="replace", keep_sides=False)
    assert sides(new) == ["", ""] and any(holds(text, "b", "keep_sides") for text in report["warnings"])


def test_a_recording_whose_name_the_model_was_judged_on_is_not_learned(old: Path, reviewed: Path) -> None:
    of_model(reviewed, old, {"validation": {"b": 30}})
    _, first = added(old, reviewed)
    of_model(reviewed, old, {"test": {"two": 80}}, dataset_hash="ef" * 32)
    desk = Desk(reviewed)
    desk.correct(1, "yes", desk.corrections)
    report, second = added(first.folder, reviewed, "second", on_known="skip")
    assert sides(second)[3] == "test" and any(holds(text, "two") for text in report["warnings"])


def test_a_tag_side_that_means_another_thing_stays(tmp_path: Path, old: Path, reviewed: Path) -> None:
    tags = {name: {"side": side} for name, side in zip("ab", ("left", "right"), strict=True)}
    videos = [tmp_path / "labelled" / f"{name}.avi" for name in "ab"]
    pyside.convert_videos(videos, [np.arange(30) % 2] * 2, tmp_path / "tagged", tags=tags, **ROI)
    of_model(reviewed, tmp_path / "tagged", {"validation": {"b": 30}})
    report, new = added(tmp_path / "tagged", reviewed)
    assert sides(new) == ["left", "right", ""] and any(holds(text, "side") for text in report["warnings"])


# --- what is wrong -------------------------------------------------------------------------------------------------


def test_what_nobody_reviewed_is_not_added(old: Path, session: Path) -> None:
    with raises_with(BadReview, session):
        added(old, session)
    assert not old.with_name("new").exists()


@pytest.mark.parametrize(
    ("change", "facts"),
    [
        ({"size": (22, 20)}, ("roi", "22 x 20", "20 x 20")),
        ({"input_size": (40, 40)}, ("image_size", "40 x 40")),
        ({"contrast": "stretch"}, ("contrast", "stretch", "none")),
        ({"grey": "raw-y"}, ("grey", "raw-y", "full-range")),
        ({"pixel_range": (0.0, 4095.0)}, ("pixel_range", "4095")),
    ],
)
def test_frames_of_another_kind_are_refused_with_both_values(
    old: Path, session: Path, tmp_path: Path, change: dict[str, Any], facts: tuple[str, ...]
) -> None:
    marks = Desk(session).marks("one")
    assert marks.view is not None
    other = write_session(
        tmp_path / "other", [dataclasses.replace(marks, view=dataclasses.replace(marks.view, **change))]
    )
    Desk(other).correct(0, "no", 0)
    with raises_with(BadFrames, "one", *facts):
        added(old, other)


def test_a_dataset_of_images_takes_corrections_too(tmp_path: Path, reviewed: Path) -> None:
    for number, frame in enumerate(numbered_frames(6, 24, 24)[:, :20, :20]):
        path = tmp_path / "images" / ("NonTouch", "Touch")[number % 2] / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(frame).save(path)
    pyside.convert_folders(tmp_path / "images", tmp_path / "of_images", isolated=False)
    report, new = added(tmp_path / "of_images", reviewed)
    assert report["added"] == ["one"] and len(new.recordings) > 1


def test_a_region_does_not_fit_a_dataset_of_whole_frames(
    tmp_path: Path, reviewed: Path, write_video: WriteVideo
) -> None:
    video = write_video("small.avi", numbered_frames(30, 24, 24)[:, :20, :20])
    pyside.convert_videos([video], [np.arange(30) % 2], tmp_path / "whole", isolated=False)
    with raises_with(BadFrames, "one", "20 x 20", "48 x 64"):
        added(tmp_path / "whole", reviewed)
    assert not (tmp_path / "new").exists()


def test_marks_of_an_earlier_version_and_videos_that_are_gone_are_told_together(
    old: Path, session: Path, tmp_path: Path
) -> None:
    desk = Desk(session)
    without = dataclasses.replace(desk.marks("one"), view=None)
    moved = dataclasses.replace(desk.marks("two"), video=tmp_path / "nowhere.avi")
    other = write_session(tmp_path / "other", [without, moved])
    told(other, one=np.ones(2), two=np.ones(2))
    with raises_with(BadSession, "one", "two", tmp_path / "nowhere.avi"):
        added(old, other)


def test_a_video_that_was_changed_since_is_refused_and_one_that_was_only_copied_is_not(
    old: Path, reviewed: Path, write_video: WriteVideo
) -> None:
    video = Desk(reviewed).marks("one").video
    data = video.read_bytes()
    video.unlink()
    video.write_bytes(data)
    added(old, reviewed)
    write_video("videos/one.avi", numbered_frames(N, seed=9))
    with raises_with(BadVideo, "one", video):
        added(old, reviewed, "again")
    assert sorted(path.name for path in old.parent.iterdir() if "again" in path.name) == []


def test_the_dataset_and_the_session_are_never_written_to(old: Path, reviewed: Path) -> None:
    before = written(old)
    for target in (old, old / "new", reviewed):
        with pytest.raises(NotWritable):
            pyside.add_corrections(old, reviewed, target, isolated=False)
    with pytest.raises(PathMissing):
        pyside.add_corrections(old.with_name("nothing"), reviewed, old.with_name("new"), isolated=False)
    assert written(old) == before


@pytest.mark.parametrize("line", [b'{"number": 1}\n', b"\x00\xff\n", b"[]\n"])
def test_a_session_of_a_stranger_is_refused_in_words(old: Path, session: Path, line: bytes) -> None:
    (session / "corrections.jsonl").write_bytes(line)
    with raises_with(BadSession, "corrections.jsonl"):
        added(old, session)


def test_what_is_wrong_is_found_with_numpy_alone_as_in_matlab(twice: Path, reviewed: Path) -> None:
    program = f"{NUMPY_ALONE}\nfrom pyside.reviewing.requests import addition\naddition(*sys.argv[1:], {{}})"
    line = [sys.executable, "-c", program, str(twice), str(reviewed), str(twice.with_name("new"))]
    root = str(Path(pyside.__file__).parents[1])
    answer = subprocess.run(line, env={**os.environ, "PYTHONPATH": root}, capture_output=True, text=True, check=False)
    assert "TouchTrain:KnownVideo" in answer.stderr


# --- while it is written -------------------------------------------------------------------------------------------


def test_what_was_stopped_goes_on_where_it_was(old: Path, reviewed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(reviewed)
    desk.correct(1, "yes", desk.corrections)
    read: list[str] = []
    before = ready_frames.read_regions

    def watched(path: Path, *rest: Any, **options: Any) -> Any:
        read.append(path.name)
        return before(path, *rest, **options)

    monkeypatch.setattr(ready_frames, "read_regions", watched)
    target, settings = old.with_name("new"), AdditionSettings()
    with pytest.raises(Interrupted):
        add_corrections(old, reviewed, target, settings, should_stop=lambda: len(read) > 1)
    assert not target.exists() and read == ["one.avi", "two.avi"]
    told_of: list[dict[str, Any]] = []
    add_corrections(old, reviewed, target, settings, progress=told_of.append)
    assert read == ["one.avi", "two.avi", "two.avi"]
    assert told_of[-1]["frames_done"] == told_of[-1]["frames"] == 160
    add_corrections(old, reviewed, old.with_name("unbroken"), settings)
    assert written(target) == written(old.with_name("unbroken"))


def test_frames_of_the_old_dataset_are_linked_or_else_copied(
    old: Path, reviewed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, new = added(old, reviewed)
    assert (new.folder / "a.frames.npy").samefile(old / "a.frames.npy")

    def refuse(*_: Any) -> None:
        raise OSError("no links here")

    monkeypatch.setattr(os, "link", refuse)
    _, other = added(old, reviewed, "copied")
    assert not (other.folder / "a.frames.npy").samefile(old / "a.frames.npy")
    assert written(other.folder) == written(new.folder)
    assert sorted(path.name for path in other.folder.iterdir()) == sorted(
        ["dataset.json", *(f"{name}.{what}.npy" for name in ("a", "b", "one") for what in ARRAYS)]
    )


def test_a_dataset_that_an_earlier_version_read_is_told(old: Path, reviewed: Path) -> None:
    about = json.loads((old / "dataset.json").read_text(encoding="utf-8"))
    (old / "dataset.json").write_text(json.dumps({**about, "reading": 1}), encoding="utf-8")
    report, new = added(old, reviewed)
    assert any(holds(text, "old", "earlier version") for text in report["warnings"]) and new.info["reading"] == 1


def test_a_full_disk_leaves_nothing_half_written(old: Path, reviewed: Path, small_disk: Path) -> None:
    with raises_with(OSError, "space"), (small_disk / "filler").open("wb") as file:
        while True:
            file.write(bytes(1000))
    with pytest.raises(DiskFull):
        pyside.add_corrections(old, reviewed, small_disk / "new", isolated=False)
    assert not (small_disk / "new").exists()
