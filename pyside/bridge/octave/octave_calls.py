"""What ``py.name``, ``object(values)`` and ``object{values}`` mean: names, calls and indices by MATLAB's rules."""

from __future__ import annotations

import array
import builtins
import functools
import importlib
import itertools
import os
import sys
import types
from collections.abc import Mapping, Sequence
from typing import Any

Steps = list[tuple[str, Any]]  # (".", name), ("(", values) or ("{", values)

ROUTINES = (
    types.FunctionType,
    types.MethodType,
    types.BuiltinFunctionType,
    types.WrapperDescriptorType,
    types.MethodWrapperType,
    types.MethodDescriptorType,
    types.ClassMethodDescriptorType,
    type(functools.lru_cache(lambda: None)),
)
CONSTANTS = {"None": None, "True": True, "False": False}


class MatlabError(Exception):
    """An error that MATLAB itself would raise, with its identifier."""

    def __init__(self, identifier: str, text: str):
        super().__init__(text)
        self.identifier = identifier


class Keywords(dict[str, Any]):
    """Keyword arguments from MATLAB's pyargs; only a call may take them."""


class Root:
    """The root of all names, ``py`` itself."""


ROOT = Root()


def run_chain(start: Any, steps: Steps) -> Any:
    """Walk ``.name``, ``(values)`` and ``{values}`` from an object.

    A class or function whose name ends the chain is called without arguments, as MATLAB does.
    """
    value, done = start, 0
    if start is ROOT:
        names = [name for _, name in itertools.takewhile(lambda step: step[0] == ".", steps)]
        value, done = resolve(names), len(names)
    for kind, content in steps[done:]:
        value = take_attribute(value, content) if kind == "." else take_item(value, kind, content)
    if steps and steps[-1][0] == "." and (isinstance(value, type) or is_routine(value)):
        return value()
    return value


def assign(start: Any, steps: Steps, value: Any) -> None:
    """Walk all steps but the last, which names the target to assign `value` to."""
    if start is ROOT:
        raise MatlabError("MATLAB:Python:CannotAssign", "A name behind 'py.' cannot be assigned to; use py.setattr.")
    kind, content = steps[-1]
    target = run_chain(start, steps[:-1])
    if kind == ".":
        setattr(target, legal_name(content), value)
    else:
        target[item_key(target, kind, content)] = value


def resolve(names: list[str]) -> Any:
    """The object of a dotted name behind ``py.``, imported where needed."""
    if not names:
        raise unresolved(names)
    try:
        value = find_first(legal_name(names[0]))
        for name in names[1:]:
            value = find_next(value, legal_name(name))
    except MatlabError:
        raise
    except Exception as error:  # whatever a module raises while it is imported: MATLAB hides it too
        remember(error)
        raise unresolved(names) from error
    return value


def unresolved(names: list[str]) -> MatlabError:
    """MATLAB's error for a name that leads nowhere."""
    return MatlabError("MATLAB:undefinedVarOrClass", f"Unable to resolve the name '{'.'.join(['py', *names])}'.")


def find_first(name: str) -> Any:
    """A constant, a builtin or a module."""
    if name in CONSTANTS:
        return CONSTANTS[name]
    if hasattr(builtins, name):
        return getattr(builtins, name)
    return importlib.import_module(name)


def find_next(value: Any, name: str) -> Any:
    """An attribute, or a module of a package that was not imported yet."""
    if isinstance(value, types.ModuleType) and not hasattr(value, name):
        if not hasattr(value, "__path__"):
            raise AttributeError(f"module '{value.__name__}' has no attribute '{name}'")
        return importlib.import_module(f"{value.__name__}.{name}")
    if is_routine(value) and not hasattr(value, name):
        value = value()
    return getattr(value, name)


def take_attribute(value: Any, name: str) -> Any:
    """An attribute of an object; MATLAB's error if there is none."""
    legal_name(name)
    if isinstance(value, types.ModuleType):
        return find_next(value, name)
    if is_routine(value) and not hasattr(value, name):
        value = value()
    try:
        return getattr(value, name)
    except AttributeError as error:
        if is_declared(value, name):  # a property that failed inside
            raise
        remember(error)
        raise MatlabError(
            "MATLAB:noSuchMethodOrField",
            f"Unrecognized method, property, or field '{name}' for class 'py.{class_name(type(value))}'.",
        ) from error


def legal_name(name: str) -> str:
    """The name itself, if MATLAB could write it."""
    if name.startswith("_"):
        raise MatlabError(
            "MATLAB:undefinedVarOrClass",
            f"Unable to resolve the name '{name}'. MATLAB does not allow names that begin with an "
            f"underscore; use py.getattr(object, '{name}').",
        )
    return name


def is_declared(value: Any, name: str) -> bool:
    """Whether the class of an object defines the attribute."""
    return any(name in vars(base) for base in type(value).__mro__)


def is_routine(value: Any) -> bool:
    """Whether it is a function or a method, of Python or of C."""
    return isinstance(value, ROUTINES)


def take_item(value: Any, kind: str, arguments: list[Any]) -> Any:
    """What ``value(arguments)`` or ``value{arguments}`` means."""
    if kind == "(" and callable(value):
        return call(value, arguments)
    if kind == "(" and not arguments:
        return value
    key = item_key(value, kind, arguments)
    if kind == "(" and is_sequence(value) and isinstance(key, int):
        return value[key : key + 1] if key < len(value) else value[key]
    return value[key]


def call(function: Any, arguments: list[Any]) -> Any:
    """Call with positional arguments, and the keywords of pyargs if they come last."""
    keywords: dict[str, Any] = {}
    if arguments and isinstance(arguments[-1], Keywords):
        keywords = dict(arguments.pop())
    if any(isinstance(argument, Keywords) for argument in arguments):
        raise MatlabError("MATLAB:Python:KeywordsNotLast", "pyargs must be the last argument of a call.")
    annotated = getattr(function, "__init__", None) if isinstance(function, type) else function
    hints = getattr(annotated, "__annotations__", None)
    if hints and any(hint in (int, "int") for hint in hints.values()):
        arguments, keywords = follow_int_hints(function, hints, arguments, keywords)
    return function(*arguments, **keywords)


def follow_int_hints(
    function: Any, hints: Mapping[str, Any], arguments: list[Any], keywords: dict[str, Any]
) -> tuple[list[Any], dict[str, Any]]:
    """Convert integral floats to int where the function's type hint is ``int``, as MATLAB does since R2024b."""
    import inspect

    def fit(name: str, value: Any) -> Any:
        is_hinted = hints.get(name) in (int, "int")
        return int(value) if is_hinted and type(value) is float and value.is_integer() else value

    try:
        names = [
            p.name
            for p in inspect.signature(function).parameters.values()
            if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
        ]
    except (TypeError, ValueError):
        return arguments, keywords
    fitted = [fit(name, value) for name, value in zip(names, arguments, strict=False)]
    return fitted + arguments[len(fitted) :], {name: fit(name, value) for name, value in keywords.items()}


def is_sequence(value: Any) -> bool:
    """Whether it is indexed by position, in one dimension."""
    return isinstance(value, (Sequence, array.array)) or (isinstance(value, memoryview) and value.ndim == 1)


def is_mapping(value: Any) -> bool:
    """Whether it is indexed by keys."""
    return isinstance(value, Mapping) or (hasattr(value, "keys") and hasattr(value, "__getitem__"))


def item_key(value: Any, kind: str, indices: list[Any]) -> Any:
    """Python's key for MATLAB's index: a key of a mapping, otherwise positions that count from 1."""
    if not indices or any(isinstance(index, Keywords) for index in indices):
        raise bad_index("an index is needed")
    if is_mapping(value):
        return indices[0] if len(indices) == 1 else tuple(indices)
    shape = getattr(value, "shape", None)
    if shape is None and not is_sequence(value):
        raise MatlabError(
            "MATLAB:Python:CannotIndex",
            f"A Python '{class_name(type(value))}' cannot be indexed: it is "
            "neither a sequence nor a mapping. Its methods or py.operator.getitem may help.",
        )
    if shape is None and len(indices) > 1:
        raise bad_index(f"a Python '{class_name(type(value))}' has one dimension")
    keys = [position(index) for index in indices]
    if kind == "{" and shape is None and isinstance(keys[0], slice):
        raise bad_index("{} takes one element; use () for a part of a sequence")
    return keys[0] if len(keys) == 1 else tuple(keys)


def position(index: Any) -> int | slice:
    """MATLAB's position or range as Python's."""
    if isinstance(index, str) and index == ":":
        return slice(None)
    if isinstance(index, (int, float)) and not isinstance(index, bool):
        if index < 1 or index != int(index):
            raise bad_index("indices are positive whole numbers")
        return int(index) - 1
    numbers = index.tolist() if hasattr(index, "tolist") else None
    if not isinstance(numbers, list) or any(isinstance(n, bool) for n in numbers):
        raise bad_index("only positions, start:step:stop and ':' can be used (no logical indexing)")
    return as_slice(numbers)


def as_slice(numbers: list[Any]) -> slice:
    """The slice that start:step:stop means."""
    if not numbers:
        return slice(0, 0)
    positions = [position(number) for number in numbers]
    first, last = positions[0], positions[-1]
    assert isinstance(first, int) and isinstance(last, int)
    step = (last - first) // (len(numbers) - 1) if len(numbers) > 1 else 1
    if step == 0 or positions != list(range(first, last + (1 if step > 0 else -1), step)):
        raise bad_index("only start:step:stop can be used, not any list of positions")
    stop = last + (1 if step > 0 else -1)
    return slice(first, stop if stop >= 0 else None, step)


def bad_index(reason: str) -> MatlabError:
    """The error for an index that Python objects do not take."""
    return MatlabError("MATLAB:badsubscript", f"This index cannot be used with a Python object: {reason}.")


def remember(error: BaseException) -> None:
    """Keep the last error in ``sys.last_value`` and so on: ``py.traceback.print_last()`` shows it."""
    sys.last_type, sys.last_value, sys.last_traceback = type(error), error, error.__traceback__
    if os.environ.get("TOUCHTRAIN_TRACEBACK"):
        import traceback

        traceback.print_exception(type(error), error, error.__traceback__, file=sys.stderr)


def class_name(kind: type) -> str:
    """The name of a class as MATLAB shows it behind ``py.``."""
    module = getattr(kind, "__module__", "builtins")
    return kind.__qualname__ if module == "builtins" else f"{module}.{kind.__qualname__}"
