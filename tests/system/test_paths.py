"""A file that changes while it is read never leaves half of two, or the hash of another one, in a dataset."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile

import pyside
from pyside.data.conversion.from_folders import convert_folders
from pyside.data.conversion.from_numpy import convert_numpy
from pyside.data.conversion.from_tfrecords import convert_tfrecords
from pyside.data.conversion.from_videos import convert_videos
from pyside.data.dataset import open_dataset
from pyside.errors import PathMissing, TouchTrainError
from pyside.system.paths import absolute, files_among, is_foreign, stamp_of
from tests.conftest import holds, raises_with, touch_frames

N = 40
Convert = Callable[..., dict[str, Any]]


def frames_of(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 255, (N, 24, 20), dtype=np.uint8)


def stack(path: Path, seed: int) -> None:
    tifffile.imwrite(path, frames_of(seed), photometric="minisblack")


def sequence(path: Path, seed: int) -> None:
    path.mkdir(exist_ok=True)
    for number, frame in enumerate(frames_of(seed)):
        tifffile.imwrite(path / f"{number:03d}.tif", frame)


def arrays(path: Path, seed: int) -> None:
    np.save(path, frames_of(seed))


def records(path: Path, seed: int) -> None:
    folder = path.parent / f"set{seed}"
    pyside.convert_arrays(frames_of(seed), np.arange(N) % 2, folder, frame_order="NHW")
    pyside.export_tfrecords(folder, path.parent / f"records{seed}", name="set")
    (made,) = (path.parent / f"records{seed}").glob("*.tfrecord")
    shutil.rmtree(folder)
    made.replace(path)
    shutil.rmtree(path.parent / f"records{seed}")


def classes(path: Path, seed: int) -> None:
    for name, frames in zip("ab", np.split(frames_of(seed), 2), strict=True):
        (path / name).mkdir(parents=True, exist_ok=True)
        for number, frame in enumerate(frames):
            tifffile.imwrite(path / name / f"{number:03d}.tif", frame)


def from_videos(path: Path, **how: Any) -> dict[str, Any]:
    np.save(path.parent / "labels.npy", np.arange(N) % 2)
    return convert_videos([path], path.parent / "labels.npy", path.parent / "out", {"workers": 1}, **how)


def from_numpy(path: Path, **how: Any) -> dict[str, Any]:
    np.save(path.parent / "labels.npy", np.arange(N) % 2)
    return convert_numpy(path.parent, path.parent / "out", {"frame_order": "NHW"}, **how)


def frames_in(folder: Path) -> np.ndarray:
    return np.concatenate([np.array(one.frames)[..., 0] for one in open_dataset(folder).recordings])


KINDS: dict[str, tuple[str, Callable[[Path, int], None], Convert]] = {
    "stack": ("v1.tif", stack, from_videos),
    "sequence": ("v1", sequence, from_videos),
    "numpy": ("frames.npy", arrays, from_numpy),
    "tfrecords": ("a.tfrecord", records, lambda path, **how: convert_tfrecords(path, path.parent / "out", {}, **how)),
    "folders": ("root", classes, lambda path, **how: convert_folders(path, path.parent / "out", {"workers": 1}, **how)),
}


@pytest.mark.parametrize("when", ["looked at", "read"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_source_that_is_replaced_is_an_error_that_names_it_and_is_converted_the_next_time(
    tmp_path: Path, kind: str, when: str
) -> None:
    name, write, convert = KINDS[kind]
    (tmp_path / "here").mkdir()
    path, replaced = tmp_path / "here" / name, []
    write(path, 1)

    def replace() -> None:
        if not replaced:
            replaced.append(True)
            write(path, 2)

    def progress(record: dict[str, Any]) -> None:
        if record["stage"] == "converting" and when == "looked at":
            replace()

    def should_stop() -> bool:
        if when == "read" and (path.parent / "out.unfinished").exists():
            replace()
        return False

    try:
        convert(path, progress=progress, should_stop=should_stop)
        assert when == "read" or kind == "folders"  # which are few images, and all were read before they were replaced
        assert np.array_equal(frames_in(path.parent / "out"), frames_of(1))
    except TouchTrainError as error:
        assert holds(error.text, "changed") and name.split(".")[0] in error.text
        assert not (path.parent / "out").exists()
    assert replaced
    convert(path)
    assert np.array_equal(frames_in(path.parent / "out"), frames_of(2))


def test_the_hash_of_a_video_is_of_what_was_read(tmp_path: Path) -> None:
    stack(tmp_path / "v1.tif", 1)
    from_videos(tmp_path / "v1.tif")
    (entry,) = json.loads((tmp_path / "out" / "dataset.json").read_text())["recordings"]
    assert entry["source"]["file_sha256"] == hashlib.sha256((tmp_path / "v1.tif").read_bytes()).hexdigest()

    was = (tmp_path / "v1.tif").stat()
    stack(tmp_path / "v1.tif", 2)
    os.utime(tmp_path / "v1.tif", ns=(was.st_atime_ns, was.st_mtime_ns))
    assert (tmp_path / "v1.tif").stat().st_size == was.st_size
    from_videos(tmp_path / "v1.tif")
    assert np.array_equal(open_dataset(tmp_path / "out").recordings[0].frames[..., 0], frames_of(2))


def test_a_video_that_was_only_linked_or_handed_over_meanwhile_is_read_once_more(tmp_path: Path) -> None:
    stack(tmp_path / "v1.tif", 1)
    asked = []

    def should_stop() -> bool:
        asked.append(True)
        if len(asked) == 1:
            os.link(tmp_path / "v1.tif", tmp_path / "backup")
        return False

    assert from_videos(tmp_path / "v1.tif", should_stop=should_stop)["frames"] == N
    assert len(asked) == 2


def test_labels_saved_anew_meanwhile_are_told_of(tmp_path: Path) -> None:
    stack(tmp_path / "v1.tif", 1)

    def should_stop() -> bool:
        np.save(tmp_path / "labels.npy", np.zeros(N))
        return False

    report = from_videos(tmp_path / "v1.tif", should_stop=should_stop)
    assert report["counts"] == {"NonTouch": 20, "Touch": 20}
    assert [text for text in report["warnings"] if holds(text, "labels.npy")]


def test_files_are_found_among_options(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / name).write_bytes(b"")
    a, b = tmp_path / "a", tmp_path / "b"
    assert files_among(str(a), [b, a], np.zeros(3), None, [[1, 2]], "no\0path", tmp_path, "nothing") == [a, b]
    assert stamp_of(tmp_path / "nothing") is None


@pytest.mark.skipif(os.name == "nt", reason="there it is a path like any other")
@pytest.mark.parametrize("name", ["C:\\data\\set", "d:/set", "\\\\server\\share\\set", "data\\set"])
def test_a_path_of_windows_is_refused_on_another_system(name: str, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    frames, labels = touch_frames(48, 0)
    pyside.convert_arrays(frames, labels, "set")
    for attempt in (
        lambda: pyside.convert_arrays(frames, labels, name),
        lambda: pyside.convert_videos(["set", name], [labels], "other"),
        lambda: pyside.convert_videos("set", [labels], "other", centers=[name], template=name),
        lambda: pyside.train("set", name),
        lambda: pyside.train("set", "model", initial_model=name),
        lambda: pyside.train("set", "model", isolated=True, job_folder=name),
        lambda: pyside.preview_augmentation("set", name),
        lambda: pyside.export_tfrecords("set", name),
        lambda: pyside.inspect(name),
        lambda: pyside.load_model(name),
        lambda: pyside.unlock(name),
    ):
        with raises_with(PathMissing, name, "Windows"):
            attempt()
    assert [one.name for one in tmp_path.iterdir()] == ["set"]
    assert absolute(tmp_path / "set") == tmp_path / "set"
    (tmp_path / "a\\b").mkdir()  # what is there may be called so
    assert absolute("a\\b") == tmp_path / "a\\b"


@pytest.mark.parametrize("name", ["@eaDir", "@EADIR", ".DS_Store", "._1.png", "lost+found", "Thumbs.db", "#recycle"])
def test_names_of_systems_are_known_in_any_letter_case(name: str) -> None:
    assert is_foreign(name)


@pytest.mark.parametrize("name", ["Touch", "@home", "#1", "recycle", "1.png", "lost", "__main__", "~"])
def test_names_of_people_are_not_taken_for_those_of_systems(name: str) -> None:
    assert not is_foreign(name)
