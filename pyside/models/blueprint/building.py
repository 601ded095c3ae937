"""From a blueprint to a Keras model."""

from __future__ import annotations

import copy
import inspect
import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from pyside.compute.devices import import_keras
from pyside.errors import BadModel
from pyside.models.blueprint.translation import Blueprint

if TYPE_CHECKING:
    import keras

_MOST_NEW = 1 << 28  # weights of a new last layer
_MOST_VALUES = 1 << 28  # outputs of one layer for one frame
_FEWEST = 1 << 24  # weights that every file may claim: so few are harmless, and their shapes are compared later


def build(plan: Blueprint, precision: str = "float32", seed: int | None = None) -> keras.Model:
    """Build the model and set its weights.

    Args:
        plan: the model to build.
        precision: dtype policy of all layers but the outputs, which are float32.
        seed: seed of dropout and of new weights; None for a random one.

    Returns:
        The model, not compiled.

    Raises:
        BadModel: layers and weights do not match, or Keras refuses a layer.
    """
    keras = import_keras()
    _check_sizes(plan)
    first = _FirstWeights(plan, seed)
    layers = _keras_layers(plan, precision, seed, first)
    try:
        if plan.sequential:
            model = keras.Sequential.from_config({"name": plan.name, "layers": layers})
        else:
            ends = [end[0] if len(end) == 1 else end for end in (plan.inputs, plan.outputs)]
            config = {"name": plan.name, "layers": layers, "input_layers": ends[0], "output_layers": ends[1]}
            model = keras.Model.from_config(config)
    except BadModel:
        raise
    except Exception as error:  # Keras raises many kinds for layers that do not fit together
        raise BadModel(f"Keras {keras.__version__} cannot build it: {' '.join(str(error).split())[:300]}") from error
    _check_outputs(model)
    for layer in model.layers:
        for name in _initializers(type(layer)):
            setattr(layer, name, first.usual(layer.name, type(layer), name))
    _put_weights(model, plan)
    return model


def _keras_layers(plan: Blueprint, precision: str, seed: int | None, first: _FirstWeights) -> list[dict[str, Any]]:
    """Return the layers of a plan as Keras writes them, with their initializers."""
    keras = import_keras()
    last = {layer["name"] for layer in plan.tail()}
    layers = []
    for layer, number in zip(plan.layers, _draws(plan, seed), strict=True):
        config, kind = copy.deepcopy(layer["config"]), getattr(keras.layers, layer["class_name"])
        if layer["class_name"] != "InputLayer":
            config["dtype"] = "float32" if layer["name"] in last else precision
        if "seed" in inspect.signature(kind.__init__).parameters and seed is not None:
            config["seed"] = number
        for name in _initializers(kind):
            config[name] = first.maker(layer["name"], kind, name)
        made = {"module": "keras.layers", "class_name": layer["class_name"], "config": config, "registered_name": None}
        layers.append({**made, "name": layer["name"], "inbound_nodes": copy.deepcopy(layer["inbound_nodes"])})
    return layers


def _draws(plan: Blueprint, seed: int | None) -> list[int]:
    """Return one random seed per layer."""
    numbers: list[int] = (np.random.SeedSequence(seed).generate_state(len(plan.layers)) >> 1).tolist()
    return numbers


def _initializers(kind: type) -> dict[str, Any]:
    """Return the initializer options of a layer class, with their defaults."""
    parameters = inspect.signature(kind.__init__).parameters  # type: ignore[misc]
    return {name: one.default for name, one in parameters.items() if name.endswith("_initializer")}


class _FirstWeights:
    """Initializers that allocate no more weights than a file can hold, whatever size its layers claim.

    Args:
        plan: the model that is built.
        seed: seed of new weights; None for a random one.
    """

    def __init__(self, plan: Blueprint, seed: int | None):
        held = max(sum(array.size for arrays in plan.weights.values() for array in arrays), _FEWEST)
        self._left = {True: _MOST_NEW, False: held}  # weights left for new layers, and for those in the file
        self._new = plan.fresh
        numbers = _draws(plan, seed) if seed is not None else [None] * len(plan.layers)
        self._seeds = {layer["name"]: number for layer, number in zip(plan.layers, numbers, strict=True)}

    def usual(self, layer: str, kind: type, option: str) -> Any:
        """Return the initializer that these weights have in a new model."""
        initializers = import_keras().initializers
        if layer in self._new and option == "kernel_initializer":
            return initializers.GlorotUniform(seed=self._seeds[layer])
        return initializers.get(_initializers(kind)[option])

    def maker(self, layer: str, kind: type, option: str) -> Callable[..., Any]:
        """Return the initializer to build with: the usual one for a new layer, else zeros until weights are set."""
        new = layer in self._new
        draw = self.usual(layer, kind, option) if new else import_keras().ops.zeros

        def make(shape: Sequence[int], dtype: Any = None) -> Any:
            self._left[new] -= math.prod(shape)
            if self._left[new] < 0:
                raise BadModel(f"The layer {layer} claims to have {math.prod(shape)} weights, more than it can have.")
            return draw(shape, dtype)

        return make


def _check_outputs(model: keras.Model) -> None:
    """Check that the outputs of each layer for one frame fit in memory."""
    for layer in model.layers:
        for tensor in layer.output if isinstance(layer.output, (list, tuple)) else [layer.output]:
            size = math.prod(side or 1 for side in tensor.shape[1:])
            if size > _MOST_VALUES:
                raise BadModel(
                    f"Its layer {layer.name} has {size} outputs per frame; at most {_MOST_VALUES} are allowed."
                )


def _check_sizes(plan: Blueprint) -> None:
    """Compare the stated sizes of layers with their weights, before Keras allocates memory."""
    for layer in plan.layers:
        size = layer["config"].get("units", layer["config"].get("filters"))
        arrays = plan.weights.get(layer["name"])
        if size is not None and arrays and not any(size in array.shape for array in arrays):
            raise BadModel(f"Its layer {layer['name']} claims to have {size} units, but its weights do not.")


def _put_weights(model: keras.Model, plan: Blueprint) -> None:
    unused = set(plan.weights) - {layer.name for layer in model.layers}
    if unused:
        raise BadModel(f"It has weights for layers that it does not have: {', '.join(sorted(unused))}.")
    for layer in model.layers:
        arrays = plan.weights.get(layer.name, [])
        if layer.name in plan.fresh:
            continue
        expected = [tuple(weight.shape) for weight in layer.weights]
        if [array.shape for array in arrays] != expected:
            raise BadModel(
                f"The weights of its layer {layer.name} have the shapes {[array.shape for array in arrays]}; "
                f"the layer needs {expected}."
            )
        if not all(np.isfinite(array).all() for array in arrays):
            raise BadModel(f"The weights of its layer {layer.name} are not all finite: some are NaN or infinite.")
        layer.set_weights(arrays)
