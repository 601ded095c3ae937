"""The door that MATLAB calls: plain values in, JSON text out."""

from __future__ import annotations

import array
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pyside import matlab
from pyside.errors import (
    BadJob,
    BadOption,
    LengthMismatch,
    NotWritable,
    PathMissing,
    PixelRange,
    PythonNotFound,
    UnknownOption,
)
from pyside.jobs import job
from tests.conftest import QUICK, holds, raises_with, touch_frames

FRAMES, LABELS = touch_frames(30, 0)


def opened(tmp_path: Path, frames: np.ndarray, labels: Any, **options: Any) -> str:
    text = matlab.convert_arrays_open(str(tmp_path / "set"), json.dumps(options), labels, json.dumps([frames.shape]))
    return json.loads(text)["token"]


def test_arrays_go_in_by_open_append_close(tmp_path: Path) -> None:
    sizes = json.dumps([[20, 20, 30], [20, 20, 10]])
    labels = (array.array("d", LABELS.tolist()), array.array("d", LABELS[:10].tolist()))
    record = json.loads(matlab.convert_arrays_open(str(tmp_path / "set"), "{}", labels, sizes))
    assert record["orders"] == ["HWN", "HWN"]
    assert record["frames"] == [30, 10]
    token = record["token"]
    assert json.loads(matlab.convert_arrays_append(token, 1.0, memoryview(FRAMES[:, :, :20])))["frames"] == 20
    assert json.loads(matlab.convert_arrays_append(token, 1.0, memoryview(FRAMES[:, :, 20:])))["frames"] == 30
    assert json.loads(matlab.convert_arrays_append(token, 2.0, memoryview(FRAMES[:, :, :10])))["frames"] == 40
    report = json.loads(matlab.convert_arrays_close(token))
    assert report["frames"] == 40 and holds(report["labels_told"], "0 = NonTouch", "1 = Touch")
    with pytest.raises(BadJob):
        matlab.convert_arrays_append(token, 1.0, FRAMES)
    assert json.loads(matlab.inspect(str(tmp_path / "set")))["kind"] == "dataset"


def test_frames_are_counted_from_one_in_matlabs_messages(tmp_path: Path) -> None:
    frames = FRAMES / 255
    frames[0, 0, 4] = 2
    token = opened(tmp_path, frames, LABELS, PixelRange=[0, 1])
    with raises_with(PixelRange, "frame 5"):
        matlab.convert_arrays_append(token, 1, frames)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(BadJob):
        matlab.convert_arrays_close(token)


def test_an_aborted_conversion_leaves_nothing(tmp_path: Path) -> None:
    token = opened(tmp_path, FRAMES, LABELS)
    assert matlab.convert_arrays_abort(token) == matlab.convert_arrays_abort(token) == "{}"
    assert list(tmp_path.iterdir()) == []


def test_faults_are_told_when_a_conversion_is_opened(tmp_path: Path) -> None:
    with pytest.raises(LengthMismatch):
        opened(tmp_path, FRAMES, LABELS[:4])
    with raises_with(UnknownOption, "PixelRange"):
        opened(tmp_path, FRAMES, LABELS, PixelRagne=1)
    with raises_with(PixelRange, "double"):
        matlab.convert_arrays_open(str(tmp_path / "set"), "{}", LABELS, "[[20, 20, 30]]", '["double"]')
    assert list(tmp_path.iterdir()) == []


def test_all_options_are_listed_with_defaults_and_help() -> None:
    names = {row["name"] for row in json.loads(matlab.options("train"))}
    assert {
        "MaxEpochs",
        "MiniBatchSize",
        "InitialLearnRate",
        "ValidationPatience",
        "Shuffle",
        "Plots",
        "Verbose",
    } <= names
    assert {"ExecutionEnvironment", "OutputNetwork", "JobFolder", "ConvolutionFilters", "DenseUnits"} <= names
    rows = json.loads(matlab.options("convertArrays"))
    assert {"ClassNames", "LabelValues", "Recordings", "FrameOrder", "PixelRange", "Contrast", "Grey", "Verbose"} == {
        row["name"] for row in rows
    }
    assert all(row["doc"] for row in rows)


def test_options_are_checked_by_themselves() -> None:
    assert matlab.check_options("train", '{"MaxEpochs": 3.0, "Plots": "none"}') == "{}"
    with raises_with(BadOption, "MaxEpochs"):
        matlab.check_options("train", '{"MaxEpochs": 0}')


@pytest.mark.trains
def test_a_training_is_started_watched_and_fetched(
    make_dataset: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOUCHTRAIN_HOST", "matlab")
    dataset = str(make_dataset())
    options = {"MaxEpochs": 1, "Network": QUICK["network"], "Report": False, "JobFolder": str(tmp_path / "job")}
    with pytest.raises(PythonNotFound):
        matlab.start_job("train", dataset, str(tmp_path / "model"), json.dumps(options))
    found = json.loads(matlab.record_python(sys.executable))
    assert found["python"] == sys.executable
    monkeypatch.setenv("TOUCHTRAIN_PYTHON", sys.executable)  # record_python set it; this undoes it after the test
    assert json.loads(matlab.about())["job_python"] == sys.executable
    started = json.loads(matlab.start_job("train", dataset, str(tmp_path / "model"), json.dumps(options)))
    assert started["folder"] == str(tmp_path / "job")
    assert started["makes"] == str(tmp_path / "model.h5")
    while (status := json.loads(matlab.job_status(started["folder"])))["state"] in ("waiting", "running"):
        assert len(status["line"]) <= 79
    result = json.loads(matlab.job_result(started["folder"]))
    assert len(result["history"]["val_loss"]) == 1
    assert result["model_path"] == str(tmp_path / "model.h5")
    assert result["report"]["best_epoch"] == 1
    assert json.loads(matlab.inspect(result["model_path"]))["class_names"] == ["NonTouch", "Touch"]


def test_a_stop_of_no_job_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(BadJob):
        matlab.stop_job(str(tmp_path))


def test_a_missing_dataset_is_named(tmp_path: Path) -> None:
    with raises_with(PathMissing, "nowhere"):
        matlab.start_job("train", str(tmp_path / "nowhere"), str(tmp_path / "m.h5"), "{}")


def test_what_the_system_refuses_has_an_identifier_for_matlab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(folder: str) -> None:
        raise PermissionError(13, "Permission denied", str(tmp_path))

    monkeypatch.setattr(job, "remove", refuse)
    with raises_with(NotWritable, tmp_path, "Permission denied"):
        matlab.remove_job(str(tmp_path))


def test_frames_in_results_are_counted_from_1() -> None:
    mistakes = [{"recording": "a", "frame": 0, "number": 7}, {"recording": "b", "frame": None, "number": 8}]
    record = {
        "report": {"mistakes": mistakes, "first_frame": 0, "best_epoch": 3},
        "damaged": {"a": [0, 4], "b": []},
        "rows": [{"class": "Touch", "frame": 12}],
    }
    found = matlab._counted_from_1(record)
    assert [(one["frame"], one["number"]) for one in found["report"]["mistakes"]] == [(1, 8), (None, 9)]
    assert found["report"]["first_frame"] == 1 and found["report"]["best_epoch"] == 3
    assert found["damaged"] == {"a": [1, 5], "b": []} and found["rows"] == [{"class": "Touch", "frame": 13}]
    assert record["report"]["mistakes"][0]["frame"] == 0 and record["rows"][0]["frame"] == 12
    assert matlab._counted_from_1({"damaged": ["Touch/a.png"]}) == {"damaged": ["Touch/a.png"]}


def test_frames_that_are_left_out_are_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    record = {"path": "set", "left_out_why": {"without_center": 1, "by_label": 1200}}
    monkeypatch.setattr("pyside.jobs.job_records.result", lambda folder: record)
    report = json.loads(matlab.job_result("job"))["report"]
    assert report["left_out_told"] == ["1 frame without a centre", "1,200 frames without labels"]
    assert report["left_out_why"] == record["left_out_why"]
