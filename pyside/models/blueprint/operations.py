"""Arithmetic in a model, such as ``x / 127.5 - 1`` of a ``preprocess_input``, as plain layers that compute the same.

Keras 2 writes an operation as a layer of the class TFOpLambda or SlicingOpLambda with the name of a function of
TensorFlow, Keras 3 as an operation. Neither holds code: here is the list of those that plain layers can replace.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from pyside.errors import BadModel
from pyside.models.blueprint.stored import history, is_end, is_operation, snake_case

BYPASS = "Identity"  # a step that changes nothing
_OF_TENSORFLOW = ("TFOpLambda", "SlicingOpLambda")
_MOST_CHANNELS = 64  # of frames whose channels are reordered
_EPSILON = 1e-7  # added by Keras to the deviation in a Normalization layer
End = tuple[str, int, int]


@dataclasses.dataclass
class Step:
    """A plain layer in place of an operation, or of a part of it.

    Attributes:
        class_name: class of the layer, or `BYPASS`.
        config: its options.
        ends: the outputs that it takes; the name of an earlier step is `name` and its number.
        arrays: its weights.
        name: name of the layer.
    """

    class_name: str
    config: dict[str, Any]
    ends: list[End]
    arrays: Sequence[np.ndarray] = ()
    name: str = ""


def is_arithmetic(layer: Mapping[str, Any]) -> bool:
    """Return whether a layer is an operation of TensorFlow or Keras."""
    module = str(layer.get("module") or "keras")
    return layer["class_name"] in _OF_TENSORFLOW or (is_operation(layer) and module.split(".")[0] == "keras")


def steps(name: str, layer: Mapping[str, Any], channels: Callable[[End], int | None]) -> list[Step]:
    """Return the plain layers that compute what an operation computes; the last one has its name.

    Args:
        name: name of the operation.
        layer: the operation, as in the file.
        channels: returns how many channels an output has, or None if it is unknown.

    Raises:
        BadModel: it is another operation, or takes other values.
    """
    function, values = _call(layer)
    made = _Steps(name, channels)
    kind = function.split(".")[-1]
    try:
        prefix = function.rpartition(".")[0]
        if prefix not in ("", "math", "nn", "__operators__", "compat.v1", "compat.v1.math", "compat.v1.nn"):
            raise _OtherValues
        made.replace(kind, values)
    except (_OtherValues, KeyError, TypeError, ValueError, IndexError):
        shown = ", ".join(f"{key}={value!r}" for key, value in values.items() if not isinstance(value, _Tensor))
        raise BadModel(
            f"its layer {name} applies {function}({shown[:80]}), an operation for which TouchTrain has no plain layer. "
            "Rebuild the model from plain layers."
        ) from None
    return made.named()


def normalization(config: Mapping[str, Any], arrays: Sequence[np.ndarray], end: End) -> Step:
    """Return the layer that does what a Normalization layer does, whose mean and variance are options or weights."""
    axis, name = config.get("axis", -1), str(config.get("name"))
    given = (config.get("mean"), config.get("variance")) if not arrays else arrays[:2]
    try:
        mean, variance = map(_array, given)
        if axis not in (None, -1, 3, [], [-1], [3]) or variance.min() < 0:
            raise _OtherValues
    except (_OtherValues, TypeError, ValueError):
        raise BadModel(f"its layer {name} (Normalization) has no mean and variance for each channel.") from None
    deviation = np.maximum(np.sqrt(variance), _EPSILON)
    scale, offset = (deviation, mean) if config.get("invert") else (1 / deviation, -mean / deviation)
    return Step("Rescaling", {"scale": scale.tolist(), "offset": offset.tolist()}, [end], name=name)


class _OtherValues(Exception):
    """An operation on values that no plain layer takes."""


class _Tensor(tuple[Any, ...]):
    """An output of a layer, among the values of an operation."""

    __slots__ = ()


# --- how operations are written ------------------------------------------------------------------------------------


def _call(layer: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return the function of an operation and its values by name; those without a name are 0, 1 and so on."""
    config, nodes = layer["config"], layer.get("inbound_nodes")
    config = config if isinstance(config, Mapping) else {}
    if not isinstance(nodes, list) or len(nodes) != 1:
        raise BadModel(f"its layer {config.get('name')} ({layer['class_name']}) is not called once.")
    (node,) = nodes
    values: dict[str, Any] = {}
    if layer["class_name"] not in _OF_TENSORFLOW:
        values = {key: value for key, value in config.items() if key not in ("name", "dtype", "trainable")}
        for number, value in enumerate(node.get("args", ())):
            values[str(number)] = _of_keras_3(value)
        values |= {key: _of_keras_3(value) for key, value in (node.get("kwargs") or {}).items()}
        return snake_case(layer["class_name"]), values
    first = node if node and isinstance(node[0], str) else None
    entry = first or node[0]
    named = entry[3] if len(entry) > 3 and isinstance(entry[3], Mapping) else {}
    values["0"] = _first(first) if first else [_first(one) for one in node]
    values |= {key: _of_keras_2(value) for key, value in named.items() if key != "name"}
    function = config.get("function", "")
    return function if isinstance(function, str) else "?", values


def _first(entry: Any) -> Any:
    return entry[2] if entry[0] == "_CONSTANT_VALUE" else _of_keras_2(entry[:3])


def _of_keras_2(value: Any) -> Any:
    if isinstance(value, list) and len(value) == 3 and is_end(value):
        return _Tensor(value)
    return [_of_keras_2(item) for item in value] if isinstance(value, list) else value


def _of_keras_3(value: Any) -> Any:
    if isinstance(value, list):
        return [_of_keras_3(item) for item in value]
    found = history(value)
    return value if found is None else _Tensor(found)


# --- what they become ----------------------------------------------------------------------------------------------

_ACTIVATIONS = {
    **{name: name for name in "relu sigmoid tanh elu selu softplus softsign silu mish gelu softmax".split()},
    "swish": "silu",
    "exp": "exponential",
}
_SAME = ("identity", "stop_gradient")
_MERGES = {"add": "Add", "subtract": "Subtract", "multiply": "Multiply", "maximum": "Maximum", "minimum": "Minimum"}
_OTHER_NAMES = {
    "sub": "subtract", "mul": "multiply", "truediv": "divide", "true_divide": "divide", "div": "divide",
    "realdiv": "divide", "clip_by_value": "clip", "absolute": "abs", "power": "pow", "reduce_mean": "mean",
    "reduce_max": "max", "concatenate": "concat", "get_item": "getitem", "neg": "negative",
}  # fmt: skip


def _array(value: Any) -> np.ndarray:
    """Return a constant as a number or as one number per channel."""
    array = np.asarray(value, np.float64)
    while array.ndim and array.shape[0] == 1:
        array = array[0]
    if array.ndim > 1 or not np.isfinite(array).all():
        raise _OtherValues
    return array


class _Steps:
    """The layers for one operation, made one after the other.

    Args:
        name: name of the operation.
        channels: as for `steps`.
    """

    def __init__(self, name: str, channels: Callable[[End], int | None]):
        self._name, self._channels = name, channels
        self._made: list[Step] = []

    def named(self) -> list[Step]:
        """Return the layers; the last one has the name of the operation."""
        self._made[-1].name = self._name
        return self._made

    def replace(self, kind: str, values: Mapping[str, Any]) -> None:
        """Make the layers for an operation."""
        kind = _OTHER_NAMES.get(kind, kind)
        first = values["0"]

        def of(*names: str) -> Any:
            return next((values[name] for name in names if values.get(name) is not None), None)

        if kind in _MERGES or kind == "divide":
            self._two(kind, first, of("1", "y", "x2"))
        elif kind == "concat":
            axis = int(of("axis", "1"))
            if axis == 0:  # of frames
                raise _OtherValues
            self._step("Concatenate", [_end(one) for one in first], axis=axis)
        elif kind == "cast":
            if "float" not in str(of("dtype", "1")):
                raise _OtherValues
            self._step(BYPASS, [_end(first)])
        elif kind == "bias_add":
            if of("data_format") not in (None, "NHWC"):
                raise _OtherValues
            self._two("add", first, of("1", "bias"))
        else:
            self._one(kind, _end(first), of)

    def _one(self, kind: str, end: End, of: Callable[..., Any]) -> None:
        """Make the layers for an operation on one tensor."""
        if kind in _SAME:
            self._step(BYPASS, [end])
        elif kind in _ACTIVATIONS:
            if of("approximate") or of("axis") not in (None, -1) or of("beta") not in (None, 1.0):
                raise _OtherValues
            self._step("Activation", [end], activation=_ACTIVATIONS[kind])
        else:
            _ON_ONE[kind](self, end, of)

    def _relu6(self, end: End, of: Callable[..., Any]) -> None:
        self._step("ReLU", [end], max_value=6.0)

    def _leaky_relu(self, end: End, of: Callable[..., Any]) -> None:
        slope = of("alpha", "negative_slope")
        self._step("LeakyReLU", [end], negative_slope=0.2 if slope is None else float(slope))

    def _negative(self, end: End, of: Callable[..., Any]) -> None:
        self._scaled(end, -1.0)

    def _abs(self, end: End, of: Callable[..., Any]) -> None:
        self._step("Maximum", [end, self._scaled(end, -1.0)])

    def _square(self, end: End, of: Callable[..., Any]) -> None:
        self._step("Multiply", [end, end])

    def _pow(self, end: End, of: Callable[..., Any]) -> None:
        power = of("1", "y", "x2")
        if power not in (2, 3, 4):
            raise _OtherValues
        self._step("Multiply", [end] * int(power))

    def _clip(self, end: End, of: Callable[..., Any]) -> None:
        self._clipped(end, of("clip_value_min", "x_min", "1"), of("clip_value_max", "x_max", "2"))

    def _mean(self, end: End, of: Callable[..., Any]) -> None:
        self._pooled("GlobalAveragePooling2D", end, of)

    def _max(self, end: End, of: Callable[..., Any]) -> None:
        self._pooled("GlobalMaxPooling2D", end, of)

    def _pooled(self, class_name: str, end: End, of: Callable[..., Any]) -> None:
        if sorted(of("axis", "1")) not in ([1, 2], [-3, -2]):
            raise _OtherValues
        self._step(class_name, [end], keepdims=bool(of("keepdims", "2")))

    def _reshape(self, end: End, of: Callable[..., Any]) -> None:
        batch, *shape = of("shape", "newshape", "1")
        if batch not in (-1, None):
            raise _OtherValues
        self._step("Reshape", [end], target_shape=shape)

    def _two(self, kind: str, left: Any, right: Any) -> None:
        """Make the layers for an operation on two tensors, or on one and a constant."""
        tensors = [one for one in (left, right) if isinstance(one, _Tensor)]
        if len(tensors) == 2 and kind in _MERGES:
            self._step(_MERGES[kind], [_end(one) for one in tensors])
            return
        end = _end(*tensors)
        constant, is_left = (_array(left), True) if isinstance(right, _Tensor) else (_array(right), False)
        if kind == "add":
            self._scaled(end, 1.0, constant)
        elif kind == "subtract":
            self._scaled(end, *((-1.0, constant) if is_left else (1.0, -constant)))
        elif kind == "multiply":
            self._scaled(end, constant)
        elif kind == "divide" and not is_left:
            self._scaled(end, 1 / _array(constant))
        elif kind == "maximum":
            self._clipped(end, constant, None)
        elif kind == "minimum":
            self._clipped(end, None, constant)
        else:
            raise _OtherValues

    def _step(self, class_name: str, ends: list[End], arrays: Sequence[np.ndarray] = (), **config: Any) -> End:
        name = f"{self._name}_{len(self._made) + 1}"
        self._made.append(Step(class_name, config, ends, arrays, name))
        return name, 0, 0

    def _scaled(self, end: End, scale: Any, offset: Any = 0.0) -> End:
        scale, offset = np.asarray(scale), np.asarray(offset)
        if not (np.isfinite(scale).all() and np.isfinite(offset).all()):
            raise _OtherValues
        return self._step("Rescaling", [end], scale=scale.tolist(), offset=offset.tolist())

    def _clipped(self, end: End, low: Any, high: Any) -> None:
        """Make ``low + relu(x - low)``, with a largest value; without a `low`, ``high - relu(high - x)``."""
        low, high = (None if one is None else float(_array(one)) for one in (low, high))
        if low is None:
            self._scaled(self._step("ReLU", [self._scaled(end, -1.0, high)]), -1.0, high)
        else:
            most = {} if high is None else {"max_value": high - low}
            self._scaled(self._step("ReLU", [self._scaled(end, 1.0, -low)], **most), 1.0, low)

    def _getitem(self, end: End, of: Callable[..., Any]) -> None:
        """Make a convolution of 1 x 1 pixels that takes or reorders channels, as ``x[..., ::-1]`` does."""
        parts = of("slice_spec", "1", "key")
        *before, last = parts if isinstance(parts, list) else [parts]
        every = [{"class_name": "__ellipsis__"}], [{"start": None, "stop": None, "step": None}] * 3
        n_channels = self._channels(end)
        if before not in every or not n_channels or n_channels > _MOST_CHANNELS:
            raise _OtherValues
        taken = np.eye(n_channels, dtype=np.float32)[:, slice(last["start"], last["stop"], last["step"])]
        if not taken.size:
            raise _OtherValues
        once = {"kernel_size": [1, 1], "strides": [1, 1], "padding": "valid", "activation": "linear"}
        self._step("Conv2D", [end], [taken[None, None]], filters=taken.shape[1], use_bias=False, **once)


_ON_ONE = {
    "relu6": _Steps._relu6, "leaky_relu": _Steps._leaky_relu, "negative": _Steps._negative, "abs": _Steps._abs,
    "square": _Steps._square, "pow": _Steps._pow, "clip": _Steps._clip, "mean": _Steps._mean, "max": _Steps._max,
    "reshape": _Steps._reshape, "getitem": _Steps._getitem,
}  # fmt: skip


def _end(value: Any) -> End:
    if not isinstance(value, _Tensor):
        raise _OtherValues
    return value[0], value[1], value[2]
