"""Which runtime computes."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Sequence
from pathlib import Path

from pyside.errors import ExtraMissing, for_shell
from pyside.runtimes.exported import onnx_of
from pyside.runtimes.keras_steps import KerasStep
from pyside.runtimes.onnx_runtime import OnnxRuntimeStep
from pyside.runtimes.open_vino import OpenVinoStep
from pyside.runtimes.step import Step
from pyside.settings.core import named

# What each runtime needs, beside Keras, which writes what it reads.
PACKAGES = {
    "keras": (),
    "openvino": ("openvino", "onnx", "tf2onnx"),
    "onnxruntime": ("onnxruntime", "onnx", "tf2onnx"),
}


def check_installed(runtime: str) -> None:
    """Check that a runtime is installed.

    Raises:
        ExtraMissing: it is not.
    """
    lacking = [name for name in PACKAGES[runtime] if importlib.util.find_spec(name) is None]
    if lacking:
        raise ExtraMissing(
            f"{named('runtime')} is {runtime!r}, but {' and '.join(lacking)} is not installed in {sys.executable}. "
            f"Install it: {for_shell(sys.executable)} -m pip install {' '.join(lacking)}"
        )


def step_of(
    runtime: str, path: Path, image_shape: Sequence[int], backend: str, execution_environment: str, precision: str
) -> Step:
    """Load a model in a runtime.

    Args:
        runtime: ``keras``, ``openvino`` or ``onnxruntime``.
        path: the model file.
        image_shape: (height, width, channels) of what the network takes.
        backend: of Keras; other runtimes have none.
        execution_environment: ``auto``, ``cpu`` or ``gpu``.
        precision: ``auto``, ``float32``, ``mixed_bfloat16`` or ``mixed_float16``.

    Raises:
        As `Engine`.
    """
    runtime = "keras" if runtime == "auto" else runtime
    check_installed(runtime)
    if runtime == "openvino":
        return OpenVinoStep(onnx_of(path), execution_environment, precision)
    if runtime == "onnxruntime":
        return OnnxRuntimeStep(onnx_of(path), execution_environment, precision)
    return KerasStep(path, image_shape, backend, execution_environment, precision)
