"""What the computation runs on: CPU or GPU, and in which precision."""

from __future__ import annotations

import contextlib
import importlib
import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from pyside.errors import BadOption


def import_keras() -> ModuleType:
    """Import Keras and TensorFlow without the notes that TensorFlow prints while it is loaded.

    It writes them from C++ before it looks at any setting, so the process's standard error is held back meanwhile.
    It is shown after all if the import fails.
    """
    if "keras" not in sys.modules:
        with _held_back_stderr():
            importlib.import_module("keras")
            gpu_count()
    return importlib.import_module("keras")


@contextlib.contextmanager
def _held_back_stderr() -> Iterator[None]:
    try:
        sys.stderr.flush()
        real = os.dup(2)
    except (OSError, AttributeError):  # a host without a standard error
        yield
        return
    with tempfile.TemporaryFile() as notes:
        os.dup2(notes.fileno(), 2)
        failed = True
        try:
            yield
            failed = False
        finally:
            os.dup2(real, 2)
            os.close(real)
            if failed:
                notes.seek(0)
                print(notes.read().decode(errors="replace"), file=sys.stderr)


def choose_device(execution_environment: str) -> str:
    """Choose where to compute.

    Args:
        execution_environment: ``auto``, ``cpu`` or ``gpu``.

    Returns:
        ``cpu`` or ``gpu``.

    Raises:
        BadOption: a GPU was asked for and TensorFlow sees none.
    """
    if execution_environment == "cpu":
        return "cpu"
    import_keras()
    if gpu_count() > 0:
        return "gpu"
    if execution_environment == "gpu":
        raise BadOption(
            "ExecutionEnvironment (execution_environment) is 'gpu', but TensorFlow sees no GPU on this machine. "
            "Use 'auto' or 'cpu', or install TensorFlow with GPU support (on Linux: tensorflow[and-cuda])."
        )
    return "cpu"


def gpu_count() -> int:
    """Count the GPUs that TensorFlow can use."""
    tensorflow = importlib.import_module("tensorflow")
    return len(tensorflow.config.list_physical_devices("GPU"))


def device_scope(device: str) -> Any:
    """Return a context in which Keras computes on `device`, ``cpu`` or ``gpu``."""
    return import_keras().device(f"{device}:0")


def choose_precision(precision: str, device: str) -> str:
    """Choose the precision: where ``auto`` was asked for, what is fast on the device.

    Args:
        precision: ``auto`` or the name of a Keras dtype policy.
        device: ``cpu`` or ``gpu``.

    Returns:
        ``float32``, ``mixed_bfloat16`` or ``mixed_float16``.
    """
    if precision != "auto":
        return precision
    if device == "gpu":
        return "mixed_float16"
    return "mixed_bfloat16" if has_fast_bfloat16(*cpu_facts()) else "float32"


def has_fast_bfloat16(vendor: str, flags: set[str]) -> bool:
    """Tell whether a CPU trains faster in bfloat16 than in float32.

    AMX makes it so, and AMD's AVX512-BF16 (the legacy network: 1.9 times as fast). Intel's AVX512-BF16 without AMX, as
    in some virtual machines, does not: there bfloat16 reached 0.6 of the speed of float32.
    """
    return "amx_bf16" in flags or ("avx512_bf16" in flags and vendor == "AuthenticAMD")


def cpu_facts(cpuinfo: Path = Path("/proc/cpuinfo")) -> tuple[str, set[str]]:
    """Return vendor and features of the CPU; nothing where the system does not tell, as on Windows and macOS."""
    try:
        lines = cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return "", set()
    facts: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(":")
        facts.setdefault(name.strip(), value.strip())
    return facts.get("vendor_id", ""), set(facts.get("flags", "").split())


def versions() -> dict[str, str]:
    """Return the versions of what a model is made with."""
    import keras
    import numpy as np

    import pyside

    found = {
        "touchtrain": pyside.__version__,
        "python": platform.python_version(),
        "keras": keras.__version__,
        "backend": keras.backend.backend(),
        "numpy": np.__version__,
        "system": f"{platform.system()} {platform.machine()}",
    }
    if "tensorflow" in sys.modules:
        found["tensorflow"] = sys.modules["tensorflow"].__version__
    return found
