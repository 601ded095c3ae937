"""Whatever comes out almost black, almost white or with few levels is remarked on, from every source."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import h5py
import numpy as np
import pytest
from PIL import Image

import pyside
from pyside.data.conversion.preflight import Preflight
from pyside.data.dataset import open_dataset
from pyside.errors import BadOption, PixelRange
from tests.conftest import holds, raises_with

tifffile = pytest.importorskip("tifffile")

N, HEIGHT, WIDTH = 12, 32, 40
LABELS = np.arange(N) % 2
# What a camera of 12 bits gives, with black and white in it.
DEEP = np.random.default_rng(0).integers(0, 4001, (N, HEIGHT, WIDTH), dtype=np.uint16)
DEEP[2, :4, :4], DEEP[2, 4:8, :4] = 4095, 0
EIGHT = np.rint(DEEP * (255 / 4095)).astype(np.uint8)
RANGE = (0, 4095)


def write_video(path: Path, frames: np.ndarray, pixels: str = "gray16le") -> Path:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("ffv1", rate=500, options={"level": "3"})
        stream.height, stream.width, stream.pix_fmt = *frames.shape[1:], pixels
        for frame in frames:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format=pixels)))
        container.mux(stream.encode(None))
    return path


def of_video(folder: Path, frames: np.ndarray, **options: Any) -> dict[str, Any]:
    pixels = "gray16le" if frames.dtype == np.uint16 else "gray"
    return pyside.convert_videos(write_video(folder / "cam.mkv", frames, pixels), LABELS, folder / "set", **options)


def of_stack(folder: Path, frames: np.ndarray, **options: Any) -> dict[str, Any]:
    tifffile.imwrite(folder / "cam.tif", frames, photometric="minisblack")
    return pyside.convert_videos(folder / "cam.tif", LABELS, folder / "set", **options)


def of_sequence(folder: Path, frames: np.ndarray, **options: Any) -> dict[str, Any]:
    (folder / "seq").mkdir(exist_ok=True)
    for number, frame in enumerate(frames):
        Image.fromarray(frame).save(folder / "seq" / f"img{number:04}.png")
    return pyside.convert_videos(folder / "seq", LABELS, folder / "set", **options)


def of_folders(folder: Path, frames: np.ndarray, **options: Any) -> dict[str, Any]:
    for name in ("a", "b"):
        (folder / "images" / name).mkdir(parents=True, exist_ok=True)
    for number, frame in enumerate(frames):
        Image.fromarray(frame).save(folder / "images" / "ab"[number % 2] / f"{number:02}.png")
    return pyside.convert_folders(folder / "images", folder / "set", **options)


def of_npy(folder: Path, frames: np.ndarray, **options: Any) -> dict[str, Any]:
    (folder / "arrays").mkdir(exist_ok=True)
    np.save(folder / "arrays" / "frames.npy", frames)
    np.save(folder / "arrays" / "labels.npy", LABELS)
    return pyside.convert_numpy(folder / "arrays", folder / "set", **options)


def of_hdf5(folder: Path, frames: np.ndarray, **options: Any) -> dict[str, Any]:
    with h5py.File(folder / "cam.h5", "w") as file:
        file["frames"], file["labels"] = frames, LABELS
    return pyside.convert_numpy(folder / "cam.h5", folder / "set", **options)


def of_arrays(folder: Path, frames: np.ndarray, **options: Any) -> dict[str, Any]:
    return pyside.convert_arrays(np.moveaxis(frames, 0, 2), LABELS, folder / "set", **options)


def of_tfrecords(folder: Path, frames: np.ndarray, **options: Any) -> dict[str, Any]:
    if not (folder / "exported").exists():
        of_arrays(folder, frames)
        pyside.export_tfrecords(folder / "set", folder / "exported")
    return pyside.convert_tfrecords(folder / "exported", folder / "again", **options)


Source = Callable[..., dict[str, Any]]
FILES: list[Source] = [of_video, of_stack, of_sequence, of_folders, of_npy]
every_deep_source = pytest.mark.parametrize("convert", [*FILES, of_arrays])


def about_levels(report: dict[str, Any]) -> list[str]:
    return [text for text in report["warnings"] if "of 255" in text or "of 256" in text]


def stored(folder: Path) -> np.ndarray:
    frames = np.concatenate([one.frames for one in open_dataset(folder).recordings])[..., 0]
    return frames[np.argsort([int(np.argmin(np.abs(EIGHT.astype(int) - one).sum((1, 2)))) for one in frames])]


@pytest.mark.parametrize("convert", [*FILES, of_hdf5, of_arrays])
def test_twelve_bits_in_sixteen_are_remarked_on_and_come_right_by_a_pixel_range(
    convert: Source, tmp_path: Path
) -> None:
    for _ in range(2):  # the second time frames are kept
        report = convert(tmp_path, DEEP)
        (said,) = about_levels(report)
        assert holds(said, 12, "16 of 255", "pixel_range", "[0 4095]")
    assert stored(tmp_path / "set").max() == 16
    report = convert(tmp_path, DEEP, pixel_range=RANGE)
    assert np.array_equal(stored(tmp_path / "set"), EIGHT)
    assert about_levels(report) == []
    assert open_dataset(tmp_path / "set").info["pixel_range"] == list(RANGE)


@pytest.mark.parametrize("convert", [*FILES, of_arrays, of_tfrecords])
def test_black_white_and_coarse_frames_of_8_bits_are_remarked_on_and_ordinary_ones_are_not(
    convert: Source, tmp_path: Path
) -> None:
    for name, frames, said in (
        ("black", (EIGHT > 127).astype(np.uint8), "1 of 255"),
        ("white", 255 - EIGHT // 16, "240 of 255"),
        ("coarse", EIGHT // 64 * 80, "4"),
        ("ordinary", EIGHT, None),
    ):
        (tmp_path / name).mkdir()
        found = about_levels(convert(tmp_path / name, frames))
        assert (len(found) == 1 and holds(found[0], said)) if said else found == []


@pytest.mark.parametrize("convert", FILES)
def test_a_check_says_so_beforehand(convert: Source, tmp_path: Path) -> None:
    report = convert(tmp_path, DEEP, check=True)
    assert report["well"] and not (tmp_path / "set").exists()
    (said,) = about_levels(report)
    assert holds(said, "16 of 255", 6 if convert is of_folders else 3, "pixel_range")
    assert about_levels(convert(tmp_path, DEEP, check=True, pixel_range=RANGE)) == []


def test_a_check_of_tfrecords_says_so_beforehand(tmp_path: Path) -> None:
    (said,) = about_levels(of_tfrecords(tmp_path, EIGHT // 16, check=True))
    assert holds(said, "15 of 255", 3)


@every_deep_source
def test_values_outside_the_range_are_an_error_that_names_file_and_frame(convert: Source, tmp_path: Path) -> None:
    name = {of_folders: "02.png", of_sequence: "img0002.png"}.get(convert, "frame 2")
    with raises_with(PixelRange, name, 4095, "[0 4000]"):
        convert(tmp_path, DEEP, pixel_range=(0, 4000))
    assert not (tmp_path / "set").exists()


@pytest.mark.parametrize("convert", [of_video, of_stack, of_sequence])
def test_a_pixel_range_for_videos_of_8_bits_is_a_fault(convert: Source, tmp_path: Path) -> None:
    with raises_with(BadOption, "pixel_range", 8):
        convert(tmp_path, EIGHT, pixel_range=(0, 15))


def test_a_pixel_range_for_images_of_8_bits_changes_nothing_and_that_is_said(tmp_path: Path) -> None:
    report = of_folders(tmp_path, EIGHT, pixel_range=(0, 15))
    assert any(holds(text, "pixel_range", 8) for text in report["warnings"])
    assert np.array_equal(stored(tmp_path / "set"), EIGHT)


def test_dark_deep_images_among_others_of_their_class_are_found(tmp_path: Path) -> None:
    of_folders(tmp_path, EIGHT)
    Image.fromarray(DEEP[0]).save(tmp_path / "images" / "a" / "deep.png")
    (said,) = about_levels(pyside.convert_folders(tmp_path / "images", tmp_path / "set"))
    assert holds(said, "1 of 2", "a", "16 of 255")


def test_the_contrast_makes_dark_frames_bright_but_adds_no_levels(tmp_path: Path) -> None:
    for convert in (of_video, of_folders):
        (tmp_path / convert.__name__).mkdir()
        (said,) = about_levels(convert(tmp_path / convert.__name__, DEEP, contrast="stretch"))
        assert holds(said, 256, "pixel_range")


def test_videos_are_looked_at_in_the_processes_that_read_them(tmp_path: Path) -> None:
    videos = [write_video(tmp_path / f"cam{number}.mkv", DEEP + number) for number in range(3)]
    report = pyside.convert_videos(videos, [LABELS] * 3, tmp_path / "set", workers=2, roi=(16, 20))
    (said,) = about_levels(report)
    assert holds(said, 36, "3 of 3", "cam0", "cam1", "cam2")


def test_a_check_looks_at_fifty_recordings(tmp_path: Path) -> None:
    read: list[int] = []

    def frames_of(number: int) -> Callable[[], list[np.ndarray]]:
        return lambda: read.append(number) or [EIGHT[:3, :, :, np.newaxis] // 16]  # type: ignore[func-returns-value]

    preflight = Preflight("videos", tmp_path / "set")
    preflight.look_at({f"r{number}": frames_of(number) for number in range(80)})
    assert read == list(range(50))
    (said,) = preflight.all_warnings()
    assert holds(said, 150, "50 of 50")
