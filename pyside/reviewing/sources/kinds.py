"""Which of the things that can be reviewed a path means; with NumPy alone."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pyside.curation.marking.session import CORRECTIONS
from pyside.curation.marking.session import TABLE as SESSION
from pyside.data.dataset import DESCRIPTION
from pyside.errors import NotWritable, PathMissing, some
from pyside.system.paths import inside, is_file, is_folder, is_there

TABLE = "review.json"  # in the folder of a review of videos with labels
_ENDING = "_review"
Kind = Literal["session", "dataset", "review", "videos"]


def kind_of(path: Path) -> Kind:
    """Return what a path is, by its name and the files in it: whatever is nothing else are videos.

    Raises:
        PathMissing: there is no such file or folder.
    """
    if not is_there(path):
        raise PathMissing(f"There is no session, dataset, or folder of videos {path}.")
    if is_file(path / SESSION):
        return "session"
    return "dataset" if is_file(path / DESCRIPTION) else "review" if is_file(path / TABLE) else "videos"


def meant_by(path: Path) -> Path:
    """Return the dataset whose corrections lie in a folder, if a path is such a folder; else the path."""
    dataset = path.with_name(path.name.removesuffix(_ENDING) or path.name)
    is_its_folder = dataset != path and not any(is_file(path / name) for name in (SESSION, DESCRIPTION, TABLE))
    return dataset if is_its_folder and is_file(dataset / DESCRIPTION) else path


def folder_of(path: Path) -> Path:
    """Return the folder that the corrections of what is reviewed lie in.

    That is the folder of a session or of a review itself. A dataset and the videos of a person stay as they are: it is
    one beside their folder, or beside a single video, with ``_review`` after its name.
    """
    kind = kind_of(path)
    if kind in ("session", "review"):
        return path
    name = path.stem if kind == "videos" and is_file(path) else path.name
    return path.with_name(name + _ENDING)


def check_folder(folder: Path) -> None:
    """Check that a folder for corrections, if it is there, holds no files of others.

    Raises:
        NotWritable: it does, or it is a file.
    """
    if not is_there(folder) or is_file(folder / TABLE):
        return
    others = [one.name for one in inside(folder) if one.name != CORRECTIONS] if is_folder(folder) else [folder.name]
    if others:
        raise NotWritable(f"{folder} is for the corrections, and holds other files: {some(others)}. Rename it.")
