"""The plots of a report, as inline SVG that takes its colours and fonts from the page."""

from __future__ import annotations

import html
import io
import math
import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from pyside.evaluation.predictions import Predictions

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_POINTS = 200  # of a precision-recall curve
LEGEND_LETTERS = 48  # in a row of a legend
FEW_EPOCHS = 30  # up to this many, each epoch has a marker

# Placeholders: `svg` replaces them by the colours of the page, which has a light and a dark set; see style.html.
INK, FAINT, MARK = "#010101", "#020202", "#030303"
SERIES = tuple(f"#0a0a{number:02x}" for number in range(8))
_OF_THE_PAGE = {INK: "--ink", FAINT: "--faint", MARK: "--mark"} | {
    colour: f"--series-{number}" for number, colour in enumerate(SERIES)
}
_COLOURS = "#1b2330 #6b7686 #b4530a #2563c7 #d1492e #1c8a63 #8a4fc4 #b07d0c #0e8aa8 #c23a86 #5d6b7e".split()
_LIGHT = dict(zip(_OF_THE_PAGE, _COLOURS, strict=True))  # the light set of the page, for pictures that stand alone
STYLE = {
    "svg.fonttype": "none",
    "text.usetex": False,
    "text.parse_math": False,  # a class may be called $x$
    "font.size": 9,
    "text.color": INK,
    "axes.titlesize": 10,
    "axes.titlelocation": "left",
    "axes.titlepad": 15,  # room for the text of a mark
    "axes.labelcolor": INK,
    "axes.edgecolor": FAINT,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.facecolor": "none",
    "figure.facecolor": "none",
    "savefig.facecolor": "none",
    "grid.color": FAINT,
    "grid.alpha": 0.35,
    "grid.linewidth": 0.5,
    "xtick.color": FAINT,
    "ytick.color": FAINT,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "lines.linewidth": 1.6,
    "lines.markersize": 4,
    "legend.frameon": False,
}


def precision_recall(predictions: Predictions, class_index: int) -> dict[str, list[float]]:
    """Return the precision-recall curve of one class, as at most 200 points.

    Args:
        predictions: those of one side.
        class_index: the class.

    Returns:
        ``precision`` and ``recall``, 0 to 1, from the lowest threshold to the highest; empty if no frame is of the
        class.
    """
    from sklearn.metrics import precision_recall_curve

    true = predictions.labels == class_index
    if not true.any():
        return {"precision": [], "recall": []}
    precision, recall, _ = precision_recall_curve(
        true, predictions.probabilities[:, class_index], drop_intermediate=True
    )
    # Points at even distances along the curve keep the shape of its steep parts.
    way = np.concatenate([[0.0], np.cumsum(np.abs(np.diff(precision)) + np.abs(np.diff(recall)))])
    kept = np.unique(np.searchsorted(way, np.linspace(0, way[-1], MOST_POINTS)).clip(0, len(way) - 1))
    kept = kept if len(way) > MOST_POINTS else np.arange(len(way))
    return {"precision": precision[kept].tolist(), "recall": recall[kept].tolist()}


# --- plots: each returns <svg> elements, one per axes, or an empty text if there is nothing to draw ------------------


def training_curves(history: Mapping[str, Sequence[float | None]], best_epoch: int | None) -> str:
    """Plot the curves of a training, one axes per figure, with the best epoch marked."""
    there = [name for name, values in history.items() if len(values)]
    if constant_rate(history) is not None:
        there.remove("learning_rate")
    figures = list(dict.fromkeys(name.removeprefix("val_") for name in there))
    figures.sort(key=lambda name: (name == "learning_rate", name not in ("loss", "accuracy")))
    if not figures:
        return ""
    from matplotlib.ticker import MaxNLocator

    def draw(axes: Axes, name: str) -> None:
        for number, key in enumerate((name, f"val_{name}")):
            if key in there:
                values = _numbers(history[key])
                label = "validation" if number else "training"
                marker = "." if len(values) <= FEW_EPOCHS else None
                epochs = np.arange(1, len(values) + 1)
                axes.plot(epochs, values, marker=marker, color=SERIES[number], label=label)
        _mark(axes, best_epoch, f"best: {best_epoch}")
        axes.set(title=name.replace("_", " "), xlabel="epoch")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        if name == "learning_rate":
            _log_if_wide(axes, _numbers(history["learning_rate"]))
        elif f"val_{name}" in there and name in there:
            _legend(axes)

    return svgs(draw, figures, "Training curves", (3.7, 2.9))


def constant_rate(history: Mapping[str, Sequence[float | None]]) -> float | None:
    """Return the learning rate if it was the same in all epochs, so that it needs no plot."""
    rates = {rate for rate in history.get("learning_rate", ()) if rate is not None and math.isfinite(rate)}
    return rates.pop() if len(rates) == 1 else None


def precision_recall_plot(
    curves: Mapping[str, Mapping[str, Mapping[str, Sequence[float]]]], chosen: Mapping[str, Any] | None = None
) -> str:
    """Plot precision over recall of each class, one axes per side.

    Args:
        curves: by side and class what `precision_recall` returns.
        chosen: the record of the sweep at the chosen threshold, on validation; marked if given.
    """
    sides = {side: {name: one for name, one in of.items() if one["recall"]} for side, of in curves.items()}
    sides = {side: of for side, of in sides.items() if of}
    if not sides:
        return ""

    def draw(axes: Axes, side: str) -> None:
        for number, (name, one) in enumerate(sides[side].items()):
            axes.plot(one["recall"], one["precision"], color=SERIES[number % len(SERIES)], label=short(name))
        if side == "validation" and chosen and None not in (chosen.get("recall"), chosen.get("precision")):
            axes.plot([chosen["recall"]], [chosen["precision"]], "o", color=MARK, label="as decided")
        lowest = min(min(one["precision"]) for one in sides[side].values())
        axes.set(title=side, xlabel="recall", ylabel="precision", xlim=(-0.02, 1.02), ylim=(lowest - 0.03, 1.02))
        _legend(axes)

    shown = max(([*map(short, of), "as decided"] for of in sides.values()), key=len)
    height = 3.0 + 0.2 * math.ceil(len(shown) / _columns(shown))  # inches
    return svgs(draw, list(sides), "Precision and recall", (4.2, height))


def sweep_plot(decision: Mapping[str, Any]) -> str:
    """Plot the figures at each threshold, with the chosen one marked."""
    rows = list(decision.get("sweep") or [])
    if not rows:
        return ""
    thresholds = _numbers([row.get("threshold") for row in rows])
    panels = {
        "errors per touch": ("errors_per_touch",),
        "errors by kind": ("missed", "ghosts", "merged", "split"),
        "frames": ("precision", "recall"),
    }
    values = {name: _numbers([row.get(name) for row in rows]) for names in panels.values() for name in names}
    panels = {title: names for title, names in panels.items() if any(np.isfinite(values[name]).any() for name in names)}
    if not panels:
        return ""

    def draw(axes: Axes, title: str) -> None:
        for number, name in enumerate(panels[title]):
            axes.plot(thresholds, values[name], color=SERIES[number], label=name)
        _mark(axes, decision.get("threshold"), f"chosen: {decision.get('threshold')}")
        axes.set(title=title, xlabel="threshold")
        if title != "frames":
            axes.set_ylim(bottom=0)
        if len(panels[title]) > 1:
            _legend(axes)

    return svgs(draw, list(panels), "Figures at other thresholds", (3.7, 2.9))


def learning_curve_plot(rows: Sequence[Mapping[str, Any]]) -> str:
    """Plot the figures of models trained on parts of the training frames."""
    names = [name for name in ("accuracy", "balanced_accuracy", "f1") if any(row.get(name) for row in rows)]
    if not names:
        return ""
    frames = _numbers([row.get("frames") for row in rows])

    def draw(axes: Axes, _: str) -> None:
        for number, name in enumerate(names):
            values = _numbers([row.get(name) for row in rows])
            axes.plot(frames, values, "o-", color=SERIES[number], label=name.replace("_", " "))
        axes.set(xlabel="training frames", ylabel="on validation", ylim=(None, 1.01), xscale="log")
        axes.set_xticks(frames, [f"{number:,.0f}" for number in frames])
        axes.minorticks_off()
        _legend(axes)

    return svgs(draw, [""], "Learning curve", (5.4, 3.2))


def _legend(axes: Axes) -> None:
    """Add a legend below the axes: inside, it would lie on curves."""
    lines, names = axes.get_legend_handles_labels()
    axes.figure.legend(lines, names, loc="outside lower center", ncols=_columns(names))


def _columns(names: Sequence[str]) -> int:
    """Return the number of columns of a legend; 7 letters are for the line and the space between."""
    return max(1, min(LEGEND_LETTERS // (max(map(len, names)) + 7), len(names)))


def _numbers(values: Sequence[float | None]) -> np.ndarray:
    return np.array([math.nan if value is None else value for value in values], np.float64)


def _mark(axes: Axes, place: float | None, text: str) -> None:
    if place is not None:
        axes.axvline(place, color=MARK, linestyle="--", linewidth=1)
        at = (place, 1.0)
        axes.annotate(text, at, (3, 2), xycoords=("data", "axes fraction"), textcoords="offset points", color=MARK)


def _log_if_wide(axes: Axes, values: np.ndarray) -> None:
    known = values[np.isfinite(values) & (values > 0)]
    if len(known) and known.max() > 3 * known.min():
        axes.set_yscale("log")
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")  # the usual one needs mathtext
        axes.yaxis.set_minor_formatter(lambda value, _: "")


def short(name: str, most: int = 24) -> str:
    """Return a name for a legend or a title, cut to `most` letters."""
    name = name if not name.startswith("_") else f"\u200b{name}"  # Matplotlib leaves names with _ out of the legend
    return name if len(name) <= most else name[: most - 1] + "\u2026"


def svgs(draw: Callable[[Axes, str], None], names: Sequence[str], title: str, inches: tuple[float, float]) -> str:
    """Return a plot for each name as an <svg> element of its own, so that the page can put them below each other."""
    return "\n".join(svg(draw, name, f"{title}: {name}" if name else title, inches) for name in names)


def png(draw: Callable[[Figure], None], inches: tuple[float, float]) -> bytes:
    """Return a picture that stands alone, in the light colours of the page; `draw` takes them from `light`."""
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    file = io.BytesIO()
    style = {name: light(value) for name, value in STYLE.items()} | {"figure.facecolor": "white"}
    with matplotlib.rc_context(style), warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        figure = Figure(figsize=inches, layout="constrained")
        FigureCanvasAgg(figure)
        draw(figure)
        figure.savefig(file, format="png", dpi=110, facecolor="white", metadata={"Software": None})
    return file.getvalue()


def light(colour: Any) -> Any:
    """Return the light colour for one of the placeholders; other values as they are."""
    return _LIGHT.get(colour, colour) if isinstance(colour, str) else colour


def svg(draw: Callable[[Axes, str], None], name: str, title: str, inches: tuple[float, float]) -> str:
    """Return a plot as one <svg> element; the same values give the same text."""
    import matplotlib
    from matplotlib.figure import Figure

    file = io.StringIO()
    with matplotlib.rc_context({**STYLE, "svg.hashsalt": f"{title} {name}"}), warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # glyphs that the measuring font lacks; the page's font has them
        figure = Figure(figsize=inches, layout="constrained")
        draw(figure.subplots(), name)
        figure.savefig(file, format="svg", metadata={"Date": None})
    text = file.getvalue()
    text = re.sub(r"<metadata>.*?</metadata>|<style.*?</style>|<!--.*?-->", "", text[text.index("<svg") :], flags=re.S)
    text = re.sub(r' d="[^"]*"', lambda found: re.sub(r"(\.\d\d)\d+", r"\1", found[0]), text)  # half of the bytes
    used = set(re.findall(r"#([\w.-]+)", text))
    text = re.sub(r' id="([^"]*)"', lambda found: found[0] if found[1] in used else "", text)  # unique on the page
    box = " ".join(f"{value:g}" for value in (0, 0, 72 * inches[0], 72 * inches[1]))
    label = html.escape(title)
    head = f'<svg viewBox="{box}" style="width: {96 * inches[0]:.0f}px" role="img" aria-label="{label}">'
    text = re.sub(r"<svg[^>]*>", lambda _: head, text, count=1)
    for colour, name in _OF_THE_PAGE.items():
        text = text.replace(colour, f"var({name})")
    return text.strip()
