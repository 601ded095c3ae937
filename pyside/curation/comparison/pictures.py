"""Pictures of a comparison: the labels of all sources over the probability, and the frames of disagreements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pyside.aliases import Array, Record
from pyside.curation.comparison.alignment import Labelled
from pyside.evaluation.report import plots, traces
from pyside.evaluation.report.traces import Trace
from pyside.settings.core import first_number

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_RECORDINGS = 24  # on the page
MOST_IN_PICTURE = 8  # in the picture that stands alone
MOST_CLOSE = 12  # disagreements that are drawn close up


def recordings_to_show(pair: Record, labelled: Sequence[Labelled]) -> list[Labelled]:
    """Return the recordings to draw, those with the fewest equal labels first."""
    equal = {one["recording"]: one["equal"] for one in pair["recordings"]}
    known = [one for one in labelled if equal.get(one.paired.name) is not None]
    return sorted(known, key=lambda one: equal[one.paired.name])[:MOST_RECORDINGS]


def whole(one: Labelled, class_names: Sequence[str]) -> Trace:
    """Return the trace of a whole recording."""
    probabilities = [traces.of_events(values, class_names) for values in one.probabilities.values()]
    return Trace(one.paired.name, 0, one.labels, probabilities)


def close_ups(pair: Record, shown: Sequence[Trace]) -> list[Trace]:
    """Return the traces around the worst disagreements of the recordings that are shown, one for each place."""
    places = [(worst["recording"], worst["frame"]) for worst in pair["disagreements"]]
    return traces.close_ups(places, shown, MOST_CLOSE)


def traces_png(shown: Sequence[Labelled], class_names: Sequence[str]) -> bytes:
    """Return a picture of the worst recordings below each other."""
    return traces.traces_png([whole(one, class_names) for one in shown[:MOST_IN_PICTURE]], class_names)


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
