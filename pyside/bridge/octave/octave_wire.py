"""The wire format between Octave and Python: frames, and the values in them, in both directions.

The other side is ``pypack.m``, ``pyunpack.m`` and ``pyframe.m`` in ``matlab/resources/octave/private``.

All numbers are little-endian. ``text`` is a uint32 number of bytes and that many bytes of UTF-8; bytes that are not
UTF-8 become surrogates in Python and come back as the same bytes. ``many(x)`` is a uint32 count and so many x.

A frame is one byte of kind, the uint64 length of its body, and the body::

    Octave -> Python                                Python -> Octave
    Q  request                                      H  hello: the lines of `about`, and the folder for files
    F  request in a file: uint64 length, path       O  output: bytes that were printed
    S  token: what comes after it is in step        S  the same token, sent back
                                                    A  answer:  uint32 sequence, value
                                                    E  error:   uint32 sequence, text identifier, text message

A frame to Python is at most 32 KiB, so that it fits in an empty pipe: Octave never stops half way through it, even
when it is interrupted. Larger requests travel as a file. Output is only sent between a request and its answer::

    request   = uint32 sequence, text folder (empty: stay), many(uint32) ids of dropped objects, operation
    operation = C value many(step)            walk the chain and send back what is at its end
              | = value many(step) value      walk the chain but for its last step, and assign
              | X text many(value)            one of octave_conversions.FUNCTIONS
    step      = . text   |   ( many(value)   |   { many(value)

    value     = N                             None
              | L uint8                       bool
              | D float64                     float
              | Z float64 float64             complex
              | I int64  |  U uint64          int
              | S text                        str
              | P uint32 [text text]          an object by its id; towards Octave also its class and its base classes
                                              (id 0: the root of all names)
              | H text                        the Python function of this dotted name
              | T many(value)                 tuple; a cell towards Octave
              | M many(text value)            dict; a struct towards Octave
              | K many(text value)            keyword arguments
              | A char uint8 uint8 uint64* place
                                              array: typecode, 1 if complex, number of dimensions, size, and the
                                              elements in column-major order, complex ones as pairs
    place     = i bytes  |  f text            here, or in a file that the reader deletes

Arrays of 1 MiB and more travel as files: the reader maps the file and unlinks it. The elements, or the request, are
the last bytes of the file; Octave writes integers with a header of its own in front.

Signals: SIGINT ends the request that runs, or the one that is about to be read, with KeyboardInterrupt. Octave then
sends ``S`` before its next request and skips all until the token comes back. End of file on stdin, or the end of the
parent, ends the process.
"""

from __future__ import annotations

import array
import contextlib
import math
import mmap
import os
import struct
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from .octave_arrays import complex_ndarray, real_array
from .octave_calls import ROOT, Keywords, Steps, class_name, resolve

PROTOCOL = 1
FRAME_LIMIT = 1 << 20
FILE_FROM = 1 << 20
# MATLAB's real types: NumPy's kind and size, and the typecode of the modules array and struct (`?` is struct's alone).
TYPECODES = dict(zip("f8 f4 b1 i1 u1 i2 u2 i4 u4 i8 u8".split(), "df?bBhHiIqQ", strict=True))

Part = bytes | memoryview


class ProtocolError(Exception):
    """The input is not a valid request: the two sides are out of step for good."""


class Channel:
    """The two pipes to Octave, in frames."""

    def __init__(self, source: int, target: int):
        self.source = source
        self.target = target
        self.lock = threading.RLock()
        self._reader = open(source, "rb", closefd=False)  # noqa: SIM115

    def receive(self) -> tuple[bytes, bytes]:
        """Next frame as (kind, body); EOFError at the end, ProtocolError for anything unknown."""
        kind = self._reader.read(1)
        if not kind:
            raise EOFError
        if kind not in b"QFS":
            raise ProtocolError(f"unknown kind of frame {kind!r}")
        (length,) = struct.unpack("<Q", self._exactly(8))
        if length > FRAME_LIMIT:
            raise ProtocolError(f"a frame of {length} bytes")
        return kind, self._exactly(length)

    def send(self, kind: bytes, *parts: Part) -> None:
        """One frame; it is never mixed with a frame of another thread."""
        views = [memoryview(part).cast("B") for part in parts]
        length = sum(view.nbytes for view in views)
        head = kind + struct.pack("<Q", length)
        with self.lock:
            if length < 4096:
                self._write(memoryview(head + b"".join(views)))
                return
            for view in [memoryview(head), *views]:
                self._write(view)

    def _exactly(self, count: int) -> bytes:
        data = self._reader.read(count)
        if len(data) < count:
            raise EOFError
        return data

    def _write(self, view: memoryview) -> None:
        while view.nbytes:
            view = view[os.write(self.target, view) :]


class Body:
    """Reads the body of a request from its start to its end.

    It holds the memory of the arrays that came with the request: to free a large array takes longer than to map it, and
    is done after the answer has been sent.
    """

    def __init__(self, data: bytes | memoryview, release: str, objects: Objects):
        self._data = memoryview(data)
        self._position = 0
        self._release = release
        self._objects = objects
        self._arrays: list[memoryview] = []

    def bytes(self, count: int) -> memoryview:
        """The next bytes, as they are."""
        start, self._position = self._position, self._position + count
        if self._position > len(self._data):
            raise ProtocolError("a request that ends too early")
        return self._data[start : self._position]

    def numbers(self, code: str) -> tuple[Any, ...]:
        """The next numbers, in the codes of the struct module."""
        layout = "<" + code
        return struct.unpack(layout, self.bytes(struct.calcsize(layout)))

    def uint32(self) -> int:
        """A number of bytes, of things, or an id."""
        return int(self.numbers("I")[0])

    def letter(self) -> str:
        """The byte that says what kind of data follows."""
        return chr(self.numbers("B")[0])

    def text(self) -> str:
        """UTF-8; other bytes become surrogates, as in names of files."""
        return str(self.bytes(self.uint32()), "utf-8", "surrogateescape")

    def values(self) -> list[Any]:
        """many(value)."""
        return [self.value() for _ in range(self.uint32())]

    def steps(self) -> Steps:
        """many(step): ``(".", name)``, ``("(", values)`` or ``("{", values)``."""
        return [self._step() for _ in range(self.uint32())]

    def value(self) -> Any:
        """One value, as the Python object that it stands for."""
        letter = self.letter()
        try:
            read = self._READERS[letter]
        except KeyError:
            raise ProtocolError(f"unknown value {letter!r}") from None
        return read(self)

    def _step(self) -> tuple[str, Any]:
        letter = self.letter()
        if letter not in ".({":
            raise ProtocolError(f"unknown step {letter!r}")
        return letter, self.text() if letter == "." else self.values()

    def _mapping(self) -> dict[str, Any]:
        return {self.text(): self.value() for _ in range(self.uint32())}

    def _array(self) -> Any:
        code, is_complex, n_dimensions = self.letter(), *self.numbers("2B")
        shape = self.numbers(f"{n_dimensions}Q")
        count = size_in_bytes(code, bool(is_complex), shape)
        place = self.letter()
        data = memoryview(bytearray(self.bytes(count)) if place == "i" else map_and_unlink(self.text()))
        self._arrays.append(data)
        data = data[len(data) - count :]
        if is_complex:
            return complex_ndarray(data, code, shape)
        return real_array(data, code, shape, self._release)

    _READERS: dict[str, Callable[[Body], Any]] = {
        "N": lambda self: None,
        "L": lambda self: bool(self.numbers("B")[0]),
        "D": lambda self: self.numbers("d")[0],
        "Z": lambda self: complex(*self.numbers("2d")),
        "I": lambda self: self.numbers("q")[0],
        "U": lambda self: self.numbers("Q")[0],
        "S": text,
        "P": lambda self: self._objects[self.uint32()],
        "H": lambda self: resolve(self.text().split(".")),
        "T": lambda self: tuple(self.values()),
        "M": _mapping,
        "K": lambda self: Keywords(self._mapping()),
        "A": _array,
    }


def map_and_unlink(path: str) -> mmap.mmap:
    """The bytes of a file, which is deleted; changes to the bytes stay in this process."""
    with open(path, "rb") as file:
        data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
    with contextlib.suppress(OSError):  # Windows keeps a mapped file; the folder goes at the end
        os.unlink(path)
    return data


class Objects:
    """Objects that Octave holds by id. Every answer has an id of its own, and Octave says when it drops one."""

    def __init__(self) -> None:
        self._objects: dict[int, Any] = {0: ROOT}
        self._last = 0

    def __getitem__(self, number: int) -> Any:
        return self._objects[number]

    def keep(self, value: Any) -> int:
        """A new id for the object."""
        self._last += 1
        self._objects[self._last] = value
        return self._last

    def drop(self, numbers: Sequence[int]) -> None:
        """Octave has no variable left with these."""
        for number in numbers:
            self._objects.pop(number, None)


class Wire:
    """A value that goes to Octave in a requested form, instead of by MATLAB's rules."""

    def __init__(self, content: Any):
        self.content = content


class Text(Wire):
    """A char vector, from a str."""


class Integer(Wire):
    """An int64, or a uint64 where it does not fit, from an int."""


class Cell(Wire):
    """A 1-by-N cell, from a sequence."""


class Struct(Wire):
    """A scalar struct, from a dict."""


class Vector(Wire):
    """A 1-by-N array, from an array.array or a memoryview of one dimension."""


class Matrix(Wire):
    """An array, from an ndarray of one of MATLAB's types."""


class Packer:
    """Writes values in the wire format; large arrays go to files in a folder."""

    def __init__(self, objects: Objects, folder: str):
        self._objects = objects
        self._folder = folder
        self._files: list[str] = []
        self._n_files = 0

    def remove_files(self) -> None:
        """Delete the files of the last answer that Octave did not fetch."""
        for path in self._files:
            with contextlib.suppress(OSError):
                os.unlink(path)
        self._files.clear()

    def pack(self, value: Any) -> Iterator[Part]:
        """A value by MATLAB's rules: bool, float and complex are converted, all else stays a Python object."""
        if isinstance(value, Wire):
            yield from self._WRITERS[type(value)](self, value.content)
        elif isinstance(value, bool):
            yield struct.pack("<cB", b"L", value)
        elif is_plain(value, float):
            yield struct.pack("<cd", b"D", value)
        elif is_plain(value, complex):
            yield struct.pack("<cdd", b"Z", value.real, value.imag)
        elif value is None:
            yield b"N"
        else:
            yield struct.pack("<cI", b"P", self._objects.keep(value))
            yield pack_text(class_name(type(value)))
            yield pack_text(" ".join(class_name(base) for base in type(value).__mro__[1:]))

    def _text(self, text: str) -> Iterator[Part]:
        yield b"S" + pack_text(text)

    def _integer(self, value: int) -> Iterator[Part]:
        yield struct.pack("<cq", b"I", value) if value < 2**63 else struct.pack("<cQ", b"U", value)

    def _cell(self, values: Sequence[Any]) -> Iterator[Part]:
        yield struct.pack("<cI", b"T", len(values))
        for value in values:
            yield from self.pack(value)

    def _struct(self, fields: dict[str, Any]) -> Iterator[Part]:
        yield struct.pack("<cI", b"M", len(fields))
        for name, value in fields.items():
            yield pack_text(name)
            yield from self.pack(value)

    def _vector(self, elements: array.array[Any] | memoryview) -> Iterator[Part]:
        view = memoryview(elements)

        def fill(target: memoryview) -> None:
            target[:] = view.cast("B")

        code = view.format
        if code in "lLnN":  # C's long and size_t, whose size depends on the machine
            code = ("iq" if code.islower() else "IQ")[view.itemsize == 8]
        yield from self._array(code, False, (1, len(view)), fill)

    def _matrix(self, elements: Any) -> Iterator[Part]:
        import numpy

        def fill(target: memoryview) -> None:
            numpy.copyto(numpy.ndarray(elements.shape, elements.dtype.newbyteorder("="), target, order="F"), elements)

        shape = (1,) * (2 - elements.ndim) + elements.shape
        yield from self._array(matlab_typecode(elements.real.dtype), elements.dtype.kind == "c", shape, fill)

    def _array(
        self, code: str, is_complex: bool, shape: tuple[int, ...], fill: Callable[[memoryview], None]
    ) -> Iterator[Part]:
        """An array; `fill` writes its elements into the memory that it is given."""
        yield struct.pack(f"<cc2B{len(shape)}Q", b"A", code.encode(), is_complex, len(shape), *shape)
        size = size_in_bytes(code, is_complex, shape)
        if size < FILE_FROM:
            data = bytearray(size)
            if size:
                fill(memoryview(data))
            yield b"i" + data
            return
        self._n_files += 1
        path = os.path.join(self._folder, f"answer{self._n_files}")
        self._files.append(path)
        with open(path, "xb+") as file:
            file.truncate(size)
            with mmap.mmap(file.fileno(), size) as mapped, memoryview(mapped) as view:
                fill(view)
        yield b"f" + pack_text(path)

    _WRITERS: dict[type[Wire], Callable[[Packer, Any], Iterator[Part]]] = {
        Text: _text,
        Integer: _integer,
        Cell: _cell,
        Struct: _struct,
        Vector: _vector,
        Matrix: _matrix,
    }


def pack_text(text: str) -> bytes:
    """Text in the wire format; a surrogate that stands for a byte becomes that byte."""
    try:
        data = text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        data = text.encode("utf-8", "replace")
    return struct.pack("<I", len(data)) + data


def size_in_bytes(code: str, is_complex: bool, shape: tuple[int, ...]) -> int:
    """How much memory the elements of an array take."""
    return math.prod(shape) * struct.calcsize(code) * (2 if is_complex else 1)


def is_plain(value: Any, kind: type) -> bool:
    """Whether its class is `kind` or NumPy's subclass of it: numpy.float64 of float, numpy.complex128 of complex."""
    return type(value) is kind or (isinstance(value, kind) and type(value).__module__ == "numpy")


def matlab_typecode(dtype: Any) -> str:
    """Typecode of a dtype; empty if MATLAB has no such real type."""
    return TYPECODES.get(f"{dtype.kind}{dtype.itemsize}", "")
