"""Videos and their labels to a dataset folder: look for videos, pair them with labels, check all, cut out, write."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from pyside.bridge import arrays
from pyside.data.centers import center_entries
from pyside.data.dataset import DatasetWriter, check_room, check_target, count_classes
from pyside.data.labels import LEAVE_OUT, read_labels
from pyside.data.pairing import Beside, label_entries, pair
from pyside.data.progress import ConversionProgress, Progress, end_if_asked
from pyside.data.roi import Regions, place_regions
from pyside.data.sources import find_videos, recording_names
from pyside.data.video import VideoInfo, file_sha256, probe, read_regions
from pyside.errors import (
    BadLabels,
    BadVideo,
    Faults,
    LengthMismatch,
)
from pyside.settings import VideoSettings

Array = np.ndarray[Any, Any]
LEGACY_SIDE = 61  # pixels: the region around a pole that the older tool cut out
_PAIRS_TOLD = 20


@dataclasses.dataclass(frozen=True)
class _Plan:
    """What will be done to one video."""

    name: str  # of the recording
    video: VideoInfo
    labels: Array  # int16, a frame of the video
    label_source: str
    regions: Regions


def convert_videos(
    videos: Any,
    labels: Any,
    dataset: str | PathLike[str],
    options: Mapping[str, Any],
    first: int = 0,
    progress: Progress = lambda record: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> dict[str, Any]:
    """Write videos and their labels as a dataset folder; `pyside.convert_videos` is documented there.

    Args:
        videos: a folder, a file, or a list of files.
        labels: a label file, an array, a list with one array a video, or a dict from video name to array.
        dataset: the folder to write.
        options: settings of a conversion of videos, in Python's spelling.
        first: what the first pixel and frame are counted as in `centers` and in messages: 0, or 1 for MATLAB. In a
            ``.mat`` file it is always 1.
        progress: called with records for a progress line, at most some five times a second.
        should_stop: asked between chunks of frames; True ends the conversion, what is complete is kept.

    Returns:
        The summary of the dataset, with ``pairs``, ``shifted``, ``left_out_by_center`` and ``warnings``.

    Raises:
        TouchTrainError: all that is wrong with videos, labels, centres and options, before anything is written.
        BadVideo: a damaged video, found while reading it. What is complete is kept for the next try.
        Interrupted: it was asked to stop.
    """
    settings = VideoSettings.from_options(options)
    target = Path(dataset).absolute()
    progress({"stage": "checking"})
    plans, mapping = _plan(videos, labels, target, settings, first)
    size = plans[0].regions.size
    progress({"stage": "converting", "said": _pairs_told(plans, settings.class_names)})
    conversion = {"pixel_range": None, "roi": list(size) if _cuts_out(settings) else None, "grey": settings.grey}
    writer = DatasetWriter(target, settings.class_names, (*size, 1), mapping, conversion)
    shown = ConversionProgress(progress, sum(plan.video.n_frames for plan in plans), len(plans))
    for number, plan in enumerate(plans, start=1):
        _write(writer, plan, number, settings.grey, shown, should_stop)
    summary = writer.close().summary()
    return {**summary, **_report(plans, settings)}


# --- before anything is written ------------------------------------------------------------------------------------


def _plan(
    videos: Any, labels: Any, target: Path, settings: VideoSettings, first: int
) -> tuple[list[_Plan], dict[str, str]]:
    """Find out all that will be done, and all that is wrong."""
    faults = Faults()
    with faults.noting():
        check_target(target)
    paths = find_videos(videos, faults)
    label_vectors, center_matrices = [], []
    with faults.noting():
        label_vectors = pair(label_entries(labels, settings.label_variable), paths, "labels", faults)
    centers: Beside = []
    counted_from = first
    with faults.noting():
        centers, counted_from = center_entries(settings.centers, len(paths), first)
        center_matrices = pair(centers, paths, "centres", faults)
    infos = [info for path in paths if (info := _probed(path, faults))]
    faults.raise_any()
    names = recording_names(paths)
    _check_sizes(infos, settings, faults)
    regions, vectors = [], []
    for info, name, vector, matrix in zip(infos, names, label_vectors, center_matrices, strict=True):
        with faults.noting():
            vectors.append(_as_long(vector[1], info, name, vector[0]))
        with faults.noting():
            regions.append(_regions(info, matrix[1], settings, name, counted_from))
    faults.raise_any()
    label_set = read_labels(vectors, settings.class_names, settings.label_values, names)
    plans = [
        _Plan(name, info, vector, source[0], region)
        for name, info, vector, source, region in zip(
            names, infos, label_set.vectors, label_vectors, regions, strict=True
        )
    ]
    height, width = plans[0].regions.size
    check_room(target, height * width * sum(int(np.count_nonzero(plan.regions.keep)) for plan in plans))
    return plans, label_set.mapping


def _cuts_out(settings: VideoSettings) -> bool:
    return settings.roi is not None or settings.centers is not None


def _probed(path: Path, faults: Faults) -> VideoInfo | None:
    with faults.noting():
        return probe(path)
    return None


def _check_sizes(infos: Sequence[VideoInfo], settings: VideoSettings, faults: Faults) -> None:
    """Whole frames must have one size."""
    sizes = {(info.height, info.width): info.path.name for info in reversed(infos)}
    if not _cuts_out(settings) and len(sizes) > 1:
        shown = "; ".join(f"{name} {height} x {width}" for (height, width), name in sizes.items())
        faults.add(
            BadVideo,
            f"The frames of the videos differ in size (height x width): {shown}. Cut out a region of one size by the "
            "options Roi and Centers (roi, centers).",
        )


def _as_long(vector: Any, info: VideoInfo, name: str, source: str) -> Any:
    """Check that there is a label for each frame."""
    texts = arrays.as_texts(vector)
    length = len(texts) if texts else arrays.to_numpy(vector, f"Labels of {name}", BadLabels).size
    if length != info.n_frames:
        raise LengthMismatch(
            f"{name}: {info.path.name} has {info.n_frames} frames, {source} has {length} labels. Give one label a "
            "frame; -1 leaves a frame out."
        )
    return vector


def _regions(info: VideoInfo, matrix: Any, settings: VideoSettings, name: str, first: int) -> Regions:
    size = settings.roi or ((LEGACY_SIDE, LEGACY_SIDE) if _cuts_out(settings) else (info.height, info.width))
    return place_regions(matrix, size, (info.height, info.width), info.n_frames, name, first)


# --- the work ------------------------------------------------------------------------------------------------------


def _write(
    writer: DatasetWriter,
    plan: _Plan,
    number: int,
    grey: str,
    shown: ConversionProgress,
    should_stop: Callable[[], bool],
) -> None:
    keep = plan.regions.keep
    labels = plan.labels[keep]
    groups = np.full(len(labels), writer.new_group(), np.int32)
    source = _source(plan)
    if not len(labels) or writer.keep(plan.name, labels, groups, source):
        shown.add(number, plan.name, len(keep))
        return
    recording = writer.begin(plan.name)
    size, top, left = plan.regions.size, plan.regions.top, plan.regions.left
    for frames in read_regions(plan.video.path, size, top, left, keep, grey):
        recording.append(frames)
        shown.add(number, plan.name, len(frames))
        end_if_asked(should_stop, writer.folder)
    shown.add(number, plan.name, int(np.count_nonzero(~keep)))
    recording.close(labels, groups, source)


def _source(plan: _Plan) -> dict[str, Any]:
    """Describe where a recording comes from, so that a conversion that goes on knows whether anything changed."""
    info, regions = plan.video, plan.regions
    corners = np.stack([regions.top, regions.left, regions.keep]).astype("<i8")
    return {
        "kind": "video",
        "file": info.path.name,
        "bytes": info.bytes,
        "file_sha256": file_sha256(info.path),
        "frames": info.n_frames,
        "frames_kept": _runs(regions.keep),
        "regions_sha256": hashlib.sha256(corners.tobytes()).hexdigest(),
    }


def _runs(keep: Array) -> list[list[int]]:
    """Return the runs of True as [first, last], counted from 0."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], keep, [False]]).astype(np.int8)))
    return [[int(start), int(end) - 1] for start, end in edges.reshape(-1, 2)]


# --- what is told about it -----------------------------------------------------------------------------------------


def _pairs(plans: Sequence[_Plan], class_names: Sequence[str]) -> list[dict[str, Any]]:
    return [
        {
            "recording": plan.name,
            "video": str(plan.video.path),
            "labels": plan.label_source,
            "frames": plan.video.n_frames,
            "counts": count_classes(plan.labels[plan.regions.keep], class_names),
            "left_out": int(np.count_nonzero((plan.labels == LEAVE_OUT) | ~plan.regions.keep)),
        }
        for plan in plans
    ]


def _pairs_told(plans: Sequence[_Plan], class_names: Sequence[str]) -> list[str]:
    """Return a line a pair: ``whisker001.mp4 <- labels.mat: labels{1}  600 frames: NonTouch 540, Touch 40, 20 out``."""
    rows = []
    for plan, row in list(zip(plans, _pairs(plans, class_names), strict=True))[:_PAIRS_TOLD]:
        counts = ", ".join(f"{name} {count}" for name, count in row["counts"].items())
        left_out = f", left out {row['left_out']}" if row["left_out"] else ""
        rows.append(f"{plan.video.path.name} <- {row['labels']}: {row['frames']} frames, {counts}{left_out}")
    if len(plans) > _PAIRS_TOLD:
        rows.append(f"... and {len(plans) - _PAIRS_TOLD} more, all in the report")
    return rows


def _report(plans: Sequence[_Plan], settings: VideoSettings) -> dict[str, Any]:
    shifted = sum(plan.regions.shifted for plan in plans)
    warnings = [
        f"{plan.name} was left out: none of its frames has a centre." for plan in plans if not plan.regions.keep.any()
    ]
    if shifted:
        warnings.append(f"In {shifted} frames the region stuck out of the frame and was shifted inside.")
    return {
        "pairs": _pairs(plans, settings.class_names),
        "shifted": shifted,
        "left_out_by_center": sum(int(np.count_nonzero(~plan.regions.keep)) for plan in plans),
        "warnings": warnings,
    }
