"""How much memory a training takes, told before it, and what fits where there is less; NumPy is all it needs.

What weights and activations come to was measured on CPUs with TensorFlow, as the most that a process held at a time,
for both networks, frames of 24 to 640 pixels, batches of 4 to 256 and two precisions: the estimate is within 8 % of it.
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
A_WEIGHT = 46  # bytes: itself, Adam's two moments, gradient, the best ones so far, and what copies there are when saved
AN_ACTIVATION = 1.42  # of its bytes, with its gradient
IN_FLOAT32 = 0.26  # of the activations in float32, for the comparison of the saved model with that in mixed precision
SURELY = 0.7  # of the estimate is taken in any case ...
SURELY_A_WEIGHT = 8  # bytes ... and of a network that we have not made and measured, these
_SMALLEST_BATCH = 4


@dataclasses.dataclass(frozen=True)
class Size:
    """What a network is made of.

    Attributes:
        weights: number of them.
        activations: numbers that it works out for one frame.
    """

    weights: int
    activations: int


@dataclasses.dataclass(frozen=True)
class Need:
    """Bytes that a training takes, in parts."""

    weights: float
    activations: float
    frames: float

    @property
    def total(self) -> float:
        """All of them, and those of Python."""
        return BASE + self.weights + self.activations + self.frames


def size_of(shape: Shape, n_classes: int, settings: TrainSettings) -> Size:
    """Return the size of one of our own networks, by hand: `model` builds it so.

    Args:
        shape: (height, width, channels) of what it takes, as `networks.input_shape` tells it.
        n_classes: how many classes it tells apart.
        settings: network, filters and units.
    """
    height, width, channels = shape
    filters = settings.convolution_filters
    is_small = settings.network == "small"
    kernels = (5, 3, 3, 3, 2, 2) if is_small else (3, 3, 3, 3, 2, 2)
    cut = (0, 2, 0, 2, 0, 0 if is_small else 1)  # pixels that a convolution without a margin takes off
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
        with contextlib.suppress(AttributeError, ValueError):  # a layer that is used twice has no one output
            found = layer.output if isinstance(layer.output, (list, tuple)) else [layer.output]
            number += sum(math.prod(length or 1 for length in one.shape[1:]) for one in found)
    return number


def need(size: Size, batch_size: int, precision: str, frames: float = 0) -> Need:
    """Return what a training takes.

    Args:
        size: of the network.
        batch_size: frames in a batch.
        precision: ``float32``, ``mixed_bfloat16`` or ``mixed_float16``.
        frames: bytes of frames that are held besides.
    """
    of_batch = 4.0 * size.activations * batch_size
    activations = AN_ACTIVATION * of_batch
    if precision != "float32":
        activations = activations / 2 + IN_FLOAT32 * of_batch
    return Need(A_WEIGHT * float(size.weights), activations, frames)


def check(
    dataset: Dataset, settings: TrainSettings, device: str | None = None, there: Memory | None = None
) -> list[str]:
    """Compare what a training with one of our own networks takes with what this process may use.

    Args:
        dataset: what is to be learnt from.
        settings: how.
        device: ``cpu`` or ``gpu``; None where it is not known yet.
        there: what may be used; by default, that is found out.

    Returns:
        Nothing, or one warning: it may not be enough. Of what a GPU holds, nothing is known.

    Raises:
        NotEnoughMemory: it cannot be enough.
    """
    if settings.network not in NETWORKS or settings.initial_model is not None or on_gpu(settings, device):
        return []
    shape = networks.input_shape(dataset.image_shape, settings)
    size = size_of(shape, len(dataset.class_names), settings)
    return _compared(size, shape, len(dataset.class_names), settings, held(dataset, settings, there), there, True)


def check_model(dataset: Dataset, settings: TrainSettings, model: Any, there: Memory | None = None) -> list[str]:
    """Do as `check` for a network that is built: one of the user's own, or one to go on from."""
    shape = networks.input_shape(dataset.image_shape, settings)
    of_frames = held(dataset, settings, there)
    return _compared(size_of_model(model), shape, len(dataset.class_names), settings, of_frames, there, False)


def on_gpu(settings: TrainSettings, device: str | None = None) -> bool:
    """Tell whether a training is, or where the device is not known may be, done on a GPU."""
    if device is None and settings.execution_environment == "auto":
        return shutil.which("nvidia-smi") is not None
    return (device or settings.execution_environment) == "gpu"


def warnings_of_conversion(shape: Shape, n_classes: int, there: Memory | None = None) -> list[str]:
    """Warn of frames on which a training with the default network takes more memory than this process may use.

    Args:
        shape: (height, width, channels) of a frame.
        n_classes: how many classes there are.
        there: what may be used; by default, that is found out.
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
        f"Training on these frames ({shape[0]} x {shape[1]} pixels, height x width) takes some {_gb(needed.total)} of "
        f"memory with the default network, and here {_gb(usable)} may be used ({there.why}). "
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
        f"This training takes some {_gb(needed.total)} of memory: {_gb(needed.weights)} for the {size.weights:,} "
        f"weights of the network and what is kept of them, {_gb(needed.activations)} for batches of "
        f"{settings.batch_size} frames of {shape[0]} x {shape[1]} pixels (height x width), the rest for Python and "
        "frames. "
        f"{'It may use' if surely else 'There are'} {_gb(usable)} ({there.why}). "
    )
    advice = _advice(shape, n_classes, settings, usable, frames, size)
    if surely:
        raise NotEnoughMemory(text + advice)
    return [text + "The system may end it without a word. " + advice]


def _advice(
    shape: Shape, n_classes: int, settings: TrainSettings, usable: float, frames: float, size: Size | None = None
) -> str:
    """Say, with numbers, what would fit."""
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


# --- where it ran out ----------------------------------------------------------------------------------------------

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
def told(command: str) -> Iterator[None]:
    """Turn what NumPy, TensorFlow and others raise where memory runs out into `NotEnoughMemory`.

    Args:
        command: what is being done, such as ``train`` or ``convert videos``.
    """
    try:
        yield
    except Exception as error:
        if not _is_of_memory(error):
            raise
        first = (str(error).strip().splitlines() or [""])[0][:200]
        raise NotEnoughMemory(
            f"The memory ran out: {type(error).__name__}{f': {first}' if first else ''}. What helps: "
            f"{_what_helps(command)}; or end other programs. Going on as it is would end alike."
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
    """Say why a process may have ended for want of memory; empty where nothing speaks for it.

    Args:
        command: what it did, such as ``train``.
        code: what `subprocess.Popen.returncode` tells of its end; None where it is not known.
        log: the last that it printed.
        killed: whether the system has ended a process for want of memory since it began.
    """
    number = -code if code is not None and code < 0 else (code or 0) - 128
    name = _SIGNALS.get(number)  # type: ignore[call-overload]
    said = _IN_WORDS.search(log)
    if not (name or said or killed):
        return ""
    how = f"It was ended by the signal {number} ({name})" if name else "It ended"
    helps = f"begin again with {_what_helps(command)}."
    if killed:
        return (
            f"{how}, and the system has ended a process for want of memory meanwhile: the memory ran out. Resuming it "
            f"would end alike: {helps}"
        )
    if said:
        return (
            f"{how}, and the end of its log says '{said[0]}': the memory ran out. Resuming it would end alike: {helps}"
        )
    return (
        f"{how}, as systems end a process where the memory runs out. If that is it, resuming it would end alike: "
        f"{helps} If somebody ended it, it can go on: resume it."
    )
