"""Check whether turned or mirrored frames may belong to another class."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pyside.errors import some
from pyside.settings.core import named

TURNING = {"quarter-turns": "quarter turns", "flips": "flips"}  # small turns keep directions
DIRECTIONS = frozenset(
    "left right up down upper lower upward upwards downward downwards top bottom above below over under front back "
    "forward forwards backward backwards north south east west horizontal vertical clockwise counterclockwise "
    "anticlockwise cw ccw protraction retraction protract retract protracting retracting anterior posterior dorsal "
    "ventral rostral caudal medial lateral nasal temporal".split()
)


def warnings_of_turns(class_names: Sequence[str], augment: Sequence[tuple[str, float]]) -> list[str]:
    """Warn if a class may depend on direction, but frames are turned or mirrored.

    Args:
        class_names: the classes.
        augment: operations and their amounts, as in the settings.

    Returns:
        One warning, or nothing: a touch is a touch from every side.
    """
    asked = [name for name, _ in augment if name in TURNING]
    if not asked:
        return []
    pointing = [name for name in class_names if _words(name) & DIRECTIONS]
    digits = [name for name in class_names if name.strip().isdigit()]
    if pointing:
        why = f"the class {some(pointing)} seems" if len(pointing) == 1 else f"the classes {some(pointing)} seem"
        why += " to depend on direction"
    elif digits:
        why = f"the classes {some(class_names)} may be digits, and a turned 6 is a 9"
    elif len(class_names) > 2:
        why = f"some of the {len(class_names)} classes ({some(class_names)}) may differ by direction only"
    else:
        return []
    return [
        f"Training frames were varied by {' and '.join(TURNING[name] for name in asked)}, but {why}. If a turned or "
        f"mirrored frame would belong to another class, train with {named('augment')} 'none', or list the operations "
        f"without {' and '.join(map(repr, asked))}."
    ]


def _words(name: str) -> set[str]:
    """Return the words of a name in lower case; the same for ``TouchLeft``, ``touch_left`` and ``touch left``."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return {word.lower() for word in re.findall(r"[^\W\d_]+", apart)}
