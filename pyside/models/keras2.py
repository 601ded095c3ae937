"""Configurations in the form of Keras 2, which MATLAB's importer reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyside.compute.devices import import_keras
from pyside.errors import BadModel, ModelNotSaved
from pyside.models import blueprint

if TYPE_CHECKING:
    import keras

# Options that Keras 2 does not have, with the value that has no effect; None: no value has one.
_ONLY_KERAS_3 = {
    "groups": 1, "keepdims": False, "optional": None, "quantization_config": None, "ragged": False, "renorm": False,
    "renorm_clipping": None, "renorm_momentum": 0.99, "rms_scaling": False, "sparse": False, "synchronized": False,
}  # fmt: skip
_KERAS_2_ACTIVATIONS = "elu exponential gelu linear relu selu sigmoid softmax softplus softsign swish tanh".split()
_VARIANCE_SCALING = {
    "GlorotUniform": (1.0, "fan_avg", "uniform"), "GlorotNormal": (1.0, "fan_avg", "normal"),
    "HeUniform": (2.0, "fan_in", "uniform"), "HeNormal": (2.0, "fan_in", "normal"),
    "LecunUniform": (1.0, "fan_in", "uniform"), "LecunNormal": (1.0, "fan_in", "normal"),
}  # fmt: skip
_KEPT_INITIALIZERS = ("Zeros", "Ones", "Constant")
_RENAMED_OPTIONS = {"batch_shape": "batch_input_shape", ("LeakyReLU", "negative_slope"): "alpha"}


def in_keras_2_dialect(core: keras.Model) -> dict[str, Any]:
    """Return the configuration of a model of plain layers, class and options, as Keras 2 would have written it.

    Objects lose their module; dtype policies become ``float32``; ``batch_shape`` becomes ``batch_input_shape``;
    initializers are spelled as all versions know them; options that only Keras 3 has are left out; all layers are
    trainable; the calls of a functional model are lists of ``[layer name, node, tensor, arguments]``.

    Raises:
        ModelNotSaved: it has parts that Keras 2 does not have.
    """
    try:
        config = core.get_config()
        sequential = isinstance(core, import_keras().Sequential)
        whole = {"class_name": "Sequential" if sequential else "Model", "config": config}
        blueprint.check_plain(whole)
        plan = blueprint.blueprint(whole, {}, "3")
        layers = []
        for layer in config["layers"]:
            made = {"class_name": layer["class_name"], "config": _options(layer)}
            if not sequential:
                nodes = blueprint.keras_2_nodes(layer["inbound_nodes"])
                made |= {"name": layer["config"]["name"], "inbound_nodes": nodes}
            layers.append(made)
    except (BadModel, NotImplementedError) as error:
        why = (
            f"{error.text[:1].upper()}{error.text[1:]}"
            if isinstance(error, BadModel)
            else "It is a custom class, not a graph of layers."
        )
        raise ModelNotSaved(
            f"The network cannot be saved as .h5: {why} Build it as a Sequential or functional model of plain Keras "
            "layers."
        ) from error
    ends = {} if sequential else {"input_layers": plan.inputs, "output_layers": plan.outputs}
    return {"class_name": whole["class_name"], "config": {"name": core.name, "layers": layers, **ends}}


def _options(layer: dict[str, Any]) -> dict[str, Any]:
    """Return the options of one layer in the form of Keras 2."""
    made: dict[str, Any] = {}
    for key, value in layer["config"].items():
        if key in _ONLY_KERAS_3 and _ONLY_KERAS_3[key] in (None, value):
            continue
        key = _RENAMED_OPTIONS.get((layer["class_name"], key), _RENAMED_OPTIONS.get(key, key))
        if key == "dtype":
            value = "float32"
        elif key == "trainable":
            value = True
        elif key == "activation":
            value = "swish" if value == "silu" else value
            if value not in _KERAS_2_ACTIVATIONS:
                raise BadModel(f"Its layer {layer['config']['name']} has the activation {value}, new in Keras 3.")
        elif key.endswith("_initializer"):
            value = _initializer(value)
        elif key.endswith("_regularizer"):
            value = blueprint.l1_l2(value) and {"class_name": "L1L2", "config": blueprint.l1_l2(value)}
        elif key.endswith("_constraint"):  # matters only while training
            value = None
        made[key] = value
    return made


def _initializer(value: Any) -> dict[str, Any]:
    """Return an initializer as every Keras 2 knows it; a rare one becomes Glorot's uniform, the default."""
    class_name, config = (value["class_name"], value["config"]) if isinstance(value, dict) else ("", {})
    if class_name in _KEPT_INITIALIZERS:
        return {"class_name": class_name, "config": config}
    scale, mode, distribution = _VARIANCE_SCALING.get(class_name, _VARIANCE_SCALING["GlorotUniform"])
    drawn = {"scale": scale, "mode": mode, "distribution": distribution, "seed": config.get("seed")}
    return {"class_name": "VarianceScaling", "config": drawn}


def replaced(config: Any, class_name: str, replace: Any) -> Any:
    """Return a configuration with `replace` applied to every object of a class."""
    if isinstance(config, (list, tuple)):
        return [replaced(item, class_name, replace) for item in config]
    if not isinstance(config, dict):
        return config
    if config.get("class_name") == class_name:
        return replace(config)
    return {key: replaced(value, class_name, replace) for key, value in config.items()}
