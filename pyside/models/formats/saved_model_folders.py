"""A model as a SavedModel folder of TensorFlow, which MATLAB's importNetworkFromTensorFlow reads."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import shutil
import tempfile
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pyside.errors import ModelNotSaved, NotWritable, by_pip
from pyside.models import metadata as model_metadata
from pyside.models import save
from pyside.models.formats import saved_model
from pyside.models.formats.converting import fault_of
from pyside.system import files
from pyside.system.files import fitting, left_behind, move, write_errors
from pyside.system.records import plain

if TYPE_CHECKING:
    import keras

METADATA = "touchtrain.json"
_WRITTEN = (
    *("saved_model.pb", "fingerprint.pb", "keras_metadata.pb", METADATA),
    *("variables/variables.index", "assets/", "variables/"),
)
_REPLACED = "replaced"
_WITH_TF_KERAS = """
import sys
import tf_keras
model = tf_keras.models.load_model(sys.argv[1], compile=False)
model.save(sys.argv[2], save_format="tf", include_optimizer=False)
"""


def save_tensorflow(
    core: keras.Model, folder: Path, sample: np.ndarray, metadata: dict[str, Any] | None = None
) -> list[str]:
    """Write a SavedModel folder, load it, compare its predictions, and only then give it its name.

    Args:
        core: the trained network.
        folder: the folder to write. An existing SavedModel is replaced once the new one is known to be good.
        sample: frames to compare predictions on.
        metadata: metadata of the model, stored in ``touchtrain.json``.

    Returns:
        Messages to the user: without the package ``tf_keras``, that MATLAB cannot read all of the folder.

    Raises:
        ModelNotSaved: the folder, loaded again, does not predict the same as the trained network.
        DiskFull, NotWritable: it could not be written, or the folder is not a SavedModel of ours.
    """
    check_folder(folder)
    work = fitting(folder.parent, f".{folder.name}", f".{uuid.uuid4().hex[:8]}")
    notes: list[str] = []
    try:
        with write_errors(folder):
            work.mkdir()
        written = work / "model"
        if importlib.util.find_spec("tf_keras"):
            _save_with_tf_keras(core, written, folder)
        else:
            _export(core, written, folder)
            notes.append(
                f"{folder} was written by Keras 3. TensorFlow can read it, but MATLAB's importNetworkFromTensorFlow "
                f"finds no weights in it: install tf-keras ({by_pip('install tf-keras')}) and save again, "
                "or import the .h5."
            )
        with write_errors(folder):
            about = {"format": model_metadata.FORMAT, **(metadata or {})}
            (written / METADATA).write_text(json.dumps(plain(about)), "utf-8")
        _compare_folder(written, core, sample, folder)
        with write_errors(folder):
            take_place(written, folder)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return notes


def written_in(folder: Path) -> set[str]:
    """Return the files that we wrote in a SavedModel folder, as paths within it; none if the folder is not ours."""
    if not (folder / METADATA).is_file():
        return set()
    shards = (folder / "variables").glob("variables.data-*-of-*")
    return {*_WRITTEN, *(f"variables/{shard.name}" for shard in shards)}


def check_folder(folder: Path) -> None:
    """Check that a SavedModel folder may be written here: it does not exist, or holds only files that we wrote.

    Raises:
        NotWritable: it holds other files.
    """
    files.check_ours(folder, written_in)


def take_place(written: Path, folder: Path) -> None:
    """Rename a SavedModel folder to `folder`, and then remove the old one.

    Raises:
        OSError: it cannot be renamed; the old folder is unchanged.
        NotWritable: the old folder holds other files.
    """
    aside = fitting(folder.parent, f".{folder.name}", f".{uuid.uuid4().hex[:8]}")
    aside.mkdir()
    try:
        files.take_place(written, folder, written_in, aside / _REPLACED)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def keep(folder: Path, other: Path) -> None:
    """Copy a SavedModel folder; an existing one of the other name is replaced if we wrote it.

    Raises:
        OSError: it cannot be copied or replaced.
    """
    try:
        check_folder(folder)
        check_folder(other)
    except NotWritable as error:
        raise OSError(error.text) from None
    work = fitting(other.parent, f".{other.name}", f".{uuid.uuid4().hex[:8]}")
    try:
        work.mkdir()
        shutil.copytree(folder, work / "model")
        take_place(work / "model", other)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def clear_broken_off(folder: Path) -> None:
    """Remove incomplete SavedModel folders of killed processes; call this only while nobody writes the folder."""
    for work in left_behind(folder.parent, f".{folder.name}", r"\.[0-9a-f]{8}"):
        with contextlib.suppress(OSError):
            if (work / _REPLACED).is_dir() and not folder.exists():  # killed before the new folder got its name
                move(work / _REPLACED, folder)
        shutil.rmtree(work, ignore_errors=True)


def _save_with_tf_keras(core: keras.Model, written: Path, folder: Path) -> None:
    """Let Keras 2 load the .h5 and save the folder, in a separate process: it shares names with Keras 3."""
    trial = written.with_name("model.h5")
    with write_errors(folder):
        trial.write_bytes(save.h5_image(core, {}))
    arguments = [str(trial.absolute()), str(written.absolute())]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as empty:  # no stray Python file is imported there
        why = fault_of(_WITH_TF_KERAS, arguments, {"PYTHONSAFEPATH": "1"}, written / "saved_model.pb", empty)
    if why is not None:
        raise ModelNotSaved(f"tf_keras could not write the SavedModel: {why}. {folder} is unchanged.")


def _export(core: keras.Model, written: Path, folder: Path) -> None:
    try:
        with write_errors(folder):
            save.float32_copy(core).export(written, verbose=False)
    except NotWritable:
        raise
    except Exception as error:  # TensorFlow raises many kinds
        raise ModelNotSaved(f"Keras could not write the SavedModel: {error}. {folder} is unchanged.") from error


def _compare_folder(written: Path, core: keras.Model, sample: np.ndarray, folder: Path) -> None:
    expected = save.predictions(save.float32_copy(core), sample)
    try:
        found = saved_model.predict(saved_model.signature_of(written), sample)
    except Exception as error:  # TensorFlow raises many kinds for a folder that it cannot load
        raise ModelNotSaved(
            f"The SavedModel was written but cannot be loaded again ({error}). {folder} is unchanged."
        ) from error
    save.check_alike("SavedModel", found, expected, f"{folder} is unchanged.")
