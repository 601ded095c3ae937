"""What goes over the pipes is what comes out at their other end."""

from __future__ import annotations

import array
import collections
import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pyside.bridge.octave import octave_wire
from pyside.bridge.octave.octave_wire import (
    FILE_FROM,
    Body,
    Cell,
    Channel,
    Integer,
    Keywords,
    Matrix,
    Objects,
    Packer,
    ProtocolError,
    Struct,
    Text,
    Vector,
    pack_text,
    size_in_bytes,
)


@pytest.fixture
def objects() -> Objects:
    return Objects()


@pytest.fixture
def packer(objects: Objects, tmp_path: Path) -> Packer:
    return Packer(objects, str(tmp_path))


def packed(packer: Packer, value: Any) -> bytes:
    return b"".join(bytes(part) for part in packer.pack(value))


def there_and_back(packer: Packer, objects: Objects, value: Any) -> Any:
    body = Body(packed(packer, value), "R2025a", objects)
    found = body.value()
    assert body._position == len(body._data)
    return found


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (True, True),
        (1.5, 1.5),
        (np.float64(2.5), 2.5),
        (1 - 2j, 1 - 2j),
        (Text("März 触"), "März 触"),
        (Text("ma\udcdfe"), "ma\udcdfe"),
        (Integer(-(2**63)), -(2**63)),
        (Integer(2**64 - 1), 2**64 - 1),
        (Cell([1.0, Text("a"), Cell([])]), (1.0, "a", ())),
        (Struct({"a": None, "b": Struct({"c": True})}), {"a": None, "b": {"c": True}}),
    ],
)
def test_values_come_back(value: Any, expected: Any, packer: Packer, objects: Objects) -> None:
    found = there_and_back(packer, objects, value)
    assert found == expected and type(found) is type(expected)


@pytest.mark.parametrize("dtype", "f8 f4 b1 i1 u1 i2 u2 i4 u4 i8 u8 c8 c16".split())
@pytest.mark.parametrize("shape", [(0, 0), (2, 3), (2, 3, 4), (3,), ()])
def test_arrays_come_back_in_any_type_and_order(
    dtype: str, shape: tuple[int, ...], packer: Packer, objects: Objects
) -> None:
    elements = np.random.default_rng(0).integers(0, 2, shape).astype(dtype)
    for one in (elements, np.asfortranarray(elements), elements.astype(elements.dtype.newbyteorder(">"))):
        found = there_and_back(packer, objects, Matrix(one))
        assert found.dtype == elements.dtype and np.array_equal(found, np.atleast_1d(elements))


@pytest.mark.parametrize("code", "bBhHiIlLqQfd")
def test_vectors_of_the_standard_library_come_back(code: str, packer: Packer, objects: Objects) -> None:
    for elements in (array.array(code, [1, 2, 3]), memoryview(array.array(code, [1, 2, 3]))):
        found = there_and_back(packer, objects, Vector(elements))
        assert found.tolist() == [1, 2, 3] and found.dtype.itemsize == memoryview(elements).itemsize


def test_a_large_array_travels_in_a_file_that_is_gone_when_it_is_read(
    packer: Packer, objects: Objects, tmp_path: Path
) -> None:
    elements = np.arange(FILE_FROM // 8 + 1.0).reshape(1, -1)
    data = packed(packer, Matrix(elements))
    (file,) = tmp_path.iterdir()
    assert len(data) < 1000 and file.stat().st_size == elements.nbytes
    assert np.array_equal(Body(data, "R2025a", objects).value(), elements[0])
    assert not list(tmp_path.iterdir())


def test_files_that_nobody_fetched_are_removed(packer: Packer, tmp_path: Path) -> None:
    packed(packer, Matrix(np.zeros(FILE_FROM)))
    packer.remove_files()
    packer.remove_files()
    assert not list(tmp_path.iterdir())


def test_other_objects_stay_here_and_go_by_their_number(packer: Packer, objects: Objects) -> None:
    value = collections.OrderedDict(a=1)
    data = packed(packer, value)
    assert data[:1] == b"P" and data.endswith(pack_text("dict object"))
    assert pack_text("collections.OrderedDict") in data
    (number,) = struct.unpack("<I", data[1:5])
    assert objects[number] is value
    objects.drop([number, number])
    with pytest.raises(KeyError):
        objects[number]
    assert objects.keep(value) == number + 1  # a number is never used again


def test_keywords_and_functions_are_read(objects: Objects) -> None:
    fields = struct.pack("<I", 1) + pack_text("a") + b"L\1"
    found = Body(b"K" + fields, "R2025a", objects).value()
    assert isinstance(found, Keywords) and found == {"a": True}
    assert Body(b"H" + pack_text("os.path.join"), "R2025a", objects).value() is os.path.join


@pytest.mark.parametrize(
    "data", [b"", b"?", b"D\0", b"S\5\0\0\0abc", b"T\1\0\0\0", b"Ad\0\2" + struct.pack("<2Q", 3, 3) + b"i123"]
)
def test_what_cannot_be_a_value_is_a_protocol_error(data: bytes, objects: Objects) -> None:
    with pytest.raises(ProtocolError):
        Body(data, "R2025a", objects).value()


def test_steps_are_names_and_lists_of_values(objects: Objects) -> None:
    one = struct.pack("<I", 1) + b"N"
    body = Body(struct.pack("<I", 3) + b"." + pack_text("a") + b"(" + one + b"{" + one, "R2025a", objects)
    assert body.steps() == [(".", "a"), ("(", [None]), ("{", [None])]
    with pytest.raises(ProtocolError, match="step"):
        Body(struct.pack("<I", 1) + b"!", "R2025a", objects).steps()


def test_a_surrogate_that_stands_for_no_byte_does_not_stop_an_answer() -> None:
    assert pack_text("a\ud800") == struct.pack("<I", 2) + b"a?"


@pytest.mark.parametrize(("code", "size"), [("d", 8), ("f", 4), ("?", 1), ("Q", 8)])
def test_the_size_of_an_array_is_known_before_it_is_read(code: str, size: int) -> None:
    assert size_in_bytes(code, False, (2, 3)) == 6 * size == size_in_bytes(code, True, (1, 3))
    assert size_in_bytes(code, False, (2**40, 2**40)) == 2**80 * size


# --- frames --------------------------------------------------------------------------------------------------------


@pytest.fixture
def pipes() -> Iterator[tuple[Channel, int, int]]:
    """A channel, where it reads what is written to the second, and writes what is read from the third."""
    source, to_it = os.pipe()
    from_it, target = os.pipe()
    yield Channel(source, target), to_it, from_it
    for one in (source, from_it, target):
        os.close(one)


def test_a_frame_is_its_kind_its_length_and_its_body(pipes: tuple[Channel, int, int]) -> None:
    channel, to_it, from_it = pipes
    channel.send(b"A", b"ab", memoryview(array.array("h", [1])))
    data = os.read(from_it, 100)
    assert data == b"A" + struct.pack("<Q", 4) + b"ab" + struct.pack("=h", 1)
    os.write(to_it, b"Q" + data[1:] + b"S" + struct.pack("<Q", 0))
    assert channel.receive() == (b"Q", data[9:]) and channel.receive() == (b"S", b"")
    os.write(to_it, b"Q\1")
    os.close(to_it)
    for _ in range(2):
        with pytest.raises(EOFError):
            channel.receive()


@pytest.mark.parametrize("head", [b"X", b"Q" + struct.pack("<Q", octave_wire.FRAME_LIMIT + 1)])
def test_a_frame_that_no_octave_sends_is_a_protocol_error(head: bytes, pipes: tuple[Channel, int, int]) -> None:
    channel, to_it, _ = pipes
    os.write(to_it, head)
    os.close(to_it)
    with pytest.raises(ProtocolError):
        channel.receive()
