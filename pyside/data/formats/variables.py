"""Reads the variables of .mat, .npy and CSV files, and describes them in words."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from pyside.data.formats import hdf5_files, mat_files
from pyside.data.formats.csv_files import CSV_SUFFIXES, read_csv
from pyside.errors import BadLabels
from pyside.system.paths import check_readable, is_file, no_file

HDF5_SUFFIXES = (".h5", ".hdf5")
OF_WHACC = (  # datasets with labels in an HDF5 file of WhACC, see `data.labels.contacts.whacc_files`
    "labels yhat yhat_proba frame_nums trial_nums_and_frame_nums full_file_names class_names origin_of_label"
).split()
_MATLAB_CLASSES = {"float64": "double", "float32": "single", "bool": "logical", "complex128": "complex double"}
_KINDS = {"M": "datetime", "m": "duration"}
_MOST_SHOWN = 20
_SHEETS = (".xlsx", ".xls", ".ods")
_AS_CSV = " In the spreadsheet program, save the sheet as CSV."


def values(path: Path) -> dict[str, Any]:
    """Return the values in a file by name of variable; the array of an .npy and the table of a CSV file are named "".

    Of an HDF5 file, only those of WhACC are read.

    Raises:
        PathMissing: the file does not exist.
        BadLabels: it is damaged, or of another kind.
    """
    if path.suffix.lower() == ".mat":
        return mat_files.read_mat(path)
    if path.suffix.lower() in CSV_SUFFIXES:
        return {"": read_csv(path)}
    if not is_file(path):
        raise no_file(path)
    if path.suffix.lower() in HDF5_SUFFIXES:
        check_readable(path)
        return hdf5_files.small_datasets(path, OF_WHACC, BadLabels)
    if path.suffix.lower() != ".npy":
        remedy = _AS_CSV if path.suffix.lower() in _SHEETS else ""
        raise BadLabels(f"{path}: expected a .mat, .npy, .h5 or CSV file ({', '.join(CSV_SUFFIXES)}).{remedy}")
    check_readable(path)
    try:
        array = np.array(np.lib.format.open_memmap(path, mode="r"))  # a map fails if the file is shorter than declared
    except Exception as error:  # a damaged header makes NumPy raise almost anything
        text = f"{path} is not an .npy file of numbers or texts, or it is empty, damaged or cut short."
        raise BadLabels(text) from error
    return {"": array.tolist() if array.dtype.kind == "U" and array.ndim == 1 else array}


def called(values: dict[str, Any], usual: tuple[str, ...]) -> list[str]:
    """Return the variable that has one of the usual names, in any case; an empty list if several have one."""
    names = [name for name in values if name.lower() in usual]
    return names if len(names) == 1 else []


def misfit(path: Path, values: dict[str, Any], names: list[str], forms: str) -> str:
    """Return a message that nothing in a file fits, with the forms that would, and what the file holds."""
    what = f"{names[0]} in {path} does not fit" if names and names[0] else f"Nothing in {path} fits"
    return f"{what}. {forms} The file holds {held(values)}."


def held(values: dict[str, Any]) -> str:
    """Describe what a file holds."""
    shown = [f"{name} ({in_words(value)})" if name else in_words(value) for name, value in values.items()]
    more = [f"{len(shown) - _MOST_SHOWN} more"] if len(shown) > _MOST_SHOWN else []
    return ", ".join(shown[:_MOST_SHOWN] + more) or "nothing"


def in_words(value: Any) -> str:
    """Describe a value as MATLAB's whos does."""
    if isinstance(value, (np.ndarray, np.datetime64, np.timedelta64)):
        size = "x".join(map(str, value.shape if value.ndim > 1 else (1, value.size)))
        kind = _KINDS.get(value.dtype.kind) or _MATLAB_CLASSES.get(value.dtype.name, value.dtype.name)
        return f"{size} {kind}"
    if isinstance(value, (list, tuple)):
        return _cell_in_words(value)
    if isinstance(value, str):
        return f"text of {len(value)} characters"
    if isinstance(value, (mat_files.Unreadable, mat_files.Object)):
        return f"object of class {value.class_name}"
    if isinstance(value, mat_files.Table):
        return f"table of {len(value)} rows with the columns {', '.join(value.columns)}"
    if isinstance(value, mat_files.Map):
        return f"containers.Map with {len(value)} keys"
    return "struct" if isinstance(value, dict) else type(value).__name__


def _cell_in_words(value: Sequence[Any]) -> str:
    if value and all(isinstance(item, str) for item in value):
        return f"{len(value)} texts"
    if value and all(isinstance(item, dict) for item in value):
        return f"{len(value)} structs"
    return f"cell of {len(value)}" if value else "empty cell"
