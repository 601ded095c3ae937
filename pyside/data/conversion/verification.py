"""Checks whether a dataset on the disk has changed since it was written, by the hashes in its description.

Disks lose bits, network drives cut files short, and people edit files by mistake. The frames of each recording have a
SHA-256 in ``dataset.json``. Labels and groups have none: the number of frames of each class is compared with the
description.
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
    """Read all of a dataset, and compare it with its description; see `pyside.verify`.

    Args:
        path: the dataset folder.
        progress: called with records for a progress line, about five times a second.
        should_stop: called as often; if it returns True, the verification stops.

    Raises:
        BadDataset: the dataset is damaged, or `path` is something else.
        Interrupted: `should_stop` returned True.
    """
    path = Path(path).absolute()
    check_kind(path)
    dataset = described(path)
    shown = _Shown(dataset, progress)

    def tick(n_bytes: int) -> None:
        if shown.add(n_bytes) and should_stop():
            raise Interrupted(f"The verification was stopped before all of {path} was read.")

    end_if_asked(should_stop, path)
    found = _Found(dataset)
    for recording in dataset.recordings:
        found.check(recording, tick)
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
    """Check that a path is not a file, which is no dataset.

    Raises:
        BadDataset: it is a file.
    """
    if path.is_file() and path.name != DESCRIPTION:
        raise BadDataset(
            f"{path} is a file, not a dataset folder. Give the folder that contains {DESCRIPTION}; touchtrain inspect "
            "shows what a file holds."
        )
    if path.is_file():
        raise BadDataset(f"{path} describes a dataset. Give the folder that contains it, {path.parent}.")


class _Shown:
    """Reports how much of a dataset has been read."""

    def __init__(self, dataset: Dataset, progress: Progress):
        self._progress, self.done, self._reported, self._began = progress, 0, 0.0, time.perf_counter()
        self.total = int(np.prod(dataset.image_shape, dtype=object)) * sum(one.n_frames for one in dataset.recordings)

    def add(self, n_bytes: int) -> bool:
        """Add a number of bytes that were read; return whether progress was reported."""
        self.done += n_bytes
        now = time.perf_counter()
        if now - self._reported < _SECONDS_BETWEEN_REPORTS:
            return False
        self._reported = now
        self.report()
        return True

    def report(self) -> None:
        """Report progress now."""
        speed = self.done / max(time.perf_counter() - self._began, 1e-9)
        record = {"stage": "verifying the dataset", "bytes_done": self.done, "bytes": self.total}
        self._progress({**record, "bytes_per_second": speed})


class _Found:
    """The damage that was found in a dataset."""

    def __init__(self, dataset: Dataset):
        self._dataset, self._faults, self._changed = dataset, Faults(), list[str]()

    def __bool__(self) -> bool:
        return bool(self._changed) or len(self._faults) > 0

    def check(self, recording: Recording, tick: _Tick) -> None:
        """Read all of a recording, and note its damage."""
        names = self._dataset.class_names
        with self._faults.noting():
            recording.check(len(names))
            labels = recording.labels
            counts = {name: n for name, n in count_classes(labels, names).items() if n}
            left_out = int(np.count_nonzero(labels == LEAVE_OUT))
            written = {name: n for name, n in recording.info["counts"].items() if n}
            if counts != written or left_out != recording.info["left_out"]:
                raise BadDataset(
                    f"The labels of {recording.original} have changed since they were written: the number of frames "
                    f"of each class differs from {DESCRIPTION}."
                )
        with self._faults.noting():
            known = recording.info["source"].get("sha256")
            if known is not None and recording.sha256(tick) != known:
                self._changed.append(recording.original)

    def raise_any(self) -> None:
        """Raise the damage as one error, if there is any.

        Raises:
            BadDataset: all damage at once.
        """
        faults = Faults()
        if self._changed:
            n, of = len(self._changed), len(self._dataset.recordings)
            faults.add(
                BadDataset,
                f"{self._dataset.folder} is damaged: in {n} of {of} recordings the frames have changed since they were "
                f"written: {some(self._changed, _MOST_NAMED)}. Convert again into the same folder: only these "
                "recordings are converted again, all others are kept. Check the disk for errors.",
            )
        several = {fault.text: fault for fault in self._faults}
        for fault in list(several.values())[:_MOST_NAMED]:
            faults.include(fault)
        if len(several) > _MOST_NAMED:
            faults.add(BadDataset, f"{len(several) - _MOST_NAMED} more recordings are damaged.")
        faults.raise_any()


class _Ended(Exception):
    """Ends the thread when its results are no longer needed."""


class WhileTraining:
    """Verifies a dataset in a thread during training, once for each opened dataset.

    After each block the thread pauses as long as the block took, so that it never uses more than half of the disk's
    speed. Use it as a context manager: at its end the thread ends.

    Args:
        dataset: an opened dataset.
        should_stop: the training's own function.
    """

    def __init__(self, dataset: Dataset, should_stop: Callable[[], bool]):
        self._dataset, self._asked = dataset, should_stop
        self._found = _Found(dataset)
        self._shown = _Shown(dataset, lambda record: None)
        self._failed: Exception | None = None
        self._at_full_speed, self._ended = threading.Event(), False
        self._last = time.perf_counter()
        self._thread = threading.Thread(target=self._run, name="verification", daemon=True)

    def __enter__(self) -> WhileTraining:
        if not vars(self._dataset).get("verified"):
            self._last = time.perf_counter()
            self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._ended = True
        self._at_full_speed.set()
        if self._found and isinstance(error, TouchTrainError):  # damaged frames may cause any other error
            self._found.raise_any()

    def should_stop(self) -> bool:
        """Return whether the training should stop: on request, or because damage was found."""
        return bool(self._found) or self._failed is not None or self._asked()

    def finish(self, progress: Progress, forget: Callable[[], None]) -> None:
        """Wait until all is verified, before the training's result is used.

        Args:
            progress: called with records for a progress line.
            forget: removes the state from which a training on damaged frames would be resumed.

        Raises:
            BadDataset: the dataset is damaged.
        """
        self._at_full_speed.set()
        while self._thread.is_alive():
            self._thread.join(_SECONDS_BETWEEN_REPORTS)
            if self._thread.is_alive():
                progress({"stage": "verifying the dataset", "bytes_done": self._shown.done, "bytes": self._shown.total})
        if self._found or self._failed:
            forget()
        if self._failed is not None:
            raise self._failed
        self._found.raise_any()
        vars(self._dataset)["verified"] = True  # so that a search for hyperparameters verifies it once

    def _run(self) -> None:
        try:
            for recording in self._dataset.recordings:
                self._found.check(recording, self._tick)
        except _Ended:
            pass
        except Exception as error:  # raised by `finish`, since errors of a thread are lost
            self._failed = error

    def _tick(self, n_bytes: int) -> None:
        self._shown.add(n_bytes)
        self._at_full_speed.wait(time.perf_counter() - self._last)
        self._last = time.perf_counter()
        if self._ended:
            raise _Ended
