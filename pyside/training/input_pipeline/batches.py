"""Batches of uint8 frames: from memory where the set fits, else read from the dataset's files a while ahead."""

from __future__ import annotations

import keras
import numpy as np

from pyside.data.dataset import FrameTable
from pyside.training.input_pipeline.frame_store import FrameStore, ReadAhead
from pyside.training.input_pipeline.sampling import Plan


class Batches(keras.utils.PyDataset):
    """One side of a split, batch by batch: frames, one-hot labels and, if asked for, weights.

    Keras fetches batches in one thread (with TensorFlow while the network computes). More threads (its `workers`) would
    begin an epoch before its order is drawn.

    Args:
        store: where the frames are.
        numbers: int64, (n,), which of them are on this side.
        table: of all frames of the dataset.
        batch_size: frames in a batch; the last one may have fewer.
        plan: what an epoch is made of; None for each frame once.
        seed: with it each epoch has an order of its own, which follows from (seed, epoch); None keeps the order.
        class_weights: float, (n_classes,), the weight of a frame of each class.

    Attributes:
        labels: int, (n,), the class of each frame of this side.
        batch_size: likewise.
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
    ):
        super().__init__()
        self.labels = table.labels[numbers]
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

    def __len__(self) -> int:
        return -(-len(self._order) // self.batch_size)

    def __getitem__(self, index: int) -> tuple[np.ndarray, ...]:
        chosen = self._order[index * self.batch_size : (index + 1) * self.batch_size]
        ahead, labels = self._ahead, self.labels[chosen]
        frames = self._store.read(self._numbers[chosen]) if ahead is None else ahead.read(index)
        one_hot = np.zeros((len(labels), self._n_classes), np.float32)
        one_hot[np.arange(len(labels)), labels] = 1
        batch = frames, one_hot
        return batch if self._weights is None else (*batch, self._weights[labels])

    def rewind(self) -> None:
        """Begin with the order of the first epoch again."""
        self.epoch = -1

    def on_epoch_begin(self) -> None:
        """Draw the frames of the epoch that begins, and begin to read them if they are on disk."""
        self.epoch += 1
        self._order = self._plan.draw(self.epoch, self._seed)
        self._ahead = None
        if not self._store.in_memory:
            self._ahead = self._store.ahead(self._numbers[self._order], self.batch_size)

    def on_epoch_end(self) -> None:
        """Give up the memory of what was read ahead."""
        self._ahead = None
        self._store.close()
