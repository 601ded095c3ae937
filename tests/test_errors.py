"""Errors say what, and carry the identifier that MATLAB shows."""

from __future__ import annotations

import pytest

from pyside import errors


def test_every_error_has_its_identifier_in_front_of_its_text() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, Exception)]
    assert len(kinds) > 20
    for kind in kinds:
        assert str(kind("what is wrong")) == f"TouchTrain:{kind.__name__}: what is wrong"
        assert kind.__doc__


def test_several_faults_are_told_in_one_error() -> None:
    faults = errors.Faults()
    faults.raise_any()
    faults.add(errors.BadLabels, "first")
    faults.include(errors.BadFrames("second"))
    with pytest.raises(errors.BadLabels, match=r"(?s)2 things are wrong:\n  1\. first\n  2\. second"):
        faults.raise_any()


def test_a_list_of_faults_joins_another_list() -> None:
    inner, outer = errors.Faults(), errors.Faults()
    inner.add(errors.BadLabels, "second")
    inner.add(errors.BadLabels, "third")
    outer.add(errors.BadFrames, "first")
    try:
        inner.raise_any()
    except errors.TouchTrainError as error:
        outer.include(error)
    with pytest.raises(errors.BadFrames, match=r"(?s)3 things.*1\. first\n  2\. second\n  3\. third"):
        outer.raise_any()
