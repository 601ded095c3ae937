"""Loading of model files: to predict, or to train them further."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pyside.compute import devices
from pyside.compute.devices import import_keras
from pyside.data.formats import hdf5_files
from pyside.errors import BadFrames, BadModel
from pyside.models import blueprint, probes
from pyside.models.files import check_source, existing_file, form, opened
from pyside.models.formats import saved_model
from pyside.models.metadata import Parts, model_config, read_metadata, stored_metadata, training_config
from pyside.settings.core import named

if TYPE_CHECKING:
    import keras

_MOST_PIXELS = 1 << 22  # of a batch of probes: what the layers of a network make of it takes about a GB


def load_model(path: str | os.PathLike[str], precision: str = "float32") -> keras.Model:
    """Load a model to predict with.

    Args:
        path: an ``.h5`` file of TouchTrain or of Keras 2.0 or later; a ``.keras`` file; or a SavedModel folder of
            TensorFlow, which can predict but not be trained or saved.
        precision: dtype policy of all layers but the outputs, which are float32; a SavedModel keeps its own.

    Returns:
        A Keras model, not compiled, that takes float frames in [0, 1], (n, height, width, channels), and returns the
        probability of each class, (n, classes). If it was trained with one output, that is the probability of the
        second of two classes, such as Touch; logits become probabilities, if the loss in the file says what they are.

    Raises:
        PathMissing: no such file.
        BadModel: the file cannot be interpreted, it holds code or custom layers, or its outputs are no probabilities.
        ModelNotProven: it does not give the answers to its probe frames that it carries.
    """
    if form(path) == "folder":
        return saved_model.load_saved_model(Path(path).absolute())
    plan, about = read_plan(path), read_metadata(path) or {}
    model = _predicting(path, plan, about, precision)
    check_proven(path, model, about, precision)
    return model


def load_unproven(path: str | os.PathLike[str], precision: str = "float32") -> keras.Model:
    """Do what `load_model` does, without a check of its probes: what computes with the model checks it."""
    if form(path) == "folder":
        return load_model(path)
    return _predicting(path, read_plan(path), read_metadata(path) or {}, precision)


def _predicting(
    path: str | os.PathLike[str], plan: blueprint.Blueprint, about: Mapping[str, Any], precision: str
) -> keras.Model:
    """Build a model that takes frames in [0, 1] and returns probabilities."""
    with naming(path):
        if was_trained_here(about):
            return blueprint.build(plan, precision)  # its outputs are known to be probabilities
        return blueprint.build(probable(plan, *input_range(about)), precision)


def check_proven(
    path: str | os.PathLike[str],
    model: keras.Model | None = None,
    about: Mapping[str, Any] | None = None,
    precision: str = "float32",
) -> None:
    """Check that a model file, loaded by Keras, gives the answers to its probe frames that it carries.

    Args:
        path: the model file; one that carries no probes is not checked.
        model: what was loaded of it; None to load it in float32.
        about: its metadata; None to read them.
        precision: of `model`.

    Raises:
        ModelNotProven: it does not.
        PathMissing, BadModel: as `load_model`.
    """

    def predict(frames: Any) -> Any:
        loaded = load_unproven(path) if model is None else model
        size = max(1, _MOST_PIXELS // (frames.shape[1] * frames.shape[2]))
        parts = [frames[first : first + size] for first in range(0, len(frames), size)]
        if loaded.input_shape[1:] != frames.shape[1:] and None not in loaded.input_shape[1:]:
            raise BadFrames(f"It takes {loaded.input_shape[1:]}, and they are {frames.shape[1:]}.")
        with devices.exact_float32():
            each = [devices.import_keras().ops.convert_to_numpy(loaded(part.astype("float32") / 255)) for part in parts]
        return np.concatenate(each)

    used = {"backend": devices.backend_in_use(), "device": "gpu" if devices.gpu_count() else "cpu"}
    found = probes.prove(path, predict, about, runtime="keras", precision=precision, **used)
    if found is not None:
        found.check(path)


def was_trained_here(about: Mapping[str, Any]) -> bool:
    """Return whether a training of TouchTrain wrote this metadata, rather than `describe` into a model of others."""
    return bool(about.get("versions"))


def input_range(about: Mapping[str, Any]) -> tuple[float, float]:
    """Return the numbers that a model takes for black and white, by the metadata of its file; 0 and 1 if not said."""
    found = about.get("input") or {}
    return found.get("low") or 0.0, 1.0 if found.get("high") is None else found["high"]


def probable(plan: blueprint.Blueprint, low: float = 0, high: float = 1) -> blueprint.Blueprint:
    """Return a model of others as one that takes frames in [0, 1] and returns one probability per class.

    Args:
        plan: the model; it is not changed.
        low: the number that it takes for black.
        high: for white.

    Raises:
        BadModel: it does not return one vector per frame, or its outputs are no probabilities.
    """
    outputs = _outputs(plan)
    if len(plan.inputs) != 1 or outputs is None:
        raise BadModel(blueprint.NOT_ONE_VECTOR)
    return blueprint.with_range(blueprint.with_probabilities(plan, outputs), low, high)


def load_core(
    path: str | os.PathLike[str],
    precision: str,
    image_shape: Sequence[int],
    class_names: Sequence[str],
    seed: int,
    freeze_convolutions: bool = False,
) -> tuple[keras.Model, list[str]]:
    """Load a model to train it further.

    Args:
        path: an ``.h5`` or ``.keras`` file.
        precision: dtype policy to train in; the outputs are float32.
        image_shape: (height, width, channels) of the frames to train on.
        class_names: classes of the outputs, in their order.
        seed: seed of dropout and new weights.
        freeze_convolutions: whether to leave the convolutions untrained.

    Returns:
        A new model with the weights of the file, not compiled, with one softmax output per class; and notes.

    Raises:
        PathMissing: no such file.
        BadModel: the file cannot be interpreted, or the model has other frame sizes or other classes.
    """
    check_source(path)
    check_proven(path)
    metadata, plan, names = read_metadata(path) or {}, read_plan(path), list(class_names)
    notes = list(plan.notes)
    with naming(path):
        outputs = _outputs(plan)
        if len(plan.inputs) != 1 or outputs is None:
            raise BadModel(blueprint.NOT_ONE_VECTOR)
        _fit_input(plan, image_shape)
        had = metadata.get("class_names")
        if had and len(had) == len(names) and list(had) != names:
            raise BadModel(
                f"Its classes are {', '.join(had)}, in this order, but those of the dataset are {', '.join(names)}. "
                f"Convert the dataset with {named('class_names')} as in the model."
            )
        range_notes = _range_notes(plan, metadata)
        plan, changes = blueprint.with_outputs(plan, outputs, names)
        plan = blueprint.with_range(plan, *input_range(metadata))
        core = blueprint.build(plan, precision, seed)
    notes += changes
    notes += range_notes
    if freeze_convolutions:
        frozen = [layer for layer in core.layers if type(layer).__name__ in blueprint.CONVOLUTIONS]
        for layer in frozen:
            layer.trainable = False
        if not frozen:
            notes.append("The initial model has no convolutions to freeze.")
    return core, notes


def _outputs(plan: blueprint.Blueprint) -> int | None:
    """Return how many outputs a model has, or None if it does not return one vector per frame."""
    shape = blueprint.build(plan).output_shape
    return shape[-1] if isinstance(shape, tuple) and len(shape) == 2 else None


def _fit_input(plan: blueprint.Blueprint, image_shape: Sequence[int]) -> None:
    """Check that a model takes frames of this shape; one that takes any size is fixed to this shape."""
    shape, given = plan.input_shape, tuple(image_shape)
    if len(shape) != len(given) or any(side not in (None, other) for side, other in zip(shape, given, strict=True)):
        taken, there = (" x ".join(str(side or "any") for side in sides) for sides in (shape, given))
        advice = "as many channels (grey has 1, colour 3)"
        if shape[2:] == given[2:]:
            advice = f"{named('roi')} of {shape[0]} x {shape[1]}"
        raise BadModel(
            f"It takes frames of {taken} (height x width x channels), but the dataset has {there}. Convert the videos "
            f"again with {advice}."
        )
    plan.layer(plan.inputs[0][0])["config"]["batch_shape"] = [None, *given]


def _range_notes(plan: blueprint.Blueprint, metadata: dict[str, Any]) -> list[str]:
    if metadata.get("described"):
        return []  # a person said which range it takes
    scaled = blueprint.scaling_layer(plan)
    if scaled:
        return [
            f"The initial model scales its frames itself ({scaled['name']}), and it receives frames in 0 to 1. If "
            "it was trained on 0 to 255, its initial predictions are useless."
        ]
    if not metadata:
        return [
            "The initial model does not state the range of its frames; it receives 0 to 1, as older curation tools use."
        ]
    return []


def read_plan(path: str | os.PathLike[str], from_here: bool = False) -> blueprint.Blueprint:
    """Read a model file as a blueprint.

    Args:
        path: an ``.h5`` or ``.keras`` file.
        from_here: whether this process wrote it, so that damage need not be expected.

    Raises:
        PathMissing: no such file.
        BadModel: the file cannot be interpreted, or it holds code or custom layers.
    """
    if form(path) == "keras":
        parts = Parts(path)
        with tempfile.TemporaryDirectory() as folder:
            inner = Path(folder) / "model.weights.h5"
            inner.write_bytes(parts.weights)
            with opened(existing_file(path), inner) as file, naming(path):
                if 4 * sum(size for _, size in sizes_of(file)) > hdf5_files.room(existing_file(path).stat().st_size):
                    raise BadModel("Its weights claim to be larger than the file could hold.")
                weights = blueprint.read_keras_3_weights(parts.config, file, existing_file(path).stat().st_size)
        with naming(path):
            plan = blueprint.blueprint(parts.config, weights, parts.version)
            compiled = parts.config.get("compile_config")
            plan.logits = blueprint.logits(compiled.get("loss") if isinstance(compiled, Mapping) else None)
        return plan
    path = existing_file(path)
    with opened(path, from_here=from_here) as file:
        config, version = model_config(file, path), blueprint.text(file.attrs.get("keras_version", ""))
        compiled = training_config(file)
        with naming(path):
            weights = blueprint.read_weights(config, file["model_weights"], path.stat().st_size)
    with naming(path):
        plan = blueprint.blueprint(config, weights, version)
    plan.logits = blueprint.logits(compiled.get("loss"))
    return plan


def sizes_of(group: Any) -> list[tuple[str, int]]:
    """Return name and number of values of each dataset in an HDF5 file."""
    import h5py

    found: list[tuple[str, int]] = []
    group.visititems(
        lambda name, item: found.append((str(name), int(item.size or 0))) if isinstance(item, h5py.Dataset) else None
    )
    return found


@contextmanager
def naming(path: str | os.PathLike[str]) -> Iterator[None]:
    """Add the name of the file to errors about its content."""
    try:
        yield
    except BadModel as error:
        raise BadModel(f"{path} cannot be used. {error.text[:1].upper()}{error.text[1:]}") from error
    except Exception as error:  # a forged or damaged file can raise anything
        raise BadModel(
            f"{path} holds a Keras model that Keras {import_keras().__version__} cannot load: {error}. If another "
            "version of Keras wrote it, load it there and save it again."
        ) from error


def describe_model(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Describe a model file, without Keras.

    Args:
        path: an ``.h5`` or ``.keras`` file.

    Returns:
        ``kind`` ("model"), ``path``, ``written_by``, ``image_shape`` (of one frame), ``input_shape`` (what the network
        takes), ``classes``, ``layers`` and ``parameters`` (their numbers; one output tells two classes apart),
        ``scales`` (whether its first layer scales the frames, which are 0 to 255 then), ``class_names`` and
        ``metadata`` (both None for a model that TouchTrain did not write).

    Raises:
        PathMissing: no such file.
        BadModel: it is not a model file, is damaged, or holds no Keras model.
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
        "written_by": f"TouchTrain {ours['versions'].get('touchtrain', '?')}"
        if was_trained_here(ours)
        else f"Keras {version}",
        "image_shape": ours.get("image_shape", layers["image_shape"]),
        "input_shape": layers["image_shape"],
        "classes": layers["classes"],
        "layers": layers["layers"],
        "parameters": parameters,
        "scales": blueprint.scales(config),
        "class_names": ours.get("class_names"),
        "metadata": metadata,
    }


def _is_parameter(name: str) -> bool:
    """Return whether a dataset in a .keras file is a weight, not the state of an optimizer or a dropout layer."""
    return "/vars/" in name and "seed_generator" not in name and not name.startswith("optimizer")
