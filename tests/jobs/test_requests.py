"""A request is plain values that are checked with NumPy alone, and does in a job what it does here."""

from __future__ import annotations

import array
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pyside
from pyside.errors import BadLabels, BadOption, Interrupted, NotWritable, PathMissing, TouchTrainError
from pyside.jobs import job, job_records, requests
from tests.conftest import raises_with, touch_frames


@pytest.fixture
def arrays(tmp_path: Path) -> Path:
    """A folder with frames.npy and labels.npy."""
    frames, labels = touch_frames(60, 0)
    folder = tmp_path / "arrays"
    folder.mkdir()
    np.save(folder / "frames.npy", frames)
    np.save(folder / "labels.npy", labels)
    return folder


def test_a_conversion_in_a_job_tells_and_makes_what_it_does_here(arrays: Path, tmp_path: Path) -> None:
    here = job.run_here(requests.conversion("numpy", arrays, None, tmp_path / "here", {}))
    folder = job.start(requests.conversion("numpy", arrays, None, tmp_path / "job", {}), tmp_path / "a job")
    assert job_records.made(folder) == str(tmp_path / "job")
    found = job.wait(folder)
    assert {**found, "path": ""} == {**here, "path": ""}
    assert job_records.status(folder)["command"] == "convert numpy"
    said, seen = job_records.messages(folder, 0, live=False)
    assert all(fact in said[0] for fact in ("frames.npy", "60 frames"))
    assert job_records.messages(folder, seen, live=False) == ([], seen)


def test_milestones_are_for_logs_and_not_for_a_line_that_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "settings.json").write_text("{}")
    with (tmp_path / "told.jsonl").open("w") as file:
        file.write('{"text": "a pair", "milestone": false}\n{"text": "half", "milestone": true}\n{"text": "cut sh')
    said, seen = job_records.messages(tmp_path, 0, live=False)
    assert said == ["a pair", "half"]
    assert job_records.messages(tmp_path, 0, live=True) == (["a pair"], seen)
    assert job_records.messages(tmp_path, seen, live=False) == ([], seen)
    with (tmp_path / "told.jsonl").open("a") as file:
        file.write('ort", "milestone": false}\n')
    assert job_records.messages(tmp_path, seen, live=False)[0] == ["cut short"]


def test_a_fault_in_the_files_is_raised_where_the_result_is_asked_for(arrays: Path, tmp_path: Path) -> None:
    np.save(arrays / "labels.npy", np.zeros(7))
    with pytest.raises(TouchTrainError) as here:
        job.run_here(requests.conversion("numpy", arrays, None, tmp_path / "set", {}))
    with pytest.raises(type(here.value)) as of_job:
        job.wait(job.start(requests.conversion("numpy", arrays, None, tmp_path / "set", {})))
    assert str(of_job.value) == str(here.value)
    assert not (tmp_path / "set").exists()


def test_a_conversion_that_is_asked_to_stop_keeps_what_is_complete(arrays: Path, tmp_path: Path) -> None:
    (tmp_path / "a job").mkdir()
    folder = job.start(requests.conversion("numpy", arrays, None, tmp_path / "set", {}), tmp_path / "a job")
    job.stop(folder)
    with pytest.raises(Interrupted):
        job.wait(folder)
    job.run_here(requests.conversion("numpy", arrays, None, tmp_path / "set", {}))
    assert (tmp_path / "set" / "dataset.json").is_file()


@pytest.mark.parametrize(
    ("labels", "meant"),
    [
        (np.array([0, 1, 1], np.uint8), [0, 1, 1]),
        (np.array([[0.0, np.nan, 1.0]]), [[0.0, None, 1.0]]),
        (array.array("d", [0, 1]), [0.0, 1.0]),
        ([np.array([0, 1]), [1, 0]], [[0, 1], [1, 0]]),
        ((np.array([0, 1]), ("Touch", "NonTouch")), [[0, 1], ["Touch", "NonTouch"]]),
        (("Touch", "NonTouch"), ["Touch", "NonTouch"]),
        ({"a": np.array([True, False])}, {"a": [True, False]}),
        ((), []),
    ],
)
def test_labels_from_memory_become_plain_values(labels: Any, meant: Any, arrays: Path, tmp_path: Path) -> None:
    request = requests.conversion("videos", arrays, labels, tmp_path / "set", {})
    text = json.dumps(request["inputs"]["labels"]).replace("NaN", "null")
    assert json.loads(text) == meant


def test_what_is_no_label_is_a_fault(arrays: Path, tmp_path: Path) -> None:
    with pytest.raises(BadLabels):
        requests.conversion("videos", arrays, [object()], tmp_path / "set", {})


def test_a_folder_is_no_label_file(arrays: Path, tmp_path: Path) -> None:
    with raises_with(PathMissing, str(tmp_path), "is a folder", "label file"):
        requests.conversion("videos", arrays, tmp_path, tmp_path / "set", {})


def test_all_faults_of_paths_and_options_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter1.tex").write_text("years of work")
    with raises_with(PathMissing, 4, "nowhere", "nolabels.mat", "roi", "thesis"):
        requests.conversion("videos", tmp_path / "nowhere", "nolabels.mat", tmp_path / "thesis", {"roi": "big"})


@pytest.mark.parametrize("source", [3, [3], None])
def test_what_is_no_path_is_a_fault(source: Any, tmp_path: Path) -> None:
    with raises_with(BadOption, "videos"):
        pyside.convert_videos(source, [1, 0], tmp_path / "set")
    with raises_with(BadOption, "source"):
        pyside.convert_folders(source, tmp_path / "set")


def test_a_dataset_inside_the_class_folders_is_refused(tmp_path: Path) -> None:
    with raises_with(NotWritable, tmp_path / "set"):
        requests.conversion("folders", tmp_path, None, tmp_path / "set", {})
