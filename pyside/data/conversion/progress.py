"""What a conversion tells while it runs, and how it ends when it is asked to."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pyside.errors import Interrupted

Progress = Callable[[dict[str, Any]], None]
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
