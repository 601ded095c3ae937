"""Traces in time: the probability of an event, the labels of several sources, and where they differ."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from pyside.aliases import Array
from pyside.evaluation.events import event_classes
from pyside.evaluation.predictions import Predictions
from pyside.evaluation.report import plots
from pyside.settings.core import first_number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_OF_A_SIDE = 24  # recordings whose traces a page shows, of each side
AROUND = 40  # frames on each side of one that is shown close up
_COLUMNS = 700  # more frames than these are drawn in groups
_WIDTH, _CLOSE_WIDTH = 10.8, 5.3  # inches
_STRIP = 0.3  # from one strip of labels to the next, where the probability spans 1
Colour = Callable[[str], str]


@dataclasses.dataclass(frozen=True)
class Trace:
    """A part of a recording to draw.

    Attributes:
        recording: its name.
        first: number of its first frame, from 0.
        labels: by name of the source int, (n,), the class of each frame; below 0 where there is none.
        probabilities: of an event, of some sources, each float64, (n,), see `of_events`; NaN where there is none.
        threshold: drawn across the probability; None for none.
        differ: name of the strip that shows where labels differ.
        is_part: whether it is a part of the recording only.
    """

    recording: str
    first: int
    labels: Mapping[str, Array]
    probabilities: Sequence[Array] = ()
    threshold: float | None = None
    differ: str = "differ"
    is_part: bool = False

    @property
    def title(self) -> str:
        """The recording, and of a part the frames."""
        first = self.first + first_number()
        return f"{self.recording}, frames {first:,} to {first + len(self) - 1:,}" if self.is_part else self.recording

    def __len__(self) -> int:
        return len(next(iter(self.labels.values())))

    def close_up(self, frame: int) -> Trace:
        """Return the part around a frame."""
        place = frame - self.first
        window = slice(max(0, place - AROUND), place + AROUND + 1)
        return dataclasses.replace(
            self,
            first=self.first + window.start,
            labels={name: one[window] for name, one in self.labels.items()},
            probabilities=[one[window] for one in self.probabilities],
            is_part=True,
        )

    def shows(self, frame: int) -> bool:
        """Return whether a frame is in it."""
        return self.first <= frame < self.first + len(self)


def of_events(probabilities: Array, class_names: Sequence[str]) -> Array:
    """Return the probability that a frame is of an event: float, (n, classes), to float64, (n,)."""
    events = {*event_classes(class_names)}
    columns = [index for index, name in enumerate(class_names) if name in events]
    found: Array = probabilities[:, columns].sum(axis=1, dtype=np.float64)
    return found


def of_side(
    found: Predictions, predicted: Array, threshold: float | None, most: int = MOST_OF_A_SIDE
) -> tuple[list[Trace], int]:
    """Return the traces of the recordings with the most wrong frames for their length, and how many are left out.

    Args:
        found: the predictions of a side.
        predicted: int64, (n,), the class decided for each frame.
        threshold: of the decision; None with more than two classes.
        most: the most traces to return.

    Returns:
        Recordings without an order in time are left out, and not counted.
    """
    recordings, firsts = np.unique(found.recordings, return_index=True)
    parts = [slice(*ends) for ends in zip(firsts, [*firsts[1:], len(predicted)], strict=True)]
    ordered = [part for part in parts if found.frame_numbers[part][-1] >= 0]
    wrong = predicted != found.labels
    ordered.sort(key=lambda part: -float(np.mean(wrong[part])))
    shown = [_of_recording(found, predicted, part, threshold) for part in ordered[:most]]
    return shown, len(ordered) - len(shown)


def _of_recording(found: Predictions, predicted: Array, part: slice, threshold: float | None) -> Trace:
    numbers = found.frame_numbers[part]
    there, first = numbers >= 0, int(numbers[numbers >= 0][0])
    places, n_frames = numbers[there] - first, int(numbers[-1]) - first + 1

    def spread(values: Array, nothing: float) -> Array:
        room = np.full(n_frames, nothing, values.dtype)
        room[places] = values[there]
        return room

    labels = {"label": spread(found.labels[part], -1), "model": spread(predicted[part], -1)}
    probability = of_events(found.probabilities[part], found.class_names)
    name = found.recording_names[int(found.recordings[part.start])]
    return Trace(name, first, labels, [spread(probability, np.nan)], threshold, "wrong")


def close_ups(places: Sequence[tuple[str, int]], shown: Sequence[Trace], most: int) -> list[Trace]:
    """Return the traces around some frames of the recordings that are shown, one for each place.

    Args:
        places: recording and frame, from 0, in the order in which they matter.
        shown: traces of whole recordings.
        most: the most traces to return.
    """
    found: list[Trace] = []
    by_name = {one.recording: one for one in shown}
    for recording, frame in places:
        one = by_name.get(recording)
        known = any(part.recording == recording and part.shows(frame) for part in found)
        if one is not None and one.shows(frame) and not known:
            found.append(one.close_up(frame))
    return found[:most]


def is_drawn_in_groups(trace: Trace) -> bool:
    """Return whether it has so many frames that several share a column of pixels."""
    return len(trace) > _COLUMNS


def traces_svg(traces: Sequence[Trace], class_names: Sequence[str], part: str, close: bool = False) -> list[str]:
    """Return a plot of each trace, as inline SVG; `part` names the part of a page, on which a recording may recur."""
    named = {f"{part} {number}": trace for number, trace in enumerate(traces)}

    def draw(axes: Axes, name: str) -> None:
        _draw(named[name], class_names, str, axes)

    width = _CLOSE_WIDTH if close else _WIDTH
    return [plots.svg(draw, name, trace.title, (width, _height(trace))) for name, trace in named.items()]


def traces_png(traces: Sequence[Trace], class_names: Sequence[str]) -> bytes:
    """Return a picture of traces below each other."""

    def draw(figure: Figure) -> None:
        heights = [_height(trace) for trace in traces]
        rows: Any = figure.subplots(max(1, len(traces)), squeeze=False, height_ratios=heights or None)
        if not traces:
            rows[0, 0].set_title("There is nothing to draw.")
        for axes, trace in zip(rows[:, 0], traces, strict=False):
            _draw(trace, class_names, plots.light, axes)

    return plots.png(draw, (_WIDTH, sum(map(_height, traces)) or 1.0))


def _height(trace: Trace) -> float:
    return 0.85 + 0.24 * (len(trace.labels) + 1) + (0.8 if trace.probabilities else 0)


def _draw(trace: Trace, class_names: Sequence[str], colour: Colour, axes: Axes) -> None:
    """Draw the probability of an event, below it the labels of each source, and below these where they differ."""
    first, edges = trace.first + first_number(), _edges(len(trace))
    ticks: dict[float, str] = {0.0: "0", 1.0: "probability 1"} if trace.probabilities else {}
    if trace.probabilities and trace.threshold is not None:
        axes.axhline(trace.threshold, color=colour(plots.MARK), linestyle="--", linewidth=0.8)
        at = (1.0, trace.threshold)
        where: Any = {"xycoords": ("axes fraction", "data"), "textcoords": "offset points", "va": "center"}
        axes.annotate(f"{trace.threshold:g}", at, (3, 0), color=colour(plots.MARK), **where)
    for number, values in enumerate(trace.probabilities):
        _draw_probability(axes, values, edges, first, colour(plots.SERIES[(7 - number) % 8]))
    for row, (name, labels) in enumerate(trace.labels.items(), start=1):
        ticks[-_STRIP * row] = plots.short(name)
        _draw_strip(axes, labels, edges, first, -_STRIP * row, class_names, colour)
    if len(trace.labels) > 1:
        bottom = -_STRIP * (len(trace.labels) + 1)
        ticks[bottom] = trace.differ
        bars = _bars(_differ(list(trace.labels.values())), edges, first)
        _draw_bars(axes, bars, bottom, 0.18, colour(plots.MARK), 0.8)
    axes.set(title=plots.short(trace.title, 60), xlim=(first - 0.5, first - 0.5 + max(1, edges[-1])))
    axes.set_ylim(min(ticks, default=0.0) - 0.2, 1.05 if trace.probabilities else 0.0)
    axes.set_yticks(list(ticks), list(ticks.values()))
    axes.grid(False)


def _edges(n_frames: int) -> Array:
    """Return the first frame of each group that is drawn as one, and the end: int64, (groups + 1,)."""
    return np.unique(np.linspace(0, n_frames, min(n_frames, _COLUMNS) + 1).astype(np.int64))


def _draw_probability(axes: Axes, probability: Array, edges: Array, first: int, colour: str) -> None:
    """Draw the greatest and the least probability of an event in each group of frames."""
    if not len(probability):
        return
    high = np.fmax.reduceat(probability, edges[:-1])
    low = np.fmin.reduceat(probability, edges[:-1])
    middles = first + (edges[:-1] + edges[1:] - 1) / 2
    axes.fill_between(middles, low, high, color=colour, alpha=0.35, linewidth=0)
    axes.plot(middles, high, color=colour, linewidth=0.9)


def _draw_strip(
    axes: Axes, labels: Array, edges: Array, first: int, height: float, class_names: Sequence[str], colour: Colour
) -> None:
    """Draw the labels of one source: a bar for each event, a line for other frames, nothing where they are left out."""
    events, there = event_classes(class_names), {*np.unique(labels).tolist()}
    indices = {name: index for index, name in enumerate(class_names)}
    _draw_bars(axes, _bars(labels >= 0, edges, first), height, 0.024, colour(plots.FAINT), 0)
    for number, name in enumerate(events):
        if indices[name] in there:
            bars = _bars(labels == indices[name], edges, first)
            _draw_bars(axes, bars, height, 0.18, colour(plots.SERIES[number % 8]), 0.5)


def _draw_bars(
    axes: Axes, bars: Sequence[tuple[float, float]], height: float, thickness: float, colour: str, linewidth: float
) -> None:
    """Draw bars around a height as one path: a path for each would make a page of many touches large."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    low, high = height - thickness / 2, height + thickness / 2
    corners = [[(x, low), (x + width, low), (x + width, high), (x, high), (x, low)] for x, width in bars]
    if corners:
        path = Path.make_compound_path(*(Path(one, closed=True) for one in corners))
        axes.add_patch(PathPatch(path, color=colour, linewidth=linewidth))


def _bars(inside: Array, edges: Array, first: int) -> list[tuple[float, float]]:
    """Return start and length of the runs of groups with a frame inside."""
    if not len(inside):
        return []
    groups = np.logical_or.reduceat(inside, edges[:-1])
    steps = np.diff(np.concatenate([[False], groups, [False]]).astype(np.int8))
    starts, stops = edges[np.flatnonzero(steps == 1)], edges[np.flatnonzero(steps == -1)]
    return [(float(start) + first - 0.5, float(stop - start)) for start, stop in zip(starts, stops, strict=True)]


def _differ(labels: Sequence[Array]) -> Array:
    """Return which frames have two different labels: bool, (n,)."""
    found = np.zeros(len(labels[0]), bool)
    for place, one in enumerate(labels):
        for other in labels[:place]:
            found |= (one != other) & (one >= 0) & (other >= 0)
    return found
