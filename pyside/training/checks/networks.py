"""Which network it is, told without Keras: what it sees of a frame, and the function of a user's own file."""

from __future__ import annotations

import contextlib
import importlib.util
import inspect
import os
import symtable
import sys
import tokenize
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from pyside.aliases import Shape
from pyside.errors import BadOption, PathMissing, some
from pyside.settings.checks import NETWORKS
from pyside.settings.core import named
from pyside.settings.training import TrainSettings

Builder = Callable[[Shape, int, TrainSettings], Any]
CALLED_WITH = "(image_shape, n_classes, settings)"


def input_shape(image_shape: Shape, settings: TrainSettings) -> Shape:
    """Return the shape of what the network takes for one frame.

    Args:
        image_shape: (height, width, channels) of a frame in the dataset.
        settings: network and context frames.

    Returns:
        (height, width, channels); with the network ``context``, the channels are the frames that it sees.

    Raises:
        BadOption: frames in colour for the network ``context``.
    """
    height, width, channels = image_shape
    if settings.network != "context":
        return height, width, channels
    if channels != 1:
        raise BadOption(
            f"{named('network')} is 'context', which takes the grey frames before and after as channels, but the "
            f"frames of this dataset have {channels} channels. Convert them to grey, or take another network."
        )
    return height, width, settings.context_frames


# --- a function of the user's own ----------------------------------------------------------------------------------


def check_builder(network: str) -> None:
    """Look, before any long work and without running it, whether a user's file defines the function that is named.

    Args:
        network: a name, which is well, or ``file.py:function``.

    Raises:
        PathMissing: there is no such file.
        BadOption: it is no Python, or does not define that function.
    """
    if network in NETWORKS:
        return
    path, name = _parts(network)
    try:
        with tokenize.open(path) as file:
            table = symtable.symtable(file.read(), str(path), "exec")
    except SyntaxError as error:
        raise BadOption(f"{named('network')} is {network!r}, but {_line(path, error)}.") from None
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise BadOption(f"{named('network')} is {network!r}, but {path} cannot be read as Python: {error}.") from None
    defined = [entry.get_name() for entry in table.get_symbols() if entry.is_assigned() or entry.is_imported()]
    if name not in defined:
        functions = [entry.get_name() for entry in table.get_children() if entry.get_type() == "function"]
        raise _missing(path, name, functions)


def load_builder(network: str) -> Builder:
    """Load a user's function that builds a network.

    The file is run as a module of a private name. What lies beside it can be imported, while it is loaded and while
    the function runs.

    Args:
        network: ``file.py:function``.

    Returns:
        The function. What it raises, it raises as BadOption, with the line of the user's file.

    Raises:
        PathMissing: there is no such file.
        BadOption: the file is no Python or raises, or it has no such function of three arguments.
    """
    check_builder(network)
    path, name = _parts(network)
    private = f"_touchtrain_network_{path.stem}"
    spec = importlib.util.spec_from_file_location(private, path)
    assert spec is not None and spec.loader is not None  # a .py file always has them
    module = importlib.util.module_from_spec(spec)
    sys.modules[private] = module  # before it runs: dataclasses and Keras look their classes up there
    with _users_code(network, path):
        spec.loader.exec_module(module)
    function = getattr(module, name, None)
    if not callable(function):
        raise _missing(path, name, [])
    try:
        inspect.signature(function).bind((0, 0, 0), 0, None)
    except TypeError as error:
        raise BadOption(
            f"{named('network')} is {network!r}, but this function cannot be called as {name}{CALLED_WITH}: {error}."
        ) from None

    def build(image_shape: Shape, n_classes: int, settings: TrainSettings) -> Any:
        with _users_code(network, path):
            return function(image_shape, n_classes, settings)

    return build


def _parts(network: str) -> tuple[Path, str]:
    file, _, name = network.rpartition(":")
    path = Path(file).expanduser().absolute()
    if not path.is_file():
        raise PathMissing(f"{named('network')} is {network!r}, but there is no file {path}.")
    return path, name


def _missing(path: Path, name: str, functions: list[str]) -> BadOption:
    others = f" It defines {some(functions)}." if functions else ""
    return BadOption(
        f"{path} defines no function {name!r}.{others} {named('network')} is 'file.py:function', and the function is "
        f"called as {name}{CALLED_WITH} and returns a Keras model; examples/my_network.py is one."
    )


@contextlib.contextmanager
def _users_code(network: str, path: Path) -> Iterator[None]:
    """Let modules beside the file be found, and say where in the file it went wrong."""
    folder = str(path.parent)
    sys.path.insert(0, folder)
    try:
        yield
    except Exception as error:  # whatever a user's code may raise
        raise BadOption(f"{named('network')} is {network!r}, but {_line(path, error)}.") from error
    finally:
        with contextlib.suppress(ValueError):  # the user's code may have removed it
            sys.path.remove(folder)


def _line(path: Path, error: Exception) -> str:
    """Say what was raised in which line: the deepest one in the user's file, or the one that is no Python."""
    said = f"{type(error).__name__}: {str(error).rstrip('.')}"
    if isinstance(error, SyntaxError):
        return f"line {error.lineno} of {error.filename or path} is no Python ({error.msg})"
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if os.path.normcase(frame.filename) == os.path.normcase(path):
            return f"line {frame.lineno} of {path} ({frame.line}) raised {said}"
    return f"{path} raised {said}"
