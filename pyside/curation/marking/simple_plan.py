"""Plans a session where the model looks at one place in all frames."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from pyside.curation.model.facts import ModelFacts
from pyside.curation.regions.plan import VideoPlan
from pyside.data.recordings.regions.roi import center_matrix, place_regions
from pyside.data.video.reader import probe
from pyside.data.video.sources import find_videos, recording_names
from pyside.errors import Faults, TouchTrainError
from pyside.settings.curation import CurateSettings


@dataclasses.dataclass(frozen=True)
class Planned:
    """The plan of a session: its videos, and warnings."""

    videos: list[VideoPlan]
    warnings: list[str]


def plan_session(videos: Any, facts: ModelFacts, settings: CurateSettings, first: int) -> Planned:
    """Plan all videos."""
    faults = Faults()
    warnings: list[str] = []
    paths = find_videos(videos, faults, warnings)
    faults.raise_any()
    plans = []
    for path, name in zip(paths, recording_names(paths), strict=True):
        try:
            info = probe(path, settings.on_damage, settings.pixel_range, settings.stream)
            size = settings.roi or facts.roi or (info.height, info.width)
            centers = None if settings.centers is None else center_matrix(settings.centers, name)
            regions = place_regions(
                centers, size, (info.height, info.width), info.n_frames, name, first, facts.out_of_frame
            )
        except TouchTrainError as error:
            plans.append(VideoPlan(name, path, error.text))
            continue
        look = regions.keep
        why = np.zeros(info.n_frames, np.uint8)
        plans.append(
            VideoPlan(name, path, "", info, regions, look, why, np.zeros(len(look), bool), None, f"{size} {centers}")
        )
    return Planned(plans, warnings)
