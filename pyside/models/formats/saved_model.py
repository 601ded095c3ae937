"""Models in TensorFlow's SavedModel format: folders with a program of operations, which can predict."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pyside.compute.devices import import_keras
from pyside.errors import BadModel, some
from pyside.models.blueprint import NOT_ONE_VECTOR, ONE_SOFTMAX

if TYPE_CHECKING:
    import keras

# Operations that only compute: those of which Keras layers consist, in prediction and in training. All others are
# refused, since TensorFlow has hundreds that read and write files.
_COMPUTING = frozenset(
    # functions and branches; the functions that they call are checked, too
    "Case If PartitionedCall StatefulPartitionedCall StatelessCase StatelessIf StatelessWhile While "
    # values and shapes
    "Assert BatchToSpaceND Bitcast BroadcastArgs BroadcastTo Cast CheckNumerics CheckNumericsV2 ConcatOffset ConcatV2 "
    "Const DepthToSpace DiagPart EnsureShape ExpandDims Fill Gather GatherNd GatherV2 Identity IdentityN "
    "InvertPermutation LinSpace MatrixBandPart MatrixDiagPartV3 MatrixDiagV3 MirrorPad NoOp OneHot OnesLike Pack Pad "
    "PadV2 Placeholder PlaceholderWithDefault PreventGradient Range Rank Reshape ReverseSequence ReverseV2 Roll "
    "ScatterNd Select SelectV2 Shape ShapeN Size Slice SpaceToBatchND SpaceToDepth Split SplitV Squeeze StopGradient "
    "StridedSlice StridedSliceGrad TensorScatterAdd TensorScatterUpdate Tile Transpose Unpack Where ZerosLike "
    # numbers
    "Abs Acos Acosh Add AddN AddV2 All Any ApproximateEqual ArgMax ArgMin Asin Asinh Atan Atan2 Atanh Ceil ClipByValue "
    "Cos Cosh Cumprod Cumsum Digamma Div DivNoNan Equal Erf Erfc Erfinv Exp Expm1 Floor FloorDiv FloorMod Greater "
    "GreaterEqual Inv IsFinite IsInf IsNan L2Loss Less LessEqual Lgamma Log Log1p LogicalAnd LogicalNot LogicalOr Max "
    "Maximum Mean Min Minimum Mod Mul MulNoNan Neg NextAfter NotEqual Pow Prod RealDiv Reciprocal Rint Round Rsqrt "
    "SegmentSum Sigmoid Sign Sin Sinh Sqrt Square SquaredDifference Sub Sum Tan Tanh TopKV2 TruncateDiv "
    "UnsortedSegmentMax UnsortedSegmentSum Xdivy Xlogy "
    # layers
    "AvgPool AvgPool3D BatchMatMul BatchMatMulV2 BatchMatMulV3 BiasAdd BiasAddV1 Conv Conv2D Conv2DBackpropInput "
    "Conv2DBackpropInputV2 Conv3D Conv3DBackpropInputV2 CudnnRNN CudnnRNNBackprop CudnnRNNBackpropV2 "
    "CudnnRNNBackpropV3 CudnnRNNV2 CudnnRNNV3 DepthwiseConv2dNative Dilation2D Einsum Elu ExtractImagePatches "
    "FakeQuantWithMinMaxArgs FakeQuantWithMinMaxVars FakeQuantWithMinMaxVarsPerChannel FusedBatchNorm FusedBatchNormV2 "
    "FusedBatchNormV3 LRN LeakyRelu LogSoftmax MatMul MaxPool MaxPool3D MaxPoolV2 Relu Relu6 Selu Softmax Softplus "
    "Softsign "
    # images
    "AdjustContrastv2 AdjustHue AdjustSaturation CropAndResize HSVToRGB ImageProjectiveTransformV2 "
    "ImageProjectiveTransformV3 RGBToHSV ResizeArea ResizeBicubic ResizeBilinear ResizeNearestNeighbor "
    "ScaleAndTranslate "
    # random numbers
    "Multinomial RandomStandardNormal RandomUniform RandomUniformInt RngReadAndSkip RngSkip StatefulStandardNormalV2 "
    "StatefulUniform StatefulUniformFullInt StatelessRandomGetAlg StatelessRandomGetKeyCounter "
    "StatelessRandomGetKeyCounterAlg StatelessRandomNormal StatelessRandomNormalV2 StatelessRandomUniform "
    "StatelessRandomUniformFullInt StatelessRandomUniformFullIntV2 StatelessRandomUniformInt "
    "StatelessRandomUniformIntV2 StatelessRandomUniformV2 StatelessTruncatedNormal StatelessTruncatedNormalV2 "
    "TruncatedNormal "
    # weights, and the lists that loops keep
    "AssignAddVariableOp AssignSubVariableOp AssignVariableOp EmptyTensorList ReadVariableOp ResourceGather "
    "ResourceGatherNd TensorListConcatV2 TensorListElementShape TensorListFromTensor TensorListGather "
    "TensorListGetItem TensorListLength TensorListPopBack TensorListPushBack TensorListReserve TensorListResize "
    "TensorListScatterIntoExistingList TensorListScatterV2 TensorListSetItem TensorListStack VariableShape".split()
)
_OUTSIDE_FUNCTIONS = _COMPUTING | {"VarHandleOp", "VarIsInitializedOp"}
# Operations of the two functions by which TensorFlow saves and restores weights. Every folder has these functions, but
# they are not run here: TensorFlow's own code reads the weights. So only the entry that names them may call them.
_SAVING = frozenset({"MergeV2Checkpoints", "RestoreV2", "SaveV2", "ShardedFilename"})
_SAVER = _SAVING | frozenset(
    "AssignVariableOp Const DisableCopyOnRead Identity NoOp Pack ReadVariableOp Select StaticRegexFullMatch "
    "StringJoin".split()
)
_KINDS = frozenset("bare_concrete_function captured_tensor constant function user_object variable".split())
_CLASSES = frozenset({"", "tf.TrackableConstant"})
_CALLS = ("PartitionedCall", "StatefulPartitionedCall")
_SAME = ("Cast", "Identity", "Reshape", "StopGradient")  # operations that leave each output what it is
_RAW = frozenset(  # operations whose results are no probabilities
    "Add AddV2 BiasAdd BiasAddV1 Conv2D Elu FusedBatchNorm FusedBatchNormV2 FusedBatchNormV3 LeakyRelu LogSoftmax "
    "MatMul Relu Relu6 Selu Softplus Softsign Tanh".split()
)
_MOST_STEPS = 1000
_INSTEAD = "Use the .h5 or .keras file of that model."
_MOST_EXPANSION = 64  # bytes of constants per byte of the program


def load_saved_model(folder: Path) -> keras.Model:
    """Load a SavedModel folder to predict with.

    A SavedModel is a program of TensorFlow operations. It is loaded only if it does nothing but compute; see
    `check_folder`.

    Args:
        folder: a folder with ``saved_model.pb``.

    Returns:
        A Keras model around one layer, which can predict but not be trained or saved. One output (sigmoid) is the
        probability of the second of two classes, such as Touch.

    Raises:
        BadModel: it is damaged, takes or returns several arrays, its program does more than compute, or it returns
            something other than probabilities.
    """
    keras = import_keras()
    try:
        check_folder(folder)
        signature: Any = signature_of(folder)
        n_in, n_out = len(signature.structured_input_signature[1]), len(signature.structured_outputs)
        if n_in != 1 or n_out != 1:
            raise BadModel(f"{folder} takes {n_in} and returns {n_out} arrays. {NOT_ONE_VECTOR}")
        (given,) = signature.structured_input_signature[1].values()
        frames = keras.Input(tuple(given.shape)[1:], name="frames")
        found = keras.layers.TFSMLayer(str(folder), call_endpoint="serving_default")(frames)
        (found,) = found.values() if isinstance(found, dict) else [found]
        if len(found.shape) == 2:
            found = _probabilities(found, _last_operation(folder), folder)
        return keras.Model(frames, found, name="saved_model")
    except BadModel:
        raise
    except Exception as error:  # TensorFlow raises many kinds for damaged or foreign folders
        why = " ".join(str(error).split())[:300]
        raise BadModel(
            f"{folder} is a SavedModel folder that cannot be loaded to predict: {why}. {_INSTEAD}"
        ) from error


def _probabilities(found: Any, operation: str, folder: Path) -> Any:
    """Return the outputs of a model as one probability per class.

    Args:
        found: its outputs, a Keras tensor (n, outputs).
        operation: the operation that computed them.
        folder: for the error.
    """
    layers = import_keras().layers
    n_outputs = found.shape[-1]
    if n_outputs == 1 and operation == "Sigmoid":
        return layers.Concatenate()([layers.Rescaling(-1.0, 1.0)(found), found])
    if n_outputs == 1 and operation == "Softmax":
        raise BadModel(f"{folder} cannot be used. {ONE_SOFTMAX}")
    if n_outputs == 1 or operation in _RAW:
        what = "its output" if n_outputs == 1 else f"its {n_outputs} outputs"
        need = "sigmoid" if n_outputs == 1 else "softmax"
        raise BadModel(
            f"{folder} does not return probabilities: {what} ({operation}) can be logits, which need {need}, or other "
            f"numbers. If they are logits, add {need} as the last layer, and save it again."
        )
    return found


def _last_operation(folder: Path) -> str:
    """Return the operation that computes the outputs of a checked folder, such as ``Softmax``; "" if unknown."""
    from tensorflow.core.protobuf import saved_model_pb2

    saved = saved_model_pb2.SavedModel.FromString((folder / "saved_model.pb").read_bytes())
    (graph,) = saved.meta_graphs
    functions = {one.signature.name: one for one in graph.graph_def.library.function}
    nodes: dict[str, Any] = {node.name: node for node in graph.graph_def.node}
    (output,) = graph.signature_def["serving_default"].outputs.values()
    name = output.name
    for _ in range(_MOST_STEPS):
        node = nodes.get(name.split(":")[0])
        if node is None:
            return ""
        if node.op in _CALLS:
            function = functions[node.attr["f"].func.name]
            nodes = {one.name: one for one in function.node_def}
            number = name.rpartition(":")[2]
            name = function.ret[function.signature.output_arg[int(number) if number.isdigit() else 0].name]
        elif node.op in _SAME and node.input:
            name = node.input[0]
        else:
            return str(node.op)
    return ""


def check_folder(folder: Path) -> None:
    """Check, before any part of a folder is loaded, that its program does nothing but compute.

    All functions are checked, called or not: TensorFlow processes every one when it loads a folder.

    Args:
        folder: a folder with ``saved_model.pb``.

    Raises:
        BadModel: it does more, refers to files outside the folder, or claims to be larger than it can be.
    """
    from tensorflow.core.protobuf import saved_model_pb2

    _check_links(folder)
    program = (folder / "saved_model.pb").read_bytes()
    saved = saved_model_pb2.SavedModel.FromString(program)
    if len(saved.meta_graphs) != 1 or not saved.meta_graphs[0].HasField("object_graph_def"):
        raise BadModel(f"{folder} was written by TensorFlow 1, or holds several models. {_INSTEAD}")
    (graph,) = saved.meta_graphs
    savers = _savers(graph)
    found = {node.op for node in graph.graph_def.node} - _OUTSIDE_FUNCTIONS
    for function in graph.graph_def.library.function:
        allowed = _SAVER if function.signature.name in savers else _COMPUTING
        found |= {node.op for node in function.node_def} - allowed
    if found:
        raise BadModel(
            f"{folder} holds operations that no network needs ({some(sorted(found))}): they could read or change "
            f"files. It is not loaded. {_INSTEAD}"
        )
    if why := _odd_calls(graph, savers) or _odd_objects(graph, savers):
        raise BadModel(
            f"{folder} does not have the form in which TensorFlow writes a network: {why}. It is not loaded. {_INSTEAD}"
        )
    room = _MOST_EXPANSION * max(len(program), 1_000_000)
    if sum(_claimed(tensor) for tensor in _tensors(graph)) > room:
        raise BadModel(f"{folder} holds constants that claim to be larger than the file could hold. {_INSTEAD}")
    _check_weights(folder)


def _check_links(folder: Path) -> None:
    """Check that no file of a folder is a link to a file outside it."""
    home = folder.resolve()
    for path in folder.rglob("*"):
        if path.is_symlink() and not path.resolve().is_relative_to(home):
            raise BadModel(
                f"{path} is a link to a file outside the folder of the model. Copy the folder with all its files."
            )


def _nodes(graph: Any) -> Iterator[tuple[str, Any]]:
    """Yield all nodes of a program, each with the name of its function, or "" if it is in none."""
    for node in graph.graph_def.node:
        yield "", node
    for function in graph.graph_def.library.function:
        for node in function.node_def:
            yield function.signature.name, node


def _attributes(holder: Any) -> Iterator[Any]:
    """Yield the attributes of a node or function, and of the functions that these name."""
    waiting = list(holder.attr.values())
    while waiting:
        value = waiting.pop()
        yield value
        for called in (value.func, *value.list.func):
            waiting += called.attr.values()


def _called(holder: Any) -> Iterator[str]:
    """Yield the names of the functions that a node or function names."""
    for value in _attributes(holder):
        if value.HasField("func"):
            yield value.func.name
        yield from (called.name for called in value.list.func)


def _savers(graph: Any) -> set[str]:
    """Return the functions that save and restore weights: those called by the two nodes that the folder names."""
    ends = {graph.saver_def.save_tensor_name.split(":")[0], graph.saver_def.restore_op_name}
    called = [node for node in graph.graph_def.node if node.name in ends and node.op == "StatefulPartitionedCall"]
    names = {node.attr["f"].func.name for node in called}
    return {
        function.signature.name
        for function in graph.graph_def.library.function
        if function.signature.name in names
        and _SAVING & {node.op for node in function.node_def}
        and all(name.startswith("_") for name in function.attr)  # others let TensorFlow use it in place of another one
    }


def _odd_calls(graph: Any, savers: set[str]) -> str:
    """Return a forbidden call of a program in words, or ""."""
    library = graph.graph_def.library
    known = {function.signature.name for function in library.function}
    if len(known) < len(library.function):
        return "two of its functions have one name"
    ends = {graph.saver_def.save_tensor_name.split(":")[0], graph.saver_def.restore_op_name}
    for function, node in _nodes(graph):
        called = set(_called(node))
        if savers & called and (function or node.name not in ends):
            return f"{node.name} saves or restores weights"
        if node.op in known or called - known:
            return f"{node.name} calls a function that does not exist"
    named = {name for function in library.function for name in _called(function)}
    named |= {name for gradient in library.gradient for name in (gradient.function_name, gradient.gradient_func)}
    return "one of its functions refers to those that save weights" if savers & named else ""


def _odd_objects(graph: Any, savers: set[str]) -> str:
    """Return in words what is forbidden among the objects of a program, which are created on loading; or ""."""
    objects = graph.object_graph_def
    if savers & set(objects.concrete_functions):
        return "it exports the functions that save weights"
    if graph.asset_file_def:
        return "it refers to further files"
    for one in objects.nodes:
        kind = one.WhichOneof("kind")
        if kind not in _KINDS or one.registered_name not in _CLASSES:
            return f"it holds an object of the kind {one.registered_name or kind}, which runs when it is loaded"
        if one.saveable_objects or one.registered_saver:
            return "one of its objects is restored by a program of its own"
    return ""


def _tensors(graph: Any) -> Iterator[Any]:
    for _, node in _nodes(graph):
        for value in _attributes(node):
            if value.HasField("tensor"):
                yield value.tensor
            yield from value.list.tensor


def _claimed(tensor: Any) -> int:
    """Return how many bytes a constant claims to have."""
    return 8 * math.prod(max(0, side.size) for side in tensor.tensor_shape.dim)


def _check_weights(folder: Path) -> None:
    """Check, before memory is allocated, that the weights are not larger than their files."""
    import tensorflow as tf

    files = sorted((folder / "variables").glob("variables.data-*"))
    if not files:
        return  # a program without weights
    reader = tf.train.load_checkpoint(str(folder / "variables" / "variables"))
    dtypes = reader.get_variable_to_dtype_map()
    shapes = reader.get_variable_to_shape_map()
    claimed = sum(math.prod(shape) * max(1, dtypes[name].size or 1) for name, shape in shapes.items())
    if claimed > sum(file.stat().st_size for file in files):
        raise BadModel(f"The weights in {folder} claim to be larger than their files. Copy the folder again.")


def signature_of(folder: Path) -> Callable[..., dict[str, Any]]:
    """Load a folder and return its prediction function."""
    import tensorflow as tf

    loaded = tf.saved_model.load(str(folder))
    signature: Any = loaded.signatures["serving_default"]
    signature.kept = loaded  # its variables live as long as this does
    return signature


def predict(signature: Any, frames: np.ndarray) -> np.ndarray:
    """Return the predictions of a folder's prediction function for frames."""
    import tensorflow as tf

    (name,) = signature.structured_input_signature[1]
    (found,) = signature(**{name: tf.constant(frames)}).values()
    return np.asarray(found)
