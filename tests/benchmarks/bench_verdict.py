"""How often the verdict is right on labels that are the other way round, on shuffled ones, and on honest ones.

Each is trained with 20 seeds, in turn on eight recordings with the usual augmentation, and on three short ones without
any and for longer, which a network learns by heart.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from pyside.data.dataset import Dataset
from pyside.data.dataset_writer import DatasetWriter
from pyside.settings import TrainSettings

Row = tuple[str, float, float, str, str]
SEEDS = 20
SIDE = 24  # pixels
WAYS = ((6, 2, 200, {"epochs": 8}), (2, 1, 100, {"epochs": 30, "augment": "none"}))  # recordings of both sides, frames


def measure() -> list[Row]:
    """Count the verdicts over the seeds."""
    from pyside.training import train

    kinds: dict[str, list[list[str]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for labels in ("inverted", "shuffled", "honest"):
            for seed in range(SEEDS):
                training, validation, frames, options = WAYS[seed % len(WAYS)]
                dataset = write_dataset(Path(folder) / f"{labels}{seed}", labels, training, validation, frames, seed)
                settings = TrainSettings.from_options({"network": "small", "report": False, "seed": seed, **options})
                found = train.train(dataset, Path(folder) / "model", settings).report["verdict"]
                kinds.setdefault(labels, []).append([one["kind"] for one in found])
    inverted = sum(one[0] == "labels swapped" for one in kinds["inverted"])
    guesses = sum(one[0] == "nothing learnt" for one in kinds["shuffled"])
    wrong = sum(bool({"labels swapped", "nothing learnt"} & set(one)) for one in kinds["honest"])
    return [
        (f"verdict: {SEEDS} with labels the other way round, named first", SEEDS, inverted, "seeds", "at least"),
        (f"verdict: {SEEDS} with shuffled labels, called a guess", 0.95 * SEEDS, guesses, "seeds", "at least"),
        (f"verdict: {SEEDS} with honest labels, called either", 0, wrong, "seeds", "at most"),
    ]


def write_dataset(folder: Path, kind: str, training: int, validation: int, frames: int, seed: int) -> Dataset:
    """Write recordings in which a touch is a bright square, with their sides.

    Args:
        folder: of the dataset.
        kind: ``honest``; ``inverted``, on the validation side; or ``shuffled``, in each recording.
        training: number of recordings to train on.
        validation: number of recordings to validate on.
        frames: of each recording.
        seed: of frames and labels.
    """
    rng = np.random.default_rng([seed, frames])
    writer = DatasetWriter(folder, ("NonTouch", "Touch"), (SIDE, SIDE, 1), {}, {})
    for number in range(training + validation):
        labels = np.zeros(frames, np.int16)
        place = 5
        while place < frames - 6:
            length = int(rng.integers(3, 9))
            labels[place : place + length] = 1
            place += length + int(rng.integers(4, 12))
        pixels = rng.normal(90 + 5 * number, 12, (frames, SIDE, SIDE, 1))
        pixels[labels == 1, 9:15, 9:15] += 90
        side = "training" if number < training else "validation"
        if kind == "shuffled":
            labels = rng.permutation(labels)
        elif kind == "inverted" and side == "validation":
            labels = 1 - labels
        recording = writer.begin(f"recording{number}")
        recording.append(pixels.clip(0, 255).astype(np.uint8))
        recording.close(labels, np.full(frames, number, np.int32), {"kind": "benchmark"}, {"side": side})
    return writer.close()


if __name__ == "__main__":
    for title, goal, figure, unit, _ in measure():
        print(f"{title:<58} {goal or '-':>6} {figure:>10.4g} {unit}")
