"""The labels of a session with corrections, as a contact array that is marked as a person's."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pyside
from pyside.curation.contacts.trial import judged
from pyside.curation.marks import LEFT_OUT, ReviewedMarks
from pyside.data.dataset import open_dataset
from pyside.errors import MachineLabels, NotWritable
from pyside.reviewing.desk import Desk
from tests.conftest import raises_with
from tests.curation.contacts.arrays import loaded, marks, saved, trial


@pytest.fixture
def reviewed(session: Path) -> Path:
    """A session in which a person removed the weak touch of one, and confirmed the sure one; nobody looked at two."""
    desk = Desk(session)
    desk.correct(0, "no", 0)
    place = next(place for place, event in enumerate(desk.events) if (event.recording, event.first) == ("one", 10))
    desk.correct(place, "yes", 1)
    return session


def trials(path: Path) -> list[dict[str, Any]]:
    """The trials of a contact array: vectors by the name of the field."""
    found = []
    for item in loaded(path).ravel():
        if item.dtype.names and "prepross" in item.dtype.names:
            values = {name: item[name][0, 0] for name in item.dtype.names}
            found.append({name: (v[0, 0] if v.dtype == object else v).ravel() for name, v in values.items()})
    return found


def test_trials_that_a_person_looked_at_say_so_frame_by_frame(reviewed: Path) -> None:
    found = pyside.corrected(reviewed, formats=["mat", "contacts"], isolated=False)
    file = reviewed.with_name("session_corrected_contacts.mat")
    assert found["contacts"]["path"] == str(file) and sorted(found["files"]) == ["one.mat"]
    one, two = trials(file)
    assert one["contactInds"].tolist() == [*range(11, 21)]
    assert one["manualDel"].tolist() == [*range(41, 46)] and not one["manualAdd"].size
    assert one["originOfLabel"].tolist() == [0] * 10 + [1] * 10 + [0] * 20 + [2] * 5 + [0] * 35
    assert one["touchConfidence"][42] == np.float32(0.55)
    assert "originOfLabel" not in two and two["contactInds"].tolist() == [*range(21, 31), *range(33, 41)]
    assert any("two" in text for text in found["contacts"]["warnings"])


def test_a_later_writing_of_the_machines_touches_leaves_them(reviewed: Path, tmp_path: Path) -> None:
    file = pyside.corrected(reviewed, formats=["contacts"], isolated=False)["contacts"]["path"]
    found = pyside.write_contacts(reviewed, file, tmp_path / "again.mat", pairing="order", isolated=False)
    assert [(one["trial"], "originOfLabel" in one["why"]) for one in found["left"]] == [(1, True)]
    assert any("corrections.jsonl" in text for text in found["warnings"])
    pyside.write_contacts(reviewed, file, tmp_path / "over.mat", overwrite_manual=[1], pairing="order", isolated=False)
    one = trials(tmp_path / "over.mat")[0]
    assert one["contactInds"].tolist() == [*range(11, 21), *range(41, 46)] and not one["originOfLabel"].any()


def test_a_trial_that_was_only_confirmed_is_a_persons_too(session: Path, tmp_path: Path) -> None:
    Desk(session).correct(1, "yes", 0)
    file = pyside.corrected(session, formats=["contacts"], isolated=False)["contacts"]["path"]
    found = pyside.write_contacts(session, file, tmp_path / "again.mat", pairing="order", isolated=False)
    assert [one["recording"] for one in found["left"]] == ["two"]


def test_a_copy_of_a_contact_array_gets_them(reviewed: Path, tmp_path: Path) -> None:
    touches = np.zeros(80, np.float32)
    touches[5:9] = 1
    source = saved(tmp_path / "mine.mat", [trial(1, touches), trial(2, touches)], params=np.ones(3))
    before = source.read_bytes()
    found = pyside.corrected(reviewed, contact_array=source, pairing="order", isolated=False)
    one, two = trials(Path(found["contacts"]["path"]))
    assert one["contactInds"].tolist() == [*range(11, 21)] and two["contactInds"][0] == 21
    only = pyside.corrected(
        reviewed, tmp_path / "only", contact_array=source, pairing="order", frames="reviewed", isolated=False
    )
    assert [one["why"] for one in only["contacts"]["left"]] == ["its video is not reviewed"]
    one, two = trials(Path(only["contacts"]["path"]))
    assert two["contactInds"].tolist() == [6, 7, 8, 9] and np.count_nonzero(one["prepross"] == -1) == 65
    assert source.read_bytes() == before


def test_the_origins_stand_as_the_codes_do(reviewed: Path, tmp_path: Path) -> None:
    one = trial(1, np.zeros(80, np.float32))
    source = saved(tmp_path / "mine.mat", [{**one, "prepross": one["prepross"].T}, trial(2, np.zeros(80, np.float32))])
    found = pyside.corrected(reviewed, contact_array=source, pairing="order", isolated=False)
    made = loaded(Path(found["contacts"]["path"])).ravel()[0]
    assert made["originOfLabel"][0, 0].shape == made["prepross"][0, 0].shape == (80, 1)


def test_only_an_unchanged_array_of_an_earlier_call_is_replaced(reviewed: Path) -> None:
    pyside.corrected(reviewed, formats=["contacts"], isolated=False)
    desk = Desk(reviewed)
    desk.correct(1, "yes", desk.corrections)
    file = Path(pyside.corrected(reviewed, formats=["contacts"], isolated=False)["contacts"]["path"])
    assert all("originOfLabel" in one for one in trials(file))
    file.write_bytes(file.read_bytes() + b" ")
    with raises_with(NotWritable, file):
        pyside.corrected(reviewed, formats=["csv", "contacts"], isolated=False)
    assert not file.with_name("session_corrected").joinpath("one.csv").exists()


def test_a_conversion_takes_them_as_a_persons_and_says_what_nobody_looked_at(reviewed: Path, tmp_path: Path) -> None:
    file, desk = pyside.corrected(reviewed, formats=["contacts"], isolated=False)["contacts"]["path"], Desk(reviewed)
    videos = [desk.marks(name).video for name in ("one", "two")]
    with raises_with(MachineLabels, "contacts{2}"):
        pyside.convert_videos(videos, file, tmp_path / "set", pairing="order", isolated=False)
    found = pyside.convert_videos(
        videos, file, tmp_path / "set", pairing="order", include_machine_labels=True, isolated=False
    )
    assert "nobody looked at 65 of 80" in str(found["warnings"])
    assert open_dataset(tmp_path / "set").recordings[0].labels.tolist() == desk.labels("one").tolist()


def test_a_touch_where_the_network_did_not_look_counts_if_a_person_found_it() -> None:
    why = np.zeros(6)
    why[:2] = 1
    one = marks("a", np.array([0.9, np.nan, 0.9, 0.9, 0.1, 0.1]), why=why)
    labels, origins = np.array([1, 1, 0, 1, LEFT_OUT, 0], np.int16), np.array([2, 2, 2, 1, 2, 0], np.uint8)
    known = {field.name: getattr(one, field.name) for field in dataclasses.fields(one)}
    said = judged(
        ReviewedMarks(**{**known, "labels": labels}, machine=one.labels, origins=origins), "Touch", np.arange(6)
    )
    assert said.contacts.tolist() == [1, 2, 4] and said.added.tolist() == [1, 2] and said.deleted.tolist() == [3]
    assert said.codes.tolist() == [2, 2, 2, 2, -1, 2]
    assert said.confidence.tolist() == [0, 0, *np.float32([0.9, 0.9]).tolist(), 0, np.float32(0.1)]
