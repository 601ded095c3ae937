"""Whether a dataset on the disk still is what was once written, told by the hashes in its description.

Disks lose bits, drives over the network cut files short, and people open what they should not. The frames of each
recording have a SHA-256 in ``dataset.json``. Labels and groups have none: they are compared with what the description
tells of them, the frames of each class.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from pyside.aliases import Progress
from pyside.data.dataset import DESCRIPTION, LEAVE_OUT, Dataset, Recording, count_classes, described
from pyside.errors import BadDataset, Faults, Interrupted, TouchTrainError, some
from pyside.system.progress import end_if_asked

_SECONDS_BETWEEN_REPORTS = 0.2
_MOST_NAMED = 20
_Tick = Callable[[int], None]


def verify(
    path: str | PathLike[str],
    progress: Progress = lambda record: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> dict[str, Any]:
    """Read all of a dataset, and compare it with its description; `pyside.verify` is documented there.

    Args:
        path: the dataset folder.
        progress: called with records for a progress line, some five times a second.
        should_stop: asked as often; True ends it.

    Raises:
        Interrupted: it was asked to stop.
    """
    path = Path(path).absolute()
    check_kind(path)
    dataset = described(path)
    shown = _Shown(dataset, progress)

    def tick(n_bytes: int) -> None:
        if shown.add(n_bytes) and should_stop():
            raise Interrupted(f"It was stopped before all of {path} was looked at.")

    end_if_asked(should_stop, path)
    found = _Found(dataset)
    for recording in dataset.recordings:
        found.look_at(recording, tick)
    found.raise_any()
    return {
        "kind": "verification",
        "path": str(path),
        "well": True,
        "recordings": len(dataset.recordings),
        "frames": sum(recording.n_frames for recording in dataset.recordings),
        "bytes": shown.total,
        "without_hash": [one.original for one in dataset.recordings if "sha256" not in one.info["source"]],
    }


def check_kind(path: Path) -> None:
    """See that a path is of a kind that can be verified.

    Raises:
        BadDataset: it is a file.
    """
    if path.is_file() and path.name != DESCRIPTION:
        raise BadDataset(
            f"{path} is a file, and only dataset folders can be verified so far, no models and no videos. Name the "
            f"folder that {DESCRIPTION} lies in; touchtrain inspect tells what a file holds."
        )
    if path.is_file():
        raise BadDataset(f"{path} describes a dataset. Name the folder that it lies in, {path.parent}.")


class _Shown:
    """Tells how much of a dataset has been looked at."""

    def __init__(self, dataset: Dataset, progress: Progress):
        self._progress, self.done, self._reported, self._began = progress, 0, 0.0, time.perf_counter()
        self.total = int(np.prod(dataset.image_shape, dtype=object)) * sum(one.n_frames for one in dataset.recordings)

    def add(self, n_bytes: int) -> bool:
        """Note that so much further was looked at; return whether it was told."""
        self.done += n_bytes
        now = time.perf_counter()
        if now - self._reported < _SECONDS_BETWEEN_REPORTS:
            return False
        self._reported = now
        self.tell()
        return True

    def tell(self) -> None:
        """Tell it now."""
        speed = self.done / max(time.perf_counter() - self._began, 1e-9)
        record = {"stage": "verifying the dataset", "bytes_done": self.done, "bytes": self.total}
        self._progress({**record, "bytes_per_second": speed})


class _Found:
    """What was found to be wrong with a dataset."""

    def __init__(self, dataset: Dataset):
        self._dataset, self._faults, self._changed = dataset, Faults(), list[str]()

    def __bool__(self) -> bool:
        return bool(self._changed) or len(self._faults) > 0

    def look_at(self, recording: Recording, tick: _Tick) -> None:
        """Read all of a recording, and note what is wrong with it."""
        names = self._dataset.class_names
        with self._faults.noting():
            recording.check(len(names))
            labels = recording.labels
            counts = {name: n for name, n in count_classes(labels, names).items() if n}
            left_out = int(np.count_nonzero(labels == LEAVE_OUT))
            told = {name: n for name, n in recording.info["counts"].items() if n}
            if counts != told or left_out != recording.info["left_out"]:
                raise BadDataset(
                    f"The labels of {recording.original} have changed since they were written: the frames of each "
                    f"class are not those that {DESCRIPTION} tells of."
                )
        with self._faults.noting():
            known = recording.info["source"].get("sha256")
            if known is not None and recording.sha256(tick) != known:
                self._changed.append(recording.original)

    def raise_any(self) -> None:
        """Raise what was found.

        Raises:
            BadDataset: all of it.
        """
        faults = Faults()
        if self._changed:
            n, of = len(self._changed), len(self._dataset.recordings)
            faults.add(
                BadDataset,
                f"{self._dataset.folder} is damaged: in {n} of {of} recordings the frames have changed since they were "
                f"written: {some(self._changed, _MOST_NAMED)}. Convert again into the same folder: these are "
                "converted anew, all others are taken over. See that the disk is sound.",
            )
        several = {fault.text: fault for fault in self._faults}
        for fault in list(several.values())[:_MOST_NAMED]:
            faults.include(fault)
        if len(several) > _MOST_NAMED:
            faults.add(BadDataset, f"{len(several) - _MOST_NAMED} more recordings are damaged likewise.")
        faults.raise_any()


class _Given(Exception):
    """Ends the thread whose findings nobody waits for any more."""


class WhileTraining:
    """Verifies a dataset in a thread, while a training learns from it; once for an opened dataset.

    The thread pauses after each block for as long as that took, so that it never takes more than half of what a disk
    gives. Use it as a context: at its end the thread ends.

    Args:
        dataset: an opened dataset.
        should_stop: of the training.
    """

    def __init__(self, dataset: Dataset, should_stop: Callable[[], bool]):
        self._dataset, self._asked = dataset, should_stop
        self._found = _Found(dataset)
        self._shown = _Shown(dataset, lambda record: None)
        self._failed: Exception | None = None
        self._in_a_hurry, self._given_up = threading.Event(), False
        self._last = time.perf_counter()
        self._thread = threading.Thread(target=self._run, name="verification", daemon=True)

    def __enter__(self) -> WhileTraining:
        if not vars(self._dataset).get("verified"):
            self._last = time.perf_counter()
            self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._given_up = True
        self._in_a_hurry.set()
        if self._found and isinstance(error, TouchTrainError):  # frames that are none may lead to anything
            self._found.raise_any()

    def should_stop(self) -> bool:
        """Tell whether the training is to end: it was asked to, or damage was found."""
        return bool(self._found) or self._failed is not None or self._asked()

    def finish(self, progress: Progress, forget: Callable[[], None]) -> None:
        """Wait until all is verified, before anything is made of it.

        Args:
            progress: is told how far it is.
            forget: removes what a training on damaged frames would go on from.

        Raises:
            BadDataset: it is damaged.
        """
        self._in_a_hurry.set()
        while self._thread.is_alive():
            self._thread.join(_SECONDS_BETWEEN_REPORTS)
            if self._thread.is_alive():
                progress({"stage": "verifying the dataset", "bytes_done": self._shown.done, "bytes": self._shown.total})
        if self._found or self._failed:
            forget()
        if self._failed is not None:
            raise self._failed
        self._found.raise_any()
        vars(self._dataset)["verified"] = True  # so that a search does it once

    def _run(self) -> None:
        try:
            for recording in self._dataset.recordings:
                self._found.look_at(recording, self._tick)
        except _Given:
            pass
        except Exception as error:  # of a thread nobody would hear
            self._failed = error

    def _tick(self, n_bytes: int) -> None:
        self._shown.add(n_bytes)
        self._in_a_hurry.wait(time.perf_counter() - self._last)
        self._last = time.perf_counter()
        if self._given_up:
            raise _Given
