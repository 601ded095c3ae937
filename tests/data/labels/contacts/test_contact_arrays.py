"""Contact arrays of the older tool, built like the one real file of which a description is left."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import matio
import numpy as np
import pytest
from scipy.io import savemat

from pyside.data.labels.class_indices import read_labels
from pyside.data.labels.contacts.contact_arrays import read_contact_array
from pyside.data.labels.files import describe_label_file, read_label_file
from pyside.data.recordings.pairing import pair_labels
from pyside.diagnostics.inspection import screen
from pyside.errors import BadLabels, LengthMismatch
from tests.conftest import holds, raises_with

OUT = np.nan
ALL_EMPTY = np.zeros((0, 0))


def cell(*items: Any) -> np.ndarray:
    """Return a row cell array as SciPy and mat-io write one."""
    made = np.empty((1, len(items)), object)
    made[0, :] = items
    return made


def row(values: Any, kind: str = "float64") -> np.ndarray:
    return np.array([values], kind)


def trial(number: int, touches: Any = (), n: int = 12, **more: Any) -> dict[str, Any]:
    """Return a trial of n frames with touches at the frames named, counted from 1. In MATLAB all numbers are double."""
    labels = np.isin(np.arange(1, n + 1), touches)
    return {
        "contactInds": cell(row(touches)),
        "prepross": row(np.where(labels, 2, 0)),
        "touchConfidence": row(np.where(labels, 0.9, 0.1)),
        "trialNum": row([number]),
        **more,
    }


def smallest(value: Any) -> Any:
    """Return whole numbers in the smallest type that holds them: MATLAB stores doubles so, and some readers show it."""
    if isinstance(value, dict):
        return {name: smallest(item) for name, item in value.items()}
    if value.dtype == object:
        return cell(*map(smallest, value.ravel()))
    whole = not np.any(value % 1)
    return value.astype("uint8" if np.all(value < 256) else "uint16") if whole else value


TEMPLATE = {
    "contactInds": cell(ALL_EMPTY),
    "prepross": ALL_EMPTY,
    "confidence": ALL_EMPTY,
    "trialNum": ALL_EMPTY,
}
MORE = {"manualAdd": row([4]), "segmentInds": np.array([[2.0, 3.0], [7.0, 7.0]]), "contactLength": row([3])}


def contacts() -> np.ndarray:
    """Return a contact array: a template, trials 7 to 301, bare empties, and trials with more fields in two orders."""
    extra = trial(12, [4, 5], **MORE)
    turned = {name: extra[name] for name in reversed(extra)} | {"trialNum": row([13])}
    return cell(TEMPLATE, trial(7, [2, 3, 9]), ALL_EMPTY, trial(255), extra, ALL_EMPTY, turned, trial(301, [1, 12]))


def vector(fields: dict[str, Any], n_frames: int = 12, offset: int = 0) -> list[Any]:
    """Return the labels of a trial, laid over a video."""
    (entry,) = read_contact_array([plain(fields)], "c.mat: contacts").entries
    return entry.for_video(n_frames, offset, "trial", "trial.avi").tolist()


def plain(value: Any) -> Any:
    """Return cells as lists, as `read_mat` does."""
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    return [plain(item) for item in value.ravel()] if isinstance(value, np.ndarray) and value.dtype == object else value


def out_as(vector: list[Any], mark: Any = -1) -> list[Any]:
    return [mark if value != value else value for value in vector]


# --- a whole file --------------------------------------------------------------------------------------------------


@pytest.fixture(params=["v6", "v6 in small types", "v7", "v7.3"])
def contact_file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A contact array beside the struct of parameters that the old tool saved with it."""
    params = {"trialList": cell("1: trialNum=7", "2: trialNum=255"), "framesUsed": row([1, 2, 3])}
    values = {"contacts": contacts(), "params": params}
    if request.param.endswith("small types"):
        values["contacts"] = smallest(values["contacts"])
    if request.param.startswith("v6"):
        savemat(tmp_path / "contacts.mat", values)
    else:
        matio.save_to_mat(tmp_path / "contacts.mat", values, version=request.param)
    return tmp_path / "contacts.mat"


def test_trials_are_found_between_templates_and_ALL_EMPTY_empties(contact_file: Path) -> None:
    found = read_label_file(contact_file)
    assert (found.form, found.variable) == ("contact array", "contacts")
    assert [entry.trial for entry in found.entries] == [7, 255, 12, 13, 301]
    assert [entry.source for entry in found.entries[:2]] == [
        "contacts.mat: contacts{2}",
        "contacts.mat: contacts{4}",
    ]
    assert [(np.flatnonzero(one) + 1).tolist() for one in found.vectors] == [[2, 3, 9], [], [4, 5], [4, 5], [1, 12]]
    assert [len(one) for one in found.vectors] == [12] * 5


def test_videos_find_their_trial_by_the_number_in_their_name(contact_file: Path) -> None:
    paths = [Path(f"/v/mouse2_{number:04d}.mp4") for number in (301, 7, 8, 255)]
    found = pair_labels(contact_file, None, paths, "auto", None)
    assert found.how == "trial number"
    assert [entry and entry.trial for entry in found.entries] == [301, 7, None, 255]
    assert found.videos_alone == ["mouse2_0008.mp4"]
    assert found.labels_alone == ["contacts.mat: contacts{5} (trial 12)", "contacts.mat: contacts{7} (trial 13)"]
    assert any(holds(remark, 2, 8, "0x0", 3, 6) for remark in found.remarks)
    assert any(holds(remark, "template", 1) for remark in found.remarks)


def test_a_description_tells_what_is_odd(contact_file: Path) -> None:
    found = json.loads(json.dumps(describe_label_file(contact_file)))
    assert found["form"] == "contact array" and found["frames"] == 60
    assert found["counts"] == {"0": 51, "1": 9}
    assert found["recordings"][0] == {
        "name": "1",
        "trial": 7,
        "frames": 12,
        "counts": {"0": 9, "1": 3},
        "bouts": 2,
        "tags": {},
        "left_out": "",
        "by": "",
    }
    for facts in (("manualAdd", 2), ("segmentInds", 2), ("prepross", 0, 51, 2, 9)):
        assert any(holds(text, *facts) for text in found["odd"]), facts
    assert found["other_variables"] == {"params": "struct"}
    assert found["contacts"] == {
        "trials": 5,
        "templates": 1,
        "not_structs": 2,
        "rules": [{"rule": "touchConfidence > 0.5", "trials": 3}],
        "of_a_program": 3,
        "not_judged": 0,
        "left_to_people": [{"reason": "manualAdd filled", "trials": 2, "cells": [5, 7]}],
    }


def test_on_one_screen_it_is_said_which_rules_fit_and_which_trials_are_left_to_people(tmp_path: Path) -> None:
    looked = {"prepross": row([2] * 12)}
    confidence = {"touchConfidence": row([0.1, 0.8, 0.8, 0.7, *[0.1] * 8])}
    loud = [trial(k, [2, 3]) | confidence | looked for k in range(30)]
    odd = [trial(40, [5]) | looked, trial(41) | {"contactInds": cell("Skipped")}, trial(42, [2], manualDel=row([4]))]
    odd[0]["touchConfidence"][:] = 0.4
    quiet = trial(50, [3]) | {"touchConfidence": row([0.1, 0.1, 0.6, *[0.1] * 9])}
    matio.save_to_mat(tmp_path / "c.mat", {"contacts": cell(TEMPLATE, *loud, *odd, quiet)})
    shown = screen(describe_label_file(tmp_path / "c.mat"))
    assert len(shown.splitlines()) < 45
    for facts in (("touchConfidence > 0.75", 30), ("touchConfidence > 0.5", 1)):
        assert any(holds(line, *facts) for line in shown.splitlines()), facts
    for facts in (("no rule fits", 1, 32), ("not judged", 1), ("manualDel", 1, 34)):
        assert any(holds(line, *facts) for line in shown.splitlines()), facts


def test_one_and_zero_are_touch_and_no_touch_in_either_order_of_classes(contact_file: Path) -> None:
    vectors = [entry.for_video(12, 0, "a", "a.avi") for entry in read_label_file(contact_file).entries]
    for names in (("NonTouch", "Touch"), ("Touch", "NonTouch")):
        found = read_labels(vectors, names, None, ["a"] * 5).vectors
        assert [int(np.sum(one == names.index("Touch"))) for one in found] == [3, 0, 2, 2, 2]


def test_a_contact_array_may_be_a_struct_array_a_single_struct_or_come_from_memory(tmp_path: Path) -> None:
    trials = [trial(3, [2]), trial(400, [4, 5])]
    kinds = [(name, object) for name in trials[0]]
    array = np.array([tuple(one.values()) for one in trials], kinds).reshape(1, 2)
    savemat(tmp_path / "array.mat", {"contacts": array})
    savemat(tmp_path / "one.mat", {"contacts": trials[0]})
    paths = [Path("t3.avi"), Path("t400.avi")]
    handed_over = [
        {**one, "contactInds": [memoryview(one["contactInds"][0, 0])], "trialNum": number}
        for one, number in zip(trials, (3, 400.0), strict=True)
    ]
    for labels in (tmp_path / "array.mat", handed_over, tuple(handed_over)):
        found = pair_labels(labels, None, paths, "auto", None)
        assert [entry and entry.for_video(12, 0, "a", "a").sum() for entry in found.entries] == [1, 2]
    found = pair_labels(tmp_path / "one.mat", None, paths[:1], "auto", None)
    assert found.entries[0] and found.entries[0].trial == 3


# --- one trial -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["uint8", "int8", "uint16", "int32", "uint64", "double"])
def test_frame_numbers_of_any_type_count_from_one(kind: str) -> None:
    fields = trial(1, n=6) | {"contactInds": cell(row([2, 3, 6], kind))}
    assert vector(fields, 6) == [0, 1, 1, 0, 0, 1]


@pytest.mark.parametrize("none", [np.zeros((1, 0), np.uint8), np.zeros((0, 0)), cell(), cell(np.zeros((0, 0)))])
def test_no_frame_numbers_are_no_touch(none: np.ndarray) -> None:
    assert vector(trial(1, n=3) | {"contactInds": none}, 3) == [0, 0, 0]


def test_frames_after_the_judged_ones_are_left_out_and_not_taken_for_no_touch() -> None:
    assert out_as(vector(trial(1, [2], n=3), 5)) == [0, 1, 0, -1, -1]
    without = trial(1, [2], n=3)
    del without["prepross"]
    assert out_as(vector(without, 5)) == [0, 1, 0, -1, -1]


def test_without_a_judged_span_all_frames_of_the_video_count() -> None:
    assert vector({"contactInds": cell(row([2])), "trialNum": row([1])}, 4) == [0, 1, 0, 0]


@pytest.mark.parametrize(("kind", "out"), [("int8", -1), ("float64", -1), ("float64", np.nan)])
def test_the_code_minus_one_leaves_a_frame_out_even_in_a_touch(kind: str, out: float) -> None:
    codes = {"prepross": row([0, 2, out, 2, out], kind)}
    assert out_as(vector(trial(1, [2, 3], n=5) | codes, 5)) == [0, 1, -1, 0, -1]


def test_other_codes_are_decided_by_the_touches_and_counted() -> None:
    fields = trial(1, [2], n=4) | {"prepross": row([3, 3, 0, 5], "uint8")}
    found = read_contact_array([plain(fields)], "contacts")
    assert found.entries[0].for_video(4, 0, "a", "a").tolist() == [0, 1, 0, 0]
    (remark,) = found.remarks
    assert holds(remark, "prepross", "contactInds", 3, 2, 5, 1)


def test_corrected_touches_win_over_the_confidence_and_it_is_told() -> None:
    fields = trial(1, [2], n=4) | {"touchConfidence": row([0, 0.2, 0.8, 0.4])}
    assert vector(fields, 4) == [0, 1, 0, 0]
    found = read_contact_array([plain(fields)], "contacts")
    assert any(holds(text, "contactInds", "touchConfidence", 2, 1) for text in found.odd)


@pytest.mark.parametrize("flag", [row([1], "uint8"), np.array([[True]]), row([2.0]), "yes"])
def test_an_uncuratable_trial_is_left_out_as_a_whole(flag: Any) -> None:
    fields = trial(1, [2], n=3, uncuratable=flag)
    found = read_contact_array([plain(fields)], "contacts")
    assert found.entries[0].left_out == "uncuratable"
    assert out_as(vector(fields, 3)) == [-1, -1, -1]
    (remark,) = found.remarks
    assert holds(remark, "contacts{1}")


@pytest.mark.parametrize("flag", [row([0], "uint8"), np.zeros((0, 0)), np.array([[False]]), ""])
def test_a_flag_that_is_not_set_does_no_harm(flag: Any) -> None:
    assert vector(trial(1, [2], n=3, uncuratable=flag), 3) == [0, 1, 0]


def test_labels_a_frame_count_where_there_are_no_frame_numbers() -> None:
    fields = trial(1, n=4, labels=row([0, 1, -1, 1], "int8"))
    del fields["contactInds"]
    assert out_as(vector(fields, 5)) == [0, 1, -1, 1, -1]


def test_labels_beside_frame_numbers_only_leave_frames_out() -> None:
    fields = trial(1, [2], n=4, labels=row([0, 0, -1, 1]))
    assert out_as(vector(fields, 4)) == [0, 1, -1, 0]
    assert any(holds(text, "labels", 2) for text in read_contact_array([plain(fields)], "c").odd)


def test_a_trial_that_says_nothing_of_touches_is_left_out_and_says_why() -> None:
    fields = trial(1, n=4)
    del fields["contactInds"]
    assert holds(read_contact_array([plain(fields)], "c").entries[0].left_out, "contactInds", "labels")


def test_a_touch_after_the_judged_frames_is_left_out_and_told_and_outside_the_video_it_is_an_error() -> None:
    fields = trial(1, n=3) | {"contactInds": cell(row([2, 5], "uint8"))}
    assert out_as(vector(fields, 6)) == [0, 1, 0, -1, -1, -1]
    assert holds(read_contact_array([plain(fields)], "contacts").remarks[0], "contacts{1}", 3, 5)
    with raises_with(LengthMismatch, "trial.avi", 4, "contacts{1}", 5):
        vector(fields, 4)


def test_an_offset_moves_touches_and_span_and_frames_that_are_not_there_are_an_error() -> None:
    assert out_as(vector(trial(1, [2], n=3), 5, 1)) == [-1, 0, 1, 0, -1]
    assert vector({"contactInds": cell(row([1, 20], "uint8"))}, 40, -0)[19] == 1
    small = {"contactInds": cell(row([300], "uint16"))}
    assert int(np.argmax(vector(small, 400, -20))) == 279
    with raises_with(LengthMismatch, 0, -1):
        vector(trial(1, [2], n=3), 5, -1)


@pytest.mark.parametrize(
    ("fields", "facts"),
    [
        ({"contactInds": cell(row([1.5]))}, ("contactInds", 1.5)),
        ({"contactInds": cell(row([np.nan]))}, ("contactInds", "nan")),
        ({"contactInds": cell(row([1]), row([2]))}, ("contactInds", 2)),
        ({"contactInds": cell("all")}, ("contactInds",)),
        ({"prepross": np.zeros((3, 4))}, ("prepross", "3x4 double")),
        ({"touchConfidence": "high"}, ("touchConfidence", 4)),
    ],
)
def test_what_is_no_trial_is_told_with_its_cell(fields: dict[str, Any], facts: tuple[Any, ...]) -> None:
    items = [plain(trial(1) | fields), plain(trial(2)), plain(trial(3) | fields)]
    with raises_with(BadLabels, "contacts{1}", "contacts{3}", *facts) as caught:
        read_contact_array(items, "contacts")
    assert len(caught.value.faults) == 2


def test_texts_and_numbers_of_a_trial_are_tags() -> None:
    fields = trial(1, [2], n=3, camera="left", animal=row([12], "uint8"), video="a.mp4")
    (entry,) = read_contact_array([plain(fields)], "contacts").entries
    assert entry.tags == {"camera": "left", "animal": "12"}
    assert entry.name == "a.mp4"


# --- what older writers did otherwise ------------------------------------------------------------------------------


def test_a_skipped_trial_is_left_out_and_told() -> None:
    items = [plain(trial(1, [2])), plain(trial(2) | {"contactInds": cell("Skipped")}), plain(trial(3, [4]))]
    items[1]["prepross"] = np.zeros((3, 4))  # nothing else of it is read
    found = read_contact_array(items, "contacts")
    assert [entry.left_out for entry in found.entries] == ["", "skipped", ""]
    assert [entry.trial for entry in found.entries] == [1, 2, 3]
    assert out_as(found.entries[1].for_video(3, 0, "trial", "trial.avi").tolist()) == [-1, -1, -1]
    (remark,) = found.remarks
    assert holds(remark, "contacts{2}")


def test_the_codes_minus_one_to_one_are_told_apart_from_those_with_two() -> None:
    others = {"prepross": row([1, 1, 0, -1])}
    found = read_contact_array([plain(trial(1, [2], n=4) | others)], "contacts")
    assert out_as(found.entries[0].for_video(4, 0, "a", "a").tolist()) == [0, 1, 0, -1]
    assert found.remarks == []
    assert any(holds(text, "prepross", 1, "network") for text in found.odd)
    mixed = read_contact_array([plain(trial(1, [2], n=4) | {"prepross": row([1, 2, 0, -1])})], "contacts")
    (remark,) = mixed.remarks
    assert holds(remark, "prepross", 1)


def test_segments_in_a_cell_per_whisker_do_no_harm() -> None:
    segments = {"segmentInds": cell(row([2, 3]), np.zeros((0, 2)))}
    assert vector(trial(1, [2, 3], n=4) | segments, 4) == [0, 1, 1, 0]


def test_a_confidence_per_class_counts_as_one_number_a_frame() -> None:
    for pairs in (np.array([[0.9, 0.1], [0.2, 0.8], [0.7, 0.3]]), np.array([[0.9, 0.2, 0.7], [0.1, 0.8, 0.3]])):
        fields = trial(1, [2], n=3) | {"touchConfidence": pairs}
        del fields["prepross"]
        assert out_as(vector(fields, 4)) == [0, 1, 0, -1]


@pytest.mark.parametrize("kind", ["uint8", "uint16", "float64"])
def test_numbers_in_the_smallest_type_are_as_good_as_doubles(kind: str) -> None:
    fields = {"contactInds": cell(row([2, 3], kind)), "prepross": row([0, 2, 2, 2], kind), "trialNum": row([7], kind)}
    whole = trial(1, n=4) | fields | {"touchConfidence": row([0, 1, 1, 0], kind)}
    assert vector(whole, 4) == [0, 1, 1, 0]
    assert out_as(vector(whole, 4 + 20)) == [0, 1, 1, 0] + [-1] * 20
    with raises_with(LengthMismatch, -20):
        read_contact_array([plain(whole)], "c").entries[0].for_video(4, -21, "trial", "trial.avi")


@pytest.mark.parametrize("given", [np.array([[False, True, True]]), np.array([[0.0, 1.0]]), np.array([[-1.0, 2.0]])])
def test_a_mask_or_frames_counted_from_0_are_no_contacts(given: Any) -> None:
    with raises_with(BadLabels, "contacts{1}", "contactInds"):
        read_contact_array([{"contactInds": [given], "trialNum": np.array([[1.0]])}], "contacts")
