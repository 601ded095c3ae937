"""Reads the frames of disagreements: as the model saw them if a session tells, else whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from pyside.aliases import Array, Record
from pyside.curation.comparison.alignment import Labelled
from pyside.curation.marking.session import read_session
from pyside.curation.model.facts import ModelFacts, model_facts
from pyside.curation.regions.plan import VideoPlan, plan_session
from pyside.data.video.info import VideoInfo
from pyside.errors import TouchTrainError
from pyside.settings.curation import CurateSettings

Frames = dict[tuple[str, int], Array]
_GIVEN_PER_VIDEO = ("centers", "frame_values")  # options that are paired with all videos of a session


def frames_of(
    pairs: Sequence[Record],
    labelled: Sequence[Labelled],
    infos: Mapping[str, VideoInfo],
    warnings: list[str],
    stop_if: Callable[[], None],
) -> Frames:
    """Return the frames of all disagreements whose videos are there.

    Args:
        pairs: the records of the pairs.
        labelled: the recordings.
        infos: the videos that are there, by name of the recording.
        warnings: a list that receives a warning for each video that cannot be read.
        stop_if: called between videos; it raises an error to stop.

    Returns:
        uint8, (height, width, 1), by recording and number from 0.
    """
    wanted: dict[str, set[int]] = {}
    for pair in pairs:
        for one in pair["disagreements"]:
            if one["recording"] in infos:
                wanted.setdefault(one["recording"], set()).add(one["frame"])
    of_sessions = _by_session([one for one in labelled if one.paired.name in wanted])
    seen = {name: how for session, videos in of_sessions.items() for name, how in _plans(session, videos).items()}
    found: Frames = {}
    for name, numbers in wanted.items():
        stop_if()
        try:
            whole = _whole(infos[name], sorted(numbers))
            cut = _as_seen(*seen[name], sorted(numbers)) if name in seen else []
            found |= {(name, number): frame for number, frame in [*whole, *cut]}
        except TouchTrainError as error:
            warnings.append(f"{name}: its frames cannot be shown. {error.text}")
    return found


def _by_session(labelled: Sequence[Labelled]) -> dict[Path, dict[str, Path]]:
    """Return the videos of each session, by name of the recording."""
    found: dict[Path, dict[str, Path]] = {}
    for one in labelled:
        for track in one.paired.tracks.values():
            if track.session is not None and track.video is not None and track.video == one.paired.video:
                found.setdefault(track.session, {}).setdefault(one.paired.name, track.video)
    return found


def _plans(session: Path, videos: Mapping[str, Path]) -> dict[str, tuple[VideoPlan, ModelFacts]]:
    """Return where the model looked in videos of a session; nothing if that cannot be told any more."""
    try:
        record = read_session(session)
        facts = model_facts(record["model"]["path"])
        given = {**record["settings"], "check": False, "labels": None}
        several = any(given.get(name) is not None for name in _GIVEN_PER_VIDEO)
        paths = [one["video"] for one in record["videos"]] if several else [str(path) for path in videos.values()]
        if facts.sha256 != record["model"]["sha256"]:
            return {}
        planned = plan_session(paths, facts, CurateSettings.from_options(given)).videos
    except (TouchTrainError, OSError, LookupError, TypeError, ValueError):
        return {}
    by_path = {plan.path: plan for plan in planned if not plan.fault}
    return {name: (by_path[path], facts) for name, path in videos.items() if path in by_path}


def _as_seen(plan: VideoPlan, facts: ModelFacts, numbers: Sequence[int]) -> Iterator[tuple[int, Array]]:
    """Yield frames as the network saw them; those that it did not look at are left out."""
    assert plan.look is not None
    keep = np.zeros(len(plan.look), bool)
    keep[[number for number in numbers if number < len(keep) and plan.look[number]]] = True
    return _each(plan.frames(keep, facts.image_shape[:2], "skip"))


def _whole(info: VideoInfo, numbers: Sequence[int]) -> Iterator[tuple[int, Array]]:
    from pyside.data.video.reader import read_regions

    keep, corner = np.zeros(info.n_frames, bool), np.zeros(info.n_frames, np.int64)
    keep[[number for number in numbers if number < info.n_frames]] = True
    repeated = info.empty if info.repeats else ()
    size = (info.height, info.width)
    return _each(
        read_regions(info.path, size, corner, corner, keep, on_damage="skip", stream=info.stream, repeated=repeated)
    )


def _each(chunks: Any) -> Iterator[tuple[int, Array]]:
    for numbers, frames in chunks:
        for number, frame in zip(numbers, frames, strict=True):
            yield int(number), frame
