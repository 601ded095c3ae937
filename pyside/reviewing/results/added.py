"""Writes a dataset with the corrected recordings of a session beside those of another one."""

from __future__ import annotations

import contextlib
import dataclasses
import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from pyside.aliases import Progress, Record
from pyside.data.conversion.from_videos import write_recordings
from pyside.data.conversion.preflight import Preflight
from pyside.data.conversion.video_plan import Plan
from pyside.data.dataset import DESCRIPTION, LEAVE_OUT, Dataset, described, open_dataset
from pyside.data.dataset_writer import DatasetWriter, can_link, still_to_write
from pyside.data.description import READING
from pyside.data.recordings.grey_levels import GreyLevels
from pyside.data.recordings.regions.roi import Regions
from pyside.data.recordings.selection import Selection
from pyside.data.recordings.tags import SIDE_TAG, SIDES
from pyside.data.video.info import VideoInfo
from pyside.data.video.reader import file_sha256, probe
from pyside.errors import BadDataset, BadVideo, Faults, printable, some
from pyside.reviewing.corrections import FILE
from pyside.reviewing.desk import Desk, open_desk
from pyside.reviewing.results.additions import COUNTS, Addition, AdditionPlan, check_whole, origin_of, plan_additions
from pyside.reviewing.results.corrected import about_unseen
from pyside.reviewing.results.sides import Sides, sides_of
from pyside.reviewing.results.twins import twins
from pyside.reviewing.sources.kinds import folder_of
from pyside.settings.conversion import VideoSettings
from pyside.settings.review import AdditionSettings
from pyside.system.files import check_room, sha256_of, write_errors
from pyside.system.paths import is_file, stamp_of, stamp_text
from pyside.system.progress import end_if_asked

_NOT_OF_CONVERSION = ("format", "class_names", "image_shape", "label_mapping", "recordings")


def add_corrections(
    dataset: Path,
    session: Path,
    target: Path,
    settings: AdditionSettings,
    progress: Progress = lambda record: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Record:
    """Write the recordings of a dataset and the corrected ones of a session as a new dataset.

    Args:
        dataset: the dataset; it stays as it is, and its frames are linked into the new one, or copied.
        session: folder of the session, or `dataset` again, if its own labels were reviewed.
        target: the folder to write; a dataset that is there is replaced when the new one is complete.
        settings: the options.
        progress: as in `convert_videos`.
        should_stop: likewise.

    Returns:
        The summary of the dataset with ``session``, ``added``, ``replaced`` and ``skipped`` (names of recordings),
        ``confirmed``, ``corrected``, ``machine`` and ``given`` (frames of those that were added or replaced), ``sides``
        (number of recordings by side; empty if they are left to a training), and ``warnings``.

    Raises:
        TouchTrainError: as `plan_additions`; a video has changed since it was marked, or cannot be read; all before
            anything is written.
        DiskFull, NotWritable: nothing half-written stays under the name of the dataset.
        Interrupted: `should_stop` returned True; the next call goes on with the recordings that are complete.
    """
    progress({"stage": "checking"})
    old = open_dataset(dataset)
    desk, sha256 = _read(session)
    planned = plan_additions(old, desk, settings)
    sides = sides_of(old, desk.session.get("model"), settings.keep_sides)
    infos = _probed(old, planned.additions, lambda: end_if_asked(should_stop, target))
    tags = _tags(old, planned.additions, sides)
    origins = {one.name: origin_of(one, desk, sha256, settings.frames) for one in planned.every}
    plans = [
        _plan(one, info, tags[one.name], origins[one.name]) for one, info in zip(planned.additions, infos, strict=True)
    ]
    like = _settings(old, planned.additions)
    preflight = Preflight("corrections", target, GreyLevels(like.pixel_range, cuts_out=like.roi is not None))
    preflight.class_names, preflight.image_shape = old.class_names, old.image_shape
    preflight.planned += [plan.described(old.class_names) for plan in plans]
    conversion = {key: value for key, value in old.info.items() if key not in _NOT_OF_CONVERSION}
    conversion["reading"] = old.info.get("reading")
    _check_room(old, target, preflight, conversion)
    progress({"stage": "converting", "said": preflight.messages()})
    writer = DatasetWriter(target, old.class_names, old.image_shape, old.info["label_mapping"], conversion)
    _take_over(writer, old, planned, tags, origins, lambda: end_if_asked(should_stop, target))
    write_recordings(writer, plans, like, preflight.levels, progress, should_stop)
    made = writer.close()
    warnings = [
        *_warnings(old, planned, sides),
        *_about_twins(old, planned, made),
        *preflight.levels.remarks(),
        *writer.remarks(),
    ]
    return {**made.summary(), **_outcome(session, planned, made), "warnings": [*map(printable, warnings)]}


def _read(session: Path) -> tuple[Desk, str]:
    """Return the desk of a session, and the SHA-256 of the corrections that it read."""
    file = folder_of(session) / FILE
    while True:  # a review may be going on
        before = sha256_of(file) if is_file(file) else ""
        desk = open_desk(session)
        if not before or sha256_of(file) == before:
            return desk, before


# --- the videos ----------------------------------------------------------------------------------------------------


def _probed(dataset: Dataset, additions: Sequence[Addition], end: Callable[[], None]) -> list[VideoInfo]:
    """Return the properties of all videos, their frames counted as when they were marked.

    Raises:
        BadVideo, PathMissing: one cannot be read, or has changed since it was marked; all faults at once.
        BadFrames: the model saw regions, and the dataset has whole frames.
    """
    faults, found = Faults("videos", len(additions)), []
    for one in additions:
        end()
        with faults.noting(of=one.marks.name):
            found.append(_info(one))
            check_whole(dataset, one.view, (found[-1].height, found[-1].width), one.marks.name, faults)
    faults.raise_any()
    return found


def _info(one: Addition) -> VideoInfo:
    marks, view = one.marks, one.view
    stamp = stamp_of(marks.video)
    if stamp_text(stamp) == one.stamp or file_sha256(marks.video) == marks.video_sha256:
        info = probe(marks.video, "skip" if one.damaged else "error", view.pixel_range, view.stream)
        if view.repeated:
            info = dataclasses.replace(info, n_frames=info.n_counted, repeats=True)
        if info.n_frames == marks.n_frames:
            return dataclasses.replace(info, stamp=stamp)
    text = (
        "the video was changed since it was marked, so its corrections need not fit its frames. Put the former one "
        "back, or curate it again and review it anew."
    )
    raise BadVideo(f"{marks.name}: {marks.video}: {text}", of=marks.name, alike=text)


def _plan(one: Addition, info: VideoInfo, tags: dict[str, str], origin: dict[str, Any]) -> Plan:
    """Return the plan to convert a recording as `convert_videos` would."""
    view, n = one.view, one.marks.n_frames
    top, left = (np.where(view.there, corner, 0).astype(np.int64) for corner in view.corners.T)
    (height, width), all_of = view.size, np.ones(n, bool)
    centers = np.stack([left + width // 2, top + height // 2], axis=1).astype(np.float64)
    centers[~view.there] = np.nan
    regions = Regions(view.size, top, left, view.there, all_of, ~all_of, "pad" if view.pad else "shift", centers)
    left_out = {"by_label": int(np.count_nonzero(one.labels[one.keep] == LEAVE_OUT))}
    groups = None if one.replaces is None else np.unique(one.replaces.groups)
    return Plan(
        one.name,
        info,
        one.labels,
        f"corrections of {origin['session']}",
        regions,
        Selection(one.keep, left_out),
        tags,
        False,
        int(groups[0]) if groups is not None and len(groups) == 1 else None,
        origin,
    )


def _settings(dataset: Dataset, additions: Sequence[Addition]) -> VideoSettings:
    """Return the settings of a conversion that makes the frames that the model saw."""
    if not additions:
        return VideoSettings()
    info, view = dataset.info, additions[0].view
    return VideoSettings(
        class_names=dataset.class_names,
        roi=info.get("roi") and tuple(info["roi"]),
        contrast=view.contrast,
        grey=view.grey,
        pixel_range=view.pixel_range,
        out_of_frame="pad" if any(one.view.pad for one in additions) else "shift",  # regions inside stay the same
        on_damage="skip" if any(one.damaged for one in additions) else "error",
    )


# --- the dataset ---------------------------------------------------------------------------------------------------


def _tags(old: Dataset, additions: Sequence[Addition], sides: Sides) -> dict[str, dict[str, str]]:
    """Return the tags of all recordings of the new dataset, by name; one that takes a place has the tags of it."""
    found = {}
    for recording, side in zip(old.recordings, sides.of, strict=True):
        given = recording.info["tags"]
        found[recording.original] = {**given, SIDE_TAG: side} if side and not given.get(SIDE_TAG) else dict(given)
    for one in additions:
        if one.replaces is None:
            side = sides.held_out.get(one.marks.name, SIDES[0])
            found[one.name] = {SIDE_TAG: side} if sides.are_kept else {}
    return found


def _take_over(
    writer: DatasetWriter,
    old: Dataset,
    planned: AdditionPlan,
    tags: Mapping[str, dict[str, str]],
    origins: Mapping[str, dict[str, Any]],
    end: Callable[[], None],
) -> None:
    """Take over the recordings that stay; names are assigned in the order of the old dataset."""
    replaced = {one.name for one in planned.additions}
    labels = {one.name: one.labels for one in planned.relabelled}
    for recording in old.recordings:
        writer.name(recording.original)
        writer.avoid_groups(recording.groups)
    for recording in old.recordings:
        end()
        if recording.original not in replaced:
            name = recording.original
            writer.take_over(recording, tags[name], labels.get(name), origins.get(name))
    if described(old.folder).hash != old.hash:
        raise BadDataset(f"The dataset {old.folder} was converted again while it was read. Try again.")


def _check_room(old: Dataset, target: Path, preflight: Preflight, conversion: dict[str, Any]) -> None:
    frames = {one.name: one.kept for one in preflight.planned}
    more = 0
    with contextlib.suppress(OSError):
        if not can_link(old.folder / DESCRIPTION, target.parent):
            more = sum(one.n_frames for one in old.recordings if one.original not in frames) * math.prod(
                old.image_shape
            )
    with write_errors(target):
        check_room(target, more + still_to_write(target, frames, old.image_shape, conversion))


# --- what is told --------------------------------------------------------------------------------------------------


def _outcome(session: Path, planned: AdditionPlan, made: Dataset) -> Record:
    added = [one.name for one in planned.additions if one.replaces is None]
    sides = [one.info["tags"].get(SIDE_TAG) for one in made.recordings]
    return {
        "session": str(session),
        "added": added,
        "replaced": [one.name for one in planned.every if one.name not in added],
        "skipped": planned.skipped,
        **{name: sum(getattr(one, name) for one in planned.every) for name in COUNTS},
        "sides": {side: sides.count(side) for side in SIDES} if any(side in SIDES for side in sides) else {},
    }


def _about_twins(old: Dataset, planned: AdditionPlan, made: Dataset) -> list[str]:
    """Return warnings about recordings that came in, and that the dataset has under another name."""
    came = {one.name for one in planned.additions if one.replaces is None}
    found = twins(old.recordings, [one for one in made.recordings if one.original in came])
    said = []
    for are_equal, what in ((True, "the same frames"), (False, "nearly the same frames (of a video saved anew?)")):
        if names := [f"{name} (as {twin})" for name, twin, equal in found if equal == are_equal]:
            said.append(
                f"{old.folder.name} has {what} under another name: {some(names)}. On two sides of a split they make "
                "figures too good. Leave one of the two out."
            )
    return said


def _warnings(old: Dataset, planned: AdditionPlan, sides: Sides) -> list[str]:
    found, labelled = list(planned.warnings), 0
    for one in planned.additions:
        labelled += int(np.count_nonzero(one.labels[one.keep] != LEAVE_OUT))
    if planned.unseen:
        found.append(about_unseen(planned.unseen, labelled))
    side = {one.original: side for one, side in zip(old.recordings, sides.of, strict=True)}
    judged = [one.name for one in planned.every if side.get(one.name) in SIDES[1:]]
    if judged:
        found.append(
            f"{some(judged)}: held out before, and held out in the new dataset, too, with the labels of the review. "
            "Figures with the former labels do not compare with those to come."
        )
    met = [one.marks.name for one in planned.additions if not one.replaces and one.marks.name in sides.held_out]
    if met:
        found.append(
            f"{some(met)}: the model of the session was judged on recordings of this name, so these "
            + (
                "are held out, too."
                if sides.are_kept
                else "should be held out, too. Their sides are left to a training."
            )
        )
    if old.info.get("reading") != READING:
        found.append(
            f"An earlier version made {old.folder.name}, which read some videos with slightly other grey levels. "
            "Convert its videos again, and add the corrections to that dataset."
        )
    return [*found, *sides.warnings]
