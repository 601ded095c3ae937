"""How much faster two workers of a cluster are than one, each on a core of its own, and what a recording costs beside.

The scheduler and the process that calls run on the same cores. All is repeated in turn, and the medians count. And what
a frame costs in time and memory, where there are very many: see `many_frames`.
"""

from __future__ import annotations

import contextlib
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from pyside.cluster.connection import Connection
from tests.benchmarks import many_frames
from tests.benchmarks.bench_curation import OPTIONS, curate, seconds, several
from tests.cluster.conftest import Lab
from tests.conftest import until

Row = tuple[str, float, float, str, str]
FRAMES, VIDEOS, ROUNDS = 500, 12, 2
TINY, TINY_FRAMES = 200, 500  # the shortest that `render` makes; a span of them is converted
SPAN = (0, 9)
RECORDINGS, LONG = (1000, 10_000), 1000  # of the smaller and the larger set, of so many frames each
MOST_BYTES, MOST_GROWTH = 40, 1.5  # bytes a frame; time a frame over that of ten times fewer frames


@contextlib.contextmanager
def workers(n: int) -> Iterator[str]:
    """Start a scheduler and workers, each pinned to a core, and yield the address."""
    with tempfile.TemporaryDirectory() as folder:
        lab = Lab(Path(folder))
        try:
            for core in range(n):
                lab.start(1, core=core)
            connection = Connection(lab.address, "bench", lambda sign: None)
            until(lambda: len(connection.workers()) == n)
            connection.close()
            yield lab.address
        finally:
            lab.close()


def convert(videos: list[Path], folder: Path, n_frames: int, **options: Any) -> None:
    """Convert videos into a dataset of its own, in this process or by a cluster."""
    from pyside.data.conversion.from_videos import convert_videos

    shutil.rmtree(folder, ignore_errors=True)
    labels = {path.stem: np.arange(n_frames) % 2 for path in videos}
    convert_videos(videos, labels, folder, {**OPTIONS, **options})


def measure_two() -> list[Row]:
    """Time one worker and two in turn, after a round that loads everything."""
    taken: dict[tuple[str, int], list[float]] = {}
    with several(FRAMES, VIDEOS) as (model, videos), workers(1) as one, workers(2) as two:
        out = model.with_name("out")
        for _ in range(ROUNDS + 1):
            for n, scheduler in ((1, one), (2, two)):
                converting = seconds(lambda at=scheduler: convert(videos, out, FRAMES, scheduler=at))
                marking = seconds(lambda at=scheduler: curate(model, videos, out, scheduler=at))
                taken.setdefault(("convert", n), []).append(converting)
                taken.setdefault(("curate", n), []).append(marking)
    medians = {key: float(np.median(found[1:])) for key, found in taken.items()}
    return [
        (f"cluster, {what}: two workers / one", 1.6, medians[what, 1] / medians[what, 2], "x", "at least")
        for what in ("convert", "curate")
    ]


def measure_overhead() -> list[Row]:
    """Time many tiny recordings by one worker and in this process."""
    rows: list[Row] = []
    with several(TINY_FRAMES, TINY) as (model, videos), workers(1) as one:
        out = model.with_name("out")
        works = {
            "convert": lambda **more: convert(videos, out, TINY_FRAMES, frame_span=SPAN, **more),
            "curate": lambda **more: curate(model, videos, out, frame_span=SPAN, **more),
        }
        for what, work in works.items():
            alone: dict[str, Any] = {"workers": 1} if what == "convert" else {}
            taken = np.array(
                [
                    [seconds(lambda w=work, more=alone: w(**more)), seconds(lambda w=work: w(scheduler=one))]
                    for _ in range(ROUNDS + 1)
                ]
            )
            here, there = np.median(taken[1:], axis=0)
            rows.append(
                (f"cluster, {what}: beside the work, a recording", 20, 1000 * (there - here) / TINY, "ms", "at most")
            )
    return rows


def measure_frames(sizes: tuple[int, ...] = RECORDINGS, length: int = LONG) -> list[Row]:
    """Open, split, sample and draw made-up sets of two sizes, each in a process of its own."""
    found = []
    with tempfile.TemporaryDirectory() as made:
        for n in sizes:
            folder = many_frames.made_up(Path(made) / f"set{n}", n, length)
            found.append(many_frames.measured("training", folder))
            files = [file for file in folder.iterdir() if ".frames." not in file.name]
            beside = sum(file.stat().st_size for file in files) / found[-1]["all"]["frames"]
    return [
        *_compared(found, ("open", "split", "sample", "draw"), "frames"),
        ("  on disk beside frames", 0, beside, "B", "told"),
    ]


def measure_session(sizes: tuple[int, ...] = (200, 2000), length: int = LONG) -> list[Row]:
    """Record the marks of two numbers of videos in sessions, each in a process of its own."""
    found = []
    with tempfile.TemporaryDirectory() as made:
        for n in sizes:
            folder = Path(made) / f"session{n}"
            found.append(many_frames.measured("session", folder, n, length))
            on_disk = many_frames.disk(folder) / found[-1]["all"]["frames"]
    return [
        *_compared(found, ("mark", "look"), "frames of a session"),
        ("  marks, CSV and tables on disk", 0, on_disk, "B", "told"),
    ]


def _compared(found: list[many_frames.Steps], steps: tuple[str, ...], what: str) -> list[Row]:
    """Return rows of the larger set: bytes a frame by which it exceeds the smaller, and times a frame of both."""
    few, many = found
    n_few, n_many = few["all"]["frames"], many["all"]["frames"]
    rows: list[Row] = []
    for step in steps:
        grown = (many[step]["bytes"] - few[step]["bytes"]) / (n_many - n_few)
        rows.append((f"{n_many:.0e} {what}, {step}: memory a frame", MOST_BYTES, grown, "B", "at most"))
        rows.append(
            (f"  {step}: time of the processor a frame ({what})", 0, 1e9 * many[step]["seconds"] / n_many, "ns", "told")
        )
    taken = [sum(one[step]["seconds"] for step in steps) / one["all"]["frames"] for one in found]
    rows.append((f"{what}: time a frame, ten times as many / few", MOST_GROWTH, taken[1] / taken[0], "x", "at most"))
    return rows
