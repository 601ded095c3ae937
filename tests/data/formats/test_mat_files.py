"""MATLAB's .mat files become plain Python values, and damaged ones an error."""

from __future__ import annotations

import enum
import os
import random
import shutil
import struct
import subprocess
import zlib
from pathlib import Path
from typing import Any

import h5py
import matio
import numpy as np
import pytest
from matio.utils import matclass
from scipy.io import savemat
from scipy.sparse import csc_array

from pyside.data.formats import mat_files
from pyside.data.formats.mat_files import Map, Object, Table, Unreadable, read_mat
from pyside.errors import BadLabels, PathMissing
from tests.conftest import raises_with

FORMS = ("v4", "v6", "v7", "v7.3")
OCTAVE = """
row = [0 1 NaN 1]; column = logical([0; 1; 1]); small = uint8([0 1; 2 3]); big = [int64(2)^53 + 1, -5];
one = single(0.5); cube = reshape(1:24, 2, 3, 4); turned = [1+2i 3]; thin = sparse([0 1 0; 2 0 0]);
word = 'Touch'; umlaut = 'grün'; rows = ['ab '; 'cde'];
cells = {[0 1 1], 'text', {}; logical([1 0]), {2, 'x'}, int8(5)};
record = struct('trial', 3, 'name', 'first'); records = struct('trial', {1, 2, 3});
no_numbers = []; no_columns = zeros(0, 3); no_flags = true(0, 1); no_text = ''; no_cells = {}; no_records = struct([]);
save('-v7', 'v7.mat'); save('-v6', 'v6.mat');
save('-v4', 'v4.mat', 'row', 'turned', 'thin', 'word', 'rows', 'no_numbers', 'no_text');
"""
RECORDS = [{"trial": [[1.0]]}, {"trial": [[2.0]]}, {"trial": [[3.0]]}]


def plain(value: Any) -> Any:
    """Return a value with its arrays as lists, so that values can be compared."""
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, Table):
        return plain(value.columns)
    if isinstance(value, Object):
        return value.class_name, plain(value.properties)
    return {name: plain(item) for name, item in value.items()} if isinstance(value, dict) else value


def cell(*items: Any) -> np.ndarray:
    """Return a row cell array as SciPy and mat-io write one."""
    made = np.empty((1, len(items)), object)
    made[0, :] = items
    return made


def write(path: Path, form: str) -> Path:
    """Write a .mat file of one of four forms and return its path."""
    vector = np.array([[0.0, 1, 1, 0, np.nan]])
    values = {"vector": vector, "text": "Touch"}
    if form != "v4":
        labels = cell(vector, np.array([[True], [False]]), np.zeros((0, 0)), "text")
        values |= {"labels": labels, "trial": {"number": np.uint8(3), "inds": cell(np.array([[2, 3]], np.uint16))}}
    if form == "v7.3":
        matio.save_to_mat(path, values, version="v7.3")
    else:
        savemat(path, values, format="4" if form == "v4" else "5", do_compression=form == "v7")
    return path


@pytest.fixture(scope="module")
def octave(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with v4.mat, v6.mat and v7.mat, written by Octave."""
    if not shutil.which("octave-cli"):
        pytest.skip("there is no Octave here")
    folder = tmp_path_factory.mktemp("octave")
    line = ["octave-cli", "--norc", "--eval", OCTAVE]
    subprocess.run(line, cwd=folder, check=True, capture_output=True, stdin=subprocess.DEVNULL)
    return folder


@pytest.mark.parametrize("form", ["v6", "v7"])
def test_every_kind_of_value_that_octave_writes_is_read(octave: Path, form: str) -> None:
    values = read_mat(octave / f"{form}.mat")
    expected = {
        "row": [[0, 1, pytest.approx(np.nan, nan_ok=True), 1]],
        "column": [[False], [True], [True]],
        "small": [[0, 1], [2, 3]],
        "big": [[2**53 + 1, -5]],
        "one": [[0.5]],
        "cube": np.arange(1.0, 25).reshape(2, 3, 4, order="F").tolist(),
        "turned": [[1 + 2j, 3]],
        "thin": [[0, 1, 0], [2, 0, 0]],
        "word": "Touch",
        "umlaut": "grün",
        "rows": ["ab", "cde"],
        "cells": [[[0, 1, 1]], [[True, False]], "text", [[[2]], "x"], [], [[5]]],
        "record": {"trial": [[3]], "name": "first"},
        "records": RECORDS,
        "no_numbers": [],
        "no_columns": [],
        "no_flags": [],
        "no_text": "",
        "no_cells": [],
        "no_records": [],
    }
    assert plain(values) == expected
    kinds = {name: value.dtype.name for name, value in values.items() if isinstance(value, np.ndarray)}
    assert kinds == {
        **dict.fromkeys(["row", "cube", "thin", "no_numbers", "no_columns"], "float64"),
        **{"column": "bool", "no_flags": "bool", "small": "uint8", "big": "int64", "one": "float32"},
        "turned": "complex128",
    }
    assert values["no_columns"].shape == (0, 3)


def test_version_4_is_read(octave: Path) -> None:
    values = read_mat(octave / "v4.mat")
    assert plain(values.pop("row"))[0][3] == 1
    assert plain(values) == {
        "turned": [[1 + 2j, 3]],
        "thin": [[0, 1, 0], [2, 0, 0]],
        "word": "Touch",
        "rows": ["ab", "cde"],
        "no_numbers": [],
        "no_text": "",
    }


def test_a_big_endian_file_is_read_in_the_order_of_this_machine(tmp_path: Path) -> None:
    path = tmp_path / "big.mat"
    header = struct.pack(">5i", 1000, 1, 3, 0, 2)  # full double matrix, 1 x 3, real, name of two bytes
    path.write_bytes(header + b"x\0" + np.array([1, 2, 3], ">f8").tobytes())
    assert read_mat(path)["x"].tolist() == [[1, 2, 3]]
    assert read_mat(path)["x"].dtype == np.float64


@pytest.mark.parametrize("form", FORMS[1:])
def test_all_forms_of_file_hold_the_same_values(tmp_path: Path, form: str) -> None:
    values = read_mat(write(tmp_path / "a.mat", form))
    assert values["text"] == "Touch"
    assert plain(values["labels"][1:]) == [[[True], [False]], [], "text"]
    assert plain(values["trial"]) == {"number": [[3]], "inds": [[[2, 3]]]}
    assert values["trial"]["inds"][0].dtype == np.uint16
    np.testing.assert_array_equal(values["labels"][0], [[0, 1, 1, 0, np.nan]])
    np.testing.assert_array_equal(values["vector"], [[0, 1, 1, 0, np.nan]])


@pytest.mark.parametrize("form", ["v7", "v7.3"])
def test_strings_and_categories_are_texts_and_tables_are_columns(tmp_path: Path, form: str) -> None:
    pandas = pytest.importorskip("pandas")
    strings = np.array([["a", np.nan, "b"]], np.dtypes.StringDType(na_object=np.nan))
    values = {
        "word": np.array([["Touch"]], np.dtypes.StringDType()),
        "strings": strings,
        "classes": pandas.Categorical(["Touch", None, "NonTouch"]),
        "table": pandas.DataFrame(
            {"frame": [1.0, 2.0], "video": ["a", "b"], "class": pandas.Categorical(["Touch", None])}
        ),
        "thin": csc_array(np.array([[True, False, True]])),
    }
    matio.save_to_mat(tmp_path / "a.mat", values, version=form)
    found = read_mat(tmp_path / "a.mat")
    assert found["word"] == "Touch"
    assert found["strings"] == ["a", "<missing>", "b"]
    assert found["classes"] == ["Touch", "<undefined>", "NonTouch"]
    assert plain(found["table"]) == {"frame": [1, 2], "video": ["a", "b"], "class": ["Touch", "<undefined>"]}
    assert plain(found["thin"]) == [[True, False, True]]


@pytest.mark.skipif("TOUCHTRAIN_REAL_DATA" not in os.environ, reason="files saved by MATLAB are not here")
@pytest.mark.parametrize("topic", ["basic", "string", "tables", "user_defined"])
def test_files_of_matlab_hold_the_same_in_v7_and_v73(topic: str) -> None:
    folder = Path(os.environ["TOUCHTRAIN_REAL_DATA"]) / "mat"
    old, new = (plain(read_mat(folder / f"test_{topic}_{form}.mat")) for form in ("v7", "v73"))
    assert sorted(old) == sorted(new)
    assert all(repr(old[name]) == repr(new[name]) for name in old)  # as text, in which NaN is NaN
    known = {
        "basic": ("cell_array", ["A", [[1, 2], [3, 4]], [[[True]], [[False]]]]),
        "string": ("string_array", ["Apple", "Date", "Banana", "Fig", "Cherry", "Grapes"]),
        "tables": ("cat_missing", ["cat", "<undefined>", "dog", "mouse"]),
        "user_defined": ("obj_handle_1", ("TestClasses.HandleClass", {"a": [[20]]})),
    }
    also_known = {
        "tables": ("table_row_names", {"Row": ["R1", "R2", "R3"], "Col1": [1, 2, 3], "Col2": [4, 5, 6]}),
        "user_defined": ("obj_with_default_val", ("TestClasses.DefaultClass", {"a": "Default String", "b": [[10]]})),
    }
    for name, value in (known[topic], also_known.get(topic, known[topic])):
        assert old[name] == value


def test_a_map_is_known_from_a_struct(tmp_path: Path) -> None:
    vectors = {"trial1": np.array([[0.0, 1]]), "trial2": np.array([[1.0]])}
    matio.save_to_mat(tmp_path / "a.mat", {"labels": matclass.MatlabContainerMap(vectors)}, version="v7")
    found = read_mat(tmp_path / "a.mat")["labels"]
    assert isinstance(found, Map)
    assert plain(found) == {"trial1": [[0, 1]], "trial2": [[1]]}


def test_tables_in_cells_and_structs_are_read_too(tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame({"labels": pandas.Series([np.array([[0.0, 1]]), np.array([[1.0]])], dtype=object)})
    matio.save_to_mat(tmp_path / "a.mat", {"cells": cell(table), "one": {"table": table}}, version="v7")
    found = read_mat(tmp_path / "a.mat")
    assert plain(found["cells"]) == [{"labels": [[[0, 1]], [[1]]]}]
    assert plain(found["one"]) == {"table": {"labels": [[[0, 1]], [[1]]]}}


def test_names_of_an_enumeration_that_the_library_mixes_up_are_not_told() -> None:
    def array(**values: int) -> Any:
        kind = enum.Enum("Mode", values)
        items = np.array([list(kind)], dtype=object)
        return matclass.MatlabEnumerationArray(items, classname="Mode")

    assert mat_files._plain(array(rest=0, touch=1)) == ["rest", "touch"]
    assert mat_files._plain(array(rest=0, touch=0)) == Unreadable("Mode")


# --- damage --------------------------------------------------------------------------------------------------------


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with raises_with(PathMissing, "nowhere.mat"):
        read_mat(tmp_path / "nowhere.mat")


@pytest.mark.parametrize("content", [b"", b"abc", b"0" * 300, b"\0" * 300, b"%PDF-1.4 " * 50, bytes(range(256)) * 4])
def test_what_is_no_mat_file_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "labels.mat"
    path.write_bytes(content)
    with raises_with(BadLabels, "labels.mat"):
        read_mat(path)


def test_a_file_that_ends_the_process_that_reads_it_is_an_error_and_the_next_one_is_read(tmp_path: Path) -> None:
    good = write(tmp_path / "good.mat", "v4")
    bad = tmp_path / "bad.mat"
    savemat(bad, {"x": 1.5})
    content = bytearray(bad.read_bytes())
    at = content.rindex(struct.pack("<II", 9, 8))  # the type and length of the number: type 8 does not exist
    content[at] = 8
    bad.write_bytes(content)
    for _ in range(2):
        with raises_with(BadLabels, "bad.mat"):
            read_mat(bad)
        assert read_mat(good)["text"] == "Touch"


def test_a_file_that_takes_too_long_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "good.mat", "v7")
    mat_files._stop_reader()
    monkeypatch.setattr(mat_files, "_SECONDS", 0.01)
    with raises_with(BadLabels, "good.mat"):
        read_mat(path)
    monkeypatch.setattr(mat_files, "_SECONDS", 60)
    assert read_mat(path)["text"] == "Touch"


def test_a_reader_that_was_ended_between_two_files_is_started_again(tmp_path: Path) -> None:
    path = write(tmp_path / "good.mat", "v7")
    read_mat(path)
    assert mat_files._reader
    mat_files._reader.kill()
    mat_files._reader.wait()
    assert read_mat(path)["text"] == "Touch"


def damaged(content: bytes, seed: int) -> bytes:
    rng = random.Random(seed)
    if rng.random() < 0.3:
        return content[: rng.randrange(len(content))]
    changed = bytearray(content)
    for _ in range(rng.choice([1, 1, 2, 5])):
        changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


@pytest.mark.parametrize("form", FORMS)
def test_a_damaged_file_is_read_or_is_an_error(tmp_path: Path, form: str) -> None:
    path = write(tmp_path / "labels.mat", form)
    content, whole = path.read_bytes(), repr(read_mat(path))
    outcomes = set()
    for seed in range(60):
        path.write_bytes(damaged(content, seed))
        try:
            values = read_mat(path)
        except BadLabels as error:
            assert "labels.mat" in str(error)
            outcomes.add("error")
        else:
            outcomes.add("values")
            if form == "v7":  # its parts carry check sums, so that what is read is right; the last ones may be missing
                assert all(repr(value) in whole for value in values.values())
    assert "error" in outcomes


# --- other formats that are called .mat -------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["-text", "-binary", "-hdf5", "-zip", "-text -zip"])
def test_a_file_in_a_format_of_octaves_own_names_the_cure_which_works(tmp_path: Path, how: str) -> None:
    if not shutil.which("octave-cli"):
        pytest.skip("there is no Octave here")
    options = ", ".join(f"'{option}'" for option in how.split())
    line = f"labels = {{[0 1 1]}}; save({options}, 'labels.mat', 'labels');"
    cure = "s = load('labels.mat'); save('-v7', 'labels.mat', '-struct', 's')"
    octave_does(tmp_path, line)
    with pytest.raises(BadLabels) as caught:
        read_mat(tmp_path / "labels.mat")
    assert cure in caught.value.text
    octave_does(tmp_path, cure)
    assert plain(read_mat(tmp_path / "labels.mat")) == {"labels": [[[0, 1, 1]]]}


def octave_does(folder: Path, code: str) -> None:
    line = ["octave-cli", "--norc", "--eval", code]
    subprocess.run(line, cwd=folder, check=True, capture_output=True, stdin=subprocess.DEVNULL)


def test_other_files_that_are_called_mat_are_named(tmp_path: Path) -> None:
    path = tmp_path / "labels.mat"
    path.write_bytes(b"   0.0000000e+00   1.0000000e+00\n   1.0000000e+00   NaN\n")
    with raises_with(BadLabels, "labels.mat", "-ascii", ".txt"):
        read_mat(path)
    path.write_bytes(b"# Created by Octave 7.3.0, Sun Nov 29 2026 <a@b>\n# name: x\n# type: matrix\n")
    with raises_with(BadLabels, "labels.mat", "Octave", "-v7"):
        read_mat(path)
    with h5py.File(path, "w") as file:
        file["labels"] = [0, 1]
    with raises_with(BadLabels, "labels.mat", "HDF5", "-v7.3"):
        read_mat(path)
    path.write_bytes(b"\x1f\x8b damaged")
    with raises_with(BadLabels, "labels.mat"):
        read_mat(path)


# --- files that say more of themselves than is there ---------------------------------------------------------------


def head(path: Path) -> None:
    """Make an HDF5 file with a block for it a .mat file of version 7.3."""
    with path.open("r+b") as stream:
        stream.write(b"MATLAB 7.3 MAT-file".ljust(124) + b"\0\2IM")


def of_class(item: Any, name: str, **attributes: Any) -> Any:
    item.attrs["MATLAB_class"] = np.bytes_(name)
    item.attrs.update(attributes)
    return item


def element(kind: int, content: bytes) -> bytes:
    return struct.pack("<2I", kind, len(content)) + content + b"\0" * (-len(content) % 8)


def variable(kind: int, sides: tuple[int, int], content: bytes, name: bytes = b"labels") -> bytes:
    """Return a variable of a .mat file of version 5."""
    head = element(6, struct.pack("<2I", kind, 0)) + element(5, struct.pack("<2i", *sides)) + element(1, name)
    return element(14, head + content)


def version_5(path: Path, content: bytes) -> None:
    path.write_bytes(b"MATLAB 5.0 MAT-file".ljust(116) + b"\0" * 8 + b"\0\1IM" + content)


def many_numbers(path: Path) -> None:
    with h5py.File(path, "w", userblock_size=512) as file:
        of_class(file.create_dataset("labels", (1, 10**9), "u1", chunks=(1, 1000)), "uint8")
    head(path)


def many_zeros(path: Path) -> None:
    with h5py.File(path, "w", userblock_size=512) as file:
        data = file.create_dataset("labels", (70, 10**6), "u1", chunks=(70, 10**6), compression="gzip")
        data[:] = 0
        of_class(data, "uint8")
    head(path)


def cells_of_cells(path: Path) -> None:
    with h5py.File(path, "w", userblock_size=512) as file:
        inner = of_class(file.create_dataset("#refs#/0", data=np.ones((1, 1))), "double")
        for depth in range(1, 10):
            outer = of_class(file.create_dataset(f"#refs#/{depth}", (1, 10), h5py.ref_dtype), "cell")
            outer[0] = [inner.ref] * 10
            inner = outer
        of_class(file.create_dataset("labels", (1, 1), h5py.ref_dtype), "cell")[0, 0] = inner.ref
    head(path)


def a_cell_in_itself(path: Path) -> None:
    with h5py.File(path, "w", userblock_size=512) as file:
        cell = of_class(file.create_dataset("labels", (1, 1), h5py.ref_dtype), "cell")
        cell[0, 0] = cell.ref
    head(path)


def empty_of_many(path: Path) -> None:
    with h5py.File(path, "w", userblock_size=512) as file:
        of_class(file.create_dataset("labels", data=np.array([10**7, 1], "u8")), "struct", MATLAB_empty=np.uint8(1))
    head(path)


def thin_and_wide(path: Path) -> None:
    with h5py.File(path, "w", userblock_size=512) as file:
        group = of_class(file.create_group("labels"), "double", MATLAB_sparse=np.uint64(10))
        group.create_dataset("jc", (10**9,), "u8", chunks=(1000,))
    head(path)


def structs_without_fields(path: Path) -> None:
    fields = struct.pack("<HHI", 5, 4, 8) + element(1, b"")
    version_5(path, variable(2, (1, 2 * 10**7), fields))


def blanks(path: Path) -> None:
    version_5(path, variable(4, (1, 2**31 - 8), element(16, b"")))


def unpacks_a_thousand_times(path: Path) -> None:
    made = variable(9, (1, 10**8), element(2, bytes(10**8)))
    version_5(path, struct.pack("<2I", 15, len(packed := zlib.compress(made))) + packed)


def deep(path: Path) -> None:
    made = variable(6, (1, 1), element(9, struct.pack("<d", 1)), b"")
    for _ in range(60):
        made = variable(1, (1, 1), made, b"")
    version_5(path, variable(1, (1, 1), made))


def very_deep(path: Path) -> None:
    parts = []
    for depth in range(20_000, 0, -1):
        within = 40 * depth + 8 * (depth - 1)  # bytes of this cell and of all in it
        parts.append(struct.pack("<2I", 14, within) + element(6, struct.pack("<2I", 1, 0)))
        parts.append(element(5, struct.pack("<2i", 1, 1)) + element(1, b""))
    version_5(path, b"".join(parts))


CLAIMS = [
    many_numbers, many_zeros, cells_of_cells, a_cell_in_itself, empty_of_many, thin_and_wide, structs_without_fields,
    blanks, unpacks_a_thousand_times, deep, very_deep,
]  # fmt: skip


@pytest.mark.parametrize("make", CLAIMS)
def test_a_file_that_claims_more_than_it_can_hold_is_refused(make: Any, tmp_path: Path) -> None:
    make(tmp_path / "labels.mat")
    assert os.path.getsize(tmp_path / "labels.mat") < 2_000_000
    try:
        found = read_mat(tmp_path / "labels.mat")
    except BadLabels:
        found = {"labels": ""}
    assert found["labels"] == "", "only blanks may be read, which are none"


def test_a_million_labels_that_are_alike_are_read(tmp_path: Path) -> None:
    for form in ("v7", "v7.3"):
        path = tmp_path / f"{form}.mat"
        values = {"labels": np.zeros((1, 10**6))}
        matio.save_to_mat(path, values, version=form)
        assert read_mat(path)["labels"].shape == (1, 10**6)
