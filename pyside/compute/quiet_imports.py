"""Imports of libraries that send messages to their makers unless they are told not to: here they send nothing."""

from __future__ import annotations

import importlib
import os
import sys
from types import ModuleType


def import_onnxruntime(part: str = "") -> ModuleType:
    """Import ONNX Runtime, or a part of it such as ``quantization``, without its telemetry; by this function only.

    From version 1.29 on it sends messages to a server and keeps files in the user's home folder, unless this variable
    of the environment is set before it is loaded (its file Privacy.md).
    """
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    runtime = importlib.import_module("onnxruntime")
    runtime.disable_telemetry_events()  # those of Windows itself
    return importlib.import_module(f"onnxruntime.{part}") if part else runtime


def import_openvino() -> ModuleType:
    """Import OpenVINO without its telemetry; import it, and NNCF, by functions of this file only.

    Both send a message to a server with every import unless a file in the user's home folder forbids it. They do
    without if the package ``openvino_telemetry`` cannot be imported. None in ``sys.modules`` is Python's documented way
    to say so (Language Reference, "The module cache").
    """
    _without_telemetry()
    return importlib.import_module("openvino")


def import_nncf(part: str = "") -> ModuleType:
    """Import NNCF, or a part of it, without its telemetry and that of ONNX Runtime, which it uses."""
    _without_telemetry()
    import_onnxruntime()
    return importlib.import_module(f"nncf.{part}" if part else "nncf")


def _without_telemetry() -> None:
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
