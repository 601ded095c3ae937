"""How far a job is, in one line: text from a record, and the line on a terminal or in a log."""

from __future__ import annotations

import datetime
import sys
from collections.abc import Mapping
from typing import Any

from pyside.errors import visible

Progress = Mapping[str, Any]
LINE_LENGTH = 79


def progress_line(progress: Progress) -> str:
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


def _share_and_speed(progress: Progress) -> list[str]:
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

    def __call__(self, progress: Progress) -> None:
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
