"""Videos find their labels by name, by trial number or in order, and what finds no partner is listed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pyside.data.recordings.pairing import PairedLabels, VideoNames, pair, pair_labels
from pyside.errors import BadLabels, BadOption, Faults, LengthMismatch, TouchTrainError, Unpaired
from tests.conftest import raises_with
from tests.data.conftest import COMPOSED, DECOMPOSED, ODD


def paired(labels: Any, paths: Sequence[str], pairing: str = "auto", pattern: str | None = None) -> PairedLabels:
    return pair_labels(labels, None, [Path(path) for path in paths], pairing, pattern)


def first_labels(found: PairedLabels) -> list[Any]:
    """Return the first label of each video, None where it has none."""
    return [None if entry is None else int(entry.labels[0]) for entry in found.entries]


def structs(**fields: list[Any]) -> list[dict[str, Any]]:
    """Return structs with the labels [1, 0], [2, 0] ... and the fields named."""
    rows = [dict(zip(fields, values, strict=True)) for values in zip(*fields.values(), strict=True)]
    return [{**row, "labels": [number, 0]} for number, row in enumerate(rows, start=1)]


# --- which way -----------------------------------------------------------------------------------------------------


def test_vectors_without_names_go_in_order() -> None:
    found = paired([[1, 0], [2, 0]], ["b7.avi", "a3.avi"])
    assert (found.how, first_labels(found)) == ("order", [1, 2])
    assert [entry.source for entry in found.entries if entry] == ["labels{1}", "labels{2}"]
    assert (found.videos_alone, found.labels_alone, found.remarks) == ([], [], [])


def test_names_go_before_trial_numbers_and_these_before_the_order() -> None:
    both = structs(video=["b.avi", "a.avi"], trialNum=[1, 2])
    assert paired(both, ["a.avi", "b.avi"]).how == "name"
    found = paired(both, ["x_2.avi", "x_1.avi"])
    assert (found.how, first_labels(found)) == ("trial number", [2, 1])
    assert first_labels(paired(both, ["x_2.avi", "x_1.avi"], "order")) == [1, 2]


def test_one_vector_is_for_one_video() -> None:
    assert first_labels(paired([1, 0, 0], ["a.avi"])) == [1]
    assert first_labels(paired(np.array([[1], [0]]), ["a.avi"])) == [1]


# --- by name -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["trial1", "trial1.avi", "/v/trial1.avi", "TRIAL1.AVI", "C:\\lab\\day 2\\trial1.avi", "old/trial1.mp4", " trial1 "],
)
def test_a_video_is_known_by_recording_file_stem_or_path_in_any_case_at_last(name: str) -> None:
    found = paired({name: [1, 0], "other": [2, 0]}, ["/v/other.avi", "/v/trial1.avi"])
    assert (found.how, first_labels(found)) == ("name", [2, 1])


def test_where_the_case_tells_videos_apart_it_counts() -> None:
    assert first_labels(paired({"A": [1, 0], "a": [2, 0]}, ["/v/a.avi", "/v/A.avi"])) == [2, 1]
    found = paired({"A": [1, 0], "b": [2, 0]}, ["/v/a.avi", "/w/a.avi", "/v/b.avi"])
    assert first_labels(found) == [None, None, 2]
    assert found.labels_alone == ["labels: A (A)"]


def test_two_videos_of_one_file_name_are_told_apart_by_their_folders() -> None:
    paths = ["/lab/mon/trial.avi", "/lab/tue/trial.avi"]
    names = {"tue/trial.avi": [1, 0], "D:\\copy\\mon\\trial.avi": [2, 0]}
    assert first_labels(paired(names, paths)) == [2, 1]
    with raises_with(Unpaired, "trial", "trial.avi"):
        paired({"trial": [1, 0]}, paths, "name")


def test_what_finds_no_partner_on_either_side_is_listed() -> None:
    found = paired(structs(video=["a.avi", "gone.avi"]), ["b.avi", "a.avi", "c.avi"])
    assert first_labels(found) == [None, 1, None]
    assert found.videos_alone == ["b.avi", "c.avi"]
    assert found.labels_alone == ["labels{2} (gone.avi)"]


def test_labels_without_a_name_among_named_ones_are_listed() -> None:
    found = paired([*structs(video=["a.avi"]), {"labels": [2, 0]}], ["a.avi"])
    assert found.labels_alone == ["labels{2}"]


def test_two_labels_for_one_video_are_an_error() -> None:
    with raises_with(Unpaired, "a.avi", "labels{1}", "labels{2}"):
        paired(structs(video=["a", "a.avi"]), ["a.avi"])


def test_if_no_name_fits_both_sides_are_shown_and_the_option() -> None:
    with raises_with(Unpaired, "m", "n", "a.avi", "b.avi", "pairing"):
        paired({"m": [1, 0], "n": [2, 0]}, ["a.avi", "b.avi"])


# --- by trial number -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        (None, ["m1_2018-03_012.mp4", "m1_2018-03_0300.mp4"]),
        (r"trial(\d+)", ["trial12_cam2.avi", "x trial300_cam1.avi"]),
        (r"(?<=t)\d+", ["t12_5.avi", "t300_5.avi"]),
    ],
)
def test_the_trial_number_is_the_last_number_of_a_name_or_what_the_pattern_finds(
    pattern: str | None, names: list[str]
) -> None:
    labels = structs(trialNum=[np.uint16(300), "12"])
    found = paired(labels, names, "trial-number", pattern)
    assert (found.how, first_labels(found)) == ("trial number", [2, 1])


def test_videos_without_a_number_and_labels_without_a_video_are_listed() -> None:
    found = paired(structs(trial=[1, 2]), ["first.avi", "x_2.avi", "x_9.avi"])
    assert first_labels(found) == [None, 2, None]
    assert (found.videos_alone, found.labels_alone) == (["first.avi", "x_9.avi"], ["labels{1} (trial 1)"])


def test_two_videos_of_one_trial_number_are_an_error_that_names_the_pattern() -> None:
    with raises_with(Unpaired, 1, "a_1.avi", "b_1.avi", "trial_pattern"):
        paired(structs(trial=[1]), ["a_1.avi", "b_1.avi"])


def test_two_labels_of_one_trial_number_are_an_error() -> None:
    with raises_with(Unpaired, 3, 2, "labels{1}", "labels{2}"):
        paired(structs(trial=[3, 3]), ["a_3.avi"])


def test_if_no_number_fits_both_sides_are_shown() -> None:
    with raises_with(Unpaired, 1, 2, "a.avi", "b_7.avi", 7):
        paired(structs(trial=[1, 2]), ["a.avi", "b_7.avi"])


# --- in order ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [1, 3])
def test_another_number_of_labels_than_of_videos_is_an_error(n: int) -> None:
    with raises_with(Unpaired, 2, "a.avi", "b.avi", n):
        paired([[0, 1]] * n, ["a.avi", "b.avi"])


def test_two_orders_are_a_fault_if_nobody_chose_one_and_nothing_else_pairs() -> None:
    paths = [Path("a10.avi"), Path("a2.avi")]
    orders = "The videos have two orders: 10 first, or 2 first."
    with raises_with(Unpaired, orders, "pairing", "natural", "order"):
        pair_labels([[1, 0], [2, 0]], None, paths, "auto", None, orders)
    for pairing in ("order", "natural"):
        assert pair_labels([[1, 0], [2, 0]], None, paths, pairing, None, orders).how == pairing
    assert first_labels(pair_labels({"a2": [1, 0], "a10": [2, 0]}, None, paths, "auto", None, orders)) == [2, 1]
    faults = Faults()
    assert pair({"a2": 1, "a10": 2}, paths, "centres", faults, orders) == [("a10", 2), ("a2", 1)]
    pair([("x", [5])], paths, "centres", faults, orders)
    faults.raise_any()
    pair([("x", 1), ("y", 2)], paths, "frame values", faults, orders)
    with raises_with(Unpaired, orders, "frame values"):
        faults.raise_any()


def test_a_folder_or_a_list_of_label_files_is_an_error_with_the_cure(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text("label\n0\n1\n")
    for labels in (tmp_path, str(tmp_path), sorted(tmp_path.iterdir()), [str(tmp_path / "a.csv")]):
        with raises_with(BadLabels, "one file", "video, frame and label"):
            paired(labels, ["a.avi", "b.avi"])


# --- what labels may be --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "labels", [None, {}, [], [[0, 1], None], [[0, 1], {"x": 1}], object(), [[0, 1], [[0, 1], [1, 0]]]]
)
def test_what_is_no_labels_is_an_error_that_says_what_is(labels: Any) -> None:
    with raises_with(BadLabels, "labels"):
        paired(labels, ["a.avi", "b.avi"])


def test_a_variable_can_be_chosen_in_a_file_only() -> None:
    with raises_with(BadOption, "label_variable"):
        pair_labels([[0, 1]], "touches", [Path("a.avi")], "auto", None)


def test_tags_come_with_structs() -> None:
    found = paired(structs(video=["a", "b"], camera=["left", ""], animal=[7.0, np.nan]), ["a.avi", "b.avi"])
    assert [entry.tags for entry in found.entries if entry] == [{"camera": "left", "animal": "7"}, {}]


# --- laid over a video ---------------------------------------------------------------------------------------------


def laid(labels: Any, n_frames: int, offset: int = 0) -> list[Any]:
    (entry,) = paired(labels, ["a.avi"]).entries
    assert entry is not None
    found = entry.for_video(n_frames, offset, "a", "a.avi")
    return ["out" if label != label or label == "" else label for label in list(found)]


def test_without_an_offset_there_must_be_one_label_a_frame() -> None:
    assert laid([0, 1, 1], 3) == [0, 1, 1]
    with raises_with(LengthMismatch, "a.avi", 4, 3):
        laid([0, 1, 1], 4)


def test_an_offset_moves_labels_and_frames_without_one_are_left_out() -> None:
    assert laid([0, 1, 1], 5, 2) == ["out", "out", 0, 1, 1]
    assert laid(["A", "B"], 4, 1) == ["out", "A", "B", "out"]


def test_of_one_label_a_frame_those_that_an_offset_moves_over_an_end_are_dropped() -> None:
    assert laid([0, 1, 1], 3, 1) == ["out", 0, 1]
    assert laid([0, 1, 1], 3, -1) == [1, 1, "out"]


def test_labels_of_another_number_that_fall_outside_are_an_error_that_names_them() -> None:
    with raises_with(LengthMismatch, 4, "+2"):
        laid([0, 1], 3, 2)
    with raises_with(LengthMismatch, 8, 6, 7, 13):
        laid([0] * 12, 5, 1)


def test_frame_lists_count_from_one_and_must_lie_inside() -> None:
    frames = {"frame": [1, 3], "label": [0, 1]}
    assert laid(frames, 4) == [0, "out", 1, "out"]
    assert laid(frames, 4, 1) == ["out", 0, "out", 1]
    with raises_with(LengthMismatch, "a.avi", 2, 3, "frame_offset"):
        laid(frames, 2)


# --- centres and the like ------------------------------------------------------------------------------------------


def test_centres_go_by_name_in_order_or_one_for_all() -> None:
    paths = [Path("/v/a.avi"), Path("/v/b.avi")]
    faults = Faults()
    assert pair({"b": 2, "a.avi": 1}, paths, "centres", faults) == [("a.avi", 1), ("b", 2)]
    assert pair([("", [5])], paths, "centres", faults) == [("", [5]), ("", [5])]
    assert pair([("x", 1), ("y", 2)], paths, "frame values", faults) == [("x", 1), ("y", 2)]
    faults.raise_any()
    pair({"a": 1, "z": 2}, paths, "centres", faults)
    pair([("x", 1)], paths, "frame values", faults)
    with raises_with(TouchTrainError, "b.avi", "z", 1) as caught:
        faults.raise_any()
    assert len(caught.value.faults) == 3


# --- names that are written in two ways ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "video"), [(COMPOSED, DECOMPOSED), (DECOMPOSED, COMPOSED), (COMPOSED.upper(), DECOMPOSED)]
)
def test_a_name_is_found_in_whichever_way_its_letters_are_written(name: str, video: str) -> None:
    paths = [f"/v/{video}.mp4", "/v/trial2.mp4"]
    found = paired({f"C:\\lab\\{name}.mp4": np.array([1, 0]), "trial2": np.array([2, 0])}, paths)
    assert (found.how, first_labels(found)) == ("name", [1, 2])
    if name != COMPOSED.upper():
        faults = Faults()
        beside = pair({f"{name}.mp4": 1, "trial2": 2}, [Path(path) for path in paths], "frame values", faults)
        assert [value for _, value in beside] == [1, 2] and not len(faults)


def test_two_entries_for_one_name_in_two_ways_are_a_fault_that_shows_the_difference() -> None:
    faults = Faults()
    pair({COMPOSED: 1, DECOMPOSED: 2}, [Path(f"/v/{COMPOSED}.mp4")], "centres", faults)
    with raises_with(Unpaired, ascii(COMPOSED), ascii(DECOMPOSED)):
        faults.raise_any()
    with raises_with(Unpaired, f"{COMPOSED}.mp4"):
        paired({COMPOSED: np.array([1, 0]), DECOMPOSED: np.array([2, 0])}, [f"/v/{COMPOSED}.mp4"])


@pytest.mark.parametrize("name", ["ma%DFe", "maße", "ma%DFe.mp4"])
def test_a_video_whose_name_is_no_utf_8_is_found_as_it_is_shown_and_as_windows_wrote_it(name: str) -> None:
    assert first_labels(paired({name: np.array([1, 0]), "b": np.array([2, 0])}, [f"/v/{ODD}.mp4", "/v/b.mp4"])) == [
        1,
        2,
    ]


def test_labels_may_name_a_video_with_any_of_its_suffixes() -> None:
    assert VideoNames([Path("/v/a.mj2"), Path("/v/b.h264")]).find("elsewhere/b.webm") == 1
