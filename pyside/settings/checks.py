"""Checks of option values: each returns the value that the code uses, or raises ValueError with what was expected.

Values may come from MATLAB: a whole number may be a float, none may be [], and a list may be a row vector.
"""

from __future__ import annotations

import contextlib
import dataclasses
import math
import os
import re
from collections.abc import Callable, Sequence
from os import PathLike
from typing import Any

from pyside.errors import printable
from pyside.system.records import same_name

Check = Callable[[Any], Any]


@dataclasses.dataclass(frozen=True)
class Choice:
    """A check that takes certain texts, perhaps among other values.

    Attributes:
        check: the check.
        names: the texts, as they are shown to the user.
    """

    check: Check
    names: tuple[str, ...]

    def __call__(self, value: Any) -> Any:
        """Return the checked value, or raise ValueError."""
        return self.check(value)


def _offers(*names: str) -> Callable[[Check], Choice]:
    """Return a decorator that tells which texts a check takes."""
    return lambda check: Choice(check, names)


LARGEST = 2**53  # largest whole number: a double of MATLAB cannot hold every larger one
LARGEST_SIDE = 2**16  # pixels of an image
NETWORKS = ("legacy", "small", "context")
# Operations on training frames: default and largest amount. training/input_pipeline/augment.py defines the amounts.
AUGMENT_AMOUNTS: dict[str, tuple[float, float]] = {
    "quarter-turns": (1.0, 1.0),
    "flips": (1.0, 1.0),
    "turn": (10, 45),
    "shift": (0.05, 0.5),
    "zoom": (0.1, 0.5),
    "brightness": (0.1, 1),
    "contrast": (0.2, 1),
    "gamma": (0.2, 1),
    "noise": (0.03, 0.5),
    "blur": (0.5, 3),
}
AUGMENTATIONS: dict[str, tuple[tuple[str, float], ...]] = {
    "none": (),
    "legacy": (("quarter-turns", 1.0),),
    "standard": tuple(
        (name, AUGMENT_AMOUNTS[name][0])
        for name in ("quarter-turns", "shift", "brightness", "contrast", "gamma", "noise")
    ),
    "strong": tuple(
        (name, amount if amount == 1 else round(1.5 * amount, 3)) for name, (amount, _) in AUGMENT_AMOUNTS.items()
    ),
}


def names_of(check: Check) -> tuple[str, ...]:
    """Return the texts that a check takes; empty if it takes other values only, or any text."""
    return check.names if isinstance(check, Choice) else ()


def number(low: float = -math.inf, high: float = math.inf, *, above: bool = False, below: bool = False) -> Check:
    """Return a check for a finite number from `low` to `high`; `above`, `below` exclude the bound itself."""
    opening, closing = "above" if above else "from", "below" if below else "to"
    if math.isinf(high):
        expected = f"a number {opening if above else 'of at least'} {low:g}" if not math.isinf(low) else "a number"
    else:
        expected = f"a number {opening} {low:g} {closing if not below else 'and below'} {high:g}"

    def check(value: Any) -> float:
        value = _scalar(value)
        if not _is_finite(value):
            raise ValueError(expected)
        if value < low or value > high or (above and value == low) or (below and value == high):
            raise ValueError(expected)
        return float(value)

    return check


def whole(low: int, high: int | None = None, *, infinite: bool = False) -> Check:
    """Return a check for a whole number; ``10.0`` is accepted, since MATLAB's numbers are floats.

    Args:
        low: smallest allowed value.
        high: largest allowed value, or None for `LARGEST`.
        infinite: whether ``inf`` (in MATLAB ``Inf``) is allowed, too; it becomes None.
    """
    expected = f"a whole number of at least {low}" if high is None else f"a whole number from {low} to {high}"
    expected += ", or Inf" if infinite else ""

    def check(value: Any) -> int | None:
        value = _scalar(value)
        if infinite and (value is None or (isinstance(value, str) and value.lower() == "inf") or value == math.inf):
            return None
        if not _is_finite(value) or value != int(value) or value < low:
            raise ValueError(expected)
        if value > (LARGEST if high is None else high):
            raise ValueError(expected if high is not None else f"{expected} and at most {LARGEST}")
        return int(value)

    return check


def positive_or_infinite(value: Any) -> float | None:
    """Check a number above 0; infinity, None and MATLAB's [] become None."""
    value = _scalar(value)
    if value is None or value == [] or value == math.inf or (isinstance(value, str) and value.lower() == "inf"):
        return None
    try:
        return float(number(0, above=True)(value))
    except ValueError:
        raise ValueError("a number above 0, or Inf") from None


def whole_signed(value: Any) -> int:
    """Check a whole number of any sign."""
    value = _scalar(value)
    if not _is_finite(value) or value != int(value) or abs(value) > LARGEST:
        raise ValueError("a whole number")
    return int(value)


def choice(*names: str) -> Choice:
    """Return a check for one of the texts `names`, in upper or lower case."""

    @_offers(*names)
    def check(value: Any) -> str:
        if isinstance(value, str):
            for name in names:
                if value.lower() == name.lower():
                    return name
        raise ValueError("one of " + ", ".join(repr(name) for name in names))

    return check


def yes_or_no(value: Any) -> bool:
    """Check a flag: true or false, 1 or 0."""
    value = _scalar(value)
    if isinstance(value, (bool, int, float)) and value in (0, 1):
        return bool(value)
    raise ValueError("true or false")


def text(value: Any) -> str:
    """Check a text that is not empty."""
    if isinstance(value, str) and value.strip():
        return value
    raise ValueError("a text that is not empty")


def file_name(value: Any) -> str:
    """Check the name of a file: a text that is not empty, or a path."""
    if isinstance(value, PathLike):
        value = os.fsdecode(value)
    return text(value)


def optional(check: Check) -> Check:
    """Return a check that also accepts None, MATLAB's [], and the text none if `check` refuses it; all become None."""

    @_offers(*names_of(check))
    def check_or_none(value: Any) -> Any:
        if value is None or (isinstance(value, (list, tuple)) and len(value) == 0):
            return None
        try:
            return check(value)
        except ValueError:
            if isinstance(value, str) and value.strip().lower() == "none":
                return None
            raise

    return check_or_none


def several(check: Check, length: int | None = None, what: str = "values") -> Check:
    """Return a check for a list of items that pass `check`; a single item becomes a list of one."""

    @_offers(*names_of(check))
    def check_all(value: Any) -> tuple[Any, ...]:
        items = value.tolist() if hasattr(value, "tolist") else value
        items = list(items) if isinstance(items, Sequence) and not isinstance(items, str) else [items]
        if length is not None and len(items) != length:
            raise ValueError(f"{length} {what}")
        if not items and what.startswith("one or more"):
            raise ValueError(what)
        try:
            return tuple(check(item) for item in items)
        except ValueError as error:
            raise ValueError(f"{what}, each {error}") from None

    return check_all


def class_names(value: Any) -> tuple[str, ...]:
    """Check class names: two or more different texts."""
    if isinstance(value, str) or not isinstance(value, Sequence) or not all(map(_is_name, value)):
        raise ValueError("two or more different names")
    names = tuple(printable(str(name).strip()) for name in value)
    if len(names) < 2 or len({same_name(name) for name in names}) < len(names) or not all(names):
        raise ValueError("two or more different names")
    return names


def _is_name(value: Any) -> bool:
    """Return whether a value is a text or a number, which may be a name, and not a missing value or a list."""
    return isinstance(value, str) or (isinstance(value, (bool, int, float)) and value == value)


def pixel_range(value: Any) -> tuple[float, float]:
    """Check a pixel range: the numbers for black and white."""
    low, high = several(number(), 2, "numbers, the one for black and the one for white")(value)
    if low >= high:
        raise ValueError("two numbers, the one for black below the one for white")
    return low, high


def side_or_sides(value: Any) -> tuple[int, int]:
    """Check an image size in pixels: one side, or height and width."""
    sides = several(whole(1, LARGEST_SIDE), None, "one or two whole numbers of pixels")(value)
    if len(sides) not in (1, 2):
        raise ValueError("one side, or height and width, in whole pixels")
    return sides[0], sides[-1]


@_offers("balanced", "none")
def class_weight(value: Any) -> Any:
    """Check class weights: ``"balanced"``, ``"none"``, or one number above 0 per class."""
    if isinstance(value, str):
        return choice("balanced", "none")(value)
    return several(number(0, above=True), None, "'balanced', 'none', or one number per class")(value)


@_offers("all")
def number_or_all(value: Any) -> Any:
    """Check a whole number of at least 1, or ``"all"``."""
    try:
        return choice("all")(value) if isinstance(value, str) else whole(1)(value)
    except ValueError:
        raise ValueError("a whole number of at least 1, or 'all'") from None


def label_values(value: Any) -> tuple[Any, ...]:
    """Check label values: the value or values of each class in the labels, in the order of the class names.

    Each class has one number or text, or a list of several, which becomes a tuple.
    """
    items = value.tolist() if hasattr(value, "tolist") else value
    expected = "one number or text per class (or a list of several), in the order of the class names, no two equal"
    if isinstance(items, str) or not isinstance(items, Sequence):
        raise ValueError(expected)
    found = []
    for item in items:
        item = item.tolist() if hasattr(item, "tolist") else item
        found.append(tuple(item) if isinstance(item, Sequence) and not isinstance(item, str) else item)
    every = [one for item in found for one in (item if isinstance(item, tuple) else (item,))]
    if not all(isinstance(one, (str, bool, int, float)) for one in every) or len(set(every)) < len(every):
        raise ValueError(expected)
    return tuple(found)


def first_and_last(value: Any) -> tuple[int, int]:
    """Check a span of frames: its first and its last frame; an infinite one is the last of each video."""
    expected = "two whole numbers, the first frame not after the last one, or Inf as the last one"
    try:
        first, last = several(whole(0, infinite=True), 2)(value)
    except ValueError:
        raise ValueError(expected) from None
    last = LARGEST if last is None else last
    if first is None or first > last:
        raise ValueError(expected)
    return first, last


def pattern(value: Any) -> str:
    """Check a regular expression with at most one group."""
    if isinstance(value, str) and value:
        with contextlib.suppress(re.error):
            if re.compile(value).groups <= 1:
                return value
    raise ValueError("a regular expression with at most one group in brackets")


@_offers(*AUGMENTATIONS)
def augmentation(value: Any) -> tuple[tuple[str, float], ...]:
    """Check an augmentation: a preset, or a list of operations with amounts.

    An operation is written as ``noise`` for its default amount, or as ``noise=0.1``.

    Returns:
        Pairs of operation and amount, always in the order of `AUGMENT_AMOUNTS`.
    """
    items = [value] if isinstance(value, str) else list(value) if isinstance(value, Sequence) else [None]
    if len(items) == 1 and isinstance(items[0], str) and items[0].strip().lower() in AUGMENTATIONS:
        return AUGMENTATIONS[items[0].strip().lower()]
    found: dict[str, float] = {}
    for item in items:
        if isinstance(item, Sequence) and not isinstance(item, str) and len(item) == 2:  # checked before
            name, amount = str(item[0]), item[1]
        else:
            name, _, written = item.partition("=") if isinstance(item, str) else ("", "", "")
            name = name.strip().lower()
            amount = written.strip() or AUGMENT_AMOUNTS.get(name, (0.0, 0.0))[0]
        try:
            amount = float(amount)
        except (TypeError, ValueError):
            amount = math.nan
        usual, most = AUGMENT_AMOUNTS.get(name, (0.0, 0.0))
        least = most if usual == most else 0.0  # turns and flips are on or off
        if name in found or not least <= amount <= most or amount == 0:
            limits = ", ".join(
                each if usual == most else f"{each}={usual:g} (at most {most:g})"
                for each, (usual, most) in AUGMENT_AMOUNTS.items()
            )
            raise ValueError(f"one of {', '.join(map(repr, AUGMENTATIONS))}, or a list of operations: {limits}")
        found[name] = amount
    return tuple((name, found[name]) for name in AUGMENT_AMOUNTS if name in found)


def augmentation_words(value: tuple[tuple[str, float], ...]) -> Any:
    """Convert the result of `augmentation` back to the user's form: the name of a preset, or a list."""
    for name, operations in AUGMENTATIONS.items():
        if value == operations:
            return name
    return [f"{name}={amount:g}" for name, amount in value]


@_offers(*NETWORKS)
def network(value: Any) -> str:
    """Check a network: a name, or the user's own function as ``file.py:function``."""
    if isinstance(value, str):
        file, _, function = value.rpartition(":")
        if file.lower().endswith(".py") and function.isidentifier():
            return value
        with contextlib.suppress(ValueError):
            return str(choice(*NETWORKS)(value))
    raise ValueError(", ".join(map(repr, NETWORKS)) + ", or your own function as 'file.py:function'")


def odd(low: int, high: int) -> Check:
    """Return a check for an odd number from `low` to `high`."""
    inside = whole(low, high)

    def check(value: Any) -> int:
        with contextlib.suppress(ValueError):
            found: int | None = inside(value)
            if found is not None and found % 2:
                return found
        raise ValueError(f"an odd number from {low} to {high}")

    return check


def matching(what: str, expected: str, prefix: str = "") -> Check:
    """Return a check for a text that becomes part of a path or URL: the regular expression `what` must match all of it.

    Args:
        what: the regular expression.
        expected: the text of the error if it does not match.
        prefix: optional beginning that is removed.
    """

    def check(value: Any) -> str:
        if isinstance(value, str) and re.fullmatch(what, found := value.strip().removeprefix(prefix).rstrip("/")):
            return found
        raise ValueError(expected)

    return check


def anything(value: Any) -> Any:
    """Accept every value: only the code that uses it can check it."""
    return value


def _is_finite(value: Any) -> bool:
    """Return whether a value is a number that a float can hold."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def _scalar(value: Any) -> Any:
    """Return the number in a NumPy scalar or a list of one."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, (list, tuple)) and len(value) == 1:
        value = value[0]
    return value
