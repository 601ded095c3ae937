"""What to do with a model that does not say what must be known: the call of `describe` that writes it into a copy."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pyside.errors import ModelNotDescribed, for_matlab, for_shell, some
from pyside.settings.core import in_words, named, spoken


def not_described(path: Path, facts: Mapping[str, Any]) -> ModelNotDescribed:
    """Return the error for a model whose file does not say what is needed, with the line that writes it into a copy.

    Args:
        path: the model file.
        facts: the missing facts: a usual value for each name of an option of `describe`.
    """
    return ModelNotDescribed(
        f"{path} does not say what must be known to use it: {some([named(name) for name in facts])}. "
        + describe_line(path, facts)
    )


def describe_line(path: Path, facts: Mapping[str, Any]) -> str:
    """Return the sentence with the call of `describe` that adds facts to a model.

    Args:
        path: the model file.
        facts: as in `not_described`.
    """
    output = f"{path.stem}_described{path.suffix}"
    if spoken() == "matlab":
        pairs = "".join(f", '{named(name)}', {in_words(name, value)}" for name, value in facts.items())
        line = f"touchtrain.describe({for_matlab(path)}, {for_matlab(output)}{pairs})"
    else:
        options = " ".join(f"--{name.replace('_', '-')} {_on_command_line(value)}" for name, value in facts.items())
        line = f"touchtrain describe {for_shell(path)} {for_shell(output)} {options}"
        pairs = "".join(f", {name}={in_words(name, value)}" for name, value in facts.items())
        line += f"   (in Python: pyside.describe({str(path)!r}, {output!r}{pairs}))"
    return f"Write it into a copy, with the values that are right for this model:\n  {line}"


def _on_command_line(value: Any) -> str:
    items = value if isinstance(value, (list, tuple)) else [value]
    return for_shell(",".join(f"{item:g}" if isinstance(item, (int, float)) else str(item) for item in items))
