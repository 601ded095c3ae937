"""A session of small videos, with marks that are written directly."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from pyside.curation.marks import Marks
from pyside.curation.regions.view import View
from pyside.data.video.reader import file_sha256
from pyside.evaluation.decision import Decision
from tests.curation.contacts.arrays import marks
from tests.curation.contacts.arrays import session as write_session
from tests.curation.marking.conftest import frames_of
from tests.data.conftest import WriteVideo
from tests.data.conftest import write_video as write_video

N = 80
NONE, WEAK, SURE = 0.0, 0.55, 1.0  # probabilities of a touch


def probabilities(*touches: tuple[int, int, float]) -> np.ndarray:
    """The probability of a touch in each frame, with these touches: first frame, last frame, probability."""
    found = np.full(N, NONE)
    for first, last, level in touches:
        found[first : last + 1] = level
    return found


def marked(video: Path, name: str, touch: np.ndarray) -> Marks:
    """Marks of a video whose middle the model saw."""
    view = View(np.tile(np.array([14, 22], np.int32), (N, 1)), (20, 20), (20, 20))
    return dataclasses.replace(marks(name, touch), video=video, view=view, video_sha256=file_sha256(video))


@pytest.fixture
def session(tmp_path: Path, write_video: WriteVideo) -> Path:
    """A session of two recordings: one with a sure and a weak touch, one with a gap of two frames in a touch."""
    touches = {
        "one": probabilities((10, 19, SURE), (40, 44, WEAK)),
        "two": probabilities((20, 29, SURE), (32, 39, SURE)),
    }
    of_videos = []
    for name, touch in touches.items():
        video = write_video(f"videos/{name}.avi", frames_of((60 + 140 * touch).astype(np.uint8)))
        of_videos.append(marked(video, name, touch))
    return write_session(tmp_path / "session", of_videos)


@pytest.fixture
def three(tmp_path: Path, write_video: WriteVideo) -> Path:
    """A session of a model with two classes of touches, Whisker and Paw: a touch of Whisker in one recording."""
    touch = probabilities((10, 19, SURE))
    video = write_video("videos/both.avi", frames_of((60 + 140 * touch).astype(np.uint8)))
    columns = np.stack([1 - touch, 0.7 * touch, 0.3 * touch], axis=1).astype(np.float32)
    one = dataclasses.replace(
        marked(video, "both", touch),
        class_names=("NonTouch", "Whisker", "Paw"),
        probabilities=columns,
        labels=columns.argmax(axis=1).astype(np.int16),
        decision=Decision(None, None, None),
    )
    return write_session(tmp_path / "three", [one])
