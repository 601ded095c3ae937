"""Which runtime computes: the one that is named, or with ``auto`` the fastest on some frames."""

from __future__ import annotations

import dataclasses
import importlib.util
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from pyside.aliases import Array, Record
from pyside.compute.proof import is_too_coarse
from pyside.errors import BadFrames, BadOption, ExtraMissing, TouchTrainError, to_install
from pyside.models.files import form
from pyside.models.probes import prove
from pyside.runtimes import int8
from pyside.runtimes.exported import is_converted, onnx_of
from pyside.runtimes.keras_steps import KerasStep
from pyside.runtimes.onnx_runtime import OnnxRuntimeStep
from pyside.runtimes.open_vino import OpenVinoStep
from pyside.runtimes.step import Step
from pyside.settings.core import named, set_to

PROPER_NAMES = {"keras": "Keras", "openvino": "OpenVINO", "onnxruntime": "ONNX Runtime"}
EXTRAS = {"openvino": "openvino", "onnxruntime": "onnx"}  # with what a runtime needs
MOST_PIXELS = 1 << 22  # of a batch: what the layers of a network make of it takes about a GB
SECONDS = 1.0  # for which 'auto' times a runtime
TIMED_FROM = 1000  # frames in memory: for fewer, to load and time all runtimes takes longer than to compute
# What each runtime needs beside Keras; the file that it loads is written by tf2onnx. The extras have the same.
_PACKAGES: dict[str, tuple[str, ...]] = {
    "keras": (),
    "openvino": ("openvino", "onnx", "tf2onnx"),
    "onnxruntime": ("onnxruntime", "onnx", "tf2onnx"),
}
_OTHERS = _OF_INT8 = ("openvino", "onnxruntime")  # than Keras; those that have int8
_Used = TypeVar("_Used")


@dataclasses.dataclass(frozen=True)
class Wanted:
    """What is to be loaded, and how it shall compute.

    Attributes:
        path: the model file.
        image_shape: (height, width, channels) of what the network takes.
        backend: of Keras; other runtimes have none.
        execution_environment: ``auto``, ``cpu`` or ``gpu``.
        precision: ``auto``, ``float32``, ``mixed_bfloat16``, ``mixed_float16`` or ``int8``.
    """

    path: Path
    image_shape: tuple[int, ...]
    backend: str
    execution_environment: str
    precision: str


@dataclasses.dataclass(frozen=True)
class Timing:
    """What ``auto`` found out about a runtime.

    Attributes:
        runtime: its name.
        precision: in which it computed; "" if it did not.
        frames_per_second: its speed; None if it could not be used.
        why: why it could not; "" if it could.
    """

    runtime: str
    precision: str
    frames_per_second: float | None
    why: str = ""


def is_chosen(runtime: str, precision: str) -> bool:
    """Return whether these settings leave it open which runtime computes."""
    return runtime == "auto" or (runtime, precision) == ("keras", int8.INT8)


def check_runtime(settings: Any, model: Path | None = None) -> None:
    """Check, before any long work and without loading anything, that a runtime can compute as it shall.

    Args:
        settings: with `runtime`, `precision` and `execution_environment`, such as `ComputeSettings`.
        model: the model file; None if it is not known yet.

    Raises:
        ExtraMissing: it is not installed.
        BadOption: it does not have the precision, or the model has no frames to calibrate int8 on.
        PathMissing, BadModel: the model file cannot be read.
    """
    if settings.precision == int8.INT8:
        _check_int8(settings, model)
        return
    if lacking := _lacking(settings.runtime):
        raise ExtraMissing(
            f"{named('runtime')} is {settings.runtime!r}, but {' and '.join(lacking)} "
            f"{'is' if len(lacking) == 1 else 'are'} not installed in {sys.executable}. Install it: "
            f"{to_install(EXTRAS[settings.runtime])}"
        )
    if settings.runtime == "onnxruntime":
        OnnxRuntimeStep.check_precision(settings.precision)


def _check_int8(settings: Any, model: Path | None) -> None:
    """Check that int8 can be computed; `check_runtime` has the errors."""
    if settings.execution_environment == "gpu":
        raise BadOption(
            f"{named('precision')} is 'int8', which computes on the CPU only, but {named('execution_environment')} is "
            f"'gpu'. Set {set_to('execution_environment', 'auto')}, or {set_to('precision', 'auto')}."
        )
    runtimes = _OF_INT8 if settings.runtime == "auto" else (settings.runtime,)
    if all(map(_lacking_for_int8, runtimes)):
        lacking = min((_lacking_for_int8(one) for one in runtimes), key=len)
        raise ExtraMissing(
            f"{named('precision')} is 'int8', but {' and '.join(lacking)} {'is' if len(lacking) == 1 else 'are'} not "
            f"installed in {sys.executable}. Install it: "
            f"{to_install('openvino,onnx' if settings.runtime == 'openvino' else 'onnx')}"
        )
    if model is not None:
        int8.check_calibrated(model)


def _lacking_for_int8(runtime: str) -> list[str]:
    needed = dict.fromkeys((*_PACKAGES[runtime], *int8.NEEDED))
    return [name for name in needed if importlib.util.find_spec(name) is None]


def is_installed(runtime: str) -> bool:
    """Return whether a runtime is installed."""
    return not _lacking(runtime)


def _lacking(runtime: str) -> list[str]:
    return [name for name in _PACKAGES.get(runtime, ()) if importlib.util.find_spec(name) is None]


def step_of(runtime: str, wanted: Wanted) -> Step:
    """Load a model in a runtime, and check its answers to the probes of its file.

    Where the precision is ``auto`` and the one that it means is too coarse for the model, it computes in float32.

    Args:
        runtime: ``keras``, ``openvino`` or ``onnxruntime``.
        wanted: what, and how.

    Raises:
        As `Engine`.
    """
    step = _proven(_loaded(runtime, wanted), wanted)
    if step.proof and wanted.precision == "auto" and is_too_coarse(step.proof):
        remark = f"The model computes in float32, because {step.precision} is too coarse for it. {step.proof.figures}"
        step = _proven(_loaded(runtime, dataclasses.replace(wanted, precision="float32")), wanted)
        step.remark = remark
    if step.proof:
        step.proof.check(wanted.path)
    return step


def _proven(step: Step, wanted: Wanted) -> Step:
    """Compare the answers of a step to the probes of its file, in batches as they will be computed."""

    def predict(frames: Array) -> Array:
        if frames.shape[1:] != tuple(wanted.image_shape):
            raise BadFrames(f"It takes {tuple(wanted.image_shape)}, and they are {frames.shape[1:]}.")
        size = max(1, MOST_PIXELS // (frames.shape[1] * frames.shape[2]))
        parts = [frames[first : first + size] for first in range(0, len(frames), size)]
        return np.concatenate([step.finish(step.start(part)) for part in parts])

    backend = wanted.backend if step.runtime == "keras" else None
    how: dict[str, Any] = {
        "runtime": step.runtime,
        "backend": backend,
        "device": step.device,
        "precision": step.precision,
    }
    step.proof = prove(wanted.path, predict, **how)
    return step


def _loaded(runtime: str, wanted: Wanted) -> Step:
    if wanted.precision == int8.INT8:
        model, kind = int8.int8_of(wanted.path), OpenVinoStep if runtime == "openvino" else OnnxRuntimeStep
        step: Step = kind(model.data, "cpu", int8.INT8)
        step.quantizer = model.quantizer
        return step
    if runtime == "openvino":
        return OpenVinoStep(onnx_of(wanted.path), wanted.execution_environment, wanted.precision)
    if runtime == "onnxruntime":
        return OnnxRuntimeStep(onnx_of(wanted.path), wanted.execution_environment, wanted.precision)
    shape = wanted.image_shape
    return KerasStep(wanted.path, shape, wanted.backend, wanted.execution_environment, wanted.precision)


def fastest(wanted: Wanted, batch: Array, seconds: float = SECONDS) -> tuple[Step, list[Timing]]:
    """Load a model in every runtime, and time each on the same frames.

    Args:
        wanted: what, and how.
        batch: uint8, (n, height, width, channels): frames of the video, as many as are computed at a time.
        seconds: for which each is timed, after one batch that is not.

    Returns:
        The step of the fastest, and a timing of each runtime. One that cannot be used is left out, with its reason.

    Raises:
        TouchTrainError: no runtime can be used; the error of the first.
    """

    def timed(runtime: str) -> tuple[float, Step]:
        step = step_of(runtime, wanted)
        return _rate(step, batch, seconds), step

    best: tuple[float, Step] | None = None
    timings, faults = [], []
    for runtime in _OF_INT8 if wanted.precision == int8.INT8 else PROPER_NAMES:
        found, why, fault = _trial(runtime, wanted, timed)
        faults.append(fault)
        if found is None:
            timings.append(Timing(runtime, "", None, why))
            continue
        timings.append(Timing(runtime, found[1].precision, round(found[0], 1)))
        if best is None or found[0] > best[0]:
            best = found
    if best is None:
        raise next(filter(None, faults))
    return best[1], timings


def first_at_hand(wanted: Wanted) -> tuple[Step, str]:
    """Load a model in one runtime, the one that is ready soonest, for few frames.

    That is one for which the model was converted before, else Keras; in int8, which Keras does not have, OpenVINO.
    Where one cannot be used, it is the next.

    Args:
        wanted: what, and how.

    Returns:
        The step, and which runtime it is and why, for a person.

    Raises:
        TouchTrainError: no runtime can be used; the error of the first.
    """
    next_one = "it is the next that can be used"
    if wanted.precision == int8.INT8:
        order = dict.fromkeys(_OF_INT8, "it has int8")
    elif form(wanted.path) != "folder" and is_converted(wanted.path):
        order = {**dict.fromkeys(_OTHERS, "the model is converted for it"), "keras": next_one}
    else:
        unready = "the model is not yet converted for another one"
        why_keras = unready if any(map(is_installed, _OTHERS)) else "no other runtime is installed"
        order = {"keras": why_keras, **dict.fromkeys(_OTHERS, next_one)}
    left_out: list[str] = []
    faults: list[TouchTrainError | None] = []
    for runtime, why in order.items():
        step, why_not, fault = _trial(runtime, wanted, lambda runtime: step_of(runtime, wanted))
        if step is not None:
            return step, about_untimed(runtime, why, left_out)
        left_out.append(f"{PROPER_NAMES[runtime]} ({why_not})")
        faults.append(fault)
    raise next(filter(None, faults))


def about_untimed(runtime: str, why: str, left_out: Sequence[str] = ()) -> str:
    """Return which runtime ``auto`` took without timing them, for a person.

    Args:
        runtime: its name.
        why: it, as the end of a sentence.
        left_out: others that cannot be used, with the reason.
    """
    text = (
        f"{PROPER_NAMES[runtime]} computes, because {why}: in a call with fewer than {TIMED_FROM:,} frames, the "
        f"runtimes are not timed. To choose one, set {named('runtime')}."
    )
    return f"{text} Left out: {'; '.join(left_out)}." if left_out else text


def _trial(
    runtime: str, wanted: Wanted, use: Callable[[str], _Used]
) -> tuple[_Used | None, str, TouchTrainError | None]:
    """Use a runtime; or return why it cannot be used, and the error, if it is installed."""
    if lacking := _lacking_for_int8(runtime) if wanted.precision == int8.INT8 else _lacking(runtime):
        return None, f"{' and '.join(lacking)} not installed", None
    try:
        return use(runtime), "", None
    except TouchTrainError as error:
        return None, error.text, error
    except Exception as error:  # a runtime may raise any kind for a model that it does not know
        fault = BadOption(f"{PROPER_NAMES[runtime]} cannot compute with {wanted.path}: {error}")
        return None, f"{type(error).__name__}: {' '.join(str(error).split())[:300]}", fault


def _rate(step: Step, batch: Array, seconds: float) -> float:
    """Return the speed of a step in frames per second."""
    step.finish(step.start(batch))
    began, done, spent = time.perf_counter(), 0, 0.0
    while spent < seconds:
        step.finish(step.start(batch))
        done, spent = done + len(batch), time.perf_counter() - began
    return done / spent


def in_words(step: Step, timings: Sequence[Timing]) -> str:
    """Return which runtime ``auto`` took, with the figures of all, for a person."""
    rates = [
        f"{PROPER_NAMES[one.runtime]} {_figure(one.frames_per_second)} frames/s in {_in_short(one.precision)}"
        for one in sorted(timings, key=lambda one: -(one.frames_per_second or 0))
        if one.frames_per_second is not None
    ]
    left_out = [f"{PROPER_NAMES[one.runtime]} ({one.why})" for one in timings if one.frames_per_second is None]
    text = f"{PROPER_NAMES[step.runtime]} computes, the fastest runtime here: {'; '.join(rates)}."
    return f"{text} Left out: {'; '.join(left_out)}." if left_out else text


def _figure(rate: float | None) -> str:
    return f"{rate or 0:,.0f}" if (rate or 0) >= 10 else f"{rate or 0:.2g}"


def _in_short(precision: str) -> str:
    return precision.removeprefix("mixed_")


def records(timings: Sequence[Timing]) -> list[Record]:
    """Return timings as plain values, for the record of a session."""
    return [dataclasses.asdict(one) for one in timings]
