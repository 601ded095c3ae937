"""What a model knows of its frames, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pyside.curation.model.facts import ModelFacts
from pyside.settings.core import first_number, named

_NOT_KNOWN = "not known"
_CENTERS = {
    "none": "the middle of the frame",
    "video": "one point a video",
    "frame": "one point a frame",
    "bar": "a .bar file a video",
    "unknown": f"{_NOT_KNOWN} (the frames came cut out)",
}


def facts_in_words(facts: ModelFacts, input_range: Sequence[float], described: Mapping[str, Any]) -> dict[str, str]:
    """Return facts as texts by their names, for one screen.

    Args:
        facts: of the model.
        input_range: the numbers that the network takes for black and white.
        described: what a person said of it, by the name of the option.
    """
    resized = "not resized" if facts.image_size is None else f"resized to {_sides(facts.image_size)}"
    whole = facts.roi is None and facts.center.kind == "none"
    found = {
        "classes": f"{', '.join(facts.class_names)} (columns in this order)",
        "frames": f"{' x '.join(map(str, facts.image_shape))} (height, width, channels)",
        "roi": "the whole frame" if whole else _NOT_KNOWN if facts.roi is None else _sides(facts.roi),
        "center": "-" if whole else _center(facts),
        "out_of_frame": facts.out_of_frame,
        "size": resized,
        "contrast": facts.contrast,
        "grey": facts.grey,
        "pixel_range": "all bits" if facts.pixel_range is None else _numbers(facts.pixel_range),
        "whole_frames": _NOT_KNOWN if facts.frame_size is None else _sides(facts.frame_size),
        "context": _context(facts.context_frames),
        "decision": _decision(facts),
        "input": f"{_numbers(input_range)} for black to white",
        "training_frames": _statistics(facts.statistics),
        "dataset_hash": (facts.dataset_hash or _NOT_KNOWN)[:12],
    }
    if described:
        found["described"] = f"by a person: {', '.join(named(name) for name in described)}"
    return found


def _sides(sides: Sequence[int]) -> str:
    return f"{sides[0]} x {sides[1]} pixels (height x width)"


def _numbers(values: Sequence[float]) -> str:
    return " to ".join(f"{value:g}" for value in values)


def _center(facts: ModelFacts) -> str:
    center = facts.center
    if center.at is not None:
        x, y = (value + first_number() for value in center.at)
        return f"x {x:g}, y {y:g} in all videos (counted from {first_number()})"
    if center.kind == "template":
        image = center.template
        shown = "whose image is not in the file" if image is None else f"of {_sides(image.shape)}"
        scores = f", found with correlation {_numbers(center.scores)}" if center.scores else ""
        return f"an object {shown}{scores}"
    return _CENTERS.get(center.kind, center.kind)


def _context(frames: int) -> str:
    if frames == 1:
        return "one frame at a time"
    half = frames // 2
    return f"{frames} frames: {half} before, {half} after; the nearest stands in for one that is missing"


def _decision(facts: ModelFacts) -> str:
    found = facts.decision
    if found.event_class is None or found.threshold is None:
        return "the likeliest class"
    text = f"{found.event_class} from probability {found.threshold:g}"
    rate = facts.frame_rate
    if found.min_duration > 1:
        in_ms = f" ({1000 * found.min_duration / rate:.3g} ms)" if rate else ""
        text += f", for at least {found.min_duration} frames{in_ms}"
    return f"{text}; chosen at {rate:g} frames/s" if rate else text


def _statistics(found: Mapping[str, Any] | None) -> str:
    if not found or not found["names"]:
        return _NOT_KNOWN
    parts = [f"{key} {min(found[key]):.1f} to {max(found[key]):.1f}" for key in ("brightness", "contrast", "sharpness")]
    n = found.get("recordings", len(found["names"]))
    return f"{', '.join(parts)} ({n} recording{'s' if n != 1 else ''})"
