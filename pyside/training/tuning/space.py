"""The search space: a list of values or a range of numbers for each of some settings of a training."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pyside.errors import BadOption, Faults, UnknownOption
from pyside.settings.core import Spelling, checked, in_full, named, spelled, unknown_option, written
from pyside.settings.training import WHERE, TrainSettings, TuneSettings
from pyside.system.records import plain, to_json

_OTHER_FIGURES = "trials that differ in it would be compared on other frames or by another figure"
_NO_DIFFERENCE = "it does not change what a network learns"
_FIXED = {
    **dict.fromkeys(("monitor", "validation_fraction", "test_fraction", "on_duplicates", "seed"), _OTHER_FIGURES),
    **dict.fromkeys(
        ("folds", "learning_curve", "report", "also_save", "annotations", "frame_rate", "store_probes"),
        _NO_DIFFERENCE,
    ),
    **dict.fromkeys(("backend", *WHERE, "execution_environment", "runtime", "memory_limit"), _NO_DIFFERENCE),
}
_OF_THE_LOSS = ("loss", "focal_gamma")
_CAN_BE_WRONG = ("batch_size", "network", "context_frames", "initial_model", "class_weight")
_DECADE = 10  # from this ratio of its ends on, a range is searched by orders of magnitude
_DIGITS = 3  # of a number that is tried, so that it can be typed as printed


@dataclasses.dataclass(frozen=True)
class Dimension:
    """One setting that is searched.

    Attributes:
        field: the setting.
        choices: the values to try, in their form in records; empty for a range.
        low: the smallest value of a range.
        high: the largest value of a range.
        is_whole: whether only integers of the range are tried.
    """

    field: dataclasses.Field[Any]
    choices: tuple[Any, ...] = ()
    low: Any = 0
    high: Any = 0
    is_whole: bool = False

    @property
    def name(self) -> str:
        """The setting in Python's spelling."""
        return self.field.name

    @property
    def is_log(self) -> bool:
        """Whether a range is searched by orders of magnitude."""
        return self.low > 0 and self.high / self.low >= _DECADE

    @property
    def size(self) -> int:
        """The number of values; for a range of real numbers, the least number that `tidied` can return."""
        if self.choices:
            return len(self.choices)
        return self.high - self.low + 1 if self.is_whole else 9 * 10 ** (_DIGITS - 1)

    @property
    def record(self) -> list[Any] | str:
        """The dimension as a user writes it, with Python's values."""
        return list(self.choices) or f"{self.low!r}..{self.high!r}"

    def holds(self, value: Any) -> bool:
        """Return whether a value, in its form in records, is one of those to try."""
        if self.choices:
            return value in self.choices
        return isinstance(value, (int, float)) and self.low <= value <= self.high

    def tidied(self, number: float) -> float:
        """Return the number rounded to few enough digits to be typed, within the range."""
        if self.is_whole:
            return int(number)
        if self.is_log:
            return min(max(float(f"{number:.{_DIGITS}g}"), self.low), self.high)
        return min(max(round(number, _DIGITS - math.floor(math.log10(self.high - self.low))), self.low), self.high)


def parse(search: Any, settings: TrainSettings, spelling: Spelling = "python") -> list[Dimension]:
    """Check and read the search space.

    Args:
        search: from the name of a setting to a list of values, or to a range of numbers as text, ``"1e-4..1e-2"``.
        settings: of the trainings, for settings that are not searched.
        spelling: of names and values.

    Returns:
        One dimension per setting, in the order of the settings, whatever the order in `search`.

    Raises:
        UnknownOption, BadOption: all faults at once.
    """
    if not isinstance(search, Mapping) or not search:
        raise BadOption(
            "The search must name settings, each with the values to try: "
            "{'learning_rate': '1e-4..1e-2', 'augment': ['legacy', 'standard']}."
        )
    faults = Faults()
    found: dict[str, Dimension] = {}
    for given, tried in search.items():
        with faults.noting():
            dimension = _dimension(str(given), tried, spelling)
            if dimension.name in found:
                raise BadOption(f"Search: {given} is given twice.")
            found[dimension.name] = dimension
    for dimension in found.values():
        with faults.noting():
            _check_sense(dimension, settings, spelling)
    for name in ("folds", "learning_curve"):
        if getattr(settings, name):
            faults.add(
                BadOption,
                f"{named(name, spelling)} cannot be used in a search: it would multiply every trial. Train once more "
                "with the best settings and this option.",
            )
    faults.raise_any()
    return [found[field.name] for field in dataclasses.fields(TrainSettings) if field.name in found]


def _dimension(given: str, tried: Any, spelling: Spelling) -> Dimension:
    fields = {spelled(field, spelling): field for field in dataclasses.fields(TrainSettings)}
    name = in_full(given, list(fields)) if spelling == "matlab" else given
    if name not in fields:
        raise UnknownOption("Search: " + unknown_option(given, list(fields), spelling))
    field = fields[name]
    if field.name in _FIXED:
        raise BadOption(f"Search: {name} cannot be searched, because {_FIXED[field.name]}.")
    if isinstance(tried, str):
        return _range(field, name, tried, spelling)
    values = tried.tolist() if hasattr(tried, "tolist") else tried
    pair = isinstance(tried, tuple) and len(tried) == 2 and all(isinstance(end, (int, float)) for end in tried)
    if pair or not isinstance(values, Sequence):  # a pair may be meant as a range
        raise BadOption(f"Search: {name} must be a list of values, or a range such as '1e-4..1e-2'. It is {tried!r}.")
    faults = Faults()
    choices: dict[str, Any] = {}
    for value in values:
        try:
            meant = plain(written(field, checked(field, value, spelling)))
            choices[to_json(meant)] = meant
        except ValueError as error:
            faults.add(BadOption, f"Search: {name} must be {error}. One of its values is {value!r}.")
    if not len(faults) and len(choices) < 2:
        faults.add(BadOption, f"Search: {name} needs at least two different values, or a range such as '1e-4..1e-2'.")
    faults.raise_any()
    return Dimension(field, tuple(choices.values()))


def _range(field: dataclasses.Field[Any], name: str, text: str, spelling: Spelling) -> Dimension:
    """Read ``low..high``."""
    kind = str(field.type).partition(" ")[0]
    try:
        low, high = (float(end) for end in text.split("..", 1))
        if not (math.isfinite(low) and math.isfinite(high) and low < high) or kind not in ("int", "float"):
            raise ValueError
    except ValueError:
        of_numbers = ", or a range of numbers, low..high, such as '1e-4..1e-2'" if kind in ("int", "float") else ""
        raise BadOption(f"Search: {name} must be a list of values{of_numbers}. It is {text!r}.") from None
    faults = Faults()
    for end in (low, high):
        try:
            checked(field, end, spelling)
        except ValueError as error:
            faults.add(BadOption, f"Search: {name} must be {error}. An end of its range is {end:g}.")
    faults.raise_any()
    if kind == "float":
        return Dimension(field, (), low, high)
    try:
        checked(field, low + 1, spelling)
    except ValueError as error:
        raise BadOption(f"Search: {name} must be {error}: list the values instead of a range.") from None
    return Dimension(field, (), int(low), int(high), is_whole=True)


def _check_sense(dimension: Dimension, settings: TrainSettings, spelling: Spelling) -> None:
    """Refuse a dimension whose trials could not be compared, or whose setting is also set to another value."""
    name = named(dimension.name, spelling)
    if dimension.name in _OF_THE_LOSS and settings.monitor == "loss":
        raise BadOption(
            f"Search: {name} changes the loss, so it can be searched only if trials are compared by another figure. "
            f"Set {named('monitor', spelling)} to 'f1' or 'event-error'."
        )
    if getattr(settings, dimension.name) != dimension.field.default:
        at_start = written(dimension.field, getattr(settings, dimension.name))
        if not dimension.holds(plain(at_start)):
            raise BadOption(
                f"{name} is searched, but is also set to {at_start!r}, which is not among the values to try. Leave it "
                "out, or add it to them."
            )


def one_by_one(dimensions: list[Dimension], settings: TuneSettings) -> Iterator[TuneSettings]:
    """Return the settings with each searched value in turn that may not suit the dataset, or names a file."""
    for dimension in dimensions:
        if dimension.name in _CAN_BE_WRONG:
            for value in dimension.choices or (dimension.low, dimension.high):
                yield settings.changed({dimension.name: value})


def worded(values: Mapping[str, Any], spelling: Spelling) -> dict[str, Any]:
    """Return values of settings, in their form in records, with the names and values of one spelling."""
    found = {}
    for field in dataclasses.fields(TrainSettings):
        if field.name in values:
            value = values[field.name]
            words = (field.metadata["matlab_values"] or {}) if spelling == "matlab" else {}
            found[spelled(field, spelling)] = next((word for word, meant in words.items() if meant == value), value)
    return found


def in_words(values: Mapping[str, Any], spelling: Spelling) -> str:
    """Return values of settings as text: ``learning_rate 0.001, augment standard``."""
    return ", ".join(f"{name} {value_text(value)}" for name, value in worded(values, spelling).items())


def value_text(value: Any) -> str:
    """Return the value of a setting as text for a table."""
    if isinstance(value, (list, tuple)):
        return "[" + " ".join(map(value_text, value)) + "]"
    if isinstance(value, float):
        return f"{value:.{_DIGITS}g}"
    return "none" if value is None else str(value)
