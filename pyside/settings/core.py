"""All settings: what they are called in Python, on the command line and in MATLAB, their defaults and checks.

A command's settings are one frozen dataclass, and a field is the one place where a setting is described. Python
spells it ``batch_size``, the command line ``--batch-size``, MATLAB ``MiniBatchSize``: Keras's words on this side, the
Deep Learning Toolbox's on that side where it has the thing, else the same words in CamelCase.
"""

from __future__ import annotations

import contextlib
import dataclasses
import difflib
import os
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Literal, TypeVar

from pyside.errors import BadOption, Faults, UnknownOption
from pyside.settings.checks import Check, choice
from pyside.system.records import plain

Spelling = Literal["python", "matlab"]
SettingsType = TypeVar("SettingsType", bound="Settings")


def setting(
    default: Any,
    check: Check,
    doc: str,
    matlab: str | None = None,
    matlab_values: Mapping[str, Any] | None = None,
    written: Check | None = None,
) -> Any:
    """Describe one setting, as a dataclass field.

    Args:
        default: the value when nothing is said.
        check: turns what the user passed into the value meant.
        doc: one sentence for the help of all three faces.
        matlab: the MATLAB spelling where it is not the CamelCase of the field's name.
        matlab_values: MATLAB's words for values, where they differ: its word to our value.
        written: turns the value meant into what is written down and shown, which `check` takes too.
    """
    metadata = {"check": check, "doc": doc, "matlab": matlab, "matlab_values": matlab_values, "written": written}
    return dataclasses.field(default=default, metadata=metadata)


def _camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def spelled(field: dataclasses.Field[Any], spelling: Spelling) -> str:
    """Return the name of a setting in one spelling."""
    return field.name if spelling == "python" else field.metadata["matlab"] or _camel(field.name)


# --- whose words a message is in -------------------------------------------------------------------------------------

SPELLING = "TOUCHTRAIN_SPELLING"  # variable of the environment: in a job, the spelling of the face that began it
_spoken: Spelling = "matlab" if os.environ.get(SPELLING) == "matlab" else "python"


@contextlib.contextmanager
def speaking(spelling: Spelling) -> Iterator[None]:
    """Let messages name settings as this face spells them."""
    global _spoken
    before, _spoken = _spoken, spelling
    try:
        yield
    finally:
        _spoken = before


def spoken() -> Spelling:
    """Return the spelling of the face that messages are for."""
    return _spoken


def named(name: str) -> str:
    """Return the name of a setting for a message: ``MaxEpochs`` to a person in MATLAB, ``epochs`` to all others."""
    return spelled(_field(name), _spoken)


def set_to(name: str, value: Any) -> str:
    """Return how to set a setting, for a message: ``MaxEpochs to 30``, or ``epochs to 30``."""
    return f"{named(name)} to {in_words(name, value)}"


def in_words(name: str, value: Any, spelling: Spelling | None = None) -> str:
    """Return a value of a setting as a person writes it at that prompt. Default: that of the face spoken to."""
    if (spelling or _spoken) == "matlab":
        return _in_matlab(_field(name), value)
    return repr(list(value) if isinstance(value, tuple) else value)


def _in_matlab(field: dataclasses.Field[Any], value: Any) -> str:
    for word, meant in (field.metadata["matlab_values"] or {}).items():
        if meant == value:
            return f"'{word}'"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    if isinstance(value, (list, tuple)):
        words = [_in_matlab(field, item) for item in value]
        return "{" + ", ".join(words) + "}" if any(isinstance(item, str) for item in value) else f"[{' '.join(words)}]"
    return f"{value:g}"


def _field(name: str) -> dataclasses.Field[Any]:
    """Return the field of a setting; of those of one name in several commands all are spelled alike."""
    return next(field for kind in _kinds(Settings) for field in dataclasses.fields(kind) if field.name == name)


def _kinds(kind: type[Settings]) -> Iterator[type[Settings]]:
    for one in kind.__subclasses__():
        yield one
        yield from _kinds(one)


@dataclasses.dataclass(frozen=True)
class Settings:
    """The settings of one command, checked when they are made from a user's options."""

    @classmethod
    def from_options(
        cls: type[SettingsType], options: Mapping[str, Any], spelling: Spelling = "python"
    ) -> SettingsType:
        """Check a user's options and fill in the defaults.

        Args:
            options: name to value; MATLAB's names in any case, as MATLAB takes its own.
            spelling: whose names they are.

        Raises:
            UnknownOption: a name that this command does not have; the message names the nearest ones.
            BadOption: a value that a setting cannot take. All faults are told at once.
        """
        fields = {spelled(field, spelling): field for field in dataclasses.fields(cls)}
        by_lower_case = {name.lower(): name for name in fields}
        faults = Faults()
        values: dict[str, Any] = {}
        for given, value in options.items():
            name = by_lower_case.get(given.lower(), given) if spelling == "matlab" else given
            if name not in fields:
                faults.add(UnknownOption, unknown_option(given, list(fields)))
                continue
            try:
                values[fields[name].name] = checked(fields[name], value, spelling)
            except ValueError as error:
                faults.add(BadOption, f"{name} must be {error}. It is {_shown(value, spelling)}.")
        faults.raise_any()
        return cls(**values)

    @classmethod
    def help(cls, spelling: Spelling = "python") -> list[dict[str, Any]]:
        """Return one record a setting: name, default and what it does."""
        rows = []
        for field in dataclasses.fields(cls):
            default = written(field, field.default)
            for word, value in (field.metadata["matlab_values"] or {}).items():
                if spelling == "matlab" and value == default:
                    default = word
            rows.append({"name": spelled(field, spelling), "default": default, "doc": field.metadata["doc"]})
        return rows

    def as_dict(self) -> dict[str, Any]:
        """Return the settings in Python's spelling, as plain values that JSON can hold."""
        return {field.name: written(field, getattr(self, field.name)) for field in dataclasses.fields(self)}

    @cached_property
    def record(self) -> dict[str, Any]:
        """The same as JSON gives it back, made once; to be read only."""
        found: dict[str, Any] = plain(self.as_dict())
        return found

    def changed(self: SettingsType, values: Mapping[str, Any]) -> SettingsType:
        """Return these settings with other values of some, which alone are checked.

        Raises:
            UnknownOption, BadOption: as `from_options`.
        """
        found = type(self).from_options(values)
        return dataclasses.replace(self, **{name: getattr(found, name) for name in values})


def written(field: dataclasses.Field[Any], value: Any) -> Any:
    """Return the value of a setting as it is written down and shown."""
    return field.metadata["written"](value) if field.metadata["written"] else value


def checked(field: dataclasses.Field[Any], value: Any, spelling: Spelling) -> Any:
    """Return what a user's value of a setting means.

    Raises:
        ValueError: it is none; the text goes on after "must be".
    """
    words = field.metadata["matlab_values"]
    if spelling == "matlab" and words:
        return words[choice(*words)(value)]
    return field.metadata["check"](value)


def _shown(value: Any, spelling: Spelling) -> str:
    try:
        shown = repr(value)
    except ValueError:  # a whole number of thousands of digits
        shown = "a huge number"
    if spelling == "matlab":
        shown = {"None": "NaN", "True": "true", "False": "false"}.get(shown, shown)
    return shown if len(shown) <= 80 else shown[:77] + "..."


def nearest(name: str, known: Sequence[str]) -> list[str]:
    """Return up to three of the `known` names that `name` may have been meant for, most alike first."""
    lower = {item.lower(): item for item in known}
    found = difflib.get_close_matches(name.lower(), list(lower), n=3, cutoff=0.5)
    return [lower[item] for item in found]


def unknown_option(given: str, known: Sequence[str]) -> str:
    """Return the sentence that tells of an unknown name, with those that it may have been meant for."""
    near = nearest(given, known)
    if near:
        return f"There is no option {given}. Did you mean {' or '.join(near)}?"
    return f"There is no option {given}. The options are: {', '.join(sorted(known))}."


def part_options(
    options: Mapping[str, Any], *kinds: type[Settings], spelling: Spelling = "python"
) -> list[dict[str, Any]]:
    """Part options that belong to several commands among them.

    Args:
        options: name to value.
        kinds: the commands' settings, in the order of the answer.
        spelling: whose names they are.

    Returns:
        One dict of options for each of `kinds`.

    Raises:
        UnknownOption: a name that none of them has.
    """
    parts: list[dict[str, Any]] = [{} for _ in kinds]
    faults = Faults()
    names = [{spelled(field, spelling).lower() for field in dataclasses.fields(kind)} for kind in kinds]
    everything = [spelled(field, spelling) for kind in kinds for field in dataclasses.fields(kind)]
    for given, value in options.items():
        owners = [part for part, known in zip(parts, names, strict=True) if given.lower() in known]
        for part in owners:
            part[given] = value
        if not owners:
            faults.add(UnknownOption, unknown_option(given, everything))
    faults.raise_any()
    return parts
