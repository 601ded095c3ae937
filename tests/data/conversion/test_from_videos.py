"""Videos and labels become a dataset, or all that is wrong with them is told before anything is written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.io

import pyside
from pyside.data.conversion import preflight
from pyside.data.conversion.from_videos import convert_videos
from pyside.data.dataset import open_dataset
from pyside.data.recordings import ready_frames
from pyside.errors import (
    BadLabels,
    BadOption,
    BadVideo,
    Interrupted,
    LengthMismatch,
    NotReadable,
    NotWritable,
    OutOfFrame,
    PathMissing,
    TouchTrainError,
    UnknownOption,
    Unpaired,
)
from pyside.system.records import to_json
from tests.conftest import holds, locked, raises_with
from tests.data.conftest import (
    COMPOSED,
    DECOMPOSED,
    HEIGHT,
    ODD,
    WIDTH,
    WriteVideo,
    label_vectors,
    numbered_frames,
    with_odd_names,
)
from tests.data.video.test_image_sequences import write_images

ROI = {"roi": 21, "centers": (30, 20)}


@pytest.fixture
def lab(tmp_path: Path, write_video: WriteVideo) -> Path:
    """A folder with three videos of 30, 24 and 36 frames and a label file."""
    lengths = [30, 24, 36]
    for number, n in enumerate(lengths):
        write_video(f"lab/videos/trial{number + 1}.avi", numbered_frames(n, seed=number))
    save_cell(tmp_path / "lab" / "labels.mat", "labels", label_vectors(lengths))
    return tmp_path / "lab"


def save_cell(path: Path, name: str, items: list[Any]) -> None:
    cell = np.empty((1, len(items)), object)
    cell[0] = items
    scipy.io.savemat(path, {name: cell})


def written(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


# --- what comes out ------------------------------------------------------------------------------------------------


def test_a_region_of_every_frame_is_cut_out_and_labelled(lab: Path) -> None:
    report = pyside.convert_videos(lab / "videos", lab / "labels.mat", lab / "set", **ROI)
    dataset = open_dataset(lab / "set")
    assert [recording.name for recording in dataset.recordings] == ["trial1", "trial2", "trial3"]
    for number, (recording, labels) in enumerate(zip(dataset.recordings, label_vectors([30, 24, 36]), strict=True)):
        expected = numbered_frames(len(labels), seed=number)[:, 10:31, 20:41, np.newaxis]
        assert np.array_equal(recording.frames, expected)
        assert np.array_equal(recording.labels, labels)
        assert set(recording.groups) == {number}
    assert dataset.info["roi"] == [21, 21] and dataset.info["grey"] == "full-range"
    assert report["frames"] == 90 and [text for text in report["warnings"] if "1,000" not in text] == []
    assert report["pairs"][1]["video"] == str(lab / "videos" / "trial2.avi")
    assert report["pairs"][1]["labels"] == "labels.mat: labels{2}"


def test_without_a_region_whole_frames_are_taken(lab: Path, write_video: WriteVideo) -> None:
    pyside.convert_videos(lab / "videos" / "trial1.avi", label_vectors([30])[0], lab / "set")
    dataset = open_dataset(lab / "set")
    assert dataset.image_shape == (HEIGHT, WIDTH, 1) and dataset.info["roi"] is None
    assert np.array_equal(dataset.recordings[0].frames[..., 0], numbered_frames(30))


def test_a_centre_a_frame_moves_the_region_and_nan_leaves_the_frame_out(lab: Path) -> None:
    centers = np.stack([np.linspace(15, 45, 30), np.linspace(12, 30, 30)], axis=1)
    centers[[0, 7, 8]] = np.nan
    labels = label_vectors([30])[0]
    report = pyside.convert_videos(lab / "videos/trial1.avi", labels, lab / "set", roi=(9, 11), centers=centers)
    recording = open_dataset(lab / "set").recordings[0]
    kept = np.setdiff1d(np.arange(30), [0, 7, 8])
    for place, number in enumerate(kept):
        x, y = np.floor(centers[number] + 0.5).astype(int)
        expected = numbered_frames(30)[number, y - 4 : y + 5, x - 5 : x + 6]
        assert np.array_equal(recording.frames[place, ..., 0], expected)
    assert np.array_equal(recording.labels, labels[kept])
    assert recording.info["source"]["frames_kept"] == [[1, 6], [9, 29]]
    assert report["left_out_why"] == {"without_center": 3} and report["pairs"][0]["left_out"] == 3


def test_centres_in_a_mat_file_are_counted_from_one(lab: Path) -> None:
    scipy.io.savemat(lab / "centers.mat", {"centers": np.array([[31.0, 21.0]])})
    pyside.convert_videos(lab / "videos", lab / "labels.mat", lab / "one", roi=21, centers=lab / "centers.mat")
    pyside.convert_videos(lab / "videos", lab / "labels.mat", lab / "zero", **ROI)
    one, zero = written(lab / "one"), written(lab / "zero")
    options = [json.loads(files.pop("dataset.json")).pop("made_by")["options"] for files in (one, zero)]
    assert one == zero and options[0]["centers"]["file"] == "centers.mat" and options[1]["centers"] == [30, 20]


def test_the_default_region_around_centres_is_61_pixels(lab: Path, write_video: WriteVideo) -> None:
    big = write_video("big.avi", numbered_frames(10, 80, 88))
    pyside.convert_videos(big, label_vectors([10])[0], lab / "set", centers=(44, 40))
    assert open_dataset(lab / "set").image_shape == (61, 61, 1)


def test_minus_one_and_nan_labels_leave_frames_out(lab: Path) -> None:
    labels = label_vectors([30])[0].astype(float)
    labels[3], labels[4] = -1, np.nan
    report = pyside.convert_videos(lab / "videos" / "trial1.avi", labels, lab / "set", **ROI)
    assert report["left_out"] == 2
    assert open_dataset(lab / "set").recordings[0].labels[3:5].tolist() == [-1, -1]


def test_class_names_are_labels_too(lab: Path) -> None:
    names = ["Touch" if label else "NonTouch" for label in label_vectors([30])[0]]
    pyside.convert_videos(lab / "videos" / "trial1.avi", names, lab / "set", **ROI)
    assert np.array_equal(open_dataset(lab / "set").table.labels, label_vectors([30])[0])


@pytest.mark.parametrize("check", [True, False])
def test_each_label_is_told_with_its_class_and_numbers_without_a_zero_are_refused(lab: Path, check: bool) -> None:
    names = ["rest", "lick", "groom"]
    labels = [vector.astype(float) for vector in label_vectors([30, 24, 36])]
    labels[0][5] = np.nan
    report = pyside.convert_videos(lab / "videos", labels, lab / "set", class_names=names, check=check, **ROI)
    n = [int(np.count_nonzero(np.concatenate(labels) == label)) for label in (0, 1)]
    rows = [tuple(row.values()) for row in report["label_table"]]
    assert rows == [("0", "rest", n[0]), ("1", "lick", n[1]), ("2", "groom", 0), ("NaN", "", 1)]
    assert any(holds(text, "groom", "label_values") for text in report["warnings"])
    if not check:
        with raises_with(BadLabels, "label_values", "[1, 2, 3]", f"1 (frames: {n[0]}", f"2 (frames: {n[1]}"):
            more = [vector + 1 for vector in labels]
            pyside.convert_videos(lab / "videos", more, lab / "set", class_names=names, **ROI)


def test_labels_by_name_are_found_whatever_their_order(lab: Path) -> None:
    vectors = label_vectors([30, 24, 36])
    by_name = {"trial3": vectors[2], "trial1.avi": vectors[0], str(lab / "videos" / "trial2.avi"): vectors[1]}
    pyside.convert_videos(lab / "videos", by_name, lab / "set", **ROI)
    assert np.array_equal(open_dataset(lab / "set").table.labels, np.concatenate(vectors))


def test_videos_of_a_folder_are_in_the_order_of_character_codes(tmp_path: Path, write_video: WriteVideo) -> None:
    for name in ("b.avi", "B.avi", "a10.avi", "a2.avi", "ä.avi", ".hidden.avi"):
        write_video(f"videos/{name}", numbered_frames(10))
    (tmp_path / "videos" / "notes.txt").write_text("no video")
    for pairing, expected in (
        ("order", ["B.avi", "a10.avi", "a2.avi", "b.avi", "ä.avi"]),
        ("natural", ["a2.avi", "a10.avi", "B.avi", "b.avi", "ä.avi"]),
    ):
        labels = label_vectors([10] * 5)
        report = pyside.convert_videos(tmp_path / "videos", labels, tmp_path / pairing, roi=20, pairing=pairing)
        assert [Path(pair["video"]).name for pair in report["pairs"]] == expected
        assert report["pairing"] == pairing
        assert [one.original for one in open_dataset(tmp_path / pairing).recordings] == [
            {"B.avi": "B", "b.avi": "b"}.get(name, Path(name).stem) for name in expected
        ]


@pytest.fixture
def trials(tmp_path: Path, write_video: WriteVideo) -> Path:
    """A folder with the videos trial1 ... trial11, and beside it labels of each trial: one more touch a trial."""
    for number in range(1, 12):
        write_video(f"trials/trial{number}.avi", numbered_frames(12, 24, 32, seed=number))
    return tmp_path / "trials"


def touches_of_trials() -> list[np.ndarray]:
    return [(np.arange(12) < number).astype(float) for number in range(1, 12)]


def test_two_orders_of_a_folder_are_a_question_that_pairing_or_a_list_answers(trials: Path, tmp_path: Path) -> None:
    save_cell(tmp_path / "labels.mat", "labels", touches_of_trials())
    for labels in (touches_of_trials(), tmp_path / "labels.mat"):
        with raises_with(Unpaired, "trial1.avi, trial10.avi", "trial1.avi, trial2.avi", "pairing", "natural", "order"):
            pyside.convert_videos(trials, labels, tmp_path / "set")
    with raises_with(Unpaired, "trial10.avi"):  # also in a list of folders
        pyside.convert_videos([trials], touches_of_trials(), tmp_path / "set")
    checked = pyside.convert_videos(trials, touches_of_trials(), tmp_path / "set", check=True)
    assert [fault["identifier"] for fault in checked["faults"]] == ["TouchTrain:Unpaired"]

    def touches(**how: Any) -> dict[str, int]:
        report = pyside.convert_videos(how.pop("videos", trials), touches_of_trials(), tmp_path / "set", **how)
        return {one["name"]: one["counts"]["Touch"] for one in report["recordings"]}

    by_number = {f"trial{number}": number for number in range(1, 12)}
    assert touches(pairing="natural") == by_number
    assert touches(pairing="order") == {
        **by_number,
        "trial10": 2,
        "trial11": 3,
        **{f"trial{n}": n + 2 for n in range(2, 10)},
    }
    assert touches(videos=[trials / f"trial{number}.avi" for number in range(1, 12)]) == by_number
    assert touches(videos=sorted(trials.iterdir()))["trial10"] == 2  # a list has the order that it has


def test_names_and_trial_numbers_need_no_order_but_centres_beside_them_do(trials: Path, tmp_path: Path) -> None:
    by_name = {f"trial{number}": vector for number, vector in enumerate(touches_of_trials(), start=1)}
    structs = [{"trialNum": number, "labels": vector} for number, vector in enumerate(touches_of_trials(), start=1)]
    for labels in (by_name, structs):
        report = pyside.convert_videos(trials, labels, tmp_path / "set")
        assert {one["name"]: one["counts"]["Touch"] for one in report["recordings"]}["trial10"] == 10
    centers = [(10 + number, 12) for number in range(11)]
    with raises_with(Unpaired, "centres", "trial10.avi"):
        pyside.convert_videos(trials, by_name, tmp_path / "set", roi=9, centers=centers)
    with raises_with(Unpaired, "frame values", "trial10.avi"):
        values = [np.zeros(12)] * 11
        pyside.convert_videos(trials, by_name, tmp_path / "set", frame_values=values, exclude_above=1)
    pyside.convert_videos(trials, by_name, tmp_path / "set", roi=9, centers=(12, 12))  # one for all
    named = dict(zip(by_name, centers, strict=True))
    pyside.convert_videos(trials, by_name, tmp_path / "set", roi=9, centers={f"{key}.avi": named[key] for key in named})


def test_images_of_a_sequence_in_two_orders_are_warned_of_if_labels_have_no_frame_numbers(tmp_path: Path) -> None:
    write_images(tmp_path / "trial", [f"{number}.png" for number in range(1, 12)], numbered_frames(11, 24, 32))
    labels = [0] * 9 + [1, 1]
    report = pyside.convert_videos(tmp_path / "trial", labels, tmp_path / "set")
    (warning,) = [text for text in report["warnings"] if "trial" in text]
    assert holds(warning, "1.png, 2.png", "1.png, 10.png")
    assert open_dataset(tmp_path / "set").recordings[0].labels.tolist() == labels
    numbered = {"frame": list(range(1, 12)), "label": labels}
    for how in ({"labels": numbered}, {"labels": labels, "pairing": "natural"}):
        report = pyside.convert_videos(tmp_path / "trial", dataset=tmp_path / "set", **how)  # type: ignore[arg-type]
        assert not any("10.png" in text for text in report["warnings"])


def test_two_videos_of_one_name_keep_apart(tmp_path: Path, write_video: WriteVideo) -> None:
    paths = [write_video(f"{day}/trial.avi", numbered_frames(10, seed=n)) for n, day in enumerate(("mon", "tue"))]
    pyside.convert_videos(paths, label_vectors([10, 10]), tmp_path / "set", roi=20)
    dataset = open_dataset(tmp_path / "set")
    assert [recording.info["original"] for recording in dataset.recordings] == ["mon/trial.avi", "tue/trial.avi"]
    assert not np.array_equal(dataset.recordings[0].frames, dataset.recordings[1].frames)
    by_name = dict(zip(("mon/trial.avi", "tue/trial.avi"), label_vectors([10, 10]), strict=True))
    pyside.convert_videos(paths, by_name, tmp_path / "again", roi=20)
    assert written(tmp_path / "again") == written(tmp_path / "set")


def test_blanks_umlauts_and_quotes_in_paths_do_no_harm(tmp_path: Path, write_video: WriteVideo) -> None:
    path = write_video("mäuse 1/it's #2 [x] 100%.avi", numbered_frames(10))
    report = pyside.convert_videos(path, label_vectors([10])[0], tmp_path / "my set", roi=20)
    assert report["frames"] == 10


def test_equal_inputs_give_equal_bytes(lab: Path) -> None:
    for name in ("one", "other"):
        pyside.convert_videos(lab / "videos", lab / "labels.mat", lab / name, **ROI)
    assert written(lab / "one") == written(lab / "other")


def test_raw_luma_is_kept_as_it_is_and_noted(tmp_path: Path, write_video: WriteVideo) -> None:
    path = write_video("clip.avi", np.full((10, 48, 64), 255, np.uint8), "mpeg4")
    for grey, white in (("full-range", 255), ("raw-y", 235)):
        pyside.convert_videos(path, label_vectors([10])[0], tmp_path / grey, grey=grey, roi=20)
        dataset = open_dataset(tmp_path / grey)
        assert abs(int(dataset.recordings[0].frames[0].max()) - white) <= 1
        assert dataset.info["grey"] == grey


# --- under way -----------------------------------------------------------------------------------------------------


def test_progress_tells_the_pairs_first_and_ends_with_all_frames(lab: Path) -> None:
    records: list[dict[str, Any]] = []
    convert_videos(str(lab / "videos"), str(lab / "labels.mat"), lab / "set", ROI, progress=records.append)
    said = [text for record in records for text in record.get("said", [])]
    assert holds(said[0], "trial1.avi", "labels.mat", "labels{1}", 30, "NonTouch")
    assert len(said) == 4 and holds(said[3], "0 = NonTouch", "1 = Touch")
    assert records[-1]["frames_done"] == records[-1]["frames"] == 90


def test_a_conversion_that_was_stopped_goes_on_where_it_was(lab: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    before = ready_frames.read_regions

    def watched(path: Path, *rest: Any, **options: Any) -> Any:
        read.append(path.name)
        return before(path, *rest, **options)

    monkeypatch.setattr(ready_frames, "read_regions", watched)
    stops = iter([False, True])
    arguments = (str(lab / "videos"), str(lab / "labels.mat"), lab / "set", ROI)
    with pytest.raises(Interrupted):
        convert_videos(*arguments, should_stop=lambda: next(stops))
    assert not (lab / "set").exists()
    convert_videos(*arguments)
    assert read == ["trial1.avi", "trial2.avi", "trial2.avi", "trial3.avi"]
    convert_videos(*arguments[:2], lab / "unbroken", ROI)
    assert written(lab / "set") == written(lab / "unbroken")


def test_a_video_that_changed_meanwhile_is_converted_again(lab: Path, write_video: WriteVideo) -> None:
    arguments = (str(lab / "videos"), str(lab / "labels.mat"), lab / "set", ROI)
    stops = iter([False, True])
    with pytest.raises(Interrupted):
        convert_videos(*arguments, should_stop=lambda: next(stops))
    write_video("lab/videos/trial1.avi", numbered_frames(30, seed=9))
    convert_videos(*arguments)
    found = open_dataset(lab / "set").recordings[0].frames[..., 0]
    assert np.array_equal(found, numbered_frames(30, seed=9)[:, 10:31, 20:41])


def test_in_a_process_of_its_own_the_same_comes_out(lab: Path) -> None:
    vectors = [vector.astype(float) for vector in label_vectors([30, 24, 36])]
    vectors[0][5] = np.nan
    centers = [np.full((len(vector), 2), 25.0) for vector in vectors]
    centers[1][3] = np.nan
    for name, isolated in (("here", False), ("job", True)):
        pyside.convert_videos(lab / "videos", vectors, lab / name, roi=21, centers=centers, isolated=isolated)
    assert written(lab / "here") == written(lab / "job")
    assert len(list((lab / "touchtrain-jobs").iterdir())) == 1


# --- bad input -----------------------------------------------------------------------------------------------------


def fault(
    lab: Path,
    kind: type[TouchTrainError],
    facts: tuple[Any, ...],
    videos: Any = None,
    labels: Any = None,
    **options: Any,
) -> TouchTrainError:
    videos = lab / "videos" if videos is None else videos
    labels = lab / "labels.mat" if labels is None else labels
    with raises_with(kind, *facts) as caught:
        pyside.convert_videos(videos, labels, lab / "set", **{**ROI, **options})
    assert not (lab / "set").exists() and not (lab / "set.unfinished").exists()
    return caught.value


def test_a_missing_video_and_a_missing_label_file_are_told_together(lab: Path) -> None:
    fault(lab, PathMissing, ("nowhere.avi", "nolabels.mat"), "nowhere.avi", "nolabels.mat")


def test_a_folder_without_videos_is_a_fault(lab: Path) -> None:
    (lab / "empty").mkdir()
    fault(lab, BadVideo, (lab / "empty",), lab / "empty")


def test_an_empty_or_unreadable_video_is_named(lab: Path) -> None:
    (lab / "videos" / "trial2.avi").write_bytes(b"")
    (lab / "videos" / "trial3.avi").write_bytes(b"no video at all" * 100)
    fault(lab, BadVideo, ("trial2.avi", "trial3.avi"))


def test_a_video_cut_short_is_a_fault_and_no_dataset_is_made(tmp_path: Path, write_video: WriteVideo) -> None:
    path = write_video("clip.mp4", numbered_frames(60), "libx264")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with raises_with(BadVideo, "clip.mp4"):
        pyside.convert_videos(path, label_vectors([60])[0], tmp_path / "set", roi=20)
    assert not (tmp_path / "set").exists()


@pytest.mark.parametrize("difference", [-1, 1])
def test_a_label_vector_of_another_length_names_the_video_and_both_numbers(lab: Path, difference: int) -> None:
    save_cell(lab / "labels.mat", "labels", label_vectors([30, 24 + difference, 36]))
    fault(
        lab,
        LengthMismatch,
        ("trial2.avi", 24, "labels{2}", 24 + difference),
    )


def test_wrong_lengths_of_several_videos_are_told_at_once(lab: Path) -> None:
    save_cell(lab / "labels.mat", "labels", label_vectors([31, 24, 35]))
    fault(lab, LengthMismatch, ("trial1", "trial3"))


@pytest.mark.parametrize("n", [2, 4])
def test_more_or_fewer_label_vectors_than_videos_are_unpaired(lab: Path, n: int) -> None:
    save_cell(lab / "labels.mat", "labels", label_vectors([30, 24, 36, 10][:n]))
    fault(lab, Unpaired, (3, "trial1.avi", "trial2.avi", "trial3.avi", n))


def test_names_without_a_partner_on_either_side_are_listed(lab: Path) -> None:
    vectors = label_vectors([30, 24, 36])
    by_name = {"trial1": vectors[0], "trial2": vectors[1], "trial9": vectors[2]}
    fault(lab, Unpaired, ("trial3.avi", "trial9"), None, by_name)


def test_a_region_larger_than_the_frame_is_a_fault(lab: Path) -> None:
    assert len(fault(lab, OutOfFrame, ("61 x 61", "48 x 64"), roi=61).faults) == 3


def test_a_centre_outside_the_frame_is_a_fault_that_names_the_frame(lab: Path) -> None:
    centers = np.full((30, 2), 20.0)
    centers[17, 0] = 64
    fault(lab, OutOfFrame, (17,), lab / "videos/trial1.avi", label_vectors([30])[0], centers=centers)


def test_centres_of_another_number_of_frames_are_a_fault(lab: Path) -> None:
    centers = [np.full((n, 2), 20.0) for n in (30, 25, 36)]
    fault(lab, LengthMismatch, ("trial2", 25, 24), centers=centers)


def test_one_centre_a_video_may_be_rows_of_a_matrix(lab: Path) -> None:
    centers = [[30, 20], [20, 30], [25, 25]]
    pyside.convert_videos(lab / "videos", lab / "labels.mat", lab / "rows", roi=21, centers=np.array(centers))
    pyside.convert_videos(lab / "videos", lab / "labels.mat", lab / "list", roi=21, centers=[[one] for one in centers])
    assert written(lab / "rows") == written(lab / "list")
    found = open_dataset(lab / "rows").recordings[1].frames[..., 0]
    assert np.array_equal(found, numbered_frames(24, seed=1)[:, 20:41, 10:31])


@pytest.mark.parametrize("centers", [5, "nowhere.mat", [[1, 2], [3]], {"trial1": (1, 2, 3)}])
def test_what_is_no_centre_is_told_with_the_other_faults(lab: Path, centers: Any) -> None:
    assert len(fault(lab, TouchTrainError, (), labels=[[0]], centers=centers).faults) == 2


def test_centres_for_another_number_of_videos_are_unpaired(lab: Path) -> None:
    centers = [np.full((n, 2), 20.0) for n in (30, 24)]
    fault(lab, Unpaired, (3, 2), centers=centers)


def test_a_fault_of_the_labels_or_videos_brings_none_of_centres_that_fit_the_videos(lab: Path) -> None:
    centers = [np.full((n, 2), 20.0) for n in (30, 24, 36)]
    labels = {"trial1": label_vectors([30])[0], "trial2": label_vectors([24])[0], "trial9": [0, 1]}
    assert "centres" not in str(fault(lab, Unpaired, ("trial9",), labels=labels, centers=centers))
    missing = fault(lab, PathMissing, ("nowhere",), lab / "nowhere", centers=centers)
    assert "centres" not in str(missing)


def test_columns_of_a_table_that_are_not_read_are_told_where_nothing_pairs(lab: Path) -> None:
    (lab / "bouts.csv").write_text("Datei;Beginn;Ende;Label\ntrial1;3;9;Touch\ntrial2;4;8;Touch\n")
    fault(lab, Unpaired, (3, "Datei", "Beginn", "Ende"), labels=lab / "bouts.csv")


def test_a_spreadsheet_or_a_matrix_of_labels_is_told_the_form_to_give(lab: Path) -> None:
    (lab / "labels.xlsx").write_bytes(b"PK")
    fault(lab, BadLabels, ("labels.xlsx", "CSV"), labels=lab / "labels.xlsx")
    scipy.io.savemat(lab / "labels.mat", {"labels": np.zeros((30, 3))})
    fault(lab, BadLabels, ("30x3", "num2cell"))


def test_a_mat_file_without_anything_that_fits_lists_what_it_holds(lab: Path) -> None:
    scipy.io.savemat(lab / "labels.mat", {"image": np.zeros((4, 5)), "note": "hello"})
    fault(lab, BadLabels, ("image", "note"))


def test_a_label_outside_the_classes_is_a_fault(lab: Path) -> None:
    vectors = label_vectors([30, 24, 36])
    vectors[1][4] = 7
    fault(lab, BadLabels, ("trial2", 7), labels=vectors)


def test_a_video_named_twice_is_a_fault(lab: Path) -> None:
    path = lab / "videos" / "trial1.avi"
    fault(lab, BadVideo, ("trial1.avi",), [path, path], label_vectors([30, 30]))


def test_a_misspelt_option_is_told_before_anything_is_read(lab: Path) -> None:
    fault(lab, UnknownOption, ("rio", "roi"), lab / "videos", lab / "labels.mat", rio=4)


def test_a_label_variable_makes_no_sense_without_a_file(lab: Path) -> None:
    fault(lab, BadOption, ("label_variable",), labels=label_vectors([30, 24, 36]), label_variable="labels")


def test_a_target_that_is_no_dataset_is_not_overwritten(lab: Path) -> None:
    with pytest.raises(NotWritable):
        pyside.convert_videos(lab / "videos", lab / "labels.mat", lab / "videos", **ROI)
    assert (lab / "videos" / "trial1.avi").is_file()


def test_frames_of_several_sizes_need_a_region(lab: Path, write_video: WriteVideo) -> None:
    write_video("lab/videos/trial4.avi", numbered_frames(10, 56, 72))
    vectors = label_vectors([30, 24, 36, 10])
    with raises_with(BadVideo, "trial4.avi", "56 x 72"):
        pyside.convert_videos(lab / "videos", vectors, lab / "set")
    pyside.convert_videos(lab / "videos", vectors, lab / "set", **ROI)


def test_the_report_is_plain_values(lab: Path) -> None:
    report = pyside.convert_videos(lab / "videos", lab / "labels.mat", lab / "set", **ROI)
    assert json.loads(json.dumps(report, allow_nan=False)) == report


# --- the same fault of many, odd names, and what may not be read ----------------------------------------------------


def test_the_same_fault_of_all_videos_is_told_once_and_each_to_a_program(lab: Path) -> None:
    for path in (lab / "videos").iterdir():
        path.write_bytes(b"")
    with raises_with(BadVideo, 3) as caught:
        pyside.convert_videos(lab / "videos", lab / "labels.mat", lab / "set")
    names = ["trial1.avi", "trial2.avi", "trial3.avi"]
    assert [Path(fault.of).name for fault in caught.value.faults] == names
    assert not any(name in caught.value.text for name in names)
    checked = pyside.convert_videos(lab / "videos", lab / "labels.mat", lab / "set", check=True)
    assert len(checked["faults"]) == 3 and len(checked["faults_told"]) == 1
    assert sum("BadVideo" in row for row in preflight.page(checked)) == 1


def test_a_video_that_ends_within_its_first_picture_passes_no_check(tmp_path: Path, write_video: WriteVideo) -> None:
    path = write_video("one.h264", numbered_frames(1), "libx264")
    stream = path.read_bytes()
    path.write_bytes(stream[: stream.index(b"\0\0\1\x65") + 12])  # the head of the picture, and next to none of it
    checked = pyside.convert_videos(path, [1], tmp_path / "set", check=True)
    assert not checked["well"] and [fault["identifier"] for fault in checked["faults"]] == ["TouchTrain:BadVideo"]
    assert pyside.convert_videos(path, [1], tmp_path / "set", check=True, on_damage="skip")["well"]
    with raises_with(BadVideo, path):
        pyside.convert_videos(path, [1], tmp_path / "set")


def test_one_label_too_many_in_every_video_is_told_once(lab: Path) -> None:
    with raises_with(LengthMismatch, 3, 1) as caught:
        pyside.convert_videos(lab / "videos", label_vectors([31, 25, 37]), lab / "set")
    assert holds(caught.value.faults[1].text, "trial2.avi", 24) and "trial2" not in caught.value.text
    with raises_with(BadLabels, 3, 7) as outside:
        pyside.convert_videos(lab / "videos", [np.r_[one, 7][1:] for one in label_vectors([30, 24, 36])], lab / "set")
    assert len(outside.value.faults) == 3 and "trial2" not in outside.value.text


def test_videos_labels_and_centres_that_may_not_be_read_are_told_all_at_once(
    lab: Path, bound_by_permissions: None
) -> None:
    videos = [lab / "videos" / f"trial{number}.avi" for number in (1, 2)]
    (lab / "centers").mkdir()
    (lab / "centers" / "trial1.bar").write_text("0 3 4")
    with locked(*videos, lab / "labels.mat", lab / "centers"), pytest.raises(NotReadable) as caught:
        convert_videos(lab / "videos", lab / "labels.mat", lab / "set", {"centers": str(lab / "centers")})
    assert {Path(fault.of).name for fault in caught.value.faults} == {
        "trial1.avi",
        "trial2.avi",
        "labels.mat",
        "centers",
    }
    with locked(lab / "labels.mat"), pytest.raises(NotReadable):
        pyside.inspect(lab / "labels.mat")
    with locked(videos[0]), pytest.raises(NotReadable):
        pyside.inspect(videos[0])


@with_odd_names
def test_a_video_whose_name_is_no_utf_8_is_converted_and_found_again(lab: Path) -> None:
    video = (lab / "videos" / "trial1.avi").rename(lab / "videos" / f"{ODD}.avi")
    report = pyside.convert_videos(lab / "videos", lab / "labels.mat", lab / "set", **ROI, pairing="order")
    assert json.loads(to_json(report))["pairs"][0]["video"] == str(video)
    entries = json.loads((lab / "set" / "dataset.json").read_bytes())["recordings"]
    assert entries[0]["original"] == "ma%DFe" and entries[0]["source"]["file"] == "ma%DFe.avi"
    before = written(lab / "set")
    pyside.convert_videos(lab / "videos", lab / "labels.mat", lab / "set", **ROI, pairing="order")
    assert written(lab / "set") == before


def test_a_mac_writes_the_name_of_a_video_and_a_table_of_labels_finds_it(lab: Path, write_video: WriteVideo) -> None:
    write_video(f"mac/{DECOMPOSED}.avi", numbered_frames(6))
    rows = [f"{COMPOSED}.avi,{frame},{frame % 2}" for frame in range(1, 7)]
    rows[3] = rows[3].replace(COMPOSED, DECOMPOSED)  # a table that was put together
    (lab / "labels.csv").write_text("\n".join(["video,frame,label", *rows]), encoding="utf-8")
    report = pyside.convert_videos(lab.parent / "mac", lab / "labels.csv", lab / "set")
    assert report["counts"] == {"NonTouch": 3, "Touch": 3} and report["pairing"] == "name"
