"""The folder of a session: its journal, its tables, what is found again, and what is refused."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

import pyside
from pyside.curation.marking.session import Session, check_output, default_output, read_session
from pyside.curation.marks import Marks
from pyside.data.labels.files import read_label_file
from pyside.errors import BadLabels, BadSession, NotWritable, PathMissing
from pyside.evaluation.decision import Decision
from tests.conftest import raises_with

MODEL = {"path": "/lab/model.h5", "sha256": "a" * 64, "class_names": ("NonTouch", "Touch")}
DECISION = Decision("Touch", 1, 0.5, 1)
ABOUT = {"seconds": 1.0, "frames_per_second": 4.0, "stamp": "s", "key": "k", "warnings": []}


def write(marks: Marks, folder: Path, formats: Sequence[str]) -> dict[str, str]:
    found = {}
    for name in formats:
        data = f"{marks.labels.tolist()}".encode()
        (folder / f"{marks.name}.{name}").write_bytes(data)
        found[f"{marks.name}.{name}"] = hashlib.sha256(data).hexdigest()
    return found


def marks(name: str, labels: Sequence[int] = (0, 1, 1, 0)) -> Marks:
    certain = np.eye(2, dtype=np.float32)[list(labels)]
    why = np.zeros(len(labels), np.uint8)
    own = np.array(labels, np.int16)
    return Marks(
        name, Path(f"/lab/{name}.avi"), ("NonTouch", "Touch"), certain, own, why, DECISION, None, "v", "a" * 64
    )


def opened(folder: Path) -> Session:
    session = Session(folder, MODEL, {}, {}, write)
    session.begin(["b", "a"], [])
    return session


def test_what_was_finished_before_a_crash_is_known_without_the_tables(tmp_path: Path) -> None:
    session = opened(tmp_path / "out")
    session._next = float("inf")  # as if the tables had just been written
    session.finish(marks("a"), ["csv"], ABOUT)
    session.fail("b", Path("/lab/b.avi"), "it is damaged")
    session._journal.write('{"name": "c", "state": "do')  # cut short, as by a crash
    session._journal.close()  # as the system does
    assert json.loads((tmp_path / "out/session.json").read_text())["videos"] == []
    found = {one["name"]: one for one in read_session(tmp_path / "out")["videos"]}
    assert (found["a"]["state"], found["b"]["state"], sorted(found)) == ("done", "failed", ["a", "b"])
    again = opened(tmp_path / "out")
    assert again.marks("a") is not None and again.is_complete("a", DECISION, ["csv"], None)
    again.close()
    assert [one["name"] for one in read_session(tmp_path / "out")["videos"]] == ["b", "a"]
    assert sorted(file.name for file in (tmp_path / "out").iterdir()) == "a.csv marks session.csv session.json".split()


def test_results_of_a_crash_between_two_steps_are_not_taken_for_a_persons(tmp_path: Path) -> None:
    session = opened(tmp_path / "out")
    session.finish(marks("a"), ["csv"], ABOUT)
    append = session._append

    def crash(line: dict) -> None:
        append(line)
        if "placing" in line:
            (session.folder / "session.part/a.csv").replace(session.folder / "a.csv")
            raise KeyboardInterrupt

    session._append = crash  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        session.finish(marks("a", (1, 1, 0, 0)), ["csv"], ABOUT)
    again = opened(tmp_path / "out")
    assert not again.is_complete("a", DECISION, ["csv"], None)
    record = again.finish(marks("a", (1, 0, 0, 0)), ["csv"], ABOUT)
    assert record["changed"] == [] and (tmp_path / "out/a.csv").read_text() == "[1, 0, 0, 0]"


def test_changed_marks_are_no_longer_those_of_the_session(tmp_path: Path) -> None:
    session = opened(tmp_path / "out")
    session.finish(marks("a"), [], ABOUT)
    assert session.marks("a") is not None
    session.path_of("a").write_bytes(b"other")
    assert session.marks("a") is None and session.marks("nothing") is None


def test_a_video_that_fails_later_keeps_its_results_known(tmp_path: Path) -> None:
    session = opened(tmp_path / "out")
    first = session.finish(marks("a"), ["csv"], ABOUT)
    session.fail("a", Path("/lab/a.avi"), "gone")
    assert session.videos["a"]["files"] == first["files"]
    assert session.finish(marks("a", (1, 1, 1, 1)), ["csv"], ABOUT)["changed"] == []


def test_damaged_and_foreign_sessions_are_errors(tmp_path: Path) -> None:
    with raises_with(PathMissing, tmp_path):
        read_session(tmp_path)
    (tmp_path / "session.json").write_text("{")
    with raises_with(BadSession, tmp_path / "session.json"):
        read_session(tmp_path)
    with raises_with(NotWritable, "session.json"):
        check_output(tmp_path)


def test_the_default_folder_lies_beside_that_of_the_videos(tmp_path: Path) -> None:
    videos = tmp_path / "day 1" / "vidéos"
    videos.mkdir(parents=True)
    expected = tmp_path / "day 1" / "vidéos_curated"
    assert default_output(videos) == default_output(videos / "a.avi") == expected
    assert default_output(videos / ".." / "vidéos") == expected
    assert default_output([videos / "a.avi", str(videos / "b.avi")]) == expected
    assert default_output([videos / "a.avi", tmp_path / "day 1/b.avi"]) == tmp_path / "day 1_curated"


def test_inspect_shows_a_session(tmp_path: Path) -> None:
    session = opened(tmp_path / "out")
    session.finish(marks("a"), ["csv"], ABOUT)
    session.fail("b", Path("/lab/b.avi"), "it is damaged")
    session.close()
    found = pyside.inspect(tmp_path / "out")
    assert (found["kind"], found["done"], found["failed"], found["touches"]) == ("session", 1, 1, 1)
    assert found["failures"] == [{"name": "b", "why": "it is damaged"}] and found["ended"]
    for name in ("session.json", "session.csv"):
        assert pyside.inspect(tmp_path / "out" / name) == found


def test_the_list_of_a_session_is_not_taken_for_labels(tmp_path: Path) -> None:
    session = opened(tmp_path / "out")
    session.finish(marks("a"), ["csv"], ABOUT)
    session.close()
    (tmp_path / "out/session.csv").rename(tmp_path / "labels.csv")
    with raises_with(BadLabels, "labels.csv", "session"):
        read_label_file(tmp_path / "labels.csv")
