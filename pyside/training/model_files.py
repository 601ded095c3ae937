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
    decision_threshold  probability from which a frame is of the second of two classes
    split               fractions and unit; frames, groups, recordings and counts of each side
    settings, seed      all settings of the training
    versions            of touchtrain, python, keras and so on
    dataset_hash        SHA-256 of dataset.json
    metrics             figures on the validation and test sides
    best_epoch, precision, warnings

MATLAB reads it with ``jsondecode(h5readatt(file, '/', 'touchtrain'))``.
"""

from __future__ import annotations

import io
import json
import os
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pyside.data.dataset import told_by_errors
from pyside.errors import BadModel, ModelNotSaved, NotWritable, PathMissing
from pyside.records import plain
from pyside.training.devices import import_keras

if TYPE_CHECKING:
    import h5py
    import keras

FORMAT = "touchtrain model 1"
ATTRIBUTE = "touchtrain"
LONGEST_ATTRIBUTE = 60_000  # bytes; HDF5 allows 64 KB
TOLERANCE = 1e-5  # of probabilities, when a saved model is loaded again


def with_suffix(path: str | os.PathLike[str]) -> Path:
    """Return the path of a model file: ``name`` and ``name.h5`` both give ``name.h5``."""
    path = Path(path)
    return path if path.suffix.lower() == ".h5" else path.with_name(path.name + ".h5")


def check_target(path: Path) -> None:
    """Make sure, before any long work, that a model can be written to `path`.

    Raises:
        PathMissing: its folder does not exist.
        NotWritable: it is a folder, or its folder cannot be written.
        DiskFull: not even a small file can be written.
    """
    path = path.absolute()
    with told_by_errors(path):
        if path.is_dir():
            raise NotWritable(f"{path} is a folder. Give the model file another name.")
        if not path.parent.is_dir():
            raise PathMissing(f"The folder {path.parent}, where the model is to go, does not exist. Make it first.")
        # Really tried, for permission bits do not tell it: not to administrators, and not on network drives.
        with tempfile.TemporaryFile(dir=path.parent) as file:
            file.write(b"touchtrain")


def save_model(core: keras.Sequential, path: Path, metadata: dict[str, Any], sample: np.ndarray) -> None:
    """Write a model, load it again, compare, and only then give it its name.

    Args:
        core: the trained network, in any precision. It is saved in float32.
        path: where it goes. What is there is replaced once the new file is known to be good.
        metadata: what the file tells about itself; plain values.
        sample: float32, (n, height, width, channels), 0 to 1: frames to compare predictions on.

    Raises:
        ModelNotSaved: the file, loaded again, does not predict what the trained weights do.
        DiskFull, NotWritable: the file could not be written.
    """
    config = in_keras_2_dialect(core.get_config())
    image = _hdf5_image(config, core, metadata)
    beside = path.with_name(f".{path.stem}.{uuid.uuid4().hex[:8]}.h5")
    try:
        with told_by_errors(path), beside.open("xb") as file:
            file.write(image)
            file.flush()
            os.fsync(file.fileno())
        _compare(beside, core, sample, path)
        with told_by_errors(path):
            os.replace(beside, path)
    finally:
        with suppress(OSError):  # a disk that refused the file refuses this too
            beside.unlink(missing_ok=True)


def float32_copy(core: keras.Sequential) -> keras.Sequential:
    """Return a model with the weights of `core` that computes in float32 throughout."""
    keras = import_keras()
    copy = keras.Sequential.from_config(_replaced(core.get_config(), "DTypePolicy", lambda config: "float32"))
    copy.set_weights(core.get_weights())
    return copy


def _compare(file: Path, core: keras.Sequential, sample: np.ndarray, path: Path) -> None:
    try:
        found = np.asarray(load_model(file)(sample))
    except Exception as error:  # whatever an unreadable file makes Keras raise
        raise ModelNotSaved(
            f"The model was written but cannot be loaded again ({error}). {path} is as it was before."
        ) from error
    expected = np.asarray(float32_copy(core)(sample))
    difference = float(np.abs(found - expected).max()) if found.shape == expected.shape else float("inf")
    if not difference <= TOLERANCE:
        raise ModelNotSaved(
            f"The saved model, loaded again, predicts something else than the trained one (probabilities differ by "
            f"{difference:.2g}; allowed is {TOLERANCE:g}). {path} is as it was before. Save to a local disk, "
            "and report this if it happens again."
        )


# --- the dialect of Keras 2 ----------------------------------------------------------------------------------------

_UNKNOWN_TO_KERAS_2 = set(
    "build_config build_input_shape compile_config groups input_axes lora_alpha lora_rank optional output_axes "
    "quantization_config quantization_mode ragged registered_name sparse".split()
)
_VARIANCE_SCALING = {"GlorotUniform": (1.0, "fan_avg"), "HeUniform": (2.0, "fan_in")}


def in_keras_2_dialect(config: Any) -> Any:
    """Rewrite the configuration of a Keras 3 model of plain layers as Keras 2 would have written it.

    Objects lose their module; dtype policies become ``float32``; ``batch_shape`` is called ``batch_input_shape``; the
    initialisers are spelled as all versions know them; what only Keras 3 knows is left out.
    """
    if isinstance(config, (list, tuple)):
        return [in_keras_2_dialect(item) for item in config]
    if not isinstance(config, dict):
        return config
    if config.get("class_name") == "DTypePolicy":
        return "float32"
    if config.get("class_name") in _VARIANCE_SCALING:
        scale, mode = _VARIANCE_SCALING[config["class_name"]]
        drawn = {"scale": scale, "mode": mode, "distribution": "uniform", "seed": config["config"].get("seed")}
        return {"class_name": "VarianceScaling", "config": drawn}
    if {"module", "class_name", "config"} <= config.keys():
        config = {"class_name": config["class_name"], "config": config["config"]}
    renamed = {"batch_input_shape" if key == "batch_shape" else key: value for key, value in config.items()}
    return {key: in_keras_2_dialect(value) for key, value in renamed.items() if key not in _UNKNOWN_TO_KERAS_2}


def _replaced(config: Any, class_name: str, replace: Any) -> Any:
    if isinstance(config, (list, tuple)):
        return [_replaced(item, class_name, replace) for item in config]
    if not isinstance(config, dict):
        return config
    if config.get("class_name") == class_name:
        return replace(config)
    return {key: _replaced(value, class_name, replace) for key, value in config.items()}


def _hdf5_image(config: dict[str, Any], core: keras.Sequential, metadata: dict[str, Any]) -> bytes:
    """Return the bytes of the file.

    They are made in memory (a model is some megabytes), because HDF5 reports a full disk in many ways, some of them
    when the interpreter ends, and a plain write in one.
    """
    import h5py

    keras = import_keras()
    version = keras.__version__.encode()
    memory = io.BytesIO()
    with h5py.File(memory, "w") as file:
        file.attrs["keras_version"] = version
        file.attrs["backend"] = b"tensorflow"  # the layout of the kernels, whatever trained them
        file.attrs["model_config"] = json.dumps({"class_name": "Sequential", "config": config}).encode("ascii")
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
        path: an ``.h5`` file, ours or as Keras 3 writes it, or a ``.keras`` file.

    Returns:
        A Keras model, not compiled, that takes float frames in [0, 1], (n, height, width, channels).

    Raises:
        PathMissing: no such file.
        BadModel: a file that is not understood.
    """
    path = _existing(path)
    if path.suffix.lower() != ".keras":
        describe_model(path)  # says in clear words what Keras says in its own

    keras = import_keras()
    try:
        return keras.models.load_model(path, compile=False)
    except Exception as error:  # whatever Keras raises on a file that it does not understand
        raise BadModel(
            f"{path} holds a Keras model that Keras {keras.__version__} cannot load: {error}. If a very old Keras "
            "wrote it, load it there and save it again."
        ) from error


def read_metadata(path: str | os.PathLike[str]) -> dict[str, Any] | None:
    """Read what a model file tells about itself: the attribute ``touchtrain``, or None where there is none.

    Raises:
        PathMissing: no such file.
        BadModel: no HDF5 file, or one that is damaged.
    """
    with _opened(_existing(path)) as file:
        return _metadata(file)


def describe_model(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Describe a model file, without Keras.

    Args:
        path: an ``.h5`` file.

    Returns:
        ``kind`` ("model"), ``path``, ``written_by``, ``image_shape``, ``classes`` (how many), ``layers``,
        ``parameters``, ``class_names`` (None for a model of somebody else's) and ``metadata`` (likewise).

    Raises:
        PathMissing: no such file.
        BadModel: no HDF5 file, one that is damaged, or one without a Keras model.
    """
    path = _existing(path)
    with _opened(path) as file:
        metadata = _metadata(file)
        text = file.attrs.get("model_config")
        if text is None or "model_weights" not in file:
            weights_only = "layer_names" in file.attrs
            raise BadModel(
                f"{path} is an HDF5 file, but it holds no Keras model"
                + (", only weights: save the whole model with model.save(...)." if weights_only else ".")
            )
        config = json.loads(_text(text))["config"]
        layers = config["layers"] if isinstance(config, dict) else config
        shape = next((shape for shape in map(_input_shape, layers) if shape), None)
        sizes: list[int] = []
        last_shape: list[tuple[int, ...]] = []

        def count(name: str, item: Any) -> None:
            if hasattr(item, "shape"):
                sizes.append(int(item.size))

        file["model_weights"].visititems(count)
        names = file["model_weights"].attrs.get("layer_names", [])
        for name in names:
            group = file["model_weights"][name]
            last_shape += [group[weight].shape for weight in group.attrs.get("weight_names", [])]
        ours = metadata or {}
        return {
            "kind": "model",
            "path": str(path),
            "written_by": f"TouchTrain {ours['versions']['touchtrain']}"
            if ours
            else f"Keras {_text(file.attrs.get('keras_version', '?'))}",
            "image_shape": ours.get("image_shape", shape),
            "classes": last_shape[-1][-1] if last_shape else None,
            "layers": len(layers),
            "parameters": sum(sizes),
            "class_names": ours.get("class_names"),
            "metadata": metadata,
        }


def _input_shape(layer: dict[str, Any]) -> list[int | None] | None:
    config = layer.get("config", {})
    shape = config.get("batch_input_shape") or config.get("batch_shape")
    return list(shape[1:]) if shape else None


def _existing(path: str | os.PathLike[str]) -> Path:
    path = Path(path).absolute()
    if not path.exists():
        raise PathMissing(f"There is no model file {path}.")
    if path.is_dir():
        raise BadModel(f"{path} is a folder, not a model file.")
    return path


@contextmanager
def _opened(path: Path) -> Iterator[h5py.File]:
    import h5py

    try:
        with h5py.File(path, "r") as file:
            yield file
    except PermissionError as error:
        raise BadModel(f"{path} cannot be read: {error.strerror}.") from None
    except (OSError, RuntimeError, KeyError, ValueError, TypeError, AttributeError, IndexError) as error:
        with path.open("rb") as opened:
            is_hdf5 = opened.read(8) == b"\x89HDF\r\n\x1a\n"
        what = "is damaged: perhaps it was not copied completely" if is_hdf5 else "is not an HDF5 file"
        raise BadModel(f"{path} {what} ({error}). A model file is what touchtrain.train writes, name.h5.") from None


def _metadata(file: h5py.File) -> dict[str, Any] | None:
    if ATTRIBUTE not in file.attrs:
        return None
    pieces = [_text(file.attrs[ATTRIBUTE])]
    while f"{ATTRIBUTE}{len(pieces)}" in file.attrs:
        pieces.append(_text(file.attrs[f"{ATTRIBUTE}{len(pieces)}"]))
    metadata: dict[str, Any] = json.loads("".join(pieces))
    return metadata


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
