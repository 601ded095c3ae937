"""What a worker of a cluster must have: the same folder and files as the client, and the same packages.

It is asked of every worker before work begins, and again of one that joins later. By default all of it must be as it is
here: then results are the same, byte for byte, wherever a recording is worked on.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import platform
import shutil
import sys
import uuid
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from pyside.errors import some
from pyside.system.files import sha256_of
from pyside.version import __version__

TOKEN = "token"  # file in the exchange folder, with a random text that says that it is the same folder
OF_FRAMES = ("numpy", "av", "scipy", "scikit-image", "pillow", "tifffile")  # packages that pixels depend on
OF_MODELS = ("keras", "h5py", "onnxruntime", "openvino")  # packages that probabilities depend on
_SAME_TIME = 2.0  # seconds that a time of modification may differ by: some network drives round it
_SIZE, _TIME = 0, 1
FileFacts = tuple[str, int, float]  # path, size, time of modification; -1 and 0 for a folder


@dataclasses.dataclass(frozen=True)
class Needs:
    """What a worker must have.

    Attributes:
        exchange: folder of the client through which files come back.
        token: text of the file `TOKEN` in it.
        python: version of Python, such as ``3.12``.
        packages: version of each package by name; ``touchtrain`` among them.
        files: that it must see as they are here.
        hashes: SHA-256 of files whose content matters, by path.
        backend: library that Keras must be able to use; "" for none.
        room: bytes that the disk of the exchange folder must have free.
    """

    exchange: str
    token: str
    python: str
    packages: dict[str, str]
    files: tuple[FileFacts, ...] = ()
    hashes: dict[str, str] = dataclasses.field(default_factory=dict)
    backend: str = ""
    room: int = 0


def needs_like_here(
    exchange: Path, packages: Sequence[str], files: Iterable[Path], hashes: dict[str, str], backend: str, room: int
) -> Needs:
    """Return what this process has, as what a worker must have."""
    token = (exchange / TOKEN).read_text(encoding="ascii")
    found = {"touchtrain": __version__, **{name: version for name in packages if (version := _version(name))}}
    return Needs(str(exchange), token, _python(), found, facts_of(files), hashes, backend, room)


def facts_of(files: Iterable[Path]) -> tuple[FileFacts, ...]:
    """Return path, size and time of files that exist; of a folder, such as one of images, only its path."""
    found = []
    for path in files:
        with contextlib.suppress(OSError):  # what needs it says so
            found.append((str(path), *_facts(path)))
    return tuple(found)


def lacks(needs: Needs) -> list[str]:
    """Return what this process lacks, one sentence part each, such as ``it has NumPy 2.0, not 2.1``."""
    found = [*_wrong_versions(needs), *_wrong_folder(needs), *lacking_files(needs.files)]
    for path, sha256 in needs.hashes.items():
        with contextlib.suppress(OSError):  # then it has been said above that the file is missing
            if sha256_of(Path(path)) != sha256:
                found.append(f"{path} has another content there")
    return found


def lacking_files(files: Sequence[FileFacts]) -> list[str]:
    """Return which files this process cannot see, or sees differently."""
    missing, others = [], []
    for path, size, time in files:
        try:
            here = _facts(Path(path))
            with open(path, "rb") if size >= 0 else contextlib.nullcontext():
                pass
        except OSError:
            missing.append(path)
            continue
        if here[_SIZE] != size or abs(here[_TIME] - time) > _SAME_TIME:
            others.append(path)
    texts = [f"it cannot read {some(missing)}"] if missing else []
    return texts + ([f"it sees other files of these names: {some(others)}"] if others else [])


def _facts(path: Path) -> tuple[int, float]:
    found = path.stat()
    return (-1, 0.0) if path.is_dir() else (found.st_size, found.st_mtime)


def _wrong_versions(needs: Needs) -> Iterator[str]:
    if needs.python != _python():
        yield f"it has Python {_python()}, not {needs.python}"
    for name, wanted in needs.packages.items():
        version = __version__ if name == "touchtrain" else _version(name)
        if version is None:
            yield f"{name} {wanted} is not installed"
        elif version != wanted:
            yield f"it has {name} {version}, not {wanted}"
    keras = sys.modules.get("keras")
    if needs.backend and keras is not None and keras.config.backend() != needs.backend:
        yield f"its Keras uses {keras.config.backend()} already, not {needs.backend}: restart it"


def _wrong_folder(needs: Needs) -> Iterator[str]:
    exchange = Path(needs.exchange)
    try:
        same = (exchange / TOKEN).read_text(encoding="ascii") == needs.token
    except (OSError, ValueError):
        same = False
    if not same:
        yield f"it does not see the folder {exchange.parent}"
        return
    try:
        tried = exchange / f"{uuid.uuid4().hex}.tried"
        tried.write_bytes(b"written")
        tried.unlink()
    except OSError as error:
        yield f"it cannot write in {exchange.parent}: {error.strerror or error}"
        return
    free = shutil.disk_usage(exchange).free
    if free < needs.room:
        yield f"the disk of {exchange.parent} has {free / 1e6:,.0f} MB free, and {needs.room / 1e6:,.0f} MB are needed"


def _python() -> str:
    return ".".join(platform.python_version_tuple()[:2])


def _version(package: str) -> str | None:
    from importlib import metadata

    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def who() -> dict[str, str | int]:
    """Return who this process is, for messages."""
    return {"host": platform.node(), "pid": os.getpid()}
