"""Texts on pictures fit and have all their letters; a picture is complete, or the old one stays."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from pyside.errors import PathMissing
from pyside.system.pictures import check_folder, picture_path, save_picture, shortened, text_font, wrapped
from tests.conftest import raises_with
from tests.data.conftest import COMPOSED, DECOMPOSED


def drawn(text: str) -> np.ndarray:
    picture = Image.new("L", (60, 30))
    ImageDraw.Draw(picture).text((5, 5), text, 255, text_font())
    return np.asarray(picture)


def test_letters_with_marks_have_their_own_shapes() -> None:
    shapes = [drawn(letter).tobytes() for letter in "aäåàuüß\uffff"]
    assert len(set(shapes)) == len(shapes)


def test_a_name_is_drawn_alike_composed_or_not() -> None:
    font = text_font()
    assert shortened(COMPOSED, 500, font) == shortened(DECOMPOSED, 500, font) == COMPOSED
    assert wrapped(DECOMPOSED, 500, font) == [COMPOSED]


def test_texts_are_cut_or_broken_to_fit() -> None:
    font, text = text_font(), "a rather long name of a recording"
    assert shortened(text, 1000, font) == text
    cut = shortened(text, 100, font)
    assert cut.endswith("...") and font.getlength(cut) <= 100
    lines = wrapped(text, 100, font)
    assert len(lines) > 1 and " ".join(lines) == text and max(map(font.getlength, lines)) <= 100


def test_a_picture_ends_in_png_and_replaces_the_old_one_only_when_it_is_complete(tmp_path: Path) -> None:
    path = picture_path(tmp_path / "a.b")
    assert path.name == "a.b.png" and picture_path(Path("x.PNG")).name == "x.PNG"
    save_picture(Image.new("L", (3, 2)), path)
    with pytest.raises(TypeError):
        save_picture(type("Broken", (), {"save": lambda self, *_: None})(), path)
    assert [file.name for file in tmp_path.iterdir()] == ["a.b.png"] and Image.open(path).size == (3, 2)
    with raises_with(PathMissing, "nowhere"):
        check_folder(tmp_path / "nowhere" / "a.png")
