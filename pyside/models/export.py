"""Forms of a model beside the .h5: a ``.keras`` file, and a folder in TensorFlow's SavedModel form.

What MATLAB's importers read, as its documentation says:

- ``importNetworkFromTensorFlow`` (since R2023b) reads a SavedModel folder that Keras 2 wrote. For TensorFlow 2.16 and
  later that is the package ``tf_keras``; from what Keras 3 exports it makes a network without weights, for that has no
  ``keras_metadata.pb``. So `save_tensorflow` lets ``tf_keras`` write the folder, if it is installed.
- ``importNetworkFromKeras`` (since R2026a) reads a folder that MathWorks's own ``matlabsaver.py`` writes from a Keras 3
  model, such as the one that `pyside.load_model` returns; neither .h5 nor .keras.
- ``importKerasNetwork`` (to be removed; R2017b and later) reads the .h5 itself.
"""

from __future__ import annotations

import contextlib
import importlib.util
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import uuid
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pyside.compute.devices import import_keras
from pyside.errors import ModelNotSaved, NotWritable, PathMissing
from pyside.models import files as model_files
from pyside.models import metadata as model_metadata
from pyside.models import save, saved_model
from pyside.system import files
from pyside.system.files import told_by_errors
from pyside.system.records import fitting, left_behind, plain

if TYPE_CHECKING:
    import keras

SUFFIXES = {"keras": ".keras", "tensorflow": ".savedmodel"}
METADATA = "touchtrain.json"
_WRITTEN = (
    *("saved_model.pb", "fingerprint.pb", "keras_metadata.pb", METADATA),
    *("variables/variables.index", "assets/", "variables/"),
)
_REPLACED = "replaced"
_MADE_ON = (1980, 1, 1, 0, 0, 0)  # equal models are equal files
_WITH_TF_KERAS = """
import sys
import tf_keras
model = tf_keras.models.load_model(sys.argv[1], compile=False)
model.save(sys.argv[2], save_format="tf", include_optimizer=False)
"""


def beside(path: Path, kind: str) -> Path:
    """Return where a form of a model goes: ``model.keras``, ``model.savedmodel`` beside ``model.h5``.

    Args:
        path: of the .h5.
        kind: ``keras`` or ``tensorflow``.
    """
    return path.with_name(path.stem + SUFFIXES[kind])


def check_besides(path: Path, kinds: Sequence[str]) -> None:
    """Make sure, before any long work, that the forms can be written beside the .h5.

    Raises:
        PathMissing, NotWritable, DiskFull: as `models.files.check_target`, or something else has the name.
    """
    for kind in kinds:
        target = beside(path, kind)
        if kind == "keras":
            model_files.check_target(target)
        elif target.parent.is_dir():
            model_files.check_name(target)
            check_folder(target)
        else:
            raise PathMissing(f"The folder {target.parent}, where the model is to go, does not exist. Make it first.")


def save_besides(
    core: keras.Model, path: Path, metadata: dict[str, Any], sample: np.ndarray, kinds: Sequence[str]
) -> dict[str, Any]:
    """Save a model in further forms beside its .h5.

    Args:
        core: the trained network.
        path: of the .h5.
        metadata: as in `save.save_model`.
        sample: likewise.
        kinds: of ``keras``, ``tensorflow``.

    Returns:
        The path of each form, by its kind, and ``notes``: a list of what a person should know.

    Raises:
        ModelNotSaved, DiskFull, NotWritable: one could not be written. What was there before still is.
    """
    saved: dict[str, Any] = {}
    notes: list[str] = []
    if "keras" in kinds:
        saved["keras"] = str(beside(path, "keras"))
        save_keras(core, beside(path, "keras"), sample, metadata)
    if "tensorflow" in kinds:
        saved["tensorflow"] = str(beside(path, "tensorflow"))
        notes += save_tensorflow(core, beside(path, "tensorflow"), sample, metadata)
    return {**saved, "notes": notes} if saved else {}


# --- .keras --------------------------------------------------------------------------------------------------------


def save_keras(core: keras.Model, path: Path, sample: np.ndarray, metadata: dict[str, Any] | None = None) -> None:
    """Write a ``.keras`` file in float32, load it again, compare, and only then give it its name.

    What it tells about itself stands in its ``metadata.json`` under ``touchtrain``, where Keras does not look.

    Args:
        core: the trained network.
        path: where it goes.
        sample: frames to compare predictions on, as in `save.save_model`.
        metadata: what the file tells about itself.

    Raises:
        ModelNotSaved: the file, loaded again, does not predict what the trained weights do.
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


# --- SavedModel ----------------------------------------------------------------------------------------------------


def save_tensorflow(
    core: keras.Model, folder: Path, sample: np.ndarray, metadata: dict[str, Any] | None = None
) -> list[str]:
    """Write a SavedModel folder, load it again, compare, and only then give it its name.

    Args:
        core: the trained network.
        folder: where it goes. A SavedModel that is there is replaced once the new one is known to be good.
        sample: frames to compare predictions on.
        metadata: what the folder tells about itself, in ``touchtrain.json``.

    Returns:
        Notes for a person: without the package ``tf_keras``, that MATLAB does not read all of the folder.

    Raises:
        ModelNotSaved: the folder, loaded again, does not predict what the trained weights do.
        DiskFull, NotWritable: it could not be written, or something other than a SavedModel is there.
    """
    check_folder(folder)
    work = fitting(folder.parent, f".{folder.name}", f".{uuid.uuid4().hex[:8]}")
    notes: list[str] = []
    try:
        with told_by_errors(folder):
            work.mkdir()
        written = work / "model"
        if importlib.util.find_spec("tf_keras"):
            _save_with_tf_keras(core, written, folder)
        else:
            _export(core, written, folder)
            notes.append(
                f"{folder} was written by Keras 3. TensorFlow reads it, but MATLAB's importNetworkFromTensorFlow finds "
                "no weights in it: install tf-keras (pip install tf-keras) and save again, or import the .h5."
            )
        with told_by_errors(folder):
            about = {"format": model_metadata.FORMAT, **(metadata or {})}
            (written / METADATA).write_text(json.dumps(plain(about)), "utf-8")
        _compare_folder(written, core, sample, folder)
        with told_by_errors(folder):
            take_place(written, folder)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return notes


def written_in(folder: Path) -> set[str]:
    """Return the files in a SavedModel folder that we wrote, as paths within it: none where it is not ours."""
    if not (folder / METADATA).is_file():
        return set()
    shards = (folder / "variables").glob("variables.data-*-of-*")
    return {*_WRITTEN, *(f"variables/{shard.name}" for shard in shards)}


def check_folder(folder: Path) -> None:
    """Make sure that a SavedModel folder may be written here: we wrote what is here.

    Raises:
        NotWritable: it does.
    """
    files.check_ours(folder, written_in)


def take_place(written: Path, folder: Path) -> None:
    """Rename a SavedModel folder to `folder`; one that is there is removed after that.

    Raises:
        OSError: that cannot be; what was there before still is.
        NotWritable: there is something else.
    """
    aside = fitting(folder.parent, f".{folder.name}", f".{uuid.uuid4().hex[:8]}")
    aside.mkdir()
    try:
        files.take_place(written, folder, written_in, aside / _REPLACED)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def keep(folder: Path, other: Path) -> None:
    """Have a SavedModel folder by another name as well; what is there of that name is replaced if we wrote it.

    Raises:
        OSError: that cannot be.
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
    """Remove what was left of SavedModel folders when the process that wrote them was killed; nobody may write now."""
    for work in left_behind(folder.parent, f".{folder.name}", r"\.[0-9a-f]{8}"):
        with contextlib.suppress(OSError):
            if (work / _REPLACED).is_dir() and not folder.exists():  # killed before the new one took its place
                (work / _REPLACED).rename(folder)
        shutil.rmtree(work, ignore_errors=True)


def _save_with_tf_keras(core: keras.Model, written: Path, folder: Path) -> None:
    """Let Keras 2 load the .h5 and save the folder, in a process of its own: it and Keras 3 share names."""
    trial = written.with_name("model.h5")
    with told_by_errors(folder):
        trial.write_bytes(save.h5_image(core, {}))
    quiet = {
        "PYTHONSAFEPATH": "1",
        "CUDA_VISIBLE_DEVICES": "-1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "PYTHONIOENCODING": "utf-8",
    }
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as empty:  # no Python file of anybody's lies there
        child = subprocess.run(
            [sys.executable, "-c", _WITH_TF_KERAS, str(trial.absolute()), str(written.absolute())],
            env={**os.environ, **quiet},
            cwd=empty,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
    if child.returncode or not (written / "saved_model.pb").is_file():
        said = child.stderr.strip().splitlines()
        why = said[-1] if said else f"its process ended with {child.returncode}"
        raise ModelNotSaved(f"tf_keras could not write the SavedModel: {why}. {folder} is as it was before.")


def _export(core: keras.Model, written: Path, folder: Path) -> None:
    try:
        with told_by_errors(folder):
            save.float32_copy(core).export(written, verbose=False)
    except NotWritable:
        raise
    except Exception as error:  # whatever TensorFlow raises
        raise ModelNotSaved(f"Keras could not write the SavedModel: {error}. {folder} is as it was before.") from error


def _compare_folder(written: Path, core: keras.Model, sample: np.ndarray, folder: Path) -> None:
    expected = save.predictions(save.float32_copy(core), sample)
    try:
        found = saved_model.predict(saved_model.signature_of(written), sample)
    except Exception as error:  # whatever TensorFlow raises on a folder that it does not understand
        raise ModelNotSaved(
            f"The SavedModel was written but cannot be loaded again ({error}). {folder} is as it was before."
        ) from error
    save.check_alike("SavedModel", found, expected, f"{folder} is as it was before.")
