"""Outputs of a model: what they are, and how they become one probability per class."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

import numpy as np

from pyside.errors import BadModel
from pyside.evaluation.events import EVENT
from pyside.models.blueprint.translation import Blueprint

# Layers that leave each output what it is, and those that mix several.
_SAME = frozenset(
    "Dropout SpatialDropout2D GaussianNoise GaussianDropout AlphaDropout ActivityRegularization Flatten Reshape "
    "Permute".split()
)
_POOLING = frozenset(f"{how}Pooling{n}D" for how in ("Max", "Average", "GlobalMax", "GlobalAverage") for n in (1, 2, 3))
_MERGES = frozenset("Average Maximum Minimum Multiply Concatenate".split())
_NO_ACTIVATION = frozenset("BatchNormalization LayerNormalization".split())
_NOT_LINEAR = frozenset("ReLU LeakyReLU PReLU ELU".split())
_MIXED = "mixed"
ONE_SOFTMAX = "It has one output with softmax, which is 1 for all frames. Train it with one output per class."
NOT_ONE_VECTOR = "It must take only frames, and return one vector of probabilities per frame."
_PROBABILITIES = ("softmax", "sigmoid", "hard_sigmoid", _MIXED)


def activation(plan: Blueprint) -> str | None:
    """Return the activation of a model's outputs.

    Args:
        plan: a model that can be built.

    Returns:
        Its name, such as ``softmax``, or ``linear`` for none; ``mixed`` for probabilities that were pooled or merged;
        None if it cannot be known.
    """
    return _activation(plan, plan.outputs[0][0], {})


def _activation(plan: Blueprint, name: str, known: dict[str, str | None]) -> str | None:
    if name not in known:
        known[name] = _activation_before(plan, plan.layer(name), known)
    return known[name]


def _activation_before(plan: Blueprint, layer: dict[str, Any] | None, known: dict[str, str | None]) -> str | None:
    is_pooled = False
    while layer is not None:
        kind, config = layer["class_name"], layer["config"]
        found = config.get("activation") or "linear"
        if kind == "Softmax":
            return "softmax"
        if kind in _NO_ACTIVATION or kind in _NOT_LINEAR:
            return "linear" if kind in _NO_ACTIVATION else kind
        if kind in _MERGES:
            ends = [end[0] for node in layer["inbound_nodes"] for end in node]
            return _MIXED if all(_activation(plan, end, known) in _PROBABILITIES for end in ends) else None
        if kind == "Dense" or "Conv" in kind or (kind == "Activation" and found != "linear"):
            return _MIXED if is_pooled and found in _PROBABILITIES else found
        if kind not in _SAME and kind not in _POOLING and kind != "Activation":
            return None
        is_pooled = is_pooled or kind in _POOLING
        layer = plan.before(layer)
    return None


def with_probabilities(plan: Blueprint, outputs: int) -> Blueprint:
    """Return a model with one output per class that is its probability.

    One output (sigmoid) is the probability of the second class, such as Touch; the first one gets the rest. Logits get
    the activation that the loss of the model applies to them.

    Args:
        plan: the model; it is not changed.
        outputs: number of its outputs.

    Raises:
        BadModel: its outputs are no probabilities, and cannot be made to be.
    """
    found = activation(plan)
    if found == "linear" and plan.logits and (outputs > 1 or plan.logits == "sigmoid"):
        plan = _copied(plan)
        _append(plan, "Activation", {"activation": plan.logits})
        found = plan.logits
    if outputs > 1 and (found in _PROBABILITIES or found is None):
        return plan
    if outputs == 1 and found == "sigmoid":
        try:
            return _doubled(_copied(plan), 1)
        except BadModel:
            found = _MIXED
    if outputs == 1 and found in ("hard_sigmoid", _MIXED):
        return _with_rest(_copied(plan))
    if outputs == 1 and found == "softmax":
        raise BadModel(ONE_SOFTMAX)
    what = "its output" if outputs == 1 else f"its {outputs} outputs"
    last = "Sigmoid" if outputs == 1 else "Softmax"
    layer = 'keras.layers.Activation("sigmoid")' if outputs == 1 else "keras.layers.Softmax()"
    raise BadModel(
        f"It does not return probabilities: {what} ({_in_words(found)}) can be logits, which need "
        f"{last.lower()}, or other numbers, and its file does not say which. If they are logits, add "
        f"{layer} as the last layer, with the Keras that made it, and save it again."
    )


def with_outputs(plan: Blueprint, outputs: int, class_names: Sequence[str]) -> tuple[Blueprint, list[str]]:
    """Return a model with one output per class: the probability of that class.

    A single sigmoid output becomes two softmax outputs that predict exactly the same: it is the probability of Touch
    wherever that stands among the classes, else of the second class. If the number of outputs differs otherwise, the
    last dense layer gets new random weights.

    Args:
        plan: the model; it is not changed.
        outputs: number of its outputs.
        class_names: classes of the new outputs, in their order.

    Returns:
        The model, and notes on what was changed.

    Raises:
        BadModel: the outputs must be changed, but the last layer with weights is not a dense one.
    """
    plan, n_classes, found = _copied(plan), len(class_names), activation(plan)
    if outputs == n_classes and found == "softmax":
        return plan, []
    is_logit = found == "linear" and plan.logits is not None
    if outputs == 1 and n_classes == 2 and (found == "sigmoid" or (is_logit and plan.logits == "sigmoid")):
        touch = list(class_names).index(EVENT) if EVENT in class_names else 1
        what = "a logit, as its loss says" if is_logit else "sigmoid"
        return _doubled(plan, touch), [
            f"The initial model has one output ({what}). It was taken as the probability of {class_names[touch]} and "
            "converted to two outputs that predict the same."
        ]
    if outputs == n_classes and is_logit:
        notes = ["The outputs of the initial model are logits, as its loss says. They got softmax."]
    elif outputs == n_classes:
        notes = [
            f"The last activation of the initial model was {found}, not softmax. It was changed to softmax, so the "
            "initial predictions differ from those of the model."
        ]
    else:
        notes = [
            f"The initial model has {outputs} {'output' if outputs == 1 else 'outputs'}, the dataset has {n_classes} "
            f"classes ({', '.join(class_names)}): its last layer ({{}}) was replaced by a new one."
        ]
    dense, ends = _head(plan)
    if dense is None and outputs == n_classes and found == "linear":
        _append(plan, "Activation", {"activation": "softmax"})
        return plan, notes
    if dense is None or found is None:
        *_, last = plan.tail()
        raise BadModel(
            f"It has {outputs} {'output' if outputs == 1 else 'outputs'} ({_in_words(found)}), and the training needs "
            f"{n_classes} with softmax. Only a dense layer at the end can be changed, but the last layer with weights "
            f"is {last['class_name']}."
        )
    if outputs != n_classes:
        del plan.weights[dense["name"]]
        plan.fresh.add(dense["name"])
    _activate(dense, ends, n_classes)
    return plan, [note.format(dense["name"]) for note in notes]


def _in_words(found: str | None) -> str:
    known = {None: "with an unknown activation", "linear": "without an activation", _MIXED: "pooled probabilities"}
    return known.get(found, str(found))


def _copied(plan: Blueprint) -> Blueprint:
    return copy.deepcopy(plan)


def _head(plan: Blueprint) -> tuple[dict[str, Any] | None, list[dict[str, Any]]]:
    """Return the dense layer at the end and the activation layer behind it, if the model ends so; else None."""
    *after, dense = plan.tail()
    ends = [layer for layer in after if layer["class_name"] != "Dropout"]
    is_head = dense["class_name"] == "Dense" and len(dense["inbound_nodes"]) <= 1 and len(ends) <= 1
    is_head = is_head and all(layer["class_name"] in ("Activation", "Softmax") for layer in ends)
    return (dense, ends) if is_head else (None, ends)


def _activate(dense: dict[str, Any], ends: list[dict[str, Any]], units: int) -> None:
    """Give the dense layer at the end so many units, with softmax behind it."""
    dense["config"]["units"] = units
    for layer in (dense, *ends):
        layer["config"].pop("activation", None)
    if not ends:
        dense["config"]["activation"] = "softmax"
    else:
        ends[0].update(class_name="Activation", config={"name": ends[0]["name"], "activation": "softmax"})


def _doubled(plan: Blueprint, touch: int) -> Blueprint:
    """Turn one sigmoid output, or its logit, into two softmax outputs: ``sigmoid(x)`` is ``softmax([0, x])[1]``.

    Args:
        plan: the model, which is changed.
        touch: the index of the output that the old one becomes; the other one gets the rest.

    Raises:
        BadModel: something other than sigmoid comes last.
    """
    dense, ends = _head(plan)
    if dense is not None:
        kernel, *bias = plan.weights[dense["name"]]
        pairs = [(np.zeros_like(array), array) for array in (kernel, *bias)]
        plan.weights[dense["name"]] = [np.concatenate(pair[:: 1 if touch else -1], axis=-1) for pair in pairs]
        _activate(dense, ends, 2)
        return plan
    layer: dict[str, Any] | None = plan.layer(plan.outputs[0][0])
    while layer is not None and layer["class_name"] in _SAME:
        layer = plan.before(layer)
    is_shared = layer is not None and not plan.sequential and len(layer["inbound_nodes"]) != 1
    if layer is None or is_shared or layer["config"].get("activation") not in ("sigmoid", "linear"):
        raise BadModel("Its output cannot be converted to two.")
    layer["config"]["activation"] = "linear"
    kernel = np.eye(2, dtype=np.float32)[touch : touch + 1]
    _append(plan, "Dense", {"units": 2, "activation": "softmax"}, [kernel, np.zeros(2, np.float32)])
    return plan


def _with_rest(plan: Blueprint) -> Blueprint:
    """Turn one output, a probability, into two: the rest, and the probability."""
    if plan.sequential:
        for before, layer in zip([None, *plan.layers], plan.layers, strict=False):
            layer["inbound_nodes"] = [[[before["name"], 0, 0, {}]]] if before else []
        plan.sequential = False
    touch = [*plan.outputs[0], {}]
    rest = _append(plan, "Rescaling", {"scale": -1.0, "offset": 1.0})
    both = _append(plan, "Concatenate", {"axis": -1})
    both["inbound_nodes"] = [[[rest["name"], 0, 0, {}], touch]]
    return plan


def _append(
    plan: Blueprint, class_name: str, config: dict[str, Any], arrays: Sequence[np.ndarray] = ()
) -> dict[str, Any]:
    """Add a layer to the end of a model, and return it."""
    taken, name, number = {layer["name"] for layer in plan.layers}, "probabilities", 1
    while name in taken:
        number += 1
        name = f"probabilities_{number}"
    nodes = [] if plan.sequential else [[[*plan.outputs[0], {}]]]
    layer = {"class_name": class_name, "name": name, "config": {**config, "name": name}, "inbound_nodes": nodes}
    plan.layers.append(layer)
    plan.outputs = [[name, 0, 0]]
    if arrays:
        plan.weights[name] = list(arrays)
    return layer
