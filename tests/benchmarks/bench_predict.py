"""How long a later call of `predict` takes, from Python and from Octave, with the network of a training.

Single frames, as in a closed loop, are timed in each runtime, in a process of its own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY))

Row = tuple[str, float, float, str, str]
SHAPE = (61, 61, 1)
GOAL, CALLS = 0.5, 5  # seconds, and calls after the first
FRAMES = (1, 1000)
FASTER, ROUNDS, TIMED = 1.9, 3, 4096  # times Keras in float32, where the CPU has fast bfloat16; rounds; frames of each
RUNTIMES = (
    ("keras", "float32"),
    ("keras", "auto"),
    ("openvino", "auto"),
    ("onnxruntime", "float32"),
)
SINGLE_GOAL = 1.0  # ms, median of the fastest runtime
SINGLE = """
import sys, time
import numpy as np
import pyside
frame = np.random.default_rng(0).integers(0, 256, (61, 61), np.uint8)
time.sleep(2.5)  # until the model file counts as settled
for isolated in (False, True):
    times = []
    for _ in range(2200):
        began = time.perf_counter()
        pyside.predict(sys.argv[1], frame, isolated=isolated, runtime=sys.argv[2], precision=sys.argv[3])
        times.append(1000 * (time.perf_counter() - began))
    print(np.median(times[200:]), np.percentile(times[200:], 99))
"""
MAKE = """
import sys
from pathlib import Path
import numpy as np
from pyside.compute import devices
devices.import_keras()
from pyside.models.save import save_model
from pyside.settings import TrainSettings
from pyside.training.model import build_model
about = {"class_names": ["NonTouch", "Touch"], "image_shape": [61, 61, 1], "settings": {}, "metrics": {}}
about["input"] = {"dtype": "float32", "low": 0, "high": 1, "from_uint8": "x / 255"}
about["label_mapping"], about["network"] = {"0": "NonTouch", "1": "Touch"}, "legacy"
about["versions"], about["warnings"] = {"touchtrain": "0"}, []
sample = np.random.default_rng(0).random((4, 61, 61, 1), np.float32)
save_model(build_model((61, 61, 1), 2, TrainSettings()), Path(sys.argv[1]), about, sample)
"""
CALL = (
    "addpath('{matlab}'); frames = uint8(255 * rand(61, 61, 1000)); for n = [{sizes}]; part = frames(:, :, 1:n); "
    "first = tic; p = touchtrain.predict('{model}', part); first = toc(first); times = zeros(1, {calls}); "
    "for k = 1:{calls}; began = tic; p = touchtrain.predict('{model}', part); times(k) = toc(began); end; "
    "printf('%d %g %g\\n', n, first, median(times)); end"
)


def measure() -> list[Row]:
    """Time the first call and the median of later ones; nothing from Octave without Octave."""
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder) / "model.h5"
        subprocess.run([sys.executable, "-c", MAKE, str(model)], env=_environment(), capture_output=True, check=True)
        return (
            single_frames(model, {name: "auto" for name, _ in RUNTIMES})
            + _runtimes(model)
            + _from_python(model)
            + [row for n, first, later in _from_octave(model) for row in _rows("Octave", n, first, later)]
        )


def _runtimes(model: Path) -> list[Row]:
    """Time the runtimes on the same frames, in turn, each in its own batches; medians of the rounds."""
    from pyside.compute import devices
    from pyside.runtimes.engine import Engine

    frames = np.random.default_rng(0).integers(0, 256, (TIMED, *SHAPE), np.uint8)
    rows, engines = [], {}
    for how in RUNTIMES:
        began = time.perf_counter()
        engines[how] = Engine(model, SHAPE, runtime=how[0], precision=how[1])
        engines[how].predict(frames[:512])
        rows.append((f"{' '.join(how)}: load, and the first batch", 0, time.perf_counter() - began, "s", "told"))
    rates: dict[tuple[str, str], list[float]] = {how: [] for how in RUNTIMES}
    for _ in range(ROUNDS):
        for how, engine in engines.items():
            began = time.perf_counter()
            engine.predict(frames)
            rates[how].append(TIMED / (time.perf_counter() - began))
    medians = {how: float(np.median(found)) for how, found in rates.items()}
    for how, rate in medians.items():
        rows.append((f"legacy network in {how[0]}, {engines[how].precision}", 0, rate, "frames/s", "told"))
    goal = FASTER if devices.has_fast_bfloat16(*devices.cpu_facts()) else 0.0
    ratio = max(medians.values()) / medians["keras", "float32"]
    rows.append(("fastest float runtime, over Keras in float32", goal, ratio, "x", "at least" if goal else "told"))
    return rows


def single_frames(model: Path, runtimes: Mapping[str, str]) -> list[Row]:
    """Time 2,000 calls with one frame in each runtime, in the process that asks and in the one that stays alive.

    Args:
        model: of the legacy network, for frames of 61 x 61.
        runtimes: precision by runtime.
    """
    rows, medians = [], []
    for runtime, precision in runtimes.items():
        command = [sys.executable, "-c", SINGLE, str(model), runtime, precision]
        done = subprocess.run(command, env=_environment(), capture_output=True, text=True, check=True)
        for where, line in zip(("here", "in a process of its own"), done.stdout.splitlines(), strict=True):
            median, slowest = map(float, line.split())
            name = f"predict one frame in {runtime}, {precision}, {where}"
            rows += [
                (f"{name}: median", 0, median, "ms", "told"),
                (f"{name}: 99th percentile", 0, slowest, "ms", "told"),
            ]
            if where == "here":
                medians.append(median)
    title = f"predict one frame: median of the fastest runtime, {'/'.join(dict.fromkeys(runtimes.values()))}"
    return [(title, SINGLE_GOAL, min(medians), "ms", "at most"), *rows]


def _rows(where: str, n: int, first: float, later: float) -> list[Row]:
    return [
        (f"predict from {where}: {_count(n)}, first call", 0, first, "s", "told"),
        (f"predict from {where}: {_count(n)}, second call", GOAL, later, "s", "at most"),
    ]


def _count(n: int) -> str:
    return "1 frame" if n == 1 else f"{n:,} frames"


def _environment() -> dict[str, str]:
    return {**os.environ, "TOUCHTRAIN_PYTHON": sys.executable, "PYTHONPATH": str(REPOSITORY)}


def _from_python(model: Path) -> list[Row]:
    """Call it in a process of its own, as MATLAB does, and in this one, in turn."""
    import pyside
    from pyside.bridge.warm import asking

    frames = np.random.default_rng(0).integers(0, 256, (1000, *SHAPE), np.uint8)
    rows = []
    for n in FRAMES:
        times: dict[bool, list[float]] = {True: [], False: []}
        for isolated in (True, False) * (CALLS + 1):
            began = time.perf_counter()
            pyside.predict(model, frames[:n], isolated=isolated)
            times[isolated].append(time.perf_counter() - began)
        rows += _rows("Python", n, times[True][0], float(np.median(times[True][1:])))
        here = float(np.median(times[False][1:]))
        rows.append((f"predict in this process: {_count(n)}, second call", 0, here, "s", "told"))
    asking.close()
    return rows


def _from_octave(model: Path) -> list[tuple[int, float, float]]:
    if not shutil.which("octave"):
        return []
    sizes = " ".join(map(str, FRAMES))
    code = CALL.format(matlab=REPOSITORY / "matlab", model=model, sizes=sizes, calls=CALLS)
    done = subprocess.run(
        ["octave", "--no-gui", "--norc", "--quiet", "--eval", code],
        env=_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )
    lines = [line.split() for line in done.stdout.splitlines()]
    return [(int(n), float(first), float(later)) for n, first, later in lines]
