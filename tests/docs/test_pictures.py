"""Each picture of README and guide shows what there is today; a stale one is named, with what to do."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from docs.pictures import files, models, record  # noqa: F401 (they register their pictures)

ROOT = Path(__file__).resolve().parents[2]
KNOWN = record.read()


def test_every_picture_is_as_fresh_as_what_makes_it() -> None:
    wrong = {name: fault for name in record.PICTURES if (fault := record.faults(name, KNOWN.get(name)))}
    assert not wrong, f"{record.ADVICE}\n" + "\n".join(f"{name} {fault}" for name, fault in wrong.items())


def test_there_is_no_other_picture_and_the_record_has_their_texts() -> None:
    assert {path.name for path in record.FOLDER.glob("*.png")} == set(record.PICTURES) == set(KNOWN)
    assert {name: row["alt"] for name, row in KNOWN.items()} == {
        name: alt for name, (_, alt) in record.PICTURES.items()
    }


def test_the_pictures_are_small() -> None:
    from PIL import Image

    paths = [record.FOLDER / name for name in record.PICTURES]
    assert sum(path.stat().st_size for path in paths) < 2.5e6
    for path in paths:
        with Image.open(path) as image:
            assert 150 <= image.width <= 1200, path.name


def test_files_that_a_picture_names_exist() -> None:
    text = "".join((record.FOLDER / name).read_text(encoding="utf-8") for name in record.MADE_BY)
    named = set(re.findall(r"(?:pyside|matlab|examples)/[\w/+.]+\.(?:py|m|html|css|js)", text))
    assert len(named) > 10
    assert [name for name in sorted(named) if not (ROOT / name).is_file()] == []


Stale = Callable[[str, str, str], set[str]]


@pytest.fixture
def stale(monkeypatch: pytest.MonkeyPatch) -> Stale:
    """A function that changes a text in a file of the repository, and returns the pictures that are stale then."""
    before = {name: record.made_of(name) for name in record.PICTURES}
    read = record.text_of

    def change(name: str, old: str, new: str) -> set[str]:
        def changed(path: Path) -> str:
            text = read(path)
            assert path.as_posix() != name or old in text
            return text.replace(old, new) if path.as_posix() == name else text

        monkeypatch.setattr(record, "text_of", changed)
        return {one for one in record.PICTURES if record.made_of(one) != before[one]}

    return change


def test_a_change_of_what_draws_makes_its_pictures_stale_and_no_others(stale: Stale) -> None:
    found = stale("pyside/evaluation/report/traces.py", "_WIDTH", "_BREADTH")
    assert {"report-traces.png", "comparison-traces.png"} <= found
    assert not found & {"report-verdict.png", "region.png", "labels-cell.png"}


def test_a_change_of_the_example_videos_makes_stale_what_shows_them(stale: Stale) -> None:
    found = stale("examples/make_whisker_videos.py", "FRAME_RATE = 500", "FRAME_RATE = 400")
    assert {"example-videos.png", "region.png", "report-curves.png", "labels-cell.png"} <= found


def test_a_change_of_one_picture_leaves_the_others(stale: Stale) -> None:
    assert stale("docs/pictures/files.py", "One folder of images per class", "Images") == {"files-class-folders.png"}


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("pyside/evaluation/report/traces.py", "from __future__", "# a remark\n\nfrom __future__"),
        ("docs/pictures/models.py", '"""Of the good model."""', '"""Of a model."""'),
        ("docs/pictures/models.py", "The verdict on a training that underfits", "Underfitting"),
    ],
    ids=["comment", "docstring", "alternative text"],
)
def test_what_nobody_sees_does_not_count(stale: Stale, name: str, old: str, new: str) -> None:
    assert stale(name, old, new) == set()


def test_a_picture_that_is_missing_or_was_changed_by_hand_is_told(tmp_path: Path) -> None:
    name = "report-verdict.png"
    assert record.faults(name, None) and record.faults(name, KNOWN[name], tmp_path / name)
    other = tmp_path / name
    other.write_bytes((record.FOLDER / name).read_bytes() + b" ")
    assert "hand" in record.faults(name, KNOWN[name], other)
