"""Writes the marks of a recording in the formats that were asked for."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from pyside.curation.marks import Marks
from pyside.curation.writers import csv_files
from pyside.curation.writers.boris import write_boris
from pyside.curation.writers.deepethogram import write_deepethogram
from pyside.curation.writers.mat_file import write_mat
from pyside.curation.writers.nwb import write_nwb
from pyside.errors import BadOption, ExtraMissing, some, to_install
from pyside.settings.core import named
from pyside.system.files import sha256_of, write_errors, written_beside

_Write = Callable[[Path, Marks], None]
_IN_SECONDS = ("boris", "nwb")  # formats that need a frame rate


def file_names(name: str, formats: Sequence[str]) -> list[str]:
    """Return the names of the files that `write_results` writes for a recording."""
    return [name + ending for ending in _writers(formats)]


def check_formats(formats: Sequence[str], rates: Mapping[str, float | None]) -> None:
    """Check that recordings can be written in these formats.

    Args:
        formats: the formats.
        rates: frames per second of each recording, by name; None if not known.

    Raises:
        ExtraMissing: a package that writes a format is not installed.
        BadOption: a format has times in seconds, and some frame rates are not known.
    """
    if "nwb" in formats and importlib.util.find_spec("pynwb") is None:
        raise ExtraMissing(
            f"{named('formats')}: nwb is written by the package pynwb, which is not installed. Install it: "
            f"{to_install('nwb')}"
        )
    timed = [one for one in _IN_SECONDS if one in formats]
    unknown = [name for name, rate in rates.items() if not rate]
    if timed and unknown:
        raise BadOption(
            f"{named('formats')}: times in {' and '.join(timed)} are in seconds, and the frame rate of {some(unknown)} "
            f"is not known. Set {named('frame_rate')}."
        )


def write_results(marks: Marks, folder: Path, formats: Sequence[str]) -> dict[str, str]:
    """Write the marks of a recording into a folder; equal marks give equal bytes, but for NWB.

    Args:
        marks: the marks.
        folder: an existing folder. A file of the same name stays whole until the new one replaces it.
        formats: ``mat``: NAME.mat, see `mat_file.variables`. ``csv``: NAME.csv with one row a frame, and
            NAME_touches.csv with one row a touch, see `csv_files`. ``npy``: NAME.npy, float32, (n_frames, classes), the
            probabilities, NaN for a frame that is left out. ``boris``: NAME_boris.csv, see `boris`. ``deepethogram``:
            NAME_labels.csv, see `deepethogram`. ``nwb``: NAME.nwb,
            see `nwb`. ``whacc`` has no file of a single recording, see `of_session`.

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
        "nwb": {".nwb": write_nwb},
        "whacc": {},  # of all recordings, see `of_session`
        "boris": {"_boris.csv": write_boris},
        "deepethogram": {"_labels.csv": write_deepethogram},
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
