"""Puts changed trials into a .mat file with a contact array, and compares what was written with what was meant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from pyside.curation.contacts import mat5
from pyside.curation.contacts.changes import Change
from pyside.data.formats import mat_files
from pyside.errors import NotWritable


class Merged:
    """A .mat file in which some trials of its contact array change.

    Args:
        parts: the file.
        place: of the contact array among its variables.
        before: the contact array, as `read_mat` returns it.
        changes: of trials.
    """

    def __init__(self, parts: mat5.MatFile, place: int, before: Sequence[Any], changes: Sequence[Change]):
        self._parts, self._place, self._before, self._changes = parts, place, before, changes
        self._items = parts.variables[place].items()

    def content(self) -> bytes:
        """Return the content of the new file."""
        if not self._changes:
            return self._parts.content()
        new = {change.cell: self._item(change) for change in self._changes}
        return self._parts.with_variable(self._place, mat5.replaced(self._parts.variables[self._place], new))

    def _item(self, change: Change) -> bytes:
        item = self._items[change.cell]
        standing, order = item.fields(), self._parts.order
        values = {}
        for name, value in change.fields.items():
            like = standing.get(name)
            size = like.size if like is not None and isinstance(value, list) and like.is_cell else None
            values[name] = mat5.encoded(value, order, size if size and np.prod(size) == len(value) else None)
        return mat5.changed_struct(item, values, change.removed)

    def check(self, path: Path) -> None:
        """Compare every variable, cell and field of a file with what was meant.

        Raises:
            NotWritable: something differs; BadLabels: it cannot be read.
        """
        if not (self._is_same_file(path) and self._is_read_as_meant(path)):
            raise NotWritable(
                f"The contact array reads differently from what was meant to be written, so {path.parent} has no new "
                "file. Please report this, with the bundle of touchtrain doctor."
            )

    def _is_same_file(self, path: Path) -> bool:
        parts = mat5.read_parts(path)
        others = [place for place in range(len(self._parts.pieces)) if place != self._place]
        same = parts.names == self._parts.names and parts.head == self._parts.head
        same = same and all(parts.pieces[place] == self._parts.pieces[place] for place in others)
        if same:
            variable, before = parts.variables[self._place], self._parts.variables[self._place]
            changes = {change.cell: change for change in self._changes}
            items = variable.items()
            same = variable.size == before.size and variable.is_cell and len(items) == len(self._items)
            pairs = enumerate(zip(items, self._items, strict=False))
            same = same and all(_as_meant(new, old, changes.get(place)) for place, (new, old) in pairs)
        return same

    def _is_read_as_meant(self, path: Path) -> bool:
        """Return whether the reader of label files gives what stood before, with the changes."""
        name = self._parts.names[self._place]
        expected = [*self._before]
        for change in self._changes:
            fields = {**expected[change.cell], **change.fields}
            expected[change.cell] = {key: value for key, value in fields.items() if key not in change.removed}
        return _equal(mat_files.read_mat(path)[name], expected)


def _as_meant(new: mat5.Element, old: mat5.Element, change: Change | None) -> bool:
    """Return whether a cell is as it was, but for what was meant to change: values, sizes, classes and order."""
    if change is None:
        return new.raw == old.raw
    before, now = old.fields(), new.fields()
    kept = [name for name in {**before, **change.fields} if name not in change.removed]
    return [*now] == kept and all(
        _is(now[name], change.fields[name]) if name in change.fields else now[name].raw == before[name].raw
        for name in kept
    )


def _is(element: mat5.Element, value: Any) -> bool:
    """Return whether an array is a value: real double of the same size, or a cell of these."""
    if isinstance(value, list):
        items = element.items() if element.is_cell else []
        return len(items) == len(value) and all(map(_is, items, value))
    return element.is_double and element.size == value.shape and np.array_equal(element.array(), value, equal_nan=True)


def _equal(value: Any, expected: Any) -> bool:
    """Return whether two values of `read_mat` are equal, whatever type their numbers are stored in."""
    if isinstance(expected, Mapping):
        alike = isinstance(value, Mapping) and [*value] == [*expected]
        return alike and all(_equal(value[name], expected[name]) for name in expected)
    if isinstance(expected, list):
        return isinstance(value, list) and len(value) == len(expected) and all(map(_equal, value, expected))
    if isinstance(expected, np.ndarray):
        alike = isinstance(value, np.ndarray) and value.shape == expected.shape
        return alike and bool(np.array_equal(value, expected, equal_nan=expected.dtype.kind == "f"))
    return bool(value == expected)
