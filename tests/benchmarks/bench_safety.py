"""What holds when processes are killed or do the same at once, and what very large datasets cost."""

from __future__ import annotations

import hashlib
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import pyside
from pyside.errors import InUse, TouchTrainError
from pyside.jobs import job, job_records, requests
from tests.conftest import TINY, touch_frames, weights

REPOSITORY = Path(__file__).resolve().parents[2]
Row = tuple[str, float, float, str, str]
Begin = Callable[[Path], str]  # starts a job in a folder and returns that of the job
SEARCH = {"learning_rate": [1e-3, 3e-3], "dense_units": [4, 8]}
RECORDINGS = 2000
OPEN_FILES = 256


# --- killed, and two at once ---------------------------------------------------------------------------------------


@contextmanager
def _sources() -> Iterator[Path]:
    """Make a dataset to train on, and NumPy files to convert."""
    with tempfile.TemporaryDirectory(prefix="touchtrain-bench-") as made:
        place = Path(made)
        several = [touch_frames(48, seed) for seed in range(4)]
        pyside.convert_arrays([one for one, _ in several], [labels for _, labels in several], place / "set")
        (place / "arrays").mkdir()
        for number in range(40):
            frames, labels = touch_frames(400, 100 + number, side=48)
            np.save(place / "arrays" / f"Train_Data_{number}.npy", np.moveaxis(frames, -1, 0)[..., None])
            np.save(place / "arrays" / f"Train_Labels_{number}.npy", labels)
        yield place


def _kinds(sources: Path) -> dict[str, Begin]:
    settings = {**TINY, "epochs": 6}
    return {
        "conversion": lambda folder: job.start(
            requests.conversion("numpy", sources / "arrays", None, folder / "out", {}), folder / "job"
        ),
        "training": lambda folder: job.start_training(sources / "set", folder / "out.h5", settings, folder / "job"),
        "search": lambda folder: job.start(
            requests.tuning(sources / "set", folder / "out.h5", SEARCH, {**settings, "epochs": 2, "trials": 3}),
            folder / "job",
        ),
    }


def _came_to(folder: Path) -> str:
    """Return a digest of what a job has made: the bytes of a dataset, or the weights of a model."""
    if (folder / "out").is_dir():
        digest = hashlib.sha256()
        for file in sorted((folder / "out").iterdir()):
            digest.update(file.name.encode() + file.read_bytes())
        return digest.hexdigest()
    return hashlib.sha256(weights(folder / "out.h5")).hexdigest()


def measure_kills() -> list[Row]:
    """Kill jobs at seeded moments, up to three times each, and let them go on: do they come to the same?"""
    with _sources() as sources:
        rows: list[Row] = []
        for kind, begin in _kinds(sources).items():
            expected = _unbroken(begin, sources / kind)
            equal = sum(_killed(begin, sources / f"{kind}{seed}", seed) == expected for seed in range(20))
            rows.append((f"20 killed at random, {kind}: come to the same", 20, equal, "of 20", "at least"))
        return rows


def _unbroken(begin: Begin, folder: Path) -> str:
    folder.mkdir()
    job.wait(begin(folder))
    return _came_to(folder)


def _killed(begin: Begin, folder: Path, seed: int) -> str:
    folder.mkdir()
    chance, running = random.Random(seed), begin(folder)
    for _ in range(3):
        time.sleep(chance.uniform(0, 4))
        if job_records.status(running)["state"] in job_records.ENDED:
            break
        os.kill(json.loads((Path(running) / "process.json").read_text())["pid"], signal.SIGKILL)
        while job_records.status(running)["state"] not in job_records.ENDED:
            time.sleep(0.02)
        if job_records.status(running)["state"] == "done":
            break
        job.resume(running)
    job.wait(running)
    left = [path.name for path in folder.iterdir() if path.name not in ("job", "out", "out.h5")]
    return f"it left {left}" if left else _came_to(folder)


def measure_two_at_once() -> list[Row]:
    """Begin the same twice, up to 5 s apart: is one refused, and does the other come to what it does alone?"""
    with _sources() as sources:
        kinds = _kinds(sources)
        expected = {kind: _unbroken(begin, sources / kind) for kind, begin in kinds.items()}
        names = [*["training"] * 7, *["conversion"] * 7, *["search"] * 3, *["resumed training"] * 3]
        good = sum(
            _twice(kinds[name.removeprefix("resumed ")], name, sources / f"{name}{seed}", seed)
            == expected[name.removeprefix("resumed ")]
            for seed, name in enumerate(names)
        )
        return [("two at once: one refused, one as alone", 20, good, "of 20", "at least")]


def _twice(begin: Begin, name: str, folder: Path, seed: int) -> str:
    folder.mkdir()
    first = begin(folder)
    again: Callable[[], Any] = lambda: begin(folder)  # noqa: E731
    if name.startswith("resumed"):
        job.cancel(first)
        job.resume(first)
        again = lambda: job.resume(first)  # noqa: E731
    time.sleep(random.Random(seed).uniform(0, 5))
    ended = job_records.status(first)["state"] in job_records.ENDED
    try:
        second = again()
    except (InUse, TouchTrainError):
        if ended:
            return "the second was refused after the first had ended"
    else:
        if not ended:
            return f"the second was not refused: {second}"
        job.wait(second)
    job.wait(first)
    return _came_to(folder)


# --- many recordings, many classes ---------------------------------------------------------------------------------


def measure_recordings() -> list[Row]:
    """Open, look at and train on 2,000 recordings with few open files; convert 2,000 short videos."""
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="touchtrain-bench-") as made:
        place = Path(made)
        figures = {}
        for n in (RECORDINGS // 2, RECORDINGS):
            many = [touch_frames(12, seed) for seed in range(n)]
            pyside.convert_arrays([one for one, _ in many], [labels for _, labels in many], place / f"set{n}")
            figures[n] = {verb: _with_few_files(verb, place / f"set{n}", place / "m.h5") for verb in ("look", "train")}
        for verb, what in (("look", "opened and inspected"), ("train", "trained one epoch")):
            seconds, megabytes = figures[RECORDINGS][verb]
            half, _ = figures[RECORDINGS // 2][verb]
            title = f"2,000 recordings, {OPEN_FILES} open files: {what}"
            rows.append((title, 0, seconds, "s", "told"))
            rows.append((f"  time / that of 1,000 recordings ({verb})", 2.2, seconds / half, "", "at most"))
            rows.append((f"  memory at the most ({verb})", 0, megabytes, "MB", "told"))
        rows += _short_videos(place)
    return rows


_FEW_FILES = """
import resource, sys, time
files = int(sys.argv[1])
resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
verb, folder, model = sys.argv[2:]
import pyside
if verb == "train":
    import keras  # not what is measured
began = time.perf_counter()
if verb == "look":
    assert pyside.inspect(folder)["frames"]
else:
    pyside.train(folder, model, epochs=1, network="small", precision="float32")
seconds = time.perf_counter() - began
with open("/proc/self/status") as status:  # what getrusage tells begins with what the parent had
    [peak] = [int(row.split()[1]) / 1000 for row in status if row.startswith("VmHWM")]
print(seconds, peak)
"""


def _with_few_files(verb: str, folder: Path, model: Path) -> tuple[float, float]:
    line = [sys.executable, "-c", _FEW_FILES, str(OPEN_FILES), verb, str(folder), str(model)]
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(line, env=environment, capture_output=True, text=True, check=True)
    seconds, megabytes = done.stdout.split()[-2:]
    return float(seconds), float(megabytes)


def _short_videos(place: Path) -> list[Row]:
    from examples.make_whisker_videos import write_videos

    (place / "videos").mkdir()
    write_videos(place / "rendered", recordings=1, frames=200)
    [video] = sorted((place / "rendered").rglob("*.mp4"))[:1]
    frames = pyside.inspect(video)["frames"]
    names = [f"trial{number:04d}.mp4" for number in range(RECORDINGS)]
    for name in names:
        shutil.copyfile(video, place / "videos" / name)
    labels = {name: [0, 1] * (frames // 2) + [0] * (frames % 2) for name in names}
    taken = {}
    for workers in (2, 1):
        began = time.perf_counter()
        options = {"roi": 24, "centers": [40, 40], "frame_span": [0, 9], "workers": workers}
        pyside.convert_videos(place / "videos", labels, place / "short", **options)
        taken[workers] = time.perf_counter() - began
        shutil.rmtree(place / "short")
    title = "2,000 short videos: with 2 processes / with one, as fast"
    return [(title, 1.5, taken[1] / taken[2], "", "at least"), ("  with one process", 0, taken[1], "s", "told")]


def measure_classes() -> list[Row]:
    """Convert and train 1,000 classes of 10 images each."""
    from PIL import Image

    rng = np.random.default_rng(0)
    with tempfile.TemporaryDirectory(prefix="touchtrain-bench-") as made:
        place = Path(made)
        for number in range(1000):
            (place / "images" / f"class{number:04d}").mkdir(parents=True)
            for image in range(10):
                pixels = rng.integers(0, 256, (20, 20), dtype=np.uint8)
                Image.fromarray(pixels).save(place / "images" / f"class{number:04d}" / f"{image}.png")
        line = [sys.executable, "-m", "pyside"]
        began = time.perf_counter()
        run = {"cwd": place, "env": {**os.environ, "PYTHONPATH": str(REPOSITORY)}, "stdout": subprocess.DEVNULL}
        subprocess.run([*line, "convert", "folders", "images", "set"], check=True, **run)  # type: ignore[call-overload]
        subprocess.run([*line, "train", "set", "m.h5", "--epochs", "1", "--network", "small"], check=True, **run)  # type: ignore[call-overload]
        seconds = time.perf_counter() - began
        page = (place / "m.report" / "report.html").stat().st_size / 1e6
        record = (place / "m.report" / "report.json").stat().st_size / 1e6
        memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e6
    return [
        ("1,000 classes, 10,000 images: converted, trained one epoch", 40, seconds, "s", "at most"),
        ("  page of the report", 5, page, "MB", "at most"),
        ("  report.json", 0, record, "MB", "told"),
        ("  memory of the largest child so far", 0, memory, "GB", "told"),
    ]
