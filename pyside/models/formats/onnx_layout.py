"""An ONNX graph as MATLAB reads it: channels before height and width, and operators that become built-in layers.

Keras flattens height, width, channels; in this order channels come first. Instead of transposing maps of a network, the
weights behind them are brought into that order. What cannot be put so stays as it is: ``importNetworkFromONNX`` makes
custom layers of it.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from pyside.aliases import Array
from pyside.compute.quiet_imports import import_onnxruntime

_CHANNELS_LAST, _CHANNELS_FIRST = [0, 2, 3, 1], [0, 3, 1, 2]  # of which axis each axis is made
_BY_CONSTANT = frozenset("Add Div Mul Sub".split())
_ELEMENT_BY_ELEMENT = frozenset("Clip Elu Identity LeakyRelu Relu Selu Sigmoid Softplus Softsign Tanh".split())


def in_matlab_layout(model: Any) -> Any:
    """Return an ONNX model that takes frames as (n, channels, height, width).

    Args:
        model: an ``onnx.ModelProto`` with one input, (n, height, width, channels), and one output, (n, classes).

    Returns:
        A new one that predicts the same. Its nodes have the names of their operators with a number, such as
        ``conv_1``: equal networks give equal graphs.
    """
    onnx = importlib.import_module("onnx")
    graph = _Graph(model, onnx)
    graph.turn_input()
    graph.flatten_channels_first()
    graph.merge_biases()
    found = onnx.ModelProto()
    found.CopyFrom(model)
    found.graph.CopyFrom(graph.written(_numbered))
    del found.opset_import[:]
    found.opset_import.extend(one for one in model.opset_import if not one.domain)
    onnx.checker.check_model(found)
    return found


def session_of(data: bytes) -> Any:
    """Return an ONNX file that ONNX Runtime has loaded, on the CPU."""
    runtime = import_onnxruntime()
    options = runtime.SessionOptions()
    options.log_severity_level = 3  # errors only
    return runtime.InferenceSession(data, options, providers=["CPUExecutionProvider"])


class _Graph:
    """A graph whose nodes can be replaced.

    Args:
        model: an ``onnx.ModelProto``, which is not changed.
        onnx: the package.
    """

    def __init__(self, model: Any, onnx: Any):
        self._onnx, self._opset, self._ir_version = onnx, model.opset_import, model.ir_version
        self._graph = onnx.GraphProto()
        self._graph.CopyFrom(model.graph)
        self._constants: dict[str, Array] = {
            one.name: onnx.numpy_helper.to_array(one) for one in model.graph.initializer
        }
        self._nodes: list[Any] = list(self._graph.node)

    # --- the three changes ---

    def turn_input(self) -> None:
        """Let the graph take channels before height and width."""
        (given,) = self._graph.input
        dims = given.type.tensor_type.shape.dim
        height, width, channels = (dim.dim_value for dim in dims[1:])
        for dim, side in zip(dims[1:], (channels, height, width), strict=True):
            dim.dim_value = side
        behind, turns = {given.name}, []
        for node in self._nodes:
            if not behind & {*node.input}:
                continue
            if self._is_element_by_element(node):
                behind.add(node.output[0])
            elif self._permutes(node, _CHANNELS_FIRST) or (node.op_type == "Reshape" and channels == 1):
                turns.append(node)
            else:
                turned = f"{given.name} turned"
                self._use_instead(given.name, turned)
                turn = self._onnx.helper.make_node("Transpose", [given.name], [turned], perm=_CHANNELS_LAST)
                self._nodes.insert(0, turn)
                return
        for node in turns:
            target = self._constants.get(node.input[1]) if node.op_type == "Reshape" else None
            if target is None or target.tolist() == [-1, 1, height, width]:
                self._use_instead(node.output[0], node.input[0])

    def flatten_channels_first(self) -> None:
        """Let ``Flatten`` make vectors of maps, and bring the weights behind into its order."""
        shapes = self._shapes()
        for node in list(self._nodes):
            if node.op_type not in ("Reshape", "Squeeze"):
                continue
            turn: Any = next((one for one in self._nodes if node.input[0] in one.output), None)
            is_turned = turn is not None and self._permutes(turn, _CHANNELS_LAST)
            maps = turn.input[0] if is_turned else node.input[0]
            sides, vector = shapes.get(maps, [])[1:], shapes.get(node.output[0], [])[1:]
            if len(sides) != 3 or not all(sides) or vector != [int(np.prod(sides))]:
                continue
            if is_turned:
                weights = list(self._weights_behind(node.output[0], vector[0]))
                if all(one is not None for one in weights):
                    for user, place in filter(None, weights):
                        self._reorder(user, place, sides)
                else:
                    maps = node.input[0]  # the transposition stays
            self._change(node, "Flatten", [maps], axis=1)

    def merge_biases(self) -> None:
        """Let ``Gemm`` multiply by weights and add biases: MATLAB's fully connected layer."""
        shapes = self._shapes()
        for node in list(self._nodes):
            if node.op_type != "MatMul" or node.input[1] not in self._constants or len(shapes[node.input[0]]) != 2:
                continue
            outputs = self._constants[node.input[1]].shape[1]
            then, bias = self._users(node.output[0]), np.zeros(outputs, np.float32)
            place = self._place_of_constant(then[0]) if len(then) == 1 and then[0].op_type == "Add" else None
            last = node
            if place is not None and self._constants[then[0].input[place]].size == outputs:
                last, bias = then[0], self._constants[then[0].input[place]].reshape(-1)
                self._nodes.remove(node)
            self._change(last, "Gemm", [*node.input, self._new_constant(bias)])

    # --- looking ---

    def _users(self, name: str) -> list[Any]:
        return [node for node in self._nodes if name in node.input]

    def _place_of_constant(self, node: Any) -> int | None:
        """Return which of the two inputs of a node is a constant; None if not exactly one is."""
        places = [place for place, name in enumerate(node.input) if name in self._constants]
        return places[0] if len(places) == 1 and len(node.input) == 2 else None

    def _is_element_by_element(self, node: Any) -> bool:
        """Return whether a node does the same to each number of its input."""
        place = self._place_of_constant(node) if node.op_type in _BY_CONSTANT else None
        by_one_number = place is not None and self._constants[node.input[place]].size == 1
        return by_one_number or node.op_type in _ELEMENT_BY_ELEMENT

    def _permutes(self, node: Any, order: Sequence[int]) -> bool:
        return node.op_type == "Transpose" and [*node.attribute[0].ints] == order

    def _shapes(self) -> dict[str, list[int]]:
        """Return the sides of each value, as they are when one frame is predicted."""
        graph, onnx = self.written(), self._onnx
        names = [one for node in graph.node for one in node.output]
        (given,) = graph.input
        sides = [1, *(dim.dim_value for dim in given.type.tensor_type.shape.dim[1:])]
        del graph.output[:]
        graph.output.extend(onnx.ValueInfoProto(name=name) for name in names)
        model = onnx.helper.make_model(graph, opset_imports=self._opset, ir_version=self._ir_version)
        found = session_of(model.SerializeToString()).run(names, {given.name: np.zeros(sides, np.float32)})
        return {given.name: sides, **{name: list(value.shape) for name, value in zip(names, found, strict=True)}}

    def _weights_behind(self, name: str, size: int) -> Iterator[tuple[Any, int] | None]:
        """Yield the nodes, and the places of constants in their inputs, that meet each number of a vector.

        None is for whatever else does.
        """
        users = self._users(name)
        for node in users:
            place = self._place_of_constant(node)
            if self._is_element_by_element(node):
                yield from self._weights_behind(node.output[0], size)
            elif place is not None and node.op_type in _BY_CONSTANT and self._constants[node.input[place]].size == size:
                yield node, place
                yield from self._weights_behind(node.output[0], size)
            else:
                yield (node, 1) if place == 1 and node.op_type == "MatMul" else None
        if not users:
            yield None  # it is the output

    # --- changing ---

    def _reorder(self, node: Any, place: int, sides: Sequence[int]) -> None:
        """Bring weights that are in the order height, width, channels into the order channels, height, width."""
        weights = self._constants[node.input[place]]
        rows = weights if node.op_type == "MatMul" else weights.reshape(-1)
        channels, height, width = sides
        order = np.arange(len(rows)).reshape(height, width, channels).transpose(2, 0, 1).ravel()
        node.input[place] = self._new_constant(rows[order])

    def _new_constant(self, value: Array) -> str:
        name = f"constant {len(self._constants)}"
        self._constants[name] = value
        return name

    def _change(self, node: Any, operator: str, inputs: Sequence[str], **attributes: Any) -> None:
        changed = self._onnx.helper.make_node(operator, inputs, list(node.output), **attributes)
        self._nodes[self._nodes.index(node)] = changed

    def _use_instead(self, name: str, other: str) -> None:
        for node in self._nodes:
            node.input[:] = [other if one == name else one for one in node.input]

    def written(self, naming: Any = lambda nodes: {}) -> Any:
        """Return the nodes and constants that the output needs, as an ``onnx.GraphProto``.

        Args:
            naming: takes the nodes, and returns other names of values by their present ones.
        """
        needed: set[str] = {self._graph.output[0].name}
        nodes: list[Any] = []
        for node in reversed(self._nodes):
            if needed & {*node.output}:
                nodes.insert(0, node)
                needed |= {*node.input}
        names = naming(nodes)
        graph = self._onnx.GraphProto(name=self._graph.name, input=self._graph.input, output=self._graph.output)
        for node in nodes:
            written = graph.node.add()
            written.CopyFrom(node)
            written.name = names.get(node.output[0], node.name)
            for ends in (written.input, written.output):
                ends[:] = [one if one == graph.output[0].name else names.get(one, one) for one in ends]
        for name in dict.fromkeys(one for node in nodes for one in node.input if one in self._constants):
            constant = self._onnx.numpy_helper.from_array(self._constants[name], names.get(name, name))
            graph.initializer.append(constant)
        return graph


def _numbered(nodes: Sequence[Any]) -> dict[str, str]:
    """Return a name for each value: its operator and a number, such as ``conv_1``, whose weights are ``conv_1_b``."""
    names: dict[str, str] = {}
    count: dict[str, int] = {}
    outputs = {one for node in nodes for one in node.output}
    for node in nodes:
        operator = node.op_type.lower()
        count[operator] = count.get(operator, 0) + 1
        name = f"{operator}_{count[operator]}"
        names.update(dict.fromkeys(node.output, name))
        if node is nodes[0]:
            outputs.add(node.input[0])
        for letter, one in zip("abcdefgh", node.input, strict=False):
            if one not in outputs:
                names.setdefault(one, f"{name}_{letter}")
    return names
