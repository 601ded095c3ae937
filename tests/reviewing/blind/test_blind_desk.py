"""A blind look shows nothing of what the model says, keeps every answer, and ends in figures."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pyside
from pyside.errors import BadReview, BadSession, DiskFull, Outdated
from pyside.reviewing.blind.desk import BlindDesk, open_blind
from pyside.reviewing.desk import Desk
from tests.conftest import holds, raises_with
from tests.curation.contacts import arrays
from tests.reviewing.conftest import probabilities

TRUTH = {"one": [(11, 20)], "two": [(21, 40)]}  # touches, counted from 1: the weak one is none, the gap is none


def say(desk: BlindDesk, place: int, kind: str, **how: Any) -> dict[str, Any]:
    return dict(desk.correct(place, kind, desk.about(place)["seen"], **how))


def answer_all(desk: BlindDesk) -> None:
    """Answer as a person who sees the truth."""
    while (place := desk.next_place()) is not None:
        row = desk.row(place)
        within = [
            [max(first, row["first"]), min(last, row["last"]), "Touch"]
            for first, last in TRUTH[row["recording"]]
            if first <= row["last"] and row["first"] <= last
        ]
        say(desk, place, "yes" if within else "no", touches=within)


def test_a_blind_look_from_the_first_window_to_the_figures(session: Path) -> None:
    desk = BlindDesk(session, 100, 0)
    assert desk.progress() == {"events": 6, "done": 0, "seconds_left": None}
    assert desk.result()["left"] == 6 and desk.result()["figures"] == [] and "6" in desk.result()["summary"][0]
    answer_all(desk)
    found = desk.result()
    (figures,) = found["figures"]
    assert found["left"] == 0 and figures["of"] == "session" and figures["touches"] == 2 and figures["frames"] == 160
    assert figures["frames_right"] == pytest.approx(1 - 7 / 160)
    assert figures["count_errors_per_touch"] == pytest.approx(2 / 2), "a ghost and a split"
    assert holds(" ".join(found["summary"]), "95.6", "1.000")


def test_reopening_goes_on_with_the_same_windows_and_another_seed_does_not(session: Path) -> None:
    desk = BlindDesk(session, 6, 1)
    drawn = desk.path.read_bytes()
    say(desk, 0, "no")
    say(desk, 1, "uncuratable")
    again = BlindDesk(session, 6, 1)
    assert again.events == desk.events and again.next_place() == 2 and desk.path.read_bytes() == drawn
    assert [again.about(place)["answer"] for place in range(3)] == ["no", "uncuratable", None]
    other = BlindDesk(session, 6, 2)
    assert other.events != desk.events and other.next_place() == 0
    assert {one.name for one in session.glob("blind_*")} == {
        "blind_6_seed_1.json",
        "blind_6_seed_1.jsonl",
        "blind_6_seed_2.json",
    }


def test_answers_can_be_changed_and_taken_back_and_no_line_is_lost(session: Path) -> None:
    desk = BlindDesk(session, 100, 0)
    first = desk.row(2)["first"]
    touches = [[first, first + 4, "Touch"], [first + 6, first + 6, "Touch"]]
    assert say(desk, 2, "yes", touches=touches)["touches"] == touches
    say(desk, 2, "no")
    say(desk, 3, "no")
    assert desk.undo() == 3 and desk.undo() == 2
    assert BlindDesk(session, 100, 0).about(2)["touches"] == desk.about(2)["touches"] == touches
    assert desk.undo() == 2 and desk.undo() is None and desk.next_place() == 0
    assert desk.path.with_suffix(".jsonl").read_text(encoding="utf-8").count("\n") == desk.corrections == 6


def test_nothing_that_is_shown_depends_on_the_model(session: Path, tmp_path: Path) -> None:
    shown = []
    for place, touch in enumerate([probabilities((10, 19, 0.9)), probabilities((60, 70, 0.6))]):
        folder = arrays.session(tmp_path / str(place), [arrays.marks("one", touch)])
        desk = BlindDesk(folder, 100, 0)
        answer_all(desk)
        every = [desk.about(window) for window in range(len(desk.events))]
        shown.append(sorted((one["first"], one["last"], one["answer"], str(one["touches"])) for one in every))
        told = json.dumps([every, [desk.row(window) for window in range(3)], desk.progress(), desk.warnings])
        for word in ("model", "prob", "label", "stratum", "doubt", "reason", "near", "trace", "given"):
            assert word not in told
    assert shown[0] == shown[1]


def test_an_answer_is_no_correction_and_a_correction_no_answer(session: Path) -> None:
    desk = BlindDesk(session, 100, 0)
    answer_all(desk)
    assert not (session / "corrections.jsonl").exists()
    assert Desk(session).labels("one")[40:45].all()
    Desk(session).correct(0, "no", 0)
    again = BlindDesk(session, 100, 0)
    assert again.progress()["done"] == 6
    by_labels = {one["of"]: one for one in again.result()["figures"]}
    assert by_labels["session"]["count_errors_per_touch"] == pytest.approx(1)
    assert by_labels["corrected"]["count_errors_per_touch"] == pytest.approx(0.5)
    (remark,) = again.result()["remarks"]
    assert holds(remark, "6")


def test_labels_given_along_are_hidden_and_judged(session: Path) -> None:
    given = np.zeros(80, np.int16)
    given[10:20] = 1
    desk = BlindDesk(session, 100, 0, {"one": given})
    assert desk.events == BlindDesk(session, 100, 0).events
    answer_all(desk)
    figures = desk.result()["figures"][-1]
    assert (figures["of"], figures["frames"], figures["frames_right"]) == ("given", 80, 1)


@pytest.mark.parametrize(
    ("kind", "touches"),
    [
        ("odd", None),
        ("yes", None),
        ("yes", []),
        ("yes", "x"),
        ("yes", [[1, 2]]),
        ("yes", [[0, 5, "Touch"]]),
        ("yes", [[9, 8, "Touch"]]),
        ("yes", [[1, 500, "Touch"]]),
        ("yes", [[1, 2, "NonTouch"]]),
        ("yes", [[1, 2, ["Touch"]]]),
        ("yes", [[True, 2, "Touch"]]),
        ("yes", [[1, 2.5, "Touch"]]),
    ],
)
def test_what_is_no_answer_is_refused_and_nothing_is_written(session: Path, kind: str, touches: Any) -> None:
    desk = BlindDesk(session, 100, 0)
    place = next(place for place in range(6) if desk.events[place].first == 0)
    with pytest.raises(BadReview):
        say(desk, place, kind, touches=touches)
    assert desk.corrections == 0 and not desk.path.with_suffix(".jsonl").exists()


def test_two_pages_do_not_overwrite_each_other(session: Path) -> None:
    desk = BlindDesk(session, 100, 0)
    desk.correct(0, "no", 0)
    with pytest.raises(Outdated):
        desk.correct(0, "uncuratable", 0)
    assert desk.about(0)["answer"] == "no"


def test_on_a_full_disk_nothing_of_an_answer_is_kept(session: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched, pytest.raises(DiskFull):
        patched.setattr(os, "fsync", full)
        BlindDesk(session, 100, 0)
    assert not [*session.glob("blind_*")]
    desk = BlindDesk(session, 100, 0)
    with monkeypatch.context() as patched, pytest.raises(DiskFull):
        patched.setattr(os, "fsync", full)
        say(desk, 0, "no")
    assert desk.next_place() == 0
    say(desk, 0, "no")
    assert BlindDesk(session, 100, 0).progress()["done"] == 1


def test_another_decision_is_told_and_another_video_needs_another_sample(tmp_path: Path) -> None:
    before, after = (arrays.marks("one", probabilities((10, 19, 0.9), (*edges, 0.8))) for edges in ((40, 44), (50, 59)))
    folder = arrays.session(tmp_path / "session", [before])
    answer_all(BlindDesk(folder, 100, 0))
    arrays.session(folder, [after])
    desk = BlindDesk(folder, 100, 0)
    assert desk.result()["figures"][0]["frames_right"] == pytest.approx(1 - 10 / 80)
    assert any("one" in text and "changed" in text for text in desk.result()["remarks"])
    arrays.session(folder, [arrays.marks("one", np.zeros(70))])
    with raises_with(BadReview, "one", "seed"):
        BlindDesk(folder, 100, 0)
    assert BlindDesk(folder, 100, 1).progress()["events"] == 3


def test_damage_is_told_in_words(session: Path) -> None:
    desk = BlindDesk(session, 100, 0)
    desk.path.with_suffix(".jsonl").write_bytes(b"{}\n")
    with pytest.raises(BadSession):
        open_blind(session, 100, 0)
    desk.path.write_bytes(b"")
    with raises_with(BadSession, desk.path):
        open_blind(session, 100, 0)


def test_answers_are_written_as_labels_of_a_person_who_may_change_them(session: Path) -> None:
    desk = BlindDesk(session, 100, 0)
    desk.write_labels()
    assert desk.result()["labels"] == ""
    answer_all(desk)
    say(desk, next(place for place, one in enumerate(desk.events) if one.last == 79), "uncuratable")
    desk.write_labels()
    table = Path(desk.result()["labels"])
    found = pyside.compare(session, table, isolated=False)
    assert found["frames"] == 140 and found["confusion"] == [[105, 5], [2, 28]] and not found["warnings"]
    table.write_text("video,frame,label\none.avi,1,Touch\n", encoding="utf-8")
    desk.write_labels()
    assert holds(desk.warnings[-1], table) and len(table.read_bytes()) < 50
