"""Plans a session: which videos, where to look in each, which of their frames, and what stands against it."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from pyside.aliases import Array
from pyside.data.labels.entry import LabelEntry
from pyside.data.recordings.regions.roi import Regions
from pyside.data.video.info import VideoInfo


@dataclasses.dataclass(frozen=True)
class VideoPlan:
    """The plan for one video.

    Attributes:
        name: of the recording, a legal file name, unique in the session.
        path: the video.
        fault: why it cannot be marked, in words; "" if it can. With a fault, what follows may be None.
        info: the video, its frames counted as wanted.
        regions: the region in each frame.
        look: bool, (n_frames,), True for a frame that the network looks at.
        why: uint8, (n_frames,), 0 for these; else the place in `pyside.curation.marks.WHY` of the reason.
        no_touch: bool, (n_frames,), True for a frame that is not looked at because it cannot be a touch; a frame that
            is in neither `look` nor this is left out.
        labels: labels of a person for this video, if any were given along.
        key: text that is equal only if everything is equal that decides about the probabilities, besides the bytes of
            video and model: regions, frames, contrast, grey and so on.
    """

    name: str
    path: Path
    fault: str = ""
    info: VideoInfo | None = None
    regions: Regions | None = None
    look: Array | None = None
    why: Array | None = None
    no_touch: Array | None = None
    labels: LabelEntry | None = None
    key: str = ""
