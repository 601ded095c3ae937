"""What a person says of an event becomes labels."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pyside.errors import BadReview, BadSession, Outdated, PathMissing
from pyside.evaluation.decision import Decision
from pyside.reviewing.desk import Desk, open_desk
from tests.conftest import raises_with
from tests.curation.contacts import arrays


def touches(desk: Desk, recording: str) -> list[tuple[int, int]]:
    """First and last frame of each touch with corrections, counted from 1."""
    labels = desk.labels(recording).tolist()
    found, start = [], None
    for frame, label in enumerate([*labels, 0], start=1):
        if label == 1 and start is None:
            start = frame
        elif label != 1 and start is not None:
            found.append((start, frame - 1))
            start = None
    return found


def place_of(desk: Desk, recording: str, first: int) -> int:
    """The place of the event of a recording that begins at a frame, counted from 1."""
    return next(place for place, one in enumerate(desk.events) if one.recording == recording and one.first + 1 == first)


def say(desk: Desk, place: int, kind: str, **how: Any) -> dict[str, Any]:
    return dict(desk.correct(place, kind, desk.about(place)["seen"], **how))


def test_everything_a_person_can_say_of_a_touch(session: Path) -> None:
    desk = Desk(session)
    assert touches(desk, "one") == [(11, 20), (41, 45)] and touches(desk, "two") == [(21, 30), (33, 40)]
    assert (desk.events[0].recording, desk.events[0].first) == ("one", 40), "the weak touch comes first"
    assert desk.next_place() == 0 and desk.progress()["events"] == 4

    say(desk, 0, "no")
    assert touches(desk, "one") == [(11, 20)] and desk.about(0)["done"]
    sure, gap = place_of(desk, "one", 11), place_of(desk, "two", 21)
    say(desk, sure, "onset", frame=11, to=9)
    say(desk, sure, "offset", frame=9, to=18)
    assert touches(desk, "one") == [(9, 18)] and not desk.about(sure)["done"], "an edge alone ends no look"
    say(desk, sure, "onset", frame=9, to=12)
    say(desk, sure, "offset", frame=12, to=22)
    say(desk, sure, "split", frame=15)
    assert touches(desk, "one") == [(12, 14), (16, 22)]
    say(desk, sure, "yes")
    assert desk.about(sure)["done"] and touches(desk, "one") == [(12, 14), (16, 22)]
    say(desk, gap, "merge", frame=21)
    assert touches(desk, "two") == [(21, 40)]
    say(desk, gap, "uncuratable")
    assert (desk.labels("two")[20:30] == -1).all() and touches(desk, "two") == [(31, 40)]

    again = Desk(session)
    assert all((again.labels(name) == desk.labels(name)).all() for name in ("one", "two"))
    assert again.progress()["done"] == desk.progress()["done"] == 4, "the join settled the touch in frame 33, too"
    assert again.next_place() is None
    assert desk.undo() == gap and touches(desk, "two") == [(21, 40)] and not desk.about(gap)["done"]


def test_a_touch_that_the_model_missed_is_made_by_yes_and_its_labels_are_a_persons(session: Path) -> None:
    desk = Desk(session)
    say(desk, 0, "no")
    say(desk, 0, "yes")
    assert touches(desk, "one") == [(11, 20), (41, 45)]
    assert desk.origins("one")[40:45].tolist() == [1] * 5, "what the model said, confirmed"


@pytest.mark.parametrize(
    ("kind", "how"),
    [
        ("odd", {}),
        ("split", {}),
        ("split", {"frame": 0}),
        ("split", {"frame": "1"}),
        ("onset", {"frame": 41, "to": 46}),
        ("offset", {"frame": 41, "to": 40}),
        ("onset", {"frame": 41, "to": 81}),
        ("onset", {"frame": 30, "to": 31}),
        ("merge", {"frame": 41}),
        ("split", {"frame": 41}),
        ("split", {"frame": 45}),
        ("split", {"frame": 60}),
        ("split", {"frame": True}),
        ("onset", {"frame": 41, "to": 41}),
        ("onset", {"frame": True, "to": 1}),
        ("yes", {"label": ["Touch"]}),
        ("yes", {"label": "NonTouch"}),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_is_written(session: Path, kind: str, how: dict[str, Any]) -> None:
    desk = Desk(session)
    with pytest.raises(BadReview):
        say(desk, 0, kind, **how)
    assert not (session / "corrections.jsonl").exists() and touches(desk, "one") == [(11, 20), (41, 45)]


def test_two_windows_do_not_overwrite_each_other(session: Path) -> None:
    desk = Desk(session)
    seen = desk.about(0)["seen"]
    desk.correct(0, "no", seen)
    with pytest.raises(Outdated):
        desk.correct(0, "yes", seen)
    desk.correct(place_of(desk, "two", 21), "yes", seen)


def test_what_is_no_session_or_has_nothing_to_review_is_said(session: Path, tmp_path: Path) -> None:
    with pytest.raises(PathMissing):
        open_desk(tmp_path / "nowhere")
    for marks in (session / "marks").iterdir():
        marks.unlink()
    with raises_with(BadReview, session):
        open_desk(session)
    (session / "session.json").write_text("{}", encoding="utf-8")
    with pytest.raises(BadSession):
        open_desk(session)


def test_marks_that_are_lost_are_named_and_the_rest_is_reviewed(session: Path) -> None:
    (session / "marks" / "one.npz").unlink()
    desk = Desk(session)
    assert desk.recordings() == ["two"] and any("one" in text for text in desk.warnings)


def test_to_take_back_a_correction_leads_to_its_event_also_where_it_lies_beside_it(session: Path) -> None:
    desk = Desk(session)
    gap = place_of(desk, "two", 21)
    say(desk, gap, "merge", frame=21)
    assert desk.undo() == gap
    say(desk, gap, "onset", frame=21, to=18)
    assert desk.undo() == gap and desk.undo() is None


def several(folder: Path, names: tuple[str, ...], labels: np.ndarray) -> Desk:
    """The desk of a session of one recording, whose model is sure of these labels, -1 for a frame left out."""
    one_hot = np.eye(len(names), dtype=np.float32)[labels]
    one_hot[labels < 0] = np.nan
    why = np.where(labels < 0, 5, 0).astype(np.uint8)
    of_video = dataclasses.replace(
        arrays.marks("one", np.zeros(len(labels))),
        class_names=names,
        probabilities=one_hot,
        labels=labels.astype(np.int16),
        why=why,
        decision=Decision(None, None, None),
    )
    return Desk(arrays.session(folder / "session", [of_video]))


def test_touches_of_several_classes_that_follow_each_other_are_several(tmp_path: Path) -> None:
    labels = np.repeat([0, 1, 2, 0, 1, -1, 1, 0], [5, 4, 4, 7, 3, 2, 3, 12])
    desk = several(tmp_path, ("NonTouch", "Pole", "Wall"), labels)
    found = sorted((one.first, one.last, desk.class_names[one.label]) for one in desk.events)
    assert found == [(5, 8, "Pole"), (9, 12, "Wall"), (20, 22, "Pole"), (25, 27, "Pole")]
    assert desk.about(0)["touches"] == [[6, 9, "Pole"], [10, 13, "Wall"], [21, 23, "Pole"], [26, 28, "Pole"]]
    for frame in (6, 10, 21):  # of another class, twice; frames that are left out lie between
        with pytest.raises(BadReview):
            say(desk, 0, "merge", frame=frame)
    wall = place_of(desk, "one", 10)
    say(desk, wall, "no")
    assert desk.labels("one")[:20].tolist() == [0] * 5 + [1] * 4 + [0] * 11, "the other touch stays"
    say(desk, wall, "yes", label="Pole")
    assert desk.labels("one")[:13].tolist() == [0] * 5 + [1] * 8
    say(desk, wall, "yes", label="Wall")
    assert desk.labels("one")[:13].tolist() == [0] * 5 + [2] * 8, "they are one touch now, which is shown as one"
    desk.undo()
    desk.undo()
    say(desk, wall, "yes", label="Wall")
    assert desk.labels("one")[:13].tolist() == labels[:13].tolist()
    assert desk.labels("one")[23:25].tolist() == [-1, -1]


def test_classes_that_are_no_touches_stay_as_they_are(tmp_path: Path) -> None:
    labels = np.repeat([2, 0, 1, 0, 1], [5, 4, 4, 3, 4])
    desk = several(tmp_path, ("Touch", "Whisking", "Licking"), labels)
    assert [(one.first, one.last) for one in desk.events] == [(5, 8), (13, 15)]
    say(desk, 0, "no")
    assert desk.labels("one").tolist() == [2] * 5 + [1] * 8 + [0] * 3 + [1] * 4
    say(desk, 1, "onset", frame=14, to=12)
    say(desk, 1, "no")
    assert desk.labels("one").tolist() == [2] * 5 + [1] * 15


def test_edges_at_the_ends_of_a_recording(tmp_path: Path) -> None:
    labels = np.repeat([1, 0, 1], [4, 6, 1])
    desk = several(tmp_path, ("NonTouch", "Touch"), labels)
    last, first = place_of(desk, "one", 11), place_of(desk, "one", 1)
    for place, kind, how in ((first, "onset", (1, 0)), (last, "offset", (11, 12)), (last, "onset", (11, 12))):
        with pytest.raises(BadReview):
            say(desk, place, kind, frame=how[0], to=how[1])
    say(desk, first, "onset", frame=1, to=4)
    say(desk, last, "onset", frame=11, to=5)
    assert desk.labels("one").tolist() == [0] * 3 + [1] * 8
    say(desk, last, "no")
    assert not desk.labels("one").any()


def test_a_touch_out_of_sight_is_not_joined(tmp_path: Path) -> None:
    desk = several(tmp_path, ("NonTouch", "Touch"), np.repeat([1, 0, 1], [4, 500, 4]))
    with raises_with(BadReview, "505"):
        say(desk, place_of(desk, "one", 1), "merge", frame=1)


def test_a_join_settles_the_second_event_too_until_it_is_taken_back(session: Path) -> None:
    desk = Desk(session)
    first, second = place_of(desk, "two", 21), place_of(desk, "two", 33)
    say(desk, first, "merge", frame=21)
    assert desk.about(second)["done"] and not desk.about(first)["done"]
    desk.undo()
    assert not desk.about(second)["done"]
    say(desk, first, "merge", frame=21)
    say(desk, first, "yes")
    assert desk.about(first)["done"] and (desk.origins("two")[20:40] > 0).all(), "the touch that was shown is confirmed"
    assert Desk(session).about(second)["done"]


def test_the_threshold_is_told_where_one_decides(session: Path, three: Path) -> None:
    assert Desk(session).about(0)["trace"]["threshold"] == 0.5
    assert Desk(three).about(0)["trace"]["threshold"] is None
