"""Models in TensorFlow's SavedModel form: folders with a program of operations, which can predict."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pyside.compute.devices import import_keras
from pyside.errors import BadModel, some

if TYPE_CHECKING:
    import keras

# Operations that compute with numbers and nothing else: what layers of Keras are made of, when they predict and when
# they train. Whatever is not among them is refused, for TensorFlow has hundreds that read and write files.
_COMPUTING = frozenset(
    # functions and branches; what they call is looked at likewise
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
    # chance
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
# The two functions by which TensorFlow saves and restores the weights. They are in every folder, but are not run here:
# weights are read by TensorFlow's own. So nothing but the note of where they are may call them.
_SAVING = frozenset({"MergeV2Checkpoints", "RestoreV2", "SaveV2", "ShardedFilename"})
_SAVER = _SAVING | frozenset(
    "AssignVariableOp Const DisableCopyOnRead Identity NoOp Pack ReadVariableOp Select StaticRegexFullMatch "
    "StringJoin".split()
)
_KINDS = frozenset("bare_concrete_function captured_tensor constant function user_object variable".split())
_CLASSES = frozenset({"", "tf.TrackableConstant"})
_INSTEAD = "Take the .h5 or .keras file of that model."
_MOST_EXPANSION = 64  # of constants, over the bytes of the program


def load_saved_model(folder: Path) -> keras.Model:
    """Load a SavedModel folder, to predict with.

    A SavedModel is a program of TensorFlow operations. Only one that computes and does nothing else is loaded; see
    `check_folder`.

    Args:
        folder: with ``saved_model.pb`` in it.

    Returns:
        A Keras model of one layer, which can predict but not be trained or saved.

    Raises:
        BadModel: it is damaged, takes or gives several arrays, or its program does something else.
    """
    keras = import_keras()
    try:
        check_folder(folder)
        signature: Any = signature_of(folder)
        (given,) = signature.structured_input_signature[1].values()
        frames = keras.Input(tuple(given.shape)[1:], name="frames")
        found = keras.layers.TFSMLayer(str(folder), call_endpoint="serving_default")(frames)
        (found,) = found.values() if isinstance(found, dict) else [found]
        return keras.Model(frames, found, name="saved_model")
    except BadModel:
        raise
    except Exception as error:  # whatever TensorFlow raises on a folder that is damaged or another's
        why = " ".join(str(error).split())[:300]
        raise BadModel(
            f"{folder} is a SavedModel folder that cannot be loaded to predict: {why}. {_INSTEAD}"
        ) from error


def check_folder(folder: Path) -> None:
    """Make sure, before anything of a folder is loaded, that its program computes and does nothing else.

    All functions are looked at, called or not: TensorFlow takes up every one when it loads a folder.

    Args:
        folder: with ``saved_model.pb`` in it.

    Raises:
        BadModel: it does not, names files outside the folder, or says that it is larger than it can be.
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
            f"{folder} holds operations that a network has no need of ({some(sorted(found))}): they could read or "
            f"change files. It is not loaded. {_INSTEAD}"
        )
    if why := _odd_calls(graph, savers) or _odd_objects(graph, savers):
        raise BadModel(
            f"{folder} is not as TensorFlow writes the model of a network: {why}. It is not loaded. {_INSTEAD}"
        )
    room = _MOST_EXPANSION * max(len(program), 1_000_000)
    if sum(_claimed(tensor) for tensor in _tensors(graph)) > room:
        raise BadModel(f"{folder} holds constants that are said to be larger than the file could hold. {_INSTEAD}")
    _check_weights(folder)


def _check_links(folder: Path) -> None:
    """Make sure that no file of a folder is a link to somewhere else."""
    home = folder.resolve()
    for path in folder.rglob("*"):
        if path.is_symlink() and not path.resolve().is_relative_to(home):
            raise BadModel(
                f"{path} is a link to a file outside the model's folder. Copy the folder with all its files."
            )


def _nodes(graph: Any) -> Iterator[tuple[str, Any]]:
    """Yield all nodes of a program, each with the name of its function, or "" outside of them."""
    for node in graph.graph_def.node:
        yield "", node
    for function in graph.graph_def.library.function:
        for node in function.node_def:
            yield function.signature.name, node


def _attributes(holder: Any) -> Iterator[Any]:
    """Yield the attributes of a node or function, and those of the functions that it names."""
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
    """Return the functions that save and restore: what the two nodes call by which the folder names them."""
    ends = {graph.saver_def.save_tensor_name.split(":")[0], graph.saver_def.restore_op_name}
    called = [node for node in graph.graph_def.node if node.name in ends and node.op == "StatefulPartitionedCall"]
    names = {node.attr["f"].func.name for node in called}
    return {
        function.signature.name
        for function in graph.graph_def.library.function
        if function.signature.name in names
        and _SAVING & {node.op for node in function.node_def}
        and all(name.startswith("_") for name in function.attr)  # others have TensorFlow put it in another one's place
    }


def _odd_calls(graph: Any, savers: set[str]) -> str:
    """Say what a program calls that it may not, or ""."""
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
            return f"{node.name} calls a function that is not there"
    named = {name for function in library.function for name in _called(function)}
    named |= {name for gradient in library.gradient for name in (gradient.function_name, gradient.gradient_func)}
    return "one of its functions names those that save weights" if savers & named else ""


def _odd_objects(graph: Any, savers: set[str]) -> str:
    """Say what there is among the objects of a program, which are made when it is loaded, that may not be, or ""."""
    objects = graph.object_graph_def
    if savers & set(objects.concrete_functions):
        return "it gives the functions away that save weights"
    if graph.asset_file_def:
        return "it names further files"
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
    """Return how many bytes a constant says that it has."""
    return 8 * math.prod(max(0, side.size) for side in tensor.tensor_shape.dim)


def _check_weights(folder: Path) -> None:
    """Make sure that the weights are no more than their files could hold, before there is made room for them."""
    import tensorflow as tf

    files = sorted((folder / "variables").glob("variables.data-*"))
    if not files:
        return  # a program without weights
    reader = tf.train.load_checkpoint(str(folder / "variables" / "variables"))
    dtypes = reader.get_variable_to_dtype_map()
    shapes = reader.get_variable_to_shape_map()
    said = sum(math.prod(shape) * max(1, dtypes[name].size or 1) for name, shape in shapes.items())
    if said > sum(file.stat().st_size for file in files):
        raise BadModel(f"The weights in {folder} are said to be larger than their files. Copy the folder again.")


def signature_of(folder: Path) -> Callable[..., dict[str, Any]]:
    """Load a folder, and return its function that predicts."""
    import tensorflow as tf

    loaded = tf.saved_model.load(str(folder))
    signature: Any = loaded.signatures["serving_default"]
    signature.kept = loaded  # its variables live as long as this does
    return signature


def predict(signature: Any, frames: np.ndarray) -> np.ndarray:
    """Return what the function of a folder makes of frames."""
    import tensorflow as tf

    (name,) = signature.structured_input_signature[1]
    (found,) = signature(**{name: tf.constant(frames)}).values()
    return np.asarray(found)
