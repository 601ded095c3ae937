"""Class folders of images become a dataset folder."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import pyside
from pyside.__main__ import main
from pyside.data import from_folders
from pyside.data.dataset import open_dataset, unfinished
from pyside.errors import (
    BadImage,
    BadOption,
    Interrupted,
    NotWritable,
    OneClass,
    PathMissing,
    TouchTrainError,
    UnknownOption,
)

HEIGHT, WIDTH = 20, 24
GREY = np.random.default_rng(0).integers(0, 256, (6, HEIGHT, WIDTH), dtype=np.uint8)
COLOUR = np.random.default_rng(1).integers(0, 256, (HEIGHT, WIDTH, 3), dtype=np.uint8)


def save(path: Path, pixels: np.ndarray | Image.Image, **options: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    image = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    image.save(path, **options)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Two classes: NonTouch with four grey images, Touch with two."""
    for number, pixels in enumerate(GREY):
        save(tmp_path / "images" / ("NonTouch" if number < 4 else "Touch") / f"{number}.png", pixels)
    return tmp_path / "images"


@pytest.fixture
def one_image(tmp_path: Path) -> Callable[..., np.ndarray]:
    """A function that converts a root with one image of a class, and returns the frame."""

    def convert(
        name: str, pixels: np.ndarray | Image.Image, saving: dict[str, Any] | None = None, **options: Any
    ) -> Any:
        save(tmp_path / "images" / "a" / name, pixels, **(saving or {}))
        save(tmp_path / "images" / "b" / "other.png", GREY[0])
        pyside.convert_folders(tmp_path / "images", tmp_path / "set", **{"image_size": (HEIGHT, WIDTH), **options})
        return open_dataset(tmp_path / "set").recordings[0].frames[0]

    return convert


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


# --- what becomes of images ----------------------------------------------------------------------------------------


def test_frames_labels_and_groups_are_those_of_the_folders(root: Path, tmp_path: Path) -> None:
    report = pyside.convert_folders(root, tmp_path / "set")
    dataset = open_dataset(tmp_path / "set")
    assert dataset.class_names == ("NonTouch", "Touch")
    assert [recording.name for recording in dataset.recordings] == ["NonTouch", "Touch"]
    assert np.array_equal(np.concatenate([one.frames for one in dataset.recordings])[..., 0], GREY)
    assert dataset.labels().tolist() == [0, 0, 0, 0, 1, 1]
    assert len(set(dataset.groups().tolist())) == 6
    assert (report["counts"], report["resized"], report["ignored"]) == ({"NonTouch": 4, "Touch": 2}, 0, [])
    assert len(report["warnings"]) == 1 and "neighbouring frames" in report["warnings"][0]


def test_files_are_in_the_order_of_the_character_codes_of_their_names(tmp_path: Path) -> None:
    for name, pixels in zip(("b", "B", "10", "9"), GREY, strict=False):
        save(tmp_path / "images" / "one" / f"{name}.png", pixels)
    save(tmp_path / "images" / "two" / "0.png", GREY[5])
    pyside.convert_folders(tmp_path / "images", tmp_path / "set")
    frames = open_dataset(tmp_path / "set").recordings[0].frames[..., 0]
    assert np.array_equal(frames, GREY[[2, 3, 1, 0]])


@pytest.mark.parametrize("ending", [".png", ".PNG", ".bmp", ".Bmp", ".tif", ".TIFF"])
def test_lossless_images_of_any_letter_case_arrive_as_they_are(one_image: Callable[..., Any], ending: str) -> None:
    assert np.array_equal(one_image("one" + ending, GREY[1])[..., 0], GREY[1])


@pytest.mark.parametrize("ending", [".jpg", ".JPG", ".jpeg"])
def test_a_jpeg_is_what_pillow_reads(one_image: Callable[..., Any], tmp_path: Path, ending: str) -> None:
    frame = one_image("one" + ending, COLOUR, {"quality": 95})
    expected = Image.open(tmp_path / "images" / "a" / f"one{ending}").convert("L")
    assert np.array_equal(frame[..., 0], np.asarray(expected))


def test_colours_become_luma_or_stay(one_image: Callable[..., Any]) -> None:
    luma = COLOUR @ np.array([0.299, 0.587, 0.114])
    assert np.abs(one_image("one.png", COLOUR)[..., 0] - luma).max() <= 1
    assert np.array_equal(one_image("one.png", COLOUR, color=True), COLOUR)


def test_a_grey_image_has_three_equal_channels_in_colour(one_image: Callable[..., Any]) -> None:
    assert np.array_equal(one_image("one.png", GREY[1], color=True), np.stack([GREY[1]] * 3, axis=-1))


def test_transparency_is_dropped(one_image: Callable[..., Any]) -> None:
    see_through = np.dstack([COLOUR, np.zeros((HEIGHT, WIDTH), np.uint8)])
    assert np.array_equal(one_image("one.png", see_through, color=True), COLOUR)


def test_palettes_and_single_bits_are_understood(one_image: Callable[..., Any]) -> None:
    bits = GREY[1] > 127
    assert np.array_equal(one_image("one.png", bits)[..., 0], bits * np.uint8(255))
    palette = Image.fromarray(COLOUR).quantize(16)
    assert np.array_equal(one_image("one.png", palette, color=True), np.asarray(palette.convert("RGB")))


@pytest.mark.parametrize("name", ["deep.png", "deep.tif"])
@pytest.mark.parametrize("color", [False, True])
def test_sixteen_bits_become_eight_by_their_full_depth(one_image: Callable[..., Any], name: str, color: bool) -> None:
    deep = GREY[1].astype(np.uint16) * 257
    assert np.array_equal(one_image(name, deep, color=color)[..., 0], GREY[1])


def test_twelve_bits_stored_in_sixteen_are_warned_of(tmp_path: Path) -> None:
    for name in "ab":
        save(tmp_path / "images" / name / "dark.png", GREY[1].astype(np.uint16) * 16)
    report = pyside.convert_folders(tmp_path / "images", tmp_path / "set")
    assert "stored almost black" in report["warnings"][-1]


@pytest.mark.parametrize("name", ["turned.jpg", "turned.tif", "turned.png"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_photographs_are_turned_upright(one_image: Callable[..., Any], name: str, orientation: int) -> None:
    upright = np.zeros((HEIGHT, WIDTH), np.uint8)
    upright[: HEIGHT // 2, : WIDTH // 2] = 250  # the only bright quarter
    upright[: HEIGHT // 2, WIDTH // 2 :] = 125
    stored = {
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.T,
        6: np.rot90(upright, 1),
        7: upright[::-1, ::-1].T,
        8: np.rot90(upright, -1),
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    frame = one_image(name, np.ascontiguousarray(stored), {"exif": exif}, image_size=None)
    assert np.abs(frame[..., 0].astype(int) - upright).max() <= 40  # JPEG is not exact


# --- sizes ---------------------------------------------------------------------------------------------------------


def test_images_of_another_size_are_resized_to_that_of_most(root: Path, tmp_path: Path) -> None:
    save(root / "Touch" / "large.png", np.full((3 * HEIGHT, 3 * WIDTH), 77, np.uint8))
    report = pyside.convert_folders(root, tmp_path / "set")
    assert (report["image_shape"], report["resized"]) == ([HEIGHT, WIDTH, 1], 1)
    assert (open_dataset(tmp_path / "set").recordings[1].frames[-1] == 77).all()
    assert "1 of 60 x 72" in report["warnings"][-1] and "20 x 24" in report["warnings"][-1]


def test_of_two_sizes_equally_frequent_the_larger_is_taken(tmp_path: Path) -> None:
    save(tmp_path / "images" / "a" / "1.png", GREY[0])
    save(tmp_path / "images" / "b" / "1.png", GREY[0][:, :22])
    assert pyside.convert_folders(tmp_path / "images", tmp_path / "set")["image_shape"] == [HEIGHT, WIDTH, 1]


def test_resizing_down_averages_over_all_pixels(one_image: Callable[..., Any]) -> None:
    stripes = np.zeros((80, 80), np.uint8)
    stripes[:, ::2] = 200
    frame = one_image("one.png", stripes, image_size=20)
    assert np.abs(frame.astype(int) - 100).max() <= 10


# --- classes -------------------------------------------------------------------------------------------------------


def test_numeric_class_names_are_in_numeric_order(tmp_path: Path) -> None:
    for name in ("10", "9", "1"):
        save(tmp_path / "images" / name / "1.png", GREY[0])
    assert pyside.convert_folders(tmp_path / "images", tmp_path / "set")["class_names"] == ["1", "9", "10"]


def test_class_names_give_the_order(root: Path, tmp_path: Path) -> None:
    pyside.convert_folders(root, tmp_path / "set", class_names=["Touch", "NonTouch"])
    assert open_dataset(tmp_path / "set").labels().tolist() == [0, 0, 1, 1, 1, 1]


@pytest.mark.parametrize("names", [("NonTouch", "touch"), ("NonTouch", "Touch", "Unsure"), ("Touch", "Other")])
def test_class_names_that_are_not_the_folders_are_a_fault(root: Path, tmp_path: Path, names: tuple[str, ...]) -> None:
    with pytest.raises(BadOption) as caught:
        pyside.convert_folders(root, tmp_path / "set", class_names=names)
    assert ", ".join(names) in caught.value.text and "folders are NonTouch, Touch" in caught.value.text


def test_a_folder_that_is_no_class_is_a_fault(root: Path, tmp_path: Path) -> None:
    save(root / "Unsure" / "1.png", GREY[0])
    with pytest.raises(BadOption, match="the folder Unsure is not among the class names"):
        pyside.convert_folders(root, tmp_path / "set", class_names=("NonTouch", "Touch"))


def test_what_is_no_image_is_ignored_and_listed_and_hidden_files_do_not_count(root: Path, tmp_path: Path) -> None:
    (root / "LICENSE.txt").write_text("free")
    (root / "Touch" / "notes.txt").write_text("good ones")
    (root / "Touch" / "._4.png").write_bytes(b"left by another system")
    (root / ".git").mkdir()
    save(root / "Touch" / "more" / "5.png", GREY[0])
    report = pyside.convert_folders(root, tmp_path / "set")
    assert report["ignored"] == ["LICENSE.txt", "Touch/more", "Touch/notes.txt"]
    assert report["frames"] == 6
    assert any("Folders inside the class Touch were ignored: more" in warning for warning in report["warnings"])


def test_a_long_list_of_what_is_ignored_is_cut(root: Path, tmp_path: Path) -> None:
    for number in range(33):
        (root / "Touch" / f"{number:02d}.txt").write_text("")
    ignored = pyside.convert_folders(root, tmp_path / "set")["ignored"]
    assert len(ignored) == 21 and ignored[-1] == "and 13 more"


# --- faults --------------------------------------------------------------------------------------------------------


def test_all_faults_are_told_at_once_and_nothing_is_written(root: Path, tmp_path: Path) -> None:
    (root / "Empty").mkdir()
    (root / "Touch" / "text.jpg").write_text("no image")
    (root / "Touch" / "nothing.png").write_bytes(b"")
    save(root / "Touch" / "floats.tif", Image.fromarray(GREY[0].astype(np.float32)))
    with pytest.raises(BadImage) as caught:
        pyside.convert_folders(root, tmp_path / "set")
    text = caught.value.text
    assert len(caught.value.faults) == 4
    for what in ("Empty", "text.jpg", "nothing.png", "floats.tif", "PixelRange"):
        assert what in text
    assert sorted(path.name for path in tmp_path.iterdir()) == ["images"]


def test_of_very_many_unreadable_images_the_first_are_named(root: Path, tmp_path: Path) -> None:
    for number in range(50):
        (root / "Touch" / f"bad{number:02d}.png").write_bytes(b"?")
    with pytest.raises(BadImage, match="30 more images") as caught:
        pyside.convert_folders(root, tmp_path / "set")
    assert "bad19.png" in caught.value.text and "bad20.png" not in caught.value.text


def test_roots_without_classes_are_faults(tmp_path: Path) -> None:
    with pytest.raises(PathMissing):
        pyside.convert_folders(tmp_path / "nowhere", tmp_path / "set")
    (tmp_path / "images").mkdir()
    with pytest.raises(BadImage, match="one sub-folder of images a class"):
        pyside.convert_folders(tmp_path / "images", tmp_path / "set")
    save(tmp_path / "images" / "alone" / "1.png", GREY[0])
    with pytest.raises(OneClass, match="alone"):
        pyside.convert_folders(tmp_path / "images", tmp_path / "set")


def test_a_dataset_inside_the_class_folders_is_refused(root: Path) -> None:
    with pytest.raises(NotWritable, match="inside"):
        pyside.convert_folders(root, root / "set")


def test_several_images_in_one_file_are_a_fault(root: Path, tmp_path: Path) -> None:
    pages = [Image.fromarray(pixels) for pixels in GREY]
    pages[0].save(root / "Touch" / "stack.tif", save_all=True, append_images=pages[1:])
    with pytest.raises(BadImage, match=r"stack\.tif holds 6 images"):
        pyside.convert_folders(root, tmp_path / "set")


def test_an_image_too_large_to_be_a_frame_is_a_fault(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 500)
    save(root / "Touch" / "large.png", np.zeros((30, 30), np.uint8))
    with pytest.raises(BadImage, match=r"large\.png has more than"):
        pyside.convert_folders(root, tmp_path / "set")


@pytest.mark.parametrize("name", ["short.jpg", "short.png", "short.bmp", "short.tif"])
def test_an_image_that_is_cut_short_is_named_and_no_dataset_appears(root: Path, tmp_path: Path, name: str) -> None:
    save(root / "Touch" / name, COLOUR)
    whole = (root / "Touch" / name).read_bytes()
    for length in (len(whole) // 2, len(whole) - 40):
        (root / "Touch" / name).write_bytes(whole[:length])
        with pytest.raises(BadImage, match=name):
            pyside.convert_folders(root, tmp_path / "set")
        assert not (tmp_path / "set").exists()


def test_damaged_images_give_a_frame_or_an_error_of_ours(root: Path, tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    for ending in ("png", "jpg", "tif", "bmp"):
        path = root / "Touch" / f"damaged.{ending}"
        save(path, COLOUR)
        whole = np.frombuffer(path.read_bytes(), np.uint8)
        for _ in range(25):
            damaged = whole.copy()
            damaged[rng.integers(0, min(200, len(whole)), 3)] = rng.integers(0, 256, 3)
            path.write_bytes(damaged.tobytes())
            try:
                from_folders.convert_folders(root, tmp_path / "set", {})
            except TouchTrainError as error:
                assert path.name in error.text
        path.unlink()


def test_unknown_options_are_named(root: Path, tmp_path: Path) -> None:
    with pytest.raises(UnknownOption, match="image_size"):
        pyside.convert_folders(root, tmp_path / "set", imagesize=20)


# --- again ---------------------------------------------------------------------------------------------------------


def test_equal_images_give_equal_bytes_wherever_they_lie(root: Path, tmp_path: Path) -> None:
    pyside.convert_folders(root, tmp_path / "set")
    root.rename(tmp_path / "moved")
    pyside.convert_folders(tmp_path / "moved", tmp_path / "again")
    assert bytes_of(tmp_path / "set") == bytes_of(tmp_path / "again")
    assert str(tmp_path) not in (tmp_path / "set" / "dataset.json").read_text()


def test_a_conversion_that_was_stopped_goes_on_and_gives_the_same(root: Path, tmp_path: Path) -> None:
    pyside.convert_folders(root, tmp_path / "set")
    asked = iter([False] * 4 + [True])
    with pytest.raises(Interrupted):
        from_folders.convert_folders(root, tmp_path / "again", {}, should_stop=lambda: next(asked))
    done = unfinished(tmp_path / "again") / "NonTouch.frames.npy"
    written = done.stat().st_mtime_ns
    from_folders.convert_folders(root, tmp_path / "again", {})
    assert (tmp_path / "again" / "NonTouch.frames.npy").stat().st_mtime_ns == written
    assert bytes_of(tmp_path / "again") == bytes_of(tmp_path / "set")


def test_a_class_whose_images_changed_is_converted_anew(root: Path, tmp_path: Path) -> None:
    asked = iter([False] * 4 + [True])
    with pytest.raises(Interrupted):
        from_folders.convert_folders(root, tmp_path / "set", {}, should_stop=lambda: next(asked))
    save(root / "NonTouch" / "0.png", GREY[5])
    pyside.convert_folders(root, tmp_path / "set")
    assert np.array_equal(open_dataset(tmp_path / "set").recordings[0].frames[0, ..., 0], GREY[5])


def test_after_a_damaged_image_is_replaced_the_conversion_goes_on(root: Path, tmp_path: Path) -> None:
    whole = (root / "Touch" / "5.png").read_bytes()
    (root / "Touch" / "5.png").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(BadImage, match=r"5\.png"):
        pyside.convert_folders(root, tmp_path / "set")
    (root / "Touch" / "5.png").write_bytes(whole)
    assert pyside.convert_folders(root, tmp_path / "set")["frames"] == 6


def test_chunks_of_frames_join_without_a_seam(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(from_folders, "_CHUNK_FRAMES", 3)
    pyside.convert_folders(root, tmp_path / "set")
    assert np.array_equal(open_dataset(tmp_path / "set").recordings[0].frames[..., 0], GREY[:4])


# --- what a person sees --------------------------------------------------------------------------------------------


def test_progress_names_the_classes_and_ends_with_all_images(root: Path, tmp_path: Path) -> None:
    records: list[dict[str, Any]] = []
    from_folders.convert_folders(root, tmp_path / "set", {}, records.append)
    assert records[0] == {"stage": "checking"}
    assert records[1]["said"] == ["class 0 = NonTouch: 4 images", "class 1 = Touch: 2 images"]
    last = records[-1]
    assert (last["recording"], last["recordings"], last["frames_done"], last["frames"]) == (2, 2, 6, 6)
    assert last["seconds_left"] == 0


def test_the_command_line_answers_in_json(root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["convert", "folders", str(root), str(tmp_path / "set"), "--image-size", "18,20", "--json"]
    assert main(arguments) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["image_shape"], report["resized"]) == ([18, 20, 1], 6)
    assert main(["convert", "folders", str(root / "Touch"), str(tmp_path / "set"), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["error"]["identifier"] == "TouchTrain:BadImage"


def test_paths_with_spaces_and_accents_are_read(tmp_path: Path) -> None:
    for name in ("pas touché", "touché à 1 µm"):
        save(tmp_path / "mes images" / name / "prise n° 1.png", GREY[0])
    report = pyside.convert_folders(tmp_path / "mes images", tmp_path / "jeu de données")
    assert report["class_names"] == ["pas touché", "touché à 1 µm"]
    assert open_dataset(tmp_path / "jeu de données").recordings[1].info["source"]["folder"] == "touché à 1 µm"
