"""How far a job is, in one line: text from a record, and the line on a terminal or in a log."""

from __future__ import annotations

import datetime
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
        parts.append(f"recording {progress['recording']}/{progress['recordings']}")
    if progress.get("stage") not in (None, "training", "converting"):
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
    """Shows progress as one line on a terminal; elsewhere what belongs in a log, if anything.

    Args:
        log: whether lines are printed where there is no terminal, too.
    """

    def __init__(self, log: bool = False) -> None:
        self._terminal = sys.stderr is not None and sys.stderr.isatty()
        self._log = log and not self._terminal and sys.stderr is not None
        self._used = False

    def __call__(self, progress: Record) -> None:
        """Show one record."""
        if self._terminal or self._log:
            for text in progress.get("said", []):
                self._print("\r" * self._used + visible(text).ljust(LINE_LENGTH * self._used))
                self._used = False
        if self._terminal:
            self._used = True
            self._print("\r" + visible(progress_line(progress))[:LINE_LENGTH].ljust(LINE_LENGTH), end="")
        elif self._log and progress.get("milestone"):
            self._print(visible(progress_line(progress)))

    def _print(self, text: str, end: str = "\n") -> None:
        try:
            print(text, end=end, file=sys.stderr, flush=True)
        except (OSError, ValueError):  # nobody can read it any more, and the work goes on
            self._terminal = self._log = self._used = False

    def end(self) -> None:
        """Leave the line as it is and begin a new one."""
        if self._used:
            self._print("")


_SECONDS_BETWEEN_REPORTS = 0.2
_SECONDS_BETWEEN_MILESTONES = 5.0


class ConversionProgress:
    """Tells how far a conversion is, now and then; each tenth of a long one is a milestone, for logs.

    Args:
        progress: takes records as the command line and MATLAB show them, some five times a second.
        total_frames: frames of all recordings.
        n_recordings: how many recordings there are.
    """

    def __init__(self, progress: Progress, total_frames: int, n_recordings: int):
        self._progress, self._total, self._recordings = progress, total_frames, n_recordings
        self._done = self._tenths = 0
        self._began = self._milestone = time.perf_counter()
        self._reported = 0.0

    def add(self, recording_number: int, name: str, frames: int) -> None:
        """Note that so many further frames are done.

        Args:
            recording_number: which recording they are of, from 1.
            name: of that recording.
            frames: how many.
        """
        self._done += frames
        now = time.perf_counter()
        tenths = 10 * self._done // max(self._total, 1)
        milestone = tenths > self._tenths and now - self._milestone >= _SECONDS_BETWEEN_MILESTONES
        if milestone:
            self._milestone, self._tenths = now, tenths
        elif self._done < self._total and now - self._reported < _SECONDS_BETWEEN_REPORTS:
            return
        self._reported = now
        speed = max(self._done, 1) / max(now - self._began, 1e-9)
        self._progress(
            {
                "stage": "converting",
                "recording": recording_number,
                "recordings": self._recordings,
                "name": name,
                "frames_done": self._done,
                "frames": self._total,
                "frames_per_second": round(speed, 1),
                "seconds_left": round((self._total - self._done) / speed, 1),
                "milestone": milestone,
            }
        )


def end_if_asked(should_stop: Callable[[], bool], dataset: Path) -> None:
    """Ask whether to stop.

    Args:
        should_stop: tells.
        dataset: the folder that is being written.

    Raises:
        Interrupted: if so. What is complete in the unfinished dataset is kept.
    """
    if should_stop():
        raise Interrupted(
            f"The conversion was stopped. {dataset} is not complete: convert again, and what is done is not done twice."
        )
