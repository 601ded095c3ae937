"""What can be told a conversion of videos: how to pair, what to leave out, to check only, to share the work."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.io

import pyside
from pyside.data.conversion import from_videos
from pyside.data.conversion.from_videos import convert_videos
from pyside.data.dataset import open_dataset
from pyside.errors import BadOption, BadVideo, Interrupted, UnknownOption, Unpaired
from pyside.system.files import unfinished
from tests.conftest import holds, raises_with
from tests.data.conftest import WriteVideo, label_vectors, numbered_frames

ROI = {"roi": 21, "centers": (30, 20)}
LENGTHS = {"trial1": 30, "trial2": 24, "trial3": 36}


@pytest.fixture
def lab(tmp_path: Path, write_video: WriteVideo) -> Path:
    """A folder with three videos of 30, 24 and 36 frames and a label file."""
    for number, (name, n) in enumerate(LENGTHS.items()):
        write_video(f"lab/videos/{name}.avi", numbered_frames(n, seed=number))
    cell = np.empty((1, 3), object)
    cell[0] = label_vectors(list(LENGTHS.values()))
    scipy.io.savemat(tmp_path / "lab" / "labels.mat", {"labels": cell})
    return tmp_path / "lab"


def by_name(lab: Path) -> dict[str, np.ndarray]:
    return dict(zip(LENGTHS, label_vectors(list(LENGTHS.values())), strict=True))


def written(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def convert(lab: Path, labels: Any = None, name: str = "set", **options: Any) -> dict[str, Any]:
    return pyside.convert_videos(
        lab / "videos", lab / "labels.mat" if labels is None else labels, lab / name, **ROI, **options
    )


# --- checking only -------------------------------------------------------------------------------------------------


def test_a_check_tells_what_would_come_of_it_and_writes_nothing(lab: Path) -> None:
    before = sorted(lab.rglob("*"))
    report = convert(lab, check=True)
    assert sorted(lab.rglob("*")) == before
    done = convert(lab)
    assert report["kind"] == "preflight" and report["well"] and report["seconds"] > 0
    assert (report["kept"], report["counts"], report["pairs"]) == (done["frames"], done["counts"], done["pairs"])
    assert report["image_shape"] == done["image_shape"] and report["bytes"] == 90 * 21 * 21
    assert [one["name"] for one in report["recordings"]] == list(LENGTHS)


def test_a_check_tells_all_faults_with_their_identifiers(lab: Path) -> None:
    (lab / "videos" / "trial2.avi").write_bytes(b"")
    (lab / "set").mkdir()
    (lab / "set" / "thesis.txt").touch()
    report = convert(lab, check=True, frame_values=[1.0] * 30)
    found = {fault["identifier"] for fault in report["faults"]}
    assert not report["well"]
    assert {"TouchTrain:BadVideo", "TouchTrain:NotWritable", "TouchTrain:BadOption"} <= found


def test_a_check_of_what_is_not_there_is_told_not_raised(lab: Path) -> None:
    report = pyside.convert_videos(lab / "nothing", lab / "no.mat", lab / "set", check=True)
    assert {fault["identifier"] for fault in report["faults"]} == {"TouchTrain:PathMissing"}


def test_a_misspelt_option_is_an_error_in_a_check_too(lab: Path) -> None:
    with raises_with(UnknownOption, "negative_window"):
        convert(lab, check=True, negative_windw=3)


# --- pairing -------------------------------------------------------------------------------------------------------


def test_labels_that_bear_names_are_paired_by_name(lab: Path) -> None:
    report = convert(lab, dict(reversed(by_name(lab).items())))
    assert report["pairing"] == "name" and report["unpaired"] == {"videos": [], "labels": []}
    assert np.array_equal(open_dataset(lab / "set").table.labels, np.concatenate(list(by_name(lab).values())))


def test_what_has_no_partner_is_an_error_that_lists_it_on_both_sides(lab: Path) -> None:
    labels = by_name(lab)
    labels["trial9"] = labels.pop("trial2")
    with pytest.raises(Unpaired) as caught:
        convert(lab, labels)
    assert "trial2.avi" in str(caught.value) and "trial9" in str(caught.value) and "on_unpaired" in str(caught.value)


def test_what_has_no_partner_can_be_left_out_and_is_listed(lab: Path) -> None:
    labels = by_name(lab)
    labels["trial9"] = labels.pop("trial2")
    report = convert(lab, labels, on_unpaired="skip")
    assert [one["name"] for one in report["recordings"]] == ["trial1", "trial3"]
    assert report["unpaired"]["videos"] == ["trial2.avi"] and "trial9" in report["unpaired"]["labels"][0]
    assert any("trial2.avi" in text for text in report["warnings"])


def test_bouts_in_seconds_use_the_rate_of_the_video_or_of_the_table_and_say_so(lab: Path) -> None:
    rows = [f"{name}.avi,{4 / 500:g},{10 / 500:g},Touch" for name in LENGTHS]
    (lab / "bouts.csv").write_text("\n".join(["video,start_s,stop_s,label", *rows]) + "\n")
    report = convert(lab, lab / "bouts.csv", check=True)  # the videos have 500 frames per second
    assert report["counts"] == {"NonTouch": 90 - 18, "Touch": 18} and report["label_mapping"]["none"] == "NonTouch"
    assert any(holds(text, 500, "fps") for text in report["warnings"])
    labels = open_dataset(Path(convert(lab, lab / "bouts.csv")["path"])).recordings[0].labels
    assert np.flatnonzero(labels == 1).tolist() == [4, 5, 6, 7, 8, 9]
    (lab / "bouts.csv").write_text(
        "\n".join(["video,start_s,stop_s,label,fps", *(f"{row},250" for row in rows)]) + "\n"
    )
    report = convert(lab, lab / "bouts.csv", check=True)
    assert report["counts"]["Touch"] == 9
    assert any(holds(text, 500, 250) for text in report["warnings"])


def test_columns_that_are_no_classes_are_warned_of(lab: Path) -> None:
    rows = [f"{name}.avi,{k},{int(k == 2)},{int(k == 3)}" for name, n in LENGTHS.items() for k in range(1, n + 1)]
    (lab / "columns.csv").write_text("\n".join(["video,frame,touch,lick", *rows]) + "\n")
    report = convert(lab, lab / "columns.csv", check=True)
    assert report["counts"] == {"NonTouch": 87, "Touch": 3}
    assert any(holds(text, "lick") for text in report["warnings"])


def test_tags_of_a_csv_file_go_into_the_dataset_and_are_counted(lab: Path) -> None:
    (lab / "tags.csv").write_text("video,animal\ntrial1.avi,m1\ntrial2,m2\ntrial3.avi,m1\n")
    report = convert(lab, tags=lab / "tags.csv")
    assert [one.info["tags"] for one in open_dataset(lab / "set").recordings] == [
        {"animal": "m1"},
        {"animal": "m2"},
        {"animal": "m1"},
    ]
    assert sum(report["tags"]["animal"]["m1"].values()) == 66 and sum(report["tags"]["animal"]["m2"].values()) == 24


# --- which frames --------------------------------------------------------------------------------------------------


def test_only_frames_near_a_touch_are_taken(lab: Path) -> None:
    labels = np.zeros(30, int)
    labels[10:12] = 1
    report = pyside.convert_videos(lab / "videos/trial1.avi", labels, lab / "set", **ROI, negative_window=3)
    recording = open_dataset(lab / "set").recordings[0]
    assert recording.info["source"]["frames_kept"] == [[7, 14]]
    assert np.array_equal(recording.frames[..., 0], numbered_frames(30)[7:15, 10:31, 20:41])
    assert report["left_out_why"] == {"far_from_touch": 22}


def test_a_span_and_a_cut_off_leave_frames_out(lab: Path) -> None:
    distance = np.arange(30.0)
    options = {"frame_span": (5, 20), "frame_values": distance, "exclude_above": 15}
    report = pyside.convert_videos(lab / "videos/trial1.avi", label_vectors([30])[0], lab / "set", **ROI, **options)
    assert open_dataset(lab / "set").recordings[0].info["source"]["frames_kept"] == [[5, 15]]
    assert report["left_out_why"] == {"outside_span": 14, "by_value": 5}


def test_where_no_frame_is_left_the_counts_by_reason_are_told(lab: Path) -> None:
    options = {"frame_span": (5, 20), "frame_values": np.arange(30.0), "exclude_above": 2}
    with raises_with(BadVideo, 14, "span", 16, "value"):
        pyside.convert_videos(lab / "videos/trial1.avi", label_vectors([30])[0], lab / "set", **ROI, **options)


def test_frame_values_without_a_cut_off_are_an_error(lab: Path) -> None:
    with raises_with(BadOption, "exclude_above"):
        convert(lab, frame_values=[np.zeros(n) for n in LENGTHS.values()])


@pytest.mark.parametrize(("what", "kept"), [("shift", 30), ("pad", 30), ("skip", 0)])
def test_a_region_that_sticks_out_is_treated_as_was_asked(lab: Path, what: str, kept: int) -> None:
    centers = np.tile([30.0, 20.0], (30, 1))
    centers[:4] = 5, 20
    options = {"roi": 21, "centers": centers, "out_of_frame": what}
    report = pyside.convert_videos(lab / "videos/trial1.avi", label_vectors([30])[0], lab / "set", **options)
    recording = open_dataset(lab / "set").recordings[0]
    names = {"shift": "shifted", "pad": "padded", "skip": "skipped"}
    assert report["out_of_frame"] == {names[what]: 4} and recording.n_frames == (kept or 26)
    frame = numbered_frames(30)[0]
    if what == "shift":
        assert np.array_equal(recording.frames[0, ..., 0], frame[10:31, 0:21])
    if what == "pad":
        assert not recording.frames[0, :, :5].any()
        assert np.array_equal(recording.frames[0, :, 5:, 0], frame[10:31, 0:16])


def test_contrast_is_changed_and_written_into_the_dataset(lab: Path) -> None:
    convert(lab, contrast="stretch")
    convert(lab, name="plain")
    stretched, plain = open_dataset(lab / "set"), open_dataset(lab / "plain")
    assert (stretched.info["contrast"], plain.info["contrast"]) == ("stretch", None)
    assert stretched.recordings[0].frames[0].max() == 255 > plain.recordings[0].frames[0].max()


def test_frames_are_resized(lab: Path) -> None:
    convert(lab, image_size=18)
    assert open_dataset(lab / "set").image_shape == (18, 18, 1) and open_dataset(lab / "set").info["roi"] == [21, 21]


# --- sharing the work, and not doing it twice ----------------------------------------------------------------------


def test_the_bytes_are_the_same_whatever_the_number_of_processes(lab: Path) -> None:
    told: list[dict[str, Any]] = []
    convert(lab, name="one", workers=1)
    convert_videos(lab / "videos", lab / "labels.mat", lab / "two", {**ROI, "workers": 2}, progress=told.append)
    assert written(lab / "one") == written(lab / "two")
    assert told[-1]["frames_done"] == told[-1]["frames"] == 90
    begun = [record["recording"] for record in told if "recording" in record]
    assert begun == sorted(begun) and begun[-1] == told[-1]["recordings"] == 3


def test_a_conversion_in_several_processes_stops_when_asked(lab: Path) -> None:
    with pytest.raises(Interrupted):
        convert_videos(lab / "videos", lab / "labels.mat", lab / "set", {**ROI, "workers": 2}, should_stop=lambda: True)
    assert not (lab / "set").exists() and unfinished(lab / "set").is_dir()
    convert(lab)
    convert(lab, name="again")
    assert written(lab / "set") == written(lab / "again")


def test_a_video_that_is_added_is_the_only_one_that_is_decoded(
    lab: Path, write_video: WriteVideo, monkeypatch: pytest.MonkeyPatch
) -> None:
    convert(lab, by_name(lab))
    write_video("lab/videos/trial0.avi", numbered_frames(26, seed=9))
    decoded = []
    cut_out = from_videos._cut_out
    monkeypatch.setattr(
        from_videos, "_cut_out", lambda cut, tick: (decoded.append(cut.path.stem), cut_out(cut, tick))[1]
    )
    labels = {**by_name(lab), "trial0": label_vectors([26])[0]}
    convert(lab, labels)
    assert decoded == ["trial0"]
    decoded.clear()
    convert(lab, labels, name="anew")
    assert sorted(decoded) == ["trial0", "trial1", "trial2", "trial3"]
    assert written(lab / "set") == written(lab / "anew")


@pytest.mark.parametrize("change", [{"contrast": "stretch"}, {"centers": (31, 20)}, {"roi": 19}])
def test_with_another_region_or_contrast_all_is_done_again(lab: Path, change: dict[str, Any]) -> None:
    convert(lab)
    options = {**ROI, **change}
    pyside.convert_videos(lab / "videos", lab / "labels.mat", lab / "set", **options)
    pyside.convert_videos(lab / "videos", lab / "labels.mat", lab / "anew", **options)
    assert written(lab / "set") == written(lab / "anew")


def test_the_dataset_has_no_path_of_this_machine_in_it(lab: Path) -> None:
    convert(lab)
    assert str(lab) not in json.dumps(json.loads((lab / "set" / "dataset.json").read_text()))
