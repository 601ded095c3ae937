"""Batches of uint8 frames: from memory if the dataset fits, else read ahead from its files."""

from __future__ import annotations

from collections.abc import Callable

import keras
import numpy as np

from pyside.data.dataset import FrameTable, taken
from pyside.training.input_pipeline.frame_store import FrameStore, ReadAhead
from pyside.training.input_pipeline.sampling import Plan


class Batches(keras.utils.PyDataset):
    """One side of a split, batch by batch: frames, one-hot labels and optional weights.

    Keras fetches batches in one thread (with TensorFlow while the network computes). More threads (its `workers`) would
    begin an epoch before its order is drawn.

    Args:
        store: of the frames.
        numbers: int, (n,), the frames of this side.
        table: of all frames of the dataset.
        batch_size: frames in a batch; the last one may have fewer.
        plan: the frames of an epoch; None for each frame once.
        seed: gives each epoch its own random order, which depends on (seed, epoch) only; None keeps the order.
        class_weights: float, (n_classes,), the weight of a frame of each class.
        tick: called with the number of frames of each batch that is taken, perhaps in a thread of Keras.

    Attributes:
        labels: int, (n,), the class of each frame of this side.
        batch_size: as above.
        epoch: the number of the epoch that began last, from 0; -1 before the first.
    """

    def __init__(
        self,
        store: FrameStore,
        numbers: np.ndarray,
        table: FrameTable,
        batch_size: int,
        plan: Plan | None = None,
        seed: int | None = None,
        class_weights: np.ndarray | None = None,
        tick: Callable[[int], None] = lambda frames: None,
    ):
        super().__init__()
        self.labels = taken(table.labels, numbers)
        self.batch_size = batch_size
        self.epoch = -1
        self._store = store
        self._numbers = numbers
        self._n_classes = len(table.class_names)
        self._weights = None if class_weights is None else class_weights.astype(np.float32)
        self._plan = plan or Plan.of_all(len(numbers))
        self._seed = seed
        self._order = self._plan.draw(0, None)
        self._ahead: ReadAhead | None = None
        self._tick = tick

    def __len__(self) -> int:
        return -(-len(self._plan) // self.batch_size)

    def __getitem__(self, index: int) -> tuple[np.ndarray, ...]:
        chosen = self._order[index * self.batch_size : (index + 1) * self.batch_size]
        ahead, labels = self._ahead, self.labels[chosen]
        frames = self._store.read(self._numbers[chosen]) if ahead is None else ahead.read(index)
        self._tick(len(labels))
        one_hot = np.zeros((len(labels), self._n_classes), np.float32)
        one_hot[np.arange(len(labels)), labels] = 1
        batch = frames, one_hot
        return batch if self._weights is None else (*batch, self._weights[labels])

    def rewind(self) -> None:
        """Restart with the order of the first epoch."""
        self.epoch = -1

    def on_epoch_begin(self) -> None:
        """Draw the frames of the new epoch, and begin to read them if they are on disk."""
        self.epoch += 1
        self._ahead, self._order = None, self._order[:0].copy()  # the memory of the old one is for the new one
        self._order = self._plan.draw(self.epoch, self._seed)
        if not self._store.in_memory:
            self._ahead = self._store.ahead(self._numbers, self.batch_size, self._order)

    def on_epoch_end(self) -> None:
        """Free the memory of frames that were read ahead."""
        self._ahead = None
        self._store.close()
