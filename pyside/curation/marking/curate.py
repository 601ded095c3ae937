"""Marks videos with a model: while frames are predicted, the next ones are decoded, also across videos."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pyside.aliases import Array, Progress, Record
from pyside.curation.marking.session import Session, default_output
from pyside.curation.marking.simple_plan import plan_session
from pyside.curation.marks import WHY, Marks, labels_of, no_touch_class
from pyside.curation.model.facts import ModelFacts, model_facts
from pyside.curation.regions.plan import VideoPlan
from pyside.data.recordings.ready_frames import ready_frames
from pyside.data.video.reader import file_sha256
from pyside.errors import BadOption, BadVideo, TouchTrainError, of_system
from pyside.evaluation.decision import HALF, Decision
from pyside.evaluation.events import event_classes
from pyside.settings.core import named
from pyside.settings.curation import CurateSettings
from pyside.system.paths import stamp_of
from pyside.system.progress import ConversionProgress

if TYPE_CHECKING:
    from pyside.curation.marking.predict import Engine

_CHUNKS_AHEAD = 4  # chunks of frames that wait for the network, each of about 256 frames or at most 16 MB
_DAMAGED = WHY.index("damaged")


def curate(
    model: str | PathLike[str],
    videos: Any,
    output: str | PathLike[str] | None,
    options: Mapping[str, Any],
    first: int = 0,
    progress: Progress = lambda record: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Record:
    """Mark videos with a model; see `pyside.curate`.

    Args:
        model: the model file.
        videos: a folder, a file, or a list of files.
        output: folder of the session. Default: beside the folder of the videos, with ``_curated`` after its name.
        options: settings of `curate`, in Python's spelling.
        first: index of the first pixel and frame in options and messages: 0, or 1 for MATLAB.
        progress: called with records for a progress line, at most about five times a second.
        should_stop: called between batches; if it returns True, the session ends, and keeps the finished videos.

    Returns:
        ``kind`` ("session"), ``path``, ``model_path``, ``videos`` (number of them), ``done``, ``kept`` (of these, those
        that an earlier run had finished), ``failed``, ``failures`` (``name``, ``video`` and ``why`` of each),
        ``frames``, ``looked_at``, ``left_out``, ``touches``, ``seconds``, ``frames_per_second``, ``precision``,
        ``backend``, ``device`` (None if nothing had to be predicted), ``warnings``, ``stopped``, and ``well``, whether
        nothing failed.

    Raises:
        TouchTrainError: everything that is wrong with model, options and output, before the first frame.
    """
    settings = CurateSettings.from_options(options)
    began = time.perf_counter()
    progress({"stage": "checking"})
    facts = model_facts(model)
    decision = decided_by(facts, settings.threshold, settings.min_duration)
    planned = plan_session(videos, facts, settings, first)
    folder = Path(output).absolute() if output is not None else default_output(videos)
    session = _session(folder, facts, settings)
    session.begin([plan.name for plan in planned.videos], planned.warnings)
    run = _Run(facts, settings, decision, session, progress, should_stop)
    try:
        run.all(planned.videos)
    finally:
        session.close()
    return run.record(planned.videos, time.perf_counter() - began)


def decided_by(facts: ModelFacts, threshold: float | None, min_duration: int | None) -> Decision:
    """Return the decision of a model, or with another threshold or minimum duration.

    Raises:
        BadOption: there is a threshold, but the model has more than two classes.
    """
    events = event_classes(facts.class_names)
    if len(facts.class_names) > 2:
        if threshold is not None or min_duration is not None:
            name = named("threshold" if threshold is not None else "min_duration")
            raise BadOption(
                f"{name} is for models of two classes. {facts.path.name} has {len(facts.class_names)}, and each frame "
                "is of its likeliest class. Leave it out."
            )
        return Decision(None, None, None)
    own = facts.decision
    return Decision(
        events[0],
        facts.class_names.index(events[0]),
        threshold if threshold is not None else HALF if own.threshold is None else own.threshold,
        min_duration or own.min_duration,
    )


def _session(folder: Path, facts: ModelFacts, settings: CurateSettings) -> Session:
    from pyside.version import __version__

    model = {"path": str(facts.path), "sha256": facts.sha256, "class_names": facts.class_names}
    return Session(folder, model, settings.as_dict(), {"touchtrain": __version__}, _no_results)


def _no_results(marks: Marks, folder: Path, formats: Sequence[str]) -> dict[str, str]:
    return {}


# --- one video -----------------------------------------------------------------------------------------------------


class _Job:
    """A video on its way through the network.

    Args:
        plan: where to look in it.
        facts: of the model.

    Attributes:
        probabilities: float32, (n_frames, classes), filled as frames come back.
        under_way: frames that were decoded and have not come back.
        ended: whether all frames are decoded.
        error: why it failed; "" if it did not.
        sha256: of the video, once it has ended.
        seconds: of decoding and predicting it; while several videos share a batch, each has its share.
    """

    def __init__(self, plan: VideoPlan, facts: ModelFacts):
        assert plan.info is not None and plan.look is not None
        assert plan.no_touch is not None and plan.why is not None
        self.plan, self._facts = plan, facts
        self.stamp = stamp_of(plan.path)
        self.probabilities = np.full((len(plan.look), len(facts.class_names)), np.nan, np.float32)
        self.probabilities[plan.no_touch] = 0
        self.probabilities[plan.no_touch, no_touch_class(facts.class_names)] = 1
        self.seen = np.zeros(len(plan.look), bool)
        self.under_way, self.ended, self.error, self.sha256, self.seconds = 0, False, "", "", 0.0

    def frames(self, settings: CurateSettings) -> Iterator[tuple[Array, Array]]:
        """Decode the frames that the network looks at."""
        from pyside.curation.marking.predict import stacked, with_neighbours

        plan, facts = self.plan, self._facts
        assert plan.info is not None and plan.regions is not None and plan.look is not None
        look = plan.look
        if not look.any():
            return
        needed = look if facts.context_frames == 1 else with_neighbours(look, plan.regions.keep, facts.context_frames)
        chunks = ready_frames(
            plan.path,
            plan.regions.size,
            plan.regions.top,
            plan.regions.left,
            needed,
            facts.image_shape[:2],
            grey=settings.grey or facts.grey,
            contrast=settings.contrast or facts.contrast,
            pad=plan.regions.out_of_frame == "pad",
            on_damage=settings.on_damage,
            pixel_range=settings.pixel_range or facts.pixel_range,
            stream=plan.info.stream,
            repeated=plan.info.empty if plan.info.repeats else (),
        )
        yield from stacked(chunks, look, facts.context_frames)

    def check_unchanged(self) -> None:
        """Raise BadVideo if the file has changed since it was planned."""
        assert self.plan.info is not None
        planned, now = self.plan.info.stamp, stamp_of(self.plan.path)
        if now != self.stamp or (planned is not None and (now is None or now.content != planned.content)):
            raise BadVideo(
                f"{self.plan.path} changed while it was read: it was written to, or replaced. Wait until it is "
                "complete, and curate again; finished videos are not marked twice."
            )

    def marks(self, decision: Decision, frame_rate: float | None) -> Marks:
        """Return the marks; frames that were selected and are not there are damaged."""
        plan = self.plan
        assert plan.look is not None and plan.why is not None
        why = plan.why.astype(np.uint8)
        why[plan.look & ~self.seen] = _DAMAGED
        return Marks(
            plan.name,
            plan.path,
            self._facts.class_names,
            self.probabilities,
            labels_of(self.probabilities, why, decision),
            why,
            decision,
            frame_rate,
            self.sha256,
            self._facts.sha256,
        )


# --- decoding in the background ------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class _Decoded:
    """Frames of a video; None for its end."""

    job: _Job
    numbers: Array | None = None
    frames: Array | None = None


class _Decoder:
    """Decodes videos one after the other in a thread, and hashes them in another one.

    Args:
        jobs: the videos.
        settings: of the run.
    """

    def __init__(self, jobs: Iterator[_Job], settings: CurateSettings):
        self._jobs, self._settings = jobs, settings
        self._queue: queue.Queue[_Decoded | BaseException | None] = queue.Queue(_CHUNKS_AHEAD)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="decoder", daemon=True)

    def __enter__(self) -> _Decoder:
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._stopped.set()
        while self._thread.is_alive():
            with contextlib.suppress(queue.Empty):
                self._queue.get(timeout=0.05)
        self._thread.join()

    def __iter__(self) -> Iterator[_Decoded | None]:
        """Yield what was decoded; from time to time None if nothing comes."""
        while True:
            try:
                found = self._queue.get(timeout=0.2)
            except queue.Empty:
                yield None
                continue
            if found is None:
                return
            if isinstance(found, BaseException):
                raise found
            yield found

    def _put(self, item: _Decoded | BaseException | None) -> None:
        while not self._stopped.is_set():
            with contextlib.suppress(queue.Full):
                self._queue.put(item, timeout=0.1)
                return

    def _run(self) -> None:
        try:
            with ThreadPoolExecutor(1, "hashes") as pool:
                for job in self._jobs:
                    if self._stopped.is_set():
                        return
                    self._decode(job, pool.submit(file_sha256, job.plan.path))
            self._put(None)
        except BaseException as error:
            self._put(error)

    def _decode(self, job: _Job, sha256: Future[str]) -> None:
        try:
            for numbers, frames in job.frames(self._settings):
                self._put(_Decoded(job, numbers, frames))
                if self._stopped.is_set():
                    return
            job.sha256 = sha256.result()
            job.check_unchanged()
        except TouchTrainError as error:
            job.error = error.text
        except OSError as error:
            job.error = of_system(error).text
        self._put(_Decoded(job))


# --- the network ---------------------------------------------------------------------------------------------------


class _Batches:
    """Fills batches with frames of several videos, and puts the probabilities where they belong.

    While a GPU computes one batch, the next one is filled.

    Args:
        engine: computes.
    """

    def __init__(self, engine: Engine):
        self._engine = engine
        self._memory = [engine.empty_batch(), engine.empty_batch()]
        self._owners: list[tuple[_Job, Array]] = []
        self._filled = 0
        self._started: tuple[Any, list[tuple[_Job, Array]]] | None = None
        self._since = time.perf_counter()

    def add(self, job: _Job, numbers: Array, frames: Array) -> Iterator[int]:
        """Add frames of a video; yields the number of frames of each batch that has come back."""
        job.under_way += len(numbers)
        while len(numbers):
            n = min(len(numbers), len(self._memory[0]) - self._filled)
            self._memory[0][self._filled : self._filled + n] = frames[:n]
            self._owners.append((job, numbers[:n]))
            self._filled += n
            numbers, frames = numbers[n:], frames[n:]
            if self._filled == len(self._memory[0]):
                yield self._launch()

    def flush(self) -> Iterator[int]:
        """Compute what is left."""
        if self._filled:
            self._memory[0][self._filled :] = 0
            yield self._launch()
        yield self._collect()

    def _launch(self) -> int:
        started = self._engine.start(self._memory[0]), self._owners
        back = self._collect()
        self._started = started
        self._memory.reverse()
        self._owners, self._filled = [], 0
        return back

    def _collect(self) -> int:
        if self._started is None:
            return 0
        started, owners = self._started
        self._started = None
        found, place = self._engine.finish(started), 0
        now = time.perf_counter()
        seconds, self._since = now - self._since, now
        frames = sum(len(numbers) for _, numbers in owners)
        for job, numbers in owners:
            job.seconds += seconds * len(numbers) / frames
            job.probabilities[numbers] = found[place : place + len(numbers)]
            job.seen[numbers] = True
            job.under_way -= len(numbers)
            place += len(numbers)
        return place


class _Run:
    """One run of a session.

    Args:
        facts: of the model.
        settings: of the run.
        decision: how probabilities become labels.
        session: where the marks go.
        progress: as in `curate`.
        should_stop: as in `curate`.
    """

    def __init__(
        self,
        facts: ModelFacts,
        settings: CurateSettings,
        decision: Decision,
        session: Session,
        progress: Progress,
        should_stop: Callable[[], bool],
    ):
        self._facts, self._settings, self._decision, self._session = facts, settings, decision, session
        self._progress, self._should_stop = progress, should_stop
        self._engine: Engine | None = None
        self._kept: list[str] = []
        self._done: set[str] = set()
        self._looked_at, self._seconds = 0, 0.0
        self.stopped = False

    def all(self, plans: Sequence[VideoPlan]) -> None:
        """Mark all videos that are not finished."""
        to_do = []
        for plan in plans:
            if self._should_stop():
                self.stopped = True
                return
            if plan.fault:
                self._session.fail(plan.name, plan.path, plan.fault)
            elif self._is_finished(plan):
                self._kept.append(plan.name)
            else:
                to_do.append(plan)
        if to_do:
            self._mark(to_do, len(plans))

    def _key(self, plan: VideoPlan) -> str:
        text = f"{plan.key}\n{self._settings.precision} {self._settings.backend}"
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]

    def _frame_rate(self, plan: VideoPlan) -> float | None:
        assert plan.info is not None
        return self._settings.frame_rate or plan.info.frames_per_second or None

    def _is_finished(self, plan: VideoPlan) -> bool:
        """Return whether a video was marked before, after its results were made anew if need be."""
        record, stamp = self._session.videos.get(plan.name, {}), told_stamp(plan.path)
        if record.get("state") != "done" or record["key"] != self._key(plan):
            return False
        same = record["stamp"] == stamp
        if not same and file_sha256(plan.path) != record["video_sha256"]:
            return False
        marks = self._session.marks(plan.name)
        if marks is None:
            return False
        rate, formats = self._frame_rate(plan), self._settings.formats
        complete = self._session.is_complete(plan.name, self._decision, formats, rate)
        if not complete or not same or marks.video != plan.path:
            labels = labels_of(marks.probabilities, marks.why, self._decision)
            anew = dataclasses.replace(marks, labels=labels, decision=self._decision, frame_rate=rate, video=plan.path)
            kept = ("seconds", "frames_per_second", "key", "precision", "backend", "device", "warnings")
            about = {name: record[name] for name in kept}
            self._session.finish(anew, formats, {**about, "stamp": stamp})
        return True

    def _mark(self, plans: Sequence[VideoPlan], n_all: int) -> None:
        from pyside.curation.marking.predict import Engine

        settings, facts = self._settings, self._facts
        height, width, channels = facts.image_shape
        total = sum(int(plan.look.sum()) for plan in plans if plan.look is not None)
        shown = ConversionProgress(self._progress, total, n_all, "marking")
        jobs = (_Job(plan, facts) for plan in plans)
        waiting: list[_Job] = []
        with _Decoder(jobs, settings) as decoder:
            self._progress({"stage": "loading the model", "said": list(self._session.warnings)})
            self._engine = Engine(
                facts.path,
                (height, width, channels * facts.context_frames),
                settings.batch_size,
                settings.backend,
                settings.execution_environment,
                settings.precision,
            )
            batches = _Batches(self._engine)

            def back(frames: int, job: _Job | None = None) -> None:
                while waiting and waiting[0].ended and not waiting[0].under_way:
                    self._end(waiting.pop(0))
                number = len(self._kept) + len(self._done) + 1
                shown.add(min(number, n_all), waiting[0].plan.name if waiting else "", frames)

            for found in decoder:
                if self._should_stop():
                    self.stopped = True
                    return
                if found is None:
                    continue
                if not waiting or waiting[-1] is not found.job:
                    waiting.append(found.job)
                if found.numbers is None:
                    found.job.ended = True
                    back(0)
                    continue
                assert found.frames is not None
                for frames in batches.add(found.job, found.numbers, found.frames):
                    back(frames)
            for frames in batches.flush():
                back(frames)

    def _end(self, job: _Job) -> None:
        """Write what is known of a video."""
        self._seconds += job.seconds
        plan, engine = job.plan, self._engine
        assert engine is not None
        self._done.add(plan.name)
        if job.error:
            self._session.fail(plan.name, plan.path, job.error)
            return
        marks = job.marks(self._decision, self._frame_rate(plan))
        looked_at = int(np.count_nonzero(marks.why == 0))
        self._looked_at += looked_at
        about = {
            "seconds": round(job.seconds, 4),
            "frames_per_second": round(looked_at / max(job.seconds, 1e-9), 1),
            "stamp": told_stamp(plan.path),
            "key": self._key(plan),
            "precision": engine.precision,
            "backend": engine.backend,
            "device": engine.device,
            "warnings": [],
        }
        self._session.finish(marks, self._settings.formats, about)

    def record(self, plans: Sequence[VideoPlan], seconds: float) -> Record:
        """Return the result of the run."""
        rows = [self._session.videos[plan.name] for plan in plans if plan.name in self._session.videos]
        done = [row for row in rows if row["state"] == "done"]
        failures = [{key: row[key] for key in ("name", "video", "why")} for row in rows if row["state"] == "failed"]
        engine = self._engine
        return {
            "kind": "session",
            "path": str(self._session.folder),
            "model_path": str(self._facts.path),
            "videos": len(plans),
            "done": len(done),
            "kept": len(self._kept),
            "failed": len(failures),
            "failures": failures,
            **{key: sum(row[key] for row in done) for key in ("frames", "looked_at", "left_out", "touches")},
            "seconds": round(seconds, 3),
            "frames_per_second": round(self._looked_at / self._seconds, 1) if self._seconds else None,
            **{key: getattr(engine, key, None) for key in ("precision", "backend", "device")},
            "decision": {
                "event_class": self._decision.event_class,
                "threshold": self._decision.threshold,
                "min_duration": self._decision.min_duration,
            },
            "warnings": self._session.warnings,
            "stopped": self.stopped,
            "well": not failures,
        }


def told_stamp(path: Path) -> str:
    """Return the stamp of a file as a short text; equal only if the file has not been touched."""
    return hashlib.sha256(repr(stamp_of(path)).encode()).hexdigest()[:16]
