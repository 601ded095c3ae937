"""Which frames are touches is decided anew from stored probabilities; what a person changed stays as it is."""

from __future__ import annotations

import contextlib
import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pyside
from pyside.__main__ import main
from pyside.curation.marking.redecide import redecide
from pyside.curation.marking.session import Session, read_session
from pyside.curation.marks import WHY, Marks, labels_of, load_marks
from pyside.curation.writers.results import write_results
from pyside.data.labels.files import read_label_file
from pyside.errors import BadOption, BadSession, DiskFull, InUse, NotWritable, PathMissing
from pyside.evaluation.decision import Decision
from pyside.system import locks
from tests.conftest import holds, raises_with

MODEL = {"path": "/models/m.h5", "sha256": "cd" * 32, "class_names": ("NonTouch", "Touch")}
PROBABILITIES = {"a": [0.1, 0.6, 0.9, 0.9, 0.2, np.nan, 0.8], "b": [0.6, 0.6, 0.1, 0.0]}
ABOUT = {"seconds": 0.5, "frames_per_second": 14.0, "stamp": "s", "key": "k", "precision": "float32"}
ABOUT = {**ABOUT, "backend": "tensorflow", "device": "CPU", "warnings": []}


def marked(name: str, model: dict[str, Any] = MODEL) -> Marks:
    """Marks of a recording; the last frame of b is not looked at."""
    touch = np.array(PROBABILITIES[name], np.float32)
    columns = [1 - touch, touch] if len(model["class_names"]) == 2 else [1 - touch, touch, 0 * touch]
    probabilities = np.stack(columns, axis=1)
    why = np.where(np.isnan(touch), WHY.index("damaged"), 0).astype(np.uint8)
    why[touch == 0] = WHY.index("by_value")
    decision = Decision("Touch", 1, 0.5) if len(columns) == 2 else Decision(None, None, None)
    labels = labels_of(probabilities, why, decision)
    video = Path(f"/videos/{name}.mp4")
    return Marks(
        name, video, model["class_names"], probabilities, labels, why, decision, 500.0, "ab" * 32, model["sha256"]
    )


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    """The folder of a session of the recordings a and b, at threshold 0.5, and of a damaged video c."""
    return made(tmp_path / "session", MODEL)


def made(folder: Path, model: dict[str, Any]) -> Path:
    session = Session(folder, model, {"threshold": None}, {"touchtrain": "0"}, write_results)
    session.begin(["a", "b", "c"], ["about the session"])
    for name in ("a", "b"):
        session.finish(marked(name, model), ("mat", "csv"), ABOUT)
    session.fail("c", Path("/videos/c.mp4"), "it is damaged")
    session.close()
    return folder


def labels(folder: Path, name: str, ending: str = ".csv") -> list[str]:
    (entry,) = read_label_file(folder / (name + ending)).entries
    found = entry.labels
    return list(found if isinstance(found, list) else found.labels)


def content(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_another_threshold_gives_other_labels_in_all_that_is_written(lab: Path) -> None:
    report = redecide(lab, {"threshold": 0.7})
    assert (report["touches_before"], report["touches"], report["done"], report["names"]) == (3, 2, 2, ["a", "b"])
    expected = ["NonTouch", "NonTouch", "Touch", "Touch", "NonTouch", "", "Touch"]
    assert labels(lab, "a", ".mat") == labels(lab, "a") == expected and set(labels(lab, "b")) == {"NonTouch"}
    marks = load_marks(lab / "marks" / "a.npz")
    assert marks.decision.threshold == 0.7 and marks.labels.tolist() == [0, 0, 1, 1, 0, -1, 1]
    assert np.array_equal(marks.probabilities, marked("a").probabilities, equal_nan=True)
    record = read_session(lab)
    assert [one["decision"]["threshold"] for one in record["videos"][:2]] == [0.7, 0.7]
    assert record["videos"][2]["state"] == "failed" and record["warnings"] == ["about the session"]
    with (lab / "session.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["touches"] for row in rows] == ["2", "0", ""] and rows[0]["seconds"] == "0.5"


def test_a_frame_at_the_threshold_is_a_touch_and_one_that_cannot_be_is_none_even_at_zero(lab: Path) -> None:
    redecide(lab, {"threshold": float(np.float32(0.6))})
    assert labels(lab, "b") == ["Touch", "Touch", "NonTouch", "NonTouch"]
    redecide(lab, {"threshold": 0})
    assert labels(lab, "b") == ["Touch", "Touch", "Touch", "NonTouch"]


def test_short_touches_are_dropped_and_the_duration_is_told_in_frames_and_ms(lab: Path) -> None:
    report = redecide(lab, {"min_duration": 3})
    assert labels(lab, "a") == ["NonTouch", "Touch", "Touch", "Touch", "NonTouch", "", "NonTouch"]
    assert report["decision"] == {"event_class": "Touch", "threshold": 0.5, "min_duration": 3, "min_duration_ms": 6}


def test_what_is_not_given_stays_as_it_was(lab: Path) -> None:
    redecide(lab, {"threshold": 0.7})
    redecide(lab, {"min_duration": 2})
    decision = load_marks(lab / "marks" / "a.npz").decision
    assert (decision.threshold, decision.min_duration) == (0.7, 2)


def test_there_and_back_again_is_the_same_session(lab: Path) -> None:
    redecide(lab, {"threshold": 0.5})
    before = content(lab)
    redecide(lab, {"threshold": 0.7})
    assert content(lab) != before
    redecide(lab, {"threshold": 0.5})
    assert content(lab) == before


def test_some_recordings_further_formats_and_another_frame_rate(lab: Path) -> None:
    report = redecide(lab, {"recordings": "b.mp4", "formats": "npy", "frame_rate": 1000})
    assert report["names"] == ["b"] and (lab / "b.npy").exists() and not (lab / "a.npy").exists()
    assert load_marks(lab / "marks" / "b.npz").frame_rate == 1000 and (lab / "b.mat").exists()
    assert load_marks(lab / "marks" / "a.npz").frame_rate == 500


def test_a_result_that_a_person_changed_is_kept_and_named(lab: Path) -> None:
    corrected = (lab / "a.csv").read_text().replace("a.mp4,1,NonTouch", "a.mp4,1,Touch")
    (lab / "a.csv").write_text(corrected)
    report = redecide(lab, {"threshold": 0.7})
    assert report["changed"] == ["a.csv"] and holds(report["warnings"][0], "a.csv")
    assert (lab / "a.csv").read_text() == corrected and labels(lab, "a", ".mat").count("Touch") == 3
    assert redecide(lab, {"threshold": 0.5})["changed"] == ["a.csv"]


def test_a_copy_has_the_new_decision_and_the_session_stays(lab: Path, tmp_path: Path) -> None:
    before = content(lab)
    for _ in range(2):
        report = redecide(lab, {"threshold": 0.7, "output": str(tmp_path / "copy")})
    assert content(lab) == before and report["path"] == str(tmp_path / "copy")
    redecide(lab, {"threshold": 0.7})
    assert content(lab) == content(tmp_path / "copy")


def test_values_that_cannot_be_are_errors_all_at_once_and_nothing_is_written(lab: Path) -> None:
    before = content(lab)
    for options, facts in (
        ({"threshold": 1.5}, ["threshold", "1.5"]),
        ({"min_duration": 0}, ["min_duration"]),
        ({"threshold": 0.5, "recordings": ["a", "aa", "c"]}, ["aa", "a", "it is damaged"]),
        ({"formats": "xls"}, ["formats"]),
        ({}, ["threshold", "min_duration"]),
    ):
        with raises_with(BadOption, *facts):
            pyside.redecide(lab, isolated=False, **options)
    assert content(lab) == before


def test_a_model_of_more_classes_has_no_threshold(tmp_path: Path) -> None:
    three = {**MODEL, "class_names": ("NonTouch", "Touch", "Lick")}
    folder = made(tmp_path / "three", three)
    with raises_with(BadOption, "threshold", "3"):
        redecide(folder, {"threshold": 0.4})
    assert redecide(folder, {"formats": "npy"})["decision"]["threshold"] is None


def test_damaged_marks_are_an_error_before_anything_is_written(lab: Path) -> None:
    (lab / "marks" / "b.npz").write_bytes(b"PK")
    before = content(lab)
    with raises_with(BadSession, "b"):
        redecide(lab, {"threshold": 0.7})
    assert content(lab) == before
    assert redecide(lab, {"threshold": 0.7, "recordings": ["a"]})["done"] == 1


def test_other_folders_are_no_sessions(lab: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine")
    with raises_with(PathMissing, "session.json"):
        pyside.redecide(tmp_path / "mine", threshold=0.7, isolated=False)
    with raises_with(NotWritable, "notes.txt"):
        pyside.redecide(lab, tmp_path / "mine", threshold=0.7, isolated=False)
    with locks.held(str(lab), "curate", None), pytest.raises(InUse):
        pyside.redecide(lab, threshold=0.7, isolated=False)


@pytest.mark.parametrize(
    ("key", "value"),
    [("name", "../../a"), ("name", 3), ("name", ""), ("state", None), ("files", ["a.mat"]), ("formats", ["exe"])]
    + [("decision", 7), ("frames", "many"), ("changed", None)],
)
def test_a_session_with_values_that_cannot_be_is_damaged(lab: Path, key: str, value: Any) -> None:
    record = json.loads((lab / "session.json").read_text())
    record["videos"][0][key] = value
    (lab / "session.json").write_text(json.dumps(record, indent=1))
    with raises_with(BadSession, "session.json"):
        pyside.redecide(lab, threshold=0.7, isolated=False)


@pytest.mark.parametrize("key", ["model", "settings", "versions", "warnings", "videos"])
def test_a_session_in_which_something_lacks_is_damaged(lab: Path, key: str) -> None:
    record = json.loads((lab / "session.json").read_text())
    del record[key]
    (lab / "session.json").write_text(json.dumps(record, indent=1))
    with raises_with(BadSession, "session.json"):
        redecide(lab, {"threshold": 0.7})


def test_it_stops_between_recordings_and_says_so(lab: Path) -> None:
    answers = iter([False, True])
    report = redecide(lab, {"threshold": 0.7}, should_stop=lambda: next(answers))
    assert report["stopped"] and report["names"] == ["a"]
    assert [one["decision"]["threshold"] for one in read_session(lab)["videos"][:2]] == [0.7, 0.5]


def test_on_a_full_disk_every_recording_is_whole_and_the_same_call_completes_it(small_disk: Path) -> None:
    folder = made(small_disk / "session", MODEL)
    redecide(folder, {"threshold": 0.5})
    expected = redecide(folder, {"threshold": 0.7, "output": str(small_disk.parent / "expected")})["path"]
    filler = small_disk / "filler"
    with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
        while file.write(bytes(4096)):
            pass
    filler.write_bytes(filler.read_bytes()[: -4 * 4096])  # room for a few files
    with pytest.raises(DiskFull):
        redecide(folder, {"threshold": 0.7})
    assert all(labels(folder, name, ".mat") for name in ("a", "b"))
    filler.unlink()
    redecide(folder, {"threshold": 0.7})
    assert content(folder) == content(Path(expected))


@pytest.mark.parametrize("step", [3, 8])  # of eight files that are put in place
def test_what_a_killed_process_has_begun_the_same_call_completes(lab: Path, step: int, tmp_path: Path) -> None:
    redecide(lab, {"threshold": 0.5})
    expected = redecide(lab, {"threshold": 0.7, "output": str(tmp_path / "expected")})["path"]
    code = (
        "import os, sys; from pyside.curation.marking import redecide, session; steps = iter(range(1, 99))\n"
        "move = session._move\n"
        "def moved(*paths):\n"
        "    if next(steps) == int(sys.argv[2]):\n"
        "        loaded = {name.split('.')[0] for name in sys.modules} & {'tensorflow', 'keras', 'av'}\n"
        "        os._exit(1 if loaded else 9)\n"  # no network is needed
        "    move(*paths)\n"
        "session._move = moved; redecide.redecide(sys.argv[1], {'threshold': 0.7})"
    )
    assert subprocess.run([sys.executable, "-c", code, lab, str(step)], check=False).returncode == 9
    assert redecide(lab, {"threshold": 0.7})["changed"] == []
    assert content(lab) == content(Path(expected))


def test_the_command_line_decides_anew(lab: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["redecide", str(lab), "--threshold", "0.7", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["touches"] == 2
    assert main(["redecide", str(lab), "--threshold", "7"]) == 1
    assert "threshold" in capsys.readouterr().err
