"""Models of Keras 2.0 and later, rebuilt layer by layer from the configuration in their files.

Keras 3 refuses many files of Keras 2, and it would import whatever a file names. So no configuration of a file reaches
Keras: each layer is described anew, from a list of plain layers and of the options that this Keras knows, and the
weights are assigned by the names of the layers. Any other layer is refused before Keras is called.
"""

from __future__ import annotations

import copy
import dataclasses
import inspect
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from pyside.compute.devices import import_keras
from pyside.data.formats import hdf5_files
from pyside.errors import BadModel

if TYPE_CHECKING:
    import h5py
    import keras

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
MODELS = ("Sequential", "Model", "Functional")
_RENAMED_LAYERS = {"BatchNormalizationV1": "BatchNormalization", "BatchNormalizationV2": "BatchNormalization"}
_RENAMED_OPTIONS = {("LeakyReLU", "alpha"): "negative_slope", ("Dropout", "p"): "rate"}
# Options that do not affect the predictions of a model with known weights, or that are set anew.
_LEFT_OUT = frozenset(
    "adjustment autocast batch_input_shape batch_shape dtype dynamic fused implementation input_dtype input_shape "
    "name quantization_config rank ragged sparse trainable virtual_batch_size".split()
)
_WITHOUT_EFFECT = (("groups", 1),)  # in layers that have no groups
_KERAS_1 = ("nb_filter", "nb_row", "output_dim", "border_mode", "dim_ordering")
_MOST_NEW = 1 << 28  # weights of a new last layer
_MOST_VALUES = 1 << 28  # outputs of one layer for one frame
_MOST_LAYERS = 10_000
_FEWEST = 1 << 24  # weights that every file may claim: so few are harmless, and their shapes are compared later


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
    """

    name: str
    sequential: bool
    layers: list[dict[str, Any]]
    inputs: list[list[Any]]
    outputs: list[list[Any]]
    weights: dict[str, list[np.ndarray]]
    notes: list[str]
    fresh: set[str] = dataclasses.field(default_factory=set)

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


# --- content of a file ---------------------------------------------------------------------------------------------


def text(value: Any) -> str:
    """Return an attribute of an HDF5 file as text."""
    return value.decode() if isinstance(value, bytes) else str(value)


def names_in(group: h5py.Group, attribute: str) -> list[str]:
    """Return a list of names from the attributes of a group.

    Keras splits a list that is too long for an attribute into ``layer_names0``, ``layer_names1`` and so on.
    """
    attributes = [attribute] if attribute in group.attrs else []
    while attribute not in attributes and f"{attribute}{len(attributes)}" in group.attrs:
        attributes.append(f"{attribute}{len(attributes)}")
    return [text(name) for one in attributes for name in group.attrs[one]]


def read_weights(group: h5py.Group, file_bytes: int) -> dict[str, list[tuple[str, np.ndarray]]]:
    """Read the weights of an .h5 file with a whole model, of Keras 2 or Keras 3.

    Args:
        group: ``model_weights``.
        file_bytes: size of the file; arrays that claim to be many times larger are refused.

    Returns:
        Layer name -> pairs of weight name and float32 array, in the order of the file, without layers that have none.

    Raises:
        BadModel: a weight is missing, is in another file, or is not an array of floats.
    """
    import h5py

    flipped = text(group.attrs.get("backend", "")) == "theano"  # it convolves, the others correlate
    weights: dict[str, list[tuple[str, np.ndarray]]] = {}
    room = hdf5_files.room(file_bytes)
    for layer in names_in(group, "layer_names"):
        inner = _inside(group, layer)
        if not isinstance(inner, h5py.Group):
            raise BadModel(f"The weights of the layer {layer} are missing.")
        for name in names_in(inner, "weight_names"):
            array = _inside(inner, name)
            if not isinstance(array, h5py.Dataset) or array.external or array.is_virtual or array.dtype.kind != "f":
                raise BadModel(f"The weight {name} of the layer {layer} is missing, or is not an array of numbers.")
            room -= array.nbytes
            if room < 0:
                raise BadModel(f"The weight {name} of the layer {layer} claims to be larger than the file could hold.")
            values = np.asarray(array[()], np.float32)
            if flipped and values.ndim > 2:
                values = values[tuple(slice(None, None, -1) for _ in range(values.ndim - 2))]
            weights.setdefault(layer, []).append((name, values))
    return weights


def _inside(group: h5py.Group, path: str) -> Any:
    """Return the object at a path within a group, or None; only hard links are followed."""
    import h5py

    found: Any = group
    for part in path.split("/"):
        if not isinstance(found, h5py.Group) or not part or part not in found:
            return None
        if not isinstance(found.get(part, getlink=True), h5py.HardLink):
            return None
        found = found[part]
    return found


def layers_of(model: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the layers of a model's configuration, unchanged.

    Raises:
        BadModel: the model is not a Sequential or functional one.
    """
    config = model.get("config") if isinstance(model, Mapping) else None
    layers = config.get("layers") if isinstance(config, Mapping) else config
    if not isinstance(layers, list) or not layers or not all(_is_layer(layer) for layer in layers):
        raise BadModel("It does not list its layers. Only Sequential and functional models of Keras do.")
    if len(layers) > _MOST_LAYERS:
        raise BadModel(f"It has {len(layers)} layers; at most {_MOST_LAYERS} are allowed.")
    return layers


def _is_layer(layer: Any) -> bool:
    return isinstance(layer, Mapping) and isinstance(layer.get("class_name"), str) and "config" in layer


def outline(model: Mapping[str, Any]) -> dict[str, Any]:
    """Summarize a model's configuration, without Keras.

    Returns:
        ``layers`` (their number), ``image_shape`` and ``classes`` (number of outputs); None if unknown.

    Raises:
        BadModel: the model is not a Sequential or functional one.
    """
    layers = layers_of(model)
    shape = next((shape for shape in map(_stated_shape, layers) if shape), None)
    output = layers[-1]
    if isinstance(model["config"], Mapping) and model["config"].get("output_layers"):
        names = [entry[0] for entry in _entries(model["config"]["output_layers"])]
        output = next((layer for layer in layers if layer["config"].get("name") in names), output)
    start = layers.index(output) + 1
    sizes = (layer["config"].get("units") or layer["config"].get("filters") for layer in reversed(layers[:start]))
    return {
        "layers": len(layers),
        "image_shape": list(shape[1:]) if shape else None,
        "classes": next((size for size in sizes if size), None),
    }


def _stated_shape(layer: Mapping[str, Any]) -> list[int | None] | None:
    config = layer["config"]
    if not isinstance(config, Mapping):
        return None
    shape = config.get("batch_input_shape") or config.get("batch_shape")
    if shape is None and isinstance(config.get("layers"), list):
        return next((shape for shape in map(_stated_shape, config["layers"]) if shape), None)
    return list(shape) if shape else None


# --- from a file to a blueprint ------------------------------------------------------------------------------------


def blueprint(
    model: Mapping[str, Any], weights: Mapping[str, Sequence[tuple[str, np.ndarray]]], version: str
) -> Blueprint:
    """Translate the content of a file.

    Args:
        model: configuration of the model: ``class_name`` and ``config``.
        weights: result of `read_weights`.
        version: version of the Keras that wrote it, such as ``2.0.5``.

    Returns:
        The model as plain layers of this Keras.

    Raises:
        BadModel: a part of it is not a plain layer, or has no equivalent in Keras 3.
    """
    layers = layers_of(model)
    kind, config = model["class_name"], model["config"]
    if any(key in layer["config"] for layer in layers for key in _KERAS_1 if isinstance(layer["config"], Mapping)):
        raise BadModel("Keras 1 wrote it. Load and save it with Keras 2.0 to 2.2, and use the new file.")
    if kind not in MODELS or not _is_keras(model):
        raise BadModel(f"It is a {kind}, a custom class. Only Sequential and functional models can be loaded.")
    if any(_is_layer(layer) and layer["class_name"] in MODELS for layer in layers):
        layers, weights = _flat(model, weights)
    found = _Translation(version.split(".")[0] in ("0", "1", "2"))
    made = [found.layer(layer) for layer in layers]
    made_weights = {name: [array for _, array in arrays] for name, arrays in weights.items()}
    name = str(config.get("name") or kind.lower()) if isinstance(config, Mapping) else "sequential"
    if kind == "Sequential":
        made = _with_input(made, layers, config)
        ends = [[made[0]["name"], 0, 0]], [[made[-1]["name"], 0, 0]]
    else:
        ends = _entries(config["input_layers"]), _entries(config["output_layers"])
    known = {layer["name"] for layer in made}
    used = [*ends[0], *ends[1], *(end for layer in made for node in layer["inbound_nodes"] for end in node)]
    if len(known) < len(made) or not all(end[0] in known for end in used):
        raise BadModel("Two of its layers have the same name, or a layer that others use is missing.")
    return Blueprint(name, kind == "Sequential", made, *ends, made_weights, found.notes)


def _is_keras(thing: Mapping[str, Any]) -> bool:
    """Return whether a class claims to be one of Keras; old files do not say, and count as such."""
    module, registered = thing.get("module", "keras"), thing.get("registered_name")
    packages = ("keras", "tf_keras", "tensorflow.keras", "tensorflow.python.keras", "builtins")
    own = isinstance(module, str) and any(module == name or module.startswith(name + ".") for name in packages)
    own = own and "ops" not in module.split(".")  # Keras 3 has operations with the names of layers
    return own and registered in (None, thing.get("class_name"), "Model", "Functional", "Sequential")


def _entries(ends: Any) -> list[list[Any]]:
    """Return inputs or outputs as a list of ``[layer name, node, tensor]``, from any form that Keras writes."""
    if isinstance(ends, Mapping):
        ends = list(ends.values())
    if isinstance(ends, (list, tuple)) and len(ends) == 3 and isinstance(ends[0], str):
        ends = [ends]
    if not isinstance(ends, (list, tuple)) or not ends or not all(_is_end(end) for end in ends):
        raise BadModel("Its inputs or outputs are written in an unknown form.")
    return [list(end[:3]) for end in ends]


def _is_end(end: Any) -> bool:
    return (
        isinstance(end, (list, tuple))
        and len(end) in (3, 4)
        and isinstance(end[0], str)
        and all(isinstance(number, int) and number >= 0 for number in end[1:3])
    )


def keras_2_nodes(nodes: Any, what: str = "one of its layers") -> list[list[list[Any]]]:
    """Return the calls of a layer as Keras 2 writes them, from the form of Keras 2 or 3.

    Args:
        nodes: ``inbound_nodes`` of a functional model: one list of tensors per call (Keras 2), or objects with ``args``
            and ``kwargs`` (Keras 3).
        what: the layer, for the error.

    Returns:
        One list of ``[layer name, node, tensor, arguments]`` per call.

    Raises:
        BadModel: a call has other inputs than one tensor or a list of tensors, or arguments that are not plain values.
    """
    made = []
    for node in nodes or []:
        if isinstance(node, Mapping):
            args, keywords = node.get("args"), node.get("kwargs", {})
            tensors = args[0] if isinstance(args, (list, tuple)) and len(args) == 1 else None
            ends = [_history(tensor) for tensor in (tensors if isinstance(tensors, (list, tuple)) else [tensors])]
        elif isinstance(node, list) and node:
            node = [node] if isinstance(node[0], str) else node
            ends = list(node)
            keywords = node[0][3] if _is_end(node[0]) and len(node[0]) == 4 else {}
        else:
            ends, keywords = [None], {}
        keywords = {key: value for key, value in (keywords or {}).items() if value is not None}
        if not all(_is_end(end) for end in ends) or not all(_is_plain(value) for value in keywords.values()):
            raise BadModel(f"{what} is called with something other than the output of one layer, or a list of them.")
        made.append([[*end[:3], dict(keywords)] for end in ends])
    return made


def _history(tensor: Any) -> Any:
    """Return ``[layer name, node, tensor]`` of a tensor as Keras 3 writes it, or None for anything else."""
    is_tensor = isinstance(tensor, Mapping) and tensor.get("class_name") == "__keras_tensor__"
    return tensor["config"]["keras_history"] if is_tensor else None


def _is_plain(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return all(_is_plain(item) for item in value)
    return value is None or isinstance(value, (bool, int, float, str))


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
        if class_name in ("Lambda", "TFOpLambda", "SlicingOpLambda"):
            raise BadModel(f"{what} holds code, which TouchTrain never runs. Rebuild the model from plain layers.")
        if class_name not in PLAIN_LAYERS or not _is_keras(stored) or not isinstance(name, str):
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
        if isinstance(value, Mapping) and value.get("class_name") == "function" and _is_keras(value):
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
    if not _is_plain(value):
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
    shape = _stated_shape(stored[0]) or (config.get("build_input_shape") if isinstance(config, Mapping) else None)
    if shape is None:
        raise BadModel("It does not state the size of its frames: it was saved before it was built.")
    name = "frames" if all(layer["name"] != "frames" for layer in made) else "frames_input"
    return [{"class_name": "InputLayer", "name": name, "inbound_nodes": [], "config": _input(shape, name)}, *made]


def _flat(
    model: Mapping[str, Any], weights: Mapping[str, Sequence[tuple[str, np.ndarray]]]
) -> tuple[list[dict[str, Any]], dict[str, list[tuple[str, np.ndarray]]]]:
    """Replace models that are layers of a Sequential model by their own layers, if these are chains, too."""
    if model["class_name"] != "Sequential":
        raise BadModel("It holds a model as a layer of a functional model. Rebuild it as one model of plain layers.")
    flat: list[dict[str, Any]] = []
    found: dict[str, list[tuple[str, np.ndarray]]] = {}
    for layer in layers_of(model):
        name = str(layer["config"].get("name")) if isinstance(layer["config"], Mapping) else ""
        if layer["class_name"] not in MODELS:
            flat.append(layer)
            found |= {name: list(weights[name])} if name in weights else {}
            continue
        inner = layers_of(layer)
        for number, one in enumerate(inner):
            nodes = keras_2_nodes(one.get("inbound_nodes"))
            follows = [[inner[number - 1]["config"].get("name"), 0, 0, {}]]
            if one["class_name"] in MODELS or (nodes and nodes != [follows]):
                raise BadModel(f"Its layer {name} is a model that branches. Rebuild it as one model of plain layers.")
            if one["class_name"] == "InputLayer" and flat:
                continue
            own = one["config"].get("name")
            flat.append({key: value for key, value in one.items() if key != "inbound_nodes"})
            arrays = [pair for pair in weights.get(name, ()) if own in pair[0].split("/")]
            found |= {own: arrays} if arrays else {}
    return flat, found


# --- from a blueprint to Keras -------------------------------------------------------------------------------------


def build(plan: Blueprint, precision: str = "float32", seed: int | None = None, room: int | None = None) -> keras.Model:
    """Build the model and set its weights.

    Args:
        plan: the model to build.
        precision: dtype policy of all layers but the outputs, which are float32.
        seed: seed of dropout and of new weights; None for a random one.
        room: most weights that it may have, without those of a new last layer; None for as many as the plan holds.

    Returns:
        The model, not compiled.

    Raises:
        BadModel: layers and weights do not match, or Keras refuses a layer.
    """
    keras = import_keras()
    _check_sizes(plan)
    first = _FirstWeights(plan, seed, room)
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
        room: as for `build`.
    """

    def __init__(self, plan: Blueprint, seed: int | None, room: int | None):
        held = sum(array.size for arrays in plan.weights.values() for array in arrays)
        held = max(held if room is None else room, _FEWEST)
        self._left = {True: _MOST_NEW, False: held}  # weights left for new layers, and for those in the file
        self._new = plan.fresh if room is None else set()
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


# --- other outputs -------------------------------------------------------------------------------------------------


def with_outputs(plan: Blueprint, outputs: int, class_names: Sequence[str]) -> tuple[Blueprint, list[str]]:
    """Return a model with one output per class: the probability of that class.

    A single sigmoid output becomes two softmax outputs that predict exactly the same. If the number of outputs differs
    otherwise, the last dense layer gets new random weights.

    Args:
        plan: the model; it is not changed.
        outputs: number of its outputs.
        class_names: classes of the new outputs, in their order.

    Returns:
        The model, and notes on what was changed.

    Raises:
        BadModel: the outputs must be changed, but the last layer with weights is not a dense one.
    """
    plan = copy.deepcopy(plan)
    *after, dense = plan.tail()
    ends = [layer for layer in after if layer["class_name"] not in ("Dropout",)]
    activation = _activation_of(ends[0] if ends else dense)
    n_classes = len(class_names)
    if outputs == n_classes and activation == "softmax":
        return plan, []
    if dense["class_name"] != "Dense" or len(ends) > 1 or activation is None:
        raise BadModel(
            f"It has {outputs} outputs ({activation or 'with an unknown activation'}), and the training needs "
            f"{n_classes} with softmax. Only a dense layer at the end can be changed, but the last layer with weights "
            f"is {dense['class_name']}."
        )
    notes = []
    if outputs == 1 and n_classes == 2 and activation == "sigmoid":
        kernel, *bias = plan.weights[dense["name"]]
        doubled = [np.concatenate([np.zeros_like(array), array], axis=-1) for array in (kernel, *bias)]
        plan.weights[dense["name"]] = doubled
        notes.append(
            f"The initial model has one output (sigmoid). It was taken as the probability of {class_names[1]} and "
            "converted to two outputs that predict the same."
        )
    elif outputs != n_classes:
        del plan.weights[dense["name"]]
        plan.fresh.add(dense["name"])
        notes.append(
            f"The initial model has {outputs} {'output' if outputs == 1 else 'outputs'}, the dataset has {n_classes} "
            f"classes ({', '.join(class_names)}): its last layer ({dense['name']}) was replaced by a new one."
        )
    else:
        notes.append(
            f"The last activation of the initial model was {activation}, not softmax. It was changed to softmax, so "
            "the initial predictions differ from those of the model."
        )
    dense["config"]["units"] = n_classes
    for layer in (dense, *ends):
        layer["config"].pop("activation", None)
    if not ends:
        dense["config"]["activation"] = "softmax"
    else:
        ends[0].update(class_name="Activation", config={"name": ends[0]["name"], "activation": "softmax"})
    return plan, notes


def _activation_of(layer: dict[str, Any]) -> str | None:
    """Return the activation of the last layer, or None if it has no single one."""
    if layer["class_name"] == "Softmax":
        return "softmax"
    activation: str | None = layer["config"].get("activation")
    return activation
