"""The cloud part against the emulator of Cloud Storage, which is in a process of its own on this machine."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np

import pyside
from tests.conftest import touch_frames
from tests.jobs.cloud.stand_ins import storage_emulator

Row = tuple[str, float, float, str, str]
ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 3
SETS = {"20 files of 7 MB": [7_000_000] * 20, "one of 200 MB": [200_000_000]}


def measure_transfers() -> Iterator[Row]:
    """Our transfers, checked and resumable, against gcsfs's own put and get of the same bytes; in turns, medians."""
    os.environ.setdefault("GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT", "false")
    from pyside.jobs.cloud import place, transfer
    from pyside.jobs.cloud.place import Place

    with tempfile.TemporaryDirectory() as folder, storage_emulator(["lab-bucket"]) as url:
        os.environ["STORAGE_EMULATOR_HOST"] = url
        plain = place._file_system("gs")
        plain.ls("lab-bucket")
        for title, sizes in SETS.items():
            here = Path(folder) / title.replace(" ", "-")
            here.mkdir()
            for number, size in enumerate(sizes):
                (here / f"{number}.npy").write_bytes(np.random.default_rng(number).bytes(size))
            seconds: dict[str, list[float]] = {"put": [], "upload": [], "get": [], "download": []}
            for number in range(ROUNDS):
                name = f"{here.name}-{number}"
                theirs, ours = f"lab-bucket/plain-{name}/", Place(f"gs://lab-bucket/ours-{name}")
                back = f"{folder}/{here.name}-{number}-"
                for way, do in (
                    ("put", partial(plain.put, f"{here}/", theirs, recursive=True)),
                    ("upload", partial(transfer.upload, here, ours)),
                    ("get", partial(plain.get, theirs, f"{back}plain/", recursive=True)),
                    ("download", partial(transfer.download, ours, Path(f"{back}ours"))),
                ):
                    began = time.perf_counter()
                    do()
                    seconds[way].append(time.perf_counter() - began)
            median = {way: statistics.median(found) for way, found in seconds.items()}
            speeds = (median["put"] / median["upload"], median["get"] / median["download"])
            yield (f"sending {title} / put of gcsfs", 0.8, speeds[0], "times as fast", "at least")
            yield (f"fetching {title} / get of gcsfs", 0.8, speeds[1], "times as fast", "at least")
        del os.environ["STORAGE_EMULATOR_HOST"]


def measure_run() -> Iterator[Row]:
    """The script for the cloud against the emulator, without its transfers, and the local script; in turns, medians."""
    os.environ.setdefault("GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT", "false")
    from pyside.jobs.cloud import transfer
    from pyside.jobs.cloud.place import Place

    with tempfile.TemporaryDirectory() as made, storage_emulator(["lab-bucket"]) as url:
        os.environ["STORAGE_EMULATOR_HOST"] = url
        folder = Path(made)
        parts = [touch_frames(200, seed, side=61) for seed in range(4)]
        pyside.convert_arrays([one for one, _ in parts], [labels for _, labels in parts], folder / "set")
        there = Place("gs://lab-bucket")
        transfer.upload(folder / "set", there / "set")
        seconds: dict[str, list[float]] = {"local": [], "cloud": [], "transfers": []}
        options = ["--epochs", "16", "--patience", "inf"]
        for number in range(ROUNDS):
            local = ["--data_path", str(folder / "set"), "--export_path", str(folder / f"local{number}")]
            (folder / f"local{number}").mkdir()
            seconds["local"].append(_timed("pyside.train_model_local", [*local, *options]))
            models, job = there / f"models{number}", there / f"job{number}"
            cloud = ["--data_path", (there / "set").url, "--export_path", models.url, "--job-dir", job.url]
            seconds["cloud"].append(_timed("pyside.train_model_cloud", [*cloud, *options]))
            began = time.perf_counter()
            transfer.download(there / "set", folder / f"set{number}")
            transfer.upload(folder / f"local{number}", there / f"again{number}")
            seconds["transfers"].append(time.perf_counter() - began)
        median = {way: statistics.median(found) for way, found in seconds.items()}
        ratio = (median["cloud"] - median["transfers"]) / median["local"]
        yield ("a run against the emulator, without transfers / local", 1.1, ratio, "times", "at most")
        yield ("the local run", 0, median["local"], "s", "told")
        yield ("its transfers", 0, median["transfers"], "s", "told")
        del os.environ["STORAGE_EMULATOR_HOST"]


def _timed(module: str, arguments: list[str]) -> float:
    began = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", module, *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
    )
    return time.perf_counter() - began
