"""The content of the report page: tables, cards and the sheet of mistakes, as plain text for page.html."""

from __future__ import annotations

import base64
import dataclasses
import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from pyside.aliases import Record
from pyside.errors import some
from pyside.evaluation.events import errors_per_touch
from pyside.evaluation.metrics import confusion_entries
from pyside.evaluation.report.plots import constant_rate
from pyside.evaluation.verdict.improvement import row_texts
from pyside.evaluation.verdict.judge import verdict
from pyside.evaluation.verdict.rules import FAVOURABLE, KINDS
from pyside.settings.core import first_number, in_words, spelled
from pyside.settings.training import TrainSettings

Row = dict[str, str]

SIDES = ("training", "validation", "test")
MOST_RECORDINGS = 60  # rows of one side in the table by recording
MOST_ROWS = 60  # rows of one side in any other table
MOST_IN_CONFUSION = 30  # classes of a confusion that is shown as a matrix
MOST_CONFUSED_WITH = 3  # with more classes: how many predicted classes are named per class
MOST_COLUMNS = 12  # classes with a column each in the table of the split
MOST_NAMED = 20  # names in a sentence
MOST_CLASSES = 5  # classes with columns each in the table by recording
LARGEST_PICTURE = 240  # pixels; larger frames are shown smaller
_SEVERE = KINDS[: KINDS.index("touches miscounted") + 1]
_NONE = "\u2013"


# --- values as text ------------------------------------------------------------------------------------------------


def in_percent(value: float | None, digits: int = 2) -> str:
    """Return a share as text; a dash for None."""
    return _NONE if value is None else f"{100 * value:.{digits}f} %"


def as_share(value: float | None) -> str:
    """Return a number as text with three digits after the point; a dash for None."""
    return _NONE if value is None else f"{value:.3f}"


def as_count(value: float | None) -> str:
    """Return a number of things as text; a dash for None."""
    return _NONE if value is None else f"{value:,}"


def _value(name: str, value: Any) -> str:
    """Return the value of a setting as text."""
    if value is None:
        return "not set"
    if name == "augment" and isinstance(value, (list, tuple)):
        return ", ".join(f"{operation}={amount:g}" for operation, amount in value) or "none"
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_value(name, item)}" for key, item in value.items())
    return in_words(name, value, "matlab")


def _text(value: Any) -> str:
    """Return any plain value as text."""
    if isinstance(value, dict):
        return ", ".join(f"{key} {_text(item)}" for key, item in value.items() if item is not None)
    if isinstance(value, (list, tuple)):
        return (
            " x ".join(map(_text, value))
            if value and all(isinstance(one, int) for one in value)
            else ", ".join(map(_text, value))
        )
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def _names(names: Sequence[str]) -> str:
    """Return the first names, and how many more there are."""
    return some(list(map(str, names)), MOST_NAMED)


def _rows(rows: Sequence[Row], worst: Callable[[Row], Any] | None = None, by: str = "side") -> tuple[list[Row], int]:
    """Return the rows to show in a table, and how many are left out.

    Args:
        rows: all rows; those with the same value in column `by` are contiguous.
        worst: sort key, used if rows are left out; None keeps the order.
        by: the column by which rows are grouped; each value gets at most `MOST_ROWS` rows.
    """
    parts: dict[str, list[Row]] = {}
    for row in rows:
        parts.setdefault(row.get(by, ""), []).append(row)
    kept = []
    for part in parts.values():
        kept += sorted(part, key=worst)[:MOST_ROWS] if worst and len(part) > MOST_ROWS else part[:MOST_ROWS]
    return kept, len(rows) - len(kept)


# --- parts of the page ---------------------------------------------------------------------------------------------


def head(report: Record, history: Mapping[str, Any]) -> dict[str, Any]:
    """Return title, subtitle, verdict and the sentence on the best epoch."""
    findings = report.get("verdict")
    if not isinstance(findings, list):
        findings = verdict(report, history)
    model = report.get("model_path") or "model"
    dataset = (report.get("dataset") or {}).get("path")
    best, run, stopped = (report.get(key) for key in ("best_epoch", "epochs_run", "stopped"))
    why = {"patience": "then validation stopped improving", "asked": "then it was asked to stop"}.get(stopped or "")
    rate = constant_rate(history)
    notes = [f"Epoch {best} of {run} was best{f'; {why}' if why else ''}."] if best and run else []
    notes += [f"The learning rate was {rate:g} in all epochs."] if rate is not None else []
    return {
        "title": f"Report on {model}",
        "subtitle": f"TouchTrain, trained on {dataset}" if dataset else "TouchTrain",
        "findings": [{**one, "mood": _mood(one["kind"])} for one in findings],
        "epochs_note": " ".join(notes),
    }


def _mood(kind: str) -> str:
    return "well" if kind in FAVOURABLE else "bad" if kind in _SEVERE else "mind"


def figures(report: Record) -> dict[str, Any]:
    """Return tiles and tables of the figures of frames, classes and touches."""
    metrics = {side: report["metrics"][side] for side in SIDES if (report.get("metrics") or {}).get(side)}
    names = (report.get("dataset") or {}).get("class_names") or []
    events = [
        (side, name, one) for side, of in metrics.items() for name, one in (of.get("events") or {}).items() if one
    ]
    ends = [
        {"side": side, "class": name, **end_row(one)}
        for side, name, one in events
        if (one.get("onset_error") or {}).get("frames")
    ]
    classes = [
        {
            "side": side,
            "class": name,
            "frames": as_count(one.get("frames")),
            "predicted": as_count(one.get("predicted")),
            "precision": as_share(one.get("precision")),
            "recall": as_share(one.get("recall")),
            "F1": as_share(one.get("f1")),
            "average precision": as_share(one.get("average_precision")),
            "ROC AUC": as_share(one.get("roc_auc")),
        }
        for side, of in metrics.items()
        for name, one in (of.get("classes") or {}).items()
    ]
    errors = [{"side": side, "class": name, **event_row(one)} for side, name, one in events]
    tables = {
        "classes": _rows(classes, lambda row: _least(row["F1"])),
        "events": _rows(errors, lambda row: -_least(row["errors per touch"], -1.0)),
        "ends": _rows(ends),
    }
    square = len(names) <= MOST_IN_CONFUSION
    return {
        "class_names": names,
        "side_names": list(metrics),
        "tiles": _tiles(metrics, report.get("decision") or {}),
        "sides": [
            {
                "side": side,
                "frames": as_count(of.get("frames")),
                "frames right": in_percent(of.get("accuracy")),
                "balanced accuracy": in_percent(of.get("balanced_accuracy")),
            }
            for side, of in metrics.items()
        ],
        **{name: rows for name, (rows, _) in tables.items()},
        **{f"{name}_left": left for name, (_, left) in tables.items()},
        "in_ms": any((one.get("onset_error") or {}).get("ms") for _, _, one in events),
        "confusions": [
            (side, [confusion_row(row) for row in of["confusion"]])
            for side, of in metrics.items()
            if of.get("confusion") and square
        ],
        "confused": [(side, *_confused(of, names)) for side, of in metrics.items() if not square],
    }


def improvement(report: Record) -> dict[str, Any] | None:
    """Return the table of the initial model and the new one, its title and its notes; None without an initial model."""
    found = report.get("improvement")
    if not found:
        return None
    names = ("figure", str(found["initial_model"]), "new model", "difference")
    rows = [dict(zip(names, row_texts(row), strict=True)) for row in found["rows"]]
    recordings = f"test recording{'' if found.get('recordings') == 1 else 's'}"
    title = f"{as_count(found['recordings'])} {recordings}, {as_count(found['frames'])} frames" if rows else ""
    return {"sentence": found["sentence"], "rows": rows, "title": title, "notes": [*found["remarks"], found["advice"]]}


def _least(text: str, unknown: float = 2.0) -> float:
    """Return the number in a table cell, for sorting."""
    return unknown if text == _NONE else float(text)


def _confused(of: Record, names: Sequence[str]) -> tuple[list[Row], int]:
    """Return what the worst recognized classes were taken for, and how many classes with mistakes are left out."""
    mistaken: dict[int, list[tuple[int, int]]] = {}
    for true, predicted, frames in confusion_entries(of):
        if true != predicted:
            mistaken.setdefault(true, []).append((-frames, predicted))
    figures = list((of.get("classes") or {}).values())
    recalls = {true: figures[true].get("recall") or 0.0 for true in mistaken if true < len(figures)}
    rows = []
    for true in sorted(recalls, key=lambda index: (recalls[index], index))[:MOST_ROWS]:
        taken = [f"{names[predicted]} ({-frames:,})" for frames, predicted in sorted(mistaken[true])]
        row = {"class": names[true], "taken for": some(taken, MOST_CONFUSED_WITH)}
        rows.append(row | {"frames": as_count(figures[true].get("frames")), "recall": as_share(recalls[true])})
    return rows, len(recalls) - len(rows)


def _tiles(metrics: Mapping[str, Record], decision: Record) -> list[tuple[str, str]]:
    """Return the key figures: those of test if there is such a side, else of validation."""
    side = "test" if "test" in metrics else "validation"
    figures = metrics.get(side)
    if figures is None:
        return []
    tiles = [
        (f"frames right, {side}", in_percent(figures.get("accuracy"))),
        ("balanced accuracy", in_percent(figures.get("balanced_accuracy"))),
    ]
    for name, one in list((figures.get("events") or {}).items())[:2]:
        if one.get("touches"):
            tiles.append((f"{name} found", f"{as_count(one.get('found'))} of {as_count(one['touches'])}"))
            tiles.append((f"count errors per {name}", as_share(one.get("errors_per_touch"))))
    if decision.get("threshold") is not None:
        tiles.append((f"threshold of {decision.get('event_class')}", f"{decision['threshold']:g}"))
    return tiles


def event_row(one: Record) -> Row:
    """Return what a table shows of the counts that `event_metrics` returns for a class."""
    keys = ("touches", "predicted", "found", "missed", "ghosts", "merged", "split")
    return {key: as_count(one.get(key)) for key in keys} | {"errors per touch": as_share(one.get("errors_per_touch"))}


def end_row(one: Record) -> Row:
    """Return onset and offset errors in frames and, in brackets, in ms."""
    row = {"matched": as_count(one.get("matched"))}
    for end, title in (("onset_error", "onset"), ("offset_error", "offset")):
        frames, ms = (one.get(end) or {}).get("frames") or {}, (one.get(end) or {}).get("ms") or {}
        for key, statistic in (("median", "median"), ("mean", "mean"), ("percentile_95", "95 %")):
            value = frames.get(key)
            text = _NONE if value is None else f"{value:+.2f}" if key == "mean" else f"{value:g}"
            row[f"{title} {statistic}"] = text if ms.get(key) is None else f"{text} ({ms[key]:.3g})"
    return row


def confusion_row(row: Sequence[int]) -> list[dict[str, str]]:
    """Return the cells of one row of a confusion matrix."""
    total = sum(row)
    shares = [number / total if total else 0.0 for number in row]
    return [
        {"frames": as_count(number), "share": in_percent(share, 1) if total else _NONE, "shade": f"{0.6 * share:.3f}"}
        for number, share in zip(row, shares, strict=True)
    ]


def further_tables(report: Record) -> dict[str, Any]:
    """Return the tables by recording and tag, of agreement, cross-validation and the learning curve."""
    metrics = report.get("metrics") or {}
    curve = report.get("learning_curve") or []
    held_out = [metrics.get(side) or {} for side in SIDES[1:]]
    tags, tags_left = _rows(
        [
            {
                "side": side,
                "tag": tag,
                "value": value,
                "frames": as_count(one.get("frames")),
                "frames right": in_percent(one.get("accuracy")),
                "balanced accuracy": in_percent(one.get("balanced_accuracy")),
            }
            for side, of in zip(SIDES[1:], held_out, strict=True)
            for tag, values in (of.get("tags") or {}).items()
            for value, one in sorted(values.items(), key=lambda item: _accuracy(item[1]))
        ]
    )
    return {
        "decision_note": (report.get("decision") or {}).get("remark") or "",
        "recordings": [
            (side, *_by_recording(metrics[side]["recordings"], len(metrics[side].get("classes") or {})))
            for side in SIDES[1:]
            if (metrics.get(side) or {}).get("recordings")
        ],
        "tags": tags,
        "tags_left": tags_left + sum(sum((of.get("tag_values_left_out") or {}).values()) for of in held_out),
        "agreement": _agreement(report.get("agreement")),
        **_cross_validation(report.get("cross_validation")),
        "learning_curve": [{"share": in_percent(row.get("share"), 0), **_training_row(row)} for row in curve],
    }


def _accuracy(one: Record) -> float:
    value = one.get("accuracy")
    return 2.0 if value is None else value


def _by_recording(recordings: Sequence[Record], n_classes: int) -> tuple[list[Row], int]:
    """Return rows, worst first, and how many are left out; with many classes their touches are added up."""
    ordered = sorted(recordings, key=lambda one: (_accuracy(one), str(one.get("recording"))))
    rows = []
    for one in ordered[:MOST_RECORDINGS]:
        name = str(one.get("recording"))
        row = {
            "recording": name,
            "frames": as_count(one.get("frames")),
            "frames right": in_percent(one.get("accuracy")),
        }
        classes = one.get("classes") or {}
        of_classes = one.get("events") or {}
        if n_classes > MOST_CLASSES:
            of_classes = {"": _added(of_classes)} if of_classes else {}
        elif len(classes) <= MOST_CLASSES:
            row |= {f"recall {of}": as_share(figures.get("recall")) for of, figures in classes.items()}
        for of, events in of_classes.items():
            lead = "" if len(of_classes) == 1 else f"{of}: "
            row |= {f"{lead}{key}": text for key, text in event_row(events).items() if key != "predicted"}
        rows.append(row)
    columns = list(dict.fromkeys(name for row in rows for name in row))
    return [{name: row.get(name, _NONE) for name in columns} for row in rows], len(ordered) - len(rows)


def _added(events: Mapping[str, Record]) -> Record:
    """Return the touch figures of several classes, added up."""
    keys = ("touches", "predicted", "found", "missed", "ghosts", "merged", "split")
    added = {key: sum(one.get(key) or 0 for one in events.values()) for key in keys}
    return added | {"errors_per_touch": errors_per_touch(events.values())}


def _agreement(found: Any) -> dict[str, Any] | None:
    if not isinstance(found, dict):
        return None
    records = [*(found.get("people") or []), *(found.get("model") or [])]
    rows = [
        {
            "first": str(one.get("first", "")),
            "second": str(one.get("second", "")),
            "frames": as_count(one.get("frames")),
            "equal": in_percent(one.get("equal")),
            "kappa": as_share(one.get("kappa")),
            "F1": as_share(one.get("f1")),
            "errors per touch": as_share(one.get("errors_per_touch")),
        }
        for one in records
    ]
    return {"sentence": (found.get("summary") or {}).get("sentence") or "", "rows": rows}


_FIGURES = {
    "accuracy": "frames right",
    "balanced_accuracy": "balanced accuracy",
    "f1": "F1",
    "errors_per_touch": "errors per touch",
}


def _figure(name: str, value: float | None) -> str:
    return in_percent(value) if "accuracy" in name else as_share(value)


def _training_row(row: Record) -> Row:
    counts = {"recordings": as_count(row.get("recordings")), "training frames": as_count(row.get("frames"))}
    return counts | {title: _figure(name, row.get(name)) for name, title in _FIGURES.items()}


def _cross_validation(found: Any) -> dict[str, list[Row]]:
    found = found if isinstance(found, dict) else {}
    folds = enumerate(found.get("folds") or [], start=1)
    ends = {"mean": "mean", "std": "standard deviation", "least": "least", "most": "most"}
    return {
        "folds": [{"fold": str(number), **_training_row(row)} for number, row in folds],
        "spread": [
            {"figure": _FIGURES.get(name, name), **{title: _figure(name, one.get(key)) for key, title in ends.items()}}
            for name, one in (found.get("spread") or {}).items()
        ],
    }


def chosen(decision: Record) -> Record | None:
    """Return the record of the sweep at the chosen threshold, if there is one."""
    rows = decision.get("sweep") or []
    return next((row for row in rows if row.get("threshold") == decision.get("threshold")), None)


def sheet(mistakes: Sequence[Record], frames: np.ndarray) -> list[tuple[str, list[Row]]]:
    """Return the cells of the sheet of mistakes, one list per side."""
    sheet: dict[str, list[Row]] = {}
    for one, frame in zip(mistakes, frames, strict=False):
        number, place, said = one.get("frame"), str(one.get("recording")), one.get("predicted_probability")
        if one.get("file"):
            place = f"{place}/{one['file']}"
        elif number is not None:
            place = f"{place}, frame {number + first_number():,}"
        cell = {
            "picture": base64.b64encode(_png(frame)).decode("ascii"),
            "place": place,
            "label": str(one.get("label")),
            "predicted": str(one.get("predicted")),
            "probability": "" if said is None else in_percent(said, 1),
        }
        sheet.setdefault(str(one.get("side") or ""), []).append(cell)
    return list(sheet.items())


def _png(frame: np.ndarray) -> bytes:
    from PIL import Image

    image = Image.fromarray(frame if frame.shape[2] == 3 else frame[:, :, 0])
    image.thumbnail((LARGEST_PICTURE, LARGEST_PICTURE))
    file = io.BytesIO()
    image.save(file, "png")
    return file.getvalue()


def data_card(report: Record) -> dict[str, Any]:
    """Return the data card: what the model learnt from."""
    dataset, split = report.get("dataset") or {}, report.get("split") or {}
    sides = {side: split[side] for side in SIDES if (split.get(side) or {}).get("frames")}
    names = dataset.get("class_names") or []
    return {
        "data_facts": [*_dataset_facts(dataset, names), *_split_facts(split)],
        "split": [{"side": side, **_side_row(of, len(names) <= MOST_COLUMNS)} for side, of in sides.items()],
        **_sampling(report.get("sampling") or {}),
        **_tag_counts(sides),
    }


def _dataset_facts(dataset: Record, names: Sequence[str]) -> list[tuple[str, Any]]:
    counts = [f"{name} {number:,}" for name, number in (dataset.get("counts") or {}).items()]
    shape = dataset.get("image_shape")
    return [
        ("Dataset", dataset.get("path")),
        ("Hash", dataset.get("hash")),
        ("Classes", _classes(names)),
        ("Frames", some(counts, MOST_NAMED)),
        ("Recordings", as_count(dataset.get("recordings"))),
        ("Image", f"{_text(shape)} (height, width, channels)" if shape else ""),
        ("Region of interest", _text(dataset.get("roi"))),
        ("Contrast", _text(dataset.get("contrast"))),
    ]


def _split_facts(split: Record) -> list[tuple[str, Any]]:
    left_out = split.get("left_out")
    return [("Split by", _text(split.get("unit"))), ("Left out", f"{left_out:,} frames" if left_out else "")]


def _side_row(of: Record, by_class: bool) -> Row:
    """Return what a side of the split holds: one column per class, or the number of classes."""
    counts = of.get("counts") or {}
    row = {name: as_count(of.get(name)) for name in ("recordings", "groups", "frames")}
    if by_class:
        taken = ("side", *row)  # columns, which a class of that name must not replace
        return row | {f"class {name}" if name in taken else name: as_count(number) for name, number in counts.items()}
    return row | {"classes": as_count(sum(1 for number in counts.values() if number))}


def _sampling(sampling: Record) -> dict[str, Any]:
    """Return how many frames of each class an epoch has: one row per class, and notes."""
    epoch, hard = sampling.get("epoch") or {}, sampling.get("hard")
    total = sum(epoch.values()) or 1
    rows, left = _rows(
        [
            {
                "class": name,
                "training frames": as_count(number),
                "per epoch": as_count(epoch.get(name)),
                "share": in_percent((epoch.get(name) or 0) / total, 1),
            }
            for name, number in (sampling.get("before") or {}).items()
        ]
    )
    notes = (
        [f"Hard negatives: {as_count(hard.get('before'))}, per epoch {as_count(hard.get('epoch'))}."] if hard else []
    )
    return {"sampling": rows, "sampling_left": left, "sampling_notes": [*notes, *(sampling.get("remarks") or [])]}


def _tag_counts(sides: Mapping[str, Record]) -> dict[str, Any]:
    """Return the frames of each value of each tag, with one column per side."""
    tags = {side: of.get("tags") or {} for side, of in sides.items()}
    found = {(tag, value) for of_side in tags.values() for tag, values in of_side.items() for value in values}
    rows, left = _rows(
        [
            {
                "tag": tag,
                "value": value,
                **{
                    side: as_count(sum((of_side.get(tag) or {}).get(value, {}).values()))
                    for side, of_side in tags.items()
                },
            }
            for tag, value in sorted(found)
        ]
    )
    left_before = [sum((of.get("tag_values_left_out") or {}).values()) for of in sides.values()]
    return {"tag_counts": rows, "tag_counts_left": left + max(left_before, default=0)}


def _device(report: Record) -> str:
    """Return what the model was trained on: ``gpu``, or ``4 x gpu``."""
    number = report.get("devices") or 1
    return f"{number} x {_text(report.get('device'))}" if number > 1 else _text(report.get("device"))


def _classes(names: Sequence[str]) -> str:
    return _text(names) if len(names) <= MOST_NAMED else f"{len(names):,}: {_names(names)}"


def _evaluated_in(found: Mapping[str, Any]) -> str:
    """Return the runtime that computed the figures; empty if it is the one that trained the network."""
    return f"{found['runtime']}, {found['precision']}" if found.get("runtime") not in (None, "keras") else ""


def model_card(report: Record) -> dict[str, Any]:
    """Return the model card: what the model is, how it was made, what it is for, and its limits."""
    settings, decision = report.get("settings") or {}, report.get("decision") or {}
    names = (report.get("dataset") or {}).get("class_names") or []
    threshold, duration = decision.get("threshold"), decision.get("min_duration")
    rule = "the likeliest class"
    if threshold is not None:
        rule = f"{decision.get('event_class')} where its probability is at least {threshold:g}"
        rule += f", for at least {duration} frames in a row" if duration and duration > 1 else ""
    shown = [decision.get("remark"), *((report.get("sampling") or {}).get("remarks") or [])]  # elsewhere on the page
    speed = report.get("frames_per_second")
    shape = (report.get("dataset") or {}).get("image_shape")
    return {
        "model_facts": [
            ("Model", report.get("model_path")),
            ("Network", report.get("network") or settings.get("network")),
            ("Parameters", as_count(report["parameters"]) if report.get("parameters") else ""),
            ("Decision", rule),
            (
                "Epoch",
                report.get("best_epoch") if settings.get("restore_best_weights", True) else report.get("epochs_run"),
            ),
            ("Best by", _text(report.get("monitor"))),
            ("Precision", report.get("precision")),
            ("Device", _device(report)),
            ("Evaluated in", _evaluated_in(report.get("evaluated_in") or {})),
            ("Training", f"{report['seconds']:,.0f} s" if report.get("seconds") else ""),
            ("Speed", f"{speed:,.0f} frames/s while training" if speed else ""),
        ],
        "settings": _changed(settings),
        "intended_use": (
            f"The model assigns each frame of a video to one of these classes: {_names(names) or 'its classes'}. It is "
            "meant for recordings like those it was trained on, with frames cut out and prepared in the same way"
            + (f" ({_text(shape)})" if shape else "")
            + ". The model file records how."
        ),
        "limits": [
            "The figures hold for recordings like those held out. For another animal, camera, light or magnification, "
            "label some recordings at least to check the model.",
            *[text for text in report.get("warnings") or [] if text not in shown][:MOST_ROWS],
        ],
        "versions": [
            {"package": name, "version": str(one)} for name, one in (report.get("versions") or {}).items() if one
        ],
    }


def _changed(settings: Record) -> list[Row]:
    """Return the settings that differ from their defaults, in both spellings."""
    rows, defaults = [], TrainSettings().record
    for field in dataclasses.fields(TrainSettings):
        default = defaults[field.name]
        value = settings.get(field.name, default)
        if field.name in settings and value != default:
            rows.append(
                {
                    "in MATLAB": spelled(field, "matlab"),
                    "in Python": field.name,
                    "value": _value(field.name, value),
                    "default": _value(field.name, default),
                }
            )
    return rows
