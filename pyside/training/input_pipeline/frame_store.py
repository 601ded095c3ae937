"""The frames of a dataset: in memory if they fit, else read ahead from the disk."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from typing import Any

import numpy as np

from pyside.data.dataset import places_of
from pyside.errors import BadOption
from pyside.settings.core import named

_READERS = 4  # threads, because a network drive answers late, but serves several requests at a time
_FRAMES_A_TASK = 64
_FIRST_WINDOW = 4  # batches that are read before the first one is returned; each further window is twice as long
_LARGEST_WINDOW = 1 << 30  # bytes
_MEMORY_IF_UNKNOWN = 8 << 30  # bytes


class FrameStore:
    """All frames of a dataset, numbered consecutively: in memory if they fit, else on disk.

    Args:
        recordings: of a dataset, see `pyside.data.dataset.Recording`; their files are not kept open.
        context: odd, number of frames that are read for each: the frame itself in the middle, and those before and
            after it. If one is missing, because the recording ends or is cut there, the nearest one on that side
            replaces it.
        memory_limit: gigabytes of frames that may be held in memory; None for a quarter of the machine's memory.

    Attributes:
        in_memory: whether all frames are held in memory, from the first read on.
        image_shape: (height, width, channels) of what `read` returns; with a context, channels are frames.

    Raises:
        BadOption: the context is above 1, but the frames are in colour.
    """

    def __init__(self, recordings: Sequence[Any], context: int = 1, memory_limit: float | None = None):
        self._recordings = recordings
        self._ends = np.cumsum([recording.n_frames for recording in recordings])
        self._shape = recordings[0].image_shape
        height, width, channels = self._shape
        if context > 1 and channels != 1:
            raise BadOption(
                f"The network 'context' ({named('network')}) sees {context} grey frames at a time, but these have "
                f"{channels} channels. Convert them without colours (Color, color false), or train another network."
            )
        self.image_shape = (height, width, context if context > 1 else channels)
        self._context = context
        if context > 1:
            self._first, self._last = _runs(recordings)
        self._limit = memory_of_machine() // 4 if memory_limit is None else round(memory_limit * 1e9)
        self._frame_bytes = int(np.prod(self._shape))
        self.in_memory = int(self._ends[-1]) * self._frame_bytes <= self._limit
        self._all: np.ndarray | None = None
        self._lock = threading.Lock()
        self._readers = ThreadPoolExecutor(_READERS, "frames")
        self._ahead: ReadAhead | None = None

    def read(self, numbers: np.ndarray) -> np.ndarray:
        """Read frames by number, in the given order.

        Args:
            numbers: int, (n,).

        Returns:
            uint8, (n, height, width, channels), or (n, height, width, context).

        Raises:
            BadDataset: a file cannot be read, or has been replaced.
        """
        wanted = self.with_neighbours(numbers)
        if self.in_memory:
            return _stacked(self._held(), wanted)
        needed, places = np.unique(wanted, return_inverse=True)
        rows = self.empty(len(needed))
        self.read_into(rows, needed)
        return _stacked(rows, places.reshape(wanted.shape))

    def ahead(self, numbers: np.ndarray, batch_size: int, order: np.ndarray | None = None) -> ReadAhead:
        """Begin to read frames that will be needed batch by batch; cancel an earlier call.

        Args:
            numbers: int, (n,), as `read` takes them.
            batch_size: frames in a batch.
            order: int, places in `numbers`, the order in which they are needed; None for that of `numbers`.
        """
        self.close()
        of_a_batch = batch_size * self._frame_bytes * self._context
        most = int(min(self._limit / 4, _LARGEST_WINDOW) / of_a_batch)  # one is in use while the next one is read
        self._ahead = ReadAhead(self, self._readers, numbers, order, batch_size, max(1, most))
        return self._ahead

    def close(self) -> None:
        """Cancel reading ahead; otherwise a process that ends in the middle of an epoch would finish reading first."""
        if self._ahead is not None:
            self._ahead.close()
            self._ahead = None

    def with_neighbours(self, numbers: np.ndarray) -> np.ndarray:
        """Return the numbers of the frames that are read for each: int64, (n, context)."""
        wanted = numbers[:, None]
        if self._context == 1:
            return wanted
        around = wanted + np.arange(self._context) - self._context // 2
        return np.clip(around, self._first[wanted], self._last[wanted])

    def empty(self, n: int) -> np.ndarray:
        """Return an uninitialised array for `n` frames as they are stored."""
        return np.empty((n, *self._shape), np.uint8)

    def read_into(self, rows: np.ndarray, numbers: np.ndarray) -> None:
        """Read frames from their files as they are stored, consecutive ones in one go.

        Args:
            rows: uint8, (n, height, width, channels), the destination.
            numbers: int64, (n,), ascending, without repeats.
        """
        owners = np.searchsorted(self._ends, numbers, side="right")
        for owner in np.unique(owners):
            mine = slice(*np.searchsorted(owners, [owner, owner + 1]))
            start = self._ends[owner - 1] if owner else 0
            self._recordings[owner].read_into(rows[mine], numbers[mine] - start)

    def _held(self) -> np.ndarray:
        """Return all frames; the first call reads them."""
        with self._lock:
            if self._all is None:
                every = self.empty(int(self._ends[-1]))
                self.read_into(every, np.arange(len(every)))
                self._all = every
            return self._all


def memory_of_machine() -> int:
    """Return the memory of this machine or container in bytes."""
    from pyside.system.machine import memory

    return memory()[0] or _MEMORY_IF_UNKNOWN


def _runs(recordings: Sequence[Any]) -> tuple[np.ndarray, np.ndarray]:
    """Return for each frame of the dataset the first and the last frame of its run without gaps in time."""
    follows = [np.empty(0, bool)]
    for recording in recordings:
        numbers = recording.frame_numbers
        own = np.zeros(recording.n_frames, bool)
        if numbers is not None:
            own[1:] = np.diff(numbers) == 1
        follows.append(own)
    begins = ~np.concatenate(follows)
    starts = places_of(begins)
    lengths = np.diff(starts, append=len(begins))
    return np.repeat(starts, lengths), np.repeat(starts + lengths - 1, lengths)


def _stacked(rows: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Take frames by index, (n, context); the frames of a context become channels."""
    if places.shape[1] == 1:
        return np.take(rows, places[:, 0], axis=0)
    out = np.empty((*places.shape[:1], *rows.shape[1:3], places.shape[1]), np.uint8)
    for channel, column in enumerate(places.T):
        out[..., channel] = np.take(rows[..., 0], column, axis=0)
    return out


@dataclasses.dataclass
class Window:
    """Batches that are read together, each frame once.

    Attributes:
        first: number of the first batch.
        end: number of the first batch after the window.
        needed: int64, (n,), ascending, the numbers of the frames.
        rows: uint8, (n, height, width, channels), the frames once they are read.
        tasks: read the frames.
    """

    first: int
    end: int
    needed: np.ndarray
    rows: np.ndarray
    tasks: list[Future[None]]


class ReadAhead:
    """Reads the batches of an epoch before they are needed, in threads, window by window.

    The frames of a window are sorted before they are read, so that the disk is read from beginning to end, and adjacent
    frames in one go. While one window is in use, the next one is read. This does not change the order of the frames in
    batches.

    Args:
        store: of the frames.
        readers: threads to read in.
        numbers: int, (n,), frames.
        order: int, places in `numbers`, the order of the epoch; None for that of `numbers`.
        batch_size: frames in a batch.
        most: largest number of batches in a window.
    """

    def __init__(
        self,
        store: FrameStore,
        readers: ThreadPoolExecutor,
        numbers: np.ndarray,
        order: np.ndarray | None,
        batch_size: int,
        most: int,
    ):
        self._store, self._readers, self._numbers, self._order = store, readers, numbers, order
        self._batch_size, self._most = batch_size, most
        self._closed = False
        self._now: Window | None = None
        self._next = self._begin(0, _FIRST_WINDOW)

    def read(self, index: int) -> np.ndarray:
        """Return the frames of a batch. A batch out of turn is read on its own."""
        window, coming = self._now, self._next
        try:
            if coming is not None and index == coming.first:
                self._now = window = coming
                for task in window.tasks:
                    task.result()
                self._next = self._begin(window.end, 2 * (window.end - window.first))
        except CancelledError:  # closed while another thread still reads
            window = None
        wanted = self._numbers_of(index, index + 1)
        if window is None or not window.first <= index < window.end:
            return self._store.read(wanted)
        return _stacked(window.rows, np.searchsorted(window.needed, self._store.with_neighbours(wanted)))

    def close(self) -> None:
        """Cancel pending reads, and free the memory."""
        self._closed = True
        for task in self._next.tasks if self._next else ():
            task.cancel()
        self._now = self._next = None

    def _numbers_of(self, first: int, end: int) -> np.ndarray:
        batches = slice(first * self._batch_size, end * self._batch_size)
        return self._numbers[batches if self._order is None else self._order[batches]]

    def _begin(self, first: int, n_batches: int) -> Window | None:
        if self._closed:
            return None
        end = first + min(n_batches, self._most)
        needed = np.unique(self._store.with_neighbours(self._numbers_of(first, end)))
        rows = self._store.empty(len(needed))
        parts = [slice(start, start + _FRAMES_A_TASK) for start in range(0, len(needed), _FRAMES_A_TASK)]
        tasks = [self._readers.submit(self._store.read_into, rows[part], needed[part]) for part in parts]
        return Window(first, end, needed, rows, tasks)
