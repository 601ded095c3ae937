"""Reads MATLAB's .mat files, from version 4 to 7.3, as plain Python values."""

from __future__ import annotations

import atexit
import contextlib
import dataclasses
import functools
import importlib.util
import math
import os
import pickle
import re
import signal
import struct
import subprocess
import sys
import threading
import warnings
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from pyside.data.formats import hdf5_files
from pyside.data.formats.array_files import half_of_memory, program
from pyside.errors import BadLabels
from pyside.system.paths import check_readable, is_file, no_file

_MOST_DENSE = 1 << 24  # elements of a sparse matrix that is made dense
_MOST_DEEP = 50  # levels of nested cells and structs
_VALUE_BYTES = 32  # counted for each value in addition to its data
_ITEM_BYTES = 32  # bytes of a file of version 7.3 per value in it, at least
_FEWEST_ITEMS = 2_000
_MEMORY, _MEMORY_EXPANSION = 2 << 30, 16  # limit of the reader's memory: bytes, plus a multiple of a file's contents
_HEAD, _COMPRESSED, _PIECE = 128, 15, 1 << 20  # of a file of version 7: bytes of its head, data type, bytes to unpack
_HEAD_OF_TEXT = 4096
_GZIP, _HDF5 = b"\x1f\x8b", b"\x89HDF\r\n\x1a\n"
_OCTAVE_TEXT = re.compile(rb"(?:[#%][^\n]*\n)*?[#%] name: [^\n]*\n[#%] type: |# Created by Octave")
_NUMBERS = re.compile(rb"\s*[-+.\d][-+.\deE,;\sNaIinf]*")
_MATLAB_NAMES = {"MatlabFunction": "function_handle"}
_LIBRARY_CLASSES = (
    "calendarDuration categorical containers.Map datetime dictionary duration string table timetable".split()
)


@dataclasses.dataclass(frozen=True)
class Unreadable:
    """Stands for a value that cannot be read, so that the rest of its file can be used.

    Attributes:
        class_name: MATLAB's name of its class, such as ``function_handle``.
    """

    class_name: str


@dataclasses.dataclass(frozen=True)
class Object:
    """An object of a user's own class.

    Attributes:
        class_name: MATLAB's name of its class.
        properties: values by name; MATLAB does not save transient and dependent properties.
    """

    class_name: str
    properties: dict[str, Any]


class Map(dict[str, Any]):
    """MATLAB's containers.Map, with its keys as texts."""


@dataclasses.dataclass(frozen=True)
class Table:
    """A MATLAB table or timetable, or the rows of a CSV file.

    Attributes:
        columns: by name; each is an array (n,) of numbers, logicals or times, or a list of n texts or other values. A
            variable of several columns becomes several: ``x_1``, ``x_2``. Row names are in the column ``Row``, the
            times of a timetable in a column of their own name.
        lines: line of each row in a CSV file, (n,), counted from 1; empty for a MATLAB table.
        remarks: messages about how the columns of a CSV file were found.
    """

    columns: dict[str, Any]
    lines: Sequence[int] = ()
    remarks: Sequence[str] = ()

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()), ()))


def read_mat(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Read all variables of a .mat file.

    MATLAB values become:

    - numeric and logical arrays: ndarray of MATLAB's size (two axes or more) and type, bool for logical; sparse arrays
      become dense; datetime and duration: datetime64 and timedelta64;
    - char row: str, even if empty; char matrix: list of str, one per row, without the padding blanks;
    - string: str if it is a scalar, otherwise list of str; categorical: list of str; missing and undefined items are
      ``"<missing>"`` and ``"<undefined>"``;
    - cell: list; struct: dict; struct array: list of dict; with several axes: in column-major order;
    - containers.Map: `Map`; an enumeration: list of the names of its values;
    - table and timetable: `Table`; an object of a user's class: `Object`, an array of them: list of `Object`;
    - anything else, such as a function handle: `Unreadable`.

    Args:
        path: the file.

    Returns:
        Values by name of variable, in the order of the file (alphabetical in version 7.3).

    Raises:
        PathMissing: the file does not exist.
        BadLabels: it is not a .mat file of MATLAB, but one of Octave's own, for example; it is damaged or cut short, a
            part of it lies in another file, or it declares more data than a file of its size could hold.
    """
    path = Path(path)
    if not is_file(path):
        raise no_file(path)
    check_readable(path)
    values = _ask_reader(path.absolute())
    if isinstance(values, str):
        raise BadLabels(values)
    if not values:
        raise BadLabels(
            f"{path} is not a .mat file, or it is empty, damaged or cut short, or too large for the memory."
        )
    return values


# --- the reader ----------------------------------------------------------------------------------------------------
# A damaged file can crash the process that reads it, or fill its memory: mat-io, SciPy and HDF5 trust what a file
# declares. So files are read in a separate process, which is started once and used for all files.

_SECONDS = 120  # after which the reader counts as hanging
_reader: subprocess.Popen[bytes] | None = None
_lock = threading.Lock()


def _ask_reader(path: Path) -> dict[str, Any] | str | None:
    """Return the variables of a file; if it cannot be read, the reason, or None if that is unknown."""
    global _reader
    with _lock:
        if _reader is None or _reader.poll() is not None:
            _stop_reader()
            _reader = _start_reader()
        assert _reader.stdin and _reader.stdout
        too_long = threading.Timer(_SECONDS, _reader.kill)
        too_long.start()
        try:
            pickle.dump(path, _reader.stdin)
            _reader.stdin.flush()
            return pickle.load(_reader.stdout)
        except (EOFError, OSError, pickle.UnpicklingError):  # it has ended
            _stop_reader()
            return None
        except BaseException:  # such as Ctrl-C: this answer would be taken for the answer to the next request
            _stop_reader()
            raise
        finally:
            too_long.cancel()


def _start_reader() -> subprocess.Popen[bytes]:
    if importlib.util.find_spec("matio") is None:
        raise ModuleNotFoundError(".mat files are read by the package mat-io, which is not installed.")
    code = program("from pyside.data.formats import mat_files; mat_files._answer()")
    return subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )


@atexit.register
def _stop_reader() -> None:
    global _reader
    if _reader is not None:
        _reader.kill()
        with contextlib.suppress(OSError):
            _reader.communicate()
        _reader = None


def _answer() -> None:
    """Answer requests for files until the asking process ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _limit_memory()
    while True:
        try:
            path = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        try:
            answer = pickle.dumps(_read(path), protocol=pickle.HIGHEST_PROTOCOL)
        except Exception as error:  # a damaged file makes the libraries raise almost anything
            answer = pickle.dumps(_reason(error))
        sys.stdout.buffer.write(answer)
        sys.stdout.buffer.flush()


def _reason(error: BaseException | None) -> str | None:
    """Return the text of our own error, even if a library has wrapped it; None for any other error."""
    while error is not None and not isinstance(error, BadLabels):
        error = error.__cause__ or error.__context__
    return error.text if isinstance(error, BadLabels) else None


def _limit_memory(more: int = 0) -> None:
    """Limit this process to half of the machine's memory, if the system supports it.

    Args:
        more: bytes that it may use from now on; 0 for no further limit.
    """
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        half = half_of_memory()
        if more:
            now = int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
            resource.setrlimit(resource.RLIMIT_AS, (min(half, now + more), half))
        else:
            resource.setrlimit(resource.RLIMIT_AS, (half, half))


class _Room:
    """How much more a file may hold, by its size: it may declare many times what it contains.

    Args:
        path: the file.
    """

    def __init__(self, path: Path):
        size = path.stat().st_size
        self.path, self.bytes, self.items = path, hdf5_files.room(size), _FEWEST_ITEMS + size // _ITEM_BYTES
        self.depth = 0

    def take(self, size: int) -> None:
        """Count a value of so many bytes."""
        self.bytes -= int(size) + _VALUE_BYTES
        if self.bytes < 0:
            raise BadLabels(
                f"{self.path} declares more data than a file of its size could hold. Save only the labels to a file."
            )

    def take_item(self) -> None:
        """Count an item that an HDF5 file stores separately; a cell may refer to one item many times."""
        self.items -= 1
        if self.items < 0:
            raise BadLabels(f"{self.path} refers to the same values too often. Save only the labels to a file.")

    @contextlib.contextmanager
    def deeper(self) -> Iterator[None]:
        """Count the levels of nested values."""
        self.depth += 1
        if self.depth > _MOST_DEEP:
            raise BadLabels(f"{self.path} holds cells or structs that are nested more than {_MOST_DEEP} levels deep.")
        try:
            yield
        finally:
            self.depth -= 1


_room: _Room | None = None  # of the file that this process reads


def _read(path: Path) -> dict[str, Any]:
    global _room
    import matio
    from matio.utils.matheaders import MAT_FILE_VERSIONS, read_mat_header

    _room = _Room(path)
    _limit_memory(_MEMORY + _MEMORY_EXPANSION * _room.bytes)
    _check_format(path)
    _, version, byte_order = read_mat_header(path)
    if version == MAT_FILE_VERSIONS.V5:
        _check_compressed(path, byte_order, _room)
    _count_hdf5(path, _room)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        values = matio.load_from_mat(path)
    _room = _Room(path)
    return {name: _plain(value) for name, value in values.items() if name != "__globals__"}


def _check_format(path: Path) -> None:
    """Check that a file is not of another format that is also called .mat, of which the cure is known."""
    with path.open("rb") as file:
        head = file.read(_HEAD_OF_TEXT)
    if head.startswith(_GZIP):  # as Octave's save -zip
        with contextlib.suppress(zlib.error):
            head = zlib.decompressobj(wbits=31).decompress(head, _HEAD_OF_TEXT)
    of_octave = head.startswith(b"Octave-1-") or _OCTAVE_TEXT.match(head) is not None
    if head.startswith(_HDF5):  # MATLAB's begin with a block of its own
        import h5py

        with h5py.File(path, "r") as stored:
            own = [name for name in stored if isinstance(stored.get(name, getlink=True), h5py.HardLink)]
            of_octave = any("OCTAVE_NEW_FORMAT" in stored[name].attrs for name in own)
        if not of_octave:
            raise BadLabels(
                f"{path} is an HDF5 file, but MATLAB did not save it. Save its variables in MATLAB, with "
                "save('-v7.3', ...); or name it .h5, if it holds arrays of frames and labels for convert_numpy."
            )
    if of_octave:
        name = path.name
        raise BadLabels(
            f"{path} is in a format of Octave's own. Save it in the format of MATLAB, in Octave: "
            f"s = load('{name}'); save('-v7', '{name}', '-struct', 's')."
        )
    if _NUMBERS.fullmatch(head[: head.rfind(b"\n") + 1] or head):
        raise BadLabels(
            f"{path} holds numbers as text, as save('-ascii', ...) writes them. Name it .txt, or save it without that."
        )


def _check_compressed(path: Path, byte_order: str, room: _Room) -> None:
    """Unpack the variables of a file of version 7 without keeping them, to count their bytes."""
    with path.open("rb") as file:
        file.seek(_HEAD)
        while len(tag := file.read(8)) == 8:
            kind, size = struct.unpack(f"{byte_order}2I", tag)
            end = file.tell() + size
            unpacking, left = zlib.decompressobj(), size if kind == _COMPRESSED else 0
            while left > 0 and (packed := file.read(min(left, _PIECE))):
                left -= len(packed)
                while packed:
                    room.bytes -= len(unpacking.decompress(packed, _PIECE))
                    room.take(0)
                    packed = unpacking.unconsumed_tail
            file.seek(end)


def _count_hdf5(path: Path, room: _Room) -> None:
    """Make mat-io count what it reads from a file of version 7.3, and check that it lies in this file."""
    import h5py
    from matio.v7 import matreader7

    class Counting(_own_reader()):  # type: ignore[misc]
        def __init__(self, file: Any, subsystem: Any = None):
            hdf5_files.check_item(file, path, BadLabels)
            super().__init__(file, subsystem)

        def read_struct(self, item: Any, is_empty: Any = 0) -> Any:
            hdf5_files.check_item(item, path, BadLabels)
            names = item.attrs.get("MATLAB_fields")
            if isinstance(names, h5py.Reference):  # a long list of names is stored as a dataset
                hdf5_files.check_item(self.h5stream[names], path, BadLabels)
                room.take(self.h5stream[names].nbytes)
            return super().read_struct(item, is_empty)

        def read_h5_data(self, item: Any) -> Any:
            hdf5_files.check_item(item, path, BadLabels)
            hdf5_files.check_whole(item, path, BadLabels, all_written=False)
            room.take_item()
            room.take(_claimed(item))
            with room.deeper():
                return super().read_h5_data(item)

    matreader7.MatRead7 = Counting


@functools.cache
def _own_reader() -> Any:
    """Return mat-io's own reader, before `_count_hdf5` replaces it."""
    from matio.v7.matreader7 import MatRead7

    return MatRead7


def _claimed(item: Any) -> int:
    """Return how many bytes an item of an HDF5 file takes in memory, as the file declares it."""
    if hasattr(item, "shape"):
        if "MATLAB_empty" in item.attrs and item.size <= _MOST_DEEP:
            return 8 * math.prod(int(side) for side in np.ravel(item[()]))
        return int(item.size or 0) * int(item.dtype.itemsize)
    parts = ("data", "ir", "jc") if "MATLAB_sparse" in item.attrs else ()
    return sum(_claimed(item[name]) for name in parts if name in item)


def _plain(value: Any) -> Any:
    """Convert a value from mat-io to its plain form."""
    room = _room or _Room(Path(__file__))
    room.take(value.nbytes if isinstance(value, np.ndarray) else 0)
    with room.deeper():
        return _plain_form(value, room)


def _plain_form(value: Any, room: _Room) -> Any:
    kind = type(value).__name__
    if hasattr(value, "toarray"):
        size = math.prod(map(int, value.shape))
        return value.toarray() if size <= _MOST_DENSE and size * 8 <= room.bytes else Unreadable("sparse")
    if kind == "EmptyMatStruct":
        room.take(value.size * _VALUE_BYTES)
        return {} if value.size == 1 else [{} for _ in range(value.size)]
    if kind == "MatlabCanonicalEmpty":
        return np.empty((0, 0))
    if kind in _OBJECTS:
        return _OBJECTS[kind](value)
    if type(value) is not np.ndarray:
        return Unreadable(getattr(value, "classname", None) or _MATLAB_NAMES.get(kind, kind))
    if value.dtype.kind in "UT":
        return _texts(value)
    if value.dtype.names:
        records = value.ravel(order="F")
        structs = [{name: _plain(record[name]) for name in value.dtype.names} for record in records]
        return structs[0] if len(structs) == 1 else structs
    if value.dtype.kind == "O":
        return [_plain(item) for item in value.ravel(order="F")]
    return value.astype(value.dtype.newbyteorder("="), copy=False)


def _categories(value: Any) -> list[str]:
    """Return the texts of a categorical array, which mat-io reads as one of pandas."""
    names = np.array([*map(str, value.categories), "<undefined>"])
    texts: list[str] = names[np.ravel(value.codes, order="F")].tolist()
    return texts


def _object(value: Any) -> Object | Unreadable:
    class_name = str(value.classname)
    if class_name in _LIBRARY_CLASSES or not isinstance(value.properties, dict):  # mat-io did not understand it
        return Unreadable(class_name)
    return Object(class_name, {str(name): _plain(item) for name, item in value.properties.items()})


def _objects(value: Any) -> Any:
    return [_object(item) for item in value.ravel(order="F")]


def _old_object(value: Any) -> Any:
    """Return an object of an old class (without classdef), whose properties mat-io reads as a struct."""
    class_name = str(value.classname)
    if not value.dtype.names:
        return Unreadable(class_name)
    structs = _plain(value.view(np.ndarray))
    found = [Object(class_name, struct) for struct in (structs if isinstance(structs, list) else [structs])]
    return found[0] if len(found) == 1 else found


def _enumeration(value: Any) -> list[str] | Unreadable:
    items = value.ravel(order="F").tolist()
    members = [type(item).__members__ for item in items[:1]]
    if any(len(names) > len({id(member) for member in names.values()}) for names in members):
        return Unreadable(str(value.classname))  # members with equal values cannot be told apart
    return [item.name for item in items]


def _map(value: Any) -> Map:
    return Map((str(name), _plain(item)) for name, item in value.items())


def _table(value: Any) -> Table:
    columns = {}
    if value.index.name is not None or value.index.dtype.kind not in "iu":
        columns[str(value.index.name or "Row")] = _column(value.index)
    columns.update({str(name): _column(value[name]) for name in value.columns})
    return Table(columns)


def _column(column: Any) -> Any:
    values = column.array
    if type(values).__name__ == "Categorical":
        return _categories(values)
    if column.dtype.kind in "biufcmM":
        return np.array(column)
    items = [
        _plain(item) if isinstance(item, np.ndarray) or type(item).__name__ in _OBJECTS else item for item in values
    ]
    return [item if isinstance(item, str) else "<missing>" for item in items] if _are_texts(items) else items


def _are_texts(items: list[Any]) -> bool:
    """Return whether all items are texts, or missing texts (NaN)."""
    return all(isinstance(item, str) or (isinstance(item, float) and item != item) for item in items)


_OBJECTS = {
    "Categorical": _categories,
    "DataFrame": _table,
    "MatlabContainerMap": _map,
    "MatlabEnumerationArray": _enumeration,
    "MatlabObject": _old_object,
    "MatlabOpaque": _object,
    "MatlabOpaqueArray": _objects,
}


def _texts(value: np.ndarray[Any, Any]) -> str | list[str]:
    is_char = value.dtype.kind == "U"
    if is_char and not np.any(value != ""):
        return ""
    texts = [text if isinstance(text, str) else "<missing>" for text in value.ravel(order="F").tolist()]
    if len(texts) == 1:
        return texts[0]
    return [text.rstrip(" ") for text in texts] if is_char else texts
