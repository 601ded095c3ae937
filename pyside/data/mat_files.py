"""MATLAB's .mat files, from version 4 to 7.3, as plain Python values."""

from __future__ import annotations

import atexit
import contextlib
import dataclasses
import importlib.util
import os
import pickle
import signal
import subprocess
import sys
import threading
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from pyside.errors import BadLabels, PathMissing

_MOST_DENSE = 1 << 24  # elements of a sparse matrix that is made dense
_MATLAB_NAMES = {"DataFrame": "table", "MatlabFunction": "function_handle", "MatlabContainerMap": "containers.Map"}


@dataclasses.dataclass(frozen=True)
class Unreadable:
    """Stands for a value that has no plain form here, so that the rest of its file is of use.

    Attributes:
        class_name: MATLAB's name of its class, such as ``table``.
    """

    class_name: str


def read_mat(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Read all variables of a .mat file.

    What becomes of a value:

    - numeric and logical arrays: ndarray of MATLAB's size (two axes or more) and type, bool for logical; sparse ones
      dense; datetime and duration: datetime64 and timedelta64;
    - char row: str, also without any characters; char matrix: list of str, one a row, without the blanks that pad it;
    - string: str if it is one, else list of str; categorical: list of str; what is missing or undefined in them is
      ``"<missing>"`` or ``"<undefined>"``;
    - cell: list; struct: dict; struct array: list of dict; of several axes: column by column, as MATLAB counts;
    - anything else, such as a table or an object: `Unreadable`.

    Args:
        path: the file.

    Returns:
        Value by name of variable, in the order of the file (of the alphabet in version 7.3).

    Raises:
        PathMissing: there is no such file.
        BadLabels: it is no .mat file, or it is damaged or cut short.
    """
    path = Path(path)
    if not path.is_file():
        raise PathMissing(f"There is no file {path}.")
    values = _ask_reader(path.absolute())
    if not values:
        raise BadLabels(f"{path} is no .mat file, or it is empty, damaged or cut short, or too large for the memory.")
    return values


# --- the reader ----------------------------------------------------------------------------------------------------
# A damaged file can end the process that reads it, or fill its memory: mat-io, SciPy and HDF5 trust what a file says
# of itself. So files are read in a process of their own, which is started once and asked again for each file.

_SECONDS = 120  # after which reading counts as hanging
_reader: subprocess.Popen[bytes] | None = None
_lock = threading.Lock()


def _ask_reader(path: Path) -> dict[str, Any] | None:
    """Return the variables of a file, or None where it cannot be read."""
    global _reader
    with _lock:
        if _reader is None or _reader.poll() is not None:
            _stop_reader()
            _reader = _start_reader()
        assert _reader.stdin and _reader.stdout
        too_long = threading.Timer(_SECONDS, _reader.kill)
        too_long.start()
        try:
            pickle.dump(path, _reader.stdin)
            _reader.stdin.flush()
            return pickle.load(_reader.stdout)
        except (EOFError, OSError, pickle.UnpicklingError):  # it has ended
            _stop_reader()
            return None
        except BaseException:  # such as Ctrl-C: its answer would be taken for that to the next question
            _stop_reader()
            raise
        finally:
            too_long.cancel()


def _start_reader() -> subprocess.Popen[bytes]:
    if importlib.util.find_spec("matio") is None:
        raise ModuleNotFoundError(".mat files are read by the package mat-io, which is not installed here.")
    code = f"import sys; sys.path[:] = {sys.path!r}; from pyside.data import mat_files; mat_files._answer()"
    return subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )


@atexit.register
def _stop_reader() -> None:
    global _reader
    if _reader is not None:
        _reader.kill()
        with contextlib.suppress(OSError):
            _reader.communicate()
        _reader = None


def _answer() -> None:
    """Read the files that are asked for, until the one who asks is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _limit_memory()
    while True:
        try:
            path = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        try:
            answer = pickle.dumps(_read(path), protocol=pickle.HIGHEST_PROTOCOL)
        except Exception:  # a damaged file makes the libraries raise almost anything
            answer = pickle.dumps(None)
        sys.stdout.buffer.write(answer)
        sys.stdout.buffer.flush()


def _limit_memory() -> None:
    """Let this process have half of the machine's memory at most, where the system can be told so."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        half = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
        resource.setrlimit(resource.RLIMIT_AS, (half, half))


def _read(path: Path) -> dict[str, Any]:
    import matio

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        values = matio.load_from_mat(path)
    return {name: _plain(value) for name, value in values.items() if name != "__globals__"}


def _plain(value: Any) -> Any:
    """Return the plain form of what mat-io gives."""
    kind = type(value).__name__
    if hasattr(value, "toarray"):
        return value.toarray() if np.prod(value.shape) <= _MOST_DENSE else Unreadable("sparse")
    if kind == "EmptyMatStruct":
        return {} if value.size == 1 else [{} for _ in range(value.size)]
    if kind == "Categorical":  # of pandas
        names = np.array([*map(str, value.categories), "<undefined>"])
        return names[np.ravel(value.codes, order="F")].tolist()
    if kind == "MatlabCanonicalEmpty":
        return np.empty((0, 0))
    if type(value) is not np.ndarray:
        return Unreadable(getattr(value, "classname", None) or _MATLAB_NAMES.get(kind, kind))
    if value.dtype.kind in "UT":
        return _texts(value)
    if value.dtype.names:
        records = value.ravel(order="F")
        structs = [{name: _plain(record[name]) for name in value.dtype.names} for record in records]
        return structs[0] if len(structs) == 1 else structs
    if value.dtype.kind == "O":
        return [_plain(item) for item in value.ravel(order="F")]
    return value.astype(value.dtype.newbyteorder("="), copy=False)


def _texts(value: np.ndarray[Any, Any]) -> str | list[str]:
    is_char = value.dtype.kind == "U"
    if is_char and not np.any(value != ""):
        return ""
    texts = [text if isinstance(text, str) else "<missing>" for text in value.ravel(order="F").tolist()]
    if len(texts) == 1:
        return texts[0]
    return [text.rstrip(" ") for text in texts] if is_char else texts
