"""What a desk works on, wherever it comes from."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from pyside.aliases import Array, Record
from pyside.curation.marks import LEFT_OUT, WHY, Marks
from pyside.curation.regions.view import View
from pyside.evaluation.decision import Decision

Frames = Callable[[Sequence[int]], dict[int, Array]]


@dataclasses.dataclass(frozen=True)
class Source:
    """What is reviewed.

    Attributes:
        path: of the session, the dataset or the review, for people.
        folder: that the corrections lie in.
        class_names: in the order of the indices in the labels.
        records: of each recording ``name``, ``video`` and ``state`` ("done", "failed"), in their order.
        marks: by name, of those that can be reviewed. Without a model, each frame has the probability 1 for its label.
        stamps: of the videos when they were marked, by name, see `pyside.system.paths.stamp_text`.
        session: as `read_session` returns it; empty for labels of a person, which no model made.
        frames: by name, of recordings whose frames are not read from videos: a function from frame numbers, counted
            from 0, to those frames that there are: uint8, (height, width, channels).
        warnings: what a person should know first.
    """

    path: Path
    folder: Path
    class_names: tuple[str, ...]
    records: Sequence[Record]
    marks: Mapping[str, Marks]
    stamps: Mapping[str, str]
    session: Record = dataclasses.field(default_factory=dict)
    frames: Mapping[str, Frames] = dataclasses.field(default_factory=dict)
    warnings: Sequence[str] = ()

    @property
    def has_model(self) -> bool:
        """Whether a model made the labels, so that there are probabilities."""
        return bool(self.session)


def marks_of_labels(
    name: str, video: Path, class_names: Sequence[str], labels: Array, view: View | None = None, sha256: str = ""
) -> Marks:
    """Return labels of a person in the form of marks.

    Args:
        name: of the recording.
        video: its video, or what names it.
        class_names: in the order of the indices.
        labels: int, (n_frames,), -1 for a frame without a label.
        view: what is shown of the video; None without one.
        sha256: of the frames or the video, by which corrections know them; "" if it is not known.
    """
    labels = labels.astype(np.int16)
    probabilities = np.append(np.eye(len(class_names)), np.full((1, len(class_names)), np.nan), axis=0)[labels]
    why = np.where(labels == LEFT_OUT, WHY.index("damaged"), 0).astype(np.uint8)
    likeliest = Decision(None, None, None)
    return Marks(
        name,
        video,
        tuple(class_names),
        probabilities.astype(np.float32),
        labels,
        why,
        likeliest,
        None,
        sha256,
        "",
        view,
    )
