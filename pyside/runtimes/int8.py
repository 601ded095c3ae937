"""The int8 copy of a model file in ONNX: its convolutions compute with whole numbers of 8 bits, all else in float32.

The range of what each convolution gets is measured on the frames for calibration that the model file carries. NNCF
does that if it is installed, else the static quantizer of ONNX Runtime. Measured with the legacy network on 10,509
frames of recordings that it was not trained on, calibrated on 256 frames:

- NNCF changed 2 to 4 labels, and probabilities by at most 0.04; ONNX Runtime 3 to 5, and by at most 0.06.
- The smallest and the largest value are the range. The mean of those of all frames, as NNCF has it by default, cuts
  bright frames off: 31 labels, 0.85. So does entropy or a percentile, which also take 10 times as long.
- Two corners of each frame are black and white, so that each grey level is a step of its own; without, NNCF changes 6
  labels, by up to 0.13.
- Dense layers stay in float32: what changes most changes by a third less, and they take little time.
- Sums of 8 bits overflow on x86 CPUs without VNNI. There weights have 7 bits: NNCF changes 4 labels, by up to 0.08,
  ONNX Runtime 10, by up to 0.10.
"""

from __future__ import annotations

import contextlib
import dataclasses
import importlib
import importlib.metadata
import importlib.util
import io
import platform
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pyside.aliases import Array
from pyside.compute import devices
from pyside.compute.quiet_imports import import_nncf, import_onnxruntime
from pyside.errors import BadOption
from pyside.models import probes
from pyside.models.files import existing_file
from pyside.models.formats.onnx_files import INPUT, quiet
from pyside.runtimes.exported import kept, onnx_of
from pyside.settings.core import named, set_to
from pyside.system.files import sha256_of

INT8 = "int8"
NEEDED = ("onnx", "onnxruntime")  # by both quantizers, beside what a runtime needs
_CONVOLUTIONS = ("Conv", "ConvTranspose")
_QUANTIZED = (*_CONVOLUTIONS, "MaxPool")  # by ONNX Runtime, which keeps 8 bits from one convolution to the next
_IN_FLOAT = ("MatMul", "Gemm")  # by NNCF


@dataclasses.dataclass(frozen=True)
class Int8:
    """A model in int8.

    Attributes:
        data: the bytes of an ONNX file: uint8 frames in, scaled inside; float32 probabilities out.
        quantizer: what made it, with its version, such as ``NNCF 3.4.0``.
    """

    data: bytes
    quantizer: str


def int8_of(path: Path) -> Int8:
    """Return a model file in int8. It takes some seconds once for each model; see `kept`.

    Args:
        path: the model file, with frames for calibration.

    Raises:
        BadOption: it has no such frames, or the network cannot be quantized.
        PathMissing, BadModel, ExtraMissing, ModelNotSaved: as `onnx_of`.
    """
    name, package, quantize = _QUANTIZERS[importlib.util.find_spec("nncf") is None]
    quantizer = f"{name} {importlib.metadata.version(package)}"

    def made() -> bytes:
        frames = probes.read_calibration(path)
        if frames is None:
            raise _not_calibrated(path)
        frames[:, 0, 0], frames[:, 0, -1] = 0, 255
        model = importlib.import_module("onnx").load_from_string(onnx_of(path))
        if not any(node.op_type in _CONVOLUTIONS for node in model.graph.node):
            raise BadOption(
                f"{named('precision')} is 'int8', but the network of {path} has no convolutions, which alone would "
                f"compute in int8. Set {set_to('precision', 'auto')}."
            )
        try:
            with quiet(), contextlib.redirect_stdout(io.StringIO()):  # progress bars
                return quantize(model, frames)
        except Exception as error:  # the quantizers raise many kinds
            why = " ".join(str(error).split())[:300]
            raise BadOption(
                f"{named('precision')} is 'int8', but {quantizer} cannot quantize {path}: {why}. Set "
                f"{set_to('precision', 'auto')}."
            ) from error

    how = f"{quantizer}, ONNX Runtime {importlib.metadata.version('onnxruntime')}, {_has_8_bits()}"
    return Int8(kept(f"int8 by {how} of {sha256_of(existing_file(path))}", made), quantizer)


def check_calibrated(path: Path) -> None:
    """Check that a model file carries frames for calibration.

    Raises:
        BadOption: it carries none.
        PathMissing, BadModel: as `probes.carries_calibration`.
    """
    if not probes.carries_calibration(path):
        raise _not_calibrated(path)


def _not_calibrated(path: Path) -> BadOption:
    return BadOption(
        f"{named('precision')} is 'int8', but {path} carries no frames of its training to calibrate int8 on: so do "
        f"only .h5 files of this version, trained with {set_to('store_probes', True)}. Set "
        f"{set_to('precision', 'auto')}, or train the model again."
    )


def _has_8_bits() -> bool:
    """Return whether sums of products of 8 bits are right on this CPU; False if the system does not say."""
    if platform.machine().lower() in ("arm64", "aarch64"):
        return True
    return bool(devices.cpu_facts()[1] & {"avx512_vnni", "avx_vnni"})


def _by_nncf(model: Any, frames: Array) -> bytes:
    nncf: Any = import_nncf()
    advanced: Any = import_nncf("quantization.advanced_parameters")
    ranges: Any = import_nncf("quantization.range_estimator")
    found = nncf.quantize(
        model,
        nncf.Dataset([{INPUT: frames[number : number + 1]} for number in range(len(frames))]),
        subset_size=len(frames),
        ignored_scope=nncf.IgnoredScope(types=list(_IN_FLOAT), validate=False),
        advanced_parameters=advanced.AdvancedQuantizationParameters(
            overflow_fix=advanced.OverflowFix.DISABLE if _has_8_bits() else advanced.OverflowFix.ENABLE,
            activations_range_estimator_params=ranges.RangeEstimatorParametersSet.MINMAX,
        ),
    )
    return bytes(found.SerializeToString())


def _by_onnx_runtime(model: Any, frames: Array) -> bytes:
    quantization: Any = import_onnxruntime("quantization")
    first_steps: Any = import_onnxruntime("quantization.shape_inference")
    batches = iter([{INPUT: frames[number : number + 1]} for number in range(len(frames))])

    class Reader(quantization.CalibrationDataReader):
        def get_next(self) -> dict[str, Array] | None:
            return next(batches, None)

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        given, ready, made = (Path(folder) / name for name in ("given.onnx", "ready.onnx", "int8.onnx"))
        given.write_bytes(model.SerializeToString())
        first_steps.quant_pre_process(given, ready, skip_symbolic_shape=True)
        quantization.quantize_static(
            ready,
            made,
            Reader(),
            op_types_to_quantize=list(_QUANTIZED),
            per_channel=True,
            reduce_range=not _has_8_bits(),
            activation_type=quantization.QuantType.QUInt8,
            weight_type=quantization.QuantType.QInt8,
        )
        return made.read_bytes()


# Name, package and function; the second where the first is not installed.
_QUANTIZERS: tuple[tuple[str, str, Callable[[Any, Array], bytes]], ...] = (
    ("NNCF", "nncf", _by_nncf),
    ("ONNX Runtime", "onnxruntime", _by_onnx_runtime),
)
