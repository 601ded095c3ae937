"""A model in the ONNX format, which other runtimes and MATLAB's importNetworkFromONNX read."""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import logging
import os
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pyside.compute.devices import backend_in_use, import_keras
from pyside.errors import ExtraMissing, ModelNotSaved, for_shell
from pyside.models import save
from pyside.system.processes import NO_WINDOW

if TYPE_CHECKING:
    import keras

OPSET = 13  # MATLAB reads 6 to 18; 13 is the first in which each channel can have a scale of its own, for int8
INPUT, OUTPUT = "frames", "probabilities"
NEEDED = ("onnx", "tf2onnx", "tensorflow")
WHITE = 255.0
_IN_A_PROCESS = "from pyside.models.formats.onnx_files import _convert_file; import sys; _convert_file(*sys.argv[1:])"


def check_installed(what: str) -> None:
    """Check that the packages that write ONNX are installed.

    Args:
        what: what needs them, as the subject of the error.

    Raises:
        ExtraMissing: some are not.
    """
    lacking = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if lacking:
        raise ExtraMissing(
            f"{what} needs {' and '.join(lacking)}, which is not installed. Install it: "
            f"{for_shell(sys.executable)} -m pip install {' '.join(lacking)}"
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
            with _quiet():
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
def _quiet() -> Iterator[None]:
    """Keep warnings and log messages of the conversion back; its errors are raised."""
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
        child = subprocess.run(
            [sys.executable, "-c", _IN_A_PROCESS, str(model), str(file), "uint8" if from_uint8 else ""],
            env={**os.environ, **_environment()},
            stdin=subprocess.DEVNULL,
            creationflags=NO_WINDOW,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
        if child.returncode or not file.is_file():
            lines = child.stderr.strip().splitlines()
            why = lines[-1] if lines else f"its process ended with code {child.returncode}"
            raise ModelNotSaved(f"The model cannot be converted to ONNX: {why}")
        return file.read_bytes()


def _environment() -> dict[str, Any]:
    return {
        "KERAS_BACKEND": "tensorflow",
        "CUDA_VISIBLE_DEVICES": "-1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "PYTHONIOENCODING": "utf-8",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }


def _convert_file(model: str, target: str, from_uint8: str) -> None:
    import_keras()
    loaded = importlib.import_module("pyside.models.load").load_model(model)
    Path(target).write_bytes(to_onnx(loaded, bool(from_uint8)))
