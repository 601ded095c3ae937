"""Speed and memory of training from disk, on a set ten times larger than what may be held in memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from pyside.data.dataset import Dataset, open_dataset
from pyside.settings import TrainSettings
from tests.benchmarks.bench_training import SHAPE, Row, anonymous_memory, write_random_dataset

RECORDINGS, FRAMES = 10, 2000  # 74 MB
BATCHES, ROUNDS = 20, 5
EPOCHS = 8
SIZE = RECORDINGS * FRAMES * int(np.prod(SHAPE))


def measure() -> list[Row]:
    """Compare speeds, and follow the anonymous memory from epoch to epoch in a process of its own."""
    if not hasattr(os, "posix_fadvise"):  # the system would give from memory what is to be read from disk
        return []
    with tempfile.TemporaryDirectory() as folder:
        dataset = write_random_dataset(Path(folder) / "dataset", RECORDINGS, FRAMES)
        rows = measure_speed(dataset)
        child = subprocess.run([sys.executable, __file__, folder], stdout=subprocess.PIPE, text=True, check=True)
        taken = np.array(json.loads(child.stdout.splitlines()[-1]))
    return [
        *rows,
        ("from disk: anonymous memory above none, largest epoch / set", 0.25, taken.max() / SIZE, "x", "at most"),
        ("from disk: anonymous memory, last epoch - second", 4, (taken[-1] - taken[1]) / 1e6, "MB", "at most"),
    ]


def measure_speed(dataset: Dataset) -> list[Row]:
    """Train the usual network on random frames of the set, in turn from memory and from a disk that is really read.

    A round takes some batches only, of frames drawn from the whole set: so they lie as far apart as in a whole epoch,
    but the system keeps none of what it read for the rest of it.
    """
    from pyside.compute import devices

    keras = devices.import_keras()
    from pyside.training.input_pipeline.augment import for_training
    from pyside.training.input_pipeline.batches import Batches
    from pyside.training.input_pipeline.frame_store import FrameStore
    from pyside.training.model import build_model

    settings = TrainSettings()
    precision = devices.choose_precision("auto", devices.choose_device("auto"))
    trainer = for_training(build_model(SHAPE, 2, settings, precision), SHAPE, settings.augment, 0)
    frames = BATCHES * settings.batch_size
    numbers = np.random.default_rng(0).permutation(RECORDINGS * FRAMES)[:frames]

    class Watch(keras.callbacks.Callback):
        """Times an epoch from its beginning to the end of its last batch."""

        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            self.began = time.perf_counter()

        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            self.seconds = time.perf_counter() - self.began

    watch = Watch()

    def speed_with(memory_limit: float) -> Callable[[], float]:
        store = FrameStore(dataset.recordings, memory_limit=memory_limit)
        batches = Batches(store, numbers, dataset.table, settings.batch_size, seed=0)

        def run() -> float:
            forget(dataset)
            before = bytes_read()
            trainer.fit(batches, epochs=1, shuffle=False, verbose=0, callbacks=[watch])
            if not store.in_memory and bytes_read() - before < frames * int(np.prod(SHAPE)) / 2:
                raise RuntimeError("The frames did not come from the disk. Is the temporary folder in memory?")
            return frames / watch.seconds

        return run

    held, read = speed_with(SIZE / 1e9), speed_with(SIZE / 1e10)
    rounds = []
    for number in range(ROUNDS + 1):
        speeds = {way: way() for way in ((held, read) if number % 2 else (read, held))}
        rounds.append((speeds[held], speeds[read]))
    of_held, of_read = np.array(rounds[1:]).T  # the first round compiles
    return [
        (f"from memory: frames/s, {precision}, batches of {settings.batch_size}", 0, np.median(of_held), "1/s", "told"),
        ("from disk: frames/s, set 10 x the memory limit", 0, np.median(of_read), "1/s", "told"),
        ("from disk: speed / from memory", 0.8, np.median(of_read / of_held), "x", "at least"),
    ]


def forget(dataset: Dataset) -> None:
    """Have the system forget what it keeps of the frames' files."""
    for recording in dataset.recordings:
        file = os.open(dataset.folder / f"{recording.name}.frames.npy", os.O_RDONLY)
        os.fsync(file)  # what is not written yet is not forgotten
        os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(file)


def bytes_read() -> int:
    """Bytes that this process has had the disk read."""
    lines = Path("/proc/self/io").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("read_bytes")).split()[1])


def report_memory(folder: Path) -> None:
    """Print the most anonymous memory of each epoch from disk, above what training on one batch takes.

    The network is next to nothing, so that epochs of the whole set are short.
    """
    from pyside.compute import devices

    keras = devices.import_keras()
    from pyside.training.input_pipeline.batches import Batches
    from pyside.training.input_pipeline.frame_store import FrameStore

    dataset = open_dataset(folder / "dataset")
    net = keras.Sequential(
        [
            keras.Input(SHAPE, dtype="uint8"),
            keras.layers.Rescaling(1 / 255),
            keras.layers.Flatten(),
            keras.layers.Dense(2, activation="softmax"),
        ]
    )
    net.compile("adam", "categorical_crossentropy")
    most: list[int] = []

    class Watch(keras.callbacks.Callback):
        """Notes the most anonymous memory of each epoch."""

        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            most.append(0)

        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            most[-1] = max(most[-1], anonymous_memory())

    store = FrameStore(dataset.recordings, memory_limit=SIZE / 1e10)
    for frames, epochs in ((64, 1), (len(dataset.table), EPOCHS)):
        batches = Batches(store, np.arange(frames), dataset.table, 64, seed=0)
        net.fit(batches, epochs=epochs, shuffle=False, verbose=0, callbacks=[Watch()])
    print(json.dumps([taken - most[0] for taken in most[1:]]))


if __name__ == "__main__":
    report_memory(Path(sys.argv[1]))
