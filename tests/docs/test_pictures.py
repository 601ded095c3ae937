"""Each picture of README and guide shows what there is today; a stale one is named, with what to do."""

from __future__ import annotations

import re
import shutil
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
    assert {name: row["alt"] for name, row in KNOWN.items()} == {name: alt for name, (_, alt) in record.PICTURES.items()}


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


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str, str], None]:
    """A function that changes a text in a copy of what makes the pictures."""
    for name in record.MADE_BY:
        (tmp_path / "docs" / "pictures").mkdir(parents=True, exist_ok=True)
        shutil.copy(record.FOLDER / name, tmp_path / "docs" / "pictures" / name)
    for folder in ("pyside", "examples", "matlab"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(record, "ROOT", tmp_path)
    monkeypatch.setattr(record, "FOLDER", tmp_path / "docs" / "pictures")

    def change(name: str, old: str, new: str) -> None:
        text = (tmp_path / name).read_text(encoding="utf-8")
        assert old in text
        (tmp_path / name).write_text(text.replace(old, new), encoding="utf-8")
        record._source.cache_clear()
        record._definitions.cache_clear()

    return change


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    """No test takes what another one has read."""
    record._source.cache_clear()
    record._definitions.cache_clear()


def stale() -> set[str]:
    return {name for name, row in KNOWN.items() if record.made_of(name) != row["made_of"]}


Elsewhere = Callable[[str, str, str], None]


def test_a_change_of_what_draws_makes_its_pictures_stale_and_no_others(elsewhere: Elsewhere) -> None:
    elsewhere("pyside/evaluation/report/traces.py", "_WIDTH", "_BREADTH")
    assert {"report-traces.png", "comparison-traces.png"} <= stale() <= set(KNOWN) - {"report-verdict.png", "region.png"}


def test_a_change_of_the_example_videos_makes_stale_what_shows_them(elsewhere: Elsewhere) -> None:
    elsewhere("examples/make_whisker_videos.py", "FRAME_RATE = 500", "FRAME_RATE = 400")
    assert {"example-videos.png", "region.png", "report-curves.png", "labels-cell.png"} <= stale()


def test_a_change_of_one_picture_leaves_the_others(elsewhere: Elsewhere) -> None:
    elsewhere("docs/pictures/files.py", "One folder of images per class", "Images")
    assert stale() == {"files-class-folders.png"}


def test_comments_docstrings_and_alternative_texts_do_not_count(elsewhere: Elsewhere) -> None:
    elsewhere("pyside/evaluation/report/traces.py", "from __future__", "# a remark\n\nfrom __future__")
    elsewhere("docs/pictures/models.py", '"""Of the good model."""', '"""Of a model."""')
    elsewhere("docs/pictures/models.py", "The verdict on a training that underfits", "Underfitting")
    assert stale() == set()


def test_a_picture_that_is_missing_or_was_changed_by_hand_is_told(tmp_path: Path) -> None:
    name = "report-verdict.png"
    assert record.faults(name, KNOWN[name]) == ""
    assert record.faults(name, None) and record.faults(name, KNOWN[name], tmp_path / name)
    other = tmp_path / name
    other.write_bytes((record.FOLDER / name).read_bytes() + b" ")
    assert "hand" in record.faults(name, KNOWN[name], other)
