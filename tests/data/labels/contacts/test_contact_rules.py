"""The rule by which a program made the touches of a trial, against all thresholds tried one by one."""

from __future__ import annotations

import doctest
import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pyside.data.labels.contacts import contact_rules
from pyside.data.labels.contacts.contact_rules import (
    DROPPED,
    EDITS,
    FILLED,
    Rule,
    common_rules,
    edits,
    has_edits,
    is_of_machine,
    is_unjudged,
    rule_of,
    rules_of,
    unlike_the_rest,
)
from pyside.data.labels.contacts.contact_summary import contact_summary

LEVELS = [0.0, 0.1, 0.25, 0.5, 0.75, 1.0, float("nan")]  # few, so that ties are common
STEPS: list[tuple[str, ...]] = [(), (DROPPED,), (FILLED,), (DROPPED, FILLED), (FILLED, DROPPED)]


def trial(touches: Any, confidence: Any, codes: Any = None, **more: Any) -> dict[str, Any]:
    """Return a trial as `read_mat` does."""
    fields: dict[str, Any] = {"contactInds": [np.array([touches])], "touchConfidence": np.array([confidence], float)}
    return fields | ({} if codes is None else {"prepross": np.array([codes], float)}) | more


def by_loops(confidence: list[float], looked: list[bool], steps: tuple[str, ...], above: float) -> list[int]:
    """Do what an older program did, frame by frame."""
    touch = [looked[k] and confidence[k] > above for k in range(len(looked))]
    for step in steps:
        before = [False, *touch, False]
        for k, on in enumerate(touch):
            left, right = before[k], before[k + 2]
            if step == DROPPED and on and not left and not right:
                touch[k] = False
            if step == FILLED and not on and left and right and looked[k]:
                touch[k] = True
    return [k + 1 for k, on in enumerate(touch) if on]


def fitting(one: dict[str, Any], column: int, steps: tuple[str, ...]) -> set[float]:
    """Return the thresholds that reproduce a trial, of all that can differ in what they give."""
    confidence = [float(c) if column == 1 else 1 - float(c) for c in one["touchConfidence"].ravel()]
    looked = [code == 2 for code in one["prepross"].ravel()]
    tried = {0.0, *(c for c in confidence if c < 1)}
    wanted = one["contactInds"][0].ravel().tolist()
    return {above for above in tried if by_loops(confidence, looked, steps, above) == wanted}


def check_against_loops(one: dict[str, Any]) -> None:
    found = {(rule.column, rule.steps): rule for rule in rules_of(one)}
    for column, steps in itertools.product((1, 2), STEPS):
        thresholds = fitting(one, column, steps)
        rule = found.get((column, steps))
        assert (rule is not None) == bool(thresholds), (column, steps)
        if rule is not None:
            assert max(rule.low, 0.0) == min(thresholds)
            assert all(above < rule.high for above in thresholds)
            assert rule.low <= rule.threshold < rule.high
    assert rule_of(one) == next((found[c, s] for s in STEPS for c in (1, 2) if (c, s) in found), None)


@pytest.mark.parametrize(("touches", "confidence"), [([], [0, 0, 0.3, 1, 1]), ([1, 2, 3], [0, 0.3, 1])])
def test_of_shares_there_is_no_threshold_that_1_is_not_above_or_that_0_is_above(touches: Any, confidence: Any) -> None:
    assert rules_of(trial(touches, confidence)) == []
    assert rules_of(trial(touches, np.array(confidence) * 5 - 1))  # which are no shares


frames = st.lists(st.tuples(st.sampled_from(LEVELS), st.sampled_from([2, 2, 2, 0, -1]), st.booleans()), max_size=9)


@given(frames, st.sampled_from([*STEPS, None]), st.sampled_from([1, 2]), st.sampled_from(LEVELS[:-2]))
@settings(max_examples=150, deadline=None)
def test_the_rules_found_are_those_that_a_trial_of_all_thresholds_finds(
    given_frames: list[Any], steps: tuple[str, ...] | None, column: int, above: float
) -> None:
    confidence, codes = [c for c, _, _ in given_frames], [code for _, code, _ in given_frames]
    looked = [code == 2 for code in codes]
    compared = confidence if column == 1 else [1 - c for c in confidence]
    by_hand = [k + 1 for k, (_, _, on) in enumerate(given_frames) if on]
    touches = by_hand if steps is None else by_loops(compared, looked, steps, above)
    one = trial(np.array(touches, float), confidence, codes)
    if given_frames:
        check_against_loops(one)
        assert steps is None or any((rule.column, rule.steps) == (column, steps) for rule in rules_of(one))
    else:
        assert rule_of(one) is None  # an empty touchConfidence is as good as none


def test_long_trials_of_noise_are_found_and_one_changed_frame_is_not() -> None:
    rng = np.random.default_rng(5)
    for steps, above in itertools.product(STEPS, (0.1, 0.5, 0.93)):
        confidence = rng.random(600)
        codes = rng.choice([0.0, 2.0], 600, p=[0.2, 0.8])
        touches = by_loops(confidence.tolist(), (codes == 2).tolist(), steps, above)
        found = [rule for rule in rules_of(trial(touches, confidence, codes)) if rule.low <= above < rule.high]
        assert (1, steps) in [(rule.column, rule.steps) for rule in found]
        inside = [k for k in touches if {k - 1, k + 1} <= {*touches} and confidence[k - 1] > above]
        if len(inside) > 3:  # a frame of high confidence is taken out of the middle of a touch
            changed = [k for k in touches if k != max(inside, key=lambda k: confidence[k - 1])]
            assert rule_of(trial(changed, confidence, codes)) is None


def test_the_thresholds_lie_between_the_last_frame_that_is_out_and_the_first_that_is_in() -> None:
    rule = rule_of(trial([2, 3], [0.1, 0.8, 0.7, 0.3]))
    assert rule == Rule(1, (), 0.3, 0.7)
    assert str(rule) == "touchConfidence > 0.5"
    assert rule_of(trial([2, 3], [0.1, 0.8, 0.3, 0.3])) is None  # equal confidences, different decisions


def test_confidences_that_differ_in_the_last_bit_are_told_apart() -> None:
    least = float(np.nextafter(0.5, 1))
    rule = rule_of(trial([2], [0.5, least]))
    assert rule is not None and (rule.low, rule.high, rule.threshold) == (0.5, least, 0.5)
    tight = rule_of(trial([1], [least, 0.5 + 3 * (least - 0.5)]))
    assert tight is not None and tight.column == 2


def test_without_touches_any_threshold_from_the_highest_confidence_on_fits() -> None:
    rule = rule_of(trial(np.empty(0), [0.2, 0.9, 0.95]))
    assert rule is not None and (rule.low, rule.high) == (0.95, np.inf) and 0.95 <= rule.threshold < 1


def test_all_frames_in_touch_fit_any_threshold_below_the_lowest_confidence() -> None:
    rule = rule_of(trial([1, 2], [0.2, 0.9]))
    assert rule is not None and (rule.low, rule.high) == (-np.inf, 0.2) and 0 <= rule.threshold < 0.2


def test_with_two_columns_either_may_be_the_one_that_was_compared() -> None:
    pairs = np.array([[0.9, 0.1], [0.2, 0.8], [0.4, 0.9]])
    for found, rows in (("column 2", pairs), ("column 1", pairs[:, ::-1]), ("column 2", pairs.T)):
        one = trial([2, 3], []) | {"touchConfidence": rows}
        rule = rule_of(one)
        assert rule is not None and found in str(rule) and (rule.low, rule.high, rule.columns) == (0.1, 0.8, 2)


def test_the_confidence_of_the_other_class_is_one_minus_it() -> None:
    rule = rule_of(trial([1, 4], [0.25, 0.75, 1, 0.5]))
    assert rule is not None and (rule.column, rule.low, rule.high) == (2, 0.25, 0.5)
    assert "1 - touchConfidence" in str(rule)


def test_frames_that_were_not_left_to_the_network_have_no_touch_by_any_rule() -> None:
    confidence = [0.9, 0.9, 0.9, 0.1]
    assert rule_of(trial([2, 3], confidence, [0, 2, 2, 2])) is not None
    assert rule_of(trial([2, 3], confidence, [2, 2, 2, 2])) is None
    for code in (0, -1, 3, np.nan):
        assert rule_of(trial([1, 2], confidence, [code, 2, 0, 2])) is None, code


def test_in_arrays_with_the_codes_minus_one_to_one_the_frames_with_one_were_left_to_the_network() -> None:
    assert rule_of(trial([2], [0.9, 0.9, 0.9, 0.1], [0, 1, -1, 1])) is not None
    assert rule_of(trial([1], [0.9, 0.1, 0.9, 0.1], [1, 2, 0, 3])) is None  # 1 beside 2 and 3 is something else


@pytest.mark.parametrize("kind", ["uint8", "uint16", "int16", "float32", "float64"])
def test_frame_numbers_of_any_type_above_255_give_the_same_rule(kind: str) -> None:
    n = 255 if kind == "uint8" else 300
    confidence = np.full(n, 0.1)
    confidence[[n - 3, n - 2]] = 0.9
    one = trial([], confidence) | {"contactInds": [np.array([[n - 2, n - 1]], kind)]}
    assert rule_of(one) == Rule(1, (), 0.1, 0.9)


@pytest.mark.parametrize(
    "changed",
    [
        {"touchConfidence": np.zeros((0, 0))},
        {"touchConfidence": np.array([[0.1, 0.9]])},
        {"touchConfidence": np.zeros((3, 3))},
        {"touchConfidence": "high"},
        {"prepross": np.array([[2.0, 2.0]])},
        {"contactInds": ["Skipped"]},
        {"contactInds": [np.array([[2]]), np.array([[2]])]},
        {"contactInds": [np.array([[2, 2]])]},
        {"contactInds": [np.array([[1.5]])]},
        {"contactInds": [np.array([[0]])]},
        {"contactInds": [np.array([[4]])]},
    ],
)
def test_a_trial_that_does_not_fit_together_has_no_rule(changed: dict[str, Any]) -> None:
    one = trial([2], [0.1, 0.9, 0.2], [2, 2, 2])
    assert rule_of(one) is not None
    assert rule_of(one | changed) is None
    assert not is_of_machine(one | changed)


@pytest.mark.parametrize("missing", ["touchConfidence", "contactInds"])
def test_a_trial_without_what_a_rule_needs_has_none(missing: str) -> None:
    one = trial([2], [0.1, 0.9, 0.2])
    del one[missing]
    assert rule_of(one) is None


def test_frames_that_do_not_ascend_were_not_written_by_a_rule() -> None:
    assert rule_of(trial([3, 2], [0.1, 0.9, 0.9])) is None


@pytest.mark.parametrize("name", EDITS)
@pytest.mark.parametrize("filled", [np.array([[3]]), np.array([[0, 7]]), np.array([[True]]), "yes", [np.array([[1]])]])
def test_a_filled_field_of_edits_makes_a_trial_a_persons(name: str, filled: Any) -> None:
    one = trial([2], [0.1, 0.9, 0.2])
    assert is_of_machine(one) and not has_edits(one)
    assert edits(one | {name: filled}) == [name]
    assert not is_of_machine(one | {name: filled})


@pytest.mark.parametrize("empty", [np.zeros((0, 0)), np.zeros((1, 0)), np.array([[0]]), np.array([[False]]), "", []])
def test_a_field_of_edits_that_is_empty_says_nothing(empty: Any) -> None:
    one = trial([2], [0.1, 0.9, 0.2]) | dict.fromkeys(EDITS, empty)
    assert not has_edits(one) and is_of_machine(one)


@pytest.mark.parametrize(
    ("found", "codes", "judged"),
    [
        (np.zeros((0, 0)), None, False),
        (np.zeros((1, 0)), np.array([[0.0, 2, 2]]), False),
        (np.zeros((1, 0)), None, True),
        (np.array([[2.0]]), np.array([[0.0, 2, 2]]), True),
        ("Skipped", None, False),
    ],
)
def test_a_trial_without_confidence_and_contacts_was_not_judged(found: Any, codes: Any, judged: bool) -> None:
    one = {"contactInds": [found], "trialNum": np.array([[1.0]])} | ({} if codes is None else {"prepross": codes})
    assert is_unjudged(one) is not judged
    assert not is_unjudged(one | {"touchConfidence": np.array([[0.0, 0, 0]])}) or found == "Skipped"


def test_filled_gaps_are_found_but_are_no_evidence_of_a_program() -> None:
    one = trial([1, 2, 3], [0.9, 0.1, 0.8, 0.2])
    rule = rule_of(one)
    assert rule is not None and rule.steps == (FILLED,) and not is_of_machine(one)
    assert is_of_machine(trial([1, 2], [0.9, 0.8, 0.1, 0.9, 0.1]))


def test_cells_as_scipy_reads_them_are_read_alike() -> None:
    inner = np.empty((1, 1), object)
    inner[0, 0] = np.array([[2.0]])
    one = trial([2], [0.1, 0.9, 0.2])
    edited = np.empty((1, 1), object)
    edited[0, 0] = np.zeros((0, 0))
    assert rule_of(one | {"contactInds": inner}) == rule_of(one)
    assert not has_edits(one | {"manualAdd": edited})


# --- many trials ---------------------------------------------------------------------------------------------------


def test_the_rule_that_fits_most_trials_comes_first_with_one_threshold_for_all_of_them() -> None:
    trials = [trial([1], [high, low]) for low, high in ((0.2, 0.6), (0.55, 0.9), (0.58, 0.7), (0.91, 0.95))]
    trials += [trial([1, 2], [0.9, 0.8, 0.1, 0.95]), trial([1], [0.5, 0.5]), trial(np.empty(0), [0.1, 0.2])]
    found = common_rules(map(rules_of, trials))
    assert [(fit.rule.steps, fit.trials) for fit in found] == [((), (0, 1, 2, 6)), ((), (3,)), ((DROPPED,), (4,))]
    assert (found[0].rule.low, found[0].rule.high) == (0.58, 0.6)
    assert 0.58 <= found[0].rule.threshold < 0.6


def test_among_rules_that_fit_as_many_trials_the_simplest_is_named() -> None:
    (fit,) = common_rules(map(rules_of, [trial([2, 3], [0.1, 0.8, 0.9, 0.1])] * 3))
    assert str(fit.rule) == "touchConfidence > 0.5" and fit.trials == (0, 1, 2)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 5)), min_size=1, max_size=9))
@settings(deadline=None)
def test_no_other_threshold_would_fit_more_trials(ranges: list[tuple[int, int]]) -> None:
    rules = [[Rule(1, (), low / 10, (low + more) / 10)] for low, more in ranges]
    first = common_rules(rules)[0]
    most = max(sum(rule.low <= t / 10 < rule.high for (rule,) in rules) for t in range(15))
    assert len(first.trials) == most
    assert all(rules[k][0].low <= first.rule.threshold < rules[k][0].high for k in first.trials)


def test_trials_without_a_rule_are_in_no_group() -> None:
    assert common_rules([[], []]) == []


def test_the_example_in_the_docstring_is_right() -> None:
    assert doctest.testmod(contact_rules).failed == 0


# --- trials that follow from no rule of the file ---------------------------------------------------------------------


def usual(n: int, above: float = 0.5, seed: int = 0) -> list[dict[str, Any]]:
    """Trials of one program, with touches above one threshold."""
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(n):
        confidence = np.concatenate([rng.random(30), [above - 0.001, above + 0.001]])
        found.append(trial(np.flatnonzero(confidence > above) + 1.0, confidence))
    return found


def without_touches(one: dict[str, Any]) -> dict[str, Any]:
    return {**one, "contactInds": [np.empty((1, 0))]}


def without_the_weakest(one: dict[str, Any]) -> dict[str, Any]:
    frames, confidence = one["contactInds"][0].ravel(), one["touchConfidence"].ravel()
    weakest = confidence[frames.astype(int) - 1].min()
    return {**one, "contactInds": [np.array([[frame for frame in frames if confidence[int(frame) - 1] > weakest]])]}


def test_a_trial_whose_touches_were_deleted_is_unlike_the_rest_though_a_threshold_gives_it() -> None:
    trials = usual(14)
    trials[3], trials[7] = without_touches(trials[3]), without_the_weakest(trials[7])
    assert all(is_of_machine(one) for one in trials)
    found = unlike_the_rest(trials)
    assert sorted(found) == [3, 7] and str(found[3]) == str(rule_of(trials[0]))


def test_many_trials_without_the_touches_that_the_rule_gives_are_unlike_the_rest_too() -> None:
    trials = usual(14)
    trials[:4] = [without_touches(one) for one in trials[:4]]
    assert sorted(unlike_the_rest(trials)) == [0, 1, 2, 3]


def test_trials_of_another_session_have_their_own_rule_together() -> None:
    assert unlike_the_rest([*usual(14), *usual(3, above=0.7, seed=1)]) == {}


def test_in_a_short_file_no_rule_is_the_usual_one() -> None:
    trials = usual(9)
    trials[3] = without_touches(trials[3])
    assert unlike_the_rest(trials) == {} and unlike_the_rest([]) == {}


def test_a_summary_names_the_cells_that_are_unlike_the_rest() -> None:
    trials = usual(14)
    trials[3] = without_touches(trials[3])
    found = contact_summary([np.empty((0, 0)), *trials])
    assert found["of_a_program"] == 13
    assert found["left_to_people"] == [{"reason": "not by the rule of the other trials", "trials": 1, "cells": [5]}]
