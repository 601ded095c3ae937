"""What a person says of an event becomes labels."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pyside.errors import BadReview, BadSession, Outdated, PathMissing
from pyside.reviewing.desk import Desk, open_desk
from tests.conftest import raises_with


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
    assert again.progress()["done"] == desk.progress()["done"] == 3
    assert again.next_place() == place_of(again, "two", 33)
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
