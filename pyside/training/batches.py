"""Batches of uint8 frames, read from the dataset's files as they are needed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np


class FrameStore:
    """All frames of a dataset under one running number, none of them in memory.

    Args:
        recordings: objects whose `frames` is a uint8 array or memmap, (n, height, width, channels).
    """

    def __init__(self, recordings: Sequence[Any]):
        self._frames = [recording.frames for recording in recordings]
        self._ends = np.cumsum([len(frames) for frames in self._frames])

    def read(self, numbers: np.ndarray) -> np.ndarray:
        """Read frames by number, in the order asked for.

        Args:
            numbers: int64, (n,).

        Returns:
            uint8, (n, height, width, channels).
        """
        out = np.empty((len(numbers), *self._frames[0].shape[1:]), np.uint8)
        order = np.argsort(numbers, kind="stable")  # each file from its beginning to its end
        owners = np.searchsorted(self._ends, numbers[order], side="right")
        for owner in np.unique(owners):
            places = order[owners == owner]
            frames = self._frames[owner]
            out[places] = frames[numbers[places] - (self._ends[owner] - len(frames))]
        return out


class Batches(keras.utils.PyDataset):
    """One side of a split, batch by batch: frames, one-hot labels and, if asked for, weights.

    Args:
        store: where the frames are.
        numbers: int64, (n,), which of them are on this side.
        labels: int, (n,), their classes.
        n_classes: how many classes there are.
        batch_size: frames in a batch; the last one may have fewer.
        seed: with it each epoch has an order of its own, which follows from (seed, epoch); None keeps the order.
        class_weights: float, (n_classes,), the weight of a frame of each class.

    Attributes:
        epoch: the number of the epoch that began last, from 0; -1 before the first.
    """

    def __init__(
        self,
        store: FrameStore,
        numbers: np.ndarray,
        labels: np.ndarray,
        n_classes: int,
        batch_size: int,
        seed: int | None = None,
        class_weights: np.ndarray | None = None,
    ):
        super().__init__()
        self.labels = labels
        self.batch_size = batch_size
        self.epoch = -1
        self._store = store
        self._numbers = numbers
        self._one_hot = np.eye(n_classes, dtype=np.float32)
        self._weights = None if class_weights is None else class_weights.astype(np.float32)
        self._seed = seed
        self._order = np.arange(len(numbers))

    def __len__(self) -> int:
        return -(-len(self._numbers) // self.batch_size)

    def __getitem__(self, index: int) -> tuple[np.ndarray, ...]:
        chosen = self._order[index * self.batch_size : (index + 1) * self.batch_size]
        labels = self.labels[chosen]
        batch = self._store.read(self._numbers[chosen]), self._one_hot[labels]
        return batch if self._weights is None else (*batch, self._weights[labels])

    def rewind(self) -> None:
        """Begin with the order of the first epoch again."""
        self.epoch = -1

    def on_epoch_begin(self) -> None:
        """Draw the order of the epoch that begins."""
        self.epoch += 1
        if self._seed is not None:
            self._order = np.random.default_rng([self._seed, self.epoch]).permutation(len(self._numbers))


def class_weights(setting: str | Sequence[float], counts: Sequence[int]) -> np.ndarray | None:
    """Work out the weight of a frame of each class.

    Args:
        setting: ``balanced``, ``none``, or one number a class.
        counts: training frames of each class.

    Returns:
        float64, (classes,), or None for equal weights. Balanced weights are n / (classes x count), over the classes
        that there are: each class weighs as much as any other, and the weights of all frames are 1 on average.
    """
    if setting == "none":
        return None
    if setting != "balanced":
        return np.asarray(setting, np.float64)
    numbers = np.asarray(counts, np.float64)
    present = numbers > 0
    weights = np.zeros(len(numbers))
    weights[present] = numbers.sum() / (present.sum() * numbers[present])
    return weights
