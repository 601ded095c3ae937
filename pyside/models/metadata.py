"""Metadata of a model file: everything that is needed to use the model on other videos.

The file has the form of Keras 2, as its ``model.save("name.h5")`` wrote it: attributes ``model_config`` (JSON),
``keras_version`` and ``backend``, and a group ``model_weights`` with one group per layer. The additional attribute
``touchtrain`` is JSON in ASCII, split into ``touchtrain``, ``touchtrain1`` and so on if it is too long for one
attribute. It is an object of:

    format              "touchtrain model 1"
    class_names         names in the order of the outputs
    image_shape         [height, width, channels] of one frame
    input               {"dtype": "float32", "low": 0, "high": 1, "from_uint8": "x / 255"}; low and high are the numbers
                        that the network takes for black and white: other ones than 0 and 1 only after `describe`
    roi, contrast       how frames were cropped and adjusted in the conversion; null for not at all
    region              where the ROI was, and its size before and after:
        center              "none" (the middle of the frame, or the whole frame), "fixed" (one point for all videos),
                            "video" (one a video), "frame" (one a frame), "bar" (a .bar file a video), "template" (an
                            object that was searched for), "unknown" (the frames came cut out, as arrays or images)
        at                  for "fixed", [x, y] in pixels counted from 0
        template            for "template", the image of the object: height, width, pixels (8 bits of grey, row by row,
                            as base64)
        scores              for "template", the least and the greatest correlation at which it was found in a video
        out_of_frame        "shift", "pad", "skip" or "error"; null if not known
        image_size          [height, width] to which the ROI was resized, null for not at all
        resized_by          "bilinear with antialiasing, after the contrast"; null for not at all
        frame_size          [height, width] of the whole frames; null if they differed, or are not known
    label_mapping       value in the labels -> class
    conversion          the conversion as described in the dataset: pixel_range (the numbers that mean black and white
                        in deeper pixels), grey ("full-range" or "raw-y"), made_by (command and options), and others
    decision_threshold  probability from which a frame counts as the event class; null with more than two classes
    decision            event_class; threshold; min_duration in frames: shorter touches are dropped; and frame_rate,
                        frames per second of the videos it was chosen on, null if not known
    network             name of the network
    context_frames      number of frames that it takes to classify one; 1 except for the network "context"
    context             for the network "context", frames before and after, and that edge frames repeat; else null
    statistics          brightness, contrast and sharpness of frames of the training side, by recording; see
                        `pyside.data.recordings.frame_statistics`
    split               fractions and unit; frames, groups, recordings and counts of each side
    seen                names and sha256 (of the frames) of the recordings that it, and the models that it began from,
                        were trained on or validated with; complete, whether these are all
    settings, seed      all settings of the training
    versions            versions of touchtrain, python, keras and so on
    dataset_hash        SHA-256 of dataset.json
    metrics             metrics on the validation and test sides
    best_epoch, precision, warnings
    described           in a copy that `describe` made: file, sha256 (of the model that was described), by (version of
                        TouchTrain) and facts (what a person said of it, by name of the option)

A file of an earlier version has less. What is absent or null is not known, unless said otherwise.

MATLAB reads it with ``touchtrain.inspect(file)``, or with ``jsondecode(h5readatt(file, '/', 'touchtrain'))``, where
two class names may become one field. A ``.keras`` file holds the same object in its ``metadata.json``, under
``touchtrain``, and an ``.onnx`` file in its property ``touchtrain``.
"""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pyside.data.formats import hdf5_files
from pyside.data.recordings.frame_statistics import STATISTICS
from pyside.data.recordings.regions.template_search import image_from
from pyside.errors import BadModel
from pyside.models import blueprint
from pyside.models.files import ATTRIBUTE, existing_file, form, opened
from pyside.settings.conversion import CENTERS, CONTRASTS, OUT_OF_FRAME
from pyside.system.records import from_json, plain

if TYPE_CHECKING:
    import h5py

FORMAT = "touchtrain model 1"
LONGEST_ATTRIBUTE = 60_000  # bytes; HDF5 allows 64 KB


def write_metadata(file: h5py.File, metadata: dict[str, Any]) -> None:
    """Store metadata as the attribute ``touchtrain``, in several pieces if it is long."""
    text = json.dumps(plain({"format": FORMAT, **metadata}), allow_nan=False, ensure_ascii=True)
    pieces = [text[start : start + LONGEST_ATTRIBUTE] for start in range(0, len(text), LONGEST_ATTRIBUTE)]
    for number, piece in enumerate(pieces):
        # A string of fixed length, which every release of MATLAB can read.
        file.attrs[f"{ATTRIBUTE}{number or ''}"] = np.bytes_(piece.encode("ascii"))


def read_metadata(path: str | os.PathLike[str]) -> dict[str, Any] | None:
    """Read the metadata of a model file; None if it has none.

    Raises:
        PathMissing: no such file.
        BadModel: it is not a model file, or it is damaged.
    """
    if form(path) == "keras":
        return Parts(path).metadata
    with opened(existing_file(path)) as file:
        return stored_metadata(file)


def model_config(file: h5py.File, path: Path) -> dict[str, Any]:
    """Return the configuration of the model in an .h5 file; raises BadModel if there is none."""
    text = file.attrs.get("model_config")
    if text is None or "model_weights" not in file:
        weights_only = blueprint.names_in(file, "layer_names") or "layers" in file
        raise BadModel(
            f"{path} is an HDF5 file, but it holds no Keras model"
            + (", only weights: save the whole model with model.save(...)." if weights_only else ".")
        )
    config: dict[str, Any] = from_json(blueprint.text(text))
    return config


def training_config(file: h5py.File) -> dict[str, Any]:
    """Return how the model in an .h5 file was compiled: its loss and others; empty if it was not, or in odd form."""
    try:
        found = from_json(blueprint.text(file.attrs.get("training_config", "{}")))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def stored_metadata(file: h5py.File) -> dict[str, Any] | None:
    """Return the checked metadata of an .h5 file; None if it has none."""
    if ATTRIBUTE not in file.attrs:
        return None
    pieces = [blueprint.text(file.attrs[ATTRIBUTE])]
    while f"{ATTRIBUTE}{len(pieces)}" in file.attrs:
        pieces.append(blueprint.text(file.attrs[f"{ATTRIBUTE}{len(pieces)}"]))
    return checked_metadata(from_json("".join(pieces)))


def checked_metadata(found: Any) -> dict[str, Any] | None:
    """Return metadata if the values that the code uses have the types and ranges that we write.

    Raises:
        BadModel: they do not.
    """
    if found is None:
        return None
    if not isinstance(found, dict):
        raise BadModel(f"Its attribute {ATTRIBUTE} is not an object.")
    for key, (what, fits) in _METADATA.items():
        holder, _, name = key.rpartition(".")
        value = (found.get(holder) or {} if holder else found).get(name)
        if value is not None and not fits(value):
            raise BadModel(f"{key} in its attribute {ATTRIBUTE} is not {what}.")
    return found


_LARGEST = 1 << 24  # sides of images, numbers of frames


def is_number(value: Any) -> bool:
    """Return whether a value of a JSON file is a finite number."""
    return type(value) in (int, float) and -1e300 < value < 1e300


def are_numbers(value: Any, count: int) -> bool:
    """Return whether a value of a JSON file is a list of so many finite numbers."""
    return isinstance(value, list) and len(value) == count and all(map(is_number, value))


def _are_names(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value) and len({*value}) == len(value) > 0


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_count(value: Any) -> bool:
    return type(value) is int and 0 < value < _LARGEST


def are_sides(value: Any) -> bool:
    """Return whether a value of a JSON file is [height, width]."""
    return isinstance(value, list) and len(value) == 2 and all(map(_is_count, value))


def _is_shape(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 3 and all(map(_is_count, value))


def _is_range(value: Any) -> bool:
    return are_numbers(value, 2) and value[0] < value[1]


def _is_image(value: Any) -> bool:
    try:
        return isinstance(value, dict) and image_from(value).size > 0
    except ValueError:
        return False


def _are_statistics(value: Any) -> bool:
    if not isinstance(value, dict) or not isinstance(value.get("names"), list):
        return False
    if not all(isinstance(name, str) for name in value["names"]):
        return False
    return all(are_numbers(value.get(key), len(value["names"])) for key in STATISTICS)


def _is_one_of(*choices: str) -> tuple[str, Callable[[Any], bool]]:
    return f"one of {', '.join(choices)}", lambda value: isinstance(value, str) and value in choices


_SIDES = ("a list of height and width", are_sides)
_METADATA: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "class_names": ("a list of different names", _are_names),
    "image_shape": ("a list of height, width and channels", _is_shape),
    "versions": ("an object", _is_object),
    "settings": ("an object", _is_object),
    "input": ("an object", _is_object),
    "roi": _SIDES,
    "contrast": _is_one_of(*CONTRASTS),
    "dataset_hash": ("a text", _is_text),
    "context_frames": ("a positive whole number", _is_count),
    "conversion": ("an object", _is_object),
    "conversion.grey": ("a text", _is_text),
    "conversion.pixel_range": ("a list of black and white", _is_range),
    "conversion.made_by": ("an object", _is_object),
    "region": ("an object", _is_object),
    "region.center": _is_one_of(*CENTERS),
    "region.at": ("a list of x and y", lambda value: are_numbers(value, 2)),
    "region.template": ("an image: height, width and pixels", _is_image),
    "region.scores": ("a list of the least and the greatest", lambda value: are_numbers(value, 2)),
    "region.out_of_frame": _is_one_of(*OUT_OF_FRAME),
    "region.image_size": _SIDES,
    "region.frame_size": _SIDES,
    "decision": ("an object", _is_object),
    "decision.event_class": ("a text", _is_text),
    "decision.threshold": ("a number from 0 to 1", lambda value: is_number(value) and 0 <= value <= 1),
    "decision.min_duration": ("a positive whole number", _is_count),
    "decision.frame_rate": ("a number above 0", lambda value: is_number(value) and value > 0),
    "input.low": ("a number", is_number),
    "input.high": ("a number", is_number),
    "region.resized_by": ("a text", _is_text),
    "seen": ("an object", _is_object),
    "statistics": ("lists with a number for each of its names", _are_statistics),
    "described": ("an object", _is_object),
}


class Parts:
    """The content of a ``.keras`` file: a zip of two JSON files and the weights.

    Attributes:
        config: configuration of the model: class and options.
        weights: bytes of an HDF5 file.
        version: version of the Keras that wrote it.
        metadata: metadata that TouchTrain wrote, or None.

    Raises:
        PathMissing: no such file.
        BadModel: it is damaged, or not a ``.keras`` file.
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
        except Exception as error:  # zipfile raises many kinds for damaged files
            raise BadModel(
                f"{path} is damaged, or not a model of Keras 3: perhaps it was not copied completely ({error})."
            ) from None

    @staticmethod
    def _read(file: zipfile.ZipFile, name: str, path: Path) -> bytes:
        """Read one member of the archive, by its exact name, into memory; nothing is extracted to the disk."""
        if file.getinfo(name).file_size > hdf5_files.room(path.stat().st_size):
            raise ValueError(f"{name} claims to be larger than the file could hold")
        return file.read(name)
