"""Takes .mat files of version 5 and 7 apart and puts them together, so that what is not changed stays byte for byte.

SciPy would lose what must not be lost: it reads a char of 1x0 as one of 0x0 and drops imaginary parts, and MATLAB reads
the letters beyond ASCII that it writes as others. So an array that stays is copied as the bytes that MATLAB wrote.

The format is that of "MAT-File Format" (MathWorks, 2023), chapter 1: a header of 128 bytes, and elements, each a tag
(type and number of bytes) and data, padded to 8 bytes; an array is an element of elements. In version 7 each variable
is compressed.
"""

from __future__ import annotations

import dataclasses
import math
import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from pyside.aliases import Array
from pyside.data.formats import hdf5_files
from pyside.data.labels.machine_made import HEAD
from pyside.errors import BadLabels, OnlyMatlab
from pyside.system.paths import is_file, no_file, reading

_HEAD, _TEXT = 128, 116
_INT8, _INT32, _UINT32, _DOUBLE, _MATRIX, _COMPRESSED, _UTF16 = 1, 5, 6, 9, 14, 15, 17
_CELL, _STRUCT, _OBJECT, _CHAR, _SPARSE, _DOUBLE_CLASS, _FUNCTION, _OPAQUE = 1, 2, 3, 4, 5, 6, 16, 17
_NUMERIC = range(6, 16)  # classes
_COMPLEX = 0x0800  # flags
_MOST_DEEP = 50
_LONGEST_NAME = 32  # bytes of a field name with the zero after it; longer ones have twice as many
_FORMS = {1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8", 12: "i8", 13: "u8"}
_KINDS = {_OBJECT: "an object", _SPARSE: "a sparse array", _FUNCTION: "a function handle", _OPAQUE: "an object"}


class _Damaged(Exception):
    """An element reaches beyond its place, or is none."""


@dataclasses.dataclass(frozen=True)
class Element:
    """An array as it stands in a file.

    Attributes:
        raw: its bytes, with its tag.
        order: order of its bytes: ``<`` or ``>``.
    """

    raw: bytes
    order: str

    @cached_property
    def _parts(self) -> list[tuple[int, bytes, bytes]]:
        """Type, data and all bytes of each element in it."""
        return list(_elements(self.raw[8:], self.order))

    @property
    def is_nothing(self) -> bool:
        """Whether it has no content at all, which means 0x0 double."""
        return len(self.raw) <= 8

    @cached_property
    def _flags(self) -> int:
        return int(struct.unpack(f"{self.order}I", self._part(0)[:4])[0])

    @property
    def class_code(self) -> int:
        """Number of its class in MATLAB."""
        return _DOUBLE_CLASS if self.is_nothing else self._flags & 0xFF

    @property
    def is_cell(self) -> bool:
        """Whether it is a cell."""
        return self.class_code == _CELL

    @property
    def is_struct(self) -> bool:
        """Whether it is a struct, or an array of them."""
        return self.class_code == _STRUCT

    @property
    def is_double(self) -> bool:
        """Whether its class in MATLAB is double, and it is real."""
        return self.class_code == _DOUBLE_CLASS and (self.is_nothing or not self._flags & _COMPLEX)

    @cached_property
    def size(self) -> tuple[int, ...]:
        """Its size in MATLAB."""
        if self.is_nothing:
            return 0, 0
        data = self._part(1)
        return struct.unpack(f"{self.order}{len(data) // 4}i", data)

    @property
    def name(self) -> str:
        """Name of a variable; "" for what is within another."""
        return "" if self.is_nothing else self._part(1 if self.class_code == _OPAQUE else 2).decode("ascii", "replace")

    def items(self) -> list[Element]:
        """Return the items of a cell, in MATLAB's order."""
        return [Element(raw, self.order) for _, _, raw in self._parts[3:]]

    def fields(self) -> dict[str, Element]:
        """Return the fields of a struct of 1x1."""
        names, (_, _, *values) = self._field_names(), self._parts[3:]
        if len(names) != len(values):
            raise _Damaged
        return {name: Element(raw, self.order) for name, (_, _, raw) in zip(names, values, strict=True)}

    def array(self) -> Array:
        """Return a numeric array, in the type in which its numbers are stored."""
        if self.is_nothing:
            return np.empty((0, 0))
        kind, data, _ = self._parts[3]
        return np.frombuffer(data, f"{self.order}{_FORMS[kind]}").reshape(self.size, order="F")

    def odd_values(self, where: str, depth: int = 0) -> Iterator[str]:
        """Yield the places of values in it that only MATLAB can check, and what they are."""
        if depth > _MOST_DEEP:
            raise _Damaged
        code = self.class_code
        if code in _KINDS:
            yield f"{where} ({_KINDS[code]})"
        elif code in _NUMERIC and not self.is_nothing and self._flags & _COMPLEX:
            yield f"{where} (complex numbers)"
        elif code not in (_CELL, _STRUCT, _CHAR, *_NUMERIC):
            yield f"{where} (a value of an unknown class)"
        for place, item in self._inside():
            yield from item.odd_values(where + place, depth + 1)

    def _inside(self) -> Iterator[tuple[str, Element]]:
        """Yield the places and values in a cell, a struct or an array of structs."""
        if not (self.is_cell or self.is_struct):
            return
        names = self._field_names() if self.is_struct else []
        values = self._parts[5 if self.is_struct else 3 :]
        if len(values) != math.prod(self.size) * (len(names) if self.is_struct else 1):
            raise _Damaged
        for number, (_, _, raw) in enumerate(values):
            yield f".{names[number % len(names)]}" if names else f"{{{number + 1}}}", Element(raw, self.order)

    def _field_names(self) -> list[str]:
        length = struct.unpack(f"{self.order}i", self._part(3)[:4])[0]
        data = self._part(4)
        if not data:
            return []
        if length <= 0:
            raise _Damaged
        return [data[start : start + length].split(b"\0")[0].decode("ascii") for start in range(0, len(data), length)]

    def _part(self, place: int) -> bytes:
        if place >= len(self._parts):
            raise _Damaged
        return self._parts[place][1]


def _elements(data: bytes, order: str) -> Iterator[tuple[int, bytes, bytes]]:
    """Yield type, data and all bytes of each of the elements that follow each other."""
    start = 0
    while start < len(data):
        if len(data) - start < 8:
            raise _Damaged
        first, second = struct.unpack_from(f"{order}2I", data, start)
        if first >> 16:  # a small element: type, number of bytes and data in 8 bytes
            kind, n, begin, end = first & 0xFFFF, first >> 16, start + 4, start + 8
            if n > 4:
                raise _Damaged
        else:
            kind, n, begin = first, second, start + 8
            end = begin + n if kind == _COMPRESSED else begin + n + -n % 8
        if begin + n > len(data):
            raise _Damaged
        yield kind, data[begin : begin + n], data[start:end].ljust(end - start, b"\0")
        start = end


@dataclasses.dataclass(frozen=True)
class MatFile:
    """A .mat file of version 5 or 7, taken apart.

    Attributes:
        path: the file.
        head: its first 128 bytes.
        order: order of its bytes: ``<`` or ``>``.
        pieces: the bytes of each of its elements, as they stand in it.
        variables: the array in each of the pieces.
    """

    path: Path
    head: bytes
    order: str
    pieces: tuple[bytes, ...]
    variables: tuple[Element, ...]

    @property
    def names(self) -> list[str]:
        """Names of its variables."""
        return [one.name for one in self.variables]

    def variable(self, name: str) -> Element:
        """Return the array of a name."""
        return self.variables[self.names.index(name)]

    def content(self) -> bytes:
        """Return the content of the file."""
        return b"".join([self.head, *self.pieces])

    def with_variable(self, place: int, raw: bytes) -> bytes:
        """Return the content of the file with other bytes of one array, compressed as they were before."""
        was_compressed = _kind_of(self.pieces[place], self.order) == _COMPRESSED
        new = _compressed(raw, self.order) if was_compressed else raw
        return b"".join([self.head, *self.pieces[:place], new, *self.pieces[place + 1 :]])


def read_parts(path: Path) -> MatFile:
    """Take a .mat file apart.

    Raises:
        PathMissing, NotReadable: it does not exist, or may not be read.
        OnlyMatlab: it is of version 7.3 or 4, or it holds values that cannot be checked after writing: objects,
            function handles, complex numbers or sparse arrays.
        BadLabels: it is no .mat file, or it is damaged.
    """
    if not is_file(path):
        raise no_file(path)
    with reading(path):
        data = path.read_bytes()
    order = {b"IM": "<", b"MI": ">"}.get(data[126:128], "")
    if data[:10].startswith(b"MATLAB 7.3") or not order:
        version = "of version 7.3" if data.startswith(b"MATLAB 7.3") else "not of version 5 or 7"
        raise OnlyMatlab(f"{path} is {version}, so only MATLAB can write it again unchanged. {_in_matlab()}")
    try:
        pieces, variables, most = [], [], hdf5_files.room(len(data))
        for kind, inside, raw in _elements(data[_HEAD:], order):
            pieces.append(raw)
            content = _unpacked(inside, most) if kind == _COMPRESSED else raw
            if _kind_of(content, order) != _MATRIX:
                raise _Damaged
            variables.append(Element(content, order))
        found = MatFile(path, data[:_HEAD], order, tuple(pieces), tuple(variables))
        odd = [place for one in variables for place in one.odd_values(one.name or "the part for objects")]
    except (_Damaged, struct.error, zlib.error, UnicodeDecodeError, ValueError, IndexError) as error:
        raise BadLabels(f"{path} is damaged, or cut short.") from error
    if odd:
        more = f" and {len(odd) - 3} more" if len(odd) > 3 else ""
        raise OnlyMatlab(
            f"{path} holds values that only MATLAB can write again unchanged: {', '.join(odd[:3])}{more}. "
            f"{_in_matlab()}"
        )
    return found


def _unpacked(data: bytes, most: int) -> bytes:
    """Return what was compressed, if it is no more than a file of this size could hold."""
    unpacking = zlib.decompressobj()
    found = unpacking.decompress(data, most)
    if not unpacking.eof:
        raise _Damaged
    return found


def _in_matlab() -> str:
    return "In MATLAB, touchtrain.writeContacts does so: it takes the name of this file, too."


def _kind_of(raw: bytes, order: str) -> int:
    return int(struct.unpack_from(f"{order}I", raw)[0])


# --- arrays as bytes ------------------------------------------------------------------------------------------------


def numbers(value: Any, order: str = "<", name: str = "") -> bytes:
    """Return a double array of the size of an array with two axes."""
    array = np.asarray(value, f"{order}f8")
    return _matrix(_DOUBLE_CLASS, array.shape, _element(_DOUBLE, array.tobytes("F"), order), order, name)


def text(value: str, order: str = "<", name: str = "") -> bytes:
    """Return a char row."""
    codes = np.frombuffer(value.encode("utf-16-le"), "<u2").astype(f"{order}u2")
    size = (1, len(codes)) if value else (0, 0)
    return _matrix(_CHAR, size, _element(_UTF16, codes.tobytes(), order), order, name)


def cell(items: Sequence[bytes], size: Sequence[int], order: str = "<", name: str = "") -> bytes:
    """Return a cell of a size, with items in MATLAB's order."""
    return _matrix(_CELL, size, b"".join(items), order, name)


def one_struct(fields: Mapping[str, bytes], order: str = "<", name: str = "") -> bytes:
    """Return a struct of 1x1."""
    longest = max((len(field) + 1 for field in fields), default=0)
    length = _LONGEST_NAME if longest <= _LONGEST_NAME else 2 * _LONGEST_NAME
    names = b"".join(field.encode("ascii").ljust(length, b"\0") for field in fields)
    head = _element(_INT32, struct.pack(f"{order}i", length), order) + _element(_INT8, names, order)
    return _matrix(_STRUCT, (1, 1), head + b"".join(fields.values()), order, name)


def encoded(value: Any, order: str = "<", size: Sequence[int] | None = None) -> bytes:
    """Return numbers, texts, dicts (as structs) and lists (as cells) as bytes.

    A cell is one row, 0x0 if it is empty, unless another size is given.
    """
    if isinstance(value, str):
        return text(value, order)
    if isinstance(value, Mapping):
        return one_struct({name: encoded(item, order) for name, item in value.items()}, order)
    if isinstance(value, (list, tuple)):
        size = size or ((1, len(value)) if value else (0, 0))
        return cell([encoded(item, order) for item in value], size, order)
    return numbers(np.atleast_2d(value), order)


def new_file(variables: Mapping[str, Any]) -> bytes:
    """Return the content of a .mat file of version 7 with variables as `encoded` takes them."""
    head = HEAD.ljust(_TEXT) + bytes(8) + struct.pack("<H", 0x0100) + b"IM"
    return head + b"".join(_compressed(_with_name(encoded(value), name), "<") for name, value in variables.items())


def _with_name(raw: bytes, name: str) -> bytes:
    """Return an array as a variable of a name."""
    (_, flags, _), (_, size, _), _, *rest = _elements(raw[8:], "<")
    parts = _element(_UINT32, flags, "<") + _element(_INT32, size, "<") + _element(_INT8, name.encode("ascii"), "<")
    return _element(_MATRIX, parts + b"".join(one for _, _, one in rest), "<")


def replaced(element: Element, items: Mapping[int, bytes]) -> bytes:
    """Return the bytes of a cell in which some items are others; all else of it stays."""
    parts = [raw for _, _, raw in element._parts]
    for place, raw in items.items():
        parts[3 + place] = raw
    return _element(_MATRIX, b"".join(parts), element.order)


def changed_struct(element: Element, values: Mapping[str, bytes], removed: Sequence[str]) -> bytes:
    """Return the bytes of a struct of 1x1 with some fields set, new ones last, and some taken out."""
    fields = {name: one.raw for name, one in element.fields().items()}
    return one_struct({name: raw for name, raw in {**fields, **values}.items() if name not in removed}, element.order)


def _matrix(class_code: int, size: Sequence[int], content: bytes, order: str, name: str) -> bytes:
    flags = _element(_UINT32, struct.pack(f"{order}2I", class_code, 0), order)
    sides = _element(_INT32, struct.pack(f"{order}{len(size)}i", *size), order)
    return _element(_MATRIX, flags + sides + _element(_INT8, name.encode("ascii"), order) + content, order)


def _element(kind: int, data: bytes, order: str) -> bytes:
    if 0 < len(data) <= 4 and kind != _MATRIX:
        return struct.pack(f"{order}I", kind | len(data) << 16) + data.ljust(4, b"\0")
    return struct.pack(f"{order}2I", kind, len(data)) + data + bytes(-len(data) % 8)


def _compressed(raw: bytes, order: str) -> bytes:
    packed = zlib.compress(raw)
    return struct.pack(f"{order}2I", _COMPRESSED, len(packed)) + packed
