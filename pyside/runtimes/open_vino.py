"""The step of OpenVINO, on the CPU; its telemetry is off."""

from __future__ import annotations

from typing import Any

import numpy as np

from pyside.aliases import Array
from pyside.compute import devices
from pyside.compute.proof import Proof
from pyside.compute.quiet_imports import import_openvino
from pyside.errors import BadOption
from pyside.runtimes.step import UNDER_WAY
from pyside.settings.core import named, set_to
from pyside.system.machine import cores

_HINTS = {
    "float32": ("f32", "FP32"),
    "mixed_bfloat16": ("bf16", "BF16"),
    "mixed_float16": ("f16", "FP16"),
    "int8": ("f32", "INT8"),  # what the file has not in int8
}


class OpenVinoStep:
    """OpenVINO computes, on the CPU; a `Step`.

    Args:
        model: the bytes of an ONNX file that takes uint8 frames, or an ``openvino.Model``.
        execution_environment: ``auto`` or ``cpu``, or ``gpu`` for a GPU that OpenVINO knows.
        precision: ``auto`` (the fastest on the device), ``float32``, ``mixed_bfloat16`` or ``mixed_float16``; or
            ``int8``, for a file in int8.

    Raises:
        BadOption: no GPU, or the device does not have the precision.
    """

    runtime = "openvino"
    proof: Proof | None = None
    remark = ""
    quantizer: str | None = None

    def __init__(self, model: Any, execution_environment: str = "auto", precision: str = "auto"):
        core = import_openvino().Core()
        self.device = "gpu" if execution_environment == "gpu" else "cpu"
        if self.device == "gpu" and not any(name.startswith("GPU") for name in core.available_devices):
            raise BadOption(
                f"{named('execution_environment')} is 'gpu', but OpenVINO finds no GPU on this machine. Use 'auto' or "
                "'cpu'."
            )
        self.precision = devices.choose_precision(precision, self.device)
        hint, capability = _HINTS[self.precision]
        if capability not in core.get_property(self.device.upper(), "OPTIMIZATION_CAPABILITIES"):
            raise BadOption(
                f"{named('precision')} is {self.precision!r}, which OpenVINO does not have on this machine. Set "
                f"{set_to('precision', 'auto')}."
            )
        options = {"INFERENCE_PRECISION_HINT": hint}
        if self.device == "cpu":
            # Threads that are bound to cores would wait for those that decode frames there, and for other programs.
            options |= {"INFERENCE_NUM_THREADS": str(cores()[1]), "ENABLE_CPU_PINNING": "NO"}
        network = core.read_model(model) if isinstance(model, bytes) else model
        compiled = core.compile_model(network, self.device.upper(), options)
        self._requests = [compiled.create_infer_request() for _ in range(UNDER_WAY)]

    def start(self, batch: Array) -> Any:
        """Begin to compute a batch; see `Step`."""
        self._requests.reverse()
        request = self._requests[0]
        if len(batch) == 1:  # in this thread: to hand one frame over to another one takes longer than to compute it
            request.infer([batch], share_inputs=True, share_outputs=True)
        else:
            request.start_async([batch], share_inputs=True)
        return request

    def finish(self, started: Any) -> Array:
        """Wait for a batch; see `Step`."""
        started.wait()
        return np.array(started.get_output_tensor().data, np.float32)
