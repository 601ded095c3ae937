"""Progress of a job in one line: the text for a record, and the line on a terminal or in a log."""

from __future__ import annotations

import datetime
import math
import sys
import time
from collections.abc import Callable
from pathlib import Path

from pyside.aliases import Progress, Record
from pyside.errors import Interrupted, visible

LINE_LENGTH = 79


def progress_line(progress: Record) -> str:
    """Return a progress record as one line of at most 79 characters."""
    parts = []
    if progress.get("trial"):
        parts.append(f"trial {progress['trial']} of {progress['trials']}")
    if progress.get("epoch"):
        parts.append(f"epoch {progress['epoch']}/{progress.get('epochs', '?')}")
    if progress.get("recordings"):
        what = "recording" if progress.get("stage") in (None, "converting") else "video"
        parts.append(f"{what} {progress['recording']}/{progress['recordings']}")
    if progress.get("stage") not in (None, "training", "converting", "marking"):
        parts.append(str(progress["stage"]))
        parts += _share_and_speed(progress) if progress.get("bytes") else []
    elif "val_loss" not in progress:  # within an epoch
        parts += _share_and_speed(progress)
    if progress.get("seconds_left") is not None:
        parts.append(f"{datetime.timedelta(seconds=int(progress['seconds_left']))} left")
    for name, short in (("loss", "loss"), ("accuracy", "acc")):
        if progress.get(name) is not None:
            held_out = progress.get(f"val_{name}")
            parts.append(f"{short} {progress[name]:.3f}" + (f" (val {held_out:.3f})" if held_out is not None else ""))
    return ("  ".join(parts) or str(progress.get("stage", "")))[:LINE_LENGTH]


def _share_and_speed(progress: Record) -> list[str]:
    parts = []
    for done, total in (("batch", "batches"), ("frames_done", "frames"), ("bytes_done", "bytes")):
        if progress.get(total):
            parts.append(f"{100 * progress.get(done, 0) // progress[total]:3d} %")
    if progress.get("frames_per_second"):
        parts.append(f"{progress['frames_per_second']:.0f} frames/s")
    if progress.get("bytes_per_second"):
        parts.append(f"{progress['bytes_per_second'] / 1e6:.1f} MB/s")
    return parts


class ProgressLine:
    """Shows progress as one line on a terminal or in a notebook; elsewhere it prints lines for a log, or nothing.

    For a log, these are messages and milestones. A notebook keeps what is printed, so it gets one line a second.

    Where a person can go to (``address`` in a record) is printed in any case, once.

    Args:
        log: whether to print lines if there is no terminal.
    """

    def __init__(self, log: bool = False) -> None:
        notebook = type(sys.stderr).__module__.startswith("ipykernel.")
        self._terminal = sys.stderr is not None and (sys.stderr.isatty() or notebook)
        self._log = log and not self._terminal and sys.stderr is not None
        self._used = False
        self._line, self._since, self._pause = "", -math.inf, 1.0 if notebook else 0.0
        self._address: str | None = None

    def __call__(self, progress: Record) -> None:
        """Show one record."""
        for text in self._texts(progress):
            self._print("\r" * self._used + visible(text).ljust(LINE_LENGTH * self._used))
            self._used = False
        if self._terminal:
            self._line = visible(progress_line(progress))[:LINE_LENGTH].ljust(LINE_LENGTH)
            if time.monotonic() - self._since >= self._pause:
                self._show()
        elif self._log and progress.get("milestone"):
            self._print(visible(progress_line(progress)))

    def _texts(self, progress: Record) -> list[str]:
        texts = list(progress.get("said", [])) if self._terminal or self._log else []
        address = progress.get("address")
        if sys.stderr is not None and address and address != self._address:
            self._address = address
            return texts or [f"Open {address}"]
        return texts

    def _print(self, text: str, end: str = "\n") -> None:
        try:
            print(text, end=end, file=sys.stderr, flush=True)
        except (OSError, ValueError):  # the stream is closed; the work continues
            self._terminal = self._log = self._used = False

    def _show(self) -> None:
        self._used, self._since = True, time.monotonic()
        self._print("\r" + self._line, end="")
        self._line = ""

    def end(self) -> None:
        """Keep the line and begin a new one."""
        if self._line:
            self._show()
        if self._used:
            self._print("")


_SECONDS_BETWEEN_REPORTS = 0.2
_SECONDS_BETWEEN_MILESTONES = 5.0
_SECONDS_TO_MEASURE = 1.0  # before the time left is told


class ConversionProgress:
    """Reports the progress of a conversion or a curation; each tenth of a long one is a milestone, for logs.

    Args:
        progress: called with the records that the command line and MATLAB show, at most five times a second.
        total_frames: number of frames of all recordings.
        n_recordings: number of recordings.
        stage: ``converting`` or ``marking``.
    """

    def __init__(self, progress: Progress, total_frames: int, n_recordings: int, stage: str = "converting"):
        self._progress, self._total, self._recordings, self._stage = progress, total_frames, n_recordings, stage
        self._done = self._tenths = 0
        self._began = self._milestone = time.perf_counter()
        self._reported = 0.0
        self._since: tuple[float, int] | None = None  # time and frames done, from which the speed is measured

    def add(self, recording_number: int, name: str, frames: int, kept: bool = False) -> None:
        """Count further frames as done.

        Args:
            recording_number: number of their recording, from 1.
            name: name of that recording.
            frames: number of frames.
            kept: whether they were converted before, so that they tell nothing about the speed.
        """
        self._done += frames
        now = time.perf_counter()
        if self._since is None or kept:  # processes have started then
            self._since = now, self._done
        tenths = 10 * self._done // max(self._total, 1)
        milestone = tenths > self._tenths and now - self._milestone >= _SECONDS_BETWEEN_MILESTONES
        if milestone:
            self._milestone, self._tenths = now, tenths
        elif self._done < self._total and now - self._reported < _SECONDS_BETWEEN_REPORTS:
            return
        self._reported = now
        measured, done = now - self._since[0], self._done - self._since[1]
        if measured < _SECONDS_TO_MEASURE or not done:
            measured, done = now - self._began, max(self._done, 1)
            left = 0.0 if self._done >= self._total else None
        else:
            left = (self._total - self._done) * measured / done
        self._progress(
            {
                "stage": self._stage,
                "recording": recording_number,
                "recordings": self._recordings,
                "name": name,
                "frames_done": self._done,
                "frames": self._total,
                "frames_per_second": round(done / max(measured, 1e-9), 1),
                **({} if left is None else {"seconds_left": round(left, 1)}),
                "milestone": milestone,
            }
        )


def end_if_asked(should_stop: Callable[[], bool], dataset: Path) -> None:
    """Stop a conversion if that was requested.

    Args:
        should_stop: returns whether to stop.
        dataset: the folder that is being written.

    Raises:
        Interrupted: it returned True. Complete recordings of the unfinished dataset are kept.
    """
    if should_stop():
        raise Interrupted(
            f"The conversion was stopped. {dataset} is not complete: repeat the call; complete recordings are not "
            "converted twice."
        )
