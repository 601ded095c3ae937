"""What model files hold, in every form that Kerases since 2.0 wrote: configurations, the calls of layers, weights."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from pyside.data.formats import hdf5_files
from pyside.errors import BadModel

if TYPE_CHECKING:
    import h5py

NO_SHAPE = "It does not state the size of its frames: it was saved before it was built."
MODELS = ("Sequential", "Model", "Functional")
MOST_LAYERS = 10_000
Place = tuple[str, ...]  # the names of the models that a layer is in, and its own
Weights = dict[Place, list[np.ndarray]]


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


def read_weights(model: Mapping[str, Any], group: h5py.Group, file_bytes: int) -> Weights:
    """Read the weights of an .h5 file with a whole model, of Keras 2 or Keras 3.

    Args:
        model: its configuration.
        group: ``model_weights``.
        file_bytes: size of the file; arrays that claim to be many times larger are refused.

    Returns:
        Float32 arrays of each layer that has any, in the order of the file.

    Raises:
        BadModel: a weight is missing, is in another file, is not an array of numbers, or belongs to no layer.
    """
    reader = _Reader(file_bytes)
    models = {name_of(layer): layer for layer in layers_of(model) if layer["class_name"] in MODELS}
    flipped = text(group.attrs.get("backend", "")) == "theano"  # it convolves, the others correlate
    weights: Weights = {}
    for layer in names_in(group, "layer_names"):
        inner = _inside(group, layer)
        if inner is None or not hasattr(inner, "attrs"):
            raise BadModel(f"The weights of the layer {layer} are missing.")
        within = list(_leaves(models[layer], (layer,))) if layer in models else [(layer,)]
        for name in names_in(inner, "weight_names"):
            values = reader.read(inner, name, layer)
            if flipped and values.ndim > 2:
                values = values[tuple(slice(None, None, -1) for _ in range(values.ndim - 2))]
            place = _owner(name, within) if layer in models else within[0]
            weights.setdefault(place, []).append(values)
    return weights


def read_keras_3_weights(model: Mapping[str, Any], file: h5py.File, file_bytes: int) -> Weights:
    """Read the weights of a .keras file, as `read_weights`.

    In it, layers have the names of their classes, numbered in each model.
    """
    reader = _Reader(file_bytes)
    lists = "layers" if "layers" in file else "_layer_checkpoint_dependencies"  # before Keras 3
    weights: Weights = {}

    def walk(one: Mapping[str, Any], place: Place, path: str) -> None:
        used: dict[str, int] = {}
        for layer in layers_of(one):
            if is_operation(layer):
                continue
            name = snake_case(layer["class_name"])
            number = used[name] = used.get(name, -1) + 1
            inner, own = f"{path}{lists}/{name}{f'_{number}' if number else ''}", (*place, name_of(layer))
            if layer["class_name"] in MODELS:
                walk(layer, own, f"{inner}/")
                continue
            group = _inside(file, f"{inner}/vars")
            numbers = range(len(group)) if hasattr(group, "keys") else ()
            arrays = [reader.read(group, str(number), own[-1]) for number in numbers]
            weights.update({own: arrays} if arrays else {})

    walk(model, (), "")
    return weights


class _Reader:
    """Reads arrays, in all no more than a file of that size can hold."""

    def __init__(self, file_bytes: int):
        self._room = hdf5_files.room(file_bytes)

    def read(self, group: h5py.Group, name: str, layer: str) -> np.ndarray:
        """Read one array, as float32."""
        import h5py

        array = _inside(group, name)
        if not isinstance(array, h5py.Dataset) or array.external or array.is_virtual or array.dtype.kind not in "fiu":
            raise BadModel(f"The weight {name} of the layer {layer} is missing, or is not an array of numbers.")
        self._room -= array.nbytes
        if self._room < 0:
            raise BadModel(f"The weight {name} of the layer {layer} claims to be larger than the file could hold.")
        return np.asarray(array[()], np.float32)


def _leaves(model: Mapping[str, Any], place: Place) -> Iterator[Place]:
    """Yield the places of the layers in a model that is at `place`, those in its inner models too."""
    for layer in layers_of(model):
        own = (*place, name_of(layer))
        if layer["class_name"] in MODELS:
            yield from _leaves(layer, own)
        else:
            yield own


def _owner(weight: str, places: Sequence[Place]) -> Place:
    """Return the layer that a weight of a model within a model belongs to, such as ``bn_1/gamma:0`` to bn_1."""
    scope = weight.split(":")[0].rpartition("/")[0]
    for one in (scope, re.sub(r"_\d+$", "", scope)):  # TensorFlow 1 numbers a name that was taken
        found = [place for place in places if f"/{one}".endswith(f"/{place[-1]}")]
        if found:
            return max(found, key=lambda place: (len(place[-1]), sum(name in one.split("/") for name in place)))
    raise BadModel(f"The weight {weight} belongs to none of its layers.")


def name_of(layer: Mapping[str, Any]) -> str:
    """Return the name of a layer."""
    config = layer["config"]
    return str(config.get("name") if isinstance(config, Mapping) else layer.get("name"))


def snake_case(name: str) -> str:
    """Return the name of a class as Keras 3 writes it, such as ``conv2d`` or ``batch_normalization``."""
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", re.sub(r"\W+", "", name))
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()


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
    if not isinstance(layers, list) or not layers or not all(is_layer(layer) for layer in layers):
        raise BadModel("It does not list its layers. Only Sequential and functional models of Keras do.")
    if len(layers) > MOST_LAYERS:
        raise BadModel(f"It has {len(layers)} layers; at most {MOST_LAYERS} are allowed.")
    return layers


def is_layer(layer: Any) -> bool:
    """Return whether a value has the form of a layer."""
    return isinstance(layer, Mapping) and isinstance(layer.get("class_name"), str) and "config" in layer


def outline(model: Mapping[str, Any]) -> dict[str, Any]:
    """Summarize a model's configuration, without Keras.

    Returns:
        ``layers`` (their number, those of inner models included), ``image_shape`` and ``classes`` (number of outputs;
        a single output tells two classes apart); None if unknown.

    Raises:
        BadModel: the model is not a Sequential or functional one.
    """
    layers = layers_of(model)
    shape = next((shape for shape in map(stated_shape, layers) if shape), None)
    outputs = _outputs(model)
    return {
        "layers": sum(outline(layer)["layers"] if layer["class_name"] in MODELS else 1 for layer in layers),
        "image_shape": list(shape[1:]) if shape else None,
        "classes": 2 if outputs == 1 else outputs,
    }


def _outputs(model: Mapping[str, Any]) -> int | None:
    """Return the number of outputs of a model: the units of its last layer that states any."""
    layers, config = layers_of(model), model["config"]
    last = layers[-1]
    if isinstance(config, Mapping) and config.get("output_layers"):
        names = [entry[0] for entry in entries(config["output_layers"])]
        last = next((layer for layer in layers if name_of(layer) in names), last)
    for layer in reversed(layers[: layers.index(last) + 1]):
        if layer["class_name"] in MODELS:
            size = _outputs(layer)
        else:
            size = layer["config"].get("units") or layer["config"].get("filters")
        if size:
            return int(size)
    return None


def stated_shape(layer: Mapping[str, Any]) -> list[int | None] | None:
    """Return the shape of a batch that a layer, or the first layer of a model, states; None if it does not."""
    config = layer["config"]
    if not isinstance(config, Mapping):
        return None
    shape = config.get("batch_input_shape") or config.get("batch_shape")
    if shape is None and isinstance(config.get("layers"), list):
        return next((shape for shape in map(stated_shape, config["layers"]) if shape), None)
    return list(shape) if shape else None


def missing_input(layers: Sequence[Mapping[str, Any]], config: Any) -> tuple[str, Any]:
    """Return name and shape of the InputLayer that an old Sequential model lacks.

    Args:
        layers: its layers.
        config: its configuration.

    Returns:
        A name that no layer has; and the shape of a batch, None if the model does not state it.
    """
    taken = any(name_of(layer) == "frames" for layer in layers)
    built = config.get("build_input_shape") if isinstance(config, Mapping) else None
    return "frames_input" if taken else "frames", stated_shape(layers[0]) or built


def is_operation(layer: Mapping[str, Any]) -> bool:
    """Return whether a layer is an operation of Keras 3, which may have the name of a layer, such as ``Add``.

    An .h5 does not say where a class is from, but each layer in it says whether it is trainable.
    """
    if "module" in layer:
        return "ops" in str(layer["module"]).split(".")
    nodes, config = layer.get("inbound_nodes"), layer.get("config")
    is_called = isinstance(nodes, list) and bool(nodes) and isinstance(nodes[0], Mapping)
    return is_called and isinstance(config, Mapping) and "trainable" not in config


def is_keras(thing: Mapping[str, Any]) -> bool:
    """Return whether a class claims to be one of Keras; old files do not say, and count as such."""
    module, registered = thing.get("module", "keras"), thing.get("registered_name")
    packages = ("keras", "tf_keras", "tensorflow.keras", "tensorflow.python.keras", "builtins")
    own = isinstance(module, str) and any(module == name or module.startswith(name + ".") for name in packages)
    return (
        own
        and not is_operation(thing)
        and registered in (None, thing.get("class_name"), "Model", "Functional", "Sequential")
    )


def entries(ends: Any) -> list[list[Any]]:
    """Return inputs or outputs as a list of ``[layer name, node, tensor]``, from any form that Keras writes."""
    if isinstance(ends, Mapping):
        ends = list(ends.values())
    if isinstance(ends, (list, tuple)) and len(ends) == 3 and isinstance(ends[0], str):
        ends = [ends]
    if not isinstance(ends, (list, tuple)) or not ends or not all(is_end(end) for end in ends):
        raise BadModel("Its inputs or outputs are written in an unknown form.")
    return [list(end[:3]) for end in ends]


def is_end(end: Any) -> bool:
    """Return whether a value has the form of an output: ``[layer name, node, tensor]``, perhaps with arguments."""
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
            ends = [history(tensor) for tensor in (tensors if isinstance(tensors, (list, tuple)) else [tensors])]
        elif isinstance(node, list) and node:
            node = [node] if isinstance(node[0], str) else node
            ends = list(node)
            keywords = node[0][3] if is_end(node[0]) and len(node[0]) == 4 else {}
        else:
            ends, keywords = [None], {}
        keywords = {key: value for key, value in (keywords or {}).items() if value is not None}
        if not all(is_end(end) for end in ends) or not all(is_plain(value) for value in keywords.values()):
            raise BadModel(f"{what} is called with something other than the output of one layer, or a list of them.")
        made.append([[*end[:3], dict(keywords)] for end in ends])
    return made


def history(tensor: Any) -> Any:
    """Return ``[layer name, node, tensor]`` of a tensor as Keras 3 writes it, or None for anything else."""
    is_tensor = isinstance(tensor, Mapping) and tensor.get("class_name") == "__keras_tensor__"
    return tensor["config"]["keras_history"] if is_tensor else None


def is_plain(value: Any) -> bool:
    """Return whether a value consists of numbers and texts."""
    if isinstance(value, (list, tuple)):
        return all(is_plain(item) for item in value)
    return value is None or isinstance(value, (bool, int, float, str))
