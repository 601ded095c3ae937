"""The page of a comparison, and its summary in lines of text."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pyside.aliases import Array, Record
from pyside.curation.comparison import pictures
from pyside.curation.comparison.alignment import Labelled
from pyside.errors import some
from pyside.evaluation.report import tables
from pyside.evaluation.report.page import rendered
from pyside.evaluation.report.traces import traces_svg
from pyside.settings.core import first_number

TEMPLATE = Path(__file__).with_name("comparison.html")
Row = dict[str, str]
_WORST = 5  # recordings in the summary
_LARGEST_PICTURE = 240  # pixels
_KINDS = {
    "predicted_reference": "predicted and reference",
    "reference_reference": "references with each other",
    "predicted_predicted": "predicted with each other",
}


# --- summary -------------------------------------------------------------------------------------------------------


def summary(record: Record) -> list[str]:
    """Return a comparison in lines of text, for a terminal.

    Args:
        record: what `compare` returns.
    """
    lines: list[str] = []
    for pair in record["pairs"]:
        lines += [*_pair_lines(pair), ""]
    if len(record["means"]) > 1 or len(record["pairs"]) > 1:
        lines += ["Means", *(f"  {_KINDS[kind]}: {_mean_text(means)}" for kind, means in record["means"].items()), ""]
    lines += [f"Warning: {warning}" for warning in record["warnings"]]
    if record.get("page"):
        lines.append(f"Page: {record['page']}")
    return lines if lines[-1] else lines[:-1]


def _pair_lines(pair: Record) -> list[str]:
    n = len(pair["recordings"])
    left = f", {pair['frames_left_out']:,} left out" if pair["frames_left_out"] else ""
    lines = [
        f"{pair['predicted']} compared with {pair['reference']}: {n} recording{'s' if n != 1 else ''}, "
        f"{pair['frames']:,} frames{left}",
        f"  frames equal    {tables.in_percent(pair['equal'])}, Cohen's kappa {tables.as_share(pair['kappa'])}",
    ]
    for name, one in [*pair["events"].items()][: tables.MOST_CLASSES]:
        counts = [
            f"{one[kind]:,} {kind.removesuffix('s')}" for kind in ("found", "missed", "ghosts", "merged", "split")
        ]
        lines.append(f"  {name:<15} {one['touches']:,} in {pair['reference']}: {', '.join(counts)}")
        for end in ("onset", "offset"):
            if (text := _end_text(one[f"{end}_error"])) is not None:
                lines.append(f"  {end + ' error':<15} {text}")
    if len(pair["events"]) > tables.MOST_CLASSES:
        more, each = len(pair["events"]) - tables.MOST_CLASSES, tables.as_share(pair["errors_per_touch"])
        lines.append(f"  and {more} more classes; {each} count errors per event of all classes")
    worst = sorted((one for one in pair["recordings"] if one["equal"] is not None), key=lambda one: one["equal"])
    if n > 1:
        shown = [f"{one['recording']} {tables.in_percent(one['equal'])}" for one in worst[:_WORST]]
        lines.append(f"  worst           {', '.join(shown)}")
    return lines


def _end_text(error: Record) -> str | None:
    frames, ms = error["frames"], error["ms"] or {}
    if frames["median"] is None:
        return None
    unit = "" if ms.get("median") is None else f" ({ms['median']:.3g} ms)"
    return f"median {frames['median']:g} frames{unit}, mean {frames['mean']:+.2f}, 95 % {frames['percentile_95']:g}"


def _mean_text(means: Record) -> str:
    return (
        f"frames equal {tables.in_percent(means['equal'])}, kappa {tables.as_share(means['kappa'])}, "
        f"{tables.as_share(means['errors_per_touch'])} count errors per touch"
    )


# --- page ----------------------------------------------------------------------------------------------------------


def page(record: Record, shown: Sequence[Labelled], frames: Mapping[tuple[str, int], Array]) -> str:
    """Return the page as HTML that needs no other file.

    Args:
        record: what `compare` returns.
        shown: the recordings to draw.
        frames: uint8, (height, width, 1), frames of disagreements by recording and number from 0.
    """
    names, pairs = record["class_names"], record["pairs"]
    traces = [pictures.whole(one, names) for one in shown]
    predicted = list(dict.fromkeys(pair["predicted"] for pair in pairs if pair["kind"] == "predicted_reference"))
    reference = list(dict.fromkeys(pair["reference"] for pair in pairs if pair["kind"] == "predicted_reference"))
    n_recordings = len({one["recording"] for pair in pairs for one in pair["recordings"]})
    return rendered(
        TEMPLATE,
        title=f"{some(predicted)} compared with {some(reference)}",
        subtitle=f"TouchTrain, {n_recordings:,} recording{'' if n_recordings == 1 else 's'}, classes {some(names, 20)}",
        warnings=record["warnings"],
        overview=[_overview_row(pair) for pair in pairs] if len(pairs) > 1 else [],
        pairs=[_pair_content(pair, names, frames) for pair in pairs],
        class_names=names,
        traces=traces_svg(traces, names, "whole"),
        more_traces=max(0, len(pairs[0]["recordings"]) - len(shown)),
        close=traces_svg(pictures.close_ups(pairs[0], traces), names, "close", close=True),
        first_frame=first_number(),
    )


def _overview_row(pair: Record) -> Row:
    return {
        "predicted": pair["predicted"],
        "reference": pair["reference"],
        "recordings": tables.as_count(len(pair["recordings"])),
        "frames": tables.as_count(pair["frames"]),
        "frames equal": tables.in_percent(pair["equal"]),
        "kappa": tables.as_share(pair["kappa"]),
        "F1": tables.as_share(pair["f1"]),
        "errors per touch": tables.as_share(pair["errors_per_touch"]),
    }


def _pair_content(pair: Record, class_names: Sequence[str], frames: Mapping[tuple[str, int], Array]) -> dict[str, Any]:
    events = pair["events"]
    by_recording = sorted(pair["recordings"], key=_worst_first)
    ends = [{"class": name, **tables.end_row(one)} for name, one in events.items() if one["matched"]]
    tags = [(tag, value, one) for tag, values in pair["tags"].items() for value, one in values.items()]
    return {
        "title": f"{pair['predicted']} compared with {pair['reference']}",
        "reference": pair["reference"],
        "predicted": pair["predicted"],
        "tiles": _tiles(pair),
        "left_out": _left_out(pair),
        "events": [{"class": name, **tables.event_row(one)} for name, one in events.items()][: tables.MOST_ROWS],
        "more_events": max(0, len(events) - tables.MOST_ROWS),
        "ends": ends[: tables.MOST_ROWS],
        "more_ends": max(0, len(ends) - tables.MOST_ROWS),
        "in_ms": any(one["onset_error"]["ms"] for one in events.values()),
        "confusion": [tables.confusion_row(row) for row in pair["confusion"]]
        if len(class_names) <= tables.MOST_IN_CONFUSION
        else [],
        "recordings": [_recording_row(one, one["recording"]) for one in by_recording[: tables.MOST_RECORDINGS]],
        "more_recordings": max(0, len(by_recording) - tables.MOST_RECORDINGS),
        "tags": [{"tag": tag, "value": value, **_row(one)} for tag, value, one in tags[: tables.MOST_ROWS]],
        "more_tags": max(0, len(tags) - tables.MOST_ROWS),
        "alone": [(name, some(names, 40)) for name, names in _alone(pair) if names],
        "cells": _cells(pair["disagreements"], frames),
        "places": [] if frames else _places(pair["disagreements"]),
    }


def _worst_first(one: Record) -> float:
    return 2.0 if one["equal"] is None else one["equal"]


def _tiles(pair: Record) -> list[tuple[str, str]]:
    tiles = [("frames equal", tables.in_percent(pair["equal"])), ("Cohen's kappa", tables.as_share(pair["kappa"]))]
    for name, one in [*pair["events"].items()][: tables.MOST_CLASSES]:
        tiles.append((f"{name} found", f"{one['found']:,} of {one['touches']:,}"))
        tiles.append((f"count errors per {name}", tables.as_share(one["errors_per_touch"])))
        onset = one["onset_error"]["frames"]["median"]
        if onset is not None:
            tiles.append((f"onset error of {name}, frames", f"{onset:g}"))
    return tiles


def _left_out(pair: Record) -> str:
    if not pair["frames_left_out"]:
        return f"{pair['frames']:,} frames were compared; none is left out."
    return (
        f"{pair['frames']:,} frames were compared. {pair['frames_left_out']:,} were not, because they have no label: "
        f"{pair['left_out_predicted']:,} in {pair['predicted']}, {pair['left_out_reference']:,} in {pair['reference']}."
    )


def _row(one: Record) -> Row:
    row = {
        "frames": tables.as_count(one["frames"]),
        "left out": tables.as_count(one["frames_left_out"]),
        "frames equal": tables.in_percent(one["equal"]),
        "kappa": tables.as_share(one["kappa"]),
    }
    several = len(one["events"]) > 1
    if len(one["events"]) > tables.MOST_CLASSES:
        return row | {"errors per touch": tables.as_share(one["errors_per_touch"])}
    for name, events in one["events"].items():
        row |= {f"{name}: {key}" if several else key: text for key, text in tables.event_row(events).items()}
    return row


def _recording_row(one: Record, name: str) -> Row:
    return {"recording": name, **_row(one)}


def _alone(pair: Record) -> list[tuple[str, Sequence[str]]]:
    return [(pair[side], pair["alone"][side]) for side in ("predicted", "reference")]


def _places(disagreements: Sequence[Record]) -> list[Row]:
    return [
        {
            "recording": one["recording"],
            "reference": one["reference"],
            "predicted": one["predicted"],
            "frame": f"{one['frame'] + first_number():,}",
            "probability of predicted": tables.in_percent(one["predicted_probability"], 1),
        }
        for one in disagreements
    ]


def _cells(disagreements: Sequence[Record], frames: Mapping[tuple[str, int], Array]) -> list[Row]:
    return [
        {
            "picture": _png(frames[one["recording"], one["frame"]]),
            "place": f"{one['recording']}, frame {one['frame'] + first_number():,}",
            "reference": one["reference"],
            "predicted": one["predicted"],
            "probability": "" if said is None else tables.in_percent(said, 1),
        }
        for one in disagreements
        for said in [one["predicted_probability"]]
        if (one["recording"], one["frame"]) in frames
    ]


def _png(frame: Array) -> str:
    from PIL import Image

    image, file = Image.fromarray(frame[:, :, 0]), io.BytesIO()
    image.thumbnail((_LARGEST_PICTURE, _LARGEST_PICTURE))
    image.save(file, "png")
    return base64.b64encode(file.getvalue()).decode("ascii")
