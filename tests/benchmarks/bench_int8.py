"""How fast int8 is beside Keras in float32, how many labels it changes, and how fast it marks videos."""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from pyside.aliases import Record
from tests.benchmarks.bench_curation import curate, seconds
from tests.benchmarks.bench_predict import single_frames
from tests.benchmarks.bench_video import only_decode, render

Row = tuple[str, float, float, str, str]
SHAPE = (61, 61, 1)
TRAINED, UNSEEN, LENGTH, EPOCHS = 40, 20, 300, 5  # rendered recordings, and frames of each
ROUNDS, TIMED = 3, 4096
FASTER, SAME, OVERLAP = 2.5, 99.5, 1.1
FRAMES, VIDEOS = 2_000, 8
HOW = (("keras", "float32"), ("openvino", "int8"), ("onnxruntime", "int8"))


def measure() -> list[Row]:
    """Train the legacy network for some epochs, and compare its answers and its speed in int8 and float32."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        model, frames, threshold = _trained(root)
        single = single_frames(model, {name: precision for name, precision in HOW if precision == "int8"})
        return _answers_and_speed(model, frames, threshold) + single + _marking(model, root)


def _trained(root: Path) -> tuple[Path, np.ndarray, float]:
    """Return a model, frames of recordings that it has not seen, and its threshold."""
    import pyside
    from pyside.curation.model.facts import model_facts
    from pyside.data.recordings.regions.center_files import read_centers_file

    sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "examples"))
    import make_whisker_videos

    true = make_whisker_videos.write_videos(root, TRAINED + UNSEEN, LENGTH, 29)
    videos = sorted((root / "videos").iterdir())
    centers = [matrix - 1 for matrix in read_centers_file(root / "centers.mat")]
    for name, part in (("seen", slice(0, TRAINED)), ("unseen", slice(TRAINED, None))):
        pyside.convert_videos(videos[part], true[part], root / name, centers=centers[part], roi=61)
    pyside.train(root / "seen", root / "model.h5", epochs=EPOCHS, report=False, isolated=True)
    frames = np.concatenate([np.load(file) for file in sorted((root / "unseen").glob("*.frames.npy"))])
    threshold = model_facts(root / "model.h5").decision.threshold
    assert threshold is not None
    return root / "model.h5", frames, threshold


def _answers_and_speed(model: Path, frames: np.ndarray, threshold: float) -> list[Row]:
    from pyside.runtimes.engine import Engine

    rows: list[Row] = []
    engines, labels = {}, {}
    for how in HOW:
        began = time.perf_counter()
        engines[how] = Engine(model, SHAPE, runtime=how[0], precision=how[1])
        rows.append((f"{' '.join(how)}: load", 0, time.perf_counter() - began, "s", "told"))
        labels[how] = engines[how].predict(frames)[:, 1] >= threshold
    rates: dict[tuple[str, str], list[float]] = {how: [] for how in HOW}
    for _ in range(ROUNDS):
        for how, engine in engines.items():
            took = seconds(lambda engine=engine: engine.predict(frames[:TIMED]))  # type: ignore[misc]
            rates[how].append(TIMED / took)
    medians = {how: float(np.median(found)) for how, found in rates.items()}
    for how in HOW[1:]:
        name = f"legacy network, int8 in {how[0]}"
        same = 100 * float(np.mean(labels[how] == labels[HOW[0]]))
        rows += [
            (f"{name}, by {engines[how].quantizer}", 0, medians[how], "frames/s", "told"),
            (f"{name}: labels of {len(frames):,} unseen frames as in float32", SAME, same, "%", "at least"),
        ]
    ratio = max(medians[how] for how in HOW[1:]) / medians[HOW[0]]
    rows.append(("fastest int8 runtime, over Keras in float32", FASTER, ratio, "x", "at least"))
    return rows


def _marking(model: Path, root: Path) -> list[Row]:
    """Compare marking in int8 with decoding and predicting alone, in turn."""
    from pyside.runtimes.engine import Engine

    videos = [root / f"clip{number:03}.mp4" for number in range(VIDEOS)]
    render(videos[0], FRAMES, "libx264")
    for video in videos[1:]:
        shutil.copyfile(videos[0], video)
    engine = Engine(model, SHAPE, runtime="openvino", precision="int8")
    batch = np.random.default_rng(0).integers(0, 256, (engine.batch_size, *SHAPE), np.uint8)
    options: Record = {"runtime": "openvino", "precision": "int8", "no_center": "leave-out"}
    ways: dict[str, Any] = {
        "decoding": lambda: only_decode(videos[0]),
        "predicting": lambda: [engine.finish(engine.start(batch)) for _ in range(4)],
        "one": lambda: curate(model, videos[:1], root / "out", **options),
        "all": lambda: curate(model, videos, root / "out", **options),
    }
    rounds = []
    for number in range(ROUNDS + 1):
        order = list(ways) if number % 2 else list(ways)[::-1]
        rounds.append({way: seconds(ways[way]) for way in order})
    found = {way: float(np.median([one[way] for one in rounds[1:]])) for way in ways}
    decoding, predicting = FRAMES / found["decoding"], 4 * len(batch) / found["predicting"]
    marking = (VIDEOS - 1) * FRAMES / (found["all"] - found["one"])  # without what happens once a session
    after = 1 / (1 / decoding + 1 / predicting)
    return [
        ("marking in int8: decoding alone", 0, decoding, "frames/s", "told"),
        ("marking in int8: predicting alone", 0, predicting, "frames/s", "told"),
        ("marking in int8: from file to label file", 0, marking, "frames/s", "told"),
        ("marking in int8: / one after the other", OVERLAP, marking / after, "x", "at least"),
    ]
