"""``make bench-full``: how often models are right on recordings that they have never seen, beside simple yardsticks.

It renders 40 example recordings, trains on 30 of them with the defaults (with quarter turns and without), and asks
every model for the labels of the other 10. The yardsticks: always NonTouch; logistic regression on the pixels; and the
old way: the same network in float32 from Keras's own initial weights, its validation frames drawn at random, neither
augmented nor weighted, and the weights of the last epoch. It takes some 40 minutes; ``full.py FOLDER`` keeps what it
makes there.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import pyside
from pyside.data.dataset import Dataset, open_dataset
from tests.benchmarks.bench_training import with_usual_weights

RECORDINGS, UNSEEN, FRAMES = 40, 10, 600
SEED = 11
OLD_EPOCHS = 20
MOST_TRAINING_FRAMES = 25_000
GOAL = 99.0


def main(folder: Path) -> None:
    """Make the data, train each way, print a row a way."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "examples"))
    import make_whisker_videos

    began = time.perf_counter()
    if not (folder / "videos").is_dir():
        make_whisker_videos.write_videos(folder, RECORDINGS, FRAMES, SEED)
    videos = sorted((folder / "videos").iterdir())
    assert len(videos) == RECORDINGS
    seen, unseen = (convert(folder, videos, part) for part in (slice(UNSEEN, None), slice(UNSEEN)))
    print(f"{len(seen.recordings)} recordings with {len(seen.labels()):,} frames to train and validate on,")
    print(f"{len(unseen.recordings)} unseen with {len(unseen.labels()):,} frames, {share(unseen):.1f} % of them touch")
    print(f"{'':<34} {'frames right':>12} {'touch F1':>9} {'epochs':>7} {'seconds':>8}", flush=True)
    tell("always NonTouch", unseen, np.zeros(len(unseen.labels()), int), 0, time.perf_counter())
    began_way = time.perf_counter()
    tell("logistic regression", unseen, logistic_regression(seen, unseen), 0, began_way)
    for augment in ("quarter-turns", "none"):
        began_way = time.perf_counter()
        result = pyside.train(seen.folder, folder / f"{augment}.h5", augment=augment, isolated=True)
        assert result.report["split"]["training"]["frames"] <= MOST_TRAINING_FRAMES
        predicted = likeliest(pyside.load_model(result.model_path), unseen)
        right = tell(f"defaults, augment {augment}", unseen, predicted, len(result.history["loss"]), began_way)
        if augment == "quarter-turns":
            print(f"  goal: {GOAL:g} % of frames right: {'met' if right >= GOAL else 'MISSED'}", flush=True)
    began_way = time.perf_counter()
    tell("old way", unseen, the_old_way(seen, unseen), OLD_EPOCHS, began_way)
    print(f"{time.perf_counter() - began:.0f} s in all")


def convert(folder: Path, videos: list[Path], part: slice) -> Dataset:
    """Convert some of the videos, with the labels and centres that belong to them."""
    from pyside.data.centers import read_centers_file
    from pyside.data.label_files import read_label_file

    labels = read_label_file(folder / "labels.mat").vectors[part]
    centers = [matrix - 1 for matrix in read_centers_file(folder / "centers.mat")[part]]  # from MATLAB's counting
    dataset = folder / f"{part.start or 0}-{part.stop or len(videos)}"
    pyside.convert_videos([str(path) for path in videos[part]], labels, dataset, centers=centers)
    return open_dataset(dataset)


def frames_of(dataset: Dataset) -> np.ndarray:
    """Return all frames as float32 in [0, 1], (n, height, width, 1)."""
    return np.concatenate([recording.frames for recording in dataset.recordings]).astype(np.float32) / 255


def share(dataset: Dataset) -> float:
    """Return the share of touch frames in percent."""
    return 100 * float(np.mean(dataset.labels() == 1))


def likeliest(model: Any, dataset: Dataset) -> np.ndarray:
    """Return the likeliest class of each frame."""
    predicted: np.ndarray = model.predict(frames_of(dataset), batch_size=256, verbose=0).argmax(axis=1)
    return predicted


def tell(title: str, unseen: Dataset, predicted: np.ndarray, epochs: int, began: float) -> float:
    """Print a row of what began then; returns the frames that are right, in percent."""
    labels = unseen.labels()
    right = 100 * float(np.mean(predicted == labels))
    hits = np.count_nonzero((predicted == 1) & (labels == 1))
    f1 = 2 * hits / max(1, np.count_nonzero(predicted == 1) + np.count_nonzero(labels == 1))
    print(f"{title:<34} {right:>10.2f} % {f1:>9.3f} {epochs or '':>7} {time.perf_counter() - began:>8.0f}", flush=True)
    return right


def logistic_regression(seen: Dataset, unseen: Dataset) -> np.ndarray:
    """Return what logistic regression on the pixels predicts."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = make_pipeline(StandardScaler(), LogisticRegression(C=1e-3, max_iter=1000))
    x = frames_of(seen)
    model.fit(x.reshape(len(x), -1), seen.labels())
    predicted: np.ndarray = model.predict(frames_of(unseen).reshape(len(unseen.labels()), -1))
    return predicted


def the_old_way(seen: Dataset, unseen: Dataset) -> np.ndarray:
    """Return what the network of the old way predicts."""
    from pyside.settings import TrainSettings
    from pyside.training.devices import import_keras
    from pyside.training.model import build_model

    keras = import_keras()
    keras.utils.set_random_seed(0)
    order = np.random.default_rng(0).permutation(len(seen.labels()))
    x, y = frames_of(seen)[order], np.eye(2, dtype=np.float32)[seen.labels()[order]]
    model = with_usual_weights(build_model(seen.image_shape, 2, TrainSettings(), "float32"))
    model.fit(x, y, batch_size=64, epochs=OLD_EPOCHS, validation_split=0.2, shuffle=True, verbose=0)
    return likeliest(model, unseen)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        Path(sys.argv[1]).mkdir(parents=True, exist_ok=True)
        main(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as made:
            main(Path(made))
