"""What will come of a conversion is told beforehand, with all that is wrong and all that should be known."""

from __future__ import annotations

from pathlib import Path

import pytest

from pyside.data.conversion.preflight import Planned, Preflight, checked, counts_by_tag, page
from pyside.data.labels.class_indices import label_row
from pyside.errors import BadLabels, BadVideo, Faults, some
from tests.conftest import holds


def planned(name: str, non_touch: int, touch: int, **further: object) -> Planned:
    counts = {"NonTouch": non_touch, "Touch": touch}
    return Planned(name, f"{name}.mp4 <- labels", non_touch + touch, non_touch + touch, counts, **further)  # type: ignore[arg-type]


def preflight(*recordings: Planned) -> Preflight:
    made = Preflight("videos", Path("set"))
    made.class_names, made.image_shape = ("NonTouch", "Touch"), (61, 61, 1)
    made.planned = list(recordings)
    return made


def test_a_report_adds_up_its_recordings() -> None:
    made = preflight(
        planned("a", 900, 100, left_out={"by_label": 3}, out_of_frame={"shifted": 2}),
        planned("b", 500, 500, left_out={"by_label": 1, "without_center": 4}),
    )
    report = made.report()
    assert (report["frames"], report["kept"], report["well"]) == (2000, 2000, True)
    assert report["counts"] == {"NonTouch": 1400, "Touch": 600}
    assert report["left_out"] == {"by_label": 4, "without_center": 4} and report["out_of_frame"] == {"shifted": 2}
    assert report["bytes"] == 2000 * 61 * 61 and report["warnings"] == []


def test_few_frames_rare_classes_and_a_lone_recording_are_warned_of() -> None:
    few, rare, _ = preflight(planned("a", 980, 19)).all_warnings()  # the third is that there is one recording only
    assert holds(few, 999) and holds(rare, "1.9 %", "Touch")
    assert len(preflight(planned("a", 980, 219)).all_warnings()) == 1
    assert preflight(planned("a", 500, 50), planned("b", 500, 53)).all_warnings() == []


def test_a_class_that_most_recordings_lack_is_warned_of() -> None:
    (warning,) = preflight(planned("a", 500, 400), planned("b", 500, 0), planned("c", 500, 0)).all_warnings()
    assert holds(warning, 2, 3, "Touch", "b", "c")


def test_a_class_without_a_frame_is_warned_of() -> None:
    (warning,) = preflight(planned("a", 2000, 0), planned("b", 9, 0)).all_warnings()
    assert holds(warning, "Touch")


def test_frames_are_counted_by_tag() -> None:
    recordings = [
        planned("a", 10, 1, tags={"animal": "m1", "camera": "left"}),
        planned("b", 20, 2, tags={"animal": "m2"}),
        planned("c", 30, 3, tags={"animal": "m1"}),
    ]
    assert counts_by_tag(recordings) == {
        "animal": {"m1": {"NonTouch": 40, "Touch": 4}, "m2": {"NonTouch": 20, "Touch": 2}},
        "camera": {"left": {"NonTouch": 10, "Touch": 1}},
    }


def test_a_check_tells_each_fault_once_with_its_identifier() -> None:
    def plan(found: Preflight) -> None:
        found.faults.add(BadVideo, "one.mp4 is empty.")
        with found.faults.noting():
            raise BadLabels("Label 7 is outside the classes.")
        found.faults.raise_any()

    report = checked(preflight(), plan)
    assert report["well"] is False
    assert [fault["identifier"] for fault in report["faults"]] == ["TouchTrain:BadVideo", "TouchTrain:BadLabels"]


def test_a_check_tells_a_fault_that_was_raised_and_not_noted() -> None:
    def plan(found: Preflight) -> None:
        faults = Faults()
        faults.add(BadVideo, "one.mp4 is empty.")
        faults.add(BadVideo, "two.mp4 is empty.")
        faults.raise_any()

    assert len(checked(preflight(), plan)["faults"]) == 2


@pytest.mark.parametrize("is_well", [True, False])
def test_a_page_for_a_person_ends_with_the_verdict(is_well: bool) -> None:
    made = preflight(planned("a", 900, 200, tags={"animal": "m1"}, left_out={"far_from_touch": 7}))
    made.label_mapping, made.seconds = {"0": "NonTouch", "2": "Touch"}, 200.0
    if not is_well:
        made.faults.add(BadVideo, "one.mp4 is empty.")
    lines = page(made.report())
    text = "\n".join(lines)
    assert holds(text, "0 = NonTouch", "2 = Touch", 7, "3 min", "animal m1")
    assert (lines[-1] == page({**made.report(), "well": True})[-1]) == is_well
    assert holds(text, "TouchTrain:BadVideo", "one.mp4") == (not is_well)


def test_a_page_tells_what_each_label_means_and_how_many_frames_have_it() -> None:
    made = preflight(planned("a", 900, 200))
    made.label_table = [label_row("0", "NonTouch", 900), label_row("1", "Touch", 1), label_row("NaN", "", 7)]
    for text in ("\n".join(page(made.report())), made.messages()[-1]):
        assert holds(text, "0 = NonTouch (900 frames)"[:-1], "1 = Touch (1 frame)"[:-1], "NaN", "7 frames")
    assert made.report()["label_table"] == made.label_table


def test_long_lists_of_names_are_shortened() -> None:
    shown = some(list("abcdefgh"))
    assert holds(shown, *"abcde", 3) and not holds(shown, "f")
