"""Speed, memory and accuracy of training, beside the old way: all frames as float32 in memory and a plain model.fit.

Figures that are compared come from one run, in turn, round by round: other work on the machine slows all of them.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from pyside.data.dataset import Dataset, open_dataset
from pyside.data.dataset_writer import DatasetWriter
from pyside.settings import TrainSettings

Row = tuple[str, float, float, str, str]
SHAPE = (61, 61, 1)
BATCHES, ROUNDS = 24, 5


def write_random_dataset(folder: Path, recordings: int, frames: int) -> Dataset:
    """Write `recordings` recordings of `frames` frames of noise each."""
    writer = DatasetWriter(folder, ("NonTouch", "Touch"), SHAPE, {}, {})
    rng = np.random.default_rng(0)
    for number in range(recordings):
        recording = writer.begin(f"recording{number}")
        recording.append(rng.integers(0, 256, (frames, *SHAPE), dtype=np.uint8))
        labels = rng.integers(0, 2, frames).astype(np.int16)
        recording.close(labels, np.full(frames, number, np.int32), {"kind": "benchmark"})
    return writer.close()


# --- speed ---------------------------------------------------------------------------------------------------------


def measure_speed() -> list[Row]:
    """Compare an epoch from the dataset folder with the bare train step and with the old way."""
    from pyside.compute import devices
    from pyside.training.checks import preflight

    keras = devices.import_keras()
    from pyside.training.input_pipeline.augment import for_training
    from pyside.training.input_pipeline.batches import Batches
    from pyside.training.input_pipeline.frame_store import FrameStore
    from pyside.training.model import build_model

    settings = TrainSettings()
    precision = devices.choose_precision("auto", devices.choose_device("auto"))
    size = settings.batch_size

    class Watch(keras.callbacks.Callback):
        """Times an epoch from its beginning to the end of its last batch."""

        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            self.began = time.perf_counter()

        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            self.seconds = time.perf_counter() - self.began

    with tempfile.TemporaryDirectory() as folder:
        dataset = write_random_dataset(Path(folder) / "dataset", 5, BATCHES * size // 4)
        sides = preflight.check(dataset, Path(folder) / "model.h5", settings)
        store, labels = FrameStore(dataset.recordings), dataset.table.labels[sides.training].astype(int)
        batches = Batches(store, sides.training, dataset.table, size, seed=0)
        frames = len(sides.training)
        assert frames == BATCHES * size
        ours = for_training(build_model(SHAPE, 2, settings, precision), SHAPE, settings.augment, 0)
        one_hot = np.eye(2, dtype=np.float32)[labels]
        x = np.concatenate([recording.frames for recording in dataset.recordings])[sides.training]
        x = x.astype(np.float32) / 255
        old = build_model(SHAPE, 2, settings)
        bare = bare_step(build_model(SHAPE, 2, settings, precision), x[:size], one_hot[:size])
        watch = Watch()

        def epoch_of_ours() -> float:
            ours.fit(batches, epochs=1, shuffle=False, verbose=0, callbacks=[watch])
            return frames / watch.seconds

        def epoch_of_old() -> float:
            old.fit(x, one_hot, batch_size=size, epochs=1, verbose=0, callbacks=[watch])
            return frames / watch.seconds

        rounds = []
        for number in range(ROUNDS + 1):
            steps = [bare, epoch_of_ours, epoch_of_old][:: 1 if number % 2 else -1]  # each follows each
            speeds = {step: step() for step in steps}
            rounds.append((speeds[bare], speeds[epoch_of_ours], speeds[epoch_of_old]))
    of_bare, of_ours, of_old = np.array(rounds[1:]).T  # the first round compiles
    rows: list[Row] = [
        (f"training: frames/s, {precision}, batches of {size}", 0, float(np.median(of_ours)), "1/s", "told"),
        ("training: epoch from the folder / bare step", 0.95, float(np.median(of_ours / of_bare)), "x", "at least"),
    ]
    if precision == "mixed_bfloat16":  # elsewhere both ways compute in the same precision
        with_amx = "amx_bf16" in devices.cpu_facts()[1]  # without it bfloat16 gains less, and nothing is promised
        row = (2.5, float(np.median(of_ours / of_old)), "x", "at least" if with_amx else "told")
        rows.append(("training: speed / old way", *row))
    return rows


def bare_step(model: Any, x: np.ndarray, y: np.ndarray) -> Callable[[], float]:
    """Return a function that trains on one batch, already on the device, again and again, and tells frames/s."""
    import tensorflow as tf

    batch = tf.constant(x), tf.constant(y)
    step = tf.function(lambda: model.train_step(batch), jit_compile=False)

    def run() -> float:
        began = time.perf_counter()
        for _ in range(BATCHES):
            logs = step()
        float(logs["loss"])
        return BATCHES * len(x) / (time.perf_counter() - began)

    return run


# --- memory --------------------------------------------------------------------------------------------------------

STEPS = 12


def measure_memory() -> list[Row]:
    """Compare the peak of anonymous memory at 50,000 frames of 61 x 61, each way in a process of its own."""
    if not Path("/proc/self/status").exists():
        return []
    with tempfile.TemporaryDirectory() as folder:
        write_random_dataset(Path(folder) / "dataset", 10, 5000)
        peaks = {}
        for way in ("ours", "old"):
            child = subprocess.run(
                [sys.executable, __file__, way, folder], stdout=subprocess.PIPE, text=True, check=True
            )
            peaks[way] = json.loads(child.stdout.splitlines()[-1])
    return [
        ("memory: peak of the old way, 50,000 frames", 0, peaks["old"] / 1e6, "MB", "told"),
        ("memory: peak of ours, 50,000 frames", 0, peaks["ours"] / 1e6, "MB", "told"),
        ("memory: ours / old way", 0.3, peaks["ours"] / peaks["old"], "x", "at most"),
    ]


def anonymous_memory() -> int:
    """Bytes of anonymous memory that this process holds: what is not backed by a file."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("RssAnon")).split()[1]) * 1024


def peak_above_now(work: Callable[[], None]) -> int:
    """Run `work` and return how much anonymous memory it took at its peak."""
    before = anonymous_memory()
    seen = [before]
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.005):
            seen.append(anonymous_memory())

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        work()
    finally:
        done.set()
        watcher.join()
    return max(seen) - before


def train_our_way(folder: Path) -> None:
    """Train a few batches, validate, evaluate and save."""
    from pyside.training import train

    batches = iter(range(STEPS - 1))
    settings = TrainSettings(epochs=1)
    train.train(open_dataset(folder / "dataset"), folder / "model", settings, lambda record: None,
              lambda: next(batches, None) is None)  # fmt: skip


def train_the_old_way(folder: Path) -> None:
    """Load all frames as float32, train a few batches and validate."""
    import keras

    from pyside.training.model import build_model

    def load(numbers: range) -> tuple[np.ndarray, np.ndarray]:
        x = np.empty((len(numbers) * 5000, *SHAPE), np.float32)
        labels = []
        for place, number in enumerate(numbers):
            frames = np.load(folder / "dataset" / f"recording{number}.frames.npy", mmap_mode="r")
            x[place * 5000 : (place + 1) * 5000] = frames
            labels.append(np.load(folder / "dataset" / f"recording{number}.labels.npy"))
        x /= 255
        return x, np.eye(2, dtype=np.float32)[np.concatenate(labels)]

    class Stop(keras.callbacks.Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            self.model.stop_training = batch == STEPS - 1

    x, y = load(range(8))
    validation = load(range(8, 10))
    model = build_model(SHAPE, 2, TrainSettings())
    model.fit(x, y, batch_size=64, validation_data=validation, epochs=1, verbose=0, callbacks=[Stop()])


def report_memory(way: str, folder: Path) -> None:
    """Print the peak of one way above what imports and an untrained network take."""
    from pyside.compute import devices
    from pyside.training import train  # noqa: F401

    devices.import_keras()
    from pyside.training.model import build_model

    build_model(SHAPE, 2, TrainSettings())
    work = train_our_way if way == "ours" else train_the_old_way
    print(json.dumps(peak_above_now(lambda: work(folder))))


# --- accuracy ------------------------------------------------------------------------------------------------------


def measure_accuracy() -> list[Row]:
    """Compare accuracies on a problem with 6 % wrong labels, so that nobody can be right more often than 94 %.

    Both ways train on the same frames for as many epochs, and are measured on the same further frames.
    """
    import keras

    from pyside.models import load as model_files
    from pyside.training import train
    from pyside.training.checks import preflight
    from pyside.training.model import build_model

    options = {"epochs": 8, "convolution_filters": (16, 16, 32, 32, 32, 32), "dense_units": 128}
    found = []
    with tempfile.TemporaryDirectory() as folder:
        x, labels = faint_bars(7 * 600, 0)
        writer = DatasetWriter(Path(folder) / "dataset", ("NonTouch", "Touch"), x.shape[1:], {}, {})
        for number in range(5):
            part = slice(number * 600, (number + 1) * 600)
            recording = writer.begin(f"recording{number}")
            recording.append(x[part])
            recording.close(labels[part].astype(np.int16), np.full(600, number, np.int32), {"kind": "benchmark"})
        dataset = writer.close()
        test_x, test_labels = faint_bars(4000, 1)
        test_x = test_x.astype(np.float32) / 255
        for seed in (0, 1, 2):
            settings = TrainSettings.from_options({**options, "seed": seed})
            sides = preflight.check(dataset, Path(folder) / "model.h5", settings)
            result = train.train(dataset, Path(folder) / "model", settings)
            ours = model_files.load_model(result.model_path)
            keras.utils.set_random_seed(seed)
            old = with_usual_weights(build_model(x.shape[1:], 2, settings))
            training_x = x[sides.training].astype(np.float32) / 255
            one_hot = np.eye(2, dtype=np.float32)[labels[sides.training]]
            old.fit(training_x, one_hot, batch_size=settings.batch_size, epochs=settings.epochs, verbose=0)
            found.append([
                100 * float(np.mean(model.predict(test_x, verbose=0).argmax(1) == test_labels)) for model in (ours, old)
            ])  # fmt: skip
    of_ours, of_old = np.mean(found, axis=0)
    return [
        ("accuracy: old way", 0, float(of_old), "%", "told"),
        ("accuracy: ours", 0, float(of_ours), "%", "told"),
        ("accuracy: ours - old way", -0.5, float(of_ours - of_old), "points", "at least"),
    ]


def with_usual_weights(model: Any) -> Any:
    """Give a network the weights that Keras itself begins with, as the old way did."""
    import keras

    for layer in model.layers:
        if layer.weights:
            layer.kernel.assign(keras.initializers.GlorotUniform()(layer.kernel.shape))
    return model


def faint_bars(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Frames of noise, uint8, (n, 24, 24, 1), half of them with a faint bar, and labels of which 6 % are wrong."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 2, n)
    frames = rng.normal(100, 25, (n, 24, 24, 1))
    for number in np.flatnonzero(labels):
        row, column = rng.integers(2, 12, 2)
        along = rng.integers(0, 2)
        frames[number, row : row + (9 if along else 3), column : column + (3 if along else 9)] += 75
    wrong = rng.random(n) < 0.06
    return frames.clip(0, 255).astype(np.uint8), np.where(wrong, 1 - labels, labels)


if __name__ == "__main__":
    report_memory(sys.argv[1], Path(sys.argv[2]))
