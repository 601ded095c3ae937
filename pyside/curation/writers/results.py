"""Writes the marks of a recording in the formats that were asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from pyside.curation.marks import Marks
from pyside.curation.writers import csv_files
from pyside.curation.writers.mat_file import write_mat
from pyside.system.files import sha256_of, write_errors, written_beside

_Write = Callable[[Path, Marks], None]


def file_names(name: str, formats: Sequence[str]) -> list[str]:
    """Return the names of the files that `write_results` writes for a recording."""
    return [name + ending for ending in _writers(formats)]


def write_results(marks: Marks, folder: Path, formats: Sequence[str]) -> dict[str, str]:
    """Write the marks of a recording into a folder; equal marks give equal bytes.

    Args:
        marks: the marks.
        folder: an existing folder. A file of the same name stays whole until the new one replaces it.
        formats: ``mat``: NAME.mat, see `mat_file.variables`. ``csv``: NAME.csv with one row a frame, and
            NAME_touches.csv with one row a touch, see `csv_files`. ``npy``: NAME.npy, float32, (n_frames, classes), the
            probabilities, NaN for a frame that is left out.

    Returns:
        The SHA-256 of each file by its name.

    Raises:
        DiskFull, NotWritable: a file cannot be written; those before it are.
    """
    return {
        marks.name + ending: _written(folder / (marks.name + ending), write, marks)
        for ending, write in _writers(formats).items()
    }


def _writers(formats: Sequence[str]) -> dict[str, _Write]:
    """Return what writes each file of these formats, by the end of its name."""
    known: dict[str, dict[str, _Write]] = {
        "mat": {".mat": write_mat},
        "csv": {".csv": _write_frames, "_touches.csv": _write_touches},
        "npy": {".npy": _write_probabilities},
    }
    return {ending: write for one in formats for ending, write in known[one].items()}


def _written(path: Path, write: _Write, marks: Marks) -> str:
    with write_errors(path), written_beside(path) as beside:
        write(beside, marks)
        return sha256_of(beside)


def _write_frames(path: Path, marks: Marks) -> None:
    with path.open("wb") as file:
        file.writelines(csv_files.frame_rows(marks))


def _write_touches(path: Path, marks: Marks) -> None:
    with path.open("wb") as file:
        file.writelines(csv_files.touch_rows(marks))


def _write_probabilities(path: Path, marks: Marks) -> None:
    with path.open("wb") as file:
        np.save(file, marks.probabilities.astype(np.float32, copy=False))
