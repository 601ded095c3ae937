"""Writes the frames of one recording to an .npy file, and hashes them while they are written."""

from __future__ import annotations

import functools
import hashlib
import io
import queue
import threading
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from pyside.aliases import Array
from pyside.errors import BadFrames
from pyside.system.files import move, part_of, write_errors

BLOCK_BYTES = 1 << 20  # frames are ordered, written and hashed in blocks that stay in the processor's cache
_BLOCKS_UNDER_WAY = 4


class FrameFile:
    """Writes the frames of one recording, in chunks, perhaps in another process than that of the `DatasetWriter`.

    The file has a temporary name until `close`. A thread hashes the frames while they are written.

    Args:
        path: what `DatasetWriter.frames_path` returns.
        shape: (height, width, channels) of every frame.

    Raises:
        DiskFull, NotWritable: also raised by `append` and `close`; the file stays incomplete.
    """

    def __init__(self, path: Path, shape: tuple[int, int, int]):
        self._path, self._shape = path, shape
        self._part = part_of(path)
        self._hash = hashlib.sha256()
        self.n_frames = 0
        with write_errors(self._part), self._part.open("wb") as file:
            file.write(usual_head(np.dtype(np.uint8), (0, *shape)))

    def append(self, frames: Array) -> None:
        """Write more frames: uint8, (n, height, width, channels), in any memory order.

        Raises:
            BadFrames: they have another shape or type.
        """
        if frames.shape[1:] != self._shape or frames.dtype != np.uint8:
            raise BadFrames(
                f"{self._path.name}: expected uint8 frames of {self._shape} (height, width, channels), "
                f"received {frames.dtype} of {frames.shape[1:]}."
            )
        with write_errors(self._part), self._part.open("ab", buffering=0) as file:
            self.n_frames += _write_hashed(frames, file, self._hash)

    def close(self) -> str:
        """Complete the file and rename it; return the SHA-256 of its frames."""
        with write_errors(self._part):
            with self._part.open("r+b") as file:
                file.write(usual_head(np.dtype(np.uint8), (self.n_frames, *self._shape)))
            move(self._part, self._path)
        return self._hash.hexdigest()


def hash_frames(frames: Array) -> str:
    """Return the SHA-256 of frames as they are stored."""
    digest = hashlib.sha256()
    step = _frames_per_block(frames)
    for start in range(0, len(frames), step):
        digest.update(np.ascontiguousarray(frames[start : start + step]))
    return digest.hexdigest()


def _frames_per_block(frames: Array) -> int:
    return max(1, min(len(frames), BLOCK_BYTES // max(1, frames[:1].nbytes)))


def _write_hashed(frames: Array, file: BinaryIO, digest: Any) -> int:
    """Write frames in C order and hash them; return their number.

    To hash a block takes about as long as to order and write it, and all three release Python's lock: so another thread
    hashes a block while this one goes on. It gets a copy, since a processor writes slowly to memory that another one
    has just read. A few blocks are used in turn.
    """
    step = _frames_per_block(frames)
    in_order = frames.flags.c_contiguous
    if 0 < len(frames) <= step and in_order:  # faster than to start a thread
        data = memoryview(frames).cast("B")
        _write_all(file, data)
        digest.update(data)
        return len(frames)
    hashing = _Hashing(digest)
    if not in_order:
        ordered = np.empty((step, *frames.shape[1:]), np.uint8)
        for _ in range(_BLOCKS_UNDER_WAY):
            hashing.free.put(np.empty_like(ordered))
    try:
        for start in range(0, len(frames), step):
            part = block = frames[start : start + step]
            if not in_order:
                np.copyto(ordered[: len(part)], part)
                block, part = hashing.free.get(), ordered[: len(part)]
                np.copyto(block[: len(part)], part)
            hashing.blocks.put((block, len(part)))
            _write_all(file, memoryview(part).cast("B"))
    finally:
        hashing.finish()
    return len(frames)


class _Hashing(threading.Thread):
    """A thread that hashes blocks of frames in their order; executors of the standard library take longer."""

    def __init__(self, digest: Any):
        super().__init__(daemon=True)
        self.blocks: queue.SimpleQueue[tuple[Array, int] | None] = queue.SimpleQueue()
        self.free: queue.SimpleQueue[Array] = queue.SimpleQueue()
        self._digest = digest
        self.start()

    def run(self) -> None:
        """Hash the first frames of each block until None comes."""
        while (task := self.blocks.get()) is not None:
            block, n = task
            self._digest.update(memoryview(block[:n]).cast("B"))
            self.free.put(block)

    def finish(self) -> None:
        """Wait until all blocks are hashed."""
        self.blocks.put(None)
        self.join()


def _write_all(file: BinaryIO, data: memoryview) -> None:
    while data:
        data = data[file.write(data) :]


@functools.lru_cache(256)
def usual_head(dtype: np.dtype[Any], shape: tuple[int, ...]) -> bytes:
    """Return the head of an .npy file as NumPy writes it; its length is the same for any number of frames."""
    head = io.BytesIO()
    description = {
        "descr": np.lib.format.dtype_to_descr(dtype),
        "fortran_order": False,
        "shape": tuple(map(int, shape)),
    }
    np.lib.format.write_array_header_1_0(head, description)
    return head.getvalue()
