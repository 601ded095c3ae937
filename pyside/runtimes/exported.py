"""The float32 copy of a model file in ONNX, which runtimes other than Keras load.

A conversion takes seconds and TensorFlow, so its result is kept in a folder of the user. A runtime that finds it there
is ready in less than a second, without TensorFlow.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import os
import sys
import uuid
from collections.abc import Callable
from pathlib import Path

from pyside.compute import devices
from pyside.errors import BadModel
from pyside.models.files import existing_file, form
from pyside.models.formats.onnx_files import NEEDED, OPSET, to_onnx
from pyside.models.load import load_unproven
from pyside.settings.core import set_to
from pyside.system.files import PART, sha256_of, written_beside
from pyside.version import __version__

_MOST_BYTES = 256 << 20  # of all files that are kept
_DIGEST = 32  # bytes of SHA-256 before the content


def onnx_of(path: Path) -> bytes:
    """Return a model file as ONNX: uint8 frames in, scaled inside; float32 probabilities out; any number of frames.

    Args:
        path: the model file, of any precision.

    Raises:
        PathMissing, BadModel: as `pyside.load_model`, or it is a SavedModel folder.
        ExtraMissing, ModelNotSaved: as `to_onnx`.
    """
    if form(path) == "folder":
        raise BadModel(
            f"{path} is a SavedModel folder, which only Keras loads. Set {set_to('runtime', 'keras')}, or use the .h5 "
            "or .keras file of that model."
        )

    def converted() -> bytes:
        if "keras" not in sys.modules:
            devices.use_backend("tensorflow")
        devices.import_keras()
        return to_onnx(load_unproven(path), from_uint8=True)

    return kept(_what(path), converted)


def is_converted(path: Path) -> bool:
    """Return whether the ONNX file of a model is kept, so that it loads without a conversion."""
    file = _file_of(_what(path))
    return file is not None and file.is_file()


def _what(path: Path) -> str:
    return f"onnx {OPSET} {sha256_of(existing_file(path))}"


def kept(what: str, make: Callable[[], bytes]) -> bytes:
    """Return what was made of a model before, or make and keep it.

    It is made anew after an update of TouchTrain, Keras or the converter. At most 256 MB are kept; what was not used
    for the longest time goes first. Nothing is kept where the folder cannot be written.

    Args:
        what: what it is and what it is made of, with the SHA-256 of the model.
        make: makes it.
    """
    file = _file_of(what)
    if file is None:
        return make()
    with contextlib.suppress(OSError):
        data = file.read_bytes()
        if hashlib.sha256(data[_DIGEST:]).digest() == data[:_DIGEST]:
            os.utime(file)
            return data[_DIGEST:]
    made = make()
    with contextlib.suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        # A name of its own: processes of several computers, which may have the same number, share a home folder.
        with written_beside(file, file.with_suffix(f".{uuid.uuid4().hex[:8]}{PART}"), patient=False) as beside:
            beside.write_bytes(hashlib.sha256(made).digest() + made)
        _make_room(file.parent)
    return made


def _file_of(what: str) -> Path | None:
    """Return the file in which something is kept; None without a home folder."""
    folder = kept_folder()
    if folder is None:
        return None
    versions = [f"{name} {_version(name)}" for name in ("keras", "numpy", *NEEDED)]
    name = hashlib.sha256("\n".join([what, __version__, *versions]).encode()).hexdigest()
    return folder / f"{name[:40]}.kept"


def kept_folder() -> Path | None:
    """Return the user's folder of what is kept; None without a home folder.

    The environment variable ``TOUCHTRAIN_CONFIG`` sets the folder that it is in.
    """
    try:
        if named := os.environ.get("TOUCHTRAIN_CONFIG"):
            return Path(named) / "runtimes"
        if sys.platform == "win32":
            base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
        elif sys.platform == "darwin":
            base = Path.home() / "Library" / "Caches"
        else:
            base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    except RuntimeError:
        return None
    return base / "touchtrain" / "runtimes"


def _make_room(folder: Path) -> None:
    """Remove the files that were not used for the longest time, also those of processes that were killed."""
    files = []
    for file in folder.iterdir():
        with contextlib.suppress(FileNotFoundError):  # another process makes room, too, or has just renamed it
            about = file.stat()
            files.append((about.st_mtime, about.st_size, file))
    left = _MOST_BYTES
    for _, size, file in sorted(files, reverse=True):
        left -= size
        if left < 0:
            with contextlib.suppress(PermissionError):  # on Windows, while another process reads it
                file.unlink(missing_ok=True)


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""
