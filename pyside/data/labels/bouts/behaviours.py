"""Bouts of behaviours: the frames from a start to a stop, of which several may overlap, and none may fill the rest."""

from __future__ import annotations

import dataclasses

import numpy as np

from pyside.aliases import Array

LEFT_OUT = "left out"  # stands for frames without a label, where no class is called so
NONE = "none"  # stands for the frames in no bout, in label values and in the mapping of a dataset
_TOO_MANY = 10**8  # frames of a video; more are damage


@dataclasses.dataclass(frozen=True)
class Activity:
    """Which behaviours each frame of a video shows.

    Attributes:
        names: the behaviours, (k,).
        active: bool, (n, k).
        scored: bool, (n,): False for a frame that is left out.
        columns: whether the names are those of columns, some of which may be no classes, and not written labels.
    """

    names: tuple[str, ...]
    active: Array
    scored: Array
    columns: bool = False

    def __len__(self) -> int:
        return len(self.scored)


@dataclasses.dataclass(frozen=True)
class Bouts:
    """Bouts of behaviours in one video.

    Attributes:
        names: the behaviours of the whole file, (k,).
        which: int64, (m,): position of the behaviour of each bout in `names`.
        starts: float64, (m,): frame numbers, of which the first is 1; or seconds from the first frame on.
        stops: float64, (m,): the same for the first frame after each bout.
        spans: float64, (p, 2): first frames of the parts that were scored, and the first ones after them; None for the
            whole video.
        in_seconds: whether starts, stops and spans are seconds.
        rate: frames per second of these; None for that of the video.
        n_rows: number of rows if each row stands for one frame, or for one sample at equal intervals; else None.
        step: interval of the samples, in seconds; None if they are not regular, or no samples.
        columns: as in `Activity`.
        doubt: how numbers that do not fit may be meant, for messages; or "".
    """

    names: tuple[str, ...]
    which: Array
    starts: Array
    stops: Array
    spans: Array | None = None
    in_seconds: bool = False
    rate: float | None = None
    n_rows: int | None = None
    step: float | None = None
    columns: bool = False
    doubt: str = ""

    def __len__(self) -> int:
        """Return the number of rows that each stand for one frame, as the labels of a vector do; 0 for other bouts."""
        return 0 if self.in_seconds else self.n_rows or 0

    def rate_for(self, n_frames: int, rate: float) -> float:
        """Return the frames per second by which seconds are converted; 0 if it is unknown.

        Args:
            n_frames: number of frames of the video.
            rate: that of the video, or 0.
        """
        if self.step and self.n_rows is not None and 0 <= self.n_rows - n_frames <= 1:  # one sample per frame
            return 1 / self.step
        return self.rate or rate

    def in_frames(self, rate: float) -> Bouts:
        """Return the same bouts in frame numbers: times are rounded to the nearest frame, and a bout has one at least.

        Args:
            rate: frames per second; any if the bouts are in frames already.
        """
        if not self.in_seconds:
            return self
        starts, stops = _rounded(self.starts, self.stops, rate)
        spans = None if self.spans is None else np.column_stack(_rounded(self.spans[:, 0], self.spans[:, 1], rate))
        return dataclasses.replace(self, starts=starts, stops=stops, spans=spans, in_seconds=False)

    def outside(self, n_frames: int, offset: int) -> Array:
        """Return int64: the frame numbers that a video does not have; the ends of bouts and scored parts, in frames.

        Args:
            n_frames: number of frames of the video.
            offset: number that is added to frame numbers.
        """
        spans = np.empty((0, 2)) if self.spans is None else self.spans[self.spans[:, 0] < self.spans[:, 1]]
        ends = np.concatenate([self.starts, self.stops - 1, spans[:, 0], spans[:, 1] - 1]).astype(np.int64) + offset
        return np.unique(ends[(ends < 1) | (ends > n_frames)])

    def cut(self, n_frames: int) -> Bouts:
        """Return the bouts, in frames, without what lies up to one frame beyond the end: a time was rounded up."""
        starts, stops = self.starts, np.where(self.stops == n_frames + 2, n_frames + 1, self.stops)
        kept = starts < stops
        spans = None if self.spans is None else np.minimum(self.spans, n_frames + 1)
        return dataclasses.replace(self, which=self.which[kept], starts=starts[kept], stops=stops[kept], spans=spans)

    def over(self, n_frames: int, offset: int = 0) -> Activity:
        """Return what each frame of a video shows; bouts, in frames, are cut at its ends.

        Args:
            n_frames: number of frames of the video.
            offset: number that is added to frame numbers.
        """
        active = np.column_stack(
            [
                _covered(self.starts[self.which == place], self.stops[self.which == place], n_frames, offset)
                for place in range(len(self.names))
            ]
            or [np.zeros((n_frames, 0), bool)]
        )
        scored = np.ones(n_frames, bool)
        if self.spans is not None:
            scored = _covered(self.spans[:, 0], self.spans[:, 1], n_frames, offset)
        return Activity(self.names, active, scored, self.columns)

    def frames(self, only_bouts: bool = False) -> int:
        """Return the number of frames, of bouts in frames, that were scored and are known; or those in any bout."""
        spans = self.spans if self.spans is not None and not only_bouts else np.column_stack([self.starts, self.stops])
        merged = _merged(spans[:, 0], spans[:, 1])
        return int(np.sum(merged[:, 1] - merged[:, 0]))

    def merged(self) -> dict[str, Array]:
        """Return float64, (m, 2), by behaviour: its bouts, in order, where those that touch or overlap are one."""
        return {
            name: _merged(self.starts[self.which == place], self.stops[self.which == place])
            for place, name in enumerate(self.names)
        }


def _rounded(starts: Array, stops: Array, rate: float) -> tuple[Array, Array]:
    first = np.rint(np.clip(starts * rate, -_TOO_MANY, _TOO_MANY)) + 1
    return first, np.maximum(np.rint(np.clip(stops * rate, -_TOO_MANY, _TOO_MANY)) + 1, first + 1)


def _covered(starts: Array, stops: Array, n_frames: int, offset: int) -> Array:
    """Return bool, (n_frames,): whether a frame lies in any of these spans."""
    places = [np.clip(ends.astype(np.int64) - 1 + offset, 0, n_frames) for ends in (starts, stops)]
    steps = np.bincount(places[0], minlength=n_frames + 1) - np.bincount(places[1], minlength=n_frames + 1)
    return np.cumsum(steps[:n_frames]) > 0


def _merged(starts: Array, stops: Array) -> Array:
    if not len(starts):
        return np.empty((0, 2))
    order = np.argsort(starts, kind="stable")
    starts, reached = starts[order], np.maximum.accumulate(stops[order])
    first = np.concatenate([[True], starts[1:] > reached[:-1]])
    last = np.concatenate([first[1:], [True]])
    return np.column_stack([starts[first], reached[last]])
