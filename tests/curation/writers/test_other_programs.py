"""Labels for other programs: what these expect is in the files, and every frame has the same label when read again."""

from __future__ import annotations

import csv
import dataclasses
import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from pyside.curation.marks import Marks
from pyside.curation.writers.results import check_formats, write_results
from pyside.data.labels.class_indices import read_labels
from pyside.data.labels.files import read_label_file
from pyside.errors import BadLabels, BadOption
from pyside.evaluation.decision import Decision
from pyside.system.records import write_json
from tests.conftest import raises_with
from tests.curation.writers.test_results import marked

TEXT = ("boris", "deepethogram")
NAMES = ("a, b", "NonTouch", 'say "ü"', "never")
RATES = (25.0, 29.97002997, 500.0, 999.7, 2000.0)


def several(labels: list[int]) -> Marks:
    """Marks of frames with these labels of four classes, of which the last one never occurs."""
    n = len(labels)
    of_frames = {"probabilities": np.full((n, 4), 0.25, np.float32), "why": np.zeros(n, np.uint8)}
    decision = Decision(None, None, None)
    return marked(class_names=NAMES, labels=np.array(labels, np.int16), decision=decision, **of_frames)


def written(marks: Marks, folder: Path, format: str) -> Path:
    (name,) = write_results(marks, folder, [format])
    return folder / name


def read_again(path: Path, marks: Marks) -> np.ndarray:
    """Return the labels of the only recording of a file as class indices; the rate of the video is not known."""
    (entry,) = read_label_file(path).entries
    vector = entry.for_video(marks.n_frames, 0, "it", "it.mp4", 0)
    return read_labels([vector], marks.class_names, None, ["it"]).vectors[0]


def rows(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))))


@pytest.mark.parametrize("format", TEXT)
@pytest.mark.parametrize(
    "labels",
    [[0, 0, 1, 2, -1, 1, 2, 2, 0], [1] * 9, [1], [-1, -1, 1], [-1, -1], [2, 0, 2, 0]],
    ids=["all kinds", "no touch", "one frame", "left out first", "all left out", "touches only"],
)
def test_labels_of_several_classes_are_the_same_when_read_again(tmp_path: Path, format: str, labels: list[int]) -> None:
    marks = several(labels)
    assert read_again(written(marks, tmp_path, format), marks).tolist() == labels


@pytest.mark.parametrize("rate", RATES)
def test_times_lead_to_the_same_frames_at_any_rate(tmp_path: Path, rate: float) -> None:
    labels = np.random.default_rng(0).integers(-1, 2, 1500).astype(np.int16)
    marks = dataclasses.replace(marked(), labels=labels, frame_rate=rate)
    assert np.array_equal(read_again(written(marks, tmp_path, "boris"), marks), labels)


def test_boris_gets_its_own_columns(tmp_path: Path) -> None:
    head, *events = rows(written(marked(), tmp_path, "boris"))
    assert head[8] == "FPS" and head[12:17] == [
        "Behavior type",
        "Time",
        "Media file name",
        "Image index",
        "Image file path",
    ]
    touch = [(row[12], float(row[13]), int(row[15])) for row in events if row[10] == "Touch"]
    assert touch == [("START", 0.002, 1), ("STOP", 0.008, 4), ("START", 0.012, 6), ("STOP", 0.014, 7)]
    assert {row[14] for row in events} == {"/videos/Mäuse, links/trial 1.mp4"} and {row[8] for row in events} == {"500"}


def test_boris_counts_in_the_time_of_the_media_file(tmp_path: Path) -> None:
    marks = marked(media_rate=25.0)
    _, first, *_ = rows(written(marks, tmp_path, "boris"))
    assert first[8] == "25" and float(first[7]) == 0.36
    assert np.array_equal(read_again(tmp_path / "trial 1_boris.csv", marks), marks.labels)


def test_times_of_boris_that_contradict_its_image_index_are_an_error(tmp_path: Path) -> None:
    path = written(several([1] * 50 + [0] * 50), tmp_path, "boris")
    path.write_text(path.read_text(encoding="utf-8").replace(",500,", ",250,"), encoding="utf-8")
    with raises_with(BadLabels, "image 25", "50"):
        read_label_file(path)


def test_deepethogram_gets_a_column_for_each_class_behind_background(tmp_path: Path) -> None:
    head, *frames = rows(written(several([1, 0, -1, 2]), tmp_path, "deepethogram"))
    assert head == ["", "background", "a, b", 'say "ü"', "never"]
    assert [",".join(row) for row in frames] == ["0,1,0,0,0", "1,0,1,0,0", "2,-1,-1,-1,-1", "3,0,0,1,0"]


@pytest.mark.parametrize(
    ("format", "change"),
    [("boris", lambda text: text.replace("0.008000", "0.006000")), ("deepethogram", lambda text: text[:-2] + "1\n")],
)
def test_labels_are_a_machines_until_a_person_changes_them(
    tmp_path: Path, format: str, change: Callable[[str], str]
) -> None:
    files = write_results(marked(), tmp_path, [format])
    write_json(tmp_path / "session.json", {"videos": [{"video": "/v/a.mp4", "files": files}]})
    (name,) = files
    assert [entry.machine for entry in read_label_file(tmp_path / name).entries] == [True]
    text = (tmp_path / name).read_text(encoding="utf-8").replace(",3,NA", ",4,NA")
    (tmp_path / name).write_text(change(text), encoding="utf-8")
    assert [entry.machine for entry in read_label_file(tmp_path / name).entries] == [False]


def test_times_need_a_frame_rate() -> None:
    check_formats(["mat", "deepethogram"], {"a": None})
    check_formats(TEXT, {"a": 500.0})
    with raises_with(BadOption, "boris", "b", "frame_rate"):
        check_formats(TEXT, {"a": 500.0, "b": None})
