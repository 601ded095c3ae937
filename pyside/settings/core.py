"""How settings are described: their names in Python, on the command line and in MATLAB, their defaults and checks.

The settings of a command are one frozen dataclass, and each setting is described once, in its field. Python spells it
``batch_size``, the command line ``--batch-size``, MATLAB ``MiniBatchSize``. Python uses the terms of Keras; MATLAB uses
those of the Deep Learning Toolbox if it has the option, else Python's name in CamelCase.
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
from pyside.settings.checks import Check, choice, names_of
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
    names_file: bool = False,
    kind: str = "",
) -> Any:
    """Describe one setting, as a dataclass field.

    Args:
        default: the default value.
        check: converts the user's value to the value that the code uses, or raises ValueError.
        doc: one sentence for the help in Python, on the command line and in MATLAB; ``{first}`` in it becomes 0, or in
            MATLAB 1.
        matlab: the MATLAB name, if it is not the field's name in CamelCase.
        matlab_values: MATLAB's words for values, if they differ: word -> our value.
        written: converts the value back to a form to store and show, which `check` takes, too.
        names_file: whether a text in the value is the path of a file.
        kind: what the value is, where check and type do not say it, for completion in MATLAB: a key of `KINDS` in
            `pyside.tools.toolbox.arguments`, such as "labels" or "folder".
    """
    metadata = {
        "check": check,
        "doc": doc,
        "matlab": matlab,
        "matlab_values": matlab_values,
        "written": written,
        "names_file": names_file,
        "kind": kind,
    }
    return dataclasses.field(default=default, metadata=metadata)


def _camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def spelled(field: dataclasses.Field[Any], spelling: Spelling) -> str:
    """Return the name of a setting in one spelling."""
    return field.name if spelling == "python" else field.metadata["matlab"] or _camel(field.name)


# --- spelling of names in messages -----------------------------------------------------------------------------------

SPELLING = "TOUCHTRAIN_SPELLING"  # environment variable of a job: the spelling of the face that started it
_LEAST_ALIKE, _AS_ALIKE = 0.55, 0.15  # of names, by the ratio of difflib
_spoken: Spelling = "matlab" if os.environ.get(SPELLING) == "matlab" else "python"


@contextlib.contextmanager
def speaking(spelling: Spelling) -> Iterator[None]:
    """Spell names of settings in messages this way while the block runs."""
    global _spoken
    before, _spoken = _spoken, spelling
    try:
        yield
    finally:
        _spoken = before


def spoken() -> Spelling:
    """Return the spelling of names in messages."""
    return _spoken


def first_number() -> int:
    """Return the number of the first frame and pixel in messages: 1 to a person in MATLAB, 0 to all others."""
    return 1 if _spoken == "matlab" else 0


def frame_named(number: int) -> str:
    """Return a frame for a message, by its number from 0: ``frame 13 (counted from 1)``."""
    return f"frame {number + first_number()} (counted from {first_number()})"


def named(name: str, spelling: Spelling | None = None) -> str:
    """Return the name of a setting for a message: ``MaxEpochs`` to a person in MATLAB, ``epochs`` to all others.

    Default spelling: that of messages.
    """
    return spelled(_field(name), spelling or _spoken)


def set_to(name: str, value: Any) -> str:
    """Return how to set a setting, for a message: ``MaxEpochs to 30``, or ``epochs to 30``."""
    return f"{named(name)} to {in_words(name, value)}"


def in_words(name: str, value: Any, spelling: Spelling | None = None) -> str:
    """Return a value of a setting as the user would type it. Default spelling: that of messages."""
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
    """Return the field of a setting; settings of the same name in several commands have the same spelling."""
    return next(field for kind in _kinds(Settings) for field in dataclasses.fields(kind) if field.name == name)


def _kinds(kind: type[Settings]) -> Iterator[type[Settings]]:
    for one in kind.__subclasses__():
        yield one
        yield from _kinds(one)


@dataclasses.dataclass(frozen=True)
class Settings:
    """The settings of one command, checked when they are made from the user's options."""

    @classmethod
    def from_options(
        cls: type[SettingsType], options: Mapping[str, Any], spelling: Spelling = "python"
    ) -> SettingsType:
        """Check the user's options and fill in the defaults.

        Args:
            options: name -> value. As for MATLAB's own options, the case of MATLAB names does not matter, and a unique
                beginning is enough: ``MaxEp``.
            spelling: spelling of the names.

        Raises:
            UnknownOption: the command has no option of that name; the message names the most similar ones, or those
                that begin so.
            BadOption: an option cannot take its value. All faults are reported at once.
        """
        fields = {spelled(field, spelling): field for field in dataclasses.fields(cls)}
        faults = Faults()
        values: dict[str, Any] = {}
        for given, value in options.items():
            name = in_full(given, list(fields)) if spelling == "matlab" else given
            if name not in fields:
                faults.add(UnknownOption, unknown_option(given, list(fields), spelling))
                continue
            try:
                values[fields[name].name] = checked(fields[name], value, spelling)
            except ValueError as error:
                faults.add(BadOption, f"{name} must be {error}. It is {_shown(value, spelling)}.")
        faults.raise_any()
        return cls(**values)

    @classmethod
    def help(cls, spelling: Spelling = "python") -> list[dict[str, Any]]:
        """Return one record per setting: ``name``, ``default``, ``choices`` (the texts that it takes), and ``doc``."""
        rows = []
        for field in dataclasses.fields(cls):
            default = written(field, field.default)
            for word, value in (field.metadata["matlab_values"] or {}).items():
                if spelling == "matlab" and value == default:
                    default = word
            row = {"name": spelled(field, spelling), "default": default, "choices": choices_of(field, spelling)}
            rows.append({**row, "doc": doc_of(field, spelling)})
        return rows

    def as_dict(self) -> dict[str, Any]:
        """Return the settings with Python's names, as plain values that JSON can hold."""
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
    """Return the value of a setting in the form in which it is stored and shown."""
    return field.metadata["written"](value) if field.metadata["written"] else value


def naming_files(kind: type[Settings]) -> set[str]:
    """Return the names of the settings whose values may name files."""
    return {field.name for field in dataclasses.fields(kind) if field.metadata["names_file"]}


def choices_of(field: dataclasses.Field[Any], spelling: Spelling) -> list[str]:
    """Return the texts that a setting takes, in one spelling; empty if it takes other values only, or any text."""
    words = field.metadata["matlab_values"]
    return list(words if spelling == "matlab" and words else names_of(field.metadata["check"]))


def doc_of(field: dataclasses.Field[Any], spelling: Spelling) -> str:
    """Return the help text of a setting, with the texts that it takes unless they are in it already."""
    doc = field.metadata["doc"].replace("{first}", "1" if spelling == "matlab" else "0")
    choices = [repr(name) for name in choices_of(field, spelling)]
    return doc if all(name in doc for name in choices) else f"{doc} One of {', '.join(choices)}."


def checked(field: dataclasses.Field[Any], value: Any, spelling: Spelling) -> Any:
    """Return the checked value of a setting.

    Raises:
        ValueError: the setting cannot take it; the text continues "must be".
    """
    words = field.metadata["matlab_values"]
    if spelling == "matlab" and words and value is not None:
        return words[choice(*words)(value)]
    return field.metadata["check"](value)


def _shown(value: Any, spelling: Spelling) -> str:
    try:
        shown = repr(value)
    except ValueError:  # an integer of thousands of digits
        shown = "a huge number"
    if spelling == "matlab":
        shown = {"None": "NaN", "True": "true", "False": "false"}.get(shown, shown)
    return shown if len(shown) <= 80 else shown[:77] + "..."


def nearest(name: str, known: Sequence[str]) -> list[str]:
    """Return up to three of the `known` names that resemble `name` about as much as the most similar one, the first."""
    lower = {item.lower(): item for item in known}
    found = difflib.get_close_matches(name.lower(), list(lower), n=3, cutoff=_LEAST_ALIKE)
    alike = [difflib.SequenceMatcher(None, item, name.lower()).ratio() for item in found]
    return [lower[item] for item, one in zip(found, alike, strict=True) if one > alike[0] - _AS_ALIKE]


def in_full(given: str, known: Sequence[str]) -> str:
    """Return the name that MATLAB means by `given`: that name in any case, or the only one that begins so.

    If there is none, or several, it is `given` itself.
    """
    found = [name for name in known if name.lower() == given.lower()] or beginning_with(given, known)
    return found[0] if len(found) == 1 else given


def beginning_with(given: str, known: Sequence[str]) -> list[str]:
    """Return the names that begin with `given`, in any case."""
    return [name for name in known if given and name.lower().startswith(given.lower())]


def unknown_option(given: str, known: Sequence[str], spelling: Spelling = "python") -> str:
    """Return the message for an unknown option, with up to three similar names, or in MATLAB all that begin so."""
    several = beginning_with(given, known) if spelling == "matlab" else []
    if len(several) > 1:
        text = f"Several options begin with {given}: {', '.join(sorted(several))}. Write more letters of the name."
        inside = [name for name in known if len(given) > 3 and given.lower() in name.lower()[1:]]
        return f"{text} Or did you mean {' or '.join(inside)}?" if inside else text
    near = nearest(given, known)
    if near:
        return f"There is no option {given}. Did you mean {' or '.join(near)}?"
    return f"There is no option {given}. The options are: {', '.join(sorted(known))}."


def part_options(
    options: Mapping[str, Any], *kinds: type[Settings], spelling: Spelling = "python"
) -> list[dict[str, Any]]:
    """Distribute options to the commands that have them.

    Args:
        options: name -> value.
        kinds: settings classes of the commands.
        spelling: spelling of the names.

    Returns:
        One dict of options for each of `kinds`, in that order.

    Raises:
        UnknownOption: none of the commands has an option of that name.
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
