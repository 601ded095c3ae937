"""Videos with labels of a person as what a review looks at: kept in a folder of their own, with the corrections.

::

    review.json        format, class_names, and recordings: of each name, video and stamp
    marks/NAME.npz     the labels of each recording as they were given, see `pyside.curation.marks`
    corrections.jsonl  see `pyside.reviewing.corrections`
"""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np

from pyside.aliases import Progress
from pyside.curation.comparison.alignment import align, classes_of
from pyside.curation.comparison.pairing import pair_sources
from pyside.curation.comparison.sources import read_source
from pyside.curation.marking.session import MARKS
from pyside.curation.marks import load_marks, save_marks
from pyside.curation.regions.view import View
from pyside.data.video.info import VideoInfo
from pyside.data.video.reader import probe
from pyside.data.video.sources import find_videos
from pyside.errors import BadReview, Faults, some
from pyside.reviewing.sources.kinds import TABLE, check_folder
from pyside.reviewing.sources.source import Source, marks_of_labels
from pyside.settings.curation import CompareSettings
from pyside.system.files import write_errors
from pyside.system.paths import stamp_of, stamp_text
from pyside.system.records import from_json, write_json

FORMAT = "touchtrain review 1"
_LABELS = "labels"


def write_review(
    videos: Path, labels: Any, folder: Path, settings: CompareSettings, progress: Progress = lambda record: None
) -> list[str]:
    """Write the labels of videos, as a person gave them, into the folder of a review.

    Args:
        videos: a folder of videos, or a video.
        labels: in every form that `compare` takes.
        folder: of the review, a new or an empty one, or that of an earlier one, whose corrections stay.
        settings: how the labels are read and paired.
        progress: called with records for a progress line.

    Returns:
        Warnings.

    Raises:
        NotWritable, DiskFull: the folder holds other files, or cannot be written.
        TouchTrainError: what is wrong with videos and labels; nothing is written then.
    """
    check_folder(folder)
    warnings: list[str] = []
    source = read_source(_LABELS, labels, settings.label_variable, settings.class_names)
    faults = Faults()
    paths = find_videos(str(videos), faults, warnings)
    faults.raise_any()
    paired, _ = pair_sources([source], paths, settings.pairing, settings.trial_pattern)
    paired = [one for one in paired if one.video is not None]
    class_names = classes_of([source], settings, warnings)
    infos: dict[str, VideoInfo] = {}
    for one in paired:
        progress({"stage": "reading videos", "name": one.name})
        with faults.noting(of=one.name):
            assert one.video is not None
            infos[one.name] = probe(one.video, "skip")
    faults.raise_any()
    aligned = align(paired, [source], class_names, infos, settings, warnings)
    if not aligned:
        raise BadReview(f"There are no labels for a video in {videos}, so there is nothing to review.")
    recordings = []
    with write_errors(folder):
        (folder / MARKS).mkdir(parents=True, exist_ok=True)
        for found in aligned:
            name, video = found.paired.name, found.paired.video
            assert video is not None
            view = _whole_frames(infos[name], len(found.labels[_LABELS]))
            save_marks(
                folder / MARKS / f"{name}.npz",
                dataclasses.replace(
                    marks_of_labels(name, video, class_names, found.labels[_LABELS], view), frame_rate=found.frame_rate
                ),
            )
            recordings.append({"name": name, "video": str(video), "stamp": stamp_text(stamp_of(video))})
        write_json(folder / TABLE, {"format": FORMAT, "class_names": class_names, "recordings": recordings})
    without = [path.name for path in paths if path not in [one.video for one in paired]]
    if without:
        warnings.append(f"There are no labels for these videos: {some(without)}.")
    return warnings + [f"{_LABELS}: {remark}" for remark in source.remarks]


def _whole_frames(info: VideoInfo, n_frames: int) -> View:
    """Return a view of whole frames: nobody has said where a model would look."""
    size = (info.height, info.width)
    repeated = tuple(info.empty) if n_frames == info.n_counted and n_frames != info.n_frames else ()
    return View(np.zeros((n_frames, 2), np.int32), size, size, stream=info.stream, repeated=repeated)


def of_review(folder: Path) -> Source:
    """Return videos with labels, as `write_review` kept them, as what a review looks at.

    Raises:
        BadReview: the folder is damaged.
        BadSession: the labels in it are.
    """
    try:
        found = from_json((folder / TABLE).read_bytes())
        names = [str(one["name"]) for one in found["recordings"]]
        if found["format"] != FORMAT or any({*"/\\\0:"} & {*name} or name in ("", ".", "..") for name in names):
            raise ValueError("it holds values that no review has")
        records = [{"name": one["name"], "video": str(one["video"]), "state": "done"} for one in found["recordings"]]
        stamps = {one["name"]: str(one["stamp"]) for one in found["recordings"]}
        class_names = tuple(str(name) for name in found["class_names"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadReview(f"{folder / TABLE} is damaged ({error}). Review the videos with their labels again.") from error
    marks = {name: load_marks(folder / MARKS / f"{name}.npz") for name in names}
    if any(one.class_names != class_names for one in marks.values()):
        raise BadReview(f"The labels in {folder / MARKS} are not those of {TABLE}. Review the videos again.")
    return Source(folder, folder, class_names, records, marks, stamps)
