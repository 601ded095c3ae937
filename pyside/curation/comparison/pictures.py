"""Pictures of a comparison: the labels of all sources over the probability, and the frames of disagreements."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from pyside.aliases import Array, Record
from pyside.curation.comparison.alignment import Labelled
from pyside.data.dataset import LEAVE_OUT
from pyside.evaluation.events import event_classes
from pyside.evaluation.report import plots
from pyside.settings.core import first_number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_RECORDINGS = 24  # on the page
MOST_IN_PICTURE = 8  # in the picture that stands alone
MOST_CLOSE = 12  # disagreements that are drawn close up
_AROUND = 40  # frames on each side of one
_COLUMNS = 700  # more frames than these are drawn in groups
_WIDTH, _CLOSE_WIDTH = 10.8, 5.3  # inches
_STRIP = 0.3  # from one strip of labels to the next, where the probability spans 1
Colour = Callable[[str], str]


@dataclasses.dataclass(frozen=True)
class Trace:
    """A part of a recording to draw: its labels and probabilities from frame `start` up to, without, `stop`."""

    title: str
    labelled: Labelled
    start: int
    stop: int


def recordings_to_show(pair: Record, labelled: Sequence[Labelled]) -> list[Labelled]:
    """Return the recordings to draw, those with the fewest equal labels first."""
    equal = {one["recording"]: one["equal"] for one in pair["recordings"]}
    known = [one for one in labelled if equal.get(one.paired.name) is not None]
    return sorted(known, key=lambda one: equal[one.paired.name])[:MOST_RECORDINGS]


def whole(one: Labelled) -> Trace:
    """Return the trace of a whole recording."""
    return Trace(one.paired.name, one, 0, len(next(iter(one.labels.values()))))


def close_ups(pair: Record, shown: Sequence[Labelled]) -> list[Trace]:
    """Return the traces around the worst disagreements of the recordings that are shown, one for each place."""
    found: list[Trace] = []
    by_name = {one.paired.name: one for one in shown}
    for worst in pair["disagreements"]:
        one, frame = by_name.get(worst["recording"]), worst["frame"]
        if one is None or any(part.labelled is one and part.start <= frame < part.stop for part in found):
            continue
        start = max(0, frame - _AROUND)
        stop = min(whole(one).stop, frame + _AROUND + 1)
        first = first_number()
        title = f"{one.paired.name}, frames {start + first:,} to {stop - 1 + first:,}"
        found.append(Trace(title, one, start, stop))
    return found[:MOST_CLOSE]


def traces_svg(traces: Sequence[Trace], class_names: Sequence[str], close: bool = False) -> list[str]:
    """Return a plot of each trace, as inline SVG."""

    def draw(axes: Axes, number: str) -> None:
        _draw(traces[int(number)], class_names, str, axes)

    width = _CLOSE_WIDTH if close else _WIDTH
    return [
        plots.svg(draw, str(number), trace.title, (width, _height(trace.labelled)))
        for number, trace in enumerate(traces)
    ]


def traces_png(shown: Sequence[Labelled], class_names: Sequence[str]) -> bytes:
    """Return a picture of the worst recordings below each other."""
    traces = [whole(one) for one in shown[:MOST_IN_PICTURE]]

    def draw(figure: Figure) -> None:
        heights = [_height(trace.labelled) for trace in traces]
        rows: Any = figure.subplots(max(1, len(traces)), squeeze=False, height_ratios=heights or None)
        if not traces:
            rows[0, 0].set_title("There is nothing to draw.")
        for axes, trace in zip(rows[:, 0], traces, strict=False):
            _draw(trace, class_names, plots.light, axes)

    return plots.png(draw, (_WIDTH, sum(_height(trace.labelled) for trace in traces) or 1.0))


def _height(one: Labelled) -> float:
    return 0.85 + 0.24 * (len(one.labels) + 1) + (0.8 if one.probabilities else 0)


def _draw(trace: Trace, class_names: Sequence[str], colour: Colour, axes: Axes) -> None:
    """Draw the probability of an event, below it the labels of each source, and below these where they differ."""
    one, window = trace.labelled, slice(trace.start, trace.stop)
    first = trace.start + first_number()
    edges = _edges(trace.stop - trace.start)
    ticks: dict[float, str] = {0.0: "0", 1.0: "probability 1"} if one.probabilities else {}
    for number, values in enumerate(one.probabilities.values()):
        _draw_probability(axes, values[window], edges, first, class_names, colour(plots.SERIES[(7 - number) % 8]))
    for row, (name, labels) in enumerate(one.labels.items(), start=1):
        ticks[-_STRIP * row] = plots.short(name)
        _draw_strip(axes, labels[window], edges, first, -_STRIP * row, class_names, colour)
    if len(one.labels) > 1:
        bottom = -_STRIP * (len(one.labels) + 1)
        ticks[bottom] = "differ"
        bars = _bars(_differ([labels[window] for labels in one.labels.values()]), edges, first)
        axes.broken_barh(bars, (bottom - 0.09, 0.18), color=colour(plots.MARK), linewidth=0.8)
    axes.set(title=plots.short(trace.title, 60), xlim=(first - 0.5, first - 0.5 + max(1, edges[-1])))
    axes.set_ylim(min(ticks, default=0.0) - 0.2, 1.05 if one.probabilities else 0.0)
    axes.set_yticks(list(ticks), list(ticks.values()))
    axes.grid(False)


def _edges(n_frames: int) -> Array:
    """Return the first frame of each group that is drawn as one, and the end: int64, (groups + 1,)."""
    return np.unique(np.linspace(0, n_frames, min(n_frames, _COLUMNS) + 1).astype(np.int64))


def _draw_probability(
    axes: Axes, values: Array, edges: Array, first: int, class_names: Sequence[str], colour: str
) -> None:
    """Draw the greatest and the least probability of an event in each group of frames."""
    events = [index for index, name in enumerate(class_names) if name in {*event_classes(class_names)}]
    probability = values[:, events].sum(axis=1).astype(np.float64)
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
    events = event_classes(class_names)
    known = _bars(labels != LEAVE_OUT, edges, first)
    axes.broken_barh(known, (height - 0.012, 0.024), color=colour(plots.FAINT), linewidth=0)
    for number, name in enumerate(events):
        bars = _bars(labels == list(class_names).index(name), edges, first)
        axes.broken_barh(bars, (height - 0.09, 0.18), color=colour(plots.SERIES[number % 8]), linewidth=0.5)


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
            found |= (one != other) & (one != LEAVE_OUT) & (other != LEAVE_OUT)
    return found


# --- frames --------------------------------------------------------------------------------------------------------


def sheet_png(disagreements: Sequence[Record], frames: Mapping[tuple[str, int], Array]) -> bytes:
    """Return a picture of the frames of disagreements, six in a row, with both labels."""
    known = [one for one in disagreements if (one["recording"], one["frame"]) in frames]
    columns = min(6, max(1, len(known)))
    rows = -(-max(1, len(known)) // columns)

    def draw(figure: Figure) -> None:
        cells: Any = figure.subplots(rows, columns, squeeze=False)
        for axes in cells.flat:
            axes.set_axis_off()
        for axes, one in zip(cells.flat, known, strict=False):
            axes.imshow(frames[one["recording"], one["frame"]][:, :, 0], cmap="gray", vmin=0, vmax=255)
            place = f"{plots.short(one['recording'], 18)}, {one['frame'] + first_number():,}"
            axes.set_title(f"{place}\nreference: {one['reference']}\npredicted: {one['predicted']}", fontsize=7, pad=3)

    height, width = next(iter(frames.values())).shape[:2] if frames else (1, 1)
    return plots.png(draw, (1.8 * columns, (1.75 * height / width + 0.55) * rows))
