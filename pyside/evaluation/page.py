"""The folder with the report on a training: one page for people, one file for programs, and the worst mistakes."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

import numpy as np

from pyside import files
from pyside.data.dataset import told_by_errors, unfinished
from pyside.errors import NotWritable
from pyside.evaluation import page_parts, plots
from pyside.records import plain, printable, write_json

Record = Mapping[str, Any]
PAGE, RECORD, MISTAKES = "report.html", "report.json", "mistakes.npy"
TEMPLATE = Path(__file__).with_name("page.html")


def write_report(
    folder: Path,
    report: Record,
    history: Mapping[str, Sequence[float | None]],
    mistake_frames: np.ndarray,
    curves: Mapping[str, Mapping[str, Mapping[str, Sequence[float]]]],
) -> Path:
    """Write the report: ``report.html``, ``report.json`` and ``mistakes.npy``.

    Everything is written beside its place first; an older report there is replaced only when all is complete.

    Args:
        folder: where it goes; what it is in exists.
        report: of the training, as plain values. Without ``verdict``, that is found out here.
        history: one list a curve, one value an epoch.
        mistake_frames: uint8, (m, height, width, channels), the frames of ``report["mistakes"]``, in their order.
        curves: by side and event class ``precision`` and ``recall``, as `plots.precision_recall` returns them.

    Returns:
        The path of the page.

    Raises:
        NotWritable, DiskFull: what was there before still is.
    """
    if folder.exists() and not (folder / RECORD).is_file() and (not folder.is_dir() or any(folder.iterdir())):
        raise NotWritable(
            f"{folder} exists and is no report, so it is not overwritten. Rename it, or name the model so."
        )
    files.check_ours(folder, written_in)
    record = without_places(plain({**report, "history": history}))
    text = page(record, mistake_frames, curves)
    work = unfinished(folder)
    try:
        with told_by_errors(folder):
            files.clear(work, written_in)
            work.mkdir()
            (work / PAGE).write_text(printable(text), encoding="utf-8", newline="\n")
            write_json(work / RECORD, record)
            frames = io.BytesIO()  # a plain write tells of a full disk, where np.save tells of bytes
            np.save(frames, np.ascontiguousarray(mistake_frames, np.uint8))
            (work / MISTAKES).write_bytes(frames.getbuffer())
            files.take_place(work, folder, written_in)
    finally:
        with contextlib.suppress(OSError, NotWritable):
            files.clear(work, written_in)
    return folder / PAGE


def written_in(folder: Path) -> set[str]:
    """Return the names of the files in the folder of a report that we wrote."""
    names = [PAGE, RECORD, MISTAKES, *(path.name for path in folder.glob(f"{RECORD}.*.part"))]
    return {name for name in names if (folder / name).exists()}


def page(report: Record, mistake_frames: np.ndarray, curves: Mapping[str, Any]) -> str:
    """Return the page, in HTML, that needs no other file.

    Args:
        report: of the training with ``history`` in it, as plain values; what is missing is left out.
        mistake_frames: as in `write_report`.
        curves: likewise.
    """
    from jinja2 import Environment, StrictUndefined

    history, decision = report.get("history") or {}, report.get("decision") or {}
    drawings = {
        "curves": plots.training_curves(history, report.get("best_epoch")),
        "precision_recall": plots.precision_recall_plot(curves, page_parts.chosen(decision)),
        "sweep": plots.sweep_plot(decision),
        "learning_curve": plots.learning_curve_plot(report.get("learning_curve") or []),
    }
    environment = Environment(autoescape=True, undefined=StrictUndefined)
    template = environment.from_string(TEMPLATE.read_text(encoding="utf-8"))
    return template.render(
        **page_parts.head(report, history),
        **page_parts.figures(report),
        **page_parts.further_tables(report),
        **page_parts.data_card(report),
        **page_parts.model_card(report),
        mistakes=page_parts.sheet(report.get("mistakes") or [], mistake_frames),
        drawings=drawings,
    )


def without_places(report: dict[str, Any]) -> dict[str, Any]:
    """Return a report with names of files in place of their absolute paths, which are nobody's business elsewhere."""
    places: set[str] = set()
    for value in _texts(
        [report.get(key) for key in ("dataset", "settings", "model_path", "report_folder", "also_saved")]
    ):
        for kind in (PurePosixPath, PureWindowsPath):
            path = kind(value)
            if path.is_absolute() and path.name:
                text = str(path.parent)
                places |= {text + mark for mark in "/\\" if len(text) > len(path.anchor)}
    ordered = sorted(places, key=len, reverse=True)

    def shortened(value: Any) -> Any:
        if isinstance(value, str):
            for place in ordered:
                value = value.replace(place, "")
        elif isinstance(value, dict):
            return {key: shortened(item) for key, item in value.items()}
        elif isinstance(value, list):
            return [shortened(item) for item in value]
        return value

    return shortened(report)


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, dict)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts(item)
