"""Class folders of images become a dataset folder."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

import pyside
from pyside.__main__ import main
from pyside.data.conversion import from_folders
from pyside.data.conversion.from_folders import _about_neighbours
from pyside.data.dataset import open_dataset
from pyside.data.formats import frames
from pyside.errors import (
    BadImage,
    BadOption,
    Interrupted,
    NotReadable,
    NotWritable,
    OneClass,
    PathMissing,
    TouchTrainError,
    UnknownOption,
)
from pyside.system.files import unfinished
from tests.conftest import holds, locked, raises_with
from tests.data.conftest import COMPOSED, DECOMPOSED, ODD, with_both_forms, with_links, with_odd_names

HEIGHT, WIDTH = 20, 24
DIGITS = Path(os.environ.get("TOUCHTRAIN_REAL_DATA", "nowhere")) / "sign_digits"
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


def cut_short(path: Path) -> None:
    """Leave the first half of a file."""
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


# --- what becomes of images ----------------------------------------------------------------------------------------


def test_frames_labels_and_groups_are_those_of_the_folders(root: Path, tmp_path: Path) -> None:
    report = pyside.convert_folders(root, tmp_path / "set")
    dataset = open_dataset(tmp_path / "set")
    assert dataset.class_names == ("NonTouch", "Touch")
    assert [recording.name for recording in dataset.recordings] == ["NonTouch", "Touch"]
    assert np.array_equal(np.concatenate([one.frames for one in dataset.recordings])[..., 0], GREY)
    assert dataset.table.labels.tolist() == [0, 0, 0, 0, 1, 1]
    assert len(set(dataset.table.groups.tolist())) == 6
    assert (report["counts"], report["resized"], report["ignored"]) == ({"NonTouch": 4, "Touch": 2}, 0, [])
    assert "group_pattern" in report["warnings"][0] and holds(report["warnings"][1], 6)
    assert (report["groups"], report["identical"], report["conflicts"], report["left_out_why"]) == (6, 0, [], {})


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
def test_a_jpeg_gives_its_luma_as_it_is_stored(one_image: Callable[..., Any], tmp_path: Path, ending: str) -> None:
    frame = one_image("one" + ending, COLOUR, {"quality": 95})
    expected = Image.open(tmp_path / "images" / "a" / f"one{ending}")
    expected.draft("L", None)
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
    for name, pixels in zip("ab", GREY, strict=False):
        save(tmp_path / "images" / name / "dark.png", pixels.astype(np.uint16) * 16)
    for _ in range(2):  # the second time nothing is read anew
        report = pyside.convert_folders(tmp_path / "images", tmp_path / "set")
        assert any("pixel_range" in warning for warning in report["warnings"])


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
    assert any("60 x 72" in warning and "20 x 24" in warning for warning in report["warnings"])


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
    for name, pixels in zip(("10", "9", "1"), GREY, strict=False):
        save(tmp_path / "images" / name / "1.png", pixels)
    assert pyside.convert_folders(tmp_path / "images", tmp_path / "set")["class_names"] == ["1", "9", "10"]


def test_class_names_give_the_order(root: Path, tmp_path: Path) -> None:
    pyside.convert_folders(root, tmp_path / "set", class_names=["Touch", "NonTouch"])
    assert open_dataset(tmp_path / "set").table.labels.tolist() == [0, 0, 1, 1, 1, 1]


@pytest.mark.parametrize("names", [("NonTouch", "touch"), ("NonTouch", "Touch", "Unsure"), ("Touch", "Other")])
def test_class_names_that_are_not_the_folders_are_a_fault(root: Path, tmp_path: Path, names: tuple[str, ...]) -> None:
    with pytest.raises(BadOption) as caught:
        pyside.convert_folders(root, tmp_path / "set", class_names=names)
    assert ", ".join(names) in caught.value.text and "NonTouch, Touch" in caught.value.text


def test_a_folder_that_is_no_class_is_a_fault(root: Path, tmp_path: Path) -> None:
    save(root / "Unsure" / "1.png", GREY[0])
    with raises_with(BadOption, "Unsure"):
        pyside.convert_folders(root, tmp_path / "set", class_names=("NonTouch", "Touch"))


def test_what_is_no_image_is_ignored_and_listed_and_hidden_files_do_not_count(root: Path, tmp_path: Path) -> None:
    (root / "LICENSE.txt").write_text("free")
    (root / "Touch" / "notes.txt").write_text("good ones")
    (root / "Touch" / "._4.png").write_bytes(b"left by another system")
    (root / ".git").mkdir()
    (root / "Touch" / "more").mkdir()
    (root / "Touch" / "more" / "list.csv").write_text("1,2")
    report = pyside.convert_folders(root, tmp_path / "set")
    assert report["ignored"] == ["LICENSE.txt", "Touch/more/list.csv", "Touch/notes.txt"]
    assert report["frames"] == 6


@pytest.mark.parametrize(
    "name", ["@eaDir", "#recycle", ".Trashes", "__MACOSX", "lost+found", "System Volume Information", "$RECYCLE.BIN"]
)
def test_folders_that_systems_make_are_no_classes_and_hold_no_images_but_are_named(
    root: Path, tmp_path: Path, name: str
) -> None:
    for place in (root / name, root / "Touch" / name, root / "Touch" / "day1" / name):
        save(place / "5.png" / "thumbnail.png", np.zeros((64, 64), np.uint8))
        save(place / "old.png", 255 - GREY[0])
    for file in ("Thumbs.db", ".DS_Store", "desktop.ini"):
        (root / "Touch" / file).write_bytes(b"the system's")
    save(root / "Touch" / "day1" / "6.png", 255 - GREY[1])
    report = pyside.convert_folders(root, tmp_path / "set", class_names=("NonTouch", "Touch"))
    assert (report["counts"], report["image_shape"]) == ({"NonTouch": 4, "Touch": 3}, [HEIGHT, WIDTH, 1])
    (told,) = [text for text in report["warnings"] if name in text]
    assert f"Touch/{name}" in told and f"Touch/day1/{name}" in told and report["ignored"] == []


def test_a_class_whose_images_are_in_a_hidden_folder_only_is_a_fault_that_names_it(root: Path, tmp_path: Path) -> None:
    save(root / "Third" / ".old" / "1.png", GREY[0])
    with raises_with(BadImage, "Third", ".old"):
        pyside.convert_folders(root, tmp_path / "set")


def test_a_long_list_of_what_is_ignored_is_cut(root: Path, tmp_path: Path) -> None:
    for number in range(33):
        (root / "Touch" / f"{number:02d}.txt").write_text("")
    ignored = pyside.convert_folders(root, tmp_path / "set")["ignored"]
    assert len(ignored) == 21 and holds(ignored[-1], 13)


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
    for what in ("Empty", "text.jpg", "nothing.png", "floats.tif", "pixel_range"):
        assert what in text
    assert sorted(path.name for path in tmp_path.iterdir()) == ["images"]


def test_of_very_many_unreadable_images_the_first_are_named(root: Path, tmp_path: Path) -> None:
    for number in range(50):
        (root / "Touch" / f"bad{number:02d}.png").write_bytes(b"?")
    with raises_with(BadImage, 50, 56, 45) as caught:
        pyside.convert_folders(root, tmp_path / "set")
    assert "bad04.png" in caught.value.text and "bad05.png" not in caught.value.text
    assert len(caught.value.faults) == 50 and "bad49.png" in caught.value.faults[-1].text


# --- what may not be read, leads elsewhere, or has an odd name -------------------------------------------------------


def test_folders_and_images_that_may_not_be_read_are_told_all_at_once(
    root: Path, tmp_path: Path, bound_by_permissions: None
) -> None:
    save(root / "Touch" / "day2" / "9.png", 255 - GREY[0])
    save(root / "Third" / "9.png", 255 - GREY[1])
    with locked(root / "Touch" / "day2", root / "NonTouch" / "1.png", root / "Third"):
        with raises_with(NotReadable, "Touch/day2") as caught:
            pyside.convert_folders(root, tmp_path / "set")
        named = {Path(fault.of).relative_to(root).as_posix() for fault in caught.value.faults}
        assert named == {"Touch/day2", "NonTouch/1.png", "Third"}
        with pytest.raises(NotReadable):  # a folder is never left out in silence
            pyside.convert_folders(root, tmp_path / "set", on_damage="skip")
        checked = pyside.convert_folders(root, tmp_path / "set", check=True)
    assert not checked["well"] and len(checked["faults"]) == 3
    with locked(root / "NonTouch" / "1.png"):
        report = pyside.convert_folders(
            root, tmp_path / "set", on_damage="skip", class_names=("NonTouch", "Touch", "Third")
        )
    assert report["damaged"] == ["NonTouch/1.png"]
    with locked(root), pytest.raises(NotReadable):
        pyside.convert_folders(root, tmp_path / "other")


def test_a_folder_whose_files_may_be_listed_but_not_opened_is_a_fault(
    root: Path, tmp_path: Path, bound_by_permissions: None
) -> None:
    (root / "Touch").chmod(0o400)
    try:
        with raises_with(NotReadable, "4.png"):
            pyside.convert_folders(root, tmp_path / "set")
    finally:
        (root / "Touch").chmod(0o755)


@with_links
def test_links_out_of_the_folder_are_used_and_named_with_where_they_lead(root: Path, tmp_path: Path) -> None:
    save(tmp_path / "shared" / "day1" / "7.png", 255 - GREY[0])
    save(tmp_path / "shared" / "8.png", 255 - GREY[1])
    (root / "Touch" / "day1").symlink_to(tmp_path / "shared" / "day1")
    (root / "NonTouch" / "8.png").symlink_to(tmp_path / "shared" / "8.png")
    (root / "NonTouch" / "again.png").symlink_to("0.png")  # within: not worth a word
    (root / "Touch" / "gone.png").symlink_to(tmp_path / "gone.png")
    (root / "Touch" / "round").symlink_to(root / "Touch")
    (root / "Touch" / "up").symlink_to(tmp_path)
    (root / "Touch" / "self.png").symlink_to("self.png")
    report = pyside.convert_folders(root, tmp_path / "set")
    assert report["counts"] == {"NonTouch": 6, "Touch": 3}
    out, nowhere, circle = report["warnings"][:3]
    assert f"Touch/day1 -> {tmp_path / 'shared' / 'day1'}" in out and "NonTouch/8.png -> " in out and "again" not in out
    assert "Touch/gone.png -> " in nowhere and "Touch/self.png -> self.png" in nowhere
    assert "Touch/round" in circle and "Touch/up" in circle


@with_links
def test_links_to_one_image_from_two_classes_are_a_conflict(root: Path, tmp_path: Path) -> None:
    save(tmp_path / "one.png", 255 - GREY[0])
    for name in ("NonTouch", "Touch"):
        (root / name / "x.png").symlink_to(tmp_path / "one.png")
    with raises_with(BadImage, "NonTouch/x.png", "Touch/x.png"):
        pyside.convert_folders(root, tmp_path / "set")


@with_links
def test_a_class_folder_that_is_a_link_is_named(root: Path, tmp_path: Path) -> None:
    (root / "Touch").rename(tmp_path / "elsewhere")
    (root / "Touch").symlink_to(tmp_path / "elsewhere")
    report = pyside.convert_folders(root, tmp_path / "set")
    assert report["counts"]["Touch"] == 2 and f"Touch -> {tmp_path / 'elsewhere'}" in report["warnings"][0]


@with_odd_names
def test_names_that_are_no_utf_8_are_shown_with_the_odd_byte_in_hexadecimal(root: Path, tmp_path: Path) -> None:
    (root / "Touch").rename(root / ODD)
    save(root / "NonTouch" / ODD / f"{ODD}.png", 255 - GREY[0])
    (root / "NonTouch" / f"{ODD}1.png").write_bytes(b"?")
    (root / "NonTouch" / f"{ODD}.txt").write_bytes(b"?")
    report = pyside.convert_folders(root, tmp_path / "set", on_damage="skip")
    assert report["class_names"] == ["NonTouch", "ma%DFe"]
    assert report["damaged"] == ["NonTouch/ma%DFe1.png"] and report["ignored"] == ["NonTouch/ma%DFe.txt"]
    first = json.loads((tmp_path / "set" / "dataset.json").read_text(encoding="utf-8"))
    pyside.convert_folders(root, tmp_path / "set", on_damage="skip")  # takes over what is there
    assert json.loads((tmp_path / "set" / "dataset.json").read_text(encoding="utf-8")) == first
    with raises_with(BadImage, "ma%DFe1.png"):
        pyside.convert_folders(root, tmp_path / "other")


@with_both_forms
def test_one_day_below_two_classes_is_one_group_in_whichever_way_its_name_is_written(
    root: Path, tmp_path: Path
) -> None:
    for place, (name, day) in enumerate([("NonTouch", COMPOSED), ("Touch", DECOMPOSED), ("Touch", COMPOSED)]):
        save(root / name / day / f"day{place}.png", 255 - GREY[place])
    assert pyside.convert_folders(root, tmp_path / "set")["groups"] == 6 + 1
    for number, pattern in enumerate([COMPOSED, DECOMPOSED, "(M.rz01)"]):
        report = pyside.convert_folders(root, tmp_path / f"set{number}", group_pattern=pattern)
        assert report["groups"] == 6 + 1


@with_both_forms
def test_class_names_are_found_in_whichever_way_they_are_written(root: Path, tmp_path: Path) -> None:
    (root / "Touch").rename(root / DECOMPOSED)
    report = pyside.convert_folders(root, tmp_path / "set", class_names=(COMPOSED, "NonTouch"))
    assert report["class_names"] == [COMPOSED, "NonTouch"] and report["counts"][COMPOSED] == 2
    assert pyside.convert_folders(root, tmp_path / "as_found")["class_names"] == [DECOMPOSED, "NonTouch"]
    (root / COMPOSED).mkdir()
    with raises_with(BadImage, ascii(COMPOSED), ascii(DECOMPOSED)):
        pyside.convert_folders(root, tmp_path / "set2")


def test_roots_without_classes_are_faults(tmp_path: Path) -> None:
    with pytest.raises(PathMissing):
        pyside.convert_folders(tmp_path / "nowhere", tmp_path / "set")
    (tmp_path / "images").mkdir()
    with raises_with(BadImage, tmp_path / "images"):
        pyside.convert_folders(tmp_path / "images", tmp_path / "set")
    save(tmp_path / "images" / "alone" / "1.png", GREY[0])
    with raises_with(OneClass, "alone"):
        pyside.convert_folders(tmp_path / "images", tmp_path / "set")


def test_a_dataset_inside_the_class_folders_is_refused(root: Path) -> None:
    with raises_with(NotWritable, root / "set"):
        pyside.convert_folders(root, root / "set")


def test_several_images_in_one_file_are_a_fault(root: Path, tmp_path: Path) -> None:
    pages = [Image.fromarray(pixels) for pixels in GREY]
    pages[0].save(root / "Touch" / "stack.tif", save_all=True, append_images=pages[1:])
    with raises_with(BadImage, "stack.tif", 6):
        pyside.convert_folders(root, tmp_path / "set")


def test_an_image_too_large_to_be_a_frame_is_a_fault(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 500)
    save(root / "Touch" / "large.png", np.zeros((30, 30), np.uint8))
    with raises_with(BadImage, "large.png"):
        pyside.convert_folders(root, tmp_path / "set")


@pytest.mark.parametrize("name", ["short.jpg", "short.png", "short.bmp", "short.tif"])
def test_an_image_that_is_cut_short_is_named_and_no_dataset_appears(root: Path, tmp_path: Path, name: str) -> None:
    save(root / "Touch" / name, COLOUR)
    whole = (root / "Touch" / name).read_bytes()
    for length in (len(whole) // 2, len(whole) - 40):
        (root / "Touch" / name).write_bytes(whole[:length])
        with raises_with(BadImage, name):
            pyside.convert_folders(root, tmp_path / "set")
        assert not (tmp_path / "set").exists()


@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)
@given(
    ending=st.sampled_from(("png", "jpg", "tif", "bmp")),
    grey=st.booleans(),
    length=st.none() | st.floats(0, 1),
    flips=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(1, 255)), max_size=4),
    on_damage=st.sampled_from(("error", "skip")),
)
def test_damaged_images_give_a_frame_or_an_error_of_ours(
    root: Path,
    tmp_path: Path,
    ending: str,
    grey: bool,
    length: float | None,
    flips: list[tuple[float, int]],
    on_damage: str,
) -> None:
    path = root / "Touch" / f"damaged.{ending}"
    save(path, GREY[5].T if grey else COLOUR)
    data = bytearray(path.read_bytes())
    for place, change in flips:
        data[int(place**3 * len(data))] ^= change  # rather in the head
    path.write_bytes(data[: None if length is None else int(length * len(data))])
    try:
        report = from_folders.convert_folders(root, tmp_path / "set", {"on_damage": on_damage})
        assert report["frames"] == 7 - len(report["damaged"])
    except TouchTrainError as error:
        assert on_damage == "error" and path.name in error.text
    finally:
        path.unlink()


# --- damage that is skipped ----------------------------------------------------------------------------------------


def test_damaged_images_are_left_out_and_counted_on_request(root: Path, tmp_path: Path) -> None:
    (root / "Touch" / "4b.png").write_bytes(b"no image")
    save(root / "Touch" / "4a.png", COLOUR)
    cut_short(root / "Touch" / "4a.png")
    for _ in range(2):  # the second time nothing is read anew
        report = pyside.convert_folders(root, tmp_path / "set", on_damage="skip")
        assert report["damaged"] == ["Touch/4a.png", "Touch/4b.png"]
        assert (report["left_out_why"], report["frames"]) == ({"damaged": 2}, 6)
        assert np.array_equal(open_dataset(tmp_path / "set").recordings[1].frames[..., 0], GREY[4:])
    with raises_with(BadImage, "4b.png"):
        pyside.convert_folders(root, tmp_path / "set")


def test_all_images_whose_pixels_are_damaged_are_named_at_once(root: Path, tmp_path: Path) -> None:
    for path in (root / "NonTouch" / "0.png", root / "Touch" / "5.png"):
        cut_short(path)
    with pytest.raises(BadImage) as caught:
        pyside.convert_folders(root, tmp_path / "set")
    assert "0.png" in caught.value.text and "5.png" in caught.value.text


@pytest.mark.parametrize("heads", [True, False])
def test_a_class_with_damaged_images_only_is_a_fault(root: Path, tmp_path: Path, heads: bool) -> None:
    for path in (root / "Touch").iterdir():
        path.write_bytes(b"no image") if heads else cut_short(path)
    with raises_with(BadImage, "Touch"):
        pyside.convert_folders(root, tmp_path / "set", on_damage="skip")


def test_images_whose_checksum_is_wrong_are_all_named_before_anything_is_written(root: Path, tmp_path: Path) -> None:
    for path in (root / "NonTouch" / "0.png", root / "Touch" / "5.png"):
        data = bytearray(path.read_bytes())
        data[data.index(b"IDAT") + 40] ^= 1
        path.write_bytes(data)
    with raises_with(BadImage, "0.png", "5.png"):
        pyside.convert_folders(root, tmp_path / "set")
    assert not unfinished(tmp_path / "set").exists()
    assert not pyside.convert_folders(root, tmp_path / "set", check=True)["well"]
    report = pyside.convert_folders(root, tmp_path / "set", on_damage="skip")
    assert report["damaged"] == ["NonTouch/0.png", "Touch/5.png"]
    assert np.array_equal(open_dataset(tmp_path / "set").recordings[0].frames[..., 0], GREY[1:4])


# --- identical images ----------------------------------------------------------------------------------------------


def test_identical_files_in_two_classes_are_a_fault_before_anything_is_written(root: Path, tmp_path: Path) -> None:
    save(root / "Touch" / "a.png", GREY[0])
    save(root / "Touch" / "b.png", GREY[1])
    with raises_with(BadImage, "on_conflict") as caught:
        pyside.convert_folders(root, tmp_path / "set")
    assert "NonTouch/0.png = Touch/a.png, NonTouch/1.png = Touch/b.png" in caught.value.text
    assert sorted(path.name for path in tmp_path.iterdir()) == ["images"]


def test_identical_pixels_in_two_classes_are_a_fault_too(root: Path, tmp_path: Path) -> None:
    save(root / "Touch" / "a.bmp", GREY[0])
    with raises_with(BadImage, "NonTouch/0.png", "Touch/a.bmp"):
        pyside.convert_folders(root, tmp_path / "set")
    assert not (tmp_path / "set").exists()


@pytest.mark.parametrize("ending", ["png", "bmp"])
def test_images_in_two_classes_can_be_left_out_of_both(root: Path, tmp_path: Path, ending: str) -> None:
    save(root / "Touch" / f"a.{ending}", GREY[0])
    for _ in range(2):  # the second time nothing is read anew
        report = pyside.convert_folders(root, tmp_path / "set", on_conflict="skip")
        assert report["left_out_why"] == {"in_two_classes": 2}
        assert report["conflicts"] == [["NonTouch/0.png", f"Touch/a.{ending}"]]
        assert report["counts"] == {"NonTouch": 3, "Touch": 2}


@pytest.mark.parametrize("ending", ["png", "bmp"])
def test_images_in_two_classes_can_be_kept_and_stay_on_one_side(root: Path, tmp_path: Path, ending: str) -> None:
    save(root / "Touch" / f"a.{ending}", GREY[0])
    report = pyside.convert_folders(root, tmp_path / "set", on_conflict="keep")
    assert report["counts"] == {"NonTouch": 4, "Touch": 3} and len(report["conflicts"]) == 1
    groups = open_dataset(tmp_path / "set").table.groups
    assert groups[0] == groups[6] and len(set(groups.tolist())) == 6


def test_identical_images_of_a_class_are_counted_and_share_a_group(root: Path, tmp_path: Path) -> None:
    save(root / "Touch" / "6.png", GREY[5])
    save(root / "Touch" / "7.bmp", GREY[5])
    report = pyside.convert_folders(root, tmp_path / "set")
    assert (report["identical"], report["groups"], report["frames"]) == (2, 6, 8)
    assert any("2" in warning.split() for warning in report["warnings"])


# --- groups --------------------------------------------------------------------------------------------------------


def test_sub_folders_are_groups_also_across_classes(tmp_path: Path) -> None:
    places = ("a/day1/1.png", "a/day1/2.png", "a/day2/left/1.png", "b/day1/1.png", "b/day2/1.png", "b/1.png")
    for place, pixels in zip(places, GREY, strict=True):
        save(tmp_path / "images" / place, pixels)
    report = pyside.convert_folders(tmp_path / "images", tmp_path / "set")
    dataset = open_dataset(tmp_path / "set")
    assert np.array_equal(dataset.recordings[1].frames[..., 0], GREY[[5, 3, 4]])
    day1, _, left, alone, across, day2 = dataset.table.groups.tolist()
    assert dataset.table.groups.tolist() == [day1, day1, left, alone, day1, day2] and across == day1
    assert len({day1, left, alone, day2}) == report["groups"] == 4
    assert any("b/1.png" in warning for warning in report["warnings"])


@pytest.mark.parametrize(
    ("places", "groups", "told"),
    [
        (["p/p7/1", "p/p7/2", "n/n7/1", "n/n7/2"], [0, 1, 2, 3], ["p/p7", "n/n7"]),
        (["p/day/1", "p/day/2", "n/day/1"], [0, 1, 2], ["p/day", "n/day"]),
        (["p/a/b/1", "p/a/b/2", "n/1", "n/2"], [0, 1, 2, 3], ["p/a/b"]),
        (["p/p7/day1/1", "p/p7/day2/1", "n/n7/day1/1", "n/n7/day1/2"], [0, 1, 0, 0], ["p/p7", "n/n7"]),
        (["p/day1/1", "p/day1/2", "n/day1/1", "n/day2/1"], [0, 0, 0, 1], []),
        (["p/day1/1", "p/day1/2", "p/1", "n/2"], [0, 0, 1, 2], []),
    ],
)
def test_one_folder_with_all_images_of_each_class_is_no_group(
    tmp_path: Path, places: list[str], groups: list[int], told: list[str]
) -> None:
    for place, pixels in zip(places, GREY, strict=False):
        save(tmp_path / "images" / f"{place}.png", pixels)
    names = {"class_names": ["p", "n"]}
    checked = pyside.convert_folders(tmp_path / "images", tmp_path / "set", check=True, **names)
    report = pyside.convert_folders(tmp_path / "images", tmp_path / "set", **names)
    table = open_dataset(tmp_path / "set").table
    order = {name: number for number, name in enumerate(sorted(places, key=lambda place: (place[0] == "n", place)))}
    found = [int(table.groups[order[place]]) for place in places]
    assert [list(dict.fromkeys(found)).index(one) for one in found] == groups
    assert report["groups"] == checked["groups"] == len(set(groups))
    for warnings in (report["warnings"], checked["warnings"]):
        assert not told or sum(holds(text, *told) for text in warnings) == 1
        assert (_about_neighbours() in warnings) == (len(set(groups)) == len(groups))


def test_a_pattern_may_take_the_only_folder_of_each_class_for_a_group(tmp_path: Path) -> None:
    for place, pixels in zip(("p/p7/1", "p/p7/2", "n/n7/1"), GREY, strict=False):
        save(tmp_path / "images" / f"{place}.png", pixels)
    report = pyside.convert_folders(tmp_path / "images", tmp_path / "set", group_pattern=".*/")
    assert report["groups"] == 2


def test_a_pattern_on_the_file_name_gives_groups(tmp_path: Path) -> None:
    names = ("a/trial1_1.png", "a/trial1_2.png", "a/trial2_1.png", "b/trial2_7.png", "b/other.png")
    for name, pixels in zip(names, GREY, strict=False):
        save(tmp_path / "images" / name, pixels)
    report = pyside.convert_folders(tmp_path / "images", tmp_path / "set", group_pattern=r"trial(\d+)")
    first, _, second, other, _ = groups = open_dataset(tmp_path / "set").table.groups.tolist()
    assert groups == [first, first, second, other, second] and len({first, second, other}) == report["groups"] == 3
    assert any("group_pattern" in warning and "b/other.png" in warning for warning in report["warnings"])
    whole = pyside.convert_folders(tmp_path / "images", tmp_path / "whole", group_pattern=r"trial\d+|other")
    assert whole["groups"] == 3 and not any("group_pattern" in warning for warning in whole["warnings"])


# --- the check -----------------------------------------------------------------------------------------------------


def test_a_check_tells_what_will_come_and_writes_nothing(root: Path, tmp_path: Path) -> None:
    save(root / "Touch" / "6.png", GREY[5])
    save(root / "Touch" / "large.png", np.zeros((60, 60), np.uint8))
    (root / "Touch" / "notes.txt").write_text("")
    report = pyside.convert_folders(root, tmp_path / "set", check=True)
    assert report["well"] and report["seconds"] > 0 and report["bytes"] == 8 * HEIGHT * WIDTH
    assert (report["counts"], report["identical"]) == ({"NonTouch": 4, "Touch": 4}, 1)
    assert (report["resized"], report["groups"], report["ignored"]) == (1, 7, ["Touch/notes.txt"])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["images"]


def test_where_images_cost_much_more_than_their_video_would_a_check_says_so(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(from_folders, "FEW_FRAMES", 6)
    monkeypatch.setattr(from_folders, "_VIDEO_FRAMES_PER_SECOND", 1e-9)  # however slow this machine is
    usual = pyside.convert_folders(root, tmp_path / "set", check=True)["warnings"]
    monkeypatch.setattr(from_folders, "_VIDEO_FRAMES_PER_SECOND", 1e9)
    (added,) = {*pyside.convert_folders(root, tmp_path / "set", check=True)["warnings"]} - {*usual}
    assert holds(added, 6)


def test_a_check_tells_all_faults(root: Path, tmp_path: Path) -> None:
    (root / "Touch" / "text.jpg").write_text("no image")
    save(root / "Touch" / "a.png", GREY[0])
    report = pyside.convert_folders(root, tmp_path / "set", check=True)
    assert not report["well"] and len(report["faults"]) == 2
    assert report["counts"] == {"NonTouch": 4, "Touch": 3}
    nowhere = pyside.convert_folders(root, tmp_path / "set", check=True, class_names=["a", "b"])
    assert [fault["identifier"] for fault in nowhere["faults"]] == ["TouchTrain:BadOption"]


def test_a_check_counts_what_will_be_left_out(root: Path, tmp_path: Path) -> None:
    (root / "Touch" / "text.jpg").write_text("no image")
    save(root / "Touch" / "a.png", GREY[0])
    report = pyside.convert_folders(root, tmp_path / "set", check=True, on_damage="skip", on_conflict="skip")
    assert report["well"] and report["left_out"] == {"in_two_classes": 2, "damaged": 1}
    assert report["damaged"] == ["Touch/text.jpg"]


# --- several processes ---------------------------------------------------------------------------------------------


def test_the_bytes_do_not_depend_on_the_number_of_processes(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(from_folders, "_CHUNK_IMAGES", 1)
    save(root / "Touch" / "4a.png", COLOUR)
    cut_short(root / "Touch" / "4a.png")
    for workers in (1, 3):
        pyside.convert_folders(root, tmp_path / f"set{workers}", workers=workers, on_damage="skip")
    assert bytes_of(tmp_path / "set1") == bytes_of(tmp_path / "set3")


@pytest.mark.skipif(not DIGITS.is_dir(), reason="the real images are not on this machine")
def test_photographs_of_digits_are_classes(tmp_path: Path) -> None:
    report = pyside.convert_folders(DIGITS, tmp_path / "set", on_conflict="keep", image_size=64, isolated=False)
    assert report["class_names"] == [str(digit) for digit in range(10)]
    assert sum(report["counts"].values()) == report["frames"] > 300


def test_unknown_options_are_named(root: Path, tmp_path: Path) -> None:
    with raises_with(UnknownOption, "image_size"):
        pyside.convert_folders(root, tmp_path / "set", imagesize=20)


# --- again ---------------------------------------------------------------------------------------------------------


def test_equal_images_give_equal_bytes_wherever_they_lie(root: Path, tmp_path: Path) -> None:
    pyside.convert_folders(root, tmp_path / "set")
    root.rename(tmp_path / "moved")
    pyside.convert_folders(tmp_path / "moved", tmp_path / "again")
    assert bytes_of(tmp_path / "set") == bytes_of(tmp_path / "again")
    assert str(tmp_path) not in (tmp_path / "set" / "dataset.json").read_text()


@pytest.fixture
def stop_after_one_class(tmp_path: Path) -> Callable[..., None]:
    """A function that begins a conversion and stops it when its first class is complete."""

    def convert(root: Path, dataset: Path, **options: Any) -> None:
        done = unfinished(dataset) / "NonTouch.frames.npy"
        with pytest.raises(Interrupted):
            from_folders.convert_folders(root, dataset, options, should_stop=done.exists)
        assert done.exists() and not dataset.exists()

    return convert


def test_a_conversion_that_was_stopped_goes_on_and_gives_the_same(
    root: Path, tmp_path: Path, stop_after_one_class: Callable[..., None]
) -> None:
    pyside.convert_folders(root, tmp_path / "set")
    stop_after_one_class(root, tmp_path / "again")
    written = (unfinished(tmp_path / "again") / "NonTouch.frames.npy").stat().st_mtime_ns
    from_folders.convert_folders(root, tmp_path / "again", {})
    assert (tmp_path / "again" / "NonTouch.frames.npy").stat().st_mtime_ns == written
    assert bytes_of(tmp_path / "again") == bytes_of(tmp_path / "set")


def test_a_class_whose_images_changed_is_converted_anew(
    root: Path, tmp_path: Path, stop_after_one_class: Callable[..., None]
) -> None:
    stop_after_one_class(root, tmp_path / "set")
    changed = GREY[0][::-1]
    save(root / "NonTouch" / "0.png", changed)
    pyside.convert_folders(root, tmp_path / "set")
    assert np.array_equal(open_dataset(tmp_path / "set").recordings[0].frames[0, ..., 0], changed)


@pytest.mark.parametrize("changed", ["NonTouch", "Touch"])
def test_a_dataset_of_which_one_class_is_done_anew_is_as_if_made_at_once(
    root: Path, tmp_path: Path, changed: str
) -> None:
    options = {"on_damage": "skip", "on_conflict": "skip"}
    save(root / "Touch" / "0 as bitmap.bmp", GREY[0])
    save(root / "Touch" / "short.png", COLOUR)
    cut_short(root / "Touch" / "short.png")
    pyside.convert_folders(root, tmp_path / "set", **options)
    save(root / changed / "new.png", GREY[1].T[:HEIGHT])
    pyside.convert_folders(root, tmp_path / "set", **options)
    pyside.convert_folders(root, tmp_path / "at once", **options)
    assert bytes_of(tmp_path / "set") == bytes_of(tmp_path / "at once")


def test_another_contrast_is_converted_anew(root: Path, tmp_path: Path) -> None:
    pyside.convert_folders(root, tmp_path / "set")
    pyside.convert_folders(root, tmp_path / "set", contrast="equalize")
    dataset = open_dataset(tmp_path / "set")
    expected = frames.adjust_contrast(GREY[:4, ..., None], "equalize")
    assert dataset.info["contrast"] == "equalize" and np.array_equal(dataset.recordings[0].frames, expected)


def test_after_a_damaged_image_is_replaced_the_conversion_goes_on(root: Path, tmp_path: Path) -> None:
    whole = (root / "Touch" / "5.png").read_bytes()
    (root / "Touch" / "5.png").write_bytes(whole[: len(whole) // 2])
    with raises_with(BadImage, "5.png"):
        pyside.convert_folders(root, tmp_path / "set")
    (root / "Touch" / "5.png").write_bytes(whole)
    assert pyside.convert_folders(root, tmp_path / "set")["frames"] == 6


def test_chunks_of_frames_join_without_a_seam(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(from_folders, "_CHUNK_IMAGES", 3)
    pyside.convert_folders(root, tmp_path / "set")
    assert np.array_equal(open_dataset(tmp_path / "set").recordings[0].frames[..., 0], GREY[:4])


# --- what a person sees --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("ahead", "workers"), [(0, 1), (2 * HEIGHT * WIDTH, 1), (1 << 20, 1), (2 * HEIGHT * WIDTH, 3)])
def test_frames_decoded_ahead_or_later_are_the_same(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ahead: int, workers: int
) -> None:
    save(root / "NonTouch" / "2a.jpg", COLOUR)
    save(root / "Touch" / "large.png", np.full((50, 60), 77, np.uint8))
    save(root / "Touch" / "same as 0.bmp", GREY[0])
    save(root / "Touch" / "short.bmp", GREY[1])
    cut_short(root / "Touch" / "short.bmp")
    monkeypatch.setattr(from_folders, "_CHUNK_IMAGES", 2)
    options = {"on_damage": "skip", "on_conflict": "skip", "contrast": "stretch"}
    forms = {"set": {}, "sized": {"image_size": (30, 26)}, "colour": {"color": True}}
    for name, more in list(forms.items())[: None if workers == 1 else 1]:
        from_folders.convert_folders(root, tmp_path / f"{name}1", options | more)  # nothing was there
        monkeypatch.setattr(from_folders, "_AHEAD_BYTES", ahead)
        from_folders.convert_folders(root, tmp_path / f"{name}2", options | more | {"workers": workers})
        monkeypatch.undo()
        monkeypatch.setattr(from_folders, "_CHUNK_IMAGES", 2)
        assert bytes_of(tmp_path / f"{name}1") == bytes_of(tmp_path / f"{name}2")


def test_an_image_is_read_once_if_most_have_the_size_of_the_first(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    whole = from_folders.images.read_bytes
    monkeypatch.setattr(from_folders.images, "read_bytes", lambda path: read.append(os.fspath(path)) or whole(path))
    from_folders.convert_folders(root, tmp_path / "set", {"workers": 1})
    assert len(read) == 6 + 2  # the first of each class tells its size


def test_progress_names_the_classes_and_ends_with_all_images(root: Path, tmp_path: Path) -> None:
    records: list[dict[str, Any]] = []
    from_folders.convert_folders(root, tmp_path / "set", {}, records.append)
    assert records[0] == {"stage": "checking"}
    first, second = records[1]["said"][:2]
    assert holds(first, 0, "NonTouch", 4) and holds(second, 1, "Touch", 2)
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
    for name, pixels in zip(("pas touché", "touché à 1 µm"), GREY, strict=False):
        save(tmp_path / "mes images" / name / "prise n° 1.png", pixels)
    report = pyside.convert_folders(tmp_path / "mes images", tmp_path / "jeu de données")
    assert report["class_names"] == ["pas touché", "touché à 1 µm"]
    assert open_dataset(tmp_path / "jeu de données").recordings[1].info["source"]["folder"] == "touché à 1 µm"
