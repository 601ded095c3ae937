"""What pictures of several frames have in common: texts that fit, and files that are complete or not there."""

from __future__ import annotations

import contextlib
import importlib.util
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pyside.errors import PathMissing
from pyside.system.files import write_errors, written_beside

if TYPE_CHECKING:
    from PIL.Image import Image

TEXT = 13  # pixels
LINE = TEXT + 7
SPACE = 10


def picture_path(path: Path) -> Path:
    """Return the absolute path of a picture: with ``.png``, if it has another ending."""
    path = path.absolute()
    return path if path.suffix.lower() == ".png" else path.with_name(path.name + ".png")


def check_folder(path: Path) -> None:
    """Raise PathMissing if the folder of a picture does not exist."""
    if not path.parent.is_dir():
        raise PathMissing(f"There is no folder {path.parent} to write {path.name} in. Create it first.")


def text_font() -> Any:
    """Return the font of texts in pictures: one with the letters of all European languages, as matplotlib brings it."""
    from PIL import ImageFont

    found = importlib.util.find_spec("matplotlib")
    for folder in (found and found.submodule_search_locations) or ():
        with contextlib.suppress(OSError):
            return ImageFont.truetype(str(Path(folder, "mpl-data", "fonts", "ttf", "DejaVuSans.ttf")), TEXT)
    return ImageFont.load_default(TEXT)


def _composed(text: str) -> str:
    """Return a text with letters and their marks in one, since marks of their own are drawn beside the letters."""
    return unicodedata.normalize("NFC", text)


def wrapped(text: str, width: int, font: Any) -> list[str]:
    """Break a text into lines of at most `width` pixels."""
    lines = [""]
    for word in _composed(text).split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and font.getlength(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def shortened(text: str, width: int, font: Any) -> str:
    """Cut a text so that it is at most `width` pixels long."""
    text = _composed(text)
    if font.getlength(text) <= width:
        return text
    while text and font.getlength(text + "...") > width:
        text = text[:-1]
    return text + "..."


def save_picture(picture: Image, path: Path) -> None:
    """Write a picture beside its place and rename it."""
    with write_errors(path), written_beside(path) as beside:
        picture.save(beside, format="PNG", optimize=True)
