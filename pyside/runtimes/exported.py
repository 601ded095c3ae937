"""The float32 copy of a model file, in the format that runtimes other than Keras load."""

from __future__ import annotations

from pathlib import Path

from pyside.compute import devices
from pyside.models.formats.onnx_files import to_onnx
from pyside.models.load import load_model


def onnx_of(path: Path) -> bytes:
    """Return a model file as ONNX: uint8 frames in, scaled inside; float32 probabilities out; any number of frames.

    Args:
        path: the model file, of any precision.

    Raises:
        PathMissing, BadModel: as `pyside.load_model`.
        ExtraMissing, ModelNotSaved: as `to_onnx`.
    """
    devices.import_keras()
    return to_onnx(load_model(path), from_uint8=True)
