"""Reading a model file: ready to predict, or to go on training from."""

from __future__ import annotations

import dataclasses
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pyside.compute.devices import import_keras
from pyside.data.formats import hdf5_files
from pyside.errors import BadModel
from pyside.models import blueprint, saved_model
from pyside.models.files import check_source, existing_file, form, opened
from pyside.models.metadata import Parts, model_config, read_metadata, stored_metadata
from pyside.settings.core import named

if TYPE_CHECKING:
    import keras

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    pass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    pass


def load_model(path: str | os.PathLike[str]) -> keras.Model:
    """Load a model, ready to predict.

    Args:
        path: an ``.h5`` file of Keras 2.0 or later, ours among them; a ``.keras`` file; or a folder in TensorFlow's
            SavedModel form, which can do nothing but predict.

    Returns:
        A Keras model, not compiled, that takes float frames in [0, 1], (n, height, width, channels).

    Raises:
        PathMissing: no such file.
        BadModel: a file that is not understood, or one that holds code or layers of its maker's own.
    """
    if form(path) == "folder":
        return saved_model.load_saved_model(Path(path).absolute())
    plan = read_plan(path)
    with _naming(path):
        return blueprint.build(plan)


def load_core(
    path: str | os.PathLike[str],
    precision: str,
    image_shape: Sequence[int],
    class_names: Sequence[str],
    seed: int,
    freeze_convolutions: bool = False,
) -> tuple[keras.Model, list[str]]:
    """Load a model to go on training from.

    Args:
        path: an ``.h5`` or ``.keras`` file.
        precision: dtype policy to train in; the outputs are float32.
        image_shape: (height, width, channels) of what it is to take.
        class_names: what its outputs are to be, in their order.
        seed: what dropout and new weights follow from.
        freeze_convolutions: whether the convolutions are not trained.

    Returns:
        A model of new layers with the weights of the file, not compiled, one softmax output a class; and notes.

    Raises:
        PathMissing: no such file.
        BadModel: a file that is not understood, a model of other frames, or one of other classes.
    """
    check_source(path)
    metadata, plan, names = read_metadata(path) or {}, read_plan(path), list(class_names)
    notes = list(plan.notes)
    with _naming(path):
        outputs = _outputs(plan)
        if len(plan.inputs) != 1 or outputs is None:
            raise BadModel("It does not take frames alone and give one vector of probabilities a frame.")
        _fit_input(plan, image_shape)
        had = metadata.get("class_names")
        if had and len(had) == len(names) and list(had) != names:
            raise BadModel(
                f"It tells the classes {', '.join(had)} apart, in this order, and the dataset has {', '.join(names)}. "
                f"Convert the dataset with {named('class_names')} as the model has them."
            )
        plan, changes = blueprint.with_outputs(plan, outputs, names)
        core = blueprint.build(plan, precision, seed)
    notes += changes
    notes += _range_notes(plan, metadata)
    if freeze_convolutions:
        frozen = [layer for layer in core.layers if type(layer).__name__ in blueprint.CONVOLUTIONS]
        for layer in frozen:
            layer.trainable = False
        if not frozen:
            notes.append("The initial model has no convolutions to be kept as they are.")
    return core, notes


def _outputs(plan: blueprint.Blueprint) -> int | None:
    """Return how many outputs a model has, or None where it is not one vector a frame."""
    shape = blueprint.build(plan).output_shape
    return shape[-1] if isinstance(shape, tuple) and len(shape) == 2 else None


def _fit_input(plan: blueprint.Blueprint, image_shape: Sequence[int]) -> None:
    """Make sure that a model takes frames of this shape; where it takes any size, this one is written down."""
    shape, given = plan.input_shape, tuple(image_shape)
    if len(shape) != len(given) or any(side not in (None, other) for side, other in zip(shape, given, strict=True)):
        taken = " x ".join(str(side or "any") for side in shape)
        what = named("roi") if shape[2:] == given[2:] else "frames of as many channels: grey has 1, colour 3"
        raise BadModel(
            f"It takes frames of {taken} (height x width x channels), and the dataset has "
            f"{' x '.join(map(str, given))}. Convert the videos again with "
            + (f"{what} of {shape[0]} x {shape[1]}." if what.startswith("ROI") else f"{what}.")
        )
    plan.layer(plan.inputs[0][0])["config"]["batch_shape"] = [None, *given]


def _range_notes(plan: blueprint.Blueprint, metadata: dict[str, Any]) -> list[str]:
    scaled = [layer for layer in plan.layers if layer["class_name"] == "Rescaling"]
    if scaled:
        return [
            f"The initial model scales its frames itself ({scaled[0]['name']}), and it is given frames of 0 to 1. If "
            "it was trained on 0 to 255, its first predictions are of no use."
        ]
    if not metadata:
        return [
            "The initial model does not say in what range its frames are; it is given 0 to 1, as old curators feed it."
        ]
    return []


def read_plan(path: str | os.PathLike[str], from_here: bool = False) -> blueprint.Blueprint:
    """Read a model file as plain values, ready to be built.

    Args:
        path: an ``.h5`` or ``.keras`` file.
        from_here: whether this process wrote it, so that no damage is to be expected.

    Raises:
        PathMissing: no such file.
        BadModel: a file that is not understood, or one that holds code or layers of its maker's own.
    """
    if form(path) == "keras":
        parts = Parts(path)
        with _naming(path):
            plan = blueprint.blueprint(parts.config, {}, "3")
            plan.weights = _keras_3_weights(plan, parts.weights, existing_file(path))
        return plan
    path = existing_file(path)
    with opened(path, from_here=from_here) as file:
        config, version = model_config(file, path), blueprint.text(file.attrs.get("keras_version", ""))
        try:
            weights = blueprint.read_weights(file["model_weights"], path.stat().st_size)
        except BadModel as error:
            raise BadModel(f"{path} cannot be used. {error.text}") from error
    with _naming(path):
        return blueprint.blueprint(config, weights, version)


def _keras_3_weights(plan: blueprint.Blueprint, image: bytes, path: Path) -> dict[str, list[np.ndarray]]:
    """Let Keras read the weights of a .keras file into a model that was built from plain layers."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "model.weights.h5"
        file.write_bytes(image)
        with opened(path, file) as weights:
            sizes = sizes_of(weights)
        values = sum(size for _, size in sizes)
        if 4 * values > hdf5_files.room(path.stat().st_size):
            raise BadModel("Its weights are said to be larger than the file could hold.")
        fresh = dataclasses.replace(plan, fresh={layer["name"] for layer in plan.layers})
        model = blueprint.build(fresh, room=values)
        model.load_weights(file)
    return {layer.name: layer.get_weights() for layer in model.layers if layer.weights}


def sizes_of(group: Any) -> list[tuple[str, int]]:
    """Return how many values the datasets in an HDF5 file have, by name."""
    import h5py

    found: list[tuple[str, int]] = []
    group.visititems(
        lambda name, item: found.append((str(name), int(item.size or 0))) if isinstance(item, h5py.Dataset) else None
    )
    return found


@contextmanager
def _naming(path: str | os.PathLike[str]) -> Iterator[None]:
    """Put the name of the file into errors about what it holds."""
    try:
        yield
    except BadModel as error:
        raise BadModel(f"{path} cannot be used. {error.text[:1].upper()}{error.text[1:]}") from error
    except Exception as error:  # whatever a file that was made up or damaged leads to
        raise BadModel(
            f"{path} holds a Keras model that Keras {import_keras().__version__} cannot load: {error}. If another "
            "Keras wrote it, load it there and save it again."
        ) from error


def describe_model(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Describe a model file, without Keras.

    Args:
        path: an ``.h5`` or ``.keras`` file.

    Returns:
        ``kind`` ("model"), ``path``, ``written_by``, ``image_shape``, ``classes`` (how many), ``layers``,
        ``parameters``, ``class_names`` (None for a model of somebody else's) and ``metadata`` (likewise).

    Raises:
        PathMissing: no such file.
        BadModel: no model file, one that is damaged, or one without a Keras model.
    """
    if form(path) == "keras":
        parts = Parts(path)
        metadata, config, version = parts.metadata, parts.config, parts.version
        with tempfile.TemporaryDirectory() as folder:
            weights = Path(folder) / "model.weights.h5"
            weights.write_bytes(parts.weights)
            with opened(existing_file(path), weights) as file:
                parameters = sum(size for name, size in sizes_of(file) if _is_parameter(name))
                layers = blueprint.outline(config)
    else:
        path = existing_file(path)
        with opened(path) as file:
            metadata, config = stored_metadata(file), model_config(file, path)
            version = blueprint.text(file.attrs.get("keras_version", "?"))
            parameters = sum(size for _, size in sizes_of(file["model_weights"]))
            layers = blueprint.outline(config)
    ours = metadata or {}
    return {
        "kind": "model",
        "path": str(existing_file(path)),
        "written_by": f"TouchTrain {ours.get('versions', {}).get('touchtrain', '?')}" if ours else f"Keras {version}",
        "image_shape": ours.get("image_shape", layers["image_shape"]),
        "classes": layers["classes"],
        "layers": layers["layers"],
        "parameters": parameters,
        "class_names": ours.get("class_names"),
        "metadata": metadata,
    }


def _is_parameter(name: str) -> bool:
    """Whether a dataset of a .keras file is a weight, not the state of an optimizer or of a dropout."""
    return "/vars/" in name and "seed_generator" not in name and not name.startswith("optimizer")
