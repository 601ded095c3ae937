"""Touches of a trial, the unit of their lengths, and whose a trial is."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pyside.curation.contacts.trial import inferred, of_a_person, segments, unit_of_lengths
from pyside.curation.marks import labels_of
from pyside.evaluation.decision import Decision
from tests.curation.contacts.arrays import NOTHING, row


@settings(deadline=None, max_examples=60)
@given(st.lists(st.booleans(), max_size=40))
def test_touches_are_what_the_labs_own_scripts_make_of_contacts(touch: list[bool]) -> None:
    contacts = (np.flatnonzero(touch) + 1).astype(float)
    found = segments(contacts)
    expected: list[list[float]] = []
    for frame in contacts.tolist():  # if diff > 4, a new one begins
        if expected and frame - expected[-1][1] <= 4:
            expected[-1][1] = frame
        else:
            expected.append([frame, frame])
    assert found.shape == (len(expected), 2) and found.tolist() == expected
    inside = [frame for first, last in expected for frame in np.arange(first, last + 1)]
    assert inferred(contacts, found).tolist() == sorted({*inside} - {*contacts})


@pytest.mark.parametrize(
    ("lengths", "unit"),
    [([1.0, 8.0, 0.0], 1.0), ([0.002, 0.016, 0.0], 0.002), ([3.0, 7.0, 0.0], None), ([2.0, 9.0, 1.0], None)],
)
def test_the_unit_of_lengths_is_that_of_those_that_stand(lengths: list[float], unit: float | None) -> None:
    ends = np.uint16([[1, 2], [5, 13], [300, 300]])
    bare: dict[str, Any] = {"segmentInds": ends, "contactLength": row(lengths)}
    for trial in (bare, {"segmentInds": [ends], "contactLength": [row(lengths).T]}):
        found = unit_of_lengths([{}, {"contactLength": row([3])}, trial])
        assert found == unit if unit is None else np.isclose(found or 0, unit)


def test_without_lengths_the_unit_is_the_frame() -> None:
    assert unit_of_lengths([{"segmentInds": np.zeros((0, 2)), "contactLength": NOTHING}]) == 1


LEVELS = st.lists(st.sampled_from([0.1, 0.4, 0.6, 0.9]), min_size=1, max_size=30)


@settings(deadline=None, max_examples=100)
@given(LEVELS, st.integers(1, 6), st.sampled_from([0.3, 0.5, 0.9]))
def test_a_trial_that_follows_from_a_decision_is_the_machines(levels: list[float], least: int, limit: float) -> None:
    touch = np.array(levels, np.float32)
    probabilities = np.stack([1 - touch, touch], axis=1)
    labels = labels_of(probabilities, np.zeros(len(touch), np.uint8), Decision("Touch", 1, limit, least))
    trial: dict[str, Any] = {
        "contactInds": [row(np.flatnonzero(labels == 1) + 1)],
        "prepross": row(np.full(len(touch), 2)),
        "touchConfidence": row(touch),
    }
    assert of_a_person(trial, least) == ""
    assert "manualAdd" in of_a_person({**trial, "manualAdd": row([1])}, least)


@pytest.mark.parametrize("contacts", [[1, 2, 3], [2, 3, 5], [5, 6, 7]])
def test_other_touches_are_a_persons(contacts: list[int]) -> None:
    confidence = row([0.1, 0.9, 0.9, 0.9, 0.1, 0.9, 0.9, 0.1])
    trial = {"contactInds": [row(contacts)], "prepross": row([2] * 8), "touchConfidence": confidence}
    assert of_a_person(trial, 3) and of_a_person(trial, 1)
