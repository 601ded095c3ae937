"""The dataset folder: written whole, resumed, opened, and never mistaken for what it is not."""

from __future__ import annotations

import hashlib
import json
import re
import types
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import pyside
from pyside.data.dataset import Dataset, open_dataset
from pyside.data.dataset_writer import DatasetWriter, check_target, still_to_write
from pyside.errors import (
    BadDataset,
    BadFrames,
    DiskFull,
    LengthMismatch,
    NotReadable,
    NotWritable,
    PathMissing,
    TouchTrainError,
)
from pyside.settings.conversion import FEW_CLASSES
from pyside.system import files
from tests.conftest import locked, raises_with, steps

MakeDataset = Callable[..., Path]
SHAPE = (4, 5, 1)


def frames_of(n: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 255, (n, *SHAPE), dtype=np.uint8)


def writer(folder: Path, mapping: dict[str, str] | None = None) -> DatasetWriter:
    return DatasetWriter(folder, ("A", "B"), SHAPE, mapping or {"0": "A"}, {"pixel_range": None})


def write(target: DatasetWriter, name: str, frames: np.ndarray, chunk: int = 100) -> None:
    recording = target.begin(name)
    for start in range(0, len(frames), chunk):
        recording.append(frames[start : start + chunk])
    labels = np.arange(len(frames)) % 2
    recording.close(labels, np.full(len(frames), target.new_group()), {"kind": "test"})


def one(folder: Path, name: str = "first", n: int = 7) -> Dataset:
    target = writer(folder)
    write(target, name, frames_of(n))
    return target.close()


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    dataset = one(tmp_path / "set")
    [recording] = dataset.recordings
    assert (dataset.class_names, dataset.image_shape, recording.n_frames) == (("A", "B"), SHAPE, 7)
    assert np.array_equal(recording.frames, frames_of(7))
    assert np.array_equal(dataset.read(np.array([5, 0, 5])), frames_of(7)[[5, 0, 5]])
    assert dataset.read(np.empty(0, np.int64)).shape == (0, *SHAPE)
    assert isinstance(recording.frames, np.memmap)
    assert (recording.labels.dtype, recording.groups.dtype) == (np.int16, np.int32)
    assert recording.info["counts"] == {"A": 4, "B": 3}
    assert recording.info["source"]["sha256"] == hashlib.sha256(frames_of(7).tobytes()).hexdigest()
    assert dataset.summary()["frames"] == 7
    assert not (tmp_path / "set.unfinished").exists()


@pytest.mark.parametrize("chunk", [1, 3, 7])
def test_frames_in_chunks_of_any_memory_order_give_the_same_file(tmp_path: Path, chunk: int) -> None:
    whole, parts = one(tmp_path / "whole"), writer(tmp_path / "parts")
    write(parts, "first", np.asfortranarray(frames_of(7)), chunk)
    parts.close()
    for file in sorted(whole.folder.iterdir()):
        assert file.read_bytes() == (tmp_path / "parts" / file.name).read_bytes()


def test_frames_open_with_plain_numpy(tmp_path: Path) -> None:
    one(tmp_path / "set", n=1234)
    loaded = np.load(tmp_path / "set" / "first.frames.npy", mmap_mode="r")
    assert (loaded.shape, loaded.dtype, loaded.flags.c_contiguous) == ((1234, *SHAPE), np.uint8, True)


def test_large_frames_are_written_block_by_block(tmp_path: Path) -> None:
    frames = np.random.default_rng(2).integers(0, 255, (40, 512, 300, 1), dtype=np.uint8)
    target = DatasetWriter(tmp_path / "set", ("A", "B"), (512, 300, 1), {}, {})
    recording = target.begin("big")
    recording.append(frames)
    recording.close(np.zeros(40), np.zeros(40), {})
    assert np.array_equal(target.close().recordings[0].frames, frames)


def test_equal_inputs_give_equal_bytes_wherever_and_whenever_they_are_written(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    first, second = one(tmp_path / "set"), one(tmp_path / "elsewhere" / "other")
    assert first.hash == second.hash
    assert sorted(file.name for file in first.folder.iterdir()) == sorted(file.name for file in second.folder.iterdir())


def test_names_are_unique_and_legal_on_windows_and_the_original_stays(tmp_path: Path) -> None:
    originals = ["a/b:1", "a_b_1", "A_B_1", "con", "nul.mp4", "aux .mp4", "COM²", "trailing. ", "..", "x" * 300, "ä"]
    target = writer(tmp_path / "set")
    for original in originals:
        write(target, original, frames_of(2))
    dataset = target.close()
    names = [recording.name for recording in dataset.recordings]
    assert len({name.lower() for name in names}) == len(originals)
    assert not any(set(name) & set('<>:"/\\|?*') or name[-1] in ". " or len(name) > 130 for name in names)
    assert not {"con", "nul", "aux", "com²"} & {name.lower().split(".")[0].rstrip() for name in names}
    assert [recording.info["original"] for recording in dataset.recordings] == originals


def test_a_broken_conversion_goes_on_where_it_stopped(tmp_path: Path) -> None:
    broken = writer(tmp_path / "set")
    write(broken, "first", frames_of(3))
    broken.begin("second").append(frames_of(2))  # and here the power went
    written = (tmp_path / "set.unfinished" / "first.frames.npy").stat().st_mtime_ns

    again = writer(tmp_path / "set")
    sha256 = hashlib.sha256(frames_of(3).tobytes()).hexdigest()
    labels, groups = np.ones(3), np.zeros(3)
    assert again.finished("first") is not None
    assert again.finished("second") is None
    assert not again.keep("first", labels, groups, {"sha256": "of other frames"})
    assert again.keep("first", labels, groups, {"sha256": sha256})
    write(again, "second", frames_of(4))
    dataset = again.close()
    assert (dataset.folder / "first.frames.npy").stat().st_mtime_ns == written
    assert dataset.recordings[0].labels.tolist() == [1, 1, 1]
    assert {file.suffix for file in dataset.folder.iterdir()} == {".npy", ".json"}


def test_a_state_that_was_cut_short_gives_what_is_whole_in_it(tmp_path: Path) -> None:
    broken = writer(tmp_path / "set")
    write(broken, "first", frames_of(3))
    write(broken, "second", frames_of(3))
    state = tmp_path / "set.unfinished" / "unfinished.jsonl"
    state.write_bytes(state.read_bytes()[:-5])
    again = writer(tmp_path / "set")
    assert (again.finished("first") is None, again.finished("second") is None) == (False, True)


def test_what_a_recording_costs_does_not_depend_on_how_many_came_before(tmp_path: Path) -> None:
    def cost(n: int, name: str) -> int:
        target = writer(tmp_path / name)

        def fill() -> None:
            for number in range(n):
                write(target, str(number), frames_of(1))
            target.close()

        return steps(fill)

    assert cost(400, "many") < 10 * cost(50, "few")


def test_what_is_left_of_another_conversion_is_not_used(tmp_path: Path) -> None:
    write(writer(tmp_path / "set"), "first", frames_of(3))
    assert writer(tmp_path / "set", {"0": "B"}).finished("first") is None


def test_a_half_written_dataset_is_an_error_that_says_how_to_go_on(tmp_path: Path) -> None:
    write(writer(tmp_path / "set"), "first", frames_of(3))
    with raises_with(BadDataset, tmp_path / "set"):
        open_dataset(tmp_path / "set")


def test_the_old_dataset_stays_until_the_new_one_is_complete(tmp_path: Path) -> None:
    old = one(tmp_path / "set", "old").hash  # the dataset itself would keep its files open, which stops Windows
    target = writer(tmp_path / "set")
    write(target, "new", frames_of(3))
    assert open_dataset(tmp_path / "set").hash == old
    target.close()
    assert [file.name for file in tmp_path.iterdir()] == ["set"]
    assert [recording.name for recording in open_dataset(tmp_path / "set").recordings] == ["new"]


def test_a_conversion_given_up_leaves_what_was_there(tmp_path: Path) -> None:
    old = one(tmp_path / "set", "old")
    target = writer(tmp_path / "set")
    write(target, "new", frames_of(3))
    target.abort()
    assert open_dataset(tmp_path / "set").hash == old.hash
    assert [file.name for file in tmp_path.iterdir()] == ["set"]


def test_a_folder_that_is_no_dataset_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter1.tex").write_text("years of work")
    with raises_with(NotWritable, tmp_path / "thesis"):
        writer(tmp_path / "thesis")
    assert (tmp_path / "thesis" / "chapter1.tex").read_text() == "years of work"


@pytest.mark.parametrize("name", ["model.h5", "model.report/report.html", "videos/trial1.mp4", "mine.frames.npy"])
def test_a_dataset_with_something_else_in_its_folder_is_not_replaced(name: str, tmp_path: Path) -> None:
    one(tmp_path / "set")
    other = tmp_path / "set" / name
    other.parent.mkdir(exist_ok=True)
    other.write_text("mine")
    with raises_with(NotWritable, name):
        writer(tmp_path / "set")
    assert other.read_text() == "mine"
    assert [file.name for file in tmp_path.iterdir()] == ["set"]


def test_what_is_put_into_a_dataset_while_it_is_replaced_stays(tmp_path: Path) -> None:
    old = one(tmp_path / "set").hash
    target = writer(tmp_path / "set")
    write(target, "new", frames_of(3))
    (tmp_path / "set" / "notes.txt").write_text("mine")
    with raises_with(NotWritable, "notes.txt"):
        target.close()
    assert open_dataset(tmp_path / "set").hash == old
    (tmp_path / "set" / "notes.txt").unlink()
    assert writer(tmp_path / "set").finished("new") is not None  # what is complete is not done twice


@pytest.mark.parametrize("reading", [None, 1, 10**6])
def test_frames_that_another_version_read_otherwise_are_not_kept(tmp_path: Path, reading: int | None) -> None:
    first = writer(tmp_path / "set")
    write(first, "one", frames_of(4))
    dataset = first.close()
    record = json.loads((tmp_path / "set" / "dataset.json").read_text())
    need = {"one": 4}, dataset.image_shape, {}
    assert still_to_write(tmp_path / "set", *need) == 0
    again = writer(tmp_path / "set")
    assert again.finished("one") is not None
    again.abort()
    del record["reading"]
    record |= {} if reading is None else {"reading": reading}
    (tmp_path / "set" / "dataset.json").write_text(json.dumps(record))
    assert still_to_write(tmp_path / "set", *need) == 4 * np.prod(dataset.image_shape)
    assert writer(tmp_path / "set").finished("one") is None
    assert [one.n_frames for one in open_dataset(tmp_path / "set").recordings] == [4]


@pytest.mark.parametrize("ending", ["unfinished", "replaced"])
def test_a_folder_of_a_name_that_we_use_is_not_emptied(ending: str, tmp_path: Path) -> None:
    place = tmp_path / f"set.{ending}"
    place.mkdir()
    (place / "chapter1.tex").write_text("years of work")
    with raises_with(NotWritable, "chapter1.tex"):
        writer(tmp_path / "set")
    assert (place / "chapter1.tex").read_text() == "years of work"


def test_what_lies_in_an_unfinished_dataset_is_kept(tmp_path: Path) -> None:
    broken = writer(tmp_path / "set")
    write(broken, "first", frames_of(3))
    (broken.work / "notes.txt").write_text("mine")
    with raises_with(NotWritable, "notes.txt"):
        writer(tmp_path / "set")
    broken.abort()
    assert [file.name for file in broken.work.iterdir()] == ["notes.txt"]


def test_names_in_a_state_lead_nowhere(tmp_path: Path) -> None:
    victim = tmp_path / "victim.frames.npy"
    victim.write_text("mine")
    work = tmp_path / "set.unfinished"
    work.mkdir()
    lines = ['{"begun": "../victim"}', '{"name": "../victim"}', '{"name": ["x"]}', "7", "[" * 5000]
    (work / "unfinished.jsonl").write_text("\n".join(lines))
    writer(tmp_path / "set").abort()
    assert victim.read_text() == "mine"


def test_sources_do_not_lie_in_the_dataset_that_is_made_of_them(tmp_path: Path) -> None:
    folder = one(tmp_path / "set").folder
    for source in (folder, folder / "first.frames.npy", str(folder / "..") + "/set/dataset.json"):
        with raises_with(NotWritable, folder):
            check_target(folder, [source, None, np.zeros(3)])
    check_target(folder, [tmp_path, tmp_path / "setting"])


def test_a_dataset_behind_a_link_is_written_where_the_link_leads(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    one(tmp_path / "disk" / "set", "old")
    (tmp_path / "set").symlink_to(tmp_path / "disk" / "set")
    one(tmp_path / "set", "new")
    assert (tmp_path / "set").is_symlink()
    assert [recording.name for recording in open_dataset(tmp_path / "disk" / "set").recordings] == ["new"]


def test_a_missing_parent_folder_is_named(tmp_path: Path) -> None:
    with raises_with(PathMissing, tmp_path / "missing"):
        writer(tmp_path / "missing" / "set")


def test_an_empty_dataset_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(BadFrames):
        writer(tmp_path / "set").close()


def test_one_label_a_frame(tmp_path: Path) -> None:
    recording = writer(tmp_path / "set").begin("first")
    recording.append(frames_of(3))
    with pytest.raises(LengthMismatch):
        recording.close(np.zeros(2), np.zeros(2), {})


def test_frames_of_another_size_or_type_are_refused(tmp_path: Path) -> None:
    recording = writer(tmp_path / "set").begin("first")
    for frames in (np.zeros((2, 5, 4, 1), np.uint8), np.zeros((2, *SHAPE))):
        with pytest.raises(BadFrames):
            recording.append(frames)


@pytest.mark.parametrize("what", ["nothing", "empty folder", "file"])
def test_what_is_no_dataset_is_said_to_be_none(tmp_path: Path, what: str) -> None:
    path = tmp_path / "it"
    if what == "empty folder":
        path.mkdir()
    elif what == "file":
        path.write_text("x")
    with pytest.raises((PathMissing, BadDataset)):
        open_dataset(path)


def _truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-10])


@pytest.mark.parametrize("name", ["first.frames.npy", "first.labels.npy", "first.groups.npy", "dataset.json"])
@pytest.mark.parametrize("harm", [Path.unlink, _truncate, lambda path: path.write_bytes(b"rubbish")])
def test_a_damaged_dataset_is_an_error_that_names_it(tmp_path: Path, name: str, harm: Callable[[Path], None]) -> None:
    folder = one(tmp_path / "set").folder
    harm(folder / name)
    with raises_with(BadDataset, folder):
        open_dataset(folder)


def test_any_damage_to_the_description_is_an_error_of_ours(tmp_path: Path) -> None:
    path = one(tmp_path / "set").folder / "dataset.json"
    whole, rng = path.read_bytes(), np.random.default_rng(4)
    for _ in range(300):
        damaged = bytearray(whole)
        for place in rng.integers(0, len(whole), 3):
            damaged[place] = rng.integers(256)
        path.write_bytes(damaged)
        try:
            open_dataset(path.parent)
        except TouchTrainError:
            continue
    path.write_bytes(json.dumps([1, 2]).encode())
    with pytest.raises(BadDataset):
        open_dataset(path.parent)


def test_a_dataset_that_may_not_be_read_is_told(
    tmp_path: Path, make_dataset: Callable[..., Path], bound_by_permissions: None
) -> None:
    folder = make_dataset(1)
    for place in (folder, folder / "dataset.json", folder / "recording001.labels.npy"):
        with locked(place), raises_with(NotReadable, place.name):
            open_dataset(folder)
        with locked(place), pytest.raises(NotReadable):
            pyside.inspect(folder)
    with locked(folder), pytest.raises(NotReadable):
        check_target(folder)


@pytest.mark.parametrize(("needed", "free"), [(27_000_001, 27_000_000), (10**9, 10**9 - 1), (11, 10), (1, 0)])
def test_the_figures_of_a_disk_without_room_tell_one_story(
    needed: int, free: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files.shutil, "disk_usage", lambda _: types.SimpleNamespace(free=free))
    files.check_room(tmp_path / "set", free)
    with pytest.raises(DiskFull) as caught:
        files.check_room(tmp_path / "set", needed)
    shown = [float(one.replace(",", "")) for one in re.findall(r"([\d,.]+) (?:GB|MB|bytes)", caught.value.text)]
    assert len(shown) == 2 and shown[0] > shown[1]


@pytest.mark.parametrize("n_classes", [FEW_CLASSES, FEW_CLASSES + 1])
def test_counts_of_a_recording_leave_out_zeros_only_where_there_are_very_many_classes(
    tmp_path: Path, n_classes: int
) -> None:
    names = [f"c{number}" for number in range(n_classes)]
    target = DatasetWriter(tmp_path / "set", names, SHAPE, {}, {})
    for number in range(2):
        recording = target.begin(f"r{number}")
        recording.append(frames_of(4))
        recording.close(np.array([number, 5, -1, 5]), np.full(4, number), {"kind": "test"})
    dataset = target.close()
    first = dataset.recordings[0].info["counts"]
    there = {"c0": 1, "c5": 2}
    assert first == (there if n_classes > FEW_CLASSES else {**dict.fromkeys(names, 0), **there})
    assert dataset.summary()["counts"] == {**dict.fromkeys(names, 0), "c0": 1, "c1": 1, "c5": 4}


# --- names ---------------------------------------------------------------------------------------------------------


def test_names_too_long_for_a_file_system_are_cut_by_bytes_and_stay_unique(tmp_path: Path) -> None:
    originals = ["漢" * 79, "漢" * 80, "漢" * 200, "漢" * 201, "é" * 119 + "x", "😀" * 60, "x" * 120, "X" * 120 + "y"]
    target = writer(tmp_path / "set")
    for original in originals:
        write(target, original, frames_of(2))
    names = [recording.name for recording in target.close().recordings]
    assert names[0] == originals[0] and names[6] == originals[6]  # what can be written keeps its name
    assert max(len(f"{name}.frames.npy.part".encode()) for name in names) <= 255
    assert len({name.lower() for name in names}) == len(names)
    assert len((tmp_path / "set" / f"{names[3]}.frames.npy").read_bytes()) > 128


def test_names_that_a_mac_or_windows_takes_for_one_are_told_apart(tmp_path: Path) -> None:
    target = writer(tmp_path / "set")
    names = [target.name(original) for original in ("ä", "a\u0308", "Ä", "A\u0308", "ß", "SS", "ä")]
    assert names == ["ä", "a\u0308-2", "Ä-3", "A\u0308-4", "ß", "SS-2", "ä"]
    assert target.name("no text \udcff") == "no text _"


def test_thousands_of_like_names_take_no_longer_each_than_a_few(tmp_path: Path) -> None:
    target = writer(tmp_path / "set")
    names = [target.name(f"{'x' * 120}{number}") for number in range(20_000)]
    assert len({*names}) == 20_000 and names[-1].endswith("-20000")


# --- the table of frames -------------------------------------------------------------------------------------------


def test_the_table_has_a_row_a_frame_in_the_order_of_the_recordings(tmp_path: Path) -> None:
    target = writer(tmp_path / "set")
    target.begin("loose").close(np.empty(0, int), np.empty(0, int), {"kind": "images"})
    for name, source in (
        ("a", {"kind": "images"}),
        ("b", {"kind": "video", "frames_kept": [[3, 4], [9, 9]]}),
    ):
        recording = target.begin(name)
        recording.append(frames_of(3))
        recording.close(np.array([-1, 0, 1]), np.full(3, target.new_group()), source, tags={"animal": name})
    table = target.close().table
    assert [column.dtype for column in (table.labels, table.groups)] == [np.int16, np.int32]
    assert [column.dtype for column in (table.recordings, table.frame_numbers)] == [np.int32, np.int32]
    assert table.labels.tolist() == [-1, 0, 1] * 2 and len(set(table.groups[:3])) == 1
    assert table.recordings.tolist() == [1, 1, 1, 2, 2, 2]
    assert table.frame_numbers.tolist() == [-1, -1, -1, 3, 4, 9]
    assert [tags.get("animal") for tags in table.tags] == [None, "a", "b"] and table.class_names == ("A", "B")
    side = table[np.array([1, 5])]
    assert (len(side), side.labels.tolist(), side.frame_numbers.tolist()) == (2, [0, 1], [-1, 9])


def test_the_table_takes_eight_bytes_for_numbers_only_where_they_are_needed(tmp_path: Path) -> None:
    one(tmp_path / "set")
    path = tmp_path / "set/dataset.json"
    usual = open_dataset(path.parent).table
    assert usual.frame_numbers.dtype == usual.recordings.dtype == np.int32
    assert usual.frame_numbers.tolist() == list(range(7))
    info = json.loads(path.read_text())
    info["recordings"][0]["source"]["frames_kept"] = [[2**31 - 3, 2**31 + 3]]
    path.write_text(json.dumps(info))
    late = open_dataset(path.parent)
    assert late.table.frame_numbers.dtype == np.int64
    assert late.recordings[0].frame_numbers is not None
    for numbers in (late.table.frame_numbers, late.recordings[0].frame_numbers):
        assert numbers.tolist() == list(range(2**31 - 3, 2**31 + 4))


def test_a_description_that_promises_more_frames_than_memory_holds_is_an_error_that_names_the_file(
    tmp_path: Path,
) -> None:
    one(tmp_path / "set")
    path = tmp_path / "set/dataset.json"
    info = json.loads(path.read_text())
    entry = info["recordings"][0]
    entry["frames"] = 1 << 39
    entry["left_out"] = entry["frames"] - sum(entry["counts"].values())
    entry["source"] = {"kind": "array"}
    path.write_text(json.dumps(info))
    with raises_with(BadDataset, "first.labels.npy"):
        open_dataset(path.parent)


def test_vectors_of_frames_are_held_once_and_cannot_be_written_into(tmp_path: Path) -> None:
    target = writer(tmp_path / "set")
    for name in ("a", "b"):
        write(target, name, frames_of(3))
    dataset = target.close()
    table, second = dataset.table, dataset.recordings[1]
    assert dataset.table is table
    for own, column in ((second.labels, table.labels), (second.groups, table.groups)):
        assert np.shares_memory(own, column) and own.tolist() == column[3:].tolist()
    assert np.shares_memory(table[2:].labels, table.labels)
    for of in (table, table[np.array([0])], second):
        with pytest.raises(ValueError, match="read-only"):
            of.labels[0] = 1


# --- many recordings, and one that is replaced while it is used ----------------------------------------------------


def test_more_recordings_than_files_may_be_open_are_read(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    target = writer(tmp_path / "set")
    for number in range(400):
        write(target, str(number), frames_of(2, number))
    target.close()
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, before[1]))
    try:
        dataset = open_dataset(tmp_path / "set")
        every = np.concatenate([np.array(recording.frames) for recording in dataset.recordings])
        numbers = np.random.default_rng(0).permutation(800)
        assert np.array_equal(dataset.read(numbers), every[numbers])
        assert dataset.table.labels.shape == dataset.table.groups.shape == (800,)
        assert dataset.place(799)[1] == 1 and dataset.place(799)[0].name == "399"
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
    assert np.array_equal(every[798:], frames_of(2, 399))
    assert dataset.read(np.array([], np.int64)).shape == (0, *SHAPE)


def test_a_dataset_that_is_replaced_while_it_is_used_is_noticed(tmp_path: Path) -> None:
    dataset = one(tmp_path / "set")
    target = writer(tmp_path / "set")
    write(target, "first", frames_of(7, seed=1))
    target.close()
    (recording,) = dataset.recordings
    for read in (lambda: recording.frames, lambda: dataset.read(np.array([1])), recording.sha256):
        with raises_with(BadDataset, dataset.folder):
            read()
    assert np.array_equal(open_dataset(tmp_path / "set").recordings[0].frames, frames_of(7, seed=1))


def test_frames_that_a_conversion_took_over_go_on_being_read(tmp_path: Path) -> None:
    dataset = one(tmp_path / "set")
    sha256 = dataset.recordings[0].info["source"]["sha256"]
    target = writer(tmp_path / "set")
    assert target.keep("first", np.zeros(7), np.zeros(7), {"sha256": sha256})
    target.close()
    assert np.array_equal(dataset.recordings[0].frames, frames_of(7))
