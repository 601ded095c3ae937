"""Checks of processor, memory, graphics, disk, MATLAB, video, Google Cloud and environment variables."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from pyside import version
from pyside.compute import devices
from pyside.diagnostics.finding import Finding, gigabytes, note, ok, wrong
from pyside.diagnostics.python_findings import Probe
from pyside.errors import by_pip, to_install
from pyside.settings.core import named
from pyside.system import machine, processes

_OLDEST_MATLAB = "2022b"
_DECODERS = ("h264", "mpeg4", "mjpeg")
# Variables that affect jobs, and how.
_AFFECTING = {
    "KERAS_BACKEND": "chooses the backend of Keras",
    "KERAS_MAX_EPOCHS": "ends every training after this many epochs",
    "KERAS_MAX_STEPS_PER_EPOCH": "cuts every epoch short",
}
LITTLE_MEMORY, LITTLE_DISK, NO_DISK = 4e9, 5e9, 0.5e9  # bytes
_BACKEND_PLANNED = "The backend torch, which could use it, is planned but not in this version."


def judge_gpu(cards: machine.Cards, probe: Probe, system: str) -> Iterator[Finding]:
    """Check the graphics cards, and whether TensorFlow can use them.

    Args:
        cards: NVIDIA's cards.
        probe: the probe of the Python of jobs.
        system: ``sys.platform``, or ``wsl``.
    """
    names = ", ".join(cards.names)
    if probe.gpus:
        seen = "it" if probe.gpus == 1 else f"{probe.gpus} of them"
        yield ok("GPU", f"{names}; TensorFlow sees {seen}" if names else f"TensorFlow sees {probe.gpus}")
    elif system == "darwin":
        yield note("GPU", f"On a Mac, TensorFlow computes on the processor, not on the GPU. {_BACKEND_PLANNED}")
    elif cards.fault:
        remedy = "Restart the computer. If that does not help, reinstall NVIDIA's driver."
        yield wrong("GPU", f"NVIDIA's driver does not answer: {cards.fault}", remedy)
    elif not names:
        yield ok("GPU", "no NVIDIA card found; trainings run on the processor")
    elif system == "win32":
        yield note(
            "GPU",
            f"{names}, which TensorFlow cannot use: since 2.11 it supports no GPU on native Windows. Trainings run on "
            "the processor.",
            "Install TouchTrain in WSL2 (wsl --install, then a Python there with tensorflow[and-cuda]) and train from "
            f"there. {_BACKEND_PLANNED}",
        )
    elif probe.gpus is None:
        yield note("GPU", f"{names}; whether TensorFlow sees it could not be checked.")
    elif os.environ.get("CUDA_VISIBLE_DEVICES") in ("", "-1"):
        yield note("GPU", f"{names}, hidden by CUDA_VISIBLE_DEVICES.", "Unset CUDA_VISIBLE_DEVICES to use it.")
    else:
        why = "" if probe.with_cuda else " (this TensorFlow is built without CUDA)"
        yield wrong(
            "GPU",
            f"{names}, but TensorFlow does not see it{why}. Trainings run on the processor.",
            by_pip('install "tensorflow[and-cuda]"', probe.python, "and install a recent driver of NVIDIA"),
        )


def precision_of_cpu(probe: Probe) -> Iterator[Finding]:
    """Report the precision that 'auto' chooses."""
    device = "gpu" if probe.gpus else "cpu"
    precision = devices.choose_precision("auto", device)
    why = "fast on a GPU"
    if device == "cpu":
        why = "fast on this processor" if precision != "float32" else "this processor is not faster in bfloat16"
    yield ok("precision", f"{precision} on the {device.upper()} with 'auto': {why}")


def cores_of_machine() -> Iterator[Finding]:
    """Report the number of cores, and how many of them this process may use."""
    there, usable = machine.cores()
    limited = "" if usable == there else f", of which {usable} may be used here"
    name = machine.processor_name(machine.read("/proc/cpuinfo"))
    yield ok("cores", f"{there}{limited}{f' ({name})' if name else ''}")


def memory_of_machine() -> Iterator[Finding]:
    """Check whether there is enough memory."""
    there, free = machine.memory()
    if there is None:
        yield note("memory", "The system does not report its memory.")
        return
    text = f"{gigabytes(there)}" + ("" if free is None else f", {gigabytes(free)} free")
    if (there if free is None else free) < LITTLE_MEMORY:
        remedy = (
            "A training needs about 2 GB, more for larger frames. Close other programs, or lower "
            f"{named('batch_size')}."
        )
        yield note("memory", text, remedy)
    else:
        yield ok("memory", text)


def touchtrain_itself() -> Iterator[Finding]:
    """Report the version of TouchTrain, and where it is installed."""
    form = "a checkout" if version.IS_CHECKOUT else "installed"
    yield ok("TouchTrain", f"{version.__version__}, {form} in {version.ROOT}")


def operating_system() -> Iterator[Finding]:
    """Report the operating system."""
    yield ok("system", machine.system_name())


def matlab_and_octave() -> Iterator[Finding]:
    """Report which MATLAB and Octave can be started; inside either, it reports itself."""
    if processes.inside_host():
        return
    programs = {name: shutil.which(name) for name in ("matlab", "octave")}
    if program := programs["matlab"]:
        release = machine.matlab_release(program)
        if release is None:
            yield ok("MATLAB", program)
        elif release < _OLDEST_MATLAB:
            remedy = f"TouchTrain needs MATLAB R{_OLDEST_MATLAB} or later, or GNU Octave, or the command line alone."
            yield wrong("MATLAB", f"R{release}, {program}: too old", remedy)
        else:
            engine = f"; to drive it from Python: {by_pip(f'install {machine.requirement(release)}')}"
            yield ok("MATLAB", f"R{release}, {program}{engine}")
    if program := programs["octave"]:
        found = re.search(r"version (\S+)", machine.run(program, "--version")[1])
        yield ok("Octave", f"GNU Octave {found[1] if found else 'of unknown version'}, {program}")
    if not any(programs.values()):
        text = "Neither matlab nor octave is on the path. That matters only if they are started from a command line."
        yield note("MATLAB", text)


def room_on_disk(place: Path) -> Iterator[Finding]:
    """Check the free space on the disk of a folder."""
    there = _existing(place)
    free = shutil.disk_usage(there).free
    text = f"{gigabytes(free)} free in {there}"
    remedy = "Free some space, or work in a folder on another disk."
    if free < NO_DISK:
        yield wrong("disk", text, remedy)
    elif free < LITTLE_DISK:
        yield note("disk", text, remedy)
    else:
        yield ok("disk", text)


def write_access(place: Path) -> Iterator[Finding]:
    """Check whether a folder can be written."""
    topic = "write access"
    if not place.is_dir():
        yield wrong(topic, f"There is no folder {place}.", "Make the folder, or name another one.")
        return
    unsure = ""
    if sys.platform == "win32":
        unsure = " according to Windows; nothing was tried"
    elif os.geteuid() == 0:
        unsure = ", because root may write everywhere; nothing was tried"
    if os.access(place, os.W_OK | os.X_OK):
        yield ok(topic, f"{place} can be written{unsure}")
    else:
        remedy = "Work in a folder of your own, or ask for permission to write there."
        yield wrong(topic, f"{place} cannot be written.", remedy)


def _existing(place: Path) -> Path:
    return next((one for one in (place, *place.parents) if one.exists()), Path.cwd())


def decoders(probe: Probe) -> Iterator[Finding]:
    """Check whether the common video formats can be decoded."""
    if probe.codecs is None:  # faults of PyAV are reported with the packages
        return
    missing = [name for name in _DECODERS if name not in probe.codecs]
    if missing:
        remedy = by_pip("install --force-reinstall --no-cache-dir av", probe.python)
        yield wrong("video", f"PyAV cannot decode {', '.join(missing)}.", remedy)
    else:
        yield ok("video", f"PyAV decodes {', '.join(_DECODERS)} and {len(probe.codecs) - len(_DECODERS)} more")


def judge_runtimes(probe: Probe) -> Iterator[Finding]:
    """Report which runtimes can compute with a trained model."""
    if not probe.runtimes or "keras" not in probe.versions:
        return
    there = {name: version for name, version in probe.runtimes.items() if version is not None}
    yield ok("runtimes", ", ".join([f"keras {probe.versions['keras']}", *(f"{n} {v}" for n, v in there.items())]))
    for name, extra in (("openvino", "openvino"), ("onnxruntime", "onnx")):
        lacking = [one for one in (name, "onnx", "tf2onnx") if one not in there]
        if lacking:
            text = f"{' and '.join(lacking)} not installed: needed only for curate and predict with the runtime {name}"
            yield note("runtimes", text, to_install(extra, probe.python))


def judge_cloud(probe: Probe) -> Iterator[Finding]:
    """Check whether trainings on Google Cloud, which are optional, can be started from this computer."""
    if not probe.cloud:
        return
    missing = [name for name, version in probe.cloud.items() if version is None]
    if missing:
        text = f"{', '.join(missing)}: not installed; needed only for trainings on Google Cloud."
        yield note("Google Cloud", text, to_install("cloud", probe.python))
        return
    yield ok("Google Cloud", ", ".join(f"{name} {version}" for name, version in probe.cloud.items()))
    if not probe.credentials:
        text = "There is no credentials file, which is needed to start trainings from outside Google Cloud."
        yield note("Google Cloud", text, "gcloud auth application-default login")


def judge_environment(variables: Mapping[str, str]) -> Iterator[Finding]:
    """Report environment variables that mislead a Python, or change what jobs do."""
    misleading = [name for name in variables if name in processes.MISLEADING or name.startswith("DYLD_")]
    misleading = [name for name in misleading if name != "TOUCHTRAIN_HOST" and variables[name]]
    if misleading:
        names = ", ".join(sorted(misleading))
        yield note("environment", f"{names}: set here, but not passed on to jobs.")
    affecting = [f"{name}={variables[name]} {what}" for name, what in _AFFECTING.items() if variables.get(name)]
    affecting = [text for text in affecting if not text.startswith("KERAS_BACKEND=tensorflow ")]
    if affecting:
        yield note("environment", f"{'; '.join(affecting)}, in jobs too.", "Unset these unless they are intended.")
    if not misleading and not affecting:
        yield ok("environment", "no misleading variable")
