"""The predictions of a model on the frames of one side, with their labels: the input of all figures."""

from __future__ import annotations

import dataclasses

import numpy as np


@dataclasses.dataclass(frozen=True)
class Predictions:
    """Labels and probabilities of some frames, in the order of the dataset: by recording, then in time.

    Attributes:
        class_names: names in index order.
        labels: int64, (n,), the true class of each frame.
        probabilities: float32, (n, classes).
        recordings: int64, (n,), ascending: the index of each frame's recording in `recording_names`.
        recording_names: names of all recordings of the dataset.
        frame_numbers: int64, (n,), number of each frame in its recording's source, from 0 and ascending within a
            recording; neighbours in time have consecutive numbers. -1 where frames have no order in time.
        numbers: int64, (n,), the number of each frame in the dataset.
    """

    class_names: tuple[str, ...]
    labels: np.ndarray
    probabilities: np.ndarray
    recordings: np.ndarray
    recording_names: tuple[str, ...]
    frame_numbers: np.ndarray
    numbers: np.ndarray

    def of(self, where: np.ndarray) -> Predictions:
        """Return the predictions of some frames; `where` is a bool mask, or int64 indices in ascending order."""
        each = ("labels", "probabilities", "recordings", "frame_numbers", "numbers")
        return dataclasses.replace(self, **{name: getattr(self, name)[where] for name in each})
