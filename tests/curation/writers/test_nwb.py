"""Files of Neurodata Without Borders: pynwb reads them, and every frame has the same label when read again."""

from __future__ import annotations

import dataclasses
import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

from pyside.curation.writers.results import check_formats
from pyside.data.labels.bouts import nwb_files
from pyside.data.labels.files import describe_label_file, read_label_file
from pyside.errors import BadLabels, BadOption, ExtraMissing
from tests.conftest import raises_with
from tests.curation.writers.test_other_programs import RATES, read_again, several, written
from tests.curation.writers.test_results import marked

needs_pynwb = pytest.mark.skipif(importlib.util.find_spec("pynwb") is None, reason="pynwb is not installed")


def test_without_pynwb_the_format_and_such_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "pynwb" else find(name))
    monkeypatch.setitem(sys.modules, "pynwb", None)
    with raises_with(ExtraMissing, "formats", "pynwb", "pip install"):
        check_formats(["mat", "nwb"], {"a": 500.0})
    (tmp_path / "a.nwb").write_bytes(b"")
    with raises_with(ExtraMissing, "a.nwb", "pynwb"):
        read_label_file(tmp_path / "a.nwb")


@needs_pynwb
def test_times_need_a_frame_rate() -> None:
    with raises_with(BadOption, "nwb", "a", "frame_rate"):
        check_formats(["nwb"], {"a": None})


@needs_pynwb
@pytest.mark.parametrize("labels", [[0, 0, 1, 2, -1, 1, 2, 2, 0], [1] * 9, [1], [-1, -1, 1], [-1, -1]])
def test_labels_of_several_classes_are_the_same_when_read_again(tmp_path: Path, labels: list[int]) -> None:
    marks = several(labels)
    path = written(marks, tmp_path, "nwb")
    assert read_again(path, marks).tolist() == labels
    assert [entry.machine for entry in read_label_file(path).entries] == [True]
    assert describe_label_file(path)["recordings"][0]["name"] == "trial 1.mp4"


@needs_pynwb
@pytest.mark.parametrize("rate", RATES)
def test_times_lead_to_the_same_frames_at_any_rate(tmp_path: Path, rate: float) -> None:
    labels = np.random.default_rng(0).integers(-1, 2, 1000).astype(np.int16)
    marks = dataclasses.replace(marked(), labels=labels, frame_rate=rate)
    assert np.array_equal(read_again(written(marks, tmp_path, "nwb"), marks), labels)


@needs_pynwb
def test_the_table_is_one_of_time_intervals_that_says_where_it_comes_from(tmp_path: Path) -> None:
    from pynwb import NWBHDF5IO

    with NWBHDF5IO(written(marked(), tmp_path, "nwb"), "r") as file:
        table = file.read().intervals["labels"]
        rows = table.to_dataframe()
        assert "TouchTrain" in table.description and "cd" * 32 in table.description
    assert rows["label"].tolist() == ["NonTouch", "Touch", "NonTouch", "left out", "Touch", "NonTouch"]
    assert rows["start_time"].tolist() == [0, 0.002, 0.008, 0.01, 0.012, 0.014] and rows["stop_time"].iloc[-1] == 0.018
    assert rows["first_frame"].tolist() == [0, 1, 4, 5, 6, 7] and rows["last_frame"].iloc[-1] == 8


@needs_pynwb
@pytest.mark.skipif(importlib.util.find_spec("nwbinspector") is None, reason="nwbinspector is not installed")
def test_the_inspector_finds_nothing_critical(tmp_path: Path) -> None:
    from nwbinspector import Importance, inspect_nwbfile

    found = [*inspect_nwbfile(nwbfile_path=written(marked(), tmp_path, "nwb"))]
    assert [one for one in found if one.importance.value >= Importance.CRITICAL.value] == []


@needs_pynwb
def test_frames_that_contradict_their_times_are_an_error(tmp_path: Path) -> None:
    import h5py

    path = written(marked(), tmp_path, "nwb")
    with h5py.File(path, "r+") as file:
        file["intervals/labels/frame_rate"][:] = 250
    with raises_with(BadLabels, "row 1", 250, "first_frame"):
        read_label_file(path)


@needs_pynwb
def test_intervals_of_others_are_bouts_in_seconds(tmp_path: Path) -> None:
    import datetime

    from pynwb import NWBHDF5IO, NWBFile
    from pynwb.epoch import TimeIntervals

    file = NWBFile("a session", "it", datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc))
    file.add_trial(start_time=0.0, stop_time=1.0)
    table = TimeIntervals(name="behaviour", description="by hand")
    table.add_column("label", "of the bout")
    table.add_row(start_time=0.1, stop_time=0.3, label="Touch")
    file.add_time_intervals(table)
    with NWBHDF5IO(tmp_path / "a.nwb", "w") as out:
        out.write(file)
    (entry,) = read_label_file(tmp_path / "a.nwb").entries
    assert np.flatnonzero(entry.for_video(10, 0, "a", "a.mp4", 10.0).active[:, 0]).tolist() == [1, 2]
    assert not entry.machine


@needs_pynwb
@pytest.mark.parametrize("size", [0, 100, 5000, 60_000])
def test_a_damaged_file_is_an_error_that_names_it(tmp_path: Path, size: int) -> None:
    path = written(marked(), tmp_path, "nwb")
    path.write_bytes(path.read_bytes()[:size])
    with raises_with(BadLabels, path.name):
        nwb_files.read_nwb(path)
