"""A dataset folder as what a review looks at: labels of a person, with the frames as a network sees them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np

from pyside.aliases import Array
from pyside.curation.marks import LEFT_OUT
from pyside.data.dataset import Recording, open_dataset
from pyside.errors import BadReview, some
from pyside.reviewing.sources.source import Source, marks_of_labels


def of_dataset(path: Path, folder: Path) -> Source:
    """Return a dataset as what a review looks at; frames have the numbers that they have in their videos.

    Args:
        path: the dataset folder, which is only read.
        folder: for the corrections.

    Raises:
        BadDataset: it is damaged.
        BadReview: none of its recordings has an order in time.
    """
    dataset = open_dataset(path)
    ordered = [one for one in dataset.recordings if one.frame_numbers is not None]
    loose = [one.original for one in dataset.recordings if one.frame_numbers is None]
    if not ordered:
        raise BadReview(f"{path} holds loose images, without an order in time, so there are no touches to review.")
    marks = {}
    for one in ordered:
        sha256 = str(one.info.get("source", {}).get("sha256", ""))
        marks[one.name] = marks_of_labels(one.name, _video(one), dataset.class_names, _labels(one), sha256=sha256)
    records = [{"name": one.name, "video": str(_video(one)), "state": "done"} for one in ordered]
    warnings = [f"{some(loose)}: loose images, which have no touches to review."] if loose else []
    return Source(
        path,
        folder,
        dataset.class_names,
        records,
        marks,
        {},
        frames={one.name: partial(_frames, one) for one in ordered},
        warnings=warnings,
    )


def _video(recording: Recording) -> Path:
    """Return the name of the video of a recording, by which a conversion pairs labels with it."""
    file = recording.info.get("source", {}).get("file")
    return Path(file if file and recording.original in (file, Path(file).stem) else recording.original)


def _labels(recording: Recording) -> Array:
    """Return the label of each frame of the video, -1 where the dataset has none: int16, (n,)."""
    numbers = recording.frame_numbers
    assert numbers is not None
    n = max(int(recording.info.get("source", {}).get("frames", 0)), int(numbers.max(initial=-1)) + 1)
    labels = np.full(n, LEFT_OUT, np.int16)
    labels[numbers] = recording.labels
    return labels


def _frames(recording: Recording, numbers: Sequence[int]) -> dict[int, Array]:
    known = recording.frame_numbers
    assert known is not None
    wanted = np.flatnonzero(np.isin(known, np.asarray(numbers)))
    rows = np.empty((len(wanted), *recording.image_shape), np.uint8)
    recording.read_into(rows, wanted)
    return dict(zip(known[wanted].tolist(), rows, strict=True))
