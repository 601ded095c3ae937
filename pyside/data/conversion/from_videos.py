"""Converts videos and their labels to a dataset folder: cuts regions out of the frames and writes them as planned."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from pyside.aliases import Array, Progress
from pyside.cluster.cluster import Cluster
from pyside.cluster.preflight import OF_FRAMES
from pyside.cluster.work import Crew, Here, Item, Pool, Turn
from pyside.data.conversion.made_by import made_by
from pyside.data.conversion.preflight import Preflight, added, checked, counts_by_tag
from pyside.data.conversion.video_plan import Plan, conversion_record, deep_ones, estimate, plan_videos
from pyside.data.dataset_writer import DatasetWriter
from pyside.data.frame_file import FrameFile
from pyside.data.recordings.grey_levels import GreyLevels, Levels
from pyside.data.recordings.ready_frames import ready_frames
from pyside.data.recordings.regions.plan import cuts_out
from pyside.data.video.reader import file_sha256
from pyside.errors import BadLabels, BadOption, BadVideo, WorkerLost, printable, some
from pyside.settings.conversion import VideoSettings
from pyside.settings.core import named
from pyside.system.files import part_of, write_errors
from pyside.system.parallel import usable_cores
from pyside.system.paths import Stamp, Watched, changed, files_among, stamp_of
from pyside.system.progress import ConversionProgress, end_if_asked

_MOST_FRAMES_TOGETHER = 2_000  # of short videos in one task
_WORTH_PROCESSES = 5_000  # frames; fewer take less time to decode than processes take to start


def convert_videos(
    videos: Any,
    labels: Any,
    dataset: str | PathLike[str],
    options: Mapping[str, Any],
    first: int = 0,
    progress: Progress = lambda record: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> dict[str, Any]:
    """Write videos and their labels as a dataset folder; see `pyside.convert_videos`.

    Args:
        videos: a folder, a file, or a list of files.
        labels: a label file, or values in the same forms: vectors, structs, tables.
        dataset: the folder to write.
        options: settings of a conversion of videos, in Python's spelling.
        first: index of the first pixel and frame in `centers`, `frame_span` and messages: 0, or 1 for MATLAB. In a
            ``.mat`` file it is always 1, in a ``.bar`` file always 0.
        progress: called with records for a progress line, at most about five times a second.
        should_stop: called between chunks of frames; if it returns True, the conversion stops and keeps complete
            recordings.

    Returns:
        With the setting `check`, the result of `Preflight.report`, with ``pairing``, ``pairs`` and ``unpaired``.
        Otherwise the summary of the dataset, with these three, ``label_table``, ``left_out_why``, ``out_of_frame``,
        ``tags``, ``damaged`` (frames that were skipped, by recording) and ``warnings``.

    Raises:
        TouchTrainError: all faults of videos, labels, centres and options, before anything is written.
        BadVideo: a damaged video, found while reading it. Complete recordings are kept for the next conversion.
        NoCluster: the cluster of the setting `scheduler` does not answer, or has no worker that can be used.
        WorkerLost: the workers that converted a recording ended. Complete recordings are kept likewise.
        Interrupted: `should_stop` returned True.
    """
    settings = VideoSettings.from_options(options)
    given = settings.centers, settings.frame_values, settings.tags, settings.template
    watched = Watched(files_among(labels, *given))
    preflight = Preflight(
        "videos", Path(dataset).absolute(), GreyLevels(settings.pixel_range, cuts_out=cuts_out(settings))
    )
    if None not in (settings.workers, settings.scheduler):
        raise BadOption(
            f"{named('workers')} is the number of processes on this computer, and {named('scheduler')} lets a cluster "
            "do the work instead. Give one of them."
        )
    progress({"stage": "checking"})
    plan = functools.partial(plan_videos, videos, labels, settings, first)
    if settings.check:
        return checked(preflight, lambda found: _estimated(plan(found), found, settings, should_stop))
    plans = plan(preflight)
    watched.end_all(BadLabels)
    conversion = {**conversion_record(plans, settings), **made_by(settings, first)}
    room = preflight.check_room(conversion)
    with _cluster(preflight.target, plans, settings, room, progress, should_stop) as cluster:
        progress({"stage": "converting", "said": preflight.messages()})
        assert preflight.image_shape is not None
        writer = DatasetWriter(
            preflight.target,
            settings.class_names,
            preflight.image_shape,
            preflight.label_mapping,
            conversion,
        )
        damaged = write_recordings(writer, plans, settings, preflight.levels, progress, should_stop, cluster)
    summary = writer.close().summary()
    preflight.warnings += writer.remarks() + watched.warnings()
    if damaged:
        lost = sum(map(len, damaged.values()))
        preflight.warnings.append(f"{lost} damaged frames were left out, in {some(list(damaged))}.")
    left_out = added([*(one.left_out for one in preflight.planned), {"damaged": sum(map(len, damaged.values()))}])
    return {
        **summary,
        **preflight.further,
        "label_table": preflight.label_table,
        "left_out_why": left_out,
        "out_of_frame": added(one.out_of_frame for one in preflight.planned),
        "tags": counts_by_tag(preflight.planned),
        "damaged": damaged,
        "warnings": preflight.all_warnings(),
    }


def _estimated(
    plans: Sequence[Plan], found: Preflight, settings: VideoSettings, should_stop: Callable[[], bool]
) -> None:
    """Complete the report of a conversion that is only checked; the workers of a cluster are asked, too."""
    estimate(plans, found, settings)

    def warn(record: Mapping[str, Any]) -> None:
        found.warnings += record["said"]

    with _cluster(found.target, plans, settings, found.n_bytes, warn, should_stop):
        pass


# --- the work ------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def _cluster(
    target: Path,
    plans: Sequence[Plan],
    settings: VideoSettings,
    room: int,
    progress: Progress,
    should_stop: Callable[[], bool],
) -> Iterator[Cluster | None]:
    """Yield the workers of the setting `scheduler`, which have been asked whether they have what they need; or None."""
    if settings.scheduler is None:
        yield None
        return
    with Cluster(
        settings.scheduler,
        target,
        lambda text: progress({"stage": "converting", "said": [text]}),
        lambda: end_if_asked(should_stop, target),
        _MOST_FRAMES_TOGETHER,
    ) as cluster:
        cluster.check(OF_FRAMES, [plan.video.path for plan in plans], room=room)
        yield cluster


@dataclasses.dataclass(frozen=True)
class _Cut:
    """The arguments for cutting one recording out of its video, perhaps in another process."""

    path: Path
    stamp: Stamp | None
    frames_path: Path
    shape: tuple[int, int, int]
    size: tuple[int, int]
    top: Array
    left: Array
    keep: Array
    stream: int
    repeated: tuple[int, ...]
    settings: VideoSettings
    threads: int | None
    is_deep: bool


@dataclasses.dataclass(frozen=True)
class _CutResult:
    """The result of a `_Cut`: file, numbers and grey levels of the frames, hashes of the frames and of the video."""

    frames_path: Path
    numbers: Array
    levels: Levels
    sha256: str
    file_sha256: str


def _cut_out(cut: _Cut, tick: Callable[[int], None] = lambda frames: None) -> _CutResult:
    """Read a video and write its recording's frames; `tick` is called with the number of each further frames.

    Raises:
        BadVideo: it cannot be read, or has changed since it was checked. If it may only have been moved or linked, it
            is read once more.
    """
    for report in (tick, lambda frames: tick(0)):
        before = stamp_of(cut.path)
        if before is None or cut.stamp is None or before.content != cut.stamp.content:
            break
        found = _read_and_hashed(cut, report)
        if stamp_of(cut.path) == before:
            return found
    raise changed(cut.path, BadVideo)


def _read_and_hashed(cut: _Cut, tick: Callable[[int], None]) -> _CutResult:
    file, numbers, levels = FrameFile(cut.frames_path, cut.shape), [], Levels(cut.is_deep)
    settings = cut.settings
    chunks = ready_frames(
        cut.path,
        cut.size,
        cut.top,
        cut.left,
        cut.keep,
        cut.shape[:2],
        grey=settings.grey,
        contrast=settings.contrast,
        pad=settings.out_of_frame == "pad",
        on_damage=settings.on_damage,
        threads=cut.threads,
        pixel_range=settings.pixel_range,
        stream=cut.stream,
        repeated=cut.repeated,
    )
    for which, frames in chunks:
        file.append(frames)
        levels.add(frames)
        numbers.append(which)
        tick(len(frames))
    found = np.concatenate(numbers) if numbers else np.empty(0, np.int64)
    return _CutResult(cut.frames_path, found, levels, file.close(), file_sha256(cut.path))


def write_recordings(
    writer: DatasetWriter,
    plans: Sequence[Plan],
    settings: VideoSettings,
    levels: GreyLevels,
    progress: Progress,
    should_stop: Callable[[], bool],
    cluster: Cluster | None = None,
) -> dict[str, list[int]]:
    """Write all recordings that cannot be kept from before.

    Args:
        writer: of the dataset.
        plans: of the recordings.
        settings: of the conversion.
        levels: receives the grey levels of the frames.
        progress: as in `convert_videos`.
        should_stop: likewise.
        cluster: does the work, if there is one.

    Returns:
        Damaged frames by recording.

    Raises:
        BadVideo, NoCluster, WorkerLost, Interrupted: as `convert_videos`.
    """
    groups = {plan.name: writer.new_group() if plan.group is None else plan.group for plan in plans}
    taken = [plan for plan in plans if plan.selection.keep.any()]
    for plan in taken:
        writer.name(plan.name)  # file names are assigned in this order, whichever is complete first
    kept = {plan.name: int(np.count_nonzero(plan.selection.keep)) for plan in taken}
    shown = _Shown(ConversionProgress(progress, sum(kept.values()), len(taken)))
    damaged: dict[str, list[int]] = {}
    to_do, deep = [], deep_ones(plans)
    for plan in taken:
        before = _kept(writer, plan, groups[plan.name], settings)
        if before is None:
            to_do.append(plan)
            continue
        damaged |= {plan.name: before} if before else {}
        if (frames := writer.frames_before(plan.name)) is not None:
            levels.of(plan.name, plan.name in deep).add(frames)
        shown.so_far(plan.name, kept[plan.name], kept=True)
        end_if_asked(should_stop, writer.folder)
    lost = []
    for plan, cut in _cuts(writer, to_do, settings, cluster, shown, lambda: end_if_asked(should_stop, writer.folder)):
        if isinstance(cut, WorkerLost):
            lost.append(f"{plan.name}: {cut.text}")
            continue
        levels.put(plan.name, cut.levels)
        damage: list[int] = []
        if len(cut.numbers) < kept[plan.name]:
            damage = np.setdiff1d(np.flatnonzero(plan.selection.keep), cut.numbers).tolist()
            damaged[plan.name] = damage
        source = {**_source(plan, damage), "file_sha256": cut.file_sha256, "sha256": cut.sha256}
        labels = plan.labels[cut.numbers]
        writer.add(plan.name, labels, np.full(len(labels), groups[plan.name], np.int32), source, plan.tags)
    if lost:
        raise WorkerLost(
            f"{len(lost)} of {len(taken)} recordings could not be converted. {some(lost, between=' ')} Complete "
            "recordings are kept: repeat the call, perhaps with workers that have more memory."
        )
    return {plan.name: damaged[plan.name] for plan in plans if plan.name in damaged}


class _Shown:
    """Reports the progress of recordings, of which several may be under way."""

    def __init__(self, progress: ConversionProgress):
        self._progress = progress
        self._reported: dict[str, int] = {}

    def so_far(self, name: str, frames: int, kept: bool = False) -> None:
        """Report that this number of frames of a recording is written."""
        more = frames - self._reported.get(name, 0)
        if more > 0:
            self._reported[name] = frames
            self._progress.add(len(self._reported), name, more, kept)


def _kept(writer: DatasetWriter, plan: Plan, group: int, settings: VideoSettings) -> list[int] | None:
    """Keep a recording from before; return its damaged frames, or None if it must be written."""
    before = writer.finished(plan.name)
    if before is None or before.get("bytes") != plan.video.bytes:
        return None
    lost: list[int] = before.get("damaged", [])
    if lost and settings.on_damage == "error":
        return None
    labels = plan.labels[np.setdiff1d(np.flatnonzero(plan.selection.keep), lost)]
    source = {**_source(plan, lost), "file_sha256": file_sha256(plan.video.path)}
    groups = np.full(len(labels), group, np.int32)
    return lost if writer.keep(plan.name, labels, groups, source, plan.tags) else None


def _cuts(
    writer: DatasetWriter,
    plans: Sequence[Plan],
    settings: VideoSettings,
    cluster: Cluster | None,
    shown: _Shown,
    meanwhile: Callable[[], None],
) -> Iterator[tuple[Plan, _CutResult | WorkerLost]]:
    """Cut out recordings, in this process, in several or on a cluster, and report progress."""
    workers = _workers(plans, settings.workers)
    crew: Crew = cluster or (Here() if workers == 1 else Pool(workers, _MOST_FRAMES_TOGETHER))
    if not isinstance(crew, Here):  # long ones first, so that no process works alone at the end
        plans = sorted(plans, key=lambda plan: -plan.video.n_frames)
    threads, deep = 1 if cluster else max(1, usable_cores() // workers), deep_ones(plans)
    # A process that reads one video does not need the values of all videos.
    of_one = dataclasses.replace(settings, centers=None, frame_values=None, tags=None, template=None)
    by_name = {plan.name: plan for plan in plans}
    items = []
    for plan in plans:
        cut = _Cut(
            plan.video.path,
            plan.video.stamp,
            writer.frames_path(plan.name),
            writer.image_shape,
            plan.regions.size,
            plan.regions.top,
            plan.regions.left,
            plan.selection.keep,
            plan.video.stream,
            plan.video.empty if plan.video.repeats else (),
            of_one,
            threads,
            plan.name in deep,
        )
        so_far = functools.partial(_frames_in, cut)
        items.append(Item(plan.name, plan.video.n_frames, cut, (plan.video.path,), so_far))

    def tick(item: Item, frames: int) -> None:
        shown.so_far(item.name, frames)

    for item, cut in crew.each(_cut_out_several, None, items, meanwhile, tick):
        if isinstance(cut, _CutResult):
            tick(item, len(cut.numbers))
            if cut.frames_path != item.task.frames_path:
                with write_errors(item.task.frames_path):
                    cut.frames_path.replace(item.task.frames_path)
        yield by_name[item.name], cut


def _cut_out_several(common: None, cuts: Sequence[_Cut], turn: Turn) -> Iterator[_CutResult]:
    """Cut out several recordings, perhaps in another process, and yield the results."""
    for place, cut in enumerate(cuts):
        if turn.folder is not None:
            cut = dataclasses.replace(cut, frames_path=turn.folder / f"{place}.frames.npy")
        yield _cut_out(cut, functools.partial(turn.tick, place))


def _workers(plans: Sequence[Plan], wanted: int | None) -> int:
    worth = sum(plan.video.n_frames for plan in plans) >= _WORTH_PROCESSES
    return max(1, min(wanted or (usable_cores() if worth else 1), len(plans)))


def _frames_in(cut: _Cut) -> int:
    """Return the number of frames of a recording written so far."""
    for path in (part_of(cut.frames_path), cut.frames_path):
        try:
            return int(path.stat().st_size // int(np.prod(cut.shape)))
        except OSError:
            continue
    return 0


def _source(plan: Plan, damaged: Sequence[int]) -> dict[str, Any]:
    """Describe the source of a recording, so that a continued conversion can detect changes."""
    info, regions, keep = plan.video, plan.regions, plan.selection.keep
    corners = np.stack([np.where(keep, regions.top, 0), np.where(keep, regions.left, 0), keep]).astype("<i8")
    return {
        "kind": "video",
        "file": printable(info.path.name),
        "bytes": info.bytes,
        "frames": info.n_frames,
        "frame_size": [info.height, info.width],
        **({"frames_per_second": round(info.frames_per_second, 4)} if info.frames_per_second else {}),
        "frames_kept": _runs(keep),
        "regions_sha256": hashlib.sha256(corners.tobytes()).hexdigest(),
        **({"repeated" if info.repeats else "empty": list(info.empty)} if info.empty and info.is_placed else {}),
        **({"stream": info.stream} if info.streams else {}),
        **({"damaged": list(damaged)} if damaged else {}),
        **_region(plan),
        **({"labels_by": "machine"} if plan.machine_labels else {}),
        **({"corrections": plan.corrections} if plan.corrections else {}),
    }


def _region(plan: Plan) -> dict[str, Any]:
    """Describe the region of a recording for a person: its size and centre, or the range of its centres, from 0."""
    regions, keep = plan.regions, plan.selection.keep
    if regions.size == (plan.video.height, plan.video.width) or not keep.any():
        return {}
    x, y = regions.centers[keep].round(2).T.tolist()
    if len({*x}) == len({*y}) == 1:
        return {"region": {"size": list(regions.size), "center": [x[0], y[0]]}}
    return {"region": {"size": list(regions.size), "x": [min(x), max(x)], "y": [min(y), max(y)]}}


def _runs(keep: Array) -> list[list[int]]:
    """Return the runs of True as [first, last], counted from 0."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], keep, [False]]).astype(np.int8)))
    return [[int(start), int(end) - 1] for start, end in edges.reshape(-1, 2)]
