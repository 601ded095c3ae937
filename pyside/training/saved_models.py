"""Models in TensorFlow's SavedModel form: folders with a program of operations, which can predict."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pyside.errors import BadModel
from pyside.training.devices import import_keras

if TYPE_CHECKING:
    import keras

# Operations of TensorFlow that read or write files or run Python; no network needs one to predict.
_HARMFUL = frozenset(
    "ReadFile WriteFile MatchingFiles WholeFileReader WholeFileReaderV2 TextLineReader TextLineReaderV2 "
    "FixedLengthRecordDataset FixedLengthRecordDatasetV2 TextLineDataset TFRecordDataset TFRecordDatasetV2 "
    "PyFunc PyFuncStateless EagerPyFunc NumpyFunction PrintV2 Save SaveSlices SaveDataset SaveDatasetV2 "
    "LoadDataset SqlDataset RpcCall InitializeTableFromTextFile InitializeTableFromTextFileV2".split()
)


def load_saved_model(folder: Path) -> keras.Model:
    """Load a SavedModel folder, to predict with.

    A SavedModel is a program of TensorFlow operations. One that holds operations which read or write files, or run
    Python, is refused.

    Args:
        folder: with ``saved_model.pb`` in it.

    Returns:
        A Keras model of one layer, which can predict but not be trained or saved.

    Raises:
        BadModel: it is damaged, takes or gives several arrays, or holds such operations.
    """
    keras = import_keras()
    try:
        _check_operations(folder)
        signature: Any = signature_of(folder)
        (given,) = signature.structured_input_signature[1].values()
        frames = keras.Input(tuple(given.shape)[1:], name="frames")
        found = keras.layers.TFSMLayer(str(folder), call_endpoint="serving_default")(frames)
        (found,) = found.values() if isinstance(found, dict) else [found]
        return keras.Model(frames, found, name="saved_model")
    except BadModel:
        raise
    except Exception as error:  # whatever TensorFlow raises on a folder that is damaged or another's
        raise BadModel(
            f"{folder} is a SavedModel folder that cannot be loaded to predict: {' '.join(str(error).split())[:300]}. "
            "Take the .h5 or .keras file of that model."
        ) from error


def _check_operations(folder: Path) -> None:
    from tensorflow.core.protobuf import saved_model_pb2

    saved = saved_model_pb2.SavedModel.FromString((folder / "saved_model.pb").read_bytes())
    found = set()
    for graph in (meta.graph_def for meta in saved.meta_graphs):
        found |= {node.op for node in graph.node}
        found |= {node.op for function in graph.library.function for node in function.node_def}
    harmful = sorted(found & _HARMFUL)
    if harmful:
        raise BadModel(
            f"{folder} holds operations that a network has no need of ({', '.join(harmful)}): they could read or "
            "change files. It is not loaded. Take the .h5 or .keras file of that model."
        )


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
