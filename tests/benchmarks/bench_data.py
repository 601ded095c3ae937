"""How long frames take from MATLAB's memory into a dataset folder, and TouchTrain to import."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

import pyside
from pyside.data.formats import host_arrays

FRAMES = (61, 61, 20_000)
REPEATS = 11
HEAVY = ("tensorflow", "keras", "h5py", "av", "scipy", "sklearn", "matplotlib")
Row = tuple[str, float, float, str, str]


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def measure_arrays() -> list[Row]:
    """Time 74 MB of HWN frames, as MATLAB has them, into memory order and onto the disk; medians of paired runs."""
    frames = np.asfortranarray(np.random.default_rng(0).integers(0, 255, FRAMES, dtype=np.uint8))
    labels = np.random.default_rng(1).integers(0, 2, FRAMES[-1])
    turned, written = [], []
    for _ in range(REPEATS):  # before the disk has anything to do
        copy = _seconds(lambda: np.copy(frames, order="K"))
        turned.append(_seconds(lambda: host_arrays.in_order(host_arrays.to_nhwc(frames, "HWN"))) / copy)
    for _ in range(REPEATS):
        with tempfile.TemporaryDirectory() as folder:
            plain, dataset = Path(folder) / "plain.npy", Path(folder) / "set"
            save = _seconds(lambda path=plain: np.save(path, np.ascontiguousarray(frames.transpose(2, 0, 1))))
            written.append(_seconds(lambda path=dataset: pyside.convert_arrays(frames, labels, path)) / save)
    return [
        ("HWN uint8 to NHWC in memory", 2.5, statistics.median(turned), "times one np.copy", "at most"),
        ("dataset written, hashing included", 1.3, statistics.median(written), "times one np.save", "at most"),
    ]


def measure_imports() -> list[Row]:
    """Time `import pyside` and `import pyside.matlab` beyond NumPy, and look for what they must not load."""
    rows: list[Row] = []
    for module in ("pyside", "pyside.matlab"):
        program = (
            f"import numpy, sys, time; t = time.perf_counter(); import {module}; print(time.perf_counter() - t); "
            f"print(*[name for name in {HEAVY} if name in sys.modules])"
        )
        answers = [
            subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
            for _ in range(5)
        ]
        seconds = statistics.median(float(answer.split("\n")[0]) for answer in answers)
        rows.append((f"import {module}", 0.25, seconds, "s beyond NumPy", "at most"))
        heavy = len(answers[0].split("\n")[1].split())
        rows.append((f"heavy packages that import {module} loads", 0, float(heavy), "packages", "at most"))
    return rows
