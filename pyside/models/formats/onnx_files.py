"""A model in the ONNX format, which other runtimes and MATLAB's importNetworkFromONNX read.

In MATLAB (R2023b or later, with the Deep Learning Toolbox Converter for ONNX Model Format)::

    net = importNetworkFromONNX('model.onnx', 'InputDataFormats', 'BCSS');
    probabilities = extractdata(predict(net, dlarray(single(frames) / 255, 'SSCB')));

where ``frames`` is height x width x channels x n, uint8, and ``probabilities`` is classes x n. Of the networks of
TouchTrain it makes built-in layers only. MATLAB R2023b warns of files above opset 14 and version 7 of the format; these
have 13 and 7.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import json
import logging
import os
import sys
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pyside.compute.devices import backend_in_use, device_scope, import_keras
from pyside.errors import BadModel, ExtraMissing, ModelNotSaved, by_pip
from pyside.models import files as model_files
from pyside.models import metadata as model_metadata
from pyside.models import save
from pyside.models.formats.converting import fault_of
from pyside.models.formats.onnx_layout import in_matlab_layout, session_of
from pyside.settings.core import named
from pyside.system.files import write_errors, written_beside
from pyside.system.records import plain

if TYPE_CHECKING:
    import keras

OPSET = 13  # MATLAB reads 6 to 18; 13 is the first in which each channel can have a scale of its own, for int8
INPUT, OUTPUT = "frames", "probabilities"
NEEDED = ("onnx", "tf2onnx", "tensorflow")
WHITE = 255.0
_IN_A_PROCESS = "from pyside.models.formats.onnx_files import _convert_file; import sys; _convert_file(*sys.argv[1:])"


def check_installed(what: str, needed: Sequence[str] = NEEDED) -> None:
    """Check that the packages that write ONNX are installed.

    Args:
        what: what needs them, as the subject of the error.
        needed: names of packages.

    Raises:
        ExtraMissing: some are not.
    """
    lacking = [name for name in needed if importlib.util.find_spec(name) is None]
    if lacking:
        remedy = by_pip(f"install {' '.join(lacking)}")
        raise ExtraMissing(
            f"{what} needs {' and '.join(lacking)}, which is not installed in {sys.executable}. Install it: {remedy}"
        )


def to_onnx(core: keras.Model, from_uint8: bool = False) -> bytes:
    """Return a model as the bytes of an ``.onnx`` file, in float32, opset 13.

    The input ``frames`` is (n, height, width, channels), n any number; the output ``probabilities`` is float32, (n,
    classes).

    Args:
        core: a Keras model of any backend and precision; of a SavedModel folder, in TensorFlow only.
        from_uint8: whether the file takes uint8 frames, 0 to 255, and scales them itself, as the runtimes of TouchTrain
            need it; by default it takes float32 frames, 0 to 1, as the model does.

    Raises:
        ExtraMissing: tf2onnx, onnx or TensorFlow are not installed.
        ModelNotSaved: the model has an operation that ONNX does not have.
    """
    check_installed("The ONNX format")
    if backend_in_use() != "tensorflow":
        return _with_tensorflow(core, from_uint8)
    keras = import_keras()
    given = keras.Input(core.input_shape[1:], dtype="uint8" if from_uint8 else "float32", name=INPUT)
    scaled = keras.ops.cast(given, "float32") / WHITE if from_uint8 else given
    whole = keras.Model(given, save.float32_copy(core)(scaled))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "model.onnx"
        try:
            with quiet():
                whole(np.zeros((1, *(side or 32 for side in core.input_shape[1:])), given.dtype))  # export needs it
                whole.export(file, format="onnx", verbose=False, opset_version=OPSET)
        except Exception as error:  # tf2onnx raises many kinds
            why = " ".join(str(error).split())[:300]
            raise ModelNotSaved(f"The model cannot be converted to ONNX: {why}") from error
        return _named(file.read_bytes())


def _named(data: bytes) -> bytes:
    """Return an ONNX file whose input and output have our names."""
    onnx = importlib.import_module("onnx")
    model = onnx.load_from_string(data)
    graph = model.graph
    names = {graph.input[0].name: INPUT, graph.output[0].name: OUTPUT}
    for value in (*graph.input, *graph.output):
        value.name = names[value.name]
        value.type.tensor_type.shape.dim[0].dim_param = "n"
    for node in graph.node:
        for ends in (node.input, node.output):
            ends[:] = [names.get(name, name) for name in ends]
    graph.name = "touchtrain"
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString(deterministic=True))


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep warnings and log messages of a conversion back; its errors are raised."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)


def _with_tensorflow(core: keras.Model, from_uint8: bool) -> bytes:
    """Convert in a separate process whose Keras uses TensorFlow: a process cannot switch its backend."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        model, file = Path(folder) / "model.h5", Path(folder) / "model.onnx"
        model.write_bytes(save.h5_image(core, {}))
        environment = {"KERAS_BACKEND": "tensorflow", "PYTHONPATH": os.pathsep.join(sys.path)}
        why = fault_of(_IN_A_PROCESS, [str(model), str(file), "uint8" if from_uint8 else ""], environment, file)
        if why is not None:
            raise ModelNotSaved(f"The model cannot be converted to ONNX: {why}")
        return file.read_bytes()


def _convert_file(model: str, target: str, from_uint8: str) -> None:
    import_keras()
    loaded = importlib.import_module("pyside.models.load").load_model(model)
    Path(target).write_bytes(to_onnx(loaded, bool(from_uint8)))


# --- files for other programs --------------------------------------------------------------------------------------


def check_can_save() -> None:
    """Check, before any long work, that `save_onnx` has the packages that it needs; raises ExtraMissing."""
    check_installed(f"{named('also_save')}: 'onnx'", (*NEEDED, "onnxruntime"))


def save_onnx(core: keras.Model, path: Path, sample: np.ndarray, metadata: dict[str, Any] | None = None) -> None:
    """Write an ``.onnx`` file in float32, compare its predictions in ONNX Runtime, and only then give it its name.

    Its input ``frames`` is float32, 0 to 1, (n, channels, height, width), its output ``probabilities`` float32, (n,
    classes). The property ``touchtrain`` of the file is its metadata, as JSON. Equal models give equal bytes.

    Args:
        core: the trained network.
        path: the file to write. An existing one is replaced once the new one is known to be good.
        sample: float32, (n, height, width, channels), 0 to 1: frames to compare predictions on.
        metadata: metadata of the file.

    Raises:
        ExtraMissing: a package that it needs is not installed.
        ModelNotSaved: the network has an operation that ONNX does not have, or the file does not predict the same.
        DiskFull, NotWritable: the file could not be written.
    """
    check_can_save()
    data = _image(core, metadata or {})
    with write_errors(path), written_beside(path, model_files.temporary(path), durable=True) as beside:
        beside.write_bytes(data)
        with device_scope("cpu"):  # where ONNX Runtime computes, too: GPUs round more coarsely
            expected = save.predictions(save.float32_copy(core), sample)
        frames = np.ascontiguousarray(sample.transpose(0, 3, 1, 2))
        try:
            (found,) = session_of(beside.read_bytes()).run([OUTPUT], {INPUT: frames})
        except Exception as error:  # ONNX Runtime raises many kinds
            raise ModelNotSaved(
                f"The ONNX file was written but cannot be loaded again ({error}). {path} is unchanged."
            ) from error
        save.check_alike("ONNX file", found, expected, f"{path} is unchanged.")


def _image(core: keras.Model, metadata: dict[str, Any]) -> bytes:
    onnx = importlib.import_module("onnx")
    model = in_matlab_layout(onnx.load_from_string(to_onnx(core)))
    classes = ", ".join(metadata.get("class_names") or [])
    model.producer_name, model.producer_version = "TouchTrain", ""
    model.doc_string = (
        f"{INPUT}: float32, 0 to 1, (n, channels, height, width). {OUTPUT}: float32, (n, classes){classes and ': '}"
        f"{classes}. MATLAB: net = importNetworkFromONNX('model.onnx', 'InputDataFormats', 'BCSS')"
    )
    about = json.dumps(plain({"format": model_metadata.FORMAT, **metadata}), allow_nan=False)
    onnx.helper.set_model_props(model, {model_files.ATTRIBUTE: about})
    return bytes(model.SerializeToString(deterministic=True))


def describe_onnx(path: Path) -> dict[str, Any]:
    """Describe an ``.onnx`` file as `pyside.models.load.describe_model` does.

    Raises:
        ExtraMissing: the package onnx is not installed.
        BadModel: it is damaged, or its metadata is not that of a model.
    """
    check_installed(f"To describe {path}, TouchTrain", ("onnx",))
    onnx = importlib.import_module("onnx")
    try:
        model = onnx.load_model(path, load_external_data=False)
        onnx.checker.check_model(model)
        about = {one.key: one.value for one in model.metadata_props}.get(model_files.ATTRIBUTE)
        metadata = model_metadata.checked_metadata(json.loads(about)) if about else None
        sides = [[dim.dim_value or None for dim in one.type.tensor_type.shape.dim] for one in model.graph.input]
        classes = [dim.dim_value or None for dim in model.graph.output[0].type.tensor_type.shape.dim][-1:]
    except Exception as error:  # protobuf and onnx raise many kinds for damaged files
        why = " ".join(str(error).split())[:200]
        raise BadModel(f"{path} is damaged, or not an ONNX file: {why}") from None
    ours = metadata or {}
    return {
        "kind": "model",
        "path": str(path),
        "written_by": f"TouchTrain {ours['versions'].get('touchtrain', '?')}" if ours.get("versions") else "",
        "image_shape": ours.get("image_shape"),
        "input_shape": sides[0][1:] if sides else None,
        "classes": classes[0] if classes else None,
        "layers": len(model.graph.node),
        "parameters": sum(int(np.prod(one.dims)) for one in model.graph.initializer),
        "class_names": ours.get("class_names"),
        "metadata": metadata,
    }
