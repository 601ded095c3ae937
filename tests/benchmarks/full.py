"""``make bench-full``: how often models are right on recordings that they have never seen, beside simple yardsticks.

It renders 40 example recordings and turns 30 of them upright, to train on; the other 10, with their own light and pole
places, are turned by one to three quarter turns, none of which the 30 show. Every way is asked for the labels of
those 10: always NonTouch; logistic regression on the pixels; the defaults; the network ``small``; no augmentation; and
the old way: the same network in float32 from Keras's own initial weights, its validation frames drawn at random, not
augmented, not weighted, and the weights of the last epoch, once with turned and once with upright recordings to judge.
The last row is of other people's images: scikit-learn's digits, a quarter of them held out. After it stand the figures
of `bench_feedback`: what a review mends, and what a model learns from its corrections. It takes more than an hour;
``full.py FOLDER`` keeps what it makes there.
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
from tests.benchmarks import bench_feedback
from tests.benchmarks.bench_training import with_usual_weights

RECORDINGS, UNSEEN, FRAMES = 40, 10, 600
SEED = 11
OLD_EPOCHS = 15
MOST_TRAINING_FRAMES = 25_000
LEAST_RIGHT, MOST_ERRORS, MOST_SECONDS, MOST_LOST, LEAST_DIGITS = 99.5, 0.06, 15 * 60, 0.2, 98.5


def main(folder: Path) -> None:
    """Make the data, train each way, print a row a way."""
    began = time.perf_counter()
    seen, unseen, upright = datasets(folder)
    print(f"{len(seen.recordings)} recordings with {len(seen.table):,} frames to train and validate on,")
    print(f"{len(unseen.recordings)} unseen with {len(unseen.table):,} frames, {share(unseen):.1f} % of them touch")
    print(
        f"{'':<34} {'frames right':>12} {'touch F1':>9} {'errors/touch':>13} {'epochs':>7} {'seconds':>8}", flush=True
    )
    tell("always NonTouch", unseen, np.zeros(len(unseen.table), int), 0, time.perf_counter())
    began_way = time.perf_counter()
    tell("logistic regression", unseen, logistic_regression(seen, unseen), 0, began_way)
    found = {}
    for title, options in {
        "defaults": {},
        "network small": {"network": "small"},
        "augment none": {"augment": "none"},
        "augment standard": {"augment": "standard"},
    }.items():
        began_way = time.perf_counter()
        result = pyside.train(seen.folder, folder / f"{title}.h5", isolated=True, **options)
        assert result.report["split"]["training"]["frames"] <= MOST_TRAINING_FRAMES
        took = time.perf_counter() - began_way
        found[title] = tell(title, unseen, marked(result, unseen), len(result.history["loss"]), began_way)
        if title == "defaults":
            goal("frames right, %", found[title][0], LEAST_RIGHT, at_least=True)
            goal("count errors a touch", found[title][1], MOST_ERRORS)
            goal("seconds", took, MOST_SECONDS)
        if title == "network small":
            goal("points lost to the defaults", found["defaults"][0] - found[title][0], MOST_LOST)
    began_way = time.perf_counter()
    model = the_old_way(seen)
    tell("old way", unseen, likeliest(model, unseen), OLD_EPOCHS, began_way)
    tell("  on upright recordings", upright, likeliest(model, upright), 0, time.perf_counter())
    model = pyside.load_model(folder / "defaults.h5")
    tell("  defaults on the same", upright, likeliest(model, upright), 0, time.perf_counter())
    digits(folder)
    for title, bound, figure, unit, better in bench_feedback.measure():
        print(f"{title}: {figure:.4g} {unit}".rstrip(), flush=True)
        if better != "told":
            goal(title, figure, bound, better == "at least")
    print(f"{time.perf_counter() - began:.0f} s in all")


def goal(what: str, figure: float, bound: float, at_least: bool = False) -> None:
    """Print a goal, what was measured and their ratio."""
    met = figure >= bound if at_least else figure <= bound
    sign = ">=" if at_least else "<="
    print(
        f"  goal: {what} {sign} {bound:g}: {figure:.4g}, ratio {figure / bound:.2f}, {'met' if met else 'MISSED'}",
        flush=True,
    )


def datasets(folder: Path) -> tuple[Dataset, Dataset, Dataset]:
    """Return what is seen, all upright, what is unseen, turned, and the unseen upright."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "examples"))
    import make_whisker_videos

    from pyside.data.labels.files import read_label_file
    from pyside.data.recordings.regions.center_files import read_centers_file

    if not (folder / "videos").is_dir():
        make_whisker_videos.write_videos(folder, RECORDINGS, FRAMES, SEED)
    videos = sorted((folder / "videos").iterdir())
    assert len(videos) == RECORDINGS
    labels = read_label_file(folder / "labels.mat").vectors
    centers = [matrix - 1 for matrix in read_centers_file(folder / "centers.mat")]  # from MATLAB's counting
    pyside.convert_videos([str(path) for path in videos], labels, folder / "all", centers=centers)
    whole = open_dataset(folder / "all")
    turns = [make_whisker_videos.render_recording((SEED, k), FRAMES).turns for k in range(RECORDINGS)]
    frames = [np.rot90(one.frames, -turns[k], axes=(1, 2)) for k, one in enumerate(whole.recordings)]
    labels = [one.labels for one in whole.recordings]
    parts = {
        "seen": [(frames[k], labels[k]) for k in range(UNSEEN, RECORDINGS)],
        "unseen": [(np.rot90(frames[k], 1 + k % 3, axes=(1, 2)), labels[k]) for k in range(UNSEEN)],
        "upright": [(frames[k], labels[k]) for k in range(UNSEEN)],
    }
    for name, made in parts.items():
        pyside.convert_arrays([one for one, _ in made], [one for _, one in made], folder / name, frame_order="NHWC")
    seen, unseen, upright = (open_dataset(folder / name) for name in parts)
    return seen, unseen, upright


def marked(result: Any, dataset: Dataset) -> np.ndarray:
    """Return the class of each frame as the model's own decision has it."""
    from pyside.evaluation.decision import Decision, decide

    model = pyside.load_model(result.model_path)
    probabilities = model.predict(frames_of(dataset), batch_size=256, verbose=0)
    decision = Decision(**result.report["decision"])
    return decide(probabilities, decision, dataset.table.recordings, dataset.table.frame_numbers)


def digits(folder: Path) -> None:
    """Train on scikit-learn's digits, enlarged to 32 pixels, and tell how many of a held-out quarter are right."""
    from PIL import Image
    from scipy.ndimage import zoom
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    found = load_digits()
    frames = zoom(found.images / 16 * 255, (1, 4, 4), order=1).round().clip(0, 255).astype(np.uint8)[..., None]
    known, held_out = train_test_split(np.arange(len(frames)), test_size=0.25, random_state=0, stratify=found.target)
    for number in known:
        image = folder / "images" / str(found.target[number]) / f"{number}.png"
        image.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(frames[number, :, :, 0]).save(image)
    pyside.convert_folders(folder / "images", folder / "digits")
    began = time.perf_counter()
    result = pyside.train(folder / "digits", folder / "digits.h5", augment="none", isolated=True)
    model = pyside.load_model(result.model_path)
    predicted = model.predict(frames[held_out] / np.float32(255), batch_size=256, verbose=0).argmax(axis=1)
    right = 100 * float(np.mean(predicted == found.target[held_out]))
    print(f"digits: {right:.2f} % of {len(held_out)} right, {time.perf_counter() - began:.0f} s")
    goal("digits right, %", right, LEAST_DIGITS, at_least=True)


def frames_of(dataset: Dataset) -> np.ndarray:
    """Return all frames as float32 in [0, 1], (n, height, width, 1)."""
    return np.concatenate([recording.frames for recording in dataset.recordings]).astype(np.float32) / 255


def share(dataset: Dataset) -> float:
    """Return the share of touch frames in percent."""
    return 100 * float(np.mean(dataset.table.labels == 1))


def likeliest(model: Any, dataset: Dataset) -> np.ndarray:
    """Return the likeliest class of each frame."""
    predicted: np.ndarray = model.predict(frames_of(dataset), batch_size=256, verbose=0).argmax(axis=1)
    return predicted


def tell(title: str, unseen: Dataset, predicted: np.ndarray, epochs: int, began: float) -> tuple[float, float]:
    """Print a row of what began then; returns the frames that are right, in percent, and count errors per touch."""
    from pyside.evaluation.events import event_metrics

    labels = unseen.table.labels.astype(int)
    right = 100 * float(np.mean(predicted == labels))
    hits = np.count_nonzero((predicted == 1) & (labels == 1))
    f1 = 2 * hits / max(1, np.count_nonzero(predicted == 1) + np.count_nonzero(labels == 1))
    events = event_metrics(labels, predicted, unseen.table.recordings, unseen.table.frame_numbers, unseen.class_names)
    errors = events["Touch"]["errors_per_touch"]
    seconds = time.perf_counter() - began
    print(f"{title:<34} {right:>10.2f} % {f1:>9.3f} {errors:>13.3f} {epochs or '':>7} {seconds:>8.0f}", flush=True)
    return right, errors


def logistic_regression(seen: Dataset, unseen: Dataset) -> np.ndarray:
    """Return what logistic regression on the pixels predicts."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = make_pipeline(StandardScaler(), LogisticRegression(C=1e-3, max_iter=1000))
    x = frames_of(seen)
    model.fit(x.reshape(len(x), -1), seen.table.labels)
    predicted: np.ndarray = model.predict(frames_of(unseen).reshape(len(unseen.table), -1))
    return predicted


def the_old_way(seen: Dataset) -> Any:
    """Return the network of the old way, trained."""
    from pyside.compute.devices import import_keras
    from pyside.settings import TrainSettings
    from pyside.training.model import build_model

    keras = import_keras()
    keras.utils.set_random_seed(0)
    order = np.random.default_rng(0).permutation(len(seen.table))
    x, y = frames_of(seen)[order], np.eye(2, dtype=np.float32)[seen.table.labels[order]]
    model = with_usual_weights(build_model(seen.image_shape, 2, TrainSettings(), "float32"))
    model.fit(x, y, batch_size=64, epochs=OLD_EPOCHS, validation_split=0.2, shuffle=True, verbose=0)
    return model


if __name__ == "__main__":
    if len(sys.argv) > 1:
        Path(sys.argv[1]).mkdir(parents=True, exist_ok=True)
        main(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as made:
            main(Path(made))
