"""Frames that are cut out are read from files of arrays and from images."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
import scipy.io
from PIL import Image

from pyside.curation.in_memory.files import Source, read
from pyside.curation.in_memory.frames import ready
from pyside.curation.model.facts import ModelFacts
from pyside.errors import BadFrames, BadImage, PathMissing, TouchTrainError
from pyside.settings import PredictSettings
from tests.conftest import raises_with

FRAMES = np.random.default_rng(0).integers(0, 256, (5, 6, 8), np.uint8)
FACTS = ModelFacts(Path("model.h5"), "", ("NonTouch", "Touch"), (6, 8, 1))


def source(*paths: Path, **options: Any) -> Source:
    """What these files hold."""
    return read(paths, FACTS, PredictSettings.from_options(options))


def frames_of(found: Source) -> np.ndarray:
    """All frames, as the network gets them, without the axis of channels."""
    return np.concatenate(ready(found.arrays, found.names, FACTS, PredictSettings()))[..., 0]


@pytest.mark.parametrize("name", ["frames.npy", "ü x.npz", "frames.h5", "frames.mat", "cell.mat", "matlab.h5"])
def test_files_of_arrays(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if path.suffix == ".npy":
        np.save(path, FRAMES)
    elif path.suffix == ".npz":
        np.savez(path, frames=FRAMES, labels=np.zeros(5))
    elif name == "cell.mat":
        cell = np.empty((1, 2), object)
        cell[0, 0], cell[0, 1] = (part.transpose(1, 2, 0) for part in (FRAMES[:3], FRAMES[3:]))
        scipy.io.savemat(path, {"images": cell})
    elif path.suffix == ".mat":
        scipy.io.savemat(path, {"frames": FRAMES.transpose(1, 2, 0), "labels": np.zeros(5)})
    else:
        with h5py.File(path, "w") as file:
            turned = name == "matlab.h5"
            made = file.create_dataset("movie", data=FRAMES.transpose(1, 2, 0).T if turned else FRAMES)
            if turned:
                made.attrs["MATLAB_class"] = b"uint8"
    found = source(path)
    assert found.sequence and len(found.arrays) == (2 if name == "cell.mat" else 1)
    np.testing.assert_array_equal(frames_of(found), FRAMES)


def test_the_array_is_chosen_by_its_name(tmp_path: Path) -> None:
    np.savez(tmp_path / "two.npz", left=FRAMES, right=255 - FRAMES)
    with raises_with(BadFrames, "left", "right", "frames_variable"):
        source(tmp_path / "two.npz")
    np.testing.assert_array_equal(frames_of(source(tmp_path / "two.npz", frames_variable="right")), 255 - FRAMES)


def save_images(folder: Path, names: list[str]) -> list[Path]:
    """Write the frames as images."""
    folder.mkdir()
    for name, frame in zip(names, FRAMES, strict=True):
        Image.fromarray(frame).save(folder / name)
    return [folder / name for name in names]


def test_images_of_a_numbered_sequence_follow_each_other_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    save_images(tmp_path / "cut", [f"f{number}.png" for number in (8, 9, 10, 11, 12)])
    (tmp_path / "cut" / ".DS_Store").write_bytes(b"of a Mac")
    found = source(tmp_path / "cut")
    assert found.sequence
    np.testing.assert_array_equal(frames_of(found), FRAMES)


def test_other_images_do_not_follow_each_other(tmp_path: Path) -> None:
    paths = save_images(tmp_path / "cut", ["a.png", "b.bmp", "c.tif", "d 1.png", "e.png"])
    for found in (source(tmp_path / "cut"), source(*paths)):
        assert not found.sequence and len(found.names) == 5
        np.testing.assert_array_equal(frames_of(found), FRAMES)


def test_everything_that_is_wrong_with_files_is_said_at_once(tmp_path: Path) -> None:
    (tmp_path / "video.mp4").write_bytes(b"")
    with raises_with(TouchTrainError, "video.mp4", "curate", "missing.npy"):
        source(tmp_path / "video.mp4", tmp_path / "missing.npy")
    (tmp_path / "empty").mkdir()
    (tmp_path / "damaged.npy").write_bytes(b"\x93NUMPY")
    (tmp_path / "damaged.png").write_bytes(b"\x89PNG")
    with raises_with(TouchTrainError, "empty", "damaged.npy", "damaged.png"):
        source(tmp_path / "empty", tmp_path / "damaged.npy", tmp_path / "damaged.png")


def test_kinds_of_faults(tmp_path: Path) -> None:
    with raises_with(PathMissing, "missing"):
        source(tmp_path / "missing")
    (tmp_path / "empty").mkdir()
    with raises_with(BadImage, "empty"):
        source(tmp_path / "empty")
    scipy.io.savemat(tmp_path / "texts.mat", {"names": "a"})
    with raises_with(BadFrames, "texts.mat"):
        source(tmp_path / "texts.mat")
    np.save(tmp_path / "texts.npy", np.array(["a", "b"]))
    with raises_with(BadFrames, "texts.npy"):
        source(tmp_path / "texts.npy")
