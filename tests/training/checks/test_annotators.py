from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.io import savemat

import pyside
from pyside.data.dataset import Dataset, open_dataset
from pyside.data.dataset_writer import DatasetWriter
from pyside.data.labels.machine_made import origin_of_frames
from pyside.errors import (
    BadLabels,
    BadOption,
    LengthMismatch,
    MachineLabels,
    NotReadable,
    PathMissing,
    TouchTrainError,
    Unpaired,
)
from pyside.training.checks.annotators import check_annotations, read_annotations
from tests.conftest import holds, locked, raises_with
from tests.data.conftest import COMPOSED, DECOMPOSED

NAMES = ("NonTouch", "Touch")
Write = Callable[..., Dataset]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """A function that writes a dataset of videos trial1.mp4 (6 frames; 0, 1, 2 and 5 kept) and trial2.mp4 (4)."""

    numbers = itertools.count()  # a folder of its own for each, because Windows renames none that is open

    def dataset(
        mapping: dict[str, str] | None = None, kind: str = "video", names: tuple[str, ...] = NAMES, **tags: Any
    ) -> Dataset:
        mapping = {"0": "NonTouch", "1": "Touch"} if mapping is None else mapping
        writer = DatasetWriter(tmp_path / f"set{next(numbers)}", names, (4, 4, 1), mapping, {})
        for name, frames, kept in (("trial1", 6, [[0, 2], [5, 5]]), ("trial2", 4, [[0, 3]])):
            recording = writer.begin(name)
            recording.append(np.zeros((4, 4, 4, 1), np.uint8))
            source = {"kind": kind, "file": f"{name}.mp4", "frames": frames, "frames_kept": kept}
            recording.close(np.zeros(4, np.int16), np.full(4, int(name[-1]), np.int32), source)
        return writer.close()

    return dataset


def csv(folder: Path, name: str, *rows: str) -> Path:
    path = folder / name
    path.write_text("\n".join(["video,frame,label", *rows]), encoding="utf-8")
    return path


def mat(folder: Path, name: str, *labels: Any) -> Path:
    """Write one vector a video, or one struct a video, as MATLAB does."""
    made = np.empty((1, len(labels)), object)
    made[0, :] = labels
    savemat(folder / name, {"labels": made})
    return folder / name


def test_labels_that_a_model_wrote_count_only_if_wanted(write: Write, tmp_path: Path) -> None:
    labels = ["NonTouch", "Touch", "Touch", ""]
    origin = origin_of_frames(np.arange(1, 5), labels)
    rows = [f"trial2.mp4,{frame},{label},{origin}" for frame, label in enumerate(labels, 1)]
    path = tmp_path / "by_model.csv"
    path.write_text("\n".join(["video,frame,label,origin", *rows]))
    with raises_with(MachineLabels, "by_model.csv", "include_machine_labels"):
        read_annotations(path, write())
    assert read_annotations(path, write(), machines=True)["by_model"].tolist() == [-1, -1, -1, -1, 0, 1, 1, -1]
    path.write_text(path.read_text().replace("1,NonTouch", "1,Touch"))
    assert read_annotations(path, write())["by_model"].tolist() == [-1, -1, -1, -1, 1, 1, 1, -1]


def test_bouts_and_columns_of_behaviours_are_labels_of_people_too(write: Write, tmp_path: Path) -> None:
    (tmp_path / "anna.csv").write_text(
        "video,start_frame,end_frame,label\ntrial1.mp4,1,2,Touch\ntrial2.mp4,4,4,Touch\n"
    )
    found = read_annotations(str(tmp_path / "anna.csv"), write())
    assert found["anna"].tolist() == [1, 1, 0, 0, 0, 0, 0, 1]
    rows = [f"trial1.mp4,{k},{k % 2},{1 - k % 2}\n" for k in range(1, 7)]
    (tmp_path / "ben.csv").write_text("video,frame,rest,lick\n" + "".join(rows))
    dataset = write({"rest": "NonTouch", "lick": "Touch"})
    assert read_annotations(str(tmp_path / "ben.csv"), dataset)["ben"].tolist() == [0, 1, 0, 1, -1, -1, -1, -1]
    (tmp_path / "cleo.csv").write_text("video,start_s,stop_s,label\ntrial1.mp4,0.1,0.2,Touch\n")
    with raises_with(BadLabels, "cleo.csv", "fps"):
        read_annotations(str(tmp_path / "cleo.csv"), dataset)


# --- which frames --------------------------------------------------------------------------------------------------


def test_labels_of_a_video_are_laid_over_the_frames_that_the_dataset_holds(write: Write, tmp_path: Path) -> None:
    path = csv(tmp_path, "anna.csv", "trial1.mp4,1,Touch", "trial1.mp4,2,NonTouch", "trial1.mp4,6,Touch")
    found = read_annotations(str(path), write())
    assert list(found) == ["anna"] and found["anna"].dtype == np.int64
    assert found["anna"].tolist() == [1, 0, -1, 1, -1, -1, -1, -1]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_frame_bears_the_label_of_its_number_in_the_video(write: Write, tmp_path: Path, data: st.DataObject) -> None:
    vectors = [np.array(data.draw(st.lists(st.sampled_from([-1, 0, 1]), min_size=n, max_size=n))) for n in (6, 4)]
    vectors[0][0], vectors[1][0] = 0, 1
    path = mat(tmp_path, "ben.mat", *(vector.astype(float) for vector in vectors))
    assert read_annotations(path, write())["ben"].tolist() == [*vectors[0][[0, 1, 2, 5]], *vectors[1]]


def test_recordings_are_found_by_path_by_stem_and_in_any_case(write: Write, tmp_path: Path) -> None:
    rows = [r"C:\data\TRIAL2.MP4,1,Touch", "trial1,3,Touch"]
    assert read_annotations(csv(tmp_path, "a.csv", *rows), write())["a"].tolist() == [-1, -1, 1, -1, 1, -1, -1, -1]


def test_videos_of_one_name_are_told_apart_by_their_folders(tmp_path: Path) -> None:
    writer = DatasetWriter(tmp_path / "set", NAMES, (4, 4, 1), {}, {})
    for day in ("monday", "tuesday"):
        recording = writer.begin(f"{day}/a.mp4")
        recording.append(np.zeros((2, 4, 4, 1), np.uint8))
        source = {"kind": "video", "file": "a.mp4", "frames": 2, "frames_kept": [[0, 1]]}
        recording.close(np.zeros(2, np.int16), np.zeros(2, np.int32), source)
    path = csv(tmp_path, "anna.csv", "/videos/tuesday/a.mp4,2,Touch", "monday/a.mp4,1,NonTouch")
    assert read_annotations(path, writer.close())["anna"].tolist() == [0, -1, -1, 1]


def test_recordings_are_found_by_trial_number(write: Write, tmp_path: Path) -> None:
    path = mat(tmp_path, "anna.mat", {"trialNum": 2.0, "labels": [0.0, 1, 1, 0]}, {"trialNum": 9.0, "labels": [1.0, 0]})
    assert read_annotations(path, write())["anna"].tolist() == [-1, -1, -1, -1, 0, 1, 1, 0]


def test_a_recording_that_a_person_left_out_bears_no_labels(write: Write, tmp_path: Path) -> None:
    structs = [
        {"video": "trial1", "labels": [1.0, 1, 0, 0, 0, 0], "uncuratable": 1.0},
        {"video": "trial2", "labels": [0.0, 1, 1, 0], "uncuratable": 0.0},
    ]
    found = read_annotations(mat(tmp_path, "anna.mat", *structs), write())
    assert found["anna"].tolist() == [-1, -1, -1, -1, 0, 1, 1, 0]


def test_a_dataset_of_arrays_has_all_frames_and_bears_the_names_of_its_recordings(tmp_path: Path) -> None:
    frames = np.random.default_rng(0).integers(0, 255, (2, 5, 20, 20), dtype=np.uint8)
    labels = [[0, 1, 0, 1, 0]] * 2
    pyside.convert_arrays(list(frames), labels, tmp_path / "set", recordings=["one", "two"], frame_order="nhw")
    path = csv(tmp_path, "anna.csv", "two,1,Touch", "two,5,NonTouch", "one,2,Touch")
    found = read_annotations(path, open_dataset(tmp_path / "set"))
    assert found["anna"].tolist() == [-1, 1, -1, -1, -1, 1, -1, -1, -1, 0]


@pytest.mark.parametrize("names", [["trial10", "trial2"], ["trial2", "trial10"], ["a1", "a2"]])
def test_recordings_matched_by_order_are_warned_of_if_they_have_two(tmp_path: Path, names: list[str]) -> None:
    frames = np.random.default_rng(0).integers(0, 255, (2, 5, 20, 20), dtype=np.uint8)
    pyside.convert_arrays(list(frames), [[0, 1, 0, 1, 0]] * 2, tmp_path / "set", recordings=names, frame_order="nhw")
    dataset = open_dataset(tmp_path / "set")
    warnings: list[str] = []
    path = mat(tmp_path, "anna.mat", np.array([0.0, 0, 0, 0, 1]), np.array([1.0, 0, 0, 0, 0]))
    assert read_annotations(path, dataset, warnings)["anna"].tolist() == [0, 0, 0, 0, 1, 1, 0, 0, 0, 0]
    assert [holds(text, "anna.mat", "trial10, trial2", "trial2, trial10") for text in warnings] == [True] * (
        names[0] == "trial10"
    )
    rows = [{"video": name, "labels": [0.0, 1, 0, 0, 0]} for name in names]
    read_annotations(mat(tmp_path, "ben.mat", *rows), dataset, warnings := [])
    assert warnings == []


# --- which class ---------------------------------------------------------------------------------------------------


def test_labels_mean_what_they_meant_when_the_dataset_was_made(write: Write, tmp_path: Path) -> None:
    dataset = write({"1": "NonTouch", "2": "Touch", "3": "Touch"})
    numbers = mat(tmp_path, "numbers.mat", np.array([1.0, 2, 3, 1, 1, 1]), np.array([2.0, 1, np.nan, -1]))
    names = csv(tmp_path, "names.csv", "trial1,1,nontouch", "trial1,2,TOUCH", "trial1,3,3")
    found = read_annotations([numbers, names], dataset)
    assert found["numbers"].tolist() == [0, 1, 1, 0, 1, 0, -1, -1]
    assert found["names"].tolist() == [0, 1, 1, -1, -1, -1, -1, -1]


def test_numbers_mean_what_they_meant_though_0_and_classes_are_missing(write: Write, tmp_path: Path) -> None:
    dataset = write({"0": "rest", "1": "lick", "2": "groom"}, names=("rest", "lick", "groom"))
    path = mat(tmp_path, "anna.mat", np.array([1.0, 1, 1, -1, -1, -1]), np.array([1.0, 1, 1, 1]))
    assert read_annotations(path, dataset)["anna"].tolist() == [1, 1, 1, -1, 1, 1, 1, 1]


def test_one_is_touch_in_either_order_of_the_classes(write: Write, tmp_path: Path) -> None:
    dataset = write({"0": "NonTouch", "1": "Touch"}, names=("Touch", "NonTouch"))
    path = mat(tmp_path, "anna.mat", np.array([1.0, 0, 0, 0, 0, 0]), np.array([0.0, 0, 1, 1]))
    assert read_annotations(path, dataset)["anna"].tolist() == [0, 1, 1, 1, 1, 1, 0, 0]


def test_numbers_are_understood_where_the_dataset_was_labelled_with_names(write: Write, tmp_path: Path) -> None:
    dataset = write({"nontouch": "NonTouch", "Touch": "Touch"})
    path = mat(tmp_path, "anna.mat", np.array([1.0, 0, 0, 0, 0, 0]), np.array([0.0, 0, 1, 1]))
    assert read_annotations(path, dataset)["anna"].tolist() == [1, 0, 0, 0, 0, 0, 1, 1]


def test_unknown_labels_are_a_fault_that_says_what_is_understood(write: Write, tmp_path: Path) -> None:
    path = csv(tmp_path, "anna.csv", "trial1,1,Licking", "trial2,1,Touch")
    with raises_with(BadLabels, "trial1", "anna.csv", "Licking", "0 = NonTouch", "1 = Touch"):
        read_annotations(path, write())


# --- who -----------------------------------------------------------------------------------------------------------


def test_people_are_called_by_their_files_or_as_they_are_named(write: Write, tmp_path: Path) -> None:
    paths = []
    for person in ("anna", "ben"):
        (tmp_path / person).mkdir()
        paths.append(str(csv(tmp_path / person, "labels.csv", "trial1,1,Touch")))
    dataset = write()
    assert list(read_annotations(paths, dataset)) == ["anna/labels.csv", "ben/labels.csv"]
    assert list(read_annotations({"Anna": paths[0], "Ben": paths[1]}, dataset)) == ["Anna", "Ben"]
    assert list(read_annotations(paths[:1], dataset)) == ["labels"]


@pytest.mark.parametrize("files", [[], 7, [3], {}, {"Anna": [0, 1]}, np.zeros(3)])
def test_what_is_no_label_file_is_refused(write: Write, files: Any) -> None:
    with raises_with(BadOption, "annotations"):
        read_annotations(files, write())


def test_one_file_for_two_people_and_the_name_of_the_datasets_own_labels_are_refused(
    write: Write, tmp_path: Path
) -> None:
    path = csv(tmp_path, "dataset.csv", "trial1,1,Touch")
    with raises_with(BadOption, "annotations", "twice"):
        read_annotations({"Anna": path, "Ben": str(path)}, write())
    with raises_with(BadOption, "annotations", "'dataset'"):
        read_annotations(path, write())


def test_loose_images_cannot_be_annotated(write: Write, tmp_path: Path) -> None:
    path = csv(tmp_path, "anna.csv", "trial1,1,Touch")
    with raises_with(BadOption, "images"):
        read_annotations(path, write(kind="images"))


# --- what is wrong -------------------------------------------------------------------------------------------------


def test_labels_of_none_of_the_recordings_are_a_fault(write: Write, tmp_path: Path) -> None:
    named = csv(tmp_path, "anna.csv", "other7.mp4,1,Touch")
    with raises_with(Unpaired, "anna.csv", "other7.mp4", "trial1, trial2"):
        read_annotations(named, write())
    nameless = mat(tmp_path, "ben.mat", np.zeros(6), np.zeros(4), np.zeros(4))
    with raises_with(Unpaired, "ben.mat", 3, "trial1, trial2"):
        read_annotations(nameless, write())


def test_two_labellings_of_one_recording_in_one_file_are_a_fault(write: Write, tmp_path: Path) -> None:
    structs = [{"video": name, "labels": [0.0, 1, 1, 0]} for name in ("trial2.mp4", "trial2")]
    with raises_with(Unpaired, "anna.mat", "trial2"):
        read_annotations(mat(tmp_path, "anna.mat", *structs), write())


def test_another_number_of_labels_than_frames_is_a_fault(write: Write, tmp_path: Path) -> None:
    path = mat(tmp_path, "anna.mat", np.array([0.0, 1, 0, 1]), np.array([0.0, 1, 0, 1]))
    with raises_with(LengthMismatch, "trial1.mp4", 6, "anna.mat", "labels{1}", 4):
        read_annotations(path, write())
    path = csv(tmp_path, "ben.csv", "trial2,4,Touch", "trial2,5,Touch")
    with raises_with(LengthMismatch, "trial2.mp4", 4, "ben.csv", 5):
        read_annotations(path, write())


def test_all_that_is_wrong_is_told_at_once(write: Write, tmp_path: Path) -> None:
    files = {
        "Anna": csv(tmp_path, "anna.csv", "other.mp4,1,Touch"),
        "Ben": mat(tmp_path, "ben.mat", np.zeros(5), np.zeros(3)),
        "Cleo": tmp_path / "cleo.csv",
    }
    with pytest.raises(TouchTrainError) as raised:
        read_annotations(files, write())
    assert [type(fault) for fault in raised.value.faults] == [Unpaired, LengthMismatch, LengthMismatch, PathMissing]


def test_class_names_mean_what_they_meant_in_whichever_way_their_letters_are_written(
    write: Write, tmp_path: Path
) -> None:
    for mapping in ({COMPOSED: COMPOSED, "Touch": "Touch"}, {"Frei": COMPOSED, "1": "Touch"}):
        dataset = write(mapping, names=(COMPOSED, "Touch"))
        file = csv(tmp_path, "anna.csv", f"trial1,1,{DECOMPOSED}", "trial1,2,Touch")
        assert read_annotations(file, dataset)["anna"].tolist()[:3] == [0, 1, -1]


def test_a_label_file_that_may_not_be_read_is_told_before_the_training(
    write: Write, tmp_path: Path, bound_by_permissions: None
) -> None:
    dataset, file = write(), csv(tmp_path, "anna.csv", "trial1,1,Touch")
    with locked(file), raises_with(NotReadable, "anna.csv"):
        check_annotations(file, dataset)
