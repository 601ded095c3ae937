"""What is found about processor, memory, graphics, disk, MATLAB, video and variables of the environment."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from pyside.compute import devices
from pyside.diagnostics.finding import Finding, gigabytes, note, ok, wrong
from pyside.diagnostics.python_findings import Probe
from pyside.jobs import interpreter
from pyside.settings.core import named
from pyside.system import machine, processes
from pyside.version import __version__

_OLDEST_MATLAB = "2022b"
_DECODERS = ("h264", "mpeg4", "mjpeg")
# Variables that jobs do see, and what they do there.
_FELT = {
    "KERAS_BACKEND": "chooses what Keras computes with",
    "KERAS_MAX_EPOCHS": "ends every training after so many epochs",
    "KERAS_MAX_STEPS_PER_EPOCH": "cuts every epoch short",
}
LITTLE_MEMORY, LITTLE_DISK, NO_DISK = 4e9, 5e9, 0.5e9
_BACKEND_PLANNED = "A backend torch, which could use it, is planned and not in this version."


def judge_gpu(cards: machine.Cards, probe: Probe, system: str) -> Iterator[Finding]:
    """Tell of the graphics cards, and whether TensorFlow can use them.

    Args:
        cards: NVIDIA's.
        probe: of the Python of jobs.
        system: ``sys.platform``, or ``wsl``.
    """
    names = ", ".join(cards.names)
    if probe.gpus:
        seen = "it" if probe.gpus == 1 else f"{probe.gpus} of them"
        yield ok("GPU", f"{names}; TensorFlow sees {seen}" if names else f"TensorFlow sees {probe.gpus}")
    elif system == "darwin":
        yield note("GPU", f"On a Mac TensorFlow computes on the processor, not on its GPU. {_BACKEND_PLANNED}")
    elif cards.fault:
        remedy = "Restart the machine; if that does not help, install NVIDIA's driver again."
        yield wrong("GPU", f"NVIDIA's driver does not answer: {cards.fault}", remedy)
    elif not names:
        yield ok("GPU", "no NVIDIA card is found; trainings run on the processor")
    elif system == "win32":
        yield note(
            "GPU",
            f"{names}, which TensorFlow cannot use: in Windows itself it has had no GPU since 2.11. Trainings run on "
            "the processor.",
            "Install TouchTrain in WSL2 (wsl --install, then a Python there with tensorflow[and-cuda]) and train from "
            f"there. {_BACKEND_PLANNED}",
        )
    elif probe.gpus is None:
        yield note("GPU", f"{names}; TensorFlow could not be asked whether it sees it.")
    elif os.environ.get("CUDA_VISIBLE_DEVICES") in ("", "-1"):
        yield note("GPU", f"{names}, hidden by CUDA_VISIBLE_DEVICES.", "Unset CUDA_VISIBLE_DEVICES to use it.")
    else:
        why = "" if probe.with_cuda else " (this TensorFlow is built without it)"
        yield wrong(
            "GPU",
            f"{names}, and TensorFlow does not see it{why}. Trainings run on the processor.",
            f'{probe.python} -m pip install "tensorflow[and-cuda]", and a driver of NVIDIA that is new enough for it.',
        )


def precision_of_cpu(probe: Probe) -> Iterator[Finding]:
    """Which precision 'auto' chooses."""
    device = "gpu" if probe.gpus else "cpu"
    precision = devices.choose_precision("auto", device)
    why = "fast on a GPU"
    if device == "cpu":
        why = "fast on this processor" if precision != "float32" else "this processor is not faster in bfloat16"
    yield ok("precision", f"{precision} on the {device.upper()} with 'auto': {why}")


def cores_of_machine() -> Iterator[Finding]:
    """How many cores there are, and how many may be used."""
    there, usable = machine.cores()
    limited = "" if usable == there else f", of which {usable} may be used here"
    name = machine.processor_name(machine.read("/proc/cpuinfo"))
    yield ok("cores", f"{there}{limited}{f' ({name})' if name else ''}")


def memory_of_machine() -> Iterator[Finding]:
    """How much memory there is, and whether that is little."""
    there, free = machine.memory()
    if there is None:
        yield note("memory", "The system does not tell how much memory there is.")
        return
    text = f"{gigabytes(there)}" + ("" if free is None else f", {gigabytes(free)} free")
    if (there if free is None else free) < LITTLE_MEMORY:
        remedy = (
            "A training needs about 2 GB and more for larger frames: close other programs, or lower "
            f"{named('batch_size')}."
        )
        yield note("memory", text, remedy)
    else:
        yield ok("memory", text)


def touchtrain_itself() -> Iterator[Finding]:
    """Which version of TouchTrain this is, and where it lies."""
    root = interpreter.PACKAGE_ROOT
    form = "a checkout" if (root / "pyproject.toml").is_file() else "installed"
    yield ok("TouchTrain", f"{__version__}, {form} in {root}")


def operating_system() -> Iterator[Finding]:
    """Which system this is."""
    yield ok("system", machine.system_name())


def matlab_and_octave() -> Iterator[Finding]:
    """Tell which MATLAB and Octave can be started; inside one of them it tells itself."""
    if interpreter.inside_host():
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
            from pyside.system.machine import requirement

            engine = f"; to drive it from Python: pip install {requirement(release)}"
            yield ok("MATLAB", f"R{release}, {program}{engine}")
    if program := programs["octave"]:
        found = re.search(r"version (\S+)", machine.run(program, "--version")[1])
        yield ok("Octave", f"GNU Octave {found[1] if found else 'of unknown version'}, {program}")
    if not any(programs.values()):
        yield note("MATLAB", "Neither matlab nor octave is on the path; started from a menu they need not be.")


def room_on_disk(place: Path) -> Iterator[Finding]:
    """How much room is on the disk of a folder."""
    there = _existing(place)
    free = shutil.disk_usage(there).free
    text = f"{gigabytes(free)} free in {there}"
    remedy = "Make room, or work in a folder on another disk."
    if free < NO_DISK:
        yield wrong("disk", text, remedy)
    elif free < LITTLE_DISK:
        yield note("disk", text, remedy)
    else:
        yield ok("disk", text)


def write_access(place: Path) -> Iterator[Finding]:
    """Whether a folder can be written."""
    topic = "write access"
    if not place.is_dir():
        yield wrong(topic, f"There is no folder {place}.", "Make it, or name another one.")
        return
    unsure = ""
    if sys.platform == "win32":
        unsure = ", as far as Windows tells without trying"
    elif os.geteuid() == 0:
        unsure = ", as root may write everywhere; nothing was tried"
    if os.access(place, os.W_OK | os.X_OK):
        yield ok(topic, f"{place} can be written{unsure}")
    else:
        remedy = "Work in a folder of your own, or ask for the right to write there."
        yield wrong(topic, f"{place} cannot be written.", remedy)


def _existing(place: Path) -> Path:
    return next((one for one in (place, *place.parents) if one.exists()), Path.cwd())


def decoders(probe: Probe) -> Iterator[Finding]:
    """Which usual video formats cannot be decoded."""
    if probe.codecs is None:  # what is wrong with PyAV stands among the packages
        return
    missing = [name for name in _DECODERS if name not in probe.codecs]
    if missing:
        remedy = f"{probe.python} -m pip install --force-reinstall --no-cache-dir av"
        yield wrong("video", f"PyAV cannot decode {', '.join(missing)}.", remedy)
    else:
        yield ok("video", f"PyAV decodes {', '.join(_DECODERS)} and {len(probe.codecs) - len(_DECODERS)} more")


def judge_cloud(probe: Probe) -> Iterator[Finding]:
    """Tell whether trainings on Google Cloud can be started from here; nobody has to."""
    if not probe.cloud:
        return
    missing = [name for name, version in probe.cloud.items() if version is None]
    if missing:
        text = f"{', '.join(missing)}: not installed; needed only for trainings on Google Cloud."
        yield note("Google Cloud", text, f"{probe.python} -m pip install 'touchtrain[cloud]'")
        return
    yield ok("Google Cloud", ", ".join(f"{name} {version}" for name, version in probe.cloud.items()))
    if not probe.credentials:
        text = "There is no file of credentials, which trainings on Google Cloud need outside of it."
        yield note("Google Cloud", text, "gcloud auth application-default login")


def judge_environment(variables: Mapping[str, str]) -> Iterator[Finding]:
    """Tell of the environment variables that mislead a Python, or change what jobs do."""
    misleading = [name for name in variables if name in processes.MISLEADING or name.startswith("DYLD_")]
    misleading = [name for name in misleading if name != "TOUCHTRAIN_HOST" and variables[name]]
    if misleading:
        names = ", ".join(sorted(misleading))
        yield note("environment", f"{names}: set here; jobs do without.")
    felt = [f"{name}={variables[name]} {what}" for name, what in _FELT.items() if variables.get(name)]
    felt = [text for text in felt if not text.startswith("KERAS_BACKEND=tensorflow ")]
    if felt:
        yield note("environment", f"{'; '.join(felt)}, in jobs too.", "Unset what is not meant so.")
    if not misleading and not felt:
        yield ok("environment", "no variable that misleads")
