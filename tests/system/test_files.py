"""Files are written whole or not at all, and of a folder that is replaced only what we wrote is removed."""

from __future__ import annotations

import contextlib
import os
import stat
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from pyside.errors import DiskFull, NotWritable
from pyside.system import files
from pyside.system.files import create_whole, fitting, left_behind, left_parts, link_or_copy, take_place, written_beside
from pyside.system.records import write_json
from tests.conftest import raises_with

# --- a file -------------------------------------------------------------------------------------------------------


def no_hard_links(*paths: object, **further: object) -> None:
    raise OSError(95, "no hard links here")


@pytest.mark.parametrize("durable", [False, True])
def test_a_file_has_its_name_only_when_it_is_complete(durable: bool, tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("old")
    with written_beside(file, durable=durable) as beside:
        beside.write_text("ne")
        assert file.read_text() == "old" and left_parts(file) == [beside]
        beside.write_text("new")
    assert file.read_text() == "new" and os.listdir(tmp_path) == ["a.txt"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_a_file_that_is_broken_off_is_as_it_was(error: type[BaseException], tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("old")
    with pytest.raises(error), written_beside(file) as beside:
        beside.write_text("half")
        raise error
    assert file.read_text() == "old" and os.listdir(tmp_path) == ["a.txt"]


def test_a_file_may_have_a_temporary_name_of_ones_own(tmp_path: Path) -> None:
    with written_beside(tmp_path / "a.h5", tmp_path / ".a.h5") as beside:
        beside.touch()
        assert os.listdir(tmp_path) == [".a.h5"]
    assert os.listdir(tmp_path) == ["a.h5"]


def test_a_full_disk_is_told_and_the_file_is_as_it_was(small_disk: Path) -> None:
    file = small_disk / "a.bin"
    file.write_bytes(b"old")
    told = raises_with(DiskFull, file)
    with told, files.write_errors(file), written_beside(file, durable=True) as beside:
        beside.write_bytes(bytes(3 << 20))
    assert file.read_bytes() == b"old" and os.listdir(small_disk) == ["a.bin"]
    with raises_with(DiskFull, "3.15 MB", small_disk / "set"):
        files.check_room(small_disk / "set", 3 << 20)


def test_a_read_only_disk_is_told(small_disk: Path) -> None:
    file = small_disk / "a.bin"
    file.write_bytes(b"old")
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    told = raises_with(NotWritable, file, "Read-only")
    with told, files.write_errors(file), written_beside(file) as beside:
        beside.write_bytes(b"new")
    assert file.read_bytes() == b"old"


def test_one_who_waits_for_a_reader_replaces_the_file_and_one_who_does_not_gives_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace, calls = os.replace, []

    def refuse_once(*paths: Path) -> None:
        calls.append(paths)
        if len(calls) % 2:
            raise PermissionError("somebody reads it")
        replace(*paths)

    monkeypatch.setattr(files, "_PAUSES", (0.0,))  # as on Windows
    monkeypatch.setattr(os, "replace", refuse_once)
    with written_beside(tmp_path / "a") as beside:
        beside.touch()
    calls.clear()
    with pytest.raises(PermissionError), written_beside(tmp_path / "b", patient=False) as beside:
        beside.touch()
    assert os.listdir(tmp_path) == ["a"]


def test_a_folder_in_which_somebody_reads_for_a_moment_is_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace, refused = os.replace, []

    def refuse_once_each(*paths: Path) -> None:
        if paths not in refused:
            refused.append(paths)
            raise PermissionError("somebody reads in it")
        replace(*paths)

    monkeypatch.setattr(files, "_PAUSES", (0.0,))  # as on Windows
    monkeypatch.setattr(os, "replace", refuse_once_each)
    for name in ("new", "old"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text(name)
    take_place(tmp_path / "new", tmp_path / "old", lambda folder: ["file"])
    assert len(refused) == 2
    assert os.listdir(tmp_path) == ["old"] and (tmp_path / "old" / "file").read_text() == "new"


@pytest.mark.parametrize("links", [True, False])
def test_of_several_who_make_a_file_one_does(links: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not links:
        monkeypatch.setattr(os, "link", no_hard_links)
    made: list[bool] = []
    makers = [
        threading.Thread(target=lambda data=bytes([n]): made.append(create_whole(tmp_path / "a", data, 0o600)))
        for n in range(8)
    ]
    for maker in makers:
        maker.start()
    for maker in makers:
        maker.join()
    assert sorted(made) == [False] * 7 + [True]
    assert os.listdir(tmp_path) == ["a"] and (tmp_path / "a").stat().st_size == 1
    if os.name == "posix":
        assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o600


def test_a_file_that_cannot_be_made_leaves_nothing(small_disk: Path) -> None:
    with contextlib.suppress(OSError), (small_disk / "filler").open("wb", buffering=0) as filler:
        while filler.write(bytes(4096)):
            pass
    with pytest.raises(OSError, match="No space"):
        create_whole(small_disk / "a", bytes(4096))
    assert os.listdir(small_disk) == ["filler"]


@pytest.mark.parametrize("links", [True, False])
def test_a_copy_has_the_same_content_and_times(links: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    there, here = tmp_path / "there", tmp_path / "here"
    there.write_bytes(b"frames")
    os.utime(there, ns=(1, 2))
    if not links:
        monkeypatch.setattr(Path, "hardlink_to", no_hard_links)
    link_or_copy(there, here)
    assert here.read_bytes() == b"frames" and here.stat().st_mtime_ns == there.stat().st_mtime_ns
    assert (here.stat().st_ino == there.stat().st_ino) == links


def test_two_names_of_one_file_replace_each_other(tmp_path: Path) -> None:
    there, other = tmp_path / "there", tmp_path / "other"
    there.touch()
    link_or_copy(there, other)
    with written_beside(other) as beside:
        link_or_copy(there, beside)
    assert sorted(os.listdir(tmp_path)) == ["other", "there"]


@pytest.mark.parametrize("letter", ["m", "é", "触"])
def test_whatever_name_a_file_may_have_it_can_be_written(letter: str, tmp_path: Path) -> None:
    file = tmp_path / (letter * (250 // len(letter.encode())) + ".json")
    write_json(file, {"a": 1})
    beside = fitting(tmp_path, file.name, ".12345.part")
    assert len(os.fsencode(beside.name)) in range(252, 256) and beside.name.endswith(".12345.part")
    beside.touch()
    assert left_parts(file) == [beside]
    assert [one.name for one in tmp_path.iterdir() if one != beside] == [file.name]


def test_only_temporary_names_of_one_file_count_as_left_behind(tmp_path: Path) -> None:
    names = (
        ".m.1a2b3c4d.h5",
        ".m.1a2b3c4d.keras",
        ".mm.1a2b3c4d.h5",
        ".m.notes.h5",
        "m.1a2b3c4d.h5",
        ".m.2.1a2b3c4d.h5",
    )
    for name in names:
        (tmp_path / name).touch()
    assert [one.name for one in left_behind(tmp_path, ".m", r"\.[0-9a-f]{8}\.h5")] == [".m.1a2b3c4d.h5"]
    assert left_behind(tmp_path / "gone", ".m", "") == []


# --- a folder ------------------------------------------------------------------------------------------------------


def ours(folder: Path) -> set[str]:
    return {"a.txt", "inside/b.txt"}


@pytest.fixture
def make(tmp_path: Path) -> Callable[[str], Path]:
    """A function that makes a folder with what we write, which says its name."""

    def made(name: str) -> Path:
        folder = tmp_path / name
        (folder / "inside").mkdir(parents=True)
        (folder / "a.txt").write_text(name)
        (folder / "inside" / "b.txt").write_text(name)
        return folder

    return made


def test_a_folder_takes_the_place_of_one_that_we_wrote(make: Callable[[str], Path], tmp_path: Path) -> None:
    new, old = make("new"), make("old")
    (old / ".DS_Store").touch()  # a file manager has looked at it
    files.take_place(new, old, ours)
    assert (old / "a.txt").read_text() == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["old"]


@pytest.mark.parametrize("name", ["notes.txt", "inside/notes.txt", "models/", "link"])
def test_a_folder_with_something_else_in_it_stays_as_it_is(
    name: str, make: Callable[[str], Path], tmp_path: Path
) -> None:
    new, old = make("new"), make("old")
    other = old / name
    if name == "link":
        other.symlink_to(new)
    else:
        other.mkdir() if name.endswith("/") else other.write_text("mine")
    with raises_with(NotWritable, name):
        files.take_place(new, old, ours)
    assert (new / "a.txt").read_text() == "new" and (old / "a.txt").read_text() == "old"
    assert other.exists()


def test_what_a_broken_replacement_left_is_removed_only_if_it_is_ours(
    make: Callable[[str], Path], tmp_path: Path
) -> None:
    place, left = tmp_path / "place", make("place.replaced")
    files.take_place(make("new"), place, ours)
    assert not left.exists()
    left.mkdir()
    (left / "a thesis.txt").write_text("mine")
    with raises_with(NotWritable, "a thesis.txt"):
        files.take_place(make("newer"), place, ours)
    assert (place / "a.txt").read_text() == "new" and (left / "a thesis.txt").exists()


def test_a_file_is_no_folder_to_be_replaced(make: Callable[[str], Path], tmp_path: Path) -> None:
    (tmp_path / "place").write_text("mine")
    with raises_with(NotWritable, tmp_path / "place"):
        files.take_place(make("new"), tmp_path / "place", ours)


def test_removing_leaves_what_is_not_ours(make: Callable[[str], Path]) -> None:
    folder = make("folder")
    (folder / "inside" / "notes.txt").write_text("mine")
    assert not files.remove_ours(folder, ours)
    assert [path.name for path in folder.rglob("*")] == ["inside", "notes.txt"]
