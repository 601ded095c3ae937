"""A conversion does not take labels that a model wrote for those of a person, unless that is wanted."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import pyside
from pyside.data.labels.machine_made import origin_of_frames
from pyside.errors import MachineLabels
from tests.conftest import holds, raises_with
from tests.data.conftest import WriteVideo, numbered_frames

LABELS = ["NonTouch", "Touch", "Touch", "NonTouch", "", "NonTouch"]


@pytest.fixture
def lab(tmp_path: Path, write_video: WriteVideo) -> Path:
    """A folder with two videos of six frames, and labels.csv, in which a model has labelled both."""
    rows = []
    for name in ("a.avi", "b.avi"):
        write_video(f"videos/{name}", numbered_frames(6))
        origin = origin_of_frames(np.arange(1, 7), LABELS)
        rows += [f"{name},{frame},{label},0.5,,{origin}" for frame, label in enumerate(LABELS, 1)]
    (tmp_path / "labels.csv").write_text("\n".join(["video,frame,label,probability_Touch,reason,origin", *rows]))
    return tmp_path


def labels_by(lab: Path) -> list[str]:
    recordings = json.loads((lab / "set" / "dataset.json").read_bytes())["recordings"]
    return [one["source"].get("labels_by", "") for one in recordings]


def correct(lab: Path) -> None:
    """A person changes a label of a.avi."""
    text = (lab / "labels.csv").read_text()
    (lab / "labels.csv").write_text(text.replace("a.avi,1,NonTouch", "a.avi,1,Touch"))


def test_labels_of_a_machine_are_an_error_before_anything_is_written(lab: Path) -> None:
    with raises_with(MachineLabels, "labels.csv, a.avi", "labels.csv, b.avi", "include_machine_labels"):
        pyside.convert_videos(lab / "videos", lab / "labels.csv", lab / "set")
    correct(lab)
    with raises_with(MachineLabels, "labels.csv, b.avi") as caught:
        pyside.convert_videos(lab / "videos", lab / "labels.csv", lab / "set")
    assert "a.avi" not in str(caught.value) and not (lab / "set").exists()


def test_with_the_option_they_are_used_and_the_dataset_says_whose_they_are(lab: Path) -> None:
    correct(lab)
    report = pyside.convert_videos(lab / "videos", lab / "labels.csv", lab / "set", include_machine_labels=True)
    assert report["counts"] == {"NonTouch": 5, "Touch": 5} and report["left_out"] == 2
    assert labels_by(lab) == ["", "machine"]
    assert any(holds(text, "labels.csv, b.avi") for text in report["warnings"])
    assert pyside.inspect(lab / "set")["labels_by_machine"] == ["b"]


def test_frames_are_kept_when_a_person_has_corrected_the_labels(lab: Path) -> None:
    pyside.convert_videos(lab / "videos", lab / "labels.csv", lab / "set", include_machine_labels=True)
    written = (lab / "set" / "b.frames.npy").stat().st_ino
    correct(lab)
    (lab / "labels.csv").write_text((lab / "labels.csv").read_text().replace("b.avi,1,NonTouch", "b.avi,1,Touch"))
    pyside.convert_videos(lab / "videos", lab / "labels.csv", lab / "set")
    assert labels_by(lab) == ["", ""] and (lab / "set" / "b.frames.npy").stat().st_ino == written
