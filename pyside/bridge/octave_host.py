"""The Python half of MATLAB's ``py.`` for GNU Octave: a process that answers requests on a pair of pipes.

Octave starts this file as a script (``matlab/octave/private/pystart.m``) and talks to it through ``pypack.m`` and
``pyunpack.m`` of the same folder. It needs the standard library alone; NumPy is imported when an array asks for it.

Command line: ``octave_host.py --serve RELEASE FOLDER`` serves, with arrays in the manner of the MATLAB release
``R2024b`` or ``R2025a`` and with files in a new folder inside FOLDER; ``octave_host.py --about`` prints what ``pyenv``
wants to know.

Wire format
===========

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
              | X text many(value)            one of FUNCTIONS by name
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
import atexit
import builtins
import contextlib
import functools
import importlib
import io
import math
import mmap
import os
import select
import shutil
import signal
import struct
import sys
import sysconfig
import tempfile
import threading
import time
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

PROTOCOL = 1
RELEASES = ("R2024b", "R2025a")
FOLDER_PREFIX = "touchtrain-py-"
FRAME_LIMIT = 1 << 20
FILE_FROM = 1 << 20
HELD_OUTPUT_LIMIT = 1 << 20
MERGE_SECONDS = 0.01
SHOWN_CHARACTERS = 10_000

INTEGER_RANGES = {
    f"{u}int{n}": (0 if u else -(2 ** (n - 1)), 2 ** (n if u else n - 1) - 1)
    for u in ("", "u")
    for n in (8, 16, 32, 64)
}
TYPECODES = "dfbBhHiIqQ?"
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


class ProtocolError(Exception):
    """What came in cannot be a request: the two sides are out of step for good."""


class MatlabError(Exception):
    """An error that MATLAB itself would raise, with its identifier."""

    def __init__(self, identifier: str, text: str):
        super().__init__(text)
        self.identifier = identifier


# --- frames ---------------------------------------------------------------------------------------------------------


class Channel:
    """The two pipes to Octave, in frames."""

    def __init__(self, source: int, target: int):
        self.source = source
        self.target = target
        self.lock = threading.RLock()
        self._reader = open(source, "rb", closefd=False)  # noqa: SIM115

    def receive(self) -> tuple[bytes, bytes]:
        """Next frame as (kind, body). Raises EOFError at the end and ProtocolError on anything unknown."""
        kind = self._reader.read(1)
        if not kind:
            raise EOFError
        if kind not in b"QFS":
            raise ProtocolError(f"unknown kind of frame {kind!r}")
        (length,) = struct.unpack("<Q", self._exactly(8))
        if length > FRAME_LIMIT:
            raise ProtocolError(f"a frame of {length} bytes")
        return kind, self._exactly(length)

    def send(self, kind: bytes, *parts: bytes | memoryview) -> None:
        """One frame; it is never mixed with a frame of another thread."""
        views = [memoryview(part).cast("B") for part in parts]
        head = kind + struct.pack("<Q", sum(view.nbytes for view in views))
        with self.lock:
            if sum(view.nbytes for view in views) < 4096:
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


class LiveOutput:
    """Whatever is printed, by Python, by C code or by a process that Python started, shown while the call runs.

    File descriptor 1 becomes a pipe that a thread reads. Between calls the thread keeps what comes; it is shown
    when the next call starts, because Octave does not listen before.
    """

    def __init__(self, channel: Channel):
        self._channel = channel
        self._source, target = os.pipe()
        os.dup2(target, 1)
        os.close(target)
        os.set_blocking(self._source, False)
        self._active = False
        self._held = b""
        self._lost = 0
        sys.stdout = PromptText(
            io.BufferedWriter(io.FileIO(1, "w", closefd=False)),
            encoding="utf-8",
            errors="surrogateescape",
            newline="\n",
        )
        threading.Thread(target=self._watch, daemon=True, name="octave-output").start()

    def begin(self) -> None:
        """A call starts: show what was kept."""
        with self._channel.lock:
            self._active = True
            if self._lost:
                self._held = f"[{self._lost} bytes of earlier output left out]\n".encode() + self._held
            if self._held:
                self._channel.send(b"O", self._held)
            self._held, self._lost = b"", 0

    def end(self, kind: bytes, *parts: bytes | memoryview) -> None:
        """The call is over: show the rest of its output, then send its answer."""
        with contextlib.suppress(Exception):  # user code may have closed or replaced it
            sys.stdout.flush()
        with self._channel.lock:
            while self._forward():
                pass
            self._active = False
            self._channel.send(kind, *parts)

    def _watch(self) -> None:
        with contextlib.suppress(BrokenPipeError):  # Octave is gone, and this process soon
            while True:
                select.select([self._source], [], [])
                with self._channel.lock:
                    self._forward()
                time.sleep(MERGE_SECONDS)  # what is printed meanwhile goes out as one frame

    def _forward(self) -> bool:
        try:
            data = os.read(self._source, 1 << 16)
        except BlockingIOError:
            return False
        if self._active:
            self._channel.send(b"O", data)
        else:
            self._held += data
            surplus = len(self._held) - HELD_OUTPUT_LIMIT
            if surplus > 0:
                self._held, self._lost = self._held[surplus:], self._lost + surplus
        return True


class PromptText(io.TextIOWrapper):
    """A text stream that keeps nothing back: a progress bar has no newline."""

    def write(self, text: str) -> int:
        """Write and flush."""
        count = super().write(text)
        self.flush()
        return count


# --- values from Octave ---------------------------------------------------------------------------------------------


class Keywords(dict[str, Any]):
    """What MATLAB's pyargs gave; only a call may take it."""


class Body:
    """Reads the body of a request from its start to its end.

    It holds the memory of the arrays that came with the request: giving back what is large takes longer than mapping
    it, and is done when the answer is on its way.
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
        """The byte that says what follows."""
        return chr(self.numbers("B")[0])

    def text(self) -> str:
        """UTF-8; other bytes become surrogates, as in names of files."""
        return str(self.bytes(self.uint32()), "utf-8", "surrogateescape")

    def values(self) -> list[Any]:
        """many(value)."""
        return [self.value() for _ in range(self.uint32())]

    def steps(self) -> list[tuple[str, Any]]:
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
        count = math.prod(shape) * struct.calcsize(code) * (2 if is_complex else 1)
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
    """The bytes of a file that is gone afterwards; writing to them changes nobody else's."""
    with open(path, "rb") as file:
        data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
    with contextlib.suppress(OSError):  # Windows keeps a mapped file; the folder goes at the end
        os.unlink(path)
    return data


def real_array(data: memoryview, code: str, shape: tuple[int, ...], release: str) -> Any:
    """An array as the MATLAB release passes it.

    Args:
        data: the elements, in column-major order.
        code: typecode, as in the array module; ``?`` is bool.
        shape: at least two sizes.
        release: ``R2024b``: array.array for a row of numbers, otherwise a read-only memoryview; ``R2025a``: ndarray
            if there is NumPy. A memoryview of a vector has one dimension, so that Python code can iterate over it.
    """
    is_row = len(shape) == 2 and shape[0] == 1
    if release == "R2024b" and is_row and code != "?":
        row = array.array(code)
        row.frombytes(data)
        return row
    if release == "R2024b" or not has_numpy():
        is_vector = len(shape) == 2 and 1 in shape
        return buffer(data, code, (math.prod(shape),) if is_vector else shape).toreadonly()
    return ndarray(data, code, shape[1:] if is_row else shape)


def ndarray(data: memoryview, code: str, shape: tuple[int, ...]) -> Any:
    """A column-major ndarray over the bytes."""
    import numpy

    return numpy.ndarray(shape, code, data if len(data) else None, order="F")


def complex_ndarray(data: memoryview, code: str, shape: tuple[int, ...]) -> Any:
    """complex64 or complex128 over pairs of numbers; only since R2025a, so Octave refuses it before."""
    if not has_numpy():
        raise MatlabError(
            "MATLAB:Python:UnsupportedInputTypeError",
            "Conversion of a complex array to Python needs NumPy in that Python.",
        )
    return ndarray(data, {"f": "F", "d": "D"}[code], shape[1:] if shape[0] == 1 and len(shape) == 2 else shape)


def buffer(data: memoryview, code: str, shape: tuple[int, ...]) -> memoryview:
    """A memoryview of any shape: in place with NumPy, in row-major order without."""
    if len(shape) == 1:
        return data.cast(code) if len(data) else memoryview(b"").cast(code)  # type: ignore[call-overload]
    if has_numpy():
        return memoryview(ndarray(data, code, shape))
    if not len(data):
        raise MatlabError(
            "MATLAB:Python:UnsupportedInputArraySizeError",
            "Conversion of an empty matrix to Python needs NumPy in that Python.",
        )
    elements = array.array("B" if code == "?" else code)
    elements.frombytes(data)
    rows = memoryview(row_major(elements, shape).tobytes())
    return rows.cast(code, shape)  # type: ignore[call-overload]


def row_major(elements: array.array[Any], shape: tuple[int, ...]) -> array.array[Any]:
    """Column-major elements in row-major order."""
    if len(shape) == 1:
        return elements
    rows = array.array(elements.typecode)
    for first in range(shape[0]):
        rows.extend(row_major(elements[first :: shape[0]], shape[1:]))
    return rows


def has_numpy() -> bool:
    """Whether NumPy can be imported; it is, if so."""
    if "numpy" in sys.modules:
        return True
    try:
        import numpy  # noqa: F401
    except ImportError:
        return False
    return True


# --- values to Octave -----------------------------------------------------------------------------------------------


class Objects:
    """Objects that Octave holds by id. Every answer has an id of its own, and Octave says when it drops one."""

    def __init__(self) -> None:
        self._objects: dict[int, Any] = {}
        self._last = 0

    def __getitem__(self, number: int) -> Any:
        if number == 0:
            return ROOT
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

    def pack(self, value: Any) -> Iterator[bytes | memoryview]:
        """A value by MATLAB's rules: bool, float and complex are converted, all else stays a Python object."""
        if isinstance(value, Wire):
            yield from value.pack(self)
        elif isinstance(value, bool):
            yield struct.pack("<cB", b"L", value)
        elif type(value) is float or is_numpy(value, float):
            yield struct.pack("<cd", b"D", value)
        elif type(value) is complex or is_numpy(value, complex):
            yield struct.pack("<cdd", b"Z", value.real, value.imag)
        elif value is None:
            yield b"N"
        else:
            yield struct.pack("<cI", b"P", self._objects.keep(value))
            yield pack_text(class_name(type(value)))
            yield pack_text(" ".join(class_name(base) for base in type(value).__mro__[1:]))

    def file(self, size: int) -> tuple[str, mmap.mmap]:
        """A new file of that many bytes, mapped."""
        self._n_files += 1
        path = os.path.join(self._folder, f"answer{self._n_files}")
        self._files.append(path)
        with open(path, "xb+") as file:
            file.truncate(size)
            return path, mmap.mmap(file.fileno(), size)


class Wire:
    """A value that goes to Octave in a form that was asked for, instead of by MATLAB's rules."""

    def pack(self, packer: Packer) -> Iterator[bytes | memoryview]:
        """Return the parts of the value in the wire format."""
        raise NotImplementedError


class Text(Wire):
    """A char vector."""

    def __init__(self, text: str):
        self._text = text

    def pack(self, packer: Packer) -> Iterator[bytes | memoryview]:
        """Return the parts of the value in the wire format."""
        yield b"S" + pack_text(self._text)


class Integer(Wire):
    """An int64, or a uint64 where it does not fit."""

    def __init__(self, value: int):
        self._value = value

    def pack(self, packer: Packer) -> Iterator[bytes | memoryview]:
        """Return the parts of the value in the wire format."""
        yield struct.pack("<cq", b"I", self._value) if self._value < 2**63 else struct.pack("<cQ", b"U", self._value)


class Cell(Wire):
    """A 1-by-N cell."""

    def __init__(self, values: Sequence[Any]):
        self._values = values

    def pack(self, packer: Packer) -> Iterator[bytes | memoryview]:
        """Return the parts of the value in the wire format."""
        yield struct.pack("<cI", b"T", len(self._values))
        for value in self._values:
            yield from packer.pack(value)


class Struct(Wire):
    """A scalar struct."""

    def __init__(self, fields: dict[str, Any]):
        self._fields = fields

    def pack(self, packer: Packer) -> Iterator[bytes | memoryview]:
        """Return the parts of the value in the wire format."""
        yield struct.pack("<cI", b"M", len(self._fields))
        for name, value in self._fields.items():
            yield pack_text(name)
            yield from packer.pack(value)


class Vector(Wire):
    """A 1-by-N array from an array.array."""

    def __init__(self, elements: array.array[Any]):
        self._elements = elements

    def pack(self, packer: Packer) -> Iterator[bytes | memoryview]:
        """Return the parts of the value in the wire format."""
        yield from pack_elements(
            packer,
            self._elements.typecode,
            False,
            (1, len(self._elements)),
            lambda target: target.__setitem__(slice(None), memoryview(self._elements).cast("B")),
        )


class Matrix(Wire):
    """An array from an ndarray of one of MATLAB's types."""

    def __init__(self, elements: Any):
        self._elements = elements

    def pack(self, packer: Packer) -> Iterator[bytes | memoryview]:
        """Return the parts of the value in the wire format."""
        import numpy

        elements = self._elements
        is_complex = elements.dtype.kind == "c"
        code = matlab_typecode(elements.real.dtype)
        shape = (1,) * (2 - elements.ndim) + elements.shape

        def fill(target: memoryview) -> None:
            numpy.copyto(numpy.ndarray(elements.shape, elements.dtype.newbyteorder("="), target, order="F"), elements)

        yield from pack_elements(packer, code, is_complex, shape, fill)


def pack_elements(
    packer: Packer, code: str, is_complex: bool, shape: tuple[int, ...], fill: Callable[[memoryview], None]
) -> Iterator[bytes | memoryview]:
    """An array in the wire format; `fill` writes its elements into the memory that it is given."""
    yield struct.pack(f"<cc2B{len(shape)}Q", b"A", code.encode(), is_complex, len(shape), *shape)
    size = math.prod(shape) * struct.calcsize(code) * (2 if is_complex else 1)
    if size < FILE_FROM:
        data = bytearray(size)
        if size:
            fill(memoryview(data))
        yield b"i" + data
        return
    path, mapped = packer.file(size)
    with mapped, memoryview(mapped) as view:
        fill(view)
    yield b"f" + pack_text(path)


def pack_text(text: str) -> bytes:
    """Text in the wire format; a surrogate that stands for a byte becomes that byte."""
    try:
        data = text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        data = text.encode("utf-8", "replace")
    return struct.pack("<I", len(data)) + data


def is_numpy(value: Any, kind: type) -> bool:
    """Whether it is numpy.float64 or numpy.complex128, which are floats and complexes too."""
    return isinstance(value, kind) and type(value).__module__ == "numpy"


def class_name(kind: type) -> str:
    """The name of a class as MATLAB shows it behind ``py.``."""
    module = getattr(kind, "__module__", "builtins")
    return kind.__qualname__ if module == "builtins" else f"{module}.{kind.__qualname__}"


# --- names, calls and indices ---------------------------------------------------------------------------------------


class Root:
    """The root of all names, ``py`` itself."""


ROOT = Root()


def run_chain(start: Any, steps: list[tuple[str, Any]]) -> Any:
    """Walk ``.name``, ``(values)`` and ``{values}`` from an object.

    A class or function whose name ends the chain is called without arguments, as MATLAB does.
    """
    value, done = start, 0
    if start is ROOT:
        names = leading_names(steps)
        value, done = resolve(names), len(names)
    for kind, content in steps[done:]:
        value = take_attribute(value, content) if kind == "." else take_item(value, kind, content)
    if steps and steps[-1][0] == "." and is_called_by_name(value):
        return value()
    return value


def assign(start: Any, steps: list[tuple[str, Any]], value: Any) -> None:
    """Walk all steps but the last, which says what becomes `value`."""
    if start is ROOT:
        raise MatlabError("MATLAB:Python:CannotAssign", "A name behind 'py.' cannot be assigned to; use py.setattr.")
    kind, content = steps[-1]
    target = run_chain(start, steps[:-1])
    if kind == ".":
        setattr(target, legal_name(content), value)
    else:
        target[item_key(target, kind, content)] = value


def leading_names(steps: list[tuple[str, Any]]) -> list[str]:
    """The dotted name with which a chain starts."""
    names = []
    for kind, content in steps:
        if kind != ".":
            break
        names.append(content)
    return names


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
    if isinstance(value, type(sys)) and not hasattr(value, name):
        if not hasattr(value, "__path__"):
            raise AttributeError(f"module '{value.__name__}' has no attribute '{name}'")
        return importlib.import_module(f"{value.__name__}.{name}")
    if is_routine(value) and not hasattr(value, name):
        value = value()
    return getattr(value, name)


def take_attribute(value: Any, name: str) -> Any:
    """An attribute of an object; MATLAB's error where there is none."""
    legal_name(name)
    if isinstance(value, type(sys)):
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
    """Whether the class of an object says that there is such an attribute."""
    return any(name in vars(base) for base in type(value).__mro__)


def is_routine(value: Any) -> bool:
    """Whether it is a function or a method, of Python or of C."""
    return isinstance(value, ROUTINES)


def is_called_by_name(value: Any) -> bool:
    """Whether naming it calls it."""
    return isinstance(value, type) or is_routine(value)


def take_item(value: Any, kind: str, arguments: list[Any]) -> Any:
    """What ``value(arguments)`` or ``value{arguments}`` means."""
    if kind == "(" and callable(value):
        return call(value, arguments)
    if kind == "(" and not arguments:
        return value
    key = item_key(value, kind, arguments)
    if kind == "(" and is_sequence(value) and isinstance(key, int):
        return value[slice(key, key + 1)] if -1 < key < len(value) else value[key]
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
    """Integral floats become int where the function says ``int``, as in MATLAB since R2024b."""
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


# --- conversions that a script asks for -----------------------------------------------------------------------------


def to_char(value: Any) -> Wire:
    """MATLAB's ``char``: the text of a str, or what ``__str__`` says."""
    return Text(value if isinstance(value, str) else str(value))


def to_string(value: Any) -> Wire:
    """MATLAB's ``string``: of a list or tuple one text an element, otherwise as `to_char`."""
    if isinstance(value, (list, tuple)):
        return Cell([to_char(element) for element in value])
    return to_char(value)


def to_cell(value: Any) -> Wire:
    """MATLAB's ``cell``: the elements of a sequence, each by the rules for returned values."""
    if not is_sequence(value) or isinstance(value, (str, bytes, bytearray)):
        raise impossible("cell", value, "Make a list of it with py.list." if hasattr(value, "__iter__") else "")
    return Cell(value)


def to_struct(value: Any) -> Wire:
    """MATLAB's ``struct`` of a mapping; here, and only here, a str becomes text by itself."""
    if not is_mapping(value):
        raise impossible("struct", value)
    fields = {}
    for key in value.keys():  # noqa: SIM118  (a mapping need not iterate over its keys)
        if not (isinstance(key, str) and key.isidentifier() and key.isascii() and not key.startswith("_")):
            raise impossible("struct", value, f"The key {key!r} is no valid MATLAB name.")
        fields[key] = Text(value[key]) if isinstance(value[key], str) else value[key]
    return Struct(fields)


def to_number(value: Any, target: str) -> Any:
    """The elements for ``double``, ``uint8`` and so on; Octave rounds and clips them to the target.

    Args:
        value: int, float, bool, bytes, a list or tuple of these, array.array, memoryview, ndarray or NumPy scalar.
        target: name of a MATLAB class.
    """
    if isinstance(value, (bool, int, float, complex)):
        return scalar(value, target)
    if isinstance(value, (bytes, bytearray)) and target == "uint8":
        return Vector(array.array("B", bytes(value)))
    if isinstance(value, (list, tuple)):
        return numbers_of(value, target)
    if isinstance(value, array.array) and value.typecode != "u" and target != "logical":
        return Vector(portable(value))
    if isinstance(value, memoryview):
        return numbers_of_view(value, target)
    if type(value).__module__.split(".")[0] == "numpy" and hasattr(value, "dtype"):
        return numbers_of_ndarray(value, target)
    raise impossible(target, value)


def scalar(value: Any, target: str) -> Any:
    """A number that MATLAB's rules convert by themselves, or an int within the range of the target."""
    if target == "logical":
        return bool(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return Integer(clipped(value, target)) if target in INTEGER_RANGES else float(value)
    return value if isinstance(value, (bool, complex)) else float(value)


def clipped(value: int, target: str) -> int:
    """The nearest number that the integer class holds."""
    low, high = INTEGER_RANGES[target]
    return min(max(value, low), high)


def numbers_of(values: Sequence[Any], target: str) -> Wire:
    """A row from a list or tuple whose elements are all numbers."""
    numbers = []
    for place, value in enumerate(values, 1):
        number = value.item() if type(value).__module__ == "numpy" and hasattr(value, "item") else value
        if not isinstance(number, (bool, int, float, complex)):
            raise MatlabError(
                "MATLAB:Python:ElementConversion",
                f"Conversion of Python element at position {place} to type '{target}' failed. All Python "
                "elements must be convertible as scalar.",
            )
        numbers.append(number)
    if any(isinstance(number, complex) for number in numbers):
        import numpy

        return Matrix(numpy.array(numbers, "D"))
    integers = [clipped(number, target) for number in numbers if isinstance(number, int) and target in INTEGER_RANGES]
    if integers and len(integers) == len(numbers):
        return Vector(array.array("Q" if target == "uint64" else "q", integers))
    return Vector(array.array("d", numbers))


def numbers_of_view(view: memoryview, target: str) -> Wire:
    """An array from a memoryview of any shape."""
    if view.format not in tuple(TYPECODES + "lLnNc") or (target == "logical" and view.format != "?"):
        raise impossible(target, view, f"Its format is '{view.format}'.")
    if not (view.c_contiguous or view.f_contiguous):
        raise ValueError("memoryview is not contiguous")
    if view.ndim == 1 and view.format not in ("?", "c"):
        return Vector(
            portable(array.array("q" if view.format in "nN" else view.format, view.tolist()))
            if view.format in "nN"
            else portable(array_of(view))
        )
    import numpy

    return Matrix(numpy.asarray(view))


def array_of(view: memoryview) -> array.array[Any]:
    """The elements of a memoryview with one dimension."""
    elements = array.array(view.format)
    elements.frombytes(view.cast("B"))
    return elements


def portable(elements: array.array[Any]) -> array.array[Any]:
    """The same elements without C's long, whose size depends on the machine."""
    codes = {"l": "iq"[elements.itemsize == 8], "L": "IQ"[elements.itemsize == 8]}
    if elements.typecode not in codes:
        return elements
    same = array.array(codes[elements.typecode])
    same.frombytes(elements.tobytes())
    return same


def numbers_of_ndarray(elements: Any, target: str) -> Wire:
    """An array from an ndarray, or a scalar of NumPy's."""
    import numpy

    elements = numpy.asarray(elements)
    is_known = elements.dtype.char in "FD" or matlab_typecode(elements.dtype)
    if not is_known or (target == "logical" and elements.dtype.kind != "b"):
        raise impossible(target, elements, f"Its dtype is {elements.dtype}.")
    if not (elements.flags.c_contiguous or elements.flags.f_contiguous):
        raise ValueError("ndarray is not contiguous")
    return Matrix(elements)


def matlab_typecode(dtype: Any) -> str:
    """Typecode of one of MATLAB's real types, by kind and size; empty for any other."""
    names = {
        "f8": "d",
        "f4": "f",
        "b1": "?",
        "i1": "b",
        "u1": "B",
        "i2": "h",
        "u2": "H",
        "i4": "i",
        "u4": "I",
        "i8": "q",
        "u8": "Q",
    }
    return names.get(f"{dtype.kind}{dtype.itemsize}", "")


def impossible(target: str, value: Any, reason: str = "") -> MatlabError:
    """MATLAB's error for a conversion that does not exist."""
    text = f"Conversion to {target} from py.{class_name(type(value))} is not possible. {reason}"
    return MatlabError("MATLAB:invalidConversion", text.strip())


def size_of(value: Any) -> Wire:
    """MATLAB's ``size``: the shape of an array, 1-by-N for what has a length, otherwise 1-by-1."""
    return Vector(array.array("d", matlab_shape(value)))


def matlab_shape(value: Any) -> tuple[int, ...]:
    """Sizes, at least two."""
    shape = getattr(value, "shape", None)
    if isinstance(shape, tuple) and all(isinstance(n, int) for n in shape):
        return (1,) * (2 - len(shape)) + shape
    try:
        return 1, len(value)
    except TypeError:
        return 1, 1


def end_of(value: Any, place: float, count: float) -> float:
    """What ``end`` means as the index number `place` of `count`."""
    shape = matlab_shape(value)
    if int(count) == 1:
        shape = (len(value) if getattr(value, "ndim", 1) else 1,)
    elif int(count) == len(getattr(value, "shape", ())):
        shape = value.shape
    return float(math.prod(shape[int(place) - 1 :]) if place == count else shape[int(place) - 1])


def shown(value: Any) -> Wire:
    """What ``disp`` shows of an object."""
    text = value if isinstance(value, str) else repr(value)
    if len(text) > SHOWN_CHARACTERS:
        text = f"{text[:SHOWN_CHARACTERS]} ... ({len(text)} characters)"
    return Text(text)


def is_equal(*values: Any) -> bool:
    """MATLAB's ``isequal``: Python's ``==``, for arrays of all elements."""
    return all(is_same(values[0], other) for other in values[1:])


def is_same(one: Any, other: Any) -> bool:
    """Whether two values are equal as a whole."""
    is_array = [hasattr(value, "dtype") or isinstance(value, (array.array, memoryview)) for value in (one, other)]
    if any(is_array) and has_numpy():
        import numpy

        return numpy.array_equal(numpy.atleast_1d(one), numpy.atleast_1d(other))
    return bool(one == other)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "char": to_char,
    "string": to_string,
    "cell": to_cell,
    "struct": to_struct,
    "number": to_number,
    "size": size_of,
    "end": end_of,
    "show": shown,
    "isequal": is_equal,
}


# --- the server -----------------------------------------------------------------------------------------------------


class Interrupts:
    """What SIGINT does: inside a ``with`` block it raises KeyboardInterrupt; before, the next block raises it."""

    def __init__(self) -> None:
        self._is_inside = False
        self._is_pending = False
        signal.signal(signal.SIGINT, self._on_signal)

    def __enter__(self) -> None:
        self._is_inside = True
        if self._is_pending:
            self.forget()
            raise KeyboardInterrupt

    def __exit__(self, *error: object) -> None:
        self.forget()

    def forget(self) -> None:
        """No request runs, and no interrupt waits for one."""
        self._is_inside = self._is_pending = False

    def _on_signal(self, number: int, frame: Any) -> None:
        if self._is_inside:
            raise KeyboardInterrupt
        self._is_pending = os.name == "posix"


class Server:
    """Answers requests until the pipe ends."""

    def __init__(self, channel: Channel, release: str, folder: str):
        self._channel = channel
        self._release = release
        self._objects = Objects()
        self._packer = Packer(self._objects, folder)
        self._output = LiveOutput(channel)
        self._interrupts = Interrupts()
        self._steps = {"Q": self._answer, "F": self._answer_file, "S": self._synchronise}

    def run(self) -> None:
        """Answer frame after frame; returns at the end of the pipe."""
        while True:
            try:
                kind, body = self._channel.receive()
                self._steps[kind.decode()](body)
            except (EOFError, BrokenPipeError):
                return
            except KeyboardInterrupt:  # a second one, while the first was dealt with
                self._interrupts.forget()

    def _synchronise(self, token: bytes) -> None:
        self._interrupts.forget()
        self._channel.send(b"S", token)

    def _answer_file(self, body: bytes) -> None:
        count, path = int.from_bytes(body[:8], "little"), os.fsdecode(body[8:])
        try:
            data = memoryview(map_and_unlink(path))
        except FileNotFoundError:  # Octave was interrupted and took it back; a token follows
            return
        except (OSError, ValueError) as error:
            raise ProtocolError(f"a request in a file that cannot be read: {error}") from error
        self._answer(data[len(data) - count :])

    def _answer(self, body: bytes | memoryview) -> None:
        """Run one request and send its answer, or its error."""
        self._packer.remove_files()
        content = Body(body, self._release, self._objects)
        sequence = content.uint32()
        self._output.begin()
        try:
            with self._interrupts:
                kind, parts = b"A", list(self._packer.pack(self._execute(content)))
        except ProtocolError:
            raise
        except MatlabError as error:
            kind, parts = b"E", [pack_text(error.identifier), pack_text(str(error))]
        except BaseException as error:  # SystemExit too: a call must not end the process
            remember(error)
            kind, parts = b"E", [pack_text("MATLAB:Python:PyException"), pack_text(python_error(error))]
        self._output.end(kind, struct.pack("<I", sequence), *parts)

    def _execute(self, content: Body) -> Any:
        folder = content.text()
        self._objects.drop(content.numbers(f"{content.uint32()}I"))
        if folder:
            with contextlib.suppress(OSError):  # a folder that is gone is no reason to refuse a call
                os.chdir(folder)
        operation = content.letter()
        if operation == "C":
            return run_chain(content.value(), content.steps())
        if operation == "=":
            return assign(content.value(), content.steps(), content.value())
        if operation == "X":
            return FUNCTIONS[content.text()](*content.values())
        raise ProtocolError(f"unknown operation {operation!r}")


def python_error(error: BaseException) -> str:
    """MATLAB's text for a Python exception."""
    text = str(error)
    return f"Python Error: {type(error).__name__}" + (f": {text}" if text else "")


def remember(error: BaseException) -> None:
    """Keep the last error where Python's own prompt keeps it: ``py.traceback.print_last()`` shows it."""
    sys.last_type, sys.last_value, sys.last_traceback = type(error), error, error.__traceback__
    if os.environ.get("TOUCHTRAIN_TRACEBACK"):
        import traceback

        traceback.print_exception(type(error), error, error.__traceback__, file=sys.stderr)


def watch_parent(source: int, give_up: Callable[[], None]) -> None:
    """Thread: when Octave is gone while a call runs, interrupt the call, and end a little later in any case."""
    parent = os.getppid()
    poll = select.poll()
    poll.register(source, 0)  # a hang-up is reported without being asked for
    while os.getppid() == parent and not any(event & (select.POLLHUP | select.POLLERR) for _, event in poll.poll(1000)):
        pass
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(2)
    give_up()


def remove_stale_folders(base: str) -> None:
    """Remove the folders of processes that were killed before they could."""
    for entry in os.scandir(base):
        number = entry.name[len(FOLDER_PREFIX) :].split("-")[0]
        if not entry.name.startswith(FOLDER_PREFIX) or not number.isdigit() or is_running(int(number)):
            continue
        with contextlib.suppress(OSError):
            if entry.stat(follow_symlinks=False).st_uid == os.getuid():
                shutil.rmtree(entry.path, ignore_errors=True)


def is_running(number: int) -> bool:
    """Whether there is a process of that number."""
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass
    return True


def about() -> list[str]:
    """Protocol, Python version, executable, library and home of this Python, for pyenv."""
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    library = os.path.join(sysconfig.get_config_var("LIBDIR") or "", sysconfig.get_config_var("INSTSONAME") or "")
    return [str(PROTOCOL), version, sys.executable, library, sys.prefix]


def take_over_pipes() -> Channel:
    """Move the pipes away from file descriptors 0 and 1, which belong to user code."""
    source, target = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    return Channel(source, target)


def prepare_process() -> None:
    """Make the process look like a Python of its own, and deaf to what is meant for Octave."""
    os.environ["TOUCHTRAIN_HOST"] = "octave"
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry) != here]
    sys.path.insert(0, "")
    sys.argv = [""]
    if os.name == "posix":
        with contextlib.suppress(OSError):
            os.setpgid(0, 0)  # Ctrl-C in the terminal is for Octave, which passes it on
        signal.pthread_sigmask(signal.SIG_UNBLOCK, signal.valid_signals())


def serve(release: str, base: str) -> int:
    """Serve until Octave ends; returns the exit code."""
    prepare_process()
    if os.name == "posix":
        remove_stale_folders(base)
    folder = tempfile.mkdtemp(prefix=f"{FOLDER_PREFIX}{os.getpid()}-", dir=base)
    channel = take_over_pipes()

    def give_up() -> None:
        shutil.rmtree(folder, ignore_errors=True)
        os._exit(0)

    server = Server(channel, release, folder)
    if hasattr(select, "poll"):
        threading.Thread(target=watch_parent, args=(channel.source, give_up), daemon=True).start()
    code = 0
    try:
        channel.send(b"H", "\n".join([*about(), folder]).encode("utf-8", "surrogateescape"))
        server.run()
    except BrokenPipeError:
        pass
    except ProtocolError as error:
        print(f"octave_host: {error}; this process ends", file=sys.stderr)
        code = 2
    shutil.rmtree(folder, ignore_errors=True)
    threading.Timer(5, os._exit, [code]).start()
    atexit._run_exitfuncs()
    os._exit(code)  # threads of user code must not keep the process


def main(arguments: list[str]) -> int:
    """The command line; returns the exit code."""
    if arguments == ["--about"]:
        print("\n".join(about()))
        return 0
    if len(arguments) == 3 and arguments[0] == "--serve" and arguments[1] in RELEASES:
        return serve(arguments[1], arguments[2])
    print(f"usage: octave_host.py --about | --serve {'|'.join(RELEASES)} FOLDER", file=sys.stderr)
    return 1


if __name__ == "__main__":
    if sys.version_info < (3, 10):  # noqa: UP036  (a person may have named an older one)
        sys.exit(f"Python 3.10 or newer is needed; {sys.executable} is {sys.version.split()[0]}")
    sys.exit(main(sys.argv[1:]))
