"""Estimate how much memory a training takes before it begins, and what would fit if there is less; needs only NumPy.

The factors for weights and activations come from measurements of peak memory on CPUs with TensorFlow (both networks,
frames of 24 to 640 pixels, batches of 4 to 256, two precisions): the estimate is within 8 % of them.
"""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import math
import re
import shutil
import signal
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from pyside.aliases import Shape
from pyside.compute import devices
from pyside.errors import NotEnoughMemory
from pyside.settings.checks import NETWORKS
from pyside.settings.core import named
from pyside.settings.training import SMALLEST_SIDE, TrainSettings
from pyside.training.checks import networks

if TYPE_CHECKING:
    from pyside.data.dataset import Dataset
    from pyside.system.machine import Memory

BASE = 0.79e9  # bytes of Python with TensorFlow
A_WEIGHT = 46  # bytes: itself, Adam's two moments, gradient, the best one so far, and copies during saving
AN_ACTIVATION = 1.42  # times its bytes, with its gradient
IN_FLOAT32 = 0.26  # of the activations in float32: with mixed precision, the saved model is compared in float32
SURELY = 0.7  # of the estimate is certainly taken ...
SURELY_A_WEIGHT = 8  # bytes ... and these of a user's own network, which we have not measured
_SMALLEST_BATCH = 4


@dataclasses.dataclass(frozen=True)
class Size:
    """Size of a network.

    Attributes:
        weights: number of weights.
        activations: number of values that it computes for one frame.
    """

    weights: int
    activations: int


@dataclasses.dataclass(frozen=True)
class Need:
    """Bytes that a training takes, by purpose."""

    weights: float
    activations: float
    frames: float

    @property
    def total(self) -> float:
        """The sum, with the bytes of Python."""
        return BASE + self.weights + self.activations + self.frames


def size_of(shape: Shape, n_classes: int, settings: TrainSettings) -> Size:
    """Return the size of one of our own networks, calculated from the layers that `model` builds.

    Args:
        shape: (height, width, channels) of the input, as `networks.input_shape` returns it.
        n_classes: number of classes.
        settings: network, filters and units.
    """
    height, width, channels = shape
    filters = settings.convolution_filters
    is_small = settings.network == "small"
    kernels = (5, 3, 3, 3, 2, 2) if is_small else (3, 3, 3, 3, 2, 2)
    cut = (0, 2, 0, 2, 0, 0 if is_small else 1)  # pixels that a convolution without padding removes
    if is_small:
        height, width = -(-height // 2), -(-width // 2)
    weights = activations = 0
    for number, (kernel, less, made) in enumerate(zip(kernels, cut, filters, strict=True)):
        height, width = height - less, width - less
        weights += kernel * kernel * channels * made + made
        activations += height * width * made
        channels = made
        if number % 2:  # a pooling and a dropout
            rounded = 1 if is_small and number > 1 else 0
            height, width = (height + rounded) // 2, (width + rounded) // 2
            activations += 2 * height * width * made
    units = settings.dense_units
    weights += height * width * channels * units + units + units * n_classes + n_classes
    return Size(weights, activations + 2 * units + n_classes)


def size_of_model(model: Any) -> Size:
    """Return the size of a Keras model."""
    return Size(int(model.count_params()), _activations(model))


def _activations(model: Any) -> int:
    number = 0
    for layer in model.layers:
        if hasattr(layer, "layers"):
            number += _activations(layer)
            continue
        with contextlib.suppress(AttributeError, ValueError):  # a layer that is used twice has no single output
            found = layer.output if isinstance(layer.output, (list, tuple)) else [layer.output]
            number += sum(math.prod(length or 1 for length in one.shape[1:]) for one in found)
    return number


def need(size: Size, batch_size: int, precision: str, frames: float = 0) -> Need:
    """Return the memory that a training takes.

    Args:
        size: of the network.
        batch_size: frames in a batch.
        precision: ``float32``, ``mixed_bfloat16`` or ``mixed_float16``.
        frames: bytes of the frames that are held in memory in addition.
    """
    of_batch = 4.0 * size.activations * batch_size
    activations = AN_ACTIVATION * of_batch
    if precision != "float32":
        activations = activations / 2 + IN_FLOAT32 * of_batch
    return Need(A_WEIGHT * float(size.weights), activations, frames)


def check(
    dataset: Dataset, settings: TrainSettings, device: str | None = None, there: Memory | None = None
) -> list[str]:
    """Compare the memory that a training with one of our own networks takes with what this process may use.

    Args:
        dataset: the training data.
        settings: of the training.
        device: ``cpu`` or ``gpu``; None if it is not known yet.
        there: the memory that may be used; by default, that of this process.

    Returns:
        Nothing, or one warning: the memory may be too small. The memory of a GPU is not checked.

    Raises:
        NotEnoughMemory: the memory is certainly too small.
    """
    if settings.network not in NETWORKS or settings.initial_model is not None or on_gpu(settings, device):
        return []
    shape = networks.input_shape(dataset.image_shape, settings)
    size = size_of(shape, len(dataset.class_names), settings)
    return _compared(size, shape, len(dataset.class_names), settings, held(dataset, settings, there), there, True)


def check_model(dataset: Dataset, settings: TrainSettings, model: Any, there: Memory | None = None) -> list[str]:
    """Do as `check` for a network that is built: a user's own one, or an initial model."""
    shape = networks.input_shape(dataset.image_shape, settings)
    of_frames = held(dataset, settings, there)
    return _compared(size_of_model(model), shape, len(dataset.class_names), settings, of_frames, there, False)


def on_gpu(settings: TrainSettings, device: str | None = None) -> bool:
    """Return whether a training runs on a GPU, or may do so if the device is not known."""
    if device is None and settings.execution_environment == "auto":
        return shutil.which("nvidia-smi") is not None
    return (device or settings.execution_environment) == "gpu"


def warnings_of_conversion(shape: Shape, n_classes: int, there: Memory | None = None) -> list[str]:
    """Warn if training the default network on frames of this size takes more memory than this process may use.

    Args:
        shape: (height, width, channels) of a frame.
        n_classes: number of classes.
        there: the memory that may be used; by default, that of this process.
    """
    settings = TrainSettings()
    if on_gpu(settings) or min(shape[:2]) < SMALLEST_SIDE:
        return []
    there = there or _memory()
    needed = need(size_of(shape, n_classes, settings), settings.batch_size, _precision(settings))
    usable = there.usable
    if usable is None or needed.total <= usable:
        return []
    return [
        f"Training on these frames ({shape[0]} x {shape[1]} pixels, height x width) takes about {_gb(needed.total)} of "
        f"memory with the default network, but only {_gb(usable)} may be used here ({there.why}). "
        + _advice(shape, n_classes, settings, usable, 0.0)
    ]


def held(dataset: Dataset, settings: TrainSettings, there: Memory | None = None) -> float:
    """Return the bytes of frames that are held in memory, see `frame_store.FrameStore`."""
    limit = ((there or _memory()).there or 8 << 30) / 4
    if settings.memory_limit is not None:
        limit = settings.memory_limit * 1e9
    whole = float(sum(one.n_frames for one in dataset.recordings)) * math.prod(dataset.image_shape)
    return whole if whole <= limit else min(whole, limit / 2, 2.0 * (1 << 30))


def _compared(
    size: Size, shape: Shape, n_classes: int, settings: TrainSettings, frames: float, there: Memory | None, ours: bool
) -> list[str]:
    there = there or _memory()
    needed = need(size, settings.batch_size, _precision(settings), frames)
    limit, usable = there.limit, there.usable
    if usable is None or needed.total <= usable:
        return []
    least = SURELY * needed.total if ours else SURELY_A_WEIGHT * size.weights
    surely = limit is not None and least > limit and settings.backend == "tensorflow"
    text = (
        f"This training takes about {_gb(needed.total)} of memory: {_gb(needed.weights)} for the {size.weights:,} "
        f"weights of the network and their copies, {_gb(needed.activations)} for batches of "
        f"{settings.batch_size} frames of {shape[0]} x {shape[1]} pixels (height x width), the rest for Python and "
        "frames. "
        f"{'It may use' if surely else 'There are'} {_gb(usable)} ({there.why}). "
    )
    advice = _advice(shape, n_classes, settings, usable, frames, size)
    if surely:
        raise NotEnoughMemory(text + advice)
    return [text + "The system may kill it without a message. " + advice]


def _advice(
    shape: Shape, n_classes: int, settings: TrainSettings, usable: float, frames: float, size: Size | None = None
) -> str:
    """Suggest, with numbers, what would fit."""
    steps = list(_steps(shape, n_classes, settings, usable, frames, size))
    if not steps:
        return "Train on a computer with more memory."
    return f"What fits: {'; or '.join(steps)}; or train on a computer with more memory."


def _steps(
    shape: Shape, n_classes: int, settings: TrainSettings, usable: float, frames: float, size: Size | None
) -> Iterator[str]:
    precision = _precision(settings)
    ours = settings.network in NETWORKS and settings.initial_model is None
    if size is None:
        size = size_of(shape, n_classes, settings)
    batch_size = settings.batch_size
    while batch_size >= _SMALLEST_BATCH and need(size, batch_size, precision, frames).total > usable:
        batch_size //= 2
    if batch_size >= _SMALLEST_BATCH:
        yield f"{named('batch_size')} {batch_size}"
    small = dataclasses.replace(settings, network="small")
    if ours and settings.network != "small":
        whole = need(size_of(shape, n_classes, small), settings.batch_size, precision, frames)
        if whole.total <= usable:
            yield f"{named('network')} 'small', which takes {_gb(whole.total)}"
    if ours:
        height, width = shape[:2]
        share = 1.0
        while min(height, width) > SMALLEST_SIDE:
            share *= 0.95
            height, width = (int(share * length) for length in shape[:2])
            if need(size_of((height, width, shape[2]), n_classes, settings), settings.batch_size, precision).total > (
                usable - frames * share**2
            ):
                continue
            yield (
                f"frames of at most {height} x {width} pixels: convert again with {named('roi')}, which cuts out the "
                f"region that matters, or, for folders of images, with {named('image_size')}"
            )
            return


def _precision(settings: TrainSettings) -> str:
    return devices.choose_precision(settings.precision, "cpu")


def _gb(number: float) -> str:
    return f"{number / 1e9:.1f} GB"


def _memory() -> Memory:
    from pyside.system.machine import usable_memory

    return usable_memory()


# --- when memory ran out -------------------------------------------------------------------------------------------

_OF_LIBRARIES = ("ResourceExhaustedError", "OutOfMemoryError")
_IN_WORDS = re.compile(
    r"RESOURCE_EXHAUSTED|out of memory|not enough memory|bad_alloc|cannot allocate memory|OOM when allocating"
    r"|could not create a memory|unable to allocate|MemoryError|dnnl::error",
    re.IGNORECASE,
)
_SIGNALS = {signal.SIGABRT: "SIGABRT", signal.SIGSEGV: "SIGSEGV"} | (
    {signal.SIGKILL: "SIGKILL", signal.SIGBUS: "SIGBUS"} if hasattr(signal, "SIGKILL") else {}
)


@contextlib.contextmanager
def explained(command: str) -> Iterator[None]:
    """Turn the errors that NumPy, TensorFlow and others raise when memory runs out into `NotEnoughMemory`.

    Args:
        command: the running command, such as ``train`` or ``convert videos``.
    """
    try:
        yield
    except Exception as error:
        if not _is_of_memory(error):
            raise
        first = (str(error).strip().splitlines() or [""])[0][:200]
        raise NotEnoughMemory(
            f"The memory ran out: {type(error).__name__}{f': {first}' if first else ''}. What helps: "
            f"{_what_helps(command)}; or end other programs. Without a change it would fail again."
        ) from error


def _is_of_memory(error: Exception) -> bool:
    if isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno == errno.ENOMEM):
        return True
    if any(kind.__name__ in _OF_LIBRARIES for kind in type(error).__mro__):
        return True
    of_library = isinstance(error, RuntimeError) or type(error).__module__.startswith("tensorflow")
    return of_library and bool(_IN_WORDS.search(str(error)))


def _what_helps(command: str) -> str:
    kind = command.split()[0]
    if kind in ("train", "tune"):
        smaller = f"convert again with {named('roi')} or {named('image_size')}"
        return f"a smaller {named('batch_size')}, or smaller frames: {smaller}"
    return f"fewer {named('workers')}, for example 1" if kind == "convert" else "smaller parts of the work at a time"


def death(command: str, code: int | None, log: str, killed: bool) -> str:
    """Explain that a process may have ended because memory ran out; an empty text if there is no sign of that.

    Args:
        command: its command, such as ``train``.
        code: its `subprocess.Popen.returncode`; None if not known.
        log: the end of its output.
        killed: whether the system has killed a process for lack of memory since this one began.
    """
    number = -code if code is not None and code < 0 else (code or 0) - 128
    name = _SIGNALS.get(number)  # type: ignore[call-overload]
    in_log = _IN_WORDS.search(log)
    if not (name or in_log or killed):
        return ""
    how = f"It was ended by the signal {number} ({name})" if name else "It ended"
    helps = f"begin again with {_what_helps(command)}."
    if killed:
        return (
            f"{how}, and the system killed a process for lack of memory meanwhile: the memory ran out. Resuming it "
            f"would fail again: {helps}"
        )
    if in_log:
        return (
            f"{how}, and the end of its log says '{in_log[0]}': the memory ran out. Resuming it would fail again: "
            f"{helps}"
        )
    return (
        f"{how}, as when a system kills a process because memory runs out. If that is the cause, resuming it would "
        f"fail again: {helps} If somebody ended it, resume it."
    )
