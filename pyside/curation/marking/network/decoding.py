"""Decodes videos in the background, one after the other, while the network computes."""

from __future__ import annotations

import contextlib
import dataclasses
import queue
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

from pyside.aliases import Array
from pyside.curation.marking.network.one_video import Job
from pyside.data.video.reader import file_sha256
from pyside.errors import TouchTrainError, of_system

_CHUNKS_AHEAD = 4  # that wait for the network, each of about 256 frames or at most 16 MB


@dataclasses.dataclass(frozen=True)
class Decoded:
    """Frames of a video; None for its end."""

    job: Job
    numbers: Array | None = None
    frames: Array | None = None


class Decoder:
    """Decodes videos one after the other in a thread, and hashes them in another one.

    Args:
        jobs: the videos.
        on_damage: ``error`` or ``skip``.
    """

    def __init__(self, jobs: Iterator[Job], on_damage: str):
        self._jobs, self._on_damage = jobs, on_damage
        self._queue: queue.Queue[Decoded | BaseException | None] = queue.Queue(_CHUNKS_AHEAD)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="decoder", daemon=True)

    def __enter__(self) -> Decoder:
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._stopped.set()
        while self._thread.is_alive():
            with contextlib.suppress(queue.Empty):
                self._queue.get(timeout=0.05)
        self._thread.join()

    def __iter__(self) -> Iterator[Decoded | None]:
        """Yield what was decoded; from time to time None if nothing comes."""
        while True:
            try:
                found = self._queue.get(timeout=0.2)
            except queue.Empty:
                yield None
                continue
            if found is None:
                return
            if isinstance(found, BaseException):
                raise found
            yield found

    def _put(self, item: Decoded | BaseException | None) -> None:
        while not self._stopped.is_set():
            with contextlib.suppress(queue.Full):
                self._queue.put(item, timeout=0.1)
                return

    def _run(self) -> None:
        try:
            with ThreadPoolExecutor(1, "hashes") as pool:
                for job in self._jobs:
                    if self._stopped.is_set():
                        return
                    self._decode(job, pool.submit(file_sha256, job.plan.path))
            self._put(None)
        except BaseException as error:
            self._put(error)

    def _decode(self, job: Job, sha256: Future[str]) -> None:
        try:
            for numbers, frames in job.frames(self._on_damage):
                self._put(Decoded(job, numbers, frames))
                if self._stopped.is_set():
                    return
            job.sha256 = sha256.result()
            job.check_unchanged()
        except TouchTrainError as error:
            job.error = error.text
        except OSError as error:
            job.error = of_system(error).text
        except MemoryError:
            raise
        except Exception as error:  # whatever is wrong with one video, the others are marked
            job.error = f"{type(error).__name__}: {error}"
        self._put(Decoded(job))
