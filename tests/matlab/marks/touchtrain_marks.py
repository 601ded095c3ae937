"""What the marks in this folder ask of Python: what arrived, and objects to send back.

There are no type hints, because MATLAB heeds them when it converts arguments.
"""

import array
import datetime
import importlib.util
import os
import subprocess
import sys
import threading
import time

import numpy as np

OBJECTS = {
    "0-d array": lambda: np.array(3.0),
    "1-d array": lambda: np.array([1.0, 2.0, 3.0]),
    "empty array": lambda: np.zeros(0),
    "0x3 array": lambda: np.zeros((0, 3)),
    "C order": lambda: np.arange(6, dtype=np.uint8).reshape(2, 3),
    "F order": lambda: np.asfortranarray(np.arange(6, dtype=np.uint8).reshape(2, 3)),
    "every second": lambda: np.arange(6.0)[::2],
    "read-only": lambda: np.frombuffer(b"abc", np.uint8),
    "bool array": lambda: np.array([True, False]),
    "float16 array": lambda: np.zeros(2, np.float16),
    "object array": lambda: np.array([None, 1], object),
    "float64": lambda: np.float64(1.5),
    "float32": lambda: np.float32(1.5),
    "int64": lambda: np.int64(7),
    "bool_": lambda: np.bool_(True),
    "int": lambda: 7,
    "None": lambda: None,
    "datetime": lambda: datetime.datetime(2020, 1, 2),
    "timedelta": lambda: datetime.timedelta(seconds=3),
}
TICK_SECONDS = 0.01
_ticks = 0


def describe(value):
    """Put into words what arrived."""
    if isinstance(value, np.ndarray):
        told = [f"ndarray {value.dtype} {value.shape}", _order(value.flags), _access(value.flags.writeable)]
    elif isinstance(value, memoryview):
        order = {"C": value.c_contiguous, "F": value.f_contiguous}
        shape = f"{value.ndim}-d" if value.shape is None else str(value.shape)
        told = [f"memoryview {value.format!r} {shape}", _contiguous(order), _access(not value.readonly)]
    elif isinstance(value, array.array):
        told = [f"array.array {value.typecode!r} of {len(value)}"]
    else:
        told = [f"{type(value).__name__} {value!r}"]
    return ", ".join(told)


def _order(flags):
    return _contiguous({"C": flags.c_contiguous, "F": flags.f_contiguous})


def _contiguous(order):
    names = [name for name, is_so in order.items() if is_so]
    return f"{' and '.join(names)}-contiguous" if names else "not contiguous"


def _access(writable):
    return "writable" if writable else "read-only"


def same_memory(one, other):
    """Tell whether one MATLAB array, sent twice in a call, lies at one address: then it is not copied."""
    first, second = (np.asarray(value).__array_interface__["data"][0] for value in (one, other))
    return "not copied" if first == second else "copied"


def make(name):
    """Make an object to send to MATLAB."""
    return OBJECTS[name]()


def variable(name):
    """Return an environment variable as this Python sees it."""
    return os.environ.get(name, "not set")


def facts():
    """Return what tells a host of Python from another."""
    argv = getattr(sys, "argv", "missing")
    return f"sys.executable {sys.executable!r}, sys.argv {argv!r}, sys.path begins with {sys.path[:1]!r}"


def current_folder():
    """Return where this process stands."""
    return os.getcwd()


def versions():
    """Return the versions of Python and NumPy."""
    return f"Python {sys.version.split()[0]}, NumPy {np.__version__}"


def is_loaded(name):
    """Tell whether a module has been imported."""
    return name in sys.modules


def can_find(name):
    """Tell whether a module could be imported; its parents are."""
    try:
        return "found" if importlib.util.find_spec(name) else "not found"
    except ImportError as error:
        return f"not found ({error})"


def fail(module, name):
    """Raise an exception of a library."""
    raise getattr(importlib.import_module(module), name)("the text")


def say(text):
    """Print on both streams, and past Python on file descriptor 1."""
    print(f"stdout {text}", flush=True)
    print(f"stderr {text}", file=sys.stderr, flush=True)
    os.write(1, f"descriptor {text}\n".encode())


def is_shown_at_once(file, text):
    """Print a text, and tell whether it is in a file half a second later."""
    print(text, flush=True)
    time.sleep(0.5)
    try:
        with open(file, encoding="utf-8", errors="replace") as opened:
            return text in opened.read()
    except OSError:
        return False


def start_ticking(seconds):
    """Count in a thread, every 10 ms for so many seconds."""

    def tick():
        global _ticks
        for _ in range(round(seconds / TICK_SECONDS)):
            time.sleep(TICK_SECONDS)
            _ticks += 1

    threading.Thread(target=tick, daemon=True).start()


def ticks():
    """Return how far the thread has counted."""
    return float(_ticks)


def take(value):
    """Do nothing with it."""


def breakaway():
    """Tell whether Windows lets a process leave the job object of this one, as jobs that outlive MATLAB do."""
    if sys.platform != "win32":
        return "there are no job objects here"
    python = os.environ.get("TOUCHTRAIN_PYTHON", sys.executable)
    flags = subprocess.CREATE_BREAKAWAY_FROM_JOB | subprocess.CREATE_NO_WINDOW
    try:
        subprocess.run([python, "-c", ""], stdin=subprocess.DEVNULL, creationflags=flags, check=True)
    except OSError as error:
        return f"no: {error}"
    return "yes"


def hints():
    """Tell which type hints MATLAB can read of pyside.train."""
    import typing

    import pyside

    return ", ".join(sorted(typing.get_type_hints(pyside.train)))
