"""Reads intervals with labels from a file of Neurodata Without Borders (NWB), as a table of bouts."""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from pyside.data.formats import hdf5_files
from pyside.data.formats.mat_files import Table
from pyside.data.labels import field_names
from pyside.data.labels.machine_made import COLUMN, ORIGIN
from pyside.errors import BadLabels, ExtraMissing, some, to_install
from pyside.system.paths import check_readable, is_file, no_file

NWB_SUFFIX = ".nwb"
LABELS = "labels"  # the table that TouchTrain writes
_OTHERS = ("trials", "epochs", "invalid_times")  # tables that NWB itself names
_FRAMES = ("first_frame", "last_frame")  # counted from 0


def read_nwb(path: Path) -> Table:
    """Read the table of intervals with labels: that called ``labels``, or the only one with a column of labels.

    Returns:
        A table of bouts in seconds, with the columns of the file that hold one number or text a row.

    Raises:
        PathMissing: there is no such file.
        ExtraMissing: pynwb is not installed.
        BadLabels: the file is damaged, has no such table, or its frames contradict its times.
    """
    if not is_file(path):
        raise no_file(path)
    check_readable(path)
    tables = _tables(path)
    wanted = [LABELS] if LABELS in tables else [name for name in tables if name not in _OTHERS and _has(tables[name])]
    if len(wanted) != 1:
        raise BadLabels(
            f"{path}: expected a table of intervals called {LABELS}, or only one with a column of labels. The file has "
            f"{some([*tables]) or 'no intervals'}."
        )
    description, columns = tables[wanted[0]]
    _check_frames(path, columns)
    kept: dict[str, Any] = {name: column for name, column in columns.items() if name not in _FRAMES}
    kept = {{"start_time": "start_s", "stop_time": "stop_s"}.get(name, name): kept[name] for name in kept}
    if found := re.search(ORIGIN, description):
        kept[COLUMN] = [found[0]] * len(kept["start_s"])
    return Table(kept)


def _has(table: tuple[str, Mapping[str, Any]]) -> bool:
    return field_names.role(table[1], field_names.LABELS_OF_TABLES) is not None


def _tables(path: Path) -> dict[str, tuple[str, dict[str, Any]]]:
    """Return the description and the columns of each table of intervals by its name."""
    try:
        import h5py
        from pynwb import NWBHDF5IO
    except ImportError:
        text = f"{path}: NWB files are read by the package pynwb, which is not installed."
        raise ExtraMissing(f"{text} Install it: {to_install('nwb')}") from None
    try:
        with h5py.File(path, "r") as file:
            hdf5_files.check_contained(file, path, BadLabels)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with NWBHDF5IO(str(path), "r", load_namespaces=True) as source:
                found = source.read()
                tables = {**(found.intervals or {})}
                return {name: (str(table.description), _columns(table)) for name, table in tables.items()}
    except BadLabels:
        raise
    except Exception as error:  # pynwb raises almost anything for a damaged file
        raise BadLabels(f"{path} is not an NWB file, or it is damaged: {error}.", of=path) from error


def _columns(table: Any) -> dict[str, Any]:
    """Return the columns that hold one number or text a row."""
    found: dict[str, Any] = {}
    for name in table.colnames:
        values = np.asarray(table[name].data[:]) if not hasattr(table[name], "target") else np.empty((0, 0))
        if values.ndim == 1 and values.dtype.kind in "biuf":
            found[name] = values
        elif values.ndim == 1 and all(isinstance(item, (str, bytes)) for item in values.tolist()):
            found[name] = [item.decode() if isinstance(item, bytes) else item for item in values.tolist()]
    return found


def _check_frames(path: Path, columns: Mapping[str, Any]) -> None:
    """Check that times and frame rate lead to the frames in the file."""
    if not {*_FRAMES, "frame_rate"} <= columns.keys():
        return
    rate = columns["frame_rate"]
    firsts, stops = np.rint(columns["start_time"] * rate), np.rint(columns["stop_time"] * rate)
    wrong = np.flatnonzero((firsts != columns["first_frame"]) | (stops != columns["last_frame"] + 1))
    if len(wrong):
        row, where = wrong[0], f"{path}: {len(wrong)} rows have times that are not those of their frames, the first in"
        raise BadLabels(
            f"{where} row {row + 1}: {columns['start_time'][row]:g} to {columns['stop_time'][row]:g} s at "
            f"{rate[row]:g} frames/s are frames {firsts[row]:g} to {stops[row] - 1:g}, counted from 0, but first_frame "
            f"is {columns['first_frame'][row]:g} and last_frame {columns['last_frame'][row]:g}."
        )
