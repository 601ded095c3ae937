"""The report folder of a training: a page for people, JSON for programs, and the frames of the worst mistakes."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

import numpy as np

from pyside.aliases import Record
from pyside.errors import NotWritable, printable
from pyside.evaluation.report import plots, tables
from pyside.evaluation.report.traces import Trace, close_ups, is_drawn_in_groups, traces_svg
from pyside.settings.core import first_number, set_to
from pyside.system import files
from pyside.system.files import fitting, left_parts, move, write_errors
from pyside.system.records import plain, write_json

PAGE, RECORD, MISTAKES, FOLDS = "report.html", "report.json", "mistakes.npy", "folds.npz"
_FILES = (PAGE, RECORD, MISTAKES, FOLDS)  # everything that we write into a report folder
MOST_CLOSE = 6  # close-ups of one side
Traces = Mapping[str, tuple[Sequence[Trace], int]]  # by side what `traces.of_side` returns
TEMPLATE = Path(__file__).with_name("page.html")


def write_report(
    folder: Path,
    report: Record,
    history: Mapping[str, Sequence[float | None]],
    mistake_frames: np.ndarray,
    curves: Mapping[str, Mapping[str, Mapping[str, Sequence[float]]]],
    folds: Mapping[str, np.ndarray] | None = None,
    traces: Traces | None = None,
) -> Path:
    """Write the report: ``report.html``, ``report.json``, ``mistakes.npy``, and with folds ``folds.npz``.

    The files are written beside the folder first. An older report is replaced only when the new one is complete, and
    other files in its folder stay.

    Args:
        folder: the folder to write; its parent folder exists.
        report: the report of the training, as plain values. Without ``verdict``, the verdict is made here.
        history: one list per curve, one value per epoch.
        mistake_frames: uint8, (m, height, width, channels), the frames of ``report["mistakes"]``, in the same order.
        curves: by side and event class ``precision`` and ``recall``, as `plots.precision_recall` returns them.
        folds: arrays by name, see `pyside.training.assessment.out_of_fold`; None without a cross-validation.
        traces: by side what `traces.of_side` returns.

    Returns:
        The path of the page.

    Raises:
        NotWritable, DiskFull: it cannot be written; an older report is untouched.
    """
    check_folder(folder)
    record = without_places(plain({**report, "history": history}))
    text = page(record, mistake_frames, curves, traces)
    work = _unfinished(folder)
    try:
        with write_errors(folder):
            remove(work)
            work.mkdir()
            (work / PAGE).write_text(printable(text), encoding="utf-8", newline="\n")
            write_json(work / RECORD, record)
            frames = io.BytesIO()  # a plain write reports a full disk as such; np.save reports a count of bytes
            np.save(frames, np.ascontiguousarray(mistake_frames, np.uint8))
            (work / MISTAKES).write_bytes(frames.getbuffer())
            if folds is not None:
                arrays = io.BytesIO()
                np.savez(arrays, **folds)  # type: ignore[arg-type]
                (work / FOLDS).write_bytes(arrays.getbuffer())
            take_place(work, folder)
    finally:
        remove(work)
    return folder / PAGE


def check_folder(folder: Path) -> None:
    """Check that a report may be written here.

    Raises:
        NotWritable: the folder holds something else.
    """
    if folder.exists() and not (folder / RECORD).is_file() and (not folder.is_dir() or any(folder.iterdir())):
        raise NotWritable(
            f"{folder} exists and is not a report, so it is not overwritten. Rename it, give the model another name, "
            f"or set {set_to('report', False)}."
        )


def is_ours(folder: Path) -> bool:
    """Return whether a folder holds a report."""
    return (folder / RECORD).is_file()


def remove(folder: Path) -> None:
    """Remove a report; other files in its folder stay."""
    with contextlib.suppress(OSError):
        files.remove_ours(folder, _written_in)


def _written_in(folder: Path) -> list[str]:
    return [*_FILES, *(file.name for file in left_parts(folder / RECORD))]


def keep(folder: Path, other: Path) -> None:
    """Copy a report to another folder; an older report there is replaced.

    Raises:
        OSError: it cannot be written there.
    """
    try:
        check_folder(other)
    except NotWritable as error:
        raise OSError(error.text) from None
    work = _unfinished(other)
    try:
        remove(work)
        work.mkdir()
        for name in _FILES:
            if (folder / name).is_file():
                (work / name).write_bytes((folder / name).read_bytes())
        take_place(work, other)
    finally:
        remove(work)


def clear_broken_off(folder: Path) -> None:
    """Remove an unfinished report of a killed process; the caller makes sure that no other process is writing one."""
    remove(_unfinished(folder))


def _unfinished(folder: Path) -> Path:
    """Return where a report is written until it is complete."""
    return fitting(folder.parent, folder.name, ".unfinished")


def take_place(work: Path, folder: Path) -> None:
    """Move a complete report to its folder; other files in the folder of an older report stay.

    Raises:
        OSError: it cannot be moved.
    """
    if not folder.exists():
        move(work, folder)
        return
    for name in _FILES:
        if (work / name).is_file():
            move(work / name, folder / name)
        else:
            (folder / name).unlink(missing_ok=True)


def page(report: Record, mistake_frames: np.ndarray, curves: Mapping[str, Any], traces: Traces | None = None) -> str:
    """Return the page as HTML that needs no other file.

    Args:
        report: the report of the training including ``history``, as plain values; what it lacks is left out.
        mistake_frames: as in `write_report`.
        curves: as in `write_report`.
        traces: as in `write_report`.
    """
    history, decision = report.get("history") or {}, report.get("decision") or {}
    drawings = {
        "curves": plots.training_curves(history, report.get("best_epoch")),
        "precision_recall": plots.precision_recall_plot(curves, tables.chosen(decision)),
        "sweep": plots.sweep_plot(decision),
        "learning_curve": plots.learning_curve_plot(report.get("learning_curve") or []),
    }
    return rendered(
        TEMPLATE,
        **tables.head(report, history),
        **tables.figures(report),
        improvement=tables.improvement(report),
        **tables.further_tables(report),
        **tables.data_card(report),
        **tables.model_card(report),
        mistakes=tables.sheet(report.get("mistakes") or [], mistake_frames),
        drawings=drawings,
        **_traces(report, traces or {}),
        first_frame=first_number(),
    )


def _traces(report: Record, traces: Traces) -> dict[str, Any]:
    """Return the traces of each side, and close-ups of the worst mistakes in recordings that are too long for them."""
    names = (report.get("dataset") or {}).get("class_names") or []
    close = []
    for side, (shown, _) in traces.items():
        wrong = [
            one for one in report.get("mistakes") or [] if one.get("side") == side and one.get("frame") is not None
        ]
        long = [one for one in shown if is_drawn_in_groups(one)]
        close += close_ups([(one["recording"], one["frame"]) for one in wrong], long, MOST_CLOSE)
    return {
        "traces": [(side, traces_svg(shown, names, side), left) for side, (shown, left) in traces.items() if shown],
        "close": traces_svg(close, names, "close", close=True),
    }


def rendered(template: Path, **content: Any) -> str:
    """Return a page as HTML; texts are escaped.

    Args:
        template: a template of Jinja. It may use ``parts.html`` and ``style.html`` of the report.
        **content: what it shows.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    places = FileSystemLoader([template.parent, TEMPLATE.parent])
    environment = Environment(autoescape=True, undefined=StrictUndefined, loader=places)
    return environment.get_template(template.name).render(**content)


def without_places(report: dict[str, Any]) -> dict[str, Any]:
    """Return a report with file names in place of absolute paths: a report that is shared reveals no folders."""
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
