"""The result of a training: one record, which Python returns, a job saves, and MATLAB turns into a struct."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Sequence
from typing import Any

from pyside.evaluation.verdict.improvement import row_texts

MOST_CLASSES = 12  # listed one by one in the summary ...
WORST_CLASSES = 5  # ... and of more classes only the worst
MOST_WARNINGS = 20


@dataclasses.dataclass(frozen=True)
class TrainingResult:
    """The result of one training. In an interactive session it is shown by path and verdict; `summary` tells more.

    Attributes:
        history: one list of floats per curve, one value per epoch: ``loss``, ``accuracy``, ``val_loss``,
            ``val_accuracy``, ``learning_rate``, and the figure of `monitor` if it is another one.
        model_path: absolute path of the ``.h5`` file.
        metrics: figures by side: ``metrics["validation"]["accuracy"]``, see `evaluation.metrics.side_figures`; those
            of ``training`` are measured on a sample of its frames, without augmentation.
        verdict: what is good, what is wrong and what to do about it, in words.
        report: a record of the run: settings, split, frames per class, best epoch, precision, decision, mistakes,
            seconds, versions, warnings; ``improvement``, with an initial model that and the new one on the test
            recordings, see `training.assessment.initial.compared`; ``report_folder`` holds the page with pictures.
    """

    history: dict[str, list[float]] = dataclasses.field(repr=False)
    model_path: str
    metrics: dict[str, Any] = dataclasses.field(repr=False)
    verdict: str
    report: dict[str, Any] = dataclasses.field(repr=False)

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> TrainingResult:
        """Restore the result from the plain values that a job saved; null in a curve becomes NaN."""
        curves = {
            name: [math.nan if value is None else value for value in values]
            for name, values in record["history"].items()
        }
        return cls(curves, record["model_path"], record["metrics"], record["verdict"], record["report"])

    def __str__(self) -> str:
        return self.summary()

    def summary(self) -> str:
        """Return the result as text for a person: sides, best epoch, figures, path, speed, warnings, verdict."""
        return "\n".join([*_sides(self.report), "", *_figures(self), *_improvement(self.report), "", self.verdict])


def _sides(report: dict[str, Any]) -> list[str]:
    """Return one row per side: recordings, frames, frames of each class."""
    names = report["dataset"]["class_names"]
    sides = {side: report["split"].get(side) or {} for side in ("training", "validation", "test")}
    if len(names) > MOST_CLASSES:
        names = []  # so many columns do not fit
    shares = ["recordings", "frames"]
    if any(found.get("groups", found.get("recordings")) != found.get("recordings") for found in sides.values()):
        shares.insert(1, "groups")  # a recording has several, or several are one: the groups are what was split
    rows = [["side", *shares, *names]]
    for side, found in sides.items():
        if found.get("frames"):
            numbers = [*(found[share] for share in shares), *(found["counts"][name] for name in names)]
            rows.append([side, *(f"{number:,}" for number in numbers)])
    if report["split"].get("left_out"):
        rows.append(["left out", *("" for _ in shares[1:]), f"{report['split']['left_out']:,}", *("" for _ in names)])
    return _aligned(rows)


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return rows of cells as lines, with aligned columns."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def _improvement(report: dict[str, Any]) -> list[str]:
    """Return the table of the initial model and the new one, after an empty line; nothing if there is none."""
    found = report.get("improvement") or {}
    if not found.get("rows"):
        return []
    number = found["recordings"]
    head = (f"{number:,} test recording{'' if number == 1 else 's'}", found["initial_model"], "new model", "difference")
    return ["", *_aligned([head, *map(row_texts, found["rows"])])]


def _events(one: dict[str, Any]) -> str:
    """Return the figures of events as text."""
    words = [f"{one['found']} of {one['touches']} found"]
    words += [f"{one['ghosts']} ghost{'' if one['ghosts'] == 1 else 's'}"] if one["ghosts"] else []
    words += [f"{one[name]} {name}" for name in ("merged", "split") if one[name]]
    if one["errors_per_touch"] is not None:
        words.append(f"{one['errors_per_touch']:.3f} errors per touch")
    return ", ".join(words)


def _worst(
    figures: dict[str, dict[str, Any]], order: Callable[[dict[str, Any]], float]
) -> tuple[list[tuple[str, dict[str, Any]]], int]:
    """Return the figures of the classes, only the worst if there are many, and how many are left out."""
    if len(figures) <= MOST_CLASSES:
        return list(figures.items()), 0
    return sorted(figures.items(), key=lambda one: order(one[1]))[:WORST_CLASSES], len(figures) - WORST_CLASSES


def _figures(result: TrainingResult) -> list[str]:
    """Return one row per figure: title and text."""
    report = result.report
    figure = report["settings"].get("monitor", "loss").replace("-", " ")
    why = {"patience": f"; then the validation {figure} stopped improving", "asked": "; then it was asked to stop"}
    kept = report["best_epoch"] if report["settings"]["restore_best_weights"] else report["epochs_run"]
    rows = [
        ("best epoch", f"{report['best_epoch']} of {report['epochs_run']}{why.get(report.get('stopped') or '', '')}"),
    ]
    if kept != report["best_epoch"]:
        rows.append(("model of epoch", str(kept)))
    for side, figures in result.metrics.items():
        rows.append((side, f"{100 * figures['accuracy']:.2f} % of frames right"))
        classes, left = _worst(figures["classes"], lambda one: 2.0 if one["f1"] is None else one["f1"])
        for name, one in classes:
            values = " ".join(
                f"{title} {'-' if one[title] is None else format(one[title], '.3f')}"
                for title in ("precision", "recall", "f1")
            )
            rows.append((f"  {name}", values))
        if left:
            rows.append(("  classes", f"and {left:,} more, which are better"))
        events, left = _worst(figures["events"], lambda one: -(one["errors_per_touch"] or 0.0))
        for name, one in events:
            rows.append((f"  touches of {name}" if name != "Touch" else "  touches", _events(one)))
    folded = report.get("cross_validation")
    if folded and "accuracy" in folded["spread"]:
        one = folded["spread"]["accuracy"]
        mean, least, most = (f"{100 * one[key]:.2f}" for key in ("mean", "least", "most"))
        rows.append((f"{len(folded['folds'])} folds", f"{mean} % of frames right on average, from {least} to {most} %"))
    rows += [
        ("seconds", f"{report['seconds']:.0f}"),
        ("frames/s", f"{report['frames_per_second']:,.0f} while training, {report['precision']}"),
        ("model", result.model_path),
    ]
    if report.get("report_folder"):
        rows.append(("report", f"{report['report_folder']}/report.html"))
    rows += [("warning", text) for text in report["warnings"][:MOST_WARNINGS]]
    if len(report["warnings"]) > MOST_WARNINGS:
        rows.append(("warnings", f"and {len(report['warnings']) - MOST_WARNINGS} more, in the report"))
    width = max(len(title) for title, _ in rows)
    return [f"{title.ljust(width)}  {text}" for title, text in rows]
