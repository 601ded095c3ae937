"""Names, calls and indices by MATLAB's rules."""

from __future__ import annotations

import array
import collections
import math
import sys
import types
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pyside.bridge.octave.octave_calls import (
    ROOT,
    Keywords,
    MatlabError,
    assign,
    call,
    class_name,
    item_key,
    position,
    remember,
    resolve,
    run_chain,
)


def names(dotted: str) -> list[tuple[str, Any]]:
    return [(".", name) for name in dotted.split(".")]


class Thing:
    """Something with an attribute, a method, and a property that fails."""

    value = 7

    def double(self, x: int) -> Any:
        return x, type(x).__name__

    @property
    def broken(self) -> int:
        raise AttributeError("inside")


# --- names ---------------------------------------------------------------------------------------------------------


def test_constants_builtins_and_modules_are_found_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "abs.py").touch()  # a builtin goes before a module of its name
    (tmp_path / "pack_of_one").mkdir()
    (tmp_path / "pack_of_one" / "__init__.py").touch()
    (tmp_path / "pack_of_one" / "inner.py").write_text("answer = 42")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert resolve(["None"]) is None and resolve(["abs"]) is abs and resolve(["math", "pi"]) == math.pi
    assert resolve(["pack_of_one", "inner", "answer"]) == 42
    for name in ("pack_of_one", "pack_of_one.inner"):
        sys.modules.pop(name)


@pytest.mark.parametrize("dotted", ["no_such_module", "math.nothing", "math.pi.nothing", "os._exit", "_thread"])
def test_a_name_that_leads_nowhere_is_matlab_s_error(dotted: str) -> None:
    with pytest.raises(MatlabError, match="Unable to resolve the name") as caught:
        resolve(dotted.split("."))
    assert caught.value.identifier == "MATLAB:undefinedVarOrClass"


def test_a_class_or_function_that_ends_a_chain_is_called_and_a_value_is_not() -> None:
    assert run_chain(ROOT, names("list")) == [] and run_chain(ROOT, names("math.pi")) == math.pi
    assert run_chain("a", names("upper")) == "A"
    assert run_chain(" a ", [(".", "strip"), ("(", []), (".", "upper"), ("(", [])]) == "A"
    assert run_chain(ROOT, [*names("len"), ("(", ["four"])]) == 4
    assert run_chain([1, 2], []) == [1, 2]


def test_an_attribute_that_is_not_there_is_told_from_one_that_failed() -> None:
    with pytest.raises(MatlabError, match=r"'nothing' for class 'py\..*Thing'") as caught:
        run_chain(Thing(), names("nothing"))
    assert caught.value.identifier == "MATLAB:noSuchMethodOrField"
    with pytest.raises(AttributeError, match="inside"):
        run_chain(Thing(), names("broken"))


# --- calls ---------------------------------------------------------------------------------------------------------


def test_keywords_come_last() -> None:
    assert call(dict, [[("a", 1)], Keywords(b=2)]) == {"a": 1, "b": 2}
    with pytest.raises(MatlabError, match="last") as caught:
        call(dict, [Keywords(b=2), 1])
    assert caught.value.identifier == "MATLAB:Python:KeywordsNotLast"


def hinted(x: int, y: float = 0.0, *rest: int, z: int = 0) -> list[str]:
    return [type(one).__name__ for one in (x, y, *rest, z)]


def test_whole_floats_become_int_where_the_function_says_so() -> None:
    assert call(hinted, [3.0, 3.0]) == ["int", "float", "int"]
    assert call(hinted, [3.5, 3.0, 3.0, Keywords(z=3.0)]) == ["float", "float", "float", "int"]
    assert call(hinted, [True]) == ["bool", "float", "int"]
    assert call(Thing().double, [3.0]) == (3, "int")
    assert call(math.floor, [3.0]) == 3


# --- indices -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "index", [1, 4.0, ":", [2, 3], [1, 4], [4, 1], [4, 3, 2, 1], [3.0, 2.0], [2], [], [1, 3], [4, 2], [10, 12]]
)
def test_positions_count_from_one_and_take_what_a_range_of_them_takes(index: Any) -> None:
    elements = np.arange(12)
    key = position(np.array(index) if isinstance(index, list) else index)
    if isinstance(index, list):
        assert elements[key].tolist() == [elements[int(one) - 1] for one in index]
    else:
        assert elements[key].tolist() == (list(range(12)) if index == ":" else index - 1)


@pytest.mark.parametrize(
    "index", [0, -1, 1.5, True, "a", [1, 2, 4], [1, 1], [0, 1], [1, 1.5], [True, False], None, [[1, 2]]]
)
def test_other_indices_are_refused(index: Any) -> None:
    with pytest.raises(MatlabError) as caught:
        position(np.array(index) if isinstance(index, list) else index)
    assert caught.value.identifier == "MATLAB:badsubscript"


def test_parentheses_take_a_part_and_braces_an_element() -> None:
    values = ["a", "b", "c"]
    assert run_chain(values, [("(", [2.0])]) == ["b"] and run_chain(values, [("{", [2.0])]) == "b"
    assert run_chain(values, [("(", [array.array("d", [3, 2])])]) == ["c", "b"]
    assert run_chain(values, [("(", [])]) is values
    assert run_chain(np.arange(6).reshape(2, 3), [("(", [2.0, ":"])]).tolist() == [3, 4, 5]
    assert run_chain(np.arange(6).reshape(2, 3), [("{", [2.0, 3.0])]) == 5
    for kind in "({":
        with pytest.raises(IndexError):
            run_chain(values, [(kind, [4.0])])


def test_a_mapping_is_indexed_by_key_and_by_several_as_one() -> None:
    assert item_key({}, "{", ["a"]) == "a" and item_key(collections.OrderedDict(), "{", [0.0]) == 0.0
    assert run_chain({(1, "b"): 3}, [("{", [1, "b"])]) == 3


@pytest.mark.parametrize(
    ("value", "kind", "indices", "identifier"),
    [
        ([1], "{", [], "MATLAB:badsubscript"),
        ([1], "{", [Keywords()], "MATLAB:badsubscript"),
        ([1], "{", [1, 1], "MATLAB:badsubscript"),
        ([1], "{", [":"], "MATLAB:badsubscript"),
        ({1}, "{", [1], "MATLAB:Python:CannotIndex"),
    ],
)
def test_what_cannot_be_indexed_so_is_told(value: Any, kind: str, indices: list[Any], identifier: str) -> None:
    with pytest.raises(MatlabError) as caught:
        item_key(value, kind, indices)
    assert caught.value.identifier == identifier


def test_attributes_elements_and_parts_are_assigned_to() -> None:
    thing, values = types.SimpleNamespace(inner={}), [1, 2, 3]
    assign(thing, [(".", "inner"), ("{", ["a"])], 5)
    assign(thing, [(".", "other")], 6)
    assign(values, [("{", [2.0])], "b")
    assign(values, [("(", [np.array([1, 3])])], ["x", "z"])
    assert thing.inner == {"a": 5} and thing.other == 6 and values == ["x", "b", "z"]
    with pytest.raises(MatlabError, match=r"py\.setattr"):
        assign(ROOT, names("x"), 1)
    with pytest.raises(MatlabError, match=r"py\.getattr"):
        assign(thing, names("_x"), 1)


# --- the rest ------------------------------------------------------------------------------------------------------


def test_the_last_error_is_kept_where_a_prompt_keeps_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("last_type", "last_value", "last_traceback"):
        monkeypatch.setattr(sys, name, None, raising=False)
    error = ValueError("mine")
    remember(error)
    assert sys.last_value is error and sys.last_type is ValueError


def test_classes_are_called_as_matlab_shows_them() -> None:
    assert class_name(list) == "list" and class_name(collections.OrderedDict) == "collections.OrderedDict"
