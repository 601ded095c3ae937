from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from pyside.compute import devices
from pyside.errors import BadOption
from tests.conftest import raises_with


@pytest.fixture
def four_devices(monkeypatch: pytest.MonkeyPatch) -> None:
    """This machine has four GPUs."""
    distribution = SimpleNamespace(list_devices=lambda kind: [f"{kind}:{number}" for number in range(4)])
    monkeypatch.setattr(devices, "import_keras", lambda: SimpleNamespace(distribution=distribution))


def test_a_precision_that_was_asked_for_is_taken() -> None:
    assert devices.choose_precision("mixed_float16", "cpu") == "mixed_float16"
    assert devices.choose_precision("float32", "gpu") == "float32"


@pytest.mark.parametrize(
    ("vendor", "flags", "device", "expected"),
    [
        ("AuthenticAMD", "fpu avx2 avx512f avx512_bf16", "cpu", "mixed_bfloat16"),
        ("GenuineIntel", "fpu avx2 avx512f avx512_bf16", "cpu", "float32"),
        ("GenuineIntel", "fpu avx512_bf16 amx_tile amx_bf16", "cpu", "mixed_bfloat16"),
        ("AuthenticAMD", "fpu avx2 avx512f", "cpu", "float32"),
        ("", "", "cpu", "float32"),
        ("GenuineIntel", "fpu amx_bf16", "gpu", "mixed_float16"),
    ],
)
def test_auto_takes_the_precision_that_is_fast(
    vendor: str, flags: str, device: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(devices, "cpu_facts", lambda: (vendor, set(flags.split())))
    assert devices.choose_precision("auto", device) == expected


def test_vendor_and_flags_are_read_from_cpuinfo_and_are_none_where_there_is_none(tmp_path: Path) -> None:
    cpuinfo = tmp_path / "cpuinfo"
    first = "processor\t: 0\nvendor_id\t: AuthenticAMD\nflags\t\t: fpu sse2 avx512_bf16\n"
    cpuinfo.write_text(first + "\nprocessor\t: 1\nvendor_id\t: Other\nflags\t\t: fpu\n")
    assert devices.cpu_facts(cpuinfo) == ("AuthenticAMD", {"fpu", "sse2", "avx512_bf16"})
    assert devices.cpu_facts(tmp_path / "nothing") == ("", set())


def test_auto_takes_a_gpu_if_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "gpu_count", lambda: 1)
    assert devices.choose_device("auto") == "gpu"
    assert devices.choose_device("cpu") == "cpu"
    monkeypatch.setattr(devices, "gpu_count", lambda: 0)
    assert devices.choose_device("auto") == "cpu"


@pytest.mark.parametrize(("backend", "name"), [("tensorflow", "TensorFlow"), ("jax", "JAX"), ("torch", "PyTorch")])
def test_a_gpu_that_is_not_there_is_said(backend: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "gpu_count", lambda: 0)
    monkeypatch.setattr(devices, "backend_in_use", lambda: backend)
    with raises_with(BadOption, "execution_environment", "'gpu'", name):
        devices.choose_device("gpu")


@pytest.mark.parametrize(("asked", "found"), [(1, 1), (2, 2), (4, 4), ("all", 4)])
def test_as_many_devices_are_taken_as_asked_for(asked: int | str, found: int, four_devices: None) -> None:
    assert devices.count(asked, "gpu", 64) == found


@pytest.mark.parametrize(
    ("asked", "batch_size", "facts"), [(5, 64, ("is 5", "4 GPUs")), ("all", 3, ("batch_size", "4"))]
)
def test_devices_that_are_not_there_or_would_get_no_frames_are_refused(
    asked: int | str, batch_size: int, facts: tuple[str, ...], four_devices: None
) -> None:
    with raises_with(BadOption, "devices", *facts):
        devices.count(asked, "gpu", batch_size)


def test_the_backend_in_use_may_be_asked_for_again_and_no_other() -> None:
    devices.import_keras()
    used = devices.backend_in_use()
    devices.use_backend(used)
    other = "jax" if used == "tensorflow" else "tensorflow"
    with raises_with(BadOption, "backend", f"'{other}'", f"'{used}'"):
        devices.use_backend(other)


def test_a_backend_that_is_not_installed_is_said_with_the_line_that_installs_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delitem(sys.modules, "keras")
    monkeypatch.setattr(devices, "_is_installed", lambda package: False)
    with raises_with(BadOption, "PyTorch", "-m pip install torch"):
        devices.use_backend("torch")


def test_versions_name_the_backend_and_its_version() -> None:
    found = devices.versions()
    assert found["backend"] in devices.PROPER_NAMES and found[found["backend"]][0].isdigit()
    assert {"touchtrain", "python", "keras", "numpy", "system"} < found.keys()


def test_importing_keras_through_devices_prints_nothing() -> None:
    child = subprocess.run(
        [sys.executable, "-c", "from pyside.compute import devices; devices.import_keras(); print('done')"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert child.stdout.strip() == "done"
    assert child.stderr == ""


def test_in_our_own_programs_keras_comes_without_its_extras_which_are_there_afterwards_all_the_same() -> None:
    program = (
        "import gc, sys; from pyside.compute import devices; assert not devices._is_our_program(); "
        "import importlib.util; __spec__ = importlib.util.find_spec('pyside.train_model_local'); "
        "devices.import_keras(); "
        "print('pandas' in sys.modules, 'matplotlib' in sys.modules, gc.isenabled()); "
        "import pandas, matplotlib.pyplot; print(pandas.Series([1, 2]).sum())"
    )
    child = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert child.stdout.split() == ["False", "False", "True", "3"]
