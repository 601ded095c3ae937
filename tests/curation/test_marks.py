"""The marks of a recording: labels from probabilities, touches as events, and the session's own file of them."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from pyside.curation.marks import WHY, Marks, labels_of, load_marks, no_touch_class, places_of, save_marks, touches
from pyside.curation.regions.view import NOWHERE, View
from pyside.errors import BadSession, PathMissing
from pyside.evaluation.decision import Decision
from tests.conftest import raises_with

TOUCH = Decision("Touch", 1, 0.5)


def marked(probability_of_touch: list[float], decision: Decision = TOUCH, **fields: object) -> Marks:
    """Marks of a model of two classes, given the probability of a touch in each frame; NaN leaves a frame out."""
    touch = np.array(probability_of_touch, np.float32)
    probabilities = np.stack([1 - touch, touch], axis=1)
    why = np.where(np.isnan(touch), WHY.index("damaged"), 0).astype(np.uint8)
    marks = Marks(
        "trial 1",
        Path("Ünïcode/trial 1.mp4"),
        ("NonTouch", "Touch"),
        probabilities,
        labels_of(probabilities, why, decision),
        why,
        decision,
        500.0,
        "ab" * 32,
        "cd" * 32,
    )
    return dataclasses.replace(marks, **fields)


def same(one: Marks, other: Marks) -> bool:
    return all(
        np.array_equal(getattr(one, field.name), getattr(other, field.name), equal_nan=field.name == "probabilities")
        if isinstance(getattr(one, field.name), np.ndarray)
        else getattr(one, field.name) == getattr(other, field.name)
        for field in dataclasses.fields(Marks)
    )


# --- what the model sees ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("moves", [False, True])
def test_what_the_model_saw_is_kept_with_the_marks_and_small_if_it_is_the_same_in_all_frames(
    tmp_path: Path, moves: bool
) -> None:
    corners = np.tile(np.array([3, 4], np.int32), (500, 1))
    corners[7] = [NOWHERE, NOWHERE] if moves else corners[7]
    view = View(corners, (8, 6), (16, 12), "raw-y", "stretch", True, (0.0, 4095.0), 2, (5, 9))
    save_marks(tmp_path / "m.npz", marked([0.5] * 500, view=view))
    found = load_marks(tmp_path / "m.npz").view
    assert found is not None and np.array_equal(found.corners, corners) and found.as_dict() == view.as_dict()
    assert found.box(7) == (None if moves else (4, 3, 6, 8)) and found.there.sum() == 500 - moves
    save_marks(tmp_path / "plain.npz", marked([0.5] * 500))
    more = (tmp_path / "m.npz").stat().st_size - (tmp_path / "plain.npz").stat().st_size
    assert (more < 500) is not moves


@pytest.mark.parametrize(
    "harm",
    [
        {"size": [0, 4]},
        {"size": 3},
        {"size": [10**6, 10**6]},
        {"input_size": [1, 2, 3]},
        {"pixel_range": "all"},
        {"stream": "first"},
        {"stream": -1},
        {"repeated": [1, 300]},
        {"grey": 3},
        {"contrast": "much"},
        {"a": 1},
    ],
)
def test_a_view_that_cannot_be_one_is_damage(tmp_path: Path, harm: dict[str, object]) -> None:
    view = View(np.zeros((3, 2), np.int32), (8, 6), (8, 6))
    save_marks(tmp_path / "m.npz", marked([0, 1, 0], view=view))
    with np.load(tmp_path / "m.npz") as archive:
        arrays = dict(archive)
    about = json.loads(arrays.pop("about").tobytes())
    about["view"] |= harm
    np.savez(tmp_path / "m.npz", about=np.frombuffer(json.dumps(about).encode(), np.uint8), **arrays)
    with raises_with(BadSession, tmp_path / "m.npz"):
        load_marks(tmp_path / "m.npz")


def test_marks_of_an_earlier_version_have_no_view(tmp_path: Path) -> None:
    save_marks(tmp_path / "m.npz", marked([0, 1, 0]))
    with np.load(tmp_path / "m.npz") as archive:
        arrays = dict(archive)
    about = json.loads(arrays.pop("about").tobytes())
    del about["view"], arrays["corners"]
    text = json.dumps({**about, "format": 1}).encode()
    np.savez(tmp_path / "m.npz", about=np.frombuffer(text, np.uint8), **arrays)
    assert same(load_marks(tmp_path / "m.npz"), marked([0, 1, 0]))


# --- labels --------------------------------------------------------------------------------------------------------


def test_a_frame_at_the_threshold_is_a_touch() -> None:
    probabilities = marked([0.25, 0.5, 0.75]).probabilities
    assert labels_of(probabilities, np.zeros(3, np.uint8), TOUCH).tolist() == [0, 1, 1]


def test_touches_shorter_than_the_minimum_duration_are_dropped_and_a_left_out_frame_ends_one() -> None:
    decision = dataclasses.replace(TOUCH, min_duration=2)
    assert marked([1, 0, 1, 1, np.nan, 1, 0], decision).labels.tolist() == [0, 0, 1, 1, -1, 0, 0]


def test_a_frame_that_cannot_be_a_touch_is_none_at_any_threshold() -> None:
    probabilities = np.array([[1, 0], [1, 0], [0.5, 0.5]], np.float32)
    why = np.array([WHY.index("by_value"), 0, 0], np.uint8)
    assert labels_of(probabilities, why, dataclasses.replace(TOUCH, threshold=0.0)).tolist() == [0, 1, 1]


def test_with_more_than_two_classes_each_frame_is_of_its_likeliest_one() -> None:
    probabilities = np.array([[0.2, 0.3, 0.5], [0, 1, 0], [np.nan] * 3], np.float32)
    why = np.array([0, WHY.index("outside_span"), WHY.index("damaged")], np.uint8)
    assert labels_of(probabilities, why, Decision(None, None, None)).tolist() == [2, 1, -1]


@pytest.mark.parametrize(
    ("names", "index"),
    [(("NonTouch", "Touch"), 0), (("Touch", "NonTouch"), 1), (("Touch", "away"), 1), (("a", "b", "NonTouch"), 2)]
    + [(("rest", "lick"), 0)],
)
def test_the_class_without_touch_is_known_in_any_order(names: tuple[str, ...], index: int) -> None:
    assert no_touch_class(names) == index


# --- touches -------------------------------------------------------------------------------------------------------


def test_touches_have_an_onset_an_inclusive_offset_and_durations() -> None:
    found = touches(marked([0, 1, 1, 1, 0, 1]))
    assert found.onset.tolist() == [1, 5] and found.offset.tolist() == [3, 5]
    assert found.duration.tolist() == [3, 1] and found.duration_ms.tolist() == [6, 2]


def test_touches_of_several_classes_come_in_the_order_of_their_onsets() -> None:
    marks = marked([0] * 6, class_names=("NonTouch", "left", "right"), labels=np.array([2, 2, 1, 0, 2, 1], np.int16))
    found = touches(marks)
    assert found.onset.tolist() == [0, 2, 4, 5] and found.label.tolist() == [2, 1, 2, 1]


def test_without_a_frame_rate_durations_in_ms_are_not_known_and_without_touches_there_is_nothing() -> None:
    assert np.isnan(touches(marked([1], frame_rate=None)).duration_ms).all()
    assert len(touches(marked([0, 0]))) == 0 and len(touches(marked([]))) == 0


# --- the session's own record --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fields",
    [{}, {"frame_rate": None}, {"video": Path("a\udcff.mp4")}, {"decision": Decision(None, None, None)}],
)
def test_what_was_saved_is_loaded_again(tmp_path: Path, fields: dict[str, object]) -> None:
    marks = marked([0.1, 0.6, np.nan], **fields)
    save_marks(tmp_path / "m.npz", marks)
    assert same(load_marks(tmp_path / "m.npz"), marks)


def test_equal_marks_are_equal_bytes_and_nothing_is_left_beside_them(tmp_path: Path) -> None:
    for name in ("a.npz", "b.npz"):
        save_marks(tmp_path / name, marked([0.1, 0.6]))
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.npz", "b.npz"]


def test_marks_without_a_frame_are_marks(tmp_path: Path) -> None:
    save_marks(tmp_path / "m.npz", marked([]))
    assert load_marks(tmp_path / "m.npz").n_frames == 0


def test_marks_that_another_program_compressed_or_wrote_by_columns_are_the_same(tmp_path: Path) -> None:
    marks = marked([0.1, 0.6, np.nan])
    save_marks(tmp_path / "m.npz", marks)
    with np.load(tmp_path / "m.npz") as found:
        arrays = {name: np.asfortranarray(found[name]) for name in found}
    np.savez_compressed(tmp_path / "compressed.npz", **arrays)
    np.savez(tmp_path / "columns.npz", **arrays)
    assert all(same(load_marks(tmp_path / f"{name}.npz"), marks) for name in ("compressed", "columns"))


def test_a_damaged_record_is_an_error_that_names_it(tmp_path: Path) -> None:
    path = tmp_path / "trial 1.npz"
    marks = marked([0.1, 0.6, np.nan])
    save_marks(path, marks)
    content, rng = path.read_bytes(), np.random.default_rng(0)
    for trial in range(150):
        damaged = bytearray(content)
        if trial % 3:
            damaged[rng.integers(len(damaged))] ^= 1 << rng.integers(8)
        else:
            damaged = damaged[: rng.integers(len(damaged))]
        path.write_bytes(damaged)
        try:
            assert same(load_marks(path), marks)  # a byte that says nothing, such as a date in the zip
        except BadSession as error:
            assert "trial 1.npz" in str(error)


@pytest.mark.parametrize(
    "wrong",
    [
        {"labels": np.array([0, 2], np.int16)},
        {"labels": np.zeros(3, np.int16)},
        {"why": np.array([0, len(WHY)], np.uint8)},
        {"class_names": ("NonTouch",)},
        {"class_names": (1, 2)},
        {"decision": Decision("Touch", 0, 0.5)},
        {"decision": Decision("Touch", 1, 1.5)},
        {"decision": Decision("Touch", 1, 0.5, 0)},
        {"frame_rate": "fast"},
        {"video_sha256": 7},
    ],
)
def test_values_that_cannot_be_are_damage(tmp_path: Path, wrong: dict[str, object]) -> None:
    save_marks(tmp_path / "m.npz", marked([0.1, 0.6], **wrong))
    with raises_with(BadSession, "m.npz"):
        load_marks(tmp_path / "m.npz")


def test_other_files_are_no_marks(tmp_path: Path) -> None:
    with raises_with(PathMissing, "m.npz"):
        load_marks(tmp_path / "m.npz")
    np.savez(tmp_path / "m.npz", labels=np.array([1], object))
    with raises_with(BadSession, "m.npz"):
        load_marks(tmp_path / "m.npz")


def test_marks_are_read_with_numpy_alone(tmp_path: Path) -> None:
    save_marks(tmp_path / "m.npz", marked([0.1]))
    code = (
        "import sys; from pathlib import Path; from pyside.curation.marks import load_marks, touches;"
        "touches(load_marks(Path(sys.argv[1])));"
        "print({name.split('.')[0] for name in sys.modules} & {'scipy', 'sklearn', 'h5py', 'av', 'keras'})"
    )
    answer = subprocess.run([sys.executable, "-c", code, tmp_path / "m.npz"], capture_output=True, text=True)
    assert answer.stdout == "set()\n", answer.stderr


def test_a_reader_without_numpy_finds_the_arrays_in_the_file(tmp_path: Path) -> None:
    marks = marked([0.25, 0.5, np.nan])
    save_marks(tmp_path / "a.npz", marks)
    content, places = (tmp_path / "a.npz").read_bytes(), places_of(tmp_path / "a.npz")
    for name in ("probabilities", "labels", "why"):
        array = getattr(marks, name)
        assert content[places[name] :].startswith(array.tobytes())
    (tmp_path / "b.npz").write_bytes(content[:100])
    with raises_with(BadSession, "b.npz"):
        places_of(tmp_path / "b.npz")
