"""A model as a ``.keras`` file, the format of Keras 3."""

from __future__ import annotations

import io
import json
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pyside.compute.devices import import_keras
from pyside.models import files as model_files
from pyside.models import metadata as model_metadata
from pyside.models import save
from pyside.system.records import plain

if TYPE_CHECKING:
    import keras

_MADE_ON = (1980, 1, 1, 0, 0, 0)  # equal models are equal files


def save_keras(core: keras.Model, path: Path, sample: np.ndarray, metadata: dict[str, Any] | None = None) -> None:
    """Write a ``.keras`` file in float32, load it, compare its predictions, and only then give it its name.

    Its metadata is in its ``metadata.json`` under ``touchtrain``, which Keras ignores.

    Args:
        core: the trained network.
        path: the file to write.
        sample: frames to compare predictions on, as in `save.save_model`.
        metadata: metadata of the file.

    Raises:
        ModelNotSaved: the file, loaded again, does not predict the same as the trained network.
        DiskFull, NotWritable: the file could not be written.
    """
    save.write_checked(path, _keras_image(core, metadata or {}), core, sample)


def _keras_image(core: keras.Model, metadata: dict[str, Any]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "model.keras"
        save.float32_copy(core).save(file)
        with zipfile.ZipFile(file) as made:
            parts = {name: made.read(name) for name in made.namelist()}
    about = {"keras_version": import_keras().__version__}
    if metadata:
        about[model_files.ATTRIBUTE] = {"format": model_metadata.FORMAT, **metadata}
    parts["metadata.json"] = json.dumps(plain(about), allow_nan=False).encode("ascii")
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as written:
        for name, content in parts.items():
            written.writestr(zipfile.ZipInfo(name, _MADE_ON), content)
    return memory.getvalue()
