"""An HDF5 file that keeps a part of itself in another file is refused by everything that reads one."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

import pyside
from pyside.data.formats import array_files, hdf5_files, mat_files
from pyside.data.formats.array_files import HeldArray, list_arrays, open_array
from pyside.errors import BadFrames, BadLabels, BadModel
from pyside.models import load, metadata
from tests.conftest import raises_with

SECRET = bytes(range(40, 140)) * 12  # what the other file holds
LABELS = np.arange(12) % 2


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A file that no dataset should be made of."""
    path = tmp_path / "elsewhere" / "secret.bin"
    path.parent.mkdir()
    path.write_bytes(SECRET)
    with h5py.File(path.with_suffix(".h5"), "w") as file:
        file["frames"] = np.frombuffer(SECRET, np.uint8).reshape(12, 10, 10)
        file["labels"] = LABELS
    return path


def _external_storage(file: Any, name: str, secret: Path, shape: tuple[int, ...]) -> None:
    file.create_dataset(name, shape, "u1", external=[(str(secret), 0, int(np.prod(shape)))])


def _external_link(file: Any, name: str, secret: Path, shape: tuple[int, ...]) -> None:
    file[name] = h5py.ExternalLink(str(secret.with_suffix(".h5")), f"/{name.split('/')[-1]}")


def _soft_to_external_link(file: Any, name: str, secret: Path, shape: tuple[int, ...]) -> None:
    file["hidden/way"] = h5py.ExternalLink(str(secret.with_suffix(".h5")), "/")
    file[name] = h5py.SoftLink(f"/hidden/way/{name.split('/')[-1]}")


def _virtual(file: Any, name: str, secret: Path, shape: tuple[int, ...]) -> None:
    layout = h5py.VirtualLayout(shape, "u1")
    layout[:] = h5py.VirtualSource(str(secret.with_suffix(".h5")), name.split("/")[-1], shape)
    file.create_virtual_dataset(name, layout)


ELSEWHERE = [_external_storage, _external_link, _soft_to_external_link, _virtual]
Put = Callable[[Any, str, Path, tuple[int, ...]], None]


@pytest.mark.parametrize("put", ELSEWHERE)
@pytest.mark.parametrize("what", ["frames", "labels"])
def test_arrays_in_another_file_are_refused(put: Put, what: str, secret: Path, tmp_path: Path) -> None:
    path = tmp_path / "m.h5"
    with h5py.File(path, "w") as file:
        if what == "labels":
            file["frames"] = np.frombuffer(SECRET, np.uint8).reshape(12, 10, 10)
        else:
            file["labels"] = LABELS
        put(file, what, secret, (12, 10, 10) if what == "frames" else (12,))
    with raises_with(BadFrames, secret.with_suffix("")):
        pyside.convert_numpy(path, tmp_path / "set")
    assert not (tmp_path / "set").exists()


def test_a_file_that_is_replaced_between_looking_and_reading_is_refused(secret: Path, tmp_path: Path) -> None:
    path = tmp_path / "m.h5"
    with h5py.File(path, "w") as file:
        _external_storage(file, "frames", secret, (12, 10, 10))
    with raises_with(BadFrames, secret.with_suffix("")), open_array(HeldArray(path, "frames"), BadFrames):
        pass


def test_links_and_virtual_datasets_within_the_file_are_read(tmp_path: Path) -> None:
    path = tmp_path / "m.h5"
    with h5py.File(path, "w") as file:
        file["data/labels"] = LABELS
        file["data/parts"] = np.zeros((12, 10, 10), np.uint8)
        file["labels"] = h5py.SoftLink("/data/labels")
        layout = h5py.VirtualLayout((12, 10, 10), "u1")
        layout[:] = h5py.VirtualSource(".", "data/parts", (12, 10, 10))
        file.create_virtual_dataset("frames", layout)
    assert "frames" in list_arrays(path, "")
    with open_array(HeldArray(path, "frames"), BadFrames) as frames:
        assert frames[()].shape == (12, 10, 10)


@pytest.mark.parametrize("put", ELSEWHERE)
@pytest.mark.parametrize("where", ["labels", "struct/labels"])
def test_mat_files_that_point_elsewhere_are_refused(put: Put, where: str, secret: Path, tmp_path: Path) -> None:
    path = tmp_path / "labels.mat"
    _mat(path, lambda file: put(file, where, secret, (12,)), where)
    with raises_with(BadLabels, secret.with_suffix("")):
        mat_files.read_mat(path)


def _mat(path: Path, fill: Callable[[Any], None], where: str = "labels") -> None:
    """Write an HDF5 file with the head of a .mat file of version 7.3."""
    with h5py.File(path, "w", userblock_size=512) as file:
        if "/" in where:
            file.create_group(where.split("/")[0]).attrs["MATLAB_class"] = np.bytes_("struct")
        fill(file)
        item = file.get(where, getlink=True)
        if isinstance(item, h5py.HardLink):
            file[where].attrs["MATLAB_class"] = np.bytes_("uint8")
    with path.open("r+b") as stream:
        stream.write(b"MATLAB 7.3 MAT-file".ljust(124) + b"\0\2IM")


def test_what_only_a_reference_in_a_mat_file_leads_to_is_looked_at_too(secret: Path, tmp_path: Path) -> None:
    def fill(file: Any) -> None:
        hidden = file.create_dataset("#refs#/a", (1, 12), "u1", external=[(str(secret), 0, 12)])
        hidden.attrs["MATLAB_class"] = np.bytes_("uint8")
        file.create_dataset("cells", (1, 1), h5py.ref_dtype)[0, 0] = hidden.ref
        file["cells"].attrs["MATLAB_class"] = np.bytes_("cell")

    _mat(tmp_path / "labels.mat", fill, "#refs#/a")
    with raises_with(BadLabels, secret.with_suffix("")):
        mat_files.read_mat(tmp_path / "labels.mat")


@pytest.mark.parametrize("put", [_external_link, _soft_to_external_link])
def test_a_model_whose_weights_are_elsewhere_is_refused(put: Put, secret: Path, tmp_path: Path) -> None:
    path = tmp_path / "model.h5"
    with h5py.File(path, "w") as file:
        file.attrs["model_config"] = b'{"class_name": "Sequential", "config": []}'
        put(file, "model_weights", secret, ())
    for read in (load.describe_model, metadata.read_metadata, load.read_plan):
        with raises_with(BadModel, secret.with_suffix("")):
            read(path)


# --- what is missing ---------------------------------------------------------------------------------------------


def _lacks_chunks(file: Any, name: str, values: np.ndarray) -> None:
    made = file.create_dataset(name, values.shape, values.dtype, chunks=(5, *values.shape[1:]))
    made[:5] = values[:5]


def _never_written(file: Any, name: str, values: np.ndarray) -> None:
    file.create_dataset(name, values.shape, values.dtype)


def _lacks_source(file: Any, name: str, values: np.ndarray) -> None:
    layout = h5py.VirtualLayout(values.shape, values.dtype)
    layout[:] = h5py.VirtualSource(".", "parts/lost", values.shape)
    file.create_virtual_dataset(name, layout)


def _lacks_values(file: Any, name: str, values: np.ndarray) -> None:
    file[f"parts/{name}"] = values[:7]
    layout = h5py.VirtualLayout(values.shape, values.dtype)
    layout[:7] = h5py.VirtualSource(".", f"parts/{name}", values[:7].shape)
    file.create_virtual_dataset(name, layout)


def _short_source(file: Any, name: str, values: np.ndarray) -> None:
    file[f"parts/{name}"] = values[:7]
    layout = h5py.VirtualLayout(values.shape, values.dtype)
    layout[:] = h5py.VirtualSource(".", f"parts/{name}", values.shape)
    file.create_virtual_dataset(name, layout)


def _source_lacks_chunks(file: Any, name: str, values: np.ndarray) -> None:
    _lacks_chunks(file, f"parts/{name}", values)
    layout = h5py.VirtualLayout(values.shape, values.dtype)
    layout[:] = h5py.VirtualSource(".", f"parts/{name}", values.shape)
    file.create_virtual_dataset(name, layout)


Lack = Callable[[Any, str, np.ndarray], None]
LACKS = [_lacks_chunks, _never_written, _lacks_source, _lacks_values, _short_source, _source_lacks_chunks]
GREY = np.random.default_rng(0).integers(1, 256, (12, 10, 10), dtype=np.uint8)


@pytest.mark.parametrize("lack", LACKS)
@pytest.mark.parametrize("what", ["frames", "labels"])
def test_values_that_are_missing_are_no_black_frames_or_labels(lack: Lack, what: str, tmp_path: Path) -> None:
    with h5py.File(tmp_path / "m.h5", "w") as file:
        for name, values in (("frames", GREY), ("labels", LABELS)):
            if name != what:
                file[name] = values
        lack(file, what, {"frames": GREY, "labels": LABELS}[what])
    options = {"frames_variable": "frames", "labels_variable": "labels"}
    with raises_with(BadFrames if what == "frames" else BadLabels, "m.h5", what):
        pyside.convert_numpy(tmp_path / "m.h5", tmp_path / "set", **options)
    assert not (tmp_path / "set").exists()


def test_where_values_begin_to_be_missing_is_told(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "m.h5", "w") as file:
        _lacks_chunks(file, "frames", GREY)
        with raises_with(BadFrames, "frames", "2 of 3", 5):
            hdf5_files.check_whole(file["frames"], tmp_path / "m.h5", BadFrames)
        hdf5_files.check_whole(file["frames"], tmp_path / "m.h5", BadFrames, all_written=False)


def test_arrays_that_are_not_used_may_be_incomplete(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "m.h5", "w") as file:
        file["frames"], file["labels"] = GREY, LABELS
        _never_written(file, "notes", np.zeros(3))
        file.create_dataset("empty", (0,), "u1", chunks=(5,), maxshape=(None,))
    assert pyside.convert_numpy(tmp_path / "m.h5", tmp_path / "set", frame_order="NHW")["frames"] == 12


def _use_a_filter_of_nobody(path: Path) -> None:
    """Rename the filter LZF of the datasets in a file (number, length of its name, name)."""
    data = path.read_bytes()
    changed = data.replace(b"\x00\x7d\x08\x00", b"\xff\x01\x08\x00").replace(b"lzf".ljust(8, b"\0"), b"Imagine\0")
    assert changed.count(b"Imagine") == 1
    path.write_bytes(changed)


@pytest.mark.parametrize("what", ["frames", "labels"])
def test_a_filter_that_is_not_there_is_named(what: str, tmp_path: Path) -> None:
    with h5py.File(tmp_path / "m.h5", "w") as file:
        for name, values in (("frames", GREY), ("labels", LABELS)):
            file.create_dataset(name, data=values, compression="lzf" if name == what else None)
    _use_a_filter_of_nobody(tmp_path / "m.h5")
    with raises_with(BadFrames if what == "frames" else BadLabels, "m.h5", what, "Imagine", 511, "hdf5plugin"):
        pyside.convert_numpy(tmp_path / "m.h5", tmp_path / "set")


def test_a_filter_that_is_not_there_is_named_for_mat_files(tmp_path: Path) -> None:
    def fill(file: Any) -> None:
        file.create_dataset("labels", data=np.ones((1, 12), np.uint8), compression="lzf")

    _mat(tmp_path / "labels.mat", fill)
    _use_a_filter_of_nobody(tmp_path / "labels.mat")
    with raises_with(BadLabels, "labels", "Imagine", 511):
        mat_files.read_mat(tmp_path / "labels.mat")


def test_a_model_whose_weights_cannot_be_read_is_refused(tmp_path: Path) -> None:
    for name, compression in (("packed", "lzf"), ("unwritten", None)):
        with h5py.File(tmp_path / f"{name}.h5", "w") as file:
            file.attrs["model_config"] = b'{"class_name": "Sequential", "config": []}'
            file["model_weights/bias"] = np.ones(3, np.float32)
            kernel = file.create_dataset("model_weights/kernel", (3, 3), "f4", compression=compression)
            if compression:
                kernel[:] = 1
    _use_a_filter_of_nobody(tmp_path / "packed.h5")
    for name in ("packed", "unwritten"):
        with raises_with(BadModel, f"{name}.h5", "kernel"):
            load.read_plan(tmp_path / f"{name}.h5")


# --- what is said to be there --------------------------------------------------------------------------------------


def test_labels_of_which_there_cannot_be_so_many_are_not_read(tmp_path: Path) -> None:
    for name, n, other in (("more", 10**9, 2), ("as many", 10**9, 10**9)):
        path = tmp_path / f"{name}.h5"
        with h5py.File(path, "w") as file:
            file.create_dataset("frames", (other, 2, 2), "u1", chunks=(1, 2, 2))
            file.create_dataset("labels", (n,), "u1", chunks=(1000,))
        with raises_with(pyside.errors.TouchTrainError, 1000000000):
            pyside.convert_numpy(path, tmp_path / "set")


def test_one_long_text_many_times_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "m.h5"
    with h5py.File(path, "w") as file:
        texts = file.create_dataset("labels", (3000,), h5py.string_dtype())
        texts[:] = ["x" * 60_000] + ["y"] * 2999
    with raises_with(BadLabels, "m.h5: labels"), open_array(HeldArray(path, "labels"), BadLabels) as stack:
        array_files.read_texts(stack, HeldArray(path, "labels"))


def test_frames_that_are_compressed_a_thousand_times_are_read_piece_by_piece(tmp_path: Path) -> None:
    path = tmp_path / "dark.h5"
    with h5py.File(path, "w") as file:
        frames = file.create_dataset("frames", (20_000, 100, 100), "u1", chunks=(500, 100, 100), compression="gzip")
        frames[:500] = np.zeros((500, 100, 100), np.uint8)
        file["labels"] = np.arange(20_000) % 2
    assert os.path.getsize(path) * 1000 < 20_000 * 100 * 100
    assert list_arrays(path, "")["frames"][0] == (20_000, 100, 100)
    with open_array(HeldArray(path, "frames"), BadFrames) as stack:
        assert stack[19_000:19_010].max() == 0


def test_an_npz_file_that_unpacks_to_more_than_its_labels_can_be_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "m.npz"
    np.savez_compressed(path, frames=np.zeros((2, 4, 4), np.uint8), labels=np.zeros(70_000_000, np.uint8))
    with raises_with(BadLabels, "m.npz: labels"), open_array(HeldArray(path, "labels"), BadLabels):
        pass
