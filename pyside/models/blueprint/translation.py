"""From the content of a file to a blueprint: each layer described anew, with the names and options of this Keras."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from pyside.compute.devices import import_keras
from pyside.errors import BadModel
from pyside.models.blueprint.flattening import flat
from pyside.models.blueprint.flattening import is_plain as is_plain_layer
from pyside.models.blueprint.stored import (
    MODELS,
    NO_SHAPE,
    Weights,
    entries,
    is_keras,
    is_plain,
    keras_2_nodes,
    layers_of,
    missing_input,
    name_of,
)

PLAIN_LAYERS = frozenset(
    "InputLayer Conv1D Conv2D Conv3D Conv2DTranspose SeparableConv2D DepthwiseConv2D Dense Flatten Reshape Permute "
    "RepeatVector Dropout SpatialDropout2D GaussianNoise GaussianDropout AlphaDropout Activation ReLU LeakyReLU PReLU "
    "ELU Softmax BatchNormalization LayerNormalization MaxPooling1D MaxPooling2D MaxPooling3D AveragePooling1D "
    "AveragePooling2D AveragePooling3D GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D "
    "GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePooling3D ZeroPadding2D Cropping2D UpSampling2D Add "
    "Subtract Multiply Average Maximum Minimum Concatenate ActivityRegularization Rescaling".split()
)
CONVOLUTIONS = frozenset("Conv1D Conv2D Conv3D Conv2DTranspose SeparableConv2D DepthwiseConv2D".split())
ACTIVATIONS = frozenset(
    "elu exponential gelu leaky_relu linear mish relu relu6 selu sigmoid silu softmax softplus softsign swish "
    "tanh".split()
)
_RENAMED_LAYERS = {"BatchNormalizationV1": "BatchNormalization", "BatchNormalizationV2": "BatchNormalization"}
_RENAMED_OPTIONS = {("LeakyReLU", "alpha"): "negative_slope", ("Dropout", "p"): "rate"}
# Options that do not affect the predictions of a model with known weights, or that are set anew.
_LEFT_OUT = frozenset(
    "adjustment autocast batch_input_shape batch_shape dtype dynamic fused implementation input_dtype input_shape "
    "name quantization_config rank ragged sparse trainable virtual_batch_size".split()
)
_WITHOUT_EFFECT = (("groups", 1),)  # in layers that have no groups
_KERAS_1 = ("nb_filter", "nb_row", "output_dim", "border_mode", "dim_ordering")


@dataclasses.dataclass
class Blueprint:
    """A model as plain values with the names of this Keras: the checked content of a file.

    Attributes:
        name: name of the model.
        sequential: whether it is a Sequential model; else it is functional.
        layers: ``class_name``, ``name``, ``config`` and ``inbound_nodes`` of each layer. The nodes are as Keras 2 wrote
            them, one list of ``[layer name, node, tensor, arguments]`` per call. The first layer of a Sequential model
            is its InputLayer.
        inputs: ``[layer name, node, tensor]`` of each input.
        outputs: ``[layer name, node, tensor]`` of each output.
        weights: float arrays of each layer that has weights, in the order of Keras.
        notes: messages to the user about what was left out.
        fresh: names of layers that get new random weights.
        logits: the activation that turns its outputs into probabilities, if its loss says that they are logits.
    """

    name: str
    sequential: bool
    layers: list[dict[str, Any]]
    inputs: list[list[Any]]
    outputs: list[list[Any]]
    weights: dict[str, list[np.ndarray]]
    notes: list[str]
    fresh: set[str] = dataclasses.field(default_factory=set)
    logits: str | None = None

    def layer(self, name: str) -> dict[str, Any]:
        """Return the layer of that name."""
        return next(layer for layer in self.layers if layer["name"] == name)

    def before(self, layer: dict[str, Any]) -> dict[str, Any] | None:
        """Return the layer that gives this one its only input, or None if it has no or several inputs."""
        if self.sequential:
            number = self.layers.index(layer)
            return self.layers[number - 1] if number else None
        nodes = layer["inbound_nodes"]
        return self.layer(nodes[0][0][0]) if len(nodes) == 1 and len(nodes[0]) == 1 else None

    @property
    def input_shape(self) -> tuple[int | None, ...]:
        """Height, width and channels of its first input; None for any."""
        return tuple(self.layer(self.inputs[0][0])["config"]["batch_shape"][1:])

    def tail(self) -> Iterator[dict[str, Any]]:
        """Yield the layers from the output back to the last one that has weights."""
        layer: dict[str, Any] | None = self.layer(self.outputs[0][0])
        while layer is not None:
            yield layer
            layer = None if layer["name"] in {*self.weights, *self.fresh} else self.before(layer)


def blueprint(model: Mapping[str, Any], weights: Weights, version: str) -> Blueprint:
    """Translate the content of a file.

    Args:
        model: configuration of the model: ``class_name`` and ``config``.
        weights: result of `stored.read_weights`.
        version: version of the Keras that wrote it, such as ``2.0.5``.

    Returns:
        The model as plain layers of this Keras. Models within it, augmentation and arithmetic are replaced by plain
        layers that predict the same.

    Raises:
        BadModel: a part of it is not a plain layer, or has no equivalent in Keras 3.
    """
    layers = layers_of(model)
    kind, config = model["class_name"], model["config"]
    if any(key in layer["config"] for layer in layers for key in _KERAS_1 if isinstance(layer["config"], Mapping)):
        raise BadModel("Keras 1 wrote it. Load and save it with Keras 2.0 to 2.2, and use the new file.")
    if kind not in MODELS or not is_keras(model):
        raise BadModel(f"It is a {kind}, a custom class. Only Sequential and functional models can be loaded.")
    found = _Translation(version.split(".")[0] in ("0", "1", "2"))
    by_name = {place[-1]: arrays for place, arrays in weights.items()}
    if not all(map(is_plain_layer, layers)):
        flat_model, by_name, notes = flat(model, weights)
        kind, config, layers = "Functional", flat_model["config"], flat_model["config"]["layers"]
        found.notes += notes
    made = [found.layer(layer) for layer in layers]
    name = str(config.get("name") or kind.lower()) if isinstance(config, Mapping) else "sequential"
    if kind == "Sequential":
        made = _with_input(made, layers, config)
        ends = [[made[0]["name"], 0, 0]], [[made[-1]["name"], 0, 0]]
    else:
        ends = entries(config["input_layers"]), entries(config["output_layers"])
    known = {layer["name"] for layer in made}
    used = [*ends[0], *ends[1], *(end for layer in made for node in layer["inbound_nodes"] for end in node)]
    if len(known) < len(made) or not all(end[0] in known for end in used):
        raise BadModel("Two of its layers have the same name, or a layer that others use is missing.")
    return Blueprint(name, kind == "Sequential", made, *ends, by_name, found.notes)


def check_plain(model: Mapping[str, Any]) -> None:
    """Check that a model consists of layers that stay as they are.

    Raises:
        BadModel: it holds a model, augmentation or arithmetic.
    """
    for layer in layers_of(model):
        if layer["class_name"] in MODELS:
            raise BadModel("It holds a model as a layer.")
        if not is_plain_layer(layer):
            raise BadModel(f"Its layer {name_of(layer)} ({layer['class_name']}) is not a plain layer.")


def logits(loss: Any) -> str | None:
    """Return the activation that a loss applies to the outputs of a model, which are logits then; None for none.

    Args:
        loss: as Keras stores it in a model that was compiled.
    """
    if isinstance(loss, (list, tuple)) and len(loss) == 1:
        return logits(loss[0])
    if not isinstance(loss, Mapping) or not isinstance(loss.get("config"), Mapping):
        return None
    if loss["config"].get("from_logits") is not True:
        return None
    return "sigmoid" if "binary" in f"{loss.get('class_name')} {loss['config'].get('fn')}".lower() else "softmax"


class _Translation:
    """Translates layers to this Keras.

    Args:
        keras_2: whether Keras 2 or older wrote the file.
    """

    def __init__(self, keras_2: bool):
        self.keras_2 = keras_2
        self.notes: list[str] = []

    def layer(self, stored: Mapping[str, Any]) -> dict[str, Any]:
        """Translate one layer."""
        class_name = _RENAMED_LAYERS.get(stored["class_name"], stored["class_name"])
        config = stored["config"]
        name = config.get("name") if isinstance(config, Mapping) else None
        what = f"its layer {name or stored.get('name')} ({class_name})"
        if class_name == "Lambda":
            raise BadModel(f"{what} holds code, which TouchTrain never runs. Rebuild the model from plain layers.")
        if class_name not in PLAIN_LAYERS or not is_keras(stored) or not isinstance(name, str):
            raise BadModel(f"{what} is not one of the plain Keras layers that TouchTrain loads.")
        if config.get("data_format") == "channels_first":
            raise BadModel(
                f"{what} takes frames with the channels first (channels_first). Only channels last, (n, height, width, "
                "channels), is supported: change its data_format and train it again."
            )
        layer = {
            "class_name": class_name,
            "name": name,
            "inbound_nodes": keras_2_nodes(stored.get("inbound_nodes"), what),
        }
        if class_name == "InputLayer":
            return {**layer, "config": _input(config.get("batch_input_shape") or config.get("batch_shape"), name)}
        return {**layer, "config": self._options(class_name, config, what) | {"name": name}}

    def _options(self, class_name: str, config: Mapping[str, Any], what: str) -> dict[str, Any]:
        known = inspect.signature(getattr(import_keras().layers, class_name).__init__).parameters
        made: dict[str, Any] = {"data_format": "channels_last"} if "data_format" in known else {}
        for key, value in config.items():
            key = _RENAMED_OPTIONS.get((class_name, key), key)
            if key in _LEFT_OUT or key.endswith("_initializer") or key == "data_format":
                continue
            if key.endswith(("_regularizer", "_constraint")):
                sizes = l1_l2(value) if key.endswith("_regularizer") else None
                if sizes:
                    made[key] = {"module": "keras.regularizers", "class_name": "L1L2", "config": sizes}
                elif value is not None:
                    self.notes.append(f"The {key} of {what} was left out.")
            elif key == "activation":
                made[key] = self._activation(value, what)
            elif key in known:
                made[key] = _plain(value, f"{what} has the option {key}")
            elif value not in (None, False, {}, []) and (key, value) not in _WITHOUT_EFFECT:
                raise BadModel(f"{what} has the option {key}={value!r}, which this Keras does not have.")
        return made

    def _activation(self, value: Any, what: str) -> str:
        if isinstance(value, Mapping) and value.get("class_name") == "function" and is_keras(value):
            value = value.get("config")
        value = "linear" if value is None else value
        if value == "hard_sigmoid" and not self.keras_2:
            return "hard_sigmoid"
        if value == "hard_sigmoid":
            raise BadModel(f"{what} uses hard_sigmoid, which is a different function in Keras 3 than in Keras 2.")
        if not isinstance(value, str) or value not in ACTIVATIONS:
            raise BadModel(f"{what} has the activation {str(value)[:80]}, which Keras does not have.")
        return value


def _plain(value: Any, what: str) -> Any:
    """Return a plain value; an axis in a list of one is taken out of it."""
    if not is_plain(value):
        raise BadModel(f"{what}={str(value)[:80]}, which is not a plain value.")
    return value[0] if what.endswith("axis") and isinstance(value, (list, tuple)) and len(value) == 1 else value


def l1_l2(value: Any) -> dict[str, float] | None:
    """Return the factors ``l1`` and ``l2`` of a penalty, or None for any other regularizer."""
    if not isinstance(value, Mapping) or value.get("class_name") not in ("L1", "L2", "L1L2"):
        return None
    return {key: float(value["config"].get(key) or 0) for key in ("l1", "l2")}


def _input(shape: Any, name: str) -> dict[str, Any]:
    """Return the options of an InputLayer, with a batch of any size."""
    if not isinstance(shape, (list, tuple)) or len(shape) < 2:
        raise BadModel("Its input has no shape.")
    sides = list(shape[1:])
    if not all(side is None or (isinstance(side, int) and 0 < side < 1 << 20) for side in sides):
        raise BadModel(f"The shape of its input, {sides}, is not valid.")
    return {"batch_shape": [None, *sides], "dtype": "float32", "name": name}


def _with_input(made: list[dict[str, Any]], stored: list[dict[str, Any]], config: Any) -> list[dict[str, Any]]:
    """Insert the InputLayer that old Sequential models do not have."""
    if made[0]["class_name"] == "InputLayer":
        return made
    name, shape = missing_input(stored, config)
    if shape is None:
        raise BadModel(NO_SHAPE)
    return [{"class_name": "InputLayer", "name": name, "inbound_nodes": [], "config": _input(shape, name)}, *made]
