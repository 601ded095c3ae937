"""Marks videos with a model: while frames are predicted, the next ones are decoded, also across videos."""

from __future__ import annotations

import collections
import contextlib
import dataclasses
import functools
import hashlib
import itertools
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from pyside.aliases import Array, Progress, Record
from pyside.cluster.cluster import Cluster
from pyside.cluster.preflight import OF_FRAMES, OF_MODELS
from pyside.cluster.work import Crew, Here, Item
from pyside.curation.contacts import of_session
from pyside.curation.marking.network.marked import (
    COMPUTED,
    Marked,
    Marking,
    ToMark,
    kept_engine,
    mark_videos,
)
from pyside.curation.marking.remarks import Remarks, swapped
from pyside.curation.marking.session import JOURNAL, SHEET, TABLE, Session, default_output
from pyside.curation.marks import labels_of
from pyside.curation.model.decision import decided_by
from pyside.curation.model.engine import engine_of
from pyside.curation.model.facts import ModelFacts, model_facts
from pyside.curation.regions.check import check_session, sheet_of
from pyside.curation.regions.plan import SessionPlan, VideoPlan, Watcher, plan_session
from pyside.curation.writers.of_session import write_shared
from pyside.curation.writers.results import check_formats, file_names, write_results
from pyside.data.labels.class_indices import read_labels
from pyside.data.recordings import empty_frames
from pyside.data.video.reader import file_sha256
from pyside.errors import BadSession, Interrupted, NotWritable, TouchTrainError, WorkerLost, some
from pyside.evaluation.decision import Decision
from pyside.models.probes import check_weights
from pyside.runtimes.choice import PROPER_NAMES, check_runtime, is_installed, records
from pyside.runtimes.engine import Engine
from pyside.settings.core import named, set_to
from pyside.settings.curation import FORMATS, CurateSettings
from pyside.system.paths import stamp_of, stamp_text
from pyside.system.progress import ConversionProgress

_BATCHES_TOGETHER = 8  # of short videos in one task of a cluster: few batches are filled up
_BYTES_PER_FRAME = 128  # of marks and results, about
_LONG = ("centers", "frame_values", "labels", "frame_map")  # settings that may hold values for each frame


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
        ``frames``, ``looked_at``, ``left_out``, ``touches``, ``seconds``, ``frames_per_second``, ``runtime``,
        ``precision``, ``quantizer`` (None but for int8), ``backend`` (None in runtimes other than Keras), ``device``
        (all None if nothing had to be predicted), ``timings`` (what the runtime ``auto`` found out: ``runtime``,
        ``precision``, ``frames_per_second`` and ``why`` of each; else empty), ``about_runtime`` (the same in words),
        ``warnings``, ``told`` (those of them that were said while it ran), ``stopped``, ``well``, whether nothing
        failed, and ``contacts``, what `write_contacts` returns of the contact array that was written, or None.

    Raises:
        TouchTrainError: everything that is wrong with model, options and output, before the first frame.
        Interrupted: Ctrl-C; finished videos are kept.
    """
    settings = CurateSettings.from_options(options)
    began = time.perf_counter()
    progress({"stage": "checking"})
    facts = model_facts(model)
    check_runtime(settings, facts.path)
    check_weights(facts.path)
    decision = decided_by(facts, settings.threshold, settings.min_duration)
    folder = Path(output).absolute() if output is not None else default_output(videos)
    if settings.check:
        return _checked(videos, facts, settings, decision, first, folder, progress, should_stop)
    planned = plan_session(videos, facts, settings, first, Watcher(progress, should_stop))
    session = _session(folder, facts, settings)
    plans = with_own_files(planned.videos, session.videos.values())
    settings, about_runtime = in_the_runtime_of(session.videos.values(), settings)
    run = _Run(facts, settings, decision, session, progress, should_stop, about_runtime)
    run.check_names(plans)
    before = [name for one in session.videos.values() for name in one.get("formats", ())]
    check_formats([*settings.formats, *before], _rates(plans, settings))
    of_session.check_contacts(plans, settings, facts.class_names, decision, first)
    of_session.claim(session, settings, first)
    contacts = None
    with _cluster(folder, plans, facts, settings, progress, should_stop) as cluster:
        session.begin([plan.name for plan in plans], planned.warnings)
        try:
            run.all(plans, cluster)
            if not run.stopped:
                contacts = of_session.write_for(session, settings, first, progress)
                session.warnings += write_shared(session, settings.trial_pattern)
        except KeyboardInterrupt:
            raise Interrupted(
                f"Marking was stopped. {folder} is not complete: curate again; finished videos are not marked twice."
            ) from None
        finally:
            session.close()
    return {**run.record(plans, time.perf_counter() - began), "contacts": contacts}


@contextlib.contextmanager
def _cluster(
    folder: Path,
    plans: Sequence[VideoPlan],
    facts: ModelFacts,
    settings: CurateSettings,
    progress: Progress,
    should_stop: Callable[[], bool],
) -> Iterator[Cluster | None]:
    """Yield the workers of the setting `scheduler`, which have been asked whether they have what they need; or None."""
    if settings.scheduler is None:
        yield None
        return

    def end_if_asked() -> None:
        if should_stop():
            raise Interrupted("The session was stopped while its workers were asked. Nothing was marked.")

    with Cluster(
        settings.scheduler,
        folder,
        lambda text: progress({"stage": "marking", "said": [text]}),
        end_if_asked,
        _BATCHES_TOGETHER * settings.batch_size,
        settings.batch_size,
    ) as cluster:
        videos = [plan.path for plan in plans if not plan.fault]
        room = _BYTES_PER_FRAME * sum(len(plan.look) for plan in plans if plan.look is not None)
        packages = (*OF_FRAMES, *OF_MODELS, settings.backend)
        cluster.check(packages, videos, {str(facts.path): facts.sha256}, settings.backend, room)
        yield cluster


def in_the_runtime_of(videos: Iterable[Record], settings: CurateSettings) -> tuple[CurateSettings, str]:
    """Return settings that name the runtime of the finished videos of a session instead of ``auto``, and a remark.

    So a session that is resumed does not change its runtime midway: its probabilities would differ by rounding.

    Args:
        videos: the records of an earlier run.
        settings: of this run.
    """
    used = collections.Counter(one.get("runtime", "keras") for one in videos if one["state"] == "done")
    if settings.runtime != "auto" or not used:
        return settings, ""
    ((runtime, _),) = used.most_common(1)
    if settings.precision == "int8" and runtime == "keras":
        return settings, ""
    if not is_installed(runtime):
        return settings, f"The runtime of the earlier run, {PROPER_NAMES[runtime]}, is not installed any more."
    text = f"{PROPER_NAMES[runtime]} computes, as in the earlier run, so that all videos of the session are alike."
    return dataclasses.replace(settings, runtime=runtime), text


def with_own_files(plans: Sequence[VideoPlan], before: Iterable[Record] = ()) -> list[VideoPlan]:
    """Return the plans with names whose files are no other's: ``a_touches`` and ``session`` may have to change.

    Args:
        plans: the plans.
        before: the records of an earlier run; a video keeps the name that it has there, whichever others have joined.
    """
    known: dict[str, str] = {}
    for one in before:
        known.setdefault(os.path.normpath(one.get("video", "")), one["name"])
    own = [known.get(os.path.normpath(plan.path)) for plan in plans]
    taken = {TABLE, SHEET, JOURNAL}.union(*(_files_of(name) for name in own if name))
    return [
        dataclasses.replace(plan, name=name or _free(plan.name, taken)) for plan, name in zip(plans, own, strict=True)
    ]


def _free(name: str, taken: set[str]) -> str:
    """Return a name, with a number if need be, whose files are not taken, and take them."""
    tried = itertools.chain([name], (f"{name}-{number}" for number in itertools.count(2)))
    found = next(one for one in tried if not taken & _files_of(one))
    taken |= _files_of(found)
    return found


def _files_of(name: str) -> set[str]:
    return {file.lower() for file in file_names(name, FORMATS)}


def _checked(
    videos: Any,
    facts: ModelFacts,
    settings: CurateSettings,
    decision: Decision,
    first: int,
    folder: Path,
    progress: Progress,
    should_stop: Callable[[], bool],
) -> Record:
    """Report what a session would do, with a sheet beside its folder."""

    def remarks(planned: SessionPlan) -> list[str]:
        found, contacts, left_out = Remarks(facts, decision), list[str](), list[str]()
        for plan in planned.videos:
            if not plan.fault:
                found.add(plan.name, found.before(*before_of(plan, settings)))
        check_formats(settings.formats, _rates(planned.videos, settings))
        if planned.videos:
            contacts = of_session.check_contacts(planned.videos, settings, facts.class_names, decision, first)
        with _cluster(folder, planned.videos, facts, settings, lambda one: left_out.extend(one["said"]), should_stop):
            return [*found.texts(), *contacts, *left_out]

    return check_session(videos, facts, settings, first, sheet_of(folder), progress, remarks, should_stop=should_stop)


def before_of(plan: VideoPlan, settings: CurateSettings) -> tuple[tuple[int, int], float | None, bool]:
    """Return the size of the frames of a video, their rate or None, and whether the user gave the rate."""
    assert plan.info is not None
    rate = settings.frame_rate or plan.info.frames_per_second or None
    return (plan.info.height, plan.info.width), rate, settings.frame_rate is not None


def _rates(plans: Sequence[VideoPlan], settings: CurateSettings) -> dict[str, float | None]:
    """Return the frame rate of each video that can be read, or None, by name."""
    return {plan.name: before_of(plan, settings)[1] for plan in plans if not plan.fault}


def _session(folder: Path, facts: ModelFacts, settings: CurateSettings) -> Session:
    from pyside.version import __version__

    model = {"path": str(facts.path), "sha256": facts.sha256, "class_names": facts.class_names}
    return Session(folder, model, short(settings), {"touchtrain": __version__}, write_results)


class _Stopped(Exception):
    """The session is to end."""


class _Run:
    """One run of a session.

    Args:
        facts: of the model.
        settings: of the run.
        decision: how probabilities become labels.
        session: where the marks go.
        progress: as in `curate`.
        should_stop: as in `curate`.
        about_runtime: a remark about the runtime; "" if there is none.
    """

    def __init__(
        self,
        facts: ModelFacts,
        settings: CurateSettings,
        decision: Decision,
        session: Session,
        progress: Progress,
        should_stop: Callable[[], bool],
        about_runtime: str,
    ):
        self._facts, self._settings, self._decision, self._session = facts, settings, decision, session
        self._progress, self._should_stop = progress, should_stop
        self._about_runtime = about_runtime
        self._timings: list[Record] = []
        self._computed: Record = {}
        self._remarks = Remarks(facts, decision)
        self._kept: list[str] = []
        self._replaced: dict[tuple[tuple[str, Any], ...], list[str]] = {}
        self._done: set[str] = set()
        self._told: list[str] = []
        self._looked_at, self._seconds = 0, 0.0
        self.stopped = False

    def all(self, plans: Sequence[VideoPlan], cluster: Cluster | None = None) -> None:
        """Mark all videos that are not finished; a cluster does the work, if there is one."""
        to_do = []
        for plan in plans:
            if self._should_stop():
                self.stopped = True
                return
            if plan.fault:
                self._fail(plan, plan.fault)
                continue
            before = self._taken_back(plan)
            if self._is_finished(plan):
                self._kept.append(plan.name)
                if before:
                    self._replaced.setdefault(before, []).append(plan.name)
                self._remarks.add(plan.name, [*self._differences(plan), *self._session.videos[plan.name]["warnings"]])
            else:
                to_do.append(plan)
                self._remarks.add(plan.name, self._differences(plan))
        if to_do:
            self._mark(to_do, len(plans), cluster)
        if not self.stopped:
            self._compare(plans)
        self._session.warnings += [*self._remarks.texts(), *self._about_replaced()]
        changed = [file for plan in plans for file in self._session.videos.get(plan.name, {}).get("changed", ())]
        if changed:
            self._session.warnings.append(
                f"Results that were changed since they were written are kept as they are: {some(changed)}. Remove or "
                "rename them to have them written anew."
            )

    def _taken_back(self, plan: VideoPlan) -> tuple[tuple[str, Any], ...]:
        """Return what an earlier run, or `redecide`, set for a video and this run did not, by name of the option."""
        record = self._session.videos.get(plan.name, {})
        before = {**record.get("decision", {}), "frame_rate": record.get("frame_rate")}
        decision = self._decision
        now = {
            "threshold": decision.threshold,
            "min_duration": decision.min_duration,
            "frame_rate": self._frame_rate(plan),
        }
        mine = [name for name in now if getattr(self._settings, name) is None and name in before]
        return tuple((name, before[name]) for name in mine if before[name] not in (None, now[name]))

    def _about_replaced(self) -> list[str]:
        return [
            f"{some(names)}: an earlier run, or redecide, had set {_in_words(options)}. This run did not, so the "
            "results follow the model and the video again. To have them as they were, set this again."
            for options, names in self._replaced.items()
        ]

    def _differences(self, plan: VideoPlan) -> list[str]:
        return self._remarks.before(*before_of(plan, self._settings))

    def _fail(self, plan: VideoPlan, why: str) -> None:
        self._done.add(plan.name)
        self._session.fail(plan.name, plan.path, why)
        self._progress({"stage": "marking", "said": [f"{plan.name} cannot be marked: {why}"]})

    def _compare(self, plans: Sequence[VideoPlan]) -> None:
        """Warn if labels that were given along say the opposite."""
        labelled = [plan for plan in plans if plan.labels is not None and self._is_done(plan.name)]
        if not labelled:
            return
        try:
            vectors = []
            for plan in labelled:
                assert plan.info is not None and plan.labels is not None
                vectors.append(empty_frames.labels_of(plan.info, plan.labels, 0, plan.name))
            names = [plan.name for plan in labelled]
            found = read_labels(vectors, self._facts.class_names, None, names)
            marks = {name: one for name in names if (one := self._session.marks(name)) is not None}
            self._session.warnings += swapped(dict(zip(names, found.vectors, strict=True)), marks)
        except TouchTrainError as error:  # the videos are marked all the same
            self._session.warnings.append(
                f"The labels that were given along cannot be compared: {error.text} For labels with other values there "
                f"is compare, with its options {named('class_names')} and {named('label_values')}."
            )

    def _is_done(self, name: str) -> bool:
        return self._session.videos.get(name, {}).get("state") == "done"

    def check_names(self, plans: Sequence[VideoPlan]) -> None:
        """Check that no marks of another video would be replaced.

        Raises:
            BadSession: the session holds another video of the same name.
        """
        others = []
        for plan in plans:
            record = self._session.videos.get(plan.name, {})
            same_path = os.path.normpath(record.get("video", "")) == os.path.normpath(plan.path)
            elsewhere = record.get("state") == "done" and not same_path and not plan.fault
            if elsewhere and record["video_sha256"] != file_sha256(plan.path):
                others.append(f"{plan.name} ({record['video']})")
        if others:
            raise BadSession(
                f"The session {self._session.folder} holds other videos of the same names: {some(others)}. Give "
                f"another folder as {named('output')}."
            )

    def _key(self, plan: VideoPlan) -> str:
        runtime = self._computed.get("runtime", self._settings.runtime)
        text = f"{plan.key}\n{self._settings.precision} {self._settings.backend}"
        if runtime != "keras":  # the key of Keras is that of versions without other runtimes
            text = f"{plan.key}\n{self._settings.precision} in {runtime}"
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]

    def _frame_rate(self, plan: VideoPlan) -> float | None:
        return before_of(plan, self._settings)[1]

    def _is_finished(self, plan: VideoPlan) -> bool:
        """Return whether a video was marked before, after its results were made anew if need be."""
        record, stamp = self._session.videos.get(plan.name, {}), stamp_text(stamp_of(plan.path))
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
        if not complete or not same or marks.video != plan.path or marks.view is None:  # of an earlier version
            labels = labels_of(marks.probabilities, marks.why, self._decision)
            anew = dataclasses.replace(marks, labels=labels, decision=self._decision, frame_rate=rate, video=plan.path)
            height, width, _ = self._facts.image_shape
            media_rate = plan.info.frames_per_second or None if plan.info else None
            anew = dataclasses.replace(anew, view=marks.view or plan.view((height, width)), media_rate=media_rate)
            kept = ("seconds", "frames_per_second", "key", *COMPUTED, "warnings")
            about = {name: record[name] for name in kept if name in record}
            self._session.finish(anew, formats, {**about, "stamp": stamp})
        return True

    def _mark(self, plans: Sequence[VideoPlan], n_all: int, cluster: Cluster | None) -> None:
        by_name = {plan.name: plan for plan in plans}
        items = [self._item(plan) for plan in plans]
        shown = ConversionProgress(self._progress, sum(item.frames for item in items), n_all, "marking")
        reported = dict.fromkeys(by_name, 0)

        def tick(item: Item, frames: int) -> None:
            if frames > reported[item.name]:
                number = len(self._kept) + len(self._done) + 1
                shown.add(min(number, n_all), item.name, frames - reported[item.name])
                reported[item.name] = frames

        self._told = [*self._session.warnings, *self._remarks.texts()]
        self._progress({"stage": "loading the model", "said": self._told})
        crew: Crew = cluster or Here()
        settings = _of_one(self._settings)
        load: Any = self._load_engine
        if cluster is not None:
            if settings.runtime == "auto":  # one for all workers, so that all videos of the session are alike
                settings = dataclasses.replace(settings, runtime=self._load_engine(None).runtime)
            load = functools.partial(kept_engine, self._facts, settings)
        common = Marking(self._facts, settings, self._decision, self._session.staging, load)
        try:
            for item, found in crew.each(mark_videos, common, items, self._end_if_asked, tick):
                self._end(by_name[item.name], found)
        except _Stopped:
            self.stopped = True

    def _load_engine(self, sample: Array | None) -> Engine:
        """Load the model. With the runtime ``auto``, all are timed on some frames."""
        if self._settings.runtime == "auto":
            self._progress({"stage": "timing the runtimes"})
        engine = engine_of(self._facts, self._settings, sample)
        if engine.timings:
            self._timings = self._session.timings = records(engine.timings)
        if engine.said:
            self._about_runtime = f"{self._about_runtime} {engine.said}".strip()
        if self._about_runtime:
            self._progress({"stage": "marking", "said": [self._about_runtime]})
        return engine

    def _item(self, plan: VideoPlan) -> Item:
        """Return a video as work."""
        frames = 0 if plan.look is None else int(plan.look.sum())
        formats = self._session.formats_of(plan.name, self._settings.formats)
        task = ToMark(dataclasses.replace(plan, labels=None), formats, self._frame_rate(plan))
        return Item(plan.name, frames, task, (plan.path,))

    def _end_if_asked(self) -> None:
        if self._should_stop():
            raise _Stopped

    def _end(self, plan: VideoPlan, found: Marked | WorkerLost) -> None:
        """Take what became of a video into the session."""
        self._done.add(plan.name)
        if isinstance(found, WorkerLost):
            self._fail(plan, found.text)
            return
        self._seconds += found.seconds
        self._computed = found.computed
        if found.waiting is None:
            self._fail(plan, found.error)
            return
        self._remarks.add(plan.name, found.remarks)
        looked_at, here = found.waiting.about["looked_at"], stamp_of(plan.path)
        same = here is not None and found.stamp is not None and here.content == found.stamp.content
        self._looked_at += looked_at
        about = {
            "seconds": round(found.seconds, 4),
            "frames_per_second": round(looked_at / max(found.seconds, 1e-9), 1),
            "stamp": stamp_text(here if same else found.stamp),
            "key": self._key(plan),
            **found.computed,
            "warnings": found.remarks,
        }
        try:
            self._session.place(found.waiting, about)
        except NotWritable as error:  # on Windows, another program has the file open
            self._fail(plan, error.text)

    def record(self, plans: Sequence[VideoPlan], seconds: float) -> Record:
        """Return the result of the run."""
        rows = [self._session.videos[plan.name] for plan in plans if plan.name in self._session.videos]
        done = [row for row in rows if row["state"] == "done"]
        failures = [{key: row[key] for key in ("name", "video", "why")} for row in rows if row["state"] == "failed"]
        return {
            "kind": "session",
            "path": str(self._session.folder),
            "model_path": str(self._facts.path),
            "videos": len(plans),
            "done": len(done),
            "names": [row["name"] for row in done],
            "kept": len(self._kept),
            "failed": len(failures),
            "failures": failures,
            **{key: sum(row[key] for row in done) for key in ("frames", "looked_at", "left_out", "touches")},
            "seconds": round(seconds, 3),
            "frames_per_second": round(self._looked_at / self._seconds, 1) if self._seconds else None,
            **{key: self._computed.get(key) for key in COMPUTED},
            "timings": self._timings,
            "about_runtime": self._about_runtime if self._computed else "",
            "decision": {
                "event_class": self._decision.event_class,
                "threshold": self._decision.threshold,
                "min_duration": self._decision.min_duration,
            },
            "warnings": self._session.warnings,
            "told": self._told,
            "stopped": self.stopped,
            "well": not failures,
        }


def _in_words(options: Iterable[tuple[str, Any]]) -> str:
    return " and ".join(set_to(name, value) for name, value in options)


def short(settings: CurateSettings) -> Record:
    """Return settings as plain values for the record of a session, without long ones from memory."""
    given = {name: value for name, value in settings.as_dict().items() if name != "scheduler"}
    return {name: "from memory" if name in _LONG and _is_long(given[name]) else given[name] for name in given}


def _of_one(settings: CurateSettings) -> CurateSettings:
    """Return settings without the values of all videos, which a worker that marks some does not need."""
    without: dict[str, Any] = dict.fromkeys((*_LONG, "template", "contact_array"))
    return dataclasses.replace(settings, **without)


def _is_long(value: Any) -> bool:
    return value is not None and not isinstance(value, (str, PathLike)) and np.size(np.asarray(value, object)) > 2
