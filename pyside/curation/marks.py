"""The marks of one recording: probability of each class, label and reason of every frame."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from pyside.aliases import Array
from pyside.evaluation.decision import Decision

# Why a frame was not looked at; the place in this list is the code in `Marks.why`.
WHY = ("", "outside_span", "without_center", "out_of_frame", "by_value", "damaged")
LEFT_OUT = -1  # label of a frame that could not be looked at


@dataclasses.dataclass(frozen=True)
class Marks:
    """What a model says of every frame of one video. Row k is frame k, counted from 0.

    Attributes:
        name: of the recording, a legal file name, unique in its session.
        video: the video file, or the folder of an image sequence.
        class_names: in the order of the columns of `probabilities`.
        probabilities: float32, (n_frames, classes). A frame that cannot be a touch has 1 for the class without touch
            and 0 for the others; one that could not be looked at has NaN.
        labels: int16, (n_frames,), index of the class; -1 for a frame that could not be looked at.
        why: uint8, (n_frames,), 0 for a frame that the network looked at, else the place in `WHY` of the reason.
        decision: how labels were made: event class, threshold and minimum duration.
        frame_rate: frames per second, for durations in ms; None if not known.
        video_sha256: of the video file.
        model_sha256: of the model file.
    """

    name: str
    video: Path
    class_names: tuple[str, ...]
    probabilities: Array
    labels: Array
    why: Array
    decision: Decision
    frame_rate: float | None
    video_sha256: str
    model_sha256: str
