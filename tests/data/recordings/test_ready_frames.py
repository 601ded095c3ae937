"""Frames of a video as a network sees them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pyside.data.formats.frames import adjust_contrast, resize_frames
from pyside.data.recordings.ready_frames import ready_frames
from pyside.errors import OutOfFrame
from tests.data.conftest import FRAMES, WriteVideo, numbered_frames

TOP, LEFT = np.arange(FRAMES) % 7, np.arange(FRAMES) % 5
KEEP = np.arange(FRAMES) % 3 > 0


def regions() -> np.ndarray:
    """Return what is cut out of the wanted frames, 21 x 33 pixels."""
    frames = numbered_frames()
    cut = [frames[k, TOP[k] : TOP[k] + 21, LEFT[k] : LEFT[k] + 33] for k in np.flatnonzero(KEEP)]
    return np.stack(cut)[..., np.newaxis]


def read(write_video: WriteVideo, *arguments: Any, **options: Any) -> tuple[list[int], np.ndarray]:
    chunks = list(ready_frames(write_video(), (21, 33), TOP, LEFT, KEEP, *arguments, **options))
    return np.concatenate([numbers for numbers, _ in chunks]).tolist(), np.concatenate([one for _, one in chunks])


def test_regions_come_as_they_are_with_the_numbers_of_their_frames(write_video: WriteVideo) -> None:
    numbers, frames = read(write_video)
    assert numbers == np.flatnonzero(KEEP).tolist() and np.array_equal(frames, regions())
    assert frames.flags.c_contiguous and frames.dtype == np.uint8


@pytest.mark.parametrize("contrast", ["none", "stretch", "equalize"])
def test_their_contrast_is_changed_before_their_size(contrast: str, write_video: WriteVideo) -> None:
    _, frames = read(write_video, (16, 24), contrast=contrast)
    assert np.array_equal(frames, resize_frames(adjust_contrast(regions(), contrast), (16, 24)))


def test_a_region_may_stick_out_only_where_that_is_allowed(write_video: WriteVideo) -> None:
    arguments = (write_video(), (48, 64), TOP, LEFT, KEEP)
    with pytest.raises(OutOfFrame):
        next(ready_frames(*arguments))
    ((_, frames),) = ready_frames(*arguments, pad=True)
    assert len(frames) == KEEP.sum() and not frames[0, -TOP[1] :].any()
