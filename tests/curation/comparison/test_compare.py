"""Labels are compared with labels: figures that are known by hand, pairs, and what is asked instead of guessed."""

from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pyside
from pyside.curation.marks import Marks, save_marks
from pyside.errors import BadLabels, BadOption, LengthMismatch, NotWritable, PathMissing, Unpaired
from pyside.evaluation.decision import Decision
from tests.conftest import raises_with

TOUCH = ("NonTouch", "Touch")
A = "....TTTTTT........TTTTTTTT......"


def drawn(text: str) -> list[float]:
    """Labels of a text: ``.`` is 0, ``T`` 1, ``-`` a frame that is left out."""
    return [{".": 0.0, "T": 1.0, "-": float("nan")}[letter] for letter in text]


def touches(record: dict[str, Any], name: str = "Touch") -> tuple[int, ...]:
    return tuple(record["events"][name][kind] for kind in ("touches", "found", "missed", "ghosts", "merged", "split"))


def csv_of(path: Path, **videos: str) -> Path:
    """Write a label file with one row per frame."""
    rows = [f"{video},{k},{letter}" for video, text in videos.items() for k, letter in enumerate(text, start=1)]
    text = "\n".join(["video,frame,label", *rows]).replace(",.", ",NonTouch").replace(",T", ",Touch").replace(",-", ",")
    path.write_text(text + "\n", encoding="utf-8")
    return path


def marks(
    folder: Path, name: str, text: str, names: tuple[str, ...] = ("NonTouch", "Touch"), rate: float | None = None
) -> Path:
    """Write the marks of one recording of a session, and return its folder."""
    touch = np.array(drawn(text), np.float32)
    columns = {"NonTouch": 0.9 - 0.8 * touch, "Touch": 0.1 + 0.8 * touch}
    probabilities = np.stack([columns[one] for one in names], axis=1).astype(np.float32)
    labels = np.where(np.isnan(touch), -1, np.where(touch > 0, names.index("Touch"), names.index("NonTouch")))
    decision = Decision("Touch", names.index("Touch"), 0.5)
    (folder / "marks").mkdir(parents=True, exist_ok=True)
    why = np.where(labels < 0, 2, 0).astype(np.uint8)
    saved = Marks(
        name, Path(f"{name}.mp4"), names, probabilities, labels.astype(np.int16), why, decision, rate, "a", "b"
    )
    save_marks(folder / "marks" / f"{name}.npz", saved)
    return folder


# --- figures -------------------------------------------------------------------------------------------------------


def test_labels_shifted_by_3_frames_have_an_onset_error_of_3_and_no_count_errors() -> None:
    late = "..." + A[:-3]
    found = pyside.compare(drawn(late), drawn(A), frame_rate=500)
    assert touches(found) == (2, 2, 0, 0, 0, 0)
    for end in ("onset_error", "offset_error"):
        figures = found["events"]["Touch"][end]
        assert figures["frames"] == {"median": 3, "mean": 3, "percentile_95": 3}
        assert figures["ms"] == {"median": 6, "mean": 6, "percentile_95": 6}
    assert found["equal"] == 1 - 12 / len(A)


def test_equal_labels_have_a_kappa_of_1() -> None:
    found = pyside.compare(drawn(A), drawn(A))
    assert (found["kappa"], found["equal"], found["f1"]) == (1, 1, 1)
    assert found["disagreements"] == []


def test_labels_without_a_touch_agree_and_have_no_kappa() -> None:
    found = pyside.compare([0] * 9, [0] * 9)
    assert (found["equal"], found["kappa"], found["errors_per_touch"]) == (1, None, None)
    assert found["confusion"] == [[9, 0], [0, 0]]


def test_labels_that_are_all_left_out_have_no_figures() -> None:
    found = pyside.compare(drawn("---"), drawn("---"))
    assert (found["frames"], found["frames_left_out"], found["equal"]) == (0, 3, None)
    assert any("no frame has a label from both" in warning for warning in found["warnings"])


def test_one_touch_over_two_is_merged_and_two_in_one_are_split() -> None:
    merged = pyside.compare(drawn("..TTTTTTT.."), drawn("..TTT.TTT.."))
    split = pyside.compare(drawn("..TTT.TTT.."), drawn("..TTTTTTT.."))
    assert touches(merged) == (2, 2, 0, 0, 1, 0)
    assert touches(split) == (1, 1, 0, 0, 0, 1)


def test_frames_that_one_leaves_out_are_counted_and_not_compared() -> None:
    found = pyside.compare(drawn("..TT--T."), drawn(".-TT-.T."))
    assert found["frames"] == 5
    assert (found["frames_left_out"], found["left_out_predicted"], found["left_out_reference"]) == (3, 2, 2)
    assert found["equal"] == 1


def test_every_recording_and_tag_has_figures_of_its_own() -> None:
    tags = {"a": {"camera": "left"}, "b": {"camera": "right"}, "c": {"camera": "right"}}
    predicted = {"a": drawn("..TT.."), "b": drawn("..TT.."), "c": drawn("...TT.")}
    reference = {name: drawn("..TT..") for name in predicted}
    found = pyside.compare(predicted, reference, tags=tags)["pairs"][0]
    assert [(one["recording"], one["equal"]) for one in found["recordings"]] == [("a", 1), ("b", 1), ("c", 4 / 6)]
    assert found["tags"]["camera"]["left"]["frames"] == 6
    assert found["tags"]["camera"]["right"]["equal"] == 10 / 12


def test_errors_in_ms_take_the_frame_rate_of_each_recording(tmp_path: Path) -> None:
    late = "." + A[:-1]
    session = marks(marks(tmp_path / "s", "a", late, rate=1000), "b", late, rate=500)
    found = pyside.compare(session, {"a": drawn(A), "b": drawn(A)})
    assert found["events"]["Touch"]["onset_error"]["ms"]["mean"] == 1.5
    assert [one["frame_rate"] for one in found["pairs"][0]["recordings"]] == [1000, 500]


# --- several sources -----------------------------------------------------------------------------------------------


def test_every_pair_of_models_and_people_is_compared(tmp_path: Path) -> None:
    people = {name: csv_of(tmp_path / f"{name}.csv", v=text) for name, text in {"Anna": A, "Ben": "." + A[:-1]}.items()}
    models = {name: marks(tmp_path / name, "v", A) for name in ("small", "large")}
    found = pyside.compare(models, people)
    pairs = [(one["predicted"], one["reference"]) for one in found["pairs"]]
    across = [("small", "Anna"), ("small", "Ben"), ("large", "Anna"), ("large", "Ben")]
    assert pairs == [*across, ("Ben", "Anna"), ("large", "small")]
    assert found["kappa"] == 1
    assert found["means"]["predicted_predicted"]["kappa"] == 1 > found["means"]["reference_reference"]["kappa"]


def test_files_in_a_list_are_sources_named_after_them(tmp_path: Path) -> None:
    files = [csv_of(tmp_path / name, v=A) for name in ("Zoë.csv", "b.csv")]
    found = pyside.compare(files, csv_of(tmp_path / "c.csv", v=A))
    assert [one["name"] for one in found["sources"]] == ["Zoë", "b", "c"]


def test_two_sources_with_one_name_are_told_apart(tmp_path: Path) -> None:
    for folder in ("x", "y"):
        (tmp_path / folder).mkdir()
        csv_of(tmp_path / folder / "labels.csv", v=A)
    found = pyside.compare(tmp_path / "x" / "labels.csv", tmp_path / "y" / "labels.csv")
    assert (found["predicted"], found["reference"]) == ("labels (predicted)", "labels (reference)")


def test_a_folder_of_label_files_has_a_recording_per_file(tmp_path: Path) -> None:
    (tmp_path / "old results").mkdir()
    for name in ("a", "b"):
        np.save(tmp_path / "old results" / f"{name}.npy", np.array(drawn(A)))
    found = pyside.compare(tmp_path / "old results", {"a": drawn(A), "b": drawn(A)})
    assert len(found["pairs"][0]["recordings"]) == 2


# --- pairing -------------------------------------------------------------------------------------------------------


def test_names_pair_in_any_case_and_unicode_form(tmp_path: Path) -> None:
    session = marks(tmp_path / "s", "Mäuse 1", A)
    for name in ("mäuse 1", unicodedata.normalize("NFD", "Mäuse 1"), "C:\\data\\Mäuse 1.avi"):
        assert pyside.compare(session, {name: drawn(A)})["kappa"] == 1


def test_recordings_pair_by_trial_number(tmp_path: Path) -> None:
    session = marks(marks(tmp_path / "s", "day1_trial07", A), "day1_trial08", A)
    labels = [{"trialNum": 8, "labels": drawn(A)}]
    found = pyside.compare(session, labels)
    assert [one["recording"] for one in found["pairs"][0]["recordings"]] == ["day1_trial08"]


def test_what_has_no_partner_is_listed_on_both_sides_or_an_error() -> None:
    predicted = {"a": drawn(A), "b": drawn(A)}
    reference = {"b": drawn(A), "c": drawn(A)}
    found = pyside.compare(predicted, reference)
    assert found["pairs"][0]["alone"] == {"predicted": ["a"], "reference": ["c"]}
    assert any("only predicted has a" in one and "only reference has c" in one for one in found["warnings"])
    with raises_with(Unpaired, "a", "c"):
        pyside.compare(predicted, reference, on_unpaired="error")


def test_labels_without_any_partner_are_an_error() -> None:
    with raises_with(Unpaired, "a.mp4", "b.mp4"):
        pyside.compare({"a.mp4": drawn(A)}, {"b.mp4": drawn(A)})


def test_two_orders_are_asked_about(tmp_path: Path) -> None:
    session = marks(marks(tmp_path / "s", "trial2", A), "trial10", drawn_flat(len(A)))
    vectors = [drawn(A), drawn(drawn_flat(len(A)))]
    with raises_with(Unpaired, "trial10"):
        pyside.compare(session, vectors)
    assert pyside.compare(session, vectors, pairing="natural")["equal"] == 1
    assert pyside.compare(session, vectors[::-1], pairing="order")["equal"] == 1


def drawn_flat(n: int) -> str:
    return "." * n


# --- asked, not guessed --------------------------------------------------------------------------------------------


def test_two_lengths_are_asked_about() -> None:
    with raises_with(LengthMismatch, "32", "30"):
        pyside.compare(drawn(A), drawn(A[:-2]))
    found = pyside.compare(drawn(A), drawn(A[:-2]), on_length="shorter")
    assert (found["frames"], found["equal"]) == (30, 1)


def test_a_video_of_another_length_is_asked_about(tmp_path: Path) -> None:
    from PIL import Image

    first, *others = [Image.new("L", (8, 8), number) for number in range(5)]
    first.save(tmp_path / "a.tif", save_all=True, append_images=others)
    with raises_with(LengthMismatch, "a", "4", "5"):
        pyside.compare({"a": [0, 1, 1, 0]}, {"a": [0, 1, 1, 0]}, videos=tmp_path / "a.tif")
    assert pyside.compare({"a": [0, 1, 1, 0, 0]}, {"a": [0, 1, 1, 0, 0]}, videos=tmp_path / "a.tif")["frames"] == 5


def test_names_of_other_classes_are_asked_for() -> None:
    with raises_with(BadLabels, "class_names", "lick"):
        pyside.compare(["lick", "none"], ["lick", "lick"])
    found = pyside.compare(["lick", "none"], ["lick", "lick"], class_names=["none", "lick"])
    assert touches(found, "lick") == (1, 1, 0, 0, 0, 0)


def test_labels_of_one_recording_twice_are_an_error() -> None:
    twice = [{"video": "a.mp4", "labels": [0, 1]}, {"video": "a.mp4", "labels": [0, 1]}]
    for sides in ((twice, {"a": [0, 1]}), ({"a": [0, 1]}, twice)):
        with raises_with(Unpaired, "a.mp4"):
            pyside.compare(*sides)


def test_two_frame_rates_are_asked_about(tmp_path: Path) -> None:
    one, other = marks(tmp_path / "x", "a", A, rate=500), marks(tmp_path / "y", "a", A, rate=1000)
    with raises_with(BadOption, "500", "1000"):
        pyside.compare(one, other)
    assert pyside.compare(one, other, frame_rate=1000)["kappa"] == 1


def test_two_class_orders_are_compared_by_name_and_said(tmp_path: Path) -> None:
    one, other = marks(tmp_path / "x", "a", A), marks(tmp_path / "y", "a", A, ("Touch", "NonTouch"))
    found = pyside.compare(one, other)
    assert found["kappa"] == 1
    assert any("different orders" in warning for warning in found["warnings"])


def test_classes_that_seem_swapped_are_said() -> None:
    found = pyside.compare([1 - value for value in drawn(A)], drawn(A))
    assert any("swapped" in warning for warning in found["warnings"])


def test_bouts_need_a_number_of_frames(tmp_path: Path) -> None:
    for name in ("x", "y"):
        (tmp_path / f"{name}.csv").write_text("video,start_frame,end_frame,label\na.mp4,5,10,Touch\n")
    with raises_with(BadLabels, "videos"):
        pyside.compare(tmp_path / "x.csv", tmp_path / "y.csv")
    assert pyside.compare(tmp_path / "x.csv", {"a.mp4": drawn("....TTTTTT....")})["kappa"] == 1


def test_what_is_not_there_is_named_all_at_once(tmp_path: Path) -> None:
    with raises_with(PathMissing, "p.csv", "r.csv"):
        pyside.compare(tmp_path / "p.csv", tmp_path / "r.csv")


# --- output --------------------------------------------------------------------------------------------------------


def test_the_page_holds_everything_and_escapes_names(tmp_path: Path) -> None:
    session = marks(tmp_path / "a <b>&amp; s", "script", "." + A[:-1])
    found = pyside.compare(session, {"script": drawn(A)}, output=tmp_path / "ö ut")
    page = Path(found["page"]).read_text(encoding="utf-8")
    assert "a &lt;b&gt;&amp;amp; s" in page and "<b>&amp; s" not in page
    assert not re.findall(r'(?:src|href)="(?!#|data:)[^"]*"', page)
    assert Path(found["picture"]).read_bytes().startswith(b"\x89PNG")
    assert json.loads((tmp_path / "ö ut" / "comparison.json").read_text(encoding="utf-8"))["kappa"] == found["kappa"]
    pyside.compare(session, {"script": drawn(A)}, output=tmp_path / "ö ut")  # again


def test_files_of_others_are_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "comparison.html").write_text("mine")
    (tmp_path / "notes.txt").write_text("mine")
    with raises_with(NotWritable, "comparison.html"):
        pyside.compare(drawn(A), drawn(A), output=tmp_path)
    assert (tmp_path / "comparison.html").read_text() == "mine"


@pytest.mark.parametrize("isolated", [True])
def test_a_process_of_its_own_gives_the_same(isolated: bool) -> None:
    here = pyside.compare(drawn(A), drawn("-" + A[1:]))
    there = pyside.compare(np.array(drawn(A)), np.array(drawn("-" + A[1:])), isolated=isolated)
    assert there == here
