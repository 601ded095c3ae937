"""The marks of a recording as files for people: what is in them, and that they are read as the same labels again."""

from __future__ import annotations

import csv
import dataclasses
import hashlib
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pyside
from pyside.curation.marks import WHY, Marks, labels_of, touches
from pyside.curation.writers.mat_file import variables
from pyside.curation.writers.results import file_names, write_results
from pyside.data.formats.mat_files import read_mat
from pyside.data.labels.class_indices import read_labels
from pyside.data.labels.files import describe_label_file, read_label_file
from pyside.data.labels.forms import read_label_values
from pyside.errors import BadLabels, MachineLabels, NotWritable
from pyside.evaluation.decision import Decision
from pyside.system.records import write_json
from tests.conftest import holds, raises_with

ALL = ("mat", "csv", "npy")
PROBABILITIES = [0.1, 0.7, 0.9, 0.5, 0.2, np.nan, 0.8, 0.3, 0.0]


def marked(names: tuple[str, str] = ("NonTouch", "Touch"), **fields: Any) -> Marks:
    """Marks of nine frames with the touches 2 to 4 and 7, counted from 1; frame 6 is left out, 9 cannot be a touch."""
    index = 1 - names.index("NonTouch") if "NonTouch" in names else 1
    touch = np.array(PROBABILITIES, np.float32)
    probabilities = np.stack([1 - touch, touch] if index else [touch, 1 - touch], axis=1)
    why = np.where(np.isnan(touch), WHY.index("damaged"), 0).astype(np.uint8)
    why[8] = WHY.index("by_value")
    decision = Decision(names[index], index, 0.5)
    labels = labels_of(probabilities, why, decision)
    video = Path("/videos/Mäuse, links/trial 1.mp4")
    marks = Marks("trial 1", video, names, probabilities, labels, why, decision, 500.0, "ab" * 32, "cd" * 32)
    return dataclasses.replace(marks, **fields)


def rows_of(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))


# --- what is in them -----------------------------------------------------------------------------------------------


def test_each_format_has_its_files_and_their_hashes_are_returned(tmp_path: Path) -> None:
    found = write_results(marked(), tmp_path, ALL)
    assert [*found] == ["trial 1.mat", "trial 1.csv", "trial 1_touches.csv", "trial 1.npy"]
    assert [*found] == file_names("trial 1", ALL) and sorted(found) == sorted(one.name for one in tmp_path.iterdir())
    assert all(hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() == value for name, value in found.items())


def test_equal_marks_are_equal_bytes(tmp_path: Path) -> None:
    for folder in (tmp_path / "a", tmp_path / "b"):
        folder.mkdir()
    assert write_results(marked(), tmp_path / "a", ALL) == write_results(marked(), tmp_path / "b", ALL)
    assert b"Created on" not in (tmp_path / "a" / "trial 1.mat").read_bytes()[:128]


def test_the_mat_file_has_plain_variables_with_both_countings(tmp_path: Path) -> None:
    write_results(marked(), tmp_path, ("mat",))
    found = read_mat(tmp_path / "trial 1.mat")
    assert found["labels"].ravel().tolist() == [0, 1, 1, 1, 0, -1, 1, 0, 0] and found["labels"].dtype == np.float64
    assert found["frame"].ravel().tolist() == [*range(1, 10)] and found["frame_from_0"].ravel().tolist() == [*range(9)]
    assert np.array_equal(found["probabilities"], marked().probabilities, equal_nan=True)
    assert found["class_names"] == ["NonTouch", "Touch"]
    assert found["reason_names"][int(found["reason"][5, 0])] == "damaged" and found["reason"].ravel()[:5].sum() == 0
    assert found["video"] == "/videos/Mäuse, links/trial 1.mp4" and found["recording"] == "trial 1"
    assert found["frame_rate"] == 500 and (found["video_sha256"], found["model_sha256"]) == ("ab" * 32, "cd" * 32)
    decision = found["decision"]
    assert (decision["event_class"], decision["threshold"], decision["min_duration_ms"]) == ("Touch", 0.5, 2)
    columns = found["touches"]
    assert columns["onset"].ravel().tolist() == [2, 7] and columns["offset"].ravel().tolist() == [4, 7]
    assert columns["onset_from_0"].ravel().tolist() == [1, 6] and columns["offset_from_0"].ravel().tolist() == [3, 6]
    assert columns["duration"].ravel().tolist() == [3, 1] and columns["duration_ms"].ravel().tolist() == [6, 2]
    assert columns["class_name"] == ["Touch", "Touch"] and columns["label"].ravel().tolist() == [1, 1]


def test_the_csv_has_a_row_for_every_frame_counted_from_one(tmp_path: Path) -> None:
    write_results(marked(), tmp_path, ("csv",))
    rows = rows_of(tmp_path / "trial 1.csv")
    head = "video frame label probability_NonTouch probability_Touch reason origin"
    assert [*rows[0]] == head.split() and [row["frame"] for row in rows] == [*map(str, range(1, 10))]
    assert [row["label"] for row in rows[:6]] == ["NonTouch", "Touch", "Touch", "Touch", "NonTouch", ""]
    assert rows[5]["probability_Touch"] == "" and rows[5]["reason"] == "damaged" and rows[0]["reason"] == ""
    assert float(rows[8]["probability_Touch"]) == 0 and rows[8]["reason"]
    assert [float(row["probability_Touch"] or "nan") >= 0.5 for row in rows] == [
        row["label"] == "Touch" for row in rows
    ]


def test_no_number_in_the_csv_crosses_the_threshold() -> None:
    touch = np.nextafter(np.float32(0.7), np.float32(0))  # below 0.7, and 0.7 with six digits
    assert float(f"{touch:.9g}") < 0.7 and np.float32(f"{touch:.9g}") == touch


def test_the_touches_are_a_table_of_their_own(tmp_path: Path) -> None:
    write_results(marked(), tmp_path, ("csv",))
    rows = rows_of(tmp_path / "trial 1_touches.csv")
    assert [(row["onset_frame"], row["offset_frame"], row["duration_frames"]) for row in rows] == [
        ("2", "4", "3"),
        ("7", "7", "1"),
    ]
    assert [row["duration_ms"] for row in rows] == ["6", "2"] and rows[0]["left_out_frames"] == "1"


def test_the_npy_file_has_a_column_a_class(tmp_path: Path) -> None:
    write_results(marked(), tmp_path, ("npy",))
    found = np.load(tmp_path / "trial 1.npy")
    assert found.dtype == np.float32 and np.array_equal(found, marked().probabilities, equal_nan=True)


def test_what_is_not_known_is_empty_or_nan(tmp_path: Path) -> None:
    write_results(marked(frame_rate=None, decision=Decision(None, None, None)), tmp_path, ALL)
    found = read_mat(tmp_path / "trial 1.mat")
    assert np.isnan(found["frame_rate"]) and np.isnan(found["touches"]["duration_ms"]).all()
    assert found["decision"]["event_class"] == "" and np.isnan(found["decision"]["threshold"])
    assert rows_of(tmp_path / "trial 1_touches.csv")[0]["duration_ms"] == ""


def test_names_of_columns_are_legal_and_differ(tmp_path: Path) -> None:
    write_results(marked(names=("kein Ä", "kein Ö"), decision=Decision(None, None, None)), tmp_path, ("csv",))
    content = (tmp_path / "trial 1.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbfvideo,frame,label,probability_kein__,probability_kein___2,")
    assert rows_of(tmp_path / "trial 1.csv")[0]["label"] == "kein Ä"


def test_a_recording_without_frames_or_touches_has_files_too(tmp_path: Path) -> None:
    none = np.zeros(0)
    empty = {"probabilities": none.reshape(0, 2).astype(np.float32), "labels": none.astype(np.int16)}
    write_results(marked(**empty, why=none.astype(np.uint8)), tmp_path, ALL)
    found = read_mat(tmp_path / "trial 1.mat")
    assert found["labels"].shape == (0, 1) and found["touches"]["onset"].shape == (0, 1)
    assert rows_of(tmp_path / "trial 1_touches.csv") == []


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(NotWritable):
        write_results(marked(), tmp_path / "none", ("npy",))


# --- read as labels ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("names", [("NonTouch", "Touch"), ("Touch", "NonTouch"), ("kein Ä", "Ö, ja")])
@pytest.mark.parametrize("ending", [".mat", ".csv"])
def test_results_are_read_as_the_same_labels_and_as_a_machine_s(
    tmp_path: Path, names: tuple[str, str], ending: str
) -> None:
    marks = marked(names)
    write_results(marks, tmp_path, ALL)
    (entry,) = read_label_file(tmp_path / f"trial 1{ending}").entries
    assert entry.machine and entry.name.endswith("trial 1.mp4") and entry.tags == {}
    labels = entry.for_video(9, 0, "trial 1", "trial 1.mp4")
    (found,) = read_labels([labels], names, None, ["trial 1"]).vectors
    assert np.array_equal(found, marks.labels)


def test_touches_are_read_as_bouts_with_their_last_frames(tmp_path: Path) -> None:
    marks = marked()
    write_results(marks, tmp_path, ("csv",))
    found = read_label_file(tmp_path / "trial 1_touches.csv")
    (entry,) = found.entries
    assert holds(found.remarks[-1], "trial 1_touches.csv", "left")  # a frame, which a table of touches cannot say
    activity = entry.for_video(9, 0, "trial 1", "trial 1.mp4")
    assert entry.machine and entry.tags == {} and np.array_equal(activity.active[:, 0], marks.labels == 1)


def test_what_matlab_loaded_is_read_from_memory_too_also_for_several_videos() -> None:
    structs = [variables(marked()), variables(marked(video=Path("b.mp4")))]
    loaded = [{**one, "class_names": one["class_names"].ravel().tolist()} for one in structs]
    found = read_label_values(loaded)
    assert [entry.name for entry in found.entries] == ["/videos/Mäuse, links/trial 1.mp4", "b.mp4"]
    assert all(entry.machine for entry in found.entries)
    (single,) = read_label_values(loaded[0]).entries
    assert single.machine and single.labels[:2] == ["NonTouch", "Touch"]


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_a_csv_that_a_spreadsheet_saved_again_is_still_the_machine_s(tmp_path: Path, delimiter: str) -> None:
    write_results(marked(), tmp_path, ("csv",))
    for name in ("trial 1.csv", "trial 1_touches.csv"):
        rows = rows_of(tmp_path / name)
        file = io.StringIO()
        writer = csv.DictWriter(file, [*reversed(rows[0])], delimiter=delimiter, lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(
            {key: value.replace(".", ",") if "probability" in key else value for key, value in row.items()}
            for row in rows
        )
        (tmp_path / "again.csv").write_text(file.getvalue(), encoding="cp1252")
        assert [entry.machine for entry in read_label_file(tmp_path / "again.csv").entries] == [True]


@pytest.mark.parametrize("name", ["trial 1.csv", "trial 1_touches.csv"])
def test_a_csv_in_which_a_person_changed_a_label_is_the_person_s(tmp_path: Path, name: str) -> None:
    write_results(marked(), tmp_path, ("csv",))
    text = (tmp_path / name).read_text(encoding="utf-8")
    for old, new in (("mp4,2,Touch", "mp4,2,NonTouch"), ("Touch,2,4,3", "Touch,2,5,4")):
        text = text.replace(old, new)
    (tmp_path / name).write_text(text, encoding="utf-8")
    (entry,) = read_label_file(tmp_path / name).entries
    assert not entry.machine and entry.tags == {}


def test_of_several_videos_in_one_csv_each_is_looked_at_by_itself(tmp_path: Path) -> None:
    texts = []
    for video in ("a.mp4", "b.mp4"):
        write_results(marked(video=Path(video)), tmp_path, ("csv",))
        texts.append((tmp_path / "trial 1.csv").read_text(encoding="utf-8"))
    changed = texts[1].partition("\n")[2].replace("mp4,1,NonTouch", "mp4,1,Touch")
    (tmp_path / "both.csv").write_text(texts[0] + changed, encoding="utf-8")
    assert [entry.machine for entry in read_label_file(tmp_path / "both.csv").entries] == [True, False]


def test_a_mat_file_in_which_a_person_changed_a_label_is_the_person_s(tmp_path: Path) -> None:
    import matio

    write_results(marked(), tmp_path, ("mat",))
    found = matio.load_from_mat(str(tmp_path / "trial 1.mat"))
    for change, machine in ((0, True), (1, False)):
        found["labels"][0, 0] = change
        matio.save_to_mat(str(tmp_path / "again.mat"), found, version="v7")
        (entry,) = read_label_file(tmp_path / "again.mat").entries
        assert entry.machine is machine and entry.labels[0] == ("NonTouch", "Touch")[change]
    found["labels"][0, 0] = 7
    matio.save_to_mat(str(tmp_path / "again.mat"), found, version="v7")
    with raises_with(BadLabels, "again.mat", "class_names"):
        read_label_file(tmp_path / "again.mat")


def test_inspect_says_that_a_model_wrote_it(tmp_path: Path) -> None:
    write_results(marked(), tmp_path, ALL)
    for name in ("trial 1.mat", "trial 1.csv", "trial 1_touches.csv"):
        found = describe_label_file(tmp_path / name)
        assert found["recordings"][0]["by"] == "a model" and holds(found["odd"][-1], name, "include_machine_labels")


def test_an_npy_file_is_known_by_the_list_of_its_session(tmp_path: Path) -> None:
    path = tmp_path / "trial 1.npy"
    results = write_results(marked(), tmp_path, ("npy",))
    with raises_with(BadLabels, "trial 1.npy"):
        describe_label_file(path)
    write_json(tmp_path / "session.json", {"videos": [{"name": "trial 1", "files": results}]})
    found = describe_label_file(path)
    assert (found["kind"], found["frames"], found["classes"], found["by"]) == ("probabilities", 9, 2, "a model")
    with raises_with(MachineLabels, "probabilities", ".mat"):
        read_label_file(path)
    path.rename(tmp_path / "labels.npy")
    np.save(tmp_path / "frames.npy", np.random.default_rng(0).integers(0, 255, (9, 24, 24), dtype=np.uint8))
    with raises_with(MachineLabels, "labels.npy"):
        pyside.convert_numpy(tmp_path, tmp_path / "set")
    (tmp_path / "labels.npy").rename(path)
    (tmp_path / "session.json").write_bytes(b"[{]")
    with raises_with(BadLabels, "trial 1.npy"):
        describe_label_file(path)


def test_a_column_origin_of_the_lab_is_a_tag_as_ever(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("video,frame,label,origin\na,1,Touch,machine shop\na,2,NonTouch,machine shop\n")
    (entry,) = read_label_file(tmp_path / "a.csv").entries
    assert entry.tags == {"origin": "machine shop"} and not entry.machine
    assert len(touches(marked())) == 2
