"""Plans a conversion of videos before anything is written: finds, pairs and checks videos and labels."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from pyside.aliases import Array
from pyside.data.conversion.preflight import REASONS, Planned, Preflight, added
from pyside.data.dataset import count_classes
from pyside.data.dataset_writer import check_target
from pyside.data.formats.frames import adjust_contrast, noted_contrast, resize_frames
from pyside.data.labels.bouts.behaviours import Bouts
from pyside.data.labels.class_indices import read_labels
from pyside.data.labels.entry import FrameList, LabelEntry
from pyside.data.labels.machine_made import check_people
from pyside.data.recordings import empty_frames
from pyside.data.recordings.grey_levels import FRAMES_LOOKED_AT
from pyside.data.recordings.pairing import Beside, PairedLabels, pair, pair_labels
from pyside.data.recordings.regions.plan import (
    BesideVideos,
    beside,
    check_bits,
    check_content,
    check_options,
    cuts_out,
    probed,
    region_record,
    regions_of,
)
from pyside.data.recordings.regions.roi import Regions
from pyside.data.recordings.selection import Selection, select_frames
from pyside.data.recordings.tags import read_tags, tags_of, unknown_videos
from pyside.data.video.image_sequences import images_of
from pyside.data.video.info import VideoInfo
from pyside.data.video.reader import decoding_rate, sample_frames
from pyside.data.video.sources import find_videos, from_difference, recording_names, two_orders
from pyside.errors import BadVideo, Faults, Unpaired, some
from pyside.settings.conversion import VideoSettings
from pyside.settings.core import named

_SAME_RATE = 0.01  # share by which two frame rates that mean the same may differ: 29.97 and 30


@dataclasses.dataclass(frozen=True)
class Plan:
    """The plan for one video."""

    name: str  # of the recording
    video: VideoInfo
    labels: Array  # int16, one per frame of the video
    label_source: str
    regions: Regions
    selection: Selection
    tags: dict[str, str]
    machine_labels: bool  # a model wrote them
    group: int | None = None  # of its frames; None for a new one
    corrections: dict[str, Any] | None = None  # of a person, see `pyside.reviewing.results.added`

    def described(self, class_names: Sequence[str]) -> Planned:
        """Return the plan for the report."""
        keep = self.selection.keep
        return Planned(
            self.name,
            f"{self.video.path.name} <- {self.label_source}",
            self.video.n_frames,
            int(np.count_nonzero(keep)),
            count_classes(self.labels[keep], class_names),
            added([self.selection.left_out]),
            added([self.regions.counts()]),
            self.tags,
        )


def conversion_record(plans: Sequence[Plan], settings: VideoSettings) -> dict[str, Any]:
    """Return how the frames are converted, so that other videos can be converted in the same way."""
    return {
        "pixel_range": settings.pixel_range and list(settings.pixel_range),
        "roi": list(plans[0].regions.size) if cuts_out(settings) else None,
        "grey": settings.grey,
        "contrast": noted_contrast(settings.contrast),
        "region": region_record([plan.regions for plan in plans], settings),
    }


def plan_videos(videos: Any, labels: Any, settings: VideoSettings, first: int, found: Preflight) -> list[Plan]:
    """Plan the conversion of all videos, and find all faults."""
    faults = found.faults
    found.class_names = settings.class_names
    with faults.noting():
        check_target(found.target)
    check_options(settings, faults)
    paths = find_videos(videos, faults, found.warnings, by_number=settings.pairing == "natural")
    orders = two_orders(videos, paths) if paths and settings.pairing not in ("order", "natural") else ""
    paired: PairedLabels | None = None
    if paths:
        with faults.noting():
            paired = pair_labels(
                labels, settings.label_variable, paths, settings.pairing, settings.trial_pattern, orders
            )
    infos = {}
    for path, ask in probed(paths, settings):
        with faults.noting(of=path):
            infos[path] = ask()
    if paired is None:
        _beside(paths, settings, first, faults)
        _tags(paths, settings, found)
        faults.raise_any()
    assert paired is not None
    entries = _partners(paths, paired, settings, found)
    used = [path for path in entries if path in infos]
    found.further = {"pairing": paired.how, "pairs": [], "unpaired": _unpaired(paired)}
    found.warnings += paired.remarks
    _note_order_of_images(entries, infos, settings, found)
    unpaired = any(isinstance(one, Unpaired) for one in faults)
    others = _beside(paths if unpaired else used, settings, first, faults, orders)
    tags = _tags(used, settings, found)
    names = dict(zip(paths, recording_names(paths), strict=True))
    for path in used:
        check_content(infos[path], names[path], settings, found)
    _check_sizes([infos[path] for path in used], settings, found)
    check_bits([infos[path] for path in used], settings, faults)
    faults.raise_any()
    videos = [(infos[path], names[path], entries[path]) for path in used]
    plans = _recordings(videos, others, tags, settings, first, found)
    faults.raise_any()
    height, width = settings.image_size or plans[0].regions.size
    found.image_shape = (height, width, 1)
    empty = [plan.name for plan in plans if not plan.selection.keep.any()]
    if empty:
        found.warnings.append(f"Recordings without selected frames are left out: {some(empty)}.")
    if shifted := sum(plan.regions.shifted for plan in plans):
        found.warnings.append(f"In {shifted} frames the region extended beyond the frame and was shifted into it.")
    if not any(plan.selection.keep.any() for plan in plans):
        why = [
            f"{count:,} {REASONS[reason]}" for reason, count in added(plan.selection.left_out for plan in plans).items()
        ]
        faults.add(BadVideo, f"No frame of any video is selected. Frames left out: {', '.join(why) or 'none'}.")
    faults.raise_any()
    return plans


def _partners(
    paths: Sequence[Path], paired: PairedLabels, settings: VideoSettings, found: Preflight
) -> dict[Path, LabelEntry]:
    """Return the labels of the videos that have any; unpaired ones are a fault, or a warning by `on_unpaired`."""
    texts = []
    if paired.videos_alone:
        texts.append(f"There are no labels for {some(paired.videos_alone)}.")
    if paired.labels_alone:
        texts.append(f"There are labels for {some(paired.labels_alone)}, but no such video.")
    if texts:
        text = " ".join(texts)
        if settings.on_unpaired == "error":
            found.faults.add(
                Unpaired,
                f"{text} They were paired by {paired.how}. Correct that, or set the option {named('on_unpaired')} to "
                "'skip' to leave them out.",
            )
        else:
            found.warnings.append(f"{text} They are left out.")
    entries = {path: entry for path, entry in zip(paths, paired.entries, strict=True) if entry is not None}
    with found.faults.noting():
        check_people(entries.values(), settings.include_machine_labels)
        if machines := [entry.source for entry in entries.values() if entry.machine]:
            sources = some(machines, between="; ")
            found.warnings.append(f"A model wrote these labels, and nobody has changed them: {sources}.")
    whole = [f"{entry.source} ({entry.left_out})" for entry in entries.values() if entry.left_out]
    if whole:
        found.warnings.append(f"Recordings left out: {some(whole)}.")
    return {path: entry for path, entry in entries.items() if not entry.left_out}


def _note_order_of_images(
    entries: Mapping[Path, LabelEntry], infos: Mapping[Path, VideoInfo], settings: VideoSettings, found: Preflight
) -> None:
    """Warn of sequences whose images are in another order in ``dir``, if labels do not name their frames."""
    for path, entry in entries.items():
        numbered = isinstance(entry.labels, FrameList) or (isinstance(entry.labels, Bouts) and not entry.labels.n_rows)
        if path not in infos or not path.is_dir() or numbered:
            continue
        by_number = [image.name for image in images_of(path)]
        by_code = sorted(by_number)
        if by_number != by_code and settings.pairing != "natural":
            text = (
                f"the images are frames in the order of their numbers ({from_difference(by_number, by_code)}), not in "
                f"that of dir ({from_difference(by_code, by_number)}). The labels must be in the same order."
            )
            found.warn(f"{path.name}: {text}", of=path.name, alike=text)


def _unpaired(paired: PairedLabels) -> dict[str, list[str]]:
    return {"videos": list(paired.videos_alone), "labels": list(paired.labels_alone)}


def _beside(
    paths: Sequence[Path], settings: VideoSettings, first: int, faults: Faults, orders: str = ""
) -> BesideVideos:
    def partner(values: Beside, what: str) -> list[Any]:
        return [value for _, value in pair(values, paths, what, faults, orders)]

    return beside(len(paths), settings, first, faults, partner)


def _tags(paths: Sequence[Path], settings: VideoSettings, found: Preflight) -> list[dict[str, str]]:
    """Return the tags of each video."""
    with found.faults.noting():
        if settings.tags is not None:
            tags, names = read_tags(settings.tags), recording_names(paths)
            of_videos = tags_of(tags, paths, names)
            without = [path.name for path, one in zip(paths, of_videos, strict=True) if not one]
            if without:
                found.warnings.append(f"There are no tags for {some(without)}.")
            if unknown := unknown_videos(tags, paths):
                found.warnings.append(f"There are tags for {some(unknown)}, but no such video.")
            return of_videos
    return [{} for _ in paths]


def _check_sizes(infos: Sequence[VideoInfo], settings: VideoSettings, found: Preflight) -> None:
    """Check that whole frames have one size, unless they are resized."""
    sizes = {(info.height, info.width): info.path.name for info in reversed(infos)}
    if not cuts_out(settings) and settings.image_size is None and len(sizes) > 1:
        shown = "; ".join(f"{name} {height} x {width}" for (height, width), name in sizes.items())
        found.faults.add(
            BadVideo,
            f"The frames of the videos differ in size (height x width): {shown}. Cut out a region of one size with the "
            f"options {named('roi')} and {named('centers')}, or resize them with {named('image_size')}.",
        )


def _recordings(
    videos: Sequence[tuple[VideoInfo, str, LabelEntry]],
    others: BesideVideos,
    tags: Sequence[dict[str, str]],
    settings: VideoSettings,
    first: int,
    found: Preflight,
) -> list[Plan]:
    """Plan each recording, and note faults."""
    faults, vectors, regions, infos = found.faults, [], [], []
    for (one, name, entry), matrix in zip(videos, others.centers, strict=True):
        with faults.noting(of=name):
            info, warning = empty_frames.counted(one, entry, settings.on_empty, settings.frame_offset, name, first)
            if warning:
                found.warn(f"{name}: {warning}", of=name, alike=warning)
            infos.append(info)
            with faults.noting(of=name):
                vectors.append(empty_frames.labels_of(info, entry, settings.frame_offset, name))
                _note_rate(entry.labels, info, name, found)
            with faults.noting(of=name):
                regions.append(regions_of(info, matrix, settings, name, others.counted_from, found))
    names = [name for _, name, _ in videos]
    if len(vectors) < len(videos) or len(regions) < len(videos):
        return []
    with faults.noting():
        label_set = read_labels(vectors, settings.class_names, settings.label_values, names)
        found.label_mapping, found.label_table = label_set.mapping, label_set.table
        found.warnings += label_set.remarks
        plans = []
        for number, (info, (_, name, entry)) in enumerate(zip(infos, videos, strict=True)):
            values = others.values[number]
            with faults.noting(of=name):
                selection = _selection(
                    label_set.vectors[number],
                    regions[number],
                    values if values is None else empty_frames.shown(info, values),
                    settings,
                    name,
                    first,
                )
                its_tags = {**entry.tags, **tags[number]}
                vector = label_set.vectors[number]
                plan = Plan(name, info, vector, entry.source, regions[number], selection, its_tags, entry.machine)
                found.planned.append(plan.described(settings.class_names))
                found.further["pairs"].append(_pair(plan, found.planned[-1]))
                plans.append(plan)
        return plans
    return []


def _note_rate(labels: Any, info: VideoInfo, name: str, found: Preflight) -> None:
    """Say by which frame rate the seconds of bouts became frames, if the labels do not say it themselves."""
    if not isinstance(labels, Bouts) or not labels.in_seconds:
        return
    own = info.frames_per_second
    if not labels.rate_for(info.n_frames, 0):
        text = f"seconds became frames by the rate of the video, {own:g} frames per second. "
        text += "If the labels mean another, add a column fps."
        found.warn(f"{name}: {text}", of=name, alike=text)
    elif labels.rate is not None and own and abs(labels.rate / own - 1) > _SAME_RATE:
        text = f"the labels say {labels.rate:g} frames per second, the video {own:g}. Frames were found by the labels."
        found.warn(f"{name}: {text}", of=name, alike=text)


def _pair(plan: Plan, planned: Planned) -> dict[str, Any]:
    return {
        "recording": plan.name,
        "video": str(plan.video.path),
        "labels": plan.label_source,
        "frames": plan.video.n_frames,
        "counts": planned.counts,
        "left_out": sum(planned.left_out.values()),
        "left_out_why": planned.left_out,
        "out_of_frame": planned.out_of_frame,
    }


def _selection(
    labels: Array, regions: Regions, values: Any, settings: VideoSettings, name: str, first: int
) -> Selection:
    span = settings.frame_span and (settings.frame_span[0] - first, settings.frame_span[1] - first)
    return select_frames(
        labels,
        has_center=regions.has_center,
        in_frame=regions.in_frame,
        frame_span=span,
        negative_window=settings.negative_window,
        negative_share=settings.negative_share,
        values=values,
        exclude_above=settings.exclude_above,
        exclude_below=settings.exclude_below,
        what=name,
    )


def estimate(plans: Sequence[Plan], found: Preflight, settings: VideoSettings) -> None:
    """Estimate the time of the conversion from the decoding speed of the first video, and look at a few frames."""
    info = plans[0].video
    pixels = sum(plan.video.n_frames * plan.video.height * plan.video.width for plan in plans)
    with found.faults.noting():
        rate = decoding_rate(info.path, settings.pixel_range, info.stream)
        found.seconds = pixels / (info.height * info.width) / max(rate, 1e-9)
        found.check_room(conversion_record(plans, settings))
    with found.faults.noting():
        taken = [plan for plan in plans if plan.selection.keep.any()]
        looks = {plan.name: functools.partial(_looked_at, plan, settings) for plan in taken}
        found.look_at(looks, deep_ones(plans), is_fault=settings.on_damage == "error")


def deep_ones(plans: Sequence[Plan]) -> set[str]:
    """Return the recordings whose pixels have more than 8 bits."""
    return {plan.name for plan in plans if plan.video.bits > 8}


def _looked_at(plan: Plan, settings: VideoSettings) -> Iterator[Array]:
    """Yield a few frames of a video, about as they would be stored: their numbers are not exact."""
    frames = sample_frames(plan.video.path, FRAMES_LOOKED_AT, settings.pixel_range, plan.video.stream)
    (height, width), kept = plan.regions.size, np.flatnonzero(plan.selection.keep)
    for frame, place in zip(frames, np.linspace(0, len(kept) - 1, len(frames)).astype(int), strict=True):
        top, left = max(0, plan.regions.top[kept[place]]), max(0, plan.regions.left[kept[place]])
        region = frame[np.newaxis, top : top + height, left : left + width, np.newaxis]
        if region.size:
            yield resize_frames(adjust_contrast(region, settings.contrast), settings.image_size or region.shape[1:3])
