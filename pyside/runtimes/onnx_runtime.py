"""The step of ONNX Runtime, which computes in float32 or int8; its telemetry is off."""

from __future__ import annotations

from typing import Any

from pyside.aliases import Array
from pyside.compute.proof import Proof
from pyside.compute.quiet_imports import import_onnxruntime
from pyside.errors import BadOption
from pyside.models.formats.onnx_files import INPUT
from pyside.settings.core import named, set_to
from pyside.system.machine import cores

_CPU, _GPU = "CPUExecutionProvider", "CUDAExecutionProvider"
_ONLY_ERRORS = 3


class OnnxRuntimeStep:
    """ONNX Runtime computes, on the CPU or with CUDA; a `Step`.

    Args:
        model: the bytes of an ONNX file that takes uint8 frames.
        execution_environment: ``auto`` (CUDA if there is one), ``cpu`` or ``gpu``.
        precision: ``auto`` or ``float32``; or ``int8``, for a file in int8.

    Raises:
        BadOption: another precision, or no GPU.
    """

    runtime = "onnxruntime"
    proof: Proof | None = None
    remark = ""
    quantizer: str | None = None

    def __init__(self, model: bytes, execution_environment: str = "auto", precision: str = "auto"):
        self.check_precision(precision)
        runtime: Any = import_onnxruntime()
        options = runtime.SessionOptions()
        options.intra_op_num_threads = cores()[1]
        options.log_severity_level = _ONLY_ERRORS
        has_gpu = execution_environment != "cpu" and _GPU in runtime.get_available_providers()
        self._session = runtime.InferenceSession(model, options, providers=[_GPU, _CPU] if has_gpu else [_CPU])
        self.device = "gpu" if _GPU in self._session.get_providers() else "cpu"
        self.precision = "int8" if precision == "int8" else "float32"
        if execution_environment == "gpu" and self.device == "cpu":
            raise BadOption(
                f"{named('execution_environment')} is 'gpu', but ONNX Runtime finds no GPU on this machine. Use 'auto' "
                "or 'cpu', or install onnxruntime-gpu."
            )

    @staticmethod
    def check_precision(precision: str) -> None:
        """Check that ONNX Runtime has a precision; raises BadOption if not."""
        if precision not in ("auto", "float32", "int8"):
            raise BadOption(
                f"{named('precision')} is {precision!r}, but ONNX Runtime computes in float32 or int8 only. Set "
                f"{set_to('precision', 'auto')}, or take another {named('runtime')}."
            )

    def start(self, batch: Array) -> Any:
        """Compute a batch; see `Step`."""
        return self._session.run(None, {INPUT: batch})[0]

    def finish(self, started: Any) -> Array:
        """Return the probabilities of a batch; see `Step`."""
        found: Array = started
        return found
