"""Inputs of a model: the numbers that it takes for black and white."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from pyside.models.blueprint.stored import layers_of
from pyside.models.blueprint.translation import Blueprint


def scaling_layer(plan: Blueprint) -> dict[str, Any] | None:
    """Return the Rescaling layer that gets the frames as they are, or None."""
    for layer in plan.layers:
        before = plan.before(layer) if layer["class_name"] == "Rescaling" else None
        if before is not None and before["class_name"] == "InputLayer":
            return layer
    return None


def scales(model: Mapping[str, Any]) -> bool:
    """Return whether the first layer of a configuration is a Rescaling for frames of 0 to 255, without Keras."""
    layers = [layer for layer in layers_of(model) if layer["class_name"] != "InputLayer"]
    first = layers[0] if layers else {}
    config = first.get("config")
    return first.get("class_name") == "Rescaling" and isinstance(config, Mapping) and is_for_bytes(config)


def is_for_bytes(rescaling: Mapping[str, Any]) -> bool:
    """Return whether the options of a Rescaling layer make small numbers of 0 to 255."""
    scale = rescaling.get("scale")
    return isinstance(scale, (int, float)) and abs(scale) < 0.1


def with_range(plan: Blueprint, low: float, high: float) -> Blueprint:
    """Return a model that takes frames in [0, 1], made of one that takes `low` for black and `high` for white.

    Args:
        plan: the model, with one input; it is not changed.
        low: for black.
        high: for white.
    """
    if (low, high) == (0, 1):
        return plan
    plan, (start, *_) = copy.deepcopy(plan), plan.inputs[0]
    name, taken = "range", {layer["name"] for layer in plan.layers}
    while name in taken:
        name += "_"
    for layer in plan.layers:
        layer["inbound_nodes"] = [
            [[name, 0, 0, *end[3:]] if end[0] == start else end for end in node] for node in layer["inbound_nodes"]
        ]
    config = {"name": name, "scale": float(high - low), "offset": float(low)}
    nodes = [] if plan.sequential else [[[start, 0, 0, {}]]]
    scaled = {"class_name": "Rescaling", "name": name, "config": config, "inbound_nodes": nodes}
    plan.layers.insert(plan.layers.index(plan.layer(start)) + 1, scaled)
    return plan
