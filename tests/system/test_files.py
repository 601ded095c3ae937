"""Of a folder that is replaced only what we wrote is removed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pyside.errors import NotWritable
from pyside.system import files
from tests.conftest import raises_with


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
