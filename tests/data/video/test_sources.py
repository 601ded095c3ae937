"""Which videos a folder or a list means, and the names of their recordings."""

from __future__ import annotations

from pathlib import Path

import pytest
import tifffile

from pyside.data.video.sources import find_videos, recording_names, two_orders
from pyside.errors import BadVideo, Faults, NotReadable, PathMissing
from tests.conftest import holds, locked, raises_with
from tests.data.conftest import COMPOSED, DECOMPOSED, ODD, numbered_frames, with_links
from tests.data.video.test_image_sequences import write_images

FRAMES = numbered_frames(3, 24, 32)


def found(videos: object) -> list[Path]:
    faults = Faults()
    paths = find_videos(videos, faults)
    faults.raise_any()
    return paths


def names(videos: object) -> list[str]:
    return [path.name for path in found(videos)]


def touch(folder: Path, *files: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for file in files:
        (folder / file).touch()
    return folder


def test_a_folder_means_the_videos_in_it_in_the_order_of_matlabs_dir(tmp_path: Path) -> None:
    folder = touch(tmp_path, "b.mp4", "B.AVI", "a10.mkv", "a2.mov", ".hidden.mp4", "notes.txt", "ä.wmv")
    assert names(folder) == ["B.AVI", "a10.mkv", "a2.mov", "b.mp4", "ä.wmv"]
    assert names(str(folder)) == names(folder)
    by_number = find_videos(folder, Faults(), by_number=True)
    assert [path.name for path in by_number] == ["a2.mov", "a10.mkv", "B.AVI", "b.mp4", "ä.wmv"]


@pytest.mark.parametrize(
    ("files", "facts"),
    [
        (["a1.avi", "a2.avi", "b1.avi"], []),
        (["a01.avi", "a02.avi", "a10.avi"], []),
        (["9.avi", "10.avi"], ["10.avi, 9.avi", "9.avi, 10.avi"]),
        (
            [f"a{n:02}.avi" for n in range(1, 101)],
            ["..., a10.avi, a100.avi, a11.avi", "..., a10.avi, a11.avi, a12.avi"],
        ),
        (["day2_1.avi", "day10_1.avi"], ["day10_1.avi, day2_1.avi"]),
        (["clip.avi", "clip2.mp4", "clip3.avi"], []),
        (["clip.avi", "clip (1).avi", "clip (2).avi"], ["clip.avi, clip (1).avi"]),
        (["Bert.avi", "anna.avi"], ["Bert.avi, anna.avi", "anna.avi, Bert.avi"]),
    ],
)
def test_a_folder_has_two_orders_if_numbers_or_case_put_its_videos_differently(
    tmp_path: Path, files: list[str], facts: list[str]
) -> None:
    folder = touch(tmp_path / "videos", *files)
    told = two_orders(folder, found(folder))
    assert bool(told) == bool(facts) and holds(told, *facts)
    assert two_orders([str(folder)], found(folder)) == told
    assert two_orders(found(folder), found(folder)) == ""  # whoever lists files knows their order


def test_sequences_of_images_in_a_folder_have_an_order_too(tmp_path: Path) -> None:
    for name in ("trial2", "trial10"):
        write_images(tmp_path / name, ["1.png", "2.png"], FRAMES)
    assert holds(two_orders(tmp_path, found(tmp_path)), "trial10, trial2", "trial2, trial10")


def test_tiff_stacks_are_videos_too(tmp_path: Path) -> None:
    for number in range(3):
        tifffile.imwrite(tmp_path / f"trial{number}.tif", FRAMES, photometric="minisblack")
    assert names(tmp_path) == ["trial0.tif", "trial1.tif", "trial2.tif"]
    touch(tmp_path, "trial10.mp4")
    tifffile.imwrite(tmp_path / "template.tif", FRAMES[0])
    assert names(tmp_path) == ["trial0.tif", "trial1.tif", "trial10.mp4", "trial2.tif"]


@pytest.mark.parametrize(
    "suffix", "mj2 h264 264 webm MOV ts mts 3gp flv ogv mjpeg mjpg hevc y4m cine ivf dv mxf asf divx qt".split()
)
def test_all_videos_that_labs_use_are_found(suffix: str, tmp_path: Path) -> None:
    assert names(touch(tmp_path, f"trial1.{suffix}", "notes.txt", "labels.csv")) == [f"trial1.{suffix}"]


def test_one_name_with_two_suffixes_is_a_fault_in_a_folder_but_not_in_a_list(tmp_path: Path) -> None:
    folder = touch(tmp_path, "trial1.avi", "trial1.mj2", "trial2.h264", "trial3.mp4")
    tifffile.imwrite(tmp_path / "trial3.tif", FRAMES, photometric="minisblack")
    with raises_with(BadVideo, "trial1.avi", "trial1.mj2", "trial3.mp4", "trial3.tif") as caught:
        found(folder)
    assert not holds(caught.value.text, "trial2.h264")
    given = [folder / name for name in ("trial1.avi", "trial1.mj2")]
    assert found(given) == given


def test_a_folder_of_numbered_images_is_one_recording(tmp_path: Path) -> None:
    folder = write_images(tmp_path / "trial1", ["1.tif", "2.tif", "3.tif"], FRAMES)
    assert found(folder) == [folder]
    assert names(write_images(tmp_path / "trial2", ["a1.png", "a2.png"], FRAMES)) == ["trial2"]


def test_images_beside_videos_are_no_recording(tmp_path: Path) -> None:
    folder = write_images(touch(tmp_path / "a", "trial1.mp4"), ["trial1.png", "trial2.png"], FRAMES)
    assert names(folder) == ["trial1.mp4"]


def test_subfolders_of_numbered_images_are_a_recording_each(tmp_path: Path) -> None:
    for name in ("trial.2", "trial.1"):
        write_images(tmp_path / name, ["1.png", "2.png"], FRAMES)
    touch(tmp_path / "notes", "readme.txt")
    paths = found(tmp_path)
    assert [path.name for path in paths] == recording_names(paths) == ["trial.1", "trial.2"]


def test_a_list_may_name_files_and_folders(tmp_path: Path) -> None:
    write_images(tmp_path / "images", ["1.png", "2.png"], FRAMES)
    touch(tmp_path / "more", "x.mp4", "y.mp4")
    touch(tmp_path, "z.tif", "odd.ending")
    given = [tmp_path / one for one in ("z.tif", "more", "images", "odd.ending")]
    assert names(given) == ["z.tif", "x.mp4", "y.mp4", "images", "odd.ending"]


@pytest.mark.parametrize("videos", [[], None, 5, ["a.mp4", 3], {"a.mp4": 1}])
def test_anything_else_is_a_fault(videos: object) -> None:
    with pytest.raises(BadVideo):
        found(videos)


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    touch(tmp_path / "empty")
    touch(tmp_path, "a.mp4")
    with raises_with(PathMissing, "b.mp4", "empty", "a.mp4") as caught:
        found([tmp_path / one for one in ("b.mp4", "empty", "a.mp4", "a.mp4")])
    assert len(caught.value.faults) == 3


def test_recordings_of_one_name_are_told_apart_by_their_endings_or_folders() -> None:
    paths = [Path("/x/mon/a.avi"), Path("/x/tue/a.avi"), Path("/x/tue/b.avi"), Path("/x/tue/b.mp4")]
    assert recording_names(paths) == ["mon/a.avi", "tue/a.avi", "b.avi", "b.mp4"]


def test_what_systems_make_is_no_recording_and_such_folders_are_named(tmp_path: Path) -> None:
    folder = touch(tmp_path / "videos", "a.mp4", "._a.mp4", "Thumbs.db")
    touch(folder / "@eaDir", "a.mp4")
    sequences = tmp_path / "sequences"
    for name in ("trial1", "trial1/#recycle", "@eaDir", ".Trashes"):
        write_images(sequences / name, ["1.png", "2.png"], FRAMES)
    for given, expected, facts in (
        (folder, ["a.mp4"], ["@eaDir"]),
        (sequences, ["trial1"], ["@eaDir", ".Trashes", "trial1/#recycle"]),
        (sequences / "trial1", ["trial1"], ["#recycle"]),
    ):
        warnings: list[str] = []
        assert [path.name for path in find_videos(given, Faults(), warnings)] == expected
        assert len(warnings) == 1 and all(fact in warnings[0] for fact in facts)
    with raises_with(BadVideo, "@eaDir"):
        found(touch(tmp_path / "nas" / "@eaDir", "a.mp4").parent)


# --- links, odd names, and what may not be read ----------------------------------------------------------------------


@with_links
def test_links_out_of_a_folder_of_videos_are_used_and_named(tmp_path: Path) -> None:
    touch(tmp_path / "shared", "b.mp4")
    folder = touch(tmp_path / "videos", "a.mp4")
    (folder / "b.mp4").symlink_to(tmp_path / "shared" / "b.mp4")
    (folder / "seq").symlink_to(touch(tmp_path / "images", "x.txt"))
    faults, warnings = Faults(), list[str]()
    assert [path.name for path in find_videos(folder, faults, warnings)] == ["a.mp4", "b.mp4"]
    assert not len(faults) and len(warnings) == 1
    assert f"b.mp4 -> {tmp_path / 'shared' / 'b.mp4'}" in warnings[0] and str(folder) in warnings[0]


@with_links
def test_images_of_a_sequence_that_are_links_are_named(tmp_path: Path) -> None:
    images = write_images(tmp_path / "shared", ["1.png", "2.png"], FRAMES)
    folder = touch(tmp_path / "trial1")
    for name in ("1.png", "2.png"):
        (folder / name).symlink_to(images / name)
    warnings: list[str] = []
    assert find_videos(folder, Faults(), warnings) == [folder]
    assert len(warnings) == 1 and f"1.png -> {images / '1.png'}" in warnings[0]


@with_links
def test_a_link_that_leads_nowhere_and_two_names_of_one_video_are_faults(tmp_path: Path) -> None:
    folder = touch(tmp_path / "videos", "a.mp4", "b.mp4")
    (folder / "c.mp4").symlink_to("a.mp4")
    with raises_with(BadVideo, "a.mp4", "c.mp4"):
        found(folder)
    (folder / "c.mp4").unlink()
    (folder / "d.mp4").symlink_to("gone.mp4")
    (folder / "e.mp4").symlink_to("e.mp4")
    with raises_with(PathMissing, "d.mp4", "e.mp4"):
        found(folder)


def test_folders_that_may_not_be_read_are_told_by_name_all_at_once(tmp_path: Path, bound_by_permissions: None) -> None:
    folders = [touch(tmp_path / name, "a.mp4") for name in ("one", "two")]
    with locked(*folders), pytest.raises(NotReadable) as caught:
        found(folders)
    assert [Path(fault.of).name for fault in caught.value.faults] == ["one", "two"]
    with locked(*folders), raises_with(NotReadable, "one"):
        found(folders[0] / "a.mp4")


def test_a_stack_that_may_not_be_read_is_not_taken_for_a_lone_image(tmp_path: Path, bound_by_permissions: None) -> None:
    stack = touch(tmp_path, "a.mp4") / "b.tif"
    tifffile.imwrite(stack, FRAMES, photometric="minisblack")
    with locked(stack), raises_with(NotReadable, "b.tif"):
        found(tmp_path)


def test_recordings_have_names_of_their_own_in_whichever_way_they_are_written() -> None:
    twins = recording_names([Path("/v", f"{name}.mp4") for name in (COMPOSED, DECOMPOSED)])
    assert not twins[0].endswith("(2)") and twins[1].endswith("(2)")
    apart = [Path("/v/a", f"{COMPOSED}.mp4"), Path("/v/b", f"{DECOMPOSED}.mp4")]
    assert recording_names(apart) == [f"a/{COMPOSED}.mp4", f"b/{DECOMPOSED}.mp4"]
    odd = recording_names([Path("/v", f"{ODD}.mp4"), Path("/v", "ma%DFe.mp4")])
    assert len({*odd}) == 2 and odd[0].encode()


def test_the_names_of_many_recordings_are_found_in_little_time() -> None:
    paths = [Path("/v", str(number % 50), f"{number // 50}.mp4") for number in range(5000)]
    assert len({*recording_names(paths)}) == 5000


def test_videos_may_be_there_in_several_formats_and_twice_if_that_is_no_fault(tmp_path: Path) -> None:
    folder = touch(tmp_path, "a.mp4", "a.avi")
    faults = Faults()
    paths = find_videos([folder, folder / "a.mp4"], faults, once=False)
    assert [path.name for path in paths] == ["a.avi", "a.mp4"] and not len(faults)
    find_videos([folder, folder / "a.mp4"], faults)
    assert len(faults) == 2


def test_folders_of_a_folder_that_hold_videos_are_named_and_not_passed_over_in_silence(tmp_path: Path) -> None:
    folder = touch(tmp_path / "mice", "a.avi")
    for name, file in (("mouse1", "b.avi"), ("mouse2", "c.mp4"), ("notes", "d.txt")):
        touch(folder / name, file)
    write_images(folder / "mouse3", ["im1.png", "im2.png", "im3.png"])
    warnings: list[str] = []
    assert [path.name for path in find_videos(folder, Faults(), warnings)] == ["a.avi"]
    (warning,) = warnings
    assert holds(warning, "mouse1", "mouse2", "mouse3", str(folder)) and "notes" not in warning
    warnings.clear()
    assert len(find_videos([folder, *(folder / f"mouse{n}" for n in (1, 2, 3))], Faults(), warnings)) == 4
    assert warnings == []
    (folder / "a.avi").unlink()
    assert names(folder) == ["mouse3"]
    (folder / "mouse3").rename(tmp_path / "away")
    with raises_with(BadVideo, folder, "mouse1", "mouse2"):
        found(folder)
