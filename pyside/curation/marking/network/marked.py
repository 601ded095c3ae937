"""Videos are marked: decoded, computed, and written as marks and results that wait for their place in the session.

This runs in the process of the session, or on workers of a cluster.
"""

from __future__ import annotations

import collections
import dataclasses
import itertools
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from pyside.aliases import Array, Record
from pyside.cluster.work import Turn
from pyside.curation.marking.network.batches import Batches
from pyside.curation.marking.network.decoding import Decoded, Decoder
from pyside.curation.marking.network.one_video import Job
from pyside.curation.marking.remarks import Remarks
from pyside.curation.marking.session import Waiting, write_waiting
from pyside.curation.model.engine import engine_of
from pyside.curation.model.facts import ModelFacts
from pyside.curation.regions.plan import VideoPlan
from pyside.curation.writers.results import write_results
from pyside.errors import NotWritable
from pyside.evaluation.decision import Decision
from pyside.runtimes.engine import Engine
from pyside.settings.curation import CurateSettings
from pyside.system.paths import Stamp

COMPUTED = ("runtime", "precision", "quantizer", "backend", "device")  # with which a video was predicted


@dataclasses.dataclass(frozen=True)
class Marking:
    """What all videos of a run share.

    Attributes:
        facts: of the model.
        settings: of the run.
        decision: how probabilities become labels.
        staging: folder in which files wait, unless an attempt has its own.
        load: loads the model; it is called with some frames if the runtime is ``auto``, to time runtimes on.
    """

    facts: ModelFacts
    settings: CurateSettings
    decision: Decision
    staging: Path
    load: Callable[[Array | None], Engine]


@dataclasses.dataclass(frozen=True)
class ToMark:
    """A video to mark: its plan, the formats of its results, and its frame rate, None if not known."""

    plan: VideoPlan
    formats: tuple[str, ...]
    frame_rate: float | None


@dataclasses.dataclass(frozen=True)
class Marked:
    """What became of a video.

    Attributes:
        error: why it failed; "" if it did not.
        waiting: its files; None if it failed.
        remarks: warnings about its frames.
        seconds: of decoding and predicting it.
        stamp: of the video.
        computed: the values of `COMPUTED`.
    """

    error: str
    waiting: Waiting | None
    remarks: list[str]
    seconds: float
    stamp: Stamp | None
    computed: Record


def mark_videos(common: Marking, tasks: Sequence[ToMark], turn: Turn) -> Iterator[Marked]:
    """Mark videos, and yield what became of each; while frames are predicted, the next ones are decoded."""
    under_way: collections.deque[Job] = collections.deque()
    n_back = 0

    def back() -> Iterator[Marked]:
        nonlocal n_back
        while under_way and under_way[0].ended and not under_way[0].under_way:
            job, task = under_way.popleft(), tasks[n_back]
            n_back += 1
            yield _ended(common, task, job, engine, turn.folder)

    def tick(frames: int = 0) -> None:
        turn.tick(min(n_back, len(tasks) - 1), frames)

    with Decoder((Job(task.plan, common.facts) for task in tasks), common.settings.on_damage) as decoder:
        stream = iter(decoder)
        first = list(_first_frames(stream, tick)) if common.settings.runtime == "auto" else []
        engine = common.load(first[-1].frames if first and first[-1] is not None else None)
        batches = Batches(engine)
        for found in itertools.chain(first, stream):
            tick()
            if found is None:
                continue
            if not under_way or under_way[-1] is not found.job:
                under_way.append(found.job)
            if found.numbers is None:
                found.job.ended = True
                yield from back()
                continue
            assert found.frames is not None
            for frames in batches.add(found.job, found.numbers, found.frames):
                tick(frames)
                yield from back()
        for frames in batches.flush():
            tick(frames)
            yield from back()


def _first_frames(stream: Iterator[Decoded | None], tick: Callable[[], None]) -> Iterator[Decoded | None]:
    """Yield what the decoder gives up to the first frames, which are the last item."""
    for found in stream:
        tick()
        yield found
        if found is not None and found.frames is not None:
            return


def _ended(common: Marking, task: ToMark, job: Job, engine: Engine, folder: Path | None) -> Marked:
    """Write what is known of a video."""
    computed = {name: getattr(engine, name) for name in COMPUTED}
    failed = Marked(job.error, None, [], job.seconds, job.stamp, computed)
    if job.error:
        return failed
    remarks = Remarks(common.facts, common.decision).about_frames(job.sample)
    marks = job.marks(common.decision, task.frame_rate)
    try:
        waiting = write_waiting(marks, folder or common.staging, task.formats, write_results)
    except NotWritable as error:
        if folder is not None:  # another worker may be able to
            raise
        return dataclasses.replace(failed, error=error.text)
    return Marked("", waiting, remarks, job.seconds, job.stamp, computed)


_kept: dict[str, Engine] = {}  # the last engine of a worker, so that it is loaded once
_keeping = threading.Lock()


def kept_engine(facts: ModelFacts, settings: CurateSettings, sample: Array | None) -> Engine:
    """Return the engine of a worker, which is loaded for its first videos and kept for further ones."""
    chosen = settings.batch_size, settings.backend, settings.execution_environment, settings.precision, settings.runtime
    key = repr((facts.sha256, facts.context_frames, chosen))
    with _keeping:
        if key not in _kept:
            _kept.clear()
            _kept[key] = engine_of(facts, settings, sample)
        return _kept[key]
