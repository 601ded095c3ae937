"""Writes the frames of one recording: one .npy file, hashed while it is written."""

from __future__ import annotations

import functools
import hashlib
import io
import queue
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from pyside.aliases import Array
from pyside.errors import BadFrames
from pyside.system.files import part_of, write_errors

BLOCK_BYTES = 1 << 20  # frames are put in order, written and hashed in blocks that stay in the processor's cache
_BLOCKS_UNDER_WAY = 8


class FrameFile:
    """Writes the frames of one recording, in chunks; the process may be another than that of the dataset.

    The file bears a temporary name until `close`. Frames are hashed in a thread beside the writing.

    Args:
        path: as `DatasetWriter.frames_path` gives it.
        shape: (height, width, channels) of every frame.

    Raises:
        DiskFull, NotWritable: so do `append` and `close`; the file is left unfinished.
    """

    def __init__(self, path: Path, shape: tuple[int, int, int]):
        self._path, self._shape = path, shape
        self._part = part_of(path)
        self._hash = hashlib.sha256()
        self.n_frames = 0
        with write_errors(self._part), self._part.open("wb") as file:
            file.write(usual_head(np.dtype(np.uint8), (0, *shape)))

    def append(self, frames: Array) -> None:
        """Write further frames: uint8, (n, height, width, channels), of any memory order.

        Raises:
            BadFrames: they are of another shape or type.
        """
        if frames.shape[1:] != self._shape or frames.dtype != np.uint8:
            raise BadFrames(
                f"{self._path.name}: expected uint8 frames of {self._shape} (height, width, channels), "
                f"received {frames.dtype} of {frames.shape[1:]}."
            )
        with write_errors(self._part), self._part.open("ab", buffering=0) as file:
            self.n_frames += _write_hashed(frames, file, self._hash)

    def close(self) -> str:
        """Complete the file and give it its name; returns the SHA-256 of its frames."""
        with write_errors(self._part):
            with self._part.open("r+b") as file:
                file.write(usual_head(np.dtype(np.uint8), (self.n_frames, *self._shape)))
            self._part.replace(self._path)
        return self._hash.hexdigest()


def hash_frames(frames: Array) -> str:
    """Return the SHA-256 of frames as they are stored."""
    digest = hashlib.sha256()
    step = _frames_a_block(frames)
    for start in range(0, len(frames), step):
        digest.update(np.ascontiguousarray(frames[start : start + step]))
    return digest.hexdigest()


def _frames_a_block(frames: Array) -> int:
    return max(1, min(len(frames), BLOCK_BYTES // max(1, frames[:1].nbytes)))


def _write_hashed(frames: Array, file: BinaryIO, digest: Any) -> int:
    """Write frames in C order and hash them; return how many.

    Putting a block in order, writing it and hashing it each take about as long, and all three leave Python's lock: so
    one thread writes, another hashes, while this one puts the next block in order. A few blocks go round among them.
    """
    step = _frames_a_block(frames)
    if 0 < len(frames) <= step and frames.flags.c_contiguous:  # done sooner than threads are started
        data = memoryview(frames).cast("B")
        _write_all(file, data)
        digest.update(data)
        return len(frames)
    free: queue.SimpleQueue[Array] = queue.SimpleQueue()
    for _ in range(_BLOCKS_UNDER_WAY):
        free.put(np.empty((step, *frames.shape[1:]), np.uint8))
    users = [_BlockUser(lambda data: _write_all(file, data)), _BlockUser(digest.update)]
    for start in range(0, len(frames), step):
        n = min(step, len(frames) - start)
        block = free.get()
        np.copyto(block[:n], frames[start : start + n])
        left = iter(range(len(users) - 1))  # the last of the users to finish gives the block back
        for user in users:
            user.blocks.put((block, n, left, free))
    for user in users:
        user.finish()
    return len(frames)


class _BlockUser(threading.Thread):
    """A thread that does one thing with each block it is given, in their order.

    With executors of the standard library writing takes 5 to 17 % longer.
    """

    def __init__(self, use: Callable[[memoryview], None]):
        super().__init__(daemon=True)
        self.blocks: queue.SimpleQueue[tuple[Array, int, Iterator[int], queue.SimpleQueue[Array]] | None]
        self.blocks = queue.SimpleQueue()
        self._use = use
        self._error: Exception | None = None
        self.start()

    def run(self) -> None:
        """Work until there is None to work on; after an error, pass blocks on unused."""
        while (item := self.blocks.get()) is not None:
            block, n, left, free = item
            try:
                if self._error is None:
                    self._use(memoryview(block[:n]).cast("B"))
            except Exception as error:
                self._error = error
            if next(left, None) is None:
                free.put(block)

    def finish(self) -> None:
        """Wait until all is done, and raise what went wrong."""
        self.blocks.put(None)
        self.join()
        if self._error is not None:
            raise self._error


def _write_all(file: BinaryIO, data: memoryview) -> None:
    while data:
        data = data[file.write(data) :]


@functools.lru_cache(256)
def usual_head(dtype: np.dtype[Any], shape: tuple[int, ...]) -> bytes:
    """Return the head of an .npy file as NumPy writes it: of equal length for any number of frames."""
    head = io.BytesIO()
    described_so = {
        "descr": np.lib.format.dtype_to_descr(dtype),
        "fortran_order": False,
        "shape": tuple(map(int, shape)),
    }
    np.lib.format.write_array_header_1_0(head, described_so)
    return head.getvalue()
