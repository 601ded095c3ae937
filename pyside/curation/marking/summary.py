"""Says what a session has done, in lines for a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_MOST_SHOWN = 20  # rows of a list


def summary(record: Mapping[str, Any]) -> list[str]:
    """Return the result of `curate` or `redecide` as lines for a person.

    Args:
        record: what they return.
    """
    rows = [f"Marks of {_counted(record['done'], 'video')} in {record['path']}"]
    frames = [_counted(record["frames"], "frame")]
    if record["left_out"]:
        frames.append(f"{record['left_out']:,} of these could not be looked at and are left out")
    rows.append(_row("in all", ", ".join(frames)))
    before = record.get("touches_before")
    rows.append(_row("touches", f"{record['touches']:,}" + ("" if before is None else f", before {before:,}")))
    if decision := _decision(record["decision"]):
        rows.append(_row("decision", decision))
    if record.get("kept"):
        rows.append(_row("as before", f"{_counted(record['kept'], 'video')}, not marked again"))
    if record.get("frames_per_second"):
        rows.append(_row("speed", f"{record['frames_per_second']:,.0f} frames/s, {_computed(record)}"))
    if record.get("about_runtime"):
        rows.append(_row("runtime", record["about_runtime"]))
    if contacts := record.get("contacts"):
        rows.append(_row("contacts", f"{contacts['path']}, {_counted(contacts['changed'], 'trial')} changed"))
    if record["failed"]:
        rows.append(_row("failed", _counted(record["failed"], "video")))
    failures = record["failures"]
    rows += [f"  - {one['name']}: {one['why']}" for one in failures[:_MOST_SHOWN]]
    rows += _more(failures, "session.csv has all")
    warnings = record["warnings"]
    if record.get("comparison"):
        twice = {f"Warning: labels: {text}" for text in warnings}
        rows += ["", *(row for row in record["comparison"]["summary"] if row not in twice)]
    rows += [f"Warning: {text}" for text in warnings[:_MOST_SHOWN]] + _more(warnings, "the report has all")
    if record["stopped"]:
        left = record["videos"] - record["done"] - record["failed"]
        rows.append(f"Stopped: {_counted(left, 'video')} left. The same call resumes it.")
    return rows


def _computed(record: Mapping[str, Any]) -> str:
    """Return what computed, such as ``cpu``, or ``openvino, mixed_bfloat16, cpu``."""
    if record.get("runtime") in (None, "keras"):
        return str(record["device"])
    return f"{record['runtime']}, {record['precision']}, {record['device']}"


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _row(name: str, text: str) -> str:
    return f"  {name:<12} {text}"


def _more(items: list[Any], where: str) -> list[str]:
    return [f"... and {len(items) - _MOST_SHOWN:,} more; {where}"] if len(items) > _MOST_SHOWN else []


def _decision(decision: Mapping[str, Any]) -> str:
    """Return how labels were made; "" if each frame is of its likeliest class."""
    if decision.get("threshold") is None:
        return ""
    shortest = decision.get("min_duration") or 1
    text = f"{decision['event_class']} from a probability of {decision['threshold']:g}"
    in_ms = decision.get("min_duration_ms")
    also = f" ({in_ms:g} ms)" if in_ms else ""
    return text if shortest == 1 else f"{text}, for at least {_counted(shortest, 'frame')}{also}"
