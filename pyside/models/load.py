"""Model files: the `.h5` that old and new Kerases read and that explains itself.

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

import dataclasses
import errno
import functools
import io
import json
import os
import subprocess
import sys
import tempfile
import uuid
import warnings
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pyside.compute.devices import import_keras
from pyside.data.dataset import told_by_errors
from pyside.data.formats import hdf5_files
from pyside.errors import BadModel, ModelNotSaved, NotWritable, PathMissing
from pyside.models import blueprint, saved_model
from pyside.system.paths import is_file, is_there, not_readable
from pyside.system.records import fitting, from_json, longest_name, plain

if TYPE_CHECKING:
    import h5py
    import keras

FORMAT = "touchtrain model 1"
ATTRIBUTE = "touchtrain"
LONGEST_ATTRIBUTE = 60_000  # bytes; HDF5 allows 64 KB
HDF5_START = b"\x89HDF\r\n\x1a\n"
LONGEST_LOOK = 60.0  # seconds for a process that walks through an .h5
_WALK = """
import os, sys
try:
    import resource
    half = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
    resource.setrlimit(resource.RLIMIT_AS, (half, half))
except (ImportError, ValueError, OSError):
    pass
import h5py
def look(name, item):
    list(item.attrs.values())
    if isinstance(item, h5py.Dataset):
        item.shape, item.dtype, item.chunks, item.external, item.id.get_storage_size()
try:
    with h5py.File(sys.argv[1], "r") as file:
        look("/", file)
        file.visititems(look)
except MemoryError:
    sys.exit(3)
"""
TOLERANCE = 1e-5  # of probabilities, when a saved model is loaded again


def with_suffix(path: str | os.PathLike[str]) -> Path:
    """Return the path of a model file: ``name`` and ``name.h5`` both give ``name.h5``."""
    path = Path(path)
    return path if path.suffix.lower() == ".h5" else path.with_name(path.name + ".h5")


def check_target(path: Path) -> None:
    """Make sure, before any long work, that a model can be written to `path`.

    Raises:
        PathMissing: its folder does not exist.
        NotWritable: it is a folder, or its folder cannot be written, or does not take a file of that name.
        DiskFull: not even a small file can be written.
    """
    path = path.absolute()
    with told_by_errors(path):
        if not path.parent.is_dir():
            raise PathMissing(f"The folder {path.parent}, where the model is to go, does not exist. Make it first.")
    check_name(path)
    with told_by_errors(path):
        if path.is_dir():
            raise NotWritable(f"{path} is a folder. Give the model file another name.")


def check_name(path: Path) -> None:
    """Make sure that a file or folder of this very name can be made, and one of the name that it has while it is made.

    Really tried, for permission bits do not tell it: not to administrators, and not on network drives. It is tried
    with a name of as many bytes and of the same letters, for whoever waits for a model must not see an empty one.

    Raises:
        NotWritable, DiskFull: it cannot be.
    """
    start = 0
    while start < len(path.name) and len(os.fsencode(path.name[:start])) < 9:
        start += 1
    mark = f".{uuid.uuid4().hex}"
    alike = path.with_name(mark[: max(9, len(os.fsencode(path.name[:start])))] + path.name[start:])
    try:
        with suppress(FileNotFoundError):
            path.lstat()
        for trial in (alike, temporary(path)):
            try:
                with trial.open("xb") as file:
                    file.write(b"touchtrain")
            finally:
                with suppress(OSError):
                    trial.unlink()
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            raise NotWritable(
                f"The name {path.name} is too long: it has {len(os.fsencode(path.name))} bytes, and {path.parent} "
                f"takes {longest_name(path.parent)}. Give the model a shorter name."
            ) from error
        with told_by_errors(path):
            raise


def temporary(path: Path) -> Path:
    """Return a name beside a file for it while it is written: ``.model.1a2b3c4d.h5``, cut where it is too long."""
    return fitting(path.parent, f".{path.stem}", f".{uuid.uuid4().hex[:8]}{path.suffix}")


def check_source(path: str | os.PathLike[str]) -> None:
    """Look, without reading it, whether a file may be a model to go on training from.

    Raises:
        PathMissing: no such file.
        BadModel: a folder, or no model file.
    """
    if _form(path) == "folder":
        raise BadModel(
            f"{path} is a folder (a SavedModel): it can predict, but Keras 3 cannot go on training from it. Take the "
            ".h5 or .keras file of that model, or save one with the Keras that made it."
        )


def check_saveable(core: keras.Model) -> None:
    """Make sure, before any long work, that a network can be written into an .h5 that old and new Kerases read.

    Raises:
        ModelNotSaved: it has custom layers, several inputs, or anything else that Keras 2 does not know.
    """
    in_keras_2_dialect(core)
    shape, given = core.input_shape, core.output_shape
    if not isinstance(shape, tuple) or not isinstance(given, tuple) or (len(shape), len(given)) != (4, 2):
        raise ModelNotSaved(
            f"The network takes {shape} and gives {given}. It must take frames alone, (n, height, width, "
            "channels), and give one vector of probabilities a frame."
        )
    sides = [side or 32 for side in shape[1:]]
    sample = np.random.default_rng(0).random((2, *sides), np.float32)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "trial.h5"
        file.write_bytes(h5_image(core, {}))
        compare(file, core, sample, "The network cannot be saved, so it was not trained.")


def save_model(
    core: keras.Model,
    path: Path,
    metadata: dict[str, Any],
    sample: np.ndarray,
    replacing: Callable[[Path], None] = lambda file: None,
) -> None:
    """Write a model, load it again, compare, and only then give it its name.

    Args:
        core: the trained network, Sequential or functional, in any precision. It is saved in float32, and with all
            its layers trainable.
        path: where it goes. What is there is replaced once the new file is known to be good.
        metadata: what the file tells about itself; plain values.
        sample: float32, (n, height, width, channels), 0 to 1: frames to compare predictions on.
        replacing: called with the new file once it is known to be good, just before it gets its name.

    Raises:
        ModelNotSaved: the file, loaded again, does not predict what the trained weights do, or Keras 2 does not know
            such a network.
        DiskFull, NotWritable: the file could not be written.
    """
    write_checked(path, h5_image(core, metadata), core, sample, replacing)


def write_checked(
    path: Path,
    image: bytes,
    core: keras.Model,
    sample: np.ndarray,
    replacing: Callable[[Path], None] = lambda file: None,
) -> None:
    """Write a file beside its place, compare what it predicts, and rename it; arguments and errors of `save_model`."""
    beside = temporary(path)
    try:
        with told_by_errors(path), beside.open("xb") as file:
            file.write(image)
            file.flush()
            os.fsync(file.fileno())
        compare(beside, core, sample, f"{path} is as it was before.")
        replacing(beside)
        with told_by_errors(path):
            os.replace(beside, path)
    finally:
        with suppress(OSError):  # a disk that refused the file refuses this too
            beside.unlink(missing_ok=True)


def float32_copy(core: keras.Model) -> keras.Model:
    """Return a model with the weights of `core` that computes in float32 throughout; every layer is trainable."""
    keras = import_keras()
    config = _replaced(core.get_config(), "DTypePolicy", lambda config: "float32")
    copy = (keras.Sequential if isinstance(core, keras.Sequential) else keras.Model).from_config(config)
    for layer in core.layers:  # by name: the layers of a rebuilt graph may be in another order
        same = copy.get_layer(layer.name)
        same.trainable = True
        same.set_weights(layer.get_weights())
    return copy


def compare(file: Path, core: keras.Model, sample: np.ndarray, ending: str) -> None:
    """Make sure that a file predicts what `core` does, loaded by us and by plain Keras.

    Args:
        file: to be looked at.
        core: what was saved.
        sample: as in `save_model`.
        ending: last sentence of the error.

    Raises:
        ModelNotSaved: it cannot be loaded, or predicts something else.
    """
    expected = predictions(float32_copy(core), sample)
    for load in (_load_what_was_written, _load_plainly):
        try:
            with warnings.catch_warnings():  # plain Keras has some about what it and Keras 2 write otherwise
                warnings.simplefilter("ignore")
                found = predictions(load(file), sample)
        except Exception as error:  # whatever an unreadable file makes Keras raise
            why = error.text if isinstance(error, BadModel) else str(error)
            raise ModelNotSaved(f"The model was written but cannot be loaded again ({why}). {ending}") from error
        advice = "Save to a local disk, and report this if it happens again."
        check_alike("saved model", found, expected, f"{ending} {advice}")


def check_alike(what: str, found: np.ndarray, expected: np.ndarray, ending: str) -> None:
    """Make sure that probabilities differ by no more than `TOLERANCE`.

    Args:
        what: was loaded again.
        found: what it predicts.
        expected: what the trained weights predict.
        ending: of the error.

    Raises:
        ModelNotSaved: they differ by more, or in shape.
    """
    difference = float(np.abs(found - expected).max()) if found.shape == expected.shape else float("inf")
    if not difference <= TOLERANCE:
        raise ModelNotSaved(
            f"The {what}, loaded again, predicts something else than the trained one (probabilities differ by "
            f"{difference:.2g}; allowed is {TOLERANCE:g}). {ending}"
        )


def predictions(model: keras.Model, frames: np.ndarray) -> np.ndarray:
    """Return what a model makes of frames, in one batch, as an array; with every backend."""
    found: np.ndarray = import_keras().ops.convert_to_numpy(model(frames))
    return found


def _load_what_was_written(file: Path) -> keras.Model:
    """Load a file that this process has just written, and so need not look at from outside first."""
    return blueprint.build(read_plan(file, from_here=True))


def _load_plainly(file: Path) -> keras.Model:
    return import_keras().models.load_model(file, compile=False)


# --- the dialect of Keras 2 ----------------------------------------------------------------------------------------

# What only later Kerases know, with the value that says nothing new; None for whatever value.
_ONLY_KERAS_3 = {
    "groups": 1, "keepdims": False, "optional": None, "quantization_config": None, "ragged": False, "renorm": False,
    "renorm_clipping": None, "renorm_momentum": 0.99, "rms_scaling": False, "sparse": False, "synchronized": False,
}  # fmt: skip
_VARIANCE_SCALING = {
    "GlorotUniform": (1.0, "fan_avg", "uniform"), "GlorotNormal": (1.0, "fan_avg", "normal"),
    "HeUniform": (2.0, "fan_in", "uniform"), "HeNormal": (2.0, "fan_in", "normal"),
    "LecunUniform": (1.0, "fan_in", "uniform"), "LecunNormal": (1.0, "fan_in", "normal"),
}  # fmt: skip
_KEPT_INITIALIZERS = ("Zeros", "Ones", "Constant")
_KERAS_2_ACTIVATIONS = "elu exponential gelu linear relu selu sigmoid softmax softplus softsign swish tanh".split()
_RENAMED_OPTIONS = {"batch_shape": "batch_input_shape", ("LeakyReLU", "negative_slope"): "alpha"}


def in_keras_2_dialect(core: keras.Model) -> dict[str, Any]:
    """Return the configuration of a model of plain layers as Keras 2 would have written it: class and options.

    Objects lose their module; dtype policies become ``float32``; ``batch_shape`` is called ``batch_input_shape``; the
    initialisers are spelled as all versions know them; what only Keras 3 knows is left out; all layers are trainable;
    the calls of a functional model are lists of ``[layer name, node, tensor, arguments]``.

    Raises:
        ModelNotSaved: there is something in it that Keras 2 does not know.
    """
    try:
        config = core.get_config()
        sequential = isinstance(core, import_keras().Sequential)
        said = {"class_name": "Sequential" if sequential else "Model", "config": config}
        if any(layer["class_name"] in blueprint.MODELS for layer in blueprint.layers_of(said)):
            raise BadModel("It holds a model as a layer.")
        plan = blueprint.blueprint(said, {}, "3")
        layers = []
        for layer in config["layers"]:
            made = {"class_name": layer["class_name"], "config": _options(layer)}
            if not sequential:
                nodes = blueprint.keras_2_nodes(layer["inbound_nodes"])
                made |= {"name": layer["config"]["name"], "inbound_nodes": nodes}
            layers.append(made)
    except (BadModel, NotImplementedError) as error:
        why = (
            f"{error.text[:1].upper()}{error.text[1:]}"
            if isinstance(error, BadModel)
            else "It is a class of its own, not a graph of layers."
        )
        raise ModelNotSaved(
            f"The network cannot be saved as .h5: {why} Build it as a Sequential or functional model of plain Keras "
            "layers."
        ) from error
    ends = {} if sequential else {"input_layers": plan.inputs, "output_layers": plan.outputs}
    return {"class_name": said["class_name"], "config": {"name": core.name, "layers": layers, **ends}}


def _options(layer: dict[str, Any]) -> dict[str, Any]:
    """Return the options of one layer in the dialect."""
    made: dict[str, Any] = {}
    for key, value in layer["config"].items():
        if key in _ONLY_KERAS_3 and _ONLY_KERAS_3[key] in (None, value):
            continue
        key = _RENAMED_OPTIONS.get((layer["class_name"], key), _RENAMED_OPTIONS.get(key, key))
        if key == "dtype":
            value = "float32"
        elif key == "trainable":
            value = True
        elif key == "activation":
            value = "swish" if value == "silu" else value
            if value not in _KERAS_2_ACTIVATIONS:
                raise BadModel(f"Its layer {layer['config']['name']} has the activation {value}, new in Keras 3.")
        elif key.endswith("_initializer"):
            value = _initializer(value)
        elif key.endswith("_regularizer"):
            value = blueprint.l1_l2(value) and {"class_name": "L1L2", "config": blueprint.l1_l2(value)}
        elif key.endswith("_constraint"):  # of training alone
            value = None
        made[key] = value
    return made


def _initializer(value: Any) -> dict[str, Any]:
    """Return a rule for first weights as every Keras 2 knows it; one that is rare becomes the usual one."""
    class_name, config = (value["class_name"], value["config"]) if isinstance(value, dict) else ("", {})
    if class_name in _KEPT_INITIALIZERS:
        return {"class_name": class_name, "config": config}
    scale, mode, distribution = _VARIANCE_SCALING.get(class_name, _VARIANCE_SCALING["GlorotUniform"])
    drawn = {"scale": scale, "mode": mode, "distribution": distribution, "seed": config.get("seed")}
    return {"class_name": "VarianceScaling", "config": drawn}


def _replaced(config: Any, class_name: str, replace: Any) -> Any:
    if isinstance(config, (list, tuple)):
        return [_replaced(item, class_name, replace) for item in config]
    if not isinstance(config, dict):
        return config
    if config.get("class_name") == class_name:
        return replace(config)
    return {key: _replaced(value, class_name, replace) for key, value in config.items()}


def h5_image(core: keras.Model, metadata: dict[str, Any]) -> bytes:
    """Return the bytes of the file.

    They are made in memory (a model is some megabytes), because HDF5 reports a full disk in many ways, some of them
    when the interpreter ends, and a plain write in one.
    """
    import h5py

    config = in_keras_2_dialect(core)
    version = import_keras().__version__.encode()
    memory = io.BytesIO()
    with h5py.File(memory, "w") as file:
        file.attrs["keras_version"] = version
        file.attrs["backend"] = b"tensorflow"  # the layout of the kernels, whatever trained them
        file.attrs["model_config"] = json.dumps(config).encode("ascii")
        _write_metadata(file, metadata)
        weights = file.create_group("model_weights")
        weights.attrs["keras_version"] = version
        weights.attrs["backend"] = b"tensorflow"
        weights.attrs["layer_names"] = [layer.name.encode() for layer in core.layers]
        for layer in core.layers:
            group = weights.create_group(layer.name)
            names = [f"{layer.name}/{weight.name}:0" for weight in layer.weights]
            group.attrs["weight_names"] = np.array([name.encode() for name in names], dtype="S")
            for name, value in zip(names, layer.get_weights(), strict=True):
                group.create_dataset(name, data=np.asarray(value, np.float32))
    return memory.getvalue()


def _write_metadata(file: h5py.File, metadata: dict[str, Any]) -> None:
    text = json.dumps(plain({"format": FORMAT, **metadata}), allow_nan=False, ensure_ascii=True)
    pieces = [text[start : start + LONGEST_ATTRIBUTE] for start in range(0, len(text), LONGEST_ATTRIBUTE)]
    for number, piece in enumerate(pieces):
        # Of fixed length, as every release of MATLAB reads it.
        file.attrs[f"{ATTRIBUTE}{number or ''}"] = np.bytes_(piece.encode("ascii"))


# --- reading -------------------------------------------------------------------------------------------------------


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
    if _form(path) == "folder":
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
                "Convert the dataset with ClassNames (class_names) as the model has them."
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
        what = "ROI (roi)" if shape[2:] == given[2:] else "frames of as many channels: grey has 1, colour 3"
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
    if _form(path) == "keras":
        parts = _Parts(path)
        with _naming(path):
            plan = blueprint.blueprint(parts.config, {}, "3")
            plan.weights = _keras_3_weights(plan, parts.weights, _existing(path))
        return plan
    path = _existing(path)
    with _opened(path, from_here=from_here) as file:
        config, version = _model_config(file, path), blueprint.text(file.attrs.get("keras_version", ""))
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
        with _opened(path, file) as weights:
            sizes = _sizes(weights)
        values = sum(size for _, size in sizes)
        if 4 * values > hdf5_files.room(path.stat().st_size):
            raise BadModel("Its weights are said to be larger than the file could hold.")
        fresh = dataclasses.replace(plan, fresh={layer["name"] for layer in plan.layers})
        model = blueprint.build(fresh, room=values)
        model.load_weights(file)
    return {layer.name: layer.get_weights() for layer in model.layers if layer.weights}


def _sizes(group: Any) -> list[tuple[str, int]]:
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


def read_metadata(path: str | os.PathLike[str]) -> dict[str, Any] | None:
    """Read what a model file tells about itself: the attribute ``touchtrain``, or None where there is none.

    Raises:
        PathMissing: no such file.
        BadModel: no model file, or one that is damaged.
    """
    if _form(path) == "keras":
        return _Parts(path).metadata
    with _opened(_existing(path)) as file:
        return _metadata(file)


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
    if _form(path) == "keras":
        parts = _Parts(path)
        metadata, config, version = parts.metadata, parts.config, parts.version
        with tempfile.TemporaryDirectory() as folder:
            weights = Path(folder) / "model.weights.h5"
            weights.write_bytes(parts.weights)
            with _opened(_existing(path), weights) as file:
                parameters = sum(size for name, size in _sizes(file) if _is_parameter(name))
                layers = blueprint.outline(config)
    else:
        path = _existing(path)
        with _opened(path) as file:
            metadata, config = _metadata(file), _model_config(file, path)
            version = blueprint.text(file.attrs.get("keras_version", "?"))
            parameters = sum(size for _, size in _sizes(file["model_weights"]))
            layers = blueprint.outline(config)
    ours = metadata or {}
    return {
        "kind": "model",
        "path": str(_existing(path)),
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


def _existing(path: str | os.PathLike[str]) -> Path:
    path = Path(path).absolute()
    if not is_there(path):
        raise PathMissing(f"There is no model file {path}.")
    if path.is_dir():
        raise BadModel(f"{path} is a folder, not a model file.")
    return path


def _form(path: str | os.PathLike[str]) -> str:
    """Tell by its first bytes what a path is: ``h5``, ``keras``, or ``folder`` for a SavedModel."""
    path = Path(path).absolute()
    if is_file(path / "saved_model.pb"):
        return "folder"
    path = _existing(path)
    try:
        with path.open("rb") as file:
            start = file.read(8)
    except PermissionError:
        raise not_readable(path) from None
    except OSError as error:
        raise BadModel(f"{path} cannot be read: {error.strerror}.") from None
    if start[:4] == b"PK\x03\x04":
        return "keras"
    if start != HDF5_START:
        more = "of Keras 3, which is a zip file: Keras cannot load it" if path.suffix == ".keras" else ""
        raise BadModel(
            f"{path} {'is no model ' + more if more else 'is not an HDF5 file'}. A model file is what touchtrain.train "
            "writes, name.h5, or a .h5 or .keras file of Keras."
        )
    return "h5"


@contextmanager
def _opened(path: Path, inner: Path | None = None, from_here: bool = False) -> Iterator[h5py.File]:
    """Open a file, or that which was found in it, and tell its faults in our words."""
    import h5py

    file_path = inner or path
    if not from_here:
        with file_path.open("rb") as opened:
            about = os.fstat(opened.fileno())
        try:
            _look_from_outside(file_path, about.st_mtime_ns, about.st_size)
        except BadModel as error:
            raise BadModel(error.text.replace(str(file_path), str(path))) from None
    try:
        with h5py.File(file_path, "r") as file:
            hdf5_files.check_contained(file, path, BadModel)
            yield file
    except BadModel:
        raise
    except PermissionError as error:
        raise BadModel(f"{path} cannot be read: {error.strerror}.") from None
    except Exception as error:  # HDF5 and h5py have many for damaged files
        raise BadModel(
            f"{path} is damaged: perhaps it was not copied completely ({error}). A model file is what "
            "touchtrain.train writes, name.h5."
        ) from None


@functools.lru_cache(maxsize=8)
def _look_from_outside(path: Path, changed: int, size: int) -> None:
    """Let a process of its own walk through a file first: single wrong bits make HDF5 go round in circles or crash.

    Args:
        path: the file.
        changed: when it was last written.
        size: in bytes.

    Raises:
        BadModel: that process hung or crashed. What it says of other faults is left to who reads the file.
    """
    if not sys.executable:
        return
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as empty:  # no Python file of anybody's lies there
        try:
            child = subprocess.run(
                [sys.executable, "-c", _WALK, str(path)],
                env={**os.environ, "PYTHONSAFEPATH": "1"},
                cwd=empty,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=LONGEST_LOOK,
            )
            ended = child.returncode in (0, 1)
        except subprocess.TimeoutExpired:
            ended = False
    if not ended:
        raise BadModel(f"{path} is damaged: HDF5 cannot read it. Copy it again from where it came from.")


def _model_config(file: h5py.File, path: Path) -> dict[str, Any]:
    text = file.attrs.get("model_config")
    if text is None or "model_weights" not in file:
        weights_only = blueprint.names_in(file, "layer_names") or "layers" in file
        raise BadModel(
            f"{path} is an HDF5 file, but it holds no Keras model"
            + (", only weights: save the whole model with model.save(...)." if weights_only else ".")
        )
    config: dict[str, Any] = from_json(blueprint.text(text))
    return config


def _metadata(file: h5py.File) -> dict[str, Any] | None:
    if ATTRIBUTE not in file.attrs:
        return None
    pieces = [blueprint.text(file.attrs[ATTRIBUTE])]
    while f"{ATTRIBUTE}{len(pieces)}" in file.attrs:
        pieces.append(blueprint.text(file.attrs[f"{ATTRIBUTE}{len(pieces)}"]))
    return _checked_metadata(from_json("".join(pieces)))


def _checked_metadata(found: Any) -> dict[str, Any] | None:
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


class _Parts:
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
        path = _existing(path)
        try:
            with zipfile.ZipFile(path) as file:
                about = from_json(self._read(file, "metadata.json", path))
                self.config: dict[str, Any] = from_json(self._read(file, "config.json", path))
                self.weights = self._read(file, "model.weights.h5", path)
            self.version = str(about.get("keras_version", "?"))
            self.metadata = _checked_metadata(about.get(ATTRIBUTE))
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
