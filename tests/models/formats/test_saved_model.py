"""A SavedModel folder is a program: one that does more than compute is refused before anything of it runs."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from tensorflow.core.protobuf import saved_model_pb2
from tensorflow.python.trackable.resource import CapturableResource

import pyside
from pyside.errors import BadModel
from pyside.models.formats import saved_model
from pyside.models.load import load_model
from tests.conftest import raises_with

FRAMES = np.random.default_rng(0).random((2, 4, 4, 1), np.float32)
Graph = Any


class Network(tf.Module):
    """A layer, whose function does something else besides."""

    def __init__(self, besides: Callable[[tf.Tensor], Any] = lambda found: found) -> None:
        super().__init__()
        self.kernel = tf.Variable(tf.ones((16, 2)))
        self.besides = besides

    @tf.function(input_signature=[tf.TensorSpec((None, 4, 4, 1), tf.float32, name="frames")])
    def __call__(self, frames: tf.Tensor) -> tf.Tensor:
        found = tf.nn.softmax(tf.reshape(frames, (-1, 16)) @ self.kernel)
        self.besides(found)
        return found


def save(folder: Path, network: tf.Module) -> Path:
    tf.saved_model.save(network, str(folder), signatures=network.__call__)
    return folder


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that computes and does nothing else."""
    return save(tmp_path_factory.mktemp("honest") / "model", Network())


def altered(honest: Path, folder: Path, change: Callable[[Graph], Any]) -> Path:
    """Return a copy of a folder whose program was changed."""
    shutil.copytree(honest, folder)
    saved = saved_model_pb2.SavedModel.FromString((folder / "saved_model.pb").read_bytes())
    change(saved.meta_graphs[0])
    (folder / "saved_model.pb").write_bytes(saved.SerializeToString())
    return folder


def serving(graph: Graph) -> Any:
    """Return the function that predicts."""
    return next(one for one in graph.graph_def.library.function if any(n.op == "MatMul" for n in one.node_def))


def saver(graph: Graph) -> Any:
    return next(one for one in graph.graph_def.library.function if any(n.op == "SaveV2" for n in one.node_def))


def test_a_program_that_computes_is_loaded(honest: Path) -> None:
    assert np.allclose(np.sum(load_model(honest)(FRAMES), axis=1), 1)


@pytest.mark.parametrize("outputs", [1, 2])
def test_outputs_are_probabilities_or_refused(outputs: int, tmp_path: Path) -> None:
    """One sigmoid output is the probability of the second class; what may be logits is not guessed at."""

    class Raw(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec((None, 4, 4, 1), tf.float32, name="frames")])
        def __call__(self, frames: tf.Tensor) -> tf.Tensor:
            return tf.nn.bias_add(tf.reshape(frames, (-1, 16)) @ tf.ones((16, outputs)), [0.5] * outputs)

    class Probable(Raw):
        @tf.function(input_signature=[tf.TensorSpec((None, 4, 4, 1), tf.float32, name="frames")])
        def __call__(self, frames: tf.Tensor) -> tf.Tensor:
            return tf.identity(tf.sigmoid(super().__call__(frames)))

    found = np.asarray(load_model(save(tmp_path / "probable", Probable()))(FRAMES))
    touch = 1 / (1 + np.exp(-(FRAMES.sum((1, 2)) + 0.5)))
    assert np.allclose(found, np.hstack([1 - touch, touch] if outputs == 1 else [touch, touch]), atol=1e-6)
    assert _refused(save(tmp_path / "raw", Raw()), "logits")


@pytest.mark.parametrize("how", ["relu", "tanh", "log_softmax"])
def test_what_is_surely_no_probability_is_refused(how: str, tmp_path: Path) -> None:
    class Other(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec((None, 4, 4, 1), tf.float32, name="frames")])
        def __call__(self, frames: tf.Tensor) -> tf.Tensor:
            return getattr(tf.nn, how)(tf.reshape(frames, (-1, 16))[:, :2])

    assert _refused(save(tmp_path / "other", Other()), "probabilities")


def test_one_output_with_softmax_and_several_arrays_are_refused_for_what_they_are(tmp_path: Path) -> None:
    class One(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec((None, 4, 4, 1), tf.float32, name="frames")])
        def __call__(self, frames: tf.Tensor) -> tf.Tensor:
            return tf.nn.softmax(tf.reshape(frames, (-1, 16))[:, :1])

    class Two(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec((None, 4, 4, 1), tf.float32, name="frames")])
        def __call__(self, frames: tf.Tensor) -> dict[str, tf.Tensor]:
            return {"a": tf.sigmoid(frames[:, 0, :2, 0]), "b": tf.sigmoid(frames[:, 1, :2, 0])}

    assert _refused(save(tmp_path / "one", One()), "1 for all frames")
    assert _refused(save(tmp_path / "two", Two()), "returns 2 arrays")
    with raises_with(BadModel, "SavedModel", ".h5"):
        pyside.inspect(tmp_path / "one")


NESTED: dict[str, Callable[[Callable[[], Any]], Any]] = {
    "plainly": lambda harm: harm(),
    "in a function": lambda harm: tf.function(lambda: harm() is None)(),
    "in a loop": lambda harm: tf.while_loop(lambda i: i < 1, lambda i: (harm(), i + 1)[1:], [0]),
    "in a branch": lambda harm: tf.cond(tf.random.uniform(()) < 2, lambda: (harm(), 1)[1], lambda: 0),
    "in a map": lambda harm: tf.map_fn(lambda one: (harm(), one)[1], tf.zeros(1)),
}


@pytest.mark.parametrize("how", NESTED)
def test_a_program_that_writes_a_file_is_refused_wherever_it_does_so(how: str, tmp_path: Path) -> None:
    harmed = tmp_path / "harmed"

    def besides(found: tf.Tensor) -> None:
        NESTED[how](lambda: tf.io.write_file(str(harmed), "harm"))

    folder = save(tmp_path / "model", Network(besides))
    assert _refused(folder, "WriteFile") and not harmed.exists()


def _refused(folder: Path, word: str = "") -> bool:
    with pytest.raises(BadModel) as caught:
        load_model(folder)
    assert word in caught.value.text
    return True


def test_what_runs_while_a_folder_is_loaded_is_refused(tmp_path: Path) -> None:
    harmed = tmp_path / "harmed"

    class Resource(CapturableResource):
        def _create_resource(self) -> Any:
            return tf.raw_ops.MutableHashTableV2(key_dtype=tf.int64, value_dtype=tf.int64)

        @tf.function
        def _initialize(self) -> Any:
            tf.io.write_file(str(harmed), "harm")
            return 1

    network = Network()
    network.resource = Resource()
    save(tmp_path / "model", network)
    harmed.unlink(missing_ok=True)
    assert _refused(tmp_path / "model") and not harmed.exists()


def test_every_operation_that_is_none_of_those_allowed_is_refused_in_functions_that_nothing_calls(
    honest: Path, tmp_path: Path
) -> None:
    harmful = (
        "WriteFile SaveV2 RestoreV2 MergeV2Checkpoints DatasetToTFRecord CSVDataset CacheDatasetV2 SnapshotDatasetV2 "
        "CreateSummaryFileWriter DebugIdentityV2 PyFunc EagerPyFunc ReadFile PrintV2 VarHandleOp XlaCallModule "
        "InitializeTableFromTextFileV2 Save MatchingFiles TPUExecute Bitcasting"
    ).split()
    for number, operation in enumerate(harmful):

        def change(graph: Graph, operation: str = operation) -> None:
            function = graph.graph_def.library.function.add()
            function.CopyFrom(serving(graph))
            function.signature.name = "nobody_calls_it"
            function.node_def.add(name="harm", op=operation)

        folder = altered(honest, tmp_path / str(number), change)
        with raises_with(BadModel, operation):
            saved_model.check_folder(folder)


def _call_the_saver(graph: Graph) -> None:
    call = serving(graph).node_def.add(name="save", op="PartitionedCall")
    call.attr["f"].func.name = saver(graph).signature.name


def _call_it_by_another_attribute(graph: Graph) -> None:
    function = next(node for node in serving(graph).node_def if node.op == "Reshape")
    function.attr["body"].list.func.add().attr["inner"].func.name = saver(graph).signature.name


def _call_it_from_outside(graph: Graph) -> None:
    graph.graph_def.node.add(name="x", op="StatefulPartitionedCall").attr["f"].func.name = saver(graph).signature.name


def _offer_it_in_place_of_another(graph: Graph) -> None:
    saver(graph).attr["api_implements"].s = b"the function that predicts"


def _make_it_the_gradient(graph: Graph) -> None:
    graph.graph_def.library.gradient.add(
        function_name=serving(graph).signature.name, gradient_func=saver(graph).signature.name
    )


def _give_it_away(graph: Graph) -> None:
    graph.object_graph_def.concrete_functions[saver(graph).signature.name].bound_inputs.append(1)


def _write_in_the_saver(graph: Graph) -> None:
    saver(graph).node_def.add(name="harm", op="WriteFile")


def _name_another_saver(graph: Graph) -> None:
    graph.saver_def.save_tensor_name = "elsewhere:0"


def _call_what_is_not_there(graph: Graph) -> None:
    serving(graph).node_def.add(name="x", op="PartitionedCall").attr["f"].func.name = "of_somebody_else"


def _twice(graph: Graph) -> None:
    graph.graph_def.library.function.add().CopyFrom(serving(graph))


def _restore_by_a_program(graph: Graph) -> None:
    graph.object_graph_def.nodes[0].saveable_objects["x"].restore_function = 1


def _register(graph: Graph) -> None:
    graph.object_graph_def.nodes[0].registered_name = "tf.StaticHashTable"


def _register_a_saver(graph: Graph) -> None:
    graph.object_graph_def.nodes[0].registered_saver = "tf.x"


def _asset(graph: Graph) -> None:
    graph.asset_file_def.add(filename="../../../etc/passwd")


def _asset_object(graph: Graph) -> None:
    graph.object_graph_def.nodes.add().asset.asset_file_def_index = 0


def _resource(graph: Graph) -> None:
    graph.object_graph_def.nodes.add().resource.device = ""


def _large_constant(graph: Graph) -> None:
    tensor = next(node for node in serving(graph).node_def if node.op == "Const").attr["value"].tensor
    tensor.tensor_shape.dim.add(size=10**10)


def _of_tensorflow_1(graph: Graph) -> None:
    graph.ClearField("object_graph_def")


@pytest.mark.parametrize(
    "change",
    [
        _call_the_saver, _call_it_by_another_attribute, _call_it_from_outside, _offer_it_in_place_of_another,
        _make_it_the_gradient, _give_it_away, _write_in_the_saver, _name_another_saver, _call_what_is_not_there, _twice,
        _restore_by_a_program, _register, _register_a_saver, _asset, _asset_object, _resource, _large_constant,
        _of_tensorflow_1,
    ],
)  # fmt: skip
def test_a_program_that_is_not_as_tensorflow_writes_it_is_refused(
    change: Callable[[Graph], None], honest: Path, tmp_path: Path
) -> None:
    with pytest.raises(BadModel):
        saved_model.check_folder(altered(honest, tmp_path / "model", change))


def test_weights_that_lie_elsewhere_or_claim_more_than_there_is_are_refused(honest: Path, tmp_path: Path) -> None:
    linked = shutil.copytree(honest, tmp_path / "linked")
    (tmp_path / "elsewhere").write_bytes(b"x" * 128)
    (linked / "variables" / "variables.data-00000-of-00001").unlink()
    try:
        (linked / "variables" / "variables.data-00000-of-00001").symlink_to(tmp_path / "elsewhere")
    except OSError:
        pytest.skip("no links can be made here")
    assert _refused(linked, "link")
    short = shutil.copytree(honest, tmp_path / "short")
    (short / "variables" / "variables.data-00000-of-00001").write_bytes(b"x" * 16)
    assert _refused(short, str(short))


def test_a_program_with_random_damage_is_loaded_or_refused(honest: Path, tmp_path: Path) -> None:
    program = (honest / "saved_model.pb").read_bytes()
    rng = np.random.default_rng(3)
    folder = shutil.copytree(honest, tmp_path / "model")
    for _ in range(40):
        damaged = bytearray(program)
        for place in rng.integers(0, len(damaged), 3):
            damaged[place] = rng.integers(0, 256)
        (folder / "saved_model.pb").write_bytes(damaged)
        try:
            saved_model.check_folder(folder)
        except BadModel:
            pass
        except Exception as error:  # what load_saved_model makes a BadModel of
            assert "Error parsing" in str(error) or "Decode" in type(error).__name__


def test_layers_of_keras_with_functions_for_training_are_all_allowed(tmp_path: Path) -> None:
    import keras

    layers = keras.layers
    network = keras.Sequential(
        [
            keras.Input((8, 8, 1)), layers.RandomFlip(), layers.Rescaling(2.0), layers.SeparableConv2D(2, 3),
            layers.BatchNormalization(), layers.GaussianNoise(0.1), layers.Conv2DTranspose(2, 3, activation="gelu"),
            layers.LayerNormalization(), layers.MaxPooling2D(2), layers.Dropout(0.1), layers.Reshape((4, 8)),
            layers.LSTM(2), layers.Dense(2, activation="softmax"),
        ]
    )  # fmt: skip
    network.export(tmp_path / "model", verbose=False)
    saved_model.check_folder(tmp_path / "model")
