"""Builds TouchTrain's own source distribution, and sends it to the bucket for machines in the cloud."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from pyside import version
from pyside.errors import ExtraMissing, JobFailed, to_install
from pyside.jobs.cloud import transfer
from pyside.jobs.cloud.place import Place
from pyside.settings.training import TrainSettings
from pyside.system import processes

_PACKAGE = Path(__file__).resolve().parents[2]
_OF_A_CHECKOUT = ("setup.py", "pyproject.toml", "MANIFEST.in", "README.md", "LICENSE")
_LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.pyc", ".*", "_matlab")
_BUILD = "import sys; from setuptools import build_meta; print(build_meta.build_sdist(sys.argv[1]))"
_SECONDS = 120
_OF_FORMATS = {"onnx": ["onnx"], "tensorflow": ["savedmodel"]}
_OF_RUNTIMES = {"onnxruntime": ["onnx"], "openvino": ["onnx", "openvino"], "auto": ["onnx", "openvino"]}


def send(folder: Place) -> Place:
    """Put a source distribution of TouchTrain into a folder in the cloud, unless the same code is already there.

    Returns:
        Its place: ``touchtrain-VERSION-HASH.tar.gz``, with the hash of the code.

    Raises:
        ExtraMissing: setuptools, which builds it, is not installed.
        JobFailed: it could not be built.
        NoNetwork, NoPermission, TransferFailed: it could not be sent.
    """
    with tempfile.TemporaryDirectory(prefix="touchtrain-") as made:
        tree = _tree(Path(made) / "touchtrain")
        target = folder / f"touchtrain-{version.__version__}-{_hash(tree)}.tar.gz"
        if not target.exists():
            transfer.upload_file(_build(tree, Path(made)), target)
    return target


def extras_of(settings: TrainSettings) -> list[str]:
    """Return the extras of TouchTrain that a training needs beside ``cloud``."""
    needed = [extra for kind in settings.also_save for extra in _OF_FORMATS.get(kind, [])]
    of_backend = [] if settings.backend == "tensorflow" else [settings.backend]
    return sorted({*needed, *of_backend, *_OF_RUNTIMES.get(settings.runtime, [])})


def size() -> int:
    """Return roughly how many bytes `send` uploads: the size of the code before compression."""
    return sum(file.stat().st_size for file in _PACKAGE.rglob("*.py"))


def _tree(folder: Path) -> Path:
    """Copy what a source distribution is built from: the files of a checkout, or equivalent ones of an installation."""
    shutil.copytree(_PACKAGE, folder / "pyside", ignore=_LEFT_OUT)
    if version.IS_CHECKOUT:
        for name in _OF_A_CHECKOUT:
            shutil.copyfile(version.ROOT / name, folder / name)
        shutil.copytree(version.matlab_folder(), folder / "matlab", ignore=_LEFT_OUT)
    else:
        (folder / "pyproject.toml").write_text(_project(), encoding="utf-8")
    return folder


def _project() -> str:
    """Return the text of a pyproject.toml from the metadata of the installed package."""
    import importlib.metadata  # slow to import

    known = importlib.metadata.metadata("touchtrain")
    every = known.get_all("Requires-Dist") or []
    requirements = [one for one in every if "extra ==" not in one]
    extras = {
        extra: [one.partition(";")[0].strip() for one in every if f'extra == "{extra}"' in one.replace("'", '"')]
        for extra in ("cloud", "jax", "onnx", "openvino", "savedmodel", "torch")
    }
    return "\n".join(
        [
            "[build-system]",
            'requires = ["setuptools>=77"]',
            'build-backend = "setuptools.build_meta"',
            "[project]",
            'name = "touchtrain"',
            f'version = "{version.__version__}"',
            f'requires-python = "{known["Requires-Python"]}"',
            f"dependencies = {json.dumps(requirements)}",
            "[project.optional-dependencies]",
            *(f"{extra} = {json.dumps(needed)}" for extra, needed in extras.items()),
            "[tool.setuptools.packages.find]",
            'include = ["pyside", "pyside.*"]',
            "[tool.setuptools.package-data]",
            'pyside = ["evaluation/report/*.html"]',
            "",
        ]
    )


def _hash(tree: Path) -> str:
    digest = hashlib.sha256()
    for file in sorted(one for one in tree.rglob("*") if one.is_file()):
        digest.update(file.relative_to(tree).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def _build(tree: Path, folder: Path) -> Path:
    if importlib.util.find_spec("setuptools") is None:
        raise ExtraMissing(f"setuptools, which packs TouchTrain, is missing: {to_install('cloud')}")
    done = subprocess.run(
        [sys.executable, "-c", _BUILD, str(folder)],
        cwd=tree,
        env=processes.clean_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=_SECONDS,
        check=False,
        creationflags=processes.NO_WINDOW,
    )
    if done.returncode:
        raise JobFailed(f"TouchTrain could not be packed for the cloud:\n{done.stderr[-2000:]}")
    return folder / done.stdout.split()[-1]
