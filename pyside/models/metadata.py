"""What a model file tells about itself, so that it can be used on other videos.

The file is written in the dialect of Keras 2, as ``model.save("name.h5")`` of that time made it: attributes
``model_config`` (JSON), ``keras_version`` and ``backend``, and a group ``model_weights`` with a group a layer. Beside
them stands the attribute ``touchtrain``: JSON in ASCII, cut into ``touchtrain``, ``touchtrain1`` and so on where it is
longer than an attribute may be. It is an object of:

    format              "touchtrain model 1"
    class_names         names in the order of the outputs
    image_shape         [height, width, channels]
    input               {"dtype": "float32", "low": 0, "high": 1, "from_uint8": "x / 255"}
    roi, contrast       how frames were cut out and adjusted when they were converted; null for not at all
    label_mapping       what stood in the labels to the class it was taken for
    conversion          all that the dataset tells about its conversion, such as the pixel range
    decision_threshold  probability from which a frame is of the event class; null with more than two classes
    decision            event_class, threshold, and min_duration: shorter touches are dropped (frames)
    network             name of the network
    context_frames      how many frames it sees at a time; 1 but for the network "context"
    context             of that network: frames before and after, and that those at an edge repeat; else null
    split               fractions and unit; frames, groups, recordings and counts of each side
    settings, seed      all settings of the training
    versions            of touchtrain, python, keras and so on
    dataset_hash        SHA-256 of dataset.json
    metrics             figures on the validation and test sides
    best_epoch, precision, warnings

MATLAB reads it with ``jsondecode(h5readatt(file, '/', 'touchtrain'))``. A ``.keras`` file holds the same object in its
``metadata.json``, under ``touchtrain``.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pyside.errors import BadModel
from pyside.models import blueprint
from pyside.models.files import ATTRIBUTE, existing_file, form, opened
from pyside.system.records import from_json, plain

if TYPE_CHECKING:
    import h5py

import zipfile
from typing import TYPE_CHECKING

from pyside.data.formats import hdf5_files

if TYPE_CHECKING:
    import h5py

FORMAT = "touchtrain model 1"
LONGEST_ATTRIBUTE = 60_000  # bytes; HDF5 allows 64 KB


def write_metadata(file: h5py.File, metadata: dict[str, Any]) -> None:
    """Store metadata as the attribute ``touchtrain``, in pieces where it is long."""
    text = json.dumps(plain({"format": FORMAT, **metadata}), allow_nan=False, ensure_ascii=True)
    pieces = [text[start : start + LONGEST_ATTRIBUTE] for start in range(0, len(text), LONGEST_ATTRIBUTE)]
    for number, piece in enumerate(pieces):
        # Of fixed length, as every release of MATLAB reads it.
        file.attrs[f"{ATTRIBUTE}{number or ''}"] = np.bytes_(piece.encode("ascii"))


def read_metadata(path: str | os.PathLike[str]) -> dict[str, Any] | None:
    """Read what a model file tells about itself: the attribute ``touchtrain``, or None where there is none.

    Raises:
        PathMissing: no such file.
        BadModel: no model file, or one that is damaged.
    """
    if form(path) == "keras":
        return Parts(path).metadata
    with opened(existing_file(path)) as file:
        return stored_metadata(file)


def model_config(file: h5py.File, path: Path) -> dict[str, Any]:
    """Return the architecture that an .h5 file holds; raises BadModel where it holds none."""
    text = file.attrs.get("model_config")
    if text is None or "model_weights" not in file:
        weights_only = blueprint.names_in(file, "layer_names") or "layers" in file
        raise BadModel(
            f"{path} is an HDF5 file, but it holds no Keras model"
            + (", only weights: save the whole model with model.save(...)." if weights_only else ".")
        )
    config: dict[str, Any] = from_json(blueprint.text(text))
    return config


def stored_metadata(file: h5py.File) -> dict[str, Any] | None:
    """Return the metadata that an .h5 file holds, checked; None where there is none."""
    if ATTRIBUTE not in file.attrs:
        return None
    pieces = [blueprint.text(file.attrs[ATTRIBUTE])]
    while f"{ATTRIBUTE}{len(pieces)}" in file.attrs:
        pieces.append(blueprint.text(file.attrs[f"{ATTRIBUTE}{len(pieces)}"]))
    return checked_metadata(from_json("".join(pieces)))


def checked_metadata(found: Any) -> dict[str, Any] | None:
    """Return what a file tells about itself, if what is used of it has the types that we write.

    Raises:
        BadModel: it has not.
    """
    if found is None:
        return None
    about = found if isinstance(found, dict) else {"all of it": None}
    for key, (what, fits) in _METADATA.items():
        if about.get(key) is not None and not fits(about[key]):
            raise BadModel(f"{key} in its attribute {ATTRIBUTE} is no {what}.")
    if not isinstance(found, dict):
        raise BadModel(f"Its attribute {ATTRIBUTE} is no object.")
    return about


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _are_sides(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 3 and all(isinstance(side, int) and side > 0 for side in value)


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and value > 0


_METADATA: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "class_names": ("list of texts", _are_texts),
    "image_shape": ("list of height, width and channels", _are_sides),
    "versions": ("object", _is_object),
    "settings": ("object", _is_object),
    "decision": ("object", _is_object),
    "context_frames": ("number", _is_count),
}


class Parts:
    """What is in a ``.keras`` file: a zip of two JSON files and the weights.

    Attributes:
        config: of the model: class and options.
        weights: bytes of an HDF5 file.
        version: of the Keras that wrote it.
        metadata: what we wrote about it, or None.

    Raises:
        BadModel: it is damaged, or no such file.
    """

    def __init__(self, path: str | os.PathLike[str]):
        path = existing_file(path)
        try:
            with zipfile.ZipFile(path) as file:
                about = from_json(self._read(file, "metadata.json", path))
                self.config: dict[str, Any] = from_json(self._read(file, "config.json", path))
                self.weights = self._read(file, "model.weights.h5", path)
            self.version = str(about.get("keras_version", "?"))
            self.metadata = checked_metadata(about.get(ATTRIBUTE))
        except BadModel as error:
            raise BadModel(f"{path} cannot be used. {error.text}") from None
        except PermissionError as error:
            raise BadModel(f"{path} cannot be read: {error.strerror}.") from None
        except Exception as error:  # zipfile has many for damaged files
            raise BadModel(
                f"{path} is damaged, or no model of Keras 3: perhaps it was not copied completely ({error})."
            ) from None

    @staticmethod
    def _read(file: zipfile.ZipFile, name: str, path: Path) -> bytes:
        """Read one member, by its exact name, into memory: nothing of the archive is unpacked."""
        if file.getinfo(name).file_size > hdf5_files.room(path.stat().st_size):
            raise ValueError(f"{name} would be larger than the file could hold")
        return file.read(name)
