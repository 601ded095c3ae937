"""How much faster two workers of a cluster are than one, each on a core of its own, and what a recording costs beside.

The scheduler and the process that calls run on the same cores. All is repeated in turn, and the medians count.
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
from tests.benchmarks.bench_curation import OPTIONS, curate, seconds, several
from tests.cluster.conftest import Lab
from tests.conftest import until

Row = tuple[str, float, float, str, str]
FRAMES, VIDEOS, ROUNDS = 500, 12, 2
TINY, TINY_FRAMES = 200, 500  # the shortest that `render` makes; a span of them is converted
SPAN = (0, 9)


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
