"""Arrays in .npy, .npz and HDF5 files are listed, chosen and opened."""

from __future__ import annotations

import functools
import subprocess
from pathlib import Path

import h5py
import numpy as np
import pytest

from pyside.data.formats import array_files
from pyside.data.formats.array_files import (
    HeldArray,
    choose_array,
    has_usual_name,
    list_arrays,
    may_be_frames,
    may_be_labels,
    open_array,
)
from pyside.errors import BadFrames, BadLabels, TouchTrainError
from tests.conftest import raises_with

FRAMES = np.random.default_rng(0).integers(0, 256, (30, 20, 24), dtype=np.uint8)
EXPECTED = "Expected frames."
LABELS = (np.arange(30) % 3 == 0).astype(np.float64)


def write(path: Path) -> Path:
    """Write frames and labels; in an HDF5 file, in a group."""
    if path.suffix == ".npz":
        np.savez_compressed(path, frames=FRAMES, labels=LABELS)
    elif path.suffix == ".npy":
        np.save(path, FRAMES)
    else:
        with h5py.File(path, "w") as file:
            file["session/frames"], file["session/labels"] = FRAMES, LABELS
    return path


@pytest.mark.parametrize(("ending", "group"), [(".npz", ""), (".h5", "session/"), (".hdf5", "session/")])
def test_the_arrays_of_a_file_are_listed_and_opened(tmp_path: Path, ending: str, group: str) -> None:
    path = write(tmp_path / f"m{ending}")
    there = list_arrays(path, EXPECTED)
    assert there == {f"{group}frames": ((30, 20, 24), np.uint8), f"{group}labels": ((30,), np.float64)}
    for what, array in (("frames", FRAMES), ("labels", LABELS)):
        held = HeldArray(path, group + what)
        assert str(held) == f"m{ending}: {group}{what}"
        with open_array(held, BadFrames) as opened:
            assert np.array_equal(opened[()], array) and opened.dtype == array.dtype


def test_an_npy_file_is_mapped(tmp_path: Path) -> None:
    held = HeldArray(write(tmp_path / "frames.npy"))
    assert str(held) == "frames.npy"
    with open_array(held, BadFrames) as opened:
        assert isinstance(opened, np.memmap) and np.array_equal(opened, FRAMES)


def test_of_several_arrays_the_one_of_a_usual_name_or_the_wanted_one_is_chosen() -> None:
    path, frames = Path("m.h5"), (FRAMES.shape, FRAMES.dtype)
    there = {"left": frames, "a/Images": frames, "y": (LABELS.shape, LABELS.dtype)}
    assert choose_array(path, there, "frames", None, may_be_frames) == "a/Images"
    assert choose_array(path, there, "frames", "/left", may_be_frames) == "left"
    fits = functools.partial(may_be_labels, lengths={30})
    assert choose_array(path, {**there, "n": ((3,), LABELS.dtype)}, "labels", None, fits) == "y"
    with raises_with(BadFrames, "right", "frames_variable"):
        choose_array(path, there, "frames", "right", may_be_frames)
    with raises_with(BadFrames, "left (30x20x24 uint8)", "right", "frames_variable"):
        choose_array(path, {"left": frames, "right": frames}, "frames", None, may_be_frames)
    with raises_with(BadLabels, "labels_variable"):
        choose_array(path, {"left": frames, "recordings": there["y"]}, "labels", None, fits)


@pytest.mark.parametrize(
    ("name", "what", "usual"),
    [("a/X", "frames", True), ("y", "labels", True), ("y", "frames", False), ("Recording", "recordings", True)],
)
def test_usual_names_are_known_in_any_group_and_case(name: str, what: str, usual: bool) -> None:
    assert has_usual_name(name, what) == usual


@pytest.mark.parametrize(
    ("shape", "dtype", "frames", "labels"),
    [
        ((30, 20, 24), "u1", True, False),
        ((30, 20, 24, 3), "f4", True, False),
        ((30, 20, 24), "c8", False, False),
        ((30,), "i8", False, True),
        ((30, 1), "f8", False, True),
        ((1, 30), "U8", False, True),
        ((30, 2), "f8", False, False),
        ((29,), "i8", False, False),
        ((), "i8", False, False),
    ],
)
def test_shape_and_type_tell_what_an_array_can_be(
    shape: tuple[int, ...], dtype: str, frames: bool, labels: bool
) -> None:
    form = shape, np.dtype(dtype)
    assert (may_be_frames(form), may_be_labels(form, {30})) == (frames, labels)


@pytest.mark.parametrize("ending", [".npz", ".h5"])
@pytest.mark.parametrize("part", [0.0, 0.5])
def test_a_damaged_file_is_an_error_of_ours_that_names_it(tmp_path: Path, ending: str, part: float) -> None:
    path = write(tmp_path / f"m{ending}")
    whole = path.read_bytes()
    path.write_bytes(whole[: int(part * len(whole))])
    with raises_with(TouchTrainError, path.name):
        list_arrays(path, EXPECTED)


@pytest.mark.parametrize("name", ["m.npy", "m.npz", "m.h5"])
def test_opening_a_damaged_file_is_an_error_of_the_kind_that_was_asked_for(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / name)
    path.write_bytes(path.read_bytes()[:-100])
    held = HeldArray(path, "" if name == "m.npy" else "frames")
    with raises_with(BadLabels, name), open_array(held, BadLabels):
        pass


def test_pickles_are_not_read(tmp_path: Path) -> None:
    np.savez(tmp_path / "m.npz", labels=np.array([{}], dtype=object))
    held = HeldArray(tmp_path / "m.npz", "labels")
    with raises_with(BadLabels, "m.npz"), open_array(held, BadLabels):
        pass


def test_a_file_without_arrays_is_told_with_what_was_expected(tmp_path: Path) -> None:
    h5py.File(tmp_path / "m.h5", "w").close()
    with raises_with(BadFrames, "m.h5", EXPECTED):
        list_arrays(tmp_path / "m.h5", EXPECTED)


def test_an_hdf5_file_that_is_read_for_ever_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "m.h5")
    monkeypatch.setattr(array_files, "_HDF5_SECONDS", 0.01)
    with raises_with(BadFrames, "m.h5"):
        list_arrays(path, EXPECTED)


def test_an_hdf5_file_that_ends_the_process_that_reads_it_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "m.h5")
    ended = subprocess.CompletedProcess([], -11)
    monkeypatch.setattr(array_files.subprocess, "run", lambda *_, **__: ended)
    with raises_with(BadFrames, "m.h5"):
        list_arrays(path, EXPECTED)


def test_another_process_runs_no_python_file_of_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "m.h5")
    for name in ("h5py.py", "numpy.py", "matio.py"):
        (tmp_path / name).write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend("")
    assert len(list_arrays(Path("m.h5"), EXPECTED)) == 2
    assert not (tmp_path / "ran").exists()
