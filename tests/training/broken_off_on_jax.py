"""A program that trains with JAX and is broken off, as `test_broken_off.py` asks; it tells what it said, as JSON lines.

Its arguments are a folder and a list of trainings: ``name``, ``devices``, and ``fault``: ``gone`` (the files of the
frames are damaged), ``asked`` (Ctrl-C) or ``interrupted`` (Ctrl-C twice). It happens in the second epoch, or, with
``batch``, when this batch is read for the evaluation. ``resumed`` names a training whose checkpoint this one goes on
from.
"""

import json
import os
import shutil
import signal
import sys
import time
from pathlib import Path

import numpy as np

from pyside.compute import devices

devices.use_backend("jax")
devices.import_keras()

from pyside.settings import TrainSettings  # noqa: E402
from pyside.training import train  # noqa: E402
from pyside.training.callbacks import checkpoint  # noqa: E402
from pyside.training.input_pipeline.batches import Batches  # noqa: E402
from tests.conftest import QUICK  # noqa: E402
from tests.training.conftest import write_dataset  # noqa: E402

signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's process in the background ignores Ctrl-C
checkpoint.SECONDS_BETWEEN = 0
main_folder = Path(sys.argv[1])
labels = [(np.random.default_rng(seed).random(80) < 0.4).astype(np.int16) for seed in range(5)]
whole = write_dataset(main_folder / "set", labels)
read = Batches.__getitem__


def happen(fault, folder):
    """Let a fault happen to this process, or to the dataset in a folder."""
    if fault == "gone":
        for file in folder.glob("*.frames.npy"):
            os.truncate(file, 100)
    for _ in range({"gone": 0, "asked": 1, "interrupted": 2}[fault]):
        signal.raise_signal(signal.SIGINT)


def told(name, devices, fault="", batch=None, resumed=None):
    """Train, and return what is to be told."""
    folder = main_folder / name
    folder.mkdir()
    dataset = write_dataset(folder / "set", labels) if fault == "gone" else whole
    if resumed:
        shutil.copy(main_folder / resumed / "c.npz", folder / "c.npz")
    faults = [fault] if fault else []
    stages = []

    def reading(self, index):
        if faults and index == batch and stages[-1] == "evaluating":
            happen(faults.pop(), dataset.folder)
            time.sleep(0.5)  # this is a thread: until the other one has got the signal
        return read(self, index)

    def progress(record):
        stages.append(record["stage"])
        if faults and batch is None and record.get("epoch") == 2:
            happen(faults.pop(), dataset.folder)

    Batches.__getitem__ = reading
    options = {**QUICK, "backend": "jax", "devices": devices, "epochs": 3, "memory_limit": 1e-5}
    found = {"name": name, "kind": "", "text": ""}
    try:
        result = train.train(
            dataset, folder / "m.h5", TrainSettings.from_options(options), progress, checkpoint=folder / "c.npz"
        )
        found |= {"stopped": result.report["stopped"], "epochs_run": result.report["epochs_run"]}
    except BaseException as error:
        found |= {"kind": type(error).__name__, "text": str(error)}
    return found


for one in json.loads(sys.argv[2]):
    print(json.dumps(told(**one)), flush=True)
