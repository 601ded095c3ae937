"""What a job costs: how late its progress is told in Octave, what asking for it takes, how long a start takes."""

from __future__ import annotations

import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import pyside
from pyside.jobs import job

REPOSITORY = Path(__file__).resolve().parents[2]
Row = tuple[str, float, float, str, str]
TINY = {"convolution_filters": (4,) * 6, "dense_units": 8, "precision": "float32"}
SECONDS_WATCHED = 15


def write_dataset(folder: Path, frames: int, side: int) -> Path:
    """Write four recordings of noise with labels of 0 and 1."""
    rng = np.random.default_rng(0)
    made = [rng.integers(0, 256, (side, side, frames // 4), dtype=np.uint8) for _ in range(4)]
    pyside.convert_arrays(made, [rng.integers(0, 2, frames // 4) for _ in made], folder)
    return folder


# --- watching ------------------------------------------------------------------------------------------------------


def measure_watching() -> list[Row]:
    """Tell how late epochs are shown in Octave, and which share of the training's CPU goes into asking."""
    if not shutil.which("octave") or sys.platform != "linux":
        return []
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        write_dataset(folder / "set", 1200, 61)
        code = (
            f"addpath('{REPOSITORY}/matlab'); touchtrain.train('set', 'model.h5', 'MaxEpochs', 1000, "
            "'ValidationPatience', Inf, 'JobFolder', 'job')"
        )
        octave = subprocess.Popen(
            # Through a pipe Octave would keep lines back; a terminal whose output is kept shows them as they come.
            ["octave", "--no-gui", "--norc", "--quiet", "--eval", f"page_screen_output(false); {code}"],
            env={**os.environ, "TOUCHTRAIN_PYTHON": sys.executable},
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        shown: dict[int, float] = {}
        reader = threading.Thread(target=_note_epochs, args=(octave, shown), daemon=True)
        reader.start()
        written: dict[int, float] = {}
        _follow(folder / "job" / "epochs.jsonl", written, lambda: len(written) >= 2)
        before, began = _cpu(octave.pid, folder), time.monotonic()
        _follow(folder / "job" / "epochs.jsonl", written, lambda: time.monotonic() - began > SECONDS_WATCHED)
        after = _cpu(octave.pid, folder)
        job.stop(folder / "job")
        octave.wait(timeout=120)
        reader.join(timeout=10)
    late = [shown[epoch] - written[epoch] for epoch in written if epoch in shown]
    asking, training = (late_one - early for early, late_one in zip(before, after, strict=True))
    return [
        ("an epoch's figures reach Octave after, at the most", 1.0, max(late), "s", "at most"),
        ("asking for progress / CPU of the training", 0.01, asking / training, "", "at most"),
    ]


def _note_epochs(octave: subprocess.Popen[bytes], shown: dict[int, float]) -> None:
    assert octave.stdout is not None
    for line in octave.stdout:
        if found := re.match(rb"epoch (\d+)/", line):
            shown[int(found[1])] = time.monotonic()


def _follow(file: Path, written: dict[int, float], is_over: object) -> None:
    """Note when each epoch is written."""
    while not is_over():  # type: ignore[operator]
        if file.is_file():
            for line in file.read_text(encoding="utf-8").splitlines():
                written.setdefault(int(json.loads(line)["epoch"]), time.monotonic())
        time.sleep(0.05)


def _cpu(octave: int, folder: Path) -> tuple[float, float]:
    """Return the CPU seconds of Octave with its Python, and of the job."""
    worker = int(json.loads((folder / "job" / "process.json").read_text())["pid"])
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(stat.parent.name)] = int(fields[1])
    family = {octave}
    while more := {pid for pid, parent in parents.items() if parent in family} - family:
        family |= more
    return sum(map(_cpu_of, family - {worker})), _cpu_of(worker)


def _cpu_of(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


# --- starting ------------------------------------------------------------------------------------------------------


def measure_start() -> list[Row]:
    """Compare a tiny training as a job with the same in place, where TensorFlow is loaded already."""
    importing, extra = [], []
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        write_dataset(folder / "set", 160, 20)
        settings = {**TINY, "epochs": 1}
        pyside.train(folder / "set", folder / "model.h5", isolated=False, **settings)
        for _ in range(5):
            began = time.perf_counter()
            subprocess.run([sys.executable, "-c", "import tensorflow"], capture_output=True, check=True)
            loaded = time.perf_counter()
            pyside.train(folder / "set", folder / "model.h5", isolated=False, **settings)
            in_place = time.perf_counter()
            pyside.train(folder / "set", folder / "model.h5", isolated=True, **settings)
            importing.append(loaded - began)
            extra.append((time.perf_counter() - in_place) - (in_place - loaded))
    more = statistics.median(one - other for one, other in zip(extra, importing, strict=True))
    return [
        ("importing TensorFlow", 0, statistics.median(importing), "s", "told"),
        ("a job adds, beside importing TensorFlow", 0.5, more, "s", "at most"),
    ]
