"""Choice of the backend library, of CPU or GPU, and of the precision."""

from __future__ import annotations

import contextlib
import gc
import importlib
import importlib.util
import os
import platform
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from pyside.errors import BadOption, by_pip
from pyside.settings.core import in_words, named, set_to
from pyside.version import __version__

if TYPE_CHECKING:
    import keras

PROPER_NAMES = {"tensorflow": "TensorFlow", "jax": "JAX", "torch": "PyTorch"}
WITH_GPU = {
    "tensorflow": "TensorFlow with GPU support (on Linux: tensorflow[and-cuda])",
    "jax": "JAX with GPU support (on Linux: jax[cuda13])",
    "torch": "PyTorch with GPU support (see pytorch.org/get-started)",
}

# Keras imports them if they are installed, and works without them.
_EXTRAS = ("pandas", "matplotlib", "IPython", "sklearn")


def use_backend(backend: str) -> None:
    """Select the backend of Keras; call this before Keras is imported.

    Args:
        backend: ``tensorflow``, ``jax`` or ``torch``. It overrides the environment variable KERAS_BACKEND.

    Raises:
        BadOption: it is not installed, or this process already uses another one.
    """
    if "keras" in sys.modules:
        used = backend_in_use()
        if used != backend:
            raise BadOption(
                f"{named('backend')} is {backend!r}, but Keras already uses {used!r} in this Python process and cannot "
                "switch. Train in a job, as MATLAB and the command line do, or in a new Python process."
            )
        return
    if not _is_installed(backend):
        raise BadOption(
            f"{named('backend')} is {backend!r}, but {PROPER_NAMES[backend]} is not installed in {sys.executable}. "
            f"Install it: {by_pip(f'install {backend}')}"
        )
    os.environ["KERAS_BACKEND"] = backend


def _is_installed(package: str) -> bool:
    return importlib.util.find_spec(package) is not None


def backend_in_use() -> str:
    """Return the backend of Keras in this process: ``tensorflow``, ``jax`` or ``torch``."""
    return str(import_keras().config.backend())


def import_keras() -> ModuleType:
    """Import Keras and its backend, without the notes that TensorFlow prints while it is loaded.

    TensorFlow prints them from C++ before it reads any setting, so the process's standard error is held back during
    the import, and shown only if the import fails.
    """
    if "keras" not in sys.modules:
        with _held_back_stderr(), _no_garbage_collected(), _not_installed(_EXTRAS if _is_our_program() else ()):
            importlib.import_module("keras")
            gpu_count()
            if backend_in_use() != "tensorflow" and _is_installed("tensorflow"):
                # Keras imports TensorFlow later to write a model. It must not take the GPU from the backend.
                importlib.import_module("tensorflow").config.set_visible_devices([], "GPU")
    return importlib.import_module("keras")


@contextlib.contextmanager
def _no_garbage_collected() -> Iterator[None]:
    """Suspend garbage collection: an import of thousands of modules leaves none, and the search takes a third of it."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@contextlib.contextmanager
def _not_installed(packages: Sequence[str]) -> Iterator[None]:
    """Make packages look as if they were not installed: optional imports of them are skipped, which saves time.

    None in ``sys.modules`` is Python's documented way to do so (Language Reference, "The module cache").
    """
    hidden = [name for name in packages if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


def _is_our_program() -> bool:
    """Return whether this process runs a TouchTrain program, such as a job, in which no other code uses Keras."""
    spec = getattr(sys.modules.get("__main__"), "__spec__", None)
    return spec is not None and str(spec.name).startswith("pyside.")


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
    """Choose CPU or GPU.

    Args:
        execution_environment: ``auto`` (a GPU if there is one), ``cpu`` or ``gpu``.

    Returns:
        ``cpu`` or ``gpu``.

    Raises:
        BadOption: a GPU was requested and the backend finds none.
    """
    if execution_environment == "cpu":
        return "cpu"
    import_keras()
    if gpu_count() > 0:
        return "gpu"
    if execution_environment == "gpu":
        backend = backend_in_use()
        raise BadOption(
            f"{named('execution_environment')} is 'gpu', but {PROPER_NAMES[backend]} finds no GPU on this machine. Use "
            f"'auto' or 'cpu', or install {WITH_GPU[backend]}."
        )
    return "cpu"


def gpu_count() -> int:
    """Count the GPUs that the backend can use."""
    backend = backend_in_use()
    library = importlib.import_module(backend)
    if backend == "tensorflow":
        return len(library.config.list_physical_devices("GPU"))
    if backend == "torch":
        return int(library.cuda.device_count())
    try:
        return len(library.devices("gpu"))
    except RuntimeError:  # JAX finds none
        return 0


def count(devices: int | str, device: str, batch_size: int) -> int:
    """Return on how many devices to train, and make sure that they are there.

    Args:
        devices: number of devices, or ``all``; more than 1 only with JAX.
        device: ``cpu`` or ``gpu``. XLA counts a CPU as one device, unless its flag
            ``--xla_force_host_platform_device_count`` says otherwise.
        batch_size: frames in a batch.

    Raises:
        BadOption: there are fewer devices, or fewer frames in a batch than devices.
    """
    if devices == 1:
        return 1
    found = len(import_keras().distribution.list_devices(device))
    kind = "GPU" if device == "gpu" else "CPU"
    wanted = found if devices == "all" else int(devices)
    if wanted > found:
        raise BadOption(
            f"{named('devices')} is {wanted}, but JAX finds {found} {kind}{'s' if found > 1 else ''} on this machine. "
            f"Set {set_to('devices', found)}, or {set_to('devices', 'all')} for as many as there are."
        )
    check_batch(wanted, devices, batch_size)
    return wanted


def check_batch(number: int, devices: int | str, batch_size: int) -> None:
    """Make sure that each device gets a frame of a batch.

    Args:
        number: of devices that share a batch.
        devices: as in `count`.
        batch_size: as in `count`.

    Raises:
        BadOption: there are fewer frames in a batch than devices.
    """
    if number > batch_size:
        raise BadOption(
            f"{named('devices')} is {in_words('devices', devices)}, but a batch has fewer frames "
            f"({named('batch_size')} is {batch_size}) than there are devices ({number}). Set "
            f"{named('batch_size')} to {number} or more."
        )


@contextlib.contextmanager
def device_scope(device: str, number: int = 1) -> Iterator[None]:
    """Let Keras compute on the first `device`, ``cpu`` or ``gpu``, or with JAX on the first `number` of them."""
    with contextlib.ExitStack() as scopes:
        scopes.enter_context(import_keras().device(f"{device}:0"))
        if number > 1:
            from pyside.compute.distribution import SharedBatches

            scopes.enter_context(SharedBatches(device, number).scope())
        yield


@contextlib.contextmanager
def variables_kept(model: keras.Model) -> Iterator[None]:
    """Let a model predict in this block, and give it its variables back if that fails or is interrupted.

    With JAX, Keras takes them out of a model while it predicts, and puts them back only at the end.
    """
    variables = model.variables if backend_in_use() == "jax" else []
    kept = [variable.numpy() for variable in variables]
    try:
        yield
    except BaseException:
        for variable, value in zip(variables, kept, strict=True):
            variable.assign(value)
        raise


@contextlib.contextmanager
def exact_float32() -> Iterator[None]:
    """Compute float32 as such in this block: by default GPUs round its factors to 10 bits (TensorFloat-32)."""
    backend = backend_in_use()
    library = importlib.import_module(backend)
    if backend == "jax":
        with library.default_matmul_precision("highest"):
            yield
    elif backend == "torch":
        switches = library.backends.cudnn, library.backends.cuda.matmul
        before = [one.allow_tf32 for one in switches]
        for one in switches:
            one.allow_tf32 = False
        try:
            yield
        finally:
            for one, value in zip(switches, before, strict=True):
                one.allow_tf32 = value
    else:
        config = library.config.experimental
        enabled = config.tensor_float_32_execution_enabled()
        config.enable_tensor_float_32_execution(False)
        try:
            yield
        finally:
            config.enable_tensor_float_32_execution(enabled)


def choose_precision(precision: str, device: str) -> str:
    """Choose the precision; ``auto`` means the fastest on the device.

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
    """Return whether a CPU trains faster in bfloat16 than in float32.

    It does with AMX, and with AMD's AVX512-BF16 (the legacy network: 1.9 times as fast). It does not with Intel's
    AVX512-BF16 without AMX, as in some virtual machines: there bfloat16 reached 0.6 of the speed of float32.
    """
    return "amx_bf16" in flags or ("avx512_bf16" in flags and vendor == "AuthenticAMD")


def cpu_facts(cpuinfo: Path = Path("/proc/cpuinfo")) -> tuple[str, set[str]]:
    """Return vendor and feature flags of the CPU; empty if the system does not list them, as Windows and macOS."""
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
    """Return the versions of all packages that make a model; the backend's version is under the backend's name."""
    import numpy as np

    keras, backend = import_keras(), backend_in_use()
    return {
        "touchtrain": __version__,
        "python": platform.python_version(),
        "keras": keras.__version__,
        "backend": backend,
        "numpy": np.__version__,
        "system": f"{platform.system()} {platform.machine()}",
        backend: importlib.import_module(backend).__version__,
    }
