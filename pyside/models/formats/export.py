"""Further formats of a model, beside the .h5: a ``.keras`` file, a SavedModel folder of TensorFlow, an ``.onnx`` file.

MATLAB's importers read these formats, according to its documentation:

- ``importNetworkFromONNX`` (since R2023b) reads the .onnx, and makes built-in layers of it; see `onnx_files`.
- ``importNetworkFromTensorFlow`` (since R2023b) reads a SavedModel folder that Keras 2 wrote; for TensorFlow 2.16 and
  later, Keras 2 is the package ``tf_keras``. From an export of Keras 3, which has no ``keras_metadata.pb``, it makes a
  network without weights. So `save_tensorflow` writes the folder with ``tf_keras``, if that is installed.
- ``importNetworkFromKeras`` (since R2026a) reads neither .h5 nor .keras, but a folder that MathWorks's
  ``matlabsaver.py`` writes from a Keras 3 model, such as the one that `pyside.load_model` returns.
- ``importKerasNetwork`` (R2017b and later, to be removed) reads the .h5.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pyside.errors import PathMissing
from pyside.models import files as model_files
from pyside.models.formats import saved_model_folders
from pyside.models.formats.keras_files import save_keras
from pyside.models.formats.onnx_files import check_can_save, save_onnx, to_onnx
from pyside.models.formats.saved_model_folders import save_tensorflow

if TYPE_CHECKING:
    import keras

SUFFIXES = {"keras": ".keras", "tensorflow": ".savedmodel", "onnx": ".onnx"}
FILES = tuple(suffix for kind, suffix in SUFFIXES.items() if kind != "tensorflow")  # of formats that are one file
_SAVES: dict[str, Callable[..., list[str] | None]] = {
    "keras": save_keras,
    "tensorflow": save_tensorflow,
    "onnx": save_onnx,
}


def beside(path: Path, kind: str) -> Path:
    """Return the path of a further format: ``model.keras``, ``model.savedmodel`` or ``model.onnx`` beside ``model.h5``.

    Args:
        path: path of the .h5.
        kind: ``keras``, ``tensorflow`` or ``onnx``.
    """
    return path.with_name(path.stem + SUFFIXES[kind])


def check_besides(path: Path, kinds: Sequence[str]) -> None:
    """Check, before any long work, that these formats can be written beside the .h5.

    Raises:
        PathMissing, NotWritable, DiskFull: as for `models.files.check_target`, or another file has the name.
    """
    for kind in kinds:
        target = beside(path, kind)
        if kind != "tensorflow":
            model_files.check_target(target)
        elif target.parent.is_dir():
            model_files.check_name(target)
            saved_model_folders.check_folder(target)
        else:
            raise PathMissing(f"The folder {target.parent} for the model does not exist. Make it first.")


def check_packages(kinds: Sequence[str]) -> None:
    """Check, before any long work and in the process that trains, that these formats have what they need.

    Raises:
        ExtraMissing: a package that writes one is not installed.
    """
    if "onnx" in kinds:
        check_can_save()


def check_network(core: keras.Model, kinds: Sequence[str]) -> None:
    """Check, before any long work, that a network can be written in these formats, beyond what the .h5 demands.

    Raises:
        ModelNotSaved: it has an operation that a format does not have.
    """
    if "onnx" in kinds:
        to_onnx(core)


def save_as(kind: str, core: keras.Model, path: Path, metadata: dict[str, Any], sample: np.ndarray) -> list[str]:
    """Save a model in a further format.

    Args:
        kind: ``keras``, ``tensorflow`` or ``onnx``.
        core: the trained network.
        path: the file or folder to write. An existing one is replaced once the new one is known to be good.
        metadata: as in `save.save_model`.
        sample: as in `save.save_model`.

    Returns:
        Messages to the user.

    Raises:
        ModelNotSaved, DiskFull, NotWritable: it could not be written. An existing one is unchanged.
    """
    return _SAVES[kind](core, path, sample, metadata) or []
