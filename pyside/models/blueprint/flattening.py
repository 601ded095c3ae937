"""Models within models, augmentation and arithmetic, taken apart: one graph of plain layers that predicts the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from pyside.errors import BadModel, some
from pyside.models.blueprint import operations
from pyside.models.blueprint.stored import (
    MODELS,
    MOST_LAYERS,
    NO_SHAPE,
    Place,
    Weights,
    entries,
    is_keras,
    keras_2_nodes,
    layers_of,
    missing_input,
    name_of,
    stated_shape,
)
from pyside.settings.core import named

# Layers that change frames only while training.
AUGMENTATION = frozenset(
    "RandomBrightness RandomColorDegeneration RandomColorJitter RandomContrast RandomElasticTransform RandomErasing "
    "RandomFlip RandomGaussianBlur RandomGrayscale RandomHeight RandomHue RandomInvert RandomPerspective "
    "RandomPosterization RandomRotation RandomSaturation RandomSharpness RandomShear RandomTranslation RandomWidth "
    "RandomZoom".split()
)
_FOR_TRAINING = frozenset(
    "BatchNormalization BatchNormalizationV1 BatchNormalizationV2 Dropout SpatialDropout2D GaussianNoise "
    "GaussianDropout AlphaDropout".split()
)
_SAME_CHANNELS = frozenset("Rescaling Activation ReLU LeakyReLU Dropout".split())
Call = list[list[Any]]  # [layer name, node, tensor, arguments] of each input


def is_plain(layer: Mapping[str, Any]) -> bool:
    """Return whether a layer stays as it is: it is no model, operation, augmentation or normalization by constants."""
    other = (*MODELS, *AUGMENTATION, operations.BYPASS, "Normalization")
    return not (operations.is_arithmetic(layer) or layer["class_name"] in other or "/" in name_of(layer))


def flat(model: Mapping[str, Any], weights: Weights) -> tuple[dict[str, Any], dict[str, list[np.ndarray]], list[str]]:
    """Take a model apart.

    Args:
        model: configuration of the model.
        weights: as `stored.read_weights` returns them.

    Returns:
        The configuration of a functional model of plain layers, in the form of Keras 2; its weights by name of the
        layer; and notes to the user.

    Raises:
        BadModel: its parts do not fit together, or a part of it is not plain.
    """
    parts = list(_Part(model, (), None, weights).all())
    if sum(part.times * len(calls) for part in parts for calls in part.calls.values()) > MOST_LAYERS:
        raise BadModel(f"It calls its layers more than {MOST_LAYERS} times.")
    taken: set[str] = set()
    for part in parts:
        part.name_layers(taken)
    layers = [layer for part in parts for layer in part.plain_layers()]
    found = {name: arrays for part in parts for name, arrays in part.weights().items()}
    top, left_out = parts[0], sorted({name for part in parts for name in part.augmentation})
    notes = []
    if left_out:
        notes.append(
            f"The initial model augments its frames itself ({some(left_out)}), but only while it is trained. These "
            f"layers were left out; {named('augment')} does the same."
        )
    config = {
        "name": name_of(model) if name_of(model) != "None" else "model",
        "layers": layers,
        "input_layers": [[top.names[end[0]], 0, 0] for end in top.inputs],
        "output_layers": [top.found(end, 0) for end in top.outputs],
    }
    return {"class_name": "Functional", "config": config}, found, notes


def _keeps_channels(layer: Mapping[str, Any]) -> bool:
    """Return whether a layer, or each layer of a model, keeps what the channels of its input are."""
    if layer["class_name"] in MODELS:
        return all(one["class_name"] == "InputLayer" or _keeps_channels(one) for one in layers_of(layer))
    return layer["class_name"] in (*AUGMENTATION, *_SAME_CHANNELS, operations.BYPASS)


class _Part:
    """One model of those within a model.

    Args:
        model: its configuration.
        place: the names of the models that it is in, and its own; empty for the outermost.
        outer: the model that it is in.
        weights: those of the whole model.

    Attributes:
        layers: its layers by name, with plain ones in place of operations.
        calls: the calls of each layer, within this model.
        inputs: ``[layer name, node, tensor]`` of each input; `outputs` likewise.
        inner: the models in it.
        names: name of each layer in the flat graph.
        times: how often it is called in all.
        augmentation: classes of the layers that were left out.
    """

    def __init__(self, model: Mapping[str, Any], place: Place, outer: _Part | None, weights: Weights):
        if not is_keras(model):
            raise BadModel(f"Its layer {name_of(model)} is a {model['class_name']}, a custom class.")
        self._place, self._outer, self._weights = place, outer, weights
        self.layers: dict[str, dict[str, Any]] = {}
        self.calls: dict[str, list[Call]] = {}
        self.inner: dict[str, _Part] = {}
        self.names: dict[str, str] = {}
        self.augmentation: set[str] = set()
        self._arrays: dict[str, list[np.ndarray]] = {}
        self._first_node: dict[str, int] = {}
        self.times: int = outer.times * len(outer.calls[place[-1]]) if outer else 1
        stored = layers_of(model)
        if model["class_name"] == "Sequential":
            self._read_chain(stored, model["config"])
        else:
            for layer in stored:
                self._add(layer, None)
            self.inputs, self.outputs = (entries(model["config"][end]) for end in ("input_layers", "output_layers"))
        self._find_first_nodes()
        for name, layer in self.layers.items():
            if layer["class_name"] in MODELS:
                self.inner[name] = _Part(layer, (*place, name), self, weights)

    def all(self) -> Iterator[_Part]:
        """Yield this model and those within it."""
        yield self
        for part in self.inner.values():
            yield from part.all()

    # --- reading ---

    def _read_chain(self, stored: list[dict[str, Any]], config: Any) -> None:
        """Read a Sequential model; it gets an InputLayer if it has none."""
        previous: str | None = None
        if stored[0]["class_name"] != "InputLayer":
            previous, shape = missing_input(stored, config)
            if shape is None and self._outer is None:
                raise BadModel(NO_SHAPE)
            self._add({"class_name": "InputLayer", "config": {"name": previous, "batch_shape": shape}}, [])
        for layer in stored:
            self._add(layer, [] if previous is None else [[[previous, 0, 0, {}]]])
            previous = name_of(layer)
        self.inputs, self.outputs = [[next(iter(self.layers)), 0, 0]], [[previous, 0, 0]]

    def _add(self, layer: dict[str, Any], calls: list[Call] | None) -> None:
        name = name_of(layer)
        if name in self.layers:
            raise BadModel("Two of its layers have the same name.")
        if operations.is_arithmetic(layer):
            self._add_steps(operations.steps(name, layer, self._channels))
            return
        what = f"its layer {name} ({layer['class_name']})"
        calls = keras_2_nodes(layer.get("inbound_nodes"), what) if calls is None else calls
        if layer["class_name"] == "Normalization" and is_keras(layer) and len(calls) == 1:
            (end,) = calls[0]
            arrays = self._weights.get((*self._place, name), [])
            self._add_steps([operations.normalization(layer["config"], arrays, (end[0], end[1], end[2]))])
            return
        if layer["class_name"] in AUGMENTATION:
            if any(one[3].get("training") for call in calls for one in call):
                raise BadModel(f"{what} changes frames in prediction, too: it is called with training=True.")
            self.augmentation.add(layer["class_name"])
        self.layers[name], self.calls[name] = layer, calls

    def _add_steps(self, made: list[operations.Step]) -> None:
        for step in made:
            if step.name in self.layers:
                raise BadModel("Two of its layers have the same name.")
            self.layers[step.name] = {"class_name": step.class_name, "config": {**step.config, "name": step.name}}
            self.calls[step.name] = [[[*end, {}] for end in step.ends]]
            self._arrays[step.name] = list(step.arrays)

    def _channels(self, end: operations.End) -> int | None:
        """Return how many channels an output has, where no layer between the input and it changes that."""
        name: str | None = end[0]
        for _ in self.layers:
            if name not in self.layers:
                break
            layer, calls = self.layers[name], self.calls[name]
            if layer["class_name"] == "InputLayer":
                shape = stated_shape(layer)
                return shape[-1] if shape else None
            if layer["class_name"] == "Conv2D":
                return int(layer["config"]["filters"])
            is_same = _keeps_channels(layer) and len(calls) == 1 and len(calls[0]) == 1
            name = calls[0][0][0] if is_same else None
        return None

    def _is_bypass(self, name: str) -> bool:
        return self.layers[name]["class_name"] in (*AUGMENTATION, operations.BYPASS)

    def _find_first_nodes(self) -> None:
        """Find the number of the first call of each inner model.

        Some versions count its making as call 0. All calls are used, so the lowest number in use is the first.
        """
        ends = [*self.outputs, *(end for calls in self.calls.values() for call in calls for end in call)]
        for name, layer in self.layers.items():
            if layer["class_name"] in MODELS:
                self._first_node[name] = min((end[1] for end in ends if end[0] == name), default=0)

    # --- the flat graph ---

    def name_layers(self, taken: set[str]) -> None:
        """Choose the names of the layers in the flat graph: their own, without slashes, unless these are taken."""
        for name in self.layers:
            plain = name.replace("/", "_")
            if plain in taken:
                plain = "_".join((*self._place, name)).replace("/", "_")
            number, free = 1, plain
            while free in taken:
                number += 1
                free = f"{plain}_{number}"
            taken.add(free)
            self.names[name] = free

    def _is_kept(self, name: str) -> bool:
        is_input_of_inner = self.layers[name]["class_name"] == "InputLayer" and self._outer is not None
        return not (name in self.inner or self._is_bypass(name) or is_input_of_inner or not self.times)

    def plain_layers(self) -> Iterator[dict[str, Any]]:
        """Yield the layers that the flat graph has of this model."""
        for name, layer in self.layers.items():
            if not self._is_kept(name):
                continue
            nodes = []
            for time in range(self.times):
                mode = self._mode(time) if layer["class_name"] in _FOR_TRAINING else {}
                nodes += [[[*self.found(end, time), {**mode, **end[3]}] for end in call] for call in self.calls[name]]
            config = layer["config"]
            if isinstance(config, Mapping):
                config = {**config, "name": self.names[name]}
            yield {**layer, "name": self.names[name], "config": config, "inbound_nodes": nodes}

    def weights(self) -> dict[str, list[np.ndarray]]:
        """Return the weights of those layers, by name in the flat graph."""
        found = {}
        for name in filter(self._is_kept, self.layers):
            arrays = self._arrays.get(name, self._weights.get((*self._place, name), []))
            if arrays:
                found[self.names[name]] = arrays
        return found

    def found(self, end: list[Any], time: int) -> list[Any]:
        """Return where an output of one of its layers is in the flat graph.

        Args:
            end: ``[layer name, node, tensor]`` within this model.
            time: which call of this model, from 0.
        """
        name, node, tensor = end[:3]
        if name not in self.layers:
            raise BadModel(f"A layer that others use is missing: {name}.")
        calls = self.calls[name]
        if name in self.inner:
            inner, number = self.inner[name], node - self._first_node[name]
            if number >= len(calls) or tensor >= len(inner.outputs):
                raise BadModel(f"A call of its model {name} is missing.")
            return inner.found(inner.outputs[tensor], time * len(calls) + number)
        if not self._is_kept(name):
            if self._is_bypass(name):
                return self.found(calls[node][0], time)
            return self._given(name, time)
        return [self.names[name], time * max(1, len(calls)) + node, tensor]

    def _given(self, name: str, time: int) -> list[Any]:
        """Return what one of its InputLayers gets, as `found`."""
        outer, own = self._outer, self._place[-1]
        assert outer is not None
        calls, number = outer.calls[own], [end[0] for end in self.inputs].index(name)
        call = calls[time % len(calls)]
        if number >= len(call):
            raise BadModel(f"Its model {own} is called with too few inputs.")
        return outer.found(call[number], time // len(calls))

    def _mode(self, time: int) -> dict[str, Any]:
        """Return ``training``, if a call of this model states it."""
        if self._outer is None:
            return {}
        calls = self._outer.calls[self._place[-1]]
        stated = {key: value for key, value in calls[time % len(calls)][0][3].items() if key == "training"}
        return stated or self._outer._mode(time // len(calls))
