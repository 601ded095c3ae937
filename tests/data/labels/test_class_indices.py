"""Labels as people write them become class indices."""

from __future__ import annotations

import array
import math
from typing import Any

import numpy as np
import pytest

from pyside.data.labels.bouts.behaviours import Activity
from pyside.data.labels.class_indices import read_labels
from pyside.errors import BadLabels, BadOption
from pyside.settings import ArraySettings
from tests.conftest import holds, raises_with
from tests.data.conftest import COMPOSED, DECOMPOSED

CLASSES = ("NonTouch", "Touch")


def read(labels: Any, class_names: tuple[str, ...] = CLASSES, label_values: Any = None) -> list[int]:
    return read_labels([labels], class_names, label_values, ["a"]).vectors[0].tolist()


@pytest.mark.parametrize(
    "labels",
    [
        [0, 1, 1],
        array.array("d", [0, 1, 1]),
        np.array([0, 1, 1], np.uint8),
        np.array([[0, 1, 1]]),
        np.array([[0], [1], [1]], order="F"),
        memoryview(np.asfortranarray([[0.0], [1.0], [1.0]])),
        np.array([False, True, True]),
        ("NonTouch", "Touch", "Touch"),
        np.array(["NonTouch", "Touch", "Touch"]),
    ],
)
def test_every_form_of_a_label_vector_is_read_alike(labels: Any) -> None:
    assert read(labels) == [0, 1, 1]


def test_a_vector_of_one_label_is_a_plain_number() -> None:
    assert read(1.0) == [1]


def test_minus_one_and_nan_leave_a_frame_out() -> None:
    assert read([0, -1, np.nan, 1]) == [0, -1, -1, 1]


def test_a_name_that_is_undefined_or_missing_leaves_a_frame_out() -> None:
    assert read(("Touch", "", "<undefined>", "<missing>", "NonTouch")) == [1, -1, -1, -1, 0]


@pytest.mark.parametrize("missing", ["", "<missing>", "<undefined>", None, math.nan])
def test_missing_names_are_counted_as_nan_is(missing: Any) -> None:
    wanted = read_labels([[1, math.nan, 0, math.nan]], CLASSES, None, ["a"]).table[-1]
    assert wanted == {"label": "NaN", "class_name": "", "frames": 2}
    found = read_labels([["Touch", missing, "NonTouch", ""]], CLASSES, None, ["a"])
    assert found.table[-1] == wanted and found.mapping == {"NonTouch": "NonTouch", "Touch": "Touch"}


def test_zero_and_one_are_taken_by_their_meaning_in_either_order_of_classes() -> None:
    assert read([0, 1], ("Touch", "NonTouch")) == [1, 0]
    found = read_labels([[0, 1]], ("Touch", "NonTouch"), None, ["a"])
    assert found.mapping == {"0": "NonTouch", "1": "Touch"}


def test_label_values_override_the_meaning() -> None:
    assert read([0, 1], ("Touch", "NonTouch"), (0, 1)) == [0, 1]
    assert read([7, 2, -1], CLASSES, (2, 7)) == [1, 0, -1]
    assert read(("n", "t"), CLASSES, ("n", "t")) == [0, 1]


def test_other_classes_are_0_based_indices() -> None:
    assert read([0, 2, 1], ("A", "B", "C")) == [0, 2, 1]
    assert read([0, 1], ("A", "B")) == [0, 1]


@pytest.mark.parametrize("names", [("A", "B"), ("A", "B", "C"), CLASSES])
def test_labels_that_count_from_one_are_an_error_that_names_label_values(names: tuple[str, ...]) -> None:
    with raises_with(BadLabels, "label_values"):
        read(list(range(1, len(names) + 1)), names)


@pytest.mark.parametrize(
    ("labels", "names"),
    [
        ([1, 2, 1], ("rest", "lick", "groom")),  # the last class does not occur
        ([2, 3], ("rest", "lick", "groom")),  # the first one
        ([1, 1], ("rest", "lick", "groom")),
        ([1, 1], ("A", "B")),
        ([2, 2], CLASSES),
        (["1", "2"], ("rest", "lick", "groom")),
        ([1, np.nan, -1], ("A", "B")),
    ],
)
def test_class_indices_without_a_zero_are_an_error_that_shows_both_readings(
    labels: list[Any], names: tuple[str, ...]
) -> None:
    n = len(names)
    with raises_with(BadLabels, "label_values", str(list(range(1, n + 1))), str(list(range(n))), f"0 = {names[0]}"):
        read(labels, names)
    if labels != [2, 2]:
        with raises_with(BadLabels, "label_values"):  # in all recordings together
            read_labels([labels, [np.nan], labels], names, None, ["a", "b", "c"])
    with raises_with(BadLabels, "1 (frames: 3"):
        read([1, 1, 1], ("A", "B"))
    assert read([0, 1], names) == [0, 1]
    assert read([1, 2], names, range(1, n + 1)) == [0, 1]
    assert read([1, 1], names, range(n)) == [1, 1]


@pytest.mark.parametrize("names", [CLASSES, ("Touch", "NonTouch"), ("touch", "Free")])
@pytest.mark.parametrize("labels", [[1, 1], [0, 0], [0, 1], [0, 1, -1], [True], [np.nan]])
def test_0_and_1_of_touch_are_never_doubted(labels: list[Any], names: tuple[str, ...]) -> None:
    found = read_labels([labels], names, None, ["a"])
    touch = [name.lower() for name in names].index("touch")
    meant = {1: touch, 0: 1 - touch}
    assert found.vectors[0].tolist() == [meant.get(label, -1) for label in labels]
    assert found.remarks == []


def test_zero_among_the_labels_counts_from_0_and_a_class_without_a_frame_is_a_remark() -> None:
    names = ("rest", "lick", "groom")
    found = read_labels([[0, 1], [1, 0, -1]], names, None, ["a", "b"])
    assert [vector.tolist() for vector in found.vectors] == [[0, 1], [1, 0, -1]]
    (remark,) = found.remarks
    assert holds(remark, "groom", "0 = rest", "1 = lick", "label_values", "[1, 2, 3]", -1)
    assert read_labels([[0, 1, 2]], names, None, ["a"]).remarks == []
    assert read_labels([["rest", "lick"]], names, None, ["a"]).remarks == []  # names are clear
    assert read_labels([[0, 1]], names, (0, 1, 2), ["a"]).remarks == []  # and so is who says what is meant
    assert len(read_labels([[0, 0]], ("A", "B"), None, ["a"]).remarks) == 1


@pytest.mark.parametrize("names", [("rest", "lick", "groom"), ("A", "B"), CLASSES])
def test_labels_from_0_to_the_number_of_classes_are_an_error_with_both_readings(names: tuple[str, ...]) -> None:
    n = len(names)
    with raises_with(BadLabels, "1 frames", n, f"0 = {[name for name in names if name != 'Touch'][0]}", -1):
        read(list(range(n + 1)), names)
    with raises_with(BadLabels, "label_values", str(list(range(1, n + 1)))):
        read(list(range(n + 1)), names)


def test_each_label_is_listed_with_its_class_and_its_frames() -> None:
    def rows(labels: list[Any], names: tuple[str, ...], values: Any = None) -> list[tuple[Any, ...]]:
        return [tuple(row.values()) for row in read_labels(labels, names, values, ["a"] * len(labels)).table]

    found = read_labels([[0, 1, 1]], CLASSES, None, ["a"]).table
    assert found[0] == {"label": "0", "class_name": "NonTouch", "frames": 1}
    several = [[0, 1, 1, np.nan], [-1, 1, np.nan]]
    assert rows(several, CLASSES) == [("0", "NonTouch", 1), ("1", "Touch", 3), ("NaN", "", 2), ("-1", "", 1)]
    assert rows([[7, 2, 2]], ("A", "B", "C"), (7, (2, 3), 9)) == [
        ("7", "A", 1),
        ("2", "B", 2),
        ("3", "B", 0),
        ("9", "C", 0),
    ]
    assert rows([["touch", "", "Touch"]], CLASSES) == [
        ("NonTouch", "NonTouch", 0),
        ("Touch", "Touch", 1),
        ("touch", "Touch", 1),
        ("NaN", "", 1),
    ]


def test_one_class_alone_is_not_taken_for_counting_from_one() -> None:
    assert read([1, 1]) == [1, 1]


@pytest.mark.parametrize("labels", [[0, 2], [0, 0.5], [0, -2], ("Touch", "touched"), np.zeros((2, 3)), "x", [None, 1]])
def test_labels_outside_the_classes_are_an_error(labels: Any) -> None:
    with pytest.raises(BadLabels):
        read(labels)


def test_the_faults_of_all_recordings_are_told_at_once() -> None:
    with pytest.raises(BadLabels) as caught:
        read_labels([[0, 5], [9, 9]], CLASSES, None, ["a", "b"])
    assert [fault.of for fault in caught.value.faults] == ["a", "b"]


def test_names_in_one_recording_and_numbers_in_another_are_an_error() -> None:
    with pytest.raises(BadLabels):
        read_labels([[0, 1], ("Touch",)], CLASSES, None, ["a", "b"])


def test_a_recording_without_labels_goes_with_names_and_with_numbers() -> None:
    for vector in (["Touch", "NonTouch"], [1, 0]):
        found = read_labels([[], vector], ("NonTouch", "Touch"), None, ["empty", "full"])
        assert [one.tolist() for one in found.vectors] == [[], [1, 0]]


def test_several_values_may_stand_for_one_class() -> None:
    assert read([0, 2, 3, 1, -1], CLASSES, ((0, 2), (1, 3))) == [0, 0, 1, 1, -1]
    assert read(("no", "lick", "touch"), CLASSES, ("no", ("touch", "lick"))) == [0, 1, 1]
    found = read_labels([[0, 2, 1]], CLASSES, ((0, 2), 1), ["a"])
    assert found.mapping == {"0": "NonTouch", "2": "NonTouch", "1": "Touch"}


def test_minus_one_may_stand_for_a_class() -> None:
    assert read([-1, 1, np.nan], CLASSES, (-1, 1)) == [0, 1, -1]


def test_numbers_and_the_texts_of_them_are_the_same_label_values() -> None:
    assert read(("1", "2"), CLASSES, (1, 2)) == [0, 1]
    assert read([1, 2], CLASSES, ("1", "2")) == [0, 1]


@pytest.mark.parametrize(
    "labels",
    [
        ("touch", "NONTOUCH", " Touch "),
        np.array([b"Touch", b"NonTouch", b"Touch"]),
        np.array(["Touch", "NonTouch", "Touch"], np.dtypes.StringDType()),
        np.array([["Touch"], ["NonTouch"], ["Touch"]], object),
    ],
)
def test_class_names_are_read_whatever_their_letters_and_type(labels: Any) -> None:
    assert read(labels) == [1, 0, 1]


def test_class_names_that_differ_in_case_only_are_kept_apart() -> None:
    assert read(("a", "A"), ("A", "a")) == [1, 0]
    with raises_with(BadLabels, "b"):
        read(("b",), ("B", "a", "A"))


def test_a_categorical_and_missing_texts_are_read() -> None:
    pandas = pytest.importorskip("pandas")
    assert read(pandas.Categorical(["Touch", None, "NonTouch"])) == [1, -1, 0]
    assert read(pandas.Series(["Touch", None, "NonTouch"])) == [1, -1, 0]
    assert read(np.array(["Touch", None, np.nan], object)) == [1, -1, -1]


@pytest.mark.parametrize("values", [None, (False, True), ("FALSE", "TRUE"), ("false", "True"), (0, 1), (0.0, True)])
@pytest.mark.parametrize("words", [("FALSE", "TRUE"), ("False", "True"), ("false", "true")])
def test_true_and_false_are_1_and_0_as_r_and_python_write_them(words: tuple[str, str], values: Any) -> None:
    labels = [words[0], words[1], "", "NA", words[1]]
    assert read(labels, CLASSES, values) == [0, 1, -1, -1, 1]
    assert read(labels, ("Touch", "NonTouch"), values) == ([1, 0, -1, -1, 0] if values is None else [0, 1, -1, -1, 1])


def test_true_and_false_are_names_where_a_class_is_called_so() -> None:
    assert read(("TRUE", "FALSE"), ("true", "false")) == [0, 1]
    assert read(("0", "1", "1"), CLASSES, (False, True)) == [0, 1, 1]


@pytest.mark.parametrize("missing", ["NA", "NaN", "n/a", "#N/A", "<NA>", "null", ""])
def test_words_for_a_missing_value_leave_a_frame_out_unless_a_class_is_called_so(missing: str) -> None:
    assert read(("Touch", missing, "NonTouch")) == [1, -1, 0]
    assert read(("1", missing, "0")) == [1, -1, 0]
    assert read(("1", missing, "0"), CLASSES, (0, 1)) == [1, -1, 0]
    assert read(("Touch", "NA"), ("NA", "Touch")) == [1, 0]
    assert read(("1", "NA"), CLASSES, ("NA", 1)) == [1, 0]


def test_numbers_with_a_decimal_comma_are_numbers() -> None:
    assert read(("0,0", "1,0", "NA")) == [0, 1, -1]


def test_categories_that_are_numbers_are_numbers() -> None:
    assert read(("0", "1", "<undefined>", "-1")) == [0, 1, -1, -1]
    assert read(("0", "1"), ("1", "0")) == [1, 0]


def test_a_recording_that_is_left_out_as_a_whole_goes_with_names() -> None:
    found = read_labels([np.full(2, np.nan), ("Touch", "NonTouch")], CLASSES, None, ["a", "b"])
    assert [one.tolist() for one in found.vectors] == [[-1, -1], [1, 0]]


def test_class_names_are_one_in_whichever_way_their_letters_are_written() -> None:
    classes = (COMPOSED, "Rest")
    found = read_labels([[DECOMPOSED, "Rest", COMPOSED.upper()]], classes, None, ["a"])
    assert found.vectors[0].tolist() == [0, 1, 0]
    values = read_labels([[COMPOSED, "b"]], ("x", "y"), (DECOMPOSED, "b"), ["a"])
    assert values.vectors[0].tolist() == [0, 1]
    with pytest.raises(BadOption):
        ArraySettings.from_options({"class_names": (COMPOSED, DECOMPOSED)})


# --- behaviours ----------------------------------------------------------------------------------------------------


def activity(names: str, rows: list[Any], columns: bool = False) -> Activity:
    """Return behaviours of frames, each a text with the initials of those that it shows; None if not scored."""
    active = [[row is not None and name[0] in row for name in names.split()] for row in rows]
    return Activity(tuple(names.split()), np.array(active), np.array([row is not None for row in rows]), columns)


def test_behaviours_are_classes_and_the_rest_is_the_only_other_one() -> None:
    found = read_labels([activity("lick touch", ["l", "", "t", None])], ("rest", "Touch", "Lick"), None, ["a"])
    assert found.vectors[0].tolist() == [2, 0, 1, -1] and found.vectors[0].dtype == np.int16
    assert found.mapping == {"lick": "Lick", "touch": "Touch", "none": "rest"} and found.remarks == []
    named = read_labels([activity("1 2", ["1", "", "2"])], ("rest", "Touch", "Lick"), None, ["a"])
    assert named.vectors[0].tolist() == [1, 0, 2]
    assert read(activity("1", ["1", ""]), ("Touch", "NonTouch")) == [0, 1]
    assert read(activity("1 -1", ["1", "", "-"])) == [1, 0, -1]
    assert read(activity("touch none", ["t", "n", ""]), CLASSES) == [1, 0, -1]
    assert read(activity("touch rest", ["t", "r", ""]), ("rest", "touch")) == [1, 0, -1]


def test_behaviours_are_counted_and_numbers_without_a_0_or_gaps_are_asked_about() -> None:
    found = read_labels([activity("lick touch", ["l", "", "t", "l"])], ("rest", "touch", "lick"), None, ["a"])
    rows = {row["label"]: (row["class_name"], row["frames"]) for row in found.table}
    assert rows == {"lick": ("lick", 2), "touch": ("touch", 1), "none": ("rest", 1)}
    left = read_labels([activity("lick touch", ["l", "", "t"])], ("touch", "lick"), None, ["a"])
    assert [row for row in left.table if not row["class_name"]] == [{"label": "none", "class_name": "", "frames": 1}]
    with raises_with(BadLabels, "1 (frames: 2)", "2 (frames: 1)", "label_values"):
        read(activity("1 2", ["1", "2", "1"]), ("rest", "lick"))


def test_behaviours_of_several_recordings_and_vectors_go_together() -> None:
    shown = [activity("touch", ["t", ""]), ["NonTouch", "Touch"], activity("lick", ["", "l"])]
    found = read_labels(shown, ("NonTouch", "Touch", "lick"), None, ["a", "b", "c"])
    assert [vector.tolist() for vector in found.vectors] == [[1, 0], [0, 1], [0, 2]]


def test_columns_that_are_no_classes_are_not_used_and_said() -> None:
    found = read_labels([activity("background touch lick", ["b", "t", "l", "tl"], True)], CLASSES, None, ["a"])
    assert found.vectors[0].tolist() == [0, 1, 0, 1]
    assert len(found.remarks) == 1 and holds(found.remarks[0], "background", "lick")
    with raises_with(BadLabels, "background", "lick", "NonTouch", "label_values"):
        read(activity("background lick", ["b", "l"], True))


def test_faults_of_behaviours_are_told_of_all_recordings() -> None:
    both = activity("touch lick", ["tl", "t", "tl"])
    with pytest.raises(BadLabels) as caught:
        read_labels([both, activity("rear", ["r"])], ("rest", "touch", "lick"), None, ["a", "b"])
    assert holds(caught.value.text, "touch and lick", "a", 1, 3, "rear", "b") and len(caught.value.faults) == 2


def test_numbers_are_the_classes_that_are_named_so() -> None:
    assert read([0, 1, 1], ("1", "0")) == [1, 0, 0]
    assert read([1, 2, -1], ("1", "2")) == [0, 1, -1]
    assert read([0, 1], ("1", "2")) == [0, 1]


def test_nan_is_no_class() -> None:
    with raises_with(BadLabels, "NaN", "label_values"):
        read([np.nan, 1], label_values=[np.nan, 1])


def test_minus_one_may_be_a_class() -> None:
    (remark,) = read_labels([[-1, 1]], CLASSES, None, ["a"]).remarks
    assert holds(remark, "-1", "label_values", "[-1, 1]")
    (remark,) = read_labels([[-1, 0, 1]], ("none", "groom", "lick"), None, ["a"]).remarks
    assert holds(remark, "[-1, 0, 1]")
    with raises_with(BadLabels, "[-1, 1]"):
        read([-1, 1], ("none", "groom"))
    assert not read_labels([[-1, 0, 1]], CLASSES, None, ["a"]).remarks


def test_a_second_class_that_is_the_absence_of_the_first_is_remarked() -> None:
    for names in (("Contact", "NoContact"), ("contact", "non-contact"), ("lick", "none"), ("lick", "Background")):
        (remark,) = read_labels([[0, 1]], names, None, ["a"]).remarks
        assert holds(remark, "0", names[0], "[1, 0]")
    for names in (("NoContact", "Contact"), ("none", "lick"), ("nose", "novel"), ("Touch", "NonTouch")):
        assert not read_labels([[0, 1]], names, None, ["a"]).remarks


def test_a_fraction_is_shown_as_it_is() -> None:
    with raises_with(BadLabels, "1.0000000001"):
        read([0, 1.0000000001])


@pytest.mark.parametrize("words", [("FALSCH", "WAHR"), ("FAUX", "VRAI"), ("FALSO", "VERDADERO")])
def test_truth_values_of_spreadsheets_in_other_languages_are_read(words: tuple[str, str]) -> None:
    assert read([*words, words[1]]) == [0, 1, 1]
    assert read([*words], (words[1], words[0])) == [1, 0]
