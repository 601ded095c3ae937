"""Fixtures and helpers that the tests of several wings share."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import itertools
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pyside
from pyside.settings import TrainSettings

TINY = {"convolution_filters": (4,) * 6, "dense_units": 8, "batch_size": 32, "precision": "float32", "report": False}
SMALL = {
    "convolution_filters": (6,) * 6,
    "dense_units": 16,
    "batch_size": 32,
    "epochs": 1,
    "precision": "float32",
    "report": False,
}
# For tests of what happens around a network: one that costs next to nothing.
QUICK = {
    "network": f"{Path(__file__).with_name('quick_network.py')}:build",
    **{key: SMALL[key] for key in ("batch_size", "precision", "report")},
}

# The beginning of a program for a Python that has NumPy and nothing else, as MATLAB's own.
NUMPY_ALONE = """
import sys

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in sys.stdlib_module_names | {"numpy", "pyside"}:
            return None
        raise ImportError(f"{name} must not be loaded inside MATLAB")

sys.meta_path.insert(0, Refuse())
"""


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Keep the garbage collector still while thousands of tests are collected: it would search them again and again."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_itemcollected(item: pytest.Item) -> None:
    """Keep all tests that train in one process, so that two trainings never run at once."""
    if item.get_closest_marker("trains"):
        item.add_marker(pytest.mark.xdist_group("trainings"))


def until(condition: Callable[[], object], seconds: float = 60) -> None:
    """Wait until a condition holds that other processes bring about; fail after `seconds`."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


@contextlib.contextmanager
def raises_with(kind: type[BaseException], *facts: object) -> Iterator[pytest.ExceptionInfo[BaseException]]:
    """Expect an error of a class whose text contains these facts, each as a whole word; the wording is free."""
    with pytest.raises(kind) as caught:
        yield caught
    text = str(caught.value)
    missing = [fact for fact in map(str, facts) if not re.search(rf"(?<!\w){re.escape(fact)}(?!\w)", text)]
    assert not missing, f"{missing} not in: {text}"


def holds(text: str, *facts: object) -> bool:
    """Return whether a text contains these facts, each as a whole word; the wording is free."""
    return all(re.search(rf"(?<!\w){re.escape(fact)}(?!\w)", text) for fact in map(str, facts))


def steps(function: Callable[[], object]) -> int:
    """Count the calls, of Python and C functions, that a function makes: its cost, without a clock."""
    made = 0

    def count(frame: object, event: str, argument: object) -> None:
        nonlocal made
        made += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        function()
    finally:
        sys.setprofile(before)
    return made


def touch_frames(n: int, seed: int, side: int = 20) -> tuple[np.ndarray, np.ndarray]:
    """Return noisy frames as MATLAB has them, uint8, (side, side, n) in column-major order, and uint8 0/1 labels, (n,).

    A touch is a bright square in the middle, in about a third of the frames.
    """
    rng = np.random.default_rng(seed)
    labels = (rng.random(n) < 0.35).astype(np.uint8)
    frames = rng.integers(0, 90, (side, side, n), dtype=np.uint8)
    frames[side // 2 - 3 : side // 2 + 3, side // 2 - 3 : side // 2 + 3, labels == 1] += 140
    return np.asfortranarray(frames), labels


def weights(path: str | Path) -> bytes:
    """Return the bytes of a model's weights."""
    from pyside.models import load

    return b"".join(weight.tobytes() for weight in load.load_model(path).get_weights())


@pytest.fixture
def make_dataset(tmp_path: Path) -> Callable[..., Path]:
    """A function that writes a small dataset of recordings with 48 frames each, and returns its folder."""

    def make(recordings: int = 4, name: str = "set", **options: Any) -> Path:
        made = [touch_frames(48, seed) for seed in range(recordings)]
        pyside.convert_arrays(
            [frames for frames, _ in made], [labels for _, labels in made], tmp_path / name, **options
        )
        return tmp_path / name

    return make


@pytest.fixture(scope="session")
def small() -> Callable[..., TrainSettings]:
    """A function that makes the settings of a small, short training."""
    return lambda **options: TrainSettings.from_options({**SMALL, **options})


@pytest.fixture(scope="session")
def quick() -> Callable[..., TrainSettings]:
    """A function that makes the settings of a training with the network that costs next to nothing."""
    return lambda **options: TrainSettings.from_options({**QUICK, "epochs": 1, **options})


@pytest.fixture
def no_python(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no Python for jobs."""
    monkeypatch.setenv("TOUCHTRAIN_PYTHON", "/nowhere/python")


@pytest.fixture(scope="session", autouse=True)
def settings_of_the_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Nothing that several tests share reads or writes the settings of the user who runs them, or lists jobs there."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TOUCHTRAIN_CONFIG", str(tmp_path_factory.mktemp("config")))
        yield


@pytest.fixture(scope="session")
def new_folder(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A function that makes a new folder, whose name begins with a text.

    `tmp_path_factory` lists all earlier folders for that, which with thousands of tests takes more than a minute.
    """
    place, numbers = tmp_path_factory.mktemp("each"), itertools.count()

    def make(name: str) -> Path:
        folder = place / f"{name}{next(numbers)}"
        folder.mkdir(0o700)
        return folder

    return make


@pytest.fixture
def tmp_path(new_folder: Callable[[str], Path], request: pytest.FixtureRequest) -> Path:
    """A new folder for a test, as pytest's own."""
    return new_folder(re.sub(r"\W", "_", request.node.name)[:30])


@pytest.fixture(autouse=True)
def own_settings(new_folder: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes the settings of the user who runs it."""
    monkeypatch.setenv("TOUCHTRAIN_CONFIG", str(new_folder("config")))
    for name in ("TOUCHTRAIN_PYTHON", "TOUCHTRAIN_HOST"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def bound_by_permissions() -> Iterator[None]:
    """File permissions hold in this test even for root: on Linux, a thread can give up its right to override them."""
    if sys.platform != "linux":
        pytest.skip("permissions work differently on this system")
    libc = ctypes.CDLL(None, use_errno=True)
    head = (ctypes.c_uint32 * 2)(0x20080522, 0)
    had, fewer = (ctypes.c_uint32 * 6)(), (ctypes.c_uint32 * 6)()
    assert not libc.capget(head, had)
    fewer[:] = [had[0] & ~0b110, *had[1:]]  # effective: without CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH
    assert not libc.capset(head, fewer)
    assert os.geteuid() or not had[0] & 0b110 or fewer[0] != had[0]
    yield
    libc.capset(head, had)


@contextlib.contextmanager
def locked(*paths: Path) -> Iterator[None]:
    """Take away all permissions of these files and folders in this block."""
    modes = [path.stat().st_mode for path in paths]
    for path in paths:
        path.chmod(0)
    try:
        yield
    finally:
        for path, mode in zip(reversed(paths), reversed(modes), strict=True):
            path.chmod(mode)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A separate disk of 2 MB; to mount it takes root on Linux."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
    if sys.platform != "linux" or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a small disk cannot be mounted: that takes root on Linux")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=False)
