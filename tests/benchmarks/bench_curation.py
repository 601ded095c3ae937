"""Marking videos: its speed beside decoding and predicting alone and beside the usual script, its memory, its answers.

Figures that are compared come from one run, in turn, round by round: other work on the machine slows all of them.
"""

from __future__ import annotations

import itertools
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from pyside.aliases import Record
from tests.benchmarks.bench_training import peak_above_now
from tests.benchmarks.bench_video import CENTER, only_decode, render

Row = tuple[str, float, float, str, str]
FRAMES, VIDEOS, ROUNDS = 2_000, 8, 3
SHAPE = (61, 61, 1)
SHORT, SHORT_FRAMES = 500, 50
TRAINED, HELD_OUT, LENGTH, SEED = 72, 8, 300, 23  # rendered recordings: many short ones differ more
OPTIONS: dict[str, Any] = {"roi": 61, "centers": CENTER}


def write_model(path: Path) -> Path:
    """Write the legacy network, untrained, as a training writes it."""
    from pyside.compute.devices import import_keras

    import_keras()
    from pyside.curation.model.facts import Center, as_metadata
    from pyside.evaluation.decision import Decision
    from pyside.models.save import save_model
    from pyside.settings import TrainSettings
    from pyside.training.model import build_model

    facts = as_metadata(roi=SHAPE[:2], center=Center("fixed", CENTER), decision=Decision("Touch", 1, 0.5))
    about = {"class_names": ["NonTouch", "Touch"], "image_shape": list(SHAPE), **facts}
    core = build_model(SHAPE, 2, TrainSettings(), "float32")
    save_model(core, path, about, np.zeros((1, *SHAPE), np.float32))
    return path


def curate(model: Path, videos: Sequence[Path] | Path, folder: Path, **options: Any) -> Record:
    """Mark videos in this process, in a session of its own."""
    from pyside.curation.marking.curate import curate

    shutil.rmtree(folder, ignore_errors=True)
    listed = videos if isinstance(videos, Path) else list(videos)
    return curate(model, listed, folder, {**OPTIONS, **options})


def seconds(work: Callable[[], Any]) -> float:
    """Tell how long something takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


# --- speed ---------------------------------------------------------------------------------------------------------


@contextmanager
def several(frames: int, copies: int, codec: str = "libx264") -> Iterator[tuple[Path, list[Path]]]:
    """Make a model and equal videos, and yield the model and the videos."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        kind = "mp4" if codec == "libx264" else "avi"
        first = root / f"clip000.{kind}"
        render(first, frames, codec)
        videos = [first]
        for number in range(1, copies):
            videos.append(root / f"clip{number:03}.{kind}")
            shutil.copyfile(first, videos[-1])
        yield write_model(root / "model.h5"), videos


def measure_speed() -> list[Row]:
    """Compare the time of further videos of a session with decoding and predicting alone, and with the usual script."""
    rows: list[Row] = []
    for name, codec in (("h264 mp4", "libx264"), ("mpeg4 avi", "mpeg4")):
        with several(FRAMES, VIDEOS, codec) as (model, videos):
            decoding, predicting, marking, script = speeds(model, videos)
        after = 1 / (1 / decoding + 1 / predicting)
        rows += [
            (f"marking, {name}: decoding alone", 0, decoding, "frames/s", "told"),
            (f"marking, {name}: predicting alone", 0, predicting, "frames/s", "told"),
            (f"marking, {name}: from file to label file", 0, marking, "frames/s", "told"),
            (f"marking, {name}: / one after the other", 1.1, marking / after, "x", "at least"),
            (f"marking, {name}: / the usual script", 4, marking / script, "x", "at least"),
        ]
    return rows


def speeds(model: Path, videos: list[Path]) -> tuple[float, float, float, float]:
    """Return frames per second of decoding, of predicting, of marking and of the usual script."""
    from pyside.runtimes.engine import Engine

    engine, out = Engine(model, SHAPE), model.with_name("out")
    batch = np.random.default_rng(0).integers(0, 256, (engine.batch_size, *SHAPE), np.uint8)
    usual = usual_script(model)
    ways: dict[str, Callable[[], Any]] = {
        "decoding": lambda: only_decode(videos[0]),
        "predicting": lambda: [engine.finish(engine.start(batch)) for _ in range(4)],
        "one": lambda: curate(model, videos[:1], out),
        "all": lambda: curate(model, videos, out),
        "usual": lambda: usual(videos[0]),
    }
    rounds = []
    for number in range(ROUNDS + 1):
        order = list(ways) if number % 2 else list(ways)[::-1]
        rounds.append({way: seconds(ways[way]) for way in order})
    found = {way: float(np.median([one[way] for one in rounds[1:]])) for way in ways}
    marking = (len(videos) - 1) * FRAMES / (found["all"] - found["one"])  # without what happens once a session
    return FRAMES / found["decoding"], 4 * len(batch) / found["predicting"], marking, FRAMES / found["usual"]


def usual_script(model: Path) -> Callable[[Path], np.ndarray]:
    """Return what labs write: decode to grey, slice, divide by 255, predict in float32."""
    import av

    import pyside

    network = pyside.load_model(model)
    left, top = (round(middle) - 30 for middle in CENTER)

    def run(video: Path) -> np.ndarray:
        with av.open(str(video)) as container:
            grey = [frame.to_ndarray(format="gray") for frame in container.decode(video=0)]
        frames = np.stack([one[top : top + 61, left : left + 61] for one in grey])[..., np.newaxis]
        found: np.ndarray = network.predict(frames.astype(np.float32) / 255, verbose=0)
        return found

    return run


def measure_short() -> list[Row]:
    """Mark many short videos, and tell what each takes beside decoding and predicting."""
    from pyside.runtimes.engine import Engine

    with several(500, 1) as (model, (video,)), tempfile.TemporaryDirectory() as folder:
        short = [Path(folder) / f"short{number:03}.mp4" for number in range(SHORT)]
        cut_short(video, short[0])
        for path in short[1:]:
            shutil.copyfile(short[0], path)
        engine = Engine(model, SHAPE)
        frames = np.zeros((SHORT * SHORT_FRAMES, *SHAPE), np.uint8)
        alone = seconds(lambda: [only_decode(path) for path in short]) + seconds(lambda: engine.predict(frames))
        few = seconds(lambda: curate(model, short[:20], Path(folder) / "out"))
        many = seconds(lambda: curate(model, short, Path(folder) / "out"))
    each = (many - few) / (SHORT - 20) - alone / SHORT
    return [
        (f"marking {SHORT} videos of {SHORT_FRAMES} frames: all", 0, many, "s", "told"),
        ("marking short videos: each, beside decoding and predicting", 50, 1000 * each, "ms", "at most"),
    ]


def cut_short(video: Path, short: Path) -> None:
    """Write the first frames of a video as a video."""
    import av

    with av.open(str(video)) as source, av.open(str(short), "w") as target:
        shown = source.streams.video[0]
        stream = target.add_stream("libx264", rate=500, options={"preset": "veryfast", "bf": "0"})
        stream.width, stream.height, stream.pix_fmt = shown.width, shown.height, "yuv420p"
        for frame in itertools.islice(source.decode(video=0), SHORT_FRAMES):
            pixels = frame.to_ndarray(format="yuv420p")
            target.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="yuv420p")))
        target.mux(stream.encode(None))


# --- memory --------------------------------------------------------------------------------------------------------


def measure_memory() -> list[Row]:
    """Compare the peak of anonymous memory of few and many frames and videos, each in a process of its own."""
    if not Path("/proc/self/status").exists():
        return []
    with several(1_000, 40) as (model, videos):
        long = model.with_name("long.mp4")
        render(long, 16_000)
        peaks = []
        for listed in (videos[:2], videos, [videos[0], long]):
            given = [sys.executable, __file__, str(model), *map(str, listed)]
            child = subprocess.run(given, stdout=subprocess.PIPE, text=True, check=True)
            peaks.append(json.loads(child.stdout.splitlines()[-1]))
    few, many, longer = peaks
    return [
        ("marking: peak memory, 2 videos of 1,000 frames", 0, few / 1e6, "MB", "told"),
        ("marking: memory from 2 to 40 videos", 30, (many - few) / 1e6, "MB", "at most"),
        ("marking: memory from 1,000 to 16,000 frames", 30, (longer - few) / 1e6, "MB", "at most"),
    ]


# --- answers -------------------------------------------------------------------------------------------------------


def measure_answers() -> list[Row]:
    """Train on rendered recordings, and mark others, and the test side, in several ways."""
    import pyside

    sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "examples"))
    import make_whisker_videos

    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        true = make_whisker_videos.write_videos(root, TRAINED + HELD_OUT, LENGTH, SEED)
        videos = sorted((root / "videos").iterdir())
        seen, unseen = videos[:TRAINED], videos[TRAINED:]
        centers = centers_in(root / "centers.mat")
        pyside.convert_videos(seen, true[:TRAINED], root / "set", centers=centers[:TRAINED], roi=61)
        trained = pyside.train(root / "set", root / "model.h5", test_fraction=0.15, isolated=True)
        marked = {
            precision: curated(root, videos, centers, precision=precision)
            for precision in ("float32", "mixed_bfloat16")
        }
        exact = by_hand(root / "model.h5", videos, centers)
        rows = [*held_out(marked["float32"][TRAINED:], true[TRAINED:]), *test_side(trained.report, marked, true, root)]
        for precision, goal in (("float32", 1e-5), ("mixed_bfloat16", 0.03)):
            labels = np.concatenate([one.labels for one in marked[precision]])
            looked = labels >= 0
            ours = np.concatenate([one.probabilities for one in marked[precision]])
            apart = np.abs(ours - np.concatenate(exact)).max(axis=1)[looked]
            same = 100 * np.mean(labels[looked] == decided(exact, trained.report)[looked])
            title = f"marking, {precision}, and plain Keras on crops by hand"
            rows += [
                (f"{title}: difference", goal, float(np.percentile(apart, 99.9)), "", "at most"),
                (f"{title}: labels", 99.9, float(same), "%", "at least"),
            ]
        rows += second_backend(root, unseen, centers[TRAINED:], marked["float32"][TRAINED:])
    return rows


def centers_in(path: Path) -> list[np.ndarray]:
    """Return the centres in a file of MATLAB, x and y from 0."""
    from pyside.data.recordings.regions.center_files import read_centers_file

    return [matrix - 1 for matrix in read_centers_file(path)]


def curated(root: Path, videos: Sequence[Path], centers: Sequence[np.ndarray], **options: Any) -> list[Any]:
    """Mark videos, and return their marks."""
    from pyside.curation.marks import load_marks

    options = {"centers": list(centers), "no_center": "leave-out", **options}
    found = curate(root / "model.h5", videos, root / "out", **options)
    assert found["well"], found["failures"]
    return [load_marks(root / "out" / "marks" / f"{video.stem}.npz") for video in videos]


def by_hand(model: Path, videos: Sequence[Path], centers: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Return what plain Keras says in float32 of regions that are cut out of grey frames by hand."""
    import av

    import pyside

    network, found = pyside.load_model(model), []
    for video, own in zip(videos, centers, strict=True):
        regions = []
        with av.open(str(video)) as container:
            for frame, (x, y) in zip(container.decode(video=0), own, strict=True):
                grey = frame.to_ndarray(format="gray")
                if np.isnan(x):
                    regions.append(np.zeros((61, 61), np.uint8))
                    continue
                top = int(np.clip(np.floor(y + 0.5) - 30, 0, grey.shape[0] - 61))
                left = int(np.clip(np.floor(x + 0.5) - 30, 0, grey.shape[1] - 61))
                regions.append(grey[top : top + 61, left : left + 61])
        frames = np.stack(regions)[..., np.newaxis].astype(np.float32) / 255
        found.append(network.predict(frames, batch_size=256, verbose=0))
    return found


def decided(probabilities: Sequence[np.ndarray], report: Record) -> np.ndarray:
    """Return the labels of some videos as the decision of a training has them."""
    from pyside.evaluation.decision import Decision, decide

    decision, labels = Decision(**report["decision"]), []
    for one in probabilities:
        labels.append(decide(one, decision, np.zeros(len(one), np.int64), np.arange(len(one))))
    return np.concatenate(labels)


def held_out(marked: Sequence[Any], true: Sequence[np.ndarray]) -> list[Row]:
    """Tell how often marks are right on recordings that no training saw."""
    from pyside.evaluation.events import errors_per_touch, event_metrics

    said, known = np.concatenate([one.labels for one in marked]).astype(int), np.concatenate(true).astype(int)
    owners = np.repeat(np.arange(len(true)), [len(one) for one in true])
    numbers = np.concatenate([np.arange(len(one)) for one in true])
    looked = said >= 0
    said, known, owners, numbers = said[looked], known[looked], owners[looked], numbers[looked]
    events = event_metrics(known, said, owners, numbers, ("NonTouch", "Touch"))
    errors = errors_per_touch(events.values())
    return [
        ("marking held-out recordings: frames right", 99.9, 100 * float(np.mean(said == known)), "%", "at least"),
        ("marking held-out recordings: count errors a touch", 0.01, float(errors or 0), "", "at most"),
    ]


def test_side(report: Record, marked: dict[str, list[Any]], true: Sequence[np.ndarray], root: Path) -> list[Row]:
    """Tell how many frames of the report's test side have other figures in the report than by their marks."""
    of_name = {one.name: place for place, one in enumerate(marked["float32"])}
    precision = report["precision"] if report["precision"] in marked else "float32"
    other = frames = 0
    for one in report["metrics"]["test"]["recordings"]:
        place = of_name[Path(one["recording"]).stem]
        said, known = marked[precision][place].labels, np.asarray(true[place]).astype(int)
        said, known = said[said >= 0], known[said >= 0]
        frames += len(known)
        for index, name in enumerate(("NonTouch", "Touch")):
            recall = one["classes"][name]["recall"]
            right = np.count_nonzero((known == index) & (said == index))
            other += 0 if recall is None else abs(round(recall * np.count_nonzero(known == index)) - right)
    return [
        (f"marking the report's own test videos, {frames} frames: other labels", 0, float(other), "frames", "at most")
    ]


def second_backend(
    root: Path, videos: Sequence[Path], centers: Sequence[np.ndarray], expected: Sequence[Any]
) -> list[Row]:
    """Mark some videos with another backend in a process of its own, if one is installed."""
    import importlib.util

    backend = next((name for name in ("torch", "jax") if importlib.util.find_spec(name)), None)
    if backend is None:
        return []
    np.savez(root / "centers.npz", *centers)
    program = (
        "import sys, numpy as np, pyside\n"
        "root, backend, *videos = sys.argv[1:]\n"
        "centers = list(np.load(root + '/centers.npz').values())\n"
        "pyside.curate(root + '/model.h5', videos, root + '/second', roi=61, centers=centers, backend=backend,\n"
        "              no_center='leave-out', precision='float32', batch_size=64)\n"
    )
    subprocess.run([sys.executable, "-c", program, str(root), backend, *map(str, videos)], check=True)
    from pyside.curation.marks import load_marks

    found = [load_marks(root / "second" / "marks" / f"{video.stem}.npz") for video in videos]
    pairs = zip(found, expected, strict=True)
    apart = [np.abs(one.probabilities - two.probabilities).max(axis=1)[one.labels >= 0] for one, two in pairs]
    return [
        (
            f"marking with {backend} and with tensorflow: difference",
            1e-5,
            float(np.percentile(np.concatenate(apart), 99.9)),
            "",
            "at most",
        )
    ]


if __name__ == "__main__":
    _model, *_videos = map(Path, sys.argv[1:])
    print(json.dumps(peak_above_now(lambda: curate(_model, _videos, _model.with_name(f"out{len(_videos)}")))))
