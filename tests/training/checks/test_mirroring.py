from __future__ import annotations

import pytest

from pyside.settings.checks import AUGMENTATIONS
from pyside.training.checks.mirroring import warnings_of_turns

TURNS = AUGMENTATIONS["legacy"]


@pytest.mark.parametrize("augment", [TURNS, (("flips", 1.0),), AUGMENTATIONS["strong"]])
@pytest.mark.parametrize(
    ("class_names", "part"),
    [
        (("NonTouch", "Protraction", "retraction"), "Protraction, retraction"),
        (("none", "TouchLeft"), "TouchLeft"),
        (("pole_up", "pole_down"), "pole_up, pole_down"),
        (("6", "9"), "6, 9"),
        (("rest", "walk", "groom"), "rest, walk, groom"),
    ],
)
def test_turns_warn_where_a_class_may_depend_on_direction(class_names, part, augment) -> None:
    (warning,) = warnings_of_turns(class_names, augment)
    assert part in warning and "'none'" in warning and "NonTouch" not in warning


def test_the_warning_names_what_was_asked_for() -> None:
    (warning,) = warnings_of_turns(("left", "right"), [("noise", 0.1), ("flips", 1), ("quarter-turns", 1)])
    assert "left, right" in warning and "'flips'" in warning and "'quarter-turns'" in warning and "noise" not in warning


@pytest.mark.parametrize(
    ("class_names", "augment"),
    [
        (("NonTouch", "Touch"), TURNS),
        (("copyright", "upset"), TURNS),  # right and up are parts of other words
        (("left", "right"), ()),
        (("left", "right"), (("turn", 10.0), ("noise", 0.03))),
    ],
)
def test_there_is_no_warning_without_need(class_names, augment) -> None:
    assert warnings_of_turns(class_names, augment) == []
